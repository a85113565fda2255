"""The Class page, as its teacher and its students see it."""

import re
from dataclasses import replace
from datetime import date
from urllib.parse import unquote

import numpy as np
import pytest

from fvapp.core.classroom.kinds.think import RIGHT
from fvapp.core.documents.report import write_report
from fvapp.core.errors import EngineError
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.class_time import LESSON
from fvapp.core.missions.progress import NOTE, MissionProgress, read_progress, write_progress
from fvapp.core.results.curves import read_curves
from fvapp.core.settings import RunSettings
from fvapp.engine.runs.limits import GuessLimits, Limits
from fvapp.ui.browser.handing import qr_code_html
from fvapp.ui.lesson.said_in_class import student_statements
from fvapp.ui.messages import Messages
from fvapp.ui.visit import Visit
from ui_pages import FORGED, WORK_FOLDS, T, forge, forgeries, html, messages, shown, texts

WILD = "<b>=1+1</b> $x$ *y*"


@pytest.mark.parametrize(("name", "called"), [("8b <b>", "8b <b>"), (" ", "Class 1")])
def test_a_teacher_opens_a_class_and_has_the_board(open_page, engine, token, name, called):
    app = open_page("teachers", token=token)
    app.text_input(key="class_name").set_value(name)
    app.button(key="class_open").click().run()
    (room,) = engine.teachers.open_classes_of_teacher(token)
    assert (room.name, room.missions, room.language) == (called, LESSON, "en")
    assert room.code in html(app) and T("classroom.board.empty") in texts(app)


def test_a_student_joins_with_an_offered_name_and_finds_the_bar_on_every_page(
    open_page, engine, teacher, class_id, class_now
):
    student = engine.workspaces.enter_workspace(None).token
    code = class_now().code
    app = open_page("classroom", token=student, code=code)
    assert app.text_input(key="class_code").value == code
    offered = app.session_state["nicknames_offered"][1][0]
    app.session_state["nickname_offered"] = offered
    app.button(key="class_join").click().run()
    assert engine.students.find_own_seat(student).nickname == offered
    engine.skip(1.0)
    (seen,) = engine.teachers.class_snapshot(teacher, class_id).students
    assert seen.is_name_public
    app = open_page("data", token=student)
    app.button(key="hand_up").click().run()
    assert engine.students.find_own_seat(student).is_hand_up


def test_the_key_of_a_class_link_leaves_the_address_and_opens_at_once_while_somebody_guesses(
    open_page, engine, monkeypatch, class_now
):
    monkeypatch.setattr("fvapp.ui.classroom.joining.visitor_ip_network", lambda: "10.0.0.1")
    room = class_now()
    student = engine.workspaces.enter_workspace(None).token
    engine._class_register._guess_limits = GuessLimits(Limits(guesses_an_hour_all=1))
    with pytest.raises(EngineError):
        engine.students.join_class(
            engine.workspaces.enter_workspace(None).token, "BBBBBB", "Eve", address="10.0.0.1"
        )
    typed = open_page("classroom", code=room.code)
    typed.button(key="class_join").click().run()
    assert T("errors.limit_guesses_all", seconds=30) in messages(typed)
    app = open_page("classroom", token=student, code=room.class_link_code)
    assert (
        dict(app.query_params) == {"code": room.code}
        and app.text_input(key="class_code").value == room.code
    )
    app = open_page("classroom", token=student, code=room.code)  # as after a refresh
    app.button(key="class_join").click().run()
    assert engine.students.find_own_seat(student).class_name == "8b"


def test_the_qr_code_of_a_class_is_told_apart_from_the_last_row(class_now, projector):
    (link,) = re.findall(r"alt='([^']+)'", html(projector()))
    assert class_now().class_link_code in link
    query = link.partition("/class")[2]
    for address in ("http://192.168.100.200:8501", "https://a-school-of-some-name.streamlit.app"):
        squares = re.search(r"width='(\d+)'", unquote(qr_code_html(f"{address}/class{query}")))[1]
        assert int(squares) <= 17 + 4 * 5 + 8  # a QR code of version 5, with its white border


