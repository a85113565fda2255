"""Defines the flow of missions that examine the answers of the visitor's latest network."""

import streamlit as st

from fvapp.core.datasets import DATASETS
from fvapp.core.missions import MissionVerdict
from fvapp.core.runs import FINISHED, RunRecord
from fvapp.core.wording import run_title
from fvapp.ui.missions.flow import MissionFlow, Verdicts
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.screens import show_screen
from fvapp.ui.missions.start import draw_mission_button


class LatestNetworkFlow(MissionFlow):
    """The flow of a mission that examines the answers of the visitor's latest suitable network.

    The mission trains a network only if the visitor has no suitable network.

    Attributes:
        button_key: translation key of the start button's text, below ``missions.page.``.
        asked_test_image: index of the test image that the network is asked to classify, stored in
            the visitor's progress; None if the mission uses many images.
    """

    button_key = "ask_button"
    asked_test_image: int | None = None

    def can_use_run(self, opened: OpenMission, record: RunRecord) -> bool:
        """Return whether the mission can use a finished run's network; by default, always."""
        return True

    def draw_network_answer(self, opened: OpenMission, record: RunRecord) -> MissionVerdict:
        """Draw a network's answer, and return the verdict: how the visitor's guess turned out.

        Raises:
            FvappError: the network cannot answer now.
        """
        raise NotImplementedError

    def has_mission_result(self, opened: OpenMission) -> bool:
        return self._run_to_examine(opened) is not None

    def find_asked_run(self, opened: OpenMission) -> RunRecord | None:
        find_run = self._finished_run if opened.run_records else self._latest_suitable_run
        return find_run(opened)

    def draw_start_button(self, opened: OpenMission) -> None:
        t = opened.t
        record = self._latest_suitable_run(opened)
        dataset = t(DATASETS[opened.mission.dataset].dataset_text_key("choice"))
        if record is None:
            super().draw_start_button(opened)
            st.caption(t("missions.page.no_run", dataset=dataset))
        else:
            draw_mission_button(
                opened, t(f"missions.page.{self.button_key}"), self._ask_latest_network, record
            )
            st.caption(
                t("missions.page.previous_runs", dataset=dataset, network=run_title(record, t))
            )

    def draw_mission_result(self, opened: OpenMission) -> Verdicts:
        asked = self._run_to_examine(opened)
        if asked is None:
            return None, None
        opened.update_progress(runs=(asked.id,))
        return self.draw_network_answer(opened, asked), None

    def _ask_latest_network(self, opened: OpenMission, latest: RunRecord) -> None:
        opened.update_progress(image=self.asked_test_image, runs=(latest.id,), verdicts=())
        show_screen(opened.mission, None)

    def _run_to_examine(self, opened: OpenMission) -> RunRecord | None:
        """Return the finished run whose network the mission uses; None if there is none.

        Earlier versions of the app did not record this run. For progress saved by such a version,
        return the latest suitable run.
        """
        asked = self._finished_run(opened)
        if (
            asked is None
            and opened.mission_progress.image is not None
            and not opened.mission_progress.verdicts
        ):
            return self._latest_suitable_run(opened)
        return asked

    def _finished_run(self, opened: OpenMission) -> RunRecord | None:
        """Return the mission's first finished run that has weights, or None."""
        return next(
            (run for run in opened.run_records if run.state in FINISHED and run.has_checkpoint),
            None,
        )

    def _latest_suitable_run(self, opened: OpenMission) -> RunRecord | None:
        """Return the visitor's latest run whose network the mission can use, or None."""
        return next(
            (
                record
                for record in reversed(opened.visit.read_runs())
                if record.settings.dataset == opened.mission.dataset
                and record.state in FINISHED
                and record.has_checkpoint
                and record.settings.has_one_output_per_class
                and not (record.taught or record.settings.alters_training_data)
                and self.can_use_run(opened, record)
            ),
            None,
        )
