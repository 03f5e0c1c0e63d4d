"""What stands, in the grader's process, for things that live in the student's.

A proxy forwards calls and public attributes and answers everything else itself, with Python's own
answers: no special method of a student's object is ever run on behalf of the grader.
"""

import builtins
import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, Protocol

from autograde.wire import Handle, WireError
from course_lib.recorded import AnswerDue

MAX_PARAMETERS = 100


class StudentError(Exception):
    """An error that student code raised. Its class bears the name of the student's.

    ``line_in_cell`` is the student's line ("line 3: return x"), ``trace`` the traceback.
    """

    line_in_cell = ""
    trace = ""

    def __init__(self, text: str) -> None:
        Exception.__init__(self, text)  # the base beside this class may ask for other arguments
        self.text = text

    def __str__(self) -> str:
        return self.text


@functools.lru_cache(maxsize=256)
def _error_class(name: str, known: str) -> type[StudentError]:
    """A class of that name which ``except ValueError`` catches if the student's was one."""
    base = AnswerDue if known == "AnswerDue" else getattr(builtins, known, Exception)
    if not (isinstance(base, type) and issubclass(base, Exception)):
        base = Exception  # SystemExit must not end the grader
    try:
        kind = type(name, (StudentError, base), {})
        kind("")
    except Exception:  # some built-in errors cannot be made from a text alone
        return type(name, (StudentError,), {})
    return kind


def student_error(name: str, known: str, text: str, line: str, trace: str) -> StudentError:
    """The error that a reply describes."""
    name = name if name.isidentifier() and len(name) <= 80 else "Exception"
    error = _error_class(name, known)(text[:2000])
    error.line_in_cell, error.trace = line[:300], trace[:8000]
    return error


class Missing:
    """The notebook defines nothing of this name. False, and not callable."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return f"nothing: `{self.name}` is not defined"


class Owner(Protocol):
    """What a proxy needs of its session."""

    def call(self, remote: "Remote", batch: list[Any]) -> list[Any]: ...
    def following(self, remote: "Remote") -> list[Any]: ...
    def attribute(self, remote: "Remote", name: str) -> Any: ...
    def signature(self, remote: "Remote") -> Any: ...
    def function(self, name: str) -> Any: ...


class Remote:
    """An object in the student's process. Public attributes can be read; it can be handed back."""

    def __init__(self, owner: Owner, handle: Handle, origin: tuple[Any, ...]) -> None:
        self._owner, self._handle = owner, handle
        self._origin = origin  # the calls whose callbacks this object may still use
        self.__module__ = handle.module

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._owner.attribute(self, name)

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        """What the object holds, for those who look into a student's state; never our own parts."""
        if self._handle.kind not in ("object", "iterable"):
            return {}
        try:
            held = self._owner.attribute(self, "__dict__")
        except StudentError as error:
            if isinstance(error, AttributeError):
                raise AttributeError("__dict__") from None
            return {}
        return held if isinstance(held, dict) else {}

    def __repr__(self) -> str:
        return f"<{self._handle.kind} {self._handle.name} of the submission>"


class RemoteIterator(Remote):
    """A student's generator: every step is taken in the student's process."""

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        found = self._owner.following(self)
        if not found:
            raise StopIteration
        return found[0]


class RemoteIterable(Remote):
    """A student's object that can be looped over, time and again."""

    def __iter__(self) -> Iterator[Any]:
        steps = self._owner.attribute(self, "__iter__")()
        if not isinstance(steps, RemoteIterator):
            raise TypeError(f"{self!r} gives no iterator")
        steps._origin = self._origin  # what it draws and changes belongs to the call that made us
        return steps


class Proxy(Remote):
    """A student's function, to be called like the function itself.

    Arguments cross as plain data, callables as callbacks; arguments changed in place are changed
    here too. ``proxy.map([args, ...])`` calls once per tuple of positional arguments, in one trip.
    """

    def __init__(self, owner: Owner, handle: Handle, origin: tuple[Any, ...]) -> None:
        super().__init__(owner, handle, origin)
        self.__name__ = self.__qualname__ = handle.name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._owner.call(self, [[list(args), kwargs]])[0]

    def map(self, arguments: Iterable[Iterable[Any]]) -> list[Any]:
        """The results of several calls; an error in one of them is raised instead."""
        return self._owner.call(self, [[list(args), {}] for args in arguments])

    def partner(self, name: str) -> Any:
        """What the notebook calls ``name``, or None: a function's neighbour."""
        found = self._owner.function(name)
        return None if isinstance(found, Missing) else found

    @property
    def __signature__(self) -> inspect.Signature | None:
        return rebuilt_signature(self._owner.signature(self))


class Undecidable(BaseException):
    """A test asks something that only the student's own code could answer.

    ``last`` is the reason given last: a test's own ``except`` may have caught the exception.
    """

    last: ClassVar[str] = ""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        Undecidable.last = why


class Opaque(Remote):
    """An object of the student's in a plain test cell: it shows what it holds, as plain data.

    Its own methods are never asked to compare or to count: they would see what is expected, and
    could say anything. ``Undecidable`` is raised instead.
    """

    __hash__ = object.__hash__

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # Python and numpy ask for many that are not there
        return self._owner.attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            raise Undecidable("it sets an attribute of the student's object")
        object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        return False if other is None else self._refuse(other)

    def _asked(self, method: str, *args: Any) -> Any:
        try:
            found = self._owner.attribute(self, method)
        except StudentError:
            raise Undecidable(f"it asks {self!r} for what it may not have") from None
        return found(*args)

    def _refuse(self, *_: Any) -> Any:
        raise Undecidable(f"it compares or computes with {self!r}")


ASKED = ("__len__", "__getitem__", "__iter__", "__str__")
REFUSED = ("__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__", "__float__", "__int__")
REFUSED += ("__index__", "__abs__", "__neg__", "__round__", "__instancecheck__", "__setitem__")
REFUSED += ("__enter__", "__exit__", "__subclasscheck__", "__delattr__", "__delitem__")
OPERATORS = ("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor")


def _forward(name: str) -> Callable[..., Any]:
    return lambda self, *args: self._asked(name, *args)


for _name in ASKED:
    setattr(Opaque, _name, _forward(_name))
for _name in (*REFUSED, *(f"__{way}{name}__" for name in OPERATORS for way in ("", "r"))):
    setattr(Opaque, _name, Opaque._refuse)


class _Shown:
    """A default value, of which only the text crossed."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def rebuilt_signature(described: Any) -> inspect.Signature | None:
    """The signature from (name, kind, text of the default or None) per parameter."""
    if described is None:
        return None
    if not isinstance(described, list) or len(described) > MAX_PARAMETERS:
        raise WireError("a signature is malformed")
    parameters = []
    try:
        for name, kind, default in described:
            shown = inspect.Parameter.empty if default is None else _Shown(str(default)[:80])
            kind = inspect._ParameterKind(kind)
            parameters.append(inspect.Parameter(name, kind, default=shown))
        return inspect.Signature(parameters)
    except (TypeError, ValueError) as error:
        raise WireError("a signature is malformed") from error
