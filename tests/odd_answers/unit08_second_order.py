"""Odd but right, and unlisted wrong answers to the exercises of unit 08."""

import functools
import itertools
import math
from collections import deque
from fractions import Fraction

import numpy as np

from odd_answers import right, wrong

# --- right, in odd form ---------------------------------------------------------------------------


@right("newton_step")
def triangular_factors(grad, hessian):
    q, r = np.linalg.qr(hessian)
    return tuple(float(v) for v in np.linalg.solve(r, q.T @ -grad))


@right("newton_step")
def pseudo_inverse_of_a_column(grad, hessian):
    return (np.linalg.pinv(hessian) @ -grad.reshape(-1, 1)).flatten()


@right("damped_newton_step")
def one_sum_over_everything(grad, hessian, damping=0.0):
    c, q = np.linalg.eigh(hessian)
    return -np.einsum("ik,k,jk,j->i", q, 1 / (np.abs(c) + damping), q, grad)


@right("damped_newton_step")
def general_eigenvectors(grad, hessian, *, damping):
    c, q = np.linalg.eig(hessian)
    return -q @ np.diag(1 / (np.hypot(c, 0) + damping)) @ np.linalg.inv(q) @ grad


@right("newton_cost")
def exact_fractions(parameters, *, bytes_per_number=8):
    return bytes_per_number * parameters * parameters, int(Fraction(parameters) ** 3)


@right("newton_cost")
def numpy_floats_in_a_list(parameters, bytes_per_number=8):
    return [np.float64(bytes_per_number) * parameters**2, math.prod([parameters] * 3)]


@right("bfgs_update")
def columns_and_a_relative_guard(inverse_hessian, step, grad_change):
    curvature = float(step @ grad_change)
    if curvature <= 1e-12 * np.linalg.norm(step) * np.linalg.norm(grad_change):
        return np.array(inverse_hessian)
    s, y, one = step[:, None], grad_change[:, None], np.identity(len(step))
    inner = (one - s @ y.T / curvature) @ inverse_hessian @ (one - y @ s.T / curvature)
    return inner + s @ s.T / curvature


@right("bfgs_update")
def corrections_added_in_place(inverse_hessian, step, grad_change):
    new, push, curvature = inverse_hessian.copy(), inverse_hessian @ grad_change, step @ grad_change
    if curvature > 0:
        new += (1 + grad_change @ push / curvature) * np.outer(step, step) / curvature
        new -= np.outer(step, push) / curvature
        new -= np.outer(push, step) / curvature
    return new


@right("lbfgs_direction")
def shares_in_a_deque(grad, steps, grad_changes):
    q, shares = np.array(grad), deque()
    for k in range(len(steps))[::-1]:
        shares.appendleft(np.inner(steps[k], q) / np.inner(steps[k], grad_changes[k]))
        q = q - shares[0] * grad_changes[k]
    if shares:
        newest = grad_changes[-1]
        q = q * np.inner(steps[-1], newest) / np.linalg.norm(newest) ** 2
    for k, share in enumerate(shares):
        opinion = np.inner(grad_changes[k], q) / np.inner(steps[k], grad_changes[k])
        q = q + (share - opinion) * steps[k]
    return np.negative(q)


@right("lbfgs_direction")
def compact_representation(grad, steps, grad_changes):
    """Byrd, Nocedal and Schnabel 1994: small matrices of inner products, no loop at all."""
    if len(steps) == 0:
        return -1 * grad
    s, y = np.array(steps).T, np.array(grad_changes).T
    gamma = (s[:, -1] @ y[:, -1]) / (y[:, -1] @ y[:, -1])
    inverse = np.linalg.inv(np.triu(s.T @ y))
    u, v = s.T @ grad, gamma * y.T @ grad
    middle = np.diag(np.diag(s.T @ y)) + gamma * y.T @ y
    top = inverse.T @ (middle @ inverse @ u - v)
    return -(gamma * grad + s @ top - gamma * y @ (inverse @ u))


@right("newton_step")
def rational_elimination(grad, hessian):
    """Gauss and Jordan without any rounding."""
    rows = [[Fraction(float(v)) for v in (*row, -g)] for row, g in zip(hessian, grad, strict=True)]
    for i in range(len(rows)):
        best = max(range(i, len(rows)), key=lambda k: abs(rows[k][i]))
        rows[i], rows[best] = rows[best], rows[i]
        rows[i] = [v / rows[i][i] for v in rows[i]]
        for k in {*range(len(rows))} - {i}:
            rows[k] = [a - rows[k][i] * b for a, b in zip(rows[k], rows[i], strict=True)]
    return [float(row[-1]) for row in rows]


