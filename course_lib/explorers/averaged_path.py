"""SGD on a noisy bowl and the average of its path: a cloud of places, and a line to its middle."""

from functools import cache
from itertools import product
from typing import Any

import numpy as np

from course_lib.arrays import Array
from course_lib.averaging import averaged_floor, polyak_update
from course_lib.explorers.component import Explorer
from course_lib.explorers.race import level_lines
from course_lib.explorers.table import Axis, Control, Layer, Panel, Sentences, single
from course_lib.noise import noise_floor
from course_lib.optim import sgd
from course_lib.problems import RAVINE_B, quadratic
from course_lib.recorded import recorded
from course_lib.train import descend

CURVATURES = np.diag(RAVINE_B)
NOISE = 8.0  # standard deviation of each coordinate of a gradient
START = np.array([4.0, 2.0])
STEPS = 600
LATE = STEPS // 2 + 1  # the first place of the second half
RATES = (0.005, 0.01, 0.02, 0.04, 0.08)
DECAYS = (0.0, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, None)  # None: the mean of all places
RUNS = (38, 54, 10)  # seeds whose noise, over so few steps, is nearly what it is on average
AXES = ("rate", "decay", "run")
X1, X2 = Axis("x1", -4.0, 5.0), Axis("x2", -2.5, 2.5)
LOW, HIGH = 1e-4, 1e2  # of the loss panel


def places(rate: float, run: int) -> Array:
    """Where SGD is after each update; the noise is the same at every step size. (steps + 1, 2)."""
    noise = iter(NOISE * np.random.default_rng(run).normal(size=(STEPS, 2)))
    return descend(sgd, lambda x: CURVATURES * x + next(noise), START, steps=STEPS, lr=rate)


def averages(path: Array, decay: float | None) -> Array:
    """The average after each update; it starts where the path does. Shape as ``path``."""
    average = path[0]
    row = [average]
    for t, place in enumerate(path[1:], start=1):
        weight = t / (t + 1) if decay is None else decay
        average = polyak_update(average, place, decay=weight)
        row.append(average)
    return np.array(row)


def excess(path: Array) -> Array:
    """The loss of every place; the minimum is 0. Shape (steps + 1,)."""
    return 0.5 * np.sum(CURVATURES * path**2, axis=-1)


def floor_of(rate: float, decay: float | None) -> float:
    """The closed form for a long run; nan for the mean of all places, which has none."""
    if decay is None:
        return np.nan
    variances = np.full(2, NOISE**2)
    return averaged_floor(CURVATURES, variances, lr=rate, decay=decay)


def describe_path(rate: float, losses: Array) -> str:
    """The first half of the caption: how far out the parameters scatter."""
    floor = noise_floor(CURVATURES, np.full(2, NOISE**2), lr=rate)
    return (
        f"Step size {rate:g}: in the second half the loss of the parameters is "
        f"{losses[LATE:].mean():.2g} on average; the noise floor in closed form is {floor:.2g}."
    )


def describe_average(rate: float, decay: float | None, raw: Array, losses: Array) -> str:
    """The second half: how long the memory is, and what it gains."""
    if decay == 0.0:
        return "Decay 0 remembers 1 step: the average is the parameters themselves."
    now, before = losses[LATE:].mean(), raw[LATE:].mean()
    if decay is None:
        begin, share = f"The mean weighs all {STEPS + 1} places alike, the start as well", None
    else:
        memory = round(1 / (1 - decay))
        begin, share = f"Decay {decay:g} remembers about {memory} steps", decay**STEPS
    result = f"its loss in the second half is {now:.2g}"
    if now < before:
        result = f"{result}, {before / now:.3g} times lower."
    else:
        result = f"{result}, {now / before:.3g} times higher."
    if share is not None and share > 0.01:
        return f"{begin}, and {100 * share:.2g} % of it is still the start at the end; {result}"
    if decay is None:
        return f"{begin}; {result}"
    return f"{begin}; {result} Closed form: {floor_of(rate, decay):.2g}."


