"""What the relation between a wrong array and the right one says about the cause.

Used when no catalogued mistake fits. Each rule looks for one relation (a constant factor, a
transpose, a missing term proportional to an input, ...) and answers with a sentence that says what
to look for, never with the line to write. The order matters: the most specific relation first.
"""

import functools
import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.arrays import Array
from course_lib.checking.compare import Difference, leaves

CLOSE = 1e-6
MOST = 0.8  # of the entries wrong: which ones are right says nothing any more
EXAMPLES = "the number of rows (examples)"
PARAMETERS = "the length of the first axis"  # of an array that holds no examples
TINY = "The difference is tiny, but not rounding: look for a small constant."


def explain(found: Difference, inputs: Any, rows: str = EXAMPLES) -> str:
    """One sentence on ``found``, or "" if nothing is recognised.

    ``inputs`` is the tree of arguments of the case: sizes and arrays in it are candidates for the
    cause ("the factor is N", "a multiple of weights is missing"). ``rows`` says what the length
    of their first axis is.
    """
    if found.kind == "shape":
        return _explain_shape(np.asarray(found.got), np.asarray(found.want))
    if found.kind == "nan":
        got, want = np.asarray(found.got), np.asarray(found.want)
        return _explain_nonfinite(got) if np.isfinite(want).all() else ""
    if found.kind != "value":
        return ""
    got, want = np.asarray(found.got, float), np.asarray(found.want, float)
    if _close(got, want):
        return TINY
    factor = functools.partial(_factor, rows=rows)
    for rule in (_rounded, _sign, factor, _transpose, _power, _reorder, _missing_term, _partly):
        if sentence := rule(got, want, inputs):
            return sentence
    return ""


def explain_path(got: Array, want: Array, grad: Array, given: Mapping[str, Any]) -> str:
    """One sentence on two paths (steps + 1, ...) from one start: which step leaves, and how.

    ``grad`` is the gradient of the first step, a candidate for what is missing or too much, and
    ``given`` the rule's hyperparameters, candidates for a factor.
    """
    if not np.isfinite(got).all():
        return _explain_nonfinite(got)
    yours, right = np.diff(got, axis=0), np.diff(want, axis=0)
    good = [_close(a, b) for a, b in zip(yours, right, strict=True)]
    if all(good):
        return ""
    first = good.index(False)
    if first > 0:
        steps = "The first step is" if first == 1 else f"The first {first} steps are"
        return f"{steps} right, the next is not: what is handed on from one step to the next?"
    change = Difference("value", "", yours[0], right[0])
    sentence = explain(change, {"param": want[0], "grad": grad, **given}, rows=PARAMETERS)
    return f"Look at the change in your first step. {sentence}" if sentence else ""


def explain_rates(found: Difference, steps: list[int], inputs: Any) -> str:
    """One sentence on the learning rates of a schedule at ``steps``: what is wrong, or where."""
    got, want = np.asarray(found.got, float), np.asarray(found.want, float)
    if not np.isfinite(got).all():
        return _explain_nonfinite(got)
    if _close(got, want):
        return TINY
    for rule in (_sign, _factor, _power, _reorder, _missing_term):
        if len(steps) > 1 and (sentence := rule(got, want, inputs)):
            return sentence
    wrong = np.abs(got - want) > CLOSE * np.max(np.abs(want), initial=1e-300)
    if np.any(got[wrong] < 0):
        return "It turns negative, and then a training climbs up the loss."
    first, which = _first(steps, wrong), got[wrong] > want[wrong]
    size = "too large" if which.all() else "too small" if not which.any() else "wrong"
    if wrong.all():
        return f"It is {size} at every step, step {first} included." if len(steps) > 1 else ""
    if wrong[int(np.argmax(wrong)) :].all():
        return f"It is right before step {first}; there, and at all later steps asked for, {size}."
    if not wrong[int(np.argmin(wrong)) :].any():
        return f"It is {size} at the first steps, and right from step {_first(steps, ~wrong)} on."
    return (
        f"It is {size} at {int(wrong.sum())} of {len(steps)} steps, the first of them step {first}."
    )


def _first(steps: list[int], chosen: NDArray[np.bool_]) -> int:
    return steps[int(np.argmax(chosen))]


def _close(left: Array, right: Array) -> bool:
    scale = max(np.max(np.abs(right), initial=0.0), np.max(np.abs(left), initial=0.0))
    return left.shape == right.shape and bool(np.all(np.abs(left - right) <= CLOSE * scale))


def _sizes(inputs: Any, rows: str) -> Iterator[tuple[int, str]]:
    """Numbers that a factor may stand for: the lengths of the input arrays' axes."""
    words = {0: rows, 1: "the number of columns"}
    seen: set[int] = set()
    for _, leaf in leaves(inputs):
        for axis, size in enumerate(np.shape(leaf)):
            if size > 2 and size not in seen:
                seen.add(size)
                yield size, words.get(axis, f"the length of axis {axis}")


