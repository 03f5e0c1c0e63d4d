"""The exercise ``noise_floor``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import noise

from .shared import ITERATED


def floor_cases(rng: np.random.Generator) -> Sequence[Case]:
    def case(name: str, about: str, count: int, share: float) -> Case:
        """``share``: the step size, as a share of the largest stable one."""
        curvatures = np.round(rng.uniform(0.5, 3.0, count) * np.arange(1, count + 1), 2)
        variances = np.round(rng.uniform(0.5, 4.0, count), 2)
        lr = float(np.round(share * 2 / np.max(curvatures), 3))
        return Case(name, (curvatures, variances), {"lr": lr}, about, rtol=ITERATED)

    return [
        case(
            "one direction",
            "In one direction: the place has a variance that no longer changes from step to step, "
            "and the loss is half the curvature times the square of the place.",
            1,
            0.3,
        ),
        case("three directions", "The losses of all directions are added up.", 3, 0.25),
        case(
            "small steps",
            "For small steps the floor is nearly lr / 4 times the total variance.",
            2,
            0.02,
        ),
        case(
            "close to the largest stable step",
            "Close to the limit of stability noise is amplified: old kicks hardly fade.",
            4,
            0.9,
        ),
    ]


def floor_by_recursion(curvatures, variances, *, lr):
    """Follows the variance of the place until it does not change any more."""
    place = np.zeros_like(curvatures)
    for _ in range(3000):
        place = (1 - lr * curvatures) ** 2 * place + lr**2 * variances
    return np.sum(curvatures * place) / 2


def floor_by_series(curvatures, variances, *, lr):
    """Every kick of the past, faded: a geometric series; loops and plain numbers."""
    total = 0.0
    for curvature, variance in zip(curvatures.tolist(), variances.tolist(), strict=True):
        fading = (1 - lr * curvature) ** 2
        total += curvature * lr**2 * variance * sum(fading**k for k in range(3000)) / 2
    return total


def floor_in_one_line(curvatures, variances, *, lr):
    return np.array(lr / 2 * (variances / (2 - lr * curvatures)).sum())


PLACE = "lr * variances / (curvatures * (2 - lr * curvatures))"

NOISE_FLOOR = Exercise(
    reference=noise.noise_floor,
    cases=floor_cases,
    returns=("floor",),
    read="The noise floor",
    praise="Now you can say before a training where noise will stop it, and what a smaller step "
    "would buy.",
    hints=(
        "Take one direction. The place after a step is (1 - lr * curvature) times the place before "
        "it, plus a kick of lr times the noise. What does that do to the variance of the place?",
        "A variance V that no longer changes solves V = (1 - lr * curvature)^2 V + lr^2 * "
        "variance. Solve for V; the mean loss is half the curvature times V.",
        "V = lr * variance over curvature * (2 - lr * curvature). Half of curvature times V, "
        "summed over the directions.",
    ),
    mistakes=(
        Mistake(
            "half forgotten",
            "0.5 * np.sum(curvatures * place)",
            "np.sum(curvatures * place)",
            "Twice too large: the loss of a bowl has a factor 1/2 in front.",
        ),
        Mistake(
            "the limit of small steps",
            PLACE,
            "lr * variances / (2 * curvatures)",
            "That is the limit of small steps, lr / 4 times the total variance. For longer steps "
            "the square of 1 - lr * curvature matters: keep all its terms.",
        ),
        Mistake(
            "variance of the place",
            "0.5 * np.sum(curvatures * place)",
            "np.sum(place)",
            "That is how far the place spreads. Asked for is the loss: what does a deviation in a "
            "steep direction cost, and what in a flat one?",
        ),
        Mistake(
            "curvature forgotten in the loss",
            "np.sum(curvatures * place)",
            "np.sum(place)",
            "You take half the variance of the place for the loss. What does a deviation cost in a "
            "steep direction, and what in a flat one?",
        ),
        Mistake(
            "newest kick only",
            PLACE,
            "lr**2 * variances",
            "Only the newest kick counts in your answer. The older ones have not faded away yet: "
            "each step leaves the share 1 - lr * curvature of them.",
        ),
        Mistake(
            "fading not squared",
            "(curvatures * (2 - lr * curvatures))",
            "curvatures",
            "Your floor is lr / 2 times the total variance. Either the 1/2 of the loss is missing, "
            "or you let the *variance* fade by 1 - lr * curvature per step: that is how the place "
            "fades, and variances get the square of the factor.",
        ),
        Mistake(
            "wrong sign in the fading",
            "2 - lr * curvatures)",
            "2 + lr * curvatures)",
            "A sign is wrong where the square of 1 - lr * curvature is multiplied out: at the "
            "largest stable step the floor has to become infinite.",
        ),
        Mistake(
            "one power of lr too many",
            "lr * variances / (",
            "lr**2 * variances / (",
            "The kick has lr squared in its variance, but the fading has lr as well, and one "
            "power of it cancels. Solve the equation for V once more.",
        ),
        Mistake(
            "one power of lr too few",
            "lr * variances / (",
            "variances / (",
            "A power of lr is missing: a kick is lr times the noise, and its variance has lr "
            "squared. With ever smaller steps the floor has to vanish.",
        ),
        Mistake(
            "mean over the directions",
            "0.5 * np.sum(",
            "0.5 * np.mean(",
            "You average over the directions. The loss of a bowl is the *sum* of the losses along "
            "them.",
        ),
        Mistake(
            "one number per direction",
            "float(0.5 * np.sum(curvatures * place))",
            "0.5 * curvatures * place",
            "One number per direction comes back. The loss is one number: add them up.",
        ),
        Mistake(
            "root of the variances",
            "lr * variances / (",
            "lr * np.sqrt(variances) / (",
            "You take the roots of the variances: independent kicks add up in their variances, not "
            "in their deviations.",
        ),
        Mistake(
            "variances squared",
            "lr * variances / (",
            "lr * variances**2 / (",
            "You square what is given. The argument holds variances: squares have been taken.",
        ),
        Mistake(
            "steepest direction for all",
            "2 - lr * curvatures)",
            "2 - lr * np.max(curvatures))",
            "The kicks fade at the pace of the steepest direction everywhere. Each direction has a "
            "curvature of its own.",
        ),
        Mistake(
            "curvatures and variances exchanged",
            PLACE,
            "lr / (2 - lr * variances)",
            "The two arguments have changed places: the curvature is what a deviation fades by, "
            "the variance is what a kick adds.",
        ),
        Mistake(
            "curvature squared in the loss",
            "np.sum(curvatures * place)",
            "np.sum(curvatures**2 * place)",
            "The curvature comes in once too often: the loss is half the curvature times the "
            "*variance* of the place.",
        ),
        Mistake(
            "mean curvature for all",
            "2 - lr * curvatures)",
            "2 - lr * np.mean(curvatures))",
            "The kicks fade at an average pace everywhere. Each direction has a curvature of its "
            "own: find its loss, and then add the losses up.",
        ),
        Mistake(
            "curvature left out of the fading",
            "2 - lr * curvatures)",
            "2 - lr)",
            "In your fading the step size stands alone. What is left of a place after a step is "
            "the share 1 - lr * *curvature*.",
        ),
        Mistake(
            "fading half too weak",
            "2 - lr * curvatures)",
            "2 - 0.5 * lr * curvatures)",
            "Close, but at the largest stable step, lr * curvature = 2, the floor has to become "
            "infinite. Yours does so later: a factor of two is lost below the line.",
        ),
        Mistake(
            "kick without lr",
            "lr * variances / (",
            "variances / lr / (",
            "Your kick is the noise itself. A step multiplies it with lr first, and its variance "
            "with the square of that.",
        ),
        Mistake(
            "deviation instead of variance of the place",
            "np.sum(curvatures * place)",
            "np.sum(curvatures * np.sqrt(place))",
            "You take the root of V. The loss is quadratic: its mean needs the mean *square* of "
            "the place, and that is V.",
        ),
        Mistake(
            "noise counted once more",
            "0.5 * np.sum(curvatures * place)",
            "0.5 * np.sum(curvatures * place + variances)",
            "You add the noise itself to the loss. It kicks the gradient, not the loss: only what "
            "it does to the place counts.",
        ),
        Mistake(
            "largest direction only",
            "np.sum(curvatures * place)",
            "np.max(curvatures * place)",
            "Only the worst direction counts in your answer. The loss of a bowl is the *sum* of "
            "the losses along all of them.",
        ),
        Mistake(
            "half counted twice",
            "0.5 * np.sum(curvatures * place)",
            "0.25 * np.sum(curvatures * place)",
            "Half of the right value. The loss has one factor 1/2; the 2 that appears below the "
            "line when you solve for V is already the other one.",
        ),
    ),
    accepted=(floor_by_recursion, floor_by_series, floor_in_one_line),
    points=2,
    hidden_points=1,
)
