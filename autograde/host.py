"""The grader's handle on the warm process: starting it, forking from it, cleaning up after it."""

import contextlib
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import sysconfig
import tempfile
import threading
import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from autograde import isolate, stale
from autograde.isolate import Level, Limits
from autograde.zygote import READY

HERE = Path(__file__).resolve().parent
INSIDE = ("__init__", "cells", "inplace", "isolate", "locked", "rng_state", "syscalls")
INSIDE += ("wire", "zygote")  # the modules that the student's side needs; no other is put there
PASSED_ON = ("PATH", "HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR", "SYSTEMROOT")
SYSTEM = ("/usr/lib", "/lib", "/lib64", "/usr/share/zoneinfo", "/etc/localtime", "/dev/urandom")
START = "import sys; sys.path.insert(0, sys.argv[3]); from autograde.zygote import main; "
START += "main(int(sys.argv[1]), sys.argv[2])"
START_SECONDS, SPAWN_SECONDS = 120.0, 30.0
LIMITS = Limits()
SO_PASSCRED = 16
CREDENTIALS = struct.Struct("3i")  # pid, uid, gid: written by the kernel, for the reader's view


class Ending(NamedTuple):
    """How a process ended: exit status (negative: the signal), CPU seconds used."""

    status: int
    cpu: float


class Lease:
    """One locked process: the socket to it, its number as seen from here, and its end."""

    def __init__(self, zygote: "Zygote", sock: socket.socket, scratch: Path, name: Any) -> None:
        self.zygote, self.sock, self.scratch = zygote, sock, scratch
        self._name = name  # pid as the warm process sees it, or the process itself
        self.pid: int | None = None
        self.looked = 0.0  # when its use of time and disk was last looked at
        self.ending: Ending | None = None

    def end(self) -> Ending:
        """Kills the process if it still runs, waits for it, removes its scratch folder."""
        if self.ending is None:
            self.sock.close()
            self.ending = self.zygote.end(self._name)
            remove(self.scratch)
        return self.ending


