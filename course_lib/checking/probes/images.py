"""Probes for data augmentation: what a batch of test pictures shows of the random changes.

The pictures are made here from a seed, so that cards stay small. A picture has no zeros and is
like no other of its batch. Where all pictures share one draw, its statistics say nothing, and 0 is
reported in their place: the same mistake then looks the same whatever was drawn.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.arrays import Array
from course_lib.checking.probes.base import (
    MEANINGS,
    Malformed,
    Observation,
    numbers,
    probe,
    yes,
)
from course_lib.checking.student import Student

Draw = Callable[[Array, np.random.Generator], Array]
FEW = 60  # images are enough to see whether two calls draw the same


def pictures(
    seed: int, shape: tuple[int, ...], low: float = 0.1, high: float = 0.9, spread: float = 1.0
) -> Array:
    """Random pictures with values in [low, high]; ``spread`` < 1 gives each a tone of its own."""
    rng = np.random.default_rng([seed, 1])
    tones = rng.uniform(size=(shape[0], *[1] * (len(shape) - 1)))
    mixed = spread * rng.uniform(size=shape) + (1 - spread) * tones
    return np.round(low + (high - low) * mixed, 3)


def draws(draw: Draw, images: Array, seed: int, what: str) -> tuple[Array, dict[str, str]]:
    """What one call drew, and whether chance comes from the generator that is given."""
    out = draw(images, np.random.default_rng(seed))
    rng = np.random.default_rng(seed)
    first, second = draw(images[:FEW], rng), draw(images[:FEW], rng)
    again = draw(images[:FEW], np.random.default_rng(seed))
    return out, {
        f"two calls draw the same {what}": yes(np.array_equal(first, second)),
        f"the same generator draws the same {what}": yes(np.array_equal(first, again)),
    }


def correlation(left: Array, right: Array) -> float:
    if np.ptp(left) < 1e-9 or np.ptp(right) < 1e-9:
        return 0.0
    return float(np.corrcoef(left, right)[0, 1])


def told(statistics: Mapping[str, Any], shared: bool, what: str) -> dict[str, Any]:
    kept = {name: 0.0 if shared else float(value) for name, value in statistics.items()}
    return {f"all images share one {what}": yes(shared), **kept}


@probe
def flipped(student: Student, *, shape: tuple[int, ...], prob: float, seed: int) -> Observation:
    """Random mirroring: how many images are mirrored, along which axis, and who decides."""
    images = pictures(seed, shape)

    def draw(some: Array, rng: np.random.Generator) -> Array:
        return numbers(student(some, prob=prob, rng=rng), "the result", some.shape)

    out, chance = draws(draw, images, seed, "coins")
    looks = {
        "as they were": images,
        "mirrored left to right": images[:, :, ::-1],
        "upside down": images[:, ::-1],
        "turned by 180 degrees": images[:, ::-1, ::-1],
    }
    found = {name: np.all(_same(out, look), axis=(1, 2, 3)) for name, look in looks.items()}
    shared = 0 < prob < 1 and any(fate.all() for fate in found.values())
    shares = {f"share of images {name}": fate.mean() for name, fate in found.items()}
    lines = _same(out, images).all(axis=2) | _same(out, images[:, :, ::-1]).all(axis=2)
    whole = np.any(list(found.values()), axis=0)
    chance = {
        "images are mirrored in part": yes(np.any(np.all(lines, axis=(1, 2)) & ~whole)),
        **chance,
    }
    if not 0 < prob < 1:
        return {**chance, **told(shares, shared, "coin")}
    rng = np.random.default_rng(seed)
    counts = [_changed(draw(images[:4], rng), images[:4]) for _ in range(BATCHES)]
    return {**chance, **told({**shares, FLIPS: np.std(counts)}, shared, "coin")}


BATCHES = 400
FLIPS = "spread of the number mirrored, in batches of four"
MEANINGS[FLIPS] = (
    "Of four images sometimes none is mirrored and sometimes all are. Each image throws a coin of "
    "its own, whatever the other coins show."
)


MEANINGS["images are mirrored in part"] = (
    "Some rows or channels of an image are mirrored and others are not. One decision belongs to a "
    "whole image."
)


def _same(left: Array, right: Array) -> NDArray[np.bool_]:
    return np.isclose(left, right, rtol=1e-9, atol=1e-12)


def _changed(out: Array, images: Array) -> int:
    return int(np.sum(~np.all(_same(out, images), axis=(1, 2, 3))))


@probe
def shifted(student: Student, *, shape: tuple[int, ...], padding: int, seed: int) -> Observation:
    """Crops of padded images: which shifts occur, how evenly, and what comes in at the edge.

    A shift is recognised by what is left of the image, whatever comes in at the edge.
    """
    images = pictures(seed, shape)

    def draw(some: Array, rng: np.random.Generator) -> Array:
        return numbers(student(some, padding=padding, rng=rng), "the result", some.shape)

    out, chance = draws(draw, images, seed, "places")
    match = np.array([_rest_agrees(out, images, *place) for place in _places(padding)]).T
    if not match.any(axis=1).all():
        raise Malformed(
            "not every result is a shift of its own image by at most `padding` pixels. Compare "
            "one with the image that it came from, pixel by pixel."
        )
    place = np.argmax(match, axis=1)
    top, left = np.divmod(place, 2 * padding + 1)
    shared = bool(match.all(axis=0).any())
    statistics = {
        "number of different places": len(np.unique(place)),
        "mean place from above": top.mean(),
        "mean place from the left": left.mean(),
        "spread of places from above": top.std(),
        "spread of places from the left": left.std(),
        "correlation of the two": correlation(top, left),
    }
    return {
        "no image moves": yes(np.all(place == len(match.T) // 2)),
        "what comes in at the edge": _filling(out, images, padding, place),
        **told(statistics, shared, "place"),
        **chance,
    }


_EVENLY = "All places are equally likely, the outermost ones and the middle included."
MEANINGS |= {
    "what comes in at the edge": "Beyond the edge of the image there is nothing: zeros come in.",
    "number of different places": "Some places are never drawn, or more than there should be.",
    "mean place from above": _EVENLY,
    "mean place from the left": _EVENLY,
    "spread of places from above": _EVENLY,
    "spread of places from the left": _EVENLY,
    "correlation of the two": "Two things that should be drawn independently depend on each other.",
}
FILLINGS = {
    "constant": "zeros",
    "wrap": "the other side of the image",
    "edge": "the pixels at the edge again",
    "reflect": "the image's mirror image",
}


def _places(padding: int) -> list[tuple[int, int]]:
    """How far the window lies from the image, for every place: (rows down, columns right)."""
    steps = range(-padding, padding + 1)
    return [(down, right) for down in steps for right in steps]


def _rest_agrees(out: Array, images: Array, down: int, right: int) -> Array:
    """For each image: whether the window that lies there holds what it should of the image."""
    _, height, width, _ = images.shape
    rows = slice(max(-down, 0), height - max(down, 0))
    columns = slice(max(-right, 0), width - max(right, 0))
    moved = np.roll(images, (-down, -right), axis=(1, 2))
    return np.max(np.abs(out - moved)[:, rows, columns], axis=(1, 2, 3)) < 1e-6


def _filling(out: Array, images: Array, padding: int, place: Array) -> str:
    """What the windows hold beyond the edge of the image."""
    _, height, width, _ = images.shape
    tops, lefts = np.divmod(place, 2 * padding + 1)
    for mode, name in FILLINGS.items():
        sides: Any = ((0, 0), (padding, padding), (padding, padding), (0, 0))
        padded = np.pad(images, sides, mode=mode)  # type: ignore[call-overload]
        windows = zip(padded, tops, lefts, strict=True)
        cut = [image[top : top + height, left : left + width] for image, top, left in windows]
        if np.max(np.abs(out - np.array(cut))) < 1e-9:
            return name
    return "something else"


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

    def draw(some: Array, rng: np.random.Generator) -> Array:
        crops = student(some, size=size, short_side=short_side, rng=rng)
        return numbers(crops, "the result", (len(some), size, size, 3))

    out = draw(ramps, np.random.default_rng(seed))
    _, chance = draws(draw, ramps[:5], seed, "crops")
    middle = np.arange(size) - (size - 1) / 2
    across = 100 * np.mean(out[..., 1], axis=1) @ middle / np.sum(middle**2)
    down = 100 * np.mean(out[..., 0], axis=2) @ middle / np.sum(middle**2)
    if min(across.min(), down.min()) < 1e-6:
        raise Malformed(
            "in some of your crops columns do not run from left to right, or rows not downwards, "
            "as they do in the image: is something mirrored, turned or never filled in?"
        )
    sides = min(height, width) / (across if width < height else down)
    statistics = {"width over height of what a pixel covers": np.median(across / down)}
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
        room = np.maximum(length - size * slope, 1e-9)
        side = before.removeprefix("on ").removesuffix(" of")
        statistics[f"spread of the crops' places, from {side}"] = np.std(first / room)
    statistics["correlation of the two places"] = correlation(*centres)
    same = np.ptp(sides) < 1e-9 and all(np.ptp(centre) < 1e-9 for centre in centres)
    mine = np.allclose(out[..., 2], own, atol=1e-6)
    return {
        "every crop comes from its own image": yes(mine),
        "all images share one scale, out of several": yes(one_scale),
        **told(statistics, bool(same), "crop"),
        **chance,
    }


_LENGTHS = "The shorter side gets a random length: every whole number of the range, ends included."
_PLACES = "The square may lie anywhere in the resized image, its edges included, equally often."
MEANINGS |= {
    "every crop comes from its own image": "Row i of the result shows image i.",
    "width over height of what a pixel covers": "Both sides are resized by the same factor.",
    "smallest length of the shorter side": _LENGTHS,
    "largest minus smallest length": _LENGTHS,
    "mean length of the shorter side": _LENGTHS,
    "spread of the lengths": _LENGTHS,
    **{
        f"{which} share of the image {where} the crop": _PLACES
        for which in ("least", "mean")
        for where in ("above", "below", "on the left of", "on the right of")
    },
    "spread of the crops' places, from above": _PLACES,
    "spread of the crops' places, from the left": _PLACES,
    "correlation of the two places": "Row and column of the square are drawn independently.",
}


@probe
def views(student: Student, *, image: Array, size: int) -> Observation:
    """The views of one image, in an order that does not depend on the student's."""
    crops = numbers(student(image, size=size), "the result", (10, size, size, image.shape[-1]))
    flat = crops.reshape(10, -1)
    bottom, right = image.shape[0] - size, image.shape[1] - size
    looks = {
        "the upper left corner": image[:size, :size],
        "the upper right corner": image[:size, right:],
        "the lower left corner": image[bottom:, :size],
        "the lower right corner": image[bottom:, right:],
        "the centre": image[bottom // 2 :, right // 2 :][:size, :size],
    }
    mirrored = {f"{name}, mirrored,": look[:, ::-1] for name, look in looks.items()}
    return {
        **{
            f"{name} is one of the views": yes(np.isclose(crops, look).all(axis=(1, 2, 3)).any())
            for name, look in {**looks, **mirrored}.items()
        },
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
