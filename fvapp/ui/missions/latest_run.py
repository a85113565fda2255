"""Missions about a network there is already: the visitor's latest one, or one that is trained for them."""

from __future__ import annotations

from collections.abc import Sequence

from fvapp.core.errors import FvappError
from fvapp.core.runs import FINISHED, RunRecord
from fvapp.ui.missions.kept import Lesson


def asked_run(lesson: Lesson, records: Sequence[RunRecord]) -> RunRecord | None:
    """Return the network that answers: what was asked, or trained for this mission; its verdict stays.

    Args:
        records: the mission's runs. Earlier versions did not note what was asked: there it is the latest.
    """
    asked = next((run for run in records if run.state in FINISHED and run.can_continue), None)
    if asked is None and lesson.own.image is not None and not lesson.own.verdicts:
        return latest_run(lesson)
    return asked


def latest_run(lesson: Lesson) -> RunRecord | None:
    """Return the visitor's latest run on the mission's data set that has a whole answer to give.

    Of the mission about neurons only a dense network with a hidden layer will do.
    """
    try:
        records = lesson.visit.engine.runs(lesson.visit.token)
    except FvappError as error:
        lesson.visit.messages.say_error(error)
        return None
    dense = lesson.mission.id == "inside_neuron"
    usable = (
        record
        for record in reversed(records)
        if record.settings.dataset == lesson.mission.dataset
        and record.state in FINISHED
        and record.can_continue
        and record.settings.output_units == 10
        and not record.taught
        and (lesson.mission.kind != "taught" or record.result is not None)
        and not (dense and (record.settings.network != "dense" or not record.settings.hidden))
    )
    return next(usable, None)
