"""Draws mission 4, in which networks have more outputs than classes."""

import streamlit as st

from fvapp.core.missions.table.five_outputs import spare_output_share_texts
from fvapp.ui.missions.flow import MissionFlow
from fvapp.ui.missions.kept import OpenMission

# Number of test images to classify, below the engine's default limit of 64 images per command.
_SPARE_ASKED = 60


class FiveOutputsMissionFlow(MissionFlow):
    """The flow of mission 4, which shows how much probability outputs without a class get."""

    def draw_answers_below_picture(self, opened: OpenMission) -> None:
        """Write how much probability the outputs without a class get for many test images."""
        trained = [record for record in opened.run_records if record.has_checkpoint]
        if not trained:
            return
        dataset = opened.dataset
        images = [dataset.x_test[index] for index in range(_SPARE_ASKED)]
        answers = opened.visit.engine.answers.classify_images(
            opened.visit.token, trained[-1].id, images
        )
        st.markdown(opened.t("missions.five_outputs.spare", **spare_output_share_texts(answers)))


FLOW = FiveOutputsMissionFlow()
