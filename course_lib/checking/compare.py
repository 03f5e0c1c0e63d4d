"""Comparing observations: trees of arrays, numbers and strings.

Tuples, lists and named tuples are one kind of node, numpy and Python numbers one kind of leaf:
a correct answer in another container is a correct answer.
"""

import functools
import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course_lib.arrays import Array

PROJECTIONS = 3
PRECISION = 1e-9  # of a fingerprint's numbers, which are rounded to nine digits


@dataclass(frozen=True)
class Difference:
    """Where two observations differ first.

    ``kind`` is one of: nothing, type, length, keys, shape, dtype, nan, text, value.
    ``got`` and ``want`` are the two leaves (or what describes them); ``index`` the worst entry.
    """

    kind: str
    path: str
    got: Any
    want: Any
    index: tuple[int, ...] = ()


def is_sequence(value: Any) -> bool:
    return isinstance(value, (tuple, list))


def as_leaf(value: Any) -> Any:
    """Strings and None as they are, every number or array as a float64 (or object) array."""
    if value is None or isinstance(value, str):
        return value
    try:
        # Python's whole numbers may be longer than numpy's
        array = np.asarray(float(value) if isinstance(value, int) else value)
    except Exception:  # a student's object may raise anything when it is asked for an array
        return np.array(None, dtype=object)
    if array.dtype.kind in "biuf":
        return array.astype(np.float64)
    return array


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf with its path, depth first: ``("[1].velocity", array)``."""
    if isinstance(value, Mapping):
        for key in sorted(value, key=str):
            yield from leaves(value[key], f"{path}[{key!r}]")
    elif is_sequence(value):
        for number, item in enumerate(value):
            yield from leaves(item, f"{path}[{number}]")
    else:
        yield path, as_leaf(value)


def in_form_of(got: Any, want: Any) -> Any:
    """``got`` in the containers of ``want``, as far as ``difference`` calls the two alike.

    A list of numbers becomes an array where one is wanted, an array is unpacked where several
    results are: a wrong answer is recognised in whatever container it comes.
    """
    if isinstance(want, Mapping):
        if not isinstance(got, Mapping):
            return got
        wanted = {str(key): item for key, item in want.items()}
        return {key: in_form_of(item, wanted.get(str(key))) for key, item in got.items()}
    if is_sequence(want):
        unpacked = isinstance(got, np.ndarray) and got.shape[:1] == (len(want),)
        if not (unpacked or (is_sequence(got) and len(got) == len(want))):
            return got
        return [in_form_of(g, w) for g, w in zip(got, want, strict=True)]
    if not is_sequence(got) or want is None or isinstance(want, str):
        return got
    array = as_leaf(got)
    if not isinstance(array, np.ndarray) or array.dtype != np.float64:
        return got
    return array if isinstance(got, list) or array.shape == np.shape(want) else got


@dataclass(frozen=True)
class Tolerance:
    """How far two numbers may lie apart.

    Entries agree when ``|got - want| <= atol + rtol * |want| + 1e-3 * rtol * max|want|``: the last
    term keeps an entry that is zero only by cancellation from failing on rounding noise.
    ``bands`` maps a leaf's path to an absolute tolerance of its own (statistics).
    """

    rtol: float = 1e-6
    atol: float = 0.0
    bands: Mapping[str, float] = field(default_factory=dict)

    def absolute(self, path: str) -> float:
        return self.bands.get(path, self.atol)


def difference(got: Any, want: Any, tolerance: Tolerance, path: str = "") -> Difference | None:
    """The first difference between two observations, or None."""
    if isinstance(want, Mapping):
        if not isinstance(got, Mapping):
            return Difference("type", path, got, want)
        if {str(key) for key in got} != {str(key) for key in want}:
            return Difference("keys", path, sorted(map(str, got)), sorted(map(str, want)))
        named = {str(key): item for key, item in got.items()}
        pairs = [(f"{path}[{key!r}]", named[str(key)], want[key]) for key in want]
    elif is_sequence(want):
        if not is_sequence(got):
            if isinstance(got, np.ndarray) and got.shape[:1] == (len(want),):
                got = list(got)  # unpacked like a tuple
            else:
                return Difference("nothing" if got is None else "type", path, got, want)
        if len(got) != len(want):
            return Difference("length", path, got, want)
        pairs = [(f"{path}[{n}]", g, w) for n, (g, w) in enumerate(zip(got, want, strict=True))]
    else:
        return _leaf_difference(got, as_leaf(want), tolerance, path)
    for where, g, w in pairs:
        if found := difference(g, w, tolerance, where):
            return found
    return None


def _leaf_difference(got: Any, want: Any, tolerance: Tolerance, path: str) -> Difference | None:
    if got is None:
        return None if want is None else Difference("nothing", path, got, want)
    if want is None or isinstance(want, str):
        same = isinstance(got, str) and isinstance(want, str) and str(got) == want
        return None if same else Difference("text", path, got, want)
    if isinstance(got, (str, Mapping)) or callable(got):
        return Difference("type", path, got, want)
    if is_sequence(got) and any(np.ndim(item) != np.ndim(got[0]) for item in got):
        return Difference("type", path, got, want)
    array = as_leaf(got)
    if isinstance(got, tuple) and np.shape(array) != want.shape:
        return Difference("type", path, got, want)  # several results, not one array
    if not isinstance(array, np.ndarray) or array.dtype != np.float64:
        return Difference("dtype", path, got, want)
    if array.shape != want.shape:
        return Difference("shape", path, array, want)
    return _entry_difference(array, want, tolerance, path)


def _entry_difference(
    got: Array, want: Array, tolerance: Tolerance, path: str
) -> Difference | None:
    finite = np.isfinite(want)
    scale = np.max(np.abs(want[finite]), initial=0.0)
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(got - want)
        relative = np.abs(np.where(finite, want, 0.0)) + 1e-3 * scale
        allowed = tolerance.absolute(path) + tolerance.rtol * relative
        good = (error <= allowed) | (got == want) | (np.isnan(got) & np.isnan(want))
    if good.all():
        return None
    kind = "nan" if not np.isfinite(got[~good]).all() else "value"
    badness = np.where(good, -1.0, np.nan_to_num(error, nan=np.inf))
    worst = np.unravel_index(int(np.argmax(badness)), got.shape)
    return Difference(kind, path, got, want, tuple(int(i) for i in worst))


# --- fingerprints: recognising an observation without storing it --------------------------------


def fingerprint(observation: Any) -> dict[str, list[Any]]:
    """For every leaf: a digest of its form, a few random projections, and their scale.

    Two observations with equal digests and equal projections are, for all practical purposes,
    equal; a card can hold hundreds of fingerprints where it could not hold the outputs.
    """
    return {path: _leaf_fingerprint(leaf) for path, leaf in leaves(observation)}


def _leaf_fingerprint(leaf: Any) -> list[Any]:
    if not isinstance(leaf, np.ndarray) or leaf.dtype != np.float64:
        text = leaf if leaf is None or isinstance(leaf, str) else "not numbers"
        return [_digest(f"text {text}")]
    flat = leaf.ravel()
    odd = "".join(f"{i}:{flat[i]}" for i in np.flatnonzero(~np.isfinite(flat))[:50])
    clean = np.where(np.isfinite(flat), flat, 0.0)
    weights = _projection(flat.size)
    with np.errstate(over="ignore"):
        values = [float(value) for value in weights @ clean]
        size = float(np.sum(np.abs(clean)))
    return [_digest(f"{leaf.shape} {odd}"), *(_round(value) for value in [*values, size])]


@functools.cache
def _projection(size: int) -> Array:
    """Random weights (PROJECTIONS, size) with alternating signs, the same on every machine."""
    weights = np.random.default_rng(size).uniform(0.5, 1.5, size=(PROJECTIONS, size))
    return weights * np.where(np.arange(size) % 2, -1.0, 1.0) if size > 1 else weights


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _round(value: float) -> float:
    return float(f"{value:.9g}") if math.isfinite(value) else 0.0


def same_fingerprint(
    left: list[Any], right: list[Any], tolerance: Tolerance, path: str = ""
) -> bool:
    """Whether two leaves' fingerprints agree within the tolerance of their case."""
    if left[0] != right[0] or len(left) != len(right):
        return False
    if len(left) == 1:
        return True
    relative = 3 * max(tolerance.rtol, PRECISION)
    allowed = 2 * tolerance.absolute(path) + relative * max(left[-1], right[-1])
    return all(abs(a - b) <= allowed for a, b in zip(left[1:-1], right[1:-1], strict=True))
