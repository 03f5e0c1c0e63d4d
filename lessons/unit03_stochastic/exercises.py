"""Unit 03, stochastic gradients: the exercises and quizzes."""

import itertools
from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Choice, Exercise, Mistake, Quiz, draw
from course_lib import noise, optim, train
from course_lib.arrays import Array
from course_lib.optim import SGDState

TITLE = "Stochastic gradients"
MINUTES = 90

# --- sgd ----------------------------------------------------------------------------------------


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
            0.1,
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
    ),
    accepted=(sgd_loop, sgd_velocity, sgd_relative_to_the_gradient, sgd_row_by_row),
    points=2,
    hidden_points=1,
)

# --- minibatches --------------------------------------------------------------------------------


def batch_cases(rng: np.random.Generator) -> Sequence[Case]:
    def case(
        name: str,
        about: str,
        shape: tuple[int, ...],
        batch_size: int,
        count: int = 3,
        probe: str = "epochs",
    ) -> Case:
        # a first column that rises makes all rows differ, whatever is drawn
        x = draw(rng, *shape) + 0.5 + 10 * np.arange(shape[0]).reshape(-1, *[1] * len(shape[1:]))
        inputs = {
            "x": np.round(x, 3),
            "labels": rng.permutation(shape[0]),
            "batch_size": batch_size,
            "seed": int(rng.integers(10**6)),
            "count": count,
        }
        return Case(name, about=about, probe=probe, inputs=inputs)

    return [
        case(
            "23 examples in batches of 5",
            "One call is one epoch: every example once, with its own label, in a fresh order that "
            "comes from `rng`. The last batch holds what is left.",
            (23, 2),
            5,
        ),
        case(
            "a batch size that fits",
            "When the batch size divides the number of examples, all batches are full, and there "
            "is no empty one at the end.",
            (24, 3),
            8,
        ),
        case(
            "large batches",
            "Within a batch, too, every example comes once.",
            (40, 2),
            16,
        ),
        case(
            "one example at a time",
            "A batch of one example is still a batch: x has shape (1, ...).",
            (21, 2),
            1,
            2,
        ),
        case(
            "more places than examples",
            "If the batch size is larger than the number of examples, there is one batch with all "
            "of them, in a fresh order.",
            (20, 3),
            64,
        ),
        case(
            "images",
            "x may have more than two axes; the first one counts the examples.",
            (22, 2, 3, 1),
            4,
        ),
        case(
            "sixty short epochs",
            "Any example may come first, and any may come last.",
            (5, 2),
            3,
            60,
            "first_and_last",
        ),
    ]


def batches_in_a_list(x, labels, *, batch_size, rng):
    """A list of lists, and a shuffled copy of everything first."""
    order = np.arange(len(labels))
    rng.shuffle(order)
    x, labels = x[order], labels[order]
    starts = range(0, len(x), batch_size)
    return [[x[i : i + batch_size], labels[i : i + batch_size]] for i in starts]


def batches_by_sorting_noise(x, labels, *, batch_size, rng):
    """Random keys are sorted; a while loop that eats the order up."""
    order = list(np.argsort(rng.random(len(x))))
    while order:
        chosen, order = order[:batch_size], order[batch_size:]
        yield np.take(x, chosen, axis=0), np.take(labels, chosen)


def batches_example_by_example(x, labels, *, batch_size, rng):
    """Draws from what is left, one example at a time, and fills two lists."""
    left = list(range(len(x)))
    some_x, some_labels = [], []
    while left:
        number = left.pop(int(rng.integers(len(left))))
        some_x.append(x[number])
        some_labels.append(int(labels[number]))
        if len(some_x) == batch_size or not left:
            yield np.array(some_x), some_labels
            some_x, some_labels = [], []


def batches_split_at(x, labels, *, batch_size, rng):
    """Cuts at the multiples of the batch size; an iterator made of two."""
    order = rng.choice(len(x), size=len(x), replace=False)
    parts = np.split(order, np.arange(batch_size, len(x), batch_size))
    return zip((x[part] for part in parts), (labels[part] for part in parts), strict=True)


YIELD = "        yield x[chosen], labels[chosen]"

