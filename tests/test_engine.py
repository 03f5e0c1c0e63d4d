"""Verdicts are kept, taken again only for the same work, and survive ends of processes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograde import cluster, engine, isolate, mark
from autograde.inbox import Handed, handed_in, notebook_in
from autograde.release import release_of
from autograde.spec import ROOT

UNIT = "unit04_momentum"
FULL = sum(cell.points for cell in release_of(UNIT).cells)
RIGHT = (ROOT / "solutions" / UNIT / f"{UNIT}.ipynb").read_bytes()

needs_a_lock = pytest.mark.skipif(
    isolate.probe().level == "none", reason="this host cannot lock a process in"
)


def variant(number: int) -> bytes:
    """A right submission that differs from the others."""
    notebook = json.loads(RIGHT)
    own = {"cell_type": "code", "metadata": {}, "source": f"mine = {number}"}
    notebook["cells"].append(own)
    return json.dumps(notebook).encode()


# --- verdicts that are kept -----------------------------------------------------------------------


def test_a_verdict_is_kept_for_its_key_alone(tmp_path: Path) -> None:
    marking = mark.failed(UNIT, "crashed", "It was.", "base")
    file = engine.verdict_file(tmp_path, UNIT, "ada")
    engine.keep(file, "key", marking)
    assert engine.kept_verdict(file, "key") == marking
    assert engine.kept_verdict(file) == marking
    assert engine.kept_verdict(file, "another") is None
    assert engine.kept_verdicts(UNIT, tmp_path) == {"ada": marking}
    first = file.read_bytes()
    engine.keep(file, "key", marking)
    assert file.read_bytes() == first


@pytest.mark.parametrize("reason", [engine.LOST, cluster.LOST])
def test_what_became_lost_is_tried_again_by_the_next_run(
    reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = mark.failed(UNIT, "needs a human", reason, "none")
    fine = mark.failed(UNIT, "not written", "It is the stub.", "none")
    for made, kept in ((lost, True), (fine, True), (lost, False)):
        monkeypatch.setattr(engine, "_made", lambda *_, made=made: [("ada", made)])
        found = dict(engine.mark_all({"ada": b"a"}, UNIT, "t", cache_dir=tmp_path))
        assert found == {"ada": made if kept else fine}
        assert engine.kept_verdicts(UNIT, tmp_path) == found


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"key": "key"}', '{"key": "key", "marking": 3}'])
def test_a_damaged_verdict_counts_as_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "ada.json"
    file.write_text(text, encoding="utf-8")
    assert engine.kept_verdict(file, "key") is None


def test_the_key_holds_all_that_a_verdict_depends_on() -> None:
    base = engine.key_of(Handed(b"a"), UNIT, "t")
    assert base == engine.key_of(Handed(b"a"), UNIT, "t")
    others = {
        engine.key_of(Handed(b"b"), UNIT, "t"),
        engine.key_of(Handed(b"a", ("note",)), UNIT, "t"),
        engine.key_of(Handed(b"a"), "unit10_dropout", "t"),
        engine.key_of(Handed(b"a"), UNIT, "u"),
    }
    assert len(others | {base}) == 5


def test_kept_verdicts_below_the_required_level_are_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marking = mark.failed(UNIT, "crashed", "It was.", "none")
    file = engine.verdict_file(tmp_path, UNIT, "ada")
    engine.keep(file, engine.key_of(Handed(b"a"), UNIT, "t"), marking)
    submissions = {"ada": b"a"}
    taken = dict(engine.mark_all(submissions, UNIT, "t", workers=0, cache_dir=tmp_path))
    assert taken == {"ada": marking}
    monkeypatch.setattr(isolate, "probe", lambda: isolate.Isolation("none", ()))
    with pytest.raises(OSError, match="isolation 'base' is required"):
        list(engine.mark_all(submissions, UNIT, "t", workers=0, cache_dir=tmp_path, require="base"))


# --- what is handed in ----------------------------------------------------------------------------


def test_a_notebook_is_found_under_any_name_but_never_through_a_link(tmp_path: Path) -> None:
    for student in ("ada", "bob", "cyd", "dan"):
        (tmp_path / student / UNIT).mkdir(parents=True)
    (tmp_path / "ada" / UNIT / f"{UNIT}.ipynb").write_bytes(b"A")
    (tmp_path / "bob" / UNIT / "Copy of mine.ipynb").write_bytes(b"B")
    (tmp_path / "cyd" / UNIT / f"{UNIT}.ipynb").symlink_to(
        tmp_path / "ada" / UNIT / f"{UNIT}.ipynb"
    )
    os.mkfifo(tmp_path / "dan" / UNIT / f"{UNIT}.ipynb")
    found = handed_in(tmp_path, UNIT)
    assert {student: one.data for student, one in found.items()} == {
        "ada": b"A",
        "bob": b"B",
        "cyd": b"",
        "dan": b"",
    }
    assert found["ada"].notes == ()
    assert "Copy of mine.ipynb" in found["bob"].notes[0]


def test_the_notebook_of_the_right_name_comes_first(tmp_path: Path) -> None:
    (tmp_path / f"{UNIT}.ipynb").write_bytes(b"A")
    (tmp_path / "bigger.ipynb").write_bytes(b"BBBB")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "old.ipynb").write_bytes(b"CCCCCC")
    found = notebook_in(tmp_path, UNIT)
    assert found.data == b"A"
    assert "Of 2 notebooks" in found.notes[0]


# --- processes ------------------------------------------------------------------------------------


@pytest.mark.slow
@needs_a_lock
def test_a_pool_marks_all_and_a_second_run_does_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submissions = {f"s{number}": variant(number) for number in range(4)} | {"odd": b"{"}
    first = dict(engine.mark_all(submissions, UNIT, "t", workers=2, cache_dir=tmp_path))
    assert {student: one.points for student, one in first.items()} == {
        **{f"s{number}": FULL for number in range(4)},
        "odd": 0.0,
    }
    monkeypatch.setattr(engine, "student_library", lambda units: pytest.fail("marked again"))
    again = dict(engine.mark_all(submissions, UNIT, "t", workers=2, cache_dir=tmp_path))
    assert again == first


def die_at_the_third(work: engine.Work) -> str:
    """Stands for a worker that something kills."""
    if b"deadly" in work[2]:
        os.kill(os.getpid(), signal.SIGKILL)
    return mark.to_json(mark.failed(UNIT, "not written", "", "full"))


@pytest.mark.slow
@needs_a_lock
def test_a_submission_that_ends_workers_costs_the_others_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "_one", die_at_the_third)
    monkeypatch.setattr(engine, "_start", no_start)
    waiting = {f"s{number}": (UNIT, "t", b"x") for number in range(6)}
    waiting["s2"] = (UNIT, "t", b"deadly")
    found = list(engine._Pool({}, 2).marked(waiting))
    assert sorted(student for student, _ in found) == sorted(waiting)
    statuses = {student: one.exercises[0].status for student, one in found}
    assert statuses.pop("s2") == "needs a human"
    assert set(statuses.values()) == {"not written"}


def leave_a_mark(work: engine.Work) -> str:
    """Stands for marking: its traces are files in the folder that the work names."""
    (Path(work[1]) / work[2].decode()).touch()
    return mark.to_json(mark.failed(UNIT, "not written", "", "full"))


@pytest.mark.slow
@pytest.mark.parametrize(("workers", "begun"), [(1, 1), (2, 4)])
def test_one_worker_rests_while_its_verdict_is_dealt_with(
    workers: int, begun: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_one", leave_a_mark)
    monkeypatch.setattr(engine, "_start", no_start)
    waiting = {f"s{number}": (UNIT, str(tmp_path), b"%d" % number) for number in range(6)}
    marked = engine._Pool({}, workers).marked(waiting)
    next(marked)
    deadline = time.monotonic() + 30
    while len(list(tmp_path.iterdir())) < begun and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    assert len(list(tmp_path.iterdir())) == begun
    assert len(dict(marked)) == 5


def no_start(library: engine.Library) -> None:
    pass


KILLED = """
import sys
from pathlib import Path
from autograde import engine
from tests.test_engine import UNIT, variant
if __name__ == "__main__":
    submissions = {f"s{n}": variant(n) for n in range(8)}
    for student, _ in engine.mark_all(submissions, UNIT, "t", cache_dir=Path(sys.argv[1])):
        print(student, flush=True)
