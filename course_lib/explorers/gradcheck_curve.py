"""The gradient check's error against the step h: truncation on one side, rounding on the other."""

from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from course_lib.arrays import Array, Labels, Params
from course_lib.explorers.component import Explorer
from course_lib.explorers.table import Axis, Control, Layer, Panel, Sentences, single
from course_lib.gradcheck import numeric_gradient, relative_error
from course_lib.models import init_mlp, two_layer_loss
from course_lib.recorded import recorded

STEPS = 10.0 ** -np.arange(1.0, 13.25, 0.5)
PRECISIONS = ("float64", "float32")
DIFFERENCES = ("central", "forward")
BUGS = ("right gradient", "L2: factor 2 missing", "one entry wrong by 10 %")
AXES = ("precision", "difference", "bug", "h")
L2 = 0.1
WRONG_ENTRY = 4
FLOOR = 1e-12
PASSED, SUSPICIOUS = 1e-6, 1e-4  # the lecture notes' borders


def small_net() -> tuple[Params, Array, Labels]:
    """A net of 3-4-3 units with four examples, none of them near a kink of the ReLU."""
    rng = np.random.default_rng(59)
    params = init_mlp((3, 4, 3), rng=rng)
    params["b1"] = np.array([2.0, -3.0, 2.5, 3.0])
    params["b2"] = 0.1 * rng.standard_normal(3)
    return params, rng.standard_normal((4, 3)), np.array([0, 1, 2, 1])


def flatten(params: Params) -> Array:
    """All parameters in one row: W1, b1, W2, b2."""
    return np.concatenate([params[name].ravel() for name in ("W1", "b1", "W2", "b2")])


def unflatten(values: Array, like: Params) -> Params:
    """The inverse of ``flatten`` for parameters shaped as ``like``."""
    params, start = {}, 0
    for name, param in like.items():
        params[name] = values[start : start + param.size].reshape(param.shape)
        start += param.size
    return params


def loss_in(precision: str) -> Callable[[Array], float]:
    """The net's loss as a function of all parameters, computed in float64 or float32."""
    params, x, labels = small_net()

    def loss(values: Array) -> float:
        typed = unflatten(values.astype(precision), params)
        return two_layer_loss(typed, x.astype(precision), labels, l2=L2)[0]

    return loss


def analytic_gradient(bug: str) -> Array:
    """Backpropagation's gradient, right or with one of the planted bugs."""
    params, x, labels = small_net()
    grads = two_layer_loss(params, x, labels, l2=L2)[1]
    if bug == BUGS[1]:
        for name in ("W1", "W2"):
            grads[name] = grads[name] - L2 * params[name]
    grad = flatten(grads)
    if bug == BUGS[2]:
        grad[WRONG_ENTRY] *= 1.1
    return grad


def forward_difference(f: Callable[[Array], float], x: Array, *, h: float) -> Array:
    """The one-sided difference, for comparison with the central one of ``gradcheck``.

    Source: CS231n notes "gradient checks".
    Shapes: ``x`` (d,), result the same.
    """
    here = f(x)
    return np.array([(f(x + step) - here) / h for step in h * np.eye(len(x))])


def numeric(difference: str, f: Callable[[Array], float], x: Array, h: float) -> Array:
    """The numeric gradient by the chosen difference."""
    central = difference == DIFFERENCES[0]
    return numeric_gradient(f, x, h=h) if central else forward_difference(f, x, h=h)


def verdict(error: float) -> str:
    """How the lecture notes would read this error."""
    if error < PASSED:
        return "the check passes"
    return "suspicious" if error < SUSPICIOUS else "the check fails"


def describe(curve: Array, at: int, bug: str) -> str:
    """The caption for one step h on one curve of errors."""
    best, error = int(np.argmin(curve)), float(curve[at])
    text = f"With h = {STEPS[at]:.1e} the worst relative error is {error:.1e}: {verdict(error)}. "
    if bug != BUGS[0]:
        plateau = float(np.median(curve))
        return text + f"The gradient is wrong ({bug}): whatever h, about {plateau:.1e} is left."
    text += f"The best h of this curve is {STEPS[best]:.1e} with {curve[best]:.1e}. "
    if error < 3 * curve[best]:
        return text + "This is about as good as this precision gets."
    if at < best:
        return text + "Here truncation rules: h is so large that the difference misses the slope."
    return text + "Here rounding rules: the two values of f agree in most of their digits."


