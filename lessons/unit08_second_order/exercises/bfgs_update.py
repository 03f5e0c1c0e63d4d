"""The exercise ``bfgs_update``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import second_order
from course_lib.arrays import Array

from .shared import away, observed, turned


def bfgs_cases(rng: np.random.Generator) -> Sequence[Case]:
    def after(name: str, about: str, inverse: Array, step: Array, change: Array) -> Case:
        return Case(name, (inverse, step, change), {}, about)

    low, high = (float(v) for v in np.round(rng.uniform((0.3, 2.0), (0.9, 4.0)), 2))
    rising, falling = away(rng, 3), away(rng, 3)
    if rising @ falling > 0:
        falling = -falling
    steep, steep_change = observed(rng, 2)
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
            across * [1, 0],  # along the axes: zero is zero for vectors of length 1, too
            across * [0, 1],
        ),
        after(
            "tiny steps near the minimum",
            "Steps of 1e-10 are as good as long ones: the curvature is a ratio.",
            turned(rng, low, high),
            *observed(rng, 2, scale=1e-10),
        ),
        after(
            "a nearly flat direction",
            "The curvature along the step is small, but positive: worth learning.",
            turned(rng, low, high),
            across,
            1e-3 * (0.02 * across + np.array([-across[1], across[0]])),
        ),
        after(
            "a steep bowl",
            "Curvatures around 1e7: nothing that is not much smaller may be added to their "
            "inverses.",
            1e-7 * turned(rng, low, high),
            1e-7 * steep,
            steep_change,
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
        Mistake(
            "weak curvature refused",
            "curvature <= 0",
            "curvature <= 1e-2 * (step @ step)",
            "Steps along which the curvature is small are refused, although it is positive. A flat "
            "direction is worth learning: here a long step is the right one.",
        ),
        Mistake(
            "something added to the curvature",
            "rho = 1 / curvature",
            "rho = 1 / (curvature + 1e-10)",
            "A small number is added to step @ grad_change. Near the minimum the product itself "
            "is small; and the guard has already seen to it that it is not zero.",
        ),
        Mistake(
            "something added to the diagonal",
            PRODUCT,
            "left @ inverse_hessian @ left.T + rho * np.outer(step, step) + 1e-8 * "
            "np.eye(len(step))",
            "Something is added to the diagonal of the new estimate. In a steep bowl the estimate "
            "itself is as small as that.",
        ),
        Mistake(
            "zeros when refused",
            "return inverse_hessian\n",
            "return 0.0 * inverse_hessian\n",
            "Where a step is refused you return zeros: the next direction would be zero as well. "
            "Nothing was wrong with the old estimate: keep it.",
        ),
        Mistake(
            "both scaled to length 1",
            "    curvature = step @ grad_change\n",
            "    step, grad_change = (v / np.linalg.norm(v) for v in (step, grad_change))\n"
            "    curvature = step @ grad_change\n",
            "You scale step and gradient change to length 1. Their lengths tell how strong the "
            "curvature is: a step of 1 and a change of 100 are a steep bowl.",
        ),
        Mistake(
            "inner product in the last term",
            "np.outer(step, step)",
            "(step @ step)",
            "`step @ step` is one number, and numpy adds it to every entry. What is added should "
            "be an outer product, a matrix.",
        ),
        Mistake(
            "factors multiplied entry by entry",
            "left @ inverse_hessian @ left.T",
            "left * inverse_hessian * left.T",
            "`*` multiplies matrices entry by entry. The three factors make a product of matrices.",
        ),
        Mistake(
            "one of the two mixed terms",
            PRODUCT,
            "inverse_hessian + rho * (1 + rho * (grad_change @ inverse_hessian @ grad_change)) * "
            "np.outer(step, step) - rho * np.outer(inverse_hessian @ grad_change, step)",
            "Multiplied out, there are two mixed terms, one the transpose of the other. One of "
            "them is missing, so the estimate is no longer symmetric.",
        ),
        Mistake(
            "the other of the two mixed terms",
            PRODUCT,
            "inverse_hessian + rho * (1 + rho * (grad_change @ inverse_hessian @ grad_change)) * "
            "np.outer(step, step) - rho * np.outer(step, inverse_hessian @ grad_change)",
            "Multiplied out, there are two mixed terms, one the transpose of the other. One of "
            "them is missing, so the estimate is no longer symmetric.",
        ),
        Mistake(
            "rho missing in the product of gradient changes",
            PRODUCT,
            "inverse_hessian + rho * (1 + grad_change @ inverse_hessian @ grad_change) * "
            "np.outer(step, step) - rho * np.outer(inverse_hessian @ grad_change, step) - rho * "
            "np.outer(step, inverse_hessian @ grad_change)",
            "Multiplied out, the term with the gradient change on both sides has rho twice: once "
            "from each factor. Compare the units of the two numbers that you add.",
        ),
    ),
    accepted=(bfgs_expanded, bfgs_through_the_hessian, bfgs_loops),
    points=3,
    hidden_points=1,
)
