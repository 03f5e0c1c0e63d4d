"""From an exercise to its card; refuses cases that cannot tell its mistakes apart.

A card holds what the answer observes in every case, and the fingerprints of what every mistake,
and every pair of mistakes, would observe. It never holds the answer.
"""

import itertools
import json
import math
import sys
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from autograde import spec
from autograde.spec import Case, Exercise, Mistake
from course_lib.checking import cards
from course_lib.checking.compare import difference, fingerprint, same_fingerprint
from course_lib.checking.diagnose import AND
from course_lib.checking.examine import Outcome, decoded, observe_all, tolerance_of

MARGIN = 10.0  # a mistake must miss the tolerance by this factor, or platforms will disagree
Card = dict[str, Any]


class BlindExercise(ValueError):
    """The cases of an exercise cannot do what they are for; the message says which and why."""


def as_student(exercise: Exercise, *mistakes: Mistake) -> Callable[..., Any]:
    """The answer, with mistakes worked in, as if it had been typed into a notebook.

    Raises ``BlindExercise`` if the text to edit does not occur exactly once.
    """
    source = exercise.source
    for mistake in mistakes:
        for find, replace in mistake.edits:
            if source.count(find) != 1:
                raise BlindExercise(
                    f"{exercise.name}, mistake {mistake.name!r}: the text {find!r} occurs "
                    f"{source.count(find)} times in the answer, it must occur exactly once"
                )
            source = source.replace(find, replace)
    module = sys.modules[exercise.reference.__module__]
    scope = {**vars(module), "__name__": "__main__"}
    try:
        code = compile(source, f"<{exercise.name} as a student>", "exec")
    except SyntaxError as error:
        made = " and ".join(repr(mistake.name) for mistake in mistakes)
        raise BlindExercise(
            f"{exercise.name}, mistake {made}: the edited answer is not Python: {error.msg}"
        ) from None
    exec(code, scope)
    return scope[exercise.name]


def together(exercise: Exercise, first: Mistake, second: Mistake) -> Callable[..., Any] | None:
    """The answer with both mistakes, or None where one edit leaves nothing for the other."""
    for pair in ((first, second), (second, first)):
        try:
            return as_student(exercise, *pair)
        except BlindExercise:
            continue
    return None


def default_seed(exercise: Exercise) -> int:
    """The seed of the visible cases: fixed for ever by the exercise's name."""
    return zlib.crc32(exercise.name.encode())


def make_card(
    unit: str, exercise: Exercise, seed: int | None = None, *, pairs: bool = True
) -> Card:
    """The card of ``exercise``, with cases drawn from ``seed`` (None: the visible ones).

    Without ``pairs`` of mistakes it is made many times faster, and still names single ones.
    """
    rng = np.random.default_rng(default_seed(exercise) if seed is None else seed)
    cases = [_encode_case(case) for case in exercise.cases(rng)]
    right = observe_all(as_student(exercise), [decoded(case) for case in cases])
    for case, outcome in zip(cases, right, strict=True):
        if outcome.trouble is not None or outcome.changed:
            raise BlindExercise(
                f"{exercise.name}, case {case['name']!r}: the answer itself fails: "
                f"{outcome.trouble!r}, changed: {outcome.changed}"
            )
        case["expected"] = cards.encode(_plain(outcome.observation))
        # of the recorded, rounded values: that is what a check compares with
        expected = cards.decode(case["expected"])
        case["right"] = fingerprint(Outcome(expected).as_tree(expected))
    return {
        "name": exercise.name,
        "unit": unit,
        "answer": exercise.answer,
        "parameters": list(exercise.parameters()),
        "returns": list(exercise.returns),
        "points": exercise.points,
        "praise": exercise.praise,
        "read": _place(unit, exercise.read),
        "hints": list(exercise.hints),
        "mistakes": {
            mistake.name: {
                "message": mistake.told,
                "read": _place(unit, mistake.read or exercise.read),
            }
            for mistake in exercise.mistakes
        },
        "cases": cases,
        "fingerprints": _catalogue(exercise, cases, pairs),
    }


def _place(unit: str, heading: str) -> str:
    return f"{heading} ({unit.split('_')[0].replace('unit', 'unit ')})"


