"""The exercise ``rmsprop``."""

import numpy as np

from autograde.spec import Exercise, Mistake
from course_lib import optim
from course_lib.optim import RMSPropState

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


def rmsprop_correction_form(param, grad, state, *, lr=1e-3, decay=0.9, eps=1e-8):
    """The average moves a little towards the new square."""
    mean = state.mean_sq + (1 - decay) * (grad * grad - state.mean_sq)
    return param - (lr / (np.sqrt(mean) + eps)) * grad, RMSPropState(mean)


def rmsprop_remembers_the_root(param, grad, state, *, lr=1e-3, decay=0.9, eps=1e-8):
    """The memory is the root mean square itself, in a dictionary."""
    old = state["rms"] if isinstance(state, dict) else state[0]
    rms = np.sqrt(np.average([old**2, grad**2], axis=0, weights=[decay, 1 - decay]))
    return np.subtract(param, lr * grad / (rms + eps)), {"rms": rms}


def rmsprop_loop(param, grad, state, *, lr=1e-3, decay=0.9, eps=1e-8):
    """Entry by entry; a list for the pair."""
    mean, new = np.zeros(param.shape), np.zeros(param.shape)
    for index in np.ndindex(param.shape):
        mean[index] = decay * state[0][index] + (1 - decay) * grad[index] ** 2
        new[index] = param[index] - lr * grad[index] / (mean[index] ** 0.5 + eps)
    return [new, (mean,)]


SWAPPED = (
    "your decay is the weight of the new square, as gamma is in CSC421 L7-8. Here it is the "
    "weight of the *old* average, as in CS231n and DD2424: 0.9 keeps 90 % of the memory."
)

