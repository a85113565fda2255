"""``python -m fvapp bench lab``: a room of PCs, of which two are network namespaces of this machine.

A namespace has an address, a stack and a cable of its own, which can be pulled (packets are dropped, nobody is told)
and made slow. It needs Linux and root. Each PC has one worker on one core, the teacher's the first.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psutil

from fvapp.bench.engine_runs import NO_LIMITS, Trainings, wait_until
from fvapp.bench.measuring import Measure, alternate, benchmark, seconds_of
from fvapp.bench.served_app import ROOT
from fvapp.bench.training import NOTEBOOK
from fvapp.core.runs import ACTIVE
from fvapp.core.settings import RunSettings
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.processes.room import FOLDER, new_room, write_join_file

PORT, TEACHER = 8701, "10.86.0.1"
LINK = ("rate", "100mbit", "burst", "64kb", "latency", "50ms")
ROUNDS, KILLS = 3, 20
EPOCHS = 6
LONG = RunSettings(epochs=100)
SHORT = RunSettings(epochs=2, train_images=1_000)


def measure_all(home: str, args: argparse.Namespace) -> Iterator[Measure]:
    """Yield every measure, one after the other."""
    with _room(Path(home)) as room:
        room.join(1)
        yield _speed_of_two(room)
        yield _slow_link(room)
        yield from _cut_off(room)
        yield _scheduler_again(room)
        room.join(2)
        yield _random_kills(room)


add_arguments, run = benchmark("lab", measure_all)


@dataclass(frozen=True)
class Room(Trainings):
    """The engine of the teacher's PC, and the PCs that joined."""

    home: Path
    joined: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def join(self, number: int) -> None:
        """Have a PC join, and wait until it is taken and has measured its speed."""
        core, pc = str(number % psutil.cpu_count()), f'hostname pc{number} && exec "$@"'
        command = ["ip", "netns", "exec", f"fvlab{number}", "unshare", "--uts", "sh", "-c", pc, "sh"]
        command += ["taskset", "-c", core, sys.executable, "-m", "fvapp", "lab", "join", str(self.home / "join.json")]
        environ = os.environ | {"FVAPP_HOME": str(self.home / f"pc{number}"), "FVAPP_WORKERS": "1"}
        before = self.engine.status().workers
        with open(self.home / f"pc{number}.log", "ab") as log:
            self.joined[number] = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        wait_until(lambda: self.engine.status().workers > before and all(pc.speed for pc in self.engine.pcs()))

    def close(self) -> None:
        """Have all PCs leave in order."""
        for joined in self.joined.values():
            joined.send_signal(signal.SIGINT)
            joined.wait(60)

    def start_on(self, number: int) -> str:
        """Return a long run that a PC trains and that has a checkpoint."""
        runs = [record.id for record in self.engine.submit(self.token, [LONG] * self.engine.status().workers)]
        wait_until(lambda: all(self.engine.run(self.token, run).can_continue for run in runs))
        there = next(run for run in runs if self.pc_of(run) == f"pc{number}")
        self.delete(run for run in runs if run != there)
        return there

    def delete(self, runs: Iterator[str] | Sequence[str]) -> None:
        """Delete runs, and wait until nothing of theirs trains."""
        for run in runs:
            self.engine.delete(self.token, run)
            wait_until(lambda run=run: self.pc_of(run) is None)

    def pc_of(self, run: str) -> str | None:
        """Return the PC that trains a run; None while none does."""
        return next((pc.name for pc in self.engine.pcs() for each in pc.trains if each.id == run), None)

    def seconds_to(self, run: str, epoch: int) -> float:
        return _timed(lambda: self.engine.run(self.token, run).epoch >= epoch)


@contextmanager
def _room(home: Path) -> Iterator[Room]:
    """Make a room, and two namespaces that a bridge connects with this one."""
    with ExitStack() as stack:
        _do("ip", "link", "add", "fvlab", "type", "bridge")
        stack.callback(_do, "ip", "link", "del", "fvlab")
        _do("ip", "addr", "add", f"{TEACHER}/24", "dev", "fvlab")
        _do("ip", "link", "set", "fvlab", "up")
        for pc in ("fvlab1", "fvlab2"):
            _do("ip", "netns", "add", pc)
            stack.callback(_do, "ip", "netns", "del", pc)
            _do("ip", "link", "add", pc, "type", "veth", "peer", "name", "cable", "netns", pc)
            _do("ip", "link", "set", pc, "master", "fvlab", "up")
            _do("ip", "-n", pc, "addr", "add", f"10.86.0.1{pc[-1]}/24", "dev", "cable")
            for end in ("cable", "lo"):
                _do("ip", "-n", pc, "link", "set", end, "up")
        new_room(home / FOLDER, PORT)
        write_join_file(home / FOLDER, home / "join.json", TEACHER)
        environ = os.environ | NO_LIMITS | {"FVAPP_HOME": str(home), "FVAPP_LAB": "1", "FVAPP_WORKERS": "1"}
        os.sched_setaffinity(0, {0})
        engine = stack.enter_context(closing(EmbeddedEngine(environ)))
        engine.start()
        wait_until(lambda: engine.status().workers == 1)
        yield stack.enter_context(closing(Room(engine, engine.enter(None).token, home)))


