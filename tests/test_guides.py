"""The Chinese guides for teachers: two pages each, in the words on the screen, and linked."""

import re
from pathlib import Path

import pytest

from catalogue_texts import forms
from fvapp.i18n import FOLDER, read_catalogue, read_teachers_guide

ROOT = Path(__file__).parent.parent
GUIDES = {"zh-Hant": "「(.+?)」", "zh-Hans": "“(.+?)”"}
"""Language that has a guide -> pattern of quoted words in this language."""


@pytest.mark.parametrize("language", GUIDES)
def test_what_a_guide_quotes_stands_so_on_the_screen(language):
    texts = [form for text in read_catalogue(language).values() for form in forms(text)]
    quoted = set(re.findall(GUIDES[language], read_teachers_guide(language)))
    beginnings = {
        q
        for q in quoted
        for text in texts
        if re.fullmatch(rf"{re.escape(q)}(?:[（：: ]?[ ]*{{.*)?", text)
    }
    assert len(quoted) > 40 and quoted - beginnings == set()


@pytest.mark.parametrize("language", GUIDES)
def test_a_guide_is_two_pages_long_and_linked_from_both_first_papers(language):
    # With headings and a table, two A4 pages hold about 2,000 characters at 11 points.
    assert 1_500 < len(re.sub(r"\s", "", read_teachers_guide(language))) < 2_100
    for paper in ("README.md", ".readme/teachers.md"):
        links = re.findall(r"\]\(([^)#\s]+guide\.md)\)", (ROOT / paper).read_text(encoding="utf-8"))
        assert FOLDER / language / "guide.md" in {
            ((ROOT / paper).parent / link).resolve() for link in links
        }
    # The guide contains no links, because a printed link does not show its target.
    assert "](" not in read_teachers_guide(language)
