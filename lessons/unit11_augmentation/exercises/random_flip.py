"""The exercise ``random_flip``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, Rng
from course_lib import augment

from .shared import ONE_FOR_ALL, chance, in_double, pictures, seen, six_sigma

LOOKS = ("as they were", "mirrored left to right", "upside down", "turned by 180 degrees")


@in_double
def flip_cases(rng: np.random.Generator) -> Sequence[Case]:
    def many(name: str, about: str, prob: float, *shape: int) -> Case:
        bands = {f"share of images {look}": six_sigma(prob, shape[0]) for look in LOOKS}
        spread = float(np.sqrt(4 * prob * (1 - prob)))
        bands["spread of the number mirrored, in batches of four"] = 0.3 * spread
        return seen(name, about, "flipped", rng, bands, shape=shape, prob=prob)

    images = pictures(rng, 3, 2, 4, 2)
    return [
        many(
            "1500 images, prob 0.3",
            "About 30 % of the images should be mirrored.",
            0.3, 1500, 2, 3, 2,
        ),
        many(
            "1500 square images, prob 0.8",
            "About 80 % of the images should be mirrored: columns change places, rows do not.",
            0.8, 1500, 3, 3, 1,
        ),
        many(
            "prob 1",
            "Every image is mirrored: its columns come in the opposite order.",
            1.0, 3, 2, 4, 2,
        ),
        Case(
            "prob 0",
            (images,),
            {"prob": 0.0, "rng": Rng(3)},
            about="No image changes.",
        ),
    ]  # fmt: skip


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
            "rows and columns exchanged",
            "images[:, :, ::-1]",
            "images.swapaxes(1, 2)",
            "You exchange rows and columns: that mirrors the image about its diagonal, and an "
            "image that is not square does not even keep its shape. Which axis runs from left to "
            "right?",
        ),
        Mistake(
            "exact number",
            "rng.random(len(images)) < prob",
            "rng.permutation(len(images)) < round(prob * len(images))",
            "In every batch exactly the same number of images is mirrored; you only choose which. "
            "Each image throws a coin of its own, so that the number varies from batch to batch.",
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
