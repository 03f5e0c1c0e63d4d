"""Every number that the prose of unit 11 prints is measured again here.

The experiments are the lesson's own functions, taken out of its source; the closed forms are
written out apart from them. ``printed`` insists that the lesson still says what is measured.
"""

from functools import cache
from itertools import product

import numpy as np
import pytest
from written import Lesson

from course_lib import augment, datasets
from course_lib.losses import smooth_labels, soft_cross_entropy

LESSON = Lesson("unit11_augmentation")
printed = LESSON.printed


HERE = LESSON.definitions("PHOTOS", "THREE", "DIGITS", "TEST", "CHANGES")


@cache
def moved():
    return HERE["shift_experiment"](5)


@cache
def clean():
    return HERE["comparison"](tuple(HERE["CHANGES"]), 5, 100, 0.0)


def gains(found, name):
    """Differences to the plain net in points of accuracy, paired by seed."""
    return 100 * (found[name][:, 1] - found["plain"][:, 1])


def error(values):
    return values.std(ddof=1) / np.sqrt(len(values))


# --- shifts -------------------------------------------------------------------------------------


def test_a_net_without_shifts_is_lost_one_pixel_away():
    printed("reads 93 % of the handwritten test digits")
    printed("and it reads 36 %")
    printed("The plain net falls from 0.931 to 0.359")
    assert moved()["plain: centred"].mean() == pytest.approx(0.931, abs=0.004)
    assert moved()["plain: moved"].mean() == pytest.approx(0.359, abs=0.015)


def test_a_net_with_shifts_pays_nothing():
    printed("the net reads 0.923 of the moved digits")
    printed("it is as good as before: 0.930, well within the spread")
    assert moved()["shifts: moved"].mean() == pytest.approx(0.923, abs=0.006)
    centred, plain = moved()["shifts: centred"], moved()["plain: centred"]
    assert centred.mean() == pytest.approx(0.930, abs=0.006)
    assert abs(centred.mean() - plain.mean()) < centred.std(ddof=1)


def test_nine_views_help_and_more_shifts_harm():
    printed("From 0.930 to 0.956, and better with every one of the five seeds")
    printed("asking for nine views raised the accuracy by 2.6 points")
    nine = moved()["shifts: centred, nine views"]
    assert nine.mean() == pytest.approx(0.956, abs=0.005)
    assert np.all(nine > moved()["shifts: centred"])
    assert 100 * (nine - moved()["shifts: centred"]).mean() == pytest.approx(2.6, abs=0.4)
    more = moved()["shifts: moved, 25 more shifts"]
    assert more.mean() == pytest.approx(0.866, abs=0.012)
    assert np.all(more < moved()["shifts: moved"])


# --- views, colours, turns ----------------------------------------------------------------------


def test_forty_two_of_fifty_views_differ():
    printed("two views are left")
    printed("Forty-two views are different")
    found = HERE["different_views"]((56, 64, 96, 120, 160), 56)
    assert list(found.values()) == [2, 10, 10, 10, 10]
    printed("$73 : 137 : 64$ is about $256 : 480 : 224$")
    np.testing.assert_allclose([73 / 64, 137 / 64], [256 / 224, 480 / 224], rtol=0.005)


def test_the_longest_colour_direction_is_light():
    printed("The longest direction is that of light: all three channels together")
    pixels = np.concatenate([photo.reshape(-1, 3) for photo in datasets.load_photos()])
    _, sizes, directions = np.linalg.svd(pixels - pixels.mean(axis=0), full_matrices=False)
    assert np.ptp(np.abs(directions[0])) < 0.1
    assert sizes[0] ** 2 / np.sum(sizes**2) == pytest.approx(0.86, abs=0.01)
    printed("The second trades red for blue")
    assert directions[1, 0] * directions[1, 2] < -0.4
    printed("green against the other two")
    assert abs(directions[2, 1]) > 0.7
    assert sizes[2] ** 2 / np.sum(sizes**2) < 0.015


def test_a_turned_six_is_read_as_a_nine():
    found = HERE["read_as"](3)
    printed("the square for a 6 that is read as a 9 is bright")
    assert found["turned by 180°"][6, 9] == pytest.approx(0.91, abs=0.04)
    printed("only a few squares on the diagonal are bright, among them 0, 4 and 8")
    for shares in found.values():
        assert np.all(shares[[0, 4, 8], [0, 4, 8]] > 0.8)
        assert np.sum(np.diag(shares) > 0.7) == 3
    printed("A mirrored 7 is nothing at all")
    assert found["mirrored"][7].max() < 0.5


# --- holes and boxes ----------------------------------------------------------------------------


