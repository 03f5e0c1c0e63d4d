"""Augmentation: three photographs before and after, and the targets that go with them."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.arrays import Array
from course_lib.augment import (
    color_jitter,
    cutmix,
    cutout,
    lens_distortion,
    mixup,
    pca_color,
    random_crop,
    random_flip,
    random_resized_crop,
    rotate,
    shear,
)
from course_lib.datasets import load_photos
from course_lib.explorers.component import Explorer
from course_lib.explorers.table import Axis, Control, Layer, Panel, Sentences
from course_lib.recorded import recorded

SIDE = 42  # pixels
CLASSES = ("cat", "coffee", "astronaut")
LOOKS = ("orange", "blue", "green")
ORDER = np.array([1, 2, 0])  # whom a picture is mixed with
STRENGTHS = ("weak", "medium", "strong")
DRAWS = 3
AXES = ("method", "strength", "draw")
Batch = tuple[Array, Array]


class Method(NamedTuple):
    """One augmentation: ``apply(images, targets, amount, rng)`` for three amounts."""

    label: str
    amounts: tuple[Any, Any, Any]
    sentence: str  # with {} for the amount
    apply: Callable[[Array, Array, Any, np.random.Generator], Batch]


def pictures() -> Array:
    """The middle of each photograph, 42 x 42 pixels; shape (3, 42, 42, 3).

    Source: ``datasets.load_photos``.
    """
    places = {"cat": (8, 32), "coffee": (4, 26), "astronaut": (0, 2)}
    squares = []
    for name, (top, left) in places.items():
        cut = getattr(load_photos(), name)[top : top + 2 * SIDE, left : left + 2 * SIDE]
        squares.append(cut.reshape(SIDE, 2, SIDE, 2, 3).mean(axis=(1, 3)))
    return np.stack(squares)


def main_colours(images: Array) -> tuple[Array, Array]:
    """The directions in which the pixels' colours vary, as columns, and how far.

    Source: Krizhevsky et al. 2012, sec. 4.1 (PCA of all pixels of the training set).
    Shapes: ``images`` (N, H, W, 3); components (3, 3), standard deviations (3,).
    """
    pixels = images.reshape(-1, 3)
    variances, components = np.linalg.eigh(np.cov(pixels.T))
    return components, np.sqrt(np.maximum(variances, 0.0))


def _alone(change: Callable[[Array, Any, np.random.Generator], Array]) -> Callable[..., Batch]:
    """A change of the images that leaves the targets alone."""
    return lambda images, targets, amount, rng: (change(images, amount, rng), targets)


def _each(change: Callable[[Array, Any, np.random.Generator], Array]) -> Callable[..., Batch]:
    return _alone(lambda images, amount, rng: np.stack([change(i, amount, rng) for i in images]))


def _turned(image: Array, amount: tuple[float, float], rng: np.random.Generator) -> Array:
    degrees, slope = amount
    sheared = shear(image, slope=rng.uniform(-slope, slope))
    return rotate(sheared, degrees=rng.uniform(-degrees, degrees))


def _coloured(images: Array, sigma: float, rng: np.random.Generator) -> Array:
    components, scales = main_colours(pictures())
    return pca_color(images, components, scales, sigma=sigma, rng=rng).clip(0.0, 1.0)


def _pasted(images: Array, targets: Array, size: int, rng: np.random.Generator) -> Batch:
    top, left = (int(place) for place in rng.integers(SIDE, size=2) - size // 2)
    return cutmix(images, targets, box=(top, left, size, size), order=ORDER)


METHODS = (
    Method("mirror", (0.25, 0.5, 1.0), "Each picture is mirrored with probability {}.",
           _alone(lambda x, prob, rng: random_flip(x, prob=prob, rng=rng))),
    Method("shift (random crop)", (2, 5, 10), "Each picture moves by up to {} pixels; black comes "
           "in.", _alone(lambda x, pad, rng: random_crop(x, padding=pad, rng=rng))),
    Method("scale and crop", (48, 63, 96), "Each picture is enlarged to 42 to {} pixels, and 42 x "
           "42 are cut out.", _alone(lambda x, side, rng: random_resized_crop(
               x, size=SIDE, short_side=(SIDE, side), rng=rng))),
    Method("contrast and brightness", (0.1, 0.25, 0.5), "Brightness moves by up to {0}, contrast "
           "by a factor within {0} of 1.", _alone(lambda x, amount, rng: color_jitter(
               x, brightness=amount, contrast=amount, rng=rng))),
    Method("PCA colour", (0.3, 0.7, 1.4), "One colour is added to all pixels, sigma {}.",
           _alone(_coloured)),
    Method("rotate and shear", ((5, 0.1), (15, 0.25), (40, 0.5)), "Turned by up to {0[0]} degrees, "
           "sheared by up to {0[1]} pixels per row.", _each(_turned)),
    Method("lens distortion", (0.1, 0.25, 0.5), "Distorted by up to {} at the corners, outwards or "
           "inwards.", _each(lambda image, most, rng: lens_distortion(
               image, strength=rng.uniform(-most, most)))),
    Method("cutout", (8, 16, 26), "A square of {0} x {0} pixels is cut out of each picture.",
           _alone(lambda x, size, rng: cutout(x, size=size, rng=rng))),
    Method("mixup", (0.9, 0.7, 0.5), "lam is {}: each picture is blended with the next one.",
           lambda x, t, lam, rng: mixup(x, t, lam=lam, order=ORDER)),
    Method("CutMix", (13, 23, 30), "A box of {0} x {0} pixels of the next picture is pasted.",
           _pasted),
)  # fmt: skip


def as_bytes(images: Array) -> NDArray[np.uint8]:
    """Values in [0, 1] as bytes, the pictures of a batch side by side.

    Shapes: (N, H, W, 3) to (H, N * W, 3).
    """
    return np.concatenate(np.round(255 * images), axis=1).astype(np.uint8)


def shares(targets: Array) -> str:
    """What each picture is to be called, in words."""
    told = []
    for number, row in enumerate(targets, start=1):
        parts = [f"{c} {share:.2f}" for c, share in zip(CLASSES, row, strict=True) if share > 0]
        told.append(f"{number}: {', '.join(parts)}")
    return f"Targets: {'; '.join(told)}."


@cache
@recorded
def gallery_table() -> dict[str, Any]:
    """All frames: the pictures, the bars of their targets, and the sentences.

    **Shapes:** images (method, strength, draw, 42, 126, 3) as bytes, targets (method, strength,
    draw, 3, 3) with the picture before the class.
    """
    images, targets, about, told = [], [], [], []
    for number, method in enumerate(METHODS):
        for level, amount in enumerate(method.amounts):
            about.append(method.sentence.format(amount))
            for draw in range(DRAWS):
                rng = np.random.default_rng([number, level, draw])
                new, mixed = method.apply(pictures(), np.eye(3), amount, rng)
                images.append(as_bytes(new))
                targets.append(mixed)
                told.append(shares(mixed))
    shape = (len(METHODS), len(STRENGTHS), DRAWS)
    return {
        "originals": as_bytes(pictures()),
        "images": np.reshape(images, (*shape, SIDE, 3 * SIDE, 3)),
        "targets": np.reshape(targets, (*shape, 3, 3)),
        "about": about,
        "told": told,
    }


def augment_gallery() -> Explorer:
    """Ten augmentations of three photographs, and what becomes of the labels, for unit 11.

    Source: CS231n L7 "data augmentation", "cutout", "mixup", "CutMix".
    """
    frames = gallery_table()
    controls = [
        Control("method", "Augmentation", [method.label for method in METHODS], 0, "list"),
        Control("strength", "Strength", STRENGTHS, 1),
        Control("draw", "Draw", [str(draw + 1) for draw in range(DRAWS)]),
    ]
    caption = [Sentences(frames["about"], AXES[:2]), Sentences(frames["told"], AXES)]
    panels = [_pictures_panel(frames), _targets_panel(frames)]
    return Explorer("Augmentation: three photographs", controls=controls, panels=panels,
                    caption=caption)  # fmt: skip


def _pictures_panel(frames: dict[str, Any]) -> Panel:
    ticks = [(number + 0.5, f"picture {number + 1}") for number in range(3)]
    rows = [(0.5, "after"), (1.6, "before")]
    return Panel(
        "Three photographs, before and after",
        Axis("", 0.0, 3.0, ticks=ticks),
        Axis("", 0.0, 2.1, ticks=rows),
        [
            Layer("image", frames["originals"], extent=(0.0, 3.0, 1.1, 2.1)),
            Layer("image", frames["images"], AXES, extent=(0.0, 3.0, 0.0, 1.0)),
        ],
        equal=True,
        weight=1.6,
        grid=False,
        frame=False,
    )


def _targets_panel(frames: dict[str, Any]) -> Panel:
    ticks = [(1.5, "picture 1"), (5.5, "picture 2"), (9.5, "picture 3")]
    layers = []
    for number, (name, colour) in enumerate(zip(CLASSES, LOOKS, strict=True)):
        bars = np.zeros((*frames["targets"].shape[:3], 11))
        bars[..., number::4] = frames["targets"][..., number]
        layers.append(Layer("bars", bars, AXES, colour, label=name))
    return Panel(
        "What each augmented picture is to be called",
        Axis("", 0.0, 11.0, ticks=ticks),
        Axis("share of the target", 0.0, 1.05),
        layers,
        aspect=0.6,
    )
