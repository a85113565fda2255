"""New missions, a new page and a new language, registered while the tests run.

The tests go through each of them to the end.
"""

import json
import re
import sys
import tomllib
from functools import cache
from html import unescape
from importlib.machinery import ModuleSpec
from itertools import pairwise
from string import Formatter
from types import ModuleType

import pytest
import streamlit as st

from catalogue_texts import texts
from class_room import Room
from fvapp import i18n
from fvapp.core.documents.papers import (
    answer_sheet_html,
    lesson_plan_html,
    unplugged_activities_html,
    waiting_times_html,
    worksheet_html,
)
from fvapp.core.glossary import WORDS as GLOSSARY
from fvapp.core.links import TeacherLink, build_teacher_link, parse_teacher_link
from fvapp.core.missions import MISSIONS, ChoiceQuestion, Mission, MissionVerdict
from fvapp.core.missions.comparing import val_accuracy_change
from fvapp.core.missions.mission import CHOOSING
from fvapp.core.missions.progress import read_progress
from fvapp.core.missions.typical import typical_results
from fvapp.core.missions.verdict import OUTCOME_OF_GAIN
from fvapp.ui.missions.flow import MissionFlow
from fvapp.ui.missions.screens import show_screen
from fvapp.ui.parts.page_table import PAGES, PageRow
from mission_pages import answer, begin, forward, kept, plain, screen, train, words
from ui_pages import press, raw_keys, set_field, shown

OTHER = "de-XX"
PLURAL = "n == 1 ? one : n < 5 ? few : other"
VOWELS = str.maketrans("aeiouAEIOU", "äëïöüÄËÏÖÜ")
# Parts of a text that are not translated: code, placeholders, addresses, icons.
KEPT = re.compile(r"`[^`]*`|\{[^}]*\}|https?://\S+|\]\([^)]*\)|:material/\w+:|<[^>]*>|&\w+;")
CHOICES = {"a": "Surely this one", "b": "Perhaps this one", "c": "Never this one"}
QUESTION = {"ask": "Which of these is it?", "choices": CHOICES, "feedback": CHOICES}
COMMON = {
    "goal": "Find out something that nobody has asked before.",
    "task": "Do what the button says and look at it.",
    "ask": "What will come out of this?",
    "why": "Because a neuron is one number.",
    "try": "Try the same thing without a mission.",
    "note": "A remark that is only for the teacher.",
    "aim": "See that nothing is lost on the way.",
    "misconception": "Something goes missing: it does not.",
    "predict": {
        "held": "It gets better",
        "within_noise": "No difference",
        "not_held": "It gets worse",
    },
    "questions": {"which": QUESTION},
}
SAID = {
    outcome: f"This is what came out: {{gain}} points, {outcome.replace('_', ' ')}."
    for outcome in OUTCOME_OF_GAIN.values()
}
WORDS = {
    "missions/twice_as_wide.toml": {"title": "Twice as wide as before", **COMMON, "verdicts": SAID},
    "missions/how_dark.toml": {
        "title": "How dark an image is",
        **COMMON,
        "verdicts": {
            outcome: f"Image {{index}} is judged like this: {outcome}."
            for outcome in OUTCOME_OF_GAIN.values()
        },
        "choose": "Take the first image",
        "shown": "This is the image that was taken.",
    },
    "pages.toml": {"noticeboard": "The noticeboard of this class"},
    "noticeboard.toml": {
        "title": "What hangs on the noticeboard",
        "text": "There is nothing here so far.",
    },
}


def judge_width(trials):
    """Return the verdict on "twice as wide is better"."""
    gain = val_accuracy_change(*trials)
    return MissionVerdict(
        OUTCOME_OF_GAIN[gain.direction],
        {"gain": gain.percentage_points, "noise": gain.margin_points},
    )


