"""The page for teachers: papers, links for pairs, and the curtain.

`test_classroom_page` tests classes.
"""

import re

import pytest

from fvapp.core.missions import MISSIONS
from fvapp.core.missions.class_time import class_waiting_seconds
from fvapp.core.pixel_art import read_pixel_art
from fvapp.core.wording import duration_words
from fvapp.ui.parts.page_table import PAGES
from fvapp.ui.teachers import papers
from fvapp.ui.teachers.cards import CARDS
from ui_pages import T, field, html, keys, press, set_field, texts


@pytest.fixture
def open_teacher(open_page):
    return lambda *cards: open_page("teachers", folds=[f"card_{card}" for card in cards])


@pytest.mark.parametrize(
    "earlier", [path for path in PAGES["teachers"].other_url_paths if "=" in path]
)
def test_the_page_opens_by_its_earlier_addresses_with_all_cards_closed(open_page, earlier):
    path, query = earlier.split("?")
    name = next(each.name for each in PAGES.values() if each.url_path == path)
    app = open_page(name, folds=(), **dict([query.split("=")]))
    assert app.title[0].value == T("pages.teachers") and "class_open" in keys(app)
    assert {T(card.title_key) for card in CARDS} <= {fold.label for fold in app.expander}
    assert not app.number_input


def test_each_card_has_a_picture(open_page, language):
    app = open_page("teachers", lang=language)
    cards = set(re.findall(r"-card_([a-z_]+)", " ".join(fold.proto.id for fold in app.expander)))
    assert len(cards) >= len(CARDS) and cards <= set(read_pixel_art())


def test_there_is_a_link_with_a_seed_of_its_own_for_each_pair_and_pairs_begin_with_the_missions_in_turn(
    open_teacher,
):
    app = open_teacher("links", "time")
    # The page uses this number of pairs for the links, too.
    set_field(app, "teacher_pairs_time", 3)
    set_field(app, "teacher_seed", 20)
    set_field(app, "teacher_address", "http://teacher-pc:8501")
    assert links(app) == [
        f"Pair {pair}: http://teacher-pc:8501/missions?mission=A&seed={19 + pair}&lang=en"
        for pair in (1, 2, 3)
    ]
    set_field(app, "teacher_missions_links", ["epochs", "layers"])
    set_field(app, "teacher_first", "in_turn")
    assert [re.search(r"mission=(\w+)", link)[1] for link in links(app)] == ["5", "6", "5"]


def links(app):
    (text,) = [code.value for code in app.code if "teacher-pc" in code.value]
    return text.splitlines()


def test_what_is_chosen_to_begin_with_trains_within_the_lesson_and_each_place_says_for_how_long(
    open_teacher,
):
    app = open_teacher("time")
    chosen = [MISSIONS[name] for name in app.multiselect(key="teacher_missions_time").value]
    assert chosen == [mission for mission in MISSIONS.values() if mission.is_in_lesson]
    assert len(chosen) > 4 and class_waiting_seconds(chosen, pairs=15, workers=2) < 15 * 60
    time = duration_words(class_waiting_seconds(chosen, 1, 1), T)
    assert T("classroom.open.minutes", time=time) in texts(app)
    set_field(app, "teacher_pairs_time", 1)
    set_field(app, "teacher_cores", 1)
    assert f"about {time}" in html(app)
    set_field(app, "teacher_pairs_time", 30)
    set_field(app, "teacher_cores", 2)
    assert "pairs: 30, runs at a time: 2" in html(app)


def test_the_papers_hold_the_chosen_missions_alone_and_the_answers_say_how_to_set_a_word(
    open_teacher, monkeypatch
):
    monkeypatch.delenv("FVAPP_TEACHER_WORD", raising=False)
    app = open_teacher("answers")
    assert T("teacher.word_none") in [info.value for info in app.info]
    set_field(app, "teacher_missions_answers", ["epochs"])
    assert T("missions.epochs.title") in html(app) and T("missions.layers.title") not in html(app)


def test_the_page_without_an_installation_is_a_download_and_has_an_address_where_the_app_serves_one(
    open_teacher, monkeypatch
):
    begin = T("teacher.home.address", link="")
    app = open_teacher("home")
    assert "download_home_page" in {button.key for button in app.get("download_button")}
    assert T("teacher.home.where") in html(app)
    # A host that runs only the app's script, not its server, cannot serve files.
    assert not any(begin in text for text in texts(app))
    monkeypatch.setattr(papers, "can_serve_files", lambda: True)
    said = next(text for text in texts(open_teacher("home")) if text.startswith(begin))
    assert said.endswith("/home")


def test_with_a_word_set_opening_and_answers_come_after_it(
    open_teacher, engine, token, monkeypatch
):
    monkeypatch.setenv("FVAPP_TEACHER_WORD", "Öffne dich")
    app = open_teacher("answers")
    answer = T("missions.neurons.questions.cost.feedback.b")
    set_field(app, "teacher_word", "open")
    press(app, "teacher_word_try")
    assert T("teacher.word_wrong") in [warning.value for warning in app.warning]
    assert answer not in html(app) and "class_open" not in keys(app)
    field(app, "teacher_word").set_value(" Öffne dich ")
    press(app, "teacher_word_try")
    assert answer in html(app) and "class_open" in keys(app)
