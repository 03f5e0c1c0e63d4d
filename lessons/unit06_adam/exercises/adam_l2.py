"""The exercise ``adam_l2``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import optim
from course_lib.optim import adam

from .shared import DIGITS, HUGE, of_adam_itself, run

PENALTY = "The decay before the averages"


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
            "In the first step Adam goes against the sum of both gradients; eps is large here.",
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
            [(3, 2), (3,)],
            3,
            lr=0.05,
            l2=0.2,
            betas=(0.5, 0.9),
        ),
        run(rng, "large gradients", DIGITS, [(3,)], 3, scale=HUGE, lr=0.2, l2=2e5),
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
        *of_adam_itself(CALL),
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
