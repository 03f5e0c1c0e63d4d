"""The exercise ``sgd``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import optim
from course_lib.optim import SGDState


def sgd_cases(rng: np.random.Generator) -> Sequence[Case]:
    """Paths of the rule: one step, several, a matrix and a vector in turn, tiny gradients."""

    def run(
        name: str, about: str, shapes: list[tuple[int, ...]], steps: int, lr: float, size: float = 1
    ) -> Case:
        starts = [draw(rng, *shape) for shape in shapes]
        grads = [size * (draw(rng, steps, *shape) + 0.2) for shape in shapes]
        inputs = {
            "starts": starts,
            "states": [SGDState() for _ in starts],
            "grads": grads,
            "kwargs": {"lr": lr},
        }
        return Case(name, about=about, probe="path", inputs=inputs, rtol=1e-9)

    return [
        run(
            "one step",
            "The param goes against the gradient, `lr` times as far, and the state comes back "
            "as it was.",
            [(3,)],
            1,
            0.13,
        ),
        run("five steps", "Every step starts where the last one ended.", [(5,)], 5, 0.3),
        run(
            "two arrays in turn",
            "Arrays of any shape are updated, each with its own gradient.",
            [(4, 3), (3,)],
            3,
            0.05,
        ),
        run(
            "a step size above 1",
            "The step is proportional to the gradient, however large or small it is.",
            [(4,)],
            2,
            2.5,
            size=0.01,
        ),
        run(
            "steep ground",
            "Where the gradient is long the step is long as well: nothing holds it back.",
            [(3, 2)],
            2,
            0.02,
            size=300.0,
        ),
    ]


def sgd_loop(param, grad, state, *, lr):
    new = np.array(param)
    for index in np.ndindex(param.shape):
        new[index] -= lr * grad[index]
    return new, state


def sgd_velocity(param, grad, state, *, lr):
    """A displacement first; a list; the state made anew."""
    step = np.multiply(-lr, grad)
    return [np.add(param, step), SGDState()]


def sgd_relative_to_the_gradient(param, grad, state, *, lr):
    """The same point, seen from the other side; a plain tuple for the state."""
    return -(lr * grad - param), ()


def sgd_row_by_row(param, grad, state, *, lr):
    return np.array([p - lr * g for p, g in zip(param, grad, strict=True)]), SGDState()


SGD = Exercise(
    reference=optim.sgd,
    cases=sgd_cases,
    returns=("param", "state"),
    read="One example is right on average",
    praise="That is the whole of gradient descent. What makes it stochastic is the gradient that "
    "it is given.",
    hints=(
        "In which direction does the loss rise fastest, and which way do you want to go?",
        "The step is the gradient, scaled by `lr`, with a sign that leads downhill. The state has "
        "nothing to remember: hand it back.",
        "New param: the old one minus `lr` times the gradient, as a new array. Return it together "
        "with `state`.",
    ),
    mistakes=(
        Mistake(
            "climbs",
            "param - lr * grad",
            "param + lr * grad",
            "The param goes along the gradient, which points uphill: the loss would rise with "
            "every step.",
        ),
        Mistake(
            "no learning rate",
            "param - lr * grad",
            "param - grad",
            "The step size `lr` is never used: your step is the whole gradient.",
        ),
        Mistake(
            "only the displacement",
            "param - lr * grad",
            "-lr * grad",
            "You return the displacement. Asked for is the place: where does the step start?",
        ),
        Mistake(
            "argument changed",
            "return param - lr * grad, state",
            "param -= lr * grad\n    return param, state",
            "Your numbers are right, but `-=` writes them into the caller's own array: whoever "
            "keeps the old param, to draw a path or to compare, keeps the new one without knowing. "
            "Make a new array.",
        ),
        Mistake(
            "param shrinks as well",
            "param - lr * grad",
            "(1 - lr) * param - lr * grad",
            "The param itself is multiplied with 1 - lr, so that it shrinks even where the "
            "gradient is zero. Which of the two terms should `lr` scale?",
        ),
        Mistake(
            "learning rate scales everything",
            "param - lr * grad",
            "lr * (param - grad)",
            "The step size scales the param too. Where do the parentheses end?",
        ),
        Mistake(
            "only the sign of the gradient",
            "param - lr * grad",
            "param - lr * np.sign(grad)",
            "Every coordinate moves by exactly `lr`: only the sign of the gradient counts. Here "
            "its length counts as well: steps become short where the loss is flat.",
        ),
        Mistake(
            "gradient scaled to length one",
            "param - lr * grad",
            "param - lr * grad / np.linalg.norm(grad)",
            "All your steps are equally long, since the gradient is divided by its length. Close "
            "to a minimum the gradient becomes short, and the steps with it.",
        ),
        Mistake(
            "long gradients cut",
            "param - lr * grad",
            "param - lr * grad * min(1.0, 10 / max(np.linalg.norm(grad), 1e-12))",
            "Long gradients are shortened before the step. Clipping helps some trainings, but it "
            "is another rule: here the step is `lr` times the gradient, however long.",
        ),
        Mistake(
            "large entries cut",
            "param - lr * grad",
            "param - lr * np.clip(grad, -10, 10)",
            "Large entries of the gradient are cut off before the step. That changes its "
            "direction, and it is another rule: here every entry counts in full.",
        ),
        Mistake(
            "averaged once more",
            "param - lr * grad",
            "param - lr * grad / len(grad)",
            "You divide by the length of the gradient's first axis. That axis counts parameters, "
            "not examples: the mean over the batch has been taken when the gradient arrives.",
        ),
        Mistake(
            "mean over the parameters",
            "param - lr * grad",
            "param - lr * np.mean(grad)",
            "All parameters make the same step: the gradient has been averaged over them. The mean "
            "over *examples* is taken when the gradient is computed, not here.",
        ),
        Mistake(
            "divided by the learning rate",
            "param - lr * grad",
            "param - grad / lr",
            "You divide by `lr`: a smaller step size makes your steps longer.",
        ),
        Mistake(
            "state and param exchanged",
            "return param - lr * grad, state",
            "return state, param - lr * grad",
            "The two results come back in the wrong order: first the param, then the state.",
        ),
        Mistake(
            "state replaced",
            "return param - lr * grad, state",
            "return param - lr * grad, grad",
            "Something else comes back in place of the state. SGD has nothing to remember: hand "
            "back the state that came in.",
        ),
        Mistake(
            "no state returned",
            "return param - lr * grad, state",
            "return param - lr * grad",
            "Two things are to come back, param and state. SGD's state is empty, but training "
            "loops treat all rules alike and unpack two values.",
        ),
        Mistake(
            "divided by the number of entries",
            "param - lr * grad",
            "param - lr * grad / np.size(grad)",
            "You divide by the number of entries of the gradient. Those are parameters, not "
            "examples: the mean over the batch has been taken when the gradient arrives.",
        ),
        Mistake(
            "summed over the parameters",
            "param - lr * grad",
            "param - lr * np.sum(grad)",
            "All parameters make the same step: the gradient has been added up over them. Each "
            "parameter has an entry of its own in the gradient.",
        ),
        Mistake(
            "never below zero",
            "param - lr * grad",
            "np.maximum(param - lr * grad, 0)",
            "Your parameters cannot become negative. Nothing in the rule keeps them from it: a "
            "weight may have either sign.",
        ),
        Mistake(
            "rounded",
            "param - lr * grad",
            "np.round(param - lr * grad, 2)",
            "Your new params are rounded. Round when you print: small steps would never get "
            "anywhere.",
        ),
    ),
    accepted=(sgd_loop, sgd_velocity, sgd_relative_to_the_gradient, sgd_row_by_row),
    points=2,
    hidden_points=1,
)
