"""A run's life follows the table of steps in the code and in fvapp/README.md, whatever happens."""

import ast
import random
import re
from contextlib import suppress
from dataclasses import fields

import pytest

from fvapp.core.errors import FvappError
from fvapp.core.settings import RunSettings
from fvapp.engine.inbox import HandOverFailed, WorkerSilent
from fvapp.engine.runs.life import ENDING, NEW, PHASES, STEPS, RunLifecycle
from fvapp.engine.runs.open_workspace import Run
from fvapp.engine.store.journal import Journal
from fvapp.engine.workers.protocol import WorkerLeaves
from our_modules import MODULES, ROOT, parse
from scripted_engine import new_visitor

HERE = ("state", "queue_place")  # fields that most steps change
STORED = {
    "events": "events",
    "checkpoints": "checkpoint",
    "frames": "film",
    "held_examples": "examples",
}
SMALL = RunSettings(hidden=(8,), epochs=2)


def test_the_readme_has_the_same_table():
    text = (ROOT / "fvapp" / "README.md").read_text(encoding="utf-8")
    section = text.partition("## A run's life")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in row.strip("|").split("|")]
        for row in re.findall(r"^\|.*\|$", section, re.M)
    ]
    assert rows[0] == ["step", "from", "to", "worker", "queue", "record", "disk"]
    known = [
        [name, *(each if isinstance(each, str) else ", ".join(each) for each in row)]
        for name, row in STEPS.items()
    ]
    assert rows[2:] == known


def test_every_phase_is_come_to_and_all_but_the_last_are_left():
    assert {each for step in STEPS.values() for each in step.to_phases} == set(PHASES) - {NEW}
    assert {each for step in STEPS.values() for each in step.from_phases} == set(PHASES) - {"gone"}


def test_no_other_module_of_the_engine_changes_the_state_of_a_run():
    found = []
    for name, path in MODULES.items():
        if name.startswith("fvapp.engine") and name != "fvapp.engine.runs.life":
            for node in ast.walk(parse(path)):
                if isinstance(node, ast.Call) and any(
                    each.arg == "state" for each in node.keywords
                ):
                    found.append(name)
                if (
                    isinstance(node, ast.Attribute)
                    and node.attr == "is_storing_result"
                    and isinstance(node.ctx, ast.Store)
                ):
                    found.append(name)
    assert found == []


@pytest.fixture
def taken(monkeypatch):
    """The steps that runs have taken; each step is compared with the table when a run takes it."""
    taken = []
    stored = {}
    step_of = {}
    take = RunLifecycle._take_life_step
    update = Run.update_record_and_notify
    note = Journal.queue_changes

    def checked(life, name, run, record, **more):
        step = STEPS[name]
        before = run.life_phase
        old = run.record
        step_of[run] = name
        take(life, name, run, record, **more)
        del step_of[run]
        taken.append(name)
        assert before in step.from_phases or NEW in step.from_phases, (name, before)
        assert run.life_phase in step.to_phases, (name, run.life_phase)
        changed = {
            each.name
            for each in fields(old)
            if getattr(old, each.name) != getattr(run.record, each.name)
        }
        assert changed <= {*step.changed_fields, *HERE}, (name, changed)
        assert (run in life.queue) is (run.record.state == "queued")
        assert (run.record.id in life.active_runs) is (
            run.record.state in ("queued", "running")
        ) or name == "teach"
        assert (run.worker_address is not None) is (name == "give")
        trained = STEPS["train"].stored_parts if before in ("running", ENDING) else ()
        assert stored.pop(run.record.id, set()) <= {*step.stored_parts, *trained}, name

    def seen(run, record, urgent=True):
        if run in step_of or not urgent:
            return update(run, record, urgent)
        old = run.record
        changed = {
            each.name
            for each in fields(old)
            if getattr(old, each.name) != getattr(record, each.name)
        }
        assert changed <= {*STEPS["train"].changed_fields, "name"}, changed
        return update(run, record)

    def noted(journal, *changes):
        for change in changes:
            if change.change_key[0] in STORED:
                stored.setdefault(change.change_key[1], set()).add(STORED[change.change_key[0]])
        note(journal, *changes)

    monkeypatch.setattr(RunLifecycle, "_take_life_step", checked)
    monkeypatch.setattr(Run, "update_record_and_notify", seen)
    monkeypatch.setattr(Journal, "queue_changes", noted)
    return taken


def live(engine, chance, tokens):
    """Do something random to a random run or worker."""
    visitor = chance.choice(tokens)
    runs = visitor.runs()
    workers = engine.workers
    run = chance.choice(runs).id if runs else ""
    trains = [each.address for each in workers.training()]

    def lose():
        workers.die(address := chance.choice(trains))
        workers.come(address)

    def leave():
        engine.step(WorkerLeaves(address := chance.choice(trains)))
        engine.advance()
        workers.come(address)

    def fall_silent():
        address = chance.choice(trains)
        engine.step(WorkerSilent(address))
        workers.die(address)
        workers.come(address)

    def refuse():
        training = chance.choice(workers.training())
        engine.step(
            HandOverFailed(
                training.order.run, training.order.attempt, chance.choice([None, "checkpoint_gone"])
            )
        )
        workers.die(training.address)
        workers.come(training.address)

    commands = [
        lambda: engine.runs.submit_runs(
            visitor, [SMALL.with_values(epochs=chance.choice([1, 2, 30]))]
        ),
        lambda: engine.runs.resume_run(visitor, run, chance.choice([0, 1])),
        lambda: engine.runs.stop_run(visitor, run),
        lambda: engine.runs.pause_run(visitor, run),
        lambda: engine.runs.rename_run(visitor, run, "named"),
        lambda: engine.runs.add_run(visitor, visitor.run(run), visitor.events(run)),
        lambda: engine.advance(chance.choice([1, 5])),
        lambda: engine.skip(chance.choice([0.5, 25.0, 700.0])),
        *([lose, leave, fall_silent, refuse] if trains else []),
    ]
    if chance.random() < 0.05:
        commands = [lambda: engine.runs.delete_run(visitor, run)]
    with suppress(FvappError):
        chance.choice(commands)()


def test_every_change_of_a_run_is_a_step_of_the_table(scripted, taken, caplog):
    for seed in range(2):
        engine = scripted(cancelled_a_minute=100_000, queued_all=6, queued=8)
        chance = random.Random(seed)
        engine.start()
        tokens = [new_visitor(engine) for _ in range(3)]
        for _ in range(250):
            live(engine, chance, tokens)
            assert "a step of the engine failed" not in caplog.text, caplog.text
            places = [run.record.queue_place for run in engine._engine_state.queue]
            assert places == list(range(1, len(places) + 1))
            assert all(
                run.record.state in ("queued", "running")
                for run in engine._engine_state.active_runs.values()
            )
        engine = scripted()
        for visitor in tokens:
            assert all(
                run.state not in ("queued", "running") for run in engine.runs.list_runs(visitor)
            )
    often = {
        "submit",
        "import",
        "give",
        "put back",
        "set aside",
        "stop",
        "finish",
        "move",
        "lose",
        "resume",
    }
    assert set(taken) >= often, often - set(taken)
