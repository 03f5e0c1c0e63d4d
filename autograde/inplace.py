"""Arguments that a function changes in place, although it was given copies on the other side.

The called side notices by comparing the bytes before and after, and sends the new values along;
the calling side makes its own objects equal to them. Both ends of the wire use this.
"""

from typing import Any

import numpy as np

from autograde import rng_state, wire

FIXED = (type(None), bool, int, float, complex, str, bytes)


def _each(args: Any, kwargs: dict[str, Any]) -> list[tuple[int | str, Any]]:
    return [*enumerate(args), *kwargs.items()]


def snapshot(side: wire.Side, args: Any, kwargs: dict[str, Any]) -> dict[int | str, bytes]:
    """Every argument that can be changed in place, as the bytes it would cross as."""
    return {k: wire.encode(v, side) for k, v in _each(args, kwargs) if not isinstance(v, FIXED)}


def changes(
    side: wire.Side, before: dict[int | str, bytes], args: Any, kwargs: dict[str, Any]
) -> dict[int | str, Any]:
    """The arguments that would cross differently now."""
    now = _each(args, kwargs)
    return {k: v for k, v in now if k in before and wire.encode(v, side) != before[k]}


def restore_changes(args: Any, kwargs: dict[str, Any], changed: dict[int | str, Any]) -> None:
    """Makes the caller's arguments what the called function made of its copies."""
    for key, value in _each(args, kwargs):
        if key in changed:
            restore(value, changed[key])


def restore(old: Any, new: Any) -> None:
    """Changes ``old`` in place into ``new``, as deep as both have the same form."""
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray):
        if old.shape != new.shape and old.size == new.size:
            old.shape = new.shape
        if old.shape == new.shape and old.flags.writeable:
            np.copyto(old, new, casting="unsafe")
    elif isinstance(old, np.random.Generator) and isinstance(new, np.random.Generator):
        rng_state.copy_into(old, new)
    elif isinstance(old, dict) and isinstance(new, dict):
        kept = {key: _restored(old[key], new[key]) if key in old else new[key] for key in new}
        old.clear()
        old.update(kept)
    elif isinstance(old, list) and isinstance(new, list):
        pairs = [_restored(a, b) for a, b in zip(old, new, strict=False)]
        old[:] = pairs + new[len(old) :]
    elif isinstance(old, set) and isinstance(new, set):
        old.clear()
        old.update(new)
    elif isinstance(old, tuple) and isinstance(new, tuple):
        for a, b in zip(old, new, strict=False):
            restore(a, b)


def _restored(old: Any, new: Any) -> Any:
    """What belongs in the place of ``old``: the same object, changed, if its kind allows it."""
    alike = type(old) is type(new)
    if isinstance(old, np.ndarray):
        alike = alike and old.shape == new.shape and old.dtype == new.dtype
    if alike and isinstance(old, (np.ndarray, dict, list, set, tuple, np.random.Generator)):
        restore(old, new)
        return old if not isinstance(old, tuple) else new
    return new
