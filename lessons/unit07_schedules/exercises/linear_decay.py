"""The exercise ``linear_decay``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import schedules

from .shared import ONE_STEP_AHEAD, asked, at_start, pick


def linear_cases(rng: np.random.Generator) -> Sequence[Case]:
    total = int(rng.integers(9, 14))
    return [
        asked(
            "on the way",
            at_start("From there the rate falls by the same amount in every step."),
            (0, 1, 2, 5),
            pick(rng, 0.2, 0.9),
            total_steps=total,
        ),
        asked(
            "the last steps",
            "The last update still moves; at `total_steps` the rate is 0.",
            (total - 2, total - 1, total),
            pick(rng, 1.1, 2.0),
            total_steps=total,
        ),
        asked(
            "beyond the end",
            "After `total_steps` the rate stays 0: it is never negative, and it does not return.",
            (total + 1, total + 5, 3 * total, 300),
            pick(rng, 0.2, 0.9),
            total_steps=total,
        ),
    ]


def linear_by_maximum(lr, *, total_steps):
    return lambda step: max(0.0, lr - lr / total_steps * step)


def linear_by_interpolation(lr, *, total_steps):
    def schedule(step):
        return np.interp(step, [0, total_steps], [lr, 0.0])

    return schedule


def linear_by_cases(lr, *, total_steps):
    def schedule(step):
        if step >= total_steps:
            return 0
        remaining = total_steps - step
        return lr * remaining / total_steps

    return schedule


LINEAR_DECAY = Exercise(
    reference=schedules.linear_decay,
    cases=linear_cases,
    returns=("schedule",),
    read="A plan with an end",
    praise="A straight line to zero, and no step uphill after it.",
    hints=(
        "How much of the way is done at `step`? Which share of lr is left then?",
        "The slide's formula is right until the end of the plan. What does it give for a step "
        "beyond?",
        "The progress is step / total_steps, but never more than 1; the rate is lr times what "
        "is left, one minus the progress.",
    ),
    mistakes=(
        Mistake(
            "negative after the end",
            "min(step / total_steps, 1.0)",
            "step / total_steps",
            "After the end your rate is negative, and the training would climb *up* the loss. Who "
            "trains a little longer than planned must get 0.",
        ),
        Mistake(
            "zero one step early",
            "step / total_steps,",
            "step / max(total_steps - 1, 1),",
            "your line reaches 0 at step total_steps - 1, so that the last update does nothing. "
            "Here it reaches 0 at total_steps, as PyTorch's LinearLR: divide by the number of "
            "steps.",
            convention=True,
        ),
        Mistake(
            "one step ahead",
            "step / total_steps,",
            "(step + 1) / total_steps,",
            ONE_STEP_AHEAD,
        ),
        Mistake(
            "back to lr after the end",
            "return lr * (1 - progress)",
            "return lr * (1 - progress) if step <= total_steps else lr",
            "After the end your learning rate is back at its start. It should stay at 0.",
        ),
        Mistake(
            "rises again after the end",
            "        progress = min(step / total_steps, 1.0)\n        return lr * (1 - progress)",
            "        return lr * abs(1 - step / total_steps)",
            "After the end your learning rate rises again. It should stay at 0.",
        ),
        Mistake(
            "starts over after the end",
            "min(step / total_steps, 1.0)",
            "step % (total_steps + 1) / total_steps",
            "After the end your schedule starts over. It should stay at 0.",
        ),
        Mistake(
            "integer division",
            "step / total_steps,",
            "step // total_steps,",
            "The progress jumps from 0 to 1 at the end: `//` cuts it to a whole number.",
        ),
        Mistake(
            "climbs",
            "lr * (1 - progress)",
            "lr * progress",
            "Your line goes up from 0. The progress is what is done; asked for is what is left.",
        ),
        Mistake(
            "lr subtracted from",
            "lr * (1 - progress)",
            "max(lr - progress, 0.0)",
            "You subtract the progress from lr. It has to be a share *of* lr: with lr 0.1 yours is "
            "at 0 after a tenth of the way.",
        ),
        Mistake(
            "a parabola",
            "lr * (1 - progress)",
            "lr * (1 - progress) ** 2",
            "There is a square: the line should be straight.",
        ),
        Mistake(
            "never quite zero",
            "lr * (1 - progress)",
            "max(lr * (1 - progress), 1e-6)",
            "Your rate does not fall below a bound of your own. At `total_steps`, and after it, it "
            "should be 0.",
        ),
        Mistake(
            "stops one step short",
            "min(step / total_steps, 1.0)",
            "min(step, total_steps - 1) / total_steps",
            "Your schedule stands still one step before its end: at `total_steps` it should have "
            "reached 0.",
        ),
        Mistake(
            "one step too long",
            "step / total_steps,",
            "step / (total_steps + 1),",
            "Your line is one step too long: at `total_steps` it is not down yet.",
        ),
    ),
    accepted=(linear_by_maximum, linear_by_interpolation, linear_by_cases),
    points=1,
)
