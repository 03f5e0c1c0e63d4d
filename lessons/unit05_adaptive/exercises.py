"""Unit 05, AdaGrad, RMSProp and AdaDelta: the exercises and quizzes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograde.spec import Case, Choice, Exercise, Mistake, Quiz, draw
from course_lib import landscape, optim
from course_lib.arrays import Array
from course_lib.optim import AdaDeltaState, AdaGradState, RMSPropState

TITLE = "Per-parameter steps: AdaGrad, RMSProp, AdaDelta"
MINUTES = 90

# --- what the three rules share -----------------------------------------------------------------

TINY = 1e-5  # of gradients: so small that eps counts, so large that their squares do


def gradients(rng: np.random.Generator, steps: int, shape: tuple[int, ...], scale: float) -> Array:
    """Normal numbers away from zero, of the given size, with five digits or fewer."""
    values = draw(rng, steps, *shape)
    values = np.where(np.abs(values) < 0.2, 0.2 + np.abs(values), values)
    return np.round(values * scale, 9)


def rule_cases(state: Any, **given: float) -> Callable[[np.random.Generator], Sequence[Case]]:
    """The cases of a rule whose state is ``state``; ``given`` are its arguments besides eps."""

    def cases(rng: np.random.Generator) -> Sequence[Case]:
        def run(
            name: str,
            about: str,
            steps: int,
            hyper: Mapping[str, float],
            shapes: tuple[tuple[int, ...], ...] = ((4,),),
            *,
            scale: float = 1.0,
            still: bool = False,
            rtol: float = 1e-6,
        ) -> Case:
            starts = [draw(rng, *shape) for shape in shapes]
            grads = [gradients(rng, steps, shape, scale) for shape in shapes]
            if still:
                grads[0][:, 1] = 0.0
            inputs = {
                "starts": starts,
                "states": [state.zeros_like(start) for start in starts],
                "grads": grads,
                "kwargs": hyper,
            }
            return Case(name, about=about, probe="path", inputs=inputs, rtol=rtol)

        return [
            run(
                "first step",
                "In the first step the memory holds the newest square, and nothing else.",
                1,
                given,
            ),
            run("five steps", "From the second step on, the memory decides.", 5, given),
            run("the default arguments", "Without arguments, the defaults count.", 3, {}),
            run(
                "tiny gradients",
                "Gradients of about 1e-5 show what eps does, and where it stands.",
                3,
                given,
                scale=TINY,
                rtol=1e-9,
            ),
            run(
                "a large eps",
                "With eps = 0.3 it matters even for gradients of ordinary size where it stands.",
                3,
                {**given, "eps": 0.3},
            ),
            run(
                "a gradient that stays 0",
                "A coordinate that never has a gradient stays where it is, and becomes no nan.",
                3,
                given,
                still=True,
            ),
            run(
                "two arrays in turn",
                "Two parameter arrays are updated in turn, each with its own state.",
                4,
                given,
                ((2, 3), (3,)),
            ),
        ]

    return cases


def fixed(argument: str, find: str, replace: str, *more: tuple[str, str]) -> Mistake:
    """A number where an argument should be."""
    return Mistake(
        f"{argument} is a fixed number",
        find,
        replace,
        f"Right for the default {argument} and for nothing else: is there a number in your code "
        "where the argument should be?",
        more=more,
    )


def kept(find: str, replace: str) -> Mistake:
    return Mistake(
        "state not handed on",
        find,
        replace,
        "The first step is right, then the memory is lost: the state that you return still holds "
        "the old numbers.",
    )


# A state that also counts its updates, as an answer that thinks of another rule would make one.
COUNTED = "type('Counted', (), {{'{0}': {0}, 'steps': steps}})()"
CLIMBS = "The param moves along the gradient, uphill: check the sign of the step."
ONE_FOR_ALL = (
    "All coordinates share one number: you sum or average over the array. The point of the method "
    "is that every coordinate keeps a memory of its own, so nothing is summed here."
)
NO_ROOT = (
    "You divide by the squares themselves. A gradient over its own square gets *larger* where the "
    "gradient is small: what brings a square back to the size of a gradient?"
)
EPS_INSIDE = (
    "your eps stands under the root, as DD2424 L5 and CSC421 L7-8 print it. Here, as in CS231n and "
    "in PyTorch, it is added to the root. For gradients of ordinary size the two agree; for tiny "
    "ones an eps of 1e-8 under the root acts like 1e-4."
)
EPS_MISSING = (
    "eps is missing. A coordinate whose gradients have all been 0 is divided by 0 and becomes nan; "
    "blank pixels do that in every image."
)
PRECEDENCE = (
    "eps is added to the step, not to what you divide by: where does the fraction end? A "
    "parenthesis is missing around root and eps."
)
SQUARED_SUM = (
    "You add up the gradients and square afterwards, so that gradients of opposite sign cancel. "
    "Square each one first, then add: the memory is about size, not about direction."
)

# --- AdaGrad ------------------------------------------------------------------------------------


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
    cases=rule_cases(AdaGradState, lr=0.4),
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
            "eps beside the fraction",
            "lr * grad / (np.sqrt(sum_sq) + eps)",
            "lr * grad / np.sqrt(sum_sq) + eps",
            PRECEDENCE,
            read="Where eps stands",
        ),
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
        fixed("eps", "(np.sqrt(sum_sq) + eps)", "(np.sqrt(sum_sq) + 1e-8)"),
        Mistake(
            "eps of CS231n",
            "(np.sqrt(sum_sq) + eps)",
            "(np.sqrt(sum_sq) + 1e-7)",
            "CS231n's code has the number 1e-7. Here eps is an argument: use it.",
            read="Where eps stands",
        ),
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
    ),
    accepted=(adagrad_tuple, adagrad_remembers_the_norm, adagrad_in_place_on_copies),
    points=3,
    hidden_points=1,
)

# --- effective learning rate --------------------------------------------------------------------


def effective_cases(rng: np.random.Generator) -> Sequence[Case]:
    def squares(*shape: int, scale: float = 1.0) -> Array:
        return np.round((0.3 + np.abs(draw(rng, *shape))) * scale, 12)

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
            "eps is missing: before the first step the memory is 0, and you divide by it.",
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

# --- RMSProp ------------------------------------------------------------------------------------


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
    cases=rule_cases(RMSPropState, lr=0.05, decay=0.8),
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
            "eps under the root",
            "(np.sqrt(mean_sq) + eps)",
            "np.sqrt(mean_sq + eps)",
            EPS_INSIDE,
            convention=True,
            read="Where eps stands",
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
            "eps missing",
            "(np.sqrt(mean_sq) + eps)",
            "np.sqrt(mean_sq)",
            EPS_MISSING,
            read="Where eps stands",
        ),
        Mistake(
            "eps beside the fraction",
            "lr * grad / (np.sqrt(mean_sq) + eps)",
            "lr * grad / np.sqrt(mean_sq) + eps",
            PRECEDENCE,
            read="Where eps stands",
        ),
        Mistake(
            "one average for all coordinates",
            "(1 - decay) * grad**2",
            "(1 - decay) * np.mean(grad**2)",
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
        fixed("eps", "(np.sqrt(mean_sq) + eps)", "(np.sqrt(mean_sq) + 1e-8)"),
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
    ),
    accepted=(rmsprop_correction_form, rmsprop_remembers_the_root, rmsprop_loop),
    points=3,
    hidden_points=1,
)

# --- AdaDelta -----------------------------------------------------------------------------------


def adadelta_lecture_form(param, grad, state, *, decay=0.95, eps=1e-6):
    """DD2424's lines: u is subtracted; a plain tuple, in the other order."""
    squares, moved = (state[0], state[1]) if isinstance(state, AdaDeltaState) else state[::-1]
    squares = decay * squares + (1 - decay) * grad**2
    u = np.sqrt((moved + eps) / (squares + eps)) * grad
    moved = decay * moved + (1 - decay) * u**2
    return param - u, (moved, squares)


