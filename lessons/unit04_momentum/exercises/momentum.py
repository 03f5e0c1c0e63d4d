"""The exercise ``momentum``."""

import numpy as np

from autograde.spec import Exercise, Mistake
from course_lib import optim
from course_lib.optim import MomentumState

from .shared import rule_cases


def momentum_one_line(param, grad, state, *, lr, momentum=0.9):
    """The new velocity is written where it is used."""
    return param - lr * (momentum * state[0] + grad), MomentumState(momentum * state[0] + grad)


def momentum_displacement(param, grad, state, *, lr, momentum=0.9):
    """DD2424's form: the step size inside the velocity, which has the other sign; a plain tuple."""
    (velocity,) = state
    velocity = momentum * velocity - lr * grad
    return param + velocity, (velocity,)


def momentum_loop(param, grad, state, *, lr, momentum=0.9):
    """Entry by entry, and a list for the pair."""
    velocity = np.empty_like(param)
    new = np.empty_like(param)
    for index in np.ndindex(param.shape):
        velocity[index] = momentum * state.velocity[index] + grad[index]
        new[index] = param[index] - lr * velocity[index]
    return [new, state._replace(velocity=velocity)]


MOMENTUM = Exercise(
    reference=optim.momentum,
    cases=rule_cases,
    returns=("param", "state"),
    read="The ball and its velocity",
    praise="Your rule and ours walk the same path, with any momentum and on any array.",
    hints=(
        "Two lines of arithmetic: first a new velocity, then a new param. What does the new "
        "velocity keep of the old one, and what does it add?",
        "The velocity is a decaying *sum*: it keeps the share `momentum` of itself and adds the "
        "whole gradient. The step size comes in only when the param moves.",
        "`velocity = momentum * (old velocity) + grad`; then the param goes against the *new* "
        "velocity, `lr` times as far; the state must hand the new velocity on.",
    ),
    mistakes=(
        Mistake(
            "mean instead of sum",
            "momentum * state.velocity + grad",
            "momentum * state.velocity + (1 - momentum) * grad",
            "your velocity is a running mean of the gradients, which weights the new one by "
            "1 - momentum. Here, as in the lectures' code, it is a decaying sum: with momentum 0.9 "
            "your steps are ten times shorter. Let the new gradient count in full.",
            convention=True,
            read="Three ways to write one rule",
        ),
        Mistake(
            "old velocity used",
            "param = param - lr * velocity",
            "param = param - lr * state.velocity",
            "The param moves with the velocity of the step before, so the first step stands still. "
            "Which of the two velocities knows the gradient that has just arrived?",
        ),
        Mistake(
            "velocity not stored",
            "MomentumState(velocity)",
            "state",
            "The first step is right, then the memory is lost: the state that you return still "
            "holds the old velocity.",
        ),
        Mistake(
            "no memory",
            "momentum * state.velocity + grad",
            "grad",
            "This is plain gradient descent: nothing of the old velocity is left in the new one.",
        ),
        Mistake(
            "nothing decays",
            "momentum * state.velocity + grad",
            "state.velocity + grad",
            "The old velocity is kept in full: nothing ever slows the ball down. Which share of it "
            "should be left?",
        ),
        Mistake(
            "momentum and friction exchanged",
            "momentum * state.velocity + grad",
            "(1 - momentum) * state.velocity + grad",
            "The share of the old velocity that is *kept* is `momentum`; 1 - momentum is the "
            "friction, the share that is lost.",
            read="A slide about friction",
        ),
        Mistake(
            "climbs",
            "param - lr * velocity",
            "param + lr * velocity",
            "The param moves along the gradients, uphill. If your velocity is to point downhill, "
            "the minus sign has to come in where the gradient does.",
        ),
        Mistake(
            "learning rate used twice",
            "momentum * state.velocity + grad",
            "momentum * state.velocity + lr * grad",
            "The step size comes in twice: once into the velocity and once more where the param "
            "moves. Either place is fine, both together are not.",
        ),
        Mistake(
            "gradient counted twice",
            "param - lr * velocity",
            "param - lr * (velocity + grad)",
            "The new velocity already contains the gradient; your step adds it once more.",
        ),
        Mistake(
            "Nesterov instead",
            "param - lr * velocity",
            "param - lr * (grad + momentum * velocity)",
            "That is Nesterov's rule, the next exercise. Plain momentum moves with the new "
            "velocity and nothing else.",
        ),
        Mistake(
            "no learning rate",
            "param - lr * velocity",
            "param - velocity",
            "The step size `lr` is never used.",
        ),
        Mistake(
            "momentum fixed at 0.9",
            "momentum * state.velocity + grad",
            "0.9 * state.velocity + grad",
            "Right for momentum 0.9 and for nothing else: is there a number in your code where the "
            "argument should be?",
        ),
        Mistake(
            "decays twice",
            "MomentumState(velocity)",
            "MomentumState(momentum * velocity)",
            "The velocity that you hand on has already decayed, and it decays once more at the "
            "beginning of the next step. Hand on exactly what moved the param.",
        ),
        Mistake(
            "only the last gradient remembered",
            "MomentumState(velocity)",
            "MomentumState(grad)",
            "You hand on the last gradient. The memory should reach further back: each velocity "
            "contains all the gradients before it.",
        ),
        Mistake(
            "gradient weighted as well",
            "momentum * state.velocity + grad",
            "momentum * (state.velocity + grad)",
            "The new gradient is weighted with the momentum too. Only what is *old* decays.",
        ),
        Mistake(
            "gradient weighted instead",
            "momentum * state.velocity + grad",
            "state.velocity + momentum * grad",
            "The factor `momentum` stands at the gradient, so the old velocity never decays. Which "
            "of the two is it that should fade?",
        ),
        Mistake(
            "displacement stored",
            "MomentumState(velocity)",
            "MomentumState(lr * velocity)",
            "Your memory is scaled by `lr` once more in every step. What you hand on has the step "
            "size in it, and the next step treats it as if it had not. Either form is fine, but "
            "not half of each.",
            read="Three ways to write one rule",
        ),
        Mistake(
            "old velocity subtracted",
            "momentum * state.velocity + grad",
            "grad - momentum * state.velocity",
            "From step to step your velocity turns round: the old one comes in with a minus sign, "
            "or is handed on with one. Gradients that agree cancel, and the ball brakes where it "
            "should speed up.",
        ),
        Mistake(
            "mean with the weights exchanged",
            "momentum * state.velocity + grad",
            "(1 - momentum) * state.velocity + momentum * grad",
            "You take a mean, and `momentum` is the weight of the *new* gradient in it. It is the "
            "share that is kept of the old velocity; the new gradient is added in full.",
            read="A slide about friction",
        ),
        Mistake(
            "only the displacement",
            "param = param - lr * velocity",
            "param = -lr * velocity",
            "You return the displacement. Asked for is the place: where does the step start?",
        ),
        Mistake(
            "gradient scaled to length one",
            "momentum * state.velocity + grad",
            "momentum * state.velocity + grad / np.linalg.norm(grad)",
            "The gradient is divided by its length before it enters the velocity. Here it counts "
            "as it is: a short gradient, a gentle push.",
        ),
    ),
    accepted=(momentum_one_line, momentum_displacement, momentum_loop),
    points=3,
    hidden_points=1,
)
