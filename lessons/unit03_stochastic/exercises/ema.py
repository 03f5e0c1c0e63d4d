"""The exercise ``ema``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import noise

from .shared import DOUBLE, curve


def ema_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "a constant curve",
            (np.full(5, 3.7),),
            {"decay": 0.8},
            "The average of equal values is that value, from the first entry on.",
            rtol=DOUBLE,
        ),
        Case(
            "one value",
            (curve(rng, 1),),
            {"decay": 0.7},
            "After one value the corrected average is that value.",
            rtol=DOUBLE,
        ),
        Case(
            "eight losses",
            (curve(rng, 8),),
            {"decay": 0.6},
            "Each average is a weighted mean of all values so far: the newest counts most, and one "
            "step back means a factor `decay`.",
            rtol=DOUBLE,
        ),
        Case(
            "forty losses, decay 0.98",
            (curve(rng, 40),),
            {"decay": 0.98},
            "With a decay close to 1 the correction counts for a long time.",
            rtol=DOUBLE,
        ),
        Case(
            "no decay",
            (curve(rng, 4) - 2.5,),
            {"decay": 0.0},
            "Without memory nothing is averaged.",
            rtol=DOUBLE,
        ),
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
        Mistake(
            "exponent one too small, first one spared",
            "average / (1 - decay ** (i + 1))",
            "average / (1 - decay**i) if i else values[0]",
            "The first entry is right, since you treat it apart; from the second on the exponent "
            "of your correction is one too small. It counts the values that are in the average.",
        ),
        Mistake(
            "first one not corrected, exponent late",
            "average / (1 - decay ** (i + 1))",
            "average / (1 - decay**i) if i else average",
            "The first entry is not corrected, and from the second on the exponent is one too "
            "small. How many values are in the average when the first has come?",
        ),
        Mistake(
            "only the first entry corrected",
            "average / (1 - decay ** (i + 1))",
            "average if i else values[0]",
            "Only your first entry is right: from the second on the average, which started at "
            "zero, is not corrected. The weights of two values do not add up to 1 either.",
        ),
        Mistake(
            "power around the bracket",
            "(1 - decay ** (i + 1))",
            "(1 - decay) ** (i + 1)",
            "Your correction is a power of 1 - decay. The weights of t values add up to something "
            "else: which part of it is taken to the power?",
        ),
        Mistake(
            "product instead of power",
            "decay ** (i + 1)",
            "decay * (i + 1)",
            "In your correction `decay` is multiplied with the number of values. An old value "
            "fades by a factor in *every* step: which operation repeats a factor?",
        ),
        Mistake(
            "plus in the correction",
            "(1 - decay ** (i + 1))",
            "(1 + decay ** (i + 1))",
            "Your correction divides by more than 1, so that the first averages become even "
            "smaller. The weights of t values add up to *less* than 1.",
        ),
        Mistake(
            "weights exchanged in the correction",
            "(1 - decay ** (i + 1))",
            "(1 - (1 - decay) ** (i + 1))",
            "The update is right, but in the correction 1 - decay stands where `decay` belongs: "
            "what is left of the zero from the start after t steps?",
        ),
        Mistake(
            "the last two values",
            UPDATE,
            "decay * values[max(i - 1, 0)] + (1 - decay) * values[i]",
            "Your average knows the newest value and the one before it, and nothing older. What "
            "it has to keep is the old *average*, in which all of the past is left.",
            more=(("average / (1 - decay ** (i + 1))", "average"),),
        ),
        Mistake(
            "sum over the count",
            UPDATE,
            "decay * average + values[i]",
            "You divide a decaying sum by the number of values. Old values have faded, so their "
            "weights add up to less than that number.",
            more=(("(1 - decay ** (i + 1))", "(i + 1)"),),
        ),
        Mistake(
            "a zero in front",
            "return averages",
            "return np.append(0.0, averages)",
            "There is one entry too many: the start comes back, too. Asked for is one average for "
            "every value.",
        ),
        Mistake(
            "first value kept, exponent one too small",
            "average = 0.0",
            "average = values[0]",
            "You start at the first value *and* correct for a start at zero. One of the two is "
            "enough; here it is the correction.",
            more=(
                ("        average = decay", "        average = average if not i else decay"),
                ("average / (1 - decay ** (i + 1))", "average / (1 - decay**i if i else 1)"),
            ),
        ),
        Mistake(
            "first value kept, then corrected",
            "average = 0.0",
            "average = values[0]",
            "Your first entry is the first value, and all later ones are corrected for a start at "
            "zero that never was. Choose: here the average starts at zero.",
            more=(
                ("        average = decay", "        average = average if not i else decay"),
                (
                    "average / (1 - decay ** (i + 1))",
                    "average / (1 - decay ** (i + 1) if i else 1)",
                ),
            ),
        ),
    ),
    accepted=(ema_by_weights, ema_two_sums, ema_moving_towards),
    points=2,
    hidden_points=1,
)
