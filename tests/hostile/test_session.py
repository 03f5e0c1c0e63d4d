"""Student functions called across the wire behave as if they were here."""

import contextlib
import copy
import gc
import inspect
import io
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograde import hidden, record, spec
from autograde.channel import Allowance
from autograde.session import Missing, Session, SessionEnded, Zygote
from autograde.wire import CannotCross
from course_lib.checking.examine import judge
from course_lib.checking.student import NotWritten, Student
from course_lib.optim import MomentumState


def define(session: Session, source: str, name: str = "f") -> Any:
    result = session.run_cell("import numpy as np\n" + source)
    assert result.error is None, result.error
    return session.function(name)


def test_arguments_and_results_of_every_kind(session: Session) -> None:
    echo = define(session, "def f(*args, **kwargs):\n    return args, kwargs")
    given = (1, 2.5, "s", None, True, 3j, [1, (2,)], {"a": np.ones(2)}, {1, 2}, np.float32(1))
    args, kwargs = echo(*given, key=np.arange(3))
    assert repr(args) == repr(given)
    assert kwargs["key"].tolist() == [0, 1, 2]


def test_a_state_arrives_as_the_librarys_class_and_comes_back_so(session: Session) -> None:
    f = define(
        session,
        "from course_lib.optim import MomentumState\n"
        "def f(state):\n"
        "    assert type(state) is MomentumState\n"
        "    return state._replace(velocity=state.velocity + 1)",
    )
    out = f(MomentumState(np.zeros(2)))
    assert type(out) is MomentumState
    assert out.velocity.tolist() == [1, 1]


def test_a_students_own_named_tuple_can_be_read_and_handed_back(session: Session) -> None:
    f = define(
        session,
        "from typing import NamedTuple\n"
        "class Mine(NamedTuple):\n    v: object\n    n: int = 0\n"
        "def f(state):\n"
        "    if not isinstance(state, Mine):\n        return Mine(np.ones(2))\n"
        "    return Mine(state.v + 1, state.n + 1)",
    )
    first = f(None)
    copied = type(first)(*(item for item in first))  # as a check copies arguments
    assert first._fields == ("v", "n")
    assert f(copied)[1] == 1
    assert f(copied)[0].tolist() == [2, 2]


@pytest.mark.parametrize(
    ("body", "given", "after"),
    [
        ("x += 1", np.zeros(2), np.ones(2)),
        ("x[0, :] = np.nan", np.zeros((2, 2)), np.array([[np.nan] * 2, [0, 0]])),
        ("x['v'] = np.ones(1)", {}, {"v": np.ones(1)}),
        ("x['a']['v'] *= 2", {"a": {"v": np.ones(2)}}, {"a": {"v": np.full(2, 2.0)}}),
        ("del x['a']", {"a": 1, "b": 2}, {"b": 2}),
        ("x.append(3)", [1], [1, 3]),
        ("x[1][:] = 7", (1, np.zeros(2)), (1, np.full(2, 7.0))),
        ("x.velocity[:] = 5", MomentumState(np.zeros(2)), MomentumState(np.full(2, 5.0))),
        ("x.add(4)", {1}, {1, 4}),
    ],
)
def test_changes_in_place_are_seen_by_the_caller(
    session: Session, body: str, given: Any, after: Any
) -> None:
    f = define(session, f"def f(x):\n    {body}")
    by_name = copy.deepcopy(given)
    f(given)
    np.testing.assert_equal(given, after)
    f(x=by_name)
    np.testing.assert_equal(by_name, after)


def test_an_array_inside_a_dict_stays_the_callers_own(session: Session) -> None:
    f = define(session, "def f(d):\n    d['w'] -= 1")
    weights = np.ones(2)
    f({"w": weights})
    assert weights.tolist() == [0, 0]


def test_a_check_names_the_argument_that_was_changed(session: Session) -> None:
    student = Student(define(session, "def f(x, grad):\n    grad *= 2\n    return x"))
    x, grad = np.ones(2), np.ones(2)
    student(x, grad)
    assert student.changed == ["grad"]
    assert grad.tolist() == [1, 1]


