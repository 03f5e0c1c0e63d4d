"""The data sets of the course, and noise for their labels."""

import hashlib
import io
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from course_lib.arrays import Array, Labels

DIGITS_SHA256 = "c166ce6681c20b8a33ae40cf85141b323b56a45d1cdbfb2988f1c38ff7e3458c"


class DataFileError(OSError):
    """A data file is missing or is not the one that the course was made with."""


class Digits(NamedTuple):
    """Handwritten digits, 8 x 8 pixels in [0, 1] as rows of 64, labels 0 to 9."""

    x_train: Array  # (1000, 64)
    y_train: Labels  # (1000,)
    x_val: Array  # (300, 64)
    y_val: Labels  # (300,)
    x_test: Array  # (497, 64)
    y_test: Labels  # (497,)


def data_folder() -> Path:
    """The folder ``data`` beside ``course_lib``, or what COURSE_DATA names instead.

    Source: the layout of the repository and of a student's bundle, which is the same.
    """
    if chosen := os.environ.get("COURSE_DATA"):
        return Path(chosen)
    return Path(__file__).resolve().parents[1] / "data"


def load_digits() -> Digits:
    """1797 handwritten digits, split once and for all into 1000, 300 and 497.

    Source: Alpaydin & Kaynak 1998, optical recognition of handwritten digits (UCI), test part;
    see data/README.md.
    Shapes: see ``Digits``; every call returns arrays of its own.
    Raises DataFileError when the file is missing or has changed.
    """
    path = data_folder() / "digits.npz"
    content = path.read_bytes() if path.is_file() else b""
    found = hashlib.sha256(content).hexdigest() if content else "no such file"
    if found != DIGITS_SHA256:
        raise DataFileError(
            f"{path} should have the SHA-256 {DIGITS_SHA256}, found {found}: restore it "
            f"with `git checkout -- data/digits.npz` or `python data/make_digits.py`."
        )
    with np.load(io.BytesIO(content)) as file:
        order = file["order"]
        x = file["pixels"][order] / 16.0
        labels = file["labels"][order].astype(np.int64)
    return Digits(x[:1000], labels[:1000], x[1000:1300], labels[1000:1300], x[1300:], labels[1300:])


def noisy_labels(
    labels: Labels, *, fraction: float, classes: int, rng: np.random.Generator
) -> Labels:
    """Draw the labels of a share of the examples anew, uniformly over all classes.

    The new label may be the old one, so about ``fraction * (classes - 1) / classes`` of the
    labels end up wrong.

    Source: Zhang et al. 2017 "partially corrupted labels".
    Shapes: ``labels`` (N,), result the same; exactly ``round(fraction * N)`` are redrawn.
    Raises ValueError when ``fraction`` lies outside [0, 1].
    """
    if not 0 <= fraction <= 1:
        raise ValueError(f"fraction must lie in [0, 1], got {fraction}")
    redrawn = rng.permutation(len(labels))[: round(fraction * len(labels))]
    noisy = np.array(labels)
    noisy[redrawn] = rng.integers(classes, size=len(redrawn))
    return noisy
