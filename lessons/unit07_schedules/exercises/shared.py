"""What several exercises of unit 07 share: headings, cases, helpers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograde.spec import Case
from course_lib.arrays import Array


def asked(
    name: str,
    about: str,
    at: Sequence[int],
    *args: Any,
    base: Array | None = None,
    **kwargs: Any,
) -> Case:
    """One schedule, asked for its learning rates at the steps ``at``, forwards and backwards."""
    inputs: dict[str, Any] = {"args": args, "kwargs": kwargs, "steps": list(at)}
    if base is not None:
        inputs["base"] = base
    return Case(name, about=about, probe="schedule", inputs=inputs)


def pick(rng: np.random.Generator, low: float, high: float) -> float:
    """A random number with two digits after the point."""
    return float(np.round(rng.uniform(low, high), 2))


def at_start(where: str) -> str:
    return f"Step 0 is the first update. {where}"


ONE_STEP_AHEAD = (
    "Your schedule is one step ahead: step 0 is the first update, and it uses the learning rate "
    "`lr` itself."
)

REMEMBERS = (
    "Your schedule changes the learning rate that it remembers, so what it answers depends on what "
    "it was asked before. Work the rate out from `step` alone."
)


def falling_cases(rng: np.random.Generator) -> Sequence[Case]:
    """For the two schedules that have a rate: ``lr`` and ``rate`` of their own in every case."""
    return [
        asked(
            "the first steps",
            at_start("There the learning rate is `lr` itself."),
            (0, 1, 2, 3, 4),
            pick(rng, 0.2, 0.9),
            rate=pick(rng, 0.11, 0.4),
        ),
        asked(
            "a long run",
            "A slow decay, looked at after many steps.",
            (0, 10, 35, 100, 240),
            pick(rng, 1.1, 2.0),
            rate=pick(rng, 0.02, 0.06),
        ),
        asked(
            "a fast decay",
            "With a rate above 1 most is gone after the first step. There is no lowest rate.",
            (0, 1, 3, 6, 200),
            pick(rng, 0.2, 0.9),
            rate=pick(rng, 1.2, 2.0),
        ),
        asked(
            "no decay",
            "With rate 0 the learning rate is constant.",
            (0, 1, 50),
            pick(rng, 0.2, 0.9),
            rate=0.0,
        ),
    ]
