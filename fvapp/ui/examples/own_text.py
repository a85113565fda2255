"""Draws the fields with which visitors enter, check and delete their own training text."""

import streamlit as st

from fvapp.core.dataset_table import DATASETS
from fvapp.core.errors import FvappError
from fvapp.core.schema import read_as_type_or_none
from fvapp.core.texts.own import (
    LEAST_MIXED,
    MOST_SIGNS,
    MOST_TYPED,
    OwnText,
    read_own_text,
    text_too_long_error,
)
from fvapp.ui.browser import draw_expander, make_component
from fvapp.ui.examples.naming import DATA_DATASET
from fvapp.ui.examples.own_examples import draw_own_data_set_training
from fvapp.ui.messages import escape_markdown, queue_message
from fvapp.ui.parts import (
    ask_consent,
    draw_plain_text,
    has_other_training_pcs,
    kept_examples,
    row_container,
)
from fvapp.ui.visit import Visit

_component = make_component(__file__)
_HEIGHT = 220  # height of each text field, in pixels
_SHOWN_DROPPED = 60
_FIELD = "own_text_field"

# Length in letters of the longest passage that any of three networks copied from a text of 1,638
# characters, which was mixed into the training stories five or ten times. Each network trained for
# ten epochs with the standard settings and wrote 12,000 characters at temperature 0.5. The other
# two networks copied at most 20 letters of a text mixed in five times, and 331 and 77 letters of a
# text mixed in ten times. No network copied 20 letters or more of a text mixed in once.
_LONGEST = {"five": 72, "ten": 461}


def draw_own_text(visit: Visit, dataset: str) -> None:
    """Draw the text of a data set, with a field for editing unless it belongs to a school class."""
    t = visit.t
    info = DATASETS[dataset]
    kept = next(iter(kept_examples(visit, dataset)), None)
    if info.is_shared:
        draw_own_data_set_training(visit, dataset)
        if kept is not None:
            _draw_text_as_read(visit, OwnText(dataset, kept.text, ""))
        return
    st.header(t("own_text.title"))
    st.markdown(
        t("own_text.about", least=LEAST_MIXED // info.text_form.whites, most=f"{MOST_SIGNS:,}")
    )
    key = f"{_FIELD}_{kept.id if kept else ''}"
    typed = st.text_area(
        t("own_text.field"),
        kept.text if kept else "",
        height=_HEIGHT,
        max_chars=MOST_TYPED,
        key=key,
        persist_state="session",
    )
    read = OwnText(dataset, "", "")
    try:
        _raise_if_text_refused(key)
        read = read_own_text(typed or "", info.base_dataset)
    except FvappError as error:
        st.error(escape_markdown(error.to_sentence(t)))
    changed = kept is None or read.text != kept.text
    with row_container("own_text_buttons"):
        if changed:
            may_keep = not has_other_training_pcs(visit) or ask_consent(
                visit, "trains", "own_text_pcs"
            )
            st.button(
                t("own_text.keep"),
                key="own_text_keep",
                type="primary",
                disabled=not may_keep,
                on_click=_store_typed_text,
                args=(visit, key, info.base_dataset),
            )
        elif kept is not None:
            draw_own_data_set_training(visit, dataset)
        if kept is not None:
            st.button(
                t("own_text.delete"),
                key="own_text_delete",
                icon=":material/delete:",
                on_click=_delete_text,
                args=(visit, kept.id),
            )
    if read.text:
        _draw_text_as_read(visit, read)
    draw_expander("own_text_more", t("own_text.more"), _HEIGHT, _draw_own_text_notes, visit)


def _raise_if_text_refused(field: str) -> None:
    """Raise an error if the browser has just refused a text as too long for the field."""
    data = {"field": f".st-key-{field} textarea", "most": MOST_TYPED}
    result = _component(key="own_text_refused", data=data, height=1, on_refused_change=lambda: None)
    signs = read_as_type_or_none(int, getattr(result, "refused", None))
    if signs is not None:
        raise text_too_long_error(signs)


def _draw_own_text_notes(visit: Visit) -> None:
    st.markdown(visit.t("own_text.whose"))
    st.markdown(visit.t("own_text.measured", **_LONGEST))


def _draw_text_as_read(visit: Visit, read: OwnText) -> None:
    """Draw a text as networks read it, and the characters that were dropped from it."""
    t = visit.t
    st.markdown(t("own_text.read", signs=f"{len(read.text):,}"))
    draw_plain_text(read.text, _HEIGHT)
    if read.dropped_characters:
        shown = " ".join(map(_visible_character, read.dropped_characters[:_SHOWN_DROPPED]))
        more = " …" if len(read.dropped_characters) > _SHOWN_DROPPED else ""
        st.caption(
            escape_markdown(
                t("own_text.dropped", n=len(read.dropped_characters), characters=shown + more)
            )
        )


def _visible_character(character: str) -> str:
    """Return a character, or its code point as U+XXXX if it is not printable."""
    return character if character.isprintable() else f"U+{ord(character):04X}"


def _store_typed_text(visit: Visit, field: str, base: str) -> None:
    """Store the typed text, and select its new data set on the data and train pages."""
    with visit.messages.queueing_errors():
        typed = st.session_state.get(field) or ""
        dataset = visit.engine.examples.store_own_text(visit.token, typed, base).dataset
        _clear_text_fields()
        st.session_state[DATA_DATASET] = dataset
        if visit.settings.dataset_info.base_dataset and not visit.settings.dataset_info.is_shared:
            visit.store_settings(visit.settings.settings_for_dataset(dataset))


def _delete_text(visit: Visit, text: str) -> None:
    with visit.messages.queueing_errors():
        visit.engine.examples.delete_examples(visit.token, [text])
        _clear_text_fields()
        queue_message(visit.t("own_text.deleted"))


def _clear_text_fields() -> None:
    """Clear the text fields, which would otherwise still contain a text that was deleted."""
    for key in [key for key in st.session_state if str(key).startswith(_FIELD)]:
        del st.session_state[key]
