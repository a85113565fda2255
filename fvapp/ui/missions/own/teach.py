"""Draws mission 14: a network learns five misread drawings, alone and mixed with other images."""

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import streamlit as st

from fvapp.charts.missions import AccuracyRow
from fvapp.core.errors import BlankError
from fvapp.core.examples import Example
from fvapp.core.missions.table.teach import DRAWINGS, SAME, TRIES
from fvapp.core.preparation import prepare_drawing_or_photo
from fvapp.core.runs import FINISHED, RunRecord
from fvapp.core.teaching import SURE
from fvapp.core.wording import share_as_percent
from fvapp.ui.examples.own_examples import draw_label_buttons
from fvapp.ui.examples.teaching import draw_flipped_answers, draw_teaching_result
from fvapp.ui.missions.flow import MissionFlow, Verdicts
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.latest_network import LatestNetworkFlow
from fvapp.ui.missions.results import draw_accuracy_rows
from fvapp.ui.networks.answer import draw_answer_headline
from fvapp.ui.parts import kept_examples, row_container
from fvapp.ui.pictures import draw_canvas_source, draw_tiles, read_canvas_drawing

_CANVAS = 280  # maximum side of the canvas, in CSS pixels


class TeachMissionFlow(LatestNetworkFlow):
    """The flow of mission 14: teach a network drawings, alone and mixed with training images."""

    button_key = "teach_button"
    has_mission_result = MissionFlow.has_mission_result

    def can_use_run(self, opened: OpenMission, record: RunRecord) -> bool:
        return record.result is not None

    def draw_experiment_progress(self, opened: OpenMission) -> None:
        if opened.run_records and opened.run_records[0].result is not None:
            _draw_teaching_steps(opened, *opened.run_records)
        else:
            super().draw_experiment_progress(opened)

    def draw_mission_result(self, opened: OpenMission) -> Verdicts:
        """Draw the test accuracy before and after teaching, and images with changed answers."""
        trials = self.trials_if_judgeable(opened)
        if not trials:
            return None, None
        t = opened.t
        names = [
            t(f"missions.{opened.mission.id}.{name}")
            for name in ("before", *opened.mission.teaching_ways)
        ]
        named = list(zip(names, opened.run_records, strict=True))
        with opened.visit.messages.showing_errors():
            rows = [
                AccuracyRow(name, record.measured_result.test_accuracy) for name, record in named
            ]
            draw_accuracy_rows(rows, SAME, t)
            for name, record in named[1:]:
                with st.container(key=f"mission_flips_{record.number}", border=True):
                    st.markdown(f"**{name}**")
                    draw_flipped_answers(opened.visit, record, shown=12)
        return opened.mission.judge_both_claims(trials)


FLOW = TeachMissionFlow()


def _draw_teaching_steps(opened: OpenMission, parent: RunRecord, *taught: RunRecord) -> None:
    """Draw the current step of the mission: draw examples, wait for teaching, or see its result.

    Args:
        parent: the run whose network is taught.
        taught: the runs after teaching: first with the drawings alone, then with training images
            too.
    """
    visit = opened.visit
    t = opened.t
    if any(record.state not in FINISHED for record in taught):
        with st.container(key="mission_taught"):
            visit.draw_live_part("mission", lambda: _wait_for_teaching(opened))
        return
    if taught and taught[-1].teaching_record.outcome is None:
        st.warning(t("teaching.lost"))
        taught = taught[:-1]
    if not taught:
        st.markdown(
            t(
                f"missions.{opened.mission.id}.network",
                accuracy=share_as_percent(parent.measured_result.test_accuracy),
            )
        )
        with st.container(key="mission_drawing"):
            with st.container():
                draw_canvas_source(visit, opened.mission.dataset, _CANVAS)
            with st.container():
                with visit.messages.showing_errors():
                    _draw_answer_and_labels(opened, parent)
                if examples := _draw_misread_drawings(opened, parent):
                    _draw_teach_button(opened, parent, examples, taught)
        return

    way = opened.mission.teaching_ways[len(taught) - 1]
    with st.container(key=f"mission_{way}", border=True):
        st.markdown(f"**{t(f'missions.{opened.mission.id}.{way}')}**")
        draw_teaching_result(visit, taught[-1])
    if len(taught) < len(opened.mission.teaching_ways):
        _draw_teach_button(opened, parent, taught[0].teaching_record.examples, taught)


