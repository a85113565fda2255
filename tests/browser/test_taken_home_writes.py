"""The take-home file of a text network, opened offline: it continues texts as the network does."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from axe import look
from browser.test_write import button
from fvapp.core.dataset_table import DATASETS
from fvapp.core.export.at_home import estimate_file_megabytes, write_take_home_page
from fvapp.core.inspection.answering import load_shipped_model
from fvapp.core.inspection.network import Network
from fvapp.core.texts.lines import TEMPERATURE
from fvapp.core.texts.strips import strip_of_text_end
from fvapp.core.texts.writing import pick_character_label
from fvapp.i18n import Translator
from fvapp.ui.server.handing import SANDBOXED
from shipped_sets import load_shipped
from taught_pages import network_of

TEXTS = [name for name, info in DATASETS.items() if info.text and info.ships_model]
ADDRESS = "https://school.example/network.html"
WRITTEN = """(() => {
  const draws = %s, { shadowRoot } = document.querySelector("#writer");
  const one = shadowRoot.querySelectorAll(".form button")[1];
  Math.random = () => draws.shift();
  while (draws.length) one.click();
  return shadowRoot.querySelector(".text").textContent;
})()"""


def file_of(name: str, folder: Path) -> Path:
    """Write the file of the shipped network for a text, in the text's language."""
    dataset = load_shipped(name)
    t = Translator(DATASETS[name].text.language)
    path = folder / "network.html"
    path.write_bytes(
        write_take_home_page(load_shipped_model(name).network, dataset, t, record=None)
    )
    return path


def is_as_by(shares, text: str, name: str, draws: list[float]) -> bool:
    """Return whether each character follows from the network's shares and the random draws."""
    form = DATASETS[name].text
    begun = len(text) - len(draws)
    assert text[:begun] == form.beginning
    strips = [strip_of_text_end(text[:end], form) for end in range(begun, len(text))]
    drawn = [
        form.signs[pick_character_label(each, TEMPERATURE, chance)]
        for each, chance in zip(shares(np.array(strips)), draws, strict=True)
    ]
    return "".join(drawn) == text[begun:]


def numpy_shares(network: Network, strips: np.ndarray) -> np.ndarray:
    sums = network.trace_pixels(network.scale_pixels(strips))[-1].values.astype(np.float64)
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def keras_shares(network: Network, strips: np.ndarray) -> np.ndarray:
    """Return the shares that a stock Keras model with the network's weights predicts."""
    import keras

    *hidden, last = network.weighted_steps
    layers = [keras.layers.Dense(len(each.bias), each.activation) for each in hidden]
    last_layer = keras.layers.Dense(len(last.bias), "softmax")
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *layers, last_layer])
    model.set_weights(
        [array for each in network.weighted_steps for array in (each.kernel, each.bias)]
    )
    return model.predict(strips / np.float32(255), verbose=0)


@pytest.mark.parametrize(
    "name", [TEXTS[0], *(pytest.param(name, marks=pytest.mark.long) for name in TEXTS[1:])]
)
def test_it_writes_what_its_weights_say_by_file_and_by_address(opened, chromium, tmp_path, name):
    path = file_of(name, tmp_path)
    by_file = opened(path)
    by_address = chromium.new_page()
    headers = {**SANDBOXED, "Content-Type": "text/html"}
    by_address.route(ADDRESS, lambda route: route.fulfill(body=path.read_text(), headers=headers))
    by_address.goto(ADDRESS)
    for page in (by_file, by_address):
        draws = np.random.default_rng(71).random(110).tolist()
        text = page.evaluate(WRITTEN % json.dumps(draws))
        assert is_as_by(partial(numpy_shares, network_of(path)), text, name, draws)
    by_address.close()


def test_it_stops_for_another_beginning_and_marks_what_it_copied(opened, tmp_path):
    page = opened(file_of("stories", tmp_path))
    expect(page.get_by_label("Beginning")).to_have_value(DATASETS["stories"].text.beginning)
    page.get_by_label("Beginning").fill("everybody knows that the moon is ")
    page.keyboard.press("Enter")
    text = page.locator(".text")
    page.get_by_role("button", name="Stop").click()
    assert text.text_content().startswith("everybody knows that the moon is ")
    for _ in range(60):
        button(page, "one").click()
    expect(page.locator(".notes .copied")).to_contain_text("%")
    assert page.locator(".newest").count() == 1


@pytest.mark.parametrize("width", [1280, 380])
def test_it_fits_the_window_and_breaks_no_rule(opened, tmp_path, width):
    page = opened(file_of(TEXTS[-1], tmp_path))
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
    page.locator(".go").click()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert look(page) == []


def test_its_size_is_as_announced_and_a_messenger_sends_it(tmp_path):
    for name in TEXTS:
        size = file_of(name, tmp_path).stat().st_size / 1e6
        announced = estimate_file_megabytes(load_shipped_model(name).network, True, DATASETS[name])
        assert size <= 0.9 and abs(size - announced) < 0.07


# Keras takes seconds to import; the usual tests compare with NumPy.
@pytest.mark.long
@pytest.mark.parametrize("browser", ["opened", "firefox", "webkit"])
@pytest.mark.parametrize("name", TEXTS)
def test_a_thousand_signs_are_those_of_keras_in_every_browser(request, tmp_path, name, browser):
    path = file_of(name, tmp_path)
    page = request.getfixturevalue(browser)
    if browser == "opened":
        page = page(path)
    elif browser == "firefox":
        page.open_file(path)
    else:
        page.open(path.as_uri())
    draws = np.random.default_rng(72).random(1_000).tolist()
    text = page.evaluate(WRITTEN % json.dumps(draws))
    assert is_as_by(partial(keras_shares, network_of(path)), text, name, draws)
