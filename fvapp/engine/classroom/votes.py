"""Counts, in the background, the votes of a class's networks on the test images."""

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace

import numpy as np

from fvapp.core.classroom import Classroom
from fvapp.core.classroom.kinds import KINDS
from fvapp.core.classroom.kinds.vote import Ballots, cast_votes, choose_voters, count_votes
from fvapp.engine.classroom.register import ClassRegister
from fvapp.engine.runs import Run

_log = logging.getLogger(__name__)

_COUNTERS = 3  # threads that count one class's vote; a fourth thread remains for other classes

Cast = tuple[Ballots, np.ndarray] | None


class VoteCounter:
    """Counts how networks vote; public methods are called with the engine's lock held.

    Args:
        test_logits: returns the logits of several runs for all test images, and the labels.
        helpers: the threads that count the votes.
    """

    def __init__(
        self,
        register: ClassRegister,
        test_logits: Callable[[Sequence[Run]], tuple[Iterable[np.ndarray], np.ndarray]],
        helpers: Executor,
    ) -> None:
        self._class_register = register
        self._compute_test_logits = test_logits
        self._thread_pool = helpers
        # class id and number of each round
        self._rounds_being_counted: set[tuple[str, int]] = set()

    def voting_runs(self, classroom: Classroom) -> list[Run]:
        """Return the runs of a class's students whose networks vote."""
        runs = [
            list(workspace.runs.values())
            for _, workspace in self._class_register.seated_students(classroom)
        ]
        able = {
            run.record.id: run for own in runs for run in own if run.checkpoint_position is not None
        }
        found = choose_voters(
            classroom,
            [
                [run.record_without_sealed_results for run in own if run.record.id in able]
                for own in runs
            ],
        )
        return [able[record.id] for record in found]

    def count_votes_if_due(self, classroom: Classroom) -> None:
        """Begin to count the networks' votes in a class's round, if due and not begun yet."""
        current = classroom.current_round
        key = (classroom.id, current.number)
        if (
            KINDS[current.kind].is_vote_awaiting_count(current)
            and key not in self._rounds_being_counted
        ):
            self._rounds_being_counted.add(key)
            found = self.voting_runs(classroom)
            first, *others = [
                found[place::_COUNTERS] for place in range(min(_COUNTERS, len(found)))
            ] or [[]]
            asked = [self._thread_pool.submit(self._cast_votes, part) for part in others]
            # `_count_votes` waits for the tasks in `asked`. `_count_votes` is queued last, so that
            # the tasks begin first.
            self._thread_pool.submit(self._count_votes, classroom.id, current.number, first, asked)

    def _cast_votes(self, runs: list[Run]) -> Cast:
        """Return the networks' votes and the test images' labels; None if a network cannot vote."""
        try:
            logits, labels = self._compute_test_logits(runs)
            return cast_votes(logits, labels), labels
        except Exception:  # the pages show only that the vote failed; the log says why
            _log.warning("a network could not vote", exc_info=True)
            return None

    def _count_votes(
        self, classroom: str, number: int, first: list[Run], asked: Sequence[Future[Cast]]
    ) -> None:
        cast = [self._cast_votes(first), *(future.result() for future in asked)]
        voted = None
        able = [part for part in cast if part is not None]
        if len(able) == len(cast):
            voted = count_votes((ballots for ballots, _ in able), able[0][1])
        with self._class_register.atomic_changes():
            self._rounds_being_counted.discard((classroom, number))
            room = self._class_register.class_rows.classes.get(classroom)
            if room is not None and room.round is not None and room.round.number == number:
                self._class_register.update_class_fields(
                    room, round=replace(room.round, voted=voted, failed=voted is None)
                )
