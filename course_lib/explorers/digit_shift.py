"""Digits that stand a little to the side: what nets with and without augmentation read."""

from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib import datasets
from course_lib.arrays import Array, Labels, Params
from course_lib.augment import random_crop
from course_lib.explorers.component import Explorer
from course_lib.explorers.table import Axis, Control, Layer, Panel, Sentences
from course_lib.models import init_mlp, mlp_loss, mlp_scores
from course_lib.optim import momentum
from course_lib.recorded import recorded
from course_lib.train import fit

SHIFTS = (-3, -2, -1, 0, 1, 2, 3)  # pixels, to the right or down
PADDINGS = (0, 1, 2)  # shifts in training
LOOKS = (("vermillion", "square", "solid"), ("blue", "circle", "dashed"),
         ("green", "diamond", "dash-dot"))  # fmt: skip
NAMES = ("no augmentation", "shifts of up to 1 pixel", "shifts of up to 2 pixels")
SHOWN = 8  # digits in the picture
EXAMPLES, EPOCHS, LR = 300, 60, 0.05
AXES = ("down", "right")


def shifted(x: Array, down: int, right: int) -> Array:
    """Digits moved by whole pixels, what they leave behind is black; shapes (N, 64).

    Source: the crop that ``augment.random_crop`` would draw for this shift.
    """
    room = max(abs(down), abs(right))
    padded = np.pad(x.reshape(-1, 8, 8), ((0, 0), (room, room), (room, room)))
    window = padded[:, room - down : room - down + 8, room - right : room - right + 8]
    return window.reshape(len(x), 64)


def trained_with_shifts(padding: int, *, seed: int = 0) -> Params:
    """A net of 64-128-10 units, trained on 300 digits that are shifted anew in every batch.

    Source: CS231n L7 "random crops".
    """
    digits, rng = datasets.load_digits(), np.random.default_rng(seed)

    def loss(params: Params, x: Array, labels: Labels, *, l2: float) -> tuple[float, Params]:
        images = random_crop(x.reshape(-1, 8, 8, 1), padding=padding, rng=rng)
        return mlp_loss(params, images.reshape(x.shape), labels, l2=l2)

    start = init_mlp((64, 128, 10), rng=rng)
    data = digits.x_train[:EXAMPLES], digits.y_train[:EXAMPLES]
    how = {"rule": momentum, "lr": LR, "epochs": EPOCHS, "loss": loss}
    return fit(start, data, rng=rng, **how)[0]


def picture(x: Array) -> NDArray[np.uint8]:
    """Eight digits in two rows with white lines between them, as bytes; shape (17, 36, 3)."""
    sheet = np.ones((17, 36))
    for number, digit in enumerate(x):
        top, left = 9 * (number // 4), 9 * (number % 4)
        sheet[top : top + 8, left : left + 8] = digit.reshape(8, 8)
    return np.repeat(np.round(255 * sheet)[:, :, None], 3, axis=2).astype(np.uint8)


def readings(scores: Sequence[Array], labels: Labels) -> str:
    """What each net reads in the digits that are shown."""
    told = [" ".join(str(c) for c in s[:SHOWN].argmax(axis=1)) for s in scores]
    truth = " ".join(str(label) for label in labels[:SHOWN])
    parts = [f"{name}: {words}" for name, words in zip(NAMES, told, strict=True)]
    return f"The digits are {truth}. Read after training with {'; '.join(parts)}."


@cache
@recorded
def shift_table() -> dict[str, Any]:
    """All frames: the digits, the accuracy of three nets, and the sentences.

    **Shapes:** digits (down, right, 17, 36, 3) as bytes, accuracy (net, down, right).
    """
    digits = datasets.load_digits()
    nets = [trained_with_shifts(padding) for padding in PADDINGS]
    shape = (len(SHIFTS), len(SHIFTS))
    accuracy, sheets, about, read = np.zeros((len(nets), *shape)), [], [], []
    for at in product(range(len(SHIFTS)), repeat=2):
        down, right = (SHIFTS[i] for i in at)
        x = shifted(digits.x_test, down, right)
        scores = [mlp_scores(net, x) for net in nets]
        for net, s in enumerate(scores):
            accuracy[(net, *at)] = np.mean(s.argmax(axis=1) == digits.y_test)
        sheets.append(picture(x[:SHOWN]))
        parts = [f"{name} {accuracy[(i, *at)]:.3f}" for i, name in enumerate(NAMES)]
        about.append(
            f"All 497 test digits moved by {right} to the right and {down} down. "
            f"Accuracy after training with {', '.join(parts)}."
        )
        read.append(readings(scores, digits.y_test))
    return {
        "sheets": np.reshape(sheets, (*shape, 17, 36, 3)),
        "accuracy": accuracy,
        "about": about,
        "read": read,
    }


def test_shift() -> Explorer:
    """Test digits moved by up to three pixels, and how many of them three nets still read.

    Source: CS231n L7 "data augmentation: random crops"; 300 digits, 60 epochs, one seed.
    """
    frames = shift_table()
    stops = [f"{shift:+d}".replace("+0", "0") for shift in SHIFTS]
    controls = [
        Control("right", "Shift to the right (pixels)", stops, 3),
        Control("down", "Shift down (pixels)", stops, 3),
    ]
    ticks = [(float(place), name) for place, name in enumerate(stops)]
    lines = [
        Layer("series", frames["accuracy"][i], ("down",), look[0], look[2], look[1], label=name,
              size=4.0)
        for i, (look, name) in enumerate(zip(LOOKS, NAMES, strict=True))
    ]  # fmt: skip
    here = Layer("vline", np.arange(7.0)[:, None], ("right",), "grey", "dotted", label="here")
    panels = [
        Panel(
            "Eight test digits as the nets get them",
            Axis("", 0.0, 36.0, ticks=[]),
            Axis("", 0.0, 17.0, ticks=[]),
            [Layer("image", frames["sheets"], AXES, extent=(0.0, 36.0, 0.0, 17.0))],
            equal=True,
            grid=False,
            frame=False,
        ),
        Panel(
            "Test accuracy along this row of shifts",
            Axis("shift to the right (pixels)", -0.3, 6.3, ticks=ticks),
            Axis("test accuracy", 0.0, 1.0),
            [*lines, here],
        ),
    ]
    caption = [Sentences(frames["about"], AXES), Sentences(frames["read"], AXES)]
    return Explorer("Digits that move", controls=controls, panels=panels, caption=caption)
