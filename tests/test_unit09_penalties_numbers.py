"""Every number that the prose of unit 09 prints is measured again here.

The experiments are the lesson's own functions, taken out of its source; the closed forms are
written out apart from them. ``printed`` insists that the lesson still says what is measured.
"""

import importlib
import re
from functools import cache

import numpy as np
import pytest
from written import Lesson

from course_lib import datasets

LESSON = Lesson("unit09_penalties")
printed = LESSON.printed
polynomial = importlib.import_module("course_lib.explorers.polynomial_fit")
outline = importlib.import_module("course_lib.explorers.penalty_outline")


HERE = LESSON.definitions("BOWL", "TARGET")


@cache
def trainings(**how):
    return HERE["trainings"](**how)


def mean_and_spread(values):
    return values.mean(), values.std(ddof=1)


# --- the polynomials ------------------------------------------------------------------------------


def errors_of(degree, strength, count):
    x, y = polynomial.sampled(count, 0)
    model = polynomial.fit(x, y, degree, strength)
    unseen = polynomial.sampled(200, 1000)
    return (
        polynomial.error(model, x, y),
        polynomial.error(model, *unseen),
        np.max(np.abs(model.weights)),
    )


def test_two_polynomials_through_fifteen_points():
    printed("eight times as close to them as the first, and its predictions are 570 times as bad")
    printed("the training error is 0.044 and the validation error 0.090")
    printed("At degree 15 they are 0.0057 and 51.5")
    on_train, on_val, _ = errors_of(3, 1e-10, 15)
    tight, wild, weight = errors_of(15, 1e-10, 15)
    assert (on_train, on_val) == pytest.approx((0.0442, 0.0903), rel=1e-2)
    assert (tight, wild) == pytest.approx((0.0057, 51.5), rel=2e-2)
    assert on_train / tight == pytest.approx(8, abs=0.5)
    assert wild / on_val == pytest.approx(570, abs=10)
    assert weight == pytest.approx(2440, rel=2e-2)


def test_what_more_data_and_a_penalty_cure():
    printed("with 100 examples degree 15 has a validation error of 0.103")
    assert errors_of(15, 1e-10, 100)[1] == pytest.approx(0.103, abs=0.001)
    printed("the largest weight falls from 2440 to 2.5 and the validation error to 0.14")
    _, on_val, weight = errors_of(15, 1e-3, 15)
    assert (on_val, weight) == pytest.approx((0.14, 2.5), abs=0.03)
    printed("A weight of 2440 now costs six million times")
    assert round(2440**2 / 1e6) == 6


# --- two vectors, two weights, sixty-four pixels --------------------------------------------------


def test_the_lectures_two_vectors():
    printed("L2 charges 1 for the first")
    first, second = np.array([1.0, 0, 0, 0]), np.full(4, 0.25)
    assert first.sum() == second.sum() == 1
    assert (np.sum(first**2), np.sum(second**2)) == (1, 0.25)
    assert np.sum(np.abs(first)) == np.sum(np.abs(second)) == 1


def test_a_corner_and_a_circle():
    printed("the best weights are $(0.8, 0)$ with L1 and $(0.522, 0.354)$ with L2")
    bowl, target, at = HERE["BOWL"], HERE["TARGET"], outline.STRENGTHS.index(1.5)
    corner = outline.best_weights(bowl, target, 0.0)[at]
    np.testing.assert_allclose(corner, [0.8, 0.0], atol=1e-9)
    assert corner[1] == 0.0
    # there the data pull less than the penalty pushes
    pull = bowl @ (corner - target)
    assert pull[0] == pytest.approx(-1.5)
    assert abs(pull[1]) < 1.5
    side = np.linalg.solve(bowl + 2 * 1.5 * np.eye(2), bowl @ target)
    assert side == pytest.approx((0.522, 0.354), abs=5e-4)
    np.testing.assert_array_equal(outline.BOWLS["tilted"], bowl)
    np.testing.assert_array_equal(outline.TARGETS[0], target)


def test_the_gradient_jumps_and_the_threshold_rests():
    printed("jumps about 0 for ever, by up to 0.28")
    printed("the first settles at 0.8")
    jumps = HERE["last_weights"]("gradient", 200)[:, 1]
    assert np.max(np.abs(jumps)) == pytest.approx(0.28, abs=0.005)
    assert np.all(jumps != 0)
    np.testing.assert_allclose(HERE["last_weights"]("threshold", 200)[-1], [0.8, 0.0], atol=1e-6)


def test_condition_numbers_of_the_pixels():
    printed("With a strength of 0.001 it is about 10 000, with 0.1 about 100")
    printed("some pixels are blank in all 1000 images")
    x = datasets.load_digits().x_train
    assert np.sum(np.all(x == 0, axis=0)) > 0
    without, weak, strong = HERE["conditioning"]((0.0, 0.001, 0.1))
    largest = np.linalg.eigvalsh(x.T @ x / len(x))[-1]
    assert without == np.inf
    assert weak == pytest.approx((largest + 0.001) / 0.001) == pytest.approx(10_000, rel=0.05)
    assert strong == pytest.approx((largest + 0.1) / 0.1) == pytest.approx(100, rel=0.06)


