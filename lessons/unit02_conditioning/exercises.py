"""Unit 02, landscape, Hessian and conditioning: the exercises and quizzes."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Choice, Exercise, Mistake, Quiz, draw
from course_lib import landscape, preprocessing
from course_lib.arrays import Array

TITLE = "Landscape, Hessian and conditioning"
MINUTES = 120


def turned(rng: np.random.Generator, *eigenvalues: float) -> Array:
    """A symmetric matrix with these eigenvalues whose axes are not the coordinates'.

    Its entries have three digits, so the eigenvalues are met to about 0.001 times their spread.
    """
    size = len(eigenvalues)
    while True:
        basis = np.linalg.qr(rng.normal(size=(size, size)))[0]
        if np.min(np.abs(basis)) > 0.15:  # no axis is nearly a coordinate's
            break
    matrix = basis @ np.diag(eigenvalues) @ basis.T
    return np.round((matrix + matrix.T) / 2, 3)


# --- numeric Hessian ----------------------------------------------------------------------------


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
            draw(rng, 3),
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
            "The numbers are right, but the points at which you ask `f` lie where they always lie: "
            "the step `h` of the caller is not used.",
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

# --- critical points ----------------------------------------------------------------------------


def kind_cases(rng: np.random.Generator) -> Sequence[Case]:
    low, high = (float(v) for v in np.round(rng.uniform((0.5, 3.0), (1.5, 6.0)), 2))
    tilted = turned(rng, -low, high)
    lopsided = np.array([[2.0, 3.0 + low], [3.0 + low, 4.0]])
    nearly = np.array([[high, high], [high, high]]) + np.diag([1e-11, 0.0])
    return [
        Case("a bowl whose axes are turned", (turned(rng, low, high),)),
        Case("a dome in two dimensions", (turned(rng, -low, -high),)),
        Case("a dome in three dimensions", (turned(rng, -low, -high, -2.0),)),
        Case("the saddle x1^2 - x2^2", (np.diag([2.0, -2.0]),)),
        Case("a saddle whose axes are turned", (tilted,)),
        Case("a saddle that goes up along both coordinate axes", (lopsided,)),
        Case("a saddle with two ways down", (np.diag([high, -low, -1.0]),)),
        Case("a saddle with one flat direction", (np.diag([low, 0.0, -high]),)),
        Case("x^4: no curvature at all", (np.zeros((1, 1)),)),
        Case("the monkey saddle: no curvature at all", (np.zeros((2, 2)),)),
        Case("a valley with a flat floor", (np.diag([high, 0.0]),)),
        Case("a ridge with a flat top", (np.diag([0.0, -low, -high]),)),
        Case("a flat floor, up to rounding", (nearly,)),
        Case(
            "a flat floor, up to rounding of the other sign",
            (nearly - np.diag([2e-11, 0.0]),),
        ),
        Case("a small but real curvature", (np.diag([1e-4, 1e5]),)),
        Case("a coarser tol: nearly flat", (np.diag([0.05, high]),), {"tol": 0.1}),
        Case("a coarser tol: nearly flat, downwards", (np.diag([high, -0.05]),), {"tol": 0.1}),
        Case("a tiny bowl", (np.array([[3e-6, 1e-6], [1e-6, 2e-6]]),)),
        Case("a saddle that goes down along the last axis", (np.diag([high, 2.0, -low]),)),
        Case(
            "just steeper than the default tol",
            (np.diag([high, 3e-8]),),
            about="Without the argument, tol is 1e-8: a curvature of 3e-8 counts.",
        ),
        Case(
            "just flatter than the default tol",
            (np.diag([3e-9, high]),),
            about="Without the argument, tol is 1e-8: a curvature of 3e-9 counts as flat.",
        ),
    ]


def kind_by_counting(hessian, *, tol=1e-8):
    """Count the ways up, the ways down and the flat ones."""
    curvatures = np.linalg.eigvals(hessian).real
    up, down = int(np.sum(curvatures > tol)), int(np.sum(curvatures < -tol))
    if up and down:
        return "saddle"
    if up == len(hessian):
        return "minimum"
    return "maximum" if down == len(hessian) else "degenerate"


def kind_by_cholesky(hessian, *, tol=1e-8):
    """A Cholesky decomposition exists for positive definite matrices only."""
    shift = tol * np.eye(len(hessian))

    def positive_definite(matrix):
        try:
            np.linalg.cholesky(matrix)
        except np.linalg.LinAlgError:
            return False
        return True

    if positive_definite(hessian - shift):
        return "minimum"
    if positive_definite(-hessian - shift):
        return "maximum"
    if positive_definite(hessian + shift) or positive_definite(-hessian + shift):
        return "degenerate"
    return "saddle"


def kind_by_rayleigh(hessian, *, tol=1e-8):
    """The extreme curvatures, from the singular values of shifted matrices."""
    bound = float(np.abs(hessian).sum()) + 1.0
    eye = np.eye(hessian.shape[0])
    _, directions = np.linalg.eigh(hessian + bound * eye)
    bends = [v @ hessian @ v for v in directions.T]
    signs = {0 if abs(b) <= tol else int(np.sign(b)) for b in bends}
    names = {frozenset({1}): "minimum", frozenset({-1}): "maximum"}
    if {1, -1} <= signs:
        return "saddle"
    return np.str_(names.get(frozenset(signs), "degenerate"))


CLASSIFY = Exercise(
    reference=landscape.classify_critical_point,
    cases=kind_cases,
    returns=("kind",),
    read="Four kinds of flat places",
    praise="Every kind is recognised, in any basis, and you say so when the Hessian cannot decide.",
    hints=(
        "Where the gradient is zero, the signs of the curvatures decide. Which numbers of a "
        "symmetric matrix are its curvatures along its own axes?",
        "It is enough to know the smallest and the largest eigenvalue, and to compare each with "
        "`-tol` and `tol`.",
        "One clearly below and one clearly above zero: saddle, even if others vanish. All clearly "
        "above: minimum. All clearly below: maximum. What is left is degenerate.",
    ),
    mistakes=(
        Mistake(
            "sign of the determinant",
            "eigenvalues = np.linalg.eigvalsh(hessian)\n",
            "det, corner = np.linalg.det(hessian), hessian[0, 0]\n"
            "    if abs(det) <= tol:\n"
            "        return 'degenerate'\n"
            "    if det < 0:\n"
            "        return 'saddle'\n"
            "    return 'minimum' if corner > 0 else 'maximum'\n"
            "    eigenvalues = np.linalg.eigvalsh(hessian)\n",
            "The determinant is the product of all curvatures. Its sign cannot tell two ways down "
            "from none, and in three dimensions every dome has a negative one. Look at the "
            "curvatures one by one.",
        ),
        Mistake(
            "sign of the trace",
            "eigenvalues = np.linalg.eigvalsh(hessian)\n",
            "trace = np.trace(hessian)\n"
            "    if trace > tol:\n"
            "        return 'minimum'\n"
            "    return 'maximum' if trace < -tol else 'saddle'\n"
            "    eigenvalues = np.linalg.eigvalsh(hessian)\n",
            "The trace is the sum of the curvatures: a strong one hides a weak one of the other "
            "sign. Look at the curvatures one by one.",
        ),
        Mistake(
            "only the diagonal",
            "np.linalg.eigvalsh(hessian)",
            "np.sort(np.diag(hessian))",
            "You look along the coordinate axes only. A surface can rise along both axes and still "
            "fall along a diagonal: which directions show the extreme curvatures?",
        ),
        Mistake(
            "all entries instead of the curvatures",
            "np.linalg.eigvalsh(hessian)",
            "np.sort(np.ravel(hessian))",
            "The entries of the matrix are not curvatures along its own axes: a bowl may have "
            "negative entries.",
        ),
        Mistake(
            "flat counts as up",
            "if smallest > tol:",
            "if smallest >= -tol:",
            "A curvature of zero does not hold the ball: x^4, x^3 and -x^4 all have it at 0. Only "
            "curvatures that are clearly positive prove a minimum.",
        ),
        Mistake(
            "flat counts as down",
            "if largest < -tol:",
            "if largest <= tol:",
            "A curvature of zero proves nothing: only curvatures that are all clearly negative "
            "prove a maximum.",
        ),
        Mistake(
            "flat anywhere is degenerate",
            "smallest = eigenvalues[0]\n",
            "smallest = eigenvalues[0]\n"
            "    if np.min(np.abs(eigenvalues)) <= tol:\n"
            "        return 'degenerate'\n",
            "One way up and one way down are enough for a saddle, whatever the other directions "
            "do: a flat one beside them leaves no question open.",
        ),
        Mistake(
            "the rest is called a saddle",
            'return "degenerate"',
            'return "saddle"',
            "What is neither a minimum nor a maximum is not always a saddle: a saddle needs a "
            "clear way up *and* a clear way down. What if there is a flat direction instead?",
        ),
        Mistake(
            "absolute values",
            "np.linalg.eigvalsh(hessian)",
            "np.sort(np.abs(np.linalg.eigvalsh(hessian)))",
            "The signs are lost before they are looked at, so everything seems to curve upwards: "
            "compare the curvatures themselves.",
        ),
        Mistake(
            "singular values",
            "np.linalg.eigvalsh(hessian)",
            "np.linalg.svd(hessian, compute_uv=False)",
            "Singular values are never negative, so they cannot tell up from down; and they come "
            "largest first.",
        ),
        Mistake(
            "tol is not used",
            "eigenvalues = np.linalg.eigvalsh(hessian)\n",
            "eigenvalues = np.linalg.eigvalsh(hessian)\n    tol = 0.0\n",
            "You compare with exactly zero. A computed eigenvalue is hardly ever exactly zero: one "
            "of 1e-12 is rounding, and `tol` says where rounding ends.",
        ),
        Mistake(
            "a tol of its own",
            "eigenvalues = np.linalg.eigvalsh(hessian)\n",
            "eigenvalues = np.linalg.eigvalsh(hessian)\n    tol = 1e-8\n",
            "Your function decides by itself what counts as flat: the caller's `tol` is not used.",
        ),
        Mistake(
            "tol relative to the largest",
            "smallest = eigenvalues[0]\n",
            "smallest = eigenvalues[0]\n    tol = tol * np.max(np.abs(eigenvalues))\n",
            "You measure flatness relative to the steepest curvature. Here `tol` is absolute, in "
            "units of curvature: 0.0001 is a real curvature even beside 100000.",
        ),
        Mistake(
            "minimum and maximum exchanged",
            'return "minimum"',
            'return "maximum"',
            "A bowl is called a maximum and a dome a minimum: in which direction does the surface "
            "bend where the curvature is positive?",
            more=(
                (
                    'if largest < -tol:\n        return "maximum"',
                    'if largest < -tol:\n        return "minimum"',
                ),
            ),
        ),
    ),
    accepted=(kind_by_counting, kind_by_cholesky, kind_by_rayleigh),
    points=3,
    hidden_points=1,
)

# --- condition number ---------------------------------------------------------------------------


def condition_cases(rng: np.random.Generator) -> Sequence[Case]:
    low, middle, high = (float(v) for v in np.round(rng.uniform((0.5, 2, 8), (1.5, 5, 20)), 2))

    def of(name: str, matrix: Array, about: str) -> Case:
        return Case(name, about=about, probe="conditioning", inputs={"matrix": matrix})

    return [
        of(
            "a diagonal matrix",
            np.diag([middle, high, low]),
            "The steepest curvature over the flattest; the order on the diagonal does not matter.",
        ),
        of(
            "a bowl whose axes are turned",
            turned(rng, low, middle, high),
            "The diagonal entries are not the curvatures when the axes are turned.",
        ),
        of(
            "a saddle",
            turned(rng, -high, -low, middle),
            "Singular values measure how strong the curvatures are, whatever their signs.",
        ),
        of("a perfectly round bowl", np.diag([high, high]), "All curvatures equal: the best case."),
        of("a tiny bowl", np.diag([3e-9, 1e-9, 2e-9]), "A common factor changes no ratio."),
        of("a huge bowl", np.diag([2e9, 8e9]), "A common factor changes no ratio."),
        of("a very long ravine", np.diag([1e5, 1e-5]), "Badly conditioned is not yet singular."),
        of("a flat direction", np.diag([1.0, 0.0]), "The flattest curvature is exactly zero."),
        of(
            "a flat direction that is hard to see",
            np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [3.0, 6.0, 9.0]]),
            "All rows are multiples of one: two curvatures are zero, up to rounding.",
        ),
    ]


def condition_numpy(hessian):
    return np.linalg.cond(hessian)


def condition_eigenvalues(hessian):
    """For symmetric matrices the singular values are the sizes of the eigenvalues."""
    sizes = sorted(abs(value) for value in np.linalg.eigvalsh(hessian))
    if sizes[0] <= 1e-14 * sizes[-1]:
        return np.inf
    return sizes[-1] / sizes[0]


def condition_from_inverse(hessian):
    """The norm of the matrix times the norm of its inverse."""
    if np.linalg.matrix_rank(hessian, tol=1e-13 * np.abs(hessian).max()) < len(hessian):
        return float("inf")
    return np.linalg.norm(hessian, 2) * np.linalg.norm(np.linalg.inv(hessian), 2)


def condition_from_square(hessian):
    """Roots of the eigenvalues of H'H by the power of a logarithm; singular by rank."""
    _, values, _ = np.linalg.svd(hessian)
    if values[-1] < 1e-14 * values[0]:
        return np.array(np.inf)
    return np.exp(np.log(values[0]) - np.log(values[-1]))


