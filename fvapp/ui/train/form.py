"""The settings form, drawn from the table of hyperparameters."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from fvapp.core.errors import SettingsError, Term
from fvapp.core.limits import broken_limits
from fvapp.core.setting import Setting, Topic, Value, to_text
from fvapp.core.settings import SETTINGS, RunSettings, from_text, preset_settings
from fvapp.core.wording import value_words
from fvapp.i18n import Translator
from fvapp.ui.browser.choices import when_chosen
from fvapp.ui.browser.folds import open_fold
from fvapp.ui.messages import plain
from fvapp.ui.parts.data_sets import data_remarks
from fvapp.ui.parts.glossary import help_with_word
from fvapp.ui.parts.own_examples import kept_examples
from fvapp.ui.parts.page_links import page_path
from fvapp.ui.visit import Visit

_CLICKED = {"preset", *(row.name for row in SETTINGS.values() if row.side_by_side)}
_ROW_HEIGHT = 70  # pixels of a field with its label

_SHOWN = "form_shows"
CARDS = ("standard", "wide", "cnn")


def draw_choices(visit: Visit, locked: frozenset[str]) -> None:
    """Draw what is chosen first: data set and preset."""
    _fill_widgets(visit)
    t = visit.t
    if "dataset" not in locked:
        _draw_field(SETTINGS["dataset"], visit.settings, t)
    if "preset" not in locked:
        # The style makes cards of them, with the pictures of `charts.cards`; the keyboard knows them as one choice.
        st.pills(
            t("train.preset"),
            CARDS,
            default=st.session_state["preset"],
            format_func=lambda name: f"{t(f'presets.{name}.label')} :small[{t(f'presets.{name}.short')}]",
            key="preset",
            on_change=when_chosen("preset", CARDS, lambda name: _take_preset(visit, name)),
            label_visibility="collapsed",
            width="stretch",
        )


def draw_fields(visit: Visit, locked: frozenset[str]) -> tuple[RunSettings | None, Sequence[SettingsError]]:
    """Draw the fields by topic, and return the settings they hold and what is wrong with them.

    Args:
        locked: names of the fields that a teacher's link hides; they keep their values.

    Returns:
        The settings, or None when a field is wrong or they are too large together; and an error for each such field.
    """
    settings, errors = _read_fields(visit)
    if settings is not None:
        if settings.dataset != visit.settings.dataset:
            follow = {row.name: _held(row, settings) for row in SETTINGS.values() if row.name != "dataset"}
            st.session_state.update({name: held for name, held in follow.items() if st.session_state.get(name) != held})
        visit.set_settings(settings)
        st.session_state[_SHOWN] = settings
    for topic in ("network", "training", "data"):
        rows = [row for row in SETTINGS.values() if row.topic == topic and _is_drawn(row, visit.settings, locked)]
        if rows:
            _draw_topic(visit, topic, rows, errors)
    for remark in data_remarks(settings, visit.t) if settings is not None else ():
        st.info(remark)
    if settings is not None and settings.examples != "none":
        _draw_own(visit, settings.dataset)
    if "preset" not in locked:
        st.button(
            visit.t("presets.notebook.label"),
            key="preset_notebook",
            type="tertiary",
            help=visit.t("presets.notebook.help"),
            on_click=_take_preset,
            args=(visit, "notebook"),
        )
    return settings, tuple(errors.values())


def _draw_own(visit: Visit, dataset: str) -> None:
    """Say how many own examples there are to learn from; without any, the way to them."""
    mine = kept_examples(visit, dataset)
    if not mine:
        st.page_link(page_path("draw"), label=visit.t("examples.empty"), icon=":material/draw:")
        return
    test = sum(each.place == "test" for each in mine)
    st.info(visit.t("examples.counted", n=len(mine) - test, test=test))


def settings_of_form(visit: Visit) -> RunSettings | None:
    """Return what the fields hold now, for callbacks; None when a field is wrong.

    What was drawn last may be older: who chooses something and presses "Train" at once cuts the script run short that
    would have drawn it.
    """
    _fill_widgets(visit)
    return _read_fields(visit)[0]


def _read_fields(visit: Visit) -> tuple[RunSettings | None, dict[str, SettingsError]]:
    """Return the settings that the fields hold, and all that is wrong, by the name of the field.

    What is wrong between fields is judged with the defaults of those that are wrong by themselves.
    """
    before = visit.settings
    values: dict[str, Value] = {}
    errors: dict[str, SettingsError] = {}
    for row in SETTINGS.values():
        try:
            values[row.name] = _read_field(row, before)
        except SettingsError as error:
            errors[row.name] = error
    if values.get("dataset", before.dataset) != before.dataset:  # what it does not have goes, unless it was typed now
        there = before.on(values["dataset"])
        values |= {name: getattr(there, name) for name in values if values[name] == getattr(before, name)}
    together: list[SettingsError] = []
    settings = RunSettings.without_conflicts(values, together)
    for error in (*together, *broken_limits(settings)):
        errors.setdefault(error.setting, error)
    return (None if errors else settings), errors


def _draw_topic(visit: Visit, topic: Topic, rows: list[Setting], errors: dict[str, SettingsError]) -> None:
    """Draw the fields of a topic, each with the sentence of its error."""
    wrong, key = {row.name for row in rows} & errors.keys(), f"topic_{topic}"
    if wrong:
        st.session_state[key] = True  # nobody sees what is wrong in a closed fold
    if place := open_fold(key, visit.t(f"train.topics.{topic}"), _ROW_HEIGHT * len(rows)):
        with place:
            for row in rows:
                _draw_field(row, visit.settings, visit.t)
                if row.name in wrong:
                    st.error(plain(errors[row.name].sentence(visit.t)))


def _is_drawn(row: Setting, settings: RunSettings, locked: frozenset[str]) -> bool:
    if row.name in locked or row.name == "dataset":
        return False
    if other := row.only_with:
        held = st.session_state.get(other, to_text(other, getattr(settings, other)))
        return held != "none" and other not in locked
    return row.only_for in ("", st.session_state.get("network", settings.network))


def _help(row: Setting, t: Translator) -> str:
    """Return the help of a setting, with a link to the glossary where a word of it is explained there."""
    text = t(f"settings.{row.name}.help")
    return help_with_word(t, row.word, text) if row.word else text


def _draw_field(row: Setting, settings: RunSettings, t: Translator) -> None:
    # The value is given as default too: a browser that gets two script runs in quick succession shows only the second,
    # in which a value written to the session before the first is no news any more.
    held = _held(row, settings)
    label, help_text = t(f"settings.{row.name}.label"), _help(row, t)
    if row.kind == "choice":
        options = [to_text(row.name, choice) for choice in row.choices_on(settings.dataset)]
        words = {
            "format_func": lambda text: value_words(row.name, from_text(row.name, text), t, settings.dataset),
            "key": row.name,
            "help": help_text,
        }
        if row.name == "dataset":  # its choices say what it is, and a help button would be one more stop to "Train"
            words["help"], words["label_visibility"] = None, "collapsed"
        if row.side_by_side:
            st.segmented_control(label, options, default=held, required=True, wrap=True, **words)
        else:
            st.selectbox(label, options, index=options.index(held), filter_mode=None, **words)
    elif row.kind == "flag":
        st.toggle(label, value=held, key=row.name, help=help_text)
    elif row.typed:
        st.text_input(label, value=held, key=row.name, help=help_text, max_chars=40)
    elif row.kind == "widths":
        st.text_input(label, value=held, key=row.name, help=help_text, placeholder=t("train.no_hidden"))
    else:
        step, written = (1, "%d") if row.kind == "whole" else (row.step, "%g")
        st.number_input(label, value=held, step=step, format=written, key=row.name, help=help_text)


def _read_field(row: Setting, settings: RunSettings) -> Value:
    """Return the value a field holds; of a field that is not drawn, the value it had."""
    if row.name not in st.session_state:
        return getattr(settings, row.name)
    held = st.session_state[row.name]
    if row.kind in ("choice", "widths") or row.typed:
        return from_text(row.name, held or "")
    if held is None:
        label = Term(f"settings.{row.name}.label")
        raise SettingsError("empty_field", field=label)
    return from_text(row.name, to_text(row.name, held))  # each by itself, so that all that is wrong is said at once


def _fill_widgets(visit: Visit) -> None:
    """Put the settings into the widgets when they changed elsewhere or when the page is new.

    Widgets lose what they hold when the visitor goes to another page; `visit.settings` does not.
    """
    settings, state = visit.settings, st.session_state
    held = {row.name: _held(row, settings) for row in SETTINGS.values()} | {"preset": _preset_of(settings)}
    missing = {name for name in held if name not in state}  # at a fold that was just closed; on a new page all of them
    if state.get(_SHOWN) != settings:
        wanted = set(held) - {"dataset"} if _is_dataset_new() else set(held)
        state[_SHOWN] = settings
    else:
        wanted = missing | {"preset"} | {name for name in held.keys() - missing if _is_no_choice(name)}
    # What a run writes takes the place of what was clicked or typed in the browser since. A click has a run of its own,
    # which puts that right by writing what it chose; what is being typed would be gone. So what is typed is written
    # only when it is another, and what is clicked in each run.
    new = {name for name in wanted if name not in state or state[name] != held[name]}
    state.update({name: held[name] if name in wanted else state[name] for name in new | _CLICKED})


def _is_dataset_new() -> bool:
    """Return whether the data set was clicked after the form was last drawn.

    Of two quick clicks, on a preset and then on a data set, the second can come while the run of the first ends without
    drawing the form.
    """
    shown, chosen = st.session_state.get(_SHOWN), st.session_state.get("dataset")
    if shown is None or chosen not in SETTINGS["dataset"].choices:
        return False
    return chosen != shown.dataset


def _is_no_choice(name: str) -> bool:
    """Return whether a field is a list that still holds a label from another language; see ``choices``."""
    row = SETTINGS.get(name)
    if row is None or row.kind != "choice":
        return False
    return st.session_state[name] not in [to_text(name, choice) for choice in row.choices]


def _preset_of(settings: RunSettings) -> str | None:
    free = {"seed": settings.seed, "train_images": settings.train_images}
    presets = {preset_settings(name, settings.dataset).with_values(**free): name for name in CARDS}
    return presets.get(settings)


def _held(row: Setting, settings: RunSettings) -> Value:
    """Return what the widget of a row holds for `settings`."""
    value = getattr(settings, row.name)
    if row.kind == "widths":
        return ", ".join(map(str, value))
    return to_text(row.name, value) if row.kind == "choice" or row.typed else value


def _take_preset(visit: Visit, name: str) -> None:
    # Two quick clicks can come as one: a data set chosen just after the preset is in its field and nowhere else.
    old = _read_fields(visit)[0] or visit.settings
    visit.set_settings(preset_settings(name, old.dataset).with_values(seed=old.seed, train_images=old.train_images))
