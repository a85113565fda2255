"""The settings on the Train page: fields, expanders, presets and addresses."""

from random import Random

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from fvapp.core.seeds import workspace_seed
from fvapp.core.settings import PRESETS, SETTINGS, RunSettings, preset_settings, setting_to_text
from fvapp.ui.train import form
from fvapp.ui.train.form import CARDS
from setting_values import another, in_field, other_values
from ui_pages import (
    T,
    chosen_card,
    messages,
    only_run,
    press_card,
    pressed_card,
    start,
    widget,
    widgets,
    widgets_of,
)

EXAMPLES = {"examples", "example_weight"}  # fields that only visitors with examples have
FIELDS = {name: row for name, row in SETTINGS.items() if name not in EXAMPLES and other_values(row)}
OTHER = RunSettings(**{name: another(row) for name, row in FIELDS.items()})


@pytest.mark.parametrize("network", SETTINGS["network"].choices)
def test_what_the_fields_hold_is_what_is_trained(open_page, engine, token, network):
    shown = [name for name, row in FIELDS.items() if row.applies_to_network(network)]
    values = {name: getattr(OTHER, name) for name in shown} | {"network": network}
    app = open_page("train", token=token)
    # These settings make further fields appear.
    for name in (
        "network",
        *{SETTINGS[name].only_with_setting for name in shown} - {""},
    ):
        widget(app, name).set_value(in_field(name, values[name])).run()
    for name, value in values.items():
        widget(app, name).set_value(in_field(name, value))
    assert not app.run().error
    start(app)
    assert only_run(engine, token).settings == RunSettings(**values)


def test_only_a_text_has_a_fact_to_exchange(open_page, engine, token):
    app = open_page("train", token=token)
    assert "exchange" not in widgets(app)
    app = open_page("train", token=token, dataset="stories")
    widget(app, "exchange").set_value(True).run()
    start(app)
    assert only_run(engine, token).settings.exchange


def test_a_field_is_read_when_it_holds_something_new_and_not_each_time_the_page_is_drawn(
    open_page, token, monkeypatch
):
    read = []
    read_field = form._parse_field
    monkeypatch.setattr(
        form, "_parse_field", lambda row, held: read.append(row.name) or read_field(row, held)
    )
    app = open_page("train", token=token).run()
    assert read == []
    for name, value in (("epochs", 3), ("network", "cnn"), ("batch_size", 64)):
        widget(app, name).set_value(in_field(name, value)).run()
        assert read == [name]
        read.clear()
        app.run()
        assert read == []


def test_a_preset_and_a_data_set_chosen_at_once_both_count(open_page, engine, token):
    app = open_page("train", token=token)
    widget(app, "dataset").set_value("mnist")
    press_card(app, "cnn")
    assert widget(app, "dataset").value == "mnist" and chosen_card(app) == "cnn"
    start(app)
    settings = only_run(engine, token).settings
    assert (settings.dataset, settings.network) == ("mnist", "cnn")


@pytest.mark.parametrize(
    ("name", "value"), [("preset", "wide"), ("epochs", 3), ("dataset", "mnist"), ("hidden", "64")]
)
def test_what_is_chosen_just_before_train_is_trained(open_page, engine, token, name, value):
    """One message contains both clicks, or the second click interrupts the first's script run."""
    app = open_page("train", token=token)
    app.button(key="train_start").click()
    if name == "preset":
        press_card(app, value)
    else:
        widget(app, name).set_value(value).run()
    settings = RunSettings(seed=workspace_seed(token))
    expected = {
        "preset": preset_settings("wide", "fashion_mnist").with_values(seed=settings.seed),
        "epochs": settings.with_values(epochs=3),
        "dataset": settings.with_values(dataset="mnist"),
        "hidden": settings.with_values(hidden=(64,)),
    }
    assert only_run(engine, token).settings == expected[name]


class SlowBrowser:
    """A browser that sees some pages late or never.

    Its messages contain the widget states of the page that it has seen last.
    """

    def __init__(self, app: AppTest, draw: Random) -> None:
        self._app, self._draw, self._coming, self._holds = (
            app,
            draw,
            [app._tree.get_widget_states()],
            {},
        )
        self._see(0)

    def send(self, *changed: WidgetState) -> None:
        self._holds |= {state.id: state for state in changed}
        self._app._run(WidgetStates(widgets=self._holds.values()))
        self._coming.append(self._app._tree.get_widget_states())
        if self._draw.random() < 0.6:
            self._see(self._draw.randrange(len(self._coming)))

    def _see(self, at: int) -> None:
        page = self._coming[at]
        self._coming = self._coming[at + 1 :]
        cards = [state for state in self._holds.values() if state.id.endswith("-preset")]
        self._holds = {
            state.id: self._holds.get(state.id, state) for state in (*page.widgets, *cards)
        }


