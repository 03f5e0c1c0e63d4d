"""The ravine: gradient descent on a bowl, and each eigenvector's coordinate on its own."""

from functools import cache
from itertools import product
from typing import Any

import numpy as np

from course_lib.arrays import Array
from course_lib.explorers.component import Answer, Drag, Explorer
from course_lib.explorers.table import Axis, Control, Layer, Panel, Sentences, single
from course_lib.landscape import max_stable_lr, optimal_lr, rotate_quadratic, suboptimality
from course_lib.optim import sgd
from course_lib.problems import RAVINE_A, START, quadratic, quadratic_gradient
from course_lib.recorded import recorded
from course_lib.train import descend

STEPS = 60
KAPPAS = (1, 2, 5, 10, 25, 50)
ANGLES = (0, 15, 30, 45, 60, 90)  # degrees
FRACTIONS = (0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 0.75, 0.95, 1.0, 1.02)  # of the largest stable lr
STARTS = (tuple(START), (3.0, 3.0), (0.0, 3.0), (-3.0, 3.0), (-4.0, 0.0))
AXES = ("kappa", "angle", "rate", "start")
FLOOR, CEILING = 1e-8, 1e2  # of the coordinate strips


def hessian_of(kappa: float, angle: float) -> Array:
    """The lecture's bowl ``x1**2 + kappa * x2**2``, turned by ``angle`` degrees.

    Source: DD2424 L5; its ravines A, B, C are kappa = 1, 10, 50 at angle 0.
    Shapes: (2, 2).
    """
    stretched = RAVINE_A * np.array([1.0, kappa])
    return rotate_quadratic(stretched, angle=np.deg2rad(angle))


def rates_of(hessian: Array) -> list[float]:
    """The step sizes on offer: fractions of the largest stable one, then the best one."""
    limit = max_stable_lr(hessian)
    return [fraction * limit for fraction in FRACTIONS] + [optimal_lr(hessian)]


def eigenbasis(hessian: Array) -> tuple[Array, Array]:
    """Curvatures (2,), the flat direction first, and their directions as columns (2, 2)."""
    return np.linalg.eigh(hessian)


def signed(value: float) -> str:
    """Three decimals with a sign, the minus as wide as the plus."""
    return f"{value:+.3f}".replace("-", "\u2212")


def factor_sentence(factor: float) -> str:
    """What multiplying by ``factor`` at every step does to a coordinate."""
    size = abs(factor)
    if np.isclose(size, 1.0):
        return "flips its sign for ever" if factor < 0 else "stays where it is"
    if size > 1:
        return f"flips its sign and grows {100 * (size - 1):.0f} % per step: diverges"
    if size < 1e-12:
        return "is 0 after one step"
    shrink = f"shrinks {100 * (1 - size):.2g} % per step"
    return f"flips its sign, {shrink}" if factor < 0 else shrink


def regime(factors: Array) -> str:
    """One word for both directions together."""
    if np.any(np.abs(factors) > 1 + 1e-9):
        return "Diverges"
    if np.any(np.isclose(np.abs(factors), 1.0)):
        return "Neither converges nor diverges"
    return "Converges with a zig-zag" if np.any(factors < -1e-12) else "Converges without a zig-zag"


def loss_sentence(hessian: Array, start: Array, rate: float) -> str:
    """Where the loss stands at the last step, from the closed form."""
    curvatures, directions = eigenbasis(hessian)
    after = suboptimality(curvatures, start @ directions, lr=rate, steps=STEPS)
    before = quadratic(hessian)(start)
    return f"From loss {before:.4g} to {after:.4g} in {STEPS} steps."


def ellipses(hessian: Array) -> Array:
    """Level lines that cross the flat axis at 1, 2, ..., 8; a row of nan after each."""
    curvatures, directions = eigenbasis(hessian)
    turn = np.linspace(0.0, 2 * np.pi, 73)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    ellipse = circle * np.sqrt(curvatures[0] / curvatures) @ directions.T
    gap = np.full((1, 2), np.nan)
    return np.concatenate([part for level in range(1, 9) for part in (level * ellipse, gap)])


def strips(path: Array, directions: Array) -> Array:
    """|coordinate| along each eigenvector against the step, kept inside the strips' range."""
    coordinates = np.abs(np.moveaxis(path, 0, -2) @ directions)
    return np.swapaxes(np.clip(coordinates, FLOOR, CEILING), -1, -2)


def bowl_sentence(hessian: Array, rate: float) -> tuple[str, str, str]:
    """The caption for one bowl and one step size, and a note for each direction."""
    curvatures, _ = eigenbasis(hessian)
    factors = 1 - rate * curvatures
    limit = max_stable_lr(hessian)
    first = (
        f"{regime(factors)}. Step size {rate:.4g} is {100 * rate / limit:.3g} % of the "
        f"limit 2/\u03bb_max = {limit:.3g}; every step multiplies the coordinate along the flat "
        f"direction by {signed(factors[0])} and along the steep one by {signed(factors[1])}."
    )
    notes = [
        f"\u03bb = {c:.3g}, factor {signed(f)}: {factor_sentence(f)}"
        for c, f in zip(curvatures, factors, strict=True)
    ]
    return first, notes[0], notes[1]


