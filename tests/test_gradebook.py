"""nbgrader's gradebook holds our marks, and keeps what people did; the pages are harmless."""

import json
import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograde.autograded import autograded, harmless
from autograde.mark import ExerciseMark, Marking
from autograde.release import release_of
from autograde.spec import ROOT
from autograde.submission import Submission, read

UNIT = "unit04_momentum"
RELEASE = release_of(UNIT)
ATTACK = "<script>alert(1)</script> [x](javascript:alert(2)) <img src=x onerror=alert(3)> &#60;b"

pytestmark = pytest.mark.slow


def handed_in(*extra: dict[str, Any]) -> bytes:
    cells = [
        {
            "cell_type": cell.kind,
            "metadata": {"nbgrader": {"grade_id": cell.grade_id}} if cell.grade_id else {},
            "source": cell.full if cell.role == "answer" else cell.source,
        }
        for cell in RELEASE.cells
    ]
    return json.dumps({"cells": [*cells, *extra], "metadata": {}, "nbformat": 4}).encode()


def marking(share: float = 1.0, status: Any = "marked", **more: Any) -> Marking:
    """Every exercise has this share of its points."""
    marks = []
    for name in RELEASE.exercises:
        full, further = RELEASE.points("check", name), RELEASE.points("hidden", name)
        cases = (("a case", share == 1),)
        marks.append(
            ExerciseMark(
                name, share * full, full, share * further, further, status, None, "M.", cases
            )._replace(**more)
        )
    return Marking(UNIT, tuple(marks), (), "full")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "autograde" / "work" / "submitted").mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copytree(ROOT / "solutions" / UNIT, tmp_path / "solutions" / UNIT)
    return tmp_path


@pytest.fixture
def book(root: Path) -> Iterator[Any]:
    gradebook = pytest.importorskip("autograde.gradebook")
    with gradebook.Book(root, UNIT) as one:
        yield one


def grade(book: Any, name: str, student: str = "ada") -> Any:
    return book.database.find_grade(name, UNIT, UNIT, student)


def page(root: Path, student: str = "ada") -> str:
    work = root / "autograde" / "work"
    return (work / "feedback" / student / UNIT / f"{UNIT}.html").read_text(encoding="utf-8")


def test_points_reach_the_gradebook_and_nbgrader_agrees_with_the_outputs(
    book: Any, root: Path
) -> None:
    from nbgrader.utils import determine_grade, is_grade

    book.write("ada", handed_in(), marking(0.5))
    file = root / "autograde" / "work" / "autograded" / "ada" / UNIT / f"{UNIT}.ipynb"
    notebook = nbformat.read(file, as_version=4)
    nbformat.validate(notebook)
    graded = [cell for cell in notebook.cells if is_grade(cell)]
    assert len(graded) == 2 * len(RELEASE.exercises)
    for cell in graded:
        points, full = determine_grade(cell)
        row = grade(book, cell.metadata.nbgrader.grade_id)
        assert (row.auto_score, row.max_score) == (points, full)
        assert points == full / 2
        assert not row.needs_manual_grade
    total = sum(cell.points for cell in RELEASE.cells)
    assert f"(Score: {total / 2} / {total})" in page(root)


def test_a_persons_score_and_comment_survive_a_regrade(book: Any, root: Path) -> None:
    book.write("ada", handed_in(), marking(0.5))
    row = grade(book, "momentum-check")
    row.manual_score, row.needs_manual_grade, row.extra_credit = 2.5, False, 0.25
    comment = book.database.find_comment("momentum", UNIT, UNIT, "ada")
    comment.manual_comment = "Well seen."
    book.database.db.commit()
    book.write("ada", handed_in(), marking(0.5))
    row = grade(book, "momentum-check")
    assert (row.score, row.extra_credit, row.needs_manual_grade) == (2.75, 0.25, False)
    assert "Well seen." in page(root)
    book.write("ada", handed_in(), marking(1.0))
    row = grade(book, "momentum-check")
    assert (row.manual_score, row.auto_score) == (2.5, 3.0)
    assert row.needs_manual_grade


def test_what_needs_a_human_is_flagged_and_comes_with_its_reason(book: Any, root: Path) -> None:
    book.write("ada", handed_in(), marking(0.0, "needs a human", message="Out of time, twice."))
    assert grade(book, "momentum-check").needs_manual_grade
    assert grade(book, "momentum-check").auto_score == 0
    assert "Out of time, twice." in page(root)


