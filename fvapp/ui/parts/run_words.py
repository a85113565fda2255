"""What a run's state is called, and why it is so."""

from __future__ import annotations

from fvapp.core.runs import FINISHED, RunRecord
from fvapp.core.wording import duration, epoch_words
from fvapp.engine.api import EngineStatus
from fvapp.i18n import Translator


def state_words(record: RunRecord, t: Translator) -> str:
    """Return the state's word and the epoch: ``"Training 3/5"``."""
    return f"{t(f'states.{record.state}')} {epoch_words(record)}"


def why_words(record: RunRecord, status: EngineStatus, t: Translator) -> str:
    """Return what the visitor should know beside the state, or an empty text."""
    if record.reason is not None:
        return t(f"reasons.{record.reason}")
    if record.state == "queued" and status.state == "starting" and status.slow_start:
        return t("train.engine.slow", time=duration(status.slow_start, t))
    if record.state == "queued" and status.state != "ready":
        return t(f"train.engine.{status.state}")
    if record.state in FINISHED and record.result is not None and record.result.stopped_by is not None:
        return t(f"train.stopped_by.{record.result.stopped_by}", epoch=record.epoch)
    return ""


def place_words(record: RunRecord, status: EngineStatus, t: Translator) -> str:
    """Return the place in the queue of a run that waits its turn, or an empty text."""
    return t("train.place", place=record.place) if record.place is not None and status.state == "ready" else ""


def failure_words(record: RunRecord, t: Translator) -> str:
    """Return one sentence about a failed run, and what to do next."""
    settings = record.settings
    if not settings.flatten:
        return t("train.failed.flatten")
    if settings.output_units < 10:
        return t("train.failed.output_units", n=settings.output_units)
    return t("train.failed.other")
