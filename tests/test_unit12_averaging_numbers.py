"""Every number that the prose of unit 12 prints is measured again here.

The experiments are the lesson's own functions, taken out of its source; the closed forms are
written out apart from them. ``printed`` insists that the lesson still says what is measured.
"""

import math
from functools import cache

import numpy as np
import pytest
from written import Lesson

from course_lib import averaging, models, optim, train
from course_lib.explorers import averaged_path

LESSON = Lesson("unit12_averaging")
printed = LESSON.printed


HERE = LESSON.definitions(
    "DIGITS", "CLEAN", "NOISY", "DECAYS", "WRONG", "FEW", "TASKS", "PAIRS", "UNIT_AXIS"
)


def close(values, text, share=0.25, least=0.0015):
    """Mean and deviation over the seeds are as printed, up to what another machine may change."""
    mean, deviation = (float(number) for number in text.split(" ± "))
    assert np.mean(values) == pytest.approx(mean, abs=max(share * deviation, least))
    assert np.std(values, ddof=1) == pytest.approx(deviation, rel=share, abs=least)


# --- a cloud and its centre -----------------------------------------------------------------------


def test_explorer_shows_what_the_text_sends_the_reader_to():
    printed("shows 600 steps of SGD")
    printed("Raise the decay slowly to 0.98")
    printed("Go on to 0.995 and 0.999")
    printed("when the step size grows sixteenfold")
    controls = {c["name"]: c["stops"] for c in averaged_path().spec["controls"]}
    assert controls["decay"][0] == "0"
    assert {"0.98", "0.995", "0.999", "the mean of all"} <= set(controls["decay"])
    assert float(controls["rate"][-1]) == pytest.approx(16 * float(controls["rate"][0]))
    bowl, noise = np.array([2.0, 20.0]), np.full(2, 64.0)
    grows = [
        averaging.averaged_floor(bowl, noise, lr=0.08, decay=decay)
        / averaging.averaged_floor(bowl, noise, lr=0.005, decay=decay)
        for decay in (0.0, 0.98)
    ]
    assert grows[0] > 40
    assert grows[1] < 3


# --- the start and the memory ---------------------------------------------------------------------


def test_what_is_left_of_the_start():
    printed("it is only $1 - 0.995^{100} = 0.394$ times what it should be")
    assert pytest.approx(0.394, abs=5e-4) == 1 - 0.995**100
    printed("0.999 to the power of 1250 is 0.286. With the slide's 0.995 it is 0.2 %")
    assert pytest.approx(0.286, abs=5e-4) == 0.999**1250
    assert pytest.approx(0.002, abs=2e-4) == 0.995**1250
    printed("200 steps for 0.995")
    assert pytest.approx(200) == 1 / (1 - 0.995)


def test_the_steep_direction_gains_more():
    printed("The factors are about 1/21 and 1/3")
    printed("it takes 25 steps to forget where it was")
    for curvature, factor in ((20.0, 21), (2.0, 3)):
        one, noise = np.array([curvature]), np.ones(1)
        floors = [averaging.averaged_floor(one, noise, lr=0.02, decay=d) for d in (0.0, 0.98)]
        assert 1 + 0.02 * curvature * 50 == pytest.approx(factor)
        assert floors[0] / floors[1] == pytest.approx(factor, rel=0.25)


def test_with_a_long_memory_the_step_size_cancels():
    printed("the floors of the three step sizes lie a factor of 50 apart")
    printed("at 1000 steps they are one line that falls like $1/M$")
    bowl, noise = np.array([2.0, 20.0]), np.full(2, 64.0)

    def floor(lr, memory):
        return averaging.averaged_floor(bowl, noise, lr=lr, decay=1 - 1 / memory)

    assert floor(0.08, 1) / floor(0.005, 1) == pytest.approx(50, rel=0.1)
    assert floor(0.08, 1000) / floor(0.005, 1000) == pytest.approx(1, abs=0.12)
    assert floor(0.08, 500) / floor(0.08, 1000) == pytest.approx(2, rel=0.02)


