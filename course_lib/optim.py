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


class AdaGradState(NamedTuple):
    """What AdaGrad remembers of one parameter array."""

    sum_sq: Array  # sum of squared gradients, shape of param

    @classmethod
    def zeros_like(cls, param: Array) -> "AdaGradState":
        """The state before the first update."""
        return cls(np.zeros_like(param))


class RMSPropState(NamedTuple):
    """What RMSProp remembers of one parameter array."""

    mean_sq: Array  # fading mean of squared gradients, shape of param

    @classmethod
    def zeros_like(cls, param: Array) -> "RMSPropState":
        """The state before the first update."""
        return cls(np.zeros_like(param))


class AdaDeltaState(NamedTuple):
    """What AdaDelta remembers of one parameter array."""

    mean_sq: Array  # fading mean of squared gradients, shape of param
    mean_sq_update: Array  # fading mean of squared updates, shape of param

    @classmethod
    def zeros_like(cls, param: Array) -> "AdaDeltaState":
        """The state before the first update."""
        return cls(np.zeros_like(param), np.zeros_like(param))


class AdamState(NamedTuple):
    """What Adam and its relatives remember of one parameter array."""

    step: int  # updates done
    m: Array  # fading mean of gradients, shape of param, not yet corrected
    v: Array  # fading mean of squared gradients, shape of param, not yet corrected

    @classmethod
    def zeros_like(cls, param: Array) -> "AdamState":
        """The state before the first update."""
        return cls(0, np.zeros_like(param), np.zeros_like(param))


