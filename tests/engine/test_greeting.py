"""Which workers are accepted, and how a replaced scheduler is noticed; without processes."""

import threading
from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from fvapp.core.errors import EngineError
from fvapp.engine.inbox import Inbox, WorkerGone, WorkerJoined, WorkerRefused, WorkerSilent
from fvapp.engine.processes.greeting import WorkerGreeter
from fvapp.engine.processes.heartbeat import MISSES, watch_scheduler
from fvapp.engine.runs.engine_state import WorkerState
from fvapp.engine.timing import Timing
from fvapp.engine.workers.connection import WorkerUnreachable
from fvapp.engine.workers.versions import required_versions

HELLO = {
    "name": "far",
    "warm": True,
    "versions": {"keras": "3"},
    "required": required_versions(),
    "pc": "lab-2",
    "cores": 4,
    "speed": 2.5,
}


class At:
    """A fake connection to the scheduler, whose workers give the answers that a test sets."""

    def __init__(self) -> None:
        self.client = object()
        self.answer: object = HELLO
        self.said: list[tuple[str, object]] = []

    def call_worker(
        self, address: str, command: str, *, seconds: float = 3.0, **values: object
    ) -> object:
        if isinstance(self.answer, Exception):
            raise self.answer
        if command == "hello":
            return self.answer
        self.said.append((command, values.get("error")))
        return None


class Impatient(threading.Event):
    """An event that is never set, but whose `wait` returns at once, so that no test waits."""

    def wait(self, timeout=None) -> bool:
        return False


@pytest.fixture
def at() -> At:
    return At()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def greeter(at, inbox):
    greeter = WorkerGreeter(
        at, inbox, Impatient(), lambda address, name: None, lambda address: None
    )

    def here(work, *values) -> Future:
        done = Future()
        done.set_result(work(*values))
        return done

    greeter._thread_pool = SimpleNamespace(submit=here, shutdown=lambda **options: None)
    return greeter


def test_a_worker_that_answers_and_fits_is_taken_and_told_so(greeter, at, inbox):
    greeter.handle_scheduler_news({"action": "add-worker", "worker": "tls://far"})
    (came,) = inbox.wait_for_messages(0)
    assert (
        vars(came.worker).items()
        >= vars(WorkerState("tls://far", "far", True, {"keras": "3"}, "lab-2", 4, 2.5)).items()
    )
    assert at.said == [("not_wanted", None)]


@pytest.mark.parametrize("name", ["fvapp", "Python", "Keras", "TensorFlow", "Dask"])
def test_one_of_another_version_is_refused_and_told_why(greeter, at, inbox, name):
    at.answer = HELLO | {"required": required_versions() | {name: "0.1"}}
    greeter.greet_worker("tls://far")
    (refused,) = inbox.wait_for_messages(0)
    error = refused.error
    assert refused == WorkerRefused("tls://far", "lab-2", error)
    assert (error.code, error.values["name"]) == ("pc_other_version", name)
    assert at.said == [("not_wanted", [error.code, error.values])]


def test_one_of_our_own_is_refused_as_the_apps_files_are_others_than_at_its_start(
    greeter, at, inbox
):
    at.answer = HELLO | {"pc": "", "required": required_versions() | {"fvapp": "0.1"}}
    greeter.greet_worker("tls://127.0.0.1:8787")
    (refused,) = inbox.wait_for_messages(0)
    assert (refused.pc, refused.error.code, refused.error.values) == ("", "app_changed", {})


def test_one_of_our_own_that_does_not_answer_is_started_again_without_a_word(greeter, at, inbox):
    at.answer = WorkerUnreachable("tls://127.0.0.1:8787")
    greeter.greet_worker("tls://127.0.0.1:8787")
    assert inbox.wait_for_messages(0) == []


def test_one_that_does_not_answer_is_refused_and_greeted_again_as_long_as_it_is_listed(
    greeter, at, inbox
):
    at.answer = WorkerUnreachable("tls://far")
    greeter.greet_worker("tls://far")
    assert inbox.wait_for_messages(0)[0].error.code == "pc_unreachable"
    at.answer = HELLO
    listed = {"last_seen": 0.0, "metrics": {"memory": 3 * 2**20}}
    greeter.record_listed_workers({"tls://other": listed})
    assert inbox.wait_for_messages(0) == []
    greeter.record_listed_workers({"tls://far": listed})
    assert isinstance(inbox.wait_for_messages(0)[0], WorkerJoined)
    greeter.record_listed_workers({"tls://far": listed})
    assert inbox.wait_for_messages(0) == []
    assert greeter.worker_memory_mb("tls://far") == 3.0
    assert greeter.worker_silence_seconds("tls://far") > 10
    assert greeter.worker_memory_mb("tls://gone") is None
    assert greeter.worker_silence_seconds("tls://gone") == 0.0


@pytest.mark.parametrize("memory", ["much", None, [], float("nan"), -1, True])
def test_a_worker_that_makes_up_its_metrics_hides_no_other(greeter, memory):
    metrics = {"far": {"memory": memory}, "odd": memory, "here": {"memory": 2**20}}
    greeter.record_listed_workers(
        {f"tls://{name}": {"last_seen": 0.0, "metrics": each} for name, each in metrics.items()}
    )
    assert [greeter.worker_memory_mb(f"tls://{name}") for name in ("far", "odd", "here")] == [
        0.0,
        0.0,
        1.0,
    ]


MADE_UP = ({"speed": float("inf")}, {"speed": "fast"}, {"cores": None}, {"pc": 7}, {"versions": []})


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        *((HELLO | each, "pc_unreachable") for each in MADE_UP),
        (EngineError("pc_no_images"), "pc_no_images"),
    ],
)
def test_one_that_says_anything_of_itself_or_has_no_images_is_refused(
    greeter, at, inbox, answer, code
):
    at.answer = answer
    greeter.greet_worker("tls://far")
    (refused,) = inbox.wait_for_messages(0)
    assert (refused.pc, refused.error.code) == ("far", code)


def test_silence_is_said_before_the_end(greeter, inbox):
    greeter.handle_scheduler_news({"action": "worker-ttl-timed-out", "workers": ["tls://far"]})
    greeter.handle_scheduler_news({"action": "remove-worker", "worker": "tls://far"})
    assert inbox.wait_for_messages(0) == [WorkerSilent("tls://far"), WorkerGone("tls://far")]


@pytest.mark.parametrize(
    ("answers", "lost"),
    [
        (["a", "a", "a"], False),
        (["a", "b"], True),  # the client has reconnected, to another scheduler
        (["a", *[TimeoutError()] * (MISSES - 1), "a"], False),
        (["a", *[TimeoutError()] * MISSES], True),
    ],
)
def test_a_scheduler_that_is_another_or_silent_is_noticed(answers, lost):
    told = []
    ended = threading.Event()
    closed = threading.Event()
    client = SimpleNamespace(status="running", scheduler=SimpleNamespace(identity=None))
    left = list(answers)

    def sync(ask, callback_timeout):
        answer = left.pop(0)
        if not left and not lost:
            client.status = "closed"
            closed.set()
        if isinstance(answer, Exception):
            raise answer
        return {"id": answer, "workers": {}}

    client.sync = sync
    watch_scheduler(
        client,
        Timing(ping_interval_seconds=0.0),
        ended,
        lambda: (told.append("lost"), closed.set()),
        told.append,
    )
    assert closed.wait(10)
    assert ("lost" in told) == lost
