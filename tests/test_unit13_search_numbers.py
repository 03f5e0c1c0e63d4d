"""Every number that the prose of unit 13 prints is measured again here.

``printed`` insists that the lesson, or one of its quizzes, still says what is measured. Trainings
are the lesson's own functions; what is made of their results is worked out here.
"""

import numpy as np
import pytest
from written import Lesson

from course_lib import datasets, diagnosis, search
from course_lib.explorers.grid_or_random import KINDS, RANGES
from course_lib.explorers.grid_or_random import search as searched_on_map
from course_lib.explorers.patient import PATIENTS, run_of

LESSON = Lesson("unit13_search")
printed = LESSON.printed
OWN = LESSON.definitions("DIGITS", "RANGES", "ATTEMPTS")
DIGITS = datasets.load_digits()


# --- steps 1 to 3 -------------------------------------------------------------------------------


def first_losses(scale, l2=0.0):
    return np.array(OWN["first_losses"](scale, l2))


def test_first_losses():
    small, he, large = (first_losses(scale) for scale in (0.01, None, 1.0))
    assert small.mean() == pytest.approx(2.303, abs=1e-3)
    assert small.std(ddof=1) == pytest.approx(0.0, abs=5e-4)
    assert (he.mean(), he.std(ddof=1)) == pytest.approx((2.50, 0.13), abs=0.005)
    assert large.mean() == pytest.approx(34, abs=0.5)
    assert np.sqrt(2 / 64) == pytest.approx(0.18, abs=0.005)
    for text in ("2.303 ± 0.000", "2.50 ± 0.13", "A loss of 34", "here 0.18 in both layers"):
        printed(text)


def test_first_loss_with_the_penalty():
    assert first_losses(None, l2=0.01)[0] == pytest.approx(3.95, abs=0.005)
    assert first_losses(None)[0] == pytest.approx(2.48, abs=0.005)
    printed("its loss is 3.95")
    printed("begins at 2.48")


def by_heart(rule, lr, scale, seed):
    """The losses, and the first step at which all 50 digits are known, or None."""
    run = OWN["by_heart"](rule, lr, scale, seed)
    known = np.flatnonzero(run["accuracy"] == 1)
    return run["loss"], int(known[0]) if len(known) else None


def test_fifty_digits_by_heart():
    steps = [by_heart("sgd", 0.5, None, seed)[1] for seed in range(5)]
    assert (min(steps), max(steps)) == (11, 25)
    assert max(by_heart("adam", 0.01, None, seed)[1] for seed in range(5)) < 30
    printed("knows all of them after 11 to 25 steps")
    tiny, known = by_heart("sgd", 0.5, 1e-4, 0)
    assert known is not None
    assert tiny[50] > 0.95 * tiny[0]
    assert tiny[75] < 0.85 * tiny[0]
    printed("lies flat for about fifty steps")
    assert by_heart("sgd", 0.001, None, 0)[0][-1] > 2.15


@pytest.mark.parametrize("lr", [0.5, 5.0])
def test_zero_weights_learn_how_frequent_the_digits_are(lr):
    curve, known = by_heart("sgd", lr, 0.0, 0)
    frequencies = np.bincount(DIGITS.y_train[:50], minlength=10) / 50
    entropy = -np.sum(frequencies * np.log(frequencies))
    assert known is None
    assert curve[-1] == pytest.approx(2.26, abs=0.005)
    assert curve[-1] == pytest.approx(entropy, abs=1e-3)
    printed("the loss is 2.26")


@pytest.mark.slow
def test_update_ratios():
    found = {
        lr: np.mean([OWN["gauge"](lr, seed) for seed in range(5)], axis=0)
        for lr in (0.001, 0.01, 0.1, 0.5, 1.0, 10.0)
    }
    assert min(found, key=lambda lr: found[lr][1]) == 0.5
    assert found[0.5][0] == pytest.approx(2.6e-2, abs=5e-4)
    assert found[0.001][0] == pytest.approx(7.4e-5, abs=5e-7)
    assert found[0.01][0] < 1e-3 < found[0.1][0]
    assert found[10.0][0] == pytest.approx(0.0, abs=1e-12)
    assert found[10.0][1] == pytest.approx(np.log(10), abs=0.2)
    assert found[10.0][3] == 1.0
    printed("The best rate after 100 updates is 0.5, and its updates are 2.6e-2 of the weights, 26")
    printed("would end between 0.01 and 0.1")
    printed("7.4e-5 at rate 0.001")
    assert pytest.approx(0.01) == 0.0002 / 0.02


# --- the search ---------------------------------------------------------------------------------


def test_a_uniform_draw_spends_itself_on_the_highest_decade():
    flat = np.random.default_rng(0).uniform(1e-6, 10.0, size=1000)
    assert np.sum(flat < 0.1) == 11
    assert np.log10(0.1 / 1e-6) == pytest.approx(5)
    printed("One draw in a hundred asks about everything from 1e-6 to 0.1, five decades out of se")
    assert (4**2, 4**5) == (16, 1024)
    printed("are 16 trainings; for five names they are 1024")


def test_chances_of_the_quiz():
    assert pytest.approx(0.87, abs=0.005) == 1 - 0.8**9
    assert pytest.approx(0.13, abs=0.005) == 0.8**9
    printed("About 0.87")
    printed("which is 0.13")
    refined = search.refine({"lr": (1e-4, 0.1)}, {"lr": 0.093})["lr"]
    assert refined == pytest.approx((0.0165, 0.1), abs=1e-4)
    printed("0.0165 to 0.1")


