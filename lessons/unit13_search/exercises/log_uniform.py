"""The exercise ``log_uniform``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import search

from .shared import band, drawn_range, of_chance

SHARES = {"quarter": 0.25, "half": 0.5, "three quarters": 0.75}


def log_cases(rng: np.random.Generator) -> Sequence[Case]:
    def draws(name: str, about: str, ends: tuple[float, float], size: int) -> Case:
        bands = {
            f"share of the numbers in the lowest {part} of the decades": (
                band(share, size) if size > 100 else 2.0
            )
            for part, share in SHARES.items()
        }
        seed = int(rng.integers(1_000_000))
        inputs = {"low": ends[0], "high": ends[1], "size": size, "seed": seed}
        return of_chance(name, about, "log_draws", bands, inputs)

    return [
        draws(
            "four decades",
            "Every decade should get as many numbers as any other.",
            drawn_range(rng, 1e-4, 4),
            4000,
        ),
        draws(
            "the lecture's range, up to ten",
            "The range may reach beyond 1, where logarithms change their sign.",
            (1e-6, 10.0),
            4000,
        ),
        draws(
            "less than a decade",
            "The ends need not be powers of ten.",
            drawn_range(rng, 0.2, 0.8),
            4000,
        ),
        draws("a single number", "One number is an array as well.", drawn_range(rng, 1e-3, 3), 1),
    ]


def uniform_exponents(low, high, *, size, rng):
    """DD2424's way: a random exponent of ten."""
    return 10 ** rng.uniform(np.log10(low), np.log10(high), size)


def powers_of_the_quotient(low, high, *, size, rng):
    return low * (high / low) ** rng.random(size)


def one_by_one(low, high, *, size, rng):
    return [float(np.exp2(rng.uniform(np.log2(low), np.log2(high)))) for _ in range(size)]


def jittered_steps(low, high, *, size, rng):
    """One number in each of ``size`` equal parts of the decades, in random order."""
    steps = (np.arange(size) + rng.random(size)) / size
    return rng.permutation(np.exp(np.log(low) + steps * np.log(high / low)))


LINE = "np.exp(rng.uniform(np.log(low), np.log(high), size=size))"
DRAWN = "rng.uniform(np.log(low), np.log(high), size=size)"

LOG_UNIFORM = Exercise(
    reference=search.log_uniform,
    cases=log_cases,
    returns=("numbers",),
    read="On a log scale",
    praise="Every decade gets its share of your trials.",
    hints=(
        "What is it that should be uniform: the number, or its logarithm?",
        "Take the logarithms of both ends, draw uniformly between them, and undo the logarithm.",
        "`rng.uniform(np.log(low), np.log(high), size=size)` draws the logarithms; `np.exp` undoes "
        "them.",
    ),
    mistakes=(
        Mistake(
            "uniform",
            LINE,
            "rng.uniform(low, high, size=size)",
            "Your numbers are uniform between low and high, so nearly all of them lie in the "
            "highest decade. It is the logarithm that should be uniform.",
        ),
        Mistake(
            "the logarithms themselves",
            LINE,
            DRAWN,
            "You return the logarithms. Undo the logarithm at the end.",
        ),
        Mistake(
            "two bases",
            "np.exp(rng",
            "np.power(10.0, rng",
            "Two bases are mixed: the logarithm that you undo is not the one that you took.",
        ),
        Mistake(
            "two bases, the other way round",
            "rng.uniform(np.log(low), np.log(high), size=size)",
            "rng.uniform(np.log10(low), np.log10(high), size=size)",
            "Two bases are mixed: you took logarithms to base 10 and undo natural ones, so the "
            "numbers do not fill the range.",
        ),
        Mistake(
            "whole powers of ten",
            LINE,
            "10.0 ** rng.integers(round(np.log10(low)), round(np.log10(high)) + 1, size=size)",
            "You draw whole powers of ten. That is a grid with repetitions: the exponent should be "
            "any number, not a whole one.",
        ),
        Mistake(
            "one number for all",
            DRAWN,
            "np.full(size, rng.uniform(np.log(low), np.log(high)))",
            "You draw one number and repeat it. Each of the `size` numbers needs a draw of its "
            "own.",
        ),
        Mistake(
            "regular steps",
            LINE,
            "np.exp(np.linspace(np.log(low), np.log(high), size))",
            "Your numbers are regular steps and never change: that is one axis of a grid. Draw "
            "them from `rng`.",
        ),
        Mistake(
            "a generator of its own",
            "rng.uniform(np",
            "np.random.default_rng(0).uniform(np",
            "You make a generator of your own inside, so every call gives the same numbers. Draw "
            "from the `rng` that is handed over.",
        ),
        Mistake(
            "a generator that cannot be repeated",
            "rng.uniform(np",
            "vars(log_uniform).setdefault('own', np.random.default_rng(1)).uniform(np",
            "The numbers do not come from `rng`: the same seed gives other numbers each time, and "
            "nobody can repeat your search.",
        ),
        Mistake(
            "a bell on the log scale",
            DRAWN,
            "rng.normal(np.log(low * high) / 2, np.log(high / low) / 6, size=size)",
            "The logarithms of your numbers crowd in the middle of the range. Every decade should "
            "be as likely as any other.",
        ),
        Mistake(
            "only the upper end on a log scale",
            DRAWN,
            "np.log(high) * rng.random(size)",
            "The lower end of the range plays no part in your numbers.",
        ),
    ),
    accepted=(uniform_exponents, powers_of_the_quotient, one_by_one, jittered_steps),
    points=2,
)