def adadelta_remembers_eps(param, grad, state, *, decay=0.95, eps=1e-6):
    """Both averages with eps added once and for all, the way a fixed point sees it."""
    first = isinstance(state, AdaDeltaState)
    g2, u2 = (state.mean_sq + eps, state.mean_sq_update + eps) if first else state
    g2 = eps + decay * (g2 - eps) + (1 - decay) * np.square(grad)
    rate = np.power(u2 / g2, 0.5)
    u2 = eps + decay * (u2 - eps) + (1 - decay) * np.square(rate * grad)
    return [param - rate * grad, [g2, u2]]


def adadelta_from_the_move(param, grad, state, *, decay=0.95, eps=1e-6):
    """The update is read off from where the param went."""

    def rms(values):
        return (values + eps) ** 0.5

    mean_sq = state.mean_sq + (1 - decay) * (grad**2 - state.mean_sq)
    update = -rms(state.mean_sq_update) * grad / rms(mean_sq)
    new = param + update
    return new, state._replace(
        mean_sq=mean_sq,
        mean_sq_update=state.mean_sq_update + (1 - decay) * (update**2 - state.mean_sq_update),
    )


OLD_MOVES = "np.sqrt(state.mean_sq_update + eps)"
NEW_SQUARES = "np.sqrt(mean_sq + eps)"
MOVES = "decay * state.mean_sq_update + (1 - decay) * update**2"
SQUARES = "decay * state.mean_sq + (1 - decay) * grad**2"

