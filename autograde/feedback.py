"""Feedback pages by nbgrader's own template, quick enough for a class."""

import hashlib
import json
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat.notebooknode import NotebookNode
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograde.rows import Standing

KNOWN = 1024  # texts whose conversion is remembered
TEMPLATE = """\
{%- extends 'index.html.j2' -%}
{%- block any_cell scoped -%}{{ resources.once(cell, super) }}{%- endblock -%}
"""  # the template that is configured; cells that many pages have in common are converted once


def put(file: Path, text: str) -> None:
    """Writes a file all at once, unless it stands already."""
    file.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode("utf-8", "replace")
    if file.exists() and file.read_bytes() == data:
        return
    scratch = file.with_suffix(".tmp")
    scratch.write_bytes(data)
    os.replace(scratch, file)


class Exporter(HTMLExporter):
    """nbconvert's exporter, converting only once what all students' pages have in common."""

    def __init__(self, config: Config) -> None:
        self._known: dict[str, str] = {}
        super().__init__(config=config)
        self.raw_template = TEMPLATE
        highlight = lru_cache(maxsize=KNOWN)(Highlight2HTML(pygments_lexer="ipython3", parent=self))
        self.register_filter("highlight_code", lambda source, **_: highlight(source))
        self.register_preprocessor(CSSHTMLHeaderPreprocessor, enabled=True)

    def _once(self, cell: NotebookNode, convert: Callable[[], str]) -> str:
        """A cell as HTML; ``convert`` does it, unless it was done for another page."""
        key = json.dumps(cell, sort_keys=True)
        if len(self._known) > KNOWN:
            self._known.clear()
        if key not in self._known:
            self._known[key] = convert()
        return self._known[key]

    def _preprocess(self, nb: NotebookNode, resources: Any) -> Any:
        """The preprocessors, on this notebook: it is made for one page, and by us."""
        for preprocessor in self._preprocessors:
            nb, resources = preprocessor(nb, resources)
        return nb, resources

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **_: Any) -> Any:
        """(HTML, resources). Leaves out a second pass over the HTML, which has no effect here."""
        resources = self._init_resources(resources)
        resources["once"] = self._once
        widgets = WidgetsDataTypeFilter(notebook_metadata={}, parent=self, resources=resources)
        self.register_filter("filter_data_type", widgets)
        return TemplateExporter.from_notebook_node(self, nb, resources)


class Feedback:
    """nbgrader's feedback page without its database round trips."""

    def __init__(self, config: Config, course: CourseDirectory) -> None:
        converter = GenerateFeedback(coursedir=course, config=config)
        self.exporter = Exporter(converter.config)

    def write(self, file: Path, notebook: dict[str, Any], standing: Standing) -> None:
        """Writes the page, unless the one that stands there was made of the same things.

        ``standing``: what the gradebook says of the submission at this moment.
        """
        parts = json.dumps([notebook, standing], sort_keys=True)
        key = f"<!-- {hashlib.sha256(parts.encode()).hexdigest()} -->\n"
        if not ends_with(file, key):
            put(file, self._page(file.stem, notebook, standing) + key)

    def _page(self, name: str, notebook: dict[str, Any], standing: Standing) -> str:
        node: Any = nbformat.from_dict(notebook)
        for cell in node.cells:
            marks = cell.metadata.get("nbgrader")
            if marks and marks.grade_id in standing.scores:
                marks["score"], marks["points"] = standing.scores[marks.grade_id]
            if marks and marks.grade_id in standing.comments:
                marks["comment"] = standing.comments[marks.grade_id]
        totals = {
            "notebook": name,
            "score": standing.score - standing.penalty,
            "max_score": standing.max_score,
            "late_penalty": standing.penalty,
        }
        resources = {"nbgrader": totals, "metadata": {"name": name}}
        return self.exporter.from_notebook_node(node, resources)[0]


def ends_with(file: Path, text: str) -> bool:
    """Whether the file stands and ends so."""
    try:
        return file.read_bytes().endswith(text.encode())
    except OSError:
        return False