# --- Polyak's average on the digits ---------------------------------------------------------------


@pytest.mark.slow
def test_the_average_takes_the_luck_out_of_the_last_step():
    printed("batches of only 4 with step size 0.2, five epochs of 250 updates")
    ends = HERE["polyak_on_digits"](10)
    printed(
        "the training loss is 0.035 ± 0.002 instead of 0.057 ± 0.024, the test accuracy "
        "0.959 ± 0.004 instead of 0.943 ± 0.013"
    )
    close(ends["decay 0.995"][:, 0], "0.035 ± 0.002")
    close(ends["last parameters"][:, 0], "0.057 ± 0.024")
    close(ends["decay 0.995"][:, 1], "0.959 ± 0.004")
    close(ends["last parameters"][:, 1], "0.943 ± 0.013")
    printed("For the same seed it reads 1.7 points more on average")
    gain = ends["decay 0.995"][:, 1] - ends["last parameters"][:, 1]
    assert gain.mean() == pytest.approx(0.017, abs=0.002)
    assert gain.mean() > 3 * gain.std(ddof=1) / np.sqrt(10)
    printed("0.959 ± 0.004 and 0.956 ± 0.003 are nearly the same")
    close(ends["step size to zero"][:, 1], "0.956 ± 0.003")
    printed("The loss is 0.148, two and a half times that of the last parameters")
    losses = {name: values[:, 0].mean() for name, values in ends.items()}
    assert losses["decay 0.999"] == pytest.approx(0.148, abs=0.004)
    assert losses["decay 0.999"] / losses["last parameters"] == pytest.approx(2.5, abs=0.25)
    printed("it reads more test digits than they do")
    assert ends["decay 0.999"][:, 1].mean() > ends["last parameters"][:, 1].mean() + 0.005


def test_the_curves_of_one_noisy_training():
    curves = {name: np.array(c) for name, c in HERE["losses_on_the_way"](25).items()}
    raw, short = curves["last parameters"], curves["decay 0.9"]
    printed("jumps up and down by a factor of two and more; decay 0.9 follows it with smaller")
    assert np.max(raw[11:] / raw[10:-1]) > 2
    assert np.max(short[11:] / short[10:-1]) < np.max(raw[11:] / raw[10:-1])
    printed("is the lowest of all from update 900 on")
    lowest = np.min(list(curves.values()), axis=0) == curves["decay 0.995"]
    assert lowest[36:].all()
    assert not lowest[35]
    printed("decay 0.999 is smooth as well and far behind, up to the end")
    assert curves["decay 0.999"][-1] > 2 * raw[-1]


# --- ensembles ------------------------------------------------------------------------------------


def test_three_nets_and_one_digit():
    printed("The means are 0.37 and 0.63")
    nets = np.array([[[0.55, 0.45]], [[0.55, 0.45]], [[0.02, 0.98]]])
    np.testing.assert_allclose(nets.mean(axis=0), [[0.37, 0.63]], atol=5e-3)
    assert averaging.ensemble_predict(nets).tolist() == [1]


def test_the_chord_and_the_curve():
    printed("the mean of the two losses lies on the dashed chord, at 1.26")
    printed("below it on the curve, at 0.80")
    pair = np.array([0.1, 0.8])
    assert -np.log(pair).mean() == pytest.approx(1.26, abs=5e-3)
    assert -np.log(pair.mean()) == pytest.approx(0.80, abs=5e-3)


def test_accuracy_is_not_promised():
    printed("Three nets that are right with 0.51, on different digits each, can be wrong")
    nets = np.full((3, 3, 2), (0.1, 0.9))  # the right class is 0
    nets[np.arange(3), np.arange(3)] = (0.51, 0.49)
    assert np.mean(np.argmax(nets, axis=2) == 0) == pytest.approx(1 / 3)
    assert averaging.ensemble_predict(nets).tolist() == [1, 1, 1]


@cache
def tables():
    return {task: HERE["ensembles"](*setting) for task, setting in HERE["TASKS"].items()}


