"""The exercise ``random_resized_crop``."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograde.spec import Case, Exercise, Mistake, Rng
from course_lib import augment

from .shared import (
    AFRESH,
    FIXED_SEED,
    OWN_GENERATOR,
    in_double,
    mean_band,
    own_generator,
    pictures,
    seen,
)


@in_double
def scale_cases(rng: np.random.Generator) -> Sequence[Case]:
    def many(name: str, about: str, shape: Any, size: int, short_side: tuple[int, int]) -> Case:
        count, (low, high) = shape[0], short_side
        # interpolations differ by half a pixel; it is coarse pixels that make this a large share
        edge = 0.07 if high > 21 else 0.045 if low < 20 else 0.03
        spread = (high - low + 1) / np.sqrt(12)
        bands = {
            "width over height of what a pixel covers": 0.06,
            "smallest length of the shorter side": 0.8,
            "largest minus smallest length": 0.6,
            "mean length of the shorter side": 0.6 + mean_band(spread, count),
            "spread of the lengths": 0.1 + mean_band(0.5 * spread, count),
            "correlation of the two places": mean_band(1.0, count),
        }
        for way in ("above", "below", "on the left of", "on the right of"):
            bands[f"least share of the image {way} the crop"] = edge
        for way in ("above", "on the left of"):
            bands[f"mean share of the image {way} the crop"] = 0.02 + mean_band(0.15, count)
        for way in ("above", "the left"):
            bands[f"spread of the crops' places, from {way}"] = 0.04 + mean_band(0.13, count)
        inputs = {"shape": shape, "size": size, "short_side": short_side}
        return seen(name, about, "resized", rng, bands, **inputs)

    square = pictures(rng, 2, 3, 3, 2)
    return [
        many(
            "short side 12 to 24",
            "A pixel of the result covers between one and two pixels of these images: the scale is "
            "random, for every image anew.",
            (150, 24, 36), 10, (12, 24),
        ),
        many(
            "one length, upright images",
            "The width is the shorter side. It is resized to 12, the height with it, and the "
            "square of 8 lies anywhere.",
            (60, 30, 18), 8, (12, 12),
        ),
        many(
            "two lengths, 20 and 21",
            "Both lengths occur, each for about half of the images.",
            (60, 60, 60), 16, (20, 21),
        ),
        Case(
            "nothing to choose",
            (square,),
            {"size": 3, "short_side": (3, 3), "rng": Rng(6)},
            about="A square that is already as small as asked for has one scale and one place.",
            atol=1e-9,
        ),
    ]  # fmt: skip


def scale_nearest(images, *, size, short_side, rng):
    """Nearest neighbours instead of bilinear interpolation."""
    low, high = short_side
    out = np.zeros((len(images), size, size, images.shape[3]))
    for i, image in enumerate(images):
        h, w = image.shape[:2]
        length = int(rng.integers(low, high, endpoint=True))
        new_h, new_w = int(np.round(length * h / min(h, w))), int(np.round(length * w / min(h, w)))
        top, left = rng.integers(new_h - size, endpoint=True), rng.integers(new_w - size + 1)
        rows = ((top + np.arange(size) + 0.5) * h / new_h).astype(int)
        columns = ((left + np.arange(size) + 0.5) * w / new_w).astype(int)
        out[i] = image[rows][:, columns]
    return out


def scale_from_the_library(images, *, size, short_side, rng):
    lengths = rng.choice(np.arange(short_side[0], short_side[1] + 1), size=len(images))
    h, w = images.shape[1:3]
    out = []
    for image, length in zip(images, lengths, strict=True):
        tall, wide = (length, length * w // h) if h <= w else (length * h // w, length)
        big = augment.resize(image, int(tall), int(wide))
        top = int(rng.uniform() * (tall - size + 1))
        left = int(rng.uniform() * (wide - size + 1))
        out.append(big[top : top + size, left : left + size, :])
    return out


def scale_corner_to_corner(images, *, size, short_side, rng):
    """Bilinear, with the corners' centres kept in place; one axis after the other."""

    def stretched(values, length):
        at = np.linspace(0, len(values) - 1, length)
        low = np.minimum(at.astype(int), len(values) - 1)
        high = np.minimum(low + 1, len(values) - 1)
        part = (at - low).reshape(-1, 1, 1)
        return values[low] + part * (values[high] - values[low])

    out = []
    for image in images:
        shape = np.array(image.shape[:2])
        goal = np.rint(shape * rng.integers(short_side[0], short_side[1] + 1) / shape.min())
        tall = stretched(image, int(goal[0]))
        big = stretched(tall.transpose(1, 0, 2), int(goal[1])).transpose(1, 0, 2)
        top, left = rng.integers(goal.astype(int) - size + 1)
        out.append(big[top : top + size, left : left + size])
    return np.array(out)


