"""Figures: ``draw_*(ax, data...) -> None``. The caller owns the figure and the data.

Curves differ in colour AND in marker and dash, so that they can be told apart in print and by
readers who do not see all colours.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes

from course_lib.arrays import Array, Labels
from course_lib.train import History

# Okabe & Ito 2008, without the yellow, which is too pale for lines on white.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = "os^DvPX"
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))
Dash = str | tuple[int, tuple[int, ...]]


class Style(NamedTuple):
    """How one curve looks."""

    color: str
    marker: str
    dash: Dash


STYLES = tuple(Style(*look) for look in zip(PALETTE, MARKERS, DASHES, strict=True))


def style_of(index: int) -> Style:
    """The style of the curve with this number; the eighth looks like the first.

    Source: Okabe & Ito 2008 (colours).
    """
    return STYLES[index % len(STYLES)]


def use_course_style() -> None:
    """Give all figures from now on the one look of the course.

    Source: Okabe & Ito 2008 (colours).
    """
    mpl.rcParams.update(
        {
            "figure.figsize": (6.4, 4.0),
            "figure.facecolor": "white",
            "axes.facecolor": "white",
            "axes.grid": True,
            "grid.color": "0.9",
            "axes.axisbelow": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": cycler("color", list(PALETTE)),
            "axes.titlesize": 12,
            "axes.labelsize": 11,
            "xtick.labelsize": 10,
            "ytick.labelsize": 10,
            "legend.fontsize": 10,
            "legend.frameon": False,
            "lines.linewidth": 1.8,
        }
    )


def draw_contours(
    ax: Axes,
    loss: Callable[[Array], float],
    *,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
) -> None:
    """Level sets of a loss of two parameters, closer together near the minimum.

    Source: DD2424 L5 (its contour plots).
    Shapes: ``loss`` takes points of shape (2,); the ranges are (low, high).
    """
    xs, ys = np.linspace(*x_range, 81), np.linspace(*y_range, 81)
    heights = np.array([[loss(np.array([x, y])) for x in xs] for y in ys])
    low, high = float(heights.min()), float(heights.max())
    levels = low + (high - low) * np.geomspace(1e-4, 1, 14)[:-1]
    if high > low:
        ax.contour(xs, ys, heights, levels=levels, colors="0.75", linewidths=0.8)
    ax.set(xlabel=r"$x_1$", ylabel=r"$x_2$", xlim=x_range, ylim=y_range)
    ax.grid(visible=False)


def draw_paths(
    ax: Axes,
    loss: Callable[[Array], float],
    paths: Mapping[str, Array],
    *,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
) -> None:
    """Level sets, and the path of each method over them; a star marks the start.

    Without ranges the picture shows the paths, but on each axis no further out than twice
    the starts (or 2), so that a diverging path does not hide the others.

    Source: DD2424 L5 (its contour plots).
    Shapes: ``paths`` maps a label to (steps + 1, 2), as from ``train.descend``.
    """
    points = np.concatenate(list(paths.values()))
    reach = 2 * np.max([np.maximum(1.0, np.abs(path[0])) for path in paths.values()], axis=0)
    points = np.clip(points[np.isfinite(points).all(axis=1)], -reach, reach)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.1 * np.maximum(high - low, 1.0)
    draw_contours(
        ax,
        loss,
        x_range=x_range or (float(low[0] - margin[0]), float(high[0] + margin[0])),
        y_range=y_range or (float(low[1] - margin[1]), float(high[1] + margin[1])),
    )
    for index, (label, path) in enumerate(paths.items()):
        color, marker, dash = style_of(index)
        ax.plot(*path.T, color=color, marker=marker, linestyle=dash, markersize=3, label=label)
        ax.plot(*path[0], color=color, marker="*", markersize=11)
    ax.legend()


def draw_curves(
    ax: Axes,
    curves: Mapping[str, Array],
    *,
    xlabel: str = "step",
    ylabel: str = "loss",
    first: int = 0,
    log: bool = False,
) -> None:
    """One line per label; for repeated runs their mean, with a band from lowest to highest.

    Source: CS231n L7 "monitor the learning curves".
    Shapes: each curve (steps,), or (runs, steps) for repeated runs; ``first`` is the number
    of the first step.
    """
    for index, (label, values) in enumerate(curves.items()):
        color, marker, dash = style_of(index)
        runs = np.atleast_2d(values)
        steps = np.arange(first, first + runs.shape[1])
        ax.plot(
            steps,
            runs.mean(axis=0),
            color=color,
            marker=marker,
            linestyle=dash,
            markevery=max(1, len(steps) // 10),
            markersize=5,
            label=label,
        )
        if len(runs) > 1:
            ax.fill_between(
                steps, runs.min(axis=0), runs.max(axis=0), color=color, alpha=0.2, linewidth=0
            )
    ax.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
    ax.legend()


def draw_history(ax: Axes, history: History, *, what: str = "loss", log: bool = False) -> None:
    """Training and, where there is one, validation curve of a run of ``train.fit``.

    Source: CS231n L7 "monitor the learning curves".
    Units: epochs from 1; loss in nats, accuracy in [0, 1].
    Raises ValueError unless ``what`` is 'loss' or 'accuracy'.
    """
    if what not in ("loss", "accuracy"):
        raise ValueError(f"what must be 'loss' or 'accuracy', got {what!r}")
    curves = {"training": getattr(history, f"train_{what}")}
    if len(history.val_loss):
        curves["validation"] = getattr(history, f"val_{what}")
    draw_curves(ax, curves, xlabel="epoch", ylabel=what, first=1, log=log)
    if history.diverged:
        ax.set_title("diverged: the loss is no longer finite")


def draw_bars(
    ax: Axes,
    values: Mapping[str, float],
    *,
    ylabel: str,
    errors: Mapping[str, float] | None = None,
) -> None:
    """One bar per label with its value written on it, and error bars if given.

    Source: the scale starts at 0, as lengths are compared; Tufte 1983.
    Units: ``errors`` in those of ``values``, half the length of the bar.
    """
    heights = list(values.values())
    bars = ax.bar(
        list(values),
        heights,
        color=[style_of(index).color for index in range(len(heights))],
        yerr=None if errors is None else [errors[label] for label in values],
        capsize=4,
    )
    ax.bar_label(bars, fmt="%.3g", padding=3)
    ax.set_ylabel(ylabel)
    ax.grid(visible=False, axis="x")


def draw_digits(
    ax: Axes, images: Array, *, labels: Labels | Sequence[str] | None = None, columns: int = 10
) -> None:
    """Digits side by side, dark on white, each with its label above if given.

    Source: the pictures of Alpaydin & Kaynak 1998.
    Shapes: ``images`` (N, 64) in [0, 1]; ``labels`` N numbers or texts.
    """
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    headroom = 0 if labels is None else 3
    height = 10 + headroom
    sheet = np.zeros((rows * height, columns * 10))
    for index, image in enumerate(images):
        top, left = height * (index // columns), 10 * (index % columns)
        first_row = top + headroom + 1
        sheet[first_row : first_row + 8, left + 1 : left + 9] = image.reshape(8, 8)
        if labels is not None:
            ax.text(left, top, str(labels[index]), color=PALETTE[1], va="top", fontsize=9)
    ax.imshow(sheet, cmap="gray_r", vmin=0, vmax=1)
    ax.set_axis_off()
