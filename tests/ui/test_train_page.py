"""The train page as a visitor uses it, with an engine in memory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fvapp.core.runs import KerasError, RunRecord
from fvapp.core.seeds import own_seed
from fvapp.core.settings import PRESETS, SETTINGS, RunSettings, from_text, preset_settings, to_text
from fvapp.i18n import Translator, languages
from fvapp.ui.train.form import CARDS
from ui_pages import messages, texts

t = Translator("en")

# For each field of the form another value than its default.
OTHER_VALUES = {
    "dataset": "mnist",
    "train_images": "1000",
    "validation_split": 0.2,
    "normalisation": False,
    "augmentation": True,
    "network": "cnn",
    "hidden": "64, 32",
    "activation": "tanh",
    "dropout": 0.3,
    "flatten": False,
    "output_units": 7,
    "epochs": 3,
    "batch_size": 64,
    "optimizer": "sgd",
    "learning_rate": 0.01,
    "target_metric": "val_accuracy",
    "target_value": 0.8,
    "patience": 2,
    "seed": "99",
}


def widget(app, name):
    """Return the widget of a setting, whatever kind it is."""
    kinds = (app.segmented_control, app.selectbox, app.toggle, app.text_input, app.number_input)
    return next(each for kind in kinds for each in kind if each.key == name)


def state_line(app) -> str:
    """Return the line with the state's word and the epoch."""
    words = [t(f"states.{state}") for state in ("queued", "running", "paused", "done", "stopped", "failed", "lost")]
    return next(text for text in texts(app) if any(text.startswith(f"**{word}") for word in words))


def metrics(app) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def start(app):
    return app.button(key="train_start").click().run()


@pytest.fixture
def token(engine):
    return engine.enter(None).token


def only_run(engine, token):
    (record,) = engine.runs(token)
    return record


@pytest.mark.parametrize("language", languages())
def test_the_page_opens_in_every_language_with_nothing_trained_yet(open_page, language):
    app = open_page("train", lang=language)
    assert app.title[0].value == Translator(language)("train.title")
    assert Translator(language)("train.empty") in texts(app)


def test_one_click_trains_the_default_settings(open_page, engine, token):
    engine.start()
    start(open_page("train", token=token))
    record = only_run(engine, token)
    assert record.settings == RunSettings(seed=own_seed(token))
    assert record.state == "running"


def test_the_epoch_and_the_accuracies_grow_and_the_test_accuracy_comes_last(open_page, engine, token):
    app = start(open_page("train", token=token, epochs="3"))
    engine.advance(7)
    app.run()
    assert state_line(app).startswith(f"**{t('states.running')} 2/3**")
    assert "%" in metrics(app)[t("train.training_accuracy")]
    assert "%" in metrics(app)[t("train.validation_accuracy")]
    assert "%" not in metrics(app)[t("train.test_accuracy")]
    engine.finish()
    app.run()
    assert state_line(app).startswith(f"**{t('states.done')} 3/3**")
    result = only_run(engine, token).result
    assert metrics(app)[t("train.test_accuracy")] == f"{100 * result.test_accuracy:.1f}%"


@pytest.mark.parametrize("name", SETTINGS)
def test_what_a_field_holds_is_what_is_trained(open_page, engine, token, name):
    app = open_page("train", token=token)
    if name == "target_value":
        widget(app, "target_metric").set_value("val_accuracy").run()
    widget(app, name).set_value(OTHER_VALUES[name]).run()
    assert not messages(app)
    start(app)
    value = OTHER_VALUES[name]
    expected = from_text(name, value) if isinstance(value, str) else value
    assert getattr(only_run(engine, token).settings, name) == expected != getattr(RunSettings(), name)


