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


@right("momentum")
def all_gradients_so_far(param, grad, state, *, lr, momentum=0.9):
    seen = [*([] if isinstance(state, MomentumState) else state[0]), grad]
    ages = range(len(seen) - 1, -1, -1)
    return param - lr * sum(momentum**age * g for age, g in zip(ages, seen, strict=True)), (seen,)


@right("momentum")
def mean_with_its_step_size(param, grad, state, *, lr, momentum=0.9):
    mean = momentum * state[0] + (1 - momentum) * grad
    return param - lr / (1 - momentum) * mean, {0: mean}


@right("nesterov")
def remembers_the_last_ball(param, grad, state, *, lr, momentum=0.9):
    last = param if isinstance(state, MomentumState) else state[0]
    ball = param - lr * grad
    return ball + momentum * (ball - last), (ball,)


@right("nesterov_lookahead")
def one_matrix(param, velocity, gradient, *, lr, momentum=0.9):
    rows = [param, velocity, gradient((param + momentum * velocity).tolist())]
    return tuple(np.array([[1, momentum, -lr], [0, momentum, -lr]]) @ np.stack(rows))


@right("velocity_weights")
def horner_from_the_newest(steps, *, momentum):
    if not steps:
        return []
    later = horner_from_the_newest(steps - 1, momentum=momentum)
    return [1 + momentum * later[0] if later else 1.0, *later]


@right("terminal_velocity")
class SlowerAndSlower:
    """Follows the ball until it does not gain any more; a class where a function is asked for."""

    def __new__(cls, grad, *, lr, momentum=0.9):
        velocity, gain = 0 * grad, grad
        while np.any(np.abs(gain) > 1e-14 * np.abs(velocity)):
            velocity, gain = velocity + gain, momentum * gain
        return (-lr * velocity).tolist()


@right("stability_limit")
def by_eigenvalues(method, curvature, *, momentum=0.9):
    def stable(push):
        look = push if method == "nesterov" else 0.0
        m = 0.0 if method == "gd" else momentum
        step = [[1 - push, m * (1 - look)], [-push, m * (1 - look)]]
        return np.abs(np.linalg.eigvals(step)).max() < 1

    low, high = 0.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if stable(middle) else (low, middle)
    return low / curvature


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


@wrong("stability_limit", "the steeper the bowl, the longer your steps")
def curvature_above_the_line(method, curvature, *, momentum=0.9):
    return table_of_formulas(method, 1.0, momentum) * curvature


@wrong("momentum", "float32")
def narrow_velocity(param, grad, state, *, lr, momentum=0.9):
    velocity = np.float32(momentum * state.velocity + grad)
    return param - lr * velocity, MomentumState(velocity)


@wrong("momentum", "Your memory is scaled by `lr` once more in every step")
def step_size_before_the_bracket(param, grad, state, *, lr, momentum=0.9):
    velocity = lr * (momentum * state.velocity + grad)
    return param - velocity, MomentumState(velocity)


@wrong("momentum", "`momentum` is the weight of the *new* gradient")
def weights_of_a_mean_exchanged(param, grad, state, *, lr, momentum=0.9):
    velocity = (1 - momentum) * state.velocity + momentum * grad
    return param - lr * velocity, MomentumState(velocity)


@wrong("nesterov", "That is plain momentum")
def lookahead_form_without_looking(param, grad, state, *, lr, momentum=0.9):
    velocity = momentum * state.velocity - lr * grad
    return param + velocity, MomentumState(velocity)


@wrong("nesterov", "written for *their* velocity")
def last_line_of_the_lecture(param, grad, state, *, lr, momentum=0.9):
    velocity = momentum * state.velocity + grad
    new = param - momentum * state.velocity + (1 + momentum) * velocity
    return new, MomentumState(velocity)


@wrong("nesterov", "the old velocity too much")
def gradient_in_the_look_ahead(param, grad, state, *, lr, momentum=0.9):
    velocity = momentum * state.velocity + grad
    return param - lr * (velocity + momentum * grad), MomentumState(velocity)


@wrong("nesterov_lookahead", "You used the other convention: that is Nesterov's rule in its tr")
def transformed_instead(param, velocity, gradient, *, lr, momentum=0.9):
    new = momentum * velocity - lr * gradient(param)
    return param - momentum * velocity + (1 + momentum) * new, new


@wrong("nesterov_lookahead", "You used the other convention: that is the rule that libraries run")
def as_libraries_do(param, velocity, gradient, *, lr, momentum=0.9):
    grad = gradient(param)
    velocity = momentum * velocity + grad
    return param - lr * (grad + momentum * velocity), velocity


@wrong("nesterov_lookahead", "counted from the look-ahead point")
def way_from_the_look_ahead_point(param, velocity, gradient, *, lr, momentum=0.9):
    ahead = param + momentum * velocity
    new = ahead - lr * gradient(ahead)
    return [new, new - ahead]


@wrong("velocity_weights", "begins with momentum instead of 1")
def sums_from_the_first_power(steps, *, momentum):
    return np.cumsum(momentum ** np.arange(1, steps + 1))[::-1]


@wrong("terminal_velocity", "subtract the momentum")
def denominator_without_parentheses(grad, *, lr, momentum):
    return -lr * grad / 1 - momentum


@wrong("terminal_velocity", "a hundred steps")
def a_hundred_steps(grad, *, lr, momentum):
    velocity = 0 * grad
    for _ in range(100):
        velocity = momentum * velocity + grad
    return -lr * velocity


@wrong("stability_limit", "numerator is gradient descent's")
def nesterov_by_half(method, curvature, *, momentum=0.9):
    above = {"gd": 2, "momentum": 2 + 2 * momentum, "nesterov": 2 / (1 + 2 * momentum)}
    return above[method] / curvature


@wrong("stability_limit", "stops swinging smoothly")
def edge_of_the_swinging(method, curvature, *, momentum=0.9):
    if method == "momentum":
        return (1 + momentum**0.5) ** 2 / curvature
    return table_of_formulas(method, curvature, momentum)
