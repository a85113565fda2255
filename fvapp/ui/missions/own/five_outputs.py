"""Mission 4: the probability of the outputs that belong to no class."""

import streamlit as st

from fvapp.core.missions.table.five_outputs import spare_share_texts
from fvapp.ui.missions.flow import MissionFlow
from fvapp.ui.missions.kept import OpenMission

_SPARE_ASKED = 60  # test images; the engine answers about 64 at a time


class FiveOutputsFlow(MissionFlow):
    """Ask the trained network how much its spare outputs get."""

    def draw_below_picture(self, opened: OpenMission) -> None:
        """Say how much the spare outputs get, for many images, in the run that has them."""
        trained = [record for record in opened.records if record.can_continue]
        if not trained:
            return
        dataset = opened.data
        images = [dataset.x_test[index] for index in range(_SPARE_ASKED)]
        answers = opened.visit.engine.answers.classify(
            opened.visit.token,
            trained[-1].id,
            images,
        )
        st.markdown(opened.t("missions.five_outputs.spare", **spare_share_texts(answers)))


FLOW = FiveOutputsFlow()
