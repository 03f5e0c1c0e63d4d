"""Odd but right, and unlisted wrong answers to the exercises of unit 07."""

import functools
import itertools
import math

import numpy as np

from odd_answers import right, wrong

# --- right, in odd form ---------------------------------------------------------------------------


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


# --- wrong ----------------------------------------------------------------------------------------


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


@wrong("exponential_decay", "right before step 200")
def never_below_a_millionth(lr, *, rate):
    return lambda step: max(lr * math.exp(-rate * step), 1e-6)


@wrong("inverse_sqrt", "the third update should divide by the root of 3")
def one_outside_the_root(lr):
    return lambda step: lr / (1 + math.sqrt(step))


@wrong("triangular", "right before step 19")
def two_cycles(*, lr_min, lr_max, half_cycle):
    folded = folded_angle(lr_min=lr_min, lr_max=lr_max, half_cycle=half_cycle)
    return lambda step: folded(step) if step < 4 * half_cycle else lr_min


@wrong("reduce_on_plateau", "Epochs whose loss is nan are not counted")
def leaves_nan_out(val_losses, *, lr, factor=0.1, patience):
    used, best, waited = [], math.inf, 0
    for loss in val_losses:
        used.append(lr)
        if not math.isnan(loss):
            best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited > patience:
            lr, waited = factor * lr, 0
    return np.array(used)


@wrong("scaled_lr", "the base of Goyal's paper")
def base_of_the_paper(lr, *, batch_size, base_batch_size):
    return lr * batch_size / 256


@wrong("pick_lr", "A nan wins when it comes first")
def smallest_pair(lrs, losses):
    return sorted([min(zip(losses, lrs, strict=True))])[0][1]


@wrong("pick_lr", "Some losses are negative")
def nearest_to_zero(lrs, losses):
    return lrs[np.nanargmin(np.abs(losses))]


# --- a second round -------------------------------------------------------------------------------


@right("step_decay")
def one_factor_at_a_time(lr, **rest):
    def rate(step, left):
        factor = rest.get("gamma", 0.1) if left and step >= left[-1] else 1.0
        return factor * rate(step, left[:-1]) if left else lr

    return functools.partial(rate, left=tuple(rest["milestones"]))


@right("cosine")
def chebyshev_recursion(lr, *, total_steps, lr_min=0.0):
    def schedule(step):
        before, now, slope = math.cos(math.pi / total_steps), 1.0, math.cos(math.pi / total_steps)
        for _ in range(min(step, total_steps)):
            before, now = now, 2 * slope * now - before
        return [lr_min + (lr - lr_min) * (1 + now) / 2, lr_min][int(step >= total_steps)]

    return schedule


@right("triangular")
def mirrored_recursively(**knobs):
    low, high, half = (knobs[name] for name in ("lr_min", "lr_max", "half_cycle"))

    def schedule(step):
        if step > 2 * half:
            return schedule(step - 2 * half)
        return schedule(2 * half - step) if step > half else low + (high - low) * step / half

    return schedule


@right("warmup")
def table_and_exception(schedule, steps=0):
    climb = np.linspace(0, schedule(steps), steps + 1)[1:]

    def warmed(step):
        try:
            return climb[step]
        except IndexError:
            return schedule(step)

    return warmed


@right("reduce_on_plateau")
def counts_bad_epochs_modulo(val_losses, *, lr, factor=0.1, patience):
    best, bad, used = math.inf, 0, []
    for loss in val_losses:
        used.append(np.float64(lr))
        if loss < best:
            best, bad = loss, 0
            continue
        bad += 1
        lr *= 1 if bad % (patience + 1) else factor
    return used


@right("pick_lr")
def reduced_pairs(lrs, losses, *, verbose=True):
    pairs = itertools.chain([(None, math.inf)], zip(lrs, losses, strict=True))
    return functools.reduce(lambda a, b: b if b[1] < a[1] else a, pairs)[0]


@wrong("step_decay", "the share that is *lost*")
def one_minus_gamma(lr, *, milestones, gamma=0.1):
    return lambda step: lr * (1 - gamma) ** sum(step >= m for m in milestones)


@wrong("step_decay", "has not been reached")
def breaks_out_of_the_loop(lr, *, milestones, gamma=0.1):
    def schedule(step):
        rate = lr
        for milestone in milestones:
            if step < milestone:
                break
            rate *= gamma
        return rate

    return schedule


@wrong("exponential_decay", "depends on what it was asked before")
def shrinks_what_it_remembers(lr, *, rate):
    def schedule(step):
        nonlocal lr
        now, lr = lr, lr * math.exp(-rate)
        return now * math.exp(-rate)

    return schedule


