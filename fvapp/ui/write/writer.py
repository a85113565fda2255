"""A text network continues, in the browser, what a visitor begins; what is typed is never sent."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import streamlit as st

import fvapp.core.export
from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets import training_arrays
from fvapp.core.datasets.files import shipped_text
from fvapp.core.errors import ModelError
from fvapp.core.export.at_home import BITS, check_at_home, layer_scripts
from fvapp.core.export.packing import pack_network
from fvapp.core.inspection.network import Network
from fvapp.core.settings import RunSettings
from fvapp.core.texts.copies import held_out_share
from fvapp.core.texts.exchanging import exchange
from fvapp.core.texts.lines import TEMPERATURE
from fvapp.core.texts.signs import PARTING, SIDE, SILENT, STOPS, TextForm
from fvapp.core.texts.strips import texts_of
from fvapp.core.wording import percent
from fvapp.i18n import Translator
from fvapp.ui.browser.components import make_component
from fvapp.ui.networks.model_choice import draw_model_choice, models_of
from fvapp.ui.parts.data_sets import open_dataset
from fvapp.ui.parts.glossary import draw_words
from fvapp.ui.visit import Visit

_PAGE = Path(fvapp.core.export.__file__).parent / "page"
_SCRIPTS = "".join(
    (_PAGE / name).read_text(encoding="utf-8") for name in ("network.js", "writing.js")
)
_WHOLE = RunSettings(validation_split=0.0)  # what a ready-made network has read
_WORDS = (
    *("beginning", "go", "stop", "one", "again", "chance", "little", "much"),
    *("written", "next", "strip", "strip_alt", "none", "read"),
)
_component = make_component(__file__, before=f"const SIDE = {SIDE};\n{layer_scripts()}{_SCRIPTS}")


def draw_write(visit: Visit, dataset: str) -> None:
    """Draw the writing network, and below it the choice of network."""
    place = st.container(key="write")
    with st.container(horizontal=True, vertical_alignment="bottom", key="write_below"):
        model = draw_model_choice(visit, dataset)
        draw_words(visit.t, ("temperature",), "write_words")
    with place:
        if model is None:
            st.markdown(visit.t("draw.no_network"))
            return
        with visit.messages.errors_said_here():
            network = visit.engine.answers.network(visit.token, model)
            run = next((record for record in models_of(visit, dataset) if record.id == model), None)
            draw_writer(visit.t, run.settings if run else _WHOLE.on(dataset), network, "writer")


def draw_writer(t: Translator, settings: RunSettings, network: Network, key: str) -> None:
    """Draw the writer, or why the browser cannot compute the network.

    The text stays when another network takes over.

    Args:
        settings: of its training, which say what it has read.
    """
    try:
        check_at_home(network)
    except ModelError as error:
        st.info(t(f"write.cannot.{error.code}"))
        return
    form = settings.data.text
    packed = pack_network(replace(network, temperature=1.0), BITS)  # as in training
    read = settings.train_images, settings.validation_split, settings.exchange
    learned, held = _learned(settings.dataset, *read)
    told = {
        "comma": t("common.comma"),
        "copied": t("write.page.copied", n=form.piece, share="{share}", held=percent(held, 0)),
        "unread": t(
            "write.page.unread" if form.gap else "write.page.never_beside", words="{words}"
        ),
        "lost": t("write.page.lost", characters="{characters}"),
        "likeliest": t("write.page.likeliest", taken="{taken}"),
        "by_chance": t("write.page.by_chance", taken="{taken}", likeliest="{likeliest}"),
    }
    data = {
        "name": f"{settings.dataset} {read} {t.language}",
        "version": crc32(repr(packed).encode()),
        "network": packed,
        "learned": learned,
        "form": form_as_plain(form),
        "chance": TEMPERATURE,
        "words": {name: t(f"write.page.{name}") for name in _WORDS} | told,
    }
    _component(key=key, data=data)


def form_as_plain(form: TextForm) -> dict[str, object]:
    """Return the fields of a form that ``writing.js`` and ``writer.js`` read."""
    same = ("signs", "shown", "whites", "context", "beginning", "piece", "language", "gap", "stop")
    read_as = {"stops": STOPS, "silent": SILENT, "parting": PARTING}
    return {name: getattr(form, name) for name in same} | {
        name: sorted(each) for name, each in read_as.items()
    }


@lru_cache(16)
def _learned(dataset: str, images: int | None, split: float, exchanged: bool) -> tuple[str, float]:
    """Return the text a network learned, and which share of the held-out text counts as copied."""
    form = DATASETS[dataset].text
    text = shipped_text(dataset)
    parts = texts_of(training_arrays(open_dataset(dataset), images, split).x_train, form)
    learned = [exchange(part, form) for part in parts] if exchanged else parts
    return "\n".join(learned), held_out_share(text, form.piece, learned)