def test_what_is_not_written_is_commented_so(book: Any) -> None:
    book.write("ada", handed_in(), marking(0.0, "not written"))
    comment = book.database.find_comment("momentum", UNIT, UNIT, "ada")
    assert comment.auto_comment == "No response."
    book.write("ada", handed_in(), marking(0.5))
    assert book.database.find_comment("momentum", UNIT, UNIT, "ada").auto_comment is None


def test_the_configured_plugin_decides_on_lateness(root: Path) -> None:
    from autograde.gradebook import Book

    config = (root / "nbgrader_config.py").read_text(encoding="utf-8")
    plugin = (
        "\nfrom nbgrader.plugins import BasePlugin\n"
        "class Late(BasePlugin):\n"
        "    def late_submission_penalty(self, student_id, score, total_seconds_late):\n"
        "        return total_seconds_late / 3600\n"
        "c.AssignLatePenalties.plugin_class = Late\n"
    )
    (root / "nbgrader_config.py").write_text(config + plugin, encoding="utf-8")
    for student, stamp in (("ada", "2030-01-01 02:00:00 UTC"), ("bob", "no time")):
        folder = root / "autograde" / "work" / "submitted" / student / UNIT
        folder.mkdir(parents=True)
        (folder / "timestamp.txt").write_text(stamp, encoding="utf-8")
    with Book(root, UNIT) as book:
        book.database.update_or_create_assignment(UNIT, duedate="2030-01-01 00:00:00 UTC")
        for student in ("ada", "bob"):
            book.write(student, handed_in(), marking())
        penalties = {
            student: book.database.find_submission(UNIT, student).late_submission_penalty
            for student in ("ada", "bob")
        }
    assert penalties == {"ada": 2.0, "bob": 0.0}


def rows(book: Any, student: str) -> dict[str, list[Any]]:
    """The rows of a student as nbgrader's own functions read them, without their ids."""
    submission = book.database.find_submission(UNIT, student)
    kept = ("name", "auto_score", "manual_score", "extra_credit", "max_score", "cell_type")
    return {
        "grades": sorted(
            [grade.to_dict()[key] for key in kept]
            for notebook in submission.notebooks
            for grade in notebook.grades
        ),
        "comments": sorted(
            [comment.name, comment.auto_comment, comment.manual_comment]
            for notebook in submission.notebooks
            for comment in notebook.comments
        ),
        "notebooks": [[one.name, one.flagged, one.max_score] for one in submission.notebooks],
        "student": [submission.student.id, submission.timestamp, submission.extension],
    }


def test_new_rows_are_those_that_nbgrader_makes(book: Any) -> None:
    book.write("ada", handed_in(), marking(0.0))
    book.database.add_student("bob")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Object of type .* not in session")
        book.database.add_submission(UNIT, "bob")
    ours, theirs = rows(book, "ada"), rows(book, "bob")
    assert [grade[1] for grade in ours["grades"]] == [0.0] * len(theirs["grades"])
    ours["grades"] = [[name, None, *more] for name, _, *more in ours["grades"]]
    assert ours["student"][1:] == theirs["student"][1:]
    assert {**ours, "student": ""} == {**theirs, "student": ""}


def test_what_a_person_does_while_we_run_is_seen(book: Any, root: Path) -> None:
    from nbgrader.api import Gradebook

    book.write("ada", handed_in(), marking(0.5))
    with Gradebook(book.course.folders.db_url) as formgrader:
        row: Any = formgrader.find_grade("momentum-check", UNIT, UNIT, "ada")
        row.manual_score, row.needs_manual_grade = 2.5, False
        formgrader.find_comment("momentum", UNIT, UNIT, "ada").manual_comment = "Well seen."
        formgrader.db.commit()
    book.write("ada", handed_in(), marking(0.5))
    row = grade(book, "momentum-check")
    assert (row.manual_score, row.score, row.needs_manual_grade) == (2.5, 2.5, False)
    assert "Well seen." in page(root)


def test_a_new_gradebook_knows_its_version_as_nbgrader_writes_it(book: Any) -> None:
    from nbgrader.api import get_alembic_version
    from sqlalchemy import text

    found = book.database.db.execute(text("SELECT version_num FROM alembic_version")).scalar()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", path)
        assert found == get_alembic_version()


