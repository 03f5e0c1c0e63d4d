"""One training step of a 64-100-10 network: the course's code beside bare numpy and PyTorch.

Batch of 64, momentum 0.9. All of them compute the same numbers, which is verified first.
Run with ``python benchmarks/bench_training_step.py``; without PyTorch only numpy is compared.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib import models, optim, train
from course_lib.arrays import Array, Params

SIZES, BATCH, LR, MOMENTUM = (64, 100, 10), 64, 0.01, 0.9
STEPS, ROUNDS = 200, 25
Step = Callable[[], Params]


def problem() -> tuple[Params, Array, Any]:
    rng = np.random.default_rng(0)
    params = models.init_mlp(SIZES, rng=rng)
    return params, rng.standard_normal((BATCH, SIZES[0])), rng.integers(0, SIZES[-1], BATCH)


def course() -> Step:
    """What a lesson does: a loss with gradients, then one update of every parameter."""
    params, x, labels = problem()
    states = train.init_states(optim.MomentumState, params)

    def step() -> Params:
        nonlocal params, states
        _, grads = models.mlp_loss(params, x, labels)
        params, states = train.step_all(
            optim.momentum, params, grads, states, lr=LR, momentum=MOMENTUM
        )
        return params

    return step


def bare_numpy() -> Step:
    """The same arithmetic in one function, without a single call of the course."""
    params, x, labels = problem()
    w1, b1, w2, b2 = (params[name].copy() for name in ("W1", "b1", "W2", "b2"))
    v1, c1, v2, c2 = (np.zeros_like(a) for a in (w1, b1, w2, b2))
    rows = np.arange(BATCH)

    def step() -> Params:
        nonlocal w1, b1, w2, b2, v1, c1, v2, c2
        hidden = np.maximum(x @ w1 + b1, 0.0)
        scores = hidden @ w2 + b2
        shifted = scores - scores.max(axis=1, keepdims=True)
        exps = np.exp(shifted)
        sums = exps.sum(axis=1, keepdims=True)
        _ = (np.log(sums[:, 0]) - shifted[rows, labels]).mean()
        dscores = exps / sums
        dscores[rows, labels] -= 1.0
        dscores /= BATCH
        dhidden = (dscores @ w2.T) * (hidden > 0)
        v1, c1 = MOMENTUM * v1 + x.T @ dhidden, MOMENTUM * c1 + dhidden.sum(axis=0)
        v2, c2 = MOMENTUM * v2 + hidden.T @ dscores, MOMENTUM * c2 + dscores.sum(axis=0)
        w1, b1, w2, b2 = w1 - LR * v1, b1 - LR * c1, w2 - LR * v2, b2 - LR * c2
        return {"W1": w1, "b1": b1, "W2": w2, "b2": b2}

    return step


def tuned_numpy() -> Step:
    """Bare numpy with every trick: arrays made once, everything in place. How low can it get?"""
    params, x, labels = problem()
    w = {name: value.copy() for name, value in params.items()}
    v = {name: np.zeros_like(value) for name, value in params.items()}
    hidden, dhidden = np.empty((BATCH, SIZES[1])), np.empty((BATCH, SIZES[1]))
    scores, rows = np.empty((BATCH, SIZES[2])), np.arange(BATCH)
    grads = {name: np.empty_like(value) for name, value in params.items()}
    move = {name: np.empty_like(value) for name, value in params.items()}

    def step() -> Params:
        np.matmul(x, w["W1"], out=hidden)
        np.add(hidden, w["b1"], out=hidden)
        np.maximum(hidden, 0.0, out=hidden)
        np.matmul(hidden, w["W2"], out=scores)
        np.add(scores, w["b2"], out=scores)
        np.subtract(scores, scores.max(axis=1, keepdims=True), out=scores)
        right = scores[rows, labels]
        np.exp(scores, out=scores)
        sums = scores.sum(axis=1, keepdims=True)
        _ = (np.log(sums[:, 0]) - right).mean()
        np.divide(scores, sums, out=scores)
        scores[rows, labels] -= 1.0
        np.divide(scores, BATCH, out=scores)
        np.matmul(scores, w["W2"].T, out=dhidden)
        np.multiply(dhidden, hidden > 0, out=dhidden)
        np.matmul(x.T, dhidden, out=grads["W1"])
        np.matmul(hidden.T, scores, out=grads["W2"])
        dhidden.sum(axis=0, out=grads["b1"])
        scores.sum(axis=0, out=grads["b2"])
        for name, grad in grads.items():
            np.multiply(v[name], MOMENTUM, out=v[name])
            np.add(v[name], grad, out=v[name])
            np.multiply(v[name], LR, out=move[name])
            np.subtract(w[name], move[name], out=w[name])
        return w

    return step


def pytorch(torch: Any, precision: str) -> Step:
    """Eager PyTorch as its tutorials write it."""
    start, x, labels = problem()
    dtype = getattr(torch, precision)
    net = torch.nn.Sequential(
        torch.nn.Linear(SIZES[0], SIZES[1]), torch.nn.ReLU(), torch.nn.Linear(SIZES[1], SIZES[2])
    ).to(dtype)
    with torch.no_grad():
        for parameter, name in zip(net.parameters(), ("W1", "b1", "W2", "b2"), strict=True):
            parameter.copy_(torch.tensor(start[name].T, dtype=dtype))
    inputs, targets = torch.tensor(x, dtype=dtype), torch.tensor(labels)
    optimizer = torch.optim.SGD(net.parameters(), lr=LR, momentum=MOMENTUM)
    loss = torch.nn.CrossEntropyLoss()

    def step() -> Params:
        optimizer.zero_grad()
        loss(net(inputs), targets).backward()
        optimizer.step()
        return dict(zip(("W1", "b1", "W2", "b2"), net.parameters(), strict=True))

    return step


def verify(name: str, make: Callable[[], Step], *, rtol: float) -> None:
    """After 20 steps all parameters agree with the course's, or the comparison is worthless."""
    reference, other = course(), make()
    for _ in range(19):
        reference()
        other()
    want, got = reference(), other()
    for key, value in want.items():
        found = got[key]
        array = np.asarray(found if isinstance(found, np.ndarray) else found.detach().numpy().T)
        np.testing.assert_allclose(array, value, rtol=rtol, atol=rtol, err_msg=f"{name}: {key}")


