"""What a Dask worker does: it keeps a marking process per thread, and hands notebooks to it.

This module travels to the workers by itself, with the course as bytes: they need Python and the
course's requirements, not the course. Nothing else of ours may be imported here.
"""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from typing import Any

from distributed import WorkerPlugin, get_worker

HEAD = 4  # bytes that tell the length of a frame
LOST = ""  # the answer for a submission with which two marking processes ended


class Course(WorkerPlugin):
    """The course on a worker. ``files``: a zip; ``versions``: of what verdicts depend on else."""

    def __init__(self, files: bytes, versions: dict[str, str]) -> None:
        self.files, self.versions = files, versions

    def setup(self, worker: Any) -> None:
        """Unpacks the course; Dask calls it on every worker, also on those that join later."""
        self.folder = tempfile.mkdtemp(prefix="course-", dir=worker.local_directory)
        with zipfile.ZipFile(io.BytesIO(self.files)) as packed:
            packed.extractall(self.folder)
        self.threads = threading.local()
        self.started: list[subprocess.Popen[bytes]] = []

    def teardown(self, worker: Any) -> None:
        """Ends the marking processes and removes the course."""
        for process in self.started:
            stop(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def mark(self, unit: str, term: str, notebook: bytes) -> str:
        """The marking as JSON, or ``LOST``. Raises ``ValueError`` if this worker cannot mark."""
        for _ in range(2):
            process = getattr(self.threads, "process", None) or self._start()
            try:
                return answer(process, unit, term, notebook)
            except EOFError:
                stop(process)
                self.threads.process = None
        return LOST

    def _start(self) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, "-m", "autograde.serve"],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": self.folder, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.started.append(process)
        try:
            found = json.loads(receive(process))
        except EOFError:
            raise ValueError("a worker cannot start to mark; its log says why") from None
        if found != self.versions:
            raise ValueError(f"a worker has {named(found)}, the grader {named(self.versions)}")
        self.threads.process = process
        return process


def answer(process: "subprocess.Popen[bytes]", unit: str, term: str, notebook: bytes) -> str:
    """Asks a marking process. Raises ``EOFError`` if it ends, ``OSError`` with what it lacks."""
    assert process.stdin is not None
    try:
        for part in (json.dumps([unit, term]).encode(), notebook):
            process.stdin.write(len(part).to_bytes(HEAD, "big") + part)
        process.stdin.flush()
    except BrokenPipeError:
        raise EOFError from None
    found = json.loads(receive(process))
    if "error" in found:
        raise OSError(found["error"])
    return found["marking"]


def receive(process: "subprocess.Popen[bytes]") -> bytes:
    """The next frame that a marking process sends."""
    assert process.stdout is not None
    size = int.from_bytes(process.stdout.read(HEAD), "big")
    content = process.stdout.read(size)
    if not content or len(content) < size:
        raise EOFError
    return content


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Hangs up, and waits for the end."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def named(versions: dict[str, str]) -> str:
    return " and ".join(f"{name} {version}" for name, version in versions.items())


def marked(plugin: str, unit: str, term: str, notebook: bytes) -> str:
    """The task: a submission's marking, made on whatever worker it comes to."""
    course: Any = get_worker().plugins[plugin]
    return course.mark(unit, term, notebook)