def test_who_is_in_no_class_sees_nothing_of_it(open_page, join):
    join("Mia")
    app = open_page("data")
    assert not [button for button in app.button if button.key == "hand_up"]
    links = [link.proto.label for link in app.get("page_link")]
    assert T("pages.classroom") not in links and T("classroom.join.link") in links


def test_a_name_of_ones_own_is_text_wherever_it_stands_and_on_the_board_until_helped(
    open_page, engine, teacher, join
):
    student = join(WILD)
    engine.students.raise_hand(student, True)
    engine.skip(1.0)
    app = open_page("classroom", token=teacher, folds=("students", "class_results"))
    assert WILD not in html(app) and "&lt;b&gt;=1+1&lt;/b&gt; $x$ *y*" in html(app)
    shown = next(button for button in app.button if button.key.startswith("show_"))
    assert shown.label == "\\<b\\>=1\\+1\\</b\\> \\$x\\$ \\*y\\*"
    projector = open_page("classroom", token=teacher, view="projector")
    assert "=1+1" not in html(projector)
    shown.click().run()
    projector = open_page("classroom", token=teacher, view="projector")
    assert WILD not in html(projector) and "&lt;b&gt;=1+1&lt;/b&gt;" in html(projector)
    seat = open_page("classroom", token=student)
    assert not [text for text in texts(seat) if WILD in text]
    app = open_page("classroom", token=teacher)
    assert "=1+1" in html(app)  # the student is listed as needing help
    next(button for button in app.button if button.key.startswith("helped_")).click().run()
    assert not engine.students.find_own_seat(student).is_hand_up
    assert not [button for button in app.button if button.key.startswith("helped_")]


def test_the_wall_has_the_code_of_a_network_while_its_student_shows_it(
    open_page, engine, join, train, monkeypatch, projector
):
    monkeypatch.setattr("fvapp.ui.taken_home.take_home.can_serve_files", lambda: True)
    student = join("Quiet Otter", offered=True)
    train(RunSettings(dataset="mnist", train_images=1_000, epochs=1), token=student)

    def wall() -> str:
        engine.skip(1.0)
        return html(projector())

    own = open_page("train", token=student, folds=("at_home_trained",))
    assert "at-home/" not in wall()
    own.button(key="at_home_trained_wall").click().run()
    code = engine.students.find_own_seat(student).wall_network_code
    assert (
        f"at-home/{code}" in wall()
        and engine.students.find_network_on_wall(code).wall_entry.language == "en"
    )
    own.button(key="at_home_trained_wall").click().run()
    assert "at-home/" not in wall()
    own.button(key="at_home_trained_wall").click().run()
    code = engine.students.find_own_seat(student).wall_network_code
    open_page("classroom", token=student).button(key="class_leave").click().run()
    assert "at-home/" not in wall()


def test_a_file_shows_own_drawings_for_a_tick_and_those_of_a_class_never(
    open_page, engine, teacher, join, monkeypatch, class_id
):
    monkeypatch.setattr("fvapp.ui.taken_home.take_home.can_serve_files", lambda: True)
    students = [join(name) for name in ("Mia", "Ali", "Bo", "Eve")]
    for number, word in enumerate(("fish", "house"), 1):
        engine.rounds.start_round(teacher, class_id, "word", word)
        for seat, token in enumerate(students):
            engine.rounds.put_drawing_on_wall(
                token, number, np.eye(28, k=seat - 9 * number, dtype=np.uint8) * 255
            )
        engine.rounds.reveal_round(teacher, class_id)
        engine.class_drawings.keep_wall_drawings(teacher, class_id)
    shared = engine.class_drawings.make_data_set_of_drawings(teacher, class_id)
    own = engine.examples.name_data_set_classes(students[0], ("fish", "house"))
    for seed in range(8):
        image = np.random.default_rng(seed).integers(0, 256, (28, 28), np.uint8)
        engine.examples.keep_example(students[0], own, image, seed % 2)
    for dataset, tick in ((shared, False), (own, True)):
        engine.runs.submit_runs(
            students[0], [RunSettings(dataset=dataset, validation_split=0.0, epochs=1)]
        )
        engine.finish()
        app = open_page("train", token=students[0], folds=("at_home_trained",))
        assert ("at_home_trained_own" in [each.key for each in app.checkbox]) == tick
        assert T("at_home.own" if tick else "at_home.of_class") in texts(app)
    app.checkbox(key="at_home_trained_own").check().run()
    app.button(key="at_home_trained_wall").click().run()
    shown = engine.students.find_network_on_wall(
        engine.students.find_own_seat(students[0]).wall_network_code
    )
    assert shown.wall_entry.own_drawings and shown.dataset.name == own


