"""Marks many submissions at once, keeps every verdict, and does nothing twice.

Every verdict is written as soon as it stands, with a key made of all that it depends on. A run
that was interrupted, at whatever moment, is continued by starting it again.
"""

import hashlib
import json
import os
import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context
from multiprocessing.util import Finalize
from pathlib import Path

import numpy as np

from autograde import cluster, isolate, mark
from autograde.host import Zygote, clean_up, student_library
from autograde.inbox import Handed
from autograde.isolate import Level
from autograde.mark import Marking
from autograde.release import release_of
from autograde.spec import ROOT

VERDICTS = ROOT / "autograde" / "work" / "verdicts"
SOURCES = ("autograde/*.py", "course_lib/**/*.py", "course_lib/cards/*.json")
LOST = "Marking it ended the grader's own process, twice."
LEVELS: tuple[str, ...] = isolate.LEVELS
Library = dict[Path, bytes]
Work = tuple[str, str, bytes]  # unit, term, notebook


def mark_all(
    submissions: Mapping[str, bytes | Handed],
    unit: str,
    term: str,
    *,
    workers: int = 2,
    scheduler: str | None = None,
    cache_dir: Path = VERDICTS,
    require: Level = "none",
) -> Iterator[tuple[str, Marking]]:
    """(student, marking) of every submission, in the order in which they are done.

    Verdicts that stand in ``cache_dir`` are not made again. ``workers``: processes; with 0 all is
    done in this one. ``scheduler``: the address of a Dask scheduler whose workers mark instead.
    ``require``: isolation below which nothing is run (``OSError``), nor an old verdict taken.
    """
    if LEVELS.index(isolate.probe().level) < LEVELS.index(require) and scheduler is None:
        raise OSError(f"isolation {require!r} is required, this host gives less: autograde doctor")
    handed = {s: h if isinstance(h, Handed) else Handed(h) for s, h in submissions.items()}
    keys = {student: key_of(one, unit, term) for student, one in handed.items()}
    waiting: dict[str, Work] = {}
    for student, one in handed.items():
        kept = kept_verdict(verdict_file(cache_dir, unit, student), keys[student])
        if kept is None or LEVELS.index(kept.level) < LEVELS.index(require):
            waiting[student] = (unit, term, one.data)
        else:
            yield student, kept
    if not waiting:
        return
    for student, made in _made(waiting, unit, workers, scheduler):
        if LEVELS.index(made.level) < LEVELS.index(require):
            raise OSError(f"isolation {require!r} is required, a worker gives {made.level!r}")
        marking = made._replace(notes=(*handed[student].notes, *made.notes))
        keep(verdict_file(cache_dir, unit, student), _key_kept(keys[student], made), marking)
        yield student, marking


def _made(
    waiting: dict[str, Work], unit: str, workers: int, scheduler: str | None
) -> Iterator[tuple[str, Marking]]:
    clean_up()
    library = library_of(unit)
    if scheduler is not None:
        yield from cluster.marked(waiting, library, scheduler)
    elif workers == 0:
        with Zygote(library) as zygote:
            for student, (_, term, data) in waiting.items():
                yield student, mark.mark(data, unit, term, zygote)
    else:
        yield from _Pool(library, workers).marked(waiting)


@cache
def library_of(unit: str) -> Library:
    """What students have while ``unit`` is due."""
    return student_library([unit])


# --- verdicts that are kept -----------------------------------------------------------------------


@cache
def grader_version() -> str:
    """A digest of everything of ours that a verdict depends on but the unit itself."""
    digest = hashlib.sha256(np.__version__.encode())
    for path in sorted(path for pattern in SOURCES for path in ROOT.glob(pattern)):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


