"""Odd but right, and unlisted wrong answers to the exercises of unit 09."""

import collections
import itertools
import math

import numpy as np

from odd_answers import right, wrong

# --- right, in odd form ---------------------------------------------------------------------------


@right("l2_penalty")
def trace_of_a_product(weights, *, strength=1.0):
    flat = weights.reshape(-1, 1)
    return strength * np.trace(flat @ flat.T), (lambda w: strength * w + w * strength)(weights)


@right("l2_penalty")
class NamedPair:
    """A class where a function is asked for: a named tuple of nested lists comes back."""

    Pair = collections.namedtuple("Pair", "cost slope")

    def __new__(cls, weights, *, strength):
        values = weights.ravel().tolist()
        return cls.Pair(
            strength * math.fsum(v**2 for v in values), (2 * strength * weights).tolist()
        )


@right("l1_penalty")
def slope_by_comparison(weights, *, strength):
    up, down = np.greater(weights, 0), np.less(weights, 0)
    total = np.linalg.norm(weights.ravel(), 1)
    return strength * total, np.subtract(up * strength, down * strength)


@right("l1_penalty")
def root_of_the_square(weights, *, strength):
    sizes = np.sqrt(weights**2)
    slopes = np.divide(weights, sizes, out=np.zeros(weights.shape), where=sizes > 0)
    return (strength * sizes).sum(), strength * slopes


@right("soft_threshold")
def middle_of_three(weights, *, threshold):
    """The median of w - t, 0 and w + t."""
    return np.median([weights - threshold, 0 * weights, weights + threshold], axis=0)


@right("soft_threshold")
def shrinking_factor(weights, *, threshold):
    sizes = np.where(weights == 0, 1.0, np.abs(weights))
    return (weights * (1 - threshold / sizes).clip(min=0)).tolist()


@right("elastic_net_penalty")
def completed_square(weights, *, strength, l2_ratio):
    """l2_ratio * (|w| + 1 / (2 l2_ratio))**2 less a constant, where there is a ratio."""
    sizes = np.abs(weights)
    if l2_ratio == 0:
        return strength * sizes.sum(), strength * np.sign(weights)
    half = 0.5 / l2_ratio
    cost = l2_ratio * ((sizes + half) ** 2 - half**2)
    return strength * cost.sum(), strength * 2 * l2_ratio * (sizes + half) * np.sign(weights)


@right("ridge_solution")
def through_the_examples(x, y, *, strength):
    """The dual form, where there is a penalty: as many equations as examples."""
    n = len(x)
    if strength == 0:
        return np.linalg.pinv(x) @ y
    return x.T @ np.linalg.solve(x @ x.T + n * strength * np.identity(n), y)


@right("ridge_solution")
def many_steps_downhill(x, y, *, strength):
    n, d = x.shape
    hessian, slope = 2 * x.T @ x / n + 2 * strength * np.eye(d), 2 * x.T @ y / n
    rate, w = 1 / np.linalg.norm(hessian, 2), np.zeros(d)
    for _ in range(3000):
        w = w - rate * (hessian @ w - slope)
    return w


@right("ridge_solution")
def cholesky_factor(x, y, strength=0.0):
    gram = np.einsum("ni,nj->ij", x, x) / y.size
    gram.flat[:: len(gram) + 1] += strength
    lower = np.linalg.cholesky(gram)
    half = np.linalg.solve(lower, np.einsum("ni,n->i", x, y) / y.size)
    return tuple(np.linalg.solve(lower.T, half))


@right("early_stopping")
def every_step_looks_back(val_losses, *, patience):
    for stop in range(len(val_losses)):
        seen = [math.inf if math.isnan(v) else v for v in val_losses[: stop + 1]]
        best = seen.index(min(seen)) if min(seen) < math.inf else -1
        if stop - best == patience:
            break
    return np.int64(best), float(stop)


@right("early_stopping")
def while_true(val_losses, patience=10):
    losses, best, since, step = iter(val_losses), (math.inf, None), 0, -1
    while since < patience:
        try:
            loss = next(losses)
        except StopIteration:
            break
        step += 1
        since += 1
        if loss < best[0]:
            best, since = (loss, step), 0
    return [best[1], step]


