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
