"""Makes texts that several pages share, on runs, missions, probabilities and deletions."""

import streamlit as st

from fvapp.core.missions import MISSIONS, Mission, find_error_line
from fvapp.core.runs import KerasError, RunRecord
from fvapp.core.wording import Translate, duration_words, epoch_words, join_sentences
from fvapp.engine.api import EngineStatus
from fvapp.i18n import Translator
from fvapp.ui.parts.plain_text import draw_plain_text
from fvapp.ui.visit import Visit


def mission_name(mission: str, t: Translate) -> str:
    """Return a mission's full name, which consists of its short name and its title."""
    return t(
        "missions.page.name",
        mark=MISSIONS[mission].short_name,
        title=t(f"missions.{mission}.title"),
    )


def mission_step_name(mission: Mission, step: str, t: Translate) -> str:
    """Return the name of a mission's step in the visitor's language."""
    is_own = step in mission.screens_before + mission.screens_after
    return t(f"missions.{mission.id}.{step}.step" if is_own else f"missions.page.steps.{step}")


def run_state_text(record: RunRecord, t: Translator) -> str:
    """Return a text with a run's state and epoch, such as ``"Training 3/5"``."""
    return f"{t(f'states.{record.state}')} {epoch_words(record)}"


def run_reason_text(record: RunRecord, status: EngineStatus, t: Translator) -> str:
    """Return a sentence with the reason for a run's state, or "" if it needs no reason."""
    if record.reason is not None:
        return t(f"reasons.{record.reason}")
    if record.state == "queued" and status.state != "ready":
        if status.state == "starting" and status.slow_start_seconds:
            return t("train.engine.slow", time=duration_words(status.slow_start_seconds, t))
        return t(f"train.engine.{status.state}")
    result = record.result
    if result and result.stopped_by:
        return t(
            f"train.stopped_by.{result.stopped_by}",
            epoch=result.target_epoch or record.epoch,
            metric=t(f"settings.target_metric.choices.{record.settings.monitored_metric}"),
        )
    return ""


def queue_place_text(record: RunRecord, status: EngineStatus, t: Translator) -> str:
    """Return a text with a waiting run's place in the queue, or "" for other runs."""
    return (
        t("train.place", place=record.queue_place)
        if record.queue_place is not None and status.state == "ready"
        else ""
    )


def run_failure_text(record: RunRecord, t: Translator) -> str:
    """Return a sentence on why a run failed and what to do next."""
    settings = record.settings
    marked = find_error_line(record.error.message if record.error else "")
    return t(
        f"train.failed.{marked.error_kind}",
        n=settings.output_units,
        classes=settings.class_count,
        highest=settings.class_count - 1,
        **marked.number_texts,
    )


def draw_keras_error(error: KerasError, t: Translate) -> None:
    """Draw the most helpful line of a Keras error, and the whole message in an expander."""
    with st.container(key="keras_error"):
        st.caption(t("missions.page.error_line"))
        draw_plain_text(find_error_line(error.message).text.strip())
        with st.expander(t("missions.page.error")):
            draw_plain_text(f"{error.kind}: {error.message}")


def mention_remaining_copies(visit: Visit, sentence: str) -> str:
    """Return a sentence on a deletion, followed by the names of files that still contain copies."""
    aside = visit.engine.data_loss_notice.set_aside_copy_names()
    if not aside:
        return sentence
    return join_sentences(
        visit.t, sentence, visit.t("workspace.aside", files=visit.t("common.comma").join(aside))
    )


def training_moment_text(step: int, epoch: int, t: Translate) -> str:
    """Return a text that names a moment of a training run.

    Args:
        step: number of steps since training began.
        epoch: the epoch that has just ended, or 0 in the middle of an epoch.
    """
    if epoch:
        return t("train.twelve.epoch", n=epoch)
    if step < 2:
        return t("train.twelve.first" if step else "train.twelve.before")
    return t("train.twelve.batches", n=f"{step:,}")


def draw_temperature_note(t: Translate, temperature: float) -> None:
    """Draw a note with the temperature used for the probabilities, unless the temperature is 1."""
    shown = f"{temperature:.2f}"
    if shown != "1.00":
        st.caption(t("common.temperature", temperature=shown))
