"""How much memory a grader's processes take, while it runs (Linux).

A worker is the process that decides, its warm process, and the locked ones forked from that. What
they share is counted once (proportional set size).
"""

import os
import threading
import time
from pathlib import Path
from typing import NamedTuple

EVERY = 0.25  # seconds
WARM = b"autograde.zygote"


class Sample(NamedTuple):
    """Megabytes at one moment: of every worker, of its deciding process alone, of all others."""

    moment: float
    workers: dict[int, float]
    deciding: dict[int, float]
    others: dict[int, float]


class Watch(threading.Thread):
    """Samples the descendants of ``pid`` until it ends. Start it, and join it."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.samples: list[Sample] = []

    def run(self) -> None:
        start = time.monotonic()
        while Path(f"/proc/{self.pid}/stat").exists() and not _ended(self.pid):
            self.samples.append(sample(self.pid, time.monotonic() - start))
            time.sleep(EVERY)

    def report(self) -> str:
        """The largest of each kind, and the workers' growth between two halves of their lives."""
        if not any(one.workers for one in self.samples):
            return "no memory was measured"
        parts = [
            f"a worker takes at most {_peak(self.samples, 'workers'):.0f} MB "
            f"({_peak(self.samples, 'deciding'):.0f} MB the process that decides)",
            f"each other process at most {_peak(self.samples, 'others'):.0f} MB",
        ]
        busy = [one for one in self.samples if one.workers]
        early, late = busy[len(busy) // 4 : len(busy) // 2], busy[-len(busy) // 4 :]
        if early and late:
            first, last = _peak(early, "deciding"), _peak(late, "deciding")
            parts.append(f"deciding, second quarter {first:.0f} MB, last quarter {last:.0f} MB")
        return "; ".join(parts)


def sample(pid: int, moment: float) -> Sample:
    """The memory of a process and of all that came of it."""
    workers, deciding, others = {}, {}, {}
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        below = children(one)
        warm = [child for child in below if WARM in command(child)]
        if warm and WARM not in command(one):
            deciding[one] = pss(one)
            workers[one] = sum(map(pss, [one, *descendants(one)]))
        else:
            others[one] = pss(one)
            waiting += below
    return Sample(moment, workers, deciding, others)


def descendants(pid: int) -> list[int]:
    below = children(pid)
    return below + [more for child in below for more in descendants(child)]


def children(pid: int) -> list[int]:
    """Processes started by any thread of a process."""
    found: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        found += map(int, _text(file).split())
    return found


def command(pid: int) -> bytes:
    return _text(Path(f"/proc/{pid}/cmdline"))


def pss(pid: int) -> float:
    """Megabytes of a process, pages that it shares counted in part; 0 if it has ended."""
    for line in _text(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _text(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _ended(pid: int) -> bool:
    return b") Z" in _text(Path(f"/proc/{pid}/stat"))


def _peak(samples: list[Sample], kind: str) -> float:
    return max((max(getattr(one, kind).values(), default=0.0) for one in samples), default=0.0)


if __name__ == "__main__":
    import sys

    watch = Watch(int(sys.argv[1]) if len(sys.argv) > 1 else os.getpid())
    watch.run()
    print(watch.report())
