"""Draws mission 9: the neurons of the visitor's network that most support the digit 8."""

import streamlit as st

from fvapp.core.inspection import FIRST, rank_units, weighted_pixel_pictures
from fvapp.core.missions import MissionVerdict
from fvapp.core.missions.table.inside_neuron import IMAGE, judge_image_class
from fvapp.core.runs import RunRecord
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.latest_network import LatestNetworkFlow
from fvapp.ui.pictures import draw_tiles, tile_cell_hint

SHOWN = 12


class InsideNeuronMissionFlow(LatestNetworkFlow):
    """The flow of mission 9, which shows the most helpful neurons of a visitor's dense network."""

    button_key = "inside_button"
    asked_test_image = IMAGE

    def can_use_run(self, opened: OpenMission, record: RunRecord) -> bool:
        return record.settings.network == "dense" and bool(record.settings.hidden)

    def draw_network_answer(self, opened: OpenMission, record: RunRecord) -> MissionVerdict:
        """Draw the neurons that most support the digit 8; return the verdict on the guess."""
        network = opened.visit.load_network(record.id)
        data = opened.dataset
        t = opened.t
        image = data.x_test[IMAGE]
        label = int(data.y_test[IMAGE])
        trace = network.trace_images(image[None])
        units = [
            int(unit) for unit in rank_units(network, trace, label, FIRST).units_by_help[:SHOWN]
        ]
        draw_tiles(
            weighted_pixel_pictures(network, image)[units],
            key="mission_neurons",
            label=t("inside.flow.pictures.products"),
            captions=[t("inside.neuron.name", unit=unit) for unit in units],
            size=84,
            hint=tile_cell_hint(t),
            under=image,
        )
        st.caption(t("inside.flow.about.products"))
        return judge_image_class(data, network)


FLOW = InsideNeuronMissionFlow()