def test_a_preset_and_a_data_set_chosen_at_once_both_count(open_page, engine, token):
    app = open_page("train", token=token)
    app.pills(key="preset").set_value("cnn")
    app.segmented_control(key="dataset").set_value("mnist")
    app.run()
    assert app.segmented_control(key="dataset").value == "mnist" and app.pills(key="preset").value == "cnn"
    app.button(key="train_start").click().run()
    settings = only_run(engine, token).settings
    assert (settings.dataset, settings.network) == ("mnist", "cnn")


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_fills_the_fields(open_page, engine, token, preset):
    app = open_page("train", token=token)
    if preset in CARDS:
        app.pills(key="preset").set_value(preset).run()
    else:
        app.button(key=f"preset_{preset}").click().run()
    start(app)
    assert only_run(engine, token).settings == preset_settings(preset, "fashion_mnist").with_values(
        seed=own_seed(token)
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 101),
        ("epochs", 0),
        ("batch_size", 2_000),
        ("learning_rate", 2.0),
        ("validation_split", 0.9),
        ("dropout", 1.0),
        ("output_units", 21),
        ("seed", "-1"),
        ("seed", "9007199254740993"),
        ("seed", "1" + "0" * 39),
        ("seed", ""),
        ("hidden", "0"),
        ("hidden", "(4096, 1)"),
        ("hidden", "4096, 1"),
        ("hidden", "128, many"),
        ("hidden", "1,2,3,4,5"),
        ("hidden", "2048, 2048"),
    ],
)
def test_a_field_out_of_its_range_is_one_sentence_and_nothing_can_be_started(open_page, name, value):
    app = open_page("train")
    widget(app, name).set_value(value).run()
    (message,) = messages(app)
    assert t(f"settings.{name}.label") in message and "(4096" not in message.replace(repr(value).strip("'"), "")
    (topic,) = (each for each in app.expander if each.error)
    assert topic.proto.expanded and name in [each.key for each in (*topic.number_input, *topic.text_input)]
    assert app.button(key="train_start").disabled
    other = OTHER_VALUES[name]
    widget(app, name).set_value(other).run()
    assert not messages(app) and not app.button(key="train_start").disabled


def test_fields_are_drawn_in_folds_that_are_open(open_page):
    app = open_page("train", folds=())
    assert not app.number_input and not app.toggle
    app.session_state["topic_training"] = True
    app.run()
    assert {"epochs", "batch_size"} <= {each.key for each in app.number_input} and not app.toggle


def test_what_is_typed_while_another_fold_is_closed_or_opened_counts(open_page, engine, token):
    app = open_page("train", token=token, folds=("topic_network", "topic_training"))
    app.text_input(key="hidden").set_value("64, 32")
    app.session_state["topic_training"] = False
    app.run()
    app.session_state["topic_network"] = False
    app.session_state["topic_training"] = True
    app.run()
    app.number_input(key="epochs").set_value(3).run()
    app.session_state["topic_training"] = False
    app.run()
    start(app)
    settings = only_run(engine, token).settings
    assert settings.hidden == (64, 32) and settings.epochs == 3


def test_a_fold_stays_open_in_another_language(open_page):
    app = open_page("train", folds=("topic_data",))
    app.selectbox(key="language").set_value("zh-Hant").run()
    assert app.toggle and {"epochs", "hidden"}.isdisjoint(each.key for each in (*app.number_input, *app.text_input))


def test_a_data_set_clicked_while_a_presets_run_ends_counts(open_page, engine, token):
    app = open_page("train", token=token)
    preset = preset_settings("cnn", "fashion_mnist").with_values(seed=own_seed(token))
    app.session_state["settings"] = preset  # as the preset's click left it, before the form was drawn
    app.segmented_control(key="dataset").set_value("mnist").run()
    start(app)
    assert only_run(engine, token).settings == preset.with_values(dataset="mnist")


@pytest.mark.parametrize("name", SETTINGS)
def test_an_address_sets_the_field(open_page, engine, token, name):
    value = OTHER_VALUES[name]
    text = value if isinstance(value, str) else to_text(name, value)
    start(open_page("train", token=token, **{name: text}))
    assert getattr(only_run(engine, token).settings, name) == from_text(name, text)


