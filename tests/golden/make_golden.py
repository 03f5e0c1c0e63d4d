"""Record the paths of PyTorch's SGD on quadratic bowls, for the tests to compare with.

    python tests/golden/make_golden.py

Needs PyTorch; the tests that read the recording do not.
"""

import json
from itertools import product
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().with_name("sgd_paths.json")
STEPS = 400
KEPT = (*range(1, 11), 20, 50, 100, 200, 400)  # steps after which the point is recorded
BOWLS: dict[str, tuple[list[list[float]], list[float]]] = {
    "ravine": ([[2.0, 0.0], [0.0, 100.0]], [4.0, 0.5]),
    "tilted": ([[5.5, -4.5, 0.0], [-4.5, 5.5, 0.25], [0.0, 0.25, 3.0]], [1.0, -2.0, 0.5]),
}
RULES = (("sgd", 0.0, False), ("momentum", None, False), ("nesterov", None, True))


def path(
    hessian: list[list[float]], start: list[float], *, lr: float, momentum: float, nesterov: bool
) -> list[list[float]]:
    """The points after the steps ``KEPT``, in double precision."""
    import torch

    curvature = torch.tensor(hessian, dtype=torch.float64)
    point = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([point], lr=lr, momentum=momentum, nesterov=nesterov)
    kept = []
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        (0.5 * point @ curvature @ point).backward()
        optimizer.step()
        if step in KEPT:
            kept.append(point.detach().tolist())
    return kept


def record() -> dict[str, Any]:
    """Every bowl with every rule at two step sizes and three momenta."""
    import torch

    runs = []
    for bowl, (rule, fixed, nesterov), lr in product(BOWLS, RULES, (0.001, 0.012)):
        for momentum in (0.5, 0.9, 0.99) if fixed is None else (fixed,):
            points = path(*BOWLS[bowl], lr=lr, momentum=momentum, nesterov=nesterov)
            runs.append(
                {"bowl": bowl, "rule": rule, "lr": lr, "momentum": momentum, "points": points}
            )
    bowls = {name: {"hessian": bowl[0], "start": bowl[1]} for name, bowl in BOWLS.items()}
    origin = f"torch.optim.SGD {torch.__version__}, float64, tests/golden/make_golden.py"
    return {"origin": origin, "steps": KEPT, "bowls": bowls, "runs": runs}


def main() -> None:
    TARGET.write_text(json.dumps(record(), indent=1) + "\n")


if __name__ == "__main__":
    main()
