"""A class in real browsers: the teacher, the students and the projector follow each other live."""

from playwright.sync_api import expect

from visitor import EN, SEVEN, Visitor


def open_class(visit) -> tuple[Visitor, Visitor, str]:
    """Open a class; return its teacher's page, the projector's page and the class code."""
    teacher = visit("/teachers")
    expect(teacher.find("class_name").locator("input")).to_be_focused()
    assert len(teacher.find("content").inner_text().split()) <= 120
    teacher.page.keyboard.type("8b\n")
    code = teacher.read("class_code", "[A-Z]{6}").strip()
    projector = Visitor(teacher.page.context.new_page(), teacher.url)
    projector.page.goto(f"{teacher.url}/class?view=projector")
    return teacher, projector, code


def join(visit, code: str, nickname: str, **browser: object) -> Visitor:
    student = visit(f"/class?code={code}", **browser)
    student.find("nickname").locator("input").fill(nickname)
    student.keys("Tab")
    student.press("class_join")
    student.read("class_bar", nickname)
    return student


def test_two_taps_and_the_code_lead_from_the_start_address_to_a_seat_with_a_name(visit):
    *_, code = open_class(visit)
    student = visit("/", width=380, height=800)
    student.find("join_class").get_by_role("link").click()
    expect(student.find("class_code").locator("input")).to_be_focused()
    student.page.keyboard.type(f"{code.lower()}\n")
    student.read("class_bar", "8b · [A-Z]")


def test_a_hand_a_look_and_a_round_are_on_all_screens_until_they_end_and_the_wall_once_it_is_revealed(
    visit,
):
    teacher, projector, code = open_class(visit)
    projector.read("projector", code)
    projector.read("projector", EN("common.only_here"))
    mia = join(visit, code, "Mia")
    ali = join(visit, code, "Ali the Golden Heron", width=380, height=800)
    projector.read("projector", "2")
    nickname = teacher.page.locator(".fvapp-seats b", has_text="Ali")
    expect(nickname).to_be_visible()
    assert nickname.evaluate("b => b.scrollWidth <= b.clientWidth"), "the whole name can be read"
    mia.press("hand_up")
    teacher.read("needs_help", "Mia")
    teacher.find("nicknames_waiting").get_by_role("button", name="Mia").click()
    projector.read("projector", "Mia")
    teacher.press("eyes_up").press("eyes_up_show")
    for seen, shown in (
        (projector, ".fvapp-look"),
        (mia, ".fvapp-eyes-up"),
        (ali, ".fvapp-eyes-up"),
    ):
        expect(seen.page.locator(shown)).to_contain_text(EN("classroom.steer.eyes_default"))
    teacher.press("eyes_up_away")
    for student in (mia, ali):
        expect(student.page.locator(".fvapp-eyes-up")).to_have_count(0)
    ali.page.goto(f"{teacher.url}/draw")
    ali.read("class_bar", "Ali")
    teacher.press("rounds")
    teacher.find("round_kind").locator("input").click()
    teacher.page.get_by_role("option", name=EN("classroom.round.kinds.draw")).click()
    expect(teacher.find("round_digit")).to_be_visible()
    teacher.press("round_start")
    title = EN("classroom.round.title.draw", subject="7")
    for student in (mia, ali):
        expect(student.page.get_by_role("heading", name=title)).to_be_visible()
    ali.draw(SEVEN)
    projector.read("projector_round", "1")
    expect(projector.page.locator(".fvapp-wall img")).to_have_count(0)
    teacher.press("round_reveal")
    expect(projector.page.locator(".fvapp-wall img")).to_have_count(1)
    projector.page.set_viewport_size({"width": 1280, "height": 800})
    expect(projector.page.locator(".only_here")).to_be_hidden()
    bottom = projector.page.locator(".fvapp-wall").evaluate("w => w.getBoundingClientRect().bottom")
    assert bottom <= 800, "the wall fits below the address"
    ali.read("class_round", EN("classroom.round.student.read", digit="."))
    mia.read("class_round", EN("classroom.round.student.look"))
    teacher.press("round_end")
    for student in (mia, ali):
        expect(student.find("class_round")).to_have_count(0)
    teacher.press("class_close").press("class_close_now")
    for student in (mia, ali):
        expect(student.find("class_bar")).to_have_count(0)
