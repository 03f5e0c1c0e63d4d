"""Plain data over a socket: what crosses between the grader and a student's process.

A frame is ``length, length of the structure, structure, buffers``. The structure is msgpack and
small; arrays and long texts lie in the buffers, in the order in which the structure names them.
So the number of objects that a frame can make the reader build is bounded as well as its bytes:
a megabyte of structure holds at most a million empty containers.

Nothing here executes, imports or constructs by name what the other side asks for. Whatever is
wrong with a frame, ``WireError`` comes out, and nothing else.
"""

import functools
import importlib
import math
import struct
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import msgpack
import numpy as np

from autograde import rng_state

MAX_FRAME = 64 << 20  # bytes of structure and buffers together
MAX_STRUCTURE = 1 << 20
MAX_DEPTH = 32  # of containers in containers: checks walk what they get recursively
MAX_KEYS = 10_000  # per dict or set: keys can be chosen to collide
MAX_DIMENSIONS = 8
MAX_INT_BYTES = 1024  # longer ones cannot be printed: Python refuses beyond 4300 digits
INLINE = 256  # bytes up to which a text stays in the structure
HEADER = struct.Struct("<II")
ARRAY_HEAD = struct.Struct("<BB")  # number of the dtype, number of dimensions
COMPLEX_PARTS = struct.Struct("<dd")

ARRAY, SCALAR, COMPLEX, INT, TEXT, BYTES, GENERATOR = range(1, 8)
TUPLE, NAMED, SET, FROZENSET, DICT, FOREIGN, HANDLE, CALLBACK, OWN = range(10, 19)

_NATIVE = [np.dtype(code) for code in "?bBhHiIlLqQefdgFDG"]
_SWAPPED = [dtype.newbyteorder() for dtype in _NATIVE if dtype.itemsize > 1]
DTYPES = sorted({d.str: d for d in _NATIVE + _SWAPPED}.values(), key=lambda d: d.str)
NUMBER_OF = {dtype.str: number for number, dtype in enumerate(DTYPES)}
PLAIN = (type(None), bool, int, float, complex, str, bytes, np.random.Generator)
NAMED_TUPLE_MODULES = ("optim", "layers", "datasets", "train")


class WireError(Exception):
    """A frame that no honest writer makes."""


class CannotCross(TypeError):
    """A value that no frame can hold; the text says which and why."""


class Handle(NamedTuple):
    """Something that stays in the student's process: its number, and what may be said about it.

    ``kind`` is "function", "iterator", "iterable" or "object".
    """

    number: int
    kind: str
    name: str
    module: str


class Callback(NamedTuple):
    """A function of the grader's that the student may call: which call gave it, and its place."""

    call: int
    place: int


class Own(NamedTuple):
    """The number of a handle, on its way back to the process that gave it out."""

    number: int


class Foreign(tuple[Any, ...]):
    """A named tuple of the student's own. It can be read, copied and handed back, no more."""

    number: int
    _fields: tuple[str, ...]

    def __new__(cls, *items: Any) -> "Foreign":
        """Takes the items one by one, as named tuples do."""
        return tuple.__new__(cls, items)

    def __getattr__(self, name: str) -> Any:
        if name not in self._fields or len(self._fields) != len(self):
            raise AttributeError(name)
        return self[self._fields.index(name)]


class Side(Protocol):
    """What the two ends of the wire do differently: everything that is not plain data."""

    def hand_out(self, value: Any) -> Handle | Callback | Own:
        """The token for a value that stays here; raises ``CannotCross``."""
        ...

    def receive(self, token: Handle | Callback | Own) -> Any:
        """What stands for a token here; raises ``WireError`` if it stands for nothing."""
        ...

    def foreign_number(self, value: tuple[Any, ...]) -> int | None:
        """The number of the class of a student's named tuple; None: it crosses as a tuple."""
        ...

    def foreign(self, number: int, fields: tuple[str, ...], items: list[Any]) -> Any:
        """The named tuple of that class."""
        ...


class _Tag(NamedTuple):
    """The first item of a list that stands for another container."""

    code: int
    data: bytes


