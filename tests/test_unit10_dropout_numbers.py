"""Every number that the prose of unit 10 prints is measured again here.

The experiments are the lesson's own functions, taken out of its source; the closed forms are
written out apart from them. ``printed`` insists that the lesson still says what is measured.
"""

from functools import cache
from itertools import product
from math import comb

import numpy as np
import pytest
from written import Lesson

from course_lib import datasets, models

LESSON = Lesson("unit10_dropout")
printed = LESSON.printed


HERE = LESSON.definitions()


@cache
def clean():
    return HERE["at_test_time"](5)


@cache
def noisy():
    return HERE["noisy_digits"]((1.0, 0.8, 0.5, 0.2), 5)


# --- counting masks -----------------------------------------------------------------------------


def test_how_many_masks():
    printed("$2^{10} = 1024$ masks")
    assert sum(comb(10, kept) for kept in range(11)) == 1024
    printed("$10^{1233}$, is right")
    assert len(str(2**4096)) == 1234
    assert float(str(2**4096)[:3]) / 100 == pytest.approx(1.04, abs=0.01)


def test_the_neuron_with_two_inputs():
    printed("$w = (2, -1)$ and inputs $(3, 4)$, so $a = 2$")
    assert 2 * 3 - 1 * 4 == 2
    p = 0.8
    by_hand = (1 - p) ** 2 * 0 + p * (1 - p) * 6 + (1 - p) * p * -4 + p**2 * 2
    found, chances = HERE["over_all_masks"](np.array([2.0, -1.0]), np.array([3.0, 4.0]), p)
    assert chances @ found == pytest.approx(by_hand)
    assert by_hand == pytest.approx(p * 2)


def test_linear_agrees_to_the_last_digit_and_a_relu_does_not():
    printed("The first two numbers agree to the last digit. The last two do not.")
    rng = np.random.default_rng(10)
    weights, inputs = rng.normal(size=10), rng.normal(size=10)
    found, chances = HERE["over_all_masks"](weights, inputs, 0.8)
    loop = sum(
        0.8 ** sum(mask) * 0.2 ** (10 - sum(mask)) * np.dot(np.multiply(mask, inputs), weights)
        for mask in product((0, 1), repeat=10)
    )
    assert chances @ found == pytest.approx(loop)
    assert loop == pytest.approx(0.8 * weights @ inputs)
    assert chances @ np.maximum(found, 0) - max(loop, 0) > 0.2


# --- one layer exact, more approximate ----------------------------------------------------------


def test_gap_is_noise_for_one_layer_and_stays_for_two():
    passes = (10, 2560)
    one = HERE["logit_gap"]((64, 128, 10), passes)
    two = HERE["logit_gap"]((64, 64, 64, 10), passes)
    printed("The gap of one hidden layer keeps falling")
    assert one["rms"][1] / (one["noise"] / np.sqrt(2560)) == pytest.approx(1.0, abs=0.15)
    printed("the gap of two hidden layers leaves its line and levels off")
    assert two["rms"][0] / (two["noise"] / np.sqrt(10)) == pytest.approx(1.0, abs=0.3)
    assert two["rms"][1] / (two["noise"] / np.sqrt(2560)) > 2.3


def test_logits_of_one_layer_are_exact_over_all_masks():
    """No sampling: eight hidden units, 256 masks, from the library's own forward pass."""
    rng = np.random.default_rng(2)
    params = models.init_mlp((4, 8, 3), rng=rng)
    x = rng.normal(size=(1, 4))
    hidden = np.maximum(x @ params["W1"] + params["b1"], 0)
    masks = np.array(list(product((0.0, 1.0), repeat=8)))
    chances = np.prod(np.where(masks > 0, 0.7, 0.3), axis=1)
    logits = (hidden * masks / 0.7) @ params["W2"] + params["b2"]
    single = models.mlp_scores(params, x)
    np.testing.assert_allclose(chances @ logits, single[0])
    mean_probability = chances @ HERE["softmax"](logits)
    assert np.abs(mean_probability - HERE["softmax"](single)[0]).max() > 0.01


# --- real data ----------------------------------------------------------------------------------


