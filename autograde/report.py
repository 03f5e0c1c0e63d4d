"""``autograde report``: the marks of a unit as tables for other programs and a page to look at.

It reads the verdicts of ``autograde grade`` and, where there is one, nbgrader's gradebook: names,
lateness and what was corrected by hand are known only there.
"""

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autograde import spec
from autograde.release import release_of

WORK = spec.ROOT / "autograde" / "work"
HUMAN = "needs a human"
ASKS = (HUMAN, "cannot be read")  # a person must look
LEVELS = ("none", "base", "full")
COLUMNS = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email")
COLUMNS += ("raw_score", "late_submission_penalty", "score", "max_score")
Verdict = Mapping[str, Any]


class Row(NamedTuple):
    """One student's marks, as nbgrader's export gives them; ``pending``: a person must decide."""

    student_id: str
    max_score: float
    raw_score: float = 0.0
    late_submission_penalty: float = 0.0
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    timestamp: str = ""
    duedate: str = ""
    pending: bool = False

    @property
    def score(self) -> float:
        return max(0.0, self.raw_score - self.late_submission_penalty)


class Tally(NamedTuple):
    """What became of one exercise in the whole class.

    ``outcomes`` counts full, partial, none and every status but "marked"; ``mistakes`` counts
    names, ``seen_only`` names those of whom ``only_seen`` is true.
    """

    name: str
    max_points: float
    mean: float
    outcomes: Counter[str]
    mistakes: Counter[str]
    seen_only: tuple[str, ...]


# --- reading ------------------------------------------------------------------------------------


