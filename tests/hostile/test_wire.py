"""Frames: everything honest arrives as it left, and of everything else only WireError comes out."""

import random
import struct
import tracemalloc
from typing import Any

import msgpack
import numpy as np
import pytest

from autograde import rng_state, wire
from course_lib.checking.student import same_tree
from course_lib.layers import AffineCache, BatchNormCache
from course_lib.optim import MomentumState, SGDState


class Nothing:
    """A side that hands nothing out and knows no handle."""

    def hand_out(self, value: Any) -> wire.Handle:
        raise wire.CannotCross(f"a {type(value).__name__} cannot cross")

    def receive(self, token: wire.Handle | wire.Callback | wire.Own) -> Any:
        raise wire.WireError("no such handle")

    def foreign_number(self, value: tuple[Any, ...]) -> int | None:
        return None

    def foreign(self, number: int, fields: tuple[str, ...], items: list[Any]) -> Any:
        raise wire.WireError("no such class")


def decode(frame: bytes) -> Any:
    size, structure = wire.sizes(frame[: wire.HEADER.size])
    body = frame[wire.HEADER.size :]
    if len(body) != size:
        raise wire.WireError("cut off")  # a reader would wait for the rest
    return wire.decode(body, structure, Nothing())


def round_trip(value: Any) -> Any:
    return decode(wire.encode(value, Nothing()))


RNG = np.random.default_rng(5)
VALUES = [
    None,
    True,
    -7,
    2**63 - 1,
    -(2**63),
    2**64,
    -(2**200),
    1.5,
    float("inf"),
    1 - 2j,
    "naïve 数",
    "long" * 1000,
    b"\x00\xff",
    b"\x01" * 5000,
    [],
    [1, [2, [3, []]]],
    (),
    (1, (2.0, "x")),
    {"a": 1, "b": {"c": (1, 2)}},
    {1: "one", (1, 2): "pair", None: 0},
    {3, 1, 2},
    frozenset({"a"}),
    np.float32(1.5),
    np.int8(-3),
    np.bool_(True),
    np.arange(12.0).reshape(3, 4),
    np.arange(12.0).reshape(3, 4)[:, ::2],
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.array(3.5),
    np.zeros((0, 5)),
    np.array([True, False]),
    np.arange(3, dtype=">i4"),
    np.array([1 + 2j]),
    np.zeros((1,) * 8),
    MomentumState(np.ones(3)),
    SGDState(),
    AffineCache(np.ones((2, 2)), np.zeros((2, 3)), np.zeros(3)),
    [BatchNormCache(*(np.full(2, float(i)) for i in range(len(BatchNormCache._fields))))],
    {"w": [np.ones(2), {"deep": (np.zeros(1),)}]},
]


