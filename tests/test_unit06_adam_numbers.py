"""Every number that the prose of unit 06 prints is measured again here.

The experiments are the lesson's own functions, taken out of its source; the closed forms and the
short runs are written out apart from them. ``printed`` insists that the lesson still says what is
measured.
"""

from functools import cache

import numpy as np
import pytest
from written import Lesson, shown

from course_lib import landscape, optim, problems, train

LESSON = Lesson("unit06_adam")
printed = LESSON.printed
LOSS = problems.quadratic(problems.RAVINE_C)
GRADIENT = problems.quadratic_gradient(problems.RAVINE_C)


HERE = LESSON.definitions("LOSS", "GRADIENT", "ETA", "SHOWN")


def by_hand(gradient, start, lr, steps, betas=(0.9, 0.999), eps=1e-8):
    """Adam's path, written out apart from the library."""
    x, m, v = np.array(start, float), np.zeros_like(start), np.zeros_like(start)
    path = [x]
    for t in range(1, steps + 1):
        g = gradient(x)
        m, v = betas[0] * m + (1 - betas[0]) * g, betas[1] * v + (1 - betas[1]) * g * g
        x = x - lr * (m / (1 - betas[0] ** t)) / (np.sqrt(v / (1 - betas[1] ** t)) + eps)
        path.append(x)
    return np.array(path)


# --- the ravine ---------------------------------------------------------------------------------


def test_the_opening_comparison():
    printed("after 95 steps the loss has fallen from 28.5 to 23.6")
    shown(LOSS(problems.START), "28.5")
    shown(LOSS(by_hand(GRADIENT, problems.START, 0.001, 95)[-1]), "23.6")
    printed("Plain gradient descent is at 10.9 by then, momentum at 0.218")
    for rule, loss in ((optim.sgd, "10.9"), (optim.momentum, "0.218")):
        shown(LOSS(train.descend(rule, GRADIENT, problems.START, steps=95, lr=0.001)[-1]), loss)


def test_adams_step_size_is_a_length():
    printed("None of the steps in these runs is longer than that")
    printed("it takes at least 4/0.02 = 200 steps of the largest size")
    for lr in (0.001, 0.005, 0.01, 0.015, 0.02):
        path = by_hand(GRADIENT, problems.START, lr, 95)
        np.testing.assert_allclose(HERE["runs_in_the_ravine"]("adam", (lr,))[f"{lr:g}"], path)
        moves = np.abs(np.diff(path, axis=0))
        assert moves.max() <= lr * (1 + 1e-6)
        assert LOSS(path[-1]) > 5
    printed("With step size 0.5 Adam's loss after 95 steps is 2.8e-04")
    shown(LOSS(by_hand(GRADIENT, problems.START, 0.5, 95)[-1]), "2.8e-04")


def test_the_scale_of_the_loss_drops_out():
    one, thousand = (
        by_hand(lambda x, c=c: c * GRADIENT(x), problems.START, 0.02, 95) for c in (1, 1000)
    )
    assert np.abs(one - thousand).max() < 1e-8


# --- bias ---------------------------------------------------------------------------------------


def test_uncorrected_steps():
    t = np.arange(1, 5001)
    ratio = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    np.testing.assert_allclose(HERE["ratios"](5000, (0.9, 0.999)), ratio)
    printed("its twelfth step is 6.57 times too long")
    printed("starts at 3.16, climbs to 6.57 at step 12")
    shown(ratio[0], "3.16")
    shown(ratio.max(), "6.57")
    assert ratio.argmax() + 1 == 12
    printed("needs more than a thousand steps to come down to 1")
    assert ratio[999] > 1.2
    printed("with 0.9 and 0.99 the first step is right and the next ones are up to twice too long")
    other = (1 - 0.9**t) / np.sqrt(1 - 0.99**t)
    assert other[0] == pytest.approx(1.0)
    assert other.max() == pytest.approx(2.13, abs=0.01)
    printed("with two equal betas the steps are too *short* at first")
    assert np.sqrt(1 - 0.9) < 1
    printed("After twenty steps the first average is 88 % full and the second one 2 %")
    assert round(100 * (1 - 0.9**20)) == 88
    assert round(100 * (1 - 0.999**20)) == 2