MINIBATCHES = Exercise(
    reference=train.minibatches,
    cases=batch_cases,
    returns=("x", "labels"),
    read="Epochs and mini-batches",
    praise="Every example once, in a new order each epoch, with its own label, and the whole run "
    "can be repeated from the generator.",
    hints=(
        "What has to be shuffled so that x and labels stay together?",
        "Shuffle the *numbers* of the examples once at the beginning of the epoch, with a method "
        "of `rng`. Cut that order into pieces, and use each piece as an index for both arrays.",
        "`rng.permutation` of the number of examples is the order; for every start in steps of "
        "`batch_size`, the piece from start to start + batch_size chooses rows of x and of labels; "
        "`yield` both.",
    ),
    mistakes=(
        Mistake(
            "not shuffled",
            "rng.permutation(len(x))",
            "np.arange(len(x))",
            "The examples come in the order in which they are stored. If that is by class, a batch "
            "knows one class only, and its gradient is not that of a random sample. What is `rng` "
            "for?",
        ),
        Mistake(
            "drawn with replacement",
            "rng.permutation(len(x))",
            "rng.integers(len(x), size=len(x))",
            "Some examples come twice, others not at all: every place is drawn anew. An epoch is "
            "one pass over all the data, so it needs an order of the examples, not a sample.",
        ),
        Mistake(
            "every batch drawn afresh",
            "chosen = order[start : start + batch_size]",
            "chosen = rng.permutation(len(x))[start : start + batch_size]",
            "Within a batch the examples differ, but the next batch may hold the same ones again: "
            "a new order is drawn for every batch. How often is an order needed per epoch?",
        ),
        Mistake(
            "x and labels shuffled apart",
            YIELD,
            "        yield x[chosen], labels[start : start + batch_size]",
            "The rows of x come with the labels of others: the two arrays are not shuffled in the "
            "same way, or only one of them is. A network would learn nothing from such data, "
            "without any error message. The same numbers have to choose from both.",
        ),
        Mistake(
            "last batch lost",
            "range(0, len(x), batch_size)",
            "range(0, len(x) - batch_size + 1, batch_size)",
            "The examples that do not fill a batch are left out. Here the last batch may be short, "
            "so that an epoch shows all the data.",
        ),
        Mistake(
            "the same order in every epoch",
            "rng.permutation(len(x))",
            "np.random.default_rng(0).permutation(len(x))",
            "The second epoch comes in the same order as the first: a seed is set inside your "
            "function, or chance plays no part in it. The generator that you are given goes on "
            "from epoch to epoch; use it.",
        ),
        Mistake(
            "another generator",
            "rng.permutation(len(x))",
            "np.random.permutation(len(x))",
            "The order does not come from the `rng` that you are given, so that nobody can repeat "
            "a run: draw with the generator's own methods, not with `np.random`.",
        ),
        Mistake(
            "batches overlap",
            "range(0, len(x), batch_size)",
            "range(len(x))",
            "Your batches overlap: each begins only one example after the one before, so that most "
            "examples come many times. How far apart do two batches begin?",
        ),
        Mistake(
            "only the batches are shuffled",
            "chosen = order[start : start + batch_size]",
            "chosen = np.arange(start, min(start + batch_size, len(x)))",
            "Neighbours in x always share a batch: you shuffle the batches, not the examples. "
            "Which examples meet in a batch has to change from epoch to epoch.",
            more=(
                ("range(0, len(x), batch_size)", "starts"),
                (
                    "order = rng.permutation(len(x))\n",
                    "starts = np.arange(0, len(x), batch_size)\n    rng.shuffle(starts)\n",
                ),
            ),
        ),
        Mistake(
            "shuffled within the batch only",
            "chosen = order[start : start + batch_size]",
            "chosen = start + rng.permutation(min(batch_size, len(x) - start))",
            "The same examples share a batch in every epoch: you shuffle within batches that were "
            "cut before. Shuffle first, cut afterwards.",
        ),
        Mistake(
            "a batch is one too short",
            "order[start : start + batch_size]",
            "order[start : start + batch_size - 1]",
            "One example per batch is lost at its end. The end of a slice is not included in it, "
            "so nothing has to be subtracted.",
        ),
        Mistake(
            "a batch is one too long",
            "order[start : start + batch_size]",
            "order[start : start + batch_size + 1]",
            "Every batch has one example too many, which comes again in the next. The end of a "
            "slice is not included in it.",
        ),
        Mistake(
            "the given arrays are shuffled",
            "order = rng.permutation(len(x))\n",
            "order = rng.permutation(len(x))\n    x[:], labels[:] = x[order], labels[order]\n"
            "    order = np.arange(len(x))\n",
            "The batches are right, but x and labels themselves have another order now, and they "
            "belong to the caller. Shuffle numbers, or a copy.",
        ),
        Mistake(
            "a single batch",
            YIELD,
            "        return x[chosen], labels[chosen]",
            "`return` ends the function with its first batch. To hand out one batch after the "
            "other, and go on behind it, a function uses `yield`.",
        ),
        Mistake(
            "never ends",
            "    order = rng.permutation(len(x))\n"
            "    for start in range(0, len(x), batch_size):\n"
            "        chosen = order[start : start + batch_size]\n"
            "        yield x[chosen], labels[chosen]",
            "    while True:\n"
            "        order = rng.permutation(len(x))\n"
            "        for start in range(0, len(order), batch_size):\n"
            "            chosen = order[start : start + batch_size]\n"
            "            yield x[chosen], labels[chosen]",
            "your batches go on for ever, epoch after epoch, as some libraries' do. Here one call "
            "is one epoch: leave out the outer loop, the training loop brings it.",
            convention=True,
        ),
        Mistake(
            "batches of nearly equal size",
            "    for start in range(0, len(x), batch_size):\n"
            "        chosen = order[start : start + batch_size]\n",
            "    for chosen in np.array_split(order, -(-len(x) // batch_size)):\n",
            "your batches are as equal in size as possible, as `np.array_split` makes them. Here "
            "all batches have `batch_size` examples, and only the last may be shorter.",
            convention=True,
        ),
        Mistake(
            "an empty batch at the end",
            "range(0, len(x), batch_size)",
            "range(0, len(x) + 1, batch_size)",
            "When the batch size divides the number of examples, an empty batch comes at the end; "
            "the mean loss over it is 0/0. Where does the last batch begin?",
        ),
        Mistake(
            "numbers instead of examples",
            YIELD,
            "        yield chosen, labels[chosen]",
            "Your batches hold the *numbers* of the examples. Use them as an index: the rows of x "
            "are what a gradient is computed from.",
        ),
        Mistake(
            "labels first",
            YIELD,
            "        yield labels[chosen], x[chosen]",
            "Labels come first in your pairs. The order is x, labels.",
        ),
        Mistake(
            "axes lost in a single example",
            YIELD,
            "        yield np.squeeze(x[chosen]), np.squeeze(labels[chosen])",
            "A batch loses an axis when it has one example, or images with one channel: something "
            "like `squeeze` is at work. Layers expect rows, even if there is only one.",
        ),
    ),
    accepted=(
        batches_in_a_list,
        batches_by_sorting_noise,
        batches_example_by_example,
        batches_split_at,
    ),
    points=3,
    hidden_points=1,
)

# --- the variance of a mini-batch gradient ------------------------------------------------------