RMSPROP = Exercise(
    reference=optim.rmsprop,
    cases=rule_cases(
        RMSPropState,
        "In the first step the average holds the share 1 - decay of the newest square, and nothing "
        "else: every coordinate moves equally far.",
        lr=0.05,
        decay=0.8,
    ),
    returns=("param", "state"),
    read="A memory that fades",
    praise="A leaky AdaGrad: the same path as ours, also where gradients are tiny.",
    hints=(
        "AdaGrad with one change: the sum of squares becomes an average that forgets. What are "
        "the weights of the old average and of the new square?",
        "The two weights are `decay` and `1 - decay`: together they make 1, so that it stays an "
        "average. The rest is as in AdaGrad.",
        "`mean_sq = decay * (old average) + (1 - decay) * grad**2`; then the step of AdaGrad, with "
        "the root of this average, plus `eps`.",
    ),
    mistakes=(
        Mistake(
            "decay and 1 - decay exchanged",
            "decay * state.mean_sq + (1 - decay) * grad**2",
            "(1 - decay) * state.mean_sq + decay * grad**2",
            SWAPPED,
            convention=True,
        ),
        Mistake(
            "sum instead of average",
            "(1 - decay) * grad**2",
            "grad**2",
            "The new square counts in full, so your memory is a decaying sum, about 1/(1 - decay) "
            "times the average. Momentum adds up like this; RMSProp takes an average.",
        ),
        Mistake(
            "nothing fades",
            "decay * state.mean_sq + (1 - decay) * grad**2",
            "state.mean_sq + (1 - decay) * grad**2",
            "The old average is kept in full, so it only grows: like AdaGrad, it forgets nothing.",
        ),
        Mistake(
            "AdaGrad instead",
            "decay * state.mean_sq + (1 - decay) * grad**2",
            "state.mean_sq + grad**2",
            "That is AdaGrad: the sum keeps every square in full. Here the old ones must fade.",
        ),
        Mistake(
            "average of the gradients",
            "(np.sqrt(mean_sq) + eps)",
            "(np.abs(mean_sq) + eps)",
            "You average the gradients and then take the size of the average, so that gradients of "
            "opposite sign cancel. Square each one first.",
            more=(("grad**2", "grad"),),
        ),
        Mistake(
            "not squared",
            "(1 - decay) * grad**2",
            "(1 - decay) * np.abs(grad)",
            "The average holds sizes of gradients, not squares of them.",
        ),
        Mistake(
            "average of signed gradients",
            "(1 - decay) * grad**2",
            "(1 - decay) * grad",
            "The average is of the gradients themselves. They have both signs, so it can be "
            "negative and its root is nan. What makes every gradient count as positive?",
        ),
        Mistake("root missing", "(np.sqrt(mean_sq) + eps)", "(mean_sq + eps)", NO_ROOT),
        Mistake(
            "old average used",
            "(np.sqrt(mean_sq) + eps)",
            "(np.sqrt(state.mean_sq) + eps)",
            "You divide by the average of the steps before. In the first step that is zero, and "
            "only eps is left to divide by. Take the newest square into the average first.",
        ),
        Mistake(
            "one average for all coordinates",
            "(1 - decay) * grad**2",
            "(1 - decay) * np.mean(grad**2)",
            ONE_FOR_ALL,
        ),
        Mistake(
            "sum over the coordinates",
            "(1 - decay) * grad**2",
            "(1 - decay) * np.sum(grad**2)",
            ONE_FOR_ALL,
        ),
        kept("RMSPropState(mean_sq)", "state"),
        Mistake(
            "root handed on",
            "RMSPropState(mean_sq)",
            "RMSPropState(np.sqrt(mean_sq))",
            "You hand on the root of the average, and the next step mixes a square into it. Hand "
            "on the average itself.",
        ),
        Mistake("climbs", "param - lr * grad", "param + lr * grad", CLIMBS),
        Mistake(
            "no learning rate",
            "param - lr * grad",
            "param - grad",
            "The step size `lr` is never used.",
        ),
        Mistake(
            "learning rate inside the average",
            "(1 - decay) * grad**2",
            "(1 - decay) * (lr * grad) ** 2",
            "The step size is in the average as well: it cancels in the fraction, and then lr "
            "changes nothing. Only the gradients belong into the average.",
        ),
        Mistake(
            "squared gradient in the step",
            "param - lr * grad /",
            "param - lr * grad**2 /",
            "The square stands in the step as well, and has no sign: the param can only go down. "
            "The step is along the gradient itself.",
        ),
        fixed(
            "decay",
            "decay * state.mean_sq + (1 - decay) * grad**2",
            "0.9 * state.mean_sq + 0.1 * grad**2",
        ),
        fixed("lr", "param - lr * grad", "param - 0.001 * grad"),
        Mistake(
            "corrected like Adam",
            "    mean_sq = decay",
            "    steps = getattr(state, 'steps', 0) + 1\n    mean_sq = decay",
            "You correct the average for its start at 0, as Adam does. RMSProp does not: its first "
            "steps are longer than lr.",
            more=(
                ("np.sqrt(mean_sq)", "np.sqrt(mean_sq / (1 - decay**steps))"),
                ("RMSPropState(mean_sq)", COUNTED.format("mean_sq")),
            ),
        ),
        Mistake(
            "gradient averaged as well",
            "    mean_sq = decay",
            "    mean = (1 - decay) * grad + decay * getattr(state, 'steps', 0)\n"
            "    mean_sq = decay",
            "The gradient in your step is an average too: that is momentum on top, on the way to "
            "Adam. RMSProp's step is along the newest gradient.",
            more=(
                ("param - lr * grad /", "param - lr * mean /"),
                (
                    "RMSPropState(mean_sq)",
                    COUNTED.format("mean_sq").replace(": steps", ": mean"),
                ),
            ),
        ),
        Mistake(
            "1 - decay in the step",
            "param - lr * grad /",
            "param - lr * (1 - decay) * grad /",
            "The step is multiplied by 1 - decay. That factor belongs to the new square in the "
            "average, and nowhere else.",
        ),
        Mistake(
            "newest square counted twice",
            "RMSPropState(mean_sq)",
            "RMSPropState(mean_sq + (1 - decay) * grad**2)",
            "The newest square is counted twice in what you hand on: it is already in the average "
            "that you divided by.",
        ),
        Mistake(
            "eps under the root",
            "(np.sqrt(mean_sq) + eps)",
            "np.sqrt(mean_sq + eps)",
            EPS_INSIDE,
            convention=True,
            read="Where eps stands",
        ),
        Mistake(
            "eps missing",
            "(np.sqrt(mean_sq) + eps)",
            "np.sqrt(mean_sq)",
            EPS_MISSING,
            read="Where eps stands",
        ),
        Mistake(
            "zeros looked after by hand",
            "(np.sqrt(mean_sq) + eps)",
            "np.where(mean_sq == 0, 1, np.sqrt(mean_sq))",
            EPS_GUARD,
            read="Where eps stands",
        ),
        Mistake(
            "the larger of root and eps",
            "(np.sqrt(mean_sq) + eps)",
            "np.maximum(np.sqrt(mean_sq), eps)",
            EPS_LARGER,
            read="Where eps stands",
        ),
        Mistake(
            "eps in the memory",
            "(1 - decay) * grad**2",
            "(1 - decay) * grad**2 + eps",
            EPS_IN_MEMORY,
            read="Where eps stands",
            more=(("(np.sqrt(mean_sq) + eps)", "np.sqrt(mean_sq)"),),
        ),
        Mistake(
            "eps beside the fraction",
            "lr * grad / (np.sqrt(mean_sq) + eps)",
            "lr * grad / np.sqrt(mean_sq) + eps",
            PRECEDENCE,
            read="Where eps stands",
        ),
        fixed("eps", "(np.sqrt(mean_sq) + eps)", "(np.sqrt(mean_sq) + 1e-8)"),
    ),
    accepted=(rmsprop_correction_form, rmsprop_remembers_the_root, rmsprop_loop),
    points=3,
    hidden_points=1,
)
