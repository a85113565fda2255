"""Students who return to their seats from another browser, and codes that open no seat."""

import json
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from engine.classroom.conftest import open_room
from fvapp.core.classroom.roster import SeatKeys
from fvapp.core.errors import FvappError
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.class_time import LESSON
from fvapp.core.missions.progress import MissionProgress, read_progress, write_progress
from fvapp.engine.classroom.returning import VALID
from fvapp.engine.runs import tokens
from scripted_engine import new_visitor, refused

OTHER = next(mission for mission in MISSIONS if mission not in LESSON)
"""A mission that the school classes in these tests do not have."""


PREDICTED = MissionProgress(prediction="held")
CARD = "7KQ2-M0XR-4TZ9-PC3D"


@pytest.fixture
def room(room):
    """The class of a teacher who has typed the teacher password."""
    room.engine.teachers.try_teachers_password(room.teacher, True)
    return room


@pytest.fixture
def seat_code(room):
    """Return a function that makes a new code for a student's seat."""
    return lambda name: room.seat_returns.make_seat_code(room.student(name))[0]


@pytest.fixture
def cards(room):
    """Return ``cards(*reissued)``: make cards, some with new codes; return codes by nickname."""

    def cards(*reissued):
        students = [room.student(name) for name in reissued]
        return dict(room.seat_returns.make_seat_cards(students))

    return cards


@pytest.fixture
def come_back(room):
    """Return ``come_back(code)``: type a seat's code in a browser; return its new token."""
    return lambda code, token=None: (
        room.engine.seat_returns.open_seat_by_code(token or room.enter(), code)[0].token
    )


@pytest.fixture
def recovered(room):
    """Return ``recovered(code)``: type a card's code in a browser; return its new token."""
    return lambda code, token=None: (
        room.engine.workspaces.recover_workspace(token or room.enter(), code).token
    )


@pytest.fixture
def opened(room, recovered):
    """Return ``opened(code)``: class and nickname of the seat that a card's code opens, or None."""

    def opened(code):
        seat = room.seat(recovered(code))
        return seat and (seat.class_name, seat.nickname)

    return opened


def train(room, token, name):
    """Train a network to its end, and return the run's id."""
    run = room.train(token).id
    room.engine.runs.rename_run(token, run, name)
    return run


@pytest.fixture
def mia(room):
    """A student who had trained a network at home before she joined the class."""
    mia = room.enter()
    train(room, mia, "at home")
    return room.join("Mia", mia)


def runs(room, token):
    return [record.name for record in room.engine.runs.list_runs(token)]


def progress_of(room, token):
    return read_progress(room.engine.notes.read_note(token, "lessons"))


def test_a_code_takes_a_seat_with_its_work_to_another_browser_and_the_old_ones_are_told(
    room, seat_code, come_back, recovered
):
    mia = room.join("Mia")
    engine = room.engine
    run = train(room, mia, "in class")
    other = recovered(engine.workspaces.recovery_code(mia))
    before = room.version(mia)
    seat = room.seat(mia)
    new = room.enter()
    here = come_back(f" {seat_code('Mia').lower().replace('-', ' ')} ", new)
    assert here == new  # the browser keeps its token
    assert room.seat(here) == seat and room.version(here) > before
    for command in (engine.workspaces.enter_workspace, engine.workspaces.latest_change_number):
        for old in (mia, other):
            with refused("workspace_taken"):
                command(old)
    assert engine.runs.get_run(here, run).state == "done" and list(room.students()) == ["Mia"]


def test_a_code_opens_what_was_done_in_its_class_and_leaves_the_rest_where_it_was(
    room, seat_code, come_back, cards, recovered
):
    engine = room.engine
    mia = room.enter()
    train(room, mia, "at home")
    engine.notes.write_note(mia, "drawings", ["a drawing at home"])
    room.join("Mia", mia)
    train(room, mia, "in class")
    engine.notes.change_note(mia, "drawings", lambda rows: [*rows, "a drawing in class"])
    here = come_back(seat_code("Mia"))
    by_card = recovered(cards()["Mia"])
    for token in (here, by_card):
        assert runs(room, token) == ["in class"]
        assert engine.notes.read_note(token, "drawings") == ["a drawing in class"]
        assert room.seat(token).nickname == "Mia"
        for command in (engine.workspaces.recovery_code, room.leave):
            with refused("seat_only"):
                command(token)
    assert runs(room, mia) == ["at home"]
    assert engine.notes.read_note(mia, "drawings") == ["a drawing at home"]
    assert room.seat(mia) is None
    with refused("seat_elsewhere"):
        room.join("Zoe", mia)
    everything = recovered(engine.workspaces.recovery_code(mia))
    assert runs(room, everything) == ["at home", "in class"]


