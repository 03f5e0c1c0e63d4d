"""Every hostile submission gets what it deserves, reads nothing, and its neighbours notice nothing.

``pytest tests/hostile/test_hostile.py -m "not slow"`` leaves out those that wait for a limit.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hostile
import numpy as np
import pytest
import submissions
from attacks_believed import BELIEVED
from attacks_breaking import BREAKING, ENDLESS
from attacks_read import READ
from hostile import UNIT, Attack
from submissions import TERM

from autograde import hidden, isolate, mark, report, spec, submission
from autograde.session import Zygote, student_library
from course_lib.checking import cards

pytestmark = pytest.mark.skipif(
    isolate.probe().level == "none", reason="this host cannot lock a process in"
)
SECRET = "the-secret-in-the-gradebook"
QUICK = [*hostile.all_attacks(BELIEVED, BREAKING, READ), *hostile.edited()]
SLOW = hostile.all_attacks(ENDLESS)


def named(attacks: list[Attack]) -> list[Any]:
    return [pytest.param(attack, id=attack.name) for attack in attacks]


@pytest.fixture(scope="module", params=["full", "base"])
def warm(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    if isolate.LEVELS.index(request.param) > isolate.LEVELS.index(isolate.probe().level):
        pytest.skip("this host has no namespaces")
    with Zygote(student_library([UNIT]), level=request.param) as one:
        yield one


@pytest.fixture(scope="module")
def innocent(warm: Zygote) -> tuple[bytes, str]:
    """A right submission and its verdict before anything happened."""
    notebook = submissions.as_bytes(submissions.filled(UNIT, submissions.right(UNIT)))
    marking = mark.mark(notebook, UNIT, TERM, warm)
    assert marking.points == marking.max_points
    return notebook, mark.to_json(marking)


@pytest.fixture
def neighbours(
    warm: Zygote, innocent: tuple[bytes, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A neighbour's marks, the grader's files and processes are the same after the attack."""
    monkeypatch.setenv("AUTOGRADE_SEED", SECRET)
    book = tmp_path / "gradebook.db"
    book.write_text(SECRET)
    before = descendants()
    yield
    notebook, verdict = innocent
    assert mark.to_json(mark.mark(notebook, UNIT, TERM, warm)) == verdict
    assert book.read_text() == SECRET
    assert os.listdir(warm.base / "scratch") == []
    assert descendants() == before


def descendants() -> int:
    """How many processes this one has below it; ended ones that nobody fetched count."""
    found, waiting = 0, [os.getpid()]
    while waiting:
        pid = waiting.pop()
        try:
            below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            continue
        found += len(below)
        waiting += map(int, below)
    return found


def numbers(tree: Any) -> set[str]:
    """Every number of three or more digits in a card's inputs, as it would be printed."""
    if isinstance(tree, dict):
        return set().union(*map(numbers, tree.values()))
    if isinstance(tree, (list, tuple)):
        return set().union(*map(numbers, tree))
    values = np.ravel(tree).tolist() if isinstance(tree, np.ndarray) else [tree]
    texts = {f"{abs(v):.10g}" for v in values if isinstance(v, float)}
    return {text for text in texts if len(text.replace(".", "").lstrip("0")) >= 3}


@pytest.fixture(scope="module")
def hidden_numbers() -> set[str]:
    """The numbers that only the hidden cases hold."""

    def inside(card: Any) -> set[str]:
        return numbers([cards.decode(case["inputs"]) for case in card["cases"]])

    names = [exercise.name for exercise in spec.exercises(UNIT)]
    unseen = set().union(*(inside(hidden.card(name, TERM)) for name in names))
    return unseen - set().union(*(inside(cards.load(name)) for name in names))


def leaked(text: str, secrets: set[str]) -> set[str]:
    return secrets & set(re.findall(r"\d+(?:\.\d+)?", text))


def judged(attack: Attack, zygote: Zygote, secrets: set[str]) -> mark.Marking:
    """Marks an attack; nobody gains, nothing unheard of comes out, the same comes out again."""
    marking = mark.mark(attack.notebook, UNIT, TERM, zygote)
    assert [one.name for one in marking.exercises] == [e.name for e in spec.exercises(UNIT)]
    for one in marking.exercises:
        deserved = attack.deserved[one.name]
        assert one.status in mark.STATUSES
        assert one.status == "marked" or one.message, "a mark without a reason"
        assert one.points <= deserved.points, f"{one.name} gained: {one}"
        assert one.hidden_points <= deserved.hidden_points, f"{one.name} gained: {one}"
        if one.name != hostile.TARGET and attack.name not in hostile.DAMAGE_THEMSELVES:
            assert one.points == one.max_points, f"{one.name} lost: {one}"
            assert one.hidden_points == one.max_hidden, f"{one.name} lost: {one}"
    text = mark.to_json(marking)
    assert SECRET not in text
    assert str(spec.ROOT) not in text
    assert not leaked(text, secrets)
    return marking


@pytest.mark.parametrize("attack", named(QUICK))
def test_nothing_is_gained_and_nobody_is_touched(
    attack: Attack, warm: Zygote, neighbours: None, hidden_numbers: set[str]
) -> None:
    judged(attack, warm, hidden_numbers)