def _explain_shape(got: Array, want: Array) -> str:
    if got.shape == want.shape[::-1]:
        return "It is transposed: rows and columns have changed places."
    if want.ndim == 0:
        return "A single number was expected: is a sum or a mean over all entries missing?"
    if got.ndim == 0:
        return "Too much was summed: one number came back where an array was expected."
    if got.ndim < want.ndim and got.size == want.size:
        return "All entries are there, but an axis is lost: where does the array become flat?"
    if got.ndim < want.ndim:
        return "An axis is missing: did a sum or a mean run over one axis too many?"
    if got.ndim == want.ndim == 1:
        return f"It has length {len(got)} instead of {len(want)}: where does it begin and end?"
    if got.size == want.size and abs(got.ndim - want.ndim) == 1 and 1 in (*got.shape, *want.shape):
        what = "There is an axis too many" if got.ndim > want.ndim else "An axis is missing"
        return f"{what}, one of length 1: where was it kept, added or dropped?"
    if got.ndim > want.ndim:
        return "There is an axis too many: over which one should have been summed or averaged?"
    lengths = zip(got.shape, want.shape, strict=True)
    wrong = [axis for axis, (mine, right) in enumerate(lengths) if mine != right]
    if len(wrong) == 1:
        axis = wrong[0]
        return f"Axis {axis} has length {got.shape[axis]}: what should decide on its length?"
    return "Which operand of the product comes first, and which one is transposed?"


def _explain_nonfinite(got: Array) -> str:
    what = "nan" if np.isnan(got).any() else "inf"
    cause = "0/0, inf - inf or the root or logarithm of a negative number"
    if what == "inf":
        cause = "a division by zero or an exponential that overflows"
    return f"It holds {what}, which comes from {cause}: which intermediate result is extreme here?"


def _rounded(got: Array, want: Array, inputs: Any) -> str:
    for digits in range(1 if want.size > 2 else 3, 10):  # fewer may well agree by chance
        if got.any() and np.array_equal(got, np.round(want, digits)):
            return f"It is the right value rounded to {digits} decimals: keep every digit."
    return ""


def _sign(got: Array, want: Array, inputs: Any) -> str:
    if _close(got, -want):
        subject = "Every entry" if want.size > 1 else "The number"
        return f"{subject} has the wrong sign: a plus and a minus are exchanged."
    if _close(np.abs(got), np.abs(want)):
        return "The magnitudes are right, but some entries have the wrong sign."
    return ""


def _factor(got: Array, want: Array, inputs: Any, rows: str = EXAMPLES) -> str:
    used = np.abs(want) > 1e-9 * np.max(np.abs(want), initial=0.0)
    if want.size < 2 and not used.any():
        return ""
    if not used.any() or np.max(np.abs(got[~used]), initial=0.0) > CLOSE:
        return ""
    ratios = got[used] / want[used]
    factor = float(np.median(ratios))
    if not math.isfinite(factor) or np.max(np.abs(ratios - factor)) > CLOSE * abs(factor):
        return ""
    if f"{factor:.4g}" == "1":
        return ""  # only entries that should be zero are wrong, or last digits
    if abs(factor) < 1e-12:
        return "" if want.size < 2 else "Every entry is zero: what never reaches the result?"
    every = "Every entry is" if want.size > 1 else "The number is"
    for size, meaning in _sizes(inputs, rows):
        if math.isclose(factor, size, rel_tol=CLOSE):
            return f"{every} {size} times too large, and {size} is {meaning}: sum or mean?"
        if math.isclose(factor, 1 / size, rel_tol=CLOSE):
            return f"{every} {size} times too small, and {size} is {meaning}: mean or sum?"
    if sentence := _factor_of_inputs(factor, dict(_scalars(inputs))):
        return f"{every} {sentence}"
    if sentence := _known_factor(factor):
        return f"{every} {sentence}"
    if rows == EXAMPLES and (sentence := _other_count(factor, inputs)):
        return f"{every} {sentence}"
    if want.size < 2:
        return ""
    return f"Every entry is {factor:.4g} times the right value: a constant factor is wrong."


def _factor_of_inputs(factor: float, scalars: Mapping[str, float]) -> str:
    scalars = {name: n for name, n in scalars.items() if n not in (0.0, 1.0)}
    rest = {f"1 - {name}": 1 - n for name, n in scalars.items() if 0 < n < 1}
    words = {1: "times", -1: "divided by", 2: "times the square of", -2: "over the square of"}
    roots = {0.5: "times the root of", -0.5: "divided by the root of"}
    for power, word in {**words, **roots}.items():
        for name, number in {**scalars, **rest}.items():
            if number > 0 and math.isclose(factor, number**power, rel_tol=CLOSE):
                if power in roots:
                    return f"the right value {word} {name}: under which root does it belong?"
                often = "once" if abs(power) == 1 else "twice"
                question = f"is it used {often} too often or {often} too seldom?"
                return f"the right value {word} {name}: {question}"
    for above, below in itertools.permutations(scalars, 2):
        if math.isclose(factor, scalars[above] / scalars[below], rel_tol=CLOSE):
            return f"too large by {above} over {below}: does one stand where the other belongs?"
    return ""


