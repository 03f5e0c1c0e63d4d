"""The exercise ``stochastic_depth_forward``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
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
            "Only about a quarter of the examples go through the branch.",
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
            "exact number",
            "rng.random(one_per_example) < survival_prob",
            "rng.permutation(len(x)).reshape(one_per_example) < round(survival_prob * len(x))",
            EXACT_NUMBER,
        ),
        Mistake(
            "skip scaled with the branch",
            "return x + branch(x) * survives / survival_prob",
            "return np.where(survives, (x + branch(x)) / survival_prob, x)",
            "Where the branch survives, the skip is enlarged with it. Only the branch is missing "
            "now and then, so only the branch has something to make up for.",
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
