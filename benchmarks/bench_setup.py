"""The README's two commands in a fresh clone, in a folder with a space: time and memory.

Run with ``python benchmarks/bench_setup.py [--skip-tests]``; takes minutes and about 1 GB of disk.
Memory is the largest sum, over a command's processes, of what they hold in RAM at one moment.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
START = "notebooks/start.ipynb"


class Watch:
    """Seconds and peak memory (MB) of a process and all its children."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.peak, self.seconds = 0.0, 0.0
        self._start, self._done = time.perf_counter(), threading.Event()
        self._thread = threading.Thread(target=self._look, args=(process.pid,), daemon=True)
        self._thread.start()

    def _look(self, pid: int) -> None:
        while not self._done.wait(0.2):
            held = 0
            try:
                family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
            except psutil.NoSuchProcess:
                continue
            for member in family:
                try:
                    held += member.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.peak = max(self.peak, held / 1e6)

    def stop(self) -> None:
        self.seconds = time.perf_counter() - self._start
        self._done.set()
        self._thread.join()


def timed(name: str, command: str, folder: Path, until: Callable[[], bool] | None = None) -> None:
    """Runs a shell command to its end, or until ``until`` says yes, and prints its cost."""
    environment = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH")}
    home = folder.parent / "home"
    for variable in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        environment[variable] = str(home / variable.lower())
    with (folder.parent / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            ["bash", "-c", command], cwd=folder, env=environment, stdout=log, stderr=log
        )
        watch = Watch(process)
        if until is None:
            process.wait()
        else:
            while process.poll() is None and not until():
                time.sleep(0.1)
        watch.stop()
        ended = process.poll()
        if until is not None and ended is None:
            end(process)
    if ended:
        text = (folder.parent / "log.txt").read_text(encoding="utf-8", errors="replace")
        sys.exit(f"{name} failed with status {ended}:\n{text[-3000:]}")
    print(f"{name:44s} {watch.seconds:8.1f} {watch.peak:9.0f}", flush=True)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a shell and what it started."""
    children = psutil.Process(process.pid).children(recursive=True)
    for member in [*children, psutil.Process(process.pid)]:
        member.terminate()
    psutil.wait_procs(children, timeout=20)
    process.wait(timeout=20)


def start_page_answers(port: int) -> bool:
    """Whether the server's root leads to the start page."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2) as answer:
            page, where = answer.read(), answer.url
    except OSError:
        return False
    if not where.endswith(START):
        sys.exit(f"JupyterLab opens on {where}, not on the start page")
    return b"jupyter-config-data" in page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skip-tests", action="store_true")
    options = parser.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="a fresh ") as name:
        folder = Path(name) / "clone of the course"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
        print(f"{'command':44s} {'seconds':>8s} {'peak MB':>9s}")
        timed(
            "venv and pip install -r requirements.txt",
            "python3 -m venv .venv && . .venv/bin/activate && pip install -q -r requirements.txt",
            folder,
        )
        timed(
            "jupyter lab, until the start page answers",
            f". .venv/bin/activate && jupyter lab --no-browser --port={port} "
            "--IdentityProvider.token=",
            folder,
            lambda: start_page_answers(port),
        )
        if not options.skip_tests:
            timed("pytest -q", ". .venv/bin/activate && pytest -q", folder)


if __name__ == "__main__":
    main()