def test_what_the_teacher_sets_is_on_the_students_pages(open_page, engine, teacher, class_id, join):
    student = join("Mia")
    sentence = "Look <i>here</i>"
    held = {"pages": ("draw",), "settings": ("epochs",), "up_to": "look", "eyes_up": sentence}
    engine.teachers.steer_screens(teacher, class_id, ("draw",), **held)
    train = open_page("train", token=student)
    assert (
        "fvapp-eyes-up" in html(train)
        and sentence not in html(train)
        and "&lt;i&gt;here" in html(train)
    )
    assert not [
        field for field in (*train.number_input, *train.text_input) if field.key == "epochs"
    ]
    assert T("classroom.seat.page_locked") in messages(open_page("draw", token=student))
    assert T("classroom.seat.mission_locked") in messages(
        open_page("missions", token=student, mission="5")
    )
    assert T("classroom.seat.mission_locked") not in messages(
        open_page("missions", token=student, mission="A")
    )


def test_a_projector_draws_nothing_around_the_class_until_it_has_ended(
    open_page, engine, teacher, class_id, projector
):
    around = lambda app: [each.key for each in app.selectbox if each.key == "language"]  # noqa: E731
    assert around(open_page("classroom", token=teacher))
    app = projector(**{"class": class_id})
    assert not around(app) and not app.get("page_link") and not app.button
    engine.teachers.close_class(teacher, class_id)
    assert T("classroom.ended.title") in [each.value for each in app.run().title] and around(app)


@pytest.fixture
def first_tile(open_page, engine, teacher):
    """Return a function that returns the text of the first student's tile on the board."""

    def first_tile() -> str:
        engine.skip(1.0)
        tiles = html(open_page("classroom", token=teacher)).partition("fvapp-seats")[2]
        return re.findall("<small>(.*?)</small>", tiles)[0]

    return first_tile


def test_the_board_names_the_step_on_the_students_screen(open_page, engine, join, first_tile):
    mia = join("Mia")
    assert first_tile() == f"A · {T('classroom.board.start')}"
    app = open_page("missions", token=mia)
    assert first_tile() == f"A · {T('missions.look.rule.step')}"
    app.button(key="mission_forward").click().run()
    engine.notes.change_note(
        mia,
        NOTE,
        lambda note: write_progress(
            {"look": read_progress(note)["look"].with_values(prediction="held")}
        ),
    )
    app.run()
    assert first_tile() == f"A · {T('missions.page.steps.predict')}"
    app.button(key="mission_forward").click().run()
    assert first_tile() == f"A · {T('missions.page.steps.watch')}"


def test_the_tile_of_a_student_who_takes_part_in_a_round_names_the_round(
    engine, teacher, class_id, join, first_tile
):
    mia = join("Mia")
    engine.rounds.start_round(teacher, class_id, "hunt", "mnist 50000 5")
    assert first_tile() == f"A · {T('classroom.board.start')}"
    engine.runs.submit_runs(mia, [RunSettings(hidden=(16,), epochs=1)])
    assert first_tile() == T("classroom.round.kinds.hunt")


def test_a_tile_is_the_same_whether_or_not_the_student_has_answered_what_do_you_think(
    engine, teacher, class_id, join, first_tile
):
    mia = join("Mia")
    engine.rounds.start_round(teacher, class_id, "think", "before")
    assert first_tile() == T("classroom.round.kinds.think")
    engine.rounds.answer_round(mia, 1, f"0 {RIGHT}")
    assert first_tile() == T("classroom.round.kinds.think")


