"""The process that writes the gradebook, beside those that mark.

It alone loads nbgrader. While it does so, marking begins; what it was given, it writes in turn.
"""

import signal
import sys
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from multiprocessing.util import Finalize
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from autograde import isolate
from autograde.mark import Marking

if TYPE_CHECKING:
    from autograde.gradebook import Book

AHEAD = 40  # markings that may wait to be written
ENDED = "the process that writes the gradebook ended; start the command again"
OURS = (ValueError, TypeError, LookupError, AttributeError, OSError)

_book: "Book | None" = None


def _start() -> None:
    """The beginning of the process: it ends with the grader, and leaves Ctrl-C to it."""
    isolate.die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # jsonschema would compile grammars of web addresses, for seconds; notebooks hold none to check
    sys.modules.setdefault("rfc3987_syntax", cast(ModuleType, None))


def _submitted(root: Path) -> Path:
    from autograde.course import Course  # loads a part of nbgrader only

    return Course(root).submitted


def _open(root: Path, unit: str) -> None:
    global _book
    from sqlalchemy.exc import SQLAlchemyError

    from autograde.gradebook import Book

    try:
        _book = Book(root, unit)
    except (RuntimeError, SQLAlchemyError) as error:  # these may not cross to another process
        raise ValueError(f"the gradebook cannot be opened: {error}") from None
    Finalize(None, _book.database.close, exitpriority=10)


def _write(student: str, notebook: bytes, marking: Marking) -> str:
    """Why a marking could not be written; "" if it was."""
    from sqlalchemy.exc import SQLAlchemyError

    assert _book is not None
    try:
        _book.write(student, notebook, marking)
    except (*OURS, SQLAlchemyError) as error:
        _book.undo()
        return " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return ""


class Writer:
    """Writes markings into the gradebook of ``root``. Use it in a ``with`` statement."""

    def __init__(self, root: Path, unit: str) -> None:
        context = get_context("spawn")
        self._process = ProcessPoolExecutor(1, context, _start)
        self._folder = self._process.submit(_submitted, root)
        self._opened = self._process.submit(_open, root, unit)
        self._waiting: dict[Future[str], str] = {}

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.shutdown(wait=True, cancel_futures=True)

    def submitted(self) -> Path:
        """The folder with one folder per student."""
        return _result(self._folder)

    def opened(self) -> None:
        """Waits until the gradebook is open; raises what kept it from that."""
        _result(self._opened)

    def write(self, student: str, notebook: bytes, marking: Marking) -> None:
        """Has a marking written, sooner or later; see ``done``."""
        if self._opened.done():
            self.opened()
        try:
            future = self._process.submit(_write, student, notebook, marking)
        except BrokenProcessPool:
            self.opened()
            raise OSError(ENDED) from None
        self._waiting[future] = student

    def done(self, *, leave: int = AHEAD) -> list[tuple[str, str]]:
        """(student, "" or what failed) of what is written; waits until ``leave`` are left."""
        found: list[tuple[str, str]] = []
        while True:
            wanted = None if len(self._waiting) > leave else 0
            ready = wait(self._waiting, wanted, FIRST_COMPLETED).done
            found += [(self._waiting.pop(future), _result(future)) for future in ready]
            if len(self._waiting) <= leave:
                return found


def _result(future: Future[Any]) -> Any:
    try:
        return future.result()
    except BrokenProcessPool:
        raise OSError(ENDED) from None
