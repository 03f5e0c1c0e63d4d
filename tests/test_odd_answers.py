"""Every answer of the tables in ``odd_answers`` gets the verdict that it deserves, everywhere."""

import collections
import importlib
import pkgutil

import odd_answers
import pytest
from odd_answers import RIGHT, WRONG

from autograde import hidden, spec
from course_lib.check import examine

for table in pkgutil.iter_modules(odd_answers.__path__):
    importlib.import_module(f"odd_answers.{table.name}")

TERMS = ("winter", "summer 27")


def verdicts(monkeypatch, answer):
    yield "visible", examine(answer.name, answer.function)
    for term in TERMS:
        monkeypatch.setenv(hidden.SEED_VARIABLE, term)
        yield f"hidden, {term}", hidden.check(answer.name, answer.function)


@pytest.mark.parametrize("answer", RIGHT, ids=lambda answer: answer.label)
def test_odd_but_right(monkeypatch, answer):
    for where, verdict in verdicts(monkeypatch, answer):
        assert verdict.passed, f"{where}: {verdict}"


@pytest.mark.parametrize("answer", WRONG, ids=lambda answer: answer.label)
def test_wrong_and_told_why(monkeypatch, answer):
    for where, verdict in verdicts(monkeypatch, answer):
        assert not verdict.passed, where
        assert verdict.score < 1.0, where
        if where == "visible":
            assert answer.words in verdict.message


def test_no_answer_is_entered_twice():
    labels = collections.Counter(answer.label for answer in RIGHT + WRONG)
    assert [label for label, count in labels.items() if count > 1] == []


@pytest.mark.parametrize("unit", spec.units())
def test_every_exercise_is_tried(unit):
    every = {exercise.name for exercise in spec.exercises(unit)}
    assert every - {answer.name for answer in RIGHT} == set(), "no right one in odd form"