CONDITION_NUMBER = Exercise(
    reference=landscape.condition_number,
    cases=condition_cases,
    returns=("kappa",),
    read="One number for a ravine",
    praise="Right for any axes, any signs and any units, and infinite where a direction is flat.",
    hints=(
        "How many times as strong is the strongest bending as the weakest? Directions matter, not "
        "coordinates.",
        "Take the singular values (`np.linalg.svd` with `compute_uv=False`), or the absolute "
        "eigenvalues: they are the same for a symmetric matrix.",
        "Largest over smallest; and where the smallest is zero up to rounding, return infinity "
        "instead of dividing.",
    ),
    mistakes=(
        Mistake(
            "upside down",
            "    return largest / smallest",
            "    return smallest / largest",
            "You divide the weakest by the strongest, which is never more than 1. A condition "
            "number is at least 1, and large is bad.",
        ),
        Mistake(
            "only the diagonal",
            "np.linalg.svd(hessian, compute_uv=False)",
            "np.abs(np.diag(hessian))",
            "You compare the diagonal entries. They are the curvatures along the coordinate axes, "
            "which are the extreme ones only if the bowl's own axes lie along the coordinates.",
        ),
        Mistake(
            "determinant",
            "    return largest / smallest",
            "    return abs(float(np.linalg.det(hessian)))",
            "The determinant multiplies the curvatures and changes with the units: a tiny round "
            "bowl has a tiny one. Compare the largest with the smallest.",
        ),
        Mistake(
            "signs not removed",
            "np.linalg.svd(hessian, compute_uv=False)",
            "np.linalg.eigvalsh(hessian)",
            "You take the largest and the smallest *signed* eigenvalue. At a saddle the smallest "
            "is negative, perhaps the strongest of all: how strong a curvature is, is its size.",
        ),
        Mistake(
            "root taken",
            "    return largest / smallest",
            "    return float(np.sqrt(largest / smallest))",
            "That is the square root of the condition number: the singular values are already "
            "those of the Hessian itself.",
        ),
        Mistake(
            "squared",
            "    return largest / smallest",
            "    return (largest / smallest) ** 2",
            "That is the square, the condition number of H'H. Data sets need that product, "
            "a Hessian does not: its own singular values are asked for.",
        ),
        Mistake(
            "singular not recognised",
            '        return float("inf")',
            "        return 0.0",
            "A matrix with a flat direction should have an infinite condition number: gradient "
            "descent never gets anywhere along it. What does your function do when the smallest "
            "singular value is zero?",
        ),
        Mistake(
            "singular decided by size alone",
            "smallest <= rounding",
            "smallest <= 1e-4",
            "You call a matrix singular because its smallest singular value is below a fixed "
            "bound. In other units the same bowl would pass: zero has to be judged relative to the "
            "largest.",
        ),
        Mistake(
            "eps under the fraction",
            "    return largest / smallest",
            "    return largest / (smallest + 1e-8)",
            "A small number is added to the denominator. It changes the ratio of a bowl with small "
            "curvatures, and makes that of a singular matrix finite.",
            more=(("smallest <= rounding", "smallest < 0"),),
        ),
        Mistake(
            "Frobenius norms",
            "    return largest / smallest",
            "    s = singular_values\n    return float(np.sqrt(np.sum(s**2) * np.sum(1 / s**2)))",
            "That is the condition number in the Frobenius norm, which sums over all directions: "
            "what `np.linalg.norm` gives without its second argument. A round bowl should have 1.",
        ),
        Mistake(
            "largest over the mean",
            "    return largest / smallest",
            "    return largest / float(np.mean(singular_values))",
            "You compare the strongest curvature with the average one. What slows gradient descent "
            "down is the weakest.",
        ),
        Mistake(
            "difference",
            "    return largest / smallest",
            "    return largest - smallest",
            "A difference changes with the units of the loss: it has to be a ratio.",
        ),
        Mistake(
            "row sums",
            "np.linalg.svd(hessian, compute_uv=False)",
            "np.sum(np.abs(hessian), axis=1)",
            "Sums over rows only bound the curvatures. What are the stretching factors of a "
            "matrix along its own axes called?",
        ),
        Mistake(
            "smallest non-zero",
            "smallest = float(np.min(singular_values))",
            "smallest = float(np.min(singular_values[singular_values > 1e-12 * largest]))",
            "You leave the flat directions out, so a valley that is flat for ever seems harmless. "
            "With one of them the ratio is infinite.",
        ),
    ),
    accepted=(
        condition_numpy,
        condition_eigenvalues,
        condition_from_inverse,
        condition_from_square,
    ),
    points=2,
    hidden_points=1,
)

