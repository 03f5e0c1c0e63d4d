"""Adam's two averages in the first twenty steps, as they are and corrected for their start at 0."""

from functools import cache
from itertools import product
from typing import Any

import numpy as np

from course_lib.arrays import Array
from course_lib.explorers.component import Explorer
from course_lib.explorers.table import Axis, Control, Layer, Panel, Sentences, single
from course_lib.optim import AdamState, adam
from course_lib.recorded import recorded

STEPS = 20
FIRST = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99)
SECOND = (0.9, 0.99, 0.999, 0.9999)
GRADIENTS = (
    "always 1",
    "+1 and \u22121 in turn",
    "1 with noise",
    "falling from 2",
    "2 once, then 0.2",
)
AXES = ("gradients", "first", "second")
LOW, HIGH = 1e-2, 1e2  # of the panel with the length of the steps


def gradient_rows() -> Array:
    """The gradients of the first steps; shape (kinds of gradients, steps)."""
    t = np.arange(STEPS)
    noisy = 1.0 + 0.7 * np.random.default_rng(6).standard_normal(STEPS)
    falling = 2.0 * 0.85**t
    spike = np.where(t == 0, 2.0, 0.2)
    return np.stack([np.ones(STEPS), (-1.0) ** t, noisy, falling, spike]).astype(np.float64)


def averages(grads: Array, beta1: float, beta2: float) -> dict[str, Array]:
    """Both averages after 0, 1, ... steps, and the lengths of the steps relative to ``lr``.

    The averages come from Adam's own state; a corrected average has no value at step 0.

    Source: Kingma & Ba 2015, algorithm 1.
    Shapes: ``grads`` (steps,), each result (steps + 1,).
    """
    param, state = np.zeros(1), AdamState.zeros_like(np.zeros(1))
    m, v, moved = [0.0], [0.0], [np.nan]
    for grad in grads:
        before = param
        param, state = adam(param, np.array([grad]), state, lr=1.0, betas=(beta1, beta2))
        m.append(float(state.m[0]))
        v.append(float(state.v[0]))
        moved.append(abs(float((param - before)[0])))
    raw_m, raw_root, t = np.array(m), np.sqrt(v), np.arange(1, len(m))
    gone = [np.nan]
    return {
        "m": raw_m,
        "m_hat": np.append(gone, raw_m[1:] / (1 - beta1**t)),
        "root": raw_root,
        "root_hat": np.append(gone, raw_root[1:] / np.sqrt(1 - beta2**t)),
        "step": np.array(moved),
        "raw_step": np.append(gone, np.abs(raw_m[1:]) / raw_root[1:]),
    }


def sentence(kind: str, beta1: float, beta2: float, found: dict[str, Array]) -> str:
    """The caption: the averages after one step, and the longest step with and without."""
    first = int(np.nanargmax(found["raw_step"]))
    return (
        f"Gradients {kind}, betas {beta1:g} and {beta2:g}. After one step the averages stand at "
        f"m = {found['m'][1]:.3g} and \u221av = {found['root'][1]:.3g}, corrected at "
        f"{found['m_hat'][1]:.3g} and {found['root_hat'][1]:.3g}. The first step is "
        f"{found['raw_step'][1]:.3g} lr long without correction and {found['step'][1]:.3g} lr "
        f"with it; the longest of the first {STEPS} is {found['raw_step'][first]:.3g} lr without "
        f"(step {first}) and {np.nanmax(found['step']):.3g} lr with it."
    )


@cache
@recorded
def first_steps_table() -> dict[str, Any]:
    """All frames: gradients, both averages raw and corrected, lengths of steps, sentences.

    **Shapes:** gradients and their sizes (kind, steps + 1), each curve (kind, first beta,
    second beta, steps + 1).
    """
    rows = gradient_rows()
    stops = list(product(range(len(rows)), FIRST, SECOND))
    found = [averages(rows[kind], beta1, beta2) for kind, beta1, beta2 in stops]
    shape = (len(rows), len(FIRST), len(SECOND), STEPS + 1)
    curves: dict[str, Any] = {
        name: np.array([one[name] for one in found]).reshape(shape) for name in found[0]
    }
    for name in ("step", "raw_step"):
        curves[name] = np.clip(curves[name], LOW, HIGH)
    curves["gradients"] = np.insert(rows, 0, np.nan, axis=1)
    curves["sizes"] = np.abs(curves["gradients"])
    curves["sentences"] = [
        sentence(GRADIENTS[kind], beta1, beta2, one)
        for (kind, beta1, beta2), one in zip(stops, found, strict=True)
    ]
    return single(curves)


def adam_first_steps() -> Explorer:
    """What bias correction does in the first twenty steps, for unit 06.

    One parameter, five kinds of gradients, any pair of betas: both averages as the state holds
    them and as the step uses them.

    Source: Kingma & Ba 2015, section 3; CS231n L7 "What happens at first timestep?".
    """
    frames = first_steps_table()
    controls = [
        Control("gradients", "Gradients", GRADIENTS, 0, "list"),
        Control("first", "First beta", [f"{beta:g}" for beta in FIRST], 3),
        Control("second", "Second beta", [f"{beta:g}" for beta in SECOND], 2),
    ]
    panels = [
        _average_panel(frames, "m", "m_hat", "gradients", "Average of the gradients", -1.2),
        _average_panel(frames, "root", "root_hat", "sizes", "Root of the average of squares", 0.0),
        _step_panel(frames),
    ]
    return Explorer(
        "Adam's first twenty steps",
        controls=controls,
        panels=panels,
        caption=[Sentences(frames["sentences"], AXES)],
    )


def _average_panel(
    frames: dict[str, Any], raw: str, corrected: str, given: str, title: str, low: float
) -> Panel:
    name = {"gradients": "gradient", "sizes": "size of the gradient"}[given]
    layers = [
        Layer("series", frames[given], AXES[:1], "grey", "dotted", "circle", name, 1.0, 3.0),
        Layer("series", frames[raw], AXES, "vermillion", "dashed", label="as it is", width=2.4),
        Layer("series", frames[corrected], AXES, "blue", label="corrected", width=2.4),
    ]
    return Panel(title, Axis("step", 0.0, float(STEPS)), Axis("value", low, 2.6), layers)


def _step_panel(frames: dict[str, Any]) -> Panel:
    one = np.full(STEPS + 1, 1.0)
    layers = [
        Layer("series", one, colour="grey", dash="dotted", label="lr", width=1.4),
        Layer(
            "series", frames["raw_step"], AXES, "vermillion", "dashed", label="without", width=2.4
        ),
        Layer("series", frames["step"], AXES, "blue", label="with correction", width=2.4),
    ]
    y = Axis("length of the step / lr", LOW, HIGH, "log")
    return Panel("Length of the step", Axis("step", 0.0, float(STEPS)), y, layers)
