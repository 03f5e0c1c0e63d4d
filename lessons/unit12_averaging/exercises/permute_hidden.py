"""The exercise ``permute_hidden``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import models
from course_lib.arrays import Indices, Params


def shuffled(rng: np.random.Generator, units: int) -> Indices:
    """An order that is told from its inverse, its reverse, its square and the order less one."""
    while True:
        order = rng.permutation(units)
        others = (np.arange(units), np.argsort(order), order[order], order[::-1], order - 1)
        every = {tuple(other % units) for other in (*others, order)}
        if np.all(order != np.arange(units)) and len(every) == 1 + len(others):
            return order


def net(rng: np.random.Generator, inputs: int, units: int, classes: int) -> Params:
    return {
        "W1": draw(rng, inputs, units),
        "b1": draw(rng, units),
        "W2": draw(rng, units, classes),
        "b2": draw(rng, classes),
    }


def permute_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "five hidden units",
            (net(rng, 3, 5, 2), shuffled(rng, 5)),
            about="A hidden unit owns a column of W1, an entry of b1 and a row of W2. All three "
            "move together.",
        ),
        Case(
            "as many inputs and classes as units",
            (net(rng, 6, 6, 6), shuffled(rng, 6)),
            about="All matrices are square here, so that no wrong axis gives an error.",
        ),
        Case(
            "many units, few inputs",
            (net(rng, 2, 7, 3), shuffled(rng, 7)),
            about="Only the hidden units are permuted, not the inputs and not the classes.",
        ),
        Case(
            "nothing moves",
            (net(rng, 2, 3, 4), np.arange(3)),
            about="With the order 0, 1, 2 every unit stays where it is.",
        ),
    ]


def permute_by_matrix(params, order):
    """A permutation matrix and its transpose."""
    to = np.eye(len(order))[order]
    return {
        "W1": params["W1"] @ to.T,
        "b1": to @ params["b1"],
        "W2": to @ params["W2"],
        "b2": params["b2"],
    }


def permute_unit_by_unit(params, order):
    new = {name: value.copy() for name, value in params.items()}
    for place, unit in enumerate(order):
        new["W1"][:, place] = params["W1"][:, unit]
        new["b1"][place] = params["b1"][unit]
        new["W2"][place, :] = params["W2"][unit, :]
    return new


def permute_by_inverse(params, order):
    """Where each old unit goes."""
    w1, b1, w2 = (np.empty_like(params[name]) for name in ("W1", "b1", "W2"))
    goes_to = np.argsort(order)
    w1[:, goes_to], b1[goes_to], w2[goes_to] = params["W1"], params["b1"], params["W2"]
    return {**params, "W1": w1, "b1": b1, "W2": w2}


def permute_by_take(params, order):
    axes = {"W1": 1, "b1": 0, "W2": 0}
    return {
        name: np.take(value, order, axis=axes[name]).tolist() if name in axes else value
        for name, value in params.items()
    }


STAYS_BEHIND = (
    "The units' {} stay behind, so the net computes something else. What else does a hidden unit "
    "own?"
)

PERMUTE_HIDDEN = Exercise(
    reference=models.permute_hidden,
    cases=permute_cases,
    returns=("params",),
    read="What must not be averaged",
    praise="Other weights, the same function: there are as many such twins as there are orders.",
    hints=(
        "Draw a net with three hidden units and take the first one with all its wires into your "
        "hand. Which numbers hang on it?",
        "A hidden unit owns a *column* of W1, an entry of b1 and a *row* of W2. All of them are "
        "picked with the same `order`.",
        "Index with `order`: the columns of W1, the entries of b1, the rows of W2. The new dict "
        "keeps everything else.",
    ),
    mistakes=(
        Mistake(
            "rows of W1",
            'params["W1"][:, order]',
            'params["W1"][order % len(params["W1"])]',
            "You permute the rows of W1. They belong to the *inputs*; a hidden unit is a column "
            "there.",
        ),
        Mistake(
            "first weights left",
            'params["W1"][:, order]',
            'params["W1"]',
            STAYS_BEHIND.format("incoming weights"),
        ),
        Mistake(
            "biases left", 'params["b1"][order]', 'params["b1"]', STAYS_BEHIND.format("biases")
        ),
        Mistake(
            "second weights left",
            'params["W2"][order]',
            'params["W2"]',
            STAYS_BEHIND.format("outgoing weights"),
        ),
        Mistake(
            "first layer only, weights",
            'params["b1"][order]',
            'params["b1"]',
            "Only W1 is permuted. A hidden unit has a bias as well, and weights that lead on to "
            "the classes: all must move with it.",
            more=(('params["W2"][order]', 'params["W2"]'),),
        ),
        Mistake(
            "columns of W2",
            'params["W2"][order]',
            'params["W2"][:, order % params["W2"].shape[1]]',
            "You permute the columns of W2. They belong to the *classes*; a hidden unit is a row "
            "there.",
        ),
        Mistake(
            "second weights inverted",
            'params["W2"][order]',
            'params["W2"][np.argsort(order)]',
            "W2 gets the inverse order, as if the permutation had to be undone on the way out. The "
            "units simply stand elsewhere: their rows of W2 go with them.",
        ),
        Mistake(
            "inverse order everywhere",
            'params["W1"][:, order]',
            'params["W1"][:, np.argsort(order)]',
            "your unit `order[j]` of the new net is unit j of the old one. Here it is the other "
            "way round: unit j of the new net is unit `order[j]` of the old one, as numpy's "
            "indexing has it.",
            convention=True,
            more=(
                ('params["b1"][order]', 'params["b1"][np.argsort(order)]'),
                ('params["W2"][order]', 'params["W2"][np.argsort(order)]'),
            ),
        ),
        Mistake(
            "biases inverted",
            'params["b1"][order]',
            'params["b1"][np.argsort(order)]',
            "The biases go the opposite way to the weights: all three arrays take the same order.",
        ),
        Mistake(
            "first weights inverted",
            'params["W1"][:, order]',
            'params["W1"][:, np.argsort(order)]',
            "The columns of W1 go the opposite way to the rest: all three arrays take the same "
            "order.",
        ),
        Mistake(
            "nothing moves",
            'params["W1"][:, order]',
            'params["W1"]',
            "Nothing moves: you return the net as it was.",
            more=(
                ('params["b1"][order]', 'params["b1"]'),
                ('params["W2"][order]', 'params["W2"]'),
            ),
        ),
        Mistake(
            "fetched after it was overwritten",
            "return {**params, **moved}",
            "moved = {name: np.array(params[name]) for name in moved}\n"
            "    for place, unit in enumerate(order):\n"
            '        moved["W1"][:, place] = moved["W1"][:, unit]\n'
            '        moved["b1"][place] = moved["b1"][unit]\n'
            '        moved["W2"][place] = moved["W2"][unit]\n'
            "    return {**params, **moved}",
            "You move units within one and the same array, so a unit that is fetched late has been "
            "overwritten by then: some units are there twice and others are lost. Read from the "
            "old arrays and write into new ones.",
        ),
        Mistake(
            "classes permuted",
            'params["W2"][order]',
            'params["W2"][order][:, ::-1]',
            "The hidden units are right, but the classes have been reordered as well, so that the "
            "net gives its scores to the wrong classes.",
        ),
        Mistake(
            "averaged with the old net",
            "return {**params,",
            "permuted = {**params,",
            "You average the permuted net with the old one. That comes later in the lesson, and it "
            "computes something else; here the net is only to be rewritten.",
            more=(
                (
                    "**moved}",
                    "**moved}\n"
                    "    return {name: (permuted[name] + params[name]) / 2 for name in params}",
                ),
            ),
        ),
    ),
    accepted=(permute_by_matrix, permute_unit_by_unit, permute_by_inverse, permute_by_take),
    points=2,
)
