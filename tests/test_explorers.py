"""Explorers: what the page would show is what the library computes, at every stop that is tried."""

import functools
import importlib
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course_lib import (
    augment,
    datasets,
    diagnosis,
    explorers,
    gradcheck,
    landscape,
    layers,
    models,
    optim,
    problems,
    recorded,
    schedules,
    second_order,
    train,
)
from course_lib.explorers import (
    Explorer,
    adam_first_steps,
    augment_gallery,
    averaged_path,
    decay_order,
    dropout_mask,
    gradient_check_curve,
    grid_or_random,
    momentum_map,
    newton_model,
    noisy_path,
    patient,
    penalty_outline,
    polynomial_fit,
    ravine,
    rosenbrock_race,
    rotated_race,
    schedule_designer,
)
from course_lib.explorers.augment_gallery import METHODS, ORDER, pictures
from course_lib.explorers.component import SCRIPT, Answer, Drag
from course_lib.explorers.digit_shift import shifted, trained_with_shifts
from course_lib.explorers.dropout_mask import OUTPUTS, drawn_mask, every_mask, hidden_units, logit
from course_lib.explorers.gradcheck_curve import analytic_gradient, flatten, small_net, unflatten
from course_lib.explorers.momentum_map import PLANE_MOMENTA, PLANE_RATES
from course_lib.explorers.newton_model import ALONG, DAMPINGS, X1, X2, problem_list
from course_lib.explorers.penalty_outline import BOWLS, RATIOS, TARGETS
from course_lib.explorers.penalty_outline import dragged as drag_target
from course_lib.explorers.polynomial_fit import DEGREES, STRENGTHS, sampled
from course_lib.explorers.schedule_designer import (
    CURVATURES,
    NAMES,
    all_rates,
    mean_losses,
    one_run,
    schedule_called,
)
from course_lib.explorers.table import (
    Axis,
    Control,
    Layer,
    Panel,
    Sentences,
    linear_ticks,
    log_ticks,
    pack,
)
from course_lib.noise import noise_floor
from course_lib.train import descend

noisy = importlib.import_module("course_lib.explorers.noisy_path")  # beside the function
patients = importlib.import_module("course_lib.explorers.patient")
searches = importlib.import_module("course_lib.explorers.grid_or_random")
MAKERS = [
    ravine,
    gradient_check_curve,
    momentum_map,
    dropout_mask,
    noisy_path,
    rotated_race,
    schedule_designer,
    adam_first_steps,
    decay_order,
    rosenbrock_race,
    newton_model,
    augment_gallery,
    averaged_path,
    penalty_outline,
    polynomial_fit,
    patient,
    grid_or_random,
    explorers.test_shift,  # by its full name, or pytest takes it for a test
]


@pytest.fixture(scope="module", params=MAKERS, ids=lambda make: make.__name__)
def explorer(request: pytest.FixtureRequest) -> Explorer:
    return request.param()


def frame(explorer: Explorer, panel: int, layer: int, **stops: int) -> np.ndarray:
    """What the page looks up: offset + row-major position of the stops * frame size."""
    spec = explorer.spec["panels"][panel]["layers"][layer]
    sizes = {c["name"]: len(c["stops"]) for c in explorer.spec["controls"]}
    at = 0
    for name in spec["depends"]:
        at = at * sizes[name] + stops[name]
    table = np.frombuffer(explorer.table, "<f4")
    start = spec["offset"] + at * spec["size"]
    return table[start : start + spec["size"]].astype(np.float64)


def sentence(explorer: Explorer, tables: list[dict[str, Any]], **stops: int) -> str:
    sizes = {c["name"]: len(c["stops"]) for c in explorer.spec["controls"]}
    parts = []
    for part in tables:
        at = 0
        for name in part["depends"]:
            at = at * sizes[name] + stops[name]
        parts.append(part["texts"][at])
    return " ".join(parts)


# --------------------------------------------------------------- the component


def tiny(**changes: Any) -> Explorer:
    data = np.arange(12.0).reshape(3, 2, 2)
    layer = Layer("points", data[:, :, None, :], ("a", "b"), name="dots")
    parts: dict[str, Any] = {
        "controls": [Control("a", "A", ["1", "2", "3"]), Control("b", "B", ["x", "y"], 1, "list")],
        "panels": [Panel("P", Axis("x", 0, 12), Axis("y", 0.1, 10, "log"), [layer])],
        "caption": [Sentences(["one", "two", "three"], ("a",)), Sentences(["<x>", "y"], ("b",))],
    }
    return Explorer("Tiny", **(parts | changes))


def test_frames_lie_row_major_in_the_table():
    explorer = tiny()
    for a, b in product(range(3), range(2)):
        want = [4 * a + 2 * b, 4 * a + 2 * b + 1]
        np.testing.assert_array_equal(frame(explorer, 0, 0, a=a, b=b), want)


def test_an_array_must_fit_the_stops_it_names():
    wrong = Layer("series", np.zeros((4, 5)), ("a",))
    panel = Panel("P", Axis("x", 0, 1), Axis("y", 0, 1), [wrong])
    with pytest.raises(ValueError, match=r"\(3,\) stops, got an array of shape \(4, 5\)"):
        tiny(panels=[panel])
    with pytest.raises(ValueError, match="no control is called 'c'"):
        tiny(caption=[Sentences(["one"], ("c",))])
    with pytest.raises(ValueError, match="got 1 sentences for 3 stops"):
        tiny(caption=[Sentences(["one"], ("a",))])
    with pytest.raises(ValueError, match="cannot start at 2"):
        tiny(controls=[Control("a", "A", ["1", "2"], 2), Control("b", "B", ["x", "y"])])
    with pytest.raises(ValueError, match="'slider' or a 'list', got 'knob'"):
        tiny(controls=[Control("a", "A", ["1"], kind="knob")])


def test_repr_is_the_figure_in_words():
    assert repr(tiny()) == "Tiny\none y"


def test_ticks_are_round_and_inside():
    assert [text for _, text in linear_ticks(-5.0, 5.0)] == ["-4", "-2", "0", "2", "4"]
    assert [text for _, text in linear_ticks(0.0, 0.99)] == ["0", "0.2", "0.4", "0.6", "0.8"]
    assert log_ticks(0.05, 200.0) == [(0.1, "0.1"), (1.0, "1"), (10.0, "10"), (100.0, "100")]
    assert len(log_ticks(1e-12, 1e4)) <= 7


def test_html_in_a_caption_cannot_leave_the_script():
    html = tiny(caption=[Sentences(["</script><b>"])]).to_html()
    assert html.count("</script>") == 1
    assert html.count("<script") == 1


def test_export_is_html_and_a_widget_otherwise(monkeypatch: pytest.MonkeyPatch):
    explorer = tiny()
    monkeypatch.delenv("COURSE_EXPORT", raising=False)
    widget, _ = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in widget
    assert widget["text/plain"] == "Tiny\none y"
    monkeypatch.setenv("COURSE_EXPORT", "1")
    exported, _ = explorer._repr_mimebundle_()
    assert set(exported) == {"text/html", "text/plain"}


