"""Draws mission A: visitors try a rule that recognises trousers, and see images as numbers."""

from dataclasses import replace

import streamlit as st

from fvapp.core.missions.table.look import (
    LONGEST_SENTENCE,
    SUGGESTED,
    TROUSER,
    TrouserRule,
    images_to_check,
    judge_zero_pixels,
)
from fvapp.core.wording import class_names, split_first_sentence
from fvapp.ui.missions.flow import MissionFlow, Verdicts
from fvapp.ui.missions.images import draw_dataset_image
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.rule import draw_trouser_rule
from fvapp.ui.missions.screens import show_screen
from fvapp.ui.pictures import draw_pixel_numbers

_FIRST = TrouserRule("", "width", "at_most", 12)


class LookMissionFlow(MissionFlow):
    """The flow of mission A, which trains no network.

    The visitor tries a rule, and then chooses an image and checks its pixel values.
    """

    def draw_extra_mission_screen(self, opened: OpenMission, screen: str) -> None:
        """Draw the images sorted by the rule, and a field for writing the rule in words."""
        t = opened.t
        data = opened.dataset
        rows = list(images_to_check(data.y_test))
        names = class_names(data.name, t)
        labels = data.y_test[rows]

        rule = opened.mission_progress.rule or _FIRST

        def save_trouser_rule(chosen: TrouserRule) -> None:
            show_screen(opened.mission, "rule")
            opened.update_progress(rule=replace(chosen, sentence=rule.sentence))

        draw_trouser_rule(
            data.x_test[rows],
            (labels == TROUSER).tolist(),
            [names[label] for label in labels],
            rule,
            save_trouser_rule,
            t,
        )
        st.markdown(t("missions.look.rule.after"))

        def save_rule_sentence() -> None:
            show_screen(opened.mission, "rule")
            opened.update_progress(
                rule=replace(rule, sentence=st.session_state["rule_sentence"].strip())
            )

        st.text_input(
            t("missions.look.rule.sentence"),
            rule.sentence,
            max_chars=LONGEST_SENTENCE,
            key="rule_sentence",
            on_change=save_rule_sentence,
        )

    def has_mission_result(self, opened: OpenMission) -> bool:
        return opened.mission_progress.image is not None

    def draw_experiment_progress(self, opened: OpenMission) -> None:
        """Draw training images, and a field and a button for choosing the image to check."""
        t = opened.t
        own = opened.mission_progress
        dataset = opened.dataset
        # The task's first sentence is left out, because the screen with the rule has shown it.
        _, task = split_first_sentence(t("missions.look.task"))
        st.markdown(task)
        last = len(dataset.x_train) - 1
        row = st.container(horizontal=True, vertical_alignment="bottom")
        pictures = st.container(horizontal=True)

        with row:
            index = st.number_input(
                t("missions.page.image_index", last=f"{last:,}"),
                0,
                last,
                min(SUGGESTED[-1] if own.image is None else own.image, last),
                step=1,
                width=280,
                key="mission_image",
            )
            st.button(
                t("missions.page.look_button"),
                key="mission_run",
                type="primary",
                on_click=_save_image_to_check,
                args=(opened,),
            )

        with pictures:
            for shown in dict.fromkeys((*SUGGESTED, index)):
                draw_dataset_image(opened, "train", shown)
        with st.expander(t("missions.page.pixels_title", index=index)):
            divisor = 255 if st.toggle(t("missions.look.divide"), key="mission_divide") else 1
            draw_pixel_numbers(
                t, dataset.x_train[index], t("missions.page.pixels_title", index=index), divisor
            )

    def draw_mission_result(self, opened: OpenMission) -> Verdicts:
        """Draw the image that the visitor has checked; return the verdict on the guess."""
        dataset = opened.dataset
        index = opened.mission_progress.image
        if index is None or index >= len(dataset.x_train):
            return None, None
        with st.container(key="mission_pictures"):
            draw_dataset_image(opened, "train", index)
        return judge_zero_pixels(index, dataset.x_train[index]), None


FLOW = LookMissionFlow()


def _save_image_to_check(opened: OpenMission) -> None:
    opened.update_progress(image=int(st.session_state["mission_image"]), verdicts=())
    show_screen(opened.mission, "result")
