"""JupyterLab on a copy of the course, and a hand that uses it as a student does.

The hand clicks, types and presses keys; only questions ("has this cell run?") go to the
application behind the page, because cells outside the window are not in the page.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import ConsoleMessage, Locator, Page, Response

COURSE = Path(__file__).resolve().parents[2]
FOLDERS = ("course_lib", "autograde", "lessons", "notebooks", "solutions", "data", "docs")
FILES = ("nbgrader_config.py",)
SCREENSHOTS = Path(__file__).parent / "screenshots"
PATIENCE = 90_000  # milliseconds; a loaded machine may be slow, a right one never waits for this

CELLS = """() => {
  const book = window.jupyterapp.shell.currentWidget.content;
  return book.widgets.map((cell) => ({
    id: cell.model.id,
    type: cell.model.type,
    source: cell.model.sharedModel.getSource(),
    count: cell.model.executionCount ?? null,
    outputs: cell.model.type === "code" ? cell.model.outputs.toJSON() : [],
  }));
}"""
IS_READY = """(path) => {
  const panel = window.jupyterapp?.shell?.currentWidget;
  const kernel = panel?.sessionContext?.session?.kernel;
  return panel?.context?.path === path && panel.content.widgets.length > 0
    && kernel?.status === "idle" && kernel?.connectionStatus === "connected";
}"""
HAVE_RUN = """(ids) => {
  const panel = window.jupyterapp.shell.currentWidget;
  const idle = panel.sessionContext.session?.kernel?.status === "idle";
  const cells = panel.content.widgets.filter((cell) => cell.model.type === "code");
  const asked = ids ? cells.filter((cell) => ids.includes(cell.model.id)) : cells;
  const failed = (cell) => cell.model.outputs.toJSON().some((o) => o.output_type === "error");
  const ran = (cell) => !cell.model.sharedModel.getSource().trim() || cell.model.executionCount;
  return idle && (asked.every(ran) || asked.some(failed));
}"""
SHOW = """async (id) => {
  const book = window.jupyterapp.shell.currentWidget.content;
  const index = book.widgets.findIndex((cell) => cell.model.id === id);
  if (index < 0) throw new Error(`no cell has the id ${id}`);
  await book.scrollToItem(index, "smart");
  book.widgets[index].node.dataset.cellId = id;
}"""
FORGET = """(id) => {
  const book = window.jupyterapp.shell.currentWidget.content;
  book.widgets.find((cell) => cell.model.id === id).model.sharedModel.execution_count = null;
}"""


def copy_course(target: Path) -> None:
    """What a clone holds of the course, without what earlier work left behind."""
    left_out = shutil.ignore_patterns("work", "__pycache__", ".ipynb_checkpoints")
    for name in FOLDERS:
        shutil.copytree(COURSE / name, target / name, ignore=left_out)
    shutil.copy(COURSE / "nbgrader_config.py", target)


@contextmanager
def jupyterlab(course: Path, home: Path) -> Iterator[str]:
    """A server started in the course's folder as the README says; yields its address.

    ``home`` takes everything that Jupyter keeps of a user. What the server says goes to
    ``home/server.log``.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="]
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--expose-app-in-browser"]
    home.mkdir()
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [*command, *options], cwd=course, env=_environment(course, home), stdout=log, stderr=log
        )
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(server, address, home / "server.log")
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


def _environment(course: Path, home: Path) -> dict[str, str]:
    # pytest's and nbgrader's own variables would make the library behave as under test
    unwanted = ("PYTEST_CURRENT_TEST", "NBGRADER_EXECUTION", "PYTHONWARNINGS", "CI")
    environment = {key: value for key, value in os.environ.items() if key not in unwanted}
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment |= {name: str(home / name.lower()) for name in folders}
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return environment | {"PYTHONPATH": str(course), "PATH": programs}


def _wait_for(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}/api/status", timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab does not answer at {address}:\n{log.read_text()}")


