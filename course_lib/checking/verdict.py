"""The answer to a check: a number for nbgrader, a card for the notebook, text for a terminal."""

import html
import os
import re
import sys
import textwrap
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course_lib.arrays import Array
from course_lib.checking.compare import Difference

GREEN, RED, AMBER, BLUE = "#00785a", "#b5400c", "#8a6100", "#0063a0"
_PLAIN = "background:none;color:#1b1b1b"  # JupyterLab greys code otherwise
MANY = 6  # so many entries make a curve
WIDTH = 78  # nbgrader's command line cuts lines at 83 characters


@dataclass(frozen=True)
class CaseResult:
    """One case: its name, its share of the score, whether it passed, and what differed."""

    name: str
    weight: float
    passed: bool
    difference: Difference | None = None


@dataclass(frozen=True)
class Verdict:
    """What a check found out.

    ``passed``: every case agrees. ``score``: share of the points earned, in [0, 1].
    ``mistake``: the catalogue's name of the mistake, or None. ``message``: what to tell.
    The other fields serve display: ``points`` are those of the cell, ``read`` is where to read on.

    ``repr`` is the bare number of points earned, because nbgrader takes a float in a cell's text
    for partial credit and anything else for full points. ``str`` is the whole verdict as text.
    """

    passed: bool
    score: float
    mistake: str | None
    message: str
    exercise: str = ""
    points: float = 1.0
    cases: tuple[CaseResult, ...] = ()
    read: str = ""
    printed: str = ""
    returns: tuple[str, ...] = field(default=(), repr=False)

    def __repr__(self) -> str:
        if _in_plain_terminal():
            return str(self)
        return repr(round(float(self.score) * float(self.points), 4))

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """The verdict as text, no line longer than 78 characters."""
        head = f"{self._symbol()} {self.exercise}: {self._headline()}"
        out = textwrap.wrap(head, WIDTH) + textwrap.wrap(self.message, WIDTH)
        for case in self.cases:
            out += textwrap.wrap(f"  [{'x' if case.passed else ' '}] {case.name}", WIDTH)
        for label, got, want in self.table():
            out += [
                f"  {label}"[:WIDTH],
                f"    yours    {got}"[:WIDTH],
                f"    expected {want}"[:WIDTH],
            ]
        if self.read and not self.passed:
            out += textwrap.wrap(f"Read on: {self.read}", WIDTH)
        return out

    def _symbol(self) -> str:
        return "PASSED" if self.passed else "NOT YET"

    def _headline(self) -> str:
        done = sum(case.passed for case in self.cases)
        if not self.cases:
            return "not judged"
        return f"{done} of {len(self.cases)} cases agree"

    def table(self) -> list[tuple[str, str, str]]:
        """Up to three (where, yours, expected) rows of the first case that differs."""
        failing = next((c for c in self.cases if c.difference), None)
        found = failing.difference if failing else None
        if found is None:
            return []
        where = words(found.path, self.returns)
        if found.kind not in ("value", "nan"):
            return [(where, describe(found.got), describe(found.want))]
        got, want = np.asarray(found.got), np.asarray(found.want)
        rows = []
        for index in _worst_entries(got, want):
            place = _place(where, index)
            rows.append((place, *_told_apart(float(got[index]), float(want[index]))))
        return rows

    def _repr_html_(self) -> str:
        return render(self)


def _told_apart(got: float, want: float) -> tuple[str, str]:
    """Both numbers with six digits, or with as many as it takes to see that they differ."""
    for digits in (6, 9, 12):
        pair = f"{got:.{digits}g}", f"{want:.{digits}g}"
        if pair[0] != pair[1]:
            return pair
    return repr(got), repr(want)


def _place(where: str, index: tuple[int, ...]) -> str:
    """An entry in words: ``dweights[0, 2]``, or in a path ``param after step 3 [1]``."""
    if not index:
        return where
    if steps := _steps_asked(where):
        return f"learning rate at step {steps[index[0]]}"
    if where.startswith("path of "):
        step, *rest = index
        where, index = f"{where.removeprefix('path of ')} after step {step} ", tuple(rest)
    return f"{where}[{', '.join(map(str, index))}]"


def _steps_asked(where: str) -> list[int]:
    """The steps that a leaf's name lists, if its entries are a schedule's rates."""
    _, _, steps = where.partition("learning rates at the steps ")
    return [int(step) for step in re.findall(r"\d+", steps)]


def _in_plain_terminal() -> bool:
    """A person types at a Python prompt: text serves them better than a number."""
    return hasattr(sys, "ps1") and "IPython" not in sys.modules and not sys.flags.inspect


