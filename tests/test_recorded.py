"""Recordings: what was computed with the answers is shown without them."""

import numpy as np
import pytest

from course_lib import recorded as module
from course_lib.recorded import RECORD_TO, AnswerDue, recorded

state = {"due": False, "calls": 0}


@recorded
def path(start, *, steps=3):
    """A path."""
    state["calls"] += 1
    if state["due"]:
        raise AnswerDue("momentum", "unit 04")
    return {
        "points": np.arange(6.0).reshape(3, 2) * start,
        "steps": steps,
        "list": [np.float64(0.1), np.int64(3), None, "text", True, np.array([True, False])],
        "odd": np.array([np.nan, np.inf]),
        "empty": np.zeros((0, 2)),
        3: (1, 2.5),
    }


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    monkeypatch.setitem(state, "due", False)
    monkeypatch.setitem(state, "calls", 0)
    monkeypatch.delenv(RECORD_TO, raising=False)
    return tmp_path


def record(monkeypatch, folder, *args, **kwargs):
    with monkeypatch.context() as patch:
        patch.setenv(RECORD_TO, str(folder))
        result = path(*args, **kwargs)
    state["due"] = True
    return result


def test_recording_replays_the_result(monkeypatch, folder):
    first = record(monkeypatch, folder, 2.0, steps=5)
    again = path(2.0, steps=5)
    assert again.keys() == first.keys()
    for name in ("points", "odd", "empty"):
        np.testing.assert_array_equal(again[name], first[name])
        assert again[name].dtype == first[name].dtype
        assert again[name].flags.writeable
    assert again["steps"] == 5
    assert again["list"][:5] == [0.1, 3, None, "text", True]
    np.testing.assert_array_equal(again["list"][5], [True, False])
    assert again[3] == [1, 2.5]


def test_every_call_has_a_recording_of_its_own(monkeypatch, folder):
    record(monkeypatch, folder, 2.0, steps=5)
    state["due"] = False
    record(monkeypatch, folder, 3.0)
    assert len(list(folder.iterdir())) == 2
    assert path(2.0, steps=5)["points"][2, 1] == 10.0
    assert path(3.0)["points"][2, 1] == 15.0


def test_missing_recording_leaves_the_error(monkeypatch, folder):
    record(monkeypatch, folder, 2.0)
    with pytest.raises(AnswerDue, match=r"momentum .* unit 04.* you write"):
        path(2.5)


def test_answers_that_are_there_are_computed_and_never_replayed(monkeypatch, folder):
    record(monkeypatch, folder, 2.0)
    state["due"] = False
    before = state["calls"]
    assert path(2.0)["steps"] == 3
    assert state["calls"] == before + 1


def test_nothing_is_written_unless_asked(folder):
    path(2.0)
    assert list(folder.iterdir()) == []


def test_other_errors_are_not_hidden(monkeypatch, folder):
    @recorded
    def broken():
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        broken()


def test_answer_due_is_a_kind_of_not_implemented():
    assert issubclass(AnswerDue, NotImplementedError)


def test_function_keeps_its_name_and_docstring():
    assert (path.__name__, path.__doc__) == ("path", "A path.")


def test_unrecordable_result_is_named(monkeypatch, folder):
    monkeypatch.setenv(RECORD_TO, str(folder))
    with pytest.raises(TypeError, match="cannot hold a set"):
        recorded(lambda: {1, 2})()