@pytest.mark.endless
@pytest.mark.parametrize("attack", named(SLOW))
def test_endless_work_ends_and_is_handed_to_a_human(
    attack: Attack, warm: Zygote, neighbours: None, hidden_numbers: set[str]
) -> None:
    marking = judged(attack, warm, hidden_numbers)
    target = next(one for one in marking.exercises if one.name == hostile.TARGET)
    assert target.status in ("needs a human", "out of time", "marked")


@pytest.mark.parametrize(
    ("name", "notebook"),
    [
        pytest.param(*c, id=c[0], marks=[pytest.mark.endless] if "without end" in c[0] else [])
        for c in hostile.callbacks()
    ],
)
def test_a_function_of_the_graders_tells_nothing(
    name: str, notebook: bytes, warm: Zygote, neighbours: None, hidden_numbers: set[str]
) -> None:
    marking = mark.mark(notebook, UNIT, TERM, warm)
    for one in marking.exercises:
        full = one.name != "nesterov_lookahead"
        assert (one.points, one.hidden_points) == (
            (one.max_points, one.max_hidden) if full else (0.0, 0.0)
        ), one
    assert not leaked(mark.to_json(marking), hidden_numbers)


ECHO = """
import builtins
seen = []
DEF
    seen.append((param.tolist(), grad.tolist(), lr, momentum))
    text = repr(seen)
    print(text)
    {then}
"""


@pytest.mark.parametrize(
    "then",
    [
        "raise ValueError(text)",
        "raise type('x' + ''.join(c for c in text if c.isdigit())[:70], (Exception,), {})",
        "return text, text",
        "return {text: param}",
        "return np.array(seen[-1][0]), MomentumState(np.array(seen[-1][1]))",
        "grad[...] = 0; return param, state",
        "import os; open(text[:50].replace('/', '_'), 'w'); os._exit(0)",
        "exec(compile(f'raise ValueError(seen) #{text}', text, 'exec'))",
    ],
)
def test_hidden_inputs_cannot_be_carried_out(
    then: str, warm: Zygote, neighbours: None, hidden_numbers: set[str]
) -> None:
    notebook = submissions.as_bytes(hostile.typed(ECHO.strip("\n").replace("{then}", then)))
    judged(Attack(then, notebook), warm, hidden_numbers)


def test_the_hidden_numbers_that_are_looked_for_exist(hidden_numbers: set[str]) -> None:
    one = max(hidden_numbers, key=len)
    assert len(hidden_numbers) > 20
    assert leaked(f"ValueError: [{one}, 2]", hidden_numbers) == {one}


TABLE = """
from course_lib.checking import cards
def velocity_weights(steps, *, momentum=0.9):
    for case in cards.load("velocity_weights")["cases"]:
        given = cards.decode(case["inputs"])
        if given["args"][0] == steps and given["kwargs"].get("momentum", 0.9) == momentum:
            return cards.decode(case["expected"])
"""


def test_a_table_of_the_visible_answers_is_listed_in_the_report(warm: Zygote) -> None:
    """Visible cases lie in the student's own folder: docs/grader.md says what that means."""
    answers = {**submissions.right(UNIT), "velocity_weights": TABLE}
    notebook = submissions.as_bytes(submissions.filled(UNIT, answers))
    found = mark.mark(notebook, UNIT, TERM, warm)
    one = next(e for e in found.exercises if e.name == "velocity_weights")
    assert one.points == one.max_points
    assert one.hidden_points < one.max_hidden  # a hidden case may repeat a visible one: one step
    assert report.only_seen(one._asdict())


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.endless] if "without end" in name else [])
        for name in hostile.FILES
    ],
)
def test_files_of_every_form_are_read_or_refused(name: str, warm: Zygote, neighbours: None) -> None:
    marking = mark.mark(hostile.FILES[name](), UNIT, TERM, warm)
    assert marking.points == 0
    assert all(one.status != "marked" and one.message for one in marking.exercises)
    json.loads(mark.to_json(marking))


def test_random_damage_never_raises() -> None:
    """Random bytes, and a right notebook with random bytes and random values in it."""
    rng = np.random.default_rng(0)
    whole = submissions.as_bytes(submissions.filled(UNIT, submissions.right(UNIT)))
    release = submission.release_of(UNIT)
    odd = [None, -1, 1e300, "", "x" * 1000, [], {}, [[]], {"a": []}, True, "\ud800", "\0"]
    for _ in range(150):
        damaged = bytearray(whole)
        for place in rng.integers(len(whole), size=rng.integers(1, 20)):
            damaged[place] = rng.integers(256)
        submission.read(bytes(damaged), release)
        submission.read(rng.bytes(int(rng.integers(200))), release)
        tree = json.loads(whole)
        replace_somewhere(tree, rng, odd)
        submission.read(json.dumps(tree).encode(), release)


def replace_somewhere(tree: Any, rng: np.random.Generator, values: list[Any]) -> None:
    """Replaces one random node of a tree by one of the values."""
    while True:
        keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
        key = keys[rng.integers(len(keys))]
        child = tree[key]
        if not isinstance(child, (dict, list)) or not child or rng.random() < 0.2:
            tree[key] = values[rng.integers(len(values))]
            return
        tree = child
