"""The exercise ``max_stable_lr``."""

import numpy as np

from autograde.spec import Exercise, Mistake
from course_lib import landscape

from .shared import bowl_cases


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
        Mistake(
            "geometric mean",
            "np.linalg.eigvalsh(hessian)[-1]",
            "np.exp(np.mean(np.log(np.linalg.eigvalsh(hessian))))",
            "You let the geometric mean of the curvatures decide. The steepest direction is "
            "steeper than that, and explodes.",
        ),
        Mistake(
            "upside down",
            "2 / largest",
            "largest / 2",
            "The steeper the bowl, the *smaller* must the steps be: your limit grows with the "
            "curvature.",
        ),
        Mistake(
            "multiplied",
            "2 / largest",
            "2 * largest",
            "The steeper the bowl, the *smaller* must the steps be: your limit grows with the "
            "curvature.",
        ),
    ),
    accepted=(limit_from_norm, limit_from_power_iteration, limit_by_bisection),
    points=1,
)
