"""Averages of predictions, of parameters along a training, and of what must not be averaged."""

import numpy as np

from course_lib.arrays import Array, Labels
from course_lib.noise import noise_floor


def ensemble_predict(probabilities: Array) -> Labels:
    """The labels on which several models agree: average their probabilities, then decide.

    Every model counts the same, and the class with the largest mean probability wins.

    Source: CS231n L7 "model ensembles"; DD2424 L5.
    Shapes: ``probabilities`` (M, N, C): models, examples, classes; every row sums to 1. The
    result (N,) holds class numbers from 0.
    """
    mean = np.mean(probabilities, axis=0)
    return np.argmax(mean, axis=1)


def polyak_update(average: Array, param: Array, *, decay: float = 0.995) -> Array:
    """The average of a parameter after one more update: mostly the old average, a little of param.

    ``decay`` is the weight of the OLD average; the two weights sum to 1.

    Source: CS231n L7 "Polyak averaging"; Polyak & Juditsky 1992, whose average weighs all updates
    alike: that is ``decay = t / (t + 1)`` in update t.
    Shapes: ``average``, ``param`` and result alike; ``decay`` in [0, 1].
    """
    return decay * average + (1 - decay) * param


def snapshot_steps(total_steps: int, *, cycles: int) -> list[int]:
    """The steps after which a training with cyclic learning rate is worth a snapshot.

    The training consists of ``cycles`` cycles of equal length. In each the rate falls from its
    highest to its lowest value; then the next cycle begins. A snapshot is taken after the last
    step of every cycle, where the rate is lowest.

    Source: Huang et al. 2017 "snapshot ensembles"; CS231n L7 "model ensembles: tips and tricks".
    Units: steps are counted from 0; ``cycles`` divides ``total_steps``.
    """
    return [total_steps * cycle // cycles - 1 for cycle in range(1, cycles + 1)]


def averaged_floor(curvatures: Array, variances: Array, *, lr: float, decay: float) -> float:
    """How far above the minimum the mean loss of an average of SGD's updates stays, on a bowl.

    As ``noise.noise_floor``, for the average that ``polyak_update`` keeps instead of the
    parameters themselves, long after the start. With decay 0 the two are equal.

    Source: the variance of an exponential average of a first-order autoregression, as in
    Hamilton 1994, ch. 3.
    Shapes: ``curvatures`` (d,), all positive, and the noise's ``variances`` (d,) along them;
    ``decay`` in [0, 1).
    Raises ValueError when ``lr`` is so large that SGD would diverge even without noise.
    """
    kept = 1 - lr * curvatures  # of a distance from the minimum, in one step
    left = (1 - decay) / (1 + decay) * (1 + decay * kept) / (1 - decay * kept)
    each = [
        noise_floor(curvatures[i : i + 1], variances[i : i + 1], lr=lr)
        for i in range(len(curvatures))
    ]
    return float(left @ np.array(each))
