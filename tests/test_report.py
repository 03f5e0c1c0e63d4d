"""The report: counts that add up, tables that other programs read, a page that is safe to open."""

import csv
import json
import os
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from autograde import report, report_page, spec
from autograde.release import release_from

UNIT = "unit04_momentum"
NASTY = "<script>alert(1)</script>"


def mark(exercise: spec.Exercise, share: float, hidden: float, **more: Any) -> dict[str, Any]:
    return {
        "name": exercise.name,
        "points": share * exercise.points,
        "max_points": exercise.points,
        "hidden_points": hidden * exercise.hidden_points,
        "max_hidden": exercise.hidden_points,
        "status": "marked",
        "mistake": None,
        "message": "",
        "cases": [],
        "hidden_cases": [],
        "traceback": "",
        **more,
    }


def verdict(*special: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A submission with everything right but ``special``."""
    named = {one["name"]: one for one in special}
    marks = [named.get(e.name, mark(e, 1, 1)) for e in spec.exercises(UNIT)]
    return {"unit": UNIT, "exercises": marks, "notes": [], "level": "full", **more}


@pytest.fixture
def work(tmp_path: Path) -> Path:
    momentum, weights = spec.exercises(UNIT)[:2]
    made = {
        "ada": verdict(),
        "bob": verdict(mark(momentum, 0.25, 0.25, mistake=momentum.mistakes[0].name)),
        "cy": verdict(mark(momentum, 0, 0, mistake=momentum.mistakes[0].name)),
        "=dee": verdict(mark(weights, 1, 0), notes=[f"renamed {NASTY}"], level="base"),
        "eve": verdict(mark(momentum, 0, 0, status=report.HUMAN, message=f"why: {NASTY}")),
        "fay": verdict(mark(momentum, 0, 0, status="not written")),
    }
    for student, content in made.items():
        path = tmp_path / "verdicts" / UNIT / f"{student}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    return tmp_path


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_tables_hold_every_students_points(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report.main(UNIT, work) == 0
    written = [line.removeprefix("wrote ") for line in capsys.readouterr().out.splitlines()]
    assert sorted(written) == sorted(str(p) for p in (work / "reports").iterdir())
    top = report.possible(UNIT)
    momentum, weights = spec.exercises(UNIT)[:2]
    each = momentum.points + momentum.hidden_points
    expected = {
        "ada": top,
        "bob": top - 0.75 * each,
        "cy": top - each,
        "'=dee": top - weights.hidden_points,
        "eve": top - each,
        "fay": top - each,
    }
    plain = {row["student_id"]: float(row["score"]) for row in read(work / f"reports/{UNIT}.csv")}
    assert plain == expected
    canvas = read(work / f"reports/{UNIT}-canvas.csv")
    assert canvas[0]["Student"].strip() == "Points Possible"
    assert float(canvas[0][UNIT]) == top
    assert {row["SIS Login ID"]: row[UNIT] for row in canvas[1:]}["eve"] == ""  # not decided
    moodle = {row["Username"]: row[UNIT] for row in read(work / f"reports/{UNIT}-moodle.csv")}
    assert float(moodle["bob"]) == expected["bob"]


def test_the_columns_are_those_of_nbgrader(work: Path) -> None:
    plugin = pytest.importorskip("nbgrader.plugins.export")
    source = Path(plugin.__file__).read_text(encoding="utf-8")
    keys = re.findall(r'"(\w+)"', source.split("keys = [")[1].split("]")[0])
    report.main(UNIT, work)
    header = (work / f"reports/{UNIT}.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.split(",") == keys


def test_tallies_count_outcomes_mistakes_and_suspects(work: Path) -> None:
    first, second = report.tallies(UNIT, report.verdicts(UNIT, work))[:2]
    assert first.outcomes == {"full": 2, "partial": 1, "none": 1, report.HUMAN: 1, "not written": 1}
    assert list(first.mistakes.values()) == [2]
    assert second.seen_only == ("=dee",)


class Page(HTMLParser):
    """Collects the tags, and addresses that a browser would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [str(v) for k, v in attrs if k in ("src", "href", "data")]
        self.ids += [str(v) for k, v in attrs if k == "id"]


def test_the_page_tells_what_an_instructor_asks(work: Path) -> None:
    found = report.verdicts(UNIT, work)
    text = report_page.page(UNIT, found, report.rows(UNIT, found, work))
    mistake = spec.exercises(UNIT)[0].mistakes[0]
    for wanted in (mistake.name, mistake.told[:40], mistake.read, "Isolation: base", "eve"):
        assert report_page.esc(wanted) in text
    shown = Page(text)
    assert shown.tags.count("svg") == 2
    assert "script" not in shown.tags
    assert shown.fetched
    assert {address.removeprefix("#") for address in shown.fetched} <= set(shown.ids)
    assert text.count(report_page.esc(NASTY)) == 2


def test_mistakes_lead_to_the_lesson_where_it_was_exported(work: Path, tmp_path: Path) -> None:
    found = report.verdicts(UNIT, work)
    (tmp_path / "pages").mkdir()
    exported = tmp_path / "pages" / f"{UNIT}.html"
    exported.touch()
    text = report_page.page(UNIT, found, report.rows(UNIT, found, work), tmp_path / "pages")
    heading = spec.exercises(UNIT)[0].mistakes[0].read.split(" (")[0].replace(" ", "-")
    assert f"{exported.as_uri()}#{heading}" in text


def test_who_waits_is_counted_and_listed_alike(work: Path) -> None:
    found = report.verdicts(UNIT, work)
    rows = [*report.rows(UNIT, found, work), report.Row("zoe", 20.0, pending=True)]
    rows = [row._replace(pending=row.pending or row.student_id == "ada") for row in rows]
    text = report_page.page(UNIT, found, rows)
    assert "<b>3</b>wait for a decision" in text
    section = text.split("<h2>Who needs a human</h2>")[1].split("<h2>")[0]
    assert section.count("<tr>") == 1 + 3
    assert section.count("formgrader") == 2
    decided = [row._replace(pending=False) for row in rows]
    text = report_page.page(UNIT, found, decided)
    assert "<b>0</b>wait for a decision" in text
    assert "Nobody: every exercise" in text


def test_messages_are_shown_as_students_see_them() -> None:
    shown = report_page.prose("`a*b` is *kept*; <b>2 * 3 * 4</b>")
    assert shown == "<code>a*b</code> is <em>kept</em>; &lt;b&gt;2 * 3 * 4&lt;/b&gt;"


def test_a_unit_without_lessons_can_be_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = release_from(
        "foreign", (Path(__file__).parent / "fixtures/foreign.ipynb").read_bytes()
    )
    monkeypatch.setattr(report, "release_of", lambda unit: foreign)
    one = {**mark(spec.exercises(UNIT)[0], 1, 0), "name": "squares-test", "max_hidden": 0}
    found = {"ada": {"unit": "foreign", "exercises": [one], "notes": [], "level": "full"}}
    text = report_page.page("foreign", found, report.rows("foreign", found, tmp_path))
    assert "squares-test, full: 1" in text
    assert report.possible("foreign") == 15


def test_a_file_that_cannot_be_read_is_one_line_and_no_mark(work: Path) -> None:
    marks = [
        mark(e, 0, 0, status="cannot be read", message="the file is empty")
        for e in spec.exercises(UNIT)
    ]
    path = work / "verdicts" / UNIT / "gus.json"
    path.write_text(json.dumps(verdict(*marks)), encoding="utf-8")
    found = report.verdicts(UNIT, work)
    rows = report.rows(UNIT, found, work)
    assert [row.student_id for row in rows if row.pending] == ["eve", "gus"]
    assert report_page.page(UNIT, found, rows).count("the file is empty") == 1


def test_a_pair_of_mistakes_is_told_as_both() -> None:
    exercise = spec.exercises(UNIT)[0]
    first, second = exercise.mistakes[:2]
    message, read = report_page.told(exercise.name, f"{first.name}{report_page.AND}{second.name}")
    assert first.told in message
    assert second.message in message
    assert first.read in read


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning", "ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # all three are nbgrader's own
def test_manual_marks_and_lateness_come_from_the_gradebook(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # nbgrader makes a new database by a program that it calls by its bare name
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", programs)
    api = pytest.importorskip("nbgrader.api")
    with api.Gradebook(f"sqlite:///{(work / 'gradebook.db').as_posix()}") as book:
        book.add_assignment(UNIT)
        book.add_notebook(UNIT, UNIT)
        book.add_grade_cell("momentum-check", UNIT, UNIT, max_score=4, cell_type="code")
        book.add_student("ada", first_name="Ada", last_name="L.", email="ada@example.org")
        book.add_student("zoe")
        book.add_submission(UNIT, "ada")
        grade = book.find_grade("momentum-check", UNIT, UNIT, "ada")
        grade.auto_score, grade.manual_score, grade.needs_manual_grade = 1.0, 3.5, False
        book.find_submission_notebook(UNIT, UNIT, "ada").late_submission_penalty = 0.5
        book.db.commit()
    marks = {row.student_id: row for row in report.rows(UNIT, report.verdicts(UNIT, work), work)}
    assert (marks["ada"].raw_score, marks["ada"].score) == (3.5, 3.0)
    assert (marks["ada"].last_name, marks["zoe"].score) == ("L.", 0.0)
    assert marks["bob"].raw_score > 0  # not in the gradebook yet


def test_without_verdicts_it_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="autograde grade unit04_momentum"):
        report.main(UNIT, tmp_path)


def test_a_report_repeats_byte_for_byte(work: Path) -> None:
    assert report.files(UNIT, work) == report.files(UNIT, work)
