"""``check("momentum", momentum)``: is my function right, and if not, which mistake is it?

>>> from course_lib.check import check, hint
>>> verdict = check("momentum", lambda param, grad, state, *, lr, momentum=0.9: None)
>>> verdict.passed
False
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from course_lib import progress
from course_lib.checking import cards
from course_lib.checking import examine as _examine
from course_lib.checking.cards import UnknownExercise
from course_lib.checking.verdict import CheckFailed, Verdict, being_validated

__all__ = ["CheckFailed", "Hint", "UnknownExercise", "Verdict", "check", "examine", "hint"]

_hints_given: dict[str, int] = {}


def examine(name: str, function: Callable[..., Any]) -> Verdict:
    """The verdict on ``function`` as an answer to exercise ``name``, and nothing else.

    Deterministic, offline, without side effects; takes milliseconds. Raises ``UnknownExercise``
    for a name that is no exercise. Whatever the function does (prints, raises, loops for ever,
    changes its arguments) becomes part of the verdict.
    """
    return _examine.judge(cards.load(name), function)


def check(name: str, function: Callable[..., Any]) -> Verdict:
    """The verdict on ``function``, shown as a card, and kept for the start page's progress.

    In a notebook the value of the cell is the verdict: a card to read, and for nbgrader the number
    of points. An unsolved exercise is no error, so "Run All" goes on. Only under nbgrader's
    Validate, whose dialog shows exceptions, a verdict that did not pass raises ``CheckFailed``.
    """
    verdict = examine(name, function)
    progress.record(name, verdict.score)
    if being_validated() and not verdict.passed:
        raise CheckFailed(verdict)
    return verdict


@dataclass(frozen=True)
class Hint:
    """One hint: ``number`` of ``total``, from a nudge to nearly the formula."""

    number: int
    total: int
    text: str

    def __repr__(self) -> str:
        return f"Hint {self.number} of {self.total}: {self.text}"

    def _repr_markdown_(self) -> str:
        more = " *Run the cell again for the next one.*" if self.number < self.total else ""
        return f"**Hint {self.number} of {self.total}.** {self.text}{more}"


def hint(name: str, number: int | None = None) -> Hint:
    """The next hint for exercise ``name``, or hint ``number`` (from 1); the last one stays."""
    hints = cards.load(name)["hints"]
    wanted = _hints_given.get(name, 0) + 1 if number is None else number
    wanted = min(max(wanted, 1), len(hints))
    _hints_given[name] = wanted
    return Hint(wanted, len(hints), hints[wanted - 1])
