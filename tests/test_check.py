"""What a check answers to anything that may be passed to it, and how safely it finds out."""

import functools
import inspect
import json
import subprocess
import sys
import threading
import time
import types
import warnings

import numpy as np
import pytest

import course_lib.check
from autograde import record, spec
from autograde.spec import Case, Exercise
from course_lib import landscape, layers, optim
from course_lib.check import CheckFailed, UnknownExercise, check, examine, hint
from course_lib.checking import cards
from course_lib.checking.examine import judge
from course_lib.checking.student import OutOfTime, UsesTheAnswer, time_limit, without_answer
from course_lib.optim import MomentumState

NAMES = ("momentum", "nesterov_lookahead", "velocity_weights", "stability_limit")


@functools.cache
def made(name):
    return json.dumps(record.make_card(*spec.find(name)))


@pytest.fixture(autouse=True, scope="module")
def folder(tmp_path_factory):
    """A folder with a few cards, in place of the course's own, which may not be built."""
    path = tmp_path_factory.mktemp("cards")
    for name in NAMES:
        (path / f"{name}.json").write_text(made(name), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cards, "load", functools.partial(cards.load, folder=path))
        yield path


@functools.cache
def backward_card():
    """The card of an exercise on plain arrays: ``affine_backward`` with a single case."""
    rng = np.random.default_rng(3)
    arrays = [np.round(rng.normal(size=shape), 2) for shape in ((4, 2), (4, 3), (3, 2), (2,))]
    cache = layers.AffineCache(*arrays[1:])
    exercise = Exercise(
        reference=layers.affine_backward,
        cases=lambda _: [Case("a batch", (arrays[0], cache), about="All three are sums.")],
        mistakes=(),
        accepted=(),
        hints=("Look at the shapes.",),
        returns=("dx", "dweights", "dbias"),
        read="Backward",
        praise="Right.",
    )
    return record.make_card("unit01_gradients", exercise)


def right(param, grad, state, *, lr, momentum=0.9):
    velocity = momentum * state.velocity + grad
    return param - lr * velocity, MomentumState(velocity)


def wrong(param, grad, state, *, lr, momentum=0.9):
    return param - lr * grad, state


def backward(dout, cache):
    return dout @ cache.weights.T, cache.x.T @ dout, dout.sum(axis=0)


# --- what is no function, or not one's own ------------------------------------------------------


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (3.0, "You passed 3.0, not a function"),
        (None, "You passed nothing (None)"),
        ("momentum", "You passed 'momentum'"),
        ((np.ones(2), None), "You passed a tuple of 2"),
        (np.ones((2, 3)), "an array of float64 of shape (2, 3)"),
        ({"lr": 1}, "a dict with keys ['lr']"),
        (optim, "an object of type module"),
    ],
    ids=["number", "none", "string", "result", "array", "dict", "module"],
)
def test_what_is_no_function_is_named(thing, words):
    verdict = examine("momentum", thing)
    assert words in verdict.message
    assert "without parentheses" in verdict.message
    assert (verdict.passed, verdict.score, verdict.cases) == (False, 0.0, ())


def wrapped_answer(param, grad, state, *, lr, momentum=0.9):
    from course_lib.optim import momentum as borrowed

    return borrowed(param, grad, state, lr=lr, momentum=momentum)


@functools.wraps(optim.momentum)
def decorated_answer(*args, **kwargs):
    return optim.momentum(*args, **kwargs)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (optim.momentum, "That is the library's own function"),
        (optim.nesterov, "That is the library's own function"),
        (decorated_answer, "That is the library's own function"),
        (functools.partial(optim.momentum), "library's own"),
        (wrapped_answer, "calls the library's own `momentum`"),
        (lambda *a, **k: optim.momentum(*a, **k), "calls the library's own `momentum`"),
        (lambda *a, **k: getattr(optim, "mo" + "mentum")(*a, **k), "calls the library's own"),
    ],
    ids=["itself", "another", "decorated", "partial", "imported inside", "lambda", "by name"],
)
def test_library_s_own_function_earns_nothing(function, words):
    verdict = examine("momentum", function)
    assert words in verdict.message
    assert verdict.score == 0.0


