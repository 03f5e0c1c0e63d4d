"""Every rule of the library in Rosenbrock's valley."""

from functools import cache
from itertools import product
from typing import Any

import numpy as np

from course_lib.arrays import Array
from course_lib.explorers.component import Explorer
from course_lib.explorers.race import (
    Racer,
    level_lines,
    loss_panel,
    path_panel,
    race,
    until_gone,
)
from course_lib.explorers.table import Axis, Control, Layer, Sentences, single
from course_lib.optim import (
    adadelta,
    adagrad,
    adam,
    adam_l2,
    adamw,
    momentum,
    nesterov,
    rmsprop,
    sgd,
)
from course_lib.problems import (
    ROSENBROCK_MINIMUM,
    ROSENBROCK_START,
    rosenbrock,
    rosenbrock_gradient,
)
from course_lib.recorded import recorded

STEPS, EVERY = 5000, 50
FACTORS = (1, 10, 100)
STARTS = (tuple(ROSENBROCK_START), (-1.5, 2.0), (1.5, -0.5))
GROUPS = {
    "all nine": range(9),
    "without per-parameter steps": range(3),
    "per-parameter steps": range(3, 7),
    "Adam and its decays": range(6, 9),
}
AXES = ("group", "factor", "start")
DRAWN = np.unique(np.concatenate([np.arange(40), np.arange(40, STEPS + 1, EVERY), [STEPS]]))
FLOOR, CEILING = 1e-12, 1e4
PLACES = Axis("x1", -2.2, 2.2), Axis("x2", -1.2, 3.2)
LEVELS = (0.3, 2.0, 10.0, 50.0, 200.0, 800.0)


def racers_of(factor: Any) -> list[Racer]:
    """The nine racers; ``factor`` multiplies the lecture's smallest step sizes.

    Source: DD2424 L5; for RMSProp and Adam's relatives, which it does not run, Adam's step size.
    """
    slow, fast = 1e-5 * factor, 1e-3 * factor
    return [
        Racer("gradient descent", sgd, {"lr": slow}),
        Racer("momentum 0.9", momentum, {"lr": slow}),
        Racer("Nesterov 0.9", nesterov, {"lr": slow}),
        Racer("AdaGrad", adagrad, {"lr": 10 * fast}),
        Racer("RMSProp", rmsprop, {"lr": fast}),
        Racer("AdaDelta", adadelta, {}),
        Racer("Adam", adam, {"lr": fast}),
        Racer("Adam + L2 0.01", adam_l2, {"lr": fast, "l2": 0.01}),
        Racer("AdamW 0.1", adamw, {"lr": fast, "weight_decay": 0.1}),
    ]


def sentence(group: str, factor: int, ends: Array) -> str:
    """The caption: the loss of each racer of the group at the last step, the lowest named."""
    who = [racers_of(1)[index].label for index in GROUPS[group]]
    losses = [float(ends[index]) for index in GROUPS[group]]
    texts = [
        f"{name} ({loss:.2g})" if np.isfinite(loss) else f"{name} diverges"
        for name, loss in zip(who, losses, strict=True)
    ]
    best = who[int(np.nanargmin(losses))]
    return (
        f"Step sizes {factor} \u00d7 the smallest. Loss after {STEPS} steps: {', '.join(texts)}. "
        f"Lowest: {best}."
    )


@cache
@recorded
def valley_table() -> dict[str, Any]:
    """All frames: paths and losses of the racers of each group, level lines, sentences.

    **Shapes:** paths (racer, group, factor, start, points, 2), losses and progress along x1
    (racer, group, factor, start, points); who is not in a group is nan there.
    """
    # All runs at once, a point in a column: that is how the gradient takes many of them.
    factors = np.array(FACTORS, dtype=np.float64)[:, None]
    starts = np.zeros((2, len(FACTORS), len(STARTS))) + np.array(STARTS).T[:, None]
    raw = race(racers_of(factors), rosenbrock_gradient, starts, steps=STEPS)
    raw = np.transpose(raw, (0, 3, 4, 1, 2))
    with np.errstate(over="ignore", invalid="ignore"):
        losses = np.apply_along_axis(rosenbrock, -1, raw[..., ::EVERY, :])
    shown = np.full((len(raw), len(GROUPS)), np.nan)
    for column, members in enumerate(GROUPS.values()):
        shown[list(members), column] = 0.0
    show = shown[:, :, None, None, None]
    stops = product(GROUPS, range(len(FACTORS)), range(len(STARTS)))
    frames = {
        "paths": until_gone(raw[..., DRAWN, :], limit=6.0)[:, None] + show[..., None],
        "progress": np.clip(raw[..., ::EVERY, 0], -3.0, 3.0)[:, None] + show,
        "losses": np.clip(losses, FLOOR, CEILING)[:, None] + show,
        "contours": level_lines(rosenbrock, *PLACES, LEVELS),
        "sentences": [sentence(g, FACTORS[f], losses[:, f, s, -1]) for g, f, s in stops],
    }
    return single(frames)


def rosenbrock_race() -> Explorer:
    """Every rule of the library in Rosenbrock's valley, for unit 06.

    The step sizes are those of DD2424's panels, times 1, 10 and 100; its starting point is not in
    the slides, so there are three to choose from, first Rosenbrock's own.

    Source: DD2424 L5 "Comparison of performance on the Rosenbrock function"; Rosenbrock 1960.
    """
    frames = valley_table()
    controls = [
        Control("group", "Rules", list(GROUPS), 0, "list"),
        Control("factor", "Step sizes", [f"{factor} \u00d7" for factor in FACTORS], 1),
        Control("start", "Start", [f"({x:g}, {y:g})" for x, y in STARTS], 0, "list"),
    ]
    racers = racers_of(1)
    contours = Layer("lines", frames["contours"], colour="light grey", width=1.0)
    ticks = [(step / EVERY, str(step)) for step in range(0, STEPS, 1000)]
    step = Axis("step", 0.0, STEPS / EVERY, ticks=ticks)
    loss = Axis("loss", FLOOR, CEILING, "log")
    minimum = Layer(
        "points", ROSENBROCK_MINIMUM[None], colour="black", marker="plus", size=7.0, label="minimum"
    )
    valley = path_panel("The valley", *PLACES, contours, frames["paths"], racers, AXES, aspect=1.0)
    along = loss_panel("Along the valley", step, PLACES[0], frames["progress"], racers, AXES)
    panels = [
        valley._replace(layers=[*valley.layers, minimum]),
        along,
        loss_panel("Loss against step", step, loss, frames["losses"], racers, AXES),
    ]
    return Explorer(
        "Nine rules in Rosenbrock's valley",
        controls=controls,
        panels=panels,
        caption=[Sentences(frames["sentences"], AXES)],
    )
