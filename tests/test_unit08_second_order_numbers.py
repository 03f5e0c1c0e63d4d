"""Every number that the prose of unit 08 prints is measured again here.

The experiments are the lesson's own functions, taken out of its source; arithmetic and algebra
are written out apart from them. ``printed`` insists that the lesson still says what is measured.
"""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import minimize
from written import Lesson, shown

from course_lib import landscape, problems, second_order

LESSON = Lesson("unit08_second_order")
printed = LESSON.printed


HERE = LESSON.definitions("DIGITS", "L2", "X", "X_TEST", "BEST")
BEST = HERE["BEST"]


@cache
def full_batch(method, steps, memory=10):
    return HERE["full_batch_run"](method, steps, memory)


def steps_needed(*run):
    return HERE["first_below"](full_batch(*run)["loss"])


# --- the step -----------------------------------------------------------------------------------


def test_the_ravine_and_its_condition_number():
    printed("the ravine $x_1^2 + 50\\,x_2^2$ of DD2424 L5 has a condition number of 50")
    assert landscape.condition_number(problems.RAVINE_C) == pytest.approx(50)
    printed("from $(4, 0.5)$ gradient descent needed hundreds of steps")
    factor = landscape.contraction_factor(problems.RAVINE_C, lr=0.019)
    assert np.log(1e-6) / np.log(factor) > 100
    grad = problems.quadratic_gradient(problems.RAVINE_C)(problems.START)
    end = problems.START + second_order.newton_step(grad, problems.RAVINE_C)
    np.testing.assert_allclose(end, 0.0, atol=1e-14)  # the quiz: one step


def test_newton_does_not_notice_a_stretched_coordinate():
    printed("its step leads to the same point, in whatever units")
    stretch = np.diag([1000.0, 1.0])
    inverse = np.linalg.inv(stretch)
    x = problems.ROSENBROCK_START
    grad, hessian = problems.rosenbrock_gradient(x), problems.rosenbrock_hessian(x)
    stretched = second_order.newton_step(inverse @ grad, inverse @ hessian @ inverse)
    np.testing.assert_allclose(stretched, stretch @ second_order.newton_step(grad, hessian))


def test_newton_in_the_banana_valley():
    losses = [problems.rosenbrock(x) for x in HERE["newton_on_rosenbrock"](6)]
    printed("The second step lands at a loss of 1412, almost sixty times as high as the start")
    shown(losses[2], "1412")
    assert 57 < losses[2] / losses[0] < 60
    printed("$0.31$, $1.9 \\cdot 10^{-11}$, $3.4 \\cdot 10^{-20}$")
    shown(losses[4], "0.31")
    shown(losses[5], "1.9e-11")
    assert losses[6] == pytest.approx(3.4e-20, rel=0.1)


def test_logistic_loss_of_the_explorer_promises_the_impossible():
    from course_lib.explorers.newton_model import problem_list, step_of, walk

    printed("Can a logistic loss be that low?")
    logistic, start = problem_list()[4], np.array([-1.2, 1.0])
    promised = logistic.loss(start) + 0.5 * logistic.gradient(start) @ step_of(
        logistic, start, None
    )
    assert promised < 0
    printed("the first step still goes much too far")
    assert walk(logistic, start, 0.1)[1, 0] > 2


# --- saddles ------------------------------------------------------------------------------------


def test_the_two_valleys():
    printed("Its minima are at $x_2 = \\pm\\sqrt 2 \\approx \\pm 1.41$")
    slope = problems.two_valleys_gradient(np.array([1.0, 0.5]))
    bend = problems.two_valleys_hessian(np.array([1.0, 0.5]))
    np.testing.assert_allclose(slope, [2.0, -0.875])  # the numbers of the quiz
    np.testing.assert_allclose(np.diag(bend), [2.0, -1.25])
    np.testing.assert_allclose(second_order.newton_step(slope, bend), [-1.0, -0.7])


