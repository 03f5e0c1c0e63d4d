"""Unit 07, learning-rate schedules: the exercises and quizzes."""

import bisect
import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograde.spec import Case, Choice, Exercise, Mistake, Quiz
from course_lib import schedules, search
from course_lib.arrays import Array

TITLE = "Learning-rate schedules"
MINUTES = 120

# --- what the exercises share -------------------------------------------------------------------


def asked(
    name: str,
    about: str,
    at: Sequence[int],
    *args: Any,
    base: Array | None = None,
    **kwargs: Any,
) -> Case:
    """One schedule, asked for its learning rates at the steps ``at``, forwards and backwards."""
    inputs: dict[str, Any] = {"args": args, "kwargs": kwargs, "steps": list(at)}
    if base is not None:
        inputs["base"] = base
    return Case(name, about=about, probe="schedule", inputs=inputs)


def pick(rng: np.random.Generator, low: float, high: float) -> float:
    """A random number with two digits after the point."""
    return float(np.round(rng.uniform(low, high), 2))


def at_start(where: str) -> str:
    return f"Step 0 is the first update. {where}"


ONE_STEP_AHEAD = (
    "Your schedule is one step ahead: step 0 is the first update, and it uses the learning rate "
    "`lr` itself."
)

# --- step decay ---------------------------------------------------------------------------------


def step_decay_cases(rng: np.random.Generator) -> Sequence[Case]:
    lr = pick(rng, 0.2, 0.9)
    first = int(rng.integers(4, 9))
    return [
        asked(
            "around one milestone",
            "At the milestone itself the lower rate counts already; before it nothing is lowered.",
            (0, first - 1, first, first + 1, first + 30),
            lr,
            milestones=(first,),
            gamma=0.3,
        ),
        asked(
            "three milestones",
            "The drops multiply: after the third milestone all three of them count.",
            (0, 2, 3, 4, first + 2, first + 3, first + 4, 14, 15, 16, 80),
            lr,
            milestones=[3, first + 3, 15],
            gamma=pick(rng, 0.4, 0.7),
        ),
        asked(
            "the lecture's plan",
            "Without the argument, gamma is 0.1.",
            (0, 29, 30, 59, 60, 89, 90, 120),
            0.1,
            milestones=(30, 60, 90),
        ),
        asked(
            "milestones out of order",
            "The milestones may be given in any order.",
            (0, 4, 5, 10, 11, 18, 19, 50),
            lr,
            milestones=(19, 5, 26, 11),
            gamma=0.5,
        ),
        asked(
            "no milestone",
            "Without milestones the learning rate is constant.",
            (0, 3, 100),
            lr,
            milestones=(),
            gamma=0.2,
        ),
    ]


def step_by_bisection(lr, *, milestones, gamma=0.1):
    ordered = sorted(milestones)
    return lambda step: lr * gamma ** bisect.bisect_right(ordered, step)


def step_by_loop(lr, *, milestones, gamma=0.1):
    def schedule(step):
        rate = lr
        for milestone in milestones:
            if not step < milestone:
                rate *= gamma
        return rate

    return schedule


class Plateaus:
    """A callable object that works its plateaus out when it is made."""

    def __init__(self, lr, milestones, gamma):
        self.edges = np.sort(np.asarray(milestones, dtype=float))
        self.levels = lr * np.cumprod(np.r_[1.0, np.full(len(self.edges), gamma)])

    def __call__(self, step):
        return self.levels[np.searchsorted(self.edges, step, side="right")]


def step_by_object(lr, *, milestones, gamma=0.1):
    return Plateaus(lr, milestones, gamma)


STEP_DECAY = Exercise(
    reference=schedules.step_decay,
    cases=step_decay_cases,
    returns=("schedule",),
    read="Dropping it by hand",
    praise="Your steps fall where the lecture's do, however the milestones are given.",
    hints=(
        "Take pen and paper: lr 0.1, milestones 30 and 60, gamma 0.1. What is the rate at the "
        "steps 29, 30, 59, 60 and 61? What decides how often gamma has been multiplied in?",
        "For a given step, count the milestones that have been reached. A schedule is a function, "
        "so define one inside and return it.",
        "`lr * gamma ** (number of milestones that are not above step)`, inside `def "
        "schedule(step):`, and at the end `return schedule`.",
    ),
    mistakes=(
        Mistake(
            "one step late",
            "step >= milestone",
            "step > milestone",
            'At the milestone itself your rate is still the old one. "After 30 epochs" means that '
            "30 epochs, with the numbers 0 to 29, are over: step 30 is the first of the new phase.",
            read="A slide that counts from somewhere",
        ),
        Mistake(
            "one step early",
            "step >= milestone",
            "step + 1 >= milestone",
            "Your rate falls one step before the milestone. Steps count from 0, so the number of a "
            "step is also the number of steps that are over.",
            read="A slide that counts from somewhere",
        ),
        Mistake(
            "drops only once",
            "gamma**drops",
            "(gamma if drops else 1.0)",
            "The first drop is there, the later ones are not. What has to happen to the factor "
            "when a second milestone has been reached?",
        ),
        Mistake(
            "gamma to the power of the step",
            "gamma**drops",
            "gamma**step",
            "Your rate shrinks in every step. Only milestones count: how many of them has this "
            "step reached?",
        ),
        Mistake(
            "remembers what it was asked",
            "        drops = sum(step >= milestone for milestone in milestones)\n"
            "        return lr * gamma**drops",
            "        nonlocal lr\n"
            "        if step in milestones:\n"
            "            lr = lr * gamma\n"
            "        return lr",
            "Your schedule changes the learning rate that it remembers, so what it answers depends "
            "on what it was asked before. Work the rate out from `step` alone.",
            read="A schedule is a function",
        ),
        Mistake(
            "lower at the milestones only",
            "return lr * gamma**drops",
            "return lr * gamma if step in milestones else lr",
            "Your rate is low in the step of a milestone and high again in the next. A milestone "
            "that is behind us still counts.",
        ),
        Mistake(
            "divides by gamma",
            "lr * gamma**drops",
            "lr / gamma**drops",
            "Your rate *rises* at the milestones. Gamma is below 1: to get smaller, multiply.",
        ),
        Mistake(
            "gamma times the number of drops",
            "lr * gamma**drops",
            "(lr * gamma * drops if drops else lr)",
            "After two milestones the rate has been multiplied by gamma *twice*. You multiply it "
            "by gamma once, and by two.",
        ),
        Mistake(
            "subtracts gamma",
            "lr * gamma**drops",
            "lr - gamma * drops",
            "You subtract. Gamma is a factor: a drop from 0.1 and a drop from 0.001 should both "
            "leave the same share.",
        ),
        Mistake(
            "gamma fixed at 0.1",
            "lr * gamma**drops",
            "lr * 0.1**drops",
            "Right for gamma 0.1 and for nothing else: is there a number in your code where the "
            "argument should be?",
        ),
        Mistake(
            "milestones taken as sorted",
            "sum(step >= milestone for milestone in milestones)",
            'int(np.searchsorted(milestones, step, side="right"))',
            "You search in the milestones as if they were sorted. They may come in any order.",
        ),
        Mistake(
            "every n-th step",
            "sum(step >= milestone for milestone in milestones)",
            "step // milestones[0] if milestones else 0",
            "You drop at all multiples of the first milestone. That is DD2424's form, \"after "
            'every n-th epoch"; here the milestones are listed one by one.',
        ),
        Mistake(
            "milestones taken for distances",
            "for milestone in milestones)",
            "for milestone in np.cumsum(milestones))",
            "You add the milestones up, as if each were the length of a phase. Each is the number "
            "of a step, counted from the start of the training.",
        ),
    ),
    accepted=(step_by_bisection, step_by_loop, step_by_object),
    points=2,
)

# --- exponential and 1/t decay ------------------------------------------------------------------


def falling_cases(rng: np.random.Generator) -> Sequence[Case]:
    """For the two schedules that have a rate: ``lr`` and ``rate`` of their own in every case."""
    return [
        asked(
            "the first steps",
            at_start("There the learning rate is `lr` itself."),
            (0, 1, 2, 3, 4),
            pick(rng, 0.2, 0.9),
            rate=pick(rng, 0.11, 0.4),
        ),
        asked(
            "a long run",
            "A slow decay, looked at after many steps.",
            (0, 10, 35, 100, 240),
            pick(rng, 1.1, 2.0),
            rate=pick(rng, 0.02, 0.06),
        ),
        asked(
            "a fast decay",
            "With a rate above 1 most is gone after the first step. There is no lowest rate.",
            (0, 1, 3, 6, 200),
            pick(rng, 0.2, 0.9),
            rate=pick(rng, 1.2, 2.0),
        ),
        asked(
            "no decay",
            "With rate 0 the learning rate is constant.",
            (0, 1, 50),
            pick(rng, 0.2, 0.9),
            rate=0.0,
        ),
    ]