# A mission of an existing kind, which compares two runs.
TWICE_AS_WIDE = Mission(
    "twice_as_wide",
    "98",
    ("held", "within_noise", "not_held"),
    (ChoiceQuestion("which", "a"),),
    ("neuron",),
    runs=tuple({**CHOOSING, "hidden": (width,)} for width in (16, 32)),
    judge=judge_width,
    shown_views=("network", "table", "by_class"),
)

# A mission of a new kind, which trains nothing and has its own screen.
HOW_DARK = Mission(
    "how_dark",
    "99",
    ("held", "within_noise", "not_held"),
    (ChoiceQuestion("which", "b"),),
    ("neuron",),
)


class HowDark(MissionFlow):
    """The screens of the new mission, in which a student takes an image and judges it."""

    def has_mission_result(self, opened):
        return opened.mission_progress.image is not None

    def draw_experiment_progress(self, opened):
        def take():
            opened.update_progress(image=3)
            show_screen(opened.mission, "result")

        st.button(opened.visit.t("missions.how_dark.choose"), key="take", on_click=take)

    def draw_mission_result(self, opened):
        st.caption(opened.visit.t("missions.how_dark.shown"))
        return MissionVerdict("held", {"index": str(opened.mission_progress.image)}), None


def show_noticeboard(visit):
    st.title(visit.t("noticeboard.title"))
    st.markdown(visit.t("noticeboard.text"))


def translated(text: str) -> str:
    """Return a text in the new language, which is English with dots on its vowels."""
    kept = [match.span() for match in KEPT.finditer(text)]
    ends = [0, *(place for span in kept for place in span), len(text)]
    parts = [text[begin:end] for begin, end in pairwise(ends)]
    return "".join(
        part if place % 2 else part.translate(VOWELS) for place, part in enumerate(parts)
    )


def in_other(text: str | i18n.PluralText) -> str | i18n.PluralText:
    if isinstance(text, str):
        return translated(text)
    forms = {name: text.forms.get(name, text.forms["other"]) for name in ("one", "few", "other")}
    return i18n.PluralText(
        text.placeholder, {name: translated(form) for name, form in forms.items()}
    )


def in_toml(text: str | i18n.PluralText) -> str:
    if isinstance(text, str):
        return json.dumps(text, ensure_ascii=False)  # JSON's strings are valid in TOML too
    forms = {"count": text.placeholder, **text.forms}
    return f"{{{','.join(f'{name}={in_toml(form)}' for name, form in forms.items())}}}"


@pytest.fixture(autouse=True)
def _changes(tmp_path, monkeypatch):
    """Register a language, two missions and a page, with texts in English and that language."""
    ours = i18n.FOLDER / "en"
    of_the_language = {
        "tag": OTHER,
        "name": "Dötsch",
        "within_sentences": "unchanged",
        "plural": PLURAL,
    }
    for path in {*ours.rglob("*.toml"), *(ours / name for name in WORDS)}:
        name = str(path.relative_to(ours))
        english = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        english = dict(i18n._flatten_catalogue({**english, **WORDS.get(name, {})}, ""))
        other = {
            key: text if key.endswith(("_file", "fonts")) else in_other(text)
            for key, text in english.items()
        }
        if name == "language.toml":
            other |= of_the_language
        for language, words_here in (("en", english), (OTHER, other)):
            file = tmp_path / "words" / language / name
            file.parent.mkdir(parents=True, exist_ok=True)
            lines = (f'"{key}" = {in_toml(text)}\n' for key, text in words_here.items())
            file.write_text("".join(lines), encoding="utf-8")
    caches = (i18n.language_tags, i18n.read_catalogue, i18n.find_missing_keys)
    with monkeypatch.context() as patch:
        patch.setattr(i18n, "FOLDER", tmp_path / "words")
        patch.setitem(MISSIONS, TWICE_AS_WIDE.id, TWICE_AS_WIDE)
        patch.setitem(MISSIONS, HOW_DARK.id, HOW_DARK)
        row = PageRow("noticeboard", "board", ":material/push_pin:")
        patch.setitem(PAGES, row.name, row)
        modules = {
            row.module_name: {"show_page": show_noticeboard},
            "fvapp.ui.missions.own.how_dark": {"FLOW": HowDark()},
        }
        for name, values in modules.items():
            module = ModuleType(name)
            vars(module).update(values, __spec__=ModuleSpec(name, None))
            patch.setitem(sys.modules, name, module)
        for each in caches:
            each.cache_clear()
        yield
    for each in caches:
        each.cache_clear()


