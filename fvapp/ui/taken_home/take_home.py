"""Draws downloads for home: a network as an HTML file, and a GIF of how the network learned."""

from functools import partial

import numpy as np
import streamlit as st

from fvapp.core.dataset_table import DATASETS
from fvapp.core.documents.take_home import learning_gif
from fvapp.core.errors import ModelError
from fvapp.core.export.at_home import (
    check_can_be_taken_home,
    count_shown_drawings,
    estimate_file_megabytes,
    write_take_home_page,
)
from fvapp.core.inspection import networks_of_frames
from fvapp.core.names import MOST_CHARACTERS
from fvapp.core.preparation import Strokes
from fvapp.core.runs import RunRecord
from fvapp.ui.browser import HANDING, can_serve_files, draw_popover, file_link, qr_code_html
from fvapp.ui.parts import (
    ask_before_leaving,
    dataset_of_model,
    draw_command_button,
    draw_download,
    is_only_here,
    server_address,
)
from fvapp.ui.visit import Visit

_HEIGHT = 300  # approximate height of the popover's content, in pixels


def draw_take_home_button(
    visit: Visit,
    dataset: str,
    record: RunRecord | None,
    key: str,
    drawing: Strokes | None = None,
    image: np.ndarray | None = None,
) -> None:
    """Draw the button that opens a popover with downloads of the network.

    Args:
        record: the run of the network; None for a ready-made model.
        drawing: the drawing that the HTML file shows when it is opened, if any.
        image: the image that the network in the GIF classifies, uint8 [28, 28]; None for no GIF.
    """

    def draw_take_home_window() -> None:
        with visit.messages.showing_errors_here():
            shows_drawings = _draw_network_file(visit, dataset, record, key, drawing)
            if (
                record is not None
                and image is not None
                and (shows_drawings or not DATASETS[dataset].is_own)
            ):
                draw_learning_gif_download(visit, record, image, f"{key}_gif")

    draw_popover(
        key, visit.t("at_home.button"), _HEIGHT, draw_take_home_window, icon=":material/home:"
    )


def _draw_network_file(
    visit: Visit, dataset: str, record: RunRecord | None, key: str, drawing: Strokes | None
) -> bool:
    """Draw the size of the HTML file, a field for the visitor's name, and the download button.

    Returns:
        Whether the visitor allows the file to contain drawings from their own data set.
    """
    t = visit.t
    network = visit.load_network(record.id if record else dataset)
    try:
        check_can_be_taken_home(network)
    except ModelError as error:
        st.markdown(error.to_sentence(t))
        return False
    if record and not ask_before_leaving(visit, record.settings.dataset_info, f"{key}_leaves"):
        return False
    size = f"{estimate_file_megabytes(network, shipped=record is None, info=DATASETS[dataset]):.1f}"
    st.markdown(t("at_home.about", size=size))
    if record and (record.examples or record.taught):
        st.markdown(
            t("at_home.of_class" if record.settings.dataset_info.is_shared else "at_home.own")
        )
    if drawing is not None and not DATASETS[dataset].is_own:
        st.markdown(t("at_home.opens"))
    # The field must not suggest a name, such as the run's: the file contains only what the visitor
    # types here.
    name = (
        st.text_input(t("at_home.name"), key=f"{key}_name", max_chars=MOST_CHARACTERS, live=True)
        if record
        else ""
    )
    data = dataset_of_model(visit, record or dataset)
    drawings = count_shown_drawings(network, data) + (drawing is not None)
    own_drawings = record is not None and _ask_to_include_drawings(
        visit, record, drawings, f"{key}_own"
    )
    make_file = partial(
        write_take_home_page,
        network,
        data,
        t,
        record=record,
        name=name,
        drawing=drawing,
        own_drawings=own_drawings,
    )
    file = f"network-{record.number}.html" if record else f"network-{dataset}.html"

    with st.container(horizontal=True, key=f"{key}_ways"):
        draw_download(f"{key}_file", t("at_home.download"), make_file, file, ":material/home:")
        wants_code = can_serve_files() and st.button(
            t("at_home.phone"), key=f"{key}_phone", icon=":material/qr_code_2:"
        )
        if can_serve_files() and record and (seat := visit.seat):
            show = partial(
                visit.engine.students.show_network_on_wall,
                run_id=record.id,
                language=t.language,
                name=name,
                own_drawings=own_drawings,
            )
            # The wall is a display on which a school class shows its networks.
            draw_command_button(
                visit,
                t("at_home.off_wall" if seat.wall_network_code else "at_home.on_wall"),
                f"{key}_wall",
                visit.engine.students.take_network_off_wall if seat.wall_network_code else show,
                icon=":material/present_to_all:",
                help=t("at_home.wall_about"),
            )

    if wants_code:
        owner = visit.engine.workspaces.workspace_id(visit.token)
        address = file_link(HANDING.offer_file(make_file(), owner), server_address())
        if is_only_here(address):
            st.caption(t("at_home.phone_cannot", address=address))
        else:
            with st.container(key=f"{key}_code", width=200):
                st.html(qr_code_html(address))
            st.caption(t("at_home.phone_about", address=address))
    else:
        st.caption(t("at_home.text.open" if DATASETS[dataset].text else "at_home.open"))
    return own_drawings


def _ask_to_include_drawings(visit: Visit, record: RunRecord, count: int, key: str) -> bool:
    """Ask whether the file may contain the visitor's own drawings.

    Drawings by others are never included.
    """
    info = record.settings.dataset_info
    if not info.is_own or info.text or info.is_shared or record.imported or not count:
        return False
    return st.checkbox(visit.t("at_home.own_drawings", n=count), key=key)


def draw_learning_gif_download(
    visit: Visit, record: RunRecord, image: np.ndarray, key: str
) -> None:
    """Draw the button that downloads a GIF of how the network learned to classify an image.

    For a taught run, the GIF shows the training of the parent run. Without stored weights from that
    training, the GIF shows only the final network, and any parent run's network before it.

    Args:
        image: the image that the network classifies, uint8 [28, 28].
    """

    def make_learning_gif() -> bytes:
        network = visit.load_network(record.id)
        parent = next(
            (
                run.id
                for run in visit.read_runs()
                if record.taught and run.id == record.taught.parent
            ),
            None,
        )
        before = [] if parent is None else [visit.load_network(parent)]
        frames = visit.engine.answers.read_frames(visit.token, parent or record.id)
        networks = networks_of_frames(record.settings, network, frames) or [*before, network]
        return learning_gif(image, dataset_of_model(visit, record), networks)

    draw_download(
        key,
        visit.t("draw.take_home"),
        make_learning_gif,
        f"run-{record.number}.gif",
        ":material/redeem:",
    )