@cache
@recorded
def gradcheck_table() -> dict[str, Any]:
    """Errors for every precision, difference, bug and step, and the sentences.

    **Shapes:** curves (precision, difference, bug, steps), entries (precision, difference, bug,
    steps, parameters).
    """
    start = flatten(small_net()[0])
    slopes = np.array(
        [
            [[numeric(d, loss_in(p), start, h) for h in STEPS] for d in DIFFERENCES]
            for p in PRECISIONS
        ]
    )
    gradients = [analytic_gradient(bug) for bug in BUGS]
    entries = np.array(
        [
            [[relative_error(grad[i : i + 1], slope[i : i + 1]) for i in range(len(grad))]
             for slope in steps]
            for differences in slopes
            for steps in differences
            for grad in gradients
        ]
    )  # fmt: skip
    entries = entries.reshape(len(PRECISIONS), len(DIFFERENCES), len(BUGS), len(STEPS), -1)
    curves = np.max(entries, axis=-1)
    captions = [
        describe(curves[p, d, b], at, BUGS[b])
        for p, d, b, at in product(*(range(size) for size in curves.shape))
    ]
    sizes = [[name, param.size] for name, param in small_net()[0].items()]
    return single({"curves": curves, "entries": entries, "captions": captions, "sizes": sizes})


def gradient_check_curve() -> Explorer:
    """The error of a gradient check against its step h, for unit 01.

    Choose the precision, the difference, and a bug to plant; h moves along the curve, and the
    second panel says which parameter the worst error belongs to.

    Source: CS231n notes "gradient checks"; DD2424 L3.
    """
    frames = gradcheck_table()
    controls = [
        Control("h", "Step h", [f"{h:.1e}" for h in STEPS], 8),
        Control("precision", "Precision of the loss", PRECISIONS, 0, "list"),
        Control("difference", "Difference", DIFFERENCES, 0, "list"),
        Control("bug", "Backpropagation", BUGS, 0, "list"),
    ]
    title = "A gradient check: how far is backpropagation from the difference quotient?"
    panels = [_curve_panel(frames["curves"]), _entry_panel(frames["entries"], frames["sizes"])]
    caption = [Sentences(frames["captions"], AXES)]
    return Explorer(title, controls=controls, panels=panels, caption=caption)


def _curve_panel(curves: Array) -> Panel:
    shown = np.maximum(curves, FLOOR)
    here = np.stack(np.broadcast_arrays(STEPS, shown), axis=-1)
    forward, central = shown[:, 1], shown[:, 0]
    both = [np.stack(np.broadcast_arrays(STEPS, values), axis=-1) for values in (central, forward)]
    depends = ("precision", "bug")
    borders = _borders()
    layers = [
        *borders,
        Layer("lines", both[0], depends, "blue", marker="circle", label="central"),
        Layer("lines", both[1], depends, "orange", "dashed", "square", label="forward"),
        Layer("points", here[..., None, :], AXES, "black", marker="ring", size=8.0,
              label="your h"),
    ]  # fmt: skip
    return Panel(
        "Worst relative error against h",
        Axis("step h", STEPS[-1] / 2, 0.2, "log"),
        Axis("relative error", FLOOR / 3, 2.0, "log"),
        layers,
    )


def _entry_panel(entries: Array, params: list[tuple[str, int]]) -> Panel:
    count = entries.shape[-1]
    shown = np.maximum(entries, FLOOR)
    dots = np.stack(np.broadcast_arrays(np.arange(count, dtype=float), shown), axis=-1)
    names, sizes = zip(*params, strict=True)
    firsts = np.cumsum([0, *sizes[:-1]])
    middles = [float(f + (s - 1) / 2) for f, s in zip(firsts, sizes, strict=True)]
    borders = np.array([f - 0.5 for f in firsts[1:]])
    return Panel(
        "The same error for each parameter, at your h",
        Axis("parameter", -1.0, float(count), ticks=list(zip(middles, names, strict=True))),
        Axis("relative error", FLOOR / 3, 2.0, "log"),
        [
            *_borders(),
            Layer("vline", borders, colour="light grey"),
            Layer(
                "points",
                dots,
                AXES,
                "purple",
                marker="diamond",
                size=4.0,
                label="one entry (a zero is drawn at 1e-12)",
            ),
        ],
    )


def _borders() -> list[Layer]:
    return [
        Layer("hline", np.array([SUSPICIOUS]), colour="vermillion", dash="dashed",
              label="above: wrong"),
        Layer("hline", np.array([PASSED]), colour="green", dash="dotted", label="below: right"),
    ]  # fmt: skip