ADADELTA = Exercise(
    reference=optim.adadelta,
    cases=rule_cases(AdaDeltaState, decay=0.8),
    returns=("param", "state"),
    read="No step size at all",
    praise="The step size comes from the steps before: the same path as ours, and no lr in it.",
    hints=(
        "There are two averages of the same kind: one of squared gradients, one of squared "
        "updates. Which of the two can already contain this step when you compute the step?",
        "First the average of squared gradients, then the update: the *old* average of updates "
        "over the *new* average of gradients, roots of both, eps under both roots. Then the "
        "average of squared updates.",
        "`update = -root(old updates + eps) / root(new squares + eps) * grad`; add it to the "
        "param; then mix `update**2` into the average of updates as `grad**2` into the other.",
    ),
    mistakes=(
        Mistake(
            "eps beside the roots",
            OLD_MOVES,
            "(np.sqrt(state.mean_sq_update) + eps)",
            "your eps is added to the roots. AdaDelta's paper has it under both roots, and that is "
            "not a detail: the first update grows from it, and 1e-6 under a root is 1e-3.",
            more=((NEW_SQUARES, "(np.sqrt(mean_sq) + eps)"),),
            convention=True,
            read="Where eps stands",
        ),
        Mistake(
            "eps under the lower root only",
            OLD_MOVES,
            "np.sqrt(state.mean_sq_update)",
            "Your param never moves: the average of updates starts at 0, so the first update is 0, "
            "and so on for ever. What is there to start from?",
        ),
        Mistake(
            "eps under the upper root only",
            NEW_SQUARES,
            "np.sqrt(mean_sq)",
            "eps is missing under the lower root: where all gradients have been 0, you divide by "
            "0, and where they are tiny, the step is too long.",
        ),
        Mistake(
            "eps missing",
            OLD_MOVES,
            "np.sqrt(state.mean_sq_update)",
            "eps is missing under both roots. Then the first update is 0, and so is every other; "
            "and a gradient of 0 gives 0/0.",
            more=((NEW_SQUARES, "np.sqrt(mean_sq)"),),
        ),
        Mistake(
            "upside down",
            f"-{OLD_MOVES} / {NEW_SQUARES} * grad",
            f"-{NEW_SQUARES} / {OLD_MOVES} * grad",
            "The fraction is upside down: what was moved recently stands above, the size of the "
            "gradients below, so that the units of the gradient cancel.",
        ),
        Mistake(
            "upper root missing",
            OLD_MOVES,
            "(state.mean_sq_update + eps)",
            "The average of updates stands above without its root: it has the unit of a square.",
        ),
        Mistake(
            "lower root missing",
            NEW_SQUARES,
            "(mean_sq + eps)",
            "The average of gradients stands below without its root: it has the unit of a square.",
        ),
        Mistake(
            "old squares below",
            NEW_SQUARES,
            "np.sqrt(state.mean_sq + eps)",
            "You divide by the average of the steps before. The newest gradient has to be in it "
            "already: in the first step there is nothing else.",
        ),
        Mistake(
            "squares of gradients in both",
            "(1 - decay) * update**2",
            "(1 - decay) * grad**2",
            "Your second average is of gradients, like the first. It should be of what the param "
            "was moved by.",
        ),
        Mistake(
            "new updates above",
            MOVES,
            f"{MOVES}\n    update = -np.sqrt(mean_sq_update + eps) / {NEW_SQUARES} * grad",
            "Your average of updates already contains this step when the step is computed. It can "
            "only know the updates before.",
        ),
        Mistake(
            "new update not weighted",
            "(1 - decay) * update**2",
            "update**2",
            "The square of the new update counts in full, so that the memory of updates is a sum. "
            "It is an average: the two weights add up to 1.",
        ),
        Mistake(
            "new gradient not weighted",
            "(1 - decay) * grad**2",
            "grad**2",
            "The square of the new gradient counts in full, so that the memory of gradients is a "
            "sum. It is an average: the two weights add up to 1.",
        ),
        Mistake(
            "the new point instead of the update",
            "(1 - decay) * update**2",
            "(1 - decay) * (param + update) ** 2",
            "You average the squares of the param. What is averaged are the updates, by which the "
            "param is moved.",
        ),
        Mistake(
            "updates not squared",
            "(1 - decay) * update**2",
            "(1 - decay) * np.abs(update)",
            "The average of updates holds sizes, not squares; its root then has no longer the unit "
            "of a step.",
        ),
        Mistake(
            "signed updates",
            "(1 - decay) * update**2",
            "(1 - decay) * update",
            "The average of updates is of signed numbers, and its root becomes nan as soon as it "
            "is negative.",
        ),
        Mistake(
            "gradients not squared",
            "(1 - decay) * grad**2",
            "(1 - decay) * np.abs(grad)",
            "The average of gradients holds sizes, not squares.",
        ),
        Mistake(
            "RMSProp",
            f"-{OLD_MOVES} / {NEW_SQUARES} * grad",
            f"-0.001 / {NEW_SQUARES} * grad",
            "A fixed step size stands where the root of the average of updates should be: that is "
            "RMSProp. AdaDelta takes the length of its step from the steps before.",
        ),
        Mistake(
            "a step size of its own",
            "return param + update",
            "return param + 0.01 * update",
            "You multiply the update by a step size. AdaDelta has none: the upper root takes its "
            "place.",
        ),
        Mistake(
            "updates not handed on",
            "AdaDeltaState(mean_sq, mean_sq_update)",
            "AdaDeltaState(mean_sq, state.mean_sq_update)",
            "The average of updates is never handed on, so it stays 0 and every step is as timid "
            "as the first.",
        ),
        Mistake(
            "squares not handed on",
            "AdaDeltaState(mean_sq, mean_sq_update)",
            "AdaDeltaState(state.mean_sq, mean_sq_update)",
            "The average of squared gradients is never handed on: each step only knows its own "
            "gradient.",
        ),
        kept("AdaDeltaState(mean_sq, mean_sq_update)", "state"),
        Mistake(
            "averages exchanged",
            "AdaDeltaState(mean_sq, mean_sq_update)",
            "AdaDeltaState(mean_sq_update, mean_sq)",
            "The two averages change places in the state that you return: gradients first, updates "
            "second.",
        ),
        Mistake(
            "last update instead of the average",
            MOVES,
            "update**2",
            "You hand on the square of the last update alone. It should be mixed into the average.",
        ),
        Mistake(
            "updates added up",
            MOVES,
            "state.mean_sq_update + update**2",
            "The squares of the updates are added up. Here both memories are averages that fade.",
        ),
        Mistake(
            "gradients added up",
            SQUARES,
            "state.mean_sq + grad**2",
            "The squares of the gradients are added up, as in AdaGrad. Here both memories are "
            "averages that fade.",
        ),
        Mistake(
            "decay and 1 - decay exchanged",
            SQUARES,
            "(1 - decay) * state.mean_sq + decay * grad**2",
            "your decay is the weight of the new square. Here it is the weight of the *old* "
            "average, in both averages: 0.95 keeps 95 % of the memory.",
            more=((MOVES, "(1 - decay) * state.mean_sq_update + decay * update**2"),),
            convention=True,
            read="A memory that fades",
        ),
        Mistake(
            "one average for all coordinates",
            SQUARES,
            "decay * state.mean_sq + (1 - decay) * np.mean(grad**2)",
            ONE_FOR_ALL,
            more=((MOVES, "decay * state.mean_sq_update + (1 - decay) * np.mean(update**2)"),),
        ),
        Mistake("climbs", "return param + update", "return param - update", CLIMBS),
        fixed(
            "decay",
            SQUARES,
            "0.95 * state.mean_sq + 0.05 * grad**2",
            (MOVES, "0.95 * state.mean_sq_update + 0.05 * update**2"),
        ),
        fixed(
            "eps",
            OLD_MOVES,
            "np.sqrt(state.mean_sq_update + 1e-6)",
            (NEW_SQUARES, "np.sqrt(mean_sq + 1e-6)"),
        ),
        Mistake(
            "gradient left out",
            f"{NEW_SQUARES} * grad",
            f"{NEW_SQUARES} * np.sign(grad)",
            "Only the sign of the gradient is in your step. The fraction is to be multiplied by "
            "the gradient itself.",
        ),
    ),
    accepted=(adadelta_lecture_form, adadelta_remembers_eps, adadelta_from_the_move),
    points=3,
    hidden_points=1,
)