def variance_cases(rng: np.random.Generator) -> Sequence[Case]:
    def case(
        name: str, about: str, shape: tuple[int, int], batch_size: int, *, replace: bool
    ) -> Case:
        # a full gradient that is not zero, and more spread in one coordinate than in others
        grads = draw(rng, *shape) * np.arange(1, shape[1] + 1) + rng.choice([-1.5, 2.0], shape[1])
        kwargs = {"batch_size": batch_size, "replace": replace}
        return Case(name, (np.round(grads, 3),), kwargs, about, atol=1e-9)

    return [
        case(
            "one example, with replacement",
            "With one example per batch this is the spread of the examples themselves: the mean "
            "squared distance of their gradients to the full gradient.",
            (7, 3),
            1,
            replace=True,
        ),
        case(
            "four of six, with replacement",
            "Independent draws: the mean of S of them has 1/S of the variance.",
            (6, 2),
            4,
            replace=True,
        ),
        case(
            "more draws than examples",
            "With replacement S may be larger than N, and the variance is still not zero.",
            (3, 2),
            5,
            replace=True,
        ),
        case(
            "three of eight, without replacement",
            "Without replacement the draws are not independent: what has been drawn cannot come "
            "again, and the batch is closer to the whole.",
            (8, 2),
            3,
            replace=False,
        ),
        case(
            "one of five, without replacement",
            "The first draw cannot know whether it will be put back: with S = 1 both ways of "
            "drawing are the same.",
            (5, 3),
            1,
            replace=False,
        ),
        case(
            "all examples, without replacement",
            "A batch of all examples *is* the full gradient.",
            (5, 2),
            5,
            replace=False,
        ),
    ]


def variance_by_numpy(per_example_grads, *, batch_size, replace):
    """The variances of the coordinates, added up; the factor in another form."""
    n = per_example_grads.shape[0]
    total = per_example_grads.var(axis=0).sum()
    return total / batch_size * (1.0 if replace else 1 - (batch_size - 1) / (n - 1))


def variance_by_enumeration(per_example_grads, *, batch_size, replace):
    """All batches there are, each as likely as any other."""
    numbers = range(len(per_example_grads))
    if replace:
        batches = itertools.product(numbers, repeat=batch_size)
    else:
        batches = itertools.combinations(numbers, batch_size)
    means = per_example_grads[np.array(list(batches))].mean(axis=1)
    return np.mean(np.sum((means - per_example_grads.mean(axis=0)) ** 2, axis=1))


def variance_by_covariance(per_example_grads, *, batch_size, replace):
    """The trace of the unbiased covariance, which has N - 1 in it already."""
    n = len(per_example_grads)
    unbiased = np.trace(np.cov(per_example_grads, rowvar=False))
    if replace:
        return np.asarray(unbiased * (n - 1) / n / batch_size)
    return np.asarray(unbiased * (1 / batch_size - 1 / n))


def variance_by_pairs(per_example_grads, *, batch_size, replace):
    """Half the mean squared distance between two examples; loops and plain numbers."""
    n = len(per_example_grads)
    pairs = itertools.product(per_example_grads.tolist(), repeat=2)
    total = sum(sum((a - b) ** 2 for a, b in zip(g, h, strict=True)) for g, h in pairs)
    factor = 1 if replace else (n - batch_size) / (n - 1)
    return total / (2 * n * n) / batch_size * factor


PER_EXAMPLE = "np.sum(deviations**2) / count"
DEVIATIONS = "per_example_grads - np.mean(per_example_grads, axis=0)"

MINIBATCH_VARIANCE = Exercise(
    reference=noise.minibatch_variance,
    cases=variance_cases,
    returns=("variance",),
    read="How noisy is a batch?",
    praise="Equal to the average over all batches that there are, with replacement and without.",
    hints=(
        "First S = 1: how far is the gradient of one random example from the full gradient, "
        "squared and averaged over the examples?",
        "Independent draws: the mean of S of them has 1/S of that. Without replacement one more "
        "factor comes in. It is 1 for S = 1 and 0 for S = N.",
        "Mean over the examples of the squared distance to the mean gradient, divided by S; "
        "without replacement times (N - S)/(N - 1).",
    ),
    mistakes=(
        Mistake(
            "independence taken for granted",
            "if not replace:\n        variance",
            "if False:\n        variance",
            "`replace` makes no difference in your numbers. Without replacement the draws are not "
            "independent: with S = N the batch is the whole set, and nothing is left to chance.",
        ),
        Mistake(
            "factor in the wrong place",
            "if not replace:\n        variance",
            "if replace:\n        variance",
            "The correction for a finite set is applied to draws *with* replacement. Which of the "
            "two ways of drawing is independent?",
        ),
        Mistake(
            "factor in both places",
            "if not replace:\n        variance",
            "if True:\n        variance",
            "The correction for a finite set comes in with replacement, too. There the draws are "
            "independent, and 1/S is all.",
        ),
        Mistake(
            "standard deviation",
            "float(variance)",
            "float(np.sqrt(variance))",
            "That is the standard deviation: the root has been taken. Variances fall with 1/S, "
            "standard deviations with one over its root.",
        ),
        Mistake(
            "batch size squared",
            "per_example / batch_size",
            "per_example / batch_size**2",
            "You divide by S squared. That is half of the derivation: the mean has 1/S in front, "
            "which counts squared, but the *sum* of S draws has S times the variance of one.",
        ),
        Mistake(
            "root of the batch size",
            "per_example / batch_size",
            "per_example / np.sqrt(batch_size)",
            "Your variance falls with the root of S. That is how the *standard deviation* falls.",
        ),
        Mistake(
            "one less than the batch size",
            "per_example / batch_size",
            "per_example / max(batch_size - 1, 1)",
            "You divide by S - 1. That belongs to estimating a variance from a sample; the mean of "
            "S independent draws has exactly 1/S of the variance of one.",
        ),
        Mistake(
            "batch size left out",
            "per_example / batch_size",
            "per_example",
            "The batch size does not count: this is the variance of one example. How much of it is "
            "left in the mean of S?",
        ),
        Mistake(
            "variance of the sum",
            "per_example / batch_size",
            "per_example * batch_size",
            "The variance grows with S: that is the one of a *sum* over the batch. A mini-batch "
            "gradient is a mean.",
        ),
        Mistake(
            "factor with N below",
            "(count - 1)",
            "count",
            "Your factor is (N - S)/N, which is not 1 for S = 1. But drawing one example is the "
            "same with and without replacement.",
        ),
        Mistake(
            "factor that grows with S",
            "(count - batch_size) / (count - 1)",
            "(batch_size - 1) / (count - 1)",
            "Without replacement your factor is 0 for S = 1 and 1 for S = N. Which of the two "
            "batches is the full gradient, and has no variance?",
        ),
        Mistake(
            "unbiased estimate",
            "np.sum(deviations**2) / count",
            "np.sum(deviations**2) / (count - 1)",
            "you divide by N - 1, which estimates the variance of a larger population from a "
            "sample. Here the N examples are the whole population, and nothing is estimated: "
            "divide by N.",
            convention=True,
        ),
        Mistake(
            "mean over the coordinates",
            "np.sum(deviations**2) / count",
            "np.mean(deviations**2)",
            "You average over the coordinates as well. Asked for is the total: the squared length "
            "of the deviation adds the coordinates up.",
        ),
        Mistake(
            "not divided by the number of examples",
            "np.sum(deviations**2) / count",
            "np.sum(deviations**2)",
            "The squared deviations are added up over the examples. The expectation over a random "
            "example is their mean.",
        ),
        Mistake(
            "not centred",
            DEVIATIONS,
            "per_example_grads",
            "You average squared gradients, so that even a set of equal gradients would have a "
            "variance. How far are they from their *mean*?",
        ),
        Mistake(
            "centred over the coordinates",
            DEVIATIONS,
            "per_example_grads - np.mean(per_example_grads, axis=1, keepdims=True)",
            "You subtract from every gradient the mean of its own entries. The full gradient is "
            "the mean over the *examples*, one number per coordinate.",
        ),
        Mistake(
            "one mean for everything",
            DEVIATIONS,
            "per_example_grads - np.mean(per_example_grads)",
            "You subtract one single number everywhere. The full gradient is a vector: the mean "
            "over the examples has one number per coordinate.",
        ),
        Mistake(
            "variance of the lengths",
            DEVIATIONS,
            "(lambda n: n - np.mean(n))(np.linalg.norm(per_example_grads, axis=1))",
            "That is the variance of the *lengths* of the gradients. Two gradients may be equally "
            "long and point in opposite directions: the deviation is a vector.",
        ),
        Mistake(
            "coordinates added first",
            DEVIATIONS,
            "(lambda s: s - np.mean(s))(np.sum(per_example_grads, axis=1))",
            "The entries of each gradient are added up before the squares are taken, so that "
            "deviations of opposite sign cancel. Square first.",
        ),
        Mistake(
            "one number per coordinate",
            "np.sum(deviations**2) / count",
            "np.sum(deviations**2, axis=0) / count",
            "One variance per coordinate comes back. Asked for is one number: their sum.",
            more=(("return float(variance)", "return variance"),),
        ),
        Mistake(
            "length instead of squared length",
            PER_EXAMPLE,
            "np.sum(np.linalg.norm(deviations, axis=1)) / count",
            "You average distances. A variance averages *squared* distances.",
        ),
        Mistake(
            "factor upside down",
            "variance * (count - batch_size) / (count - 1)",
            "variance * (count - 1) / (count - batch_size)",
            "Without replacement your variance is larger than with it, and for S = N it is "
            "infinite. It should become zero there.",
        ),
        Mistake(
            "N and D exchanged",
            "count = len(per_example_grads)",
            "count = per_example_grads.shape[1]",
            "The number of coordinates stands where the number of examples belongs: the rows are "
            "the examples.",
        ),
    ),
    accepted=(
        variance_by_numpy,
        variance_by_enumeration,
        variance_by_covariance,
        variance_by_pairs,
    ),
    points=3,
    hidden_points=1,
)