# --- closed form --------------------------------------------------------------------------------


def closed_form_cases(rng: np.random.Generator) -> Sequence[Case]:
    low, middle, high = (float(v) for v in np.round(rng.uniform((0.5, 2, 6), (1.0, 4, 9)), 2))
    return [
        Case(
            "no step at all",
            (turned(rng, low, high), draw(rng, 2)),
            {"lr": 0.1, "steps": 0},
            about="After 0 steps gradient descent is still at the start.",
        ),
        Case(
            "one step",
            (turned(rng, low, middle, high), draw(rng, 3)),
            {"lr": 0.1, "steps": 1},
            about="One step goes lr times the gradient H x against the gradient.",
        ),
        Case(
            "three steps along the axes",
            (np.diag([low, high]), draw(rng, 2)),
            {"lr": 0.07, "steps": 3},
            about="Along its own axis, every coordinate is multiplied by the same factor each "
            "step.",
        ),
        Case(
            "six steps, axes turned",
            (turned(rng, low, middle, high), draw(rng, 3)),
            {"lr": 0.05, "steps": 6},
            about="When the axes are turned, the power is that of the matrix, not of its entries.",
        ),
        Case(
            "five steps with a zig-zag",
            (turned(rng, low, high), draw(rng, 2)),
            {"lr": float(np.round(1.7 / high, 3)), "steps": 5},
            about="The steep direction flips its sign in every step.",
        ),
        Case(
            "many steps",
            (turned(rng, low, middle), draw(rng, 2)),
            {"lr": 0.01, "steps": 150},
            about="150 steps with a small step size.",
        ),
        Case(
            "a start on an axis of the bowl",
            (np.diag([high, low, middle]), np.array([0.0, 0.0, -2.5])),
            {"lr": 0.2, "steps": 4},
            about="A coordinate that starts at 0 stays there.",
        ),
    ]


def closed_form_loop(hessian, start, *, lr, steps):
    x = np.array(start, dtype=float)
    for _ in range(steps):
        x = x - lr * (hessian @ x)
    return x


def closed_form_spectral(hessian, start, *, lr, steps):
    """To the bowl's own axes, a factor for each, and back."""
    curvatures, axes = np.linalg.eigh(hessian)
    return axes @ ((1 - lr * curvatures) ** steps * (axes.T @ start))


def closed_form_eig(hessian, start, *, lr, steps):
    """The general eigensolver, as a matrix product with an inverse; a list is returned."""
    values, vectors = np.linalg.eig(np.identity(len(hessian)) - lr * hessian)
    return list(np.real(vectors @ np.diag(values**steps) @ np.linalg.inv(vectors) @ start))


def closed_form_binomial(hessian, start, *, lr, steps):
    """Squaring the matrix, as in fast exponentiation."""
    matrix, result = np.eye(len(start)) - lr * hessian, np.asarray(start)
    while steps:
        if steps % 2:
            result = matrix.dot(result)
        matrix, steps = matrix @ matrix, steps // 2
    return result


CLOSED_FORM = Exercise(
    reference=landscape.gd_closed_form,
    cases=closed_form_cases,
    returns=("x",),
    read="Gradient descent in one formula",
    praise="One formula for any number of steps, and it agrees with the loop.",
    hints=(
        "Write one step down first: x - lr * H x. What matrix takes x to the new x?",
        "The same matrix acts in every step, so after `steps` steps it has acted `steps` times. "
        "`np.linalg.matrix_power` multiplies a matrix with itself.",
        "The matrix is the identity minus `lr` times H; its power is applied to the start with "
        "`@`.",
    ),
    mistakes=(
        Mistake(
            "power of the entries",
            "np.linalg.matrix_power(one_step, steps)",
            "one_step**steps",
            "`**` raises every entry on its own. Right for a diagonal matrix, wrong as soon as the "
            "axes are turned: the matrix has to be multiplied with itself.",
        ),
        Mistake(
            "only the diagonal",
            "np.linalg.matrix_power(one_step, steps) @ start",
            "(1 - lr * np.diag(hessian)) ** steps * start",
            "You treat every coordinate on its own, as if the bowl's axes lay along the "
            "coordinates. When they are turned, coordinates mix in every step.",
        ),
        Mistake(
            "turned the wrong way",
            "np.linalg.matrix_power(one_step, steps) @ start",
            "np.linalg.eigh(hessian)[1].T @ np.diag((1 - lr * np.linalg.eigvalsh(hessian)) ** "
            "steps) @ np.linalg.eigh(hessian)[1] @ start",
            "The two turns are exchanged. The eigenvectors are the *columns* of Q: which of Q and "
            "its transpose takes a point to the coordinates along them?",
        ),
        Mistake(
            "left in the eigenbasis",
            "np.linalg.matrix_power(one_step, steps) @ start",
            "(1 - lr * np.linalg.eigvalsh(hessian)) ** steps * (np.linalg.eigh(hessian)[1].T @ "
            "start)",
            "These are the coordinates along the bowl's own axes. Turn them back to the axes in "
            "which the start was given.",
        ),
        Mistake(
            "steps multiplied instead of repeated",
            "np.linalg.matrix_power(one_step, steps) @ start",
            "(np.eye(len(start)) - steps * lr * hessian) @ start",
            "You take one step that is `steps` times as long. But the gradient changes on the way: "
            "the same factor acts again and again.",
        ),
        Mistake(
            "climbs",
            "- lr * hessian",
            "+ lr * hessian",
            "Your path runs uphill: check the sign of the step.",
        ),
        Mistake(
            "one step too many",
            "(one_step, steps)",
            "(one_step, steps + 1)",
            "You take one step more than asked for: after 0 steps the point is the start.",
        ),
        Mistake(
            "one step too few",
            "(one_step, steps)",
            "(one_step, max(steps - 1, 0))",
            "You take one step less than asked for: what does the power 1 give?",
        ),
        Mistake(
            "gradient twice as long",
            "- lr * hessian",
            "- 2 * lr * hessian",
            "Your gradient is 2 H x. The half in front of the loss, 1/2 x' H x, is there to cancel "
            "that 2.",
        ),
        Mistake(
            "gradient half as long",
            "- lr * hessian",
            "- 0.5 * lr * hessian",
            "The half belongs to the loss, 1/2 x' H x. It cancels when the gradient is taken.",
        ),
        Mistake(
            "ones instead of the identity",
            "np.eye(len(start))",
            "1",
            "`1 - lr * hessian` subtracts from a matrix full of ones. Which matrix leaves a point "
            "where it is?",
        ),
        Mistake(
            "start not used",
            " @ start",
            "",
            "You return a matrix: it still has to act on the start.",
        ),
        Mistake(
            "start multiplied entry by entry",
            " @ start",
            " * start",
            "`*` multiplies entry by entry and leaves a matrix. A matrix acts on a point with "
            "another product.",
        ),
        Mistake(
            "gradient flow",
            "np.linalg.matrix_power(one_step, steps) @ start",
            "np.linalg.eigh(hessian)[1] @ (np.exp(-lr * steps * np.linalg.eigvalsh(hessian)) * "
            "(np.linalg.eigh(hessian)[1].T @ start))",
            "The exponential is the limit of infinitely many infinitely small steps. Real steps "
            "multiply by 1 - lr * curvature, which can even be negative.",
        ),
    ),
    accepted=(
        closed_form_loop,
        closed_form_spectral,
        closed_form_eig,
        closed_form_binomial,
    ),
    points=3,
    hidden_points=1,
)

