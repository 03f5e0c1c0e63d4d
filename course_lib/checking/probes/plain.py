"""Probes for answers that are unique: calls, paths, layers with a cache."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_lib.arrays import Array
from course_lib.checking.compare import as_leaf
from course_lib.checking.probes.base import (
    MEANINGS,
    Malformed,
    Observation,
    arrays_in,
    in_order,
    numbers,
    probe,
    same_array,
    unpack,
    yes,
)
from course_lib.checking.student import Crashed, Student, same_tree

UNFIT = ("AttributeError", "TypeError", "ValueError", "KeyError", "IndexError")


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
    visited = [[start] for start in starts]
    remembers = False
    for step in range(len(grads[0])):
        for i, start in enumerate(starts):
            result = _next_step(student, params[i], grads[i][step], memories[i], kwargs)
            param, state = unpack(result, "param", "state")
            in_order(param, state, "param", "state")
            remembers = remembers or not same_tree(_values(memories[i]), _values(state))
            memories[i] = state
            params[i] = numbers(param, "the new param", start.shape)
            visited[i].append(params[i].copy())
    numbered = [f" {i + 1}" if len(starts) > 1 else "" for i in range(len(starts))]
    paths = zip(numbered, visited, strict=True)
    return {
        **{f"path of param{number}": np.array(steps) for number, steps in paths},
        "the state that is returned differs from the one given": yes(remembers),
    }


def _next_step(
    student: Student, param: Array, grad: Array, state: Any, kwargs: Mapping[str, Any]
) -> Any:
    try:
        return student(param, grad, state, **kwargs)
    except Crashed as error:
        kinds = {np.ndarray: "an array", dict: "a dict", tuple: "a plain tuple", list: "a list"}
        if type(state) in kinds and error.kind in UNFIT:
            raise Malformed(
                f"The state that your function returns is {kinds[type(state)]}, and in the next "
                f"step your function cannot use it ({error.text}). What comes out as the state has "
                "to be of the kind that goes in."
            ) from None
        raise


def _values(state: Any) -> list[Any]:
    return arrays_in(state)


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

    param, velocities, params, counts = start, [], [start], []
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
        "path of param": np.array(params),
        "velocity": np.array(velocities),
        "gradient calls": counts,
    }


CACHE = "the cache holds what backward needs"
MEANINGS[CACHE] = "The way back needs the inputs of the layer as they came in."


@probe
def forward(
    student: Student, *, args: tuple[Any, ...], kwargs: Mapping[str, Any], needs: list[Array]
) -> Observation:
    """A layer's forward pass: its output, and whether its cache holds what backward needs."""
    result = unpack(student(*args, **kwargs), "out", "cache")
    in_order(*result, "out", "cache")
    kept = [form for leaf in arrays_in(result[1]) for form in (leaf, leaf.T)]
    found = all(any(same_array(form, need) for form in kept) for need in needs)
    return {"out": result[0], CACHE: yes(found)}


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
    function = _beside(student.function, partner)
    if function is None or (getattr(function, "__module__", None) or "").startswith("course_lib"):
        return None
    try:
        return Student(function)(*inputs["args"], **inputs["kwargs"])[1]
    except Exception:  # the partner is not what is being judged here
        return None


def _beside(function: Callable[..., Any], name: str) -> Any:
    """What is called ``name`` where ``function`` was defined, which may be another process."""
    partner = getattr(type(function), "partner", None)
    if partner is not None:
        return partner(function, name)
    return getattr(function, "__globals__", {}).get(name)


@probe
def first_output(
    student: Student, *, args: tuple[Any, ...], kwargs: Mapping[str, Any], names: list[str]
) -> Observation:
    """One call of a function with several results, of which only the first is determined."""
    return unpack(student(*args, **kwargs), *names)[0]


@probe
def sequence(
    student: Student, *, args: tuple[Any, ...], kwargs: Mapping[str, Any], what: str
) -> Observation:
    """One call that returns an array; a list or tuple of numbers is the same to this probe."""
    result = student(*args, **kwargs)
    if isinstance(result, (list, tuple)):
        result = numbers(result, f"the array of {what}")
    return {what: result}


SAME_RATE = "a step has the same rate whenever it is asked for"
MEANINGS[SAME_RATE] = (
    "What your schedule answers depends on what it was asked before: does it count, or keep "
    "something from call to call? Work the rate out from `step` alone."
)


@probe
def schedule(
    student: Student,
    *,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    steps: list[int],
    base: Array | None = None,
) -> Observation:
    """A function that makes a schedule: the learning rates at ``steps``, asked up and then down,
    and then to and fro: the last one, the first, the last but one, the second, ...

    ``base`` are the rates, step by step, of a schedule that is handed over as first argument.
    What is returned may be anything that can be called with a step.
    """
    given = () if base is None else (_schedule_of(base),)
    made = student(*given, *args, **kwargs)
    if not callable(made):
        raise Malformed(_no_schedule(made))
    asked = Student(made)
    up = [_rate(asked(step), step) for step in steps]
    down = [_rate(asked(step), step) for step in reversed(steps)]
    student.narrow = student.narrow or asked.narrow
    order = [i for pair in enumerate(reversed(range(len(steps)))) for i in reversed(pair)]
    fro = [_rate(asked(steps[i]), steps[i]) for i in order]
    again = [*down[::-1], *fro]
    same = np.allclose(up + [up[i] for i in order], again, rtol=1e-9, atol=0.0, equal_nan=True)
    return {
        SAME_RATE: yes(same),
        f"learning rates at the steps {', '.join(map(str, steps))}": np.array(up),
    }


def _schedule_of(rates: Array) -> Callable[[int], float]:
    return lambda step: float(rates[min(max(int(step), 0), len(rates) - 1)])


def _no_schedule(made: Any) -> str:
    if made is None:
        return (
            "It returns nothing. A schedule that is defined inside has to be returned as well: "
            "the function itself, without parentheses."
        )
    number = isinstance(made, (int, float, np.number))
    what = "a number" if number else f"an object of type {type(made).__name__}"
    return (
        f"It returned {what}. Asked for is a schedule: a function that will be called with one "
        "step at a time and returns the learning rate of that step."
    )


def _rate(value: Any, step: int) -> float:
    if value is None:
        raise Malformed(f"The schedule returns nothing for step {step}: is a return missing in it?")
    leaf = as_leaf(value)
    if not isinstance(leaf, np.ndarray) or leaf.dtype != np.float64 or leaf.ndim:
        what = f"an array of shape {leaf.shape}" if np.ndim(leaf) else f"a {type(value).__name__}"
        raise Malformed(f"For step {step} the schedule returns {what}: one number is expected.")
    return float(leaf)


@probe
def whole_numbers(
    student: Student, *, args: tuple[Any, ...], kwargs: Mapping[str, Any], what: str
) -> Observation:
    """One call that returns whole numbers: a list, a tuple, a range or an array of them.

    Floats without a fraction are the right numbers of the wrong kind, and are told so.
    """
    result = student(*args, **kwargs)
    if result is None:
        raise Malformed("It returns nothing: is there a return at the end?")
    if not isinstance(result, (list, tuple, range, np.ndarray)):
        raise Malformed(f"It should return a list of numbers, not this: {type(result).__name__}.")
    listed = list(result)
    if any(isinstance(value, str) for value in listed):
        raise Malformed("The list holds texts. Asked for are the numbers themselves.")
    kinds = [isinstance(value, (int, np.integer)) for value in listed]
    return {what: numbers(listed, f"the list of {what}"), "all are whole numbers": yes(all(kinds))}