def _encode_case(case: Case) -> Card:
    return {
        "name": case.name,
        "probe": case.probe,
        "about": case.about,
        "weight": case.weight,
        "rtol": case.rtol,
        "atol": case.atol,
        "bands": dict(case.bands),
        "inputs": cards.encode(case.probe_inputs()),
        "expected": None,
    }


def _plain(value: Any) -> Any:
    """An observation as a card keeps it: no named tuples, numbers to 12 digits."""
    if isinstance(value, (tuple, list)):
        return tuple(_plain(item) for item in value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if value is None or isinstance(value, str):
        return value
    array = np.asarray(value)
    if array.dtype.kind == "f":
        digits = [_digits(number) for number in array.ravel().tolist()]
        array = np.array(digits, dtype=np.float64).reshape(array.shape)
    return array if array.ndim else array.item()


def _digits(number: float) -> float:
    """12 significant digits: enough for every tolerance, few enough to be equal everywhere."""
    return float(f"{number:.12g}") if math.isfinite(number) else number


def _catalogue(exercise: Exercise, cases: list[Card], pairs: bool) -> dict[str, list[Any]]:
    """Fingerprints of every mistake, and of every pair that can be made together."""
    catalogue: dict[str, list[Any]] = {}
    ready = [decoded(case) for case in cases]
    for mistake in exercise.mistakes:
        catalogue[mistake.name] = _told(ready, observe_all(as_student(exercise, mistake), ready))
    for first, second in itertools.combinations(exercise.mistakes if pairs else (), 2):
        if (both := together(exercise, first, second)) is not None:
            told = _told(ready, observe_all(both, ready))
            if told not in catalogue.values() and any(told):
                catalogue[first.name + AND + second.name] = told
    return catalogue


def _told(ready: list[Card], outcomes: Iterable[Outcome]) -> list[dict[str, Any] | None]:
    """For every decoded case: None if its outcome is right, else the leaves that it changes."""
    told: list[dict[str, Any] | None] = []
    for case, outcome in zip(ready, outcomes, strict=True):
        right = case["right"]
        prints = fingerprint(outcome.as_tree(case["expected"]))
        if _differs(case, outcome):
            keys = sorted(prints.keys() | right.keys())
            told.append({k: prints.get(k) for k in keys if prints.get(k) != right.get(k)})
        else:
            told.append(None)
    return told


def _differs(case: Card, outcome: Outcome) -> bool:
    if outcome.trouble is not None or outcome.changed:
        return True
    tolerance = tolerance_of(case)
    wide = type(tolerance)(
        MARGIN * tolerance.rtol,
        MARGIN * tolerance.atol,
        {path: 1.5 * band for path, band in tolerance.bands.items()},
    )
    return difference(outcome.observation, case["expected"], wide, "['result']") is not None


def card_text(name: str) -> str:
    """The file of the visible card of the exercise ``name``; ``BlindExercise`` if it is blind."""
    card = make_card(*spec.find(name))
    verify(card)
    return json.dumps(card, ensure_ascii=False) + "\n"


def verify(card: Card) -> None:
    """Raises ``BlindExercise`` unless every mistake shows, and each in its own way."""
    single = {name: told for name, told in card["fingerprints"].items() if AND not in name}
    if blind := [name for name, told in single.items() if not any(told)]:
        raise BlindExercise(f"{card['name']}: no case can tell {blind} from the right answer")
    for (one, left), (two, right) in itertools.combinations(single.items(), 2):
        pairs = zip(card["cases"], left, right, strict=True)
        if all(_same_told(case, a, b) for case, a, b in pairs):
            raise BlindExercise(f"{card['name']}: no case can tell {one!r} from {two!r}")


def _same_told(case: Card, left: Any, right: Any) -> bool:
    if left is None or right is None:
        return left is right
    tolerance = tolerance_of(case)
    for key in left.keys() | right.keys():
        a, b = left.get(key, case["right"].get(key)), right.get(key, case["right"].get(key))
        if a is None or b is None:
            if a is not b:
                return False
        elif not same_fingerprint(a, b, tolerance, key):
            return False
    return True
