"""Probes for changes of pixel values: light, colour, holes. See ``images`` for the pictures."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.arrays import Array
from course_lib.checking.probes.base import MEANINGS, Observation, numbers, probe, yes
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

    def draw(some: Array, rng: np.random.Generator) -> Array:
        out = student(some, brightness=brightness, contrast=contrast, rng=rng)
        return numbers(out, "the result", some.shape)

    result, chance = draws(draw, images, seed, "changes")
    out, old = result.reshape(count, -1), images.reshape(count, -1)
    inside = (out > 1e-9) & (out < 1 - 1e-9)
    means = old.mean(axis=1)
    slopes, levels, misfits = _lines(old - means[:, None], out, inside)
    whole = np.isfinite(slopes)
    factors, levels = slopes[whole], levels[whole]
    report = {
        "every image follows one straight line": yes(whole.any() and np.nanmax(misfits) < 1e-6),
        "values leave the range from 0 to 1": yes(np.any((out < -1e-9) | (out > 1 + 1e-9))),
    }
    if low - brightness - contrast * (high - low) < 0:  # made for pixels beyond black and white
        centred = old[whole] - means[whole, None]
        lies = factors[:, None] * centred + levels[:, None]
        return {
            **report,
            "pixels beyond black become black": yes(np.any((lies < -1e-3) & (out[whole] == 0))),
            "pixels beyond white become white": yes(np.any((lies > 1.001) & (out[whole] == 1))),
            **chance,
        }
    shifts = levels - means[whole]
    if not whole.any():
        factors, shifts = np.zeros(1), np.zeros(1)
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


_FACTOR = (
    "The factor of an image's distances from its own mean is uniform, from 1 - contrast to 1 + "
    "contrast."
)
_OFFSET = (
    "An image's mean moves by a number of its own, uniform from -brightness to brightness, and by "
    "nothing else."
)
_CUT = "What lies beyond 0 or 1 is cut off there, and all other pixels stay as they are."
MEANINGS |= {
    "every image follows one straight line": (
        "A factor and an offset for a whole image: among its pixels that are neither black nor "
        "white, equal old values become equal, and equal distances stay equal."
    ),
    "pixels beyond black become black": _CUT,
    "pixels beyond white become white": _CUT,
    "smallest contrast factor": _FACTOR,
    "largest contrast factor": _FACTOR,
    "mean contrast factor": _FACTOR,
    "spread of contrast factors": _FACTOR,
    "smallest change of an image's mean": _OFFSET,
    "largest change of an image's mean": _OFFSET,
    "mean change of an image's mean": _OFFSET,
    "spread of changes of the mean": _OFFSET,
}


def _lines(x: Array, y: Array, use: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """Per row: slope, value at x = 0 and largest misfit of a line through the points to use.

    nan for rows with fewer than four points, or with points that lie too close together.
    """
    count = np.maximum(use.sum(axis=1), 1)
    x_mean, y_mean = np.sum(x * use, axis=1) / count, np.sum(y * use, axis=1) / count
    centred = (x - x_mean[:, None]) * use
    width = np.where(use, x, -np.inf).max(axis=1) - np.where(use, x, np.inf).min(axis=1)
    enough = (use.sum(axis=1) >= 4) & (width >= 0.05)
    norm = np.where(enough, np.sum(centred**2, axis=1), np.nan)
    slopes = np.sum(centred * y, axis=1) / norm
    at_zero = y_mean - slopes * x_mean
    misfits = np.max(np.abs(y - at_zero[:, None] - slopes[:, None] * x) * use, axis=1)
    return slopes, at_zero, misfits


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

    def draw(some: Array, rng: np.random.Generator) -> Array:
        out = student(some, components, scales, sigma=sigma, rng=rng)
        return numbers(out, "the result", some.shape)

    out, chance = draws(draw, images, seed, "colours")
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
    report["share of steps beyond twice that spread"] = np.mean(np.abs(units) > 2.001) * known
    report["share of steps beyond three times that spread"] = np.mean(np.abs(units) > 3.001) * known
    report["correlation of the first two steps"] = correlation(*steps.T[:2]) * known
    report["correlation of an image's step with the next one's"] = (
        correlation(steps[:-1, 0], steps[1:, 0]) * known
    )
    report["part that lies along no component"] = float(np.abs(rest).max()) * known
    alone = draw(images[:1], np.random.default_rng(seed))
    report["a single image gets a colour"] = yes(np.any(np.abs(alone - images[:1]) > 1e-9))
    return {**report, **chance}


_NORMAL = "The steps are normal around 0: few lie far out, and none is cut off."
MEANINGS |= {
    "all pixels of an image get the same colour": (
        "What you add is not the same for all pixels of an image. Is it added to the image as it "
        "was, and is nothing cut off?"
    ),
    "share of steps beyond twice that spread": _NORMAL,
    "share of steps beyond three times that spread": _NORMAL,
    "mean along each component, over the spread it should have": _NORMAL,
    "correlation of the first two steps": "Every component draws a number of its own.",
    "correlation of an image's step with the next one's": "Every image draws numbers of its own.",
    "part that lies along no component": "A colour is a sum of steps along the components only.",
    "a single image gets a colour": "An image's colour does not depend on the rest of the batch.",
}


@probe
def holes(student: Student, *, shape: tuple[int, ...], size: int, seed: int) -> Observation:
    """Squares set to zero: their size, where they lie, what the edge of the image does to them."""
    images = pictures(seed, shape)
    count, height, width, _ = shape

    def draw(some: Array, rng: np.random.Generator) -> Array:
        return numbers(student(some, size=size, rng=rng), "the result", some.shape)

    out, chance = draws(draw, images, seed, "places")
    changed = out != images
    hole = changed.any(axis=-1)
    rows, columns = hole.any(axis=2), hole.any(axis=1)
    tall, wide = rows.sum(axis=1), columns.sum(axis=1)
    filled = hole == (rows[:, :, None] & columns[:, None, :])
    gaps = [_gap(side) for side in (rows, columns)]
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
        "spread of the holes' rows": middle_row.std(),
        "spread of the holes' columns": middle_column.std(),
        "correlation of row and column": correlation(middle_row, middle_column),
    }
    if count > 15 * height * width:  # then every place is taken
        statistics["number of different holes"] = len(np.unique(hole.reshape(count, -1), axis=0))
    shared = bool(np.all(hole == hole[:1]))
    return {
        "holes are rectangles": yes(filled.all()),
        "holes are in one piece": yes(not any(gaps)),
        "all channels are cut": yes(changed.all(axis=-1)[hole].all()),
        **told(statistics, shared, "hole"),
        "what the holes hold": float(np.abs(out[hole]).max(initial=0.0)),
        **chance,
    }


def _gap(lines: NDArray[np.bool_]) -> bool:
    """Whether there is something between the cut rows (or columns) of any image."""
    edges = np.diff(lines.astype(int), axis=1, prepend=0, append=0)
    return bool(np.any(np.sum(edges == 1, axis=1) > 1))


_SIZE = "The square has `size` rows and `size` columns, and loses only what lies outside the image."
_CENTRE = "The centre is any pixel of the image, equally often, also one at the edge."
MEANINGS |= {
    "holes are rectangles": _SIZE,
    **{f"{which} {side} of a hole": _SIZE for which in ("greatest", "least")
       for side in ("height", "width")},
    "share of holes that are whole squares": _CENTRE,
    "share of all pixels that are cut": _CENTRE,
    "mean row of the holes' centres": _CENTRE,
    "mean column of the holes' centres": _CENTRE,
    "spread of the holes' rows": _CENTRE,
    "spread of the holes' columns": _CENTRE,
    "number of different holes": _CENTRE,
    "correlation of row and column": "Row and column of the centre are drawn independently.",
    "what the holes hold": "A hole is black: every pixel in it is 0, in all channels.",
}  # fmt: skip
