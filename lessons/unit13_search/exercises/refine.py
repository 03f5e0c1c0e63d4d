"""The exercise ``refine``."""

import math
from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import search

from .shared import drawn_range


def refine_cases(rng: np.random.Generator) -> Sequence[Case]:
    def at(ends: tuple[float, float], share: float) -> float:
        """A number with few digits, this share of the way up the decades."""
        return float(f"{ends[0] * (ends[1] / ends[0]) ** (share + rng.uniform(-0.02, 0.02)):.3g}")

    lr, l2 = drawn_range(rng, 1e-4, 4), drawn_range(rng, 1e-6, 5)
    wide = drawn_range(rng, 1e-5, 6)
    return [
        Case(
            "best in the middle",
            ({"lr": lr}, {"lr": at(lr, 0.45)}),
            {},
            "On a log scale the new range is half as wide, with the best in its middle.",
        ),
        Case(
            "two names",
            ({"lr": lr, "l2": l2}, {"lr": at(lr, 0.6), "l2": at(l2, 0.4)}),
            {},
            "Every name has its own range and its own best.",
        ),
        Case(
            "best near the upper end",
            ({"lr": lr}, {"lr": at(lr, 0.93)}),
            {},
            "The new range must not reach beyond the old one.",
        ),
        Case(
            "best near the lower end",
            ({"lr": lr, "l2": l2}, {"lr": at(lr, 0.05), "l2": at(l2, 0.55)}),
            {},
            "The new range must not reach below the old one.",
        ),
        Case(
            "a tenth of the decades",
            ({"lr": wide}, {"lr": at(wide, 0.3)}),
            {"shrink": 0.1},
            "`shrink` is the width of the new range, counted in decades, over that of the old.",
        ),
        Case(
            "nearly as wide as before",
            ({"lr": wide}, {"lr": at(wide, 0.5)}),
            {"shrink": 0.8},
            "With a shrink close to 1 the range hardly changes.",
        ),
    ]


def refine_in_logarithms(space, best, *, shrink=0.5):
    refined = {}
    for name, ends in space.items():
        low, high = np.log10(ends)
        half = shrink * (high - low) / 2
        middle = math.log10(best[name])
        refined[name] = 10 ** np.clip([middle - half, middle + half], low, high)
    return refined


def refine_by_roots(space, best, *, shrink=0.5):
    factors = {name: np.sqrt(high / low) ** shrink for name, (low, high) in space.items()}
    return {
        name: [max(space[name][0], best[name] / f), min(space[name][1], best[name] * f)]
        for name, f in factors.items()
    }


def refine_with_branches(space, best, *, shrink=0.5):
    new = dict(space)
    for name in best:
        low, high = space[name]
        width = shrink * (math.log(high) - math.log(low))
        below = math.exp(math.log(best[name]) - width / 2)
        above = math.exp(math.log(best[name]) + width / 2)
        if below < low:
            below = low
        if above > high:
            above = high
        new[name] = (below, above)
    return new


REACH = "(high / low) ** (shrink / 2)"
RANGE = "(max(best[name] / reach, low), min(best[name] * reach, high))"

REFINE = Exercise(
    reference=search.refine,
    cases=refine_cases,
    returns=("space",),
    read="Step 5: closer, and longer",
    praise="Each stage looks more closely at where the last one ended.",
    hints=(
        "How wide is a range on a log scale? What happens to a number when its logarithm grows by "
        "something?",
        "On a log scale, half of the new width lies on either side of the best. Adding to a "
        "logarithm is multiplying the number. Then cut off what sticks out.",
        "The factor to go up and down is `(high / low) ** (shrink / 2)`; `max` and `min` keep the "
        "new ends inside the old ones.",
    ),
    mistakes=(
        Mistake(
            "on a linear scale",
            REACH,
            "shrink * (high - low) / 2",
            "You shrink on a linear scale, best ± half of a width. Over several decades such a "
            "range reaches far below zero, or holds the highest decade only.",
            more=((RANGE, "(max(best[name] - reach, low), min(best[name] + reach, high))"),),
        ),
        Mistake(
            "leaves the old range",
            RANGE,
            "(best[name] / reach, best[name] * reach)",
            "Near an end your new range reaches beyond the old one.",
        ),
        Mistake(
            "moved instead of cut off",
            "    for name, (low, high) in space.items():\n",
            "    for name, (low, high) in space.items():\n"
            "        to = (high / low) ** (shrink / 2)\n"
            "        best = {**best, name: min(max(best[name], low * to), high / to)}\n",
            "near an end you move the range inwards, so that it keeps its width and the best is no "
            "longer in the middle. Here what sticks out is cut off: leave the middle where it is.",
            convention=True,
        ),
        Mistake(
            "twice as wide",
            REACH,
            "(high / low) ** shrink",
            "Your range is twice as wide as it should be: `shrink` is the whole width, and half of "
            "it lies on either side of the best.",
        ),
        Mistake(
            "ignores shrink",
            REACH,
            "(high / low) ** (0.5 / 2)",
            "Right for a shrink of 0.5 and for nothing else: is there a number in your code where "
            "the argument should be?",
        ),
        Mistake(
            "what is cut away",
            REACH,
            "(high / low) ** ((1 - shrink) / 2)",
            "You take `shrink` for the share that is cut away. It is the share of the decades that "
            "is left.",
        ),
        Mistake(
            "around the middle of the old range",
            RANGE,
            "(np.sqrt(low * high) / reach, np.sqrt(low * high) * reach)",
            "Your new range lies around the middle of the old one, wherever the best setting is.",
        ),
        Mistake(
            "best is an end",
            RANGE,
            "(best[name], min(best[name] * reach**2, high))",
            "Your new range begins at the best setting: it should have it in the middle.",
        ),
        Mistake(
            "the numbers shrink",
            RANGE,
            "(max(low * shrink, low), min(high * shrink, high))",
            "You multiply the ends themselves with `shrink`. It is the distance between their "
            "logarithms that shrinks.",
        ),
        Mistake(
            "each end halfway to the best",
            RANGE,
            "(low ** shrink * best[name] ** (1 - shrink),\n"
            "            high ** shrink * best[name] ** (1 - shrink))",
            "you move each end towards the best by a share of its own distance, so the best keeps "
            "its place between them. Here the best becomes the middle: go equally far to both "
            "sides, and cut off what sticks out.",
            convention=True,
        ),
        Mistake(
            "factor shrink",
            RANGE,
            "(max(best[name] * shrink, low), min(best[name] / shrink, high))",
            "You multiply and divide the best by `shrink`, whatever the range was. The new width "
            "is a share of the old one, counted in decades.",
        ),
        Mistake(
            "fixed at a decade",
            REACH,
            "10.0",
            "You always go one decade up and one down. The new width depends on the old one.",
        ),
    ),
    accepted=(refine_in_logarithms, refine_by_roots, refine_with_branches),
    points=2,
)