def exponential_by_math(lr, *, rate):
    return lambda step: lr * math.exp(-rate * step)


def exponential_by_factor(lr, *, rate):
    """One constant factor per step."""
    factor = np.exp(-rate)

    def schedule(step):
        return lr * factor**step

    return schedule


def exponential_by_logarithm(lr, *, rate):
    def rate_at(step, start, slope):
        return np.array(np.exp(start - slope * step))

    return functools.partial(rate_at, start=np.log(lr), slope=rate)


EXPONENTIAL_DECAY = Exercise(
    reference=schedules.exponential_decay,
    cases=falling_cases,
    returns=("schedule",),
    read="Formulas instead of milestones",
    praise="Yours loses the same share of itself in every step.",
    hints=(
        "The same share is lost in every step. Which function of the step does that?",
        "The slide has it: the initial rate times e to the power of minus rate times step.",
        "`np.exp(-rate * step)` is the share that is left; multiply it by `lr`, inside a function "
        "of `step`, and return that function.",
    ),
    mistakes=(
        Mistake(
            "grows",
            "np.exp(-rate * step)",
            "np.exp(rate * step)",
            "Your learning rate grows. Look at the sign in the exponent.",
        ),
        Mistake(
            "rate taken for the factor",
            "np.exp(-rate * step)",
            "rate**step",
            "you take `rate` for the factor per step, which PyTorch's ExponentialLR calls gamma. "
            "Here it stands in the exponent, as on DD2424's slide: the factor per step is "
            "e to the power of -rate.",
            convention=True,
        ),
        Mistake(
            "1 - rate as the factor",
            "np.exp(-rate * step)",
            "(1 - rate) ** step",
            "You multiply by 1 - rate in every step. That comes close for small rates, but the "
            "factor of this formula is e to the power of -rate.",
        ),
        Mistake(
            "rate taken for a time",
            "np.exp(-rate * step)",
            "np.exp(-step / max(rate, 1e-300))",
            "You divide by the rate. A larger rate should make the learning rate fall *faster*.",
        ),
        Mistake(
            "half-life",
            "np.exp(-rate * step)",
            "2.0 ** (-rate * step)",
            "You halve where the formula divides by e: after 1/rate steps 37 % should be left, "
            "not 50 %.",
        ),
        Mistake(
            "power of ten",
            "np.exp(-rate * step)",
            "10.0 ** (-rate * step)",
            "You use powers of ten. The base of this formula is e.",
        ),
        Mistake(
            "1/t instead",
            "lr * np.exp(-rate * step)",
            "lr / (1 + rate * step)",
            "That is the other formula, the 1/t decay. It starts alike, and later falls much more "
            "slowly.",
        ),
        Mistake(
            "one step ahead",
            "np.exp(-rate * step)",
            "np.exp(-rate * (step + 1))",
            ONE_STEP_AHEAD,
        ),
        Mistake(
            "straight line",
            "np.exp(-rate * step)",
            "(1 - rate * step)",
            "That is only the first term of the exponential, a straight line, and after 1/rate "
            "steps it turns negative.",
        ),
        Mistake(
            "lr forgotten",
            "lr * np.exp(-rate * step)",
            "np.exp(-rate * step)",
            "Your schedule starts at 1 whatever the initial learning rate is.",
        ),
    ),
    accepted=(exponential_by_math, exponential_by_factor, exponential_by_logarithm),
    points=1,
)


def inverse_time_by_reciprocal(lr, *, rate):
    return lambda step: 1 / (1 / lr + rate / lr * step)


def inverse_time_by_power(lr, *, rate):
    def schedule(step):
        return np.multiply(lr, np.power(1.0 + np.multiply(rate, step), -1.0))

    return schedule


def inverse_time_by_partial(lr, *, rate):
    def slowed(start, growth, step):
        return np.array(start / sum([1.0, growth * step]))

    return functools.partial(slowed, lr, rate)


INVERSE_TIME_DECAY = Exercise(
    reference=schedules.inverse_time_decay,
    cases=falling_cases,
    returns=("schedule",),
    read="Formulas instead of milestones",
    praise="After 1/rate steps half is left, after 9/rate steps a tenth.",
    hints=(
        "After how many steps should half of the learning rate be left?",
        "The denominator grows by the same amount in every step. What is it at step 0?",
        "Divide `lr` by one plus rate times step.",
    ),
    mistakes=(
        Mistake(
            "one missing",
            "return lr / (1 + rate * step)",
            "return lr / max(rate * step, 1e-300)",
            "Without the 1 in the denominator the learning rate is infinite at step 0.",
        ),
        Mistake(
            "brackets misplaced",
            "return lr / (1 + rate * step)",
            "return lr / ((1 + rate) * step + 1)",
            "The order of the operations: only `rate * step` is multiplied, and 1 is added to "
            "that.",
        ),
        Mistake(
            "power instead of product",
            "return lr / (1 + rate * step)",
            "return lr / (1 + rate) ** step",
            "You raise 1 + rate to the power of the step. That is an exponential decay again; here "
            "the denominator grows by the same *amount* in every step.",
        ),
        Mistake(
            "rate forgotten",
            "return lr / (1 + rate * step)",
            "return lr / (1 + step)",
            "The argument `rate` never comes in.",
        ),
        Mistake(
            "exponential instead",
            "return lr / (1 + rate * step)",
            "return lr * np.exp(-rate * step)",
            "That is the other formula, the exponential decay. The 1/t decay is a fraction.",
        ),
        Mistake(
            "grows",
            "return lr / (1",
            "return lr * (1",
            "Your learning rate grows: multiply or divide?",
        ),
        Mistake(
            "under a root",
            "return lr / (1 + rate * step)",
            "return lr / np.sqrt(1 + rate * step)",
            "There is a root too many: that belongs to the inverse square root.",
        ),
        Mistake(
            "one step ahead",
            "return lr / (1 + rate * step)",
            "return lr / (1 + rate * (step + 1))",
            ONE_STEP_AHEAD,
        ),
        Mistake(
            "subtracts",
            "return lr / (1 + rate * step)",
            "return lr - rate * step",
            "A straight line that soon turns negative. What should be divided by what?",
        ),
        Mistake(
            "rate outside",
            "return lr / (1 + rate * step)",
            "return lr * rate / (1 + step) if rate else lr",
            "The rate multiplies the step, inside the denominator: at step 0 it must not matter.",
        ),
    ),
    accepted=(inverse_time_by_reciprocal, inverse_time_by_power, inverse_time_by_partial),
    points=1,
)

# --- inverse square root ------------------------------------------------------------------------


def root_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        asked(
            "the first update",
            at_start("There the learning rate is `lr` itself, and nothing is divided by zero."),
            (0,),
            pick(rng, 0.2, 0.9),
        ),
        asked(
            "the updates after it",
            "The second update, step 1, divides by the root of 2.",
            (1, 2, 3, 4, 5),
            pick(rng, 0.2, 0.9),
        ),
        asked(
            "square numbers",
            "The hundredth update, step 99, has a tenth of the learning rate.",
            (3, 8, 24, 99, 9999),
            pick(rng, 1.2, 2.5),
        ),
    ]


def root_by_power(lr):
    return lambda step: lr * (step + 1) ** -0.5


def root_by_math(lr):
    def schedule(step):
        update = int(step) + 1
        return lr / math.sqrt(update)

    return schedule


def root_by_logarithm(lr):
    return lambda step: np.asarray(lr) * np.exp(-0.5 * np.log1p(step))


INVERSE_SQRT = Exercise(
    reference=schedules.inverse_sqrt,
    cases=root_cases,
    returns=("schedule",),
    read="A slide that counts from somewhere",
    praise="The first update uses lr itself, and nothing is divided by zero.",
    hints=(
        "The slide divides by the root of t. What does that give at the first update, if t is "
        "the step?",
        "Let the formula count updates: the first update has number 1, and it is step 0.",
        "Divide `lr` by the square root of `step + 1`.",
    ),
    mistakes=(
        Mistake(
            "divides by zero at first",
            "np.sqrt(step + 1)",
            "np.sqrt(np.float64(step))",
            "At step 0 you divide by zero, and an infinite first step ends every training. Which "
            "number has the first update if you count from 1?",
        ),
        Mistake(
            "guarded by a maximum",
            "np.sqrt(step + 1)",
            "np.sqrt(max(step, 1))",
            "your t is max(step, 1), so the first two updates have the same rate. Here the formula "
            "counts updates from 1: let t be step + 1.",
            convention=True,
        ),
        Mistake(
            "no root",
            "np.sqrt(step + 1)",
            "(step + 1)",
            "There is no root: your learning rate falls too fast.",
        ),
        Mistake(
            "one outside the root",
            "np.sqrt(step + 1)",
            "(np.sqrt(step) + 1)",
            "The 1 belongs *into* the root: the third update should divide by the root of 3.",
        ),
        Mistake(
            "root of lr too",
            "lr / np.sqrt(step + 1)",
            "np.sqrt(lr / (step + 1))",
            "You take the root of the learning rate as well. Only the number of the update belongs "
            "under it.",
        ),
        Mistake(
            "grows",
            "lr / np.sqrt(step + 1)",
            "lr * np.sqrt(step + 1)",
            "Your learning rate grows: multiply or divide?",
        ),
        Mistake(
            "counts from two",
            "np.sqrt(step + 1)",
            "np.sqrt(step + 2)",
            ONE_STEP_AHEAD,
        ),
        Mistake(
            "cube root",
            "np.sqrt(step + 1)",
            "np.cbrt(step + 1)",
            "That is not the square root: the hundredth update should have a tenth of the rate.",
        ),
        Mistake(
            "root rounded down",
            "np.sqrt(step + 1)",
            "np.floor(np.sqrt(step + 1))",
            "Your root is cut to a whole number, so the rate stands still between square numbers.",
        ),
    ),
    accepted=(root_by_power, root_by_math, root_by_logarithm),
    points=1,
)

