"""Every number that the prose of unit 02 prints is measured again here.

``said`` insists that the lesson still says what is measured, so that neither can drift alone.
Measurements are written out here, apart from the lesson's own cells.
"""

import math

import numpy as np
import pytest
from written import Lesson

from autograde import spec
from course_lib import landscape, models, preprocessing, problems
from course_lib.datasets import load_digits
from course_lib.losses import softmax_cross_entropy

UNIT = "unit02_conditioning"
LESSON = Lesson(UNIT)
said = LESSON.printed
BOWLS = {"A": problems.RAVINE_A, "B": problems.RAVINE_B, "C": problems.RAVINE_C}
START = problems.START


def rounds_to(value, text):
    """``value`` rounds to ``text`` with as many decimals as ``text`` has."""
    decimals = len(text.partition(".")[2])
    assert round(float(value), decimals) == float(text), (value, text)


def end_loss(hessian, lr, steps=95):
    x = START.copy()
    for _ in range(steps):
        x = x - lr * (hessian @ x)
    return 0.5 * x @ hessian @ x


@pytest.mark.parametrize(
    ("bowl", "lr", "text"),
    [
        ("A", 0.01, "0.3498"),
        ("B", 0.01, "0.3444"),
        ("C", 0.01, "0.3444"),
        ("C", 0.019, "0.0102"),
        ("C", 0.02, "12.51"),
    ],
)
def test_runs_of_the_lecture(bowl, lr, text):
    rounds_to(end_loss(BOWLS[bowl], lr), text)
    said(text)


@pytest.mark.parametrize(
    ("lr", "want"),
    [
        (0.001, 10.94),
        (0.005, 2.37),
        (0.01, 0.344),
        (0.015, 0.0491),
        (0.019, 0.0102),
        (0.0201, 82.8),
    ],
)
def test_ravine_c_against_the_closed_form(lr, want):
    factors = (1 - lr * np.array([2.0, 100.0])) ** 95
    closed = (factors * START) ** 2 @ np.array([1.0, 50.0])
    assert end_loss(BOWLS["C"], lr) == pytest.approx(closed, rel=1e-9)
    assert closed == pytest.approx(want, rel=3e-3)


@pytest.mark.parametrize(("bowl", "degrees"), [("A", "0"), ("B", "44.2"), ("C", "73.8")])
def test_aim_of_the_first_step(bowl, degrees):
    step, wanted = BOWLS[bowl] @ START, START
    cosine = step @ wanted / (np.linalg.norm(step) * np.linalg.norm(wanted))
    rounds_to(np.degrees(np.arccos(min(cosine, 1.0))), degrees)
    said(f"{degrees}° on {bowl}")


def test_curvatures_of_the_turned_saddle():
    low, high = np.linalg.eigvalsh([[3.0, 2.0], [2.0, 1.0]])
    rounds_to(high, "4.24")
    rounds_to(low, "-0.236")
    said("two extremes, 4.24 and −0.236")


def test_curvatures_of_the_banana_valley():
    low, high = np.linalg.eigvalsh(problems.rosenbrock_hessian(problems.ROSENBROCK_MINIMUM))
    rounds_to(high, "1002")
    rounds_to(low, "0.399")
    said("bends 1002 one way and 0.399 the other")


def test_share_of_minima_among_random_matrices():
    rng = np.random.default_rng(0)
    shares = {}
    for d in range(1, 7):
        entries = rng.normal(size=(20_000, d, d))
        curvatures = np.linalg.eigvalsh(entries + entries.transpose(0, 2, 1))
        shares[d] = np.mean(curvatures.min(axis=1) > 0)
    assert shares[1] == pytest.approx(0.5, abs=0.01)
    rounds_to(shares[2], "0.145")
    # two dimensions have a closed form: (2 - sqrt 2) / 4
    assert shares[2] == pytest.approx((2 - 2**0.5) / 4, abs=6 * (0.146 * 0.854 / 20_000) ** 0.5)
    assert round(20_000 * shares[5]) == 1
    assert 20_000 * shares[4] == pytest.approx(50, abs=10)  # the quiz's "about 50"
    said("over 0.145 at $d = 2$ to a single one in 20 000 at $d = 5$")


@pytest.mark.parametrize(("offset", "steps"), [(1e-3, 38), (1e-6, 76), (1e-12, 152)])
def test_escape_from_the_saddle(offset, steps):
    x, count = np.array([1.0, offset]), 0
    while abs(x[1]) < 1:
        x, count = x - 0.1 * problems.saddle_gradient(x), count + 1
    assert count == steps == np.ceil(np.log(1 / offset) / np.log(1.2))
    said(str(steps))


def gradient_steps(loss, params):
    for _ in range(200):
        grads = loss(params)[1]
        params = {name: value - 0.5 * grads[name] for name, value in params.items()}
    return params


