"""Mission 4: how much probability a network gives to outputs that belong to no class."""

import streamlit as st

from fvapp.core.missions.table.five_outputs import spare_share_texts
from fvapp.ui.missions.flow import MissionFlow
from fvapp.ui.missions.kept import OpenMission

_SPARE_ASKED = 60  # number of test images to ask about; the engine takes about 64 at a time


class FiveOutputsMissionFlow(MissionFlow):
    """Train networks, and show how much probability goes to outputs that belong to no class."""

    def draw_answers_below_picture(self, opened: OpenMission) -> None:
        """Write how much probability, over many images, goes to outputs that belong to no class."""
        trained = [record for record in opened.run_records if record.has_checkpoint]
        if not trained:
            return
        dataset = opened.dataset
        images = [dataset.x_test[index] for index in range(_SPARE_ASKED)]
        answers = opened.visit.engine.answers.classify_images(
            opened.visit.token,
            trained[-1].id,
            images,
        )
        st.markdown(opened.t("missions.five_outputs.spare", **spare_share_texts(answers)))


FLOW = FiveOutputsMissionFlow()
