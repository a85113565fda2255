"""Builds and reads teachers' links, which open a mission or the train page set up for a lesson.

Examples are ``/missions?mission=6&train_images=1000&seed=7&lang=zh-Hans`` and
``/?hidden=512&lock=epochs,optimizer``. A lock hides a control of a page. Locks are not a security
measure: anybody who edits the address can bring the controls back.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fvapp.core.errors import FvappError, LinkError
from fvapp.core.missions.table import MISSIONS, find_mission
from fvapp.core.settings import SETTINGS, RunSettings, setting_to_text

LOCKABLE = frozenset(SETTINGS) | {"preset"}
"""Controls of the train page that a teacher's link can hide: every setting, and the presets."""


@dataclass(frozen=True)
class TeacherLink:
    """The contents of a teacher's link.

    Attributes:
        mission_id: id of the mission it opens; None for the train page.
        settings: settings of the next run, or the settings that a mission's runs start from.
        language: tag of a catalogue; None leaves the choice of language to each visitor.
        locked_controls: names of the controls that it hides.
        uses_own_seed: whether each visitor gets a personal seed instead of the seed in `settings`.
    """

    mission_id: str | None = None
    settings: RunSettings = RunSettings()
    language: str | None = None
    locked_controls: frozenset[str] = frozenset()
    uses_own_seed: bool = False


def build_teacher_link(link: TeacherLink, address: str = "") -> str:
    """Return a link as an address that :func:`parse_teacher_link` reads back.

    Args:
        address: the address at which the app runs, such as ``http://teacher-pc:8501``; empty for a
            link within the app.
    """
    query: dict[str, str] = {}
    if link.mission_id is not None and (mission := find_mission(link.mission_id)):
        query["mission"] = mission.short_name
    query |= link.settings.to_query()
    query.pop("seed", None)
    if not link.uses_own_seed:
        query["seed"] = setting_to_text("seed", link.settings.seed)
    if link.language is not None:
        query["lang"] = link.language
    if link.locked_controls:
        query["lock"] = ",".join(
            name for name in (*SETTINGS, "preset") if name in link.locked_controls
        )
    path = "/missions" if link.mission_id is not None else "/"
    text = urlencode(query, safe=",")
    return address.rstrip("/") + path + (f"?{text}" if text else "")


def parse_teacher_link(
    query: Mapping[str, str], languages: Collection[str]
) -> tuple[TeacherLink, tuple[FvappError, ...]]:
    """Return the teacher's link that the query of an address contains, and the query's errors.

    Values that are unknown or out of range are replaced by their defaults, and the errors name
    them. Parameters of the query that do not belong to a link are ignored.

    Args:
        languages: tags of the available catalogues.
    """
    settings, found = RunSettings.from_query(query)
    errors: list[FvappError] = list(found)
    mission = None
    if "mission" in query:
        mission = find_mission(query["mission"])
        if mission is None:
            marks = ", ".join(mission.short_name for mission in MISSIONS.values())
            errors.append(LinkError("unknown_mission", value=query["mission"][:20], choices=marks))
    language = query.get("lang")
    if language is not None and language not in languages:
        errors.append(LinkError("unknown_language", value=language[:20]))
        language = None
    locks, unknown = _parse_lockable_controls(query)
    errors += [LinkError("unknown_lock", value=name[:20]) for name in unknown]
    own_seed = "seed" not in query

    return TeacherLink(mission.id if mission else None, settings, language, locks, own_seed), tuple(
        errors
    )


def read_locked_controls(query: Mapping[str, str]) -> frozenset[str]:
    """Return the names of the controls that an address hides; unknown names hide nothing."""
    return _parse_lockable_controls(query)[0]


def _parse_lockable_controls(query: Mapping[str, str]) -> tuple[frozenset[str], tuple[str, ...]]:
    names = [name.strip() for name in query.get("lock", "").split(",") if name.strip()]
    return frozenset(names) & LOCKABLE, tuple(name for name in names if name not in LOCKABLE)
