"""The exercise ``cosine``."""

import math
from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import schedules

from .shared import ONE_STEP_AHEAD, asked, at_start, pick


def cosine_cases(rng: np.random.Generator) -> Sequence[Case]:
    total = int(rng.integers(9, 14))
    low = pick(rng, 0.05, 0.15)
    return [
        asked(
            "on the way",
            at_start("There the learning rate is `lr` itself; then it falls slowly at first."),
            (0, 1, 2, 5, 7),
            pick(rng, 0.3, 0.9),
            total_steps=total,
        ),
        asked(
            "quarters",
            "After half of the steps half of the learning rate is left.",
            (4, 8, 12),
            pick(rng, 1.2, 2.0),
            total_steps=16,
        ),
        asked(
            "down to lr_min",
            "With `lr_min` the cosine runs from lr to lr_min, and half way it is half between.",
            (0, 1, 4, total - 1, total),
            pick(rng, 0.3, 0.9),
            total_steps=total,
            lr_min=low,
        ),
        asked(
            "beyond the end",
            "After `total_steps` the rate stays at lr_min: it does not rise again.",
            (total, total + 1, total + 4, 2 * total, 7 * total),
            pick(rng, 0.3, 0.9),
            total_steps=total,
            lr_min=low,
        ),
    ]


def cosine_by_square(lr, *, total_steps, lr_min=0.0):
    """(1 + cos 2a) / 2 is the square of cos a."""

    def schedule(step):
        angle = math.pi / 2 * min(step, total_steps) / total_steps
        return lr_min + (lr - lr_min) * math.cos(angle) ** 2

    return schedule


def cosine_by_mixing(lr, *, total_steps, lr_min=0.0):
    def schedule(step):
        if step > total_steps:
            return lr_min
        weight = 0.5 + 0.5 * np.cos(np.pi * step / total_steps)
        return weight * lr + (1 - weight) * lr_min

    return schedule


def cosine_by_middle(lr, *, total_steps, lr_min=0.0):
    """Middle and amplitude, and the wave as a complex number."""
    middle, amplitude = (lr + lr_min) / 2, (lr - lr_min) / 2

    def schedule(step):
        half_turn = np.clip(step / total_steps, 0, 1)
        return np.array(middle + amplitude * np.exp(1j * np.pi * half_turn).real)

    return schedule


