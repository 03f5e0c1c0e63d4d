"""Unit 11, augmentation and soft targets: the exercises and quizzes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograde.spec import Case, Choice, Exercise, Mistake, Quiz, Rng, draw
from course_lib import augment, losses
from course_lib.arrays import Array

TITLE = "Augmentation, soft targets and averaging noise out"
MINUTES = 100

FIXED_SEED = (
    "Two calls draw exactly the same: a seed is set inside your function, or chance plays no part. "
    "Then an epoch brings nothing that the one before has not shown."
)
OWN_GENERATOR = (
    "Chance does not come from the `rng` that you are given, so nobody can repeat a run: draw with "
    "the generator's own methods, not with `np.random`."
)
ONE_FOR_ALL = (
    "All images of the batch share one {}. Each image has to draw its own: count how many random "
    "numbers your function asks for."
)
ORDER_IGNORED = (
    "The partner of image i is the image that `order` names. Yours comes from somewhere else: what "
    "does indexing with `order` give?"
)
ORDER_INVERTED = (
    "You send image i to place `order[i]`. It is the other way round: place i fetches from "
    "`order[i]`. With a swap of two images nobody would notice."
)
AFRESH = "np.random.default_rng(0)"


def own_generator(name: str) -> str:
    """Code that stands for ``np.random``, with the same noise in every build of a card."""
    return f'{name}.__dict__.setdefault("own", np.random.default_rng(7))'


def chance(name: str, call: str) -> tuple[Mistake, Mistake]:
    """A seed inside the function, and a generator of its own; ``call`` is the answer's draw."""
    return (
        Mistake("fixed seed", call, call.replace("rng", AFRESH, 1), FIXED_SEED),
        Mistake(
            "generator not used", call, call.replace("rng", own_generator(name), 1), OWN_GENERATOR
        ),
    )


def seen(
    name: str,
    about: str,
    probe: str,
    rng: np.random.Generator,
    bands: dict[str, float],
    **more: Any,
) -> Case:
    """A case about chance: a probe, its inputs, and how far each statistic may lie off.

    Counts that chance leaves alone get a band of nothing: no two mistakes are told by them alone.
    """
    certain = dict.fromkeys(CERTAIN.get(probe, ()), 0.0)
    inputs = {**more, "seed": int(rng.integers(10**6))}
    return Case(
        name,
        about=about,
        probe=probe,
        inputs=inputs,
        bands={f"[{key!r}]": max(band, 1e-9) for key, band in (certain | bands).items()},
        atol=1e-9,
    )


CERTAIN = {
    "shifted": (
        "share of images that are shifts of themselves",
        "share where the other side comes in",
        "share where the edge is repeated",
        "share where the edge is mirrored",
        "number of different places",
    ),
    "holes": (
        "number of different holes",
        *(f"{way} {side} of a hole" for way in ("greatest", "least")
          for side in ("height", "width")),
    ),
}  # fmt: skip


def six_sigma(chance: float, draws: int) -> float:
    """How far the shares of two right answers may lie apart in ``draws`` coins."""
    return float(6 * np.sqrt(2 * chance * (1 - chance) / draws))


def mean_band(spread: float, draws: int) -> float:
    """The same for means of numbers with this standard deviation."""
    return float(6 * np.sqrt(2 / draws) * spread)


def pictures(rng: np.random.Generator, *shape: int) -> Array:
    """Images without zeros, with few digits."""
    return np.round(rng.uniform(0.1, 0.9, size=shape), 2)


# --- flips --------------------------------------------------------------------------------------


def flip_cases(rng: np.random.Generator) -> Sequence[Case]:
    def many(name: str, about: str, prob: float) -> Case:
        left, right = "as they were", "mirrored left to right"
        band = six_sigma(prob, 1500)
        bands = {f"share of images {look}": band for look in (left, right)}
        return seen(name, about, "flipped", rng, bands, shape=(1500, 2, 3, 2), prob=prob)

    images = pictures(rng, 3, 2, 4, 2)
    return [
        many("1500 images, prob 0.3", "About 30 % of the images should be mirrored.", 0.3),
        many("1500 images, prob 0.8", "About 80 % of the images should be mirrored.", 0.8),
        Case(
            "prob 1",
            (images,),
            {"prob": 1.0, "rng": Rng(3)},
            about="Every image is mirrored: its columns come in the opposite order.",
        ),
        Case(
            "prob 0",
            (images,),
            {"prob": 0.0, "rng": Rng(3)},
            about="No image changes.",
        ),
    ]


def flip_loop(images, *, prob, rng):
    return [np.fliplr(image) if rng.random() < prob else image for image in images]


def flip_in_a_copy(images, *, prob, rng):
    out = images.copy()
    chosen = rng.binomial(1, prob, size=len(images)).astype(bool)
    out[chosen] = np.flip(out[chosen], axis=2)
    return out


def flip_by_index(images, *, prob, rng):
    """Every pixel says from which column it comes."""
    width = images.shape[2]
    stays = rng.uniform(size=(len(images), 1)) >= prob
    columns = np.where(stays, np.arange(width), np.arange(width - 1, -1, -1))
    return np.take_along_axis(images, columns[:, np.newaxis, :, np.newaxis], axis=2)


RANDOM_FLIP = Exercise(
    reference=augment.random_flip,
    cases=flip_cases,
    returns=("images",),
    read="A picture and its mirror image",
    praise="Left and right exchanged, with a coin for every image.",
    hints=(
        "Which of the four axes of (N, H, W, C) runs from left to right? How many coins does a "
        "batch need?",
        "Draw N uniform numbers and compare them with `prob`. A slice with step -1 along the "
        "right axis mirrors.",
        "`np.where(condition, mirrored, images)`, with the condition shaped (N, 1, 1, 1).",
    ),
    mistakes=(
        Mistake(
            "upside down",
            "images[:, :, ::-1]",
            "images[:, ::-1]",
            "The images stand on their heads. Axis 1 holds the rows: which one holds the columns?",
        ),
        Mistake(
            "turned by half",
            "images[:, :, ::-1]",
            "images[:, ::-1, ::-1]",
            "You reverse rows and columns: that is a turn by 180 degrees. A mirror leaves the rows "
            "where they are.",
        ),
        Mistake(
            "channels reversed",
            "images[:, :, ::-1]",
            "images[..., ::-1]",
            "You reverse the last axis, which holds the channels: red and blue change places, and "
            "nothing is mirrored.",
        ),
        Mistake(
            "batch reversed",
            "images[:, :, ::-1]",
            "images[::-1]",
            "You reverse the order of the images in the batch, and their labels stay behind.",
        ),
        Mistake(
            "one coin for the batch",
            "rng.random(len(images))",
            "rng.random(1)",
            ONE_FOR_ALL.format("coin"),
        ),
        Mistake(
            "one coin per row",
            "rng.random(len(images))",
            "rng.random(images.shape[:2])",
            "Parts of an image are mirrored and others are not: its rows, or its channels, throw "
            "coins of their own. One decision belongs to a whole image.",
            more=(("flips[:, np.newaxis, np.newaxis, np.newaxis]", "flips[..., None, None]"),),
        ),
        Mistake(
            "coins exchanged",
            "< prob",
            ">= prob",
            "The wrong ones are mirrored: their share is 1 minus what it should be.",
        ),
        Mistake("always", "< prob", "< 1.0", "Every image is mirrored, whatever `prob` says."),
        Mistake("never", "< prob", "< 0.0", "No image is ever mirrored."),
        Mistake(
            "always one half",
            "< prob",
            "< 0.5",
            "About half of the images are mirrored, whatever `prob` says.",
        ),
        Mistake(
            "normal noise",
            "rng.random(",
            "rng.standard_normal(",
            "The noise is drawn from a normal distribution. Its values are not spread evenly over "
            "0 to 1, so comparing them with `prob` does not give that probability.",
        ),
        *chance("random_flip", "rng.random("),
    ),
    accepted=(flip_loop, flip_in_a_copy, flip_by_index),
    points=2,
)

# --- crops of padded images ---------------------------------------------------------------------


def crop_cases(rng: np.random.Generator) -> Sequence[Case]:
    def many(name: str, about: str, padding: int, count: int, *shape: int) -> Case:
        places = 2 * padding + 1
        spread = float(np.sqrt((places**2 - 1) / 12))
        bands = {
            "mean place from above": mean_band(spread, count),
            "mean place from the left": mean_band(spread, count),
            "spread of places from above": mean_band(0.45 * spread, count),
            "spread of places from the left": mean_band(0.45 * spread, count),
            "correlation of the two": mean_band(1.0, count),
        }
        shape = (count, *shape)
        return seen(name, about, "shifted", rng, bands, shape=shape, padding=padding)

    return [
        many(
            "padding 1",
            "Nine places are possible, from one pixel up and left to one pixel down and right.",
            1, 300, 3, 5, 1,
        ),
        many(
            "padding 2",
            "Five rows times five columns: 25 places, equally often.",
            2, 1500, 5, 3, 2,
        ),
        Case(
            "padding 0",
            (pictures(rng, 2, 2, 3, 1),),
            {"padding": 0, "rng": Rng(4)},
            about="Without padding there is one place, and nothing changes.",
        ),
    ]  # fmt: skip


def crop_by_shifting(images, *, padding, rng):
    """No padding: every image is moved, and what it leaves behind stays zero."""
    height, width = images.shape[1:3]
    out = np.zeros(images.shape)
    for i, image in enumerate(images):
        down, right = rng.integers(-padding, padding + 1, size=2)
        out[i, max(down, 0) : height + down, max(right, 0) : width + right] = image[
            max(-down, 0) : height - down, max(-right, 0) : width - right
        ]
    return out


