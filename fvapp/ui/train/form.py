"""Draws and reads the form for a run's settings, from the table of hyperparameters."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import streamlit as st

from fvapp.charts.cards import CARDS
from fvapp.core.classroom import HuntBudget
from fvapp.core.dataset_table import OWN
from fvapp.core.errors import CatalogueKey, SettingsError
from fvapp.core.limits import find_exceeded_limits
from fvapp.core.setting import Setting, Topic, Value, setting_to_text
from fvapp.core.settings import (
    PRESETS,
    SETTINGS,
    RunSettings,
    preset_settings,
    presets_for_dataset,
    read_setting_value,
)
from fvapp.core.stack import count_parameters
from fvapp.core.texts.own import RECITED
from fvapp.core.texts.strips import LEAST_TESTED
from fvapp.core.wording import setting_value_words
from fvapp.i18n import Translator
from fvapp.ui.browser import draw_expander
from fvapp.ui.messages import escape_markdown
from fvapp.ui.parts import (
    dataset_choices,
    draw_more_data_sets,
    draw_page_link,
    help_with_glossary_link,
    kept_examples,
    remarks_on_altered_data,
    row_container,
)
from fvapp.ui.train.cards import draw_preset_cards, last_card_press
from fvapp.ui.visit import Visit

_ROW_HEIGHT = 70  # approximate height of a field with its label, in pixels

_FORM = "form"
_NOT_DRAWN = object()


@dataclass(frozen=True)
class FormField:
    """A field of the settings form, parsed only when the browser reports new content.

    Attributes:
        earlier_field_count: number of earlier fields for the same setting, which is part of the
            field's key.
        browser_content: the field's content in the browser.
        parsed_value: the setting's value according to the content, or the error in the content.
    """

    earlier_field_count: int
    browser_content: Value
    parsed_value: Value | SettingsError


@dataclass(frozen=True)
class SettingsForm:
    """The content of the settings form.

    Only the browser changes the content of a field. If the app changes a setting, it draws a new
    field with the next number, so that late messages about the previous field have no effect.

    Attributes:
        settings: the settings in the fields; None if there is any error.
        errors_by_field: the errors in the form, by the names of their fields.
        last_valid_settings: the latest settings without errors.
        fields_by_row: the fields, by the names of their settings.
        last_press_time: time of the last press on a preset card that was applied.
        reported_contents_by_key: the contents that the browser reported when the form was last
            read, by the fields' keys.
    """

    settings: RunSettings | None
    errors_by_field: Mapping[str, SettingsError]
    last_valid_settings: RunSettings
    fields_by_row: Mapping[str, FormField]
    last_press_time: float
    reported_contents_by_key: Mapping[str, object]


def read_settings_form(visit: Visit) -> SettingsForm:
    """Apply the visitor's changes, and return the form; can be called in widget callbacks.

    Callbacks need this function, because the form that was last drawn may be outdated: if a visitor
    changes a field and presses "Train" at once, the script run that would have read the change is
    interrupted.
    """
    before = visit.settings
    form = st.session_state.get(_FORM)
    card = last_card_press()
    if form is not None and (
        before,
        card.at,
        _reported_contents(form.reported_contents_by_key),
    ) == (form.last_valid_settings, form.last_press_time, form.reported_contents_by_key):
        return form  # nothing has changed since the last call
    if form is None:
        fields = {row.name: _make_field(row, 0, before) for row in SETTINGS.values()}
        press_time = card.at  # later repeats of this press are ignored
    else:
        fields = (
            form.fields_by_row
            if form.last_valid_settings == before
            else _refill_fields(form.fields_by_row, before)
        )
        press_time = form.last_press_time
    fields = {
        row.name: _update_form_field(row, fields[row.name], before) for row in SETTINGS.values()
    }
    settings, errors = _read_fields(fields, before)
    if card.at != press_time and card.name in _presets_with_card(before.dataset):
        settings = _preset_settings(card.name, settings or before)
        errors = {}
    if settings is not None:
        # The settings are stored first. If this script run is then interrupted, the next script run
        # fills the fields.
        visit.store_settings(settings)
        fields = _refill_fields(fields, settings)
    reported = _reported_contents(
        [_field_key(SETTINGS[name], field) for name, field in fields.items()]
    )
    st.session_state[_FORM] = form = SettingsForm(
        settings, errors, visit.settings, fields, card.at, reported
    )
    return form


def has_chosen_new_own_data_set() -> bool:
    """Return whether the visitor has just chosen to make their own data set."""
    form = st.session_state.get(_FORM)
    return (
        form is not None
        and st.session_state.get(_field_key(SETTINGS["dataset"], form.fields_by_row["dataset"]))
        == OWN
    )


def draw_dataset_and_preset(visit: Visit, form: SettingsForm, locked: frozenset[str]) -> None:
    """Draw the top of the settings form, where visitors choose a data set and a preset."""
    if "dataset" not in locked:
        with row_container("data_sets"):
            _draw_settings_field(SETTINGS["dataset"], form, visit)
            draw_more_data_sets(
                visit,
                form.last_valid_settings.dataset,
                lambda name: visit.store_settings(
                    read_settings_form(visit).last_valid_settings.settings_for_dataset(name)
                ),
            )
    if "preset" not in locked:
        cards = _presets_with_card(form.last_valid_settings.dataset)
        chosen = form.settings
        draw_preset_cards(
            visit.t,
            cards,
            next(
                (name for name in cards if chosen and _preset_settings(name, chosen) == chosen),
                None,
            ),
            form.last_press_time,
            _presets_too_large(visit, form.last_valid_settings),
        )


def draw_settings_fields(visit: Visit, form: SettingsForm, locked: frozenset[str]) -> None:
    """Draw the settings' fields, grouped by topic, and remarks on the settings.

    Args:
        locked: names of fields that a teacher has hidden; the hidden settings keep their values.
    """
    settings = form.settings
    for topic in ("network", "training", "data"):
        rows = [
            row
            for row in SETTINGS.values()
            if row.form_topic == topic and _should_draw_field(row, form, locked)
        ]
        if rows:
            _draw_topic_expander(visit, topic, rows, form)
    if settings is not None:
        for remark in remarks_on_altered_data(settings, visit.t):
            st.info(remark)
        if settings.dataset_info.base_dataset:
            _draw_text_remarks(visit, settings)
        if settings.dataset_info.is_own and settings.augmentation:
            st.caption(visit.t("own.varied"))
        if settings.examples != "none":
            _draw_own_example_count(visit, settings.dataset)
    if "preset" not in locked:
        st.button(
            visit.t("presets.notebook.label"),
            key="preset_notebook",
            type="tertiary",
            help=visit.t("presets.notebook.help"),
            on_click=lambda: visit.store_settings(
                _preset_settings("notebook", read_settings_form(visit).settings or visit.settings)
            ),
        )


def _draw_text_remarks(visit: Visit, settings: RunSettings) -> None:
    """Draw a note if the visitor's own text is short, or a link if there is no text yet."""
    t = visit.t
    kept = next(iter(kept_examples(visit, settings.dataset)), None)
    if kept is None:
        draw_page_link(
            "data",
            t("own_text.title"),
            icon=":material/edit_note:",
            query_params={"dataset": settings.dataset},
        )
    elif settings.uses_only_own_data:
        for word, least in (("recites_alone", RECITED), ("untested", LEAST_TESTED)):
            if len(kept.text) < least:
                st.info(t(f"own_text.{word}", n=f"{least:,}"))


