"""Folders that a grader left behind which was killed: found at the next start, and removed.

A grader holds a lock on its folder while it lives; the kernel gives it up with the process,
whatever ends that, and tells it across containers that share a folder.
"""

import os
import re
import stat
import sys
import tempfile
import time
from pathlib import Path

if sys.platform != "win32":
    import fcntl

PREFIX = "autograde-"
OURS = re.compile(rf"{PREFIX}[a-z0-9_]{{8}}")
YOUNG = 600.0  # seconds in which a folder may be without a lock: it is just being made


def hold(folder: Path) -> int | None:
    """Locks a folder for as long as this process lives; a descriptor, or None on Windows."""
    if sys.platform == "win32":
        return None
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def abandoned(within: Path | None = None, *, young: float = YOUNG) -> list[Path]:
    """Folders of graders of this user that do not live any more."""
    if sys.platform == "win32":
        return []
    folders = sorted((within or Path(tempfile.gettempdir())).glob(f"{PREFIX}*"))
    return [path for path in folders if OURS.fullmatch(path.name) and _is_abandoned(path, young)]


def _is_abandoned(folder: Path, young: float) -> bool:
    try:
        facts = folder.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid():
            return False
        if time.time() - facts.st_mtime < young or not (folder / "lib" / "autograde").is_dir():
            return False
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
