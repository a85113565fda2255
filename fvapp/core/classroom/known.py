"""Adapts school classes that another version of the app stored to this version."""

from dataclasses import replace

from fvapp.core.classroom.kinds import KINDS
from fvapp.core.classroom.roster import Classroom
from fvapp.core.missions.table import MISSIONS


def drop_unknown_missions_and_round(classroom: Classroom) -> Classroom:
    """Return a school class without missions or a round that this version of the app lacks.

    A class that is left without missions gets all missions of this version.
    """
    missions = tuple(filter(MISSIONS.__contains__, classroom.missions)) or tuple(MISSIONS)
    assignments = (
        replace(assignment, missions=tuple(filter(missions.__contains__, assignment.missions)))
        for assignment in classroom.assignments
    )
    current = classroom.round
    if current is not None and not (
        current.kind in KINDS
        and KINDS[current.kind].accepts_round_subject(current.subject, missions)
    ):
        current = None
    return replace(classroom, missions=missions, assignments=tuple(assignments), round=current)