def _presets_too_large(visit: Visit, settings: RunSettings) -> dict[str, str]:
    """Return texts with the sizes of presets that are too large for the hunt, by preset name.

    A hunt is a contest for the best network, which limits the number of parameters.
    """
    budget = visit.hunt_budget
    if budget is None:
        return {}
    return {
        name: hunt_budget_text(budget, number, visit.t)
        for name in _presets_with_card(settings.dataset)
        if (number := count_parameters(_preset_settings(name, settings))) > budget.parameters
    }


def hunt_budget_text(budget: HuntBudget, parameters: int, t: Translator) -> str:
    """Return a text with a network's number of parameters, and the maximum in a hunt.

    A hunt is a contest for the best network.
    """
    return t("train.of_budget", parameters=f"{parameters:,}", most=f"{budget.parameters:,}")


def _draw_own_example_count(visit: Visit, dataset: str) -> None:
    """Draw how many of the visitor's own examples a run uses, or a link to the draw page."""
    mine = kept_examples(visit, dataset)
    if not mine:
        draw_page_link("draw", visit.t("examples.empty"), icon=":material/draw:")
        return
    test = sum(example.place == "test" for example in mine)
    st.info(visit.t("examples.counted", n=len(mine) - test, test=test))


def _read_fields(
    fields: Mapping[str, FormField], before: RunSettings
) -> tuple[RunSettings | None, dict[str, SettingsError]]:
    """Return the settings in the fields (None if there are errors), and all errors by field name.

    To find conflicts between fields, each invalid field is replaced by its default.
    """
    read = {name: field.parsed_value for name, field in fields.items()}
    errors = {name: value for name, value in read.items() if isinstance(value, SettingsError)}
    values = {name: value for name, value in read.items() if not isinstance(value, SettingsError)}
    # With a new data set, settings that do not apply to that data set are reset, unless the visitor
    # has just changed them.
    if values.get("dataset", before.dataset) != before.dataset:
        on_new_dataset = before.settings_for_dataset(str(values["dataset"]))
        values |= {
            name: getattr(on_new_dataset, name)
            for name in values
            if values[name] == getattr(before, name)
        }

    conflicts: list[SettingsError] = []
    settings = RunSettings.drop_conflicting_values(values, conflicts)
    for error in (*conflicts, *find_exceeded_limits(settings)):
        errors.setdefault(error.setting_name, error)
    return (None if errors else settings), errors


