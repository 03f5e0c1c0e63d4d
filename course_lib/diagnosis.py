"""Reading a training: what its numbers say about it."""

import numpy as np

from course_lib.arrays import Array


def diagnose_gap(
    train_accuracy: float, val_accuracy: float, *, gap: float = 0.1, floor: float = 0.8
) -> str:
    """What two accuracies say about a trained model.

    'overfitting' when training lies more than ``gap`` above validation, however good or bad both
    are; else 'underfitting' when training itself lies below ``floor``; else 'fine'.

    Source: DD2424 L5 "monitor & visualize the accuracy"; CS231n L7 "look at learning curves".
    Units: accuracies, ``gap`` and ``floor`` are shares in [0, 1], not percent.
    """
    if train_accuracy - val_accuracy > gap:
        return "overfitting"
    if train_accuracy < floor:
        return "underfitting"
    return "fine"


def initial_loss(classes: int) -> float:
    """The softmax cross-entropy of a classifier that knows nothing yet: all scores equal.

    It is what the data loss should be near before the first update, with small weights and the
    penalty off.

    Source: CS231n L7 "step 1: check initial loss".
    Units: nats.
    """
    return float(np.log(classes))


def update_ratio(param: Array, update: Array) -> float:
    """How long one update is compared with the parameter it changes: a quotient of two norms.

    The norm is the square root of the sum of all squared entries. About 1e-3 is wanted; far less
    suggests a learning rate that is too low, far more one that is too high.

    Source: CS231n L7 and DD2424 L5 "ratio of weight updates / weight magnitudes".
    Shapes: ``param``, as it was before the update, and ``update`` (what is added to it) have the
    same shape, any number of axes; inf for a parameter that is zero everywhere.
    """
    size = np.linalg.norm(np.ravel(param))
    moved = np.linalg.norm(np.ravel(update))
    return float(moved / size) if size > 0 else np.inf


def diagnose(train_losses: Array, val_losses: Array) -> str:
    """What is wrong with a training, from its two learning curves; the first that applies.

    All losses are compared with the first training loss, the one before the first update: a share
    of 0.5 is half of it. ``n`` is the number of losses in a curve.

    1. 'diverged': a loss is nan or inf, or training ends above a share of 1.1.
    2. 'learning rate too high': from one entry to the next training rises by more than 0.1.
    3. Training ends above 0.5 ("it has not learned"): 'learning rate too low' if it still falls,
       that is, if from entry n // 2 to the end it falls at least half as far as before; else
       'underfitting'.
    4. 'bad initialization': at entry n // 4 training was still above 0.95.
    5. 'overfitting': validation ends more than 0.05 above its own lowest value, or more than 0.25
       above the end of training.
    6. Otherwise 'healthy'.

    Source: CSC421 L7-8 "recap"; CS231n L7 "look at loss and accuracy curves". The numbers are
    rules of thumb.
    Shapes: both (n,), n at least 2; entry 0 before the training, then one for every epoch, each
    measured on a fixed set of examples and without the penalty.
    """
    if not np.all(np.isfinite([train_losses, val_losses])):
        return "diverged"
    train, val = np.divide([train_losses, val_losses], train_losses[0])
    middle, quarter = len(train) // 2, len(train) // 4
    if train[-1] > 1.1:
        return "diverged"
    if np.max(np.diff(train)) > 0.1:
        return "learning rate too high"
    if train[-1] > 0.5:
        falls_still = train[middle] - train[-1] >= 0.5 * (train[0] - train[middle])
        return "learning rate too low" if falls_still else "underfitting"
    if train[quarter] > 0.95:
        return "bad initialization"
    if val[-1] - np.min(val) > 0.05 or val[-1] - train[-1] > 0.25:
        return "overfitting"
    return "healthy"
