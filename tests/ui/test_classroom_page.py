"""The Class page, as its teacher and its students see it."""

import re
from dataclasses import replace
from datetime import date
from urllib.parse import unquote

import pytest

from fvapp.core.documents.report import write_report
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.class_time import LESSON
from fvapp.core.missions.progress import MissionProgress
from fvapp.core.results.curves import read_curves
from fvapp.core.settings import RunSettings
from fvapp.engine.runs.limits import GuessLimits, Limits
from fvapp.i18n import Translator
from fvapp.ui.browser.handing import qr_code_html
from fvapp.ui.classroom import assignment, back, way_in
from fvapp.ui.lesson.said_in_class import student_statements
from fvapp.ui.messages import Messages
from fvapp.ui.visit import Visit
from mission_pages import begin, set_progress
from scripted_engine import new_visitor, refused
from ui_pages import (
    FORGED,
    WORK_FOLDS,
    T,
    forge,
    forgeries,
    html,
    keep_noise,
    keys,
    messages,
    press,
    press_first,
    set_field,
    shown,
    texts,
)

WILD = "<b>=1+1</b> $x$ *y*"


@pytest.mark.parametrize(("name", "called"), [("8b <b>", "8b <b>"), (" ", "Class 1")])
def test_a_teacher_opens_a_class_and_has_the_board(own_page, engine, token, name, called):
    app = own_page("teachers")
    app.text_input(key="class_name").set_value(name)
    press(app, "class_open")
    (room,) = engine.teachers.open_classes_of_teacher(token)
    assert (room.name, room.missions, room.language) == (called, LESSON, "en")
    assert room.code in html(app) and T("classroom.board.empty") in texts(app)


def test_a_student_joins_with_an_offered_name_and_finds_the_bar_on_every_page(
    open_seat, room, open_page
):
    student = room.enter()
    app = open_seat(student, code=room.code)
    assert app.text_input(key="class_code").value == room.code
    offered = app.session_state["nicknames_offered"][1][0]
    app.session_state["nickname_offered"] = offered
    press(app, "class_join")
    assert room.students()[offered].is_name_public
    press(open_page("data", token=student), "hand_up")
    assert room.seat(student).is_hand_up


def test_the_key_of_a_class_link_leaves_the_address_and_opens_at_once_while_somebody_guesses(
    open_seat, room, engine, monkeypatch
):
    monkeypatch.setattr("fvapp.ui.classroom.joining.visitor_ip_network", lambda: "10.0.0.1")
    engine._class_register._guess_limits = GuessLimits(Limits(guesses_an_hour_all=1))
    with refused("class_code_unknown"):
        engine.students.join_class(room.enter(), "BBBBBB", "Eve", address="10.0.0.1")
    typed = press(open_seat("new", code=room.code), "class_join")
    assert T("errors.limit_guesses_all", seconds=30) in messages(typed)
    student = room.enter()
    app = open_seat(student, code=room.classroom.class_link_code)
    assert dict(app.query_params) == {"code": room.code}
    assert app.text_input(key="class_code").value == room.code
    # The student joins on a new page, as after a refresh.
    press(open_seat(student, code=room.code), "class_join")
    assert room.seat(student).class_name == "8b"


def test_the_qr_code_of_a_class_is_told_apart_from_the_last_row(room, wall):
    (link,) = re.findall(r"alt='([^']+)'", wall())
    assert room.classroom.class_link_code in link
    query = link.partition("/class")[2]
    for address in ("http://192.168.100.200:8501", "https://a-school-of-some-name.streamlit.app"):
        squares = re.search(r"width='(\d+)'", unquote(qr_code_html(f"{address}/class{query}")))[1]
        assert int(squares) <= 17 + 4 * 5 + 8  # a QR code of version 5, with its white border


@pytest.fixture
def serves_files(monkeypatch):
    """Let the pages hand files to other devices, as they do behind the app's own server."""
    monkeypatch.setattr("fvapp.ui.taken_home.take_home.can_serve_files", lambda: True)


def test_who_is_in_no_class_sees_nothing_of_it(open_page, join):
    join("Mia")
    app = open_page("data")
    assert not [button for button in app.button if button.key == "hand_up"]
    links = [link.proto.label for link in app.get("page_link")]
    assert T("pages.classroom") not in links and T("classroom.join.link") in links


