"""The exercise ``rotate_quadratic``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import landscape


def rotation_cases(rng: np.random.Generator) -> Sequence[Case]:
    flat = float(np.round(rng.uniform(0.5, 2.0), 2))
    steep = float(np.round(rng.uniform(5.0, 20.0), 2))
    root = draw(rng, 2, 2)
    tilted = np.round(root @ root.T + np.diag([1.0, 3.0]), 3)
    small = float(np.round(rng.uniform(0.2, 0.6), 2))
    return [
        Case(
            "an eighth of a turn",
            (np.diag([flat, steep]),),
            {"angle": np.pi / 4},
            "Turned by 45 degrees, both axes have the same curvature, and the rest stands in the "
            "corners.",
        ),
        Case(
            "a quarter turn",
            (np.diag([flat, steep]),),
            {"angle": np.pi / 2},
            "After a quarter turn the two curvatures have changed places.",
        ),
        Case(
            "a small angle",
            (np.diag([flat, steep]),),
            {"angle": small},
            "The angle is in radians and turns counter-clockwise.",
        ),
        Case(
            "backwards",
            (np.diag([steep, flat]),),
            {"angle": -small},
            "A negative angle turns clockwise.",
        ),
        Case(
            "a bowl that is tilted already",
            (tilted,),
            {"angle": 1.1},
            "The Hessian that comes in need not be diagonal.",
        ),
        Case("angle 0", (tilted,), {"angle": 0.0}, "Without a turn the Hessian stays as it is."),
        Case(
            "a saddle, turned far",
            (np.array([[flat, -1.5], [-1.5, -steep]]),),
            {"angle": 2.0 + small},
            "Entries and curvatures may be negative, and an angle may be larger than a right one.",
            rtol=1e-9,
        ),
    ]


def rotation_by_eigenvectors(hessian, *, angle):
    """Turn the eigenvectors, keep the eigenvalues."""
    curvatures, directions = np.linalg.eigh(hessian)
    turned = []
    for x, y in directions.T:
        turned.append(
            (x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle))
        )
    return sum(c * np.outer(v, v) for c, v in zip(curvatures, turned, strict=True))


def rotation_written_out(hessian, *, angle):
    """Every entry by trigonometry of the double angle."""
    a, b, d = hessian[0, 0], hessian[0, 1], hessian[1, 1]
    mean, half = (a + d) / 2, (a - d) / 2
    c, s = np.cos(2 * angle), np.sin(2 * angle)
    off = half * s + b * c
    return [[mean + half * c - b * s, off], [off, mean - half * c + b * s]]


def rotation_by_inverse(hessian, *, angle):
    """Complex numbers for the turn, and the inverse of it."""
    turn = np.exp(1j * angle)
    matrix = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.linalg.solve(matrix.T, np.asarray(hessian).dot(np.linalg.inv(matrix)))


PRODUCT = "rotation @ hessian @ rotation.T"

ROTATE = Exercise(
    reference=landscape.rotate_quadratic,
    cases=rotation_cases,
    returns=("hessian",),
    read="The axes matter",
    praise="The same bowl, turned: its curvatures are what they were, its axes are not.",
    hints=(
        "Write R for the matrix that turns a point. The turned bowl has at R x the height that the "
        "old one has at x. What is its height at y?",
        "At y the turned bowl is as high as the old one at the point that is turned to y: turn y "
        "*back*, then put it into the old bowl, on both sides of the Hessian.",
        "A rotation times the Hessian times the rotation's transpose, with matrix products; the "
        "matrix that turns counter-clockwise has -sin in its upper right corner.",
    ),
    mistakes=(
        Mistake(
            "clockwise",
            PRODUCT,
            "rotation.T @ hessian @ rotation",
            "your angle turns the bowl clockwise. Here a positive one turns it counter-clockwise, "
            "as angles in the plane usually do: exchange the rotation and its transpose, or change "
            "the sign of the sine.",
            convention=True,
        ),
        Mistake(
            "no transpose",
            PRODUCT,
            "rotation @ hessian @ rotation",
            "The same rotation stands on both sides. Look at angle 90 degrees: the curvatures come "
            "out negative. One of the two has to turn back.",
        ),
        Mistake(
            "one side only",
            PRODUCT,
            "rotation @ hessian",
            "You turn on one side only, and the result is not symmetric, as a Hessian must be. x "
            "stands on both sides in x'Hx.",
        ),
        Mistake(
            "other side only",
            PRODUCT,
            "hessian @ rotation.T",
            "You turn on one side only, and the result is not symmetric, as a Hessian must be. x "
            "stands on both sides in x'Hx; the left side is missing.",
        ),
        Mistake(
            "degrees",
            "np.cos(angle), np.sin(angle)",
            "np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))",
            "You convert the angle from degrees. It comes in radians already: a right angle is "
            "pi/2.",
        ),
        Mistake(
            "sine and cosine exchanged",
            "np.cos(angle), np.sin(angle)",
            "np.sin(angle), np.cos(angle)",
            "Sine and cosine have changed places: at angle 0 your rotation turns by a quarter.",
        ),
        Mistake(
            "no minus sign",
            "[[cos, -sin], [sin, cos]]",
            "[[cos, sin], [sin, cos]]",
            "Your matrix is no rotation: its rows are not orthogonal. One of the two sines has a "
            "minus sign.",
        ),
        Mistake(
            "a reflection",
            "[[cos, -sin], [sin, cos]]",
            "[[cos, sin], [sin, -cos]]",
            "Your matrix is a reflection: its determinant is -1. For a bowl that lies along the "
            "axes there is no difference, for a tilted one there is.",
        ),
        Mistake(
            "entrywise product",
            PRODUCT,
            "rotation * hessian * rotation.T",
            "`*` multiplies entry by entry. Which operator is the matrix product?",
        ),
        Mistake(
            "half the angle",
            "np.cos(angle), np.sin(angle)",
            "np.cos(angle / 2), np.sin(angle / 2)",
            "The bowl turns by half of the angle. Does a factor of two stand where none belongs?",
        ),
        Mistake(
            "double angle",
            "np.cos(angle), np.sin(angle)",
            "np.cos(2 * angle), np.sin(2 * angle)",
            "The bowl turns by twice the angle. Is it turned twice, once in each matrix?",
        ),
        Mistake(
            "own directions lost",
            PRODUCT,
            "rotation @ np.diag(np.linalg.eigvalsh(hessian)) @ rotation.T",
            "You turn a bowl with the same curvatures that lies along the axes. If it was tilted "
            "before, its own directions are lost: the turn goes on from where it lies.",
        ),
        Mistake(
            "corners left out",
            PRODUCT,
            "rotation @ np.diag(np.diag(hessian)) @ rotation.T",
            "The entries in the corners of the Hessian that comes in never reach your result: only "
            "its diagonal is turned.",
        ),
        Mistake(
            "curvatures kept on the axes",
            PRODUCT,
            "np.diag(np.diag(rotation @ hessian @ rotation.T))",
            "Only the diagonal is left. The entries in the corners say that the bowl is tilted; "
            "without them it lies along the axes again.",
        ),
        Mistake(
            "not turned",
            PRODUCT,
            "hessian + 0 * rotation",
            "The Hessian comes back as it was: the angle is never used, or a rotation stands next "
            "to its own transpose, which undoes it at once.",
        ),
    ),
    accepted=(rotation_by_eigenvectors, rotation_written_out, rotation_by_inverse),
    points=2,
)
