"""What a killed grader leaves behind is removed; what is in use, or not ours, never."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograde import stale
from autograde.spec import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing is locked there")
OLD = time.time() - 10 * stale.YOUNG


def folder(within: Path, name: str, *, ours: bool = True) -> Path:
    made = within / name
    (made / "lib" / ("autograde" if ours else "other")).mkdir(parents=True)
    os.utime(made, (OLD, OLD))
    return made


def test_only_old_unlocked_folders_of_graders_are_abandoned(tmp_path: Path) -> None:
    left = folder(tmp_path, "autograde-abcdefg1")
    folder(tmp_path, "autograde-notes")
    folder(tmp_path, "autograde-abcdefg2", ours=False)
    held = stale.hold(folder(tmp_path, "autograde-abcdefg3"))
    young = folder(tmp_path, "autograde-abcdefg4")
    os.utime(young)
    (tmp_path / "autograde-abcdefg5").symlink_to(left)
    (tmp_path / "autograde-abcdefg6").write_bytes(b"")
    assert stale.abandoned(tmp_path) == [left]
    assert held is not None
    os.close(held)
    assert stale.abandoned(tmp_path) == [left, tmp_path / "autograde-abcdefg3"]


def test_two_graders_may_look_at_the_same_time(tmp_path: Path) -> None:
    left = folder(tmp_path, "autograde-abcdefg1")
    assert stale.abandoned(tmp_path) == stale.abandoned(tmp_path) == [left]


HOLDER = """
import sys, time
from pathlib import Path
from autograde import stale
stale.hold(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    left = folder(tmp_path, "autograde-abcdefg1")
    command = [sys.executable, "-c", HOLDER, str(left)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert stale.abandoned(tmp_path) == []
        process.kill()
        process.wait()
    assert stale.abandoned(tmp_path) == [left]


def test_a_warm_process_holds_its_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from autograde.host import Zygote

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Zygote({}) as zygote:
        assert stale.OURS.fullmatch(zygote.base.name)
        assert stale.abandoned(tmp_path, young=-60.0) == []
    assert not zygote.base.exists()
