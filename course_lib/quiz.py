"""``quiz("u04-why-not-one")``: a question answered in place, with a reason for every choice.

Plain HTML disclosure elements: they work with the keyboard, in every theme, without a kernel and
in an exported page. The reasons come from ``cards/quizzes``, not from the notebook.
"""

import html
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_lib.checking.cards import FOLDER

QUIZZES = FOLDER / "quizzes"


class UnknownQuiz(LookupError):
    """There is no quiz of that name."""


@dataclass(frozen=True)
class QuizCard:
    """A quiz, ready to be shown: ``choices`` are (text, right, reason)."""

    name: str
    question: str
    choices: tuple[tuple[str, bool, str], ...]

    def __repr__(self) -> str:
        lines = [self.question, *(f"  - {text}" for text, _, _ in self.choices)]
        return "\n".join(lines)

    def answer(self, number: int) -> str:
        """The reply to choice ``number`` (from 1), for those who work in a terminal."""
        _, right, reason = self.choices[number - 1]
        return f"{'Yes' if right else 'Not quite'}: {reason}"

    def _repr_html_(self) -> str:
        choices = "".join(_choice(*choice) for choice in self.choices)
        return (
            '<div style="background:#fff;color:#1b1b1b;border-left:6px solid #0063a0;'
            "padding:10px 16px;margin:4px 0;max-width:760px;font-family:system-ui,sans-serif;"
            'font-size:14px;line-height:1.45;box-shadow:0 0 0 1px #d8d8d8">'
            '<p style="margin:0 0 8px;font-size:15px"><b>Question.</b> '
            f"{_inline(self.question)}</p>"
            f"{choices}"
            '<p style="margin:8px 0 0;color:#555;font-size:12.5px">Choose before you open: every '
            "choice, right or wrong, comes with its reason.</p></div>"
        )


def _choice(text: str, right: bool, reason: str) -> str:
    mark, color = ("&#10003; Yes.", "#00785a") if right else ("&#10007; Not quite.", "#b5400c")
    return (
        '<details style="margin:4px 0;padding:4px 10px;background:#f5f7f9;color:#1b1b1b">'
        f'<summary style="cursor:pointer">{_inline(text)}</summary>'
        f'<p style="margin:6px 0 4px 14px"><b style="color:{color}">{mark}</b> {_inline(reason)}'
        "</p></details>"
    )


def _inline(text: str) -> str:
    """Backticks become code, ``*words*`` emphasis; ``$...$`` is left for MathJax."""
    code = r'<code style="background:#ececec;color:#1b1b1b;padding:0 3px">\1</code>'
    parts = re.split(r"(`[^`]+`|\$[^$]+\$)", html.escape(text, quote=False))
    for index in range(0, len(parts), 2):  # between code and formulas
        parts[index] = re.sub(r"(?<![\w*])\*(\w[^*]*)\*(?![\w*])", r"<em>\1</em>", parts[index])
    return re.sub(r"`([^`]+)`", code, "".join(parts))


def quiz(name: str, folder: Path = QUIZZES) -> QuizCard:
    """The quiz called ``name``. Raises ``UnknownQuiz`` if there is none."""
    file = folder / f"{name}.json"
    if not file.exists():
        known = ", ".join(sorted(path.stem for path in folder.glob("*.json"))) or "none"
        raise UnknownQuiz(f"no quiz is called {name!r}; there are: {known}")
    card: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    choices = tuple((c["text"], c["right"], c["reason"]) for c in card["choices"])
    return QuizCard(card["name"], card["question"], choices)
