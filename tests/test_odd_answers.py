"""Answers as an examiner would try them: right ones in odd form, wrong ones that nobody listed.

Each was written from the conventions and the docstrings alone. A wrong one names the words that
its message must hold, so that it helps whoever made that mistake.
"""

import collections
import dataclasses
import functools
import itertools
import math
import types
import warnings

import numpy as np
import pytest

from autograde import hidden, spec
from course_lib.check import examine
from course_lib.layers import BatchNormCache, BatchNormStats
from course_lib.optim import MomentumState

TERMS = ("winter", "summer 27")
RIGHT = []
WRONG = []


def right(name):
    """Enters the function below into the table of right answers to exercise ``name``."""

    def enter(function):
        label = getattr(function, "__name__", type(function).__name__)
        RIGHT.append(pytest.param(name, function, id=f"{name}-{label}"))
        return function

    return enter


def wrong(name, words):
    """The same for wrong answers; ``words`` must stand in the message."""

    def enter(function):
        WRONG.append(pytest.param(name, function, words, id=f"{name}-{function.__name__}"))
        return function

    return enter


def verdicts(monkeypatch, name, function):
    yield "visible", examine(name, function)
    for term in TERMS:
        monkeypatch.setenv(hidden.SEED_VARIABLE, term)
        yield f"hidden, {term}", hidden.check(name, function)


# --- right, in odd form: unit 01 ----------------------------------------------------------------


@right("hinge_loss")
def lists_and_plain_floats(scores, labels, margin=1.0):
    losses, rows = [], []
    for row, label in zip(scores.tolist(), labels.tolist(), strict=True):
        gaps = [0.0 if c == label else max(0.0, s - row[label] + margin) for c, s in enumerate(row)]
        pushes = [float(gap > 0) for gap in gaps]
        pushes[label] = -sum(pushes)
        losses.append(math.fsum(gaps))
        rows.append([push / len(labels) for push in pushes])
    return sum(losses) / len(losses), rows


class Chatty:
    """An instance with ``__call__`` that prints and warns; the answer is inside."""

    def __call__(self, scores, labels, *, margin: float = 1.0):
        print("looking at", scores.shape)
        warnings.warn("only a warning", stacklevel=1)
        return lists_and_plain_floats(scores, labels, margin)


right("hinge_loss")(Chatty())


@right("softmax_cross_entropy")
def other_shift_and_a_named_tuple(scores, labels):
    log_sum = np.logaddexp.reduce(scores, axis=1)
    dscores = np.exp(scores - log_sum[:, None])
    np.add.at(dscores, (np.arange(len(labels)), labels), -1.0)
    pair = collections.namedtuple("pair", "loss dscores")
    own = np.take_along_axis(scores, labels[:, None], axis=1)[:, 0]
    return pair(np.array(np.mean(log_sum - own)), dscores / len(labels))


@right("numeric_gradient")
def recursion_over_axes(f, x, *, h=1e-5):
    if x.ndim == 0:
        return np.asarray((f(x + h) - f(x - h)) / (2 * h))

    def with_row(i):
        def g(row):
            moved = x.copy()
            moved[i] = row
            return f(moved)

        return recursion_over_axes(g, x[i], h=h)

    return np.stack([with_row(i) for i in range(len(x))])


@right("numeric_gradient")
def x_itself_moved_and_put_back(f, x, *, h=1e-5):
    grad = np.empty(x.shape)
    for i in np.ndindex(*x.shape):
        old = x[i]
        x[i] = old + h
        up = f(x)
        x[i] = old - h
        grad[i] = (up - f(x)) / (2 * h)
        x[i] = old
    return grad


@right("relative_error")
def divided_where_possible(a, n):
    size = np.abs(a) + np.abs(n)
    return np.divide(np.abs(a - n), size, out=np.zeros_like(size), where=size > 0).max()


@right("relative_error")
def floor_of_the_lecture(a, n):
    return np.array(np.max(np.abs(a - n) / np.maximum(1e-12, np.abs(a) + np.abs(n))))


@right("affine_forward")
def ones_column_and_object_cache(x, weights, bias):
    out = np.hstack([x, np.ones((len(x), 1))]) @ np.vstack([weights, bias])
    return out, types.SimpleNamespace(inputs=x, w=weights)


@right("affine_forward")
def nested_cache(x, weights, bias):
    return [np.einsum("nd,dm->nm", x, weights) + bias, {"x": x, "rest": [(weights,)]}]


@right("affine_backward")
def outer_products(dout, cache):
    dweights = sum(np.outer(row, d) for row, d in zip(cache.x, dout, strict=True))
    return [(cache.weights @ dout.T).T, dweights, [sum(column) for column in dout.T]]


