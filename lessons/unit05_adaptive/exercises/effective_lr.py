"""The exercise ``effective_lr``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import optim
from course_lib.arrays import Array
from course_lib.optim import AdaGradState, RMSPropState

from .shared import EPS_GUARD, EPS_INSIDE, EPS_LARGER, NO_ROOT, ONE_FOR_ALL, PRECEDENCE, fixed


def effective_cases(rng: np.random.Generator) -> Sequence[Case]:
    def squares(*shape: int, scale: float = 1.0) -> Array:
        return (0.3 + np.abs(draw(rng, *shape))) * scale

    return [
        Case(
            "an AdaGrad state",
            (AdaGradState(squares(3)),),
            {"lr": 0.4},
            "Per coordinate: the step size over what AdaGrad divides by.",
        ),
        Case(
            "an RMSProp state of a matrix",
            (RMSPropState(squares(2, 3)),),
            {"lr": 0.05},
            "The state of RMSProp holds one array as well, under another name.",
        ),
        Case(
            "tiny squares",
            (AdaGradState(squares(3, scale=1e-15)),),
            {"lr": 0.01},
            "Where the gradients were tiny, the default eps counts.",
        ),
        Case(
            "a large eps",
            (RMSPropState(squares(3)),),
            {"lr": 0.4, "eps": 0.3},
            "With eps = 0.3 it shows where eps stands.",
            rtol=1e-9,
        ),
        Case(
            "before the first step",
            (AdaGradState(np.zeros(2)),),
            {"lr": 0.03, "eps": 1e-6},
            "With nothing in the memory only eps is left: lr / eps, large but finite.",
        ),
    ]


def effective_by_power(state, *, lr, eps=1e-8):
    return np.array(lr) * (state[0] ** 0.5 + eps) ** -1


def effective_by_step(state, *, lr, eps=1e-8):
    """What happens to a gradient of one."""
    squares = np.asarray(next(iter(state)))
    ones = np.ones_like(squares)
    return lr * ones / (eps + np.sqrt(squares))


def effective_list(state, *, lr, eps=1e-8):
    def entry(values):
        return [entry(v) if np.ndim(v) else lr / (float(v) ** 0.5 + eps) for v in values]

    return entry(state[0])


EFFECTIVE_LR = Exercise(
    reference=optim.effective_lr,
    cases=effective_cases,
    returns=("effective learning rate",),
    read="The effective learning rate",
    praise="One number per coordinate: what the next gradient will be multiplied by.",
    hints=(
        "Write the update as param minus (something) times grad. What is the something?",
        "It is the step size divided by what the rule divides by, coordinate by coordinate. Both "
        "states hold one array of squares, which is `state[0]`.",
        "`lr` over (root of the squares, plus `eps`); no gradient comes in.",
    ),
    mistakes=(
        Mistake(
            "upside down",
            "lr / (np.sqrt(squares) + eps)",
            "(np.sqrt(squares) + eps) / lr",
            "The fraction is upside down: where the gradients were large, the step should be "
            "*smaller*.",
        ),
        Mistake(
            "multiplied",
            "lr / (np.sqrt(squares) + eps)",
            "lr * (np.sqrt(squares) + eps)",
            "You multiply by the root. Where the gradients were large, the step should be smaller.",
        ),
        Mistake("root missing", "(np.sqrt(squares) + eps)", "(squares + eps)", NO_ROOT),
        Mistake(
            "eps under the root",
            "(np.sqrt(squares) + eps)",
            "np.sqrt(squares + eps)",
            EPS_INSIDE,
            convention=True,
            read="Where eps stands",
        ),
        Mistake(
            "eps missing",
            "(np.sqrt(squares) + eps)",
            "np.sqrt(squares)",
            "What you divide by has no eps in it: before the first step the memory is 0, and so is "
            "its root.",
            read="Where eps stands",
        ),
        Mistake(
            "the larger of root and eps",
            "(np.sqrt(squares) + eps)",
            "np.maximum(np.sqrt(squares), eps)",
            EPS_LARGER,
            read="Where eps stands",
        ),
        Mistake(
            "zeros looked after by hand",
            "lr / (np.sqrt(squares) + eps)",
            "np.where(squares == 0, 0.0, lr / np.sqrt(squares))",
            EPS_GUARD,
            read="Where eps stands",
        ),
        Mistake(
            "eps beside the fraction",
            "lr / (np.sqrt(squares) + eps)",
            "lr / np.sqrt(squares) + eps",
            PRECEDENCE,
            read="Where eps stands",
        ),
        Mistake(
            "one number for all coordinates",
            "lr / (np.sqrt(squares) + eps)",
            "lr / (np.sqrt(np.mean(squares) * np.ones_like(squares)) + eps)",
            ONE_FOR_ALL,
        ),
        Mistake(
            "no learning rate",
            "lr / (np",
            "1 / (np",
            "The step size `lr` is never used: this is only the factor by which it is scaled.",
        ),
        Mistake(
            "squared again",
            "np.sqrt(squares)",
            "np.abs(squares) ** 2",
            "The state already holds squares. You square them once more, where a root is needed.",
        ),
        fixed("eps", "np.sqrt(squares) + eps", "np.sqrt(squares) + 1e-8"),
        Mistake(
            "negative",
            "return lr",
            "return -lr",
            "The sign of the step is not part of the learning rate: it is positive.",
        ),
    ),
    accepted=(effective_by_power, effective_by_step, effective_list),
    points=1,
)
