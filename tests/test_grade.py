"""``autograde grade`` end to end, from a folder of submissions to the gradebook."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from autograde import cluster, hidden, isolate, mark, record, spec
from autograde.__main__ import main
from autograde.grade import Bar, grade, summary
from autograde.release import release_of
from course_lib.checking import cards
from course_lib.checking.examine import judge

UNIT = "unit04_momentum"
FULL = sum(cell.points for cell in release_of(UNIT).cells)


def test_the_summary_counts_statuses_and_names_who_needs_a_person() -> None:
    markings = {
        "ada": mark.failed(UNIT, "crashed", "", "full"),
        "bob": mark.failed(UNIT, "needs a human", "", "full"),
    }
    text = summary(markings)
    assert "1 crashed, 1 needs a human" in text
    assert text.endswith("A person must look at 1: bob\nisolation: full (2)")


@pytest.mark.parametrize("terminal", [True, False])
def test_the_bar_is_redrawn_in_a_terminal_and_a_line_now_and_then_in_a_file(
    terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)
    bar = Bar(30)
    for _ in range(30):
        bar.step()
    text = capsys.readouterr().out
    assert text.count("\n") == (1 if terminal else 10)
    assert text.count("\r") == (31 if terminal else 0)
    assert all(len(line) < 80 for line in text.replace("\r", "\n").splitlines())
    last = text.replace("\r", "\n").splitlines()[-1].rstrip()
    assert last == f"[{'#' * 30}] 30 of 30, 0 s"


@pytest.mark.parametrize("workers", ["0", "-3", "two"])
def test_workers_are_counted_from_one(workers: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["grade", UNIT, "--workers", workers])
    assert ended.value.code == 2
    assert f"must be a number from 1 on, got {workers}" in capsys.readouterr().err


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; from autograde.__main__ import parser; parser().format_help(); "
    code += "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert {"numpy", "matplotlib", "nbgrader", "course_lib"}.isdisjoint(done.stdout.split())


def test_an_unknown_unit_is_an_error_that_names_the_others(capsys) -> None:
    assert main(["grade", "unit99"]) == 2
    assert UNIT in capsys.readouterr().err


def hand_in(root: Path, files: dict[str, tuple[Any, str]]) -> None:
    """A course below ``root`` with one file per student: (notebook, name of the file)."""
    shutil.copy(spec.ROOT / "nbgrader_config.py", root)
    shutil.copytree(spec.ROOT / "solutions" / UNIT, root / "solutions" / UNIT)
    for student, (notebook, name) in files.items():
        folder = root / "autograde" / "work" / "submitted" / student / UNIT
        folder.mkdir(parents=True)
        (folder / name).write_text(json.dumps(notebook), encoding="utf-8")


def solution() -> Any:
    return json.loads((spec.ROOT / "solutions" / UNIT / f"{UNIT}.ipynb").read_bytes())


GRADE = """
import sys
from pathlib import Path
from autograde.grade import grade
if __name__ == "__main__":
    grade(sys.argv[2], term="t", root=Path(sys.argv[1]))
