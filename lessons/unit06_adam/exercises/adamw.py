"""The exercise ``adamw``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import optim
from course_lib.optim import adam

from .shared import DIGITS, HUGE, of_adam_itself, run

DECOUPLED = "The decay after the averages"


def decay_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        run(
            rng,
            "a gradient of zero",
            "Without a gradient the weights only decay, each by the same share per step.",
            [(2, 3)],
            3,
            scale=0.0,
            lr=0.08,
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
            [(3, 2), (3,)],
            3,
            lr=0.1,
            weight_decay=0.3,
            betas=(0.5, 0.9),
        ),
        run(rng, "large gradients", DIGITS, [(3,)], 3, scale=HUGE, lr=0.2, weight_decay=0.4),
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
        *of_adam_itself(DECAY_CALL),
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
