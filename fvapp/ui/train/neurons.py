"""Draws the weights of a network's first neurons as pictures."""

import numpy as np
import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.inspection.glimpse import ZERO
from fvapp.core.runs import RunRecord
from fvapp.core.stack import describe_layers
from fvapp.ui.pictures import draw_tiles
from fvapp.ui.train.network import send_weights_to_diagram
from fvapp.ui.visit import Visit


def draw_neuron_weights(visit: Visit, record: RunRecord) -> None:
    """Draw the latest weights of the first neurons, and send weights to the network diagram."""
    t = visit.t
    try:
        glimpse = visit.engine.answers.latest_glimpse(visit.token, record.id)
    except FvappError:
        glimpse = None
    if glimpse is None:
        st.skeleton(height=340)
        return
    count = len(glimpse.weight_pictures)
    units = next(layer.units for layer in describe_layers(record.settings) if layer.units)
    line = t(f"train.shows.{record.settings.network}", n=count, all=units)
    st.markdown(f"**{line}**")
    pictures = glimpse.weight_pictures.astype(np.int16) - ZERO
    labels = [t("train.shows.picture", n=n) for n in range(1, count + 1)]
    draw_tiles(pictures, key="neurons", label=line, labels=labels, size=64, stretch=True)
    st.caption(t("train.shows.hint"))
    send_weights_to_diagram(record, glimpse.line_strengths)
