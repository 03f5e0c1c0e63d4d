"""A schedule put together from its parts, and what it does to SGD on a noisy bowl."""

from functools import cache
from itertools import product
from typing import Any

import numpy as np

from course_lib import schedules
from course_lib.arrays import Array
from course_lib.explorers.component import Explorer
from course_lib.explorers.table import Axis, Control, Layer, Panel, Sentences, single
from course_lib.optim import SGDState, sgd
from course_lib.recorded import recorded
from course_lib.schedules import Schedule

STEPS = 400
EVERY = 4  # steps between two points of a curve
CURVATURES = np.array([0.01, 1.0])
START = np.array([12.0, 1.0])
NAMES = (
    "constant",
    "step: /10 at 200 and 300",
    "early step: /10 at 40",
    "exponential, rate 1/100",
    "1/t, rate 1/40",
    "inverse square root",
    "linear to 0",
    "cosine to 0",
    "triangular, period 100",
)
RATES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 1.5)
WARMUPS = (0, 20, 80)
NOISES = (0.1, 0.3, 1.0)  # standard deviation of the gradient along the steep direction
AXES = ("schedule", "rate", "warmup", "noise")
LR_FLOOR, FLOOR, CEILING = 1e-3, 1e-3, 3.0
SEED = 7


def schedule_called(name: str, lr: float) -> Schedule:
    """The schedule of this name in the list of controls, from the base learning rate ``lr``."""
    kind = name.split(",")[0].split(":")[0]
    made: dict[str, Schedule] = {
        "constant": schedules.step_decay(lr, milestones=()),
        "step": schedules.step_decay(lr, milestones=(200, 300)),
        "early step": schedules.step_decay(lr, milestones=(40,)),
        "exponential": schedules.exponential_decay(lr, rate=1 / 100),
        "1/t": schedules.inverse_time_decay(lr, rate=1 / 40),
        "inverse square root": schedules.inverse_sqrt(lr),
        "linear to 0": schedules.linear_decay(lr, total_steps=STEPS),
        "cosine to 0": schedules.cosine(lr, total_steps=STEPS),
        "triangular": schedules.triangular(lr_min=lr / 10, lr_max=lr, half_cycle=50),
    }
    return made[kind]


def all_rates() -> Array:
    """The learning rate of every step; shape (schedule, rate, warmup, steps)."""
    made = [
        schedules.warmup(schedule_called(name, lr), steps=steps)
        for name, lr, steps in product(NAMES, RATES, WARMUPS)
    ]
    table = [[schedule(step) for step in range(STEPS)] for schedule in made]
    return np.array(table).reshape(len(NAMES), len(RATES), len(WARMUPS), STEPS)


def mean_losses(rates: Array, noises: Array) -> Array:
    """The expected loss along each direction before every step and after the last, exactly.

    The mean square of a coordinate shrinks by ``(1 - lr * curvature)**2`` and gains
    the square of ``lr`` times the noise.

    Shapes: ``rates`` (..., steps), result (..., noise, steps + 1, 2), the flat direction first.
    """
    spread = (noises**2)[:, None] * CURVATURES
    squares = np.broadcast_to(START**2, (*rates.shape[:-1], len(noises), 2))
    means = [squares]
    for lr in np.moveaxis(rates, -1, 0)[..., None, None]:
        squares = (1 - lr * CURVATURES) ** 2 * squares + lr**2 * spread
        means.append(squares)
    return 0.5 * CURVATURES * np.stack(means, axis=-2)


def one_run(rates: Array, noises: Array) -> Array:
    """The loss of a single run of SGD, with the same noise in every frame; (..., noise, steps + 1).

    Shapes: ``rates`` (..., steps).
    """
    noise = np.sqrt(CURVATURES) * np.random.default_rng(SEED).normal(size=(STEPS, 2))
    x = np.broadcast_to(START, (*rates.shape[:-1], len(noises), 2))
    losses = [0.5 * np.sum(CURVATURES * x**2, axis=-1)]
    for lr, draw in zip(np.moveaxis(rates, -1, 0)[..., None, None], noise, strict=True):
        x, _ = sgd(x, CURVATURES * x + noises[:, None] * draw, SGDState(), lr=lr)
        losses.append(0.5 * np.sum(CURVATURES * x**2, axis=-1))
    return np.stack(losses, axis=-1)


def floors(rates: Array, noises: Array) -> Array:
    """Where the mean loss would settle if each step's rate were kept; (..., noise, steps)."""
    lr = rates[..., None, :, None]
    return np.sum(
        0.5 * lr * (noises**2)[:, None, None] * CURVATURES / (2 - lr * CURVATURES), axis=-1
    )


