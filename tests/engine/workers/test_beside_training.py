"""Teaching beside a training run delays neither the run nor the server's messages to workers."""

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from fvapp.engine.runs.open_workspace import OpenWorkspace
from fvapp.engine.workers.connection import WorkerUnreachable
from fvapp.engine.workers.transfers import WorkerTransfers
from fvapp.worker.turns import TeachingTurns
from made_up_runs import make_run
from scripted_engine import Clock

WAIT = 30.0  # maximum seconds to wait for something that should happen at once


def test_after_a_teaching_a_training_goes_on_for_as_long_or_to_its_end():
    clock = Clock()
    training = threading.Lock()
    turns = TeachingTurns(training, clock)
    begun = threading.Event()
    done = threading.Event()

    def teach_again() -> None:
        begun.set()
        with turns.hold_teaching_turn():
            done.set()

    training.acquire()
    with turns.hold_teaching_turn():
        clock.skip(2 * WAIT)
    again = threading.Thread(target=teach_again)
    again.start()
    assert begun.wait(WAIT) and not done.wait(0.1)
    turns.wait_for_teaching()  # returns at once: nobody is teaching a network, so training goes on
    training.release()
    assert done.wait(WAIT)
    again.join()


def test_a_worker_that_trains_nothing_is_waited_for_by_nobody_who_teaches():
    clock = Clock()
    turns = TeachingTurns(threading.Lock(), clock)
    for _ in range(3):
        with turns.hold_teaching_turn():
            clock.skip(WAIT)


def test_teachings_under_way_keep_no_training_waiting():
    ended = threading.Event()
    said = threading.Event()

    class Wire:
        def call_worker(self, address: str, command: str, **values: object) -> None:
            if command == "teach":
                assert ended.wait(WAIT)
                raise WorkerUnreachable
            said.set()

    helpers = ThreadPoolExecutor(1)
    teachers = ThreadPoolExecutor(1)
    delivery = WorkerTransfers(
        SimpleNamespace(journal=None, lifecycle=SimpleNamespace()), None, Wire(), helpers, teachers
    )
    run = make_run("one", OpenWorkspace("student", created_at=0.0), worker_address="a")
    for _ in range(8):
        delivery.teach_run(run, "a")
    delivery.send_stop_or_pause_request(run)
    assert said.wait(WAIT)
    ended.set()
    delivery.end_helper_threads()
