"""Odd but right, and unlisted wrong answers to the exercises of unit 03."""

import collections
import itertools
import math

import numpy as np

from odd_answers import right, wrong

# --- right, in odd form ---------------------------------------------------------------------------


@right("sgd")
def written_into_a_copy(param, grad, state, *, lr):
    param = param.copy()
    param -= lr * grad
    return [param, state]


class Loader:
    """An iterator of its own class, which shuffles pairs and hands out named tuples of lists."""

    Batch = collections.namedtuple("Batch", "inputs targets")

    def __init__(self, x, labels, batch_size, rng):
        self.pairs, self.size = list(zip(x, labels, strict=True)), batch_size
        rng.shuffle(self.pairs)

    def __iter__(self):
        return self

    def __next__(self):
        some, self.pairs = self.pairs[: self.size], self.pairs[self.size :]
        if not some:
            raise StopIteration
        return self.Batch([row for row, _ in some], [int(label) for _, label in some])


@right("sgd")
class CountsItsCalls:
    """A class where a function is asked for; nested lists come back, and an empty tuple."""

    calls = 0

    def __new__(cls, param, grad, state, **given):
        cls.calls += 1
        print("step", cls.calls)
        return np.add(param, -given["lr"] * grad).tolist(), ()


@right("minibatches")
def own_iterator(x, labels, *, batch_size, rng):
    return Loader(x, labels, batch_size, rng)


@right("minibatches")
def one_buffer_for_all_batches(x, labels, *, batch_size, rng):
    order = rng.permutation(len(x))
    rows, numbers = np.empty((batch_size, *x.shape[1:])), np.empty(batch_size, dtype=int)
    for start in range(0, len(x), batch_size):
        some = order[start : start + batch_size]
        rows[: len(some)], numbers[: len(some)] = x[some], labels[some]
        yield rows[: len(some)], numbers[: len(some)]


@right("minibatches")
def a_child_seeds_two_shuffles(x, labels, batch_size=32, rng=None, drop_last=False):
    seed = int(rng.integers(2**31))
    x, labels = (np.random.default_rng(seed).permutation(values) for values in (x, labels))
    ends = range(batch_size, len(x) + batch_size, batch_size)
    return tuple((x[end - batch_size : end], labels[end - batch_size : end]) for end in ends)


@right("minibatch_variance")
def second_moment_minus_square(per_example_grads, *, batch_size, replace):
    n, mean = len(per_example_grads), per_example_grads.mean(axis=0)
    total = np.trace(per_example_grads.T @ per_example_grads) / n - mean @ mean
    return total / batch_size - (0 if replace else total * (batch_size - 1) / (n - 1) / batch_size)


@right("noise_floor")
def stationary_covariance_as_a_matrix(curvatures, variances, *, lr):
    d, step = len(curvatures), np.diag(1 - lr * curvatures)
    kicks = (lr**2 * np.diag(variances)).ravel()
    place = np.linalg.solve(np.eye(d * d) - np.kron(step, step), kicks).reshape(d, d)
    return [np.trace(np.diag(curvatures) @ place) / 2][0]


@right("minibatch_variance")
def singular_values(per_example_grads, *, batch_size, replace):
    n = len(per_example_grads)
    spread = np.linalg.svd(per_example_grads - per_example_grads.mean(0), compute_uv=False)
    factors = {True: 1 / batch_size, False: (n - batch_size) / (n - 1) / batch_size}
    return np.array(spread @ spread / n * factors[bool(replace)])


@right("noise_floor")
def series_doubled_again_and_again(curvatures, variances, *, lr):
    fading, place = (1 - lr * curvatures) ** 2, lr**2 * variances
    for _ in range(60):
        fading, place = fading**2, place + fading * place
    return np.float64(curvatures @ place / 2)


@right("moving_average")
def missing_values_skipped(values, *, window):
    padded = np.concatenate([np.full(window - 1, np.nan), values])
    return np.nanmean(np.lib.stride_tricks.sliding_window_view(padded, window), axis=1)


@right("moving_average")
def band_of_ones(values, *, window):
    ones = np.ones((len(values), len(values)))
    band = np.tril(ones) - np.tril(ones, -window)
    return tuple(band @ values / band.sum(axis=1))


@right("ema")
def triangle_of_powers(values, *, decay):
    ages = np.subtract.outer(np.arange(len(values)), np.arange(len(values)))
    weights = np.tril(np.power(float(decay), np.abs(ages)))
    return (weights @ values / weights.sum(axis=1)).tolist()


@right("sgd")
def positional_step_size(here, slope, memory, lr):
    return np.asfortranarray(here + (-slope) * lr), memory


@right("minibatches")
def same_shuffle_twice(x, labels, *, batch_size, rng):
    state = rng.bit_generator.state
    x = rng.permutation(x)
    rng.bit_generator.state = state
    labels = rng.permutation(labels)
    for start in range(0, len(x), batch_size):
        yield x[start : start + batch_size], labels[start : start + batch_size]


