"""The catalogue of hostile submissions, each with the marks that it deserves.

All of them hand in unit 04 with five right exercises; ``momentum`` is the one that they want
points for without solving it, or the place from which they attack. In the sources, ``DEF`` stands
for the line that defines it.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import submissions
from attacks_breaking import CALLBACKS, LOOK
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from submissions import Deserved

UNIT = "unit04_momentum"
TARGET = "momentum"
DEF = "def momentum(param, grad, state, *, lr, momentum=0.9):"
# These break the very process in which their own right answers live, and may lose those points.
DAMAGE_THEMSELVES = ("the server's own methods replaced", "an audit hook", "the parser replaced")
DAMAGE_THEMSELVES += ("names that answer for all", "a thread that talks on the wire")
DAMAGE_THEMSELVES += ("a signal in the middle of a frame",)
WRONG = f"{DEF}\n    return param, state\n"
NOTHING = Deserved(0.0, 0.0)


class Attack(NamedTuple):
    """One hostile submission: what is handed in, and what ``momentum`` deserves."""

    name: str
    notebook: bytes
    target: Deserved = NOTHING

    @property
    def deserved(self) -> dict[str, Deserved]:
        return {**submissions.full(UNIT), TARGET: self.target}


def typed(source: str) -> NotebookNode:
    """The notebook with ``source`` in the cell of ``momentum``, the other answers right."""
    answers = {**submissions.right(UNIT), TARGET: source.replace("DEF", DEF)}
    return submissions.filled(UNIT, answers)


def cell_of(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    return next(c for c in notebook.cells if submissions.grade_id(c) == grade_id)


# --- the file: attempts by metadata, cells and form -----------------------------------------------


def more_points(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader["points"] = 1000


def tests_edited(notebook: NotebookNode) -> None:
    cell_of(notebook, "momentum-check").source = "3.0"
    cell_of(notebook, "momentum-hidden").source = "1.0"


def tests_check_another(notebook: NotebookNode) -> None:
    cell_of(notebook, "momentum-check").source = 'check("velocity_weights", velocity_weights)'


def tests_removed(notebook: NotebookNode) -> None:
    notebook.cells = [c for c in notebook.cells if not submissions.grade_id(c).endswith("check")]


def tests_tagged(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception", "remove_cell"]


def tests_are_solutions(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if submissions.grade_id(cell).startswith("momentum"):
            cell.metadata.nbgrader.update(solution=True, grade=False, locked=False)


def tests_are_text(notebook: NotebookNode) -> None:
    for name in ("momentum-check", "momentum-hidden"):
        cell_of(notebook, name).cell_type = "markdown"


def tests_doubled(notebook: NotebookNode) -> None:
    easy = [c for c in notebook.cells if submissions.grade_id(c).startswith("terminal_velocity")]
    notebook.cells += [c.copy() for c in easy * 3]


def ids_exchanged(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if submissions.grade_id(cell) == "terminal_velocity-check":
            cell.metadata.nbgrader.grade_id = "momentum-check"


def own_test_cell(notebook: NotebookNode) -> None:
    marks = {"grade": True, "solution": False, "locked": True, "points": 100, "task": False}
    cell = new_code_cell("100.0")
    cell.metadata["nbgrader"] = {**marks, "grade_id": "bonus", "schema_version": 3}
    notebook.cells.append(cell)


def outputs_kept(notebook: NotebookNode) -> None:
    text = {"output_type": "execute_result", "data": {"text/plain": "3.0"}, "metadata": {}}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell["outputs"] = [{**text, "execution_count": 1}]
    notebook.metadata["score"] = 1000


def check_replaced_first(notebook: NotebookNode) -> None:
    notebook.cells.insert(0, new_code_cell("def check(*a): return 3.0\nhidden = None"))


def script_in_text(notebook: NotebookNode) -> None:
    text = "<script>fetch('http://x')</script><img src=x onerror=alert(1)>"
    notebook.cells.insert(0, new_markdown_cell(text))


def marker_in_the_source(notebook: NotebookNode) -> None:
    text = "### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\n### BEGIN SOLUTION\n### END SOLUTION"
    notebook.cells.insert(1, new_code_cell(f"{text}\n{WRONG}"))


def odd_ids(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell["id"] = "../../../etc/passwd"


def many_cells(notebook: NotebookNode) -> None:
    notebook.cells += [new_code_cell("pass") for _ in range(1500)]


def other_language(notebook: NotebookNode) -> None:
    notebook.cells.insert(1, new_code_cell("%%bash\nrm -rf /"))
    notebook.cells.insert(2, new_code_cell("%%javascript\nalert(1)"))
    notebook.metadata["kernelspec"] = {"name": "bash", "language": "bash", "argv": ["rm"]}


def paths_in_metadata(notebook: NotebookNode) -> None:
    notebook.metadata["path"] = "/etc"
    notebook.metadata["nbgrader"] = {"student": "../other", "assignment": "../../gradebook"}


EDITS: dict[str, Callable[[NotebookNode], None]] = {
    function.__name__.replace("_", " "): function
    for function in (
        more_points,
        tests_edited,
        tests_check_another,
        tests_removed,
        tests_tagged,
        tests_are_solutions,
        tests_are_text,
        tests_doubled,
        ids_exchanged,
        own_test_cell,
        outputs_kept,
        check_replaced_first,
        script_in_text,
        marker_in_the_source,
        odd_ids,
        many_cells,
        other_language,
        paths_in_metadata,
    )
}


def one_cell(source: Any, **more: Any) -> bytes:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": source, **more}
    return json.dumps({"cells": [cell], "nbformat": 4, "metadata": {}}).encode()


FILES: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "null": lambda: b"null",
    "a list": lambda: b"[]",
    "a number of a million digits": lambda: b'{"cells": ' + b"9" * 10**6 + b"}",
    "brackets within brackets": lambda: b"[" * 10**6,
    "cells within cells": lambda: b'{"cells":' * 50_000,
    "not text": lambda: bytes(range(256)) * 1000,
    "cells that are numbers": lambda: b'{"cells": [1, 2.5, null, "x", []], "nbformat": 4}',
    "a source that is a number": lambda: one_cell(42),
    "a source of many kinds": lambda: one_cell([1, None, {"x": 2}]),
    "a source with zeros": lambda: one_cell("x = '\0'\n\ud800"),
    "a metadata that is a text": lambda: one_cell("1", metadata="x"),
    "a type that is a list": lambda: one_cell("1", cell_type=["code"]),
    "a format that is a text": lambda: b'{"cells": [], "nbformat": "\xc3\xa9"}',
    "parentheses without end": lambda: one_cell("(" * 300_000),
    "minus signs without end": lambda: one_cell("x = " + "-" * 300_000 + "1"),
    "a sum without end": lambda: one_cell("x = 1" + "+1" * 150_000),
    "attributes without end": lambda: one_cell("x" + ".x" * 150_000),
    "indentation without end": lambda: one_cell(
        "\n".join(" " * n + "if 1:" for n in range(800)) + "\n" + " " * 800 + "pass"
    ),
    "spaces without end": lambda: one_cell("def f(:\n" + " " * 300_000 + "\nx"),
    "more code than anybody writes": lambda: json.dumps(
        {"cells": [{"cell_type": "code", "source": "x=1;" * 99_000}] * 100, "nbformat": 4}
    ).encode(),
    "a thousand cells cut in two": lambda: json.dumps(
        {"cells": [{"cell_type": "code", "source": "def f(:\n" + "x=1\n" * 200}] * 1000}
    ).encode(),
    "a formatted text in itself": lambda: one_cell("f'" + "{" * 100_000),
}


def all_attacks(*kinds: Mapping[str, str]) -> list[Attack]:
    """The attacks of these dictionaries of sources for the target's cell."""
    return [
        Attack(name, submissions.as_bytes(typed(source.strip("\n"))))
        for kind in kinds
        for name, source in kind.items()
    ]


def edited() -> list[Attack]:
    """Attacks by the file's form: the target's function is wrong, the rest is right."""
    attacks = []
    for name, edit in EDITS.items():
        notebook = typed(WRONG)
        edit(notebook)
        attacks.append(Attack(name, submissions.as_bytes(notebook)))
    return attacks


def callbacks() -> list[tuple[str, bytes]]:
    """Attacks from the exercise that is given a function of the grader's."""
    made = []
    for name, source in CALLBACKS.items():
        answers = {
            **submissions.right(UNIT),
            "nesterov_lookahead": source.strip("\n").replace("LOOK", LOOK),
        }
        made.append((name, submissions.as_bytes(submissions.filled(UNIT, answers))))
    return made
