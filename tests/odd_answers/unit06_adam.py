"""Odd but right, and unlisted wrong answers to the exercises of unit 06."""

import fractions
import itertools
import types

import numpy as np

from course_lib import optim
from course_lib.optim import AdamState
from odd_answers import right, wrong

BETAS = (0.9, 0.999)

# --- right, in odd form ---------------------------------------------------------------------------


@right("uncorrected_step_ratio")
def averages_of_ones(steps, betas=BETAS):
    def average(beta):
        return itertools.accumulate(range(steps), lambda m, _: beta * m + 1 - beta, initial=0.0)

    first, second = map(average, betas)
    return [m / v**0.5 for m, v in zip(first, second, strict=True) if v]


@right("uncorrected_step_ratio")
def logarithms(steps, *, betas=BETAS, **unused):
    t = np.linspace(1, steps, steps)
    with np.errstate(divide="ignore"):
        lacks = [np.log(-np.expm1(t * np.log(beta))) for beta in betas]
    return np.exp(lacks[0] - lacks[1] / 2)


@right("adam")
def all_gradients_weighted_anew(param, grad, state, *, lr=1e-3, betas=BETAS, eps=1e-8):
    """No averages at all: weighted means of all gradients so far need no correction."""
    seen = [*(state if isinstance(state, list) else []), grad.copy()]
    ages = np.arange(len(seen))[::-1]
    m, v = (
        np.average(np.stack(seen) ** power, axis=0, weights=beta**ages)
        for power, beta in zip((1, 2), betas, strict=True)
    )
    return param - lr * m / (np.sqrt(v) + eps), seen


@right("adam")
def powers_of_the_betas_in_the_state(param, grad, state, *, lr=1e-3, betas=BETAS, eps=1e-8):
    if isinstance(state, AdamState):
        state = types.SimpleNamespace(m=state.m, v=state.v, left=np.ones(2))
    left = state.left * betas
    m = state.m + (1 - betas[0]) * (grad - state.m)
    v = state.v + (1 - betas[1]) * (grad * grad - state.v)
    root = np.sqrt(1 - left[1])
    step = root / (1 - left[0]) * m / (np.sqrt(v) + eps * root)
    return [param - lr * step, types.SimpleNamespace(m=m, v=v, left=left)]


@right("adam")
class WithKeywords:
    """A class where a function is asked for; its state becomes a dict."""

    def __new__(cls, param, grad, state, **given):
        lr, (one, two), eps = ({"lr": 1e-3, "betas": BETAS, "eps": 1e-8} | given).values()
        old = state if isinstance(state, dict) else state._asdict()
        t, m = old["step"] + 1, one * old["m"] + (1 - one) * grad
        v = two * old["v"] + (1 - two) * np.abs(grad) ** 2
        move = m / (1 - one**t) / ((v / (1 - two**t)) ** 0.5 + eps)
        return (param - lr * move).tolist(), {"v": v, "m": m, "step": t}


@right("adam_l2")
def through_the_adam_of_the_library(param, grad, state, *, l2=0.0, **hyper):
    return optim.adam(param, np.add(grad, l2 * param + l2 * param), state, **hyper)


@right("adamw")
def own_decay_without_any(param, grad, state, *, lr=1e-3, weight_decay=0.01, betas=BETAS, eps=1e-8):
    moved, state = all_gradients_weighted_anew(param, grad, state, lr=lr, betas=betas, eps=eps)
    return moved + (1 - lr * weight_decay) * param - param, state


@right("l2_and_decay_fixed_points")
def exact_fractions(curvature, target, *, strength, momentum):
    curvature, target, strength, momentum = map(
        fractions.Fraction, (curvature, target, strength, momentum)
    )
    pulls = (2 * strength, 2 * strength * (1 - momentum))
    return [float(curvature * target / (curvature + pull)) for pull in pulls]


