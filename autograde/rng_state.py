"""A generator's state as bytes of a fixed layout, and back.

numpy believes what its state setters are told: a position beyond the end of the buffer makes it
read memory that is not its own. So nothing but these layouts is accepted, and every number is
checked before numpy sees it.
"""

import json
import struct
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

SEED = 0  # seed of the bit generator into which a state is put; the state replaces it
MAX_SPAWNED = 1000
MAX_SEED_TEXT = 2000
_TAIL = struct.Struct("<BI")  # has_uint32, uinteger


def _words(raw: bytes) -> np.ndarray:
    return np.frombuffer(raw, dtype="<u8").astype(np.uint64)


def _pcg_out(state: dict[str, Any]) -> bytes:
    inner = state["state"]
    return inner["state"].to_bytes(16, "little") + inner["inc"].to_bytes(16, "little")


def _pcg_in(raw: bytes) -> dict[str, Any]:
    state, inc = int.from_bytes(raw[:16], "little"), int.from_bytes(raw[16:], "little")
    return {"state": {"state": state, "inc": inc}}


def _mt_out(state: dict[str, Any]) -> bytes:
    inner = state["state"]
    return struct.pack("<I", int(inner["pos"])) + np.asarray(inner["key"], "<u4").tobytes()


def _mt_in(raw: bytes) -> dict[str, Any]:
    (position,) = struct.unpack_from("<I", raw)
    if position > 624:
        raise ValueError("a generator's position lies beyond its buffer")
    key = np.frombuffer(raw, dtype="<u4", offset=4).astype(np.uint32)
    return {"state": {"key": key, "pos": position}}


def _philox_out(state: dict[str, Any]) -> bytes:
    inner = state["state"]
    arrays = [inner["counter"], inner["key"], state["buffer"]]
    return bytes([int(state["buffer_pos"])]) + b"".join(
        np.asarray(a, "<u8").tobytes() for a in arrays
    )


def _philox_in(raw: bytes) -> dict[str, Any]:
    if raw[0] > 4:
        raise ValueError("a generator's position lies beyond its buffer")
    words = _words(raw[1:])
    inner = {"counter": words[:4], "key": words[4:6]}
    return {"state": inner, "buffer": words[6:], "buffer_pos": raw[0]}


def _sfc_out(state: dict[str, Any]) -> bytes:
    return np.asarray(state["state"]["state"], "<u8").tobytes()


def _sfc_in(raw: bytes) -> dict[str, Any]:
    return {"state": {"state": _words(raw)}}


def _seed_out(seed: Any) -> bytes:
    """Where ``rng.spawn`` goes on from: entropy, key, number of children so far."""
    if type(seed) is not np.random.SeedSequence:
        return b""
    entropy = (
        seed.entropy
        if isinstance(seed.entropy, int)
        else [int(part) for part in seed.entropy or ()]
    )
    key = [int(part) for part in seed.spawn_key]
    return json.dumps([entropy, key, seed.n_children_spawned]).encode()


def _seed_in(raw: bytes) -> Any:
    if not raw:
        return SEED
    if len(raw) > MAX_SEED_TEXT:
        raise ValueError("a generator's seed is too long")
    entropy, key, children = json.loads(raw)
    numbers = [*(entropy if isinstance(entropy, list) else [entropy]), *key, children]
    if not all(type(number) is int and 0 <= number < 1 << 256 for number in numbers):
        raise ValueError("a generator's seed is malformed")
    if children >= 1 << 32:
        raise ValueError("a generator's seed is malformed")
    return np.random.SeedSequence(entropy, spawn_key=key, n_children_spawned=children)


Out: TypeAlias = Callable[[dict[str, Any]], bytes]
In: TypeAlias = Callable[[bytes], dict[str, Any]]
KINDS: dict[str, tuple[type, int, Out, In]] = {
    "PCG64": (np.random.PCG64, 32, _pcg_out, _pcg_in),
    "PCG64DXSM": (np.random.PCG64DXSM, 32, _pcg_out, _pcg_in),
    "MT19937": (np.random.MT19937, 4 + 624 * 4, _mt_out, _mt_in),
    "Philox": (np.random.Philox, 1 + 10 * 8, _philox_out, _philox_in),
    "SFC64": (np.random.SFC64, 32, _sfc_out, _sfc_in),
}


def dump(rng: np.random.Generator) -> bytes:
    """Kind and state. Raises ``TypeError`` for a bit generator that is not numpy's own."""
    bits: Any = rng.bit_generator
    name = type(bits).__name__
    if KINDS.get(name, (None,))[0] is not type(bits):
        raise TypeError(f"a generator of kind {name} cannot cross; use np.random.default_rng")
    state = bits.state
    tail = _TAIL.pack(state.get("has_uint32", 0), state.get("uinteger", 0))
    return name.encode() + b"\0" + tail + KINDS[name][2](state) + _seed_out(bits.seed_seq)


def load(raw: bytes) -> np.random.Generator:
    """A new generator in that state. Raises ``ValueError`` for anything ``dump`` never writes."""
    name, _, rest = raw.partition(b"\0")
    try:
        kind, size, _, read = KINDS[name.decode("ascii")]
    except (KeyError, UnicodeDecodeError):
        raise ValueError("a generator of an unknown kind") from None
    end = _TAIL.size + size
    if len(rest) < end:
        raise ValueError("a generator's state has the wrong size")
    half, word = _TAIL.unpack_from(rest)
    if half > 1:
        raise ValueError("a generator's state is malformed")
    bits = kind(_seed_in(rest[end:]))
    state = read(rest[_TAIL.size : end])
    bits.state = {"bit_generator": kind.__name__, "has_uint32": half, "uinteger": word, **state}
    return np.random.Generator(bits)


def copy_into(target: np.random.Generator, source: np.random.Generator) -> None:
    """Puts ``target`` where ``source`` stands; nothing happens if they differ in kind."""
    if type(target.bit_generator) is type(source.bit_generator):
        target.bit_generator.state = source.bit_generator.state
        theirs, ours = source.bit_generator.seed_seq, target.bit_generator.seed_seq
        if isinstance(theirs, np.random.SeedSequence) and isinstance(ours, np.random.SeedSequence):
            born = theirs.n_children_spawned - ours.n_children_spawned
            if 0 < born <= MAX_SPAWNED:
                ours.spawn(born)  # the only way to say that these children exist
