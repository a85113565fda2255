"""What earlier versions gave a visitor opens: a workspace, its recovery code, run files, links.

``format_3.sql``, ``run_1.json`` and ``diverged_1.json`` were written by the last version before records, events and run
files were read by one schema. Stores of the first format: ``test_first_format.py``.
"""

import math
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from fvapp.core.documents.runfile import read_run_file
from fvapp.core.errors import SettingsError
from fvapp.core.events import BlockEnded, Continued, EpochEnded, Guesses, RunEnded, RunFailed, Started, current_events
from fvapp.core.links import TeacherLink, parse_link
from fvapp.core.runs import KerasError, RunRecord, RunResult
from fvapp.core.settings import RunSettings
from fvapp.i18n import languages
from stored import BLOCK, EPOCH, database

HERE = Path(__file__).parent
FILES = {
    "FrWzTmJX6BrwRHQW-1-0-1ad27358.npz": b"weights",
    "loPcgU-7M04OcpOg-2-0-fb286a06.npz": b"kept",
    "loPcgU-7M04OcpOg-frames-8244be22.npz": b"film",
}
TALLY = '[{"transactions": 9, "runs": 5, "checksum": 21518008251}]'
TOKENS = ("XDmCScCSj2UQweHEfo_rYNCtD-n-Rla7I8ccUP5nxW4", "2HBzPJdhS_3TJaU68X0noZHRenTbXoRSfFW1rnYlwvQ")
CODE = "SMC4-3X5S-77W4-YGJM"

RESULT = RunResult(0.42, 0.85, 2.5, "patience", 1.125)
EVENTS = (
    Started(109_386, 54_000, 6_000, 1_688, 3),
    Guesses(
        *(0, 3, (0, 1, 3)),
        ((1,) * 11 + (None,), (2,) * 12, (3,) * 12),
        ((0.125,) * 11 + (None,), (0.25,) * 12, (0.5,) * 12),
    ),
    BlockEnded(1, 800, 1.25, 0.5),
    BlockEnded(1, 1_688, 1.0, 0.625),
    EpochEnded(1, 0.75, 0.8, 0.5, 0.82, 2.4),
    BlockEnded(2, 800, 0.5, 0.75),
    Continued(1, 0),
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
    (folder / "checkpoints").mkdir(parents=True)
    for name, content in FILES.items():
        (folder / "checkpoints" / name).write_bytes(content)
    (folder / "fvapp.tally").write_text(TALLY.ljust(512))
    with closing(sqlite3.connect(database(folder), isolation_level=None)) as db:
        db.executescript((HERE / "format_3.sql").read_text(encoding="utf-8"))
    return folder


def test_everything_in_a_workspace_is_there(server, old):
    engine = server(wall=lambda: 1_790_000_000.0)
    assert engine.status().store is None
    assert engine.enter(TOKENS[0]).whole and engine.enter(TOKENS[1]).whole
    first, diverged, failed, waited, trained = engine.runs(TOKENS[0])
    assert first == replace(
        RECORD, id="loPcgU-7M04OcpOg", number=1, created=1_790_000_000.0, events=10, can_continue=True
    )
    assert engine.events(TOKENS[1], first.id) == (EVENTS, 10)
    assert repr(engine.events(TOKENS[0], diverged.id)[0]) == repr(
        (
            Started(1, 1, 0, 1, 1),
            BlockEnded(1, 1, math.inf, 0.125),
            BlockEnded(1, 2, 1e30, 0.125),
            EpochEnded(1, NO_NUMBER, 0.125, None, None, 0.5),
            RunEnded("done", RunResult(NO_NUMBER, 0.125, 0.5)),
        )
    )
    error = KerasError("ValueError", "Shapes <(32,)>\n  differ")
    assert failed.error == error and engine.events(TOKENS[0], failed.id)[0] == (RunFailed(error),)
    assert (waited.state, waited.group, waited.settings.seed) == ("paused", "seeds", 8)
    assert (trained.state, trained.reason, trained.can_continue) == ("lost", "restarted", True)
    assert engine.events(TOKENS[0], trained.id)[0] == (BLOCK, EPOCH)
    assert engine.read_note(TOKENS[1], "drawings") == [{"label": "7", "share": 0.5}]
    assert engine._journal.checkpoint(first.id) == b"kept" and engine._journal.frames(first.id) == b"film"
    engine.resume(TOKENS[0], trained.id)


def test_its_recovery_code_opens_it_and_is_shown_to_each_browser(server, old):
    engine = server()
    assert [engine.recovery_code(token) for token in TOKENS] == [CODE, CODE]
    assert len(engine.runs(engine.recover(engine.enter(None).token, CODE).token)) == 5


def test_a_run_file_comes_back():
    record, events = read_run_file((HERE / "run_1.json").read_bytes())
    assert record == RECORD and events == current_events(EVENTS)


def test_its_images_were_as_they_are_and_its_result_has_no_classes():
    record, _ = read_run_file((HERE / "run_1.json").read_bytes())
    assert not record.settings.alters_data and record.settings.rare_share == RunSettings.rare_share
    assert (record.result.by_class, record.result.marked_accuracy) == ((), None)


def test_a_setting_of_a_later_version_is_named():
    content = (HERE / "run_1.json").read_text(encoding="utf-8").replace('"seed":7', '"seed":7,"smell":0.5')
    with pytest.raises(SettingsError) as raised:
        read_run_file(content.encode())
    assert (raised.value.code, raised.value.values["field"]) == ("unknown_setting", "smell")


def test_the_file_of_a_run_whose_loss_was_no_number_comes_back():
    record, events = read_run_file((HERE / "diverged_1.json").read_bytes())
    assert repr(record.result) == repr(RunResult(NO_NUMBER, 0.125, 0.5))
    assert events[1:3] == (BlockEnded(1, 1, None, 0.125), EpochEnded(1, None, 0.125, None, None, 0.5))


@pytest.mark.parametrize(
    ("address", "link"),
    [
        (
            "/?dataset=mnist&train_images=1000&validation_split=0.0&hidden=512,256&seed=7&lang=zh-Hans"
            "&lock=epochs,optimizer,preset",
            TeacherLink(
                None,
                RunSettings(dataset="mnist", train_images=1_000, validation_split=0.0, hidden=(512, 256), seed=7),
                "zh-Hans",
                frozenset({"epochs", "optimizer", "preset"}),
            ),
        ),
        (
            "/?wrong_labels=0.3&rare_class=6&rare_share=0.01&marked_class=9",
            TeacherLink(
                None, RunSettings(wrong_labels=0.3, rare_class=6, rare_share=0.01, marked_class=9), own_seed=True
            ),
        ),
        ("/lessons?mission=6&lang=zh-Hant", TeacherLink("epochs", RunSettings(), "zh-Hant", own_seed=True)),
    ],
)
def test_a_link_opens_what_it_did(address, link):
    assert parse_link(dict(parse_qsl(urlsplit(address).query)), languages()) == (link, ())
