"""Builds the parts of the engine, and passes each part the other parts that it needs."""

import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor

from fvapp.core.arithmetic import choose_convolution_arithmetic
from fvapp.core.places import AppFolders
from fvapp.engine.answers.commands import AnswerCommands
from fvapp.engine.answers.glimpses import WeightGlimpses
from fvapp.engine.answers.inspecting import NetworkSource
from fvapp.engine.answers.writings import WrittenLineCache
from fvapp.engine.classroom.keeping import ClassDrawingCommands
from fvapp.engine.classroom.register import ClassRegister
from fvapp.engine.classroom.returning import SeatReturnCommands
from fvapp.engine.classroom.rounds import RoundCommands
from fvapp.engine.classroom.rows import ClassRows
from fvapp.engine.classroom.students import StudentCommands
from fvapp.engine.classroom.teachers import TeacherCommands
from fvapp.engine.classroom.teachers_code import teachers_right_key
from fvapp.engine.classroom.votes import VoteCounter
from fvapp.engine.classroom.watching import ClassSnapshots
from fvapp.engine.dispatcher import Dispatcher
from fvapp.engine.examples import ExampleCommands
from fvapp.engine.inbox import Inbox
from fvapp.engine.note_commands import NoteCommands
from fvapp.engine.on_demand import WorkerDemand
from fvapp.engine.pcs import Pcs
from fvapp.engine.processes.hosts import TrainingHosts
from fvapp.engine.processes.machine import (
    available_memory_mb,
    machine_slowdown_factor,
    worker_memory_share,
)
from fvapp.engine.processes.supervisor import Supervisor
from fvapp.engine.renewal import WorkerReplacement
from fvapp.engine.run_commands import RunCommands
from fvapp.engine.runs import Limits, RunExamples, SharedEngineState
from fvapp.engine.store.calendar import steady_clock
from fvapp.engine.store.journal import Journal
from fvapp.engine.teaching import TeachingCommands
from fvapp.engine.timing import DEFAULT_TIMING, START_SECONDS, Timing
from fvapp.engine.trainings import TrainingStarter
from fvapp.engine.workers.connection import WorkerConnection
from fvapp.engine.workers.transfers import WorkerTransfers
from fvapp.engine.workspace_commands import WorkspaceCommands


class EngineParts:
    """The parts of an engine.

    Args:
        environ: the environment variables; ``FVAPP_HOME``, ``FVAPP_WORKERS``, ``FVAPP_LAB``,
            ``FVAPP_LIMIT_...`` and ``FVAPP_ARITHMETIC`` are read.
        timing: intervals and time-outs.
        clock: a monotonic clock, in seconds.
        wall_clock: a clock in seconds since 1970, for times that are displayed or stored.
        steady: a clock that nobody can set; the engine uses it to detect changes to `wall_clock`.
        inbox, helpers, supervise: the parts with threads; tests pass replacements without threads.

    Attributes:
        open_to_pcs: whether other PCs may join.
        workspaces, notes, runs, answers, examples, teaching: visitors' commands.
        seat_returns, rounds, class_drawings, students, teachers: commands for school classes.
        pcs: the PCs that train networks, and PCs that should but cannot.
        data_loss_notice: the notice about stored data that was lost.

    Raises:
        EngineError: ``bad_limit``, ``bad_arithmetic`` or ``lab_...``: an environment variable is
            invalid.
    """

    def __init__(
        self,
        environ: Mapping[str, str] = os.environ,
        timing: Timing = DEFAULT_TIMING,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = steady_clock,
        inbox: Inbox | None = None,
        helpers: Executor | None = None,
        supervise: Callable[..., Supervisor] = Supervisor,
    ) -> None:
        limits = Limits.from_environ(environ)
        hosts = TrainingHosts.from_environ(environ)
        places = AppFolders.from_environ(environ)
        convolutions = choose_convolution_arithmetic(environ)
        slow = machine_slowdown_factor()
        timing = timing.scaled_by_slowness(slow)
        self.open_to_pcs = hosts.lab_join_file is not None

        # Create the parts that all other parts use: stored data, workers, threads.
        self._journal = Journal(places.data_folder, clock, wall_clock, steady)
        self.data_loss_notice = self._journal.data_loss_notice
        self._slow_start_seconds = slow * START_SECONDS if slow > 1 else 0.0
        self._engine_state = engine_state = SharedEngineState(
            self._journal, limits, timing, clock, wall_clock
        )
        self._inbox = inbox or Inbox()
        connection = WorkerConnection(slow)
        teaching = helpers or ThreadPoolExecutor(2, thread_name_prefix="fvapp-teach")
        self._vote_thread_pool = helpers or ThreadPoolExecutor(4, thread_name_prefix="fvapp-count")
        self._thread_pool = helpers or ThreadPoolExecutor(4, thread_name_prefix="fvapp-deliver")
        supervisor = supervise(connection, self._inbox, timing, clock, hosts, environ)
        transfers = WorkerTransfers(
            engine_state, self._inbox, connection, helpers=self._thread_pool, teaching=teaching
        )

        # Create the parts for runs and for the answers of their networks.
        trainings = TrainingStarter(engine_state, self._inbox, convolutions)
        rows = ClassRows(self._journal)
        run_examples = RunExamples(self._journal, rows.class_data_set_examples)
        self.examples = ExampleCommands(engine_state, run_examples)
        self.teaching = TeachingCommands(engine_state, transfers, self.examples)
        networks = NetworkSource(engine_state, connection, places, run_examples)
        self.answers = AnswerCommands(
            engine_state,
            networks,
            WeightGlimpses(engine_state, connection),
            WrittenLineCache(engine_state, networks),
        )

        # Create the parts for school classes.
        self._class_register = ClassRegister(
            engine_state,
            rows,
            delete_examples_of_workspace=self.examples.delete_examples_of_workspace,
        )
        snapshots = ClassSnapshots(self._class_register)
        votes = VoteCounter(
            self._class_register, networks.compute_test_logits, self._vote_thread_pool
        )
        self.rounds = RoundCommands(
            self._class_register,
            snapshots,
            votes,
            queue_round_runs=trainings.queue_round_runs_first,
        )
        self.class_drawings = ClassDrawingCommands(
            self._class_register, add_examples=self.examples.add_examples
        )
        self.students = StudentCommands(
            self._class_register, self.rounds, networks.load_network, networks.load_dataset_of
        )
        self.seat_returns = SeatReturnCommands(self._class_register)
        key = teachers_right_key(places.data_folder)
        self.teachers = TeacherCommands(self._class_register, snapshots, self.rounds, key)

        # Create the commands for visitors' workspaces, notes and runs.
        self.workspaces = WorkspaceCommands(engine_state, self._class_register, self.seat_returns)
        self.notes = NoteCommands(engine_state)
        self.runs = RunCommands(engine_state, self._inbox, trainings, run_examples, self.students)

        # Only the first call of `start` can acquire this lock, so the engine's thread starts only
        # once.
        self._start_lock = threading.Lock()
        self.pcs = Pcs(engine_state, supervisor.greeter.worker_silence_seconds)
        self._dispatcher = Dispatcher(
            engine_state=engine_state,
            inbox=self._inbox,
            supervisor=supervisor,
            transfers=transfers,
            worker_replacement=WorkerReplacement(
                engine_state,
                supervisor,
                *worker_memory_share(hosts.max_workers, available_memory_mb(), limits.worker_mb),
            ),
            worker_demand=WorkerDemand(engine_state, supervisor, hosts),
            teachers=self.teachers,
            pcs=self.pcs,
        )
