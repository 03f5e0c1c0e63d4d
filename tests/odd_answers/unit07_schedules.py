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
