"""The exercise ``random_search``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import search

from .shared import band, drawn_range, of_chance

NAN, INF = float("nan"), float("inf")


def search_cases(rng: np.random.Generator) -> Sequence[Case]:
    def losses(count: int, best: int) -> list[float]:
        """Values that all differ; the lowest comes in the trial with the number ``best``."""
        values = np.round(rng.permutation(np.linspace(0.3, 2.3, count)), 3)
        lowest = int(np.argmin(values))
        values[[lowest, best]] = values[[best, lowest]]
        return values.tolist()

    def tried(name: str, about: str, values: list[float], **space: tuple[float, float]) -> Case:
        width = band(0.5, len(values)) if len(values) > 100 else 2.0
        bands = {f"share of {key} in the lower half of its decades": width for key in space}
        seed = int(rng.integers(1_000_000))
        inputs = {"space": space, "values": values, "seed": seed}
        return of_chance(name, about, "searched", bands, inputs)

    lr, l2 = drawn_range(rng, 1e-4, 4), drawn_range(rng, 1e-6, 5)
    failing = losses(8, 5)
    failing[0], failing[3], failing[6] = NAN, INF, NAN
    once = losses(7, 5)
    once[2] = NAN
    below = (np.array(losses(7, 2)) - 1.4).round(3).tolist()
    return [
        tried("nine trials", "The fifth of nine trials has the lowest loss.", losses(9, 4),
              lr=lr, l2=l2),
        tried("trainings that blow up", "The first trial ends with nan: it must not win.", failing,
              lr=lr, l2=l2),
        tried("one nan in between", "A nan is no low loss, wherever it comes.", once, lr=lr),
        tried("losses below zero", "Lower is better, also below zero.", below, lr=lr, l2=l2),
        tried("the first trial is the best", "Nothing that comes later is better.", losses(6, 0),
              lr=lr),
        tried("two hundred trials", "Each name is drawn from its own range, on a log scale.",
              losses(200, 123), lr=lr, l2=l2, width=drawn_range(rng, 8.0, 2)),
        tried("a single trial", "One trial is a search as well.", [1.7], lr=lr, l2=l2),
    ]  # fmt: skip


def search_by_keeping_the_best(objective, space, *, trials, rng):
    best, lowest, tried = {}, float("inf"), []
    for _ in range(trials):
        setting = {n: float(np.exp(rng.uniform(*np.log(ends)))) for n, ends in space.items()}
        value = objective(setting)
        tried.append((setting, value))
        if value < lowest or not best:
            best, lowest = setting, value if value == value else float("inf")
    return best, tried


def search_by_columns(objective, space, *, trials, rng):
    """All numbers of a name at once."""
    columns = {
        name: 10 ** rng.uniform(np.log10(low), np.log10(high), size=trials)
        for name, (low, high) in space.items()
    }
    settings = [{name: columns[name][i] for name in space} for i in range(trials)]
    values = np.array([objective(setting) for setting in settings])
    best = settings[np.nanargmin(values)]
    return dict(best), list(zip(settings, values, strict=True))


def search_by_sorting(objective, space, *, trials, rng):
    tried = []
    while len(tried) < trials:
        draws = rng.random(len(space))
        setting = {
            name: low * (high / low) ** draw
            for (name, (low, high)), draw in zip(space.items(), draws, strict=True)
        }
        tried.append([setting, objective(dict(setting))])
    ranked = sorted((pair for pair in tried if not np.isnan(pair[1])), key=lambda pair: pair[1])
    return [ranked[0][0], tuple(tried)]


SETTING = "log_uniform(low, high, size=1, rng=rng)[0]"
LOWEST = "min(tried, key=lambda trial: np.nan_to_num(trial.value, nan=np.inf))"

RANDOM_SEARCH = Exercise(
    reference=search.random_search,
    cases=search_cases,
    returns=("best", "trials"),
    read="Step 4: a grid or random draws",
    praise="Every trial asks about a new value of every name, and a run that blew up cannot win.",
    hints=(
        "What has to be new in every trial, and what do you need to remember of it?",
        "A loop over the trials: draw a number for every name with `log_uniform`, make a new dict, "
        "ask the objective, keep the pair. At the end look for the lowest value, nan aside.",
        "`log_uniform(low, high, size=1, rng=rng)` is an array of one: take its entry. "
        "`min(pairs, key=...)` finds the best pair, if the key turns nan into infinity.",
    ),
    mistakes=(
        Mistake(
            "highest value",
            "min(tried, key=lambda trial: np.nan_to_num(trial.value, nan=np.inf))",
            "max(tried, key=lambda trial: np.nan_to_num(trial.value, nan=-np.inf, posinf=-1e9))",
            "You return the setting with the highest value. The objective is a loss: lower is "
            "better.",
        ),
        Mistake(
            "last trial",
            LOWEST,
            "tried[-1]",
            "You return the setting of the last trial, not of the best.",
        ),
        Mistake(
            "nan wins",
            "np.nan_to_num(trial.value, nan=np.inf)",
            "trial.value",
            "A training that ended with nan wins if it comes first, because no number is below a "
            "nan. Leave such trials out.",
        ),
        Mistake(
            "nan counts as zero",
            "np.nan_to_num(trial.value, nan=np.inf)",
            "np.nan_to_num(trial.value, nan=0.0)",
            "A training that ended with nan counts as a loss of zero, and wins.",
        ),
        Mistake(
            "distance to zero",
            "np.nan_to_num(trial.value, nan=np.inf)",
            "abs(np.nan_to_num(trial.value, nan=np.inf))",
            "You look for the value nearest to zero. Values may be negative, and lower is better.",
        ),
        Mistake(
            "the best pair",
            "return best.setting, tried",
            "return best, tried",
            "The first thing returned should be the best *setting* alone, a dict. Yours still has "
            "its value beside it.",
        ),
        Mistake(
            "the best value",
            "return best.setting, tried",
            "return best.value, tried",
            "You return the lowest value. Asked for is the setting that reached it.",
        ),
        Mistake(
            "settings without values",
            "return best.setting, tried",
            "return best.setting, [trial.setting for trial in tried]",
            "The list should hold every trial as a pair: the setting and what the objective said.",
        ),
        Mistake(
            "only improvements kept",
            "return best.setting, tried",
            "return best.setting, [t for i, t in enumerate(tried) if i == 0 or t.value < "
            "min(o.value for o in tried[:i])]",
            "Your list holds the improvements only. All trials belong in it: those that failed "
            "tell where not to look.",
        ),
        Mistake(
            "uniform",
            SETTING,
            "rng.uniform(low, high)",
            "You draw uniformly between the ends, so that nearly all trials lie in the highest "
            "decade. Draw on a log scale.",
        ),
        Mistake(
            "whole powers of ten",
            SETTING,
            "10.0 ** rng.integers(np.ceil(np.log10(low)), np.floor(np.log10(high)) + 1)",
            "You draw whole powers of ten, so values come again and again: that is a grid with "
            "holes.",
        ),
        Mistake(
            "one draw for all names",
            "for name, (low, high) in space.items()\n        }",
            "for u in [rng.random()] for name, (low, high) in space.items()\n        }",
            "A single draw decides all names of a setting: where one is large, so is the other. "
            "Draw anew for every name.",
            more=(
                (
                    "float(log_uniform(low, high, size=1, rng=rng)[0])",
                    "float(low * (high / low) ** u)",
                ),
            ),
        ),
        Mistake(
            "one setting for all trials",
            "    for _ in range(trials):\n        setting = {",
            "    setting = {",
            "The setting is drawn once, before the loop, and tried again and again.",
            more=(
                (
                    "        tried.append(Trial(setting, objective(setting)))",
                    "    tried = [Trial(setting, objective(setting)) for _ in range(trials)]",
                ),
            ),
        ),
        Mistake(
            "one dict for all trials",
            "    for _ in range(trials):\n        setting = {",
            "    setting = {}\n    for _ in range(trials):\n        setting |= {",
            "You change one and the same dict in every trial. In the end your list holds it "
            "`trials` times, with the numbers of the last one.",
        ),
        Mistake(
            "one trial too few",
            "range(trials)",
            "range(1, max(trials, 2))",
            "You make one trial too few.",
        ),
        Mistake(
            "the winner is trained again",
            "return best.setting, tried",
            "objective(best.setting)\n    return best.setting, tried",
            "You ask the objective about the winner once more. That is a whole training; its value "
            "is already in your list.",
        ),
        Mistake(
            "generator of its own",
            "    tried = []",
            "    tried, rng = [], np.random.default_rng(0)",
            "You make a generator of your own, so every search tries the same settings. Draw from "
            "the `rng` that is handed over.",
        ),
        Mistake(
            "generator that cannot be repeated",
            "    tried = []",
            "    tried, rng = [], vars(random_search).setdefault('own', np.random.default_rng(1))",
            "Your numbers do not come from `rng`: nobody can repeat your search.",
        ),
    ),
    accepted=(search_by_keeping_the_best, search_by_columns, search_by_sorting),
    points=3,
    hidden_points=1,
)
