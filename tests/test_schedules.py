"""Schedules against PyTorch's schedulers, closed forms, and runs written out by hand."""

import math
from itertools import pairwise

import numpy as np
import pytest

from course_lib import schedules

STEPS = 40


def rates(schedule, steps=STEPS):
    return np.array([schedule(step) for step in range(steps)])


def torch_rates(make, lr=0.4, steps=STEPS):
    """The learning rates that a scheduler of PyTorch gives to ``steps`` updates."""
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=lr)
    scheduler = make(torch.optim.lr_scheduler, optimizer)
    used = []
    for _ in range(steps):
        used.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return np.array(used)


AGAINST_TORCH = {
    "step": (
        schedules.step_decay(0.4, milestones=(5, 12, 30), gamma=0.3),
        lambda s, o: s.MultiStepLR(o, [5, 12, 30], gamma=0.3),
    ),
    "step, every tenth": (
        schedules.step_decay(0.4, milestones=(10, 20, 30)),
        lambda s, o: s.StepLR(o, 10, gamma=0.1),
    ),
    "exponential": (
        schedules.exponential_decay(0.4, rate=0.07),
        lambda s, o: s.ExponentialLR(o, math.exp(-0.07)),
    ),
    "linear": (
        schedules.linear_decay(0.4, total_steps=25),
        lambda s, o: s.LinearLR(o, start_factor=1.0, end_factor=0.0, total_iters=25),
    ),
    "linear as a polynomial": (
        schedules.linear_decay(0.4, total_steps=25),
        lambda s, o: s.PolynomialLR(o, total_iters=25, power=1.0),
    ),
    "triangular": (
        schedules.triangular(lr_min=0.1, lr_max=0.4, half_cycle=7),
        lambda s, o: s.CyclicLR(o, 0.1, 0.4, step_size_up=7, cycle_momentum=False),
    ),
    "warm-up to a constant": (
        schedules.warmup(schedules.step_decay(0.4, milestones=()), steps=8),
        lambda s, o: s.LinearLR(o, start_factor=1 / 8, end_factor=1.0, total_iters=7),
    ),
    "inverse time": (
        schedules.inverse_time_decay(0.4, rate=0.2),
        lambda s, o: s.LambdaLR(o, lambda t: 1 / (1 + 0.2 * t)),
    ),
    "inverse root": (
        schedules.inverse_sqrt(0.4),
        lambda s, o: s.LambdaLR(o, lambda t: (t + 1) ** -0.5),
    ),
}


@pytest.mark.parametrize("name", AGAINST_TORCH)
def test_schedule_is_that_of_torch(name):
    ours, theirs = AGAINST_TORCH[name]
    np.testing.assert_allclose(rates(ours), torch_rates(theirs), rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("lr_min", [0.0, 0.05])
def test_cosine_is_that_of_torch_until_the_end(lr_min):
    """PyTorch's goes up again after the end; ours stays, as its docstring says."""
    ours = rates(schedules.cosine(0.4, total_steps=25, lr_min=lr_min), 26)
    theirs = torch_rates(lambda s, o: s.CosineAnnealingLR(o, 25, eta_min=lr_min), steps=26)
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize(("patience", "factor"), [(0, 0.5), (1, 0.1), (2, 0.3), (5, 0.5)])
def test_plateau_is_that_of_torch(patience, factor):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(4)
    losses = np.round(2 / np.sqrt(np.arange(1, 61)) + 0.3 * rng.normal(size=60), 1)  # with ties
    losses[[7, 30]] = np.nan
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.4)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=factor, patience=patience, threshold=0.0, eps=0.0
    )
    used = []
    for loss in losses:
        used.append(optimizer.param_groups[0]["lr"])
        scheduler.step(loss)
    ours = schedules.reduce_on_plateau(losses, lr=0.4, factor=factor, patience=patience)
    np.testing.assert_allclose(ours, used, rtol=1e-12)
    assert len(set(used)) > 2


def test_plateau_by_hand():
    losses = np.array([3.0, 2.0, 2.5, 2.0, 2.2, 1.0, 1.5])
    used = schedules.reduce_on_plateau(losses, lr=1.0, factor=0.5, patience=1)
    # 2.5 and the equal 2.0 exhaust the patience: from the next epoch on half
    np.testing.assert_array_equal(used, [1, 1, 1, 1, 0.5, 0.5, 0.5])
    assert schedules.reduce_on_plateau(np.zeros(0), lr=1.0, patience=3).shape == (0,)


def test_the_milestone_is_the_first_step_with_the_lower_rate():
    schedule = schedules.step_decay(1.0, milestones=(30, 60, 90))
    assert [schedule(t) for t in (0, 29, 30, 59, 60, 90, 500)] == pytest.approx(
        [1, 1, 0.1, 0.1, 0.01, 0.001, 0.001]
    )
    shuffled = schedules.step_decay(1.0, milestones=(90, 30, 60))
    np.testing.assert_array_equal(rates(schedule, 100), rates(shuffled, 100))


