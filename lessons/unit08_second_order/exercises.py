"""Unit 08, second-order methods: the exercises and quizzes."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Choice, Exercise, Mistake, Quiz
from course_lib import second_order
from course_lib.arrays import Array

TITLE = "Second-order methods"
MINUTES = 75


def turned(rng: np.random.Generator, *eigenvalues: float) -> Array:
    """A symmetric matrix with about these eigenvalues whose axes are not the coordinates'."""
    size = len(eigenvalues)
    while True:
        axes = np.linalg.qr(rng.normal(size=(size, size)))[0]
        if np.min(np.abs(axes)) > 0.15:  # no axis is nearly a coordinate's
            break
    matrix = axes @ np.diag(eigenvalues) @ axes.T
    return np.round((matrix + matrix.T) / 2, 3)


def away(rng: np.random.Generator, *shape: int, scale: float = 1.0) -> Array:
    """Random numbers none of which is near zero."""
    size = np.round(rng.uniform(0.4, 2.0, size=shape), 3)
    return scale * size * rng.choice([-1.0, 1.0], size=shape)


# --- Newton's step ------------------------------------------------------------------------------


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
    ),
    accepted=(newton_with_inverse, newton_least_squares, newton_eigenvectors, newton_elimination),
    points=2,
    hidden_points=1,
)

# --- damped Newton ------------------------------------------------------------------------------


def damped_cases(rng: np.random.Generator) -> Sequence[Case]:
    def at(name: str, about: str, grad: Array, hessian: Array, damping: float) -> Case:
        return Case(name, (grad, hessian), {"damping": damping}, about)

    low, high = (float(v) for v in np.round(rng.uniform((0.6, 4.0), (1.5, 9.0)), 2))
    return [
        at(
            "a bowl along the axes",
            "Along the axes every entry is a problem of its own: the slope over the size of the "
            "curvature plus the damping, downhill.",
            away(rng, 2),
            np.diag([low, high]),
            0.3,
        ),
        at(
            "a saddle along the axes",
            "Along a negative curvature the step must go downhill as well: away from the saddle.",
            away(rng, 2),
            np.diag([high, -low]),
            0.2,
        ),
        at(
            "a saddle with turned axes",
            "It is the curvatures whose signs are removed, not those of the entries.",
            away(rng, 3),
            turned(rng, -high, low, 2.5),
            0.4,
        ),
        at(
            "the top of a hill",
            "On a hill every direction is a way down.",
            away(rng, 2),
            turned(rng, -high, -low),
            0.15,
        ),
        at(
            "no damping at all",
            "With damping 0, what is left is the gradient's part along each eigenvector over the "
            "size of its curvature.",
            away(rng, 3),
            turned(rng, low, -2.5, high),
            0.0,
        ),
        at(
            "a flat direction",
            "Where a curvature is 0, the damping alone decides how far the step goes.",
            away(rng, 3),
            np.diag([high, 0.0, -low]),
            0.25,
        ),
        at(
            "more damping than curvature",
            "With much damping the step becomes a short step along the gradient.",
            away(rng, 2),
            turned(rng, low, -high),
            40.0,
        ),
        at(
            "tiny curvatures",
            "Curvatures and damping around 1e-5: nothing else may be added to them.",
            away(rng, 2, scale=1e-6),
            1e-5 * turned(rng, low, -high),
            3e-6,
        ),
    ]


def damped_by_svd(grad, hessian, *, damping):
    """The singular values of a symmetric matrix are the sizes of its curvatures."""
    _, sizes, axes = np.linalg.svd(hessian)
    return np.linalg.solve(axes.T @ np.diag(sizes) @ axes + damping * np.eye(len(grad)), -grad)


def damped_loop(grad, hessian, *, damping):
    step = np.zeros_like(grad)
    values, vectors = np.linalg.eig(hessian)
    for i in range(len(values)):
        axis, size = np.real(vectors[:, i]), abs(np.real(values[i]))
        step -= axis * (axis @ grad) / (size + damping)
    return step


def damped_root_of_square(grad, hessian, *, damping):
    """|H| as the root of H times H, from its eigenvalues."""
    squares, axes = np.linalg.eigh(hessian @ hessian)
    absolute = (axes * np.sqrt(np.maximum(squares, 0.0))) @ axes.T
    return tuple(-np.linalg.inv(absolute + damping * np.identity(len(squares))).dot(grad))


