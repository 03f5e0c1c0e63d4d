"""Unit 06, Adam, bias correction and weight decay: the exercises and quizzes."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Choice, Exercise, Mistake, Quiz, draw
from course_lib import optim
from course_lib.arrays import Array
from course_lib.optim import AdamState, adam

TITLE = "Adam, bias correction and weight decay"
MINUTES = 120

MOMENTS = "Two averages that start at zero"
LINE_BY_LINE = "Adam, line by line"
PENALTY = "The decay before the averages"
DECOUPLED = "The decay after the averages"
REST = "Where the weight comes to rest"


def away(rng: np.random.Generator, *shape: int) -> Array:
    """Random numbers of either sign, none of them near zero, where eps would count."""
    numbers = draw(rng, *shape)
    return np.round(numbers + np.copysign(0.5, numbers), 3)


def run(
    rng: np.random.Generator,
    name: str,
    about: str,
    shapes: Sequence[tuple[int, ...]],
    steps: int,
    *,
    scale: Sequence[float] | Array | float = 1.0,
    **kwargs: float | tuple[float, float],
) -> Case:
    """A path of Adam or a relative of it; ``scale`` multiplies the gradients of an array."""
    starts = [away(rng, *shape) for shape in shapes]
    return Case(
        name,
        about=about,
        probe="path",
        inputs={
            "starts": starts,
            "states": [AdamState.zeros_like(start) for start in starts],
            "grads": [np.asarray(scale) * away(rng, steps, *shape) for shape in shapes],
            "kwargs": kwargs,
        },
        rtol=1e-9 if np.max(scale) < 1e-3 else 1e-7,
    )


# --- the bias of the two averages ---------------------------------------------------------------


def ratio_cases(rng: np.random.Generator) -> Sequence[Case]:
    beta1, beta2 = np.round(rng.uniform(0.6, 0.85, 1), 2), np.round(rng.uniform(0.97, 0.995, 1), 3)
    return [
        Case(
            "twelve steps with the default betas",
            (12,),
            about="The first entry belongs to t = 1, the last one to t = steps.",
            rtol=1e-9,
        ),
        Case(
            "other betas",
            (int(rng.integers(5, 9)),),
            {"betas": (float(beta1[0]), float(beta2[0]))},
            about="Each of the two averages has a beta of its own, and both can be chosen.",
        ),
        Case(
            "only the first average remembers",
            (5,),
            {"betas": (float(beta1[0]), 0.0)},
            about="With a second beta of 0 only the first average lacks anything.",
        ),
        Case(
            "only the second average remembers",
            (5,),
            {"betas": (0.0, float(beta2[0]))},
            about="With a first beta of 0 only the second average lacks anything.",
        ),
        Case(
            "a single step",
            (1,),
            {"betas": (0.8, 0.97)},
            about="One step: an array with one entry.",
        ),
        Case(
            "three thousand steps",
            (3000,),
            about="In the long run the averages are full, and the ratio approaches 1.",
        ),
    ]


def ratio_loop(steps, *, betas=(0.9, 0.999)):
    """One entry after the other, in a list."""
    return [(1 - betas[0] ** t) / (1 - betas[1] ** t) ** 0.5 for t in range(1, steps + 1)]


def ratio_by_simulation(steps, *, betas=(0.9, 0.999)):
    """The two averages of a gradient that is always 1, run from zero."""
    m = v = 0.0
    ratios = np.empty(steps)
    for t in range(steps):
        m += (1 - betas[0]) * (1.0 - m)
        v += (1 - betas[1]) * (1.0 - v)
        ratios[t] = m / np.sqrt(v)
    return ratios


def ratio_cumulative(steps, *, betas=(0.9, 0.999)):
    """Powers as running products."""
    powers = np.cumprod(np.tile(betas, (steps, 1)), axis=0)
    return (1 - powers[:, 0]) * np.power(1 - powers[:, 1], -0.5)


def ratio_by_sums(steps, *, betas=(0.9, 0.999)):
    """Each average as the sum of its weights."""
    ages = np.arange(steps)
    m, v = (np.cumsum((1 - beta) * beta**ages) for beta in betas)
    return m / np.sqrt(v)


STEP_RATIO = Exercise(
    reference=optim.uncorrected_step_ratio,
    cases=ratio_cases,
    returns=("ratios",),
    read=MOMENTS,
    praise="The first step is 3.16 times too long, the worst one comes later: read on.",
    hints=(
        "If every gradient is 1, what is the first average after one step, after two, after t? "
        "What is the second?",
        "Started at zero, an average of ones falls short of 1 by the share that the start still "
        "has after t steps, and that is a power of its beta.",
        "The step is the first average over the *root* of the second one. Make an array of the "
        "exponents 1, 2, ..., steps, and the rest is one line.",
    ),
    mistakes=(
        Mistake(
            "counts from zero",
            "np.arange(1, steps + 1)",
            "np.arange(steps)",
            "Your first entry belongs to t = 0, where both averages are still zero. With the first "
            "gradient t is 1 already.",
        ),
        Mistake(
            "counts one too far",
            "np.arange(1, steps + 1)",
            "np.arange(2, steps + 2)",
            "Your first entry belongs to t = 2: the very first step is missing.",
        ),
        Mistake(
            "last step missing",
            "np.arange(1, steps + 1)",
            "np.arange(1, steps)",
            "One entry is missing at the end: `np.arange` stops before its second argument.",
        ),
        Mistake(
            "step zero included",
            "np.arange(1, steps + 1)",
            "np.arange(0, steps + 1)",
            "There is one entry too many: t runs from 1 to steps, without 0.",
        ),
        Mistake(
            "no root",
            "np.sqrt(1 - beta2**t)",
            "(1 - beta2**t)",
            "The step divides by the *root* of the second average, so its lack comes in under a "
            "root too.",
        ),
        Mistake(
            "upside down",
            "(1 - beta1**t) / np.sqrt(1 - beta2**t)",
            "np.sqrt(1 - beta2**t) / (1 - beta1**t)",
            "This is the factor that *repairs* the step. Asked for is how much too long it is "
            "without repair: the inverse.",
        ),
        Mistake(
            "betas exchanged",
            "beta1, beta2 = betas",
            "beta2, beta1 = betas",
            "The two betas have changed places: the first one belongs to the mean of the "
            "gradients, the second one to that of the squares.",
        ),
        Mistake(
            "one beta for both",
            "np.sqrt(1 - beta2**t)",
            "np.sqrt(1 - beta1**t)",
            "Both averages have the first beta in your formula. The second one has a beta of its "
            "own.",
        ),
        Mistake(
            "root at the wrong average",
            "(1 - beta1**t) / np.sqrt(1 - beta2**t)",
            "np.sqrt(1 - beta1**t) / (1 - beta2**t)",
            "The root is taken of the average of the gradients. It is the average of the *squares* "
            "that needs one.",
        ),
        Mistake(
            "root over everything",
            "(1 - beta1**t) / np.sqrt(1 - beta2**t)",
            "np.sqrt((1 - beta1**t) / (1 - beta2**t))",
            "Only the average of the squares stands under the root.",
        ),
        Mistake(
            "the second average forgotten",
            " / np.sqrt(1 - beta2**t)",
            "",
            "That is what the *first* average is too small by. The second one, in the denominator, "
            "is too small as well, and makes the step longer.",
        ),
        Mistake(
            "the first average forgotten",
            "(1 - beta1**t) /",
            "1 /",
            "That is the effect of the *second* average alone. The first one, in the numerator, is "
            "too small as well, and makes the step shorter.",
        ),
        Mistake(
            "exponent missing",
            "(1 - beta1**t) / np.sqrt(1 - beta2**t)",
            "(1 - beta1) / np.sqrt(1 - beta2) * t**0",
            "All your entries are equal. What the start at zero takes away fades with every step: "
            "which power of beta is left after t steps?",
        ),
        Mistake(
            "times instead of power",
            "1 - beta1**t",
            "1 - beta1 * t",
            "In every step the share of the start is *multiplied* by beta, so after t steps it is "
            "a power, not a product with t.",
            more=(("1 - beta2**t", "1 - beta2 * t"),),
        ),
        Mistake(
            "betas fixed",
            "beta1, beta2 = betas",
            "beta1, beta2 = 0.9, 0.999",
            "Right for the default betas and for no others: are there numbers in your code where "
            "the argument should be?",
        ),
        Mistake(
            "only the last ratio",
            "    t = np.arange(1, steps + 1)",
            "    t = steps",
            "You return one number, that of the last step. All of them are asked for, in an array.",
        ),
    ),
    accepted=(ratio_loop, ratio_by_simulation, ratio_cumulative, ratio_by_sums),
)

# --- Adam ---------------------------------------------------------------------------------------


def adam_cases(rng: np.random.Generator) -> Sequence[Case]:
    """Paths; the gradients are of order 1, but for the case in which they are tiny."""
    betas = (0.8, 0.95)
    return [
        run(
            rng,
            "first step",
            "After the correction the first step has the length lr in every coordinate.",
            [(2,)],
            1,
            lr=0.03,
            betas=betas,
        ),
        run(
            rng,
            "ten steps",
            "From the second step on, what the state hands over decides.",
            [(3,)],
            10,
            lr=0.03,
            betas=betas,
        ),
        run(
            rng,
            "only the gradients remembered",
            "The second beta is 0, so that the squares are those of the newest gradient.",
            [(3,)],
            3,
            lr=0.04,
            betas=(0.7, 0.0),
        ),
        run(
            rng,
            "only the squares remembered",
            "The first beta is 0, so that the mean is the newest gradient.",
            [(3,)],
            3,
            lr=0.04,
            betas=(0.0, 0.85),
        ),
        run(
            rng,
            "all the defaults",
            "Without arguments, lr is 1e-3, the betas are 0.9 and 0.999, and eps is 1e-8.",
            [(2,)],
            4,
        ),
        run(
            rng,
            "tiny gradients",
            "The gradients are a million times smaller, so that eps counts: where exactly does it "
            "stand?",
            [(3,)],
            5,
            lr=0.03,
            scale=1e-6,
        ),
        run(
            rng,
            "a parameter without gradient",
            "The second gradient is always exactly 0, and eps is large: that parameter has to "
            "stay where it is.",
            [(3,)],
            4,
            scale=(1.0, 0.0, 1.0),
            lr=0.03,
            eps=0.2,
        ),
        run(
            rng,
            "two arrays in turn",
            "Two parameter arrays are updated in turn, each with its own state.",
            [(2, 3), (3,)],
            3,
            lr=0.05,
            betas=(0.5, 0.9),
        ),
    ]


def adam_toward(param, grad, state, *, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
    """Each average moves toward the new value; plain tuples."""
    step, m, v = state
    step, m, v = step + 1, m + (1 - betas[0]) * (grad - m), v + (1 - betas[1]) * (grad * grad - v)
    lack1, lack2 = (1 - beta**step for beta in betas)
    return param - lr * (m / lack1) / ((v / lack2) ** 0.5 + eps), (step, m, v)


def adam_folded(param, grad, state, *, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
    """The corrections folded into the step size, and into eps as well, so that it is the same."""
    t = state[0] + 1
    m = betas[0] * state[1] + (1 - betas[0]) * grad
    v = betas[1] * state[2] + (1 - betas[1]) * np.square(grad)
    root = np.sqrt(1 - betas[1] ** t)
    rate = lr * root / (1 - betas[0] ** t)
    return [param - rate * m / (np.sqrt(v) + eps * root), AdamState(t, m, v)]


def adam_loop(param, grad, state, *, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
    """Entry by entry."""
    new, m, v = np.empty_like(param), np.empty_like(param), np.empty_like(param)
    for i in np.ndindex(param.shape):
        m[i] = betas[0] * state.m[i] + (1 - betas[0]) * grad[i]
        v[i] = betas[1] * state.v[i] + (1 - betas[1]) * grad[i] ** 2
        m_hat = m[i] / (1 - betas[0] ** (state.step + 1))
        v_hat = v[i] / (1 - betas[1] ** (state.step + 1))
        new[i] = param[i] - lr * m_hat / (v_hat**0.5 + eps)
    return new, state._replace(step=state.step + 1, m=m, v=v)


def adam_sums(param, grad, state, *, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
    """Sums instead of means in the state: the factors 1 - beta come in with the correction."""
    m, v = betas[0] * state.m + grad, betas[1] * state.v + grad**2
    beta1, beta2 = np.array(betas)
    step = state.step + 1
    m_hat = m * (1 - beta1) / (1 - beta1**step)
    v_hat = v * (1 - beta2) / (1 - beta2**step)
    return param + -lr * np.divide(m_hat, eps + np.sqrt(v_hat)), AdamState(step, m, v)


NEW_M = "beta1 * state.m + (1 - beta1) * grad\n"
NEW_V = "beta2 * state.v + (1 - beta2) * grad**2"
STEP = "lr * m_hat / (np.sqrt(v_hat) + eps)"
M_HAT = "m / (1 - beta1**step)"
V_HAT = "v / (1 - beta2**step)"

ADAM = Exercise(
    reference=optim.adam,
    cases=adam_cases,
    returns=("param", "state"),
    read=LINE_BY_LINE,
    praise="Your Adam and ours walk the same path, also where the gradients are tiny.",
    hints=(
        "Count the update, renew the two averages, correct the two averages, move the param. "
        "Which of these does the state have to hand on?",
        "Both averages are means: the old one counts beta, the new value 1 - beta. The correction "
        "is only for the move; what you hand on is not corrected.",
        "Divide each average by 1 minus its beta to the power of the number of updates, *this one "
        "included*. The move is lr times the first over the root of the second plus eps.",
    ),
    mistakes=(
        Mistake(
            "eps inside the root",
            "(np.sqrt(v_hat) + eps)",
            "np.sqrt(v_hat + eps)",
            "your eps stands inside the root. Here, as in the paper, it is added outside. With "
            "gradients of 1e-6 an eps of 1e-8 inside the root is ten thousand times their square "
            "and stops the method.",
            convention=True,
            read="The small print",
        ),
        Mistake(
            "eps of the slide",
            "eps: float = 1e-8",
            "eps: float = 1e-7",
            "your eps is 1e-7 where none is given, as CS231n's slides print it. Here it is the "
            "paper's 1e-8; with gradients of 1e-6 the difference is already 9 %.",
            convention=True,
            read="The small print",
        ),
        Mistake(
            "eps of the short form",
            STEP,
            "lr * m_hat * np.sqrt(1 - beta2**step) / (np.sqrt(v) + eps)",
            "you multiply the step size by both corrections and add eps to the *uncorrected* root, "
            "as the paper's short form does. It is another eps, in the first step 32 times as "
            "large. Correct the second average first and add eps afterwards.",
            convention=True,
            read="The small print",
        ),
        Mistake(
            "eps forgotten",
            "(np.sqrt(v_hat) + eps)",
            "np.sqrt(v_hat)",
            "eps is not added to the root. A parameter whose gradient has always been 0 gets 0/0 "
            "without it, and a nan never goes away.",
        ),
        Mistake(
            "square of eps inside the root",
            "(np.sqrt(v_hat) + eps)",
            "np.sqrt(v_hat + eps**2)",
            "you add the square of eps inside the root, so that it only counts where the gradients "
            "are smaller than eps. Here eps itself is added outside.",
            convention=True,
            read="The small print",
        ),
        Mistake(
            "eps in the average",
            NEW_V,
            NEW_V + " + eps",
            "You add eps to the average of the squares itself, where it is handed on and adds up "
            "from step to step. It belongs to the denominator, after the root.",
            more=(("(np.sqrt(v_hat) + eps)", "np.sqrt(v_hat)"),),
        ),
        Mistake(
            "eps outside the fraction",
            "m_hat / (np.sqrt(v_hat) + eps)",
            "(m_hat / np.sqrt(v_hat) + eps)",
            "eps is added to the whole fraction, not to its denominator: a pair of brackets is "
            "missing or in the wrong place. (One of CS231n's slides has the same defect.)",
        ),
        Mistake(
            "exponent starts at zero",
            M_HAT,
            "m / (1 - beta1**state.step)",
            "In the first update your exponent is 0, and you divide by 1 - 1. That is how DD2424 "
            "prints it. When the correction is made, how many gradients are in the averages?",
            more=((V_HAT, "v / (1 - beta2**state.step)"),),
            read="The small print",
        ),
        Mistake(
            "exponent one too large",
            "step = state.step + 1",
            "step = state.step + 2",
            "Your first update already counts as the second one: `state.step` is the number of "
            "updates done *before* this one.",
            more=(("AdamState(step, m, v)", "AdamState(step - 1, m, v)"),),
        ),
        Mistake(
            "counts by two",
            "step = state.step + 1",
            "step = state.step + 2",
            "The first update counts as the second, the next one as the fourth. Is the count "
            "raised twice, once for the correction and once more for the state?",
        ),
        Mistake(
            "the count never grows",
            "AdamState(step, m, v)",
            "AdamState(state.step, m, v)",
            "Every update is corrected like the first one, by 1 - beta. Either the exponent is "
            "missing, or the count is not handed on with the state.",
            read=MOMENTS,
        ),
        Mistake(
            "no correction",
            M_HAT,
            "m",
            "The averages start at zero and are used as they are: your first steps are too long.",
            more=((V_HAT, "v"),),
            read=MOMENTS,
        ),
        Mistake(
            "only the first average corrected",
            V_HAT,
            "v",
            "The average of the gradients is corrected, that of the squares is not. Its lack is "
            "the larger one, and it stands in the denominator.",
            read=MOMENTS,
        ),
        Mistake(
            "only the second average corrected",
            M_HAT,
            "m",
            "The average of the squares is corrected, that of the gradients is not: your first "
            "steps are too short.",
            read=MOMENTS,
        ),
        Mistake(
            "one correction for both",
            V_HAT,
            "v / (1 - beta1**step)",
            "Both averages are corrected with the first beta. Each started at zero with a beta of "
            "its own.",
        ),
        Mistake(
            "corrections exchanged",
            M_HAT,
            "m / (1 - beta2**step)",
            "The two corrections have changed places.",
            more=((V_HAT, "v / (1 - beta1**step)"),),
        ),
        Mistake(
            "multiplied instead of divided",
            M_HAT,
            "m * (1 - beta1**step)",
            "The averages are too small, and your correction makes them smaller still.",
            more=((V_HAT, "v * (1 - beta2**step)"),),
        ),
        Mistake(
            "times instead of power",
            M_HAT,
            "m / (1 - beta1 * step)",
            "In the correction beta is multiplied by the number of updates. The share of the start "
            "is multiplied by beta in *every* update: that is a power.",
            more=((V_HAT, "v / (1 - beta2 * step)"),),
        ),
        Mistake(
            "correction outside the root",
            "np.sqrt(v_hat)",
            "np.sqrt(v) / (1 - beta2**step)",
            "The second correction stands outside the root. It belongs to the average of the "
            "squares, before the root is taken.",
        ),
        Mistake(
            "corrected averages handed on",
            "AdamState(step, m, v)",
            "AdamState(step, m_hat, v_hat)",
            "You hand on the corrected averages, and the next update corrects them once more. The "
            "correction is for this one move only.",
        ),
        Mistake(
            "betas exchanged",
            "beta1, beta2 = betas",
            "beta2, beta1 = betas",
            "The two betas have changed places. The first step cannot show it, the second does: "
            "the first beta belongs to the mean of the gradients.",
        ),
        Mistake(
            "beta at the new value",
            NEW_M,
            "(1 - beta1) * state.m + beta1 * grad\n",
            "each beta weighs the *new* value in your averages, the sense of CSC421's gamma. Here "
            "a beta is the weight of the old average: exchange beta and 1 - beta.",
            more=((NEW_V, "(1 - beta2) * state.v + beta2 * grad**2"),),
            convention=True,
        ),
        Mistake(
            "squares summed up",
            NEW_V,
            "beta2 * state.v + grad**2",
            "The new square counts in full, so that the average of the squares becomes a sum. What "
            "is its share if the old one keeps beta?",
        ),
        Mistake(
            "gradients summed up",
            NEW_M,
            "beta1 * state.m + grad\n",
            "The new gradient counts in full, as in the velocity of unit 04. Adam's first average "
            "is a mean: what is the new gradient's share if the old mean keeps beta?",
        ),
        Mistake(
            "not squared",
            "(1 - beta2) * grad**2",
            "(1 - beta2) * grad",
            "Under the root there are gradients, not their squares: a negative one gives nan.",
        ),
        Mistake(
            "square of the mean",
            "(1 - beta2) * grad**2",
            "(1 - beta2) * m**2",
            "The second average takes up the square of the *mean* gradient. Gradients of opposite "
            "signs have cancelled there already; square first, then average.",
        ),
        Mistake(
            "variance instead of mean square",
            "(1 - beta2) * grad**2",
            "(1 - beta2) * (grad - m) ** 2",
            "You average the squared distance from the mean, a variance. That is what DD2424's "
            "slide says in words; its formula, and Adam, average the square itself.",
            read="The small print",
        ),
        Mistake(
            "no root",
            "np.sqrt(v_hat)",
            "v_hat",
            "The root is missing: a step of gradient over gradient squared grows when the "
            "gradients shrink.",
        ),
        Mistake(
            "no memory of the gradients",
            STEP,
            "lr * grad / (np.sqrt(v_hat) + eps)",
            "You move along the newest gradient: that is RMSProp with a correction. What is the "
            "first average for?",
            read="Momentum over RMSProp",
        ),
        Mistake(
            "never divided",
            STEP,
            "lr * m_hat",
            "The average of the squares is kept, but never used: large gradients still make large "
            "steps.",
            read="Momentum over RMSProp",
        ),
        Mistake(
            "squares of the step before",
            V_HAT,
            "state.v / (1 - beta2**step)",
            "You divide by an average of squares that does not know the new gradient yet. In the "
            "first step it is 0, and only eps is left.",
        ),
        Mistake(
            "averages exchanged in the state",
            "AdamState(step, m, v)",
            "AdamState(step, v, m)",
            "In the state that you return the two averages have changed places: first that of the "
            "gradients, then that of the squares.",
        ),
        Mistake(
            "climbs",
            "param - lr *",
            "param + lr *",
            "The param moves uphill: check the sign of the step.",
        ),
        Mistake(
            "no learning rate",
            "param - lr * m_hat",
            "param - m_hat",
            "The step size `lr` is never used.",
        ),
        Mistake(
            "averages of the step before",
            M_HAT,
            "state.m / (1 - beta1**step)",
            "The move uses an average that does not know the new gradient yet: your first step "
            "stands still.",
        ),
        Mistake(
            "state not handed on",
            "AdamState(step, m, v)",
            "state",
            "You return the state that you were given: count and averages are lost, and every step "
            "is a first one.",
        ),
        Mistake(
            "learning rate fixed",
            "lr * m_hat",
            "1e-3 * m_hat",
            "Right for the default lr and for no other: is there a number in your code where the "
            "argument should be?",
        ),
        Mistake(
            "first average not stored",
            "AdamState(step, m, v)",
            "AdamState(step, state.m, v)",
            "The average of the gradients is computed and then lost: the state that you return "
            "still holds the old one.",
        ),
        Mistake(
            "second average not stored",
            "AdamState(step, m, v)",
            "AdamState(step, m, state.v)",
            "The average of the squares is computed and then lost: the state that you return "
            "still holds the old one.",
        ),
        Mistake(
            "one step size for the whole array",
            "(1 - beta2) * grad**2",
            "(1 - beta2) * np.mean(grad**2)",
            "All entries of the array share one average of squares. Adam's point is that each "
            "parameter has its own.",
            read="Momentum over RMSProp",
        ),
        Mistake(
            "betas fixed",
            "beta1, beta2 = betas",
            "beta1, beta2 = 0.9, 0.999",
            "Right for the default betas and for no others: are there numbers in your code where "
            "the argument should be?",
        ),
        Mistake(
            "eps fixed",
            "(np.sqrt(v_hat) + eps)",
            "(np.sqrt(v_hat) + 1e-8)",
            "Right for the default eps and for no other: is there a number in your code where the "
            "argument should be?",
        ),
    ),
    accepted=(adam_toward, adam_folded, adam_loop, adam_sums),
    points=5,
    hidden_points=2,
)

# --- where the weight comes to rest -------------------------------------------------------------


def rest_cases(rng: np.random.Generator) -> Sequence[Case]:
    def case(name: str, about: str, curvature: float, target: float, strength: float, m: float):
        return Case(
            name,
            (curvature, target),
            {"strength": strength, "momentum": m},
            about=about,
            rtol=1e-5,  # running until nothing moves any more is an answer too
        )

    def between(low: float, high: float) -> float:
        return float(np.round(rng.uniform(low, high), 2))

    return [
        case(
            "momentum 0.9",
            "With momentum the two kinds of decay settle in different places.",
            between(0.5, 2.0),
            between(1.5, 3.0),
            between(0.1, 0.3),
            0.9,
        ),
        case(
            "no momentum",
            "Without momentum the velocity is the gradient, and the two are the same.",
            between(0.5, 2.0),
            between(1.5, 3.0),
            between(0.1, 0.3),
            0.0,
        ),
        case(
            "a negative target and momentum 0.6",
            "The target may have either sign.",
            between(2.0, 4.0),
            -between(1.5, 3.0),
            between(0.5, 1.5),
            0.6,
        ),
        case(
            "no decay",
            "Without a penalty the weight settles on the target.",
            between(0.5, 2.0),
            between(1.5, 3.0),
            0.0,
            0.8,
        ),
    ]


def rest_by_running(curvature, target, *, strength, momentum):
    """Both rules, run until nothing moves any more."""
    lr, ends = 0.2 / (curvature + 2 * strength), []
    for inside in (True, False):
        w = velocity = 0.0
        for _ in range(2500):
            grad = curvature * (w - target) + 2 * strength * w * inside
            velocity = momentum * velocity + grad
            w -= lr * (velocity + 2 * strength * w * (not inside))
        ends.append(w)
    return tuple(ends)


def rest_by_friction(curvature, target, *, strength, momentum):
    """The second one is the first with the strength times the friction."""

    def settled(pull):
        return target / (1 + 2 * pull / curvature)

    return [settled(strength), settled(strength - momentum * strength)]


def rest_by_solving(curvature, target, *, strength, momentum):
    """The conditions of rest as linear systems for the weight and the velocity."""
    rest = np.array([curvature * target, 0.0])
    inside = [[curvature + 2 * strength, momentum - 1], [0, 1]]
    outside = [[curvature, momentum - 1], [2 * strength, 1]]
    return [float(np.linalg.solve(np.array(a, float), rest)[0]) for a in (inside, outside)]


def rest_by_interpolation(curvature, target, *, strength, momentum):
    """A mean of the target and 0, weighted with the curvatures of loss and penalty."""
    return [
        target - target * pull / (pull + curvature)
        for pull in (2 * strength, 2 * strength * (1 - momentum))
    ]


WITH_L2 = "with_l2 = curvature * target / (curvature + pull)"
WITH_DECAY = "with_decay = curvature * target / (curvature + (1 - momentum) * pull)"

FIXED_POINTS = Exercise(
    reference=optim.l2_and_decay_fixed_points,
    cases=rest_cases,
    returns=("with the penalty", "with the decay"),
    read=REST,
    praise="So the slide's equivalence is refuted, by your own numbers.",
    hints=(
        "At rest nothing changes any more: neither the weight nor the velocity. Write that down as "
        "two equations, for each of the two rules.",
        "A velocity at rest is its own fixed point: v = momentum * v + g. Solve for v. What does "
        "the update of the weight then ask for?",
        "With the penalty in the gradient, the *gradient* must be 0 at rest. With the decay after "
        "the velocity, the *sum* of velocity and decay must be 0, and the velocity there is the "
        "gradient over 1 - momentum.",
    ),
    mistakes=(
        Mistake(
            "taken for the same",
            WITH_DECAY,
            "with_decay = with_l2",
            "Your two fixed points are equal. That is what the slide says, and it is right without "
            "momentum only: how large is the velocity when it has settled?",
        ),
        Mistake(
            "exchanged",
            "return with_l2, with_decay",
            "return with_decay, with_l2",
            "The two fixed points have changed places: first the one with the penalty in the loss.",
        ),
        Mistake(
            "momentum makes the decay stronger",
            "(1 - momentum) * pull",
            "pull / (1 - momentum)",
            "The velocity collects many *gradients*; the decay stands outside and is not "
            "collected. Which of the two does the momentum amplify?",
        ),
        Mistake(
            "momentum instead of friction",
            "(1 - momentum) * pull",
            "momentum * pull",
            "In the balance of forces you have the momentum where its complement belongs: try "
            "momentum 0, where both must agree.",
        ),
        Mistake(
            "factor two missing",
            "pull = 2 * strength",
            "pull = strength",
            "against the loss your decay is half of ours. Here the penalty is strength times the "
            "squared weight, as on the lecture's slide, and the loss has a factor 1/2: mind both "
            "derivatives.",
            convention=True,
        ),
        Mistake(
            "both weakened",
            WITH_L2,
            "with_l2 = curvature * target / (curvature + (1 - momentum) * pull)",
            "The momentum comes into your first fixed point as well. There the penalty is a part "
            "of the gradient, and where a gradient is 0 does not depend on the momentum.",
            more=((WITH_DECAY, "with_decay = with_l2"),),
        ),
        Mistake(
            "decay has no effect",
            WITH_DECAY,
            "with_decay = target",
            "With the decay your weight settles on the target, as if there were no decay. At the "
            "target the gradient is 0, but the decay still pulls.",
        ),
        Mistake(
            "the target forgotten",
            WITH_L2,
            "with_l2 = curvature / (curvature + pull)",
            "You return by which factor the weight is pulled in. Asked for is where it settles.",
            more=((WITH_DECAY, "with_decay = curvature / (curvature + (1 - momentum) * pull)"),),
        ),
        Mistake(
            "pushed outward",
            "(curvature + pull)",
            "(curvature - pull)",
            "Your weights end farther out than the target: a decay pulls towards 0. Check the sign "
            "of the penalty's gradient.",
            more=(("(curvature + (1 - momentum) * pull)", "(curvature - (1 - momentum) * pull)"),),
        ),
        Mistake(
            "curvature left out",
            WITH_L2,
            "with_l2 = target / (1 + pull)",
            "The curvature is missing: a steep loss holds its weight harder against the same "
            "decay.",
            more=((WITH_DECAY, "with_decay = target / (1 + (1 - momentum) * pull)"),),
        ),
    ),
    accepted=(rest_by_running, rest_by_friction, rest_by_solving, rest_by_interpolation),
    points=2,
)

# --- the penalty inside, the decay outside ------------------------------------------------------


def penalty_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        run(
            rng,
            "three steps with a penalty",
            "The penalty's gradient is a part of the gradient, before anything is averaged.",
            [(3,)],
            3,
            lr=0.03,
            l2=0.4,
            betas=(0.8, 0.95),
        ),
        run(
            rng,
            "first step",
            "In the first step Adam goes the length lr, against the sum of both gradients.",
            [(4,)],
            1,
            lr=0.03,
            l2=0.7,
            eps=0.5,
        ),
        run(
            rng,
            "no gradient but the penalty's",
            "The data's gradient is 0: only the penalty moves the weights, and Adam makes steps "
            "of length lr of it.",
            [(3, 2)],
            3,
            scale=0.0,
            lr=0.02,
            l2=0.1,
            betas=(0.7, 0.9),
        ),
        run(
            rng,
            "without a penalty",
            "l2 is 0 by default: that is plain Adam, here with all its defaults.",
            [(2,)],
            3,
        ),
        run(
            rng,
            "a large eps",
            "eps is handed on, like the other arguments.",
            [(3,)],
            3,
            lr=0.03,
            l2=0.05,
            eps=0.3,
        ),
        run(
            rng,
            "tiny gradients",
            "Where the gradients are of the size of eps, its default counts.",
            [(3,)],
            3,
            scale=1e-7,
            lr=0.03,
            betas=(0.8, 0.95),
        ),
        run(
            rng,
            "two arrays in turn",
            "Two parameter arrays are updated in turn, each with its own state.",
            [(2, 3), (3,)],
            3,
            lr=0.05,
            l2=0.2,
            betas=(0.5, 0.9),
        ),
    ]


def adam_l2_written_out(param, grad, state, *, lr=1e-3, l2=0.0, betas=(0.9, 0.999), eps=1e-8):
    """Without calling Adam; the penalty as the sum of two halves."""
    step, m, v = state
    total = l2 * param + grad + l2 * param
    m = betas[0] * m + (1 - betas[0]) * total
    v = betas[1] * v + (1 - betas[1]) * total * total
    root = np.sqrt(v / (1 - betas[1] ** (step + 1)))
    move = m / (1 - betas[0] ** (step + 1)) / (root + eps)
    return param - lr * move, (step + 1, m, v)


def adam_l2_by_keywords(param, grad, state, *, l2=0.0, **hyper):
    """Everything but the penalty is handed on unseen."""
    return adam(param, np.add(grad, np.multiply(2 * l2, param)), state, **hyper)


def adam_l2_two_lines(param, grad, state, *, lr=1e-3, l2=0.0, betas=(0.9, 0.999), eps=1e-8):
    """By position where possible, and a new list."""
    new, state = adam(param, 2 * (grad / 2 + l2 * param), state, lr=lr, betas=betas, eps=eps)
    return [new, state]


CALL = "return adam(param, grad, state, lr=lr, betas=betas, eps=eps)"
SUM = "grad = grad + 2 * l2 * param"

NOT_HANDED_ON = (
    "betas or eps get lost on the way: the Adam that you call falls back on its defaults. Hand on "
    "everything you were given."
)

ADAM_L2 = Exercise(
    reference=optim.adam_l2,
    cases=penalty_cases,
    returns=("param", "state"),
    read=PENALTY,
    praise="The penalty goes through both averages, like any other part of the gradient.",
    hints=(
        "Adam minimizes whatever it is given the gradient of. Which gradient does the loss with "
        "the penalty have?",
        "The derivative of l2 * w**2 is added to the gradient before Adam sees it. Nothing else "
        "changes, and you may call the `adam` that you have written.",
        "Make the new gradient, the sum of the old one and twice l2 times param, and hand it to "
        "`adam` with the state and all the other arguments.",
    ),
    mistakes=(
        Mistake(
            "factor two missing",
            SUM,
            "grad = grad + l2 * param",
            "your penalty is l2/2 times the squared weights, as in line 6 of the AdamW paper's "
            "algorithm. Here it is l2 times the squared weights: mind the factor that the "
            "derivative brings.",
            convention=True,
            read="Four ways to write a decay",
        ),
        Mistake(
            "decoupled",
            f"    {SUM}\n",
            "",
            "Your decay shrinks the weights beside Adam's step: that is the next exercise, AdamW. "
            "Here it is a part of the gradient and goes through both averages.",
            more=((CALL, CALL.replace("param,", "param - 2 * lr * l2 * param,")),),
        ),
        Mistake(
            "penalty left out",
            SUM,
            "grad = grad + 0 * l2 * param",
            "Without a gradient of the data your weights stay where they are, as in plain Adam: "
            "the penalty has a gradient of its own.",
        ),
        Mistake(
            "one-dimensional arrays left out",
            SUM,
            "grad = grad + 2 * l2 * param * (param.ndim > 1)",
            "Arrays with one axis get no penalty in your rule. To spare the biases is sensible, "
            "but a rule sees one array and cannot know whose it is: that is for whoever calls it.",
        ),
        Mistake(
            "the penalty itself",
            SUM,
            "grad = grad + l2 * param**2",
            "You add the penalty itself to the gradient. What belongs there is its derivative.",
        ),
        Mistake(
            "wrong sign",
            SUM,
            "grad = grad - 2 * l2 * param",
            "Your penalty pushes the weights away from 0. Check its sign: its gradient points "
            "uphill, away from 0, and Adam goes against it.",
        ),
        Mistake(
            "sign of the weights",
            SUM,
            "grad = grad + 2 * l2 * np.sign(param)",
            "Every weight gets the same pull, whatever its size: that is an L1 penalty. The pull "
            "of a square grows with the weight.",
        ),
        Mistake(
            "learning rate in the gradient",
            SUM,
            "grad = grad + 2 * lr * l2 * param",
            "The step size is in the gradient too. The loss does not know it; it comes in when "
            "the param moves.",
        ),
        Mistake(
            "only in the first average",
            CALL,
            "_, plain = adam(param, grad - 2 * l2 * param, state, lr=lr, betas=betas, eps=eps)\n"
            "    moved, both = adam(param, grad, state, lr=lr, betas=betas, eps=eps)\n"
            "    m_hat = both.m / (1 - betas[0] ** both.step)\n"
            "    v_hat = plain.v / (1 - betas[1] ** both.step)\n"
            "    moved = param - lr * m_hat / (np.sqrt(v_hat) + eps)\n"
            "    return moved, AdamState(both.step, both.m, plain.v)",
            "The penalty is in the average of the gradients, but not in that of the squares. It "
            "belongs to the gradient, and both average that.",
        ),
        Mistake(
            "after the averages",
            f"    {SUM}\n    {CALL}",
            "    moved, state = adam(param, grad, state, lr=lr, betas=betas, eps=eps)\n"
            "    root = np.sqrt(state.v / (1 - betas[1] ** state.step)) + eps\n"
            "    return moved - 2 * lr * l2 * param / root, state",
            "The penalty is added after the averaging, to the corrected mean. It has to be in the "
            "gradient from the beginning, so that both averages see it.",
        ),
        Mistake(
            "on both sides",
            CALL,
            CALL.replace("param,", "param - 2 * lr * l2 * param,"),
            "The weights decay twice: in the gradient, and once more beside Adam's step. Line 6 "
            "and line 12 of the slide's algorithm are alternatives.",
            read="Four ways to write a decay",
        ),
        Mistake(
            "betas or eps lost",
            CALL,
            "return adam(param, grad, state, lr=lr)",
            NOT_HANDED_ON,
        ),
        Mistake(
            "learning rate lost",
            CALL,
            "return adam(param, grad, state, betas=betas, eps=eps)",
            "The step size gets lost on the way: the Adam that you call falls back on its default.",
        ),
        Mistake(
            "old state returned",
            CALL,
            "return adam(param, grad, state, lr=lr, betas=betas, eps=eps)[0], state",
            "The first step is right, then the memory is lost: you return the state that you were "
            "given.",
        ),
    ),
    accepted=(adam_l2_written_out, adam_l2_by_keywords, adam_l2_two_lines),
    points=2,
    hidden_points=1,
)


def decay_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        run(
            rng,
            "a gradient of zero",
            "Without a gradient the weights only decay, each by the same share per step.",
            [(2, 3)],
            3,
            scale=0.0,
            lr=0.1,
            weight_decay=0.6,
        ),
        run(
            rng,
            "first step",
            "The first step: lr against the gradient's sign, and the decay.",
            [(3,)],
            1,
            lr=0.05,
            weight_decay=0.7,
        ),
        run(
            rng,
            "five steps",
            "The decay stands beside Adam's step and knows nothing of the averages.",
            [(3,)],
            5,
            scale=np.array([[8.0], [4.0], [2.0], [1.0], [0.5]]),
            lr=0.05,
            weight_decay=0.8,
            betas=(0.8, 0.95),
        ),
        run(
            rng,
            "small and large gradients",
            "The gradients of the three weights differ a hundredfold: the share that decays must "
            "not.",
            [(3,)],
            4,
            scale=(0.1, 1.0, 10.0),
            lr=0.05,
            weight_decay=0.6,
            betas=(0.7, 0.9),
            eps=0.3,
        ),
        run(
            rng,
            "all the defaults",
            "Without arguments, lr is 1e-3 and weight_decay is 0.01.",
            [(2,)],
            3,
        ),
        run(
            rng,
            "tiny gradients",
            "Where the gradients are of the size of eps, its default counts.",
            [(3,)],
            3,
            scale=1e-7,
            lr=0.03,
            weight_decay=0.4,
            betas=(0.8, 0.95),
        ),
        run(
            rng,
            "two arrays in turn",
            "Two parameter arrays are updated in turn, each with its own state.",
            [(2, 2), (3,)],
            3,
            lr=0.1,
            weight_decay=0.3,
            betas=(0.5, 0.9),
        ),
    ]


def adamw_after(param, grad, state, *, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8):
    """The decay is taken off after the step, but computed from the old param."""
    moved, state = adam(param, grad, state, lr=lr, betas=betas, eps=eps)
    return moved - lr * weight_decay * param, state


def adamw_factor(param, grad, state, *, weight_decay=0.01, **hyper):
    """Shrinking as a factor, everything else handed on unseen."""
    keep = 1 - hyper.get("lr", 1e-3) * weight_decay
    return list(adam(keep * param, grad, state, **hyper))


def adamw_written_out(
    param, grad, state, *, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8
):
    """The sum of Adam's direction and the decay, as in line 12 of the algorithm."""
    step, m, v = state
    step = step + 1
    m = m + (1 - betas[0]) * (grad - m)
    v = v + (1 - betas[1]) * (np.square(grad) - v)
    direction = m / (1 - betas[0] ** step) / (np.sqrt(v / (1 - betas[1] ** step)) + eps)
    return param - lr * (direction + weight_decay * param), (step, m, v)


