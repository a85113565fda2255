"""Missions that ask the visitor's latest network, and train one only if there is none."""

import streamlit as st

from fvapp.core.datasets import DATASETS
from fvapp.core.missions import Verdict
from fvapp.core.runs import FINISHED, RunRecord
from fvapp.core.wording import run_title
from fvapp.ui.missions.flow import MissionFlow, Verdicts
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.screens import show_screen
from fvapp.ui.missions.start import draw_button


class LatestNetworkFlow(MissionFlow):
    """Ask an existing network.

    Attributes:
        button: the button's text, as a key below ``missions.page.``.
        image: the test image to ask about, kept with the visitor's progress; None if the mission
            asks about many.
    """

    button = "ask_button"
    image: int | None = None

    def usable(self, opened: OpenMission, record: RunRecord) -> bool:
        """Return whether this finished run on the mission's data set is suitable."""
        return True

    def draw_answer(self, opened: OpenMission, record: RunRecord) -> Verdict:
        """Draw the network's answer; return the verdict on it.

        Raises:
            FvappError: the network cannot be asked now.
        """
        raise NotImplementedError

    def has_result(self, opened: OpenMission) -> bool:
        return self._asked_run(opened) is not None

    def draw_start(self, opened: OpenMission) -> None:
        t = opened.visit.t
        latest = self._latest_run(opened)
        if latest is None:
            super().draw_start(opened)
        else:
            draw_button(opened, t(f"missions.page.{self.button}"), self._ask, latest)
        dataset = t(DATASETS[opened.mission.dataset].term("choice"))
        network = run_title(latest, t) if latest is not None else ""
        said = "no_run" if latest is None else "previous_runs"
        st.caption(t(f"missions.page.{said}", dataset=dataset, network=network))

    def draw_result(self, opened: OpenMission) -> Verdicts:
        asked = self._asked_run(opened)
        if asked is None:
            return None, None
        opened.keep(runs=(asked.id,))
        return self.draw_answer(opened, asked), None

    def _ask(self, opened: OpenMission, latest: RunRecord) -> None:
        opened.keep(image=self.image, runs=(latest.id,), verdicts=())
        show_screen(opened.mission, None)

    def _asked_run(self, opened: OpenMission) -> RunRecord | None:
        """Return the run that was asked or trained for this mission, which keeps its verdict.

        Earlier versions did not record which run was asked: then it is the latest.
        """
        asked = next(
            (run for run in opened.records if run.state in FINISHED and run.can_continue), None
        )
        if asked is None and opened.own.image is not None and not opened.own.verdicts:
            return self._latest_run(opened)
        return asked

    def _latest_run(self, opened: OpenMission) -> RunRecord | None:
        """Return the visitor's latest run on the mission's data set that can give a full answer."""
        return next(
            (
                record
                for record in reversed(opened.visit.runs())
                if record.settings.dataset == opened.mission.dataset
                and record.state in FINISHED
                and record.can_continue
                and record.settings.one_output_per_class
                and not (record.taught or record.settings.alters_data)
                and self.usable(opened, record)
            ),
            None,
        )