def test_draws_advance_the_callers_generator(session: Session) -> None:
    f = define(session, "def f(rng, n):\n    return rng.normal(size=n)")
    ours, reference = np.random.default_rng(3), np.random.default_rng(3)
    for n in (3, 5):
        assert np.array_equal(f(ours, n), reference.normal(size=n))
    assert ours.random() == reference.random()


def test_callbacks_nest_and_can_call_the_student_back(session: Session) -> None:
    descend = define(
        session,
        "def f(gradient, x, steps):\n"
        "    for _ in range(steps):\n        x = x - 0.1 * gradient(x)\n    return x\n"
        "def g(x):\n    return 2 * x",
    )
    helper, asked = session.function("g"), []

    def gradient(x: np.ndarray) -> np.ndarray:
        asked.append(x.copy())
        return helper(x)

    np.testing.assert_allclose(descend(gradient, np.ones(2), 3), np.full(2, 0.8**3), rtol=1e-14)
    assert len(asked) == 3


def test_a_callback_may_draw_from_the_generator_it_is_given(session: Session) -> None:
    f = define(
        session, "def f(predict, rng):\n    return [predict(rng), rng.random(), predict(rng)]"
    )
    ours, reference = np.random.default_rng(8), np.random.default_rng(8)
    assert f(lambda rng: rng.random(), ours) == [reference.random() for _ in range(3)]
    assert ours.random() == reference.random()


def test_an_error_in_a_callback_comes_back_itself(session: Session) -> None:
    f = define(session, "def f(g):\n    return g()")
    problem = ValueError("hidden number 42")

    def fail() -> None:
        raise problem

    with pytest.raises(ValueError, match="42") as caught:
        f(fail)
    assert caught.value is problem


def test_the_text_of_a_callbacks_error_does_not_reach_the_student(session: Session) -> None:
    f = define(
        session,
        "def f(g):\n    try:\n        g()\n"
        "    except ValueError as e:\n        return repr(e), repr(e.__dict__)",
    )

    def fail() -> None:
        raise ValueError("hidden number 42")

    assert "42" not in repr(f(fail))


def test_callbacks_die_with_their_call(session: Session) -> None:
    f = define(
        session, "kept = []\ndef f(g):\n    kept.append(g)\ndef late():\n    return kept[0]()"
    )
    f(lambda: 42)
    with pytest.raises(SessionEnded):
        session.function("late")()
    assert session.status == "crashed"


def test_a_returned_function_may_use_the_callback_it_was_made_with(session: Session) -> None:
    f = define(session, "def f(g, k):\n    return lambda x: k * g(x)")
    triple = f(lambda x: x + 1, 3)
    assert triple(1) == 6
    assert triple(2) == 9


def test_schedules_classes_and_generators(session: Session) -> None:
    source = """
def schedule(base):
    def lr(t):
        return base / (1 + t)
    return lr
class SGD:
    decay = 0.5
    def __init__(self, lr): self.lr = lr
    def step(self, x): return x - self.lr
def minibatches(x, size, rng):
    order = rng.permutation(len(x))
    for i in range(0, len(x), size):
        yield x[order[i:i + size]]
"""
    schedule = define(session, source, "schedule")
    assert [schedule(0.5)(t) for t in (0, 1)] == [0.5, 0.25]
    sgd = session.function("SGD")(0.1)
    assert sgd.step(1.0) == 0.9
    assert sgd.decay == 0.5
    with pytest.raises(AttributeError):
        sgd.nothing  # noqa: B018
    ours, reference = np.random.default_rng(1), np.random.default_rng(1)
    x = np.arange(5)
    batches = list(session.function("minibatches")(x, 2, ours))
    assert np.concatenate(batches).tolist() == x[reference.permutation(5)].tolist()
    assert ours.random() == reference.random()


