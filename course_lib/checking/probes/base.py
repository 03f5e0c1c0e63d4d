"""What every probe uses: the registry, and taking results apart with a clear complaint."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_lib.arrays import Array
from course_lib.checking.compare import as_leaf

Observation = Any
PROBES: dict[str, Callable[..., Observation]] = {}
MEANINGS: dict[str, str] = {}  # of what a probe reports: a sentence for an answer that has it wrong


class Malformed(Exception):
    """The student's function returned something the probe cannot go on with; the text says what."""


def probe(function: Callable[..., Observation]) -> Callable[..., Observation]:
    """Registers ``function`` under its name, for cards to refer to."""
    PROBES[function.__name__] = function
    return function


def unpack(result: Any, *names: str, subject: str = "It should return") -> tuple[Any, ...]:
    """The parts of a tuple-like result; ``Malformed`` says which parts were expected."""
    if result is None:
        raise Malformed("It returns nothing: is there a return at the end?")
    if not isinstance(result, (tuple, list)) or len(result) != len(names):
        got = f"{len(result)} values" if isinstance(result, (tuple, list)) else "one value"
        raise Malformed(f"{subject} {len(names)} values ({', '.join(names)}), not {got}.")
    return tuple(result)


def in_order(array: Any, other: Any, *names: str) -> None:
    """``Malformed`` if the two clearly come the other way round: ``array`` ought to be one."""
    if not isinstance(array, np.ndarray) and isinstance(other, np.ndarray):
        raise Malformed(f"The order of what it returns is {', '.join(names)}: yours differs.")


def arrays_in(value: Any, depth: int = 8) -> list[Array]:
    """Every array of numbers in a cache, whatever holds it: tuples, dicts, objects of any class.

    Not deeper than ``depth``: an object may hold itself.
    """
    if depth and (cells := getattr(value, "__closure__", None)):  # a way back that remembers
        value = [cell.cell_contents for cell in cells]
    if depth and hasattr(value, "__dict__") and not isinstance(value, (np.ndarray, tuple, type)):
        value = vars(value)
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (tuple, list)) and not all(isinstance(v, (int, float)) for v in value):
        return [array for item in value for array in arrays_in(item, depth - 1)] if depth else []
    leaf = as_leaf(value)
    return [leaf] if isinstance(leaf, np.ndarray) and leaf.dtype == np.float64 else []


def numbers(value: Any, what: str, shape: tuple[int, ...] | None = None) -> Array:
    """``value`` as a float array; ``Malformed`` if it is none or has another shape."""
    try:
        kind = np.asarray(
            value
        ).dtype.kind  # numpy makes numbers of "inf", and drops what is complex
        if kind in "cU":
            described = "complex numbers" if kind == "c" else "text"
            raise Malformed(f"{what} should hold real numbers, not {described}.")
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
