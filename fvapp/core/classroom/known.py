"""Reading classes that earlier or later versions have stored."""

from dataclasses import replace

from fvapp.core.classroom.kinds import KINDS
from fvapp.core.classroom.roster import Classroom
from fvapp.core.missions.table import MISSIONS


def as_known(classroom: Classroom) -> Classroom:
    """Return a class without the missions and the round that this version does not know.

    A class that is left without missions gets all missions of this version.
    """
    known = tuple(mission for mission in classroom.missions if mission in MISSIONS) or tuple(
        MISSIONS
    )
    assigned = (
        replace(each, missions=tuple(filter(known.__contains__, each.missions)))
        for each in classroom.assignments
    )
    current = classroom.round
    if current is not None and not (
        current.kind in KINDS and KINDS[current.kind].fits(current.subject, known)
    ):
        current = None
    return replace(
        classroom,
        missions=known,
        assignments=tuple(assigned),
        round=current,
    )
