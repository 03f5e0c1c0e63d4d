"""Choosing hyperparameters from what short runs tell."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from course_lib.arrays import Array

Setting = dict[str, float]


class Trial(NamedTuple):
    """One setting that was tried, and what the objective said of it."""

    setting: Setting
    value: float


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


def log_uniform(low: float, high: float, *, size: int, rng: np.random.Generator) -> Array:
    """Random numbers whose *logarithm* is uniform: every decade between the ends is as likely.

    Source: DD2424 L5 "hyper-parameter ranges", ``10**uniform(-6, 1)``; CS231n L7 "log-uniform".
    Shapes: ``low`` and ``high`` are positive, result (size,), between the two.
    Raises ValueError unless 0 < low <= high.
    """
    if not 0 < low <= high:
        raise ValueError(f"a range on a log scale needs 0 < low <= high, got ({low}, {high})")
    return np.exp(rng.uniform(np.log(low), np.log(high), size=size))


def grid(space: Mapping[str, Sequence[float]]) -> list[Setting]:
    """Every combination of the values that ``space`` lists for each name, as one dict each.

    ``{"lr": [0.1, 1.0], "l2": [0.0, 1e-4]}`` has four settings; they may come in any order.

    Source: CS231n L7 "grid search".
    """
    return [dict(zip(space, values, strict=True)) for values in product(*space.values())]


def random_search(
    objective: Callable[[Setting], float],
    space: Mapping[str, tuple[float, float]],
    *,
    trials: int,
    rng: np.random.Generator,
) -> tuple[Setting, list[Trial]]:
    """Try settings drawn at random, each name log-uniformly from its own range in ``space``.

    Every trial draws all names anew and calls ``objective(setting)`` once; ``setting`` is a dict
    of numbers, such as ``{"lr": 0.02, "l2": 3e-5}``. Lower is better, and nan is never best.

    Returns the best setting, and all trials as pairs (setting, value) in the order they were made.

    Source: Bergstra & Bengio 2012; CS231n L7 and DD2424 L5 "random search".
    """
    tried = []
    for _ in range(trials):
        setting = {
            name: float(log_uniform(low, high, size=1, rng=rng)[0])
            for name, (low, high) in space.items()
        }
        tried.append(Trial(setting, objective(setting)))
    best = min(tried, key=lambda trial: np.nan_to_num(trial.value, nan=np.inf))
    return best.setting, tried


def refine(
    space: Mapping[str, tuple[float, float]], best: Mapping[str, float], *, shrink: float = 0.5
) -> dict[str, tuple[float, float]]:
    """Smaller ranges for the next stage of a search, with ``best`` in the middle of each.

    On a log scale a new range is ``shrink`` times as wide as the old one. Where it would stick out
    of the old range it is cut off at the old end.

    Source: DD2424 L5 "coarse to fine cross-validation"; CS231n L7 step 5 "refine grid".
    Shapes: ``space`` and the result: name -> (low, high), 0 < low < high.
    """
    refined = {}
    for name, (low, high) in space.items():
        reach = (high / low) ** (shrink / 2)
        refined[name] = (max(best[name] / reach, low), min(best[name] * reach, high))
    return refined