def crop_by_windows(images, *, padding, rng):
    count, height, width, _ = images.shape
    side = (padding, padding)
    padded = np.pad(images, ((0, 0), side, side, (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(1, 2))
    tops = rng.choice(2 * padding + 1, size=count)
    lefts = rng.choice(2 * padding + 1, size=count)
    return np.moveaxis(windows[np.arange(count), tops, lefts], 1, -1)


def crop_by_list(images, *, padding, rng):
    big = np.zeros((len(images), *(np.array(images.shape[1:3]) + 2 * padding), images.shape[3]))
    h, w = images.shape[1], images.shape[2]
    big[:, padding : padding + h, padding : padding + w] = images
    out = []
    for picture in big:
        place = int(rng.random() * (2 * padding + 1) ** 2)
        top, left = divmod(place, 2 * padding + 1)
        out.append(picture[top : top + h, left : left + w])
    return np.array(out)


RANDOM_CROP = Exercise(
    reference=augment.random_crop,
    cases=crop_cases,
    returns=("images",),
    read="A little to the left",
    praise="Every place equally often, zeros at the edge, and each image goes its own way.",
    hints=(
        "How large is the padded image, and how many places are there for a window of the old "
        "size, along one side?",
        "`np.pad` takes a pair for each axis. For every image draw a row and a column between 0 "
        "and twice the padding, both included.",
        "Loop over the images. The window from (top, left) has the old height and width; the end "
        "of `rng.integers` is not included.",
    ),
    mistakes=(
        Mistake(
            "one place for the batch",
            "rng.integers(2 * padding + 1, size=(count, 2))",
            "np.tile(rng.integers(2 * padding + 1, size=2), (count, 1))",
            ONE_FOR_ALL.format("place"),
        ),
        Mistake(
            "last place never reached",
            "rng.integers(2 * padding + 1, size=(count, 2))",
            "rng.integers(2 * padding, size=(count, 2))",
            "The last place is never drawn: no image is ever cut at the far end. Is the end of "
            "`rng.integers` included?",
        ),
        Mistake(
            "half of the places",
            "rng.integers(2 * padding + 1, size=(count, 2))",
            "rng.integers(padding + 1, size=(count, 2))",
            "Images move in one direction only. The padding lies on both sides, so there are more "
            "places than you draw from.",
        ),
        Mistake(
            "along the diagonal",
            "rng.integers(2 * padding + 1, size=(count, 2))",
            "rng.integers(2 * padding + 1, size=(count, 1)).repeat(2, axis=1)",
            "One number decides over row and column, so that images move along a diagonal only. "
            "The two need numbers of their own.",
        ),
        Mistake(
            "columns only",
            "rng.integers(2 * padding + 1, size=(count, 2))",
            "np.array([(padding, rng.integers(2 * padding + 1)) for _ in range(count)])",
            "Images move to the left and to the right, but never up or down.",
        ),
        Mistake(
            "rows only",
            "rng.integers(2 * padding + 1, size=(count, 2))",
            "np.array([(rng.integers(2 * padding + 1), padding) for _ in range(count)])",
            "Images move up and down, but never to the left or right.",
        ),
        Mistake(
            "never moves",
            "rng.integers(2 * padding + 1, size=(count, 2))",
            "np.full((count, 2), padding)",
            "You cut the middle out every time, and that is the image you began with.",
        ),
        Mistake(
            "corners only",
            "rng.integers(2 * padding + 1, size=(count, 2))",
            "2 * padding * rng.integers(2, size=(count, 2))",
            "Only the outermost places occur. The ones between them count as well.",
        ),
        Mistake(
            "wraps around",
            "np.pad(images, ((0, 0), sides, sides, (0, 0)))",
            'np.pad(images, ((0, 0), sides, sides, (0, 0)), mode="wrap")',
            "What leaves the image on one side comes back on the other, as with `np.roll`. No "
            "camera does that: beyond the edge there is nothing.",
        ),
        Mistake(
            "edge repeated",
            "np.pad(images, ((0, 0), sides, sides, (0, 0)))",
            'np.pad(images, ((0, 0), sides, sides, (0, 0)), mode="edge")',
            "you repeat the pixels at the edge. Libraries offer that too; here zeros come in.",
            convention=True,
        ),
        Mistake(
            "edge mirrored",
            "np.pad(images, ((0, 0), sides, sides, (0, 0)))",
            'np.pad(images, ((0, 0), sides, sides, (0, 0)), mode="reflect")',
            "you mirror the image at its edge. Libraries offer that too; here zeros come in.",
            convention=True,
        ),
        Mistake(
            "padded with ones",
            "np.pad(images, ((0, 0), sides, sides, (0, 0)))",
            "np.pad(images, ((0, 0), sides, sides, (0, 0)), constant_values=1.0)",
            "What comes in at the edge is not black. Here the padding is 0.",
        ),
        Mistake(
            "not cropped",
            "return crops",
            "return padded",
            "The result is larger than the images: you padded, but the window that is cut out "
            "has to have the old size.",
        ),
        Mistake(
            "height and width exchanged",
            "count, height, width, _ = images.shape",
            "count, width, height, _ = images.shape",
            "Height and width have changed places. The shape is (N, H, W, C); square images would "
            "hide it.",
        ),
        *chance("random_crop", "rng.integers("),
    ),
    accepted=(crop_by_shifting, crop_by_windows, crop_by_list),
    points=3,
)

# --- random scales ------------------------------------------------------------------------------


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
        inputs = {"shape": shape, "size": size, "short_side": short_side}
        return seen(name, about, "resized", rng, bands, **inputs)

    square = pictures(rng, 2, 3, 3, 2)
    return [
        many(
            "short side 12 to 24",
            "A pixel of the result covers between one and two pixels of these images: the scale is "
            "random, for every image anew.",
            (200, 24, 36), 10, (12, 24),
        ),
        many(
            "one length, upright images",
            "The width is the shorter side. It is resized to 12, the height with it, and the "
            "square of 8 lies anywhere.",
            (80, 30, 18), 8, (12, 12),
        ),
        many(
            "two lengths, 20 and 21",
            "Both lengths occur, each for about half of the images.",
            (80, 60, 60), 16, (20, 21),
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

# --- ten crops ----------------------------------------------------------------------------------


def ten_cases(rng: np.random.Generator) -> Sequence[Case]:
    def one(name: str, about: str, size: int, *shape: int) -> Case:
        inputs = {"image": pictures(rng, *shape), "size": size}
        return Case(name, about=about, probe="views", inputs=inputs, atol=1e-9)

    return [
        one(
            "wider than high",
            "Four corners, the centre, and the mirror image of each of the five.",
            3, 5, 9, 2,
        ),
        one("higher than wide", "The centre has as much above it as below it.", 2, 8, 4, 1),
        one(
            "corners that overlap",
            "In a small image the views overlap. They are ten all the same.",
            4, 6, 6, 3,
        ),
    ]  # fmt: skip


def ten_mirror_first(image, *, size):
    """Five views of the image, and five of its mirror image."""
    views = []
    for picture in (image, np.fliplr(image)):
        h, w = picture.shape[:2]
        for top in (0, h - size):
            for left in (0, w - size):
                views.append(picture[top : top + size, left : left + size])
        middle = (h - size) // 2, (w - size) // 2
        views.append(picture[middle[0] : middle[0] + size, middle[1] : middle[1] + size])
    return views


def ten_from_the_end(image, *, size):
    up, down = image[:size], image[-size:]
    rows, columns = (image.shape[0] - size) // 2, (image.shape[1] - size) // 2
    middle = image[rows : rows + size, columns : columns + size]
    five = np.array([up[:, :size], up[:, -size:], down[:, :size], down[:, -size:], middle])
    return np.concatenate([five, np.flip(five, axis=2)])


def ten_by_index(image, *, size):
    h, w = np.array(image.shape[:2]) - size
    tops, lefts = np.array([0, 0, h, h, h / 2]), np.array([0, w, 0, w, w / 2])
    rows = np.repeat(tops.astype(int), 2)[:, None, None] + np.arange(size)[:, None]
    columns = np.repeat(lefts.astype(int), 2)[:, None] + np.arange(size)
    columns[1::2] = columns[1::2, ::-1].copy()
    return image[rows, columns[:, None, :]]


TEN_CROP = Exercise(
    reference=augment.ten_crop,
    cases=ten_cases,
    returns=("views",),
    read="Ten looks at one picture",
    praise="Ten different views, and no chance in them.",
    hints=(
        "Where does a square of `size` begin in each of the four corners? And in the centre?",
        "The last row at which it can begin is height minus size; the centre begins at half of "
        "that, rounded down. Mirroring gives the other five.",
        "Make a list of five (top, left) pairs, cut, and append the same crops with their columns "
        "reversed.",
    ),
    mistakes=(
        Mistake(
            "five only",
            "return np.stack([*crops, *[crop[:, ::-1] for crop in crops]])",
            "return np.stack(crops)",
            "The mirror images are missing: five views look at the picture as it is, five at its "
            "mirror image.",
        ),
        Mistake(
            "not mirrored",
            "crop[:, ::-1]",
            "crop",
            "Each view occurs twice: the second five should be mirrored.",
        ),
        Mistake(
            "channels reversed",
            "crop[:, ::-1]",
            "crop[..., ::-1]",
            "You reverse the last axis, which holds the channels: red and blue change places, and "
            "nothing is mirrored.",
        ),
        Mistake(
            "upside down",
            "crop[:, ::-1]",
            "crop[::-1]",
            "The second five stand on their heads. Mirror left and right.",
        ),
        Mistake(
            "turned by half",
            "crop[:, ::-1]",
            "crop[::-1, ::-1]",
            "The second five are turned by 180 degrees. A mirror leaves the rows where they are.",
        ),
        Mistake(
            "centre begins in the middle",
            "(bottom // 2, right // 2)",
            "(height // 2, width // 2)",
            "Your fifth view *begins* in the middle of the image instead of lying around it (and "
            "may end beyond the edge).",
        ),
        Mistake(
            "centre one off",
            "(bottom // 2, right // 2)",
            "(bottom // 2 + 1, right // 2 + 1)",
            "The view of the centre lies one pixel too far down and to the right: there should be "
            "as much above it as below.",
        ),
        Mistake(
            "corners one off",
            "bottom, right = height - size, width - size",
            "bottom, right = height - size - 1, width - size - 1",
            "The last row and the last column are in none of your views. A square that begins at "
            "height minus size ends exactly at the edge.",
        ),
        Mistake(
            "corners one off, centre right",
            "(0, right), (bottom, 0), (bottom, right)]",
            "(0, max(right - 1, 0)), (max(bottom - 1, 0), 0), (max(bottom - 1, 0), max(right - 1, "
            "0))]",
            "The last row and the last column are in none of your views of the corners. A square "
            "that begins at height minus size ends exactly at the edge.",
        ),
        Mistake(
            "corner taken twice",
            "(bottom, 0), (bottom, right)",
            "(bottom, 0), (bottom, 0)",
            "One corner is there twice and another is missing. Write the four down as pairs.",
        ),
        Mistake(
            "no centre",
            "places = [*corners, (bottom // 2, right // 2)]",
            "places = [*corners, (0, 0)]",
            "The view of the centre is missing; a corner stands in its place.",
        ),
        Mistake(
            "height and width exchanged",
            "height, width, _ = image.shape",
            "width, height, _ = image.shape",
            "Height and width have changed places, which only square images forgive: shape is "
            "(H, W, C).",
        ),
        Mistake(
            "averaged",
            "return np.stack([*crops, *[crop[:, ::-1] for crop in crops]])",
            "return np.mean([*crops, *[crop[:, ::-1] for crop in crops]], axis=0)",
            "You average the images. What is averaged at test time is the *predictions* for the "
            "ten views; a mean of pictures is a blur.",
        ),
    ),
    accepted=(ten_mirror_first, ten_from_the_end, ten_by_index),
    points=2,
)

# --- averaging views ----------------------------------------------------------------------------


def average_cases(rng: np.random.Generator) -> Sequence[Case]:
    def one(name: str, about: str, classes: int, *shape: int) -> Case:
        pixels = int(np.prod(shape[2:]))
        inputs = {"views": draw(rng, *shape), "weights": draw(rng, pixels, classes)}
        return Case(name, about=about, probe="averaged_views", inputs=inputs)

    return [
        one("four views of three examples", "Each example gets the mean of its own four "
            "predictions.", 3, 4, 3, 5),
        one("one view", "The mean of one prediction is that prediction.", 4, 1, 2, 3),
        one("ten views of one image", "The views are images here; the rows of the result are "
            "still examples.", 2, 10, 1, 2, 3, 1),
    ]  # fmt: skip


def average_one_batch(predict, views):
    """All views in one call."""
    views = np.asarray(views)
    count, examples = views.shape[:2]
    flat = predict(views.reshape(count * examples, *views.shape[2:]))
    return flat.reshape(count, examples, -1).mean(axis=0)


def average_running(predict, views):
    mean = 0.0
    for seen_before, view in enumerate(views):
        mean = mean + (predict(view) - mean) / (seen_before + 1)
    return mean


def average_weighted(predict, views):
    shares = np.full(len(views), 1 / len(views))
    return np.tensordot(shares, np.stack([predict(view) for view in views]), axes=1)


AVERAGE_VIEWS = Exercise(
    reference=augment.average_views,
    cases=average_cases,
    returns=("probabilities",),
    read="Ten looks at one picture",
    praise="Every view has one vote, and it votes with probabilities.",
    hints=(
        "`predict` gives one row of probabilities per example. What should be averaged, and over "
        "which axis?",
        "Call `predict` once for each view. Stack the (N, C) arrays: the axis of the views comes "
        "first.",
        "A list of predictions and `np.mean(..., axis=0)`.",
    ),
    mistakes=(
        Mistake(
            "images averaged",
            "return np.mean([predict(view) for view in views], axis=0)",
            "return predict(np.mean(views, axis=0))",
            "You average the *images* and predict once. A mean of shifted pictures is a blur that "
            "the net has never seen; average what it says about each.",
        ),
        Mistake(
            "logarithms averaged",
            "return np.mean([predict(view) for view in views], axis=0)",
            "return np.exp(np.mean([np.log(predict(view)) for view in views], axis=0))",
            "You average logarithms: that is the geometric mean. A single view that is sure of a "
            "no then vetoes all the others.",
        ),
        Mistake(
            "logits averaged",
            "return np.mean([predict(view) for view in views], axis=0)",
            "logs = np.mean([np.log(predict(view)) for view in views], axis=0)\n"
            "    return np.exp(logs) / np.exp(logs).sum(axis=-1, keepdims=True)",
            "You average logarithms and normalize: the geometric mean. Here the probabilities "
            "themselves are averaged.",
        ),
        Mistake(
            "sum instead of mean",
            "np.mean([",
            "np.sum([",
            "The rows do not sum to 1: you add the views up. What makes a mean of a sum?",
        ),
        Mistake(
            "largest instead of mean",
            "np.mean([",
            "np.max([",
            "You take the largest probability that any view gives. The rows no longer sum to 1, "
            "and one overconfident view decides.",
        ),
        Mistake(
            "median instead of mean",
            "np.mean([",
            "np.median([",
            "You take the median. Its rows need not sum to 1; asked for is the mean.",
        ),
        Mistake(
            "votes instead of probabilities",
            "predict(view) for view",
            "np.eye(predict(view).shape[-1])[np.argmax(predict(view), axis=-1)] for view",
            "You count votes. A view that is barely sure then counts as much as one that is "
            "certain: average the probabilities.",
        ),
        Mistake(
            "averaged over the examples",
            "axis=0)",
            "axis=1)",
            "You average over the examples, so that they all share one prediction. Which axis "
            "holds the views?",
        ),
        Mistake(
            "first view only",
            "for view in views]",
            "for view in views[:1]]",
            "Only the first view is asked.",
        ),
        Mistake(
            "last view only",
            "for view in views]",
            "for view in views[-1:]]",
            "Only the last view counts: does every call overwrite the one before?",
        ),
        Mistake(
            "first view left out",
            "for view in views]",
            "for view in [*views[1:], *views[-1:]]]",
            "The first view is left out and the last one counts twice: where does your loop begin?",
        ),
        Mistake(
            "one mean for everything",
            "axis=0)",
            "axis=None)",
            "You average over everything, and one number is left. Average over the views only.",
        ),
    ),
    accepted=(average_one_batch, average_running, average_weighted),
    points=1,
)

# --- colours ------------------------------------------------------------------------------------


def jitter_cases(rng: np.random.Generator) -> Sequence[Case]:
    count = 300

    def many(
        name: str, about: str, brightness: float, contrast: float, low: float, high: float
    ) -> Case:
        way, to = "contrast factor", "change of an image's mean"
        bands = {"correlation of the two": mean_band(1.0, count)}
        for what, width in ((way, contrast), (to, brightness)):
            # where both vary, what is asked is whether they do so independently
            room = 5.0 if brightness and contrast else 0.15
            bands |= {f"smallest {what}": room * width, f"largest {what}": room * width}
            bands[f"mean {what}"] = mean_band(width / np.sqrt(3), count)
        bands["spread of contrast factors"] = mean_band(0.3 * contrast, count)
        bands["spread of changes of the mean"] = mean_band(0.3 * brightness, count)
        inputs = {"low": low, "high": high, "brightness": brightness, "contrast": contrast}
        return seen(name, about, "jittered", rng, bands, shape=(count, 2, 3, 3), **inputs)

    return [
        many(
            "contrast only",
            "Distances from the image's own mean are multiplied by one factor, between 0.5 and "
            "1.5; the mean stays.",
            0.0, 0.5, 0.35, 0.65,
        ),
        many(
            "brightness only",
            "One number, between -0.15 and 0.15, is added to all pixels of an image.",
            0.15, 0.0, 0.3, 0.7,
        ),
        many(
            "both",
            "Factor and offset are drawn independently, for every image.",
            0.1, 0.4, 0.35, 0.65,
        ),
        many(
            "beyond black and white",
            "Only at the end, what lies below 0 becomes 0 and what lies above 1 becomes 1.",
            0.6, 0.9, 0.0, 1.0,
        ),
        Case(
            "no jitter",
            (pictures(rng, 2, 2, 3, 3),),
            {"brightness": 0.0, "contrast": 0.0, "rng": Rng(8)},
            about="With both at 0 nothing changes.",
            atol=1e-9,
        ),
    ]  # fmt: skip


def jitter_loop(images, *, brightness, contrast, rng):
    out = np.array(images)
    for image in out:
        middle = image.mean()
        stretched = middle + (image - middle) * (1 + contrast * rng.uniform(-1, 1))
        moved = stretched + brightness * rng.uniform(-1, 1)
        image[...] = np.minimum(np.maximum(moved, 0), 1)
    return out


def jitter_brightness_first(images, *, brightness, contrast, rng):
    """Brighter first: the mean moves along, so that the order does not matter."""
    flat = images.reshape(len(images), -1)
    flat = flat + brightness * (2 * rng.random((len(flat), 1)) - 1)
    mean = flat.mean(axis=1, keepdims=True)
    factor = 1 - contrast + 2 * contrast * rng.random((len(flat), 1))
    return np.clip(factor * flat + (1 - factor) * mean, 0, 1).reshape(images.shape)


def jitter_list(images, *, brightness, contrast, rng):
    def one(image):
        factor = 1 - contrast * rng.uniform(-1, 1)
        offset = rng.uniform(-brightness, brightness)
        return np.clip(factor * image + ((1 - factor) * np.mean(image) + offset), 0.0, 1.0)

    return [one(image) for image in images]


COLOR_JITTER = Exercise(
    reference=augment.color_jitter,
    cases=jitter_cases,
    returns=("images",),
    read="Light and colour",
    praise="Each image is seen in a light of its own, and no pixel leaves the range.",
    hints=(
        "How many random numbers does one image need? What must stay the same when only the "
        "contrast changes?",
        "Draw factors and offsets of shape (N, 1, 1, 1), so that they spread over all pixels of an "
        "image. Contrast multiplies what is left after the image's own mean is taken away.",
        "mean + factor * (distance from the mean) + offset, cut off at 0 and 1 at the very end.",
    ),
    mistakes=(
        Mistake(
            "one change for the batch",
            "one_per_image = (len(images), 1, 1, 1)",
            "one_per_image = (1, 1, 1, 1)",
            ONE_FOR_ALL.format("change"),
        ),
        Mistake(
            "one change per pixel",
            "one_per_image = (len(images), 1, 1, 1)",
            "one_per_image = images.shape",
            "Every pixel draws its own numbers. That is noise, not light: one factor and one "
            "offset belong to a whole image.",
        ),
        Mistake(
            "one change per channel",
            "one_per_image = (len(images), 1, 1, 1)",
            "one_per_image = (len(images), 1, 1, images.shape[3])",
            "Every channel draws its own numbers, so that colours shift. Contrast and brightness "
            "are one number each for an image.",
        ),
        Mistake(
            "contrast about black",
            "means + factors * (images - means)",
            "factors * images",
            "You multiply the pixels themselves, so that more contrast also means brighter. Which "
            "value should contrast leave where it is?",
        ),
        Mistake(
            "contrast about one half",
            "means + factors * (images - means)",
            "0.5 + factors * (images - 0.5)",
            "you stretch the distances from 0.5, some libraries do. Here it is the image's own "
            "mean that stays where it is.",
            convention=True,
        ),
        Mistake(
            "mean of the batch",
            "axis=(1, 2, 3), keepdims=True",
            "keepdims=True",
            "You stretch about the mean of the whole batch. The neighbours in the batch should not "
            "matter: take each image's own mean.",
        ),
        Mistake(
            "mean of each channel",
            "axis=(1, 2, 3)",
            "axis=(1, 2)",
            "You stretch each channel about a mean of its own. Contrast is about the whole image, "
            "all channels together.",
        ),
        Mistake(
            "mean lost",
            "means + factors",
            "factors",
            "The mean is gone: after the distances are stretched it has to be added again.",
        ),
        Mistake(
            "brightness as a factor",
            "+ offsets",
            "* (1 + offsets)",
            "you multiply by a random factor to change the brightness, some libraries do. Here one "
            "number is added to all pixels.",
            convention=True,
        ),
        Mistake(
            "only brighter",
            "rng.uniform(-brightness, brightness,",
            "rng.uniform(0.0, brightness,",
            "Images only get brighter. Where does the range of the offset begin?",
        ),
        Mistake(
            "only more contrast",
            "rng.uniform(1 - contrast, 1 + contrast,",
            "rng.uniform(1.0, 1 + contrast,",
            "Contrast only grows. The range of the factor lies on both sides of 1.",
        ),
        Mistake(
            "half of the range",
            "rng.uniform(1 - contrast, 1 + contrast,",
            "rng.uniform(1 - contrast / 2, 1 + contrast / 2,",
            "you take `contrast` and `brightness` for the widths of their ranges. Here they are "
            "the largest distances, to either side.",
            more=(
                (
                    "rng.uniform(-brightness, brightness,",
                    "rng.uniform(-brightness / 2, brightness / 2,",
                ),
            ),
            convention=True,
        ),
        Mistake(
            "contrast never changes",
            "rng.uniform(1 - contrast, 1 + contrast, size=one_per_image)",
            "np.ones(one_per_image)",
            "The contrast never changes: `contrast` is not used.",
        ),
        Mistake(
            "brightness never changes",
            "rng.uniform(-brightness, brightness, size=one_per_image)",
            "np.zeros(one_per_image)",
            "The brightness never changes: `brightness` is not used.",
        ),
        Mistake(
            "factor around 0",
            "rng.uniform(1 - contrast, 1 + contrast,",
            "rng.uniform(-contrast, contrast,",
            "Your factor lies around 0 instead of around 1: images turn grey or into negatives.",
        ),
        Mistake(
            "one number for both",
            "offsets = rng.uniform(-brightness, brightness, size=one_per_image)",
            "offsets = brightness * (factors - 1) / max(contrast, 1e-12)",
            "One random number decides over contrast and brightness. They should vary "
            "independently.",
        ),
        Mistake(
            "brightness and contrast exchanged",
            "rng.uniform(1 - contrast, 1 + contrast,",
            "rng.uniform(1 - brightness, 1 + brightness,",
            "The two arguments have changed places: which of them is a factor, which one is added?",
            more=(("rng.uniform(-brightness, brightness,", "rng.uniform(-contrast, contrast,"),),
        ),
        Mistake(
            "normal instead of uniform",
            "rng.uniform(-brightness, brightness,",
            "rng.normal(0.0, brightness,",
            "The offset is drawn from a normal distribution, which has no ends. A uniform one is "
            "asked for.",
        ),
        Mistake(
            "not cut off",
            "return jittered.clip(0.0, 1.0)",
            "return jittered",
            "Values leave the range: there is nothing blacker than 0 or whiter than 1.",
        ),
        Mistake(
            "scaled back instead of cut off",
            "return jittered.clip(0.0, 1.0)",
            "low, high = jittered.min(), jittered.max()\n"
            "    return (jittered - low) / (high - low)",
            "You stretch the batch so that it fills the range from 0 to 1. That undoes the jitter "
            "and changes pixels that were fine: cut off what lies beyond, and leave the rest.",
        ),
        Mistake(
            "cut off in between",
            "jittered = means + factors * (images - means) + offsets",
            "jittered = (means + factors * (images - means)).clip(0.0, 1.0) + offsets",
            "You cut off twice, once before the brightness changes. What was cut off then is lost: "
            "do it once, at the end.",
        ),
        *(
            Mistake(
                name,
                "    one_per_image =",
                f"    rng = {code}\n    one_per_image =",
                message,
            )
            for name, code, message in (
                ("fixed seed", AFRESH, FIXED_SEED),
                ("generator not used", own_generator("color_jitter"), OWN_GENERATOR),
            )
        ),
    ),
    accepted=(jitter_loop, jitter_brightness_first, jitter_list),
    points=3,
)


def basis(rng: np.random.Generator) -> Array:
    """Three perpendicular directions as columns, none along a channel, rows unlike columns."""
    turn = 1
    while True:
        vectors, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        apart = np.abs(vectors - vectors.T).max() > 0.6
        if (apart and np.abs(vectors).min() > 0.15) or turn == 200:
            return vectors
        turn += 1


def pca_cases(rng: np.random.Generator) -> Sequence[Case]:
    count = 1500

    def many(name: str, about: str, sigma: float, vectors: Array, scales: Sequence[float]) -> Case:
        bands = {
            "spread along each component, over what it should be": mean_band(0.75, count),
            "mean along each component, over the spread it should have": mean_band(1.0, count),
            "share of steps beyond twice that spread": six_sigma(0.046, count * len(scales)),
            "correlation of the first two steps": mean_band(1.0, count),
            "part that lies along no component": 1e-6,
        }
        inputs = {"components": vectors, "scales": np.array(scales), "sigma": sigma}
        return seen(name, about, "coloured", rng, bands, shape=(count, 2, 2, 3), **inputs)

    vectors = basis(rng)
    return [
        many(
            "three components",
            "The step along component k has the standard deviation sigma times scale k.",
            0.35, vectors, (0.8, 0.25, 0.06),
        ),
        many(
            "two components of three",
            "With two components all colours lie in one plane.",
            0.1, vectors[:, :2], (1.9, 0.3),
        ),
        Case(
            "sigma 0",
            (pictures(rng, 2, 2, 2, 3), np.eye(3), np.array([0.5, 0.2, 0.1])),
            {"sigma": 0.0, "rng": Rng(9)},
            about="With sigma 0 nothing is added.",
            atol=1e-9,
        ),
    ]  # fmt: skip


def pca_loop(images, components, scales, *, sigma, rng):
    out = []
    for image in images:
        color = np.zeros(image.shape[-1])
        for k, scale in enumerate(scales):
            color = color + rng.normal(0.0, sigma) * scale * components[:, k]
        out.append(image + color)
    return np.array(out)


def pca_einsum(images, components, scales, *, sigma, rng):
    alphas = rng.normal(scale=sigma, size=(len(images), components.shape[1]))
    return images - np.einsum("nk,k,ck->nc", alphas, scales, components)[:, None, None]


def pca_matrix_of_columns(images, components, scales, *, sigma, rng):
    weighted = components @ np.diag(scales)
    colors = weighted @ (sigma * rng.standard_normal((len(scales), len(images))))
    return images + colors.T.reshape(len(images), 1, 1, -1)


PCA_COLOR = Exercise(
    reference=augment.pca_color,
    cases=pca_cases,
    returns=("images",),
    read="Light and colour",
    praise="One colour per image, along the directions in which the data's colours vary.",
    hints=(
        "How many random numbers does one image need? What do they multiply?",
        "For each image: a normal number per component, times sigma, times that component's scale, "
        "times the component, summed up. That gives one colour, which all pixels get.",
        "Steps of shape (N, K) times the transpose of the (C, K) components give (N, C) colours; "
        "then two new axes for height and width.",
    ),
    mistakes=(
        Mistake(
            "one colour per pixel",
            "rng.standard_normal((len(images), len(scales))) * scales",
            "rng.standard_normal((*images.shape[:3], len(scales))) * scales",
            "Every pixel gets a colour of its own: that is coloured snow. One colour is added to "
            "all pixels of an image.",
            more=(("colors[:, np.newaxis, np.newaxis, :]", "colors"),),
        ),
        Mistake(
            "one colour for the batch",
            "(len(images), len(scales))",
            "(1, len(scales))",
            ONE_FOR_ALL.format("colour"),
        ),
        Mistake(
            "rows for columns",
            "components.T",
            "components",
            "You take the rows of `components`; the components are its columns, as "
            "`np.linalg.eigh` returns them.",
        ),
        Mistake(
            "scales forgotten",
            "(len(images), len(scales))) * scales",
            "(len(images), len(scales)))",
            "All components vary alike: each step has a scale of its own, so that the main "
            "direction gets the longest steps.",
        ),
        Mistake(
            "scales squared",
            "(len(images), len(scales))) * scales",
            "(len(images), len(scales))) * scales**2",
            "The scales come in twice.",
        ),
        Mistake(
            "root of the scales",
            "(len(images), len(scales))) * scales",
            "(len(images), len(scales))) * np.sqrt(scales)",
            "you take the roots of the scales, as if they were variances. Here the step along a "
            "component is sigma times its scale as given.",
            convention=True,
        ),
        Mistake(
            "divided by the scales",
            "(len(images), len(scales))) * scales",
            "(len(images), len(scales))) / scales",
            "You divide by the scales: the direction in which colours hardly vary gets the longest "
            "steps.",
        ),
        Mistake(
            "sigma forgotten",
            "sigma * rng",
            "1.0 * rng",
            "sigma is not used: it says how far all steps go.",
        ),
        Mistake(
            "sigma squared",
            "sigma * rng",
            "sigma**2 * rng",
            "sigma is the standard deviation, not its root: it comes in once.",
        ),
        Mistake(
            "sigma as a variance",
            "sigma * rng",
            "np.sqrt(sigma) * rng",
            "you take sigma for a variance. Here it is the standard deviation.",
            convention=True,
        ),
        Mistake(
            "one number for all components",
            "(len(images), len(scales))",
            "(len(images), 1)",
            "One random number moves along all components at once, so that all colours lie on a "
            "line. Each component needs a number of its own.",
        ),
        Mistake(
            "uniform instead of normal",
            "rng.standard_normal((len(images), len(scales)))",
            "rng.uniform(size=(len(images), len(scales)))",
            "The steps are uniform between 0 and 1, and so never negative. A normal distribution "
            "around 0 is asked for.",
        ),
        Mistake(
            "components ignored",
            "steps @ components.T",
            "steps @ np.eye(len(components))[: len(scales)]",
            "The steps are added to red, green and blue directly. They go along the components: "
            "which matrix leads from steps to colours?",
        ),
        Mistake(
            "first component only",
            "steps @ components.T",
            "steps[:, :1] @ components.T[:1]",
            "Only the first component is used: sum over all of them.",
        ),
        Mistake(
            "multiplied",
            "return images + colors",
            "return images * colors",
            "The colour multiplies the image. It is an offset: with a colour of 0 nothing may "
            "change.",
        ),
        Mistake(
            "cut off",
            "return images + colors[:, np.newaxis, np.newaxis, :]",
            "return np.clip(images + colors[:, np.newaxis, np.newaxis, :], 0.0, 1.0)",
            "You cut off at 0 and 1. The recipe does not, so that every pixel gets the same "
            "colour added.",
        ),
        *chance("pca_color", "rng.standard_normal("),
    ),
    accepted=(pca_loop, pca_einsum, pca_matrix_of_columns),
    points=2,
)

# --- cutout -------------------------------------------------------------------------------------


def cutout_cases(rng: np.random.Generator) -> Sequence[Case]:
    def many(name: str, about: str, size: int, *shape: int) -> Case:
        count, height, width = shape[:3]
        bands = {
            "share of holes that are whole squares": six_sigma(0.5, count),
            "share of all pixels that are cut": mean_band(0.3 * size**2 / (height * width), count),
            "mean row of the holes' centres": mean_band(height / np.sqrt(12), count),
            "mean column of the holes' centres": mean_band(width / np.sqrt(12), count),
            "correlation of row and column": mean_band(1.0, count),
        }
        if size % 2 == 0:  # such a square has no centre: either of two places is right
            bands["mean row of the holes' centres"] += 0.6
            bands["mean column of the holes' centres"] += 0.6
        return seen(name, about, "holes", rng, bands, shape=shape, size=size)

    return [
        many(
            "size 5",
            "The centre of the square may be any pixel, also one at the edge.",
            5,
            400,
            7,
            9,
            2,
        ),
        many("size 4", "The square has 4 rows and 4 columns, where it fits.", 4, 400, 9, 7, 1),
        many("one pixel", "A square of size 1 is one pixel.", 1, 400, 4, 6, 3),
    ]  # fmt: skip


def cutout_by_distance(images, *, size, rng):
    """Pixels within reach of the centre, found by arithmetic instead of slices."""
    count, height, width, _ = images.shape
    row = np.arange(height) - rng.integers(height, size=(count, 1))
    column = np.arange(width) - rng.integers(width, size=(count, 1))
    half = size // 2
    gone_r, gone_c = ((-half <= d) & (d < size - half) for d in (row, column))
    return np.where((gone_r[:, :, None] & gone_c[:, None, :])[..., None], 0.0, images)


def cutout_padded(images, *, size, rng):
    """A mask with a margin, so that nothing sticks out."""
    count, height, width, _ = images.shape
    keep = np.ones((count, height + 2 * size, width + 2 * size, 1))
    for mask in keep:
        top = size + rng.integers(height) - (size - 1) // 2
        left = size + rng.integers(width) - (size - 1) // 2
        mask[top : top + size, left : left + size] = 0
    return images * keep[:, size : size + height, size : size + width]


def cutout_pixel_by_pixel(images, *, size, rng):
    out = []
    for image in images:
        place = rng.integers(image.shape[0] * image.shape[1])
        row, column = np.unravel_index(place, image.shape[:2])
        new = image.copy()
        for r in range(row - size // 2, row - size // 2 + size):
            for c in range(column - size // 2, column - size // 2 + size):
                if 0 <= r < image.shape[0] and 0 <= c < image.shape[1]:
                    new[r, c] = 0
        out.append(new)
    return out


CUTOUT = Exercise(
    reference=augment.cutout,
    cases=cutout_cases,
    returns=("images",),
    read="Cut a hole",
    praise="A hole of the right size, at a place of its own in every image, cut off at the edge.",
    hints=(
        "The centre is any pixel. Where does the square begin, if it is `size` wide?",
        "Half of the size before the centre, rounded down. That may be a negative row: what does "
        "a negative number mean in a slice?",
        "Slice from `max(top, 0)` to `top + size`, the same for columns, in a copy of the images.",
    ),
    mistakes=(
        Mistake(
            "one place for the batch",
            "    for image in cut:\n",
            "    places = rng.integers(height), rng.integers(width)\n    for image in cut:\n",
            ONE_FOR_ALL.format("place"),
            more=(
                ("top = rng.integers(height) - size // 2", "top = places[0] - size // 2"),
                ("left = rng.integers(width) - size // 2", "left = places[1] - size // 2"),
            ),
        ),
        Mistake(
            "square always inside",
            "top = rng.integers(height) - size // 2",
            "top = rng.integers(height - size + 1)",
            "you keep the square inside the image, some libraries do. Here, as in the paper, its "
            "centre is any pixel, and what sticks out is cut off.",
            more=(
                ("left = rng.integers(width) - size // 2", "left = rng.integers(width - size + 1)"),
            ),
            convention=True,
        ),
        Mistake(
            "begins at the pixel",
            "top = rng.integers(height) - size // 2",
            "top = rng.integers(height)",
            "The drawn pixel is the square's upper left corner, so that the right and the lower "
            "edge are cut more often. It should be the centre.",
            more=(("left = rng.integers(width) - size // 2", "left = rng.integers(width)"),),
        ),
        Mistake(
            "negative rows",
            "image[max(top, 0) : top + size, max(left, 0) : left + size]",
            "image[top : top + size, left : left + size]",
            "Near the upper and the left edge nothing is cut: a negative number in a slice counts "
            "from the end. Let the slice begin at 0 at the earliest.",
        ),
        Mistake(
            "strip of rows",
            "image[max(top, 0) : top + size, max(left, 0) : left + size]",
            "image[max(top, 0) : top + size]",
            "You cut whole rows. The hole is bounded on the left and on the right as well.",
        ),
        Mistake(
            "one channel only",
            "max(left, 0) : left + size]",
            "max(left, 0) : left + size, :1]",
            "Only the first channel is cut. A hole has no colour: all channels go.",
        ),
        Mistake(
            "size taken for half the width",
            "max(top, 0) : top + size, max(left, 0) : left + size",
            "max(top - (size + 1) // 2, 0) : top + size + size // 2 + 1, "
            "max(left - (size + 1) // 2, 0) : left + size + size // 2 + 1",
            "Your square is about twice as wide as asked for: `size` is the whole side, not the "
            "distance from the centre.",
        ),
        Mistake(
            "one pixel too large",
            "max(top, 0) : top + size, max(left, 0) : left + size",
            "max(top, 0) : top + size + 1, max(left, 0) : left + size + 1",
            "Your square has one row and one column too many. The end of a slice is not included, "
            "so no 1 has to be added.",
        ),
        Mistake(
            "single pixels",
            "image[max(top, 0) : top + size, max(left, 0) : left + size]",
            "image[rng.random((height, width)) < size**2 / (height * width)]",
            "You cut single pixels, all over the image: that is dropout. Neighbours give away what "
            "such a pixel held; a square leaves no neighbours.",
        ),
        Mistake(
            "filled with grey",
            "= 0.0",
            "= 0.5",
            "you fill the hole with grey. Here it is set to 0.",
            convention=True,
        ),
        Mistake(
            "filled with noise",
            "= 0.0",
            "= rng.random()",
            "The hole is filled with a random value. It is set to 0.",
        ),
        Mistake(
            "everything but the square",
            "image[max(top, 0) : top + size, max(left, 0) : left + size] = 0.0",
            "kept = image[max(top, 0) : top + size, max(left, 0) : left + size].copy()\n"
            "        image[:] = 0.0\n"
            "        image[max(top, 0) : top + size, max(left, 0) : left + size] = kept",
            "You keep the square and cut everything else.",
        ),
        Mistake(
            "along the diagonal",
            "left = rng.integers(width) - size // 2",
            "left = top",
            "One number decides over row and column, so that the holes lie on a diagonal.",
        ),
        Mistake(
            "height and width exchanged",
            "_, height, width, _ = images.shape",
            "_, width, height, _ = images.shape",
            "Rows are drawn from the width and columns from the height. The shape is (N, H, W, C); "
            "square images would hide it.",
        ),
        Mistake(
            "nothing cut",
            "= 0.0",
            "+= 0.0",
            "No image changes: nothing is ever set to 0.",
        ),
        Mistake(
            "changes what it is given",
            "cut = images.copy()",
            "cut = images",
            "Your function cuts holes into the images that it is given. The caller wants to keep "
            "them: the next epoch would cut further holes. Work on a copy.",
        ),
        *(
            Mistake(name, "    cut = images", f"    rng = {code}\n    cut = images", message)
            for name, code, message in (
                ("fixed seed", AFRESH, FIXED_SEED),
                ("generator not used", own_generator("cutout"), OWN_GENERATOR),
            )
        ),
    ),
    accepted=(cutout_by_distance, cutout_padded, cutout_pixel_by_pixel),
    points=2,
)

# --- mixing -------------------------------------------------------------------------------------


def shares(rng: np.random.Generator, rows: int, classes: int) -> Array:
    """Soft targets, as after smoothing or an earlier mix; rows sum to 1."""
    labels = rng.permutation(np.arange(rows) % classes)
    return 0.9 * np.eye(classes)[labels] + 0.1 / classes


def cycle(rng: np.random.Generator, count: int) -> np.ndarray:
    """An order that is one large cycle, which therefore differs from its inverse."""
    members = rng.permutation(count)
    order = np.zeros(count, dtype=int)
    order[members] = np.roll(members, -1)
    return order


def mixup_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "three images in a cycle",
            (pictures(rng, 3, 2, 3, 1), np.eye(4)[[0, 3, 1]]),
            {"lam": 0.7, "order": cycle(rng, 3)},
            about="70 % of each image and of its target stay, 30 % come from the partner.",
        ),
        Case(
            "lam below one half",
            (pictures(rng, 5, 2, 2, 2), shares(rng, 5, 3)),
            {"lam": float(np.round(rng.uniform(0.15, 0.35), 2)), "order": cycle(rng, 5)},
            about="lam is the share of the image itself, however small it is; the targets are "
            "already soft here.",
        ),
        Case(
            "an image that is its own partner",
            (pictures(rng, 3, 1, 2, 1), np.eye(3)),
            {"lam": 0.4, "order": np.array([1, 0, 2])},
            about="An image mixed with itself stays what it is, target included.",
        ),
        Case(
            "lam 1",
            (pictures(rng, 2, 2, 2, 1), np.eye(2)),
            {"lam": 1.0, "order": np.array([1, 0])},
            about="With lam 1 nothing is mixed in.",
        ),
    ]


def mixup_loop(images, targets, *, lam, order):
    pairs = [(images[i], images[j], targets[i], targets[j]) for i, j in enumerate(order)]
    mixed = np.array([lam * x + (1 - lam) * other for x, other, _, _ in pairs])
    return [mixed, np.array([lam * t + (1 - lam) * other for _, _, t, other in pairs])]


def mixup_matrix(images, targets, *, lam, order):
    """The batch times one N x N matrix of shares."""
    count = len(images)
    shares_of = lam * np.eye(count) + (1 - lam) * np.eye(count)[order]
    return np.tensordot(shares_of, images, axes=1), shares_of @ targets


def mixup_difference(images, targets, *, lam, order):
    def blend(values):
        return values + (1 - lam) * (np.take(values, order, axis=0) - values)

    return blend(images), blend(targets)


MIXUP = Exercise(
    reference=augment.mixup,
    cases=mixup_cases,
    returns=("images", "targets"),
    read="Blend two pictures",
    praise="Pixels and targets are blended by the same shares.",
    hints=(
        "If an image is 70 % cat and 30 % dog, what should the net say?",
        "`images[order]` is the batch of partners. The same shares that blend the images blend the "
        "rows of `targets`.",
        "lam times one plus (1 - lam) times its partner, once for images and once for targets.",
    ),
    mistakes=(
        Mistake(
            "targets not mixed",
            "return mixed, lam * targets + (1 - lam) * partner_targets",
            "return mixed, targets",
            "The images are blended, the targets are not. A net that sees 30 % of a dog and is "
            "told cat learns that dogs are cats.",
        ),
        Mistake(
            "images not mixed",
            "mixed = lam * images + (1 - lam) * partners",
            "mixed = images.copy()",
            "The targets are blended, the images are not.",
        ),
        Mistake(
            "shares exchanged",
            "mixed = lam * images + (1 - lam) * partners",
            "mixed = (1 - lam) * images + lam * partners",
            "The shares have changed places, in images and targets alike: `lam` belongs to the "
            "image itself, the rest to its partner.",
            more=(
                (
                    "lam * targets + (1 - lam) * partner_targets",
                    "(1 - lam) * targets + lam * partner_targets",
                ),
            ),
        ),
        Mistake(
            "targets the other way round",
            "lam * targets + (1 - lam) * partner_targets",
            "(1 - lam) * targets + lam * partner_targets",
            "The images are right, the shares of the targets are exchanged: the larger share of "
            "the pixels goes with the smaller share of the target.",
        ),
        Mistake(
            "images the other way round",
            "mixed = lam * images + (1 - lam) * partners",
            "mixed = (1 - lam) * images + lam * partners",
            "The targets are right, the shares of the images are exchanged.",
        ),
        Mistake(
            "next image instead of order",
            "partners, partner_targets = images[order], targets[order]",
            "partners, partner_targets = np.roll(images, -1, axis=0), np.roll(targets, -1, axis=0)",
            ORDER_IGNORED,
        ),
        Mistake(
            "batch reversed instead of order",
            "partners, partner_targets = images[order], targets[order]",
            "partners, partner_targets = images[::-1], targets[::-1]",
            "Every image is mixed with the one at the other end of the batch, whatever `order` "
            "says.",
        ),
        Mistake(
            "order inverted",
            "partners, partner_targets = images[order], targets[order]",
            "partners, partner_targets = images[np.argsort(order)], targets[np.argsort(order)]",
            ORDER_INVERTED,
        ),
        Mistake(
            "shares that do not sum to 1",
            "mixed = lam * images + (1 - lam) * partners",
            "mixed = lam * images + partners",
            "The shares add up to more than 1: the images get too bright, and the rows of the "
            "targets no longer sum to 1. The partner gets what is left.",
            more=(
                ("lam * targets + (1 - lam) * partner_targets", "lam * targets + partner_targets"),
            ),
        ),
        Mistake(
            "half and half",
            "mixed = lam * images + (1 - lam) * partners",
            "mixed = (images + partners) / 2",
            "The shares are one half each, whatever `lam` says.",
            more=(
                ("lam * targets + (1 - lam) * partner_targets", "(targets + partner_targets) / 2"),
            ),
        ),
        Mistake(
            "hard targets",
            "return mixed, lam * targets + (1 - lam) * partner_targets",
            "return mixed, targets if lam >= 0.5 else partner_targets",
            "You keep the target with the larger share. The point of mixup is that the target is "
            "soft: both classes, by their shares.",
        ),
        Mistake(
            "targets of the partner",
            "return mixed, lam * targets + (1 - lam) * partner_targets",
            "return mixed, partner_targets",
            "The targets are those of the partners alone.",
        ),
        Mistake(
            "largest pixel",
            "mixed = lam * images + (1 - lam) * partners",
            "mixed = np.maximum(lam * images, (1 - lam) * partners)",
            "Each pixel shows only one of the two. A blend is a sum of both, by their shares.",
        ),
    ),
    accepted=(mixup_loop, mixup_matrix, mixup_difference),
    points=2,
)


def cutmix_cases(rng: np.random.Generator) -> Sequence[Case]:
    def one(
        name: str, about: str, count: int, shape: tuple[int, ...], box: tuple[int, ...]
    ) -> Case:
        arguments = (pictures(rng, count, *shape), np.eye(3)[rng.permutation(count) % 3])
        return Case(name, arguments, {"box": box, "order": cycle(rng, count)}, about=about)

    return [
        one(
            "a box inside",
            "The box covers 3 x 2 of 5 x 4 pixels, so the partner's share is 6/20.",
            3, (5, 4, 1), (1, 2, 3, 2),
        ),
        one(
            "a box that sticks out below and to the right",
            "Only what lies inside the image is replaced and counted: 1 x 2 pixels of 4 x 6.",
            4, (4, 6, 1), (3, 4, 3, 5),
        ),
        one(
            "a box that sticks out above and to the left",
            "The rows and columns before the image do not count: 2 x 3 pixels of 3 x 5 are left.",
            3, (3, 5, 2), (-1, -2, 3, 5),
        ),
        one(
            "a box above the image",
            "No pixel lies inside the image: nothing is replaced.",
            2, (3, 4, 1), (-4, 1, 3, 2),
        ),
        one(
            "a box on the left of the image",
            "No pixel lies inside the image: nothing is replaced.",
            2, (4, 3, 1), (1, -3, 2, 2),
        ),
        Case(
            "soft targets, more than half replaced",
            (pictures(rng, 4, 3, 4, 1), shares(rng, 4, 3)),
            {"box": (0, 1, 3, 3), "order": cycle(rng, 4)},
            about="9 of 12 pixels come from the partner, and so do three quarters of the target.",
        ),
    ]  # fmt: skip


def cutmix_mask(images, targets, *, box, order):
    top, left, height, width = box
    rows, columns = np.arange(images.shape[1]), np.arange(images.shape[2])
    inside = ((rows >= top) & (rows < top + height))[:, None] & (
        (columns >= left) & (columns < left + width)
    )
    lam = 1 - inside.mean()
    mixed = np.where(inside[None, :, :, None], images[order], images)
    return [mixed, lam * targets + (1 - lam) * targets[order]]


def cutmix_clipped_corners(images, targets, *, box, order):
    h, w = images.shape[1:3]
    t, b = np.clip([box[0], box[0] + box[2]], 0, h)
    left, r = np.clip([box[1], box[1] + box[3]], 0, w)
    out = np.array(images)
    out[:, t:b, left:r, :] = images[order, t:b, left:r, :]
    share = (b - t) * (r - left) / (h * w)
    return out, targets + share * (targets[order] - targets)


def cutmix_loop(images, targets, *, box, order):
    out, soft = images.copy(), []
    _, height, width, _ = images.shape
    for i, j in enumerate(order):
        taken = 0
        for row in range(max(0, box[0]), min(height, box[0] + box[2])):
            for column in range(max(0, box[1]), min(width, box[1] + box[3])):
                out[i, row, column] = images[j, row, column]
                taken += 1
        part = taken / (height * width)
        soft.append(part * targets[j] + (1 - part) * targets[i])
    return out, np.array(soft)


BOX_SHARE = "share = mixed[0, rows, columns].size / mixed[0].size"
CUTMIX = Exercise(
    reference=augment.cutmix,
    cases=cutmix_cases,
    returns=("images", "targets"),
    read="Paste a piece of another",
    praise="What is replaced is counted, and only that.",
    hints=(
        "Which pixels really change, if the box sticks out of the image? Which share of the image "
        "is that?",
        "Turn the box into row and column ranges, clipped to the image. The share of the *partner* "
        "is the number of pixels inside both ranges over the number of all pixels.",
        "(1 - share) times the own target plus share times the partner's, with the share taken "
        "after clipping.",
    ),
    mistakes=(
        Mistake(
            "targets the other way round",
            "(1 - share) * targets + share * targets[order]",
            "share * targets + (1 - share) * targets[order]",
            "The shares of the targets are exchanged, as on the slide: who has 60 % of the pixels "
            "should have 60 % of the target.",
        ),
        Mistake(
            "share of the box before clipping",
            BOX_SHARE,
            "share = height * width / images[0, :, :, 0].size",
            "You count the whole box, also the part outside the image. Those pixels were never "
            "pasted.",
        ),
        Mistake(
            "targets not mixed",
            "return mixed, (1 - share) * targets + share * targets[order]",
            "return mixed, targets",
            "The images are mixed, the targets are not.",
        ),
        Mistake(
            "targets half and half",
            BOX_SHARE,
            "share = 0.5",
            "The targets are mixed half and half, whatever the size of the box.",
        ),
        Mistake(
            "share of the height only",
            BOX_SHARE,
            "share = mixed[0, rows].shape[0] / mixed.shape[1]",
            "You take the box's share of the rows. Pixels are counted in two directions.",
        ),
        Mistake(
            "root of the share",
            BOX_SHARE,
            "share = (mixed[0, rows, columns].size / mixed[0].size) ** 0.5",
            "That is the share of a side, not of the area. (The paper draws the *side* of its box "
            "from a root; the target is a share of pixels.)",
        ),
        Mistake(
            "hard targets",
            "return mixed, (1 - share) * targets + share * targets[order]",
            "return mixed, targets if share < 0.5 else targets[order]",
            "You keep the target with more pixels. Both classes count, by their shares.",
        ),
        Mistake(
            "negative rows",
            "rows = slice(max(top, 0), max(top + height, 0))",
            "rows = slice(top, top + height)",
            "A negative number in a slice counts from the end: a box that begins above or left of "
            "the image is lost. Where does its visible part begin?",
            more=(
                (
                    "columns = slice(max(left, 0), max(left + width, 0))",
                    "columns = slice(left, left + width)",
                ),
            ),
        ),
        Mistake(
            "box moved into the image",
            "    rows = slice(",
            "    top, left = max(top, 0), max(left, 0)\n    rows = slice(",
            "You move the box into the image instead of cutting it off: it keeps its full height "
            "and width. Compute its end before you clip its beginning.",
        ),
        Mistake(
            "rows and columns exchanged",
            "top, left, height, width = box",
            "left, top, width, height = box",
            "Rows and columns have changed places: the box is (top, left, height, width).",
        ),
        Mistake(
            "box as two corners",
            "rows = slice(max(top, 0), max(top + height, 0))",
            "rows = slice(max(top, 0), max(height, 0))",
            "you read the box as two corners. Here it is (top, left, height, width).",
            more=(
                (
                    "columns = slice(max(left, 0), max(left + width, 0))",
                    "columns = slice(max(left, 0), max(width, 0))",
                ),
            ),
            convention=True,
        ),
        Mistake(
            "all but the box",
            "    mixed = images.copy()\n    mixed[:, rows, columns] = partners[:, rows, columns]\n",
            "    mixed = partners.copy()\n    mixed[:, rows, columns] = images[:, rows, columns]\n",
            "You replace everything *but* the box: the image itself should stay outside.",
        ),
        Mistake(
            "blended in the box",
            "mixed[:, rows, columns] = partners[:, rows, columns]",
            "mixed[:, rows, columns] = (partners + images)[:, rows, columns] / 2",
            "In the box the two images are blended. CutMix replaces: that is what sets it apart "
            "from mixup.",
        ),
        Mistake(
            "black box",
            "mixed[:, rows, columns] = partners[:, rows, columns]",
            "mixed[:, rows, columns] = 0.0",
            "The box is black, as in cutout. CutMix fills it with the partner's pixels.",
        ),
        Mistake(
            "next image instead of order",
            "partners = images[order]",
            "order = np.roll(np.arange(len(images)), -1)\n    partners = images[order]",
            ORDER_IGNORED,
        ),
        Mistake(
            "order inverted",
            "partners = images[order]",
            "order = np.argsort(order)\n    partners = images[order]",
            ORDER_INVERTED,
        ),
        Mistake(
            "changes what it is given",
            "mixed = images.copy()",
            "mixed = images",
            "Your function pastes into the images that it is given. The caller wants to keep them: "
            "work on a copy.",
        ),
    ),
    accepted=(cutmix_mask, cutmix_clipped_corners, cutmix_loop),
    points=3,
)

# --- soft targets -------------------------------------------------------------------------------


def smooth_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "three classes, eps 0.15",
            (np.array([0]),),
            {"classes": 3, "eps": 0.15},
            about="This is the lecture's example: 90 %, 5 % and 5 %.",
        ),
        Case(
            "several labels, five classes",
            (rng.integers(4, size=6),),
            {"classes": 5, "eps": float(np.round(rng.uniform(0.2, 0.4), 2))},
            about="Each row sums to 1. Class 4 occurs in no label, and still gets its share.",
        ),
        Case(
            "eps 0",
            (np.array([2, 0, 1, 2]),),
            {"classes": 3, "eps": 0.0},
            about="Without smoothing the targets are 0 and 1.",
        ),
        Case(
            "eps 1",
            (np.array([1, 3]),),
            {"classes": 4, "eps": 1.0},
            about="With eps 1 nothing is left of the label: all classes get the same.",
        ),
    ]


def smooth_mixture(labels, *, classes, eps):
    """A mixture of the one-hot targets with the uniform distribution."""
    return (1 - eps) * np.eye(classes)[labels] + eps * np.ones(classes) / classes


def smooth_formula(labels, *, classes, eps):
    hit = np.asarray(labels)[:, None] == np.arange(classes)
    return np.where(hit, 1 - (classes - 1) / classes * eps, eps / classes)


def smooth_loop(labels, *, classes, eps):
    rows = []
    for label in labels:
        row = [eps / classes] * classes
        row[label] = 1 - sum(row[:label] + row[label + 1 :])
        rows.append(row)
    return np.array(rows)


RIGHT_CLASS = "targets[np.arange(len(labels)), labels] += 1 - eps"
FULL = "targets = np.full((len(labels), classes), eps / classes)"
SMOOTH_LABELS = Exercise(
    reference=losses.smooth_labels,
    cases=smooth_cases,
    returns=("targets",),
    read="A little doubt",
    praise="Every row sums to 1, and the right class keeps what is left of its certainty.",
    hints=(
        "Which distribution is mixed with the one-hot target, and with what weight?",
        "Take 1 - eps of the one-hot target and eps of the uniform distribution. The right class "
        "gets something from both.",
        "Fill an (N, K) array with eps/K, then add 1 - eps at each row's label.",
    ),
    mistakes=(
        Mistake(
            "shared by the other classes",
            FULL,
            "targets = np.full((len(labels), classes), eps / (classes - 1))",
            "you give eps to the *other* K - 1 classes and leave 1 - eps for the right one. Here "
            "eps is spread over all K, the right one included.",
            more=((RIGHT_CLASS, "targets[np.arange(len(labels)), labels] = 1 - eps"),),
            convention=True,
        ),
        Mistake(
            "right class without its share",
            RIGHT_CLASS,
            "targets[np.arange(len(labels)), labels] = 1 - eps",
            "The rows sum to less than 1: the right class gets 1 - eps, but it is also one of the "
            "K classes over which eps is spread.",
        ),
        Mistake(
            "nothing taken away",
            RIGHT_CLASS,
            "targets[np.arange(len(labels)), labels] += 1",
            "The rows sum to more than 1: what is spread over the classes has to be taken from the "
            "right one.",
        ),
        Mistake(
            "right class stays at 1",
            RIGHT_CLASS,
            "targets[np.arange(len(labels)), labels] = 1",
            "The right class still has the target 1, and the rows sum to more than 1. Smoothing "
            "takes from it what it gives to the others.",
        ),
        Mistake(
            "only taken away",
            FULL,
            "targets = np.zeros((len(labels), classes))",
            "You lower the target of the right class, but nobody gets what was taken: the rows sum "
            "to less than 1.",
        ),
        Mistake(
            "eps for every class",
            FULL,
            "targets = np.full((len(labels), classes), eps)",
            "Every wrong class gets the whole of eps. It is shared by all K classes.",
        ),
        Mistake(
            "eps and its rest exchanged",
            FULL,
            "targets = np.full((len(labels), classes), (1 - eps) / classes)",
            "eps and 1 - eps have changed places: eps is the share that is given away.",
            more=((RIGHT_CLASS, "targets[np.arange(len(labels)), labels] += eps"),),
        ),
        Mistake(
            "not smoothed",
            FULL,
            "targets = np.zeros((len(labels), classes))",
            "The targets are 0 and 1: eps is not used.",
            more=((RIGHT_CLASS, "targets[np.arange(len(labels)), labels] += 1"),),
        ),
        Mistake(
            "uniform",
            RIGHT_CLASS,
            "targets /= np.sum(targets, axis=1, keepdims=True) + (eps == 0)",
            "All classes get the same, whatever the label is.",
        ),
        Mistake(
            "as many classes as labels show",
            FULL,
            "targets = np.full((len(labels), int(np.max(labels)) + 1), eps / classes)",
            "The number of columns comes from the largest label in this batch. A class may be "
            "missing there: use `classes`.",
        ),
        Mistake(
            "labels from 1",
            "targets[np.arange(len(labels)), labels] +=",
            "targets[np.arange(len(labels)), labels - 1] +=",
            "The labels count from 0: you marked the class before the right one.",
        ),
        Mistake(
            "whole columns",
            "targets[np.arange(len(labels)), labels] +=",
            "targets[:, labels] +=",
            "You add to whole columns, so that every row gets the labels of all rows. Pair each "
            "row with its own label.",
        ),
    ),
    accepted=(smooth_mixture, smooth_formula, smooth_loop),
    points=1,
)


def soft_cases(rng: np.random.Generator) -> Sequence[Case]:
    def targets(rows: int, classes: int) -> Array:
        return np.round(rng.dirichlet(np.ones(classes), size=rows), 12)

    def one(name: str, about: str, scores: Array, goal: Array, **more: Any) -> Case:
        return Case(name, (scores, goal), about=about, **more)

    huge = np.array([[1e4, 0.0, -1e4], [0.0, 1e4, 2e4]]) + draw(rng, 2, 3)
    hard = np.eye(3)[rng.permutation(4) % 3]
    return [
        one(
            "soft targets",
            "Every class counts by its target; the loss is a mean over the examples.",
            draw(rng, 4, 3, scale=2.0),
            targets(4, 3),
        ),
        one(
            "hard targets",
            "With targets 0 and 1 it is the usual cross-entropy.",
            draw(rng, 4, 3, scale=2.0),
            hard,
        ),
        one(
            "one example, five classes",
            "For a single example the mean is the example's own loss.",
            draw(rng, 1, 5),
            targets(1, 5),
        ),
        one(
            "scores of ten thousand",
            "Adding a constant to a row changes nothing: use that before any exponential is taken.",
            huge,
            targets(2, 3),
            atol=1e-9,
        ),
        one(
            "already right",
            "Where the probabilities are the targets the gradient is 0; the loss is not.",
            np.log(np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]])) + 1.5,
            np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]]),
            atol=1e-12,
        ),
    ]