@cache
def _unit_version(unit: str) -> str:
    files = sorted((ROOT / "solutions" / unit).glob("*.ipynb"))
    files += sorted((ROOT / "lessons" / unit).glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def key_of(handed: Handed, unit: str, term: str) -> str:
    """What a verdict depends on, as one word."""
    parts = [unit, term, grader_version(), _unit_version(unit), repr(handed.notes)]
    digest = hashlib.sha256(json.dumps(parts).encode())
    digest.update(handed.data)
    return digest.hexdigest()


def _key_kept(key: str, marking: Marking) -> str:
    """No key at all for what became lost: the next run tries it again."""
    lost = any(one.message in (LOST, cluster.LOST) for one in marking.exercises)
    return "" if lost else key


def verdict_file(folder: Path, unit: str, student: str) -> Path:
    return folder / unit / f"{student}.json"


def kept_verdict(file: Path, key: str | None = None) -> Marking | None:
    """The marking kept in ``file`` if it was made for ``key`` (None: for any), else None."""
    try:
        content = json.loads(file.read_bytes())
        if key is not None and content["key"] != key:
            return None
        return mark.from_json(json.dumps(content["marking"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def kept_verdicts(unit: str, folder: Path = VERDICTS) -> dict[str, Marking]:
    """All markings of ``unit`` that are kept, by student."""
    files = sorted((folder / unit).glob("*.json"))
    found = {file.stem: kept_verdict(file) for file in files}
    return {student: marking for student, marking in found.items() if marking is not None}


def keep(file: Path, key: str, marking: Marking) -> None:
    """Writes a verdict all at once: after a crash, the file is whole or was not there."""
    content = {"key": key, "marking": json.loads(mark.to_json(marking))}
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_suffix(".tmp")
    with scratch.open("w", encoding="utf-8") as out:
        out.write(json.dumps(content, sort_keys=True, indent=1) + "\n")
        out.flush()
        os.fsync(out.fileno())
    os.replace(scratch, file)


# --- processes ------------------------------------------------------------------------------------

_zygote: Zygote | None = None


def _start(library: Library) -> None:
    """The beginning of a worker: it ends with the grader, and leaves Ctrl-C to it."""
    global _zygote
    isolate.die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _zygote = Zygote(library)
    Finalize(None, _zygote.close, exitpriority=10)


def _one(work: Work) -> str:
    assert _zygote is not None
    unit, term, data = work
    return mark.to_json(mark.mark(data, unit, term, _zygote))


class _Pool:
    """Worker processes, each with a warm process of its own."""

    def __init__(self, library: Library, workers: int) -> None:
        self.library, self.workers = library, workers
        self.ahead = 2 * workers if workers > 1 else 1  # one worker rests while others do theirs

    def _executor(self, workers: int) -> ProcessPoolExecutor:
        context = get_context("spawn")
        return ProcessPoolExecutor(workers, context, _start, (self.library,))

    def marked(self, waiting: dict[str, Work]) -> Iterator[tuple[str, Marking]]:
        """Marks all; a submission with which a worker ended is tried once more, by itself."""
        rest = list(waiting.items())
        executor = self._executor(min(self.workers, len(rest)))
        running: dict[Future[str], str] = {}
        try:
            while rest or running:
                suspects: list[str] = []
                try:
                    while rest and len(running) < self.ahead:
                        student, work = rest[0]
                        running[executor.submit(_one, work)] = student
                        rest.pop(0)
                except BrokenProcessPool:
                    pass  # noticed again below, by what was running
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    student = running.pop(future)
                    try:
                        yield student, mark.from_json(future.result())
                    except BrokenProcessPool:
                        suspects.append(student)
                if suspects:
                    suspects += running.values()
                    running.clear()
                    executor.shutdown(cancel_futures=True)
                    for student in suspects:
                        yield student, self._alone(waiting[student])
                    executor = self._executor(self.workers)
        finally:
            executor.shutdown(wait=True, cancel_futures=True)

    def _alone(self, work: Work) -> Marking:
        with self._executor(1) as executor:
            try:
                return mark.from_json(executor.submit(_one, work).result())
            except BrokenProcessPool:
                level = isolate.probe().level
                return mark.failed(release_of(work[0]).unit, "needs a human", LOST, level)