@pytest.mark.parametrize("times", [8, pytest.param(200, marks=pytest.mark.long)])
def test_presets_in_quick_succession_count_whole_however_late_messages_come(
    open_page, token, times
):
    draw = Random(times)
    app = open_page("train", token=token)
    browser = SlowBrowser(app, draw)
    expected = RunSettings(seed=workspace_seed(token))
    wrong = []
    for _ in range(times):
        for _ in range(draw.randint(1, 3)):
            if draw.random() < 0.2:
                expected = expected.settings_for_dataset(
                    dataset := draw.choice(["mnist", "fashion_mnist"])
                )
                browser.send(widget(app, "dataset").set_value(dataset)._widget_state)
            preset = draw.choice(CARDS)
            expected = preset_settings(preset, expected.dataset).with_values(seed=expected.seed)
            browser.send(pressed_card(app, preset))
            for _ in range(draw.randint(0, 2)):  # a fragment requests a rerun
                browser.send()
        fields = {name: each.value for name, each in widgets(app).items()}
        shown = {name: in_field(name, getattr(expected, name)) for name in fields}
        if (app.session_state["settings"], fields, chosen_card(app)) != (expected, shown, preset):
            wrong.append(expected)
    assert not wrong


def test_all_that_is_wrong_is_said_at_once(open_page):
    app = open_page("train")
    widget(app, "target_metric").set_value("val_accuracy").run()
    for name, value in {
        "batch_size": 0,
        "validation_split": 0,
        "hidden": "2048, 2048",
        "epochs": 100,
    }.items():
        widget(app, name).set_value(value)
    app.run()
    (said,) = (
        text
        for each in app.markdown
        if T("train.set_right") in (text := each.value.replace("\\", ""))
    )
    wrong = {name for name in SETTINGS if f"{T(f'settings.{name}.label')}: " in said}
    assert wrong == {"batch_size", "target_metric", "hidden", "epochs"}
    assert app.button(key="train_start").disabled


def test_a_wrong_number_typed_just_before_train_is_said_and_not_trained(open_page, engine, token):
    app = open_page("train", token=token)
    widget(app, "epochs").set_value(0)
    start(app)
    (message,) = messages(app)
    assert T("settings.epochs.label") in message
    assert not engine.runs.list_runs(token)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_fills_the_fields(open_page, engine, token, preset):
    app = open_page("train", token=token)
    if preset in CARDS:
        press_card(app, preset)
    else:
        app.button(key=f"preset_{preset}").click().run()
    start(app)
    assert only_run(engine, token).settings == preset_settings(preset, "fashion_mnist").with_values(
        seed=workspace_seed(token)
    )


OUT_OF_RANGE = {
    **{"epochs": (101, 0), "batch_size": (2_000,), "output_units": (21,)},
    **{"learning_rate": (2.0,), "validation_split": (0.9,), "dropout": (1.0,)},
    "seed": ("-1", "9007199254740993", "1" + "0" * 39, ""),
    "hidden": ("0", "(4096, 1)", "4096, 1", "128, many", "1,2,3,4,5", "2048, 2048"),
}


def test_a_field_out_of_its_range_is_one_sentence_and_nothing_can_be_started(open_page):
    app = open_page("train")
    for name, values in OUT_OF_RANGE.items():
        for value in values:
            widget(app, name).set_value(value).run()
            (message,) = messages(app)
            assert T(f"settings.{name}.label") in message and "(4096" not in message.replace(
                repr(value).strip("'"), ""
            )
            (topic,) = (each for each in app.expander if each.error)
            assert topic.proto.expanded and widget(app, name).key in [
                each.key for each in (*topic.number_input, *topic.text_input)
            ]
            assert app.button(key="train_start").disabled
        widget(app, name).set_value(in_field(name, getattr(OTHER, name)))
    app.run()
    assert not messages(app) and not app.button(key="train_start").disabled


