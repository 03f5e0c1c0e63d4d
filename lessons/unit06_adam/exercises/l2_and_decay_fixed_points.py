"""The exercise ``l2_and_decay_fixed_points``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import optim

REST = "Where the weight comes to rest"


def rest_cases(rng: np.random.Generator) -> Sequence[Case]:
    def case(name: str, about: str, curvature: float, target: float, strength: float, m: float):
        return Case(
            name,
            (curvature, target),
            {"strength": strength, "momentum": m},
            about=about,
            rtol=1e-5,  # running until nothing moves any more is an answer too
        )

    def between(low: float, high: float) -> float:
        return float(np.round(rng.uniform(low, high), 2))

    return [
        case(
            "momentum 0.9",
            "At rest neither the weight nor the velocity changes: start each rule at your number, "
            "and see whether it stays there.",
            between(0.5, 2.0),
            between(1.5, 3.0),
            between(0.1, 0.3),
            0.9,
        ),
        case(
            "no momentum",
            "Without momentum the velocity is the gradient, and the two are the same.",
            between(0.5, 2.0),
            between(1.5, 3.0),
            between(0.3, 0.6),
            0.0,
        ),
        case(
            "a negative target and momentum 0.6",
            "The target may have either sign.",
            between(2.0, 4.0),
            -between(1.5, 3.0),
            between(0.5, 1.5),
            0.6,
        ),
        case(
            "no decay",
            "Without a penalty the weight settles on the target.",
            between(0.5, 2.0),
            between(1.5, 3.0),
            0.0,
            0.8,
        ),
    ]


def rest_by_running(curvature, target, *, strength, momentum):
    """Both rules, run until nothing moves any more."""
    lr, ends = 0.2 / (curvature + 2 * strength), []
    for inside in (True, False):
        w = velocity = 0.0
        for _ in range(2500):
            grad = curvature * (w - target) + 2 * strength * w * inside
            velocity = momentum * velocity + grad
            w -= lr * (velocity + 2 * strength * w * (not inside))
        ends.append(w)
    return tuple(ends)


def rest_by_friction(curvature, target, *, strength, momentum):
    """The second one is the first with the strength times the friction."""

    def settled(pull):
        return target / (1 + 2 * pull / curvature)

    return [settled(strength), settled(strength - momentum * strength)]


def rest_by_solving(curvature, target, *, strength, momentum):
    """The conditions of rest as linear systems for the weight and the velocity."""
    rest = np.array([curvature * target, 0.0])
    inside = [[curvature + 2 * strength, momentum - 1], [0, 1]]
    outside = [[curvature, momentum - 1], [2 * strength, 1]]
    return [float(np.linalg.solve(np.array(a, float), rest)[0]) for a in (inside, outside)]


def rest_by_interpolation(curvature, target, *, strength, momentum):
    """A mean of the target and 0, weighted with the curvatures of loss and penalty."""
    return [
        target - target * pull / (pull + curvature)
        for pull in (2 * strength, 2 * strength * (1 - momentum))
    ]


WITH_L2 = "with_l2 = curvature * target / (curvature + pull)"
WITH_DECAY = "with_decay = curvature * target / (curvature + (1 - momentum) * pull)"

FIXED_POINTS = Exercise(
    reference=optim.l2_and_decay_fixed_points,
    cases=rest_cases,
    returns=("with the penalty", "with the decay"),
    read=REST,
    praise="So the slide's equivalence is refuted, by your own numbers.",
    hints=(
        "At rest nothing changes any more: neither the weight nor the velocity. Write that down as "
        "two equations, for each of the two rules.",
        "A velocity at rest is its own fixed point: v = momentum * v + g. Solve for v. What does "
        "the update of the weight then ask for?",
        "With the penalty in the gradient, the *gradient* must be 0 at rest. With the decay after "
        "the velocity, the *sum* of velocity and decay must be 0, and the velocity there is the "
        "gradient over 1 - momentum.",
    ),
    mistakes=(
        Mistake(
            "taken for the same",
            WITH_DECAY,
            "with_decay = with_l2",
            "Your two fixed points are equal. That is what the slide says, and it is right without "
            "momentum only: how large is the velocity when it has settled?",
        ),
        Mistake(
            "exchanged",
            "return with_l2, with_decay",
            "return with_decay, with_l2",
            "The two fixed points have changed places: first the one with the penalty in the loss.",
        ),
        Mistake(
            "momentum makes the decay stronger",
            "(1 - momentum) * pull",
            "pull / (1 - momentum)",
            "The velocity collects many *gradients*; the decay stands outside and is not "
            "collected. Which of the two does the momentum amplify?",
        ),
        Mistake(
            "momentum instead of friction",
            "(1 - momentum) * pull",
            "momentum * pull",
            "In the balance of forces you have the momentum where its complement belongs: try "
            "momentum 0, where both must agree.",
        ),
        Mistake(
            "factor two missing",
            "pull = 2 * strength",
            "pull = strength",
            "against the loss your decay is half of ours. Here the penalty is strength times the "
            "squared weight, as on the lecture's slide, and the loss has a factor 1/2: mind both "
            "derivatives.",
            convention=True,
        ),
        Mistake(
            "both weakened",
            WITH_L2,
            "with_l2 = curvature * target / (curvature + (1 - momentum) * pull)",
            "The momentum comes into your first fixed point as well. There the penalty is a part "
            "of the gradient, and where a gradient is 0 does not depend on the momentum.",
            more=((WITH_DECAY, "with_decay = with_l2"),),
        ),
        Mistake(
            "decay has no effect",
            WITH_DECAY,
            "with_decay = target",
            "With the decay your weight settles on the target, as if there were no decay. At the "
            "target the gradient is 0, but the decay still pulls.",
        ),
        Mistake(
            "the target forgotten",
            WITH_L2,
            "with_l2 = curvature / (curvature + pull)",
            "You return by which factor the weight is pulled in. Asked for is where it settles.",
            more=((WITH_DECAY, "with_decay = curvature / (curvature + (1 - momentum) * pull)"),),
        ),
        Mistake(
            "pushed outward",
            "(curvature + pull)",
            "(curvature - pull)",
            "Your weights end farther out than the target: a decay pulls towards 0. Check the sign "
            "of the penalty's gradient.",
            more=(("(curvature + (1 - momentum) * pull)", "(curvature - (1 - momentum) * pull)"),),
        ),
        Mistake(
            "curvature left out",
            WITH_L2,
            "with_l2 = target / (1 + pull)",
            "The curvature is missing: a steep loss holds its weight harder against the same "
            "decay.",
            more=((WITH_DECAY, "with_decay = target / (1 + (1 - momentum) * pull)"),),
        ),
    ),
    accepted=(rest_by_running, rest_by_friction, rest_by_solving, rest_by_interpolation),
    points=2,
)
