"""The exercise ``stability_limit``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import landscape

from .shared import ITERATED


def limit_cases(rng: np.random.Generator) -> Sequence[Case]:
    curvature = float(np.round(rng.uniform(3.0, 12.0), 2))
    rate = float(np.round(rng.uniform(0.3, 0.7), 2))
    return [
        Case(
            "gradient descent",
            ("gd", curvature),
            {"momentum": rate},
            "Gradient descent has no momentum: the argument must not matter here.",
            rtol=ITERATED,
        ),
        Case(
            "momentum",
            ("momentum", curvature),
            {"momentum": rate},
            "Put x(t+1) = -x(t) into the heavy ball's rule, with any momentum.",
            rtol=ITERATED,
        ),
        Case(
            "Nesterov",
            ("nesterov", curvature),
            {"momentum": rate},
            "At the limit the look-ahead point is further out than the ball: how many times?",
            rtol=ITERATED,
        ),
        Case(
            "the lecture's ravine, momentum 0.9",
            ("nesterov", 100.0),
            {},
            "This is the limit at which DD2424's run with Nesterov would break down.",
            rtol=ITERATED,
        ),
        Case(
            "the default momentum",
            ("momentum", 100.0),
            {},
            "Without the argument, momentum is 0.9.",
            rtol=ITERATED,
        ),
        Case(
            "Nesterov without momentum",
            ("nesterov", 4.0),
            {"momentum": 0.0},
            "Without momentum every method is gradient descent.",
            rtol=ITERATED,
        ),
    ]


def limit_by_dictionary(method, curvature, *, momentum=0.9):
    factor = {
        "gd": 1.0,
        "momentum": 1 + momentum,
        "nesterov": (1 + momentum) / (1 + momentum + momentum),
    }
    return 2 * factor[method] / curvature


def limit_by_bisection(method, curvature, *, momentum=0.9):
    """The largest lr at which the companion matrix has no eigenvalue outside the unit circle."""

    def radius(lr: float) -> float:
        push = lr * curvature
        if method == "gd":
            return abs(1 - push)
        trace = (1 + momentum) * (1 - push) if method == "nesterov" else 1 + momentum - push
        det = momentum * (1 - push) if method == "nesterov" else momentum
        return float(np.max(np.abs(np.linalg.eigvals([[trace, -det], [1.0, 0.0]]))))

    low, high = 0.0, 8.0 / curvature
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if radius(middle) <= 1 else (low, middle)
    return low


def limit_by_cases(method, curvature, *, momentum=0.9):
    if method == "gd":
        return np.float64(2) / curvature
    if method == "momentum":
        return np.array((2 + 2 * momentum) / curvature)
    return (2 + 2 * momentum) / (curvature * (1 + 2 * momentum))


STABILITY_LIMIT = Exercise(
    reference=landscape.stability_limit,
    cases=limit_cases,
    returns=("limit",),
    read="How large may the step be?",
    praise="Heavy-ball momentum widens the stable range, Nesterov narrows it: a fact that the "
    "slides do not mention.",
    hints=(
        "At the limit the ball flips sides for ever without growing. Put x(t+1) = -x(t) into the "
        "rule and see which lr makes that possible.",
        "For momentum: x alternates in sign, so does the velocity. Two equations, two unknowns.",
        "Heavy ball: curvature times lr is 2(1 + m). For Nesterov the gradient is taken at the "
        "look-ahead point, which alternates too, and is (1 + 2m) times as large.",
    ),
    mistakes=(
        Mistake(
            "momentum fixed at 0.9",
            "return 2 * (1 + momentum) / curvature",
            "return 2 * (1 + 0.9) / curvature",
            "Right for momentum 0.9 and for nothing else: is there a number in your code where the "
            "argument should be?",
            more=(
                (
                    "2 * (1 + momentum) / ((1 + 2 * momentum) * curvature)",
                    "2 * (1 + 0.9) / ((1 + 2 * 0.9) * curvature)",
                ),
            ),
        ),
        Mistake(
            "gradient descent's limit for all",
            'if method == "gd":',
            "if True:",
            "2/curvature is the limit of plain gradient descent. Momentum changes it, and the two "
            "momentum methods change it in opposite directions.",
        ),
        Mistake(
            "Nesterov taken for heavy ball",
            "2 * (1 + momentum) / ((1 + 2 * momentum) * curvature)",
            "2 * (1 + momentum) / curvature",
            "Nesterov's limit is not that of the heavy ball: its gradient is taken further out, at "
            "the look-ahead point, so it reacts more strongly.",
        ),
        Mistake(
            "momentum counted like a longer step",
            "        return 2 * (1 + momentum) / curvature",
            "        return 2 * (1 - momentum) / curvature",
            "You argue that momentum takes steps 1/(1 - momentum) times as long, so that lr must "
            "be smaller. That holds where gradients agree. At the limit they alternate, and then "
            "the velocity works *against* the newest gradient.",
        ),
        Mistake(
            "friction in the denominator",
            "        return 2 * (1 + momentum) / curvature",
            "        return 2 / ((1 - momentum) * curvature)",
            "1/(1 - momentum) is the gain under a *constant* gradient. At the stability limit the "
            "gradient changes sign in every step: put x(t+1) = -x(t) into the rule.",
        ),
        Mistake(
            "factor two missing",
            "        return 2 * (1 + momentum) / curvature",
            "        return (1 + momentum) / curvature",
            "Half of the right value for the heavy ball: check that momentum 0 gives gradient "
            "descent's 2/curvature.",
        ),
        Mistake(
            "gradient descent's factor two missing",
            "return 2 / curvature",
            "return 1 / curvature",
            "1/curvature is the step that lands in the minimum at once. How much further may it go "
            "before it comes back from the other side no closer than it was?",
        ),
        Mistake(
            "Nesterov without the look-ahead's factor",
            "((1 + 2 * momentum) * curvature)",
            "((1 + momentum) * curvature)",
            "Your limit for Nesterov is gradient descent's 2/curvature, whatever the momentum is. "
            "At the limit ball and velocity alternate: how many times as far out as the ball is "
            "the look-ahead point?",
        ),
        Mistake(
            "heavy ball and Nesterov exchanged",
            "        return 2 * (1 + momentum) / curvature",
            "        return 2 * (1 + momentum) / ((1 + 2 * momentum) * curvature)",
            "You have exchanged the two momentum methods: the one that looks ahead is the one that "
            "reacts more strongly.",
            more=(
                (
                    '    if method == "nesterov":\n'
                    "        return 2 * (1 + momentum) / ((1 + 2 * momentum) * curvature)",
                    '    if method == "nesterov":\n        return 2 * (1 + momentum) / curvature',
                ),
            ),
        ),
        Mistake(
            "Nesterov without its numerator",
            "2 * (1 + momentum) / ((1 + 2 * momentum) * curvature)",
            "2 / ((1 + 2 * momentum) * curvature)",
            "For Nesterov your denominator is right, but the numerator is gradient descent's. "
            "There is a velocity too, and at the limit it turns round as it does for the heavy "
            "ball.",
        ),
        Mistake(
            "gradient descent's limit over 1 + momentum",
            "2 * (1 + momentum) / ((1 + 2 * momentum) * curvature)",
            "2 / ((1 + momentum) * curvature)",
            "For Nesterov you divide gradient descent's limit by 1 + momentum. Two things change: "
            "the velocity turns round as for the heavy ball, and the gradient is taken further "
            "out.",
        ),
        Mistake(
            "look-ahead above the line",
            "2 * (1 + momentum) / ((1 + 2 * momentum) * curvature)",
            "2 * (1 + momentum) * (1 + 2 * momentum) / curvature",
            "With you Nesterov bears longer steps than the heavy ball. But its gradient is taken "
            "further out, so it is *larger*: the step has to be shorter for that.",
        ),
        Mistake(
            "where the swinging ends",
            "        return 2 * (1 + momentum) / curvature",
            "        return (1 + np.sqrt(momentum)) ** 2 / curvature",
            "That is where the heavy ball stops swinging smoothly and begins to jump from side to "
            "side. For a while the jumps still become smaller: the limit lies further out.",
        ),
        Mistake(
            "momentum counted twice for the heavy ball",
            "        return 2 * (1 + momentum) / curvature",
            "        return 2 * (1 + 2 * momentum) / curvature",
            "For the heavy ball momentum counts twice. Its gradient is taken at the ball; 1 + 2m "
            "belongs to a gradient that is taken further out.",
        ),
        Mistake(
            "gradient descent with momentum",
            "return 2 / curvature",
            "return 2 * (1 + momentum) / curvature",
            "For 'gd' the momentum comes in. Plain gradient descent has none, whatever the "
            "argument says.",
        ),
        Mistake(
            "multiplied by the curvature",
            "return 2 / curvature",
            "return 2 * curvature",
            "You multiply by the curvature: the steeper the bowl, the longer your steps may be. "
            "Which way round is it?",
            more=(
                (
                    "        return 2 * (1 + momentum) / curvature",
                    "        return 2 * (1 + momentum) * curvature",
                ),
                ("((1 + 2 * momentum) * curvature)", "(1 + 2 * momentum) * curvature"),
            ),
        ),
        Mistake(
            "heavy ball's limit for all",
            'if method == "gd":',
            "if True:",
            "You give the heavy ball's limit for all three methods. Gradient descent has no "
            "momentum, and Nesterov's gradient is taken further out than the ball.",
            more=(("return 2 / curvature", "return 2 * (1 + momentum) / curvature"),),
        ),
    ),
    accepted=(limit_by_dictionary, limit_by_bisection, limit_by_cases),
)
