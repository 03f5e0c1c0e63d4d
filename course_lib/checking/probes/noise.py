"""Probes for randomness: properties that every correct answer has, whatever it draws."""

import contextlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.arrays import Array
from course_lib.checking.probes.base import (
    MEANINGS,
    Malformed,
    Observation,
    arrays_in,
    numbers,
    probe,
    same_array,
    unpack,
    yes,
)
from course_lib.checking.student import Student

CALLS = 8  # so often the same number stays by chance less than once in ten million checks
SHARED = "neighbours share a coin"
FIXED = "exactly as many stay in every call"
FIXED_IN_LINES = "exactly as many stay in every row or column"
_VARIES = (
    "Coins that know nothing of each other do not come up equally often every time. Does each one "
    "get a number of its own, or do you choose how many stay?"
)
MEANINGS |= {
    SHARED: "Entries side by side come and go together. Each one gets a coin of its own.",
    FIXED: _VARIES,
    FIXED_IN_LINES: _VARIES,
}


def _neighbours(kept: NDArray[np.bool_]) -> bool:
    """Whether along any axis entries 0 and 1, 2 and 3, ... (or all of them) are alike."""
    for axis in range(kept.ndim):
        lines = np.moveaxis(kept, axis, 0)
        half = len(lines) // 2
        if half and np.array_equal(lines[: 2 * half : 2], lines[1 : 2 * half : 2]):
            return True
    return False


def _as_many(counts: Any, most: int) -> bool:
    """Whether all counts are the same, and not because nothing or everything stays."""
    return len(set(map(int, counts))) == 1 and 0 < counts[0] < most


@probe
def noisy_units(
    student: Student, *, x: Array, keep_prob: float, seed: int, result: str, kwargs: Mapping
) -> Observation:
    """Statistics of a random mask on units: what is kept, how it is scaled, who shares a mask.

    ``x`` has no zeros, so that a zero in the output is a dropped unit. Reported per property so
    that a band can be put around each: shares lie within six standard deviations or they are wrong.
    """
    rng = np.random.default_rng(seed)
    first, mask = _noisy_output(student, x, keep_prob, rng, result, kwargs)
    second, _ = _noisy_output(student, x, keep_prob, rng, result, kwargs)
    again, _ = _noisy_output(student, x, keep_prob, np.random.default_rng(seed), result, kwargs)
    kept = first != 0
    more = (_noisy_output(student, x, keep_prob, rng, result, kwargs)[0] for _ in range(CALLS - 2))
    counts = [np.count_nonzero(out) for out in (first, second, *more)]
    flat = kept.reshape(len(kept), -1)
    lines = [(flat.sum(axis=1), flat.shape[1]), (flat.sum(axis=0), flat.shape[0])]
    scales = first[kept] / x[kept]
    report = {
        "share of units kept": kept.mean(),
        "scale of the kept units (least)": scales.min() if scales.size else 0.0,
        "scale of the kept units (most)": scales.max() if scales.size else 0.0,
        "rows share one mask": yes(np.all(kept == kept[:1])),
        "negative entries may stay": yes(np.any(kept & (x < 0))),
        "columns share one mask": yes(np.all(kept == kept[:, :1])),
        "two calls give the same mask": yes(np.array_equal(kept, second != 0)),
        "the same generator gives the same mask": yes(np.array_equal(first, again)),
        SHARED: yes(_neighbours(kept)),
        FIXED: yes(_as_many(counts, x.size)),
        FIXED_IN_LINES: yes(any(_as_many(*line) for line in lines)),
    }
    if result == "out and mask":
        # scaled (0 or 1/keep_prob) and unscaled (0 or 1, True or False) masks are both in use
        on = mask != 0
        report["the mask says which units stay"] = yes(np.array_equal(on, kept))
        known = np.allclose(mask, first / x) or np.allclose(mask, on)
        report["the mask holds what x was multiplied by"] = yes(known)
    return report


def _noisy_output(
    student: Student,
    x: Array,
    keep_prob: float,
    rng: np.random.Generator,
    result: str,
    kwargs: Mapping[str, Any],
) -> tuple[Array, Array]:
    returned = student(x, keep_prob=keep_prob, rng=rng, **kwargs)
    if result == "out and mask":
        out, mask = unpack(returned, "out", "mask")
        with contextlib.suppress(TypeError, ValueError):
            # sharing one mask is the same mistake whether or not the mask has been spread out
            mask = np.broadcast_to(np.asarray(mask), x.shape)
        return numbers(out, "out", x.shape), numbers(mask, "mask", x.shape)
    return numbers(returned, "out", x.shape), np.ones_like(x)