@wrong("inverse_time_decay", "again and again")
def compounded(lr, *, rate):
    def schedule(step):
        value = lr
        for t in range(step + 1):
            value /= 1 + rate * t
        return value

    return schedule


@wrong("inverse_sqrt", "almost zero")
def eps_under_the_root(lr):
    return lambda step: lr / math.sqrt(step + 1e-8)


@wrong("linear_decay", "a bound of your own")
def a_millionth_is_left(lr, *, total_steps):
    return lambda step: max(lr * (1 - step / total_steps), 1e-6)


@wrong("cosine", "should stay at lr_min, which is 0 only by default")
def nothing_left_after_the_end(lr, *, total_steps, lr_min=0.0):
    plan = squared_sine(lr, total_steps=total_steps, lr_min=lr_min)
    return lambda step: plan(step) if step <= total_steps else 0.0


@wrong("triangular", "after the *peak*")
def down_from_the_start(*, lr_min, lr_max, half_cycle):
    def schedule(step):
        phase, slope = step % (2 * half_cycle), (lr_max - lr_min) / half_cycle
        return lr_min + slope * phase if phase < half_cycle else lr_max - slope * phase

    return schedule


@wrong("warmup", "nothing has been replaced")
def handed_back(schedule, *, steps):
    return schedule


@wrong("warmup", "A share of what?")
def shares_only(schedule, *, steps):
    return lambda step: (step + 1) / steps if step < steps else schedule(step)


def plateau_where(better):
    def reduce_on_plateau(val_losses, *, lr, factor=0.1, patience):
        best, waited, used = math.inf, 0, []
        for loss in val_losses:
            used.append(lr)
            best, waited = (loss, 0) if better(loss, best) else (best, waited + 1)
            if waited > patience:
                lr, waited = factor * lr, 0
        return used

    return reduce_on_plateau


@wrong("reduce_on_plateau", "a very small one")
def absolute_margin(*losses, **rest):
    return plateau_where(lambda loss, best: loss < best - 1e-8)(*losses, **rest)


@wrong("reduce_on_plateau", "a margin, or a rounding")
def not_close(*losses, **rest):
    return plateau_where(lambda a, b: a < b and not math.isclose(a, b))(*losses, **rest)


@wrong("reduce_on_plateau", "Right, unless the *first* loss is nan")
def first_loss_taken_for_granted(val_losses, *, lr, factor=0.1, patience):
    best, waited, used = val_losses[0], 0, [lr]
    for loss in val_losses[1:]:
        used.append(lr)
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited > patience:
            lr, waited = factor * lr, 0
    return np.array(used)


@wrong("scaled_lr", "every doubling adds the same")
def doublings(lr, *, batch_size, base_batch_size):
    return lr * (1 + math.log2(batch_size / base_batch_size))


@wrong("pick_lr", "wins where the other losses are larger")
def thousand_for_nan(lrs, losses):
    return lrs[np.argmin(np.where(np.isnan(losses), 1e3, losses))]


@wrong("pick_lr", "no run is below")
def starts_at_a_hundred(lrs, losses):
    best, picked = 100, None
    for lr, loss in zip(lrs, losses, strict=True):
        if loss < best:
            best, picked = loss, lr
    return picked


@wrong("warmup", "a step has the same rate whenever it is asked for")
def keeps_the_last_rate(schedule, *, steps):
    rate = schedule(steps)

    def warmed(step):
        nonlocal rate
        if step < steps:
            return rate * (step + 1) / steps
        rate = schedule(step)
        return rate

    return warmed


@wrong("reduce_on_plateau", "begins at a fixed number")
def best_of_a_million(val_losses, *, lr, factor=0.1, patience):
    best, waited, used = 1e6, 0, []
    for loss in val_losses:
        used.append(lr)
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited > patience:
            lr, waited = factor * lr, 0
    return used


@wrong("step_decay", "used once too often or once too seldom")
def milestones_after_the_first_update(lr, *, milestones, gamma=0.1):
    return lambda step: lr * gamma ** sum(0 < m <= step for m in milestones)


@right("linear_decay")
def insists_on_whole_steps(lr, *, total_steps):
    def schedule(step):
        if not isinstance(step, int):
            raise TypeError(f"a step is a whole number, got {step!r}")
        return max(lr * (total_steps - step) / total_steps, 0)

    return schedule


@right("inverse_sqrt")
def root_of_a_negative_power(lr):
    return lambda step: lr * math.sqrt((step + 1) ** -1)
