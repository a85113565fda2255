"""Shares the server's processor time fairly: decides which account's script run begins next.

The scripts of all pages run in threads of one process, and Python lets one thread compute at a
time. So script runs begin one after another. Virtual clocks decide whose turn it is (Lixia Zhang,
"VirtualClock", SIGCOMM 1990). Each account has a clock. A run advances its account's clock by the
time the run took, times the number of accounts that share the processor. If an account uses less
than its fair share, its clock falls behind the shared time; if it uses more, its clock gets ahead.
The next run to begin is that of the account whose clock is furthest behind. A run of an account that
is ahead pauses at its next element if a run of one that is behind has come. Nobody waits while the
processor is free.

The shared time is the processor time used by all accounts, plus idle time. On a busy machine, it
passes more slowly than wall-clock time. Measured against wall-clock time, every account would
appear to be behind, even one that had used more than its fair share.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice, pairwise

LONG = 1.0
"""Seconds after which a script run makes only further runs of the same claimant wait.

A claimant is an account, or a subaccount of a shared account. A run that takes so long may be
waiting for a disk, or running C code.
"""

PRESENT = 60.0
"""Seconds for which an account counts as sharing the processor after its last request."""

GIFT = 15.0
"""Seconds by which the virtual clock of a new account starts behind, so that its turn comes soon.

This is enough for a first page and a drawing in class. So a newcomer need not wait until each of
the busiest accounts has had a turn.
"""

FURTHEST = 30.0
"""Maximum seconds by which an account's clock may be behind or ahead of the shared time.

The shared time is the processor time used by all accounts, plus idle time. Because of the limit,
only the recent past counts.
"""

Claimant = tuple[str, ...]
"""Who claims a turn: the name of an account and, if it is shared, the name of a subaccount.

The subaccounts of an account divide its turns among themselves.
"""


class Turn:
    """The turn of one script run, which waits or has begun.

    Attributes:
        page: the page that the run draws.
        begun_at: when the run began; None while it waits.
        seconds_before: processor time of the run's thread before the run began, in seconds, less
            other seconds that the claimant is charged for.
    """

    def __init__(self, claimant: Claimant, page: str = "") -> None:
        self.claimant = claimant
        self.page = page
        self.begun_at: float | None = None
        self.seconds_before = 0.0
        self.begin_event = threading.Event()


class _Account:
    """The record of processor time that a visitor, page or class has used; may have subaccounts.

    Attributes:
        virtual_time: the account's virtual clock, compared with its parent's `shared_time`.
        seen_at: when one of the account's runs was last requested, begun or ended.
        shared_time: processor time used by all subaccounts, plus idle time.
        open_run_count: number of the account's runs that wait or have begun.
        highest_virtual_time: the highest clock of any subaccount that has had a turn.
        subaccounts: the subaccounts, by name, the most recently seen last.
    """

    def __init__(self, clock: float, now: float) -> None:
        self.virtual_time = clock
        self.seen_at = now
        self.shared_time = self.highest_virtual_time = 0.0
        self.open_run_count = 0
        self.subaccounts: dict[str, _Account] = {}

    def record_account_seen(self, now: float) -> None:
        """Record that a run of the account is requested, begins or ends at the time `now`."""
        if not self.open_run_count:
            self.shared_time += now - self.seen_at
        self.seen_at = now

    def find_subaccount(self, name: str, now: float) -> _Account:
        """Return the subaccount called `name`, and note that it was seen at the time `now`."""
        begin = max(
            min(self.highest_virtual_time, self.shared_time) - GIFT, self.shared_time - FURTHEST
        )
        account = self.subaccounts[name] = (
            self.subaccounts.pop(name) if name in self.subaccounts else _Account(begin, now)
        )
        account.record_account_seen(now)
        # Each call may add an account. Removing up to two idle accounts per call keeps the number
        # of accounts small.
        for oldest, gone in list(islice(self.subaccounts.items(), 2)):
            if gone.seen_at < now - PRESENT and not gone.open_run_count:
                del self.subaccounts[oldest]
        return account

    def charge_account(self, account: _Account, seconds: float) -> None:
        """Charge processor time to a subaccount of this account."""
        self.shared_time += seconds
        clock = max(account.virtual_time, self.shared_time - FURTHEST) + seconds * len(
            self.subaccounts
        )
        account.virtual_time = min(clock, self.shared_time + FURTHEST)


class TurnQueue:
    """The script runs that wait for a turn, and those that have begun.

    The queue uses no threads and no clock: methods receive the current time.
    """

    def __init__(self) -> None:
        self._processor_account = _Account(0.0, 0.0)
        self._waiting_turns: dict[Claimant, deque[Turn]] = {}
        self._begun_turns: dict[Claimant, Turn] = {}

    def add_run(self, turn: Turn, now: float) -> None:
        """Add a script run that waits for its turn."""
        for account in self._accounts_of_claimant(turn.claimant, now):
            account.open_run_count += 1
        self._waiting_turns.setdefault(turn.claimant, deque()).append(turn)

    def begin_next_run(self, now: float) -> Turn | None:
        """Mark the next run as begun and return it; return None if no run may begin now."""
        free = [claimant for claimant in self._waiting_turns if claimant not in self._begun_turns]
        if not free or any(
            now < (turn.begun_at or 0.0) + LONG for turn in self._begun_turns.values()
        ):
            return None
        claimant = min(
            free,
            key=lambda waiting: [
                account.virtual_time for account in self._accounts_of_claimant(waiting, now)
            ],
        )
        turn = self._waiting_turns[claimant].popleft()
        if not self._waiting_turns[claimant]:
            del self._waiting_turns[claimant]
        for shared, account in pairwise(self._accounts_of_claimant(claimant, now)):
            shared.highest_virtual_time = max(shared.highest_virtual_time, account.virtual_time)
        turn.begun_at = now
        self._begun_turns[claimant] = turn
        return turn

    def must_step_aside(self, turn: Turn, now: float) -> bool:
        """Return whether a begun run should let a waiting run go first.

        It should if its account has had more than a fair share of the processor, and the account of
        the other run has had less.
        """
        waiting = self._waiting_turns.keys() - self._begun_turns.keys()
        own = self._accounts_of_claimant(turn.claimant, now) if waiting else []
        return any(
            next(
                theirs.virtual_time < shared.shared_time < mine.virtual_time
                for shared, mine, theirs in zip(own, own[1:], accounts[1:], strict=False)
                if mine is not theirs
            )
            for claimant in waiting
            for accounts in [self._accounts_of_claimant(claimant, now)]
        )

    def end_run(self, turn: Turn, seconds: float, now: float) -> None:
        """Remove a run that has ended, and charge its processor time to the run's accounts."""
        del self._begun_turns[turn.claimant]
        accounts = self._accounts_of_claimant(turn.claimant, now)
        for account in accounts:
            account.open_run_count -= 1
        for shared, account in pairwise(accounts):
            shared.charge_account(account, seconds)

    def _accounts_of_claimant(self, claimant: Claimant, now: float) -> list[_Account]:
        """Return the root account, then the claimant's accounts, from outermost to innermost."""
        accounts = [self._processor_account]
        self._processor_account.record_account_seen(now)
        for name in claimant:
            accounts.append(accounts[-1].find_subaccount(name, now))
        return accounts


