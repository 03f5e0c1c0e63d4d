"""What several exercises of unit 04 share: headings, cases, helpers."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, draw
from course_lib.optim import MomentumState

# float64 meets these relative tolerances, float32 with its seven digits does not
DOUBLE = 1e-9
ITERATED = 1e-8  # for numbers that a right answer may also find step by step


def rule_cases(rng: np.random.Generator) -> Sequence[Case]:
    """Paths of an update rule: one array, two that take turns, the default, other settings."""

    def run(
        name: str,
        about: str,
        shapes: list[tuple[int, ...]],
        steps: int,
        size: float = 1.0,
        **kwargs: float,
    ) -> Case:
        starts = [draw(rng, *shape) for shape in shapes]
        return Case(
            name,
            about=about,
            probe="path",
            inputs={
                "starts": starts,
                "states": [MomentumState.zeros_like(start) for start in starts],
                "grads": [size * draw(rng, steps, *shape) for shape in shapes],
                "kwargs": kwargs,
            },
            rtol=DOUBLE,
        )

    return [
        run(
            "first step",
            "In the first step the velocity before it is zero.",
            [(2,)],
            1,
            lr=0.1,
            momentum=0.8,
        ),
        run(
            "five steps",
            "From the second step on, what the state hands over decides.",
            [(2,)],
            5,
            lr=0.1,
            momentum=0.8,
        ),
        run(
            "the default momentum",
            "Without the argument, momentum is 0.9.",
            [(3,)],
            4,
            lr=0.05,
        ),
        run(
            "two arrays in turn",
            "Two parameter arrays are updated in turn, each with its own state; their gradients "
            "are long.",
            [(2, 3), (3,)],
            4,
            size=50.0,
            lr=0.5,
            momentum=0.3,
        ),
        run(
            "no momentum",
            "With momentum 0 nothing is remembered: that is gradient descent.",
            [(4,)],
            3,
            lr=0.2,
            momentum=0.0,
        ),
    ]