# --- the largest and the best step size ---------------------------------------------------------


def bowl_cases(rng: np.random.Generator) -> Sequence[Case]:
    low, middle, high = (float(v) for v in np.round(rng.uniform((0.5, 2, 6), (1.5, 5, 20)), 2))
    return [
        Case(
            "DD2424's ravine, x1^2 + 50 x2^2",
            (np.diag([2.0, 100.0]),),
            about="Its curvatures are 2 and 100, the eigenvalues of its Hessian.",
        ),
        Case(
            "a diagonal bowl in three dimensions",
            (np.diag([middle, high, low]),),
            about="The order on the diagonal does not matter.",
        ),
        Case(
            "a bowl whose axes are turned",
            (turned(rng, low, middle, high),),
            about="When the axes are turned, the entries of the matrix are not the curvatures.",
        ),
        Case(
            "a flat bowl with four axes",
            (turned(rng, low, high, middle, middle + 1.0) * 1e-3,),
            about="Small curvatures allow large steps.",
        ),
        Case(
            "a round bowl",
            (np.diag([high, high]),),
            about="All curvatures are equal.",
        ),
        Case(
            "one coordinate only",
            (np.array([[middle]]),),
            about="There is one curvature only: it is the steepest and the flattest at once.",
        ),
    ]


def limit_from_norm(hessian):
    return 2.0 / np.linalg.norm(hessian, 2)


def limit_from_power_iteration(hessian):
    x = np.arange(1.0, len(hessian) + 1) + 0.3
    for _ in range(4000):
        x = hessian @ x
        x = x / np.sqrt(x @ x)
    return 2 / (x @ hessian @ x)


def limit_by_bisection(hessian):
    """The largest lr for which no eigenvalue of I - lr H leaves [-1, 1]."""
    low, high = 0.0, 3.0 / min(np.diag(hessian))
    for _ in range(200):
        lr = (low + high) / 2
        stable = np.abs(np.linalg.eigvals(np.eye(len(hessian)) - lr * hessian)).max() <= 1
        low, high = (lr, high) if stable else (low, lr)
    return np.float64(low)


MAX_STABLE_LR = Exercise(
    reference=landscape.max_stable_lr,
    cases=bowl_cases,
    returns=("limit",),
    read="Three regimes and two limits",
    praise="One direction, the steepest, decides how large a step all others may take.",
    hints=(
        "Along an axis with curvature c a step multiplies the coordinate by 1 - lr * c. When does "
        "that factor leave the interval from -1 to 1?",
        "It has to stay inside for every curvature at once. Which one leaves first as lr grows?",
        "Solve 1 - lr * c = -1 for the largest eigenvalue c of the Hessian.",
    ),
    mistakes=(
        Mistake(
            "the one-step size",
            "2 / largest",
            "1 / largest",
            "1 over the curvature lands in the middle of the valley at once. How much further may "
            "a step go before it comes out as high on the other side?",
        ),
        Mistake(
            "flattest instead of steepest",
            "eigvalsh(hessian)[-1]",
            "eigvalsh(hessian)[0]",
            "You let the flattest direction decide. With that step size the steepest one explodes: "
            "which direction is the first to leave the stable range as the step grows?",
        ),
        Mistake(
            "the optimal step",
            "return 2 / largest",
            "return 2 / (largest + float(np.linalg.eigvalsh(hessian)[0]))",
            "That is the step size that converges fastest. The question is from where on it does "
            "not converge at all.",
        ),
        Mistake(
            "difference of the curvatures",
            "return 2 / largest",
            "spread = largest - float(np.linalg.eigvalsh(hessian)[0])\n"
            "    return 2 / spread if spread else float('inf')",
            "The difference of the extreme curvatures has no say here: a perfectly round bowl has "
            "a largest step, too.",
        ),
        Mistake(
            "trace",
            "return 2 / largest",
            "return 2 / float(np.trace(hessian))",
            "The trace is the sum of all curvatures, so the step is smaller than it has to be. One "
            "of them alone sets the limit.",
        ),
        Mistake(
            "mean curvature",
            "np.linalg.eigvalsh(hessian)[-1]",
            "np.mean(np.linalg.eigvalsh(hessian))",
            "You let the average curvature decide. The steepest direction is steeper than that, "
            "and explodes.",
        ),
        Mistake(
            "largest diagonal entry",
            "np.linalg.eigvalsh(hessian)[-1]",
            "np.max(np.diag(hessian))",
            "The largest entry on the diagonal is the curvature along one coordinate axis. When "
            "the bowl's axes are turned, some other direction is steeper.",
        ),
        Mistake(
            "Frobenius norm",
            "np.linalg.eigvalsh(hessian)[-1]",
            "np.linalg.norm(hessian)",
            "Without a second argument, `np.linalg.norm` sums the squares of all entries. That is "
            "not the steepest curvature, only an upper bound for it.",
        ),
        Mistake(
            "row sums",
            "np.linalg.eigvalsh(hessian)[-1]",
            "np.max(np.sum(np.abs(hessian), axis=1))",
            "Row sums only bound the steepest curvature from above: your limit is on the safe side "
            "but not the limit.",
        ),
        Mistake(
            "factor 2 counted twice",
            "2 / largest",
            "4 / largest",
            "Twice the limit: the 2 of the derivative of x^2 is already inside the Hessian.",
        ),
    ),
    accepted=(limit_from_norm, limit_from_power_iteration, limit_by_bisection),
    points=1,
)


def best_from_factors(hessian):
    """Where the two lines 1 - lr * low and lr * high - 1 cross."""
    values = np.linalg.eigvals(hessian).real
    return 1 / ((values.max() + values.min()) / 2)


def best_by_search(hessian):
    """Ternary search on the largest factor, which is convex in lr."""
    values = np.linalg.eigvalsh(hessian)
    low, high = 0.0, 2 / values[0]
    for _ in range(250):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if np.abs(1 - left * values).max() < np.abs(1 - right * values).max():
            high = right
        else:
            low = left
    return (low + high) / 2


def best_from_norms(hessian):
    steepest = np.linalg.norm(hessian, ord=2)
    flattest = 1 / np.linalg.norm(np.linalg.inv(hessian), ord=2)
    return np.array(2.0) / (steepest + flattest)