LAYOUTS: dict = {"__name__": None}
exec(
    """
def affine_forward(x, weights, bias):
    return x @ weights + bias, [x, weights]
def affine_backward(dout, cache):
    x, weights = cache
    return dout @ weights.T, x.T @ dout, dout.sum(0)
""",
    LAYOUTS,
)
right("affine_backward")(LAYOUTS["affine_backward"])  # its own cache, its partner beside it


@right("two_layer_loss")
def one_example_at_a_time(params, x, labels, *, l2=0.0):
    loss, grads = 0.0, {name: np.zeros_like(p) for name, p in reversed(params.items())}
    for row, label in zip(x, labels, strict=True):
        active = np.where((z := row @ params["W1"] + params["b1"]) > 0, z, 0.0)
        scores = active @ params["W2"] + params["b2"]
        log_sum = np.logaddexp.reduce(scores)
        loss += (log_sum - scores[label]) / len(x)
        d = (np.exp(scores - log_sum) - np.eye(len(scores))[label]) / len(x)
        dhidden = params["W2"] @ d * np.sign(active)
        grads["W2"] += np.outer(active, d)
        grads["b2"] += d
        grads["W1"] += np.outer(row, dhidden)
        grads["b1"] += dhidden
    for name in ("W1", "W2"):
        loss += l2 * np.vdot(params[name], params[name])
        grads[name] += 2 * l2 * params[name]
    return np.float64(loss), collections.OrderedDict(grads)


# --- right, in odd form: unit 02 ----------------------------------------------------------------


@right("numeric_hessian")
def signs_from_a_product(f, x, *, h=1e-4):
    def entry(i, j):
        total = 0.0
        for a, b in itertools.product((1, -1), repeat=2):
            point = x.copy()
            point[int(i)] += a * h
            point[int(j)] += b * h
            total += a * b * f(point)
        return total / (2 * h) ** 2

    return np.fromfunction(np.vectorize(entry, otypes=[float]), (x.size, x.size)).tolist()


@right("classify_critical_point")
def set_of_signs(matrix, *, tol=1e-8, verbose=True):
    signs = {int(np.sign(v)) if abs(v) > tol else 0 for v in np.linalg.eigvals(matrix).real}
    if verbose:
        print(signs)
    if {1, -1} <= signs:
        return np.str_("saddle")
    return "degenerate" if 0 in signs else {1: "minimum", -1: "maximum"}[signs.pop()]


@right("condition_number")
def ratio_beyond_rounding(hessian):
    return np.linalg.cond(hessian, 2)  # 1e17 where others say infinite


@right("condition_number")
def norm_times_norm(hessian):
    try:
        return np.linalg.norm(hessian, 2) * np.linalg.norm(np.linalg.inv(hessian), 2)
    except np.linalg.LinAlgError:
        return math.inf


@right("gd_closed_form")
def recursive_steps(hessian, x, *, lr, steps):
    return (
        x if steps == 0 else recursive_steps(hessian, x - lr * hessian @ x, lr=lr, steps=steps - 1)
    )


@right("gd_closed_form")
def in_place_on_a_copy(hessian, start, *, lr, steps):
    start = start.copy()
    for _ in range(steps):
        start -= lr * hessian.dot(start)
    return start.tolist()


@right("max_stable_lr")
def bisection(hessian):
    low, high = 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        stable = np.abs(np.linalg.eigvalsh(np.eye(len(hessian)) - middle * hessian)).max() < 1
        low, high = (middle, high) if stable else (low, middle)
    return low


@right("optimal_lr")
def from_limit_and_condition(hessian):
    kappa = np.linalg.cond(hessian)
    return np.array(2 / np.linalg.norm(hessian, 2) * kappa / (kappa + 1))


@right("contraction_factor")
def spectral_norm(hessian, *, lr):
    return np.linalg.norm(np.eye(len(hessian)) - lr * hessian, 2)


@right("suboptimality")
def walk_there(eigenvalues, x, *, lr, steps):
    for _ in range(steps):
        x = x - lr * eigenvalues * x
    return np.einsum("i,i,i", x, eigenvalues, x) / 2


@right("standardize")
def eps_added(train, test):
    scale = np.sqrt(train.var(0) + 1e-12)
    return [(part - train.mean(0)) / scale for part in (train, test)]


# --- right, in odd form: unit 03 ----------------------------------------------------------------


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


# --- right, in odd form: unit 04 ----------------------------------------------------------------


