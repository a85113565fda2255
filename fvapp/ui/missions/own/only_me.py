"""Draws mission 15, in which two networks learn digits that the visitor has drawn.

One of the networks has filters borrowed from another network. Both networks are then tested on
digits drawn by others.
"""

import numpy as np
import streamlit as st

from fvapp.charts.by_class import accuracy_by_class_figure
from fvapp.core.missions.table.only_me import (
    DIGITS,
    IMAGES_PER_DIGIT,
    MINE,
    OTHERS,
    count_own_digits_read,
    digits_by_others,
    judge_borrowed_filters,
    judge_own_digits,
)
from fvapp.ui.examples.collecting import draw_collecting_buttons
from fvapp.ui.missions.flow import MissionFlow, Verdicts
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.screens import show_screen
from fvapp.ui.missions.start import draw_mission_button
from fvapp.ui.parts import draw_chart, kept_examples, open_dataset
from fvapp.ui.pictures import ChosenPicture, draw_canvas_source, draw_tiles, read_canvas_drawing

_CANVAS = 280  # maximum side of the canvas, in CSS pixels
_MISREAD = 24  # maximum number of misread images to show


class OnlyMeMissionFlow(MissionFlow):
    """The flow of mission 15: train on the visitor's digits, and test on other people's digits."""

    def guess_question_images(
        self, opened: OpenMission, screen: str
    ) -> tuple[np.ndarray, list[str]]:
        images, labels = digits_by_others(open_dataset("mnist"), per_digit=2)
        return images, [DIGITS[label] for label in labels]

    def has_mission_result(self, opened: OpenMission) -> bool:
        return super().has_mission_result(opened) and len(_drawings_by_others(opened)[1]) > 0

    def draw_start_button(self, opened: OpenMission) -> None:
        """Draw the train button or, while drawings are missing, a button to open the canvas."""
        if _has_enough_drawings(opened, MINE):
            super().draw_start_button(opened)
        else:
            draw_mission_button(
                opened,
                opened.mission_text("only_me.draw_button"),
                lambda opened: show_screen(opened.mission, None),
            )

    def draw_experiment_progress(self, opened: OpenMission) -> None:
        """Draw the current stage: the visitor's canvas, the training, or a neighbour's canvas."""
        trained = super().has_mission_result(opened)
        if opened.run_records and not trained:
            super().draw_experiment_progress(opened)
            return
        dataset = OTHERS if trained and opened.mission_progress.variant == "neighbour" else MINE
        st.markdown(opened.mission_text(f"only_me.draw_{'mine' if dataset == MINE else 'others'}"))
        with st.container(key="mission_drawing"):
            with st.container():
                draw_canvas_source(opened.visit, dataset, _CANVAS)
            with st.container():
                strokes = read_canvas_drawing(dataset)
                picture = None if strokes is None else ChosenPicture("drawing", strokes)
                draw_collecting_buttons(opened.visit, picture, dataset)
                if dataset == MINE and _has_enough_drawings(opened, MINE):
                    self.draw_start_button(opened)

    def draw_mission_result(self, opened: OpenMission) -> Verdicts:
        """Draw how many digits by the visitor and by other people were classified correctly.

        Some misclassified digits by other people are drawn, too.
        """
        t = opened.t
        trials = self.trials_if_judgeable(opened)
        images, labels = _drawings_by_others(opened)
        if not trials or not len(labels):
            return None, None
        visit = opened.visit
        with visit.engine.answers.inspection_turn(visit.token):
            answers = [
                visit.load_network(run).logits(images).argmax(axis=1)
                for run in opened.mission_progress.runs[:2]
            ]
        counts = [
            count_own_digits_read(trials),
            *(((run_answers == labels).sum(), len(labels)) for run_answers in answers),
        ]
        names = [t(f"missions.only_me.{name}") for name in opened.mission.worksheet_notes]
        draw_chart(
            accuracy_by_class_figure({"": counts}, names, t),
            "mission_chart",
            t("missions.only_me.whiskers"),
        )
        st.caption(t("missions.only_me.whiskers"))
        hands = judge_own_digits(trials, answers, labels)
        wrong = np.flatnonzero(answers[0] != labels)
        if len(wrong) and hands.values:
            st.markdown(t("missions.only_me.collect", n=len(wrong), **hands.values))
            # Every n-th misread image is shown, so that most digits appear.
            shown = wrong[:: -(-len(wrong) // _MISREAD)]
            captions = [f"{DIGITS[labels[place]]} → {DIGITS[answers[0][place]]}" for place in shown]
            draw_tiles(
                images[shown], key="mission_misread", label=names[1], captions=captions, size=56
            )
        return hands, judge_borrowed_filters(trials, answers, labels)


FLOW = OnlyMeMissionFlow()


def _drawings_by_others(opened: OpenMission) -> tuple[np.ndarray, np.ndarray]:
    """Return images of digits drawn by others, and their labels.

    A neighbour's digits are returned only once the neighbour has drawn enough of them.
    """
    if opened.mission_progress.variant != "neighbour":
        return digits_by_others(open_dataset("mnist"))
    # Earlier versions of the app asked for fewer drawings, so a judged mission always counts as
    # having enough drawings.
    enough = opened.mission_progress.judged or _has_enough_drawings(opened, OTHERS)
    examples = kept_examples(opened.visit, OTHERS) if enough else ()
    labels = len(DIGITS) - 1 - np.array([example.label for example in examples], int)
    return np.array([example.image for example in examples], np.uint8).reshape(-1, 28, 28), labels


def _has_enough_drawings(opened: OpenMission, dataset: str) -> bool:
    labels = [example.label for example in kept_examples(opened.visit, dataset)]
    return np.bincount(labels, minlength=len(DIGITS)).min() >= IMAGES_PER_DIGIT[dataset]