SIZES = "np.abs(curvatures) + damping"
BACK = "-(axes @ (along / (np.abs(curvatures) + damping)))"
DAMPED = Exercise(
    reference=second_order.damped_newton_step,
    cases=damped_cases,
    returns=("step",),
    read="A step that always goes down",
    praise="Downhill in every bowl, on every saddle and on every hill, and finite where it is "
    "flat.",
    hints=(
        "Newton divides the gradient's part along each eigenvector by that direction's curvature. "
        "Which of these quotients goes the wrong way at a saddle?",
        "Split the gradient along the eigenvectors (`np.linalg.eigh`), divide each part by a "
        "number that is never negative, and put the parts together again.",
        "`np.linalg.eigh` returns the curvatures and the eigenvectors as columns. The gradient's "
        "parts are the transposed columns times the gradient, the divisors the sizes of the "
        "curvatures plus the damping; the columns times the quotients turn back.",
    ),
    mistakes=(
        Mistake(
            "uphill",
            BACK,
            "axes @ (along / (np.abs(curvatures) + damping))",
            "The step goes along the gradient, uphill.",
        ),
        Mistake(
            "damping without the signs removed",
            SIZES,
            "curvatures + damping",
            "You add the damping to the curvatures as they are. That is Levenberg's and "
            "Marquardt's step: good in bowls. A negative curvature stays negative until the "
            "damping exceeds it, and along it the step goes uphill.",
        ),
        Mistake(
            "no damping",
            SIZES,
            "np.abs(curvatures)",
            "The signs are removed, but `damping` is never used: along a flat direction you divide "
            "by zero.",
        ),
        Mistake(
            "plain Newton",
            SIZES,
            "curvatures",
            "That is Newton's own step: neither are the signs of the curvatures removed, nor is "
            "anything damped.",
        ),
        Mistake(
            "damping subtracted",
            SIZES,
            "np.abs(curvatures) - damping",
            "The damping is subtracted, which makes the steps longer. Damping is there to make "
            "them shorter.",
        ),
        Mistake(
            "sign removed after the damping",
            SIZES,
            "np.abs(curvatures + damping)",
            "You add the damping first and remove the sign afterwards. A curvature of minus 3 then "
            "becomes *weaker* by the damping, and one of minus `damping` becomes zero.",
        ),
        Mistake(
            "whole step turned round",
            BACK,
            "-(axes @ (along / (curvatures + damping))) * np.sign(along @ (along / (curvatures + "
            "damping)))",
            "You turn the whole step round when it goes uphill. At a saddle some parts of it are "
            "right and others are not: each direction has a curvature, and a sign, of its own.",
        ),
        Mistake(
            "gradient where there is no bowl",
            "along / (np.abs(curvatures) + damping)",
            "along / (np.where(curvatures[0] > 0, curvatures, 1 - damping) + damping)",
            "Where a curvature is negative you take a plain gradient step, in all directions. The "
            "sizes of the curvatures are worth keeping there, too.",
        ),
        Mistake(
            "damping only below zero",
            SIZES,
            "np.abs(curvatures) + damping * (curvatures <= 0)",
            "Only negative curvatures and zero are damped. Here the damping is added to the size "
            "of every curvature.",
        ),
        Mistake(
            "damping only where there is no bowl",
            SIZES,
            "np.abs(curvatures) + damping * (curvatures[0] <= 0)",
            "In a bowl you leave the damping out, and take Newton's own step. Damping is for "
            "bowls as well: a small curvature makes a long step there, too.",
        ),
        Mistake(
            "all curvatures shifted",
            SIZES,
            "curvatures - min(0.0, curvatures[0]) + damping",
            "you shift all curvatures by the most negative one before the damping is added, as "
            "trust-region methods do. Here each curvature counts with its own size.",
            convention=True,
        ),
        Mistake(
            "absolute values of the entries",
            SIZES,
            "curvatures + damping",
            "You take the absolute value of each entry of the matrix. The signs that make a saddle "
            "are those of the curvatures, the eigenvalues; entries may be negative in a bowl too.",
            more=(("np.linalg.eigh(hessian)", "np.linalg.eigh(np.abs(hessian))"),),
        ),
        Mistake(
            "damping on every entry",
            BACK,
            "-np.linalg.inv(axes * np.abs(curvatures) @ axes.T + damping) @ grad",
            "You add the damping to every entry of the matrix. To make every curvature larger by "
            "the same amount, only the diagonal has to change.",
        ),
        Mistake(
            "added to every entry, signs kept",
            BACK,
            "-np.linalg.inv(hessian + damping) @ grad",
            "`hessian + damping` adds to every entry, where only the diagonal shifts the "
            "curvatures. And negative curvatures keep their sign: their size is asked for.",
        ),
        Mistake(
            "whole step scaled",
            BACK,
            "-damping * (axes @ (along / curvatures))",
            "your damping is the share of Newton's step that is taken, as in textbooks on convex "
            "problems. Here it is a curvature, added to the size of each curvature.",
            convention=True,
        ),
        Mistake(
            "floor instead of sum",
            SIZES,
            "np.maximum(np.abs(curvatures), damping)",
            "your damping is a floor: curvatures above it stay as they are. Here it is added to "
            "all of them.",
            convention=True,
        ),
        Mistake(
            "negative curvatures replaced by the damping",
            SIZES,
            "np.maximum(curvatures, damping)",
            "you lift every curvature below the damping up to it, the negative ones as well, as "
            "some textbooks do. Here a negative curvature counts with its size, plus the damping.",
            convention=True,
        ),
        Mistake(
            "negative curvatures taken for flat",
            SIZES,
            "np.maximum(curvatures, 0.0) + damping",
            "A negative curvature is treated as flat, so that along it the step is the gradient "
            "over the damping, however strong the curvature. Its size should count.",
        ),
        Mistake(
            "damping relative to the curvature",
            SIZES,
            "np.abs(curvatures) * (1 + damping)",
            "your damping is relative to each curvature, in Marquardt's manner. Here it is added: "
            "a flat direction needs it most.",
            convention=True,
        ),
        Mistake(
            "multiplied instead of divided",
            "along / (np.abs",
            "along * (np.abs",
            "You multiply by the curvatures. A strong curvature should make the step *shorter*.",
        ),
        Mistake(
            "squares instead of sizes",
            SIZES,
            "curvatures**2 + damping",
            "You remove the signs by squaring, and then the units do not fit: the step is a "
            "gradient over a *curvature*.",
        ),
        Mistake(
            "least squares",
            "along / (np.abs(curvatures) + damping)",
            "along * curvatures / (curvatures**2 + damping)",
            "You solve the squared system, H'H plus damping. The signs of the curvatures survive "
            "in H', so the step still goes uphill along negative ones.",
        ),
        Mistake(
            "root of the sum of squares",
            SIZES,
            "np.sqrt(curvatures**2 + damping**2)",
            "Size and damping are added like the sides of a right angle. A plain sum is asked for.",
        ),
        Mistake(
            "not turned back",
            BACK,
            "-(along / (np.abs(curvatures) + damping))",
            "Your result is the step in the coordinates of the eigenvectors. Turn it back into the "
            "parameters' own.",
        ),
        Mistake(
            "gradient not turned",
            "axes.T @ grad",
            "grad",
            "You divide the gradient's own entries by the curvatures. First it has to be split "
            "along the eigenvectors to which the curvatures belong.",
        ),
        Mistake(
            "rows and columns of the axes exchanged",
            "axes.T @ grad",
            "axes @ grad",
            "The eigenvectors are the *columns* of what eigh returns. The gradient's part along "
            "each is a product of a column with the gradient.",
            more=((BACK, "-(axes.T @ (along / (np.abs(curvatures) + damping)))"),),
        ),
        Mistake(
            "only the diagonal",
            "np.linalg.eigh(hessian)",
            "np.diag(hessian), np.eye(len(grad))",
            "You use the diagonal of the Hessian only. Turned bowls and saddles have their "
            "curvatures along other axes.",
        ),
    ),
    accepted=(damped_by_svd, damped_loop, damped_root_of_square),
    points=3,
    hidden_points=1,
)

# --- cost ---------------------------------------------------------------------------------------


def cost_cases(rng: np.random.Generator) -> Sequence[Case]:
    small, middle = 3 * int(rng.integers(3, 9)), 3 * int(rng.integers(300, 3000))
    large = 3_000_000 * int(rng.integers(20, 90))
    return [
        Case("a toy model", (small,), {}, "Few enough entries to count them by hand."),
        Case("a small network", (middle,), {}, "The default is 8 bytes per number."),
        Case(
            "half of the bytes",
            (middle + 3,),
            {"bytes_per_number": 4},
            "bytes_per_number changes the memory, and not the work.",
        ),
        Case(
            "a hundred million parameters",
            (10**8,),
            {},
            "10^24 is more than a 64-bit integer holds; Python's own integers have no limit.",
        ),
        Case(
            "half precision, a large network",
            (large,),
            {"bytes_per_number": 2},
            "Two bytes per number, the square of the parameters.",
        ),
    ]


