"""Chromium and JupyterLab for the browser tests; skipped where they are missing, but not in CI."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

collect_ignore = ["lab.py"]  # no test, and it cannot be imported where Playwright is missing
FOLDER = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A module's browser tests share one server, so they share one process of pytest-xdist."""
    for item in items:
        if item.path.parent == FOLDER:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


# Not for the session: while Playwright's event loop runs, no other test can start one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    chromium = next((path for path in map(shutil.which, NAMES) if path), None)
    if chromium is None:
        if "CI" in os.environ:
            pytest.fail("Chromium is missing, and in CI the browser tests must run")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def address(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A JupyterLab server on a copy of the course, in a folder with a space in its name."""
    from lab import copy_course, jupyterlab

    folder = tmp_path_factory.mktemp("a course") / "optimization course"
    copy_course(folder)
    with jupyterlab(folder, folder.parent / "home") as where:
        yield where


@pytest.fixture
def lab(browser: Any, address: str) -> Iterator[Any]:
    """A fresh page; at the end its kernels are stopped, and nothing may have gone wrong in it."""
    from lab import Lab

    context = browser.new_context(viewport={"width": 1300, "height": 900})
    lab = Lab(context.new_page(), address)
    yield lab
    lab.stop_kernels()
    context.close()
    assert lab.problems == []