def ask(explorer: Explorer, monkeypatch: pytest.MonkeyPatch, **message: Any) -> tuple[Any, Any]:
    sent: list[tuple[Any, Any]] = []
    monkeypatch.setattr(
        explorer, "send", lambda content, buffers=None: sent.append((content, buffers))
    )
    explorer._handle_custom_msg({"kind": "drag", "number": 7, **message}, [])
    assert len(sent) == 1
    return sent[0]


def test_a_dragged_point_is_answered_with_its_frames(monkeypatch: pytest.MonkeyPatch):
    explorer = ravine()
    stops = {"kappa": 3, "angle": 2, "rate": 4, "start": 1}
    content, buffers = ask(explorer, monkeypatch, x=3.0, y=3.0, stops=stops)
    assert content["number"] == 7
    for panel, name in enumerate(("path", "flat", "steep")):
        layer = next(
            i
            for i, part in enumerate(explorer.spec["panels"][panel]["layers"])
            if part["name"] == name
        )
        got = np.frombuffer(buffers[content["names"].index(name)], "<f4")
        # stop 1 of the start list is the same point
        np.testing.assert_allclose(
            got, frame(explorer, panel, layer, **stops), rtol=1e-5, atol=1e-7
        )
    assert content["caption"].startswith(sentence(explorer, explorer.spec["caption"], **stops))


def test_a_failing_answer_is_reported_and_not_raised(monkeypatch: pytest.MonkeyPatch):
    def fails(x: float, y: float, stops: dict[str, int]) -> Answer:
        raise NotImplementedError("left out")

    explorer = tiny(drag=Drag(0, "a", "drag me", fails))
    content, buffers = ask(explorer, monkeypatch, x=0.0, y=0.0, stops={})
    assert content == {"kind": "frames", "number": 7, "error": "left out"}
    assert buffers is None


def test_the_page_computes_pixels_only():
    source = re.sub(r"//.*", "", SCRIPT.read_text(encoding="utf-8"))
    used = set(re.findall(r"Math\.(\w+)", source))
    assert used <= {"log10", "floor", "ceil", "round", "max", "min", "PI", "random"}
    assert "**" not in source


# --------------------------------------------------------------- all explorers


def test_every_control_and_panel_is_labelled(explorer: Explorer):
    for control in explorer.spec["controls"]:
        assert control["label"]
        assert all(control["stops"])
        assert len(set(control["stops"])) == len(control["stops"])
    for panel in explorer.spec["panels"]:
        assert panel["title"]
        assert [layer for layer in panel["layers"] if layer["depends"]]


def test_every_frame_has_a_caption_with_a_number(explorer: Explorer):
    sizes = {c["name"]: len(c["stops"]) for c in explorer.spec["controls"]}
    covered = set()
    for part in explorer.spec["caption"]:
        assert len(part["texts"]) == np.prod([sizes[name] for name in part["depends"]])
        assert all(re.search(r"\d", text) for text in part["texts"])
        covered |= set(part["depends"])
    assert covered == set(sizes)


def test_the_spec_covers_the_table_exactly(explorer: Explorer):
    sizes = {c["name"]: len(c["stops"]) for c in explorer.spec["controls"]}
    spans = sorted(
        (layer["offset"], layer["size"] * int(np.prod([sizes[d] for d in layer["depends"]])))
        for panel in explorer.spec["panels"]
        for layer in panel["layers"]
    )
    ends = [offset + size for offset, size in spans]
    assert [offset for offset, _ in spans] == [0, *ends[:-1]]
    assert ends[-1] * 4 == len(explorer.table)


def test_the_table_holds_no_infinity(explorer: Explorer):
    table = np.frombuffer(explorer.table, "<f4").copy()
    sizes = {c["name"]: len(c["stops"]) for c in explorer.spec["controls"]}
    for panel in explorer.spec["panels"]:
        for layer in (part for part in panel["layers"] if part["kind"] == "image"):
            frames = int(np.prod([sizes[name] for name in layer["depends"]], dtype=int))
            table[layer["offset"] : layer["offset"] + layer["size"] * frames] = 0.0  # bytes
    assert not np.any(np.isinf(table))


def test_exported_page_needs_no_network(explorer: Explorer):
    html = explorer.to_html()
    assert "http" not in html
    assert "import(" not in html
    assert len(html) < 4e6


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_construction_is_deterministic(make: Callable[[], Explorer]):
    first, second = make(), make()
    assert first.table == second.table
    assert first.to_html() == second.to_html()


