"""SGD on the smallest data set of the course: paths under mini-batch noise, where they settle."""

from functools import cache
from itertools import product
from typing import Any

import numpy as np

from course_lib.arrays import Array, Labels
from course_lib.explorers.component import Explorer
from course_lib.explorers.race import level_lines, until_gone
from course_lib.explorers.table import Axis, Control, Layer, Panel, Sentences, single
from course_lib.noise import noise_floor
from course_lib.optim import SGDState, sgd
from course_lib.problems import noisy_line, squared_error, squared_error_gradients
from course_lib.recorded import recorded
from course_lib.train import minibatches

EXAMPLES, EPOCHS = 200, 20
SEEN = EXAMPLES * EPOCHS  # examples, in every run
SIZES = (1, 2, 5, 10, 50, 200)  # divide EXAMPLES, so that no batch is short
RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
DRAWINGS = (
    "fresh epochs",
    "independent draws",
    "always the same",
)
RUNS = (1, 2, 3)
AXES = ("drawing", "size", "rate", "run")
START = np.array([-1.5, -1.5])
STOPS = np.linspace(0, SEEN, 101).astype(int)  # after so many examples the loss is shown
LATE = 50  # stops: the second half
INTERCEPT = Axis("intercept", -2.0, 3.0)
SLOPE = Axis("slope", -2.0, 2.0)
LOW, HIGH = 1e-6, 1e2  # of the loss panel


def batches(drawing: int, size: int, run: int) -> Labels:
    """Which examples each update sees; shape (updates, size)."""
    rng, numbers = np.random.default_rng(run), np.arange(EXAMPLES)
    features, _ = noisy_line()
    updates = SEEN // size
    if drawing == 0:
        epochs = [minibatches(features, numbers, batch_size=size, rng=rng) for _ in range(EPOCHS)]
        return np.array([chosen for epoch in epochs for _, chosen in epoch])
    if drawing == 1:
        return rng.integers(EXAMPLES, size=(updates, size))
    return np.tile(numbers[:size], (updates, 1))


def positions(size: int) -> Array:
    """Where every run with this batch size is after each update, all of them side by side.

    **Shapes:** (drawing, rate, run, updates + 1, 2).
    """
    features, targets = noisy_line()
    drawn = np.array([[batches(d, size, run) for run in RUNS] for d in range(len(DRAWINGS))])
    x, t = features[drawn], targets[drawn]
    # the gradient of a batch is matrix @ w - vector: both are the same at every step size
    matrices = np.einsum("drusi,drusj->udrij", x, x)[:, :, np.newaxis] / size
    vectors = np.einsum("drusi,drus->udri", x, t)[:, :, np.newaxis] / size
    rates: Any = np.array(RATES)[:, np.newaxis, np.newaxis]
    place = np.zeros((len(DRAWINGS), len(RATES), len(RUNS), 2)) + START
    state, path = SGDState(), [place]
    with np.errstate(over="ignore", invalid="ignore"):
        for matrix, vector in zip(matrices, vectors, strict=True):
            gradient = (matrix @ place[..., np.newaxis])[..., 0] - vector
            place, state = sgd(place, gradient, state, lr=rates)
            path.append(place)
    return np.moveaxis(np.array(path), 0, -2)


def bowl() -> tuple[Array, Array, Array]:
    """The minimum (2,), the curvatures (2,), and one example's variances along them (2,)."""
    features, targets = noisy_line()
    best = np.array(np.linalg.lstsq(features, targets, rcond=None)[0], dtype=np.float64)
    curvatures, directions = np.linalg.eigh(features.T @ features / EXAMPLES)
    gradients = squared_error_gradients(features, targets)(best)
    return best, curvatures, np.var(gradients @ directions, axis=0)


def floor_of(size: int, rate: float) -> float:
    """The closed form, with the noise that independent draws have at the minimum."""
    _, curvatures, variances = bowl()
    return noise_floor(curvatures, variances / size, lr=rate)


def excess(paths: Array) -> Array:
    """How far the loss lies above its minimum, for points (..., 2)."""
    features, _ = noisy_line()
    best = bowl()[0]
    away = paths - best
    hessian = features.T @ features / EXAMPLES
    with np.errstate(over="ignore", invalid="ignore"):
        return 0.5 * np.einsum("...i,ij,...j->...", away, hessian, away)