def test_the_tile_of_a_student_who_trains_before_the_first_mission_says_so(
    engine, join, first_tile
):
    engine.runs.submit_runs(join("Mia"), [RunSettings(epochs=1)])
    assert first_tile() == T("pages.train")


def test_results_are_held_back_from_the_projector_until_they_are_revealed(
    open_page, engine, teacher, join, projector
):
    student = join("Mia")
    engine.notes.change_note(
        student,
        "lessons",
        lambda _: write_progress({"network": MissionProgress(prediction="held")}),
    )
    engine.skip(1.0)
    said = T("missions.network.title")
    assert said not in html(projector())
    app = open_page("classroom", token=teacher, folds=("class_results",))
    assert said in html(app)
    app.button(key="reveal_network").click().run()
    assert said in html(projector())


def test_a_closed_class_is_listed_opened_again_and_deleted_and_copies_that_hold_it_are_named(
    open_page, engine, teacher, class_id, join, monkeypatch, class_now
):
    monkeypatch.setattr(
        engine.data_loss_notice, "set_aside_copy_names", lambda: ("before-20260101-120000.sqlite3",)
    )
    join("Mia")
    app = open_page("classroom", token=teacher, folds=("class_close",))
    app.button(key="class_close_now").click().run()
    assert T("classroom.steer.closed") in messages(app)
    app = open_page("teachers", token=teacher, folds=[f"class_{class_id}"])
    app.button(key=f"class_again_{class_id}").click().run()
    assert class_now().id == class_id
    engine.teachers.close_class(teacher, class_id)
    app = open_page("teachers", token=teacher, folds=[f"class_{class_id}"])
    app.checkbox(key=f"class_sure_{class_id}").check().run()
    app.button(key=f"class_delete_{class_id}").click().run()
    (said,) = (message for message in messages(app) if T("classroom.open.deleted") in message)
    assert (
        engine.teachers.classes_of_teacher(teacher) == ()
        and "before-20260101-120000.sqlite3" in said
    )


def test_each_tab_shows_the_class_of_its_address_and_no_other_when_that_is_closed(
    open_page, engine, teacher, class_id, join, projector
):
    join("Mia of 8b", offered=True)
    other = engine.teachers.open_class(teacher, "9a", "en", LESSON)
    engine.students.join_class(
        engine.workspaces.enter_workspace(None).token, other.code, "Ali of 9a", True
    )
    engine.skip(1.0)
    board = open_page(
        "classroom", token=teacher, folds=("students", "class_results"), **{"class": class_id}
    )
    wall = projector(**{"class": class_id})
    open_page(
        "classroom", token=engine.workspaces.enter_workspace(None).token, **{"class": class_id}
    ).text_input(key="class_code")
    for app in (board, wall):
        assert "Mia of 8b" in html(app) and "9a" not in html(app) and other.code not in shown(app)
    board.selectbox(key="class_switch").set_value(other.id).run()
    assert (
        "Ali of 9a" in html(board)
        and "Mia" not in html(board)
        and dict(board.query_params) == {"class": other.id}
    )
    open_page("classroom", token=teacher, **{"class": "of earlier"}).selectbox(key="class_switch")
    stray = board.button(key="stop_all")
    engine.teachers.close_class(teacher, other.id)
    stray.click().run()
    assert T("classroom.ended.title") in [each.value for each in board.title] and "Mia" not in html(
        board
    )
    engine.teachers.close_class(teacher, class_id)
    engine.teachers.reopen_class(teacher, other.id)
    wall.run()
    assert T("classroom.ended.title") in [each.value for each in wall.title] and "Ali" not in html(
        wall
    )
    engine.teachers.reopen_class(teacher, class_id)
    assert "Mia of 8b" in html(wall.run()) and "Ali" not in html(wall)


