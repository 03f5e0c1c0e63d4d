"""What a grader gets to see of a session: outputs, errors, how it ended; all of it is checked."""

from typing import Any, Literal, NamedTuple

from autograde.cells import MAX_DATA, MAX_OUTPUTS, MAX_TEXT
from course_lib.checking.student import OutOfTime

Status = Literal["running", "crashed", "out of time", "out of memory", "too much output", "closed"]


class SessionEnded(BaseException):
    """The student's process is gone. Not an ``Exception``: a check must not go on without it."""

    def __init__(self, status: Status, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status, self.text = status, text


class SessionOutOfTime(SessionEnded, OutOfTime):
    """It was ended because it took too long; ``judge`` says so in its verdict."""


class CellError(NamedTuple):
    """What ended a cell: the error's name, its text, the student's line, the traceback."""

    kind: str
    text: str
    line: str
    trace: str


class CellResult(NamedTuple):
    """What a cell showed (nbformat outputs without execution counts), and what ended it."""

    outputs: list[dict[str, Any]]
    error: CellError | None


def error_parts(described: Any) -> tuple[str, str, str, str, str, int | None]:
    """The description of an error, checked. Raises ``ValueError``."""
    if not isinstance(described, list) or len(described) != 6:
        raise ValueError("an error is malformed")
    *texts, callback = described
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("an error is malformed")
    if callback is not None and type(callback) is not int:
        raise ValueError("an error is malformed")
    kind, known, text, line, trace = texts
    return kind[:80], known, text[:2000], line[:300], trace[:8000], callback


def outputs(items: Any) -> list[dict[str, Any]]:
    """A cell's outputs, rebuilt from the parts that nbformat knows. Raises ``ValueError``."""
    if not isinstance(items, list) or len(items) > MAX_OUTPUTS + 1:
        raise ValueError("outputs are malformed")
    return [_output(item) for item in items]


def _output(item: Any) -> dict[str, Any]:
    if item["output_type"] == "stream":
        name = "stderr" if item["name"] == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": str(item["text"])[: MAX_TEXT + 99]}
    if item["output_type"] not in ("display_data", "execute_result"):
        raise ValueError("an output of an unknown type")
    data = {str(mime): str(content) for mime, content in item["data"].items()}
    if sum(map(len, data.values())) > 2 * MAX_DATA:
        raise ValueError("an output is too big")
    return {"output_type": item["output_type"], "data": data, "metadata": {}}