"""


@pytest.mark.slow
@needs_a_lock
def test_a_killed_run_is_continued_where_it_stopped(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(KILLED, encoding="utf-8")
    path = {**os.environ, "PYTHONPATH": str(ROOT)}
    verdicts = tmp_path / "verdicts"
    command = [sys.executable, str(script), str(verdicts)]
    with subprocess.Popen(command, env=path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        done = [process.stdout.readline().strip() for _ in range(3)]
        process.kill()
    kept = engine.kept_verdicts(UNIT, verdicts)
    assert set(done) <= set(kept)
    stamps = {s: engine.verdict_file(verdicts, UNIT, s).stat().st_mtime_ns for s in kept}
    subprocess.run(command, env=path, check=True, stdout=subprocess.DEVNULL)
    complete = engine.kept_verdicts(UNIT, verdicts)
    assert {student: one.points for student, one in complete.items()} == {
        f"s{number}": FULL for number in range(8)
    }
    for student, stamp in stamps.items():
        assert engine.verdict_file(verdicts, UNIT, student).stat().st_mtime_ns == stamp
    deadline = time.monotonic() + 10
    while children_of(script) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not children_of(script)


def children_of(script: Path) -> list[str]:
    """Command lines of processes that still run the script's work."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(script) in line:
            found.append(line)
    return found
