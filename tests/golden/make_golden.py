"""Record the paths of PyTorch's optimizers, for the tests to compare with.

    python tests/golden/make_golden.py

Needs PyTorch; the tests that read the recordings do not.
"""

import json
from itertools import product
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
STEPS = 400
KEPT = (*range(1, 11), 20, 50, 100, 200, 400)  # steps after which the point is recorded
BOWLS: dict[str, tuple[list[list[float]], list[float]]] = {
    "ravine": ([[2.0, 0.0], [0.0, 100.0]], [4.0, 0.5]),
    "tilted": ([[5.5, -4.5, 0.0], [-4.5, 5.5, 0.25], [0.0, 0.25, 3.0]], [1.0, -2.0, 0.5]),
}
RULES = (("sgd", 0.0, False), ("momentum", None, False), ("nesterov", None, True))

LONG = 1000
LONG_KEPT = (1, 2, 3, 5, 10, 12, 20, 50, 100, 200, 500, 1000)
STARTS: dict[str, Any] = {"1-d": [1.5, -2.0, 0.25], "2-d": [[0.5, -1.0, 2.0], [-0.1, 3.0, 0.7]]}
# (rule of course_lib.optim, class of torch.optim, what ours takes, what torch's takes)
SETTINGS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("sgd", "SGD", {"lr": 0.03}, {}),
    ("momentum", "SGD", {"lr": 0.01, "momentum": 0.5}, {}),
    ("momentum", "SGD", {"lr": 0.003, "momentum": 0.95}, {}),
    ("nesterov", "SGD", {"lr": 0.01, "momentum": 0.5}, {"nesterov": True}),
    ("nesterov", "SGD", {"lr": 0.003, "momentum": 0.95}, {"nesterov": True}),
    ("adagrad", "Adagrad", {"lr": 0.5, "eps": 1e-8}, {}),
    ("adagrad", "Adagrad", {"lr": 0.01, "eps": 1e-3}, {}),
    ("rmsprop", "RMSprop", {"lr": 0.01, "decay": 0.9, "eps": 1e-8}, {"alpha": 0.9}),
    ("rmsprop", "RMSprop", {"lr": 0.001, "decay": 0.99, "eps": 1e-3}, {"alpha": 0.99}),
    ("adadelta", "Adadelta", {"decay": 0.95, "eps": 1e-6}, {"rho": 0.95, "lr": 1.0}),
    ("adadelta", "Adadelta", {"decay": 0.8, "eps": 1e-3}, {"rho": 0.8, "lr": 1.0}),
    ("adam", "Adam", {"lr": 0.01, "betas": [0.9, 0.999], "eps": 1e-8}, {}),
    ("adam", "Adam", {"lr": 0.003, "betas": [0.5, 0.99], "eps": 1e-3}, {}),
    ("adam_l2", "Adam", {"lr": 0.01, "l2": 0.05, "eps": 1e-8}, {"weight_decay": 0.1}),
    ("adam_l2", "Adam", {"lr": 0.003, "l2": 1.0, "betas": [0.5, 0.99]}, {"weight_decay": 2.0}),
    ("adamw", "AdamW", {"lr": 0.01, "weight_decay": 0.1, "eps": 1e-8}, {}),
    ("adamw", "AdamW", {"lr": 0.003, "weight_decay": 1.0, "betas": [0.5, 0.99]}, {}),
]
OURS_ONLY = ("decay", "l2")  # torch calls these otherwise
SCALES = (1.0, 1e-6)  # of the gradients: at 1e-6 it shows where eps stands


def path(
    hessian: list[list[float]], start: list[float], *, lr: float, momentum: float, nesterov: bool
) -> list[list[float]]:
    """The points after the steps ``KEPT`` on a bowl, in double precision."""
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


def long_path(setting: int, start: str, scale: float) -> list[Any]:
    """The points after the steps ``LONG_KEPT`` under noisy gradients, in double precision."""
    import torch

    _, kind, ours, extra = SETTINGS[setting]
    hyper = {name: value for name, value in ours.items() if name not in OURS_ONLY} | extra
    point = torch.tensor(STARTS[start], dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, kind)([point], **hyper)
    kept = []
    for step in range(1, LONG + 1):
        axis = torch.arange(1.0, point.numel() + 1, dtype=torch.float64).reshape(point.shape)
        with torch.no_grad():
            point.grad = scale * (axis * point + torch.sin(step * axis))
        optimizer.step()
        if step in LONG_KEPT:
            kept.append(point.detach().tolist())
    return kept


def record_bowls() -> dict[str, Any]:
    """Every bowl with every rule at two step sizes and three momenta."""
    runs = []
    for bowl, (rule, fixed, nesterov), lr in product(BOWLS, RULES, (0.001, 0.012)):
        for momentum in (0.5, 0.9, 0.99) if fixed is None else (fixed,):
            points = path(*BOWLS[bowl], lr=lr, momentum=momentum, nesterov=nesterov)
            runs.append(
                {"bowl": bowl, "rule": rule, "lr": lr, "momentum": momentum, "points": points}
            )
    bowls = {name: {"hessian": bowl[0], "start": bowl[1]} for name, bowl in BOWLS.items()}
    return {"origin": origin("SGD"), "steps": KEPT, "bowls": bowls, "runs": runs}


def record_rules() -> dict[str, Any]:
    """Every rule at several settings, on a 1-d and a 2-d array, with large and tiny gradients."""
    runs = [
        {
            "setting": setting,
            "rule": SETTINGS[setting][0],
            "hyper": SETTINGS[setting][2],
            "start": start,
            "scale": scale,
            "points": long_path(setting, start, scale),
        }
        for setting, start, scale in product(range(len(SETTINGS)), STARTS, SCALES)
    ]
    return {"origin": origin("*"), "steps": LONG_KEPT, "starts": STARTS, "runs": runs}


def origin(kind: str) -> str:
    import torch

    return f"torch.optim.{kind} {torch.__version__}, float64, tests/golden/make_golden.py"


def main() -> None:
    for name, recorded in (("sgd_paths", record_bowls()), ("rule_paths", record_rules())):
        (FOLDER / f"{name}.json").write_text(json.dumps(recorded, indent=1) + "\n")


if __name__ == "__main__":
    main()
