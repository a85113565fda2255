"""Shares of processor time, with a simulated clock: a script gets only the time others leave."""

import random
from collections import Counter
from dataclasses import dataclass, field
from threading import Event, Thread

import pytest

from fvapp.engine.turns import (
    FURTHEST,
    LONG,
    Claimant,
    ScriptTurns,
    Turn,
    TurnQueue,
    step_aside,
    yield_turn,
)

SEEDS = range(3)
LONGEST = 0.1  # maximum number of seconds that a simulated script run takes


@dataclass
class Visitor:
    """A simulated visitor who requests a script run, waits for its end, pauses, and starts again.

    Attributes:
        pause: seconds between the end of a run and the next one, on average.
        tabs: number of the visitor's tabs that request script runs.
        waits: seconds that each run waited.
        served: processor time of all runs.
    """

    claimant: Claimant
    pause: float
    tabs: int = 1
    come: float = 0.0
    waits: list[float] = field(default_factory=list)
    served: float = 0.0


def simulate(
    visitors: list[Visitor], seconds: float, chance: random.Random, slowness: float = 1.0
) -> float:
    """Simulate visitors who share one processor; return the seconds that the processor was busy.

    Args:
        slowness: seconds that pass for each second of computing, because other programs compute
            too.
    """
    queue = TurnQueue()
    busy = 0.0
    due = [
        (each.come + chance.random() * each.pause, each)
        for each in visitors
        for _ in range(each.tabs)
    ]
    of_turn: dict[Turn, tuple[float, Visitor]] = {}
    running: tuple[float, Turn] | None = None
    now = 0.0
    while now < seconds:
        ends = [running[0]] if running else []
        now = min([at for at, _ in due] + ends)
        if running and running[0] <= now:
            turn = running[1]
            _, visitor = of_turn.pop(turn)
            took = (now - turn.begun_at) / slowness
            queue.end_run(turn, took, now)
            visitor.served += took
            busy += now - turn.begun_at
            due.append((now + chance.expovariate(1 / visitor.pause), visitor))
            running = None
        for at, visitor in [each for each in due if each[0] <= now]:
            turn = Turn(visitor.claimant)
            of_turn[turn] = at, visitor
            queue.add_run(turn, now)
        due = [each for each in due if each[0] > now]
        if running is None and (turn := queue.begin_next_run(now)) is not None:
            asked, visitor = of_turn[turn]
            visitor.waits.append(now - asked)
            running = now + slowness * chance.uniform(0.01, LONGEST), turn
        assert running is not None or not of_turn, "a run waits while the processor is free"
    return busy


def students(
    count: int, claimant=lambda number: (f"seat {number}",), come: float = 0.0
) -> list[Visitor]:
    return [Visitor(claimant(number), pause=15.0, come=come) for number in range(count)]


def high(visitors: list[Visitor]) -> float:
    waits = sorted(wait for each in visitors for wait in each.waits)
    return waits[int(0.95 * len(waits))]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_class_waits_for_at_most_one_run_of_a_script_with_many_tabs(seed):
    chance = random.Random(seed)
    quiet = students(40)
    simulate(quiet, 200, random.Random(seed))
    scripts = [
        Visitor((f"script {number}",), chance.choice([0.01, 0.1]), tabs=chance.choice([3, 10, 60]))
        for number in range(chance.randint(1, 3))
    ]
    beside = students(40, come=10.0)
    busy = simulate([*scripts, *beside], 200, random.Random(seed))
    assert high(beside) <= high(quiet) + LONGEST
    assert busy >= 0.95 * 180  # scripts get the processor time that the class leaves


@pytest.mark.parametrize("seed", SEEDS)
def test_private_windows_share_an_account_and_do_not_delay_students_with_a_seat(seed):
    chance = random.Random(seed)
    windows = [
        Visitor(("", f"window {number}"), 0.05) for number in range(chance.choice([3, 10, 60]))
    ]
    beside = students(10, come=10.0)
    slowness = chance.choice([1.0, 2.0, 4.0])
    simulate([*windows, *beside], 200, chance, slowness)
    assert high(beside) <= 3 * slowness * LONGEST


@pytest.mark.parametrize("seed", SEEDS)
def test_visitors_of_one_account_share_it_fairly(seed):
    """Students without seats arrive at a network address that already has open private windows."""
    chance = random.Random(seed)
    windows = [Visitor(("", f"window {number}"), 0.05) for number in range(60)]
    beside = students(40, lambda number: ("", f"student {number}"), come=30.0)
    simulate([*windows, *beside], 200, chance)
    assert high(beside) <= 2 * LONGEST


@pytest.mark.parametrize("seed", SEEDS)
def test_accounts_that_always_ask_get_equal_time_however_many_tabs_they_have(seed):
    chance = random.Random(seed)
    count = chance.randint(2, 6)
    seconds = 200
    scripts = [
        Visitor((f"script {number}",), 0.001, tabs=chance.randint(2, 40)) for number in range(count)
    ]
    simulate(scripts, seconds, chance)
    served = [each.served for each in scripts]
    assert max(served) - min(served) <= FURTHEST / count + 0.1 * seconds / count


