"""The exercise ``diagnose``."""

import itertools
import math
from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import diagnosis

NAN, INF = float("nan"), float("inf")


def diagnose_cases(rng: np.random.Generator) -> Sequence[Case]:
    def curves(name: str, about: str, train: Sequence[float], val: Sequence[float]) -> Case:
        """Shares of the first training loss, which is drawn; every share is moved a little."""
        first = float(np.round(rng.uniform(1.5, 6.0), 2))
        moved = [np.array(c) * (1 + rng.uniform(-0.004, 0.004, size=len(c))) for c in (train, val)]
        moved[0][0] = 1.0
        train_losses, val_losses = (np.round(first * c, 4) for c in moved)
        return Case(name, (train_losses, val_losses), {}, about)

    falling = [1, 0.7, 0.5, 0.38, 0.3, 0.25, 0.22, 0.19, 0.17, 0.15]
    short = [1, 0.6, 0.4, 0.3, 0.24, 0.2]
    late = [1, 0.99, 0.98, 0.975, 0.6, 0.4, 0.3, 0.25, 0.2, 0.17, 0.15, 0.14, 0.13, 0.12]
    low = [1.3, 0.9, 0.7, 0.6, 0.5, 0.44]
    return [
        curves("falls and stays close", "Both curves fall, and end close to each other.",
               falling, [1.1, 0.8, 0.6, 0.45, 0.38, 0.33, 0.31, 0.3, 0.29, 0.3]),
        curves("small wobbles", "A rise of 0.07 is no jump, and a rise of 0.03 in validation no "
               "overfitting.", [1, 0.6, 0.67, 0.5, 0.56, 0.44],
               [1, 0.7, 0.65, 0.61, 0.6, 0.63]),
        curves("validation comes back up", "Validation ends 0.06 above its lowest value, counted "
               "in first *training* losses.", short, [1.3, 0.7, 0.45, 0.36, 0.39, 0.42]),
        curves("validation stays behind", "Validation hardly rises, and ends more than 0.25 "
               "above training.", short, [1.3, 0.9, 0.7, 0.55, 0.44, 0.47]),
        curves("validation only rises", "Its lowest value is nearly its first.", short,
               [0.3, 0.29, 0.3, 0.33, 0.36, 0.38]),
        curves("validation far above the start", "Training has not diverged: only its own end is "
               "asked for that.", short, [1.1, 0.8, 0.9, 1.1, 1.3, 1.5]),
        curves("validation begins lower", "Validation ends 0.22 above training, in the unit of "
               "training.", short, [0.8, 0.7, 0.6, 0.5, 0.45, 0.42]),
        curves("a plateau", "It ends at 0.6, and the second half brought next to nothing.",
               [1, 0.8, 0.7, 0.65, 0.62, 0.61, 0.605, 0.6], [1, 0.8, 0.7, 0.66, 0.63] + [0.62] * 3),
        curves("slower in the second half", "The second half fell 0.1, less than half of the 0.26 "
               "before it.", [1, 0.92, 0.84, 0.78, 0.74, 0.71, 0.68, 0.64],
               [1, 0.93, 0.85, 0.8, 0.76, 0.73, 0.7, 0.67]),
        curves("a straight line", "It fell as much in the second half as in the first.",
               [1, 0.98, 0.96, 0.94, 0.92, 0.9, 0.88, 0.86, 0.84],
               [1.02, 1, 0.98, 0.96, 0.94, 0.92, 0.9, 0.88, 0.86]),
        curves("a little slower", "The second half fell 0.12, more than half of the 0.2 before it.",
               [1, 0.9, 0.85, 0.82, 0.8, 0.74, 0.73, 0.68],
               [1.3, 0.8] + [0.72] * 6),
        curves("one big step before the middle", "Up to entry n // 2 it fell 0.4, and nothing "
               "after it.", [1, 0.995, 0.99, 0.985, 0.98, 0.975, 0.6, 0.598, 0.596, 0.594, 0.592,
                             0.59], [0.7] * 12),
        curves("one big step after the middle", "Up to entry n // 2 it fell 0.05, and 0.25 after "
               "it.", [1, 0.99, 0.985, 0.98, 0.97, 0.96, 0.95, 0.71, 0.709, 0.708, 0.707, 0.706],
               [1] * 6 + [0.8] * 6),
        curves("hardly moves", "It went up a little and comes down again; it has not diverged.",
               [1, 1.02, 1.05, 1.06, 1.05, 1.04, 1.03], [1, 1.02, 1.05, 1.06, 1.05, 1.04, 1.03]),
        curves("flat, then it drops", "At entry n // 4 it was still above 0.95, and in the end it "
               "has learned.", late, [c + 0.02 for c in late]),
        curves("flat, drops, and validation rises", "The first rule that applies decides.", late,
               [1.1, 1.1, 1.1, 1.1, 0.7, 0.5, 0.4, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7]),
        curves("flat for three entries", "At entry n // 4 it had come below 0.95.",
               [1, 0.99, 0.975, 0.92, *late[4:]], [c + 0.02 for c in late]),
        curves("flat for too long", "Flat at first, and in the end it has not learned: the third "
               "rule comes first.", [1, 0.995, 0.99, 0.98, 0.96, 0.93, 0.89, 0.84],
               [1, 1, 0.99, 0.98, 0.96, 0.94, 0.9, 0.86]),
        curves("jumps", "It jumps up by 0.2, whatever comes of it in the end.",
               [1, 0.4, 0.6, 0.35, 0.3, 0.2], low),
        curves("jumps, and has not learned", "It jumps up by 0.15: the second rule comes before "
               "the third.", [1, 0.8, 0.95, 0.75, 0.9, 0.72, 0.85], [0.9] * 7),
        curves("validation jumps", "Only training is asked for jumps.", short,
               [1.1, 0.6, 0.78, 0.5, 0.42, 0.4]),
        curves("training ends with nan", "Where the loss is no number, the training has diverged.",
               [1, 1.4, 3.5, NAN], [1.1, 1.6, 4.0, NAN]),
        curves("one infinite loss in validation", "An infinite loss counts in either curve.",
               [1, 0.6, 0.5, 0.4, 0.3], [1, 0.7, INF, 0.6, 0.5]),
        curves("one infinite loss in training", "An infinite loss is no jump: it comes first.",
               [1, 2.0, INF, 0.9, 0.8], [1.1, 1.5, 1.4, 1.0, 0.9]),
        curves("climbs slowly", "It ends above 1.1, in steps too small for a jump.",
               [1, 1.02, 1.04, 1.08, 1.15], [1, 0.99, 0.99, 0.98, 0.98]),
    ]  # fmt: skip