@functools.cache
def named_tuples() -> tuple[dict[str, type], dict[type, str]]:
    """The named tuples that cross as themselves: ``optim.MomentumState`` -> class, and back.

    A fixed list of modules, read once: no name that comes over the wire is ever imported.
    """
    found: dict[str, type] = {}
    for short in NAMED_TUPLE_MODULES:
        module = importlib.import_module(f"course_lib.{short}")
        for name, value in vars(module).items():
            is_named = isinstance(value, type) and issubclass(value, tuple)
            if is_named and hasattr(value, "_fields") and value.__module__ == module.__name__:
                found[f"{short}.{name}"] = value
    return found, {kind: name for name, kind in found.items()}


class _Writer:
    def __init__(self, side: Side) -> None:
        self.side = side
        self.buffers: list[bytes] = []
        self.nodes = 0

    def lower(self, value: Any, depth: int = 0) -> Any:
        """``value`` in terms of what msgpack knows; big contents go to the buffers."""
        if depth > MAX_DEPTH:
            raise CannotCross(f"containers nested more than {MAX_DEPTH} deep cannot cross")
        self.nodes += 1
        if self.nodes > MAX_STRUCTURE:  # each takes a byte at least
            raise CannotCross("lists of more than a million items cannot cross; arrays can")
        if value is None or type(value) in (bool, float):
            return value
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, np.generic) and value.dtype.str in NUMBER_OF:
            number = NUMBER_OF[value.dtype.str]
            return msgpack.ExtType(SCALAR, bytes([number]) + value.tobytes())
        if isinstance(value, (int, float, complex, str, bytes, bytearray)):
            return self._leaf(value)
        if isinstance(value, np.random.Generator):
            return msgpack.ExtType(GENERATOR, rng_state.dump(value))
        if isinstance(value, tuple):
            return [self._tuple_tag(value), *self._items(value, depth)]
        if isinstance(value, (list, range)):  # a range is its numbers
            return self._items(value, depth)
        if isinstance(value, dict):
            return self._dict(value, depth)
        if isinstance(value, (set, frozenset)):
            ordered = sorted(value, key=repr)  # equal sets must give equal bytes
            code = SET if isinstance(value, set) else FROZENSET
            return [msgpack.ExtType(code, b""), *self._items(ordered, depth)]
        return self._token(value)

    def _items(self, values: Any, depth: int) -> list[Any]:
        return [self.lower(item, depth + 1) for item in values]

    def _leaf(self, value: Any) -> Any:
        if isinstance(value, int):
            whole = int(value)
            if -(2**63) <= whole < 2**64:
                return whole
            size = whole.bit_length() // 8 + 1
            if size > MAX_INT_BYTES:
                raise CannotCross("an integer of more than 2400 digits cannot cross")
            return msgpack.ExtType(INT, whole.to_bytes(size, "little", signed=True))
        if isinstance(value, float):
            return float(value)
        if isinstance(value, complex):
            return msgpack.ExtType(COMPLEX, COMPLEX_PARTS.pack(value.real, value.imag))
        text = isinstance(value, str)
        raw = value.encode("utf-8", errors="replace") if text else bytes(value)
        if len(raw) <= INLINE:
            return raw.decode() if text else raw
        self.buffers.append(raw)
        return msgpack.ExtType(TEXT if text else BYTES, struct.pack("<I", len(raw)))

    def _array(self, value: np.ndarray) -> msgpack.ExtType | list[Any]:
        value = np.asarray(value)  # a subclass crosses as what it holds
        number = NUMBER_OF.get(value.dtype.str)
        if number is None or value.ndim > MAX_DIMENSIONS:
            return self._token(value)
        if value.nbytes > MAX_FRAME:
            raise CannotCross(f"an array of {value.nbytes / 1e6:.0f} MB is too big to cross")
        self.buffers.append(value.tobytes())
        shape = struct.pack(f"<{value.ndim}Q", *value.shape)
        return msgpack.ExtType(ARRAY, ARRAY_HEAD.pack(number, value.ndim) + shape)

    def _tuple_tag(self, value: tuple[Any, ...]) -> msgpack.ExtType:
        if type(value) is tuple:
            return msgpack.ExtType(TUPLE, b"")
        if name := named_tuples()[1].get(type(value)):
            return msgpack.ExtType(NAMED, name.encode())
        number = self.side.foreign_number(value)
        if number is None:
            return msgpack.ExtType(TUPLE, b"")
        fields = [str(field) for field in getattr(value, "_fields", ())]
        return msgpack.ExtType(FOREIGN, msgpack.packb([number, fields]))

    def _dict(self, value: dict[Any, Any], depth: int) -> Any:
        if len(value) > MAX_KEYS:
            raise CannotCross(f"a dict of more than {MAX_KEYS} keys cannot cross")
        if all(type(key) is str and len(key) < INLINE // 4 for key in value):
            return {key: self.lower(item, depth + 1) for key, item in value.items()}
        flat = [part for pair in value.items() for part in pair]
        return [msgpack.ExtType(DICT, b""), *self._items(flat, depth)]

    def _token(self, value: Any) -> list[Any]:
        token = self.side.hand_out(value)
        code = {Handle: HANDLE, Callback: CALLBACK, Own: OWN}[type(token)]
        return [msgpack.ExtType(code, b""), *token]


class _Reader:
    def __init__(self, side: Side, buffers: memoryview) -> None:
        self.side = side
        self.buffers = buffers
        self.position = 0

    def take(self, size: int) -> memoryview:
        """The next ``size`` bytes of the buffers."""
        if not 0 <= size <= len(self.buffers) - self.position:
            raise WireError("a frame claims more bytes than it has")
        self.position += size
        return self.buffers[self.position - size : self.position]

    def ext(self, code: int, data: bytes) -> Any:
        """Leaves at once, containers as the tag that their list begins with."""
        if TUPLE <= code <= OWN:
            return _Tag(code, data)
        return LEAVES[code](self, data)

    def array(self, data: bytes) -> np.ndarray:
        number, dimensions = ARRAY_HEAD.unpack_from(data)
        dtype = DTYPES[number]
        if dimensions > MAX_DIMENSIONS or len(data) != ARRAY_HEAD.size + 8 * dimensions:
            raise WireError("an array's head is malformed")
        shape = struct.unpack_from(f"<{dimensions}Q", data, ARRAY_HEAD.size)
        if any(length > MAX_FRAME for length in shape):
            raise WireError("an array's shape is absurd")
        return _numbers(self.take(math.prod(shape) * dtype.itemsize), dtype).reshape(shape)

    def scalar(self, data: bytes) -> Any:
        dtype = DTYPES[data[0]]
        if len(data) != 1 + dtype.itemsize:
            raise WireError("a number has the wrong size")
        return _numbers(data[1:], dtype)[0]

    def big_int(self, data: bytes) -> int:
        if len(data) > MAX_INT_BYTES:
            raise WireError("an integer is too long")
        return int.from_bytes(data, "little", signed=True)

    def text(self, data: bytes) -> str:
        return str(self.take(*struct.unpack("<I", data)), "utf-8")

    def raw(self, data: bytes) -> bytes:
        return bytes(self.take(*struct.unpack("<I", data)))

    def build(self, node: Any, depth: int = 0) -> Any:
        """The value that an unpacked structure stands for."""
        if depth > MAX_DEPTH:
            raise WireError("containers are nested too deep")
        if isinstance(node, list):
            if node and type(node[0]) is _Tag:
                return self._container(node[0], node[1:], depth)
            return [self.build(item, depth + 1) for item in node]
        if isinstance(node, dict):
            return self._keyed(node.items(), depth)
        if isinstance(node, (np.ndarray, np.generic)) or type(node) in PLAIN:
            return node
        raise WireError("a frame holds something that is not plain data")

    def _keyed(self, pairs: Any, depth: int) -> dict[Any, Any]:
        if len(pairs) > MAX_KEYS:
            raise WireError("a dict has too many keys")
        return {self.build(k, depth + 1): self.build(v, depth + 1) for k, v in pairs}

    def _container(self, tag: _Tag, nodes: list[Any], depth: int) -> Any:
        if tag.code in (HANDLE, CALLBACK, OWN):
            return self.side.receive(_token(tag.code, nodes))
        if tag.code == DICT:
            return self._keyed(list(zip(nodes[::2], nodes[1::2], strict=True)), depth)
        items = [self.build(node, depth + 1) for node in nodes]
        if tag.code in (SET, FROZENSET):
            if len(items) > MAX_KEYS:
                raise WireError("a set has too many items")
            return set(items) if tag.code == SET else frozenset(items)
        if tag.code == TUPLE:
            return tuple(items)
        if tag.code == NAMED:
            return named_tuples()[0][tag.data.decode()](*items)
        number, fields = msgpack.unpackb(tag.data)
        if not all(type(field) is str and field.isidentifier() for field in fields):
            raise WireError("a named tuple's fields have impossible names")
        return self.side.foreign(int(number), tuple(fields), items)


LEAVES: dict[int, Callable[[_Reader, bytes], Any]] = {
    ARRAY: _Reader.array,
    SCALAR: _Reader.scalar,
    COMPLEX: lambda _, data: complex(*COMPLEX_PARTS.unpack(data)),
    INT: _Reader.big_int,
    TEXT: _Reader.text,
    BYTES: _Reader.raw,
    GENERATOR: lambda _, data: rng_state.load(data),
}


def _numbers(raw: bytes | memoryview, dtype: np.dtype[Any]) -> np.ndarray:
    """A fresh array. Truth values are read as bytes: numpy counts wrong with others than 0, 1."""
    if dtype.kind == "b":
        return np.frombuffer(raw, np.uint8) != 0
    return np.frombuffer(raw, dtype).copy()


def _token(code: int, parts: list[Any]) -> Handle | Callback | Own:
    kinds = [int, str, str, str] if code == HANDLE else [int] * (2 if code == CALLBACK else 1)
    if [type(part) for part in parts] != kinds:
        raise WireError("a handle is malformed")
    if code == HANDLE:
        return Handle(*parts)
    return Callback(*parts) if code == CALLBACK else Own(*parts)


def encode(value: Any, side: Side) -> bytes:
    """One frame. Raises ``CannotCross`` for what no frame can hold."""
    writer = _Writer(side)
    try:
        structure: bytes = msgpack.packb(writer.lower(value)) or b""
    except (RecursionError, OverflowError) as error:
        raise CannotCross(f"the value cannot cross: {error}") from None
    size = len(structure) + sum(map(len, writer.buffers))
    if len(structure) > MAX_STRUCTURE or size > MAX_FRAME:
        raise CannotCross(
            f"the value is too big to cross ({size / 1e6:.1f} MB): arrays may take "
            f"{MAX_FRAME >> 20} MB, lists and texts {MAX_STRUCTURE >> 20} MB"
        )
    return b"".join([HEADER.pack(size, len(structure)), structure, *writer.buffers])


def sizes(header: bytes) -> tuple[int, int]:
    """(bytes that follow, bytes of structure among them), checked before anything is read."""
    if len(header) != HEADER.size:
        raise WireError("a frame ends before its head does")
    size, structure = HEADER.unpack(header)
    if size > MAX_FRAME or structure > min(size, MAX_STRUCTURE):
        raise WireError("a frame is longer than frames may be")
    return size, structure


def decode(body: bytes | bytearray, structure: int, side: Side) -> Any:
    """The value in a frame's body, of which the first ``structure`` bytes are the structure."""
    view = memoryview(body)
    reader = _Reader(side, view[structure:])
    try:
        tree = msgpack.unpackb(
            view[:structure], ext_hook=reader.ext, strict_map_key=True, max_map_len=MAX_KEYS
        )
        value = reader.build(tree)
    except WireError:
        raise
    except Exception as error:
        raise WireError(f"a frame cannot be read: {type(error).__name__}") from error
    if reader.position != len(reader.buffers):
        raise WireError("a frame has bytes that belong to nothing")
    return value