def test_a_misplaced_bracket_lets_parameters_drift():
    printed("every parameter drifts by $10^{-7}$ times the learning rate per step")
    x, lr, eps = 0.0, 0.01, 1e-7
    for _ in range(100):
        x -= lr * (0.0 / 1.0 + eps)  # no gradient at all
    assert x == pytest.approx(-100 * lr * eps)


def test_first_corrected_step_has_the_length_of_the_step_size():
    printed("with *any* gradients the first corrected step has the length $\\eta$")
    path = by_hand(lambda x: np.array([3.0, -0.02, 700.0]), np.zeros(3), 0.01, 1)
    np.testing.assert_allclose(np.abs(path[1]), 0.01, rtol=1e-6)


def test_mean_square_and_variance():
    printed("So a steady gradient of 3 gets the fraction 1, not infinity")
    steady = HERE["after_many_gradients"](3.0, 0.0)
    assert steady["v"] == pytest.approx(9.0)
    assert steady["m"] / np.sqrt(steady["v"]) == pytest.approx(1.0)
    printed("the variance *plus the square of the mean*")
    assert HERE["after_many_gradients"](3.0, 1.0)["v"] == pytest.approx(10.0, rel=0.1)


def test_tiny_gradients():
    printed("Inside the root, $10^{-8}$ means a gradient of $10^{-4}$")
    assert np.sqrt(1e-8) == pytest.approx(1e-4)
    printed("in the first step 32 times as large")
    assert 1 / np.sqrt(1 - 0.999) == pytest.approx(32, abs=0.5)


# --- Rosenbrock ---------------------------------------------------------------------------------


@cache
def valley(rule, m=0.9):
    return HERE["runs_in_the_valley"](rule, m)["ends"]


@pytest.mark.slow
def test_momentum_is_a_longer_step_in_the_valley():
    printed("momentum 0.9 with $\\eta_0$ ends at 2.3 and 0.456")
    printed("gradient descent with $10\\eta_0$ at 2.31 and 0.46")
    printed("the next pair, 0.00358 and 0.00376, agrees as well")
    ball, plain = valley("momentum"), valley("sgd")
    shown(ball[5000][0], "2.3")
    shown(ball[10_000][0], "0.456")
    shown(plain[5000][1], "2.31")
    shown(plain[10_000][1], "0.46")
    shown(ball[5000][1], "0.00358")
    shown(plain[5000][2], "0.00376")
    printed("Momentum 0.5 gains a factor of two in the step size")
    half = valley("momentum", 0.5)
    twice = train.descend(
        optim.sgd,
        problems.rosenbrock_gradient,
        problems.ROSENBROCK_START,
        steps=5000,
        lr=2e-4,
    )
    assert half[5000][1] == pytest.approx(problems.rosenbrock(twice[-1]), rel=0.02)
    printed("reaches 9e-20 in 5000 steps")
    assert ball[5000][2] < 1e-18  # the last digits belong to the machine


def test_a_long_memory_of_the_steep_start():
    printed("With $\\beta_2 = 0.99$ Adam gets to 7.6e-08 in the same 5000 steps, instead of 1.71")
    gradient, start = problems.rosenbrock_gradient, problems.ROSENBROCK_START
    for beta2, loss in ((0.99, "7.6e-08"), (0.999, "1.71")):
        end = by_hand(gradient, start, 0.001, 5000, betas=(0.9, beta2))[-1]
        assert problems.rosenbrock(end) == pytest.approx(float(loss), rel=0.05)


