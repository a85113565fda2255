"""Handing out files by code: once within ten minutes, or as long as a class's wall shows them."""

import asyncio
import random
from collections import Counter

import numpy as np
import pytest
from starlette.requests import Request

from fvapp.__main__ import main
from fvapp.core.datasets import Dataset
from fvapp.core.errors import EngineError
from fvapp.core.missions.class_time import LESSON
from fvapp.core.settings import RunSettings
from fvapp.engine.answers import inspecting
from fvapp.ui.server import handing as handing_module
from fvapp.ui.server.handing import SECONDS, BoundedFiles, FileHandover
from fvapp.ui.server.home import serve_smallest_edition
from scripted_engine import new_visitor


def empty_wall(code):
    raise EngineError("unknown_run")


@pytest.fixture
def handing(clock):
    return FileHandover(empty_wall, clock)


def ask(handing: FileHandover, code: str, method: str = "GET", agent: str = "Mozilla/5.0 (iPhone)"):
    headers = [(b"user-agent", agent.encode())]
    scope = {"type": "http", "method": method, "headers": headers, "path_params": {"code": code}}
    return asyncio.run(handing.serve_file(Request(scope)))


def test_it_is_there_once_and_whoever_only_looks_does_not_use_it_up(handing):
    code = handing.offer_file(b"<html>", "mia")
    assert len(code) >= 22 and code != handing.offer_file(b"<html>", "mia")
    assert ask(handing, code, "HEAD").status_code == 200
    answer = ask(handing, code)
    assert (answer.status_code, answer.body) == (200, b"<html>")
    assert "allow-scripts" in answer.headers["content-security-policy"]
    assert "allow-same-origin" not in answer.headers["content-security-policy"]
    assert [ask(handing, code).status_code, ask(handing, "nothing").status_code] == [404, 404]


def test_android_saves_it_and_an_iphone_opens_it(handing):
    ways = {"Mozilla/5.0 (Linux; Android 15)": "attachment", "Mozilla/5.0 (iPhone)": "inline"}
    for agent, way in ways.items():
        answer = ask(handing, handing.offer_file(b"", "mia"), agent=agent)
        assert answer.headers["content-disposition"].startswith(way + ";")


def test_after_ten_minutes_it_is_gone(handing, clock):
    kept = handing.offer_file(b"a", "mia")
    lost = handing.offer_file(b"b", "mia")
    clock.now += SECONDS
    assert ask(handing, kept).status_code == 200
    clock.now += 1
    assert ask(handing, lost).status_code == 404


def test_whoever_has_no_more_than_a_fair_share_loses_nothing_because_of_others(monkeypatch):
    monkeypatch.setattr(handing_module, "MOST_BYTES", 1_000)
    for seed in range(50):
        chance = random.Random(seed)
        memory = BoundedFiles()
        held = {}
        owners = [f"owner {n}" for n in range(chance.randint(1, 8))]
        for key in range(150):
            owner = chance.choice(owners)
            size = chance.randint(0, 1_000 // len(owners) // 3)
            memory.put_file(key, owner, bytes(size))
            held[key] = owner, size
            there = {each: row for each, row in held.items() if each in memory}
            assert sum(size for _, size in there.values()) <= 1_000 and key in there
            wanted = Counter()
            for whose, each in held.values():
                wanted[whose] += each
            for whose in owners:
                if wanted[whose] <= 1_000 // len(owners):
                    mine = {each for each, row in held.items() if row[0] == whose}
                    assert mine <= there.keys(), (seed, key, whose)


def test_two_classes_keep_their_walls_while_a_stranger_hands_files_to_a_phone(
    engine, clock, monkeypatch
):
    images = np.random.default_rng(1).integers(0, 256, (40, 28, 28), np.uint8)
    labels = np.arange(40) % 10
    few = Dataset("fashion_mnist", images[:0], labels[:0], images, labels)
    monkeypatch.setattr(inspecting, "load_dataset", lambda name, places: few)
    monkeypatch.setattr(handing_module, "MOST_BYTES", 3_000_000)  # bytes; room for four files
    engine.start()
    codes = []
    handing = FileHandover(engine.students.find_network_on_wall, clock)
    for name in ("8b", "9a"):
        teacher = new_visitor(engine)
        room = engine.teachers.open_class(teacher, name, "en", LESSON)
        for number in range(5):
            token = new_visitor(engine)
            engine.students.join_class(token, room.code, f"Student {number}")
            (run,) = engine.runs.submit_runs(token, [RunSettings(hidden=(64,), epochs=1)])
            engine.finish()
            engine.students.show_network_on_wall(token, run.id, "en")
            codes.append(engine.students.find_own_seat(token).wall_network_code)
    of_student = handing.offer_file(b"mine", "student")
    for _ in range(100):
        handing.offer_file(bytes(300_000), "stranger")
    answers = [ask(handing, code) for code in codes * 2]
    assert {answer.status_code for answer in answers} == {200}
    # Each code has a separate file, even after other visitors have used up the limit.
    assert len({answer.body for answer in answers}) == len(codes) == 10
    assert sum(len(answer.body) for answer in answers[:10]) > handing_module.MOST_BYTES
    assert ask(handing, of_student).body == b"mine"


def test_the_smallest_edition_has_an_origin_of_its_own_and_is_the_file_that_the_command_writes(
    tmp_path, capsys
):
    scope = {"type": "http", "method": "GET", "headers": []}
    answer = asyncio.run(serve_smallest_edition(Request(scope)))
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts allow-downloads;")
    assert "allow-same-origin" not in policy
    assert answer.headers["content-disposition"].startswith("inline;")
    assert main(["home", str(tmp_path / "new" / "folder")]) == 0
    file = tmp_path / "new" / "folder" / "home.html"
    assert file.read_bytes() == answer.body and str(file) in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["home", str(tmp_path / "file")]) == 2
    assert "file" in capsys.readouterr().err
