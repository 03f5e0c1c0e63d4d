"""The exercise ``nesterov``."""

import numpy as np

from autograde.spec import Exercise, Mistake
from course_lib import optim
from course_lib.optim import MomentumState

from .shared import rule_cases


def nesterov_lecture_form(param, grad, state, *, lr, momentum=0.9):
    """CS231n's last line: step back along the old velocity, forward along the new one."""
    old = -lr * state.velocity
    new = momentum * old - lr * grad
    return param - momentum * old + (1 + momentum) * new, MomentumState(-new / lr)


def nesterov_two_steps(param, grad, state, *, lr, momentum=0.9):
    """Back to the ball, move it, look ahead again."""
    ball = param + lr * momentum * state.velocity
    velocity = grad + momentum * state.velocity
    ball = ball - lr * velocity
    return ball - lr * momentum * velocity, MomentumState(velocity)


def nesterov_tuple(param, grad, state, *, lr, momentum=0.9):
    """Everything multiplied out, plain tuples."""
    velocity = np.add(np.multiply(momentum, state[0]), grad)
    step = lr * grad + lr * momentum * momentum * state[0] + lr * momentum * grad
    return (param - step, (velocity,))


NESTEROV = Exercise(
    reference=optim.nesterov,
    cases=rule_cases,
    returns=("param", "state"),
    read="A change of variables",
    praise="Same path as ours. Your optimizer sees gradients at the look-ahead point only.",
    hints=(
        "The velocity is updated exactly as in momentum. Only the step of the param differs: it "
        "must land on the *next* look-ahead point.",
        "Write x for the ball and p = x - lr * momentum * velocity for the look-ahead point. "
        "Express p after the step by p before it, the gradient, and the new velocity.",
        "The step is a gradient step plus `momentum` times a step along the new velocity.",
    ),
    mistakes=(
        Mistake(
            "plain momentum",
            "param - lr * (grad + momentum * velocity)",
            "param - lr * velocity",
            "That is plain momentum. In the form that looks ahead, the gradient is taken at "
            "another place than `param`; here you only get the one at `param`. So `param` holds "
            "the look-ahead point, and after the ball has moved, it has to look ahead once more.",
        ),
        Mistake(
            "look-ahead without decay",
            "(grad + momentum * velocity)",
            "(grad + velocity)",
            "The look-ahead is too long: on its way to the next look-ahead point the velocity "
            "decays once more before it is used.",
        ),
        Mistake(
            "gradient left out of the step",
            "(grad + momentum * velocity)",
            "(momentum * velocity)",
            "The look-ahead part is there, but the gradient's own step is missing.",
        ),
        Mistake(
            "step weighted by 1 + momentum",
            "(grad + momentum * velocity)",
            "((1 + momentum) * velocity)",
            "(1 + momentum) times the new velocity is only half of the lectures' formula: the look "
            "ahead that `param` already contains, along the old velocity, has to be taken back.",
        ),
        Mistake(
            "velocity not stored",
            "MomentumState(velocity)",
            "state",
            "The first step is right, then the memory is lost: the state that you return still "
            "holds the old velocity.",
        ),
        Mistake(
            "mean instead of sum",
            "momentum * state.velocity + grad",
            "momentum * state.velocity + (1 - momentum) * grad",
            "your velocity is a running mean of the gradients. Here it is a decaying sum: let the "
            "new gradient count in full.",
            convention=True,
        ),
        Mistake(
            "climbs",
            "param - lr *",
            "param + lr *",
            "The param moves uphill: check the sign of the step.",
        ),
        Mistake(
            "learning rate used twice",
            "momentum * state.velocity + grad",
            "momentum * state.velocity + lr * grad",
            "The step size comes in twice: once into the velocity and once more in the step.",
        ),
        Mistake(
            "plain gradient descent",
            "(grad + momentum * velocity)",
            "grad",
            "Nothing of the velocity is left in the step: this is plain gradient descent. If you "
            "return the ball's new place: `param` has to be the next look-ahead point.",
        ),
        Mistake(
            "old and new velocity exchanged",
            "param = param - lr * (grad + momentum * velocity)",
            "param = param + lr * (momentum * velocity - (1 + momentum) * state.velocity)",
            "In the lectures' last line old and new velocity have changed places: the old one is "
            "taken back, and the new one counts 1 + momentum times.",
        ),
        Mistake(
            "momentum fixed at 0.9",
            "momentum * state.velocity + grad",
            "0.9 * state.velocity + grad",
            "Right for momentum 0.9 and for nothing else: is there a number in your code where the "
            "argument should be?",
            more=(("(grad + momentum * velocity)", "(grad + 0.9 * velocity)"),),
        ),
        Mistake(
            "lectures' line, the other velocity",
            "param = param - lr * (grad + momentum * velocity)",
            "param = param - momentum * state.velocity + (1 + momentum) * velocity",
            "That is the lectures' last line, and it is written for *their* velocity, the "
            "displacement. Yours is the sum of gradients: what turns one into the other?",
            read="A change of variables",
        ),
        Mistake(
            "old velocity counts too much",
            "(grad + momentum * velocity)",
            "(momentum * grad + velocity)",
            "The new gradient counts as it should, but the old velocity too much: until the next "
            "look-ahead point it decays twice, once in the update and once on the way there.",
        ),
        Mistake(
            "look-ahead decays twice",
            "(grad + momentum * velocity)",
            "(grad + momentum**2 * velocity)",
            "The look-ahead is too short: on its way to the next look-ahead point the *new* "
            "velocity decays once, not twice.",
        ),
        Mistake(
            "looks behind",
            "(grad + momentum * velocity)",
            "(grad - momentum * velocity)",
            "The look-ahead goes backwards: the velocity takes away from the gradient's step. "
            "Where is the next look-ahead point, ahead of the ball or behind it?",
        ),
        Mistake(
            "the whole step stored",
            "MomentumState(velocity)",
            "MomentumState(grad + momentum * velocity)",
            "You hand on the step, look-ahead included. The velocity is the ball's own; how far "
            "you look ahead of it leaves no trace in it.",
        ),
        Mistake(
            "step size in the velocity only",
            "momentum * state.velocity + grad",
            "momentum * state.velocity + lr * grad",
            "In your velocity the gradient is scaled by the step size, and beside it in the step "
            "it is not. Both are parts of one displacement.",
            more=(("param - lr *", "param -"),),
        ),
        Mistake(
            "no learning rate",
            "param - lr *",
            "param -",
            "The step size `lr` is never used.",
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
            more=(("momentum * velocity)", "(1 - momentum) * velocity)"),),
            read="A slide about friction",
        ),
        Mistake(
            "displacement stored",
            "MomentumState(velocity)",
            "MomentumState(lr * velocity)",
            "Your memory is scaled by `lr` once more in every step. What you hand on has the step "
            "size in it, and the next step treats it as if it had not. Either form is fine, but "
            "not half of each.",
        ),
        Mistake(
            "mixed as in Nadam",
            "(grad + momentum * velocity)",
            "((1 - momentum) * grad + momentum * velocity)",
            "your step mixes 1 - momentum parts of the gradient with `momentum` parts of the "
            "velocity, as Nadam does, whose velocity is a mean. Here the velocity is a sum, and "
            "the gradient's own step counts in full.",
            convention=True,
        ),
        Mistake(
            "velocity turns round",
            "momentum * state.velocity + grad",
            "grad - momentum * state.velocity",
            "From step to step your velocity turns round: the old one comes in with a minus sign, "
            "or is handed on with one. Which sign has the velocity that you store, and which does "
            "the next step expect?",
        ),
        Mistake(
            "old look-ahead added",
            "(grad + momentum * velocity)",
            "(momentum * state.velocity + (1 + momentum) * velocity)",
            "In the lectures' last line the old look-ahead is taken *back* before the new one is "
            "added; yours is added as well. Which sign belongs to the old velocity?",
        ),
        Mistake(
            "old look-ahead without the step size",
            "param = param - lr * (grad + momentum * velocity)",
            "param = param + momentum * state.velocity - lr * (1 + momentum) * velocity",
            "You take the old look-ahead back, but without the step size: your velocity is a sum "
            "of gradients, the old one too, so both need the same translation.",
        ),
    ),
    accepted=(nesterov_lecture_form, nesterov_two_steps, nesterov_tuple),
    points=3,
    hidden_points=1,
)
