"""The course as a student and an instructor meet it: JupyterLab in a browser, mouse and keys.

Each test takes its screenshots along; look at them after a change of anything visible.
"""

import os
from pathlib import Path

import pytest

from autograde import spec

if "CI" not in os.environ:  # in CI a missing browser must not go unnoticed
    pytest.importorskip("playwright")
from playwright.sync_api import expect

expect.set_options(timeout=60_000)
pytestmark = [pytest.mark.browser, pytest.mark.slow]
UNITS = [unit for unit in spec.units() if (spec.ROOT / "notebooks" / unit).is_dir()]
UNIT04 = "unit04_momentum"
START = "notebooks/start.ipynb"

WHITE = "rgb(255, 255, 255)"
PICTURES = "root => [...root.querySelectorAll('canvas.plot')].map((c) => c.toDataURL())"
CORNERS = """root => [...root.querySelectorAll('canvas.plot')].map((canvas) => {
  const pixel = canvas.getContext('2d').getImageData(canvas.width - 3, 2, 1, 1).data;
  return `rgb(${pixel[0]}, ${pixel[1]}, ${pixel[2]})`;
})"""
BAR = "element => getComputedStyle(element).borderLeftColor"
GREEN = "rgb(0, 120, 90)"
OVERFLOWS = "e => e.scrollWidth > e.clientWidth || e.getBoundingClientRect().right > innerWidth"
BACKGROUND = "element => getComputedStyle(element).backgroundColor"

MEAN_FORM = """\
def momentum(param, grad, state, *, lr, momentum=0.9):
    velocity = momentum * state.velocity + (1 - momentum) * grad
    return param - lr * velocity, MomentumState(velocity)"""
OTHER_DEFAULT = """\
def momentum(param, grad, state, *, lr, momentum=0.5):
    velocity = momentum * state.velocity + grad
    return param - lr * velocity, MomentumState(velocity)"""
RIGHT = """\
def momentum(param, grad, state, *, lr, momentum=0.9):
    velocity = momentum * state.velocity + grad
    return param - lr * velocity, MomentumState(velocity)"""


def notebook(unit: str) -> str:
    return f"notebooks/{unit}/{unit}.ipynb"


def told(name: str, mistake: str) -> str:
    """What a check says to this mistake, as the page shows it."""
    _, exercise = spec.find(name)
    text = next(m.told for m in exercise.mistakes if m.name == mistake)
    return text.replace("`", "")


def test_configuration_lies_where_jupyter_looks():
    """Jupyter does not read the folder it is started in; the installation must put the file."""
    from jupyter_core.paths import jupyter_config_path

    found = [Path(path, "jupyter_lab_config.py") for path in jupyter_config_path()]
    assert any(file.exists() for file in found), "pip install -r requirements.txt is due"


# --- the start page -----------------------------------------------------------------------------


def test_server_opens_on_the_start_page(lab):
    lab.page.goto(lab.address)
    lab.wait_until_ready(START)
    lab.run_all()
    map_of_units = lab.cell("start-001").locator("table")
    links = map_of_units.locator("a").all()
    assert [link.inner_text() for link in links] == [spec.load_unit(u).TITLE for u in UNITS]
    card, hint = lab.cell("start-003").get_by_role("status"), lab.cell("start-005")
    expect(card).to_contain_text(told("terminal_velocity", "multiplied by the friction"))
    expect(hint).to_contain_text("Hint 1 of")
    lab.cell("start-000").scroll_into_view_if_needed()
    lab.screenshot("start page")
    lab.screenshot("start page, card", card)


def test_nothing_asks_before_the_student_does(lab):
    lab.open(START)
    lab.run_all()
    expect(lab.page.locator(".Toastify__toast")).to_have_count(0)  # such as: news about Jupyter?


# --- every unit ---------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", UNITS)
def test_unit_before_anything_is_solved(lab, unit):
    """From the map through everything that can be played with to a quiz and a check."""
    lab.open(START)
    lab.run("start-001")
    lab.cell("start-001").locator("a", has_text=spec.load_unit(unit).TITLE).click()
    lab.wait_until_ready(notebook(unit))
    lab.screenshot(f"{unit}, first screen")
    first, quiz = spec.exercises(unit)[0], spec.quizzes(unit)[0]
    # Every cell is run by tests/test_notebooks.py; here only those that are looked at.
    for cell in needed(lab, f"quiz-{quiz.name}", first.name, f"{first.name}-check"):
        lab.run(cell)
    for cell in lab.cells():
        for output in cell["outputs"]:
            assert output["output_type"] != "error", f"{cell['id']}: {output}"
            assert output.get("name") != "stderr", f"{cell['id']}: {output}"
    expect(lab.cell(f"{first.name}-check")).to_contain_text("Nothing is written yet")
    expect(visible(lab, ".jp-Notebook")).not_to_contain_text("Error displaying")
    explorers = visible(lab, ".explorer").all()
    assert explorers, "every unit has something to play with"
    for number, explorer in enumerate(explorers, start=1):
        lab.screenshot(f"{unit}, explorer {number}, before", explorer)
        moves_by_key(lab, explorer)
        moves_by_mouse(lab, explorer)
        assert not explorer.evaluate(OVERFLOWS), "a reader would have to scroll sideways"
        lab.screenshot(f"{unit}, explorer {number}, moved", explorer)
        if explorer.locator("canvas.draggable").count():
            asks_python_when_dragged(lab, explorer)
    answers_a_wrong_choice(lab, quiz)
    is_told_the_mistake_and_mends_it(lab, first)


