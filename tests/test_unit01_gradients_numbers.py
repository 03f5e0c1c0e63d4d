"""Every number that the prose of unit 01 prints is measured again, with the lesson's own code."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from written import Lesson

from course_lib import losses

LESSON = Lesson("unit01_gradients")
says = LESSON.printed
SEEDS = range(5)


@pytest.fixture(scope="module")
def lesson() -> dict[str, Any]:
    """The lesson's imports, constants and functions, without its figures."""
    mpl.use("Agg")
    return LESSON.definitions("DIGITS", "SCORES")


@pytest.mark.slow
def test_random_search_and_the_slope(lesson):
    says(
        "0.194 against 0.953", "0.151 to 0.266", "a loss of 2.2;", "within ten steps", "0.6 points"
    )
    random = [lesson["race"]("random", seed) for seed in SEEDS]
    tests = np.array([run["test"] for run in random])
    assert tests.mean() == pytest.approx(0.194, abs=0.003)
    assert (tests.min(), tests.max()) == pytest.approx((0.151, 0.266), abs=0.003)
    assert [run["loss"][-1] for run in random] == pytest.approx([2.2] * 5, abs=0.05)
    slope = [lesson["race"]("slope", seed) for seed in SEEDS]
    tests = np.array([run["test"] for run in slope])
    assert tests.mean() == pytest.approx(0.953, abs=0.003)
    assert np.ptp(tests) == pytest.approx(0.006, abs=0.0021)
    assert [run["loss"][-1] for run in slope] == pytest.approx([0.107] * 5, abs=0.005)
    assert max(run["loss"][9] for run in slope) < min(run["loss"][-1] for run in random)


def test_the_three_images_and_twice_the_weights(lesson):
    says("2.9 above the dashed line", "is 5.27", "-2.6 and -1.9 become -6.2 and -4.8", "about 0.34")
    scores = lesson["SCORES"]
    each = [losses.hinge_loss(scores[i : i + 1], np.array([i]))[0] for i in range(3)]
    assert each == pytest.approx([2.9, 0.0, 12.9])
    assert np.mean(each) == pytest.approx(5.27, abs=0.005)
    gaps = scores[1, [0, 2]] - scores[1, 1]
    assert gaps + 1 == pytest.approx([-2.6, -1.9])
    assert 2 * gaps + 1 == pytest.approx([-6.2, -4.8])
    assert np.max(-1 / gaps) == pytest.approx(0.34, abs=0.006)


def test_softmax_against_hinge(lesson):
    says("= 1.58", "np.exp(710)", "at 28")
    scores, label = np.array([[-2.85, 0.86, 0.28]]), np.array([2])
    assert losses.hinge_loss(scores, label)[0] == pytest.approx(1.58)
    assert losses.softmax_cross_entropy(scores, label)[0] == pytest.approx(1.04, abs=0.005)
    assert -np.log(1e-12) == pytest.approx(28, abs=0.5)
    with np.errstate(over="ignore"):
        assert np.isinf(np.exp(710.0))
    assert np.isfinite(np.exp(709.0))
    assert np.exp(-3500.0) == 0


def test_first_losses(lesson):
    says("2.3025 ± 0.0003", "2.50 ± 0.13")
    small, he = (np.array(lesson["first_losses"](scale)) for scale in (0.01, None))
    assert small.mean() == pytest.approx(2.3025, abs=2e-4)
    assert small.std(ddof=1) == pytest.approx(0.0003, abs=1e-4)
    assert he.mean() == pytest.approx(2.50, abs=0.01)
    assert he.std(ddof=1) == pytest.approx(0.13, abs=0.01)


def test_slopes_by_hand():
    says("-2.5, 0.6, 0.")
    slopes = (np.array([1.25322, 1.25353, 1.25347]) - 1.25347) / 1e-4
    assert slopes == pytest.approx([-2.5, 0.6, 0.0], abs=1e-9)


def test_best_steps(lesson):
    says(r"$7.5 \cdot 10^{-11}$", "fifteen hundred times", r"$2.1 \cdot 10^{-5}$", "0.0023")
    step, central = lesson["best_of_curve"]("float64", "central")
    assert step == pytest.approx(1e-4)
    # rounding decides the last digits of an error of 1e-10, and rounding differs by platform
    assert 2e-11 < central < 3e-10
    _, forward = lesson["best_of_curve"]("float64", "forward")
    assert 300 < forward / central < 5000
    assert lesson["best_of_curve"]("float32", "central")[1] == pytest.approx(2.1e-5, rel=0.6)
    assert lesson["best_of_curve"]("float32", "forward")[1] == pytest.approx(2.3e-3, rel=0.3)


def test_parameters_of_a_network():
    says("4810 parameters", "9620 evaluations", "4096 entries")
    assert 64 * 64 + 64 + 64 * 10 + 10 == 4810
    assert 2 * 4810 == 9620


def test_a_blind_sample_compares_zeros(lesson):
    says("exactly 0, three times out of three", "well over half")
    for seed in range(3):
        result = lesson["sampled_check"](seed)
        assert np.median(result["errors"]) == 0
        assert result["errors"].max() < 1e-6
        assert 0.55 < result["zeros"] < 0.65


def test_the_sum_of_a_softmax_sees_nothing(lesson):
    says(r"$4 \cdot 10^{-11}$", "at 0.3 and 0.6")
    plain, weighted = (lesson["softmax_checks"](weighted) for weighted in (False, True))
    assert len({f"{error:.3e}" for error in plain.values()}) == 1
    assert plain["right"] < 2e-10
    assert weighted["right"] < 2e-10
    assert weighted["returns zeros"] == pytest.approx(0.3, abs=0.01)
    assert weighted["three times"] == pytest.approx(0.6, abs=0.02)


def test_rings(lesson):
    says("0.567 of the points", "vertical line at 1.75")
    line = [lesson["ring_accuracy"](seed, "line") for seed in SEEDS]
    assert np.mean(line) == pytest.approx(0.567, abs=0.01)
    for model in ("line, polar", "network"):
        assert [lesson["ring_accuracy"](seed, model) for seed in SEEDS] == [1.0] * 5
    _, polar, ring = lesson["rings"](0)
    assert np.array_equal(polar[:, 0] > 1.75, ring == 1)


@pytest.mark.slow
def test_wrong_gradients_train(lesson):
    says("0.951 ± 0.002", "0.946 ± 0.003", "halved: 0.950 ± 0.002", "twice: 0.950 ± 0.002")
    expected = {
        "none": (0.951, 0.002),
        "mask forgotten": (0.946, 0.003),
        "penalty halved": (0.950, 0.002),
        "biases averaged twice": (0.950, 0.002),
    }
    for mistake, (mean, spread) in expected.items():
        tests = np.array([lesson["trained_with"](mistake, seed) for seed in SEEDS])
        assert tests.mean() == pytest.approx(mean, abs=0.0015)
        assert tests.std(ddof=1) == pytest.approx(spread, abs=0.001)


def test_the_check_finds_what_training_hides(lesson):
    says("near $10^{-7}$", "$1/3$")
    assert lesson["checked"]("none") < 2e-6
    assert lesson["checked"]("penalty halved") == pytest.approx(1 / 3, abs=0.01)
    for mistake in ("mask forgotten", "biases averaged twice"):
        assert lesson["checked"](mistake) > 0.7
