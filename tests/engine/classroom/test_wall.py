"""The class's wall: which network a student shows on it, and when that network disappears."""

import pytest

from fvapp.core.classroom.roster import WALL_SECONDS, Student
from fvapp.core.schema import read_as_type
from fvapp.core.settings import RunSettings
from scripted_engine import refused

SMALL = RunSettings(hidden=(32,), epochs=1)

pytestmark = pytest.mark.usefixtures("few_test_images")


def show(room, token):
    """Train a network and show it on the wall; return its code on the wall and the run's id."""
    run = room.train(token, SMALL)
    room.engine.students.show_network_on_wall(token, run.id, "en", " <b>Mia</b>\n")
    return room.seat(token).wall_network_code, run.id


@pytest.fixture
def shown(room):
    """Return a student who shows a network: token, code of the network on the wall, run id."""
    mia = room.join("Mia")
    return mia, *show(room, mia)


def on_wall(room):
    return {
        name: each.wall_network_code
        for name, each in room.students().items()
        if each.wall_network_code
    }


def test_the_wall_code_returns_the_network_that_was_shown(room, shown):
    _, code, run = shown
    found = room.engine.students.find_network_on_wall(code)
    assert (found.class_id, found.record.id, found.wall_entry.name) == (room.id, run, "<b>Mia</b>")
    assert found.network.parameter_count == found.record.parameters
    assert on_wall(room) == {"Mia": code}
    assert len(code) >= 22 and run not in code
    with refused("unknown_run"):
        room.engine.students.find_network_on_wall("")


def test_it_outlives_the_server_and_a_class_beside_it(room, shown, restart):
    mia, code, _ = shown
    engine = restart(room)
    assert room.seat(mia).wall_network_code == code
    assert engine.students.find_network_on_wall(code).class_id == room.id
    other = room.beside()
    other.teachers.close_class()
    assert engine.students.find_network_on_wall(code) and on_wall(room) == {"Mia": code}


ENDS = {
    "taken off": lambda room, mia, run: room.engine.students.take_network_off_wall(mia),
    "another one shown": lambda room, mia, run: show(room, mia),
    "run deleted": lambda room, mia, run: room.engine.runs.delete_run(mia, run),
    "left": lambda room, mia, run: room.leave(mia),
    "all deleted": lambda room, mia, run: room.engine.workspaces.delete_workspace(mia),
    "removed": lambda room, mia, run: room.remove("Mia"),
    "class closed": lambda room, mia, run: room.teachers.close_class(),
    "class deleted": lambda room, mia, run: room.teachers.delete_class(),
    "three hours": lambda room, mia, run: room.skip(WALL_SECONDS),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_network_stays_on_the_wall_until_its_student_class_or_time_ends_it(room, shown, end):
    mia, code, run = shown
    end(room, mia, run)
    with refused("unknown_run"):
        room.engine.students.find_network_on_wall(code)
    if room.classroom is not None:
        assert code not in on_wall(room).values()


def test_a_student_who_sits_in_another_class_by_now_shows_nothing_in_the_first(room, shown):
    mia, code, _ = shown
    engine = room.engine
    teacher = room.enter()
    room.teachers.close_class()
    other = room.beside(teacher)
    other.join("Mia", mia)
    room.teachers.reopen_class()
    with refused("unknown_run"):
        engine.students.find_network_on_wall(code)


def test_a_network_of_a_hunt_is_shown_once_the_hunt_is_revealed(room):
    mia = room.join("Mia")
    room.rounds.start_round("hunt", "fashion_mnist 50000 3")
    with refused("hunt_sealed"):
        show(room, mia)
    assert on_wall(room) == {}
    room.rounds.reveal_round()
    room.engine.students.show_network_on_wall(mia, mia.runs()[0].id, "en")
    assert room.engine.students.find_network_on_wall(on_wall(room)["Mia"]).record.result is not None


def test_a_row_of_an_earlier_version_which_kept_files_in_memory_shows_nothing():
    student = read_as_type(
        Student, {"id": "a", "workspace": "b", "nickname": "Mia", "network": "code"}
    )
    assert student.wall is None and student.nickname == "Mia"