def test_an_account_that_computed_alone_shares_with_a_newcomer():
    before = Visitor(("a",), 0.001, tabs=9)
    newcomer = Visitor(("b",), 0.001, tabs=9, come=300.0)
    simulate([before, newcomer], 400, random.Random(0))
    assert abs(before.served - newcomer.served - 300) <= FURTHEST


def test_a_stream_of_new_accounts_does_not_starve_a_waiting_run():
    queue = TurnQueue()
    mine = []
    for number in range(1_000):
        now = 2 * LONGEST * number
        queue.add_run(Turn((f"new {number}",)), now)
        if number % 250 == 50:  # a student requests a script run now and then
            mine.append((now, Turn(("student",))))
            queue.add_run(mine[-1][1], now)
        turn = queue.begin_next_run(now)
        queue.end_run(turn, 2 * LONGEST, now + 2 * LONGEST)
    assert all(
        turn.begun_at is not None and turn.begun_at - asked <= 2 * FURTHEST for asked, turn in mine
    )


def test_a_long_run_keeps_its_own_account_waiting_and_nobody_else():
    queue = TurnQueue()
    long = Turn(("a",))
    second = Turn(("a",))
    other = Turn(("b",))
    for turn in (long, second, other):
        queue.add_run(turn, 0.0)
    assert queue.begin_next_run(0.0) is long
    assert queue.begin_next_run(0.9 * LONG) is None
    assert queue.begin_next_run(LONG) is other
    queue.end_run(other, 0.01, LONG)
    assert queue.begin_next_run(LONG) is None
    queue.end_run(long, 1.0, 2 * LONG)
    assert queue.begin_next_run(2 * LONG) is second


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_steps_aside_for_whoever_has_had_less_than_a_fair_share_and_for_nobody_else(seed):
    chance = random.Random(seed)
    queue = TurnQueue()
    shared = chance.random() < 0.5  # whether both are visitors of one network without a seat
    greedy, student = ("greedy",), ("student",)
    if shared:
        greedy, student = ("", *greedy), ("", *student)
    now = 0.0

    def use(claimant: Claimant, seconds: float) -> None:
        nonlocal now
        turn = Turn(claimant)
        queue.add_run(turn, now)
        assert queue.begin_next_run(now) is turn
        now += seconds
        queue.end_run(turn, seconds, now)

    use(student, 0.01)
    for _ in range(chance.randint(200, 300)):
        use(greedy, LONGEST)
    turn = Turn(greedy)
    queue.add_run(turn, now)
    queue.begin_next_run(now)
    assert not queue.must_step_aside(turn, now), "nobody waits"
    queue.add_run(Turn(greedy), now)
    assert not queue.must_step_aside(turn, now), "only the same account waits"
    asked = Turn(student)
    queue.add_run(asked, now)
    assert queue.must_step_aside(turn, now)
    queue.end_run(turn, LONGEST, now)
    assert queue.begin_next_run(now) is asked
    assert not queue.must_step_aside(asked, now), "a student gives way to no script"


# Threads that wait for their turns


def test_a_thread_that_has_had_its_share_lets_a_newcomer_compute_in_the_middle_of_its_run():
    now = 0.0
    turns = ScriptTurns(clock=lambda: now)
    order = []

    def student() -> None:
        with turns.hold_turn(("student",), "page"):
            order.append("student")

    thread = Thread(target=student)
    with turns.hold_turn(("student",), "page"):
        pass
    with turns.hold_turn(("greedy",), "other"), yield_turn():
        now += FURTHEST  # another process computes for the script
    with turns.hold_turn(("greedy",), "other"):
        order.append("greedy")
        thread.start()
        while not turns.is_page_waiting("page"):
            thread.join(0.001)
        step_aside()
        order.append("greedy")
    thread.join(30)
    assert order == ["greedy", "student", "greedy"]


def test_threads_compute_one_after_another_and_wait_for_another_process_beside_each_other():
    turns = ScriptTurns()
    inside = Counter()
    most = Counter()
    both_aside = Event()
    there = []

    def run(name: str) -> None:
        with turns.hold_turn((name,), name):
            inside["turn"] += 1
            most["turn"] = max(most["turn"], inside["turn"])
            inside["turn"] -= 1
            with yield_turn():
                there.append(name)
                if len(there) == 2:
                    both_aside.set()
                assert both_aside.wait(30)

    threads = [Thread(target=run, args=(name,)) for name in "ab"]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert both_aside.is_set() and most["turn"] == 1


def test_a_page_waits_until_its_run_begins_and_listeners_are_notified():
    turns = ScriptTurns()
    told = []
    waiting = Event()
    go_on = Event()
    turns.call_when_run_begins(told.append)

    def run() -> None:
        waiting.set()
        with turns.hold_turn(("b",), "page"):
            go_on.wait(30)

    with turns.hold_turn(("a",), "other"):
        thread = Thread(target=run)
        thread.start()
        waiting.wait(30)
        while not turns.is_page_waiting("page"):
            thread.join(0.001)
    while "page" not in told:
        thread.join(0.001)
    assert not turns.is_page_waiting("page") and told == ["other", "page"]
    go_on.set()
    thread.join(30)


def test_yielding_outside_of_a_turn_does_nothing():
    with yield_turn():
        step_aside()
