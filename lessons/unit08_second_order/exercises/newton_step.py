"""The exercise ``newton_step``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import second_order
from course_lib.arrays import Array

from .shared import away, turned


def newton_cases(rng: np.random.Generator) -> Sequence[Case]:
    def at(name: str, about: str, grad: Array, hessian: Array) -> Case:
        return Case(name, (grad, hessian), {}, about)

    low, high = (float(v) for v in np.round(rng.uniform((0.5, 4.0), (1.5, 9.0)), 2))
    return [
        at(
            "one parameter",
            "With one parameter the step is the slope over the curvature, downhill.",
            away(rng, 1),
            np.array([[high]]),
        ),
        at(
            "a bowl along the axes",
            "Along its own axes a bowl is two problems of one parameter each.",
            away(rng, 2),
            np.diag([low, high]),
        ),
        at(
            "a bowl with turned axes",
            "Here the gradient along one coordinate depends on the other coordinates as well: "
            "the whole matrix counts, not its entries one by one.",
            away(rng, 3),
            turned(rng, low, 2.5, high),
        ),
        at(
            "a saddle",
            "Newton's step goes to the critical point of the model, also where it is a saddle.",
            away(rng, 2),
            turned(rng, -low, high),
        ),
        at(
            "the top of a hill",
            "Where both curvatures are negative, the critical point of the model is a maximum. "
            "The plain step goes there.",
            away(rng, 2),
            turned(rng, -high, -low),
        ),
        at(
            "nearly flat, tiny gradient",
            "Curvatures of 1e-5 and gradients of 1e-6: nothing may be added that is large "
            "compared with them.",
            away(rng, 2, scale=1e-6),
            1e-5 * turned(rng, low, high),
        ),
        at(
            "a narrow ravine",
            "The condition number is about a thousand.",
            away(rng, 3),
            turned(rng, 1.0, 20.0 * low, 1000.0),
        ),
    ]


def newton_with_inverse(grad, hessian):
    return -np.linalg.inv(hessian) @ grad


def newton_least_squares(grad, hessian):
    """Solves for the step of least residual; the row vector comes first."""
    return np.linalg.lstsq(hessian, -grad[:, None], rcond=None)[0].ravel()


def newton_eigenvectors(grad, hessian):
    """A step of its own along every eigenvector, curvatures with their signs; a list."""
    values, vectors = np.linalg.eigh(hessian)
    step = np.zeros(len(grad))
    for value, vector in zip(values, vectors.T, strict=True):
        step -= (vector @ grad) / value * vector
    return step.tolist()


def newton_elimination(grad, hessian):
    """Gauss and Jordan by hand, with the largest pivot."""
    rows = np.column_stack([hessian, -grad]).astype(float)
    size = len(grad)
    for i in range(size):
        best = i + int(np.argmax(np.abs(rows[i:, i])))
        rows[[i, best]] = rows[[best, i]]
        rows[i] /= rows[i, i]
        for j in range(size):
            if j != i:
                rows[j] -= rows[j, i] * rows[i]
    return rows[:, -1]


SOLVE = "np.negative(np.linalg.solve(hessian, grad))"

NEWTON = Exercise(
    reference=second_order.newton_step,
    cases=newton_cases,
    returns=("step",),
    read="The step to the critical point",
    praise="One step to the critical point of any quadratic, whatever its condition number.",
    hints=(
        "The model's slope at a distance `step` is the gradient here plus what the Hessian makes "
        "of the step. Where is it zero?",
        "That is a system of linear equations: Hessian times step equals minus gradient. numpy "
        "solves it without an inverse.",
        "`np.linalg.solve` takes the matrix and the right-hand side, in this order; mind the sign.",
    ),
    mistakes=(
        Mistake(
            "uphill",
            SOLVE,
            "np.linalg.solve(hessian, grad)",
            "Every step has the wrong sign: in a bowl it leads away from the minimum. Put the "
            "gradient of the model to zero once more and see on which side each term stands.",
        ),
        Mistake(
            "multiplied instead of divided",
            SOLVE,
            "-hessian @ grad",
            "You multiply by the Hessian. A strong curvature should make the step *shorter*.",
        ),
        Mistake(
            "divided entry by entry",
            SOLVE,
            "-grad / hessian",
            "You divide the gradient by the entries of the matrix. The equation has a product of "
            "matrix and vector in it; its opposite is the solution of a system of equations.",
        ),
        Mistake(
            "reciprocal of each entry",
            SOLVE,
            "-(1 / hessian) @ grad",
            "1/hessian is the reciprocal of every single entry. The inverse of a matrix is another "
            "thing: it undoes the whole product.",
        ),
        Mistake(
            "inverse times gradient entry by entry",
            SOLVE,
            "-np.linalg.inv(hessian) * grad",
            "The inverse is right, but `*` multiplies entry by entry and returns a matrix. Which "
            "operator is the product of a matrix and a vector?",
        ),
        Mistake(
            "only the diagonal",
            SOLVE,
            "-grad / np.diag(hessian)",
            "You use the diagonal of the Hessian only. That is right as long as the bowl lies "
            "along the coordinate axes; the entries beside the diagonal say how it is turned.",
        ),
        Mistake(
            "plain gradient",
            SOLVE,
            "-grad",
            "That is a gradient step with step size 1: the Hessian is not used.",
        ),
        Mistake(
            "curvatures without their signs",
            SOLVE,
            "-np.linalg.solve(np.linalg.eigh(hessian)[1] * np.abs(np.linalg.eigh(hessian)[0]) "
            "@ np.linalg.eigh(hessian)[1].T, grad)",
            "You have already repaired the step for saddles: negative curvatures count as positive "
            "ones. That is the next exercise. Newton's own step goes to the critical point, uphill "
            "if need be.",
        ),
        Mistake(
            "turned downhill",
            SOLVE,
            "np.negative(np.linalg.solve(hessian, grad)) * np.sign(grad @ np.linalg.solve(hessian,"
            " grad))",
            "Right in bowls; where the step would go uphill you turn it round. Newton's own step "
            "goes to the critical point, whatever it is. How to repair it is the next exercise.",
        ),
        Mistake(
            "gradient where there is no bowl",
            SOLVE,
            "-(np.linalg.solve(hessian, grad) if np.linalg.eigvalsh(hessian)[0] > 0 else grad)",
            "Right in bowls; elsewhere you take a gradient step. Newton's own step goes to the "
            "critical point, whatever it is. How to repair it is the next exercise.",
        ),
        Mistake(
            "Cholesky",
            SOLVE,
            "-np.linalg.solve(np.linalg.cholesky(hessian).T, "
            "np.linalg.solve(np.linalg.cholesky(hessian), grad))",
            "The Cholesky factors exist only where all curvatures are positive: right in bowls, "
            "and it stops at a saddle and on a hill. Use a solver for any matrix.",
        ),
        Mistake(
            "something added to the diagonal",
            "np.linalg.solve(hessian, grad)",
            "np.linalg.solve(hessian + 1e-6 * np.eye(len(grad)), grad)",
            "A small number is added to the curvatures. That changes the step where the curvature "
            "itself is small. Damping comes in the next exercise, as an argument.",
        ),
        Mistake(
            "best length along the gradient",
            SOLVE,
            "-(grad @ grad) / (grad @ hessian @ grad) * grad",
            "That is the best step *along the gradient*. In a ravine the gradient points across; "
            "the critical point of the model lies in another direction.",
        ),
        Mistake(
            "one step size for all directions",
            SOLVE,
            "-grad / np.max(np.abs(np.linalg.eigvalsh(hessian)))",
            "You divide by the largest curvature, in all directions. That is gradient descent with "
            "a good step size; Newton has a step size of its own for every direction.",
        ),
        Mistake(
            "half a step",
            SOLVE,
            "-0.5 * np.linalg.solve(hessian, grad)",
            "Half of the step. The 1/2 in the model disappears when it is differentiated.",
        ),
        Mistake(
            "twice the step",
            SOLVE,
            "-2 * np.linalg.solve(hessian, grad)",
            "Twice the step, which ends on the other side of the bowl, as high as before. The "
            "model has a 1/2 in front of the quadratic term.",
        ),
        Mistake(
            "determinant",
            SOLVE,
            "-grad / np.linalg.det(hessian)",
            "The determinant is one number, the product of all curvatures. Every direction needs "
            "its own curvature.",
        ),
        Mistake(
            "never longer than 1",
            SOLVE,
            "-np.linalg.solve(hessian, grad) / max(1, np.linalg.norm(np.linalg.solve(hessian, "
            "grad)))",
            "Steps longer than 1 are cut short. That is a trust region; Newton's own step ends at "
            "the critical point, however far that is.",
        ),
        Mistake(
            "normalised",
            SOLVE,
            "-np.linalg.solve(hessian, grad) / np.linalg.norm(np.linalg.solve(hessian, grad))",
            "The direction is right, and the length is always 1. Newton's step has a length of its "
            "own: it ends at the critical point.",
        ),
        Mistake(
            "Hessian used twice",
            SOLVE,
            "-np.linalg.solve(hessian @ hessian, grad)",
            "The Hessian comes in twice, so the step is divided by the *square* of each curvature, "
            "and a negative one counts like a positive one. The equation has it once.",
        ),
        Mistake(
            "gradient not turned",
            SOLVE,
            "-np.linalg.eigh(hessian)[1] @ (grad / np.linalg.eigh(hessian)[0])",
            "You divide the gradient's own entries by the curvatures. First it has to be split "
            "along the eigenvectors to which the curvatures belong.",
        ),
        Mistake(
            "rows and columns of the axes exchanged",
            SOLVE,
            "-np.linalg.eigh(hessian)[1].T @ ((np.linalg.eigh(hessian)[1] @ grad) "
            "/ np.linalg.eigh(hessian)[0])",
            "The eigenvectors are the *columns* of what eigh returns. The gradient's part along "
            "each is a product of a column with the gradient.",
        ),
        Mistake(
            "one triangle",
            SOLVE,
            "-np.linalg.solve(np.tril(hessian), grad)",
            "Only the lower triangle of the Hessian is used. Its other half says the same, but the "
            "product of matrix and step needs both.",
        ),
        Mistake(
            "new point",
            SOLVE,
            "grad - np.linalg.solve(hessian, grad)",
            "Something is added to the step that does not belong there: asked for is the "
            "displacement alone, and the caller adds it to the point.",
        ),
        Mistake(
            "divided by the norm of the Hessian",
            SOLVE,
            "-grad / np.linalg.norm(hessian)",
            "You divide by one number, the norm of the Hessian: that is a gradient step. Newton "
            "has a step size of its own for every direction.",
        ),
    ),
    accepted=(newton_with_inverse, newton_least_squares, newton_eigenvectors, newton_elimination),
    points=2,
    hidden_points=1,
)
