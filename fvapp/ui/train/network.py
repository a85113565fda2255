"""Draws a diagram of the network that settings describe, and a table of its layers."""

from functools import lru_cache

import numpy as np
import streamlit as st

from fvapp.charts.network import network_svg
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.stack import describe_layers
from fvapp.core.wording import run_title
from fvapp.i18n import Translator
from fvapp.ui.browser import array_base64, make_component
from fvapp.ui.parts import write_markdown_table
from fvapp.ui.visit import Visit, translator_for_dataset

_component = make_component(__file__)
_ANY_SEED = 1  # any value: a network's diagram does not depend on the seed


def draw_network_diagram(
    visit: Visit, settings: RunSettings, record: RunRecord | None, *, in_form: bool = True
) -> None:
    """Draw a diagram of the network with these settings, and a table of its layers.

    Args:
        record: the run with these settings; None if the settings come from the form.
        in_form: whether the form contains these settings; False if the form has errors, and these
            are the last valid settings.
    """
    t = visit.t
    st.header(
        t("train.network_of_settings" if in_form else "train.network_of_valid")
        if record is None
        else t("train.network_of_run", run=run_title(record, t))
    )
    picture, layers = st.columns([8, 5], gap="large")
    with picture, st.container(key="network_picture"):
        run = record.id if record is not None else None
        svg = _cached_network_svg(settings.with_values(seed=_ANY_SEED), t.language)
        _component(key="network_diagram", data={"svg": svg, "run": run})
    with layers:
        _write_layer_table(settings, t)


@lru_cache
def _cached_network_svg(settings: RunSettings, language: str) -> str:
    """Return a network's diagram as SVG, cached for students with the same network."""
    return network_svg(settings, translator_for_dataset(Translator(language), settings.dataset))


def send_weights_to_diagram(record: RunRecord, weights: np.ndarray) -> None:
    """Send a run's latest weights to the network diagram; a diagram of another run ignores them."""
    with st.container(key="network_weights"):
        _component(
            key="weights", data={"run": record.id, "weights": array_base64(weights)}, height=1
        )


def _write_layer_table(settings: RunSettings, t: Translator) -> None:
    layers = describe_layers(settings)
    rows = [
        (
            layer.keras_call[0],
            "(" + ", ".join(map(str, layer.output_shape)) + ")",
            f"{layer.parameter_count:,}",
        )
        for layer in layers
    ]
    total = sum(layer.parameter_count for layer in layers)
    head = (t("train.layer"), t("train.output_shape"), t("train.parameters"))
    write_markdown_table(head, [*rows, (t("train.total"), "", f"{total:,}")])