def test_what_a_student_found_out_stands_in_the_report_of_a_run(
    open_page, engine, teacher, class_id, join
):
    student = join("Mia")
    app = open_page("classroom", token=student)
    app.text_area(key="reflection").set_value("Wider <b>is</b> slower").run()
    (record,) = engine.runs.submit_runs(student, [RunSettings(epochs=1)], group="mission-B-1")
    engine.notes.change_note(
        student,
        "lessons",
        lambda _: write_progress({"network": MissionProgress(prediction="held")}),
    )
    visit = Visit(T, engine, student, Messages(T, engine))
    own = student_statements(visit, record)
    assert [said for _, said in own] == [
        "Mia",
        T("missions.network.predict.held"),
        "Wider <b>is</b> slower",
    ]
    report = write_report(record, read_curves([]), T, own=own)
    assert "Wider &lt;b&gt;is&lt;/b&gt; slower" in report
    engine.teachers.close_class(teacher, class_id)
    assert student_statements(visit, record) == own
    engine.teachers.delete_class(teacher, class_id)
    assert student_statements(visit, record) == []


def test_by_the_teachers_address_all_classes_are_seen_and_deleted(
    open_page, engine, teacher, join, monkeypatch, class_now
):
    join("Mia")
    monkeypatch.setenv("FVAPP_TEACHER_WORD", "sesame")
    host = engine.workspaces.enter_workspace(None).token
    paths = []
    wrong = open_page("classroom", token=host, teacher="0000-0000-0000-0000")
    assert (
        T("errors.teachers_code_unknown") in messages(wrong)
        and engine.teachers.all_classes(host) is None
    )
    # from now on, the addresses go to this list instead of the log
    engine.teachers.show_teachers_addresses(paths.append)
    code = paths[0].partition("=")[2]
    app = open_page("classroom", token=host, teacher=code, folds=("all_classes", "other_device"))
    assert dict(app.query_params) == {"view": "open"} and code not in shown(app)
    # the code replaces the password
    assert "teacher_word" not in [field.key for field in app.text_input]
    app.button(key="other_device_make").click().run()
    assert paths[1:] and [each.value[-len(paths[1]) :] for each in app.code] == paths[1:]
    engine.teachers.claim_teachers_right(
        engine.workspaces.enter_workspace(None).token, paths[1].partition("=")[2]
    )
    assert not app.run().code  # the code has been used up
    room = class_now()
    assert "8b" in app.checkbox(key=f"class_choose_{room.id}").label
    app.checkbox(key=f"class_choose_{room.id}").check().run()
    app.button(key="classes_delete").click().run()
    assert T("classroom.open.deleted") in messages(app) and engine.teachers.all_classes(host) == ()


@pytest.mark.parametrize("most", [2, 3])
def test_a_class_full_of_strangers_is_emptied_and_its_door_closed(
    open_page, engine, teacher, class_id, join, most, class_now
):
    engine.teachers.max_students = most
    student = join("Mia")
    engine.runs.submit_runs(student, [RunSettings(epochs=1)])
    join("Bot")
    app = open_page("classroom", token=teacher, folds=("students",))
    assert (T("classroom.board.full", n=2) in messages(app)) == (most == 2)
    app.button(key="class_door_now").click().run()
    app.session_state["idle"] = True
    assert T("classroom.board.idle_named", n=1) in texts(app.run()) and "Bot" in texts(app)
    app.button(key="remove_idle").click().run()
    assert T("classroom.board.removed_idle", n=1) in messages(app) and not class_now().door
    assert [
        each.nickname for each in engine.teachers.class_snapshot(teacher, class_id).students
    ] == ["Mia"]


def test_a_teacher_is_told_that_the_clock_was_set(open_page, engine, teacher):
    engine.set_by = 40 * 86_400
    engine.skip(61)
    for token in (teacher, engine.workspaces.enter_workspace(None).token):
        app = open_page("teachers", token=token)
        assert T("errors.clock_set", days=40) in messages(app)


@pytest.mark.parametrize(("view", "kinds"), forgeries("board", "projector", "seat"))
def test_forged_values_change_nothing_of_a_class(
    open_page, engine, teacher, join, view, kinds, class_now
):
    student = join("Mia")
    token = student if view == "seat" else teacher
    folds = ("students", "class_results", "class_assign", "class_locks", "eyes_up")
    app = open_page("classroom", token=token, folds=folds, view=view)
    app.session_state["student"] = "made up"
    before = class_now()
    for kind in kinds:
        forge(app, FORGED[kind])
    assert not app.run().exception
    after = class_now()  # a forged value may stop admission, as the teacher may
    assert (
        replace(after, door=True) == before
        and engine.students.find_own_seat(student).nickname == "Mia"
    )


