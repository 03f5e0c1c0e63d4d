"""What an author writes down of an exercise, once; everything else is derived from it.

``lessons/<unit>/exercises`` is a package with a file per exercise, which bears its name, and
``quizzes.py``; its ``__init__.py`` puts them into order: ``EXERCISES = (MOMENTUM, ...)``. The
answer itself is the function of ``course_lib`` that bears the exercise's name.
"""

import ast
import importlib.util
import inspect
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from course_lib.arrays import Array
from course_lib.checking.cards import Function, Rng

__all__ = ["Case", "Choice", "Exercise", "Function", "Mistake", "Quiz", "Rng", "draw"]

ROOT = Path(__file__).resolve().parent.parent
LESSONS = ROOT / "lessons"
CARDS = Path("course_lib/cards")  # below ROOT, as all that is built
QUIZZES = CARDS / "quizzes"
INDEX = CARDS / "index" / "units.json"


@dataclass(frozen=True)
class Case:
    """One situation in which the function is tried.

    ``args`` and ``kwargs`` are those of one plain call; for any other probe of
    ``course_lib.checking.probes`` give its name and its ``inputs`` instead.
    ``about`` is a sentence for a wrong answer that nothing else explains: what this case is about.
    ``weight`` is the case's share of the points. Tolerances: see ``compare.Tolerance``.
    """

    name: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    probe: str = "call"
    inputs: Mapping[str, Any] | None = None
    weight: float = 1.0
    rtol: float = 1e-6
    atol: float = 0.0
    bands: Mapping[str, float] = field(default_factory=dict)

    def probe_inputs(self) -> dict[str, Any]:
        if self.inputs is not None:
            return dict(self.inputs)
        return {"args": tuple(self.args), "kwargs": dict(self.kwargs)}


@dataclass(frozen=True)
class Mistake:
    """A classical mistake, as an edit of the answer's own source, and what to tell who makes it.

    ``find`` must occur exactly once in the answer's source; ``more`` holds further (find, replace)
    edits. ``read`` is the lesson's heading to read on, if it is not the exercise's own.
    ``message`` teaches without giving the line away. ``convention=True`` marks an answer that is
    right under another definition: it is told so, and not called wrong.
    """

    name: str
    find: str
    replace: str
    message: str
    more: tuple[tuple[str, str], ...] = ()
    read: str = ""
    convention: bool = False

    @property
    def edits(self) -> tuple[tuple[str, str], ...]:
        return ((self.find, self.replace), *self.more)

    @property
    def told(self) -> str:
        prefix = "You used the other convention: " if self.convention else ""
        return prefix + self.message


@dataclass(frozen=True)
class Exercise:
    """Everything about one exercise but its answer, which is ``reference``.

    ``cases`` makes the cases from a generator: with a fixed seed for the card, with the
    instructor's seed for the hidden ones. Any seed must give fair cases: keep away from kinks and
    ties. ``mistakes`` need names that differ. ``accepted`` are other correct implementations.
    ``hints`` go from a question over the idea to almost the line. ``returns`` names the returned
    values. ``read`` is the ``##`` heading of the lesson that explains the matter. ``praise`` is
    what a right answer is told. ``points`` are those of the check that students see,
    ``hidden_points`` those of the hidden cases. ``gives_away`` lists other library functions
    ("models.mlp_loss") whose source shows the answer: a bundle in which the exercise is due leaves
    them out as well.
    """

    reference: Callable[..., Any]
    cases: Callable[[np.random.Generator], Sequence[Case]]
    mistakes: tuple[Mistake, ...]
    accepted: tuple[Callable[..., Any], ...]
    hints: tuple[str, ...]
    returns: tuple[str, ...]
    read: str
    praise: str
    points: float = 2.0
    hidden_points: float = 1.0
    gives_away: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for field_name in ("mistakes", "accepted", "hints", "returns", "gives_away"):
            if not isinstance(getattr(self, field_name), tuple):
                raise TypeError(f"{self.name}: {field_name} must be a tuple (a comma is missing?)")
        names = [mistake.name for mistake in self.mistakes]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"{self.name}: two mistakes are called {', '.join(sorted(twice))!r}")

    @property
    def name(self) -> str:
        return self.reference.__name__

    @property
    def answer(self) -> str:
        """Where the answer lives, below course_lib: ``optim.momentum``."""
        return f"{self.reference.__module__.removeprefix('course_lib.')}.{self.name}"

    @property
    def source(self) -> str:
        return _source(self.reference)

    def stub_and_body(self) -> tuple[str, str]:
        """The source cut in two: signature with docstring, and the statements after it."""
        lines = self.source.splitlines()
        function = ast.parse(self.source).body[0]
        assert isinstance(function, ast.FunctionDef)
        first = function.body[0]
        is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        end = first.end_lineno if is_docstring and first.end_lineno else first.lineno - 1
        return "\n".join(lines[:end]), "\n".join(lines[end:])

    def parameters(self) -> tuple[list[str], list[str]]:
        """(names of the positional parameters, names of the keyword-only ones)."""
        positional, keywords = [], []
        for name, parameter in inspect.signature(self.reference).parameters.items():
            (keywords if parameter.kind is parameter.KEYWORD_ONLY else positional).append(name)
        return positional, keywords


@cache
def _source(function: Callable[..., Any]) -> str:
    return textwrap.dedent(inspect.getsource(function))


@dataclass(frozen=True)
class Choice:
    """One choice of a quiz, and why it is right or wrong."""

    text: str
    right: bool
    reason: str


@dataclass(frozen=True)
class Quiz:
    """A question answered in place: every choice, right or wrong, is answered with its reason."""

    name: str
    question: str
    choices: tuple[Choice, ...]


def draw(rng: np.random.Generator, *shape: int, scale: float = 1.0) -> Array:
    """Normal random numbers with few digits: a reader of a card can type them in."""
    return np.round(scale * rng.normal(size=shape), 3)


def units() -> list[str]:
    """The names of all authored units, in teaching order."""
    return sorted(path.parts[-3] for path in LESSONS.glob("unit*/exercises/__init__.py"))


@cache
def load_unit(unit: str) -> ModuleType:
    """The package ``lessons/<unit>/exercises``."""
    file = LESSONS / unit / "exercises" / "__init__.py"
    if not file.exists():
        raise LookupError(f"no unit is called {unit!r}; there are: {', '.join(units())}")
    spec = importlib.util.spec_from_file_location(
        f"lessons.{unit}.exercises", file, submodule_search_locations=[str(file.parent)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses and inspect look modules up by name
    spec.loader.exec_module(module)
    return module


def exercises(unit: str) -> tuple[Exercise, ...]:
    """The exercises of a unit, in the order of the lesson."""
    return load_unit(unit).EXERCISES


def quizzes(unit: str) -> tuple[Quiz, ...]:
    return load_unit(unit).QUIZZES


@cache
def find(name: str) -> tuple[str, Exercise]:
    """(unit, exercise) of the exercise called ``name``."""
    for unit in units():
        for exercise in exercises(unit):
            if exercise.name == name:
                return unit, exercise
    raise LookupError(f"no unit has an exercise called {name!r}")
