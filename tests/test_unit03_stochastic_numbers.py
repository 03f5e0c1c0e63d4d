"""Every number that the prose of unit 03 prints is measured again here.

``printed`` insists that the lesson still says what is measured, so that neither can drift alone.
The trainings are written out here, apart from the lesson's functions.
"""

import itertools
from functools import cache

import numpy as np
import pytest
from written import Lesson

from course_lib import datasets, models, noise, optim, problems, train

LESSON = Lesson("unit03_stochastic")
printed = LESSON.printed
FEATURES, TARGETS = problems.noisy_line()
GRADIENTS = problems.squared_error_gradients(FEATURES, TARGETS)
HESSIAN = FEATURES.T @ FEATURES / 200
BEST = np.linalg.solve(HESSIAN, FEATURES.T @ TARGETS / 200)
START = np.array([-1.5, -1.5])
DATA = datasets.load_digits()


def spread(values, text):
    """``values`` have the mean and the standard deviation of a text like "0.082 ± 0.006"."""
    mean, deviation = map(float, text.split(" ± "))
    assert np.mean(values) == pytest.approx(mean, abs=0.00051)
    assert np.std(values, ddof=1) == pytest.approx(deviation, abs=0.00051)


def excess(place):
    return 0.5 * (place - BEST) @ HESSIAN @ (place - BEST)


# --- the line -----------------------------------------------------------------------------------


def test_the_line_and_the_scatter_around_it():
    printed("intercept 0.92 and slope 0.51")
    np.testing.assert_allclose(BEST, [0.92, 0.51], atol=0.005)
    assert np.std(FEATURES @ BEST - TARGETS) == pytest.approx(1.0, abs=0.05)


def test_most_examples_step_downhill_at_the_start():
    printed("82 % of the examples would step downhill")
    gradients = GRADIENTS(START)
    assert np.mean(gradients @ gradients.mean(axis=0) > 0) == pytest.approx(0.82, abs=0.0051)
    np.testing.assert_allclose(GRADIENTS(BEST).mean(axis=0), 0.0, atol=1e-12)


def test_independent_draws_miss_a_third():
    printed("A share of $(1 - 1/N)^N \\approx 37\\,\\%$ would be missing")
    assert pytest.approx(0.37, abs=0.005) == (1 - 1 / 200) ** 200


def test_shares_of_the_finite_population_factor():
    printed("the share in the last column is 1, 0.8, 0.6, 0.4, 0.2, 0")
    six = GRADIENTS(START)[:6]
    for size, share in zip(range(1, 7), (1, 0.8, 0.6, 0.4, 0.2, 0), strict=True):
        batches = list(itertools.combinations(range(6), size))
        means = six[np.array(batches)].mean(axis=1)
        variance = np.mean(np.sum((means - six.mean(axis=0)) ** 2, axis=1))
        one = np.sum(np.var(six, axis=0))
        assert variance / (one / size) == pytest.approx(share, abs=1e-12)


@pytest.mark.slow
def test_floors_and_what_shuffled_epochs_gain():
    printed("At step size 0.005 the floor is about twelve times lower than for independent draws")
    printed("with slope 1")
    printed("falls with a slope near 2")
    rates = np.array([0.005, 0.01, 0.02, 0.05, 0.2])
    curvatures, directions = np.linalg.eigh(HESSIAN)
    variances = np.var(GRADIENTS(BEST) @ directions, axis=0) / 10
    closed = np.array([noise.noise_floor(curvatures, variances, lr=lr) for lr in rates])
    measured = {}
    for shuffled in (False, True):
        rng, away, total = np.random.default_rng(5), np.zeros((len(rates), 16, 2)), 0.0
        for step in range(12_000):
            if shuffled and step % 20 == 0:
                order = np.argsort(rng.random((16, 200)), axis=1).reshape(16, 20, 10)
            chosen = order[:, step % 20] if shuffled else rng.integers(200, size=(16, 10))
            x, y = FEATURES[chosen], TARGETS[chosen]
            errors = np.einsum("rsd,lrd->lrs", x, BEST + away) - y
            away = away - rates[:, None, None] * np.einsum("lrs,rsd->lrd", errors, x) / 10
            if step >= 3000:
                total += 0.5 * np.mean(np.sum(away @ HESSIAN * away, axis=2), axis=1) / 9000
        measured[shuffled] = total
    np.testing.assert_allclose(measured[False], closed, rtol=0.12)
    slopes = {k: np.polyfit(np.log(rates[:4]), np.log(v[:4]), 1)[0] for k, v in measured.items()}
    assert slopes[False] == pytest.approx(1.0, abs=0.1)
    assert slopes[True] == pytest.approx(1.85, abs=0.15)
    assert closed[0] / measured[True][0] == pytest.approx(12, rel=0.15)
    assert closed[-1] / measured[True][-1] == pytest.approx(1, abs=0.15)


