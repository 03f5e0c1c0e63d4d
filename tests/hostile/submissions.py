"""Notebooks that students might hand in, as data; what their functions deserve.

The oracle never looks at the grader: it executes the same sources in this process and asks
``judge``, with the visible card and with the hidden one of the term.
"""

import ast
import copy
import inspect
import json
import re
import textwrap
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

import nbformat
from nbformat.notebooknode import NotebookNode

from autograde import hidden, spec
from course_lib.checking import cards
from course_lib.checking.examine import judge

TERM = "a term"


class Deserved(NamedTuple):
    """What one exercise of a submission is worth, and the mistakes that its two cards name."""

    points: float
    hidden_points: float
    mistake: str | None = None


@cache
def _release(unit: str) -> NotebookNode:
    path = spec.ROOT / "notebooks" / unit / f"{unit}.ipynb"
    return nbformat.read(path, as_version=4)


def grade_id(cell: NotebookNode) -> str:
    """The cell's name in nbgrader's books, or nothing."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def release(unit: str, *, lean: bool = True) -> NotebookNode:
    """The notebook as handed out; lean: only the imports and the cells of the exercises."""
    notebook = copy.deepcopy(_release(unit))
    if lean:
        first = next(c for c in notebook.cells if c.cell_type == "code")
        notebook.cells = [first, *(c for c in notebook.cells if grade_id(c))]
    return notebook


def filled(unit: str, sources: Mapping[str, str], *, lean: bool = True) -> NotebookNode:
    """The release notebook with these answers typed in."""
    notebook = release(unit, lean=lean)
    for cell in notebook.cells:
        if grade_id(cell) in sources:
            cell.source = sources[grade_id(cell)]
    return notebook


def as_bytes(notebook: NotebookNode) -> bytes:
    """The file that is handed in. Nothing is validated: students' files need not be valid."""
    return json.dumps(notebook).encode()


# --- sources ------------------------------------------------------------------------------------


def right(unit: str) -> dict[str, str]:
    """The answers of the library itself."""
    return {exercise.name: exercise.source for exercise in spec.exercises(unit)}


def mistaken(exercise: spec.Exercise, mistake: spec.Mistake) -> str:
    """The answer with one mistake worked in."""
    source = exercise.source
    for find, replace in mistake.edits:
        source = source.replace(find, replace)
    return source


def accepted(exercise: spec.Exercise, function: Callable[..., Any]) -> str:
    """Another right answer as a student would type it: its helpers first, its name last.

    The library's answers of the same unit are the student's own functions there.
    """
    names = {e.name for e in spec.exercises(spec.find(exercise.name)[0])}
    parts = [*_helpers(function, function.__globals__, set()), _typed(function)]
    text = "\n\n".join(parts) + f"\n\n{exercise.name} = {function.__name__}\n"
    return re.sub(
        r"\b(?:losses|layers|optim|models|gradcheck|landscape)\.(\w+)",
        lambda found: found[1] if found[1] in names else found[0],
        text,
    )


def _typed(function: Callable[..., Any]) -> str:
    return textwrap.dedent(inspect.getsource(function)).rstrip()


def _helpers(function: Any, scope: Mapping[str, Any], done: set[str]) -> list[str]:
    """The module's own functions and constants that a function needs, each after its own."""
    parts: list[str] = []
    for name in _names_of(function.__code__):
        value = scope.get(name)
        if name in done or value is None:
            continue
        done.add(name)
        if inspect.isfunction(value) and value.__module__ == function.__module__:
            parts += [*_helpers(value, scope, done), _typed(value)]
    return parts


def _names_of(code: Any) -> list[str]:
    inner = [name for const in code.co_consts if inspect.iscode(const) for name in _names_of(const)]
    return [*code.co_names, *inner]


# --- what they deserve --------------------------------------------------------------------------


@cache
def _imports(unit: str) -> str:
    """The import statements of the lesson's first cell: what every answer may use."""
    first = next(c for c in _release(unit).cells if c.cell_type == "code")
    body = ast.parse(first.source).body
    return "\n".join(ast.unparse(n) for n in body if isinstance(n, (ast.Import, ast.ImportFrom)))


def deserved(unit: str, sources: Mapping[str, str]) -> dict[str, Deserved]:
    """The verdicts of ``judge`` on these trusted sources, executed in the order of the lesson."""
    scope: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(_imports(unit), "<imports>", "exec", dont_inherit=True), scope)
    for exercise in spec.exercises(unit):
        if source := sources.get(exercise.name):
            exec(compile(source, f"<{exercise.name}>", "exec", dont_inherit=True), scope)
    return {e.name: _judged(e, scope.get(e.name)) for e in spec.exercises(unit)}


def _judged(exercise: spec.Exercise, function: Any) -> Deserved:
    if function is None:
        return Deserved(0.0, 0.0)
    visible = judge(cards.load(exercise.name), function, seconds=60)
    unseen = judge(hidden.card(exercise.name, TERM), function, reveal=False, seconds=60)
    return Deserved(
        round(visible.score * exercise.points, 4),
        round(unseen.score * exercise.hidden_points, 4),
        visible.mistake or unseen.mistake,
    )


def full(unit: str) -> dict[str, Deserved]:
    """What all the right answers together deserve."""
    return {e.name: Deserved(e.points, e.hidden_points) for e in spec.exercises(unit)}


def nothing(unit: str) -> dict[str, Deserved]:
    return {exercise.name: Deserved(0.0, 0.0) for exercise in spec.exercises(unit)}
