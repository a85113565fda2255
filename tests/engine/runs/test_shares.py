"""One script cannot fill the disk for others: space is left for newcomers and small workspaces."""

import json

import pytest

from fvapp.core.documents.runfile import RunFileError, write_run_file
from fvapp.core.errors import EngineError
from fvapp.core.inspection.frames import NO_FRAMES
from fvapp.core.missions.progress import NOTE, MissionProgress, write_progress
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.engine.runs.limits import Limits
from fvapp.engine.runs.shares import (
    NEW_SECONDS,
    bytes_needed_by_run,
    find_films_to_delete,
    workspace_bytes,
)
from fvapp.i18n import Translator
from made_up_runs import Workspaces, make_run
from scripted_engine import new_visitor, refused
from stored import BLOCK, DONE

MB = 2**20
SMALL = RunSettings(hidden=(16,), train_images=1_000, epochs=1)  # needs 0.7 MB of disk space
# Disk space in MB that all workspaces together may use, and each of them; a new one may use 4 MB.
ALL_MB = 16


def refusal(
    kept: int, wanted: int, used: int = 0, promised: int = 0, age: float = 0.0
) -> str | None:
    """Return why a workspace with `kept` MB is refused `wanted` MB more, or None."""
    workspace = Workspaces()["own"]
    run = make_run("run", workspace, state="done", checkpoint_bytes=kept * MB)
    workspace.runs = {"run": run}
    try:
        limits = Limits(disk_mb=400, disk_mb_all=5_000)
        find_films_to_delete(workspace, wanted * MB, (used + promised) * MB, age, limits)
    except EngineError as error:
        return error.code
    return None


def test_a_new_workspace_has_a_quarter_of_a_share_and_half_as_much_with_each_sixteenth_beyond_three_quarters():
    assert refusal(90, 10, used=3_750) is None and refusal(90, 11) == "limit_disk"
    assert refusal(40, 10, used=3_750, promised=312) is None
    assert refusal(40, 10, used=3_750, promised=330) == "limit_disk"
    assert refusal(0, 6, used=5_000) is None
    assert refusal(0, 7, used=5_000) == "limit_disk_all"
    assert refusal(390, 10, used=3_750, age=NEW_SECONDS) is None
    assert refusal(390, 11, age=NEW_SECONDS) == "limit_disk"


def test_films_of_judged_missions_make_room_the_oldest_first_and_all_else_is_left_alone():
    workspace = Workspaces()["own"]
    limits = Limits(disk_mb=60)
    groups = {"early": "C-1", "empty": "2-1", "first": "2-1", "later": "2-2", "open": "5-1"}
    for name, group in {
        **{name: f"mission-{group}" for name, group in groups.items()},
        "own": None,
    }.items():
        film = len(NO_FRAMES) + MB * (name != "empty")
        workspace.runs[name] = make_run(
            name, workspace, state="done", group=group, checkpoint_bytes=MB, frames_bytes=film
        )
    early, judged = (
        MissionProgress(runs=runs, judged=True) for runs in (("early",), ("later", "own"))
    )
    progress = write_progress(
        {"one_step": early, "neurons": judged, "layers": MissionProgress(runs=("open",))}
    )
    workspace.notes[NOTE] = json.dumps(progress)
    room = 15 * MB - workspace_bytes(workspace)

    def gone(wanted: int) -> list[str]:
        return [run.record.id for run in find_films_to_delete(workspace, wanted, 0, 0.0, limits)]

    assert gone(room) == []
    assert gone(room + 1) == ["first"]
    assert gone(room + 2 * MB) == ["first", "later"]
    with refused("limit_disk"):
        gone(room + 2 * MB + 1)


@pytest.mark.parametrize("megabytes", [1, 5, 36])
def test_a_hundred_new_workspaces_that_take_all_they_may_leave_a_student_the_first_training(
    megabytes,
):
    used = 0
    default = bytes_needed_by_run(RunSettings())
    for _ in range(100):
        kept = 0
        while refusal(kept, megabytes, used=used) is None:
            kept = kept + megabytes
            used = used + megabytes
    find_films_to_delete(Workspaces()["student"], default, used * MB, 0.0, Limits())
    assert used <= 5_000


def test_what_a_run_will_need_is_known_before_and_what_it_has_is_not_needed_again():
    default = RunSettings()
    wide = RunSettings(hidden=(1_400, 1_200), optimizer="adam")
    run = make_run("run", Workspaces()["own"], checkpoint_bytes=MB, frames_bytes=MB)
    # The network needs 1.2 MB, and the frames of its film (weight snapshots) need the rest.
    assert 4.9 * MB < bytes_needed_by_run(default) < 5 * MB
    assert 30 * MB < bytes_needed_by_run(wide) < 36 * MB
    assert bytes_needed_by_run(default) - bytes_needed_by_run(default, run) == 2 * MB


@pytest.fixture
def engine(scripted):
    engine = scripted(
        disk_mb=ALL_MB, disk_mb_all=ALL_MB, imports_a_minute=Limits().imports_a_minute
    )
    engine.start()
    return engine


def test_one_script_fills_what_it_may_of_the_disk_and_a_new_student_trains(engine):
    for _ in range(2):
        visitor = new_visitor(engine)
        with refused("limit_disk") as error:
            while True:
                engine.runs.submit_runs(visitor, [SMALL])
                engine.finish()
        assert error.value.code == "limit_disk" and len(visitor.runs()) > 4
    student = new_visitor(engine)
    record = student.submit(SMALL)
    engine.finish()
    assert student.run(record.id).state == "done"


def test_runs_that_wait_count_as_what_they_will_need(engine):
    engine.workers.deaf = True
    visitor = new_visitor(engine)
    with refused("limit_disk"):
        for _ in range(12):
            engine.runs.submit_runs(visitor, [SMALL])
    assert 4 <= len(visitor.runs()) <= 6


def test_run_files_count_by_their_size_and_not_too_many_come_within_a_minute(engine):
    visitor = new_visitor(engine)
    with refused("limit_disk"):
        for _ in range(6):
            engine.runs.add_run(visitor, DONE, [BLOCK] * 6_000)  # needs 1.4 MB
    other = new_visitor(engine)
    for _ in range(Limits().imports_a_minute):
        engine.runs.add_run(other, DONE, [BLOCK])
    with refused("limit_imports") as error:
        engine.runs.add_run(other, DONE, [BLOCK])
    assert str(Limits().imports_a_minute) in error.value.to_sentence(Translator("en"))
    engine.skip(60)
    assert engine.runs.add_run(other, DONE, [BLOCK])


def test_a_run_file_counts_before_it_is_read_whatever_is_in_it(engine):
    visitor = new_visitor(engine)
    good = write_run_file(DONE, [BLOCK])
    assert engine.runs.import_run_file(visitor, good).settings == DONE.settings
    for _ in range(Limits().imports_a_minute - 1):
        with pytest.raises(RunFileError):
            engine.runs.import_run_file(visitor, b"{")
    for content in (b"{", good):
        with refused("limit_imports"):
            engine.runs.import_run_file(visitor, content)
    assert len(visitor.runs()) == 1
    engine.skip(60)
    assert engine.runs.import_run_file(visitor, good)


def test_a_full_disk_is_reported_before_anything_is_removed(engine):
    visitor = new_visitor(engine)
    record = engine.runs.add_run(visitor, RunRecord("", 0, RunSettings(), "done"), [BLOCK])
    with refused("limit_disk_all"):
        engine.runs.submit_runs(visitor, [RunSettings(hidden=(512, 512))])
    assert visitor.runs() == (record,)
