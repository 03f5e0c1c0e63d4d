"""Results that survive without the answers: what a stripped bundle shows in place of computing.

A student's bundle holds the library without the functions that are still to be written. Figures
and explorers that rest on them go on working, because their numbers were recorded when the bundle
was made: decorate the function that computes them with ``@recorded``.
"""

import functools
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import msgpack
import numpy as np

FOLDER = Path(__file__).resolve().parent / "recordings"
RECORD_TO = "COURSE_RECORD_TO"  # environment variable: folder to write recordings to

P = ParamSpec("P")
R = TypeVar("R")


class AnswerDue(NotImplementedError):
    """A library function that is still an exercise in this bundle was called."""

    def __init__(self, name: str, unit: str) -> None:
        super().__init__(
            f"{name} belongs to the answers of {unit}, which this bundle leaves out of the "
            "library: use the function that you write there."
        )


def recorded(function: Callable[P, R]) -> Callable[P, R]:
    """Makes ``function`` replay its recorded result where an answer it needs is left out.

    It must be pure, its arguments must have a telling ``repr``, and its result must consist of
    dicts, lists, tuples, strings, numbers and arrays (tuples come back as lists). Raises
    ``AnswerDue`` if an answer is left out and nothing was recorded.
    """

    @functools.wraps(function)
    def replayable(*args: P.args, **kwargs: P.kwargs) -> R:
        key = _key(function, args, kwargs)
        try:
            result = function(*args, **kwargs)
        except AnswerDue:
            file = FOLDER / key
            if not file.exists():
                raise
            return msgpack.unpackb(file.read_bytes(), object_hook=_decode, strict_map_key=False)
        if folder := os.environ.get(RECORD_TO):
            Path(folder).mkdir(parents=True, exist_ok=True)
            packed = msgpack.packb(result, default=_encode)
            assert packed is not None
            (Path(folder) / key).write_bytes(packed)
        return result

    return replayable


def _key(function: Callable[..., Any], args: Any, kwargs: Any) -> str:
    """A file name that does not depend on where the function was defined."""
    call = repr((args, sorted(kwargs.items())))
    return f"{function.__name__}-{hashlib.sha256(call.encode()).hexdigest()[:8]}.msgpack"


def _encode(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return {"array": value.tobytes(), "dtype": value.dtype.str, "shape": value.shape}
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a recording cannot hold a {type(value).__name__}")


def _decode(value: dict[Any, Any]) -> Any:
    if "array" in value:
        flat = np.frombuffer(value["array"], dtype=value["dtype"])
        return flat.reshape(value["shape"]).copy()
    return value
