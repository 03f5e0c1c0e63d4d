"""Six rules race in a ravine that can be turned: which of them care how the axes lie."""

from functools import cache
from itertools import product
from typing import Any

import numpy as np

from course_lib.arrays import Array
from course_lib.explorers.component import Explorer
from course_lib.explorers.race import Racer, loss_panel, path_panel, race, until_gone
from course_lib.explorers.ravine import ellipses, hessian_of
from course_lib.explorers.table import Axis, Control, Layer, Panel, Sentences, single
from course_lib.landscape import max_stable_lr
from course_lib.optim import (
    AdaGradState,
    RMSPropState,
    adadelta,
    adagrad,
    effective_lr,
    momentum,
    nesterov,
    rmsprop,
    sgd,
)
from course_lib.problems import START
from course_lib.recorded import recorded
from course_lib.train import Rule

STEPS = 100
ANGLES = (0, 2, 5, 15, 30, 45, 60, 90)  # degrees
KAPPAS = (10, 50, 1000)
RATES = (0.01, 0.05, 0.1, 0.5, 2.0)  # of AdaGrad; RMSProp takes a tenth
NAMES = ("gradient descent", "momentum 0.9", "Nesterov 0.9", "AdaGrad", "RMSProp", "AdaDelta")
RULES: tuple[Rule, ...] = (sgd, momentum, nesterov, adagrad, rmsprop, adadelta)
AXES = ("angle", "kappa", "rate")
DECAY = 0.9  # of RMSProp
FLOOR, CEILING = 1e-9, 1e3
PLACES = Axis("x1", -2.0, 5.0), Axis("x2", -2.0, 5.0)
LINES = (
    ("AdaGrad, x1", "green", "solid"),
    ("AdaGrad, x2", "green", "dashed"),
    ("RMSProp, x1", "vermillion", "solid"),
    ("RMSProp, x2", "vermillion", "dashed"),
)


def turned_start(angle: float) -> Array:
    """The lecture's start (4, 0.5), turned with the ravine by ``angle`` degrees; shape (2,)."""
    turn = np.deg2rad(angle)
    cos, sin = np.cos(turn), np.sin(turn)
    return np.array([[cos, -sin], [sin, cos]]) @ START


def racers_of(limit: Any, rate: Any) -> list[Racer]:
    """The six racers; ``limit`` is the largest stable step size of gradient descent.

    Source: DD2424 L5; the step sizes 0.019 and 0.005 of its ravine are 0.95 and 0.25 of the limit.
    """
    hypers = [{"lr": 0.95 * limit}, {"lr": 0.25 * limit}, {"lr": 0.25 * limit}]
    hypers += [{"lr": rate}, {"lr": 0.1 * rate, "decay": DECAY}, {}]
    return [Racer(*who) for who in zip(NAMES, RULES, hypers, strict=True)]


def rates_along(paths: Array, hessians: Array, rates: Array) -> Array:
    """Effective learning rates of AdaGrad and RMSProp along their paths, per coordinate.

    Shapes: ``paths`` (2, steps + 1, ..., 2), result (4, ..., steps + 1): as in ``LINES``.
    """
    grads = (hessians @ paths[..., None])[..., 0]
    total = np.cumsum(grads[0] ** 2, axis=0)
    mean, means = np.zeros(total.shape[1:]), []
    for grad in grads[1]:
        mean = DECAY * mean + (1 - DECAY) * grad**2
        means.append(mean)
    lines = [
        effective_lr(AdaGradState(total), lr=1.0),
        effective_lr(RMSPropState(np.array(means)), lr=0.1),
    ]
    columns = np.array([line[..., axis] for line in lines for axis in range(2)])
    return np.moveaxis(columns * rates[..., 0], 1, -1)


def result_sentence(ends: Array) -> str:
    """The loss of every racer at the last step."""
    ends = np.where(np.isfinite(ends), ends, np.inf)
    texts = [f"{who} ({end:.2g})" for who, end in zip(NAMES, ends, strict=True)]
    best = NAMES[int(np.argmin(ends))]
    return f"Loss after {STEPS} steps: {', '.join(texts)}. Lowest: {best}."


