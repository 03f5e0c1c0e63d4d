"""The exercise ``warmup``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import schedules
from course_lib.arrays import Array

from .shared import asked, pick


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
        Mistake(
            "no warm-up at all",
            "if step < steps:",
            "if False:",
            "Your schedule is the given one: nothing has been replaced.",
        ),
        Mistake(
            "hands over one step early",
            "if step < steps:",
            "if step < steps - 1:",
            "The last step of your climb is missing: step `steps - 1` still belongs to the "
            "warm-up.",
        ),
        Mistake(
            "share without a rate",
            "return schedule(steps) * (step + 1) / steps",
            "return (step + 1) / steps",
            "During the climb you return the share itself. A share of what?",
        ),
        Mistake(
            "one step ahead after the climb",
            "        return schedule(step)\n",
            "        return schedule(step + 1)\n",
            "After the warm-up you ask the given schedule for the step after this one. It is to be "
            "asked for the step itself.",
        ),
        Mistake(
            "bent climb",
            "(step + 1) / steps",
            "((step + 1) / steps) ** 2",
            "Your climb is bent: it should rise by the same amount in every step.",
        ),
    ),
    accepted=(warmup_in_one_line, warmup_by_table, warmup_by_share),
    points=2,
)