# --- linear -------------------------------------------------------------------------------------


def linear_cases(rng: np.random.Generator) -> Sequence[Case]:
    total = int(rng.integers(9, 14))
    return [
        asked(
            "on the way",
            at_start("From there the rate falls by the same amount in every step."),
            (0, 1, 2, 5),
            pick(rng, 0.2, 0.9),
            total_steps=total,
        ),
        asked(
            "the last steps",
            "The last update still moves; at `total_steps` the rate is 0.",
            (total - 2, total - 1, total),
            pick(rng, 1.1, 2.0),
            total_steps=total,
        ),
        asked(
            "beyond the end",
            "After `total_steps` the rate stays 0: it is never negative, and it does not return.",
            (total + 1, total + 5, 3 * total, 300),
            pick(rng, 0.2, 0.9),
            total_steps=total,
        ),
    ]


def linear_by_maximum(lr, *, total_steps):
    return lambda step: max(0.0, lr - lr / total_steps * step)


def linear_by_interpolation(lr, *, total_steps):
    def schedule(step):
        return np.interp(step, [0, total_steps], [lr, 0.0])

    return schedule


def linear_by_cases(lr, *, total_steps):
    def schedule(step):
        if step >= total_steps:
            return 0
        remaining = total_steps - step
        return lr * remaining / total_steps

    return schedule


LINEAR_DECAY = Exercise(
    reference=schedules.linear_decay,
    cases=linear_cases,
    returns=("schedule",),
    read="A plan with an end",
    praise="A straight line to zero, and no step uphill after it.",
    hints=(
        "How much of the way is done at `step`? Which share of lr is left then?",
        "The slide's formula is right until the end of the plan. What does it give for a step "
        "beyond?",
        "The progress is step / total_steps, but never more than 1; the rate is lr times what "
        "is left, one minus the progress.",
    ),
    mistakes=(
        Mistake(
            "negative after the end",
            "min(step / total_steps, 1.0)",
            "step / total_steps",
            "After the end your rate is negative, and the training would climb *up* the loss. Who "
            "trains a little longer than planned must get 0.",
        ),
        Mistake(
            "zero one step early",
            "step / total_steps,",
            "step / max(total_steps - 1, 1),",
            "your line reaches 0 at step total_steps - 1, so that the last update does nothing. "
            "Here it reaches 0 at total_steps, as PyTorch's LinearLR: divide by the number of "
            "steps.",
            convention=True,
        ),
        Mistake(
            "one step ahead",
            "step / total_steps,",
            "(step + 1) / total_steps,",
            ONE_STEP_AHEAD,
        ),
        Mistake(
            "back to lr after the end",
            "return lr * (1 - progress)",
            "return lr * (1 - progress) if step <= total_steps else lr",
            "After the end your learning rate is back at its start. It should stay at 0.",
        ),
        Mistake(
            "rises again after the end",
            "        progress = min(step / total_steps, 1.0)\n        return lr * (1 - progress)",
            "        return lr * abs(1 - step / total_steps)",
            "After the end your learning rate rises again. It should stay at 0.",
        ),
        Mistake(
            "starts over after the end",
            "min(step / total_steps, 1.0)",
            "step % (total_steps + 1) / total_steps",
            "After the end your schedule starts over. It should stay at 0.",
        ),
        Mistake(
            "integer division",
            "step / total_steps,",
            "step // total_steps,",
            "The progress jumps from 0 to 1 at the end: `//` cuts it to a whole number.",
        ),
        Mistake(
            "climbs",
            "lr * (1 - progress)",
            "lr * progress",
            "Your line goes up from 0. The progress is what is done; asked for is what is left.",
        ),
        Mistake(
            "lr subtracted from",
            "lr * (1 - progress)",
            "max(lr - progress, 0.0)",
            "You subtract the progress from lr. It has to be a share *of* lr: with lr 0.1 yours is "
            "at 0 after a tenth of the way.",
        ),
        Mistake(
            "a parabola",
            "lr * (1 - progress)",
            "lr * (1 - progress) ** 2",
            "There is a square: the line should be straight.",
        ),
    ),
    accepted=(linear_by_maximum, linear_by_interpolation, linear_by_cases),
    points=1,
)

# --- cosine -------------------------------------------------------------------------------------


def cosine_cases(rng: np.random.Generator) -> Sequence[Case]:
    total = int(rng.integers(9, 14))
    low = pick(rng, 0.05, 0.15)
    return [
        asked(
            "on the way",
            at_start("There the learning rate is `lr` itself; then it falls slowly at first."),
            (0, 1, 2, 5, 7),
            pick(rng, 0.3, 0.9),
            total_steps=total,
        ),
        asked(
            "quarters",
            "After half of the steps half of the learning rate is left.",
            (4, 8, 12),
            pick(rng, 1.2, 2.0),
            total_steps=16,
        ),
        asked(
            "down to lr_min",
            "With `lr_min` the cosine runs from lr to lr_min, and half way it is half between.",
            (0, 1, 4, total - 1, total),
            pick(rng, 0.3, 0.9),
            total_steps=total,
            lr_min=low,
        ),
        asked(
            "beyond the end",
            "After `total_steps` the rate stays at lr_min: it does not rise again.",
            (total, total + 1, total + 4, 2 * total, 7 * total),
            pick(rng, 0.3, 0.9),
            total_steps=total,
            lr_min=low,
        ),
    ]


def cosine_by_square(lr, *, total_steps, lr_min=0.0):
    """(1 + cos 2a) / 2 is the square of cos a."""

    def schedule(step):
        angle = math.pi / 2 * min(step, total_steps) / total_steps
        return lr_min + (lr - lr_min) * math.cos(angle) ** 2

    return schedule


def cosine_by_mixing(lr, *, total_steps, lr_min=0.0):
    def schedule(step):
        if step > total_steps:
            return lr_min
        weight = 0.5 + 0.5 * np.cos(np.pi * step / total_steps)
        return weight * lr + (1 - weight) * lr_min

    return schedule


def cosine_by_middle(lr, *, total_steps, lr_min=0.0):
    """Middle and amplitude, and the wave as a complex number."""
    middle, amplitude = (lr + lr_min) / 2, (lr - lr_min) / 2

    def schedule(step):
        half_turn = np.clip(step / total_steps, 0, 1)
        return np.array(middle + amplitude * np.exp(1j * np.pi * half_turn).real)

    return schedule