def setting_sentence(angle: float, kappa: float, rate: float, lines: Array) -> str:
    """What is set, and what AdaGrad makes of it."""
    one, two = lines[:2, -1]
    return (
        f"Condition number {kappa:g}, turned by {angle:g} degrees. After {STEPS} steps AdaGrad's "
        f"step size {rate:g} has become {one:.2g} for x1 and {two:.2g} for x2: "
        f"{one / two:.3g} to 1."
    )


@cache
@recorded
def rotated_table() -> dict[str, Any]:
    """All frames: level lines, paths, losses, effective learning rates, and the sentences.

    **Shapes:** contours (angle, kappa, n, 2), paths (racer, angle, kappa, rate, steps + 1, 2),
    losses (racer, angle, kappa, rate, steps + 1), rates (4, angle, kappa, rate, steps + 1).
    """
    bowls = [[hessian_of(kappa, angle) for kappa in KAPPAS] for angle in ANGLES]
    hessians = np.array(bowls)[:, :, None]
    limits = np.array([[max_stable_lr(bowl) for bowl in row] for row in bowls])[..., None, None]
    rates = np.array(RATES)[:, None]
    starts = np.array([turned_start(angle) for angle in ANGLES])[:, None, None]
    starts = np.broadcast_to(starts, (len(ANGLES), len(KAPPAS), len(RATES), 2))

    def gradient(x: Array) -> Array:
        return (hessians @ x[..., None])[..., 0]

    racers = racers_of(limits, rates)
    raw = race(racers, gradient, starts, steps=STEPS)
    with np.errstate(over="ignore", invalid="ignore"):
        losses = np.moveaxis(0.5 * np.sum(raw * gradient(raw), axis=-1), 1, -1)
        lines = rates_along(raw[3:5], hessians, rates)
    stops = list(product(range(len(ANGLES)), range(len(KAPPAS)), range(len(RATES))))
    settings = [
        setting_sentence(ANGLES[a], KAPPAS[k], RATES[r], lines[:, a, k, r]) for a, k, r in stops
    ]
    frames = {
        "contours": np.array([[ellipses(bowl) for bowl in row] for row in bowls]),
        "paths": until_gone(np.moveaxis(raw, 1, -2), limit=8.0),
        "losses": np.nan_to_num(np.clip(losses, FLOOR, CEILING), nan=CEILING),
        "rates": np.clip(lines, 1e-6, 1e3),
        "settings": settings,
        "results": [result_sentence(losses[:, a, k, r, -1]) for a, k, r in stops],
    }
    return single(frames)


def rotated_race() -> Explorer:
    """Six rules in a ravine that can be turned against the axes, for unit 05.

    The start is turned with the ravine, so that for gradient descent and momentum nothing changes
    but the view. Their step sizes are fractions of the largest stable one.

    Source: DD2424 L5; CSC421 L7-8, which warns that RMSProp needs axis-aligned eigenvectors.
    """
    frames = rotated_table()
    controls = [
        Control("angle", "Angle of the ravine", [f"{angle}\u00b0" for angle in ANGLES], 0),
        Control("kappa", "Condition number", [str(kappa) for kappa in KAPPAS], 1),
        Control(
            "rate",
            "AdaGrad's step (RMSProp: a tenth)",
            [f"{rate:g}" for rate in RATES],
            3,
            "list",
        ),
    ]
    racers = racers_of(1.0, 1.0)
    contours = Layer("lines", frames["contours"], AXES[:2], colour="light grey", width=1.0)
    step = Axis("step", 0.0, float(STEPS))
    loss = Axis("loss", FLOOR, CEILING, "log")
    panels = [
        path_panel("The race", *PLACES, contours, frames["paths"], racers, AXES, aspect=1.0),
        loss_panel("Loss against step", step, loss, frames["losses"], racers, AXES),
        _rate_panel(frames["rates"], step),
    ]
    caption = [Sentences(frames["settings"], AXES), Sentences(frames["results"], AXES)]
    return Explorer(
        "Six rules in a turned ravine", controls=controls, panels=panels, caption=caption
    )


def _rate_panel(rates: Array, step: Axis) -> Panel:
    lines = [
        Layer("series", line, AXES, colour, dash, label=label, width=2.2)
        for line, (label, colour, dash) in zip(rates, LINES, strict=True)
    ]
    y = Axis("effective learning rate", 1e-5, 1e2, "log")
    return Panel("Effective learning rates", step, y, lines, aspect=0.9)