def test_a_name_of_ones_own_is_text_wherever_it_stands_and_on_the_board_until_helped(
    room, open_seat, open_board, wall, engine, join
):
    student = join(WILD)
    engine.students.raise_hand(student, True)
    app = open_board("students", "class_results")
    assert WILD not in html(app) and "&lt;b&gt;=1+1&lt;/b&gt; $x$ *y*" in html(app)
    show = next(button for button in app.button if button.key.startswith("show_"))
    assert show.label == "\\<b\\>=1\\+1\\</b\\> \\$x\\$ \\*y\\*"
    assert "=1+1" not in wall()
    press(app, show.key)
    assert WILD not in wall() and "&lt;b&gt;=1+1&lt;/b&gt;" in wall()
    assert not [text for text in texts(open_seat(student)) if WILD in text]
    app = open_board()
    # The student, whose nickname contains "=1+1", is listed as needing help.
    assert "=1+1" in html(app)
    press_first(app, "helped_")
    assert not room.seat(student).is_hand_up
    assert not [button for button in app.button if button.key.startswith("helped_")]


@pytest.mark.usefixtures("serves_files")
def test_the_wall_has_the_code_of_a_network_while_its_student_shows_it(
    room, open_page, open_seat, engine, join, train, wall
):
    student = join("Quiet Otter", offered=True)
    train(RunSettings(dataset="mnist", train_images=1_000, epochs=1), token=student)
    own = open_page("train", token=student, folds=("at_home_trained",))
    assert "at-home/" not in wall()
    for hide in (
        lambda: press(own, "at_home_trained_wall"),
        lambda: press(open_seat(student), "class_leave"),
    ):
        press(own, "at_home_trained_wall")
        code = room.seat(student).wall_network_code
        assert f"at-home/{code}" in wall()
        assert engine.students.find_network_on_wall(code).wall_entry.language == "en"
        hide()
        assert "at-home/" not in wall()


@pytest.mark.usefixtures("serves_files")
def test_a_file_shows_own_drawings_for_a_tick_and_those_of_a_class_never(
    open_page, engine, room, join
):
    students = [join(name) for name in ("Mia", "Ali", "Bo", "Eve")]
    shared = room.draw_words(students, "fish", "house")
    mia = students[0]
    own = engine.examples.name_data_set_classes(mia, ("fish", "house"))
    keep_noise(engine, mia, own, *[0, 1] * 4)
    for dataset, tick in ((shared, False), (own, True)):
        engine.runs.submit_runs(mia, [RunSettings(dataset=dataset, validation_split=0.0, epochs=1)])
        engine.finish()
        app = open_page("train", token=mia, folds=("at_home_trained",))
        assert ("at_home_trained_own" in [each.key for each in app.checkbox]) == tick
        assert T("at_home.own" if tick else "at_home.of_class") in texts(app)
    set_field(app, "at_home_trained_own", True)
    press(app, "at_home_trained_wall")
    code = room.seat(mia).wall_network_code
    on_wall = engine.students.find_network_on_wall(code)
    assert on_wall.wall_entry.own_drawings and on_wall.dataset.name == own


def test_what_the_teacher_sets_is_on_the_students_pages(room, open_page, join):
    student = join("Mia")
    held = {"pages": ("draw",), "settings": ("epochs",), "up_to": "look"}
    room.teachers.steer_screens(("draw",), **held, eyes_up="Look <i>here</i>")
    train = open_page("train", token=student)
    assert "fvapp-eyes-up" in html(train) and "Look &lt;i&gt;here" in html(train)
    fields = (*train.number_input, *train.text_input)
    assert "epochs" not in [field.key for field in fields]
    assert T("classroom.seat.page_locked") in messages(open_page("draw", token=student))
    for mission, locked in (("5", True), ("A", False)):
        page = open_page("missions", token=student, mission=mission)
        assert (T("classroom.seat.mission_locked") in messages(page)) == locked


def test_a_projector_draws_nothing_around_the_class_until_it_has_ended(open_board, room, projector):
    def has_frame(app) -> bool:
        return "language" in [each.key for each in app.selectbox]

    assert has_frame(open_board())
    app = projector(**{"class": room.id})
    assert not has_frame(app) and not app.get("page_link") and not app.button
    room.teachers.close_class()
    assert T("classroom.ended.title") in texts(app.run()) and has_frame(app)


