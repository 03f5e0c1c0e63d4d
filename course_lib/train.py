"""Running update rules: mini-batches, one step for all parameters, a race, a whole training."""

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from course_lib import models
from course_lib.arrays import Array, Labels, Params
from course_lib.losses import softmax_cross_entropy
from course_lib.optim import STATE_OF

Rule = Callable[..., tuple[Array, Any]]
States = dict[str, Any]


class History(NamedTuple):
    """What ``fit`` saw at the end of each epoch, without dropout and without the penalty."""

    train_loss: Array  # (epochs,), nats
    train_accuracy: Array  # (epochs,), in [0, 1]
    val_loss: Array  # (epochs,), or (0,) without a validation set
    val_accuracy: Array  # as val_loss
    diverged: bool  # the loss was nan or inf, and the training stopped there


def minibatches(
    x: Array, labels: Labels, *, batch_size: int, rng: np.random.Generator
) -> Iterator[tuple[Array, Labels]]:
    """One epoch: every example once, in a fresh random order, a batch at a time.

    Source: CS231n L3 "stochastic gradient descent"; CSC421 L7-8.
    Shapes: ``x`` (N, ...), ``labels`` (N,); the last batch holds what is left.
    """
    order = rng.permutation(len(x))
    for start in range(0, len(x), batch_size):
        chosen = order[start : start + batch_size]
        yield x[chosen], labels[chosen]


def state_class(rule: Rule) -> Any:
    """The state class that goes with a rule, found by the rule's name.

    A rule of a notebook is found as well, as long as it has the name of the library's.

    Source: ``optim.STATE_OF``.
    Raises ValueError for a name that is not listed there.
    """
    name = getattr(rule, "__name__", repr(rule))
    if name not in STATE_OF:
        known = ", ".join(STATE_OF)
        raise ValueError(f"no state is known for the rule {name!r}; name it one of: {known}")
    return STATE_OF[name]


def init_states(kind: Any, params: Params) -> States:
    """One state per parameter, as before the first update; ``kind`` is a class of ``optim``.

    Source: the ``zeros_like`` of each state in ``optim``.
    Shapes: the result has the names of ``params``.
    """
    return {name: kind.zeros_like(param) for name, param in params.items()}


def step_all(
    rule: Rule, params: Params, grads: Params, states: States, **hyper: Any
) -> tuple[Params, States]:
    """One update of every parameter of a network; ``hyper`` goes to the rule as it is.

    Source: the rule's own.
    Shapes: ``params``, ``grads`` and ``states`` have the same names.
    Raises ValueError when a gradient is missing or has no parameter.
    """
    if params.keys() != grads.keys():
        raise ValueError(f"params are {sorted(params)} but grads are {sorted(grads)}")
    new_params, new_states = {}, {}
    for name, param in params.items():
        new_params[name], new_states[name] = rule(param, grads[name], states[name], **hyper)
    return new_params, new_states


def descend(
    rule: Rule, gradient: Callable[[Array], Array], start: Array, *, steps: int, **hyper: Any
) -> Array:
    """The path of a rule from ``start``: the race that the lessons draw.

    A path that diverges goes on in inf and nan, without a warning.

    Source: the rule's own.
    Shapes: ``start`` (d,), result (steps + 1, d), the start first.
    """
    point = np.array(start, dtype=np.float64)
    state = state_class(rule).zeros_like(point)
    path = [point]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            point, state = rule(point, gradient(point), state, **hyper)
            path.append(point)
    return np.array(path)


def fit(
    params: Params,
    train: tuple[Array, Labels],
    *,
    rule: Rule,
    epochs: int,
    rng: np.random.Generator,
    batch_size: int = 32,
    val: tuple[Array, Labels] | None = None,
    lr: float | None = None,
    schedule: Callable[[int], float] | None = None,
    loss: Callable[..., tuple[float, Params]] = models.mlp_loss,
    l2: float = 0.0,
    keep_prob: float = 1.0,
    **hyper: Any,
) -> tuple[Params, History]:
    """Train an MLP with any update rule; stop early when the loss is no longer finite.

    ``rng`` shuffles and draws the dropout masks. ``schedule(step)`` replaces ``lr``; without
    either, the rule's default counts. ``loss`` is called like ``models.mlp_loss``, and gets
    ``keep_prob`` and ``rng`` only when units are dropped. ``hyper`` goes to the rule.

    Source: CS231n L3 "stochastic gradient descent", L7.
    Shapes: ``train`` and ``val`` are (x (N, D), labels (N,)); ``params`` as from ``init_mlp``.
    Raises ValueError for a rule of unknown name, or for both ``lr`` and ``schedule``.
    """
    if lr is not None and schedule is not None:
        raise ValueError(f"give lr or schedule, not both; got lr={lr} and a schedule")
    states = init_states(state_class(rule), params)
    dropout = {"keep_prob": keep_prob, "rng": rng} if keep_prob != 1.0 else {}
    rows: list[tuple[float, ...]] = []
    step, diverged = 0, False
    progress = _Progress(epochs)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for epoch in range(epochs):
            for x, labels in minibatches(*train, batch_size=batch_size, rng=rng):
                value, grads = loss(params, x, labels, l2=l2, **dropout)
                if not np.isfinite(value):
                    diverged = True
                    break
                if schedule is not None:
                    hyper["lr"] = schedule(step)
                elif lr is not None:
                    hyper["lr"] = lr
                params, states = step_all(rule, params, grads, states, **hyper)
                step += 1
            rows.append(_measure(params, train, val))
            diverged = diverged or not np.isfinite(rows[-1][0])
            progress.show(epoch + 1)
            if diverged:
                break
    progress.close()
    columns = np.array(rows, dtype=np.float64).reshape(-1, 2 if val is None else 4)
    on_train, on_val = columns[:, :2], columns[:, 2:] if val is not None else np.zeros((0, 2))
    return params, History(*on_train.T, *on_val.T, diverged=diverged)


def _measure(
    params: Params, train: tuple[Array, Labels], val: tuple[Array, Labels] | None
) -> tuple[float, ...]:
    """Loss and accuracy on the training set, then on the validation set if there is one."""
    measured: list[float] = []
    for x, labels in [train] if val is None else [train, val]:
        scores = models.mlp_scores(params, x)
        measured.append(softmax_cross_entropy(scores, labels)[0])
        measured.append(float(np.mean(np.argmax(scores, axis=1) == labels)))
    return tuple(measured)


class _Progress:
    """One line on stdout, rewritten in place; silent for two seconds and outside a screen.

    Never on stderr: a grader reads anything there as a failure.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.start = time.monotonic()
        self.visible = sys.stdout.isatty() or "IPython" in sys.modules
        self.drawn = False

    def show(self, done: int) -> None:
        if not self.visible or time.monotonic() - self.start < 2.0:
            return
        bar = ("█" * (20 * done // self.total)).ljust(20, "░")
        print(f"\repoch {done}/{self.total} {bar}", end="", flush=True)
        self.drawn = True

    def close(self) -> None:
        if self.drawn:  # it must not stay between the lines of somebody's table
            print("\r" + " " * len(f"epoch {self.total}/{self.total} {'█' * 20}"), end="\r")
