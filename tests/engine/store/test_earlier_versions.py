"""What earlier versions gave a visitor still opens: workspace, recovery code, run files, links.

``format_3.sql``, ``run_1.json`` and ``diverged_1.json`` were written by the last version before
records, events and run files were read by one schema. ``format_1.sql`` was written by the last
version that used the first format.
"""

import math
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from fvapp.core.documents.runfile import read_run_file
from fvapp.core.errors import SettingsError
from fvapp.core.events import (
    BlockEnded,
    EpochEnded,
    Guesses,
    RunContinued,
    RunEnded,
    RunFailed,
    RunStarted,
    drop_undone_events,
)
from fvapp.core.links import TeacherLink, parse_teacher_link
from fvapp.core.runs import KerasError, RunRecord, RunResult
from fvapp.core.settings import RunSettings
from fvapp.engine.runs.tokens import decrypt_code, encrypt_code, new_token
from fvapp.engine.store.schema import FORMAT
from fvapp.i18n import language_tags
from scripted_engine import new_visitor, refused
from stored import BLOCK, EPOCH, database, other_process, store_error, write_store

HERE = Path(__file__).parent
FILES = {
    "FrWzTmJX6BrwRHQW-1-0-1ad27358.npz": b"weights",
    "loPcgU-7M04OcpOg-2-0-fb286a06.npz": b"kept",
    "loPcgU-7M04OcpOg-frames-8244be22.npz": b"film",
}
TALLY = '[{"transactions": 9, "runs": 5, "checksum": 21518008251}]'
TOKENS = (
    "XDmCScCSj2UQweHEfo_rYNCtD-n-Rla7I8ccUP5nxW4",
    "2HBzPJdhS_3TJaU68X0noZHRenTbXoRSfFW1rnYlwvQ",
)
CODE = "SMC4-3X5S-77W4-YGJM"
FIRST_FILES = {"xQYysUpm9UfiMai4-1-0-1ad27358.npz": b"weights"}
FIRST_TOKENS = (
    "0c7nrzNK9Xo30pAZzEPVkHsbfixAdon-xBy9KkWdGN8",
    "CF6-uCMzVkmxfinCvkQNan2rjBjwKa0zR6xejXDreGo",
)
FIRST_CODE = "S7AV-PKVY-9M4F-R3BP"
FIRST_RESULT = RunResult(0.4, 0.88, 2.5, temperature=1.25)

RESULT = RunResult(0.42, 0.85, 2.5, "patience", 1.125)
EVENTS = (
    RunStarted(109_386, 54_000, 6_000, 1_688, 3),
    Guesses(
        0,
        3,
        (0, 1, 3),
        ((1,) * 11 + (None,), (2,) * 12, (3,) * 12),
        ((0.125,) * 11 + (None,), (0.25,) * 12, (0.5,) * 12),
    ),
    BlockEnded(1, 800, 1.25, 0.5),
    BlockEnded(1, 1_688, 1.0, 0.625),
    EpochEnded(1, 0.75, 0.8, 0.5, 0.82, 2.4),
    BlockEnded(2, 800, 0.5, 0.75),
    RunContinued(1, 0),
    BlockEnded(2, 800, 0.5, 0.8125),
    EpochEnded(2, 0.5, 0.875, None, None, 2.5),
    RunEnded("stopped", RESULT),
)
RECORD = RunRecord(
    id="",
    number=0,
    settings=RunSettings(hidden=(64, 32), dropout=0.25, augmentation=True, epochs=3, seed=7),
    state="stopped",
    name="宽的 <b>one</b>",
    epochs=3,
    epoch=2,
    parameters=52_650,
    created=1_790_000_000.5,
    result=RESULT,
    versions={"keras": "3.15.1", "python": "3.11.2"},
)
NO_NUMBER = float("nan")


@pytest.fixture
def old(folder):
    return write_store(folder, "format_3", FILES, TALLY)


@pytest.fixture
def oldest(folder):
    return write_store(folder, "format_1", FIRST_FILES)


def test_everything_in_a_workspace_is_there(server, old):
    engine = server(wall_clock=lambda: 1_790_000_000.0)
    assert store_error(engine) is None
    assert engine.workspaces.enter_workspace(TOKENS[0]).is_complete
    assert engine.workspaces.enter_workspace(TOKENS[1]).is_complete
    first, diverged, failed, waited, trained = engine.runs.list_runs(TOKENS[0])
    assert first == replace(
        RECORD,
        id="loPcgU-7M04OcpOg",
        number=1,
        created=1_790_000_000.0,
        events=10,
        has_checkpoint=True,
    )
    assert engine.runs.read_events(TOKENS[1], first.id) == (EVENTS, 10)
    assert repr(engine.runs.read_events(TOKENS[0], diverged.id)[0]) == repr(
        (
            RunStarted(1, 1, 0, 1, 1),
            BlockEnded(1, 1, math.inf, 0.125),
            BlockEnded(1, 2, 1e30, 0.125),
            EpochEnded(1, NO_NUMBER, 0.125, None, None, 0.5),
            RunEnded("done", RunResult(NO_NUMBER, 0.125, 0.5)),
        )
    )
    error = KerasError("ValueError", "Shapes <(32,)>\n  differ")
    assert failed.error == error
    assert engine.runs.read_events(TOKENS[0], failed.id)[0] == (RunFailed(error),)
    assert (waited.state, waited.group, waited.settings.seed) == ("paused", "seeds", 8)
    assert (trained.state, trained.reason, trained.has_checkpoint) == ("lost", "restarted", True)
    assert engine.runs.read_events(TOKENS[0], trained.id)[0] == (BLOCK, EPOCH)
    assert engine.notes.read_note(TOKENS[1], "drawings") == [{"label": "7", "share": 0.5}]
    assert engine._journal.read_checkpoint(first.id) == b"kept"
    assert engine._journal.read_frames(first.id) == b"film"
    engine.runs.resume_run(TOKENS[0], trained.id)


