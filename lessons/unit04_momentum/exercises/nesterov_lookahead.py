"""The exercise ``nesterov_lookahead``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import optim

from .shared import DOUBLE


def lookahead_cases(rng: np.random.Generator) -> Sequence[Case]:
    def run(name: str, about: str, steps: int, *, at_rest: bool, **kwargs: float) -> Case:
        root = draw(rng, 2, 2)
        return Case(
            name,
            about=about,
            probe="lookahead",
            inputs={
                "start": draw(rng, 2) + 2.0,
                "velocity": np.zeros(2) if at_rest else draw(rng, 2),
                "hessian": np.round(root @ root.T, 3) + np.diag([1.0, 3.0]),
                "steps": steps,
                "kwargs": kwargs,
            },
            rtol=DOUBLE,
        )

    return [
        run(
            "from rest",
            "From rest the first step is that of plain gradient descent.",
            1,
            at_rest=True,
            lr=0.05,
        ),
        run(
            "while moving",
            "With a velocity, the gradient is taken ahead of the ball.",
            1,
            at_rest=False,
            lr=0.05,
            momentum=0.6,
        ),
        run("six steps", "The velocity is handed on.", 6, at_rest=True, lr=0.08, momentum=0.7),
        run(
            "no momentum",
            "With momentum 0 the velocity carries the ball nowhere: that is gradient descent.",
            2,
            at_rest=False,
            lr=0.04,
            momentum=0.0,
        ),
        run("the default momentum", "Without the argument, it is 0.9.", 3, at_rest=False, lr=0.02),
    ]


def lookahead_in_steps(param, velocity, gradient, *, lr, momentum=0.9):
    drift = momentum * velocity
    correction = -lr * np.asarray(gradient(param + drift))
    velocity = drift + correction
    return (param + drift) + correction, velocity


def lookahead_list(param, velocity, gradient, *, lr, momentum=0.9):
    g = gradient(np.array([p + momentum * v for p, v in zip(param, velocity, strict=True)]))
    velocity = np.array([momentum * v - lr * d for v, d in zip(velocity, g, strict=True)])
    return [param + velocity, velocity]


def lookahead_minus_form(param, velocity, gradient, *, lr, momentum=0.9):
    """DD2424's signs inside, translated at both ends."""
    down = -velocity
    down = momentum * down + lr * gradient(param - momentum * down)
    return param - down, -down