def alike(left: Any, right: Any) -> bool:
    """Equal in value and in every type on the way down."""
    if type(left) is not type(right):
        return False
    if isinstance(left, np.ndarray):
        return left.dtype == right.dtype and left.shape == right.shape and same_tree(left, right)
    if isinstance(left, (tuple, list)):
        return len(left) == len(right) and all(map(alike, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(alike(left[k], right[k]) for k in left)
    return bool(left == right)


@pytest.mark.parametrize("value", VALUES, ids=lambda v: repr(v)[:30])
def test_values_arrive_as_they_left(value: Any) -> None:
    assert alike(value, round_trip(value))


def test_a_range_arrives_as_its_numbers() -> None:
    assert round_trip({"steps": range(4, 12, 3)}) == {"steps": [4, 7, 10]}


def test_arrays_that_arrive_can_be_changed_and_share_nothing() -> None:
    first, second = round_trip([np.ones(2), np.ones(2)])
    first[:] = 5
    assert second.tolist() == [1, 1]


def test_a_nan_and_a_negative_zero_survive() -> None:
    out = round_trip(np.array([np.nan, -0.0]))
    assert np.isnan(out[0])
    assert np.signbit(out[1])


@pytest.mark.parametrize("kind", rng_state.KINDS)
def test_a_generator_goes_on_where_it_was(kind: str) -> None:
    rng = np.random.Generator(getattr(np.random, kind)(11))
    rng.integers(0, 10, size=3, dtype=np.int32)  # leaves half a word behind
    rng.normal(size=7)
    copied = round_trip(rng)
    assert np.array_equal(copied.normal(size=50), rng.normal(size=50))
    np.testing.assert_array_equal(
        copied.integers(9, size=9, dtype=np.int32), rng.integers(9, size=9, dtype=np.int32)
    )


def test_children_of_a_generator_are_the_same_on_both_sides() -> None:
    ours, reference = np.random.default_rng(4), np.random.default_rng(4)
    ours.spawn(2)
    reference.spawn(2)
    theirs = round_trip(ours)
    assert [c.random() for c in theirs.spawn(3)] == [c.random() for c in reference.spawn(3)]
    rng_state.copy_into(ours, theirs)
    assert ours.spawn(1)[0].random() == reference.spawn(1)[0].random()


@pytest.mark.parametrize(
    ("kind", "offset", "bad"), [("MT19937", 5, b"\xff\xff"), ("Philox", 5, b"\x05")]
)
def test_positions_beyond_a_generators_buffer_are_refused(
    kind: str, offset: int, bad: bytes
) -> None:
    raw = rng_state.dump(np.random.Generator(getattr(np.random, kind)(1)))
    head = len(kind) + 1 + offset
    rng_state.load(raw)
    with pytest.raises(ValueError, match="beyond its buffer"):
        rng_state.load(raw[:head] + bad + raw[head + len(bad) :])


def test_what_no_frame_can_hold_is_refused_by_the_writer() -> None:
    endless: list[Any] = []
    endless.append(endless)
    for value in [
        endless,
        object(),
        lambda: 0,
        np.array([None]),
        np.array(["text"]),
        2 ** (8 * 2000),
        list(range(10**6)),
        np.zeros(9 * 2**20),
        dict.fromkeys(range(20_000)),
        np.array([1.0]).astype([("a", "f8")]),
    ]:
        with pytest.raises(wire.CannotCross):
            wire.encode(value, Nothing())


def frame(structure: bytes, buffers: bytes = b"") -> bytes:
    return wire.HEADER.pack(len(structure) + len(buffers), len(structure)) + structure + buffers


def ext(code: int, data: bytes) -> bytes:
    return msgpack.packb(msgpack.ExtType(code, data))


def array_head(number: int, *shape: int) -> bytes:
    return struct.pack(f"<BB{len(shape)}Q", number, len(shape), *shape)


DOUBLE = wire.NUMBER_OF["<f8"]
HOSTILE = {
    "empty structure": frame(b""),
    "two values": frame(b"\xc0\xc0"),
    "array without its bytes": frame(ext(wire.ARRAY, array_head(DOUBLE, 10**6))),
    "array whose size overflows": frame(ext(wire.ARRAY, array_head(DOUBLE, 2**63, 4)), b"1" * 8),
    "array with absurd empty axes": frame(ext(wire.ARRAY, array_head(DOUBLE, 0, 2**60))),
    "array of nine axes": frame(ext(wire.ARRAY, array_head(DOUBLE, *[1] * 9)), b"1" * 8),
    "array of an unknown dtype": frame(ext(wire.ARRAY, array_head(250, 1)), b"1" * 8),
    "array with a cut head": frame(ext(wire.ARRAY, b"\x01")),
    "array with bytes to spare": frame(ext(wire.ARRAY, array_head(DOUBLE, 1)), b"1" * 9),
    "scalar of the wrong size": frame(ext(wire.SCALAR, bytes([DOUBLE]) + b"123")),
    "scalar without anything": frame(ext(wire.SCALAR, b"")),
    "text beyond the end": frame(ext(wire.TEXT, struct.pack("<I", 2**31))),
    "text that is not utf-8": frame(ext(wire.TEXT, struct.pack("<I", 2)), b"\xff\xfe"),
    "inline text that is not utf-8": frame(b"\xa2\xff\xfe"),
    "an integer without end": frame(ext(wire.INT, b"\x7f" * 5000)),
    "a date": frame(b"\xd6\xff\0\0\0\0"),
    "an unknown extension": frame(ext(99, b"")),
    "a generator of numpy.save": frame(ext(wire.GENERATOR, b"os.system\0" + b"\0" * 37)),
    "a generator cut short": frame(ext(wire.GENERATOR, b"PCG64\0" + b"\0" * 5)),
    "a named tuple nobody knows": frame(b"\x91" + ext(wire.NAMED, b"os.stat_result")),
    "a named tuple with wrong fields": frame(b"\x91" + ext(wire.NAMED, b"optim.MomentumState")),
    "a tag that begins nothing": frame(ext(wire.TUPLE, b"")),
    "a tag in second place": frame(b"\x92\xc0" + ext(wire.TUPLE, b"")),
    "a set of lists": frame(b"\x92" + ext(wire.SET, b"") + b"\x90"),
    "a dict with half a pair": frame(b"\x92" + ext(wire.DICT, b"") + b"\xc0"),
    "a dict keyed by a list": frame(b"\x93" + ext(wire.DICT, b"") + b"\x90\xc0"),
    "a map keyed by a number": frame(b"\x81\x01\x01"),
    "a handle nobody gave out": frame(b"\x92" + ext(wire.OWN, b"") + b"\x05"),
    "a handle that is text": frame(b"\x92" + ext(wire.OWN, b"") + b"\xa1x"),
    "lists a thousand deep": frame(b"\x91" * 1000 + b"\xc0"),
    "lists a million deep": frame(b"\x91" * (2**20 - 1) + b"\xc0"),
    "tuples forty deep": frame((b"\x92" + ext(wire.TUPLE, b"")) * 40 + b"\xc0"),
    "a list of four billion": frame(b"\xdd\xff\xff\xff\xff"),
    "a map of four billion": frame(b"\xdf\xff\xff\xff\xff"),
    "bytes of four billion": frame(b"\xc6\xff\xff\xff\xff"),
    "a structure longer than the frame": wire.HEADER.pack(10, 11) + b"\xc0" * 10,
    "a frame of four gigabytes": wire.HEADER.pack(2**32 - 1, 1) + b"\xc0",
    "a structure of two megabytes": frame(b"\x93" + b"\xc4\xff" + b"\0" * (2 << 20)),
    "half a head": b"\x01\x00",
    "fields that are no names": frame(
        b"\x91" + ext(wire.FOREIGN, msgpack.packb([1, ["__class__ = 3"]]))
    ),
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_frames_are_wire_errors(raw: bytes) -> None:
    with pytest.raises(wire.WireError):
        decode(raw)


def test_truth_values_are_zero_or_one_whatever_the_bytes_say() -> None:
    boolean = wire.NUMBER_OF["|b1"]
    out = decode(frame(ext(wire.ARRAY, array_head(boolean, 3)), b"\x00\x02\xff"))
    assert out.view(np.uint8).tolist() == [0, 1, 1]


@pytest.mark.parametrize("item", [b"\x90", b"\x80", b"\xa0"], ids=["list", "dict", "str"])
def test_a_structure_takes_bounded_memory_per_byte(item: bytes) -> None:
    count = 1 << 16
    raw = frame(b"\xdd" + struct.pack(">I", count) + item * count)
    tracemalloc.start()
    try:
        assert len(decode(raw)) == count
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak * (wire.MAX_STRUCTURE / count) < 3 * wire.MAX_FRAME


def plain(value: Any) -> bool:
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(map(plain, value))
    if isinstance(value, dict):
        return all(plain(k) and plain(v) for k, v in value.items())
    return isinstance(value, (*wire.PLAIN, np.ndarray, np.generic))


def tried(raw: bytes) -> None:
    """Reads a frame; only WireError may come out, only plain data may go in."""
    try:
        value = decode(raw)
    except wire.WireError:
        return
    assert plain(value)


def test_fuzz_random_bytes() -> None:
    chance = random.Random(1)
    for _ in range(4000):
        body = chance.randbytes(chance.randrange(60))
        cut = chance.randrange(len(body) + 1)
        tried(wire.HEADER.pack(len(body), cut) + body)
        tried(chance.randbytes(chance.randrange(20)))


def test_fuzz_valid_frames_with_flipped_bits_and_cut_ends() -> None:
    chance = random.Random(2)
    frames = [wire.encode(value, Nothing()) for value in [*VALUES, RNG, VALUES]]
    for _ in range(6000):
        raw = bytearray(chance.choice(frames))
        for _ in range(chance.randrange(1, 4)):
            raw[chance.randrange(min(len(raw), 400))] ^= 1 << chance.randrange(8)
        tried(bytes(raw))
        tried(bytes(raw[: chance.randrange(len(raw))]))


def test_fuzz_random_structures_of_known_tags() -> None:
    chance = random.Random(3)

    def node(depth: int) -> Any:
        kind = chance.randrange(6 if depth < 6 else 3)
        if kind == 0:
            return chance.choice([None, 1, -1.5, "x", b"y", 2**63])
        if kind <= 2:
            return msgpack.ExtType(chance.randrange(20), chance.randbytes(chance.randrange(20)))
        if kind == 3:
            return {chance.choice(["a", "b"]): node(depth + 1)}
        return [node(depth + 1) for _ in range(chance.randrange(4))]

    for _ in range(4000):
        tried(frame(msgpack.packb(node(0)), chance.randbytes(chance.randrange(30))))
