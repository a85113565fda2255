"""Computes and caches lines of text that networks write at several moments of their training."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from weakref import ref

from fvapp.core.errors import EngineError
from fvapp.core.inspection import Network, WeightsFrame, frames_from_bytes, network_of_run
from fvapp.core.runs import RunPosition
from fvapp.core.texts.lines import WrittenLine, select_spread_frames, write_network_line
from fvapp.engine.answers.byte_cache import ByteCache
from fvapp.engine.answers.inspecting import NetworkSource
from fvapp.engine.runs import Run, SharedEngineState

MOST_BYTES = 2**20


@dataclass(frozen=True)
class _CachedWrittenLines:
    """Lines written by a run's network, at stored moments of its training or in its latest state.

    The network in its latest state is referenced only weakly, so that the cache does not keep it in
    memory.
    """

    lines: tuple[WrittenLine, ...]
    network_weakref: Callable[[], Network | None] = lambda: None

    @property
    def nbytes(self) -> int:
        return sum(line.nbytes for line in self.lines)


class WrittenLineCache:
    """The lines of text that networks write; each line is computed only once for all pages.

    Only the networks of runs that train on text write lines.
    """

    def __init__(self, engine_state: SharedEngineState, networks: NetworkSource) -> None:
        self._engine_state = engine_state
        self._network_source = networks
        self._cache = ByteCache(MOST_BYTES)

    def lines_written_by_network(self, run: Run) -> tuple[WrittenLine, ...]:
        """Return the lines that a text network wrote in training; empty for other networks.

        Raises:
            EngineError: a stored file of the run cannot be read.
            ModelError: the run's weights, or its film (recorded weights), are damaged.
        """
        if run.record.settings.dataset_info.text is None:
            return ()
        lines = self._cached_film_lines(run)
        position = run.record.run_position
        ended = not run.is_training and lines and position == RunPosition(lines[-1].epoch)
        return lines if ended else lines + self._current_written_line(run)

    def _cached_film_lines(self, run: Run) -> tuple[WrittenLine, ...]:
        key = (run.record.id, run.frames_bytes)
        known = self._cache.find_cached_value(key)
        if known is None:
            known = _CachedWrittenLines(self._lines_written_at_film_frames(run))
            self._cache.store_cached_value(key, known)
        return known.lines

    def _lines_written_at_film_frames(self, run: Run) -> tuple[WrittenLine, ...]:
        content = self._engine_state.journal.read_frames(run.record.id)
        settings = run.record.settings
        form = settings.dataset_info.text_form
        lines = []
        for frame in select_spread_frames(frames_from_bytes(content)) if content else ():

            def write_frame_line(frame: WeightsFrame = frame) -> WrittenLine:
                network = network_of_run(settings, frame.weights)
                return WrittenLine(write_network_line(network, form), frame.step, frame.epoch)

            lines.append(
                self._cache.get_or_compute_value(
                    (run.record.id, "step", frame.step), write_frame_line
                )
            )
        return tuple(lines)

    def _current_written_line(self, run: Run) -> tuple[WrittenLine, ...]:
        """Return the line that a run's network writes now; an empty tuple if it has no weights."""
        key = (run.record.id, "now")
        with suppress(EngineError):
            network, _ = self._network_source.load_latest_network(run)
            known = self._cache.find_cached_value(key)
            if known is None or known.network_weakref() is not network:
                form = run.record.settings.dataset_info.text_form
                text = write_network_line(network, form)
                known = _CachedWrittenLines(
                    (WrittenLine(text, None, run.record.epoch),), ref(network)
                )
                self._cache.store_cached_value(key, known)
            return known.lines
        return ()