def test_an_empty_file_is_made_a_gradebook_without_a_program(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy import text

    from autograde.gradebook import Book

    (root / "autograde" / "work" / "gradebook.db").touch()
    monkeypatch.setenv("PATH", "")
    with Book(root, UNIT) as book:
        book.write("ada", handed_in(), marking())
        query = text("SELECT version_num FROM alembic_version")
        assert len(book.database.db.execute(query).all()) == 1


def test_the_writer_tells_what_it_could_not_write_and_goes_on(root: Path) -> None:
    from autograde.writer import Writer

    blocked = root / "autograde" / "work" / "feedback" / "ada" / UNIT / f"{UNIT}.html"
    (blocked / "in the way").mkdir(parents=True)
    with Writer(root, UNIT) as writer:
        assert writer.submitted() == root / "autograde" / "work" / "submitted"
        for student in ("ada", "bob"):
            writer.write(student, handed_in(), marking())
        found = dict(writer.done(leave=0))
    assert found["ada"].startswith("IsADirectoryError")
    assert found["bob"] == ""
    assert "(Score: " in page(root, "bob")


def test_a_gradebook_that_is_none_is_told_in_a_sentence(root: Path) -> None:
    from autograde.writer import Writer

    (root / "autograde" / "work" / "gradebook.db").write_bytes(b"no database" * 100)
    with Writer(root, UNIT) as writer, pytest.raises(ValueError, match="cannot be opened") as found:
        writer.opened()
    assert "not a database" in str(found.value)


def test_a_writer_that_ended_is_told_in_a_sentence(root: Path) -> None:
    from autograde.writer import ENDED, Writer

    with Writer(root, UNIT) as writer:
        writer.opened()
        (process,) = writer._process._processes.values()
        process.kill()
        process.join()
        with pytest.raises(OSError, match=ENDED):
            write_often(writer)


def write_often(writer: Any) -> None:
    """The end of a process is noticed with a delay."""
    for _ in range(3):
        writer.write("ada", handed_in(), marking())
        writer.done(leave=0)


def test_writing_twice_changes_nothing(book: Any, root: Path) -> None:
    book.write("ada", handed_in(), marking(0.5))
    files = [path for path in (root / "autograde" / "work").rglob("*.*") if "ada" in str(path)]
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}
    book.write("ada", handed_in(), marking(0.5))
    assert len(files) == 2
    assert before == {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def test_what_students_write_does_nothing_on_the_page(book: Any, root: Path) -> None:
    text = {"cell_type": "markdown", "metadata": {}, "source": ATTACK}
    code = {"cell_type": "code", "metadata": {}, "source": f"# {ATTACK}", "outputs": [ATTACK]}
    made = marking(0.0, "crashed", message=ATTACK, traceback=ATTACK)
    book.write("ada", handed_in(text, code), made._replace(notes=(ATTACK,)))
    shown = page(root)
    assert shown.count("alert(1)") >= 4
    assert not re.search(r"<script>alert|<img[^>]*onerror|href=.javascript", shown)


def test_hidden_cells_show_no_code_and_checks_come_from_the_release() -> None:
    notebook = json.loads(handed_in())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "momentum-check":
            cell["source"] = "'mine'"
    submission = read(json.dumps(notebook).encode(), RELEASE)
    assert isinstance(submission, Submission)
    shown = autograded(RELEASE, submission, marking())
    sources = [cell["source"] for cell in shown["cells"]]
    assert not any("hidden.check" in source for source in sources)
    assert 'check("momentum", momentum)' in sources


def test_deleted_graded_cells_come_back_in_their_place() -> None:
    notebook = json.loads(handed_in())
    notebook["cells"] = [c for c in notebook["cells"] if "nesterov" not in str(c["metadata"])]
    submission = read(json.dumps(notebook).encode(), RELEASE)
    assert isinstance(submission, Submission)
    shown = autograded(RELEASE, submission, marking())
    names = [c["metadata"]["nbgrader"]["grade_id"] for c in shown["cells"] if c["metadata"]]
    assert names == [cell.grade_id for cell in RELEASE.cells if cell.grade_id]


def test_formulas_and_comparisons_stay_readable() -> None:
    assert harmless("$a < b$ and `x & y`, see <b>") == "$a < b$ and `x & y`, see &lt;b>"
