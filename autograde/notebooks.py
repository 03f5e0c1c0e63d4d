"""Running notebooks: one place for nbclient's settings."""

import os
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat.notebooknode import NotebookNode

SECONDS_PER_CELL = 120
# small matrices: more threads only wait for one another, badly so on a busy machine
ONE_THREAD = {"OMP_NUM_THREADS": "1"}


def run(path: Path, environment: Mapping[str, str] | None = None) -> NotebookNode:
    """The notebook at ``path`` with its outputs, run top to bottom in a kernel of its own.

    Raises nbclient's ``CellExecutionError``, which shows cell and traceback, if a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        kernel_name="python3",
        store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    return client.execute(env={**ONE_THREAD, **os.environ, **(environment or {})})
