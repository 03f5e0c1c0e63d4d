"""What several exercises of unit 13 share: ranges of a search, and statistics of chance."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograde.spec import Case


def drawn_range(rng: np.random.Generator, low: float, decades: float) -> tuple[float, float]:
    """A range of about ``decades`` decades that begins near ``low``, with few digits."""
    start = float(f"{low * rng.uniform(0.5, 2.0):.2g}")
    return start, float(f"{start * 10**decades:.2g}")


def of_chance(
    name: str, about: str, probe: str, bands: Mapping[str, float], inputs: Mapping[str, Any]
) -> Case:
    """A case about chance: how far each statistic may lie off. Counts may not differ at all."""
    return Case(
        name,
        about=about,
        probe=probe,
        inputs=inputs,
        bands={f"[{key!r}]": band for key, band in bands.items()},
        atol=1e-9,
    )


def band(share: float, count: int) -> float:
    """Six standard deviations of the difference of two shares, each of ``count`` draws."""
    return float(6 * np.sqrt(2 * share * (1 - share) / count))
