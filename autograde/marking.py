"""What marking a submission yields: points with reasons, and their one form as JSON."""

import json
import re
from typing import Any, Literal, NamedTuple, get_args

from autograde.running import LIMITS, Trouble

Status = Literal[
    "marked",
    "not written",
    "crashed",
    "out of time",
    "out of memory",
    "too much output",
    "cannot be read",
    "needs a human",
]
STATUSES: tuple[Status, ...] = get_args(Status)
HIDDEN_WRONG = "Some of the further cases do not agree."
ADDRESS = re.compile(r"0x[0-9a-fA-F]{4,}")
FOLDER = re.compile(r"[^\s\"'&;]*/(?:autograde-[^/\s\"']+/(?:lib|scratch/\d+)|site-packages)/")
PYTHON = re.compile(r"/[^\s\"'&;]*/(python\d\.\d+)/")


class ExerciseMark(NamedTuple):
    """What an exercise earned, and why.

    ``points`` of ``max_points`` for the visible check, ``hidden_points`` of ``max_hidden`` for the
    further cases. ``mistake``: the catalogue's name or None. ``cases``: (name, passed).
    ``hidden_message`` and ``html`` (the verdict's card; raw) serve the feedback; ``read`` says
    where the lesson treats the matter.
    """

    name: str
    points: float
    max_points: float
    hidden_points: float
    max_hidden: float
    status: Status
    mistake: str | None
    message: str
    cases: tuple[tuple[str, bool], ...] = ()
    hidden_cases: tuple[tuple[str, bool], ...] = ()
    traceback: str = ""
    read: str = ""
    hidden_message: str = ""
    html: str = ""


class Marking(NamedTuple):
    """A submission's marks; ``level`` is the isolation that was in force."""

    unit: str
    exercises: tuple[ExerciseMark, ...]
    notes: tuple[str, ...]
    level: str

    @property
    def points(self) -> float:
        return round(sum(one.points + one.hidden_points for one in self.exercises), 4)

    @property
    def max_points(self) -> float:
        return sum(one.max_points + one.max_hidden for one in self.exercises)


class Problem(NamedTuple):
    """Why there is no verdict."""

    status: Status
    reason: str


def of_cell(trouble: Trouble) -> Problem:
    """The problem of an exercise whose cell did not run to its end."""
    if trouble.status in LIMITS:
        return Problem("needs a human", f"Its cell was {trouble.status}, twice: {trouble.reason}.")
    if trouble.error is None or trouble.status != "failed":
        return Problem("crashed", f"Its cell ended the process: {trouble.reason}.")
    error = trouble.error
    where = f" ({error.line})" if error.line else ""
    return Problem("crashed", f"Its cell stopped with {error.kind}: {error.text}{where}.")


def twice(hits: list[tuple[str, str]]) -> Problem:
    """The problem of a function that ended its process, or hit a limit, in both attempts."""
    first, second = hits[0][0], hits[-1][0]
    if first == second == "crashed":
        return Problem("crashed", "Calling the function ended the process it ran in.")
    reasons = {"out of time": "a loop may never end", "out of memory": "see the size of its arrays"}
    hint = reasons.get(second, "see what it prints and returns")
    limits = second if first == second else f"{first}, then {second}"
    return Problem("needs a human", f"Calling the function hit a limit, twice: {limits}; {hint}.")


def scrub(text: str) -> str:
    """The text without what differs from run to run, or tells about the grader's machine."""
    text = FOLDER.sub("", ADDRESS.sub("0x...", text))
    return PYTHON.sub(r"\1/", text)


# --- JSON -----------------------------------------------------------------------------------------


def to_json(marking: Marking) -> str:
    """The marking as JSON: equal bytes for equal markings."""
    content = marking._asdict() | {"exercises": [one._asdict() for one in marking.exercises]}
    return json.dumps(content, ensure_ascii=True, sort_keys=True, indent=1) + "\n"


def from_json(text: str | bytes) -> Marking:
    """The marking that ``to_json`` wrote. Raises ``ValueError`` for anything else."""
    try:
        content = json.loads(text)
        exercises = tuple(_mark_from(one) for one in content["exercises"])
        return Marking(content["unit"], exercises, tuple(content["notes"]), content["level"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a marking: {error}") from error


def _mark_from(content: dict[str, Any]) -> ExerciseMark:
    for key in ("cases", "hidden_cases"):
        content[key] = tuple((str(name), bool(passed)) for name, passed in content[key])
    return ExerciseMark(**content)