COSINE = Exercise(
    reference=schedules.cosine,
    cases=cosine_cases,
    returns=("schedule",),
    read="A plan with an end",
    praise="Slow at both ends, steep in the middle, and level after the end.",
    hints=(
        "The cosine runs from 1 to -1 while its angle runs from 0 to pi. How do you turn that into "
        "a share that runs from 1 to 0?",
        "Half of one plus the cosine is the share that is left of the way from lr_min up to lr. "
        "After the end the angle must not grow on.",
        "With progress = step / total_steps, at most 1: `lr_min + (lr - lr_min) * (1 + cos(pi * "
        "progress)) / 2`.",
    ),
    mistakes=(
        Mistake(
            "half missing",
            "(1 + np.cos(np.pi * progress)) / 2",
            "(1 + np.cos(np.pi * progress))",
            "At step 0 your share is 2. One plus the cosine runs from 2 to 0: a factor is missing.",
        ),
        Mistake(
            "one missing",
            "(1 + np.cos(np.pi * progress)) / 2",
            "np.cos(np.pi * progress)",
            "Your share is the cosine itself, which is negative in the second half, and the "
            "training would climb up the loss.",
        ),
        Mistake(
            "degrees",
            "np.pi * progress",
            "180 * progress",
            "`np.cos` takes radians. Half a turn is not 180.",
        ),
        Mistake(
            "rises again after the end",
            "min(step / total_steps, 1.0)",
            "step / total_steps",
            "After the end your learning rate rises again, because the angle goes on. PyTorch's "
            "CosineAnnealingLR does this too. Here the end is the end.",
        ),
        Mistake(
            "zero one step early",
            "step / total_steps,",
            "step / max(total_steps - 1, 1),",
            "your cosine reaches its end at step total_steps - 1, so that the last update uses "
            "lr_min. Here it reaches lr_min at total_steps: divide by the number of steps.",
            convention=True,
        ),
        Mistake(
            "starts over after the end",
            "min(step / total_steps, 1.0)",
            "step % total_steps / total_steps",
            'your schedule starts over after the end, as in the paper, "with warm restarts". '
            "Here there is one cycle, and after it the rate stays at lr_min.",
            convention=True,
        ),
        Mistake(
            "stops one step short",
            "min(step / total_steps, 1.0)",
            "min(step, total_steps - 1) / total_steps",
            "Your schedule stands still one step before its end: at `total_steps` it should have "
            "reached lr_min.",
        ),
        Mistake(
            "one step ahead",
            "step / total_steps,",
            "(step + 1) / total_steps,",
            ONE_STEP_AHEAD,
        ),
        Mistake(
            "a whole turn",
            "np.pi * progress",
            "2 * np.pi * progress",
            "Your angle runs through a whole turn, so that the rate is back at lr at the end.",
        ),
        Mistake(
            "a quarter turn",
            "(1 + np.cos(np.pi * progress)) / 2",
            "np.cos(np.pi / 2 * progress)",
            "You use a quarter of the turn: your rate falls slowly at first and fast at the end. "
            "It should flatten out at both ends.",
        ),
        Mistake(
            "lr_min added on top",
            "(lr - lr_min) * share",
            "lr * share",
            "At step 0 your rate is lr + lr_min. The cosine runs over the *difference* of the two.",
        ),
        Mistake(
            "lr_min as a floor",
            "lr_min + (lr - lr_min) * share",
            "max(lr * share, lr_min)",
            "You run the cosine to 0 and cut it off at lr_min. It should land on lr_min smoothly: "
            "the cosine runs over the difference of the two.",
        ),
        Mistake(
            "lr_min ignored",
            "lr_min + (lr - lr_min) * share",
            "lr * share",
            "The argument `lr_min` never comes in.",
        ),
        Mistake(
            "upside down",
            "(1 + np.cos",
            "(1 - np.cos",
            "Your rate starts at lr_min and climbs. What is the cosine of 0?",
        ),
        Mistake(
            "sine instead",
            "np.cos(",
            "np.sin(",
            "The sine starts in the middle and rises. The cosine starts at its top.",
        ),
        Mistake(
            "lr after the end",
            "return float(lr_min + (lr - lr_min) * share)",
            "return float(lr_min + (lr - lr_min) * share) if step <= total_steps else lr",
            "After the end your learning rate is back at its start. It should stay at lr_min.",
        ),
    ),
    accepted=(cosine_by_square, cosine_by_mixing, cosine_by_middle),
    points=2,
)

# --- triangular ---------------------------------------------------------------------------------


def triangular_cases(rng: np.random.Generator) -> Sequence[Case]:
    low, high = pick(rng, 0.05, 0.2), pick(rng, 0.5, 0.9)
    half = int(rng.integers(3, 6))
    return [
        asked(
            "up",
            at_start("There the rate is lr_min; after half_cycle steps it is lr_max."),
            range(half + 1),
            lr_min=low,
            lr_max=high,
            half_cycle=half,
        ),
        asked(
            "down again",
            "After lr_max it takes as many steps down as it took up.",
            range(half, 2 * half + 1),
            lr_min=low,
            lr_max=high,
            half_cycle=half,
        ),
        asked(
            "later cycles",
            "Every cycle of 2 * half_cycle steps is like the first.",
            (2 * half + 1, 3 * half, 4 * half, 5 * half - 1, 11 * half + 1),
            lr_min=low,
            lr_max=high,
            half_cycle=half,
        ),
        asked(
            "from zero",
            "With lr_min 0 the first update stands still.",
            (0, 1, 6, 7, 8, 13, 14, 15),
            lr_min=0.0,
            lr_max=high,
            half_cycle=7,
        ),
    ]


def triangular_by_cycles(*, lr_min, lr_max, half_cycle):
    """Smith's own formula."""

    def schedule(step):
        cycle = np.floor(1 + step / (2 * half_cycle))
        x = np.abs(step / half_cycle - 2 * cycle + 1)
        return lr_min + (lr_max - lr_min) * np.maximum(0, 1 - x)

    return schedule


def triangular_by_parity(*, lr_min, lr_max, half_cycle):
    def schedule(step):
        number, into = divmod(step, half_cycle)
        slope = (lr_max - lr_min) / half_cycle
        return lr_min + slope * into if number % 2 == 0 else lr_max - slope * into

    return schedule


def triangular_by_interpolation(*, lr_min, lr_max, half_cycle):
    corners = [0, half_cycle, 2 * half_cycle]
    return lambda step: np.interp(step % corners[-1], corners, [lr_min, lr_max, lr_min])


TRIANGULAR = Exercise(
    reference=schedules.triangular,
    cases=triangular_cases,
    returns=("schedule",),
    read="Up and down again",
    praise="It peaks after half_cycle steps and every two half cycles after that.",
    hints=(
        "After how many steps does everything repeat? The operator `%` tells where in that period "
        "a step is.",
        "Within a period the height climbs from 0 to 1 and falls back to 0. Its distance from the "
        "peak is easy to write: how far is the step from half_cycle?",
        "Let the phase be the rest of step over two half cycles. Then the height is 1 - abs(phase "
        "/ half_cycle - 1); then go from lr_min by that share of the difference.",
    ),
    mistakes=(
        Mistake(
            "half_cycle taken for the whole cycle",
            "phase = step % (2 * half_cycle)\n        height = 1 - abs(phase / half_cycle - 1)",
            "phase = step % half_cycle\n        height = 1 - abs(2 * phase / half_cycle - 1)",
            "your cycle is over after half_cycle steps. Here, as in Smith's paper, that is the way "
            "*up*, and the way down takes as long again: let the period be twice as long.",
            convention=True,
        ),
        Mistake(
            "starts at the top",
            "1 - abs(phase / half_cycle - 1)",
            "abs(phase / half_cycle - 1)",
            "Your schedule starts at lr_max and has its lowest point in the middle of the cycle: "
            "it should be the other way round.",
        ),
        Mistake(
            "jumps back",
            "phase = step % (2 * half_cycle)",
            "phase = step % half_cycle",
            "Your rate climbs to the peak and falls back to lr_min at once, like the teeth of a "
            "saw. It should come down as slowly as it went up.",
        ),
        Mistake(
            "a single triangle",
            "phase = step % (2 * half_cycle)",
            "phase = min(step, 2 * half_cycle)",
            "The first cycle is right, and then nothing comes any more. Where in its cycle is step "
            "1000?",
        ),
        Mistake(
            "never comes down",
            "1 - abs(phase / half_cycle - 1)",
            "min(step / half_cycle, 1.0)",
            "Your rate climbs to lr_max and stays there: that is a warm-up. Here it comes down "
            "again.",
        ),
        Mistake(
            "lr_max added on top",
            "(lr_max - lr_min) * height",
            "lr_max * height",
            "At the peak your rate is lr_min + lr_max. The height is a share of the *difference*.",
        ),
        Mistake(
            "lr_min as a floor",
            "lr_min + (lr_max - lr_min) * height",
            "max(lr_max * height, lr_min)",
            "Your triangle runs from 0 and is cut off at lr_min. It should start at lr_min and "
            "climb at once.",
        ),
        Mistake(
            "lr_min ignored",
            "lr_min + (lr_max - lr_min) * height",
            "lr_max * height",
            "The argument `lr_min` never comes in: your triangle starts at 0.",
        ),
        Mistake(
            "peaks halve",
            "(lr_max - lr_min) * height",
            "(lr_max - lr_min) * height / 2 ** (step // (2 * half_cycle))",
            "your peaks become lower from cycle to cycle. That is Smith's *triangular2*; here all "
            "cycles are alike.",
            convention=True,
        ),
        Mistake(
            "one step ahead",
            "step % (2",
            "(step + 1) % (2",
            "Your cycle is one step ahead: at step 0, the first update, the rate is lr_min.",
        ),
        Mistake(
            "period one too long",
            "(2 * half_cycle)",
            "(2 * half_cycle + 1)",
            "Your period is one step too long: step 2 * half_cycle is the end of one cycle and the "
            "beginning of the next at once.",
        ),
        Mistake(
            "integer division",
            "phase / half_cycle",
            "phase // half_cycle",
            "`//` cuts the position in the cycle to a whole number: what is between the corners is "
            "lost.",
        ),
        Mistake(
            "a wave",
            "1 - abs(phase / half_cycle - 1)",
            "(1 - np.cos(np.pi * phase / half_cycle)) / 2",
            "Your cycle is a cosine wave. The corners are right; between them it should be "
            "straight.",
        ),
    ),
    accepted=(triangular_by_cycles, triangular_by_parity, triangular_by_interpolation),
    points=2,
)

