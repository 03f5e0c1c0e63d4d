"""Unit 04, momentum and Nesterov: the exercises and quizzes."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Choice, Exercise, Mistake, Quiz, draw
from course_lib import landscape, optim
from course_lib.optim import MomentumState

TITLE = "Momentum and Nesterov"
MINUTES = 100

# --- momentum -----------------------------------------------------------------------------------


def rule_cases(rng: np.random.Generator) -> Sequence[Case]:
    """Paths of an update rule: one array, two that take turns, the default, other settings."""

    def run(name: str, about: str, shapes: list[tuple[int, ...]], steps: int, **kwargs: float):
        starts = [draw(rng, *shape) for shape in shapes]
        return Case(
            name,
            about=about,
            probe="path",
            inputs={
                "starts": starts,
                "states": [MomentumState.zeros_like(start) for start in starts],
                "grads": [draw(rng, steps, *shape) for shape in shapes],
                "kwargs": kwargs,
            },
        )

    return [
        run(
            "first step",
            "In the first step the velocity before it is zero.",
            [(2,)],
            1,
            lr=0.1,
            momentum=0.8,
        ),
        run(
            "five steps",
            "From the second step on, what the state hands over decides.",
            [(2,)],
            5,
            lr=0.1,
            momentum=0.8,
        ),
        run(
            "the default momentum",
            "Without the argument, momentum is 0.9.",
            [(3,)],
            4,
            lr=0.05,
        ),
        run(
            "two arrays in turn",
            "Two parameter arrays are updated in turn, each with its own state.",
            [(2, 3), (3,)],
            4,
            lr=0.5,
            momentum=0.3,
        ),
    ]


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
    ),
    accepted=(momentum_one_line, momentum_displacement, momentum_loop),
    points=3,
    hidden_points=1,
)

# --- Nesterov, transformed ----------------------------------------------------------------------


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
            "That is plain momentum. `param` holds the look-ahead point, so after the ball has "
            "moved, it has to look ahead once more.",
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
    ),
    accepted=(nesterov_lecture_form, nesterov_two_steps, nesterov_tuple),
    points=3,
    hidden_points=1,
)

# --- Nesterov, looking ahead --------------------------------------------------------------------


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
    ),
    accepted=(lookahead_in_steps, lookahead_list, lookahead_minus_form),
    points=3,
    hidden_points=1,
)

# --- velocity weights ---------------------------------------------------------------------------


def weights_cases(rng: np.random.Generator) -> Sequence[Case]:
    rate = float(np.round(rng.uniform(0.3, 0.7), 2))
    some, many = (int(rng.integers(*bounds)) for bounds in ((5, 9), (19, 40)))
    return [
        Case("two steps", (2,), {"momentum": rate}, "The newest gradient counts once."),
        Case(
            "some steps", (some,), {"momentum": rate}, "The older a gradient, the more it counted."
        ),
        Case(
            "many steps with 0.9",
            (many,),
            {"momentum": 0.9},
            "The oldest weights come close to 1/(1 - momentum).",
        ),
        Case("no momentum", (many - 15,), {"momentum": 0.0}, "Then every gradient counts once."),
    ]


def weights_by_sums(steps, *, momentum):
    """The weight of a gradient is 1 + m + m^2 + ...: as many terms as updates it has lived."""
    return np.array([sum(momentum**k for k in range(steps - i)) for i in range(steps)])


def weights_by_recursion(steps, *, momentum):
    weights = []
    last = 0.0
    for _ in range(steps):
        last = 1 + momentum * last
        weights.insert(0, last)
    return weights


def weights_by_simulation(steps, *, momentum):
    """Feed one unit gradient at a time into the rule and see how far the param goes."""
    pushes = np.eye(steps)
    velocity, moved = np.zeros(steps), np.zeros(steps)
    for push in pushes:
        velocity = momentum * velocity + push
        moved = moved + velocity
    return moved


VELOCITY_WEIGHTS = Exercise(
    reference=optim.velocity_weights,
    cases=weights_cases,
    returns=("weights",),
    read="Momentum as a weighted sum",
    praise="These are the weights with which every past gradient has moved the ball so far.",
    hints=(
        "Follow one gradient: it enters the velocity once, and then moves the ball in this step, "
        "and with the share `momentum` in the next, and so on.",
        "A gradient that has been there for k steps has counted 1 + m + m² + ... (k terms).",
        "The sum of k terms of that series is (1 - m^k)/(1 - m). How large is k for gradient i of "
        "`steps`, counted from zero?",
    ),
    mistakes=(
        Mistake(
            "momentum fixed at 0.9",
            "(1 - momentum**updates_since) / (1 - momentum)",
            "(1 - 0.9**updates_since) / (1 - 0.9)",
            "Right for momentum 0.9 and for nothing else: is there a number in your code where the "
            "argument should be?",
        ),
        Mistake(
            "weights of a mean",
            "return (1 - momentum**updates_since) / (1 - momentum)",
            "weights = 1 - momentum**updates_since\n    return weights / np.sum(weights)",
            "Your weights sum to 1, as those of an average. The ball does not average its past: "
            "the newest gradient counts once, whatever the number of steps.",
        ),
        Mistake(
            "exponent one too small",
            "steps - np.arange(steps",
            "steps - 1 - np.arange(steps",
            "Your newest gradient has weight zero, but it has already moved the ball once: the "
            "exponent is one too small.",
        ),
        Mistake(
            "exponent one too large",
            "steps - np.arange(steps",
            "steps + 1 - np.arange(steps",
            "Your newest gradient counts more than once, although it has moved the ball just once: "
            "the exponent is one too large.",
        ),
        Mistake(
            "not divided",
            "(1 - momentum**updates_since) / (1 - momentum)",
            "1 - momentum**updates_since",
            "The geometric series has a denominator. Check: the newest gradient must count once. "
            "(With a velocity that is a running mean it would not; here the velocity is a sum.)",
        ),
        Mistake(
            "newest first",
            "steps - np.arange(steps, dtype=np.float64)",
            "np.arange(1, steps + 1, dtype=np.float64)",
            "Your weights are in reverse: entry 0 belongs to the oldest gradient, which has had "
            "the most time to count.",
        ),
        Mistake(
            "weights in the velocity",
            "(1 - momentum**updates_since) / (1 - momentum)",
            "momentum ** (updates_since - 1)",
            "These are the weights in the velocity of the last step. Asked for are the weights in "
            "the *position*: all steps so far, added up.",
        ),
        Mistake(
            "counted from the wrong end",
            "steps - np.arange(steps, dtype=np.float64)",
            "np.arange(steps, dtype=np.float64)",
            "The exponent is the number of the gradient. It should be the number of updates since "
            "then: the *first* gradient has had the most of them.",
        ),
        Mistake(
            "the limit for all",
            "(1 - momentum**updates_since) / (1 - momentum)",
            "np.ones(steps) / (1 - momentum)",
            "1/(1 - momentum) is what a weight approaches in the end. A young gradient has not "
            "come so far: stop the series after the updates that it has lived.",
        ),
    ),
    accepted=(weights_by_sums, weights_by_recursion, weights_by_simulation),
)

# --- terminal velocity --------------------------------------------------------------------------


def terminal_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "a vector",
            (draw(rng, 3),),
            {"lr": 0.05, "momentum": 0.8},
            "With momentum 0.8 the ball ends up five times as fast as gradient descent.",
        ),
        Case(
            "a matrix, momentum 0.99",
            (draw(rng, 2, 3),),
            {"lr": 0.1, "momentum": 0.99},
            "With momentum 0.99 the factor is a hundred, and it takes hundreds of steps.",
        ),
        Case(
            "no momentum",
            (draw(rng, 2),),
            {"lr": 0.3, "momentum": 0.0},
            "Without momentum the displacement is that of gradient descent.",
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
    ),
    accepted=(terminal_by_simulation, terminal_by_weights, terminal_by_fixed_point),
    points=1,
)

# --- stability limit ----------------------------------------------------------------------------


def limit_cases(rng: np.random.Generator) -> Sequence[Case]:
    curvature = float(np.round(rng.uniform(3.0, 12.0), 2))
    rate = float(np.round(rng.uniform(0.3, 0.7), 2))
    return [
        Case(
            "gradient descent",
            ("gd", curvature),
            {"momentum": rate},
            "Gradient descent has no momentum: the argument must not matter here.",
        ),
        Case(
            "momentum",
            ("momentum", curvature),
            {"momentum": rate},
            "Put x(t+1) = -x(t) into the heavy ball's rule, with any momentum.",
        ),
        Case(
            "Nesterov",
            ("nesterov", curvature),
            {"momentum": rate},
            "At the limit the look-ahead point is further out than the ball: how many times?",
        ),
        Case(
            "the lecture's ravine, momentum 0.9",
            ("nesterov", 100.0),
            {},
            "This is the limit at which DD2424's run with Nesterov would break down.",
        ),
        Case(
            "the default momentum",
            ("momentum", 100.0),
            {},
            "Without the argument, momentum is 0.9.",
        ),
        Case(
            "Nesterov without momentum",
            ("nesterov", 4.0),
            {"momentum": 0.0},
            "Without momentum every method is gradient descent.",
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
            "For Nesterov the factor in the denominator is too small: at the limit ball and "
            "velocity alternate, so how many times as far out as the ball is the look-ahead point?",
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
    ),
    accepted=(limit_by_dictionary, limit_by_bisection, limit_by_cases),
)

EXERCISES = (MOMENTUM, VELOCITY_WEIGHTS, TERMINAL_VELOCITY, LOOKAHEAD, NESTEROV, STABILITY_LIMIT)

QUIZZES: tuple[Quiz, ...] = (
    Quiz(
        "u04-first-step",
        "Gradient descent and momentum 0.9 start from rest at the same point with the same step "
        "size. How far apart are they after the first step?",
        (
            Choice(
                "Momentum is ten times as far.",
                False,
                "Ten is the factor in the long run, under a gradient that stays the same. It takes "
                "many steps to get there.",
            ),
            Choice(
                "Momentum has gone 1.9 times as far.",
                False,
                "That is the second step in a constant gradient: the new gradient plus 0.9 of "
                "the old one. In the first step there is no old one.",
            ),
            Choice(
                "They are at the same place.",
                True,
                "The velocity before the first step is zero, so the new velocity is the gradient. "
                "This is why a test of one step cannot tell the two apart, and why the check below "
                "runs five.",
            ),
            Choice(
                "Momentum has gone a tenth as far.",
                False,
                "That would be so if the new gradient were weighted by 1 - 0.9. Some libraries do "
                "this; here the new gradient counts in full.",
            ),
        ),
    ),
    Quiz(
        "u04-friction",
        'CS231n L3 says: "Rho gives friction; typically rho = 0.9 or 0.99". Which of the two '
        "values brakes the ball more?",
        (
            Choice(
                "0.99: a larger rho is more friction.",
                False,
                "That is how the sentence reads. But with rho = 0.99 the ball keeps 99 % of its "
                "velocity per step: it loses only 1 %.",
            ),
            Choice(
                "0.9: it keeps less of the velocity.",
                True,
                "A step leaves the share rho of the velocity, so the friction is 1 - rho: 10 % are "
                "lost with 0.9, and 1 % with 0.99. Rho is the opposite of friction.",
            ),
            Choice(
                "Neither: rho only scales the gradient.",
                False,
                "Rho multiplies the old velocity. The gradient comes in unscaled.",
            ),
        ),
    ),
    Quiz(
        "u04-why-not-one",
        "DD2424 L5 allows $\\gamma \\in [0, 1]$. What does the ball do in a bowl with "
        "$\\gamma = 1$ and a small step size?",
        (
            Choice(
                "It flies away: the velocity is a sum that never stops growing.",
                False,
                "On a plane, yes. In a bowl the gradient points back as soon as the ball has "
                "passed the bottom, and takes away the speed that it gave before.",
            ),
            Choice(
                "It comes to rest, only ten times as late as with 0.9.",
                False,
                "To come to rest it would have to lose energy, and without friction there is "
                "nothing that takes it.",
            ),
            Choice(
                "It swings for ever, as high as in the beginning.",
                True,
                "Height turns into speed and speed into height, and nothing is lost. So 1 has to "
                "be excluded. The next figure measures it.",
            ),
            Choice(
                "It stands still, since 1 - gamma is zero.",
                False,
                "1 - gamma would multiply the gradient in the mean form. In the lecture's form the "
                "gradient counts in full.",
            ),
        ),
    ),
    Quiz(
        "u04-same-sequence",
        "CS231n L3 shows the sum form and the form with the learning rate inside the velocity, and "
        "says that they give the same sequence of x. In which of these trainings is that not so?",
        (
            Choice(
                "The step size is constant, momentum is 0.99.",
                False,
                "With a constant step size one velocity is the other times the step size, whatever "
                "the momentum is.",
            ),
            Choice(
                "The step size is divided by ten after 20 epochs.",
                True,
                "In one form the whole velocity is scaled by the new step size at once. In the "
                "other the old gradients keep the step size with which they came in.",
            ),
            Choice(
                "The gradients come from mini-batches.",
                False,
                "The two forms see the same gradients as long as they are at the same place, noisy "
                "or not.",
            ),
            Choice(
                "The loss is not a quadratic.",
                False,
                "The forms are equal line by line, for any gradients: the loss does not come in.",
            ),
        ),
    ),
    Quiz(
        "u04-dampens",
        'DD2424 L5 says: "Momentum dampens the oscillations of default SGD", next to its run with '
        "$\\gamma = .9$, $\\eta = .001$. Look at the very first figure of this lesson. Which of "
        "the two oscillates across the ravine there?",
        (
            Choice(
                "Only gradient descent.",
                False,
                "Its step size times the steep curvature is 0.001 times 100, that is 0.1. Every "
                "step leaves 0.9 of the height, with the same sign: it never crosses the bottom.",
            ),
            Choice(
                "Only momentum.",
                True,
                "Gradient descent creeps down from one side. The ball with momentum is the one "
                "that crosses the bottom and swings. It wins because it runs "
                "faster along the ravine.",
            ),
            Choice(
                "Both, momentum less.",
                False,
                "Count how often each path crosses the line $x_2 = 0$.",
            ),
            Choice(
                "Neither.",
                False,
                "One of the paths goes far below the line $x_2 = 0$ and comes back.",
            ),
        ),
    ),
    Quiz(
        "u04-too-large",
        "DD2424 L5 says that the look-ahead prevents too large updates. In the ravine gradient "
        "descent diverges above a step size of 0.02. Above which one does Nesterov with momentum "
        "0.9 diverge?",
        (
            Choice(
                "None: it sees every danger before it steps.",
                False,
                "It sees one gradient ahead of the ball. If the step is too large, that gradient "
                "throws the ball further out than it was.",
            ),
            Choice(
                "About 0.038: it stands more than gradient descent.",
                False,
                "That is the heavy ball's limit, 2(1 + m) over the curvature.",
            ),
            Choice(
                "0.02: for the limit only the curvature counts.",
                False,
                "The momentum comes in as well. Both momentum methods have a limit of their own.",
            ),
            Choice(
                "About 0.014: it stands less than gradient descent.",
                True,
                "The gradient is taken further out, where it is larger, and the ball gets all of "
                "it. You will compute the exact number in the exercise.",
            ),
        ),
    ),
    Quiz(
        "u04-longer-step",
        "Momentum 0.9 with step size 0.1 and plain SGD with step size 1 have the same terminal "
        "velocity. Ten epochs on the digits, ten seeds each. What do you expect?",
        (
            Choice(
                "The same: momentum is nothing but a step ten times as long.",
                False,
                "That holds where the gradients agree. Where they alternate, momentum lets them "
                "cancel, while a long step overshoots every time.",
            ),
            Choice(
                "SGD with step size 1 is better: it needs no time to gain speed.",
                False,
                "It does start at once, but along steep directions its step is too long.",
            ),
            Choice(
                "On average momentum is better: SGD with step size 1 fails with some seeds.",
                True,
                "The gain of ten comes only where gradients keep their direction. In the table "
                "below look at the spread between the seeds.",
            ),
            Choice(
                "Both diverge.",
                False,
                "Momentum 0.9 with step size 0.1 trains well; the table shows it.",
            ),
        ),
    ),
)
