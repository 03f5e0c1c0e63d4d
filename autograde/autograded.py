"""The marked notebook as instructor and student see it: their cells, our verdicts as outputs.

Checks and their metadata come from the release, whatever the submission made of them. What the
student wrote is shown as text: HTML in it does not work. Hidden cases show names and points only.
"""

import html
import re
from collections.abc import Mapping
from typing import Any

from autograde.mark import ExerciseMark, Marking
from autograde.names import facts
from autograde.release import Release, ReleaseCell
from autograde.submission import Shown, Submission
from course_lib.checking.verdict import CaseResult, Verdict, render

TAG = re.compile(r"<(?=[A-Za-z/!?])")
ENTITY = re.compile(r"&(?=#|\w+;)")
SCRIPT_LINK = re.compile(r"(javascript|vbscript|data)\s*:", re.IGNORECASE)
COMMAND = re.compile(r"\\(?=(?:href|class|style|cssId|require|unicode)\b)")
A_PERSON = "A person will look at this exercise."
Cell = dict[str, Any]


def autograded(release: Release, submission: Submission | None, marking: Marking) -> Cell:
    """The notebook (nbformat 4.5 as plain dicts); without a readable submission, the release."""
    marks = {mark.name: mark for mark in marking.exercises}
    cells = _placed(release, submission, marks)
    if marking.notes:
        text = "\n".join(f"- {harmless(note)}" for note in marking.notes)
        cells.insert(0, _markdown(f"**About this submission**\n\n{text}"))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _placed(
    release: Release, submission: Submission | None, marks: Mapping[str, ExerciseMark]
) -> list[Cell]:
    known = {cell.grade_id: cell for cell in release.cells if cell.grade_id}
    if submission is None:
        return [_released(cell, marks) for cell in release.cells]
    holders = _holders(submission)
    texts = {cell.source for cell in release.cells if cell.role == "text"}
    cells: list[tuple[str, Cell]] = []
    used: set[str] = set()
    for shown in submission.shown:
        ours = known.get(shown.grade_id)
        if ours is not None and ours.role in ("answer", "manual"):
            if holders.get(shown.grade_id) == shown.place:
                used.add(shown.grade_id)
                cells.append((shown.grade_id, _released(ours, marks, shown.source)))
            else:
                cells.append(("", _code(shown.source)))
        elif ours is not None:
            if shown.grade_id not in used:
                used.add(shown.grade_id)
                cells.append((shown.grade_id, _released(ours, marks)))
        else:
            cells.append(("", _theirs(shown, texts)))
    _insert_missing(cells, used, release, marks)
    return [cell for _, cell in cells]


def _holders(submission: Submission) -> dict[str, int]:
    """For every answer the place of the cell that counts: the last one that is more than a stub."""
    holders: dict[str, int] = {}
    run = {piece.place for piece in submission.pieces}
    for shown in submission.shown:
        is_stub = facts(shown.source).stubs and shown.place not in run
        if shown.grade_id and (shown.grade_id not in holders or not is_stub):
            holders[shown.grade_id] = shown.place
    return holders


def _insert_missing(
    cells: list[tuple[str, Cell]],
    used: set[str],
    release: Release,
    marks: Mapping[str, ExerciseMark],
) -> None:
    """Puts graded cells that were deleted behind the one that precedes them in the release."""
    after = 0
    for ours in (cell for cell in release.cells if cell.grade_id):
        if ours.grade_id in used:
            after = next(i for i, (name, _) in enumerate(cells) if name == ours.grade_id) + 1
        else:
            cells.insert(after, (ours.grade_id, _released(ours, marks)))
            after += 1


def _theirs(shown: Shown, texts: set[str]) -> Cell:
    if shown.kind == "code":
        return _code(shown.source)
    return _markdown(shown.source if shown.source in texts else harmless(shown.source))


def _released(ours: ReleaseCell, marks: Mapping[str, ExerciseMark], source: str = "") -> Cell:
    """A cell of the release with its metadata, and with the verdict if it is a check."""
    if ours.role == "text":
        return _markdown(ours.source)
    is_markdown = ours.kind == "markdown"
    text = source or ours.source
    cell = _markdown(harmless(text)) if is_markdown else _code(text)
    if not ours.grade_id:
        return cell
    tested = ours.role in ("check", "hidden", "test")
    cell["metadata"]["nbgrader"] = {
        "grade": tested or (ours.role == "manual" and not ours.task),
        "grade_id": ours.grade_id,
        "locked": tested or ours.task,
        "schema_version": 3,
        "solution": not tested and not ours.task,
        "task": ours.task,
        "cell_type": cell["cell_type"],
    }
    if ours.role != "answer":
        cell["metadata"]["nbgrader"]["points"] = ours.points
    if tested and (mark := marks.get(ours.exercise)):
        cell["outputs"] = _hidden(mark) if ours.role == "hidden" else _check(mark)
        cell["execution_count"] = 1
    return cell


def _code(source: str) -> Cell:
    empty: Cell = {"cell_type": "code", "metadata": {}, "source": source}
    return empty | {"outputs": [], "execution_count": None}


def _markdown(source: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def harmless(text: str) -> str:
    """Markdown without working HTML, scripts in links, or TeX commands that make such."""
    text = TAG.sub("&lt;", ENTITY.sub("&amp;", text))
    return COMMAND.sub(r"\\ ", SCRIPT_LINK.sub(r"\1 ", text))


# --- verdicts as outputs --------------------------------------------------------------------------


def _check(mark: ExerciseMark) -> list[Cell]:
    message = mark.message if mark.status != "needs a human" else f"{mark.message} {A_PERSON}"
    verdict = Verdict(
        False, 0.0, None, message, mark.name, mark.max_points, _cases(mark.cases), mark.read
    )
    outputs = [_result(mark.html or render(verdict), mark.points)]
    if mark.traceback or (mark.status == "crashed" and not mark.html):
        text = mark.traceback or mark.message
        shown = (
            f"<details open><summary>in your code</summary><pre>{html.escape(text)}</pre></details>"
        )
        outputs.append(
            {"output_type": "display_data", "metadata": {}, "data": {"text/html": shown}}
        )
        outputs[-1]["data"]["text/plain"] = text
    return outputs


def _hidden(mark: ExerciseMark) -> list[Cell]:
    message = mark.hidden_message or f"The further cases were not tried: {mark.status}."
    full = bool(mark.max_hidden) and mark.hidden_points >= mark.max_hidden
    score = mark.hidden_points / mark.max_hidden if mark.max_hidden else 0.0
    cases = _cases(mark.hidden_cases)
    verdict = Verdict(full, score, None, message, mark.name, mark.max_hidden, cases)
    return [_result(render(verdict), mark.hidden_points)]


def _cases(named: tuple[tuple[str, bool], ...]) -> tuple[CaseResult, ...]:
    return tuple(CaseResult(name, 1.0, passed) for name, passed in named)


def _result(card: str, points: float) -> Cell:
    """An output that people read as a card and nbgrader as points."""
    data = {"text/html": card, "text/plain": repr(float(points))}
    return {"output_type": "execute_result", "execution_count": 1, "data": data, "metadata": {}}
