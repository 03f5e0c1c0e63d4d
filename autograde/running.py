"""Running a submission's cells and asking for its functions, whatever ends the process meanwhile.

A process that ended is founded anew. A cell that ends it twice is left out from then on, and what
ended it is remembered.
"""

from typing import Any, NamedTuple

from autograde.proxy import Remote, StudentError
from autograde.replies import CellError, Status
from autograde.session import Missing, Session, SessionEnded, Zygote
from autograde.submission import Piece

MAX_FOUNDED = 12  # processes of one submission
MAX_CPU = 150.0  # seconds of one submission, all its processes together
LIMITS = ("out of time", "out of memory", "too much output")


class GivenUp(Exception):
    """A submission needed too many processes or too much time; the text says which."""


class Trouble(NamedTuple):
    """What became of a cell that did not run to its end. ``status``: "failed" or a limit's."""

    status: str
    reason: str
    error: CellError | None = None


class Witness(Session):
    """A session that remembers the errors of the student's functions."""

    def __init__(self, zygote: Zygote) -> None:
        self.errors: list[StudentError] = []
        super().__init__(zygote, figures=False)

    def call(self, remote: Remote, batch: list[Any]) -> list[Any]:
        try:
            return super().call(remote, batch)
        except StudentError as error:
            self.errors.append(error)
            raise

    def limit(self) -> str:
        """The limit that was hit or what ended the process; "" if nothing did."""
        if self.status != "running":
            return self.status
        out_of_memory = any(isinstance(error, MemoryError) for error in self.errors)
        return "out of memory" if out_of_memory else ""


class Run:
    """A submission that is being marked. Use it in a ``with`` statement."""

    def __init__(self, zygote: Zygote, pieces: tuple[Piece, ...]) -> None:
        self._zygote, self._pieces = zygote, pieces
        self._session: Witness | None = None
        self._founded, self._cpu = 0, 0.0
        self._suspects: dict[int, str] = {}  # cells that ended a process once
        self._left_out: dict[int, Trouble] = {}
        self._failed: dict[int, Trouble] = {}
        self.reordered = False

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        if self._session is not None:
            self._session.close()
            self._cpu += self._session.cpu
            self._session = None

    @property
    def troubles(self) -> dict[int, Trouble]:
        """What became of the pieces, by number, that did not run to their end."""
        return {**self._failed, **self._left_out}

    @property
    def limited(self) -> bool:
        """Whether a limit kept a cell from running."""
        return any(trouble.status in LIMITS for trouble in self.troubles.values())

    def session(self) -> Witness:
        """The session, with all cells run. Raises ``GivenUp``."""
        if self._session is not None and self._session.status != "running":
            self.end()
        while self._session is None:
            if self._founded >= MAX_FOUNDED or self._cpu > MAX_CPU:
                raise GivenUp("it ended its process or hit limits too many times")
            self._founded += 1
            try:
                session = self._session = Witness(self._zygote)
            except SessionEnded:  # it ended before the submission had a part in it
                continue
            if not self._all_cells(session):
                self.end()
        self._session.errors.clear()
        return self._session

    def renewed(self) -> Witness:
        """A session on a new process."""
        self.end()
        return self.session()

    def _all_cells(self, session: Witness) -> bool:
        """Runs all cells; False if the process did not live so long, or should be tried anew."""
        self._failed = {}
        for number, piece in enumerate(self._pieces):
            if number not in self._left_out and not self._cell(session, number, piece.source):
                return False
        return self._again(session)

    def _again(self, session: Witness) -> bool:
        """Runs cells once more that lacked names: perhaps cells further down define them."""
        lacking = [
            number
            for number, trouble in self._failed.items()
            if trouble.error is not None and trouble.error.kind == "NameError"
        ]
        for number in lacking:
            del self._failed[number]
            if not self._cell(session, number, self._pieces[number].source):
                return False
            self.reordered = self.reordered or number not in self._failed
        return True

    def _cell(self, session: Witness, number: int, source: str) -> bool:
        error = session.run_cell(source).error
        status: Status | str = session.status
        if error is not None and error.kind == "MemoryError":
            status = "out of memory"
        if status == "running":
            if error is not None:
                self._failed[number] = Trouble("failed", error.text, error)
            return True
        reason = session.reason or "a cell asked for more memory than there is"
        if self._suspects.get(number):
            self._left_out[number] = Trouble(status, reason, error)
        self._suspects[number] = status
        return False


def function_of(session: Session, name: str) -> Any:
    """What the notebook calls ``name``; ``Missing`` also where the process ended meanwhile."""
    try:
        return session.function(name)
    except SessionEnded:
        return Missing(name)