def needed(lab, *asked):
    """The cells with the imports and the explorers, and those that are asked for."""
    code = [cell for cell in lab.cells() if cell["type"] == "code"]
    explorers = [cell["id"] for cell in code if cell["source"].startswith("explorers.")]
    return [code[0]["id"], *explorers, *asked]


def visible(lab, selector):
    """In the notebook that is in front; the start page is open behind it."""
    return lab.page.locator(f".jp-NotebookPanel:not(.lm-mod-hidden) {selector}")


def moves_by_key(lab, explorer):
    explorer.scroll_into_view_if_needed()
    control = explorer.locator("input[type=range], select").first
    caption = explorer.locator(".caption").inner_text()
    pictures = explorer.evaluate(PICTURES)
    control.focus()
    value = control.input_value()
    lab.page.keyboard.press("ArrowRight")
    if control.input_value() == value:  # it stood at its end
        lab.page.keyboard.press("ArrowLeft")
    moved = control.input_value()
    explorer.locator(".caption", has_not_text=caption).wait_for()
    lab.page.wait_for_function(
        "([root, before]) => [...root.querySelectorAll('canvas.plot')]"
        ".some((c, i) => c.toDataURL() !== before[i])",
        arg=[explorer.element_handle(), pictures],
    )
    lab.cell(lab.cells()[-1]["id"]).scroll_into_view_if_needed()  # who reads on and comes back
    explorer.scroll_into_view_if_needed()
    assert control.input_value() == moved != value


def moves_by_mouse(lab, explorer):
    """A click into a slider's track, and a choice from a list, change what the explorer shows."""
    for slider in explorer.locator("input[type=range]").all()[-1:]:
        value, stops = int(slider.input_value()), int(slider.get_attribute("max"))
        box, before = slider.bounding_box(), shown(explorer)
        share = 0.2 if value > stops / 2 else 0.8
        slider.click(position={"x": share * box["width"], "y": box["height"] / 2})
        assert int(slider.input_value()) != value
        wait_for_change(lab, explorer, before)
    for choices in explorer.locator("select").all()[:1]:
        chosen, before = choices.evaluate("e => e.selectedIndex"), shown(explorer)
        choices.select_option(index=1 if chosen == 0 else 0)
        wait_for_change(lab, explorer, before)


def shown(explorer):
    return [explorer.locator(".caption").inner_text(), *explorer.evaluate(PICTURES)]


def wait_for_change(lab, explorer, before):
    lab.page.wait_for_function(
        f"([root, before]) => [root.querySelector('.caption').innerText, ...({PICTURES})(root)]"
        ".some((part, i) => part !== before[i])",
        arg=[explorer.element_handle(), before],
    )


def asks_python_when_dragged(lab, explorer):
    canvas = explorer.locator("canvas.draggable")
    canvas.scroll_into_view_if_needed()
    box, caption = canvas.bounding_box(), explorer.locator(".caption").inner_text()
    lab.page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.3)
    lab.page.mouse.down()
    lab.page.mouse.move(box["x"] + box["width"] * 0.65, box["y"] + box["height"] * 0.35)
    lab.page.mouse.up()
    explorer.locator(".caption", has_not_text=caption).wait_for()
    expect(explorer).not_to_contain_text("needs a running notebook")


def answers_a_wrong_choice(lab, quiz):
    choices = lab.cell(f"quiz-{quiz.name}").locator("details")
    wrong = choices.nth(next(i for i, choice in enumerate(quiz.choices) if not choice.right))
    wrong.locator("summary").press("Enter")
    expect(wrong.get_by_text("Not quite")).to_be_visible()
    lab.screenshot(f"quiz {quiz.name}", lab.cell(f"quiz-{quiz.name}"))


def is_told_the_mistake_and_mends_it(lab, exercise):
    plain = (m for m in exercise.mistakes if not set("*{") & set(m.told))  # no markup in between
    mistake = next(plain)
    wrong = exercise.source
    for find, replace in mistake.edits:
        wrong = wrong.replace(find, replace)
    card = lab.answer(exercise.name, wrong.rstrip()).get_by_role("status")
    expect(card).to_contain_text("not yet")
    expect(card).to_contain_text(told(exercise.name, mistake.name))
    lab.screenshot(f"card {exercise.name}, not yet", card)
    card = lab.answer(exercise.name, exercise.source.rstrip()).get_by_role("status")
    expect(card).to_contain_text("passed")
    expect(card).not_to_contain_text("not yet")
    assert card.evaluate(BAR) == GREEN


