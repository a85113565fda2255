"""Lets visitors name the classes of their own data set before they draw examples."""

import streamlit as st

from fvapp.core.dataset_table import DATASETS, FEWEST_OWN, MOST_OWN, MOST_OWN_NAME, OWN
from fvapp.core.examples import HELD_OUT_EVERY
from fvapp.ui.browser import draw_expander
from fvapp.ui.examples.own_examples import draw_own_data_set_training
from fvapp.ui.networks.kept_choices import DRAW_DATASET, store_choices
from fvapp.ui.parts import find_page, kept_examples
from fvapp.ui.visit import Visit

_HEIGHT = 240  # height of all name fields together, in pixels
_BESIDE = 3  # number of name fields in a row
_GOES = "own_goes"  # session key: typed class names that wait for confirmation
DATA_DATASET = "data_dataset"
"""Session state key of the data set chosen on the data page."""


def draw_own_data_set_steps(visit: Visit, dataset: str) -> None:
    """Draw the next step for the visitor's own data set, and an expander to rename its classes."""
    t = visit.t
    if not draw_own_data_set_training(visit, dataset) and st.button(
        t("own.draw"), key="own_draw", type="primary", icon=":material/draw:"
    ):
        go_to_drawing(visit, dataset)
    draw_expander("own_rename", t("own.rename"), _HEIGHT, _draw_class_name_fields, visit, dataset)


def go_to_drawing(visit: Visit, dataset: str = OWN) -> None:
    """Switch to the draw page for the visitor's own data set.

    For a new data set, the draw page first asks for the names of the classes.
    """
    st.session_state[DRAW_DATASET] = dataset
    store_choices(visit, dataset=dataset)
    st.switch_page(find_page("draw"))


def draw_class_naming(visit: Visit) -> None:
    """Draw fields for a new data set's class names, and the button that leads to the draw page."""
    t = visit.t
    st.header(t("own.title"))
    st.markdown(t("own.about", least=FEWEST_OWN, most=MOST_OWN, enough=HELD_OUT_EVERY))
    _draw_class_name_fields(visit, None)


def _draw_class_name_fields(visit: Visit, dataset: str | None) -> None:
    """Draw a field for each possible class, and the button that applies the names.

    Fields that are left empty do not become classes.
    """
    t = visit.t
    names = DATASETS[dataset].english_names if dataset else ()
    keys = [f"own_field_{place}_{dataset}" for place in range(MOST_OWN)]

    def apply_class_names(sure: bool = False) -> None:
        typed = [str(st.session_state.get(key) or "").strip() for key in keys]
        kept = [place for place, name in enumerate(typed) if name]
        mine = kept_examples(visit, dataset) if dataset else ()
        if not sure and any(example.label not in kept for example in mine):
            st.session_state[_GOES] = typed
            return
        with visit.messages.queueing_errors():
            named = visit.engine.examples.name_data_set_classes(
                visit.token, [typed[place] for place in kept], kept
            )
            st.session_state.update({DATA_DATASET: named, DRAW_DATASET: named})
            store_choices(visit, dataset=named)
            if visit.settings.dataset == dataset:
                visit.store_settings(visit.settings.settings_for_dataset(named))

    with st.container(key="own_names"):
        for first in range(0, MOST_OWN, _BESIDE):
            for place, column in enumerate(st.columns(_BESIDE), first):
                value = names[place] if place < len(names) else ""
                column.text_input(
                    t("own.class", n=place),
                    value,
                    MOST_OWN_NAME,
                    key=keys[place],
                    placeholder=t(f"own.such_as.{place + 1}"),
                )

    if st.session_state.pop(_GOES, None):
        st.warning(t("own.goes"))
        st.button(t("own.sure"), key="own_sure", on_click=apply_class_names, args=(True,))

    st.button(
        t("own.take_again" if dataset else "own.take"),
        key="own_take",
        type="primary",
        on_click=apply_class_names,
    )
