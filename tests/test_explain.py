"""Explanations: given a wrong array and the right one, the cause is named, and only if it is."""

import numpy as np
import pytest

from course_lib.checking.compare import Difference, Tolerance, difference
from course_lib.checking.explain import explain, explain_rates, named_inputs

RNG = np.random.default_rng(5)
WANT = RNG.normal(size=(5, 3))
VECTOR = RNG.normal(size=6)
X = RNG.normal(size=(5, 3))
INPUTS = {"x": X, "labels": np.arange(7), "lr": 0.37, "scale": 0.0}


def said(got, want=WANT, inputs=INPUTS):
    found = difference(np.asarray(got), want, Tolerance())
    assert found is not None
    return explain(found, inputs)


@pytest.mark.parametrize(
    ("got", "want", "words"),
    [
        (-WANT, WANT, "Every entry has the wrong sign"),
        (np.abs(WANT), WANT, "some entries have the wrong sign"),
        (WANT * 5, WANT, "5 times too large, and 5 is the number of rows (examples): sum or mean?"),
        (WANT / 5, WANT, "5 times too small"),
        (WANT * 3, WANT, "3 times too large, and 3 is the number of columns"),
        (WANT / 7, WANT, "7 times too small, and 7 is"),
        (WANT * 0.37, WANT, "the right value times the input lr"),
        (WANT / 0.37, WANT, "the right value divided by the input lr"),
        (WANT * 1.234, WANT, "1.234 times the right value: a constant factor"),
        (WANT * -1.5, WANT, "-1.5 times the right value"),
        (WANT * 0, WANT, "Every entry is zero"),
        (np.float64(4.0), np.array(2.0), "twice the right one"),
        (np.float64(1.0), np.array(2.0), "half the right one"),
        (np.float64(0.74), np.array(2.0), "The number is the right value times the input lr"),
        (np.float64(10.0), np.array(2.0), "The number is 5 times too large"),
        (WANT**2, WANT, "square of the right value: is a root missing?"),
        (np.sqrt(WANT**2 + 1), WANT**2 + 1, "square root of the right value"),
        (1 / WANT, WANT, "reciprocal"),
        (VECTOR[::-1], VECTOR, "order is reversed"),
        (np.roll(VECTOR, 1), VECTOR, "shifted by one place"),
        (np.append(VECTOR[1:], 0.4), VECTOR, "shifted by one place"),
        (VECTOR[[2, 0, 1, 5, 3, 4]], VECTOR, "right numbers stand in the wrong places"),
        (WANT[[1, 0, 2, 4, 3]], WANT, "right numbers stand in the wrong places"),
        (WANT + 0.25, WANT, "off by the same amount (0.25): a constant is added"),
        (
            WANT + 0.5 * X,
            WANT,
            "exactly 0.5 times the input x: a term proportional to it is missing",
        ),
        (WANT - 2 * X, WANT, "exactly -2 times the input x: a term proportional to it is missing"),
        (np.where(WANT > 0, WANT, 0), WANT, "Entries that should not be zero are zero"),
        (WANT, np.where(WANT > 0, WANT, 0), "Entries that should be zero are not"),
        (VECTOR + np.array([0, 0, 0, 0.1, 0.2, -0.7]), VECTOR, "The first 3 entries are right"),
        (
            VECTOR + np.array([0, 0.3, 0, 0.1, 0, 0]),
            VECTOR,
            "Only some of the 6 entries are wrong (index 1, 3)",
        ),
        (
            WANT * (np.arange(5) != 2)[:, None] + (np.arange(5) == 2)[:, None],
            WANT,
            "rows are wrong (index 2)",
        ),
        (WANT + np.outer(np.arange(1, 6) ** 2, [0, 1, 0]), WANT, "columns are wrong (index 1)"),
    ],
)
def test_cause_is_named(got, want, words):
    assert words in said(got, want)


def test_transposed_square_is_recognised_by_its_values():
    square = RNG.normal(size=(4, 4))
    assert "transposed" in said(square.T, square, {})


@pytest.mark.parametrize(
    ("got", "want", "words"),
    [
        ((3, 5), (5, 3), "transposed"),
        ((), (3,), "Too much was summed"),
        ((3,), (), "single number was expected"),
        ((3,), (5, 3), "An axis is missing"),
        ((5, 3), (3,), "an axis too many"),
        ((1, 5, 3), (5, 3), "an axis too many"),
        ((5, 4), (5, 3), "Axis 1 has length 4"),
        ((4, 2), (5, 3), "Which operand of the product comes first"),
    ],
)
def test_shape_is_explained(got, want, words):
    assert words in said(np.ones(got), np.ones(want))


