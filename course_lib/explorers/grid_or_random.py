"""Nine trainings on a grid or anywhere, and the shadows that they cast on either axis."""

from functools import cache
from itertools import product
from typing import Any

import numpy as np

from course_lib import datasets
from course_lib.arrays import Array
from course_lib.explorers.component import Explorer
from course_lib.explorers.table import Axis, Band, Control, Layer, Panel, Sentences, single
from course_lib.recorded import recorded
from course_lib.search import grid, log_uniform

Ranges = dict[str, tuple[float, float]]
WIDE: Ranges = {"lr": (1e-4, 10.0), "l2": (1e-6, 1.0)}
RANGES: dict[str, Ranges] = {
    "all of it": WIDE,
    "the corner": {"lr": (0.05, 5.0), "l2": (1e-2, 1.0)},
}
KINDS = ("grid", "random")
TRIALS = (4, 9, 16, 25)
DRAWS, MANY = 12, 300
AXES = ("ranges", "kind", "trials", "draw")
LEVELS = (0.3, 0.6, 0.75, 0.82)
COLOURS = ("#fde9dc", "#f4c9ae", "#cfe3f2", "#93c4e4", "#3f88bf")
CELLS = 60


def accuracy_at(lr: Array, l2: Array) -> Array:
    """Validation accuracy after four epochs, between the runs of the data file.

    Bilinear in the logarithms; shapes of ``lr`` and ``l2`` alike, result the same.
    """
    runs = datasets.load_training_runs()
    axes = [np.log(runs.search_lrs), np.log(runs.search_penalties)]
    places = []
    for axis, value in zip(axes, (np.log(lr), np.log(l2)), strict=True):
        at = np.interp(value, axis, np.arange(len(axis)))
        low = np.minimum(at.astype(int), len(axis) - 2)
        places.append((low, at - low))
    (i, u), (j, v) = places
    found = runs.search_accuracies
    lower = (1 - v) * found[i, j] + v * found[i, j + 1]
    upper = (1 - v) * found[i + 1, j] + v * found[i + 1, j + 1]
    return (1 - u) * lower + u * upper


def settings(ranges: Ranges, kind: str, trials: int, *, rng: np.random.Generator) -> Array:
    """The settings of one search, (trials, 2); a grid is shifted as a whole by chance."""
    if kind == "random":
        return np.stack(
            [log_uniform(*ends, size=trials, rng=rng) for ends in ranges.values()], axis=1
        )
    side = round(np.sqrt(trials))
    axes = {}
    for name, (low, high) in ranges.items():
        shares = (np.arange(side) + rng.random()) / side
        axes[name] = (low * (high / low) ** shares).tolist()
    return np.array([[setting[name] for name in ranges] for setting in grid(axes)])


def search(ranges: Ranges, kind: str, trials: int, draw: int) -> tuple[Array, Array]:
    """Settings (trials, 2) and accuracies (trials,) of the search with this number."""
    rng = np.random.default_rng([draw, trials])
    tried = settings(ranges, kind, trials, rng=rng)
    return tried, accuracy_at(tried[:, 0], tried[:, 1])


def describe(kind: str, tried: Array, found: Array, bests: dict[str, Array]) -> str:
    """The caption: how many values were tried, what was found, and what is found on average."""
    rates = len(np.unique(np.round(np.log(tried[:, 0]), 9)))
    means = " and ".join(f"{bests[k].mean():.3f} for {k}" for k in KINDS)
    return (
        f"{kind.capitalize()}, {len(tried)} trainings, {rates} different learning rates: the best "
        f"accuracy is {found.max():.3f}, at learning rate {tried[np.argmax(found), 0]:.2g}. The "
        f"mean best of {MANY} such searches is {means}."
    )


def bands() -> Array:
    """Which band of accuracy every cell of the plane lies in; (rows, columns), lowest l2 first."""
    lr, l2 = (np.geomspace(*ends, CELLS) for ends in WIDE.values())
    return np.searchsorted(LEVELS, accuracy_at(*np.meshgrid(lr, l2))).astype(float)


def frame_of(ranges: Ranges) -> Array:
    """The border of the ranges in the plane, (5, 2)."""
    (left, right), (low, high) = ranges.values()
    return np.array([[left, low], [right, low], [right, high], [left, high], [left, low]])