@right("momentum")
def plain_tuple_for_a_state(param, grad, state, *, lr, momentum=0.9):
    velocity = momentum * state[0] + grad
    return [param - lr * velocity, (velocity,)]


@dataclasses.dataclass
class OwnState:
    velocity: object


@right("momentum")
def dataclass_for_a_state(param, grad, state, *, lr, momentum=0.9):
    velocity = momentum * state.velocity + grad
    return param - lr * velocity, OwnState(velocity)


@right("nesterov")
def written_out(param, grad, state, *, lr, momentum=0.9):
    step = (1 + momentum) * grad + momentum**2 * state.velocity
    return param - lr * step, state._replace(velocity=momentum * state.velocity + grad)


@right("nesterov_lookahead")
def through_the_new_point(x, v, gradient, *, lr, momentum=0.9):
    ahead = x + momentum * v
    new = ahead - lr * np.asarray(gradient(ahead))
    return [new, new - x]


@right("velocity_weights")
def triangular_system(steps, *, momentum):
    return np.linalg.solve(np.eye(steps) - momentum * np.eye(steps, k=1), np.ones(steps))


@right("velocity_weights")
def pushed_one_by_one(steps, *, momentum):
    weights = []
    for pushes in np.eye(steps):
        velocity = moved = 0.0
        for push in pushes:
            velocity = momentum * velocity + push
            moved += velocity
        weights.append(moved)
    return weights


right("terminal_velocity")(
    functools.partial(lambda sign, g, *, lr, momentum: sign * lr * g / (1 - momentum), -1)
)


@right("stability_limit")
@functools.lru_cache
def table_of_formulas(method, curvature, momentum=0.9):
    table = {"gd": 2, "momentum": 2 + 2 * momentum, "nesterov": (1 + momentum) / (0.5 + momentum)}
    return np.array(table[method] / curvature)


# --- right, in odd form: unit 05 ----------------------------------------------------------------


@right("adagrad")
def all_gradients_kept(param, grad, state, *, lr=0.01, eps=1e-8):
    """The sum is made anew in every step, from a list of all gradients so far."""
    seen = [*(state if isinstance(state, list) else []), grad.copy()]
    return param - lr * grad / (sum(g * g for g in seen) ** 0.5 + eps), seen


@dataclasses.dataclass
class Squares:
    total: object


@right("adagrad")
def dataclass_of_squares(param, grad, state, *, eps=1e-8, lr=0.01, **unused):
    old = state.total if isinstance(state, Squares) else state.sum_sq
    divisor = eps + np.linalg.norm(np.stack([np.sqrt(old), grad]), axis=0)
    return (param + (-lr / divisor) * grad, Squares(old + abs(grad) ** 2))


@right("effective_lr")
def one_number_at_a_time(state, *, lr, eps=1e-8):
    return np.vectorize(lambda square: lr / (math.sqrt(square) + eps))(next(iter(state)))


@right("rmsprop")
def sum_with_growing_weights(param, grad, state, *, lr=1e-3, decay=0.9, eps=1e-8):
    """New squares weigh more instead of old ones less; the whole is scaled where it is used."""
    total, steps = state if len(state) == 2 else (0 * grad, 0)
    total, steps = total + grad**2 * decay ** -(steps + 1), steps + 1
    mean = (1 - decay) * total * decay**steps
    return param - lr * grad / (np.sqrt(mean) + eps), (total, steps)


@right("adadelta")
def through_logarithms(param, grad, state, *, decay=0.95, eps=1e-6):
    squares = decay * state[0] + (1 - decay) * grad**2
    ratio = np.exp((np.log(state[1] + eps) - np.log(squares + eps)) / 2)
    return [param - ratio * grad, [squares, decay * state[1] + (1 - decay) * (ratio * grad) ** 2]]


@right("rotate_quadratic")
def height_by_height(hessian, *, angle):
    """The entries read off from heights of the turned bowl, each point turned back first."""
    back = np.exp(-1j * angle)

    def height(y):
        turned = complex(*y) * back
        x = np.array([turned.real, turned.imag])
        return x @ hessian @ x

    first, second = height((1, 0)), height((0, 1))
    mixed = (height((1, 1)) - first - second) / 2
    return ((first, mixed), (mixed, second))


# --- right, in odd form: unit 10 ----------------------------------------------------------------


@right("dropout_forward")
def boolean_mask_or_none(x, *, keep_prob, train, rng):
    if not train:
        return x, None
    stays = rng.uniform(size=x.shape) >= 1 - keep_prob
    return np.where(stays, x / keep_prob, 0.0), stays


