"""What all wrong cases of an answer have in common: another default value, or another order.

Looked for before an answer is taken for two mistakes at once.
"""

import inspect
import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from course_lib.checking.compare import Tolerance, difference
from course_lib.checking.student import signature_of


def other_default(
    function: Callable[..., Any],
    answer: Callable[..., Any] | None,
    keywords: Iterable[str],
    failed: Iterable[Mapping[str, Any]],
) -> str:
    """A sentence, if every failed call leaves out a keyword whose default is not the answer's.

    ``failed`` holds the keyword arguments of the calls that went wrong.
    """
    ours = signature_of(answer) if answer else None
    yours = signature_of(function)
    if ours is None or yours is None:
        return ""
    for name in keywords:
        if name not in ours.parameters or name not in yours.parameters:
            continue
        right, got = ours.parameters[name].default, yours.parameters[name].default
        asked = all(d is not inspect.Parameter.empty for d in (right, got)) and not _equal(
            right, got
        )
        if asked and not any(name in given for given in failed):
            return (
                f"Only calls that leave `{name}` out go wrong. Without it, it is {right!r}; in "
                f"your signature it is {got!r}."
            )
    return ""


def _equal(left: Any, right: Any) -> bool:
    """Numbers by value (1 and 1.0 are equal), everything else by what it looks like."""
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == right
    return repr(left) == repr(right)


def permuted(got: Any, want: Any, tolerance: Tolerance) -> bool:
    """Whether these are the right results of a function with several, in another order."""
    if not isinstance(got, (tuple, list)) or not isinstance(want, (tuple, list)):
        return False
    if not 2 <= len(want) <= 3 or len(got) != len(want):
        return False
    orders = itertools.permutations(got)
    return any(difference(tuple(order), want, tolerance) is None for order in orders)
