"""Built notebooks run: solutions without a warning and with full points, unsolved without error."""

import pytest

from autograde import notebooks, spec

pytestmark = pytest.mark.slow
UNITS = spec.units()


def outputs(notebook):
    return [
        (cell, output)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]


@pytest.mark.parametrize("unit", UNITS)
def test_solution_runs_without_a_warning_and_earns_every_point(unit):
    notebook = notebooks.run(spec.ROOT / "solutions" / unit / f"{unit}.ipynb")
    for cell, output in outputs(notebook):
        assert output.get("name") != "stderr", f"{cell.id}: {output.get('text')}"
        points = cell.metadata.get("nbgrader", {}).get("points")
        if points is not None and output.output_type == "execute_result":
            assert float(output.data["text/plain"]) == points, cell.id
    graded = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]
    assert len(graded) == 2 * len(spec.exercises(unit))
    assert all(cell.outputs for cell in graded)


@pytest.mark.parametrize("name", [*UNITS, "start"])
def test_unsolved_runs_to_the_end_and_earns_nothing(name):
    path = (
        spec.ROOT / "notebooks" / (f"{name}.ipynb" if name == "start" else f"{name}/{name}.ipynb")
    )
    notebook = notebooks.run(path)
    for cell, output in outputs(notebook):
        assert output.output_type != "error", cell.id
        assert output.get("name") != "stderr", f"{cell.id}: {output.get('text')}"
        if cell.metadata.get("nbgrader", {}).get("grade"):
            assert float(output.data["text/plain"]) == 0.0
            assert "Nothing is written yet" in output.data["text/html"]
