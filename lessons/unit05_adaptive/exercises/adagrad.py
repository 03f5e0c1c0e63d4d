"""The exercise ``adagrad``."""

import numpy as np

from autograde.spec import Exercise, Mistake
from course_lib import optim
from course_lib.optim import AdaGradState

from .shared import (
    CLIMBS,
    COUNTED,
    EPS_GUARD,
    EPS_IN_MEMORY,
    EPS_INSIDE,
    EPS_LARGER,
    EPS_MISSING,
    NO_ROOT,
    ONE_FOR_ALL,
    PRECEDENCE,
    fixed,
    kept,
    rule_cases,
)

SQUARED_SUM = (
    "You add up the gradients and square afterwards, so that gradients of opposite sign cancel. "
    "Square each one first, then add: the memory is about size, not about direction."
)


def adagrad_tuple(param, grad, state, *, lr=0.01, eps=1e-8):
    """Everything in one line, with plain tuples."""
    (total,) = state
    total = total + np.square(grad)
    return param - np.divide(lr, np.sqrt(total) + eps) * grad, (total,)


def adagrad_remembers_the_norm(param, grad, state, *, lr=0.01, eps=1e-8):
    """The memory is the length of the vector of all gradients of a coordinate."""
    length = np.hypot(state[0], grad)
    return [param - lr * (grad / (length + eps)), [length]]


def adagrad_in_place_on_copies(param, grad, state, *, lr=0.01, eps=1e-8):
    total = state.sum_sq.copy()
    np.add(total, grad * grad, out=total)
    new = param.copy()
    for index in np.ndindex(param.shape):
        new[index] -= lr * grad[index] / (total[index] ** 0.5 + eps)
    return new, AdaGradState(total)


