"""How long a private teacher link gives browsers the teacher's right, and who keeps that right."""

from random import Random

import pytest

from fvapp.engine.classroom.teachers_code import VALID, TeachersAddress, teachers_right_key
from fvapp.engine.runs import tokens
from scripted_engine import refused


@pytest.fixture
def paths(room) -> list[str]:
    """Return the growing list of private teacher links that the terminal has shown."""
    found: list[str] = []
    room.engine.teachers.show_teachers_addresses(found.append)
    return found


def code_in(path):
    return path.partition("/teachers?teacher=")[2]


def test_the_teachers_address_opens_for_ten_minutes_from_its_first_use_and_the_right_stays(
    room, paths
):
    teachers = room.engine.teachers
    first = room.enter()
    late = room.enter()
    # A link expires ten minutes after its first use, so an unused link stays valid.
    room.skip(30 * 3_600)
    teachers.claim_teachers_right(first, code_in(paths[0]).lower())
    room.skip(VALID - 1)
    teachers.claim_teachers_right(room.enter(), code_in(paths[0]))
    assert len(paths) == 1
    room.skip(1)
    with refused("teachers_code_unknown"):
        teachers.claim_teachers_right(late, code_in(paths[0]))
    assert teachers.all_classes(late) is None and teachers.all_classes(first) is not None
    assert len(paths) == 2 and paths[1] != paths[0]  # the terminal shows a new link
    # The old link is not refused here, because this browser already has the teacher's right.
    teachers.claim_teachers_right(first, code_in(paths[0]))
    teachers.claim_teachers_right(late, code_in(paths[1]))
    assert teachers.all_classes(late) is not None


def test_another_device_gets_an_address_of_its_own_and_earlier_ones_end(room, paths):
    teachers = room.engine.teachers
    host = room.enter()
    phone = room.enter()
    with refused("teachers_right_missing"):
        teachers.renew_teachers_address(host)
    teachers.claim_teachers_right(host, code_in(paths[0]))
    path = teachers.renew_teachers_address(host)
    assert not teachers.is_teachers_address_unused(phone, path)
    assert paths[1:] == [path]
    assert teachers.is_teachers_address_unused(host, path)
    assert not teachers.is_teachers_address_unused(host, paths[0])
    with refused("teachers_code_unknown"):
        teachers.claim_teachers_right(phone, code_in(paths[0]))
    teachers.claim_teachers_right(phone, code_in(path))
    assert teachers.all_classes(phone) is not None
    assert not teachers.is_teachers_address_unused(host, path)
    assert len(paths) == 2


def test_an_address_of_an_earlier_version_opens_nothing_and_browsers_that_had_opened_it_keep_the_right(
    room, restart, tmp_path
):
    code = teachers_right_key(tmp_path)
    host = room.enter()
    with refused("teachers_code_unknown"):
        room.engine.teachers.claim_teachers_right(room.enter(), code)
    # Earlier versions stored the teacher's right as this note.
    room.engine.notes.write_note(host, "teacher", tokens.hash_secret(code))
    room.engine.close()
    engine = restart(room)
    shown = []
    engine.teachers.show_teachers_addresses(shown.append)
    assert engine.teachers.all_classes(host) is not None
    assert len(shown) == 1
    assert code not in shown[0]


@pytest.mark.parametrize("seed", range(20))
def test_no_address_opens_ten_minutes_after_its_first_use_whatever_the_order(seed):
    random = Random(seed)
    address = TeachersAddress()
    now = 0.0
    shown: list[str] = []
    address.set_address_listener(shown.append)
    first_used: dict[str, float] = {}
    for _ in range(300):
        now += random.choice((0.0, 1.0, 60.0, 599.0, 600.0, 5_000.0))
        path = random.choice(shown[-3:])
        if address.accepts_code(code_in(path), now):
            assert path == shown[-1] and now - first_used.setdefault(path, now) < VALID
        if random.random() < 0.1:
            address.renew_address()
        address.show_address_once()
        assert shown.count(address.address_path) == 1
    assert len(first_used) > 5
