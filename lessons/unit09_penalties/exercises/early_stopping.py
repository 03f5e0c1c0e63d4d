"""The exercise ``early_stopping``."""

import math
from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import regularizers

NAN, INF = float("nan"), float("inf")


def stopping_cases(rng: np.random.Generator) -> Sequence[Case]:
    def run(name: str, about: str, patience: int, losses: Sequence[float]) -> Case:
        """The losses, lifted and stretched at random: their order, ties included, stays."""
        lift, stretch = np.round(rng.uniform(0.0, 0.3), 2), np.round(rng.uniform(0.8, 1.2), 2)
        values = np.round(stretch * np.array(losses, dtype=np.float64) + lift, 4)
        return Case(name, (values,), {"patience": patience}, about)

    return [
        run(
            "falls, then rises",
            "The best loss is at the bottom; the stop comes `patience` steps after it.",
            3,
            [2.3, 1.6, 1.1, 0.9, 1.0, 1.2, 1.3, 1.5, 1.6],
        ),
        run(
            "a patience of one",
            "The first step without a new best is the last one.",
            1,
            [2.0, 1.5, 1.2, 1.3, 0.6, 0.5],
        ),
        run(
            "a new best just in time",
            "Every new best begins the count anew.",
            3,
            [2.0, 1.4, 1.6, 1.5, 1.1, 1.3, 1.2, 0.8, 0.9, 1.0, 1.05, 0.2],
        ),
        run(
            "better than the last, not better than the best",
            "What counts is the best so far, not the step before.",
            4,
            [1.9, 0.7, 1.8, 1.5, 1.2, 1.0, 0.9, 0.8, 0.3],
        ),
        run(
            "as good is not better",
            "A loss that equals the best is no new best, and the count goes on.",
            3,
            [1.7, 0.9, 1.1, 0.9, 0.9, 0.9, 0.4],
        ),
        run(
            "patience does not run out",
            "Then the last step is the one that stops.",
            4,
            [2.1, 1.3, 0.8, 0.9, 1.0, 0.95],
        ),
        run(
            "patience runs out at the very end",
            "The count reaches `patience` in the last step.",
            3,
            [2.0, 1.0, 1.4, 1.2, 1.1],
        ),
        run(
            "the last step is the best",
            "It falls to the end.",
            2,
            [2.2, 1.7, 1.8, 1.2, 1.0],
        ),
        run(
            "a better loss after the stop",
            "When the training has stopped, nobody ever sees what would have come.",
            2,
            [1.8, 1.2, 1.3, 1.4, 0.5, 0.4, 0.3],
        ),
        run(
            "a nan on the way",
            "A nan is not a new best, and it counts as a step without one.",
            3,
            [1.8, 1.6, 1.1, NAN, 1.3, 0.8, NAN, 1.0, 0.9, 0.1],
        ),
        run(
            "a nan between worse losses",
            "A nan is one of the steps in a row.",
            3,
            [1.5, 0.9, 1.1, NAN, 1.2, 1.0, 0.95, 1.3, 0.5],
        ),
        run(
            "a nan at first",
            "The first number after the nan is the best so far.",
            3,
            [NAN, NAN, 1.4, 1.2, 1.5, 1.3, 1.25, 0.9, 0.7],
        ),
        run(
            "nan to the end",
            "Nothing after the blow-up is a new best.",
            3,
            [1.9, 1.2, NAN, NAN, NAN, NAN, NAN],
        ),
        run(
            "losses in the thousands",
            "Only the order of the losses counts, not their size.",
            2,
            [9100.0, 7400.0, 7200.0, 7300.0, 8000.0, 6000.0],
        ),
        run(
            "losses below zero",
            "The negative logarithm of a density may be negative: lower is better there, too.",
            2,
            [1.2, -0.8, -1.5, -1.1, -1.4, -3.0],
        ),
        run(
            "tiny improvements",
            "A loss that is lower by a thousandth is lower.",
            2,
            [0.512, 0.51, 0.508, 0.506, 0.504, 0.503, 0.505, 0.507, 0.506],
        ),
        run("a single step", "One step: it is the best, and the last.", 2, [1.3]),
        run(
            "an infinite loss first",
            "Infinity is not a new best.",
            3,
            [INF, 2.0, 1.0, 1.1, 1.2, 1.3, 0.2],
        ),
        run(
            "never better than at first",
            "The first step may be the best.",
            4,
            [0.6, 0.9, 1.1, 0.8, 0.7, 0.75, 0.2],
        ),
    ]


