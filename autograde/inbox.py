"""What was handed in: one notebook per student, below ``submitted/<student>/<unit>/``."""

import os
import stat
from pathlib import Path
from typing import NamedTuple

from autograde.submission import MAX_BYTES


class Handed(NamedTuple):
    """The bytes of a student's notebook (none: b""), and what to note about the file."""

    data: bytes
    notes: tuple[str, ...] = ()


def handed_in(submitted: Path, unit: str) -> dict[str, Handed]:
    """All submissions to ``unit``, by student, in the order of their names."""
    folders = sorted(path for path in submitted.glob(f"*/{unit}") if path.is_dir())
    return {folder.parent.name: notebook_in(folder, unit) for folder in folders}


def notebook_in(folder: Path, unit: str) -> Handed:
    """The notebook in a submission's folder, whatever it is called.

    Only plain files count: a link could lead to somebody else's work, and a pipe nowhere.
    """
    plain = [path for path in sorted(folder.rglob("*.ipynb")) if is_plain(path, folder)]
    exact = folder / f"{unit}.ipynb"
    if exact in plain:
        more = len(plain) - 1
        note = f"Of {more + 1} notebooks handed in, only {exact.name} was looked at."
        return Handed(content(exact), (note,) if more else ())
    if not plain:
        return Handed(b"", ("No notebook was handed in.",))
    chosen = max(plain, key=lambda path: path.stat().st_size)
    return Handed(content(chosen), (f"The notebook was found under the name {chosen.name!r}.",))


def is_plain(path: Path, folder: Path) -> bool:
    """Whether this is a file of this folder, reached without any link; checkpoints are none."""
    inside = path.relative_to(folder)
    if ".ipynb_checkpoints" in inside.parts:
        return False
    steps = [folder, *(folder / parent for parent in inside.parents), path]
    try:
        linked = any(step.is_symlink() for step in steps)
        return not linked and stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def content(path: Path) -> bytes:
    """The file's bytes, no more of them than a submission may have and one."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
