"""Odd but right, and unlisted wrong answers to the exercises of unit 13."""

import collections
import functools
import itertools
import math

import numpy as np

from odd_answers import right, wrong

# --- right, in odd form ---------------------------------------------------------------------------


@right("initial_loss")
def log_with_base(classes):
    return math.log2(classes) * math.log(2)


@right("initial_loss")
def log_of_a_sum_of_exponentials(classes):
    return np.logaddexp.reduce(np.zeros(classes))


@right("update_ratio")
def root_of_inner_products(param, update):
    with np.errstate(divide="ignore"):
        return np.sqrt(np.divide(np.vdot(update, update), np.vdot(param, param)))


@right("update_ratio")
def with_hypot(param, update):
    length = lambda a: math.hypot(*a.flat)  # noqa: E731
    return float("inf") if not param.any() else length(update) / length(param)


@right("log_uniform")
def geometric_mean_of_the_ends(low, high, *, size, rng):
    """A random mixture of the two ends, as a product of powers."""
    share = rng.random(size=size)
    return low ** (1 - share) * high**share


@right("log_uniform")
def minus_an_exponential(low, high, *, size, rng):
    """What is uniform here comes from the distribution function of an exponential."""
    share = -np.expm1(-rng.exponential(size=(size,)))
    return tuple(np.exp(np.log(high) - share * (np.log(high) - np.log(low))))


@right("grid")
def recursion(space):
    if not space:
        return [{}]
    names = list(space)
    rest = recursion({name: space[name] for name in names[1:]})
    return [{names[0]: value, **others} for others in rest for value in space[names[0]]]


@right("grid")
def ordered_dicts_of_numpy_numbers(space):
    shape = [len(values) for values in space.values()]
    return [
        collections.OrderedDict(
            (name, np.array(space[name])[place]) for name, place in zip(space, index, strict=True)
        )
        for index in np.ndindex(*shape)
    ]


@right("random_search")
def names_backwards(objective, space, *, trials, rng):
    Pair = collections.namedtuple("Pair", "where what")
    pairs = []
    for _ in range(trials):
        setting = {}
        for name in reversed(list(space)):
            low, high = space[name]
            setting[name] = np.array(low * math.pow(high / low, rng.uniform()))
        pairs.append(Pair(setting, objective(setting)))
    finite = [pair for pair in pairs if math.isfinite(pair.what)]
    return min(finite, key=lambda pair: pair.what).where, pairs


@right("random_search")
def one_matrix_of_draws(objective, space, *, trials, rng):
    ends = np.log(list(space.values()))
    table = np.exp(rng.uniform(ends[:, 0], ends[:, 1], size=(trials, len(space))))
    settings = [dict(zip(space, row.tolist(), strict=True)) for row in table]
    values = list(map(objective, settings))
    order = np.argsort(np.where(np.isnan(values), np.inf, values), kind="stable")
    return settings[order[0]], tuple(map(list, zip(settings, values, strict=True)))


@right("refine")
def medians(space, best, *, shrink=0.5):
    """The middle one of three numbers is a number that was cut off."""
    factors = {name: math.exp(math.log(b / a) * shrink / 2) for name, (a, b) in space.items()}
    return {
        name: tuple(
            np.median([space[name][0], space[name][1], best[name] * f])
            for f in (1 / factors[name], factors[name])
        )
        for name in space
    }


