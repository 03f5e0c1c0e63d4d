"""Cards: what is written comes back, and fingerprints are equal just where observations are."""

import json
import math

import numpy as np
import pytest

from course_lib import layers, problems
from course_lib.checking import cards
from course_lib.checking.cards import Function, Rng, UnknownExercise, decode, encode, fresh, load
from course_lib.checking.compare import (
    Difference,
    Tolerance,
    difference,
    fingerprint,
    same_fingerprint,
)
from course_lib.optim import MomentumState, SGDState

RNG = np.random.default_rng(11)
EXACT = Tolerance(rtol=0.0, atol=0.0)


def through_json(value):
    return decode(json.loads(json.dumps(encode(value), allow_nan=False)))


def identical(left, right):
    """Equal in kind and value, with nan equal to itself and -0.0 not to 0.0."""
    if isinstance(left, np.ndarray):
        same_kind = isinstance(right, np.ndarray) and left.dtype == right.dtype
        return same_kind and left.shape == right.shape and left.tobytes() == right.tobytes()
    if type(left) is not type(right):
        return False
    if isinstance(left, (tuple, list)):
        return len(left) == len(right) and all(map(identical, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(identical(left[k], right[k]) for k in left)
    if isinstance(left, float):
        return repr(left) == repr(right)
    return left == right


def random_tree(rng, depth):
    kind = rng.integers(9 if depth else 5)
    if kind == 0:
        return float(rng.normal() * 10.0 ** rng.integers(-300, 300))
    if kind == 1:
        return [None, True, False, "wörd «x»", "", 7, -0.0, math.nan, math.inf, -math.inf][
            rng.integers(10)
        ]
    if kind == 2:
        shape = tuple(int(n) for n in rng.integers(0, 4, size=rng.integers(0, 4)))
        return np.where(rng.random(shape) < 0.2, np.nan, rng.normal(size=shape))
    if kind == 3:
        return rng.integers(-5, 5, size=(2, 3)) if rng.random() < 0.5 else rng.random(4) < 0.5
    if kind == 4:
        return [Rng(3), Function("problems.rosenbrock"), SGDState()][rng.integers(3)]
    items = [random_tree(rng, depth - 1) for _ in range(rng.integers(0, 4))]
    if kind == 5:
        return tuple(items)
    if kind == 6:
        return items
    if kind == 7:
        return {f"W{i} array": item for i, item in enumerate(items)}
    return MomentumState(random_tree(rng, depth - 1))


@pytest.mark.parametrize("seed", range(60))
def test_any_tree_comes_back_as_it_was(seed):
    tree = random_tree(np.random.default_rng(seed), 4)
    assert identical(through_json(tree), tree)


@pytest.mark.parametrize(
    "value",
    [
        np.zeros((0, 3)),
        np.array(2.5),
        np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324, 1.7976931348623157e308]),
        np.arange(6).reshape(1, 2, 3, 1),
        np.array([True, False]),
        np.array(["minimum", "saddle"]),
        np.arange(3, dtype=np.float32),
        {"array": 1, "tuple": 2, "float": "nan"},
        layers.BatchNormStats(np.zeros(2), np.ones(2)),
        (),
        [],
        {},
    ],
    ids=repr,
)
def test_edge_comes_back_as_it_was(value):
    assert identical(through_json(value), value)


def test_numpy_scalars_become_python_numbers():
    assert identical(encode(np.float64(0.1)), 0.1)
    assert identical(encode(np.int64(3)), 3)
    assert identical(encode(np.bool_(True)), True)
    assert encode(np.float64("nan")) == {"float": "nan"}


def test_memory_order_is_forgotten():
    turned = np.arange(6.0).reshape(2, 3).T
    np.testing.assert_array_equal(through_json(turned), turned)


