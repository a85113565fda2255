"""Draws the shown run, always up to date: state, results, images, curves and buttons."""

from collections.abc import Mapping, Sequence
from math import isfinite
from time import monotonic

import streamlit as st

from fvapp.charts.curves import HEIGHT, training_curve_figures
from fvapp.charts.figure import MEASURES, Measure, PlotlyFigure
from fvapp.core.datasets import was_trained_on_starter_set
from fvapp.core.errors import FvappError
from fvapp.core.events import Event, RunEnded
from fvapp.core.results.by_class import few_images_warning
from fvapp.core.results.curves import LearningCurves, read_curves, recent_training_accuracy
from fvapp.core.results.overfitting import diagnose_fit
from fvapp.core.results.time_left import SLOW_FIRST_PART, estimate_time_left
from fvapp.core.runs import ACTIVE, RunRecord
from fvapp.core.texts.strips import LEAST_TESTED
from fvapp.core.wording import (
    accuracy_words,
    correct_and_total_texts,
    duration_words,
    run_title,
    run_titles,
    share_as_percent,
)
from fvapp.i18n import Translator
from fvapp.ui.browser import announce_to_screen_readers, draw_expander, draw_run_choice
from fvapp.ui.examples.teaching import draw_teaching_result
from fvapp.ui.messages import escape_markdown
from fvapp.ui.networks.by_class import draw_accuracy_by_class, draw_test_result_sentences
from fvapp.ui.parts import (
    cache_in_session,
    draw_chart,
    draw_keras_error,
    help_with_glossary_link,
    queue_place_text,
    run_failure_text,
    run_reason_text,
    run_state_text,
)
from fvapp.ui.train.rivals import draw_count_table_accuracy
from fvapp.ui.train.run_buttons import draw_five_more_epochs, draw_run_buttons, requested_action
from fvapp.ui.train.twelve import draw_twelve_images, inspect_image_if_opened
from fvapp.ui.visit import Visit
from fvapp.ui.write.lines import draw_written_lines


def draw_shown_run(visit: Visit, shown: RunRecord | None, primary: bool) -> None:
    """Draw the shown run, in a part of the page that is redrawn whenever something changes.

    Args:
        shown: the run for which the rest of the page was drawn.
        primary: whether one of the run's buttons may be the page's primary button.
    """
    inspect_image_if_opened()
    visit.draw_live_part("run", lambda: _draw_live_run(visit, shown, primary))


def shown_run(records: Sequence[RunRecord]) -> RunRecord | None:
    """Return the run that the visitor chose, else the first active run, else the latest run."""
    chosen = st.session_state.get("shown_run")
    for record in records:
        if record.id == chosen:
            return record
    active = [record for record in records if record.state in ACTIVE]
    return next(iter([*active, *records[-1:]]), None)


def _draw_live_run(visit: Visit, shown: RunRecord | None, primary: bool) -> bool:
    """Draw a list of runs, and the shown run; return whether that run is waiting or training."""
    try:
        records = visit.engine.runs.list_runs(visit.token)
    except FvappError as error:
        visit.messages.show_error(error)
        return False
    record = shown_run(records)
    if _run_id_and_failure(record) != _run_id_and_failure(shown):
        st.rerun()
    # Each part has a container that is drawn even if it is empty. Otherwise, the elements below it
    # would change places, and the browser would briefly show them twice.
    with st.container(key="run_choice"):
        _draw_run_choice(visit, records, record)
    visit = visit.for_dataset((record or visit).settings.dataset)
    events = _all_run_events(visit, record) if record else ()
    curves = _cached_curves(record, events)
    with st.container(key="run_state", horizontal=True, gap="xxsmall"):
        _draw_run_state(visit, record, curves)

    with st.container(key="run_notes"):
        if record is not None and record.state == "failed":
            _draw_run_failure(visit, record)
        if record is not None and was_trained_on_starter_set(record.settings, events):
            st.caption(visit.t("datasets.starter_run"))
        if record is not None and record.settings.dataset != visit.settings.dataset:
            st.caption(
                visit.t(
                    "train.other_data",
                    dataset=visit.t(record.settings.dataset_info.dataset_text_key("name")),
                )
            )

    _draw_correct_image_count(visit, record, curves)
    with st.container(key="run_taught"):
        if record is not None and record.taught and record.taught.outcome:
            draw_teaching_result(visit, record)
    figures = _cached_run_figures(visit, record, curves)
    with st.container(key="learning"):  # the style sheet arranges the parts below
        with st.container(key="run_commands"):
            draw_run_buttons(visit, record, primary)
        draw_written_lines(visit, record)
        # A taught network has no curves, since teaching takes only a few steps and no epochs.
        if record is None or record.taught is None:
            draw_twelve_images(visit, record, events)
            with st.container(key="curves"):
                draw_chart(
                    figures["accuracy"],
                    "curves_accuracy",
                    _curve_description(visit, record, curves, "accuracy"),
                )

    with st.container(key="run_details"):
        if record is not None:
            draw_test_result_sentences(visit, record)
            draw_count_table_accuracy(visit, record)
            draw_expander(
                "run_numbers",
                visit.t("train.numbers"),
                2 * HEIGHT,
                _draw_run_numbers,
                visit,
                record,
                curves,
                figures["loss"],
                icon=":material/show_chart:",
            )
        times_tested = sum(isinstance(event, RunEnded) for event in events)
        if times_tested > 1:
            st.caption(visit.t("train.test_looked", n=times_tested))

    announce_run_state(visit, record)
    return record is not None and record.state in ACTIVE


