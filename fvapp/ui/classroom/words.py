"""What the pages of a class call missions, steps and people."""

from __future__ import annotations

from functools import cache

from fvapp.core.classroom.roster import nicknames
from fvapp.core.classroom.snapshot import Pupil
from fvapp.core.lessons import MISSIONS
from fvapp.core.wording import Translate
from fvapp.i18n import Translator, languages


def mission_name(mission: str, t: Translate) -> str:
    """Return a mission's mark and title."""
    return t("lessons.page.name", mark=MISSIONS[mission].mark, title=t(f"lessons.{mission}.title"))


def place_words(pupil: Pupil, t: Translate) -> str:
    """Return where somebody is: mission and step."""
    if pupil.done:
        return t("classroom.board.all_done")
    return t("classroom.board.place", mark=MISSIONS[pupil.mission].mark, step=t(f"classroom.steps.{pupil.step}"))


@cache
def offered_nicknames(language: str) -> tuple[str, ...]:
    """Return every nickname that the app offers in a language."""
    t = Translator(language)
    return nicknames(
        t("classroom.nickname.first"),
        t("classroom.nickname.second"),
        t("classroom.nickname.name", first="{first}", second="{second}"),
    )


def is_offered(nickname: str) -> bool:
    """Return whether a nickname is one of the app's own, in any language: those need nobody's leave to be shown."""
    return any(nickname in offered_nicknames(language) for language in languages())
