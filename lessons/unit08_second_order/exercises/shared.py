"""What several exercises of unit 08 share: headings, cases, helpers."""

import numpy as np

from course_lib.arrays import Array


def turned(rng: np.random.Generator, *eigenvalues: float) -> Array:
    """A symmetric matrix with about these eigenvalues whose axes are not the coordinates'."""
    size = len(eigenvalues)
    while True:
        axes = np.linalg.qr(rng.normal(size=(size, size)))[0]
        if np.min(np.abs(axes)) > 0.15:  # no axis is nearly a coordinate's
            break
    matrix = axes @ np.diag(eigenvalues) @ axes.T
    return np.round((matrix + matrix.T) / 2, 3)


def away(rng: np.random.Generator, *shape: int, scale: float = 1.0) -> Array:
    """Random numbers none of which is near zero."""
    size = np.round(rng.uniform(0.4, 2.0, size=shape), 3)
    return scale * size * rng.choice([-1.0, 1.0], size=shape)


def observed(rng: np.random.Generator, d: int, scale: float = 1.0) -> tuple[Array, Array]:
    """A step and the change of the gradient along it, in a bowl with turned axes."""
    curvatures = rng.uniform(0.5, 5.0, size=d)
    step = away(rng, d)
    change = np.round(turned(rng, *curvatures) @ step, 3)
    return scale * step, scale * change