def _draw_teach_button(
    opened: OpenMission, parent: RunRecord, examples: Sequence[str], taught: Sequence[RunRecord]
) -> None:
    """Draw the button that teaches the drawings to the network.

    The network learns them alone the first time, and mixed with training images the second time.
    """
    st.button(
        opened.t(f"missions.{opened.mission.id}.teach_{opened.mission.teaching_ways[len(taught)]}"),
        key="teach_mixed" if taught else "teach",
        type="primary",
        icon=":material/school:",
        on_click=_teach_network,
        args=(opened, parent, examples, tuple(record.id for record in taught)),
    )


def _draw_answer_and_labels(opened: OpenMission, parent: RunRecord) -> None:
    """Draw the network's answer to the drawing, and buttons that keep it with a label."""
    visit = opened.visit
    dataset = opened.mission.dataset
    image = None
    strokes = read_canvas_drawing(dataset)
    if strokes is not None:
        with suppress(BlankError):
            image = prepare_drawing_or_photo(strokes, dataset).image

    with st.container(key="answer"):
        if image is None:
            st.markdown(visit.t("draw.nothing_yet"))
            return
        (answer,) = visit.engine.answers.classify_images(visit.token, parent.id, [image])
        draw_answer_headline(visit, answer, dataset)
    with row_container("keep_example"):
        draw_label_buttons(visit, dataset, image, answer, "drawing")


def _draw_misread_drawings(opened: OpenMission, parent: RunRecord) -> tuple[str, ...]:
    """Draw the latest examples that the network misreads; return their ids once there are five.

    If the visitor has kept `TRIES` examples, but too few are misread, examples that the network
    recognises count as well.
    """
    visit = opened.visit
    kept = kept_examples(visit, opened.mission.dataset)
    mine = [example for example in kept if example.place == "learn"]
    any_counts = len(kept) >= TRIES
    misread: list[tuple[Example, int]] = []
    network = visit.load_network(parent.id)
    if mine:
        shares = network.class_shares(np.stack([example.image for example in mine]))
        answered = [
            (example, int(row.argmax()), bool(row[example.label] >= SURE))
            for example, row in zip(mine, shares, strict=True)
        ]
        # Misread examples come last, so that the slice below keeps them.
        answered.sort(key=lambda row: not row[2])
        misread = [
            (example, answer) for example, answer, is_read in answered if any_counts or not is_read
        ][-DRAWINGS:]

    words = opened.t(
        f"missions.{opened.mission.id}.{'kept_any' if any_counts else 'kept'}",
        n=len(misread),
        total=DRAWINGS,
    )
    st.markdown(f"**{words}**")
    if misread:
        draw_tiles(
            np.stack([example.image for example, _ in misread]),
            key="mission_misread",
            label=words,
            captions=[f"{example.label} → {answer}" for example, answer in misread],
            size=72,
        )
    return tuple(example.id for example, _ in misread) if len(misread) == DRAWINGS else ()


def _wait_for_teaching(opened: OpenMission) -> bool:
    if all(record.state in FINISHED for record in opened.read_run_records()):
        st.rerun()  # rerun the whole page to draw the result
    st.markdown(opened.t("teaching.under_way"))
    return True


def _teach_network(
    opened: OpenMission, parent: RunRecord, examples: Sequence[str], before: tuple[str, ...]
) -> None:
    visit = opened.visit
    with visit.messages.queueing_errors():
        record = visit.engine.teaching.teach_network(
            visit.token, parent.id, examples, mixed=bool(before)
        )
        opened.update_progress(runs=(parent.id, *before, record.id), judged=False, verdicts=())
