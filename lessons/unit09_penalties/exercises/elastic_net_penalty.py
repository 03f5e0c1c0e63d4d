"""The exercise ``elastic_net_penalty``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import regularizers

from .shared import RETURNS, downhill, exchanged, kink, off_zero, penalty_cases, stepped


def elastic_cases(rng: np.random.Generator) -> Sequence[Case]:
    def run(name: str, about: str, size: int, strength: float, ratio: float) -> Case:
        return Case(name, (off_zero(rng, size),), {"strength": strength, "l2_ratio": ratio}, about)

    return [
        run("a ratio of 0: L1 alone", "Without a share of squares this is L1.", 4, 0.3, 0.0),
        run("a ratio of 1", "Squares and sizes, both in full.", 4, 0.3, 1.0),
        run("a ratio of 2.5", "The ratio may be larger than 1.", 5, 0.2, 2.5),
        *penalty_cases(rng, l2_ratio=0.7),
    ]


def elastic_from_its_parts(weights, *, strength, l2_ratio):
    squares, sizes = float(np.vdot(weights, weights)), float(np.abs(weights).sum())
    gradient = 2 * strength * l2_ratio * weights
    return strength * l2_ratio * squares + strength * sizes, gradient + strength * np.sign(weights)


def elastic_by_loops(weights, *, strength, l2_ratio):
    costs, gradient = [], np.zeros(weights.shape)
    for index, w in np.ndenumerate(weights):
        costs.append(abs(w) * (1 + l2_ratio * abs(w)))
        sign = float(w > 0) - float(w < 0)
        gradient[index] = strength * sign * (1 + 2 * l2_ratio * abs(w))
    return [np.array(strength * sum(costs)), gradient]


def elastic_by_signs(weights, *, strength, l2_ratio):
    """The penalty as half of an inner product of gradient and weights, mended for L1."""
    sizes = strength * np.sign(weights)
    squares = 2 * strength * l2_ratio * weights
    return np.sum(weights * (squares / 2 + sizes)), np.add(squares, sizes)


PENALTY = "l2_ratio * weights**2 + np.abs(weights)"
GRADIENT = "strength * (2 * l2_ratio * weights + np.sign(weights))"

ELASTIC_NET = Exercise(
    reference=regularizers.elastic_net_penalty,
    cases=elastic_cases,
    returns=RETURNS,
    read="Both at once",
    praise="Both penalties in one, and each weighed as the docstring says.",
    hints=(
        "You have written both parts. Which of the two does `l2_ratio` multiply, and what does "
        "`strength` multiply?",
        "`strength` stands in front of everything; `l2_ratio` weighs the squares only, so that "
        "with l2_ratio = 0 plain L1 is left. The gradient of a sum is the sum of the gradients.",
        "One weight w costs strength * (l2_ratio * w**2 + abs(w)); its slope is strength times "
        "(2 * l2_ratio * w plus the sign of w).",
    ),
    mistakes=(
        Mistake(
            "ratio at the sizes",
            PENALTY,
            "weights**2 + l2_ratio * np.abs(weights)",
            "`l2_ratio` weighs the sizes in your answer. As its name says, it weighs the squares: "
            "with a ratio of 0 plain L1 is left.",
            more=((GRADIENT, "strength * (2 * weights + l2_ratio * np.sign(weights))"),),
        ),
        Mistake(
            "ratio at the sizes in the penalty",
            PENALTY,
            "weights**2 + l2_ratio * np.abs(weights)",
            "In your penalty `l2_ratio` weighs the sizes, in your gradient the squares. As its "
            "name says, it weighs the squares.",
        ),
        Mistake(
            "ratio at the sizes in the gradient",
            GRADIENT,
            "strength * (2 * weights + l2_ratio * np.sign(weights))",
            "In your penalty `l2_ratio` weighs the squares, in your gradient the sizes. As its "
            "name says, it weighs the squares.",
        ),
        Mistake(
            "shares that add up to one",
            PENALTY,
            "l2_ratio * weights**2 + (1 - l2_ratio) * np.abs(weights)",
            "in yours the two parts share the strength, l2_ratio for the squares and the rest for "
            "the sizes. Here, as in the lectures, the sizes always count in full.",
            more=(
                (
                    GRADIENT,
                    "strength * (2 * l2_ratio * weights + (1 - l2_ratio) * np.sign(weights))",
                ),
            ),
            convention=True,
        ),
        Mistake(
            "shares, and a half before the squares",
            PENALTY,
            "l2_ratio / 2 * weights**2 + (1 - l2_ratio) * np.abs(weights)",
            "yours is scikit-learn's: the two parts share the strength, and the squares have a "
            "half in front. Here the sizes always count in full, and there is no half.",
            more=(
                (GRADIENT, "strength * (l2_ratio * weights + (1 - l2_ratio) * np.sign(weights))"),
            ),
            convention=True,
        ),
        Mistake(
            "half before the squares",
            PENALTY,
            "l2_ratio / 2 * weights**2 + np.abs(weights)",
            "your squares have a half in front, and their gradient has no 2. Here there is no "
            "half.",
            more=((GRADIENT, "strength * (l2_ratio * weights + np.sign(weights))"),),
            convention=True,
            read="The lost two",
        ),
        Mistake(
            "gradient without the 2",
            GRADIENT,
            "strength * (l2_ratio * weights + np.sign(weights))",
            "Your penalty is right; in its gradient something is missing where the square was.",
            read="The lost two",
        ),
        Mistake(
            "ratio at both",
            PENALTY,
            "l2_ratio * (weights**2 + np.abs(weights))",
            "The ratio multiplies both parts of your penalty, so it is a second strength and no "
            "ratio. Only the squares are weighed by it.",
        ),
        Mistake(
            "ratio squared as well",
            PENALTY,
            "(l2_ratio * weights) ** 2 + np.abs(weights)",
            "The ratio is squared along with the weights: where do the brackets close?",
        ),
        Mistake(
            "ratio missing in the penalty",
            PENALTY,
            "weights**2 + np.abs(weights)",
            "Your penalty does not use `l2_ratio`: it is the same for every ratio.",
        ),
        Mistake(
            "ratio missing in the gradient",
            GRADIENT,
            "strength * (2 * weights + np.sign(weights))",
            "Your gradient does not use `l2_ratio`: it is the same for every ratio.",
        ),
        Mistake(
            "two strengths",
            "float(strength * np.sum(l2_ratio * weights**2 + np.abs(weights)))",
            "float(np.sum(l2_ratio * weights**2 + strength * np.abs(weights)))",
            "in yours each part has a strength of its own, `strength` for the sizes and `l2_ratio` "
            "for the squares. Here `strength` stands in front of both, and `l2_ratio` compares "
            "them.",
            more=((GRADIENT, "2 * l2_ratio * weights + strength * np.sign(weights)"),),
            convention=True,
        ),
        Mistake(
            "strength at the squares only",
            "float(strength * np.sum(l2_ratio * weights**2 + np.abs(weights)))",
            "float(np.sum(strength * l2_ratio * weights**2 + np.abs(weights)))",
            "In your penalty `strength` multiplies the squares only. It stands in front of "
            "everything: with a strength of 0 nothing is left.",
        ),
        Mistake(
            "strength at the first part of the gradient",
            GRADIENT,
            "strength * 2 * l2_ratio * weights + np.sign(weights)",
            "In your gradient `strength` multiplies the squares' part only. It stands in front of "
            "everything: with a strength of 0 nothing is left.",
        ),
        Mistake(
            "strength missing in the penalty",
            "float(strength * np.sum(",
            "float(np.sum(",
            "Your penalty does not use `strength`: it is the same for every strength, even 0.",
        ),
        Mistake(
            "strength missing in the gradient",
            GRADIENT,
            "2 * l2_ratio * weights + np.sign(weights)",
            "Your gradient does not use `strength`. What multiplies a function multiplies its "
            "gradient as well.",
        ),
        Mistake(
            "slope of the sizes forgotten",
            GRADIENT,
            "strength * 2 * l2_ratio * weights",
            "Your gradient is that of the squares alone. The sizes have a slope, too.",
        ),
        Mistake(
            "slope of the squares forgotten",
            GRADIENT,
            "strength * np.sign(weights)",
            "Your gradient is that of the sizes alone. The squares have a slope, too.",
        ),
        Mistake(
            "no sizes",
            PENALTY,
            "l2_ratio * weights**2 + weights",
            "Your penalty adds the weights themselves to the squares: negative ones earn a reward. "
            "What is paid for is the size of each.",
        ),
        Mistake(
            "mean in the penalty",
            "np.sum(",
            "np.mean(",
            "Your penalty averages over the weights. Asked for is the sum.",
        ),
        *kink(GRADIENT),
        downhill(GRADIENT),
        stepped(GRADIENT),
        exchanged("penalty", GRADIENT),
    ),
    accepted=(elastic_from_its_parts, elastic_by_loops, elastic_by_signs),
    points=2,
    hidden_points=1,
)
