"""Calling somebody else's function: on copies, with its errors and its noise kept."""

import contextlib
import functools
import signal
import sys
import threading
import warnings

import numpy as np
import pytest

from course_lib import layers, optim
from course_lib.checking.student import (
    Crashed,
    NotWritten,
    OutOfTime,
    Student,
    UsesTheAnswer,
    copy_tree,
    library_answer,
    narrow_type,
    quiet,
    same_tree,
    signature_of,
    time_limit,
    without_answer,
)
from course_lib.optim import MomentumState
from course_lib.recorded import AnswerDue


def test_call_returns_what_the_function_returns():
    student = Student(lambda x, *, scale: x * scale)
    np.testing.assert_array_equal(student(np.arange(3.0), scale=2), [0.0, 2.0, 4.0])
    assert student.changed == []


def test_arguments_are_copies_at_any_depth():
    def spoils(x, state, params, *, lr):
        x[:] = 0
        state.velocity[:] = 0
        params["W1"][0][:] = 0
        lr[:] = 0

    x, state, lr = np.ones(2), MomentumState(np.ones(2)), np.ones(1)
    params = {"W1": [np.ones(2)]}
    student = Student(spoils)
    student(x, state, params, lr=lr)
    for array in (x, state.velocity, params["W1"][0], lr):
        assert array.all()
    assert student.changed == ["x", "state", "params", "lr"]


def test_change_is_named_once_over_many_calls():
    def spoils(x):
        x += 1

    student = Student(spoils)
    for _ in range(3):
        student(np.ones(2))
    assert student.changed == ["x"]


def test_change_without_a_name_is_counted():
    def spoils(*arrays):
        arrays[1][0] = 7

    student = Student(spoils)
    student(np.zeros(2), np.zeros(2))
    assert student.changed == ["argument 2"]


@pytest.mark.parametrize(
    "change",
    [lambda p: p.clear(), lambda p: p.pop("b"), lambda p: p.update(c=1), lambda p: p["W"].fill(3)],
)
def test_change_of_a_dict_is_seen(change):
    student = Student(lambda params: change(params))
    student({"W": np.ones(2), "b": np.ones(1)})
    assert student.changed == ["params"]


def test_stub_is_told_apart_from_a_left_out_answer():
    def stub():
        raise NotImplementedError("to do")

    def calls_stripped_library():
        raise AnswerDue("sgd", "unit 03")

    with pytest.raises(NotWritten):
        Student(stub)()
    with pytest.raises(Crashed, match=r"sgd .* unit 03") as caught:
        Student(calls_stripped_library)()
    assert caught.value.kind == "AnswerDue"


@pytest.mark.parametrize(
    "error", [ValueError("x"), SystemExit(2), StopIteration(), RecursionError()]
)
def test_errors_are_kept_with_their_kind(error):
    def fails():
        raise error

    with pytest.raises(Crashed) as caught:
        Student(fails)()
    assert (caught.value.kind, caught.value.text) == (type(error).__name__, str(error))
    assert caught.value.line.endswith("raise error")


@pytest.mark.parametrize("error", [OutOfTime, UsesTheAnswer, KeyboardInterrupt, GeneratorExit])
def test_what_ends_a_check_passes_through(error):
    def fails():
        raise error

    with pytest.raises(error):
        Student(fails)()


def test_line_is_the_deepest_of_the_student_s_own():
    def helper(x):
        return np.linalg.inv(x)

    def outer(x):
        return helper(x)

    with pytest.raises(Crashed) as caught:
        Student(outer)(np.zeros((2, 3)))
    assert caught.value.line.endswith("return np.linalg.inv(x)")
    with pytest.raises(Crashed) as caught:
        Student(functools.partial(int, "x"))()
    assert caught.value.line == ""


