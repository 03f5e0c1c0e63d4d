"""Marks agree with the verdicts on the plain functions; trouble costs only what it must."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from autograde import hidden, isolate, record, spec
from autograde.mark import STATUSES, Marking, from_json, mark, scrub, to_json
from autograde.release import release_of
from autograde.session import Zygote, student_library
from course_lib.checking import cards
from course_lib.checking.examine import judge

UNIT = "unit04_momentum"
TERM = "t"
HEAD = "def momentum(param, grad, state, *, lr, momentum=0.9):\n    "

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    if isolate.probe().level == "none":
        pytest.skip("this host cannot lock a process in")
    with Zygote(student_library(spec.units())) as warm:
        yield warm


def handed_in(unit: str, **sources: str) -> bytes:
    """The release, answered right but where a source is given."""
    cells = []
    for cell in release_of(unit).cells:
        marks = {"nbgrader": {"grade_id": cell.grade_id}} if cell.grade_id else {}
        text = sources.get(cell.grade_id, cell.full if cell.role == "answer" else cell.source)
        cells.append({"cell_type": cell.kind, "metadata": marks, "source": text})
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}).encode()


def only(marking: Marking, name: str) -> Any:
    """The mark of one exercise, when all others have full marks."""
    for one in marking.exercises:
        if one.name != name:
            assert (one.status, one.points, one.hidden_points) == (
                "marked",
                one.max_points,
                one.max_hidden,
            ), one
    return next(one for one in marking.exercises if one.name == name)


@pytest.mark.parametrize("unit", spec.units())
def test_right_answers_earn_everything(zygote: Zygote, unit: str) -> None:
    marking = mark(handed_in(unit), unit, TERM, zygote)
    full = sum(e.points + e.hidden_points for e in spec.exercises(unit))
    assert marking.points == marking.max_points == full
    assert marking.notes == ()
    assert marking.level == zygote.level


@pytest.mark.parametrize("unit", spec.units())
def test_every_mistake_is_marked_as_on_the_plain_function(zygote: Zygote, unit: str) -> None:
    for exercise in spec.exercises(unit):
        mistake = exercise.mistakes[0]
        source = exercise.source
        for find, replace in mistake.edits:
            source = source.replace(find, replace)
        found = mark(handed_in(unit, **{exercise.name: source}), unit, TERM, zygote)
        one = next(one for one in found.exercises if one.name == exercise.name)
        plain = record.as_student(exercise, mistake)
        shown = judge(cards.load(exercise.name), plain)
        further = hidden.card(exercise.name, TERM)
        rest = judge(further, plain, points=exercise.hidden_points, reveal=False)
        assert one.points == float(repr(shown)), exercise.name
        assert one.hidden_points == float(repr(rest)), exercise.name
        assert one.message == shown.message
        assert one.mistake == (shown.mistake or rest.mistake)


def test_an_untouched_notebook_is_not_written(zygote: Zygote) -> None:
    stubs = {c.grade_id: c.source for c in release_of(UNIT).cells if c.role == "answer"}
    marking = mark(handed_in(UNIT, **stubs), UNIT, TERM, zygote)
    assert {one.status for one in marking.exercises} == {"not written"}
    assert marking.points == 0


def test_an_unreadable_file_has_a_reason(zygote: Zygote) -> None:
    marking = mark(b"{", UNIT, TERM, zygote)
    assert {one.status for one in marking.exercises} == {"cannot be read"}
    assert all(one.message for one in marking.exercises)
    assert marking.max_points == sum(e.points + e.hidden_points for e in spec.exercises(UNIT))


@pytest.mark.parametrize(
    ("source", "status", "told"),
    [
        ("def momentum(:", "crashed", "SyntaxError"),
        ("1 / 0\n" + HEAD + "pass", "crashed", "ZeroDivisionError"),
        ("import os\nos._exit(0)\n" + HEAD + "pass", "crashed", "ended the process"),
        (HEAD + "import os; os._exit(0)", "crashed", "ended the process"),
        (HEAD + "return np.ones(10**11)", "needs a human", "out of memory"),
        ("x = np.ones(10**11)\n" + HEAD + "pass", "needs a human", "out of memory"),
        (HEAD + "while True: pass", "needs a human", "out of time"),
        (HEAD + "raise ValueError('bad')", "marked", "ValueError: bad"),
        ("momentum = 3", "marked", "not a function"),
        ("momentum = np.zeros(10**8)", "crashed", "too big to cross"),
        ("momentum = [object() for _ in range(10**6)]", "crashed", "more than 100000 objects"),
        ("", "not written", "no `momentum`"),
    ],
)
def test_trouble_costs_only_its_own_exercise(
    zygote: Zygote, source: str, status: str, told: str
) -> None:
    one = only(mark(handed_in(UNIT, momentum=source), UNIT, TERM, zygote), "momentum")
    assert (one.status, one.points, one.hidden_points) == (status, 0.0, 0.0)
    assert told in one.message
    assert one.status in STATUSES


def test_cells_in_the_wrong_order_are_run_again(zygote: Zygote) -> None:
    notebook = json.loads(handed_in(UNIT))
    first = next(i for i, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code")
    notebook["cells"].append(notebook["cells"].pop(first))
    marking = mark(json.dumps(notebook).encode(), UNIT, TERM, zygote)
    assert marking.points == marking.max_points
    assert any("further down" in note for note in marking.notes)


def test_hidden_inputs_never_reach_a_message(zygote: Zygote) -> None:
    """The function says what it was given, in every way it can."""
    source = (
        "seen = []\n" + HEAD + "seen.append(repr((param, grad, lr)))\n"
        "    print(seen)\n    raise type('E' + str(abs(float(lr))).replace('.', '_'), "
        "(ValueError,), {})(' '.join(seen))"
    )
    text = to_json(mark(handed_in(UNIT, momentum=source), UNIT, TERM, zygote))
    shown = [case["inputs"] for case in cards.load("momentum")["cases"]]
    drawn = [case["inputs"] for case in hidden.card("momentum", TERM)["cases"]]
    secret = numbers(drawn) - numbers(shown)
    assert len(secret) > 3
    assert not any(number in text for number in secret)
    assert any(number in text for number in numbers(shown))


def numbers(tree: Any) -> set[str]:
    """The numbers of at least three digits in a card's inputs, as they are printed."""
    if isinstance(tree, dict):
        return set().union(*map(numbers, tree.values()), set())
    if isinstance(tree, list):
        return set().union(*map(numbers, tree), set())
    is_long = isinstance(tree, float) and len(repr(abs(tree))) >= 5
    return {repr(abs(tree))} if is_long else set()


def test_markings_are_equal_over_runs(zygote: Zygote) -> None:
    data = handed_in(UNIT, momentum=HEAD + "raise ValueError(object())", nesterov="1 / 0")
    first, second = (mark(data, UNIT, TERM, zygote) for _ in range(2))
    assert to_json(first) == to_json(second)
    assert "0x..." in to_json(first)
    assert from_json(to_json(first)) == first
    assert str(zygote.base) not in to_json(first)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"exercises": [3]}', "null"])
def test_anything_else_is_no_marking(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a marking|Expecting value"):
        from_json(text)


def test_scrubbed_text_tells_nothing_about_the_machine() -> None:
    text = 'File "/tmp/autograde-x_1/lib/course_lib/optim.py", <f at 0x7f3a12345678> '
    text += "/a/b/site-packages/np"
    assert scrub(text) == 'File "course_lib/optim.py", <f at 0x...> np'