def soft_loop(scores, targets):
    """One example at a time."""
    loss, rows = 0.0, []
    for s, t in zip(scores, targets, strict=True):
        e = np.exp(s - s.max())
        log_sum = np.log(e.sum()) + s.max()
        loss += sum(t_k * (log_sum - s_k) for t_k, s_k in zip(t, s, strict=True)) / len(scores)
        rows.append((e / e.sum() - t) / len(scores))
    return loss, np.array(rows)


def soft_log_sum_exp(scores, targets):
    """log-sum-exp minus the targets' mean score."""
    log_sums = np.logaddexp.reduce(scores, axis=1)
    loss = np.mean(log_sums - np.einsum("nk,nk->n", targets, scores))
    return [loss, (np.exp(scores - log_sums[:, None]) - targets) / scores.shape[0]]


def soft_mixture_of_hard_ones(scores, targets):
    """The loss for every class as if it were the right one, weighed by the targets."""
    shifted = scores - np.amax(scores, axis=-1)[:, None]
    losses_if = np.log(np.exp(shifted).sum(axis=-1))[:, None] - shifted
    probs = np.exp(-losses_if)
    by_class = probs[:, None, :] - np.eye(scores.shape[1])
    weighed = (targets[:, :, None] * by_class).sum(axis=1)
    return (targets * losses_if).sum(axis=1).mean(), weighed / len(targets)