def adamw_difference(
    param, grad, state, *, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8
):
    """Adam's displacement, started from zero, on top of the shrunken param."""
    displacement, state = adam(np.zeros_like(param), grad, state, lr=lr, betas=betas, eps=eps)
    return displacement + param - weight_decay * lr * param, state


DECAYED = "decayed = param - lr * weight_decay * param"
DECAY_CALL = "return adam(decayed, grad, state, lr=lr, betas=betas, eps=eps)"

ADAMW = Exercise(
    reference=optim.adamw,
    cases=decay_cases,
    returns=("param", "state"),
    read=DECOUPLED,
    praise="Large gradients or small ones: every weight decays by the same share.",
    hints=(
        "What should happen to a weight whose gradient is 0? And to one whose gradients are huge?",
        "Each step takes the share lr * weight_decay off every weight, beside Adam's own step. "
        "Adam's averages must not notice it.",
        "Shrink the param first and let `adam` make its step from there, with the gradient as it "
        "came in. Or take the decay off at the end, but off the *old* param.",
    ),
    mistakes=(
        Mistake(
            "through the averages",
            DECAYED,
            "decayed, grad = param, grad + weight_decay * param",
            "Your decay goes through the averages: that is Adam with a penalty, the exercise "
            "before. What does dividing by the root of the second average do to it?",
        ),
        Mistake(
            "through the averages, twice as strong",
            DECAYED,
            "decayed, grad = param, grad + 2 * weight_decay * param",
            "This is `adam_l2`, the exercise before: the decay goes through the averages. "
            "Decoupled means that Adam never sees it.",
        ),
        Mistake(
            "on both sides",
            DECAYED,
            "decayed, grad = param - lr * weight_decay * param, grad + weight_decay * param",
            "The weights decay twice, in the gradient and beside the step. On the slide lines 6 "
            "and 12 are two alternatives that have lost their colours.",
            read="Four ways to write a decay",
        ),
        Mistake(
            "without the learning rate",
            DECAYED,
            "decayed = param - weight_decay * param",
            "your decay is not multiplied by lr, as in line 12 of the paper's algorithm, where a "
            "schedule takes that part. Here weight_decay is multiplied by lr.",
            convention=True,
            read="Four ways to write a decay",
        ),
        Mistake(
            "twice as strong",
            DECAYED,
            "decayed = param - 2 * lr * weight_decay * param",
            "your decay has the factor 2 of a penalty's gradient, as in CS231n's scheme. Here "
            "weight_decay is the share itself, without a factor.",
            convention=True,
            read="Four ways to write a decay",
        ),
        Mistake(
            "decays after the step",
            f"    {DECAYED}\n    {DECAY_CALL}",
            "    moved, state = adam(param, grad, state, lr=lr, betas=betas, eps=eps)\n"
            "    return moved - lr * weight_decay * moved, state",
            "Nearly: your decay is computed from the param *after* Adam's step, so that it shrinks "
            "a part of the step as well. Both terms belong to the same old param.",
        ),
        Mistake(
            "divided by the root",
            f"    {DECAYED}\n    {DECAY_CALL}",
            "    moved, state = adam(param, grad, state, lr=lr, betas=betas, eps=eps)\n"
            "    root = np.sqrt(state.v / (1 - betas[1] ** state.step)) + eps\n"
            "    return moved - lr * weight_decay * param / root, state",
            "Your decay is divided by the root of the second average, so that weights with large "
            "gradients hardly decay. That is just what decoupling is to prevent.",
        ),
        Mistake(
            "grows",
            DECAYED,
            "decayed = param + lr * weight_decay * param",
            "Without a gradient your weights grow: check the sign of the decay.",
        ),
        Mistake(
            "no decay",
            DECAYED,
            "decayed = param",
            "Without a gradient your weights stay where they are, as in plain Adam: the decay is "
            "to be there in every step.",
        ),
        Mistake(
            "one-dimensional arrays left out",
            DECAYED,
            "decayed = param - lr * weight_decay * param * (param.ndim > 1)",
            "Arrays with one axis do not decay in your rule. To spare the biases is sensible, "
            "but a rule sees one array and cannot know whose it is: that is for whoever calls it.",
        ),
        Mistake(
            "same amount for every weight",
            DECAYED,
            "decayed = param - lr * weight_decay * np.sign(param)",
            "Every weight loses the same amount. A decay takes the same *share* of each, so that "
            "it is proportional to the weight.",
        ),
        Mistake(
            "learning rate used twice",
            DECAYED,
            "decayed = param - lr**2 * weight_decay * param",
            "The step size comes into your decay twice. Is the decay inside a bracket that is "
            "multiplied by lr already?",
        ),
        Mistake(
            "betas or eps lost",
            DECAY_CALL,
            "return adam(decayed, grad, state, lr=lr)",
            NOT_HANDED_ON,
        ),
        Mistake(
            "learning rate lost",
            DECAY_CALL,
            "return adam(decayed, grad, state, betas=betas, eps=eps)",
            "Your decay uses lr, but the Adam that you call falls back on its default step size.",
        ),
        Mistake(
            "weight decay fixed at 0.01",
            DECAYED,
            "decayed = param - lr * 0.01 * param",
            "Right for a weight decay of 0.01 and for no other: is there a number in your code "
            "where the argument should be?",
        ),
        Mistake(
            "old state returned",
            DECAY_CALL,
            "return adam(decayed, grad, state, lr=lr, betas=betas, eps=eps)[0], state",
            "The first step is right, then the memory is lost: you return the state that you were "
            "given.",
        ),
        Mistake(
            "only the decay",
            DECAY_CALL,
            "return decayed, adam(param, grad, state, lr=lr, betas=betas, eps=eps)[1]",
            "The weights decay, but Adam's own step is missing.",
        ),
    ),
    accepted=(adamw_after, adamw_factor, adamw_written_out, adamw_difference),
    points=3,
    hidden_points=1,
)