def describe(stop: tuple[int, ...], losses: Array) -> str:
    """The caption of one run: its updates, and where it settles."""
    drawing, size, rate = stop[0], SIZES[stop[1]], RATES[stop[2]]
    updates = EPOCHS * EXAMPLES // size
    begin = f"Batch size {size}, step size {rate:g}: {updates} updates in {EPOCHS} epochs."
    third, last = float(np.mean(losses[LATE : LATE + 25])), float(np.mean(losses[LATE + 25 :]))
    if not last < 3 * losses[0]:
        return f"{begin} Never settles: with this batch size the step is too long."
    if drawing == 2 and size < EXAMPLES:
        some = "example" if size == 1 else f"{size} examples"
        begin = f"{begin} It only ever sees the first {some}."
    elif size == EXAMPLES and drawing != 1:
        begin = f"{begin} Every batch is the whole set, so there is no noise."
    if third > 2 * last:
        return (
            f"{begin} Still on its way: at the end the loss is {losses[-1]:.2g} above its minimum."
        )
    settled = f"{begin} In the second half the loss is {(third + last) / 2:.2g} above its minimum"
    if drawing == 2 or (size == EXAMPLES and drawing == 0):
        return f"{settled}, and stays there."
    return f"{settled} on average; the noise floor in closed form: {floor_of(size, rate):.2g}."


def first_epoch(paths: Array, size: int) -> Array:
    """The first ``EXAMPLES / size`` updates, filled up with nan to a common length."""
    few = until_gone(paths[..., : EXAMPLES // size + 1, :], limit=6.0)
    rest = EXAMPLES + 1 - few.shape[-2]
    return np.pad(few, [(0, 0)] * (few.ndim - 2) + [(0, rest), (0, 0)], constant_values=np.nan)


@cache
@recorded
def noisy_table() -> dict[str, Any]:
    """All frames: the first epoch's path, later places, the excess loss, floors, sentences.

    **Shapes:** paths (drawing, size, rate, run, EXAMPLES + 1, 2), later (..., LATE + 1, 2),
    losses (..., 101), floors (size, rate, 1).
    """
    paths, later, losses = [], [], []
    for size in SIZES:
        run = positions(size)
        stops = run[..., STOPS // size, :]
        paths.append(first_epoch(run, size))
        later.append(until_gone(stops[..., LATE:, :], limit=6.0))
        losses.append(excess(stops))
    loss = np.stack(losses, axis=1)
    shape = loss.shape[:4]
    level = [0.05, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 14.0]
    features, targets = noisy_line()
    least = squared_error(features, targets)(bowl()[0])
    frames = {
        "paths": np.stack(paths, axis=1),
        "later": np.stack(later, axis=1),
        "losses": np.clip(np.nan_to_num(loss, nan=HIGH, posinf=HIGH), LOW, HIGH),
        "floors": np.array([[[floor_of(size, rate)] for rate in RATES] for size in SIZES]),
        "captions": [describe(stop, loss[stop]) for stop in product(*map(range, shape))],
        "contours": level_lines(
            squared_error(features, targets), INTERCEPT, SLOPE, [least + one for one in level]
        ),
        "minimum": bowl()[0][np.newaxis],
    }
    return single(frames)


def noisy_path() -> Explorer:
    """SGD with real mini-batch noise, for unit 03: a line is fitted to 200 points.

    Choose batch size, step size and how batches are drawn. All runs see 4000 examples.

    Source: CSC421 L7-8 "stochastic gradient descent"; CS231n L3 "problem #3".
    """
    frames = noisy_table()
    controls = [
        Control("size", "Batch size", [str(size) for size in SIZES], 3),
        Control("rate", "Step size", [f"{rate:g}" for rate in RATES], 2, "list"),
        Control("drawing", "Batches are", DRAWINGS, 0, "list"),
        Control("run", "Run", [str(run) for run in RUNS], 0),
    ]
    path = Panel(
        "Fitting a line: the path of the first epoch",
        INTERCEPT,
        SLOPE,
        [
            Layer("lines", frames["contours"], colour="light grey", width=1.0),
            Layer(
                "points", frames["later"], AXES, "orange", marker="circle", size=2.6,
                label="places in epochs 11 to 20", name="later",
            ),
            Layer(
                "lines", frames["paths"], AXES, "blue", marker="circle", size=2.0, width=1.0,
                start_marker="diamond", label="first epoch", name="path",
            ),
            Layer(
                "points", frames["minimum"], colour="vermillion", marker="plus", size=7.0,
                label="minimum",
            ),
        ],
        aspect=0.85,
        grid=False,
    )  # fmt: skip
    loss = Panel(
        "Loss above the minimum",
        Axis("examples seen", 0.0, 100.0, ticks=[(25 * k, str(1000 * k)) for k in range(5)]),
        Axis("excess loss", LOW, HIGH, "log"),
        [
            Layer("series", frames["losses"], AXES, "blue", label="this run", name="loss"),
            Layer(
                "hline", frames["floors"], ("size", "rate"), "vermillion", "dashed",
                label="noise floor of independent draws", width=2.0, name="floor",
            ),
        ],
        aspect=0.85,
    )  # fmt: skip
    return Explorer(
        "Gradient descent with mini-batches",
        controls=controls,
        panels=[path, loss],
        caption=[Sentences(frames["captions"], AXES)],
    )
