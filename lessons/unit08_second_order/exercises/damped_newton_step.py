"""The exercise ``damped_newton_step``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import second_order
from course_lib.arrays import Array

from .shared import away, turned


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
        Mistake(
            "turned twice the same way",
            "-(axes @ (along",
            "-(axes.T @ (along",
            "The gradient is split along the eigenvectors, but the way back is wrong: you multiply "
            "by the same matrix again. The eigenvectors are the columns; the parts are their "
            "weights.",
        ),
        Mistake(
            "absolute values of the diagonal",
            BACK,
            "-np.linalg.solve(hessian + np.diag(np.abs(np.diag(hessian)) - np.diag(hessian) "
            "+ damping), grad)",
            "You remove the signs on the diagonal. The signs that make a saddle are those of the "
            "curvatures, the eigenvalues; a diagonal can be positive at a saddle too.",
        ),
        Mistake(
            "damping relative to the largest curvature",
            SIZES,
            "np.abs(curvatures) + damping * np.max(np.abs(curvatures))",
            "your damping is a share of the largest curvature. Here it is a curvature itself, and "
            "is added as it is.",
            convention=True,
        ),
        Mistake(
            "root of the divisor",
            SIZES,
            "np.sqrt(np.abs(curvatures) + damping)",
            "There is a root too many: the step is a gradient over a curvature. The root of a sum "
            "of squares belongs to Adam and its relatives.",
        ),
        Mistake(
            "entries of the step turned round",
            BACK,
            "-np.sign(grad) * np.abs(np.linalg.solve(hessian + damping * np.eye(len(grad)), grad))",
            "You turn round the *entries* of the step that go uphill. Whether a direction goes up "
            "is decided along the eigenvectors, where each curvature has its own sign.",
        ),
        Mistake(
            "damping under the root",
            SIZES,
            "np.sqrt(curvatures**2 + damping)",
            "You add the damping to the squares, under the root. It is a curvature, so it is added "
            "to the sizes themselves.",
        ),
    ),
    accepted=(damped_by_svd, damped_loop, damped_root_of_square),
    points=3,
    hidden_points=1,
)