def test_small_steps_have_a_quarter_of_the_variance():
    printed("the floor becomes $\\eta/4$ times the total variance")
    got = noise.noise_floor(np.array([1.0, 3.0]), np.array([0.9, 2.6]), lr=1e-4)
    assert got == pytest.approx(1e-4 / 4 * 3.5, rel=1e-3)


def test_a_hundred_small_steps_or_a_long_one():
    printed("6.41 and 6.32 at 0.0005")
    printed("1.56 against 2.58")
    want = {0.0005: (6.41, 6.32), 0.005: (1.56, 2.58)}
    for lr in (0.0005, 0.005, 0.01, 0.05):
        fresh = START
        for i in range(100):
            fresh = fresh - lr * GRADIENTS(fresh)[i]
        stale = START - lr * GRADIENTS(START)[:100].sum(axis=0)
        if lr in want:
            assert (excess(fresh), excess(stale)) == pytest.approx(want[lr], abs=0.005)
        else:
            printed("a single step of 1 or 5 overshoots")
            assert excess(stale) > 2 * excess(START)
            assert excess(fresh) < 0.6


# --- the digits ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_variance_of_a_digit_gradient():
    printed("slope $-1$ at first")
    printed("is crossed near batch size 32")
    printed("a single digit's gradient has 33 times more noise than signal")
    printed("64 pixels, 32 hidden units, 10 classes, 2410 parameters, 1000 digits")
    params = models.init_mlp((64, 32, 10), rng=np.random.default_rng(0))
    rows = []
    for i in range(1000):
        _, grads = models.mlp_loss(params, DATA.x_train[i : i + 1], DATA.y_train[i : i + 1])
        rows.append(np.concatenate([grads[name].ravel() for name in grads]))
    gradients = np.array(rows)
    assert gradients.shape == (1000, 2410)
    full = np.sum(gradients.mean(axis=0) ** 2)
    one = noise.minibatch_variance(gradients, batch_size=1, replace=True)
    assert one / full == pytest.approx(33, abs=0.5)
    rng, found = np.random.default_rng(8), []
    for size in (1, 4, 16, 64):
        weights = np.zeros((400, 1000))
        for row in weights:
            row[rng.permutation(1000)[:size]] = 1 / size
        distances = weights @ gradients - gradients.mean(axis=0)
        found.append(np.mean(np.sum(distances**2, axis=1)))
    assert np.polyfit(np.log([1, 4, 16, 64]), np.log(found), 1)[0] == pytest.approx(-1, abs=0.05)
    wanted = [noise.minibatch_variance(gradients, batch_size=s, replace=False) for s in (64, 256)]
    assert wanted[0] < full < one / 16
    assert found[-1] == pytest.approx(wanted[0], rel=0.1)


@cache
def trained(size, lr, seeds=5):
    """Training losses and test accuracies after ten epochs."""
    losses, accuracies = [], []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        params = models.init_mlp((64, 64, 10), rng=rng)
        for _ in range(10):
            order = rng.permutation(1000)
            for start in range(0, 1000, size):
                some = order[start : start + size]
                _, grads = models.mlp_loss(params, DATA.x_train[some], DATA.y_train[some])
                params = {name: params[name] - lr * grads[name] for name in params}
        losses.append(models.nll(params, DATA.x_train, DATA.y_train))
        accuracies.append(models.accuracy(params, DATA.x_test, DATA.y_test))
    return np.array(losses), np.array(accuracies)