def _draw_topic_expander(
    visit: Visit, topic: Topic, rows: list[Setting], form: SettingsForm
) -> None:
    """Draw an expander with the fields of a topic, each followed by its error, if any."""
    wrong = {row.name for row in rows} & form.errors_by_field.keys()
    key = f"topic_{topic}"
    if wrong:
        st.session_state[key] = True  # open the expander to show the error

    def draw_settings_of_topic() -> None:
        for row in rows:
            _draw_settings_field(row, form, visit)
            if row.name in wrong:
                st.error(escape_markdown(form.errors_by_field[row.name].to_sentence(visit.t)))

    draw_expander(
        key, visit.t(f"train.topics.{topic}"), _ROW_HEIGHT * len(rows), draw_settings_of_topic
    )


def _should_draw_field(row: Setting, form: SettingsForm, locked: frozenset[str]) -> bool:
    if (
        row.name in locked
        or row.name == "dataset"
        or not row.is_adjustable_for_dataset(form.last_valid_settings.dataset)
    ):
        return False
    if other := row.only_with_setting:
        return form.fields_by_row[other].browser_content != "none" and other not in locked
    return row.applies_to_network(form.fields_by_row["network"].browser_content)


def _draw_settings_field(row: Setting, form: SettingsForm, visit: Visit) -> None:
    t = visit.t
    settings = form.last_valid_settings
    field = form.fields_by_row[row.name]
    # Only a field with choices can show the browser's content again. In other fields, the content
    # may be a forged number, which Streamlit would not accept as a default.
    held = field.browser_content if row.kind == "choice" else _field_content(row, settings)
    label = t(f"settings.{row.name}.label")
    help_text = t(f"settings.{row.name}.help")
    if row.glossary_word:
        help_text = help_with_glossary_link(t, row.glossary_word, help_text)
    key = _field_key(row, field)
    if row.kind == "choice":
        chosen = str(held)
        # The data set's field has no help text, since the help button would be another tab stop
        # before "Train".
        if row.name == "dataset":
            words = dataset_choices(visit, chosen)
            options: dict[str, object] = {"label_visibility": "collapsed"}
        else:
            choices = row.choices_for_dataset(settings.dataset)
            words = {
                setting_to_text(row.name, choice): setting_value_words(
                    row.name, choice, t, settings
                )
                for choice in choices
            }
            options = {"help": help_text}
        if row.choices_side_by_side:
            field_of_choices: Callable[..., object] = st.segmented_control
            options |= {"default": chosen, "required": True, "wrap": True}
        else:
            field_of_choices = st.selectbox
            options |= {"index": list(words).index(chosen), "filter_mode": None}
        field_of_choices(label, words, key=key, format_func=words.__getitem__, **options)
    elif row.kind == "flag":
        st.toggle(label, value=bool(held), key=key, help=help_text)
    elif row.is_text_field:
        st.text_input(label, value=held, key=key, help=help_text, max_chars=40)
    elif row.kind == "widths":
        st.text_input(label, value=held, key=key, help=help_text, placeholder=t("train.no_hidden"))
    else:
        number_field: Callable[..., object] = st.number_input
        step, written = (1, "%d") if row.kind == "whole" else (row.button_step, "%g")
        number_field(label, value=held, step=step, format=written, key=key, help=help_text)


