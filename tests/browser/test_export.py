"""``autograde export``: pages whose explorers move without a kernel and without the network."""

import pytest

pytest.importorskip("playwright")

from autograde import export, spec

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("unit", spec.units())
def test_exported_page_moves_offline(browser, tmp_path, unit):
    assert export.main([unit], tmp_path) == 0
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("http*://**", lambda route: route.abort())
    page.goto((tmp_path / f"{unit}.html").as_uri(), wait_until="domcontentloaded")
    slider = page.locator("input[type=range]").first
    slider.wait_for()
    caption = page.locator("[aria-live=polite]").first
    before = caption.inner_text()
    slider.focus()
    slider.press(
        "ArrowLeft" if slider.get_attribute("max") == slider.input_value() else "ArrowRight"
    )
    page.wait_for_function(
        "([node, text]) => node.innerText !== text", arg=[caption.element_handle(), before]
    )
    assert "BEGIN SOLUTION" not in page.content()
    # nbconvert's page looks for require.js and MathJax at a CDN: nothing of ours may miss them
    ours = [e for e in errors if "require" not in e.lower() and "mathjax" not in e.lower()]
    assert ours == []
    page.close()
