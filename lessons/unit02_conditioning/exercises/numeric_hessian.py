"""The exercise ``numeric_hessian``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import landscape
from course_lib.arrays import Array


def hessian_cases(rng: np.random.Generator) -> Sequence[Case]:
    def polynomial(
        name: str, about: str, terms: dict[tuple[int, ...], float], x: Array, **kwargs: float
    ) -> Case:
        return Case(
            name,
            about=about,
            probe="second_differences",
            inputs={
                "coefficients": np.array(list(terms.values())),
                "exponents": np.array(list(terms)),
                "x": x,
                "kwargs": kwargs,
                "h": kwargs.get("h", 1e-4),
            },
            rtol=1e-4,
            atol=1e-4,
        )

    some = np.round(rng.uniform(1.0, 4.0, size=6), 2)
    return [
        polynomial(
            "one variable, a cubic",
            "For one variable this is the ordinary second derivative.",
            {(3,): some[0], (1,): 2.0, (0,): -1.0},
            np.array([0.7]),
        ),
        polynomial(
            "a bowl whose axes are turned",
            "The entries beside the diagonal are the mixed second derivatives: both coordinates "
            "have to be moved at once.",
            {(2, 0): some[1], (1, 1): -some[2], (0, 2): 5.5, (1, 0): 1.5},
            draw(rng, 2),
        ),
        polynomial(
            "Rosenbrock's banana valley",
            "Here the curvature differs from point to point; Rosenbrock's function is "
            "(1 - x1)^2 + 100 (x2 - x1^2)^2.",
            {(4, 0): 100.0, (2, 1): -200.0, (0, 2): 100.0, (2, 0): 1.0, (1, 0): -2.0, (0, 0): 1.0},
            np.round(rng.uniform(0.4, 1.2, size=2), 2),
        ),
        polynomial(
            "a large step on a cubic in three variables",
            "With h = 0.25 the errors of one-sided differences are large; central differences are "
            "exact on this function, because the errors of opposite steps cancel.",
            {(3, 0, 0): some[3], (1, 2, 0): -2.5, (0, 1, 1): some[4], (1, 1, 1): 3.0, (0, 0, 2): 1},
            draw(rng, 3) + np.array([6.0, -5.0, 7.0]),
            h=0.25,
        ),
        polynomial(
            "a mixed derivative only",
            "x1 x2 is flat along both axes; its curvature shows only when both are moved.",
            {(1, 1): some[5], (1, 0): -1.0},
            draw(rng, 2),
        ),
    ]


def hessian_from_gradients(f, x, *, h=1e-4):
    """Central differences of central-difference gradients, column by column."""

    def gradient(point):
        out = np.empty_like(point)
        for i in range(point.size):
            up, down = point.copy(), point.copy()
            up[i] += h
            down[i] -= h
            out[i] = (f(up) - f(down)) / (2 * h)
        return out

    columns = []
    for e in np.eye(x.size):
        columns.append((gradient(x + h * e) - gradient(x - h * e)) / (2 * h))
    return np.stack(columns, axis=1)


def hessian_three_points(f, x, *, h=1e-4):
    """The usual three points on the diagonal, four points beside it, as nested lists."""
    n = len(x)
    middle = f(x)
    rows = [[0.0] * n for _ in range(n)]

    def at(i, a, j, b):
        point = np.array(x, dtype=float)
        point[i] += a * h
        point[j] += b * h
        return f(point)

    for i in range(n):
        rows[i][i] = (at(i, 1, i, 0) - 2 * middle + at(i, -1, i, 0)) / h**2
        for j in range(i + 1, n):
            mixed = at(i, 1, j, 1) - at(i, 1, j, -1) - at(i, -1, j, 1) + at(i, -1, j, -1)
            rows[i][j] = rows[j][i] = mixed / (4 * h * h)
    return rows


def hessian_along_sums(f, x, *, h=1e-4):
    """Curvatures along e_i + e_j and e_i - e_j, and the polarisation identity."""
    basis = np.eye(len(x))

    def bend(v):
        return (f(x + h * v) + f(x - h * v) - 2 * f(x)) / h**2

    return np.array([[(bend(a + b) - bend(a - b)) / 4 for a in basis] for b in basis])


def hessian_seven_points(f, x, *, h=1e-4):
    """The seven-point formula, which needs fewer calls."""
    d, e = len(x), h * np.eye(len(x))
    up, down, middle = [f(x + v) for v in e], [f(x - v) for v in e], f(x)
    out = np.diag([(u - 2 * middle + w) / h**2 for u, w in zip(up, down, strict=True)])
    for i, j in zip(*np.triu_indices(d, 1), strict=True):
        both = f(x + e[i] + e[j]) + f(x - e[i] - e[j])
        out[i, j] = (both - up[i] - up[j] - down[i] - down[j] + 2 * middle) / (2 * h**2)
        out[j, i] = out[i, j]
    return out


NUMERIC_HESSIAN = Exercise(
    reference=landscape.numeric_hessian,
    cases=hessian_cases,
    returns=("hessian",),
    read="Measure the bending",
    praise="Exact on cubics, symmetric, and it needs nothing but `f`: a Hessian you can trust as a "
    "check for others.",
    hints=(
        "A second derivative is a difference of differences. For entry (i, j), step along "
        "coordinate i, step along coordinate j, and compare.",
        "Use the four corners of a little square (or, on the diagonal, of a line) around `x`: plus "
        "or minus h along i, plus or minus h along j. Which corners count positively, which "
        "negatively?",
        "Corners where both steps have the same sign count plus, the others minus; the sum is "
        "divided by (2h) squared, because either difference spans 2h.",
    ),
    mistakes=(
        Mistake(
            "one-sided differences",
            "f(x + steps[i] + steps[j]) + f(x - steps[i] - steps[j])",
            "4 * (f(x + steps[i] + steps[j]) + f(x))",
            "Your differences look to one side only, so their error shrinks like h, not like h "
            "squared. Let every step have a partner in the opposite direction.",
            more=(
                (
                    "f(x + steps[i] - steps[j]) + f(x - steps[i] + steps[j])",
                    "4 * (f(x + steps[i]) + f(x + steps[j]))",
                ),
            ),
        ),
        Mistake(
            "no mixed derivatives",
            "for j in range(i + 1):",
            "for j in [i]:",
            "The diagonal is right and everything beside it is zero: mixed second derivatives need "
            "steps along two coordinates at once.",
        ),
        Mistake(
            "one triangle empty",
            "            hessian[j, i] = hessian[i, j]\n",
            "",
            "Only one triangle of the matrix is filled. Which entries of a Hessian are equal?",
        ),
        Mistake(
            "divided by h squared only",
            "(4 * h**2)",
            "h**2",
            "Everything is four times too large. Over how long a distance does each of the two "
            "differences reach, from one side to the other?",
        ),
        Mistake(
            "factor 2 instead of 4",
            "(4 * h**2)",
            "(2 * h**2)",
            "Everything is twice too large: both differences, not one of them, span two steps.",
        ),
        Mistake(
            "divided by h once",
            "(4 * h**2)",
            "(4 * h)",
            "A second derivative is a difference of differences: each of the two has to be divided "
            "by its own distance, so `h` comes in how often?",
        ),
        Mistake(
            "step lost in rounding",
            "d = len(x)",
            "h = 1e-8\n    d = len(x)",
            "Your step is so small that the differences of `f` are pure rounding error, and "
            "dividing by the square of the step blows that up. Use the `h` that is given.",
        ),
        Mistake(
            "h ignored",
            "d = len(x)",
            "h = 1e-4\n    d = len(x)",
            "The numbers are right, but the points at which you ask `f` do not lie `h` away from "
            "`x`: use the caller's step, as it is.",
        ),
        Mistake(
            "signs of the corners",
            "(same - opposite)",
            "(same + opposite)",
            "All four corners enter with a plus, so the value of `f` itself stays in. Corners with "
            "steps of opposite sign have to be taken off.",
        ),
        Mistake(
            "turned upside down",
            "(same - opposite)",
            "(opposite - same)",
            "Every entry has the wrong sign: a bowl comes out as a dome. Which corners lie high "
            "when f = x1 x2?",
        ),
        Mistake(
            "diagonal four times too small",
            "(4 * h**2)",
            "((16 if i == j else 4) * h**2)",
            "The mixed derivatives are right, the diagonal is four times too small. Beside the "
            "diagonal two differences span 2h each; how far apart are the points on a line?",
        ),
        Mistake(
            "mixed derivatives with the wrong sign",
            "(same - opposite)",
            "(same - opposite) * (1 if i == j else -1)",
            "The diagonal is right, the mixed derivatives have the wrong sign: which of the four "
            "corners lie high when f = x1 x2?",
        ),
        Mistake(
            "a corner missing",
            "f(x + steps[i] - steps[j]) + f(x - steps[i] + steps[j])",
            "2 * f(x)",
            "Two of the corners are replaced by the middle. That measures the bending along the "
            "sum of two coordinates, which mixes their own curvatures in.",
        ),
        Mistake(
            "diagonal counted twice",
            "            hessian[j, i] = hessian[i, j]\n",
            "",
            "The diagonal comes out twice too large: a triangle plus its transpose counts it "
            "twice. Fill both entries of a pair instead, or take the diagonal off once.",
            more=(("return hessian", "return hessian + hessian.T"),),
        ),
        Mistake(
            "middle counted once",
            "return hessian",
            "return hessian + f(x) / h**2 * np.eye(d)",
            "On the diagonal the value of `f` itself stays in: on a plane your second derivative "
            "should be 0. How often must the middle be taken off the two outer points?",
        ),
        Mistake(
            "half",
            "(4 * h**2)",
            "(8 * h**2)",
            "Everything is half of what it should be. Try it on x^2, whose second derivative is 2.",
        ),
        Mistake(
            "one of two differences one-sided",
            "for j in range(i + 1):",
            "for j in range(d):",
            "One of your two differences is central, the other looks to one side only, so the "
            "error shrinks like h, and the matrix is not even symmetric.",
            more=(
                ("            hessian[j, i] = hessian[i, j]\n", ""),
                ("+ f(x - steps[i] - steps[j])", "- f(x + steps[i] - steps[j])"),
                (
                    "opposite = f(x + steps[i] - steps[j]) + f(x - steps[i] + steps[j])",
                    "opposite = f(x + steps[j]) - f(x - steps[j])",
                ),
                ("(4 * h**2)", "(2 * h**2)"),
            ),
        ),
        Mistake(
            "mixed derivatives one-sided",
            "            hessian[j, i] = hessian[i, j]\n",
            "            if i != j:\n"
            "                corner = f(x + steps[i] + steps[j]) + f(x)\n"
            "                hessian[i, j] = (corner - f(x + steps[i]) - f(x + steps[j])) / h**2\n"
            "            hessian[j, i] = hessian[i, j]\n",
            "The diagonal is right. Beside it you use a square with `x` in one corner, so its "
            "error shrinks like h only. Put `x` into the middle of the square.",
        ),
        Mistake(
            "mixed derivatives halved",
            "(4 * h**2)",
            "((4 if i == j else 8) * h**2)",
            "The diagonal is right, the mixed derivatives are half of what they should be. Try "
            "x1 x2, whose mixed derivative is 1.",
        ),
        Mistake(
            "mixed derivatives doubled",
            "(4 * h**2)",
            "((4 if i == j else 2) * h**2)",
            "The diagonal is right, the mixed derivatives are twice too large. Try x1 x2, whose "
            "mixed derivative is 1.",
        ),
        Mistake(
            "mixed derivatives four times too large",
            "(4 * h**2)",
            "((4 if i == j else 1) * h**2)",
            "The diagonal is right, the mixed derivatives are four times too large: how long are "
            "the sides of the square whose corners you ask?",
        ),
    ),
    accepted=(
        hessian_from_gradients,
        hessian_three_points,
        hessian_along_sums,
        hessian_seven_points,
    ),
    points=3,
    hidden_points=1,
)