@pytest.fixture
def first_tile(open_board):
    """Return a function that returns the text of the first student's tile on the board."""

    def first_tile() -> str:
        tiles = html(open_board()).partition("fvapp-seats")[2]
        return re.findall("<small>(.*?)</small>", tiles)[0]

    return first_tile


def test_the_board_names_the_step_on_the_students_screen(open_page, engine, join, first_tile):
    mia = join("Mia")
    assert first_tile() == f"A · {T('classroom.board.start')}"
    app = open_page("missions", token=mia)
    assert first_tile() == f"A · {T('missions.look.rule.step')}"
    begin(app, "look", "held")
    assert first_tile() == f"A · {T('missions.page.steps.predict')}"
    press(app, "mission_forward")
    assert first_tile() == f"A · {T('missions.page.steps.watch')}"


def test_the_tile_of_a_student_who_takes_part_in_a_round_names_the_round(
    room, engine, join, first_tile
):
    mia = join("Mia")
    room.rounds.start_round("hunt", "mnist 50000 5")
    assert first_tile() == f"A · {T('classroom.board.start')}"
    engine.runs.submit_runs(mia, [RunSettings(hidden=(16,), epochs=1)])
    assert first_tile() == T("classroom.round.kinds.hunt")


def test_the_tile_of_a_student_who_trains_before_the_first_mission_says_so(
    engine, join, first_tile
):
    engine.runs.submit_runs(join("Mia"), [RunSettings(epochs=1)])
    assert first_tile() == T("pages.train")


def test_results_are_held_back_from_the_projector_until_they_are_revealed(
    wall, open_board, engine, join
):
    set_progress(engine, join("Mia"), network=MissionProgress(prediction="held"))
    title = T("missions.network.title")
    assert title not in wall()
    app = open_board("class_results")
    assert title in html(app)
    press(app, "reveal_network")
    assert title in wall()


def test_a_closed_class_is_listed_opened_again_and_deleted_and_copies_that_hold_it_are_named(
    open_board, own_page, open_seat, engine, room, join, monkeypatch
):
    copy = "before-20260101-120000.sqlite3"
    monkeypatch.setattr(engine.data_loss_notice, "set_aside_copy_names", lambda: (copy,))
    mia = join("Mia")
    app = press(open_board("class_close"), "class_close_now")
    assert T("classroom.steer.closed") in messages(app) and room.classroom is None
    told = T("classroom.join.closed", name="8b")
    assert told in messages(open_seat(mia)) and told not in messages(open_seat("new"))
    press(own_page("teachers", folds=[f"class_{room.id}"]), f"class_again_{room.id}")
    assert room.classroom
    room.rounds.start_round("think", "before")
    engine.rounds.answer_round(mia, 1, "0 stores")
    room.rounds.end_round()
    room.teachers.close_class()
    app = own_page("teachers", folds=[f"class_{room.id}"])
    saves = [each.proto.label for each in app.get("download_button")]
    assert T("classroom.results.think") in saves
    app = own_page("teachers", folds=[f"class_{room.id}"])
    set_field(app, f"class_sure_{room.id}", True)
    press(app, f"class_delete_{room.id}")
    (sentence,) = (each for each in messages(app) if T("classroom.open.deleted") in each)
    assert copy in sentence and engine.teachers.classes_of_teacher(room.teacher) == ()


def test_each_tab_shows_the_class_of_its_address_and_no_other_when_that_is_closed(
    open_board, open_seat, engine, room, join, projector
):
    join("Mia of 8b", offered=True)
    opened = engine.teachers.open_class(room.teacher, "9a", "en", LESSON)
    other = replace(room, id=opened.id)
    other.join("Ali of 9a", offered=True)
    board = open_board("students", "class_results", **{"class": room.id})
    screen = projector(**{"class": room.id})
    open_seat(room.enter(), **{"class": room.id}).text_input(key="class_code")
    for app in (board, screen):
        assert "Mia of 8b" in html(app) and "9a" not in html(app) and other.code not in shown(app)
    set_field(board, "class_switch", other.id)
    assert "Ali of 9a" in html(board) and "Mia" not in html(board)
    assert dict(board.query_params) == {"class": other.id}
    open_board(**{"class": "of earlier"}).selectbox(key="class_switch")
    stray = board.button(key="stop_all")
    other.teachers.close_class()
    stray.click().run()
    assert T("classroom.ended.title") in texts(board) and "Mia" not in html(board)
    room.teachers.close_class()
    other.teachers.reopen_class()
    screen.run()
    assert T("classroom.ended.title") in texts(screen) and "Ali" not in html(screen)
    room.teachers.reopen_class()
    assert "Mia of 8b" in html(screen.run()) and "Ali" not in html(screen)