@cache
@recorded
def averaged_table() -> dict[str, Any]:
    """All frames: places, averages, the loss of both, floors, level lines, sentences.

    **Shapes:** places (rate, run, STEPS + 1, 2), averages (rate, decay, run, STEPS + 1, 2),
    raw (rate, run, STEPS + 1), losses (rate, decay, run, STEPS + 1), floors (rate, decay, 1).
    """
    paths = [[places(rate, run) for run in RUNS] for rate in RATES]
    lines = [[[averages(path, decay) for path in row] for decay in DECAYS] for row in paths]
    raw, losses = excess(np.array(paths)), excess(np.array(lines))
    stops = product(*(range(len(values)) for values in (RATES, DECAYS, RUNS)))
    level = [0.25, 1.0, 4.0, 9.0, 16.0, 25.0, 49.0]
    frames = {
        "places": np.array(paths),
        "averages": np.array(lines),
        "raw": np.clip(raw, LOW, HIGH),
        "losses": np.clip(losses, LOW, HIGH),
        "floors": np.array([[[floor_of(rate, decay)] for decay in DECAYS] for rate in RATES]),
        "contours": level_lines(quadratic(RAVINE_B), X1, X2, level),
        "paths told": [
            describe_path(RATES[r], raw[r, k]) for r, k in product(range(len(RATES)), range(3))
        ],
        "averages told": [
            describe_average(RATES[r], DECAYS[d], raw[r, k], losses[r, d, k]) for r, d, k in stops
        ],
    }
    return single(frames)


def averaged_path() -> Explorer:
    """SGD with noise and its Polyak average, for unit 12.

    Choose the step size, and how long the average remembers. The bowl is DD2424's second ravine.

    Source: CS231n L7 "Polyak averaging"; CSC421 L7-8 "iterate averaging".
    """
    frames = averaged_table()
    decays = ["the mean of all" if decay is None else f"{decay:g}" for decay in DECAYS]
    controls = [
        Control("decay", "Decay of the average", decays, 0),
        Control("rate", "Step size", [f"{rate:g}" for rate in RATES], 2, "list"),
        Control("run", "Run", ["1", "2", "3"], 0),
    ]
    cloud = Panel(
        "The path is a cloud, its average a line",
        X1,
        X2,
        [
            Layer("lines", frames["contours"], colour="light grey", width=1.0),
            Layer(
                "lines", frames["places"], ("rate", "run"), "orange", marker="circle", size=1.8,
                width=0.4, label="parameters after each step", name="places",
            ),
            Layer(
                "lines", frames["averages"], AXES, "blue", width=2.6, start_marker="diamond",
                label="their average", name="average",
            ),
            Layer(
                "points", np.zeros((1, 2)), colour="vermillion", marker="plus", size=7.0,
                label="minimum",
            ),
        ],
        equal=True,
        weight=1.3,
        grid=False,
    )  # fmt: skip
    loss = Panel(
        "Loss of both",
        Axis("step", 0.0, float(STEPS)),
        Axis("loss", LOW, HIGH, "log"),
        [
            Layer(
                "series", frames["raw"], ("rate", "run"), "orange", label="parameters", width=1.0,
                name="raw",
            ),
            Layer("series", frames["losses"], AXES, "blue", label="average", width=2.2,
                  name="loss"),
            Layer(
                "hline", frames["floors"], ("rate", "decay"), "vermillion", "dashed",
                label="floor of the average, closed form", width=2.0, name="floor",
            ),
        ],
        aspect=0.8,
    )  # fmt: skip
    return Explorer(
        "A noisy path and its average",
        controls=controls,
        panels=[cloud, loss],
        caption=[
            Sentences(frames["paths told"], ("rate", "run")),
            Sentences(frames["averages told"], AXES),
        ],
    )