def test_an_object_to_loop_over_is_looped_over_here(session: Session) -> None:
    source = """
class Batches:
    def __init__(self, x, size, rng): self.x, self.size, self.rng = x, size, rng
    def __len__(self): return 3
    def __iter__(self):
        order = self.rng.permutation(len(self.x))
        for i in range(0, len(self.x), self.size):
            yield self.x[order[i:i + self.size]]
def minibatches(x, size, rng):
    return Batches(x, size, rng)
"""
    minibatches = define(session, source, "minibatches")
    ours, reference = np.random.default_rng(1), np.random.default_rng(1)
    x = np.arange(5)
    for made in (minibatches, session.function("Batches")):
        batches = made(x, 2, ours)
        for _ in range(2):
            assert np.concatenate(list(batches)).tolist() == x[reference.permutation(5)].tolist()
            assert ours.bit_generator.state == reference.bit_generator.state


def test_errors_keep_kind_text_and_line(session: Session) -> None:
    source = "class Odd(ValueError): pass\ndef f(x):\n    y = x\n    raise Odd('no ' + str(y))"
    f = define(session, source)
    with pytest.raises(ValueError, match="no 3") as caught:
        f(3)
    assert type(caught.value).__name__ == "Odd"
    assert caught.value.line_in_cell == "line 5: raise Odd('no ' + str(y))"  # type: ignore[attr-defined]
    assert "line 5, in f" in caught.value.trace  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["KeyError", "OSError", "StopIteration", "RecursionError"])
def test_builtin_errors_can_be_caught_by_name(session: Session, kind: str) -> None:
    f = define(session, f"def f():\n    raise {kind}('why')")
    with pytest.raises(__builtins__[kind]) as caught:  # type: ignore[index]
        f()
    assert "why" in str(caught.value)


@pytest.mark.parametrize("statement", ["raise SystemExit(0)", "raise KeyboardInterrupt"])
def test_no_error_of_a_student_ends_the_grader(session: Session, statement: str) -> None:
    f = define(session, f"def f():\n    {statement}")
    with pytest.raises(Exception):  # noqa: B017, PT011
        f()
    assert session.status == "running"


def test_a_stub_is_not_written(session: Session) -> None:
    with pytest.raises(NotWritten):
        Student(define(session, "def f():\n    raise NotImplementedError()"))()


def test_signatures_cross(session: Session) -> None:
    f = define(session, "def f(a, b=2, *rest, lr, momentum=0.9, **more): pass")
    assert str(inspect.signature(f)) == "(a, b=2, *rest, lr, momentum=0.9, **more)"
    kinds = [p.kind.name for p in inspect.signature(f).parameters.values()]
    assert kinds[2:4] == ["VAR_POSITIONAL", "KEYWORD_ONLY"]


def test_what_is_printed_is_printed_here(session: Session) -> None:
    f = define(session, "def f():\n    print('hello')\n    return 1")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        f()
    assert printed.getvalue() == "hello\n"


def test_map_is_many_calls_in_one_trip(session: Session) -> None:
    f = define(session, "def f(x):\n    return float(x @ x)")
    points = [np.full(4, float(i)) for i in range(50)]
    assert f.map([(p,) for p in points]) == [4.0 * i * i for i in range(50)]


def test_missing_names_values_and_partners(session: Session) -> None:
    f = define(session, "lr = 0.1\ndef f(): pass\ndef g(): return 7")
    assert isinstance(session.function("nothing"), Missing)
    assert session.function("lr") == 0.1
    assert f.partner("g")() == 7
    assert f.partner("h") is None


def test_objects_of_another_submission_cannot_cross(session: Session, zygote: Zygote) -> None:
    f = define(session, "def f(g): return g()")
    with Session(zygote) as other:
        theirs = define(other, "def f(): return 1")
        with pytest.raises(CannotCross):
            f(theirs)
    assert f(lambda: 3) == 3


