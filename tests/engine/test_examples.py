"""A visitor's own examples in the engine: kept, relabelled, deleted, restored, learned from."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from fvapp.core.dataset_table import CLASS, make_own_dataset_name
from fvapp.core.documents.example_files import write_examples_npz, write_examples_zip
from fvapp.core.errors import ExampleError
from fvapp.core.settings import RunSettings
from fvapp.engine.store.copies import DatabaseCopies
from fvapp.engine.store.schema import FORMAT
from random_networks import random_pixels
from real_engine import SMALL
from scripted_engine import new_visitor, refused
from stored import count_rows, database, other_process, store_error, visited, write_store

OLD_TOKEN = "-noCSWEHnzkyYqYbkHAMUj3qfDu-_hptLpve_RTBy1g"
ADDED = SMALL.with_values(dataset="mnist", examples="added")


@pytest.fixture
def engine(scripted_engine):
    return scripted_engine


def keep(engine, visitor, labels, dataset="mnist", first=0):
    return [
        engine.examples.keep_example(visitor, dataset, random_pixels(first + at), label)
        for at, label in enumerate(labels)
    ]


def test_kept_examples_survive_a_restart(server):
    engine, visitor = visited(server())
    kept = keep(engine, visitor, [1, 2, 2, 2, 2]) + keep(engine, visitor, [9], "fashion_mnist", 50)
    assert [each.place for each in kept] == ["learn"] * 4 + ["test", "learn"]
    again = server()
    assert again.examples.kept_examples(visitor) == tuple(kept)
    assert again.examples.kept_examples(visitor, "fashion_mnist") == (kept[-1],)
    assert np.array_equal(again.examples.kept_examples(visitor)[3].image, random_pixels(3))


def test_the_same_tap_twice_keeps_one_example_with_its_first_label(engine, visitor):
    first = keep(engine, visitor, [7])
    version = engine.workspaces.latest_change_number(visitor)
    assert keep(engine, visitor, [7]) == first
    assert engine.examples.kept_examples(visitor) == tuple(first)
    assert engine.workspaces.latest_change_number(visitor) == version
    with pytest.raises(ExampleError, match="example_kept"):
        keep(engine, visitor, [1])
    assert engine.examples.kept_examples(visitor) == tuple(first)


def test_the_place_of_an_example_changes_with_its_label_alone(engine, visitor):
    kept = keep(engine, visitor, [3, 3, 3, 3, 5])
    engine.examples.delete_examples(visitor, [kept[0].id])
    assert [each.place for each in engine.examples.kept_examples(visitor)] == [
        "learn",
        "learn",
        "test",
        "learn",
    ]
    assert engine.examples.relabel_example(visitor, kept[3].id, 3) == kept[3]
    changed = engine.examples.relabel_example(visitor, kept[3].id, 5)
    assert (changed.label, changed.place, changed.kept) == (5, "learn", kept[3].kept)
    assert [each.id for each in engine.examples.kept_examples(visitor)] == [
        each.id for each in kept[1:]
    ]


def test_examples_deleted_in_another_tab_raise_an_error_and_change_nothing(engine, visitor):
    one, other = keep(engine, visitor, [1, 2])
    engine.examples.delete_examples(visitor, [one.id])
    for command, values in (
        ("delete_examples", [[other.id, one.id]]),
        ("relabel_example", [one.id, 3]),
    ):
        with refused("unknown_example"):
            getattr(engine.examples, command)(visitor, *values)
    assert engine.examples.kept_examples(visitor) == (other,)


@pytest.mark.parametrize("words", [("fish", "house"), ("魚", "屋"), tuple("abcdef")])
def test_nobody_adds_to_the_data_set_of_a_class(engine, visitor, words):
    own = make_own_dataset_name(words)
    shared = make_own_dataset_name(words, CLASS)
    file = write_examples_npz(
        [replace(each, dataset=shared) for each in keep(engine, visitor, [0, 1], own)]
    )
    with pytest.raises(ExampleError, match="example_dataset"):
        keep(engine, visitor, [0], shared)
    with pytest.raises(ExampleError, match="example_dataset"):
        engine.examples.import_example_file(visitor, shared, file)
    assert engine.examples.kept_examples(visitor, shared) == ()
    assert len(engine.examples.kept_examples(visitor)) == 2


def test_the_501st_example_is_refused_and_none_is_lost(engine, visitor):
    kept = keep(engine, visitor, [at % 10 for at in range(499)])
    file = write_examples_npz(keep(engine, new_visitor(engine), [1, 2], first=900))
    with refused("limit_examples"):
        engine.examples.import_example_file(visitor, "mnist", file)
    kept += keep(engine, visitor, [4], first=700)
    with refused("limit_examples"):
        keep(engine, visitor, [4], first=800)
    assert engine.examples.kept_examples(visitor) == tuple(kept)
    assert sum(each.place == "test" for each in kept) == 120


@pytest.mark.parametrize("write", [write_examples_npz, write_examples_zip])
def test_a_file_brings_back_what_is_not_there_and_a_bad_one_nothing(engine, visitor, write):
    kept = keep(engine, visitor, [3] * 5)
    file = write(kept)
    engine.examples.delete_examples(visitor, [kept[0].id, kept[3].id])
    engine.examples.relabel_example(visitor, kept[1].id, 8)
    assert engine.examples.import_example_file(visitor, "mnist", file) == (2, 3)
    found = {each.id: each for each in engine.examples.kept_examples(visitor)}
    assert [found[each.id].label for each in kept] == [3, 8, 3, 3, 3]
    assert found[kept[0].id].source == "drawing"
    with pytest.raises(ExampleError, match="examples_file_unusable"):
        engine.examples.import_example_file(visitor, "mnist", b"nonsense")
    assert {each.id: each for each in engine.examples.kept_examples(visitor)} == found


def test_examples_are_deleted_with_the_workspace(server, folder):
    engine, visitor = visited(server())
    keep(engine, visitor, [1, 2])
    engine.runs.submit_runs(visitor, [ADDED])
    engine.workspaces.delete_workspace(visitor)
    assert count_rows(folder, "examples") == count_rows(folder, "held_examples") == 0


def test_a_damaged_example_is_skipped_and_left_in_the_database(server, folder):
    engine, visitor = visited(server())
    kept = keep(engine, visitor, [1, 2, 3])
    engine.close()
    with other_process(folder) as db:
        db.execute("UPDATE examples SET pixels = x'00' WHERE label = 2")
    again = server()
    assert not again.workspaces.enter_workspace(visitor).is_complete
    assert again.examples.kept_examples(visitor) == (
        kept[0],
        kept[2],
    )
    assert count_rows(folder, "examples") == 3


def test_examples_are_counted_and_copied_and_deleted_ones_are_in_no_copy(server, folder):
    def copied() -> int:
        with closing(sqlite3.connect(folder / "copies" / "hour.sqlite3")) as copy:
            return copy.execute("SELECT count(*) FROM examples").fetchone()[0]

    engine, visitor = visited(server())
    gone, *_ = keep(engine, visitor, [3, 1, 2, 3])
    DatabaseCopies(folder / "copies", database(folder)).make_hourly_database_copy(5_000.0)
    assert copied() == 4
    engine.examples.delete_examples(visitor, [gone.id])
    engine.close()
    assert copied() == 3
    with other_process(folder) as db:
        db.execute("DELETE FROM examples WHERE label = 2")
    assert store_error(server()) == "store_fewer"


def test_a_database_of_the_format_before_opens_and_keeps_examples(server, folder):
    write_store(folder, "format_4", {}, '[{"transactions": 4, "runs": 2}]')
    engine = server(wall_clock=lambda: 1_795_000_001.0)
    assert store_error(engine) is None
    assert engine.workspaces.enter_workspace(OLD_TOKEN).is_complete
    done, waited = engine.runs.list_runs(OLD_TOKEN)
    assert (done.name, done.settings.rare_class, done.settings.examples) == ("old", 6, "none")
    assert done.examples is None and done.taught is None
    assert (waited.state, done.result.my_test) == ("paused", None)
    (kept,) = keep(engine, OLD_TOKEN, [7])
    with other_process(folder) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (FORMAT,)
    assert server(wall_clock=lambda: 1_795_000_002.0).examples.kept_examples(OLD_TOKEN) == (kept,)


# Runs that learn from a visitor's own examples


def test_a_run_keeps_count_and_hash_and_holds_the_pixels_until_it_is_trained(engine, visitor):
    kept = keep(engine, visitor, [1, 1, 1, 1, 2])
    record = visitor.submit(ADDED)
    assert record.examples.learn == 4
    assert record.examples.test == 1
    assert record.examples.until == kept[-1].kept
    engine.examples.delete_examples(visitor, [each.id for each in kept])
    assert (
        engine.examples.examples_of_run(visitor, record.id).content_digest == record.examples.digest
    )
    engine.start()
    engine.finish()
    assert visitor.run(record.id).state == "done"
    with refused("examples_gone"):
        engine.examples.examples_of_run(visitor, record.id)
    with refused("examples_gone"):
        engine.runs.resume_run(visitor, record.id, more_epochs=1)


def test_a_run_is_repeated_with_the_examples_it_had(engine, visitor):
    kept = keep(engine, visitor, [1, 2, 3])
    engine.start()
    record = visitor.submit(ADDED)
    engine.finish()
    keep(engine, visitor, [4], first=10)
    (repeated, plain) = engine.runs.submit_runs(
        visitor, [ADDED.with_values(seed=2), SMALL], like=[record.id] * 2
    )
    assert repeated.examples == record.examples and plain.examples is None
    later = visitor.submit(ADDED.with_values(seed=2))
    assert later.examples.learn == 4 and later.examples.digest != record.examples.digest
    engine.finish()
    engine.examples.relabel_example(visitor, kept[0].id, 9)
    with refused("examples_gone"):
        engine.runs.submit_runs(visitor, [ADDED.with_values(seed=3)], like=[record.id])


@pytest.mark.parametrize("dataset", [None, "fashion_mnist"])
def test_without_examples_of_its_data_set_no_run_is_queued(engine, visitor, dataset):
    if dataset:
        keep(engine, visitor, [1, 2], dataset)
    with refused("no_examples"):
        engine.runs.submit_runs(visitor, [SMALL, ADDED])
    assert visitor.runs() == ()


def test_a_paused_run_holds_its_examples_over_a_restart(server):
    engine, visitor = visited(server())
    kept = keep(engine, visitor, [1, 2, 3])
    (record,) = engine.runs.submit_runs(visitor, [ADDED])
    engine.examples.delete_examples(visitor, [kept[0].id])
    again = server()
    assert again.runs.get_run(visitor, record.id).state == "paused"
    assert (
        again.examples.examples_of_run(visitor, record.id).content_digest == record.examples.digest
    )
    again.runs.resume_run(visitor, record.id)


def test_a_run_of_a_file_comes_with_its_examples(engine, visitor):
    other = new_visitor(engine)
    keep(engine, visitor, [1, 2, 3])
    engine.start()
    record = visitor.submit(ADDED)
    engine.finish()
    record = visitor.run(record.id)
    copy = engine.runs.add_run(
        other, record, [], engine.examples.examples_of_run(visitor, record.id)
    )
    assert copy.examples.digest == record.examples.digest and copy.examples.until is None
    repeated = other.submit(ADDED, like=[copy.id])
    engine.finish()
    engine.runs.rename_run(other, copy.id, "theirs")
    assert (
        engine.examples.examples_of_run(other, copy.id).content_digest
        == engine.examples.examples_of_run(other, repeated.id).content_digest
    )
    bare = engine.runs.add_run(other, record, [])
    with refused("examples_gone"):
        engine.examples.examples_of_run(other, bare.id)


def test_an_own_data_set_takes_its_drawings_along_when_its_classes_get_other_names(server):
    engine, visitor = visited(server())
    first = engine.examples.name_data_set_classes(visitor, ["cat", "house", "star"])
    keep(engine, visitor, [0, 1, 1, 2, 0], first)
    second = engine.examples.name_data_set_classes(visitor, ["Star", "dog"], [2, 0])
    kept = engine.examples.kept_examples(visitor, second)
    assert [each.label for each in kept] == [1, 0, 1]
    assert not engine.examples.kept_examples(visitor, first)
    again = server()
    assert again.examples.own_data_set_name(visitor) == second
    assert again.examples.kept_examples(visitor) == kept


def test_an_own_data_set_is_trained_on_its_drawings_alone(engine, visitor):
    own = engine.examples.name_data_set_classes(visitor, ["cat", "house"])
    settings = [RunSettings(dataset=own, validation_split=0.0)]
    keep(engine, visitor, [0, 1, 0, 1, 0, 1, 0], own)
    with pytest.raises(ExampleError, match="own_too_few"):
        engine.runs.submit_runs(visitor, settings)
    keep(engine, visitor, [1, 1], own, 50)
    (record,) = engine.runs.submit_runs(visitor, settings)
    assert (record.examples.learn, record.examples.test) == (7, 2)
    taken = engine.examples.examples_of_run(visitor, record.id)
    assert taken.images_and_labels("learn")[1].tolist().count(1) == 4
