"""A submitted notebook as data: what of it is to be run, and what was repaired.

Nothing in a submission decides but the source of its cells. Cells are matched with those of the
release by grade_id, by source, and by the name of the function that they define; metadata, tags,
kernels and outputs are not looked at.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from autograde.names import Facts, facts
from autograde.release import Release, ReleaseCell, release_of, text_of

__all__ = ["Piece", "Shown", "Submission", "Unreadable", "read", "release_of"]

MAX_BYTES, MAX_CELLS, MAX_SOURCE = 64_000_000, 3000, 400_000
MAX_CODE = 1_000_000  # characters in all cells: reading a million takes seconds
MAX_HALVES = 4  # cells after the first that may be parts of one split cell


class Piece(NamedTuple):
    """A cell to run. ``place``: its cell in the submission; -1 for one that was put back."""

    role: Literal["answer", "lesson", "student"]
    source: str
    place: int


class Shown(NamedTuple):
    """A cell of the submission as it is to be shown; the release's cell if it has a grade_id."""

    kind: Literal["code", "markdown"]
    source: str
    grade_id: str
    place: int


@dataclass(frozen=True)
class Submission:
    """What was handed in. ``pieces`` are run in this order; ``notes`` say what was repaired."""

    pieces: tuple[Piece, ...]
    shown: tuple[Shown, ...]
    notes: tuple[str, ...]


class Unreadable(NamedTuple):
    """A file that is no notebook, and why."""

    reason: str


class _Cell(NamedTuple):
    kind: str
    source: str
    grade_id: str
    place: int


# --- reading --------------------------------------------------------------------------------------


def read(data: bytes, release: Release) -> Submission | Unreadable:
    """What is to be run of a submitted file. Never raises, whatever the file holds."""
    try:
        notebook = json.loads(_decoded(data))
        cells, notes = _cells(notebook)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, MemoryError) as e:
        return Unreadable(f"the file is no notebook ({type(e).__name__}: {str(e)[:80]})")
    cells, joined = _join_split(cells, release)
    return _matched(cells, release, [*notes, *joined])