def test_halfway_between_a_network_and_its_shuffled_copy():
    digits = load_digits()

    def loss(params):
        return models.two_layer_loss(params, digits.x_train, digits.y_train)

    ends, middles = [], []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        here = gradient_steps(loss, models.init_mlp((64, 16, 10), rng=rng))
        order = rng.permutation(16)
        there = {**here, "W1": here["W1"][:, order], "b1": here["b1"][order]}
        there["W2"] = here["W2"][order]
        np.testing.assert_allclose(loss(there)[0], loss(here)[0], rtol=1e-12)
        ends.append(loss(here)[0])
        middles.append(loss({name: (here[name] + there[name]) / 2 for name in here})[0])
    rounds_to(min(ends), "0.09")
    rounds_to(max(ends), "0.10")
    rounds_to(min(middles), "0.88")
    rounds_to(max(middles), "1.11")
    said("same loss, 0.09 to 0.10, and in the middle it is 0.88 to 1.11")
    rounds_to(math.factorial(16) / 1e13, "2")
    said("$16!$ orders, some $2 \\cdot 10^{13}$ points")


def test_between_two_trainings_of_a_linear_classifier():
    digits = load_digits()

    def loss(params):
        value, dscores = softmax_cross_entropy(
            digits.x_train @ params["W1"] + params["b1"], digits.y_train
        )
        return value, {"W1": digits.x_train.T @ dscores, "b1": dscores.sum(axis=0)}

    for seed in range(5):
        rng = np.random.default_rng(seed)
        starts = [models.init_mlp((64, 10), rng=rng, scale=1.0) for _ in range(2)]
        here, there = (gradient_steps(loss, start) for start in starts)
        middle = {name: (here[name] + there[name]) / 2 for name in here}
        assert loss(middle)[0] < min(loss(here)[0], loss(there)[0])
    said("all five curves of the linear classifier sag between their ends")


def test_limits_and_best_step():
    curvatures = {name: np.diag(hessian) for name, hessian in BOWLS.items()}
    assert {name: 2 / c.max() for name, c in curvatures.items()} == {"A": 1.0, "B": 0.1, "C": 0.02}
    rounds_to(49 / 51, "0.961")
    rounds_to(2 / 102, "0.0196")
    said("$\\kappa = 50$, it is 0.961, and the best step size is 0.0196")
    rounds_to(2 / (1 + 8), "0.22")
    assert 2 / 8 == 0.25
    said("near 0.22, and passes 1 at 0.25")


@pytest.mark.parametrize(("kappa", "steps"), [(10, 69), (100, 691), (1000, 6908)])
def test_price_list(kappa, steps):
    lr, x, count = 2 / (1 + kappa), np.ones(2), 0
    while np.abs(x).max() > 1e-6:
        x, count = x - lr * np.array([1.0, kappa]) * x, count + 1
    assert count == steps
    assert count == pytest.approx(kappa * np.log(1e6) / 2, rel=0.01)
    said(str(steps))


def test_the_slide_s_formula_and_the_truth():
    curvatures = np.array([2.0, 100.0])
    shrink = (1 - 0.015 * curvatures) ** 10
    rounds_to(end_loss(BOWLS["C"], 0.015, steps=5), "11.81")
    rounds_to(np.sum(shrink * curvatures * START), "5.948")
    assert (end_loss(BOWLS["C"], 0.0), np.sum(curvatures * START)) == (28.5, 58.0)
    said("the loss is 11.81; the printed formula says 5.948")
    said("At the start it is 28.5, where the formula says 58.")


def test_equality_holds_for_the_extreme_directions_only():
    def both(curvatures):
        x = (1 - 2 / 11 * curvatures) ** 3
        return 0.5 * curvatures @ x**2, 0.5 * curvatures.sum() * (9 / 11) ** 6

    true, common = both(np.array([1.0, 10.0]))
    assert true == pytest.approx(common, rel=1e-12)
    true, common = both(np.array([1.0, 5.0, 10.0]))
    rounds_to(true, "1.65")
    rounds_to(common, "2.4")
    said("the true loss is still 1.65, where the common factor gives 2.4")


TABLE_A = np.array([[114.8, 0.00323], [338.1, 0.00183], [98.8, 0.00279]])
TABLE_B = np.array([[1003.2, 1005.1], [1001.1, 1008.2], [998.3, 1003.4]])


@pytest.mark.parametrize(
    ("table", "raw", "centred", "standardised"),
    [(TABLE_A, 1.39e10, 2.64e11, 28.2), (TABLE_B, 8.78e5, 2.48, 2.48)],
)
def test_condition_of_the_two_tables(table, raw, centred, standardised):
    middle = table - table.mean(axis=0)
    ways = (table, middle, middle / table.std(axis=0))
    found = [np.linalg.cond(x.T @ x) for x in ways]
    np.testing.assert_allclose(found, [raw, centred, standardised], rtol=3e-3)


