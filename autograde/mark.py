"""Marks one submission: a pure function from a notebook's bytes to points and reasons.

First all visible cases are judged, then all hidden ones; nothing that a submission says once it
has seen a hidden input is passed on, so that hidden inputs cannot be read in any message.
"""

import re
from functools import cache
from typing import Any

from autograde import hidden, runcell
from autograde.marking import (
    HIDDEN_WRONG,
    STATUSES,
    ExerciseMark,
    Marking,
    Problem,
    Status,
    from_json,
    of_cell,
    scrub,
    to_json,
    twice,
)
from autograde.proxy import StudentError
from autograde.record import Card
from autograde.release import Release, release_of
from autograde.running import GivenUp, Run, Witness
from autograde.session import Missing, SessionEnded, Zygote
from autograde.submission import Piece, Submission, Unreadable, read
from course_lib.checking import cards
from course_lib.checking.examine import judge
from course_lib.checking.verdict import Verdict

__all__ = ["STATUSES", "ExerciseMark", "Marking", "Status", "failed", "from_json", "mark"]
__all__ += ["scrub", "to_json"]

SECONDS = 60.0  # by the clock, for one check; CPU time is limited far below, call by call
UNWRITTEN = "Nothing is written yet"


def mark(notebook: bytes, unit: str, term: str, zygote: Zygote) -> Marking:
    """The marks of a submission to ``unit``; ``term`` chooses the hidden cases.

    Raises ``LookupError`` for an unknown unit and ``OSError`` if no process can be started;
    whatever the notebook holds becomes part of the marking.
    """
    return mark_release(notebook, release_of(unit), term, zygote)


def mark_release(notebook: bytes, release: Release, term: str, zygote: Zygote) -> Marking:
    """The marks of a submission to the notebook that was handed out; otherwise as ``mark``."""
    try:
        return _marked(notebook, release, term, zygote)
    except OSError:
        raise
    except Exception as error:  # a fault of ours must not stop the marking of others
        reason = f"The grader failed with {type(error).__name__}."
        return _failed(release, "needs a human", reason, zygote.level)


def _marked(notebook: bytes, release: Release, term: str, zygote: Zygote) -> Marking:
    submission = read(notebook, release)
    if isinstance(submission, Unreadable):
        return _failed(release, "cannot be read", submission.reason, zygote.level)
    with Run(zygote, submission.pieces) as run:
        work = _Work(release, submission, run, term)
        visible = {name: work.visible(name) for name in release.exercises}
        marks = tuple(work.with_hidden(visible[name]) for name in release.exercises)
        notes = list(submission.notes)
        if run.reordered:
            notes.append("Cells that need cells further down were run once more after them.")
        notes += [scrub(text) for text in _told(run, submission.pieces)]
    tests = runcell.marks_of_tests(release, submission, zygote)
    return Marking(release.unit, (*marks, *tests), tuple(notes), zygote.level)


def failed(unit: str, status: Status, reason: str, level: str) -> Marking:
    """The marking of a submission to ``unit`` of which nothing could be judged."""
    return _failed(release_of(unit), status, reason, level)


def _failed(release: Release, status: Status, reason: str, level: str) -> Marking:
    names = (*release.exercises, *release.tests)
    return Marking(
        release.unit, tuple(_nothing(release, name, status, reason) for name in names), (), level
    )


def _nothing(release: Release, name: str, status: Status, message: str) -> ExerciseMark:
    full = release.points("test" if name in release.tests else "check", name)
    further = release.points("hidden", name)
    return ExerciseMark(name, 0.0, full, 0.0, further, status, None, message)


def _told(run: Run, pieces: tuple[Piece, ...]) -> list[str]:
    """One note per student's own cell that did not run to its end."""
    return [
        f"Cell {pieces[number].place + 1} stopped: {trouble.status}, {_line(trouble.reason)}."
        for number, trouble in sorted(run.troubles.items())
        if pieces[number].role == "student"
    ]


def _line(text: str) -> str:
    return " ".join(text.split())[:120].rstrip(".")


@cache
def visible_card(name: str) -> Card:
    return cards.load(name)