@pytest.mark.parametrize(
    ("value", "words"),
    [(np.nan, "holds nan, which comes from 0/0"), (np.inf, "holds inf"), (-np.inf, "holds inf")],
)
def test_nonfinite_is_explained(value, words):
    assert words in said(np.where(WANT > 0, WANT, value))


@pytest.mark.parametrize("seed", range(100))
@pytest.mark.parametrize("shape", [(), (2,), (6,), (4, 3), (3, 3), (2, 3, 2)], ids=str)
def test_nothing_is_claimed_of_random_numbers(seed, shape):
    rng = np.random.default_rng(seed)
    got, want = rng.normal(size=shape), rng.normal(size=shape)
    inputs = {"x": rng.normal(size=shape), "w": rng.normal(size=(4, 3)), "lr": rng.random()}
    assert said(got, want, inputs) == ""


def test_the_first_of_several_causes_is_the_most_specific():
    inputs = {"x": np.ones((5, 3)), "rate": 5.0}
    assert "number of rows" in said(WANT * 5, WANT, inputs)


def test_size_one_and_two_are_no_explanation():
    assert "2 is the number" not in said(WANT * 2, WANT, {"x": np.ones((2, 1))})


def test_other_kinds_of_difference_are_left_to_others():
    assert explain(Difference("text", "", "minimum", "saddle"), {}) == ""
    assert explain(Difference("length", "", (), (1,)), {}) == ""


def test_empty_and_zero_inputs_do_no_harm():
    inputs = {"a": np.zeros((0, 3)), "b": np.zeros((5, 3)), "c": None, "d": "word", "e": {}}
    assert said(WANT + X, WANT, inputs) == ""


def test_arguments_get_their_names():
    assert named_inputs(["x", "y"], (1, 2), {"lr": 3}) == {"x": 1, "y": 2, "lr": 3}


STEPS = [0, 2, 3, 9]
RATES = np.array([0.4, 0.4, 0.2, 0.1])


@pytest.mark.parametrize(
    ("got", "words"),
    [
        ([0.4, 0.4, 0.4, 0.4], "right before step 3; there, and at all later steps asked for, too"),
        ([0.1, 0.4, 0.2, 0.1], "too small at the first steps, and right from step 2 on"),
        ([0.1, 0.4, 0.9, 0.1], "wrong at 2 of 4 steps, the first of them step 0"),
        ([0.5, 0.9, 0.4, 0.7], "too large at every step, step 0 included"),
        ([0.4, 0.4, 0.2, -0.2], "turns negative"),
        ([0.4, np.inf, 0.2, 0.1], "It holds inf"),
        ([0.2, 0.2, 0.1, 0.05], "half the right one"),
        ([0.4, 0.2, 0.1, 0.9], "shifted by one place"),
    ],
)
def test_learning_rates_are_told_by_their_steps(got, words):
    found = difference(np.array(got), RATES, Tolerance())
    assert found is not None
    assert words in explain_rates(found, STEPS, {})


def test_a_single_learning_rate_needs_no_place():
    found = difference(np.array([0.3]), np.array([0.2]), Tolerance())
    assert found is not None
    assert explain_rates(found, [0], {}) == ""


@pytest.mark.parametrize("digits", [1, 2, 4])
def test_rounded_values_are_told_so(digits):
    assert f"rounded to {digits} decimals" in said(np.round(WANT, digits), WANT)


def test_one_rounded_number_may_be_chance():
    assert "rounded" not in said(np.array(0.2), np.array(0.21))
    assert "rounded to 5 decimals" in said(np.array(0.14159), np.array(0.141592653))


def test_where_most_entries_are_wrong_the_few_right_ones_say_nothing():
    got = VECTOR * np.array([1, 1.3, 0.6, 1.2, -0.4, 2.2])
    assert said(got, VECTOR) == ""


def test_a_tiny_difference_has_no_pattern():
    want = np.array([0.3, -0.7, 1.1])
    assert "small constant" in explain(Difference("value", "", want * (1 + 3e-7), want), {})