@right("l2_and_decay_fixed_points")
def both_in_one_array(curvature, target, *, strength, momentum):
    """Where velocity and weight stand still, as linear equations."""
    ends = []
    for inside in (1, 0):
        rows = [
            [1 - momentum, -(curvature + 2 * strength * inside)],
            [1, 2 * strength * (1 - inside)],
        ]
        ends.append(np.linalg.solve(rows, [-curvature * target, 0])[1])
    return np.array(ends)


@right("uncorrected_step_ratio")
class Ratios:
    """A list made from sums of the weights, entry by entry."""

    def __new__(cls, steps, betas=BETAS):
        full = [np.cumsum((1 - beta) * beta ** np.arange(steps)) for beta in betas]
        return [float(m) / float(v) ** 0.5 for m, v in zip(*full, strict=True)]


@right("adam_l2")
def penalty_by_differences(param, grad, state, *, l2=0.0, **hyper):
    """The derivative of a square is exact by central differences of any width."""
    slope = ((param + 1) ** 2 - (param - 1) ** 2) / 2
    return powers_of_the_betas_in_the_state(param, grad + l2 * slope, state, **hyper)


@right("l2_and_decay_fixed_points")
def by_bisection(curvature, target, **given):
    ends = []
    for kept in (1, 1 - given["momentum"]):
        low, high = -10.0, 10.0
        for _ in range(80):
            w = (low + high) / 2
            force = curvature * (w - target) + 2 * given["strength"] * kept * w
            low, high = (low, w) if force > 0 else (w, high)
        ends.append(np.array(low))
    return ends


# --- wrong ----------------------------------------------------------------------------------------


@wrong("uncorrected_step_ratio", "length 13 instead of 12")
def begins_before_the_first_step(steps, *, betas=BETAS):
    return [1.0, *averages_of_ones(steps, betas)]


@wrong("uncorrected_step_ratio", "one of length 1")
def one_column(steps, *, betas=BETAS):
    return np.reshape(logarithms(steps, betas=betas), (-1, 1))


def adam_with(param, grad, state, lr, betas, eps, correction=lambda t: t):
    """A right Adam but for the exponent of its correction; tests change one thing around it."""
    t, m = state.step + 1, betas[0] * state.m + (1 - betas[0]) * grad
    v = betas[1] * state.v + (1 - betas[1]) * grad**2
    m_hat, v_hat = m / (1 - betas[0] ** correction(t)), v / (1 - betas[1] ** correction(t))
    return param - lr * m_hat / (np.sqrt(v_hat) + eps), AdamState(t, m, v)


@wrong("adam", "The first 2 steps are right")
def corrects_two_steps_only(param, grad, state, *, lr=1e-3, betas=BETAS, eps=1e-8):
    return adam_with(param, grad, state, lr, betas, eps, lambda t: t if t < 3 else 1000)


@wrong("adam", "The difference is exactly -0.0003 times the input param")
def decays_as_well(param, grad, state, *, lr=1e-3, betas=BETAS, eps=1e-8):
    new, state = adam_with(param, grad, state, lr, betas, eps)
    return new - lr * 0.01 * param, state


@wrong("adam", "`state` in place")
def averages_in_place(param, grad, state, *, lr=1e-3, betas=BETAS, eps=1e-8):
    new, (_, state.m[...], state.v[...]) = adam_with(param, grad, state, lr, betas, eps)
    return new, state._replace(step=state.step + 1)


@wrong("adam_l2", "leave `eps` out go wrong")
def eps_of_a_slide(param, grad, state, *, lr=1e-3, l2=0.0, betas=BETAS, eps=1e-7):
    return adam_with(param, grad + 2 * l2 * param, state, lr, betas, eps)


@wrong("adam_l2", "changes `grad` in place")
def penalty_written_into_the_gradient(
    param, grad, state, *, lr=1e-3, l2=0.0, betas=BETAS, eps=1e-8
):
    grad += 2 * l2 * param
    return adam_with(param, grad, state, lr, betas, eps)