def test_a_bad_or_unknown_value_in_the_address_is_a_notice_and_the_default_counts(open_page, engine, token):
    app = open_page("train", token=token, epochs="many", colour="red", seed="5")
    said = " ".join(messages(app))
    assert t("settings.epochs.label") in said and "colour" in said
    start(app)
    assert only_run(engine, token).settings == RunSettings(seed=5)


def test_a_locked_field_is_hidden_and_keeps_its_value(open_page, engine, token):
    app = open_page("train", token=token, hidden="64", lock="hidden,optimizer,preset")
    keys = {each.key for kind in (app.text_input, app.selectbox) for each in kind}
    assert not keys & {"hidden", "optimizer"} and "activation" in keys
    assert not app.pills
    start(app)
    assert only_run(engine, token).settings == RunSettings(hidden=(64,), seed=own_seed(token))


def test_stop_keeps_the_curve_and_the_model(open_page, engine, token):
    app = start(open_page("train", token=token))
    engine.advance(8)
    app.run()
    app.button(key="train_stop").click().run()
    assert state_line(app).startswith(f"**{t('states.stopped')} 1/5**")
    assert "%" in metrics(app)[t("train.test_accuracy")]
    assert only_run(engine, token).has_model


def test_a_paused_run_goes_on_and_a_finished_one_trains_one_more_epoch(open_page, engine, token):
    app = start(open_page("train", token=token, epochs="2"))
    engine.advance(3)
    app.run()
    app.button(key="train_pause").click().run()
    assert state_line(app).startswith(f"**{t('states.paused')} 1/2**")
    app.button(key="train_resume").click().run()
    engine.finish()
    app.run()
    assert state_line(app).startswith(f"**{t('states.done')} 2/2**")
    assert t("train.test_looked", n=1) not in texts(app)
    app.button(key="train_more").click().run()
    engine.finish()
    app.run()
    assert state_line(app).startswith(f"**{t('states.done')} 3/3**")
    assert t("train.test_looked", n=2) in texts(app)


def test_a_lost_run_says_so_and_can_be_trained_again(open_page, engine, token):
    app = start(open_page("train", token=token))
    engine.lose(only_run(engine, token).id)
    app.run()
    assert state_line(app).startswith(f"**{t('states.lost')}")
    app.button(key="run_again").click().run()
    assert [record.state for record in engine.runs(token)] == ["lost", "running"]


def test_a_run_that_waits_says_which_place_it_has(open_page, engine, token):
    other = engine.enter(None).token
    engine.start()
    engine.submit(other, [RunSettings()] * 3)
    app = start(open_page("train", token=token))
    assert state_line(app).startswith(f"**{t('states.queued')} 0/5**")
    assert t("train.place", place=2) in texts(app)


def test_a_click_in_the_first_moment_counts(open_page, engine):
    app = open_page("train", token=None, painted=False)
    app.button(key="train_start").click().run()
    assert len(engine.runs(app.session_state["token"])) == 1


def test_a_click_that_comes_twice_counts_once(open_page, engine, token):
    app = open_page("train", token=token)
    app.button(key="train_start").click().run()
    app.button(key="train_start").click().run()
    assert len(engine.runs(token)) == 1


def test_two_visitors_do_not_see_each_other(open_page, engine, token):
    start(open_page("train", token=token))
    engine.finish()
    assert t("train.empty") in texts(open_page("train"))


def test_an_older_run_can_be_shown_again(open_page, engine, token):
    app = start(open_page("train", token=token, epochs="1"))
    engine.finish()
    app.run()
    widget(app, "epochs").set_value(2).run()
    start(app)
    engine.finish()
    app.run()
    first, _ = engine.runs(token)
    assert state_line(app).startswith(f"**{t('states.done')} 2/2**")
    (choice,) = (box for box in app.selectbox if box.key.startswith("shown_run_choice"))
    choice.set_value(first.id).run()
    assert state_line(app).startswith(f"**{t('states.done')} 1/1**")