TABLES = {
    noisy_path: "noisy_table",
    ravine: "ravine_table",
    gradient_check_curve: "gradcheck_table",
    momentum_map: "momentum_table",
    dropout_mask: "dropout_table",
    rotated_race: "rotated_table",
    schedule_designer: "schedule_table",
    adam_first_steps: "first_steps_table",
    decay_order: "decay_table",
    rosenbrock_race: "valley_table",
    newton_model: "newton_table",
    augment_gallery: "gallery_table",
    averaged_path: "averaged_table",
    penalty_outline: "outline_table",
    polynomial_fit: "polynomial_table",
    patient: "patient_table",
    grid_or_random: "search_table",
    explorers.test_shift: "shift_table",
}


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_explorer_is_the_same_where_the_answers_are_left_out(
    make: Callable[[], Explorer], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    module = sys.modules[make.__module__]
    table = getattr(module, TABLES[make])
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    monkeypatch.setenv(recorded.RECORD_TO, str(tmp_path))
    table.cache_clear()
    whole = make()
    monkeypatch.delenv(recorded.RECORD_TO)

    def left_out(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)  # in a bundle it keeps its name, too
        def due(*args: Any, **kwargs: Any) -> Any:
            raise recorded.AnswerDue("a function", "unit")

        return due

    answers = ("gradcheck", "landscape", "layers", "models", "optim", "schedules", "train")
    answers += ("second_order", "augment", "regularizers", "search", "diagnosis")
    for name, value in vars(module).items():
        home = getattr(value, "__module__", "")
        if home in [f"course_lib.{answer}" for answer in answers] and not isinstance(value, type):
            monkeypatch.setattr(module, name, left_out(value))
    table.cache_clear()
    monkeypatch.setattr(recorded, "FOLDER", tmp_path / "nothing recorded")
    with pytest.raises(recorded.AnswerDue):
        make()
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    stripped = make()
    assert stripped.table == whole.table
    assert stripped.spec == whole.spec
    table.cache_clear()


# --------------------------------------------------------------- each against the library


@pytest.mark.parametrize(
    ("kappa", "angle", "rate", "start"), [(0, 0, 0, 0), (4, 3, 7, 1), (5, 5, 9, 3), (3, 1, 10, 4)]
)
def test_ravine_path_is_the_closed_form(kappa: int, angle: int, rate: int, start: int):
    explorer = ravine()
    stops = {"kappa": kappa, "angle": angle, "rate": rate, "start": start}
    value = (1, 2, 5, 10, 25, 50)[kappa]
    turn = np.deg2rad((0, 15, 30, 45, 60, 90)[angle])
    hessian = landscape.rotate_quadratic(np.diag([2.0, 2.0 * value]), angle=turn)
    fraction = (0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 0.75, 0.95, 1.0, 1.02, None)[rate]
    limit = landscape.max_stable_lr(hessian)
    lr = landscape.optimal_lr(hessian) if fraction is None else fraction * limit
    begin = np.array([(4.0, 0.5), (3.0, 3.0), (0.0, 3.0), (-3.0, 3.0), (-4.0, 0.0)][start])
    path = frame(explorer, 0, 1, **stops).reshape(61, 2)
    for step in (0, 1, 17, 60):
        want = landscape.gd_closed_form(hessian, begin, lr=lr, steps=step)
        np.testing.assert_allclose(path[step], want, rtol=1e-5, atol=1e-6)
    text = sentence(explorer, explorer.spec["caption"], **stops)
    assert f"{lr:.4g}" in text
    assert f"{problems.quadratic(hessian)(begin):.4g}" in text


def test_ravine_strips_are_lines_with_the_factor_as_slope():
    explorer = ravine()
    stops = {"kappa": 3, "angle": 4, "rate": 6, "start": 3}
    for panel, curvature in ((1, 2.0), (2, 20.0)):
        strip = frame(explorer, panel, 0, **stops)
        factor = abs(1 - 0.75 * (2 / 20.0) * curvature)
        np.testing.assert_allclose(strip[1:15] / strip[:14], factor, rtol=1e-4)


def test_ravine_says_what_each_side_of_the_limit_does():
    explorer = ravine()
    caption = explorer.spec["caption"]
    words = [sentence(explorer, caption, kappa=3, angle=0, rate=r, start=0) for r in (0, 7, 8, 9)]
    starts = ["Converges without", "Converges with a zig-zag", "Neither", "Diverges"]
    assert all(word.startswith(start) for word, start in zip(words, starts, strict=True))


@pytest.mark.parametrize(("bug", "name"), list(enumerate(["right", "factor", "entry"])))
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_gradient_check_frame_is_the_library_check(bug: int, name: str, precision: str):
    explorer = gradient_check_curve()
    labels = explorer.spec["controls"][3]["stops"]
    assert name in labels[bug]
    params, x, y = small_net()

    def loss(values: np.ndarray) -> float:
        typed = unflatten(values.astype(precision), params)
        return models.two_layer_loss(typed, x.astype(precision), y, l2=0.1)[0]

    at = 8
    h = float(explorer.spec["controls"][0]["stops"][at])
    slope = gradcheck.numeric_gradient(loss, flatten(params), h=h)
    want = gradcheck.relative_error(analytic_gradient(labels[bug]), slope)
    where = {"precision": int(precision == "float32"), "bug": bug, "difference": 0, "h": at}
    ring = next(
        i
        for i, part in enumerate(explorer.spec["panels"][0]["layers"])
        if part["label"] == "your h"
    )
    np.testing.assert_allclose(frame(explorer, 0, ring, **where), [h, want], rtol=1e-5)
    assert f"{want:.1e}" in sentence(explorer, explorer.spec["caption"], **where)


def test_gradient_check_plateaus():
    """A wrong gradient's error cannot fall below what the bug alone makes of it."""
    explorer = gradient_check_curve()
    central = 2
    right, factor, entry = (
        frame(explorer, 0, central, precision=0, bug=bug)[1::2] for bug in range(3)
    )
    assert right.min() < 1e-8
    assert factor.min() > 1e-3
    assert entry[6:10] == pytest.approx(0.1 / 2.1, rel=1e-4)  # neither branch disturbs there
    # truncation falls with h**2: two decades for each decade of h
    assert right[2] / right[4] == pytest.approx(100.0, rel=0.1)


@pytest.mark.parametrize("method", ["gd", "momentum", "nesterov"])
def test_momentum_map_turns_white_at_the_stability_limit(method: str):
    explorer = momentum_map()
    index = ["gd", "momentum", "nesterov"].index(method)
    bands = frame(explorer, 0, 0, method=index).reshape(len(PLANE_MOMENTA), len(PLANE_RATES))
    for row, mass in enumerate(PLANE_MOMENTA):
        limit = landscape.stability_limit(method, 1.0, momentum=float(mass))
        away = np.abs(PLANE_RATES - limit) > 1e-9
        np.testing.assert_array_equal((bands[row] == 7)[away], (limit < PLANE_RATES)[away])


@pytest.mark.parametrize(
    ("method", "rule"), list(enumerate([optim.sgd, optim.momentum, optim.nesterov]))
)
@pytest.mark.parametrize(("rate", "mass"), [(4, 7), (6, 3), (10, 4)])
def test_momentum_race_is_run_by_the_library(method: int, rule: Any, rate: int, mass: int):
    explorer = momentum_map()
    controls = explorer.spec["controls"]
    lr, m = float(controls[0]["stops"][rate]), float(controls[1]["stops"][mass])
    hyper = {"lr": lr} if method == 0 else {"lr": lr, "momentum": m}
    gradient = problems.quadratic_gradient(problems.RAVINE_C)
    want = descend(rule, gradient, problems.START, steps=100, **hyper)
    path = frame(explorer, 1, 1 + method, rate=rate, momentum=mass).reshape(101, 2)
    shown = ~np.isnan(path[:, 0])
    assert shown[:3].all()
    np.testing.assert_allclose(path[shown], want[shown], rtol=1e-5, atol=1e-6)
    loss = problems.quadratic(problems.RAVINE_C)
    losses = np.clip([loss(point) for point in want], 1e-12, 1e4)
    np.testing.assert_allclose(
        frame(explorer, 2, method, rate=rate, momentum=mass), losses, rtol=1e-4
    )


def test_momentum_crosshair_stands_at_both_curvatures():
    explorer = momentum_map()
    for layer, curvature in ((2, 2.0), (3, 100.0)):
        got = frame(explorer, 0, layer, rate=4, momentum=7)
        np.testing.assert_allclose(got, [0.01 * curvature, 0.9], rtol=1e-6)


@pytest.mark.parametrize("keep", [0, 4, 9])
def test_dropout_mean_and_single_pass(keep: int):
    explorer = dropout_mask()
    keep_prob = (keep + 1) / 10
    hidden = hidden_units()
    masks, chances = every_mask(keep_prob)
    assert chances.sum() == pytest.approx(1.0)
    for index, output in enumerate(OUTPUTS):
        mean = float(chances @ logit(hidden * masks, output))
        passed = float(logit(hidden, output)[0])
        where = {"keep": keep, "output": index, "draw": 3}
        assert frame(explorer, 1, 1, **where)[0] == pytest.approx(mean, rel=1e-5)
        assert frame(explorer, 1, 2, **where)[0] == pytest.approx(passed, rel=1e-5)
        assert frame(explorer, 1, 0, **where).sum() == pytest.approx(1.0, rel=1e-5)
        text = sentence(explorer, explorer.spec["caption"], **where)
        agree = index == 0 or keep_prob == 1.0
        assert ("agree exactly" in text) == agree
        assert (abs(mean - passed) < 1e-9) == agree


@pytest.mark.parametrize("output", [0, 1])
def test_dropout_drawing_shows_the_mask_that_the_layer_draws(output: int):
    explorer = dropout_mask()
    where = {"keep": 4, "draw": 5, "output": output}
    hidden = hidden_units()
    out, mask = layers.dropout_forward(
        hidden, keep_prob=0.5, train=True, rng=np.random.default_rng(105)
    )
    np.testing.assert_array_equal(mask, drawn_mask(0.5, 5))
    kept = frame(explorer, 0, 2, **where).reshape(10, 2)
    dropped = frame(explorer, 0, 3, **where).reshape(10, 2)
    np.testing.assert_array_equal(~np.isnan(kept[:, 0]), mask[0] > 0)
    np.testing.assert_array_equal(~np.isnan(dropped[:, 0]), mask[0] == 0)
    value = float(logit(out, OUTPUTS[output])[0])
    assert f"logit {value:.3f}" in sentence(explorer, explorer.spec["caption"], **where)
    assert frame(explorer, 1, 3, **where)[0] == pytest.approx(np.clip(value, -5.5, 5.5), rel=1e-5)


@pytest.mark.parametrize(("angle", "kappa", "rate"), [(0, 1, 3), (5, 1, 4), (4, 2, 1), (7, 0, 2)])
def test_turned_race_is_run_by_the_library(angle: int, kappa: int, rate: int):
    """Six paths, six losses, and effective learning rates read off from the paths' own steps."""
    explorer, where = rotated_race(), {"angle": angle, "kappa": kappa, "rate": rate}
    turn, lr = np.deg2rad((0, 2, 5, 15, 30, 45, 60, 90)[angle]), (0.01, 0.05, 0.1, 0.5, 2.0)[rate]
    hessian = np.diag([2.0, 2.0 * (10, 50, 1000)[kappa]])
    limit = landscape.max_stable_lr(hessian)
    hessian = landscape.rotate_quadratic(hessian, angle=turn)
    along, across = np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))])
    start = 4.0 * along + 0.5 * across
    hypers = [("sgd", {"lr": 0.95 * limit}), ("momentum", {"lr": 0.25 * limit})]
    hypers += [
        ("nesterov", {"lr": 0.25 * limit}),
        ("adagrad", {"lr": lr}),
        ("rmsprop", {"lr": lr / 10}),
    ]
    gradient, loss = problems.quadratic_gradient(hessian), problems.quadratic(hessian)
    for index, (name, hyper) in enumerate([*hypers, ("adadelta", {})]):
        want = descend(getattr(optim, name), gradient, start, steps=100, **hyper)
        path = frame(explorer, 0, 1 + index, **where).reshape(101, 2)
        shown = ~np.isnan(path[:, 0])
        assert shown[:2].all()
        np.testing.assert_allclose(path[shown], want[shown], rtol=1e-4, atol=1e-4)
        losses = np.clip([loss(point) for point in want], 1e-9, 1e3)
        np.testing.assert_allclose(frame(explorer, 1, index, **where), losses, rtol=1e-3)
        if name in ("adagrad", "rmsprop"):
            for axis in range(2):
                rates = frame(explorer, 2, 2 * (name == "rmsprop") + axis, **where)[:5]
                moved, slope = np.diff(want, axis=0)[:5, axis], (want[:5] @ hessian)[:, axis]
                np.testing.assert_allclose(rates, -moved / slope, rtol=1e-4)