def test_what_a_student_found_out_stands_in_the_report_of_a_run(open_seat, room, engine, join):
    student = join("Mia")
    found = "Wider <b>is</b> slower"
    set_field(open_seat(student), "reflection", found)
    (record,) = engine.runs.submit_runs(student, [RunSettings(epochs=1)], group="mission-B-1")
    set_progress(engine, student, network=MissionProgress(prediction="held"))
    visit = Visit(T, engine, student, Messages(T, engine))
    own = student_statements(visit, record)
    assert [said for _, said in own] == ["Mia", T("missions.network.predict.held"), found]
    report = write_report(record, read_curves([]), T, own=own)
    assert "Wider &lt;b&gt;is&lt;/b&gt; slower" in report
    room.teachers.close_class()
    assert student_statements(visit, record) == own
    room.teachers.delete_class()
    assert student_statements(visit, record) == []


def test_by_the_teachers_address_all_classes_are_seen_and_deleted(
    room, open_seat, engine, join, monkeypatch
):
    join("Mia")
    monkeypatch.setenv("FVAPP_TEACHER_WORD", "sesame")
    host = room.enter()
    wrong = open_seat(host, teacher="0000-0000-0000-0000")
    assert T("errors.teachers_code_unknown") in messages(wrong)
    assert engine.teachers.all_classes(host) is None
    paths = []
    # From now on, new private teacher links are added to this list instead of the log.
    engine.teachers.show_teachers_addresses(paths.append)
    code = paths[0].partition("=")[2]
    app = open_seat(host, teacher=code, folds=("all_classes", "other_device"))
    assert dict(app.query_params) == {"view": "open"} and code not in shown(app)
    # The page asks for no password, because the code in the address replaces it.
    assert "teacher_word" not in [field.key for field in app.text_input]
    press(app, "other_device_make")
    assert paths[1:] and [each.value[-len(paths[1]) :] for each in app.code] == paths[1:]
    engine.teachers.claim_teachers_right(room.enter(), paths[1].partition("=")[2])
    assert not app.run().code  # the code works only once
    assert "8b" in app.checkbox(key=f"class_choose_{room.id}").label
    set_field(app, f"class_choose_{room.id}", True)
    press(app, "classes_delete")
    assert T("classroom.open.deleted") in messages(app) and engine.teachers.all_classes(host) == ()


@pytest.mark.parametrize("most", [2, 3])
def test_a_class_full_of_strangers_is_emptied_and_its_door_closed(
    room, open_board, engine, join, most
):
    engine.teachers.max_students = most
    engine.runs.submit_runs(join("Mia"), [RunSettings(epochs=1)])
    join("Bot")
    app = open_board("students")
    assert (T("classroom.board.full", n=2) in messages(app)) == (most == 2)
    press(app, "class_door_now")
    app.session_state["idle"] = True
    assert {T("classroom.board.idle_named", n=1), "Bot"} <= set(texts(app.run()))
    press(app, "remove_idle")
    assert T("classroom.board.removed_idle", n=1) in messages(app) and not room.classroom.door
    assert room.students().keys() == {"Mia"}


def test_a_teacher_is_told_that_the_clock_was_set(open_page, engine, room):
    engine.set_by = 40 * 86_400
    engine.skip(61)
    for token in (room.teacher, room.enter()):
        app = open_page("teachers", token=token)
        assert T("errors.clock_set", days=40) in messages(app)


@pytest.mark.parametrize(("view", "kinds"), forgeries("board", "projector", "seat"))
def test_forged_values_change_nothing_of_a_class(room, open_seat, join, view, kinds):
    student = join("Mia")
    folds = ("students", "class_results", "class_assign", "class_locks", "eyes_up")
    app = open_seat(student if view == "seat" else room.teacher, folds=folds, view=view)
    app.session_state["student"] = "made up"
    before = room.classroom
    for kind in kinds:
        forge(app, FORGED[kind])
    assert not app.run().exception
    # A forged value may stop admission to the class, because the teacher may do so, too.
    assert replace(room.classroom, door=True) == before
    assert room.seat(student).nickname == "Mia"


