"""Draws the page for drawing: a drawing or picture, the network's input, and its answer."""

from functools import partial

import streamlit as st

from fvapp.core.dataset_table import OWN
from fvapp.core.datasets import DATASETS
from fvapp.core.errors import BlankError, FvappError
from fvapp.core.preparation import (
    Strokes,
    optional_preparation_step_names,
    prepare_drawing_or_photo,
)
from fvapp.core.runs import ACTIVE, RunRecord, RunState
from fvapp.ui.browser import (
    choice_callback,
    draw_expander,
    draw_segmented_control,
    scroll_into_view,
)
from fvapp.ui.draw.answer import (
    PictureAnswers,
    PictureQuestion,
    ask_model,
    draw_answer,
    draw_input_remarks,
    draw_labels_and_teaching,
    draw_probabilities,
    draw_step_comparison,
)
from fvapp.ui.draw.short_inside import draw_fewest_changed_pixels, draw_most_helpful_units
from fvapp.ui.draw.steps import draw_network_input, draw_preparation_steps, switched_off_steps
from fvapp.ui.examples.collecting import draw_collecting_buttons
from fvapp.ui.examples.naming import draw_class_naming
from fvapp.ui.examples.own_examples import draw_own_data_set_training
from fvapp.ui.examples.teaching import find_taught_example, latest_taught_run
from fvapp.ui.networks.answer import draw_confidence_threshold
from fvapp.ui.networks.kept_choices import DRAW_DATASET, store_choices, stored_choices
from fvapp.ui.networks.model_choice import draw_model_choice, runs_that_can_answer
from fvapp.ui.parts import (
    dataset_choices,
    draw_more_data_sets,
    draw_temperature_note,
    is_text_data_set,
    kept_examples,
    own_data_set_name,
    row_container,
    take_settings_from_address,
)
from fvapp.ui.pictures import (
    ChosenPicture,
    draw_canvas_or_picture,
    draw_other_picture_sources,
    keep_drawing,
)
from fvapp.ui.taken_home.take_home import draw_take_home_button
from fvapp.ui.visit import Visit
from fvapp.ui.write.writer import draw_writing_section

_ASKED = "draw_dataset_asked"
_MORE_HEIGHT = 240  # approximate height of the open expander, in pixels


def show_page(visit: Visit) -> None:
    """Draw the page for drawing; after that, each stroke redraws only the page's fragment."""
    take_settings_from_address(visit)
    _choose_dataset(visit)
    drawn = _watched_page_state(visit)
    st.fragment(_draw_page_fragment)(visit)
    *_, teaching = drawn
    visit.watch_page_state(
        partial(_watched_page_state, visit),
        drawn,
        under_way=teaching is not None and teaching[1] in ACTIVE,
    )


def _choose_dataset(visit: Visit) -> None:
    """Choose the data set named in a new URL, else the data set stored in the workspace."""
    state = st.session_state
    kept = stored_choices(visit)
    asked = st.query_params.get("dataset")
    token, read = state.get(_ASKED, (None, None))
    is_new_here = token != visit.token
    if asked is not None and asked != (kept.get("asked") if is_new_here else read):
        state[DRAW_DATASET] = visit.settings.dataset
    elif is_new_here or DRAW_DATASET not in state:
        # Digits (MNIST) are the default until the visitor has trained a network on other data.
        latest = next(iter(runs_that_can_answer(visit)), None)
        otherwise = latest.settings.dataset if latest else "mnist"
        state[DRAW_DATASET] = kept["dataset"] if kept.get("dataset") in DATASETS else otherwise
    state[_ASKED] = (visit.token, asked)


def _watched_page_state(visit: Visit) -> tuple[tuple[str, ...], tuple[str, RunState] | None]:
    """Return the ids of runs whose networks can answer, and the latest taught run's id and state."""
    latest = latest_taught_run(visit)
    teaching = None if latest is None else (latest.id, latest.state)
    return tuple(record.id for record in runs_that_can_answer(visit)), teaching


def _draw_page_fragment(visit: Visit) -> None:
    with row_container("draw_top"):
        title = "write.title" if is_text_data_set(st.session_state[DRAW_DATASET]) else "draw.title"
        st.title(visit.t(title), anchor=False, width="content")
        dataset = _draw_dataset_choice(visit)
    visit.messages.draw_message_area()
    if dataset == OWN:
        draw_class_naming(visit)
    elif is_text_data_set(dataset):
        draw_writing_section(visit, dataset)
    else:
        _draw_canvas_and_answer(visit, dataset)
    visit.messages.note_notices_shown()  # called here, as a stroke redraws only this fragment


def _draw_canvas_and_answer(visit: Visit, dataset: str) -> None:
    # The style sheet puts the container with the answer to the right of the canvas, if it fits.
    with st.container(key="draw_columns"):
        with st.container():
            picture = draw_canvas_or_picture(visit, dataset)
            if DATASETS[dataset].is_own and not runs_that_can_answer(visit, dataset):
                # Until a network can answer, the buttons that collect drawings are here; later,
                # they are below the network's answer.
                if dataset == own_data_set_name(visit):
                    draw_collecting_buttons(visit, picture, dataset)
                draw_own_data_set_training(visit, dataset)
        with st.container(key="draw_answer"):
            question, answer = _draw_answer_column(visit, picture, dataset)
        with st.container():
            draw_other_picture_sources(visit, dataset, "answer_row")

    draw_most_helpful_units(visit, question, answer, dataset)
    if question is not None:
        draw_step_comparison(visit, question, answer, dataset)
    scroll_into_view()