@probe
def dropout_at_rest(student: Student, *, x: Array, kwargs: Mapping[str, Any]) -> Observation:
    """Dropout where nothing is dropped: the output, and a mask that is None or 1 everywhere."""
    out, mask = unpack(student(x, **kwargs), "out", "mask")
    nothing = mask is None or np.all(numbers(mask, "mask") == 1)
    return {"out": out, "the mask lets everything pass": yes(nothing)}


@probe
def noisy_weights(
    student: Student, *, x: Array, weights: Array, keep_prob: float, calls: int, seed: int
) -> Observation:
    """DropConnect: which entries of each example's weights were kept, read off through ``x``.

    ``x`` holds one-hot rows, so that an output row is a row of the masked weights; of an all-ones
    example, every output sums a column's surviving weights, and may lose some but not all.
    """
    shape = (len(x), weights.shape[1])

    def draw(inputs: Array, rng: np.random.Generator) -> Array:
        out = student(inputs, weights, keep_prob=keep_prob, train=True, rng=rng)
        return numbers(out, "out", shape)

    rng = np.random.default_rng(seed)
    outs = [draw(x, rng) for _ in range(calls)]
    repeated = draw(x, np.random.default_rng(seed))
    ratios = draw(np.ones_like(x), rng) / weights.sum(axis=0)
    whole = np.isclose(ratios, 0.0) | np.isclose(ratios, ratios.flat[np.argmax(np.abs(ratios))])
    rows = np.argmax(x, axis=1)
    stack = np.array(outs) / weights[rows]
    kept = stack != 0
    counts = [np.count_nonzero(draw(x, rng)) for _ in range(CALLS)]
    lines = [(kept[0].sum(axis=axis), kept.shape[1 + axis]) for axis in (0, 1)]
    return {
        "share of weights kept": kept.mean(),
        "scale of the kept weights (least)": stack[kept].min() if kept.any() else 0.0,
        "scale of the kept weights (most)": stack[kept].max() if kept.any() else 0.0,
        "whole outputs are dropped together": yes(np.all(kept.any(axis=2) == kept.all(axis=2))),
        "an output loses all of its connections or none": yes(np.all(whole)),
        "two calls give the same mask": yes(np.array_equal(kept[0], kept[1])),
        "the same generator gives the same mask": yes(np.array_equal(outs[0], repeated)),
        SHARED: yes(_neighbours(kept[0])),
        FIXED: yes(_as_many(counts, kept[0].size)),
        FIXED_IN_LINES: yes(any(_as_many(*line) for line in lines)),
    }


@probe
def survival(
    student: Student, *, x: Array, gain: float, survival_prob: float, seed: int
) -> Observation:
    """Stochastic depth: whose branch survives, and what happens to the skip.

    ``branch(x) = gain * (1 + x**2)`` is nowhere 0, not even where its input was masked, so
    ``(out - x) / branch(x)`` is 0 where it was dropped and 1/survival_prob elsewhere.
    """

    def branch(values: Array) -> Array:
        return gain * (1 + np.square(values))

    def draw(rng: np.random.Generator) -> Array:
        out = student(x, branch, survival_prob=survival_prob, train=True, rng=rng)
        return (numbers(out, "out", x.shape) - x) / branch(x)

    rng = np.random.default_rng(seed)
    factors, again = draw(rng), draw(rng)
    repeated = draw(np.random.default_rng(seed))
    alive = np.abs(factors) > 1e-9
    used = factors[alive]
    fates = alive.reshape(len(x), -1)[:, 0]
    counts = [np.sum(np.abs(draw(rng)).reshape(len(x), -1)[:, 0] > 1e-9) for _ in range(CALLS)]
    return {
        "share of examples whose branch survives": alive.mean(),
        "scale of a surviving branch (least)": used.min() if used.size else 0.0,
        "scale of a surviving branch (most)": used.max() if used.size else 0.0,
        "an example lives or dies as a whole": yes(np.all(alive == alive[:, :1])),
        "all examples share one fate": yes(np.all(alive == alive[:1])),
        "two calls give the same fates": yes(np.array_equal(alive, np.abs(again) > 1e-9)),
        "the same generator gives the same fates": yes(np.array_equal(factors, repeated)),
        SHARED: yes(_neighbours(fates)),
        FIXED: yes(_as_many(counts, len(x))),
    }


