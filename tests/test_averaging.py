"""Averages: enumeration, PyTorch's averaged models, exact covariances, a schedule with restarts."""

import itertools

import numpy as np
import pytest

from course_lib import averaging, models, schedules
from course_lib.noise import noise_floor
from course_lib.train import minibatches

RNG = np.random.default_rng(41)
CURVATURES, VARIANCES = np.array([0.3, 1.0, 7.0]), np.array([2.0, 0.5, 1.5])


def some_probabilities(*shape):
    return RNG.dirichlet(np.ones(shape[-1]), size=shape[:-1])


# --- ensemble_predict -----------------------------------------------------------------------------


def test_two_doubtful_votes_lose_against_one_that_is_sure():
    probabilities = np.array([[[0.6, 0.4]], [[0.6, 0.4]], [[0.1, 0.9]]])
    assert averaging.ensemble_predict(probabilities).tolist() == [1]


def test_a_zero_is_no_veto():
    probabilities = np.array([[[0.0, 1.0, 0.0]], [[0.9, 0.0, 0.1]], [[0.9, 0.0, 0.1]]])
    assert averaging.ensemble_predict(probabilities).tolist() == [0]


def test_label_is_the_likeliest_class_of_a_model_drawn_at_random():
    probabilities = some_probabilities(4, 9, 3)
    got = averaging.ensemble_predict(probabilities)
    for n, label in enumerate(got):
        chances = [sum(model[n][c] for model in probabilities) for c in range(3)]
        assert chances[label] == max(chances)
    assert got.shape == (9,)
    assert np.issubdtype(got.dtype, np.integer)


def test_order_of_the_models_does_not_matter():
    probabilities = some_probabilities(5, 20, 4)
    want = averaging.ensemble_predict(probabilities)
    np.testing.assert_array_equal(averaging.ensemble_predict(probabilities[::-1]), want)
    np.testing.assert_array_equal(
        averaging.ensemble_predict(np.tile(probabilities, (3, 1, 1))), want
    )


# --- polyak_update --------------------------------------------------------------------------------


@pytest.mark.parametrize("decay", [0.0, 0.3, 0.995, 1.0])
def test_average_agrees_with_torch(decay):
    utils = pytest.importorskip("torch.optim.swa_utils")
    torch = pytest.importorskip("torch")
    path = RNG.normal(size=(8, 2, 3))
    module = torch.nn.Linear(3, 2, bias=False, dtype=torch.float64)
    twin = utils.AveragedModel(module, multi_avg_fn=utils.get_ema_multi_avg_fn(decay))
    average = path[0]
    for step, param in enumerate(path):
        with torch.no_grad():
            module.weight.copy_(torch.tensor(param))
        twin.update_parameters(module)  # the first call copies
        if step:
            average = averaging.polyak_update(average, param, decay=decay)
        np.testing.assert_allclose(
            average, twin.module.weight.detach().numpy(), rtol=1e-12, atol=1e-15
        )


def test_default_is_that_of_the_slide():
    average, param = RNG.normal(size=(2, 4))
    got = averaging.polyak_update(average, param)
    np.testing.assert_allclose(got, 0.995 * average + 0.005 * param, rtol=1e-13)


def test_growing_decay_makes_the_plain_mean_of_polyak_and_juditsky():
    path = RNG.normal(size=(30, 2))
    average = path[0]
    for t, param in enumerate(path[1:], start=1):
        average = averaging.polyak_update(average, param, decay=t / (t + 1))
    np.testing.assert_allclose(average, path.mean(axis=0), rtol=1e-12)


# --- snapshot_steps -------------------------------------------------------------------------------


@pytest.mark.parametrize(("length", "cycles"), [(10, 3), (1, 4), (250, 8), (7, 1)])
def test_snapshots_are_where_a_cosine_with_restarts_is_lowest(length, cycles):
    once = schedules.cosine(0.3, total_steps=length)
    rates = np.array([once(step % length) for step in range(length * cycles)])
    lowest = np.flatnonzero(np.isclose(rates, rates.min(), rtol=1e-9))
    assert averaging.snapshot_steps(length * cycles, cycles=cycles) == lowest.tolist()


@pytest.mark.parametrize("total_steps", range(5, 40))
def test_cycles_that_do_not_fit_differ_by_one_step(total_steps):
    steps = averaging.snapshot_steps(total_steps, cycles=5)
    assert all(type(step) is int for step in steps)
    assert steps[-1] == total_steps - 1
    assert len(steps) == 5
    lengths = np.diff([-1, *steps])
    assert lengths.max() - lengths.min() <= 1


