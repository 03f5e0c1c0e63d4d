"""What several exercises of unit 10 share: headings, cases, helpers."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from autograde.spec import Case, draw
from course_lib.arrays import Array

FIXED_SEED = (
    "Two calls drop exactly the same: a seed is set inside your function, or chance plays no part "
    "in it. Then the same ones are missing for the whole training, and you train a smaller net."
)

OWN_GENERATOR = (
    "The noise does not come from the `rng` that you are given, so nobody can repeat a run: draw "
    "with the generator's own methods, not with `np.random`."
)

FLAG_IGNORED = "Your function drops at test time as well: what is the argument `train` for?"
FLAG_REVERSED = "It is the other way round: noise while training, none at test time."

SWAPPED = (
    "The wrong ones stay: the share that survives is 1 minus what it should be. Which side of the "
    "comparison is the chance to *stay*?"
)

EXACT_NUMBER = (
    "In every call exactly the same number stays; you only choose which. Each one has a coin of "
    "its own, which knows nothing of the others, so that the number varies from call to call."
)

NORMAL = (
    "The noise is drawn from a normal distribution. Its values are not spread evenly over 0 to 1, "
    "so comparing them with a probability does not give that probability."
)


Cases = Callable[[np.random.Generator], Sequence[Case]]
DOUBLE = 1e-9  # so close that numbers of float32 do not pass


def in_double(cases: Cases) -> Cases:
    """The same cases, for numbers with the digits of float64."""

    @functools.wraps(cases)
    def tight(rng: np.random.Generator) -> Sequence[Case]:
        return [replace(case, rtol=DOUBLE) for case in cases(rng)]

    return tight


def own_generator(name: str) -> str:
    """Code that stands for ``np.random``, with the same noise in every build of a card.

    A generator that belongs to the function and moves on with every call, whatever ``rng`` is.
    """
    return f'{name}.__dict__.setdefault("own", np.random.default_rng(7))'


def nonzero(rng: np.random.Generator, *shape: int) -> Array:
    """Like ``draw``, but nothing is near 0: a zero in a result then has been dropped."""
    values = draw(rng, *shape)
    return np.where(np.abs(values) < 0.05, 0.5, values)


def six_sigma(chance: float, draws: int) -> float:
    """How far two right answers' shares of ``draws`` coins may lie apart."""
    return float(6 * np.sqrt(2 * chance * (1 - chance) / draws))


def low_chance(rng: np.random.Generator) -> float:
    """Far enough from a half for a share of coins to tell the two apart."""
    return float(np.round(rng.uniform(0.2, 0.28), 2))
