"""The exercise ``step_decay``."""

import bisect
from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import schedules

from .shared import REMEMBERS, asked, pick


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
            "a milestone at step 0",
            "A milestone at step 0 is reached by the first update already.",
            (0, 1, 2, 8),
            lr,
            milestones=(0, 2),
            gamma=0.4,
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
            REMEMBERS,
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
        Mistake(
            "gamma taken for the loss",
            "gamma**drops",
            "(1 - gamma) ** drops",
            "you take gamma for the share that is *lost* at a milestone. Here, as in PyTorch, it "
            "is the share that is left.",
            convention=True,
        ),
        Mistake(
            "only the last milestone",
            "sum(step >= milestone for milestone in milestones)",
            "int(step >= max(milestones, default=np.inf))",
            "Only the last milestone lowers your rate. If you go through them in a loop: does "
            "every round begin with `lr` again?",
        ),
        Mistake(
            "stops at the first one not reached",
            "sum(step >= milestone for milestone in milestones)",
            "int(np.sum(np.cumprod([step >= milestone for milestone in milestones])))",
            "You stop looking at the first milestone in the list that has not been reached. They "
            "may come in any order, so a later one may have been.",
        ),
        Mistake(
            "step 0 always at full rate",
            "return lr * gamma**drops",
            "return lr * gamma**drops if step else lr",
            "Your first update has the full rate whatever the milestones are. Step 0 may be one of "
            "them.",
        ),
    ),
    accepted=(step_by_bisection, step_by_loop, step_by_object),
    points=2,
)