def test_the_opening_comparison():
    printed("Its training loss ends at 1.98, and it reads 40 % of new digits correctly")
    printed("Its loss ends at 0.08, and it reads 95 %")
    (loss, accuracy), (best_loss, best_accuracy) = trained(1000, 0.1), trained(10, 0.1)
    assert (loss.mean(), accuracy.mean()) == pytest.approx((1.98, 0.40), abs=0.0051)
    assert (best_loss.mean(), best_accuracy.mean()) == pytest.approx((0.08, 0.95), abs=0.0051)


def test_batches_at_the_same_step_size_per_example():
    printed("the loss ends at 0.082 ± 0.006")
    spread(trained(10, 0.1)[0], "0.082 ± 0.006")
    losses, accuracies = trained(100, 1.0)
    printed("four end between 0.077 and 0.091, as with 10; the fifth ends at 0.212")
    ends = np.sort(losses)
    np.testing.assert_allclose(ends[[0, 3, 4]], [0.077, 0.091, 0.212], atol=0.00051)
    printed("0.953, 0.948 and 0.939 of the test digits, with spreads of up to 0.028")
    assert trained(10, 0.1)[1].mean() == pytest.approx(0.948, abs=0.00051)
    spread(accuracies, "0.939 ± 0.028")
    printed("all five trainings end above 2.3, which is $\\ln 10$, the loss of pure guessing")
    with np.errstate(all="ignore"):
        assert np.all(~(trained(1000, 10.0)[0] < np.log(10)))


@pytest.mark.slow
def test_batches_of_one():
    small, fast = trained(1, 0.01, 3), trained(1, 0.1, 3)
    assert small[0].mean() == pytest.approx(trained(10, 0.1)[0].mean(), abs=0.005)
    assert small[1].mean() == pytest.approx(0.953, abs=0.00051)
    printed("the lowest loss of all, 0.033, and a spread of 0.024")
    spread(fast[0], "0.033 ± 0.024")
    printed("at 0.3 such trainings end near 1.9")
    assert trained(1, 0.3, 2)[0].mean() == pytest.approx(1.9, abs=0.15)


def test_the_quiz_s_other_answers():
    """Batches of 100 with step size 0.3 and 0.1 do not get as far."""
    assert trained(100, 0.3)[0].mean() > 2 * 0.082
    assert trained(100, 0.1)[0].mean() > 5 * 0.082


