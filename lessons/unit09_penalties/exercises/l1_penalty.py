"""The exercise ``l1_penalty``."""

import numpy as np

from autograde.spec import Exercise, Mistake
from course_lib import regularizers

from .shared import RETURNS, downhill, exchanged, kink, one_sum_for_all, penalty_cases, stepped


def l1_by_loops(weights, *, strength):
    total, gradient = 0.0, np.zeros_like(weights)
    for index, weight in np.ndenumerate(weights):
        total += strength * abs(weight)
        gradient[index] = strength if weight > 0 else -strength if weight < 0 else 0.0
    return [total, gradient]


def l1_by_signs(weights, *, strength):
    """The size is the weight times its sign."""
    signs = (weights > 0).astype(float) - (weights < 0)
    return strength * np.vdot(signs, weights), strength * signs


def l1_by_parts(weights, *, strength):
    """Positive and negative part apart, as linear programs have them."""
    positive, negative = np.maximum(weights, 0.0), np.maximum(-weights, 0.0)
    slopes = np.select([positive > 0, negative > 0], [strength, -strength], 0.0)
    return np.float64(strength * (positive + negative).sum()), slopes


PENALTY = "float(strength * np.sum(np.abs(weights)))"
GRADIENT = "strength * np.sign(weights)"

L1_PENALTY = Exercise(
    reference=regularizers.l1_penalty,
    cases=penalty_cases,
    returns=RETURNS,
    read="Spread out or bundled?",
    praise="A push of the same size on every weight, whatever its own size, and none at zero.",
    hints=(
        "The graph of the size of w is a V. Which slopes does it have, and what is there at its "
        "tip?",
        "Each weight adds strength times its size. Its slope is `strength` for a positive weight, "
        "minus that for a negative one, and at exactly 0 we agree on 0.",
        "`strength * np.sum(np.abs(weights))`; the slopes are `strength` times the signs of the "
        "weights, and numpy has a function for signs that gives 0 at 0.",
    ),
    mistakes=(
        *kink(GRADIENT),
        Mistake(
            "kink smoothed",
            PENALTY,
            "float(strength * np.sum(np.sqrt(weights**2 + 1e-10)))",
            "You smooth the tip of the V with a small number under a root. That makes a slope "
            "everywhere, but not this one: weights of a millionth should be pushed as hard as "
            "large ones, and a weight of 0 should cost nothing.",
            more=((GRADIENT, "strength * weights / np.sqrt(weights**2 + 1e-10)"),),
        ),
        Mistake(
            "no sizes",
            PENALTY,
            "float(strength * np.sum(weights))",
            "Your penalty adds up the weights themselves: positive and negative ones cancel, and "
            "very negative weights earn a reward. What is paid for is the size of each.",
        ),
        Mistake(
            "size of the sum",
            PENALTY,
            "float(strength * np.abs(np.sum(weights)))",
            "You take the size after adding up, when weights of opposite sign have cancelled "
            "already. Each weight pays for itself.",
        ),
        Mistake(
            "squares instead",
            PENALTY,
            "float(strength * np.sum(weights**2))",
            "Your penalty adds up squares: that is L2 again. L1 adds up sizes.",
        ),
        Mistake(
            "squares in both results",
            PENALTY,
            "float(strength * np.sum(weights**2))",
            "That is the L2 penalty with its gradient, the exercise before. L1 adds up sizes.",
            more=((GRADIENT, "2 * strength * weights"),),
        ),
        Mistake(
            "gradient of the squares",
            GRADIENT,
            "2 * strength * weights",
            "The penalty is right, and the gradient is that of L2: it grows with the weight. The "
            "slope of a size does not.",
        ),
        Mistake(
            "mean instead of sum",
            PENALTY,
            "float(strength * np.mean(np.abs(weights)))",
            "you take the mean over the weights, in both results. Here it is their sum, so that "
            "the price of one weight does not depend on how many others there are.",
            more=((GRADIENT, "strength * np.sign(weights) / weights.size"),),
            convention=True,
        ),
        Mistake(
            "mean in the penalty only",
            PENALTY,
            "float(strength * np.mean(np.abs(weights)))",
            "Your penalty averages over the weights, and your gradient is that of their sum. Asked "
            "for is the sum.",
        ),
        Mistake(
            "largest weight only",
            PENALTY,
            "float(strength * np.max(np.abs(weights)))",
            "Only the largest weight pays in your answer. Every weight does.",
        ),
        Mistake(
            "weights counted",
            PENALTY,
            "float(strength * np.count_nonzero(weights))",
            "You count the weights that are not zero. L1 is often used in order to get few of "
            "those, but what it adds up is their size: a count has no slope.",
        ),
        Mistake(
            "half",
            PENALTY,
            "float(strength / 2 * np.sum(np.abs(weights)))",
            "There is a half in your penalty. It is handy before squares, where it cancels a 2; "
            "here there is no 2 to cancel.",
        ),
        Mistake(
            "a two in the gradient",
            GRADIENT,
            "2 * strength * np.sign(weights)",
            "The 2 belongs to the derivative of a square. How steep is the V of the size?",
        ),
        Mistake(
            "strength missing in the penalty",
            PENALTY,
            "float(np.sum(np.abs(weights)))",
            "Your penalty does not use `strength`: it is the same for every strength, even 0.",
        ),
        Mistake(
            "strength missing in the gradient",
            GRADIENT,
            "np.sign(weights)",
            "Your gradient does not use `strength`. What multiplies a function multiplies its "
            "gradient as well.",
        ),
        Mistake(
            "sums of columns",
            PENALTY,
            "strength * np.sum(np.abs(weights), axis=0)",
            "A sum runs over one axis only, and for a matrix leaves one number per column. The "
            "penalty of all weights together is one number.",
        ),
        one_sum_for_all(GRADIENT),
        downhill(GRADIENT),
        stepped(GRADIENT),
        exchanged("penalty", GRADIENT),
    ),
    accepted=(l1_by_loops, l1_by_signs, l1_by_parts),
    points=2,
    hidden_points=1,
)