"""
ROWS = """
SELECT s.student_id, c.name, g.auto_score, g.needs_manual_grade FROM grade g
JOIN base_cell c ON c.id = g.cell_id JOIN submitted_notebook n ON n.id = g.notebook_id
JOIN submitted_assignment s ON s.id = n.assignment_id ORDER BY 1, 2
"""


def written(root: Path) -> tuple[list[Any], dict[str, bytes]]:
    """The grades in the gradebook, and the files that stand beside it."""
    work = root / "autograde" / "work"
    with contextlib.closing(sqlite3.connect(work / "gradebook.db")) as database:
        rows = database.execute(ROWS).fetchall()
    folders = [work / name for name in ("verdicts", "autograded", "feedback")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return rows, {path.relative_to(work).as_posix(): path.read_bytes() for path in files}


@pytest.mark.slow
@pytest.mark.skipif(isolate.probe().level == "none", reason="this host cannot lock a process in")
@pytest.mark.parametrize("verdicts", [0, 2])
def test_a_killed_command_is_made_good_by_the_next(tmp_path: Path, verdicts: int) -> None:
    pytest.importorskip("nbgrader")
    (tmp_path / "grade.py").write_text(GRADE, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(spec.ROOT)}
    for name in ("killed", "whole"):
        course = tmp_path / name
        course.mkdir()
        hand_in(course, {f"s{number}": (solution(), f"{UNIT}.ipynb") for number in range(4)})
        command = [sys.executable, str(tmp_path / "grade.py"), str(course), UNIT]
        if name == "killed":
            kept = course / "autograde" / "work" / "verdicts" / UNIT
            with subprocess.Popen(command, env=environment) as process:
                book = course / "autograde" / "work" / "gradebook.db"
                while len(list(kept.glob("*.json"))) < verdicts or not book.exists():
                    assert process.poll() is None
                    time.sleep(0.01)
                process.kill()
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    assert written(tmp_path / "killed") == written(tmp_path / "whole")
    assert len(written(tmp_path / "whole")[1]) == 4 * 3


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_ends_the_command_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    hand_in(tmp_path, {"ada": (solution(), f"{UNIT}.ipynb")})
    monkeypatch.setattr(cluster, "ANSWERS", 0.5)
    with pytest.raises(OSError, match="no Dask scheduler answers"):
        grade(UNIT, root=tmp_path, scheduler="tcp://127.0.0.1:9")


@pytest.mark.slow
@pytest.mark.skipif(isolate.probe().level == "none", reason="this host cannot lock a process in")
def test_a_class_from_files_to_marks(tmp_path: Path, capsys) -> None:
    pytest.importorskip("nbgrader")
    exercise = next(e for e in spec.exercises(UNIT) if e.name == "stability_limit")
    mistake = next(m for m in exercise.mistakes if m.name == "factor two missing")
    right = solution()
    wrong = json.loads(json.dumps(right))
    for cell in wrong["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == exercise.name:
            cell["source"] = exercise.source.replace(mistake.find, mistake.replace)
    files = {"ada": (right, f"{UNIT}.ipynb"), "bob": (wrong, "renamed.ipynb"), "cyd": ("", "x.txt")}
    hand_in(tmp_path, files)
    work = tmp_path / "autograde" / "work"

    found = grade(UNIT, term="t", root=tmp_path)
    plain = record.as_student(exercise, mistake)
    shown = judge(cards.load(exercise.name), plain)
    further = hidden.card(exercise.name, "t")
    rest = judge(further, plain, points=exercise.hidden_points, reveal=False)
    lost = exercise.points + exercise.hidden_points - float(repr(shown)) - float(repr(rest))
    assert lost > 0
    assert {s: m.points for s, m in found.items()} == {
        "ada": FULL,
        "bob": pytest.approx(FULL - lost),
        "cyd": 0.0,
    }
    assert "3 of 3" in capsys.readouterr().out

    from autograde.gradebook import Book

    with Book(tmp_path, UNIT) as book:
        rows = {row["student"]: row for row in book.database.submission_dicts(UNIT)}
    assert {s: row["score"] for s, row in rows.items()} == {s: m.points for s, m in found.items()}
    assert {s: row["needs_manual_grade"] for s, row in rows.items()} == {
        "ada": False,
        "bob": False,
        "cyd": True,
    }
    page = (work / "feedback" / "bob" / UNIT / f"{UNIT}.html").read_text(encoding="utf-8")
    assert mistake.message[:40] in page
    assert "renamed.ipynb" in page
    assert grade(UNIT, term="t", root=tmp_path, students=["bob"]) == {"bob": found["bob"]}
    with pytest.raises(LookupError, match="dan"):
        grade(UNIT, root=tmp_path, students=["dan"])
