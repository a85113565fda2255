"""The settings of the train page: its fields, folds, presets and addresses."""

from __future__ import annotations

import pytest

from fvapp.core.seeds import own_seed
from fvapp.core.settings import PRESETS, SETTINGS, RunSettings, preset_settings, to_text
from fvapp.i18n import Translator
from fvapp.ui.train.form import CARDS
from setting_values import another, in_field
from ui_pages import messages, only_run, start, widget

t = Translator("en")

EXAMPLES = {"examples", "example_weight"}  # fields of somebody who keeps examples
OTHER = RunSettings(**{name: another(row) for name, row in SETTINGS.items() if name not in EXAMPLES})


@pytest.mark.parametrize("network", SETTINGS["network"].choices)
def test_what_the_fields_hold_is_what_is_trained(open_page, engine, token, network):
    shown = [name for name, row in SETTINGS.items() if name not in EXAMPLES and row.only_for in ("", network)]
    values = {name: getattr(OTHER, name) for name in shown} | {"network": network}
    app = open_page("train", token=token)
    for name in ("network", *{SETTINGS[name].only_with for name in shown} - {""}):  # which bring fields
        widget(app, name).set_value(in_field(name, values[name])).run()
    for name, value in values.items():
        widget(app, name).set_value(in_field(name, value))
    assert not app.run().error
    start(app)
    assert only_run(engine, token).settings == RunSettings(**values)


def test_a_preset_and_a_data_set_chosen_at_once_both_count(open_page, engine, token):
    app = open_page("train", token=token)
    app.pills(key="preset").set_value("cnn")
    app.segmented_control(key="dataset").set_value("mnist")
    app.run()
    assert app.segmented_control(key="dataset").value == "mnist" and app.pills(key="preset").value == "cnn"
    app.button(key="train_start").click().run()
    settings = only_run(engine, token).settings
    assert (settings.dataset, settings.network) == ("mnist", "cnn")


@pytest.mark.parametrize(("name", "value"), [("preset", "wide"), ("epochs", 3), ("dataset", "mnist"), ("hidden", "64")])
def test_what_is_chosen_just_before_train_is_trained(open_page, engine, token, name, value):
    """Both clicks come with one message, or the second cuts the first one's script run short."""
    app = open_page("train", token=token)
    (app.pills(key="preset") if name == "preset" else widget(app, name)).set_value(value)
    start(app)
    settings = RunSettings(seed=own_seed(token))
    expected = {
        "preset": preset_settings("wide", "fashion_mnist").with_values(seed=settings.seed),
        "epochs": settings.with_values(epochs=3),
        "dataset": settings.with_values(dataset="mnist"),
        "hidden": settings.with_values(hidden=(64,)),
    }
    assert only_run(engine, token).settings == expected[name]


def test_all_that_is_wrong_is_said_at_once(open_page):
    app = open_page("train")
    widget(app, "target_metric").set_value("val_accuracy").run()
    for name, value in {"batch_size": 0, "validation_split": 0, "hidden": "2048, 2048", "epochs": 100}.items():
        widget(app, name).set_value(value)
    app.run()
    (said,) = (text for each in app.markdown if t("train.set_right") in (text := each.value.replace("\\", "")))
    wrong = {name for name in SETTINGS if f"{t(f'settings.{name}.label')}: " in said}
    assert wrong == {"batch_size", "target_metric", "hidden", "epochs"}
    assert app.button(key="train_start").disabled


def test_a_wrong_number_typed_just_before_train_is_said_and_not_trained(open_page, engine, token):
    app = open_page("train", token=token)
    widget(app, "epochs").set_value(0)
    start(app)
    (message,) = messages(app)
    assert t("settings.epochs.label") in message
    assert not engine.runs(token)


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


OUT_OF_RANGE = {
    "epochs": (101, 0),
    "batch_size": (2_000,),
    "learning_rate": (2.0,),
    "validation_split": (0.9,),
    "dropout": (1.0,),
    "output_units": (21,),
    "seed": ("-1", "9007199254740993", "1" + "0" * 39, ""),
    "hidden": ("0", "(4096, 1)", "4096, 1", "128, many", "1,2,3,4,5", "2048, 2048"),
}


def test_a_field_out_of_its_range_is_one_sentence_and_nothing_can_be_started(open_page):
    app = open_page("train")
    for name, values in OUT_OF_RANGE.items():
        for value in values:
            widget(app, name).set_value(value).run()
            (message,) = messages(app)
            assert t(f"settings.{name}.label") in message and "(4096" not in message.replace(repr(value).strip("'"), "")
            (topic,) = (each for each in app.expander if each.error)
            assert topic.proto.expanded and name in [each.key for each in (*topic.number_input, *topic.text_input)]
            assert app.button(key="train_start").disabled
        widget(app, name).set_value(in_field(name, getattr(OTHER, name)))
    app.run()
    assert not messages(app) and not app.button(key="train_start").disabled


def test_fields_are_drawn_in_folds_that_are_open(open_page):
    app = open_page("train", folds=())
    assert not app.number_input and "augmentation" not in {each.key for each in app.toggle}
    app.session_state["topic_training"] = True
    app.run()
    assert {"epochs", "batch_size"} <= {each.key for each in app.number_input}
    assert "augmentation" not in {each.key for each in app.toggle}


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
    assert "augmentation" in {each.key for each in app.toggle}
    assert {"epochs", "hidden"}.isdisjoint(each.key for each in (*app.number_input, *app.text_input))


def test_a_data_set_clicked_while_a_presets_run_ends_counts(open_page, engine, token):
    app = open_page("train", token=token)
    preset = preset_settings("cnn", "fashion_mnist").with_values(seed=own_seed(token))
    app.session_state["settings"] = preset  # as the preset's click left it, before the form was drawn
    app.segmented_control(key="dataset").set_value("mnist").run()
    start(app)
    assert only_run(engine, token).settings == preset.with_values(dataset="mnist")


def test_an_address_sets_the_fields(open_page, engine, token):
    start(open_page("train", token=token, **{name: to_text(name, getattr(OTHER, name)) for name in SETTINGS}))
    assert only_run(engine, token).settings == OTHER


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