@right("newton_step")
class MadeByNew:
    """A class whose instances are steps."""

    def __new__(cls, grad, hessian):
        return np.linalg.inv(-hessian.T).dot(grad[:, None])[:, 0]


@right("damped_newton_step")
def singular_values(grad, hessian, *, damping):
    _, sizes, axes = np.linalg.svd(hessian)
    return tuple(-np.einsum("ki,k,kj,j->i", axes, 1 / (sizes + damping), axes, grad))


@right("bfgs_update")
def through_the_hessian(h, s, y, verbose=True):
    """Broyden's form of the other matrix, and two inversions."""
    if not y @ s > 0:
        print("refused")
        return h.tolist()
    hessian = np.linalg.inv(h)
    push = hessian @ s
    taken_out = hessian - np.outer(push, push) / (push @ s)
    scale = np.linalg.norm(y)
    return np.linalg.inv(taken_out + np.outer(y / scale, y / scale) / (y @ s) * scale**2)


@right("lbfgs_direction")
def peeled_recursively(grad, steps, grad_changes):
    pairs = [*zip(steps, grad_changes, strict=True)]
    gamma = 1.0 if not pairs else np.divide(pairs[-1][0] @ pairs[-1][1], sum(pairs[-1][1] ** 2))

    def times(vector, known):
        if not known:
            return gamma * vector
        (s, y), share = known[-1], known[-1][0] @ vector / (known[-1][0] @ known[-1][1])
        inner = times(vector - share * y, known[:-1])
        return inner + s * (share - y @ inner / (s @ y))

    return np.negative(times(grad, pairs)).tolist()


@right("newton_cost")
@functools.lru_cache
def remembered_products(parameters, *, bytes_per_number=8):
    powers = [*itertools.accumulate([parameters] * 3, lambda a, b: a * b)]
    return [bytes_per_number * powers[1], powers[2]]


# --- wrong, and not listed ------------------------------------------------------------------------


@wrong("newton_step", "changes `grad` in place")
def turned_in_place(grad, hessian):
    grad *= -1
    return np.linalg.solve(hessian, grad)


@wrong("newton_step", "float32")
def single_precision(grad, hessian):
    return np.linalg.solve(hessian.astype(np.float32), -grad.astype(np.float32))


@wrong("newton_step", "the whole matrix counts")
def upper_triangle_only(grad, hessian):
    return -np.linalg.solve(np.triu(hessian), grad)


@wrong("newton_step", "also where it is a saddle")
def flat_where_it_is_negative(grad, hessian):
    c, q = np.linalg.eigh(hessian)
    return -q @ (np.where(c > 0, 1 / c, 0.0) * (q.T @ grad))


@wrong("newton_step", "Too much was summed")
def newton_decrement(grad, hessian):
    return grad @ np.linalg.solve(hessian, grad)


@wrong("damped_newton_step", "of its own")
def turned_round_as_a_whole(grad, hessian, *, damping):
    step = -np.linalg.solve(hessian + damping * np.eye(len(grad)), grad)
    return step if step @ grad < 0 else -step


@wrong("damped_newton_step", "trust-region methods")
def shifted_by_the_most_negative(grad, hessian, *, damping):
    shift = max(0.0, -np.linalg.eigvalsh(hessian)[0]) + damping
    return -np.linalg.solve(hessian + shift * np.eye(len(grad)), grad)


@wrong("damped_newton_step", "nothing else may be added")
def one_more_small_number(grad, hessian, *, damping):
    c, q = np.linalg.eigh(hessian)
    return -(q @ ((q.T @ grad) / (np.abs(c) + damping + 1e-8)))


@wrong("damped_newton_step", "curvatures whose signs")
def sizes_sorted_apart_from_their_axes(grad, hessian, *, damping):
    c, q = np.linalg.eigh(hessian)
    return -(q @ ((q.T @ grad) / (np.sort(np.abs(c)) + damping)))


@wrong("newton_cost", "wrong order")
def work_first(parameters, *, bytes_per_number=8):
    return parameters**3, bytes_per_number * parameters**2


@wrong("newton_cost", "numpy's integers do that")
def numpy_integers(parameters, *, bytes_per_number=8):
    n = np.int64(parameters)
    return bytes_per_number * n**2, n**3


@wrong("newton_cost", "leave `bytes_per_number` out")
def four_bytes_unless_told(parameters, *, bytes_per_number=4):
    return bytes_per_number * parameters**2, parameters**3


