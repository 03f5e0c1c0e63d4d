"""Odd but right, and unlisted wrong answers to the exercises of unit 05."""

import dataclasses
import math

import numpy as np

from course_lib.optim import AdaGradState
from odd_answers import right, wrong

# --- right, in odd form ---------------------------------------------------------------------------


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


@right("effective_lr")
def asks_whose_state_it_is(state, *, lr, eps=1e-8):
    squares = state.sum_sq if isinstance(state, AdaGradState) else state.mean_sq
    return np.divide(lr, squares**0.5 + eps)


@right("effective_lr")
def by_the_name_of_the_field(state, lr, eps=1e-8):
    fields = state._asdict()
    return lr / (np.sqrt(fields.get("sum_sq", fields.get("mean_sq"))) + eps)


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
def half_of_it_twice(hessian, *, angle):
    """Small angles until sine and cosine are a line and a parabola, almost to the last digit."""
    if abs(angle) > 1e-3:
        return half_of_it_twice(half_of_it_twice(hessian, angle=angle / 2), angle=angle / 2)
    sin, cos = angle - angle**3 / 6 + angle**5 / 120, 1 - angle**2 / 2 + angle**4 / 24
    turn = np.array([[cos, -sin], [sin, cos]])
    return np.linalg.multi_dot([turn, hessian, turn.transpose()])


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


class CountsItsCalls:
    calls = 0

    def __call__(self, param, grad, state, *, lr=1e-3, decay=0.9, eps=1e-8):
        self.calls += 1
        old = np.ravel(state[0])
        new = [decay * a + (1 - decay) * g * g for a, g in zip(old, grad.flat, strict=True)]
        step = [lr * g / (math.sqrt(a) + eps) for a, g in zip(new, grad.flat, strict=True)]
        return param - np.reshape(step, param.shape), [np.array(new)]


right("rmsprop")(CountsItsCalls())


@right("adadelta")
def both_averages_in_one_array(param, grad, state, decay=0.95, eps=1e-6, lr=1.0):
    both = np.array(state)
    both[0] = decay * both[0] + (1 - decay) * grad**2
    below, above = np.sqrt(both + eps)
    update = lr * above / below * grad
    both[1] = decay * both[1] + (1 - decay) * update**2
    return param - update, both


# --- wrong ----------------------------------------------------------------------------------------


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


@wrong("rmsprop", "times the root of 1 - the input decay")
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


@wrong("rotate_quadratic", "its own directions are lost")
def eigenvalues_in_order(hessian, *, angle):
    values = np.linalg.eigvalsh(hessian)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return turn @ np.diag(values) @ turn.T


@wrong("rotate_quadratic", "Entries and curvatures may be negative")
def bowls_only(hessian, *, angle):
    values, axes = np.linalg.eigh(hessian)
    cos, sin = np.cos(angle), np.sin(angle)
    turned = np.array([[cos, -sin], [sin, cos]]) @ axes
    return turned * np.abs(values) @ turned.T


@wrong("rotate_quadratic", "an angle may be larger than a right one")
def no_more_than_a_quarter_turn(hessian, *, angle):
    return half_of_it_twice(hessian, angle=np.clip(angle, -np.pi / 2, np.pi / 2))


@wrong("adagrad", "float32 numbers")
def memory_with_half_the_digits(param, grad, state, *, lr=0.01, eps=1e-8):
    total = (state[0] + grad**2).astype(np.float32)
    return param - lr * grad / (np.sqrt(total) + eps), (total,)


@wrong("adagrad", "is a dict, and in the next step")
def dict_that_it_cannot_read(param, grad, state, *, lr=0.01, eps=1e-8):
    total = state.sum_sq + grad**2
    return param - lr * grad / (np.sqrt(total) + eps), {"sum_sq": total}


@wrong("rmsprop", "divided by the root of 1 - the input decay")
def share_squared_with_the_gradient(param, grad, state, *, lr=1e-3, decay=0.9, eps=1e-8):
    mean = decay * state[0] + ((1 - decay) * grad) ** 2
    return param - lr * grad / (np.sqrt(mean) + eps), (mean,)


@wrong("adadelta", "half the right one")
def half_of_the_update(param, grad, state, *, decay=0.95, eps=1e-6):
    new, state = through_logarithms(param, grad, state, decay=decay, eps=eps)
    return (param + new) / 2, state


@wrong("adagrad", "larger of the root and eps")
def eps_as_a_floor(param, grad, state, *, lr=0.01, eps=1e-8):
    total = state[0] + grad**2
    return param - lr * grad / np.maximum(np.sqrt(total), eps), (total,)


@wrong("adagrad", "entries of a matrix")
def one_sum_per_row(param, grad, state, *, lr=0.01, eps=1e-8):
    squares = grad**2
    if grad.ndim > 1:
        squares = squares.sum(axis=1, keepdims=True) * np.ones_like(grad)
    total = state[0] + squares
    return param - lr * grad / (np.sqrt(total) + eps), (total,)


@wrong("effective_lr", "float32 numbers")
def rates_with_half_the_digits(state, *, lr, eps=1e-8):
    return np.float32(lr / (np.sqrt(state[0]) + eps))


@wrong("effective_lr", "larger of the root and eps")
def rate_with_a_floor(state, *, lr, eps=1e-8):
    return lr / np.clip(np.sqrt(state[0]), eps, None)


@wrong("rmsprop", "look after the zeros by hand")
def zeros_by_hand(param, grad, state, *, lr=1e-3, decay=0.9, eps=1e-8):
    mean = decay * state[0] + (1 - decay) * grad**2
    return param - lr * grad / np.where(mean == 0, 1.0, np.sqrt(mean)), (mean,)


@wrong("rmsprop", "eps goes into the memory")
def eps_averaged_too(param, grad, state, *, lr=1e-3, decay=0.9, eps=1e-8):
    mean = decay * state[0] + (1 - decay) * grad**2 + eps
    return (param - lr * grad / np.sqrt(mean)).tolist(), [mean]


@wrong("adadelta", "float32 numbers")
def updates_with_half_the_digits(param, grad, state, *, decay=0.95, eps=1e-6):
    new, (squares, moved) = through_logarithms(param, grad, state, decay=decay, eps=eps)
    return new, (squares, np.float32(moved))


@wrong("adadelta", "Below, your eps is added to the root")
def lower_eps_as_in_rmsprop(param, grad, state, *, decay=0.95, eps=1e-6):
    squares = decay * state[0] + (1 - decay) * grad**2
    update = np.sqrt(state[1] + eps) / (np.sqrt(squares) + eps) * grad
    return param - update, (squares, decay * state[1] + (1 - decay) * update**2)


@wrong("rotate_quadratic", "next to its own transpose")
def turned_and_turned_back(hessian, *, angle):
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return hessian.dot(turn).dot(turn.T).tolist()
