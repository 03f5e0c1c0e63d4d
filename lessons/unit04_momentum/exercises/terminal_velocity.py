"""The exercise ``terminal_velocity``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import optim

from .shared import ITERATED


def terminal_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "a vector",
            (draw(rng, 3),),
            {"lr": 0.05, "momentum": 0.8},
            "With momentum 0.8 the ball ends up five times as fast as gradient descent.",
            rtol=ITERATED,
        ),
        Case(
            "a matrix, momentum 0.99",
            (draw(rng, 2, 3),),
            {"lr": 0.1, "momentum": 0.99},
            "With momentum 0.99 the factor is a hundred, and it takes hundreds of steps.",
            rtol=ITERATED,
        ),
        Case(
            "no momentum",
            (draw(rng, 2),),
            {"lr": 0.3, "momentum": 0.0},
            "Without momentum the displacement is that of gradient descent.",
            rtol=ITERATED,
        ),
    ]


def terminal_by_simulation(grad, *, lr, momentum):
    velocity = np.zeros_like(grad)
    for _ in range(5000):
        velocity = momentum * velocity + grad
    return -lr * velocity


def terminal_by_weights(grad, *, lr, momentum):
    return -lr * grad * sum(momentum**k for k in range(4000))


def terminal_by_fixed_point(grad, *, lr, momentum):
    """v = m v - lr g, solved for v."""
    friction = 1.0 - momentum
    return np.divide(np.negative(np.multiply(lr, grad)), friction)


TERMINAL_VELOCITY = Exercise(
    reference=optim.terminal_velocity,
    cases=terminal_cases,
    returns=("displacement",),
    read="Terminal velocity",
    praise="With momentum 0.9 the ball ends up ten times as fast as plain gradient descent.",
    hints=(
        "At terminal speed the velocity no longer changes: what it loses equals what it gains.",
        "Put the same v on both sides of `v = momentum * v + grad` and solve for v.",
        "Then translate: the displacement per step is `-lr` times that velocity.",
    ),
    mistakes=(
        Mistake(
            "uphill",
            "-lr * grad",
            "lr * grad",
            "Asked for is the displacement: it points against the gradient.",
        ),
        Mistake(
            "divided by momentum",
            "/ (1 - momentum)",
            "/ np.maximum(momentum, 1e-300)",
            "What brakes the ball is the friction, 1 - momentum, the share of the velocity that is "
            "lost in every step.",
        ),
        Mistake(
            "not amplified",
            "-lr * grad / (1 - momentum)",
            "-lr * grad",
            "That is the step of plain gradient descent. Momentum makes it longer.",
        ),
        Mistake(
            "multiplied by the friction",
            "/ (1 - momentum)",
            "* (1 - momentum)",
            "Your ball gets slower with more momentum. Solve v = momentum * v + grad for v again.",
        ),
        Mistake(
            "velocity, not displacement",
            "-lr * grad",
            "grad",
            "That is the velocity. The displacement per step is what the velocity does to the "
            "param.",
        ),
        Mistake(
            "sum of the momenta",
            "/ (1 - momentum)",
            "* (1 + momentum)",
            "1 + momentum are the first two terms of the series only: it goes on.",
        ),
        Mistake(
            "parentheses missing",
            "-lr * grad / (1 - momentum)",
            "-lr * grad / 1 - momentum",
            "Without parentheses you divide by 1, and then subtract the momentum. What is the "
            "whole denominator?",
        ),
        Mistake(
            "momentum fixed at 0.9",
            "/ (1 - momentum)",
            "/ (1 - 0.9)",
            "Right for momentum 0.9 and for nothing else: is there a number in your code where the "
            "argument should be?",
        ),
        Mistake(
            "plus in the denominator",
            "/ (1 - momentum)",
            "/ (1 + momentum)",
            "Your ball gets slower with more momentum: a sign is wrong in the denominator. What "
            "comes out for momentum close to 1, where hardly anything brakes?",
        ),
        Mistake(
            "momentum squared",
            "/ (1 - momentum)",
            "/ (1 - momentum**2)",
            "There is a square at the momentum. Put the same v on both sides of v = momentum * v + "
            "grad: the momentum comes in once.",
        ),
        Mistake(
            "friction squared",
            "/ (1 - momentum)",
            "/ (1 - momentum) ** 2",
            "The friction comes in twice: one series of powers of the momentum has been added up "
            "already when you add it up again.",
        ),
        Mistake(
            "stops after a hundred steps",
            "-lr * grad / (1 - momentum)",
            "-lr * grad * (1 - momentum**100) / (1 - momentum)",
            "You follow the ball for a hundred steps. With momentum 0.99 it is at 63 % of its "
            "terminal velocity then: asked for is the limit.",
        ),
        Mistake(
            "first term left out",
            "/ (1 - momentum)",
            "* momentum / (1 - momentum)",
            "A factor `momentum` is too much: you have added up the *old* gradients, and left out "
            "the newest, which counts in full.",
        ),
        Mistake(
            "one number",
            "-lr * grad / (1 - momentum)",
            "-lr * np.linalg.norm(grad) / (1 - momentum)",
            "One number comes back, a speed. Asked for is the displacement, with an entry for "
            "every entry of the gradient.",
        ),
        Mistake(
            "stops after a thousand steps",
            "-lr * grad / (1 - momentum)",
            "-lr * grad * (1 - momentum**1000) / (1 - momentum)",
            "You follow the ball for a thousand steps. With momentum 0.99 a few parts in a hundred "
            "thousand are missing then: asked for is the limit, for which there is a formula.",
        ),
    ),
    accepted=(terminal_by_simulation, terminal_by_weights, terminal_by_fixed_point),
    points=1,
)
