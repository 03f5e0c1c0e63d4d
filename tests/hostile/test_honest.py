"""Honest but odd submissions lose nothing: every one is marked as its functions deserve."""

from collections.abc import Iterator

import numpy as np
import pytest
import submissions
from honest import EDITS, FILES, UNIT
from make_class import ODD, make_class
from submissions import TERM, Deserved

from autograde import isolate, mark, spec
from autograde.session import Zygote, student_library

pytestmark = pytest.mark.skipif(
    isolate.probe().level == "none", reason="this host cannot lock a process in"
)
RIGHT = submissions.right(UNIT)
FULL = submissions.full(UNIT)
NOTHING = Deserved(0.0, 0.0)


@pytest.fixture(scope="module")
def warm() -> Iterator[Zygote]:
    with Zygote(student_library(spec.units())) as one:
        yield one


def assert_deserved(
    marking: mark.Marking, expected: dict[str, Deserved], *, mistakes: bool = False
) -> None:
    """Points, and the names of the mistakes if they are asked for, are those of the oracle."""
    got = {
        one.name: Deserved(one.points, one.hidden_points, one.mistake if mistakes else None)
        for one in marking.exercises
    }
    want = expected if mistakes else {k: v._replace(mistake=None) for k, v in expected.items()}
    assert got == want, marking.notes


@pytest.mark.parametrize("name", [*FILES, *ODD])
def test_any_file_that_can_be_understood_is_marked_in_full(name: str, warm: Zygote) -> None:
    notebook = submissions.filled(UNIT, RIGHT)
    data = (FILES | ODD)[name](notebook)
    assert_deserved(mark.mark(data, UNIT, TERM, warm), FULL)


@pytest.mark.parametrize("name", EDITS)
def test_odd_cells_cost_nothing(name: str, warm: Zygote) -> None:
    notebook = submissions.filled(UNIT, RIGHT)
    EDITS[name](notebook)
    assert_deserved(mark.mark(submissions.as_bytes(notebook), UNIT, TERM, warm), FULL)


# --- what is wrong costs what depends on it, and no more ------------------------------------------


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("def momentum(param, grad, state, *, lr, momentum=0.9)\n    return param", "crashed"),
        ("    return 1", "not written"),
        ("print(undefined)\ndef momentum(*a, **k): return 1", "crashed"),
        ("", "not written"),
        ("# I did not manage this one", "not written"),
        ("def momentun(param, grad, state, *, lr, momentum=0.9):\n    return 1", "not written"),
        ("def momentum(): return 1", "marked"),
        ("def momentum(param, grad, state, *, lr, momentum=0.9):\n    return undefined", "marked"),
    ],
)
def test_trouble_in_one_exercise_costs_that_exercise(
    source: str, status: str, warm: Zygote
) -> None:
    notebook = submissions.filled(UNIT, {**RIGHT, "momentum": source})
    marking = mark.mark(submissions.as_bytes(notebook), UNIT, TERM, warm)
    assert_deserved(marking, {**FULL, "momentum": NOTHING})
    assert marking.exercises[0].status == status
    assert marking.exercises[0].message


def test_the_release_notebook_itself_is_not_written(warm: Zygote) -> None:
    marking = mark.mark(submissions.as_bytes(submissions.release(UNIT)), UNIT, TERM, warm)
    assert {one.status for one in marking.exercises} == {"not written"}


@pytest.mark.always
@pytest.mark.parametrize("unit", spec.units())
def test_a_class_is_marked_as_judge_marks_the_plain_functions(unit: str, warm: Zygote) -> None:
    """Right answers in all their ways, mistakes and odd files: points and names agree."""
    for one in make_class(unit, 12, seed=7, lean=True):
        marking = mark.mark(one.notebook, unit, TERM, warm)
        assert_deserved(marking, one.expected, mistakes=True)


def test_a_marking_repeats_byte_for_byte(warm: Zygote) -> None:
    (one,) = make_class(UNIT, 1, seed=3, lean=True)
    first, second = (mark.to_json(mark.mark(one.notebook, UNIT, TERM, warm)) for _ in range(2))
    assert first == second


def test_another_term_has_other_hidden_cases(warm: Zygote) -> None:
    rng = np.random.default_rng(0)
    exercise = spec.exercises(UNIT)[0]
    mistake = exercise.mistakes[rng.integers(len(exercise.mistakes))]
    sources = {**RIGHT, exercise.name: submissions.mistaken(exercise, mistake)}
    notebook = submissions.as_bytes(submissions.filled(UNIT, sources))
    marks = [mark.mark(notebook, UNIT, term, warm).exercises[0] for term in ("one", "two")]
    assert [one.mistake for one in marks] == [mistake.name] * 2
