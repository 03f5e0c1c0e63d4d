"""Two weights that decay: before Adam's averages, as a penalty, or after them, as in AdamW."""

from functools import cache
from itertools import product
from typing import Any

import numpy as np

from course_lib.arrays import Array
from course_lib.explorers.component import Explorer
from course_lib.explorers.table import Axis, Control, Layer, Panel, Sentences, single
from course_lib.optim import adam_l2, adamw, momentum, sgd
from course_lib.recorded import recorded
from course_lib.train import Rule, state_class

STEPS, EVERY = 400, 4
START = (1.0, 1.0)
SIZE = 0.1  # of the gradients of the first weight
RATIOS = (1, 3, 10, 30, 100)
PULLS = (0.05, 0.1, 0.2, 0.5, 1.0)
RULES: dict[str, tuple[Rule, float]] = {
    "gradient descent": (sgd, 0.01),
    "momentum 0.9": (momentum, 0.001),
    "Adam": (adam_l2, 0.01),
}
NAMES = tuple(RULES)
ORDERS = ("before the averages", "after the averages")
AXES = ("rule", "ratio", "pull", "order")


def gradients(ratios: Array) -> Array:
    """Gradients of the data, to and fro, so that they cancel in pairs; shape (steps, ..., 2)."""
    sizes = SIZE * np.stack([np.ones_like(ratios), ratios], axis=-1)
    signs = (-1.0) ** np.arange(STEPS)
    return np.multiply.outer(signs, sizes)


def decay_paths(name: str, order: str, ratios: Array, pulls: Array) -> Array:
    """Where both weights go while they decay, every fourth step.

    Before the averages the decay is a part of the gradient, ``pull * param``; after them it is
    ``lr * pull * param`` beside the step.

    Source: Loshchilov & Hutter 2019, algorithm 2; CS231n L7 "AdamW".
    Shapes: ``ratios`` and ``pulls`` (...,), result (..., steps / 4 + 1, 2).
    """
    rule, lr = RULES[name]
    pull: Any = np.broadcast_to(pulls, ratios.shape)[..., None]
    param = np.zeros((*ratios.shape, 2)) + START
    state, path = state_class(rule).zeros_like(param), [param]
    for grad in gradients(ratios):
        if name == "Adam" and order == ORDERS[0]:
            param, state = adam_l2(param, grad, state, lr=lr, l2=pull / 2)
        elif name == "Adam":
            param, state = adamw(param, grad, state, lr=lr, weight_decay=pull)
        elif order == ORDERS[0]:
            param, state = rule(param, grad + pull * param, state, lr=lr)
        else:
            moved, state = rule(param, grad, state, lr=lr)
            param = moved - lr * pull * param
        path.append(param)
    return np.moveaxis(np.array(path[::EVERY]), 0, -2)


def sentence(name: str, ratio: int, pull: float, order: str, path: Array, other: Array) -> str:
    """The caption: which share of each weight is gone, here and with the other order."""

    def lost(end: Array) -> str:
        one, two = 100 * (1 - end / np.array(START))
        return f"w1 has lost {one:.0f} % and w2 {two:.0f} %"

    there = ORDERS[1 - ORDERS.index(order)]
    return (
        f"{name[0].upper()}{name[1:]}, decay of strength {pull:g} {order}; the gradients of w2 are "
        f"{ratio} times those of w1. After {STEPS} steps {lost(path[-1])}. With the decay {there} "
        f"{lost(other[-1])}."
    )


@cache
@recorded
def decay_table() -> dict[str, Any]:
    """All frames: the path for both orders, both weights against the step, sentences.

    **Shapes:** paths (rule, ratio, pull, order, points, 2), the other order's paths in the same
    way, weights (2, rule, ratio, pull, order, points).
    """
    ratios, pulls = np.meshgrid(np.array(RATIOS, float), PULLS, indexing="ij")
    paths = np.array(
        [[decay_paths(name, order, ratios, pulls) for order in ORDERS] for name in NAMES]
    )
    paths = np.moveaxis(paths, 1, 3)
    others = paths[:, :, :, ::-1]
    stops = product(enumerate(NAMES), enumerate(RATIOS), enumerate(PULLS), enumerate(ORDERS))
    sentences = [
        sentence(name, ratio, pull, order, paths[n, r, p, o], others[n, r, p, o])
        for (n, name), (r, ratio), (p, pull), (o, order) in stops
    ]
    frames = {
        "paths": paths,
        "others": others,
        "weights": np.moveaxis(paths, -1, 0),
        "sentences": sentences,
    }
    return single(frames)


def decay_order() -> Explorer:
    """The decay before or after the averages, for unit 06.

    Two weights start at 1; their gradients go to and fro, so that only the decay moves them in the
    long run. For gradient descent the order makes no difference, for momentum and Adam it does.
    Momentum has a tenth of the step size, so that its terminal velocity is the same.

    Source: Loshchilov & Hutter 2019; CS231n L7 "L2 regularization vs weight decay", "AdamW".
    """
    frames = decay_table()
    controls = [
        Control("rule", "Rule", [f"{name[0].upper()}{name[1:]}" for name in NAMES], 2, "list"),
        Control("ratio", "Gradients, w2 to w1", [f"{r} \u00d7" for r in RATIOS], 3),
        Control("pull", "Strength of the decay", [f"{pull:g}" for pull in PULLS], 2),
        Control("order", "The decay comes in", ORDERS, 0, "list"),
    ]
    return Explorer(
        "Where the decay comes in",
        controls=controls,
        panels=[_path_panel(frames), _weight_panel(frames)],
        caption=[Sentences(frames["sentences"], AXES)],
    )


def _path_panel(frames: dict[str, Any]) -> Panel:
    diagonal = np.array([[0.0, 0.0], [1.1, 1.1]])
    layers = [
        Layer("lines", diagonal, colour="light grey", label="the same share of both", width=1.2),
        Layer("lines", frames["others"], AXES, "grey", "dotted", label="other order", width=1.8),
        Layer(
            "lines", frames["paths"], AXES, "blue", "solid", "circle", "the weights", 1.6, 2.4,
            start_marker="diamond",
        ),
    ]  # fmt: skip
    x, y = Axis("w1 (small gradients)", -0.1, 1.1), Axis("w2 (larger gradients)", -0.1, 1.1)
    return Panel("The path of the two weights", x, y, layers, equal=True)


def _weight_panel(frames: dict[str, Any]) -> Panel:
    looks = (("w1", "green", "solid"), ("w2", "vermillion", "dashed"))
    layers = [
        Layer("series", values, AXES, colour, dash, label=label, width=2.4)
        for values, (label, colour, dash) in zip(frames["weights"], looks, strict=True)
    ]
    ticks = [(step / EVERY, str(step)) for step in range(0, STEPS + 1, 100)]
    x = Axis("step", 0.0, STEPS / EVERY, ticks=ticks)
    return Panel("Each weight against the step", x, Axis("weight", -0.1, 1.1), layers, aspect=0.9)