@wrong("adamw", "leave `weight_decay` out go wrong. Without it, it is 0.01")
def decay_of_another_library(
    param, grad, state, *, lr=1e-3, weight_decay=1e-4, betas=BETAS, eps=1e-8
):
    new, state = adam_with(param, grad, state, lr, betas, eps)
    return new - lr * weight_decay * param, state


@wrong("adamw", "is handed on")
def largest_square_kept(param, grad, state, *, lr=1e-3, weight_decay=0.01, betas=BETAS, eps=1e-8):
    """AMSGrad differs only where the gradients become smaller."""
    new, after = adam_with(param, grad, state, lr, betas, eps)
    v = np.maximum(after.v, state.v)
    larger = np.sqrt(v / (1 - betas[1] ** after.step)) + eps
    smaller = np.sqrt(after.v / (1 - betas[1] ** after.step)) + eps
    step = (param - new) * smaller / larger
    return param - step - lr * weight_decay * param, after._replace(v=v)


@wrong("l2_and_decay_fixed_points", "expected 2 values (with the penalty, with the decay)")
def only_the_first(curvature, target, *, strength, momentum):
    return exact_fractions(curvature, target, strength=strength, momentum=momentum)[0]


@wrong("l2_and_decay_fixed_points", "has the wrong sign")
def size_of_the_weight(curvature, target, *, strength, momentum):
    return exact_fractions(curvature, abs(target), strength=strength, momentum=momentum)


@wrong("uncorrected_step_ratio", "You return one number")
def only_the_longest(steps, *, betas=BETAS):
    return max(averages_of_ones(steps, betas))


@wrong("adam", "float32 numbers")
def squares_with_half_the_digits(param, grad, state, *, lr=1e-3, betas=BETAS, eps=1e-8):
    new, state = adam_with(param, grad, state, lr, betas, eps)
    return new, state._replace(v=state.v.astype(np.float32))


@wrong("adam", "look after the zeros by hand, or take the larger")
def eps_as_a_floor(param, grad, state, *, lr=1e-3, betas=BETAS, eps=1e-8):
    _, (t, m, v) = adam_with(param, grad, state, lr, betas, eps)
    root = np.sqrt(v / (1 - betas[1] ** t))
    return param - lr * m / (1 - betas[0] ** t) / np.maximum(root, eps), AdamState(t, m, v)


@wrong("adam", "is a dict, and in the next step")
def dict_that_is_unpacked(param, grad, state, *, lr=1e-3, betas=BETAS, eps=1e-8):
    t, m, v = state
    new, (t, m, v) = adam_with(param, grad, AdamState(t + 0, m, v), lr, betas, eps)
    return new, {"step": t, "m": m, "v": v}


@wrong("adam_l2", "float32 numbers")
def mean_with_half_the_digits(param, grad, state, *, lr=1e-3, l2=0.0, betas=BETAS, eps=1e-8):
    new, state = adam_with(param, grad + 2 * l2 * param, state, lr, betas, eps)
    return new, state._replace(m=state.m.astype(np.float32))


@wrong("adam_l2", "`eps` gets lost")
def eps_not_handed_on(param, grad, state, *, lr=1e-3, l2=0.0, betas=BETAS, eps=1e-8):
    new, state = optim.adam(param, grad + 2 * l2 * param, state, lr=lr, betas=betas)
    return new.tolist(), state


@wrong("adamw", "float32 numbers")
def memory_with_half_the_digits(
    param, grad, state, *, lr=1e-3, weight_decay=0.01, betas=BETAS, eps=1e-8
):
    new, state = adam_with(param, grad, state, lr, betas, eps)
    narrow = state._replace(v=state.v.astype(np.float32))
    return new - lr * weight_decay * param, narrow


@wrong("adamw", "the averages are used as they are")
def decay_right_but_no_correction(
    param, grad, state, *, lr=1e-3, weight_decay=0.01, betas=BETAS, eps=1e-8
):
    _, (t, m, v) = adam_with(param, grad, state, lr, betas, eps)
    return param - lr * (m / (np.sqrt(v) + eps) + weight_decay * param), AdamState(t, m, v)
