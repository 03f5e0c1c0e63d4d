"""``autograde export``: a unit as one web page whose explorers move without kernel and network."""

from pathlib import Path

from nbconvert.exporters import HTMLExporter

from autograde import notebooks, spec


def page(unit: str) -> str:
    """The student's notebook of ``unit``, run, as one self-contained HTML page.

    Formulas are typeset by MathJax where there is a network; without one they stay readable TeX.
    """
    source = spec.ROOT / "notebooks" / unit / f"{unit}.ipynb"
    notebook = notebooks.run(source, {"COURSE_EXPORT": "1"})
    exporter = HTMLExporter(template_name="lab", exclude_input_prompt=True)
    html, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": unit}})
    return html


def main(units: list[str], folder: Path) -> int:
    """Writes ``folder/<unit>.html`` for every unit (none given: all)."""
    folder.mkdir(parents=True, exist_ok=True)
    for unit in units or spec.units():
        spec.load_unit(unit)  # names the units there are, before a long run
        target = folder / f"{unit}.html"
        target.write_text(page(unit), encoding="utf-8")
        print(f"wrote {target} ({target.stat().st_size / 1e6:.1f} MB)")
    return 0
