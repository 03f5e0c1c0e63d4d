"""The exercise ``minibatches``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import train


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
            2,
        ),
        case(
            "large batches",
            "Within a batch, too, every example comes once. Here an example is a single number: x "
            "has one axis.",
            (40,),
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
            23,
        ),
        case(
            "images",
            "x may have more than two axes; the first one counts the examples.",
            (22, 2, 3, 1),
            4,
            2,
        ),
        case(
            "many short epochs",
            "Any example may come first, and any may come last.",
            (3, 2),
            2,
            32,
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
        Mistake(
            "every batch an independent draw",
            "chosen = order[start : start + batch_size]",
            "chosen = rng.integers(len(x), size=batch_size)",
            "each of your batches is drawn from *all* examples anew, and is always full, as in "
            "CS231n's code. Here a call is one pass: what has come does not come again, and the "
            "last batch holds what is left.",
            convention=True,
        ),
        Mistake(
            "every batch drawn afresh, and full",
            "chosen = order[start : start + batch_size]",
            "chosen = rng.permutation(len(x))[:batch_size]",
            "No example comes twice within a batch, but each batch is drawn from *all* examples "
            "again. Over the epoch some come several times, and others never.",
        ),
        Mistake(
            "last batch filled up",
            "order = rng.permutation(len(x))\n",
            "order = rng.permutation(len(x))\n"
            "    order = np.resize(order, len(x) + -len(x) % batch_size)\n",
            "Your last batch is filled up with examples that have come before, so that these count "
            "twice. Here it may be short.",
        ),
        Mistake(
            "one example is never drawn",
            "rng.permutation(len(x))",
            "rng.permutation(len(x) - 1)",
            "There is one example that never comes. `rng.permutation(n)` gives the numbers from 0 "
            "to n - 1 already.",
        ),
        Mistake(
            "short batch first",
            "    for start in range(0, len(x), batch_size):\n"
            "        chosen = order[start : start + batch_size]\n",
            "    for start in range(-(-len(x) % batch_size), len(x), batch_size):\n"
            "        chosen = order[max(start, 0) : start + batch_size]\n",
            "The short batch comes first. Here it is the *last* batch that holds what is left.",
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