def stopping_by_distance(val_losses, *, patience):
    """No counter: how far back does the best lie?"""
    best = -1
    for step in range(len(val_losses)):
        if not math.isnan(val_losses[step]) and (best < 0 or val_losses[step] < val_losses[best]):
            best = step if val_losses[step] != INF else best
        if step - best >= patience:
            return [best, step]
    return [best, len(val_losses) - 1]


def stopping_by_running_minimum(val_losses, *, patience):
    """The running minimum falls where there is a new best."""
    clean = np.where(np.isnan(val_losses), np.inf, val_losses)
    before = np.concatenate([[np.inf], np.minimum.accumulate(clean)[:-1]])
    records = np.flatnonzero(clean < before)
    marks = np.concatenate([[-1], records])
    ends = np.append(marks[1:], len(clean) + patience)
    first = int(np.argmax(ends - marks > patience))
    return marks[first], np.minimum(marks[first] + patience, len(clean) - 1)


def stopping_as_a_class(val_losses, *, patience):
    class Watcher:
        best, best_step, bad = INF, None, 0

        def is_enough(self, step, loss):
            self.bad += 1
            if loss < self.best:
                self.best, self.best_step, self.bad = loss, step, 0
            return self.bad >= patience

    watcher, step = Watcher(), -1
    for loss in val_losses.tolist():
        step += 1
        if watcher.is_enough(step, loss):
            break
    return np.array([watcher.best_step, step])