class ScriptTurns:
    """A `TurnQueue` for threads: each thread that runs a script blocks until its turn comes.

    Args:
        clock: a monotonic clock, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._queue = TurnQueue()
        self._waiting_run_counts: dict[str, int] = {}  # number of waiting runs, by page
        self._run_begin_listener: Callable[[str], None] = lambda page: None

    def call_when_run_begins(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the page of each script run that begins or goes on.

        The listener is called from any thread, while a lock is held.
        """
        self._run_begin_listener = listener

    def is_page_waiting(self, page: str) -> bool:
        """Return whether a script run of a page waits for its turn."""
        return page in self._waiting_run_counts

    @contextmanager
    def hold_turn(self, claimant: Claimant, page: str = "") -> Iterator[None]:
        """Wait for a turn; when the turn ends, charge the claimant for the processor time used."""
        self.take_turn(claimant, page)
        _here.turns = self
        try:
            yield
        finally:
            del _here.turns
            self.end_turn()

    def take_turn(self, claimant: Claimant, page: str) -> None:
        """Block until a run of the claimant may begin in this thread."""
        turn = _here.turn = Turn(claimant, page)
        with self._lock:
            self._waiting_run_counts[page] = self._waiting_run_counts.get(page, 0) + 1
            self._queue.add_run(turn, self.clock())
        self._begin_waiting_runs()
        while not turn.begin_event.wait(LONG):
            self._begin_waiting_runs()  # other runs may begin during a run longer than `LONG`
        turn.seconds_before = time.thread_time()

    def end_turn(self) -> Turn:
        """End this thread's turn, charge its claimant, let waiting runs begin; return the turn."""
        turn: Turn = _here.turn
        with self._lock:
            self._queue.end_run(turn, time.thread_time() - turn.seconds_before, self.clock())
        self._begin_waiting_runs()
        return turn

    def must_step_aside(self) -> bool:
        """Return whether this thread's run should let a waiting run go first."""
        with self._lock:
            return self._queue.must_step_aside(_here.turn, self.clock())

    def _begin_waiting_runs(self) -> None:
        with self._lock:
            while (turn := self._queue.begin_next_run(self.clock())) is not None:
                self._waiting_run_counts[turn.page] -= 1
                if not self._waiting_run_counts[turn.page]:
                    del self._waiting_run_counts[turn.page]
                turn.begin_event.set()
                self._run_begin_listener(turn.page)


_here = threading.local()  # holds the thread's `turn`, and as `turns` whose it is


@contextmanager
def yield_turn() -> Iterator[None]:
    """Let other script runs take their turns while this thread waits for another process.

    The claimant is charged for the wait, too, because the other process computes for the claimant.
    """
    turns: ScriptTurns | None = getattr(_here, "turns", None)
    if turns is None:
        yield
        return
    turn = turns.end_turn()
    since = turns.clock()
    try:
        yield
    finally:
        seconds = turns.clock() - since
        turns.take_turn(turn.claimant, turn.page)
        _here.turn.seconds_before -= seconds


def step_aside() -> None:
    """Pause this thread's script run if a run waits whose account has had less of the processor."""
    turns: ScriptTurns | None = getattr(_here, "turns", None)
    if turns is not None and turns.must_step_aside():
        turn = turns.end_turn()
        turns.take_turn(turn.claimant, turn.page)
