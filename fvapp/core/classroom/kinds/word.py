"""Defines rounds in which all students draw the same word, for a data set of their class."""

from base64 import b64decode
from collections.abc import Iterable, Sequence

from fvapp.core.classroom.drawings import RoundDrawing, find_earlier_spelling
from fvapp.core.classroom.round_kind import KeptWallContent
from fvapp.core.classroom.rounds import Round
from fvapp.core.classroom.wall import WallRoundKind
from fvapp.core.dataset_table import clean_own_class_name


class WordRoundKind(WallRoundKind):
    """A round in which everybody draws the same word; no network reads the drawings."""

    menu_position = 40

    def accepts_round_subject(self, subject: str, missions: Sequence[str]) -> bool:
        return True

    def validate_round_subject(self, subject: str, kept: Iterable[RoundDrawing]) -> str:
        return find_earlier_spelling(clean_own_class_name(subject), kept)

    def collect_kept_drawings(
        self, current: Round, wall: Iterable[tuple[int, str]]
    ) -> KeptWallContent:
        return KeptWallContent(
            [
                RoundDrawing(current.number, seat, current.subject, "", b64decode(drawn))
                for seat, drawn in wall
            ]
        )


KIND = WordRoundKind()
