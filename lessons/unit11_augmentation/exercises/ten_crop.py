"""The exercise ``ten_crop``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import augment

from .shared import in_double, pictures


@in_double
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