def _reported_contents(keys: Iterable[str]) -> dict[str, object]:
    """Return the contents that the browser reports, by field key; `_NOT_DRAWN` without a field."""
    return {key: st.session_state.get(key, _NOT_DRAWN) for key in keys}


def _field_key(row: Setting, field: FormField) -> str:
    return f"{row.name}_{field.earlier_field_count}"


def _update_form_field(row: Setting, field: FormField, before: RunSettings) -> FormField:
    """Return a field with the browser's content; an undrawn field takes the setting's value."""
    reported = st.session_state.get(_field_key(row, field), _NOT_DRAWN)
    if reported is _NOT_DRAWN:
        return (
            field
            if field.parsed_value == getattr(before, row.name)
            else _make_field(row, field.earlier_field_count + 1, before)
        )
    if reported == field.browser_content:
        return field
    if row.kind == "choice":
        listed = [
            setting_to_text(row.name, choice) for choice in row.choices_for_dataset(before.dataset)
        ]
        if reported not in listed and not (row.is_available is None and reported in row.choices):
            # The browser has reported a label in another language, so a new field is drawn; see
            # `fvapp.ui.browser.choices`.
            return replace(field, earlier_field_count=field.earlier_field_count + 1)

    try:
        return FormField(field.earlier_field_count, reported, _parse_field(row, reported))
    except SettingsError as error:
        return FormField(field.earlier_field_count, reported, error)


def _refill_fields(fields: Mapping[str, FormField], settings: RunSettings) -> dict[str, FormField]:
    """Return the fields, with a new field in place of each field that differs from the settings."""
    return {
        name: field
        if field.parsed_value == getattr(settings, name)
        else _make_field(SETTINGS[name], field.earlier_field_count + 1, settings)
        for name, field in fields.items()
    }


def _make_field(row: Setting, number: int, settings: RunSettings) -> FormField:
    return FormField(number, _field_content(row, settings), getattr(settings, row.name))


def _parse_field(row: Setting, held: Value) -> Value:
    """Return the setting's value according to a field's content.

    Raises:
        SettingsError: the content is empty or not a valid value.
    """
    if row.kind in ("choice", "widths") or row.is_text_field:
        return read_setting_value(row.name, str(held or ""))
    if held is None:
        label = CatalogueKey(f"settings.{row.name}.label")
        raise SettingsError("empty_field", field=label)
    # Each field is parsed separately, so that all errors can be shown at once.
    return read_setting_value(row.name, setting_to_text(row.name, held))


def _presets_with_card(dataset: str) -> list[str]:
    """Return the names of those presets for a data set that have a card."""
    return [name for name in CARDS if name in presets_for_dataset(dataset)]


def _field_content(row: Setting, settings: RunSettings) -> Value:
    """Return the content of a setting's field for the given settings."""
    value = getattr(settings, row.name)
    if row.kind == "widths":
        return ", ".join(map(str, value))
    return setting_to_text(row.name, value) if row.kind == "choice" or row.is_text_field else value


def _preset_settings(name: str, old: RunSettings) -> RunSettings:
    return preset_settings(name, old.dataset).with_values(
        **{"seed": old.seed, "train_images": old.train_images, **PRESETS[name]}
    )
