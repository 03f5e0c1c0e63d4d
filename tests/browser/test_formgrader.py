"""What an instructor does after `autograde grade`: look in formgrader, correct by hand, regrade."""

import os
from pathlib import Path

import nbformat
import pytest

from autograde import isolate, spec

if "CI" not in os.environ:  # in CI a missing browser must not go unnoticed
    pytest.importorskip("playwright")
pytest.importorskip("nbgrader")
from nbgrader.api import Gradebook
from playwright.sync_api import expect

from autograde.grade import grade

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(isolate.probe().level == "none", reason="this host locks no process in"),
]
UNIT = "unit04_momentum"
STUDENT = "Ana María"  # a folder with a space and an accent
TERM = "autumn"
COMMENT = "We spoke about this: the idea is right."
ANSWERS = {
    "terminal_velocity": """\
def terminal_velocity(grad, *, lr, momentum):
    return -lr * grad / (1 - momentum)""",
    "momentum": """\
def momentum(param, grad, state, *, lr, momentum=0.9):
    velocity = momentum * state.velocity + (1 - momentum) * grad
    return param - lr * velocity, MomentumState(velocity)""",
}
TOLD = "your velocity is a running mean"
EARNED = 2.8  # the one right answer, and the other one where there is no momentum
CHECKED = 0.6  # of these for the case that the momentum check lets pass
OFFLINE = ("net::ERR_", "MathJax is not defined")
GIVEN = 1.5  # what a person gives for the momentum check instead
CORRECTED = round(EARNED - CHECKED + GIVEN, 4)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graded course with one student: one exercise right, one in the other convention."""
    from lab import copy_course

    folder = tmp_path_factory.mktemp("a course") / "optimization course"
    copy_course(folder)
    book = nbformat.read(spec.ROOT / "notebooks" / UNIT / f"{UNIT}.ipynb", as_version=4)
    for cell in book.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = ANSWERS.get(name, cell.source)
    target = folder / "autograde" / "work" / "submitted" / STUDENT / UNIT / f"{UNIT}.ipynb"
    target.parent.mkdir(parents=True)
    nbformat.write(book, target)
    grade(UNIT, term=TERM, root=folder)
    return folder


@pytest.fixture(scope="module")
def address(course, browser, tmp_path_factory):
    """JupyterLab on the graded course; in this module it takes the place of the fresh one."""
    from lab import jupyterlab

    with jupyterlab(course, tmp_path_factory.mktemp("home") / "home") as where:
        yield where


def score(course: Path) -> float:
    with Gradebook(f"sqlite:///{course / 'autograde' / 'work' / 'gradebook.db'}") as book:
        return book.find_submission(UNIT, STUDENT).score


def feedback_page(course: Path) -> Path:
    return course / "autograde" / "work" / "feedback" / STUDENT / UNIT / f"{UNIT}.html"


def test_a_correction_made_in_formgrader_survives_a_regrade(lab, course):
    assert score(course) == pytest.approx(EARNED)
    page = lab.page
    page.goto(f"{lab.address}/formgrader/gradebook/{UNIT}/{UNIT}")
    row = page.locator("table tbody tr").first
    expect(row).to_contain_text(f"{EARNED:g} / 20")
    lab.screenshot("formgrader_marks")

    row.get_by_role("link").last.click()
    cell = page.locator("div.nbgrader_cell", has=page.locator("text=momentum-check")).first
    expect(page.get_by_text(TOLD).first).to_be_visible()
    points = cell.locator("input.score")
    points.fill(str(GIVEN))
    points.press("Tab")
    comment = page.locator("textarea.comment").first
    comment.fill(COMMENT)
    comment.press("Tab")
    points.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    lab.screenshot("formgrader_correction")
    assert score(course) == pytest.approx(CORRECTED)

    grade(UNIT, term=TERM, root=course)
    assert score(course) == pytest.approx(CORRECTED)
    text = feedback_page(course).read_text(encoding="utf-8")
    assert COMMENT in text
    assert TOLD in text
    page.goto(f"{lab.address}/formgrader/gradebook/{UNIT}/{UNIT}")
    expect(page.locator("table tbody tr").first).to_contain_text(f"{CORRECTED:g} / 20")
    page.goto(
        (course / "autograde" / "work" / "feedback" / STUDENT / UNIT / f"{UNIT}.html").as_uri()
    )
    lab.screenshot("feedback")
    # nbgrader's pages ask the network for MathJax; where there is none, formulas stay TeX
    page.wait_for_load_state("networkidle")
    lab.problems[:] = [p for p in lab.problems if not any(sign in p for sign in OFFLINE)]