class Zygote:
    """A warm process on which sessions are founded. Use it in a ``with`` statement, or close it.

    ``library``: the files, below one folder, that student code may import and read (no answers);
    see ``student_library``. ``level`` asks for less than the host gives; more raises ``OSError``.
    For one thread at a time.
    """

    def __init__(
        self,
        library: Mapping[Path, bytes],
        *,
        level: Level | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        best = isolate.probe().level
        self.level: Level = level or best
        if isolate.LEVELS.index(self.level) > isolate.LEVELS.index(best):
            raise OSError(f"isolation {level!r} was asked for, this host gives {best!r}")
        self.limits = limits
        self.base = Path(tempfile.mkdtemp(prefix=stale.PREFIX))
        self._remove = weakref.finalize(self, give_up, self.base, stale.hold(self.base))
        self._lock = threading.Lock()
        self._count = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        for path, content in library.items():
            write(self.base / "lib" / path, content)
        for name in INSIDE:
            source = HERE / f"{name}.py"
            write(self.base / "lib" / "autograde" / source.name, source.read_bytes())
        (self.base / "scratch").mkdir()

    def __enter__(self) -> "Zygote":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the warm process and all that came of it; removes its folder."""
        self._stop()
        self._remove()

    def lease(self) -> Lease:
        """A new locked process. A warm process that died is replaced once."""
        with self._lock:
            self._count += 1
            scratch = self.base / "scratch" / str(self._count)
            scratch.mkdir()
            ours, theirs = socket.socketpair()
            if sys.platform == "linux":  # before anything is sent: see Channel
                ours.setsockopt(socket.SOL_SOCKET, SO_PASSCRED, 1)
            with theirs:
                if self.level == "none":
                    return Lease(self, ours, scratch, self._launch(theirs, str(scratch)))
                try:
                    pid = self._spawn(scratch, theirs)
                except (OSError, ValueError):
                    self._stop()
                    pid = self._spawn(scratch, theirs)
            return Lease(self, ours, scratch, (self._process, pid))

    def end(self, name: Any) -> Ending:
        """Kills and reaps the process that a lease names."""
        if isinstance(name, subprocess.Popen):
            name.kill()
            return Ending(name.wait(), 0.0)
        owner, pid = name
        with self._lock:
            if owner is not self._process:
                return Ending(-signal.SIGKILL, 0.0)  # it went with the warm process it came from
            try:
                reply = self._ask({"end": pid})
            except (OSError, ValueError):
                self._stop()
                return Ending(-signal.SIGKILL, 0.0)
            return Ending(reply["status"], reply["cpu"])

    def _spawn(self, scratch: Path, theirs: socket.socket) -> int:
        if self._control is None:
            self._start()
        return self._ask({"spawn": str(scratch)}, [theirs.fileno()])["pid"]

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(START_SECONDS)
        with theirs:
            self._process = self._launch(theirs, "")
        try:
            started = ours.recv(len(READY)) == READY
        except OSError:
            started = False
        if not started:
            ours.close()
            self._stop()
            raise OSError("the warm process did not start; see the message above, if any")
        ours.settimeout(SPAWN_SECONDS)
        self._control = ours

    def _launch(self, theirs: socket.socket, scratch: str) -> subprocess.Popen[bytes]:
        lib = str(self.base / "lib")
        options = {
            "level": self.level,
            "unshare": isolate.wrapper() == [],
            "limits": list(self.limits),
            "readable": [lib, *readable()],
            "scratch": scratch,
        }
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment |= {"LANG": "C.UTF-8", "MPLBACKEND": "Agg", "PYTHONHASHSEED": "0"}
        environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        wrapper = isolate.wrapper() if self.level == "full" else []
        python = [sys.executable, "-B", "-s", "-P", "-W", "ignore", "-c", START]
        return subprocess.Popen(
            [*wrapper, *python, str(theirs.fileno()), json.dumps(options), lib],
            pass_fds=[theirs.fileno()],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd=self.base,
            start_new_session=True,  # Ctrl-C in a terminal is meant for the grader alone
        )

    def _ask(self, request: dict[str, Any], descriptors: Iterable[int] = ()) -> dict[str, Any]:
        assert self._control is not None
        message = [json.dumps(request).encode()]
        socket.send_fds(self._control, message, list(descriptors))
        return json.loads(self._control.recv(65536))

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


def student_library(units: list[str]) -> dict[Path, bytes]:
    """The library as students have it while ``units`` are due: without the answers."""
    from autograde import bundle

    files = bundle.contents(units, {})
    return {path: text for path, text in files.items() if path.parts[0] in ("course_lib", "data")}


def readable() -> list[str]:
    """What Python needs to run: its own files, and those of the packages that are installed.

    A course that is installed among the packages stays hidden: it would hold the answers.
    """
    paths = [sysconfig.get_path(key) for key in ("stdlib", "platstdlib")]
    packages = Path(np.__file__).parent.parent
    hidden = {"course_lib", "autograde", "lessons"}
    if hidden.isdisjoint(os.listdir(packages)):
        paths.append(str(packages))
    else:
        paths += [str(p) for p in packages.iterdir() if p.name not in hidden]
    return [*dict.fromkeys(paths), *SYSTEM]


def write(path: Path, content: bytes) -> None:
    """Writes a file and makes the folders it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def give_up(folder: Path, held: int | None) -> None:
    """Removes the folder of a warm process, and then the lock on it."""
    remove(folder)
    if held is not None:
        os.close(held)


def clean_up() -> None:
    """Removes what graders left behind that were killed."""
    for folder in stale.abandoned():
        remove(folder)


def remove(folder: Path) -> None:
    """Removes a folder that student code could fill: also one nested thousands deep."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists() and (rm := shutil.which("rm")):
        subprocess.run([rm, "-rf", "--", str(folder)], check=False, stderr=subprocess.DEVNULL)
