"""Two weights under a penalty: where level lines of the data loss touch what costs the same."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from course_lib.arrays import Array
from course_lib.explorers.component import Answer, Drag, Explorer
from course_lib.explorers.table import Axis, Control, Layer, Panel, Sentences, single
from course_lib.recorded import recorded
from course_lib.regularizers import elastic_net_penalty, l2_penalty, soft_threshold

BOWLS = {
    "round": np.array([[1.0, 0.0], [0.0, 1.0]]),
    "tilted": np.array([[1.0, 0.6], [0.6, 1.2]]),
    "tilted the other way": np.array([[1.0, -0.6], [-0.6, 1.2]]),
}
KINDS = ("L2", "elastic net, ratio 1", "elastic net, ratio 0.3", "L1")
RATIOS = (None, 1.0, 0.3, 0.0)  # of the squares, in units of the sizes; None: squares alone
STRENGTHS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5)
TARGETS = ((2.0, 0.5), (1.5, 1.2), (0.4, 1.8), (-1.8, 0.8), (1.0, -1.6))
AXES = ("kind", "strength", "bowl", "target")
TURN = np.linspace(0.0, 2 * np.pi, 81)
CIRCLE = np.stack([np.cos(TURN), np.sin(TURN)], axis=1)
STEPS = 400


class Solved(NamedTuple):
    """The best weights for every strength, and outlines of equal price through them."""

    weights: Array  # (strength, 2)
    outlines: Array  # (strength, 81, 2)
    captions: list[str]


def best_weights(hessian: Array, target: Array, ratio: float | None) -> Array:
    """The weights with the lowest data loss plus penalty, for every strength; (strength, 2).

    After each step on the data loss the penalty acts: the soft threshold for the sizes, then the
    division for the squares.
    """
    if ratio is None:
        curvatures = [hessian + 2 * strength * np.eye(2) for strength in STRENGTHS]
        found = [np.linalg.solve(bowl, hessian @ target) for bowl in curvatures]
        return np.array(found, dtype=np.float64)
    strengths = np.array(STRENGTHS)[:, None]
    lr = 1 / np.linalg.eigvalsh(hessian)[-1]
    weights = np.tile(target, (len(strengths), 1))
    for _ in range(STEPS):
        weights = weights - lr * (weights - target) @ hessian
        weights = soft_threshold(weights, threshold=lr * strengths)
        weights = weights / (1 + 2 * lr * strengths * ratio)
    return weights


def price(weights: Array, ratio: float | None) -> float:
    """The penalty with strength 1."""
    if ratio is None:
        return l2_penalty(weights, strength=1.0)[0]
    return elastic_net_penalty(weights, strength=1.0, l2_ratio=ratio)[0]


def outline(value: float, ratio: float | None) -> Array:
    """All weights whose price is ``value``, around the origin; (81, 2)."""
    sizes = np.abs(CIRCLE).sum(axis=1)
    if ratio is None:
        radius = np.full(len(sizes), np.sqrt(value))
    elif ratio == 0:
        radius = value / sizes
    else:  # ratio * radius**2 + sizes * radius = value
        radius = (np.sqrt(sizes**2 + 4 * ratio * value) - sizes) / (2 * ratio)
    return radius[:, None] * CIRCLE


def written(weight: float) -> str:
    """Three decimals; an exact zero as 0."""
    return "0" if weight == 0 else f"{weight:.3f}".replace("-", "\u2212")


def describe(kind: str, strength: float, weights: Array, data_loss: float, cost: float) -> str:
    """The caption of one frame."""
    zeros = int(np.sum(weights == 0))
    exact = ("No weight is", "One weight is", "Both weights are")[zeros]
    return (
        f"{kind}, strength {strength:g}: the best weights are ({written(weights[0])}, "
        f"{written(weights[1])}). {exact} exactly 0. Data loss {data_loss:.3f}, penalty {cost:.3f}."
    )


def solved(kind: int, hessian: Array, target: Array) -> Solved:
    """Everything about one penalty, one bowl and one target, for all strengths."""
    ratio = RATIOS[kind]
    weights = best_weights(hessian, target, ratio)
    prices = [price(w, ratio) for w in weights]
    losses = [0.5 * (w - target) @ hessian @ (w - target) for w in weights]
    captions = [
        describe(KINDS[kind], strength, w, loss, strength * cost)
        for strength, w, loss, cost in zip(STRENGTHS, weights, losses, prices, strict=True)
    ]
    return Solved(weights, np.array([outline(cost, ratio) for cost in prices]), captions)


def level_lines(hessian: Array, target: Array) -> Array:
    """Where the data loss is 0.05, 0.2, 0.45, ...; (n, 2), a row of nan after each."""
    ellipse = CIRCLE @ np.linalg.inv(np.linalg.cholesky(hessian))
    radii = np.sqrt(0.1) * np.arange(1, 13)
    gap = np.full((1, 2), np.nan)
    return np.concatenate([part for r in radii for part in (target + r * ellipse, gap)])


@cache
@recorded
def outline_table() -> dict[str, Any]:
    """All frames.

    **Shapes:** weights (kind, bowl, target, strength, 2), outlines (kind, strength, bowl, target,
    81, 2), lines (bowl, target, n, 2).
    """
    sizes = (len(KINDS), len(BOWLS), len(TARGETS))
    hessians, targets = list(BOWLS.values()), np.array(TARGETS)
    found = {at: solved(at[0], hessians[at[1]], targets[at[2]]) for at in np.ndindex(sizes)}

    def gathered(name: str) -> Array:
        values = np.array([getattr(found[at], name) for at in np.ndindex(sizes)])
        return values.reshape(*sizes, *values.shape[1:])

    stops = np.ndindex(len(KINDS), len(STRENGTHS), len(BOWLS), len(TARGETS))
    frames = {
        "weights": gathered("weights"),
        "outlines": np.moveaxis(gathered("outlines"), 3, 1),
        "lines": np.array([[level_lines(h, t) for t in targets] for h in hessians]),
        "captions": [found[k, b, t].captions[s] for k, s, b, t in stops],
    }
    return single(frames)


def dragged(x: float, y: float, stops: dict[str, int]) -> Answer:
    """The frames for a minimum of the data loss anywhere on the panel."""
    hessian, target = list(BOWLS.values())[stops["bowl"]], np.array([x, y])
    at, here = stops["strength"], solved(stops["kind"], hessian, target)
    frames = {
        "lines": level_lines(hessian, target),
        "outline": here.outlines[at],
        "path": here.weights,
        "best": here.weights[at : at + 1],
        "target": target[None],
        "first": here.weights[:, 0],
        "second": here.weights[:, 1],
    }
    return Answer(frames, f"{here.captions[at]} Data alone: ({x:.2f}, {y:.2f}).", {})


def penalty_outline() -> Explorer:
    """Level lines of a data loss and the outline of equal price that touches them, for unit 09.

    Choose the penalty, its strength, and the bowl; its minimum can be dragged. The right panel
    shows both weights over the strength.

    Source: CS231n L3 "regularization"; Hastie, Tibshirani and Friedman 2009, figure 3.11.
    """
    frames = outline_table()
    controls = [
        Control("kind", "Penalty", KINDS, 3, "list"),
        Control("strength", "Strength", [f"{s:g}" for s in STRENGTHS], 5),
        Control("bowl", "Data loss", list(BOWLS), 1, "list"),
        Control("target", "Its minimum", [f"({x:g}, {y:g})" for x, y in TARGETS], 0, "list"),
    ]
    return Explorer(
        "Two weights under a penalty",
        controls=controls,
        panels=[_plane(frames), _paths(frames["weights"])],
        caption=[Sentences(frames["captions"], AXES)],
        drag=Drag(0, "target", "Drag on the level lines to move their minimum.", dragged),
    )


def _plane(frames: dict[str, Any]) -> Panel:
    weights, family = frames["weights"], ("kind", "bowl", "target")
    layers = [
        Layer("lines", frames["lines"], AXES[2:], "light grey", width=1.0, label="data loss",
              name="lines"),
        Layer("lines", frames["outlines"], AXES, "black", width=1.8, label="costs the same",
              name="outline"),
        Layer("lines", weights, family, "sky blue", width=1.4, marker="circle", size=2.0,
              label="best weights, all strengths", name="path"),
        Layer("points", np.array(TARGETS)[:, None], ("target",), "green", marker="diamond",
              size=5.0, label="data alone", name="target"),
        Layer("points", np.moveaxis(weights, 3, 1)[..., None, :], AXES, "vermillion",
              marker="square", size=5.0, label="best weights", name="best"),
    ]  # fmt: skip
    x, y = Axis("w1", -2.4, 2.4), Axis("w2", -2.0, 2.0)
    return Panel("Two weights", x, y, layers, equal=True, weight=1.4, grid=False)


def _paths(weights: Array) -> Panel:
    family = ("kind", "bowl", "target")
    ticks = [(float(at), f"{STRENGTHS[at]:g}") for at in range(0, len(STRENGTHS), 2)]
    layers = [
        Layer("hline", np.zeros(1), colour="light grey", width=1.0),
        Layer("vline", np.arange(len(STRENGTHS), dtype=np.float64)[:, None], ("strength",), "grey",
              "dotted", label="chosen"),
        Layer("series", weights[..., 0], family, "blue", "solid", "circle", width=2.0, label="w1",
              name="first"),
        Layer("series", weights[..., 1], family, "orange", "dashed", "square", width=2.0,
              label="w2", name="second"),
    ]  # fmt: skip
    x = Axis("strength", 0.0, len(STRENGTHS) - 1.0, ticks=ticks)
    return Panel("Both weights over the strength", x, Axis("weight", -2.2, 2.2), layers)