def test_where_newton_ends():
    starts, ends = np.linspace(-2, 2, 401), HERE["ends_between_two_valleys"](None)
    on_saddle = np.abs(ends) < 1e-6
    printed("So 32 % of the starts end on the saddle")
    assert round(100 * on_saddle.mean()) == 32
    printed("starts between about $-0.63$ and $0.63$ end on the saddle")
    np.testing.assert_allclose(np.abs(starts[on_saddle]).max(), 0.63, atol=0.011)
    printed("those beyond 0.82 on either side end in their own valley")
    beyond = np.abs(starts) > 0.815
    np.testing.assert_allclose(ends[beyond], np.sign(starts[beyond]) * np.sqrt(2), atol=1e-6)
    printed("most end in the valley on the *other* side")
    between = ~on_saddle & ~beyond
    assert 0.8 < np.mean(ends[between] * starts[between] < 0) < 1


def test_where_the_repaired_step_ends():
    printed("a single point is left on the saddle, at $x_2 = 0$")
    starts, ends = np.linspace(-2, 2, 401), HERE["ends_between_two_valleys"](0.1)
    np.testing.assert_allclose(ends[starts != 0], np.sign(starts[starts != 0]) * np.sqrt(2))
    assert np.sum(np.abs(ends) < 1e-6) == 1


def test_curvatures_of_the_small_network():
    printed("163 parameters in all")
    assert len(HERE["small_network"](0)[0]) == 163
    printed("In all five networks there are negative curvatures, a dozen or more")
    printed("about a third of all curvatures are zero up to rounding")
    zeros = []
    for seed in range(5):
        curvatures = HERE["curvatures_of_a_network"](seed)
        assert np.sum(curvatures < -1e-7) >= 12
        zeros.append(np.mean(np.abs(curvatures) <= 1e-7))
    assert np.mean(zeros) == pytest.approx(1 / 3, abs=0.05)


def test_flat_directions_of_the_softmax():
    """One number added to all biases, or one vector to all columns of W2."""
    printed("which leaves nine flat directions in any network of this shape")
    row, gradient = HERE["small_network"](0)
    like = {"W1": np.zeros((16, 8)), "W2": np.zeros((8, 3)), "b1": np.zeros(8), "b2": np.zeros(3)}
    moves = [HERE["packed"]({**like, "b2": np.ones(3)})]
    moves += [HERE["packed"]({**like, "W2": np.outer(unit, np.ones(3))}) for unit in np.eye(8)]
    assert len(moves) == 9
    for move in moves:
        np.testing.assert_allclose(gradient(row + move), gradient(row), atol=1e-12)


def test_gradients_in_another_order_make_negative_curvatures():
    printed("nearly half of the curvatures of the small network came out negative")
    row, gradient = HERE["small_network"](0)
    sizes = {"W1": 128, "W2": 24, "b1": 8, "b2": 3}
    places = dict(
        zip(sizes, np.split(np.arange(163), np.cumsum(list(sizes.values()))), strict=False)
    )
    back_to_front = np.concatenate([places[name] for name in ("W2", "b2", "W1", "b1")])
    forward = np.concatenate([places[name] for name in ("W1", "b1", "W2", "b2")])
    nudges = 1e-6 * np.eye(163)
    columns = [(gradient(row + n) - gradient(row - n))[back_to_front] / 2e-6 for n in nudges]
    wrong = np.array(columns)[forward]
    negative = np.mean(np.linalg.eigvalsh((wrong + wrong.T) / 2) < -1e-7)
    assert 0.4 < negative < 0.5


# --- cost ---------------------------------------------------------------------------------------


def test_costs():
    memory, work = second_order.newton_cost(10**8)
    printed("For $10^8$ parameters the Hessian takes 80 petabytes")
    assert memory == 80 * 10**15
    printed("would invert it in about 32 years")
    assert work / 1e15 / (365.25 * 86400) == pytest.approx(32, abs=0.5)
    printed("its inversion $10^{24}$ multiply-adds")
    assert work == 10**24
    printed("20 vectors: 16 gigabytes instead of 80 petabytes")
    assert 20 * 8 * 10**8 == 16 * 10**9
    assert second_order.newton_cost(10**5)[0] == 80 * 10**9  # the quiz: 100 thousand


# --- BFGS ---------------------------------------------------------------------------------------


def test_rank_of_a_correction():
    values = HERE["sizes_of_a_correction"](8)
    assert values[1] > 1
    assert values[2] < 1e-12


