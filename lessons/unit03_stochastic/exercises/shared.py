"""What several exercises of unit 03 share: headings, cases, helpers."""

import numpy as np

from course_lib.arrays import Array

# float64 meets these relative tolerances, float32 with its seven digits does not
DOUBLE = 1e-9
ITERATED = 1e-8  # for numbers that a right answer may also find step by step


def curve(rng: np.random.Generator, steps: int) -> Array:
    """A falling, noisy loss: no two values and no two means are alike."""
    return np.round(3.0 * np.exp(-np.arange(steps) / 6) + 0.5 + 0.3 * rng.normal(size=steps), 3)
