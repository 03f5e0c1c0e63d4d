"""Calling a function that somebody else wrote: on copies, within a time limit, with its noise kept.

Nothing it prints or warns reaches the notebook: nbgrader takes every point of a cell that wrote to
stderr, and a warning is not a mistake.
"""

import contextlib
import ctypes
import inspect
import io
import signal
import sys
import threading
import traceback
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from course_lib.recorded import AnswerDue

SECONDS = 5.0


class OutOfTime(BaseException):
    """The student's function did not return. ``except Exception`` lets it by."""


class NotWritten(Exception):
    """The function is still the stub."""


class UsesTheAnswer(BaseException):
    """The function calls the library's own answer instead of computing it."""


class Crashed(Exception):
    """The student's function raised; ``kind``, ``text``, ``line`` say what and where."""

    def __init__(self, error: BaseException, function: Callable[..., Any]) -> None:
        super().__init__(str(error))
        self.kind = type(error).__name__
        self.text = str(error)
        self.line = _line_in_students_code(error, function)


def _line_in_students_code(error: BaseException, function: Callable[..., Any]) -> str:
    """The deepest line of the traceback that stands in the student's own file or cell."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if code is not None and f.filename == code.co_filename]
    if not own:
        return ""
    return f"line {own[-1].lineno}: {own[-1].line}" if own[-1].line else f"line {own[-1].lineno}"


def copy_tree(value: Any) -> Any:
    """Copies every array in nested tuples, lists and dicts; everything else is passed on."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(copy_tree(item) for item in value))
    if type(value) in (tuple, list):
        return type(value)(copy_tree(item) for item in value)
    if type(value) is dict:
        return {key: copy_tree(item) for key, item in value.items()}
    return value


def same_tree(left: Any, right: Any) -> bool:
    """Whether two trees hold the same arrays, up to rounding (``x += h; x -= h`` restores)."""
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        if np.shape(left) != np.shape(right):
            return False
        return bool(np.allclose(left, right, rtol=1e-12, atol=1e-12, equal_nan=True))
    if isinstance(left, (tuple, list)):
        return len(left) == len(right) and all(map(same_tree, left, right))
    if isinstance(left, Mapping):
        return left.keys() == right.keys() and all(same_tree(left[k], right[k]) for k in left)
    return True


class Student:
    """A student's function, to be called like the function itself.

    ``changed`` collects the names of arguments that a call changed in place; ``function`` is the
    function as it was given.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.changed: list[str] = []
        self._signature = signature_of(function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        given_args, given_kwargs = copy_tree(args), copy_tree(kwargs)
        try:
            result = self.function(*given_args, **given_kwargs)
        except AnswerDue as error:
            raise Crashed(error, self.function) from error
        except NotImplementedError:
            raise NotWritten from None
        except KeyboardInterrupt:
            raise
        except (Exception, SystemExit) as error:
            raise Crashed(error, self.function) from error
        for name, before, after in self._named(args, kwargs, given_args, given_kwargs):
            if not same_tree(before, after) and name not in self.changed:
                self.changed.append(name)
        return result

    def _named(
        self, args: Any, kwargs: Any, given_args: Any, given_kwargs: Any
    ) -> Iterator[tuple[str, Any, Any]]:
        names = list(self._signature.parameters) if self._signature else []
        for index, (before, after) in enumerate(zip(args, given_args, strict=True)):
            yield (names[index] if index < len(names) else f"argument {index + 1}"), before, after
        for name in kwargs:
            yield name, kwargs[name], given_kwargs[name]


def signature_of(function: Callable[..., Any]) -> inspect.Signature | None:
    """The signature, or None where Python cannot tell (some built-in functions)."""
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None


@contextlib.contextmanager
def quiet() -> Iterator[io.StringIO]:
    """Collects everything printed, and silences warnings and numpy's error state."""
    printed = io.StringIO()
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield printed


@contextlib.contextmanager
def time_limit(seconds: float = SECONDS) -> Iterator[None]:
    """Raises ``OutOfTime`` in the running code after ``seconds``, and again until it gives up.

    In the main thread of Unix a signal interrupts even ``time.sleep``. Elsewhere (Windows, other
    threads) CPython delivers the exception between two bytecodes: a loop is stopped, one endless
    call into C is not. The exception is repeated because a bare ``except:`` can swallow it.
    """
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        with _signal_limit(seconds):
            yield
    else:
        with _thread_limit(seconds):
            yield


@contextlib.contextmanager
def _signal_limit(seconds: float) -> Iterator[None]:
    def stop(signum: int, frame: types.FrameType | None) -> None:
        raise OutOfTime

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@contextlib.contextmanager
def _thread_limit(seconds: float) -> Iterator[None]:
    target, done = ctypes.c_ulong(threading.get_ident()), threading.Event()
    lock = threading.Lock()

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            with lock:
                if not done.is_set():
                    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
                    raise_in(target, ctypes.py_object(OutOfTime))
            wait = 0.2

    watcher = threading.Thread(target=watch, daemon=True, name="time limit of a check")
    watcher.start()
    try:
        yield
    finally:
        with lock:
            done.set()
            # an exception that was set but not yet delivered must not hit the caller
            ctypes.pythonapi.PyThreadState_SetAsyncExc(target, None)
        watcher.join()


@contextlib.contextmanager
def without_answer(answer: Callable[..., Any] | None) -> Iterator[None]:
    """While this lasts, the library's own answer raises ``UsesTheAnswer``, however it is reached.

    Its code object is swapped, so that ``from ... import momentum as m`` is no way round.
    """
    if not isinstance(answer, types.FunctionType) or answer.__code__.co_freevars:
        yield
        return
    code, defaults, kwdefaults = answer.__code__, answer.__defaults__, answer.__kwdefaults__

    def refuse(*args: Any, **kwargs: Any) -> None:
        import course_lib.checking.student as student

        raise student.UsesTheAnswer

    answer.__code__, answer.__defaults__, answer.__kwdefaults__ = refuse.__code__, None, None
    try:
        yield
    finally:
        answer.__code__, answer.__defaults__, answer.__kwdefaults__ = code, defaults, kwdefaults


def library_answer(path: str) -> Callable[..., Any] | None:
    """The library function of a card (``optim.momentum``), or None if nobody imported it yet."""
    module, _, name = path.rpartition(".")
    return getattr(sys.modules.get(f"course_lib.{module}"), name, None)
