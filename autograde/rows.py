"""A submission's rows in nbgrader's gradebook, with few questions to the database.

The rows are those that nbgrader's own functions make. Those functions read every cell of every
submission again after each of four commits; here the cells are read once, and a submission takes
one transaction.
"""

from datetime import datetime
from typing import Any, NamedTuple

from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import select
from sqlalchemy.orm import selectinload

NO_RESPONSE = "No response."
Scores = dict[str, tuple[float | None, bool]]  # per graded cell: points, must a person look


class Standing(NamedTuple):
    """What the gradebook says of a submission: its parts by the name of their cell.

    ``scores``: (points, of how many), with what people gave; ``penalty`` for being late.
    """

    scores: dict[str, tuple[float, float]]
    comments: dict[str, str | None]
    score: float
    max_score: float
    penalty: float


class Rows:
    """The rows of one unit whose release the gradebook knows already."""

    def __init__(self, gradebook: Gradebook, unit: str, late: AssignLatePenalties) -> None:
        self._unit, self._late = unit, late
        self._session = gradebook.db()
        self._session.expire_on_commit = False  # what was read once is not read after each commit
        self._assignment: Any = gradebook.find_assignment(unit)
        self._notebooks: list[Any] = list(self._assignment.notebooks)
        ours = next(notebook for notebook in self._notebooks if notebook.name == unit)
        self._max_score: float = ours.max_score
        self._cells: dict[str, Any] = {
            cell.id: cell for notebook in self._notebooks for cell in notebook._base_cells
        }

    def write(
        self, student: str, stamp: datetime | None, scores: Scores, unwritten: set[str]
    ) -> Standing:
        """Sets automatic scores and comments of one student, in one transaction.

        ``unwritten``: answers that are commented as such. What a person gave stays.
        """
        notebook = self._known(student) or self._added(student)
        if stamp is not None:
            notebook.assignment.timestamp = stamp
        for grade in notebook.grades:
            set_score(grade, *scores.get(self._cells[grade.cell_id].name, (0.0, False)))
        for comment in notebook.comments:
            name = self._cells[comment.cell_id].name
            comment.auto_comment = NO_RESPONSE if name in unwritten else None
        self._session.flush()
        notebook.late_submission_penalty = self._penalty(student, notebook)
        self._session.commit()
        return self._standing(notebook)

    def undo(self) -> None:
        """Forgets what a failed ``write`` left unfinished."""
        self._session.rollback()
        self._session.expire_all()

    def _known(self, student: str) -> Any:
        """The student's notebook as the database has it now: a person may have changed it."""
        wanted = (
            select(SubmittedNotebook)
            .join(SubmittedNotebook.assignment)
            .where(SubmittedAssignment.student_id == student)
            .where(SubmittedAssignment.assignment_id == self._assignment.id)
            .where(SubmittedNotebook.notebook_id.in_([n.id for n in self._notebooks]))
            .where(SubmittedNotebook.notebook.has(name=self._unit))
            .options(
                selectinload(SubmittedNotebook.assignment),
                selectinload(SubmittedNotebook.grades),
                selectinload(SubmittedNotebook.comments),
            )
            .execution_options(populate_existing=True)
        )
        return self._session.scalars(wanted).one_or_none()

    def _added(self, student: str) -> Any:
        """New rows for every graded and every answer cell of the unit."""
        if self._session.get(Student, student) is None:
            self._session.add(Student(id=student))
        submission: Any = SubmittedAssignment(
            assignment_id=self._assignment.id, student_id=student, notebooks=[]
        )
        self._session.add(submission)
        ours: Any = None
        for notebook in self._notebooks:
            added: Any = SubmittedNotebook(notebook_id=notebook.id)
            added.grades = [Grade(cell_id=cell.id) for cell in graded(notebook)]
            added.comments = [Comment(cell_id=cell.id) for cell in commented(notebook)]
            submission.notebooks.append(added)
            ours = added if notebook.name == self._unit else ours
        return ours

    def _penalty(self, student: str, notebook: Any) -> float | None:
        """The penalty for being late, by the plugin that nbgrader is configured with."""
        late = notebook.assignment.total_seconds_late
        if late <= 0:
            return None
        self._session.refresh(notebook, ["score"])
        plugin: Any = self._late.plugin_inst
        penalty = plugin.late_submission_penalty(student, notebook.score, late)
        return None if penalty is None else self._late._check_late_penalty(notebook, penalty)

    def _standing(self, notebook: Any) -> Standing:
        grade: Any = Grade
        comment: Any = Comment
        scores = self._session.execute(
            select(grade.cell_id, grade.score).where(grade.notebook_id == notebook.id)
        )
        comments = self._session.execute(
            select(comment.cell_id, comment.comment).where(comment.notebook_id == notebook.id)
        )
        points = {self._cells[cell]: score for cell, score in scores}
        return Standing(
            {cell.name: (score, float(cell.max_score or 0.0)) for cell, score in points.items()},
            {self._cells[cell].name: text for cell, text in comments},
            sum(points.values()),
            self._max_score,
            notebook.late_submission_penalty or 0.0,
        )


def graded(notebook: Any) -> list[BaseCell]:
    """The cells of a release that have points."""
    return [*notebook.grade_cells, *notebook.task_cells]


def commented(notebook: Any) -> list[BaseCell]:
    """The cells of a release that a person may comment."""
    return [*notebook.solution_cells, *notebook.task_cells]


def set_score(grade: Grade, points: float | None, needs_a_person: bool) -> None:
    """Sets the automatic score. A person's own score stays, and is asked for anew on a change."""
    row: Any = grade  # to a type checker its columns are no values
    changed = row.auto_score != points
    row.auto_score = points
    if row.manual_score is None:
        row.needs_manual_grade = needs_a_person
    else:
        row.needs_manual_grade = row.needs_manual_grade or changed