def verdicts(unit: str, work: Path = WORK) -> dict[str, Verdict]:
    """The verdict of every student who handed in ``unit``, by name.

    Raises ``LookupError`` if nothing was graded yet.
    """
    found = {}
    for path in sorted((work / "verdicts" / unit).glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        found[path.stem] = content.get("marking", content)
    if not found:
        raise LookupError(f"no verdicts of {unit} yet: run `autograde grade {unit}` first")
    return found


def earned(verdict: Verdict) -> float:
    """All points of a submission."""
    return sum(e["points"] + e["hidden_points"] for e in verdict["exercises"])


def possible(unit: str) -> float:
    """All points that a program decides on in a unit."""
    release = release_of(unit)
    return sum(cell.points for cell in release.cells if cell.role in ("check", "hidden", "test"))


def title(unit: str) -> str:
    """The unit's title, or its name where the course gives none."""
    return spec.load_unit(unit).TITLE if unit in spec.units() else unit


def reasons(verdict: Verdict) -> dict[str, list[str]]:
    """Why a person must look at a submission -> the exercises concerned."""
    why: dict[str, list[str]] = {}
    for mark in verdict["exercises"]:
        if mark["status"] in ASKS:
            why.setdefault(f"{mark['status']}: {mark['message']}", []).append(mark["name"])
    return why


def waiting(verdict: Verdict) -> bool:
    return any(e["status"] in ASKS for e in verdict["exercises"])


def rows(unit: str, found: Mapping[str, Verdict], work: Path = WORK) -> list[Row]:
    """The marks of every student: the gradebook's where it has them, else the verdict's."""
    top = possible(unit)
    known = {
        student: Row(student, top, round(earned(v), 4), pending=waiting(v))
        for student, v in found.items()
    }
    known |= _gradebook_rows(unit, work / "gradebook.db")
    return [known[student] for student in sorted(known)]


def _gradebook_rows(unit: str, database: Path) -> dict[str, Row]:
    if not database.exists():
        return {}
    from nbgrader.api import Gradebook, MissingEntry  # slow to load

    with Gradebook(f"sqlite:///{database.as_posix()}") as book:
        try:
            assignment = book.find_assignment(unit)
        except MissingEntry:
            return {}
        handed_in = {s.student.id: s for s in book.assignment_submissions(unit)}
        return {
            str(student.id): _gradebook_row(assignment, student, handed_in.get(student.id))
            for student in book.students
        }


def _gradebook_row(assignment: Any, student: Any, submission: Any) -> Row:
    row = Row(
        student.id,
        float(assignment.max_score),
        first_name=student.first_name or "",
        last_name=student.last_name or "",
        email=student.email or "",
        duedate=str(assignment.duedate or ""),
    )
    if submission is None:
        return row
    return row._replace(
        raw_score=float(submission.score),
        late_submission_penalty=float(submission.late_submission_penalty or 0.0),
        timestamp=str(submission.timestamp or ""),
        pending=bool(submission.needs_manual_grade),
    )


# --- counting -----------------------------------------------------------------------------------


def outcome(mark: Mapping[str, Any]) -> str:
    """full, partial or none, or the status of an exercise that could not be marked."""
    if mark["status"] != "marked":
        return mark["status"]
    points, top = mark["points"] + mark["hidden_points"], mark["max_points"] + mark["max_hidden"]
    if points >= top - 1e-9:
        return "full"
    return "partial" if points > 0 else "none"


def only_seen(mark: Mapping[str, Any]) -> bool:
    """Every visible case is right, not all hidden ones are, and no known mistake explains it.

    A table of the visible answers looks like that; so does a rare case that was not thought of.
    """
    seen, unseen = mark["points"] == mark["max_points"], mark["hidden_points"] < mark["max_hidden"]
    return mark["status"] == "marked" and seen and unseen and not mark["mistake"]


def tallies(unit: str, found: Mapping[str, Verdict]) -> list[Tally]:
    """One tally per exercise, in the order of the lesson."""
    release = release_of(unit)
    by_name: dict[str, dict[str, Any]] = {n: {} for n in (*release.exercises, *release.tests)}
    for student, verdict in found.items():
        for mark in verdict["exercises"]:
            by_name.setdefault(mark["name"], {})[student] = mark
    return [_tally(name, marks) for name, marks in by_name.items() if marks]


def _tally(name: str, marks: Mapping[str, Mapping[str, Any]]) -> Tally:
    some = next(iter(marks.values()))
    return Tally(
        name,
        some["max_points"] + some["max_hidden"],
        sum(mark["points"] + mark["hidden_points"] for mark in marks.values()) / len(marks),
        Counter(outcome(mark) for mark in marks.values()),
        Counter(mark["mistake"] for mark in marks.values() if mark["mistake"]),
        tuple(sorted(student for student, mark in marks.items() if only_seen(mark))),
    )


def lowest_level(found: Iterable[Verdict]) -> str:
    """The weakest isolation that any of the submissions was marked under."""
    order = {level: place for place, level in enumerate(LEVELS)}
    return min((verdict["level"] for verdict in found), key=lambda level: order.get(level, -1))


# --- tables for other programs ------------------------------------------------------------------


def table(header: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    """A csv file. A text that a spreadsheet would take for a formula is marked as text."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    for line in lines:
        writer.writerow([_cell(value) for value in line])
    return file.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.10g}"
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


def nbgrader_table(unit: str, marks: Iterable[Row]) -> str:
    """The columns of ``nbgrader export``."""
    lines = ({**row._asdict(), "score": row.score, "assignment": unit} for row in marks)
    return table(COLUMNS, ([line[column] for column in COLUMNS] for line in lines))


def canvas_table(unit: str, marks: Sequence[Row]) -> str:
    """For Canvas's gradebook import. A mark that is not decided is left empty: Canvas skips it."""
    top = marks[0].max_score if marks else 0.0
    lines: list[list[Any]] = [["    Points Possible", "", "", "", "", top]]
    for row in marks:
        name = ", ".join(part for part in (row.last_name, row.first_name) if part)
        lines.append([name or row.student_id, "", "", row.student_id, "", _decided(row)])
    return table(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", unit], lines)


def moodle_table(unit: str, marks: Iterable[Row]) -> str:
    """For Moodle's grade import, which maps a column to users and one to a grade item."""
    lines = ([row.student_id, row.email, _decided(row)] for row in marks)
    return table(["Username", "Email address", unit], lines)


def _decided(row: Row) -> float | str:
    return "" if row.pending else row.score


# --- the command --------------------------------------------------------------------------------


def files(unit: str, work: Path = WORK) -> dict[str, str]:
    """Name -> content of everything that a report consists of."""
    from autograde.report_page import page

    found = verdicts(unit, work)
    marks = rows(unit, found, work)
    return {
        f"{unit}.csv": nbgrader_table(unit, marks),
        f"{unit}-canvas.csv": canvas_table(unit, marks),
        f"{unit}-moodle.csv": moodle_table(unit, marks),
        f"{unit}.html": page(unit, found, marks, work.parent.parent / "pages"),
    }


def main(unit: str, work: Path = WORK) -> int:
    """Writes the report of ``unit`` into ``work/reports`` and prints where it is."""
    release_of(unit)  # names the units there are, if this is none
    made = files(unit, work)
    folder = work / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        draft = folder / f".{name}.tmp"
        draft.write_text(text, encoding="utf-8", newline="")
        os.replace(draft, folder / name)
        print(f"wrote {folder / name}")
    return 0
