"""Figures: what is drawn is the data, curves can be told apart, and axes are labelled."""

import io
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib import plots, problems
from course_lib.train import History

ROOT = Path(__file__).resolve().parents[1]
PATHS = {
    "slow": np.array([[4.0, 0.5], [3.0, 0.2], [2.0, 0.1]]),
    "wild": np.array([[4.0, 0.5], [-40.0, 1e200], [np.inf, np.nan]]),
}
RUN = History(np.array([2.0, 1.0]), np.array([0.3, 0.6]), *np.ones((2, 2)), diverged=False)


@pytest.fixture
def ax():
    figure = Figure()
    yield figure.add_subplot()
    figure.savefig(io.BytesIO())  # drawing itself must not warn


def labels_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_styles_differ_in_every_cue():
    for cue in zip(*plots.STYLES, strict=True):
        assert len(set(cue)) == len(plots.STYLES) == 7
    assert plots.style_of(7) == plots.style_of(0)


def test_course_style_is_one_white_look():
    with mpl.rc_context():
        plots.use_course_style()
        assert mpl.rcParams["figure.facecolor"] == "white"
        assert mpl.rcParams["axes.prop_cycle"].by_key()["color"] == list(plots.PALETTE)


def test_contours_cover_the_asked_range(ax):
    loss = problems.quadratic(problems.RAVINE_C)
    plots.draw_contours(ax, loss, x_range=(-5, 5), y_range=(-1, 1))
    assert ax.get_xlim() == (-5, 5)
    assert ax.get_ylim() == (-1, 1)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x_1$", "$x_2$")
    levels = ax.collections[0].levels
    assert np.all(np.diff(levels) > 0)
    assert levels[-1] < loss(np.array([5.0, 1.0]))


def test_contours_of_a_plane_without_slope_are_none(ax):
    plots.draw_contours(ax, lambda x: 1.0, x_range=(-1, 1), y_range=(-1, 1))
    assert not ax.collections


def test_paths_show_every_point_and_a_diverging_one_does_not_hide_the_rest(ax):
    plots.draw_paths(ax, problems.quadratic(problems.RAVINE_C), PATHS)
    assert labels_of(ax) == ["slow", "wild"]
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), PATHS["slow"])
    assert ax.lines[0].get_marker() != ax.lines[2].get_marker()
    assert ax.lines[0].get_linestyle() != ax.lines[2].get_linestyle()
    low, high = ax.get_xlim()
    assert -10 <= low < 0
    assert 4 < high < 10
    assert max(np.abs(ax.get_ylim())) < 3


def test_paths_keep_a_range_that_was_asked_for(ax):
    loss = problems.quadratic(problems.RAVINE_A)
    plots.draw_paths(ax, loss, PATHS, x_range=(0, 1), y_range=(2, 3))
    assert ax.get_xlim() == (0, 1)
    assert ax.get_ylim() == (2, 3)


def test_curves_of_repeated_runs_are_a_mean_with_its_band(ax):
    runs = np.array([[3.0, 2.0, 1.0], [5.0, 2.0, 3.0]])
    plots.draw_curves(ax, {"one": runs[0], "two": runs}, first=1, log=True)
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), runs[0])
    np.testing.assert_array_equal(ax.lines[1].get_xydata(), [[1, 4], [2, 2], [3, 2]])
    (band,) = ax.collections
    corners = band.get_paths()[0].get_extents()
    assert (corners.y0, corners.y1) == (1.0, 5.0)
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("step", "loss", "log")
    assert labels_of(ax) == ["one", "two"]


@pytest.mark.parametrize("what", ["loss", "accuracy"])
def test_history_shows_training_and_validation_from_epoch_one(ax, what):
    plots.draw_history(ax, RUN, what=what)
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [1, 2])
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), getattr(RUN, f"train_{what}"))
    assert labels_of(ax) == ["training", "validation"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", what)
    assert ax.get_title() == ""


def test_history_says_when_a_run_diverged(ax):
    run = History(np.array([2.0, np.nan]), np.ones(2), np.zeros(0), np.zeros(0), diverged=True)
    plots.draw_history(ax, run)
    assert labels_of(ax) == ["training"]
    assert "diverged" in ax.get_title()
    with pytest.raises(ValueError, match="'loss' or 'accuracy', got 'acc'"):
        plots.draw_history(ax, run, what="acc")


@pytest.mark.parametrize("errors", [None, {"b": 0.1, "a": 0.2}])
def test_bars_have_the_height_of_their_values(ax, errors):
    plots.draw_bars(ax, {"a": 0.5, "b": 0.75}, ylabel="accuracy", errors=errors)
    assert [bar.get_height() for bar in ax.patches] == [0.5, 0.75]
    assert [text.get_text() for text in ax.texts] == ["0.5", "0.75"]
    assert ax.get_ylim()[0] == 0
    assert ax.get_ylabel() == "accuracy"
    assert len(ax.collections) == (errors is not None)


def test_digits_stand_side_by_side(ax):
    images = np.random.default_rng(0).random((5, 64))
    plots.draw_digits(ax, images, labels=np.arange(5), columns=3)
    sheet = ax.images[0].get_array()
    np.testing.assert_array_equal(sheet[17:25, 11:19], images[4].reshape(8, 8))
    assert sheet.shape == (26, 30)
    plots.draw_digits(ax, images, columns=3)
    np.testing.assert_array_equal(ax.images[1].get_array()[11:19, 11:19], images[4].reshape(8, 8))
    assert [text.get_text() for text in ax.texts] == ["0", "1", "2", "3", "4"]


def test_nothing_but_plots_imports_matplotlib():
    """Of the modules that students import; a check must stay quick."""
    names = "arrays problems losses layers models gradcheck landscape preprocessing optim"
    modules = [f"course_lib.{name}" for name in (*names.split(), "train", "datasets")]
    code = (
        f"import sys, {', '.join(modules)}; "
        "sys.exit(any(name in sys.modules for name in ('matplotlib', 'IPython')))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