# --- the noise floor ----------------------------------------------------------------------------


def floor_cases(rng: np.random.Generator) -> Sequence[Case]:
    def case(name: str, about: str, count: int, share: float) -> Case:
        """``share``: the step size, as a share of the largest stable one."""
        curvatures = np.round(rng.uniform(0.5, 3.0, count) * np.arange(1, count + 1), 2)
        variances = np.round(rng.uniform(0.5, 4.0, count), 2)
        lr = float(np.round(share * 2 / np.max(curvatures), 3))
        return Case(name, (curvatures, variances), {"lr": lr}, about)

    return [
        case(
            "one direction",
            "In one direction: the place has a variance that no longer changes from step to step, "
            "and the loss is half the curvature times the square of the place.",
            1,
            0.3,
        ),
        case("three directions", "The losses of all directions are added up.", 3, 0.25),
        case(
            "small steps",
            "For small steps the floor is nearly lr / 4 times the total variance.",
            2,
            0.02,
        ),
        case(
            "close to the largest stable step",
            "Close to the limit of stability noise is amplified: old kicks hardly fade.",
            4,
            0.9,
        ),
    ]


def floor_by_recursion(curvatures, variances, *, lr):
    """Follows the variance of the place until it does not change any more."""
    place = np.zeros_like(curvatures)
    for _ in range(3000):
        place = (1 - lr * curvatures) ** 2 * place + lr**2 * variances
    return np.sum(curvatures * place) / 2


def floor_by_series(curvatures, variances, *, lr):
    """Every kick of the past, faded: a geometric series; loops and plain numbers."""
    total = 0.0
    for curvature, variance in zip(curvatures.tolist(), variances.tolist(), strict=True):
        fading = (1 - lr * curvature) ** 2
        total += curvature * lr**2 * variance * sum(fading**k for k in range(3000)) / 2
    return total


def floor_in_one_line(curvatures, variances, *, lr):
    return np.array(lr / 2 * (variances / (2 - lr * curvatures)).sum())


PLACE = "lr * variances / (curvatures * (2 - lr * curvatures))"

