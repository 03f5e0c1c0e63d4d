"""The exercise ``optimal_lr``."""

import numpy as np

from autograde.spec import Exercise, Mistake
from course_lib import landscape

from .shared import bowl_cases


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
        Mistake(
            "best step of momentum",
            "2 / (eigenvalues[0] + eigenvalues[-1])",
            "4 / (np.sqrt(eigenvalues[0]) + np.sqrt(eigenvalues[-1])) ** 2",
            "That is Polyak's best step for gradient descent *with momentum*, far beyond the limit "
            "of plain gradient descent.",
        ),
        Mistake(
            "the factor, not the step",
            "2 / (eigenvalues[0] + eigenvalues[-1])",
            "(eigenvalues[-1] - eigenvalues[0]) / (eigenvalues[-1] + eigenvalues[0])",
            "That is the factor by which the worst coordinate shrinks at the best step. Asked for "
            "is the step itself.",
        ),
        Mistake(
            "mean of the two one-step sizes",
            "2 / (eigenvalues[0] + eigenvalues[-1])",
            "(1 / eigenvalues[0] + 1 / eigenvalues[-1]) / 2",
            "You take the mean of the steps that suit the flattest and the steepest direction. On "
            "the ravine with curvatures 2 and 100 that is 0.255, far beyond the limit of 0.02.",
        ),
        Mistake(
            "parentheses missing",
            "2 / (eigenvalues[0] + eigenvalues[-1])",
            "2 / eigenvalues[0] + eigenvalues[-1]",
            "Python divides before it adds: without parentheses only the first curvature stands "
            "under the fraction.",
        ),
        Mistake(
            "condition number in place of the curvatures",
            "2 / (eigenvalues[0] + eigenvalues[-1])",
            "2 / (1 + eigenvalues[-1] / eigenvalues[0])",
            "2/(1 + kappa) is the best step of a bowl whose flattest curvature is 1. A bowl "
            "twice as steep in every direction has the same kappa, and needs steps half as long.",
        ),
    ),
    accepted=(best_from_factors, best_by_search, best_from_norms),
    points=1,
)