def test_everything_in_a_store_of_the_first_format_is_there(server, oldest):
    engine = server(wall_clock=lambda: 1_790_000_000.0)
    assert store_error(engine) is None
    (run,) = engine.runs.list_runs(FIRST_TOKENS[0])
    assert run.number == 1
    assert run.state == "done"
    assert run.result == FIRST_RESULT
    assert run.settings.hidden == (64, 32)
    assert engine.runs.read_events(FIRST_TOKENS[1], run.id)[0] == (
        RunStarted(52_650, 54_000, 6_000, 1_688, 1),
        BlockEnded(1, 75, 1.25, 0.5),
        EpochEnded(1, 0.5, 0.8, 0.45, 0.82, 2.4),
        RunEnded("done", FIRST_RESULT),
    )
    assert engine.notes.read_note(FIRST_TOKENS[0], "drawings") == ["kept"]
    assert engine._journal.read_checkpoint(run.id) == b"weights"


@pytest.mark.parametrize(
    ("store", "tokens", "code", "runs"),
    [("old", TOKENS, CODE, 5), ("oldest", FIRST_TOKENS, FIRST_CODE, 1)],
)
def test_its_recovery_code_is_shown_to_each_browser_and_opens_it_for_another(
    server, request, store, tokens, code, runs
):
    request.getfixturevalue(store)
    engine = server()
    assert [engine.workspaces.recovery_code(token) for token in tokens] == [code, code]
    other = engine.workspaces.recover_workspace(new_visitor(engine), code)
    assert other.was_known and len(engine.runs.list_runs(other.token)) == runs
    assert server().workspaces.recovery_code(other.token) == code


def test_what_only_a_newer_version_can_read_is_left_alone(server, oldest):
    server().runs.list_runs(FIRST_TOKENS[0])
    server().close()
    with other_process(oldest) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (FORMAT,)
        db.execute(f"PRAGMA user_version = {FORMAT + 1}")
    content = database(oldest).read_bytes()
    engine = server()
    assert store_error(engine) == "store_newer"
    engine.workspaces.enter_workspace(FIRST_TOKENS[0])
    assert database(oldest).read_bytes() == content


def test_a_sealed_code_opens_with_its_own_token_alone_and_only_unchanged():
    token = new_token()
    other = new_token()
    sealed = encrypt_code(CODE, token)
    assert decrypt_code(sealed, token) == CODE and encrypt_code(CODE, token) != sealed
    for wrong, key in (
        (sealed, other),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), token),
        (b"short", token),
    ):
        with refused("store_damaged"):
            decrypt_code(wrong, key)


def test_a_run_file_comes_back():
    record, events, *_ = read_run_file((HERE / "run_1.json").read_bytes())
    assert record == replace(RECORD, imported=True) and events == drop_undone_events(EVENTS)


def test_a_setting_of_a_later_version_is_named():
    content = (
        (HERE / "run_1.json")
        .read_text(encoding="utf-8")
        .replace('"seed":7', '"seed":7,"smell":0.5')
    )
    with pytest.raises(SettingsError) as raised:
        read_run_file(content.encode())
    assert (raised.value.code, raised.value.values["field"]) == ("unknown_setting", "smell")


def test_the_file_of_a_run_whose_loss_was_no_number_comes_back():
    record, events, *_ = read_run_file((HERE / "diverged_1.json").read_bytes())
    assert repr(record.result) == repr(RunResult(NO_NUMBER, 0.125, 0.5))
    assert events[1:3] == (
        BlockEnded(1, 1, None, 0.125),
        EpochEnded(1, None, 0.125, None, None, 0.5),
    )


@pytest.mark.parametrize(
    ("address", "link"),
    [
        (
            "/?dataset=mnist&train_images=1000&validation_split=0.0&hidden=512,256&seed=7&lang=zh-Hans"
            "&lock=epochs,optimizer,preset",
            TeacherLink(
                None,
                RunSettings(
                    dataset="mnist",
                    train_images=1_000,
                    validation_split=0.0,
                    hidden=(512, 256),
                    seed=7,
                ),
                "zh-Hans",
                frozenset({"epochs", "optimizer", "preset"}),
            ),
        ),
        (
            "/?wrong_labels=0.3&rare_class=6&rare_share=0.01&marked_class=9",
            TeacherLink(
                None,
                RunSettings(wrong_labels=0.3, rare_class=6, rare_share=0.01, marked_class=9),
                uses_own_seed=True,
            ),
        ),
        (
            "/lessons?mission=6&lang=zh-Hant",
            TeacherLink("epochs", RunSettings(), "zh-Hant", uses_own_seed=True),
        ),
    ],
)
def test_a_link_opens_what_it_did(address, link):
    assert parse_teacher_link(dict(parse_qsl(urlsplit(address).query)), language_tags()) == (
        link,
        (),
    )
