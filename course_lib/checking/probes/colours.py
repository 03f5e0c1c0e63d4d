"""Probes for changes of pixel values: light, colour, holes. See ``images`` for the pictures."""

from typing import Any

import numpy as np

from course_lib.arrays import Array
from course_lib.checking.probes.base import Observation, numbers, probe, yes
from course_lib.checking.probes.images import correlation, draws, pictures, told
from course_lib.checking.student import Student


@probe
def jittered(
    student: Student,
    *,
    shape: tuple[int, ...],
    low: float,
    high: float,
    brightness: float,
    contrast: float,
    seed: int,
) -> Observation:
    """Contrast and brightness per image: a straight line from old to new values, cut at 0 and 1."""
    images = pictures(seed, shape, low, high, 0.6)
    count = len(images)

    def draw(rng: np.random.Generator) -> Array:
        out = student(images, brightness=brightness, contrast=contrast, rng=rng)
        return numbers(out, "the result", images.shape)

    result, chance = draws(draw, seed, "changes")
    out, old = result.reshape(count, -1), images.reshape(count, -1)
    inside = (out > 1e-9) & (out < 1 - 1e-9)
    means = old.mean(axis=1)
    lines = [_line(x[keep] - mean, y[keep]) for x, y, keep, mean in
             zip(old, out, inside, means, strict=True)]  # fmt: skip
    known = np.array([line for line in lines if line is not None]).reshape(-1, 3)
    whole = np.array([line is not None for line in lines])
    factors, shifts = known[:, 0], known[:, 1] - means[whole]
    beyond = bool(np.any((result < -1e-9) | (result > 1 + 1e-9)))
    report = {
        "every image follows one straight line": yes(len(known) and known[:, 2].max() < 1e-6),
        "values leave the range from 0 to 1": yes(beyond),
    }
    if not inside.all() or beyond:
        reached = np.abs(result - np.round(result)) < 1e-9
        return {**report, "some pixels become black or white": yes(reached.any()), **chance}
    shared = np.ptp(factors) < 1e-9 and np.ptp(shifts) < 1e-9
    statistics = {
        "smallest contrast factor": factors.min(),
        "largest contrast factor": factors.max(),
        "mean contrast factor": factors.mean(),
        "spread of contrast factors": factors.std(),
        "smallest change of an image's mean": shifts.min(),
        "largest change of an image's mean": shifts.max(),
        "mean change of an image's mean": shifts.mean(),
        "spread of changes of the mean": shifts.std(),
        "correlation of the two": correlation(factors, shifts),
    }
    return {**report, **told(statistics, bool(shared), "change"), **chance}


def _line(x: Array, y: Array) -> tuple[float, float, float] | None:
    """Slope, value at x = 0 and largest misfit of a line; None for fewer than four points."""
    if len(x) < 4 or np.ptp(x) < 0.05:
        return None
    centred = x - x.mean()
    slope = float(centred @ y / (centred @ centred))
    at_zero = float(y.mean() - slope * x.mean())
    return slope, at_zero, float(np.max(np.abs(y - at_zero - slope * x)))


@probe
def coloured(
    student: Student,
    *,
    shape: tuple[int, ...],
    components: Array,
    scales: Array,
    sigma: float,
    seed: int,
) -> Observation:
    """Colours added to whole images: their spread along each component, and off all of them.

    The components have length 1 and are perpendicular, so that products with them are the steps.
    """
    images = pictures(seed, shape)

    def draw(rng: np.random.Generator) -> Array:
        out = student(images, components, scales, sigma=sigma, rng=rng)
        return numbers(out, "the result", images.shape)

    out, chance = draws(draw, seed, "colours")
    added = out - images
    colours = added.mean(axis=(1, 2))
    even = np.allclose(added, colours[:, None, None, :], atol=1e-9)
    steps = colours @ components
    rest = colours - steps @ components.T
    shared = bool(np.ptp(colours, axis=0).max() < 1e-9)
    units = steps / (sigma * scales)
    report: dict[str, Any] = {
        "all pixels of an image get the same colour": yes(even),
        "all images share one colour": yes(shared),
    }
    known = not shared
    report["spread along each component, over what it should be"] = units.std(axis=0) * known
    report["mean along each component, over the spread it should have"] = units.mean(axis=0) * known
    report["share of steps beyond twice that spread"] = np.mean(np.abs(units) > 2) * known
    report["correlation of the first two steps"] = correlation(*steps.T[:2]) * known
    report["part that lies along no component"] = float(np.abs(rest).max()) * known
    return {**report, **chance}


@probe
def holes(student: Student, *, shape: tuple[int, ...], size: int, seed: int) -> Observation:
    """Squares set to zero: their size, where they lie, what the edge of the image does to them."""
    images = pictures(seed, shape)
    count, height, width, _ = shape

    def draw(rng: np.random.Generator) -> Array:
        return numbers(student(images, size=size, rng=rng), "the result", images.shape)

    out, chance = draws(draw, seed, "places")
    changed = out != images
    hole = changed.any(axis=-1)
    rows, columns = hole.any(axis=2), hole.any(axis=1)
    tall, wide = rows.sum(axis=1), columns.sum(axis=1)
    filled = hole == (rows[:, :, None] & columns[:, None, :])
    middle_row = rows @ np.arange(height) / np.maximum(tall, 1)
    middle_column = columns @ np.arange(width) / np.maximum(wide, 1)
    statistics = {
        "greatest height of a hole": tall.max(),
        "least height of a hole": tall.min(),
        "greatest width of a hole": wide.max(),
        "least width of a hole": wide.min(),
        "share of holes that are whole squares": np.mean((tall == size) & (wide == size)),
        "share of all pixels that are cut": hole.mean(),
        "mean row of the holes' centres": middle_row.mean(),
        "mean column of the holes' centres": middle_column.mean(),
        "correlation of row and column": correlation(middle_row, middle_column),
    }
    if count > 15 * height * width:  # then every place is taken
        statistics["number of different holes"] = len(np.unique(hole.reshape(count, -1), axis=0))
    shared = bool(np.all(hole == hole[:1]))
    return {
        **told(statistics, shared, "hole"),
        "holes are rectangles": yes(filled.all()),
        "all channels are cut": yes(changed.all(axis=-1)[hole].all()),
        "what the holes hold": float(np.abs(out[hole]).max(initial=0.0)),
        **chance,
    }
