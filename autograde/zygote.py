"""The warm process from which every submission's process is forked.

It imports numpy, matplotlib and the library (a copy without answers) once; a child begins with
all of that, loses every right, and becomes a ``locked.Server``. Only the grader talks to this
process, over a socket that no child keeps.
"""

import array
import contextlib
import gc
import json
import os
import random
import signal
import socket
import sys
from typing import Any

from autograde import isolate
from autograde.isolate import Level, Limits

WARM = ("arrays", "check", "datasets", "gradcheck", "landscape", "layers", "losses", "models")
WARM += ("optim", "overview", "plots", "preprocessing", "problems", "quiz", "train", "explorers")
WARM += ("augment", "logistic", "noise", "schedules", "search", "second_order")
KEPT_ENVIRONMENT = ("PATH", "LANG", "MPLBACKEND", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
READY = b"ready"


def warm_up() -> None:
    """Imports what lessons import, and draws one figure, so that children find all of it done."""
    import importlib
    import io

    import matplotlib
    import numpy as np

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    axes.set_title("$x^2$")
    figure.savefig(io.BytesIO(), format="png")
    plt.close("all")
    np.linalg.svd(np.eye(3))
    np.random.default_rng(0).normal()
    for module in WARM:
        with contextlib.suppress(ImportError):  # a course may do without some of them
            importlib.import_module(f"course_lib.{module}")
    from autograde import locked, wire

    wire.named_tuples()
    assert locked.Server
    gc.collect()
    gc.freeze()


def become_student(descriptor: int, options: dict[str, Any], scratch: str) -> None:
    """Turns this process into the locked process of one submission; does not return."""
    import matplotlib.pyplot as plt
    import numpy as np

    from autograde import locked

    descriptor = isolate.keep_only(descriptor)
    for name in set(os.environ) - set(KEPT_ENVIRONMENT):
        del os.environ[name]
    os.environ["HOME"] = os.environ["TMPDIR"] = scratch
    os.chdir(scratch)
    sys.argv = [""]
    random.seed(0)  # a regrade meets the same numbers
    np.random.seed(0)  # noqa: NPY002  student code may use the old interface
    limits = Limits(*options["limits"])
    isolate.lock_down(options["level"], limits, options["readable"], scratch)
    server = locked.Server(descriptor)
    plt.show = server.notebook.show_figures
    server.send(["ready"])
    server.serve()


class Nursery:
    """The loop of the warm process: forks on request, and ends and reaps what it forked."""

    def __init__(self, control: socket.socket, options: dict[str, Any]) -> None:
        self.control, self.options = control, options
        self.children: set[int] = set()

    def run(self) -> None:
        """Serves until the grader hangs up, then leaves no child behind."""
        self.control.send(READY)
        while message := self._receive():
            request, descriptors = message
            if "spawn" in request:
                reply: dict[str, Any] = {"pid": self._spawn(request["spawn"], descriptors[0])}
            else:
                reply = self._end(request["end"])
            self.control.send(json.dumps(reply).encode())
        for pid in list(self.children):
            self._end(pid)

    def _receive(self) -> tuple[dict[str, Any], list[int]] | None:
        data, ancillary, *_ = self.control.recvmsg(65536, socket.CMSG_SPACE(8))
        descriptors = array.array("i")
        for _, _, raw in ancillary:
            descriptors.frombytes(raw[: len(raw) // 4 * 4])
        return (json.loads(data), list(descriptors)) if data else None

    def _spawn(self, scratch: str, descriptor: int) -> int:
        pid = os.fork()
        if pid == 0:
            try:
                isolate.die_with_parent()
                become_student(descriptor, self.options, scratch)
            finally:
                os._exit(3)
        os.close(descriptor)
        self.children.add(pid)
        return pid

    def _end(self, pid: int) -> dict[str, Any]:
        """Kills a child. Until here it was not reaped, so its number cannot mean another."""
        if pid not in self.children:
            return {"status": 0, "cpu": 0.0}
        os.kill(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
        self.children.discard(pid)
        code = os.waitstatus_to_exitcode(status)
        return {"status": code, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss}


def enter_namespaces() -> None:
    """Goes on in a child that is the first process of new namespaces; the parent only waits."""
    isolate.unshare()
    pid = os.fork()
    if pid:
        os.closerange(3, 256)  # the control socket too, or nobody would notice a hang-up
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)
    isolate.die_with_parent()


def main(descriptor: int, text: str) -> None:
    """The whole life of the process. ``text``: options as JSON, see ``session.Zygote``."""
    options = json.loads(text)
    level: Level = options["level"]
    if options["scratch"]:  # no fork here: this process is the one submission's
        warm_up()
        become_student(descriptor, options, options["scratch"])
    control = socket.socket(fileno=descriptor)
    if level == "full" and options["unshare"]:
        enter_namespaces()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the grader, which then hangs up
    warm_up()
    Nursery(control, options).run()
    os._exit(0)
