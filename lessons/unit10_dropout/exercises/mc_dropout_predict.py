"""The exercise ``mc_dropout_predict``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import layers

from .shared import in_double, own_generator


@in_double
def monte_carlo_cases(rng: np.random.Generator) -> Sequence[Case]:
    def run(name: str, about: str, rows: int, classes: int, passes: int) -> Case:
        return Case(
            name,
            about=about,
            probe="monte_carlo",
            inputs={
                "x": draw(rng, rows, 3),
                "classes": classes,
                "passes": passes,
                "seed": int(rng.integers(10**6)),
            },
            atol=1e-9,
        )

    return [
        run("one pass", "Ask `passes` times and average: a single pass is its own mean.", 3, 4, 1),
        run("five passes", "Five different nets are asked, and their answers averaged.", 4, 3, 5),
        run("twelve passes", "Every pass weighs the same.", 2, 5, 12),
        Case(
            "where the noise comes from",
            about="The generator is handed on to every pass.",
            probe="noise_source",
            inputs={"x": draw(rng, 3, 2), "passes": 3, "seed": int(rng.integers(10**6))},
        ),
    ]


def monte_carlo_mean(predict, x, *, passes, rng):
    return np.mean([predict(x, rng) for _ in range(passes)], axis=0)


def monte_carlo_one_batch(predict, x, *, passes, rng):
    """All passes in one call, on a batch that repeats every example."""
    probabilities = predict(np.repeat(x, passes, axis=0), rng)
    return probabilities.reshape(len(x), passes, -1).mean(axis=1)


def monte_carlo_running(predict, x, *, passes, rng):
    """A mean that is corrected with every pass."""
    mean = 0.0
    for done in range(passes):
        mean = mean + (predict(x, rng) - mean) / (done + 1)
    return mean


def monte_carlo_children(predict, x, *, passes, rng):
    """A generator of its own for every pass, each descended from the one given."""
    return sum(predict(x, child) / passes for child in rng.spawn(passes))


MONTE_CARLO = Exercise(
    reference=layers.mc_dropout_predict,
    cases=monte_carlo_cases,
    returns=("probabilities",),
    read="Ask many nets",
    praise="Every pass asks another thinned net, and all of them count alike.",
    hints=(
        "`predict` gives another answer every time it is called. Which answers should be combined, "
        "and how?",
        "Call `predict(x, rng)` `passes` times, always with the same generator object, so that it "
        "moves on. Average the arrays of probabilities.",
        "Sum the (N, C) arrays and divide once by the number of passes; or stack them and take "
        "the mean over the axis of the passes.",
    ),
    mistakes=(
        Mistake(
            "always ten passes",
            "range(passes - 1)",
            "range(9)",
            "You make ten passes, whatever `passes` says.",
            more=(("return total / passes", "return total / 10"),),
        ),
        Mistake(
            "the last pass only",
            "total = total + predict(x, rng)",
            "total = predict(x, rng)",
            "Every pass overwrites the one before, so that only the last one counts.",
            more=(("return total / passes", "return total"),),
        ),
        Mistake(
            "sum instead of mean",
            "return total / passes",
            "return total",
            "The rows do not sum to 1: you add the passes up. What makes a mean of a sum?",
        ),
        Mistake(
            "one pass too many",
            "range(passes - 1)",
            "range(passes)",
            "You call `predict` once more than you divide by: count the call before the loop.",
        ),
        Mistake(
            "one pass too few",
            "range(passes - 1)",
            "range(passes - 2)",
            "One pass is missing in the sum: count how often `predict` is called.",
        ),
        Mistake(
            "one pass only",
            "range(passes - 1)",
            "range(0)",
            "`predict` is called once, whatever `passes` says. That is one random net, not the "
            "mean of many.",
            more=(("return total / passes", "return total"),),
        ),
        Mistake(
            "the same noise in every pass",
            "    total = predict(x, rng)\n",
            "    total = predict(x, np.random.default_rng(0))\n",
            "All passes give the same answer: you make the generator anew for each of them, and so "
            "its numbers start over. Hand the given `rng` on as it is.",
            more=(("total + predict(x, rng)", "total + predict(x, np.random.default_rng(0))"),),
        ),
        Mistake(
            "generator of its own",
            "    total = predict(x, rng)\n",
            "    rng = np.random.default_rng(0)\n    total = predict(x, rng)\n",
            "The given generator is not used: you make one of your own, with a fixed seed, and so "
            "every call of your function draws the same noise.",
        ),
        Mistake(
            "generator without a seed",
            "    total = predict(x, rng)\n",
            f"    rng = {own_generator('mc_dropout_predict')}\n    total = predict(x, rng)\n",
            "The given generator is not used, so nobody can repeat a run: hand `rng` on.",
        ),
        Mistake(
            "logits averaged",
            "    total = predict(x, rng)\n",
            "    total = np.log(predict(x, rng))\n",
            "You average logarithms, and turn the mean back into probabilities. That is the "
            "geometric mean. Here the probabilities themselves are averaged.",
            more=(
                ("total + predict(x, rng)", "total + np.log(predict(x, rng))"),
                (
                    "return total / passes",
                    "total = np.exp(total / passes)\n"
                    "    return total / total.sum(axis=1, keepdims=True)",
                ),
            ),
        ),
        Mistake(
            "geometric mean",
            "    total = predict(x, rng)\n",
            "    total = np.log(predict(x, rng))\n",
            "That is the geometric mean of the probabilities: its rows do not even sum to 1. "
            "The expectation over masks is the ordinary mean.",
            more=(
                ("total + predict(x, rng)", "total + np.log(predict(x, rng))"),
                ("return total / passes", "return np.exp(total / passes)"),
            ),
        ),
        Mistake(
            "votes counted",
            "    total = predict(x, rng)\n",
            "    vote = lambda p: np.eye(p.shape[1])[np.argmax(p, axis=1)]\n"
            "    total = vote(predict(x, rng))\n",
            "You count votes: every pass gives its whole weight to its favourite class, and how "
            "sure it was is lost. Average the probabilities themselves.",
            more=(("total + predict(x, rng)", "total + vote(predict(x, rng))"),),
        ),
        Mistake(
            "labels instead of probabilities",
            "return total / passes",
            "return np.argmax(total, axis=1)",
            "You return labels, one per example. The mean probabilities are asked for, (N, C).",
        ),
        Mistake(
            "mean over the examples",
            "return total / passes",
            "return np.mean(total / passes, axis=0)",
            "The mean runs over the examples as well. Every example keeps a row of its own; only "
            "the passes are averaged away.",
        ),
        Mistake(
            "the last pass weighs half",
            "total = total + predict(x, rng)",
            "total = (total + predict(x, rng)) / 2",
            "You halve after every pass, so the last one weighs as much as all the others "
            "together. Every pass should weigh the same.",
            more=(("return total / passes", "return total"),),
        ),
        Mistake(
            "median",
            "    total = predict(x, rng)\n",
            "    rows = [predict(x, rng) for _ in range(passes)]\n"
            "    return np.median(rows, axis=0)\n    total = 0.0\n",
            "You take the median of the passes. The expectation is their mean; medians of "
            "probabilities do not sum to 1.",
        ),
        Mistake(
            "spread instead of mean",
            "    total = predict(x, rng)\n",
            "    rows = [predict(x, rng) for _ in range(passes)]\n"
            "    return np.std(rows, axis=0)\n    total = 0.0\n",
            "That is the spread between the passes: a useful measure of doubt, but the prediction "
            "is their mean.",
        ),
    ),
    accepted=(
        monte_carlo_mean,
        monte_carlo_one_batch,
        monte_carlo_running,
        monte_carlo_children,
    ),
    points=2,
)