def test_work_done_by_a_card_joins_the_students_work_and_overwrites_nothing_hidden_from_it(
    room, cards, recovered
):
    engine = room.engine
    mia = room.enter()
    image = np.eye(28, dtype=np.uint8)
    own = {mission: PREDICTED for mission in ("look", "network")}
    engine.notes.write_note(mia, "lessons", write_progress(own))
    kept = engine.examples.keep_example(mia, "mnist", image, 1)
    room.join("Mia", mia)
    by_card = recovered(cards()["Mia"])
    assert engine.notes.read_note(by_card, "lessons") is None and room.kept(by_card) == ()
    made = {"look": MissionProgress(prediction="not_held"), OTHER: PREDICTED}
    engine.notes.write_note(by_card, "lessons", write_progress(made))
    assert engine.examples.keep_example(by_card, "mnist", image, 7).label == 7
    train(room, by_card, "by card")
    assert progress_of(room, by_card)["look"].prediction == "not_held"
    progress = progress_of(room, mia)
    assert progress["look"] == PREDICTED and progress[OTHER].prediction == "held"
    assert kept in room.kept(mia) and runs(room, mia) == ["by card"]
    engine.workspaces.delete_workspace(by_card)
    assert room.kept(mia) == (kept,) and runs(room, mia) == [] and room.students() == {}
    assert progress_of(room, mia) == read_progress(write_progress(own))


def test_a_code_opens_a_seat_once_within_ten_minutes_and_only_the_latest_does(
    room, seat_code, come_back
):
    room.join("Mia")
    first = seat_code("Mia")
    second = seat_code("Mia")
    assert room.seat_returns.is_seat_code_valid(room.student("Mia"))
    come_back(second)
    assert not room.seat_returns.is_seat_code_valid(room.student("Mia"))
    late = seat_code("Mia")
    room.skip(VALID)
    good = seat_code("Mia")
    eager = room.enter()
    for code in (first, second, late, "", "0000-0000", room.code, *["1111-1111"] * 30):
        with refused("seat_code_unknown"):
            come_back(code, eager)
    come_back(good, eager)


def test_codes_and_cards_open_nothing_while_the_class_is_closed_unless_something_is_assigned(
    room, seat_code, come_back, cards, recovered
):
    engine = room.engine
    room.join("Mia")
    card = cards()["Mia"]
    opened = recovered(card)
    code = seat_code("Mia")
    room.seat_returns.assign_missions(["look"], date.today() - timedelta(1))
    room.teachers.close_class()
    for command in (
        lambda: come_back(code),
        lambda: recovered(card),
        lambda: engine.workspaces.enter_workspace(opened),
    ):
        with refused("seat_closed") as told:
            command()
        assert told.value.values == {"name": "8b"}
    engine.workspaces.leave_workspace(opened)  # the next person at this browser can start at once
    room.teachers.reopen_class()
    room.seat_returns.assign_missions(["look"], date.today())
    room.teachers.close_class()
    at_home = recovered(card)
    train(room, at_home, "homework")
    back = come_back(code)
    assert room.seat(back) is None and runs(room, back) == ["homework"]
    assert engine.seat_returns.find_homework(back)[0].id == room.id
    engine.set_by = 86_400
    engine.skip(61)
    with refused("seat_closed"):
        engine.runs.list_runs(back)


@pytest.mark.parametrize("how", ["leaves", "removed", "banned", "reissued", "ended by the student"])
def test_codes_and_cards_end_with_the_seat_and_by_a_new_card_with_all_that_they_have_opened(
    room, mia, seat_code, come_back, cards, recovered, how
):
    engine = room.engine
    card = cards()["Mia"]
    opened = recovered(card)
    code = seat_code("Mia")
    student = room.student("Mia")
    {
        "leaves": lambda: room.leave(mia),
        "removed": lambda: room.teachers.remove_student(student),
        "banned": lambda: room.teachers.remove_student(student, ban=True),
        "reissued": lambda: cards("Mia"),
        "ended by the student": lambda: engine.seat_returns.revoke_own_seat_access(mia, room.id),
    }[how]()
    with refused("seat_ended"):
        engine.workspaces.enter_workspace(opened)
    with refused("seat_code_unknown"):
        come_back(code)
    with refused("unknown_code"):
        recovered(card)
    assert runs(room, mia) == ["at home"]


