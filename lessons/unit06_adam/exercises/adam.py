"""The exercise ``adam``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import optim
from course_lib.optim import AdamState

from .shared import DIGITS, HUGE, MOMENTS, run

LINE_BY_LINE = "Adam, line by line"
# A memory that keeps its largest square, as AMSGrad does, shows where gradients get smaller.
FALLING = np.array([[8.0], [4.0], [2.0], [1.0], [0.5], [0.5]])


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
            "six steps",
            "From the second step on, what the state hands over decides. Here the gradients get "
            "smaller and smaller.",
            [(3,)],
            6,
            scale=FALLING,
            lr=0.03,
            betas=betas,
        ),
        run(
            rng,
            "only the gradients remembered",
            "The second beta is 0, so that the squares are those of the newest gradient.",
            [(3,)],
            2,
            lr=0.04,
            betas=(0.7, 0.0),
        ),
        run(
            rng,
            "only the squares remembered",
            "The first beta is 0, so that the mean is the newest gradient.",
            [(3,)],
            2,
            lr=0.04,
            betas=(0.0, 0.85),
        ),
        run(
            rng,
            "all the defaults",
            "Without arguments, lr is 1e-3, the betas are 0.9 and 0.999, and eps is 1e-8.",
            [(2,)],
            2,
        ),
        run(
            rng,
            "tiny gradients",
            "The gradients are a million times smaller, so that eps counts: where exactly does it "
            "stand?",
            [(3,)],
            2,
            lr=0.03,
            scale=1e-6,
        ),
        run(
            rng,
            "a parameter without gradient",
            "The second gradient is always exactly 0, and eps is large: that parameter has to "
            "stay where it is.",
            [(3,)],
            2,
            scale=(1.0, 0.0, 1.0),
            lr=0.03,
            eps=0.2,
        ),
        run(
            rng,
            "two arrays in turn",
            "Two parameter arrays are updated in turn, each with its own state.",
            [(2, 3), (3,)],
            2,
            lr=0.05,
            betas=(0.5, 0.9),
        ),
        run(rng, "large gradients", DIGITS, [(3,)], 3, scale=HUGE, lr=0.2, betas=(0.8, 0.95)),
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
            "the count never grows",
            "AdamState(step, m, v)",
            "AdamState(state.step, m, v)",
            "Every update is corrected like the first one, by 1 - beta. Either the exponent is "
            "missing, or the count is not handed on with the state.",
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
            "The average of the squares is corrected, that of the gradients is not. It starts at "
            "zero as well.",
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
            "eps forgotten",
            "(np.sqrt(v_hat) + eps)",
            "np.sqrt(v_hat)",
            "eps is not added to the root. A parameter whose gradient has always been 0 gets 0/0 "
            "without it, and a nan never goes away.",
        ),
        Mistake(
            "zeros looked after by hand",
            "lr * m_hat / (np.sqrt(v_hat) + eps)",
            "np.where(v_hat == 0, 0.0, lr * m_hat / np.sqrt(v_hat))",
            "You do without eps and look after the zeros by hand, or take the larger of root and "
            "eps. Here eps is *added* to the root, everywhere: tiny gradients show the difference.",
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
            "eps fixed",
            "(np.sqrt(v_hat) + eps)",
            "(np.sqrt(v_hat) + 1e-8)",
            "Right for the default eps and for no other: is there a number in your code where the "
            "argument should be?",
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
    ),
    accepted=(adam_toward, adam_folded, adam_loop, adam_sums),
    points=5,
    hidden_points=2,
)
