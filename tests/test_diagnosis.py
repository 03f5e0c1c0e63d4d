"""Reading a training: verdicts written out by hand."""

import pytest

from course_lib import diagnosis


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
