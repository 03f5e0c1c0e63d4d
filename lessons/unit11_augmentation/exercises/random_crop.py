"""The exercise ``random_crop``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, Rng
from course_lib import augment

from .shared import ONE_FOR_ALL, chance, in_double, mean_band, pictures, seen


@in_double
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