# --- warm-up ------------------------------------------------------------------------------------


def warmup_cases(rng: np.random.Generator) -> Sequence[Case]:
    def rates(count: int) -> Array:
        return np.round(rng.uniform(0.2, 2.0, size=count), 2)

    steps = int(rng.integers(4, 7))
    constant = np.full(12, pick(rng, 0.2, 0.9))
    return [
        asked(
            "to a constant rate",
            "Step t has the share (t + 1)/steps of the rate: already the first update moves.",
            range(steps + 3),
            base=constant,
            steps=steps,
        ),
        asked(
            "the climb",
            "The climb leads to where the given schedule stands at the end of the warm-up.",
            range(5),
            base=rates(15),
            steps=5,
        ),
        asked(
            "after the climb",
            "After the warm-up the given schedule counts, at the same step.",
            (steps, steps + 1, steps + 2, steps + 6),
            base=rates(steps + 9),
            steps=steps,
        ),
        asked(
            "one step of warm-up",
            "With one step the climb is over at once: step 0 has the rate of step 1.",
            (0, 1, 2, 3),
            base=rates(9),
            steps=1,
        ),
        asked(
            "no warm-up",
            "With `steps` 0 nothing is replaced, and nothing is divided by zero.",
            (0, 1, 4),
            base=rates(9),
            steps=0,
        ),
    ]


def warmup_in_one_line(schedule, *, steps):
    return lambda t: (t + 1) / steps * schedule(steps) if t < steps else schedule(t)


def warmup_by_table(schedule, *, steps):
    """The climb is worked out when the schedule is made."""
    top = schedule(steps)
    climb = [top * (i + 1) / steps for i in range(steps)]

    def warmed(step):
        return climb[step] if step < len(climb) else schedule(step)

    return warmed


def warmup_by_share(schedule, *, steps):
    """One formula for both parts, and a bound method for the schedule."""

    class Warm:
        def share(self, step):
            return min((step + 1) / steps, 1.0) if steps else 1.0

        def rate(self, step):
            return self.share(step) * schedule(max(step, steps))

    return Warm().rate


WARMUP = Exercise(
    reference=schedules.warmup,
    cases=warmup_cases,
    returns=("schedule",),
    read="Warming up",
    praise="It climbs to where the schedule stands, and hands over without a jump.",
    hints=(
        "You get a schedule and return one. Two cases: the step belongs to the climb, or it comes "
        "after it.",
        "The climb is a straight line to the rate that the given schedule has when the warm-up "
        "ends. After it, ask the given schedule itself.",
        "While step < steps: `schedule(steps) * (step + 1) / steps`. From then on: "
        "`schedule(step)`.",
    ),
    mistakes=(
        Mistake(
            "first update stands still",
            "(step + 1) / steps",
            "step / steps",
            "your climb starts from 0, as the lecture says, so that the first update does nothing. "
            "Here step t has the share (t + 1)/steps: count the updates from 1.",
            convention=True,
        ),
        Mistake(
            "clock starts after the warm-up",
            "schedule(steps) * (step + 1) / steps",
            "schedule(0) * (step + 1) / steps",
            "your schedule starts its own clock when the warm-up is over, as PyTorch's "
            "SequentialLR does, and ends that much later. Here the warm-up *replaces* its first "
            "steps: ask it for the step itself.",
            more=(("return schedule(step)", "return schedule(step - steps)"),),
            convention=True,
        ),
        Mistake(
            "factor on the schedule",
            "schedule(steps) * (step + 1) / steps",
            "schedule(step) * (step + 1) / steps",
            "you multiply the given schedule by a growing factor. That is in use too, but then the "
            "climb is not straight. Here it leads to the rate of step `steps`.",
            convention=True,
        ),
        Mistake(
            "climbs to the start",
            "schedule(steps) * (step",
            "schedule(0) * (step",
            "Your climb leads to the rate of step 0. When it is over, the schedule stands "
            "somewhere else, and the rate jumps.",
        ),
        Mistake(
            "jumps back to the start",
            "return schedule(step)",
            "return schedule(step - steps)",
            "The climb is right, but after it your schedule begins at its own step 0. The clock "
            "runs on during the warm-up.",
        ),
        Mistake(
            "no climb",
            "schedule(steps) * (step + 1) / steps",
            "schedule(steps)",
            "During the warm-up your rate is constant. It should climb from small to full.",
        ),
        Mistake(
            "hands over one step late",
            "if step < steps:",
            "if step <= steps:",
            "Step `steps` is the first after the warm-up; yours still belongs to the climb, and "
            "overshoots.",
            more=(("* (step + 1) / steps", "* (step + 1) / max(steps, 1)"),),
        ),
        Mistake(
            "climbs to the last step of the warm-up",
            "schedule(steps) * (step",
            "schedule(steps - 1) * (step",
            "Your climb leads to the rate of step `steps - 1`. Asked for is the rate at the step "
            "where the given schedule takes over.",
        ),
        Mistake(
            "share of the next step",
            "(step + 1) / steps",
            "(step + 1) / (steps + 1)",
            "Your climb is one step too long: its last step, number `steps - 1`, should have the "
            "full rate.",
        ),
        Mistake(
            "falls instead",
            "(step + 1) / steps",
            "(steps - step) / steps",
            "Your rate falls during the warm-up. It should begin small.",
        ),
        Mistake(
            "integer division",
            "* (step + 1) / steps",
            "* ((step + 1) // steps)",
            "`//` cuts the share to a whole number: until the last step of the climb it is 0.",
        ),
        Mistake(
            "never warm",
            "        return schedule(step)\n",
            "        return schedule(steps)\n",
            "After the warm-up your rate stays where it is. There the given schedule should take "
            "over.",
        ),
    ),
    accepted=(warmup_in_one_line, warmup_by_table, warmup_by_share),
    points=2,
)

# --- plateau ------------------------------------------------------------------------------------


def plateau_cases(rng: np.random.Generator) -> Sequence[Case]:
    lr, nan = pick(rng, 0.2, 0.9), float("nan")
    shift = pick(rng, 0.0, 1.0)

    def run(name: str, about: str, losses: Sequence[float], **kwargs: Any) -> Case:
        values = np.round(np.array(losses, dtype=np.float64) + shift, 5)
        call = {"args": (values,), "kwargs": {"lr": lr, **kwargs}, "what": "learning rates"}
        return Case(name, about=about, probe="sequence", inputs=call)

    return [
        run(
            "always better",
            "Every epoch improves, so the learning rate never changes.",
            [3000.0, 1200.0, 250.0, 80.0, 7.0, 1.5, 1.1],
            factor=0.5,
            patience=1,
        ),
        run(
            "one plateau",
            "The third epoch in a row without improvement is more than a patience of 2; the lower "
            "rate is used from the epoch after it.",
            [3.0, 2.0, 2.5, 2.6, 2.4, 2.3, 1.0, 0.9],
            factor=0.5,
            patience=2,
        ),
        run(
            "a long plateau",
            "After a drop the patience begins anew.",
            [1.0, 2.0, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.7, 2.8, 2.9],
            factor=0.3,
            patience=2,
        ),
        run(
            "just in time",
            "An improvement resets the count.",
            [3.0, 3.1, 3.2, 2.0, 2.1, 2.2, 1.0, 1.1, 1.2, 0.5, 0.6],
            factor=0.5,
            patience=2,
        ),
        run(
            "better than the last, not than the best",
            "An improvement is a loss below *all* before it, not only below the last one.",
            [1.0, 3.0, 2.8, 2.6, 2.4, 2.2, 2.0, 1.8],
            factor=0.5,
            patience=2,
        ),
        run(
            "a little better each time",
            "Every loss below the best is an improvement, however little.",
            [1 - 1e-5 * epoch for epoch in range(7)],
            factor=0.5,
            patience=1,
        ),
        run(
            "equal losses",
            "A loss that is equal to the best one is no improvement.",
            [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0, 1.0],
            factor=0.5,
            patience=1,
        ),
        run(
            "nan",
            "A loss of nan is no improvement, and never the best.",
            [nan, 2.0, nan, 1.5, nan, nan, 1.6, 1.4, 1.55, nan, 1.45, 1.3, 1.2],
            factor=0.5,
            patience=1,
        ),
        run(
            "no patience, the default factor",
            "With patience 0 every epoch without improvement lowers the rate, without an end; "
            "without the argument the factor is 0.1.",
            [2.0, 2.5, 1.5, 1.7, 1.9, 1.6, 1.8, 2.1, 1.9, 1.7, 1.0],
            patience=0,
        ),
    ]


def plateau_by_epoch_of_best(val_losses, *, lr, factor=0.1, patience):
    """No counter: the last epoch that counts as a new beginning is remembered."""
    used = np.empty(len(val_losses))
    best, since = math.inf, -1
    for epoch, loss in enumerate(val_losses):
        used[epoch] = lr
        if loss < best:
            best, since = loss, epoch
        elif epoch - since > patience:
            lr *= factor
            since = epoch
    return used