OPTIMAL_LR = Exercise(
    reference=landscape.optimal_lr,
    cases=bowl_cases,
    returns=("lr",),
    read="The best step size",
    praise="With this step the steepest and the flattest direction shrink by the same factor.",
    hints=(
        "Too small a step is slow along the flat direction, too large a step along the steep one. "
        "At the best one, neither is worse than the other.",
        "Draw |1 - lr c| against lr for the smallest and the largest curvature: two lines that "
        "cross. On which sides of their zeros?",
        "Solve 1 - lr * smallest = -(1 - lr * largest) for lr.",
    ),
    mistakes=(
        Mistake(
            "one step for the steepest",
            "2 / (eigenvalues[0] + eigenvalues[-1])",
            "1 / eigenvalues[-1]",
            "This step finishes the steepest direction at once and leaves the flat one slow. The "
            "worst direction is what counts: going a little further helps it.",
        ),
        Mistake(
            "the stability limit",
            "2 / (eigenvalues[0] + eigenvalues[-1])",
            "2 / eigenvalues[-1]",
            "At this step size the steepest direction flips for ever without shrinking. The best "
            "step lies below the limit.",
        ),
        Mistake(
            "one step for the flattest",
            "2 / (eigenvalues[0] + eigenvalues[-1])",
            "1 / eigenvalues[0]",
            "This step finishes the flattest direction at once, but the steepest one explodes.",
        ),
        Mistake(
            "factor two missing",
            "2 / (",
            "1 / (",
            "Half of the best step: check that a round bowl, with all curvatures equal to c, gives "
            "1/c.",
        ),
        Mistake(
            "difference of the curvatures",
            "(eigenvalues[0] + eigenvalues[-1])",
            "np.maximum(eigenvalues[-1] - eigenvalues[0], 1e-300)",
            "A sign slipped when you equated the two factors: at the best step one of them is "
            "positive and the other negative. For a round bowl your formula divides by zero.",
        ),
        Mistake(
            "trace",
            "2 / (eigenvalues[0] + eigenvalues[-1])",
            "2 / np.sum(eigenvalues)",
            "You add up all curvatures. That is right in two dimensions only: which of three or "
            "more decide?",
        ),
        Mistake(
            "mean curvature",
            "2 / (eigenvalues[0] + eigenvalues[-1])",
            "1 / np.mean(eigenvalues)",
            "You divide by the mean of all curvatures. In more than two dimensions those in the "
            "middle have no say: only the extreme ones can be the worst.",
        ),
        Mistake(
            "geometric mean",
            "2 / (eigenvalues[0] + eigenvalues[-1])",
            "1 / np.sqrt(eigenvalues[0] * eigenvalues[-1])",
            "You take the geometric mean of the extreme curvatures. Equate the two factors, "
            "1 - lr * smallest and lr * largest - 1, and see which mean comes out.",
        ),
        Mistake(
            "extreme entries of the diagonal",
            "np.linalg.eigvalsh(hessian)",
            "np.sort(np.diag(hessian))",
            "You take the diagonal entries for curvatures. When the axes are turned they are "
            "mixtures of them.",
        ),
        Mistake(
            "the two smallest",
            "eigenvalues[0] + eigenvalues[-1]",
            "eigenvalues[0] + eigenvalues[min(1, len(eigenvalues) - 1)]",
            "You add the two *smallest* curvatures: the largest one has to be in it.",
        ),
    ),
    accepted=(best_from_factors, best_by_search, best_from_norms),
    points=1,
)

# --- contraction factor -------------------------------------------------------------------------


def contraction_cases(rng: np.random.Generator) -> Sequence[Case]:
    low, middle, high = (float(v) for v in np.round(rng.uniform((0.5, 2, 6), (1.0, 4, 9)), 2))
    bowl = turned(rng, low, middle, high)

    def with_lr(name: str, hessian: Array, lr: float, about: str, *, atol: float = 0.0):
        return Case(name, (hessian,), {"lr": float(np.round(lr, 3))}, about=about, atol=atol)

    return [
        with_lr(
            "a small step",
            bowl,
            0.5 / high,
            "With a small step the flattest direction is the slowest.",
        ),
        with_lr(
            "a step near the limit",
            bowl,
            1.95 / high,
            "Near the limit the steepest direction is the slowest: its factor is nearly -1.",
        ),
        with_lr(
            "a step beyond the limit",
            turned(rng, low, high),
            2.4 / high,
            "Beyond the limit the factor of the steepest direction is larger than 1 in size.",
        ),
        with_lr(
            "a round bowl in one step",
            np.diag([4.0, 4.0]),
            0.25,
            "This step lands in the minimum at once: nothing is left.",
            atol=1e-12,
        ),
        with_lr(
            "a step that suits the diagonal",
            np.array([[5.0, 2.0 + low], [2.0 + low, 5.0]]),
            0.2,
            "Along both coordinate axes this step lands in the middle at once, but the axes of "
            "this bowl are the diagonals.",
        ),
        with_lr(
            "every direction overshoots",
            turned(rng, high, 1.2 * high),
            1.5 / high,
            "All factors are negative: their sizes count.",
        ),
        with_lr(
            "a saddle",
            np.diag([-low, middle, high]),
            0.3 / high,
            "Along a direction that curves downwards every step leads further away.",
        ),
        with_lr(
            "the best step",
            np.diag([middle, high, low]),
            2 / (low + high),
            "With the best step the flattest and the steepest direction tie.",
        ),
    ]


def contraction_norm(hessian, *, lr):
    return np.linalg.norm(np.eye(len(hessian)) - lr * hessian, 2)


def contraction_two_ends(hessian, *, lr):
    """The worst factor belongs to one of the two extreme curvatures."""
    values = sorted(np.linalg.eigvals(hessian).real)
    return max(1 - lr * values[0], lr * values[-1] - 1)


def contraction_loop(hessian, *, lr):
    worst = 0.0
    for value in np.linalg.eigvals(np.identity(hessian.shape[0]) - lr * hessian):
        if abs(value) > worst:
            worst = abs(value)
    return worst


CONTRACTION = Exercise(
    reference=landscape.contraction_factor,
    cases=contraction_cases,
    returns=("factor",),
    read="The best step size",
    praise="Below 1 it converges, and you can tell how fast; above 1 it does not.",
    hints=(
        "Along each axis of the bowl a step multiplies the coordinate by 1 - lr * curvature. "
        "Which of these factors slows everything down?",
        "Compute the factor for every eigenvalue of the Hessian. A factor of -0.9 is as slow as "
        "one of 0.9.",
        "The largest absolute value of 1 - lr * eigenvalue.",
    ),
    mistakes=(
        Mistake(
            "signs kept",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.max(1 - lr * eigenvalues)",
            "You take the largest signed factor. A factor of -0.95 shrinks as slowly as 0.95, and "
            "-1.4 explodes: what counts is its size.",
        ),
        Mistake(
            "all factors multiplied",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.prod(np.abs(1 - lr * eigenvalues))",
            "You multiply the factors of all directions, as a determinant does. Each direction "
            "shrinks by its own factor only; the slowest one is asked for.",
        ),
        Mistake(
            "best instead of worst",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.min(np.abs(1 - lr * eigenvalues))",
            "You report the direction that shrinks fastest. The one that lags behind decides.",
        ),
        Mistake(
            "only the steepest",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.abs(1 - lr * eigenvalues[-1])",
            "You look at the steepest direction only. With a small step it is the flattest one "
            "that lags behind.",
        ),
        Mistake(
            "only the flattest",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.abs(1 - lr * eigenvalues[0])",
            "You look at the flattest direction only. With a large step it is the steepest one "
            "that flips and lags behind, or explodes.",
        ),
        Mistake(
            "average direction",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.mean(np.abs(1 - lr * eigenvalues))",
            "You average over the directions. After many steps only the slowest one is left: that "
            "is the factor asked for.",
        ),
        Mistake(
            "factor of the loss",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.max(np.abs(1 - lr * eigenvalues)) ** 2",
            "the square is the factor by which the *loss* shrinks. Asked for is the factor of a "
            "coordinate: leave the square out.",
            convention=True,
        ),
        Mistake(
            "always the best step",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "(eigenvalues[-1] - eigenvalues[0]) / (eigenvalues[-1] + eigenvalues[0])",
            "(kappa - 1)/(kappa + 1) is the factor at the best step size only. Here the step size "
            "is given: use it.",
        ),
        Mistake(
            "entries of the matrix",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.max(np.abs(np.eye(len(hessian)) - lr * hessian))",
            "You take the largest entry of I - lr H. When the axes are turned, entries are not "
            "factors: which numbers of a matrix are?",
        ),
        Mistake(
            "diagonal only",
            "np.linalg.eigvalsh(hessian)",
            "np.sort(np.diag(hessian))",
            "You take the diagonal entries of the Hessian for its curvatures. That holds only when "
            "the bowl's axes lie along the coordinates.",
        ),
        Mistake(
            "Frobenius norm",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.sqrt(np.sum((1 - lr * eigenvalues) ** 2))",
            "You add up all directions, like `np.linalg.norm` without its second argument. The "
            "worst direction alone is asked for.",
        ),
        Mistake(
            "plus",
            "1 - lr * eigenvalues",
            "1 + lr * eigenvalues",
            "A plus sign makes every step climb: which factor does a step against the gradient "
            "give?",
        ),
        Mistake(
            "cut off at one",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.minimum(np.max(np.abs(1 - lr * eigenvalues)), 1.0)",
            "You cut the factor off at 1, and so hide how fast the path diverges.",
        ),
    ),
    accepted=(contraction_norm, contraction_two_ends, contraction_loop),
    points=1,
)