@pytest.mark.parametrize(
    ("schedule", "first", "end", "beyond"),
    [
        (schedules.linear_decay(0.3, total_steps=20), 0.3, 0.0, 0.0),
        (schedules.cosine(0.3, total_steps=20), 0.3, 0.0, 0.0),
        (schedules.cosine(0.3, total_steps=20, lr_min=0.1), 0.3, 0.1, 0.1),
    ],
)
def test_the_end_is_reached_at_total_steps_and_kept(schedule, first, end, beyond):
    assert schedule(0) == pytest.approx(first)
    assert schedule(10) == pytest.approx((first + end) / 2)
    assert schedule(20) == pytest.approx(end, abs=1e-15)
    assert all(schedule(t) == pytest.approx(beyond, abs=1e-15) for t in (21, 35, 60, 10_000))
    used = rates(schedule, 20)
    assert np.all(np.diff(used) < 0)
    assert used[-1] > end  # the last update still moves


def test_cosine_quarters():
    schedule = schedules.cosine(1.0, total_steps=8)
    assert schedule(2) == pytest.approx((1 + math.sqrt(0.5)) / 2)
    assert schedule(6) == pytest.approx((1 - math.sqrt(0.5)) / 2)


def test_exponential_falls_by_one_factor_and_inverse_time_has_a_straight_reciprocal():
    falling = rates(schedules.exponential_decay(0.5, rate=0.03))
    np.testing.assert_allclose(falling[1:] / falling[:-1], math.exp(-0.03))
    assert falling[0] == 0.5
    reciprocal = 1 / rates(schedules.inverse_time_decay(0.5, rate=0.03))
    np.testing.assert_allclose(reciprocal, 2 * (1 + 0.03 * np.arange(STEPS)))


def test_inverse_sqrt_counts_updates_from_one():
    schedule = schedules.inverse_sqrt(0.6)
    assert [schedule(t) for t in (0, 3, 8, 99)] == pytest.approx([0.6, 0.3, 0.2, 0.06])


def test_triangle_repeats_between_its_corners():
    schedule = schedules.triangular(lr_min=0.2, lr_max=1.0, half_cycle=4)
    assert rates(schedule, 9) == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0, 0.8, 0.6, 0.4, 0.2])
    np.testing.assert_allclose(rates(schedule, 8), [schedule(t + 800) for t in range(8)])


def test_warm_up_meets_the_schedule_where_it_stands():
    inner = schedules.cosine(0.8, total_steps=50)
    warm = schedules.warmup(inner, steps=10)
    climb = rates(warm, 10)
    np.testing.assert_allclose(np.diff(climb), inner(10) / 10)
    assert climb[0] == pytest.approx(inner(10) / 10)
    assert climb[-1] == pytest.approx(inner(10))
    assert [warm(t) for t in range(10, 60)] == [inner(t) for t in range(10, 60)]
    np.testing.assert_array_equal(rates(schedules.warmup(inner, steps=0)), rates(inner))


def test_linear_rule_makes_one_large_step_of_many_small_ones():
    """With equal gradients N steps of lr on small batches go as far as one with N times the lr."""
    assert schedules.scaled_lr(0.1, batch_size=256, base_batch_size=32) == pytest.approx(0.8)
    assert schedules.scaled_lr(0.1, batch_size=24, base_batch_size=32) == pytest.approx(0.075)
    grads = np.random.default_rng(0).normal(size=(96, 5))
    small = -0.1 * sum(batch.mean(axis=0) for batch in np.split(grads, 3))
    lr = schedules.scaled_lr(0.1, batch_size=96, base_batch_size=32)
    np.testing.assert_allclose(small, -lr * grads.mean(axis=0))


def test_schedules_never_rise_and_never_turn_negative():
    for schedule in (
        schedules.step_decay(0.5, milestones=(3, 9)),
        schedules.exponential_decay(0.5, rate=0.1),
        schedules.inverse_time_decay(0.5, rate=0.1),
        schedules.inverse_sqrt(0.5),
        schedules.linear_decay(0.5, total_steps=20),
        schedules.cosine(0.5, total_steps=20),
    ):
        used = rates(schedule)
        assert used[0] == pytest.approx(0.5)
        assert all(0 <= after <= before for before, after in pairwise(used))


def test_impossible_arguments_are_told():
    with pytest.raises(ValueError, match="total_steps must be positive, got 0"):
        schedules.linear_decay(0.1, total_steps=0)
    with pytest.raises(ValueError, match="total_steps must be positive, got -3"):
        schedules.cosine(0.1, total_steps=-3)
    with pytest.raises(ValueError, match="half_cycle must be positive, got 0"):
        schedules.triangular(lr_min=0.0, lr_max=1.0, half_cycle=0)
    with pytest.raises(ValueError, match="steps must not be negative, got -1"):
        schedules.warmup(schedules.inverse_sqrt(0.1), steps=-1)