# --- solving an exercise ------------------------------------------------------------------------


@pytest.fixture
def unit04(lab):
    """Unit 04 with everything run once."""
    lab.open(notebook(UNIT04))
    lab.run_all()
    return lab


def test_check_names_the_mistake_until_the_answer_is_right(unit04):
    lab = unit04
    card = lab.answer("momentum", MEAN_FORM).get_by_role("status")
    expect(card).to_contain_text(told("momentum", "mean instead of sum"))
    expect(card).to_contain_text("not yet")
    expect(card).to_contain_text("0.6 of 3 points")
    lab.screenshot("card, a mistake named", card)
    card = lab.answer("momentum", OTHER_DEFAULT).get_by_role("status")
    expect(card).to_contain_text("in your signature it is 0.5")
    expect(card).to_contain_text("2.4 of 3 points")
    lab.screenshot("card, partly right", card)
    card = lab.answer("momentum", RIGHT).get_by_role("status")
    expect(card).to_contain_text("passed")
    expect(card).to_contain_text("3 of 3 points")
    lab.screenshot("card, passed", card)
    lab.screenshot("card, passed, with the cells around it")

    lab.open(START)
    lab.run("start-001")
    row = lab.cell("start-001").locator("tr", has_text=spec.load_unit(UNIT04).TITLE)
    expect(row).to_contain_text(f"1 of {len(spec.exercises(UNIT04))}")
    lab.screenshot("start page, progress", lab.cell("start-001"))


# --- nbgrader in JupyterLab ---------------------------------------------------------------------


def test_validate_shows_the_mistake_on_its_first_screen(lab):
    lab.open(notebook(UNIT04))
    lab.write("momentum", MEAN_FORM)
    lab.page.get_by_role("button", name="Validate").or_(
        lab.page.locator(".jp-Toolbar button", has_text="Validate")
    ).first.click()
    dialog = lab.page.locator(".jp-Dialog")
    message = dialog.get_by_text("You used the other convention")
    message.wait_for()
    expect(dialog).to_contain_text("running mean")
    lab.screenshot("Validate")
    box, frame = message.bounding_box(), dialog.locator(".jp-Dialog-content").bounding_box()
    assert box["y"] < frame["y"] + frame["height"]
    dialog.locator("button").last.click()
    dialog.wait_for(state="detached")


def test_formgrader_lists_the_units(lab):
    lab.open(START)
    lab.menu("Nbgrader", "Formgrader")
    table = lab.page.frame_locator("iframe").locator("table")
    for unit in UNITS:
        table.get_by_text(unit).first.wait_for()
    lab.screenshot("formgrader")


# --- the dark theme -----------------------------------------------------------------------------


@pytest.fixture
def dark(lab):
    lab.open(START)  # the first page brings the cookie that settings ask for
    lab.theme("JupyterLab Dark")
    yield lab
    lab.theme("JupyterLab Light")


def test_cards_and_explorers_stay_white_in_the_dark_theme(dark):
    dark.open(START)
    dark.run_all()
    assert dark.page.locator("body").get_attribute("data-jp-theme-light") == "false"
    assert dark.cell("start-001").locator("table").evaluate(BACKGROUND) == WHITE
    assert dark.cell("start-003").get_by_role("status").evaluate(BACKGROUND) == WHITE
    dark.cell("start-000").scroll_into_view_if_needed()
    dark.screenshot("start page, dark")
    dark.screenshot("start page, card, dark", dark.cell("start-003"))
    dark.open(notebook(UNIT04))
    dark.run_all()
    for number, explorer in enumerate(dark.page.locator(".explorer").all(), start=1):
        explorer.scroll_into_view_if_needed()
        assert explorer.evaluate(BACKGROUND) == WHITE
        assert set(explorer.evaluate(CORNERS)) == {WHITE}
        dark.screenshot(f"{UNIT04}, explorer {number}, dark")
    quiz = dark.cell(f"quiz-{spec.quizzes(UNIT04)[0].name}")
    assert quiz.locator("details").first.locator("..").evaluate(BACKGROUND) == WHITE
    dark.screenshot("quiz, dark", quiz)


def test_saved_notebook_comes_alive_again(unit04):
    explorers = unit04.page.locator(".explorer").count()
    unit04.menu("File", "Save Notebook")
    unit04.page.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
    unit04.stop_kernels()
    unit04.open(notebook(UNIT04))
    unit04.screenshot("saved notebook opened again")
    unit04.run_all()
    assert unit04.page.locator(".explorer").count() == explorers > 0
    # until it runs, JupyterLab knows an explorer's name only
    unit04.problems = [p for p in unit04.problems if "widget model not found" not in p]
