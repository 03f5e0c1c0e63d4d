"""Choosing hyperparameters from what short runs tell."""

import numpy as np

from course_lib.arrays import Array


def pick_lr(lrs: Array, losses: Array) -> float:
    """The learning rate of a range test whose run ended with the lowest loss.

    Runs whose loss is nan or infinite are left out, wherever they stand; the learning rates may
    come in any order.

    Source: CS231n L7 "find a learning rate that makes the loss drop significantly within ~100
    iterations"; Smith 2017.
    Shapes: ``lrs`` and ``losses`` (runs,); losses in nats.
    Raises ValueError when no loss is finite.
    """
    finite = np.isfinite(losses)
    if not np.any(finite):
        raise ValueError("no loss is finite, so no learning rate can be picked: try smaller ones")
    return float(lrs[np.argmin(np.where(finite, losses, np.inf))])