@pytest.mark.slow
def test_random_draws_against_grids():
    assert OWN["RANGES"] == RANGES["all of it"]
    bests = OWN["compared"](60)
    at_random, on_grid = bests["random"], bests["grid"]
    lead = at_random - on_grid
    assert np.mean(at_random) == pytest.approx(0.757, abs=0.004)
    assert np.mean(on_grid) == pytest.approx(0.678, abs=0.004)
    assert np.std(at_random, ddof=1) == pytest.approx(0.15, abs=0.01)
    assert lead.mean() == pytest.approx(0.079, abs=0.005)
    assert lead.std(ddof=1) / np.sqrt(60) == pytest.approx(0.032, abs=0.002)
    assert np.mean(lead < 0) == pytest.approx(0.38, abs=0.02)
    printed("you reach 68 % accuracy on average. Throw them at random and you reach 76 %")
    printed("0.757 against 0.678, and the difference, 0.079 ± 0.032")
    printed("loses in 38 % of the pairs")
    printed("The spread between searches was 0.15 here")


def test_the_corner_turns_the_order_round():
    corner = RANGES["the corner"]
    means = {
        kind: np.mean([searched_on_map(corner, kind, 9, draw)[1].max() for draw in range(300)])
        for kind in KINDS
    }
    assert means["grid"] == pytest.approx(0.744, abs=1e-3)
    assert means["random"] == pytest.approx(0.695, abs=1e-3)
    printed("0.744 on the grid and 0.695 at random, averaged over 300 searches of each kind")


@pytest.mark.slow
def test_refining_lifts_the_bad_end():
    staged = OWN["two_stages"](30)
    wide, refined = staged["18 wide"], staged["9 wide, 9 refined"]
    lead = refined - wide
    assert lead.mean() == pytest.approx(0.021, abs=0.003)
    assert lead.std(ddof=1) / np.sqrt(30) == pytest.approx(0.013, abs=0.001)
    assert (min(refined), min(wide)) == pytest.approx((0.757, 0.523), abs=0.01)
    assert np.std(refined, ddof=1) == pytest.approx(0.036, abs=0.004)
    assert np.std(wide, ddof=1) == pytest.approx(0.077, abs=0.004)
    printed("the lead is 0.021 ± 0.013")
    printed("reached 0.757, the worst of the others 0.523")
    printed("0.036 instead of 0.077")


@pytest.mark.slow
def test_half_of_the_lead_of_the_chosen_seed_is_luck():
    runs = OWN["seeds_only"]()
    chosen = np.argmax(runs["val"], axis=1)
    leads = [found[np.arange(10), chosen].mean() - found.mean() for found in runs.values()]
    val_lead, test_lead = leads
    assert runs["val"].mean() == pytest.approx(0.852, abs=0.002)
    assert val_lead == pytest.approx(0.054, abs=0.003)
    assert test_lead == pytest.approx(0.028, abs=0.003)
    printed("lead by 0.054. On the test set, which had no say, they lead by 0.028")
    printed("it is 0.852 on the validation set")


# --- the curves ---------------------------------------------------------------------------------


def cured(number, rate=2, penalty=3, scale=2):
    """The run of a patient with its knobs at these stops: diagnosis, losses, accuracies."""
    runs, at = datasets.load_training_runs(), run_of((number, rate, penalty, scale))
    return diagnosis.diagnose(*runs.losses[at]), runs.losses[at], runs.accuracies[at]


def test_five_curves_have_five_names():
    names = [cured(number)[0] for number in (1, 0, 3, 4, 5)]
    assert names == [
        "learning rate too low",
        "overfitting",
        "underfitting",
        "learning rate too high",
        "bad initialization",
    ]
    _, slow, _ = cured(5)
    assert np.argmax(slow[0] < 0.9 * slow[0, 0]) in (17, 18, 19)
    printed("Q5 lies flat for some fifteen epochs and then falls")
    _, strong, _ = cured(3)
    assert np.argmin(strong[0]) < 5
    assert strong[0, -1] > 0.9 * strong[0, 0]
    printed("Q3 dips once, climbs back and lies flat near the top")


def test_patient_one_has_two_cures():
    assert cured(0)[2][1] == pytest.approx(0.76, abs=0.005)
    assert cured(0, penalty=5)[2][1] == pytest.approx(0.83, abs=0.005)
    assert cured(0, rate=1)[2][1] == pytest.approx(0.84, abs=0.005)
    printed("a hundred times the penalty brings validation accuracy from 0.76 to 0.83")
    printed("a tenth of the learning rate brings it to 0.84")


def test_patients_two_to_six_are_cured_by_one_knob():
    knobs = [{"rate": n} for n in range(5)] + [{"scale": n} for n in range(5)]
    knobs += [{"penalty": n} for n in range(6)]
    for number in range(1, 6):
        assert np.nanmax([cured(number, **knob)[2][1] for knob in knobs]) > 0.8
    printed("turn one knob at a time until validation accuracy is above 0.8")


def test_patient_seven_passes_for_healthy():
    name, losses, accuracies = cured(6)
    assert name == "healthy"
    assert losses[0, 0] == pytest.approx(56, abs=0.5)
    assert accuracies[1] == pytest.approx(0.66, abs=0.005)
    assert cured(6, scale=1)[2][1] == pytest.approx(0.76, abs=0.005)
    assert PATIENTS[6].scale == 10
    printed("It begins at a loss of 56, because its weights are ten times too large")
    printed("validation accuracy is 0.66. With a tenth of the initial weights it is 0.76")


def test_a_strong_penalty_is_called_underfitting_at_nearly_every_rate():
    runs = datasets.load_training_runs()
    row = [diagnosis.diagnose(*runs.losses[lr, 6, 5]) for lr in range(2, 7)]
    assert runs.penalties[6] == pytest.approx(0.1)
    assert row == ["underfitting"] * 4 + ["diverged"]
    printed('With a penalty of 0.1 the rules say "underfitting" at nearly every rate')