def test_answer_cannot_be_reached_behind_except_exception():
    def sly(param, grad, state, *, lr, momentum=0.9):
        try:
            return optim.momentum(param, grad, state, lr=lr, momentum=momentum)
        except Exception:
            return right(param, grad, state, lr=lr, momentum=momentum)

    assert "calls the library's own" in examine("momentum", sly).message


def test_answer_works_again_after_a_check():
    code = optim.momentum.__code__
    for function in (right, wrapped_answer, optim.momentum, 3.0):
        examine("momentum", function)
        assert optim.momentum.__code__ is code
    state = MomentumState(np.ones(2))
    param, state = optim.momentum(np.ones(2), np.ones(2), state, lr=0.5)
    np.testing.assert_allclose(param, [0.05, 0.05])


def test_other_library_functions_may_be_used():
    def uses_sgd(param, grad, state, *, lr, momentum=0.9):
        velocity = momentum * state.velocity + grad
        return optim.sgd(param, velocity, optim.SGDState(), lr=lr)[0], MomentumState(velocity)

    assert examine("momentum", uses_sgd).passed


def test_without_answer_restores_defaults_after_an_error():
    state = MomentumState(np.ones(1))
    with pytest.raises(UsesTheAnswer), without_answer(optim.momentum):
        optim.momentum(np.ones(1), np.ones(1), state, lr=1.0)
    assert optim.momentum.__kwdefaults__ == {"momentum": 0.9}


# --- parameters ---------------------------------------------------------------------------------


class Callable:
    def __call__(self, param, grad, state, *, lr, momentum=0.9):
        return right(param, grad, state, lr=lr, momentum=momentum)

    def method(self, param, grad, state, *, lr, momentum=0.9):
        return right(param, grad, state, lr=lr, momentum=momentum)

    @classmethod
    def of_class(cls, param, grad, state, *, lr, momentum=0.9):
        return right(param, grad, state, lr=lr, momentum=momentum)


def other_names(p, g, s, *, lr, momentum=0.9):
    return right(p, g, s, lr=lr, momentum=momentum)


def all_positional(p, g, s, lr, momentum=0.9):
    return right(p, g, s, lr=lr, momentum=momentum)


def extra_parameter(p, g, s, *, lr, momentum=0.9, dampening=0.0):
    return right(p, g, s, lr=lr, momentum=momentum)


@pytest.mark.parametrize(
    "function",
    [
        other_names,
        all_positional,
        extra_parameter,
        lambda param, grad, state, *, lr, momentum=0.9: right(
            param, grad, state, lr=lr, momentum=momentum
        ),
        lambda *args, **kwargs: right(*args, **kwargs),
        Callable(),
        Callable().method,
        Callable.of_class,
        functools.partial(extra_parameter, dampening=0.0),
        functools.wraps(right)(lambda *args, **kwargs: right(*args, **kwargs)),
        functools.partial(right),
    ],
    ids=[
        "other names",
        "all positional",
        "an extra one with a default",
        "lambda",
        "anything goes",
        "instance",
        "method",
        "class method",
        "partial with a keyword",
        "decorated",
        "partial",
    ],
)
def test_any_kind_of_callable_is_judged(function):
    verdict = examine("momentum", function)
    assert verdict.passed, verdict
    assert verdict.score == 1.0


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda param, grad: None, "too many positional arguments"),
        (lambda param, grad, state: None, "unexpected keyword argument"),
        (lambda param, grad, state, *, lr: None, "'momentum'"),
        (lambda param, grad, state, *, lr, momentum, x: None, "missing a required"),
        (lambda param, grad, state, extra, *, lr, momentum: None, "'extra'"),
        (lambda *, lr, momentum: None, "too many positional"),
    ],
)
def test_parameters_that_do_not_fit_are_shown_beside_the_right_ones(function, words):
    verdict = examine("momentum", function)
    assert "`momentum(param, grad, state, *, lr, momentum)` is asked for" in verdict.message
    assert str(inspect.signature(function)) in verdict.message
    assert words in verdict.message
    assert verdict.score == 0.0


def test_a_class_in_place_of_a_function_gets_an_answer():
    assert not examine("momentum", MomentumState).passed
    assert not examine("momentum", dict).passed
    assert not examine("momentum", print).passed


# --- what a function does -----------------------------------------------------------------------


