"""The exercise ``grid``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import search


def grid_cases(rng: np.random.Generator) -> Sequence[Case]:
    def values(low: float, count: int) -> list[float]:
        start = float(f"{low * rng.uniform(1, 3):.2g}")
        return [float(f"{start * 10.0**k:.3g}") for k in range(count)]

    def spaces(name: str, about: str, **space: list[float]) -> Case:
        return Case(name, about=about, probe="combinations", inputs={"space": space})

    return [
        spaces(
            "two names",
            "Every value of one name meets every value of the other.",
            lr=values(1e-4, 3),
            l2=values(1e-6, 2),
        ),
        spaces(
            "three names",
            "The number of settings is the product of the numbers of values.",
            lr=values(1e-3, 2),
            l2=[0.0, *values(1e-5, 2)],
            keep_prob=[0.5, 0.8],
        ),
        spaces(
            "one name", "With one name there is one setting for every value.", lr=values(0.1, 4)
        ),
        spaces(
            "one value only",
            "A name with a single value has to be in every setting.",
            lr=values(0.01, 3),
            batch_size=[32],
        ),
    ]


def grid_by_loops(space):
    settings = [{}]
    for name, values in space.items():
        settings = [{**setting, name: value} for setting in settings for value in values]
    return settings


def grid_by_meshgrid(space):
    columns = [axis.ravel() for axis in np.meshgrid(*space.values())]
    return [dict(zip(space, row, strict=True)) for row in zip(*columns, strict=True)]


def grid_by_counting(space):
    """The digits of a number whose places have as many values as the names."""
    total = 1
    for values in space.values():
        total *= len(values)
    settings = []
    for number in range(total):
        setting = {}
        for name in reversed(list(space)):
            number, digit = divmod(number, len(space[name]))
            setting[name] = space[name][digit]
        settings.append(setting)
    return tuple(settings)


ALL = "[dict(zip(space, values, strict=True)) for values in product(*space.values())]"
PRODUCT = "product(*space.values())"

GRID = Exercise(
    reference=search.grid,
    cases=grid_cases,
    returns=("settings",),
    read="Step 4: a grid or random draws",
    praise="Every combination once: now count how many trainings that is.",
    hints=(
        "How many settings are there for three learning rates and two penalties?",
        "Begin with a single empty setting. For each name, replace every setting so far by one "
        "for each of the name's values. Or let `itertools.product` do it.",
        "`product(*space.values())` gives one tuple of values per setting; "
        "`dict(zip(space, values))` puts the names to them.",
    ),
    mistakes=(
        Mistake(
            "side by side",
            PRODUCT,
            "zip(*space.values(), strict=False)",
            "You put the first values together, then the second ones, and so on. In a grid every "
            "value meets every other.",
        ),
        Mistake(
            "one name at a time",
            ALL,
            "[{**{n: v[0] for n, v in space.items()}, name: value}\n"
            "            for name, values in space.items() for value in values]",
            "You vary one name and leave the others at their first value. In a grid all of them "
            "vary together.",
        ),
        Mistake(
            "without the names",
            ALL,
            "list(product(*space.values()))",
            "Each setting is a bare tuple of values. An objective asks for `setting['lr']`: it "
            "needs the names.",
        ),
        Mistake(
            "only the ends",
            PRODUCT,
            "product(*((v[0], v[-1]) for v in space.values()))",
            "You use the first and the last value of each name. Here the values are listed one "
            "by one, and all of them count.",
        ),
        Mistake(
            "last value missing",
            PRODUCT,
            "product(*(v[:-1] for v in space.values()))",
            "The last value of each name never comes.",
        ),
        Mistake(
            "the first two names only",
            PRODUCT,
            "product(*list(space.values())[:2])",
            "Right for two names, and not for three: is there a fixed number of loops in your "
            "code?",
            more=(("zip(space, values, strict=True)", "zip(space, values, strict=False)"),),
        ),
        Mistake(
            "the same dict every time",
            ALL,
            "[one.update(zip(space, v)) or one for one in [{}] for v in product(*space.values())]",
            "All entries of your list are one and the same dict, changed again and again. Make a "
            "new one for each setting.",
        ),
        Mistake(
            "names and values paired wrongly",
            "zip(space, values, strict=True)",
            "zip(reversed(list(space)), values, strict=True)",
            "The values go to the wrong names.",
        ),
        Mistake(
            "every pair twice",
            PRODUCT,
            "[v for v in product(*space.values()) for _ in range(2)]",
            "Settings come more than once: each combination is one training, and trainings are "
            "dear.",
        ),
    ),
    accepted=(grid_by_loops, grid_by_meshgrid, grid_by_counting),
    points=2,
)
