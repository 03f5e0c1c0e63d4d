"""The exercise ``dropconnect_forward``."""

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
            "exact number",
            "rng.random(weights.shape) < keep_prob",
            "rng.permutation(weights.size).reshape(weights.shape) "
            "< round(keep_prob * weights.size)",
            EXACT_NUMBER,
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