EXERCISES = (STEP_RATIO, ADAM, FIXED_POINTS, ADAM_L2, ADAMW)

QUIZZES: tuple[Quiz, ...] = (
    Quiz(
        "u06-how-far",
        "The ravine falls from (4, 0.5) to the minimum at the origin. Adam makes 95 steps with "
        "step size 0.001. How far along $x_1$ will it have gone?",
        (
            Choice(
                "All the way: Adam adapts its step sizes, so that this setting hardly matters.",
                False,
                "It adapts them to each other. What it makes of every coordinate is a step of "
                "about the length that you set.",
            ),
            Choice(
                "About as far as gradient descent, 0.7.",
                False,
                "Gradient descent's steps are gradient times step size, here 8 times 0.001 at "
                "first. Adam divides by the size of the gradient.",
            ),
            Choice(
                "About 0.1.",
                True,
                "A gradient divided by its own usual size is about 1, so every coordinate moves by "
                "about the step size in every step: 95 times 0.001.",
            ),
            Choice(
                "About 4, but across the ravine it swings.",
                False,
                "That is momentum, whose velocity grows with the gradients. Adam's does not.",
            ),
        ),
    ),
    Quiz(
        "u06-first-timestep",
        'Under "Adam (almost)", the rule without any correction, CS231n L7 asks: what happens at '
        "the first timestep? The betas are 0.9 and 0.999.",
        (
            Choice(
                "The step is ten times too short, since the first average holds a tenth of the "
                "gradient.",
                False,
                "That is the numerator alone. The denominator is too small as well, and by more.",
            ),
            Choice(
                "Nothing special: both averages start at zero, so the effects cancel.",
                False,
                "They would if the betas were such that 1 - beta1 is the root of 1 - beta2. With "
                "0.9 and 0.999 it is 0.1 against 0.032.",
            ),
            Choice(
                "The step is about three times too long.",
                True,
                "0.1 times the gradient over the root of 0.001 times its square: 3.16. And that is "
                "not the worst step, as you can see in the explorer.",
            ),
            Choice(
                "Division by zero.",
                False,
                "The averages take up the first gradient *before* they are used. Only a gradient "
                "of exactly 0 gives 0/0, and there eps helps.",
            ),
        ),
    ),
    Quiz(
        "u06-typed-in",
        "You type the loop of the slide into a cell exactly as it is printed, with "
        "`num_iterations = 100`. How many updates does it make?",
        (
            Choice(
                "100",
                False,
                "`range(1, 100)` would not even give that many. And count the brackets in the last "
                "line.",
            ),
            Choice(
                "99",
                False,
                "That is what `range(1, 100)` would give, and one less than its name promises. But "
                "count the brackets in the last line.",
            ),
            Choice(
                "None: Python does not accept the cell.",
                True,
                "The last line closes one bracket more than it opens: a SyntaxError. Without "
                "it there would be 99 updates, since `range(1, n)` stops before n.",
            ),
            Choice(
                "101",
                False,
                "A range stops *before* its end. And count the brackets in the last line.",
            ),
        ),
    ),
    Quiz(
        "u06-variance",
        "DD2424 L5 says that $\\mathbf v$ estimates the *variance* of the gradients. A parameter "
        "has the gradient 3 in every step. What is the corrected average $\\hat v$?",
        (
            Choice(
                "0, since the gradient does not vary.",
                False,
                "That is the variance. Put 3 into the update of $v$: what is averaged?",
            ),
            Choice(
                "3",
                False,
                "That is the corrected average of the gradients. Here their squares are averaged.",
            ),
            Choice(
                "9",
                True,
                "The average of squares that are all 9. It is an uncentred second moment: "
                "the square of the mean, 9, plus the variance, 0.",
            ),
            Choice(
                "It depends on the second beta.",
                False,
                "The uncorrected average does. The correction takes just that dependence away.",
            ),
        ),
    ),
    Quiz(
        "u06-which-panel",
        "DD2424 runs momentum 0.9 with the step sizes $\\eta_0$, $10\\eta_0$ and $100\\eta_0$, "
        "and gradient descent with the same three. Which of gradient descent's panels looks like "
        "momentum with $\\eta_0$?",
        (
            Choice(
                "$\\eta_0$: the steps are small, so there is nothing to swing.",
                False,
                "True that nothing swings. But where nothing swings, all gradients agree for a "
                "long time, and the velocity adds them up.",
            ),
            Choice(
                "$10\\eta_0$",
                True,
                "The terminal velocity of unit 04: where the gradient hardly changes, momentum 0.9 "
                "is a step size ten times as large, $1/(1 - 0.9)$.",
            ),
            Choice(
                "$100\\eta_0$",
                False,
                "That would take momentum 0.99.",
            ),
            Choice(
                "None: the valley is bent, and the ball is carried out of it.",
                False,
                "At this step size the ball is slow enough to follow the bend.",
            ),
        ),
    ),
    Quiz(
        "u06-same-for-which",
        "In the scheme of the slide the decay is in $g_t$ on the left and in $s_t$ on the right. "
        "For which optimizers do both sides make the same update, step by step?",
        (
            Choice(
                "For SGD and for SGD with momentum, as the slide says.",
                False,
                "Follow momentum through it: on the left the decay enters the velocity and "
                "comes back in every later step. On the right it never gets there.",
            ),
            Choice(
                "For SGD only.",
                True,
                "SGD hands the gradient on as it is, so it does not matter on which side the term "
                "is added. Whatever remembers or rescales gradients treats the two differently.",
            ),
            Choice(
                "For all of them: it is the same term in the end.",
                False,
                "It is the same term at another place, and the optimizer stands in between.",
            ),
            Choice(
                "For none of them.",
                False,
                "For SGD, $s_t = g_t$. Write both sides down for it.",
            ),
        ),
    ),
    Quiz(
        "u06-blank-pixels",
        "Five pixels are blank in every training image, so the data's gradient for their weights "
        "is exactly 0. You train ten epochs with Adam and a tiny penalty in the gradient, "
        "l2 = 0.00001. What happens to these weights?",
        (
            Choice(
                "They hardly change: the penalty is tiny.",
                False,
                "So is the root that it is divided by. What is a number divided by its own size?",
            ),
            Choice(
                "They stay exactly as they were, since their gradient is 0.",
                False,
                "The data's gradient is 0. The penalty's is not, and Adam sees only the sum.",
            ),
            Choice(
                "They go to 0, as fast as Adam can move.",
                True,
                "The penalty is their only gradient, and Adam makes a step of length lr out of any "
                "gradient, tiny or not. The strength has dropped out.",
            ),
            Choice(
                "They shrink by the same share as all the other weights.",
                False,
                "That is what decoupled decay does. Here the decay is divided by the root of the "
                "average of squares, which is tiny for these weights.",
            ),
        ),
    ),
)
