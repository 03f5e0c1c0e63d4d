"""The exercise ``standardize``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import preprocessing
from course_lib.arrays import Array

MEANS = "['the means of the training columns']"
SPREAD = "['the spread of the training columns']"


def standardize_cases(rng: np.random.Generator) -> Sequence[Case]:
    def data(name: str, about: str, train: Array, test: Array) -> Case:
        return Case(
            name,
            about=about,
            probe="standardized",
            inputs={"train": train, "test": test},
            rtol=1e-9,
            bands={MEANS: 1e-5, SPREAD: 0.08},
        )

    def columns(rows: int, centres: list[float], scales: list[float], digits: int = 3) -> Array:
        values = np.array(centres) + np.array(scales) * rng.normal(size=(rows, len(centres)))
        return np.round(values, digits)

    with_constant = columns(11, [2.0, -1.0, 4.0], [1.5, 0.4, 3.0])
    with_constant[:, 1] = 5.0
    new_rows = columns(4, [2.5, -1.0, 3.0], [1.0, 0.4, 4.0])
    new_rows[:, 1] = (5.0, 5.0, 6.0, 5.0)
    return [
        data(
            "a training set and a different test set",
            "Both sets are moved by the training set's mean and divided by the training set's "
            "standard deviation, column by column.",
            columns(12, [2.0, -3.0, 0.5], [0.5, 2.0, 4.0]),
            columns(5, [3.0, -1.0, 0.0], [1.0, 3.0, 2.0]),
        ),
        data(
            "a single test row",
            "One row has no spread of its own: what the training set knows has to be enough.",
            columns(13, [1.0, 10.0], [0.3, 5.0]),
            columns(1, [2.0, 8.0], [0.5, 5.0]),
        ),
        data(
            "very different units",
            "CSC421's first data set has columns around 100 and around 0.003: both must come out "
            "with spread 1.",
            columns(14, [184.0, 0.003], [133.0, 0.0008], 6),
            columns(3, [184.0, 0.003], [133.0, 0.0008], 6),
        ),
        data(
            "far from zero",
            "CSC421's second data set lies around 1000.",
            columns(15, [1000.0, 1005.0, 3.0, -7.0], [2.5, 2.4, 1.0, 0.2]),
            columns(6, [1001.0, 1004.0, 2.0, -7.0], [2.5, 2.4, 1.0, 0.2]),
        ),
        data(
            "a constant column",
            "The second column is the same in every training row, like a pixel that is always "
            "blank: its standard deviation is 0, and nothing may become nan or inf.",
            with_constant,
            new_rows,
        ),
    ]


def standardize_with_eps(train, test):
    mu, sd = train.mean(axis=0), train.std(axis=0)
    return (train - mu) / (sd + 1e-8), (test - mu) / (sd + 1e-8)


def standardize_sample_sd(train, test):
    """Divides by N - 1 and leaves constant columns undivided; one stack for both sets."""
    scale = np.std(train, axis=0, ddof=1)
    scale[scale == 0] = 1.0
    stacked = np.vstack([train, test])
    return np.split((stacked - train.mean(0)) / scale, [len(train)])


def standardize_loop(train, test):
    """Column by column, by the definition of the variance."""
    new_train, new_test = np.zeros_like(train), np.zeros_like(test)
    for j in range(train.shape[1]):
        centre = sum(train[:, j]) / len(train)
        spread = (sum((value - centre) ** 2 for value in train[:, j]) / len(train)) ** 0.5
        if spread == 0:
            spread = 1.0
        new_train[:, j] = (train[:, j] - centre) / spread
        new_test[:, j] = (test[:, j] - centre) / spread
    return new_train, new_test


def standardize_matrices(train, test):
    """Centring matrix, and a diagonal matrix of pseudo-inverted deviations."""
    n = len(train)
    centred = train - np.ones((n, n)) @ train / n
    deviations = np.sqrt(np.diag(centred.T @ centred) / n)
    inverse = np.divide(1.0, deviations, out=np.zeros_like(deviations), where=deviations > 1e-9)
    return [centred @ np.diag(inverse), (test - np.ones((1, n)) @ train / n) * inverse]


STANDARDIZE = Exercise(
    reference=preprocessing.standardize,
    cases=standardize_cases,
    returns=("train", "test"),
    read="Repair the landscape",
    praise="The test set is treated with what the training set knows, and blank columns survive.",
    hints=(
        "Per column, over the rows: a mean and a standard deviation. Of which set, when the test "
        "set is the future?",
        "Both sets are moved by the same mean and divided by the same standard deviation. What if "
        "that is 0?",
        "Take mean and std of `train` along axis 0; where the std is 0 use 1 instead (or add a "
        "tiny number); apply the same two to `test`.",
    ),
    mistakes=(
        Mistake(
            "test set with its own statistics",
            "(test - mean) / scale",
            "(test - np.mean(test, axis=0)) / np.where(np.ptp(test, axis=0) > 0, "
            "np.std(test, axis=0), 1.0)",
            "The test set is standardised with its own mean and standard deviation. The network "
            "was trained in other coordinates, and a single new example would have no spread at "
            "all: whose statistics are known when it arrives?",
            read="Repair the landscape",
        ),
        Mistake(
            "leak: statistics of both sets",
            "mean = np.mean(train, axis=0)\n",
            "mean = np.mean(np.concatenate([train, test]), axis=0)\n",
            "Mean and standard deviation are taken over training and test set together: the test "
            "set leaks into what the network is trained on.",
            more=(
                (
                    "np.std(train, axis=0)",
                    "np.std(np.concatenate([train, test]), axis=0)",
                ),
            ),
        ),
        Mistake(
            "test set's own mean",
            "(test - mean)",
            "(test - np.mean(test, axis=0))",
            "The test set is moved by its own mean: a shift between the two sets, which the "
            "network should see, disappears.",
        ),
        Mistake(
            "rows instead of columns",
            "mean = np.mean(train, axis=0)\n",
            "mean = np.mean(train, axis=0)\n"
            "    return tuple(\n"
            "        (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)\n"
            "        for x in (train, test)\n"
            "    )\n",
            "Every *row* is standardised. Units belong to columns: an axis of the landscape is one "
            "weight, and that is one column.",
        ),
        Mistake(
            "one mean and one spread for all columns",
            "mean = np.mean(train, axis=0)\n",
            "mean = np.mean(train)\n",
            "One mean and one standard deviation are used for the whole table. A column in metres "
            "and one in seconds each need their own.",
            more=(("np.std(train, axis=0)", "np.std(train)"),),
        ),
        Mistake(
            "constant column divides by zero",
            "np.where(varies, np.std(train, axis=0), 1.0)",
            "np.std(train, axis=0)",
            "A column that never changes has standard deviation 0, and 0/0 is nan: one such column "
            "ruins every score. What may it be divided by without harm?",
        ),
        Mistake(
            "variance instead of standard deviation",
            "np.std(train, axis=0)",
            "np.var(train, axis=0)",
            "You divide by the variance, which has squared units: the columns do not come out with "
            "spread 1.",
        ),
        Mistake(
            "only centred",
            "(train - mean) / scale, (test - mean) / scale",
            "train - mean, test - mean",
            "The columns are centred but keep their units: nothing is divided.",
        ),
        Mistake(
            "only scaled",
            "(train - mean) / scale, (test - mean) / scale",
            "train / scale, test / scale",
            "The columns have spread 1 but still lie far from zero: the mean is not subtracted.",
        ),
        Mistake(
            "test set forgotten",
            "(test - mean) / scale",
            "test",
            "The test set comes back untouched. The network will see it in other units than those "
            "it was trained in.",
        ),
        Mistake(
            "test set not divided",
            "(test - mean) / scale",
            "test - mean",
            "The test set is centred but not divided: it keeps the old units.",
        ),
        Mistake(
            "divided before the mean is taken off",
            "(train - mean) / scale, (test - mean) / scale",
            "train - mean / scale, test - mean / scale",
            "Check the parentheses: only the mean is divided, the data keep their units.",
        ),
        Mistake(
            "scaled to the range",
            "np.std(train, axis=0)",
            "np.ptp(train, axis=0)",
            "your divisor is the range (largest minus smallest) or the length of the centred "
            "column, both several times the standard deviation. Here the spread should come out "
            "as 1: divide by the standard deviation instead.",
            convention=True,
        ),
        Mistake(
            "a generous eps",
            "np.where(varies, np.std(train, axis=0), 1.0)",
            "np.std(train, axis=0) + 1e-3",
            "The small number that you add to avoid dividing by zero is as large as the standard "
            "deviation of a column in small units: that column comes out much too small.",
        ),
        Mistake(
            "small columns taken for constant",
            "np.ptp(train, axis=0) > 0",
            "np.ptp(train, axis=0) > 1e-2",
            "A column in small units is taken for a constant one and keeps its tiny values. "
            "Constant means: no spread at all.",
        ),
        Mistake(
            "train and test exchanged",
            "return (train - mean) / scale, (test - mean) / scale",
            "return (test - mean) / scale, (train - mean) / scale",
            "These are the right arrays in the wrong order: first the training set, then the test "
            "set.",
        ),
        Mistake(
            "eps under the root",
            "np.where(varies, np.std(train, axis=0), 1.0)",
            "np.sqrt(np.var(train, axis=0) + 1e-5)",
            "The small number that you add to the variance, as in batch normalization, is larger "
            "than the variance of a column in small units: that column comes out much too small.",
        ),
        Mistake(
            "range from 0 to 1",
            "mean = np.mean(train, axis=0)\n",
            "mean = np.min(train, axis=0)\n",
            "you map every column to the range from 0 to 1 (min-max scaling). Here its mean "
            "becomes 0 and its standard deviation 1.",
            more=(("np.std(train, axis=0)", "np.ptp(train, axis=0)"),),
            convention=True,
        ),
        Mistake(
            "median",
            "mean = np.mean(train, axis=0)\n",
            "mean = np.median(train, axis=0)\n",
            "you subtract the median, so that the mean is not quite 0 afterwards. Here the mean is "
            "subtracted.",
            convention=True,
        ),
        Mistake(
            "mean taken off after scaling",
            "(train - mean) / scale, (test - mean) / scale",
            "train / scale - mean, test / scale - mean",
            "You divide first and then subtract a mean that is still in the old units. Which of "
            "the two steps has to come first?",
        ),
        Mistake(
            "test set's own spread",
            "(test - mean) / scale",
            "(test - mean) / np.where(np.ptp(test, axis=0) > 0, np.std(test, axis=0), 1.0)",
            "The test set is divided by its own standard deviation. A network that was trained in "
            "the training set's units would misread it.",
        ),
        Mistake(
            "statistics of the test set",
            "mean = np.mean(train, axis=0)\n",
            "mean = np.mean(test, axis=0)\n",
            "Mean and standard deviation are those of the test set, for both sets. What is known "
            "when the training begins?",
            more=(
                ("np.ptp(train, axis=0)", "np.ptp(test, axis=0)"),
                ("np.std(train, axis=0)", "np.std(test, axis=0)"),
            ),
        ),
    ),
    accepted=(
        standardize_with_eps,
        standardize_sample_sd,
        standardize_loop,
        standardize_matrices,
    ),
    points=3,
    hidden_points=1,
)
