"""A submission is read as data: what is run, what is left out, what is repaired and noted."""

import copy
import json
from typing import Any

import pytest

from autograde.names import facts
from autograde.release import release_of
from autograde.spec import exercises, units
from autograde.submission import Piece, Submission, Unreadable, read

UNIT = "unit04_momentum"
RELEASE = release_of(UNIT)
SOLUTION = "def momentum(param, grad, state, *, lr, momentum=0.9):\n    v = 1\n    return param, v"


def released() -> dict[str, Any]:
    cells = []
    for cell in RELEASE.cells:
        marks = {"nbgrader": {"grade_id": cell.grade_id}} if cell.grade_id else {}
        cells.append({"cell_type": cell.kind, "metadata": marks, "source": cell.source})
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def place(notebook: dict[str, Any], grade_id: str) -> int:
    found = [
        i
        for i, cell in enumerate(notebook["cells"])
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
    ]
    return found[0]


def of(notebook: dict[str, Any]) -> Submission:
    found = read(json.dumps(notebook).encode(), RELEASE)
    assert isinstance(found, Submission)
    return found


def answers(submission: Submission) -> list[str]:
    return [piece.source for piece in submission.pieces if piece.role == "answer"]


@pytest.fixture
def notebook() -> dict[str, Any]:
    made = released()
    made["cells"][place(made, "momentum")]["source"] = SOLUTION
    return made


@pytest.mark.parametrize("unit", units())
def test_a_release_names_its_exercises_and_their_points(unit: str) -> None:
    release = release_of(unit)
    assert release.exercises == tuple(exercise.name for exercise in exercises(unit))
    for exercise in exercises(unit):
        assert release.points("check", exercise.name) == exercise.points
        assert release.points("hidden", exercise.name) == exercise.hidden_points
    assert not any("BEGIN" in cell.source for cell in release.cells)


def test_an_untouched_notebook_runs_its_imports_and_stubs(notebook: dict[str, Any]) -> None:
    found = of(notebook)
    assert found.notes == ()
    assert [piece.role for piece in found.pieces] == ["lesson"] + ["answer"] * 6
    assert "import numpy as np" in found.pieces[0].source


def test_source_may_be_a_list_of_lines(notebook: dict[str, Any]) -> None:
    plain = of(notebook)
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    assert of(notebook) == plain


def test_checks_are_never_run_from_the_submission(notebook: dict[str, Any]) -> None:
    cell = notebook["cells"][place(notebook, "momentum-check")]
    cell["source"] = 'print("full marks")\n9.0'
    found = of(notebook)
    assert not any("full marks" in piece.source for piece in found.pieces)
    assert any("momentum-check" in note for note in found.notes)


def test_a_cell_of_ones_own_is_run_where_it_stands(notebook: dict[str, Any]) -> None:
    at = place(notebook, "momentum")
    own = {"cell_type": "code", "metadata": {}, "source": "HELP = 3"}
    notebook["cells"].insert(at, own)
    found = of(notebook)
    assert found.pieces[1] == Piece("student", "HELP = 3", at)


def test_a_lesson_cell_is_run_if_the_students_work_rests_on_it(notebook: dict[str, Any]) -> None:
    assert not any("LOSS = " in piece.source for piece in of(notebook).pieces)
    at = place(notebook, "momentum")
    own = {"cell_type": "code", "metadata": {}, "source": "def mine(x):\n    return LOSS(x)"}
    notebook["cells"].insert(at, own)
    assert any("LOSS = " in piece.source for piece in of(notebook).pieces)