def test_a_code_from_the_board_brings_a_student_back_and_the_old_browser_says_so(
    open_page, engine, teacher, join, class_id
):
    engine.teachers.try_teachers_password(teacher, True)
    student = join(WILD)
    engine.skip(1.0)
    board = open_page("classroom", token=teacher, folds=("students",))
    (seat,) = engine.teachers.class_snapshot(teacher, class_id).students
    board.session_state["student"] = seat.id
    board.run().button(key="seat_code_new").click().run()
    code = re.search(r'"code">([0-9A-Z-]{9})<', html(board)).group(1)
    app = open_page("classroom", token=engine.workspaces.enter_workspace(None).token)
    for typed, said in (
        (code[:-1], "errors.class_code_unknown"),
        ("1111-1111", "errors.seat_code_unknown"),
    ):
        app.text_input(key="class_code").set_value(typed)
        app.button(key="class_join").click().run()
        assert T(said) in messages(app)
    app.text_input(key="class_code").set_value(code.lower())
    app.button(key="class_join").click().run()
    assert (
        T("classroom.code.back", nickname=WILD) in messages(app)
        and "class_code" not in app.session_state
    )
    assert T("errors.workspace_taken") in messages(open_page("train", token=student))
    assert code not in html(board.run())
    other = open_page("train", token=teacher, folds=WORK_FOLDS)
    other.text_input(key="entered_code").set_value(code)
    other.button(key="open_workspace").click().run()
    assert T("errors.seat_code_by_teacher") in messages(other)


def test_a_browser_with_other_work_is_told_that_the_seat_went_and_takes_it_again(
    open_page, engine, teacher, join, class_now
):
    engine.teachers.try_teachers_password(teacher, True)
    student = join("Mia")
    room = class_now()
    engine.students.leave_class(student)
    engine.notes.write_note(student, "drawings", ["at home"])
    engine.students.join_class(student, room.code, "Mia")
    (row,) = engine.teachers.student_rows(teacher, room.id)
    app = open_page("train", token=student, folds=WORK_FOLDS)
    assert not [each for each in app.button if (each.key or "").startswith("end_doors")]
    engine.seat_returns.make_seat_cards(teacher, room.id)
    code, _ = engine.seat_returns.make_seat_code(teacher, room.id, row.student.id)
    said = "".join(texts(app.run()))
    assert T("classroom.doors.card") in said and T("classroom.doors.code") in said
    engine.seat_returns.open_seat_by_code(engine.workspaces.enter_workspace(None).token, code)
    app.run()
    assert (
        T("classroom.doors.gone") in messages(app)
        and engine.students.find_own_seat(student) is None
    )
    app.button(key=f"end_doors_{room.id}").click().run()
    assert (
        T("classroom.doors.ended", name="8b") in messages(app)
        and engine.students.find_own_seat(student).nickname == "Mia"
    )


def test_another_tab_of_the_browser_in_which_a_code_was_typed_begins_again(
    open_page, engine, teacher, join, class_now
):
    engine.teachers.try_teachers_password(teacher, True)
    join("Mia")
    room = class_now()
    ((_, card),) = engine.seat_returns.make_seat_cards(teacher, room.id)
    tab = open_page("train", token=engine.workspaces.enter_workspace(None).token)
    tab.session_state["left_over"] = True
    engine.workspaces.recover_workspace(tab.session_state["token"], card)
    tab.run()
    assert T("workspace.elsewhere") in messages(tab) and "left_over" not in tab.session_state


def test_a_board_says_how_to_get_codes_and_cards_and_then_has_them(
    open_page, engine, teacher, join, class_id
):
    join("Mia")
    board = open_page("classroom", token=teacher, folds=("students",))
    assert T("classroom.back.unproven") in texts(board)
    board.session_state["student"] = engine.teachers.student_rows(teacher, class_id)[0].student.id
    assert "seat_code_new" not in [each.key for each in board.run().button]
    engine.teachers.claim_teachers_right(teacher, engine.teachers._teachers_address.code)
    assert "seat_code_new" in [each.key for each in board.run().button]
    assert T("classroom.back.unproven") not in texts(board)
    assert T("classroom.back.print", n=1) in [
        each.proto.label for each in board.get("download_button")
    ]