def verdict_on(body):
    def function(param, grad, state, *, lr, momentum=0.9):
        return body(param, grad, state, lr, momentum)

    return examine("momentum", function)


def raising(error):
    def body(*_):
        raise error

    return body


def test_stub_is_recognised():
    verdict = verdict_on(raising(NotImplementedError))
    assert verdict.message.startswith("Nothing is written yet")
    assert verdict.mistake is None


def test_missing_return_is_named():
    verdict = verdict_on(lambda *_: None)
    assert "returns nothing" in verdict.message
    assert "return at the end" in verdict.message
    alone = examine("velocity_weights", lambda steps, *, momentum: None)
    assert "returns nothing for `weights`" in alone.message


def test_what_is_printed_is_kept_and_nowhere_else(capfd):
    def noisy(param, grad, state, *, lr, momentum=0.9):
        print("shape", param.shape)
        print("to the error stream", file=sys.stderr)
        sys.stdout.write("written\n")
        return right(param, grad, state, lr=lr, momentum=momentum)

    verdict = examine("momentum", noisy)
    assert verdict.passed
    assert verdict.printed.startswith("shape (2,)\nto the error stream\nwritten\n")
    assert capfd.readouterr() == ("", "")


def test_warnings_go_nowhere(capfd):
    def warned(param, grad, state, *, lr, momentum=0.9):
        warnings.warn("careful", stacklevel=1)
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        np.log(np.zeros(1))
        return right(param, grad, state, lr=lr, momentum=momentum)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert examine("momentum", warned).passed
    assert capfd.readouterr() == ("", "")


