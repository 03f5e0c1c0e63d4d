"""The exercise ``velocity_weights``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import optim

from .shared import DOUBLE


def weights_cases(rng: np.random.Generator) -> Sequence[Case]:
    rate = float(np.round(rng.uniform(0.3, 0.7), 2))
    some, many = (int(rng.integers(*bounds)) for bounds in ((5, 9), (19, 40)))
    return [
        Case(
            "two steps", (2,), {"momentum": rate}, "The newest gradient counts once.", rtol=DOUBLE
        ),
        Case(
            "some steps",
            (some,),
            {"momentum": rate},
            "The older a gradient, the more it counted.",
            rtol=DOUBLE,
        ),
        Case(
            "many steps with 0.9",
            (many,),
            {"momentum": 0.9},
            "The oldest weights come close to 1/(1 - momentum).",
            rtol=DOUBLE,
        ),
        Case(
            "no momentum",
            (many - 15,),
            {"momentum": 0.0},
            "Then every gradient counts once.",
            rtol=DOUBLE,
        ),
        Case(
            "one step",
            (1,),
            {"momentum": rate},
            "The only gradient has moved the ball once.",
            rtol=DOUBLE,
        ),
    ]


def weights_by_sums(steps, *, momentum):
    """The weight of a gradient is 1 + m + m^2 + ...: as many terms as updates it has lived."""
    return np.array([sum(momentum**k for k in range(steps - i)) for i in range(steps)])


def weights_by_recursion(steps, *, momentum):
    weights = []
    last = 0.0
    for _ in range(steps):
        last = 1 + momentum * last
        weights.insert(0, last)
    return weights


def weights_by_simulation(steps, *, momentum):
    """Feed one unit gradient at a time into the rule and see how far the param goes."""
    pushes = np.eye(steps)
    velocity, moved = np.zeros(steps), np.zeros(steps)
    for push in pushes:
        velocity = momentum * velocity + push
        moved = moved + velocity
    return moved


VELOCITY_WEIGHTS = Exercise(
    reference=optim.velocity_weights,
    cases=weights_cases,
    returns=("weights",),
    read="Momentum as a weighted sum",
    praise="These are the weights with which every past gradient has moved the ball so far.",
    hints=(
        "Follow one gradient: it enters the velocity once, and then moves the ball in this step, "
        "and with the share `momentum` in the next, and so on.",
        "A gradient that has been there for k steps has counted 1 + m + m² + ... (k terms).",
        "The sum of k terms of that series is (1 - m^k)/(1 - m). How large is k for gradient i of "
        "`steps`, counted from zero?",
    ),
    mistakes=(
        Mistake(
            "momentum fixed at 0.9",
            "(1 - momentum**updates_since) / (1 - momentum)",
            "(1 - 0.9**updates_since) / (1 - 0.9)",
            "Right for momentum 0.9 and for nothing else: is there a number in your code where the "
            "argument should be?",
        ),
        Mistake(
            "weights of a mean",
            "return (1 - momentum**updates_since) / (1 - momentum)",
            "weights = 1 - momentum**updates_since\n    return weights / np.sum(weights)",
            "Your weights sum to 1, as those of an average. The ball does not average its past: "
            "the newest gradient counts once, whatever the number of steps.",
        ),
        Mistake(
            "exponent one too small",
            "steps - np.arange(steps",
            "steps - 1 - np.arange(steps",
            "Your newest gradient has weight zero, but it has already moved the ball once: the "
            "exponent is one too small.",
        ),
        Mistake(
            "exponent one too large",
            "steps - np.arange(steps",
            "steps + 1 - np.arange(steps",
            "Your newest gradient counts more than once, although it has moved the ball just once: "
            "the exponent is one too large.",
        ),
        Mistake(
            "not divided",
            "(1 - momentum**updates_since) / (1 - momentum)",
            "1 - momentum**updates_since",
            "The geometric series has a denominator. Check: the newest gradient must count once. "
            "(With a velocity that is a running mean it would not; here the velocity is a sum.)",
        ),
        Mistake(
            "newest first",
            "steps - np.arange(steps, dtype=np.float64)",
            "np.arange(1, steps + 1, dtype=np.float64)",
            "Your weights are in reverse: entry 0 belongs to the oldest gradient, which has had "
            "the most time to count.",
        ),
        Mistake(
            "weights in the velocity",
            "(1 - momentum**updates_since) / (1 - momentum)",
            "momentum ** (updates_since - 1)",
            "These are the weights in the velocity of the last step. Asked for are the weights in "
            "the *position*: all steps so far, added up.",
        ),
        Mistake(
            "counted from the wrong end",
            "steps - np.arange(steps, dtype=np.float64)",
            "np.arange(steps, dtype=np.float64)",
            "The exponent is the number of the gradient. It should be the number of updates since "
            "then: the *first* gradient has had the most of them.",
        ),
        Mistake(
            "the limit for all",
            "(1 - momentum**updates_since) / (1 - momentum)",
            "np.ones(steps) / (1 - momentum)",
            "1/(1 - momentum) is what a weight approaches in the end. A young gradient has not "
            "come so far: stop the series after the updates that it has lived.",
        ),
        Mistake(
            "weights in the velocity, newest first",
            "(1 - momentum**updates_since) / (1 - momentum)",
            "momentum ** np.arange(steps)",
            "These are the weights in the last velocity, and with the newest gradient first. Asked "
            "for are the weights in the *position*, the sum of all velocities, with the oldest "
            "gradient first.",
        ),
        Mistake(
            "weights in a mean velocity",
            "(1 - momentum**updates_since) / (1 - momentum)",
            "(1 - momentum) * momentum ** (updates_since - 1)",
            "These are the weights in a velocity that is a running mean. Here the velocity is a "
            "sum, and asked for are the weights in the *position*: all steps so far, added up.",
        ),
        Mistake(
            "product instead of power",
            "momentum**updates_since",
            "momentum * updates_since",
            "`momentum` is multiplied with the number of updates. The share shrinks by a factor in "
            "*every* update: which operation repeats a factor?",
        ),
        Mistake(
            "every gradient once",
            "(1 - momentum**updates_since) / (1 - momentum)",
            "np.ones(steps)",
            "With you every gradient counts once: that is plain gradient descent. With momentum a "
            "gradient moves the ball in the later steps too.",
        ),
        Mistake(
            "divided by momentum",
            "/ (1 - momentum)",
            "/ np.maximum(momentum, 1e-300)",
            "You divide by the momentum. Check with the newest gradient: it must count once.",
        ),
        Mistake(
            "multiplied by the friction",
            "/ (1 - momentum)",
            "* (1 - momentum)",
            "You multiply by 1 - momentum. Check with the newest gradient: it must count once.",
        ),
        Mistake(
            "only the oldest weight",
            "steps - np.arange(steps, dtype=np.float64)",
            "float(steps)",
            "One number comes back, the weight of the oldest gradient. Asked for is one weight for "
            "each of the gradients.",
        ),
        Mistake(
            "first term of the series left out",
            "(1 - momentum**updates_since) / (1 - momentum)",
            "momentum * (1 - momentum**updates_since) / (1 - momentum)",
            "Your series begins with momentum instead of 1: the step in which a gradient arrives "
            "is missing, and there it counts in full.",
        ),
        Mistake(
            "added up from the wrong end",
            "(1 - momentum**updates_since) / (1 - momentum)",
            "np.cumsum(momentum ** (updates_since - 1))",
            "You add up the right powers, but from the wrong end. How many steps has the newest "
            "gradient moved the ball, and how many the oldest?",
        ),
    ),
    accepted=(weights_by_sums, weights_by_recursion, weights_by_simulation),
)
