"""Runs notebook cells inside the student's process and collects what they show.

A light stand-in for IPython: a cell's last expression is displayed, figures become PNG images,
magics are ignored. Outputs have nbformat's form, except that they carry no execution count.
"""

import ast
import base64
import io
import linecache
import re
import sys
import traceback
import types
from typing import Any

MAX_TEXT = 200_000  # characters that one cell may print
MAX_OUTPUTS = 200  # displayed things of one cell
MAX_DATA = 4_000_000  # characters of one displayed thing
CUT = "\n... (the rest of the output is left out)\n"
RICH = {
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "text/latex": "_repr_latex_",
    "image/svg+xml": "_repr_svg_",
}
CELL_NAME = re.compile(r"<cell \d+>")
HARMLESS_CELL_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun")


class Capture(io.TextIOBase):
    """Stands for stdout or stderr; what is written goes to the outputs, up to a limit."""

    def __init__(self, outputs: "Outputs", name: str) -> None:
        self.outputs, self.stream = outputs, name

    def write(self, text: str) -> int:
        self.outputs.print(self.stream, text)
        return len(text)

    def writable(self) -> bool:
        return True


class Outputs:
    """What one cell or one call showed."""

    def __init__(self, room: int = MAX_TEXT) -> None:
        self.items: list[dict[str, Any]] = []
        self.room = room
        self.cut = False

    def print(self, stream: str, text: str) -> None:
        if self.room <= 0:
            if not self.cut:
                self.cut = True
                self.items.append({"output_type": "stream", "name": stream, "text": CUT})
            return
        text = str(text)[: self.room]
        self.room -= len(text)
        last = self.items[-1] if self.items else {}
        if last.get("name") == stream:
            last["parts"].append(text)
        elif text:
            item = {"output_type": "stream", "name": stream, "parts": [text]}
            self.items.append(item)

    def show(self, value: Any, kind: str = "display_data") -> None:
        if len(self.items) < MAX_OUTPUTS:
            self.items.append({"output_type": kind, "data": mime_bundle(value), "metadata": {}})

    def picture(self, png: bytes) -> None:
        if len(self.items) < MAX_OUTPUTS:
            data = {"image/png": base64.b64encode(png).decode(), "text/plain": "<Figure>"}
            self.items.append({"output_type": "display_data", "data": data, "metadata": {}})

    def finished(self) -> list[dict[str, Any]]:
        """The outputs with the parts of every stream put together."""
        for item in self.items:
            if "parts" in item:
                item["text"] = "".join(item.pop("parts"))
        return self.items

    def text(self) -> str:
        return "".join(item["text"] for item in self.finished() if "text" in item)


def mime_bundle(value: Any) -> dict[str, str]:
    """``repr``, and the rich forms that the value offers."""
    data = {"text/plain": repr(value)[:MAX_TEXT]}
    for mime, method in RICH.items():
        found = getattr(type(value), method, None)
        shown = found(value) if found is not None else None
        if isinstance(shown, str) and len(shown) <= MAX_DATA:
            data[mime] = shown
    return data


class Notebook:
    """The namespace of one submission, and the cells that ran in it."""

    def __init__(self) -> None:
        self.module = types.ModuleType("__main__")
        self.module.__dict__.update(display=self.display, get_ipython=lambda: _NoShell())
        sys.modules["__main__"] = self.module
        self.outputs = Outputs()
        self.count = 0
        self.figures = True

    @property
    def names(self) -> dict[str, Any]:
        return self.module.__dict__

    def display(self, *values: Any, **_: Any) -> None:
        """IPython's ``display``, for what a cell may want to show before its end."""
        for value in values:
            self.outputs.show(value)

    def listen(self, room: int = MAX_TEXT) -> Outputs:
        """From now on, what is printed goes to new outputs, which are returned."""
        self.outputs = Outputs(room)
        sys.stdout = Capture(self.outputs, "stdout")
        sys.stderr = Capture(self.outputs, "stderr")
        return self.outputs

    def run(self, source: str) -> tuple[list[dict[str, Any]], BaseException | None]:
        """The outputs of a cell, and the exception that ended it, if any."""
        self.count += 1
        outputs, name = self.listen(), f"<cell {self.count}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        problem = None
        try:
            tree = parsed(source, name)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, name, "exec", dont_inherit=True), self.names)
            if isinstance(last, ast.Expr):
                final = ast.Expression(last.value)
                value = eval(compile(final, name, "eval", dont_inherit=True), self.names)
                if value is not None and not source.rstrip().endswith(";"):
                    outputs.show(value, "execute_result")
            self.show_figures()
        except BaseException as error:  # SystemExit and KeyboardInterrupt too end only this cell
            problem = error
        return outputs.finished(), problem

    def show_figures(self, *_: Any, **__: Any) -> None:
        """Turns matplotlib's open figures into outputs; stands in for ``plt.show`` too."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None:
            return
        for number in pyplot.get_fignums() if self.figures else ():
            file = io.BytesIO()
            pyplot.figure(number).savefig(file, format="png", bbox_inches="tight")
            self.outputs.picture(file.getvalue())
        pyplot.close("all")


class _NoShell:
    """What ``get_ipython()`` returns: takes every request, does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: None


def parsed(source: str, name: str) -> ast.Module:
    """The cell's syntax tree; lines that only IPython understands are left out.

    They are looked for only in a cell that Python cannot read: a text may begin with ``%`` too.
    """
    try:
        return ast.parse(source, name)
    except SyntaxError:
        plain = without_magics(source)
        if plain == source:
            raise
        return ast.parse(plain, name)


def without_magics(source: str) -> str:
    """The source with IPython's own lines replaced by ``pass``, line numbers unchanged."""
    lines = source.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        if not lines[first].startswith(HARMLESS_CELL_MAGICS):
            return "pass"  # the cell is in another language
        lines[first] = ""
    magic = re.compile(r"^(\s*)([%!?].*|[\w.]+\?{1,2})$")
    assigned = re.compile(r"^(\s*)([\w, ]+)=\s*[%!].*$")
    lines = [magic.sub(r"\1pass", line) for line in lines]
    return "\n".join(assigned.sub(r"\1\2= None", line) for line in lines)


def line_of(error: BaseException) -> str:
    """The deepest line of the traceback that stands in a cell: ``line 3: return x``."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if CELL_NAME.match(f.filename)]
    if not frames:
        return ""
    return f"line {frames[-1].lineno}: {frames[-1].line}"


def traceback_of(error: BaseException) -> str:
    """The traceback from the student's first line on: ours above it would only puzzle."""
    start = error.__traceback__
    while start is not None and not CELL_NAME.match(start.tb_frame.f_code.co_filename):
        start = start.tb_next
    lines = traceback.format_exception(type(error), error, start, limit=-30)
    return "".join(lines)[-8000:]