def test_fields_are_drawn_in_folds_that_are_open_and_stay_so_in_another_language(open_page):
    app = open_page("train", folds=())
    assert not app.number_input and "augmentation" not in widgets(app)
    app = open_page("train", folds=("topic_training",))
    assert {"epochs", "batch_size"} <= widgets(app).keys() and "augmentation" not in widgets(app)
    app.selectbox(key="language").set_value("zh-Hant").run()
    assert {"epochs", "batch_size"} <= widgets(app).keys() and "augmentation" not in widgets(app)


def test_what_is_typed_while_another_fold_is_closed_or_opened_counts(open_page, engine, token):
    app = open_page("train", token=token, folds=("topic_network", "topic_training"))
    widget(app, "hidden").set_value("64, 32")
    app.session_state["topic_training"] = False
    app.run()
    app.session_state["topic_network"] = False
    app.session_state["topic_training"] = True
    app.run()
    widget(app, "epochs").set_value(3).run()
    app.session_state["topic_training"] = False
    app.run()
    start(app)
    settings = only_run(engine, token).settings
    assert settings.hidden == (64, 32) and settings.epochs == 3


def test_a_data_set_clicked_while_a_presets_run_ends_counts(open_page, engine, token):
    app = open_page("train", token=token)
    preset = preset_settings("cnn", "fashion_mnist").with_values(seed=workspace_seed(token))
    app.session_state["settings"] = preset  # set by the click on a preset, before the form is drawn
    widget(app, "dataset").set_value("mnist").run()
    start(app)
    assert only_run(engine, token).settings == preset.with_values(dataset="mnist")


def test_an_address_sets_the_fields(open_page, engine, token):
    start(
        open_page(
            "train",
            token=token,
            **{name: setting_to_text(name, getattr(OTHER, name)) for name in SETTINGS},
        )
    )
    assert only_run(engine, token).settings == OTHER


def test_a_bad_or_unknown_value_in_the_address_is_a_notice_and_the_default_counts(
    open_page, engine, token
):
    app = open_page("train", token=token, epochs="many", colour="red", seed="5")
    said = " ".join(messages(app))
    assert T("settings.epochs.label") in said and "colour" in said
    start(app)
    assert only_run(engine, token).settings == RunSettings(seed=5)


def test_a_locked_field_is_hidden_and_keeps_its_value(open_page, engine, token):
    app = open_page("train", token=token, hidden="64", lock="hidden,optimizer,preset")
    keys = widgets(app).keys()
    assert not keys & {"hidden", "optimizer"} and "activation" in keys
    assert not [each for each in widgets_of(app) if each.endswith("-preset")]
    start(app)
    assert only_run(engine, token).settings == RunSettings(hidden=(64,), seed=workspace_seed(token))


def test_settings_survive_a_refresh_and_what_cannot_be_read_of_them_counts_for_nothing(
    open_page, engine, token
):
    app = open_page("train", token=token)
    widget(app, "dataset").set_value("mnist").run()
    widget(app, "hidden").set_value("64").run()
    start(open_page("train", token=token))
    assert only_run(engine, token).settings == RunSettings(
        dataset="mnist", hidden=(64,), seed=workspace_seed(token)
    )
    for forged in ({"settings": {"epochs": 10**9}}, {"settings": {"old": 1}}, ["list"], "text"):
        engine.notes.write_note(token, "settings", forged)
        assert widget(open_page("train", token=token), "epochs").value == RunSettings().epochs


def test_the_same_address_again_changes_nothing_and_another_one_begins_from_the_defaults(
    open_page, engine, token
):
    app = open_page("train", token=token, epochs="3")
    widget(app, "hidden").set_value("64").run()
    assert widget(open_page("train", token=token, epochs="3"), "hidden").value == "64"
    other = open_page("train", token=token, epochs="4")
    assert (widget(other, "hidden").value, widget(other, "epochs").value) == ("128", 4)


def test_a_click_and_the_page_after_it_read_the_form_once(open_page, engine, token, monkeypatch):
    app = open_page("train", token=token)
    widget(app, "epochs").set_value(3)
    read = []
    told = form._update_form_field
    monkeypatch.setattr(
        form, "_update_form_field", lambda row, *args: read.append(row.name) or told(row, *args)
    )
    start(app)
    assert sorted(read) == sorted(SETTINGS) and only_run(engine, token).settings.epochs == 3
    read.clear()
    app.run()
    assert not read
