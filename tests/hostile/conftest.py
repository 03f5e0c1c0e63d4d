"""Warm processes that tests of this folder share: starting one takes a second or two.

``pytest tests/hostile --sample 120`` runs that many tests, spread evenly over all kinds.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograde import isolate
from autograde.session import Session, Zygote
from autograde.spec import ROOT

FOLDER = Path(__file__).parent
KINDS = (".py", ".json", ".npz", ".js", ".css")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keeps a sample of this folder's tests with all that are marked ``always``, and all others."""
    count = config.getoption("--sample")
    if not count:
        return
    chosen = config.getoption("-m") or ""
    endless = "endless" in chosen.replace("not endless", "")
    ours = [item for item in items if item.path.parent == FOLDER]
    able = [item for item in ours if endless or not item.get_closest_marker("endless")]
    step = max(1.0, len(able) / count)
    kept = {able[int(place * step)] for place in range(min(count, len(able)))}
    kept |= {item for item in able if item.get_closest_marker("always")}
    left_out = set(ours) - kept
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def library() -> dict[Path, bytes]:
    """The whole library, answers included: what is tested here is the way there and back."""
    files = [p for top in ("course_lib", "data") for p in (ROOT / top).rglob("*")]
    chosen = [p for p in files if p.suffix in KINDS and "hidden" not in p.parts]
    return {p.relative_to(ROOT): p.read_bytes() for p in chosen}


@pytest.fixture(scope="session")
def zygote(library: dict[Path, bytes]) -> Iterator[Zygote]:
    if isolate.probe().level == "none":
        pytest.skip("this host cannot lock a process in")
    with Zygote(library) as warm:
        yield warm


@pytest.fixture
def session(zygote: Zygote) -> Iterator[Session]:
    with Session(zygote) as one:
        yield one