@right("dropout_forward")
def exponential_clocks(x, *, keep_prob, train, rng):
    mask = np.ones_like(x)
    if train:
        mask = (np.exp(-rng.exponential(size=x.shape)) < keep_prob) / keep_prob
    return x * mask, mask


right("dropout_backward")(np.multiply)


@right("vanilla_dropout_predict")
def what_is_lost_taken_off(x, keep_prob):
    return (x - (1 - keep_prob) * x).tolist()


@right("mc_dropout_predict")
def one_tiled_batch(predict, x, *, passes, rng):
    return predict(np.tile(x, (passes, 1)), rng).reshape(passes, len(x), -1).mean(0)


@right("mc_dropout_predict")
def spawned_generators(predict, x, *, passes, rng):
    return np.mean([predict(x, child) for child in rng.spawn(passes)], axis=0)


@right("dropconnect_forward")
def one_mask_per_example(x, weights, *, keep_prob, train, rng):
    keep = keep_prob if train else 1.0
    masks = rng.choice([True, False], size=(len(x), *weights.shape), p=[keep, 1 - keep])
    return np.einsum("nd,ndm->nm", x, masks * weights) / keep


@right("stochastic_depth_forward")
def only_survivors_computed(x, branch, *, survival_prob, train, rng):
    if not train:
        return x + branch(x)
    alive = rng.random(len(x)) < survival_prob
    out = x.copy()
    out[alive] += branch(x[alive]) / survival_prob
    return out


@right("batchnorm_forward")
def tuples_and_no_cache_at_test_time(x, gamma, beta, running, *, train, momentum=0.9, eps=1e-5):
    mean, var = (x.mean(0), x.var(0)) if train else running
    new = tuple(
        momentum * old + (1 - momentum) * now for old, now in zip(running, (mean, var), strict=True)
    )
    x_hat = (x - mean) / np.sqrt(var + eps)
    cache = types.SimpleNamespace(x_hat=x_hat, gamma=gamma, root=np.sqrt(var + eps))
    return [gamma * x_hat + beta, cache if train else None, new if train else running]


@right("batchnorm_backward")
def jacobian_of_every_column(dout, cache):
    n, dx = len(dout), np.empty_like(dout)
    for j, (x_hat, root) in enumerate(
        zip(cache.x_hat.T, np.sqrt(cache.var + cache.eps), strict=True)
    ):
        jacobian = (np.eye(n) - 1 / n - np.outer(x_hat, x_hat) / n) / root
        dx[:, j] = jacobian @ dout[:, j] * cache.gamma[j]
    return dx, np.einsum("nd,nd->d", dout, cache.x_hat), np.ones(n) @ dout


@pytest.mark.parametrize(("name", "function"), RIGHT)
def test_odd_but_right(monkeypatch, name, function):
    for where, verdict in verdicts(monkeypatch, name, function):
        assert verdict.passed, f"{where}: {verdict}"


# --- right, in odd form: unit 07 ----------------------------------------------------------------


@right("step_decay")
class CountsMilestones:
    """A class where a function is asked for; its instances are called."""

    def __init__(self, lr, *, milestones, gamma=0.1):
        self.lr, self.milestones, self.gamma = lr, list(milestones), gamma

    def __call__(self, step):
        return self.lr * np.power(self.gamma, np.count_nonzero(np.asarray(self.milestones) <= step))


@right("step_decay")
def remembered_answers(lr, *, milestones, gamma=0.1):
    @functools.lru_cache
    def schedule(step):
        return lr * gamma ** len([m for m in milestones if not m > step])

    return schedule


@right("exponential_decay")
def factor_by_factor(lr, *, rate):
    def schedule(step):
        value = lr
        for _ in range(step):
            value *= math.exp(-rate)
        return value

    return schedule


@right("inverse_time_decay")
def partial_of_two(lr, *, rate):
    return functools.partial(lambda start, step: np.array(start / (step * rate + 1)), lr)


@right("inverse_sqrt")
def any_arguments(lr):
    return lambda *args: lr * math.pow(1 + args[0], -0.5)


@right("linear_decay")
def table_with_a_last_row(lr, *, total_steps):
    rates = np.linspace(lr, 0, total_steps + 1)
    return lambda t: rates[min(t, total_steps)]


@right("cosine")
def squared_sine(lr, *, total_steps, lr_min=0.0):
    left = lambda step: 1 - np.minimum(step / total_steps, 1)  # noqa: E731
    return lambda step: lr_min + (lr - lr_min) * np.sin(np.pi / 2 * left(step)) ** 2


@right("warmup")
def both_rates_worked_out(schedule, *, steps):
    def warmed(step):
        climb = (step + 1) / np.maximum(steps, 1) * schedule(steps)
        return float(np.where(step < steps, climb, schedule(step)))

    return warmed