@right("diagnose_gap")
def table_of_answers(train_accuracy, val_accuracy, *, gap=0.1, floor=0.8):
    key = (train_accuracy - gap > val_accuracy, train_accuracy >= floor)
    fits = {True: "fine", False: "underfitting"}
    return {(True, b): "overfitting" for b in (True, False)}.get(key, fits[bool(key[1])])


# --- wrong ----------------------------------------------------------------------------------------


@wrong("l2_penalty", "what is paid for is its square")
def slope_of_the_length(weights, *, strength):
    length = np.linalg.norm(weights)
    return strength * length, strength * weights / length


@wrong("l2_penalty", "A single number was expected")
def one_price_per_weight(weights, *, strength):
    return strength * weights**2, 2 * strength * weights


@wrong("l2_penalty", "strength of 2.5")
def strength_capped(weights, *, strength):
    strength = min(strength, 1.0)
    return strength * np.sum(weights**2), 2 * strength * weights


@wrong("l2_penalty", "a weight matrix")
def columns_of_a_matrix_product(weights, *, strength):
    return strength * weights.T @ weights, 2 * strength * weights


@wrong("l1_penalty", "millionth")
def kink_made_wide(weights, *, strength):
    slopes = np.where(np.abs(weights) < 1e-4, 0.0, np.sign(weights))
    return strength * np.sum(np.abs(weights)), strength * slopes


@wrong("l1_penalty", "smooth the tip")
def smooth_instead_of_a_kink(weights, *, strength):
    sizes = np.sqrt(weights**2 + 1e-10)
    return strength * np.sum(sizes), strength * weights / sizes


@wrong("l1_penalty", "gradient")
def random_slope_at_the_kink(weights, *, strength):
    slopes = np.where(weights == 0, 0.5, np.sign(weights))
    return strength * np.sum(np.abs(weights)), strength * slopes


@wrong("soft_threshold", "hard")
def deleted_in_a_copy(weights, *, threshold):
    kept = weights.copy()
    kept[np.abs(kept) <= threshold] = 0
    return kept


@wrong("soft_threshold", "changes `weights` in place")
def written_into_the_argument(weights, *, threshold):
    weights[np.abs(weights) <= threshold] = 0
    return np.sign(weights) * np.maximum(np.abs(weights) - threshold, 0)


@wrong("soft_threshold", "just at the threshold")
def firm_threshold(weights, *, threshold):
    beyond = np.abs(weights) >= threshold
    return np.where(beyond, np.where(beyond & (np.abs(weights) == threshold), weights,
                    weights - np.sign(weights) * threshold), 0.0)  # fmt: skip


@wrong("soft_threshold", "divided by the same number")
def step_of_l2(weights, *, threshold):
    return weights / (1 + threshold)


@wrong("soft_threshold", "nan")
def factor_without_a_guard(weights, *, threshold):
    with np.errstate(all="ignore"):
        return weights * (np.abs(weights) - threshold).clip(min=0) / np.abs(weights)


@wrong("elastic_net_penalty", "a strength of its own")
def strengths_apart(weights, *, strength, l2_ratio):
    cost = l2_ratio * np.sum(weights**2) + strength * np.sum(np.abs(weights))
    return cost, 2 * l2_ratio * weights + strength * np.sign(weights)


@wrong("elastic_net_penalty", "other convention")
def as_in_scikit_learn(weights, *, strength, l2_ratio):
    l1 = 1 - l2_ratio
    cost = strength * (l1 * np.abs(weights).sum() + 0.5 * l2_ratio * np.sum(weights**2))
    return cost, strength * (l1 * np.sign(weights) + l2_ratio * weights)


@wrong("elastic_net_penalty", "ratio")
def shares_by_their_sum(weights, *, strength, l2_ratio):
    cost = np.sum(l2_ratio * weights**2 + np.abs(weights)) / (1 + l2_ratio)
    slope = (2 * l2_ratio * weights + np.sign(weights)) / (1 + l2_ratio)
    return strength * cost, strength * slope


