"""The exercise ``gd_closed_form``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import landscape

from .shared import turned


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
            {"lr": 0.1, "steps": 150},
            about="After 150 steps the path is close to the minimum, and still on its way.",
        ),
        Case(
            "a start on an axis of the bowl",
            (np.diag([high, low, middle]), np.array([0.0, 0.0, -2.5])),
            {"lr": 0.2, "steps": 4},
            about="A coordinate that starts at 0 stays there.",
        ),
        Case(
            "four steps beyond the limit",
            (turned(rng, low, high), draw(rng, 2)),
            {"lr": float(np.round(2.3 / high, 3)), "steps": 4},
            about="Beyond the limit the same formula says how fast the path runs away.",
            rtol=1e-9,
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
        Mistake(
            "curvatures without their axes",
            "np.linalg.matrix_power(one_step, steps) @ start",
            "(1 - lr * np.linalg.eigvalsh(hessian)) ** steps * start",
            "You multiply the coordinates by the factors of the curvatures. These belong to the "
            "bowl's own axes: what are the coordinates of the start along those?",
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
