"""The exercise ``snapshot_steps``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import averaging


def snapshot_cases(rng: np.random.Generator) -> Sequence[Case]:
    def asked(name: str, about: str, length: int, cycles: int) -> Case:
        inputs = {"args": (length * cycles,), "kwargs": {"cycles": cycles}, "what": "the steps"}
        return Case(name, about=about, probe="whole_numbers", inputs=inputs)

    cycles = int(rng.integers(3, 6))
    return [
        asked(
            "a few cycles",
            "Steps count from 0: a cycle of 10 steps consists of the steps 0 to 9.",
            int(rng.integers(7, 14)),
            cycles,
        ),
        asked(
            "many cycles",
            "A long training: every cycle ends as many steps after the one before.",
            int(rng.integers(101, 140)),
            int(rng.integers(6, 10)),
        ),
        asked("one cycle", "A single cycle ends with the training.", int(rng.integers(20, 40)), 1),
        asked("short cycles", "Four steps per cycle: 0, 1, 2 and 3 are the first.", 4, cycles + 1),
        asked("two long cycles", "The last step of all ends the second cycle.", 500, 2),
    ]


def snapshots_by_range(total_steps, *, cycles):
    length = total_steps // cycles
    return range(length - 1, total_steps, length)


def snapshots_by_remainder(total_steps, *, cycles):
    length = total_steps // cycles
    return [step for step in range(total_steps) if (step + 1) % length == 0]


def snapshots_by_array(total_steps, *, cycles):
    return np.arange(1, cycles + 1) * (total_steps // cycles) - 1


def snapshots_by_the_rate(total_steps, *, cycles):
    """The steps at which a cosine with restarts is lower than before and after."""
    length = total_steps // cycles
    rates = [np.cos(np.pi * (step % length) / length) for step in range(total_steps)]
    ends = [step for step in range(total_steps - 1) if rates[step + 1] >= rates[step]]
    return [*ends, total_steps - 1]


SNAPSHOT_STEPS = Exercise(
    reference=averaging.snapshot_steps,
    cases=snapshot_cases,
    returns=("steps",),
    read="Train once, keep five",
    praise="A snapshot at the bottom of every cycle, just before the rate jumps up again.",
    hints=(
        "How many steps does a cycle have? And if steps count from 0, which is its last one?",
        "The first cycle of L steps consists of the steps 0 to L - 1. Each further cycle ends L "
        "steps later.",
        "The multiples of the length, one up to `cycles` of them, each less one.",
    ),
    mistakes=(
        Mistake(
            "start of the next cycle",
            "cycles - 1 for",
            "cycles for",
            "One step late: steps count from 0, so at your steps the rate has already jumped up "
            "again, and the last of them lies beyond the training.",
        ),
        Mistake(
            "start of each cycle",
            "total_steps * cycle // cycles - 1 for",
            "total_steps * (cycle - 1) // cycles for",
            "These are the *first* steps of the cycles, where the rate is highest and the "
            "parameters are about to be thrown about. Take the snapshot at the other end.",
        ),
        Mistake(
            "middle of each cycle",
            "total_steps * cycle // cycles - 1 for",
            "(total_steps * (2 * cycle - 1) // (2 * cycles)) for",
            "Your steps lie in the middle of the cycles, where the rate is still half of its "
            "highest value.",
        ),
        Mistake(
            "one step early",
            "cycles - 1 for",
            "cycles - 2 for",
            "One step early: L steps that count from 0 end with step L - 1, not L - 2.",
        ),
        Mistake(
            "last cycle forgotten",
            "range(1, cycles + 1)",
            "range(1, cycles)",
            "The last cycle is missing: the end of the training is worth a snapshot, too. Where "
            "does your range stop?",
        ),
        Mistake(
            "first cycle forgotten",
            "range(1, cycles + 1)",
            "range(2, cycles + 1)",
            "The first cycle is missing. Its snapshot is a young net, but it belongs to the "
            "ensemble: where does your range start?",
        ),
        Mistake(
            "step zero as well",
            "return [",
            "return [0] + [",
            "There is one snapshot too many: at step 0 the net has learned nothing.",
        ),
        Mistake(
            "every `cycles` steps",
            "total_steps * cycle // cycles - 1 for cycle in range(1, cycles + 1)",
            "cycles * cycle - 1 for cycle in range(1, total_steps // cycles + 1)",
            "You take a snapshot every `cycles` steps. `cycles` is how many cycles there are, not "
            "how long each is.",
        ),
        Mistake(
            "only the end of the training",
            "[total_steps * cycle // cycles - 1 for cycle in range(1, cycles + 1)]",
            "[total_steps - 1]",
            "Only the end of the training: every cycle ends with a snapshot.",
        ),
        Mistake(
            "evenly from the first to the last step",
            "[total_steps * cycle // cycles - 1 for cycle in range(1, cycles + 1)]",
            "[int(step) for step in np.linspace(0, total_steps - 1, cycles)]",
            "You spread the steps evenly from step 0 to the last one. Then only the last of them "
            "is the end of a cycle.",
        ),
        Mistake(
            "lengths instead of steps",
            "total_steps * cycle // cycles - 1 for",
            "total_steps // cycles for",
            "These are the lengths of the cycles. Asked for is at which step of the whole training "
            "each of them ends.",
        ),
        Mistake(
            "last step twice",
            "for cycle in range(1, cycles + 1)]",
            "for cycle in range(1, cycles + 1)] + [total_steps - 1]",
            "The last step is there twice: the last cycle ends where the training ends.",
        ),
        Mistake(
            "backwards",
            "range(1, cycles + 1)",
            "range(cycles, 0, -1)",
            "The right steps in reverse: the snapshots come in the order of the training.",
        ),
        Mistake(
            "counted within the cycle",
            "total_steps * cycle // cycles - 1 for",
            "total_steps // cycles - 1 for",
            "All your steps are the same: the last step as counted within its own cycle. Count "
            "from the beginning of the training.",
        ),
        Mistake(
            "floats",
            "total_steps * cycle // cycles - 1 for",
            "total_steps * cycle / cycles - 1 for",
            "Right numbers, but floats: 9.0 cannot be an index, and after a division that does not "
            "come out even it is no step either. Which division stays whole?",
        ),
    ),
    accepted=(
        snapshots_by_range,
        snapshots_by_remainder,
        snapshots_by_array,
        snapshots_by_the_rate,
    ),
    points=1,
)
