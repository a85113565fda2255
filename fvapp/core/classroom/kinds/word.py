"""Everybody draws a word, and the wall is kept with the class, for its data set."""

from base64 import b64decode

from fvapp.core.classroom.drawings import Drawing, find_word
from fvapp.core.classroom.round_kind import KeptWall
from fvapp.core.classroom.wall import Wall
from fvapp.core.dataset_table import own_class_name


class Word(Wall):
    """A wall of one word, its subject; no network reads it."""

    place = 40

    def fits(self, subject, missions):
        return True

    def name_subject(self, subject, kept):
        return find_word(own_class_name(subject), kept)

    def keep(self, current, wall):
        return KeptWall([Drawing(current.number, seat, current.subject, "", b64decode(drawn)) for seat, drawn in wall])


KIND = Word()
