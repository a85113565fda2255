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
    press,
    press_card,
    pressed_card,
    set_field,
    start,
    texts,
    widget,
    widgets,
    widgets_of,
)

EXAMPLES = {"examples", "example_weight"}  # fields that only visitors with examples have
FIELDS = {name: row for name, row in SETTINGS.items() if name not in EXAMPLES and other_values(row)}
OTHER = RunSettings(**{name: another(row) for name, row in FIELDS.items()})


@pytest.fixture
def usual(token) -> RunSettings:
    """The settings with which the visitor's form begins."""
    return RunSettings(seed=workspace_seed(token))


@pytest.fixture
def trained(engine, token):
    """Return ``trained(app)``: press Train, and return the settings of the only run."""
    return lambda app: start(app) and only_run(engine, token).settings


@pytest.mark.parametrize("network", SETTINGS["network"].choices)
def test_what_the_fields_hold_is_what_is_trained(own_page, trained, network):
    shown = [name for name, row in FIELDS.items() if row.applies_to_network(network)]
    values = {name: getattr(OTHER, name) for name in shown} | {"network": network}
    app = own_page("train")
    # These settings make further fields appear.
    for name in ("network", *{SETTINGS[name].only_with_setting for name in shown} - {""}):
        set_field(app, name, in_field(name, values[name]))
    for name, value in values.items():
        widget(app, name).set_value(in_field(name, value))
    assert not app.run().error
    assert trained(app) == RunSettings(**values)


def test_only_a_text_has_a_fact_to_exchange(own_page, trained):
    assert "exchange" not in widgets(own_page("train"))
    app = own_page("train", dataset="stories")
    assert trained(set_field(app, "exchange", True)).exchange


def test_a_field_is_read_when_it_holds_something_new_and_not_each_time_the_page_is_drawn(
    own_page, monkeypatch
):
    read = []
    read_field = form._parse_field
    monkeypatch.setattr(
        form, "_parse_field", lambda row, held: read.append(row.name) or read_field(row, held)
    )
    app = own_page("train").run()
    assert read == []
    for name, value in (("epochs", 3), ("network", "cnn"), ("batch_size", 64)):
        set_field(app, name, in_field(name, value))
        assert read == [name]
        read.clear()
        app.run()
        assert read == []


def test_a_preset_and_a_data_set_chosen_at_once_both_count(own_page, trained):
    app = own_page("train")
    widget(app, "dataset").set_value("mnist")
    press_card(app, "cnn")
    assert widget(app, "dataset").value == "mnist" and chosen_card(app) == "cnn"
    settings = trained(app)
    assert (settings.dataset, settings.network) == ("mnist", "cnn")


@pytest.mark.parametrize(
    ("name", "value", "changes"),
    [
        ("preset", "wide", preset_settings("wide", "fashion_mnist").to_query()),
        ("epochs", 3, {"epochs": "3"}),
        ("dataset", "mnist", {"dataset": "mnist"}),
        ("hidden", "64", {"hidden": "64"}),
    ],
)
def test_what_is_chosen_just_before_train_is_trained(
    own_page, engine, token, usual, name, value, changes
):
    """One message contains both clicks, or the second click interrupts the first's script run."""
    app = own_page("train")
    app.button(key="train_start").click()
    if name == "preset":
        press_card(app, value)
    else:
        set_field(app, name, value)
    expected, _ = RunSettings.from_query(usual.to_query() | changes)
    assert only_run(engine, token).settings == expected


class SlowBrowser:
    """A simulated browser that receives some updates of the page late or never.

    Each message from the browser contains the widget states of the update that it received last.
    """

    def __init__(self, app: AppTest, draw: Random) -> None:
        self._app = app
        self._draw = draw
        self._coming = [app._tree.get_widget_states()]
        self._holds: dict[str, WidgetState] = {}
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
def test_presets_in_quick_succession_count_whole_however_late_messages_come(own_page, usual, times):
    draw = Random(times)
    app = own_page("train")
    browser = SlowBrowser(app, draw)
    expected = usual
    for _ in range(times):
        for _ in range(draw.randint(1, 3)):
            if draw.random() < 0.2:
                dataset = draw.choice(["mnist", "fashion_mnist"])
                expected = expected.settings_for_dataset(dataset)
                browser.send(widget(app, "dataset").set_value(dataset)._widget_state)
            preset = draw.choice(CARDS)
            expected = preset_settings(preset, expected.dataset).with_values(seed=usual.seed)
            browser.send(pressed_card(app, preset))
            for _ in range(draw.randint(0, 2)):  # a fragment requests a rerun
                browser.send()
        fields = {name: each.value for name, each in widgets(app).items()}
        assert fields == {name: in_field(name, getattr(expected, name)) for name in fields}
        assert (app.session_state["settings"], chosen_card(app)) == (expected, preset)


def test_all_that_is_wrong_is_said_at_once(open_page):
    app = set_field(open_page("train"), "target_metric", "val_accuracy")
    mistakes = {"batch_size": 0, "validation_split": 0, "hidden": "2048, 2048", "epochs": 100}
    for name, value in mistakes.items():
        widget(app, name).set_value(value)
    said = [text.replace("\\", "") for text in texts(app.run())]
    (wrong,) = (text for text in said if T("train.set_right") in text)
    named = {name for name in SETTINGS if f"{T(f'settings.{name}.label')}: " in wrong}
    assert named == {"batch_size", "target_metric", "hidden", "epochs"}
    assert app.button(key="train_start").disabled


