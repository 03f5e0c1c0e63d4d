"""The exercise ``ridge_solution``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import regularizers


def ridge_cases(rng: np.random.Generator) -> Sequence[Case]:
    def run(
        name: str,
        about: str,
        examples: int,
        features: int,
        strength: float,
        *,
        offset: float = 0.0,
        spread: tuple[float, ...] = (),
    ) -> Case:
        x = draw(rng, examples, features) * (spread or 1.0) + offset
        truth = draw(rng, features) + 0.5
        y = np.round(x @ truth + 0.3 * rng.normal(size=examples) + offset, 3)
        return Case(name, (np.round(x, 3), y), {"strength": strength}, about, rtol=1e-6)

    return [
        run(
            "seven examples, three features",
            "At the answer the gradient of mean squared error plus penalty is zero. Put yours into "
            "it: what is left over?",
            7,
            3,
            0.3,
        ),
        run(
            "no strength",
            "Without a penalty this is the least-squares solution.",
            12,
            3,
            0.0,
        ),
        run(
            "more features than examples",
            "Here the penalty alone makes the answer unique.",
            4,
            6,
            0.2,
        ),
        run(
            "features and targets far from zero",
            "There is no intercept: nothing is centred, and the line goes through the origin.",
            9,
            2,
            0.4,
            offset=3.0,
        ),
        run(
            "features of different scale",
            "The features are taken as they come; nothing is rescaled.",
            10,
            3,
            0.5,
            spread=(0.3, 1.0, 4.0),
        ),
        run("a strong penalty", "A strength of 6 pulls the weights far in.", 8, 4, 6.0),
        run("one feature", "One feature: one number, as an array.", 5, 1, 0.25),
        run("one example", "A single example and two features.", 1, 2, 0.5),
    ]


def ridge_by_more_rows(x, y, *, strength):
    """Least squares with one made-up example per feature, whose target is 0."""
    features = x.shape[1]
    rows = np.sqrt(strength * len(x)) * np.eye(features)
    stacked = np.vstack([x, rows])
    return np.linalg.lstsq(stacked, np.append(y, np.zeros(features)), rcond=None)[0]


def ridge_by_singular_values(x, y, *, strength):
    """Each singular direction on its own: divided by s, and held back where s is small."""
    left, s, right = np.linalg.svd(x / np.sqrt(len(x)), full_matrices=False)
    return right.T @ (s / (s**2 + strength) * (left.T @ (y / np.sqrt(len(y)))))


def ridge_by_inverse(x, y, *, strength):
    """Everything times N, and an explicit inverse."""
    n = len(y)
    gram = x.T.dot(x)
    for i in range(len(gram)):
        gram[i, i] += n * strength
    return list(np.linalg.inv(gram) @ (x.T @ y))


def ridge_by_eigenvectors(x, y, *, strength):
    curvatures, axes = np.linalg.eigh(x.T @ x / len(x))
    along = axes.T @ (x.T @ y) / len(x)
    return axes @ (along / (curvatures + strength))


CURVATURE = "x.T @ x / count + strength * np.eye(features)"
SOLVE = "np.linalg.solve(curvature, x.T @ y / count)"

RIDGE_SOLUTION = Exercise(
    reference=regularizers.ridge_solution,
    cases=ridge_cases,
    returns=("weights",),
    read="What a penalty does to a bowl",
    praise="One linear system, and it has a solution even where there are more features than "
    "examples.",
    hints=(
        "Write down the gradient of mean squared error plus penalty, and ask where it is zero. "
        "Both parts have a factor 2.",
        "Zero gradient: x^T(xw - y)/N + strength * w = 0. Collect what stands before w: that is a "
        "matrix, and the rest is a vector.",
        "(x^T x / N + strength * I) w = x^T y / N; `np.linalg.solve` finds w without an inverse.",
    ),
    mistakes=(
        Mistake(
            "sum instead of mean",
            CURVATURE,
            "x.T @ x + strength * np.eye(features)",
            "your squared errors are added up, as in scikit-learn's `Ridge`, or your penalty is "
            "divided by the number of examples, which comes to the same. Here the mean of the "
            "errors counts and the penalty is added in full.",
            more=((SOLVE, "np.linalg.solve(curvature, x.T @ y)"),),
            convention=True,
        ),
        Mistake(
            "half of the squared error",
            CURVATURE,
            "x.T @ x / count + 2 * strength * np.eye(features)",
            "your penalty pulls twice as strongly: its gradient has the 2 and that of the squared "
            "error has none, as if there were a half in front of it. Here there is no half.",
            convention=True,
            read="The lost two",
        ),
        Mistake(
            "half of the penalty",
            CURVATURE,
            "x.T @ x / count + strength / 2 * np.eye(features)",
            "your penalty pulls half as strongly, as if there were a half in front of it. Here "
            "there is no half, and both gradients have their 2.",
            convention=True,
            read="The lost two",
        ),
        Mistake(
            "no penalty",
            CURVATURE,
            "x.T @ x / count + 1e-12 * np.eye(features)",
            "Your weights are those of plain least squares: `strength` has no effect.",
        ),
        Mistake(
            "penalty with the wrong sign",
            CURVATURE,
            "x.T @ x / count - strength * np.eye(features)",
            "In your equations the penalty is subtracted, so it pushes the weights outwards. Move "
            "the terms across the equals sign once more.",
        ),
        Mistake(
            "strength in all entries",
            CURVATURE,
            "x.T @ x / count + strength",
            "The strength is added to *every* entry of the matrix, which couples weights that have "
            "nothing to do with each other. The penalty's Hessian has it on the diagonal only.",
        ),
        Mistake(
            "strength squared",
            CURVATURE,
            "x.T @ x / count + strength**2 * np.eye(features)",
            "Your strength is squared. In the objective the weights are squared, the strength is "
            "not.",
        ),
        Mistake(
            "mean on the left only",
            SOLVE,
            "np.linalg.solve(curvature, x.T @ y)",
            "Your left side is divided by the number of examples, and your right side is not: the "
            "weights come out that many times too large.",
        ),
        Mistake(
            "mean on the right only",
            CURVATURE,
            "x.T @ x + strength * np.eye(features)",
            "Your right side is divided by the number of examples, and the matrix on the left is "
            "not.",
        ),
        Mistake(
            "mean over the features",
            "count, features = x.shape",
            "features = x.shape[1]; count = features",
            "You divide by the number of features. The mean of the squared errors runs over the "
            "examples.",
        ),
        Mistake(
            "intercept fitted",
            CURVATURE,
            "(x - x.mean(axis=0)).T @ (x - x.mean(axis=0)) / count + strength * np.eye(features)",
            "your weights are those of a model with an intercept: you take the means off first. "
            "Here there is none, and the line goes through the origin.",
            more=(
                (
                    SOLVE,
                    "np.linalg.solve(curvature, (x - x.mean(axis=0)).T @ (y - y.mean()) / count)",
                ),
            ),
            convention=True,
        ),
        Mistake(
            "a column of ones",
            "    count, features = x.shape\n",
            "    x = np.column_stack([np.ones(len(x)), x])\n    count, features = x.shape\n",
            "you add a column of ones for an intercept and drop its weight in the end. Here there "
            "is no intercept, and the line goes through the origin.",
            more=((SOLVE, SOLVE + "[1:]"),),
            convention=True,
        ),
        Mistake(
            "first weight free",
            "strength * np.eye(features)",
            "strength * np.diag((np.arange(features) > 0) + 1e-12)",
            "The first weight is not penalised in your answer, as if it were an intercept. Here "
            "there is no intercept; every weight pays.",
        ),
        Mistake(
            "shrunk afterwards",
            SOLVE,
            "np.linalg.pinv(x) @ y / (1 + strength)",
            "You solve least squares and divide all weights by 1 + strength. That would be right "
            "if the features were uncorrelated with mean square 1; in general every direction "
            "shrinks by a share of its own.",
        ),
        Mistake(
            "strength at scaled features",
            CURVATURE,
            "x.T @ x / count + strength * np.diag(np.mean(x**2, axis=0))",
            "Your penalty grows with the scale of each feature, as if the features had been "
            "standardised. Here they are taken as they come.",
        ),
        Mistake(
            "inverse of the sum of squares forgotten",
            SOLVE,
            "curvature @ (x.T @ y / count)",
            "You multiply by the matrix where its equations have to be solved.",
        ),
        Mistake(
            "entries inverted",
            SOLVE,
            "(1 / curvature) @ (x.T @ y / count)",
            "You invert the entries of the matrix one by one. That is not its inverse: solve the "
            "linear system instead.",
        ),
        Mistake(
            "only the diagonal",
            SOLVE,
            "x.T @ y / count / np.diag(curvature)",
            "You divide by the diagonal, each weight on its own. The features are correlated, so "
            "the equations have to be solved together.",
        ),
        Mistake(
            "a column",
            SOLVE,
            "np.linalg.solve(curvature, x.T @ y / count)[:, None]",
            "The right numbers, as a column. The weights have one axis.",
        ),
    ),
    accepted=(
        ridge_by_more_rows,
        ridge_by_singular_values,
        ridge_by_inverse,
        ridge_by_eigenvectors,
    ),
    points=3,
    hidden_points=1,
)
