"""The data sets of the course, and noise for their labels."""

import functools
import hashlib
import io
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from course_lib.arrays import Array, Labels

DIGITS_SHA256 = "c166ce6681c20b8a33ae40cf85141b323b56a45d1cdbfb2988f1c38ff7e3458c"
PHOTOS_SHA256 = "64815cc89052bf7ce8e82cae57f9193eaa52e33100fdaf383f2c6d711129696f"
RUNS_SHA256 = "f1ba93417934b9da3b817a081021f85812281939462ccfb72542a25fe900a6f1"


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


class Photos(NamedTuple):
    """Three colour photographs, values in [0, 1], the shorter side 96 pixels."""

    cat: Array  # (96, 144, 3)
    coffee: Array  # (96, 144, 3)
    astronaut: Array  # (96, 96, 3)


class TrainingRuns(NamedTuple):
    """Runs that were made once and for all: patients of unit 13, and settings of a search there."""

    lrs: Array  # (9,) learning rates of the patients
    penalties: Array  # (9,) l2
    scales: Array  # (9,) initial weights, in units of He's
    losses: Array  # (9, 9, 9, 2, 41) training and validation, nats, before and after every epoch
    accuracies: Array  # (9, 9, 9, 2) in the end
    ratios: Array  # (9, 9, 9) update to weights, first layer, median of the first epoch
    search_lrs: Array  # (41,)
    search_penalties: Array  # (25,)
    search_accuracies: Array  # (41, 25) on the validation set


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
    content = _content_of("digits.npz", DIGITS_SHA256, "make_digits.py")
    with np.load(io.BytesIO(content)) as file:
        order = file["order"]
        x = file["pixels"][order] / 16.0
        labels = file["labels"][order].astype(np.int64)
    return Digits(x[:1000], labels[:1000], x[1000:1300], labels[1000:1300], x[1300:], labels[1300:])


def load_photos() -> Photos:
    """A cat, a cup of coffee and an astronaut, small enough to be augmented in no time.

    Source: photographs without restrictions that scikit-image ships; see data/README.md.
    Shapes: see ``Photos``; every call returns arrays of its own.
    Raises DataFileError when the file is missing or has changed.
    """
    content = _content_of("photos.npz", PHOTOS_SHA256, "make_photos.py")
    with np.load(io.BytesIO(content)) as file:
        return Photos(*(file[name] / 255.0 for name in Photos._fields))


@functools.cache
def load_training_runs() -> TrainingRuns:
    """Curves of 729 trainings and the results of 1025 settings of a search; read-only.

    Losses are nan once a training has diverged, and at most 1e30.

    Source: runs of this library, made by data/make_training_runs.py; see data/README.md.
    Shapes: see ``TrainingRuns``.
    Raises DataFileError when the file is missing or has changed.
    """
    content = _content_of("training_runs.npz", RUNS_SHA256, "make_training_runs.py")
    with np.load(io.BytesIO(content)) as file:
        arrays = [file[name].astype(np.float64) for name in TrainingRuns._fields]
    for array in arrays:
        array.flags.writeable = False  # everybody gets the same ones
    return TrainingRuns(*arrays)


def _content_of(name: str, checksum: str, script: str) -> bytes:
    """The bytes of a data file, if it is the one of record."""
    path = data_folder() / name
    content = path.read_bytes() if path.is_file() else b""
    found = hashlib.sha256(content).hexdigest() if content else "no such file"
    if found != checksum:
        raise DataFileError(
            f"{path} should have the SHA-256 {checksum}, found {found}: restore it "
            f"with `git checkout -- data/{name}` or `python data/{script}`."
        )
    return content


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