@wrong("ridge_solution", "other convention")
def textbook_normal_equations(x, y, *, strength):
    return np.linalg.inv(x.T @ x + strength * np.eye(x.shape[1])) @ x.T @ y


@wrong("ridge_solution", "what is left over")
def lasso_by_accident(x, y, *, strength):
    w = np.linalg.lstsq(x, y, rcond=None)[0]
    return np.sign(w) * np.maximum(np.abs(w) - strength, 0.0)


@wrong("ridge_solution", "what is left over")
def equations_of_the_examples(x, y, *, strength):
    w = np.linalg.lstsq(x + strength, y, rcond=None)[0]
    return w


@wrong("ridge_solution", "a column of ones")
def intercept_as_a_column(x, y, *, strength):
    x = np.column_stack([np.ones(len(x)), x])
    d = x.shape[1]
    return np.linalg.solve(x.T @ x / len(x) + strength * np.eye(d), x.T @ y / len(x))[1:]


@wrong("early_stopping", "bounces about above its best")
def runs_of_the_rising(val_losses, *, patience):
    best, rises = 0, 0
    for step in range(1, len(val_losses)):
        if val_losses[step] < val_losses[best]:
            best = step
        rises = rises + 1 if val_losses[step] > val_losses[step - 1] else 0
        if rises == patience:
            return best, step
    return best, len(val_losses) - 1


@wrong("early_stopping", "never beaten")
def smallest_of_what_was_seen(val_losses, *, patience):
    for stop in range(len(val_losses)):
        best = int(np.argmin(val_losses[: stop + 1]))
        if stop - best == patience:
            break
    return best, stop


@wrong("early_stopping", "plateau")
def last_of_the_equal_ones(val_losses, *, patience):
    best = None
    for step, loss in enumerate(val_losses):
        if math.isfinite(loss) and (best is None or loss <= val_losses[best]):
            best = step
        if step - (-1 if best is None else best) >= patience:
            break
    return best, step


@wrong("early_stopping", "step")
def how_many_steps(val_losses, *, patience):
    best, waited = 0, 0
    for count, loss in enumerate(val_losses, start=1):
        better = count == 1 or loss < val_losses[best] or math.isnan(val_losses[best])
        best, waited = (count - 1, 0) if better else (best, waited + 1)
        if waited == patience:
            break
    return best, count


@wrong("early_stopping", "loss")
def smoothed_before_the_look(val_losses, *, patience):
    smooth = [np.nanmean(val_losses[max(0, i - 1) : i + 1]) for i in range(len(val_losses))]
    return every_step_looks_back(np.array(smooth), patience=patience)


@wrong("diagnose_gap", "floor first")
def elif_in_the_other_order(train_accuracy, val_accuracy, *, gap=0.1, floor=0.8):
    if train_accuracy < floor:
        return "underfitting"
    return "overfitting" if train_accuracy - val_accuracy > gap else "fine"


@wrong("diagnose_gap", "'Overfitting', expected 'overfitting'")
def capital_letters(train_accuracy, val_accuracy, *, gap=0.1, floor=0.8):
    return table_of_answers(train_accuracy, val_accuracy, gap=gap, floor=floor).capitalize()


@wrong("diagnose_gap", "gap")
def rounded_to_percent(train_accuracy, val_accuracy, *, gap=0.1, floor=0.8):
    if round(train_accuracy - val_accuracy, 1) > gap:
        return "overfitting"
    return "underfitting" if train_accuracy < floor else "fine"


@wrong("diagnose_gap", "floor")
def floor_for_both(train_accuracy, val_accuracy, *, gap=0.1, floor=0.8):
    if train_accuracy - val_accuracy > gap:
        return "overfitting"
    return "underfitting" if min(train_accuracy, val_accuracy) < floor else "fine"


@wrong("diagnose_gap", "nothing")
def no_last_word(train_accuracy, val_accuracy, *, gap=0.1, floor=0.8):
    for verdict, holds in itertools.chain(
        [("overfitting", train_accuracy - val_accuracy > gap)],
        [("underfitting", train_accuracy < floor)],
    ):
        if holds:
            return verdict
