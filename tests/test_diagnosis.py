"""Reading a training: verdicts written out by hand."""

import numpy as np
import pytest

from course_lib import diagnosis, losses


@pytest.mark.parametrize(
    ("train", "val", "verdict"),
    [
        (1.0, 0.79, "overfitting"),
        (0.95, 0.94, "fine"),
        (0.85, 0.93, "fine"),  # dropout in training, or luck: no gap to speak of
        (0.62, 0.6, "underfitting"),
        (0.62, 0.3, "overfitting"),  # the gap is the first thing to cure
        (0.5, 0.75, "underfitting"),
        (0.8, 0.75, "fine"),
    ],
)
def test_the_gap_comes_first_then_the_floor(train, val, verdict):
    assert diagnosis.diagnose_gap(train, val) == verdict


def test_both_thresholds_are_the_callers():
    assert diagnosis.diagnose_gap(0.9, 0.85, gap=0.03) == "overfitting"
    assert diagnosis.diagnose_gap(0.9, 0.7, gap=0.25) == "fine"
    assert diagnosis.diagnose_gap(0.9, 0.85, floor=0.95) == "underfitting"
    assert diagnosis.diagnose_gap(0.3, 0.29, floor=0.2) == "fine"


def test_a_gap_of_exactly_the_limit_is_no_gap():
    assert diagnosis.diagnose_gap(1.0, 0.75, gap=0.25) == "fine"


@pytest.mark.parametrize("classes", [2, 3, 10, 1000])
def test_a_net_that_scores_all_classes_alike_has_the_initial_loss(classes):
    scores = np.full((4, classes), 0.7)
    loss, _ = losses.softmax_cross_entropy(scores, np.arange(4) % classes)
    assert diagnosis.initial_loss(classes) == pytest.approx(loss, rel=1e-14)


def test_update_ratio_of_numbers_by_hand():
    assert diagnosis.update_ratio(np.array([3.0, -4.0]), np.array([0.0, 0.05])) == 0.01
    weights, update = np.full((5, 4, 5), 2.0), np.full((5, 4, 5), -2e-3)
    assert diagnosis.update_ratio(weights, update) == pytest.approx(1e-3)
    assert diagnosis.update_ratio(np.array(2.0), np.array(-0.5)) == 0.25


def test_a_parameter_that_is_still_zero_has_an_infinite_ratio():
    assert diagnosis.update_ratio(np.zeros(3), np.array([0.1, 0.0, 0.0])) == np.inf


SLOW = 2.3 - 0.02 * np.arange(13)
FALLING = 2.3 * 0.6 ** np.arange(13)
PLATEAU = 1.6 + 0.7 * 0.4 ** np.arange(13)
FLAT_FIRST = np.array([2.3, 2.3, 2.29, 2.28, 2.2, 1.5, 0.9, 0.6, 0.4, 0.3, 0.25, 0.2, 0.15])


@pytest.mark.parametrize(
    ("train", "val", "verdict"),
    [
        (FALLING, FALLING + 0.05, "healthy"),
        (FALLING, np.append(FALLING[:6], 0.3 + 0.1 * np.arange(7)), "overfitting"),
        (FALLING, 0.7 + 0.7 * FALLING / 2.3, "overfitting"),  # a gap, and no rise
        (PLATEAU, PLATEAU + 0.02, "underfitting"),
        (SLOW, SLOW, "learning rate too low"),
        (np.full(5, 2.3), np.full(5, 2.3), "learning rate too low"),  # it does not move at all
        (FLAT_FIRST, FLAT_FIRST, "bad initialization"),
        (np.array([2.3, 0.9, 1.5, 0.7, 1.3, 0.4]), np.full(6, 1.0), "learning rate too high"),
        (np.array([2.3, 0.9, 1.5, 2.9]), np.full(4, 2.0), "diverged"),
        (np.array([2.3, 5.0, np.nan]), np.array([2.3, 4.0, np.inf]), "diverged"),
        (FALLING[:3], np.array([2.3, np.inf, 1.0]), "diverged"),
    ],
)
def test_curves_of_the_recap_table(train, val, verdict):
    assert diagnosis.diagnose(train, val) == verdict
    assert diagnosis.diagnose(7 * train, 7 * val) == verdict  # only shares of the first loss count
    assert diagnosis.diagnose(train.tolist(), val.tolist()) == verdict
