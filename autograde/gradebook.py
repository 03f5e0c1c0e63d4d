"""Writes marks where nbgrader keeps them: its gradebook, the autograded notebook, the feedback.

One process does all of it. Writing the same marking twice changes nothing, so that an interrupted
run is continued by writing everything again; what a person did in formgrader stays.
"""

import json
import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Grade, Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, SaveCells
from nbgrader.utils import parse_utc
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograde.autograded import autograded
from autograde.feedback import Feedback, put
from autograde.mark import Marking
from autograde.release import Release, release_from
from autograde.submission import Submission, Unreadable, read

NO_RESPONSE = "No response."


class Book:
    """nbgrader's gradebook and folders for one unit. Use it in a ``with`` statement.

    ``root``: the folder of nbgrader_config.py. Raises ``RuntimeError`` if the release gained or
    lost cells while there are submissions, as nbgrader does.
    """

    def __init__(self, root: Path, unit: str) -> None:
        self.config = load_config(root)
        self.course = CourseDirectory(config=self.config)
        self.unit = unit
        source = self._folder(self.course.source_directory, ".") / f"{unit}.ipynb"
        self.release = release_from(unit, source.read_bytes())
        Path(self.course.db_url.removeprefix("sqlite:///")).parent.mkdir(exist_ok=True)
        with own_programs():
            self.database = Gradebook(self.course.db_url, self.course.course_id)
            self._save_cells(source)
        self._late = AssignLatePenalties(config=self.config)
        self._late.init_plugin()
        self._feedback = Feedback(self.config, self.course)

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()

    @property
    def submitted(self) -> Path:
        """The folder with one folder per student."""
        return Path(
            self.course.format_path(self.course.submitted_directory, "x", "x")
        ).parent.parent

    def _folder(self, directory: str, student: str) -> Path:
        return Path(self.course.format_path(directory, student, self.unit))

    def _save_cells(self, source: Path) -> None:
        """Tells the gradebook about the unit, as ``nbgrader generate_assignment`` does."""
        self.database.update_or_create_assignment(self.unit)
        notebook = nbformat.read(source, as_version=4)
        names = {"assignment": self.unit, "notebook": self.unit, "db_url": self.course.db_url}
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
        record = self._record(student, marking, readable)
        target = self._folder(self.course.autograded_directory, student) / f"{self.unit}.ipynb"
        put(target, json.dumps(marked, indent=1, ensure_ascii=False) + "\n")
        stamp = self._folder(self.course.submitted_directory, student) / "timestamp.txt"
        if stamp.is_file() and not stamp.is_symlink():
            shutil.copy(stamp, target.parent)
        page = self._folder(self.course.feedback_directory, student) / f"{self.unit}.html"
        self._feedback.write(page, marked, record)

    def undo(self) -> None:
        """Forgets what a failed ``write`` left unfinished."""
        self.database.db.rollback()

    def _record(self, student: str, marking: Marking, submission: Submission | None) -> Any:
        self.database.update_or_create_student(student)
        stamp = timestamp(self._folder(self.course.submitted_directory, student))
        known = {"timestamp": stamp} if stamp else {}
        with warnings.catch_warnings():  # nbgrader's own way of adding rows
            warnings.filterwarnings("ignore", "Object of type .* not in session")
            self.database.update_or_create_submission(self.unit, student, **known)
        record = self.database.find_submission_notebook(self.unit, self.unit, student)
        scores = auto_scores(self.release, submission, marking)
        for grade in record.grades:
            set_score(grade, *scores.get(grade.name, (0.0, False)))
        unwritten = {mark.name for mark in marking.exercises if mark.status == "not written"}
        for comment in record.comments:
            comment.auto_comment = NO_RESPONSE if comment.name in unwritten else None
        self.database.db.commit()
        self._penalty(student, record)
        return record

    def _penalty(self, student: str, record: Any) -> None:
        """The penalty for being late, by the plugin that nbgrader is configured with."""
        late = self.database.find_submission(self.unit, student).total_seconds_late
        penalty = None
        if late > 0:
            plugin: Any = self._late.plugin_inst
            penalty = plugin.late_submission_penalty(student, record.score, late)
        if penalty is not None:
            penalty = self._late._check_late_penalty(record, penalty)
        record.late_submission_penalty = penalty
        self.database.db.commit()


def load_config(root: Path) -> Config:
    """nbgrader's configuration for the course in ``root``."""
    return PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()


@contextmanager
def own_programs() -> Iterator[None]:
    """nbgrader calls ``alembic`` by its bare name: this environment's programs come first."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{before}"
    try:
        yield
    finally:
        os.environ["PATH"] = before


def timestamp(folder: Path) -> Any:
    """When a submission was handed in, if its folder tells and makes sense; else None."""
    file = folder / "timestamp.txt"
    if file.is_symlink() or not file.is_file():
        return None
    try:
        return parse_utc(file.read_text(encoding="utf-8")[:100].strip())
    except ValueError:
        return None


def auto_scores(
    release: Release, submission: Submission | None, marking: Marking
) -> dict[str, tuple[float | None, bool]]:
    """(points, whether a person must look) per graded cell; None: only a person can tell."""
    marks = {mark.name: mark for mark in marking.exercises}
    written = {cell.grade_id: cell.source for cell in submission.shown} if submission else {}
    scores: dict[str, tuple[float | None, bool]] = {}
    for cell in release.cells:
        if cell.role in ("check", "hidden"):
            mark = marks[cell.exercise]
            points = mark.points if cell.role == "check" else mark.hidden_points
            scores[cell.grade_id] = points, mark.status in ("needs a human", "cannot be read")
        elif cell.role == "test":
            scores[cell.grade_id] = None, True
        elif cell.role == "manual":
            answered = written.get(cell.grade_id, cell.source).strip() != cell.source.strip()
            scores[cell.grade_id] = (None, True) if answered or cell.task else (0.0, False)
    return scores


def set_score(grade: Grade, points: float | None, needs_a_person: bool) -> None:
    """Sets the automatic score. A person's own score stays, and is asked for anew on a change."""
    row: Any = grade  # to a type checker its columns are no values
    changed = row.auto_score != points
    row.auto_score = points
    if row.manual_score is None:
        row.needs_manual_grade = needs_a_person
    else:
        row.needs_manual_grade = row.needs_manual_grade or changed
