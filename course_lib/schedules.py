"""Learning-rate schedules: ``schedule(step) -> lr``; step 0 is the first update.

A schedule is a pure function of the step: it counts nothing, and may be asked for any step in any
order. Steps may be updates or epochs, as long as all arguments of a schedule count the same.
"""

from collections.abc import Callable, Sequence

import numpy as np

from course_lib.arrays import Array

Schedule = Callable[[int], float]


def step_decay(lr: float, *, milestones: Sequence[int], gamma: float = 0.1) -> Schedule:
    """Multiply the learning rate by ``gamma`` at every milestone; that step is the first with it.

    The milestones may come in any order; with none of them the rate is constant.

    Source: CS231n L7 "learning rate decay" (at 30, 60 and 90); DD2424 L5 "step decay".
    Units: ``milestones`` in steps, ``gamma`` in (0, 1].
    """

    def schedule(step: int) -> float:
        drops = sum(step >= milestone for milestone in milestones)
        return lr * gamma**drops

    return schedule


def exponential_decay(lr: float, *, rate: float) -> Schedule:
    """Divide the learning rate by e every ``1 / rate`` steps: ``lr * exp(-rate * step)``.

    Source: DD2424 L5 "exponential decay".
    Units: ``rate`` per step, at least 0.
    """

    def schedule(step: int) -> float:
        return float(lr * np.exp(-rate * step))

    return schedule


def inverse_time_decay(lr: float, *, rate: float) -> Schedule:
    """Halve the learning rate after ``1 / rate`` steps: ``lr / (1 + rate * step)``.

    Source: Robbins & Monro 1951; DD2424 L5 "1/t decay".
    Units: ``rate`` per step, at least 0.
    """

    def schedule(step: int) -> float:
        return lr / (1 + rate * step)

    return schedule


def inverse_sqrt(lr: float) -> Schedule:
    """Divide the learning rate by the root of the number of the update, ``step + 1``.

    Source: Vaswani et al. 2017; CS231n L7 "inverse sqrt", whose t counts from 1.
    """

    def schedule(step: int) -> float:
        return float(lr / np.sqrt(step + 1))

    return schedule


def linear_decay(lr: float, *, total_steps: int) -> Schedule:
    """Lower the learning rate along a straight line: ``lr`` at step 0, 0 at ``total_steps``.

    From there on it stays 0. The last of ``total_steps`` updates, number ``total_steps - 1``,
    still moves.

    Source: Devlin et al. 2018; CS231n L7 "linear".
    Raises ValueError unless ``total_steps`` is positive.
    """
    if total_steps <= 0:
        raise ValueError(f"total_steps must be positive, got {total_steps}")

    def schedule(step: int) -> float:
        progress = min(step / total_steps, 1.0)
        return lr * (1 - progress)

    return schedule


def cosine(lr: float, *, total_steps: int, lr_min: float = 0.0) -> Schedule:
    """Lower the learning rate along half a cosine: ``lr`` at step 0, ``lr_min`` at ``total_steps``.

    From there on it stays ``lr_min``.

    Source: Loshchilov & Hutter 2017; CS231n L7 "cosine".
    Raises ValueError unless ``total_steps`` is positive.
    """
    if total_steps <= 0:
        raise ValueError(f"total_steps must be positive, got {total_steps}")

    def schedule(step: int) -> float:
        progress = min(step / total_steps, 1.0)
        share = (1 + np.cos(np.pi * progress)) / 2
        return float(lr_min + (lr - lr_min) * share)

    return schedule


def triangular(*, lr_min: float, lr_max: float, half_cycle: int) -> Schedule:
    """Go up from ``lr_min`` to ``lr_max`` in ``half_cycle`` steps, down in as many, for ever.

    Source: Smith 2017; DD2424 L5 "cyclical learning rates".
    Raises ValueError unless ``half_cycle`` is positive.
    """
    if half_cycle <= 0:
        raise ValueError(f"half_cycle must be positive, got {half_cycle}")

    def schedule(step: int) -> float:
        phase = step % (2 * half_cycle)
        height = 1 - abs(phase / half_cycle - 1)
        return lr_min + (lr_max - lr_min) * height

    return schedule


def warmup(schedule: Schedule, *, steps: int) -> Schedule:
    """Replace the first ``steps`` steps of a schedule by a straight climb to where it then stands.

    Step t of the climb has the share ``(t + 1) / steps`` of ``schedule(steps)``, so that already
    the first update moves. From step ``steps`` on the schedule counts, on its own clock, as if
    nothing had been replaced. With ``steps`` 0 nothing is.

    Source: Goyal et al. 2017; CS231n L7 "linear warmup".
    Raises ValueError when ``steps`` is negative.
    """
    if steps < 0:
        raise ValueError(f"steps must not be negative, got {steps}")

    def warmed(step: int) -> float:
        if step < steps:
            return schedule(steps) * (step + 1) / steps
        return schedule(step)

    return warmed


def reduce_on_plateau(val_losses: Array, *, lr: float, factor: float = 0.1, patience: int) -> Array:
    """The learning rate of each epoch, lowered when the validation loss stops improving.

    An epoch improves when its loss is below all losses before it; one that is equal, or nan, does
    not. When more than ``patience`` epochs in a row have not improved, the learning rate is
    multiplied by ``factor`` for the epochs that follow, and counting begins anew.

    Source: DD2424 L5 "reduce the learning rate when this loss stops improving"; PyTorch's
    ReduceLROnPlateau, whose sense of patience this is.
    Shapes: ``val_losses`` and result (epochs,): entry i was used in the epoch that ended with
    ``val_losses[i]``.
    """
    best, waited = np.inf, 0
    used = []
    for loss in val_losses:
        used.append(lr)
        if loss < best:
            best, waited = loss, 0
        else:
            waited += 1
        if waited > patience:
            lr, waited = factor * lr, 0
    return np.array(used, dtype=np.float64)


def scaled_lr(lr: float, *, batch_size: int, base_batch_size: int) -> float:
    """The learning rate for another batch size by the linear rule: N times the batch, N times lr.

    Source: Goyal et al. 2017; CS231n L7 "linear warmup", its rule of thumb.
    Units: ``lr`` is the rate that suits ``base_batch_size`` examples.
    """
    return lr * batch_size / base_batch_size
