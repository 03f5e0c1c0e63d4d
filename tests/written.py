"""What a lesson says and defines, for the tests that measure its numbers again."""

import ast
import re
from typing import Any

import pytest

from autograde import spec


class Lesson:
    """``lessons/<unit>/lesson.py`` as text; ``prose`` is its markdown in one line, and quizzes."""

    def __init__(self, unit: str) -> None:
        self.file = spec.LESSONS / unit / "lesson.py"
        self.text = self.file.read_text(encoding="utf-8")
        lines = re.findall(r"^# (?!%%)(?:> )?(.*)$", self.text, re.MULTILINE)
        for quiz in spec.quizzes(unit):
            lines += [quiz.question, *(f"{c.text} {c.reason}" for c in quiz.choices)]
        self.prose = re.sub(r"\s+", " ", " ".join(lines))

    def printed(self, *sentences: str) -> None:
        """The prose still says so: whoever changes a number must change it in the test as well."""
        for sentence in sentences:
            assert sentence in self.prose, f"the lesson no longer says: {sentence}"

    def definitions(self, *data: str) -> dict[str, Any]:
        """Its imports, its functions and the variables ``data``; no figure is drawn."""

        def wanted(node: ast.stmt) -> bool:
            if isinstance(node, ast.Assign):
                names = (name for name in ast.walk(node.targets[0]) if isinstance(name, ast.Name))
                return any(name.id in data for name in names)
            return isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef))

        body = [node for node in ast.parse(self.text).body if wanted(node)]
        scope: dict[str, Any] = {"__name__": "lesson"}
        exec(compile(ast.Module(body, []), str(self.file), "exec"), scope)
        return scope


def shown(value: float, text: str) -> None:
    """``value`` rounds to ``text``, with as many digits as ``text`` has."""
    digits = len(text.split("e")[0].replace(".", "").lstrip("0"))
    assert float(f"{value:.{digits - 1}e}") == pytest.approx(float(text), rel=1e-9), value