def sgd(param: Array, grad: Array, state: SGDState, *, lr: float) -> tuple[Array, SGDState]:
    """One step against the gradient; the state, which remembers nothing, is handed back.

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


def adagrad(
    param: Array, grad: Array, state: AdaGradState, *, lr: float = 0.01, eps: float = 1e-8
) -> tuple[Array, AdaGradState]:
    """One AdaGrad step: each coordinate's step shrinks with the gradients it has seen.

    Source: Duchi, Hazan & Singer 2011; CS231n L7 "AdaGrad"; DD2424 L5, which has eps in the root.
    Shapes: ``grad`` and the sum have the shape of ``param``; ``lr``, ``eps`` > 0.
    """
    sum_sq = state.sum_sq + grad**2
    param = param - lr * grad / (np.sqrt(sum_sq) + eps)
    return param, AdaGradState(sum_sq)


def rmsprop(
    param: Array,
    grad: Array,
    state: RMSPropState,
    *,
    lr: float = 1e-3,
    decay: float = 0.9,
    eps: float = 1e-8,
) -> tuple[Array, RMSPropState]:
    """One RMSProp step: AdaGrad with a memory that fades.

    Source: Tieleman & Hinton 2012; CS231n L7 "RMSProp". CSC421 L7-8 calls the weight of the NEW
    square gamma; here ``decay`` is the weight of the OLD average.
    Shapes: ``grad`` and the average have the shape of ``param``; ``decay`` in [0, 1).
    """
    mean_sq = decay * state.mean_sq + (1 - decay) * grad**2
    param = param - lr * grad / (np.sqrt(mean_sq) + eps)
    return param, RMSPropState(mean_sq)


def adadelta(
    param: Array, grad: Array, state: AdaDeltaState, *, decay: float = 0.95, eps: float = 1e-6
) -> tuple[Array, AdaDeltaState]:
    """One AdaDelta step: no step size, but the size of the recent updates.

    ``eps`` stands inside both roots, as in the paper: it is what the first update grows from.

    Source: Zeiler 2012, algorithm 1; DD2424 L5.
    Shapes: ``grad`` and both averages have the shape of ``param``; ``decay`` in [0, 1).
    """
    mean_sq = decay * state.mean_sq + (1 - decay) * grad**2
    update = -np.sqrt(state.mean_sq_update + eps) / np.sqrt(mean_sq + eps) * grad
    mean_sq_update = decay * state.mean_sq_update + (1 - decay) * update**2
    return param + update, AdaDeltaState(mean_sq, mean_sq_update)


def effective_lr(state: AdaGradState | RMSPropState, *, lr: float, eps: float = 1e-8) -> Array:
    """What the next gradient is multiplied by, coordinate by coordinate, if the state stays.

    Source: CS231n L7 "per-parameter learning rates"; DD2424 L5.
    Shapes: as the state's array; ``lr``, ``eps`` > 0.
    """
    (squares,) = state
    return lr / (np.sqrt(squares) + eps)


def adam(
    param: Array,
    grad: Array,
    state: AdamState,
    *,
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> tuple[Array, AdamState]:
    """One Adam step: momentum over RMSProp, both corrected for their start at zero.

    Source: Kingma & Ba 2015, algorithm 1; CS231n L7 "Adam (full form)"; DD2424 L5, whose exponent
    is one too small.
    Shapes: ``grad``, ``m`` and ``v`` have the shape of ``param``; each beta in [0, 1).
    """
    beta1, beta2 = betas
    step = state.step + 1
    m = beta1 * state.m + (1 - beta1) * grad
    v = beta2 * state.v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    param = param - lr * m_hat / (np.sqrt(v_hat) + eps)
    return param, AdamState(step, m, v)


def uncorrected_step_ratio(steps: int, *, betas: tuple[float, float] = (0.9, 0.999)) -> Array:
    """How many times too long Adam's step would be without bias correction, constant gradient.

    Source: Kingma & Ba 2015, section 3; CS231n L7 "What happens at the first timestep?".
    Shapes: result (steps,), for t = 1..steps; each beta in [0, 1).
    """
    beta1, beta2 = betas
    t = np.arange(1, steps + 1)
    return (1 - beta1**t) / np.sqrt(1 - beta2**t)


def adam_l2(
    param: Array,
    grad: Array,
    state: AdamState,
    *,
    lr: float = 1e-3,
    l2: float = 0.0,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> tuple[Array, AdamState]:
    """One Adam step on the loss plus ``l2 * sum(param**2)``: the decay goes through the moments.

    Source: Loshchilov & Hutter 2019, algorithm 2 without decoupling; CS231n L7 "AdamW".
    Shapes: as ``adam``; ``l2`` >= 0.
    """
    grad = grad + 2 * l2 * param
    return adam(param, grad, state, lr=lr, betas=betas, eps=eps)


def adamw(
    param: Array,
    grad: Array,
    state: AdamState,
    *,
    lr: float = 1e-3,
    weight_decay: float = 0.01,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> tuple[Array, AdamState]:
    """One Adam step with decoupled weight decay: ``param - lr * (adam_step + decay * param)``.

    Source: Loshchilov & Hutter 2019; CS231n L7 "AdamW". The paper leaves ``lr`` out of the decay.
    Shapes: as ``adam``; ``weight_decay`` >= 0.
    """
    decayed = param - lr * weight_decay * param
    return adam(decayed, grad, state, lr=lr, betas=betas, eps=eps)


def l2_and_decay_fixed_points(
    curvature: float, target: float, *, strength: float, momentum: float
) -> tuple[float, float]:
    """Where SGD with momentum settles on ``curvature/2 * (w - target)**2`` with either decay.

    First with the penalty ``strength * w**2`` in the loss; second with ``2 * strength * w`` added
    to the update after the velocity, as CS231n L7 prints it.

    Source: CS231n L7 "AdamW", whose claim of equivalence this refutes; Loshchilov & Hutter 2019.
    Ranges: ``curvature`` > 0, ``strength`` >= 0, ``momentum`` in [0, 1).
    """
    pull = 2 * strength
    with_l2 = curvature * target / (curvature + pull)
    with_decay = curvature * target / (curvature + (1 - momentum) * pull)
    return with_l2, with_decay


STATE_OF: dict[str, Any] = {
    "sgd": SGDState,
    "momentum": MomentumState,
    "nesterov": MomentumState,
    "adagrad": AdaGradState,
    "rmsprop": RMSPropState,
    "adadelta": AdaDeltaState,
    "adam": AdamState,
    "adam_l2": AdamState,
    "adamw": AdamState,
}