# --- averaged_floor -------------------------------------------------------------------------------


def floor_by_iteration(lr, decay, *, steps=20_000):
    """The covariances of place and average along each direction, pushed on until they settle."""
    place, both, average = np.zeros((3, 3))
    kept = 1 - lr * CURVATURES
    for _ in range(steps):
        moved = kept**2 * place + lr**2 * VARIANCES
        beside = decay * kept * both + (1 - decay) * moved
        average = (
            decay**2 * average + 2 * decay * (1 - decay) * kept * both + (1 - decay) ** 2 * moved
        )
        place, both = moved, beside
    return 0.5 * np.sum(CURVATURES * average)


@pytest.mark.parametrize("lr", [0.02, 0.15, 0.25])
@pytest.mark.parametrize("decay", [0.0, 0.8, 0.99])
def test_floor_of_the_average_is_what_the_covariances_settle_at(lr, decay):
    got = averaging.averaged_floor(CURVATURES, VARIANCES, lr=lr, decay=decay)
    assert got == pytest.approx(floor_by_iteration(lr, decay), rel=1e-9)


@pytest.mark.parametrize("lr", [0.02, 0.25])
def test_floor_without_memory_is_that_of_sgd(lr):
    want = noise_floor(CURVATURES, VARIANCES, lr=lr)
    got = averaging.averaged_floor(CURVATURES, VARIANCES, lr=lr, decay=0.0)
    assert got == pytest.approx(want, rel=1e-13)


def test_for_small_steps_the_floor_falls_by_the_memory_in_units_of_the_descent():
    lr, decay = 1e-4, 0.9999
    want = noise_floor(CURVATURES[:1], VARIANCES[:1], lr=lr) / (
        1 + lr * CURVATURES[0] / (1 - decay)
    )
    got = averaging.averaged_floor(CURVATURES[:1], VARIANCES[:1], lr=lr, decay=decay)
    assert got == pytest.approx(want, rel=1e-3)


def test_floor_of_a_diverging_training_is_refused():
    with pytest.raises(ValueError, match=r"lr must lie below 0\.2857, got 0\.29"):
        averaging.averaged_floor(CURVATURES, VARIANCES, lr=0.29, decay=0.9)


# --- permute_hidden -------------------------------------------------------------------------------


def net(*sizes):
    params = models.init_mlp(sizes, rng=RNG)
    return {name: value + RNG.normal(size=value.shape) for name, value in params.items()}


@pytest.mark.parametrize("sizes", [(5, 4, 3), (3, 3, 3), (5, 4, 6, 3)])
def test_every_order_computes_the_same_function(sizes):
    params, x = net(*sizes), RNG.normal(size=(9, sizes[0]))
    want = models.mlp_scores(params, x)
    for order in itertools.permutations(range(sizes[1])):
        twin = models.permute_hidden(params, np.array(order))
        assert twin.keys() == params.keys()
        np.testing.assert_allclose(models.mlp_scores(twin, x), want, rtol=1e-10, atol=1e-12)


def test_unit_j_is_the_old_unit_order_j_and_the_inverse_order_brings_it_back():
    params, order = net(2, 4, 3), np.array([2, 0, 3, 1])
    twin = models.permute_hidden(params, order)
    for new, old in enumerate(order):
        np.testing.assert_array_equal(twin["W1"][:, new], params["W1"][:, old])
        assert twin["b1"][new] == params["b1"][old]
        np.testing.assert_array_equal(twin["W2"][new], params["W2"][old])
    back = models.permute_hidden(twin, np.argsort(order))
    for name, value in params.items():
        np.testing.assert_array_equal(back[name], value)


def test_gradients_are_permuted_with_the_units():
    params, order = net(5, 4, 3), np.array([1, 2, 3, 0])
    x, labels = next(minibatches(RNG.normal(size=(6, 5)), np.arange(6) % 3, batch_size=6, rng=RNG))
    _, grads = models.mlp_loss(params, x, labels)
    _, dtwin = models.mlp_loss(models.permute_hidden(params, order), x, labels)
    for name, value in models.permute_hidden(grads, order).items():
        np.testing.assert_allclose(dtwin[name], value, rtol=1e-10, atol=1e-13)
