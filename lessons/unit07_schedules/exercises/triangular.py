"""The exercise ``triangular``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import schedules

from .shared import asked, at_start, pick


def triangular_cases(rng: np.random.Generator) -> Sequence[Case]:
    low, high = pick(rng, 0.05, 0.2), pick(rng, 0.5, 0.9)
    half = int(rng.integers(3, 6))
    return [
        asked(
            "up",
            at_start("There the rate is lr_min; after half_cycle steps it is lr_max."),
            range(half + 1),
            lr_min=low,
            lr_max=high,
            half_cycle=half,
        ),
        asked(
            "down again",
            "After lr_max it takes as many steps down as it took up.",
            range(half, 2 * half + 1),
            lr_min=low,
            lr_max=high,
            half_cycle=half,
        ),
        asked(
            "later cycles",
            "Every cycle of 2 * half_cycle steps is like the first.",
            (2 * half + 1, 3 * half, 4 * half, 5 * half - 1, 11 * half + 1),
            lr_min=low,
            lr_max=high,
            half_cycle=half,
        ),
        asked(
            "from zero",
            "With lr_min 0 the first update stands still.",
            (0, 1, 6, 7, 8, 13, 14, 15),
            lr_min=0.0,
            lr_max=high,
            half_cycle=7,
        ),
    ]


def triangular_by_cycles(*, lr_min, lr_max, half_cycle):
    """Smith's own formula."""

    def schedule(step):
        cycle = np.floor(1 + step / (2 * half_cycle))
        x = np.abs(step / half_cycle - 2 * cycle + 1)
        return lr_min + (lr_max - lr_min) * np.maximum(0, 1 - x)

    return schedule


def triangular_by_parity(*, lr_min, lr_max, half_cycle):
    def schedule(step):
        number, into = divmod(step, half_cycle)
        slope = (lr_max - lr_min) / half_cycle
        return lr_min + slope * into if number % 2 == 0 else lr_max - slope * into

    return schedule


def triangular_by_interpolation(*, lr_min, lr_max, half_cycle):
    corners = [0, half_cycle, 2 * half_cycle]
    return lambda step: np.interp(step % corners[-1], corners, [lr_min, lr_max, lr_min])


TRIANGULAR = Exercise(
    reference=schedules.triangular,
    cases=triangular_cases,
    returns=("schedule",),
    read="Up and down again",
    praise="It peaks after half_cycle steps and every two half cycles after that.",
    hints=(
        "After how many steps does everything repeat? The operator `%` tells where in that period "
        "a step is.",
        "Within a period the height climbs from 0 to 1 and falls back to 0. Its distance from the "
        "peak is easy to write: how far is the step from half_cycle?",
        "Let the phase be the rest of step over two half cycles. Then the height is 1 - abs(phase "
        "/ half_cycle - 1); then go from lr_min by that share of the difference.",
    ),
    mistakes=(
        Mistake(
            "half_cycle taken for the whole cycle",
            "phase = step % (2 * half_cycle)\n        height = 1 - abs(phase / half_cycle - 1)",
            "phase = step % half_cycle\n        height = 1 - abs(2 * phase / half_cycle - 1)",
            "your cycle is over after half_cycle steps. Here, as in Smith's paper, that is the way "
            "*up*, and the way down takes as long again: let the period be twice as long.",
            convention=True,
        ),
        Mistake(
            "starts at the top",
            "1 - abs(phase / half_cycle - 1)",
            "abs(phase / half_cycle - 1)",
            "Your schedule starts at lr_max and has its lowest point in the middle of the cycle: "
            "it should be the other way round.",
        ),
        Mistake(
            "jumps back",
            "phase = step % (2 * half_cycle)",
            "phase = step % half_cycle",
            "Your rate climbs to the peak and falls back to lr_min at once, like the teeth of a "
            "saw. It should come down as slowly as it went up.",
        ),
        Mistake(
            "a single triangle",
            "phase = step % (2 * half_cycle)",
            "phase = min(step, 2 * half_cycle)",
            "The first cycle is right, and then nothing comes any more. Where in its cycle is step "
            "1000?",
        ),
        Mistake(
            "never comes down",
            "1 - abs(phase / half_cycle - 1)",
            "min(step / half_cycle, 1.0)",
            "Your rate climbs to lr_max and stays there: that is a warm-up. Here it comes down "
            "again.",
        ),
        Mistake(
            "lr_max added on top",
            "(lr_max - lr_min) * height",
            "lr_max * height",
            "At the peak your rate is lr_min + lr_max. The height is a share of the *difference*.",
        ),
        Mistake(
            "lr_min as a floor",
            "lr_min + (lr_max - lr_min) * height",
            "max(lr_max * height, lr_min)",
            "Your triangle runs from 0 and is cut off at lr_min. It should start at lr_min and "
            "climb at once.",
        ),
        Mistake(
            "lr_min ignored",
            "lr_min + (lr_max - lr_min) * height",
            "lr_max * height",
            "The argument `lr_min` never comes in: your triangle starts at 0.",
        ),
        Mistake(
            "peaks halve",
            "(lr_max - lr_min) * height",
            "(lr_max - lr_min) * height / 2 ** (step // (2 * half_cycle))",
            "your peaks become lower from cycle to cycle. That is Smith's *triangular2*; here all "
            "cycles are alike.",
            convention=True,
        ),
        Mistake(
            "one step ahead",
            "step % (2",
            "(step + 1) % (2",
            "Your cycle is one step ahead: at step 0, the first update, the rate is lr_min.",
        ),
        Mistake(
            "period one too long",
            "(2 * half_cycle)",
            "(2 * half_cycle + 1)",
            "Your period is one step too long: step 2 * half_cycle is the end of one cycle and the "
            "beginning of the next at once.",
        ),
        Mistake(
            "integer division",
            "phase / half_cycle",
            "phase // half_cycle",
            "`//` cuts the position in the cycle to a whole number: what is between the corners is "
            "lost.",
        ),
        Mistake(
            "a wave",
            "1 - abs(phase / half_cycle - 1)",
            "(1 - np.cos(np.pi * phase / half_cycle)) / 2",
            "Your cycle is a cosine wave. The corners are right; between them it should be "
            "straight.",
        ),
        Mistake(
            "way down counted from the start",
            "1 - abs(phase / half_cycle - 1)",
            "(phase / half_cycle if phase < half_cycle else 1 - phase / half_cycle)",
            "On the way down you count from the start of the cycle, and the rate falls below "
            "lr_min. How many steps after the *peak* is it?",
        ),
        Mistake(
            "period one too short",
            "(2 * half_cycle)",
            "(2 * half_cycle - 1)",
            "Your period is one step too short: the way up takes half_cycle steps, and the way "
            "down as many.",
        ),
        Mistake(
            "cycle twice as long",
            "1 - abs(phase / half_cycle - 1)",
            "1 - abs(step % (4 * half_cycle) / (2 * half_cycle) - 1)",
            "Your rate is at its peak after two half cycles. One half cycle is the way up.",
        ),
        Mistake(
            "sum instead of difference",
            "lr_min + (lr_max - lr_min) * height",
            "(lr_min + lr_max) * height",
            "Your triangle runs from 0 to lr_min + lr_max. It should start at lr_min and end at "
            "lr_max.",
        ),
    ),
    accepted=(triangular_by_cycles, triangular_by_parity, triangular_by_interpolation),
    points=2,
)
