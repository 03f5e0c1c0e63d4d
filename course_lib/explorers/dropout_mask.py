"""Dropout: one mask at a time, and all masks at once against the single scaled pass."""

from functools import cache
from itertools import pairwise, product
from typing import Any

import numpy as np

from course_lib.arrays import Array, Params
from course_lib.explorers.component import Explorer
from course_lib.explorers.table import Axis, Control, Layer, Panel, Sentences, single
from course_lib.layers import affine_forward, dropout_forward, relu_forward
from course_lib.recorded import recorded

UNITS = 10
KEEP_PROBS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
DRAWS = 16
OUTPUTS = ("linear output", "a second ReLU layer, then the output")
AXES = ("keep", "draw", "output")
BINS = 44
LOW, HIGH = -5.5, 5.5  # of the logit
WIDTH, HEIGHT = 4.0, 10.0  # of the drawing of the net


def small_net() -> Params:
    """Three inputs, ten hidden units that dropout acts on, five units of a second layer.

    Shapes: x (1, 3), W1 (3, 10), W2 (10, 5), W3 (5, 1); ``direct`` (10, 1) is the linear output.
    """
    rng = np.random.default_rng(52)
    sizes = {"x": (1, 3), "W1": (3, UNITS), "W2": (UNITS, 5), "W3": (5, 1), "direct": (UNITS, 1)}
    net = {name: rng.standard_normal(size) for name, size in sizes.items()}
    return net | {name: 0.5 * net[name] for name in ("W2", "direct")}


def hidden_units() -> Array:
    """The activations that dropout acts on; shape (1, 10)."""
    net = small_net()
    hidden, _ = affine_forward(net["x"], net["W1"], np.full(UNITS, 1.0))
    return relu_forward(hidden)[0]


def logit(hidden: Array, output: str) -> Array:
    """The net's logit above the hidden units; shapes (N, 10) to (N,)."""
    net = small_net()
    if output == OUTPUTS[0]:
        return affine_forward(hidden, net["direct"], np.zeros(1))[0][:, 0]
    second, _ = relu_forward(affine_forward(hidden, net["W2"], np.full(5, -0.5))[0])
    return affine_forward(second, net["W3"], np.zeros(1))[0][:, 0]


def every_mask(keep_prob: float) -> tuple[Array, Array]:
    """All 1024 scaled masks and their probabilities; shapes (1024, 10) and (1024,).

    Source: Srivastava et al. 2014, "2**n thinned networks".
    """
    stays = np.array(list(product((0.0, 1.0), repeat=UNITS)))
    chances = np.prod(np.where(stays > 0, keep_prob, 1 - keep_prob), axis=1)
    return stays / keep_prob, chances


def drawn_mask(keep_prob: float, draw: int) -> Array:
    """The mask that ``dropout_forward`` draws with seed ``draw``; shape (1, 10)."""
    rng = np.random.default_rng(100 + draw)
    return dropout_forward(hidden_units(), keep_prob=keep_prob, train=True, rng=rng)[1]


def spread(count: int) -> Array:
    """Heights of ``count`` units in the drawing, evenly spread."""
    return (np.arange(count) + 0.5) * HEIGHT / count


def drawing(mask: Array, output: str) -> dict[str, Array]:
    """Where the net's units and the surviving connections are drawn.

    Shapes: kept and dropped (10, 2), upper (6, 2), edges (m, 2), nan rows lift the pen.
    """
    hidden = np.stack([np.full(UNITS, 1.3), spread(UNITS)], axis=1)
    stays = mask[0][:, None] > 0
    inputs = np.stack([np.full(3, 0.3), spread(3)], axis=1)
    deep = output != OUTPUTS[0]
    second = np.stack([np.full(5, 2.5 if deep else np.nan), spread(5)], axis=1)
    last = np.array([[3.6, HEIGHT / 2]])
    kept = np.where(stays, hidden, np.nan)
    columns = [inputs, kept, second, last] if deep else [inputs, kept, last]
    edges = [
        np.array([left, right, (np.nan, np.nan)])
        for ones, others in pairwise(columns)
        for left in ones
        for right in others
    ]
    room = np.full((3 * (3 * UNITS + 5 * UNITS + 5), 2), np.nan)
    lines = np.concatenate(edges)
    room[: len(lines)] = lines
    dropped = np.where(stays, np.nan, hidden)
    return {"kept": kept, "dropped": dropped, "upper": np.vstack([second, last]), "edges": room}


def histogram(values: Array, chances: Array, edges: Array) -> Array:
    """The probability of each bin; what lies outside is counted in the last bin on its side."""
    inside = np.clip(values, edges[0], edges[-1])
    return np.histogram(inside, bins=edges, weights=chances)[0]


def describe(keep_prob: float, output: str, mean: float, passed: float, spread: float) -> str:
    """The caption about all masks: the mean logit, the single pass, and the gap."""
    gap = abs(mean - passed)
    text = (
        f"With keep_prob {keep_prob:g} the mean logit over all {2**UNITS} masks is {mean:.4f} "
        f"(standard deviation {spread:.2f}); one pass without a mask gives {passed:.4f}. "
    )
    if gap < 1e-9:
        return text + "They agree exactly."
    return (
        text + f"The gap is {gap:.4f}: above a ReLU the mean of outputs is not the output of means."
    )