# --- suboptimality ------------------------------------------------------------------------------


def suboptimality_cases(rng: np.random.Generator) -> Sequence[Case]:
    low, middle, high = (float(v) for v in np.round(rng.uniform((0.5, 2, 6), (1.0, 4, 9)), 2))

    def after(name: str, values: list[float], start: Array, lr: float, steps: int, about: str):
        arguments = {"lr": float(np.round(lr, 4)), "steps": steps}
        return Case(name, (np.array(values), start), arguments, about=about)

    return [
        after(
            "the lecture's ravine after five steps",
            [2.0, 100.0],
            np.array([4.0, 0.5]),
            0.015,
            5,
            "DD2424's ravine x1^2 + 50 x2^2 from (4, 0.5): simulate five steps and compare.",
        ),
        after(
            "before the first step",
            [low, high],
            draw(rng, 2),
            0.1,
            0,
            "After 0 steps this is the loss at the start, 1/2 sum of curvature times coordinate "
            "squared.",
        ),
        after(
            "one direction, one step",
            [middle],
            np.array([-3.0]),
            0.1,
            1,
            "The coordinate is multiplied by 1 - lr * curvature, its square by the square.",
        ),
        after(
            "three directions",
            [middle, low, high],
            draw(rng, 3),
            0.05,
            4,
            "Every direction shrinks at its own rate, and coordinates may be negative.",
        ),
        after(
            "the best step, five directions",
            [low, low + 0.3, middle, middle + 0.7, high],
            draw(rng, 5),
            2 / (low + high),
            3,
            "Even at the best step only the extreme directions shrink by (kappa - 1)/(kappa + 1).",
        ),
        after(
            "a step that diverges",
            [low, high],
            draw(rng, 2),
            2.5 / high,
            7,
            "Beyond the limit the loss grows.",
        ),
    ]


def suboptimality_simulated(eigenvalues, start, *, lr, steps):
    x = start
    for _ in range(steps):
        x = x - lr * eigenvalues * x
    return 0.5 * np.sum(eigenvalues * x**2)


def suboptimality_loop(eigenvalues, start, *, lr, steps):
    total = 0
    for value, coordinate in zip(eigenvalues, start, strict=True):
        total += value * ((1 - lr * value) ** steps * coordinate) ** 2 / 2
    return total


def suboptimality_matrix(eigenvalues, start, *, lr, steps):
    """As the quadratic form of the end point."""
    bowl = np.diag(eigenvalues)
    end = np.linalg.matrix_power(np.eye(len(start)) - lr * bowl, steps).dot(start)
    return end.T @ bowl @ end / 2


SUBOPTIMALITY = Exercise(
    reference=landscape.suboptimality,
    cases=suboptimality_cases,
    returns=("gap",),
    read="What is left of the loss",
    praise="You have corrected a formula that is printed on ten slides.",
    hints=(
        "The minimum is 0, so what is asked for is the loss 1/2 x' H x at the end point. In the "
        "eigenbasis it is a sum over directions.",
        "Coordinate i ends at (1 - lr * l_i)^steps times where it started. Put that into "
        "1/2 l_i x_i^2 and add up.",
        "Half the sum of curvature times start squared times (1 - lr * curvature) to the power "
        "*two* times `steps`.",
    ),
    mistakes=(
        Mistake(
            "the slide's formula",
            "0.5 * np.sum(shrink * eigenvalues * start**2)",
            "np.sum(shrink * eigenvalues * start)",
            "That is the formula as the slides print it. Set `steps` to 0: the result should be "
            "the loss at the start. Two things are missing.",
            read="Find the mistake on this slide: what is left of the loss",
        ),
        Mistake(
            "half missing",
            "0.5 * np.sum",
            "np.sum",
            "Twice the right value: the bowl is *half* of x' H x.",
        ),
        Mistake(
            "square missing",
            "start**2",
            "start",
            "The loss is quadratic in the coordinates: with a start at -1 instead of 1 it must not "
            "change its sign.",
        ),
        Mistake(
            "absolute value instead of square",
            "start**2",
            "np.abs(start)",
            "The loss is quadratic in the coordinates: twice as far out is four times as high.",
        ),
        Mistake(
            "power steps",
            "(2 * steps)",
            "steps",
            "A coordinate shrinks by its factor once per step. What happens to its *square*, which "
            "is what the loss is made of?",
        ),
        Mistake(
            "curvature missing",
            "shrink * eigenvalues * start**2",
            "shrink * start**2",
            "You add up squared distances. A direction contributes to the loss in proportion to "
            "its curvature.",
        ),
        Mistake(
            "curvature squared",
            "shrink * eigenvalues * start**2",
            "shrink * eigenvalues**2 * start**2",
            "You add up the squared gradient. The loss has the curvature to the first power.",
        ),
        Mistake(
            "the best factor for all",
            "(1 - lr * eigenvalues) ** (2 * steps)",
            "((np.max(eigenvalues) - np.min(eigenvalues)) / (np.max(eigenvalues) + "
            "np.min(eigenvalues))) ** (2 * steps)",
            "(kappa - 1)/(kappa + 1) is the factor of the extreme directions at the best step "
            "size. Other directions, and other step sizes, have factors of their own.",
            read="Find the mistake on this slide: d dimensions",
        ),
        Mistake(
            "the worst factor for all",
            "(1 - lr * eigenvalues) ** (2 * steps)",
            "np.max(np.abs(1 - lr * eigenvalues)) ** (2 * steps)",
            "You let all directions shrink like the slowest one. That is a bound, not the value: "
            "every direction has its own factor.",
            read="Find the mistake on this slide: d dimensions",
        ),
        Mistake(
            "no steps taken",
            "shrink * eigenvalues * start**2",
            "eigenvalues * start**2",
            "That is the loss at the start: neither `lr` nor `steps` changes it. By which factor "
            "has each coordinate shrunk in the meantime?",
        ),
        Mistake(
            "power in the wrong place",
            "(1 - lr * eigenvalues) ** (2 * steps)",
            "(1 - lr * eigenvalues) ** 2 * steps",
            "`a ** 2 * steps` is (a squared) times `steps`, because powers bind more tightly than "
            "products. The factor acts again in every step: which number is the exponent?",
        ),
        Mistake(
            "gradient flow",
            "(1 - lr * eigenvalues) ** (2 * steps)",
            "np.exp(-2 * lr * eigenvalues * steps)",
            "The exponential holds for infinitely many infinitely small steps. Real steps multiply "
            "a coordinate by 1 - lr * curvature.",
        ),
        Mistake(
            "product of the directions",
            "0.5 * np.sum(",
            "0.5 * np.prod(",
            "The directions' shares of the loss add up, they do not multiply.",
        ),
        Mistake(
            "mean instead of sum",
            "0.5 * np.sum(",
            "0.5 * np.mean(",
            "You average over the directions: the loss is their sum.",
        ),
        Mistake(
            "one step too many",
            "(2 * steps)",
            "(2 * steps + 2)",
            "One step too many: with `steps` = 0 the loss at the start should come out.",
        ),
        Mistake(
            "not squared after all",
            "(2 * steps)",
            "(2 * steps + 1)",
            "Your power is odd: with an overshooting step a direction would contribute a negative "
            "loss.",
        ),
        Mistake(
            "shrinks the sum",
            "0.5 * np.sum(shrink * eigenvalues * start**2)",
            "0.5 * np.sum((1 - lr * eigenvalues) ** steps * np.sqrt(eigenvalues) * start) ** 2",
            "You add the directions first and square the sum: every direction has to be squared on "
            "its own.",
        ),
        Mistake(
            "plus",
            "1 - lr * eigenvalues",
            "1 + lr * eigenvalues",
            "With a plus sign gradient descent climbs: which factor does a step against the "
            "gradient give?",
        ),
    ),
    accepted=(suboptimality_simulated, suboptimality_loop, suboptimality_matrix),
    points=2,
    hidden_points=1,
)

# --- standardising ------------------------------------------------------------------------------

MEANS = "['the means of the training columns']"
SPREAD = "['the spread of the training columns']"


