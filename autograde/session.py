"""One submission, seen from the grader: run its cells, get its functions, call them.

Everything that comes back is plain data or a proxy. What the student's process does can end the
session, with a status from a short list, and can do nothing else to the grader.
"""

import sys
import time
from collections.abc import Callable
from typing import Any, ClassVar, Self

from autograde import proxy, wire
from autograde.channel import Allowance, Channel, HungUp, TooMuch
from autograde.host import Zygote, student_library
from autograde.inplace import changes, restore_changes, snapshot
from autograde.locked import MAX_PRINTED
from autograde.proxy import Missing, Proxy, Remote, RemoteIterable, RemoteIterator
from autograde.replies import (
    CellError,
    CellResult,
    SessionEnded,
    SessionOutOfTime,
    Status,
    error_parts,
    outputs,
)
from autograde.wire import WireError
from course_lib.checking.student import OutOfTime

__all__ = ["CellError", "CellResult", "Missing", "Proxy", "Session", "SessionEnded", "Zygote"]
__all__ += ["student_library"]

MAX_CALLBACKS = 50_000  # during one request
MAX_NESTING = 40  # requests inside callbacks inside requests
MAX_CLASSES = 200
CELL, CALL = Allowance(cpu=20.0), Allowance(cpu=5.0)


class _Call:
    """One call into the student's process: the callbacks that it handed over, by place."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.callbacks: list[Callable[..., Any]] = []
        self.arguments: list[Any] = []
        self.running = 0

    def place_of(self, callback: Callable[..., Any]) -> int:
        for place, known in enumerate(self.callbacks):
            if known is callback:
                return place
        self.callbacks.append(callback)
        return len(self.callbacks) - 1


class Session:
    """A submission's process. Use it in a ``with`` statement, or close it."""

    kinds: ClassVar[dict[str, type[Remote]]] = {
        "function": Proxy,
        "iterator": RemoteIterator,
        "iterable": RemoteIterable,
        "object": Remote,
    }

    def __init__(
        self,
        zygote: Zygote,
        *,
        cell: Allowance = CELL,
        call: Allowance = CALL,
        figures: bool = True,
    ) -> None:
        self.status: Status = "running"
        self.reason = ""
        self.level = zygote.level
        self.cpu = 0.0  # seconds, known when the session has ended
        self._for_cell, self._for_call, self._figures = cell, call, figures
        self._calls: dict[int, _Call] = {}
        self._made = 0
        self._current: list[_Call] = []
        self._raised: list[BaseException] = []
        self._foreign: dict[tuple[int, tuple[str, ...]], type[wire.Foreign]] = {}
        self._lease = zygote.lease()
        self._channel = Channel(self._lease, self)
        try:
            ready = self._channel.receive(Allowance(cpu=30.0).started(self._lease))
        except (HungUp, TooMuch, WireError) as trouble:
            raise self._over(trouble) from None
        if ready != ["ready"]:
            raise self._over(WireError("no greeting"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process. Proxies of this session raise ``SessionEnded`` from now on."""
        self._end("closed", "the session was closed")

    # --- what a grader does ---------------------------------------------------------------------

    def run_cell(self, source: str) -> CellResult:
        """Runs a cell; a cell that ends the process gives an error named by the status."""
        if self.status != "running":
            raise SessionEnded(self.status, self.reason)
        try:
            return self._cell(source)
        except SessionEnded as ended:
            return CellResult([], CellError(ended.status, ended.text, "", ""))

    def _cell(self, source: str) -> CellResult:
        reply = self._request(["cell", source, self._figures], allowance=self._for_cell)
        try:
            if reply[0] == "failed":  # the cell's outputs could not cross
                reply = ["cell", [], reply[1]]
            _, shown, described = reply
            error = None
            if described is not None:
                kind, _, text, line, trace, _ = error_parts(described)
                error = CellError(kind, text, line, trace)
            return CellResult(outputs(shown), error)
        except (TypeError, ValueError, LookupError, AttributeError) as trouble:
            raise self._over(WireError(str(trouble))) from None

    def function(self, name: str) -> Any:
        """What the notebook calls ``name``: a ``Proxy`` for a function, else its value.

        ``Missing`` if it is not defined. Raises ``SessionEnded`` if the process is gone.
        """
        reply = self._request(["get", name])
        if reply[0] == "missing":
            return Missing(name)
        return self._part(reply, "value", 2)[1]

    # --- what proxies do ------------------------------------------------------------------------

    def call(self, remote: Remote, batch: list[Any]) -> list[Any]:
        """Calls a function once per (args, kwargs); applies what it changed in place."""
        made = self._new_call()
        message = ["call", remote._handle.number, batch]
        reply = self._request(message, made, *remote._origin)
        _, results, printed = self._part(reply, "done", 3)
        self._print(printed)
        pairs = isinstance(results, list) and len(results) == len(batch)
        if not pairs or not all(isinstance(pair, list) and len(pair) == 2 for pair in results):
            raise self._over(WireError("not one result per call"))
        for (args, kwargs), (result, changed) in zip(batch, results, strict=True):
            self._restore(args, kwargs, changed)
            if isinstance(result, (RemoteIterator, RemoteIterable)):
                made.arguments = [args, kwargs]
        return [result for result, _ in results]

    def following(self, remote: Remote) -> list[Any]:
        """The next item of a generator as a list of one, or an empty list at its end."""
        reply = self._request(["next", remote._handle.number], *remote._origin)
        _, found, changed, printed = self._part(reply, "item", 4)
        self._print(printed)
        arguments = remote._origin[0].arguments if remote._origin else []
        if arguments:
            self._restore(arguments[0], arguments[1], changed)
        if not isinstance(found, list):
            raise self._over(WireError("no item"))
        return found

    def attribute(self, remote: Remote, name: str) -> Any:
        """A public attribute of an object; raises ``AttributeError`` as the object would."""
        reply = self._request(["attribute", remote._handle.number, name], *remote._origin)
        return self._part(reply, "value", 3)[1]

    def signature(self, remote: Remote) -> Any:
        """A function's parameters, as the process describes them."""
        reply = self._request(["signature", remote._handle.number])
        try:
            proxy.rebuilt_signature(self._part(reply, "signature", 2)[1])
        except WireError as trouble:
            raise self._over(trouble) from None
        return reply[1]

    # --- the side of the wire -------------------------------------------------------------------

    def hand_out(self, value: Any) -> wire.Handle | wire.Callback | wire.Own:
        if isinstance(value, Remote):
            if value._owner is not self:
                raise wire.CannotCross("an object of another submission cannot cross")
            return wire.Own(value._handle.number)
        if not callable(value) or not self._current:
            raise wire.CannotCross(f"a {type(value).__name__} cannot cross")
        made = self._current[-1]
        return wire.Callback(made.number, made.place_of(value))

    def receive(self, token: wire.Handle | wire.Callback | wire.Own) -> Any:
        if isinstance(token, wire.Callback):
            return self._callback(token.call, token.place)
        if not isinstance(token, wire.Handle):
            raise WireError("a handle of the grader's own kind")
        if token.kind not in self.kinds:
            raise WireError("a handle of an unknown kind")
        token = token._replace(name=token.name[:80], module=token.module[:80])
        return self.kinds[token.kind](self, token, tuple(self._current[-1:]))

    def foreign_number(self, value: tuple[Any, ...]) -> int | None:
        return value.number if isinstance(value, wire.Foreign) else None

    def foreign(self, number: int, fields: tuple[str, ...], items: list[Any]) -> Any:
        key = (number, fields)
        if key not in self._foreign:
            if len(self._foreign) >= MAX_CLASSES:
                raise WireError("too many classes")
            content = {"number": number, "_fields": fields}
            self._foreign[key] = type("Foreign", (wire.Foreign,), content)
        return self._foreign[key](*items)

    # --- requests -------------------------------------------------------------------------------

    def _new_call(self) -> _Call:
        self._made += 1
        return _Call(self._made)

    def _callback(self, number: Any, place: Any) -> Callable[..., Any]:
        made = self._calls.get(number) if type(number) is int else None
        if made is None or type(place) is not int or not 0 <= place < len(made.callbacks):
            raise WireError("a callback that is not in force")
        return made.callbacks[place]

    def _request(
        self, message: list[Any], *calls: _Call, allowance: Allowance | None = None
    ) -> list[Any]:
        """Sends a request and answers callbacks until the reply comes.

        Callbacks of ``calls`` can be called meanwhile, and of no others: they die with the call.
        """
        if self.status != "running":
            raise SessionEnded(self.status, self.reason)
        if len(self._current) >= MAX_NESTING:
            raise self._over(WireError("calls nest too deep"))
        spent = (allowance or self._for_call).started(self._lease)
        current = calls[0] if calls else self._new_call()
        self._current.append(current)
        for made in (current, *calls):
            self._calls[made.number] = made
            made.running += 1
        finished = False
        try:
            self._channel.send(message, spent)
            for _ in range(MAX_CALLBACKS):
                reply = self._channel.receive(spent)
                if not isinstance(reply, list) or not reply:
                    raise WireError("a reply that is no reply")
                if reply[0] != "callback":
                    finished = True
                    return reply
                started = time.thread_time()
                self._answer(reply, spent)
                spent.answering += time.thread_time() - started
            raise TooMuch(
                "out of time", f"it called the function it was given {MAX_CALLBACKS} times"
            )
        except wire.CannotCross:
            finished = True  # nothing was sent
            raise
        except (HungUp, TooMuch, WireError) as trouble:
            raise self._over(trouble) from None
        except OutOfTime:
            self._end("out of time", "the time for the whole check was up")
            raise
        finally:
            self._current.pop()
            for made in (current, *calls):
                made.running -= 1
                if not made.running:
                    self._calls.pop(made.number, None)
            if not finished:  # a frame may be half read: there is no way on
                self._end("crashed", "the grader was interrupted")

    def _answer(self, request: list[Any], spent: Any) -> None:
        """Runs a callback. Of its error, only the name crosses: the text may tell too much."""
        try:
            _, number, place, args, kwargs = request
            before = snapshot(self, args, kwargs)
        except (TypeError, ValueError, AttributeError) as error:
            raise WireError("a malformed callback") from error
        function = self._callback(number, place)
        try:
            result = function(*args, **kwargs)
            answer = ["return", result, changes(self, before, args, kwargs)]
        except Exception as error:
            answer = self._raising(error)
        try:
            self._channel.send(answer, spent)
        except wire.CannotCross as error:
            self._channel.send(self._raising(error), spent)

    def _raising(self, error: Exception) -> list[Any]:
        self._raised.append(error)
        return ["raised", len(self._raised) - 1, type(error).__name__]

    def _part(self, reply: list[Any], operation: str, length: int) -> list[Any]:
        """The reply, if it is of the expected form; raises what the student's code raised."""
        if reply[0] == "failed" and len(reply) == 3:
            self._print(reply[2])
            raise self._student_error(reply[1])
        if reply[0] != operation or len(reply) != length:
            raise self._over(WireError("a reply to something else"))
        return reply

    def _student_error(self, described: Any) -> BaseException:
        try:
            kind, known, text, line, trace, callback = error_parts(described)
        except (TypeError, ValueError) as trouble:
            return self._over(WireError(str(trouble)))
        if callback is not None and 0 <= callback < len(self._raised):
            return self._raised[callback]
        return proxy.student_error(kind, known, text, line, trace)

    def _restore(self, args: list[Any], kwargs: Any, changed: Any) -> None:
        try:
            restore_changes(args, kwargs, changed)
        except (TypeError, ValueError, AttributeError) as trouble:
            raise self._over(WireError(str(trouble))) from None

    def _print(self, text: Any) -> None:
        if isinstance(text, str) and text:
            sys.stdout.write(text[:MAX_PRINTED])

    # --- the end --------------------------------------------------------------------------------

    def _over(self, trouble: Exception) -> SessionEnded:
        """Ends the session because of ``trouble``; the exception to raise."""
        if isinstance(trouble, TooMuch):
            self._end(trouble.status, str(trouble))
        elif isinstance(trouble, WireError):
            self._end("crashed", f"it broke the protocol: {trouble}")
        else:
            self._end("crashed", "it hung up")
        kind = SessionOutOfTime if self.status == "out of time" else SessionEnded
        return kind(self.status, self.reason)

    def _end(self, status: Status, reason: str) -> None:
        if self.status != "running":
            return
        self.status, self.reason = status, reason
        ending = self._lease.end()
        self.cpu = ending.cpu
        if reason == "it hung up":
            self.status, self.reason = self._autopsy(ending.status, ending.cpu)

    def _autopsy(self, status: int, cpu: float) -> tuple[Status, str]:
        """Why a process that hung up did so."""
        limits = self._lease.zygote.limits
        if cpu >= limits.cpu - 1:
            return "out of time", f"it used {cpu:.0f} s of CPU time in all"
        return "crashed", "its process ended by itself" if status >= 0 else f"signal {-status}"
