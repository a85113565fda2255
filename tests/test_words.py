"""One word for one thing: what the catalogues of each language must not call by a second name."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from fvapp.i18n import languages, read_catalogue


@dataclass(frozen=True)
class Term:
    """A row of the table.

    Attributes:
        use: what to write.
        never: what not to write, as a regular expression.
        such_as: a text that breaks the rule.
        where: the keys it holds for, as a regular expression from the start of the key.
        unless: the keys where the other word is right, in the same way.
    """

    use: str
    never: str
    such_as: str
    where: str = ""
    unless: str = "(?!)"

    def broken_in(self, texts: dict[str, str]) -> dict[str, str]:
        return {k: text for k, text in texts.items() if self.holds_for(k) and re.search(self.never, shown(text))}

    def holds_for(self, key: str) -> bool:
        return bool(re.match(self.where, key)) and not re.match(self.unless, key)


# What a visitor uploads, draws or photographs is a picture; what a network learns from and sees is an image.
UPLOADED = r"errors\.(not_an_image|image_)|draw\.|preparation\.steps\.photo|glossary\.page"

TERMS: dict[str, tuple[Term, ...]] = {
    "en": (
        Term("run, as a noun", r"(?i)\btrainings\b", "Two trainings with the same seed"),
        Term(
            "run, as a noun",
            r"(?i)\b(?:an?|one|two|this|that|each|every|another|your|saved) training\b"
            r"(?! (?:images?|accuracy|loss|set|step|data|programs?|process)\b)",
            "This saved training cannot be continued.",
        ),
        Term("image", r"(?i)\bpictures?\b", "The pictures the network learns from.", unless=UPLOADED),
        Term("probability", r"(?i)\bshares\b|\b(?:big|bigg?est|this|small|ten) shares?\b", "It gives ten shares."),
        Term("chance", r"(?i)\bnoise\b|\bscatters?\b|\banother seed changes\b", "Less than noise."),
        Term("per epoch", r"(?i)\b(?:times?|seconds?|s) (?:for )?an epoch\b", "Seconds an epoch"),
        Term("Dense network", r"(?i)\blayers of neurons\b", "Layers of neurons"),
        Term("student", r"(?i)\b(?:pupils?|visitors?)\b|\banother person\b|\bsomebody else\b", "A pupil's own image"),
        Term("notebook", r"(?i)\bclassroom notebook\b", "The classroom notebook"),
        Term("new images", r"(?i)\b(?:unseen|never seen)\b", "Images it has never seen"),
        Term(
            "save, load, download",
            r"(?i)\b(?:bring|brings|brought|take|taken) (?:\w+ ){0,3}(?:back|away|with you)\b|\bkept runs?\b",
            "Bring back a run file",
        ),
        Term(
            "recovery code",
            r"(?i)(?<!recovery )\bcodes?\b",
            "Show my code",
            where=r"workspace\.|errors\.(?:limit_codes|unknown_code)",
        ),
        Term("output neurons", r"(?i)\b(?:five|ten|12|two|few|many) outputs\b", "Five outputs for ten classes"),
        Term(
            "per cent",
            r"(?i)accuracy (?:of|is|was|about) (?:about )?0\.\d",
            "An accuracy of 0.89",
            unless=r"settings\.target_value",
        ),
        Term("percentage points", r"(?i)\bpercentage points? (?:fewer|less|more)\b", "2 percentage points fewer"),
        Term(
            "plain English",
            r"(?i)\banew\b|\ball the same\b|\bturn it round\b|\b(?:nobody|who) (?:can|could) (?:tell|see|say)\b"
            r"|\bwhoever\b|\bit goes on by itself\b|\bof yours\b",
            "The app was started anew meanwhile.",
        ),
    ),
}
ROWS = [(language, term) for language, terms in TERMS.items() for term in terms]


def shown(text: str) -> str:
    """Return a text without the names of its placeholders, which nobody reads."""
    return re.sub(r"\{\w+\}", "{}", text)


@pytest.mark.parametrize(("language", "term"), ROWS, ids=[f"{language}-{term.use}" for language, term in ROWS])
def test_a_thing_has_one_word_in_a_catalogue(language, term):
    assert not term.broken_in(dict(read_catalogue(language)))


@pytest.mark.parametrize(("language", "term"), ROWS, ids=[f"{language}-{term.use}" for language, term in ROWS])
def test_a_row_of_the_table_finds_what_it_forbids(language, term):
    key = next(filter(term.holds_for, read_catalogue(language)))
    assert term.broken_in({key: term.such_as})


def test_the_table_is_kept_for_catalogues_that_exist():
    assert TERMS.keys() <= set(languages())


def test_no_piece_of_an_explanation_is_longer_than_60_words():
    pieces = [(key, piece) for key, text in read_catalogue("en").items() for piece in text.split("\n\n")]
    assert not [key for key, piece in pieces if len(piece.split()) > 60]
