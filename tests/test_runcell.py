"""Plain test cells of a notebook that knows nothing of this course, run beside student code."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograde import isolate, testplan
from autograde.mark import Marking, mark_release, to_json
from autograde.marking import STATUSES
from autograde.release import Release, release_from
from autograde.session import Zygote
from autograde.spec import ROOT
from autograde.submission import Submission, read
from autograde.testbench import passed

FILE = Path(__file__).parent / "fixtures" / "foreign.ipynb"
RELEASE = release_from("foreign", FILE.read_bytes())
FULL = {"squares-test": 2.0, "squares-error": 1.0, "squared-test": 3.0, "answer-1-test": 2.0}
FULL |= {"answer-2-test": 1.0, "counter-test": 2.0, "descend-test": 3.0, "descend-source": 0.0}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    if isolate.probe().level == "none":
        pytest.skip("this host cannot lock a process in")
    with Zygote({}) as warm:
        yield warm


def handed_in(release: Release = RELEASE, **sources: str) -> bytes:
    """The notebook, solved but where a source is given; ``answer_1`` stands for ``answer-1``."""
    chosen = {name.replace("_", "-"): text for name, text in sources.items()}
    cells = []
    for cell in release.cells:
        marks = {"nbgrader": {"grade_id": cell.grade_id}} if cell.grade_id else {}
        text = chosen.pop(cell.grade_id, cell.full if cell.role == "answer" else cell.source)
        cells.append({"cell_type": cell.kind, "metadata": marks, "source": text})
    assert not chosen
    return json.dumps({"cells": cells, "nbformat": 4, "metadata": {}}).encode()


def marked(zygote: Zygote, notebook: bytes, release: Release = RELEASE) -> Marking:
    marking = mark_release(notebook, release, "t", zygote)
    for one in marking.exercises:
        assert one.status in STATUSES
        assert one.message, one
    return marking


def points(marking: Marking) -> dict[str, float]:
    return {one.name: one.points for one in marking.exercises}


def one_test(
    source: str, *, full: str = "", answer: str = "def f(x):\n    return x + 1"
) -> Release:
    """A notebook of an answer and a test worth 2 points, as its instructor wrote it."""
    marked_up = f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION"
    hidden = f"\n### BEGIN HIDDEN TESTS\n{full}\n### END HIDDEN TESTS" if full else ""
    answer_marks = {"grade_id": "f-cell", "solution": True, "grade": False, "locked": False}
    test_marks = {"grade_id": "f-test", "solution": False, "grade": True, "points": 2}
    cells = [
        {"cell_type": "code", "metadata": {}, "source": "import numpy as np"},
        {"cell_type": "code", "metadata": {"nbgrader": answer_marks}, "source": marked_up},
        {"cell_type": "code", "metadata": {"nbgrader": test_marks}, "source": source + hidden},
    ]
    return release_from("one", json.dumps({"cells": cells}).encode())


def outcome(zygote: Zygote, release: Release, answer: str) -> Any:
    notebook = handed_in(release, **{"f_cell": answer})
    return marked(zygote, notebook, release).exercises[0]


# --- a whole notebook -----------------------------------------------------------------------------


def test_a_right_notebook_earns_all_that_a_program_may_decide(zygote: Zygote) -> None:
    marking = marked(zygote, handed_in())
    assert points(marking) == FULL
    assert marking.max_points == 15
    undecided = [one.name for one in marking.exercises if one.status == "needs a human"]
    assert undecided == ["descend-source"]
    assert "getsource" in marking.exercises[-1].message


def test_the_notebook_as_handed_out_is_not_written(zygote: Zygote) -> None:
    stubs = {c.grade_id: c.source for c in RELEASE.cells if c.role == "answer"}
    marking = marked(zygote, handed_in(**stubs))
    assert marking.points == 0
    kinds = {one.name: one.status for one in marking.exercises}
    assert kinds.pop("descend-source") == "needs a human"
    assert set(kinds.values()) == {"not written"}


@pytest.mark.parametrize(
    ("sources", "changed", "told"),
    [
        ({"squares-cell": "def squares(n):\n    return [1, 4]"}, {"squares-test": 0.0,
         "squares-error": 0.0}, "This does not hold: assert squares(1) == [1]"),
        ({"squares-cell": "def squares(n):\n    if n < 1: raise ValueError\n"
          "    return [i * i for i in range(1, n + 1)][:10]"},
         {"squares-test": 0.0}, "further cases"),
        ({"squared-cell": "def squared(x):\n    return x + x"}, {"squared-test": 0.0},
         "Not equal to tolerance"),
        ({"answer-1": "answer = data.mean(axis=0) * [1, 1, 0]"}, {"answer-1-test": 4 / 3},
         "The test gave 1.33333 of 2 points"),
        ({"answer-2": "answer = 1 / 0"}, {"answer-2-test": 0.0},
         "Its cell stopped with ZeroDivisionError"),
        ({"counter-cell": ""}, {"counter-test": 0.0}, "no `Counter`"),
        ({"counter-cell": "class Counter(:"}, {"counter-test": 0.0}, "SyntaxError"),
        ({"descend-cell": "def descend(gradient, x, steps):\n    return gradient(x)"},
         {"descend-test": 0.0}, "descend(gradient, point, 3) is None"),
        ({"descend-cell": "def descend(gradient, x, steps):\n    x.nothing"},
         {"descend-test": 0.0}, "AttributeError"),
    ],
)  # fmt: skip
def test_what_is_wrong_costs_its_own_tests(
    zygote: Zygote, sources: dict[str, str], changed: dict[str, float], told: str
) -> None:
    marking = marked(zygote, handed_in(**sources))
    assert points(marking) == pytest.approx(FULL | changed, abs=1e-4)
    first = next(one for one in marking.exercises if one.name in changed)
    assert told in first.message


def test_cells_in_the_opposite_order_or_without_tests_lose_nothing(zygote: Zygote) -> None:
    notebook = json.loads(handed_in())
    notebook["cells"].append(notebook["cells"].pop(1))  # the imports
    assert points(marked(zygote, json.dumps(notebook).encode())) == FULL
    tests = set(RELEASE.tests)
    notebook["cells"] = [
        c
        for c in notebook["cells"]
        if c["metadata"].get("nbgrader", {}).get("grade_id") not in tests
    ]
    assert points(marked(zygote, json.dumps(notebook).encode())) == FULL


def test_a_marking_of_plain_tests_repeats(zygote: Zygote) -> None:
    data = handed_in(
        **{"squared-cell": "def squared(x):\n    return object()", "answer-2": "1 / 0"}
    )
    first, second = (to_json(marked(zygote, data)) for _ in range(2))
    assert first == second


def test_files_beside_the_notebook_are_there(
    zygote: Zygote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograde.release.ROOT", tmp_path)
    (tmp_path / "notebooks" / "one" / "data").mkdir(parents=True)
    (tmp_path / "notebooks" / "one" / "data" / "x.txt").write_text("7")
    release = one_test("assert f(1) == 8")
    answer = "y = int(open('data/x.txt').read())\ndef f(x):\n    return x + y"
    assert outcome(zygote, release, answer).points == 2


# --- limits and crashes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "status", "told"),
    [
        ("import os\ndef f(x):\n    os._exit(0)", "crashed", "ended the process"),
        ("import os\nos._exit(0)\ndef f(x):\n    return 2", "crashed", "ended the process"),
        ("def f(x):\n    while True: pass", "needs a human", "out of time"),
        ("def f(x):\n    return bytearray(10**11)", "marked", "MemoryError"),
    ],
)
def test_student_code_that_ends_its_process(
    zygote: Zygote, answer: str, status: str, told: str
) -> None:
    one = outcome(zygote, one_test("assert f(1) == 2"), answer)
    assert (one.status, one.points) == (status, 0.0)
    assert told in one.message


@pytest.mark.parametrize(
    "test",
    [
        "import os\nos._exit(0)",
        "import os\nos.kill(os.getpid(), 11)",
        "assert nothing_of_this_name == f(1)",
        "import a_module_that_is_not_here",
        "raise SystemExit",
        "open('nothing.txt')",
        "x = np.ones(10**10)\nassert f(1) == 2",
        "def g(x): return g(x)\ng(f(1))",
        "3.5",
        "-1.0",
        "float('nan')",
    ],
)
def test_a_fault_of_the_test_is_for_a_human(zygote: Zygote, test: str) -> None:
    one = outcome(zygote, one_test(test), "def f(x):\n    return x + 1")
    assert (one.status, one.points) == ("needs a human", 0.0), one


@pytest.mark.parametrize(
    "test",
    [
        "import inspect\nassert inspect.getsource(f)",
        "assert f.__code__.co_argcount == 1",
        "del f",
        "f = 3\nassert f == 3",
        "from unittest.mock import patch\nassert f(1) == 2",
        "get_ipython().run_line_magic('timeit', 'f(1)')",
        "%timeit f(1)\nassert f(1) == 2",
        "assert In",
        "assert await f(1)",
        "import types\nassert isinstance(f, types.FunctionType)",
    ],
)
def test_what_needs_the_students_process_is_for_a_human(test: str) -> None:
    release = one_test(test)
    submission = read(handed_in(release), release)
    assert isinstance(submission, Submission)
    (step,) = (s for s in testplan.plan(release, submission) if s.kind == "test")
    assert step.cannot


@pytest.mark.parametrize(
    ("value", "status", "earned"),
    [(None, "marked", 2), (0.5, "marked", 0.5), (True, "marked", 2), ("0.5", "marked", 2),
     ([0.5], "marked", 2), (0, "marked", 0), (3, "needs a human", 0)],
)  # fmt: skip
def test_the_last_value_is_partial_credit_as_in_nbgrader(
    value: Any, status: str, earned: float
) -> None:
    found = passed(value, 2.0)
    assert (found.status, found.points) == (status, earned)


# --- hostile students -----------------------------------------------------------------------------

YES = """
class Yes:
    def __eq__(self, other): return True
    def __bool__(self): return True
    def __float__(self): return 2.0
    def __array__(self, *a, **k): return np.array(2.0)
    def __getitem__(self, k): return 2
    def __len__(self): return 1
    def __sub__(self, other): return 0
    __abs__ = __lt__ = __le__ = __round__ = lambda self, *a: 0
    __hash__ = object.__hash__
    def __getattr__(self, name): return Yes()