def test_numpy_s_error_state_is_as_before():
    def careless(param, grad, state, *, lr, momentum=0.9):
        np.seterr(all="raise")
        return right(param, grad, state, lr=lr, momentum=momentum)

    before = np.geterr()
    examine("momentum", careless)
    assert np.geterr() == before


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("bad shape"), "stopped with ValueError: bad shape"),
        (KeyError("W1"), "stopped with KeyError: 'W1'"),
        (ZeroDivisionError(), "stopped with ZeroDivisionError"),
        (SystemExit(1), "stopped with SystemExit: 1"),
        (StopIteration(), "stopped with StopIteration"),
        (MemoryError("too large"), "stopped with MemoryError"),
        (TimeoutError("other"), "stopped with TimeoutError: other"),
        (AssertionError("no"), "stopped with AssertionError: no"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_error_is_told(error, words):
    verdict = verdict_on(raising(error))
    assert words in verdict.message
    assert "«first step»" in verdict.message
    assert (verdict.passed, verdict.score, verdict.mistake) == (False, 0.0, None)


def test_error_is_told_with_the_line_of_the_student_s_own_code():
    def broken(param, grad, state, *, lr, momentum=0.9):
        matrix = np.ones((3, 3))
        return np.linalg.solve(matrix, np.ones(7)), state

    verdict = examine("momentum", broken)
    number = inspect.getsourcelines(broken)[1] + 2
    assert f"line {number}: return np.linalg.solve(matrix, np.ones(7)), state" in verdict.message


def test_hidden_verdict_shows_no_line_no_number_and_no_output():
    def broken(param, grad, state, *, lr, momentum=0.9):
        print(param)
        secret = param
        return secret @ np.ones(77), state

    card = json.loads(made("momentum"))
    verdict = judge(card, broken, reveal=False)
    assert "secret" not in verdict.message
    assert verdict.printed == ""
    shown = judge(card, wrong)
    hidden = judge(card, wrong, reveal=False)
    assert shown.table()
    assert hidden.table() == []
    assert all(case.difference is None for case in hidden.cases)
    assert (hidden.score, hidden.mistake) == (shown.score, shown.mistake)


def test_missing_name_is_an_error_not_a_stub():
    verdict = verdict_on(lambda *_: undefined_name)  # type: ignore[name-defined]  # noqa: F821
    assert "NameError: name 'undefined_name' is not defined" in verdict.message


def test_keyboard_interrupt_reaches_the_person_at_the_keyboard():
    with pytest.raises(KeyboardInterrupt):
        verdict_on(raising(KeyboardInterrupt()))


def test_endless_recursion_is_told():
    def forever(param, grad, state, *, lr, momentum=0.9):
        return forever(param, grad, state, lr=lr, momentum=momentum)

    assert "RecursionError" in examine("momentum", forever).message


@pytest.mark.parametrize("name", ["param", "grad", "state"])
def test_change_in_place_is_named(name):
    def changes(param, grad, state, *, lr, momentum=0.9):
        result = right(param, grad, state, lr=lr, momentum=momentum)
        target = {"param": param, "grad": grad, "state": state.velocity}[name]
        target += 1.0
        return result

    verdict = examine("momentum", changes)
    assert f"changes `{name}` in place" in verdict.message
    assert "numbers are right" in verdict.message
    assert not verdict.passed


def test_change_in_place_that_is_taken_back_is_none():
    def restores(param, grad, state, *, lr, momentum=0.9):
        param += 0.1
        param -= 0.1
        return right(param, grad, state, lr=lr, momentum=momentum)

    assert examine("momentum", restores).passed


def test_change_in_place_does_not_reach_the_next_case():
    def grows(param, grad, state, *, lr, momentum=0.9):
        result = right(param, grad, state, lr=lr, momentum=momentum)
        param *= 100.0
        return result

    verdict = examine("momentum", grows)
    assert all(case.difference is None for case in verdict.cases)


# --- loops that do not end ----------------------------------------------------------------------


def spin(*_, **__):
    while True:
        pass


def spin_in_bare_except(*_, **__):
    x = 0
    while True:
        try:  # noqa: SIM105
            x += 1
        except:  # noqa: E722
            pass


def sleep_in_bare_except(*_, **__):
    while True:
        try:  # noqa: SIM105
            time.sleep(0.01)
        except:  # noqa: E722
            pass


def spin_in_finally(*_, **__):
    try:
        time.sleep(60)
    finally:
        while True:
            time.sleep(0.01)


def sleep(*_, **__):
    time.sleep(60)


def spin_in_except_exception(*_, **__):
    while True:
        try:  # noqa: SIM105
            time.sleep(0.01)
        except Exception:
            pass


ENDLESS = [spin, spin_in_bare_except, spin_in_except_exception]


def stopped(function):
    start = time.monotonic()
    verdict = judge(json.loads(made("momentum")), function, seconds=0.2)
    return verdict, time.monotonic() - start


@pytest.mark.parametrize(
    "function",
    [
        *ENDLESS,
        *(
            pytest.param(
                function,
                marks=pytest.mark.skipif(
                    sys.platform == "win32", reason="without signals, C code is not interrupted"
                ),
            )
            for function in (sleep, sleep_in_bare_except, spin_in_finally)
        ),
    ],
)
def test_endless_function_is_stopped(function):
    tracer = sys.gettrace()
    verdict, seconds = stopped(function)
    assert "ran for more than 0.2 seconds and was stopped" in verdict.message
    assert verdict.score == 0.0
    assert seconds < 3.0
    assert sys.gettrace() is tracer
    assert examine("momentum", right).passed  # nothing is left that would stop the next check


@pytest.mark.parametrize("function", ENDLESS)
def test_endless_function_is_stopped_in_another_thread(function):
    found = []
    thread = threading.Thread(target=lambda: found.append(stopped(function)), daemon=True)
    thread.start()
    thread.join(20)
    assert len(found) == 1
    verdict, _ = found[0]
    assert "was stopped" in verdict.message


def test_debugger_works_after_a_check_in_another_thread():
    # an exception that was taken back instead of waited for makes Python 3.11 hang here
    code = (
        "import sys, threading, time\n"
        "from course_lib.checking.student import OutOfTime, time_limit\n"
        "def check():\n"
        "    try:\n"
        "        with time_limit(0.05):\n"
        "            while True: pass\n"
        "    except OutOfTime: print('stopped')\n"
        "thread = threading.Thread(target=check)\n"
        "thread.start(); thread.join()\n"
        "seen = []\n"
        "def tracer(frame, event, arg): seen.append(event); return tracer\n"
        "sys.settrace(tracer)\n"
        "(lambda: 1)()\n"
        "sys.settrace(None)\n"
        "print(seen)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=spec.ROOT,
        timeout=30,
        check=True,
    )
    assert done.stdout.splitlines() == ["stopped", "['call', 'line', 'return']"]


def test_time_limit_leaves_no_exception_behind():
    for _ in range(20):
        with pytest.raises(OutOfTime), time_limit(0.01):
            spin()
        sum(range(1000))
    with time_limit(0.05):
        pass
    time.sleep(0.1)


def test_answer_is_whole_again_after_an_endless_function():
    code = optim.momentum.__code__
    stopped(spin_in_bare_except)
    assert optim.momentum.__code__ is code


def test_default_limit_is_named_in_the_message(monkeypatch):
    monkeypatch.setattr("course_lib.checking.examine.time_limit", lambda seconds: time_limit(0.05))
    assert "more than 5 seconds" in examine("momentum", spin).message


# --- forms of a result --------------------------------------------------------------------------


def result_of(change):
    """A verdict on backward passes whose gradients went through ``change``."""

    def function(dout, cache):
        return change(*backward(dout, cache))

    return judge(backward_card(), function)


@pytest.mark.parametrize(
    "change",
    [
        lambda dx, dw, db: (dx, dw, db),
        lambda dx, dw, db: [dx, dw, db],
        lambda dx, dw, db: (dx.tolist(), dw.tolist(), db.tolist()),
        lambda dx, dw, db: layers.AffineCache(dx, dw, db),
        lambda dx, dw, db: (np.asfortranarray(dx), dw[:, ::-1][:, ::-1], db),
        lambda dx, dw, db: (dx.astype(np.float128) if hasattr(np, "float128") else dx, dw, db),
        lambda dx, dw, db: (np.ma.array(dx), dw, db),
    ],
    ids=["tuple", "list", "lists", "named tuple", "memory order", "longdouble", "masked array"],
)
def test_right_numbers_in_another_form_pass(change):
    verdict = result_of(change)
    assert verdict.passed, verdict


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda dx, dw, db: (dx, dw), "3 values are expected (dx, dweights, dbias), not 2"),
        (lambda dx, dw, db: (dx, dw, db, 0), "not 4"),
        (
            lambda dx, dw, db: dx,
            "an array of float64 of shape (4, 3), expected 3 values (dx, dweights, dbias)",
        ),
        (lambda dx, dw, db: None, "returns nothing"),
        (lambda dx, dw, db: (dx, None, db), "returns nothing for `dweights`"),
        (lambda dx, dw, db: (dx, dw.T, db), "`dweights` has shape (2, 3), expected (3, 2)"),
        (lambda dx, dw, db: (dx, dw.T, db), "transposed"),
        (lambda dx, dw, db: (dx, dw, db[np.newaxis]), "`dbias` has shape (1, 2), expected (2,)"),
        (lambda dx, dw, db: (dx, dw, db[:, np.newaxis]), "has shape (2, 1), expected (2,)"),
        (lambda dx, dw, db: (dx, dw, db.sum()), "Too much was summed"),
        (lambda dx, dw, db: (dx, dw, db * np.nan), "holds nan"),
        (lambda dx, dw, db: (dx, dw, db * np.inf), "holds inf"),
        (lambda dx, dw, db: (dx, dw, -db), "`dbias` is not right. Every entry has the wrong sign"),
        (lambda dx, dw, db: (dx, dw / 4, db), "4 times too small, and 4 is the number of rows"),
        (lambda dx, dw, db: (dx.astype(object), dw, db), "array of object"),
        (lambda dx, dw, db: (dx + 0j, dw, db), "array of complex128"),
        (lambda dx, dw, db: (dx.astype(str), dw, db), "expected an array of float64"),
        (lambda dx, dw, db: ("dx", dw, db), "`dx` is 'dx', expected"),
        (lambda dx, dw, db: ({"dx": dx}, dw, db), "a dict with keys ['dx']"),
        (lambda dx, dw, db: (lambda: dx, dw, db), "an object of type function"),
        (lambda dx, dw, db: ([[1.0], [1.0, 2.0]], dw, db), "a list of 2"),
        (lambda dx, dw, db: (iter(dx), dw, db), "an object of type"),
        (lambda dx, dw, db: {"dx": dx, "dw": dw, "db": db}, "a dict with keys"),
        (lambda dx, dw, db: (g for g in (dx, dw, db)), "an object of type generator"),
        (lambda dx, dw, db: np.zeros(0), "shape (0,)"),
        (lambda dx, dw, db: (dx, dw, []), "`dbias` has shape (0,), expected (2,)"),
        (lambda dx, dw, db: (set(), dw, db), "an object of type set"),
    ],
)
def test_wrong_form_is_named(change, words):
    verdict = result_of(change)
    assert not verdict.passed
    assert words in verdict.message, verdict.message


