"""A glossary word is linked to its entry wherever the word occurs, and nowhere else."""

import re

from catalogue_texts import texts
from fvapp.core.glossary import (
    CHANCE_WORDS,
    FIT_WORDS,
    MAP_WORDS,
    MISTAKE_WORDS,
    SOFTMAX_WORDS,
    WORDS,
    split_glossary_entry,
)
from fvapp.core.missions import MISSIONS
from fvapp.core.settings import SETTINGS
from fvapp.i18n import Translator


def occurs(word: str, text: str, t: Translator) -> bool:
    """Return whether a text contains one of the words that an entry explains, with any ending."""
    return any(
        re.search(rf"(?i)(?<![a-z]){re.escape(name)}", text)
        for name in split_glossary_entry(word, t)
    )


def read(*prefixes: str, language: str) -> str:
    """Return all texts whose keys begin with a prefix, without placeholder names.

    Remarks for the teacher are left out.
    """
    found = [
        text
        for key, text in texts(language)
        if key.startswith(prefixes) and not key.endswith(".note")
    ]
    return re.sub(r"\{\w+\}", "{}", "\n".join(found))


def test_a_mission_opens_words_that_occur_in_it(language):
    for mission in MISSIONS:
        t = Translator(language)
        words = MISSIONS[mission].glossary_words
        below_images = () if MISSIONS[mission].judge else ("missions.page.train_caption",)
        text = read(f"missions.{mission}.", *below_images, language=language)
        assert [word for word in words if not occurs(word, text, t)] == [], mission
        assert words and len(set(words)) == len(words), mission


def test_settings_the_comparison_and_the_view_of_the_inside_open_words_that_occur_in_what_they_say(
    language,
):
    t = Translator(language)
    chance = read("compare.verdict.", "compare.group", "compare.repeat", language=language)
    fit = read("compare.fit.", language=language)
    assert all(occurs(word, chance, t) for word in CHANCE_WORDS)
    assert all(occurs(word, fit, t) for word in FIT_WORDS)
    for words, section in (
        (MISTAKE_WORDS, "mistakes"),
        (SOFTMAX_WORDS, "softmax"),
        (MAP_WORDS, "maps"),
    ):
        text = read(f"inside.{section}.", language=language)
        assert [word for word in words if not occurs(word, text, t)] == []
    for row in SETTINGS.values():
        assert not row.glossary_word or occurs(
            row.glossary_word, read(f"settings.{row.name}.", language=language), t
        ), row.name


def test_a_word_is_found_by_its_own_name_and_not_within_another(t):
    assert all(occurs(word, t(f"glossary.{word}.name"), t) for word in WORDS)
    assert not occurs("relu", "A prelude", t)