def test_a_wrong_number_typed_just_before_train_is_said_and_not_trained(own_page, runs):
    app = own_page("train")
    widget(app, "epochs").set_value(0)
    (message,) = messages(start(app))
    assert T("settings.epochs.label") in message and not runs()


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_fills_the_fields(own_page, trained, usual, preset):
    app = own_page("train")
    if preset in CARDS:
        press_card(app, preset)
    else:
        press(app, f"preset_{preset}")
    expected = preset_settings(preset, "fashion_mnist").with_values(seed=usual.seed)
    assert trained(app) == expected


def test_the_notebook_trains_with_all_images_and_a_card_with_as_many_as_were_chosen(
    own_page, trained, usual
):
    app = own_page("train", train_images="1000", optimizer="sgd")
    press_card(app, "wide")
    wide = preset_settings("wide", "fashion_mnist").with_values(seed=usual.seed)
    assert app.session_state["settings"] == wide.with_values(train_images=1_000)
    press(app, "preset_notebook")
    expected = preset_settings("notebook", "fashion_mnist").with_values(seed=usual.seed)
    assert expected.train_images is None and trained(app) == expected


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
            set_field(app, name, value)
            (message,) = messages(app)
            assert T(f"settings.{name}.label") in message
            assert "(4096" not in message.replace(str(value), "")
            (topic,) = (each for each in app.expander if each.error)
            fields = [each.key for each in (*topic.number_input, *topic.text_input)]
            assert topic.proto.expanded and widget(app, name).key in fields
            assert app.button(key="train_start").disabled
        widget(app, name).set_value(in_field(name, getattr(OTHER, name)))
    app.run()
    assert not messages(app) and not app.button(key="train_start").disabled


def test_fields_are_drawn_in_folds_that_are_open_and_stay_so_in_another_language(open_page):
    some = {"epochs", "batch_size", "augmentation"}
    assert not some & widgets(open_page("train", folds=())).keys()
    app = open_page("train", folds=("topic_training",))
    assert some & widgets(app).keys() == {"epochs", "batch_size"}
    set_field(app, "language", "zh-Hant")
    assert some & widgets(app).keys() == {"epochs", "batch_size"}


def test_what_is_typed_while_another_fold_is_closed_or_opened_counts(own_page, trained, usual):
    def fold(network: bool, training: bool) -> None:
        app.session_state["topic_network"] = network
        app.session_state["topic_training"] = training
        app.run()

    app = own_page("train", folds=("topic_network", "topic_training"))
    widget(app, "hidden").set_value("64, 32")
    fold(True, False)
    fold(False, True)
    set_field(app, "epochs", 3)
    fold(False, False)
    assert trained(app) == usual.with_values(hidden=(64, 32), epochs=3)


def test_a_data_set_clicked_while_a_presets_run_ends_counts(own_page, trained, usual):
    app = own_page("train")
    preset = preset_settings("cnn", "fashion_mnist").with_values(seed=usual.seed)
    # The click on a preset sets these settings before the form is drawn.
    app.session_state["settings"] = preset
    assert trained(set_field(app, "dataset", "mnist")) == preset.with_values(dataset="mnist")


def test_an_address_sets_the_fields(own_page, trained):
    query = {name: setting_to_text(name, getattr(OTHER, name)) for name in SETTINGS}
    assert trained(own_page("train", **query)) == OTHER


def test_a_bad_or_unknown_value_in_the_address_is_a_notice_and_the_default_counts(
    own_page, trained
):
    app = own_page("train", epochs="many", colour="red", seed="5")
    said = " ".join(messages(app))
    assert T("settings.epochs.label") in said and "colour" in said
    assert trained(app) == RunSettings(seed=5)


def test_a_locked_field_is_hidden_and_keeps_its_value(own_page, trained, usual):
    app = own_page("train", hidden="64", lock="hidden,optimizer,preset")
    keys = widgets(app).keys()
    assert not keys & {"hidden", "optimizer"} and "activation" in keys
    assert not [each for each in widgets_of(app) if each.endswith("-preset")]
    assert trained(app) == usual.with_values(hidden=(64,))


def test_settings_survive_a_refresh_and_what_cannot_be_read_of_them_counts_for_nothing(
    own_page, engine, token, trained, usual
):
    set_field(set_field(own_page("train"), "dataset", "mnist"), "hidden", "64")
    assert trained(own_page("train")) == usual.with_values(dataset="mnist", hidden=(64,))
    for forged in ({"settings": {"epochs": 10**9}}, {"settings": {"old": 1}}, ["list"], "text"):
        engine.notes.write_note(token, "settings", forged)
        assert widget(own_page("train"), "epochs").value == usual.epochs


def test_the_same_address_again_changes_nothing_and_another_one_begins_from_the_defaults(own_page):
    set_field(own_page("train", epochs="3"), "hidden", "64")
    assert widget(own_page("train", epochs="3"), "hidden").value == "64"
    other = own_page("train", epochs="4")
    assert (widget(other, "hidden").value, widget(other, "epochs").value) == ("128", 4)


def test_a_click_and_the_page_after_it_read_the_form_once(own_page, trained, monkeypatch):
    app = own_page("train")
    widget(app, "epochs").set_value(3)
    read = []
    update = form._update_form_field
    monkeypatch.setattr(
        form, "_update_form_field", lambda row, *args: read.append(row.name) or update(row, *args)
    )
    assert trained(app).epochs == 3 and sorted(read) == sorted(SETTINGS)
    read.clear()
    app.run()
    assert not read