LOOKAHEAD = Exercise(
    reference=optim.nesterov_lookahead,
    cases=lookahead_cases,
    returns=("param", "velocity"),
    read="Look before you leap",
    praise="One gradient per step, taken where the ball is about to be.",
    hints=(
        "Where would the ball be if there were no gradient at all? That is where you look.",
        "Look ahead by the share of the velocity that survives the step, take the gradient there, "
        "then update the velocity, then the param. Here the velocity is a displacement.",
        "Look-ahead point: `param + momentum * velocity`. The gradient found there enters the "
        "velocity with `-lr`; then the param moves by the velocity.",
    ),
    mistakes=(
        Mistake(
            "momentum fixed at 0.9",
            "ahead = param + momentum * velocity",
            "ahead = param + 0.9 * velocity",
            "Right for momentum 0.9 and for nothing else: is there a number in your code where the "
            "argument should be?",
            more=(("velocity = momentum * velocity", "velocity = 0.9 * velocity"),),
        ),
        Mistake(
            "param and velocity exchanged",
            "return param + velocity, velocity",
            "return velocity, param + velocity",
            "The two results come back in the wrong order: first the new point, then the velocity.",
        ),
        Mistake(
            "gradient at the ball",
            "ahead = param + momentum * velocity",
            "ahead = param",
            "You take the gradient where the ball is: that is plain momentum. Nesterov's idea is "
            "to take it where the velocity is about to carry the ball.",
        ),
        Mistake(
            "looks behind",
            "ahead = param + momentum * velocity",
            "ahead = param - momentum * velocity",
            "You look behind the ball. The minus sign belongs to DD2424's form, in which the "
            "velocity points the other way; here the velocity is a displacement.",
        ),
        Mistake(
            "looks a whole velocity ahead",
            "ahead = param + momentum * velocity",
            "ahead = param + velocity",
            "You look too far: only the share `momentum` of the velocity survives the step.",
        ),
        Mistake(
            "returns the look-ahead point",
            "return param + velocity, velocity",
            "return ahead + velocity, velocity",
            "You move on from the look-ahead point. It is only a place to look from: the ball "
            "itself moves from where it was.",
        ),
        Mistake(
            "climbs",
            "- lr * gradient(ahead)",
            "+ lr * gradient(ahead)",
            "The gradient enters the velocity with the wrong sign: the ball rolls uphill.",
        ),
        Mistake(
            "old velocity moves the ball",
            "    velocity = momentum * velocity - lr * gradient(ahead)\n"
            "    return param + velocity, velocity",
            "    new = momentum * velocity - lr * gradient(ahead)\n"
            "    return param + velocity, new",
            "The ball is moved by the velocity of the step before; it should feel the gradient at "
            "once.",
        ),
        Mistake(
            "nothing decays",
            "velocity = momentum * velocity - lr",
            "velocity = velocity - lr",
            "The old velocity is kept in full; only the share `momentum` of it should be left.",
        ),
        Mistake(
            "gradient asked twice",
            "- lr * gradient(ahead)",
            "- lr * gradient(ahead) + 0 * gradient(param)",
            "You ask for the gradient more than once per step, even if your numbers are right. It "
            "is the expensive part: one call, at the look-ahead point, is enough.",
        ),
        Mistake(
            "velocity points uphill",
            "ahead = param + momentum * velocity",
            "ahead = param - momentum * velocity",
            "your velocity has DD2424's sign: it points uphill and is subtracted. Here it is the "
            "displacement itself, as in CS231n, so it is *added*, in both places.",
            more=(
                ("- lr * gradient(ahead)", "+ lr * gradient(ahead)"),
                ("return param + velocity, velocity", "return param - velocity, velocity"),
            ),
            convention=True,
            read="A change of variables",
        ),
        Mistake(
            "velocity without the step size",
            "ahead = param + momentum * velocity",
            "ahead = param - lr * momentum * velocity",
            "your velocity is the sum of gradients of the first exercise. Here it is a "
            "displacement: the step size and the minus sign go into it, and nowhere else.",
            more=(
                ("- lr * gradient(ahead)", "+ gradient(ahead)"),
                ("return param + velocity, velocity", "return param - lr * velocity, velocity"),
            ),
            convention=True,
            read="Three ways to write one rule",
        ),
        Mistake(
            "mean instead of sum",
            "- lr * gradient(ahead)",
            "- lr * (1 - momentum) * gradient(ahead)",
            "your velocity is a running mean, which weights the new gradient by 1 - momentum. Here "
            "the new gradient counts in full.",
            convention=True,
            read="Three ways to write one rule",
        ),
        Mistake(
            "looks ahead once more",
            "return param + velocity, velocity",
            "return param + velocity + momentum * velocity, velocity",
            "You return the *next* look-ahead point. Asked for is the ball: the looking ahead is "
            "done again at the beginning of the next step.",
        ),
        Mistake(
            "momentum squared in the look-ahead",
            "ahead = param + momentum * velocity",
            "ahead = param + momentum**2 * velocity",
            "The look-ahead is too short: the velocity decays once on the way to it, not twice.",
        ),
        Mistake(
            "transformed form",
            "    ahead = param + momentum * velocity\n"
            "    velocity = momentum * velocity - lr * gradient(ahead)\n"
            "    return param + velocity, velocity",
            "    push = -lr * gradient(param)\n"
            "    velocity = momentum * velocity + push\n"
            "    return param + push + momentum * velocity, velocity",
            "that is Nesterov's rule in its transformed form, the next exercise: `param` holds the "
            "look-ahead point, and goes on to the next one. Here `param` is the ball itself: look "
            "ahead of it first.",
            convention=True,
            read="A change of variables",
        ),
        Mistake(
            "transformed form, sum of gradients",
            "    ahead = param + momentum * velocity\n"
            "    velocity = momentum * velocity - lr * gradient(ahead)\n"
            "    return param + velocity, velocity",
            "    grad = gradient(param)\n"
            "    velocity = momentum * velocity + grad\n"
            "    return param - lr * (grad + momentum * velocity), velocity",
            "that is the rule that libraries run, the next exercise: `param` holds the look-ahead "
            "point, and the velocity is a sum of gradients. Here `param` is the ball itself, and "
            "the velocity its displacement: look ahead of it first.",
            convention=True,
            read="A change of variables",
        ),
        Mistake(
            "look-ahead scaled by lr",
            "ahead = param + momentum * velocity",
            "ahead = param + lr * momentum * velocity",
            "You look far too little ahead: the velocity is scaled by the step size on the way "
            "there. It is a displacement, with the step size in it already.",
            read="Three ways to write one rule",
        ),
        Mistake(
            "look-ahead scaled by -lr",
            "ahead = param + momentum * velocity",
            "ahead = param - lr * momentum * velocity",
            "Your look-ahead point is made for a velocity that is a sum of gradients. Here it is a "
            "displacement: the step size and the minus sign are in it already.",
            read="Three ways to write one rule",
        ),
        Mistake(
            "old velocity handed on",
            "    velocity = momentum * velocity - lr * gradient(ahead)\n"
            "    return param + velocity, velocity",
            "    new = momentum * velocity - lr * gradient(ahead)\n"
            "    return param + new, velocity",
            "The point is right, but the velocity that you return is the old one: nothing is ever "
            "remembered.",
        ),
        Mistake(
            "velocity without the gradient",
            "    velocity = momentum * velocity - lr * gradient(ahead)\n"
            "    return param + velocity, velocity",
            "    push = -lr * gradient(ahead)\n    return ahead + push, momentum * velocity",
            "The point is right, but the velocity that you return lacks the newest gradient: it "
            "should be the whole way from the old place to the new one.",
        ),
        Mistake(
            "velocity counted from the look-ahead point",
            "    velocity = momentum * velocity - lr * gradient(ahead)\n"
            "    return param + velocity, velocity",
            "    push = -lr * gradient(ahead)\n    return ahead + push, push",
            "The point is right, but the velocity that you return is counted from the look-ahead "
            "point. The ball was not there: from where did it start?",
        ),
        Mistake(
            "momentum and friction exchanged",
            "ahead = param + momentum * velocity",
            "ahead = param + (1 - momentum) * velocity",
            "The share of the old velocity that is *kept* is `momentum`; 1 - momentum is the "
            "friction, the share that is lost.",
            more=(("velocity = momentum * velocity", "velocity = (1 - momentum) * velocity"),),
            read="A slide about friction",
        ),
        Mistake(
            "no learning rate",
            "- lr * gradient(ahead)",
            "- gradient(ahead)",
            "The step size `lr` is never used.",
        ),
        Mistake(
            "no memory",
            "velocity = momentum * velocity - lr",
            "velocity = -lr",
            "You look ahead, but nothing of the old velocity is left in the new one, so the ball "
            "never gets there.",
        ),
        Mistake(
            "plain gradient descent",
            "ahead = param + momentum * velocity",
            "ahead = param",
            "This is plain gradient descent: nothing of the old velocity is left, and you do not "
            "look ahead.",
            more=(("velocity = momentum * velocity - lr", "velocity = -lr"),),
        ),
    ),
    accepted=(lookahead_in_steps, lookahead_list, lookahead_minus_form),
    points=3,
    hidden_points=1,
)
