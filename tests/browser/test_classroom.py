"""A class in real browsers: a teacher, students, the projector; each sees what the others do without a reload."""

from __future__ import annotations

from playwright.sync_api import expect

from fvapp.i18n import Translator
from visitor import Visitor

EN = Translator("en")


def open_class(teacher: Visitor) -> str:
    """Open a class; return its code."""
    teacher.find("class_name").locator("input").fill("8b")
    teacher.page.keyboard.press("Tab")
    teacher.press("class_open")
    return teacher.read("class_code", "[A-Z]{6}").strip()


def join(visit, code: str, nickname: str, **browser: object) -> Visitor:
    student = visit(f"/class?code={code}", **browser)
    student.find("nickname").locator("input").fill(nickname)
    student.page.keyboard.press("Tab")
    student.press("class_join")
    student.read("class_bar", nickname)
    return student


def test_a_class_from_the_first_code_to_the_end(visit):
    teacher = visit("/class?view=open")
    code = open_class(teacher)
    projector = Visitor(teacher.page.context.new_page(), teacher.url)
    projector.page.goto(f"{teacher.url}/class?view=projector")
    projector.read("projector", code)
    mia, ali = join(visit, code, "Mia"), join(visit, code, "Ali", width=380, height=800)
    projector.read("projector", "2")
    mia.press("hand_up")
    teacher.read("needs_help", "Mia")
    teacher.find("needs_help").get_by_role("button", name=EN("classroom.board.helped")).click()
    mia.read("hand_up", EN("classroom.seat.hand_up"))
    assert "Mia" not in projector.find("projector").inner_text()
    teacher.find("nicknames_waiting").get_by_role("button", name="Mia").click()
    projector.read("projector", "Mia")
    teacher.press("eyes_up").press("eyes_up_show")
    for student in (mia, ali):
        expect(student.page.get_by_role("alert")).to_contain_text(EN("classroom.steer.eyes_default"))
    teacher.press("eyes_up_away")
    for student in (mia, ali):
        expect(student.page.locator(".fvapp-eyes-up")).to_have_count(0)
    mia.open_again().read("class_bar", "Mia")
    teacher.press("class_close")
    for student in (mia, ali):
        expect(student.find("class_bar")).to_have_count(0)