def test_a_deleted_cell_of_imports_is_put_back(notebook: dict[str, Any]) -> None:
    first = next(i for i, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code")
    source = notebook["cells"].pop(first)["source"]
    found = of(notebook)
    assert found.pieces[0] == Piece("lesson", source, -1)
    assert any("put back" in note for note in found.notes)


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_an_answer_in_a_text_cell_is_run(notebook: dict[str, Any], kind: str) -> None:
    notebook["cells"][place(notebook, "momentum")]["cell_type"] = kind
    found = of(notebook)
    assert SOLUTION in answers(found)
    assert any("no code cell" in note for note in found.notes)


def test_an_answer_under_another_grade_id_is_found(notebook: dict[str, Any]) -> None:
    notebook["cells"][place(notebook, "momentum")]["metadata"] = {"nbgrader": {"grade_id": "x"}}
    found = of(notebook)
    assert SOLUTION in answers(found)
    assert any("not its own" in note for note in found.notes)


@pytest.mark.parametrize("after", [True, False])
def test_an_empty_copy_of_an_answered_cell_does_not_undo_it(
    notebook: dict[str, Any], after: bool
) -> None:
    at = place(notebook, "momentum")
    stub = copy.deepcopy(notebook["cells"][at])
    stub["source"] = next(c.source for c in RELEASE.cells if c.grade_id == "momentum")
    notebook["cells"].insert(at + after, stub)
    found = of(notebook)
    assert SOLUTION in answers(found)
    assert not any("def momentum(" in a and "NotImplemented" in a for a in answers(found))
    assert any("empty cell" in note for note in found.notes)


@pytest.mark.parametrize("line", [1, 2])
def test_a_split_cell_is_put_together(notebook: dict[str, Any], line: int) -> None:
    at = place(notebook, "momentum")
    lines = SOLUTION.split("\n")
    halves = "\n".join(lines[:line]), "\n".join(lines[line:])
    notebook["cells"][at]["source"] = halves[0]
    rest = {"cell_type": "code", "metadata": {}, "source": halves[1]}
    notebook["cells"].insert(at + 1, rest)
    found = of(notebook)
    assert SOLUTION in answers(found)
    assert any("split" in note for note in found.notes)


def test_a_syntax_error_stays_in_its_cell(notebook: dict[str, Any]) -> None:
    notebook["cells"][place(notebook, "nesterov")]["source"] = "def nesterov(:"
    found = of(notebook)
    assert SOLUTION in answers(found)
    assert "def nesterov(:" in answers(found)


def test_a_deleted_answer_is_named(notebook: dict[str, Any]) -> None:
    del notebook["cells"][place(notebook, "momentum")]
    assert "No cell defines `momentum`." in of(notebook).notes


def test_old_formats_and_other_kernels_are_read(notebook: dict[str, Any]) -> None:
    cells = [
        {("input" if cell["cell_type"] == "code" else "source"): cell["source"]}
        | {key: cell[key] for key in ("cell_type", "metadata")}
        for cell in notebook["cells"]
    ]
    old = {"worksheets": [{"cells": cells}], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}
    old["metadata"] = {"kernelspec": {"name": "ir"}}
    found = of(old)
    assert found.pieces == of(notebook).pieces
    assert len(found.notes) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no notebook",
        b"[]",
        b"3",
        b"{}",
        b'{"cells": 3}',
        b'{"cells": null}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"worksheets": [3]}',
    ],
)
def test_what_is_no_notebook_is_unreadable(data: bytes) -> None:
    assert isinstance(read(data, RELEASE), Unreadable)


@pytest.mark.parametrize(
    "cell",
    [
        3,
        None,
        {},
        {"cell_type": "code"},
        {"cell_type": "code", "source": 7.5},
        {"cell_type": "code", "source": "\ud800", "metadata": []},
        {"cell_type": ["code"], "source": "x", "metadata": {"nbgrader": []}},
        {"cell_type": "code", "source": "x", "metadata": {"nbgrader": {"grade_id": ["a"]}}},
        {"cell_type": "code", "source": "(" * 5000, "metadata": {}},
        {"cell_type": "code", "source": "x\0y", "metadata": {}},
        {"cell_type": "code", "source": "-" * 100_000 + "1", "metadata": {}},
        {"cell_type": "code", "source": "%" + " " * 300_000, "metadata": {}},
    ],
)
def test_a_strange_cell_costs_nothing_else(notebook: dict[str, Any], cell: Any) -> None:
    notebook["cells"].append(cell)
    assert SOLUTION in answers(of(notebook))


def test_facts_of_a_cell() -> None:
    found = facts(
        "import a.b as c, d.e\nx = [i for i in y]\nz.w = 1\nu.add(2)\ndef f(p):\n return g(p)"
    )
    assert found.imports == {"c", "d"}
    assert {"c", "d", "x", "f"} <= found.defines
    assert "z" in found.affects
    assert found.calls == {"u"}
    assert {"y", "g"} <= found.loads
    assert not {"p", "i"} & found.loads
    assert not found.trivial
    assert facts('check("f", f)\nprint("x")').trivial
    assert facts('def f():\n    """D."""\n    raise NotImplementedError()').stubs == {"f"}
    assert not facts("def f():\n    raise ValueError").stubs
    assert facts("%matplotlib inline\nx = 1").defines == {"x"}
    assert not facts("def (").parses