def _worst_entries(got: Array, want: Array) -> list[tuple[int, ...]]:
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.nan_to_num(np.abs(got - want), nan=np.inf)
    order = np.argsort(-error, axis=None, kind="stable")[:3]
    rounding = 1e-3 * np.max(error[np.isfinite(error)], initial=0.0)
    worst = [np.unravel_index(int(i), got.shape) for i in order if error.flat[i] > rounding]
    return [tuple(int(i) for i in index) for index in worst]


def words(path: str, returns: tuple[str, ...]) -> str:
    """A leaf's path in words: ``['result'][1]`` is the second of the returned values."""
    parts = [part.strip("'\"") for part in re.findall(r"\[([^\]]*)\]", path)]
    if parts and parts[0] == "result":
        parts = parts[1:]
    if parts and parts[0].isdigit() and int(parts[0]) < len(returns):
        parts[0] = returns[int(parts[0])]
    if not parts:
        return returns[0] if len(returns) == 1 else "result"
    head, *rest = parts
    head = f"result[{head}]" if head.isdigit() else head
    return head + "".join(f"[{part}]" if part.isdigit() else f" {part}" for part in rest)


def describe(value: Any) -> str:
    """A short description of any returned object, safe whatever its own repr does."""
    if value is None:
        return "nothing (None)"
    if isinstance(value, float):
        return repr(value) if len(repr(value)) < 10 else f"{value:.6g}"
    if isinstance(value, (str, bool, int)):
        return repr(value)[:60]
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, dict):
        return f"a dict with keys {sorted(map(str, value))}"[:60]
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return describe(value.item())
        return f"an array of {value.dtype} of shape {value.shape}"
    return f"an object of type {type(value).__name__}"


# --- HTML ---------------------------------------------------------------------------------------


def render(verdict: Verdict) -> str:
    """The card: white in every theme, readable without colours, no script, no outside request."""
    color = GREEN if verdict.passed else (AMBER if verdict.score > 0 else RED)
    mark = "&#10003;" if verdict.passed else "&#10007;"
    status = "passed" if verdict.passed else "not yet"
    earned = f"{verdict.score * verdict.points:.3g} of {verdict.points:.3g}"
    earned += " point" if verdict.points == 1 else " points"
    parts = [
        f'<div style="border-left:6px solid {color};background:#fff;color:#1b1b1b;'
        "padding:10px 16px;margin:4px 0;max-width:760px;font-family:system-ui,sans-serif;"
        'font-size:14px;line-height:1.45;box-shadow:0 0 0 1px #d8d8d8" role="status">',
        f'<div style="font-size:15px"><b style="color:{color}">{mark} {status}</b> &nbsp;'
        f'<code style="{_PLAIN}">{html.escape(verdict.exercise)}</code>'
        f'<span style="float:right;color:#555">{earned}</span></div>',
        f'<p style="margin:8px 0;font-size:15px">{_inline_code(verdict.message)}</p>',
        _case_list(verdict),
        _number_table(verdict),
        _picture(verdict),
    ]
    if verdict.printed.strip():
        shown = html.escape(verdict.printed[:600])
        parts.append(
            '<details style="margin-top:6px"><summary>what your function printed</summary>'
            f'<pre style="background:#f6f6f6;color:#1b1b1b;padding:6px">{shown}</pre></details>'
        )
    if verdict.read and not verdict.passed:
        parts.append(
            f'<p style="margin:8px 0 0;color:#444"><b>Read on:</b> {_inline_code(verdict.read)}</p>'
        )
    return "".join(parts) + "</div>"


def _inline_code(text: str) -> str:
    escaped = re.sub(r"(?<![\w*])\*(\w[^*\n]*)\*(?![\w*])", r"<em>\1</em>", html.escape(text))
    code = r'<code style="background:#f0f0f0;color:#1b1b1b;padding:0 3px">\1</code>'
    return re.sub(r"`([^`]+)`", code, escaped)


def _case_list(verdict: Verdict) -> str:
    if not verdict.cases:
        return ""
    items = []
    for case in verdict.cases:
        mark, color = ("&#10003;", GREEN) if case.passed else ("&#10007;", RED)
        items.append(
            f'<span style="white-space:nowrap;margin-right:14px;color:#1b1b1b">'
            f'<b style="color:{color}">{mark}</b> {html.escape(case.name)}</span> '
        )
    return f'<div style="margin:4px 0">{"".join(items)}</div>'


