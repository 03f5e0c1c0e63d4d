"""What of a notebook with plain test cells runs where: read off the instructor's own notebook.

The student's process runs the submission. Test cells, and those cells of the lesson that they rest
on, run on the grader's side; there, the names that the instructor's solution cells define stand for
what the student defined, and no other name comes from a submission.
"""

import ast
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from autograde.names import Facts, facts
from autograde.release import Release, ReleaseCell
from autograde.submission import Piece, Submission

# What a test may ask only of things that live in its own process
SHELL = frozenset({"get_ipython", "In", "Out", "_", "__", "___", "_i", "_ih", "_oh", "input"})
ALL_NAMES = frozenset({"globals", "locals", "vars", "dir", "eval", "exec"})
INSIDES = frozenset({"__code__", "__globals__", "__closure__", "__defaults__", "__kwdefaults__"})
INSIDES |= {"__wrapped__", "__dict__", "__class__", "__mro__", "__bases__", "__annotations__"}
INSIDES |= {"getsource", "getsourcelines", "isfunction", "ismethod", "isclass", "isgenerator"}
INSIDES |= {"FunctionType", "LambdaType", "GeneratorType", "MethodType"}
REPLACING = frozenset({"MagicMock", "monkeypatch", "settrace", "setprofile"})


class Step(NamedTuple):
    """A cell of the instructor's that runs on the grader's side.

    ``names``: of the student's, that are bound before; ``after``: how many of the student's pieces
    have run by then; ``cannot``: why nothing but a person can tell what this test would say.
    """

    kind: Literal["setup", "test"]
    grade_id: str
    source: str
    full: str
    points: float = 0.0
    names: tuple[str, ...] = ()
    after: int = 0
    cannot: str = ""

    @property
    def has_hidden(self) -> bool:
        return self.source != self.full


def plan(release: Release, submission: Submission) -> tuple[Step, ...]:
    """The steps in the order of the release; none if it has no plain test cells."""
    kept = _needed(release)
    loads = _loads(facts(release.cells[number].full) for number in kept)
    theirs: dict[str, str] = {}  # name -> grade_id of the cell in which the student defines it
    fixed: set[str] = set()  # names of theirs that their functions rely on
    steps: list[Step] = []
    for number, cell in enumerate(release.cells):
        if asked := asked_for(cell):
            theirs |= dict.fromkeys(asked, cell.grade_id)
            fixed |= asked & _relied_on(cell.full)
            steps.append(Step("setup", "", imports := imports_of(cell.full), imports))
        elif number in kept:
            names = theirs if loads & ALL_NAMES else theirs.keys() & loads
            after = _after(cell, {name: theirs[name] for name in names}, submission)
            step = Step("setup", cell.grade_id, cell.source, cell.full, cell.points)
            step = step._replace(names=tuple(sorted(names)), after=after)
            if cell.role == "test":
                step = step._replace(kind="test", cannot=unsupported(cell.full, fixed))
            steps.append(step)
            for name in facts(cell.full).defines:
                theirs.pop(name, None)
    return tuple(steps) if kept else ()


def in_order(release: Release, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The pieces with those cells of the lesson first that stood above all answers."""
    answers = [number for number, cell in enumerate(release.cells) if asked_for(cell)]
    top = release.cells[: min(answers, default=0)]
    given = {cell.source.strip(): n for n, cell in enumerate(top) if cell.role == "lesson"}
    first = [p for p in pieces if p.role == "lesson" and p.source.strip() in given]
    first.sort(key=lambda piece: given[piece.source.strip()])
    rest = [piece for piece in pieces if piece not in first]
    return (*(piece._replace(place=-1) for piece in first), *rest)


def asked_for(cell: ReleaseCell) -> frozenset[str]:
    """The names that the instructor's own text of a solution cell defines, imports left out."""
    if cell.kind != "code" or cell.role not in ("answer", "manual"):
        return frozenset()
    seen = facts(cell.full)
    return seen.defines - seen.imports


def imports_of(source: str) -> str:
    """The import statements of a cell."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return ""
    return "\n".join(ast.unparse(n) for n in body if isinstance(n, (ast.Import, ast.ImportFrom)))


def _needed(release: Release) -> set[int]:
    """The test cells, and the lesson's cells that define what those use, and so on."""
    seen = [facts(cell.full) for cell in release.cells]
    kept = {i for i, cell in enumerate(release.cells) if cell.role == "test"}
    lessons = {i for i, cell in enumerate(release.cells) if cell.role == "lesson"}
    while more := {
        i
        for i in lessons - kept
        if (seen[i].affects | seen[i].calls - seen[i].imports)
        & (_loads(seen[k] for k in kept) | {"*"})
    }:
        kept |= more
    return kept


def _loads(many: Iterable[Facts]) -> set[str]:
    return {name for one in many for name in one.loads}


def _relied_on(source: str) -> set[str]:
    """The functions and classes of a cell, and the names that those use."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return set()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    own = [node for node in body if isinstance(node, kinds)]
    return {node.name for node in own} | _loads(facts(ast.unparse(node)) for node in own)


def _after(cell: ReleaseCell, names: Mapping[str, str], submission: Submission) -> int:
    """How many pieces run before a cell: all above it, and those that define what it uses."""
    places = {shown.grade_id: shown.place for shown in submission.shown if shown.grade_id}
    last = places.get(cell.grade_id, -1)
    for name, grade_id in names.items():
        at = {p.place for p in submission.pieces if name in facts(p.source).defines}
        its_own = places.get(grade_id, -1)
        last = max(last, its_own if its_own in at else max(at, default=-1))
    if last < 0:
        return len(submission.pieces) if cell.role == "test" else 0
    return sum(piece.place <= last for piece in submission.pieces)


def unsupported(source: str, theirs: set[str]) -> str:
    """Why a test cell cannot be run while student code is in another process; "" if it can.

    ``theirs``: names of the student's that must stay as they are.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return "it is not plain Python (magic commands are not run here)"
    seen, nodes = facts(source), list(ast.walk(tree))
    imported = {alias.name for node in nodes for alias in _aliases(node)}
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    used = seen.loads | imported | {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    used -= seen.defines - seen.imports
    if changed := sorted((seen.affects | _deleted(nodes)) & theirs):
        return f"it changes what the student defined ({', '.join(changed)})"
    if found := sorted(used & SHELL):
        return f"it talks to the notebook's shell ({', '.join(found)})"
    if found := sorted(used & INSIDES):
        return f"it looks into student code ({', '.join(found)})"
    replacing = used & REPLACING | {name for name in imported if "mock" in name.split(".")}
    if replacing:
        return f"it replaces functions that student code uses ({', '.join(sorted(replacing))})"
    if any(isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)) for node in nodes):
        return "it waits for asynchronous functions"
    return ""


def _aliases(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, (ast.Import, ast.ImportFrom)) else []


def _deleted(nodes: list[ast.AST]) -> set[str]:
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Del)}
