"""The quadratic model that touches a loss at a point, and the step to its critical point."""

from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from course_lib import logistic, problems
from course_lib.arrays import Array
from course_lib.explorers.component import Explorer
from course_lib.explorers.race import level_lines
from course_lib.explorers.table import Axis, Control, Layer, Panel, Sentences, single
from course_lib.landscape import classify_critical_point, rotate_quadratic
from course_lib.recorded import recorded
from course_lib.second_order import damped_newton_step, newton_step

X1 = tuple(np.round(np.arange(-1.8, 1.9, 0.3), 1).tolist())
X2 = tuple(np.arange(-1.5, 2.6, 0.5).tolist())
DAMPINGS = (0.0, 0.1, 1.0, 10.0)
STEPS = 6
POINT = ("problem", "x1", "x2")
ACROSS, UP = Axis("x1", -2.2, 2.2), Axis("x2", -1.9, 2.9)
ALONG = np.linspace(-1.0, 2.0, 31)  # of the slice, in steps
FLOOR, CEILING = 1e-10, 1e4  # of the gradient's norm
FAR = 50.0  # paths are drawn up to here
LABELS = (
    "quadratic bowl",
    "two valleys, a saddle",
    "saddle x1\u00b2 \u2212 x2\u00b2",
    "Rosenbrock's valley",
    "logistic loss of 12 examples",
)
SHAPES = {"minimum": "a bowl", "maximum": "a hill", "saddle": "a saddle", "degenerate": "flat"}

# Two features of twelve examples; the classes overlap, so the best weights are finite.
FEATURES: Array = np.array(
    [(2.0, 1.0), (1.0, 2.5), (3.0, 0.5), (-0.5, 1.5), (2.5, -1.5), (-1.0, 1.0),
     (-1.0, 0.5), (-2.0, -1.5), (1.5, -2.0), (-1.5, 1.5), (1.5, 0.5), (-2.5, 0.5)]
)  # fmt: skip
SIGNS: Array = np.repeat([1.0, -1.0], 6)


class Problem(NamedTuple):
    """A loss of two parameters with both derivatives, and the heights of its level lines."""

    loss: Callable[[Array], float]
    gradient: Callable[[Array], Array]
    hessian: Callable[[Array], Array]
    levels: tuple[float, ...]


def problem_list() -> list[Problem]:
    """The losses on offer, as in ``LABELS``."""
    bowl = rotate_quadratic(np.diag([0.5, 6.0]), angle=0.5)
    data = (FEATURES, SIGNS)
    return [
        Problem(
            problems.quadratic(bowl),
            problems.quadratic_gradient(bowl),
            lambda _: bowl,
            (0.1, 0.4, 1.0, 2.0, 4.0, 8.0, 14.0),
        ),
        Problem(
            problems.two_valleys,
            problems.two_valleys_gradient,
            problems.two_valleys_hessian,
            (-0.9, -0.6, -0.3, 0.0, 0.4, 1.0, 2.0, 4.0),
        ),
        Problem(
            problems.saddle,
            problems.saddle_gradient,
            problems.saddle_hessian,
            (-6.0, -4.0, -2.0, -0.5, 0.0, 0.5, 2.0, 4.0),
        ),
        Problem(
            problems.rosenbrock,
            problems.rosenbrock_gradient,
            problems.rosenbrock_hessian,
            (3.0, 12.0, 40.0, 150.0, 500.0, 1200.0),
        ),
        Problem(
            lambda w: logistic.logistic_loss(w, *data),
            lambda w: logistic.logistic_gradient(w, *data),
            lambda w: logistic.logistic_hessian(w, *data),
            (0.46, 0.5, 0.6, 0.8, 1.1, 1.6, 2.4),
        ),
    ]


def step_of(problem: Problem, x: Array, damping: float | None) -> Array:
    """Newton's own step where ``damping`` is None; zeros where there is no slope."""
    grad = problem.gradient(x)
    if np.max(np.abs(grad)) < 1e-12:
        return np.zeros(2)
    hessian = problem.hessian(x)
    if damping is None:
        return newton_step(grad, hessian)
    return damped_newton_step(grad, hessian, damping=damping)


def walk(problem: Problem, start: Array, damping: float | None) -> Array:
    """The start and the points after each step, nan once it has left the country; (n + 1, 2)."""
    path = np.full((STEPS + 1, 2), np.nan)
    path[0] = start
    for number in range(STEPS):
        point = path[number] + step_of(problem, path[number], damping)
        path[number + 1] = np.clip(point, -FAR, FAR)
        if np.max(np.abs(point)) >= FAR:
            break
    return path