@right("triangular")
def folded_angle(*, lr_min, lr_max, half_cycle):
    share = lambda t: math.acos(math.cos(math.pi * t / half_cycle)) / math.pi  # noqa: E731
    return lambda t: lr_min + (lr_max - lr_min) * share(t)


@right("reduce_on_plateau")
def tuple_of_rates(val_losses, *, lr, factor=0.1, patience):
    used, best, waited = (), math.inf, 0
    for loss in val_losses.tolist():
        used += (lr,)
        if best > loss:
            best, waited = loss, -1
        waited += 1
        if waited == patience + 1:
            lr, waited = lr * factor, 0
    return used


@right("scaled_lr")
def divided_by_the_inverse(lr, *, batch_size, base_batch_size):
    return lr / (base_batch_size / batch_size)


@right("pick_lr")
def masked_array(lrs, losses):
    return lrs[np.ma.masked_invalid(losses).argmin()]


@right("pick_lr")
def nan_aware(lrs, losses):
    return lrs[np.nanargmin(losses)]


# --- wrong: unit 01 -----------------------------------------------------------------------------


@wrong("hinge_loss", "`margin` out go wrong. Without it, it is 1.0; in your signature it is 0.5")
def default_margin(scores, labels, *, margin=0.5):
    return lists_and_plain_floats(scores, labels, margin)


@wrong("hinge_loss", "right values in the wrong order. Return loss, dscores")
def gradient_first(scores, labels, *, margin=1.0):
    return lists_and_plain_floats(scores, labels, margin)[::-1]


@wrong("hinge_loss", "3/5 of the right value, and 3 is the number of rows")
def batch_of_five(scores, labels, *, margin=1.0):
    loss, dscores = lists_and_plain_floats(scores, labels, margin)
    return loss * len(labels) / 5, np.array(dscores) * len(labels) / 5


@wrong("hinge_loss", "`loss` has shape (3,), expected ()")
def loss_of_every_image(scores, labels, *, margin=1.0):
    one = [
        lists_and_plain_floats(s[None], k[None], margin)[0]
        for s, k in zip(scores, labels, strict=True)
    ]
    return np.array(one), lists_and_plain_floats(scores, labels, margin)[1]


@wrong("hinge_loss", "changes `scores` in place")
def scores_shifted_in_place(scores, labels, *, margin=1.0):
    result = lists_and_plain_floats(scores, labels, margin)
    scores -= scores.max(axis=1, keepdims=True)
    return result


@wrong("softmax_cross_entropy", "logarithm of a quotient can be taken apart")
def smallest_subtracted(scores, labels):
    powers = np.exp(scores - scores.min(axis=1, keepdims=True))
    loss = -np.mean(np.log((powers / powers.sum(1, keepdims=True))[range(len(labels)), labels]))
    return loss, other_shift_and_a_named_tuple(scores, labels).dscores


@wrong("softmax_cross_entropy", "Softmax does not change when a constant is added")
def scores_clipped(scores, labels):
    return other_shift_and_a_named_tuple(np.clip(scores, -500, 500), labels)


@wrong("softmax_cross_entropy", "`dscores` has shape (3,), expected (1, 3)")
def squeezed_for_one_example(scores, labels):
    loss, dscores = other_shift_and_a_named_tuple(scores, labels)
    return loss, np.squeeze(dscores)


@wrong("softmax_cross_entropy", "returns float32 numbers")
def half_the_digits(scores, labels):
    loss, dscores = other_shift_and_a_named_tuple(scores.astype(np.float32), labels)
    return loss, dscores


@wrong(
    "numeric_gradient", "`h` out go wrong. Without it, it is 1e-05; in your signature it is 0.0001"
)
def default_step(f, x, *, h=1e-4):
    return recursion_over_axes(f, x, h=h)


@wrong("numeric_gradient", "the point that f is given has shape (6,), expected (2, 3)")
def flat_points(f, x, *, h=1e-5):
    return recursion_over_axes(f, x.ravel(), h=h).reshape(x.shape)


@wrong("relative_error", "Opposite signs are the worst")
def size_of_the_sum(a, n):
    size = np.abs(a + n)
    return np.divide(np.abs(a - n), size, out=np.zeros_like(size), where=size > 0).max()


@wrong("relative_error", "analytic gradient that is 0 everywhere")
def early_exit(a, n):
    return divided_where_possible(a, n) if a.any() else 0.0


@wrong("affine_forward", "order of what it returns is out, cache")
def cache_first(x, weights, bias):
    return (x, weights, bias), x @ weights + bias