def test_copies_keep_kinds_and_share_nothing():
    tree = {"a": [np.ones(2), (1, MomentumState(np.zeros(3)))], "f": len}
    copied = copy_tree(tree)
    assert same_tree(tree, copied)
    assert isinstance(copied["a"][1][1], MomentumState)
    assert copied["f"] is len
    assert not np.shares_memory(tree["a"][0], copied["a"][0])
    assert not np.shares_memory(tree["a"][1][1].velocity, copied["a"][1][1].velocity)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (np.ones(2), np.ones(2) + 1e-14, True),
        (np.ones(2), np.ones(2) + 1e-9, False),
        (np.array([np.nan]), np.array([np.nan]), True),
        (np.ones(2), np.ones((1, 2)), False),
        ([np.ones(2)], [np.ones(2), 1], False),
        ({"a": np.ones(2)}, {"b": np.ones(2)}, False),
        ({"a": np.ones(2)}, {"a": np.zeros(2)}, False),
        ((np.ones(2), "x"), [np.ones(2), "x"], True),
    ],
)
def test_same_tree(left, right, same):
    assert same_tree(left, right) is same


def test_quiet_keeps_output_and_restores_everything(capfd):
    before = (sys.stdout, sys.stderr, warnings.filters[:], np.geterr())
    with contextlib.suppress(ValueError), quiet() as printed:
        print("one")
        print("two", file=sys.stderr)
        warnings.warn("three", stacklevel=1)
        np.seterr(all="raise")
        raise ValueError
    assert (sys.stdout, sys.stderr, warnings.filters[:], np.geterr()) == before
    assert printed.getvalue() == "one\ntwo\n"
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals are a matter of Unix")
def test_time_limit_restores_timer_and_handler():
    def spin():
        while True:
            pass

    def mine(*_):
        raise AssertionError("not my signal")

    previous = signal.signal(signal.SIGALRM, mine)
    try:
        with time_limit(5):
            assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
        assert signal.getsignal(signal.SIGALRM) is mine
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        with pytest.raises(OutOfTime), time_limit(0.02):
            spin()
        assert signal.getsignal(signal.SIGALRM) is mine
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    finally:
        signal.signal(signal.SIGALRM, previous)


def test_time_limit_in_a_thread_leaves_no_thread_behind():
    counts = []

    def run():
        for seconds in (5, 0.02):
            with contextlib.suppress(OutOfTime), time_limit(seconds):
                while seconds < 1:
                    pass
            counts.append([t.name for t in threading.enumerate() if "time limit" in t.name])

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    assert counts == [[], []]


def test_answer_is_out_of_reach_and_back_again():
    answer = layers.affine_forward
    alias = functools.partial(answer)
    x, weights, bias = np.ones((1, 2)), np.ones((2, 1)), np.zeros(1)
    want = answer(x, weights, bias)[0]
    with without_answer(answer), pytest.raises(UsesTheAnswer):
        alias(x, weights, bias)
    np.testing.assert_array_equal(alias(x, weights, bias)[0], want)


@pytest.mark.parametrize("answer", [None, len, MomentumState, 3])
def test_without_answer_lets_alone_what_it_cannot_swap(answer):
    with without_answer(answer):
        assert optim.momentum is library_answer("optim.momentum")


def test_library_answer_imports_nothing():
    assert library_answer("nowhere.momentum") is None
    assert library_answer("optim.no_such_rule") is None
    assert "course_lib.nowhere" not in sys.modules


def test_signature_of_anything():
    assert str(signature_of(lambda x, *, lr: None)) == "(x, *, lr)"
    assert signature_of(3) is None  # type: ignore[arg-type]
    assert signature_of(type) is None or str(signature_of(type))


def test_a_list_that_holds_itself_is_looked_at_and_left():
    endless: list = [np.ones(2)]
    endless.append(endless)
    assert narrow_type(endless) == ""
    assert narrow_type([1.0, (np.float32(2),)]) == "float32"


def test_a_number_that_is_changed_in_a_dict_is_a_change():
    def widens(space):
        space["lr"] = (0.1, 2.0)

    student = Student(widens)
    student({"lr": (0.1, 1.0), "l2": (float("nan"), 1)})
    assert student.changed == ["space"]
    student = Student(lambda space: space)
    student({"lr": (0.1, float("nan"))})
    assert student.changed == []
