"""Gradient noise: how large it is, at which loss it makes a training stop, how to see past it."""

import numpy as np

from course_lib.arrays import Array


def minibatch_variance(per_example_grads: Array, *, batch_size: int, replace: bool) -> float:
    """How far a mini-batch gradient lies from the full gradient: the mean squared distance.

    That is the variance of the mini-batch mean, summed over the coordinates. The N examples are
    all there is: a batch is drawn from them, with replacement or without.

    Source: CSC421 L7-8, whose 1/S holds for draws with replacement; Cochran 1977, sec. 2.5
    (the finite-population factor).
    Shapes: ``per_example_grads`` (N, D), N at least 2. Without replacement ``batch_size`` lies in
    1..N; with replacement it is any positive number.
    Raises ValueError when more examples are to be drawn without replacement than there are.
    """
    count = len(per_example_grads)
    if not replace and batch_size > count:
        raise ValueError(f"cannot draw {batch_size} of {count} examples without replacement")
    deviations = per_example_grads - np.mean(per_example_grads, axis=0)
    per_example = np.sum(deviations**2) / count
    variance = per_example / batch_size
    if not replace:
        variance = variance * (count - batch_size) / (count - 1)
    return float(variance)


def moving_average(values: Array, *, window: int) -> Array:
    """The mean of each value and the ``window - 1`` values before it.

    Near the start, where there are fewer, it is the mean of those there are.

    Source: CS231n L7 "look at learning curves" (a scatter plot with its moving average).
    Shapes: ``values`` and result (T,); ``window`` at least 1, and possibly larger than T.
    """
    averages = np.empty(len(values))
    for i in range(len(values)):
        first = max(0, i - window + 1)
        averages[i] = np.mean(values[first : i + 1])
    return averages


def ema(values: Array, *, decay: float) -> Array:
    """Exponential moving average, corrected for its start at zero.

    ``decay`` is the weight of the OLD average. Without the correction the first averages would be
    too small; with it they are weighted means of the values so far.

    Source: Kingma & Ba 2015, section 3 (the correction); CSC421 L7-8 "iterate averaging".
    Shapes: ``values`` and result (T,); ``decay`` in [0, 1).
    """
    average = 0.0
    averages = np.empty(len(values))
    for i in range(len(values)):
        average = decay * average + (1 - decay) * values[i]
        averages[i] = average / (1 - decay ** (i + 1))
    return averages


def noise_floor(curvatures: Array, variances: Array, *, lr: float) -> float:
    """How far above the minimum the mean loss of SGD stays, on a bowl with noisy gradients.

    The noise is drawn anew in every step and does not depend on the place. For small steps the
    result is about ``lr / 4`` times the total variance, whatever the curvatures are.

    Source: CSC421 L7-8 "SGD learning rate"; Mandt, Hoffman & Blei 2017, section 3.
    Shapes: ``curvatures`` (d,), all positive, and the noise's ``variances`` (d,), of one gradient
    as it is used, along the same directions: the eigenvectors of the Hessian.
    Raises ValueError when ``lr`` is so large that SGD would diverge even without noise.
    """
    if np.max(lr * curvatures) >= 2:
        raise ValueError(f"lr must lie below {2 / np.max(curvatures):.4g}, got {lr}: SGD diverges")
    place = lr * variances / (curvatures * (2 - lr * curvatures))
    return float(0.5 * np.sum(curvatures * place))
