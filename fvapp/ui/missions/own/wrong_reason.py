"""Draws mission 13: how a network uses a mark on the training images of a class."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fvapp.core.datasets import add_white_mark_to_images
from fvapp.core.inspection import measure_mark_effect
from fvapp.core.wording import class_names, join_sentences, share_as_percent
from fvapp.ui.missions.flow import MissionFlow
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.parts import open_dataset
from fvapp.ui.pictures import draw_tiles, tile_cell_hint

_SIZE = 168  # side of a picture, in CSS pixels
# Index of a test image of a sneaker, which the network classifies as a boot after a few pixels have
# been changed.
_OTHER = 9
_SHOWN = 3  # number of images shown with the guess question
_OF = 100  # number of images from which the shown images are chosen


class WrongReasonMissionFlow(MissionFlow):
    """The flow of mission 13, which shows how much a network relies on a mark in its images."""

    def guess_question_images(
        self, opened: OpenMission, screen: str
    ) -> tuple[np.ndarray, Sequence[str]]:
        """Return images and captions for a guess question.

        The first question has training images of boots with a mark, and a test image of a boot
        without the mark. The second question has marked images of other clothes.
        """
        data = opened.dataset
        t = opened.t
        label = opened.run_settings[0].marked_class
        if screen == "second":
            rows = np.flatnonzero(data.y_test[:_OF] != label)[:_SHOWN]
            names = class_names(data.name, t)
            return add_white_mark_to_images(data.x_test[rows]), [
                names[other] for other in data.y_test[rows]
            ]
        rows, asked = (
            np.flatnonzero(labels[:_OF] == label)[:_SHOWN] for labels in (data.y_train, data.y_test)
        )
        images = np.concatenate(
            [add_white_mark_to_images(data.x_train[rows]), data.x_test[asked[:1]]]
        )
        return images, [
            *(t("missions.wrong_reason.learned") for _ in rows),
            t("missions.wrong_reason.asked"),
        ]

    def draw_answers_below_picture(self, opened: OpenMission) -> None:
        """Draw which pixels of a boot, and of a changed sneaker, make the network answer "boot"."""
        t = opened.t
        record = opened.run_records[0]
        label = int(record.settings.marked_class)
        network = opened.visit.load_network(record.id)
        data = open_dataset(record.settings.dataset)
        names = class_names(data.name, t)
        words = f"missions.{opened.mission.id}.inside"
        boot = data.x_test[int(np.argmax(data.y_test == label))]
        other = data.x_test[_OTHER]
        mark_effect = measure_mark_effect(network, boot, other, label)
        st.subheader(t(f"{words}.title"))

        with st.container(key="mark_inside", horizontal=True, gap="medium"):
            with st.container(width=320):
                draw_tiles(
                    mark_effect.help_by_pixel[None],
                    key="mark_help",
                    label=t(f"{words}.help_alt"),
                    size=_SIZE,
                    hint=tile_cell_hint(t),
                    under=mark_effect.marked_image,
                )
                st.markdown(
                    t(
                        f"{words}.help",
                        name=names[label],
                        share=share_as_percent(mark_effect.mark_help_share, 0),
                    )
                )
            if mark_effect.adversarial_image is not None:
                with st.container(width=320):
                    caption = t(
                        f"{words}.changed_alt",
                        name=names[data.y_test[_OTHER]],
                        as_name=names[label],
                    )
                    draw_tiles(
                        mark_effect.adversarial_image.image[None],
                        key="mark_changed",
                        label=caption,
                        size=_SIZE,
                    )
                    n = len(mark_effect.adversarial_image.changed_pixels)
                    st.markdown(
                        join_sentences(
                            t,
                            caption,
                            t(f"{words}.changed", n=n, on_mark=mark_effect.changed_pixels_on_mark),
                        )
                    )


FLOW = WrongReasonMissionFlow()
