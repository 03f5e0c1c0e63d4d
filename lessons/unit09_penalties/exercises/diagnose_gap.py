"""The exercise ``diagnose_gap``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import diagnosis


def gap_cases(rng: np.random.Generator) -> Sequence[Case]:
    def run(name: str, about: str, train: float, val: float, **limits: float) -> Case:
        """Both accuracies moved together by at most half a point: no verdict depends on it."""
        shift = np.round(rng.uniform(-0.005, 0.005), 4)
        pair = tuple(float(np.round(value + shift, 4)) for value in (train, val))
        return Case(name, pair, limits, about)

    def exact(name: str, about: str, train: float, val: float, **limits: float) -> Case:
        return Case(name, (train, val), limits, about)

    return [
        run(
            "learned by heart",
            "Training lies 0.195 above validation, and the default gap is 0.1.",
            0.985,
            0.79,
        ),
        run("both are good", "No gap to speak of, and training is above the floor.", 0.95, 0.935),
        run("both are poor", "No gap, but training itself is below the floor.", 0.62, 0.6),
        run(
            "poor, and a gap as well",
            "The gap comes first: a model that learns by heart will not be cured by more layers.",
            0.7,
            0.45,
        ),
        run(
            "validation below the floor, training above it",
            "The floor is for the training accuracy.",
            0.84,
            0.765,
        ),
        run(
            "validation better than training",
            "With dropout in training, or by luck, validation may be ahead: that is no gap.",
            0.83,
            0.985,
        ),
        run(
            "poor, and validation far ahead",
            "A gap has a sign: training far *above* validation.",
            0.55,
            0.85,
        ),
        run(
            "poor, and validation a little ahead",
            "No gap, and training is below the floor.",
            0.52,
            0.56,
        ),
        run("a narrow gap is allowed", "A gap of 0.16 with a limit of 0.2.", 0.96, 0.8, gap=0.2),
        run(
            "no gap is allowed",
            "A gap of 0.05 with a limit of 0.02.",
            0.97,
            0.92,
            gap=0.02,
        ),
        run("a higher floor", "Training 0.9 with a floor of 0.95.", 0.9, 0.88, floor=0.95),
        run("a lower floor", "Training 0.4 with a floor of 0.3.", 0.4, 0.37, floor=0.3),
        run(
            "low, and a small gap beside a large ratio",
            "The gap is a difference, not a ratio.",
            0.2,
            0.13,
            floor=0.15,
        ),
        run("just above the default gap", "Without the argument, gap is 0.1.", 0.93, 0.815),
        run("just below the default gap", "Without the argument, gap is 0.1.", 0.93, 0.845),
        run("just above the default floor", "Without the argument, floor is 0.8.", 0.815, 0.81),
        run("just below the default floor", "Without the argument, floor is 0.8.", 0.785, 0.78),
        exact("a gap of exactly the limit", "More than the gap, not as much.", 1.0, 0.75, gap=0.25),
        exact("exactly at the floor", "Below the floor, not at it.", 0.75, 0.75, floor=0.75),
        run("a coin would do as well", "Both are as low as they get.", 0.105, 0.1),
    ]


def gap_by_bands(train_accuracy, val_accuracy, *, gap=0.1, floor=0.8):
    """From the last word to the first."""
    verdict = "fine"
    if not train_accuracy >= floor:
        verdict = "underfitting"
    if train_accuracy > val_accuracy + gap:
        verdict = "overfitting"
    return verdict


def gap_by_errors(train_accuracy, val_accuracy, *, gap=0.1, floor=0.8):
    """With error rates in place of accuracies."""
    train_error, val_error = 1 - train_accuracy, 1 - val_accuracy
    names = ["overfitting", "underfitting", "fine"]
    found = [val_error - train_error > gap, train_error > 1 - floor, True]
    return np.str_(names[found.index(True)])


def gap_by_one_expression(train_accuracy, val_accuracy, *, gap=0.1, floor=0.8):
    return (
        "overfitting"
        if val_accuracy < train_accuracy - gap
        else ("fine" if train_accuracy >= floor else "underfitting")
    )


GAP = "train_accuracy - val_accuracy > gap"
FLOOR = "train_accuracy < floor"

DIAGNOSE_GAP = Exercise(
    reference=diagnosis.diagnose_gap,
    cases=gap_cases,
    returns=("verdict",),
    read="Reading the gap",
    praise="The gap first, then the floor: the order in which they are cured.",
    hints=(
        "Two questions, asked one after the other. Which one comes first if both would be answered "
        "with yes?",
        "First: does training lie more than `gap` above validation? Only if it does not: is "
        "training itself below `floor`?",
        "`train_accuracy - val_accuracy > gap` gives 'overfitting'; else `train_accuracy < floor` "
        "gives 'underfitting'; what is left is 'fine'.",
    ),
    mistakes=(
        Mistake(
            "floor first",
            GAP,
            "train_accuracy >= floor and train_accuracy - val_accuracy > gap",
            "You look at the floor first. A model may be poor *and* learn by heart; the docstring "
            "says which of the two is named then.",
        ),
        Mistake(
            "validation against the floor",
            FLOOR,
            "val_accuracy < floor",
            "You hold the validation accuracy against the floor. Underfitting means that the model "
            "cannot even fit what it has seen: which of the two tells you that?",
        ),
        Mistake(
            "mean against the floor",
            FLOOR,
            "(train_accuracy + val_accuracy) / 2 < floor",
            "You hold the mean of both against the floor. Underfitting means that the model cannot "
            "even fit what it has seen.",
        ),
        Mistake(
            "gap the other way round",
            GAP,
            "val_accuracy - train_accuracy > gap",
            "You ask whether *validation* lies far above training. Learning by heart shows the "
            "other way round.",
        ),
        Mistake(
            "size of the gap",
            GAP,
            "abs(train_accuracy - val_accuracy) > gap",
            "You take the size of the difference, so a validation accuracy that lies far ahead is "
            "called overfitting as well.",
        ),
        Mistake(
            "ratio",
            GAP,
            "val_accuracy < (1 - gap) * train_accuracy",
            "You compare the *ratio* of the two. The gap is a difference.",
        ),
        Mistake(
            "ratio of the errors",
            GAP,
            "1 - val_accuracy > (1 + gap) * (1 - train_accuracy)",
            "You compare the *ratio* of the two error rates. The gap is a difference.",
        ),
        Mistake(
            "names exchanged",
            'return "overfitting"',
            'return "underfitting"',
            "Over and under have changed places: overfitting is to fit the training set *too* "
            "well.",
            more=(
                (
                    FLOOR + ':\n        return "underfitting"',
                    FLOOR + ':\n        return "overfitting"',
                ),
            ),
        ),
        Mistake(
            "a good validation is always fine",
            GAP,
            "val_accuracy < floor and train_accuracy - val_accuracy > gap",
            "A validation accuracy above the floor is called fine, whatever the gap. A wide gap "
            "says that more could be had.",
        ),
        Mistake(
            "limit counts as a gap",
            GAP,
            "train_accuracy - val_accuracy >= gap",
            "A gap of exactly the limit is called too wide: *more than* `gap` is asked.",
        ),
        Mistake(
            "floor counts as below",
            FLOOR,
            "train_accuracy <= floor",
            "A training accuracy of exactly the floor is called too low: *below* is asked.",
        ),
        Mistake(
            "a gap of its own",
            GAP,
            "train_accuracy - val_accuracy > 0.1",
            "Right for a gap of 0.1 and for nothing else: is there a number in your code where the "
            "argument should be?",
        ),
        Mistake(
            "a floor of its own",
            FLOOR,
            "train_accuracy < 0.8",
            "Right for a floor of 0.8 and for nothing else: is there a number in your code where "
            "the argument should be?",
        ),
        Mistake(
            "any gap",
            GAP,
            "train_accuracy > val_accuracy",
            "Any gap at all is called overfitting. Nearly every model is a little better on what "
            "it has seen; `gap` says how much is too much, as a share and not in percent.",
        ),
        Mistake(
            "never underfitting",
            '    if train_accuracy < floor:\n        return "underfitting"\n',
            "",
            "A model that fails on its own training set is called fine. What is `floor` for?",
        ),
        Mistake(
            "perfect training only",
            GAP,
            "train_accuracy > 0.95 and train_accuracy - val_accuracy > gap",
            "You call it overfitting only when training is nearly perfect. The gap decides, "
            "however good or bad both are.",
        ),
    ),
    accepted=(gap_by_bands, gap_by_errors, gap_by_one_expression),
    points=2,
    hidden_points=1,
)