def test_loss_shows_the_scaling_mistake_and_accuracy_does_not():
    printed("The accuracy on the handwritten digits does not move at all")
    printed("it is 0.31 instead of 0.13")
    right, twice = clean()["single"], clean()["scaled twice"]
    assert right[:, 0].mean() == pytest.approx(0.134, abs=0.004)
    assert twice[:, 0].mean() == pytest.approx(0.307, abs=0.006)
    assert abs(twice[:, 1].mean() - right[:, 1].mean()) < 0.003
    printed("differ by more than a factor of two")
    assert np.all(twice[:, 0] > 2 * right[:, 0])


def test_the_opposite_mistake_costs_hardly_anything():
    printed("Here it costs hardly anything")
    right, unscaled = clean()["single"], clean()["unscaled"]
    assert 0 < unscaled[:, 0].mean() - right[:, 0].mean() < 0.015


def test_one_pass_beats_fifty_in_all_five_nets():
    printed("The single pass has the *lower* loss, in all five nets.")
    assert np.all(clean()["single"][:, 0] < clean()["50 passes"][:, 0])


def test_on_clean_digits_dropout_hardly_helps():
    printed("The loss is a little lower with dropout, the accuracies lie within each other's")
    without, dropout = clean()["no dropout"], clean()["single"]
    assert 0.005 < without[:, 0].mean() - dropout[:, 0].mean() < 0.025
    assert abs(without[:, 1].mean() - dropout[:, 1].mean()) < dropout[:, 1].std(ddof=1)


@pytest.mark.slow
def test_with_wrong_labels_dropout_helps():
    printed("0.880 instead of 0.827 on the test set with keep_prob 0.2")
    test = {name: found["test"] for name, found in noisy().items()}
    assert test["0.2"].mean() == pytest.approx(0.880, abs=0.006)
    assert test["1"].mean() == pytest.approx(0.827, abs=0.006)
    assert test["0.2"].mean() - test["1"].mean() > 2 * test["0.2"].std(ddof=1)
    printed("between 0.5 and 0.2 the spread is larger than the difference")
    means = [test[name].mean() for name in ("1", "0.8", "0.5", "0.2")]
    assert means == sorted(means)
    assert means[3] - means[2] < test["0.2"].std(ddof=1)


@pytest.mark.slow
def test_without_dropout_the_curve_peaks_early_and_sinks():
    printed("the validation accuracy peaks early and then sinks")
    curve = noisy()["1"]["val"].mean(axis=0)
    assert 10 < np.argmax(curve) < 40
    assert curve.max() - curve[-1] > 0.03
    printed("the curve without dropout is nearly as high at its peak")
    assert noisy()["0.2"]["val"].mean(axis=0).max() - curve.max() < 0.02


def test_strong_dropout_costs_on_clean_digits():
    printed("gives a *higher* test loss than no dropout, 0.19 against 0.15")
    found = HERE["at_test_time"](5, keep_prob=0.2)
    assert found["single"][:, 0].mean() == pytest.approx(0.19, abs=0.006)
    assert found["no dropout"][:, 0].mean() == pytest.approx(0.15, abs=0.006)


def test_three_in_ten_labels_are_drawn_anew():
    labels = datasets.load_digits().y_train[:300]
    redrawn = datasets.noisy_labels(
        labels, fraction=0.3, classes=10, rng=np.random.default_rng(100)
    )
    assert 60 < np.sum(labels != redrawn) <= 90


# --- batch norm ---------------------------------------------------------------------------------


def test_larger_batches_are_less_noisy():
    printed("the one for batches of 4 is broad, the one for batches of 64 narrow")
    spread = {n: HERE["with_random_neighbours"](n).std() for n in (4, 16, 64)}
    assert spread[4] == pytest.approx(0.64, abs=0.05)
    assert spread[16] / spread[64] == pytest.approx(2.0, abs=0.3)


def test_which_gamma_recovers_the_identity():
    printed("Exactly it is $\\gamma = \\sqrt{\\sigma^2 + \\epsilon}$.")
    batch = 0.01 * np.random.default_rng(4).normal(size=(8, 1)) + 3.0
    mean, var = batch.mean(axis=0), batch.var(axis=0)
    x_hat = (batch - mean) / np.sqrt(var + 1e-5)
    np.testing.assert_allclose(np.sqrt(var + 1e-5) * x_hat + mean, batch)
    off = np.abs(np.sqrt(var) * x_hat + mean - batch).max() / np.sqrt(var[0])
    assert off == pytest.approx(0.104, abs=0.002)
