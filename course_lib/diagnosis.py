"""Reading a training: what its numbers say about it."""


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