def test_the_curves_are_described_in_words(open_page, engine, token):
    app = start(open_page("train", token=token))
    engine.finish()
    app.run()
    loss, accuracy = app.get("plotly_chart")
    assert t("charts.loss") in loss.proto.alt
    assert "%" in accuracy.proto.alt


def test_what_the_page_is_for_is_said_until_the_first_run(open_page, engine, token):
    app = open_page("train", token=token)
    assert t("train.intro.fashion_mnist") in texts(app)
    widget(app, "dataset").set_value("mnist").run()
    assert t("train.intro.mnist") in texts(app)
    assert not is_over(app)
    start(app)
    assert is_over(app)


def is_over(app) -> bool:
    """Return whether the style hides what the page is for."""
    return "intro_over" in keys(app.main)


def keys(block) -> set[str]:
    """Return the keys of all containers within one."""
    within = [child for child in block.children.values() if hasattr(child, "children")]
    return {child.key for child in within}.union(*map(keys, within))


def is_folded(app) -> bool:
    return any(button.key == "form_change" for button in app.button)


def test_the_settings_fold_to_a_line_while_their_run_is_shown_and_open_on_wish(open_page, engine, token):
    app = open_page("train", token=token, hidden="64,32", epochs="1")
    assert not is_folded(app)
    start(app)
    line = app.button(key="form_change").label
    assert line.startswith("Fashion-MNIST · 64 + 32 neurons · 1 epoch ·")
    engine.finish()
    assert is_folded(app.run())
    app.button(key="form_change").click().run()
    assert not is_folded(app)
    assert not is_folded(app.run())
    widget(app, "hidden").set_value("64, 32, 16").run()
    widget(app, "hidden").set_value("64, 32").run()
    assert not is_folded(app), "folded under the hand that writes"


def test_who_comes_back_finds_the_settings_folded_where_they_are_those_of_the_run_that_is_shown(
    open_page, engine, token
):
    start(open_page("train", token=token))
    engine.finish()
    assert is_folded(open_page("train", token=token))
    app = open_page("train", token=token)
    app.button(key="form_change").click().run()
    widget(app, "epochs").set_value(7).run()
    again = open_page("train", token=token)
    assert not is_folded(again) and widget(again, "epochs").value == 7


def test_settings_survive_a_refresh_and_what_cannot_be_read_of_them_counts_for_nothing(open_page, engine, token):
    app = open_page("train", token=token)
    widget(app, "dataset").set_value("mnist").run()
    widget(app, "hidden").set_value("64").run()
    start(open_page("train", token=token))
    assert only_run(engine, token).settings == RunSettings(dataset="mnist", hidden=(64,), seed=own_seed(token))
    for forged in ({"settings": {"epochs": 10**9}}, {"settings": {"old": 1}}, ["list"], "text"):
        engine.write_note(token, "settings", forged)
        assert widget(open_page("train", token=token), "epochs").value == RunSettings().epochs


def test_the_same_address_again_changes_nothing_and_another_one_begins_from_the_defaults(open_page, engine, token):
    app = open_page("train", token=token, epochs="3")
    widget(app, "hidden").set_value("64").run()
    assert widget(open_page("train", token=token, epochs="3"), "hidden").value == "64"
    other = open_page("train", token=token, epochs="4")
    assert (widget(other, "hidden").value, widget(other, "epochs").value) == ("128", 4)


def test_after_a_training_the_main_button_tries_the_network_while_the_settings_are_folded(open_page, engine, token):
    app = start(open_page("train", token=token, epochs="1"))
    assert "try_network" not in [button.key for button in app.button]
    engine.finish()
    app.run()
    assert app.button(key="try_network").proto.type == "primary"
    app.button(key="form_change").click().run()
    assert app.button(key="try_network").proto.type == "secondary"


