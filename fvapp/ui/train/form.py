"""The settings form, drawn from the table of hyperparameters."""

from __future__ import annotations

import streamlit as st

from fvapp.core.errors import SettingsError, Term
from fvapp.core.glossary import SETTING_WORDS
from fvapp.core.limits import check_limits
from fvapp.core.settings import PRESETS, SETTINGS, RunSettings, Setting, Value, from_text, preset_settings, to_text
from fvapp.i18n import Translator
from fvapp.ui.browser.choices import when_chosen
from fvapp.ui.parts.glossary import help_with_word
from fvapp.ui.visit import Visit

# Fields that mean nothing to a network of the other kind are not shown for it.
_ONLY_FOR_DENSE = frozenset({"hidden"})
_STEPS = {"validation_split": 0.05, "dropout": 0.1, "target_value": 0.05, "learning_rate": 0.001}

_SHOWN = "form_shows"


def draw_choices(visit: Visit, locked: frozenset[str]) -> None:
    """Draw what is chosen first: data set and preset."""
    _fill_widgets(visit)
    t = visit.t
    if "dataset" not in locked:
        _draw_field(SETTINGS["dataset"], visit.settings, t)
    if "preset" not in locked:
        st.pills(
            t("train.preset"),
            tuple(PRESETS),
            default=st.session_state["preset"],
            format_func=lambda name: t(f"presets.{name}.label"),
            key="preset",
            on_change=when_chosen("preset", PRESETS, lambda name: _take_preset(visit, name)),
            wrap=True,
            help="  \n".join(
                f"**{t(f'presets.{name}.label')}**{t('common.colon')}{t(f'presets.{name}.help')}" for name in PRESETS
            ),
        )


def draw_fields(visit: Visit, locked: frozenset[str]) -> RunSettings | None:
    """Draw the fields by topic, and return the settings they hold.

    Args:
        locked: names of the fields that a teacher's link hides; they keep their values.

    Returns:
        None when a field is wrong or they are too large together; the sentence is then in the page's message.
    """
    t = visit.t
    values: dict[str, Value] = {}
    errors: list[SettingsError] = []
    for topic in ("network", "training", "data"):
        rows = [row for row in SETTINGS.values() if row.topic == topic and _is_drawn(row, visit.settings, locked)]
        if not rows:
            continue
        with st.expander(t(f"train.topics.{topic}"), key=f"topic_{topic}"):
            for row in rows if visit.painted else ():
                _draw_field(row, visit.settings, t)
    for row in SETTINGS.values():
        try:
            values[row.name] = _read_field(row, visit.settings)
        except SettingsError as error:
            errors.append(error)
    if not errors:
        try:
            settings = RunSettings(**values)
            check_limits(settings)
        except SettingsError as error:
            errors.append(error)
        else:
            visit.set_settings(settings)
            st.session_state[_SHOWN] = settings
            return settings
    for error in errors:
        visit.say_error(error)
    return None


def _is_drawn(row: Setting, settings: RunSettings, locked: frozenset[str]) -> bool:
    if row.name in locked or row.name == "dataset":
        return False
    if row.name == "target_value":
        return st.session_state.get("target_metric", settings.target_metric) != "none" and "target_metric" not in locked
    network = st.session_state.get("network", settings.network)
    return network == "dense" or row.name not in _ONLY_FOR_DENSE


def _help(name: str, t: Translator) -> str:
    """Return the help of a setting, with a link to the glossary where a word of it is explained there."""
    text, word = t(f"settings.{name}.help"), SETTING_WORDS.get(name)
    return text if word is None else help_with_word(t, word, text)


def _draw_field(row: Setting, settings: RunSettings, t: Translator) -> None:
    # The value is given as default too: a browser that gets two script runs in quick succession shows only the second,
    # in which a value written to the session before the first is no news any more.
    held = _held(row, settings)
    label, help_text = t(f"settings.{row.name}.label"), _help(row.name, t)
    if row.kind == "choice":
        options = [to_text(row.name, choice) for choice in row.choices]
        words = {
            "format_func": lambda text: t(f"settings.{row.name}.choices.{text}"),
            "key": row.name,
            "help": help_text,
        }
        if row.name in ("dataset", "network"):
            st.segmented_control(label, options, default=held, required=True, wrap=True, **words)
        else:
            st.selectbox(label, options, index=options.index(held), filter_mode=None, **words)
    elif row.kind == "flag":
        st.toggle(label, value=held, key=row.name, help=help_text)
    elif row.kind == "widths":
        st.text_input(label, value=held, key=row.name, help=help_text, placeholder=t("train.no_hidden"))
    elif row.kind == "whole":
        st.number_input(label, value=held, step=1, format="%d", key=row.name, help=help_text)
    else:
        st.number_input(label, value=held, step=_STEPS[row.name], format="%g", key=row.name, help=help_text)


def _read_field(row: Setting, settings: RunSettings) -> Value:
    """Return the value a field holds; of a field that is not drawn, the value it had."""
    if row.name not in st.session_state:
        return getattr(settings, row.name)
    held = st.session_state[row.name]
    if row.kind in ("choice", "widths"):
        return from_text(row.name, held or "")
    if held is None:
        label = Term(f"settings.{row.name}.label")
        raise SettingsError("empty_field", field=label)
    return held


def _fill_widgets(visit: Visit) -> None:
    """Put the settings into the widgets when they changed elsewhere or when the page is new.

    Widgets lose what they hold when the visitor goes to another page; `visit.settings` does not.
    """
    settings, state = visit.settings, st.session_state
    if state.get(_SHOWN) != settings or any(name not in state for name in SETTINGS):
        state.update({row.name: _held(row, settings) for row in SETTINGS.values()})
        state[_SHOWN] = settings
    for row in SETTINGS.values():
        if row.kind == "choice" and state[row.name] not in [to_text(row.name, choice) for choice in row.choices]:
            state[row.name] = _held(row, settings)  # a label of before is no choice, see choices.py
    state["preset"] = next((name for name in PRESETS if _is_preset(settings, name)), None)


def _held(row: Setting, settings: RunSettings) -> Value:
    """Return what the widget of a row holds for `settings`."""
    value = getattr(settings, row.name)
    if row.kind == "widths":
        return ", ".join(map(str, value))
    return to_text(row.name, value) if row.kind == "choice" else value


def _is_preset(settings: RunSettings, name: str) -> bool:
    return settings == preset_settings(name, settings.dataset).with_values(
        seed=settings.seed, train_images=settings.train_images
    )


def _take_preset(visit: Visit, name: str) -> None:
    old = visit.settings
    visit.set_settings(preset_settings(name, old.dataset).with_values(seed=old.seed, train_images=old.train_images))
