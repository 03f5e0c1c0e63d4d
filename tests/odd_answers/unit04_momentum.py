"""Odd but right, and unlisted wrong answers to the exercises of unit 04."""

import dataclasses
import functools

import numpy as np

from course_lib.optim import MomentumState
from odd_answers import right, wrong

# --- right, in odd form ---------------------------------------------------------------------------


@right("momentum")
def plain_tuple_for_a_state(param, grad, state, *, lr, momentum=0.9):
    velocity = momentum * state[0] + grad
    return [param - lr * velocity, (velocity,)]


@dataclasses.dataclass
class OwnState:
    velocity: object


@right("momentum")
def dataclass_for_a_state(param, grad, state, *, lr, momentum=0.9):
    velocity = momentum * state.velocity + grad
    return param - lr * velocity, OwnState(velocity)


@right("nesterov")
def written_out(param, grad, state, *, lr, momentum=0.9):
    step = (1 + momentum) * grad + momentum**2 * state.velocity
    return param - lr * step, state._replace(velocity=momentum * state.velocity + grad)


@right("nesterov_lookahead")
def through_the_new_point(x, v, gradient, *, lr, momentum=0.9):
    ahead = x + momentum * v
    new = ahead - lr * np.asarray(gradient(ahead))
    return [new, new - x]


@right("velocity_weights")
def triangular_system(steps, *, momentum):
    return np.linalg.solve(np.eye(steps) - momentum * np.eye(steps, k=1), np.ones(steps))


@right("velocity_weights")
def pushed_one_by_one(steps, *, momentum):
    weights = []
    for pushes in np.eye(steps):
        velocity = moved = 0.0
        for push in pushes:
            velocity = momentum * velocity + push
            moved += velocity
        weights.append(moved)
    return weights


right("terminal_velocity")(
    functools.partial(lambda sign, g, *, lr, momentum: sign * lr * g / (1 - momentum), -1)
)


@right("stability_limit")
@functools.lru_cache
def table_of_formulas(method, curvature, momentum=0.9):
    table = {"gd": 2, "momentum": 2 + 2 * momentum, "nesterov": (1 + momentum) / (0.5 + momentum)}
    return np.array(table[method] / curvature)


# --- wrong ----------------------------------------------------------------------------------------


@wrong("momentum", "`momentum` out go wrong. Without it, it is 0.9; in your signature it is 0.99")
def default_momentum(param, grad, state, *, lr, momentum=0.99):
    return dataclass_for_a_state(param, grad, state, lr=lr, momentum=momentum)


@wrong("momentum", "order of what it returns is param, state")
def state_first(param, grad, state, *, lr, momentum=0.9):
    return plain_tuple_for_a_state(param, grad, state, lr=lr, momentum=momentum)[::-1]


@wrong("momentum", "What comes out as the state has to be of the kind that goes in")
def bare_velocity(param, grad, state, *, lr, momentum=0.9):
    velocity = momentum * state.velocity + grad
    return param - lr * velocity, velocity


@wrong("momentum", "changes `state` in place")
def velocity_in_place(param, grad, state, *, lr, momentum=0.9):
    velocity = state.velocity
    velocity *= momentum
    velocity += grad
    return param - lr * velocity, MomentumState(velocity)


@wrong("nesterov_lookahead", "wrong order: first the new point")
def velocity_first(param, velocity, gradient, *, lr, momentum=0.9):
    return through_the_new_point(param, velocity, gradient, lr=lr, momentum=momentum)[::-1]


@wrong("velocity_weights", "length 3 instead of 2")
def one_weight_more(steps, *, momentum):
    return triangular_system(steps + 1, momentum=momentum)


@wrong("velocity_weights", "momentum 0.9 and for nothing else")
def number_for_the_argument(steps, *, momentum):
    return triangular_system(steps, momentum=0.9)


@wrong("terminal_velocity", "All entries are there, but an axis is lost")
def flattened(grad, *, lr, momentum):
    return np.ravel(-lr * grad / (1 - momentum))


@wrong("stability_limit", "times the square of the input curvature")
def curvature_above_the_line(method, curvature, *, momentum=0.9):
    return table_of_formulas(method, 1.0, momentum) * curvature