@pytest.mark.parametrize("value", [{1, 2}, object(), len, 1 + 2j], ids=["set", "object", "f", "1j"])
def test_what_no_card_can_hold_is_named(value):
    with pytest.raises(TypeError, match=f"cannot hold a {type(value).__name__}"):
        encode([value])


def test_function_is_the_library_s_own_or_what_it_returns():
    assert Function("problems.rosenbrock").resolve() is problems.rosenbrock
    state = Function("optim.MomentumState", (np.ones(2),)).resolve()
    assert isinstance(state, MomentumState)


def test_fresh_inputs_share_nothing_with_the_card():
    inputs = {"x": np.ones(2), "deep": [(MomentumState(np.ones(3)), Rng(5))], "n": 3}
    first, second = fresh(inputs), fresh(inputs)
    first["x"][:] = 9
    first["deep"][0][0].velocity[:] = 9
    drawn = first["deep"][0][1].random()
    np.testing.assert_array_equal(inputs["x"], np.ones(2))
    np.testing.assert_array_equal(second["deep"][0][0].velocity, np.ones(3))
    assert second["deep"][0][1].random() == drawn == np.random.default_rng(5).random()
    assert first["n"] == 3


def test_load_finds_a_card_by_its_name(tmp_path):
    (tmp_path / "adam.json").write_text('{"name": "adam"}', encoding="utf-8")
    assert load("adam", tmp_path) == {"name": "adam"}
    assert cards.names(tmp_path) == ["adam"]
    for name in ("../adam", "adam.json", "adam/", "*"):
        with pytest.raises(UnknownExercise):
            load(name, tmp_path)


# --- comparing ----------------------------------------------------------------------------------


def kind(got, want, **tolerance):
    found = difference(got, want, Tolerance(**tolerance))
    return (found.kind, found.path) if found else None


@pytest.mark.parametrize(
    ("got", "want", "expected"),
    [
        (1, 1.0, None),
        ([1, 2], (1.0, 2.0), None),
        (np.array([1.0, 2.0]), np.array([1, 2]), None),
        (MomentumState(np.ones(2)), (np.ones(2),), None),
        ({"a": 1}, {"a": 1.0}, None),
        (np.array([np.nan, np.inf]), np.array([np.nan, np.inf]), None),
        (True, 1.0, None),
        ("saddle", "saddle", None),
        (None, None, None),
        (None, 1.0, ("nothing", "")),
        (None, (1.0, 2.0), ("nothing", "")),
        (1.0, None, ("text", "")),
        ("minimum", "saddle", ("text", "")),
        (1.0, "saddle", ("text", "")),
        ("1.0", 1.0, ("type", "")),
        (1.0, (1.0, 2.0), ("type", "")),
        ((1.0,), (1.0, 2.0), ("length", "")),
        ((1.0, 3.0), (1.0, 2.0), ("value", "[1]")),
        ({"a": 1}, {"b": 1}, ("keys", "")),
        ({"a": 1, "b": 2}, {"b": 1, "a": 1}, ("value", "['b']")),
        ([1.0], {"a": 1.0}, ("type", "")),
        (np.ones(3), np.ones(2), ("shape", "")),
        (np.ones((1, 2)), np.ones(2), ("shape", "")),
        (np.array([1, np.nan]), np.ones(2), ("nan", "")),
        (np.ones(2), np.array([1, np.nan]), ("value", "")),
        (np.array([1, np.inf]), np.array([1, -np.inf]), ("nan", "")),
        (np.array([1j, 1]), np.ones(2), ("dtype", "")),
        (np.array([None, 1]), np.ones(2), ("dtype", "")),
    ],
)
def test_first_difference_is_found(got, want, expected):
    assert kind(got, want) == expected


def test_relative_tolerance_is_kept_on_both_sides():
    want = np.array([1.0, 1000.0])
    assert kind(want * (1 + 0.9e-6), want) is None
    assert kind(want * (1 - 2e-6), want) == ("value", "")
    assert kind(np.array([1.0, 0.0]) * (1 + 2e-6), want) == ("value", "")