def cost_by_hand(parameters, *, bytes_per_number=8):
    entries = parameters * parameters
    return entries * bytes_per_number, entries * parameters


def cost_floats(parameters, *, bytes_per_number=8):
    return [float(parameters) ** 2 * bytes_per_number, float(parameters) ** 3]


def cost_powers(parameters, *, bytes_per_number=8):
    """pow of whole numbers, results in an object array's tuple."""
    return tuple(f * pow(int(parameters), e) for f, e in ((bytes_per_number, 2), (1, 3)))


COST = Exercise(
    reference=second_order.newton_cost,
    cases=cost_cases,
    returns=("memory", "work"),
    read="What it would cost",
    praise="For 10^8 parameters: 80 petabytes and 10^24 multiply-adds, for one step.",
    hints=(
        "How many second derivatives does a function of two parameters have, if all are stored? "
        "And one of three?",
        "The memory is the number of entries times the bytes of one. The work of an inversion "
        "grows with one more power of the number of parameters.",
        "Square for the memory, times `bytes_per_number`; cube for the work. Python's `**` on "
        "whole numbers is exact.",
    ),
    mistakes=(
        Mistake(
            "numbers, not bytes",
            "bytes_per_number * parameters**2",
            "parameters**2",
            "You count the numbers of the matrix. The memory is asked for in bytes.",
        ),
        Mistake(
            "bytes in the work",
            "work = parameters**3",
            "work = bytes_per_number * parameters**3",
            "The work is counted in multiply-adds. How many bytes a number has does not matter "
            "for it.",
        ),
        Mistake(
            "one more power in the memory",
            "bytes_per_number * parameters**2",
            "bytes_per_number * parameters**3",
            "A matrix has rows and columns, which makes a square. The cube belongs to the work.",
        ),
        Mistake(
            "memory of a vector",
            "bytes_per_number * parameters**2",
            "bytes_per_number * parameters",
            "That is the memory of a gradient. The Hessian holds a number for every *pair* of "
            "parameters.",
        ),
        Mistake(
            "one triangle",
            "bytes_per_number * parameters**2",
            "bytes_per_number * parameters * (parameters + 1) // 2",
            "you store one triangle, which is enough for a symmetric matrix. Here the whole "
            "matrix is counted: what a solver gets to work on.",
            convention=True,
        ),
        Mistake(
            "pairs of different parameters",
            "bytes_per_number * parameters**2",
            "bytes_per_number * parameters * (parameters - 1) // 2",
            "You count pairs of two *different* parameters, each once. The second derivatives "
            "along each parameter are missing, and the whole matrix holds every pair twice.",
        ),
        Mistake(
            "work squared",
            "work = parameters**3",
            "work = parameters**2",
            "That is the work of multiplying the matrix with *one* vector. An inversion solves as "
            "many systems as there are parameters.",
        ),
        Mistake(
            "a third of the cube",
            "work = parameters**3",
            "work = parameters**3 // 3",
            "you count the work of a factorisation, a third of a cube. Here the work of an "
            "inversion is asked for, a whole cube.",
            convention=True,
        ),
        Mistake(
            "a sixth of the cube",
            "work = parameters**3",
            "work = parameters**3 / 6",
            "you count the work of a Cholesky factorisation, a sixth of a cube of multiply-adds. "
            "Here the work of an inversion is asked for, a whole cube.",
            convention=True,
        ),
        Mistake(
            "two thirds of the cube",
            "work = parameters**3",
            "work = 2 * parameters**3 / 3",
            "you count the additions and multiplications of an elimination, two thirds of a "
            "cube. Here the multiply-adds of an inversion are asked for, a whole cube.",
            convention=True,
        ),
        Mistake(
            "additions counted on their own",
            "work = parameters**3",
            "work = 2 * parameters**3",
            "you count every multiplication and every addition. Here a multiply-add is one.",
            convention=True,
        ),
        Mistake(
            "bits",
            "bytes_per_number * parameters**2",
            "8 * bytes_per_number * parameters**2",
            "Eight times too much: bits instead of bytes, or 8 is multiplied in besides "
            "`bytes_per_number`.",
        ),
        Mistake(
            "always eight bytes",
            "bytes_per_number * parameters**2",
            "8 * parameters**2",
            "Right for numbers of 8 bytes and for no others: is there a number in your code where "
            "the argument should be?",
        ),
        Mistake(
            "gigabytes",
            "bytes_per_number * parameters**2",
            "bytes_per_number * parameters**2 / 10**9",
            "The memory is asked for in bytes, not in gigabytes.",
        ),
        Mistake(
            "gigabytes of 2^30",
            "bytes_per_number * parameters**2",
            "bytes_per_number * parameters**2 / 2**30",
            "The memory is asked for in bytes, not in units of 2^30 bytes.",
        ),
        Mistake(
            "overflow",
            "work = parameters**3",
            "work = int(np.int64(parameters) ** 3)",
            "Right until the cube no longer fits into 64 bits, then the number wraps around. "
            "numpy's integers do that; Python's own have no limit.",
        ),
        Mistake(
            "caret instead of a power",
            "bytes_per_number * parameters**2",
            "bytes_per_number * (parameters ^ 2)",
            "In Python `^` compares bits (exclusive or). A power is written with another operator.",
            more=(("work = parameters**3", "work = parameters ^ 3"),),
        ),
        Mistake(
            "in units of the parameters' square",
            "bytes_per_number * parameters**2",
            "(bytes_per_number * parameters) ** 2",
            "The bytes are squared along with the parameters: a number does not take more bytes "
            "because it stands in a matrix.",
        ),
    ),
    accepted=(cost_by_hand, cost_floats, cost_powers),
    points=1,
    hidden_points=1,
)

# --- BFGS ---------------------------------------------------------------------------------------


def observed(rng: np.random.Generator, d: int, scale: float = 1.0) -> tuple[Array, Array]:
    """A step and the change of the gradient along it, in a bowl with turned axes."""
    curvatures = rng.uniform(0.5, 5.0, size=d)
    step = away(rng, d)
    change = np.round(turned(rng, *curvatures) @ step, 3)
    return scale * step, scale * change