def touching_conic(problem: Problem, x: Array) -> Array:
    """The level line of the quadratic model through ``x``: an ellipse, or two branches; (n, 2).

    Along a direction u the model is as high as at ``x`` again at t = -2 (g u) / (u H u).
    """
    angles = np.linspace(0.0, np.pi, 48, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    grad, hessian = problem.gradient(x), problem.hessian(x)
    curvatures, axes = np.linalg.eigh(hessian)
    directions = circle / np.sqrt(np.abs(curvatures) + 1e-9) @ axes.T  # even steps on an ellipse
    bend = np.sum(directions @ hessian * directions, axis=1)
    t = -2 * (directions @ grad) / np.where(np.abs(bend) < 1e-9, np.nan, bend)
    points = x + t[:, None] * directions
    line = np.concatenate([points, points[:1]])
    gone = np.max(np.abs(line), axis=1) > FAR
    return np.where(gone[:, None], np.nan, line)


def slices(problem: Problem, x: Array, step: Array) -> tuple[Array, Array]:
    """Model and loss along the step, minus the loss at ``x``, per unit of promise; (n,) each.

    The unit is the size of the model's change over the whole step, each eigenvector's part
    counted positively: it is never zero where there is a slope.
    """
    grad, hessian = problem.gradient(x), problem.hessian(x)
    model = ALONG * (grad @ step) + 0.5 * ALONG**2 * (step @ hessian @ step)
    here = problem.loss(x)
    truth = np.array([problem.loss(x + t * step) - here for t in ALONG])
    unit = -0.5 * grad @ damped_newton_step(grad, hessian, damping=1e-12)
    if unit < 1e-12:
        return np.zeros_like(ALONG), np.zeros_like(ALONG)
    return np.clip(model / unit, -9, 9), np.clip(truth / unit, -9, 9)


def number(value: float) -> str:
    """Three digits, the minus as wide as the plus; rounding noise is 0."""
    value = value if abs(value) > 1e-12 else 0.0
    return f"{value:.3g}".replace("-", "\u2212")


def place_sentence(problem: Problem, x: Array, step: Array) -> str:
    """What the model looks like here, what it promises, and what the step does."""
    here, hessian = problem.loss(x), problem.hessian(x)
    low, high = np.linalg.eigvalsh(hessian)
    shape = SHAPES[classify_critical_point(hessian)]
    about = (
        f"At ({number(x[0])}, {number(x[1])}) the loss is {number(here)}; the model is {shape} "
        f"with curvatures {number(low)} and {number(high)}."
    )
    if not step.any():
        return f"{about} There is no slope, so Newton stays here for ever."
    slope = float(problem.gradient(x) @ step)
    way = "downhill" if slope < -1e-12 else "uphill" if slope > 1e-12 else "level at first"
    promised, true = here + 0.5 * slope, problem.loss(x + step)
    return (
        f"{about} Newton's step sets out {way}; the model promises {number(promised)} at its end, "
        f"the loss there is {number(true)}."
    )


def end_sentence(problem: Problem, path: Array, name: str) -> str:
    """Where a walk has got to."""
    last = path[~np.isnan(path[:, 0])][-1]
    if np.max(np.abs(last)) >= FAR:
        return f"{name} leaves the picture for good."
    shape = SHAPES[classify_critical_point(problem.hessian(last))]
    slope = float(np.linalg.norm(problem.gradient(last)))
    where = f"at rest on {shape}" if slope < 1e-6 else f"gradient norm {number(slope)}"
    return f"{name}: loss {number(problem.loss(last))}, {where}."


def norms(problem: Problem, path: Array) -> Array:
    """The gradient's norm along a walk, kept inside the panel; (n + 1,)."""
    sizes = [np.linalg.norm(problem.gradient(x)) if np.isfinite(x[0]) else np.nan for x in path]
    return np.clip(np.array(sizes), FLOOR, CEILING)


@cache
@recorded
def newton_table() -> dict[str, Any]:
    """All frames: level lines, conics, walks, slices, gradient norms, and the sentences.

    **Shapes:** lines (problem, n, 2); with P = (problem, x1, x2): conics P + (n, 2), newton
    P + (steps + 1, 2), damped P + (damping, steps + 1, 2), model and truth P + (n,).
    """
    everything = problem_list()
    lines = [level_lines(p.loss, ACROSS, UP, p.levels, points=91) for p in everything]
    longest = max(len(line) for line in lines)
    frames: dict[str, list[Any]] = {
        name: [] for name in ("conics", "newton", "damped", "model", "truth", "norm", "norm_damped")
    }
    about, ends = [], []
    for problem, x1, x2 in product(everything, X1, X2):
        x = np.array([x1, x2])
        path = walk(problem, x, None)
        step = step_of(problem, x, None)
        model, truth = slices(problem, x, step)
        tamed = [walk(problem, x, damping) for damping in DAMPINGS]
        frames["conics"].append(touching_conic(problem, x))
        frames["newton"].append(path)
        frames["damped"].append(tamed)
        frames["model"].append(model)
        frames["truth"].append(truth)
        frames["norm"].append(norms(problem, path))
        frames["norm_damped"].append([norms(problem, walked) for walked in tamed])
        about.append(place_sentence(problem, x, step))
        plain = end_sentence(problem, path, "Newton")
        ends += [f"After {STEPS} steps {plain} {end_sentence(problem, w, 'Damped')}" for w in tamed]
    stops = (len(everything), len(X1), len(X2))
    arrays = {name: np.array(parts) for name, parts in frames.items()}
    table = {name: array.reshape(*stops, *array.shape[1:]) for name, array in arrays.items()}
    padded = [np.pad(a, ((0, longest - len(a)), (0, 0)), constant_values=np.nan) for a in lines]
    return single({**table, "lines": np.array(padded), "about": about, "ends": ends})


def newton_model() -> Explorer:
    """The tangent paraboloid at any point of five losses, and where its steps lead; for unit 08.

    Choose the loss and the point; the grey dashed curve is the model's level line through the
    point. Newton's walk and the damped one are drawn with all their steps.

    Source: CS231n L7 "second-order optimization"; Dauphin et al. 2014.
    """
    frames = newton_table()
    controls = [
        Control("problem", "Loss", LABELS, 0, "list"),
        Control("x1", "x1 of the point", [number(x) for x in X1], 2),
        Control("x2", "x2 of the point", [number(x) for x in X2], 5),
        Control("damping", "Damping", [f"{damping:g}" for damping in DAMPINGS], 1),
    ]
    caption = [Sentences(frames["about"], POINT), Sentences(frames["ends"], (*POINT, "damping"))]
    panels = [_map_panel(frames), _slice_panel(frames), _norm_panel(frames)]
    title = "Newton's model and its step"
    return Explorer(title, controls=controls, panels=panels, caption=caption)


def _map_panel(frames: dict[str, Any]) -> Panel:
    damped = (*POINT, "damping")
    layers = [
        Layer("lines", frames["lines"], ("problem",), "light grey", width=1.0),
        Layer("lines", frames["conics"], POINT, "grey", "dashed", width=2.0,
              label="the model's level line here"),
        Layer("lines", frames["newton"], POINT, "vermillion", marker="square", size=4.0,
              start_marker="diamond", label="Newton"),
        Layer("lines", frames["damped"], damped, "blue", "dotted", "circle", size=3.2,
              label="damped Newton"),
    ]  # fmt: skip
    return Panel("Level lines and steps", ACROSS, UP, layers, equal=True, weight=1.3, grid=False)


def _slice_panel(frames: dict[str, Any]) -> Panel:
    model = np.stack(np.broadcast_arrays(ALONG, frames["model"]), axis=-1)
    truth = np.stack(np.broadcast_arrays(ALONG, frames["truth"]), axis=-1)
    begin, end = int(np.argmin(np.abs(ALONG))), int(np.argmin(np.abs(ALONG - 1)))
    marks = np.stack([truth[..., begin, :], truth[..., end, :]], axis=-2)
    layers = [
        Layer("lines", truth, POINT, "black", width=2.4, label="the loss"),
        Layer("lines", model, POINT, "grey", "dashed", width=2.2, label="the model"),
        Layer("points", marks[..., :1, :], POINT, "black", marker="diamond", size=6.0,
              label="you"),
        Layer("points", marks[..., 1:, :], POINT, "vermillion", marker="square", size=6.0,
              label="after Newton's step"),
    ]  # fmt: skip
    return Panel(
        "Slice along Newton's step",
        Axis("distance, in steps", -1.0, 2.0),
        Axis("change of the loss / promised", -3.0, 4.0),
        layers,
        aspect=0.95,
    )


def _norm_panel(frames: dict[str, Any]) -> Panel:
    layers = [
        Layer("series", frames["norm"], POINT, "vermillion", marker="square", size=4.0,
              label="Newton", width=2.0),
        Layer("series", frames["norm_damped"], (*POINT, "damping"), "blue", "dotted", "circle",
              size=3.4, label="damped Newton", width=2.0),
    ]  # fmt: skip
    return Panel(
        "Norm of the gradient",
        Axis("step", 0.0, float(STEPS)),
        Axis("norm", FLOOR, CEILING, "log"),
        layers,
        aspect=0.95,
    )