@wrong("affine_backward", "right values in the wrong order. Return dx, dweights, dbias")
def bias_before_weights(dout, cache):
    return dout @ cache.weights.T, dout.sum(0), cache.x.T @ dout


@wrong("affine_backward", "`result` is a dict")
def gradients_by_name(dout, cache):
    x, weights, _ = cache
    return {"dx": dout @ weights.T, "dweights": x.T @ dout, "dbias": dout.sum(0)}


@wrong("two_layer_loss", "`grads` has the keys ['dW1', 'dW2', 'db1', 'db2']")
def other_keys(params, x, labels, *, l2=0.0):
    loss, grads = one_example_at_a_time(params, x, labels, l2=l2)
    return loss, {f"d{name}": grad for name, grad in grads.items()}


@wrong("two_layer_loss", "`l2` out go wrong")
def penalty_by_default(params, x, labels, *, l2=1e-3):
    return one_example_at_a_time(params, x, labels, l2=l2)


# --- wrong: unit 02 -----------------------------------------------------------------------------


@wrong("numeric_hessian", "`h` out go wrong")
def default_step_of_the_hessian(f, x, *, h=1e-3):
    return signs_from_a_product(f, x, h=h)


@wrong("numeric_hessian", "diagonal is four times too small")
def three_points_over_four_h_squared(f, x, *, h=1e-4):
    hessian = np.array(signs_from_a_product(f, x, h=h))
    return hessian - 0.75 * np.diag(np.diag(hessian))


@wrong("numeric_hessian", "mixed derivatives have the wrong sign")
def corners_exchanged(f, x, *, h=1e-4):
    hessian = np.array(signs_from_a_product(f, x, h=h))
    return 2 * np.diag(np.diag(hessian)) - hessian


@wrong("classify_critical_point", "`tol` out go wrong")
def default_tol(hessian, *, tol=1e-6):
    return set_of_signs(hessian, tol=tol)


@wrong("classify_critical_point", "is a `return` missing?")
def printed_only(hessian, *, tol=1e-8):
    print(set_of_signs(hessian, tol=tol))


@wrong("classify_critical_point", "expected 'saddle'")
def two_coordinates_only(hessian, *, tol=1e-8):
    return set_of_signs(hessian[:2, :2], tol=tol)


@wrong("condition_number", "changes the ratio of a bowl with small curvatures")
def small_number_added(hessian):
    values = np.linalg.svd(hessian, compute_uv=False)
    return values[0] / (values[-1] + 1e-8)


@wrong("condition_number", "Frobenius norm")
def norms_without_two(hessian):
    try:
        return np.linalg.norm(hessian) * np.linalg.norm(np.linalg.inv(hessian))
    except np.linalg.LinAlgError:
        return math.inf


@wrong("condition_number", "is there a return at the end, for every matrix?")
def nothing_when_singular(hessian):
    values = np.linalg.svd(hessian, compute_uv=False)
    if values[-1] > 1e-13 * values[0]:
        return values[0] / values[-1]
    return None


@wrong("gd_closed_form", "an axis too many, one of length 1")
def column_vector(hessian, start, *, lr, steps):
    return recursive_steps(hessian, start[:, None], lr=lr, steps=steps)


@wrong("gd_closed_form", "changes `start` in place")
def in_place_on_the_start(hessian, start, *, lr, steps):
    for _ in range(steps):
        start -= lr * hessian @ start
    return start


@wrong("optimal_lr", "one coordinate only")
def one_curvature_forgotten(hessian):
    return from_limit_and_condition(hessian) if len(hessian) > 1 else math.inf


@wrong("max_stable_lr", "is a tuple of 2, expected one number")
def an_interval(hessian):
    return 0.0, bisection(hessian)


@wrong("contraction_factor", "multiply the factors of all directions")
def determinant(hessian, *, lr):
    return abs(np.linalg.det(np.eye(len(hessian)) - lr * hessian))


# --- wrong: unit 03 -----------------------------------------------------------------------------


@wrong("sgd", "constant factor")
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


@wrong("noise_floor", "added up")
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


# --- wrong: unit 04 -----------------------------------------------------------------------------


@wrong("momentum", "`momentum` out go wrong. Without it, it is 0.9; in your signature it is 0.99")
def default_momentum(param, grad, state, *, lr, momentum=0.99):
    return dataclass_for_a_state(param, grad, state, lr=lr, momentum=momentum)


@wrong("momentum", "order of what it returns is param, state")
def state_first(param, grad, state, *, lr, momentum=0.9):
    return plain_tuple_for_a_state(param, grad, state, lr=lr, momentum=momentum)[::-1]


