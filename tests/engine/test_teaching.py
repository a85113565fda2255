"""A network is taught a few examples: beside training, as a new run, or refused with an error."""

import numpy as np
import pytest

from fvapp.core.checkpoint import Checkpoint
from fvapp.core.errors import EngineError
from fvapp.core.runs import RunPosition, RunRecord
from fvapp.core.settings import RunSettings
from fvapp.engine.store import writes
from fvapp.engine.timing import DEFAULT_TIMING
from random_networks import random_weights
from real_engine import LONG, SMALL, wait_until, wait_until_done
from scripted_engine import new_visitor, refused

DIGITS = SMALL.with_values(dataset="mnist")
IMAGES = np.random.default_rng(3).integers(0, 256, (30, 28, 28), np.uint8)


class Student:
    """A visitor with a trained network and four examples."""

    def __init__(self, engine):
        self.engine = engine
        self.visitor = new_visitor(engine)
        engine.start()
        run = self.visitor.submit(DIGITS)
        engine.finish()
        self.parent = self.visitor.run(run.id)
        self.ids = [self.keep(at, at % 10) for at in range(4)]

    def keep(self, number, label, dataset="mnist"):
        """Keep an image as an example, and return its id."""
        return self.engine.examples.keep_example(self.visitor, dataset, IMAGES[number], label).id

    def teach(self, ids=None, mixed=False, model=None):
        ids = self.ids[:1] if ids is None else ids
        return self.engine.teaching.teach_network(self.visitor, model or self.parent.id, ids, mixed)

    def refused(self, code, **values):
        before = self.visitor.runs()
        with refused(code):
            self.teach(**values)
        assert self.visitor.runs() == before and not self.engine.workers.taught


@pytest.fixture
def student(scripted_engine):
    return Student(scripted_engine)


def test_a_taught_run_names_its_parent_and_answers_by_itself(student):
    engine = student.engine
    visitor = student.visitor
    student.keep(9, 3, "fashion_mnist")
    run = student.teach(student.ids[:3], mixed=True)
    # Of the other examples, the fourth digit counts, but the image of clothes does not.
    assert run.taught.outcome.others == 1
    assert run.state == "done"
    assert run.number == 2
    assert run.result.test_accuracy == 0.8
    assert run.epoch == student.parent.epoch
    taught = run.taught
    assert (taught.parent, taught.parent_number, taught.mixed) == (student.parent.id, 1, True)
    assert (
        set(taught.examples)
        == set(student.ids[:3])
        == {each.id for each in taught.outcome.examples}
    )
    assert taught.outcome.learned_all_examples and taught.outcome.forgot_images == (5, 7)
    (asked,) = engine.workers.taught
    assert asked["temperature"] == student.parent.result.temperature and asked["mixed"]
    assert engine.answers.classify_images(
        visitor, run.id, IMAGES[:1]
    ) != engine.answers.classify_images(visitor, student.parent.id, IMAGES[:1])
    assert visitor.run(student.parent.id) == student.parent


def test_a_taught_run_is_taught_again_and_not_continued(student):
    run = student.teach()
    with refused("taught_not_continued"):
        student.engine.runs.resume_run(student.visitor, run.id, more_epochs=1)
    again = student.teach(student.ids[1:2], model=run.id)
    assert (again.taught.parent, again.taught.parent_number) == (run.id, 2)


def test_teaching_waits_for_no_run_and_takes_no_place_in_the_queue(student):
    engine = student.engine
    visitor = student.visitor
    engine.runs.submit_runs(
        visitor, [DIGITS.with_values(epochs=50, seed=seed) for seed in range(3)]
    )
    assert engine.engine_status().waiting_run_count == 1
    run = student.teach()
    assert run.state == "done"
    assert engine.engine_status().waiting_run_count == 1
    assert engine.engine_status().training_worker_count == 2


def test_a_worker_that_dies_while_teaching_loses_the_taught_run_only(student):
    student.engine.workers.dies = True
    run = student.teach()
    assert run.state == "lost"
    assert run.reason == "worker_gone"
    assert run.taught.outcome is None
    assert not run.has_checkpoint
    assert student.visitor.run(student.parent.id) == student.parent
    with refused("taught_not_continued"):
        student.engine.runs.resume_run(student.visitor, run.id)
    with refused("no_model"):
        student.engine.answers.classify_images(student.visitor, run.id, IMAGES[:1])
    student.engine.workers.dies = False
    assert student.teach(student.ids[1:2]).state == "done"


def test_any_error_of_a_teaching_worker_ends_the_run(student, monkeypatch):
    monkeypatch.setattr(
        type(student.engine.workers),
        "_teach",
        lambda *args, **values: {"checkpoint": b"", "result": 7},
    )
    run = student.teach()
    assert run.state == "failed" and run.error is not None


def test_a_double_click_teaches_once(student):
    first = student.teach()
    assert student.teach() == first and len(student.engine.workers.taught) == 1
    assert student.teach(mixed=True).id != first.id
    student.engine.skip(DEFAULT_TIMING.duplicate_click_seconds + 1)
    assert student.teach().id != first.id