SOFT_RETURN = "return loss, (np.exp(log_probs) - targets) / count"
SOFT_LOSS = "loss = -float(np.sum(targets * log_probs)) / count"
SOFT_CROSS_ENTROPY = Exercise(
    reference=losses.soft_cross_entropy,
    cases=soft_cases,
    returns=("loss", "dscores"),
    read="A little doubt",
    praise="Right for any target distribution, and safe with large scores.",
    hints=(
        "What becomes of the usual loss, minus the logarithm of one probability, if several "
        "classes are right to some extent?",
        "Compute logarithms of the probabilities from shifted scores, without taking the logarithm "
        "of a softmax. Weigh them by the targets. For the gradient, recall softmax: probabilities "
        "minus what?",
        "loss: minus the sum of targets times log-probabilities over N. Gradient: probabilities "
        "minus targets, over N.",
    ),
    mistakes=(
        Mistake(
            "sum instead of mean",
            SOFT_LOSS,
            "loss = -float(np.sum(targets * log_probs))",
            "Loss and gradient are sums over the examples. They should be means, so that the step "
            "size does not depend on the batch size.",
            more=((SOFT_RETURN, "return loss, np.exp(log_probs) - targets"),),
        ),
        Mistake(
            "gradient not averaged",
            SOFT_RETURN,
            "return loss, np.exp(log_probs) - targets",
            "The loss is a mean over the examples, the gradient is that of their sum.",
        ),
        Mistake(
            "loss not averaged",
            SOFT_LOSS,
            "loss = -float(np.sum(targets * log_probs))",
            "The gradient is averaged over the examples, the loss is not.",
        ),
        Mistake(
            "averaged over the classes too",
            SOFT_LOSS,
            "loss = -float(np.mean(targets * log_probs))",
            "You average over examples *and* classes. Within an example the classes are summed: "
            "the targets are weights that already sum to 1.",
        ),
        Mistake(
            "sign of the loss",
            SOFT_LOSS,
            "loss = float(np.sum(targets * log_probs)) / count",
            "The loss is negative: logarithms of probabilities are below 0.",
        ),
        Mistake(
            "sign of the gradient",
            SOFT_RETURN,
            "return loss, (targets - np.exp(log_probs)) / count",
            "The gradient points downhill: the sign is reversed. If a class has too much "
            "probability, lowering its score should lower the loss.",
        ),
        Mistake(
            "hard targets",
            "    shifted = scores",
            "    targets = (targets == np.max(targets, axis=1, keepdims=True)) * 1.0\n"
            "    shifted = scores",
            "Only the class with the largest target counts. All of them do, by their shares.",
        ),
        Mistake(
            "gradient of hard targets",
            SOFT_RETURN,
            "hard = (targets == np.max(targets, axis=1, keepdims=True)) * 1.0\n"
            "    return loss, (np.exp(log_probs) - hard) / count",
            "The loss is right. The gradient is that of hard targets: subtract the targets "
            "themselves, not a 1 at the largest.",
        ),
        Mistake(
            "gradient weighed by the targets",
            SOFT_RETURN,
            "return loss, targets * (np.exp(log_probs) - 1) / count",
            "You weigh p - 1 by the targets and forget that every class's score also stands in the "
            "normalisation of all the others.",
        ),
        Mistake(
            "gradient without targets",
            SOFT_RETURN,
            "return loss, np.exp(log_probs) / count",
            "The gradient is the probabilities alone. What pulls them towards the targets?",
        ),
        Mistake(
            "gradient of log-probabilities",
            SOFT_RETURN,
            "return loss, (log_probs - targets) / count",
            "Logarithms of probabilities stand where the probabilities themselves belong.",
        ),
        Mistake(
            "not shifted",
            "shifted = scores - np.max(scores, axis=1, keepdims=True)",
            "shifted = scores",
            "Large scores overflow in the exponential, and inf minus inf is nan. Subtract each "
            "row's largest score first.",
        ),
        Mistake(
            "shifted by the largest of the batch",
            "np.max(scores, axis=1, keepdims=True)",
            "np.max(scores)",
            "You subtract the largest score of the whole batch. In a row whose scores are all far "
            "below it every exponential is 0, and its logarithm is -inf. Each row has its own.",
        ),
        Mistake(
            "softmax over the examples",
            "np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))",
            "np.log(np.sum(np.exp(shifted), axis=0, keepdims=True))",
            "The probabilities sum to 1 down the columns, over the examples. Which axis holds the "
            "classes?",
        ),
        Mistake(
            "probabilities instead of logarithms",
            SOFT_LOSS,
            "loss = -float(np.sum(targets * np.exp(log_probs))) / count",
            "The logarithm is missing: you weigh the probabilities themselves.",
        ),
        Mistake(
            "in bits",
            SOFT_LOSS,
            "loss = -float(np.sum(targets * log_probs)) / count / np.log(2)",
            "your loss is in bits, with logarithms to base 2. Here it is in nats, with natural "
            "ones; the gradient already is.",
            convention=True,
        ),
        Mistake(
            "divergence instead of cross-entropy",
            SOFT_LOSS,
            "entropies = targets * np.log(np.where(targets > 0, targets, 1.0))\n"
            "    loss = float(np.sum(entropies - targets * log_probs)) / count",
            "your loss is the Kullback-Leibler divergence, which is 0 when the probabilities meet "
            "the targets. It has the same gradient; here the targets' own entropy is not "
            "subtracted.",
            convention=True,
        ),
        Mistake(
            "targets and probabilities exchanged",
            SOFT_LOSS,
            "loss = -float(np.sum(np.exp(log_probs) * np.log(targets + 1e-12))) / count",
            "The roles are exchanged: the targets weigh, and the logarithm is taken of what the "
            "net says.",
        ),
    ),
    accepted=(soft_loop, soft_log_sum_exp, soft_mixture_of_hard_ones),
    points=2,
)