def _run_id_and_failure(record: RunRecord | None) -> tuple[object, ...]:
    """Return a run's id, and whether it failed; the whole page is redrawn when these change."""
    return () if record is None else (record.id, record.state == "failed")


def _draw_run_choice(visit: Visit, records: Sequence[RunRecord], shown: RunRecord | None) -> None:
    if len(records) < 2 or shown is None:
        return
    t = visit.t
    titles = run_titles(records, t)
    # The labels do not contain the epoch, because the epoch would change while the list is open,
    # and the label that the visitor then chooses would no longer exist.
    words = {
        record.id: f"{titles[record.id]} · {t(f'states.{record.state}')}"
        for record in reversed(records)
    }
    draw_run_choice(
        t("train.shown_run"), words, "shown_run", shown.id, label_visibility="collapsed"
    )


def _all_run_events(visit: Visit, record: RunRecord) -> tuple[Event, ...]:
    """Return all events of a run; fetch only new events from the engine."""
    kept = st.session_state.get("kept_events")
    name = record.id, record.sealed  # read all events again once hidden results are revealed
    _, events, cursor = kept if kept and kept[0] == name else (name, (), 0)
    if record.events != cursor:
        try:
            new, cursor = visit.engine.runs.read_events(visit.token, record.id, cursor)
        except FvappError as error:
            st.error(error.to_sentence(visit.t))
            return events
        events += new
        st.session_state["kept_events"] = (name, events, cursor)
    return events


def _cached_curves(record: RunRecord | None, events: tuple[Event, ...]) -> LearningCurves:
    name = (record.id if record else None, len(events))
    return cache_in_session("kept_curves", name, lambda: read_curves(events))


def _cached_run_figures(
    visit: Visit, record: RunRecord | None, curves: LearningCurves
) -> Mapping[Measure, PlotlyFigure]:
    """Return the run's figures, cached so that unchanged figures are not sent again."""
    result = record.result if record else None
    epochs = record.epochs if record else visit.settings.epochs
    settings = (record or visit).settings

    def make_figures() -> Mapping[Measure, PlotlyFigure]:
        fit = diagnose_fit(curves.epoch_points, settings, result) if result else None
        shade_from = fit.best_epoch if fit is not None and fit.overfits else None
        figures = training_curve_figures(
            curves,
            visit.t,
            epochs=epochs,
            result=result,
            shade_from=shade_from,
            guessing=1 / settings.dataset_info.class_count,
        )
        return dict(zip(MEASURES, figures, strict=True))

    name = (st.session_state["kept_curves"][0], result, epochs, settings.dataset, visit.t.language)
    return cache_in_session("kept_figures", name, make_figures)


def _draw_run_state(visit: Visit, record: RunRecord | None, curves: LearningCurves) -> None:
    """Draw a line with the run's state, its epoch, and the time left or the reason for waiting."""
    t = visit.t
    status = visit.engine.engine_status()
    if record is None:
        return
    why = run_reason_text(record, status, t)
    if record.state == "running" and not why:
        left = estimate_time_left(curves, record.epochs, *_watch_time_and_start(record, curves))
        if left is not None:
            why = t("train.time_left", time=duration_words(left, t))
        elif recent_training_accuracy(curves) is None:
            why = t("train.beginning")
    place = queue_place_text(record, status, t)
    asked = requested_action(record)
    if asked == "stop" and record.reason == "testing":
        state = f"{t('states.stopped')} {record.epoch}/{record.epochs}"
    elif asked is not None:
        state = t(f"train.asked.{asked}")
        why = ""
    else:
        state = run_state_text(record, t)

    line = " · ".join(filter(None, (f"**{state}**", why)))
    if not place:
        st.markdown(line)
        return
    st.markdown(f"{line} ·", width="content")
    with st.container(key="queue_place", width="content"):
        st.markdown(place, width="content")


def _watch_time_and_start(record: RunRecord, curves: LearningCurves) -> tuple[float, float]:
    """Return how long the page has watched the run, in seconds, and from which epoch on.

    The start of training does not count, because compiling the network takes several seconds then.
    """
    now = monotonic()
    position = max(map(float, curves.block_points.epoch_positions[-1:]), default=0.0)
    if position < SLOW_FIRST_PART:
        return 0.0, position
    since, begun = cache_in_session("watched_since", record.id, lambda: (now, position))
    return now - since, begun


