"""Unit 10, dropout and other noise: the exercises and quizzes."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Choice, Exercise, Mistake, Quiz, Rng, draw
from course_lib import layers
from course_lib.arrays import Array
from course_lib.layers import BatchNormCache, BatchNormStats

TITLE = "Dropout and its test-time scaling, and other noise"
MINUTES = 100

FIXED_SEED = (
    "Two calls drop exactly the same: a seed is set inside your function, or chance plays no part "
    "in it. Then the same ones are missing for the whole training, and you train a smaller net."
)
OWN_GENERATOR = (
    "The noise does not come from the `rng` that you are given, so nobody can repeat a run: draw "
    "with the generator's own methods, not with `np.random`."
)
FLAG_IGNORED = "Your function drops at test time as well: what is the argument `train` for?"
FLAG_REVERSED = "It is the other way round: noise while training, none at test time."
SWAPPED = (
    "The wrong ones stay: the share that survives is 1 minus what it should be. Which side of the "
    "comparison is the chance to *stay*?"
)
NORMAL = (
    "The noise is drawn from a normal distribution. Its values are not spread evenly over 0 to 1, "
    "so comparing them with a probability does not give that probability."
)


def own_generator(name: str) -> str:
    """Code that stands for ``np.random``, with the same noise in every build of a card.

    A generator that belongs to the function and moves on with every call, whatever ``rng`` is.
    """
    return f'{name}.__dict__.setdefault("own", np.random.default_rng(7))'


def nonzero(rng: np.random.Generator, *shape: int) -> Array:
    """Like ``draw``, but nothing is near 0: a zero in a result then has been dropped."""
    values = draw(rng, *shape)
    return np.where(np.abs(values) < 0.05, 0.5, values)


def six_sigma(chance: float, draws: int) -> float:
    """How far two right answers' shares of ``draws`` coins may lie apart."""
    return float(6 * np.sqrt(2 * chance * (1 - chance) / draws))


def low_chance(rng: np.random.Generator) -> float:
    return float(np.round(rng.uniform(0.25, 0.35), 2))


# --- dropout, forward ---------------------------------------------------------------------------


def forward_cases(rng: np.random.Generator) -> Sequence[Case]:
    def noisy(name: str, about: str, keep_prob: float, *shape: int) -> Case:
        x = nonzero(rng, *shape)
        return Case(
            name,
            about=about,
            probe="noisy_units",
            inputs={
                "x": x,
                "keep_prob": keep_prob,
                "seed": int(rng.integers(10**6)),
                "result": "out and mask",
                "kwargs": {"train": True},
            },
            bands={"['share of units kept']": six_sigma(keep_prob, x.size)},
        )

    def still(name: str, about: str, keep_prob: float, *, train: bool) -> Case:
        kwargs = {"keep_prob": keep_prob, "train": train, "rng": Rng(5)}
        return Case(
            name,
            about=about,
            probe="dropout_at_rest",
            inputs={"x": draw(rng, 4, 3), "kwargs": kwargs},
        )

    return [
        noisy(
            "training, keep_prob 0.8",
            "About 80 % of the units should stay, each one enlarged so that the mean is kept.",
            0.8,
            40,
            40,
        ),
        noisy(
            "training, most units dropped",
            "About 30 % of the units should stay, and they have to make up for the others.",
            low_chance(rng),
            40,
            40,
        ),
        noisy("an array with three axes", "x may have any shape.", 0.7, 12, 5, 20),
        still("test time", "At test time inverted dropout does nothing.", 0.8, train=False),
        still("training, keep_prob 1", "With keep_prob 1 everything stays.", 1.0, train=True),
    ]


def forward_binomial(x, *, keep_prob, train, rng):
    """Coins instead of a comparison, float32, and no mask at test time."""
    if train:
        mask = rng.binomial(1, keep_prob, size=x.shape).astype(np.float32)
        return x * mask / keep_prob, mask
    return x, None


def forward_upper_end(x, *, keep_prob, train, rng):
    """The other end of the interval, a True/False mask, a list."""
    stays = rng.uniform(size=x.shape) >= 1 - keep_prob if train else np.ones(x.shape, dtype=bool)
    return [np.where(stays, x / (keep_prob if train else 1.0), 0.0), stays]


def forward_choice(x, *, keep_prob, train, rng):
    keep = keep_prob if train else 1.0
    mask = rng.choice([0.0, 1 / keep], p=[1 - keep, keep], size=np.shape(x))
    return np.multiply(mask, x), mask


def forward_loop(x, *, keep_prob, train, rng):
    out, mask = np.array(x), np.ones_like(x)
    if train:
        for index in np.ndindex(x.shape):
            mask[index] = 1 / keep_prob if rng.random() < keep_prob else 0.0
            out[index] = x[index] * mask[index]
    return out, mask


