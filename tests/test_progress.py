"""Progress: the best score is kept, and no trouble with the file reaches anybody."""

import json
import os
from types import SimpleNamespace

import pytest

from course_lib import overview, progress


@pytest.fixture
def environment(monkeypatch):
    """An environment in which nothing says that a test or a grader is running."""
    environ: dict[str, str] = {}
    system = SimpleNamespace(environ=environ, replace=os.replace, getpid=os.getpid)
    monkeypatch.setattr(progress, "os", system)
    return environ


@pytest.fixture
def file(tmp_path, environment):
    return tmp_path / ".progress.json"


def test_best_score_is_kept(file):
    for score in (0.5, 0.25, 0.75, 0.75, 0.0):
        progress.record("momentum", score, file)
    progress.record("nesterov", 0.0, file)
    assert progress.load(file) == {"momentum": 0.75, "nesterov": 0.0}


def test_worse_score_does_not_touch_the_file(file):
    progress.record("momentum", 0.5, file)
    before = file.stat().st_mtime_ns
    progress.record("momentum", 0.5, file)
    progress.record("momentum", 0.1, file)
    assert file.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "content",
    ["", "{", "null", "[1, 2]", '"text"', '{"momentum": "x"}', '{"momentum": null}', "\xff\x00"],
)
def test_damaged_file_means_nothing_yet_and_is_replaced(file, content):
    file.write_bytes(content.encode("latin-1"))
    assert progress.load(file) == {}
    progress.record("momentum", 1.0, file)
    assert progress.load(file) == {"momentum": 1.0}


def test_missing_file_means_nothing_yet(file):
    assert progress.load(file) == {}


def test_folder_in_place_of_the_file_is_no_error(file):
    file.mkdir()
    progress.record("momentum", 1.0, file)
    assert progress.load(file) == {}
    assert list(file.parent.iterdir()) == [file]


def test_missing_folder_is_no_error(file):
    progress.record("momentum", 1.0, file.parent / "gone" / "progress.json")
    assert list(file.parent.iterdir()) == []


def test_unwritable_folder_is_no_error(file, monkeypatch):
    asked = []

    def refuse(*_, **__):
        asked.append("to write")
        raise PermissionError("read-only")

    monkeypatch.setattr("pathlib.Path.write_text", refuse)
    progress.record("momentum", 1.0, file)
    assert asked == ["to write"]
    assert progress.load(file) == {}


def test_nothing_is_left_beside_the_file(file):
    progress.record("momentum", 1.0, file)
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("variable", ["NBGRADER_EXECUTION", "PYTEST_CURRENT_TEST"])
def test_graders_and_tests_leave_no_trace(file, environment, variable):
    environment[variable] = "autograde"
    progress.record("momentum", 1.0, file)
    assert not file.exists()


def test_map_counts_what_is_solved_and_begun(file, monkeypatch, tmp_path):
    index = tmp_path / "units.json"
    rows = [
        {
            "unit": "unit04_momentum",
            "title": "<Momentum> & Nesterov",
            "minutes": 100,
            "exercises": ["a", "b", "c"],
        }
    ]
    index.write_text(json.dumps(rows), encoding="utf-8")
    monkeypatch.setattr(overview, "INDEX", index)
    progress.record("a", 1.0, file)
    progress.record("b", 0.4, file)
    progress.record("elsewhere", 1.0, file)
    shown = overview.overview(file)
    assert [(row.number, row.solved, row.begun) for row in shown.rows] == [("04", 1, 1)]
    assert repr(shown) == "Unit 04  <Momentum> & Nesterov (100 min): 1 of 3 exercises solved"
    page = shown._repr_html_()
    assert "&lt;Momentum&gt; &amp; Nesterov" in page
    assert 'href="unit04_momentum/unit04_momentum.ipynb"' in page
    assert page.count("&#9632;") == page.count("&#9703;") == page.count("&#9633;") == 1
    assert "1 of 3" in page