@wrong("momentum", "What comes out as the state has to be of the kind that goes in")
def bare_velocity(param, grad, state, *, lr, momentum=0.9):
    velocity = momentum * state.velocity + grad
    return param - lr * velocity, velocity


@wrong("momentum", "changes `state` in place")
def velocity_in_place(param, grad, state, *, lr, momentum=0.9):
    velocity = state.velocity
    velocity *= momentum
    velocity += grad
    return param - lr * velocity, MomentumState(velocity)


@wrong("nesterov_lookahead", "wrong order: first the new point")
def velocity_first(param, velocity, gradient, *, lr, momentum=0.9):
    return through_the_new_point(param, velocity, gradient, lr=lr, momentum=momentum)[::-1]


@wrong("velocity_weights", "length 2 instead of 1")
def one_weight_more(steps, *, momentum):
    return triangular_system(steps + 1, momentum=momentum)


@wrong("velocity_weights", "momentum 0.9 and for nothing else")
def number_for_the_argument(steps, *, momentum):
    return triangular_system(steps, momentum=0.9)


@wrong("terminal_velocity", "All entries are there, but an axis is lost")
def flattened(grad, *, lr, momentum):
    return np.ravel(-lr * grad / (1 - momentum))


@wrong("stability_limit", "times the square of the input curvature")
def curvature_above_the_line(method, curvature, *, momentum=0.9):
    return table_of_formulas(method, 1.0, momentum) * curvature


# --- wrong: unit 05 -----------------------------------------------------------------------------


@wrong("adagrad", "in place")
def adds_into_the_state(param, grad, state, *, lr=0.01, eps=1e-8):
    np.add(state.sum_sq, grad**2, out=state.sum_sq)
    return param - lr * grad / (np.sqrt(state.sum_sq) + eps), state


@wrong("adagrad", "constant factor")
def square_with_a_two(param, grad, state, *, lr=0.01, eps=1e-8):
    total = state[0] + 2 * grad**2
    return param - lr * grad / (np.sqrt(total) + eps), (total,)


@wrong("adagrad", "what eps does")
def eps_subtracted(param, grad, state, *, lr=0.01, eps=1e-8):
    total = state[0] + grad**2
    return param - lr * np.nan_to_num(grad / (np.sqrt(total) - eps)), (total,)


@wrong("effective_lr", "no attribute 'sum_sq'")
def only_for_adagrad(state, *, lr, eps=1e-8):
    return lr / (np.sqrt(state.sum_sq) + eps)


@wrong("effective_lr", "Too much was summed")
def norm_of_all(state, *, lr, eps=1e-8):
    return lr / (np.linalg.norm(state[0]) + eps)


@wrong("rmsprop", "constant factor")
def starts_with_the_first_square(param, grad, state, *, lr=1e-3, decay=0.9, eps=1e-8):
    mean = np.where(state[0] == 0, grad**2, decay * state[0] + (1 - decay) * grad**2)
    return param - lr * grad / (np.sqrt(mean) + eps), (mean,)


@wrong("rmsprop", "leave `decay` out")
def default_of_a_library(param, grad, state, *, lr=1e-3, decay=0.99, eps=1e-8):
    mean = decay * state[0] + (1 - decay) * grad**2
    return param - lr * grad / (np.sqrt(mean) + eps), (mean,)


@wrong("adadelta", "what is handed on")
def decay_swapped_in_one_average(param, grad, state, *, decay=0.95, eps=1e-6):
    squares = decay * state[0] + (1 - decay) * grad**2
    update = np.sqrt((state[1] + eps) / (squares + eps)) * grad
    return param - update, (squares, (1 - decay) * state[1] + decay * update**2)


@wrong("rotate_quadratic", "45 degrees")
def small_angles_only(hessian, *, angle):
    turn = np.array([[1, -angle], [angle, 1]])
    return turn @ hessian @ turn.T


@wrong("rotate_quadratic", "negative angle")
def eigenvalues_in_order(hessian, *, angle):
    values = np.linalg.eigvalsh(hessian)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return turn @ np.diag(values) @ turn.T


# --- wrong: unit 10 -----------------------------------------------------------------------------


@wrong("dropout_forward", "ReLU is another layer")
def relu_as_well(x, *, keep_prob, train, rng):
    return exponential_clocks(np.maximum(x, 0), keep_prob=keep_prob, train=train, rng=rng)


@wrong("dropout_backward", "`dx` is a tuple of 2, expected an array")
def mask_as_well(dout, mask):
    return dout * mask, mask