def test_curvature_at_the_end_of_the_valley():
    printed("the curvature at the minimum is 1002 and its limit is 0.002")
    hessian = problems.rosenbrock_hessian(problems.ROSENBROCK_MINIMUM)
    assert np.linalg.eigvalsh(hessian)[-1] == pytest.approx(1002, abs=0.5)
    assert landscape.max_stable_lr(hessian) == pytest.approx(0.002, rel=0.01)


@pytest.mark.slow
def test_adam_trembles_around_the_minimum():
    printed("At 0.1 the loss is 7.6e-09 after 5000 steps, 9.3e-09 after 10 000")
    printed("A tenth of the step size gives 4.7e-10 and then 1e-14")
    ends = valley("adam")
    shown(ends[5000][1], "4.7e-10")
    assert ends[10_000][1] < 1e-12
    assert 1e-11 < ends[5000][2] < 1e-6  # a trembling amplifies the last digits of a machine
    assert 1e-11 < ends[10_000][2] < 1e-6
    assert valley("adagrad")[5000][0] > 1.5 * ends[5000][0]


# --- where the weight comes to rest -------------------------------------------------------------


def test_fixed_points():
    printed("The penalty gives (0.952, 0.995), the decay (0.995, 0.9995)")
    printed("at 0.952 for the flat bowl and 0.995 for the steep one")
    for c, penalty, decay in ((1, "0.952", "0.995"), (10, "0.995", "0.9995")):
        shown(c / (c + 0.05), penalty)
        shown(c / (c + 0.005), decay)
    plain, ball = HERE["weights_at_rest"](0.0), HERE["weights_at_rest"](0.9)
    np.testing.assert_allclose(plain["L2 penalty"], plain["weight decay"], atol=1e-12)
    np.testing.assert_allclose(ball["L2 penalty"][-1], (1 / 1.05, 10 / 10.05), atol=1e-5)
    np.testing.assert_allclose(ball["weight decay"][-1], (1 / 1.005, 10 / 10.005), atol=1e-5)


@pytest.mark.slow
def test_adam_and_adamw_rest_in_different_places():
    printed("Adam with the penalty rests at (0.952, 0.995), as SGD does")
    printed("AdamW rests at (1, 1), as if there were no decay")
    assert HERE["adam_at_rest"]("adam_l2", 0.025) == [0.952, 0.995]
    assert HERE["adam_at_rest"]("adamw", 0.025) == [1.0, 1.0]


def test_factors_between_four_decays():
    printed("between the third and the last a factor of $2\\alpha$, which is 0.002")
    shown(2 * 0.001, "0.002")


# --- digits -------------------------------------------------------------------------------------


def test_kinds_of_pixels():
    inked = np.mean(HERE["datasets"].load_digits().x_train > 0, axis=0)
    printed("Of the 64 pixels, 5 are blank in all 1000 training images")
    assert int(np.sum(inked == 0)) == 5
    printed("Another 9 are inked in less than 5 % of the images. The other 50 are busy")
    assert int(np.sum((inked > 0) & (inked < 0.05))) == 9


def test_weights_of_blank_pixels():
    weak = HERE["weights_by_pixel"]("adam", 1e-5, 0.0)
    strong = HERE["weights_by_pixel"]("adam", 1e-3, 0.0)
    printed("half of them within 30 steps, 99 % within 200")
    for run in (weak, strong):
        assert run["blank"][30] < 0.5
        assert run["blank"][200] < 0.01
    np.testing.assert_allclose(weak["blank"], strong["blank"], atol=0.01)
    printed("the weights of the busy pixels grow as if there were none")
    assert weak["busy"][-1] == pytest.approx(1.38, abs=0.03)
    none = HERE["weights_by_pixel"]("adam", 0.0, 0.0)
    assert none["busy"][-1] - weak["busy"][-1] < 0.1
    printed("which end at 1.28 without any penalty, end at 0.82")
    assert none["rare"][-1] == pytest.approx(1.28, abs=0.03)
    assert weak["rare"][-1] == pytest.approx(0.82, abs=0.03)
    printed("With AdamW the blank weights are at 0.45 in the end: 320 steps")
    decoupled = HERE["weights_by_pixel"]("adamw", 0.0, 0.5)
    shown((1 - 0.005 * 0.5) ** 320, "0.45")
    np.testing.assert_allclose(decoupled["blank"], (1 - 0.0025) ** np.arange(320))
    assert all(decoupled[kind][-1] < 1 for kind in ("rare", "busy"))