DROPOUT_FORWARD = Exercise(
    reference=layers.dropout_forward,
    cases=forward_cases,
    returns=("out", "mask"),
    read="Where the scale goes",
    praise="The right share stays, at the right scale, with new coins for every unit and call; "
    "and test time is the identity.",
    hints=(
        "Three things to decide: who stays, what happens to those who stay, and what happens when "
        "`train` is False.",
        "Draw one uniform number from `rng` for every entry of x. How often does it lie below "
        "`keep_prob`? What factor brings the expected value back to x?",
        "The mask is (a comparison of uniform numbers with `keep_prob`) divided by `keep_prob`; "
        "the output is x times the mask. At test time the mask is all ones.",
    ),
    mistakes=(
        Mistake(
            "rectified",
            "    if not train:\n",
            "    x = np.maximum(0.0, x)\n    if not train:\n",
            "Negative entries disappear. The ReLU is another layer: this one drops and scales.",
        ),
        Mistake(
            "one mask for all rows",
            "rng.random(x.shape)",
            "rng.random((1, *x.shape[1:]))",
            "All examples of the batch share one mask. Each example has to draw its own, or the "
            "batch trains one thinned net instead of many.",
        ),
        Mistake(
            "one coin per example",
            "rng.random(x.shape)",
            "rng.random((len(x),) + (1,) * (x.ndim - 1))",
            "Whole examples are dropped: all units of a row share one coin. How many independent "
            "decisions does an array of this shape need?",
        ),
        Mistake(
            "one coin for everything",
            "rng.random(x.shape)",
            "rng.random()",
            "One single number decides over the whole array: all stay or all go. Every entry "
            "needs a coin of its own.",
        ),
        Mistake(
            "keep and drop exchanged",
            "(rng.random(x.shape) < keep_prob)",
            "(rng.random(x.shape) > keep_prob)",
            SWAPPED,
            read="Keep or drop?",
        ),
        Mistake(
            "PyTorch's p",
            "(rng.random(x.shape) < keep_prob) / keep_prob",
            "(rng.random(x.shape) >= keep_prob) / (1 - keep_prob)",
            "your function takes `keep_prob` for the chance to be dropped, like the p of PyTorch's "
            "Dropout. Here, as in the lectures' code, it is the chance that a unit stays.",
            convention=True,
            read="Keep or drop?",
        ),
        Mistake(
            "vanilla dropout",
            "(rng.random(x.shape) < keep_prob) / keep_prob",
            "(rng.random(x.shape) < keep_prob) * 1.0",
            "this is vanilla dropout, which leaves training unscaled and shrinks at test time. "
            "Inverted dropout moves the scale into training, the other way up.",
            more=(("return x, np.ones_like(x)", "return x * keep_prob, np.ones_like(x)"),),
            convention=True,
        ),
        Mistake(
            "not scaled",
            "(rng.random(x.shape) < keep_prob) / keep_prob",
            "(rng.random(x.shape) < keep_prob) * 1.0",
            "The right share stays, but nothing makes up for the units that are gone: on average "
            "the next layer receives too little in training, and test time does not match.",
        ),
        Mistake(
            "scaled the wrong way",
            "(rng.random(x.shape) < keep_prob) / keep_prob",
            "(rng.random(x.shape) < keep_prob) * keep_prob",
            "The units that stay get smaller, on top of the ones that are missing. In training "
            "they have to make up for the missing ones. (Shrinking is vanilla dropout's test "
            "time.)",
        ),
        Mistake(
            "scaled by the chance to drop",
            "(rng.random(x.shape) < keep_prob) / keep_prob",
            "(rng.random(x.shape) < keep_prob) / (1 - keep_prob)",
            "The share that stays is right, the scale belongs to the share that goes. With 0.5 "
            "nobody would notice. Write down the expected value of one unit.",
            read="The expectation, mask by mask",
        ),
        Mistake(
            "scaled twice",
            "(rng.random(x.shape) < keep_prob) / keep_prob",
            "(rng.random(x.shape) < keep_prob) / keep_prob**2",
            "The units that stay are enlarged twice. Is the mask already scaled when you divide?",
        ),
        Mistake(
            "scaled at test time too",
            "return x, np.ones_like(x)",
            "return x * keep_prob, np.ones_like(x)",
            "Training is right. At test time you scale once more, but inverted dropout has already "
            "paid for it in training.",
        ),
        Mistake(
            "enlarged at test time too",
            "return x, np.ones_like(x)",
            "return x / keep_prob, np.ones_like(x)",
            "Training is right. At test time nobody is missing, so there is nothing to make up "
            "for.",
        ),
        Mistake(
            "noise without silence",
            "(rng.random(x.shape) < keep_prob) / keep_prob",
            "1 + rng.standard_normal(x.shape) * np.sqrt(1 / keep_prob - 1)",
            "No unit is ever silent: your function multiplies by noise that is never 0. Dropout "
            "switches units off.",
        ),
        Mistake("drops at test time", "if not train:", "if False:", FLAG_IGNORED),
        Mistake("train and test exchanged", "if not train:", "if train:", FLAG_REVERSED),
        Mistake("fixed seed", "rng.random(", "np.random.default_rng(0).random(", FIXED_SEED),
        Mistake(
            "generator not used",
            "rng.random(",
            own_generator("dropout_forward") + ".random(",
            OWN_GENERATOR,
        ),
        Mistake("normal noise", "rng.random(", "rng.standard_normal(", NORMAL),
        Mistake(
            "mask at test time",
            "return x, np.ones_like(x)",
            "return x, (rng.random(x.shape) < keep_prob) / keep_prob",
            "The output at test time is right, but the mask that comes with it is not: it has to "
            "say that every unit was let through as it was.",
        ),
        Mistake(
            "mask and output exchanged",
            "return x * mask, mask",
            "return mask, x * mask",
            "The two results come back in the wrong order: the output first, then the mask.",
            more=(("return x, np.ones_like(x)", "return np.ones_like(x), x"),),
        ),
        Mistake(
            "always one half",
            "(rng.random(x.shape) < keep_prob)",
            "(rng.random(x.shape) < 0.5)",
            "Half of the units stay, whatever `keep_prob` says.",
        ),
        Mistake(
            "mask not applied",
            "return x * mask, mask",
            "return x, mask",
            "You draw a mask, but the output is x itself.",
        ),
        Mistake(
            "two masks",
            "return x * mask, mask",
            "return x * (rng.random(x.shape) < keep_prob) / keep_prob, mask",
            "The mask that you return is not the one that x was multiplied by: the backward pass "
            "would send gradients to units that were silent.",
        ),
        Mistake(
            "output for mask",
            "return x * mask, mask",
            "return x * mask, x * mask",
            "The second value that you return is the output once more. The backward pass needs "
            "the factors alone, without x.",
        ),
        Mistake(
            "whole numbers",
            "(rng.random(x.shape) < keep_prob) / keep_prob",
            "((rng.random(x.shape) < keep_prob) / keep_prob).astype(int)",
            "Your mask holds whole numbers, so the scale has been cut off.",
        ),
    ),
    accepted=(forward_binomial, forward_upper_end, forward_choice, forward_loop),
    points=3,
)

# --- dropout, backward --------------------------------------------------------------------------


def backward_cases(rng: np.random.Generator) -> Sequence[Case]:
    def mask(keep_prob: float, *shape: int) -> Array:
        stays = rng.random(shape) < keep_prob
        stays.flat[0], stays.flat[1] = True, False
        return stays / keep_prob

    return [
        Case(
            "keep_prob 0.8",
            (draw(rng, 4, 5), mask(0.8, 4, 5)),
            about="Gradient flows where a unit was kept, at the scale at which it was kept.",
        ),
        Case(
            "most units dropped",
            (draw(rng, 3, 7), mask(0.25, 3, 7)),
            about="Kept units were enlarged four times: so is their gradient.",
        ),
        Case(
            "a single row of tiny gradients",
            (draw(rng, 6) * 1e-6, mask(0.6, 6)),
            about="Tiny gradients are treated like any others.",
        ),
        Case(
            "test time, a mask of ones",
            (draw(rng, 2, 3), np.ones((2, 3))),
            about="Where nothing was dropped nothing changes.",
        ),
    ]


def backward_where(dout, mask):
    return np.where(mask != 0, np.multiply(mask, dout), 0.0)


def backward_in_place_of_a_copy(dout, mask):
    dx = dout.copy()
    dx[mask == 0] = 0.0
    kept = mask[mask != 0]
    return dx * kept[0] if kept.size else dx


def backward_loop(dout, mask):
    return np.reshape([d * m for d, m in zip(dout.ravel(), mask.ravel(), strict=True)], dout.shape)


DROPOUT_BACKWARD = Exercise(
    reference=layers.dropout_backward,
    cases=backward_cases,
    returns=("dx",),
    read="The gradient takes the same road",
    praise="Silent units get no gradient, the others get it at the scale they spoke with.",
    hints=(
        "The forward pass multiplied every entry of x by one number. What is the derivative of "
        "that?",
        "For a fixed mask, dropout is linear, entry by entry. The chain rule multiplies `dout` by "
        "the same factors.",
        "One elementwise product of the two arguments.",
    ),
    mistakes=(
        Mistake(
            "mask ignored",
            "return dout * mask",
            "return dout * 1.0",
            "The gradient passes as if nothing had been dropped. A unit that was silent had no "
            "influence on the loss.",
        ),
        Mistake(
            "scale lost",
            "return dout * mask",
            "return dout * (mask != 0)",
            "The right units get gradient, but the scale is lost. The mask holds 0 and "
            "1/keep_prob, not 0 and 1.",
        ),
        Mistake(
            "divided",
            "return dout * mask",
            "return dout / mask",
            "You divide by the mask, and where it is 0 that gives inf. The derivative of m times x "
            "with respect to x is not 1/m.",
        ),
        Mistake(
            "scale taken back",
            "return dout * mask",
            "return dout * np.divide(1, mask, out=np.zeros_like(mask), where=mask != 0)",
            "The right units get gradient, but you take the forward pass's scale back. The "
            "gradient is multiplied by the same factor as x was, not by its reciprocal.",
        ),
        Mistake(
            "mask used twice",
            "return dout * mask",
            "return dout * mask * mask",
            "The scale comes in twice. In the forward pass x was multiplied by the mask once.",
        ),
        Mistake(
            "mask upside down",
            "return dout * mask",
            "return dout * (mask == 0)",
            "The gradient goes to the very units that were dropped.",
        ),
        Mistake(
            "mask alone",
            "return dout * mask",
            "return mask",
            "That is the derivative of the layer alone. The chain rule multiplies it by what comes "
            "from above.",
        ),
        Mistake(
            "summed over the examples",
            "return dout * mask",
            "return np.sum(dout * mask, axis=0)",
            "You sum over the examples. That is for parameters, which all examples share; dx has "
            "the shape of x.",
        ),
        Mistake(
            "matrix product",
            "return dout * mask",
            "return dout @ mask.T",
            "That is a matrix product. Dropout acts on every unit by itself, so shapes stay.",
        ),
        Mistake(
            "added",
            "return dout * mask",
            "return dout + mask",
            "The mask multiplies in the forward pass, so it does not add in the backward pass.",
        ),
        Mistake(
            "sign",
            "return dout * mask",
            "return -dout * mask",
            "The sign is reversed. This function passes a gradient on; going downhill is the "
            "optimizer's part.",
        ),
    ),
    accepted=(backward_where, backward_in_place_of_a_copy, backward_loop),
    points=1,
)

