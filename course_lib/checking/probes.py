"""Probes: named procedures that call a student's function and report what they observed.

``probe(student, **inputs) -> observation``. An observation is a tree of arrays, numbers and
strings that is the same for every correct answer, however it is written: where an answer is not
unique (random masks, a cache of one's own) the probe reports properties instead of the output.
"""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_lib.arrays import Array
from course_lib.checking.compare import leaves
from course_lib.checking.student import Crashed, Student, same_tree

Observation = Any
PROBES: dict[str, Callable[..., Observation]] = {}


class Malformed(Exception):
    """The student's function returned something the probe cannot go on with; the text says what."""


def probe(function: Callable[..., Observation]) -> Callable[..., Observation]:
    """Registers ``function`` under its name, for cards to refer to."""
    PROBES[function.__name__] = function
    return function


def unpack(result: Any, *names: str) -> tuple[Any, ...]:
    """The parts of a tuple-like result; ``Malformed`` says which parts were expected."""
    if result is None:
        raise Malformed("It returns nothing: is there a return at the end?")
    if not isinstance(result, (tuple, list)) or len(result) != len(names):
        got = f"{len(result)} values" if isinstance(result, (tuple, list)) else "one value"
        raise Malformed(f"It should return {len(names)} values ({', '.join(names)}), not {got}.")
    return tuple(result)


def numbers(value: Any, what: str, shape: tuple[int, ...] | None = None) -> Array:
    """``value`` as a float array; ``Malformed`` if it is none or has another shape."""
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        kind = type(value).__name__
        raise Malformed(f"{what} should be an array of numbers, not {kind}.") from None
    if shape is not None and array.shape != shape:
        raise Malformed(f"{what} has shape {array.shape}, expected {shape}.")
    return array