def plateau_by_running_minimum(val_losses, *, lr, factor=0.1, patience):
    losses = np.where(np.isnan(val_losses), np.inf, val_losses)
    before = np.concatenate([[np.inf], np.minimum.accumulate(losses)[:-1]])
    improved = losses < before
    rates, waited = [lr], 0
    for better in improved:
        waited = 0 if better else waited + 1
        if waited == patience + 1:
            rates.append(rates[-1] * factor)
            waited = 0
        else:
            rates.append(rates[-1])
    return rates[:-1]


def plateau_by_drops(val_losses, *, lr, factor=0.1, patience):
    """Counts drops; the rate is a power of the factor."""
    drops, waited, best, result = 0, 0, None, []
    for loss in val_losses.tolist():
        result.append(lr * factor**drops)
        if not math.isnan(loss) and (best is None or loss < best):
            best, waited = loss, 0
            continue
        waited += 1
        if waited >= patience + 1:
            drops, waited = drops + 1, 0
    return np.array(result)


REDUCE_ON_PLATEAU = Exercise(
    reference=schedules.reduce_on_plateau,
    cases=plateau_cases,
    returns=("learning rates",),
    read="Waiting for a plateau",
    praise="Your rule waits as long as it should, and never lowers the rate twice for one wait.",
    hints=(
        "Walk through the epochs as the training does. What do you have to remember from epoch to "
        "epoch?",
        "Three things: the best loss so far, how many epochs in a row have not beaten it, and the "
        "current learning rate. Note the rate of an epoch *before* you look at its loss.",
        "In every epoch: append lr; if the loss is below the best, it is the new best and the "
        "count is 0, else the count grows by 1; if the count exceeds patience, multiply lr by "
        "factor and set the count to 0.",
    ),
    mistakes=(
        Mistake(
            "patience one shorter",
            "waited > patience",
            "waited >= max(patience, 1)",
            "you lower the rate when `patience` epochs have not improved, as Keras does. Here, as "
            "in PyTorch, that many are forgiven: it takes one more.",
            convention=True,
        ),
        Mistake(
            "patience one longer",
            "waited > patience",
            "waited > patience + 1",
            "You wait one epoch too long: the first epoch without improvement counts as the first.",
        ),
        Mistake(
            "lowered one epoch early",
            "        used.append(lr)\n        if loss < best:",
            "        if loss < best:",
            "The rates that you return are one epoch ahead: an epoch's loss is known when the "
            "epoch is over, so it can only change the rate of the *next* one.",
            more=(
                (
                    "            lr, waited = factor * lr, 0\n",
                    "            lr, waited = factor * lr, 0\n        used.append(lr)\n",
                ),
            ),
        ),
        Mistake(
            "count not restarted after a drop",
            "lr, waited = factor * lr, 0",
            "lr = factor * lr",
            "After the first drop your rate falls in every epoch. The patience has to begin anew.",
        ),
        Mistake(
            "count not reset by an improvement",
            "best, waited = loss, 0",
            "best = loss",
            "An improvement does not reset your count: you add up all bad epochs, also those that "
            "are long forgiven.",
        ),
        Mistake(
            "compared with the last epoch",
            "            best, waited = loss, 0\n        else:\n            waited += 1",
            "            waited = 0\n        else:\n            waited += 1\n        best = loss",
            "You compare with the epoch before. A loss that falls back from a bad one is no "
            "progress: compare with the best so far.",
        ),
        Mistake(
            "equal counts as better",
            "loss < best",
            "loss <= best",
            "A loss that only equals the best counts as an improvement in your code. A plateau is "
            "flat: it would never be noticed.",
        ),
        Mistake(
            "larger counts as better",
            "loss < best",
            "loss > best",
            "Your rule waits for the loss to *rise*. That would be right for an accuracy.",
            more=(("best, waited = np.inf, 0", "best, waited = -np.inf, 0"),),
        ),
        Mistake(
            "first epoch counted as a wait",
            "best, waited = np.inf, 0",
            "best, waited = val_losses[0], 0",
            "Your best loss starts as that of the first epoch, so that the first epoch itself "
            "brings no improvement and is counted as a wait. What is the best loss before any is "
            "known?",
        ),
        Mistake(
            "only clear improvements count",
            "loss < best",
            "loss < best * (1 - 1e-4)",
            "you ask for an improvement by at least a ten-thousandth, as PyTorch does unless told "
            "otherwise. Here every loss below the best counts, however little.",
            convention=True,
        ),
        Mistake(
            "nan becomes the best",
            "loss < best",
            "not loss >= best",
            "A nan becomes your best loss. Every comparison with nan is false, so ask whether the "
            "loss *is* smaller, not whether it is not larger.",
        ),
        Mistake(
            "nan stays the best",
            "loss < best",
            "loss < best or np.isnan(loss)",
            "After a nan nothing counts as an improvement any more: the nan has become your best "
            "loss, and no number is below a nan.",
        ),
        Mistake(
            "nan not counted",
            "            waited += 1\n",
            "            waited += not np.isnan(loss)\n",
            "Epochs whose loss is nan are not counted. Such an epoch has brought no improvement, "
            "and the patience runs on.",
        ),
        Mistake(
            "lowest rate",
            "factor * lr",
            "max(factor * lr, 1e-6)",
            "Your rate does not fall below a bound of your own. PyTorch has such a bound as an "
            "argument, with the default 0; here there is none.",
        ),
        Mistake(
            "drops only once",
            "waited > patience",
            "waited > patience and len(set(used)) == 1",
            "The first drop is right, then nothing happens any more. A long plateau lowers the "
            "rate again and again.",
        ),
        Mistake(
            "factor subtracted",
            "factor * lr",
            "lr - factor",
            "You subtract the factor. It is to be multiplied.",
        ),
        Mistake(
            "divided by the factor",
            "factor * lr",
            "lr / factor",
            "Your rate *rises* on a plateau. The factor is below 1: to get smaller, multiply.",
        ),
        Mistake(
            "best forgotten at a drop",
            "lr, waited = factor * lr, 0",
            "lr, waited, best = factor * lr, 0, np.inf",
            "At a drop you forget the best loss, so that the next epoch counts as an improvement "
            "whatever it is. Only the counting begins anew.",
        ),
        Mistake(
            "only the last rate",
            "np.array(used, dtype=np.float64)",
            "lr",
            "You return the rate at the end. Asked for is one rate for every epoch.",
        ),
        Mistake(
            "factor fixed at 0.1",
            "factor * lr",
            "0.1 * lr",
            "Right for the factor 0.1 and for nothing else: is there a number in your code where "
            "the argument should be?",
        ),
    ),
    accepted=(plateau_by_epoch_of_best, plateau_by_running_minimum, plateau_by_drops),
    points=3,
    hidden_points=1,
)

# --- batch size ---------------------------------------------------------------------------------


def scaled_cases(rng: np.random.Generator) -> Sequence[Case]:
    def run(name: str, about: str, batch: int, base: int) -> Case:
        sizes = {"batch_size": batch, "base_batch_size": base}
        return Case(name, (pick(rng, 0.02, 0.9),), sizes, about)

    return [
        run("32 times the batch", "N times the batch, N times the rate.", 1024, 32),
        run("a smaller batch", "A smaller batch gets a smaller rate.", 6, 32),
        run("no multiple", "The ratio need not be a whole number.", 112, 48),
        run("the same batch", "The same batch keeps its rate.", 64, 64),
    ]


def scaled_by_ratio(lr, *, batch_size, base_batch_size):
    ratio = batch_size / base_batch_size
    return ratio * lr


def scaled_per_example(lr, *, batch_size, base_batch_size):
    """The rate per example is what stays the same."""
    per_example = np.divide(lr, base_batch_size)
    return np.array(per_example * batch_size)


def scaled_by_logarithms(lr, *, batch_size, base_batch_size):
    return math.exp(math.log(lr) + math.log(batch_size) - math.log(base_batch_size))