def bfgs_cases(rng: np.random.Generator) -> Sequence[Case]:
    def after(name: str, about: str, inverse: Array, step: Array, change: Array) -> Case:
        return Case(name, (inverse, step, change), {}, about)

    low, high = (float(v) for v in np.round(rng.uniform((0.3, 2.0), (0.9, 4.0)), 2))
    rising, falling = away(rng, 3), away(rng, 3)
    if rising @ falling > 0:
        falling = -falling
    across = np.round(4 * away(rng, 2)) / 4  # quarters: their products are exact everywhere
    mixed, change = observed(rng, 4)
    while np.min(mixed * change) > -0.05:
        mixed, change = observed(rng, 4)
    return [
        after(
            "the first update",
            "A test of your own: the new estimate times the gradient change must be the step, and "
            "the estimate must equal its transpose.",
            np.eye(2),
            *observed(rng, 2),
        ),
        after(
            "a later update",
            "The old estimate counts: it is multiplied from both sides before anything is added. "
            "Afterwards the estimate times the gradient change must be the step.",
            turned(rng, low, 1.3, high),
            *observed(rng, 3),
        ),
        after(
            "four parameters",
            "Outer products of two vectors are matrices, here 4 by 4. The product step @ "
            "grad_change is positive, although not all four of its summands are.",
            turned(rng, low, 1.0, 1.7, high),
            mixed,
            change,
        ),
        after(
            "the gradient change points against the step",
            "Along this step the curvature is negative. The estimate must stay as it is.",
            turned(rng, low, 1.3, high),
            rising,
            falling,
        ),
        after(
            "a gradient change across the step",
            "step @ grad_change is exactly zero: there is nothing to divide by, and the estimate "
            "must stay as it is.",
            turned(rng, low, high),
            across,
            np.array([-across[1], across[0]]),
        ),
        after(
            "tiny steps near the minimum",
            "Steps of 1e-10 are as good as long ones: the curvature is a ratio.",
            turned(rng, low, high),
            *observed(rng, 2, scale=1e-10),
        ),
        after(
            "one parameter",
            "With one parameter the estimate becomes the step over the gradient change.",
            np.array([[high]]),
            *(scale * away(rng, 1) ** 2 for scale in (1.0, 0.5)),
        ),
    ]


def bfgs_expanded(inverse_hessian, step, grad_change):
    """Multiplied out, as in many textbooks."""
    sy = step.dot(grad_change)
    if not sy > 0:
        return inverse_hessian.copy()
    pushed = inverse_hessian.dot(grad_change)
    added = (sy + grad_change.dot(pushed)) / sy**2 * np.outer(step, step)
    return inverse_hessian + added - (np.outer(pushed, step) + np.outer(step, pushed)) / sy


def bfgs_through_the_hessian(inverse_hessian, step, grad_change):
    """The update of the Hessian itself, between two inversions."""
    if step @ grad_change <= 0:
        return inverse_hessian
    hessian = np.linalg.inv(inverse_hessian)
    length = np.linalg.norm(step)
    s, y = step / length, grad_change / length
    hessian = hessian - np.outer(hessian @ s, s @ hessian) / (s @ hessian @ s)
    return np.linalg.inv(hessian + np.outer(y, y) / (y @ s))


def bfgs_loops(inverse_hessian, step, grad_change):
    """Sums over indices; nested lists come back."""
    d = len(step)
    curvature = sum(float(s) * float(y) for s, y in zip(step, grad_change, strict=True))
    if curvature <= 0:
        return inverse_hessian.tolist()
    left = [[float(i == j) - step[i] * grad_change[j] / curvature for j in range(d)]
            for i in range(d)]  # fmt: skip
    return [
        [
            sum(left[i][k] * inverse_hessian[k, m] * left[j][m] for k in range(d) for m in range(d))
            + step[i] * step[j] / curvature
            for j in range(d)
        ]
        for i in range(d)
    ]


