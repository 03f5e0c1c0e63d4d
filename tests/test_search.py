"""Choosing hyperparameters: against results written out by hand."""

import numpy as np
import pytest

from course_lib import search


def test_lowest_loss_is_picked():
    lrs = np.array([1e-3, 1e-2, 1e-1, 1.0, 3.0, 10.0])
    losses = np.array([2.35, 1.95, 0.548, 0.232, 2.32, 2.38])
    assert search.pick_lr(lrs, losses) == 1.0


def test_order_does_not_matter_and_runs_that_blew_up_are_left_out():
    rng = np.random.default_rng(3)
    for _ in range(20):
        lrs = 10 ** rng.uniform(-5, 1, size=9)
        losses = rng.uniform(0.1, 2.0, size=9)
        losses[rng.integers(9, size=3)] = np.nan, np.inf, np.nan
        best = min((loss, lr) for loss, lr in zip(losses, lrs, strict=True) if np.isfinite(loss))
        assert search.pick_lr(lrs, losses) == best[1]


def test_minus_infinity_is_no_low_loss():
    assert search.pick_lr(np.array([0.1, 1.0]), np.array([0.5, -np.inf])) == 0.1


def test_nothing_to_pick_from_is_told():
    with pytest.raises(ValueError, match="try smaller ones"):
        search.pick_lr(np.array([1.0, 10.0]), np.array([np.nan, np.inf]))


# --- drawing on a log scale ----------------------------------------------------------------------


def test_log_uniform_has_the_uniform_distribution_of_its_logarithm():
    low, high, size = 1e-6, 10.0, 20_000
    draws = search.log_uniform(low, high, size=size, rng=np.random.default_rng(5))
    assert draws.shape == (size,)
    assert low <= draws.min() < draws.max() <= high
    heights = (np.log10(np.sort(draws)) + 6) / 7
    # Kolmogorov and Smirnov: a right sampler exceeds 2.2 / sqrt(n) once in 8000 times
    assert np.max(np.abs(heights - (np.arange(size) + 0.5) / size)) < 2.2 / np.sqrt(size)


def test_half_of_the_decades_take_half_of_the_draws():
    draws = search.log_uniform(1e-4, 1.0, size=4000, rng=np.random.default_rng(6))
    assert np.mean(draws < 1e-2) == pytest.approx(0.5, abs=6 * 0.5 / np.sqrt(4000))


@pytest.mark.parametrize("ends", [(0.0, 1.0), (-1.0, 1.0), (1.0, 0.1)])
def test_a_range_that_has_no_logarithm_is_told(ends):
    with pytest.raises(ValueError, match="0 < low <= high"):
        search.log_uniform(*ends, size=3, rng=np.random.default_rng(0))


# --- grid and random search ----------------------------------------------------------------------


def test_grid_is_written_out():
    assert search.grid({"lr": [0.1, 1.0], "l2": [0.0, 1e-4, 1e-3]}) == [
        {"lr": 0.1, "l2": 0.0},
        {"lr": 0.1, "l2": 1e-4},
        {"lr": 0.1, "l2": 1e-3},
        {"lr": 1.0, "l2": 0.0},
        {"lr": 1.0, "l2": 1e-4},
        {"lr": 1.0, "l2": 1e-3},
    ]
    assert search.grid({}) == [{}]


def test_lectures_grid_has_sixteen_settings_and_four_rates():
    values = [1e-4, 1e-3, 1e-2, 1e-1]
    settings = search.grid({"weight decay": values, "learning rate": values})
    assert len(settings) == 16
    assert len({setting["learning rate"] for setting in settings}) == 4


SPACE = {"lr": (1e-4, 10.0), "l2": (1e-6, 1.0)}


def test_random_search_returns_the_lowest_of_what_it_tried():
    asked = []

    def objective(setting):
        asked.append(dict(setting))
        return (np.log10(setting["lr"]) + 1) ** 2 + (np.log10(setting["l2"]) + 3) ** 2

    best, trials = search.random_search(objective, SPACE, trials=50, rng=np.random.default_rng(7))
    assert [trial.setting for trial in trials] == asked
    assert len({setting["lr"] for setting in asked}) == len(asked) == 50
    assert all(low <= s[name] <= high for s in asked for name, (low, high) in SPACE.items())
    values = [trial.value for trial in trials]
    assert values == [objective(setting) for setting in asked[:50]]
    assert best == asked[int(np.argmin(values))]


def test_random_search_of_one_name_is_log_uniform():
    space = {"lr": (1e-3, 10.0)}
    _, trials = search.random_search(
        lambda setting: 0.0, space, trials=2000, rng=np.random.default_rng(8)
    )
    low = np.mean([trial.setting["lr"] < 0.1 for trial in trials])
    assert low == pytest.approx(0.5, abs=6 * 0.5 / np.sqrt(2000))


def test_nan_is_never_best():
    values = iter([np.nan, 3.0, np.nan, 1.0, np.inf, 2.0])
    best, trials = search.random_search(
        lambda setting: next(values), SPACE, trials=6, rng=np.random.default_rng(9)
    )
    assert best is trials[3].setting


def test_refined_ranges_by_hand():
    space = {"lr": (1e-4, 1.0), "l2": (1e-6, 1e-2)}
    refined = search.refine(space, {"lr": 1e-2, "l2": 1e-6})
    assert refined["lr"] == pytest.approx((1e-3, 1e-1))
    assert refined["l2"] == pytest.approx((1e-6, 1e-5))  # the lower half is cut off
    quarter = search.refine(space, {"lr": 0.5, "l2": 1e-4}, shrink=0.25)
    assert quarter["lr"] == pytest.approx((0.5 / np.sqrt(10), 1.0))
    assert quarter["l2"] == pytest.approx((1e-4 / np.sqrt(10), 1e-4 * np.sqrt(10)))


def test_refining_again_and_again_never_leaves_the_range_and_closes_in():
    rng = np.random.default_rng(10)
    for _ in range(20):
        space = {"lr": (1e-4, 10.0)}
        best = {"lr": float(search.log_uniform(1e-4, 10.0, size=1, rng=rng)[0])}
        for stage in range(1, 6):
            low, high = search.refine(space, best, shrink=0.5)["lr"]
            assert space["lr"][0] <= low <= best["lr"] <= high <= space["lr"][1]
            assert np.log10(high / low) <= 5 / 2**stage + 1e-9
            space = {"lr": (low, high)}
