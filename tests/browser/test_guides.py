"""The steps of the guides for teachers, done in the app by the button texts in the guides."""

import re

import pytest
from playwright.sync_api import Locator, expect

from browser.test_addresses_with_secrets import latest_path
from fvapp.i18n import read_teachers_guide
from test_guides import GUIDES
from visitor import Visitor

# Marked long: each language takes a whole class through rounds and seats, click by click.
pytestmark = pytest.mark.long

LOCALES = {"en": "en-GB", "zh-Hant": "zh-HK", "zh-Hans": "zh-CN"}
# Numbers of the guide's sections; the title and the preparation come first.
OPENING, JOINING, TEACHING, ROUNDS, SEATS, LOCKS, HUNT, END = range(2, 10)


class Guide:
    """A guide for teachers: the screen texts that each section quotes, in order."""

    def __init__(self, language: str) -> None:
        sections = re.split(r"^#+ ", read_teachers_guide(language), flags=re.M)
        self.quoted = [re.findall(GUIDES[language], section) for section in sections[1:]]

    def words(self, section: int) -> list[str]:
        return self.quoted[section]


def press(visitor: Visitor, words: str, within: str = "main") -> None:
    """Press the last button whose name contains these words."""
    visitor.page.locator(within).get_by_role(
        "button", name=re.compile(f"{re.escape(words)}")
    ).last.click()


def field(visitor: Visitor, words: str) -> Locator:
    return visitor.page.get_by_label(words, exact=True).last


def choose(visitor: Visitor, words: str, option: str | re.Pattern[str]) -> None:
    """Choose an option in the last list whose label contains these words."""
    visitor.page.get_by_role("combobox", name=re.compile(re.escape(words))).last.click()
    visitor.page.get_by_role("option", name=option).first.click()


@pytest.mark.parametrize("language", GUIDES)
def test_each_step_of_the_guide_can_be_done_in_its_words(language, server, visit):
    guide = Guide(language)
    locale = LOCALES[language]
    teacher = visit(latest_path(server), locale=locale)
    page, name, opens, more, wall, *_ = guide.words(OPENING)
    expect(teacher.page.locator("h1")).to_have_text(page)
    expect(teacher.page.get_by_text(more, exact=True)).to_be_visible()
    field(teacher, name).fill("8b")
    press(teacher, opens)
    code = teacher.read("class_code", "[A-Z]{6}").strip()
    with teacher.page.context.expect_page() as opened:
        teacher.page.get_by_role("link", name=wall).first.click()
    expect(opened.value.locator(".st-key-class_qr img")).to_be_visible()

    join, seat_page, class_missions, *_ = guide.words(JOINING)
    student = visit("/", locale=locale)
    student.page.get_by_role("link", name=join).first.click()
    student.find("class_code").locator("input").fill(code)
    student.keys("Enter")
    student.read("class_bar", "8b")
    student.go_to(seat_page)
    expect(student.page.get_by_text(class_missions).first).to_be_visible()

    needs, helped, where, everybody, eyes, show, away, stop, results, _ = guide.words(TEACHING)
    student.press("hand_up")
    expect(teacher.find("needs_help")).to_contain_text(needs)
    press(teacher, helped, ".st-key-needs_help")
    expect(teacher.page.get_by_role("button", name=helped)).to_have_count(0)
    for words in (where, everybody, results):
        expect(teacher.page.get_by_text(re.compile(f"^{words}")).first).to_be_visible()
    press(teacher, eyes)
    press(teacher, show, "body")
    expect(student.page.locator(".fvapp-eyes-up")).to_be_visible()
    press(teacher, away)
    press(teacher, stop)

    # The row about drawing a word also names the button that gives the drawings to the class.
    start, kind, begin, reveal, end, poll, seeds, digit, word, _, *others = guide.words(ROUNDS)
    press(teacher, start)
    teacher.page.get_by_role("combobox", name=re.compile(kind)).last.click()
    for words in (poll, seeds, digit, word, *others):
        expect(teacher.page.get_by_role("option", name=words)).to_be_visible()
    teacher.page.get_by_role("option", name=poll).click()
    press(teacher, begin, "body")
    student.find("class_round").locator("label:visible").first.click()  # the student predicts
    teacher.find("round").wait_for()
    press(teacher, reveal, ".st-key-round")
    press(teacher, end, ".st-key-round")
    for words in (digit, word):
        press(teacher, start)
        choose(teacher, kind, words)
        if words == word:
            teacher.find("round_word").locator("input").fill("fish")
            teacher.keys("Tab")
        press(teacher, begin, "body")
        teacher.find("round").wait_for()
        press(teacher, reveal, ".st-key-round")
        press(teacher, end, ".st-key-round")
        expect(teacher.find("round")).to_have_count(0)

    everybody, choice, new, _ = guide.words(SEATS)
    teacher.page.get_by_text(re.compile(f"^{everybody}")).first.click()
    teacher.find("cards").wait_for()  # the button says how many cards, so no guide quotes it
    teacher.wait_until_drawn()
    expect(teacher.page.get_by_role("combobox", name=re.compile(choice))).to_be_visible()
    # The keyboard is used because the board may be drawn again during a click.
    teacher.find("student").locator("input").press("ArrowDown")
    teacher.keys("Enter")
    press(teacher, new)
    seat = teacher.read("students", r"[A-Z0-9]{4,}")
    assert seat

    locks, up_to, pages, settings, door = guide.words(LOCKS)
    press(teacher, locks)
    for words in (up_to, pages, settings, door):
        expect(teacher.page.get_by_text(words, exact=True).last).to_be_visible()
    teacher.keys("Escape")

    hunt, parameters, epochs, train, reveal = guide.words(HUNT)
    press(teacher, start)
    choose(teacher, kind, hunt)
    for words in (parameters, epochs):
        expect(teacher.page.get_by_role("combobox", name=re.compile(words))).to_be_visible()
    press(teacher, begin, "body")
    student.find("class_round").wait_for()
    student.page.locator(".st-key-pages").get_by_role("link", name=train, exact=True).click()
    press(teacher, reveal, ".st-key-round")
    press(teacher, end, ".st-key-round")

    seat_page, reflection, _, results, paper, *_, homework, _, close, page, again, delete = (
        guide.words(END)[:13]
    )
    student.go_to(seat_page)
    expect(field(student, reflection)).to_be_visible()
    teacher.page.get_by_text(re.compile(f"^{results}")).first.click()
    expect(teacher.page.get_by_role("button", name=paper).first).to_be_visible()
    expect(teacher.page.get_by_role("button", name=homework).first).to_be_visible()
    press(teacher, close)
    teacher.find("class_close_now").wait_for()
    press(teacher, close, "body")
    expect(teacher.page.locator("h1")).to_have_text(page)
    teacher.page.get_by_text("8b").first.click()
    for words in (again, delete):
        expect(teacher.page.get_by_role("button", name=words).first).to_be_attached()
