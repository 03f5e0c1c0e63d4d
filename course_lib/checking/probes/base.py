"""What every probe uses: the registry, and taking results apart with a clear complaint."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.arrays import Array

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


def yes(condition: Any) -> str:
    return "yes" if condition else "no"


def same_array(left: Array, right: Array) -> bool:
    """Equal shape, and equal entries up to rounding."""
    return left.shape == right.shape and bool(np.allclose(left, right))
