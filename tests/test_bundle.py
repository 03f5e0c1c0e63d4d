"""The student's zip: nothing of an answer, a hidden case or the instructor's side is in it."""

import ast
import inspect
import os
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from autograde import bundle, notebooks, spec

UNITS = spec.units()


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    """The bundle of all units, without recordings (they take a minute), unpacked."""
    folder = tmp_path_factory.mktemp("a bundle with a space")
    bundle.write(bundle.contents(UNITS, {}), folder / "bundle.zip")
    with zipfile.ZipFile(folder / "bundle.zip") as archive:
        archive.extractall(folder)
    return folder / bundle.FOLDER


def body_lines(exercise: spec.Exercise) -> list[str]:
    """The lines of an answer that say something: no returns of a bare name, no short ones."""
    _, body = exercise.stub_and_body()
    lines = [line.strip() for line in body.splitlines()]
    return [line for line in lines if len(line) > 12 and not line.startswith(("#", "raise"))]


def test_no_line_of_any_answer_is_in_the_bundle(unpacked):
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for path in unpacked.rglob("*")
        if path.suffix in (".py", ".ipynb", ".json", ".md", ".toml", ".txt", ".js")
    )
    answers = {e.name: body_lines(e) for unit in UNITS for e in spec.exercises(unit)}
    found = {name: [line for line in lines if line in text] for name, lines in answers.items()}
    # a line that other library code needs too (a sum, a mask) gives nothing away by itself
    leaked = {
        name: lines for name, lines in found.items() if len(lines) > 0.34 * len(answers[name])
    }
    assert leaked == {}


def test_every_due_function_is_reduced_to_its_contract(unpacked):
    for unit in UNITS:
        for exercise in spec.exercises(unit):
            module = exercise.answer.rsplit(".", 1)[0].replace(".", "/")
            tree = ast.parse((unpacked / "course_lib" / f"{module}.py").read_text(encoding="utf-8"))
            function = next(
                node
                for node in tree.body
                if isinstance(node, ast.FunctionDef) and node.name == exercise.name
            )
            kinds = [type(node).__name__ for node in function.body]
            assert kinds == ["Expr", "Raise"], exercise.name
            assert ast.get_docstring(function) == inspect.getdoc(exercise.reference)


def test_nothing_of_the_instructors_side_is_in_the_bundle(unpacked):
    names = {path.relative_to(unpacked).parts[0] for path in unpacked.rglob("*")}
    assert not names & {"autograde", "solutions", "lessons", "tests", "benchmarks", ".git"}
    for path in unpacked.rglob("*"):
        if path.suffix in (".ipynb", ".py", ".json"):
            text = path.read_text(encoding="utf-8")
            assert "BEGIN SOLUTION" not in text
            assert "BEGIN HIDDEN" not in text
            assert "AUTOGRADE_SEED" not in text
            assert "from autograde" not in text


def test_units_that_are_over_keep_their_answers():
    if len(UNITS) < 2:
        pytest.skip("needs two units")
    over = {exercise.answer for exercise in spec.exercises(UNITS[0])}
    assert not over & bundle.due_functions(UNITS[1:]).keys()
    assert over <= bundle.due_functions(UNITS).keys()


def test_the_zip_is_reproducible(tmp_path):
    files = bundle.contents(UNITS[:1], {})
    bundle.write(files, tmp_path / "one.zip")
    bundle.write(files, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_checks_work_in_the_bundle_and_answers_are_due(unpacked):
    code = textwrap.dedent(
        """
        import course_lib, sys
        assert course_lib.__file__.startswith(sys.argv[1]), course_lib.__file__
        from course_lib import optim
        from course_lib.check import examine, hint
        from course_lib.recorded import AnswerDue
        def right(grad, *, lr, momentum): return -(lr / (1 - momentum)) * grad
        def wrong(grad, *, lr, momentum): return -lr * grad
        assert examine("terminal_velocity", right).passed
        assert examine("terminal_velocity", wrong).mistake == "not amplified"
        assert "library's own" in examine("terminal_velocity", optim.terminal_velocity).message
        assert "solve" in hint("terminal_velocity", 2).text
        try:
            optim.terminal_velocity(1.0, lr=1.0, momentum=0.5)
        except AnswerDue as error:
            print(error)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(unpacked)],
        cwd=unpacked,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("terminal_velocity belongs to the answers of unit 04")


@pytest.mark.slow
def test_unsolved_notebooks_run_in_the_bundle_with_recorded_figures(tmp_path):
    """With the answers left out, every notebook still runs to its end and shows its figures."""
    recordings = bundle.record_figures(UNITS)
    bundle.write(bundle.contents(UNITS, recordings), tmp_path / "bundle.zip")
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / bundle.FOLDER
    for path in sorted((folder / "notebooks").rglob("*.ipynb")):
        notebooks.run(path, {"PYTHONPATH": str(folder)})
