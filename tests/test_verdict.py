"""Verdicts: a number for the grader, a card for the notebook, short lines for a terminal."""

import builtins
import re
import sys
from html.parser import HTMLParser

import numpy as np
import pytest

from course_lib.checking import verdict as module
from course_lib.checking.compare import Difference
from course_lib.checking.verdict import (
    CaseResult,
    CheckFailed,
    Verdict,
    being_validated,
    describe,
    words,
)

BAD = '<script>alert("x")</script> & `a < b`'
PATH = np.cumsum(np.ones((5, 2)), axis=0)


def verdict(**changes):
    fields = {
        "passed": False,
        "score": 0.25,
        "mistake": None,
        "message": "Look at the sign of `lr * grad`.",
        "exercise": "momentum",
        "points": 3.0,
        "cases": (CaseResult("first", 1.0, True), CaseResult("second", 3.0, False)),
        "read": "The ball (unit 04)",
    }
    return Verdict(**{**fields, **changes})


def with_difference(kind, path, got, want):
    return verdict(cases=(CaseResult("a", 1, False, Difference(kind, path, got, want)),))


class Page(HTMLParser):
    """All tags and texts of a page whose tags are balanced and whose attributes are harmless."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts, self.opened = [], [], []
        self.feed(page)
        self.close()
        assert self.opened == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.opened.append(tag)
        assert not any(name.startswith("on") or name in ("src", "href") for name, _ in attrs)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.opened.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def page_of(shown):
    html = shown._repr_html_()
    assert "http" not in html
    assert "url(" not in html
    page = Page(html)
    assert "script" not in page.tags
    return page, html


@pytest.mark.parametrize(
    ("score", "points", "number"),
    [(0.0, 3.0, "0.0"), (1.0, 3.0, "3.0"), (1 / 3, 2.0, "0.6667"), (np.float64(0.5), 1, "0.5")],
)
def test_repr_is_a_bare_float(score, points, number):
    assert repr(verdict(score=score, points=points)) == number


def test_repr_is_text_for_a_person_at_a_prompt(monkeypatch):
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    if sys.flags.inspect:
        pytest.skip("this interpreter runs with -i")
    assert repr(verdict()) == str(verdict())
    monkeypatch.setitem(sys.modules, "IPython", builtins)
    assert repr(verdict()) == "0.75"


def test_text_tells_all_in_short_lines():
    found = Difference("value", "['result'][0]", np.array([1.0, 5.0]), np.array([1.0, 2.0]))
    shown = verdict(
        message="a long sentence " * 20 + "x" * 200,
        cases=(CaseResult("name " * 30, 1, True), CaseResult("second", 1, False, found)),
        returns=("param", "state"),
        read="heading " * 20,
    )
    lines = str(shown).splitlines()
    assert max(map(len, lines)) <= 78
    assert lines[0] == "NOT YET momentum: 1 of 2 cases agree"
    assert "  [ ] second" in lines
    start = lines.index("  param[1]")
    assert lines[start : start + 3] == ["  param[1]", "    yours    5", "    expected 2"]
    assert any(line.startswith("Read on: heading") for line in lines)


def test_text_of_a_passed_one_says_so_and_sends_nobody_to_read():
    cases = (CaseResult("first", 1.0, True),)
    lines = str(verdict(passed=True, score=1.0, cases=cases)).splitlines()
    assert lines[0] == "PASSED momentum: 1 of 1 cases agree"
    assert not any("Read on" in line for line in lines)
    assert str(verdict(cases=())).splitlines()[0] == "NOT YET momentum: not judged"


@pytest.mark.parametrize("field", ["message", "exercise", "printed", "read"])
def test_text_from_outside_is_escaped(field):
    page, html = page_of(verdict(**{field: BAD}))
    assert "&lt;script&gt;" in html
    assert any("<script>" in text for text in page.texts)


def test_names_of_cases_and_values_are_escaped():
    found = Difference("text", f"['result']['{BAD}']", BAD, "saddle")
    shown = verdict(cases=(CaseResult(BAD, 1.0, False, found),), returns=(BAD,))
    page_of(shown)


def test_card_shows_status_points_cases_and_where_to_read():
    page, html = page_of(verdict())
    text = "".join(page.texts)
    assert "not yet" in text
    assert "0.75 of 3 points" in text
    assert text.count("✓") == 1
    assert text.count("✗") == 2  # the card and the second case
    assert "Read on: The ball (unit 04)" in text
    assert ">lr * grad</code>" in html
    passed = "".join(page_of(verdict(passed=True, score=1.0))[0].texts)
    assert "passed" in passed
    assert "Read on" not in passed


def test_colour_is_never_alone():
    colours = [
        re.search(r"border-left:6px solid (#\w+)", page_of(v)[1]).group(1)  # type: ignore[union-attr]
        for v in (verdict(), verdict(score=0.0), verdict(passed=True, score=1.0))
    ]
    assert len(set(colours)) == 3


def test_printed_text_is_folded_away_and_cut():
    page, html = page_of(verdict(printed="word " * 1000))
    assert {"details", "summary", "pre"} <= set(page.tags)
    assert html.count("word") == 120
    assert "details" not in page_of(verdict(printed=" \n"))[0].tags


def test_different_path_is_drawn():
    got = PATH + np.array([[0, 0]] * 2 + [[0.5, 0]] * 3)
    page, html = page_of(with_difference("value", "['result']['path of param']", got, PATH))
    assert page.tags.count("svg") == 1
    assert page.tags.count("polyline") == 2
    assert "first parameter" in html
    lines = re.findall(r'points="([^"]+)"', html)
    assert [len(line.split()) for line in lines] == [5, 5]
    assert lines[0] != lines[1]


def test_different_curve_is_drawn():
    want = np.arange(6.0)
    page, html = page_of(with_difference("value", "['result']", want**2, want))
    assert page.tags.count("polyline") == 2
    assert ">index<" in html


def test_rates_of_a_schedule_are_shown_at_their_steps():
    want = np.array([0.1, 0.2, 0.3])
    place = "['result']['learning rates at the steps 0, 10, 4']"
    shown = with_difference("value", place, want * [1, 1, 2], want)
    _, html = page_of(shown)
    assert shown.table() == [("learning rate at step 4", "0.6", "0.3")]
    line = re.findall(r'points="([^"]+)"', html)[0]  # expected: 0.1 at 0, 0.3 at 4, 0.2 at 10
    across = [float(point.split(",")[0]) for point in line.split()]
    assert across == sorted(across)
    assert across[1] - across[0] == pytest.approx(0.4 * (across[2] - across[0]), abs=0.2)
    assert "learning rate</text>" in html


def test_few_numbers_are_no_curve():
    want = np.arange(5.0)
    _, html = page_of(with_difference("value", "['result']", want + 1, want))
    assert "<svg" not in html


def test_curve_beside_a_level_one_stays_in_the_frame():
    want = np.full(6, 0.7)
    _, html = page_of(with_difference("value", "['result']", want / [1, 1, 1, 2, 4, 8], want))
    lines = re.findall(r'points="([^"]+)"', html)
    heights = {float(point.split(",")[1]) for line in lines for point in line.split()}
    assert min(heights) == 30
    assert max(heights) == 170


def test_table_leaves_rounding_out():
    want = np.array([0.3, 0.0])
    shown = with_difference("value", "['result']", want + np.array([1e-16, 1e-8]), want)
    assert [row[0] for row in shown.table()] == ["result[1]"]


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300, -1e300])
def test_diverging_path_stays_in_the_picture(bad):
    got = PATH.copy()
    got[3:] = bad
    kind = "value" if np.isfinite(bad) else "nan"
    _, html = page_of(with_difference(kind, "['result']['path of param']", got, PATH))
    numbers = [float(n) for p in re.findall(r'points="([^"]+)"', html) for n in re.split("[ ,]", p)]
    assert np.isfinite(numbers).all()
    assert min(numbers) >= -60
    assert max(numbers) <= 400


@pytest.mark.parametrize(
    ("path", "got", "want"),
    [
        ("['result']", np.array(1.0), np.array(2.0)),
        ("['result']", np.ones((5, 3)), np.zeros((5, 3))),
        ("['result']", np.ones(2), np.zeros(2)),
        ("['result']", np.ones((5, 2)), np.zeros((5, 2))),
    ],
    ids=["number", "matrix", "short", "two columns that are no path"],
)
def test_other_values_are_not_drawn(path, got, want):
    page, _ = page_of(with_difference("value", path, got, want))
    assert "svg" not in page.tags
    assert "table" in page.tags


def test_table_shows_the_three_worst_entries():
    want = np.zeros((2, 3))
    got = np.array([[1.0, -5.0, 0.0], [3.0, np.nan, 2.0]])
    shown = with_difference("nan", "['result'][1]", got, want)
    rows = Verdict(**{**vars(shown), "returns": ("dx", "dweights")}).table()
    assert rows == [
        ("dweights[1, 1]", "nan", "0"),
        ("dweights[0, 1]", "-5", "0"),
        ("dweights[1, 0]", "3", "0"),
    ]


def test_table_names_forms():
    got, want = np.ones((2, 3)), np.ones(3)
    assert with_difference("shape", "", got, want).table() == [
        ("result", "an array of float64 of shape (2, 3)", "an array of float64 of shape (3,)")
    ]


@pytest.mark.parametrize(
    ("path", "returns", "text"),
    [
        ("['result']", ("loss",), "loss"),
        ("['result']", ("loss", "dscores"), "result"),
        ("['result'][1]", ("loss", "dscores"), "dscores"),
        ("['result'][2]", ("loss", "dscores"), "result[2]"),
        ("['result'][1]['W1']", ("loss", "grads"), "grads W1"),
        ("['result'][1][0]", ("param", "state"), "state[0]"),
        ("['result']['params'][0]", ("param", "state"), "params[0]"),
        ("", (), "result"),
    ],
)
def test_place_in_words(path, returns, text):
    assert words(path, returns) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing (None)"),
        (3, "3"),
        (True, "True"),
        ("saddle", "'saddle'"),
        ((1, 2), "a tuple of 2"),
        ([], "a list of 0"),
        ({"b": 1, "a": 2}, "a dict with keys ['a', 'b']"),
        (np.array(2.5), "2.5"),
        (0.1 + 0.2, "0.3"),
        (np.array(1 / 3), "0.333333"),
        (np.zeros((2, 3)), "an array of float64 of shape (2, 3)"),
        (np.arange(3, dtype=np.int32), "an array of int32 of shape (3,)"),
        (len, "an object of type builtin_function_or_method"),
    ],
)
def test_description_of_a_value(value, text):
    assert describe(value) == text


def test_yours_and_expected_never_look_the_same():
    close = [(1.0, 1.0 + 1e-8), (1.0, 1.0 + 1e-15), (2 / 3, 0.6667), (1.0, 1.0 + 1e-11)]
    for got, want in close:
        found = Difference("value", "", np.array([got]), np.array([want]), (0,))
        case = CaseResult("one", 1.0, False, found)
        ((_, yours, expected),) = Verdict(False, 0.0, None, "no", cases=(case,)).table()
        assert yours != expected
        assert len(yours) <= 18


def test_description_is_short():
    assert len(describe("x" * 1000)) <= 60
    assert len(describe({str(i): i for i in range(100)})) <= 60


def test_failed_check_is_an_assertion_with_the_verdict_s_lines():
    error = CheckFailed(verdict())
    assert isinstance(error, AssertionError)
    assert error._render_traceback_() == verdict().lines() == str(error).splitlines()


@pytest.mark.parametrize(("value", "want"), [("validate", True), ("autograde", False)])
def test_validation_is_known_by_its_environment(monkeypatch, value, want):
    monkeypatch.setenv("NBGRADER_EXECUTION", value)
    assert being_validated() is want
    monkeypatch.delenv("NBGRADER_EXECUTION")
    assert being_validated() is False


def contrast(one, other):
    """The ratio of luminances that WCAG 2 defines."""

    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return float(np.dot([0.2126, 0.7152, 0.0722], linear))

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["GREEN", "RED", "AMBER", "BLUE"])
def test_colours_are_readable_on_white(name):
    assert contrast(getattr(module, name), "#ffffff") >= 4.5


def test_place_in_a_path_is_a_step():
    got = PATH + np.array([[0, 0]] * 4 + [[0, 2.0]])
    rows = with_difference("value", "['result']['path of param 2']", got, PATH).table()
    assert rows == [("param 2 after step 4 [1]", "7", "5")]