def test_how_often_a_corner_is_cut():
    printed("the middle is cut with probability 9/63, about 0.143")
    printed("4/63, about 0.063")
    printed("in one case of 35, and the middle in nine")
    middle = corner = 0
    for row, column in product(range(7), range(9)):
        middle += abs(row - 3) <= 1 and abs(column - 4) <= 1
        corner += row <= 1 and column <= 1
    assert (middle, corner) == (9, 4)
    assert [round(9 / 63, 3), round(4 / 63, 3)] == [0.143, 0.063]
    cut = augment.cutout(np.ones((20_000, 7, 9, 1)), size=3, rng=np.random.default_rng(3)) == 0
    assert cut[:, 3, 4].mean() == pytest.approx(9 / 63, abs=0.015)
    assert cut[:, 0, 0].mean() == pytest.approx(4 / 63, abs=0.01)
    inside = list(product(range(7 - 2), range(9 - 2)))  # the upper left corners of such squares
    assert len(inside) == 35
    assert sum(top <= 3 <= top + 2 and left <= 4 <= left + 2 for top, left in inside) == 9


def test_how_much_of_a_box_is_pasted():
    printed("Nearly three boxes in four stick out")
    printed("a third of the picture where the box would claim half of it")
    out, pasted, claimed = [], [], []
    for share in (np.arange(400) + 0.5) / 400:
        side = int(np.round(8 * np.sqrt(share)))
        for row, column in product(range(8), repeat=2):
            images = np.zeros((2, 8, 8, 1))
            box = (row - side // 2, column - side // 2, side, side)
            _, targets = augment.cutmix(images, np.eye(2), box=box, order=np.array([1, 0]))
            pasted.append(targets[0, 1])
            claimed.append(side**2 / 64)
            out.append(targets[0, 1] < side**2 / 64 - 1e-9)
    assert np.mean(out) == pytest.approx(0.74, abs=0.02)
    assert np.mean(pasted) == pytest.approx(1 / 3, abs=0.02)
    assert np.mean(claimed) == pytest.approx(1 / 2, abs=0.02)


# --- soft targets -------------------------------------------------------------------------------


def test_where_smoothing_is_content():
    printed("which is 4.51 for $\\epsilon = 0.1$")
    target = smooth_labels(np.array([0]), classes=10, eps=0.1)
    assert target[0, 0] == pytest.approx(0.91)
    best = np.log(0.91 / 0.01)
    assert best == pytest.approx(4.51, abs=0.005)
    scores = np.zeros((1, 10))
    scores[0, 0] = best
    loss, gradient = soft_cross_entropy(scores, target)
    np.testing.assert_allclose(gradient, 0.0, atol=1e-15)
    assert loss > 0.4
    for step in (-0.1, 0.1):
        moved = scores + step * np.eye(10)[:1]
        assert soft_cross_entropy(moved, target)[0] > loss


def test_the_slide_s_example_needs_015():
    printed("$0.15 / 3 = 0.05$")
    np.testing.assert_allclose(
        smooth_labels(np.array([0]), classes=3, eps=0.15), [[0.9, 0.05, 0.05]]
    )
    other = smooth_labels(np.array([0]), classes=3, eps=0.1)
    assert other[0, 0] == pytest.approx(0.933, abs=0.001)  # what the quiz says of 0.1


# --- what helps and what hurts ------------------------------------------------------------------


@pytest.mark.slow
def test_on_clean_digits_nothing_helps():
    printed("You know the plain net's accuracy, about 0.90")
    assert clean()["plain"][:, 1].mean() == pytest.approx(0.90, abs=0.006)
    printed("Not one of them raises the accuracy by more than its own standard error")
    for name in HERE["CHANGES"]:
        if name != "plain":
            assert gains(clean(), name).mean() < error(gains(clean(), name)), name
    printed("Cutout costs 3.9 points, shifts 2.1, mirrors 1.8, and every seed agrees")
    for name, cost in (("cutout", 3.9), ("shifts", 2.1), ("mirrors", 1.8)):
        assert gains(clean(), name).mean() == pytest.approx(-cost, abs=0.4), name
        assert np.all(gains(clean(), name) < 0), name
    printed("Mixup and CutMix cost 1.2 and 1.5 points, two to three of their standard errors")
    for name, cost in (("mixup", 1.2), ("CutMix", 1.5)):
        assert gains(clean(), name).mean() == pytest.approx(-cost, abs=0.4), name
        ratio = -gains(clean(), name).mean() / error(gains(clean(), name))
        assert 1.8 < ratio < 3.2, name


@pytest.mark.slow
def test_smoothing_costs_loss_and_no_accuracy():
    printed("Smoothing leaves the accuracy alone and raises the test loss from 0.34 to 0.47")
    assert abs(gains(clean(), "smoothing").mean()) < error(gains(clean(), "smoothing"))
    assert clean()["plain"][:, 0].mean() == pytest.approx(0.34, abs=0.015)
    assert clean()["smoothing"][:, 0].mean() == pytest.approx(0.47, abs=0.015)


@pytest.mark.slow
def test_with_wrong_labels_the_same_methods_help():
    printed("now gains eight. Mixup gains six, smoothing nearly four")
    found = HERE["comparison"](("plain", "smoothing", "mixup", "cutout"), 5, 300, 0.3)
    for name, gain in (("cutout", 8.3), ("mixup", 6.0), ("smoothing", 3.7)):
        assert gains(found, name).mean() == pytest.approx(gain, abs=0.9), name
        assert gains(found, name).mean() > 3 * error(gains(found, name)), name
