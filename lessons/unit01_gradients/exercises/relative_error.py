"""The exercise ``relative_error``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import gradcheck


def error_cases(rng: np.random.Generator) -> Sequence[Case]:
    exact = draw(rng, 2, 3, scale=2.0) + np.where(rng.random((2, 3)) < 0.5, -0.5, 0.5)
    # the worst entry is negative, so that a forgotten abs shows on either side
    near = exact * (1 + 1e-3 * np.round(rng.uniform(0.1, 0.9, (2, 3)), 2))
    near[1, 2] = exact[1, 2] - 0.004 * abs(exact[1, 2])
    mixed = np.array([0.02, -0.003, 1.5, -40.0, 0.7]) * np.round(rng.uniform(0.8, 1.2, 5), 2)
    off = mixed * np.array([1.0, 1.3, 1.02, 1.002, 1.0])
    zeros = np.array([0.0, draw(rng, 1)[0] + 3.0, 0.0, -2.5, 0.0])
    tiny = 1e-9 * (2.0 + np.round(rng.uniform(0.0, 1.0, 4), 3))
    return [
        Case(
            "a nearly right gradient",
            (near, exact),
            about="Compare entry by entry, each with its own size; the worst one counts.",
        ),
        Case(
            "one small entry is wrong",
            (off, mixed),
            about="The entry of size 0.003 is wrong by 30 %. Next to an entry of size 40 that is "
            "little in absolute terms, and a lot in relative ones.",
        ),
        Case(
            "zeros on both sides",
            (zeros, zeros * (1 + np.array([0, 1e-4, 0, -2e-4, 0]))),
            about="Three entries are 0 in both gradients: they agree, so they count as 0.",
        ),
        Case(
            "all zeros",
            (np.zeros((2, 2)), np.zeros((2, 2))),
            about="Two gradients of zeros agree: the error is 0.",
        ),
        Case(
            "the sign is wrong",
            (-exact, exact),
            about="Opposite signs are the worst that can happen: the error is 1.",
        ),
        Case(
            "gradients of a billionth",
            (tiny * np.array([1.0, 1.25, 0.75, 1.1]), tiny),
            about="Tiny gradients can be wrong too: a floor under the denominator must lie far "
            "below them.",
            rtol=2e-3,
        ),
        Case(
            "one gradient is missing",
            (np.array([0.0, 2.0, -1.0]), np.array([0.004, 2.0, -1.0])),
            about="Where one gradient is 0 and the other is not, the entry is as wrong as can be.",
        ),
        Case(
            "nothing flows back at all",
            (np.zeros(4), exact[0, 0] * np.array([1.0, 0.5, -2.0, 1.5])),
            about="An analytic gradient that is 0 everywhere is a common mistake: the error is 1.",
        ),
    ]


def error_loop(analytic, numeric):
    worst = 0.0
    for a, n in zip(np.ravel(analytic), np.ravel(numeric), strict=True):
        if a != n:
            worst = max(worst, abs(a - n) / (abs(a) + abs(n)))
    return worst


def error_where(analytic, numeric):
    """Division only where there is something to divide by."""
    size = np.abs(analytic) + np.abs(numeric)
    gap = np.abs(numeric - analytic)
    return np.divide(gap, size, out=np.zeros(np.shape(size)), where=size > 0).max()


def error_nanmax(analytic, numeric):
    """0 / 0 is nan, and nan_to_num makes it the 0 that is asked for; a 0-d array is returned."""
    with np.errstate(invalid="ignore"):
        ratio = np.sqrt((analytic - numeric) ** 2) / np.hypot(
            np.sqrt(np.abs(analytic) + np.abs(numeric)) ** 2, 0
        )
    return np.array(np.nan_to_num(ratio)).max()


DENOMINATOR = "np.maximum(1e-12, np.abs(analytic) + np.abs(numeric))"
RATIO = "float(np.max(difference / scale))"

RELATIVE = Exercise(
    reference=gradcheck.relative_error,
    cases=error_cases,
    returns=("error",),
    read="One number for two gradients",
    praise="One number between 0 and 1, and the worst entry cannot hide.",
    hints=(
        "A difference of 0.001 is a lot between entries of 0.003, and nothing between entries of "
        "40. What should it be measured against?",
        "For each entry: the distance between the two, divided by the sum of their sizes. Then "
        "decide: should a single wrong entry be allowed to hide among right ones?",
        "`abs(a - n)` over `abs(a) + abs(n)`, with a floor of 1e-12 under the denominator, and "
        "the maximum over all entries.",
    ),
    mistakes=(
        Mistake(
            "absolute error",
            RATIO,
            "float(np.max(difference))",
            "That is the largest absolute difference: it says nothing without the size of the "
            "gradients. Compare each difference with the entries it lies between.",
        ),
        Mistake(
            "mean over the entries",
            RATIO,
            "float(np.mean(difference / scale))",
            "You average over the entries, so that one wrong entry hides among many right ones. "
            "The worst entry should decide.",
        ),
        Mistake(
            "median over the entries",
            RATIO,
            "float(np.median(difference / scale))",
            "The median cannot see a mistake that touches less than half of the entries. The worst "
            "entry should decide.",
        ),
        Mistake(
            "sum over the entries",
            RATIO,
            "float(np.sum(difference / scale))",
            "You add up the errors of all entries, so that large arrays look worse than small "
            "ones. The worst single entry should decide.",
        ),
        Mistake(
            "signs cancel in the denominator",
            DENOMINATOR,
            "np.maximum(1e-12, np.abs(analytic + numeric))",
            "Where the two gradients have opposite signs, their sum is small and your error "
            "explodes: add up their sizes.",
        ),
        Mistake(
            "signed denominator",
            DENOMINATOR,
            "np.maximum(1e-12, analytic + numeric)",
            "Entries can be negative, and then so is your denominator, or the floor takes its "
            "place. Add up the sizes of the two entries.",
        ),
        Mistake(
            "denominator without abs and floor",
            DENOMINATOR,
            "(analytic + numeric)",
            "Your denominator can be negative, zero, or vanish where the signs differ. Add up the "
            "sizes of the two entries, and keep the result away from 0.",
        ),
        Mistake(
            "signed difference",
            "np.abs(analytic - numeric)",
            "analytic - numeric",
            "Where the analytic gradient is too small, your difference is negative and the maximum "
            "ignores it.",
        ),
        Mistake(
            "zero over zero",
            DENOMINATOR,
            "np.abs(analytic) + np.abs(numeric)",
            "Where both gradients are 0 you divide 0 by 0, which is nan. Such an entry is right, "
            "and should count as 0.",
        ),
        Mistake(
            "larger of the two",
            DENOMINATOR,
            "np.maximum(1e-12, np.maximum(np.abs(analytic), np.abs(numeric)))",
            "you divide by the larger of the two sizes, which gives up to twice our number. Here "
            "it is divided by their sum, so that the result lies between 0 and 1.",
            convention=True,
        ),
        Mistake(
            "mean of the two",
            DENOMINATOR,
            "np.maximum(1e-12, (np.abs(analytic) + np.abs(numeric)) / 2)",
            "you divide by the mean of the two sizes, which gives twice our number. Here it is "
            "divided by their sum, so that the result lies between 0 and 1.",
            convention=True,
        ),
        Mistake(
            "relative to the numeric one",
            DENOMINATOR,
            "np.maximum(1e-12, np.abs(numeric))",
            "Only the numeric gradient stands in your denominator: where it is 0 the error "
            "explodes. Both gradients should count alike.",
        ),
        Mistake(
            "relative to the analytic one",
            DENOMINATOR,
            "np.maximum(1e-12, np.abs(analytic))",
            "Only the analytic gradient stands in your denominator: where it is 0 the error "
            "explodes. Both gradients should count alike.",
        ),
        Mistake(
            "floor of 1",
            DENOMINATOR,
            "np.maximum(1.0, np.abs(numeric))",
            "your denominator is never below 1, as in scipy's check, so that small entries are "
            "judged by their absolute error. Here an entry of 0.003 is judged by its own size.",
            convention=True,
        ),
        Mistake(
            "ratio of norms",
            RATIO,
            "float(np.linalg.norm(analytic - numeric) / max(1e-12, np.linalg.norm(analytic) "
            "+ np.linalg.norm(numeric)))",
            "you compare the norms of whole arrays. A small entry that is quite wrong then hides "
            "behind large ones: take the quotient entry by entry, and the worst of them.",
            convention=True,
        ),
        Mistake(
            "ratio of sums",
            RATIO,
            "float(np.sum(difference) / max(1e-12, np.sum(scale)))",
            "You divide the sum of the differences by the sum of the sizes. A small entry that is "
            "quite wrong then hides behind large ones: divide first, entry by entry.",
        ),
        Mistake(
            "ratio of maxima",
            RATIO,
            "float(np.max(difference) / np.max(scale))",
            "You divide the largest difference by the largest size, which need not belong to the "
            "same entry: divide first, then take the maximum.",
        ),
        Mistake(
            "floor of 1e-8",
            DENOMINATOR,
            "np.maximum(1e-8, np.abs(analytic) + np.abs(numeric))",
            "your floor under the denominator is 1e-8, which many programs use. Here it is 1e-12: "
            "gradients of 1e-9 occur, and can be wrong too.",
            convention=True,
        ),
        Mistake(
            "1e-8 added",
            DENOMINATOR,
            "np.abs(analytic) + np.abs(numeric) + 1e-8",
            "you add 1e-8 to the denominator, which many programs do. Here its floor is 1e-12: "
            "gradients of 1e-9 occur, and can be wrong too.",
            convention=True,
        ),
        Mistake(
            "squares",
            DENOMINATOR,
            "np.maximum(1e-12, analytic**2 + numeric**2)",
            "You compare squares: the square of a small relative error is smaller still, so that "
            "1 in a thousand looks like 1 in a million. Distance and sizes enter as they are.",
            more=(("np.abs(analytic - numeric)", "(analytic - numeric) ** 2"),),
        ),
        Mistake(
            "percent",
            RATIO,
            "float(np.max(difference / scale)) * 100",
            "your error is in percent, a hundred times ours. Here it lies between 0 and 1.",
            convention=True,
        ),
        Mistake(
            "yes or no",
            RATIO,
            "float(np.max(difference / scale)) < 1e-6",
            "Your function decides whether the error is small. Return the error itself: how much "
            "is too much is for the reader to decide.",
        ),
    ),
    accepted=(error_loop, error_where, error_nanmax),
    points=2,
)