RANDOM_RESIZED_CROP = Exercise(
    reference=augment.random_resized_crop,
    cases=scale_cases,
    returns=("images",),
    read="Nearer and farther",
    praise="Random scale, random place, and nothing is squashed.",
    hints=(
        "Three random decisions for every image: how large, from which row, from which column. "
        "What do the last two depend on?",
        "One factor brings the shorter side to the drawn length; both sides are multiplied by it. "
        "Then count the places that a square of `size` has in the resized image.",
        "`resize(image, new_height, new_width)` does the interpolation. A side of length n has "
        "n - size + 1 places.",
    ),
    mistakes=(
        Mistake(
            "one scale for the batch",
            "    for image in images:\n",
            "    length = rng.integers(short_side[0], short_side[1] + 1)\n"
            "    for image in images:\n",
            "All images of the batch have the same scale. Each should draw its own length from the "
            "range.",
            more=(
                (
                    "scale = rng.integers(short_side[0], short_side[1] + 1) / min(height, width)",
                    "scale = length / min(height, width)",
                ),
            ),
        ),
        Mistake(
            "largest length never drawn",
            "rng.integers(short_side[0], short_side[1] + 1)",
            "rng.integers(short_side[0], short_side[1])",
            "The largest length is never drawn. Is the end of `rng.integers` included?",
        ),
        Mistake(
            "the ends of the range only",
            "rng.integers(short_side[0], short_side[1] + 1)",
            "rng.choice(short_side)",
            "Only two lengths occur, the ends of the range. Those between them count as well.",
        ),
        Mistake(
            "longer side",
            "min(height, width)",
            "max(height, width)",
            "You bring the *longer* side to the drawn length. Then the shorter one may be too "
            "short for the square.",
        ),
        Mistake(
            "always the height",
            "min(height, width)",
            "height",
            "You take the height for the shorter side. In an upright image it is the longer one.",
        ),
        Mistake(
            "always the width",
            "min(height, width)",
            "width",
            "You take the width for the shorter side. In an image that is wider than high it is "
            "the longer one.",
        ),
        Mistake(
            "squashed",
            "resize(image, round(scale * height), round(scale * width))",
            "resize(image, *(2 * [round(scale * min(height, width))]))",
            "The picture is squashed: a face becomes thinner or fatter. Multiply both sides by the "
            "same factor.",
        ),
        Mistake(
            "not cropped",
            "crops.append(resized[top : top + size, left : left + size])",
            "crops.append(resize(image, size, size))",
            "You resize the whole image to `size`. Nothing is cut out, and all scales are alike.",
        ),
        Mistake(
            "not resized",
            "resized = resize(image, round(scale * height), round(scale * width))",
            "resized = image",
            "The squares are cut out of the original: the drawn length is not used.",
        ),
        Mistake(
            "always the upper left corner",
            "top = rng.integers(resized.shape[0] - size + 1)",
            "top = 0",
            "The square always lies in the upper left corner. Draw its place, too.",
            more=(("left = rng.integers(resized.shape[1] - size + 1)", "left = 0"),),
        ),
        Mistake(
            "always the centre",
            "top = rng.integers(resized.shape[0] - size + 1)",
            "top = (resized.shape[0] - size) // 2",
            "The square always lies in the middle. That is what one does at test time; in training "
            "its place is random.",
            more=(
                (
                    "left = rng.integers(resized.shape[1] - size + 1)",
                    "left = (resized.shape[1] - size) // 2",
                ),
            ),
        ),
        Mistake(
            "last place never reached",
            "top = rng.integers(resized.shape[0] - size + 1)",
            "top = rng.integers(resized.shape[0] - size)",
            "The last place is never drawn, and where there is only one place your function stops. "
            "How many places has a square of 3 in a row of 3?",
            more=(
                (
                    "left = rng.integers(resized.shape[1] - size + 1)",
                    "left = rng.integers(resized.shape[1] - size)",
                ),
            ),
        ),
        Mistake(
            "sides exchanged",
            "resize(image, round(scale * height), round(scale * width))",
            "resize(image, round(scale * width), round(scale * height))",
            "Height and width change places when you resize, so that the picture is squashed.",
        ),
        *(
            Mistake(name, "    crops = []\n", f"    rng = {code}\n    crops = []\n", message)
            for name, code, message in (
                ("fixed seed", AFRESH, FIXED_SEED),
                ("generator not used", own_generator("random_resized_crop"), OWN_GENERATOR),
            )
        ),
    ),
    accepted=(scale_nearest, scale_from_the_library, scale_corner_to_corner),
    points=3,
)
