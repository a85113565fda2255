"""Draws the visitor's own examples on the data page: a grid by class, relabelling and files."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from fvapp.core.dataset_table import DATASETS
from fvapp.core.documents.example_files import write_examples_npz, write_examples_zip
from fvapp.core.examples import MOST_EXAMPLES, Example
from fvapp.core.wording import class_names
from fvapp.ui.browser import draw_select
from fvapp.ui.messages import queue_message
from fvapp.ui.parts import (
    MY_EXAMPLES,
    draw_command_button,
    draw_download,
    draw_page_link,
    give_engine_command,
    kept_examples,
)
from fvapp.ui.pictures import TileClick, draw_examples_field, draw_tiles
from fvapp.ui.visit import Visit

_CHOSEN = "chosen_example"
_FILES = {
    "npz": write_examples_npz,
    "zip": write_examples_zip,
}


def draw_own_examples(visit: Visit, dataset: str) -> None:
    """Draw the section with the visitor's own examples for a data set."""
    t = visit.t
    mine = kept_examples(visit, dataset)
    info = DATASETS[dataset]
    own = info.is_own
    title = t(info.dataset_text_key("drawings") if own else "examples.title")
    asked = st.query_params.get("show") == MY_EXAMPLES
    title = f"{title} · {len(mine)}" if mine else title
    fold = partial(st.expander, title, expanded=asked, key=MY_EXAMPLES, icon=":material/apps:")

    # For the visitor's own data set, the examples are the page's main content, so they are not in
    # an expander.
    with st.container(key=MY_EXAMPLES) if own else fold():
        if own:
            st.header(title)
        st.markdown(
            t(info.dataset_text_key("held") if own else "examples.about", most=MOST_EXAMPLES)
        )
        if mine:
            _draw_example_grid(visit, dataset, mine)
        if info.is_shared:
            return
        if mine:
            with st.container(horizontal=True, key="example_download"):
                for kind, write in _FILES.items():
                    label = t(f"examples.download_{kind}")
                    file = f"{t('examples.file')}-{info.file_stem}"
                    draw_download(f"download_{kind}", label, partial(write, mine), f"{file}.{kind}")
        elif not own:
            draw_page_link("draw", t("examples.empty"), icon=":material/draw:")
        st.caption(t("examples.load"))
        draw_examples_field(visit, t("examples.load"), partial(_load_examples_file, visit, dataset))


def _draw_example_grid(visit: Visit, dataset: str, mine: Sequence[Example]) -> None:
    """Draw a row of examples for each class, and the actions for the chosen example."""
    t = visit.t
    names = class_names(dataset, visit.t)
    state = st.session_state
    by_class = [
        [example for example in mine if example.label == label] for label in range(len(names))
    ]
    chosen = next((example for example in mine if example.id == state.get(_CHOSEN)), None)

    for label, row in enumerate(by_class):
        if not row:
            continue
        test = sum(example.place == "test" for example in row)
        heading = f"**{names[label]}** · {len(row)}" + (
            t("examples.of_these", n=test) if test else ""
        )
        st.markdown(heading)

        def choose_example(click: TileClick, row: Sequence[Example] = row) -> None:
            state[_CHOSEN] = row[click.tile].id

        draw_tiles(
            np.stack([example.image for example in row]),
            key=f"examples_{dataset}_{label}",
            label=heading,
            captions=[t("examples.test") if example.place == "test" else "" for example in row],
            labels=[f"{names[label]} {place}" for place in range(1, len(row) + 1)],
            size=56,
            on_click=None if DATASETS[dataset].is_shared else choose_example,
            chosen=row.index(chosen) if chosen in row else -1,
        )
        if chosen in row:
            _draw_chosen_example(visit, chosen, names)

    if chosen is None and not DATASETS[dataset].is_shared:
        st.caption(t("examples.hint"))


def _draw_chosen_example(visit: Visit, chosen: Example, names: Sequence[str]) -> None:
    t = visit.t

    def relabel_example(label: int) -> None:
        give_engine_command(visit, visit.engine.examples.relabel_example, chosen.id, label)

    with st.container(horizontal=True, vertical_alignment="bottom", key="chosen_example"):
        words = dict(enumerate(names))
        draw_select(
            st.pills,
            t("examples.change"),
            words,
            "example_label",
            chosen.label,
            relabel_example,
            required=True,
            wrap=True,
            width="content",
        )
        draw_command_button(
            visit,
            t("examples.delete"),
            "example_delete",
            visit.engine.examples.delete_examples,
            [chosen.id],
            icon=":material/delete:",
        )


def _load_examples_file(visit: Visit, dataset: str, content: bytes) -> None:
    with visit.messages.queueing_errors():
        added = visit.engine.examples.import_example_file(visit.token, dataset, content)
        queue_message(visit.t("examples.loaded", n=added.new_examples, known=added.known_examples))
