"""The exercise ``adadelta``."""

import numpy as np

from autograde.spec import Exercise, Mistake
from course_lib import optim
from course_lib.optim import AdaDeltaState

from .shared import CLIMBS, ONE_FOR_ALL, fixed, kept, rule_cases


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
    cases=rule_cases(
        AdaDeltaState,
        "In the first step nothing has been moved yet: only eps stands under the upper root, and "
        "the newest square, with its share, under the lower one.",
        precision=1e-9,
        decay=0.8,
    ),
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
            "eps beside the upper root",
            OLD_MOVES,
            "(np.sqrt(state.mean_sq_update) + eps)",
            "Above, your eps is added to the root; below, it stands under it. The first update "
            "grows from the upper one, and 1e-6 under a root is 1e-3.",
            read="Where eps stands",
        ),
        Mistake(
            "eps beside the lower root",
            NEW_SQUARES,
            "(np.sqrt(mean_sq) + eps)",
            "Below, your eps is added to the root, as in RMSProp; above it stands under it. In "
            "AdaDelta both averages get it under their roots, in the same way.",
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
            "Your update is the gradient itself: what stands above and below the line is always "
            "equal. The newest gradient has to be in the average that you divide by, and only the "
            "updates before this one in the average above.",
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