# --- vanilla dropout, test time -----------------------------------------------------------------


def vanilla_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "keep_prob 0.8",
            (draw(rng, 3, 4),),
            {"keep_prob": 0.8},
            about="80 % of the masks let a unit through. What does it send on average?",
        ),
        Case(
            "keep_prob below one half",
            (draw(rng, 5),),
            {"keep_prob": low_chance(rng)},
            about="The test value is the mean over all masks.",
        ),
        Case(
            "keep_prob 1",
            (draw(rng, 2, 3),),
            {"keep_prob": 1.0},
            about="If everything always stays there is nothing to make up for.",
        ),
    ]


def vanilla_enumerated(x, *, keep_prob):
    """The expectation itself: the unit is there, or it is not."""
    return keep_prob * x + (1 - keep_prob) * np.zeros_like(x)


def vanilla_loop(x, *, keep_prob):
    return np.array([value * keep_prob for value in x.ravel()]).reshape(x.shape)


def vanilla_complement(x, *, keep_prob):
    dropped = 1 - keep_prob
    return np.subtract(x, dropped * x)


VANILLA_PREDICT = Exercise(
    reference=layers.vanilla_dropout_predict,
    cases=vanilla_cases,
    returns=("result",),
    read="Where the scale goes",
    praise="Test time now sends on what training sent on average.",
    hints=(
        "In training this unit was sometimes x and sometimes 0. What is the mean of the two?",
        "The mean weighs x by the chance that the unit stays, and 0 by the chance that it goes.",
        "One product.",
    ),
    mistakes=(
        Mistake(
            "divided",
            "return x * keep_prob",
            "return x / keep_prob",
            "Dividing is what inverted dropout does, in training. Here training was left unscaled, "
            "so its average is smaller than x.",
        ),
        Mistake(
            "multiplied by the chance to drop",
            "return x * keep_prob",
            "return x * (1 - keep_prob)",
            "You multiplied by the chance to be *dropped*, as a slide says in words. The mean over "
            "the masks weighs x by the chance to be there.",
            read="The expectation, mask by mask",
        ),
        Mistake(
            "not scaled",
            "return x * keep_prob",
            "return x * 1.0",
            "That is inverted dropout's test time. Vanilla dropout scaled nothing in training, so "
            "now everything arrives together and is too much.",
        ),
        Mistake(
            "always one half",
            "return x * keep_prob",
            "return x * 0.5",
            "One half is right for keep_prob 0.5 only.",
        ),
        Mistake(
            "root",
            "return x * keep_prob",
            "return x * keep_prob**0.5",
            "A root keeps the spread. What is to be kept here is the mean.",
        ),
        Mistake(
            "squared",
            "return x * keep_prob",
            "return x * keep_prob**2",
            "The scale comes in twice.",
        ),
        Mistake(
            "rectified",
            "return x * keep_prob",
            "return np.maximum(x, 0) * keep_prob",
            "Negative entries disappear. The ReLU is another layer: this one only scales.",
        ),
    ),
    accepted=(vanilla_enumerated, vanilla_loop, vanilla_complement),
    points=1,
    hidden_points=0.5,
)

# --- Monte Carlo dropout ------------------------------------------------------------------------


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

# --- DropConnect --------------------------------------------------------------------------------


def dropconnect_cases(rng: np.random.Generator) -> Sequence[Case]:
    def noisy(name: str, about: str, keep_prob: float, calls: int) -> Case:
        weights = nonzero(rng, 20, 30)
        return Case(
            name,
            about=about,
            probe="noisy_weights",
            inputs={
                "x": np.eye(20),
                "weights": weights,
                "keep_prob": keep_prob,
                "calls": calls,
                "seed": int(rng.integers(10**6)),
            },
            bands={"['share of weights kept']": six_sigma(keep_prob, calls * weights.size)},
        )

    def still(name: str, about: str, keep_prob: float, *, train: bool) -> Case:
        kwargs = {"keep_prob": keep_prob, "train": train, "rng": Rng(8)}
        return Case(name, (draw(rng, 4, 3), draw(rng, 3, 2)), kwargs, about=about)

    return [
        noisy(
            "training, keep_prob 0.8",
            "Every single weight stays with probability 0.8, enlarged to keep the mean.",
            0.8,
            3,
        ),
        noisy(
            "training, most weights dropped",
            "The few weights that stay make up for the others.",
            low_chance(rng),
            3,
        ),
        still("test time", "At test time all weights are used, as they are.", 0.8, train=False),
        still("training, keep_prob 1", "With keep_prob 1 every weight stays.", 1.0, train=True),
    ]


def dropconnect_per_example(x, weights, *, keep_prob, train, rng):
    """As in the paper: a mask for every example."""
    if not train:
        return np.dot(x, weights)
    masks = rng.random((len(x), *weights.shape)) < keep_prob
    return np.einsum("nd,dm,ndm->nm", x, weights, masks) / keep_prob


def dropconnect_binomial(x, weights, *, keep_prob, train, rng):
    mask = rng.binomial(1, keep_prob, weights.shape) / keep_prob if train else 1.0
    return x @ (mask * weights)


def dropconnect_loop(x, weights, *, keep_prob, train, rng):
    """Example by example, the scale on the output."""
    rows = []
    for example in x:
        thinned = np.where(rng.uniform(size=weights.shape) > 1 - keep_prob, weights, 0.0)
        rows.append(example @ thinned / keep_prob if train else example @ weights)
    return np.array(rows)


DROPCONNECT = Exercise(
    reference=layers.dropconnect_forward,
    cases=dropconnect_cases,
    returns=("out",),
    read="Noise in other places",
    praise="Single connections come and go, and the expected output stays what it was.",
    hints=(
        "Dropout silences units. What is silenced here, and what shape does a mask for it have?",
        "Build a scaled mask as in dropout, but with the shape of the weights, and apply it before "
        "the matrix product.",
        "Multiply the weights entry by entry by a mask of 0 and 1/keep_prob, then let x meet them "
        "as in any linear layer; at test time no mask.",
    ),
    mistakes=(
        Mistake(
            "whole inputs dropped",
            "rng.random(weights.shape)",
            "rng.random(x.shape)",
            "You drop the inputs of the layer: all connections of a unit come and go together. "
            "That is dropout. DropConnect decides over every single weight.",
            more=(("return x @ (weights * mask)", "return (x * mask) @ weights"),),
        ),
        Mistake(
            "whole outputs dropped",
            "rng.random(weights.shape)",
            "rng.random((len(x), weights.shape[1]))",
            "You drop the outputs: all connections into one output come and go together. That is "
            "dropout of the next layer. DropConnect decides over every single weight.",
            more=(("return x @ (weights * mask)", "return (x @ weights) * mask"),),
        ),
        Mistake(
            "one coin for everything",
            "rng.random(weights.shape)",
            "rng.random()",
            "One single number decides over all weights. Every weight needs a coin of its own.",
        ),
        Mistake(
            "keep and drop exchanged",
            "(rng.random(weights.shape) < keep_prob)",
            "(rng.random(weights.shape) > keep_prob)",
            SWAPPED,
            read="Keep or drop?",
        ),
        Mistake(
            "PyTorch's p",
            "(rng.random(weights.shape) < keep_prob) / keep_prob",
            "(rng.random(weights.shape) >= keep_prob) / (1 - keep_prob)",
            "your function takes `keep_prob` for the chance to be dropped. Here it is the chance "
            "that a weight stays.",
            convention=True,
            read="Keep or drop?",
        ),
        Mistake(
            "vanilla form",
            "(rng.random(weights.shape) < keep_prob) / keep_prob",
            "(rng.random(weights.shape) < keep_prob) * 1.0",
            "you leave training unscaled and shrink at test time. The inverted form is asked for: "
            "scale in training, so that test time uses the weights as they are.",
            more=(("        return x @ weights\n", "        return x @ weights * keep_prob\n"),),
            convention=True,
        ),
        Mistake(
            "not scaled",
            "(rng.random(weights.shape) < keep_prob) / keep_prob",
            "(rng.random(weights.shape) < keep_prob) * 1.0",
            "Nothing makes up for the weights that are gone: in training the outputs are too small "
            "on average.",
        ),
        Mistake(
            "scaled the wrong way",
            "(rng.random(weights.shape) < keep_prob) / keep_prob",
            "(rng.random(weights.shape) < keep_prob) * keep_prob",
            "The weights that stay get smaller, on top of the ones that are missing.",
        ),
        Mistake(
            "scaled by the chance to drop",
            "(rng.random(weights.shape) < keep_prob) / keep_prob",
            "(rng.random(weights.shape) < keep_prob) / (1 - keep_prob)",
            "The share that stays is right, the scale belongs to the share that goes.",
        ),
        Mistake(
            "scaled at test time too",
            "        return x @ weights\n",
            "        return x @ weights * keep_prob\n",
            "Training is right. At test time you scale once more, but the inverted form has paid "
            "for it in training.",
        ),
        Mistake("drops at test time", "if not train:", "if False:", FLAG_IGNORED),
        Mistake("train and test exchanged", "if not train:", "if train:", FLAG_REVERSED),
        Mistake("fixed seed", "rng.random(", "np.random.default_rng(0).random(", FIXED_SEED),
        Mistake(
            "generator not used",
            "rng.random(",
            own_generator("dropconnect_forward") + ".random(",
            OWN_GENERATOR,
        ),
        Mistake("normal noise", "rng.random(", "rng.standard_normal(", NORMAL),
        Mistake(
            "mask not applied",
            "return x @ (weights * mask)",
            "return x @ weights * 1.0",
            "Nothing is ever dropped: does the product see your mask?",
        ),
    ),
    accepted=(dropconnect_per_example, dropconnect_binomial, dropconnect_loop),
    points=2,
)