@cache
@recorded
def search_table() -> dict[str, Any]:
    """All frames, padded with nan to the largest number of trials.

    Shapes: dots, shadows below and at the side, and seen (ranges, kind, trials, draw, 25, 2);
    best (..., 1); borders (ranges, 5, 2); bands (cells, cells); captions.
    """
    shape = (len(RANGES), len(KINDS), len(TRIALS), DRAWS)
    dots, seen = (np.full((*shape, TRIALS[-1], 2), np.nan) for _ in range(2))
    best, captions = np.zeros((*shape, 1)), []
    for r, ranges in enumerate(RANGES.values()):
        ends = {
            (kind, trials): np.array(
                [search(ranges, kind, trials, draw)[1].max() for draw in range(MANY)]
            )
            for kind, trials in product(KINDS, TRIALS)
        }
        for (k, kind), (t, trials), draw in product(
            enumerate(KINDS), enumerate(TRIALS), range(DRAWS)
        ):
            tried, found = search(ranges, kind, trials, draw)
            at = (r, k, t, draw)
            dots[at][:trials] = tried
            seen[at][:trials] = np.stack([tried[:, 0], found], axis=1)
            best[at] = found.max()
            captions.append(describe(kind, tried, found, {n: ends[n, trials] for n in KINDS}))
    frames = {
        "dots": dots,
        "below": _shadows(dots, 1),
        "beside": _shadows(dots, 0),
        "seen": seen,
        "best": best,
        "borders": np.array([frame_of(ranges) for ranges in RANGES.values()]),
        "bands": bands(),
        "captions": captions,
    }
    return single(frames)


def _shadows(dots: Array, flat: int) -> Array:
    """The dots, pushed onto an axis: coordinate ``flat`` becomes the lower end of the plane."""
    low, high = list(WIDE.values())[flat]
    shadows = dots.copy()
    shadows[..., flat] = np.where(np.isnan(dots[..., flat]), np.nan, low * (high / low) ** 0.015)
    return shadows


def grid_or_random() -> Explorer:
    """A search on a grid or at random, with the shadows of its trainings on both axes, for unit 13.

    What a setting reaches comes from real runs: digits, four epochs, the mean of five seeds
    (``data/make_training_runs.py``).

    Source: Bergstra & Bengio 2012, figure 1; CS231n L7 "random search vs. grid search".
    """
    frames = search_table()
    controls = [
        Control("kind", "Search", [kind.capitalize() for kind in KINDS], 0, "list"),
        Control("trials", "Trainings", [str(trials) for trials in TRIALS], 1),
        Control("draw", "Draw", [str(draw + 1) for draw in range(DRAWS)]),
        Control("ranges", "Ranges", tuple(RANGES), 0, "list"),
    ]
    return Explorer(
        "Grid or random",
        controls=controls,
        panels=[_plane_panel(frames), _shadow_panel(frames)],
        caption=[Sentences(frames["captions"], AXES)],
    )


def _plane_panel(frames: dict[str, Any]) -> Panel:
    texts = [f"below {LEVELS[0]:g}", *(f"from {level:g}" for level in LEVELS)]
    shades = [Band(c, t) for c, t in zip(COLOURS, texts, strict=True)]
    layers = [
        Layer("heat", frames["bands"], bands=shades),
        Layer("lines", frames["borders"], ("ranges",), "black", "dashed", width=1.5),
        Layer("points", frames["dots"], AXES, "black", marker="circle", size=5.0, label="training"),
        Layer("points", frames["below"], AXES, "vermillion", marker="square", size=4.0,
              label="its shadow"),
        Layer("points", frames["beside"], AXES, "vermillion", marker="square", size=4.0),
    ]  # fmt: skip
    x, y = Axis("learning rate", *WIDE["lr"], "log"), Axis("penalty l2", *WIDE["l2"], "log")
    return Panel("Validation accuracy, and who asks where", x, y, layers, grid=False, aspect=0.9)


def _shadow_panel(frames: dict[str, Any]) -> Panel:
    layers = [
        Layer("hline", frames["best"], AXES, "blue", "dashed", width=2.0, label="best found"),
        Layer("points", frames["seen"], AXES, "vermillion", marker="square", size=5.0,
              label="training"),
    ]  # fmt: skip
    x, y = Axis("learning rate", *WIDE["lr"], "log"), Axis("validation accuracy", 0.0, 1.0)
    return Panel("Seen from the learning rate's side", x, y, layers, aspect=0.9)
