"""The teacher's papers as a browser prints them."""

import re

import pytest

from catalogue_texts import SHIPS
from fvapp.core.documents.papers import (
    answer_sheet_html,
    course_html,
    printable_sheet_html,
    worksheet_html,
)
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.course import COURSE
from fvapp.core.missions.typical import typical_results
from fvapp.i18n import Translator

ALL = tuple(MISSIONS.values())


@pytest.mark.parametrize(
    ("language", "sheet"),
    [
        ("en", "Letter"),  # English has the longest text, and Letter is the shorter sheet
        *(pytest.param(each, "A4", marks=pytest.mark.long) for each in SHIPS),
        *(pytest.param(each, "Letter", marks=pytest.mark.long) for each in SHIPS if each != "en"),
    ],
)
def test_papers_fit_worksheet_and_answers_two_fifths_of_a_sheet_a_mission_and_a_lesson_one(
    chromium, language, sheet
):
    t = Translator(language)
    page = chromium.new_page()
    page.emulate_media(media="print")
    for body in (worksheet_html(ALL, t), answer_sheet_html(ALL, t, typical_results())):
        page.set_content(printable_sheet_html("", body, t))
        sheets = len(re.findall(rb"/Type /Page\b", page.pdf(format=sheet)))
        assert sheets <= 0.4 * len(ALL)
        size = page.evaluate("getComputedStyle(document.querySelector('.fvapp-paper p')).fontSize")
        assert float(size.removesuffix("px")) > 12
    # The course has one sheet for the overview, one for the curricula, and one for each lesson.
    page.set_content(printable_sheet_html("", course_html(t, typical_results()), t))
    assert len(re.findall(rb"/Type /Page\b", page.pdf(format=sheet))) == 2 + len(COURSE.lessons)
    page.close()