# --- stochastic depth ---------------------------------------------------------------------------


def depth_cases(rng: np.random.Generator) -> Sequence[Case]:
    def noisy(name: str, about: str, survival_prob: float, *shape: int) -> Case:
        return Case(
            name,
            about=about,
            probe="survival",
            inputs={
                "x": nonzero(rng, *shape),
                "gain": 0.75,
                "survival_prob": survival_prob,
                "seed": int(rng.integers(10**6)),
            },
            bands={
                "['share of examples whose branch survives']": six_sigma(survival_prob, shape[0])
            },
        )

    def still(name: str, about: str, survival_prob: float, *, train: bool) -> Case:
        return Case(
            name,
            about=about,
            probe="residual",
            inputs={"x": draw(rng, 4, 3), "survival_prob": survival_prob, "train": train},
        )

    return [
        noisy(
            "training, survival 0.8",
            "About 80 % of the examples go through the branch; the skip is never touched.",
            0.8,
            500,
            2,
        ),
        noisy(
            "training, most branches skipped",
            "About 30 % of the examples go through the branch.",
            low_chance(rng),
            500,
            2,
        ),
        noisy("training, three axes", "An example may be an array.", 0.6, 60, 2, 3),
        still("test time", "At test time every example takes skip and branch.", 0.8, train=False),
        still("training, survival 1", "With survival 1 nothing is skipped.", 1.0, train=True),
    ]


def depth_only_survivors(x, branch, *, survival_prob, train, rng):
    """The branch is computed only for those who take it: this is where time is saved."""
    out = np.array(x)
    if not train:
        return out + branch(x)
    alive = np.flatnonzero(rng.binomial(1, survival_prob, size=len(x)))
    if alive.size:
        out[alive] += branch(x[alive]) / survival_prob
    return out


def depth_loop(x, branch, *, survival_prob, train, rng):
    keep = survival_prob if train else 1.0
    rows = [
        example + branch(example[None])[0] / keep if rng.uniform() < keep else example
        for example in x
    ]
    return np.stack(rows)


def depth_broadcast(x, branch, *, survival_prob, train, rng):
    factor = (rng.random(len(x)) >= 1 - survival_prob) / survival_prob if train else np.ones(len(x))
    return np.add(x, np.einsum("n...,n->n...", branch(x), factor))


STOCHASTIC_DEPTH = Exercise(
    reference=layers.stochastic_depth_forward,
    cases=depth_cases,
    returns=("out",),
    read="Noise in other places",
    praise="Every example draws its own depth, and the skip path stays as it is.",
    hints=(
        "Which of the two summands is random? And over what is one coin thrown: an entry, an "
        "example, the batch?",
        "One coin per example decides over the *output* of the branch. The mask needs a shape "
        "that broadcasts over all the other axes of x.",
        "x + branch(x) * (coins of shape (N, 1, ..., 1) that came up alive) / survival_prob; at "
        "test time x + branch(x).",
    ),
    mistakes=(
        Mistake(
            "always one half",
            "rng.random(one_per_example) < survival_prob",
            "rng.random(one_per_example) < 0.5",
            "Half of the branches survive, whatever `survival_prob` says.",
            more=(("survives / survival_prob", "survives / 0.5"),),
        ),
        Mistake(
            "one coin for the batch",
            "rng.random(one_per_example)",
            "rng.random()",
            "one coin decides over the whole batch, as in the paper. Here every example draws its "
            "own: throw as many coins as there are rows.",
            convention=True,
        ),
        Mistake(
            "one coin per feature",
            "rng.random(one_per_example)",
            "rng.random((1, *x.shape[1:]))",
            "The coins are thrown per feature and shared by all examples. Which axis of x counts "
            "the examples?",
        ),
        Mistake(
            "averaged in training",
            "branch(x) * survives / survival_prob",
            "branch(x) * survival_prob",
            "Nothing is random in training: you add the share of the branch that would survive on "
            "average. The noise is the point.",
        ),
        Mistake(
            "one coin per entry",
            "rng.random(one_per_example)",
            "rng.random(x.shape)",
            "Single entries of the branch are dropped: that is dropout on the branch. An example "
            "takes the branch as a whole or skips it as a whole.",
        ),
        Mistake(
            "the skip is dropped too",
            "return x + branch(x) * survives / survival_prob",
            "return (x + branch(x)) * survives / survival_prob",
            "The skip path is multiplied as well, so dropped examples vanish. It is the skip that "
            "lets an example through when its branch is gone.",
        ),
        Mistake(
            "the skip is dropped, unscaled",
            "return x + branch(x) * survives / survival_prob",
            "return (x + branch(x)) * survives",
            "Dropped examples vanish, skip and all, and nothing is scaled. The coin decides over "
            "the branch alone.",
        ),
        Mistake(
            "input of the branch masked",
            "branch(x) * survives / survival_prob",
            "branch(x * survives / survival_prob)",
            "You mask what goes *into* the branch. A branch with a bias answers even to zeros, so "
            "it is not skipped. Mask what comes out.",
        ),
        Mistake(
            "survives and skips exchanged",
            "rng.random(one_per_example) < survival_prob",
            "rng.random(one_per_example) > survival_prob",
            SWAPPED,
            read="Keep or drop?",
        ),
        Mistake(
            "chance to drop",
            "rng.random(one_per_example) < survival_prob",
            "rng.random(one_per_example) >= survival_prob",
            "your function takes `survival_prob` for the chance to be skipped, as some libraries "
            "do. Here it is the chance that the branch survives.",
            more=(("* survives / survival_prob", "* survives / (1 - survival_prob)"),),
            convention=True,
            read="Keep or drop?",
        ),
        Mistake(
            "vanilla form",
            "* survives / survival_prob",
            "* survives",
            "you leave training unscaled and shrink the branch at test time, as in the paper. The "
            "inverted form is asked for: the scale belongs into training.",
            more=(
                (
                    "        return x + branch(x)\n",
                    "        return x + survival_prob * branch(x)\n",
                ),
            ),
            convention=True,
        ),
        Mistake(
            "not scaled",
            "* survives / survival_prob",
            "* survives",
            "Nothing makes up for the branches that are skipped: the expected output in training "
            "is not the output at test time.",
        ),
        Mistake(
            "scaled by the chance to drop",
            "* survives / survival_prob",
            "* survives / (1 - survival_prob)",
            "The share that survives is right, the scale belongs to the share that is skipped.",
        ),
        Mistake(
            "scaled the wrong way",
            "* survives / survival_prob",
            "* survives * survival_prob",
            "The branches that survive get smaller, on top of the ones that are missing.",
        ),
        Mistake(
            "scaled at test time too",
            "        return x + branch(x)\n",
            "        return x + survival_prob * branch(x)\n",
            "Training is right. At test time you scale the branch once more, but the inverted form "
            "has paid for it in training.",
        ),
        Mistake(
            "skip missing in training",
            "return x + branch(x) * survives",
            "return branch(x) * survives",
            "In training the skip is missing: a residual block adds its branch to x.",
        ),
        Mistake(
            "skip missing at test time",
            "        return x + branch(x)\n",
            "        return branch(x)\n",
            "At test time the skip is missing: a residual block adds its branch to x.",
        ),
        Mistake("drops at test time", "if not train:", "if False:", FLAG_IGNORED),
        Mistake("train and test exchanged", "if not train:", "if train:", FLAG_REVERSED),
        Mistake("fixed seed", "rng.random(", "np.random.default_rng(0).random(", FIXED_SEED),
        Mistake(
            "generator not used",
            "rng.random(",
            own_generator("stochastic_depth_forward") + ".random(",
            OWN_GENERATOR,
        ),
        Mistake("normal noise", "rng.random(", "rng.standard_normal(", NORMAL),
    ),
    accepted=(depth_only_survivors, depth_loop, depth_broadcast),
    points=2,
)