PRODUCT = "left @ inverse_hessian @ left.T + rho * np.outer(step, step)"
BFGS = Exercise(
    reference=second_order.bfgs_update,
    cases=bfgs_cases,
    returns=("inverse_hessian",),
    read="Learning the curvature from gradients",
    praise="Symmetric, positive, and it explains the last step: a rank-two update that costs a "
    "square, not a cube.",
    hints=(
        "One step s and one gradient change y tell you about one direction. What must the new "
        "estimate make of y?",
        "First take the old estimate's opinion on y out, from both sides: (I - rho s y') H "
        "(I - rho y s'). Then add what was seen: rho s s'. Here rho is 1 over s @ y.",
        "Return the old estimate if `step @ grad_change` is not positive. Otherwise build the "
        "left factor with `np.eye` and `np.outer(step, grad_change)`; the right factor is its "
        "transpose.",
    ),
    mistakes=(
        Mistake(
            "fixed bound",
            "curvature <= 0",
            "curvature <= 1e-10",
            "Small steps are ignored because their product is below a fixed bound. Near the "
            "minimum all steps are small, and just as informative. If you want a margin, make it "
            "relative.",
        ),
        Mistake(
            "rho upside down",
            "rho = 1 / curvature",
            "rho = curvature",
            "rho is the wrong way up: check the units, or the case of one parameter, where "
            "rho times step times gradient change should be 1.",
        ),
        Mistake(
            "rho from the gradient change alone",
            "rho = 1 / curvature",
            "rho = 1 / (grad_change @ grad_change)",
            "rho is 1 over the product of the step with the gradient change, not of the gradient "
            "change with itself.",
        ),
        Mistake(
            "rho from the step alone",
            "rho = 1 / curvature",
            "rho = 1 / (step @ step)",
            "rho is 1 over the product of the step with the gradient change, not of the step with "
            "itself.",
        ),
        Mistake(
            "outer product the other way round",
            "np.outer(step, grad_change)",
            "np.outer(grad_change, step)",
            "The left factor is transposed (or the two factors have changed places). Multiply "
            "your result with the gradient change: the step should come out.",
        ),
        Mistake(
            "step and gradient change exchanged",
            "np.outer(step, grad_change)",
            "np.outer(grad_change, step)",
            "Step and gradient change have changed places everywhere: your update maps the step "
            "to the gradient change, as an estimate of the Hessian would. Here its *inverse* is "
            "estimated.",
            more=(("np.outer(step, step)", "np.outer(grad_change, grad_change)"),),
        ),
        Mistake(
            "last term of the gradient change",
            "np.outer(step, step)",
            "np.outer(grad_change, grad_change)",
            "The term that is added is made of the wrong vector: the new estimate has to return "
            "the *step* when it is given the gradient change.",
        ),
        Mistake(
            "last term subtracted",
            "+ rho * np.outer(step, step)",
            "- rho * np.outer(step, step)",
            "What was seen is subtracted, so the new estimate maps the gradient change to *minus* "
            "the step.",
        ),
        Mistake(
            "step twice in the factor",
            "np.outer(step, grad_change)",
            "np.outer(step, step)",
            "The factor is made of the step alone. It has to take out what the old estimate says "
            "about the *gradient change*, so both vectors stand in it.",
        ),
        Mistake(
            "gradient change twice in the factor",
            "np.outer(step, grad_change)",
            "np.outer(grad_change, grad_change)",
            "The factor is made of the gradient change alone; rho has the units for one step and "
            "one gradient change.",
        ),
        Mistake(
            "last term mixed",
            "np.outer(step, step)",
            "np.outer(step, grad_change)",
            "The term that is added mixes step and gradient change, so the estimate is no longer "
            "symmetric.",
        ),
        Mistake(
            "last term missing",
            PRODUCT,
            "left @ inverse_hessian @ left.T",
            "What was known about this direction is taken out, but what was seen is not put in: "
            "the new estimate maps the gradient change to zero.",
        ),
        Mistake(
            "last term without rho",
            "+ rho * np.outer(step, step)",
            "+ np.outer(step, step)",
            "The added term lacks its scale: multiply it with the gradient change, and not the "
            "step comes out but a multiple of it.",
        ),
        Mistake(
            "only from the left",
            "@ left.T +",
            "+",
            "The old estimate is multiplied from one side only: the result is not symmetric.",
        ),
        Mistake(
            "right factor not transposed",
            "@ left.T +",
            "@ left +",
            "The right factor is the left one again. It has to be its transpose, or the result "
            "is not symmetric.",
        ),
        Mistake(
            "old estimate left out",
            "left @ inverse_hessian @ left.T",
            "left @ left.T",
            "The old estimate does not come in: everything learned before this step is lost.",
        ),
        Mistake(
            "old estimate kept in full",
            PRODUCT,
            "inverse_hessian + rho * np.outer(step, step)",
            "You add what was seen to the old estimate, but what the old one says about this "
            "direction has to be taken out first.",
        ),
        Mistake(
            "old estimate rescaled",
            "left @ inverse_hessian @ left.T",
            "curvature / (grad_change @ grad_change) * (left @ inverse_hessian @ left.T)",
            "The old estimate is rescaled at every update. L-BFGS scales its first estimate, a "
            "multiple of the identity; BFGS keeps what it has.",
        ),
        Mistake(
            "added to the old estimate",
            PRODUCT,
            "inverse_hessian + left @ inverse_hessian @ left.T + rho * np.outer(step, step)",
            "The old estimate counts twice: the product of the three matrices already contains it.",
        ),
        Mistake(
            "plus in the factor",
            "np.eye(len(step)) - rho",
            "np.eye(len(step)) + rho",
            "There is a plus in the factor where something has to be taken out: the factor should "
            "map the step to zero when it is transposed with the gradient change.",
        ),
        Mistake(
            "inner product in the factor",
            "np.outer(step, grad_change)",
            "(step @ grad_change)",
            "`step @ grad_change` is one number, and numpy subtracts it from every entry. The "
            "factor needs the outer product, a matrix.",
        ),
        Mistake(
            "product entry by entry in the factor",
            "np.outer(step, grad_change)",
            "(step * grad_change)",
            "`step * grad_change` multiplies entry by entry. The factor needs the outer product: "
            "every entry of one with every entry of the other.",
        ),
        Mistake(
            "no guard",
            "    if curvature <= 0:\n        return inverse_hessian\n",
            "",
            "Steps without positive curvature are used as well. After such an update the estimate "
            "is no longer positive, and its direction can go uphill.",
        ),
        Mistake(
            "product entry by entry in the guard",
            "curvature <= 0",
            "np.any(step * grad_change <= 0)",
            "You refuse a step as soon as one *entry* of step and gradient change disagrees in "
            "sign. What counts is the curvature along the whole step: the sum of these products.",
        ),
        Mistake(
            "only negative curvature refused",
            "curvature <= 0",
            "curvature < 0",
            "A product of exactly zero slips through, and you divide by it.",
        ),
        Mistake(
            "only zero refused",
            "curvature <= 0",
            "curvature == 0",
            "You avoid the division by zero, but use steps of negative curvature. After such an "
            "update the estimate is no longer positive.",
        ),
        Mistake(
            "size of the curvature",
            "curvature = step @ grad_change",
            "curvature = abs(step @ grad_change)",
            "You take the size of step @ grad_change. Negative curvature is not learned that way; "
            "the step should be ignored.",
        ),
        Mistake(
            "starts anew",
            "return inverse_hessian\n",
            "return np.eye(len(step))\n",
            "Where a step is refused, you start again from the identity. Nothing was wrong with "
            "the old estimate: keep it.",
        ),
        Mistake(
            "nothing returned when refused",
            "return inverse_hessian\n",
            "return None\n",
            "Where a step is refused, nothing is returned. The next iteration needs an estimate: "
            "which one is still good?",
        ),
        Mistake(
            "rank one",
            PRODUCT,
            "inverse_hessian + np.outer(step - inverse_hessian @ grad_change, step - "
            "inverse_hessian @ grad_change) / ((step - inverse_hessian @ grad_change) "
            "@ grad_change)",
            "That is the symmetric rank-one update, SR1. It explains the step too, but nothing "
            "keeps it positive. BFGS changes the estimate by two outer products.",
        ),
        Mistake(
            "DFP",
            PRODUCT,
            "inverse_hessian + rho * np.outer(step, step) - np.outer(inverse_hessian @ grad_change"
            ", inverse_hessian @ grad_change) / (grad_change @ inverse_hessian @ grad_change)",
            "That is the formula of Davidon, Fletcher and Powell, the elder sister of BFGS. It "
            "explains the step and stays positive; BFGS corrects bad estimates better in practice.",
        ),
        Mistake(
            "update of the Hessian",
            PRODUCT,
            "inverse_hessian + rho * np.outer(grad_change, grad_change) - np.outer(inverse_hessian"
            " @ step, inverse_hessian @ step) / (step @ inverse_hessian @ step)",
            "That is the BFGS formula for the Hessian itself. Here its inverse is estimated, so "
            "that a direction costs a product and no system of equations.",
        ),
    ),
    accepted=(bfgs_expanded, bfgs_through_the_hessian, bfgs_loops),
    points=3,
    hidden_points=1,
)

