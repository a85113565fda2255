"""Draws the writer, a text network in the browser that continues what the visitor types.

Typed text leaves the browser only when a student in a class sends it to the teacher, together with
the network's continuation.
"""

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated
from zlib import crc32

import streamlit as st

from fvapp.core.errors import FvappError, ModelError
from fvapp.core.export.at_home import check_can_be_taken_home, layer_scripts
from fvapp.core.export.scripts import WRITING, read_page_files
from fvapp.core.export.writer import WHOLE, LearnedText, read_learned_text, text_writer_page_data
from fvapp.core.inspection import Network
from fvapp.core.runs import RunRecord
from fvapp.core.schema import has_length_between, read_as_type_or_none
from fvapp.core.settings import RunSettings
from fvapp.core.texts.strips import training_text_blocks
from fvapp.i18n import Translator
from fvapp.ui.browser import make_component
from fvapp.ui.messages import draw_message
from fvapp.ui.networks.model_choice import draw_model_choice, runs_that_can_answer
from fvapp.ui.parts import draw_word_popovers, open_dataset
from fvapp.ui.taken_home.take_home import draw_take_home_button
from fvapp.ui.visit import Visit

_component = make_component(
    __file__, layer_scripts() + read_page_files(*WRITING), read_page_files("writer.css")
)


@dataclass(frozen=True)
class WrittenText:
    """The beginning of a text, typed by a student, and the network's continuation."""

    typed: Annotated[str, has_length_between(0, 1_000)]
    written: Annotated[str, has_length_between(0, 5_000)]


def draw_writing_section(visit: Visit, dataset: str) -> None:
    """Draw the network that continues text, a list of networks and the take-home button."""
    place = st.container(key="write")
    with st.container(horizontal=True, vertical_alignment="bottom", key="write_below"):
        model = draw_model_choice(visit, dataset)
        run = next(
            (record for record in runs_that_can_answer(visit, dataset) if record.id == model), None
        )
        draw_word_popovers(visit.t, ("temperature",), "write_words")
        if model is not None and (run is None or run.state != "running"):
            draw_take_home_button(visit, dataset, run, "at_home_written")

    with place:
        if model is None:
            st.markdown(visit.t("draw.no_network"))
            return
        with visit.messages.showing_errors_here():
            network = visit.load_network(model)
            text = draw_text_writer(
                visit.t,
                run.settings if run else WHOLE.settings_for_dataset(dataset),
                network,
                own=_learned_own_text(visit, run),
                send=visit.t("write.send") if visit.seat else "",
            )
            if text is not None:
                visit.engine.students.send_line_to_teacher(visit.token, text.typed, text.written)
                draw_message("notice", visit.t("write.sent"))


def _learned_own_text(visit: Visit, run: RunRecord | None) -> str:
    """Return the visitor's own text that a run has learned; "" if there is no such text now."""
    if run is None or not run.settings.dataset_info.base_dataset:
        return ""
    with suppress(FvappError):
        return visit.engine.examples.examples_of_run(visit.token, run.id).text
    return ""


def draw_text_writer(
    t: Translator, settings: RunSettings, network: Network, own: str, send: str
) -> WrittenText | None:
    """Draw a network that continues text, or a sentence on why the browser cannot run it.

    The text stays when the visitor chooses a different network.

    Args:
        settings: the settings of the network's training run, which determine the learned text.
        own: the visitor's own text that the network has learned; empty if there is none.
        send: label of the button that sends the text to the teacher; empty for no button.

    Returns:
        The text that the student has just sent, if any.
    """
    try:
        check_can_be_taken_home(network)
    except ModelError as error:
        st.info(t(f"write.cannot.{error.code}"))
        return None
    read = settings.train_images, settings.validation_split, settings.exchange
    if settings.uses_only_own_data:
        learned = LearnedText("", 0.0, 0, "\n".join(training_text_blocks(own)))
    else:
        learned = _read_learned_text(settings.dataset_info.base_dataset or settings.dataset, *read)
        learned = learned._replace(own_text=own)
    data = text_writer_page_data(t, settings.dataset_info.text_form, network, learned)
    data |= {
        "name": f"{settings.dataset} {read} {settings.mixing} {crc32(own.encode())} {t.language} {send}",
        "send": send,
        "version": crc32(repr(data["network"]).encode()),
    }
    result = _component(key="writer", data=data, on_line_change=lambda: None)
    return read_as_type_or_none(WrittenText, getattr(result, "line", None))


@lru_cache(16)
def _read_learned_text(
    dataset: str, images: int | None, split: float, exchanged: bool
) -> LearnedText:
    settings = RunSettings(
        dataset=dataset, train_images=images, validation_split=split, exchange=exchanged
    )
    return read_learned_text(open_dataset(dataset), settings)
