"""From a key or a drag to the new picture in JupyterLab: explorers beside ``interact``.

Run with ``python benchmarks/bench_explorer_redraw.py``; needs JupyterLab, Playwright, Chromium.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from playwright.sync_api import Page, sync_playwright

from course_lib import explorers

MOVES = 24
OTHERS = sorted(n for n in explorers.__all__ if n.islower() and n != "ravine")  # functions
EXPLORER = "from course_lib import explorers\nexplorers.ravine()"
INTERACT = """
%matplotlib inline
import ipywidgets, numpy as np, matplotlib.pyplot as plt
from course_lib import optim, problems, train

grid = np.linspace(-5, 5, 100)
levels = grid[None, :] ** 2 + 25 * grid[:, None] ** 2

def show(lr=5):
    gradient = problems.quadratic_gradient(np.diag([2.0, 50.0]))
    path = train.descend(optim.sgd, gradient, problems.START, steps=60, lr=0.001 * lr)
    fig, ax = plt.subplots(figsize=(5, 3))
    ax.contour(grid, grid, levels)
    ax.plot(*path.T, "o-")
    plt.show()

ipywidgets.interact(show, lr=(1, 38));
"""

# Each installs window.next(): a promise of the time at which the next picture stands.
WATCH_EXPLORER = """(number) => {
  const text = document.querySelectorAll(".explorer .caption")[number];
  window.next = () => new Promise((done) => {
    const watch = new MutationObserver(() => {
      watch.disconnect();
      requestAnimationFrame(() => done(performance.now()));
    });
    watch.observe(text, { childList: true, characterData: true, subtree: true });
  });
}"""
WATCH_INTERACT = """() => {
  const home = document.querySelector(".widget-interact");
  window.next = () => new Promise((done) => {
    const before = home.querySelector("img")?.src;
    const watch = new MutationObserver(async () => {
      const image = home.querySelector("img");
      if (!image || image.src === before) return;
      watch.disconnect();
      await image.decode().catch(() => {});
      requestAnimationFrame(() => done(performance.now()));
    });
    watch.observe(home, { childList: true, subtree: true, attributes: true });
  });
}"""
ALL_DRAWN = "(count) => document.querySelectorAll('.explorer .caption').length === count"
ARM = """() => {
  window.pressed = null;
  const stamp = () => (window.pressed ??= performance.now());
  for (const kind of ["keydown", "pointermove"]) addEventListener(kind, stamp, true);
  window.shown = window.next();
}"""


def notebook(folder: Path) -> None:
    """Writes the notebook that holds both techniques."""
    others = [f"explorers.{name}()" for name in OTHERS]
    cells = [nbformat.v4.new_code_cell(source) for source in (EXPLORER, INTERACT, *others)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(book, folder / "bench.ipynb")


def start_lab(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A JupyterLab server of our own on a free port, and the address of the notebook."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = str(folder / "settings")
    repository = str(Path(__file__).resolve().parents[1])
    env = os.environ | {
        "JUPYTER_CONFIG_DIR": home,
        "JUPYTER_DATA_DIR": home,
        "JUPYTER_RUNTIME_DIR": home,
        "PYTHONPATH": repository,
    }
    options = ["--no-browser", "--allow-root", f"--ServerApp.root_dir={folder}"]
    options += [f"--port={port}", "--IdentityProvider.token=", "--ServerApp.password="]
    command = [sys.executable, "-m", "jupyterlab", *options]
    server = subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return server, f"http://localhost:{port}/lab/tree/bench.ipynb?reset"


def wait_for(address: str, *, seconds: float = 60.0) -> None:
    """Returns when the server answers; raises TimeoutError when it does not."""
    host, port = address.split("/")[2].split(":")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
            return
        except OSError:
            time.sleep(0.3)
    raise TimeoutError(f"no answer at {address} within {seconds} s")


def latencies(page: Page, watch: str, move: Any, number: int = 0) -> list[float]:
    """Milliseconds from the event to the picture, for ``MOVES`` single moves.

    ``number`` counts the explorers of the page.
    """
    page.evaluate(watch, number)
    times = []
    for count in range(MOVES):
        page.evaluate(ARM)
        move(count)
        times.append(page.evaluate("async () => (await window.shown) - window.pressed"))
        page.wait_for_timeout(80)
    return times


def report(name: str, times: list[float]) -> None:
    median, p90 = np.percentile(times, [50, 90])
    print(f"{name:48s} median {median:5.0f} ms   p90 {p90:5.0f} ms   n = {len(times)}")


def measure(page: Page) -> None:
    """All three techniques on the open notebook, one after the other."""
    slider = page.locator(".explorer input[type=range]").first
    slider.focus()
    keys = ["End", "Home"]
    press = latencies(page, WATCH_EXPLORER, lambda n: page.keyboard.press(keys[n % 2]))
    report("explorer, key to frame (table)", press)

    canvas = page.locator(".explorer canvas.plot").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    if box is None:
        raise RuntimeError("the explorer's canvas is not on the page: is its panel folded?")
    left, top = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(left, top)
    page.mouse.down()
    page.wait_for_timeout(500)
    drag = latencies(page, WATCH_EXPLORER, lambda n: page.mouse.move(left + 3 * n + 3, top - 2 * n))
    page.mouse.up()
    report("explorer, drag to frame (asks Python)", drag)

    handle = page.locator(".widget-interact [role=slider]").first
    handle.scroll_into_view_if_needed()
    handle.focus()
    press = latencies(page, WATCH_INTERACT, lambda n: page.keyboard.press("ArrowRight"))
    report("interact and inline matplotlib, key to picture", press)
    every_other(page)


def every_other(page: Page) -> None:
    """Keys on the first slider of each explorer, the whole table of which was sent before."""
    keys, everything = ["End", "Home"], []
    for number, name in enumerate(OTHERS, start=1):
        explorer = page.locator(".explorer").nth(number)
        explorer.scroll_into_view_if_needed()
        slider = explorer.locator("input[type=range]").first
        at_end = slider.input_value() == slider.get_attribute("max")
        slider.focus()
        press = latencies(
            page, WATCH_EXPLORER, lambda n, s=at_end: page.keyboard.press(keys[(n + s) % 2]), number
        )
        report(f"{name}, key to frame (table)", press)
        everything += press
    report("all of these, key to frame (table)", everything)


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as play:
        folder = Path(name)
        notebook(folder)
        server, address = start_lab(folder)
        try:
            wait_for(address)
            arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
            browser = play.chromium.launch(executable_path=chromium, args=arguments)
            page = browser.new_page(viewport={"width": 1300, "height": 1000})
            page.goto(address)
            page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
            page.wait_for_timeout(3000)
            page.click("text=Run >> nth=0")
            page.click("text=Run All Cells >> nth=0")
            page.wait_for_selector(".widget-interact img", timeout=60_000)
            page.wait_for_function(ALL_DRAWN, arg=1 + len(OTHERS), timeout=120_000)
            page.wait_for_timeout(1500)
            print(f"load {os.getloadavg()[0]:.1f}")
            measure(page)
            browser.close()
        finally:
            server.terminate()
            server.wait(timeout=20)


if __name__ == "__main__":
    main()