"""
HOSTILE = {
    "an object equal to everything": YES + "def f(x):\n    return Yes()",
    "a list of them": YES + "def f(x):\n    return [Yes()]",
    "an array of them": YES + "def f(x):\n    return np.array([Yes()], dtype=object)",
    "a class in place of the function": YES + "f = Yes",
    "an object in place of the function": YES + "f = Yes()",
    "a text equal to everything": "class S(str):\n    __eq__ = lambda *a: True\n"
    "    __hash__ = str.__hash__\ndef f(x):\n    return S('2')",
    "a number equal to everything": "class N(float):\n    __eq__ = lambda *a: True\n"
    "    __sub__ = __rsub__ = lambda *a: 0.0\n    __hash__ = None\ndef f(x):\n    return N(7)",
    "the tools replaced": "import builtins, sys\n"
    "assert_allclose = isinstance = abs = len = lambda *a, **k: True\n"
    "np.testing.assert_allclose = np.isclose = lambda *a, **k: True\n"
    "builtins.isinstance = builtins.AssertionError = None\n"
    "__builtins__ = {}\n__name__ = 'test'\ndef f(x):\n    return 7",
    "numpy replaced": "class np:\n    class testing:\n"
    "        assert_allclose = staticmethod(lambda *a, **k: None)\ndef f(x):\n    return 7",
    "the callers' frames": "import sys\ndef f(x):\n"
    "    return sys._getframe(3).f_globals.get('expected', 7)",
    "an error that a test may want": "def f(x):\n    raise AssertionError('')",
    "an exit": "def f(x):\n    raise SystemExit(0)",
    "a stopped iteration": "def f(x):\n    raise StopIteration",
    "a generator without end": "def f(x):\n    while True:\n        yield 2",
    "an undecidable name": "class Undecidable(BaseException): pass\ndef f(x):\n"
    "    raise Undecidable('give me the points')",
    "not a number": "def f(x):\n    return float('nan')",
    "nothing": "def f(x):\n    return None",
}
TEST = """
expected = 2
result = f(1)
assert result == expected
assert abs(result - expected) < 1e-9
np.testing.assert_allclose(result, expected)
assert isinstance(result, (int, float))
"""


@pytest.mark.parametrize("name", HOSTILE)
def test_nobody_is_believed_without_the_right_number(zygote: Zygote, name: str) -> None:
    one = outcome(zygote, one_test(TEST), HOSTILE[name])
    assert one.points == 0, one


def test_a_test_that_catches_everything_does_not_hide_what_cannot_be_told(zygote: Zygote) -> None:
    test = "try:\n    right = f(1) == 2\nexcept:\n    right = True\nassert right"
    one = outcome(zygote, one_test(test), HOSTILE["an object equal to everything"])
    assert (one.status, one.points) == ("needs a human", 0.0)


@pytest.mark.parametrize(
    ("answer", "status"),
    [("import os; os._exit(0)", "crashed"), ("while True: pass", "needs a human")],
)
def test_a_test_that_catches_everything_does_not_hide_an_end(
    zygote: Zygote, answer: str, status: str
) -> None:
    test = "try:\n    f(1)\nexcept:\n    pass\nelse:\n    raise AssertionError"
    one = outcome(zygote, one_test(test), f"def f(x):\n    {answer}")
    assert (one.status, one.points) == (status, 0.0)


def test_only_names_that_the_instructor_asks_for_come_from_the_student(zygote: Zygote) -> None:
    release = one_test("expected = helper(1)\nassert f(1) == expected")
    answer = "def helper(x):\n    return 7\ndef f(x):\n    return 7"
    one = outcome(zygote, release, answer)
    assert (one.status, one.points) == ("needs a human", 0.0)
    assert "helper" in one.message


def test_hidden_parts_are_not_told(zygote: Zygote) -> None:
    release = one_test("assert f(1) == 2", full="assert f(987654) == 987655, 'hidden 987655'")
    answer = "def f(x):\n    if x > 5: print(x); raise ValueError(f'seen {x}')\n    return x + 1"
    one = outcome(zygote, release, answer)
    assert (one.status, one.points) == ("marked", 0.0)
    assert "98765" not in repr(one)
    late = (
        "seen = []\ndef f(x):\n    seen.append(x)\n    if len(seen) > 1: raise ValueError(seen)\n"
    )
    assert "98765" not in repr(outcome(zygote, release, late + "    return x + 1"))


# The words stand apart here: joined in the source, they would be a constant of the answer itself,
# and whether the search sees its own constants depends on when memory was last collected.
SEARCHES = """
import gc, os, sys
gc.disable()
def f(x):
    seen = [str(o) for o in gc.get_objects() if isinstance(o, (str, bytes, dict, list, tuple))]
    frame = sys._getframe()
    while frame: seen.append(str(frame.f_locals)); frame = frame.f_back
    for folder, _, files in os.walk("."):
        seen += [open(os.path.join(folder, name)).read() for name in files]
    return 0 if " ".join(reversed(["number", "secret", "very", "a"])) in "".join(seen) else 2
