"""Building: what is built is current, complete and repeatable; what cannot be built says why."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from autograde import build, lesson, record, spec
from autograde.__main__ import main
from autograde.spec import Case, Exercise, Mistake
from course_lib import optim

UNITS = spec.units()


@pytest.fixture(scope="module")
def built():
    return build.everything(UNITS)


def test_everything_committed_is_current(built):
    assert build.stale(built) == []
    assert build.superfluous(built) == []


def test_a_second_build_gives_the_same_bytes(built):
    assert build.everything(UNITS) == built


def test_every_release_notebook_is_free_of_answers(built):
    for path, text in built.items():
        if path.parts[0] == "notebooks":
            assert "BEGIN SOLUTION" not in text
            assert "BEGIN HIDDEN" not in text
            assert "autograde" not in text
            assert "jupytext" not in text


def test_built_notebooks_have_no_outputs_and_stable_ids(built):
    for path, text in built.items():
        if path.suffix == ".ipynb":
            cells = json.loads(text)["cells"]
            assert all(not cell.get("outputs") for cell in cells)
            assert len({cell["id"] for cell in cells}) == len(cells)


def test_check_names_what_is_stale_and_touches_nothing(tmp_path, built):
    build.write(built, built, root=tmp_path)
    assert build.stale(built, root=tmp_path) == []
    victim = next(path for path in built if path.suffix == ".ipynb")
    (tmp_path / victim).write_text("{}")
    extra = tmp_path / "solutions" / "unit99" / "left_over.ipynb"
    extra.parent.mkdir()
    extra.write_text("{}")
    assert build.stale(built, root=tmp_path) == [victim]
    assert build.superfluous(built, root=tmp_path) == [extra.relative_to(tmp_path)]


def test_rounding_between_machines_is_not_stale():
    assert build.same('{"a": [0.1, 1e-12]}', '{"a": [0.10000000001, 0.0]}')
    assert not build.same('{"a": [0.1]}', '{"a": [0.2]}')
    assert not build.same('{"a": 1}', '{"b": 1}')
    assert not build.same("one", "two")


def test_an_unknown_unit_is_answered_with_the_known_ones(capsys):
    assert main(["build", "unit99_nothing"]) == 2
    error = capsys.readouterr().err
    assert "unit99_nothing" in error
    assert UNITS[0] in error


def test_lesson_and_spec_must_name_the_same_exercises(tmp_path, monkeypatch):
    unit = UNITS[0]
    source = (spec.LESSONS / unit / "lesson.py").read_text(encoding="utf-8")
    shutil.copytree(spec.LESSONS / unit / "exercises", tmp_path / unit / "exercises")
    monkeypatch.setattr(lesson.spec, "LESSONS", tmp_path)
    first = spec.exercises(unit)[0].name
    file = tmp_path / unit / "lesson.py"
    file.write_text(source.replace(f"# %% exercise: {first}\n", "# %%\n"), encoding="utf-8")
    with pytest.raises(lesson.BadLesson, match=first):
        lesson.solution_notebook(unit)
    file.write_text(source + "\n# %% exercise: no_such\n", encoding="utf-8")
    with pytest.raises(lesson.BadLesson, match="no_such"):
        lesson.solution_notebook(unit)
    file.write_text(source, encoding="utf-8")
    lesson.solution_notebook(unit)
    (tmp_path / unit / "exercises" / "forgotten.py").write_text("", encoding="utf-8")
    with pytest.raises(lesson.BadLesson, match="forgotten"):
        lesson.solution_notebook(unit)


# --- the build refuses cases that are blind -----------------------------------------------------


def exercise(*mistakes: Mistake, momentum: float = 0.5) -> Exercise:
    def cases(rng: np.random.Generator) -> list[Case]:
        return [Case("one", (np.ones(2),), {"lr": 0.1, "momentum": momentum})]

    return Exercise(
        reference=optim.terminal_velocity,
        cases=cases,
        mistakes=mistakes,
        accepted=(),
        hints=("a", "b"),
        returns=("displacement",),
        read="",
        praise="",
    )


def test_a_mistake_that_no_case_shows_is_refused():
    blind = Mistake("no momentum", "/ (1 - momentum)", "/ 1", "message")
    with pytest.raises(record.BlindExercise, match="no momentum"):
        record.verify(record.make_card("unit04_x", exercise(blind, momentum=0.0)))


def test_mistakes_that_no_case_tells_apart_are_refused():
    # at momentum 1/2 the kept share and the friction are the same number
    one = Mistake("one", "/ (1 - momentum)", "/ 1", "message")
    two = Mistake("two", "/ (1 - momentum)", "/ (2 * momentum)", "message")
    with pytest.raises(record.BlindExercise, match="'one' from 'two'"):
        record.verify(record.make_card("unit04_x", exercise(one, two)))


def test_an_edit_must_find_its_text_exactly_once():
    with pytest.raises(record.BlindExercise, match="occurs 0 times"):
        record.make_card("unit04_x", exercise(Mistake("x", "no such text", "", "message")))


def test_an_answer_that_fails_its_own_cases_is_refused():
    broken = dataclasses.replace(
        exercise(), cases=lambda rng: [Case("bad", ("text",), {"lr": 0.1, "momentum": 0.5})]
    )
    with pytest.raises(record.BlindExercise, match="the answer itself fails"):
        record.make_card("unit04_x", broken)


def test_half_written_files_never_appear(tmp_path, monkeypatch):
    monkeypatch.setattr(build.os, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    target = Path("solutions/a.ipynb")
    with pytest.raises(OSError, match="full"):
        build.write({target: "text"}, [target], root=tmp_path)
    assert not (tmp_path / target).exists()