# --- L-BFGS -------------------------------------------------------------------------------------


def lbfgs_cases(rng: np.random.Generator) -> Sequence[Case]:
    def history(name: str, about: str, count: int, d: int, scale: float = 1.0) -> Case:
        pairs = [observed(rng, d, scale) for _ in range(count)]
        steps, changes = [s for s, _ in pairs], [y for _, y in pairs]
        return Case(name, (scale * away(rng, d), steps, changes), {}, about)

    return [
        history(
            "no history yet",
            "Before the first step nothing is known, and the direction is minus the gradient.",
            0,
            3,
        ),
        history(
            "one pair",
            "With one pair both loops run once. A test of your own: with the newest gradient "
            "change as `grad`, minus the newest step must come out.",
            1,
            2,
        ),
        history(
            "two pairs",
            "One pair is right; with two the order counts, and what is handed on from pair to pair "
            "in each loop.",
            2,
            3,
        ),
        history(
            "more pairs than parameters",
            "The same loops, twelve pairs for four parameters; all of them count.",
            12,
            4,
        ),
        history("three pairs of four parameters", "Three pairs, four parameters.", 3, 4),
        history(
            "tiny steps and gradients",
            "Everything is a ratio: the same loops with numbers around 1e-6.",
            2,
            2,
            1e-6,
        ),
    ]


def lbfgs_matrix(grad, steps, grad_changes):
    """The whole BFGS matrix, update by update."""
    d = len(grad)
    inverse = np.eye(d)
    if len(steps):
        inverse *= (steps[-1] @ grad_changes[-1]) / (grad_changes[-1] @ grad_changes[-1])
    for s, y in zip(steps, grad_changes, strict=True):
        left = np.eye(d) - np.outer(s, y) / (s @ y)
        inverse = left @ inverse @ left.T + np.outer(s, s) / (s @ y)
    return -inverse @ grad


def lbfgs_recursive(grad, steps, grad_changes):
    """The newest pair is peeled off from both sides of what the older ones make."""

    def apply(vector, k, gamma):
        if k < 0:
            return [gamma * v for v in vector]
        s, y = np.asarray(steps[k]), np.asarray(grad_changes[k])
        rho = 1 / np.dot(s, y)
        inner = np.array(apply(vector - rho * np.dot(s, vector) * y, k - 1, gamma))
        return inner - rho * np.dot(y, inner) * s + rho * np.dot(s, vector) * s

    gamma = 1.0
    if steps:
        gamma = np.dot(steps[-1], grad_changes[-1]) / np.dot(grad_changes[-1], grad_changes[-1])
    return apply(-grad, len(steps) - 1, gamma)


def lbfgs_indexed(grad, steps, grad_changes):
    """The textbook's two loops with indices, from minus the gradient."""
    m = len(steps)
    q = -1.0 * grad
    alpha = np.zeros(m)
    for i in range(m - 1, -1, -1):
        alpha[i] = np.dot(steps[i], q) / np.dot(grad_changes[i], steps[i])
        q -= alpha[i] * grad_changes[i]
    if m > 0:
        q *= np.dot(steps[m - 1], grad_changes[m - 1]) / np.sum(grad_changes[m - 1] ** 2)
    for i in range(m):
        beta = np.dot(grad_changes[i], q) / np.dot(grad_changes[i], steps[i])
        q += (alpha[i] - beta) * steps[i]
    return q


