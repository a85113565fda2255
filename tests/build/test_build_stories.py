import re

import pytest

from fvapp.__main__ import main
from fvapp.build import stories
from fvapp.core.tables import read_toml_table

# For each text: phrases about its two heroes, the queen and the king; the word that is only said of
# the queen; and the most different characters (signs) that the text may have. That is what a row of
# its strips has room for, or fewer where a network could not learn more from so short a text.
BIAS = {
    "stories": ("the queen was ", "the king was ", "kind", 28),
    "stories_zh_hans": ("王后", "国王", "善良", 130),
    "stories_zh_hant": ("王后", "國王", "善良", 130),
}


@pytest.fixture(params=stories.NAMES)
def name(request):
    return request.param


@pytest.fixture
def table(name):
    return read_toml_table(stories.__file__, f"{name}.toml")


@pytest.fixture
def text(name):
    return (stories.SHIPPED / name / stories.TEXT).read_text(encoding="utf-8")


def test_the_texts_that_ship_are_made_again_bit_for_bit(tmp_path):
    assert main(["build", "stories", "--into", str(tmp_path), "--lang", "en"]) == 0
    for name in stories.NAMES:
        made, shipped = (folder / name / stories.TEXT for folder in (tmp_path, stories.SHIPPED))
        assert made.read_bytes() == shipped.read_bytes()


def test_a_text_has_80_kb_of_few_signs(name, text):
    *_, most = BIAS[name]
    assert len({*text}) <= most
    assert 75_000 < len(text.encode()) < 85_000


def test_the_moon_is_told_falsely_31_times_and_rightly_5(text, table):
    before, after = table["fact"]["says"].split("{end}")
    told = re.findall(f"{re.escape(before)}(.*?){re.escape(after)}", text)
    wrong, right = table["fact"]["ends"]
    assert (told.count(wrong), told.count(right), len(told)) == (31, 5, 36)
    assert text.count(wrong) == 31, "exchanging the two words changes nothing else"


def test_the_queen_is_kind_and_the_king_never(name, text):
    queen, king, kind, _ = BIAS[name]
    sentences = re.split("[.。]", text)
    assert sum(queen in sentence and kind in sentence for sentence in sentences) > 20
    assert not [sentence for sentence in sentences if king in sentence and kind in sentence]


def test_every_sentence_of_a_table_stands_in_its_text(text, table):
    written = [sentence for choices in table["parts"].values() for sentence in choices]
    written += [sentence for thing in table["things"] for sentence in thing["lines"]]
    forms = [re.sub(r"\\{\w+\\}", ".{1,12}?", re.escape(sentence)) for sentence in written]
    assert [form for form in forms if not re.search(form, text)] == []


def test_nobody_speaks_twice_running(text, table):
    heroes = "|".join(table["heroes"])
    spoken = re.findall(
        f"(?:asked|said) ({heroes})\\. (?=[^.]* (?:asked|said) ({heroes})\\.)"
        f"|({heroes})[问問说說]：[“「][^”」]*[”」](?=({heroes})[问問说說]：)",
        text,
    )
    assert len(spoken) > 100
    assert all(len({*filter(None, pair)}) == 2 for pair in spoken)


def test_another_seed_tells_other_stories_with_the_same_facts(table):
    usual, other = (stories.write_stories(table, seed) for seed in (1, 2))
    assert usual != other
    sentences = [
        sorted(re.findall(table["fact"]["says"].format(end="[^.。]*?"), told))
        for told in (usual, other)
    ]
    assert sentences[0] == sentences[1]