def test_a_run_that_is_deleted_while_it_is_taught_stays_deleted(student, monkeypatch):
    engine = student.engine
    visitor = student.visitor
    teach = engine.workers._teach

    def delete_first(*args, **values):
        (run,) = (each for each in visitor.runs() if each.taught)
        assert run.state == "running"
        for command in (engine.runs.stop_run, engine.runs.pause_run, engine.runs.resume_run):
            with pytest.raises(EngineError, match=r"not_now|taught_not_continued"):
                command(visitor, run.id)
        student.engine.runs.delete_run(visitor, run.id)
        return teach(*args, **values)

    monkeypatch.setattr(engine.workers, "_teach", delete_first)
    run = student.teach()
    assert [each.id for each in visitor.runs()] == [student.parent.id]
    engine.skip(1)
    assert engine._journal.read_checkpoint(run.id) is None


@pytest.mark.parametrize("state", ["queued", "running"])
def test_a_network_that_still_trains_is_not_taught(student, state):
    runs = student.engine.runs.submit_runs(
        student.visitor, [DIGITS.with_values(epochs=50, seed=seed) for seed in range(3)]
    )
    record = next(run for run in student.visitor.runs() if run.state == state and run in runs)
    student.refused("teach_trains", model=record.id)


def test_nan_weights_are_not_taught(student):
    first, *rest = random_weights(DIGITS)
    weights = [np.full_like(first, np.nan), *rest]
    content = Checkpoint(weights, (), 0, 2, 0).to_bytes()
    student.engine._journal.queue_changes(
        writes.store_checkpoint(student.parent.id, content, RunPosition(2))
    )
    student.refused("teach_nan")


@pytest.mark.parametrize("changes", [{"output_units": 9}, {"flatten": False}])
def test_a_network_that_cannot_give_all_labels_is_not_taught(student, changes):
    record = RunRecord("", 0, DIGITS.with_values(**changes), "done")
    record = student.engine.runs.add_run(student.visitor, record, [])
    student.refused("teach_outputs", model=record.id)


def test_a_run_without_weights_is_not_taught(student, tmp_path):
    copy = student.engine.runs.add_run(student.visitor, student.parent, [])
    student.refused("teach_no_weights", model=copy.id)
    for file in (tmp_path / "checkpoints").iterdir():
        file.unlink()
    student.refused("teach_no_weights")


def test_only_a_network_of_ones_own_is_taught_and_examples_of_its_data_set_that_are_there(student):
    student.refused("teach_not_own", model="mnist")
    other = student.keep(9, 3, "fashion_mnist")
    student.refused("teach_dataset", ids=[student.ids[0], other])
    student.engine.examples.delete_examples(student.visitor, student.ids[:1])
    student.refused("unknown_example", ids=student.ids)


def test_none_and_too_many_examples_are_not_taught(student):
    many = [student.keep(at, 1) for at in range(4, 25)]
    student.refused("limit_taught", ids=[])
    student.refused("limit_taught", ids=many)
    assert len(student.teach(many[:20]).taught.examples) == 20
    assert len(student.teach([many[0]] * 30).taught.examples) == 1


def test_before_a_worker_is_there_nothing_is_taught(student):
    for address in list(student.engine._engine_state.workers):
        student.engine.workers.die(address)
    student.refused("not_ready")


def test_teaching_has_a_separate_limit(scripted_engine):
    scripted_engine.teaching._rate_limit.limit = 2
    student = Student(scripted_engine)
    student.teach()
    student.teach(mixed=True)
    with refused("limit_teachings"):
        student.teach(student.ids)
    student.engine.skip(61)
    student.teach(student.ids)


# Teaching with real workers


@pytest.mark.processes
def test_teaching_happens_between_the_blocks_of_training_runs(real_engine):
    engine = real_engine
    visitor = new_visitor(engine)
    (parent,) = engine.runs.submit_runs(
        visitor, [RunSettings(dataset="mnist", train_images=5_000, epochs=1)]
    )
    wait_until_done(engine, visitor, parent.id)
    trains = engine.runs.submit_runs(
        visitor, [LONG.with_values(train_images=None, seed=seed) for seed in (1, 2)]
    )
    wait_until(lambda: all(visitor.run(run.id).epoch for run in trains))
    kept = [engine.examples.keep_example(visitor, "mnist", IMAGES[at], at) for at in range(3)]
    run = engine.teaching.teach_network(
        visitor, parent.id, [each.id for each in kept[:2]], mixed=True
    )
    wait_until_done(engine, visitor, run.id)
    assert {visitor.run(each.id).state for each in trains} == {"running"}
    run = visitor.run(run.id)
    outcome = run.taught.outcome
    assert outcome.learned_all_examples and outcome.others == 1 and run.result.test_accuracy > 0.5
    answers = engine.answers.classify_images(visitor, run.id, [each.image for each in kept[:2]])
    assert [answer.predicted_label for answer in answers] == [0, 1]
    shares = {each.id: each.share_after for each in outcome.examples}
    for each, answer in zip(kept[:2], answers, strict=True):
        assert answer.confidence == pytest.approx(shares[each.id], abs=0.001)
    for each in trains:
        engine.runs.stop_run(visitor, each.id)
    engine.answers.export_model_file(visitor, run.id)


@pytest.mark.processes
def test_a_run_with_own_examples_is_trained_by_a_worker_that_has_none(real_engine):
    engine = real_engine
    visitor = new_visitor(engine)
    for at in range(8):
        engine.examples.keep_example(visitor, "mnist", IMAGES[at], at // 4)
    (record,) = engine.runs.submit_runs(
        visitor, [RunSettings(dataset="mnist", examples="only", example_weight=50, epochs=3)]
    )
    wait_until_done(engine, visitor, record.id)
    assert visitor.run(record.id).result.my_test[1] == 2
    assert engine.runs.read_events(visitor, record.id)[0][0].train_images == 6 * 50