def _other_count(factor: float, inputs: Any) -> str:
    for size, meaning in _sizes(inputs, EXAMPLES):
        for count in range(2, 17):
            if math.isclose(factor, size / count, rel_tol=CLOSE):
                return (
                    f"{size}/{count} of the right value, and {size} is {meaning}: "
                    f"is something divided by {count} instead?"
                )
    return ""


def _known_factor(factor: float) -> str:
    words = {2.0: "twice", 0.5: "half", -2.0: "minus twice", -0.5: "minus half"}
    for value, word in words.items():
        if math.isclose(factor, value, rel_tol=CLOSE):
            return f"{word} the right one: look for a factor of two."
    return ""


def _scalars(inputs: Any) -> Iterator[tuple[str, float]]:
    for path, leaf in leaves(inputs):
        if isinstance(leaf, np.ndarray) and leaf.ndim == 0 and leaf.dtype == np.float64:
            yield _input_name(path), float(leaf)


def _transpose(got: Array, want: Array, inputs: Any) -> str:
    if got.ndim == 2 and got.shape == got.T.shape and _close(got.T, want):
        return "It is transposed: rows and columns have changed places."
    return ""


def _power(got: Array, want: Array, inputs: Any) -> str:
    with np.errstate(all="ignore"):
        if _close(got, want**2):
            return "It is the square of the right value: is a root missing?"
        if np.all(want >= 0) and _close(got, np.sqrt(want)):
            return "It is the square root of the right value: is a square missing?"
        if np.all(want != 0) and _close(got * want, np.ones_like(want)):
            return "It is the reciprocal: what is divided by what?"
        if got.size and np.all(np.isfinite(got)) and _close(got, np.abs(want)):
            return "The signs were lost: an absolute value too many?"
    return ""


def _reorder(got: Array, want: Array, inputs: Any) -> str:
    if got.ndim == 0 or len(got) < 2:
        return ""
    if _close(got[::-1], want):
        return "The order is reversed: the first entry stands last."
    if len(got) > 2 and (_close(got[1:], want[:-1]) or _close(got[:-1], want[1:])):
        return "Everything is shifted by one place: an index or a step count is off by one."
    if got.size > 2 and _close(np.sort(got.ravel()), np.sort(want.ravel())):
        return "The right numbers stand in the wrong places."
    return ""


def _missing_term(got: Array, want: Array, inputs: Any) -> str:
    gap = got - want
    if want.size > 1 and np.ptp(gap) <= CLOSE * np.max(np.abs(gap)):
        return f"Every entry is off by the same amount ({gap.flat[0]:.4g}): a constant is added."
    for path, leaf in leaves(inputs):
        if not isinstance(leaf, np.ndarray) or leaf.shape != gap.shape or leaf.size < 2:
            continue
        weight = float(np.sum(gap * leaf) / max(np.sum(leaf * leaf), 1e-300))
        if _close(gap, weight * leaf) and abs(weight) > CLOSE:
            return (
                f"The difference is exactly {weight:.4g} times {_input_name(path)}: "
                "a term proportional to it is missing, or there is one too many."
            )
    return ""


def _partly(got: Array, want: Array, inputs: Any) -> str:
    wrong = np.abs(got - want) > CLOSE * np.max(np.abs(want), initial=1e-300)
    if want.ndim == 0 or np.mean(wrong) > MOST:
        return ""
    if np.all(got[wrong] == 0):
        return "Entries that should not be zero are zero: what was masked out or never filled in?"
    if np.all(want[wrong] == 0):
        return "Entries that should be zero are not: which ones have to be masked out?"
    rows = np.flatnonzero(wrong.reshape(len(wrong), -1).any(axis=1))
    if want.ndim == 1 or len(rows) < len(wrong):
        if want.ndim == 1 and rows[0] > 0 and len(rows) == len(wrong) - rows[0]:
            entries = "first entry is" if rows[0] == 1 else f"first {rows[0]} entries are"
            return f"The {entries} right, then it goes wrong: what is different from there on?"
        what = "entries" if want.ndim == 1 else "rows"
        return (
            f"Only some of the {len(wrong)} {what} are wrong ({_listing(rows)}): "
            "what sets them apart?"
        )
    columns = np.flatnonzero(wrong.reshape(-1, wrong.shape[-1]).any(axis=0))
    if len(columns) < wrong.shape[-1]:
        return f"Only some of the {wrong.shape[-1]} columns are wrong ({_listing(columns)})."
    return f"{int(wrong.sum())} of {wrong.size} entries are wrong, the others are right."


def _listing(indices: NDArray[np.intp]) -> str:
    shown = ", ".join(str(int(i)) for i in indices[:4])
    return f"index {shown}{', ...' if len(indices) > 4 else ''}"


def _input_name(path: str) -> str:
    """``['args'][1]`` or ``['weights']`` -> words that a student recognises."""
    parts = [part.strip("'\"") for part in path.strip("[]").split("][")]
    words = [part for part in parts if not part.isdigit() and part not in ("args", "kwargs")]
    return f"the input {'.'.join(words)}" if words else "an input"


def named_inputs(parameters: list[str], args: Any, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a call under their parameters' names, for :func:`explain`."""
    return {**dict(zip(parameters, args, strict=False)), **kwargs}
