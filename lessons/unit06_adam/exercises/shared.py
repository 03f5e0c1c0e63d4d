"""What several exercises of unit 06 share: headings, cases, helpers."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, draw
from course_lib.arrays import Array
from course_lib.optim import AdamState

MOMENTS = "Two averages that start at zero"


def away(rng: np.random.Generator, *shape: int) -> Array:
    """Random numbers of either sign, none of them near zero, where eps would count."""
    numbers = draw(rng, *shape)
    return np.round(numbers + np.copysign(0.5, numbers), 3)


def run(
    rng: np.random.Generator,
    name: str,
    about: str,
    shapes: Sequence[tuple[int, ...]],
    steps: int,
    *,
    scale: Sequence[float] | Array | float = 1.0,
    **kwargs: float | tuple[float, float],
) -> Case:
    """A path of Adam or a relative of it; ``scale`` multiplies the gradients of an array."""
    starts = [away(rng, *shape) for shape in shapes]
    return Case(
        name,
        about=about,
        probe="path",
        inputs={
            "starts": starts,
            "states": [AdamState.zeros_like(start) for start in starts],
            "grads": [np.asarray(scale) * away(rng, steps, *shape) for shape in shapes],
            "kwargs": kwargs,
        },
        rtol=1e-9 if np.max(scale) < 1e-3 else 1e-7,
    )


NOT_HANDED_ON = (
    "betas or eps get lost on the way: the Adam that you call falls back on its defaults. Hand on "
    "everything you were given."
)
