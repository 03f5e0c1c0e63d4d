"""The notebook as handed out: its exercises, the cells that check them, and their points."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from autograde.names import facts

ROOT = Path(__file__).resolve().parent.parent
CALL = re.compile(r'^\s*(hidden\.)?check\("(\w+)",\s*\w+\)', re.MULTILINE)
SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION.*?### END SOLUTION", re.MULTILINE | re.DOTALL)
HIDDEN = re.compile(r"\n?### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS", re.DOTALL)
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
Role = Literal["text", "lesson", "answer", "check", "hidden", "test", "manual"]


class ReleaseCell(NamedTuple):
    """A cell as it was handed out. ``exercise`` is the function that it asks for or checks."""

    role: Role
    source: str
    grade_id: str
    exercise: str
    points: float
    full: str  # the instructor's own text, with what students do not see
    kind: Literal["code", "markdown"] = "code"
    task: bool = False


class Release(NamedTuple):
    """The notebook that was handed out."""

    unit: str
    cells: tuple[ReleaseCell, ...]

    @property
    def exercises(self) -> tuple[str, ...]:
        """The functions that a ``check`` judges."""
        checked = {cell.exercise for cell in self.cells if cell.role in ("check", "hidden")}
        answers = (cell.exercise for cell in self.cells if cell.role == "answer")
        return tuple(name for name in answers if name in checked)

    @property
    def tests(self) -> tuple[str, ...]:
        """The ``grade_id`` of every test cell that calls no ``check``."""
        return tuple(cell.grade_id for cell in self.cells if cell.role == "test")

    def points(self, role: Role, exercise: str) -> float:
        """Points of the exercise's cells of this role."""
        cells = [c for c in self.cells if c.role == role and c.exercise == exercise]
        return sum(cell.points for cell in cells)

    @property
    def functions(self) -> dict[str, str]:
        """The names that students are asked to define, with the ``grade_id`` of their cell."""
        found, checked = {}, set(self.exercises)
        for cell in (cell for cell in self.cells if cell.role == "answer"):
            own = {cell.exercise} & checked or _asked_for(cell)
            found |= dict.fromkeys(sorted(own), cell.grade_id)
        return found


def _asked_for(cell: ReleaseCell) -> frozenset[str]:
    """What the stub defines; what the instructor's text defines, where nothing of it is left."""
    stub, full = facts(cell.source), facts(cell.full)
    return stub.defines - stub.imports or full.defines - full.imports


@cache
def release_of(unit: str) -> Release:
    """The release notebook of ``unit``. Raises ``LookupError`` if there is none."""
    file = ROOT / "solutions" / unit / f"{unit}.ipynb"
    if not file.exists():
        known = ", ".join(sorted(path.parent.name for path in ROOT.glob("solutions/*/*.ipynb")))
        raise LookupError(f"no unit is called {unit!r}; there are: {known}")
    return release_from(unit, file.read_bytes())


def release_from(unit: str, data: bytes) -> Release:
    """The release from an instructor's notebook."""
    cells = json.loads(data)["cells"]
    return Release(unit, tuple(_release_cell(cell) for cell in cells))


def _release_cell(cell: dict[str, Any]) -> ReleaseCell:
    marks = cell["metadata"].get("nbgrader", {})
    full = text_of(cell["source"])
    source = HIDDEN.sub("", SOLUTION.sub(r"\1raise NotImplementedError", full))
    if marks.get("solution") and cell["cell_type"] == "code" and source == full:
        source = STUB  # without a marked region, nbgrader takes away the whole cell
    call = CALL.search(full)
    points, grade_id = float(marks.get("points") or 0), marks.get("grade_id", "")
    if marks.get("grade") and not marks.get("solution") and cell["cell_type"] == "code":
        role: Role = "test" if call is None else "hidden" if call[1] else "check"
        return ReleaseCell(role, source, grade_id, call[2] if call else grade_id, points, full)
    kind = "code" if cell["cell_type"] == "code" else "markdown"
    if marks.get("grade") or marks.get("task"):
        task = bool(marks.get("task"))
        return ReleaseCell("manual", source, grade_id, grade_id, points, full, kind, task)
    if cell["cell_type"] != "code":
        return ReleaseCell("text", source, "", "", 0.0, full, kind)
    if marks.get("solution"):
        return ReleaseCell("answer", source, grade_id, grade_id, 0.0, full)
    return ReleaseCell("lesson", source, grade_id, "", 0.0, full)


def text_of(source: Any) -> str:
    """A cell's source, which a file may hold as lines; what is no text counts as none."""
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str))
    return text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")