def standardize_cases(rng: np.random.Generator) -> Sequence[Case]:
    def data(name: str, about: str, train: Array, test: Array) -> Case:
        return Case(
            name,
            about=about,
            probe="standardized",
            inputs={"train": train, "test": test},
            bands={MEANS: 1e-5, SPREAD: 0.08},
        )

    def columns(rows: int, centres: list[float], scales: list[float], digits: int = 3) -> Array:
        values = np.array(centres) + np.array(scales) * rng.normal(size=(rows, len(centres)))
        return np.round(values, digits)

    with_constant = columns(11, [2.0, -1.0, 4.0], [1.5, 0.4, 3.0])
    with_constant[:, 1] = 5.0
    new_rows = columns(4, [2.5, -1.0, 3.0], [1.0, 0.4, 4.0])
    new_rows[:, 1] = (5.0, 5.0, 6.0, 5.0)
    return [
        data(
            "a training set and a different test set",
            "Both sets are moved by the training set's mean and divided by the training set's "
            "standard deviation, column by column.",
            columns(12, [2.0, -3.0, 0.5], [0.5, 2.0, 4.0]),
            columns(5, [3.0, -1.0, 0.0], [1.0, 3.0, 2.0]),
        ),
        data(
            "a single test row",
            "One row has no spread of its own: what the training set knows has to be enough.",
            columns(13, [1.0, 10.0], [0.3, 5.0]),
            columns(1, [2.0, 8.0], [0.5, 5.0]),
        ),
        data(
            "very different units",
            "CSC421's first data set has columns around 100 and around 0.003: both must come out "
            "with spread 1.",
            columns(14, [184.0, 0.003], [133.0, 0.0008], 6),
            columns(3, [184.0, 0.003], [133.0, 0.0008], 6),
        ),
        data(
            "far from zero",
            "CSC421's second data set lies around 1000.",
            columns(15, [1000.0, 1005.0, 3.0, -7.0], [2.5, 2.4, 1.0, 0.2]),
            columns(6, [1001.0, 1004.0, 2.0, -7.0], [2.5, 2.4, 1.0, 0.2]),
        ),
        data(
            "a constant column",
            "The second column is the same in every training row, like a pixel that is always "
            "blank: its standard deviation is 0, and nothing may become nan or inf.",
            with_constant,
            new_rows,
        ),
    ]


def standardize_with_eps(train, test):
    mu, sd = train.mean(axis=0), train.std(axis=0)
    return (train - mu) / (sd + 1e-8), (test - mu) / (sd + 1e-8)


def standardize_sample_sd(train, test):
    """Divides by N - 1 and leaves constant columns undivided; one stack for both sets."""
    scale = np.std(train, axis=0, ddof=1)
    scale[scale == 0] = 1.0
    stacked = np.vstack([train, test])
    return np.split((stacked - train.mean(0)) / scale, [len(train)])


def standardize_loop(train, test):
    """Column by column, by the definition of the variance."""
    new_train, new_test = np.zeros_like(train), np.zeros_like(test)
    for j in range(train.shape[1]):
        centre = sum(train[:, j]) / len(train)
        spread = (sum((value - centre) ** 2 for value in train[:, j]) / len(train)) ** 0.5
        if spread == 0:
            spread = 1.0
        new_train[:, j] = (train[:, j] - centre) / spread
        new_test[:, j] = (test[:, j] - centre) / spread
    return new_train, new_test


def standardize_matrices(train, test):
    """Centring matrix, and a diagonal matrix of pseudo-inverted deviations."""
    n = len(train)
    centred = train - np.ones((n, n)) @ train / n
    deviations = np.sqrt(np.diag(centred.T @ centred) / n)
    inverse = np.divide(1.0, deviations, out=np.zeros_like(deviations), where=deviations > 1e-9)
    return [centred @ np.diag(inverse), (test - np.ones((1, n)) @ train / n) * inverse]


STANDARDIZE = Exercise(
    reference=preprocessing.standardize,
    cases=standardize_cases,
    returns=("train", "test"),
    read="Repair the landscape",
    praise="The test set is treated with what the training set knows, and blank columns survive.",
    hints=(
        "Per column, over the rows: a mean and a standard deviation. Of which set, when the test "
        "set is the future?",
        "Both sets are moved by the same mean and divided by the same standard deviation. What if "
        "that is 0?",
        "Take mean and std of `train` along axis 0; where the std is 0 use 1 instead (or add a "
        "tiny number); apply the same two to `test`.",
    ),
    mistakes=(
        Mistake(
            "test set with its own statistics",
            "(test - mean) / scale",
            "(test - np.mean(test, axis=0)) / np.where(np.ptp(test, axis=0) > 0, "
            "np.std(test, axis=0), 1.0)",
            "The test set is standardised with its own mean and standard deviation. The network "
            "was trained in other coordinates, and a single new example would have no spread at "
            "all: whose statistics are known when it arrives?",
            read="Repair the landscape",
        ),
        Mistake(
            "leak: statistics of both sets",
            "mean = np.mean(train, axis=0)\n",
            "mean = np.mean(np.concatenate([train, test]), axis=0)\n",
            "Mean and standard deviation are taken over training and test set together: the test "
            "set leaks into what the network is trained on.",
            more=(
                (
                    "np.std(train, axis=0)",
                    "np.std(np.concatenate([train, test]), axis=0)",
                ),
            ),
        ),
        Mistake(
            "test set's own mean",
            "(test - mean)",
            "(test - np.mean(test, axis=0))",
            "The test set is moved by its own mean: a shift between the two sets, which the "
            "network should see, disappears.",
        ),
        Mistake(
            "rows instead of columns",
            "mean = np.mean(train, axis=0)\n",
            "mean = np.mean(train, axis=0)\n"
            "    return tuple(\n"
            "        (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)\n"
            "        for x in (train, test)\n"
            "    )\n",
            "Every *row* is standardised. Units belong to columns: an axis of the landscape is one "
            "weight, and that is one column.",
        ),
        Mistake(
            "one mean and one spread for all columns",
            "mean = np.mean(train, axis=0)\n",
            "mean = np.mean(train)\n",
            "One mean and one standard deviation are used for the whole table. A column in metres "
            "and one in seconds each need their own.",
            more=(("np.std(train, axis=0)", "np.std(train)"),),
        ),
        Mistake(
            "constant column divides by zero",
            "np.where(varies, np.std(train, axis=0), 1.0)",
            "np.std(train, axis=0)",
            "A column that never changes has standard deviation 0, and 0/0 is nan: one such column "
            "ruins every score. What may it be divided by without harm?",
        ),
        Mistake(
            "variance instead of standard deviation",
            "np.std(train, axis=0)",
            "np.var(train, axis=0)",
            "You divide by the variance, which has squared units: the columns do not come out with "
            "spread 1.",
        ),
        Mistake(
            "only centred",
            "(train - mean) / scale, (test - mean) / scale",
            "train - mean, test - mean",
            "The columns are centred but keep their units: nothing is divided.",
        ),
        Mistake(
            "only scaled",
            "(train - mean) / scale, (test - mean) / scale",
            "train / scale, test / scale",
            "The columns have spread 1 but still lie far from zero: the mean is not subtracted.",
        ),
        Mistake(
            "test set forgotten",
            "(test - mean) / scale",
            "test",
            "The test set comes back untouched. The network will see it in other units than those "
            "it was trained in.",
        ),
        Mistake(
            "test set not divided",
            "(test - mean) / scale",
            "test - mean",
            "The test set is centred but not divided: it keeps the old units.",
        ),
        Mistake(
            "divided before the mean is taken off",
            "(train - mean) / scale, (test - mean) / scale",
            "train - mean / scale, test - mean / scale",
            "Check the parentheses: only the mean is divided, the data keep their units.",
        ),
        Mistake(
            "scaled to the range",
            "np.std(train, axis=0)",
            "np.ptp(train, axis=0)",
            "your divisor is the range (largest minus smallest) or the length of the centred "
            "column, both several times the standard deviation. Here the spread should come out "
            "as 1: divide by the standard deviation instead.",
            convention=True,
        ),
        Mistake(
            "a generous eps",
            "np.where(varies, np.std(train, axis=0), 1.0)",
            "np.std(train, axis=0) + 1e-3",
            "The small number that you add to avoid dividing by zero is as large as the standard "
            "deviation of a column in small units: that column comes out much too small.",
        ),
        Mistake(
            "small columns taken for constant",
            "np.ptp(train, axis=0) > 0",
            "np.ptp(train, axis=0) > 1e-2",
            "A column in small units is taken for a constant one and keeps its tiny values. "
            "Constant means: no spread at all.",
        ),
    ),
    accepted=(
        standardize_with_eps,
        standardize_sample_sd,
        standardize_loop,
        standardize_matrices,
    ),
    points=3,
    hidden_points=1,
)