class Hostile:
    """An object that raises whatever is done with it."""

    def fail(self, *_, **__):
        raise RuntimeError("do not touch")

    __repr__ = __str__ = __len__ = __iter__ = __eq__ = __array__ = __float__ = __bool__ = fail
    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize("place", range(4))
def test_object_that_resists_everything_is_answered(place):
    def change(*gradients):
        if place == 3:
            return Hostile()
        return tuple(Hostile() if i == place else g for i, g in enumerate(gradients))

    verdict = result_of(change)
    assert not verdict.passed
    assert "an object of type Hostile" in verdict.message
    assert "Hostile" in verdict._repr_html_()


def test_single_precision_is_precise_enough():
    assert result_of(lambda *gradients: [g.astype(np.float32) for g in gradients]).passed


def test_half_precision_is_not():
    assert not result_of(lambda *gradients: [g.astype(np.float16) for g in gradients]).passed


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (float, None),
        (np.float64, None),
        (np.array, None),
        (lambda value: np.array([value]), "`limit` has shape (1,), expected ()"),
        (lambda value: [value], "`limit` has shape (1,), expected ()"),
        (lambda value: np.matrix(value), "`limit` has shape (1, 1), expected ()"),
    ],
    ids=["float", "numpy float", "0-d array", "(1,)", "list of one", "matrix"],
)
def test_single_number_in_any_form_gets_a_clear_answer(form, words):
    def limit(method, curvature, *, momentum=0.9):
        factor = {"gd": 2.0, "momentum": 2 + 2 * momentum}
        nesterov = 2 * (1 + momentum) / (1 + 2 * momentum)
        return form(factor.get(method, nesterov) / curvature)

    verdict = examine("stability_limit", limit)
    assert verdict.passed == (words is None), verdict
    assert (words or "") in verdict.message