@pytest.fixture
def proven(room, engine):
    """The class of a teacher who has typed the password, and so may make codes and cards."""
    engine.teachers.try_teachers_password(room.teacher, True)
    return room


def test_a_code_from_the_board_brings_a_student_back_and_the_old_browser_says_so(
    proven, open_board, open_seat, own_page, open_page, join
):
    student = join(WILD)
    board = open_board("students")
    board.session_state["student"] = proven.student(WILD)
    press(board.run(), "seat_code_new")
    code = re.search(r'"code">([0-9A-Z-]{9})<', html(board))[1]
    app = open_seat("new")

    def messages_for(typed: str) -> list[str]:
        app.text_input(key="class_code").set_value(typed)
        return messages(press(app, "class_join"))

    assert T("errors.class_code_unknown") in messages_for(code[:-1])
    assert T("errors.seat_code_unknown") in messages_for("1111-1111")
    assert T("classroom.code.back", nickname=WILD) in messages_for(code.lower())
    assert "class_code" not in app.session_state
    assert T("errors.workspace_taken") in messages(open_page("train", token=student))
    assert code not in html(board.run())
    other = own_page("train", folds=WORK_FOLDS)
    other.text_input(key="entered_code").set_value(code)
    assert T("errors.seat_code_by_teacher") in messages(press(other, "open_workspace"))


def test_a_browser_with_other_work_is_told_that_the_seat_went_and_takes_it_again(
    room, proven, open_page, engine, join
):
    student = join("Mia")
    room.leave(student)
    engine.notes.write_note(student, "drawings", ["at home"])
    proven.join("Mia", student)
    app = open_page("train", token=student, folds=WORK_FOLDS)
    assert not [each for each in app.button if (each.key or "").startswith("end_doors")]
    proven.seat_returns.make_seat_cards()
    code, _ = proven.seat_returns.make_seat_code(proven.student("Mia"))
    doors = "".join(texts(app.run()))
    assert T("classroom.doors.card") in doors and T("classroom.doors.code") in doors
    engine.seat_returns.open_seat_by_code(proven.enter(), code)
    assert T("classroom.doors.gone") in messages(app.run())
    press(app, f"end_doors_{proven.id}")
    assert T("classroom.doors.ended", name="8b") in messages(app)
    assert room.seat(student).nickname == "Mia"


def test_another_tab_of_the_browser_in_which_a_code_was_typed_begins_again(
    proven, open_page, engine, join
):
    join("Mia")
    ((_, card),) = proven.seat_returns.make_seat_cards()
    other = proven.enter()
    tab = open_page("train", token=other)
    tab.session_state["left_over"] = True
    engine.workspaces.recover_workspace(other, card)
    assert T("workspace.elsewhere") in messages(tab.run())
    assert "left_over" not in tab.session_state


def test_a_board_says_how_to_get_codes_and_cards_and_then_has_them(room, open_board, engine, join):
    join("Mia")
    board = open_board("students")
    assert T("classroom.back.unproven") in texts(board)
    board.session_state["student"] = room.student("Mia")
    assert "seat_code_new" not in keys(board.run())
    engine.teachers.claim_teachers_right(room.teacher, engine.teachers._teachers_address.code)
    assert "seat_code_new" in keys(board.run())
    assert T("classroom.back.unproven") not in texts(board)
    downloads = [each.proto.label for each in board.get("download_button")]
    assert T("classroom.back.print", n=1) in downloads


@pytest.mark.parametrize(
    ("address", "only_here"),
    [("http://127.0.0.1:8501", True), ("http://localhost", True), ("http://10.1.2.3:8501", False)],
)
def test_board_cards_and_assignments_say_when_no_phone_can_open_the_address(
    proven, open_board, join, monkeypatch, address, only_here
):
    for module in (way_in, back, assignment):
        monkeypatch.setattr(module, "app_address", lambda: address)
    sentence = T("common.only_here")
    assert (sentence in html(open_board())) == only_here
    join("Mia")
    proven.seat_returns.assign_missions(["look"], date.today())
    for fold in ("students", "class_assign"):
        assert (sentence in texts(open_board(fold))) == only_here