@right("minibatches")
def recursive_generator(x, labels, *, batch_size, rng):
    def rest(order):
        if len(order):
            yield x[order[:batch_size]], labels[order[:batch_size]]
            yield from rest(order[batch_size:])

    return rest(rng.permutation(len(x)))


@right("minibatch_variance")
def covariances_of_two_draws(per_example_grads, batch_size, replace=True):
    n, one = len(per_example_grads), np.var(per_example_grads, axis=0)
    two = 0 if replace else -one / (n - 1)
    return math.fsum((batch_size * one + batch_size * (batch_size - 1) * two) / batch_size**2)


@right("noise_floor")
def until_it_stays(curvatures, variances, *, lr, tol=1e-14):
    place, last = lr**2 * variances, np.zeros(len(curvatures))
    while np.max(np.abs(place - last)) > tol * np.max(place):
        place, last = (1 - lr * curvatures) ** 2 * place + lr**2 * variances, place
    return 0.5 * curvatures @ place


@right("moving_average")
def the_short_queue(values, *, window):
    queue = collections.deque(maxlen=window)
    return tuple(np.mean(queue) for value in values if queue.append(value) is None)


@right("ema")
def accumulated(values, *, decay, correct=True):
    raw = itertools.accumulate(values, lambda m, v: decay * m + (1 - decay) * v, initial=0.0)
    return np.array(list(raw))[1:] / (1 - decay ** np.arange(1, len(values) + 1) * correct)


# --- wrong ----------------------------------------------------------------------------------------


@wrong("sgd", "twice the right one")
def two_for_the_square(param, grad, state, *, lr):
    return param - 2 * lr * grad, state


@wrong("sgd", "first step is right")
def hidden_momentum(param, grad, state, *, lr, velocities={}):  # noqa: B006
    velocity = 0.9 * velocities.get(grad.shape, 0.0) + grad
    velocities[grad.shape] = velocity if len(velocities) < 4 else velocities.clear() or grad
    return param - lr * velocity, state


@wrong("minibatches", "a new order is drawn for every batch")
def choice_for_each_batch(x, labels, *, batch_size, rng):
    for start in range(0, len(x), batch_size):
        some = rng.choice(len(x), min(batch_size, len(x) - start), replace=False)
        yield x[some], labels[some]


@wrong("minibatches", "neighbours")
def begins_anywhere(x, labels, *, batch_size, rng):
    order = np.roll(np.arange(len(x)), rng.integers(len(x)))
    for start in range(0, len(x), batch_size):
        some = order[start : start + batch_size]
        yield x[some], labels[some]


@wrong("minibatches", "Any example may come first")
def first_example_stays(x, labels, *, batch_size, rng):
    order = np.concatenate([[0], 1 + rng.permutation(len(x) - 1)])
    return [
        (x[order[i : i + batch_size]], labels[order[i : i + batch_size]])
        for i in range(0, len(x), batch_size)
    ]