@cache
@recorded
def ravine_table() -> dict[str, Any]:
    """All frames: level lines, paths, strips of coordinates, and the sentences.

    **Shapes:** contours (kappa, angle, n, 2), paths (kappa, angle, rate, start, steps + 1, 2),
    strips (kappa, angle, rate, start, 2, steps + 1).
    """
    bowls = [[hessian_of(kappa, angle) for angle in ANGLES] for kappa in KAPPAS]
    hessians = np.array(bowls)[:, :, None, None]
    rates = np.array([[rates_of(bowl) for bowl in row] for row in bowls])
    starts = np.zeros((*rates.shape, len(STARTS), 2)) + np.array(STARTS)

    # All runs at once: the rule is elementwise, so it does not mind four more axes.
    def gradient(x: Array) -> Array:
        return (hessians @ x[..., None])[..., 0]

    path = descend(sgd, gradient, starts, steps=STEPS, lr=rates[..., None, None])
    directions = np.array([[eigenbasis(bowl)[1] for bowl in row] for row in bowls])
    every = range(rates.shape[-1])
    about = [bowl_sentence(bowls[k][0], rates[k, 0, r]) for k, r in product(range(6), every)]
    ends = [
        loss_sentence(bowls[k][a], np.array(start), rates[k, a, r])
        for k, a, r, start in product(range(len(KAPPAS)), range(len(ANGLES)), every, STARTS)
    ]
    frames = {
        "contours": np.array([[ellipses(bowl) for bowl in row] for row in bowls]),
        "paths": np.moveaxis(path, 0, -2),
        "strips": strips(path, directions[:, :, None, None]),
        "about": [text for text, _, _ in about],
        "flat": [text for _, text, _ in about],
        "steep": [text for _, _, text in about],
        "ends": ends,
    }
    return single(frames)


def dragged(x: float, y: float, stops: dict[str, int]) -> Answer:
    """The frames for a start point anywhere on the panel."""
    hessian = hessian_of(KAPPAS[stops["kappa"]], ANGLES[stops["angle"]])
    rate, start = rates_of(hessian)[stops["rate"]], np.array([x, y])
    path = descend(sgd, quadratic_gradient(hessian), start, steps=STEPS, lr=rate)
    flat, steep = strips(path, eigenbasis(hessian)[1])
    about, flat_note, steep_note = bowl_sentence(hessian, rate)
    caption = f"{about} {loss_sentence(hessian, start, rate)} Start ({x:.2f}, {y:.2f})."
    return Answer(
        {"path": path, "flat": flat, "steep": steep}, caption, {1: flat_note, 2: steep_note}
    )


def ravine() -> Explorer:
    """Gradient descent in a ravine, for unit 02.

    Choose how stretched the bowl is, how it lies, the step size as a fraction of the largest
    stable one, and the start; the start can also be dragged. DD2424's runs: ravine A, B, C is
    condition number 1, 10, 50, and a step size s there is the fraction s * condition number.

    Source: DD2424 L5; CSC421 L7-8; CS231n L3.
    """
    frames = ravine_table()
    rates = [f"{fraction:g} \u00d7 limit" for fraction in FRACTIONS] + ["the best one"]
    controls = [
        Control("kappa", "Condition number", [str(kappa) for kappa in KAPPAS], 4),
        Control("angle", "Angle of the ravine", [f"{angle}\u00b0" for angle in ANGLES], 0),
        Control("rate", "Step size (limit: 2/\u03bb_max)", rates, 7, "list"),
        Control("start", "Start", [f"({x:g}, {y:g})" for x, y in STARTS], 0, "list"),
    ]
    bowl = Panel(
        "Level lines of the loss and the path",
        Axis("x1", -5.0, 5.0),
        Axis("x2", -4.0, 4.0),
        [
            Layer("lines", frames["contours"], AXES[:2], colour="light grey", width=1.0),
            Layer(
                "lines", frames["paths"], AXES, colour="blue", width=1.2, marker="circle",
                size=2.2, start_marker="diamond", label="gradient descent", name="path",
            ),
            Layer(
                "points", np.zeros((1, 2)), colour="vermillion", marker="plus", size=6.0,
                label="minimum",
            ),
        ],
        equal=True,
        weight=1.5,
        grid=False,
    )  # fmt: skip
    caption = [Sentences(frames["about"], ("kappa", "rate")), Sentences(frames["ends"], AXES)]
    drag = Drag(0, "start", "Drag on the level lines to start anywhere.", dragged)
    panels = [bowl, _strip(frames, 0), _strip(frames, 1)]
    return Explorer(
        "Gradient descent in a ravine",
        controls=controls,
        panels=panels,
        caption=caption,
        drag=drag,
    )


def _strip(frames: dict[str, Any], direction: int) -> Panel:
    name = ("flat", "steep")[direction]
    colour, marker, dash = (("green", "", "solid"), ("vermillion", "", "dashed"))[direction]
    values = frames["strips"][..., direction, :]
    line = Layer("series", values, AXES, colour, dash, marker, name=name, width=2.2)
    return Panel(
        f"Distance along the {name} direction",
        Axis("step", 0.0, float(STEPS)),
        Axis("|coordinate|", FLOOR / 3, CEILING, "log"),
        [line],
        aspect=0.9,
        note=[Sentences(frames[name], ("kappa", "rate"))],
    )
