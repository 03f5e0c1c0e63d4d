"""Quizzes: every choice is answered with its reason, with the keyboard, in any page."""

import dataclasses
import json
import re
from html.parser import HTMLParser

import pytest

from autograde import spec
from course_lib.quiz import QuizCard, UnknownQuiz, quiz

CARD = {
    "name": "u00-why",
    "question": "Why is `x < 1` & $m < 1$ needed?",
    "choices": [
        {"text": "It is <b>not</b>.", "right": False, "reason": "Without it `v` grows: 1 < 2."},
        {"text": "So that the sum converges.", "right": True, "reason": "A *geometric* series."},
    ],
}
ALL = [pytest.param(q, id=q.name) for unit in spec.units() for q in spec.quizzes(unit)]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "u00-why.json").write_text(json.dumps(CARD), encoding="utf-8")
    return tmp_path


class Tags(HTMLParser):
    """Collects the tags of a page, and complains about those that are not closed."""

    def __init__(self, page):
        super().__init__()
        self.opened, self.seen = [], []
        self.feed(page)
        assert self.opened == []

    def handle_starttag(self, tag, attrs):
        self.opened.append(tag)
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.opened.pop() == tag


def assert_complete(page, choices):
    tags = [tag for tag, _ in Tags(page).seen]
    assert tags.count("details") == tags.count("summary") == len(choices)
    assert "script" not in tags
    assert not [attrs for _, attrs in Tags(page).seen if any(k.startswith("on") for k in attrs)]
    assert "http" not in page
    blocks = re.findall(r"<details.*?</details>", page, flags=re.DOTALL)
    for block, (_, right, _) in zip(blocks, choices, strict=True):
        summary, _, answer = block.partition("</summary>")
        assert ("Yes." in answer, "Not quite." in answer) == (right, not right)
        assert "Yes." not in summary
        assert "Not quite." not in summary


def test_page_has_every_choice_with_its_reason(folder):
    card = quiz("u00-why", folder)
    page = card._repr_html_()
    assert_complete(page, card.choices)
    assert "It is &lt;b&gt;not&lt;/b&gt;." in page
    assert ">v</code> grows: 1 &lt; 2." in page
    assert "A <em>geometric</em> series." in page
    assert "$m &lt; 1$" in page


def test_stars_of_code_and_formulas_and_products_stay():
    page = QuizCard("q", "`*a*` and $w*_1 *x*$, 2 * 3 * x, *so it is*", ())._repr_html_()
    assert ">*a*</code> and $w*_1 *x*$, 2 * 3 * x, <em>so it is</em></p>" in page


def test_terminal_gets_question_choices_and_answers(folder):
    card = quiz("u00-why", folder)
    assert repr(card).splitlines() == [
        CARD["question"],
        "  - It is <b>not</b>.",
        "  - So that the sum converges.",
    ]
    assert card.answer(1) == "Not quite: Without it `v` grows: 1 < 2."
    assert card.answer(2) == "Yes: A *geometric* series."
    assert "geometric" not in repr(card)


def test_unknown_quiz_lists_those_there_are(folder, tmp_path):
    with pytest.raises(UnknownQuiz, match="'u00-wy'; there are: u00-why"):
        quiz("u00-wy", folder)
    with pytest.raises(UnknownQuiz, match="there are: none"):
        quiz("u00-why", tmp_path / "nothing")


@pytest.mark.parametrize("question", ALL)
def test_quiz_of_the_course_is_complete(question):
    assert len(question.choices) >= 2
    assert any(choice.right for choice in question.choices)
    assert not all(choice.right for choice in question.choices)
    texts = [choice.text for choice in question.choices]
    assert len(set(texts)) == len(texts)
    assert all(len(choice.reason.split()) >= 4 for choice in question.choices)
    choices = tuple(dataclasses.astuple(choice) for choice in question.choices)
    assert_complete(QuizCard(question.name, question.question, choices)._repr_html_(), choices)


def test_no_two_quizzes_share_a_name():
    names = [param.values[0].name for param in ALL]
    assert len(set(names)) == len(names)