def diagnose_from_the_end(train_losses, val_losses):
    """The rules in reverse: what comes later overwrites what came before."""
    first = train_losses[0]
    train, val, n = train_losses / first, val_losses / first, len(train_losses)
    found = "healthy"
    if val[-1] > val.min() + 0.05 or val[-1] > train[-1] + 0.25:
        found = "overfitting"
    if train[n // 4] > 0.95:
        found = "bad initialization"
    if train[-1] > 0.5:
        slow = 2 * (train[n // 2] - train[-1]) >= 1 - train[n // 2]
        found = "learning rate too low" if slow else "underfitting"
    if any(after - before > 0.1 for before, after in itertools.pairwise(train)):
        found = "learning rate too high"
    if train[-1] > 1.1 or not (np.isfinite(train).all() and np.isfinite(val).all()):
        found = "diverged"
    return found


def diagnose_in_nats(train_losses, val_losses):
    """Without shares: the thresholds are multiplied instead."""
    train, val = train_losses.tolist(), val_losses.tolist()
    unit, n, end = train[0], len(train), train[-1]
    if any(math.isnan(x) or math.isinf(x) for x in train + val) or end > 1.1 * unit:
        return "diverged"
    if max(train[i + 1] - train[i] for i in range(n - 1)) > 0.1 * unit:
        return "learning rate too high"
    if end > unit / 2:
        before, after = unit - train[n // 2], train[n // 2] - end
        return "underfitting" if after < before / 2 else "learning rate too low"
    if train[n // 4] > 0.95 * unit:
        return "bad initialization"
    if val[-1] > min(val) + unit / 20 or val[-1] > end + unit / 4:
        return "overfitting"
    return "healthy"


def diagnose_by_table(train_losses, val_losses):
    """A list of questions; the first that is answered with yes decides."""
    with np.errstate(invalid="ignore"):
        t, v = train_losses / train_losses[0], val_losses / train_losses[0]
        m, q = t[len(t) // 2], t[len(t) // 4]
        questions = {
            "diverged": not np.isfinite(t.sum() + v.sum()) or t[-1] > 1.1,
            "learning rate too high": (t[1:] - t[:-1]).max() > 0.1,
            "learning rate too low": t[-1] > 0.5 and m - t[-1] >= (t[0] - m) / 2,
            "underfitting": t[-1] > 0.5,
            "bad initialization": q > 0.95,
            "overfitting": max(v[-1] - v.min() - 0.05, v[-1] - t[-1] - 0.25) > 0,
            "healthy": True,
        }
    return next(name for name, answer in questions.items() if answer)


FINITE = "np.isfinite([train_losses, val_losses])"
SHARES = "train, val = np.divide([train_losses, val_losses], train_losses[0])"
JUMP = "np.max(np.diff(train)) > 0.1"
FALLS = "train[middle] - train[-1] >= 0.5 * (train[0] - train[middle])"
LEARNED = "    if train[-1] > 0.5:\n"
FLAT = '    if train[quarter] > 0.95:\n        return "bad initialization"\n'
RISE = "val[-1] - np.min(val) > 0.05"
GAP = "val[-1] - train[-1] > 0.25"
OVER = f'    if {RISE} or {GAP}:\n        return "overfitting"\n'
HIGH = f'    if {JUMP}:\n        return "learning rate too high"\n'

DIAGNOSE = Exercise(
    reference=diagnosis.diagnose,
    cases=diagnose_cases,
    returns=("diagnosis",),
    read="Step 6: look at the curves",
    praise="Seven names for what you will see, and each comes with something to try.",
    hints=(
        "Which of the six questions must be asked first? What does the second one not need to "
        "know any more?",
        "Divide both curves by the *first training loss* and then ask the questions one after the "
        "other, each with an `if` that returns.",
        "`np.isfinite` finds nan and inf, `np.diff` gives the steps from entry to entry, "
        "`len(train) // 2` and `len(train) // 4` are the two places, and `np.min(val)` is the "
        "lowest validation loss.",
    ),
    mistakes=(
        Mistake(
            "nan is not found",
            f"not np.all({FINITE})",
            "np.any(np.equal([train_losses, val_losses], np.nan))",
            "A nan is not found by comparing: it is equal to nothing, not even to itself.",
        ),
        Mistake(
            "infinity is not found",
            f"not np.all({FINITE})",
            "np.any(np.isnan([train_losses, val_losses]))",
            "An infinite loss gets by: you ask for nan only.",
        ),
        Mistake(
            "validation may be infinite",
            FINITE,
            "np.isfinite(train_losses)",
            "Validation losses that are nan or inf get by: you look at training only.",
        ),
        Mistake(
            "climbing is not diverging",
            '    if train[-1] > 1.1:\n        return "diverged"\n',
            "",
            "A training that ends well above where it began has diverged, also without a nan.",
        ),
        Mistake(
            "losses instead of shares",
            SHARES,
            "train, val = np.array([train_losses, val_losses])",
            "The numbers of the rules are shares of the first training loss; you compare them with "
            "the losses themselves.",
        ),
        Mistake(
            "each curve by its own first loss",
            SHARES,
            "train, val = train_losses / train_losses[0], val_losses / val_losses[0]",
            "You divide validation by its own first loss. Both curves need the same unit, the "
            "first *training* loss, or they cannot be compared.",
        ),
        Mistake(
            "a fall counts as a jump",
            "np.max(np.diff(train))",
            "np.max(np.abs(np.diff(train)))",
            "A steep fall counts as a jump with you. Only rises do.",
        ),
        Mistake(
            "jumps of validation",
            "np.max(np.diff(train))",
            "np.max(np.diff(val))",
            "You look for jumps in validation. The learning rate shows in training.",
        ),
        Mistake(
            "total rise",
            "np.max(np.diff(train))",
            "train[-1] - np.min(train)",
            "You compare the end with the lowest value. A curve that jumps up and comes down again "
            "gets by: look at the steps from entry to entry.",
        ),
        Mistake(
            "jumps come last",
            HIGH,
            "",
            "You look for jumps too late: a curve that jumps gets another name before.",
            more=(('    return "healthy"', HIGH + '    return "healthy"'),),
        ),
        Mistake(
            "slow and stuck exchanged",
            '"learning rate too low" if falls_still else "underfitting"',
            '"underfitting" if falls_still else "learning rate too low"',
            "Two names are exchanged: a curve that still falls wants a higher learning rate, one "
            "that has stopped falling wants a larger model or less penalty.",
        ),
        Mistake(
            "share of the whole fall",
            "(train[0] - train[middle])",
            "(train[0] - train[-1])",
            "You compare the fall of the second half with the *whole* fall. Compare it with the "
            "fall before the middle.",
        ),
        Mistake(
            "the last step only",
            "train[middle] - train[-1]",
            "train[-2] - train[-1]",
            "You look at the last step alone. What counts is the fall from entry n // 2 on.",
        ),
        Mistake(
            "everything that has not learned is too slow",
            FALLS,
            "True",
            "A curve that has come to rest too high is not slow: ask whether it still falls.",
        ),
        Mistake(
            "nothing is too slow",
            FALLS,
            "False",
            "A curve that still falls in the second half is called stuck: ask whether it falls at "
            "least half as far as before.",
        ),
        Mistake(
            "flat start asked too early",
            LEARNED,
            FLAT + LEARNED,
            "You ask for a flat start before you ask whether it has learned. A slow training is "
            "flat at the start, too.",
        ),
        Mistake(
            "first step only",
            "train[quarter] > 0.95",
            "train[1] > 0.95",
            "You look at the second entry only. One slow epoch is no sign yet: the rule asks at "
            "entry n // 4.",
        ),
        Mistake(
            "overfitting asked before the start",
            FLAT,
            OVER + FLAT,
            "You ask for overfitting before the flat start: the first rule that applies decides.",
        ),
        Mistake(
            "no rise",
            f"{RISE} or {GAP}",
            GAP,
            "Validation that falls and comes back up is a sign of overfitting, also when it is "
            "still close to training.",
        ),
        Mistake(
            "no gap",
            f"{RISE} or {GAP}",
            RISE,
            "Validation that stays far above training is a sign of overfitting, also without a "
            "rise.",
        ),
        Mistake(
            "both signs needed",
            f"{RISE} or {GAP}",
            f"{RISE} and {GAP}",
            "One of the two signs is enough for overfitting: a rise, or a gap.",
        ),
        Mistake(
            "rise since the start",
            "val[-1] - np.min(val)",
            "val[-1] - val[0]",
            "You compare the end of validation with its start. A rise is counted from its lowest "
            "value.",
        ),
        Mistake(
            "curves exchanged",
            SHARES,
            "val, train = np.divide([train_losses, val_losses], train_losses[0])",
            "The two curves are exchanged: training comes first.",
        ),
    ),
    accepted=(diagnose_from_the_end, diagnose_in_nats, diagnose_by_table),
    points=4,
    hidden_points=2,
)