@pytest.mark.slow
def test_the_gain_of_an_ensemble_is_no_constant():
    printed("1.0 ± 0.3 points for nets that stopped early, 0.2 ± 0.2 points for nets that are done")
    printed("5.0 ± 0.8 points where labels are wrong")
    for task, text in (
        ("10 epochs", "1.0 ± 0.3"),
        ("30 epochs", "0.2 ± 0.2"),
        ("wrong labels", "5.0 ± 0.8"),
    ):
        table = tables()[task]
        gain = table["five nets, mean"] - table["a single net, on average"]
        close(100 * gain, text, least=0.15)
        loss, mean_loss = table["loss of the ensemble"], table["loss of a single net"]
        assert np.all(loss < mean_loss), "Jensen"
    printed("Where two nets read 2 % of the digits differently")
    assert tables()["30 epochs"]["two nets disagree"].mean() == pytest.approx(0.02, abs=0.003)


@pytest.mark.slow
def test_a_vote_loses_where_nets_are_in_doubt():
    printed("The vote costs 0.2 points at most where the labels are right, and 1.4 points where")
    lost = {
        task: 100 * (table["five nets, mean"] - table["five nets, vote"])
        for task, table in tables().items()
    }
    assert lost["wrong labels"].mean() == pytest.approx(1.4, abs=0.2)
    for task in ("10 epochs", "30 epochs"):
        assert lost[task].mean() < 0.26


def test_luck_of_the_test_set():
    printed("of 497 digits one is 0.2 points")
    assert pytest.approx(0.2, abs=0.005) == 100 / 497
    printed("would read anything from 94 to 98 % of such a sample")
    error = np.sqrt(0.96 * 0.04 / 497)
    assert 2 * error == pytest.approx(0.02, abs=0.003)


def test_single_nets_are_those_of_the_library_s_own_training():
    """The lesson's loop against ``train.fit``, which it does not use."""
    rng = np.random.default_rng(3)
    want, _ = train.fit(
        models.init_mlp((64, 64, 10), rng=rng),
        HERE["FEW"],
        rule=optim.momentum,
        lr=0.1,
        epochs=2,
        rng=rng,
    )
    got = HERE["last"](HERE["updates"](3, lambda step: 0.1, epochs=2, examples=HERE["FEW"]))
    for name, value in want.items():
        np.testing.assert_allclose(got[name], value, rtol=1e-12)


# --- snapshots ------------------------------------------------------------------------------------


def test_the_rate_and_the_loss_of_a_training_with_restarts():
    run = HERE["one_training_with_snapshots"](1)
    assert run["snapshots"] == [199, 399, 599, 799, 999]
    rates, losses = np.array(run["rate"]), np.array(run["loss"])
    printed("the training loss jumps up after every restart and falls again")
    printed("and every snapshot lies lower than the one before")
    for start, snapshot in zip((0, 200, 400, 600, 800), run["snapshots"], strict=True):
        assert rates[snapshot] == rates[start : snapshot + 1].min() < 1e-4
        assert losses[snapshot] < 0.6 * losses[start : snapshot + 1].max()
        assert start == 0 or losses[start : snapshot + 1].max() > 1.2 * losses[start - 1]
    assert np.all(np.diff(losses[run["snapshots"]]) < 0)