@wrong("mc_dropout_predict", "ten passes, whatever `passes` says")
def ten_passes(predict, x, *, passes, rng):
    return one_tiled_batch(predict, x, passes=10, rng=rng)


@wrong("stochastic_depth_forward", "whatever `survival_prob` says")
def every_other_branch(x, branch, *, survival_prob, train, rng):
    return only_survivors_computed(x, branch, survival_prob=0.5, train=train, rng=rng)


@wrong(
    "batchnorm_forward",
    "`eps` out go wrong. Without it, it is 1e-05; in your signature it is 1e-08",
)
def default_eps(x, gamma, beta, running, *, train, momentum=0.9, eps=1e-8):
    return tuples_and_no_cache_at_test_time(
        x, gamma, beta, running, train=train, momentum=momentum, eps=eps
    )


@wrong("batchnorm_forward", "each other's place")
def statistics_exchanged(x, gamma, beta, running, *, train, momentum=0.9, eps=1e-5):
    out, cache, new = tuples_and_no_cache_at_test_time(
        x, gamma, beta, running, train=train, momentum=momentum, eps=eps
    )
    return out, cache, BatchNormStats(*new[::-1]) if train else running


@wrong("batchnorm_backward", "eps is always 1e-5")
def eps_of_its_own(dout, cache: BatchNormCache):
    return jacobian_of_every_column(dout, cache._replace(eps=1e-5))


@wrong("batchnorm_backward", "right values in the wrong order. Return dx, dgamma, dbeta")
def dx_last(dout, cache):
    dx, dgamma, dbeta = jacobian_of_every_column(dout, cache)
    return dgamma, dbeta, dx


# --- wrong: unit 07 -----------------------------------------------------------------------------


@wrong("step_decay", "A schedule that is defined inside has to be returned as well")
def schedule_not_returned(lr, *, milestones, gamma=0.1):
    def schedule(step):
        return lr * gamma ** sum(step >= m for m in milestones)


@wrong("step_decay", "It returned a number. Asked for is a schedule")
def schedule_called(lr, *, milestones, gamma=0.1):
    return remembered_answers(lr, milestones=milestones, gamma=gamma)(0)


@wrong("step_decay", "whenever it is asked for")
def counts_its_calls(lr, *, milestones, gamma=0.1):
    clock, right_one = itertools.count(), remembered_answers(lr, milestones=milestones, gamma=gamma)
    return lambda step: right_one(next(clock))


@wrong("step_decay", "It returned an object of type generator")
def yields_the_rates(lr, *, milestones, gamma=0.1):
    for step in itertools.count():
        yield remembered_answers(lr, milestones=milestones, gamma=gamma)(step)


@wrong("linear_decay", "The schedule returns nothing for step")
def nothing_after_the_end(lr, *, total_steps):
    return lambda step: lr * (1 - step / total_steps) if step <= total_steps else None


@wrong("cosine", "`lr_min` out go wrong")
def small_default(lr, *, total_steps, lr_min=1e-3):
    return squared_sine(lr, total_steps=total_steps, lr_min=lr_min)


@wrong("cosine", "too small")
def cosine_to_the_fourth(lr, *, total_steps, lr_min=0.0):
    share = squared_sine(1.0, total_steps=total_steps)
    return lambda step: lr_min + (lr - lr_min) * share(step) ** 2


@wrong("warmup", "ZeroDivisionError")
def divides_by_no_steps(schedule, *, steps):
    return lambda step: min((step + 1) / steps, 1.0) * schedule(max(step, steps))


@wrong("reduce_on_plateau", "all bad epochs")
def never_forgives(val_losses, *, lr, factor=0.1, patience):
    used, best, waited = [], np.inf, 0
    for loss in val_losses:
        used.append(lr)
        waited += not loss < best
        best = min(best, loss) if loss == loss else best
        if waited > patience:
            lr, waited = factor * lr, 0
    return used


@wrong("pick_lr", "not the losses with them")
def sorted_rates(lrs, losses):
    return np.sort(lrs)[np.nanargmin(losses)]


@pytest.mark.parametrize(("name", "function", "words"), WRONG)
def test_wrong_and_told_why(monkeypatch, name, function, words):
    for where, verdict in verdicts(monkeypatch, name, function):
        assert not verdict.passed, where
        assert verdict.score < 1.0, where
        if where == "visible":
            assert words in verdict.message


def test_every_exercise_is_tried():
    every = {exercise.name for unit in spec.units() for exercise in spec.exercises(unit)}
    assert {param.values[0] for param in RIGHT} == every
    assert len(RIGHT) >= 40
    assert len(WRONG) >= 40
