"""A race of update rules: who runs, how each one looks, and the panels that show it."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from contourpy import contour_generator

from course_lib.arrays import Array
from course_lib.explorers.table import Axis, Layer, Panel
from course_lib.train import Rule, descend

# Colour, dash and marker of every rule, the same in every race.
LOOKS = {
    "sgd": ("black", "solid", "circle"),
    "momentum": ("blue", "dashed", "square"),
    "nesterov": ("orange", "dotted", "triangle"),
    "adagrad": ("green", "solid", "diamond"),
    "rmsprop": ("vermillion", "dash-dot", "plus"),
    "adadelta": ("sky blue", "dashed", "cross"),
    "adam": ("purple", "solid", "ring"),
    "adam_l2": ("grey", "dotted", "square"),
    "adamw": ("purple", "dashed", "triangle"),
}


class Racer(NamedTuple):
    """One rule with its hyperparameters; arrays among them race at many settings at once."""

    label: str
    rule: Rule
    hyper: dict[str, Any]

    @property
    def look(self) -> tuple[str, str, str]:
        """Colour, dash and marker, by the rule's name."""
        return LOOKS[getattr(self.rule, "__name__", "sgd")]


def race(
    racers: Sequence[Racer], gradient: Callable[[Array], Array], start: Array, *, steps: int
) -> Array:
    """The paths of all racers from the same start.

    The rules are elementwise, so axes before the last one race side by side.

    Source: the rules' own.
    Shapes: ``start`` (..., d), ``gradient`` maps it to itself; result (racers, steps + 1, ..., d).
    """
    return np.array(
        [descend(who.rule, gradient, start, steps=steps, **who.hyper) for who in racers]
    )


def until_gone(paths: Array, *, limit: float) -> Array:
    """The paths up to their first point farther out than ``limit``; nan from there on.

    Shapes: (..., steps + 1, d), in and out.
    """
    far = np.any(~(np.abs(paths) < limit), axis=-1, keepdims=True)
    return np.where(np.cumsum(far, axis=-2) > 1, np.nan, np.clip(paths, -1e3, 1e3))


def level_lines(
    loss: Callable[[Array], float], x: Axis, y: Axis, levels: Sequence[float], *, points: int = 81
) -> Array:
    """The level lines of a loss over a panel, a row of nan after each piece.

    Shapes: ``loss`` takes points (2,); result (n, 2).
    """
    xs, ys = np.linspace(x.low, x.high, points), np.linspace(y.low, y.high, points)
    heights = np.array([[loss(np.array([a, b])) for a in xs] for b in ys])
    contours = contour_generator(xs, ys, heights)
    pieces = [piece for level in levels for piece in contours.lines(level)]
    gap = np.full((1, 2), np.nan)
    return np.concatenate([part for piece in pieces for part in (np.asarray(piece), gap)])


def path_panel(
    title: str,
    x: Axis,
    y: Axis,
    contours: Layer,
    paths: Array,
    racers: Sequence[Racer],
    depends: Sequence[str],
    *,
    aspect: float = 0.9,
) -> Panel:
    """Level lines and the path of every racer over them.

    Shapes: ``paths`` (racers, stops of ``depends`` ..., steps + 1, 2).
    """
    layers = [
        Layer("lines", path, depends, *who.look, label=who.label, width=1.2, size=2.6)
        for path, who in zip(paths, racers, strict=True)
    ]
    return Panel(title, x, y, [contours, *layers], aspect=aspect, grid=False)


def loss_panel(
    title: str,
    x: Axis,
    y: Axis,
    losses: Array,
    racers: Sequence[Racer],
    depends: Sequence[str],
) -> Panel:
    """The loss of every racer against the step.

    Shapes: ``losses`` (racers, stops of ``depends`` ..., points), spread evenly over ``x``.
    """
    layers = []
    for curve, who in zip(np.clip(losses, y.low, y.high), racers, strict=True):
        colour, dash, _ = who.look
        layers.append(Layer("series", curve, depends, colour, dash, label=who.label, width=2.0))
    return Panel(title, x, y, layers, aspect=0.9)