def test_cards_whose_file_was_lost_are_downloaded_again_and_still_open_their_seats(
    open_page, engine, teacher, join, class_id, monkeypatch
):
    files = {}
    monkeypatch.setattr(
        "fvapp.ui.classroom.back.draw_download",
        lambda key, label, content, *_: files.update({key: content}),
    )
    engine.teachers.try_teachers_password(teacher, True)
    join("Mia")
    board = open_page("classroom", token=teacher, folds=("students",))
    assert files.keys() == {"cards"}, "no cards have been made yet"
    made = files["cards"]()
    assert files["cards"]() == made, "a second click before the button is redrawn"
    files.clear()
    board.run()
    assert files.keys() == {"cards_again"} and files["cards_again"]() == made
    (code,) = re.findall(r"\b(?:[0-9A-Z]{4}-)+[0-9A-Z]{4}\b", made)
    other = engine.workspaces.enter_workspace(None).token
    assert engine.workspaces.recover_workspace(other, code)
    files.clear()
    open_page("classroom", token=teacher, folds=("students",))
    assert not files, "another tab has neither"


def test_who_has_other_work_is_asked_and_goes_on_at_the_second_click(
    open_page, engine, teacher, join
):
    own = join("Mia")
    other = engine.workspaces.enter_workspace(None).token
    engine.notes.write_note(other, "drawings", [])
    app = open_page("train", token=other, folds=WORK_FOLDS)
    app.text_input(key="entered_code").set_value(engine.workspaces.recovery_code(own))
    for said in ("errors.work_here", "classroom.code.opened"):
        app.button(key="open_workspace").click().run()
        assert T(said) in messages(app)


def test_an_assignment_is_copied_followed_and_ticked_off(
    open_page, engine, teacher, join, class_now
):
    room = class_now()
    app = open_page("classroom", token=teacher, folds=("class_assign",))
    assert app.button(key="assign").disabled
    app.multiselect(key="assign_missions").select("look").run()
    app.date_input(key="assign_due").set_value(date(2020, 1, 2)).run()
    app.button(key="assign").click().run()
    (made,) = class_now().assignments
    (text,) = [each.value for each in app.code]
    assert f"/class?assignment={made.key}&lang=en" in text and T("missions.look.title") in text
    new = engine.workspaces.enter_workspace(None).token
    elsewhere = join("Zoe")
    app = open_page("classroom", token=new, assignment=made.key)
    assert T("missions.look.title") in "".join(texts(app))
    app.text_input(key="nickname").set_value("Mia")
    app.button(key="class_join").click().run()
    assert engine.students.find_own_seat(new).class_id == room.id
    done = MissionProgress(
        judged=True, answers={each.name: each.right_choice for each in MISSIONS["look"].questions}
    )
    engine.notes.change_note(new, "lessons", lambda _: write_progress({"look": done}))
    assert T("classroom.assign.done") in messages(
        open_page("classroom", token=new, assignment=made.key)
    )
    engine.skip(1.0)
    board = html(open_page("classroom", token=teacher, folds=("students",)))
    assert (
        "✓ 1 of 1" in board
        and T("classroom.board.assignment", date="2020-01-02", n=1, of=2) in board
    )
    other = engine.teachers.open_class(teacher, "9a", "en", ["look"])
    engine.students.leave_class(elsewhere)
    engine.students.join_class(elsewhere, other.code, "Zoe")
    said = messages(open_page("classroom", token=elsewhere, assignment=made.key))
    assert T("classroom.assign.other_class", name="8b", own="9a") in said
    engine.teachers.close_class(teacher, room.id)
    outside = engine.workspaces.enter_workspace(None).token
    assert T("classroom.assign.closed") in messages(
        open_page("classroom", token=outside, assignment=made.key)
    )
    assert T("errors.assignment_unknown") in messages(
        open_page("classroom", token=outside, assignment="forged")
    )