NOISE_FLOOR = Exercise(
    reference=noise.noise_floor,
    cases=floor_cases,
    returns=("floor",),
    read="The noise floor",
    praise="Now you can say before a training where noise will stop it, and what a smaller step "
    "would buy.",
    hints=(
        "Take one direction. The place after a step is (1 - lr * curvature) times the place before "
        "it, plus a kick of lr times the noise. What does that do to the variance of the place?",
        "A variance V that no longer changes solves V = (1 - lr * curvature)^2 V + lr^2 * "
        "variance. Solve for V; the mean loss is half the curvature times V.",
        "V = lr * variance over curvature * (2 - lr * curvature). Half of curvature times V, "
        "summed over the directions.",
    ),
    mistakes=(
        Mistake(
            "half forgotten",
            "0.5 * np.sum(curvatures * place)",
            "np.sum(curvatures * place)",
            "Twice too large: the loss of a bowl has a factor 1/2 in front.",
        ),
        Mistake(
            "the limit of small steps",
            PLACE,
            "lr * variances / (2 * curvatures)",
            "That is the limit of small steps, lr / 4 times the total variance. For longer steps "
            "the square of 1 - lr * curvature matters: keep all its terms.",
        ),
        Mistake(
            "variance of the place",
            "0.5 * np.sum(curvatures * place)",
            "np.sum(place)",
            "That is how far the place spreads. Asked for is the loss: what does a deviation in a "
            "steep direction cost, and what in a flat one?",
        ),
        Mistake(
            "curvature forgotten in the loss",
            "np.sum(curvatures * place)",
            "np.sum(place)",
            "You take half the variance of the place for the loss. What does a deviation cost in a "
            "steep direction, and what in a flat one?",
        ),
        Mistake(
            "newest kick only",
            PLACE,
            "lr**2 * variances",
            "Only the newest kick counts in your answer. The older ones have not faded away yet: "
            "each step leaves the share 1 - lr * curvature of them.",
        ),
        Mistake(
            "fading not squared",
            "(curvatures * (2 - lr * curvatures))",
            "curvatures",
            "You let the variance fade by 1 - lr * curvature per step. That is how the *place* "
            "fades: variances get the square of the factor.",
        ),
        Mistake(
            "wrong sign in the fading",
            "2 - lr * curvatures)",
            "2 + lr * curvatures)",
            "A sign is wrong where the square of 1 - lr * curvature is multiplied out: at the "
            "largest stable step the floor has to become infinite.",
        ),
        Mistake(
            "one power of lr too many",
            "lr * variances / (",
            "lr**2 * variances / (",
            "The kick has lr squared in its variance, but the fading has lr as well, and one "
            "power of it cancels. Solve the equation for V once more.",
        ),
        Mistake(
            "one power of lr too few",
            "lr * variances / (",
            "variances / (",
            "A power of lr is missing: a kick is lr times the noise, and its variance has lr "
            "squared. With ever smaller steps the floor has to vanish.",
        ),
        Mistake(
            "mean over the directions",
            "0.5 * np.sum(",
            "0.5 * np.mean(",
            "You average over the directions. The loss of a bowl is the *sum* of the losses along "
            "them.",
        ),
        Mistake(
            "one number per direction",
            "float(0.5 * np.sum(curvatures * place))",
            "0.5 * curvatures * place",
            "One number per direction comes back. The loss is one number: add them up.",
        ),
        Mistake(
            "root of the variances",
            "lr * variances / (",
            "lr * np.sqrt(variances) / (",
            "You take the roots of the variances: independent kicks add up in their variances, not "
            "in their deviations.",
        ),
        Mistake(
            "variances squared",
            "lr * variances / (",
            "lr * variances**2 / (",
            "You square what is given. The argument holds variances: squares have been taken.",
        ),
        Mistake(
            "steepest direction for all",
            "2 - lr * curvatures)",
            "2 - lr * np.max(curvatures))",
            "The kicks fade at the pace of the steepest direction everywhere. Each direction has a "
            "curvature of its own.",
        ),
        Mistake(
            "curvatures and variances exchanged",
            PLACE,
            "lr / (2 - lr * variances)",
            "The two arguments have changed places: the curvature is what a deviation fades by, "
            "the variance is what a kick adds.",
        ),
        Mistake(
            "curvature squared in the loss",
            "np.sum(curvatures * place)",
            "np.sum(curvatures**2 * place)",
            "The curvature comes in once too often: the loss is half the curvature times the "
            "*variance* of the place.",
        ),
    ),
    accepted=(floor_by_recursion, floor_by_series, floor_in_one_line),
    points=2,
    hidden_points=1,
)

# --- moving average -----------------------------------------------------------------------------


def curve(rng: np.random.Generator, steps: int) -> Array:
    """A falling, noisy loss: no two values and no two means are alike."""
    return np.round(3.0 * np.exp(-np.arange(steps) / 6) + 0.5 + 0.3 * rng.normal(size=steps), 3)


def average_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "a constant curve",
            (np.full(6, 2.5),),
            {"window": 3},
            "The average of equal values is that value, from the first to the last.",
        ),
        Case(
            "nine losses, window 3",
            (curve(rng, 9),),
            {"window": 3},
            "Each entry is the mean of that value and the two before it; the first two have fewer.",
        ),
        Case(
            "an even window",
            (curve(rng, 11),),
            {"window": 6},
            "The window ends at the value itself, also when its length is even.",
        ),
        Case(
            "a single spike",
            (np.array([1.0, 1.0, 9.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]),),
            {"window": 3},
            "A spike counts in its own entry and in the two after it. Not before: nobody knows of "
            "it then.",
        ),
        Case("a window of one", (curve(rng, 5),), {"window": 1}, "Nothing is averaged."),
        Case(
            "a window longer than the curve",
            (curve(rng, 6),),
            {"window": 11},
            "As long as the window is not full, average what there is.",
        ),
        Case(
            "one value",
            (curve(rng, 1),),
            {"window": 3},
            "The mean of a single value is the value.",
        ),
    ]