def describe(stop: tuple[int, ...], rates: Array, means: Array, lowest: float) -> str:
    """The caption of one frame: where the mean loss ends, and what is left of it where."""
    name, lr, steps, noise = (
        values[i] for values, i in zip((NAMES, RATES, WARMUPS, NOISES), stop, strict=True)
    )
    warm = f"after {steps} steps of warm-up" if steps else "without warm-up"
    flat, steep = means[-1]
    return (
        f"{str(name).capitalize()}, from {lr:g}, {warm}, noise {noise:g}: the mean loss falls "
        f"from {means[0].sum():.3g} to {flat + steep:.3g}, of which {flat:.2g} lies along the flat "
        f"direction. Last learning rate {rates[-1]:.2g}. Lowest end of all settings with this "
        f"noise: {lowest:.2g}."
    )


@cache
@recorded
def schedule_table() -> dict[str, Any]:
    """All frames: learning rates, floors, losses and sentences.

    **Shapes:** rates (schedule, rate, warmup, points); mean, run and floor (schedule, rate,
    warmup, noise, points); parts (..., 2, points).
    """
    rates, noises = all_rates(), np.array(NOISES)
    parts = mean_losses(rates, noises)
    ends = parts[..., -1, :].sum(axis=-1)
    captions = [
        describe(stop, rates[stop[:3]], parts[stop], float(ends[..., stop[3]].min()))
        for stop in np.ndindex(*ends.shape)
    ]
    kept = np.append(rates, rates[..., -1:], axis=-1)  # the curves have a point more than steps
    frames = {
        "rates": np.clip(kept[..., ::EVERY], LR_FLOOR, None),
        "mean": np.clip(parts.sum(axis=-1)[..., ::EVERY], FLOOR, CEILING),
        "run": np.clip(one_run(rates, noises)[..., ::EVERY], FLOOR, CEILING),
        "floor": np.clip(floors(kept, noises)[..., ::EVERY], FLOOR, CEILING),
        "parts": np.clip(np.swapaxes(parts[..., ::EVERY, :], -1, -2), FLOOR, CEILING),
        "captions": captions,
    }
    return single(frames)


def schedule_designer() -> Explorer:
    """A schedule from its parts, over SGD on a bowl with noisy gradients, for unit 07.

    The bowl is steep in one direction (curvature 1) and flat in the other (0.01). As in least
    squares, the variance of the noise is proportional to the curvature. The loss is shown for one
    run, and exactly for the mean of all runs.

    Source: CSC421 L7-8 "SGD learning rate"; CS231n L7 "learning rate decay"; DD2424 L5.
    """
    frames = schedule_table()
    controls = [
        Control("schedule", "Schedule", NAMES, 0, "list"),
        Control("rate", "Base learning rate", [f"{lr:g}" for lr in RATES], 4),
        Control("warmup", "Warm-up", ["none", "20 steps", "80 steps"], 0, "list"),
        Control("noise", "Noise of a gradient", [f"{noise:g}" for noise in NOISES], 2, "list"),
    ]
    return Explorer(
        "A schedule on a noisy bowl",
        controls=controls,
        panels=[_rate_panel(frames), _loss_panel(frames), _part_panel(frames)],
        caption=[Sentences(frames["captions"], AXES)],
    )


def _steps() -> Axis:
    """Points are counted, steps are written on the axis."""
    ticks = [(step / EVERY, str(step)) for step in range(0, STEPS + 1, 100)]
    return Axis("step", 0.0, STEPS / EVERY, ticks=ticks)


def _rate_panel(frames: dict[str, Any]) -> Panel:
    line = Layer("series", frames["rates"], AXES[:3], "black", width=2.2, label="learning rate")
    y = Axis("learning rate", LR_FLOOR, 2.0, "log")
    return Panel("Learning rate", _steps(), y, [line])


def _loss_panel(frames: dict[str, Any]) -> Panel:
    layers = [
        Layer("series", frames["run"], AXES, "sky blue", width=1.0, label="one run"),
        Layer("series", frames["mean"], AXES, "blue", width=2.4, label="mean of all runs"),
        Layer("series", frames["floor"], AXES, "vermillion", "dotted", width=2.0,
              label="floor at this learning rate"),
    ]  # fmt: skip
    y = Axis("loss", FLOOR, CEILING, "log")
    return Panel("Loss", _steps(), y, layers, weight=1.2)


def _part_panel(frames: dict[str, Any]) -> Panel:
    layers = [
        Layer("series", frames["parts"][..., 0, :], AXES, "green", "solid", width=2.2,
              label="flat direction"),
        Layer("series", frames["parts"][..., 1, :], AXES, "orange", "dashed", width=2.2,
              label="steep direction"),
    ]  # fmt: skip
    y = Axis("part of the mean loss", FLOOR, CEILING, "log")
    return Panel("The mean loss in two parts", _steps(), y, layers)