def updates_needed(size, lr, seed):
    rng = np.random.default_rng(seed)
    params, updates = models.init_mlp((64, 64, 10), rng=rng), 0
    while True:
        order = rng.permutation(1000)
        for start in range(0, 1000, size):
            some = order[start : start + size]
            _, grads = models.mlp_loss(params, DATA.x_train[some], DATA.y_train[some])
            params = {name: params[name] - lr * grads[name] for name in params}
            updates += 1
            due = updates % max(1, 16 // size) == 0
            if due and models.nll(params, DATA.x_train, DATA.y_train) < 0.3:
                return updates


def test_large_batches_save_no_updates():
    printed("batch size 1000 needs as many updates as 256, 27 and 28, with four times the examples")
    for size, want in ((1000, 27), (256, 28)):
        needed = [updates_needed(size, 1.0, seed) for seed in range(5)]
        assert np.mean(needed) == pytest.approx(want, abs=0.51)


def test_small_batches_save_updates_at_first():
    printed("from batch size 1 to 4 the points nearly follow the dashed line")
    printed("at 16 they have begun to bend away")
    one, four, sixteen = (
        np.mean([updates_needed(size, lr, seed) for seed in range(5)])
        for size, lr in ((1, 0.1), (4, 0.3), (16, 0.5))
    )
    assert 3.0 < one / four < 4.5
    assert 6.0 < one / sixteen < 12.0


def test_three_is_too_long_for_the_largest_batches():
    printed("with 3 not even the largest batches train")
    for size in (100, 1000):
        assert trained(size, 3.0, 2)[0].min() > 2.0


def test_sorted_digits_are_not_learnt():
    accuracies = []
    order = np.argsort(DATA.y_train, kind="stable")
    for seed in range(5):
        params = models.init_mlp((64, 64, 10), rng=np.random.default_rng(seed))
        for start in list(range(0, 1000, 10)) * 10:
            some = order[start : start + 10]
            _, grads = models.mlp_loss(params, DATA.x_train[some], DATA.y_train[some])
            params = {name: params[name] - 0.1 * grads[name] for name in params}
        predicted = np.argmax(models.mlp_scores(params, DATA.x_test), axis=1)
        accuracies.append(np.mean(predicted == DATA.y_test))
        assert np.mean(predicted == 9) > 0.1  # the last class is seen everywhere
    assert np.mean(accuracies) == pytest.approx(0.57, abs=0.03)


# --- curves -------------------------------------------------------------------------------------


@cache
def curves(seed, first):
    """Batch losses of a training with batches of 10, its last training loss and test accuracy."""
    rng, losses, monitor = np.random.default_rng(seed), [], []
    params = models.init_mlp((64, 64, 10), rng=rng)
    states = train.init_states(optim.SGDState, params)
    for _ in range(10):
        for x, labels in train.minibatches(DATA.x_train, DATA.y_train, batch_size=10, rng=rng):
            if first:
                x, labels = DATA.x_train[:10], DATA.y_train[:10]
            if len(losses) % 100 == 0:
                monitor.append(models.nll(params, DATA.x_train[:200], DATA.y_train[:200]))
            loss, grads = models.mlp_loss(params, x, labels)
            losses.append(loss)
            params, states = train.step_all(optim.sgd, params, grads, states, lr=0.1)
    ends = models.nll(params, DATA.x_train, DATA.y_train)
    return np.array(losses), monitor, ends, models.accuracy(params, DATA.x_test, DATA.y_test)


def test_scatter_of_the_averages():
    printed("the scatter falls with the root of the window, 0.094, 0.032, 0.012")
    losses = curves(0, False)[0]
    for window, want in ((1, 0.094), (10, 0.032), (100, 0.012)):
        average = noise.moving_average(losses, window=window)
        assert np.std(average[-300:]) == pytest.approx(want, abs=0.00051)
    printed("With $\\beta = 0.98$ it is about as smooth as a window of 100")
    assert np.std(noise.ema(losses, decay=0.98)[-300:]) == pytest.approx(0.012, abs=0.00051)
    printed("the grey dots cover a factor of fifty")
    assert losses[-100:].max() / losses[-100:].min() == pytest.approx(57, abs=1)


def test_the_same_ten_digits_for_ever():
    printed("falls without a single bump to 0.0025")
    printed("3.129 ± 0.058, worse than the 2.3 of pure guessing, and half of the test digits")
    runs = [curves(seed, True) for seed in range(5)]
    assert np.all(np.diff(runs[0][0]) < 0)
    assert runs[0][0][-1] == pytest.approx(0.0025, abs=0.00005)
    spread([run[2] for run in runs], "3.129 ± 0.058")
    assert np.mean([run[3] for run in runs]) == pytest.approx(0.52, abs=0.005)
    assert min(runs[0][1]) < runs[0][1][0] < runs[0][1][-1]


def test_the_uncorrected_average_rises_for_sixty_updates():
    printed("rises for some sixty updates")
    printed("from update 150 on the three agree")
    losses = curves(0, False)[0]
    corrected = noise.ema(losses, decay=0.98)
    raw = corrected * (1 - 0.98 ** np.arange(1, 1001))
    assert 50 <= np.argmax(raw) <= 70
    window = noise.moving_average(losses, window=100)
    np.testing.assert_allclose(window[150:300], corrected[150:300], rtol=0.15)


def test_three_equal_values_by_hand():
    printed("The first average is 0.25, the second 0.475, the third 0.6775")
    printed("0.25 / 0.1, 0.475 / 0.19 and 0.6775 / 0.271 are all 2.5")
    for t, average in enumerate((0.25, 0.475, 0.6775), start=1):
        assert 2.5 * (1 - 0.9**t) == pytest.approx(average, abs=1e-12)
    np.testing.assert_allclose(noise.ema(np.full(3, 2.5), decay=0.9), 2.5, rtol=1e-12)
