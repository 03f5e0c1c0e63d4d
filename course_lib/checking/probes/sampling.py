"""Probes for drawing mini-batches: what every right epoch has in common, whatever its order."""

import itertools
import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from course_lib.arrays import Array, Labels
from course_lib.checking.probes.base import Malformed, Observation, numbers, probe, unpack, yes
from course_lib.checking.student import Student, copy_tree


class _Epoch(NamedTuple):
    """One epoch as it came: which example stands where."""

    batches: list[list[int]]  # the number of every example in ``x``; -1 for a row that is not in x
    paired: bool  # every example came with its own label
    whole: bool  # the labels are whole numbers, fit to be indices

    @property
    def order(self) -> list[int]:
        return [number for batch in self.batches for number in batch]


@probe
def epochs(
    student: Student, *, x: Array, labels: Labels, batch_size: int, seed: int, count: int
) -> Observation:
    """Several epochs from one generator, as properties that do not depend on the order drawn.

    All rows of ``x`` and all ``labels`` differ, so that every example is recognised; there are so
    many that no right answer repeats an order by chance.
    """

    def run(rng: np.random.Generator) -> list[_Epoch]:
        return [_one_epoch(student, x, labels, batch_size, rng) for _ in range(count)]

    seen = run(np.random.default_rng(seed))
    again = run(np.random.default_rng(seed))
    batches = [batch for epoch in seen for batch in epoch.batches]
    orders = [epoch.order for epoch in seen]
    report = {
        "batch sizes": _sizes(seen[0]),
        "all epochs have these batch sizes": yes(len({_sizes(epoch) for epoch in seen}) == 1),
        "the examples are rows of x": yes(all(-1 not in order for order in orders)),
        "x and labels belong together": yes(all(epoch.paired for epoch in seen)),
        "every example comes in every epoch": yes(
            all(set(range(len(x))) <= set(order) for order in orders)
        ),
        "an example comes twice in an epoch": yes(any(map(_repeats, orders))),
        "an example comes twice in a batch": yes(any(map(_repeats, batches))),
        "the order is that of x": yes(any(order == sorted(order) for order in orders)),
        "two epochs have the same order": yes(any(a == b for a, b in itertools.pairwise(orders))),
        "neighbours in x stay neighbours": yes(any(map(_mostly_neighbours, orders))),
        "the generator decides the order": yes(orders == [epoch.order for epoch in again]),
        "labels are whole numbers": yes(all(epoch.whole for epoch in seen)),
    }
    if 1 < batch_size < len(x):
        report["two epochs have the same batches"] = yes(
            any(_as_sets(a) == _as_sets(b) for a, b in itertools.pairwise(seen))
        )
    return report


@probe
def first_and_last(
    student: Student, *, x: Array, labels: Labels, batch_size: int, seed: int, count: int
) -> Observation:
    """Many short epochs: whether every example gets its turn at the front and at the end."""
    rng = np.random.default_rng(seed)
    orders = [_one_epoch(student, x, labels, batch_size, rng).order for _ in range(count)]
    firsts, lasts = ({order[end] for order in orders if order} for end in (0, -1))
    return {
        "every example comes first at some time": yes(len(firsts) == len(x)),
        "every example comes last at some time": yes(len(lasts) == len(x)),
    }


def _one_epoch(
    student: Student, x: Array, labels: Labels, batch_size: int, rng: np.random.Generator
) -> _Epoch:
    reader = Student(_read_out(student.function, limit=2 * len(x) + 2))
    pairs = reader(x, labels, batch_size=batch_size, rng=rng)
    student.changed.extend(name for name in reader.changed if name not in student.changed)
    student.narrow = student.narrow or reader.narrow
    if pairs is None:
        raise Malformed(
            "It hands out no batches: a function that yields them, or a list of them, is expected."
        )
    if len(pairs) > 2 and all(isinstance(pair, np.ndarray) and pair.ndim == 1 for pair in pairs):
        raise Malformed(
            "Each batch that comes out is one array with one axis, not a pair of x and labels. If "
            "these are the numbers of examples: use them to choose from both."
        )
    if any(isinstance(pair, np.ndarray) for pair in pairs):
        raise Malformed(
            "What comes out are arrays, not pairs of x and labels. A function that *returns* a "
            "batch is over with it: which word hands out one batch after the other?"
        )
    if len(pairs) > 2 * len(x):
        raise Malformed(
            f"It goes on after {len(pairs)} batches, and there are only {len(x)} examples: one "
            "call is one epoch, and has to end."
        )
    rows = {row.tobytes(): number for number, row in enumerate(_flat(x))}
    batches, paired, whole = [], True, True
    for pair in pairs:
        some_x, some_labels = _batch(pair, x)
        batch = [rows.get(row.tobytes(), -1) for row in _flat(some_x)]
        batches.append(batch)
        paired = paired and np.array_equal(labels[batch], some_labels)
        whole = whole and some_labels.dtype.kind in "iu"
    return _Epoch(batches, paired, whole)


def _read_out(function: Any, *, limit: int) -> Any:
    """``function`` as one that returns a list of its batches, so that all of it runs in the call.

    A batch is copied when it comes: a buffer that is filled anew for every batch is fine.
    """

    def listed(*args: Any, **kwargs: Any) -> list[Any] | None:
        found = function(*args, **kwargs)
        if not isinstance(found, Iterable):
            return None
        return [copy_tree(batch) for batch in itertools.islice(found, limit)]

    listed.__wrapped__ = function  # type: ignore[attr-defined]  # for signature and traceback
    return listed


def _batch(pair: Any, x: Array) -> tuple[Array, Labels]:
    some_x, some_labels = unpack(pair, "x", "labels", subject="Each batch should hold")
    some_labels = np.asarray(some_labels)
    batch = numbers(some_x, "the x of a batch")
    if batch.ndim != x.ndim or batch.shape[1:] != x.shape[1:]:
        if x.ndim > 1 and some_labels.shape[1:] == x.shape[1:]:
            raise Malformed("The order in a batch is x, labels: yours differs.")
        raise Malformed(
            f"The x of a batch has shape {batch.shape}, expected (examples, "
            f"{', '.join(map(str, x.shape[1:]))})."
        )
    if some_labels.shape != (len(batch),):
        raise Malformed(
            f"A batch has {len(batch)} rows of x, and its labels have shape {some_labels.shape}."
        )
    return batch, some_labels


def _flat(x: Array) -> Array:
    flat = np.ascontiguousarray(x, dtype=np.float64)
    return flat.reshape(len(x), math.prod(x.shape[1:]))


def _sizes(epoch: _Epoch) -> str:
    return ", ".join(str(len(batch)) for batch in epoch.batches) or "none at all"


def _repeats(numbers_seen: list[int]) -> bool:
    return len(set(numbers_seen)) < len(numbers_seen)


def _mostly_neighbours(order: list[int]) -> bool:
    steps = np.abs(np.diff(order))
    return bool(np.mean(steps == 1) > 0.5) if len(order) > 1 else False


def _as_sets(epoch: _Epoch) -> set[frozenset[int]]:
    return {frozenset(batch) for batch in epoch.batches}
