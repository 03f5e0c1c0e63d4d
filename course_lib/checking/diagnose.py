"""Which catalogued mistake was made: comparing fingerprints of observations with those on a card.

A card holds, for every mistake and every pair of mistakes, what each case would have observed:
``None`` where the mistake does not show in that case, else the fingerprints of the leaves that it
changes (``None`` for a leaf that it makes disappear).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course_lib.checking.compare import Tolerance, same_fingerprint

Prints = Mapping[str, Any]
FEW = 0.25  # share of the wrong leaves; two mistakes may well agree on so many by chance
AND = " && "  # joins the names of a pair; the first is the one that is told


@dataclass(frozen=True)
class Seen:
    """One case as the student's function left it."""

    prints: Prints  # fingerprints of what was observed
    right: Prints  # fingerprints of the right answer
    tolerance: Tolerance
    passed: bool

    def equal(self, key: str, expected: Any) -> bool:
        """Whether leaf ``key`` was observed as ``expected`` (None: as missing)."""
        got = self.prints.get(key)
        if got is None or expected is None:
            return got is expected
        return same_fingerprint(got, expected, self.tolerance, key)

    def explained_by(self, told: Prints | None) -> bool:
        """Whether the whole observation is what the mistake would have produced."""
        if told is None:
            return self.passed
        expected = {**self.right, **told}
        return all(self.equal(key, expected.get(key)) for key in expected.keys() | self.prints)

    def excludes(self, told: Prints | None) -> bool:
        """Whether the case is right although the mistake would have shown in it."""
        return self.passed and any(
            (right := self.right.get(key)) is None
            or entry is None
            or not same_fingerprint(entry, right, self.tolerance, key)
            for key, entry in (told or {}).items()
        )

    def wrong_leaves(self) -> int:
        """How many leaves are not what they should be, up to the case's tolerance."""
        if self.passed:
            return 0
        keys = self.right.keys() | self.prints
        return sum(not self.equal(key, self.right.get(key)) for key in keys)

    def wrong_leaves_explained(self, told: Prints | None) -> int:
        """How many wrong leaves are what the mistake would have produced.

        Only numbers count, and neither zeros nor statistics, which have a band: two different
        mistakes easily agree on a word, or on a share.
        """
        telling = {
            key: entry
            for key, entry in (told or {}).items()
            if entry is not None and len(entry) > 2 and entry[-1]
            if key not in self.tolerance.bands
        }
        return sum(
            self.equal(key, entry) and not self.equal(key, self.right.get(key))
            for key, entry in telling.items()
        )


def whole_explanation(catalogue: Mapping[str, list[Prints | None]], seen: list[Seen]) -> str | None:
    """The name of the mistake that explains every case, alone or else together with another."""
    for pairs in (False, True):
        for name, told in catalogue.items():
            if (AND in name) == pairs and all(map(Seen.explained_by, seen, told)):
                return name.split(AND)[0]
    return None


def find_mistake(catalogue: Mapping[str, list[Prints | None]], seen: list[Seen]) -> str | None:
    """The name of the mistake that explains what was seen best, or None.

    If none explains everything, the single one that explains most wrong leaves, as long as these
    are more than a few of them: with two mistakes at once, one of them is named. One that would
    have shown in a case that is right was not made.
    """
    if name := whole_explanation(catalogue, seen):
        return name
    singles = {
        name: told
        for name, told in catalogue.items()
        if AND not in name and not any(map(Seen.excludes, seen, told))
    }
    counts = {
        name: sum(map(Seen.wrong_leaves_explained, seen, told)) for name, told in singles.items()
    }
    best = max(counts, key=lambda name: counts[name], default=None)
    wrong = sum(map(Seen.wrong_leaves, seen))
    return best if best is not None and counts[best] > FEW * wrong else None
