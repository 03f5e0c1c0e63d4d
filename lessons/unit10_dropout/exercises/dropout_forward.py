"""The exercise ``dropout_forward``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, Rng, draw
from course_lib import layers

from .shared import (
    EXACT_NUMBER,
    FIXED_SEED,
    FLAG_IGNORED,
    FLAG_REVERSED,
    NORMAL,
    OWN_GENERATOR,
    SWAPPED,
    in_double,
    low_chance,
    nonzero,
    own_generator,
    six_sigma,
)


@in_double
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
            "Only about a quarter of the units stay, and they have to make up for the others.",
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
            "exact number",
            "rng.random(x.shape) < keep_prob",
            "rng.permutation(x.size).reshape(x.shape) < round(keep_prob * x.size)",
            EXACT_NUMBER,
        ),
        Mistake(
            "averaged in training",
            "(rng.random(x.shape) < keep_prob) / keep_prob",
            "np.full(x.shape, keep_prob)",
            "Nothing is random in training: all units stay and shrink to their average. The noise "
            "is the point.",
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
