"""The exercise ``cutout``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import augment

from .shared import (
    AFRESH,
    FIXED_SEED,
    ONE_FOR_ALL,
    OWN_GENERATOR,
    in_double,
    mean_band,
    own_generator,
    seen,
    six_sigma,
)


@in_double
def cutout_cases(rng: np.random.Generator) -> Sequence[Case]:
    def many(name: str, about: str, size: int, *shape: int) -> Case:
        count, height, width = shape[:3]
        bands = {
            "share of holes that are whole squares": six_sigma(0.5, count),
            "share of all pixels that are cut": mean_band(0.3 * size**2 / (height * width), count),
            "mean row of the holes' centres": mean_band(height / np.sqrt(12), count),
            "mean column of the holes' centres": mean_band(width / np.sqrt(12), count),
            "correlation of row and column": mean_band(1.0, count),
            "spread of the holes' rows": mean_band(0.13 * height, count),
            "spread of the holes' columns": mean_band(0.13 * width, count),
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
            300,
            7,
            9,
            2,
        ),
        many("size 4", "The square has 4 rows and 4 columns, where it fits.", 4, 300, 9, 7, 1),
        many("one pixel", "A square of size 1 is one pixel.", 1, 1000, 4, 6, 3),
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
            "wraps around",
            "image[max(top, 0) : top + size, max(left, 0) : left + size]",
            "image[np.ix_(np.arange(top, top + size) % height, "
            "np.arange(left, left + size) % width)]",
            "What sticks out of the image comes back on the other side and cuts a piece there. "
            "Outside there is nothing to cut.",
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