def test_a_student_sees_what_opens_their_work_and_takes_a_seat_back_that_somebody_else_has_taken(
    room, mia, seat_code, come_back, cards, recovered
):
    engine = room.engine
    assert engine.seat_returns.list_seat_keys(mia) == []
    card = cards()["Mia"]
    code = seat_code("Mia")
    seat = SeatKeys(
        room.id,
        "8b",
        opens_by_code=True,
        opens_by_card=True,
        is_card_pending=False,
        browser_count=0,
        was_taken_elsewhere=False,
    )
    assert engine.seat_returns.list_seat_keys(mia) == [seat]
    thief = come_back(code)
    train(room, thief, "in class")
    assert engine.seat_returns.list_seat_keys(mia) == [
        replace(seat, opens_by_code=False, browser_count=1, was_taken_elsewhere=True)
    ]
    assert engine.seat_returns.list_seat_keys(thief) == []
    with refused("seat_only"):
        engine.seat_returns.revoke_own_seat_access(thief, room.id)
    engine.seat_returns.revoke_own_seat_access(mia, room.id)
    assert engine.seat_returns.list_seat_keys(mia) == [] and room.seat(mia).nickname == "Mia"
    assert runs(room, mia) == ["at home", "in class"]
    for command in (lambda: engine.workspaces.enter_workspace(thief), lambda: recovered(card)):
        with pytest.raises(FvappError):
            command()


def test_the_browser_that_has_all_of_the_work_keeps_it_when_the_seat_ends(
    room, seat_code, come_back
):
    room.join("Mia")
    here = come_back(seat_code("Mia"))
    train(room, here, "in class")
    room.remove("Mia")
    assert runs(room, here) == ["in class"] and room.engine.workspaces.recovery_code(here)


def test_only_a_teacher_with_the_password_or_address_makes_codes_and_cards(hold, restart):
    room = hold()
    engine = room.engine
    mia = room.join("Mia")
    for command, values in (
        (room.seat_returns.make_seat_code, [room.student("Mia")]),
        (room.seat_returns.make_seat_cards, []),
    ):
        with refused("codes_unproven"):
            command(*values)
    engine.teachers.try_teachers_password(room.teacher, False)
    assert not room.classroom.codes
    engine.teachers.claim_teachers_right(room.teacher, engine.teachers._teachers_address.code)
    assert room.classroom.codes and len(room.seat_returns.make_seat_cards()) == 1
    assert engine.seat_returns.list_seat_keys(mia)[0].opens_by_card
    restart(room)
    assert room.classroom.codes
    assert room.beside().classroom.codes


def test_codes_and_taken_tokens_are_known_after_a_restart_and_not_written_down(
    room, mia, restart, seat_code, come_back, opened, tmp_path
):
    zoe = room.join("Zoe")
    (_, card), _ = room.seat_returns.make_seat_cards()
    code = seat_code("Mia")
    gone = come_back(seat_code("Zoe"))
    restart(room)
    here = come_back(code)
    restart(room)
    with refused("workspace_taken"):
        room.engine.workspaces.enter_workspace(zoe)
    assert opened(card) == ("8b", "Mia") and room.seat(here).nickname == "Mia"
    assert runs(room, here) == [] and runs(room, mia) == ["at home"] and room.seat(gone)
    content = b"".join(path.read_bytes() for path in tmp_path.glob("fvapp.sqlite3*"))
    assert not [secret for secret in (card, code, here) if secret.encode() in content]


def test_changes_of_one_command_are_stored_in_one_transaction(
    room, seat_code, come_back, monkeypatch
):
    journal = room.engine._journal
    room.join("Mia")
    code = seat_code("Mia")
    note = journal.queue_changes
    write = journal.store.write_changes
    threads = []
    written = []

    def note_and_store(*changes: object) -> None:
        note(*changes)
        threads.append(threading.Thread(target=journal.write_pending_changes))
        threads[-1].start()
        threads[-1].join(0.05)

    def write_down(changes: object) -> None:
        written.append([change.change_key[0] for change in changes])
        write(changes)

    monkeypatch.setattr(journal, "queue_changes", note_and_store)
    monkeypatch.setattr(journal.store, "write_changes", write_down)
    come_back(code)
    for thread in threads:
        thread.join()
    assert [sorted(keys) for keys in written if "tokens" in keys] == [
        ["members", "tokens", "tokens"]
    ]