def _draw_correct_image_count(
    visit: Visit, record: RunRecord | None, curves: LearningCurves
) -> None:
    """Draw in large type how many images are classified correctly, and the kind of accuracy."""
    t = visit.t
    result = record.result if record else None
    with st.container(key="test_result", gap=None):
        if record and result is not None and isfinite(result.test_accuracy):
            right, of = correct_and_total_texts(result.test_accuracy, record.test_image_count)
            few = few_images_warning(result, t)
            _draw_accuracy_headline(
                t("train.right", right=right, of=of), "test", result.test_accuracy, t, few
            )
        elif result is not None and result.is_untested:
            st.markdown(t("own_text.untested", n=f"{LEAST_TESTED:,}"))

    with st.container(key="so_far", gap=None):
        if result is None and (record is None or record.state != "failed"):
            validation = curves.epoch_points.latest_val_accuracy
            so_far = recent_training_accuracy(curves) if validation is None else validation
            if so_far is None:
                guessing = 1 / (record or visit).settings.dataset_info.class_count
                _draw_hundred_pixels("waits" if record else "guessing", guessing)
                st.header(
                    t("train.right_by_guessing", right=_percent_number(guessing)), anchor=False
                )
                st.caption(t("train.begun" if record else "train.empty"))
            else:
                kind = "training" if validation is None else "validation"
                _draw_accuracy_headline(
                    t("train.right_so_far", right=_percent_number(so_far)), kind, so_far, t
                )


def _draw_accuracy_headline(
    words: str, kind: str, share: float, t: Translator, few: str = ""
) -> None:
    if not few:
        _draw_hundred_pixels(kind, share)
    st.header(words, anchor=False)
    st.caption(few or f"{t(f'train.{kind}_accuracy')} {share_as_percent(share)}")


def _percent_number(share: float) -> str:
    return share_as_percent(share, 0).rstrip("%")


def _draw_hundred_pixels(kind: str, share: float) -> None:
    """Draw a hundred squares, one of them lit for each percent of `share`."""
    rows, rest = divmod(int(_percent_number(share)), 10)
    st.html(f'<i class="fvapp-hundred {kind}" style="--rows:{rows};--rest:{rest}"></i>')


def _draw_run_numbers(
    visit: Visit, record: RunRecord, curves: LearningCurves, loss: PlotlyFigure
) -> None:
    """Draw a run's numbers: accuracies, the loss curve, and the accuracy by class."""
    t = visit.t
    training = help_with_glossary_link(t, "accuracy", t("train.training_accuracy_help"))
    with st.container(key="figures"):
        if record.taught is None:
            st.metric(
                t("train.training_accuracy"),
                share_as_percent(recent_training_accuracy(curves)),
                help=training,
            )
            st.metric(
                t("train.validation_accuracy"),
                share_as_percent(curves.epoch_points.latest_val_accuracy),
                help=help_with_glossary_link(t, "validation"),
            )
        if record.result is None or not record.result.is_untested:
            st.metric(
                t("train.test_accuracy"),
                accuracy_words(record.result, t),
                help=help_with_glossary_link(
                    t, "sets", t("train.test_accuracy_help", n=f"{record.test_image_count:,}")
                ),
            )

    if record.taught is None:
        draw_chart(loss, "curves_loss", _curve_description(visit, record, curves, "loss"))
    if record.result is not None and not record.result.is_untested:
        draw_accuracy_by_class(visit, {run_title(record, t): record}, opened=True)
    draw_five_more_epochs(visit, record)


def _curve_description(
    visit: Visit, record: RunRecord | None, curves: LearningCurves, measure: str
) -> str:
    """Return a description of a run's loss or accuracy curve for screen readers."""
    t = visit.t
    values = getattr(curves.block_points, measure)
    if record is None or not values or values[-1] is None:
        return t("train.curves_alt_empty", measure=t(f"charts.{measure}"))
    now = (
        share_as_percent(recent_training_accuracy(curves))
        if measure == "accuracy"
        else f"{values[-1]:.3f}"
    )
    return t("train.curves_alt", run=run_title(record, t), measure=t(f"charts.{measure}"), now=now)


def _draw_run_failure(visit: Visit, record: RunRecord) -> None:
    title = escape_markdown(run_title(record, visit.t))
    st.error(f"**{title}**  \n{run_failure_text(record, visit.t)}")
    if record.error is not None:
        draw_keras_error(record.error, visit.t)


def announce_run_state(visit: Visit, record: RunRecord | None) -> None:
    """Announce the shown run's state to screen readers, except a failure, which is an alert."""
    if record is None or record.state == "failed":
        return
    active = record.state in ACTIVE
    announce_to_screen_readers(
        "run",
        record.state if active else f"{record.state} {record.epoch}",
        visit.t(f"train.said.{record.state}", accuracy=accuracy_words(record.result, visit.t)),
        of=record.id,
        fresh=active,
    )
