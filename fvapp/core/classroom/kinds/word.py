"""Everybody draws a word, and the wall can be kept for the class's own data set."""

from base64 import b64decode
from collections.abc import Iterable, Sequence

from fvapp.core.classroom.drawings import Drawing, find_word
from fvapp.core.classroom.round_kind import KeptWall
from fvapp.core.classroom.rounds import Round
from fvapp.core.classroom.wall import Wall
from fvapp.core.dataset_table import own_class_name


class Word(Wall):
    """A wall of drawings of one word, its subject; no network reads it."""

    place = 40

    def fits(self, subject: str, missions: Sequence[str]) -> bool:
        return True

    def name_subject(self, subject: str, kept: Iterable[Drawing]) -> str:
        return find_word(own_class_name(subject), kept)

    def keep(self, current: Round, wall: Iterable[tuple[int, str]]) -> KeptWall:
        return KeptWall(
            [
                Drawing(current.number, seat, current.subject, "", b64decode(drawn))
                for seat, drawn in wall
            ]
        )


KIND = Word()