@cache
def fragments() -> tuple[str, ...]:
    """Return pieces of English texts, of several words and without placeholders.

    The tests recognise English sentences by these pieces.
    """
    lines = (line for text in ENGLISH for line in text.split("\n"))
    pieces = {part.strip() for line in lines for part, *_ in Formatter().parse(line)}
    return tuple(
        each for each in pieces if " " in each and len(each) > 11 and translated(each) != each
    )


# A language's own name is never translated.
ENGLISH = [text for key, text in texts("en") if key not in ("language.name", "language.plural")]


def assert_translated(text: str) -> None:
    """Check that a page or paper has no English sentence and no raw key."""
    text = unescape(text)
    # Elements that consist of an English text alone are found, even if the text is one word.
    names = {each for each in ENGLISH if translated(each) != each and each[0].isupper()}
    english = [
        *(piece for piece in fragments() if piece in text),
        *names.intersection(text.splitlines()),
    ]
    assert not english, english
    assert not raw_keys(text)


@pytest.fixture
def t():
    return i18n.Translator(OTHER)


@pytest.fixture
def open_here(open_page):
    """Return ``open_here("data")``: a page in the new language, checked to be fully translated."""

    def open_here(name, token="new", **query):
        app = open_page(name, token, lang=OTHER, **query)
        assert_translated(shown(app))
        return app

    return open_here


@pytest.fixture
def room(engine, token) -> Room:
    """A class with both new missions."""
    engine.start()
    missions = (TWICE_AS_WIDE.id, HOW_DARK.id)
    return Room(engine, token, engine.teachers.open_class(token, "8b", OTHER, missions).id)


def test_the_language_is_chosen_by_a_browser_and_named_in_a_link():
    assert i18n.language_tags() == ("en", OTHER) and i18n.choose_language("de-AT") == OTHER
    link = TeacherLink("twice_as_wide", language=OTHER, uses_own_seed=True)
    assert build_teacher_link(link) == f"/missions?mission=98&lang={OTHER}"
    assert parse_teacher_link({"mission": "98", "lang": OTHER}, i18n.language_tags()) == (link, ())


@pytest.mark.usefixtures("few_images")
def test_every_page_is_drawn_in_it(open_here, train, token, t):
    train(*TWICE_AS_WIDE.run_settings())
    for name in PAGES:
        app = open_here(name, token)
        assert PAGES[name].is_for_class_only or t(f"pages.{name}") in shown(app), name
    glossary = words(open_here("missions", token, part="glossary"))
    assert all(plain(t(f"glossary.{word}.text")) in glossary for word in GLOSSARY)
    assert t("noticeboard.text") in words(open_here("noticeboard", token))


@pytest.mark.usefixtures("few_images")
def test_a_mission_of_a_kind_that_there_is_goes_from_its_guess_to_its_end(open_here, engine, t):
    app = open_here("missions", mission="98", folds=("mission_about",))
    choices = [t(f"missions.twice_as_wide.predict.{outcome}") for outcome in SAID]
    assert app.radio[0].options == choices
    train(app, engine, "twice_as_wide")
    assert screen(app) == "result" and len(app.table) == 1 and "mission_chart" in shown(app)
    assert_translated(shown(app))
    answer(app, "twice_as_wide")
    assert_translated(shown(forward(app)))
    assert t("missions.page.finished") in words(app)
    progress = read_progress({"twice_as_wide": kept(app, engine, "twice_as_wide")})
    assert progress["twice_as_wide"].is_mission_done(TWICE_AS_WIDE)