def _number_table(verdict: Verdict) -> str:
    rows = verdict.table()
    if not rows:
        return ""
    cell = 'style="padding:2px 14px 2px 0;text-align:left;background:#fff;color:#1b1b1b"'
    body = ""
    for row in rows:
        cells = [
            f'<td {cell}><code style="{_PLAIN}">{html.escape(text)}</code></td>' for text in row
        ]
        body += f"<tr>{''.join(cells)}</tr>"
    head = "".join(f"<th {cell}>{title}</th>" for title in ("where", "yours", "expected"))
    return (
        '<table style="border-collapse:collapse;margin:6px 0;font-size:13px;background:#fff">'
        f"<tr>{head}</tr>{body}</table>"
    )


def _picture(verdict: Verdict) -> str:
    """Yours against the expected path or curve, where the differing value is one."""
    for case in verdict.cases:
        found = case.difference
        if found is None or found.kind not in ("value", "nan"):
            continue
        got, want = np.asarray(found.got, float), np.asarray(found.want, float)
        if want.ndim == 2 and want.shape[1] == 2 and len(want) > 2 and "path of" in found.path:
            return _svg(got, want, "first parameter", "second parameter")
        asked = _steps_asked(found.path)
        if want.ndim == 1 and want.size >= (3 if asked else MANY):
            steps = np.array(asked or range(want.size), dtype=float)
            order = np.argsort(steps, kind="stable")
            yours, expected = (np.column_stack([steps, y])[order] for y in (got, want))
            axes = ("step", "learning rate") if asked else ("index", "value")
            return _svg(yours, expected, *axes)
    return ""


def _svg(got: Array, want: Array, xlabel: str, ylabel: str) -> str:
    """Two polylines in one frame. The expected one sets the scale, so a diverging one leaves it."""
    width, height, pad = 340.0, 200.0, 30.0
    low, high = want.min(axis=0), want.max(axis=0)
    near = got[np.all(np.isfinite(got), axis=1)]
    reach = np.where(high > low, high - low, np.abs(high)) + 1e-12  # a level line has no height
    near = near[np.all(np.abs(near - (low + high) / 2) <= 2.5 * reach, axis=1)]
    if len(near):
        low, high = np.minimum(low, near.min(axis=0)), np.maximum(high, near.max(axis=0))
    span = np.where(high > low, high - low, 1.0)

    def points(values: Array) -> str:
        finite = values[np.all(np.isfinite(values), axis=1)]
        unit = np.clip((finite - low) / span, -0.2, 1.2)
        x = pad + unit[:, 0] * (width - 2 * pad)
        y = height - pad - unit[:, 1] * (height - 2 * pad)
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))

    text = 'font-size="11" font-family="sans-serif" fill="#1b1b1b"'
    return (
        f'<svg width="{width:.0f}" height="{height + 22:.0f}" role="img" '
        f'aria-label="your values against the expected ones" style="background:#fff">'
        f'<rect x="{pad}" y="{pad / 2}" width="{width - 2 * pad}" height="{height - 1.5 * pad}" '
        'fill="none" stroke="#ccc"/>'
        f'<polyline points="{points(want)}" fill="none" stroke="{BLUE}" stroke-width="2.5"/>'
        f'<polyline points="{points(got)}" fill="none" stroke="{RED}" stroke-width="2" '
        'stroke-dasharray="5 3"/>'
        f'<text x="{width / 2}" y="{height - 12}" text-anchor="middle" {text}>{xlabel}</text>'
        f'<text x="12" y="{height / 2}" text-anchor="middle" {text} '
        f'transform="rotate(-90 12 {height / 2})">{ylabel}</text>'
        f'<line x1="{pad}" x2="{pad + 26}" y1="{height + 10}" y2="{height + 10}" stroke="{BLUE}" '
        f'stroke-width="2.5"/><text x="{pad + 31}" y="{height + 14}" {text}>expected</text>'
        f'<line x1="{pad + 110}" x2="{pad + 136}" y1="{height + 10}" y2="{height + 10}" '
        f'stroke="{RED}" stroke-width="2" stroke-dasharray="5 3"/>'
        f'<text x="{pad + 141}" y="{height + 14}" {text}>yours</text></svg>'
    )


class CheckFailed(AssertionError):
    """A verdict that did not pass, under nbgrader's Validate: shown without any traceback."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__("\n".join(verdict.lines()))
        self.verdict = verdict

    def _render_traceback_(self) -> list[str]:
        """IPython's hook: what is shown instead of a traceback."""
        return str(self).splitlines()


def being_validated() -> bool:
    """Whether nbgrader's Validate runs this notebook (it shows exceptions, not results)."""
    return os.environ.get("NBGRADER_EXECUTION") == "validate"
