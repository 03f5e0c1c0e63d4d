"""Which names a cell defines, changes and uses: read off its source, never by running it."""

import ast
import symtable
import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from autograde.cells import without_magics

MAX_LINE = 2000  # no one writes longer lines; patterns for magics are slow on them
SHOWING = frozenset({"check", "examine", "hint", "quiz", "print", "display", "help"})
NEW_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class Facts(NamedTuple):
    """What the source of a cell says.

    ``affects``: names that it defines or whose value it sets in part; ``calls``: names of which it
    calls a method; ``imports``: names of modules and what they hold. ``loads``: global names that
    it or its functions use. ``stubs``: functions that only raise NotImplementedError.
    ``trivial``: it only shows something. A star stands for an ``import *``.
    """

    parses: bool
    defines: frozenset[str] = frozenset()
    affects: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    loads: frozenset[str] = frozenset()
    stubs: frozenset[str] = frozenset()
    trivial: bool = False


@lru_cache(maxsize=4096)
def facts(source: str) -> Facts:
    """The facts of a cell; a cell that Python cannot read has none. Never raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree, plain = _parsed(source)
            return _facts(tree, plain)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            return Facts(False)


def _parsed(source: str) -> tuple[ast.Module, str]:
    try:
        return ast.parse(source), source
    except SyntaxError:
        if max(map(len, source.split("\n"))) > MAX_LINE:
            raise
        plain = without_magics(source)
        return ast.parse(plain), plain


def _facts(tree: ast.Module, source: str) -> Facts:
    defines, affects, calls, imports = set[str](), set[str](), set[str](), set[str]()
    for node in _outside_functions(tree):
        if isinstance(node, NEW_SCOPE) and not isinstance(node, ast.Lambda):
            defines.add(node.name)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            defines.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            imports |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, (ast.Attribute, ast.Subscript)):
            if not isinstance(node.ctx, ast.Load):
                affects.add(_base(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            calls.add(_base(node.value.func))
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            defines |= set(node.names)
    defines |= imports
    return Facts(
        parses=True,
        defines=frozenset(defines),
        affects=frozenset((defines | affects) - {""}),
        calls=frozenset(calls - {""}),
        imports=frozenset(imports),
        loads=frozenset(_loads(symtable.symtable(source, "cell", "exec"))),
        stubs=frozenset(filter(None, map(_stub, tree.body))),
        trivial=all(map(_only_shows, tree.body)),
    )


def _outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes that run when the cell runs."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, NEW_SCOPE):
            waiting.extend(ast.iter_child_nodes(node))


def _base(node: ast.expr) -> str:
    """The name at the beginning of ``name.attribute[0].method``; "" if there is none."""
    if isinstance(node, ast.Name):
        return ""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _loads(top: symtable.SymbolTable) -> set[str]:
    found, waiting = set[str](), [top]
    while waiting:
        table = waiting.pop()
        waiting.extend(table.get_children())
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (table is top or symbol.is_global()):
                found.add(symbol.get_name())
    return found


def _stub(statement: ast.stmt) -> str:
    """The function's name if the statement defines one that is still to be written."""
    if not isinstance(statement, ast.FunctionDef):
        return ""
    body = statement.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    raised = body[0].exc if len(body) == 1 and isinstance(body[0], ast.Raise) else None
    raised = raised.func if isinstance(raised, ast.Call) else raised
    is_stub = isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return statement.name if is_stub else ""


def _only_shows(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Expr):
        return False
    value = statement.value
    if isinstance(value, ast.Call):
        plain = all(isinstance(item, (ast.Name, ast.Constant)) for item in value.args)
        return plain and isinstance(value.func, ast.Name) and value.func.id in SHOWING
    return isinstance(value, (ast.Name, ast.Constant))
