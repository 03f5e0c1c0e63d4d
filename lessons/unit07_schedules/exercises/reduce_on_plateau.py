"""The exercise ``reduce_on_plateau``."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import schedules

from .shared import pick


def plateau_cases(rng: np.random.Generator) -> Sequence[Case]:
    lr, nan = pick(rng, 0.2, 0.9), float("nan")
    shift = pick(rng, 0.0, 1.0)

    def run(
        name: str, about: str, losses: Sequence[float], *, digits: int | None = 5, **kwargs: Any
    ) -> Case:
        values = np.array(losses, dtype=np.float64)
        if digits is not None:
            values = np.round(values + shift, digits)
        call = {"args": (values,), "kwargs": {"lr": lr, **kwargs}, "what": "learning rates"}
        return Case(name, about=about, probe="sequence", inputs=call)

    return [
        run(
            "always better",
            "Every epoch improves, wherever the loss begins, so the learning rate never changes.",
            [3e15, 3e12, 3000.0, 250.0, 80.0, 7.0, 1.5, 1.1],
            factor=0.5,
            patience=1,
        ),
        run(
            "one plateau",
            "The third epoch in a row without improvement is more than a patience of 2; the lower "
            "rate is used from the epoch after it.",
            [3.0, 2.0, 2.5, 2.6, 2.4, 2.3, 1.0, 0.9],
            factor=0.5,
            patience=2,
        ),
        run(
            "a long plateau",
            "After a drop the patience begins anew.",
            [1.0, 2.0, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.7, 2.8, 2.9],
            factor=0.3,
            patience=2,
        ),
        run(
            "just in time",
            "An improvement resets the count.",
            [3.0, 3.1, 3.2, 2.0, 2.1, 2.2, 1.0, 1.1, 1.2, 0.5, 0.6],
            factor=0.5,
            patience=2,
        ),
        run(
            "better than the last, not than the best",
            "An improvement is a loss below *all* before it, not only below the last one.",
            [1.0, 3.0, 2.8, 2.6, 2.4, 2.2, 2.0, 1.8],
            factor=0.5,
            patience=2,
        ),
        run(
            "a little better each time",
            "Every loss below the best is an improvement, however little.",
            [1 - 1e-5 * epoch for epoch in range(7)],
            factor=0.5,
            patience=1,
        ),
        run(
            "better by a hair",
            "Every loss below the best is an improvement: there is no margin, and no rounding.",
            [1 - 1e-14 * epoch for epoch in range(7)],
            digits=None,
            factor=0.5,
            patience=1,
        ),
        run(
            "tiny losses",
            "Losses of 1e-20 that still fall: nothing fixed may be taken off them.",
            [float(f"{tenths / 10}e-20") for tenths in range(90, 20, -10)],
            digits=None,
            factor=0.5,
            patience=1,
        ),
        run(
            "equal losses",
            "A loss that is equal to the best one is no improvement.",
            [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0, 1.0],
            factor=0.5,
            patience=1,
        ),
        run(
            "nan",
            "A loss of nan is no improvement, and never the best.",
            [nan, 2.0, nan, 1.5, nan, nan, 1.6, 1.4, 1.55, nan, 1.45, 1.3, 1.2],
            factor=0.5,
            patience=1,
        ),
        run(
            "nan after good epochs",
            "A single nan is forgiven like any other epoch without improvement.",
            [2.0, 1.9, nan, 1.8, 1.7, 1.6, nan, 1.5, 1.4],
            factor=0.5,
            patience=1,
        ),
        run(
            "no patience, the default factor",
            "With patience 0 every epoch without improvement lowers the rate, without an end; "
            "without the argument the factor is 0.1.",
            [2.0, 2.5, 1.5, 1.7, 1.9, 1.6, 1.8, 2.1, 1.9, 1.7, 1.0],
            patience=0,
        ),
    ]


def plateau_by_epoch_of_best(val_losses, *, lr, factor=0.1, patience):
    """No counter: the last epoch that counts as a new beginning is remembered."""
    used = np.empty(len(val_losses))
    best, since = math.inf, -1
    for epoch, loss in enumerate(val_losses):
        used[epoch] = lr
        if loss < best:
            best, since = loss, epoch
        elif epoch - since > patience:
            lr *= factor
            since = epoch
    return used


def plateau_by_running_minimum(val_losses, *, lr, factor=0.1, patience):
    losses = np.where(np.isnan(val_losses), np.inf, val_losses)
    before = np.concatenate([[np.inf], np.minimum.accumulate(losses)[:-1]])
    improved = losses < before
    rates, waited = [lr], 0
    for better in improved:
        waited = 0 if better else waited + 1
        if waited == patience + 1:
            rates.append(rates[-1] * factor)
            waited = 0
        else:
            rates.append(rates[-1])
    return rates[:-1]


def plateau_by_drops(val_losses, *, lr, factor=0.1, patience):
    """Counts drops; the rate is a power of the factor."""
    drops, waited, best, result = 0, 0, None, []
    for loss in val_losses.tolist():
        result.append(lr * factor**drops)
        if not math.isnan(loss) and (best is None or loss < best):
            best, waited = loss, 0
            continue
        waited += 1
        if waited >= patience + 1:
            drops, waited = drops + 1, 0
    return np.array(result)


REDUCE_ON_PLATEAU = Exercise(
    reference=schedules.reduce_on_plateau,
    cases=plateau_cases,
    returns=("learning rates",),
    read="Waiting for a plateau",
    praise="Your rule waits as long as it should, and never lowers the rate twice for one wait.",
    hints=(
        "Walk through the epochs as the training does. What do you have to remember from epoch to "
        "epoch?",
        "Three things: the best loss so far, how many epochs in a row have not beaten it, and the "
        "current learning rate. Note the rate of an epoch *before* you look at its loss.",
        "In every epoch: append lr; if the loss is below the best, it is the new best and the "
        "count is 0, else the count grows by 1; if the count exceeds patience, multiply lr by "
        "factor and set the count to 0.",
    ),
    mistakes=(
        Mistake(
            "patience one shorter",
            "waited > patience",
            "waited >= max(patience, 1)",
            "you lower the rate when `patience` epochs have not improved, as Keras does. Here, as "
            "in PyTorch, that many are forgiven: it takes one more.",
            convention=True,
        ),
        Mistake(
            "patience one longer",
            "waited > patience",
            "waited > patience + 1",
            "You wait one epoch too long: the first epoch without improvement counts as the first.",
        ),
        Mistake(
            "lowered one epoch early",
            "        used.append(lr)\n        if loss < best:",
            "        if loss < best:",
            "The rates that you return are one epoch ahead: an epoch's loss is known when the "
            "epoch is over, so it can only change the rate of the *next* one.",
            more=(
                (
                    "            lr, waited = factor * lr, 0\n",
                    "            lr, waited = factor * lr, 0\n        used.append(lr)\n",
                ),
            ),
        ),
        Mistake(
            "count not restarted after a drop",
            "lr, waited = factor * lr, 0",
            "lr = factor * lr",
            "After the first drop your rate falls in every epoch. The patience has to begin anew.",
        ),
        Mistake(
            "count not reset by an improvement",
            "best, waited = loss, 0",
            "best = loss",
            "An improvement does not reset your count: you add up all bad epochs, also those that "
            "are long forgiven.",
        ),
        Mistake(
            "compared with the last epoch",
            "            best, waited = loss, 0\n        else:\n            waited += 1",
            "            waited = 0\n        else:\n            waited += 1\n        best = loss",
            "You compare with the epoch before. A loss that falls back from a bad one is no "
            "progress: compare with the best so far.",
        ),
        Mistake(
            "equal counts as better",
            "loss < best",
            "loss <= best",
            "A loss that only equals the best counts as an improvement in your code. A plateau is "
            "flat: it would never be noticed.",
        ),
        Mistake(
            "larger counts as better",
            "loss < best",
            "loss > best",
            "Your rule waits for the loss to *rise*. That would be right for an accuracy.",
            more=(("best, waited = np.inf, 0", "best, waited = -np.inf, 0"),),
        ),
        Mistake(
            "first epoch counted as a wait",
            "best, waited = np.inf, 0",
            "best, waited = val_losses[0], 0",
            "Your best loss starts as that of the first epoch, so that the first epoch itself "
            "brings no improvement and is counted as a wait. What is the best loss before any is "
            "known?",
        ),
        Mistake(
            "only clear improvements count",
            "loss < best",
            "loss < best * (1 - 1e-4)",
            "you ask for an improvement by at least a ten-thousandth, as PyTorch does unless told "
            "otherwise. Here every loss below the best counts, however little.",
            convention=True,
        ),
        Mistake(
            "nan becomes the best",
            "loss < best",
            "not loss >= best",
            "A nan becomes your best loss. Every comparison with nan is false, so ask whether the "
            "loss *is* smaller, not whether it is not larger.",
        ),
        Mistake(
            "nan stays the best",
            "loss < best",
            "loss < best or np.isnan(loss)",
            "After a nan nothing counts as an improvement any more: the nan has become your best "
            "loss, and no number is below a nan.",
        ),
        Mistake(
            "nan not counted",
            "            waited += 1\n",
            "            waited += not np.isnan(loss)\n",
            "Epochs whose loss is nan are not counted. Such an epoch has brought no improvement, "
            "and the patience runs on.",
        ),
        Mistake(
            "lowest rate",
            "factor * lr",
            "max(factor * lr, 1e-6)",
            "Your rate does not fall below a bound of your own. PyTorch has such a bound as an "
            "argument, with the default 0; here there is none.",
        ),
        Mistake(
            "drops only once",
            "waited > patience",
            "waited > patience and len(set(used)) == 1",
            "The first drop is right, then nothing happens any more. A long plateau lowers the "
            "rate again and again.",
        ),
        Mistake(
            "factor subtracted",
            "factor * lr",
            "lr - factor",
            "You subtract the factor. It is to be multiplied.",
        ),
        Mistake(
            "divided by the factor",
            "factor * lr",
            "lr / factor",
            "Your rate *rises* on a plateau. The factor is below 1: to get smaller, multiply.",
        ),
        Mistake(
            "best forgotten at a drop",
            "lr, waited = factor * lr, 0",
            "lr, waited, best = factor * lr, 0, np.inf",
            "At a drop you forget the best loss, so that the next epoch counts as an improvement "
            "whatever it is. Only the counting begins anew.",
        ),
        Mistake(
            "only the last rate",
            "np.array(used, dtype=np.float64)",
            "lr",
            "You return the rate at the end. Asked for is one rate for every epoch.",
        ),
        Mistake(
            "factor fixed at 0.1",
            "factor * lr",
            "0.1 * lr",
            "Right for the factor 0.1 and for nothing else: is there a number in your code where "
            "the argument should be?",
        ),
        Mistake(
            "a fixed amount is asked for",
            "loss < best",
            "loss < best - 1e-4",
            "An improvement has to reach a fixed amount in your code, through a margin or through "
            "rounding. Here every loss below the best counts, however little; and small losses can "
            "only fall by small amounts.",
        ),
        Mistake(
            "a small fixed amount is asked for",
            "loss < best",
            "loss < best - 1e-8",
            "An improvement has to reach a fixed amount in your code, a very small one. Losses can "
            "be smaller still: every loss below the best counts.",
        ),
        Mistake(
            "a hair is not enough",
            "loss < best",
            "loss < best * (1 - 1e-8)",
            "A loss that is only a hair below the best does not count as an improvement in your "
            "code: is there a margin, or a rounding, in the comparison?",
        ),
        Mistake(
            "one epoch of rest after a drop",
            "lr, waited = factor * lr, 0",
            "lr, waited = factor * lr, -1",
            "After a drop you wait one epoch longer than before the first. The first epoch with "
            "the new rate counts already.",
        ),
        Mistake(
            "drop counted as the first wait",
            "lr, waited = factor * lr, 0",
            "lr, waited = factor * lr, 1",
            "After a drop you wait one epoch less than before the first: counting begins anew, at "
            "zero.",
        ),
        Mistake(
            "best replaced at a drop",
            "lr, waited = factor * lr, 0",
            "lr, waited, best = factor * lr, 0, loss",
            "At a drop the loss of that epoch becomes your best one, although it is none. Only the "
            "counting begins anew.",
        ),
        Mistake(
            "nan counted as zero",
            "    for loss in val_losses:\n",
            "    for loss in np.nan_to_num(val_losses):\n",
            "A nan counts as a loss of 0 in your code, and nothing is better than that. An epoch "
            "whose loss is nan has not improved.",
        ),
        Mistake(
            "nan swallowed by the minimum",
            "            waited += 1\n",
            "            waited += 1\n            best = np.minimum(best, loss)\n",
            "Once a loss is nan, your best loss is nan too, because the minimum of a number and "
            "nan is nan, and nothing improves any more.",
        ),
        Mistake(
            "best lost after a nan",
            "            waited += 1\n",
            "            waited += 1\n            best = min(loss, best)\n",
            "After a nan the next loss becomes your best one, whatever it is: Python's min keeps "
            "its first argument when it cannot compare. Only a loss that is below the best may "
            "replace it.",
        ),
        Mistake(
            "begins with the first loss",
            "best, waited = np.inf, 0",
            "best, waited = val_losses[0], -1",
            "Right, unless the *first* loss is nan: it is the best loss that you begin with, and "
            "no number is below a nan. What is the best loss before any is known?",
        ),
        Mistake(
            "best begins at a fixed number",
            "best, waited = np.inf, 0",
            "best, waited = 1e9, 0",
            "Your best loss begins at a fixed number. Losses above it never improve on it: which "
            "beginning is right for any losses?",
        ),
        Mistake(
            "best begins at zero",
            "best, waited = np.inf, 0",
            "best, waited = 0.0, 0",
            "Your best loss begins at 0, and no loss is below that: nothing ever improves.",
        ),
        Mistake(
            "never lowered",
            "lr, waited = factor * lr, 0",
            "waited = 0",
            "Your rate never changes, however long the plateau is: does what you work out at a "
            "drop reach the epochs after it?",
        ),
    ),
    accepted=(plateau_by_epoch_of_best, plateau_by_running_minimum, plateau_by_drops),
    points=3,
    hidden_points=1,
)
