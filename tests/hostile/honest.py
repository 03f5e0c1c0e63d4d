"""Honest but odd submissions: what happens to files and cells between students and graders.

Every function changes the notebook with all answers right; none of that may cost a mark.
"""

import json
from collections.abc import Callable
from typing import Any

import submissions
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

UNIT = "unit04_momentum"
Edit = Callable[[NotebookNode], Any]


def cell_of(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    return next(c for c in notebook.cells if submissions.grade_id(c) == grade_id)


def place_of(notebook: NotebookNode, grade_id: str) -> int:
    return next(i for i, c in enumerate(notebook.cells) if submissions.grade_id(c) == grade_id)


# --- the file -------------------------------------------------------------------------------------


def saved_by_the_first_notebooks(notebook: NotebookNode) -> bytes:
    """nbformat 3: worksheets, ``input`` for ``source``, ``prompt_number``."""
    cells = []
    for cell in notebook.cells:
        old = {"cell_type": cell.cell_type, "metadata": cell.metadata}
        key = "input" if cell.cell_type == "code" else "source"
        cells.append({**old, key: cell.source, "outputs": [], "language": "python"})
    content = {"worksheets": [{"cells": cells}], "nbformat": 3, "nbformat_minor": 0}
    return json.dumps({**content, "metadata": {"name": ""}}).encode()


def with_a_byte_order_mark(notebook: NotebookNode) -> bytes:
    return b"\xef\xbb\xbf" + submissions.as_bytes(notebook)


def in_utf16(notebook: NotebookNode) -> bytes:
    return json.dumps(notebook, ensure_ascii=False).encode("utf-16")


def with_windows_line_ends(notebook: NotebookNode) -> bytes:
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    return submissions.as_bytes(notebook)


def with_sources_as_lists(notebook: NotebookNode) -> bytes:
    for cell in notebook.cells:
        cell["source"] = cell.source.splitlines(keepends=True)
    return submissions.as_bytes(notebook)


def with_old_outputs(notebook: NotebookNode) -> bytes:
    error = {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["x" * 1000]}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell["outputs"] = [error, {"output_type": "stream", "name": "stderr", "text": "w"}]
    return submissions.as_bytes(notebook)


FILES: dict[str, Callable[[NotebookNode], bytes]] = {
    function.__name__.replace("_", " "): function
    for function in (
        saved_by_the_first_notebooks,
        with_a_byte_order_mark,
        in_utf16,
        with_windows_line_ends,
        with_sources_as_lists,
        with_old_outputs,
    )
}


# --- the cells ------------------------------------------------------------------------------------


def checks_deleted(notebook: NotebookNode) -> None:
    notebook.cells = [c for c in notebook.cells if "-check" not in submissions.grade_id(c)]


def setup_deleted(notebook: NotebookNode) -> None:
    del notebook.cells[0]


def checks_edited_by_accident(notebook: NotebookNode) -> None:
    cell_of(notebook, "momentum-check").source += "\nx"


def checks_commented_out(notebook: NotebookNode) -> None:
    cell = cell_of(notebook, "momentum-check")
    cell.source = "# " + cell.source


def answers_copied_to_a_new_cell(notebook: NotebookNode) -> None:
    """The stub stays, the answer stands in a cell without a grade_id."""
    cell = cell_of(notebook, "momentum")
    place = place_of(notebook, "momentum")
    notebook.cells.insert(place + 1, new_code_cell(cell.source))
    cell.source = cell_of(submissions.release(UNIT), "momentum").source


def cells_pasted_twice(notebook: NotebookNode) -> None:
    notebook.cells += [c.copy() for c in notebook.cells[1:]]


def cells_in_the_opposite_order(notebook: NotebookNode) -> None:
    notebook.cells.reverse()


def imports_at_the_end(notebook: NotebookNode) -> None:
    notebook.cells.append(notebook.cells.pop(0))


def answer_split_in_two(notebook: NotebookNode) -> None:
    """Ctrl-Shift-Minus in the middle of a function."""
    place = place_of(notebook, "momentum")
    lines = notebook.cells[place].source.splitlines()
    middle = next(i for i, line in enumerate(lines) if "velocity =" in line)
    notebook.cells[place].source = "\n".join(lines[:middle])
    notebook.cells.insert(place + 1, new_code_cell("\n".join(lines[middle:])))


def answer_in_a_text_cell(notebook: NotebookNode) -> None:
    cell_of(notebook, "momentum").cell_type = "markdown"


def everything_in_one_cell(notebook: NotebookNode) -> None:
    code = [c.source for c in notebook.cells if not submissions.grade_id(c).endswith("hidden")]
    notebook.cells = [new_code_cell("\n\n".join(code))]


def grade_ids_exchanged(notebook: NotebookNode) -> None:
    first, second = cell_of(notebook, "momentum"), cell_of(notebook, "nesterov")
    first.source, second.source = second.source, first.source


def warnings_and_progress(notebook: NotebookNode) -> None:
    cell = cell_of(notebook, "momentum")
    cell.source = cell.source.replace(
        "    velocity =",
        "    import sys, warnings\n    print('step', file=sys.stderr)\n    print(3.0)\n"
        "    warnings.warn('careful'); np.log(np.zeros(1)); np.zeros(1) / np.zeros(1)\n"
        "    velocity =",
        1,
    )
    assert "careful" in cell.source


def plots_and_displays(notebook: NotebookNode) -> None:
    source = "plt.plot(range(9)); plt.show()\nfrom IPython.display import display\ndisplay(1)\n2"
    notebook.cells.insert(3, new_code_cell(source))


def magics(notebook: NotebookNode) -> None:
    notebook.cells[0].source = "%matplotlib inline\n!ls\n" + notebook.cells[0].source
    cell = cell_of(notebook, "nesterov")
    cell.source = "%%time\n" + cell.source
    notebook.cells.append(new_code_cell("%%bash\necho hello"))


def an_installation(notebook: NotebookNode) -> None:
    notebook.cells.insert(0, new_code_cell("!pip install numpy\nimport subprocess"))
    notebook.cells.insert(0, new_code_cell("import google.colab"))


def own_experiments_that_fail(notebook: NotebookNode) -> None:
    notebook.cells.insert(4, new_code_cell("momentum(1, 2)"))
    notebook.cells.insert(5, new_code_cell("for i in range(3)\n    print(i)"))
    notebook.cells.insert(6, new_code_cell("open('results.txt').read()"))
    notebook.cells.insert(7, new_code_cell("assert False, 'why?'"))


def own_names_for_the_librarys(notebook: NotebookNode) -> None:
    notebook.cells.insert(1, new_code_cell("check = hint = optim = None\nlr = 3\nmomentum = 0.9"))


def unicode_names(notebook: NotebookNode) -> None:
    cell = cell_of(notebook, "momentum")
    cell.source = cell.source.replace("velocity =", "vélocité_µ =").replace(
        "lr * velocity", "lr * vélocité_µ"
    )
    cell.source = cell.source.replace("MomentumState(velocity)", "MomentumState(vélocité_µ)")
    assert cell.source.count("vélocité_µ") == 3


def a_helper_in_a_later_cell(notebook: NotebookNode) -> None:
    cell = cell_of(notebook, "momentum")
    cell.source = cell.source.replace("momentum * state.velocity", "decayed(state, momentum)")
    assert "decayed" in cell.source
    helper = "def decayed(state, share):\n    return share * state.velocity"
    notebook.cells.append(new_code_cell(helper))


def a_helper_that_uses_numpy_by_another_name(notebook: NotebookNode) -> None:
    notebook.cells.insert(1, new_code_cell("import numpy as xp\nfrom numpy import *"))
    cell = cell_of(notebook, "momentum")
    cell.source = cell.source.replace("    velocity =", "    xp.zeros(1); zeros(1)\n    velocity =")


def a_class_that_can_be_called(notebook: NotebookNode) -> None:
    cell = cell_of(notebook, "momentum")
    body = cell.source.replace("def momentum(", "def _momentum(", 1)
    cell.source = (
        f"{body}\nclass Rule:\n    def __call__(self, param, grad, state, *, lr, momentum=0.9):\n"
        "        return _momentum(param, grad, state, lr=lr, momentum=momentum)\n"
        "momentum = Rule()"
    )


def a_state_of_its_own_class(notebook: NotebookNode) -> None:
    """One that also holds itself and things that are no numbers."""
    cell = cell_of(notebook, "momentum")
    body = cell.source.replace("MomentumState(velocity)", "Memory(velocity)")
    assert body != cell.source
    cell.source = (
        "class Memory:\n    def __init__(self, velocity):\n        self.velocity = velocity\n"
        f"        self.me, self.log = self, print\n{body}"
    )


def decorators_and_a_cache(notebook: NotebookNode) -> None:
    cell = cell_of(notebook, "momentum")
    cell.source = (
        "import functools, time\ndef timed(f):\n    @functools.wraps(f)\n"
        "    def inner(*a, **k):\n        start = time.perf_counter()\n        out = f(*a, **k)\n"
        "        print(time.perf_counter() - start)\n        return out\n    return inner\n"
        f"@timed\n{cell.source}"
    )


def threads_in_an_answer(notebook: NotebookNode) -> None:
    cell = cell_of(notebook, "momentum")
    body = cell.source.replace("def momentum(", "def _momentum(", 1)
    cell.source = (
        f"from concurrent.futures import ThreadPoolExecutor\n{body}\n"
        "def momentum(*a, **k):\n    with ThreadPoolExecutor(2) as pool:\n"
        "        return pool.submit(_momentum, *a, **k).result()"
    )


def files_written_and_read(notebook: NotebookNode) -> None:
    cell = cell_of(notebook, "momentum")
    saved = "    np.save('v.npy', grad); grad = np.load('v.npy')\n    velocity ="
    cell.source = cell.source.replace("    velocity =", saved, 1)


def an_older_attempt_above(notebook: NotebookNode) -> None:
    """The last definition counts, as it does in a kernel."""
    place = place_of(notebook, "momentum")
    stub = "def momentum(param, grad, state, *, lr, momentum=0.9):\n    return param, state"
    notebook.cells.insert(place, new_code_cell(stub))


def slow_but_right(notebook: NotebookNode) -> None:
    """Half a second of sleep is no CPU time."""
    cell = cell_of(notebook, "momentum")
    slow = "    import time; time.sleep(0.02)\n    velocity ="
    cell.source = cell.source.replace("    velocity =", slow, 1)


def text_in_every_language(notebook: NotebookNode) -> None:
    notebook.cells.insert(0, new_markdown_cell("‮مرحبا 你好 🙂 \u0000 <b>"))
    notebook.cells.insert(1, new_code_cell("print('‮مرحبا 你好 🙂')"))


EDITS: dict[str, Edit] = {
    function.__name__.replace("_", " "): function
    for function in (
        checks_deleted,
        setup_deleted,
        checks_edited_by_accident,
        checks_commented_out,
        answers_copied_to_a_new_cell,
        cells_pasted_twice,
        cells_in_the_opposite_order,
        imports_at_the_end,
        answer_split_in_two,
        answer_in_a_text_cell,
        everything_in_one_cell,
        grade_ids_exchanged,
        warnings_and_progress,
        plots_and_displays,
        magics,
        an_installation,
        own_experiments_that_fail,
        own_names_for_the_librarys,
        unicode_names,
        a_helper_in_a_later_cell,
        a_helper_that_uses_numpy_by_another_name,
        a_class_that_can_be_called,
        a_state_of_its_own_class,
        decorators_and_a_cache,
        threads_in_an_answer,
        files_written_and_read,
        an_older_attempt_above,
        slow_but_right,
        text_in_every_language,
    )
}
