"""Marking on a Dask cluster: the same verdicts, byte for byte, made on many machines.

Workers are sent the course as the grader has it, under a name made of its content: another
release, library or grader cannot come into it.
"""

import hashlib
import io
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from autograde import isolate
from autograde.mark import failed
from autograde.marking import Marking, from_json
from autograde.serve import LIBRARY, versions
from autograde.spec import ROOT

if TYPE_CHECKING:
    from distributed import Client

SENT = ("autograde/*.py", "course_lib/**/*", "lessons/**/*.py", "solutions/**/*.ipynb", "data/*")
EPOCH = (1980, 1, 1, 0, 0, 0)  # equal content gives an equal zip
ANSWERS, WORKERS = 10.0, 60.0  # seconds to wait for a scheduler, and for a worker to come
MISSING = "a scheduler needs Dask: pip install 'dask[distributed]'"
LOST = "Marking it ended the grader's own process, or its worker, each time."
Work = tuple[str, str, bytes]  # unit, term, notebook


def marked(
    waiting: dict[str, Work], library: dict[Path, bytes], address: str
) -> Iterator[tuple[str, Marking]]:
    """Marks all on the cluster whose scheduler is at ``address``; yields what is done.

    Raises ``ValueError`` without Dask or where a worker has another Python or numpy, ``OSError``
    if the scheduler does not answer or loses all its workers.
    """
    client = connected(address)
    try:
        import cloudpickle

        from autograde import remote

        cloudpickle.register_pickle_by_value(remote)
        files = course(library)
        plugin = f"autograde-{hashlib.sha256(files).hexdigest()[:16]}"
        client.register_plugin(remote.Course(files, versions()), name=plugin)
        try:
            yield from _Marked(client, plugin).all(waiting)
        finally:
            if client.status == "running":
                client.unregister_worker_plugin(plugin)
    finally:
        client.close()


def connected(address: str) -> "Client":
    """A client of the scheduler at ``address``. Raises ``ValueError`` or ``OSError``."""
    try:
        from distributed import Client
    except ImportError:
        raise ValueError(MISSING) from None
    try:
        return Client(address, timeout=ANSWERS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())[:120]
        raise OSError(f"no Dask scheduler answers at {address!r} ({reason})") from None


def course(library: dict[Path, bytes]) -> bytes:
    """A zip of all that marking rests on; ``library`` is what students have."""
    found = {path for pattern in SENT for path in ROOT.glob(pattern)}
    files = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in found
        if path.is_file() and "__pycache__" not in path.parts
    }
    files |= {f"{LIBRARY}/{path.as_posix()}": content for path, content in library.items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), files[name], zipfile.ZIP_DEFLATED)
    return packed.getvalue()


class _Marked:
    """The work on a cluster that is ready for it."""

    def __init__(self, client: "Client", plugin: str) -> None:
        from autograde import remote

        task = remote.marked
        self._client = client
        # a function made here crosses by value, and with it the other: workers import neither
        self._task = lambda unit, term, notebook: task(plugin, unit, term, notebook)
        self._seen = time.monotonic()  # when there was a worker last

    def all(self, waiting: dict[str, Work]) -> Iterator[tuple[str, Marking]]:
        """Keeps every worker busy, with one submission more each than it can mark at once."""
        from distributed import wait

        rest, running = list(waiting.items())[::-1], dict[Any, str]()
        while rest or running:
            room = 2 * self._threads() - len(running)
            for student, work in (rest.pop() for _ in range(min(room, len(rest)))):
                running[self._client.submit(self._task, *work, pure=False)] = student
            if not running:
                time.sleep(0.5)
                continue
            try:
                with self._client.as_current():
                    done = cast(Any, wait(list(running), 5, "FIRST_COMPLETED")).done
            except TimeoutError:
                continue
            for future in done:
                student = running.pop(future)
                yield student, self._result(future, waiting[student][0])

    def _threads(self) -> int:
        """How many submissions the cluster marks at once. Raises ``OSError`` if none for long."""
        if self._client.status != "running":
            raise OSError("the Dask scheduler was lost; start again, and it goes on from here")
        threads = sum(cast(Any, self._client.nthreads()).values())
        if threads:
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > WORKERS:
            raise OSError(f"the Dask scheduler has had no worker for {WORKERS:.0f} s")
        return threads

    def _result(self, future: Any, unit: str) -> Marking:
        """A worker that is lost is replaced, three times; then a person is asked."""
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        try:
            text = future.result()
        except KilledWorker:
            text = ""
        except FutureCancelledError:
            raise OSError("the Dask scheduler was lost; start again to go on") from None
        if text:
            return from_json(text)
        return failed(unit, "needs a human", LOST, isolate.probe().level)