def test_integers_are_numbers():
    def integer(steps, *, momentum):
        if momentum == 0.0:
            return [1] * steps
        return [sum(momentum**k for k in range(steps - i)) for i in range(steps)]

    assert examine("velocity_weights", integer).passed


def test_matrix_in_place_of_an_array():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        flat = result_of(lambda dx, dw, db: (np.matrix(dx), np.matrix(dw), db))
        row = result_of(lambda dx, dw, db: (dx, dw, np.matrix(db)))
    assert flat.passed
    assert "`dbias` has shape (1, 2), expected (2,)" in row.message


# --- the verdict as a value ---------------------------------------------------------------------


@pytest.mark.parametrize("function", [right, wrong, 3.0, lambda: 1, optim.momentum])
def test_repr_is_the_bare_number_of_points(function):
    verdict = check("momentum", function)
    assert repr(verdict) == repr(float(repr(verdict)))
    assert float(repr(verdict)) == pytest.approx(verdict.score * verdict.points, abs=1e-4)
    assert verdict.points == spec.find("momentum")[1].points
    assert (verdict.score == 1.0) == verdict.passed


def test_points_are_in_proportion_to_the_cases_that_agree():
    verdict = examine("stability_limit", lambda method, curvature, *, momentum=0.9: 2 / curvature)
    card = json.loads(made("stability_limit"))
    weights = [case["weight"] for case in card["cases"]]
    agree = sum(w for w, case in zip(weights, verdict.cases, strict=True) if case.passed)
    assert verdict.score == agree / sum(weights)
    assert 0 < verdict.score < 1


@pytest.mark.parametrize("function", [right, wrong, 3.0, wrapped_answer, lambda *a, **k: None])
def test_same_function_same_verdict(function):
    first, second = examine("momentum", function), examine("momentum", function)
    assert str(first) == str(second)
    assert first._repr_html_() == second._repr_html_()
    assert (first.score, first.mistake) == (second.score, second.mistake)


