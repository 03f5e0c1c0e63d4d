"""Hidden cases: the same questions with other numbers, drawn when a notebook is graded.

The numbers come from a seed that the instructor may set (environment variable AUTOGRADE_SEED; any
text, for instance the term). The same seed gives the same cases, so that a regrade agrees.
"""

import os
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from autograde import spec
from autograde.record import BlindExercise, Card, make_card, verify
from course_lib.checking import cards
from course_lib.checking.examine import judge
from course_lib.checking.verdict import Verdict

SEED_VARIABLE = "AUTOGRADE_SEED"
ATTEMPTS = 20


def seed_for(name: str, term: str) -> int:
    """A seed per exercise and term, far from the seed of the visible cases."""
    return zlib.crc32(f"hidden {term} {name}".encode()) + 2**32


@cache
def card(name: str, term: str) -> Card:
    """The card of the hidden cases of exercise ``name`` in ``term``."""
    unit, exercise = spec.find(name)
    for attempt in range(ATTEMPTS):
        drawn = make_card(unit, exercise, seed_for(name, term) + attempt, pairs=False)
        try:
            verify(drawn)
        except BlindExercise:
            continue  # these numbers happen to hide a mistake: the next seed's will not
        return drawn
    raise BlindExercise(f"{name}: {ATTEMPTS} draws of hidden cases in a row hide a mistake")


def check(name: str, function: Callable[..., Any]) -> Verdict:
    """The verdict on the hidden cases: points and the name of a mistake, never an input.

    A mistake takes the name that the visible cases find for it, if they find one: they know more,
    two mistakes at once for instance, and the function is the same.
    """
    _, exercise = spec.find(name)
    term = os.environ.get(SEED_VARIABLE, "")
    verdict = judge(card(name, term), function, points=exercise.hidden_points, reveal=False)
    if verdict.passed:
        return verdict
    seen = judge(cards.load(name), function)
    if not seen.mistake:
        return verdict
    return replace(verdict, mistake=seen.mistake, message=seen.message, read=seen.read)
