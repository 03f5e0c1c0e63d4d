"""What several exercises of unit 06 share: headings, cases, helpers."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Mistake, draw
from course_lib.arrays import Array
from course_lib.optim import AdamState

MOMENTS = "Two averages that start at zero"


def away(rng: np.random.Generator, *shape: int) -> Array:
    """Random numbers of either sign, none of them near zero, where eps would count."""
    numbers = draw(rng, *shape)
    return np.round(numbers + np.copysign(0.5, numbers), 3)


def run(
    rng: np.random.Generator,
    name: str,
    about: str,
    shapes: Sequence[tuple[int, ...]],
    steps: int,
    *,
    scale: Sequence[float] | Array | float = 1.0,
    **kwargs: float | tuple[float, float],
) -> Case:
    """A path of Adam or a relative of it; ``scale`` multiplies the gradients of an array."""
    starts = [away(rng, *shape) for shape in shapes]
    return Case(
        name,
        about=about,
        probe="path",
        inputs={
            "starts": starts,
            "states": [AdamState.zeros_like(start) for start in starts],
            "grads": [np.asarray(scale) * away(rng, steps, *shape) for shape in shapes],
            "kwargs": kwargs,
        },
        rtol=1e-9 if np.max(scale) < 1e-3 else 1e-10 if np.max(scale) > 1e3 else 1e-7,
    )


# Of gradients: so large that eps is lost beside them and only a lack of digits is seen, and not
# round, because float32 holds round numbers exactly.
HUGE = 1_234_567.0
DIGITS = "Gradients in the millions make steps of the same length, and every digit counts."


def handed_on(call: str, step: str, averages: str = "m_hat / (np.sqrt(v_hat) + eps)") -> str:
    """``call`` of ``adam`` in a right answer, written out with another ``step`` in the state."""
    given = call.removeprefix("return ")
    return (
        f"_, new = {given}\n"
        "    m_hat = new.m / (1 - betas[0] ** new.step)\n"
        "    v_hat = new.v / (1 - betas[1] ** new.step)\n"
        f"    return {given.split('(')[1].split(',')[0]} - lr * {averages}, "
        f"AdamState({step}, new.m, new.v)"
    )


def of_adam_itself(call: str) -> tuple[Mistake, ...]:
    """Mistakes of an answer that writes Adam out anew, or that hands on too little to it."""

    def lost(name: str, find: str) -> Mistake:
        return Mistake(
            f"{name} lost",
            call,
            call.replace(find, ""),
            f"`{name}` gets lost on the way: the Adam that you use falls back on its default. Hand "
            "on everything you were given.",
        )

    return (
        Mistake(
            "betas and eps lost",
            call,
            call.replace(", betas=betas, eps=eps", ""),
            "betas and eps get lost on the way: the Adam that you call falls back on its defaults. "
            "Hand on everything you were given.",
        ),
        lost("betas", ", betas=betas"),
        lost("eps", ", eps=eps"),
        Mistake(
            "eps inside the root",
            call,
            handed_on(call, "new.step", "m_hat / np.sqrt(v_hat + eps)"),
            "in Adam's own step your eps stands inside the root. Here it is added outside.",
            convention=True,
            read="The small print",
        ),
        Mistake(
            "no correction",
            call,
            handed_on(call, "new.step", "new.m / (np.sqrt(new.v) + eps)"),
            "In Adam's own step the averages are used as they are. They start at zero: where is "
            "the correction?",
            read=MOMENTS,
        ),
        Mistake(
            "the count never grows",
            call,
            handed_on(call, "state.step"),
            "In the state that you return the count of updates is the old one, so that every "
            "update is corrected like the first.",
            read=MOMENTS,
        ),
    )
