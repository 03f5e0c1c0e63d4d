"""Polynomials through noisy points: degree and penalty against training and validation error."""

from functools import cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from course_lib.arrays import Array
from course_lib.explorers.component import Explorer
from course_lib.explorers.table import Axis, Control, Layer, Panel, Sentences, single
from course_lib.recorded import recorded
from course_lib.regularizers import ridge_solution

DEGREES = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15)
STRENGTHS = (1e-10, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0)
COUNTS = (10, 15, 30, 100)
DRAWS = 3
NOISE = 0.3  # standard deviation of y
VALIDATION = 200  # examples
AXES = ("degree", "strength", "count", "draw")
GRID = np.linspace(-1.0, 1.0, 81)
FLOOR, CEILING = 1e-4, 1e2  # of the errors
FAR = 8.0  # curves are drawn up to here


class Fit(NamedTuple):
    """A polynomial without its constant term, and that term."""

    weights: Array  # (degree,), of x, x**2, ...
    bias: float

    def __call__(self, x: Array) -> Array:
        return powers(x, len(self.weights)) @ self.weights + self.bias


def truth(x: Array) -> Array:
    """What the examples scatter about."""
    return np.sin(np.pi * x)


def powers(x: Array, degree: int) -> Array:
    """The features x, x**2, ... up to ``degree`` as columns; (N, degree)."""
    return x[:, None] ** np.arange(1, degree + 1)