SCALED_LR = Exercise(
    reference=schedules.scaled_lr,
    cases=scaled_cases,
    returns=("learning rate",),
    read="A larger batch",
    praise="One step on the large batch now goes as far as the small ones did together.",
    hints=(
        "A batch N times as large makes an epoch of N times fewer steps. How far should each of "
        "them go to get as far in an epoch?",
        "Find the ratio of the two batch sizes, the new one over the old one.",
        "`lr` times `batch_size` over `base_batch_size`.",
    ),
    mistakes=(
        Mistake(
            "upside down",
            "lr * batch_size / base_batch_size",
            "lr * base_batch_size / batch_size",
            "Your rate shrinks when the batch grows. A larger batch makes fewer steps in an epoch, "
            "so each should be longer.",
        ),
        Mistake(
            "square root",
            "lr * batch_size / base_batch_size",
            "lr * np.sqrt(batch_size / base_batch_size)",
            "you scale with the root of the ratio. That keeps the *noise* of a step the same and "
            "is often used with Adam; here the rule is the linear one of the lecture.",
            convention=True,
        ),
        Mistake(
            "base fixed at 256",
            "lr * batch_size / base_batch_size",
            "lr * batch_size / 256",
            "You divide by 256, the base of Goyal's paper, whatever the base is: use the argument.",
        ),
        Mistake(
            "unchanged",
            "lr * batch_size / base_batch_size",
            "lr",
            "The rate does not depend on the batch size at all.",
        ),
        Mistake(
            "not divided",
            "lr * batch_size / base_batch_size",
            "lr * batch_size",
            "You multiply by the batch size itself. What counts is how many times the *old* batch "
            "it is: the same batch must keep its rate.",
        ),
        Mistake(
            "integer division",
            "lr * batch_size / base_batch_size",
            "lr * (batch_size // base_batch_size)",
            "`//` cuts the ratio to a whole number, and a smaller batch gets a rate of 0.",
        ),
        Mistake(
            "never smaller",
            "lr * batch_size / base_batch_size",
            "lr * max(batch_size / base_batch_size, 1.0)",
            "The rule works in both directions: a smaller batch gets a smaller rate.",
        ),
        Mistake(
            "added",
            "lr * batch_size / base_batch_size",
            "lr + batch_size / base_batch_size - 1",
            "You add the ratio. The rate is to be multiplied by it.",
        ),
        Mistake(
            "squared",
            "lr * batch_size / base_batch_size",
            "lr * (batch_size / base_batch_size) ** 2",
            "The ratio comes in twice.",
        ),
    ),
    accepted=(scaled_by_ratio, scaled_per_example, scaled_by_logarithms),
    points=1,
)

# --- range test ---------------------------------------------------------------------------------


def pick_cases(rng: np.random.Generator) -> Sequence[Case]:
    nan, inf = float("nan"), float("inf")

    def run(
        name: str, about: str, lrs: Sequence[float], losses: Sequence[float], order: bool = False
    ) -> Case:
        rates, values = np.array(lrs), np.array(losses, dtype=np.float64)
        with np.errstate(invalid="ignore"):
            values = values + np.round(rng.uniform(-0.02, 0.02, size=len(values)), 3)
        chosen = np.roll(np.arange(len(rates)), int(rng.integers(1, 6)) if order else 0)
        return Case(name, (rates[chosen], values[chosen]), {}, about)

    return [
        run(
            "a range test without accidents",
            "The run with the lowest loss decides; asked for is its learning rate.",
            [0.001, 0.01, 0.1, 1.0, 3.0, 10.0],
            [2.38, 1.95, 0.55, 0.23, 2.24, 2.31],
        ),
        run(
            "the largest rates blow up",
            "Runs that ended with nan or inf are left out.",
            [0.003, 0.02, 0.2, 0.6, 2.0, 6.0, 20.0],
            [2.3, 2.1, 1.4, 1.2, 2.7, inf, nan],
        ),
        run(
            "the smallest rate is best",
            "The best run may be the first.",
            [0.05, 0.5, 5.0],
            [0.4, 1.5, nan],
        ),
        run(
            "blow-ups between the others",
            "With chance in play a run in the middle may blow up: leave out that one only.",
            [0.01, 0.04, 0.3, 0.7, 1.5, 4.0],
            [2.2, nan, 1.0, inf, 0.6, 2.5],
        ),
        run(
            "rates in random order",
            "The learning rates need not be sorted.",
            [0.002, 0.013, 0.09, 0.4, 1.1, 2.3, 7.0],
            [2.3, 2.0, 1.3, 0.5, 0.9, nan, 3.1],
            order=True,
        ),
        run(
            "the first run blows up",
            "Here the largest rate comes first and ends with nan. The losses are in the thousands: "
            "only their order counts.",
            [8.0, 2.0, 0.5, 0.1, 0.02, 0.004],
            [nan, 5200.0, 1650.0, 1400.0, 1710.0, 2480.0],
        ),
        run(
            "losses below zero",
            "The negative logarithm of a density may be negative: lower is better there, too.",
            [0.003, 0.03, 0.2, 0.9, 4.0, 9.0],
            [1.4, 1.2, -0.3, -0.9, 0.6, inf],
        ),
    ]


def pick_by_loop(lrs, losses):
    best_lr, best_loss = None, math.inf
    for lr, loss in zip(lrs, losses, strict=True):
        if loss < best_loss:  # never true for nan
            best_lr, best_loss = lr, loss
    return best_lr


def pick_by_filter(lrs, losses):
    good = np.isfinite(losses)
    return lrs[good][losses[good].argmin()]


def pick_by_sorting(lrs, losses):
    pairs = [(loss, lr) for loss, lr in zip(losses.tolist(), lrs.tolist(), strict=True)]
    return np.array(sorted(pair for pair in pairs if math.isfinite(pair[0]))[0][1])


PICK_LR = Exercise(
    reference=search.pick_lr,
    cases=pick_cases,
    returns=("learning rate",),
    read="The range test",
    praise="It finds the best run, whatever became of the others.",
    hints=(
        "Which run would you choose by eye? What would `np.argmin` do with a nan?",
        "Mark the losses that are finite, and look for the smallest among those. Take care that "
        "the place you find still belongs to the same learning rate.",
        "`np.where(np.isfinite(losses), losses, np.inf)` puts the blown-up runs last; the place of "
        "its smallest entry is the place in `lrs`.",
    ),
    mistakes=(
        Mistake(
            "nan wins",
            "np.where(finite, losses, np.inf)",
            "losses",
            "`np.argmin` takes a nan for the smallest number of all. A run that blew up must not "
            "win.",
        ),
        Mistake(
            "Python's min",
            "lrs[np.argmin(np.where(finite, losses, np.inf))]",
            "min(zip(losses, lrs, strict=True))[1]",
            "A nan wins when it comes first: you go through the losses and keep the best so far, "
            "and no number is below a nan.",
        ),
        Mistake(
            "sizes of the losses",
            "np.where(finite, losses, np.inf)",
            "np.abs(np.where(finite, losses, np.inf))",
            "You look for the loss nearest to zero. Some losses are negative, and lower is better.",
        ),
        Mistake(
            "place among the finite ones",
            "np.where(finite, losses, np.inf)",
            "losses[finite]",
            "You look for the smallest of the *remaining* losses and use its place in the full "
            "list of rates. Once a run before it has been left out, the places no longer agree.",
        ),
        Mistake(
            "the place itself",
            "lrs[np.argmin(np.where(finite, losses, np.inf))]",
            "np.argmin(np.where(finite, losses, np.inf))",
            "You return the place of the best run. Asked for is the learning rate at that place.",
        ),
        Mistake(
            "the loss itself",
            "lrs[np.argmin(np.where(finite, losses, np.inf))]",
            "np.min(losses[finite])",
            "You return the lowest loss. Asked for is the learning rate that led to it.",
        ),
        Mistake(
            "highest loss",
            "np.argmin(np.where(finite, losses, np.inf))",
            "np.argmax(np.where(finite, losses, -np.inf))",
            "You pick the run with the *highest* loss.",
        ),
        Mistake(
            "largest rate that survives",
            "lrs[np.argmin(np.where(finite, losses, np.inf))]",
            "np.max(lrs[finite])",
            "You pick the largest rate that did not blow up. A run can end far above the best one, "
            "or dead, and still be finite.",
        ),
        Mistake(
            "nan counted as zero",
            "np.where(finite, losses, np.inf)",
            "np.where(finite, losses, 0.0)",
            "A blown-up run gets the loss 0 in your code, and wins. What should stand there so "
            "that it never does?",
        ),
        Mistake(
            "stops at the first blow-up",
            "np.where(finite, losses, np.inf)",
            "np.where(np.cumprod(finite) > 0, losses, np.inf)",
            "You ignore everything behind the first run that blew up. The rates need not be "
            "sorted, and a blow-up says nothing about the other runs.",
        ),
        Mistake(
            "rates sorted",
            "float(lrs[",
            "float(np.sort(lrs)[",
            "You sort the rates, and not the losses with them: the place of a loss no longer "
            "belongs to its rate.",
        ),
        Mistake(
            "a tenth of the best",
            "float(lrs[",
            "float(0.1 * lrs[",
            "you divide the best rate by ten. That is a sensible margin for a test in which *one* "
            "run sweeps through all rates. Here every rate had a run of its own, and the best is "
            "asked for.",
            convention=True,
        ),
        Mistake(
            "steepest fall",
            "np.argmin(np.where(finite, losses, np.inf))",
            "1 + np.argmin(np.diff(np.where(finite, losses, 1e9)))",
            "you look for the steepest fall of the loss from one rate to the next. That is in use "
            "where *one* run sweeps through all rates. Here every rate had a run of its own: take "
            "the one that ended lowest.",
            convention=True,
        ),
    ),
    accepted=(pick_by_loop, pick_by_filter, pick_by_sorting),
    points=2,
)

