"""The regimes of momentum in the plane of step size and momentum, and the race in a ravine."""

from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from course_lib.arrays import Array
from course_lib.explorers.component import Explorer
from course_lib.explorers.race import Racer, loss_panel, path_panel, race, until_gone
from course_lib.explorers.ravine import ellipses
from course_lib.explorers.table import Axis, Band, Control, Layer, Panel, Sentences, single
from course_lib.landscape import stability_limit
from course_lib.optim import MomentumState, SGDState, momentum, nesterov, sgd
from course_lib.problems import RAVINE_C, START, quadratic, quadratic_gradient
from course_lib.recorded import recorded
from course_lib.train import Rule

STEPS = 100
CURVATURES = np.diag(RAVINE_C)
RATES = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.015, 0.019, 0.0196, 0.02, 0.025, 0.0307, 0.035, 0.039)
MOMENTA = (0.0, 0.2, 0.4, 0.5, 0.57, 0.7, 0.8, 0.9, 0.95, 0.99)
RULES: dict[str, Rule] = {"gd": sgd, "momentum": momentum, "nesterov": nesterov}
METHODS = tuple(RULES)
NAMES = ("gradient descent", "heavy ball", "Nesterov")
AXES = ("rate", "momentum")
PLANE_RATES = np.linspace(0.025, 3.975, 80)  # step size times curvature, cell centres
PLANE_MOMENTA = np.linspace(0.0, 0.99, 50)
LEVELS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
COLOURS = ("#00224e", "#213a6b", "#4c556b", "#6c6e72", "#8e8978", "#b4a76b", "#dfc958", "#ffffff")
FLOOR, CEILING = 1e-12, 1e4


def one_step_matrix(method: str, rate: Array, mass: Array) -> Array:
    """What one update does to (param, velocity) along a curvature of 1, as a matrix.

    The rule is linear on a bowl, so its columns are what the rule makes of (1, 0) and (0, 1).

    Source: O'Donoghue & Candes 2015; Goh 2017.
    Shapes: ``rate`` and ``mass`` any shape S, result S + (2, 2).
    """
    rate, mass = np.broadcast_arrays(rate, mass)
    one, zero = np.ones(rate.shape), np.zeros(rate.shape)
    rule, columns = RULES[method], []
    hyper = {"lr": rate} if method == "gd" else {"lr": rate, "momentum": mass}
    for param, velocity in ((one, zero), (zero, one)):
        before = SGDState() if method == "gd" else MomentumState(velocity)
        moved, after = rule(param, param, before, **hyper)
        columns.append(np.stack([moved, getattr(after, "velocity", zero)], axis=-1))
    return np.stack(columns, axis=-1)


def eigenvalues(method: str, rate: Array, mass: Array) -> Array:
    """Of ``one_step_matrix``: complex, the largest modulus last; shape S + (2,)."""
    values = np.linalg.eigvals(one_step_matrix(method, rate, mass)).astype(complex)
    return np.take_along_axis(values, np.argsort(np.abs(values), axis=-1), axis=-1)


def motion(values: Array) -> str:
    """How a coordinate moves whose update has these two eigenvalues."""
    dominant = values[-1]
    size = abs(dominant)
    if size > 1 + 1e-9:
        return "diverges"
    if np.isclose(size, 1.0):
        return "never comes to rest"
    if abs(dominant.imag) > 1e-9:
        return "swings"
    return "flips its sign at every step" if dominant.real < -1e-9 else "creeps in from one side"


def motion_sentence(method: str, rate: float, mass: float) -> str:
    """The factor per step and the motion along both curvatures."""
    parts = []
    for name, curvature in zip(("flat direction", "steep direction"), CURVATURES, strict=True):
        values = eigenvalues(method, np.array(rate * curvature), np.array(mass))
        parts.append(f"{name}: factor {abs(values[-1]):.3f}, {motion(values)}")
    return f"{NAMES[METHODS.index(method)].capitalize()}, {'; '.join(parts)}."


def racers(rate: Array, mass: Array) -> list[Racer]:
    """The three methods at these step sizes and momenta."""
    plain, heavy = {"lr": rate}, {"lr": rate, "momentum": mass}
    hypers = (plain, heavy, heavy)
    return [Racer(*who) for who in zip(NAMES, RULES.values(), hypers, strict=True)]


def quadratic_gradient_of_rows(x: Array) -> Array:
    """The ravine's gradient at many points at once; shapes (..., 2)."""
    flat = x.reshape(-1, 2).T
    return quadratic_gradient(RAVINE_C)(flat).T.reshape(x.shape)


def loss_along(path: Array) -> Array:
    """The ravine's loss at every point of the paths; shape without the last axis."""
    loss: Callable[[Array], float] = quadratic(RAVINE_C)
    rows = path.reshape(-1, 2)
    return np.array([loss(row) for row in rows]).reshape(path.shape[:-1])


def plane() -> Array:
    """The band of the convergence factor; shape (method, momenta, rates)."""
    rates, momenta = np.meshgrid(PLANE_RATES, PLANE_MOMENTA)
    factors = [np.abs(eigenvalues(method, rates, momenta)[..., -1]) for method in METHODS]
    return np.digitize(np.array(factors), LEVELS).astype(np.float64)