@wrong("bfgs_update", "changes `inverse_hessian` in place")
def written_into_the_old_estimate(inverse_hessian, step, grad_change):
    if step @ grad_change > 0:
        left = np.eye(len(step)) - np.outer(step, grad_change) / (step @ grad_change)
        added = np.outer(step, step) / (step @ grad_change)
        inverse_hessian[:] = left @ inverse_hessian @ left.T + added
    return inverse_hessian


@wrong("bfgs_update", "no positive curvature")
def raises_without_curvature(inverse_hessian, step, grad_change):
    curvature = step @ grad_change
    if curvature <= 0:
        raise ValueError("no positive curvature")
    left = np.eye(len(step)) - np.outer(step, grad_change) / curvature
    return left @ inverse_hessian @ left.T + np.outer(step, step) / curvature


@wrong("bfgs_update", "times the gradient change must be the step")
def one_instead_of_the_identity(inverse_hessian, step, grad_change):
    curvature = step @ grad_change
    if curvature <= 0:
        return inverse_hessian
    left = 1 - np.outer(step, grad_change) / curvature
    return left @ inverse_hessian @ left.T + np.outer(step, step) / curvature


@wrong("bfgs_update", "estimate must stay as it is")
def powell_s_damping(inverse_hessian, step, grad_change):
    change = grad_change if step @ grad_change > 0 else step
    left = np.eye(len(step)) - np.outer(step, change) / (step @ change)
    return left @ inverse_hessian @ left.T + np.outer(step, step) / (step @ change)


@wrong("lbfgs_direction", "changes `grad` in place")
def worked_on_the_gradient_itself(grad, steps, grad_changes):
    return two_loops(grad, steps, grad_changes)


@wrong("lbfgs_direction", "identity itself")
def whole_matrix_from_the_identity(grad, steps, grad_changes):
    inverse = np.eye(len(grad))
    for s, y in zip(steps, grad_changes, strict=True):
        left = np.eye(len(grad)) - np.outer(s, y) / (s @ y)
        inverse = left @ inverse @ left.T + np.outer(s, s) / (s @ y)
    return -inverse @ grad


@wrong("lbfgs_direction", "all of them count")
def never_more_than_three_pairs(grad, steps, grad_changes):
    return two_loops(grad.copy(), steps[-3:], grad_changes[-3:])


@wrong("lbfgs_direction", "lies between the two step sizes")
def scale_from_the_lengths(grad, steps, grad_changes):
    def lengths(s, y):
        return np.linalg.norm(s) / np.linalg.norm(y)

    return two_loops(grad.copy(), steps, grad_changes, lengths)


def two_loops(q, steps, grad_changes, scale=lambda s, y: (s @ y) / (y @ y)):
    """The right algorithm, which writes into ``q``."""
    shares = []
    for s, y in zip(steps[::-1], grad_changes[::-1], strict=True):
        shares.append(s @ q / (s @ y))
        q -= shares[-1] * y
    if shares:
        q *= scale(steps[-1], grad_changes[-1])
    for s, y, share in zip(steps, grad_changes, shares[::-1], strict=True):
        q += (share - y @ q / (s @ y)) * s
    return -q


@wrong("newton_step", "Steps longer than 1 are cut short")
def trust_region(grad, hessian):
    step = -np.linalg.solve(hessian, grad)
    return step * min(1.0, 1 / np.linalg.norm(step))


@wrong("newton_step", "right in bowls")
def asks_for_a_bowl(grad, hessian):
    np.linalg.cholesky(hessian)
    return -np.linalg.solve(hessian, grad)


@wrong("damped_newton_step", "In a bowl you leave the damping out")
def plain_in_bowls(grad, hessian, *, damping):
    if np.linalg.eigvalsh(hessian).min() > 0:
        return -np.linalg.solve(hessian, grad)
    return np.array(singular_values(grad, hessian, damping=damping))


@wrong("damped_newton_step", "Entries that should not be zero are zero")
def leaves_flat_directions_out(grad, hessian, *, damping):
    curvatures, axes = np.linalg.eigh(hessian)
    axes, sizes = axes[:, abs(curvatures) > 1e-8], abs(curvatures[abs(curvatures) > 1e-8])
    return -axes @ (axes.T @ grad / (sizes + damping))


@wrong("bfgs_update", "as soon as one *entry* of step and gradient change disagrees")
def refuses_entries(inverse_hessian, step, grad_change):
    if (step * grad_change).min() <= 0:
        return inverse_hessian
    return np.array(through_the_hessian(inverse_hessian, step, grad_change))


