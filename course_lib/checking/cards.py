"""Cards: what a check knows of one exercise, as JSON that works offline and without answers.

A card is written by ``autograde build`` from the exercise's definition. Values are encoded so that
a reader can see them: numbers and strings as they are, everything else as an object with one
telling key (``array``, ``tuple``, ``named``, ``function``, ``rng``, ``float``).
"""

import difflib
import importlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).resolve().parent.parent / "cards"


class UnknownExercise(LookupError):
    """There is no card of that name; the message lists the nearest names."""


@dataclass(frozen=True)
class Function:
    """A stand-in for a callable of the course library, made anew for every call.

    ``Function("problems.rosenbrock")`` is that function itself;
    ``Function("problems.quadratic", hessian)`` is what calling it with ``hessian`` returns.
    """

    path: str
    args: tuple[Any, ...] = ()

    def resolve(self) -> Any:
        module, _, name = self.path.rpartition(".")
        target = getattr(importlib.import_module(f"course_lib.{module}"), name)
        return target(*self.args) if self.args else target


@dataclass(frozen=True)
class Rng:
    """A stand-in for ``np.random.default_rng(seed)``, made anew for every call."""

    seed: int

    def resolve(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)


def encode(value: Any) -> Any:
    """A JSON-able form of ``value``; ``TypeError`` names what cannot be written on a card."""
    if isinstance(value, np.ndarray):
        flat = [encode(item) for item in value.ravel().tolist()]
        kind = value.dtype.str if value.dtype.kind == "U" else value.dtype.name
        return {"array": flat, "shape": list(value.shape), "dtype": kind}
    if isinstance(value, np.generic):
        return encode(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(value)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Function):
        return {"function": value.path, "args": [encode(item) for item in value.args]}
    if isinstance(value, Rng):
        return {"rng": value.seed}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        kind = type(value)
        name = f"{kind.__module__.removeprefix('course_lib.')}.{kind.__name__}"
        return {"named": name, "items": [encode(item) for item in value]}
    if isinstance(value, tuple):
        return {"tuple": [encode(item) for item in value]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return {"dict": {str(key): encode(item) for key, item in value.items()}}
    raise TypeError(f"a card cannot hold a {type(value).__name__}: {value!r}")


def decode(value: Any) -> Any:
    """The inverse of :func:`encode`. Named tuples become the library's own classes again."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "array" in value:
        flat = [decode(item) for item in value["array"]]
        return np.array(flat, dtype=value["dtype"]).reshape(value["shape"])
    if "float" in value:
        return float(value["float"])
    if "function" in value:
        return Function(value["function"], tuple(decode(item) for item in value["args"]))
    if "rng" in value:
        return Rng(value["rng"])
    if "named" in value:
        return Function(value["named"]).resolve()(*(decode(item) for item in value["items"]))
    if "tuple" in value:
        return tuple(decode(item) for item in value["tuple"])
    return {key: decode(item) for key, item in value["dict"].items()}


def fresh(value: Any) -> Any:
    """A deep copy of an input, with every stand-in replaced by a newly made object."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, (Function, Rng)):
        return value.resolve()
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(fresh(item) for item in value))
    if isinstance(value, (tuple, list)):
        return type(value)(fresh(item) for item in value)
    if isinstance(value, Mapping):
        return {key: fresh(item) for key, item in value.items()}
    return value


def names(folder: Path = FOLDER) -> list[str]:
    """The names of all exercises that have a card."""
    return sorted(path.stem for path in folder.glob("*.json"))


def load(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """The card of exercise ``name``.

    Raises ``UnknownExercise`` with the nearest names, or with what to do when there are no cards.
    """
    known = names(folder)
    if name in known:
        return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    if not known:
        raise UnknownExercise(
            f"there are no cards in {folder}; an author makes them with: autograde build"
        )
    near = difflib.get_close_matches(str(name), known, n=3) or known
    raise UnknownExercise(f"no exercise is called {name!r}; did you mean {', '.join(near)}?")