def boundaries() -> Array:
    """Largest stable step size times curvature against momentum; shape (method, n, 2)."""
    momenta = np.linspace(0.0, 1.0, 101)
    lines = [
        [(stability_limit(method, 1.0, momentum=float(m)), m) for m in momenta]
        for method in METHODS
    ]
    return np.array(lines)


def describe(rate: float, mass: float, losses: list[Array]) -> str:
    """The caption of one race: the loss of each method at the last step, the fastest named."""
    ends = [float(loss[-1]) for loss in losses]
    fastest = int(np.argmin(ends))
    results = ", ".join(
        f"{name} {'diverges' if end > losses[0][0] else f'{end:.2g}'}"
        for name, end in zip(NAMES, ends, strict=True)
    )
    if ends[fastest] > losses[0][0]:
        return f"Step size {rate:g}, momentum {mass:g}: in the race all three diverge."
    return (
        f"Step size {rate:g}, momentum {mass:g}: loss {losses[0][0]:.4g} at the start; after "
        f"{STEPS} steps: {results}. Lowest: {NAMES[fastest]}."
    )


@cache
@recorded
def momentum_table() -> dict[str, Any]:
    """All frames: the map, its border, where you are on it, the race, and the sentences.

    **Shapes:** bands (method, momenta, rates), borders (method, n, 2), here (rate, momentum,
    2, 2), paths and losses (method, rate, momentum, steps + 1[, 2]).
    """
    rates, momenta = np.array(RATES)[:, None, None], np.array(MOMENTA)[None, :, None]
    starts = np.zeros((len(RATES), len(MOMENTA), 2)) + START
    paths = race(racers(rates, momenta), quadratic_gradient_of_rows, starts, steps=STEPS)
    paths = np.moveaxis(paths, 1, -2)
    losses = loss_along(paths)
    here = [[[(rate * c, mass) for c in CURVATURES] for mass in MOMENTA] for rate in RATES]
    motions = [motion_sentence(*stop) for stop in product(METHODS, RATES, MOMENTA)]
    stops = list(np.ndindex(len(RATES), len(MOMENTA)))
    captions = [describe(RATES[r], MOMENTA[m], list(losses[:, r, m])) for r, m in stops]
    frames = {
        "bands": plane(),
        "borders": boundaries(),
        "here": np.array(here),
        "paths": until_gone(paths, limit=6.0),
        "losses": np.clip(losses, FLOOR, CEILING),
        "motions": motions,
        "captions": captions,
        "contours": ellipses(RAVINE_C),
    }
    return single(frames)


def momentum_map() -> Explorer:
    """Where momentum creeps, swings and diverges, and what that does to a race, for unit 04.

    The map shows one method; the race shows all three at the same step size and momentum, in
    ravine C of DD2424 from the lecture's start. Gradient descent ignores the momentum.

    Source: DD2424 L5; Polyak 1964; O'Donoghue & Candes 2015.
    """
    frames = momentum_table()
    controls = [
        Control("rate", "Step size", [f"{rate:g}" for rate in RATES], 4, "list"),
        Control("momentum", "Momentum", [f"{mass:g}" for mass in MOMENTA], 7),
        Control("method", "Map of", NAMES, 1, "list"),
    ]
    title = "Momentum: regimes and a race"
    panels = [_map_panel(frames), _path_panel(frames), _loss_panel(frames)]
    motions = Sentences(frames["motions"], ("method", *AXES))
    caption = [motions, Sentences(frames["captions"], AXES)]
    return Explorer(title, controls=controls, panels=panels, caption=caption)


def _map_panel(frames: dict[str, Any]) -> Panel:
    texts = [f"factor below {LEVELS[0]}"]
    texts += [f"to {level:g}" for level in LEVELS[1:]]
    bands = [Band(c, t) for c, t in zip(COLOURS, [*texts, "diverges"], strict=True)]
    layers = [
        Layer("heat", frames["bands"], ("method",), bands=bands),
        Layer("lines", frames["borders"], ("method",), "vermillion", width=2.5,
              label="largest stable step size"),
        Layer("points", frames["here"][:, :, :1], AXES, "sky blue", marker="diamond", size=7.0,
              label="you, flat direction"),
        Layer("points", frames["here"][:, :, 1:], AXES, "vermillion", marker="circle", size=7.0,
              label="you, steep direction"),
    ]  # fmt: skip
    return Panel(
        "Convergence factor per step",
        Axis("step size \u00d7 curvature", 0.0, 4.0),
        Axis("momentum", 0.0, 0.99),
        layers,
        weight=1.2,
        grid=False,
    )


def _path_panel(frames: dict[str, Any]) -> Panel:
    contours = Layer("lines", frames["contours"], colour="light grey", width=1.0)
    x, y = Axis("x1", -4.5, 4.5), Axis("x2", -1.2, 1.2)
    runners = racers(np.array(0.0), np.array(0.0))  # the panel asks for names and looks only
    return path_panel("The race in ravine C", x, y, contours, frames["paths"], runners, AXES)


def _loss_panel(frames: dict[str, Any]) -> Panel:
    x, y = Axis("step", 0.0, float(STEPS)), Axis("loss", FLOOR, CEILING, "log")
    runners = racers(np.array(0.0), np.array(0.0))
    return loss_panel("Loss against step", x, y, frames["losses"], runners, AXES)