def test_cards_for_a_latecomer_end_no_other_card_and_a_new_one_ends_one(room, cards, opened):
    mia = room.join("Mia")
    room.join("Ali")
    own = room.engine.workspaces.recovery_code(mia)
    first = cards()
    room.join("Zoe")
    late = cards()
    assert set(late) == {"Zoe"} and cards() == {}
    for name, code in (first | late).items():
        assert opened(code) == opened(code) == ("8b", name)
    reissued = cards("Mia")
    assert set(reissued) == {"Mia"} and opened(reissued["Mia"]) == opened(own) == ("8b", "Mia")
    with refused("unknown_code"):
        opened(first["Mia"])
    assert opened(first["Ali"]) == ("8b", "Ali")
    assert [*room.seat_returns.which_students_have_cards().values()] == [True] * 3


def test_a_card_outlives_a_visit_to_another_class(room, cards, opened):
    mia = room.join("Mia")
    card = cards()["Mia"]
    other = room.beside()
    room.teachers.close_class()
    other.join("Mia", mia)
    room.teachers.reopen_class()
    assert opened(card) is None  # the student now sits in the other class
    room.leave(mia)
    room.join("Mia", mia)
    assert opened(card) == ("8b", "Mia")


@pytest.mark.parametrize("how", ["class", "address"])
def test_no_teacher_loses_a_class_and_nobody_takes_one(
    room, seat_code, come_back, cards, opened, how
):
    engine = room.engine
    mia = room.join("Mia")
    with refused("seat_code_by_teacher"):
        come_back(seat_code("Mia"), room.teacher)
    code = seat_code("Mia")
    card = cards()["Mia"]
    if how == "class":
        room.teachers.close_class()
        room.beside(mia).teachers.close_class()
        room.teachers.reopen_class()
    else:
        engine.teachers.show_teachers_addresses(
            lambda path: engine.teachers.claim_teachers_right(mia, path.partition("=")[2])
        )
    with refused("seat_code_unknown"):
        come_back(code)
    with refused("unknown_code"):
        opened(card)
    with refused("seat_of_teacher"):
        seat_code("Mia")
    assert cards("Mia") == {}


def test_asking_for_confirmation_first_does_not_use_up_the_code(room, seat_code, come_back):
    mia = room.join("Mia")
    other = room.join("Ali")
    code = seat_code("Mia")
    own = room.engine.workspaces.recovery_code(mia)
    for command, typed in (
        (room.engine.seat_returns.open_seat_by_code, code),
        (room.engine.workspaces.recover_workspace, own),
    ):
        with refused("work_here"):
            command(other, typed, sure=False)
    assert room.seat(come_back(code, other)).nickname == "Mia"


def test_an_assignments_link_joins_an_open_class_whatever_its_code_is_by_now(room):
    engine = room.engine
    assign = room.seat_returns.assign_missions
    mia = room.enter()
    first = assign(["network", "look", "made up"], date(2026, 12, 5))
    assert (first.missions, first.due) == (("look", "network"), "2026-12-05")
    second = assign(["look"], date(2026, 12, 6))
    # Assigning the same missions for the same date again returns the same assignment and link.
    assert assign(["look", "network"], date(2026, 12, 5)) == first
    assert room.classroom.assignments == (second, first)
    room.teachers.close_class()
    assert engine.seat_returns.find_assignment(mia, second.key)[1] == second
    with refused("class_code_unknown"):
        engine.students.join_class(mia, first.key, "Mia")
    room.teachers.reopen_class()
    assert engine.students.join_class(mia, second.key, "Mia").class_name == "8b"
    done = MissionProgress(
        judged=True, answers={each.name: each.right_choice for each in MISSIONS["look"].questions}
    )
    engine.notes.change_note(mia, "lessons", lambda _: write_progress({"look": done}))
    assert room.students()["Mia"].assigned_done_count == 1
    room.teachers.allow_joining(False)
    with refused("class_door_closed"):
        engine.students.join_class(new_visitor(engine), first.key, "Ali")
    assert engine.seat_returns.find_homework(mia) is None
    for wrong in ("", room.id, room.code, first.key[:-1]):
        with refused("assignment_unknown"):
            engine.seat_returns.find_assignment(mia, wrong)


