"""Writes marks where nbgrader keeps them: its gradebook, the autograded notebook, the feedback.

One process does all of it. Writing the same marking twice changes nothing, so that an interrupted
run is continued by writing everything again; what a person did in formgrader stays.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import api
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.preprocessors import AssignLatePenalties, SaveCells
from nbgrader.utils import parse_utc

from autograde.autograded import autograded
from autograde.course import Course
from autograde.feedback import Feedback, put
from autograde.mark import Marking
from autograde.release import Release, release_from
from autograde.rows import Rows, Scores
from autograde.submission import Submission, Unreadable, read


class Book:
    """nbgrader's gradebook and folders for one unit. Use it in a ``with`` statement.

    ``root``: the folder of nbgrader_config.py. Raises ``RuntimeError`` if the release gained or
    lost cells while there are submissions, as nbgrader does.
    """

    def __init__(self, root: Path, unit: str) -> None:
        self.course = Course(root)
        self.unit = unit
        folders, config = self.course.folders, self.course.config
        source = self.course.folder(folders.source_directory, ".", unit) / f"{unit}.ipynb"
        self.release = release_from(unit, source.read_bytes())
        self.database = opened(folders.db_url, folders.course_id)
        self._save_cells(source)
        late = AssignLatePenalties(config=config)
        late.init_plugin()
        self._rows = Rows(self.database, unit, late)
        self._feedback = Feedback(config, folders)

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()

    def _save_cells(self, source: Path) -> None:
        """Tells the gradebook about the unit, as ``nbgrader generate_assignment`` does."""
        self.database.update_or_create_assignment(self.unit)
        notebook = nbformat.read(source, as_version=4)
        names = {
            "assignment": self.unit,
            "notebook": self.unit,
            "db_url": self.course.folders.db_url,
        }
        resources: Any = {"metadata": {"path": str(source.parent)}, "nbgrader": names}
        for kind in GenerateAssignment().preprocessors:
            notebook, resources = kind().preprocess(notebook, resources)
            if kind is SaveCells:
                break
        self.database.db.expire_all()

    def write(self, student: str, notebook: bytes, marking: Marking) -> None:
        """Records a marking, and writes the autograded notebook and the feedback."""
        submission = read(notebook, self.release)
        readable = None if isinstance(submission, Unreadable) else submission
        marked = autograded(self.release, readable, marking)
        unwritten = {mark.name for mark in marking.exercises if mark.status == "not written"}
        folders = self.course.folders
        stamp = self._folder(folders.submitted_directory, student) / "timestamp.txt"
        scores = auto_scores(self.release, readable, marking)
        standing = self._rows.write(student, timestamp(stamp), scores, unwritten)
        target = self._folder(folders.autograded_directory, student) / f"{self.unit}.ipynb"
        put(target, json.dumps(marked, indent=1, ensure_ascii=False) + "\n")
        if stamp.is_file() and not stamp.is_symlink():
            shutil.copy(stamp, target.parent)
        page = self._folder(folders.feedback_directory, student) / f"{self.unit}.html"
        self._feedback.write(page, marked, standing)

    def _folder(self, directory: str, student: str) -> Path:
        return self.course.folder(directory, student, self.unit)

    def undo(self) -> None:
        """Forgets what a failed ``write`` left unfinished."""
        self._rows.undo()


def opened(url: str, course_id: str) -> Gradebook:
    """The gradebook; a new one is made all at once, so that half of one is never found."""
    file = Path(url.removeprefix("sqlite:///"))
    asks = api.get_alembic_version
    api.get_alembic_version = schema_version  # nbgrader starts a program to ask it, for seconds
    try:
        if url.startswith("sqlite:///") and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            scratch = file.with_suffix(".new")
            scratch.unlink(missing_ok=True)
            Gradebook(f"sqlite:///{scratch}", course_id).close()
            os.replace(scratch, file)
        return Gradebook(url, course_id)
    finally:
        api.get_alembic_version = asks


def schema_version() -> str:
    """The version of the gradebook's tables that this nbgrader makes."""
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory(ALEMBIC_DIR).get_current_head())


def timestamp(file: Path) -> Any:
    """When a submission was handed in, if the file tells and makes sense; else None."""
    if file.is_symlink() or not file.is_file():
        return None
    try:
        return parse_utc(file.read_text(encoding="utf-8")[:100].strip())
    except ValueError:
        return None


def auto_scores(release: Release, submission: Submission | None, marking: Marking) -> Scores:
    """(points, whether a person must look) per graded cell; None: only a person can tell."""
    marks = {mark.name: mark for mark in marking.exercises}
    written = {cell.grade_id: cell.source for cell in submission.shown} if submission else {}
    scores: Scores = {}
    for cell in release.cells:
        if cell.role in ("check", "hidden"):
            mark = marks[cell.exercise]
            points = mark.points if cell.role == "check" else mark.hidden_points
            scores[cell.grade_id] = points, mark.status in ("needs a human", "cannot be read")
        elif cell.role == "test":
            mark = marks[cell.grade_id]
            scores[cell.grade_id] = mark.points, mark.status in ("needs a human", "cannot be read")
        elif cell.role == "manual":
            answered = written.get(cell.grade_id, cell.source).strip() != cell.source.strip()
            scores[cell.grade_id] = (None, True) if answered or cell.task else (0.0, False)
    return scores