def _do(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def _timed(condition: Callable[[], bool]) -> float:
    return seconds_of(partial(wait_until, condition))


# The measures


def _speed_of_two(room: Room) -> Measure:
    def rate(runs: int) -> float:
        settings = [NOTEBOOK.with_values(seed=seed, epochs=EPOCHS) for seed in range(runs)]
        return runs * EPOCHS / seconds_of(partial(room.run_together, settings))

    found = alternate({"two": partial(rate, 2), "one": partial(rate, 1)}, ROUNDS)
    return Measure("epochs a second, 2 PCs beside 1", "/s", *found.values(), 1.75, 1.9, more_is_better=True)


def _slow_link(room: Room) -> Measure:
    """Measure an epoch whose curve, checkpoints and film travel over a slow link, beside a fast one."""

    def seconds(how: str, *limit: str) -> float:
        _do("ip", "netns", "exec", "fvlab1", "tc", "qdisc", how, "dev", "cable", "root", *limit)
        run = room.start_on(1)
        found = room.seconds_to(run, room.engine.run(room.token, run).epoch + 2 * EPOCHS) / (2 * EPOCHS)
        room.delete([run])
        return found

    found = alternate({"slow": partial(seconds, "add", "tbf", *LINK), "fast": partial(seconds, "del")}, ROUNDS)
    return Measure("an epoch over 100 Mbit/s, beside an unlimited link", "s", *found.values(), 1 / 1.1, 1 / 1.02)


def _cut_off(room: Room) -> Iterator[Measure]:
    said, goes_on = [], []
    for _ in range(ROUNDS):
        run = room.start_on(1)
        epoch = room.engine.run(room.token, run).epoch
        _do("ip", "link", "set", "fvlab1", "down")
        said.append(_timed(lambda run=run: room.engine.run(room.token, run).reason == "moved"))
        goes_on.append(said[-1] + _timed(lambda run=run: room.pc_of(run) == "") + room.seconds_to(run, epoch + 1))
        _do("ip", "link", "set", "fvlab1", "up")
        room.delete([run])
        wait_until(lambda: room.engine.status().workers == 2)
    yield Measure("cut off in mid-run: said to the student", "s", said, must=15, aim=8)
    yield Measure("cut off in mid-run: goes on elsewhere", "s", goes_on, must=30, aim=15)


def _scheduler_again(room: Room) -> Measure:
    found = []
    for _ in range(ROUNDS):
        _kill("distributed.cli.dask_scheduler", os.getpid())
        wait_until(lambda: room.engine.status().state != "ready")
        found.append(_timed(lambda: room.engine.status().state == "ready" and room.engine.status().workers == 2))
    return Measure("scheduler killed: all workers are back", "s", found, must=20, aim=10)


def _kill(module: str, parent: int) -> None:
    for child in psutil.Process(parent).children(recursive=True):
        if module in child.cmdline():
            child.kill()


def _random_kills(room: Room) -> Measure:
    """Kill and cut at random while runs wait: each must end, or say why it did not."""
    chance, silently = random.Random(1), 0
    for _ in range(KILLS):
        records = room.engine.submit(room.token, [SHORT.with_values(seed=seed) for seed in range(30)])
        time.sleep(chance.uniform(0, 3))
        number = chance.choice((1, 2))
        if chance.random() < 0.5:
            _do("ip", "link", "set", f"fvlab{number}", "down")
            time.sleep(chance.uniform(0, 15))
            _do("ip", "link", "set", f"fvlab{number}", "up")
        else:
            _kill("distributed.cli.dask_worker", room.joined[number].pid)
        wait_until(lambda: all(record.state not in ACTIVE for record in room.engine.runs(room.token)))
        ended = [room.engine.run(room.token, record.id) for record in records]
        silently += sum(record.state != "done" and record.reason is None for record in ended)
        room.delete([record.id for record in ended])
    return Measure(f"lost without a word in {KILLS} rounds of 30 runs", "", [silently], must=0, aim=0)
