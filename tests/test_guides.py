"""The guides for teachers: two pages each, in the words on the screen, and linked."""

import re
from pathlib import Path

import pytest

from catalogue_texts import forms
from fvapp.i18n import FOLDER, read_catalogue, read_teachers_guide

ROOT = Path(__file__).parent.parent
GUIDES = {"en": "“(.+?)”", "zh-Hant": "「(.+?)」", "zh-Hans": "“(.+?)”"}
"""Language that has a guide -> pattern of quoted words in this language."""


@pytest.mark.parametrize("language", GUIDES)
def test_what_a_guide_quotes_stands_so_on_the_screen(language):
    texts = [form for text in read_catalogue(language).values() for form in forms(text)]
    quoted = set(re.findall(GUIDES[language], read_teachers_guide(language)))
    beginnings = {
        q
        for q in quoted
        for text in texts
        if re.fullmatch(rf"{re.escape(q)}(?:[（(：: ]*{{.*)?", text)
    }
    assert len(quoted) > 40 and quoted - beginnings == set()


@pytest.mark.parametrize(
    ("language", "seat_code", "code_of_card"),
    [("zh-Hant", "座位代碼", "卡片代碼"), ("zh-Hans", "座位码", "卡片上的码")],
)
def test_the_code_of_a_seat_and_that_of_its_card_have_a_name_each(
    language, seat_code, code_of_card
):
    """The first works once, for ten minutes; the second again and again."""
    guide = read_teachers_guide(language)
    catalogue = read_catalogue(language)
    for text in (guide, *forms(catalogue["classroom.join.code"])):
        assert seat_code in text and code_of_card in text
    for text in (guide, *(form for each in catalogue.values() for form in forms(each))):
        assert not re.search(f"卡片[^，。、「“]*{seat_code}", text)
    for key in ("back.new", "back.over", "doors.code", "doors.elsewhere"):
        assert seat_code in catalogue[f"classroom.{key}"]


@pytest.mark.parametrize("language", GUIDES)
def test_a_guide_is_two_pages_long_and_linked_from_both_first_papers(language):
    # With headings and a table, two A4 pages hold about 2,000 Chinese characters at 11 points, or
    # 1,100 English words.
    guide = read_teachers_guide(language)
    if language == "en":
        assert 800 < len(guide.split()) < 1_150
    else:
        assert 1_500 < len(re.sub(r"\s", "", guide)) < 2_100
    for paper in ("README.md", ".readme/teachers.md"):
        links = re.findall(r"\]\(([^)#\s]+guide\.md)\)", (ROOT / paper).read_text(encoding="utf-8"))
        assert FOLDER / language / "guide.md" in {
            ((ROOT / paper).parent / link).resolve() for link in links
        }
    # The guide contains no links, because a printed link does not show its target.
    assert "](" not in guide
