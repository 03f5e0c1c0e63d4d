"""Patients: trainings with a hidden fault, and the knobs to cure them; all from real runs."""

from functools import cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from course_lib import datasets
from course_lib.arrays import Array
from course_lib.diagnosis import diagnose, initial_loss
from course_lib.explorers.component import Explorer
from course_lib.explorers.table import Axis, Control, Layer, Panel, Sentences, single
from course_lib.recorded import recorded


class Patient(NamedTuple):
    """The settings with which a patient arrives; ``scale`` is in units of He's."""

    lr: float
    l2: float
    scale: float


PATIENTS = (
    Patient(0.04, 1e-4, 1.0),
    Patient(4e-4, 1e-2, 1.0),
    Patient(4.0, 1e-2, 1.0),
    Patient(0.04, 1e-1, 1.0),
    Patient(0.4, 1e-2, 1.0),
    Patient(0.04, 1e-2, 1e-3),
    Patient(0.04, 1e-3, 10.0),
)
FACTORS = (0.01, 0.1, 1.0, 10.0, 100.0)
FACTOR_STOPS = ("÷ 100", "÷ 10", "as it came", "× 10", "× 100")
PENALTY_FACTORS = (0.0, *FACTORS)
AXES = ("patient", "rate", "penalty", "scale")
ASKED = ("nothing yet", "ask diagnose", "open the file")
KNOBS = "Every knob turns in steps of 10."
LOW, HIGH = 0.05, 100.0
SLOW, FAST = 1e-7, 1e2  # ends of the gauge


def place(values: Array, wanted: float) -> int:
    """The position of ``wanted`` among ``values``, up to rounding.

    Raises ValueError if it is not there.
    """
    at = int(np.argmin(np.abs(values - wanted)))
    if not np.isclose(values[at], wanted, rtol=1e-6, atol=0.0):
        raise ValueError(f"no run was made with {wanted:g}; there are {values}")
    return at


def run_of(stop: tuple[int, ...]) -> tuple[int, int, int]:
    """Which run of the data file the knobs ask for: (learning rate, penalty, scale)."""
    runs, patient = datasets.load_training_runs(), PATIENTS[stop[0]]
    return (
        place(runs.lrs, patient.lr * FACTORS[stop[1]]),
        place(runs.penalties, patient.l2 * PENALTY_FACTORS[stop[2]]),
        place(runs.scales, patient.scale * FACTORS[stop[3]]),
    )


def describe(number: int, losses: Array, accuracies: Array, ratio: float) -> str:
    """What the instruments show, without a word about the cause."""
    nothing = initial_loss(10)
    begins = (
        f"Patient {number + 1}: the loss begins at {losses[0, 0]:.3g} (log 10 is {nothing:.3g})"
    )
    moved = (
        f"an update of the first epoch is {ratio:.1g} of the weights"
        if np.isfinite(ratio)
        else "the first updates have no size that could be measured"
    )
    if not np.isfinite(losses[:, -1]).all():
        epochs = int(np.argmin(np.isfinite(losses[0]))) - 1
        return f"{begins} and is no number any more after epoch {epochs}; {moved}."
    return (
        f"{begins} and ends at {losses[0, -1]:.3g} in training and {losses[1, -1]:.3g} in "
        f"validation; accuracy {accuracies[0]:.2f} and {accuracies[1]:.2f}; {moved}."
    )


def opened(stop: tuple[int, ...]) -> str:
    """The settings, as they came and as they are now."""
    came = PATIENTS[stop[0]]
    now = Patient(
        came.lr * FACTORS[stop[1]],
        came.l2 * PENALTY_FACTORS[stop[2]],
        came.scale * FACTORS[stop[3]],
    )
    return (
        f"It came with learning rate {came.lr:g}, penalty {came.l2:g}, initial scale "
        f"{came.scale:g} times He's; now {now.lr:g}, {now.l2:g} and {now.scale:g}."
    )


@cache
@recorded
def patient_table() -> dict[str, Any]:
    """All frames, looked up among the runs of the data file, and what is said of each.

    Shapes: losses (2, patient, rate, penalty, scale, epochs + 1), ratios (patient, ..., 1).
    """
    runs = datasets.load_training_runs()
    sizes = (len(PATIENTS), len(FACTORS), len(PENALTY_FACTORS), len(FACTORS))
    losses, ratios, captions, asked = [], [], [], []
    for stop in product(*(range(size) for size in sizes)):
        at = run_of(stop)
        losses.append(runs.losses[at])
        ratios.append(runs.ratios[at])
        captions.append(describe(stop[0], runs.losses[at], runs.accuracies[at], ratios[-1]))
        found = f"After 40 epochs the rules of diagnose say: {diagnose(*runs.losses[at])}."
        asked += [KNOBS, found, opened(stop)]
    clipped = np.nan_to_num(np.clip(losses, LOW, HIGH), nan=np.nan)
    frames = {
        "losses": np.moveaxis(clipped.reshape(*sizes, *clipped.shape[1:]), -2, 0),
        "ratios": np.clip(np.nan_to_num(ratios, nan=FAST), SLOW, FAST).reshape(*sizes, 1),
        "nothing": np.array([initial_loss(10)]),
        "captions": captions,
        "asked": asked,
    }
    return single(frames)


def patient() -> Explorer:
    """Seven trainings with something wrong, and three knobs that count from where it came, for
    unit 13.

    Every frame is a run of 40 epochs on 200 digits with a quarter of the labels drawn anew, made
    by ``data/make_training_runs.py``.

    Source: CS231n L7 "look at learning curves"; CSC421 L7-8 "recap".
    """
    frames = patient_table()
    controls = [
        Control("patient", "Patient", [str(n + 1) for n in range(len(PATIENTS))], 0, "list"),
        Control("rate", "Learning rate", FACTOR_STOPS, 2),
        Control("penalty", "Penalty", ("off", *FACTOR_STOPS), 3),
        Control("scale", "Initial weights", FACTOR_STOPS, 2),
        Control("ask", "And now", ASKED, 0, "list"),
    ]
    return Explorer(
        "The patient",
        controls=controls,
        panels=[_curve_panel(frames), _gauge_panel(frames)],
        caption=[
            Sentences(frames["captions"], AXES),
            Sentences(frames["asked"], (*AXES, "ask")),
        ],
    )


def _curve_panel(frames: dict[str, Any]) -> Panel:
    train, val = frames["losses"]
    layers = [
        Layer("hline", frames["nothing"], colour="grey", dash="dotted",
              label="log 10"),
        Layer("series", train, AXES, "blue", "solid", label="training", width=2.4),
        Layer("series", val, AXES, "orange", "dashed", label="validation", width=2.4),
    ]  # fmt: skip
    epochs = train.shape[-1] - 1
    return Panel(
        "Learning curves", Axis("epoch", 0.0, epochs), Axis("loss (nats)", LOW, HIGH, "log"), layers
    )


def _gauge_panel(frames: dict[str, Any]) -> Panel:
    layers = [
        Layer("vline", np.array([1e-3]), colour="grey", dash="dotted", label="the slide's 1e-3"),
        Layer("vline", frames["ratios"], AXES, "vermillion", width=3.0, label="this training"),
    ]
    x = Axis("update / weights, first layer, first epoch", SLOW, FAST, "log")
    y = Axis("", 0.0, 1.0, ticks=[])
    return Panel("How far an update moves the weights", x, y, layers, aspect=0.3, grid=False)
