"""The main path in Firefox, the other browser that schools use: train, draw, refresh."""

import pytest

from fvapp.core.dataset_table import DATASETS
from visitor import EN, PERCENT

ONE = [[(0.5, 0.15), (0.5, 0.5), (0.5, 0.85)]]


# Marked long, because this test keeps two cores busy for a minute. The tests in Chromium cover
# everything that does not depend on the browser.
@pytest.mark.long
def test_training_drawing_and_a_refresh(server, firefox):
    firefox.open(f"{server.url}/?train_images=1000&epochs=1&validation_split=0.1")
    firefox.click(".st-key-train_start button")
    firefox.read(".st-key-run_state", EN("states.done"), patience=120)
    accuracy = PERCENT.search(firefox.read(".st-key-test_result", PERCENT.pattern))[0]
    firefox.wait_for(
        "document.querySelectorAll('.st-key-curves .scatterlayer path.js-line').length >= 2"
    )
    firefox.open_again()
    assert accuracy in firefox.read(".st-key-test_result", PERCENT.pattern)

    firefox.open(f"{server.url}/draw?dataset=mnist")
    firefox.draw(".st-key-canvas >>> .upper-canvas", ONE)
    firefox.read(".st-key-answer", f"1 · {PERCENT.pattern}")
    firefox.wait_for(
        "document.querySelectorAll('.st-key-probabilities .barlayer path').length === 10"
    )


@pytest.mark.long
def test_a_network_of_text_writes_on(server, firefox):
    beginning = DATASETS["stories"].text.beginning
    firefox.open(f"{server.url}/?train_images=1000&epochs=1&validation_split=0.1&dataset=stories")
    firefox.click(".st-key-train_start button")
    firefox.read(".st-key-run_state", EN("states.done"), patience=120)
    firefox.read(".st-key-written", beginning)
    firefox.open(f"{server.url}/draw?dataset=stories")
    firefox.click(".st-key-write >>> .go")
    firefox.read(".st-key-write >>> .text", f"{beginning}.{{30,}}")