def test_cells_show_what_they_print_and_end_with(session: Session) -> None:
    result = session.run_cell(
        "print('a'); print('b')\nimport sys; print('c', file=sys.stderr)\n1 + 1"
    )
    kinds = [(o["output_type"], o.get("name"), o.get("text")) for o in result.outputs]
    assert kinds[:2] == [("stream", "stdout", "a\nb\n"), ("stream", "stderr", "c\n")]
    assert result.outputs[2]["data"] == {"text/plain": "2"}


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\nx = 5",
        "%%time\nx = 5",
        "!pip install nothing\nx = 5",
        "files = !ls\nx = 5",
        "x = 5\nx?",
        "get_ipython().run_line_magic('matplotlib', 'inline')\nx = 5",
        's = """\n%not a magic\n"""\nassert "%" in s\nx = 5',
        "from IPython.display import display\ndisplay(1)\nx = 5",
    ],
)
def test_what_only_ipython_understands_is_no_mistake(session: Session, source: str) -> None:
    assert session.run_cell(source).error is None
    assert session.function("x") == 5


def test_a_cell_in_another_language_is_left_out(session: Session) -> None:
    assert session.run_cell("%%bash\nrm -rf /") == ([], None)


def test_a_syntax_error_costs_only_its_cell(session: Session) -> None:
    result = session.run_cell("def f(:\n    pass")
    assert result.error is not None
    assert result.error.kind == "SyntaxError"
    assert define(session, "def f(): return 1")() == 1


def test_figures_become_pictures(session: Session) -> None:
    result = session.run_cell(
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);\nplt.savefig('here.png'); plt.show()"
    )
    assert result.error is None
    assert [set(o["data"]) for o in result.outputs] == [{"image/png", "text/plain"}]


def test_library_cells_work_inside(session: Session) -> None:
    result = session.run_cell(
        "from course_lib import datasets, explorers, landscape, models, optim, plots, train\n"
        "from course_lib.check import check, hint\ndigits = datasets.load_digits()\n"
        "check('momentum', lambda *a, **k: None)"
    )
    assert result.error is None, result.error
    assert "text/plain" in result.outputs[-1]["data"]


def test_runs_repeat_exactly(zygote: Zygote) -> None:
    source = "import random\nprint(np.random.rand(), random.random(), list({'b', 'a', 'c'}))"
    seen = []
    for _ in range(2):
        with Session(zygote) as one:
            seen.append(one.run_cell("import numpy as np\n" + source).outputs)
    assert seen[0] == seen[1]


SAMPLE = [
    pytest.param(exercise, mistake, id=f"{exercise.name}-{mistake.name if mistake else 'right'}")
    for unit in spec.units()
    for exercise in spec.exercises(unit)
    for mistake in (None, *exercise.mistakes[:1])
]


def cell_of(exercise: spec.Exercise, mistake: spec.Mistake | None) -> str:
    source = exercise.source
    for find, replace in mistake.edits if mistake else ():
        source = source.replace(find, replace)
    module = exercise.reference.__module__
    names = "{k: v for k, v in vars(m).items() if not k.startswith('__')}"
    return f"import {module} as m\nglobals().update({names})\n{source}"


@pytest.mark.parametrize(("exercise", "mistake"), SAMPLE)
def test_verdicts_are_those_of_a_check_in_one_process(
    session: Session, exercise: spec.Exercise, mistake: spec.Mistake | None
) -> None:
    card = hidden.card(exercise.name, "a term")
    assert session.run_cell(cell_of(exercise, mistake)).error is None
    there = judge(card, session.function(exercise.name), seconds=60)
    here = judge(card, record.as_student(exercise, *[mistake] if mistake else []))
    assert [case.passed for case in there.cases] == [case.passed for case in here.cases]
    assert (there.passed, there.score, there.mistake) == (here.passed, here.score, here.mistake)


def test_a_backward_pass_may_have_a_cache_of_its_own(session: Session) -> None:
    source = """
def affine_forward(x, weights, bias):
    return x @ weights + bias, {"mine": (x, weights)}
def affine_backward(dout, cache):
    x, weights = cache["mine"]
    return dout @ weights.T, x.T @ dout, dout.sum(axis=0)
"""
    function = define(session, source, "affine_backward")
    assert judge(hidden.card("affine_backward", "a term"), function).passed