def test_a_mission_of_a_new_kind_goes_over_its_own_screen_to_its_end(open_here, engine, token, t):
    app = forward(begin(open_here("missions", token, mission="99"), "how_dark"))
    assert screen(app) == "watch"
    assert_translated(shown(press(app, "take")))
    assert t("missions.how_dark.verdicts.held", index=3) in words(app)
    assert t("missions.how_dark.shown") in words(app)
    assert_translated(shown(forward(answer(app, "how_dark", "c"))))
    assert t("missions.page.first_answer", right=0, total=1) in words(app)
    again = open_here("missions", token, mission="99")
    assert kept(again, engine, "how_dark")["image"] == 3


def test_the_papers_have_them(t):
    missions = list(MISSIONS.values())
    papers = [worksheet_html(missions, t), answer_sheet_html(missions, t, typical_results())]
    for paper in papers:
        assert t("missions.how_dark.title") in unescape(paper)
    # The mission HOW_DARK trains nothing, so the paper with the waiting times leaves it out.
    papers.append(waiting_times_html(missions, 15, 2, t))
    for paper in papers:
        assert t("missions.twice_as_wide.title") in unescape(paper)
    for paper in (*papers, lesson_plan_html(t), unplugged_activities_html(t)):
        assert_translated(re.sub(r"<style>.*?</style>", "", paper, flags=re.DOTALL))


def test_the_teachers_page_and_the_board_of_a_class_have_them(open_here, engine, room, mia, t):
    app = open_here("teachers")
    set_field(app, "teacher_missions_links", [TWICE_AS_WIDE.id, HOW_DARK.id])
    assert_translated(shown(app))
    for mission in (TWICE_AS_WIDE, HOW_DARK):
        title = t(f"missions.{mission.id}.title")
        assert t("missions.page.name", mark=mission.short_name, title=title) in shown(app)
    press(forward(begin(open_here("missions", mia, mission="99"), "how_dark")), "take")
    train(open_here("missions", mia, mission="98"), engine, "twice_as_wide")
    engine.skip(1.0)
    folds = ("students", "class_results", "class_locks")
    board = shown(open_here("classroom", room.teacher, folds=folds))
    assert "<small>98</small>" in board and "<small>99</small>" in board
    assert t("missions.how_dark.title") in board


@pytest.mark.usefixtures("few_images")
def test_a_class_and_its_rounds_are_in_it(open_here, engine, room, mia, t):
    assert t("classroom.seat.missions") in shown(open_here("classroom", mia))
    assert t("classroom.open.more") in shown(open_here("classroom", view="open"))
    subjects = {"predict": TWICE_AS_WIDE.id, "draw": "7", "hunt": "mnist 50000 1"}
    for kind in ("predict", "seeds", "draw", "vote", "hunt"):
        room.rounds.start_round(kind, subjects.get(kind, ""))
        is_asked = kind == "predict"
        key = "missions.twice_as_wide.ask" if is_asked else f"classroom.round.title.{kind}"
        title = t(key, subject="7")
        assert title in shown(open_here("classroom", room.teacher, view="projector"))
        for page in ("data", "train"):
            assert title in shown(open_here(page, mia))
        engine.finish()
        room.rounds.reveal_round()
        open_here("classroom", room.teacher, view="projector")


def test_a_teacher_closes_the_page(open_here, engine, room, mia, t):
    assert t("noticeboard.text") in words(open_here("noticeboard", mia))
    room.teachers.steer_screens(tuple(PAGES), pages=("noticeboard",))
    engine.skip(1.0)
    assert t("noticeboard.text") not in words(open_here("noticeboard", mia))