@pytest.mark.parametrize("stopped", [True, False])
def test_a_run_that_is_measured_says_so_and_a_stopped_one_that_it_has_stopped(
    open_page, engine, token, monkeypatch, stopped
):
    app = start(open_page("train", token=token))
    engine.advance(8)
    monkeypatch.setattr(engine, "stop", lambda token, run_id: None)  # its worker has not ended yet
    if stopped:
        app.button(key="train_stop").click().run()
    runs = engine._open(token).runs
    for run_id, record in runs.items():
        runs[run_id] = replace(record, reason="testing")
    app.run()
    state = t("states.stopped") + " 1/5" if stopped else t("states.running") + " 2/5"
    assert state_line(app) == f"**{state}** · {t('reasons.testing')}"


@pytest.mark.parametrize(("button", "word"), [("train_stop", "stop"), ("train_pause", "pause")])
def test_what_a_run_was_asked_to_is_said_until_it_does_so(open_page, engine, token, monkeypatch, button, word):
    app = start(open_page("train", token=token))
    engine.advance(3)
    monkeypatch.setattr(engine, word, lambda *run: None)  # a block of some networks takes seconds
    app.run().button(key=button).click().run()
    assert f"**{t(f'train.asked.{word}')}**" in texts(app)
    assert app.button(key="train_stop").disabled and app.button(key="train_pause").disabled
    monkeypatch.undo()
    getattr(engine, word)(token, only_run(engine, token).id)
    app.run()
    assert f"**{t(f'train.asked.{word}')}**" not in texts(app)


def test_why_a_run_failed_stands_under_its_state_and_the_settings_are_open(open_page, engine, token):
    settings = RunSettings(flatten=False, seed=own_seed(token))
    engine.add_run(token, RunRecord("x", 1, settings, state="failed", error=KerasError("ValueError", "shapes")), ())
    app = open_page("train", token=token, flatten="no")
    kinds = [element.type for element in elements(app.main)]
    state = next(place for place, element in enumerate(elements(app.main)) if is_state(element))
    assert kinds[state + 1] == "error" and t("train.failed.flatten") in messages(app)
    assert not is_folded(app)


def elements(block) -> list:
    """Return what stands on the page, from top to bottom."""
    return [
        each
        for child in block.children.values()
        for each in (elements(child) if getattr(child, "children", None) else [child])
    ]


def is_state(element) -> bool:
    return element.type == "markdown" and element.value.startswith(f"**{t('states.failed')}")


def test_the_network_of_a_run_and_that_of_the_settings_are_told_apart(open_page, engine, token):
    def headers(app):
        return [header.value for header in app.header]

    app = open_page("train", token=token)
    assert headers(app) == [t("train.network_of_settings")]
    start(app)
    assert headers(app) == [t("train.network_of_run", run=t("common.run", n=1, network="128"))]
    app.button(key="form_change").click().run()
    assert headers(app) == [t("train.network_of_settings")]


def test_the_engine_starts_after_the_first_paint(open_page, engine):
    open_page("train", painted=False)
    assert engine.status().state == "starting"
    open_page("train")
    assert engine.status().state == "ready"


def test_charts_come_after_the_first_paint_and_their_space_is_held(open_page):
    first = open_page("train", painted=False)
    assert (
        not first.get("plotly_chart") and len(first.get("skeleton")) == 2 + 1 + 1
    )  # the charts, the twelve images, and the list of languages
    first.session_state["painted"] = True  # as the browser says
    assert len(first.run().get("plotly_chart")) == 2


def test_the_addresses_of_the_code_stay_when_the_page_is_drawn_again(open_page):
    page = open_page("train")
    addresses = code_addresses(page)
    assert len(addresses) == 2 and code_addresses(page.run()) == addresses


def code_addresses(page):
    """Return the addresses of both files; none of a file that is made when it is asked for."""
    return {button.proto.url for button in page.get("download_button") if button.proto.url}