def close(values, text):
    """Mean and deviation over the seeds are as printed, up to what another machine may change."""
    mean, deviation = (float(number) for number in text.split(" ± "))
    assert values.mean() == pytest.approx(mean, abs=0.3 * deviation)
    assert values.std(ddof=1) == pytest.approx(deviation, rel=0.25)


@pytest.mark.slow
def test_bias_correction_on_digits():
    printed("0.960 ± 0.005 against 0.946 ± 0.014")
    right, raw = HERE["on_digits"]("adam", 0.01), HERE["on_digits"]("adam", 0.01, False)
    close(right[:, 2], "0.946 ± 0.014")
    close(raw[:, 2], "0.960 ± 0.005")
    printed("At 0.001 and at 0.01 the *uncorrected* Adam trains faster")
    assert np.all(raw[:, 1] < right[:, 1])
    slow, slow_raw = HERE["on_digits"]("adam", 0.001), HERE["on_digits"]("adam", 0.001, False)
    assert np.all(slow_raw[:, 1] < slow[:, 1])
    printed("a training loss of 0.287 ± 0.021 after ten epochs, more than plain SGD with 0.1")
    close(slow[:, 1], "0.287 ± 0.021")
    assert np.all(slow[:, 1] > HERE["on_digits"]("sgd", 0.1)[:, 1])
    printed("0.946 ± 0.014 and 0.950 ± 0.011 cannot be told apart")
    close(HERE["on_digits"]("momentum", 0.1)[:, 2], "0.950 ± 0.011")
    printed("At 0.1 it fails, 0.202 ± 0.078, while the corrected one still gets to 0.930")
    assert HERE["on_digits"]("adam", 0.1, False)[:, 2].mean() < 0.4
    assert HERE["on_digits"]("adam", 0.1)[:, 2].mean() == pytest.approx(0.930, abs=0.02)
    printed("in 320 steps the uncorrected steps are never less than 1.9 times as long")
    assert HERE["ratios"](320, (0.9, 0.999)).min() == pytest.approx(1.91, abs=0.01)


@pytest.mark.slow
def test_decay_against_noisy_labels():
    none = HERE["with_noisy_labels"]("adam")
    penalty = HERE["with_noisy_labels"]("adam", l2=0.01)
    decay = HERE["with_noisy_labels"]("adamw", weight_decay=1.0)
    printed("from 0.803 ± 0.023 to 0.875 ± 0.021 with a penalty of 0.01")
    printed("to 0.882 ± 0.015 with a decay of 1")
    close(none[:, 1], "0.803 ± 0.023")
    close(penalty[:, 1], "0.875 ± 0.021")
    close(decay[:, 1], "0.882 ± 0.015")
    printed("weights of different length, 9.3 and 6.3")
    assert decay[:, 2].mean() == pytest.approx(9.3, abs=0.1)
    assert penalty[:, 2].mean() == pytest.approx(6.3, abs=0.1)
    printed("three times the best strength is worse than the best, 0.748 and 0.794")
    more = HERE["with_noisy_labels"]("adam", l2=0.03)[:, 1].mean()
    assert more == pytest.approx(0.748, abs=0.02)
    more = HERE["with_noisy_labels"]("adamw", weight_decay=3.0)[:, 1].mean()
    assert more == pytest.approx(0.794, abs=0.02)