@pytest.mark.usefixtures("proven")
def test_cards_whose_file_was_lost_are_downloaded_again_and_still_open_their_seats(
    open_board, engine, join, monkeypatch
):
    files = {}
    monkeypatch.setattr(
        "fvapp.ui.classroom.back.draw_download",
        lambda key, label, content, *_: files.update({key: content}),
    )
    join("Mia")
    board = open_board("students")
    assert files.keys() == {"cards"}, "no cards have been made yet"
    made = files["cards"]()
    assert files["cards"]() == made, "a second click before the button is redrawn"
    files.clear()
    board.run()
    assert files.keys() == {"cards_again"} and files["cards_again"]() == made
    (code,) = re.findall(r"\b(?:[0-9A-Z]{4}-)+[0-9A-Z]{4}\b", made)
    assert engine.workspaces.recover_workspace(new_visitor(engine), code)
    files.clear()
    open_board("students")
    assert not files, "another tab has neither"


def test_who_has_other_work_is_asked_and_goes_on_at_the_second_click(room, open_page, engine, join):
    own = join("Mia")
    other = room.enter()
    engine.notes.write_note(other, "drawings", [])
    app = open_page("train", token=other, folds=WORK_FOLDS)
    app.text_input(key="entered_code").set_value(engine.workspaces.recovery_code(own))
    for sentence in ("errors.work_here", "classroom.code.opened"):
        assert T(sentence) in messages(press(app, "open_workspace"))


@pytest.mark.parametrize("has_link", [False, True])
def test_a_card_opens_the_first_mission_of_a_closed_class_s_assignment(
    open_seat, room, join, has_link
):
    mia = join("Mia")
    room.engine.teachers.try_teachers_password(room.teacher, True)
    ((_, card),) = room.seat_returns.make_seat_cards()
    assigned = room.seat_returns.assign_missions(["look"], date.today())
    room.teachers.close_class()
    link = {"assignment": assigned.key} if has_link else {}
    app = open_seat(room.enter(), **link)
    app.text_input(key="class_code").set_value(card)
    assert T("classroom.code.opened") in messages(press(app, "class_join"))
    assert [T("missions.look.title") in title.value for title in app.title] == [True]
    # In her own browser, Mia's work would count in the class without her knowing.
    assert T("classroom.assign.closed") in messages(open_seat(mia, assignment=assigned.key))


@pytest.mark.parametrize(
    ("language", "card"), {"en": "card", "zh-Hans": "卡片", "zh-Hant": "卡片"}.items()
)
def test_teacher_and_student_read_that_a_closed_class_s_assignment_takes_a_card(language, card):
    for name in ("copy", "closed"):
        assert card in Translator(language)(f"classroom.assign.{name}")


def test_an_assignment_is_copied_followed_and_ticked_off(open_seat, room, open_board, engine, join):
    app = open_board("class_assign")
    assert app.button(key="assign").disabled
    set_field(app, "assign_missions", ["look"])
    set_field(app, "assign_due", date(2020, 1, 2))
    press(app, "assign")
    (made,) = room.classroom.assignments
    (text,) = [each.value for each in app.code]
    assert f"/class?assignment={made.key}&lang=en" in text and T("missions.look.title") in text
    assert T("classroom.assign.copy") in texts(app), "which names the cards for a closed class"
    new = room.enter()
    zoe = join("Zoe")
    app = open_seat(new, assignment=made.key)
    assert T("missions.look.title") in "".join(texts(app))
    app.text_input(key="nickname").set_value("Mia")
    press(app, "class_join")
    assert room.seat(new).class_id == room.id
    answers = {each.name: each.right_choice for each in MISSIONS["look"].questions}
    set_progress(engine, new, look=MissionProgress(judged=True, answers=answers))
    assert T("classroom.assign.done") in messages(open_seat(new, assignment=made.key))
    board = html(open_board("students"))
    assert "✓ 1 of 1" in board
    assert T("classroom.board.assignment", date="2020-01-02", n=1, of=2) in board
    other = engine.teachers.open_class(room.teacher, "9a", "en", ["look"])
    room.leave(zoe)
    engine.students.join_class(zoe, other.code, "Zoe")
    sentence = T("classroom.assign.other_class", name="8b", own="9a")
    assert sentence in messages(open_seat(zoe, assignment=made.key))
    room.teachers.close_class()
    for key, code in (
        (made.key, "classroom.assign.closed"),
        ("forged", "errors.assignment_unknown"),
    ):
        assert T(code) in messages(open_seat("new", assignment=key))
    app = open_seat("new", assignment=made.key)
    assert "nickname" not in keys(app)
    assert T("errors.class_code_missing") in messages(press(app, "class_join"))