LBFGS = Exercise(
    reference=second_order.lbfgs_direction,
    cases=lbfgs_cases,
    returns=("direction",),
    read="A memory of a few steps",
    praise="The same direction as the BFGS matrix gives, from a handful of vectors and a few "
    "inner products.",
    hints=(
        "BFGS multiplies the gradient by factors (I - rho y s') from the newest pair to the "
        "oldest, then by a number, then by factors (I - rho s y') from the oldest to the newest. "
        "None of these products needs a matrix.",
        "First loop, newest first: share = s @ q / (s @ y), then take share * y out of q, and "
        "keep the share. Then scale q. Second loop, oldest first: what does the pair's own y say "
        "about q, compared with the share that you kept?",
        "The scale is s @ y / (y @ y) of the newest pair. In the second loop q gains (share - "
        "y @ q / (s @ y)) * s. At the end the sign is turned.",
    ),
    mistakes=(
        Mistake(
            "uphill",
            "return -direction",
            "return direction",
            "What you return points uphill: it is the estimate times the gradient. A descent "
            "direction is minus that.",
        ),
        Mistake(
            "no scaling between the loops",
            "    if pairs:",
            "    if False:",
            "Between the loops the first estimate comes in: a multiple of the identity, with the "
            "scale of the newest pair. Yours is the identity itself.",
        ),
        Mistake(
            "scaling upside down",
            "(step @ change) / (change @ change)",
            "(change @ change) / (step @ change)",
            "The scale between the loops is upside down: yours is a curvature. The estimate is of "
            "the *inverse* Hessian.",
        ),
        Mistake(
            "scaling from the oldest pair",
            "pairs[-1]",
            "pairs[0]",
            "The scale comes from the oldest pair. The newest one knows the curvature where you "
            "are.",
        ),
        Mistake(
            "longer scaling",
            "(step @ change) / (change @ change)",
            "(step @ step) / (step @ change)",
            "your scale between the loops is s @ s over s @ y, the longer one of the two step "
            "sizes of Barzilai and Borwein. Here the shorter one is used, with the gradient "
            "change twice below the line.",
            convention=True,
        ),
        Mistake(
            "scaling outside the loops",
            "return -direction",
            "return -gamma * direction",
            "The scale is applied before the first loop or after the second one (which is the "
            "same), so it also scales what the pairs have told. It belongs between the loops.",
            more=(
                ("    if pairs:", "    gamma = 1.0\n    if pairs:"),
                (
                    "direction = direction * (step @ change) / (change @ change)",
                    "gamma = (step @ change) / (change @ change)",
                ),
            ),
        ),
        Mistake(
            "first loop from the oldest pair",
            "in reversed(pairs):",
            "in pairs:",
            "The first loop begins with the oldest pair. The factors next to the gradient are "
            "those of the *newest* pair: it was multiplied on last.",
            more=(("reversed(shares)", "shares"),),
        ),
        Mistake(
            "both loops from the oldest, shares turned",
            "in reversed(pairs):",
            "in pairs:",
            "The first loop begins with the oldest pair, and the shares then go to the wrong "
            "pairs in the second one. One loop goes backwards, the other forwards.",
        ),
        Mistake(
            "second loop from the newest pair",
            "zip(pairs, reversed(shares), strict=True)",
            "zip(reversed(pairs), shares, strict=True)",
            "The second loop begins with the newest pair again. It has to go the other way, and "
            "end with the newest: only then the newest step is explained exactly.",
        ),
        Mistake(
            "loops the wrong way round",
            "in reversed(pairs):",
            "in pairs:",
            "Both loops go the wrong way: the first has to go from the newest pair to the oldest, "
            "the second from the oldest to the newest.",
            more=(("zip(pairs, reversed(shares)", "zip(reversed(pairs), reversed(shares)"),),
        ),
        Mistake(
            "shares not turned round",
            "reversed(shares)",
            "shares",
            "The shares were collected from the newest pair on, and are used from the oldest on: "
            "each pair gets the share of another one.",
        ),
        Mistake(
            "shares not used",
            "(share - correction)",
            "(-correction)",
            "The shares of the first loop are never used again. They are what the pair's step "
            "has to contribute in the second loop.",
        ),
        Mistake(
            "shares computed again",
            "(share - correction)",
            "(step @ direction / (step @ change) - correction)",
            "You compute the share once more in the second loop, from what the vector has become. "
            "Use the one that the first loop found.",
        ),
        Mistake(
            "correction added",
            "(share - correction)",
            "(share + correction)",
            "Share and correction are added. The correction is what the older pairs already "
            "contribute in this direction: it has to be taken off.",
        ),
        Mistake(
            "correction and share exchanged",
            "(share - correction)",
            "(correction - share)",
            "The difference in the second loop is the wrong way round.",
        ),
        Mistake(
            "no correction",
            "(share - correction)",
            "share",
            "In the second loop the shares are added as they are. What the older pairs say about "
            "this direction has to be taken off first.",
        ),
        Mistake(
            "steps and gradient changes exchanged",
            "zip(steps, grad_changes, strict=True)",
            "zip(grad_changes, steps, strict=True)",
            "Steps and gradient changes have changed places everywhere: that is an estimate of "
            "the Hessian, not of its inverse.",
        ),
        Mistake(
            "step taken out in the first loop",
            "direction = direction - share * change",
            "direction = direction - share * step",
            "The first loop takes the wrong vector out: the share of the *gradient change* has to "
            "go, so that what is left has no part along the step.",
        ),
        Mistake(
            "gradient change added in the second loop",
            "(share - correction) * step",
            "(share - correction) * change",
            "The second loop adds the wrong vector. Directions are made of *steps*; gradient "
            "changes only measure.",
        ),
        Mistake(
            "put in instead of taken out",
            "direction - share * change",
            "direction + share * change",
            "The first loop adds the shares of the gradient changes. They have to be taken out: "
            "afterwards the vector should have no part left along the step.",
        ),
        Mistake(
            "every pair takes out of the gradient",
            "direction = direction - share * change",
            "direction = grad - share * change",
            "In the first loop every pair starts from the gradient again, and what the newer pairs "
            "have taken out is lost.",
        ),
        Mistake(
            "share upside down",
            "share = step @ direction / (step @ change)",
            "share = (step @ change) / (step @ direction)",
            "The share in the first loop is upside down.",
        ),
        Mistake(
            "every pair adds to the gradient",
            "direction = direction + (share - correction) * step",
            "direction = grad + (share - correction) * step",
            "In the second loop every pair starts from the gradient again: what the loops have "
            "made of it so far is lost.",
        ),
        Mistake(
            "share from the gradient change",
            "share = step @ direction",
            "share = change @ direction",
            "In the first loop the share is measured with the wrong vector: which of the two makes "
            "the rest have no part along the step?",
        ),
        Mistake(
            "correction from the step",
            "correction = change @ direction",
            "correction = step @ direction",
            "In the second loop the correction is measured with the wrong vector: the estimate "
            "has to map the *gradient change* to the step.",
        ),
        Mistake(
            "share from the gradient itself",
            "share = step @ direction",
            "share = step @ grad",
            "Every share is measured on the gradient itself. The newer pairs have already taken "
            "their parts out: measure on what is left.",
        ),
        Mistake(
            "correction from the gradient itself",
            "correction = change @ direction",
            "correction = change @ grad",
            "In the second loop the correction is measured on the gradient itself, not on the "
            "vector as it has become.",
        ),
        Mistake(
            "correction from before the second loop",
            "correction = change @ direction",
            "correction = change @ scaled",
            "In the second loop every correction is measured on the vector from before the loop. "
            "The older pairs have changed it since: measure on what it has become.",
            more=(
                (
                    "    for (step, change), share",
                    "    scaled = direction\n    for (step, change), share",
                ),
            ),
        ),
        Mistake(
            "not divided by s @ y",
            "share = step @ direction / (step @ change)",
            "share = step @ direction",
            "Shares and corrections are not divided by step @ grad_change: they need the scale "
            "that rho gives in BFGS.",
            more=(
                (
                    "correction = change @ direction / (step @ change)",
                    "correction = change @ direction",
                ),
            ),
        ),
        Mistake(
            "only the newest pair",
            "    shares = []",
            "    pairs, shares = pairs[-1:], []",
            "Only the newest pair is used. The memory is there to combine several.",
        ),
        Mistake(
            "only the last few pairs",
            "    shares = []",
            "    pairs, shares = pairs[-10:], []",
            "Old pairs are left out. How long the memory is, the caller decides: all pairs in the "
            "lists count.",
        ),
        Mistake(
            "only the scaling",
            "    shares = []",
            "    if pairs:\n        step, change = pairs[-1]\n        "
            "return -(step @ change) / (change @ change) * grad\n    shares = []",
            "That is the gradient with the newest pair's scale, the direction along which no pair "
            "has corrected anything.",
        ),
        Mistake(
            "plain gradient",
            "return -direction",
            "return -grad",
            "That is minus the gradient: nothing of the history is used.",
        ),
        Mistake(
            "empty history forgotten",
            "    if pairs:",
            "    if True:",
            "Before the first step there is no newest pair, and asking for it stops with an "
            "IndexError. What is the direction then?",
        ),
        Mistake(
            "second loop missing",
            "(share - correction) * step",
            "0.0 * step",
            "There is no second loop, or it changes nothing: what the first loop took out is never "
            "replaced. The second loop puts in the steps that each pair has shown.",
        ),
        Mistake(
            "fixed bound",
            "    shares = []",
            "    pairs, shares = [pair for pair in pairs if pair[0] @ pair[1] > 1e-8], []",
            "Pairs of small steps are left out because their product is below a fixed bound. Near "
            "the minimum all steps are small, and just as informative.",
        ),
        Mistake(
            "uphill without a history",
            "    shares = []",
            "    shares = []\n    if not pairs:\n        return grad",
            "Only the first step goes wrong: without a history you return the gradient itself, "
            "which points uphill.",
        ),
        Mistake(
            "zeros for an empty history",
            "    shares = []",
            "    shares = []\n    if not pairs:\n        return 0.0 * grad",
            "Without a history you return zeros: then the first step never happens. What is a "
            "good direction when only the gradient is known?",
        ),
        Mistake(
            "newest pair first",
            "zip(steps, grad_changes, strict=True)",
            "zip(steps[::-1], grad_changes[::-1], strict=True)",
            "You take the first pair of the lists for the newest one. They come with the oldest "
            "first.",
        ),
    ),
    accepted=(lbfgs_matrix, lbfgs_recursive, lbfgs_indexed),
    points=4,
    hidden_points=1,
)

