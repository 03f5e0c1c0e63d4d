"""The exercise ``l2_penalty``."""

import numpy as np

from autograde.spec import Exercise, Mistake
from course_lib import regularizers

from .shared import RETURNS, downhill, exchanged, one_sum_for_all, penalty_cases, stepped


def l2_by_loops(weights, *, strength):
    """Entry by entry, and a list for the pair."""
    total, gradient = 0.0, np.zeros(weights.shape)
    for index in np.ndindex(weights.shape):
        total += strength * weights[index] * weights[index]
        gradient[index] = strength * (weights[index] + weights[index])
    return [total, gradient]


def l2_by_inner_product(weights, *, strength):
    flat = weights.ravel()
    return strength * (flat @ flat), np.multiply(2.0 * strength, weights)


def l2_by_norm(weights, *, strength):
    """The squared length of all weights."""
    return np.array(strength * np.linalg.norm(weights) ** 2), weights * strength * 2


def l2_by_einsum(weights, *, strength):
    scaled = np.sqrt(strength) * weights
    return np.einsum("i,i->", scaled.ravel(), scaled.ravel()), 2 * np.sqrt(strength) * scaled


PENALTY = "float(strength * np.sum(weights**2))"
GRADIENT = "2 * strength * weights"

L2_PENALTY = Exercise(
    reference=regularizers.l2_penalty,
    cases=penalty_cases,
    returns=RETURNS,
    read="A price on weights",
    praise="Penalty and gradient fit together, for weights of any shape.",
    hints=(
        "Two results. The first is one number for all weights together; what does one weight w "
        "add to it, and what is the slope of that along w?",
        "One weight adds strength times its square. Along that weight the slope is strength times "
        "the derivative of a square; the other weights have no part in it.",
        "`strength * np.sum(weights**2)`, and an array of the weights' shape: twice `strength` "
        "times the weights.",
    ),
    mistakes=(
        Mistake(
            "half of everything",
            PENALTY,
            "float(strength / 2 * np.sum(weights**2))",
            "your penalty has a half in front, and its gradient has no 2: many papers and most "
            "optimizers write it so. Here, as on the lectures' slides, there is no half.",
            more=((GRADIENT, "strength * weights"),),
            convention=True,
            read="The lost two",
        ),
        Mistake(
            "mean of the squares",
            PENALTY,
            "float(strength * np.mean(weights**2))",
            "you take the mean over the weights, in both results. Here it is their sum, so that "
            "the price of one weight does not depend on how many others there are.",
            more=((GRADIENT, "2 * strength * weights / weights.size"),),
            convention=True,
        ),
        Mistake(
            "gradient without the 2",
            GRADIENT,
            "strength * weights",
            "Your penalty is right, and your gradient belongs to half of it. CS231n's slides mix "
            "the two as well. What is the derivative of a square?",
            read="The lost two",
        ),
        Mistake(
            "half in the penalty only",
            PENALTY,
            "float(strength / 2 * np.sum(weights**2))",
            "Your gradient is right, and your penalty is half of the one it belongs to. A gradient "
            "check would have told you.",
            read="The lost two",
        ),
        Mistake(
            "mean in the penalty only",
            PENALTY,
            "float(strength * np.mean(weights**2))",
            "Your penalty averages over the weights, and your gradient is that of their sum. Asked "
            "for is the sum.",
        ),
        Mistake(
            "length instead of its square",
            PENALTY,
            "float(strength * np.sqrt(np.sum(weights**2)))",
            "Your penalty is the length of the weights. L2 is named after that length, but what is "
            "paid for is its square.",
        ),
        Mistake(
            "square of the sum",
            PENALTY,
            "float(strength * np.sum(weights) ** 2)",
            "You square the sum, so that weights of opposite sign cancel and cost nothing. Every "
            "weight is squared on its own.",
        ),
        Mistake(
            "plain sum",
            PENALTY,
            "float(strength * np.sum(weights))",
            "Nothing is squared in your penalty: a large negative weight would earn a reward.",
        ),
        Mistake(
            "strength squared as well",
            PENALTY,
            "float(np.sum((strength * weights) ** 2))",
            "The strength is squared along with the weights: where do the brackets close?",
        ),
        Mistake(
            "strength missing in the penalty",
            PENALTY,
            "float(np.sum(weights**2))",
            "Your penalty does not use `strength`: it is the same for every strength, even 0.",
        ),
        Mistake(
            "strength missing in the gradient",
            GRADIENT,
            "2 * weights",
            "Your gradient does not use `strength`. What multiplies a function multiplies its "
            "gradient as well.",
        ),
        Mistake(
            "first weight left out",
            PENALTY,
            "float(strength * np.sum(weights.ravel()[1:] ** 2))",
            "You skip the first weight, as one does when it is the intercept. Here biases are "
            "arrays of their own and never come in: everything that comes in is penalised.",
            more=(
                (
                    GRADIENT,
                    "2 * strength * weights * (np.arange(weights.size) > 0).reshape(weights.shape)",
                ),
            ),
        ),
        Mistake(
            "sums of columns",
            PENALTY,
            "strength * np.sum(weights**2, axis=0)",
            "A sum runs over one axis only, and for a matrix leaves one number per column. The "
            "penalty of all weights together is one number.",
        ),
        Mistake(
            "absolute values instead",
            PENALTY,
            "float(strength * np.sum(np.abs(weights)))",
            "Your penalty adds up sizes: that is L1, which comes later in this lesson. L2 adds up "
            "squares.",
        ),
        Mistake(
            "cubed",
            GRADIENT,
            "2 * strength * weights**2",
            "The gradient still holds the square: what is left of it after taking the derivative?",
        ),
        Mistake(
            "gradient of sizes",
            GRADIENT,
            "2 * strength * np.abs(weights)",
            "Your gradient is never negative. For a negative weight the penalty falls as the "
            "weight grows.",
        ),
        one_sum_for_all(GRADIENT),
        downhill(GRADIENT),
        stepped(GRADIENT),
        exchanged("penalty", GRADIENT),
    ),
    accepted=(l2_by_loops, l2_by_inner_product, l2_by_norm, l2_by_einsum),
    points=2,
    hidden_points=1,
)