EXERCISES = (
    NUMERIC_HESSIAN,
    CLASSIFY,
    CONDITION_NUMBER,
    CLOSED_FORM,
    MAX_STABLE_LR,
    CONTRACTION,
    OPTIMAL_LR,
    SUBOPTIMALITY,
    STANDARDIZE,
)
QUIZZES: tuple[Quiz, ...] = (
    Quiz(
        "u02-quartic",
        "The Hessian of $f(x) = x^4$ at 0 is 0. What follows from that Hessian alone?",
        (
            Choice(
                "0 is a minimum.",
                False,
                "It is one for $x^4$, but the Hessian does not know: $-x^4$ and $x^3$ have the "
                "same gradient and the same Hessian at 0, and neither has a minimum there.",
            ),
            Choice(
                "0 is a saddle.",
                False,
                "A saddle needs one curvature above and one below zero. Here there is neither.",
            ),
            Choice(
                "Nothing: the second derivative cannot decide.",
                True,
                "Functions as different as $x^4$, $-x^4$ and $x^3$ share this Hessian. Only higher "
                "derivatives, or a look around, can tell them apart. The lesson calls such a point "
                "degenerate.",
            ),
            Choice(
                "0 is a critical point without a slope, so gradient descent ends up there.",
                False,
                "That the slope is 0 is the gradient's message, not the Hessian's. And with $-x^4$ "
                "gradient descent runs away from 0 from either side.",
            ),
        ),
    ),
    Quiz(
        "u02-random-minimum",
        "Among 20 000 random symmetric 4 x 4 matrices, how many have only positive eigenvalues?",
        (
            Choice(
                "About 10 000",
                False,
                "That is the share in one dimension. With four curvatures all four have to be "
                "positive.",
            ),
            Choice(
                "About 1250, one in sixteen",
                False,
                "That would be four independent coin flips. The eigenvalues of one matrix are not "
                "independent: they keep away from each other, so having all of them on one side is "
                "harder than that.",
            ),
            Choice(
                "About 50",
                True,
                "Far fewer than four coin flips would give, because eigenvalues of one matrix "
                "repel each other and spread to both sides of zero.",
            ),
        ),
    ),
    Quiz(
        "u02-at-the-limit",
        "On bowl C, whose Hessian is diag(2, 100), gradient descent runs with step size 0.02 from "
        "(4, 0.5). What is the loss after a million steps?",
        (
            Choice(
                "0, it only takes long",
                False,
                "The flat coordinate goes to 0. The steep one is multiplied by 1 - 0.02 * 100 = "
                "-1 in every step: it never gets smaller.",
            ),
            Choice(
                "12.5",
                True,
                "The steep coordinate flips between 0.5 and -0.5 for ever, and 50 times 0.25 is "
                "12.5. At exactly 2 the motion neither converges nor diverges, so the slide's "
                "second case should end *before* 2. At exactly 1 there is no decay to speak of: "
                "one step and it is over.",
            ),
            Choice(
                "Infinite, it diverges",
                False,
                "It diverges for every larger step size. At this one the factor of the steep "
                "coordinate is exactly -1: it does not grow.",
            ),
            Choice(
                "28.5, the loss at the start",
                False,
                "Only the steep coordinate is stuck. What happens to the flat one, whose factor is "
                "1 - 0.02 * 2 = 0.96?",
            ),
        ),
    ),
    Quiz(
        "u02-flatter-still",
        "The flat direction of a ravine is made ten times flatter. What happens to the largest "
        "stable step size, and to the number of steps needed at a step size just below it?",
        (
            Choice(
                "Both stay as they are.",
                False,
                "The limit stays. But the flat direction now shrinks by ten times less per step, "
                "and it was the slow one already.",
            ),
            Choice(
                "The limit stays, and about ten times as many steps are needed.",
                True,
                "The steepest curvature alone sets the limit, and the flattest one then pays for "
                "it: its factor is 1 minus ten times less.",
            ),
            Choice(
                "The limit becomes ten times as large, and the number of steps stays.",
                False,
                "A larger step would suit the flat direction. But the steep one has not changed, "
                "and it would explode.",
            ),
            Choice(
                "The limit becomes ten times as small.",
                False,
                "A flatter direction is never the first to become unstable.",
            ),
        ),
    ),
    Quiz(
        "u02-slide-formula",
        "At $t = 0$ the printed formula should give the loss at the start. What does it do there?",
        (
            Choice(
                "It gives twice the loss.",
                False,
                "It would if only the half were missing. Put in the start (-4, 0.5): can a loss "
                "above the minimum have the sign of a coordinate?",
            ),
            Choice(
                "It changes its value when a coordinate of the start changes its sign.",
                True,
                "The bowl is symmetric, the loss cannot depend on that sign, so the coordinate has "
                "to come in squared. And with the square alone, the value is still twice the loss.",
            ),
            Choice(
                "It is right for $t = 0$ and goes wrong only later.",
                False,
                "At $t = 0$ the powers are 1 and the formula says the sum of curvature times "
                "coordinate: 2 * 4 + 100 * 0.5 = 58. The bowl's height at the start is 28.5.",
            ),
        ),
    ),
    Quiz(
        "u02-d-dimensions",
        "At the best step size, which directions shrink by exactly $(\\kappa-1)/(\\kappa+1)$ "
        "per step?",
        (
            Choice(
                "All of them: that is what makes this step size the best.",
                False,
                "One step size cannot give different curvatures the same factor, except for two "
                "that lie on either side of its zero.",
            ),
            Choice(
                "Only the flattest and the steepest",
                True,
                "Those two tie, one from either side. Every curvature in between has a smaller "
                "factor, so equality holds in two dimensions and becomes an upper bound in more.",
            ),
            Choice(
                "Only the flattest",
                False,
                "At this step size the steepest has the same factor with the opposite sign, and "
                "the sign disappears in the loss.",
            ),
            Choice(
                "None: it is the average over the directions.",
                False,
                "It is the worst factor, not the average, and two directions have it.",
            ),
        ),
    ),
    Quiz(
        "u02-which-weight",
        "Data set A: which weight gets the larger first update, and which one has to become the "
        "larger number, if both columns matter equally for $t$?",
        (
            Choice(
                "$w_1$ gets the larger update, and $w_1$ needs it.",
                False,
                "It does get it, because the gradient of a weight is proportional to its column. "
                "But with inputs around 100, a tiny $w_1$ is enough.",
            ),
            Choice(
                "$w_1$ gets an update about 60 000 times as large, and $w_2$ would need the larger "
                "one.",
                True,
                "The first gradient is (-690.8, -0.01126). A column around 0.003 needs a weight in "
                "the thousands to matter: the updates are the wrong way round.",
            ),
            Choice(
                "$w_2$ gets the larger update, because its inputs are small.",
                False,
                "A gradient is the error times the *input*: small inputs make small gradients.",
            ),
            Choice(
                "Both get about the same, as they share the error.",
                False,
                "They share the error, but each multiplies it by its own column.",
            ),
        ),
    ),
    Quiz(
        "u02-whose-statistics",
        "A model was trained on standardised inputs. One new example arrives. How should it be "
        "standardised?",
        (
            Choice(
                "With its own mean and standard deviation",
                False,
                "A column of one example has the standard deviation 0, and all information in it "
                "would be subtracted away.",
            ),
            Choice(
                "With the mean and standard deviation of the training set",
                True,
                "They are part of the model, like its weights: the weights were fitted to exactly "
                "these coordinates.",
            ),
            Choice(
                "With the statistics of training and test set together, to be fair to both",
                False,
                "Then the test set would have a say in how the model was trained, and a measured "
                "test accuracy would no longer be that of new data.",
            ),
            Choice(
                "Not at all: standardising is only there to speed up training.",
                False,
                "The purpose is speed, but the weights found that way only fit standardised "
                "inputs.",
            ),
        ),
    ),
)
