"""What every test needs before numpy is imported."""

import os

import pytest

# small matrices: more threads only wait for one another, badly so on a busy machine
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Here, because pytest asks for options before it looks into folders."""
    parser.addoption("--sample", type=int, help="of tests/hostile only so many, evenly spread")