@pytest.mark.slow
def test_three_offers():
    clean = HERE["three_offers"](False, 30, 5)
    printed(
        "0.960 ± 0.005 for one long training, 0.959 ± 0.004 for five snapshots, 0.955 ± 0.002 for "
        "five short trainings"
    )
    close(clean["one long training"], "0.960 ± 0.005")
    close(clean["five snapshots"], "0.959 ± 0.004")
    close(clean["five short trainings"], "0.955 ± 0.002")
    printed("The snapshots gain 0.2 points on the last of them, and nothing on the long training")
    gain = clean["five snapshots"] - clean["last snapshot"]
    assert gain.mean() == pytest.approx(0.002, abs=0.001)
    assert clean["five snapshots"].mean() < clean["one long training"].mean() + 0.001
    printed("The last two snapshots disagree about 0.4 % of the digits")
    assert clean["last two snapshots disagree"].mean() == pytest.approx(0.004, abs=0.001)
    wrong = HERE["three_offers"](True, 100, 5)
    printed("five snapshots read 3.9 points more than the last one, 0.742 against 0.703")
    assert wrong["five snapshots"].mean() == pytest.approx(0.742, abs=0.003)
    assert wrong["last snapshot"].mean() == pytest.approx(0.703, abs=0.003)
    gain = wrong["five snapshots"] - wrong["last snapshot"]
    assert gain.mean() == pytest.approx(0.039, abs=0.003)
    printed("A fifth of the training *alone* reads 0.854, and five such short trainings 0.865")
    assert wrong["a short training"].mean() == pytest.approx(0.854, abs=0.003)
    assert wrong["five short trainings"].mean() == pytest.approx(0.865, abs=0.004)


# --- weights --------------------------------------------------------------------------------------


def test_averages_of_weights():
    measured = HERE["averages_of_nets"](5)
    means = {name: values.mean() for name, values in measured.items()}
    printed("each gets about 95 in 100 right. Average what they *say*, and together they read 96")
    assert means["the net"] == pytest.approx(0.950, abs=0.003)
    assert means["the other net"] == pytest.approx(0.958, abs=0.003)
    assert means["predictions of both, averaged"] == pytest.approx(0.957, abs=0.003)
    printed("what comes out reads 87")
    printed("Two independent nets fare no better, 0.871 ± 0.040")
    close(measured["weights of both, averaged"], "0.871 ± 0.040")
    printed("and the result reads 88")
    printed("and 88 % of the test digits are read instead of 95 %")
    assert means["weights, the net and its twin"] == pytest.approx(0.883, abs=0.01)
    printed("The average of their *predictions* reads 0.957")
    printed("the average of the weights is fine: 0.957")
    assert means["weights, 5 and 10 epochs"] == pytest.approx(0.957, abs=0.003)
    printed("Such a net reads 10 % of the digits, as many as a guess")
    assert means["weights, all 64! twins"] == pytest.approx(0.10, abs=0.02)
    printed("For $K = 64$ that is a number with 90 digits")
    assert len(str(math.factorial(64))) == 90


def test_mountains_between_nets_and_none_along_one_path():
    lines = HERE["along_the_segments"](5, 21)
    path, two, twin = (lines[name] for name in HERE["PAIRS"])
    printed("between two stages of one training the loss falls from end to end without a hill")
    assert np.all(path.max(axis=1) == path[:, 0])
    printed("it rises to a mountain in the middle, about ten times as high as its ends")
    for line in (two, twin):
        mean = line.mean(axis=0)
        assert mean.argmax() == 10
        assert mean[10] / max(mean[0], mean[-1]) == pytest.approx(10, abs=2)
    printed("Half way between the two, the training loss is 0.295 ± 0.093 instead of 0.034")
    close(twin[:, 10], "0.295 ± 0.093")
    assert twin[:, [0, -1]].mean() == pytest.approx(0.034, abs=0.001)


def test_the_mean_of_all_twins_has_units_that_are_all_alike():
    """The lesson's short cut against the mean over all orders of a net with four units."""
    rng = np.random.default_rng(0)
    net = {name: rng.normal(size=shape) for name, shape in
           {"W1": (3, 4), "b1": (4,), "W2": (4, 2), "b2": (2,)}.items()}  # fmt: skip
    orders = np.array(np.meshgrid(*[range(4)] * 4)).reshape(4, -1).T
    orders = [order for order in orders if len(set(order)) == 4]
    assert len(orders) == 24
    twins = [models.permute_hidden(net, order) for order in orders]
    for name, axis in HERE["UNIT_AXIS"]:
        want = np.mean([twin[name] for twin in twins], axis=0)
        short_cut = 0 * net[name] + np.mean(net[name], axis=axis, keepdims=True)
        np.testing.assert_allclose(short_cut, want, rtol=1e-12)
