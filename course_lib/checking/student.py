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
REPEAT = 0.1  # seconds until a function that would not stop is told so again


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
    if told := getattr(error, "line_in_cell", ""):
        return str(told)  # the function ran in another process, which said where it stopped
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
    """Whether two trees hold the same numbers, arrays up to rounding (``x += h; x -= h``)."""
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        if np.shape(left) != np.shape(right):
            return False
        if np.array_equal(left, right):  # much quicker than allclose, and nearly always true
            return True
        return bool(np.allclose(left, right, rtol=1e-12, atol=1e-12, equal_nan=True))
    if isinstance(left, (tuple, list)):
        return len(left) == len(right) and all(map(same_tree, left, right))
    if isinstance(left, Mapping):
        return left.keys() == right.keys() and all(same_tree(left[k], right[k]) for k in left)
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == right or (left != left and right != right)
    return True


def narrow_type(value: Any, depth: int = 8) -> str:
    """The name of a floating type smaller than float64 among returned numbers, or "".

    Not deeper than ``depth``: a list may hold itself.
    """
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        return next(filter(None, (narrow_type(v, depth - 1) for v in value if depth)), "")
    if isinstance(value, (np.ndarray, np.floating)):
        small = value.dtype.kind == "f" and value.dtype.itemsize < 8
        return str(value.dtype) if small else ""
    return ""


class Student:
    """A student's function, to be called like the function itself.

    ``changed`` collects the names of arguments that a call changed in place; ``narrow`` is the type
    of returned numbers that have fewer digits than float64; ``function`` is the function as given.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.changed: list[str] = []
        self.narrow = ""
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
        self.narrow = self.narrow or narrow_type(result)
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
    call into C is not. The exception is repeated because a bare ``except:`` can swallow it, and
    with signals it is also raised where such a handler begins, which nothing can swallow.
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
        _stop_at_next_line(frame)
        raise OutOfTime

    previous, tracer = signal.signal(signal.SIGALRM, stop), sys.gettrace()
    signal.setitimer(signal.ITIMER_REAL, seconds, REPEAT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
        sys.settrace(tracer)


def _stop_at_next_line(frame: types.FrameType | None) -> None:
    """Raises ``OutOfTime`` once more at the next line that the student's code runs.

    That line stands in the handler that swallowed the first one. Without this,
    ``while True: try: time.sleep(1) except: pass`` would go on for ever: every signal finds it
    asleep inside the ``try``.
    """

    def raise_again(at: types.FrameType, event: str, arg: Any) -> Any:
        if event == "line":
            raise OutOfTime
        return raise_again

    students = []
    while frame is not None and frame.f_code is not Student.__call__.__code__:
        students.append(frame)
        frame = frame.f_back
    if frame is None:
        return  # the student's function is not running just now
    for running in students:
        running.f_trace = raise_again
    sys.settrace(lambda *_: None)  # switches tracing on, for those frames and no others


@contextlib.contextmanager
def _thread_limit(seconds: float) -> Iterator[None]:
    target, done, sent = threading.get_ident(), threading.Event(), threading.Event()
    lock = threading.Lock()

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            with lock:
                if not done.is_set():
                    sent.set()
                    _raise_in_thread(target)
            wait = REPEAT

    watcher = threading.Thread(target=watch, daemon=True, name="time limit of a check")
    watcher.start()
    try:
        yield
    finally:
        _call_off(lock, done, sent)
        watcher.join()


def _raise_in_thread(target: int) -> None:
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    raise_in(ctypes.c_ulong(target), ctypes.py_object(OutOfTime))


def _call_off(lock: threading.Lock, done: threading.Event, sent: threading.Event) -> None:
    """No ``OutOfTime`` reaches this thread after this, neither a new one nor one under way.

    One that may be under way is replaced by one that is waited for. Python can also take it back,
    but then keeps looking out for it in every call, and in a debugger never gets past the first.
    """
    calm = False
    while not calm:
        try:
            with lock:
                done.set()
            calm = not sent.is_set()
            if not calm:
                _raise_in_thread(threading.get_ident())
                while True:
                    pass
        except OutOfTime:
            calm = done.is_set()


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