# --- rotating a bowl ----------------------------------------------------------------------------


def rotation_cases(rng: np.random.Generator) -> Sequence[Case]:
    flat = float(np.round(rng.uniform(0.5, 2.0), 2))
    steep = float(np.round(rng.uniform(5.0, 20.0), 2))
    root = draw(rng, 2, 2)
    tilted = np.round(root @ root.T + np.diag([1.0, 3.0]), 3)
    small = float(np.round(rng.uniform(0.2, 0.6), 2))
    return [
        Case(
            "an eighth of a turn",
            (np.diag([flat, steep]),),
            {"angle": np.pi / 4},
            "Turned by 45 degrees, both axes have the same curvature, and the rest stands in the "
            "corners.",
        ),
        Case(
            "a quarter turn",
            (np.diag([flat, steep]),),
            {"angle": np.pi / 2},
            "After a quarter turn the two curvatures have changed places.",
        ),
        Case(
            "a small angle",
            (np.diag([flat, steep]),),
            {"angle": small},
            "The angle is in radians and turns counter-clockwise.",
        ),
        Case(
            "backwards",
            (np.diag([steep, flat]),),
            {"angle": -small},
            "A negative angle turns clockwise.",
        ),
        Case(
            "a bowl that is tilted already",
            (tilted,),
            {"angle": 1.1},
            "The Hessian that comes in need not be diagonal.",
        ),
        Case("angle 0", (tilted,), {"angle": 0.0}, "Without a turn the Hessian stays as it is."),
        Case(
            "a saddle, turned far",
            (np.array([[flat, -1.5], [-1.5, -steep]]),),
            {"angle": 2.0 + small},
            "Entries and curvatures may be negative, and an angle may be larger than a right one.",
            rtol=1e-9,
        ),
    ]


