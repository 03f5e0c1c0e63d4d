"""What the grader knows never enters a student's process, whatever the level of isolation.

Looked at from outside: the whole memory of the process, while it is judged, and all its files.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import submissions

from autograde import hidden, isolate, spec
from autograde.isolate import Level
from autograde.session import Session, Zygote, student_library
from course_lib.checking import cards
from course_lib.checking.examine import judge

UNIT, TERM = "unit04_momentum", "a term that nobody knows"
MARKER = "only the student wrote this sentence"
LEVELS: tuple[Level, ...] = ("none", "base", "full")

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/mem").exists(), reason="memory can be looked at on Linux only"
)


@pytest.fixture(scope="module", params=LEVELS)
def warm(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    if LEVELS.index(request.param) > LEVELS.index(isolate.probe().level):
        pytest.skip("this host cannot lock a process in so well")
    with Zygote(student_library([UNIT]), level=request.param) as one:
        yield one


def memory(pid: int) -> bytes:
    """All that a process can read and write of its memory."""
    parts = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as file:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights, *_ = line.split()
            start, end = (int(number, 16) for number in span.split("-"))
            if "rw" not in rights:
                continue
            try:
                file.seek(start)
                parts.append(file.read(end - start))
            except (OSError, OverflowError):
                continue
    return b"".join(parts)


def arrays(tree: Any) -> list[np.ndarray]:
    if isinstance(tree, dict):
        return [found for item in tree.values() for found in arrays(item)]
    if isinstance(tree, (list, tuple)):
        return [found for item in tree for found in arrays(item)]
    return [np.asarray(tree)] if isinstance(tree, np.ndarray) else []


def runs_of(trees: Any) -> set[bytes]:
    """Every three neighbouring numbers, as they would lie in memory."""
    flat = [array.ravel() for array in arrays(trees) if array.dtype == float]
    triples = [a[i : i + 3] for a in flat for i in range(len(a) - 2)]
    return {t.tobytes() for t in triples if np.unique(t).size == 3}


def secrets() -> dict[str, set[bytes]]:
    """Per exercise the hidden cases' expected numbers that nobody is given."""
    found = {}
    for exercise in spec.exercises(UNIT):
        cases = hidden.card(exercise.name, TERM)["cases"]
        expected = runs_of([cards.decode(case["expected"]) for case in cases])
        given = runs_of([cards.decode(case["inputs"]) for case in cases])
        shown = [cards.decode(c["expected"]) for c in cards.load(exercise.name)["cases"]]
        found[exercise.name] = expected - given - runs_of(shown)
    return found


def test_expected_values_are_never_in_the_memory_of_the_process(warm: Zygote) -> None:
    wanted = secrets()
    assert sum(map(len, wanted.values())) > 50
    with Session(warm) as one:
        imports = submissions._imports(UNIT)
        assert one.run_cell(f"{imports}\nsentence = {MARKER!r}").error is None
        for exercise in spec.exercises(UNIT):
            signature, _ = exercise.stub_and_body()
            assert one.run_cell(f"{signature}\n    return None").error is None
            card = hidden.card(exercise.name, TERM)
            judge(card, one.function(exercise.name), seconds=60)
        assert one._lease.pid
        seen = memory(one._lease.pid)
        assert one.status == "running"
    assert MARKER.encode() in seen  # it can be looked into
    assert TERM.encode() not in seen
    for name, runs in wanted.items():
        assert not [run for run in runs if run in seen], name
    for text in (b"### BEGIN SOLUTION", b"hidden.check", b"AUTOGRADE_SEED"):
        assert text not in seen


def test_inputs_are_in_the_memory_of_the_process(warm: Zygote) -> None:
    """The other way round: what is given is found, so the search works."""
    with Session(warm) as one:
        source = "seen = []\ndef momentum(param, grad, state, *, lr, momentum=0.9):\n"
        assert (
            one.run_cell(source + "    seen.append((param, grad)); return param, state").error
            is None
        )
        card = hidden.card("momentum", TERM)
        judge(card, one.function("momentum"), seconds=60)
        assert one._lease.pid
        seen = memory(one._lease.pid)
    given = runs_of([cards.decode(case["inputs"]) for case in card["cases"]])
    assert any(run in seen for run in given)


def test_no_file_inside_holds_cases_that_are_drawn(warm: Zygote) -> None:
    files = [path for path in (warm.base / "lib").rglob("*") if path.is_file()]
    assert len(files) > 50
    assert not [path for path in files if "lessons" in path.parts or path.name == "hidden.py"]
    for path in files:
        text = path.read_bytes()
        assert TERM.encode() not in text
        assert b"### BEGIN SOLUTION" not in text