def _draw_answer_column(
    visit: Visit, picture: ChosenPicture | None, dataset: str
) -> tuple[PictureQuestion | None, PictureAnswers | None]:
    """Draw the network's input, its answer, the bar chart, and the list of networks."""
    first = st.container(horizontal=True, key="answer_row")
    own = st.container(key="own")
    bars = st.container()
    model = draw_model_choice(visit, dataset)
    more = st.container()
    question, blank = _prepare_question(visit, picture, dataset, model)
    answer = ask_model(visit, question)
    run = next((record for record in runs_that_can_answer(visit) if record.id == model), None)
    taught = (
        None if question is None else find_taught_example(run, dataset, question.preparation.image)
    )

    with first:
        draw_network_input(visit, question)
        with st.container(key="answer_words"):
            draw_answer(
                visit,
                answer,
                dataset,
                blank,
                visit.t("draw.no_network" if model is None else "draw.nothing_yet"),
                taught,
            )
            if question is not None and question.preparation.shape_count > 1:
                st.warning(visit.t("draw.shapes", n=question.preparation.shape_count))
            draw_input_remarks(visit, answer, picture, dataset)
            draw_fewest_changed_pixels(visit, question, answer, dataset)

    with own:
        if dataset == own_data_set_name(visit) and run is not None:
            draw_collecting_buttons(visit, picture, dataset)
            until = (run.examples and run.examples.until) or 0
            if any(example.kept > until for example in kept_examples(visit, dataset)):
                draw_own_data_set_training(visit, dataset)
        elif picture and question and answer and not DATASETS[dataset].is_own:
            draw_labels_and_teaching(visit, picture, question, answer, run, dataset)
    with bars:
        if model is not None:
            draw_probabilities(visit, answer, dataset)

    def draw_more_options() -> None:
        _draw_downloads(visit, picture, question, answer, run, dataset)
        draw_confidence_threshold(visit)
        if run is not None and run.result is not None:
            draw_temperature_note(visit.t, run.result.temperature)
        if question is not None and question.preparation.steps:
            draw_preparation_steps(visit, question)

    with more:
        draw_expander(
            "draw_more",
            visit.t("draw.more"),
            _MORE_HEIGHT,
            draw_more_options,
            icon=":material/tune:",
        )
    return question, answer


def _draw_downloads(
    visit: Visit,
    picture: ChosenPicture | None,
    question: PictureQuestion | None,
    answers: PictureAnswers | None,
    run: RunRecord | None,
    dataset: str,
) -> None:
    """Draw the button that downloads the network, and a button that keeps the drawing.

    A kept drawing appears in the report on the network's run. Other pictures are never kept.
    """
    if picture is None or question is None or answers is None:
        return
    drawing = picture.content if isinstance(picture.content, Strokes) else None

    with st.container(horizontal=True, key="keep"):
        if run is None or run.state != "running":
            image = None if drawing is None else question.preparation.image
            draw_take_home_button(visit, dataset, run, "at_home_drawn", drawing, image)
        if (
            run is not None
            and drawing is not None
            and st.button(
                visit.t("draw.keep_drawing"), key="keep_drawing", icon=":material/bookmark:"
            )
        ):
            with visit.messages.showing_errors():
                image = question.preparation.image
                keep_drawing(visit, question.model, image, answers.answer_with_chosen_steps)
                visit.messages.show_notice(visit.t("draw.kept_drawing"))


def _draw_dataset_choice(visit: Visit) -> str:
    state = st.session_state
    asked = st.query_params.get("dataset")

    def keep_dataset(name: str) -> None:
        store_choices(visit, dataset=name, asked=asked)

    def choose_dataset(name: str) -> None:
        state[DRAW_DATASET] = name
        keep_dataset(name)

    held = state[DRAW_DATASET]
    # The visitor may have named the classes of the new data set in another tab.
    if held == OWN and own_data_set_name(visit):
        held = state[DRAW_DATASET] = own_data_set_name(visit)
    words = dataset_choices(visit, held)
    changed = choice_callback(DRAW_DATASET, words, keep_dataset)
    chosen = draw_segmented_control(
        visit.t("settings.dataset.label"),
        words,
        DRAW_DATASET,
        held,
        on_change=changed,
        persist_state="session",
    )
    draw_more_data_sets(visit, held, choose_dataset)
    return chosen


def _prepare_question(
    visit: Visit, picture: ChosenPicture | None, dataset: str, model: str | None
) -> tuple[PictureQuestion | None, BlankError | None]:
    """Return the question for the model, and the error if the picture is blank.

    Either or both may be None. Even without a model, the question has the prepared picture.
    """
    if picture is None:
        return None, None
    source = picture.content
    off = switched_off_steps(optional_preparation_step_names(type(source), dataset))
    name = (picture.picture_id, dataset, off, model)
    kept = st.session_state.get("question")
    if kept is not None and kept.question_key == name:
        return kept, None
    try:
        prepared = prepare_drawing_or_photo(source, dataset, without=off)
        fully_prepared = prepare_drawing_or_photo(source, dataset) if off else prepared
    except BlankError as error:
        return None, error
    except FvappError as error:
        visit.messages.show_error(error)
        return None, None

    question = st.session_state["question"] = PictureQuestion(
        name, model or "", prepared, fully_prepared
    )
    return question, None
