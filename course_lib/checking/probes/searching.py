"""Probes for hyper-parameter search: what was tried, how it was drawn, what was called the best."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.arrays import Array
from course_lib.checking.probes.base import Malformed, Observation, numbers, probe, unpack, yes
from course_lib.checking.probes.images import correlation
from course_lib.checking.student import Student

Setting = dict[str, float]
Range = tuple[float, float]


def heights(values: Array, low: float, high: float) -> Array:
    """Where each value lies between the ends, 0 to 1, on a log scale; -1 if it has no logarithm."""
    positive = np.where(values > 0, values, low)
    return np.where(values > 0, np.log(positive / low) / np.log(high / low), -1.0)


@probe
def log_draws(student: Student, *, low: float, high: float, size: int, seed: int) -> Observation:
    """Draws on a log scale: which share of them lies in which part of the decades.

    Where all draws are one number, or nobody can repeat them, their places say nothing about the
    mistake, and 0 is reported for every share.
    """

    def draw(rng: np.random.Generator) -> Array:
        return numbers(student(low, high, size=size, rng=rng), "the result", (size,))

    rng = np.random.default_rng(seed)
    first, second, again = draw(rng), draw(rng), draw(np.random.default_rng(seed))
    repeated = np.array_equal(first, again)
    at = heights(first, low, high)
    different = len(np.unique(first))
    known = (different > 1 or size == 1) and repeated
    parts = {"quarter": 0.25, "half": 0.5, "three quarters": 0.75}
    return {
        "numbers that differ": different,
        "all numbers lie between low and high": yes(np.all((first >= low) & (first <= high))),
        **{
            f"share of the numbers in the lowest {name} of the decades": (
                float(np.mean(at < part)) if known else 0.0
            )
            for name, part in parts.items()
        },
        "two calls draw the same numbers": yes(np.array_equal(first, second)),
        "the same generator draws the same numbers": yes(repeated),
    }


@probe
def combinations(student: Student, *, space: Mapping[str, Sequence[float]]) -> Observation:
    """All settings of a grid, in whatever order: they are sorted before they are compared."""
    settings = _listed(student(space), "settings")
    rows = [_as_setting(setting, space) for setting in settings]
    table = np.array([[row[name] for name in sorted(space)] for row in rows])
    order = np.lexsort(table.T[::-1]) if len(rows) else []
    return {
        "number of settings": len(rows),
        f"the settings, sorted ({', '.join(sorted(space))})": table[order],
    }


@probe
def searched(
    student: Student, *, space: Mapping[str, Range], values: list[float], seed: int
) -> Observation:
    """A random search whose objective says ``values`` one after the other, whatever is tried.

    So it is known beforehand which trial is best, and no luck is needed to tell the best trial
    from the last.
    """
    first, result = _search(student, space, values, np.random.default_rng(seed))
    rng = np.random.default_rng(seed)
    again, _ = _search(student, space, values, rng)
    other, _ = _search(student, space, values, rng)
    best, trials = unpack(result, "best", "trials")
    if not isinstance(best, Mapping):
        raise Malformed(
            "The first thing that is returned should be the best setting, a dict of names and "
            f"numbers, not {type(best).__name__}."
        )
    listed = [_as_trial(trial, space) for trial in _listed(trials, "trials")]
    lowest = int(np.argmin(np.nan_to_num(values, nan=np.inf, posinf=np.inf)))
    chosen = _as_setting(best, space)
    came_from = first.index(chosen) if chosen in first else -1
    at = {
        name: heights(np.array([setting[name] for setting in first]), *ends)
        for name, ends in space.items()
    }
    positions = list(at.values())
    different = {name: len(np.unique(place)) for name, place in at.items()}
    return {
        "calls of the objective": len(first),
        "trials that are returned": len(listed),
        "best is the setting with the lowest value": yes(came_from == lowest),
        "the trial that best comes from, counted from 1": came_from + 1,
        "the trials are what was tried, each with its value": yes(
            [setting for setting, _ in listed] == first
            and np.array_equal([value for _, value in listed], values, equal_nan=True)
        ),
        **{f"different values of {name}": count for name, count in different.items()},
        "all settings lie in the space": yes(
            all(np.all((place >= -1e-9) & (place <= 1 + 1e-9)) for place in positions)
        ),
        "one draw serves all names": yes(
            len(space) > 1 and len(first) > 4 and correlation(positions[0], positions[1]) > 0.99
        ),
        **{
            f"share of {name} in the lower half of its decades": (
                float(np.mean(place < 0.5)) if different[name] > 1 and first == again else 0.0
            )
            for name, place in at.items()
        },
        "two searches try the same settings": yes(again == other),
        "the same generator tries the same settings": yes(first == again),
    }


def _search(
    student: Student, space: Mapping[str, Range], values: list[float], rng: np.random.Generator
) -> tuple[list[Setting], Any]:
    """(every setting that the objective was asked for, what the search returned)."""
    asked: list[Setting] = []
    said: dict[tuple[float, ...], float] = {}

    def objective(setting: Any) -> float:
        asked.append(_as_setting(setting, space))
        key = tuple(asked[-1].values())
        if key not in said:  # a setting that is asked for once more gets the same answer
            said[key] = values[min(len(asked), len(values)) - 1]
        return said[key]

    return asked, student(objective, dict(space), trials=len(values), rng=rng)


def _listed(value: Any, what: str) -> list[Any]:
    if value is None:
        raise Malformed("It returns nothing: is there a return at the end?")
    if not isinstance(value, (list, tuple)):
        raise Malformed(f"A list of {what} is expected, not {type(value).__name__}.")
    return list(value)


def _as_trial(trial: Any, space: Mapping[str, Any]) -> tuple[Setting, float]:
    setting, value = unpack(trial, "setting", "value", subject="Each trial should hold")
    if isinstance(value, Mapping):
        raise Malformed("The order in a trial is setting, value: yours differs.")
    return _as_setting(setting, space), float(numbers(value, "the value of a trial", ()))


def _as_setting(setting: Any, space: Mapping[str, Any]) -> Setting:
    """One setting with plain numbers; ``Malformed`` says what it is instead."""
    if not isinstance(setting, Mapping):
        raise Malformed(
            f"A setting should be a dict of names and numbers, not {type(setting).__name__}."
        )
    if set(setting) != set(space):
        raise Malformed(
            f"A setting has the names {', '.join(sorted(map(str, setting)))}; it should have those "
            f"of the space: {', '.join(sorted(space))}."
        )
    return {name: float(numbers(setting[name], f"`{name}` of a setting", ())) for name in space}