def test_adams_averages_are_those_of_its_state():
    explorer = adam_first_steps()
    where = {"gradients": 4, "first": 2, "second": 1}  # 2 once, then 0.2; betas 0.8 and 0.99
    param, state = np.zeros(1), optim.AdamState.zeros_like(np.zeros(1))
    for t in range(1, 21):
        before, grad = param, np.array([2.0 if t == 1 else 0.2])
        param, state = optim.adam(param, grad, state, lr=1.0, betas=(0.8, 0.99))
        shown = [frame(explorer, panel, layer, **where)[t] for panel in (0, 1) for layer in (1, 2)]
        lack1, lack2 = 1 - 0.8**t, 1 - 0.99**t
        want = [state.m[0], state.m[0] / lack1, state.v[0] ** 0.5, (state.v[0] / lack2) ** 0.5]
        np.testing.assert_allclose(shown, want, rtol=1e-5)
        step = frame(explorer, 2, 2, **where)[t]
        assert step == pytest.approx(abs(param[0] - before[0]), rel=1e-5)


def test_adams_uncorrected_step_is_the_exercise_of_the_unit():
    explorer = adam_first_steps()
    first, second = 3, 2
    ratio = optim.uncorrected_step_ratio(20, betas=(0.9, 0.999))
    raw = frame(explorer, 2, 1, gradients=0, first=first, second=second)[1:]
    np.testing.assert_allclose(raw, ratio, rtol=1e-5)
    np.testing.assert_allclose(
        frame(explorer, 2, 2, gradients=0, first=first, second=second)[1:], 1.0, rtol=1e-5
    )


@pytest.mark.parametrize(("name", "rule"), list(enumerate(["sgd", "momentum", "adam"])))
def test_decay_order_is_run_by_the_library(name: int, rule: str):
    explorer = decay_order()
    ratio, pull, lr = 10.0, 0.5, 0.001 if rule == "momentum" else 0.01
    step = getattr(optim, rule)
    for order in (0, 1):
        w = np.ones(2)
        state, path = optim.STATE_OF[rule].zeros_like(w), [np.ones(2)]
        for t in range(400):
            grad = (-1.0) ** t * np.array([0.1, 0.1 * ratio])
            moved, state = step(w, grad if order else grad + pull * w, state, lr=lr)
            w = moved - order * lr * pull * w
            path.append(w)
        shown = frame(explorer, 0, 2, rule=name, ratio=2, pull=3, order=order).reshape(-1, 2)
        np.testing.assert_allclose(shown, np.array(path[::4]), rtol=1e-4, atol=1e-6)
    if rule == "sgd":  # the one rule that does not mind
        both = [frame(explorer, 0, 2, rule=0, ratio=2, pull=3, order=o) for o in (0, 1)]
        np.testing.assert_allclose(*both, atol=1e-6)


