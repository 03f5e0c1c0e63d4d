"""Probes for data augmentation: what a batch of test pictures shows of the random changes.

The pictures are made here from a seed, so that cards stay small. A picture has no zeros and is
like no other of its batch. Where all pictures share one draw, its statistics say nothing, and 0 is
reported in their place: the same mistake then looks the same whatever was drawn.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_lib.arrays import Array
from course_lib.checking.probes.base import Observation, numbers, probe, yes
from course_lib.checking.student import Student

Draw = Callable[[np.random.Generator], Array]


def pictures(
    seed: int, shape: tuple[int, ...], low: float = 0.1, high: float = 0.9, spread: float = 1.0
) -> Array:
    """Random pictures with values in [low, high]; ``spread`` < 1 gives each a tone of its own."""
    rng = np.random.default_rng([seed, 1])
    tones = rng.uniform(size=(shape[0], *[1] * (len(shape) - 1)))
    mixed = spread * rng.uniform(size=shape) + (1 - spread) * tones
    return np.round(low + (high - low) * mixed, 3)


def draws(draw: Draw, seed: int, what: str) -> tuple[Array, dict[str, str]]:
    """What one call drew, and whether chance comes from the generator that is given."""
    rng = np.random.default_rng(seed)
    first, second = draw(rng), draw(rng)
    again = draw(np.random.default_rng(seed))
    return first, {
        f"two calls draw the same {what}": yes(np.array_equal(first, second)),
        f"the same generator draws the same {what}": yes(np.array_equal(first, again)),
    }


def correlation(left: Array, right: Array) -> float:
    if np.ptp(left) < 1e-9 or np.ptp(right) < 1e-9:
        return 0.0
    return float(np.corrcoef(left, right)[0, 1])


def told(statistics: Mapping[str, Any], shared: bool, what: str) -> dict[str, Any]:
    kept = {name: 0.0 if shared else float(value) for name, value in statistics.items()}
    return {**kept, f"all images share one {what}": yes(shared)}


@probe
def flipped(student: Student, *, shape: tuple[int, ...], prob: float, seed: int) -> Observation:
    """Random mirroring: how many images are mirrored, along which axis, and who decides."""
    images = pictures(seed, shape)

    def draw(rng: np.random.Generator) -> Array:
        return numbers(student(images, prob=prob, rng=rng), "the result", images.shape)

    out, chance = draws(draw, seed, "coins")
    looks = {
        "as they were": images,
        "mirrored left to right": images[:, :, ::-1],
        "upside down": images[:, ::-1],
        "turned by 180 degrees": images[:, ::-1, ::-1],
    }
    found = {name: np.all(np.isclose(out, look), axis=(1, 2, 3)) for name, look in looks.items()}
    shared = any(fate.all() for fate in found.values())
    shares = {f"share of images {name}": fate.mean() for name, fate in found.items()}
    return {**told(shares, shared, "coin"), **chance}


@probe
def shifted(student: Student, *, shape: tuple[int, ...], padding: int, seed: int) -> Observation:
    """Crops of padded images: which shifts occur, how evenly, and what comes in at the edge."""
    images = pictures(seed, shape)
    _, height, width, _ = shape

    def draw(rng: np.random.Generator) -> Array:
        return numbers(student(images, padding=padding, rng=rng), "the result", images.shape)

    out, chance = draws(draw, seed, "places")
    sides = (padding, padding)

    def places(some: Any, mode: Any) -> Array:
        """For each image and each place: whether this is what the student cut out."""
        padded = np.pad(images[some], ((0, 0), sides, sides, (0, 0)), mode=mode)
        places = np.ndindex(2 * padding + 1, 2 * padding + 1)
        windows = (padded[:, top : top + height, left : left + width] for top, left in places)
        return np.array([np.all(out[some] == w, axis=(1, 2, 3)) for w in windows]).T

    match = places(slice(None), "constant")
    top, left = np.divmod(np.argmax(match, axis=1), 2 * padding + 1)
    whole = match.any(axis=1)
    shared = bool(match.all(axis=0).any())
    statistics = {
        "share of images that are shifts of themselves": whole.mean(),
        **{
            f"share where {what}": places(~whole, mode).any(axis=1).sum() / len(images)
            for mode, what in (
                ("wrap", "the other side comes in"),
                ("edge", "the edge is repeated"),
                ("reflect", "the edge is mirrored"),
            )
        },
        "number of different places": len(np.unique(np.argmax(match, axis=1)[whole])),
        "mean place from above": top.mean(),
        "mean place from the left": left.mean(),
        "spread of places from above": top.std(),
        "spread of places from the left": left.std(),
        "correlation of the two": correlation(top, left),
    }
    still = np.array_equal(out, images)
    return {**told(statistics, shared, "place"), "no image moves": yes(still), **chance}


@probe
def resized(
    student: Student, *, shape: tuple[int, int, int], size: int, short_side: Any, seed: int
) -> Observation:
    """Random scales and places, read off pictures that grow darker to the right and downwards.

    Any interpolation will do: a straight ramp stays one. What is reported is measured by the
    ramps' slopes, which depend on the scale, and by their levels, which depend on the place.
    """
    count, height, width = shape
    rows, columns = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    own = 0.1 + 0.8 * np.arange(count)[:, None, None] / count
    ramps = np.stack(np.broadcast_arrays(rows / 100.0, columns / 100.0, own), axis=-1)

    def draw(rng: np.random.Generator, some: int = 5) -> Array:
        crops = student(ramps[:some], size=size, short_side=short_side, rng=rng)
        return numbers(crops, "the result", (some, size, size, 3))

    out = draw(np.random.default_rng(seed), count)
    _, chance = draws(draw, seed, "crops")
    middle = np.arange(size) - (size - 1) / 2
    across = 100 * np.mean(out[..., 1], axis=1) @ middle / np.sum(middle**2)
    down = 100 * np.mean(out[..., 0], axis=2) @ middle / np.sum(middle**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        sides = min(height, width) / (across if width < height else down)
        stretch = np.median(across / down)
    statistics = {"width over height of what a pixel covers": stretch}
    one_scale = short_side[0] < short_side[1] and np.ptp(sides) < 1e-9
    lengths = {
        "smallest length of the shorter side": sides.min(),
        "largest minus smallest length": np.ptp(sides),
        "mean length of the shorter side": sides.mean(),
        "spread of the lengths": sides.std(),
    }
    statistics |= {name: 0.0 if one_scale else value for name, value in lengths.items()}
    centres = [100 * np.mean(out[..., axis], axis=(1, 2)) + 0.5 for axis in (0, 1)]
    for before, after, centre, slope, length in (
        ("above", "below", centres[0], down, height),
        ("on the left of", "on the right of", centres[1], across, width),
    ):
        first, last = centre - size * slope / 2, centre + size * slope / 2
        statistics[f"least share of the image {before} the crop"] = first.min() / length
        statistics[f"least share of the image {after} the crop"] = 1 - last.max() / length
        statistics[f"mean share of the image {before} the crop"] = first.mean() / length
    statistics["correlation of the two places"] = correlation(*centres)
    same = np.ptp(sides) < 1e-9 and all(np.ptp(centre) < 1e-9 for centre in centres)
    mine = np.allclose(out[..., 2], own, atol=1e-6)
    return {
        **told(statistics, bool(same), "crop"),
        "all images share one scale, out of several": yes(one_scale),
        "every crop comes from its own image": yes(mine),
        **chance,
    }


@probe
def views(student: Student, *, image: Array, size: int) -> Observation:
    """The views of one image, in an order that does not depend on the student's."""
    crops = numbers(student(image, size=size), "the result", (10, size, size, image.shape[-1]))
    flat = crops.reshape(10, -1)
    return {
        "all ten views differ": yes(len(np.unique(np.round(flat, 9), axis=0)) == 10),
        "the views, sorted": crops[np.lexsort(flat.T[::-1])],
    }


@probe
def averaged_views(student: Student, *, views: Array, weights: Array) -> Observation:
    """Test-time augmentation with a small model, softmax of squared pixels, for ``predict``."""

    def predict(view: Array) -> Array:
        rows = numbers(view, "the view given to predict")
        powers = np.exp(np.square(rows.reshape(len(rows), -1)) @ weights)
        return powers / powers.sum(axis=1, keepdims=True)

    return student(predict, views)