def _decoded(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise ValueError(f"it has more than {MAX_BYTES // 1_000_000} MB")
    if not data.strip():
        raise ValueError("it is empty")
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return data.decode("utf-16" if wide else "utf-8-sig")


def _cells(notebook: dict[str, Any]) -> tuple[list[_Cell], list[str]]:
    notes, found = [], []
    version = notebook.get("nbformat", 4)
    if "cells" not in notebook and "worksheets" in notebook:
        raw = [cell for sheet in notebook["worksheets"] for cell in sheet["cells"]]
    else:
        raw = notebook["cells"]
    if not isinstance(raw, list) or len(raw) > MAX_CELLS:
        raise ValueError(f"not a list of at most {MAX_CELLS} cells")
    if version != 4:
        notes.append(f"The notebook has the old format {str(version)[:8]}.")
    metadata = notebook.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    name = kernel.get("name") if isinstance(kernel, dict) else None
    if name not in (None, "python3"):
        notes.append(f"It names the kernel {str(name)[:40]!r}; it was run with Python 3.")
    for place, cell in enumerate(raw):
        if isinstance(cell, dict):
            found.append(_cell(cell, place))
    if sum(len(cell.source) for cell in found if cell.kind == "code") > MAX_CODE:
        raise ValueError(f"more than {MAX_CODE} characters of code")
    return found, notes


def _cell(cell: dict[str, Any], place: int) -> _Cell:
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = marks.get("grade_id") if isinstance(marks, dict) else None
    text = text_of(cell.get("source") or cell.get("input") or "")[:MAX_SOURCE]
    kind = "code" if cell.get("cell_type") == "code" else "markdown"
    return _Cell(kind, text, grade_id if isinstance(grade_id, str) else "", place)


# --- repairs --------------------------------------------------------------------------------------


def _join_split(cells: list[_Cell], release: Release) -> tuple[list[_Cell], list[str]]:
    """Puts cells together again that make sense only together."""
    fixed = {c.source.strip() for c in release.cells if c.role not in ("answer", "text")}
    joined: list[_Cell] = []
    notes: list[str] = []
    rest = list(cells)
    while rest:
        cell, *rest = rest
        for count in range(1, MAX_HALVES + 1):
            following = rest[:count]
            if len(following) < count or not _can_continue(following[-1], fixed):
                break
            whole = "\n".join(part.source for part in (cell, *following))
            if _is_split(cell, following) and facts(whole).parses:
                cell, rest = cell._replace(source=whole), rest[count:]
                notes.append(
                    f"Cell {cell.place + 1} was split in {count + 1}; it was put together."
                )
                break
        joined.append(cell)
    return joined, notes


def _can_continue(cell: _Cell, fixed: set[str]) -> bool:
    return cell.kind == "code" and bool(cell.source.strip()) and cell.source.strip() not in fixed


def _is_split(cell: _Cell, following: list[_Cell]) -> bool:
    if cell.kind != "code" or not cell.source.strip():
        return False
    text = following[0].source
    code = text.lstrip()  # no regular expression: on many spaces one takes quadratic time
    indented = bool(code) and text[: len(text) - len(code)].endswith((" ", "\t"))
    parts = [facts(part.source).parses for part in (cell, *following)]
    return not all(parts) and (indented or not parts[0])


def _matched(cells: list[_Cell], release: Release, notes: list[str]) -> Submission:
    known = {cell.grade_id: cell for cell in release.cells if cell.grade_id}
    given = [cell for cell in release.cells if cell.role not in ("answer", "text")]
    fixed = {text.strip(): cell for cell in given for text in (cell.source, cell.full)}
    defined = {name for c in cells if c.kind == "code" for name in facts(c.source).defines}
    pieces: list[Piece] = []
    shown: list[Shown] = []
    for cell in cells:
        ours = known.get(cell.grade_id)
        same = fixed.get(cell.source.strip())
        role, note, grade_id = _role(cell, ours, same, release, defined)
        if note:
            notes.append(note)
        kind = "code" if cell.kind == "code" or role else "markdown"
        shown.append(Shown(kind, cell.source, grade_id, cell.place))
        if role is not None:
            pieces.append(Piece(role, cell.source, cell.place))
    pieces, dropped = _without_stubs(pieces, release)
    pieces = _chosen(_put_back(pieces, release))
    notes = [*notes, *dropped, *_missing(pieces, release)]
    back = [piece for piece in pieces if piece.place < 0]
    if back:
        notes.append(f"Cells of the lesson that were missing were put back ({len(back)}).")
    return Submission(tuple(pieces), tuple(shown), tuple(notes))


def _role(
    cell: _Cell,
    ours: ReleaseCell | None,
    same: ReleaseCell | None,
    release: Release,
    defined: set[str],
) -> tuple[Literal["answer", "lesson", "student"] | None, str, str]:
    """(how the cell is to be run, if at all; what to note; its grade_id)."""
    seen, functions = facts(cell.source), release.functions
    if cell.kind != "code":
        lost = seen.defines & functions.keys() - defined if seen.parses else set()
        if lost:
            name = min(lost)
            note = f"The cell of `{name}` was no code cell; it was run as one."
            return "answer", note, functions[name]
        return None, "", ours.grade_id if ours and ours.role == "manual" else ""
    if same is not None:
        alike = ours is not None and ours.source.strip() == same.source.strip()
        grade_id = ours.grade_id if ours and alike else same.grade_id
        lost = same.role == "hidden" and not alike  # they all look the same
        return ("lesson" if same.role == "lesson" else None), "", "" if lost else grade_id
    if ours is not None and ours.role in ("check", "hidden", "test"):
        note = f"The cell `{ours.grade_id}` was changed; the original one decides."
        return ("student" if seen.defines else None), note, ""
    if ours is not None and ours.role == "answer":
        return "answer", "", ours.grade_id
    if seen.defines and (found := seen.defines & functions.keys()):
        known = min(found)
        note = f"`{known}` stands in a cell that is not its own; it was found."
        return "answer", note, functions[known]
    return (None if seen.trivial else "student"), "", ours.grade_id if ours else ""


def _without_stubs(pieces: list[Piece], release: Release) -> tuple[list[Piece], list[str]]:
    """Leaves out untouched stubs of functions that are written elsewhere."""
    written: set[str] = set()
    for piece in pieces:
        seen = facts(piece.source)
        written |= (seen.defines - seen.stubs) & release.functions.keys()
    kept, notes = [], []
    for piece in pieces:
        seen = facts(piece.source)
        if seen.stubs and seen.stubs == seen.defines and seen.stubs <= written:
            notes.append(f"A second, empty cell of `{min(seen.stubs)}` was left out.")
        else:
            kept.append(piece)
    return kept, notes


def _put_back(pieces: list[Piece], release: Release) -> list[Piece]:
    """Adds lesson cells that were deleted, where names that they alone define are used."""
    lessons = [cell for cell in release.cells if cell.role == "lesson"]
    present = {piece.source.strip() for piece in pieces}
    defined = {name for piece in pieces for name in facts(piece.source).defines}
    back = [
        Piece("lesson", cell.source, -1)
        for cell in lessons
        if cell.source.strip() not in present and facts(cell.source).defines - defined
    ]
    if not back:
        return pieces
    kept = set(_chosen([*back, *pieces]))
    return [*(piece for piece in back if piece in kept), *pieces]


def _chosen(pieces: list[Piece]) -> list[Piece]:
    """The pieces without those cells of the lesson on which nothing of the student's rests."""
    seen: list[tuple[Piece, Facts]] = [(piece, facts(piece.source)) for piece in pieces]
    imported = {name for _, its in seen for name in its.imports}
    run = {i for i, (piece, _) in enumerate(seen) if piece.role != "lesson"}
    needed = _loads(seen[i][1] for i in run)
    while more := {
        i
        for i, (_, its) in enumerate(seen)
        if i not in run and (its.affects | its.calls - imported) & (needed | {"*"})
    }:
        run |= more
        needed |= _loads(seen[i][1] for i in more)
    return [piece for i, piece in enumerate(pieces) if i in run]


def _loads(many: Iterable[Facts]) -> set[str]:
    return {name for one in many for name in one.loads}


def _missing(pieces: list[Piece], release: Release) -> list[str]:
    defined = {name for piece in pieces for name in facts(piece.source).defines}
    broken = any(not facts(piece.source).parses for piece in pieces)
    lost = [name for name in release.functions if name not in defined]
    return [f"No cell defines `{name}`." for name in lost] if not broken else []