def average_by_sums(values, *, window):
    """Differences of running sums, and how many values they hold."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - window, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


def average_by_convolution(values, *, window):
    """Zeros in front of the curve, and ones averaged in the same way to count."""
    box = np.ones(window)
    return (
        np.convolve(values, box)[: len(values)]
        / np.convolve(np.ones(len(values)), box)[: len(values)]
    )


def average_with_a_list(values, *, window):
    """Remembers the last values in a list, as one does while training."""
    recent, out = [], []
    for value in values:
        recent = [*recent, float(value)][-window:]
        out.append(sum(recent) / len(recent))
    return out


def average_updated(values, *, window):
    """Adds what comes in, takes away what goes out."""
    total, out = 0.0, []
    for i, value in enumerate(values):
        total += value
        if i >= window:
            total -= values[i - window]
        out.append(total / min(i + 1, window))
    return np.array(out)


MEAN = "np.mean(values[first : i + 1])"

MOVING_AVERAGE = Exercise(
    reference=noise.moving_average,
    cases=average_cases,
    returns=("averages",),
    read="Reading a noisy curve",
    praise="A trailing window: no look into the future, and no dent at the start.",
    hints=(
        "Which values belong to the entry number i if the window is 3? And for i = 0?",
        "From `i - window + 1` up to and including i; where that begins before the first value, it "
        "begins at the first value.",
        "Mean of the slice from max(0, i - window + 1) to i + 1, for every i.",
    ),
    mistakes=(
        Mistake(
            "zeros before the start",
            MEAN,
            "np.sum(values[first : i + 1]) / window",
            "At the start you divide by the whole window although it is not full yet: as if there "
            "were zeros before the curve. A falling loss then seems to rise at first.",
        ),
        Mistake(
            "centred window",
            "values[first : i + 1]",
            "values[max(0, i - (window - 1) // 2) : i + window // 2 + 1]",
            "your window lies around each value. Here it ends at the value, since during a "
            "training the values after it are not known yet.",
            convention=True,
        ),
        Mistake(
            "centred with zeros",
            "return averages",
            "return np.convolve(values, np.ones(window) / window, 'same')",
            "Your window lies around each value, and beyond both ends there are zeros: the curve "
            "dips at its ends. That is what `np.convolve` in the mode 'same' does.",
        ),
        Mistake(
            "window one too long",
            "i - window + 1)",
            "i - window)",
            "There is one value too many in your window. Count: how many values lie between i - 3 "
            "and i, both included?",
        ),
        Mistake(
            "window one too short",
            "i - window + 1)",
            "i - window + 2)",
            "There is one value too few in your window. Count: how many values lie between i - 1 "
            "and i, both included?",
        ),
        Mistake(
            "value itself left out",
            "values[first : i + 1]",
            "values[first : max(i, 1)]",
            "The value itself is missing from its average: the end of a slice is not included.",
        ),
        Mistake(
            "one step late",
            "values[first : i + 1]",
            "values[first : max(i, 1)]",
            "Your averages are right, but each comes one step late: the window ends before the "
            "value itself.",
            more=(("i - window + 1)", "i - window)"),),
        ),
        Mistake(
            "first value repeated",
            "values[first : i + 1])",
            "np.append(values[first : i + 1], np.full(first + window - i - 1, values[0])))",
            "At the start you fill the window up with copies of the first value, so that it "
            "counts several times. Average those values there are, each once.",
        ),
        Mistake(
            "looks ahead",
            "values[first : i + 1]",
            "values[i : i + window]",
            "Your window begins at the value and lies in the future. During a training those "
            "values are not there yet: look back instead.",
        ),
        Mistake(
            "only full windows",
            "return averages",
            "return averages[window - 1 :]",
            "your result is shorter than the curve, since it begins when the window is full. Here "
            "it has the same length: average what there is, so that step i is entry i.",
            convention=True,
        ),
        Mistake(
            "raw values until the window is full",
            MEAN,
            "np.mean(values[first : i + 1]) if i + 1 >= window else values[i]",
            "Until the window is full you show the values themselves, noise and all. Average those "
            "there are.",
        ),
        Mistake(
            "unknown until the window is full",
            MEAN,
            "np.mean(values[first : i + 1]) if i + 1 >= window else np.nan",
            "your average is nan until the window is full, as in some libraries. Here it is the "
            "mean of those values there are.",
            convention=True,
        ),
        Mistake(
            "sum instead of mean",
            MEAN,
            "np.sum(values[first : i + 1])",
            "You add up the values of the window; an average divides by how many there are.",
        ),
        Mistake(
            "a negative start",
            "max(0, i - window + 1)",
            "i - window + 1",
            "At the start the slice begins at a negative number, which for Python means: counted "
            "from the end. The slice is empty, and its mean is nan.",
        ),
        Mistake(
            "averages of averages",
            "averages = np.empty(len(values))",
            "averages = values = np.array(values)",
            "From the second step on you average what has been averaged already: results are "
            "written into the array from which the window reads.",
        ),
        Mistake(
            "mean of everything so far",
            "max(0, i - window + 1)",
            "0",
            "The window never lets go: this is the mean of all values so far. The oldest one has "
            "to leave when a new one comes in.",
        ),
        Mistake(
            "blocks",
            "max(0, i - window + 1)",
            "i // window * window",
            "Your average starts afresh after every `window` values. The window should move along, "
            "one value at a time.",
        ),
        Mistake(
            "median",
            "np.mean(",
            "np.median(",
            "That is the median. It is a good idea against spikes, but it is not the mean.",
        ),
    ),
    accepted=(
        average_by_sums,
        average_by_convolution,
        average_with_a_list,
        average_updated,
    ),
    points=2,
    hidden_points=1,
)

# --- exponential moving average -----------------------------------------------------------------


def ema_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "a constant curve",
            (np.full(5, 3.7),),
            {"decay": 0.8},
            "The average of equal values is that value, from the first entry on.",
        ),
        Case(
            "one value",
            (curve(rng, 1),),
            {"decay": 0.7},
            "After one value the corrected average is that value.",
        ),
        Case(
            "eight losses",
            (curve(rng, 8),),
            {"decay": 0.6},
            "Each average is a weighted mean of all values so far: the newest counts most, and one "
            "step back means a factor `decay`.",
        ),
        Case(
            "forty losses, decay 0.98",
            (curve(rng, 40),),
            {"decay": 0.98},
            "With a decay close to 1 the correction counts for a long time.",
        ),
        Case("no decay", (curve(rng, 4),), {"decay": 0.0}, "Without memory nothing is averaged."),
    ]


def ema_by_weights(values, *, decay):
    """A weighted mean, written as one: the weights need no correction, only their sum."""
    out = []
    for t in range(1, len(values) + 1):
        weights = decay ** np.arange(t)[::-1]
        out.append(np.average(values[:t], weights=weights))
    return np.array(out)


def ema_two_sums(values, *, decay):
    """The decaying sum of the values over the decaying sum of ones."""
    total = count = 0.0
    out = []
    for value in values:
        total, count = decay * total + value, decay * count + 1
        out.append(total / count)
    return out


def ema_moving_towards(values, *, decay):
    """The corrected average moves towards the new value, by a share that settles at 1 - decay."""
    average, out = 0.0, np.zeros(len(values))
    for t, value in enumerate(values, start=1):
        share = 1.0 if t == 1 else (1 - decay) / (1 - decay**t)
        average = average + share * (value - average)
        out[t - 1] = average
    return out


UPDATE = "decay * average + (1 - decay) * values[i]"

EMA = Exercise(
    reference=noise.ema,
    cases=ema_cases,
    returns=("averages",),
    read="An average that forgets",
    praise="Weighted means from the first value on, and one number of memory for all of the past.",
    hints=(
        "Two things happen per value: the average is updated, and a *corrected* copy of it is "
        "noted down. What does the next step start from?",
        "New average: `decay` parts of the old one and the rest of the new value. After t values "
        "from a start at zero, the weights add up to 1 - decay^t only: divide by it.",
        "`average = decay * average + (1 - decay) * value`; note down average / (1 - decay**t) "
        "with t = 1 for the first value, and go on with the uncorrected one.",
    ),
    mistakes=(
        Mistake(
            "no correction",
            "average / (1 - decay ** (i + 1))",
            "average",
            "The first averages are pulled towards the zero from which you start. The weights of t "
            "values do not add up to 1 yet: divide by what they add up to.",
        ),
        Mistake(
            "old and new exchanged",
            UPDATE,
            "(1 - decay) * average + decay * values[i]",
            "`decay` is the weight of the *new* value in your average. Here it is the weight of "
            "the old average: close to 1 for a smooth curve.",
            convention=True,
            more=(("(1 - decay ** (i + 1))", "(1 - (1 - decay) ** (i + 1))"),),
        ),
        Mistake(
            "weights exchanged in the update",
            UPDATE,
            "(1 - decay) * average + decay * values[i]",
            "In the update the two weights have changed places, while the correction has them "
            "right. `decay` is what the old average keeps.",
        ),
        Mistake(
            "corrected average handed on",
            "        averages[i] = average / (1 - decay ** (i + 1))",
            "        average = average / (1 - decay ** (i + 1))\n        averages[i] = average",
            "You go on with the corrected average, so that it is corrected again and again. The "
            "correction is for the reader; the running average stays as it is.",
        ),
        Mistake(
            "starts at the first value",
            "average = 0.0",
            "average = values[0] if len(values) else 0.0",
            "you start at the first value instead of correcting. The average of equal values is "
            "right then, but the first value counts as much as all those before it would. Here the "
            "average starts at zero and is corrected.",
            convention=True,
            more=(("average / (1 - decay ** (i + 1))", "average"),),
        ),
        Mistake(
            "first value and correction",
            "average = 0.0",
            "average = values[0] if len(values) else 0.0",
            "You start at the first value *and* correct for a start at zero. One of the two is "
            "enough; here it is the correction.",
        ),
        Mistake(
            "exponent one too small",
            "decay ** (i + 1)",
            "decay**i",
            "The exponent of your correction is one too small: before anything is counted it is 0, "
            "and you divide by zero. How many values are in the average when the first has come?",
        ),
        Mistake(
            "exponent one too large",
            "decay ** (i + 1)",
            "decay ** (i + 2)",
            "The exponent of your correction is one too large: for the first value it must be 1, "
            "so that the average *is* that value.",
        ),
        Mistake(
            "the same correction for all",
            "decay ** (i + 1)",
            "decay",
            "All entries are divided by 1 - decay, which is right for the first one only. Either "
            "your correction lacks its exponent, or the new value counts in full, as in the "
            "velocity of momentum, and nothing is corrected.",
        ),
        Mistake(
            "corrected for the last step",
            "decay ** (i + 1)",
            "decay ** len(values)",
            "All entries get the correction of the last one. Each needs the number of values that "
            "are in it.",
        ),
        Mistake(
            "multiplied instead of divided",
            "average / (1 - decay ** (i + 1))",
            "average * (1 - decay ** (i + 1))",
            "The correction makes the first averages even smaller: they are too small by the "
            "factor 1 - decay^t, so which way round does it go?",
        ),
        Mistake(
            "new value in full",
            UPDATE,
            "decay * average + values[i]",
            "The new value counts in full and your correction is that of an average: for that, "
            "the weights of old and new have to add up to 1.",
        ),
        Mistake(
            "decay fixed at 0.9",
            UPDATE,
            "0.9 * average + 0.1 * values[i]",
            "Right for a decay of 0.9 and for nothing else: is there a number in your code where "
            "the argument should be?",
            more=(("1 - decay ** (i + 1)", "1 - 0.9 ** (i + 1)"),),
        ),
        Mistake(
            "only the last average",
            "return averages",
            "return averages[-1]",
            "Only the last average comes back. Asked for are all of them, one for every value.",
        ),
        Mistake(
            "one step late",
            "        average = decay * average + (1 - decay) * values[i]\n"
            "        averages[i] = average / (1 - decay ** (i + 1))",
            "        averages[i] = average / (1 - decay ** (i + 1))\n"
            "        average = decay * average + (1 - decay) * values[i]",
            "Each entry is noted down before its own value has come in, so that the curve is one "
            "step late and begins with zero.",
        ),
    ),
    accepted=(ema_by_weights, ema_two_sums, ema_moving_towards),
    points=2,
    hidden_points=1,
)

EXERCISES = (SGD, MINIBATCHES, MINIBATCH_VARIANCE, NOISE_FLOOR, MOVING_AVERAGE, EMA)

QUIZZES = (
    Quiz(
        "u03-at-the-minimum",
        "At the minimum of the whole loss, what are the gradients of the single examples?",
        (
            Choice(
                "All zero: that is what a minimum is.",
                False,
                "The *mean* of the gradients is zero there. A point above the line still pulls the "
                "line up, and one below it pulls it down.",
            ),
            Choice(
                "Not zero, but in balance: they cancel in the mean.",
                True,
                "Each example would rather have a line of its own. The next figure shows how far "
                "they are from agreeing.",
            ),
            Choice(
                "They all point back to the minimum.",
                False,
                "They are at the minimum. Each points away from where its own example would like "
                "to be.",
            ),
            Choice(
                "Much larger than at the start, since the steps are small.",
                False,
                "The step size does not change gradients. Here the errors are smaller than at the "
                "start, and the gradients as well.",
            ),
        ),
    ),
    Quiz(
        "u03-batch-sizes",
        "32, 64, 128, 256, 10, 100: which of the slides is wrong?",
        (
            Choice(
                "CSC421: with 10 examples the gradient is too noisy to be of use.",
                False,
                "In the training at the top of this lesson 10 examples per batch won by far.",
            ),
            Choice(
                "CS231n: batches should be 10 or 100, powers of two have no advantage.",
                False,
                "There is no reason in the mathematics for either. Hardware sometimes likes "
                "multiples of 8 or 32.",
            ),
            Choice(
                "None about its own problems; all, if you read them as a rule.",
                True,
                "Which size is good depends on the problem, on the hardware and on how far the "
                "training has come. You will measure it for one problem below.",
            ),
            Choice(
                "All of them: only the full batch gives the right gradient.",
                False,
                "It gives the exact gradient, once, for the price of N examples. The right "
                "question is what is best for that price.",
            ),
        ),
    ),
    Quiz(
        "u03-count-updates",
        "A training set has 1000 examples. You train ten epochs with batch size 32. How many "
        "updates does SGD make?",
        (
            Choice(
                "10 000: one for each example that is seen.",
                False,
                "That is the number of example gradients. 32 of them make one update.",
            ),
            Choice(
                "312: 10 000 divided by 32, rounded down.",
                False,
                "A batch never reaches over the end of an epoch: each epoch has its own last, "
                "short batch.",
            ),
            Choice(
                "310: 31 full batches in each epoch.",
                False,
                "The 8 examples that remain after 31 batches make a batch, too, unless they are "
                "dropped. In this course they are not.",
            ),
            Choice(
                "320: 32 batches in each epoch, the last with 8 examples.",
                True,
                "31 times 32 is 992. The last batch has 8 examples, and its gradient twice the "
                "usual scatter.",
            ),
        ),
    ),
    Quiz(
        "u03-whole-set",
        "A data set has N = 100 examples, and their gradients have variance 1. A mini-batch of "
        "S = 100 is drawn from it without replacement. What is the variance of its mean gradient?",
        (
            Choice(
                "1/100, as the slide says.",
                False,
                "Draw 100 of 100 without putting any back: how many different batches are there?",
            ),
            Choice(
                "0.",
                True,
                "There is only one such batch, the whole set, and its gradient is the full one. So "
                "1/S cannot be the whole truth.",
            ),
            Choice(
                "1: without replacement the draws are not independent, so they do not average out.",
                False,
                "They are dependent, but in the helpful direction: what has come cannot come "
                "again, so a batch cannot be all of one kind.",
            ),
            Choice(
                "That depends on the gradients.",
                False,
                "Only on the number of different batches, and here there is one.",
            ),
        ),
    ),
    Quiz(
        "u03-lower-floor",
        "Look back at the explorer, or at the equation. The loss has settled on its noise floor, "
        "and you want the floor four times lower. What does it?",
        (
            Choice(
                "Training four times longer.",
                False,
                "A floor is what is left when longer training does not help any more.",
            ),
            Choice(
                "Half the step size: the floor goes with its square.",
                False,
                "A kick has the square of the step size in its variance. But with shorter steps "
                "old kicks fade more slowly, which takes one power back.",
            ),
            Choice(
                "A quarter of the step size, or batches four times as large: either will do.",
                True,
                "For small steps the floor is proportional to the step size and to the variance of "
                "the batch gradient. You will see both in the formula.",
            ),
            Choice(
                "Batches sixteen times as large: the scatter falls with the root of S.",
                False,
                "The scatter does, but the loss is quadratic in it. It is the variance that "
                "counts, and that falls with S itself.",
            ),
        ),
    ),
    Quiz(
        "u03-scale-the-step",
        "Ten epochs over the digits with batches of 10 and step size 0.1 end at a loss of 0.082. "
        "Which step size ends at about the same loss with batches of 100?",
        (
            Choice(
                "0.01: larger batches need more careful steps.",
                False,
                "There are ten times fewer updates already. With shorter steps on top you would "
                "get a hundredth of the way.",
            ),
            Choice(
                "0.1: the gradient is the same on average.",
                False,
                "So is the length of a step, but there are ten times fewer of them.",
            ),
            Choice(
                "About 0.3: the scatter of the gradient falls with the root of S.",
                False,
                "That would keep the size of the kicks. It gets you less than a third of the way: "
                "look for 100 and 0.3 yourself.",
            ),
            Choice(
                "1: ten times fewer steps have to be ten times as long.",
                True,
                "As in the unrolled loop, the step size per example is what counts, as long as the "
                "steps are not too long for the curvature.",
            ),
        ),
    ),
    Quiz(
        "u03-smooth-curve",
        "A friend trains on digits with batches of 10. The loss of the batch, plotted after every "
        "update, falls smoothly, without any noise, to 0.0025. What do you say?",
        (
            Choice(
                "Great: the training has converged.",
                False,
                "Even at the minimum, ten new digits have another loss than the ten before them. "
                "Where is the noise?",
            ),
            Choice(
                "Are you sure that every batch holds other examples?",
                True,
                "Different batches have different losses, so their curve must be noisy. A smooth "
                "one looks like the same batch all over again. Below you see what becomes of it.",
            ),
            Choice(
                "The step size is small, so there is little noise.",
                False,
                "A small step size calms the *parameters*. The loss of a batch scatters even if "
                "the parameters do not move at all.",
            ),
            Choice(
                "Your batches are too large.",
                False,
                "They have 10 examples. Compare with the scatter between batches of that size in "
                "the next figure.",
            ),
        ),
    ),
)
