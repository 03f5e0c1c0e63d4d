"""What several exercises of unit 05 share: headings, cases, helpers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograde.spec import Case, Mistake, draw
from course_lib.arrays import Array

TINY = 1e-5  # of gradients: so small that eps counts, so large that their squares do
LARGE = 1e7  # so large that eps is lost, and that only a lack of digits is seen


def gradients(rng: np.random.Generator, steps: int, shape: tuple[int, ...], scale: float) -> Array:
    """Normal numbers away from zero, of the given size, with five digits or fewer."""
    values = draw(rng, steps, *shape)
    values = np.where(np.abs(values) < 0.2, 0.2 + np.abs(values), values)
    return np.round(values * scale, 9)


def starts_of(rng: np.random.Generator, shapes: tuple[tuple[int, ...], ...]) -> list[Array]:
    """Params away from zero: near it, a step's last digits would count."""
    numbers = [draw(rng, *shape) for shape in shapes]
    return [np.round(n + np.copysign(0.5, n), 3) for n in numbers]


def rule_cases(
    state: Any, first: str, *, precision: float = 1e-6, **given: float
) -> Callable[[np.random.Generator], Sequence[Case]]:
    """The cases of a rule whose state is ``state``; ``given`` are its arguments besides eps.

    ``first`` says what is in the memory in the first step; a rule whose steps are small beside the
    params needs more ``precision``.
    """

    def cases(rng: np.random.Generator) -> Sequence[Case]:
        def run(
            name: str,
            about: str,
            steps: int,
            hyper: Mapping[str, float],
            shapes: tuple[tuple[int, ...], ...] = ((4,),),
            *,
            scale: float = 1.0,
            still: bool = False,
            from_zero: bool = False,
            rtol: float = precision,
        ) -> Case:
            starts = starts_of(rng, shapes)
            if from_zero:  # then the digits of a small step are not lost beside the param's
                starts = [np.zeros(shape) for shape in shapes]
            grads = [gradients(rng, steps, shape, scale) for shape in shapes]
            if still:
                grads[0][:, 1] = 0.0
            inputs = {
                "starts": starts,
                "states": [state.zeros_like(start) for start in starts],
                "grads": grads,
                "kwargs": hyper,
            }
            return Case(name, about=about, probe="path", inputs=inputs, rtol=rtol)

        return [
            run("first step", first, 1, given),
            run(
                "a matrix of large gradients",
                "The entries of a matrix are coordinates like any others, and the same gradients "
                "ten million times as large make steps of the same length.",
                3,
                given,
                ((2, 3),),
                scale=LARGE,
                from_zero=True,
                rtol=1e-10,
            ),
            run("five steps", "From the second step on, the memory decides.", 5, given),
            run("the default arguments", "Without arguments, the defaults count.", 3, {}),
            run(
                "tiny gradients",
                "Gradients of about 1e-5 show what eps does, and where it stands.",
                3,
                given,
                scale=TINY,
                from_zero=True,
                rtol=1e-9,
            ),
            run(
                "a large eps",
                "With eps = 0.9 it matters even for gradients of ordinary size where it stands.",
                3,
                {**given, "eps": 0.9},
            ),
            run(
                "a gradient that stays 0",
                "A coordinate that never has a gradient stays where it is, and becomes no nan.",
                3,
                given,
                still=True,
            ),
            run(
                "two arrays in turn",
                "Two parameter arrays are updated in turn, each with its own state.",
                3,
                given,
                ((2, 3), (3,)),
            ),
        ]

    return cases


def fixed(argument: str, find: str, replace: str, *more: tuple[str, str]) -> Mistake:
    """A number where an argument should be."""
    return Mistake(
        f"{argument} is a fixed number",
        find,
        replace,
        f"Right for the default {argument} and for nothing else: is there a number in your code "
        "where the argument should be?",
        more=more,
    )


def kept(find: str, replace: str) -> Mistake:
    return Mistake(
        "state not handed on",
        find,
        replace,
        "The first step is right, then the memory is lost: the state that you return still holds "
        "the old numbers.",
    )


# A state that also counts its updates, as an answer that thinks of another rule would make one.
COUNTED = "type('Counted', (), {{'{0}': {0}, 'steps': steps}})()"

CLIMBS = "The param moves along the gradient, uphill: check the sign of the step."

ONE_FOR_ALL = (
    "All coordinates share one number: you sum or average over the array. The point of the method "
    "is that every coordinate keeps a memory of its own, so nothing is summed here."
)

NO_ROOT = (
    "You divide by the squares themselves. A gradient over its own square gets *larger* where the "
    "gradient is small: what brings a square back to the size of a gradient?"
)

EPS_INSIDE = (
    "your eps stands under the root, as DD2424 L5 and CSC421 L7-8 print it. Here, as in CS231n and "
    "in PyTorch, it is added to the root. For gradients of ordinary size the two agree; for tiny "
    "ones an eps of 1e-8 under the root acts like 1e-4."
)

EPS_MISSING = (
    "What you divide by has no eps in it. A coordinate whose gradients have all been 0 is divided "
    "by 0 and becomes nan; blank pixels do that in every image."
)

EPS_GUARD = (
    "You do without eps and look after the zeros by hand. A gradient of 1e-5 and one of 0 are then "
    "treated quite differently, and the argument eps does nothing: add it, everywhere."
)

EPS_LARGER = (
    "You divide by the larger of the root and eps. That is finite too, but another rule where the "
    "root is about as large as eps. Here eps is always *added*."
)

EPS_IN_MEMORY = (
    "eps goes into the memory itself: it is handed on, and under the root it counts more than "
    "beside it. The memory is of squared gradients only; eps belongs to what you divide by."
)

PRECEDENCE = (
    "eps is added to the step, not to what you divide by: where does the fraction end? A "
    "parenthesis is missing around root and eps."
)