@right("diagnose")
def in_one_expression(train_losses, val_losses):
    t, v, n = train_losses, val_losses, train_losses.size
    with np.errstate(all="ignore"):
        broken = not np.isfinite(np.r_[t, v]).all() or t[-1] / t[0] > 1.1
        jump = any(b - a > t[0] / 10 for a, b in itertools.pairwise(t))
        slow = t[n // 2] - t[n - 1] >= (t[0] - t[n // 2]) / 2
        return (
            (broken and "diverged")
            or (jump and "learning rate too high")
            or (t[-1] / t[0] > 0.5 and ("underfitting", "learning rate too low")[int(slow)])
            or (t[n // 4] / t[0] > 0.95 and "bad initialization")
            or (max(v[-1] - min(v) - t[0] / 20, v[-1] - t[-1] - t[0] / 4) > 0 and "overfitting")
            or "healthy"
        )


# --- wrong ----------------------------------------------------------------------------------------


@wrong("initial_loss", "a tenth of the probability")
def chance_of_an_error(classes):
    return 1 - 1 / classes


@wrong("initial_loss", "a tenth of the probability")
def root_of_the_classes(classes):
    return math.sqrt(classes)


@wrong("initial_loss", "a coin")
def one_number_for_ten_classes(classes):
    return 2.302585


@wrong("update_ratio", "A single number was expected")
def row_by_row(param, update):
    return np.linalg.norm(update, axis=0) / np.linalg.norm(param, axis=0)


@wrong("update_ratio", "spread around the mean")
def standard_deviations(param, update):
    return np.std(update) / np.std(param)


@wrong("update_ratio", "is not right")
def number_of_entries_forgotten_once(param, update):
    return np.linalg.norm(update) / np.sqrt(np.mean(param**2))


@wrong("update_ratio", "your norm is the largest entry")
def largest_ratio(param, update):
    return np.max(np.abs(update)) / np.max(np.abs(param))


@wrong("update_ratio", "Two norms and their quotient")
def in_percent(param, update):
    return 100 * np.linalg.norm(update) / np.linalg.norm(param)


@wrong("log_uniform", "Every decade should get as many")
def squared_uniform(low, high, *, size, rng):
    return low + (high - low) * rng.random(size) ** 2


@wrong("log_uniform", "two calls draw the same numbers")
def numpys_logspace(low, high, *, size, rng):
    return rng.permutation(np.geomspace(low, high, size))


@wrong("log_uniform", "`numbers that differ` is not right")
def logspace_with_repetition(low, high, *, size, rng):
    return rng.choice(np.geomspace(low, high, 20), size=size)


@wrong("log_uniform", "`numbers that differ` is not right")
def log_normal(low, high, *, size, rng):
    middle, width = np.log(low * high) / 2, np.log(high / low)
    return np.clip(rng.lognormal(middle, width / 2, size=size), low, high)


@wrong("log_uniform", "nobody can repeat your search")
def global_generator(low, high, *, size, rng):
    return np.exp(np.random.uniform(np.log(low), np.log(high), size=size))  # noqa: NPY002


@wrong("log_uniform", "shape ()")
def a_single_float(low, high, *, size, rng):
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


@wrong("grid", "A list of settings is expected, not int")
def counts_only(space):
    return math.prod(len(values) for values in space.values())


@wrong("grid", "A list of settings is expected, not dict")
def a_dict_of_columns(space):
    columns = np.meshgrid(*space.values())
    return {name: column.ravel() for name, column in zip(space, columns, strict=True)}


@wrong("grid", "Every value of one name meets every value")
def unordered_pairs(space):
    values = sorted(itertools.chain(*space.values()))
    return [dict(zip(space, some)) for some in itertools.combinations(values, len(space))]  # noqa: B905


@wrong("grid", "A list of settings is expected, not generator")
def yields_settings(space):
    for values in itertools.product(*space.values()):
        yield dict(zip(space, values, strict=True))


@wrong("grid", "the settings, sorted")
def ranges_filled_in(space):
    axes = [np.geomspace(min(v) + 1e-9, max(v), len(v)) for v in space.values()]
    return [dict(zip(space, some, strict=True)) for some in itertools.product(*axes)]


@wrong("random_search", "`lr` of a setting has shape (1,)")
def arrays_of_one(objective, space, *, trials, rng):
    def draw(low, high):
        return np.exp(rng.uniform(np.log(low), np.log(high), size=1))

    tried = [{name: draw(*ends) for name, ends in space.items()} for _ in range(trials)]
    pairs = [(setting, objective(setting)) for setting in tried]
    return min(pairs, key=lambda pair: pair[1])[0], pairs


@wrong("random_search", "ends with nan: it must not win")
def walks_from_the_best(objective, space, *, trials, rng):
    """Each trial is drawn from the upper half above the best so far: no longer independent."""
    best, lowest, pairs = None, math.inf, []
    for _ in range(trials):
        setting = {
            name: low * (high / low) ** (rng.random() if best is None else rng.random() / 2)
            for name, (low, high) in space.items()
        }
        value = objective(setting)
        pairs.append((setting, value))
        if best is None or value < lowest:
            best, lowest = setting, value
    return best, pairs


@wrong("random_search", "2 values (best, trials)")
def only_the_best(objective, space, *, trials, rng):
    return names_backwards(objective, space, trials=trials, rng=rng)[0]


@wrong("random_search", "The order in a trial is setting, value")
def value_first(objective, space, *, trials, rng):
    best, pairs = names_backwards(objective, space, trials=trials, rng=rng)
    return best, [(value, setting) for setting, value in pairs]


@wrong("random_search", "the trials are what was tried")
def sorted_trials(objective, space, *, trials, rng):
    best, pairs = names_backwards(objective, space, trials=trials, rng=rng)
    return best, sorted(pairs, key=lambda pair: np.nan_to_num(pair[1], nan=np.inf))


@wrong("random_search", "twice the right one")
def twice_as_many_trials(objective, space, *, trials, rng):
    return names_backwards(objective, space, trials=2 * trials, rng=rng)


@wrong("random_search", "it should have those of the space")
def only_the_first_name(objective, space, *, trials, rng):
    name = next(iter(space))
    return names_backwards(objective, {name: space[name]}, trials=trials, rng=rng)


@wrong("random_search", "unexpected keyword argument")
def objective_with_keywords(objective, space, *, trials, rng):
    return names_backwards(lambda s: objective(**s), space, trials=trials, rng=rng)


@wrong("refine", "You always go one decade up and one down")
def whole_decades(space, best, *, shrink=0.5):
    return {n: (max(best[n] / 10, a), min(best[n] * 10, b)) for n, (a, b) in space.items()}


@wrong("refine", "whatever the range")
def multiplies_with_shrink(space, best, *, shrink=0.5):
    return {n: (max(best[n] * shrink, a), min(best[n] / shrink, b)) for n, (a, b) in space.items()}


@wrong("refine", "Every name has its own range")
def first_name_only(space, best, *, shrink=0.5):
    name = next(iter(space))
    return {**space, name: medians({name: space[name]}, best, shrink=shrink)[name]}


@wrong("refine", "Without it, it is 0.5")
def other_default(space, best, *, shrink=0.25):
    return medians(space, best, shrink=shrink)


@wrong("refine", "best in its middle")
def ends_exchanged(space, best, *, shrink=0.5):
    return {name: ends[::-1] for name, ends in medians(space, best, shrink=shrink).items()}


@wrong("refine", "expected a dict")
def list_of_ranges(space, best, *, shrink=0.5):
    return list(medians(space, best, shrink=shrink).values())


@wrong("refine", "changes `space` in place")
def changes_its_argument(space, best, *, shrink=0.5):
    space |= medians(space, best, shrink=shrink)
    return space


@wrong("diagnose", "expected 'learning rate too low'")
def short_names(train_losses, val_losses):
    name = in_one_expression(train_losses, val_losses)
    return name.replace("learning rate", "lr")


@wrong("diagnose", "expected 'healthy'")
def capital_letters(train_losses, val_losses):
    return in_one_expression(train_losses, val_losses).capitalize()


@wrong("diagnose", "is a list of 1")
def all_that_apply(train_losses, val_losses):
    return [in_one_expression(train_losses, val_losses)]


@wrong("diagnose", "is a `return` missing")
def nothing_when_healthy(train_losses, val_losses):
    name = in_one_expression(train_losses, val_losses)
    return name if name != "healthy" else None


@wrong("diagnose", "expected 'healthy'")
def gap_at_the_best_epoch(train_losses, val_losses):
    best = np.nanargmin(np.where(np.isfinite(val_losses), val_losses, np.inf)) + 1
    return in_one_expression(train_losses[:best], val_losses[:best])


@wrong("diagnose", "expected 'healthy'")
def three_quarters(train_losses, val_losses):
    t = train_losses / train_losses[0]
    name = in_one_expression(train_losses, val_losses)
    flat = name == "healthy" and t[len(t) // 4 - 1] > 0.95
    return "bad initialization" if flat else name


@wrong("diagnose", "A rise of 0.07 is no jump")
def relative_jumps(train_losses, val_losses):
    """Each loss compared with the one before it, and not with the first."""
    with np.errstate(all="ignore"):
        jumps = np.any(train_losses[1:] / train_losses[:-1] > 1.1)
    name = in_one_expression(train_losses, val_losses)
    return "learning rate too high" if jumps and name != "diverged" else name


@wrong("diagnose", "expected 'overfitting'")
def mean_of_the_last_two(train_losses, val_losses):
    smooth = functools.partial(np.convolve, v=[0.5, 0.5], mode="valid")
    return in_one_expression(
        np.r_[train_losses[0], smooth(train_losses[1:])],
        np.r_[val_losses[0], smooth(val_losses[1:])],
    )