def forget_what_this_version_notes(folder):
    """Turn a database into one of an earlier version.

    The rows of that version do not say in which class the work was done.
    """
    with closing(sqlite3.connect(folder / "fvapp.sqlite3")) as db:
        for table, new in (("classes", "codes"), ("members", "noted_from"), ("runs", "classroom")):
            for row, body in db.execute(f"SELECT id, body FROM {table}").fetchall():
                kept = {name: value for name, value in json.loads(body).items() if name != new}
                db.execute(f"UPDATE {table} SET body = ? WHERE id = ?", (json.dumps(kept), row))
        db.execute("DELETE FROM notes WHERE name LIKE '%@%'")
        db.execute("UPDATE examples SET classroom = ''")
        db.commit()


def test_an_earlier_card_sleeps_until_its_teacher_has_shown_to_be_one_and_opens_what_was_done_since(
    scripted, restart, tmp_path
):
    room = open_room(scripted({"set_by": -1_000.0}))
    engine = room.engine
    mia = room.enter()
    train(room, mia, "before")
    engine.skip(60)
    room.join("Mia", mia)
    train(room, mia, "in class")
    engine.notes.write_note(mia, "lessons", write_progress({"look": PREDICTED, OTHER: PREDICTED}))
    row = engine._class_register.class_rows.unbanned_students(room.id)[0]
    engine._class_register.class_rows.store_student(
        room.id, replace(row, card=tokens.hash_secret(CARD))
    )
    engine._journal.write_pending_changes()
    code = engine.workspaces.recovery_code(mia)
    engine.skip(60)
    engine.close()
    forget_what_this_version_notes(tmp_path)
    engine = restart(room)
    engine.skip(60)
    train(room, mia, "after")
    with refused("card_sleeps") as told:
        engine.workspaces.recover_workspace(room.enter(), CARD)
    assert told.value.values == {"name": "8b"}
    assert engine.seat_returns.list_seat_keys(mia)[0].is_card_pending
    assert [record.name for record in room.teachers.student_rows()[0].runs] == ["in class", "after"]
    engine.teachers.claim_teachers_right(room.teacher, engine.teachers._teachers_address.code)
    by_card = engine.workspaces.recover_workspace(room.enter(), CARD).token
    assert runs(room, by_card) == ["in class", "after"]
    assert list(engine.notes.read_note(by_card, "lessons")) == ["look"]
    everything = engine.workspaces.recover_workspace(room.enter(), code).token
    assert runs(room, everything) == runs(room, mia) == ["before", "in class", "after"]


def test_an_answer_in_a_seat_of_an_earlier_version_leaves_the_other_missions_as_they_are(
    scripted, restart, tmp_path
):
    room = open_room(scripted())
    engine = room.engine
    mia = room.join("Mia")
    engine.notes.write_note(mia, "lessons", write_progress({"look": PREDICTED, OTHER: PREDICTED}))
    engine.close()
    forget_what_this_version_notes(tmp_path)
    engine = restart(room)
    room.rounds.start_round("predict", "look")
    room.students()
    engine.rounds.answer_round(mia, 1, "not_held")
    progress = progress_of(room, mia)
    assert (progress["look"].prediction, progress[OTHER].prediction) == ("not_held", "held")


def test_a_browser_opened_by_card_is_told_that_the_seat_ended_if_the_class_is_unreadable(
    room, restart, recovered, tmp_path
):
    room.join("Mia")
    by_card = recovered(dict(room.seat_returns.make_seat_cards())["Mia"])
    room.engine.close()
    with closing(sqlite3.connect(tmp_path / "fvapp.sqlite3")) as db:
        db.execute("UPDATE classes SET body = '{'")
        db.commit()
    with refused("seat_ended"):
        restart(room).workspaces.enter_workspace(by_card)


def test_deleting_the_work_whose_seat_is_elsewhere_deletes_the_classes_opened_since(
    room, mia, seat_code, come_back
):
    engine = room.engine
    train(room, mia, "in class")
    here = come_back(seat_code("Mia"))
    room.teachers.close_class()
    room.beside(mia)
    engine.workspaces.delete_workspace(mia)
    assert [classroom.name for classroom, _ in engine._class_register.all_classes()] == ["8b"]
    room.teachers.reopen_class()
    assert runs(room, here) == ["in class"]