COSINE = Exercise(
    reference=schedules.cosine,
    cases=cosine_cases,
    returns=("schedule",),
    read="A plan with an end",
    praise="Slow at both ends, steep in the middle, and level after the end.",
    hints=(
        "The cosine runs from 1 to -1 while its angle runs from 0 to pi. How do you turn that into "
        "a share that runs from 1 to 0?",
        "Half of one plus the cosine is the share that is left of the way from lr_min up to lr. "
        "After the end the angle must not grow on.",
        "With progress = step / total_steps, at most 1: `lr_min + (lr - lr_min) * (1 + cos(pi * "
        "progress)) / 2`.",
    ),
    mistakes=(
        Mistake(
            "half missing",
            "(1 + np.cos(np.pi * progress)) / 2",
            "(1 + np.cos(np.pi * progress))",
            "At step 0 your share is 2. One plus the cosine runs from 2 to 0: a factor is missing.",
        ),
        Mistake(
            "one missing",
            "(1 + np.cos(np.pi * progress)) / 2",
            "np.cos(np.pi * progress)",
            "Your share is the cosine itself, which is negative in the second half, and the "
            "training would climb up the loss.",
        ),
        Mistake(
            "degrees",
            "np.pi * progress",
            "180 * progress",
            "`np.cos` takes radians. Half a turn is not 180.",
        ),
        Mistake(
            "rises again after the end",
            "min(step / total_steps, 1.0)",
            "step / total_steps",
            "After the end your learning rate rises again, because the angle goes on. PyTorch's "
            "CosineAnnealingLR does this too. Here the end is the end.",
        ),
        Mistake(
            "zero one step early",
            "step / total_steps,",
            "step / max(total_steps - 1, 1),",
            "your cosine reaches its end at step total_steps - 1, so that the last update uses "
            "lr_min. Here it reaches lr_min at total_steps: divide by the number of steps.",
            convention=True,
        ),
        Mistake(
            "starts over after the end",
            "min(step / total_steps, 1.0)",
            "step % total_steps / total_steps",
            'your schedule starts over after the end, as in the paper, "with warm restarts". '
            "Here there is one cycle, and after it the rate stays at lr_min.",
            convention=True,
        ),
        Mistake(
            "stops one step short",
            "min(step / total_steps, 1.0)",
            "min(step, total_steps - 1) / total_steps",
            "Your schedule stands still one step before its end: at `total_steps` it should have "
            "reached lr_min.",
        ),
        Mistake(
            "one step ahead",
            "step / total_steps,",
            "(step + 1) / total_steps,",
            ONE_STEP_AHEAD,
        ),
        Mistake(
            "a whole turn",
            "np.pi * progress",
            "2 * np.pi * progress",
            "Your angle runs through a whole turn, so that the rate is back at lr at the end.",
        ),
        Mistake(
            "a quarter turn",
            "(1 + np.cos(np.pi * progress)) / 2",
            "np.cos(np.pi / 2 * progress)",
            "You use a quarter of the turn: your rate falls slowly at first and fast at the end. "
            "It should flatten out at both ends.",
        ),
        Mistake(
            "lr_min added on top",
            "(lr - lr_min) * share",
            "lr * share",
            "At step 0 your rate is lr + lr_min. The cosine runs over the *difference* of the two.",
        ),
        Mistake(
            "lr_min as a floor",
            "lr_min + (lr - lr_min) * share",
            "max(lr * share, lr_min)",
            "You run the cosine to 0 and cut it off at lr_min. It should land on lr_min smoothly: "
            "the cosine runs over the difference of the two.",
        ),
        Mistake(
            "lr_min ignored",
            "lr_min + (lr - lr_min) * share",
            "lr * share",
            "The argument `lr_min` never comes in.",
        ),
        Mistake(
            "upside down",
            "(1 + np.cos",
            "(1 - np.cos",
            "Your rate starts at lr_min and climbs. What is the cosine of 0?",
        ),
        Mistake(
            "sine instead",
            "np.cos(",
            "np.sin(",
            "The sine starts in the middle and rises. The cosine starts at its top.",
        ),
        Mistake(
            "lr after the end",
            "return float(lr_min + (lr - lr_min) * share)",
            "return float(lr_min + (lr - lr_min) * share) if step <= total_steps else lr",
            "After the end your learning rate is back at its start. It should stay at lr_min.",
        ),
        Mistake(
            "lr from the end on",
            "return float(lr_min + (lr - lr_min) * share)",
            "return float(lr_min + (lr - lr_min) * share) if step < total_steps else lr",
            "At the end your learning rate jumps back to its start. From `total_steps` on it "
            "should be lr_min.",
        ),
        Mistake(
            "0 after the end",
            "return float(lr_min + (lr - lr_min) * share)",
            "return float(lr_min + (lr - lr_min) * share) if step <= total_steps else 0.0",
            "After the end your learning rate is 0. It should stay at lr_min, which is 0 only by "
            "default.",
        ),
        Mistake(
            "lr_min not added",
            "lr_min + (lr - lr_min) * share",
            "(lr - lr_min) * share",
            "Your rate runs from lr - lr_min down to 0. The cosine runs over that difference, but "
            "where does it stand on?",
        ),
        Mistake(
            "sum instead of difference",
            "(lr - lr_min) * share",
            "(lr + lr_min) * share",
            "At step 0 your rate is lr + 2 * lr_min. The cosine runs over the *difference* of the "
            "two.",
        ),
        Mistake(
            "integer division",
            "step / total_steps,",
            "step // total_steps,",
            "`//` cuts the progress to a whole number: your rate stays at lr until the end.",
        ),
        Mistake(
            "one step too long",
            "step / total_steps,",
            "step / (total_steps + 1),",
            "Your cosine is one step too long: at `total_steps` it has not reached lr_min yet.",
        ),
        Mistake(
            "3.14 for pi",
            "np.pi * progress",
            "3.14 * progress",
            "Almost right: pi is cut after a few digits. numpy and math have it with all of them.",
        ),
    ),
    accepted=(cosine_by_square, cosine_by_mixing, cosine_by_middle),
    points=2,
)
