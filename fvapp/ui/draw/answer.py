"""Draws the network's answer to a picture, and buttons that teach the picture to the network."""

from dataclasses import dataclass

import streamlit as st

from fvapp.charts.probabilities import answer_shares_figure
from fvapp.core.answers import Answer
from fvapp.core.datasets import DATASETS
from fvapp.core.errors import BlankError
from fvapp.core.preparation import Preparation, Strokes
from fvapp.core.runs import RunRecord
from fvapp.core.teaching import TaughtExample
from fvapp.core.wording import class_names, share_as_percent
from fvapp.ui.browser import announce_to_screen_readers, click_id
from fvapp.ui.examples.own_examples import draw_label_buttons
from fvapp.ui.examples.teaching import (
    draw_next_teaching_steps,
    draw_teach_button,
    draw_teaching_result,
)
from fvapp.ui.networks.answer import draw_answer_headline
from fvapp.ui.networks.model_choice import draw_train_link, runs_that_can_answer
from fvapp.ui.parts import cache_in_session, draw_chart, row_container
from fvapp.ui.pictures import ChosenPicture
from fvapp.ui.visit import Visit

CHART_HEIGHT = 330


@dataclass(frozen=True)
class PictureQuestion:
    """A prepared picture and the model to ask about it.

    Attributes:
        question_key: identifies the picture, the preparation steps and the model.
        model: a run's id, or a data set's name for its shipped network; empty if no network can
            answer.
        preparation: the picture prepared with the steps that the visitor has not switched off.
        full_preparation: the picture prepared with all steps.
    """

    question_key: tuple[object, ...]
    model: str
    preparation: Preparation
    full_preparation: Preparation


@dataclass(frozen=True)
class PictureAnswers:
    """The model's answers to a picture prepared in two ways.

    One version has only the preparation steps that the visitor left on; the other has all steps.
    """

    answer_with_chosen_steps: Answer
    answer_with_all_steps: Answer


def ask_model(visit: Visit, question: PictureQuestion | None) -> PictureAnswers | None:
    """Return the model's answers; None without a question or model, or after showing an error."""
    if question is None or not question.model:
        return None

    def classify_images() -> PictureAnswers:
        images = [question.preparation.image]
        if question.full_preparation is not question.preparation:
            images.append(question.full_preparation.image)
        results = visit.engine.answers.classify_images(visit.token, question.model, images)
        return PictureAnswers(results[0], results[-1])

    with visit.messages.showing_errors():
        return cache_in_session("answers", question.question_key, classify_images)
    return None


def draw_answer(
    visit: Visit,
    answers: PictureAnswers | None,
    dataset: str,
    blank: BlankError | None,
    nothing: str,
    taught: TaughtExample | None,
) -> None:
    """Draw the predicted class and its percentage, or a sentence on why there is no answer.

    Args:
        taught: as for `draw_answer_headline`.
    """
    t = visit.t

    with st.container(key="answer"):
        if answers is None:
            st.markdown(nothing if blank is None else blank.to_sentence(t))
            announce_to_screen_readers("answer", "", "")
            return
        announcement = draw_answer_headline(
            visit, answers.answer_with_chosen_steps, dataset, taught
        )
        asked, _ = st.session_state["answers"]
        announce_to_screen_readers("answer", click_id("answer", asked), announcement)


def draw_input_remarks(
    visit: Visit, answers: PictureAnswers | None, picture: ChosenPicture | None, dataset: str
) -> None:
    """Draw remarks below the answer: on the network's input, and on outdated weights."""
    t = visit.t
    info = DATASETS[dataset]
    # Only this remark explains that the network knows no classes other than the visitor's own.
    if answers is not None and info.is_own:
        st.caption(t("own.knows", names=t("common.comma").join(info.english_names)))
    if answers is not None and answers.answer_with_chosen_steps.is_stale:
        st.caption(t("draw.stale"))
    if picture is not None and picture.true_label is not None:
        st.caption(t("draw.true_class", answer=class_names(dataset, t)[picture.true_label]))
    else:
        with st.container(key="seen_remark"):
            st.caption(t("draw.seen"))


def draw_probabilities(visit: Visit, answers: PictureAnswers | None, dataset: str) -> None:
    """Draw a bar chart of the probability of each class."""
    answer = answers.answer_with_chosen_steps if answers else None
    names = class_names(dataset, visit.t)
    name = (answer, dataset, visit.t.language)
    figure = cache_in_session(
        "kept_bars", name, lambda: answer_shares_figure(answer, names, visit.t)
    )
    with st.container(key="probabilities"):
        draw_chart(
            figure, "probabilities_chart", _bars_alt_text(visit, answer, names), CHART_HEIGHT
        )


def draw_step_comparison(
    visit: Visit, question: PictureQuestion, answers: PictureAnswers | None, dataset: str
) -> None:
    """Draw the answers with and without the preparation steps that the visitor has switched off."""
    if answers is None or question.full_preparation is question.preparation:
        return
    names = class_names(dataset, visit.t)
    with st.container(border=True, key="with_and_without"):
        for column, title, answer in zip(
            st.columns(2),
            ("draw.with_steps", "draw.without_steps"),
            (answers.answer_with_all_steps, answers.answer_with_chosen_steps),
            strict=True,
        ):
            with column:
                st.metric(
                    visit.t(title),
                    names[answer.predicted_label],
                    share_as_percent(answer.probabilities[answer.predicted_label]),
                    delta_color="off",
                    delta_arrow="off",
                )


def _bars_alt_text(visit: Visit, answer: Answer | None, names: list[str]) -> str:
    if answer is None:
        return visit.t("draw.bars_alt_empty")
    shares = sorted(zip(answer.probabilities, names, strict=True), reverse=True)[:3]
    best = visit.t("common.comma").join(
        f"{name} {share_as_percent(share)}" for share, name in shares
    )
    return visit.t("draw.bars_alt", best=best)


def draw_labels_and_teaching(
    visit: Visit,
    picture: ChosenPicture,
    question: PictureQuestion,
    answers: PictureAnswers,
    run: RunRecord | None,
    dataset: str,
) -> None:
    """Draw buttons that keep the picture with a label and then teach it to the network.

    A test image has no buttons, since a test is valid only if networks never learn from its images.
    """
    if picture.true_label is not None:
        return
    source = "drawing" if isinstance(picture.content, Strokes) else "picture"

    with row_container("keep_example"):
        example = draw_label_buttons(
            visit, dataset, question.preparation.image, answers.answer_with_chosen_steps, source
        )
        if example is None or example.place == "test":
            return
        taught = run and run.taught
        is_taught = taught and taught.outcome and example.id in taught.examples
        if run is None and runs_that_can_answer(visit, dataset):
            st.caption(visit.t("teaching.choose_own"))
        elif run is None:
            draw_train_link(visit, dataset)
        elif not is_taught:
            draw_teach_button(visit, run, [example.id])
    if run is not None and is_taught:
        with st.container(key="taught", border=True):
            draw_teaching_result(visit, run)
            draw_next_teaching_steps(visit, run)
