"""Draws buttons beside an answer that keep the image as an example with its correct label."""

from collections import Counter

import numpy as np
import streamlit as st

from fvapp.core.answers import Answer
from fvapp.core.dataset_table import DATASETS
from fvapp.core.errors import FvappError
from fvapp.core.examples import Example, check_enough_examples, make_example_id
from fvapp.core.settings import preset_settings
from fvapp.core.wording import class_names
from fvapp.ui.browser import draw_select
from fvapp.ui.examples.run_with_drawing import submit_run_with_drawing
from fvapp.ui.parts import (
    MY_EXAMPLES,
    draw_command_button,
    draw_page_link,
    find_page,
    give_engine_command,
    kept_examples,
)
from fvapp.ui.visit import Visit


def draw_own_data_set_training(visit: Visit, dataset: str) -> bool:
    """Draw the button that trains on the visitor's own data set, or a note on what it lacks.

    The run has the usual settings for such a data set, unless the visitor has chosen the next run's
    settings for this one: what suited other images, or a mission, is not taken over unseen.

    Return whether the data set has enough examples.
    """
    t = visit.t
    info = DATASETS[dataset]
    mine = kept_examples(visit, dataset)
    try:
        check_enough_examples(info, mine, alone=False)
    except FvappError as error:
        st.markdown(error.to_sentence(t))
        return False
    if st.button(
        t("own_text.train" if info.text else "own.train"),
        key="own_train",
        type="primary",
        icon=":material/play_arrow:",
    ):
        with visit.messages.queueing_errors():
            settings = visit.settings
            if settings.dataset != dataset:
                settings = preset_settings("standard", dataset).with_values(seed=settings.seed)
                visit.store_settings(settings)
            submit_run_with_drawing(visit, settings)
            st.switch_page(find_page("train"))
        st.rerun()  # rerun the page to show the error

    counts = Counter(example.label for example in mine).most_common()
    fewest, n = counts[-1]
    if 2 * n <= counts[0][1]:
        st.caption(t("own.fewest", name=info.english_names[fewest], n=n))
    return True


def draw_label_buttons(
    visit: Visit, dataset: str, image: np.ndarray, answer: Answer, source: str
) -> Example | None:
    """Draw buttons that keep an image as an example, or a note that it is already kept.

    Return the kept example, or None. The first button keeps the network's answer as the label; a
    popover offers the other labels.

    Args:
        image: the network's input, uint8 [28, 28].
        source: where the image comes from: "drawing" or "picture".
    """
    t = visit.t
    names = class_names(dataset, t)
    mine = kept_examples(visit, dataset)
    example = next(
        (kept for kept in mine if kept.id == make_example_id(dataset, image.tobytes())), None
    )

    def keep_example(label: int) -> None:
        give_engine_command(
            visit, visit.engine.examples.keep_example, dataset, image, label, source
        )

    if example:
        draw_page_link(
            "data",
            t(
                "examples.kept_test" if example.place == "test" else "examples.kept",
                name=names[example.label],
                n=len(mine),
            ),
            icon=":material/check:",
            query_params={"dataset": example.dataset, "show": MY_EXAMPLES},
        )
        draw_command_button(
            visit,
            t("examples.undo"),
            "keep_undo",
            visit.engine.examples.delete_examples,
            [example.id],
            type="tertiary",
            icon=":material/undo:",
        )
        return example
    st.button(
        t("examples.right"),
        key="keep_right",
        icon=":material/check:",
        on_click=keep_example,
        args=(answer.predicted_label,),
    )

    with st.popover(t("examples.no"), key="keep_no"):
        draw_select(
            st.pills,
            t("examples.no"),
            dict(enumerate(names)),
            "keep_label",
            None,
            keep_example,
            label_visibility="collapsed",
            wrap=True,
        )
    return None