@wrong("bfgs_update", "changes `h` in place")
def into_the_old_estimate(h, s, y):
    h[...] = through_the_hessian(h, s, y)
    return h


@wrong("lbfgs_direction", "Old pairs are left out")
def memory_of_ten(grad, steps, grad_changes):
    return np.array(peeled_recursively(grad, steps[-10:], grad_changes[-10:]))


@wrong("lbfgs_direction", "changes `steps`, `grad_changes` in place")
def forgets_for_its_caller(grad, steps, grad_changes):
    direction = peeled_recursively(grad, steps, grad_changes)
    if steps:
        del steps[0], grad_changes[0]
    return direction


@wrong("newton_cost", "numpy's integers do that")
def wraps_around(parameters, *, bytes_per_number=8):
    size = np.int64(parameters)
    return bytes_per_number * size**2, size**3


@wrong("newton_cost", "Without it, it is 8; in your signature it is 4")
def four_bytes_by_default(parameters, *, bytes_per_number=4):
    return remembered_products(parameters, bytes_per_number=bytes_per_number)


# --- a second round -------------------------------------------------------------------------------


@right("newton_step")
def cramer(grad, hessian):
    step = []
    for i in range(len(grad)):
        replaced = hessian.copy()
        replaced[:, i] = -grad
        step.append(np.linalg.det(replaced) / np.linalg.det(hessian))
    return step


@right("damped_newton_step")
def from_the_other_side(grad, hessian, *, damping):
    """The curvatures of minus the Hessian have the same sizes; a projector for each."""
    curvatures, axes = np.linalg.eigh(-hessian)
    step = np.zeros(len(grad))
    for curvature, axis in zip(curvatures[::-1], axes.T[::-1], strict=True):
        step = step - np.outer(axis, axis) @ grad / (math.sqrt(curvature**2) + damping)
    return np.asfortranarray(step)


@right("bfgs_update")
def dfp_plus_a_square(h, s, y):
    """Broyden's family: DFP, and the outer product that makes BFGS of it."""
    if s @ y <= 0:
        return h.view()
    push, weight = h @ y, y @ h @ y
    v = np.sqrt(weight) * (s / (s @ y) - push / weight)
    return h - np.outer(push, push) / weight + np.outer(s, s) / (s @ y) + np.outer(v, v)


@wrong("newton_step", "*square* of each curvature")
def squared_system(grad, hessian):
    return -np.linalg.solve(hessian.T @ hessian, grad)


@wrong("newton_step", "Only the lower triangle")
def lower_triangle(grad, hessian):
    return -np.linalg.solve(np.tril(hessian), grad)


@wrong("damped_newton_step", "the way back is wrong")
def transposed_twice(grad, hessian, *, damping):
    c, q = np.linalg.eigh(hessian)
    return -(q.T @ ((q.T @ grad) / (np.abs(c) + damping)))


@wrong("damped_newton_step", "signs on the diagonal")
def diagonal_made_positive(grad, hessian, *, damping):
    repaired = hessian.copy()
    np.fill_diagonal(repaired, np.abs(np.diag(hessian)) + damping)
    return -np.linalg.solve(repaired, grad)


@wrong("newton_cost", "Twice too much memory")
def hessian_and_inverse(parameters, *, bytes_per_number=8):
    return 2 * bytes_per_number * parameters**2, parameters**3


@wrong("bfgs_update", "A flat direction is worth learning")
def cautious(inverse_hessian, step, grad_change):
    if step @ grad_change <= 0.01 * (step @ step):
        return inverse_hessian
    return columns_and_a_relative_guard(inverse_hessian, step, grad_change)


@wrong("bfgs_update", "One of them is missing")
def half_of_the_mixed_terms(h, s, y):
    if s @ y <= 0:
        return h
    push = h @ y
    return h + (1 + y @ push / (s @ y)) * np.outer(s, s) / (s @ y) - np.outer(push, s) / (s @ y)


@wrong("lbfgs_direction", "an average over all pairs")
def mean_scale(grad, steps, grad_changes):
    scales = [(s @ y) / (y @ y) for s, y in zip(steps, grad_changes, strict=True)]
    return two_loops(grad.copy(), steps, grad_changes, lambda s, y: np.mean(scales))


@wrong("lbfgs_direction", "The oldest pair is left out")
def loops_end_too_soon(grad, steps, grad_changes):
    if len(steps) < 2:
        return two_loops(grad.copy(), steps, grad_changes)
    return two_loops(grad.copy(), steps[1:], grad_changes[1:])