def test_stopping_and_ridge_let_the_same_directions_through():
    printed(
        "a hundred times as many steps shift the border to eigenvalues a hundred times as small"
    )
    c, lr = np.geomspace(1e-4, 10, 200), 0.05
    for steps in (10, 1000):
        stopped = 1 - (1 - 2 * lr * c) ** steps
        ridge = c / (c + 1 / (2 * lr * steps))
        assert np.max(np.abs(stopped - ridge)) < 0.25
        assert np.all(stopped - ridge > -1e-3)
        border = c[np.argmin(np.abs(ridge - 0.5))]
        assert border == pytest.approx(10 / steps, rel=0.05)


# --- digits with wrong labels ---------------------------------------------------------------------

TESTS = {
    "0.805 ± 0.013 without": {},
    "0.880 ± 0.014 with L2": {"l2": 0.01},
    "0.870 ± 0.014 with L1": {"l1": 0.003},
    "an L2 strength of 0.03 gives 0.754": {"l2": 0.03},
    "gives 0.863 ± 0.025: as much": {"examples": 600},
    "on top it is 0.905 ± 0.006": {"examples": 600, "l2": 0.01},
    "0.928 ± 0.007 without a penalty": {"noise": 0.0},
    "and 0.928 ± 0.004 with": {"noise": 0.0, "l2": 0.01},
}


def test_how_many_labels_are_wrong():
    printed("about 26 % are wrong")
    clean, shares = datasets.load_digits().y_train[:300], []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        labels = datasets.noisy_labels(clean, fraction=0.3, classes=10, rng=rng)
        shares.append(np.mean(labels != clean))
    assert np.mean(shares) == pytest.approx(0.26, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("sentence", TESTS)
def test_accuracies(sentence):
    printed(sentence)
    mean, spread = mean_and_spread(trainings(**TESTS[sentence])["test"])
    numbers = [float(number) for number in re.findall(r"\d\.\d{3}", sentence)]
    assert mean == pytest.approx(numbers[0], abs=0.002)
    if len(numbers) > 1:
        assert spread == pytest.approx(numbers[1], abs=0.002)


@pytest.mark.slow
def test_stopped_early():
    printed("0.861 ± 0.022 stopped early")
    printed("early stopping took 35 epochs")
    printed("stops after 9 epochs and gives 0.824 ± 0.027")
    found = HERE["stopped_early"]((1, 10))
    for patience, paid, test in ((1, 9, (0.824, 0.027)), (10, 35, (0.861, 0.022))):
        assert found[patience][:, 1].mean() == pytest.approx(paid, abs=0.5)
        assert mean_and_spread(found[patience][:, 2]) == pytest.approx(test, abs=0.002)
    mean, spread = mean_and_spread(found[1][:, 2])
    assert mean - spread < trainings()["test"].mean(), "no longer like doing nothing"


@pytest.mark.slow
def test_one_training_with_bumps():
    printed("falls for some thirty epochs, with many bumps on the way, and then creeps up again")
    curve = HERE["two_losses"](4)["validation"]
    assert 28 <= np.argmin(curve) <= 40
    assert np.sum(np.diff(curve[:30]) > 0) >= 8
    assert curve[-20:].mean() > curve.min() + 0.08


@pytest.mark.slow
def test_the_shape_of_the_curves():
    printed("the curve then sinks to 0.78")
    curve = trainings()["val_curve"].mean(axis=0)
    assert curve[-1] == pytest.approx(0.78, abs=0.005)
    assert curve[10:40].max() > curve[-1] + 0.03
    for how in ({"l2": 0.01}, {"l1": 0.003}):
        curve = trainings(**how)["val_curve"].mean(axis=0)
        assert curve[-20:].mean() > curve[20:40].mean()


@pytest.mark.slow
def test_zeros_gaps_and_losses():
    printed("half of the weights are exactly 0")
    assert trainings(l1=0.003)["zeros"].mean() == pytest.approx(0.5, abs=0.05)
    printed("With L2 not a single one is")
    assert np.all(trainings(l2=0.01)["zeros"] == 0)
    printed("the validation *loss* is lowest for 0.003")
    final = {s: trainings(l2=s)["val_loss"][:, -1].mean() for s in (0.0, 0.003, 0.01, 0.03)}
    assert min(final, key=final.get) == 0.003
    printed("could not get more than about 0.74 right, and it gets 0.84")
    assert trainings()["train"].mean() == pytest.approx(0.84, abs=0.006)
    printed("the training accuracy is 0.63")
    narrow, wide = trainings(l2=0.03)["train"], trainings(seeds=2, l2=0.03, hidden=128)["train"]
    assert narrow.mean() == pytest.approx(0.63, abs=0.006)
    assert abs(wide.mean() - narrow.mean()) < narrow.std(ddof=1)
    printed("The network learns its 300 digits by heart, to the last one")
    assert np.all(trainings(noise=0.0)["train"] == 1.0)
