"""Odd but right, and unlisted wrong answers to the exercises of unit 01."""

import collections
import math
import types
import warnings

import numpy as np

from odd_answers import right, wrong

# --- right, in odd form ---------------------------------------------------------------------------


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


@right("hinge_loss")
def margin_only_for_the_wrong(scores, labels, *, margin: float = 1.0, **unused):
    one_hot = np.eye(scores.shape[1])[labels]
    own = np.einsum("nc,nc->n", scores, one_hot)
    gaps = np.clip(scores - own[:, None] + margin * (1 - one_hot), 0, None)
    pushes = np.where(gaps > 0, 1.0, 0.0)
    pushes -= one_hot * pushes.sum(axis=1, keepdims=True)
    return np.float64(gaps.sum(axis=1).mean()), np.asfortranarray(pushes / len(scores))


@right("softmax_cross_entropy")
def distance_from_the_best_class(scores, labels):
    rows, best = np.arange(len(labels)), scores.argmax(axis=1)
    powers = np.exp(scores - scores[rows, best][:, None])
    others = powers.sum(axis=1) - 1
    losses = np.log1p(others) + scores[rows, best] - scores[rows, labels]
    probs = powers / (1 + others)[:, None]
    probs[rows, labels] -= 1
    return losses.mean(), np.divide(probs, len(labels)).tolist()


@right("numeric_gradient")
def mean_of_both_sides(f, x, h=1e-5, **unused):
    units = np.eye(x.size).reshape((x.size, *x.shape))
    middle = f(x)
    slopes = [((f(x + h * e) - middle) / h + (middle - f(x - h * e)) / h) / 2 for e in units]
    return np.array(slopes).reshape(x.shape, order="C")


@right("affine_forward")
def cache_of_transposes(x, weights, bias):
    return (weights.T @ x.T).T + bias, (x.T.copy(), weights.T.copy())


@right("affine_forward")
def cache_that_is_a_function(x, weights, bias):
    def back(dout):
        return dout @ weights.T, x.T @ dout, dout.sum(axis=0)

    return np.add(x @ weights, bias), back


# --- wrong ----------------------------------------------------------------------------------------


@wrong("numeric_gradient", "should hold real numbers, not complex numbers")
def complex_step(f, x, *, h=1e-5):
    moved = [x + 1j * h * unit.reshape(x.shape) for unit in np.eye(x.size)]
    return np.array([np.imag(f(point)) / h for point in moved]).reshape(x.shape)


@wrong("affine_forward", "Besides, your function changes `x` in place")
def inputs_centred_afterwards(x, weights, bias):
    out = x @ weights + bias
    x -= x.mean()
    return out, (x, weights, bias)


@wrong("hinge_loss", "recognise the right class by its score")
def equal_scores_left_out(scores, labels, *, margin=1.0):
    own = scores[np.arange(len(labels)), labels][:, None]
    gaps = np.where(scores == own, 0.0, np.maximum(0, scores - own + margin))
    pushes = (gaps > 0) * 1.0
    pushes[np.arange(len(labels)), labels] = -pushes.sum(axis=1)
    return gaps.sum() / len(labels), pushes / len(labels)


@wrong("hinge_loss", "takes out whole columns")
def colon_before_the_labels(scores, labels, *, margin=1.0):
    gaps = np.maximum(0, scores - scores[range(len(labels)), labels][:, None] + margin)
    gaps[:, labels] = 0
    pushes = (gaps > 0) * 1.0
    pushes[range(len(labels)), labels] = -pushes.sum(axis=1)
    return gaps.sum() / len(labels), pushes / len(labels)


@wrong("hinge_loss", "returns float32 numbers")
def gradient_of_half_the_digits(scores, labels, *, margin=1.0):
    loss, dscores = margin_only_for_the_wrong(scores, labels, margin=margin)
    return loss, dscores.astype(np.float32)


@wrong("softmax_cross_entropy", "You return the probabilities where the gradient is asked for")
def probabilities_as_second(scores, labels):
    loss, _ = other_shift_and_a_named_tuple(scores, labels)
    return loss, np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))


@wrong("softmax_cross_entropy", "only the labels say")
def loss_of_the_favourite(scores, labels):
    return other_shift_and_a_named_tuple(scores, scores.argmax(axis=1))


@wrong("softmax_cross_entropy", "is something divided by 4 instead")
def one_example_less(scores, labels):
    loss, dscores = other_shift_and_a_named_tuple(scores, labels)
    share = len(labels) / max(1, len(labels) - 1)
    return loss * share, dscores * share


@wrong("numeric_gradient", "Your copies of x are float32")
def single_precision(f, x, *, h=1e-5):
    grad = []
    for i in np.ndindex(*x.shape):
        up, down = np.float32(x).reshape(x.shape), np.array(x, np.float32)
        up[i] += h
        down[i] -= h
        grad.append((f(up) - f(down)) / (2 * h))
    return np.array(grad).reshape(x.shape)


@wrong("relative_error", "You compare squares")
def squares_compared(a, n):
    size = a**2 + n**2
    return np.divide((a - n) ** 2, size, out=np.zeros_like(size), where=size > 0).max()


@wrong("affine_backward", "only half the way")
def bias_gradient_of_ones(dout, cache):
    return dout @ cache.weights.T, cache.x.T @ dout, [1.0] * dout.shape[1]


@wrong("two_layer_loss", "the gradient of W2 does not know of it")
def first_matrix_only_on_the_way_back(params, x, labels, *, l2=0.0):
    loss, grads = one_example_at_a_time(params, x, labels, l2=l2)
    return loss, {**grads, "W2": grads["W2"] - 2 * l2 * params["W2"]}


@wrong("two_layer_loss", "b1 has no effect on your loss")
def hidden_units_without_bias(params, x, labels, *, l2=0.0):
    return one_example_at_a_time({**params, "b1": 0 * params["b1"]}, x, labels, l2=l2)


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


@wrong("affine_backward", "3 values are expected (dx, dweights, dbias), not 2")
def parameters_only(dout, cache):
    return cache.x.T @ dout, dout.sum(axis=0)