@pytest.mark.parametrize("function", [wrong, 3.0, lambda *a, **k: None, lambda param: 1])
def test_validation_shows_the_verdict_as_an_error(function, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(CheckFailed) as caught:
        check("momentum", function)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("NOT YET momentum: ")
    assert max(map(len, lines)) <= 80
    assert lines == caught.value._render_traceback_()
    assert caught.value.verdict.message.split()[0] in str(caught.value)


def test_validation_lets_a_right_answer_pass(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert check("momentum", right).passed


@pytest.mark.parametrize("execution", ["autograde", "", "formgrade"])
def test_elsewhere_an_unsolved_exercise_is_no_error(execution, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", execution)
    assert not check("momentum", wrong).passed


@pytest.mark.parametrize("call", [examine, check, lambda name, _: hint(name)])
@pytest.mark.parametrize(
    ("name", "near"),
    [("momentun", "momentum"), ("nesterov", "nesterov_lookahead"), ("weights", "velocity_weights")],
)
def test_unknown_name_is_answered_with_the_nearest(call, name, near):
    with pytest.raises(UnknownExercise, match=f"{name}.*did you mean.*{near}"):
        call(name, right)


@pytest.mark.parametrize("name", ["zzz", "", 7, None])
def test_name_like_no_other_is_answered_with_all(name):
    with pytest.raises(UnknownExercise) as caught:
        examine(name, right)
    assert all(known in str(caught.value) for known in NAMES)


def test_no_cards_at_all_says_how_to_make_them(tmp_path):
    with pytest.raises(UnknownExercise, match="autograde build"):
        cards.load.func("momentum", folder=tmp_path)  # type: ignore[attr-defined]


# --- hints --------------------------------------------------------------------------------------


def test_hints_come_one_by_one_and_the_last_one_stays(monkeypatch):
    monkeypatch.setattr(course_lib.check, "_hints_given", {})
    wanted = spec.find("momentum")[1].hints
    given = [hint("momentum") for _ in range(len(wanted) + 2)]
    assert [g.text for g in given] == [*wanted, wanted[-1], wanted[-1]]
    assert [g.number for g in given][:2] == [1, 2]
    assert given[0]._repr_markdown_().endswith("*Run the cell again for the next one.*")
    assert "next one" not in given[-1]._repr_markdown_()
    assert repr(given[0]) == f"Hint 1 of {len(wanted)}: {wanted[0]}"


@pytest.mark.parametrize(("number", "want"), [(2, 2), (0, 1), (-5, 1), (99, 3)])
def test_hint_can_be_asked_by_number(number, want):
    assert hint("momentum", number).number == want


# --- what a check needs -------------------------------------------------------------------------


def test_check_imports_neither_matplotlib_nor_ipython_nor_answers():
    code = (
        "import sys, course_lib.check\n"
        "unwanted = {'matplotlib', 'IPython', 'ipywidgets', 'anywidget', 'autograde', 'nbformat',"
        " 'course_lib.optim', 'course_lib.landscape'}\n"
        "print(sorted(unwanted & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        cwd=spec.ROOT,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_examine_has_no_side_effects(monkeypatch, tmp_path):
    monkeypatch.setattr("course_lib.progress.FILE", tmp_path / "progress.json")
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    before = (sys.stdout, sys.stderr, np.random.get_state()[1][0], warnings.filters[:])  # noqa: NPY002
    examine("momentum", wrong)
    after = (sys.stdout, sys.stderr, np.random.get_state()[1][0], warnings.filters[:])  # noqa: NPY002
    assert before == after
    assert list(tmp_path.iterdir()) == []


def test_check_keeps_the_score(monkeypatch, tmp_path):
    monkeypatch.setattr("course_lib.progress.FILE", tmp_path / "progress.json")
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    verdict = check("momentum", wrong)
    assert json.loads((tmp_path / "progress.json").read_text()) == {"momentum": verdict.score}


def test_function_without_source_is_judged():
    code = compile("def f(param, grad, state, *, lr, momentum=0.9): return 1 / 0", "<gone>", "exec")
    scope = {}
    exec(code, scope)
    verdict = examine("momentum", scope["f"])
    assert "ZeroDivisionError: division by zero (line 1" in verdict.message


def test_function_that_is_not_the_answer_of_a_module_not_imported_yet(monkeypatch):
    monkeypatch.delitem(sys.modules, "course_lib.landscape")
    assert not examine("stability_limit", lambda method, curvature, *, momentum=0.9: 1.0).passed
    assert isinstance(landscape, types.ModuleType)
