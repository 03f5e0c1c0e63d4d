"""The parts of an explorer: controls, panels, layers of frames, and sentences.

An explorer is a table. Whatever a control can be set to has its frame computed beforehand; the
array of a layer has shape (stops of the controls it depends on..., frame), in row-major order.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# Okabe and Ito's colours, told apart by readers with any kind of colour vision.
COLOURS = {
    "black": "#000000",
    "orange": "#e69f00",
    "sky blue": "#56b4e9",
    "green": "#009e73",
    "yellow": "#f0e442",
    "blue": "#0072b2",
    "vermillion": "#d55e00",
    "purple": "#cc79a7",
    "grey": "#767676",
    "light grey": "#c4c4c4",
}
DASHES = {"solid": [], "dashed": [7, 4], "dotted": [2, 3], "dash-dot": [8, 3, 2, 3]}
KINDS = ("lines", "series", "points", "bars", "heat", "image", "vline", "hline")
FRAME_AXES = {
    "lines": 2, "series": 1, "points": 2, "bars": 1, "heat": 2, "image": 3, "vline": 1, "hline": 1,
}  # fmt: skip
FIVE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


class Control(NamedTuple):
    """A slider, or a list of named choices; ``stops`` are the labels a reader sees."""

    name: str
    label: str
    stops: Sequence[str]
    start: int = 0
    kind: str = "slider"


class Axis(NamedTuple):
    """The range of one axis of a panel; ``ticks`` are (value, text), made up where None."""

    label: str
    low: float
    high: float
    scale: str = "linear"
    ticks: Sequence[tuple[float, str]] | None = None


class Band(NamedTuple):
    """One colour of a heat layer and the sentence of its legend."""

    colour: str
    label: str


class Layer(NamedTuple):
    """What is drawn on a panel, for all stops of the controls named in ``depends``.

    **Shapes:** the last axes of ``data`` are one frame: lines and points (n, 2), where a row of
    nan lifts the pen; series, bars, vline and hline (n,); heat (rows, columns) of indices into
    ``bands``, the lowest row first; image (rows, columns, 3) of bytes, the uppermost row first,
    shown in ``extent`` (left, right, low, high). The axes before them are the stops of ``depends``.
    """

    kind: str
    data: NDArray[np.floating] | NDArray[np.uint8]
    depends: Sequence[str] = ()
    colour: str = "black"
    dash: str = "solid"
    marker: str = ""
    label: str = ""
    width: float = 1.6
    size: float = 3.0
    start_marker: str = ""
    bands: Sequence[Band] = ()
    name: str = ""
    extent: Sequence[float] = ()


class Sentences(NamedTuple):
    """One text for every stop of the controls in ``depends``, in row-major order."""

    texts: Sequence[str]
    depends: Sequence[str] = ()


class Panel(NamedTuple):
    """One pair of axes; ``aspect`` is height over width, taken from the ranges if ``equal``."""

    title: str
    x: Axis
    y: Axis
    layers: Sequence[Layer]
    aspect: float = 0.75
    equal: bool = False
    note: Sequence[Sentences] = ()
    weight: float = 1.0
    grid: bool = True
    frame: bool = True


def single(frames: dict[str, Any]) -> dict[str, Any]:
    """The same frames with every array in float32, which is what the page gets anyway."""
    return {
        name: value.astype(np.float32) if isinstance(value, np.ndarray) else value
        for name, value in frames.items()
    }


def linear_ticks(low: float, high: float, *, count: int = 5) -> list[tuple[float, str]]:
    """About ``count`` round values in [low, high] with their texts."""
    rough = (high - low) / count
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(s for s in FIVE_STEPS if s * power >= rough * 0.999) * power
    first = int(np.ceil(low / step - 1e-9))
    last = int(np.floor(high / step + 1e-9))
    return [(k * step, f"{k * step:.6g}") for k in range(first, last + 1)]


def log_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """The powers of ten in [low, high], at most seven of them, as 1e-3 or as 0.1, 1, 10."""
    first = int(np.ceil(np.log10(low) - 1e-9))
    last = int(np.floor(np.log10(high) + 1e-9))
    step = int(np.ceil((last - first + 1) / 7))
    exponents = range(first, last + 1, step)
    return [(10.0**e, f"{10.0**e:g}" if -2 < e < 4 else f"1e{e}") for e in exponents]


def pack(
    title: str,
    controls: Sequence[Control],
    panels: Sequence[Panel],
    caption: Sequence[Sentences],
) -> tuple[dict[str, Any], bytes]:
    """The description (plain lists, texts and numbers) and the float32 table it points into.

    Raises ValueError where an array or a list of sentences does not fit the stops it claims.
    """
    sizes = {control.name: len(control.stops) for control in controls}
    blocks: list[NDArray[np.float32]] = []
    spec = {
        "title": title,
        "controls": [_control(control) for control in controls],
        "panels": [_panel(panel, sizes, blocks) for panel in panels],
        "caption": [_sentences(part, sizes) for part in caption],
    }
    table = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
    return spec, table.astype("<f4").tobytes()


def first_sentence(spec: dict[str, Any]) -> str:
    """The caption at the stops where the explorer opens."""
    starts = {c["name"]: (c["start"], len(c["stops"])) for c in spec["controls"]}
    parts = []
    for part in spec["caption"]:
        at = 0
        for name in part["depends"]:
            start, size = starts[name]
            at = at * size + start
        parts.append(part["texts"][at])
    return " ".join(parts)


def _control(control: Control) -> dict[str, Any]:
    if control.kind not in ("slider", "list"):
        raise ValueError(f"a control is a 'slider' or a 'list', got {control.kind!r}")
    if not 0 <= control.start < len(control.stops):
        raise ValueError(
            f"{control.name} has {len(control.stops)} stops and cannot start at {control.start}"
        )
    return {**control._asdict(), "stops": list(control.stops)}


def _stops(depends: Sequence[str], sizes: dict[str, int]) -> tuple[int, ...]:
    for name in depends:
        if name not in sizes:
            raise ValueError(f"no control is called {name!r}; there are {sorted(sizes)}")
    return tuple(sizes[name] for name in depends)


def _sentences(part: Sentences, sizes: dict[str, int]) -> dict[str, Any]:
    wanted = int(np.prod(_stops(part.depends, sizes), dtype=int))
    if len(part.texts) != wanted:
        raise ValueError(f"got {len(part.texts)} sentences for {wanted} stops of {part.depends}")
    return {"texts": list(part.texts), "depends": list(part.depends)}


def _panel(
    panel: Panel, sizes: dict[str, int], blocks: list[NDArray[np.float32]]
) -> dict[str, Any]:
    aspect = panel.aspect
    if panel.equal:
        aspect = (panel.y.high - panel.y.low) / (panel.x.high - panel.x.low)
    return {
        "title": panel.title,
        "x": _axis(panel.x),
        "y": _axis(panel.y),
        "layers": [_layer(layer, sizes, blocks) for layer in panel.layers],
        "aspect": aspect,
        "note": [_sentences(part, sizes) for part in panel.note],
        "weight": panel.weight,
        "grid": panel.grid,
        "frame": panel.frame,
    }


def _axis(axis: Axis) -> dict[str, Any]:
    ticks = axis.ticks
    if ticks is None:
        make = log_ticks if axis.scale == "log" else linear_ticks
        ticks = make(axis.low, axis.high)
    return {**axis._asdict(), "ticks": [list(tick) for tick in ticks]}


def _layer(
    layer: Layer, sizes: dict[str, int], blocks: list[NDArray[np.float32]]
) -> dict[str, Any]:
    if layer.kind not in KINDS:
        raise ValueError(f"a layer is one of {KINDS}, got {layer.kind!r}")
    stops = _stops(layer.depends, sizes)
    frame = layer.data.shape[len(stops) :]
    if layer.data.shape[: len(stops)] != stops or len(frame) != FRAME_AXES[layer.kind]:
        raise ValueError(
            f"{layer.kind} {layer.label!r} depends on {tuple(layer.depends)} with {stops} stops, "
            f"got an array of shape {layer.data.shape}"
        )
    offset = sum(block.size for block in blocks)
    blocks.append(_floats(layer, frame))
    return {
        "kind": layer.kind,
        "depends": list(layer.depends),
        "offset": offset,
        "size": blocks[-1].size // int(np.prod(stops, dtype=int)),
        "columns": int(frame[1] if layer.kind == "image" else frame[-1]),
        "colour": COLOURS[layer.colour],
        "dash": DASHES[layer.dash],
        "marker": layer.marker,
        "label": layer.label,
        "width": layer.width,
        "mark": layer.size,
        "start_marker": layer.start_marker,
        "bands": [band._asdict() for band in layer.bands] or None,
        "name": layer.name,
        "extent": list(layer.extent),
    }


def _floats(layer: Layer, frame: tuple[int, ...]) -> NDArray[np.float32]:
    """The layer as the table holds it; the bytes of an image lie four by four in its numbers."""
    if layer.kind != "image":
        return layer.data.astype(np.float32).ravel()
    if layer.data.dtype != np.uint8 or np.prod(frame) % 4 or len(layer.extent) != 4:
        raise ValueError(
            f"an image needs bytes, a multiple of 4 of them, and an extent of four numbers; "
            f"got {layer.data.dtype}, {frame}, {tuple(layer.extent)}"
        )
    return np.ascontiguousarray(layer.data).ravel().view("<f4")
