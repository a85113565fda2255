"""A new tool of Look inside, a new column of the board and a new chart on Compare work.

See ``test_ten_changes.py``.
"""

import csv

import pytest

from catalogue_texts import SHIPS
from fvapp.core.documents.class_results import student_names_in_tables, students_csv
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator
from ui_pages import given, html, raw_keys, shown, texts

QUICK = RunSettings(epochs=1)


@pytest.mark.parametrize("language", SHIPS)
def test_the_tool_has_its_card_and_its_screen(own_page, train, few_images, language):
    train(QUICK)
    t = Translator(language)
    cards = own_page("inside", lang=language)
    assert any(t("inside.parts.brightness") in str(each.get("html")) for each in given(cards))
    tool = own_page("inside", part="brightness", lang=language)
    said = t("inside.brightness.said", n="")
    assert any(text.startswith(said.rstrip()) for text in texts(tool))
    assert not tool.exception and not raw_keys(shown(tool))


@pytest.mark.parametrize("language", SHIPS)
def test_the_column_stands_on_the_board_and_in_its_table(
    open_board, engine, join, teacher, train, language
):
    train(QUICK, token=join("Mia"))
    t = Translator(language)
    board = open_board("students", lang=language)
    assert f"<th>{t('classroom.board.runs')}</th>" in html(board) and "<td>1</td>" in html(board)
    (classroom,) = engine.teachers.open_classes_of_teacher(teacher)
    rows = engine.teachers.student_rows(teacher, classroom.id)
    names = student_names_in_tables(rows, True, t)
    file = students_csv(classroom, rows, names, t).decode("utf-8-sig")
    head, mia = csv.reader(file.splitlines())
    assert mia[head.index(t("classroom.results.runs"))] == "1"


def test_the_chart_is_drawn_once_its_fold_is_open(own_page, train):
    train(QUICK, RunSettings(epochs=2))

    def charts(*folds: str) -> int:
        page = own_page("compare", folds=folds)
        return len(page.get("plotly_chart"))

    assert charts("compare_lengths") == charts() + 1