# --- batch norm, forward ------------------------------------------------------------------------


def normalized_case(
    rng: np.random.Generator,
    name: str,
    about: str,
    trains: list[bool],
    *,
    shape: tuple[int, int] = (5, 3),
    scale: float = 2.0,
    **kwargs: float,
) -> Case:
    features = shape[1]
    batches = [draw(rng, *shape) * scale + draw(rng, features) for _ in trains]
    return Case(
        name,
        about=about,
        probe="normalized",
        inputs={
            "batches": batches,
            "trains": trains,
            "gamma": draw(rng, features) + 2.0,
            "beta": draw(rng, features),
            "running": BatchNormStats(draw(rng, features), np.abs(draw(rng, features)) + 0.5),
            "kwargs": kwargs,
        },
    )


def batchnorm_cases(rng: np.random.Generator) -> Sequence[Case]:
    constant = normalized_case(
        rng,
        "a constant column, another eps",
        "Where nothing varies, eps prevents 0/0; and eps is an argument.",
        [True],
        eps=0.5,
    )
    assert constant.inputs is not None
    constant.inputs["batches"][0][:, 1] = 1.5
    return [
        normalized_case(
            rng,
            "one training batch",
            "In training the batch's own mean and variance count, column by column.",
            [True],
        ),
        normalized_case(
            rng,
            "three batches, then a test batch",
            "The running statistics of all three batches are used at test time.",
            [True, True, True, False],
            momentum=0.7,
        ),
        normalized_case(
            rng,
            "one example at test time",
            "At test time the batch plays no role: one example is enough.",
            [False],
            shape=(1, 4),
        ),
        normalized_case(
            rng,
            "tiny variances",
            "Here eps is as large as the variance: where does it stand?",
            [True, False],
            shape=(7, 2),
            scale=2e-3,
            momentum=0.2,
        ),
        constant,
    ]


def batchnorm_sums(x, gamma, beta, running, *, train, momentum=0.9, eps=1e-5):
    """Sums instead of np.mean and np.var, plain tuples."""
    old_mean, old_var = running
    if not train:
        out = gamma * (x - old_mean) * (old_var + eps) ** -0.5 + beta
        return out, (x, x - old_mean, gamma), running
    n = x.shape[0]
    mean = x.sum(axis=0) / n
    centred = x - mean[None, :]
    var = (centred**2).sum(axis=0) / n
    inverse = 1 / np.sqrt(var + eps)
    new = (
        old_mean + (1 - momentum) * (mean - old_mean),
        old_var + (1 - momentum) * (var - old_var),
    )
    return gamma * centred * inverse + beta, (centred, inverse, gamma), new


def batchnorm_loop(x, gamma, beta, running, *, train, momentum=0.9, eps=1e-5):
    """Column by column."""
    out, x_hat = np.empty_like(x), np.empty_like(x)
    mean, var = running.mean.copy(), running.var.copy()
    for j in range(x.shape[1]):
        centre = np.average(x[:, j]) if train else mean[j]
        spread = np.std(x[:, j]) ** 2 if train else var[j]
        x_hat[:, j] = (x[:, j] - centre) / np.sqrt(spread + eps)
        out[:, j] = x_hat[:, j] * gamma[j] + beta[j]
        if train:
            mean[j] = mean[j] * momentum + centre * (1 - momentum)
            var[j] = var[j] * momentum + spread * (1 - momentum)
    return out, {"x_hat": x_hat, "gamma": gamma}, BatchNormStats(mean, var)


def batchnorm_scale_and_shift(x, gamma, beta, running, *, train, momentum=0.9, eps=1e-5):
    """One factor and one offset per column, as a layer is folded for use."""
    mean, var = (np.mean(x, axis=0), np.var(x, axis=0)) if train else running
    factor = gamma / np.sqrt(var + eps)
    out = x * factor + (beta - mean * factor)
    weight = momentum if train else 1.0
    pairs = zip(running, (mean, var), strict=True)
    return [out, [x, gamma, mean, var], [weight * a + (1 - weight) * b for a, b in pairs]]


