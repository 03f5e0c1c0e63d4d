"""From a lesson to notebooks: the solution notebook, its release, and the start page."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat.notebooknode import NotebookNode

from autograde import spec

START = "start"
MAP = "<!-- map -->"  # where the start page shows the units


class BadLesson(ValueError):
    """A lesson cannot be built; the message names the lesson and what is wrong with it."""


def to_json(notebook: NotebookNode) -> str:
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def solution_notebook(unit: str) -> NotebookNode:
    """The lesson with every special cell expanded, ready for nbgrader."""
    by_name = {exercise.name: exercise for exercise in spec.exercises(unit)}
    questions = {quiz.name for quiz in spec.quizzes(unit)}
    _check_files(unit, by_name)
    lesson = jupytext.read(spec.LESSONS / unit / "lesson.py", fmt="py:percent")
    cells: list[NotebookNode] = []
    used: list[str] = []
    for cell in lesson.cells:
        kind, _, name = cell.metadata.get("title", "").partition(": ")
        if kind == "exercise":
            used.append(name)
            cells += exercise_cells(by_name[_known(unit, name, by_name)])
        elif kind == "quiz":
            used.append(name)
            cells.append(_code(f'quiz("{_known(unit, name, questions)}")', f"quiz-{name}"))
        else:
            cells.append(_plain_cell(cell, f"{unit.split('_')[0]}-{len(cells):03d}"))
    _check_headings(unit, cells)
    missing = [name for name in [*by_name, *questions] if used.count(name) != 1]
    if missing:
        raise BadLesson(f"{unit}/lesson.py must contain each of these once: {', '.join(missing)}")
    return _notebook(cells)


def _check_files(unit: str, names: Iterable[str]) -> None:
    """A file that nobody imports would be an exercise that nobody sees."""
    folder = spec.LESSONS / unit / "exercises"
    files = {file.stem for file in folder.glob("*.py")} - {"__init__", "quizzes", "shared"}
    if lost := sorted(files.symmetric_difference(names)):
        raise BadLesson(
            f"{unit}: {lost[0]!r} must be a file of exercises/ and be in EXERCISES of its "
            "__init__.py"
        )


def _check_headings(unit: str, cells: list[NotebookNode]) -> None:
    """What a card tells students to read must be a heading of the lesson."""
    text = [line for c in cells if c.cell_type == "markdown" for line in c.source.splitlines()]
    headings = {line.lstrip("#").strip() for line in text if line.startswith("#")}
    for exercise in spec.exercises(unit):
        wanted = {exercise.read, *(m.read for m in exercise.mistakes if m.read)}
        if lost := sorted(wanted - headings):
            raise BadLesson(f"{unit}, {exercise.name}: lesson.py has no heading {lost[0]!r}")


def _known(unit: str, name: str, names: Iterable[str]) -> str:
    if name not in names:
        raise BadLesson(
            f"{unit}/lesson.py asks for {name!r}, which is not in EXERCISES or QUIZZES of "
            "exercises/__init__.py"
        )
    return name


def _notebook(cells: list[NotebookNode]) -> NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook.nbformat_minor = 5
    return notebook


def _plain_cell(cell: NotebookNode, cell_id: str) -> NotebookNode:
    new = nbformat.v4.new_markdown_cell if cell.cell_type == "markdown" else _new_code
    built = new(cell.source)
    built.id = cell_id
    return built


def _new_code(source: str) -> NotebookNode:
    return nbformat.v4.new_code_cell(source)


def _code(source: str, cell_id: str) -> NotebookNode:
    cell = _new_code(source)
    cell.id = cell_id
    return cell


def exercise_cells(exercise: spec.Exercise) -> list[NotebookNode]:
    """The cells of an exercise: the answer, the check, the hidden cases."""
    name = exercise.name
    stub, body = exercise.stub_and_body()
    solution = f"{stub}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"
    check = f'check("{name}", {name})'
    hidden = (
        "# Further cases are tried here when your notebook is graded.\n"
        "### BEGIN HIDDEN TESTS\n"
        "from autograde import hidden\n\n"
        f'hidden.check("{name}", {name})\n'
        "### END HIDDEN TESTS"
    )
    return [
        _graded(solution, name),
        _graded(check, f"{name}-check", points=exercise.points),
        _graded(hidden, f"{name}-hidden", points=exercise.hidden_points),
    ]


def _graded(source: str, grade_id: str, points: float | None = None) -> NotebookNode:
    """A cell with nbgrader's metadata; all six keys are mandatory. Without points: a solution."""
    is_test = points is not None
    cell = _code(source, grade_id)
    cell.metadata["nbgrader"] = {
        "grade": is_test,
        "grade_id": grade_id,
        "locked": is_test,
        "schema_version": 3,
        "solution": not is_test,
        "task": False,
    }
    if is_test:
        cell.metadata["nbgrader"]["points"] = points
    return cell


# --- release notebooks: nbgrader makes them -----------------------------------------------------


def release(solutions: Mapping[Path, str]) -> dict[Path, str]:
    """What nbgrader's ``generate_assignment`` makes of the solution notebooks among ``solutions``.

    nbgrader's own passes in nbgrader's order, in memory; only the one that saves the cells to a
    gradebook is left out, so that building needs none. A test compares with the real command.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.preprocessors import SaveCells

    passes = [kind() for kind in GenerateAssignment().preprocessors if kind is not SaveCells]
    files: dict[Path, str] = {}
    for path, text in solutions.items():
        if path.suffix != ".ipynb":
            continue
        notebook: NotebookNode = nbformat.reads(text, as_version=4)
        resources: Any = _resources(path)
        for one in passes:
            notebook, resources = one.preprocess(notebook, resources)
        files[Path("notebooks", *path.parts[1:])] = to_json(notebook)
    return files


def _resources(path: Path) -> dict[str, Any]:
    names = {"assignment": path.parent.name, "notebook": path.stem, "student": "."}
    return {"metadata": {"path": str(spec.ROOT / path.parent)}, "nbgrader": names}


def start_page() -> dict[Path, str]:
    """The start page is a lesson without exercises; it has no solution, but a map of the units."""
    lesson = jupytext.read(spec.LESSONS / START / "lesson.py", fmt="py:percent")
    cells = [_plain_cell(cell, f"start-{i:03d}") for i, cell in enumerate(lesson.cells)]
    for cell in cells:
        cell.source = cell.source.replace(MAP, _map())
    return {Path("notebooks") / f"{START}.ipynb": to_json(_notebook(cells))}


def _map() -> str:
    rows = [
        f"| {unit.split('_')[0].removeprefix('unit')} "
        f"| [{spec.load_unit(unit).TITLE}]({unit}/{unit}.ipynb) "
        f"| {spec.load_unit(unit).MINUTES} min |"
        for unit in spec.units()
    ]
    return "\n".join(["| Unit | | Time |", "|---|:--|---|", *rows])
