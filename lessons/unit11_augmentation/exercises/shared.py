"""What several exercises of unit 11 share: headings, cases, helpers."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograde.spec import Case, Mistake
from course_lib.arrays import Array

FIXED_SEED = (
    "Two calls draw exactly the same: a seed is set inside your function, or chance plays no part. "
    "Then an epoch brings nothing that the one before has not shown."
)

OWN_GENERATOR = (
    "Chance does not come from the `rng` that you are given, so nobody can repeat a run: draw with "
    "the generator's own methods, not with `np.random`."
)

ONE_FOR_ALL = (
    "All images of the batch share one {}. Each image has to draw its own: count how many random "
    "numbers your function asks for."
)

ORDER_IGNORED = (
    "The partner of image i is the image that `order` names. Yours comes from somewhere else: what "
    "does indexing with `order` give?"
)

ORDER_INVERTED = (
    "You send image i to place `order[i]`. It is the other way round: place i fetches from "
    "`order[i]`. With a swap of two images nobody would notice."
)

AFRESH = "np.random.default_rng(0)"


Cases = Callable[[np.random.Generator], Sequence[Case]]
DOUBLE = 1e-9  # so close that numbers of float32 do not pass


def in_double(cases: Cases) -> Cases:
    """The same cases, for numbers with the digits of float64."""

    @functools.wraps(cases)
    def tight(rng: np.random.Generator) -> Sequence[Case]:
        return [replace(case, rtol=DOUBLE) for case in cases(rng)]

    return tight


def own_generator(name: str) -> str:
    """Code that stands for ``np.random``, with the same noise in every build of a card."""
    return f'{name}.__dict__.setdefault("own", np.random.default_rng(7))'


def chance(name: str, call: str) -> tuple[Mistake, Mistake]:
    """A seed inside the function, and a generator of its own; ``call`` is the answer's draw."""
    return (
        Mistake("fixed seed", call, call.replace("rng", AFRESH, 1), FIXED_SEED),
        Mistake(
            "generator not used", call, call.replace("rng", own_generator(name), 1), OWN_GENERATOR
        ),
    )


def seen(
    name: str,
    about: str,
    probe: str,
    rng: np.random.Generator,
    bands: dict[str, float],
    **more: Any,
) -> Case:
    """A case about chance: a probe, its inputs, and how far each statistic may lie off.

    Counts that chance leaves alone get a band of nothing: no two mistakes are told by them alone.
    """
    certain = dict.fromkeys(CERTAIN.get(probe, ()), 0.0)
    inputs = {**more, "seed": int(rng.integers(10**6))}
    return Case(
        name,
        about=about,
        probe=probe,
        inputs=inputs,
        bands={f"[{key!r}]": max(band, 1e-9) for key, band in (certain | bands).items()},
        atol=1e-9,
    )


CERTAIN = {
    "shifted": ("number of different places",),
    "holes": (
        "number of different holes",
        *(f"{way} {side} of a hole" for way in ("greatest", "least")
          for side in ("height", "width")),
    ),
}  # fmt: skip


def six_sigma(chance: float, draws: int) -> float:
    """How far the shares of two right answers may lie apart in ``draws`` coins."""
    return float(6 * np.sqrt(2 * chance * (1 - chance) / draws))


def mean_band(spread: float, draws: int) -> float:
    """The same for means of numbers with this standard deviation."""
    return float(6 * np.sqrt(2 / draws) * spread)


def pictures(rng: np.random.Generator, *shape: int) -> Array:
    """Images without zeros, with few digits."""
    return np.round(rng.uniform(0.1, 0.9, size=shape), 3)


def shares(rng: np.random.Generator, rows: int, classes: int) -> Array:
    """Soft targets, as after smoothing or an earlier mix; rows sum to 1."""
    labels = rng.permutation(np.arange(rows) % classes)
    return 0.9 * np.eye(classes)[labels] + 0.1 / classes


def soft(rng: np.random.Generator, rows: int, classes: int) -> Array:
    """Targets of which no two entries of a column are alike; rows sum to 1."""
    parts = 1.0 + np.array([rng.permutation(rows) for _ in range(classes)]).T
    return np.round(parts / parts.sum(axis=1, keepdims=True), 12)


def cycle(rng: np.random.Generator, count: int) -> np.ndarray:
    """An order that is one large cycle, and so differs from its inverse.

    From four on it is no mere shift either.
    """
    while True:
        members = rng.permutation(count)
        order = np.zeros(count, dtype=int)
        order[members] = np.roll(members, -1)
        steps = (order - np.arange(count)) % count
        if count < 4 or len(np.unique(steps)) > 1:
            return order