def test_searched_runs():
    printed("Gradient descent takes 10 616 steps")
    assert len(HERE["searched_run"]("gradient descent")) - 1 == pytest.approx(10616, rel=0.02)
    printed("BFGS takes 33, and Newton with a line search 20")
    bfgs = HERE["searched_run"]("BFGS")
    assert len(bfgs) - 1 == 33
    assert len(HERE["searched_run"]("Newton")) - 1 == 20
    printed("a lucky leap after 30 of them")
    path = HERE["searched_run"]("gradient descent", most=60)
    assert np.argmax(np.abs(np.diff(path[:, 0]))) == 30
    inverse = np.eye(2)
    for x, after in pairwise(bfgs):
        change = problems.rosenbrock_gradient(after) - problems.rosenbrock_gradient(x)
        inverse = second_order.bfgs_update(inverse, after - x, change)
    printed("its estimate agrees with the true inverse Hessian to about one percent")
    true = np.linalg.inv(problems.rosenbrock_hessian(bfgs[-1]))
    assert np.abs(inverse - true).max() / np.abs(true).max() == pytest.approx(0.011, abs=0.003)


# --- threes and eights --------------------------------------------------------------------------


def test_steps_to_a_millionth():
    printed("Gradient descent needs 7799 steps")
    printed("The dotted line is crossed after 7799, 829, 16 and 6 steps")
    assert steps_needed("sgd", 8000) == pytest.approx(7799, abs=2)
    assert steps_needed("momentum", 1000) == pytest.approx(829, abs=1)
    assert steps_needed("lbfgs", 30) == 16
    assert steps_needed("newton", 10) == 6
    printed("The 186 threes and eights among the training digits")
    assert len(HERE["X"]) == 186
    printed("$1.2 \\cdot 10^{-3}$, $3.4 \\cdot 10^{-5}$, $3.5 \\cdot 10^{-8}$, $4 \\cdot 10^{-14}$")
    gaps = full_batch("newton", 10)["loss"] - BEST
    for gap, text in zip(gaps[4:7], ("1.2e-3", "3.4e-5", "3.5e-8"), strict=True):
        shown(gap, text)
    assert gaps[7] == pytest.approx(4e-14, rel=0.1)


def test_the_condition_number_of_the_quiz():
    curvatures = np.linalg.eigvalsh(HERE["hessian_of"](HERE["weights_along"]("newton", 10)[-1]))
    assert round(curvatures[-1] / curvatures[0]) == 234
    printed("the largest curvature near the minimum is 0.23")
    shown(curvatures[-1], "0.23")
    printed("here inverse curvatures go up to 1000")
    assert 1 / curvatures[0] == pytest.approx(1000, rel=1e-3)


def test_work_of_a_step():
    gradient, hessian, inversion = 2 * 186 * 65, 186 * 65**2, second_order.newton_cost(65)[1]
    printed("24\\,180$ multiply-adds")
    printed("785\\,850$, and the inversion, $65^3 = 274\\,625$: as much as 45 gradients")
    assert (gradient, hessian, inversion) == (24_180, 785_850, 274_625)
    newton = (gradient + hessian + inversion) / gradient
    assert round(newton) == 45
    printed("Six steps cost as much as 269 gradients")
    assert round(6 * newton) == 269
    assert gradient / 9 > 4 * 10 * 65  # the loops of L-BFGS are small change


def test_accuracy_on_new_digits():
    printed("each gets 97 of 98 test digits right")
    assert len(HERE["X_TEST"]) == 98
    printed("After 100 steps gradient descent has 95 of 98, after 1000 steps 96")
    accuracy = full_batch("sgd", 8000)["accuracy"]
    assert [round(98 * accuracy[k]) for k in (100, 1000, 7799)] == [95, 96, 97]


def test_how_much_memory():
    printed("More memory helps, up to about 20 pairs")
    needed = [steps_needed("lbfgs", 60, memory) for memory in (1, 3, 5, 10, 20, 50)]
    assert needed == [57, 33, 27, 16, 13, 13]
    printed("needs 66 steps, five times as many as L-BFGS with 20 or 50 pairs")
    assert steps_needed("bfgs", 80) == 66


def test_scipy_with_its_defaults():
    printed("it stops after 18 steps and 19 gradients, $9 \\cdot 10^{-8}$ above the minimum")
    found = minimize(HERE["loss_and_gradient"], np.zeros(65), jac=True, method="L-BFGS-B")
    assert 14 <= found.nit <= 22  # other versions of SciPy may search a line otherwise
    assert 1e-9 < found.fun - BEST < 1e-6


