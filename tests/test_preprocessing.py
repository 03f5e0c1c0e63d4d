"""Standardization: moments, and no look at the test set."""

import numpy as np

from course_lib.preprocessing import standardize

RNG = np.random.default_rng(8)
SCALES, SHIFTS = np.array([100.0, 1e-3, 1.0]), np.array([1000.0, 5.0, 0.0])
TRAIN = RNG.normal(size=(50, 3)) * SCALES + SHIFTS
TEST = RNG.normal(size=(20, 3)) * SCALES + SHIFTS


def test_training_columns_get_mean_zero_and_deviation_one():
    train, _ = standardize(TRAIN, TEST)
    np.testing.assert_allclose(train.mean(axis=0), 0.0, atol=1e-11)
    np.testing.assert_allclose(train.std(axis=0), 1.0, rtol=1e-12)


def test_the_test_set_is_moved_by_the_statistics_of_training():
    _, test = standardize(TRAIN, TEST)
    np.testing.assert_allclose(test * TRAIN.std(axis=0) + TRAIN.mean(axis=0), TEST, rtol=1e-12)
    _, alone = standardize(TRAIN, TEST[:1])
    np.testing.assert_array_equal(alone, test[:1])


def test_a_training_set_is_treated_like_a_test_set():
    train, test = standardize(TRAIN, TRAIN)
    np.testing.assert_array_equal(train, test)


def test_a_constant_column_is_only_centred():
    """0.1 is not exact in binary: the computed deviation of thirty of them is 3e-17."""
    train, test = standardize(np.full((30, 1), 0.1), np.array([[0.1], [0.6]]))
    np.testing.assert_allclose(train, 0.0, atol=1e-15)
    np.testing.assert_allclose(test, [[0.0], [0.5]], atol=1e-15)