BATCHNORM_FORWARD = Exercise(
    reference=layers.batchnorm_forward,
    cases=batchnorm_cases,
    returns=("out", "cache", "running"),
    read="Batch norm: noise from the neighbours",
    praise="Batch statistics while training, running ones afterwards, and eps in its place.",
    hints=(
        "Two questions: which mean and variance are used (that depends on `train`), and over "
        "which axis are they taken?",
        "Statistics are per feature, over the examples. In training also update the running ones: "
        "the weight of the *old* value is `momentum`. At test time they stay as they are.",
        "Distance from the mean, divided by the root of variance plus eps; times gamma, plus beta. "
        "Each running value becomes the share `momentum` of itself plus the rest of the batch's.",
    ),
    mistakes=(
        Mistake(
            "eps fixed at 1e-5",
            "np.sqrt(var + eps)",
            "np.sqrt(var + 1e-5)",
            "Your eps is always 1e-5: the argument is not used.",
        ),
        Mistake(
            "running mean and variance exchanged",
            "mean=momentum * running.mean",
            "var=momentum * running.mean",
            "The running mean and the running variance stand in each other's place.",
            more=(("var=momentum * running.var", "mean=momentum * running.var"),),
        ),
        Mistake(
            "running variance by N - 1",
            "(1 - momentum) * var,",
            "(1 - momentum) * var * len(x) / (len(x) - 1),",
            "your running variance divides by N - 1, as PyTorch's does. Here both variances divide "
            "by N.",
            convention=True,
        ),
        Mistake(
            "both variances by N - 1",
            "np.var(x, axis=0)",
            "np.var(x, axis=0, ddof=1)",
            "Your variance divides by N - 1. The layer normalizes with the batch's own spread, "
            "which divides by N; then the output's variance is exactly 1.",
        ),
        Mistake(
            "momentum is the weight of the new",
            "momentum * running.mean + (1 - momentum) * mean",
            "(1 - momentum) * running.mean + momentum * mean",
            "your `momentum` is the weight of the new batch, as in PyTorch. Here it is the weight "
            "of the old running value.",
            more=(
                (
                    "momentum * running.var + (1 - momentum) * var",
                    "(1 - momentum) * running.var + momentum * var",
                ),
            ),
            convention=True,
        ),
        Mistake(
            "eps outside the root",
            "np.sqrt(var + eps)",
            "(np.sqrt(var) + eps)",
            "eps stands outside the root. You only notice when the variance is as small as eps: "
            "here it is added to the variance.",
        ),
        Mistake(
            "eps missing",
            "np.sqrt(var + eps)",
            "np.sqrt(var)",
            "Without eps a constant column gives 0/0, and small variances are off.",
        ),
        Mistake(
            "root missing",
            "np.sqrt(var + eps)",
            "(var + eps)",
            "You divide by the variance. Which measure of spread has the unit of x itself?",
        ),
        Mistake(
            "batch statistics at test time",
            "        mean = running.mean\n",
            "        mean = np.mean(x, axis=0)\n",
            "At test time you still normalize by the batch. Then an example's result depends on "
            "its neighbours, and a single example is always mapped to beta.",
            more=(("        var = running.var\n", "        var = np.var(x, axis=0)\n"),),
        ),
        Mistake(
            "trains at test time",
            "if train:",
            "if True:",
            "The argument `train` has no effect: at test time you normalize by the batch, and move "
            "the running statistics as well.",
        ),
        Mistake(
            "running statistics move at test time",
            "    else:\n        mean = running.mean\n        var = running.var\n",
            "    else:\n        mean = running.mean\n        var = running.var\n"
            "        running = BatchNormStats(\n"
            "            momentum * mean + (1 - momentum) * np.mean(x, axis=0),\n"
            "            momentum * var + (1 - momentum) * np.var(x, axis=0),\n        )\n",
            "The outputs are right, but the running statistics move at test time: the test data "
            "leak into the model.",
        ),
        Mistake(
            "never trains",
            "if train:",
            "if False:",
            "In training you normalize by the running statistics, and they never move. The batch's "
            "own mean and variance are meant.",
        ),
        Mistake(
            "train and test exchanged",
            "if train:",
            "if not train:",
            "It is the other way round: the batch's statistics while training, the running ones at "
            "test time.",
        ),
        Mistake(
            "running statistics in training",
            "x_hat = (x - mean) / np.sqrt(var + eps)",
            "x_hat = (x - running.mean) / np.sqrt(running.var + eps)",
            "The running statistics are updated as they should be, but training is normalized by "
            "them. While training, the batch's own mean and variance count.",
        ),
        Mistake(
            "running statistics lost",
            "        running = BatchNormStats(",
            "        _ = BatchNormStats(",
            "The running statistics that you return are the old ones, so test time never learns "
            "about the data.",
        ),
        Mistake(
            "only the last batch",
            "momentum * running.mean + (1 - momentum) * mean",
            "mean",
            "The running statistics are those of the last batch: the older batches are forgotten. "
            "What is `momentum` for?",
            more=(("momentum * running.var + (1 - momentum) * var", "var"),),
        ),
        Mistake(
            "new batch counted in full",
            "momentum * running.mean + (1 - momentum) * mean",
            "momentum * running.mean + mean",
            "The new batch counts in full, so the running values grow beyond the data: the weights "
            "of a mean sum to 1.",
            more=(
                ("momentum * running.var + (1 - momentum) * var", "momentum * running.var + var"),
            ),
        ),
        Mistake(
            "always 0.9",
            "momentum * running.mean + (1 - momentum) * mean",
            "0.9 * running.mean + 0.1 * mean",
            "The argument `momentum` is ignored: you always use 0.9.",
            more=(
                ("momentum * running.var + (1 - momentum) * var", "0.9 * running.var + 0.1 * var"),
            ),
        ),
        Mistake(
            "mean of squares",
            "np.var(x, axis=0)",
            "np.mean(x**2, axis=0)",
            "That is the mean of the squares, not of the squared distances from the mean.",
        ),
        Mistake(
            "running deviation",
            "(1 - momentum) * var,",
            "(1 - momentum) * np.sqrt(var),",
            "You keep a running standard deviation, but at test time it is used as a variance.",
        ),
        Mistake(
            "running variance not updated",
            "momentum * running.var + (1 - momentum) * var",
            "running.var",
            "The running mean moves, the running variance does not.",
        ),
        Mistake(
            "running mean not updated",
            "momentum * running.mean + (1 - momentum) * mean",
            "running.mean",
            "The running variance moves, the running mean does not.",
        ),
        Mistake(
            "layer norm",
            "np.mean(x, axis=0)",
            "np.mean(x, axis=1, keepdims=True)",
            "You normalize every example over its features: that is layer norm. Batch norm takes "
            "every feature over the examples.",
            more=(("np.var(x, axis=0)", "np.var(x, axis=1, keepdims=True)"),),
        ),
        Mistake(
            "one mean for all columns",
            "np.mean(x, axis=0)",
            "np.full(x.shape[1], np.mean(x))",
            "One mean and one variance for the whole array. Every feature has its own.",
            more=(("np.var(x, axis=0)", "np.full(x.shape[1], np.var(x))"),),
        ),
        Mistake(
            "gamma and beta exchanged",
            "out = gamma * x_hat + beta",
            "out = beta * x_hat + gamma",
            "gamma and beta are exchanged: gamma scales, beta shifts.",
        ),
        Mistake(
            "gamma missing",
            "out = gamma * x_hat + beta",
            "out = x_hat + beta",
            "The learnable scale gamma is missing.",
        ),
        Mistake(
            "beta missing",
            "out = gamma * x_hat + beta",
            "out = gamma * x_hat",
            "The learnable shift beta is missing.",
        ),
        Mistake(
            "shifted before scaling",
            "out = gamma * x_hat + beta",
            "out = gamma * (x_hat + beta)",
            "You shift before you scale, so beta is multiplied by gamma as well.",
        ),
        Mistake(
            "not centred",
            "(x - mean) / np.sqrt",
            "x / np.sqrt",
            "The spread is right, but the mean is never subtracted.",
        ),
        Mistake(
            "cache lost",
            "return out, BatchNormCache(x, x_hat, gamma, mean, var, eps), running",
            "return out, None, running",
            "The numbers are right, but the cache is empty: what will the backward pass work with?",
        ),
    ),
    accepted=(batchnorm_sums, batchnorm_loop, batchnorm_scale_and_shift),
    points=4,
    hidden_points=1,
)

# --- batch norm, backward -----------------------------------------------------------------------


def batchnorm_backward_cases(rng: np.random.Generator) -> Sequence[Case]:
    def run(
        name: str,
        about: str,
        shape: tuple[int, int],
        *,
        scale: float = 1.0,
        grads: float = 1.0,
        eps: float = 1e-5,
    ) -> Case:
        features = shape[1]
        x = draw(rng, *shape) * scale + draw(rng, features)
        gamma, beta = draw(rng, features) + 2.0, draw(rng, features)
        running = BatchNormStats.fresh(features)
        mean, var = x.mean(axis=0), x.var(axis=0)
        x_hat = (x - mean) / np.sqrt(var + eps)
        return Case(
            name,
            about=about,
            probe="backward",
            inputs={
                "dout": draw(rng, *shape) * grads,
                "cache": BatchNormCache(x, x_hat, gamma, mean, var, eps),
                "partner": "batchnorm_forward",
                "inputs": {
                    "args": (x, gamma, beta, running),
                    "kwargs": {"train": True, "eps": eps},
                },
            },
        )

    return [
        run(
            "five examples, three features",
            "Every example moves the mean and the variance that all the others are measured by.",
            (5, 3),
        ),
        run("more features than examples", "Shapes: (3, 6).", (3, 6), scale=3.0),
        run(
            "tiny variances",
            "Here eps is as large as the variance.",
            (7, 2),
            scale=3e-3,
        ),
        run("tiny gradients", "Tiny gradients are treated like any others.", (4, 2), grads=1e-6),
        run("another eps", "The forward pass may use any eps: here 0.3.", (4, 3), eps=0.3),
    ]