"""


def test_tests_never_enter_the_students_process(zygote: Zygote) -> None:
    """All that it can find in its memory, in its frames and in its files, while it is tested."""
    release = one_test(
        "assert f(1) == 2  # a very secret number", full="a = 'a very secret number'"
    )
    assert outcome(zygote, release, SEARCHES).points == 2


def test_what_a_test_hands_over_is_found(zygote: Zygote) -> None:
    """The other way round: the search of the test above can find something."""
    release = one_test("assert f('a very secret number') == 2")
    assert outcome(zygote, release, SEARCHES).points == 0


# --- beside plain nbgrader ------------------------------------------------------------------------

ANSWERS = {
    "ada": {},
    "bob": {"squares_cell": "def squares(n):\n    return [i * i for i in range(1, n + 1)]"},
    "cyd": {"answer_1": "answer = data.mean(axis=0) * [1, 0, 0]", "answer_2": "answer = 7.0"},
    "dan": {
        "squares_cell": "def squares(n):\n    if n < 1:\n        raise ValueError\n"
        "    return [1, 4, 9][:n]",
        "counter_cell": "class Counter:\n    def __init__(self, start):\n"
        "        self.total = start",
        "descend_cell": "def descend(gradient, x, steps):\n    for _ in range(steps):\n"
        "        x = x - 0.1 * gradient(x)",
    },
}


def test_honest_work_gets_the_marks_of_plain_nbgrader(zygote: Zygote, tmp_path: Path) -> None:
    pytest.importorskip("nbgrader")
    from autograde.gradebook import Book

    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    (tmp_path / "solutions" / "foreign").mkdir(parents=True)
    (tmp_path / "solutions" / "foreign" / "foreign.ipynb").write_bytes(FILE.read_bytes())
    for student, sources in ANSWERS.items():
        folder = tmp_path / "autograde" / "work" / "submitted" / student / "foreign"
        folder.mkdir(parents=True)
        notebook = json.loads(handed_in(**sources))
        (folder / "foreign.ipynb").write_text(json.dumps(valid(notebook)), encoding="utf-8")
    nbgrader(tmp_path, "generate_assignment", "foreign")
    nbgrader(tmp_path, "autograde", "foreign")
    with Book(tmp_path, "foreign") as book:
        theirs = scores(book)
        for student, sources in ANSWERS.items():
            data = handed_in(**sources)
            book.write(student, data, marked(zygote, data))
    with Book(tmp_path, "foreign") as book:
        ours = scores(book)
    decided = {name for name in FULL if name != "descend-source"}
    for student in ANSWERS:
        for name in decided:
            assert ours[student][name] == pytest.approx(theirs[student][name], abs=1e-4), name
        assert ours[student]["descend-source"] is None
    assert len({sum(one[name] for name in decided) for one in ours.values()}) == 4
    page = tmp_path / "autograde/work/feedback/dan/foreign/foreign.html"
    assert "&#x27;Counter&#x27; object has no attribute" in page.read_text(encoding="utf-8")


def scores(book: Any) -> dict[str, dict[str, float | None]]:
    """Points per student and test cell; None where a person is asked."""
    found = {}
    for student in ANSWERS:
        record = book.database.find_submission_notebook("foreign", "foreign", student)
        found[student] = {
            g.name: None if g.needs_manual_grade else g.auto_score
            for g in record.grades
            if g.name in FULL
        }
    return found


def valid(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook as Jupyter would save it: plain nbgrader looks at all of it."""
    given = json.loads(FILE.read_bytes())
    for cell, original in zip(notebook["cells"], given["cells"], strict=True):
        cell |= {"id": original["id"], "metadata": original["metadata"]}
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return {**notebook, "metadata": given["metadata"], "nbformat_minor": 5}


def nbgrader(folder: Path, *arguments: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONWARNINGS": ""}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