def microseconds(step: Step) -> float:
    start = time.perf_counter()
    for _ in range(STEPS):
        step()
    return 1e6 * (time.perf_counter() - start) / STEPS


def main() -> None:
    entrants: dict[str, tuple[Callable[[], Step], int | None]] = {
        "course_lib": (course, None),
        "bare numpy": (bare_numpy, None),
        "numpy with every trick": (tuned_numpy, None),
    }
    verify("bare numpy", bare_numpy, rtol=1e-9)
    verify("numpy with every trick", tuned_numpy, rtol=1e-9)
    try:
        import torch
    except ImportError:
        torch = None
        print("PyTorch is not installed: compared with bare numpy only")
    else:
        default = torch.get_num_threads()
        for precision, rtol in (("float64", 1e-9), ("float32", 1e-4)):
            verify(precision, lambda p=precision: pytorch(torch, p), rtol=rtol)
            for threads in sorted({1, default}):
                name = f"PyTorch {torch.__version__}, {precision}, {threads} thread(s)"
                entrants[name] = (lambda p=precision: pytorch(torch, p), threads)
    steps = {name: (make(), threads) for name, (make, threads) in entrants.items()}
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):  # interleaved: a slow moment of the machine hits all alike
        for name, (step, threads) in steps.items():
            if torch is not None and threads is not None:
                torch.set_num_threads(threads)
            times[name].append(microseconds(step))
    report(times)


def report(times: dict[str, list[float]]) -> None:
    ours = np.array(times["course_lib"])
    print(f"{'one step':44s} {'median':>7s} {'min':>6s} {'max':>6s} us   course_lib / this one")
    for name, values in times.items():
        ratio = np.median(ours / np.array(values))
        low, high = min(values), max(values)
        print(f"{name:44s} {np.median(values):7.0f} {low:6.0f} {high:6.0f}      {ratio:.2f}")


if __name__ == "__main__":
    main()
