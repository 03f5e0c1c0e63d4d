"""Train some six thousand small nets and keep their curves, for the explorers of unit 13.

    python data/make_training_runs.py

It takes a minute or two. Where the learning rate is far too high a run is chaotic: its digits, and
with them the checksum, may differ between machines. The runs that learn do not.
"""

import hashlib
import runpy
from pathlib import Path

import numpy as np

from course_lib import datasets, models, optim, train
from course_lib.arrays import Array

TARGET = Path(__file__).resolve().with_name("training_runs.npz")

# Patients: 200 digits, a quarter of the labels drawn anew, 64-64-10 units, momentum 0.9.
LRS = 0.04 * 10.0 ** np.arange(-4, 5)
PENALTIES = np.array([0.0, *10.0 ** np.arange(-6, 2)])
SCALES = 10.0 ** np.arange(-5, 4)  # times He's
EXAMPLES, EPOCHS, BATCH, FRACTION = 200, 40, 20, 0.25

# Search: 500 digits, 64-32-10 units, SGD, four epochs.
SEARCH_LRS = np.geomspace(1e-4, 10.0, 41)
SEARCH_PENALTIES = np.geomspace(1e-6, 1.0, 25)
SEARCH_EXAMPLES, SEARCH_EPOCHS, SEARCH_BATCH, SEARCH_SEEDS = 500, 4, 50, 5


def patient(lr: float, l2: float, scale: float) -> tuple[Array, Array, Array]:
    """Losses (2, epochs + 1), final accuracies (2,), and the median of the first epoch's ratios of
    update to weights in the first layer (1,); nan once the training has diverged.
    """
    digits = datasets.load_digits()
    labels = datasets.noisy_labels(
        digits.y_train[:EXAMPLES], fraction=FRACTION, classes=10, rng=np.random.default_rng(99)
    )
    sets = [(digits.x_train[:EXAMPLES], labels), (digits.x_val, digits.y_val)]
    rng = np.random.default_rng(1)
    params = models.init_mlp((64, 64, 10), rng=rng)
    params = {k: scale * v if k.startswith("W") else v for k, v in params.items()}
    states = train.init_states(optim.MomentumState, params)
    losses = np.full((2, EPOCHS + 1), np.nan)
    losses[:, 0] = [models.nll(params, *part) for part in sets]
    ratios = []
    for epoch in range(1, EPOCHS + 1):
        for x, y in train.minibatches(*sets[0], batch_size=BATCH, rng=rng):
            value, grads = models.mlp_loss(params, x, y, l2=l2)
            if not np.isfinite(value):
                return losses, np.full(2, np.nan), np.array([np.median(ratios)])
            old = params
            params, states = train.step_all(optim.momentum, params, grads, states, lr=lr)
            if epoch == 1:
                moved = np.linalg.norm(params["W1"] - old["W1"])
                ratios.append(moved / np.linalg.norm(old["W1"]))
        losses[:, epoch] = [models.nll(params, *part) for part in sets]
    accuracies = np.array([models.accuracy(params, *part) for part in sets])
    return losses, accuracies, np.array([np.median(ratios)])


def searched(lr: float, l2: float) -> float:
    """Validation accuracy after four epochs, the mean of five seeds."""
    digits, found = datasets.load_digits(), []
    for seed in range(SEARCH_SEEDS):
        rng = np.random.default_rng(seed)
        params, _ = train.fit(
            models.init_mlp((64, 32, 10), rng=rng),
            (digits.x_train[:SEARCH_EXAMPLES], digits.y_train[:SEARCH_EXAMPLES]),
            rule=optim.sgd, lr=lr, l2=l2, rng=rng, epochs=SEARCH_EPOCHS, batch_size=SEARCH_BATCH,
        )  # fmt: skip
        found.append(models.accuracy(params, digits.x_val, digits.y_val))
    return float(np.mean(found))


def main() -> None:
    with np.errstate(all="ignore"):
        runs = [patient(lr, l2, scale) for lr in LRS for l2 in PENALTIES for scale in SCALES]
        landscape = [[searched(lr, l2) for l2 in SEARCH_PENALTIES] for lr in SEARCH_LRS]
    shape = (len(LRS), len(PENALTIES), len(SCALES))
    losses, accuracies, ratios = (np.array(part) for part in zip(*runs, strict=True))
    npz_bytes = runpy.run_path(str(TARGET.with_name("make_digits.py")))["npz_bytes"]
    content = npz_bytes(
        {
            "lrs": LRS,
            "penalties": PENALTIES,
            "scales": SCALES,
            "losses": np.minimum(losses, 1e30).reshape(*shape, 2, -1).astype(np.float32),
            "accuracies": accuracies.reshape(*shape, 2).astype(np.float32),
            "ratios": ratios.reshape(shape).astype(np.float32),
            "search_lrs": SEARCH_LRS,
            "search_penalties": SEARCH_PENALTIES,
            "search_accuracies": np.array(landscape).astype(np.float32),
        }
    )
    TARGET.write_bytes(content)
    print(f"{hashlib.sha256(content).hexdigest()}  {TARGET.name}")


if __name__ == "__main__":
    main()