def test_the_line_of_a_crash_is_in_the_verdict(session: Session) -> None:
    source = "def momentum(param, grad, state, *, lr, momentum=0.9):\n    return grad.nothing"
    function = define(session, source, "momentum")
    message = judge(hidden.card("momentum", "a term"), function).message
    assert "AttributeError" in message
    assert "line 3: return grad.nothing" in message


def test_out_of_time_is_a_verdict_and_ends_the_session(zygote: Zygote) -> None:
    with Session(zygote, call=Allowance(cpu=0.5)) as one:
        source = "def momentum(param, grad, state, *, lr, momentum=0.9):\n    while True: pass"
        verdict = judge(hidden.card("momentum", "x"), define(one, source, "momentum"), seconds=60)
        assert not verdict.passed
        assert "stopped" in verdict.message
        assert one.status == "out of time"


def until_ended(session: Session) -> None:
    """Asks on until the kernel has told the process that its parent is gone."""
    for _ in range(500):
        session.function("f")
        time.sleep(0.01)


def test_a_dead_warm_process_is_replaced(library: dict[Path, bytes]) -> None:
    with Zygote(library) as warm:
        with Session(warm) as one:
            assert warm._process is not None
            warm._process.kill()
            warm._process.wait()
            with pytest.raises(SessionEnded):
                until_ended(one)
        with Session(warm) as two:
            assert define(two, "def f(): return 2")() == 2


def test_without_isolation_the_protocol_is_the_same(library: dict[Path, bytes]) -> None:
    with Zygote(library, level="none") as plain, Session(plain) as one:
        assert one.level == "none"
        assert define(one, "def f(x): return x + 1")(np.ones(2)).tolist() == [2, 2]
        with pytest.raises(SessionEnded):
            define(one, "import os\ndef f(): os._exit(0)")()


def children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def test_fifty_sessions_leave_nothing_behind(library: dict[Path, bytes]) -> None:
    before_files, before_children = len(os.listdir("/proc/self/fd")), children()
    with Zygote(library) as warm:
        for number in range(50):
            one = Session(warm)
            if number % 10 == 0:
                one.run_cell("import os; open('left', 'w').write('x'); os._exit(1)")
            one.close()
        assert os.listdir(warm.base / "scratch") == []
        pid = warm._process.pid if warm._process else 0
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        inner = below[0] if warm.level == "full" else str(pid)
        assert not Path(f"/proc/{inner}/task/{inner}/children").read_text().split()
    gc.collect()
    assert not warm.base.exists()
    assert children() == before_children
    assert len(os.listdir("/proc/self/fd")) == before_files


def test_objects_that_cannot_cross_take_no_room_from_others(session: Session) -> None:
    f = define(session, "def f():\n    return [object() for _ in range(150_000)]")
    for _ in range(3):
        with pytest.raises(TypeError, match="more than 100000 objects; return numbers"):
            f()
    g = define(session, "def g():\n    return object()", "g")
    assert "object" in repr(g())
    assert f.partner("g") is not None


def test_the_graders_own_time_counts_in_callbacks(zygote: Zygote) -> None:
    """Otherwise a function could make the grader work without end at no cost."""

    def busy() -> None:
        until = time.thread_time() + 0.2
        while time.thread_time() < until:
            pass

    with Session(zygote, call=Allowance(cpu=0.5)) as one:
        f = define(one, "def f(g):\n    for _ in range(100): g()")
        with pytest.raises(SessionEnded, match=r"more than 0\.5 s of CPU time"):
            f(busy)
        assert one.status == "out of time"


def test_what_a_process_may_send_is_limited_in_all(
    zygote: Zygote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograde.channel.RECEIVED", 50 << 20)
    with Session(zygote) as one:
        f = define(one, "def f():\n    while True: yield np.zeros(2**20)")
        with pytest.raises(SessionEnded, match="in all"):
            for _ in f():
                pass
        assert one.status == "too much output"
