"""Tables of answers as an examiner would try them, one module per unit.

Each answer was written from the conventions and the docstrings alone. A right one comes in odd
form; a wrong one is a mistake that nobody listed when it was written, and names the words that
its message must hold, so that it helps whoever made that mistake. A new module of this package
is found without being entered anywhere; ``tests/test_odd_answers.py`` tries everything.
"""

from collections.abc import Callable
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """One answer to one exercise; ``words`` must stand in the message if it is wrong."""

    name: str
    function: Callable[..., Any]
    words: str = ""

    @property
    def label(self) -> str:
        kind = getattr(self.function, "__name__", type(self.function).__name__)
        return f"{self.name}-{kind}"


RIGHT: list[Answer] = []
WRONG: list[Answer] = []


def right(name: str) -> Callable[[Any], Any]:
    """Enters the function below into the table of right answers to exercise ``name``."""

    def enter(function: Any) -> Any:
        RIGHT.append(Answer(name, function))
        return function

    return enter


def wrong(name: str, words: str) -> Callable[[Any], Any]:
    """The same for wrong answers; ``words`` must stand in the message."""

    def enter(function: Any) -> Any:
        WRONG.append(Answer(name, function, words))
        return function

    return enter
