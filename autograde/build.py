"""``autograde build``: from lessons and library to cards, solution notebooks and notebooks.

Everything built is compared before it is written, so that a second build changes no byte, and
``build --check`` can say what is stale without touching anything.
"""

import dataclasses
import json
import math
import multiprocessing
import os
import signal
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from autograde import lesson, record, spec
from autograde.notebooks import ONE_THREAD
from autograde.spec import CARDS, INDEX, QUIZZES

ROOT = spec.ROOT
MAX_WORKERS = 16  # each takes 100 MB
Files = dict[Path, str]  # path below ROOT -> content


# --- what a unit is built into ------------------------------------------------------------------


def cards(units: Iterable[str]) -> Files:
    """The cards of all exercises of ``units``, made side by side on all processors."""
    names = [exercise.name for unit in units for exercise in spec.exercises(unit)]
    workers = max(1, min(os.cpu_count() or 1, len(names), MAX_WORKERS))
    fresh = multiprocessing.get_context("spawn")  # a fork would copy locks of other threads
    os.environ |= {**ONE_THREAD, **os.environ}  # numpy's threads would get in each other's way
    deaf = {"initializer": signal.signal, "initargs": (signal.SIGINT, signal.SIG_IGN)}
    with ProcessPoolExecutor(workers, mp_context=fresh, **deaf) as pool:
        texts = pool.map(record.card_text, names)
        return {CARDS / f"{name}.json": text for name, text in zip(names, texts, strict=True)}


def unit_files(unit: str) -> Files:
    """The built files of ``unit`` but its cards and its release notebook."""
    files: Files = {}
    for quiz in spec.quizzes(unit):
        text = json.dumps(dataclasses.asdict(quiz), indent=1, ensure_ascii=False)
        files[QUIZZES / f"{quiz.name}.json"] = text + "\n"
    notebook = lesson.to_json(lesson.solution_notebook(unit))
    files[Path("solutions") / unit / f"{unit}.ipynb"] = notebook
    return files


# --- writing and checking -----------------------------------------------------------------------


def same(built: str, current: str) -> bool:
    """Equal text, or for JSON numbers that differ by rounding between two machines."""
    if built == current:
        return True
    try:
        return _close(json.loads(built), json.loads(current))
    except ValueError:
        return False


def _close(left: Any, right: Any) -> bool:
    if isinstance(left, dict) and isinstance(right, dict):
        return list(left) == list(right) and all(_close(left[k], right[k]) for k in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_close, left, right))
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-7, abs_tol=1e-9)
    return type(left) is type(right) and left == right


def stale(files: Files, root: Path = ROOT) -> list[Path]:
    """The files that are missing or whose committed content is not what is built."""
    return [
        path
        for path, text in files.items()
        if not (root / path).exists() or not same(text, (root / path).read_text(encoding="utf-8"))
    ]


def superfluous(files: Files, root: Path = ROOT) -> list[Path]:
    """Built-looking files that nothing builds any more."""
    folders = {
        CARDS: "*.json",
        QUIZZES: "*.json",
        Path("solutions"): "**/*",
        Path("notebooks"): "**/*",
    }
    found: list[Path] = []
    for folder, pattern in folders.items():
        for path in sorted((root / folder).glob(pattern)):
            relative = path.relative_to(root)
            if path.is_file() and relative not in files and ".ipynb_checkpoints" not in path.parts:
                found.append(relative)
    return found


def write(files: Files, paths: Iterable[Path], root: Path = ROOT) -> None:
    """Writes the given ones of ``files``, each at once, so that an interruption leaves no half."""
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = target.with_suffix(".tmp")
        scratch.write_text(files[path], encoding="utf-8", newline="\n")
        os.replace(scratch, target)


def index() -> Files:
    """The map of all units, for the start page."""
    rows = [
        {
            "unit": unit,
            "title": spec.load_unit(unit).TITLE,
            "minutes": spec.load_unit(unit).MINUTES,
            "exercises": [exercise.name for exercise in spec.exercises(unit)],
        }
        for unit in spec.units()
    ]
    return {INDEX: json.dumps(rows, indent=1, ensure_ascii=False) + "\n"}


def everything(units: list[str]) -> Files:
    """All built files of ``units``, the start page and the map of the units."""
    files = index()
    for unit in units:  # a lesson that cannot be built is told before the long work
        files |= unit_files(unit)
    return files | lesson.release(files) | lesson.start_page() | cards(units)


def main(units: list[str], *, check: bool = False) -> int:
    """Builds ``units`` (none: all). Returns 0 if all is well, 1 if ``check`` found stale files."""
    chosen = units or spec.units()
    files = everything(chosen)
    old = stale(files)
    extra = superfluous(files) if not units else []
    for path in old:
        print(f"{'stale' if check else 'built'}: {path.as_posix()}")
    for path in extra:
        print(f"{'superfluous' if check else 'removed'}: {path.as_posix()}")
    if check:
        if old or extra:
            print("To bring them up to date: autograde build")
        return 1 if old or extra else 0
    write(files, old)
    for path in extra:
        (ROOT / path).unlink()
    print(f"{len(old)} of {len(files)} files built, the others were up to date")
    return 0
