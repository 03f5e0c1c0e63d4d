"""The start page's map: every unit with its time, and what has been solved on this computer."""

import html
import json
from dataclasses import dataclass
from pathlib import Path

from course_lib import progress
from course_lib.checking.cards import FOLDER

INDEX = FOLDER / "index" / "units.json"


@dataclass(frozen=True)
class UnitRow:
    """One unit of the map. ``minutes`` is the time it takes with the exercises."""

    unit: str
    title: str
    minutes: int
    exercises: tuple[str, ...]
    solved: int
    begun: int

    @property
    def number(self) -> str:
        return self.unit.split("_")[0].removeprefix("unit")


@dataclass(frozen=True)
class Overview:
    """The map of the units; shown as a table with links."""

    rows: tuple[UnitRow, ...]

    def __repr__(self) -> str:
        return "\n".join(
            f"Unit {row.number}  {row.title} ({row.minutes} min): "
            f"{row.solved} of {len(row.exercises)} exercises solved"
            for row in self.rows
        )

    def _repr_html_(self) -> str:
        cell = 'style="padding:6px 16px 6px 0;text-align:left;background:#fff;color:#1b1b1b"'
        head = "".join(
            f"<th {cell}>{title}</th>" for title in ("Unit", "", "Time", "Your progress")
        )
        body = "".join(
            f"<tr><td {cell}>{row.number}</td>"
            f'<td {cell}><a style="color:#0063a0" href="{row.unit}/{row.unit}.ipynb">'
            f"{html.escape(row.title)}</a></td><td {cell}>{row.minutes} min</td>"
            f"<td {cell}>{_bar(row)}</td></tr>"
            for row in self.rows
        )
        return (
            '<table style="border-collapse:collapse;background:#fff;font-size:14px">'
            f"<tr>{head}</tr>{body}</table>"
        )


def _bar(row: UnitRow) -> str:
    """One square per exercise: filled when solved, half filled when begun; and in words."""
    squares = "&#9632; " * row.solved + "&#9703; " * row.begun
    squares += "&#9633; " * (len(row.exercises) - row.solved - row.begun)
    words = f"{row.solved} of {len(row.exercises)}"
    return f'<span style="color:#00785a" aria-hidden="true">{squares}</span> {words}'


def overview(file: Path | None = None) -> Overview:
    """The map with today's progress, read from the progress file (``file``, for tests)."""
    best = progress.load(file)
    rows = []
    for entry in json.loads(INDEX.read_text(encoding="utf-8")):
        scores = [best.get(name, 0.0) for name in entry["exercises"]]
        solved = sum(score >= 1.0 for score in scores)
        begun = sum(0.0 < score < 1.0 for score in scores)
        rows.append(
            UnitRow(**{**entry, "exercises": tuple(entry["exercises"])}, solved=solved, begun=begun)
        )
    return Overview(tuple(rows))
