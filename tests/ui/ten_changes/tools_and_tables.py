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
def test_the_tool_has_its_card_and_its_screen(open_page, train, token, few_images, language):
    train(QUICK)
    t = Translator(language)
    cards = open_page("inside", token=token, lang=language)
    assert any(t("inside.parts.brightness") in str(each.get("html")) for each in given(cards))
    tool = open_page("inside", token=token, part="brightness", lang=language)
    said = t("inside.brightness.said", n="")
    assert any(text.startswith(said.rstrip()) for text in texts(tool))
    assert not tool.exception and not raw_keys(shown(tool))


@pytest.mark.parametrize("language", SHIPS)
def test_the_column_stands_on_the_board_and_in_its_table(
    open_page, engine, join, teacher, train, language
):
    train(QUICK, token=join("Mia"))
    engine.skip(1.0)
    t = Translator(language)
    board = open_page("classroom", token=teacher, folds=("students",), lang=language)
    assert f"<th>{t('classroom.board.runs')}</th>" in html(board) and "<td>1</td>" in html(board)
    (room,) = engine.teachers.open_classes_of_teacher(teacher)
    rows = engine.teachers.student_rows(teacher, room.id)
    file = students_csv(room, rows, student_names_in_tables(rows, True, t), t).decode("utf-8-sig")
    head, mia = csv.reader(file.splitlines())
    assert mia[head.index(t("classroom.results.runs"))] == "1"


def test_the_chart_is_drawn_once_its_fold_is_open(open_page, train, token):
    train(QUICK, RunSettings(epochs=2))

    def charts(*folds: str) -> int:
        page = open_page("compare", token=token, folds=folds)
        assert not page.exception
        return len(page.get("plotly_chart"))

    assert charts("compare_lengths") == charts() + 1