class Lab:
    """One browser page with JupyterLab in it.

    ``problems`` collects what a student should never cause: errors in the console, exceptions of
    the page, and answers of the server that say "failed".
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.problems: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        page.on("response", self._look)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text}")

    def _look(self, response: Response) -> None:
        if response.status >= 400:
            self.problems.append(f"{response.status}: {response.url}")

    # --- going somewhere ---

    def open(self, path: str) -> None:
        """Opens the notebook at ``path`` alone, with a kernel that is ready."""
        self.page.goto(f"{self.address}/lab/tree/{quote(path)}?reset")
        self.wait_until_ready(path)

    def wait_until_ready(self, path: str) -> None:
        self.page.wait_for_function(IS_READY, arg=path)
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")

    def menu(self, *titles: str) -> None:
        """Clicks through the menu bar: ``menu("Run", "Run All Cells")``."""
        first, *rest = titles
        self.page.locator(".lm-MenuBar-itemLabel", has_text=_exactly(first)).click()
        for title in rest:
            self.page.locator(".lm-Menu-itemLabel", has_text=_exactly(title)).first.click()

    def theme(self, name: str) -> None:
        """The theme of every page that is opened from now on, such as "JupyterLab Dark"."""
        plugin = "@jupyterlab/apputils-extension:themes"
        self._api("PUT", f"lab/api/settings/{plugin}", {"raw": json.dumps({"theme": name})})

    def stop_kernels(self) -> None:
        for session in self._api("GET", "api/sessions"):
            self._api("DELETE", f"api/sessions/{session['id']}")

    def _api(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(f"{self.address}/{path}", method=method)
        # without a token, Jupyter wants the sign that the request comes from one of its own pages
        cookies = {c.get("name"): c.get("value") for c in self.page.context.cookies(self.address)}
        request.add_header("Cookie", "; ".join(f"{k}={v}" for k, v in cookies.items()))
        request.add_header("X-XSRFToken", cookies.get("_xsrf") or "")
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(request, data, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    # --- working in a notebook ---

    def cells(self) -> list[dict[str, Any]]:
        """Every cell of the current notebook: id, type, source, count, outputs."""
        return self.page.evaluate(CELLS)

    def cell(self, cell_id: str) -> Locator:
        """The cell with this id, scrolled into the window."""
        self.page.evaluate(SHOW, cell_id)
        return self.page.locator(f'.jp-Cell[data-cell-id="{cell_id}"]')

    def run_all(self) -> None:
        self.menu("Run", "Run All Cells")
        self.page.wait_for_function(HAVE_RUN, arg=None)

    def run(self, cell_id: str) -> Locator:
        """Shift+Enter in this cell; returns its output area."""
        self.cell(cell_id).locator(".cm-content").click()
        self.page.evaluate(FORGET, cell_id)
        self.page.keyboard.press("Shift+Enter")
        self.page.wait_for_function(HAVE_RUN, arg=[cell_id])
        return self.cell(cell_id).locator(".jp-OutputArea-output").last

    def write(self, cell_id: str, source: str) -> None:
        """Replaces what is written in this cell."""
        self.cell(cell_id).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)
        written = next(cell["source"] for cell in self.cells() if cell["id"] == cell_id)
        assert written == source

    def answer(self, exercise: str, source: str) -> Locator:
        """Writes an answer, runs it and its check; returns the card."""
        self.write(exercise, source)
        self.run(exercise)
        return self.run(f"{exercise}-check")

    def screenshot(self, name: str, part: Locator | None = None) -> None:
        """Saves what the window shows, or ``part`` in a window that is high enough for it."""
        SCREENSHOTS.mkdir(exist_ok=True)
        file = SCREENSHOTS / f"{name}.png"
        if part is None:
            self.page.screenshot(path=file)
            return
        window = self.page.viewport_size or {"width": 1300, "height": 900}
        box = part.bounding_box() or {"height": 0}
        needed = int(box["height"]) + 300
        if needed > window["height"]:
            self.page.set_viewport_size({"width": window["width"], "height": needed})
        part.scroll_into_view_if_needed()
        part.screenshot(path=file)
        self.page.set_viewport_size(window)


def _exactly(title: str) -> re.Pattern[str]:
    return re.compile(f"^{re.escape(title)}$")