@cache
@recorded
def dropout_table() -> dict[str, Any]:
    """All frames: the drawings, the histograms with their two lines, and the sentences.

    **Shapes:** kept, dropped, upper and edges (keep, draw, output, n, 2), drawn logits (keep,
    draw, output, 1), histograms (keep, output, bins), means (keep, output, 1), single passes
    (output, 1).
    """
    hidden = hidden_units()
    passes = np.array([logit(hidden, output) for output in OUTPUTS])
    edges = np.linspace(LOW, HIGH, BINS + 1)
    drawings, drawn, histograms, means, about, draws = [], [], [], [], [], []
    for keep_prob in KEEP_PROBS:
        masks, chances = every_mask(keep_prob)
        for output, passed in zip(OUTPUTS, passes[:, 0], strict=True):
            values = logit(hidden * masks, output)
            mean = float(chances @ values)
            deviation = float(np.sqrt(chances @ (values - mean) ** 2))
            histograms.append(histogram(values, chances, edges))
            means.append(mean)
            about.append(describe(keep_prob, output, mean, float(passed), deviation))
        for draw in range(DRAWS):
            mask = drawn_mask(keep_prob, draw)
            for output in OUTPUTS:
                value = float(logit(hidden * mask, output)[0])
                drawings.append(drawing(mask, output))
                drawn.append(value)
                stays = int(np.sum(mask > 0))
                draws.append(f"Draw {draw + 1} keeps {stays} of {UNITS} units: logit {value:.3f}.")
    shape = (len(KEEP_PROBS), DRAWS, len(OUTPUTS))
    frames = {
        name: np.array([d[name] for d in drawings]).reshape(*shape, -1, 2) for name in drawings[0]
    }
    frames |= {
        "drawn": np.clip(drawn, LOW, HIGH).reshape(*shape, 1),
        "histograms": np.array(histograms).reshape(shape[0], shape[2], BINS),
        "means": np.array(means).reshape(shape[0], shape[2], 1),
        "passes": passes,
        "about": about,
        "draws": draws,
    }
    return single(frames)


def dropout_mask() -> Explorer:
    """One mask of dropout, and the logit over all masks against the single pass, for unit 10.

    With a linear output the pass without a mask is the exact mean; above a second ReLU layer
    it is only close to it.

    Source: Srivastava et al. 2014; CS231n L7 "dropout: test time".
    """
    frames = dropout_table()
    controls = [
        Control("keep", "keep_prob", [f"{keep_prob:g}" for keep_prob in KEEP_PROBS], 4),
        Control("draw", "Draw of the mask", [str(draw + 1) for draw in range(DRAWS)]),
        Control("output", "Above the hidden units", OUTPUTS, 0, "list"),
    ]
    title = "Dropout: one mask, and all of them"
    panels = [_net_panel(frames), _histogram_panel(frames)]
    caption = [
        Sentences(frames["draws"], AXES),
        Sentences(frames["about"], ("keep", "output")),
    ]
    return Explorer(title, controls=controls, panels=panels, caption=caption)


def _net_panel(frames: dict[str, Any]) -> Panel:
    inputs = np.stack([np.full(3, 0.3), spread(3)], axis=1)
    ticks = [(0.3, "input"), (1.3, "hidden"), (2.5, "(second)"), (3.6, "logit")]
    layers = [
        Layer("lines", frames["edges"], AXES, "light grey", width=1.0),
        Layer("points", inputs, colour="grey", marker="square", size=6.0),
        Layer("points", frames["kept"], AXES, "blue", marker="circle", size=9.0, label="stays"),
        Layer("points", frames["dropped"], AXES, "vermillion", marker="cross", size=7.0,
              label="dropped"),
        Layer("points", frames["upper"], AXES, "grey", marker="square", size=7.0),
    ]  # fmt: skip
    return Panel(
        "The net under this mask",
        Axis("", 0.0, WIDTH, ticks=ticks),
        Axis("", 0.0, HEIGHT, ticks=[]),
        layers,
        grid=False,
        frame=False,
    )


def _histogram_panel(frames: dict[str, Any]) -> Panel:
    both = ("keep", "output")
    layers = [
        Layer("bars", frames["histograms"], both, "sky blue", label="all 1024 masks"),
        Layer("vline", frames["means"], both, "black", width=3.0, label="mean over masks"),
        Layer("vline", frames["passes"], ("output",), "orange", "dashed", width=3.0,
              label="one pass, no mask"),
        Layer("vline", frames["drawn"], AXES, "purple", "dotted", width=2.0, label="this mask"),
    ]  # fmt: skip
    return Panel(
        "The logit over all masks",
        Axis("logit (the end bars hold what lies beyond)", LOW, HIGH),
        Axis("probability", 0.0, 0.25),
        layers,
    )