def batchnorm_backward_paper(dout, cache):
    """The paper's steps: through the variance, through the mean, then to x."""
    x, _, gamma, mean, var, eps = cache
    n = len(x)
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * (x - mean), axis=0) * -0.5 * (var + eps) ** -1.5
    dmean = -np.sum(dx_hat, axis=0) / np.sqrt(var + eps) + dvar * np.mean(-2 * (x - mean), axis=0)
    dx = dx_hat / np.sqrt(var + eps) + dvar * 2 * (x - mean) / n + dmean / n
    return dx, np.sum(dout * cache.x_hat, axis=0), np.sum(dout, axis=0)


def batchnorm_backward_times_n(dout, cache):
    """The compact form, multiplied out by N; a list."""
    n, x_hat = dout.shape[0], cache.x_hat
    dbeta = dout.sum(axis=0)
    dgamma = np.einsum("nd,nd->d", dout, x_hat)
    scale = cache.gamma / (n * np.sqrt(cache.var + cache.eps))
    return [scale * (n * dout - dbeta - x_hat * dgamma), dgamma, dbeta]


def batchnorm_backward_jacobian(dout, cache):
    """Column by column through the whole N by N Jacobian matrix."""
    n, features = dout.shape
    dx = np.zeros((n, features))
    for j in range(features):
        spread = np.sqrt(cache.var[j] + cache.eps)
        x_hat = (cache.x[:, j] - cache.mean[j]) / spread
        jacobian = (np.eye(n) - 1 / n - np.outer(x_hat, x_hat) / n) * cache.gamma[j] / spread
        dx[:, j] = jacobian.T @ dout[:, j]
    return dx, (dout * cache.x_hat).sum(0), np.ones(n) @ dout


BATCHNORM_BACKWARD = Exercise(
    reference=layers.batchnorm_backward,
    cases=batchnorm_backward_cases,
    returns=("dx", "dgamma", "dbeta"),
    read="Back through the batch",
    praise="All three roads are there: the direct one, through the mean and through the variance.",
    hints=(
        "dgamma and dbeta are like the gradients of any scale and shift: sums over the examples. "
        "For dx ask in how many ways one entry of x changes the output.",
        "x reaches x_hat directly, through the batch mean and through the batch variance. The "
        "road through the mean takes the mean of the gradient away; the road through the variance "
        "takes away the part that is parallel to x_hat.",
        "With g = dout * gamma: dx = (g - mean of g - x_hat * mean of (g * x_hat)) / sqrt(var + "
        "eps), the means over the examples.",
    ),
    mistakes=(
        Mistake(
            "eps fixed at 1e-5",
            "np.sqrt(cache.var + cache.eps)",
            "np.sqrt(cache.var + 1e-5)",
            "Your eps is always 1e-5. The forward pass may have used another one: what does it "
            "leave for you?",
        ),
        Mistake(
            "mean and variance taken for constants",
            "(dx_hat - through_mean - through_var)",
            "dx_hat",
            "You treat the batch's mean and variance as constants. They depend on x: each example "
            "moves them, and with them all the others.",
        ),
        Mistake(
            "road through the mean missing",
            "(dx_hat - through_mean - through_var)",
            "(dx_hat - through_var)",
            "The road through the batch mean is missing. A test: shifting all examples changes "
            "nothing, so every column of dx must sum to 0.",
        ),
        Mistake(
            "road through the variance missing",
            "(dx_hat - through_mean - through_var)",
            "(dx_hat - through_mean)",
            "The road through the batch variance is missing: enlarging all examples hardly changes "
            "the output, so dx should have next to no part along x_hat.",
        ),
        Mistake(
            "road through the variance added",
            "(dx_hat - through_mean - through_var)",
            "(dx_hat - through_mean + through_var)",
            "The road through the variance has the wrong sign: a larger spread makes x_hat "
            "smaller.",
        ),
        Mistake(
            "road through the mean added",
            "(dx_hat - through_mean - through_var)",
            "(dx_hat + through_mean - through_var)",
            "The road through the mean has the wrong sign: the mean is subtracted from x.",
        ),
        Mistake(
            "sums for means",
            "np.mean(dx_hat, axis=0)",
            "np.sum(dx_hat, axis=0)",
            "The corrections for mean and variance are sums in your code. One example's share in "
            "the batch statistics is 1/N.",
            more=(
                ("np.mean(dx_hat * cache.x_hat, axis=0)", "np.sum(dx_hat * cache.x_hat, axis=0)"),
            ),
        ),
        Mistake(
            "N - 1 in the variance's road",
            "np.mean(dx_hat * cache.x_hat, axis=0)",
            "np.sum(dx_hat * cache.x_hat, axis=0) / (len(dout) - 1)",
            "The road through the variance divides by N - 1. The forward pass divided by N.",
        ),
        Mistake(
            "gamma forgotten in dx",
            "dx_hat = dout * cache.gamma",
            "dx_hat = dout * 1.0",
            "gamma is missing in dx: on its way back to x_hat the gradient passes the scale.",
        ),
        Mistake(
            "gamma divided",
            "dx_hat = dout * cache.gamma",
            "dx_hat = dout / cache.gamma",
            "You divide by gamma. The forward pass multiplied by it, and so does the backward "
            "pass.",
        ),
        Mistake(
            "x for x_hat in dgamma",
            "dgamma = np.sum(dout * cache.x_hat, axis=0)",
            "dgamma = np.sum(dout * cache.x, axis=0)",
            "gamma multiplies the *normalized* x: that is what its gradient has to use.",
        ),
        Mistake(
            "gamma in its own gradient",
            "dgamma = np.sum(dout * cache.x_hat, axis=0)",
            "dgamma = np.sum(dout * cache.gamma * cache.x_hat, axis=0)",
            "dgamma contains gamma. The output is linear in gamma, so its derivative does not.",
        ),
        Mistake(
            "dgamma and dbeta as means",
            "dgamma = np.sum(dout * cache.x_hat, axis=0)",
            "dgamma = np.mean(dout * cache.x_hat, axis=0)",
            "dgamma and dbeta are sums over the examples. The mean over the batch is the loss's "
            "business and is already inside dout.",
            more=(("dbeta = np.sum(dout, axis=0)", "dbeta = np.mean(dout, axis=0)"),),
        ),
        Mistake(
            "dgamma and dbeta exchanged",
            "return dx, dgamma, dbeta",
            "return dx, dbeta, dgamma",
            "dgamma and dbeta come back in the wrong order.",
        ),
        Mistake(
            "not summed over the examples",
            "dgamma = np.sum(dout * cache.x_hat, axis=0)",
            "dgamma = dout * cache.x_hat",
            "gamma and beta have one entry per feature, used by all examples: what happens to "
            "gradients where one number is used many times?",
            more=(("dbeta = np.sum(dout, axis=0)", "dbeta = dout * 1.0"),),
        ),
        Mistake(
            "eps forgotten",
            "np.sqrt(cache.var + cache.eps)",
            "np.sqrt(cache.var)",
            "eps is missing: invisible for large variances, wrong for small ones.",
        ),
        Mistake(
            "eps outside the root",
            "np.sqrt(cache.var + cache.eps)",
            "(np.sqrt(cache.var) + cache.eps)",
            "eps stands outside the root, but the forward pass added it to the variance.",
        ),
        Mistake(
            "root missing",
            "np.sqrt(cache.var + cache.eps)",
            "(cache.var + cache.eps)",
            "You divide by the variance; the forward pass divided by its root.",
        ),
        Mistake(
            "multiplied by the deviation",
            "/ np.sqrt(cache.var + cache.eps)",
            "* np.sqrt(cache.var + cache.eps)",
            "You multiply by the standard deviation. The forward pass divided by it, and the "
            "derivative of x/s is 1/s.",
        ),
        Mistake(
            "not divided",
            "(dx_hat - through_mean - through_var) / np.sqrt(cache.var + cache.eps)",
            "dx_hat - through_mean - through_var",
            "That is the gradient in units of x_hat. The last step back to x is missing: the "
            "forward pass divided by something.",
        ),
        Mistake(
            "distance for x_hat",
            "through_var = cache.x_hat *",
            "through_var = (cache.x - cache.mean) *",
            "The road through the variance uses the distance from the mean, not divided by the "
            "standard deviation.",
        ),
        Mistake(
            "roads without gamma",
            "np.mean(dx_hat, axis=0)",
            "np.mean(dout, axis=0)",
            "The direct road passes gamma, the roads through mean and variance do not. All three "
            "branch off below gamma.",
            more=(
                ("np.mean(dx_hat * cache.x_hat, axis=0)", "np.mean(dout * cache.x_hat, axis=0)"),
            ),
        ),
        Mistake(
            "means over the features",
            "np.mean(dx_hat, axis=0)",
            "np.mean(dx_hat, axis=1, keepdims=True)",
            "You take means over the features, as layer norm would. The statistics of batch norm "
            "are taken over the examples.",
            more=(
                (
                    "np.mean(dx_hat * cache.x_hat, axis=0)",
                    "np.mean(dx_hat * cache.x_hat, axis=1, keepdims=True)",
                ),
            ),
        ),
        Mistake(
            "x_hat lost",
            "through_var = cache.x_hat * np.mean(",
            "through_var = np.mean(",
            "The road through the variance lost a factor: how an example moves the variance "
            "depends on how far it is from the mean.",
        ),
    ),
    accepted=(batchnorm_backward_paper, batchnorm_backward_times_n, batchnorm_backward_jacobian),
    points=4,
    hidden_points=1,
)