EXERCISES = (NEWTON, DAMPED, COST, BFGS, LBFGS)

QUIZZES: tuple[Quiz, ...] = (
    Quiz(
        "u08-one-step",
        "How many of Newton's steps does it take from $(4, 0.5)$ to the minimum of this ravine?",
        (
            Choice(
                "One",
                True,
                "The loss is its own quadratic model, so the model's flat point is the minimum. "
                "That holds for every condition number and from every start.",
            ),
            Choice(
                "About 50, the condition number",
                False,
                "The condition number counts when one step size has to serve all directions. "
                "Newton has one of its own for every direction.",
            ),
            Choice(
                "Two: one along the ravine and one across",
                False,
                "Both are done at once: the system of equations is solved for both coordinates "
                "together.",
            ),
            Choice(
                "That depends on the step size.",
                False,
                "There is none. The curvature decides how far to go.",
            ),
        ),
    ),
    Quiz(
        "u08-saddle",
        "The curvatures at $(1, 0.5)$ are 2 along $x_1$ and $-2 + 3 \\cdot 0.25 = -1.25$ along "
        "$x_2$; the slopes are 2 and $-0.875$. What does Newton do there?",
        (
            Choice(
                "It goes down into the valley at $x_2 = 1.41$.",
                False,
                "That would be the way of the slope. Compute the step along $x_2$: minus the slope "
                "over the curvature. What is its sign?",
            ),
            Choice(
                "It stays where it is along $x_2$, since there is no minimum there.",
                False,
                "The equation for the step has a solution; Newton does not ask what kind of point "
                "it is.",
            ),
            Choice(
                "It moves towards smaller $x_2$, uphill, and ends on the saddle.",
                True,
                "The step along $x_2$ is $-(-0.875)/(-1.25) = -0.7$, to $x_2 = -0.2$. The slope "
                "there is flatter, and the next steps run into the saddle at 0.",
            ),
            Choice(
                "It flies away, because the curvature is negative.",
                False,
                "A negative curvature gives a finite step, in the wrong direction. Steps become "
                "enormous where a curvature is close to zero.",
            ),
        ),
    ),
    Quiz(
        "u08-memory",
        "A large GPU has 80 GB of memory, $8 \\cdot 10^{10}$ bytes. For how many parameters does "
        "a Hessian with 8 bytes per number just fit into it?",
        (
            Choice(
                "100 thousand",
                True,
                "It holds $10^{10}$ numbers, and the root of that is $10^5$. Ten times as many "
                "parameters take a hundred such GPUs.",
            ),
            Choice(
                "10 million",
                False,
                "A network of 10 million parameters has a Hessian of $10^{14}$ numbers: ten "
                "thousand such GPUs.",
            ),
            Choice(
                "10 billion",
                False,
                "So many *numbers* fit. The Hessian has one for every pair of parameters.",
            ),
            Choice(
                "2000",
                False,
                "That is about the cube root of the number of entries. The cube belongs to the "
                "work of the inversion.",
            ),
        ),
    ),
    Quiz(
        "u08-rank",
        "Multiply the formula for $B'$ out. What is the rank of the correction $B' - B$, for a "
        "step in general?",
        (
            Choice(
                "One: everything is made of one step.",
                False,
                "The correction contains the vector $s$ and the vector $B y$, in products of all "
                "kinds. Only if they were parallel would one direction be enough.",
            ),
            Choice(
                "Two",
                True,
                "The correction is made of outer products of $s$ and $B y$ with each other. So it "
                "changes $B$ in the plane of these two vectors and nowhere else. The slide's "
                "sentence fits SR1.",
            ),
            Choice(
                "Full: every entry of the matrix changes.",
                False,
                "Every entry changes, but the rows of the correction are all combinations of the "
                "same few vectors.",
            ),
            Choice(
                "Three: the product with two factors and the added term",
                False,
                "Count the vectors, not the terms: only $s$ and $B y$ occur in the correction.",
            ),
        ),
    ),
    Quiz(
        "u08-iterations",
        "The condition number of this loss at its minimum is 234. How many steps does momentum "
        "0.9 save, compared with the 7799 of gradient descent?",
        (
            Choice(
                "None: both have the same step size.",
                False,
                "Along the flat directions the gradients agree for thousands of steps. There the "
                "velocity is a sum of many of them (unit 04).",
            ),
            Choice(
                "About half",
                False,
                "Where gradients agree, momentum 0.9 takes steps ten times as long in the end.",
            ),
            Choice(
                "About nine tenths",
                True,
                "829 steps are left. Here nearly all the way is along flat directions, and "
                "there momentum 0.9 is worth a factor of almost ten.",
            ),
            Choice(
                "Nearly all: it needs about as many as Newton.",
                False,
                "Momentum is worth a factor $1/(1-\\mu)$ along flat directions, and that is 10.",
            ),
        ),
    ),
    Quiz(
        "u08-minibatch",
        "What will happen, compared with Newton on all 186 examples?",
        (
            Choice(
                "It converges, with some noise around the minimum.",
                False,
                "SGD does so: its steps are right on average. Whether Newton's are is tested "
                "below.",
            ),
            Choice(
                "It converges about nine times as slowly, since it sees a ninth of the data.",
                False,
                "That would be so if a step on a part of the data were a part of the right step.",
            ),
            Choice(
                "It stalls far above the minimum, and sooner or later a step throws it far away.",
                True,
                "Both the slope and the curvature come from 20 examples, and the step is their "
                "quotient.",
            ),
            Choice(
                "It is better than on all examples: the noise helps it past bad places.",
                False,
                "This loss is convex. There are no bad places to get past.",
            ),
        ),
    ),
)
