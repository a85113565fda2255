"""The teacher's page: papers, links for the class, and the curtain."""

from __future__ import annotations

import re

import pytest

from fvapp.core.missions import MISSIONS
from fvapp.core.missions.class_time import class_seconds
from fvapp.i18n import Translator, languages
from ui_pages import html

T = Translator("en")


@pytest.fixture
def open_teacher(open_page):
    return lambda **query: open_page("missions", part="teacher", **query)


def test_there_is_a_link_with_a_seed_of_its_own_for_each_pair(open_teacher):
    app = open_teacher()
    app.number_input(key="teacher_pairs").set_value(3)
    app.number_input(key="teacher_seed").set_value(20)
    app.text_input(key="teacher_address").set_value("http://teacher-pc:8501").run()
    assert links(app) == [
        f"Pair {pair}: http://teacher-pc:8501/missions?mission=A&seed={19 + pair}&lang=en" for pair in (1, 2, 3)
    ]


def test_pairs_begin_with_the_chosen_missions_in_turn(open_teacher):
    app = open_teacher()
    app.multiselect(key="teacher_missions").set_value(["epochs", "layers"])
    app.number_input(key="teacher_pairs").set_value(3)
    app.text_input(key="teacher_address").set_value("http://teacher-pc:8501").run()
    app.selectbox(key="teacher_first").set_value("in_turn").run()
    assert [re.search(r"mission=(\w+)", link)[1] for link in links(app)] == ["5", "6", "5"]


def links(app):
    (text,) = [code.value for code in app.code if "teacher-pc" in code.value]
    return text.splitlines()


def test_what_is_chosen_to_begin_with_trains_within_the_lesson(open_teacher):
    chosen = [MISSIONS[name] for name in open_teacher().multiselect(key="teacher_missions").value]
    assert chosen[:3] == list(MISSIONS.values())[:3] and len(chosen) > 4
    assert class_seconds(chosen, pairs=15, workers=2) < 15 * 60


def test_the_papers_hold_the_chosen_missions_alone(open_teacher):
    app = open_teacher()
    app.multiselect(key="teacher_missions").set_value(["epochs"]).run()
    papers = html(app)
    assert T("missions.epochs.title") in papers and T("missions.layers.title") not in papers
    app.multiselect(key="teacher_missions").set_value([]).run()
    assert T("teacher.no_missions") in [info.value for info in app.info]


def test_more_pairs_wait_longer_and_more_cores_help(open_teacher):
    app = open_teacher()
    app.multiselect(key="teacher_missions").set_value(["layers"])
    app.number_input(key="teacher_pairs").set_value(30)
    app.number_input(key="teacher_cores").set_value(2).run()
    assert "pairs: 30, runs at a time: 2" in html(app)


def test_without_a_word_the_answers_are_folded_and_the_page_says_how_to_set_one(open_teacher, monkeypatch):
    monkeypatch.delenv("FVAPP_TEACHER_WORD", raising=False)
    app = open_teacher()
    assert T("teacher.word_none") in [info.value for info in app.info]
    assert not app.expander[0].proto.expanded


def test_with_a_word_the_answers_come_after_it(open_teacher, monkeypatch):
    monkeypatch.setenv("FVAPP_TEACHER_WORD", "Öffne dich")
    app = open_teacher()
    answer = T("missions.neurons.questions.cost.feedback.b")
    assert answer not in html(app)
    app.text_input(key="teacher_word").set_value("open").run()
    app.button(key="teacher_word_try").click().run()
    assert answer not in html(app) and T("teacher.word_wrong") in [warning.value for warning in app.warning]
    app.text_input(key="teacher_word").set_value(" Öffne dich ")
    app.button(key="teacher_word_try").click().run()
    assert answer in html(app)


@pytest.mark.parametrize("language", languages())
def test_the_page_is_there_in_every_language(open_teacher, language):
    t = Translator(language)
    shown = html(open_teacher(lang=language))
    for name in ("plan", "class_time"):
        assert t(f"teacher.{name}") in shown