EXERCISES = (
    VANILLA_PREDICT,
    DROPOUT_FORWARD,
    DROPOUT_BACKWARD,
    MONTE_CARLO,
    DROPCONNECT,
    STOCHASTIC_DEPTH,
    BATCHNORM_FORWARD,
    BATCHNORM_BACKWARD,
)

QUIZZES = (
    Quiz(
        "u10-own-mask",
        "A mini-batch of 32 examples passes a hidden layer of 100 units with dropout. How many "
        "coins are thrown in this layer, in one step of training?",
        (
            Choice(
                "100: one for each unit, shared by the batch.",
                False,
                "Then the whole batch would train one and the same thinned net. DD2424 L5 says it "
                "in a note: each example of the mini-batch has a mask of its own.",
            ),
            Choice(
                "32: one for each example.",
                False,
                "That would drop whole examples, which only makes the batch smaller.",
            ),
            Choice(
                "3200: one for each unit and each example.",
                True,
                "Every entry of the (32, 100) array of activations throws its own coin, and throws "
                "it again in the next step. So a step trains 32 different thinned nets at once.",
            ),
            Choice(
                "100, thrown once, before training starts.",
                False,
                "Then some units would be missing for ever, and the rest would be an ordinary, "
                "smaller net. This happens by accident when a seed is set inside the function.",
            ),
        ),
    ),
    Quiz(
        "u10-slide-multiply",
        "A net was trained with vanilla dropout, and units were dropped with probability 0.1. "
        "Somebody follows the slide's words and multiplies by 0.1 at test time. What arrives?",
        (
            Choice(
                "The right amount.",
                False,
                "In training a unit was there nine times out of ten. What is its mean, as a share "
                "of its full value?",
            ),
            Choice(
                "One ninth of the right amount.",
                True,
                "Training sent 0.9 of the full value on average, and test time should do so too: "
                "it has to multiply by the chance to stay. With 0.5 the two agree, which is how "
                "the sentence survives.",
            ),
            Choice(
                "Nine times the right amount.",
                False,
                "It is the other way up: 0.1 is less than the mean of training.",
            ),
            Choice(
                "One tenth of the right amount.",
                False,
                "That would be so if the full value were right. But training never sent the full "
                "value on average.",
            ),
        ),
    ),
    Quiz(
        "u10-slide-masks",
        "A student types the slide's four statements as they stand. What happens?",
        (
            Choice(
                "It works: the names of masks do not matter.",
                False,
                "They would not matter if each mask were used under the name it was given. Which "
                "name is used last, and was it ever assigned?",
            ),
            Choice(
                "The second product uses a mask that was never made.",
                True,
                "The mask of layer 1 should be u1, that of layer 2 should be u2. As printed the "
                "first is called u2 and overwritten, and the second product asks for u3. In a loop "
                "with stored masks this becomes a mask of the wrong layer, and if the layers are "
                "equally wide nothing crashes.",
            ),
            Choice(
                "Both layers use the same mask.",
                False,
                "u2 is drawn anew before the second product. Look at the name in that product.",
            ),
            Choice(
                "The scale is applied twice.",
                False,
                "Each mask is divided by p once, and each layer has a mask of its own. The trouble "
                "is in the names.",
            ),
        ),
    ),
    Quiz(
        "u10-exact",
        "A net has one hidden ReLU layer, dropout on it, then a matrix and a softmax. For which of "
        "these is the single scaled pass exactly the mean over all masks?",
        (
            Choice(
                "For the logits and for the probabilities.",
                False,
                "For the logits, yes. But the softmax bends: the mean of exp is not the exp of the "
                "mean.",
            ),
            Choice(
                "For the logits only.",
                True,
                "The mask multiplies the hidden units, and a matrix follows: linear in the mask. "
                "The ReLU in front of the mask does not matter, the softmax behind it does.",
            ),
            Choice(
                "For neither, because of the ReLU.",
                False,
                "The ReLU comes before the mask: its output is a fixed number that the mask "
                "multiplies. What matters is what comes after.",
            ),
            Choice(
                "For the predicted label only.",
                False,
                "The label is the least linear of all: an argmax. It often agrees, but nothing "
                "guarantees it.",
            ),
        ),
    ),
    Quiz(
        "u10-scaling-bug",
        "Which number reveals that the hidden units are scaled by 0.5 once too often?",
        (
            Choice(
                "The test accuracy: it falls to about one half.",
                False,
                "All logits shrink together. Which of them is the largest?",
            ),
            Choice(
                "The test loss.",
                True,
                "The loss depends on how confident the probabilities are, and smaller logits are "
                "less confident. The ranking of the classes hardly changes.",
            ),
            Choice(
                "The training loss.",
                False,
                "Training is untouched: the extra factor acts at test time only.",
            ),
            Choice(
                "None: the net is the same up to a factor.",
                False,
                "A factor changes no ranking. But the softmax turns logits into probabilities, and "
                "there a factor counts.",
            ),
        ),
    ),
    Quiz(
        "u10-depth",
        "In training a residual block's branch survives with probability 0.8. Which rule keeps the "
        "expected output equal to that of test time, x + branch(x)?",
        (
            Choice(
                "coin * (x + branch(x)) / 0.8",
                False,
                "The mean is right, but an example whose coin says no is lost altogether. The skip "
                "connection is there to carry it on.",
            ),
            Choice(
                "x + coin * branch(x)",
                False,
                "Its mean is x + 0.8 branch(x). That is the paper's form in training; then test "
                "time has to shrink the branch.",
            ),
            Choice(
                "x + coin * branch(x) / 0.8",
                True,
                "The coin has mean 0.8, so the branch arrives with mean 1, and x is never touched.",
            ),
            Choice(
                "x / 0.8 + coin * branch(x) / 0.8",
                False,
                "The skip is always there, so there is nothing to make up for on that path.",
            ),
        ),
    ),
    Quiz(
        "u10-batch-of-one",
        "A net with batch norm predicts a single example, and by mistake it is still in training "
        "mode. What does the batch norm layer send on?",
        (
            Choice(
                "The right values: one example is a small batch.",
                False,
                "Put N = 1 into the formula: what is the mean, and what is x minus the mean?",
            ),
            Choice(
                "beta, whatever the example is.",
                True,
                "The mean of one example is the example itself, so the normalized value is 0 and "
                "only the shift is left. The net answers the same for every input.",
            ),
            Choice(
                "nan: the variance is 0.",
                False,
                "The variance is 0 indeed, but eps keeps the root above 0. It is 0 divided by a "
                "small number, not 0/0.",
            ),
            Choice(
                "The values normalized by the running statistics.",
                False,
                "Those are used in test mode. In training mode the batch counts, however small.",
            ),
        ),
    ),
)