ADAGRAD = Exercise(
    reference=optim.adagrad,
    cases=rule_cases(
        AdaGradState,
        "In the first step the sum is the newest square and nothing else: every coordinate moves "
        "by about lr, whatever its gradient is.",
        lr=0.4,
    ),
    returns=("param", "state"),
    read="One step size per coordinate",
    praise="Every coordinate has its own step, from the first gradient to the tiniest one.",
    hints=(
        "Two lines of arithmetic: first the new sum, then the new param. What does the sum keep, "
        "and what does the newest gradient add to it?",
        "The sum is of *squares*, one sum per coordinate, and nothing of it is ever forgotten. The "
        "gradient is divided by the root of the new sum.",
        "`sum_sq = (old sum) + grad**2`; then the param goes against `grad`, `lr` times as far, "
        "divided by `(root of the new sum) + eps`.",
    ),
    mistakes=(
        Mistake(
            "old sum used",
            "(np.sqrt(sum_sq) + eps)",
            "(np.sqrt(state.sum_sq) + eps)",
            "You divide by the sum of the steps before. In the first step that is zero, and only "
            "eps is left to divide by: the param is thrown away. Add the newest square first.",
        ),
        Mistake("root missing", "(np.sqrt(sum_sq) + eps)", "(sum_sq + eps)", NO_ROOT),
        Mistake(
            "not squared",
            "state.sum_sq + grad**2",
            "state.sum_sq + np.abs(grad)",
            "The sum holds sizes of gradients, not squares. With gradients ten times as large your "
            "steps get longer; they should stay the same.",
        ),
        Mistake(
            "sum of signed gradients",
            "state.sum_sq + grad**2",
            "state.sum_sq + grad",
            "You add up the gradients themselves. They have both signs, so the sum can be negative "
            "and its root is nan. What is it that makes every gradient count as positive?",
        ),
        Mistake(
            "square of the sum",
            "(np.sqrt(sum_sq) + eps)",
            "(np.abs(sum_sq) + eps)",
            SQUARED_SUM,
            more=(("state.sum_sq + grad**2", "state.sum_sq + grad"),),
        ),
        Mistake(
            "one sum for all coordinates",
            "state.sum_sq + grad**2",
            "state.sum_sq + np.sum(grad**2)",
            ONE_FOR_ALL,
        ),
        Mistake(
            "mean over the coordinates",
            "state.sum_sq + grad**2",
            "state.sum_sq + np.mean(grad**2)",
            ONE_FOR_ALL,
        ),
        Mistake(
            "RMSProp instead",
            "state.sum_sq + grad**2",
            "0.9 * state.sum_sq + 0.1 * grad**2",
            "Your memory fades: that is RMSProp, the next rule. AdaGrad's sum keeps every square "
            "in full.",
        ),
        Mistake(
            "old sum decays",
            "state.sum_sq + grad**2",
            "0.9 * state.sum_sq + grad**2",
            "Your sum forgets a share of itself in every step. AdaGrad forgets nothing.",
        ),
        kept("AdaGradState(sum_sq)", "state"),
        Mistake(
            "last square only",
            "state.sum_sq + grad**2",
            "grad**2",
            "You divide by the root of the newest square alone: every step then has the length lr, "
            "whatever came before. The *sum* over all steps is asked for.",
        ),
        Mistake(
            "root handed on",
            "AdaGradState(sum_sq)",
            "AdaGradState(np.sqrt(sum_sq))",
            "You hand on the root of the sum, and the next step adds a square to it. Hand on what "
            "the next step can add to.",
        ),
        Mistake("climbs", "param - lr * grad", "param + lr * grad", CLIMBS),
        Mistake(
            "learning rate inside the sum",
            "state.sum_sq + grad**2",
            "state.sum_sq + (lr * grad) ** 2",
            "The step size is in the sum as well: it cancels in the fraction, and then lr changes "
            "nothing. Only the gradients belong into the sum.",
        ),
        Mistake(
            "no learning rate",
            "param - lr * grad",
            "param - grad",
            "The step size `lr` is never used.",
        ),
        Mistake(
            "squared gradient in the step",
            "param - lr * grad /",
            "param - lr * grad**2 /",
            "The square stands in the step as well, and has no sign: the param can only go down. "
            "The step is along the gradient itself.",
        ),
        fixed("lr", "param - lr * grad", "param - 0.01 * grad"),
        Mistake(
            "mean instead of sum",
            "    sum_sq = state.sum_sq + grad**2",
            "    steps = getattr(state, 'steps', 0) + 1\n    sum_sq = state.sum_sq + grad**2",
            "You divide by the root of the *mean* square: the first step is right, but then your "
            "steps do not get shorter. The sum is not divided by the number of steps.",
            more=(
                ("np.sqrt(sum_sq)", "np.sqrt(sum_sq / steps)"),
                ("AdaGradState(sum_sq)", COUNTED.format("sum_sq")),
            ),
        ),
        Mistake(
            "mean of old and new",
            "state.sum_sq + grad**2",
            "(state.sum_sq + grad**2) / 2",
            "You take the mean of the old sum and the new square, which forgets half of the past "
            "in every step. AdaGrad only adds.",
        ),
        Mistake(
            "largest instead of sum",
            "state.sum_sq + grad**2",
            "np.maximum(state.sum_sq, grad**2)",
            "You keep the largest square so far. AdaGrad adds them all up.",
        ),
        Mistake(
            "sign of the gradient",
            "param - lr * grad /",
            "param - lr * np.sign(grad) /",
            "Only the sign of the gradient is in your step, and then its size is divided out once "
            "more. The step is along the gradient itself.",
        ),
        Mistake(
            "gradient left out",
            "param - lr * grad /",
            "param - lr /",
            "The gradient is not in your step: only its size is, and size has no direction.",
        ),
        Mistake(
            "eps under the root",
            "(np.sqrt(sum_sq) + eps)",
            "np.sqrt(sum_sq + eps)",
            EPS_INSIDE,
            convention=True,
            read="Where eps stands",
        ),
        Mistake(
            "eps missing",
            "(np.sqrt(sum_sq) + eps)",
            "np.sqrt(sum_sq)",
            EPS_MISSING,
            read="Where eps stands",
        ),
        Mistake(
            "zeros looked after by hand",
            "(np.sqrt(sum_sq) + eps)",
            "np.where(sum_sq == 0, 1, np.sqrt(sum_sq))",
            EPS_GUARD,
            read="Where eps stands",
        ),
        Mistake(
            "the larger of root and eps",
            "(np.sqrt(sum_sq) + eps)",
            "np.maximum(np.sqrt(sum_sq), eps)",
            EPS_LARGER,
            read="Where eps stands",
        ),
        Mistake(
            "eps in the memory",
            "state.sum_sq + grad**2",
            "state.sum_sq + grad**2 + eps",
            EPS_IN_MEMORY,
            read="Where eps stands",
            more=(("(np.sqrt(sum_sq) + eps)", "np.sqrt(sum_sq)"),),
        ),
        Mistake(
            "eps beside the fraction",
            "lr * grad / (np.sqrt(sum_sq) + eps)",
            "lr * grad / np.sqrt(sum_sq) + eps",
            PRECEDENCE,
            read="Where eps stands",
        ),
        fixed("eps", "(np.sqrt(sum_sq) + eps)", "(np.sqrt(sum_sq) + 1e-8)"),
        Mistake(
            "eps of CS231n",
            "(np.sqrt(sum_sq) + eps)",
            "(np.sqrt(sum_sq) + 1e-7)",
            "CS231n's code has the number 1e-7. Here eps is an argument: use it.",
            read="Where eps stands",
        ),
    ),
    accepted=(adagrad_tuple, adagrad_remembers_the_norm, adagrad_in_place_on_copies),
    points=3,
    hidden_points=1,
)
