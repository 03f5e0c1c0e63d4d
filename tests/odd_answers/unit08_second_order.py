"""Odd but right, and unlisted wrong answers to the exercises of unit 08."""

import functools
import itertools
from fractions import Fraction

import numpy as np

from odd_answers import right, wrong

# --- right, in odd form ---------------------------------------------------------------------------


@right("newton_step")
def exact_fractions(grad, hessian):
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


# --- wrong ----------------------------------------------------------------------------------------


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
def single_precision(parameters, *, bytes_per_number=4):
    return remembered_products(parameters, bytes_per_number=bytes_per_number)