def rotation_by_eigenvectors(hessian, *, angle):
    """Turn the eigenvectors, keep the eigenvalues."""
    curvatures, directions = np.linalg.eigh(hessian)
    turned = []
    for x, y in directions.T:
        turned.append(
            (x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle))
        )
    return sum(c * np.outer(v, v) for c, v in zip(curvatures, turned, strict=True))


def rotation_written_out(hessian, *, angle):
    """Every entry by trigonometry of the double angle."""
    a, b, d = hessian[0, 0], hessian[0, 1], hessian[1, 1]
    mean, half = (a + d) / 2, (a - d) / 2
    c, s = np.cos(2 * angle), np.sin(2 * angle)
    off = half * s + b * c
    return [[mean + half * c - b * s, off], [off, mean - half * c + b * s]]


def rotation_by_inverse(hessian, *, angle):
    """Complex numbers for the turn, and the inverse of it."""
    turn = np.exp(1j * angle)
    matrix = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.linalg.solve(matrix.T, np.asarray(hessian).dot(np.linalg.inv(matrix)))


PRODUCT = "rotation @ hessian @ rotation.T"

ROTATE = Exercise(
    reference=landscape.rotate_quadratic,
    cases=rotation_cases,
    returns=("hessian",),
    read="The axes matter",
    praise="The same bowl, turned: its curvatures are what they were, its axes are not.",
    hints=(
        "Write R for the matrix that turns a point. The turned bowl has at R x the height that the "
        "old one has at x. What is its height at y?",
        "At y the turned bowl is as high as the old one at the point that is turned to y: turn y "
        "*back*, then put it into the old bowl, on both sides of the Hessian.",
        "A rotation times the Hessian times the rotation's transpose, with matrix products; the "
        "matrix that turns counter-clockwise has -sin in its upper right corner.",
    ),
    mistakes=(
        Mistake(
            "clockwise",
            PRODUCT,
            "rotation.T @ hessian @ rotation",
            "your angle turns the bowl clockwise. Here a positive one turns it counter-clockwise, "
            "as angles in the plane usually do: exchange the rotation and its transpose, or change "
            "the sign of the sine.",
            convention=True,
        ),
        Mistake(
            "no transpose",
            PRODUCT,
            "rotation @ hessian @ rotation",
            "The same rotation stands on both sides. Look at angle 90 degrees: the curvatures come "
            "out negative. One of the two has to turn back.",
        ),
        Mistake(
            "one side only",
            PRODUCT,
            "rotation @ hessian",
            "You turn on one side only, and the result is not symmetric, as a Hessian must be. x "
            "stands on both sides in x'Hx.",
        ),
        Mistake(
            "other side only",
            PRODUCT,
            "hessian @ rotation.T",
            "You turn on one side only, and the result is not symmetric, as a Hessian must be. x "
            "stands on both sides in x'Hx; the left side is missing.",
        ),
        Mistake(
            "degrees",
            "np.cos(angle), np.sin(angle)",
            "np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))",
            "You convert the angle from degrees. It comes in radians already: a right angle is "
            "pi/2.",
        ),
        Mistake(
            "sine and cosine exchanged",
            "np.cos(angle), np.sin(angle)",
            "np.sin(angle), np.cos(angle)",
            "Sine and cosine have changed places: at angle 0 your rotation turns by a quarter.",
        ),
        Mistake(
            "no minus sign",
            "[[cos, -sin], [sin, cos]]",
            "[[cos, sin], [sin, cos]]",
            "Your matrix is no rotation: its rows are not orthogonal. One of the two sines has a "
            "minus sign.",
        ),
        Mistake(
            "a reflection",
            "[[cos, -sin], [sin, cos]]",
            "[[cos, sin], [sin, -cos]]",
            "Your matrix is a reflection: its determinant is -1. For a bowl that lies along the "
            "axes there is no difference, for a tilted one there is.",
        ),
        Mistake(
            "entrywise product",
            PRODUCT,
            "rotation * hessian * rotation.T",
            "`*` multiplies entry by entry. Which operator is the matrix product?",
        ),
        Mistake(
            "half the angle",
            "np.cos(angle), np.sin(angle)",
            "np.cos(angle / 2), np.sin(angle / 2)",
            "The bowl turns by half of the angle. Does a factor of two stand where none belongs?",
        ),
        Mistake(
            "double angle",
            "np.cos(angle), np.sin(angle)",
            "np.cos(2 * angle), np.sin(2 * angle)",
            "The bowl turns by twice the angle. Is it turned twice, once in each matrix?",
        ),
        Mistake(
            "own directions lost",
            PRODUCT,
            "rotation @ np.diag(np.linalg.eigvalsh(hessian)) @ rotation.T",
            "You turn a bowl with the same curvatures that lies along the axes. If it was tilted "
            "before, its own directions are lost: the turn goes on from where it lies.",
        ),
        Mistake(
            "corners left out",
            PRODUCT,
            "rotation @ np.diag(np.diag(hessian)) @ rotation.T",
            "The entries in the corners of the Hessian that comes in never reach your result: only "
            "its diagonal is turned.",
        ),
        Mistake(
            "curvatures kept on the axes",
            PRODUCT,
            "np.diag(np.diag(rotation @ hessian @ rotation.T))",
            "Only the diagonal is left. The entries in the corners say that the bowl is tilted; "
            "without them it lies along the axes again.",
        ),
        Mistake(
            "not turned",
            PRODUCT,
            "hessian + 0 * rotation",
            "The Hessian comes back as it was: the angle is never used.",
        ),
    ),
    accepted=(rotation_by_eigenvectors, rotation_written_out, rotation_by_inverse),
    points=2,
)