EXERCISES = (
    RANDOM_FLIP,
    RANDOM_CROP,
    RANDOM_RESIZED_CROP,
    TEN_CROP,
    AVERAGE_VIEWS,
    COLOR_JITTER,
    PCA_COLOR,
    CUTOUT,
    MIXUP,
    CUTMIX,
    SMOOTH_LABELS,
    SOFT_CROSS_ENTROPY,
)
QUIZZES = (
    Quiz(
        "u11-which-labels",
        "Which of these changes of a handwritten digit keeps its label, for all ten digits?",
        (
            Choice(
                "Mirroring it left to right.",
                False,
                "A mirrored 2 or 5 is no digit at all, and a mirrored 3 looks like a Greek letter. "
                "Which of the ten look the same in a mirror?",
            ),
            Choice(
                "Turning it by 180 degrees.",
                False,
                "Two of the ten digits turn into each other. Write a 6 and turn the page.",
            ),
            Choice(
                "Shifting it by one pixel.",
                True,
                "Wherever it stands on the page, a 4 is a 4. What is allowed is a matter of what "
                "the labels mean, not of the pictures.",
            ),
            Choice(
                "Cutting out its left half.",
                False,
                "What is left of a 0 or a 6 then? A cut-out has to leave enough to recognise the "
                "rest.",
            ),
        ),
    ),
    Quiz(
        "u11-what-to-average",
        "A net has looked at ten views of one picture. What do you average?",
        (
            Choice(
                "The ten views, pixel by pixel, and predict once.",
                False,
                "The mean of shifted and mirrored pictures is a blur. The net has never been "
                "trained on a blur.",
            ),
            Choice(
                "The ten predicted labels: the most frequent one wins.",
                False,
                "A view that is 51 % sure would count as much as one that is 99 % sure. And with "
                "two labels five times each you would have to throw a coin.",
            ),
            Choice(
                "The ten rows of probabilities.",
                True,
                "This is the mean over the noise that the lecture writes as an integral, taken "
                "over ten fixed values of it. The result is again a distribution.",
            ),
            Choice(
                "The parameters of ten nets.",
                False,
                "There is one net here. Averaging parameters is another idea, of unit 12.",
            ),
        ),
    ),
    Quiz(
        "u11-slide-cutmix",
        "60 % of the pixels of a mixed picture show the cat, 40 % the dog. Which target does "
        "CutMix give it?",
        (
            Choice(
                "cat 0.4, dog 0.6, as printed",
                False,
                "These are the shares of the mixup slide before it, copied along. Who has more "
                "pixels?",
            ),
            Choice(
                "cat 0.6, dog 0.4",
                True,
                "The target follows the shares of the pixels. On the slide the caption and the "
                "target contradict each other.",
            ),
            Choice(
                "cat 1, dog 0, because the cat has the majority",
                False,
                "Then a net would be told that a large piece of dog means nothing. The target is "
                "soft, like mixup's.",
            ),
            Choice(
                "cat 0.5, dog 0.5, because both are there",
                False,
                "Both are there, but not to the same extent.",
            ),
        ),
    ),
    Quiz(
        "u11-slide-smoothing",
        "The slide's formula gives the right class 1 - (K-1) eps / K and the others eps / K. With "
        "which eps does it print 90 %, 5 %, 5 % for three classes?",
        (
            Choice(
                "0.05",
                False,
                "Then a wrong class gets 0.05 / 3. What has to be divided by 3 to give 0.05?",
            ),
            Choice(
                "0.1",
                False,
                "That is the other convention, where the right class gets 1 - eps and the K - 1 "
                "others share eps. Put 0.1 into the slide's formula: the right class gets 0.933.",
            ),
            Choice(
                "0.15",
                True,
                "0.15 / 3 = 0.05, and 1 - 2 * 0.05 = 0.9. The slide does not say it, and a reader "
                "who assumes the other convention finds 0.1 and sees no contradiction.",
            ),
            Choice(
                "0.3",
                False,
                "Then each wrong class gets 0.1.",
            ),
        ),
    ),
    Quiz(
        "u11-flip-digits",
        "100 digits are mirrored at random in training, the test digits are not. What happens to "
        "the test accuracy?",
        (
            Choice(
                "It rises: mirroring doubles the data.",
                False,
                "The second half of that data never occurs in the test set, and it can look like "
                "something else. More data of another kind is not more of the same.",
            ),
            Choice(
                "It stays: the net ignores what does not occur.",
                False,
                "The net has to fit the mirrored digits too, with the same weights. Nothing is "
                "free.",
            ),
            Choice(
                "It falls by a few points.",
                True,
                "The net spends its capacity on pictures that nobody will show it, and digits that "
                "mirror into each other's neighbourhood get harder to tell apart.",
            ),
            Choice(
                "It falls to about one half.",
                False,
                "Half of the training pictures are still the right way round, and those teach what "
                "the test asks for.",
            ),
        ),
    ),
    Quiz(
        "u11-more-shifts",
        "The net was trained with shifts of up to one pixel. The test digits are shifted like "
        "that already. Now each is shifted at random 25 more times and the probabilities are "
        "averaged. What does that do to the accuracy?",
        (
            Choice(
                "It rises: averaging over the noise always helps.",
                False,
                "Averaging over the noise of *training* is the recipe. How far can a digit have "
                "moved after two shifts?",
            ),
            Choice(
                "It stays the same: the noise averages out.",
                False,
                "It would if the net answered sensibly for all 25 views. Has it seen such digits?",
            ),
            Choice(
                "It falls: some digits end up two pixels away.",
                True,
                "Two shifts of up to one pixel make up to two, and parts of a digit leave the "
                "picture. The net has never seen that, and its answers there are averaged in.",
            ),
            Choice(
                "It falls, because 25 views are too few.",
                False,
                "There are nine different shifts; 25 draws cover most of them.",
            ),
        ),
    ),
    Quiz(
        "u11-pattern",
        "Which of these methods adds noise in training that is *not* averaged out at test time by "
        "asking the net several times or by using everything at once?",
        (
            Choice(
                "dropout",
                False,
                "At test time all units are there at once: an approximate mean over the masks.",
            ),
            Choice(
                "random crops",
                False,
                "At test time a fixed set of crops is predicted and averaged.",
            ),
            Choice(
                "mixup",
                True,
                "At test time the original image is used, which is one value of the noise (lam = "
                "1), not its mean. The two-line pattern is a way to remember the family, no law.",
            ),
            Choice(
                "DropConnect",
                False,
                "At test time all connections are used at once.",
            ),
        ),
    ),
)
