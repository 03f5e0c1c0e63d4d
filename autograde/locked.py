"""The student's end of the wire: runs cells, calls functions, and asks back for callbacks.

Lives in the locked process. It knows no tests and expected values, and nothing that it says is
trusted: student code in the same process can change all of it.
"""

import builtins
import inspect
import os
import sys
from typing import Any

import numpy as np

from autograde import cells, wire
from autograde.inplace import changes, restore_changes, snapshot

MAX_HANDLES = 100_000
RESERVE = 8 << 20  # bytes; given up when memory is out, so that this can be told
MAX_PRINTED = 20_000  # characters printed during one request
CROSSING = (np.ndarray, np.generic, str, bytes, bytearray, tuple, list, dict, set, frozenset)
ANCESTORS = ("builtins", "course_lib.recorded")  # modules of errors that the grader knows


class Stub:
    """A function of the grader's, callable from here."""

    def __init__(self, server: "Server", token: wire.Callback) -> None:
        self._server, self._token = server, token

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._server.call_back(self._token, args, kwargs)


class Server:
    """Answers the grader's requests, one at a time; callbacks nest strictly inside them."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.notebook = cells.Notebook()
        self.objects: dict[int, Any] = {}
        self.numbers: dict[int, int] = {}  # id -> number: one object has one handle
        self.classes: list[type] = []
        self.live: dict[int, tuple[list[Any], dict[str, Any]]] = {}  # what generators were given
        self.reserve = bytearray(RESERVE)

    # --- the side of the wire -------------------------------------------------------------------

    def hand_out(self, value: Any) -> wire.Handle | wire.Callback | wire.Own:
        """Everything that is not plain data stays here, and a handle goes out."""
        if isinstance(value, Stub):
            return value._token
        number = self.numbers.setdefault(id(value), len(self.numbers))
        if number >= MAX_HANDLES:
            raise wire.CannotCross(
                f"it holds more than {MAX_HANDLES} objects; return numbers, texts, arrays, or "
                "containers of them"
            )
        self.objects[number] = value
        kind = kind_of(value)
        name = getattr(value, "__name__", None) or type(value).__name__
        return wire.Handle(number, kind, str(name)[:80], str(getattr(value, "__module__", ""))[:80])

    def forget(self, known: int) -> None:
        """Takes back the handles of an answer that was never given: others need the room."""
        for number in range(known, len(self.numbers)):
            self.objects.pop(number, None)
        self.numbers = {key: number for key, number in self.numbers.items() if number < known}

    def receive(self, token: wire.Handle | wire.Callback | wire.Own) -> Any:
        if isinstance(token, wire.Callback):
            return Stub(self, token)
        return self.objects[token.number]

    def foreign_number(self, value: tuple[Any, ...]) -> int | None:
        """Named tuples defined in the notebook come back as themselves."""
        kind = type(value)
        if not hasattr(kind, "_fields"):
            return None
        if kind not in self.classes:
            self.classes.append(kind)
        return self.classes.index(kind)

    def foreign(self, number: int, fields: tuple[str, ...], items: list[Any]) -> Any:
        return self.classes[number](*items)

    # --- frames ---------------------------------------------------------------------------------

    def send(self, message: list[Any]) -> None:
        frame = memoryview(wire.encode(message, self))
        while frame:
            frame = frame[os.write(self.descriptor, frame) :]

    def read(self) -> list[Any]:
        size, structure = wire.sizes(self._exactly(wire.HEADER.size))
        return wire.decode(self._exactly(size), structure, self)

    def _exactly(self, size: int) -> bytes:
        parts = []
        while size:
            part = os.read(self.descriptor, min(size, 1 << 20))
            if not part:
                os._exit(0)  # the grader is gone, or done with us
            parts.append(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    # --- requests -------------------------------------------------------------------------------

    def serve(self) -> None:
        """Answers until the grader hangs up."""
        while True:
            self.answer(self.read())

    def answer(self, request: list[Any]) -> None:
        operation, *parts = request
        outer = self.notebook.outputs, sys.stdout, sys.stderr
        shown, known = self.notebook.listen(MAX_PRINTED), len(self.numbers)
        try:
            reply = getattr(self, f"do_{operation}")(*parts)
            if operation in ("call", "next", "attribute"):
                reply.append(shown.text())
            self.send(reply)
        except BaseException as error:  # whatever the student's code raises is part of the answer
            if isinstance(error, wire.CannotCross):
                self.forget(known)
            self.send(["failed", self.described(error), shown.text()])
        finally:
            self.notebook.outputs, sys.stdout, sys.stderr = outer

    def do_cell(self, source: str, figures: bool) -> list[Any]:
        self.notebook.figures = figures
        outputs, error = self.notebook.run(source)
        return ["cell", outputs, None if error is None else self.described(error)]

    def do_get(self, name: str) -> list[Any]:
        names = self.notebook.names
        return ["value", names[name]] if name in names else ["missing"]

    def do_attribute(self, number: int, name: str) -> list[Any]:
        return ["value", getattr(self.objects[number], name)]

    def do_signature(self, number: int) -> list[Any]:
        try:
            signature = inspect.signature(self.objects[number])
        except (TypeError, ValueError):
            return ["signature", None]
        empty = inspect.Parameter.empty
        return [
            "signature",
            [
                [p.name, int(p.kind), None if p.default is empty else repr(p.default)[:80]]
                for p in signature.parameters.values()
            ],
        ]

    def do_call(self, number: int, batch: list[Any]) -> list[Any]:
        function, results = self.objects[number], []
        for args, kwargs in batch:
            before = snapshot(self, args, kwargs)
            result = function(*args, **kwargs)
            if not isinstance(result, CROSSING) and kind_of(result) in ("iterator", "iterable"):
                whose = self.numbers.get(id(getattr(function, "__self__", None)), -1)
                self.live[self.hand_out(result)[0]] = self.live.get(whose, (args, kwargs))
            results.append([result, changes(self, before, args, kwargs)])
        return ["done", results]

    def do_next(self, number: int) -> list[Any]:
        args, kwargs = self.live.get(number, ([], {}))
        before = snapshot(self, args, kwargs)
        try:
            result = [next(self.objects[number])]
        except StopIteration:
            result = []
        return ["item", result, changes(self, before, args, kwargs)]

    # --- callbacks and errors -------------------------------------------------------------------

    def call_back(self, token: wire.Callback, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Calls the grader's function; meanwhile the grader may call functions here."""
        self.send(["callback", token.call, token.place, list(args), kwargs])
        while True:
            operation, *parts = reply = self.read()
            if operation == "return":
                restore_changes(args, kwargs, parts[1])
                return parts[0]
            if operation == "raised":
                raise grader_error(*parts)
            self.answer(reply)

    def described(self, error: BaseException) -> list[Any]:
        """Kind, nearest built-in kind, text, line, traceback, and which callback raised it."""
        if isinstance(error, MemoryError):
            self.reserve = bytearray()  # what follows needs memory as well
        kinds = type(error).__mro__
        known = next((k.__name__ for k in kinds if k.__module__ in ANCESTORS), "Exception")
        try:
            text, trace = str(error)[:2000], cells.traceback_of(error)
        except BaseException:
            text, trace = "an error that cannot be printed", ""
        line = cells.line_of(error)[:300]
        return [kinds[0].__name__, known, text, line, trace, getattr(error, "_grader_error", None)]


def kind_of(value: Any) -> str:
    """What can be done with something that stays here."""
    if hasattr(type(value), "__next__"):
        return "iterator"
    if callable(value):
        return "function"
    return "iterable" if hasattr(type(value), "__iter__") else "object"


def grader_error(number: int, kind: str) -> Exception:
    """The error that a callback raised, as the student's code meets it: without its text."""
    text = "raised by the function that was passed in"
    base = getattr(builtins, kind, Exception)
    try:
        error = type(kind, (base,), {"_grader_error": number})(text)
    except Exception:  # not the name of an error that can be made from a text
        error = None
    plain = type(kind, (Exception,), {"_grader_error": number})
    return error if isinstance(error, Exception) else plain(text)