@probe
def residual(student: Student, *, x: Array, survival_prob: float, train: bool) -> Observation:
    """A residual block where nothing is random: at test time, or if every branch survives."""

    def branch(values: Array) -> Array:
        return np.tanh(values) + 0.25

    rng = np.random.default_rng(0)
    return student(x, branch, survival_prob=survival_prob, train=train, rng=rng)


@probe
def monte_carlo(student: Student, *, x: Array, classes: int, passes: int, seed: int) -> Observation:
    """Averaging noisy predictions: compared with the mean of what ``predict`` really returned.

    Every call is logged row by row, so that a loop over passes and one call on a tiled batch are
    both right; ``predict`` draws from the generator it is given, so that a generator made anew for
    every pass (the same noise each time) shows.
    """
    log: list[tuple[Array, Array]] = []

    def predict(values: Array, rng: np.random.Generator) -> Array:
        rows = numbers(values, "the x given to predict")
        scores = rng.normal(scale=2.0, size=(len(rows), classes))
        exponentials = np.exp(scores)
        probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
        log.extend(zip(rows, probabilities, strict=True))
        return probabilities.copy()

    rng = np.random.default_rng(seed)
    result = student(predict, x, passes=passes, rng=rng)
    if result is None:
        raise Malformed("It returns nothing: is there a return at the end?")
    mean = numbers(result, "the prediction", (len(x), classes))
    seen = [np.array([p for row, p in log if np.array_equal(row, example)]) for example in x]
    want = np.array([p.mean(axis=0) if len(p) else np.zeros(classes) for p in seen])
    different = [len(np.unique(np.round(p, 12), axis=0)) if len(p) else 0 for p in seen]
    return {
        "passes for every example": [len(p) for p in seen],
        "different predictions among them": different,
        "the prediction minus the mean of the passes": mean - want,
    }


@probe
def noise_source(student: Student, *, x: Array, passes: int, seed: int) -> Observation:
    """Averaging noisy predictions: whether the noise comes from the generator that was given."""

    def predict(values: Array, rng: np.random.Generator) -> Array:
        noise = rng.random((len(values), 2))
        return noise / noise.sum(axis=1, keepdims=True)

    def draw(rng: np.random.Generator) -> Array:
        return numbers(student(predict, x, passes=passes, rng=rng), "the prediction", (len(x), 2))

    rng = np.random.default_rng(seed)
    first, second = draw(rng), draw(rng)
    return {
        "two calls draw the same noise": yes(np.array_equal(first, second)),
        "the same generator gives the same result": yes(
            np.array_equal(first, draw(np.random.default_rng(seed)))
        ),
    }


@probe
def normalized(
    student: Student,
    *,
    batches: list[Array],
    trains: list[bool],
    gamma: Array,
    beta: Array,
    running: Any,
    kwargs: Mapping[str, Any],
) -> Observation:
    """Batch norm over several batches: outputs, running statistics, and whether a cache is kept.

    The running statistics are handed back to the student unseen. A cache may have any form, but
    backward needs gamma and at least one array of the batch's shape. At test time there is no
    backward pass, so that no cache is needed either.
    """
    outs, means, variances, kept = [], [], [], True
    for x, train in zip(batches, trains, strict=True):
        result = student(x, gamma, beta, running, train=train, **kwargs)
        out, cache, running = unpack(result, "out", "cache", "running")
        mean, var = unpack(running, "mean", "var", subject="`running` should hold")
        outs.append(numbers(out, "out", x.shape))
        means.append(numbers(mean, "the running mean", gamma.shape))
        variances.append(numbers(var, "the running variance", gamma.shape))
        found = arrays_in(cache)
        shapes = {item.shape for item in found}
        holds = x.shape in shapes and any(same_array(item, gamma) for item in found)
        kept = kept and (holds or not train)
    return {
        "out": outs,
        "running mean": means,
        "running var": variances,
        "the cache": "holds what backward needs" if kept else "lacks something",
    }
