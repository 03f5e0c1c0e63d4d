"""Plain nbgrader, end to end, from a copy of the repository: three submissions, exact marks."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograde import hidden, record, spec
from course_lib.checking.examine import judge

pytestmark = pytest.mark.slow
UNIT = "unit04_momentum"


def nbgrader(folder: Path, *arguments: str) -> str:
    # nbgrader calls alembic by its bare name: the environment's programs must be on the PATH
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(folder), "PYTHONWARNINGS": ""}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A copy of what an instructor has after cloning."""
    folder = tmp_path_factory.mktemp("a course") / "clone"
    for name in ("course_lib", "autograde", "lessons", "solutions", "notebooks", "data"):
        ignore = shutil.ignore_patterns("work", "__pycache__")
        shutil.copytree(spec.ROOT / name, folder / name, ignore=ignore)
    shutil.copy(spec.ROOT / "nbgrader_config.py", folder)
    return folder


def submit(course: Path, student: str, sources: dict[str, str]) -> None:
    """Hands in the release notebook with the given answers typed in."""
    notebook = nbformat.read(course / "notebooks" / UNIT / f"{UNIT}.ipynb", as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in sources:
            cell.source = sources[name]
    target = course / "autograde" / "work" / "submitted" / student / UNIT / f"{UNIT}.ipynb"
    target.parent.mkdir(parents=True)
    nbformat.write(notebook, target)


def test_release_validate_autograde_feedback_export(course):
    exercises = spec.exercises(UNIT)
    release = course / "notebooks" / UNIT / f"{UNIT}.ipynb"
    committed = release.read_text(encoding="utf-8")
    nbgrader(course, "generate_assignment", UNIT, "--force")
    made = nbformat.writes(nbformat.reads(release.read_text(encoding="utf-8"), 4)) + "\n"
    assert made == committed, "autograde build and nbgrader disagree about the release notebook"

    partly = next(e for e in exercises if e.name == "stability_limit")
    wrong = next(m for m in partly.mistakes if m.name == "factor two missing")
    source = partly.source.replace(wrong.find, wrong.replace)
    submit(course, "all_right", {e.name: e.source for e in exercises})
    submit(course, "one_mistake", {e.name: e.source for e in exercises} | {partly.name: source})
    submit(course, "nothing_written", {})

    validated = nbgrader(
        course, "validate", f"autograde/work/submitted/one_mistake/{UNIT}/{UNIT}.ipynb"
    )
    assert wrong.message[:50] in validated
    assert "Success" in nbgrader(
        course, "validate", f"autograde/work/submitted/all_right/{UNIT}/{UNIT}.ipynb"
    )

    nbgrader(course, "autograde", UNIT)
    nbgrader(course, "generate_feedback", UNIT)
    nbgrader(course, "export", "--to", "grades.csv")
    rows = (course / "grades.csv").read_text(encoding="utf-8").splitlines()
    header = rows[0].split(",")
    marks = {
        row.split(",")[header.index("student_id")]: float(row.split(",")[header.index("raw_score")])
        for row in rows[1:]
    }
    full = sum(e.points + e.hidden_points for e in exercises)
    mutant = record.as_student(partly, wrong)
    lost = partly.points * (1 - judge(record.make_card(UNIT, partly), mutant).score)
    lost += partly.hidden_points * (1 - judge(hidden.card(partly.name, ""), mutant).score)
    assert marks["all_right"] == full
    assert marks["nothing_written"] == 0
    assert marks["one_mistake"] == pytest.approx(full - lost, abs=1e-3)
    assert 0 < lost < partly.points + partly.hidden_points

    feedback = course / "autograde" / "work" / "feedback" / "one_mistake" / UNIT / f"{UNIT}.html"
    page = feedback.read_text(encoding="utf-8")
    assert wrong.message[:40] in page
