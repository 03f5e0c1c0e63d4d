"""The exercise ``classify_critical_point``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import landscape

from .shared import turned


def kind_cases(rng: np.random.Generator) -> Sequence[Case]:
    low, high = (float(v) for v in np.round(rng.uniform((0.5, 3.0), (1.5, 6.0)), 2))
    tilted = turned(rng, -low, high)
    lopsided = np.array([[2.0, 3.0 + low], [3.0 + low, 4.0]])
    nearly = np.array([[high, high], [high, high]]) + np.diag([1e-11, 0.0])
    return [
        Case(
            "a bowl whose axes are turned",
            (turned(rng, low, high),),
            about="Every direction curves upwards.",
        ),
        Case(
            "a dome in two dimensions",
            (turned(rng, -low, -high),),
            about="Every direction curves downwards.",
        ),
        Case(
            "a dome in three dimensions",
            (turned(rng, -low, -high, -2.0),),
            about="Every direction curves downwards.",
        ),
        Case(
            "the saddle x1^2 - x2^2",
            (np.diag([2.0, -2.0]),),
            about="One way up, one way down, equally steep.",
        ),
        Case(
            "a saddle whose axes are turned",
            (tilted,),
            about="One curvature is negative and one positive.",
        ),
        Case(
            "a saddle that goes up along both coordinate axes",
            (lopsided,),
            about="Between the two axes it goes down.",
        ),
        Case(
            "a saddle with two ways down",
            (np.diag([high, -low, -1.0]),),
            about="How many directions go up or down does not matter, as long as both occur.",
        ),
        Case(
            "a saddle that goes down along the middle axis",
            (np.diag([high, -low, 2.0]),),
            about="The one way down belongs neither to the first nor to the last axis.",
        ),
        Case(
            "a saddle with one flat direction",
            (np.diag([low, 0.0, -high]),),
            about="There is a clear way up and a clear way down.",
        ),
        Case(
            "x^4: no curvature at all",
            (np.zeros((1, 1)),),
            about="x^4, -x^4 and x^3 all have the Hessian 0: it cannot decide.",
        ),
        Case(
            "the monkey saddle: no curvature at all",
            (np.zeros((2, 2)),),
            about="Without any curvature the Hessian cannot decide.",
        ),
        Case(
            "a valley with a flat floor",
            (np.diag([high, 0.0]),),
            about="x1^2 + x2^4 and x1^2 - x2^4 both have this Hessian.",
        ),
        Case(
            "a ridge with a flat top",
            (np.diag([0.0, -low, -high]),),
            about="Along the flat direction it may still turn up or down.",
        ),
        Case("a flat floor, up to rounding", (nearly,)),
        Case(
            "a flat floor, up to rounding of the other sign",
            (nearly - np.diag([2e-11, 0.0]),),
        ),
        Case(
            "a small but real curvature",
            (np.diag([1e-4, 1e5]),),
            about="0.0001 is far above tol, whatever the other curvature is.",
        ),
        Case(
            "a coarser tol: nearly flat",
            (np.diag([0.05, high]),),
            {"tol": 0.1},
            about="With tol = 0.1 a curvature of 0.05 counts as flat.",
        ),
        Case(
            "a coarser tol: nearly flat, downwards",
            (np.diag([high, -0.05]),),
            {"tol": 0.1},
            about="With tol = 0.1 a curvature of -0.05 counts as flat.",
        ),
        Case(
            "a tiny bowl",
            (np.array([[3e-6, 1e-6], [1e-6, 2e-6]]),),
            about="Its curvatures are some millionths, a hundred times tol.",
        ),
        Case(
            "a saddle that goes down along the last axis",
            (np.diag([high, 2.0, -low]),),
            about="One way down is enough.",
        ),
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
        Mistake(
            "first and last as they come",
            "np.linalg.eigvalsh(hessian)",
            "np.linalg.eigvals(hessian).real",
            "You look at the first and the last eigenvalue, but `eigvals` gives them in no "
            "particular order: the extreme ones may stand anywhere.",
        ),
        Mistake(
            "leading minors",
            "eigenvalues = np.linalg.eigvalsh(hessian)\n",
            "minors = [np.linalg.det(hessian[:k, :k]) for k in range(1, len(hessian) + 1)]\n"
            "    if np.min(np.abs(minors)) <= tol:\n"
            "        return 'degenerate'\n"
            "    if min(minors) > 0:\n"
            "        return 'minimum'\n"
            "    if all((m < 0) == (k % 2 == 0) for k, m in enumerate(minors)):\n"
            "        return 'maximum'\n"
            "    return 'saddle'\n"
            "    eigenvalues = np.linalg.eigvalsh(hessian)\n",
            "Determinants prove a minimum or a maximum, but they are products of curvatures: one "
            "flat direction makes them 0 even at a saddle, and tol cannot be compared with them.",
        ),
    ),
    accepted=(kind_by_counting, kind_by_cholesky, kind_by_rayleigh),
    points=3,
    hidden_points=1,
)