EARLY_STOPPING = Exercise(
    reference=regularizers.early_stopping,
    cases=stopping_cases,
    returns=("best_step", "stop_step"),
    read="Stop while it is good",
    praise="It waits as long as it was told, and goes back to the best step it has seen.",
    hints=(
        "Walk through the losses one by one, as the training does. Which three things do you have "
        "to remember from step to step?",
        "The best loss, its step, and how many steps have passed without a new best. What happens "
        "to each if the new loss is below the best, and what if it is not?",
        "Start with `best = np.inf`: then `loss < best` is False for a nan by itself. A new best "
        "sets the count to 0, anything else adds 1; stop when the count equals `patience`.",
    ),
    mistakes=(
        Mistake(
            "waits one step too long",
            "if waited == patience:",
            "if waited > patience:",
            "You wait one step too long: with a patience of 1 the very first step without a new "
            "best is the last.",
        ),
        Mistake(
            "stops one step too early",
            "if waited == patience:",
            "if waited and waited >= patience - 1:",
            "You stop one step too early. With a patience of 3 the count may reach 3.",
        ),
        Mistake(
            "as good counts as better",
            "if loss < best:",
            "if loss <= best:",
            "A loss that merely *equals* the best begins your count anew. On a plateau such a "
            "training would go on for ever.",
        ),
        Mistake(
            "largest instead of smallest",
            "if loss < best:",
            "if loss > best:",
            "You look for the largest value, as one would for an accuracy. These are losses.",
            more=(
                (
                    "best_step, best, waited = -1, np.inf, 0",
                    "best_step, best, waited = -1, -np.inf, 0",
                ),
            ),
        ),
        Mistake(
            "count never reset",
            "best_step, best, waited = step, loss, 0\n        else",
            "best_step, best = step, loss\n        else",
            "You count all steps without a new best together. They have to come in a row: a new "
            "best begins the count anew.",
        ),
        Mistake(
            "compared with the step before",
            "            waited += 1",
            "            waited = waited + 1 if step and not loss < val_losses[step - 1] else 0",
            "Your count begins anew whenever the loss is lower than one step before. A training "
            "that bounces about above its best would never stop: what counts is the best so far.",
        ),
        Mistake(
            "best step is patience steps back",
            "return best_step, stop_step",
            "return max(stop_step - patience, 0), stop_step",
            "Your best step lies `patience` steps before the stop. That is so if patience has run "
            "out; if it has not, the best may be anywhere.",
        ),
        Mistake(
            "last step returned as best",
            "return best_step, stop_step",
            "return stop_step, stop_step",
            "You return the step at which the training stops as the best one. By then it has got "
            "worse for `patience` steps.",
        ),
        Mistake(
            "best of the future",
            "return best_step, stop_step",
            "return int(np.nanargmin(val_losses)), stop_step",
            "Your best step is the best of all losses, even of those behind the stop. When a "
            "training has stopped, nobody knows them.",
        ),
        Mistake(
            "never stops",
            "            stop_step = step\n            break",
            "            pass",
            "You go through all losses and never stop. After `patience` steps without a new best "
            "the training is over.",
        ),
        Mistake(
            "loss instead of step",
            "return best_step, stop_step",
            "return float(best), stop_step",
            "Your first value is the best *loss*. Asked for is its step, so that the weights of "
            "that step can be taken.",
        ),
        Mistake(
            "counted from one",
            "return best_step, stop_step",
            "return best_step + 1, stop_step + 1",
            "you count the steps from 1. Here the first one is step 0, so that a step is the index "
            "of its loss.",
            convention=True,
        ),
        Mistake(
            "stop counted from one",
            "return best_step, stop_step",
            "return best_step, stop_step + 1",
            "Your best step is right and your stop is one too large: it is a step that was still "
            "made, and not the number of steps.",
        ),
        Mistake(
            "one past the end",
            "stop_step = len(val_losses) - 1",
            "stop_step = len(val_losses)",
            "If patience does not run out, your stop lies one step behind the last one.",
        ),
        Mistake(
            "no stop without a reason",
            "stop_step = len(val_losses) - 1",
            "stop_step = -1",
            "If patience does not run out, your stop is not a step that was made. Then the last "
            "step of all is the one that stops.",
        ),
        Mistake(
            "a nan is the best",
            "if loss < best:",
            "if not loss >= best:",
            "A nan becomes the best, since nothing compares with it: `not nan >= best` is True. "
            "Which comparison is False for a nan?",
        ),
        Mistake(
            "a nan wins and stays",
            "if loss < best:",
            "if loss < best or (np.isnan(loss) and not np.isnan(best)):",
            "A nan becomes the best and is never beaten: `np.argmin` and `sorted` take it for the "
            "smallest or leave it where it is. It must not win.",
        ),
        Mistake(
            "starts with the first loss",
            "best_step, best, waited = -1, np.inf, 0",
            "best_step, best, waited = 0, val_losses[0], -1",
            "You take the first loss as the best to begin with. If it is a nan, no later loss is "
            "ever below it.",
        ),
        Mistake(
            "a nan is not counted",
            "            waited += 1",
            "            waited += not np.isnan(loss)",
            "You skip steps whose loss is a nan. Such a step has brought no new best, so it counts "
            "for patience like any other.",
        ),
        Mistake(
            "a nan stops at once",
            "if waited == patience:",
            "if waited == patience or np.isnan(loss):",
            "Your training stops at the first nan. It is a step without a new best, and no more: "
            "with a better step in between the count begins anew.",
        ),
        Mistake(
            "a nan forgives",
            "        if waited == patience:",
            "        if np.isnan(loss):\n            waited = 0\n        if waited == patience:",
            "After a nan your count begins anew. A nan is no new best.",
        ),
        Mistake(
            "results exchanged",
            "return best_step, stop_step",
            "return stop_step, best_step",
            "The two steps come in the other order: first the best one, then the one that stops.",
        ),
        Mistake(
            "a bound on the loss",
            "best_step, best, waited = -1, np.inf, 0",
            "best_step, best, waited = 0, 1000.0, 0",
            "You start from a best loss that was made up, and here every loss is larger. What can "
            "you begin with, so that any loss is a new best?",
        ),
        Mistake(
            "a smallest improvement",
            "if loss < best:",
            "if loss < best - 0.005:",
            "Your count takes small improvements for none, as a *minimum delta* does in some "
            "libraries. Here a loss is a new best if it is below the old one, by however little.",
        ),
    ),
    accepted=(stopping_by_distance, stopping_by_running_minimum, stopping_as_a_class),
    points=3,
    hidden_points=1,
)