@pytest.mark.parametrize(
    ("racer", "rule", "hyper"),
    [
        (0, "sgd", {"lr": 1e-4}),
        (1, "momentum", {"lr": 1e-4}),
        (3, "adagrad", {"lr": 0.1}),
        (6, "adam", {"lr": 0.01}),
        (8, "adamw", {"lr": 0.01, "weight_decay": 0.1}),
    ],
)
def test_rosenbrock_race_is_run_by_the_library(racer: int, rule: str, hyper: dict[str, float]):
    explorer = rosenbrock_race()
    where = {"group": 0, "factor": 1, "start": 1}
    start, steps = np.array([-1.5, 2.0]), 1000
    want = descend(getattr(optim, rule), problems.rosenbrock_gradient, start, steps=steps, **hyper)
    shown = frame(explorer, 1, racer, **where)[: steps // 50 + 1]
    np.testing.assert_allclose(shown, want[::50, 0], rtol=1e-4)
    losses = frame(explorer, 2, racer, **where)[: steps // 50 + 1]
    np.testing.assert_allclose(losses, [problems.rosenbrock(x) for x in want[::50]], rtol=1e-3)


def test_rosenbrock_race_hides_who_does_not_race():
    explorer = rosenbrock_race()
    for racer in range(9):
        there = np.isfinite(frame(explorer, 2, racer, group=3, factor=0, start=0)).any()
        assert there == (racer >= 6)


@pytest.mark.parametrize("problem", range(5))
@pytest.mark.parametrize(("x1", "x2"), [(2, 5), (11, 1)])
def test_newton_walks_and_slices_are_those_of_the_rules(problem: int, x1: int, x2: int):
    explorer, about = newton_model(), problem_list()[problem]
    where = {"problem": problem, "x1": x1, "x2": x2}
    start = np.array([X1[x1], X2[x2]])
    grad, hessian = about.gradient(start), about.hessian(start)
    numeric = landscape.numeric_hessian(about.loss, start)
    np.testing.assert_allclose(hessian, numeric, rtol=1e-5, atol=1e-5)
    step = second_order.newton_step(grad, hessian)
    walked = frame(explorer, 0, 2, **where).reshape(-1, 2)
    np.testing.assert_allclose(walked[:2], [start, start + step], rtol=1e-5, atol=1e-6)
    tamed = second_order.damped_newton_step(grad, hessian, damping=DAMPINGS[2])
    walked = frame(explorer, 0, 3, **where, damping=2).reshape(-1, 2)
    np.testing.assert_allclose(walked[:2], [start, start + tamed], rtol=1e-5, atol=1e-6)
    model = frame(explorer, 1, 1, **where).reshape(-1, 2)[:, 1]
    truth = frame(explorer, 1, 0, **where).reshape(-1, 2)[:, 1]
    if problem in (0, 2):  # quadratic: the model is the loss
        np.testing.assert_allclose(model, truth, atol=1e-5)
    one = int(np.argmin(np.abs(ALONG - 1)))
    assert model[one] == pytest.approx((model[one - 1] + model[one + 1]) / 2, abs=0.02)
    np.testing.assert_allclose(model[one - 5 : one], model[one + 5 : one : -1], atol=1e-4)


@pytest.mark.parametrize("problem", range(5))
def test_conic_is_a_level_line_of_the_model(problem: int):
    explorer, about = newton_model(), problem_list()[problem]
    start = np.array([X1[2], X2[5]])
    conic = frame(explorer, 0, 1, problem=problem, x1=2, x2=5).reshape(-1, 2)
    moves = conic[np.isfinite(conic[:, 0])] - start
    assert len(moves) > 10
    grad, hessian = about.gradient(start), about.hessian(start)
    rise = moves @ grad + 0.5 * np.sum(moves @ hessian * moves, axis=1)
    size = 0.5 * np.sum(np.abs(moves @ hessian * moves), axis=1) + 1e-2
    assert np.max(np.abs(rise) / size) < 1e-3


def test_newton_says_when_it_rests_on_a_saddle():
    explorer = newton_model()
    text = sentence(explorer, explorer.spec["caption"], problem=2, x1=2, x2=5, damping=1)
    assert "the model is a saddle with curvatures \u22122 and 2" in text
    assert "Newton: loss 0, at rest on a saddle. Damped leaves the picture" in text


def test_pack_refuses_an_unknown_kind_of_layer():
    panel = Panel("P", Axis("x", 0, 1), Axis("y", 0, 1), [Layer("pie", np.zeros(1))])
    with pytest.raises(ValueError, match="got 'pie'"):
        pack("T", [], [panel], [])


def fitted_line(drawing: int, size: int, lr: float, run: int) -> np.ndarray:
    """The places after every update, by the library and without a table; (updates + 1, 2)."""
    (features, targets), source = problems.noisy_line(), np.random.default_rng(run)
    place, path = noisy.START, [noisy.START]
    if drawing == 1:
        chosen = iter(source.integers(200, size=(4000 // size, size)))
    for _ in range(20):
        epoch = [(features[:size], targets[:size])] * (200 // size)
        if drawing == 0:
            epoch = train.minibatches(features, targets, batch_size=size, rng=source)
        elif drawing == 1:
            numbers = [next(chosen) for _ in range(200 // size)]
            epoch = [(features[some], targets[some]) for some in numbers]
        for x, y in epoch:
            gradient = problems.squared_error_gradients(x, y)(place).mean(axis=0)
            place, _ = optim.sgd(place, gradient, optim.SGDState(), lr=lr)
            path.append(place)
    return np.array(path)


@pytest.mark.parametrize(
    ("drawing", "size", "rate", "run"), [(0, 3, 2, 0), (0, 0, 1, 2), (1, 2, 3, 1), (2, 2, 2, 0)]
)
def test_noisy_path_is_sgd_on_the_line(drawing: int, size: int, rate: int, run: int):
    explorer, stops = noisy_path(), {"drawing": drawing, "size": size, "rate": rate, "run": run}
    batch, lr = noisy.SIZES[size], noisy.RATES[rate]
    path = fitted_line(drawing, batch, lr, noisy.RUNS[run])
    updates = 200 // batch
    got = frame(explorer, 0, 2, **stops).reshape(-1, 2)
    np.testing.assert_allclose(got[: updates + 1], path[: updates + 1], rtol=1e-5, atol=1e-5)
    assert np.isnan(got[updates + 1 :]).all()
    features, targets = problems.noisy_line()
    loss, best = problems.squared_error(features, targets), noisy.bowl()[0]
    shown = path[:: 40 // batch] if batch <= 40 else path
    excess = np.clip([loss(place) - loss(best) for place in shown], noisy.LOW, noisy.HIGH)
    np.testing.assert_allclose(frame(explorer, 1, 0, **stops), excess, rtol=1e-4, atol=1e-6)
    later = frame(explorer, 0, 1, **stops).reshape(-1, 2)
    np.testing.assert_allclose(later, shown[50:], rtol=1e-5, atol=1e-5)


def test_noisy_path_on_a_fixed_batch_fits_that_batch():
    stops = {"drawing": 2, "size": 3, "rate": 3, "run": 0}
    features, targets = problems.noisy_line()
    want = np.linalg.lstsq(features[:10], targets[:10], rcond=None)[0]
    got = frame(noisy_path(), 0, 1, **stops).reshape(-1, 2)
    np.testing.assert_allclose(got[-1], want, atol=1e-3)
    text = sentence(noisy_path(), noisy_path().spec["caption"], **stops)
    assert "only ever sees the first 10 examples" in text


def test_noisy_path_floors_are_the_closed_form():
    features, targets = problems.noisy_line()
    best, curvatures, _ = noisy.bowl()
    gradients = problems.squared_error_gradients(features, targets)(best)
    np.testing.assert_allclose(gradients.mean(axis=0), 0.0, atol=1e-12)
    _, directions = np.linalg.eigh(features.T @ features / 200)
    variances = np.mean((gradients @ directions) ** 2, axis=0)
    for size, rate in product(range(6), range(6)):
        want = noise_floor(curvatures, variances / noisy.SIZES[size], lr=noisy.RATES[rate])
        np.testing.assert_allclose(frame(noisy_path(), 1, 1, size=size, rate=rate), want, rtol=1e-5)


# --------------------------------------------------------------- in a browser, without a kernel


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Two explorers on one exported page, wide enough for neither to be squeezed."""
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    file = tmp_path_factory.mktemp("page") / "page.html"
    body = ravine().to_html() + momentum_map().to_html() + ravine().to_html()
    file.write_text(f"<!doctype html><meta charset='utf-8'>{body}", encoding="utf-8")
    with sync_api.sync_playwright() as play:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = play.chromium.launch(executable_path=chromium, args=arguments)
        tab = browser.new_page()
        problems: list[str] = []
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("request", lambda r: problems.append(r.url) if r.url != file.as_uri() else None)
        tab.goto(file.as_uri())
        tab.wait_for_function("document.querySelectorAll('.explorer .caption').length === 3")
        tab.wait_for_timeout(200)
        yield tab
        browser.close()
        assert problems == []


@pytest.mark.browser
def test_page_opens_with_the_caption_of_the_start(page: Any):
    captions = page.locator(".explorer .caption").all_inner_texts()
    wanted = [repr(make()).split("\n")[1] for make in (ravine, momentum_map, ravine)]
    assert captions == wanted


@pytest.mark.browser
def test_keyboard_moves_a_slider_and_says_so(page: Any):
    first = page.locator(".explorer").first
    slider = first.get_by_label("Condition number")
    slider.focus()
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "1"
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "2"
    page.wait_for_timeout(100)
    stops = {"kappa": 1, "angle": 0, "rate": 7, "start": 0}
    explorer = ravine()
    assert first.locator(".caption").inner_text() == sentence(
        explorer, explorer.spec["caption"], **stops
    )
    page.keyboard.press("Tab")
    assert first.get_by_label("Angle of the ravine").evaluate(
        "element => element === document.activeElement"
    )
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SELECT"


@pytest.mark.browser
def test_every_picture_has_a_text_and_changes_with_the_controls(page: Any):
    second = page.locator(".explorer").nth(1)
    canvases = second.locator("canvas.plot")
    before = [c.evaluate("c => c.toDataURL()") for c in canvases.all()]
    second.get_by_label("Step size", exact=True).select_option(index=2)
    page.wait_for_timeout(100)
    for canvas, old in zip(canvases.all(), before, strict=True):
        assert canvas.get_attribute("role") == "img"
        assert re.search(r"\d", canvas.get_attribute("aria-label"))
        assert canvas.evaluate("c => c.toDataURL()") != old


@pytest.mark.browser
def test_dragging_without_a_kernel_says_that_it_needs_one(page: Any):
    third = page.locator(".explorer").nth(2)
    caption = third.locator(".caption").inner_text()
    canvas = third.locator("canvas.plot").first
    canvas.scroll_into_view_if_needed()
    canvas.hover()
    page.mouse.down()
    page.mouse.move(200, 200)
    page.mouse.up()
    assert "needs a running notebook" in third.locator(".hint").inner_text()
    assert third.locator(".caption").inner_text() == caption


@pytest.mark.browser
def test_page_fits_a_narrow_screen(page: Any):
    page.set_viewport_size({"width": 320, "height": 700})
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(
    ("schedule", "rate", "warmup"), [(0, 4, 0), (1, 5, 1), (7, 2, 2), (8, 6, 1)]
)
def test_schedule_designer_shows_the_library_at_work(schedule: int, rate: int, warmup: int):
    explorer = schedule_designer()
    stops = {"schedule": schedule, "rate": rate, "warmup": warmup, "noise": 2}
    lr = float(explorer.spec["controls"][1]["stops"][rate])
    made = schedules.warmup(schedule_called(NAMES[schedule], lr), steps=(0, 20, 80)[warmup])
    shown = frame(explorer, 0, 0, **stops)
    want = np.maximum([made(step) for step in range(0, 400, 4)], 1e-3)
    np.testing.assert_allclose(shown[:-1], want, rtol=1e-5)
    rng, x = np.random.default_rng(7), np.array([12.0, 1.0])
    losses = [0.5 * CURVATURES @ x**2]
    for step in range(400):
        grad = CURVATURES * x + np.sqrt(CURVATURES) * rng.normal(size=2)
        x, _ = optim.sgd(x, grad, optim.SGDState(), lr=made(step))
        losses.append(0.5 * CURVATURES @ x**2)
    shown = frame(explorer, 1, 0, **stops)
    np.testing.assert_allclose(shown, np.clip(losses[::4], 1e-3, 3.0), rtol=1e-4)


def test_schedule_designer_mean_is_that_of_many_runs():
    rates, spread = np.full(400, 0.5), np.array([1.0])
    rng = np.random.default_rng(0)
    x = np.tile([12.0, 1.0], (4000, 1))
    for lr in rates:
        x = x - lr * (CURVATURES * x + np.sqrt(CURVATURES) * rng.normal(size=x.shape))
    want = (0.5 * CURVATURES * x**2).mean(axis=0)
    np.testing.assert_allclose(mean_losses(rates, spread)[0, -1], want, rtol=0.1)
    assert one_run(rates, spread).shape == (1, 401)


def test_schedule_designer_floor_is_the_library_floor():
    explorer = schedule_designer()
    want = noise_floor(CURVATURES, 0.09 * CURVATURES, lr=0.5)
    floor = frame(explorer, 1, 2, schedule=0, rate=4, warmup=0, noise=1)
    np.testing.assert_allclose(floor, want, rtol=1e-5)
    settled = mean_losses(np.full(20_000, 0.5), np.array([0.3]))[0, -1].sum()
    assert settled == pytest.approx(want, rel=1e-6)


def test_schedule_designer_an_early_drop_wins_first_and_loses_later():
    rates, spread = all_rates(), np.array([1.0])
    early, constant = (mean_losses(rates[i, 4, 0], spread)[0].sum(axis=-1) for i in (2, 0))
    assert early[60] < 0.9 * constant[60]
    assert early[-1] > 1.5 * constant[-1]


# --------------------------------------------------------------- two weights under a penalty


@pytest.mark.parametrize("kind", range(4))
@pytest.mark.parametrize(("strength", "bowl", "target"), [(5, 1, 0), (9, 2, 3), (12, 0, 4)])
def test_penalty_outline_has_the_best_weights(kind: int, strength: int, bowl: int, target: int):
    explorer = penalty_outline()
    stops = {"kind": kind, "strength": strength, "bowl": bowl, "target": target}
    best = frame(explorer, 0, 4, **stops)
    hessian, middle = list(BOWLS.values())[bowl], np.array(TARGETS[target])
    size = float(explorer.spec["controls"][1]["stops"][strength])

    def price(w: np.ndarray) -> float:
        ratio = RATIOS[kind]
        if ratio is None:
            return float(np.sum(w**2))
        return float(np.sum(ratio * w**2 + np.abs(w)))

    def loss(w: np.ndarray) -> float:
        return float(0.5 * (w - middle) @ hessian @ (w - middle)) + size * price(w)

    around = 1e-3 * np.stack([np.cos(np.arange(24)), np.sin(np.arange(24))], axis=1)
    assert all(loss(best + step) > loss(best) for step in around)
    edge = frame(explorer, 0, 1, **stops).reshape(-1, 2)
    np.testing.assert_allclose([price(w) for w in edge], price(best), rtol=1e-4, atol=1e-6)
    shown = [frame(explorer, 1, layer, **stops)[strength] for layer in (2, 3)]
    np.testing.assert_array_equal(shown, best)
    words = sentence(explorer, explorer.spec["caption"], **stops)
    zeros = int(np.sum(best == 0.0))
    assert ("No weight", "One weight", "Both weights")[zeros] in words
    assert zeros == 0 or RATIOS[kind] is not None


def test_penalty_outline_answers_a_drag_like_the_table():
    explorer, stops = penalty_outline(), {"kind": 3, "strength": 9, "bowl": 1, "target": 0}
    answer = drag_target(2.0, 0.5, stops)
    names = {layer["name"]: (panel, number) for panel, part in enumerate(explorer.spec["panels"])
             for number, layer in enumerate(part["layers"]) if layer["name"]}  # fmt: skip
    assert set(names) == set(answer.frames)
    for name, (panel, number) in names.items():
        want = frame(explorer, panel, number, **stops)
        np.testing.assert_allclose(np.ravel(answer.frames[name]), want, atol=1e-6)
    np.testing.assert_allclose(answer.frames["best"], [[0.8, 0.0]], atol=1e-9)


# --------------------------------------------------------------- the polynomial


@pytest.mark.parametrize(
    ("degree", "strength", "count", "draw"), [(3, 0, 1, 0), (9, 6, 0, 2), (12, 9, 3, 1)]
)
def test_polynomial_fit_is_least_squares_with_a_penalty(
    degree: int, strength: int, count: int, draw: int
):
    explorer = polynomial_fit()
    stops = {"degree": degree, "strength": strength, "count": count, "draw": draw}
    x, y = sampled((10, 15, 30, 100)[count], draw)
    # made-up examples that ask each weight but the bias to be 0
    power, examples = DEGREES[degree], len(x)
    rows = np.sqrt(examples * STRENGTHS[strength]) * np.eye(power + 1)[1:]
    design = np.vstack([np.vander(x, power + 1, increasing=True), rows])
    weights = np.linalg.lstsq(design, np.append(y, np.zeros(power)), rcond=None)[0]
    polynomial = np.polynomial.Polynomial(weights)
    shown = frame(explorer, 0, 2, **stops).reshape(-1, 2)
    np.testing.assert_allclose(shown[:, 1], np.clip(polynomial(shown[:, 0]), -8, 8), atol=1e-3)
    unseen = sampled(200, 1000)
    for layer, (inputs, targets) in ((2, (x, y)), (3, unseen)):
        want = np.clip(np.mean((polynomial(inputs) - targets) ** 2), 1e-4, 1e2)
        over_degree = frame(explorer, 1, layer, **stops)[degree]
        over_strength = frame(explorer, 2, layer, **stops)[strength]
        np.testing.assert_allclose([over_degree, over_strength], want, rtol=2e-3)


def test_polynomial_fit_training_error_falls_with_the_degree_and_validation_does_not():
    explorer = polynomial_fit()
    stops = {"strength": 0, "count": 1, "draw": 0}
    on_train, on_val = (frame(explorer, 1, layer, **stops) for layer in (2, 3))
    assert np.all(np.diff(on_train) < 1e-4 * on_train[:-1])
    assert DEGREES[int(np.argmin(on_val))] == 3
    assert on_val[-1] > 100 * on_val.min()


# --------------------------------------------------------------- images


def pixels(explorer: Explorer, panel: int, layer: int, **stops: int) -> np.ndarray:
    """The bytes of an image as the page takes them out of the table."""
    spec = explorer.spec["panels"][panel]["layers"][layer]
    sizes = {c["name"]: len(c["stops"]) for c in explorer.spec["controls"]}
    at = 0
    for name in spec["depends"]:
        at = at * sizes[name] + stops[name]
    start = 4 * (spec["offset"] + at * spec["size"])
    raw = np.frombuffer(explorer.table, np.uint8)[start : start + 4 * spec["size"]]
    return raw.reshape(-1, spec["columns"], 3)


def test_bytes_of_an_image_survive_the_table():
    images = np.arange(2 * 4 * 3 * 3, dtype=np.uint8).reshape(2, 4, 3, 3) * 7
    layer = Layer("image", images, ("b",), extent=(0, 1, 0, 1))
    plain = Layer("series", np.zeros((3, 5)), ("a",))
    explorer = tiny(panels=[Panel("P", Axis("x", 0, 1), Axis("y", 0, 1), [plain, layer])])
    for b in range(2):
        np.testing.assert_array_equal(pixels(explorer, 0, 1, b=b), images[b])


def test_an_image_needs_bytes_and_a_place():
    images = np.zeros((2, 4, 3, 3), np.uint8)
    for layer in (
        Layer("image", images, ("b",)),
        Layer("image", images.astype(float), ("b",), extent=(0, 1, 0, 1)),
        Layer("image", images[:, :3], ("b",), extent=(0, 1, 0, 1)),
    ):
        with pytest.raises(ValueError, match="an image needs bytes"):
            tiny(panels=[Panel("P", Axis("x", 0, 1), Axis("y", 0, 1), [layer])])


@pytest.mark.parametrize("strength", [0, 1, 2])
def test_gallery_shows_what_the_library_does(strength: int):
    explorer = augment_gallery()
    labels = [method.label for method in METHODS]
    stops = {"strength": strength, "draw": 2}
    photos, targets = pictures(), np.eye(3)
    lam = METHODS[labels.index("mixup")].amounts[strength]
    want, shares = augment.mixup(photos, targets, lam=lam, order=ORDER)
    at = labels.index("mixup")
    shown = pixels(explorer, 0, 1, method=at, **stops).reshape(42, 3, 42, 3).swapaxes(0, 1)
    np.testing.assert_array_equal(shown, np.round(255 * want))
    for name in range(3):
        bars = frame(explorer, 1, name, method=at, **stops)
        np.testing.assert_allclose(bars[name::4], shares[:, name], rtol=1e-6)
        assert bars.sum() == pytest.approx(shares[:, name].sum(), rel=1e-6)
    size = METHODS[labels.index("cutout")].amounts[strength]
    rng = np.random.default_rng([labels.index("cutout"), strength, 2])
    cut = augment.cutout(photos, size=size, rng=rng)
    shown = pixels(explorer, 0, 1, method=labels.index("cutout"), **stops)
    np.testing.assert_array_equal(shown, np.round(255 * np.hstack(list(cut))))


def test_gallery_targets_of_cutmix_count_pixels():
    explorer = augment_gallery()
    at = [method.label for method in METHODS].index("CutMix")
    for strength, draw in product(range(3), repeat=2):
        stops = {"method": at, "strength": strength, "draw": draw}
        shown = pixels(explorer, 0, 1, **stops)[:, :42].astype(int)
        before = np.round(255 * pictures()[0])
        same = np.all(shown == before, axis=-1).mean()
        share = frame(explorer, 1, 0, **stops)[0]
        assert share <= same + 1e-6  # a pasted pixel may have the old colour by chance
        assert share == pytest.approx(same, abs=0.02)


@pytest.mark.parametrize(("down", "right"), [(0, 0), (1, -1), (-3, 2)])
def test_shifted_digits_are_read_by_the_library(down: int, right: int):
    explorer = explorers.test_shift()
    digits = datasets.load_digits()
    x = shifted(digits.x_test, down, right)
    at = {"down": down + 3, "right": right + 3}
    for line, padding in enumerate((0, 1)):
        net = trained_with_shifts(padding)
        want = models.accuracy(net, x, digits.y_test)
        assert frame(explorer, 1, line, **at)[right + 3] == pytest.approx(want, rel=1e-6)
        assert f"{want:.3f}" in sentence(explorer, explorer.spec["caption"], **at)
    first = pixels(explorer, 0, 0, **at)[:8, :8, 0]
    np.testing.assert_array_equal(first, np.round(255 * x[0].reshape(8, 8)))
    rows, columns = np.nonzero(digits.x_test[0].reshape(8, 8))
    for row, column in zip(rows + down, columns + right, strict=True):
        if 0 <= row < 8 and 0 <= column < 8:
            old = digits.x_test[0].reshape(8, 8)[row - down, column - right]
            assert first[row, column] == np.round(255 * old)


@pytest.mark.parametrize(("rate", "decay", "run"), [(0, 4, 0), (2, 0, 1), (3, 5, 2), (4, 8, 0)])
def test_averaged_path_is_sgd_with_its_average(rate: int, decay: int, run: int):
    module = importlib.import_module("course_lib.explorers.averaged_path")
    explorer, stops = averaged_path(), {"rate": rate, "decay": decay, "run": run}
    lr, noise = module.RATES[rate], np.random.default_rng(module.RUNS[run])
    x, path = np.array([4.0, 2.0]), [np.array([4.0, 2.0])]
    for pushed in 8.0 * noise.normal(size=(600, 2)):
        x = x - lr * (np.array([2.0, 20.0]) * x + pushed)
        path.append(x)
    weight, want = module.DECAYS[decay], [path[0]]
    for t in range(1, 601):
        if weight is None:
            want.append(np.mean(path[: t + 1], axis=0))
        else:
            want.append(weight * want[-1] + (1 - weight) * path[t])
    got = frame(explorer, 0, 1, rate=rate, run=run).reshape(-1, 2)
    np.testing.assert_allclose(got, path, rtol=1e-5, atol=1e-6)
    got = frame(explorer, 0, 2, **stops).reshape(-1, 2)
    np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)
    losses = [np.clip(p[0] ** 2 + 10 * p[1] ** 2, module.LOW, module.HIGH) for p in want]
    np.testing.assert_allclose(frame(explorer, 1, 1, **stops), losses, rtol=1e-4)
    text = sentence(explorer, explorer.spec["caption"], **stops)
    measured = f"{np.mean([p[0] ** 2 + 10 * p[1] ** 2 for p in path[301:]]):.2g} on average"
    assert measured in text


def test_averaged_path_floors_are_met_by_the_average():
    """Over 200 runs of their own, the second half of each settled frame has the printed floor."""
    module = importlib.import_module("course_lib.explorers.averaged_path")
    rng, lr, decay = np.random.default_rng(3), 0.04, 0.95
    x = average = np.zeros((200, 2))
    losses = []
    for _ in range(600):
        x = x - lr * (np.array([2.0, 20.0]) * x + 8.0 * rng.normal(size=(200, 2)))
        average = decay * average + (1 - decay) * x
        losses.append(np.mean(average**2 @ np.array([1.0, 10.0])))
    explorer = averaged_path()
    stops = {"rate": module.RATES.index(lr), "decay": module.DECAYS.index(decay)}
    (floor,) = frame(explorer, 1, 2, **stops)
    assert np.mean(losses[300:]) == pytest.approx(floor, rel=0.03)
    (none,) = frame(explorer, 1, 2, rate=0, decay=8)
    assert np.isnan(none)


# --------------------------------------------------------------- unit 13


@pytest.mark.parametrize("number", range(len(patients.PATIENTS)))
def test_patient_shows_the_run_of_its_settings(number: int):
    runs, made = datasets.load_training_runs(), patients.PATIENTS[number]
    explorer, stops = patient(), {"rate": 1, "penalty": 4, "scale": 2}
    at = (
        int(np.argmin(np.abs(np.log(runs.lrs / (made.lr / 10))))),
        int(np.argmin(np.abs(runs.penalties - 10 * made.l2))),
        int(np.argmin(np.abs(np.log(runs.scales / made.scale)))),
    )
    for layer, losses in ((1, runs.losses[at][0]), (2, runs.losses[at][1])):
        shown = frame(explorer, 0, layer, patient=number, **stops)
        want = np.clip(losses, patients.LOW, patients.HIGH)
        np.testing.assert_allclose(shown, want, rtol=1e-6)
    text = sentence(explorer, explorer.spec["caption"], patient=number, ask=1, **stops)
    assert text.endswith(f"say: {diagnosis.diagnose(*runs.losses[at])}.")


def test_every_patient_has_a_fault_of_its_own_and_a_cure_within_reach():
    runs = datasets.load_training_runs()
    came = [diagnosis.diagnose(*runs.losses[patients.run_of((n, 2, 3, 2))]) for n in range(7)]
    assert len(set(came)) == 7  # one of them passes for healthy, and begins with a loss of 56
    assert came[6] == "healthy"
    assert runs.losses[patients.run_of((6, 2, 3, 2))][0, 0] == pytest.approx(56.0, abs=0.1)
    knobs = list(product(range(5), range(6), range(5)))
    for number in range(7):
        reached = [runs.accuracies[patients.run_of((number, *stop))][1] for stop in knobs]
        assert np.nanmax(reached) > 0.82


def test_no_run_is_made_up():
    with pytest.raises(ValueError, match=r"no run was made with 0\.05"):
        patients.place(np.array([0.04, 0.4]), 0.05)


def test_accuracies_of_a_search_are_those_of_the_file_and_between_them():
    runs = datasets.load_training_runs()
    grid_lrs, grid_l2s = np.meshgrid(runs.search_lrs, runs.search_penalties, indexing="ij")
    np.testing.assert_allclose(searches.accuracy_at(grid_lrs, grid_l2s), runs.search_accuracies)
    middle = np.sqrt(runs.search_lrs[20] * runs.search_lrs[21])
    between = searches.accuracy_at(np.array([middle]), runs.search_penalties[7:8])
    assert between == pytest.approx(runs.search_accuracies[20:22, 7].mean())


@pytest.mark.parametrize("kind", range(2))
@pytest.mark.parametrize("trials", range(4))
def test_search_casts_its_shadows(kind: int, trials: int):
    explorer, stops = grid_or_random(), {"kind": kind, "trials": trials, "draw": 3, "ranges": 1}
    dots, below, beside = (frame(explorer, 0, n, **stops).reshape(-1, 2) for n in (2, 3, 4))
    count = searches.TRIALS[trials]
    ends = np.array(list(searches.RANGES["the corner"].values()))
    assert np.isnan(dots[count:]).all()
    assert np.all((dots[:count] > ends[:, 0] * 0.999) & (dots[:count] < ends[:, 1] * 1.001))
    np.testing.assert_array_equal(below[:count, 0], dots[:count, 0])
    np.testing.assert_array_equal(beside[:count, 1], dots[:count, 1])
    different = len(np.unique(np.round(np.log(dots[:count, 0]), 5)))
    assert different == (count if kind else np.sqrt(count))
    seen = frame(explorer, 1, 1, **stops).reshape(-1, 2)[:count]
    np.testing.assert_allclose(seen[:, 1], searches.accuracy_at(*dots[:count].T), atol=1e-5)
    assert frame(explorer, 1, 0, **stops)[0] == pytest.approx(seen[:, 1].max())