EXERCISES = (ADAGRAD, EFFECTIVE_LR, RMSPROP, ADADELTA, ROTATE)

QUIZZES: tuple[Quiz, ...] = (
    Quiz(
        "u05-first-step",
        "The gradient at the start of the ravine is (8, 50). How far do the two coordinates move "
        "in AdaGrad's very first step, with step size 0.5?",
        (
            Choice(
                "4 and 25.",
                False,
                "That is the step of gradient descent: the step size times the gradient. AdaGrad "
                "divides by something first. What is in the sum when the step is made?",
            ),
            Choice(
                "0.5 and 0.5.",
                True,
                "The newest square is already in the sum, and in the first step it is all there "
                "is: 8 is divided by 8, and 50 by 50. Only the sign of the gradient is left.",
            ),
            Choice(
                "0.0625 and 0.01.",
                False,
                "Those are the step sizes after the division, 0.5/8 and 0.5/50. They still have "
                "to be multiplied by the gradient.",
            ),
            Choice(
                "Immeasurably far: the sum is still 0, so it divides by eps.",
                False,
                "The sum is updated before it is used, so that the newest square is in it. With "
                "the two lines exchanged this is just what would happen.",
            ),
        ),
    ),
    Quiz(
        "u05-steeper",
        "Make the walls of the ravine 20 times as steep, leave the floor and the start as they "
        "are, and run AdaGrad with the same step size. What happens to its path along the floor, "
        "that is, to $x_1$?",
        (
            Choice(
                "It gets slower: all that steepness fills the sum of squares.",
                False,
                "The sum of $x_2$, yes. But every coordinate has a sum of its own, and that of "
                "$x_1$ never sees the gradients of $x_2$.",
            ),
            Choice(
                "It gets faster: flat directions are accelerated when the others are steep.",
                False,
                "CS231n's word is relative: compared with gradient descent, whose step size must "
                "suit the steep walls. AdaGrad's rate for $x_1$ does not know that there is a "
                "wall.",
            ),
            Choice(
                "Nothing at all.",
                True,
                "The gradient of $x_1$ depends on $x_1$ only, here, and so does its sum of "
                "squares. Look in the next figure at what happens to $x_2$.",
            ),
        ),
    ),
    Quiz(
        "u05-to-zero",
        "AdaGrad runs through the ravine with step size 0.5, with exact gradients, and gets to the "
        "minimum. What becomes of its effective learning rates after many thousand steps?",
        (
            Choice(
                "They go to zero, like one over the root of the number of steps.",
                False,
                "That is what happens when every gradient adds about as much to the sum as the "
                "one before. How large are the gradients near the minimum?",
            ),
            Choice(
                "They settle at positive numbers.",
                True,
                "Close to the minimum the gradients go to zero, and quickly; so do the terms of "
                "the sum, and the sum has a limit. A sum that keeps growing need not grow without "
                "bound.",
            ),
            Choice(
                "They grow again, since the gradients get small.",
                False,
                "A sum of squares can never get smaller. You are thinking of a memory that "
                "forgets; that is the next rule.",
            ),
        ),
    ),
    Quiz(
        "u05-gamma",
        "You write CSC421's $s \\leftarrow (1-\\gamma)\\,s + \\gamma\\,g^2$ and take DD2424's "
        "$\\gamma = 0.9$. What have you built?",
        (
            Choice(
                "The same rule: the weights add up to 1 in both.",
                False,
                "They do, and both are averages. But an average over one step and one over ten "
                "are not the same.",
            ),
            Choice(
                "A rule with a memory of about one step, whose steps are hardly rescaled by "
                "anything but the newest gradient.",
                True,
                "The newest square gets the weight 0.9, so the root is about the size of the "
                "newest gradient, and every step is about one step size long: nearly the sign of "
                "the gradient. What is called gamma in one lecture is 1 - gamma in the other.",
            ),
            Choice(
                "AdaGrad: with gamma = 0.9 nearly nothing is forgotten.",
                False,
                "Nearly nothing is forgotten if the *old* average has the weight 0.9. Which of the "
                "two does the formula multiply by gamma?",
            ),
        ),
    ),
    Quiz(
        "u05-eps",
        "The first gradient is $10^{-6}$, and eps is $10^{-8}$. How long is RMSProp's first step "
        "with eps outside the root, and with eps under it, in units of the step size?",
        (
            Choice(
                "About 3 outside, about 3 under it: eps is only there against division by zero.",
                False,
                "The mean square is $10^{-13}$. Compare it with the $10^{-8}$ that is added to it "
                "under the root.",
            ),
            Choice(
                "About 3 outside, 0.01 under it.",
                True,
                "Outside, $10^{-8}$ is added to $3 \\cdot 10^{-7}$: nothing much. Under the root "
                "it is added to $10^{-13}$, and is all that counts: the root is $10^{-4}$, a "
                "hundred times the gradient.",
            ),
            Choice(
                "0.01 outside, about 3 under it.",
                False,
                "The root makes small numbers larger: $\\sqrt{10^{-8}}$ is $10^{-4}$. So under "
                "which of the two forms does the same eps weigh more?",
            ),
            Choice(
                "0.01 in both.",
                False,
                "With eps outside, the divisor is $\\sqrt{10^{-13}} + 10^{-8}$. Which of the two "
                "terms is larger?",
            ),
        ),
    ),
    Quiz(
        "u05-currency",
        "You count the loss in cents instead of euros: every loss and every gradient is multiplied "
        "by 100. Eps is too small to matter. Which rules walk the same path as before?",
        (
            Choice(
                "Only AdaDelta: it alone has no step size.",
                False,
                "It does walk the same path. But look at the fraction in AdaGrad and RMSProp: what "
                "does a factor of 100 do to it?",
            ),
            Choice(
                "AdaGrad, RMSProp and AdaDelta.",
                True,
                "All three divide a gradient by the size of gradients, so that the factor cancels. "
                "What AdaDelta adds is about the unit of $x$, not of the loss.",
            ),
            Choice(
                "All, also gradient descent: the minimum is where it was.",
                False,
                "The minimum is, the path is not: gradient descent's steps are 100 times as long.",
            ),
            Choice(
                "None.",
                False,
                "Put $100\\,g$ for $g$ into AdaGrad, everywhere, also in the sum, and see what "
                "is left of the 100.",
            ),
        ),
    ),
    Quiz(
        "u05-axes",
        "Gradient descent and AdaGrad run in the ravine of condition number 1000, along the axes, "
        "and turned by 45 degrees. Which of them needs more steps after the turn?",
        (
            Choice(
                "Both: a diagonal ravine is harder.",
                False,
                "Harder for whom? Gradient descent subtracts a multiple of the gradient. Turn the "
                "whole picture: what changes in that sentence?",
            ),
            Choice(
                "Only gradient descent: its zigzag now goes through both coordinates.",
                False,
                "The zigzag is turned, and so is the ravine. Measured along the ravine and across "
                "it, every step is what it was.",
            ),
            Choice(
                "Only AdaGrad.",
                True,
                "It rescales x1 and x2, and after the turn these two are no longer the flat and "
                "the steep direction. How much it loses, the table shows.",
            ),
            Choice(
                "Neither: the bowl is the same, only turned.",
                False,
                "The bowl is. But a rule that treats each coordinate on its own notices which "
                "directions are called coordinates.",
            ),
        ),
    ),
)
