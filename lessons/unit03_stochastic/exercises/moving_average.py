"""The exercise ``moving_average``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import noise

from .shared import DOUBLE, curve


def average_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "a constant curve",
            (np.full(6, 2.5),),
            {"window": 3},
            "The average of equal values is that value, from the first to the last.",
            rtol=DOUBLE,
        ),
        Case(
            "nine losses, window 3",
            (curve(rng, 9),),
            {"window": 3},
            "Each entry is the mean of that value and the two before it; the first two have fewer.",
            rtol=DOUBLE,
        ),
        Case(
            "an even window",
            (curve(rng, 16),),
            {"window": 6},
            "The window ends at the value itself, also when its length is even.",
            rtol=DOUBLE,
        ),
        Case(
            "a single spike",
            (np.array([1.0, 1.0, 9.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]),),
            {"window": 3},
            "A spike counts in its own entry and in the two after it. Not before: nobody knows of "
            "it then.",
            rtol=DOUBLE,
        ),
        Case(
            "a window of one",
            (curve(rng, 5) - 2.5,),
            {"window": 1},
            "Nothing is averaged.",
            rtol=DOUBLE,
        ),
        Case(
            "a window longer than the curve",
            (curve(rng, 6),),
            {"window": 11},
            "As long as the window is not full, average what there is.",
            rtol=DOUBLE,
        ),
        Case(
            "one value",
            (curve(rng, 1),),
            {"window": 3},
            "The mean of a single value is the value.",
            rtol=DOUBLE,
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
        Mistake(
            "full convolution",
            "return averages",
            "return np.convolve(values, np.ones(window) / window)",
            "Your result is longer than the curve, and falls off at both ends: windows that stick "
            "out are filled up with zeros. That is what `np.convolve` does in its mode 'full'.",
        ),
        Mistake(
            "centred, half to each side",
            "values[first : i + 1]",
            "values[max(0, i - window // 2) : max(i + window // 2, 1)]",
            "your window lies around each value (and has one value too few where the length is "
            "odd). Here it ends at the value: the values after it are not known yet.",
            convention=True,
        ),
        Mistake(
            "exponential weights",
            "        first = max(0, i - window + 1)\n"
            "        averages[i] = np.mean(values[first : i + 1])",
            "        old = averages[i - 1] if i else values[0]\n"
            "        averages[i] = old + (values[i] - old) * 2 / (window + 1)",
            "That is an average that forgets exponentially, the last exercise of this unit. Here "
            "the newest `window` values count equally, and older ones not at all.",
        ),
        Mistake(
            "a share of the old mean replaced",
            "        first = max(0, i - window + 1)\n"
            "        averages[i] = np.mean(values[first : i + 1])",
            "        old = averages[i - 1] if i else values[0]\n"
            "        averages[i] = old + (values[i] - old) / min(i + 1, window)",
            "Once the window is full you replace a share of the old *mean*. But it is the oldest "
            "*value* that has to leave; in yours it goes on counting, a little less each time.",
        ),
        Mistake(
            "zero until the window is full",
            MEAN,
            "np.mean(values[first : i + 1]) if i + 1 >= window else 0.0",
            "Until the window is full your curve is zero. Average those values there are.",
        ),
        Mistake(
            "first full mean copied to the start",
            "return averages",
            "averages[: window - 1] = averages[min(window, len(values)) - 1]\n    return averages",
            "Until the window is full you show the first full mean: at step 0 nobody knows it yet. "
            "Average those values there are.",
        ),
        Mistake(
            "whole numbers",
            "np.empty(len(values))",
            "np.zeros(len(values), dtype=int)",
            "What lies behind the decimal point is cut off: your results are collected in an array "
            "of whole numbers.",
        ),
        Mistake(
            "window fixed at 10",
            "i - window + 1)",
            "i - 10 + 1)",
            "Your window always has 10 places: is there a number in your code where the argument "
            "should be?",
        ),
        Mistake(
            "only the last mean",
            "return averages",
            "return averages[-1]",
            "Only the last mean comes back. Asked for are all of them, one for every value.",
        ),
        Mistake(
            "rounded",
            "return averages",
            "return np.round(averages, 3)",
            "Your means are rounded. Round when you print, not when you compute.",
        ),
        Mistake(
            "centred, with zeros beyond the ends",
            MEAN,
            "np.sum(values[max(0, i - (window - 1) // 2) : i + window // 2 + 1]) / window",
            "Your window lies around each value, and beyond both ends of the curve there are zeros "
            "in it. Here it ends at the value, and holds only values that there are.",
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
