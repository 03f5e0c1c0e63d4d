"""The race that several explorers share: paths are the rules' own, lines lie on their level."""

import numpy as np
import pytest

from course_lib import optim
from course_lib.explorers.race import LOOKS, Racer, level_lines, race, until_gone
from course_lib.explorers.table import Axis
from course_lib.problems import RAVINE_C, START, quadratic_gradient, rosenbrock
from course_lib.train import descend


def test_every_rule_has_a_look_of_its_own():
    assert set(LOOKS) == set(optim.STATE_OF)
    assert len(set(LOOKS.values())) == len(LOOKS)


def test_race_is_each_rule_on_its_own():
    gradient = quadratic_gradient(RAVINE_C)
    racers = [Racer("a", optim.momentum, {"lr": 0.01}), Racer("b", optim.adam, {"lr": 0.1})]
    paths = race(racers, gradient, START, steps=30)
    assert paths.shape == (2, 31, 2)
    np.testing.assert_array_equal(
        paths[0], descend(optim.momentum, gradient, START, steps=30, lr=0.01)
    )
    np.testing.assert_array_equal(paths[1], descend(optim.adam, gradient, START, steps=30, lr=0.1))


@pytest.mark.parametrize("rule", [optim.sgd, optim.adagrad, optim.adadelta, optim.adamw])
def test_settings_race_side_by_side(rule):
    """Two curvatures in one array give what two runs give."""
    curvatures = np.array([[1.0, 4.0], [2.0, 30.0]])
    hyper = {} if rule is optim.adadelta else {"lr": 0.02}
    starts = np.zeros((2, 2)) + START
    both = race([Racer("", rule, hyper)], lambda x: curvatures * x, starts, steps=20)[0]
    for row in range(2):
        alone = descend(rule, lambda x, row=row: curvatures[row] * x, START, steps=20, **hyper)
        np.testing.assert_allclose(both[:, row], alone, rtol=1e-14)


def test_a_path_ends_with_its_first_point_outside():
    path = np.array([[1.0, 0.0], [7.0, 0.0], [8.0, 0.0], [1.0, 0.0]])
    kept = until_gone(path, limit=6.0)
    np.testing.assert_array_equal(kept[:2], path[:2])
    assert np.isnan(kept[2:]).all()


def test_level_lines_lie_on_their_levels():
    x, y, levels = Axis("", -2.0, 2.0), Axis("", -1.0, 3.0), (10.0, 100.0)
    lines = level_lines(rosenbrock, x, y, levels, points=401)
    points = lines[~np.isnan(lines).any(axis=1)]
    heights = np.array([rosenbrock(point) for point in points])
    off = np.min(np.abs(heights[:, None] - np.array(levels)) / np.array(levels), axis=1)
    assert len(points) > 100
    assert off.max() < 0.02
    assert np.isnan(lines[-1]).all()
