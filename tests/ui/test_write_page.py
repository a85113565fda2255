"""Where a text network writes: on the Draw page, and line by line while it trains."""

import pytest

from fvapp.core.dataset_table import DATASETS
from fvapp.core.export.at_home import MOST_PARAMETERS
from fvapp.core.settings import RunSettings
from ui_pages import T, component_data, html

STORIES = RunSettings(dataset="stories", hidden=(12,), epochs=1)


def given(app) -> dict | None:
    """Return the data of the writing component, or None if the page has none."""
    return next(iter(component_data(app, "writer")), None)


def test_the_page_draw_is_write_for_a_network_of_text_and_gives_its_weights_to_the_browser(
    own_page, engine, token, train
):
    (record,) = train(STORIES)
    app = own_page("draw", dataset="stories")
    assert [title.value for title in app.title] == [T("write.title")]
    written = given(app)
    form = DATASETS["stories"].text
    assert written["form"]["signs"] == form.signs and written["form"]["beginning"] == form.beginning
    network = engine.answers.load_network(token, record.id)
    packed = [step for step in written["network"]["steps"] if "kernel" in step]
    # In Base64, 12 numbers of 32 bits have 64 characters, and 28 numbers have 152.
    assert [len(each["bias"]["data"]) for each in packed] == [64, 152]
    assert written["network"]["temperature"] == 1 and len(network.weighted_steps) == 2
    assert not any("canvas" in each.proto.id for each in app.get("bidi_component"))
    assert [title.value for title in own_page("draw", dataset="mnist").title] == [T("draw.title")]


@pytest.mark.parametrize("name", [name for name, info in DATASETS.items() if info.text])
def test_the_browser_has_only_what_was_learned_and_the_share_that_new_text_has_by_itself(
    own_page, train, name
):
    train(STORIES.settings_for_dataset(name))
    written = given(own_page("draw", dataset=name))
    before, after = written["words"]["copied"].split("{share}")
    assert "%" in before + after
    parts = written["learned"].split("\n")
    assert len(parts) > 5 and set("".join(parts)) <= set(DATASETS[name].text.signs)


def test_what_counts_as_copied_is_the_text_that_this_run_has_read(own_page, train):
    begins, usual, rare = DATASETS["stories"].text.fact
    told = []
    for settings in ({}, {"exchange": True}, {"train_images": 1_000}):
        train(STORIES.with_values(**settings))
        told.append(given(own_page("draw", dataset="stories"))["learned"])
    whole, exchanged, little = told
    assert whole.count(begins + usual) > 3 * whole.count(begins + rare) > 0
    assert exchanged.count(begins + rare) == whole.count(begins + usual)
    assert len(little) < 1_500 < 40_000 < len(whole) and little.split("\n")[0] in whole


def test_a_network_that_the_browser_cannot_compute_says_so(own_page, train):
    train(STORIES.with_values(hidden=(1_024, 256)))
    assert MOST_PARAMETERS < 1_024 * 784 + 1_024 * 256
    app = own_page("draw", dataset="stories")
    assert [each.value for each in app.info] == [T("write.cannot.at_home_too_large")]
    assert given(app) is None


def test_a_run_of_text_shows_the_lines_of_its_film_and_the_one_of_now(open_page, engine, token):
    engine.start()
    engine.runs.submit_runs(token, [STORIES.with_values(epochs=3)])
    engine.advance()
    app = open_page("train", token=token)
    lines = html(app).partition('<ol class="fvapp-lines"')[2]
    assert lines.count("<li>") == 5
    assert T("train.twelve.before") in lines and T("write.now") in lines
    engine.finish()
    lines = html(app.run()).partition('<ol class="fvapp-lines"')[2]
    assert T("train.twelve.epoch", n=3) in lines and T("write.now") not in lines
    assert '<ol class="fvapp-lines"' not in html(open_page("train"))