@pytest.mark.slow
def test_passes_over_the_digits():
    runs = {
        name: HERE["passes_over_digits"](name)
        for name in ("momentum, full batch", "L-BFGS", "momentum, batches of 32")
    }
    full, lbfgs, small = runs.values()
    printed("a training loss of 0.063 against 0.116")
    assert lbfgs["loss"].mean() == pytest.approx(0.063, rel=0.15)
    assert full["loss"].mean() == pytest.approx(0.116, rel=0.03)
    printed("small batches with plain momentum have 0.006")
    assert small["loss"].mean() == pytest.approx(0.0064, rel=0.1)
    printed("a test accuracy of 0.960 ± 0.005 against 0.947 ± 0.005")
    assert small["accuracy"].mean() == pytest.approx(0.960, abs=0.003)
    assert lbfgs["accuracy"].mean() == pytest.approx(0.947, abs=0.004)
    assert 0.003 < small["accuracy"].std(ddof=1) < 0.008
    printed("They made 640 updates")
    assert 20 * -(-1000 // 32) == 640
    printed("down to 0.002, and its test accuracy does not move: 0.945 ± 0.007")
    longer = HERE["passes_over_digits"]("L-BFGS", 40)
    assert longer["loss"].mean() < 0.005
    assert longer["accuracy"].mean() == pytest.approx(0.945, abs=0.004)


# --- mini-batches -------------------------------------------------------------------------------


def test_newton_on_batches_of_twenty():
    printed("all runs of Newton hover around a loss of 0.1")
    runs = HERE["minibatch_losses"]("newton", 20, 100)
    assert np.median(runs[:, 2:10]) == pytest.approx(0.11, abs=0.02)
    assert pytest.approx(2, abs=0.1) == 0.1 / BEST
    printed("In five runs it comes after 12 to 51 steps")
    first = np.argmax(runs > 10, axis=1) + 1
    assert (first.min(), first.max()) == (12, 51)
    printed("shoots up to several thousand and stays there")
    assert runs[:, -20:].min() > 1000


@pytest.mark.slow
def test_cures():
    def above(*settings):
        return HERE["minibatch_losses"](*settings)[:, -100:].mean() - BEST

    printed("it stays 0.0127 above the minimum, three times as far as SGD with batches of 20")
    half, sgd = above("newton", 93, 300), above("sgd", 20, 300)
    assert half == pytest.approx(0.0127, rel=0.05)
    assert half / sgd == pytest.approx(3, abs=0.3)
    printed("A step size of 0.1 does not cure the stalling either")
    assert above("newton", 20, 300, 0.1) > 2 * half
    printed("a damping of 1, and it comes out where SGD does")
    assert above("newton", 20, 300, 1.0, 1.0) / sgd == pytest.approx(1.2, abs=0.2)


def test_a_newton_step_on_a_batch_is_biased():
    lengths = HERE["mean_steps_at_the_minimum"](20)
    printed("The mean gradient is zero, as far as 1500 batches can tell")
    assert lengths["gradient"][0] < lengths["gradient"][1]
    printed("it has a length of 3.26, forty times what noise would leave")
    shown(lengths["Newton step"][0], "3.26")
    assert lengths["Newton step"][0] / lengths["Newton step"][1] == pytest.approx(42, abs=3)


def test_lbfgs_on_batches():
    other, same = HERE["minibatch_lbfgs"](False, 0.1), HERE["minibatch_lbfgs"](True, 0.1)
    printed("four in ten pairs show a negative curvature")
    assert other["refused"] == pytest.approx(0.39, abs=0.04)
    printed("they still end 0.06 above the minimum, at best")
    assert other["ends"].min() == pytest.approx(0.058, abs=0.01)
    printed("no pair is refused")
    assert same["refused"] == 0
    printed("most seeds end about 0.004 above the minimum")
    assert np.median(same["ends"]) == pytest.approx(0.004, abs=0.0006)
    printed("With the full step the runs end anywhere")
    wild = HERE["minibatch_lbfgs"](False, 1.0)["ends"]
    assert wild.max() / wild.min() > 100
