"""Probes: named procedures that call a student's function and report what they observed.

``probe(student, **inputs) -> observation``. An observation is a tree of arrays, numbers and
strings that is the same for every correct answer, however it is written: where an answer is not
unique (random masks, a cache of one's own) the probe reports properties instead of the output.
"""

from course_lib.checking.probes import (
    colours,
    images,
    noise,
    numeric,
    plain,
    sampling,
    searching,
)
from course_lib.checking.probes.base import MEANINGS, PROBES, Malformed

__all__ = [
    "MEANINGS",
    "PROBES",
    "Malformed",
    "colours",
    "images",
    "noise",
    "numeric",
    "plain",
    "sampling",
    "searching",
]