EXERCISES = (
    STEP_DECAY,
    EXPONENTIAL_DECAY,
    INVERSE_TIME_DECAY,
    INVERSE_SQRT,
    LINEAR_DECAY,
    COSINE,
    WARMUP,
    TRIANGULAR,
    REDUCE_ON_PLATEAU,
    SCALED_LR,
    PICK_LR,
)

QUIZZES: tuple[Quiz, ...] = (
    Quiz(
        "u07-overnight",
        "Both trainings go on to epoch 40, each with the rate that it has now. Which one has the "
        "lower training loss then?",
        (
            Choice(
                "The lowered one: it is four times better already, and calmer.",
                False,
                "It is calmer because its steps are a tenth as long. Whatever is still to be done "
                "takes ten times as many of them.",
            ),
            Choice(
                "The one that was never lowered.",
                True,
                "Its loss shakes, but its long steps go on working on what has not been learnt "
                "yet. You will see both curves in full, and by how much, two sections further on.",
            ),
            Choice(
                "Neither: the loss is convex, so both have reached the minimum by then.",
                False,
                "Convex means that there is one valley. It does not say how fast you get to its "
                "bottom, and flat directions take long.",
            ),
            Choice(
                "The lowered one, since the other one cannot get below its noise.",
                False,
                "A good thought: at a fixed level of noise it would be so. But the noise is not "
                "fixed here. Watch what becomes of the shaking.",
            ),
        ),
    ),
    Quiz(
        "u07-which-rate",
        "Which of the four learning rates is best to use?",
        (
            Choice(
                "The good one: its curve ends lowest.",
                False,
                "At the end of the plot, yes. At its beginning another one is faster, and beyond "
                "its right edge a lower one would win.",
            ),
            Choice(
                "The low one: it is the only one that cannot miss the minimum.",
                False,
                "It does not miss it, it does not get there either: the training ends before.",
            ),
            Choice(
                "All of them, one after the other, from high to low.",
                True,
                "A high rate makes the fastest progress at first and a low one the best end. (Not "
                'the *very* high one, whose loss explodes; the slide says "all" nevertheless.) '
                "That is the whole idea of a schedule.",
            ),
            Choice(
                "All of them, one after the other, from low to high.",
                False,
                "That is a warm-up, which has its use at the very beginning. But a training that "
                "ends with a high rate ends shaking.",
            ),
        ),
    ),
    Quiz(
        "u07-after-thirty",
        'Epochs are counted from 0. "Multiply the learning rate by 0.1 after epochs 30, 60 and '
        '90": ResNet trained its first 30 epochs at the full rate. Which number has the first '
        "epoch with the lower one?",
        (
            Choice(
                "29",
                False,
                "That is the thirtieth epoch, and the last one with the full rate.",
            ),
            Choice(
                "30",
                True,
                "The epochs 0 to 29 are thirty. When they are over, the number of the next one is "
                "30. So a milestone is reached when the step is at least as large as it.",
            ),
            Choice(
                "31",
                False,
                "Then the full rate would have been used in the epochs 0 to 30, and these are "
                "thirty-one.",
            ),
        ),
    ),
    Quiz(
        "u07-floor",
        "A training has settled on its noise floor. You divide the learning rate by ten and change "
        "nothing else. What becomes of the floor, and of the steps it takes to get down to it?",
        (
            Choice(
                "A tenth of the floor, ten times as many steps.",
                True,
                "The floor is proportional to the rate, and so is the speed at which the training "
                "forgets where it was. You buy one with the other. The next cell measures it.",
            ),
            Choice(
                "A tenth of the floor, the same number of steps.",
                False,
                "The factor per step is 1 minus the rate times the curvature. With a tenth of the "
                "rate it is much closer to 1.",
            ),
            Choice(
                "A hundredth of the floor, since the noise comes in squared.",
                False,
                "Each kick is a hundredth as strong, that is right. But it is also forgotten ten "
                "times as slowly, so that more kicks add up.",
            ),
            Choice(
                "The same floor: the noise of the gradients has not changed.",
                False,
                "The noise of the gradients has not, but the steps are shorter, and each carries "
                "less of it into the parameters.",
            ),
        ),
    ),
    Quiz(
        "u07-epoch-or-step",
        "A paper uses the inverse root with $t$ in epochs. You take the same initial rate, but "
        "count $t$ in updates, 32 per epoch. How far is your rate from the paper's at the end?",
        (
            Choice(
                "It is the same: the root takes care of the units.",
                False,
                "The root of 32 times as many steps is not the root of the epochs.",
            ),
            Choice(
                "It is 32 times too small.",
                False,
                "That would be so for $1/t$. Here a root is taken.",
            ),
            Choice(
                "It is almost six times too small.",
                True,
                "$t$ is 32 times as large, and the root of 32 is 5.7. Your training is starved of "
                "learning rate, and you may blame the schedule for it.",
            ),
            Choice(
                "It is almost six times too large.",
                False,
                "The factor is right, the direction is not: a larger $t$ makes a smaller rate.",
            ),
        ),
    ),
    Quiz(
        "u07-warmup",
        "At which base rate do you expect a difference?",
        (
            Choice(
                "At both: a warm-up always helps.",
                False,
                "That is how it is often told. Look at the left panel below.",
            ),
            Choice(
                "At neither: it only delays.",
                False,
                "If it delayed and did nothing else, the right panel below would show three equal "
                "curves.",
            ),
            Choice(
                "At 0.1, because there the training works at all.",
                False,
                "Where the first steps do no harm, there is nothing for a warm-up to prevent.",
            ),
            Choice(
                "At 0.3, and it depends on how long the warm-up is.",
                True,
                "A warm-up protects from first steps that are too long for the start. How long the "
                "protection has to last is the surprise.",
            ),
        ),
    ),
    Quiz(
        "u07-batch",
        "All have ten epochs of 1000 examples. Up to which batch size does the linear rule keep "
        "the final loss where it is at batch 32?",
        (
            Choice(
                "Up to 1000: it is derived from the arithmetic.",
                False,
                "The arithmetic assumed that the gradient stays what it is during all the steps "
                "that are replaced. At batch 1000 that would be a whole epoch.",
            ),
            Choice(
                "It fails at once: 128 is clearly worse.",
                False,
                "Four steps in a row at rate 0.1 see nearly the same gradient. Look at the figure.",
            ),
            Choice(
                "Up to somewhere between 128 and 500.",
                True,
                "The rate that the rule asks for grows without bound, and the curvature sets a "
                "bound. At batch 500 it is 1.56, and the range test of the next section will show "
                "you what that means for this network.",
            ),
        ),
    ),
    Quiz(
        "u07-two-ranges",
        "Which of the two lists of learning rates is wrong?",
        (
            Choice(
                "The one up to 10: no network trains with rates above 0.1.",
                False,
                "Softmax regression trained with rate 2 at the beginning of this unit.",
            ),
            Choice(
                "The one that ends at 0.1: the best rate may well be larger.",
                False,
                "It may, and for this network with SGD it is. But as a few values to try by hand "
                "for a deep network the list is reasonable.",
            ),
            Choice(
                "Neither: they are for different stages of a search.",
                True,
                "From 1e-6 to 10 is for finding out, with a few updates each, where anything works "
                "at all: DD2424 calls it stage 0. The short list is for somebody who knows roughly "
                "where that is. Mixed up, the first wastes most of its trials, and the second can "
                "miss the best rate.",
            ),
            Choice(
                "The uniform draw: rates should be drawn evenly between 1e-6 and 10.",
                False,
                "The exponent is drawn evenly, so that every power of ten gets its share. Evenly "
                "drawn rates would lie above 1 nine times out of ten.",
            ),
        ),
    ),
    Quiz(
        "u07-conclude",
        "In the two tables SGD with a cosine has the highest mean test accuracy of all, 0.9678 ± "
        "0.0020. Adam with a cosine has 0.9598. Which sentence may you write into a report?",
        (
            Choice(
                "SGD with a cosine generalizes better than Adam.",
                False,
                "On this data set, this network, three seeds and a test set of 497 digits, 0.008 "
                "are four digits. That is not a law about two methods.",
            ),
            Choice(
                "SGD with a cosine is the best of all methods.",
                False,
                "It has the highest of twenty-four means. The highest of so many noisy numbers is "
                "expected to look good, and several others lie within its spread.",
            ),
            Choice(
                "With a tuned rate and a plan that comes down, plain SGD is not behind Adam here.",
                True,
                "That is what the numbers carry: a claim about this task, with its condition, and "
                "without a ranking that the seeds could turn round.",
            ),
            Choice(
                "All methods are equal.",
                False,
                "Not shown either: some differences are larger than the spread, for example that "
                "between SGD with and without a cosine. And to find nothing with three seeds does "
                "not mean that there is nothing.",
            ),
        ),
    ),
)