def test_zero_by_cancellation_may_carry_rounding_noise():
    want = np.array([0.0, 1000.0])
    assert kind(want + np.array([1e-8, 0]), want) is None
    assert kind(want + np.array([1e-3, 0]), want) == ("value", "")


def test_band_holds_for_its_leaf_only():
    want = {"share": 0.5, "scale": 2.0}
    band = {"['share']": 0.1}
    assert kind({"share": 0.59, "scale": 2.0}, want, bands=band) is None
    assert kind({"share": 0.61, "scale": 2.0}, want, bands=band) == ("value", "['share']")
    assert kind({"share": 0.5, "scale": 2.05}, want, bands=band) == ("value", "['scale']")


def test_whole_numbers_may_be_longer_than_64_bits():
    assert kind(10**24, 1e24) is None
    assert kind((8, 10**24 + 10**19), (8, 10**24)) == ("value", "[1]")
    assert kind(10**400, 1.0) == ("dtype", "")  # no float holds it


def test_index_is_that_of_the_worst_entry():
    want = np.zeros((2, 3)) + 1
    got = want.copy()
    got[0, 1], got[1, 2] = 2.0, -7.0
    found = difference(got, want, EXACT)
    assert isinstance(found, Difference)
    assert found.index == (1, 2)


# --- fingerprints -------------------------------------------------------------------------------


def agree(left, right, tolerance=None):
    one, two = fingerprint(left), fingerprint(right)
    return one.keys() == two.keys() and all(
        same_fingerprint(one[key], two[key], tolerance or Tolerance(), key) for key in one
    )


@pytest.mark.parametrize("seed", range(20))
def test_equal_within_tolerance_means_equal_fingerprints(seed):
    rng = np.random.default_rng(seed)
    tree = (rng.normal(size=(4, 3)), {"a": rng.normal(size=5)}, "text", None)
    near = (tree[0] * (1 + 1e-7), {"a": tree[1]["a"] + 1e-8}, "text", None)
    assert agree(tree, tree, EXACT)
    assert agree(tree, near)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(
    "change",
    [
        lambda x: x * (1 + 1e-3),
        lambda x: -x,
        lambda x: x[::-1],
        lambda x: x.T.reshape(x.shape),
        lambda x: x + 1e-3,
        lambda x: x[:-1],
        lambda x: x.ravel(),
        lambda x: np.where(x == x.max(), np.nan, x),
        lambda x: np.where(x == x.min(), 0.0, x),
        lambda x: x + 0.01 * (np.arange(x.size).reshape(x.shape) == 3),
        lambda x: x.astype(complex),
        lambda x: None,
    ],
)
def test_different_means_different_fingerprints(seed, change):
    x = np.random.default_rng(seed).normal(size=(4, 4))
    assert not agree({"x": x}, {"x": change(x)})


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (np.array([np.nan, 1.0]), np.array([1.0, np.nan])),
        (np.array([np.inf, 1.0]), np.array([-np.inf, 1.0])),
        (np.array([np.inf, 1.0]), np.array([np.nan, 1.0])),
        (np.zeros(2), np.zeros(3)),
        (np.zeros((2, 3)), np.zeros((3, 2))),
        ("minimum", "maximum"),
        ((1.0, 2.0), (2.0, 1.0)),
        (0.0, None),
    ],
)
def test_edges_have_fingerprints_of_their_own(left, right):
    assert agree(left, left, EXACT)
    assert not agree(left, right)


def test_nan_has_one_fingerprint_whatever_its_sign():
    assert agree(np.array([np.nan, 1.0]), np.array([-np.nan, 1.0]))


def test_fingerprints_are_json():
    tree = (np.array([np.nan, 1e300, -1e300]), np.zeros(0), "x", np.array([None]))
    prints = fingerprint(tree)
    assert json.loads(json.dumps(prints, allow_nan=False)) == prints