def test_what_the_lesson_says_of_the_two_tables():
    said("$1.39 \\cdot 10^{10}$")
    said("$2.64 \\cdot 10^{11}$")
    said("Dividing brings it to 28.2.")
    said("$8.78 \\cdot 10^5$")
    said("2.48, and dividing adds nothing")


def test_first_gradient_of_data_set_a():
    gradient = -TABLE_A.T @ np.array([5.1, 3.2, 4.1]) / 3
    rounds_to(gradient[0], "-690.8")
    rounds_to(gradient[1], "-0.01126")
    assert gradient[0] / gradient[1] == pytest.approx(60_000, rel=0.03)
    quizzes = {quiz.name: quiz for quiz in spec.quizzes(UNIT)}
    assert any("(-690.8, -0.01126)" in c.reason for c in quizzes["u02-which-weight"].choices)


# --- digits -------------------------------------------------------------------------------------

DIGITS = load_digits()
INKED = (DIGITS.x_train > 0).mean(axis=0) > 0.05


def inputs(how, train, test):
    if how == "centred":
        train, test = train - train.mean(axis=0), test - train.mean(axis=0)
    if how == "standardised":
        train, test = preprocessing.standardize(train, test)
    return [np.column_stack([x, np.ones(len(x))]) for x in (train, test)]


@pytest.mark.parametrize(
    ("how", "kappa", "after_best", "after_half"),
    [
        ("raw", 30846, "0.0683", "0.0367"),
        ("centred", 2711, "0.0441", "0.0021"),
        ("standardised", 165, "0.0035", "0.0005"),
    ],
)
def test_least_squares_on_digits(how, kappa, after_best, after_half):
    assert INKED.sum() == 50
    x = inputs(how, DIGITS.x_train[:, INKED], DIGITS.x_test[:, INKED])[0]
    targets = np.eye(10)[DIGITS.y_train]
    hessian = x.T @ x / len(x)
    curvatures = np.linalg.eigvalsh(hessian)
    assert np.linalg.cond(hessian) == pytest.approx(kappa, rel=1e-3)
    best = np.linalg.lstsq(x, targets, rcond=None)[0]
    for lr, text in (
        (2 / (curvatures[0] + curvatures[-1]), after_best),
        (1 / curvatures[-1], after_half),
    ):
        weights = np.zeros_like(best)
        for _ in range(100):
            weights = weights - lr * (hessian @ weights - x.T @ targets / len(x))
        gap = 0.5 * np.sum((weights - best) * (hessian @ (weights - best)))
        rounds_to(gap, text)
        said(text)


def test_centring_raises_the_limit_on_digits():
    limits = {}
    for how in ("raw", "centred"):
        x = inputs(how, DIGITS.x_train[:, INKED], DIGITS.x_test[:, INKED])[0]
        limits[how] = landscape.max_stable_lr(x.T @ x / len(x))
    rounds_to(limits["raw"], "0.176")
    assert limits["centred"] == pytest.approx(2.0, rel=1e-6)
    said("the largest stable step rose from 0.176 to 2.")


def softmax_runs(how, lr):
    rows = []
    for seed in range(5):
        chosen = np.random.default_rng(seed).permutation(1000)[:700]
        x, x_test = inputs(how, DIGITS.x_train[chosen][:, INKED], DIGITS.x_test[:, INKED])
        labels, weights = DIGITS.y_train[chosen], np.zeros((51, 10))
        for _ in range(100):
            weights = weights - lr * x.T @ softmax_cross_entropy(x @ weights, labels)[1]
        hits = np.argmax(x_test @ weights, axis=1) == DIGITS.y_test
        rows.append((softmax_cross_entropy(x @ weights, labels)[0], hits.mean()))
    return np.array(rows).T


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "lr", "loss", "accuracy"),
    [
        ("raw", 0.5, "0.383 ± 0.010", "0.908 ± 0.004"),
        ("centred", 0.5, "0.384 ± 0.011", "0.905 ± 0.004"),
        ("standardised", 0.5, "0.097 ± 0.006", "0.941 ± 0.007"),
        ("raw", 10.0, "0.047", "0.945 ± 0.004"),
        ("standardised", 10.0, "0.006", "0.938 ± 0.008"),
    ],
)
def test_softmax_on_digits(how, lr, loss, accuracy):
    for values, text in zip(softmax_runs(how, lr), (loss, accuracy), strict=True):
        mean, _, spread = text.partition(" ± ")
        assert values.mean() == pytest.approx(float(mean), abs=6e-4)
        assert not spread or values.std(ddof=1) == pytest.approx(float(spread), abs=6e-4)
        said(text)