class _Work:
    """The judging of one submission."""

    def __init__(self, release: Release, submission: Submission, run: Run, term: str) -> None:
        self.release, self.pieces, self.run = release, submission.pieces, run
        self.term = term

    def visible(self, name: str) -> ExerciseMark:
        """The mark of the visible check, without the hidden points."""
        blank = _nothing(self.release, name, "needs a human", "")
        try:
            found = self._judged(name, visible_card(name), blank.max_points, reveal=True)
        except GivenUp as reason:
            return blank._replace(message=f"The submission was given up: {reason}.")
        except Exception as error:  # ours: a student's error would be part of a verdict
            return blank._replace(message=f"The grader failed with {type(error).__name__}.")
        if isinstance(found, Problem):
            return blank._replace(status=found.status, message=scrub(found.reason))
        verdict, session = found
        status: Status = "marked"
        if verdict.message.startswith(UNWRITTEN):
            status = "not written"
        elif not verdict.passed and self.run.limited and _lacks_a_name(session):
            status = "needs a human"
        return blank._replace(
            points=earned(verdict),
            status=status,
            mistake=verdict.mistake,
            message=scrub(verdict.message),
            cases=tuple((case.name, case.passed) for case in verdict.cases),
            traceback=scrub(session.errors[0].trace) if session.errors and verdict.cases else "",
            read=verdict.read,
            html=scrub(verdict._repr_html_()),
        )._replace(**self._why(name, verdict))

    def with_hidden(self, mark: ExerciseMark) -> ExerciseMark:
        """The mark with the points of the hidden cases."""
        if mark.status != "marked" or not mark.max_hidden:
            return mark
        try:
            card = hidden.card(mark.name, self.term)
            found = self._judged(mark.name, card, mark.max_hidden, reveal=False)
        except Exception as error:
            found = Problem("needs a human", f"The further cases: {type(error).__name__}.")
        if isinstance(found, Problem):
            message = f"{mark.message} In the further cases: {found.status}."
            return mark._replace(status=found.status, hidden_message=message)
        verdict, _ = found
        told = verdict.message if verdict.passed or verdict.mistake else HIDDEN_WRONG
        if mark.mistake and not verdict.passed:
            told = mark.message  # the visible cases know more of the same function
        return mark._replace(
            hidden_points=earned(verdict),
            hidden_cases=tuple((case.name, case.passed) for case in verdict.cases),
            hidden_message=told,
            mistake=mark.mistake or verdict.mistake,
        )

    def _judged(
        self, name: str, card: Card, points: float, *, reveal: bool
    ) -> "tuple[Verdict, Witness] | Problem":
        """The verdict, or why there is none after two attempts."""
        hits: list[tuple[str, str]] = []
        session = self.run.session()
        for attempt in range(2):
            session = self.run.renewed() if attempt else session
            try:
                function = session.function(name)
                if isinstance(function, Missing):
                    return self._missing(name)
                verdict = judge(card, function, points=points, reveal=reveal, seconds=SECONDS)
                if not session.limit():
                    return verdict, session
            except StudentError as error:  # asked for by its name, it could not even be handed over
                said = f"{type(error).__name__}: {error}".strip(": ")
                return Problem("crashed", f"What the notebook calls `{name}` is of no use: {said}.")
            except SessionEnded:
                pass
            hits.append((session.limit(), session.reason))
        return twice(hits)

    def _missing(self, name: str) -> "Problem":
        """Why the notebook defines no function of this name."""
        for number, trouble in self.run.troubles.items():
            if re.search(rf"\b{re.escape(name)}\b", self.pieces[number].source):
                return of_cell(trouble)
        return Problem("not written", f"The notebook defines no `{name}`.")

    def _why(self, name: str, verdict: Verdict) -> dict[str, Any]:
        """What to add where the function that was judged is an older one."""
        if verdict.score:
            return {}
        for number, trouble in self.run.troubles.items():
            source = self.pieces[number].source
            if self.pieces[number].role == "answer" and f"def {name}(" in source:
                problem = of_cell(trouble)
                return {"status": problem.status, "message": scrub(problem.reason)}
        return {}


def _lacks_a_name(session: Witness) -> bool:
    return any(isinstance(error, NameError) for error in session.errors)


def earned(verdict: Verdict) -> float:
    """The points of a verdict, rounded as a verdict shows itself to nbgrader."""
    return round(float(verdict.score) * float(verdict.points), 4)
