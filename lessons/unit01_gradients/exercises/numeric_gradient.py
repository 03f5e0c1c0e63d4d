"""The exercise ``numeric_gradient``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Function, Mistake, draw
from course_lib import gradcheck


def difference_cases(rng: np.random.Generator) -> Sequence[Case]:
    def case(
        name: str,
        about: str,
        shape: tuple[int, ...],
        cubic: float,
        *,
        unit: float = 1.0,
        **kwargs: float,
    ) -> Case:
        size = int(np.prod(shape))
        root = draw(rng, size, size)
        x = np.array(draw(rng, *shape) + np.where(rng.random(shape) < 0.5, -1.0, 1.0))
        return Case(
            name,
            about=about,
            probe="differences",
            inputs={
                "x": np.array(unit * x),
                "tilt": draw(rng, size, scale=3.0),
                "bend": np.round(root + root.T, 3) + np.diag(3.0 + np.arange(size)),
                "cubic": cubic,
                "kwargs": kwargs,
            },
            rtol=1e-6,
            atol=1e-7,
        )

    start = np.array([-1.2, 1.0]) + draw(rng, 2, scale=0.1)
    bends_quickly = case(
        "the default step",
        "Without the argument, h is 1e-5; this f bends so quickly that any other step shows.",
        (3,),
        1e8,
        unit=1e-5,
    )
    return [
        case("four numbers", "One slope for each entry of x.", (4,), 0.0),
        case(
            "a matrix",
            "x has shape (2, 3), and so has its gradient: every single entry is moved in turn.",
            (2, 3),
            0.3,
        ),
        case(
            "a long step",
            "With h = 0.5 a slope is that of the chord from x - h to x + h, and the chord of a "
            "cubic is not its tangent: the step must be the one that was asked for.",
            (3,),
            0.7,
            h=0.5,
        ),
        Case(
            "the banana valley",
            (Function("problems.rosenbrock"), start),
            {"h": 1e-3},
            about="Rosenbrock's function is steep and curved: with h = 1e-3 one-sided and central "
            "differences differ visibly.",
            atol=1e-7,
        ),
        case(
            "a single number",
            "x may have no axis at all, shape (): it has one entry, reached with the index ().",
            (),
            0.2,
            h=0.25,
        ),
        bends_quickly,
    ]


def numeric_in_place(f, x, *, h=1e-5):
    """x itself is moved and put back; nditer walks through it."""
    grad = np.zeros_like(x)
    walk = np.nditer(x, flags=["multi_index"])
    while not walk.finished:
        index = walk.multi_index
        old = x[index].copy()
        x[index] = old + h
        right = f(x)
        x[index] = old - h
        left = f(x)
        x[index] = old
        grad[index] = (right - left) / (2 * h)
        walk.iternext()
    return grad


def numeric_with_basis(f, x, *, h=1e-5):
    """Unit vectors, reshaped to x; the slopes are collected in a list."""
    units = np.eye(x.size).reshape(-1, *x.shape)
    return np.reshape([(f(x + h * e) - f(x - h * e)) / (h + h) for e in units], x.shape)


def numeric_flat(f, x, *, h=1e-5):
    """Half the forward plus half the backward difference, on a flat copy."""
    flat = np.array(x, dtype=float).reshape(-1)
    middle = f(x)
    slopes = np.empty(flat.shape)
    for i in range(flat.size):
        moved = flat.copy()
        moved[i] = flat[i] + h
        forward = (f(moved.reshape(x.shape)) - middle) / h
        moved[i] = flat[i] - h
        backward = (middle - f(moved.reshape(x.shape))) / h
        slopes[i] = 0.5 * (forward + backward)
    return slopes.reshape(x.shape)


COPIES = "        right = x.astype(np.float64)\n        left = x.astype(np.float64)\n"
LOOP = "    for index in np.ndindex(x.shape):\n"
QUOTIENT = "(f(right) - f(left)) / (2 * h)"

NUMERIC = Exercise(
    reference=gradcheck.numeric_gradient,
    cases=difference_cases,
    returns=("grad",),
    read="The slope by trying",
    praise="Central differences, entry by entry, for arrays of any shape.",
    hints=(
        "For one entry: move it up by h and ask f, move it down by h and ask f. Everything else "
        "stays where it was.",
        "`np.ndindex(x.shape)` gives the index of every entry, whatever the shape of x. Move "
        "entries of a *copy*, or put the entry back before you go on.",
        "The slope is the difference of the two values divided by the distance between the two "
        "points. How far apart are x + h and x - h?",
    ),
    mistakes=(
        Mistake(
            "forward difference",
            QUOTIENT,
            "(f(right) - f(x)) / h",
            "That is the one-sided difference: its error shrinks like h. Ask f on both sides of x, "
            "and the largest part of the error cancels.",
            read="Why two sides are better than one",
        ),
        Mistake(
            "backward difference",
            QUOTIENT,
            "(f(x) - f(left)) / h",
            "That is the one-sided difference, to the left: its error shrinks like h. Ask f on "
            "both sides of x, and the largest part of the error cancels.",
            read="Why two sides are better than one",
        ),
        Mistake(
            "divided by h",
            QUOTIENT,
            "(f(right) - f(left)) / h",
            "Every slope is twice too large. How far apart are the two points at which you ask f?",
        ),
        Mistake(
            "multiplied by h over two",
            QUOTIENT,
            "(f(right) - f(left)) / 2 * h",
            "Python reads `/ 2 * h` from left to right: first divided by 2, then *multiplied* by "
            "h. Parentheses around the denominator are missing.",
        ),
        Mistake(
            "not divided by h",
            QUOTIENT,
            "(f(right) - f(left)) / 2",
            "That is half the rise. A slope is the rise divided by the run: where does h come in?",
        ),
        Mistake(
            "only half the way back",
            QUOTIENT,
            "(f(right) - f(x)) / (2 * h)",
            "Every slope is half of what it should be: you divide by the distance 2h, but one of "
            "your two points is x itself. From x + h it takes two steps of h to get to x - h.",
        ),
        Mistake(
            "sign",
            QUOTIENT,
            "(f(left) - f(right)) / (2 * h)",
            "All slopes have the wrong sign: the value on the left is subtracted from the value on "
            "the right, not the other way round.",
        ),
        Mistake(
            "all entries moved together",
            "right[index] += h",
            "right += h",
            "Every entry of x is moved at once, so each slope is the sum of all of them. Move one "
            "entry at a time.",
            more=(("left[index] -= h", "left -= h"),),
        ),
        Mistake(
            "whole rows moved together",
            "np.ndindex(x.shape)",
            "np.ndindex(x.shape[:1])",
            "For a vector this is right, but in a matrix you move whole rows at once. An entry of "
            "a matrix has two indices.",
        ),
        Mistake(
            "entries stay moved",
            LOOP + COPIES,
            "    right = x.astype(np.float64)\n    left = x.astype(np.float64)\n" + LOOP,
            "The first slope is right, then it goes wrong: entries moved earlier have not been put "
            "back. Every entry needs a fresh copy of x, or has to be restored.",
        ),
        Mistake(
            "x is left below",
            COPIES + "        right[index] += h\n        left[index] -= h\n"
            "        grad[index] = (f(right) - f(left)) / (2 * h)\n",
            "        x[index] += h\n        above = f(x)\n        x[index] -= 2 * h\n"
            "        grad[index] = (above - f(x)) / (2 * h)\n",
            "You move x itself and leave each entry at x - h: the next slope is taken somewhere "
            "else, and the caller's x has changed. What is missing at the end of each round?",
        ),
        Mistake(
            "two names for one array",
            COPIES,
            "        right = left = x.astype(np.float64)\n",
            "All your slopes are 0: two names do not make two arrays. What is added to the one is "
            "subtracted from the other, because they are the same; make a copy.",
        ),
        Mistake(
            "h ignored",
            "    grad = np.zeros(x.shape)\n",
            "    grad = np.zeros(x.shape)\n    h = 1e-5\n",
            "With a long step the slope of a long chord is asked for, and yours is that of the "
            "tangent. Either your code does not use the caller's h, or it asks f at more than two "
            "points.",
        ),
        Mistake(
            "points h apart",
            "    grad = np.zeros(x.shape)\n",
            "    grad = np.zeros(x.shape)\n    h = h / 2\n",
            "your two points lie h apart, at x - h/2 and x + h/2. Here h is the step to either "
            "side.",
            convention=True,
        ),
        Mistake(
            "step in proportion to x",
            "        left[index] -= h\n        grad[index] = (f(right) - f(left)) / (2 * h)\n",
            "        step = h * max(1.0, abs(float(x[index])))\n"
            "        right[index] += step - h\n        left[index] -= step\n"
            "        grad[index] = (f(right) - f(left)) / (2 * step)\n",
            "you scale the step with the size of the entry, as some libraries do. Here every entry "
            "is moved by h itself.",
            convention=True,
        ),
        Mistake(
            "shape lost",
            "return grad",
            "return grad.reshape(-1)",
            "The slopes are right, but they come as one flat list. The gradient has the shape of "
            "x, whatever that is.",
        ),
        Mistake(
            "copies in single precision",
            COPIES,
            COPIES.replace("float64", "float32"),
            "Your copies of x are float32, which keeps about 7 digits: a step of 1e-5 is half lost "
            "in their rounding. Which type does the course use everywhere?",
        ),
    ),
    accepted=(numeric_in_place, numeric_with_basis, numeric_flat),
    points=2,
)
