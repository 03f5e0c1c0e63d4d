"""Odd but right, and unlisted wrong answers to the exercises of unit 02."""

import itertools
import math

import numpy as np

from odd_answers import right, wrong

# --- right, in odd form ---------------------------------------------------------------------------


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


@right("numeric_hessian")
def remembered_values(f, x, h=1e-4):
    known = {}

    def at(*places):
        if places not in known:
            known[places] = f(x + h * np.array(places, dtype=float))
        return known[places]

    hessian = np.zeros((len(x), len(x)), order="F")
    for i, j in itertools.combinations_with_replacement(range(len(x)), 2):
        for a, b in itertools.product((1, -1), repeat=2):
            places = [0] * len(x)
            places[i] += a
            places[j] += b
            hessian[i, j] += a * b * at(*places) / (2 * h) ** 2
        hessian[j, i] = hessian[i, j]
    return hessian


@right("classify_critical_point")
def cases_of_two_signs(hessian, *, tol=1e-8):
    curvatures = np.linalg.eigvalsh((hessian + hessian.T) / 2)
    signs = np.sign(np.where(np.abs(curvatures) <= tol, 0, curvatures))
    match (signs.min(), signs.max()):
        case (-1, 1):
            return "saddle"
        case (1, _):
            return "minimum"
        case (_, -1):
            return "maximum"
    return "degenerate"


@right("condition_number")
def largest_and_smallest_two_norm(hessian):
    ends = np.linalg.norm(hessian, 2), np.linalg.norm(hessian, -2)
    return np.float64(np.inf) if ends[1] < 1e-13 * ends[0] else np.divide(*ends)


@right("gd_closed_form")
def power_by_halves(hessian, start, *, lr, steps, **unused):
    def power(k):
        half = power(k // 2) if k else None
        if half is None:
            return np.eye(len(start))
        return half @ half @ (np.eye(len(start)) - lr * hessian) if k % 2 else half @ half

    return np.einsum("ij,j->i", power(steps), start)


@right("optimal_lr")
def ternary_search(hessian):
    curvatures = np.linalg.eigvalsh(hessian)
    low, high = 0.0, 2 / curvatures[-1]
    for _ in range(300):
        a, b = low + (high - low) / 3, high - (high - low) / 3
        worst = [max(abs(1 - lr * curvatures)) for lr in (a, b)]
        low, high = (low, b) if worst[0] < worst[1] else (a, high)
    return low


# --- wrong ----------------------------------------------------------------------------------------


@wrong("numeric_hessian", "the value of `f` itself stays in")
def middle_taken_off_once(f, x, *, h=1e-4):
    return remembered_values(f, x, h) + np.eye(len(x)) * f(x) / h**2


@wrong("numeric_hessian", "do not lie `h` away")
def step_in_proportion(f, x, *, h=1e-4):
    return remembered_values(f, x, h * max(1.0, np.abs(x).max()))


@wrong("classify_critical_point", "neither to the first nor to the last axis")
def first_and_last_unsorted(hessian, *, tol=1e-8):
    ends = np.linalg.eigvals(hessian).real[[0, -1]]
    if ends.min() < -tol and ends.max() > tol:
        return "saddle"
    return cases_of_two_signs(np.diag(ends), tol=tol)


@wrong("classify_critical_point", "Determinants prove")
def sylvester(hessian, *, tol=1e-8):
    minors = [np.linalg.det(hessian[:k, :k]) for k in range(1, len(hessian) + 1)]
    if any(abs(minor) <= tol for minor in minors):
        return "degenerate"
    if all(minor > 0 for minor in minors):
        return "minimum"
    return "maximum" if all(m * (-1) ** k < 0 for k, m in enumerate(minors)) else "saddle"


@wrong("condition_number", "You compare entries of the matrix")
def extreme_entries(hessian):
    sizes = np.abs(hessian)
    return sizes.max() / sizes.min() if sizes.min() > 0 else math.inf


@wrong("condition_number", "Your norm adds up columns")
def infinity_norm(hessian):
    return np.linalg.cond(hessian, np.inf)


@wrong("gd_closed_form", "belong to the bowl's own axes")
def factors_on_coordinates(hessian, start, *, lr, steps):
    return (1 - lr * np.linalg.eigvalsh(hessian)) ** steps * start


@wrong("gd_closed_form", "four steps beyond the limit")
def infinite_beyond_the_limit(hessian, start, *, lr, steps):
    if lr * np.linalg.eigvalsh(hessian)[-1] > 2:
        return np.full(len(start), math.inf)
    return power_by_halves(hessian, start, lr=lr, steps=steps)


@wrong("optimal_lr", "with momentum")
def step_of_the_heavy_ball(hessian):
    roots = np.sqrt(np.linalg.eigvalsh(hessian))
    return 4 / (roots[0] + roots[-1]) ** 2


@wrong("contraction_factor", "neither first nor last on the diagonal")
def two_ends_unsorted(hessian, *, lr):
    values = np.linalg.eigvals(hessian).real
    return max(abs(1 - lr * values[0]), abs(1 - lr * values[-1]))


@wrong("contraction_factor", "whether gradient descent converges")
def does_it_converge(hessian, *, lr):
    return spectral_norm(hessian, lr=lr) < 1


@wrong("suboptimality", "is multiplied in again at every step")
def curvature_repeated(eigenvalues, x, *, lr, steps):
    return np.sum(((1 - lr * eigenvalues) * eigenvalues) ** (2 * steps) * x**2) / 2


@wrong("suboptimality", "Half of the right value")
def a_quarter(eigenvalues, x, *, lr, steps):
    return walk_there(eigenvalues, x, lr=lr, steps=steps) / 2


@wrong("standardize", "in the wrong order")
def test_first(train, test):
    return eps_added(train, test)[::-1]


@wrong("standardize", "as in batch normalization")
def eps_of_batch_norm(train, test):
    scale = np.sqrt(train.var(axis=0) + 1e-5)
    return (train - train.mean(axis=0)) / scale, (test - train.mean(axis=0)) / scale


@wrong("max_stable_lr", "grows with the curvature")
def half_the_curvature(hessian):
    return np.linalg.eigvalsh(hessian)[-1] / 2


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


@wrong("condition_number", "should hold real numbers, not text")
def infinite_in_words(hessian):
    kappa = largest_and_smallest_two_norm(hessian)
    return "inf" if np.isinf(kappa) else kappa


@wrong("numeric_hessian", "the mixed derivatives are half of what they should be")
def mixed_ones_halved(f, x, *, h=1e-4):
    hessian = remembered_values(f, x, h)
    return ((hessian + np.diag(np.diag(hessian))) / 2).tolist()


@wrong("gd_closed_form", "still on its way")
def done_when_nearly_flat(hessian, start, *, lr, steps):
    for _ in range(steps):
        if np.linalg.norm(hessian @ start) < 0.05:
            break
        start = start - lr * hessian @ start
    return start


@wrong("standardize", "divided by its own standard deviation")
def own_spread_of_the_test(train, test):
    spread = np.where(np.ptp(test, axis=0) > 0, test.std(axis=0), 1.0)
    return eps_added(train, test)[0], (test - train.mean(axis=0)) / spread