@wrong("minibatches", "only the last may be shorter")
def batch_size_as_their_number(x, labels, *, batch_size, rng):
    order = rng.permutation(len(x))
    return [(x[some], labels[some]) for some in np.array_split(order, -(-len(x) // batch_size))]


@wrong("minibatches", "have shape (5, 23)")
def labels_made_one_hot(x, labels, *, batch_size, rng):
    order = rng.permutation(len(x))
    for start in range(0, len(x), batch_size):
        some = order[start : start + batch_size]
        yield x[some], np.eye(len(x))[labels[some]]


@wrong("minibatches", "hands out no batches")
def yield_forgotten(x, labels, *, batch_size, rng):
    order = rng.permutation(len(x))
    for start in range(0, len(x), batch_size):
        some = order[start : start + batch_size]
        x[some], labels[some]


@wrong("minibatches", "go on for ever")
def slices_for_ever(x, labels, *, batch_size, rng):
    order, start = rng.permutation(len(x)), 0
    while True:
        some, start = order[start : start + batch_size], start + batch_size
        yield x[some], labels[some]


@wrong("minibatch_variance", "the other convention")
def sample_variance(per_example_grads, *, batch_size, replace):
    n = len(per_example_grads)
    variance = np.var(per_example_grads, axis=0, ddof=1).sum() / batch_size
    return variance if replace else variance * (n - batch_size) / (n - 1)


@wrong("minibatch_variance", "what has been drawn cannot come again")
def factor_squared(per_example_grads, *, batch_size, replace):
    n, variance = len(per_example_grads), np.var(per_example_grads, axis=0).sum() / batch_size
    return variance * (1 if replace else ((n - batch_size) / (n - 1)) ** 2)


@wrong("noise_floor", "fade at an average pace")
def directions_mixed(curvatures, variances, *, lr):
    return lr * np.sum(variances) / (2 - lr * np.mean(curvatures)) / 2


@wrong("noise_floor", "limit of small steps")
def rule_of_thumb(curvatures, variances, *, lr):
    return lr * variances.sum() / 4


@wrong("moving_average", "copies of the first value")
def edge_repeated(values, *, window):
    padded = np.pad(values, (window - 1, 0), mode="edge")
    return np.array([padded[i : i + window].mean() for i in range(len(values))])


@wrong("moving_average", "zeros before the curve")
def running_sums_over_window(values, *, window):
    sums = np.cumsum(values)
    sums[window:] = sums[window:] - sums[:-window]
    return sums / window


@wrong("ema", "start at the first value")
def towards_each_value(values, *, decay):
    out = [values[0]]
    for value in values[1:]:
        out.append(out[-1] + (1 - decay) * (value - out[-1]))
    return np.array(out)


@wrong("ema", "divided by 1 - decay")
def decaying_sum(values, *, decay):
    total, out = 0.0, []
    for value in values:
        total = decay * total + value
        out.append(total)
    return np.array(out)


@wrong("sgd", "Long gradients are shortened before the step")
def clipped_at_ten(param, grad, state, *, lr):
    return param - lr * grad * np.minimum(1.0, 10.0 / np.linalg.norm(grad)), state


@wrong("sgd", "half the right one")
def mean_of_old_and_new(param, grad, state, *, lr):
    return (param + (param - lr * grad)) / 2, state


@wrong("minibatches", "these are the numbers of examples: use them")
def numbers_alone(x, labels, *, batch_size, rng):
    order = rng.permutation(len(x))
    for start in range(0, len(x), batch_size):
        yield order[start : start + batch_size]


@wrong("minibatches", "'none at all'")
def batches_of_one_are_dropped(x, labels, *, batch_size, rng):
    order = rng.permutation(len(x))
    for start in range(0, len(x), batch_size):
        some = order[start : start + batch_size]
        if len(some) > 1:
            yield x[some], labels[some]


@wrong("noise_floor", "The two arguments have changed places")
def variances_first(variances, curvatures, *, lr):
    return np.sum(lr * variances / (2 - lr * curvatures)) / 2


@wrong("moving_average", "a window longer than the curve")
def one_mean_if_the_window_is_too_long(values, *, window):
    if window > len(values) > 1:
        return np.full(len(values), values.mean())
    return missing_values_skipped(values, window=window)


@wrong("ema", "no decay")
def fails_without_memory(values, *, decay):
    return triangle_of_powers(values, decay=decay) if decay else 0 * values


@wrong("sgd", "number of entries of the gradient")
def mean_gradient_entry(param, grad, state, *, lr):
    return param - lr * grad / grad.size, state


@wrong("sgd", "float32")
def fewer_digits(param, grad, state, *, lr):
    return np.float32(param - lr * grad), state


@wrong("minibatches", "other convention: each of your batches is drawn from *all* examples")
def as_in_the_slide_s_code(x, labels, *, batch_size, rng):
    for _ in range(math.ceil(len(x) / batch_size)):
        some = rng.choice(len(x), batch_size)
        yield x[some], labels[some]


@wrong("minibatches", "filled up with examples that have come before")
def padded_with_the_first(x, labels, *, batch_size, rng):
    order = rng.permutation(len(x))
    order = np.concatenate([order, order[: -len(x) % batch_size]])
    for some in order.reshape(-1, batch_size) if batch_size < len(x) else [order]:
        yield x[some], labels[some]


@wrong("minibatch_variance", "together they are right. But *with* replacement")
def cochran_s_pair(per_example_grads, *, batch_size, replace):
    n, spread = len(per_example_grads), np.var(per_example_grads, axis=0, ddof=1).sum()
    return spread / batch_size * (1 if replace else 1 - batch_size / n)


@wrong("minibatch_variance", "over the coordinates, as squares do")
def deviations_added_up(per_example_grads, *, batch_size, replace):
    n, spread = len(per_example_grads), np.std(per_example_grads, axis=0).sum()
    return spread / batch_size * (1 if replace else (n - batch_size) / (n - 1))


@wrong("noise_floor", "the floor has to become infinite")
def half_in_the_wrong_place(curvatures, variances, *, lr):
    return np.sum(lr * variances / (4 - lr * curvatures))


@wrong("moving_average", "it is the oldest *value* that has to leave")
def running_mean_with_a_capped_count(values, *, window):
    mean, out = 0.0, []
    for i, value in enumerate(values):
        mean += (value - mean) / min(i + 1, window)
        out.append(mean)
    return out


@wrong("moving_average", "longer than the curve")
def convolved_in_full(values, *, window):
    return np.convolve(values, np.ones(window) / window)


@wrong("ema", "from the second on the exponent of your correction is one too small")
def first_one_spared(values, *, decay):
    average, out = 0.0, []
    for t, value in enumerate(values):
        average = decay * average + (1 - decay) * value
        out.append(average / (1 - decay**t) if t else value)
    return out


@wrong("ema", "power of 1 - decay")
def bracket_closed_too_soon(values, *, decay):
    average, out = 0.0, []
    for t, value in enumerate(values, start=1):
        average = decay * average + (1 - decay) * value
        out.append(average / (1 - decay) ** t)
    return np.array(out)
