"""Lets visitors teach examples to a network, and compares the network before and after."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.examples import make_example_id
from fvapp.core.runs import ACTIVE, RunRecord
from fvapp.core.teaching import TaughtExample
from fvapp.core.wording import AccuracyDifference, class_names, share_as_percent
from fvapp.ui.networks.model_choice import select_model_for_drawing
from fvapp.ui.parts import open_dataset, row_container
from fvapp.ui.pictures import draw_tiles
from fvapp.ui.visit import Visit

_TILE = 64  # width of an example in CSS pixels, enough for a class name


def latest_taught_run(visit: Visit) -> RunRecord | None:
    """Return the visitor's latest run if it taught a network examples, else None.

    The run may still be in training.
    """
    records = visit.read_runs()
    return records[-1] if records and records[-1].taught else None


def find_taught_example(
    run: RunRecord | None, dataset: str, image: np.ndarray
) -> TaughtExample | None:
    """Return the answers to an image before and after it was taught; None if it was not."""
    outcome = run.taught.outcome if run and run.taught else None
    name = make_example_id(dataset, image.tobytes())
    examples = outcome.examples if outcome else ()
    return next((example for example in examples if example.id == name), None)


def draw_teach_button(
    visit: Visit, run: RunRecord, examples: Sequence[str], words: str = "teaching.button"
) -> None:
    """Draw a button that teaches examples to a network, and a switch to mix in training images."""
    t = visit.t
    latest = latest_taught_run(visit)
    busy = latest is not None and latest.state in ACTIVE
    if st.button(
        t("teaching.under_way" if busy else words),
        key="teach",
        disabled=busy,
        type="primary",
        icon=":material/school:",
    ):
        with visit.messages.queueing_errors():
            visit.engine.teaching.teach_network(
                visit.token, run.id, examples, mixed=bool(st.session_state.get("teach_mixed"))
            )
        st.rerun()  # redraw the whole page, which then waits for the result

    st.toggle(
        t("teaching.mix"), key="teach_mixed", help=t("teaching.mixed_help"), persist_state="session"
    )
    if latest is not None and not busy and latest.teaching_record.outcome is None:
        st.warning(t("teaching.lost"))


def draw_teaching_result(visit: Visit, record: RunRecord) -> None:
    """Draw a network's results before and after teaching, and test images with changed answers."""
    t = visit.t
    taught = record.teaching_record.finished_teaching_outcome
    test = AccuracyDifference.from_accuracies(
        taught.test_before, record.measured_result.test_accuracy
    )
    sides = {
        "before": (taught.others_before, test.percent_before),
        "after": (taught.others_after, test.percent_after),
    }

    with st.container(horizontal=True, key="taught_sides"):
        for side, (others, accuracy) in sides.items():
            with st.container(key=f"taught_{side}", gap="xxsmall"):
                st.caption(t(f"teaching.{side}"))
                _draw_taught_answer(visit, record, side)
                if taught.others:
                    st.markdown(t("teaching.others", right=others, n=taught.others))
                st.markdown(t("teaching.test", accuracy=accuracy))

    with st.container(key="taught_flips"):
        draw_flipped_answers(visit, record)
    st.caption(
        t(
            "teaching.learned" if taught.learned_all_examples else "teaching.not_learned",
            steps=taught.steps,
            way=t("teaching.mixed" if record.teaching_record.mixed else "teaching.only"),
        )
    )


def draw_flipped_answers(visit: Visit, record: RunRecord, shown: int = 6) -> None:
    """Draw test images that the network classifies correctly only before or only after teaching.

    At most `shown` images of each kind are drawn.
    """
    taught = record.teaching_record.finished_teaching_outcome
    flips = {
        "forgot": (taught.forgot, taught.forgot_images),
        "gained": (taught.gained, taught.gained_images),
    }
    for column, (change, (count, places)) in zip(st.columns(2), flips.items(), strict=True):
        with column:
            _draw_flipped_images(visit, record, change, count, places[:shown])
    if taught.forgot_images or taught.gained_images:
        st.caption(visit.t("teaching.right_names"))


def draw_next_teaching_steps(visit: Visit, record: RunRecord) -> None:
    """Draw the next steps after teaching: teach again, or undo the teaching."""
    taught = record.teaching_record
    # A run that has not learned all its examples can be taught further. Otherwise, visitors can
    # teach the examples to its parent run again, with or without training images mixed in.
    again = (
        record
        if not taught.finished_teaching_outcome.learned_all_examples
        else _find_run(visit, taught.parent)
    )
    with row_container("taught_next"):
        if again is not None:
            draw_teach_button(visit, again, taught.examples, "teaching.again")
        st.button(
            visit.t("teaching.undo"),
            key="teach_undo",
            icon=":material/undo:",
            on_click=_undo_teaching,
            args=(visit, record),
        )


def _draw_taught_answer(visit: Visit, record: RunRecord, side: str) -> None:
    """Draw the answer to the taught example or, for several examples, how many are correct.

    Args:
        side: "before" or "after" teaching.
    """
    t = visit.t
    names = class_names(record.settings.dataset, t)
    examples = record.teaching_record.finished_teaching_outcome.examples
    labels = [getattr(example, side) for example in examples]
    if len(examples) > 1:
        right = sum(label == example.label for label, example in zip(labels, examples, strict=True))
        st.header(t("teaching.right_of", n=right, total=len(examples)), anchor=False)
        return

    (example,) = examples
    st.header(names[labels[0]], anchor=False)
    st.markdown(
        t(
            "teaching.share",
            name=names[example.label],
            share=share_as_percent(getattr(example, f"share_{side}")),
        )
    )


def _draw_flipped_images(
    visit: Visit, record: RunRecord, change: str, count: int, places: Sequence[int]
) -> None:
    t = visit.t
    dataset = record.settings.dataset
    heading = t(f"teaching.{change}", n=f"{count:,}")
    st.markdown(heading)
    if not places:
        return
    data = open_dataset(dataset)
    shown = list(places)
    captions = [class_names(dataset, t)[label] for label in data.y_test[shown]]
    key = f"taught_{change}_{record.number}"
    draw_tiles(data.x_test[shown], key=key, label=heading, captions=captions, size=_TILE)


def _find_run(visit: Visit, run: str) -> RunRecord | None:
    try:
        return visit.engine.runs.get_run(visit.token, run)
    except FvappError:
        return None


def _undo_teaching(visit: Visit, record: RunRecord) -> None:
    # Undoing deletes the run, so a run that is already deleted is not an error.
    with visit.messages.queueing_errors(but="unknown_run"):
        visit.engine.runs.delete_run(visit.token, record.id)
    parent = _find_run(visit, record.teaching_record.parent)
    if parent is not None:
        select_model_for_drawing(visit, parent)