def sampled(count: int, seed: int) -> tuple[Array, Array]:
    """``count`` examples: x uniform in [-1, 1], y with noise; (N,) each."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.0, 1.0, size=count)
    return x, truth(x) + NOISE * rng.normal(size=count)


def fit(x: Array, y: Array, degree: int, strength: float) -> Fit:
    """The polynomial with the smallest mean squared error plus penalty; the bias pays nothing."""
    features = powers(x, degree)
    middle = features.mean(axis=0)
    weights = ridge_solution(features - middle, y - y.mean(), strength=strength)
    return Fit(weights, float(y.mean() - middle @ weights))


def error(model: Fit, x: Array, y: Array) -> float:
    """Mean squared error, without the penalty."""
    return float(np.mean((model(x) - y) ** 2))


def describe(stop: tuple[int, ...], model: Fit, errors: Array, best: str) -> str:
    """The caption of one frame: both errors, and how large the weights have become."""
    degree, strength, count = (
        values[i] for values, i in zip((DEGREES, STRENGTHS, COUNTS), stop[:3], strict=True)
    )
    largest = float(np.max(np.abs(model.weights), initial=0.0))
    return (
        f"Degree {degree}, strength {strength:g}, {count} examples: training error "
        f"{errors[0]:.3g}, validation error {errors[1]:.3g}. The largest weight is {largest:.3g}. "
        f"{best}"
    )


def best_of(errors: Array) -> str:
    """Which frame has the lowest validation error; ``errors`` are (degree, strength, 2)."""
    lowest = errors[..., 1]
    degree, strength = np.unravel_index(np.argmin(lowest), lowest.shape)
    return (
        f"With these examples the lowest validation error of all settings is {lowest.min():.3g}, "
        f"at degree {DEGREES[degree]} and strength {STRENGTHS[strength]:g}."
    )


@cache
@recorded
def polynomial_table() -> dict[str, Any]:
    """All frames: examples, curves, errors and sentences.

    **Shapes:** curves (degree, strength, count, draw, 81, 2), errors (degree, strength, count,
    draw, 2) for training and validation, examples (count, draw, 100, 2) filled up with nan.
    """
    sizes = (len(DEGREES), len(STRENGTHS), len(COUNTS), DRAWS)
    curves, errors = np.empty((*sizes, len(GRID), 2)), np.empty((*sizes, 2))
    examples = np.full((len(COUNTS), DRAWS, max(COUNTS), 2), np.nan)
    unseen, models = sampled(VALIDATION, 1000), {}
    for (c, count), draw in product(enumerate(COUNTS), range(DRAWS)):
        x, y = sampled(count, draw)
        examples[c, draw, :count] = np.stack([x, y], axis=1)
        for (d, degree), (s, strength) in product(enumerate(DEGREES), enumerate(STRENGTHS)):
            model = models[d, s, c, draw] = fit(x, y, degree, strength)
            heights = np.clip(model(GRID), -FAR, FAR)
            curves[d, s, c, draw] = np.stack([GRID, heights], axis=1)
            errors[d, s, c, draw] = error(model, x, y), error(model, *unseen)
    best = {pair: best_of(errors[:, :, *pair]) for pair in np.ndindex(sizes[2:])}
    captions = [
        describe(stop, models[stop], errors[stop], best[stop[2:]]) for stop in np.ndindex(sizes)
    ]
    frames = {"curves": curves, "errors": errors, "examples": examples, "captions": captions}
    return single(frames)


def polynomial_fit() -> Explorer:
    """Polynomials of any degree through noisy points, with an L2 penalty, for unit 09.

    The panels show the curve, and the errors on the examples and on 200 others, over the degree
    and over the strength of the penalty.

    Source: CS231n L3 "prefer simpler models"; Bishop 2006, section 1.1 (the experiment).
    """
    frames = polynomial_table()
    controls = [
        Control("degree", "Degree", [str(degree) for degree in DEGREES], 3),
        Control("strength", "Strength of the penalty", [f"{s:g}" for s in STRENGTHS], 0),
        Control("count", "Training examples", [str(count) for count in COUNTS], 1, "list"),
        Control("draw", "Drawn", ["once", "again", "once more"], 0, "list"),
    ]
    return Explorer(
        "A polynomial through noisy points",
        controls=controls,
        panels=[_curve_panel(frames), *_error_panels(frames["errors"])],
        caption=[Sentences(frames["captions"], AXES)],
    )


def _curve_panel(frames: dict[str, Any]) -> Panel:
    layers = [
        Layer("lines", np.stack([GRID, truth(GRID)], axis=1), colour="grey", dash="dashed",
              label="what they scatter about"),
        Layer("points", frames["examples"], ("count", "draw"), "black", marker="circle", size=3.5,
              label="training examples"),
        Layer("lines", frames["curves"], AXES, "blue", width=2.2, label="the fit", name="fit"),
    ]  # fmt: skip
    x, y = Axis("x", -1.0, 1.0), Axis("y", -2.2, 2.2)
    return Panel("Examples and fitted polynomial", x, y, layers, weight=1.3)


def _error_panels(errors: Array) -> list[Panel]:
    """Errors over the degree at this strength, and over the strength at this degree."""
    shown = np.clip(errors, FLOOR, CEILING)
    panels = []
    for number, (name, labels) in enumerate(
        (("degree", [str(d) for d in DEGREES]), ("strength", [f"{s:g}" for s in STRENGTHS]))
    ):
        depends = tuple(axis for axis in AXES if axis != name)
        curves = np.moveaxis(shown, number, -2)  # the errors of all stops of this control
        ticks = [(float(stop), text) for stop, text in enumerate(labels) if stop % 3 == 0]
        layers = [
            Layer("vline", np.arange(len(labels), dtype=np.float64)[:, None], (name,), "grey",
                  "dotted", label="chosen"),
            Layer("hline", np.array([NOISE**2]), colour="black", dash="dotted", width=1.0,
                  label="noise of y"),
            Layer("series", curves[..., 0], depends, "green", "solid", "circle", width=2.0,
                  label="training"),
            Layer("series", curves[..., 1], depends, "vermillion", "dashed", "square", width=2.0,
                  label="validation"),
        ]  # fmt: skip
        x = Axis(name, 0.0, len(labels) - 1.0, ticks=ticks)
        y = Axis("mean squared error", FLOOR, CEILING, "log")
        panels.append(Panel(f"Errors over the {name}", x, y, layers))
    return panels
