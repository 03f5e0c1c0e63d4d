"""Update rules: ``rule(param, grad, state, *, lr, ...) -> (param, state)``.

A rule works on one array, keeps nothing, and never changes its arguments.
To add a rule: write its state, the rule, and one line in ``STATE_OF``.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from course_lib.arrays import Array


class SGDState(NamedTuple):
    """Plain gradient descent remembers nothing."""

    @classmethod
    def zeros_like(cls, param: Array) -> "SGDState":
        """The state before the first update."""
        return cls()


class MomentumState(NamedTuple):
    """What momentum and Nesterov remember of one parameter array."""

    velocity: Array  # decaying sum of gradients, shape of param

    @classmethod
    def zeros_like(cls, param: Array) -> "MomentumState":
        """The state before the first update."""
        return cls(np.zeros_like(param))


def sgd(param: Array, grad: Array, state: SGDState, *, lr: float) -> tuple[Array, SGDState]:
    """One step against the gradient.

    Source: Robbins & Monro 1951; CS231n L3 "gradient descent".
    Shapes: ``grad`` has the shape of ``param``.
    """
    return param - lr * grad, state


def momentum(
    param: Array, grad: Array, state: MomentumState, *, lr: float, momentum: float = 0.9
) -> tuple[Array, MomentumState]:
    """One heavy-ball step; the velocity is a decaying SUM of gradients, not a mean.

    DD2424 writes the step size inside the velocity; the path is the same while it is constant.

    Source: Polyak 1964; CS231n L3 "SGD + momentum".
    Shapes: ``grad`` and the velocity have the shape of ``param``; ``momentum`` in [0, 1).
    """
    velocity = momentum * state.velocity + grad
    param = param - lr * velocity
    return param, MomentumState(velocity)


def nesterov(
    param: Array, grad: Array, state: MomentumState, *, lr: float, momentum: float = 0.9
) -> tuple[Array, MomentumState]:
    """One Nesterov step in the transformed form, where ``param`` holds the look-ahead point.

    With x and v of ``nesterov_lookahead``, ``param`` is ``x + momentum * v``, and the velocity
    here is ``-v / lr``.

    Source: Nesterov 1983; CS231n L3 "Nesterov momentum", change of variables; DD2424 L5.
    Shapes: ``grad`` and the velocity have the shape of ``param``; ``momentum`` in [0, 1).
    """
    velocity = momentum * state.velocity + grad
    param = param - lr * (grad + momentum * velocity)
    return param, MomentumState(velocity)


def nesterov_lookahead(
    param: Array,
    velocity: Array,
    gradient: Callable[[Array], Array],
    *,
    lr: float,
    momentum: float = 0.9,
) -> tuple[Array, Array]:
    """One Nesterov step as the lectures draw it: look ahead, take the gradient there, move.

    Here the velocity is a displacement: it has the step size and the minus sign in it.

    Source: Sutskever et al. 2013; CS231n L3 "Nesterov momentum"; DD2424 L5.
    Shapes: ``velocity`` has the shape of ``param``; ``gradient`` maps that shape to itself.
    """
    ahead = param + momentum * velocity
    velocity = momentum * velocity - lr * gradient(ahead)
    return param + velocity, velocity


def velocity_weights(steps: int, *, momentum: float) -> Array:
    """How much each past gradient counts: ``start - lr * sum(weights[i] * grad[i])``.

    That sum is where momentum stands after ``steps`` updates from rest.

    Source: DD2424 L5 "momentum as a weighted sum of gradients"; Goh 2017.
    Shapes: result (steps,), oldest gradient first; ``momentum`` in [0, 1).
    """
    updates_since = steps - np.arange(steps, dtype=np.float64)
    return (1 - momentum**updates_since) / (1 - momentum)


def terminal_velocity(grad: Array, *, lr: float, momentum: float) -> Array:
    """The displacement per step that momentum approaches under a constant gradient.

    Source: CSC421 L7-8 "momentum", terminal velocity.
    Shapes: ``grad`` any shape, result the same; ``momentum`` in [0, 1).
    """
    return -lr * grad / (1 - momentum)


STATE_OF: dict[str, Any] = {
    "sgd": SGDState,
    "momentum": MomentumState,
    "nesterov": MomentumState,
}
