"""Collects what a student predicted and wrote in class, for the report on a training run."""

from fvapp.core.missions import MISSIONS
from fvapp.core.runs import RunRecord
from fvapp.core.schema import read_as_type_or_none
from fvapp.ui.visit import Visit

REFLECTION = "reflection"
"""Name under which the workspace stores a student's text on what they found out."""

MOST_CHARACTERS = 300


def student_statements(visit: Visit, record: RunRecord) -> list[tuple[str, str]]:
    """Return what a student predicted and wrote in class, each text with its heading.

    The texts are for the report on the run; the list is empty outside a class.
    """
    seat = visit.engine.students.latest_seat(visit.token)
    if seat is None:
        return []
    t = visit.t
    statements = [(t("classroom.board.nickname"), seat[1])]
    progress = visit.read_progress()

    for mission in MISSIONS.values():
        prediction = progress[mission.id].prediction
        if prediction is not None and (record.group or "").startswith(mission.run_group_prefix):
            statements.append(
                (
                    t("classroom.results.prediction"),
                    t(f"missions.{mission.id}.predict.{prediction}"),
                )
            )

    if reflection := read_as_type_or_none(str, visit.read_note(REFLECTION)):
        statements.append((t("classroom.seat.reflection"), reflection))
    return statements