@probe
def call(student: Student, *, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Observation:
    """One call; the observation is the result."""
    return student(*args, **kwargs)


@probe
def calls(
    student: Student, *, arguments: list[tuple[Any, ...]], kwargs: Mapping[str, Any]
) -> Observation:
    """Several calls with the same keywords; the observation is the list of results."""
    return [student(*args, **kwargs) for args in arguments]


@probe
def path(
    student: Student,
    *,
    starts: list[Array],
    states: list[Any],
    grads: list[Array],
    kwargs: Mapping[str, Any],
) -> Observation:
    """An update rule run along given gradients: where each parameter array went.

    ``grads[i]`` has shape (steps, *starts[i].shape). The arrays take turns, so that a memory
    shared between them shows. States are handed back to the student unseen: any form will do.
    """
    params, memories = list(starts), list(states)
    visited = [[] for _ in starts]
    remembers = False
    for step in range(len(grads[0])):
        for i, start in enumerate(starts):
            result = student(params[i], grads[i][step], memories[i], **kwargs)
            param, state = unpack(result, "param", "state")
            remembers |= not same_tree(_values(memories[i]), _values(state))
            memories[i] = state
            params[i] = numbers(param, "the new param", start.shape)
            visited[i].append(params[i].copy())
    numbered = [f" {i + 1}" if len(starts) > 1 else "" for i in range(len(starts))]
    paths = zip(numbered, visited, strict=True)
    return {
        **{f"path of param{number}": np.array(steps) for number, steps in paths},
        "the state that is returned differs from the one given": _yes(remembers),
    }


def _values(state: Any) -> list[Any]:
    return [leaf for _, leaf in leaves(state)]


@probe
def lookahead(
    student: Student,
    *,
    start: Array,
    velocity: Array,
    hessian: Array,
    steps: int,
    kwargs: Mapping[str, Any],
) -> Observation:
    """A rule that calls ``gradient`` itself: path, velocities, and the calls of each step."""
    asked: list[Array] = []

    def gradient(x: Array) -> Array:
        asked.append(numbers(x, "the point at which the gradient is asked", start.shape))
        return hessian @ asked[-1]

    param, velocities, params, counts = start, [], [], []
    for _ in range(steps):
        before = len(asked)
        result = student(param, velocity, gradient, **kwargs)
        param, velocity = unpack(result, "param", "velocity")
        param = numbers(param, "the new param", start.shape)
        velocity = numbers(velocity, "the new velocity", start.shape)
        params.append(param)
        velocities.append(velocity)
        counts.append(len(asked) - before)
    return {
        "params": [np.array(params)],
        "velocity": np.array(velocities),
        "gradient calls": counts,
    }


@probe
def forward(
    student: Student, *, args: tuple[Any, ...], kwargs: Mapping[str, Any], needs: list[Array]
) -> Observation:
    """A layer's forward pass: its output, and whether its cache holds what backward needs."""
    result = unpack(student(*args, **kwargs), "out", "cache")
    kept = [leaf for _, leaf in leaves(result[1]) if isinstance(leaf, np.ndarray)]
    found = all(any(_same(leaf, need) for leaf in kept) for need in needs)
    return {"out": result[0], "cache": "holds what backward needs" if found else "lacks something"}


def _same(left: Array, right: Array) -> bool:
    return left.shape == right.shape and bool(np.allclose(left, right))


@probe
def backward(
    student: Student,
    *,
    dout: Array,
    cache: Any,
    partner: str,
    inputs: Mapping[str, Any],
) -> Observation:
    """A layer's backward pass, with the library's cache or else with the student's own.

    A student whose ``partner`` (forward function) keeps other things in its cache is right too:
    when the library's cache does not fit, the partner beside the function is asked for one.
    """
    try:
        mine = student(dout, cache)
    except Crashed:
        own = _own_cache(student, partner, inputs)
        if own is None:
            raise
        return student(dout, own)
    return mine


def _own_cache(student: Student, partner: str, inputs: Mapping[str, Any]) -> Any:
    function = getattr(student.function, "__globals__", {}).get(partner)
    if function is None or getattr(function, "__module__", "").startswith("course_lib"):
        return None
    try:
        return Student(function)(*inputs["args"], **inputs["kwargs"])[1]
    except Exception:  # the partner is not what is being judged here
        return None


# --- randomness: properties that every correct answer has ---------------------------------------


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
    scales = first[kept] / x[kept]
    report = {
        "share of units kept": kept.mean(),
        "scale of the kept units (least)": scales.min() if scales.size else 0.0,
        "scale of the kept units (most)": scales.max() if scales.size else 0.0,
        "rows share one mask": _yes(np.all(kept == kept[:1])),
        "columns share one mask": _yes(np.all(kept == kept[:, :1])),
        "two calls give the same mask": _yes(np.array_equal(kept, second != 0)),
        "the same generator gives the same mask": _yes(np.array_equal(first, again)),
    }
    if result == "out and mask":
        # scaled (0 or 1/keep_prob) and unscaled (0 or 1, True or False) masks are both in use
        on = mask != 0
        report["the mask says which units stay"] = _yes(np.array_equal(on, kept))
        known = np.allclose(mask, first / x) or np.allclose(mask, on)
        report["the mask holds what x was multiplied by"] = _yes(known)
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


def _yes(condition: Any) -> str:
    return "yes" if condition else "no"


@probe
def first_output(
    student: Student, *, args: tuple[Any, ...], kwargs: Mapping[str, Any], names: list[str]
) -> Observation:
    """One call of a function with several results, of which only the first is determined."""
    return unpack(student(*args, **kwargs), *names)[0]


@probe
def dropout_at_rest(student: Student, *, x: Array, kwargs: Mapping[str, Any]) -> Observation:
    """Dropout where nothing is dropped: the output, and a mask that is None or 1 everywhere."""
    out, mask = unpack(student(x, **kwargs), "out", "mask")
    nothing = mask is None or np.all(numbers(mask, "mask") == 1)
    return {"out": out, "the mask lets everything pass": _yes(nothing)}


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
    return {
        "share of weights kept": kept.mean(),
        "scale of the kept weights (least)": stack[kept].min() if kept.any() else 0.0,
        "scale of the kept weights (most)": stack[kept].max() if kept.any() else 0.0,
        "whole outputs are dropped together": _yes(np.all(kept.any(axis=2) == kept.all(axis=2))),
        "an output loses all of its connections or none": _yes(np.all(whole)),
        "two calls give the same mask": _yes(np.array_equal(kept[0], kept[1])),
        "the same generator gives the same mask": _yes(np.array_equal(outs[0], repeated)),
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
    return {
        "share of examples whose branch survives": alive.mean(),
        "scale of a surviving branch (least)": used.min() if used.size else 0.0,
        "scale of a surviving branch (most)": used.max() if used.size else 0.0,
        "an example lives or dies as a whole": _yes(np.all(alive == alive[:, :1])),
        "all examples share one fate": _yes(np.all(alive == alive[:1])),
        "two calls give the same fates": _yes(np.array_equal(alive, np.abs(again) > 1e-9)),
        "the same generator gives the same fates": _yes(np.array_equal(factors, repeated)),
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
        "two calls draw the same noise": _yes(np.array_equal(first, second)),
        "the same generator gives the same result": _yes(
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
    backward needs gamma and at least one array of the batch's shape.
    """
    outs, means, variances, kept = [], [], [], True
    for x, train in zip(batches, trains, strict=True):
        result = student(x, gamma, beta, running, train=train, **kwargs)
        out, cache, running = unpack(result, "out", "cache", "running")
        mean, var = unpack(running, "mean", "var")
        outs.append(numbers(out, "out", x.shape))
        means.append(numbers(mean, "the running mean", gamma.shape))
        variances.append(numbers(var, "the running variance", gamma.shape))
        found = [np.asarray(item) for _, item in leaves(cache) if item is not None]
        shapes = {item.shape for item in found}
        kept = kept and x.shape in shapes and any(_same(item, gamma) for item in found)
    return {
        "out": outs,
        "running mean": means,
        "running var": variances,
        "the cache": "holds what backward needs" if kept else "lacks something",
    }


# --- curvature, and inputs ----------------------------------------------------------------------

SINGULAR = 1e14  # a ratio of singular values above this is rounding noise: the matrix is singular


@probe
def second_differences(
    student: Student,
    *,
    coefficients: Array,
    exponents: Array,
    x: Array,
    kwargs: Mapping[str, Any],
    h: float,
) -> Observation:
    """A numeric Hessian of a polynomial, and how far from ``x`` it looked.

    ``exponents`` (terms, d): one row of powers per coefficient. Central formulas of any kind are
    exact on cubics, whatever the step; one-sided ones are not.
    """
    reach = 0.0

    def f(point: Array) -> float:
        nonlocal reach
        at = numbers(point, "the point at which f is asked", x.shape)
        reach = max(reach, float(np.max(np.abs(at - x))))
        return float(np.sum(coefficients * np.prod(at**exponents, axis=1)))

    hessian = numbers(student(f, x, **kwargs), "the Hessian", (len(x), len(x)))
    return {
        "the Hessian": hessian,
        "the points asked lie about h away": _yes(0.4 * h <= reach <= 5 * h),
    }


@probe
def conditioning(student: Student, *, matrix: Array) -> Observation:
    """A condition number in which everything beyond rounding counts as infinite."""
    number = numbers(student(matrix), "the condition number", ())
    return float("inf") if number > SINGULAR else float(number)


@probe
def standardized(student: Student, *, train: Array, test: Array) -> Observation:
    """Standardised inputs, told apart from the choice of ddof or of a small eps.

    Both results are divided by the spread that the student's training columns have, which is
    reported on its own, so that a band can be put around it. Of a column that is constant in
    training, only finiteness is asked for.
    """
    result = unpack(student(train, test), "train", "test")
    new_train = numbers(result[0], "the training set", train.shape)
    new_test = numbers(result[1], "the test set", test.shape)
    varies = np.ptp(train, axis=0) > 0
    finite = np.isfinite(new_train[:, ~varies]).all() and np.isfinite(new_test[:, ~varies]).all()
    new_train, new_test = new_train[:, varies], new_test[:, varies]
    spread = np.std(new_train, axis=0)
    unit = np.where(spread > 0, spread, 1.0)
    return {
        "the means of the training columns": np.mean(new_train, axis=0),
        "the spread of the training columns": spread,
        "the training set, divided by its spread": new_train / unit,
        "the test set, divided by the training spread": new_test / unit,
        "constant columns are finite": _yes(finite),
    }


@probe
def differences(
    student: Student,
    *,
    x: Array,
    tilt: Array,
    bend: Array,
    cubic: float,
    kwargs: Mapping[str, Any],
) -> Observation:
    """A numeric gradient of ``tilt.z + z'(bend)z / 2 + cubic * sum(z**3)``, z the entries of ``x``.

    Every entry enters in a way of its own, together with the others, so that an entry that is
    forgotten, moved along with others or not put back shows. ``f`` takes points shaped like ``x``.
    """

    def f(point: Array) -> float:
        z = numbers(point, "the point that f is given", x.shape).ravel()
        return float(tilt @ z + 0.5 * z @ bend @ z + cubic * np.sum(z**3))

    return student(f, x, **kwargs)
