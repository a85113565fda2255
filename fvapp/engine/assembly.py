"""What the engine consists of: each of its parts is made here, of those above it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor

from fvapp.core.arithmetic import arithmetic_of_convolutions
from fvapp.core.places import Places
from fvapp.engine.answers.glimpses import Glimpses
from fvapp.engine.answers.inspecting import Inspecting
from fvapp.engine.classroom.register import Register
from fvapp.engine.classroom.rounds import Rounds
from fvapp.engine.classroom.students import Students
from fvapp.engine.classroom.teachers import Teachers
from fvapp.engine.classroom.votes import Votes
from fvapp.engine.classroom.watching import Watching
from fvapp.engine.dispatcher import Dispatcher
from fvapp.engine.examples import Examples
from fvapp.engine.inbox import Inbox
from fvapp.engine.on_demand import OnDemand
from fvapp.engine.pcs import Pcs
from fvapp.engine.processes.hosts import Hosts
from fvapp.engine.processes.machine import available_mb, slowness, worker_share
from fvapp.engine.processes.supervisor import Supervisor
from fvapp.engine.renewal import Renewal
from fvapp.engine.runs.board import Board
from fvapp.engine.runs.limits import Limits
from fvapp.engine.store.journal import Journal
from fvapp.engine.timing import START_SECONDS, Timing
from fvapp.engine.trainings import Trainings
from fvapp.engine.workers.connection import Connection
from fvapp.engine.workers.transfers import Delivery


class Assembly:
    """The parts of one engine; see `EmbeddedEngine` for the arguments.

    Attributes:
        helpers: threads for whatever must not hold up a command.
        counters: threads that count votes.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        timing: Timing,
        clock: Callable[[], float],
        wall: Callable[[], float],
        inbox: Inbox,
        helpers: Executor | None,
        supervise: Callable[..., Supervisor],
    ) -> None:
        limits, hosts, places = Limits.from_environ(environ), Hosts.from_environ(environ), Places.from_environ(environ)
        convolutions, slow = arithmetic_of_convolutions(environ), slowness()
        timing = timing.on_slow_machine(slow)
        self.open_to_pcs = hosts.room is not None

        # What there is, and who works on it
        journal, slow_start = Journal(places.home, clock, wall), slow * START_SECONDS if slow > 1 else 0.0
        self.board = board = Board(journal, limits, timing, clock, wall, slow_start)
        self.inbox, connection = inbox, Connection(slow)
        teaching = helpers or ThreadPoolExecutor(2, thread_name_prefix="fvapp-teach")
        self.counters = helpers or ThreadPoolExecutor(4, thread_name_prefix="fvapp-count")
        self.helpers = helpers or ThreadPoolExecutor(4, thread_name_prefix="fvapp-deliver")
        supervisor = supervise(connection, inbox, timing, clock, hosts, environ)
        delivery = Delivery(board, inbox, connection, helpers=self.helpers, teaching=teaching)

        # Runs, and what their networks say
        self.trainings = Trainings(board, inbox, delivery, convolutions)
        self.examples = Examples(board, delivery)
        self.inspecting, self.glimpses = Inspecting(board, connection, places), Glimpses(board, connection)

        # Classes
        self.register = Register(board, drop_run=self.trainings.drop, drop_examples=self.examples.drop)
        watching, votes = Watching(self.register), Votes(self.register, self.inspecting.test_logits, self.counters)
        self.rounds = Rounds(
            self.register, watching, votes, train=self.trainings.queue_first, add_examples=self.examples.add
        )
        self.students = Students(self.register, self.rounds)
        self.teachers = Teachers(self.register, watching, self.rounds, end_run=self.trainings.end)

        # The thread
        self.pcs = Pcs(board, supervisor.silence)
        self.dispatcher = Dispatcher(
            board=board,
            inbox=inbox,
            supervisor=supervisor,
            delivery=delivery,
            renewal=Renewal(board, supervisor, *worker_share(hosts.workers, available_mb(), limits.worker_mb)),
            on_demand=OnDemand(board, supervisor, hosts),
            teachers=self.teachers,
            pcs=self.pcs,
        )
