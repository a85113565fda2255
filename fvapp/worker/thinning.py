"""Limits the number of points in a run's learning curve by merging blocks of training steps."""

from collections.abc import Callable
from dataclasses import replace
from math import ceil, nan

from fvapp.core.events import BlockEnded, EpochEnded, Event, Guesses, RunStarted

MOST_BLOCKS = 2_000  # maximum number of block events per run; a chart draws only 300 points
# Minimum number of block events per epoch, so that the curve grows during a long epoch.
FEWEST_IN_EPOCH = 6


class EventThinner:
    """Passes events on, but merges consecutive block events if a run has too many of them.

    A merged event has the step of the last block, and the means over the steps of all its blocks.
    Other events are passed on unchanged. Block events that were held back are passed on before any
    other event except guesses.

    Args:
        step: the number of steps already completed in the epoch in which the run resumes.
    """

    def __init__(
        self, emit: Callable[[Event], None], step: int = 0, most: int = MOST_BLOCKS
    ) -> None:
        self._emit_event = emit
        self._max_block_events = most
        self._steps_per_epoch = self._epoch_count = 1
        # Number of block events to emit per epoch, computed at the first block.
        self._blocks_per_epoch: int | None = None
        self._last_block_step = step
        # Block events held back, each with its number of training steps.
        self._held_blocks: list[tuple[int, BlockEnded]] = []

    def __call__(self, event: Event) -> None:
        if isinstance(event, BlockEnded):
            self._hold_back_block(event)
            return
        # Guesses are not points of the learning curve, so they need not wait for blocks held back.
        if isinstance(event, Guesses):
            self._emit_event(event)
            return
        self.emit_held_blocks()
        if isinstance(event, RunStarted):
            self._steps_per_epoch = event.steps_per_epoch
            self._epoch_count = event.epochs
        elif isinstance(event, EpochEnded):
            self._last_block_step = 0
        self._emit_event(event)

    def emit_held_blocks(self) -> None:
        """Pass on the blocks held back, merged into one event; to be called when a run ends."""
        if not self._held_blocks:
            return
        total = sum(steps for steps, _ in self._held_blocks)
        joined = self._held_blocks[-1][1]
        if len(self._held_blocks) > 1:
            joined = replace(
                joined,
                loss=sum(steps * _number_or_nan(block.loss) for steps, block in self._held_blocks)
                / total,
                accuracy=sum(
                    steps * _number_or_nan(block.accuracy) for steps, block in self._held_blocks
                )
                / total,
            )
        self._held_blocks.clear()
        self._emit_event(joined)

    def _hold_back_block(self, block: BlockEnded) -> None:
        steps = max(1, block.step - self._last_block_step)
        self._last_block_step = block.step
        if self._blocks_per_epoch is None:
            in_epoch = ceil(self._steps_per_epoch / steps)
            wanted = ceil(in_epoch * self._epoch_count / self._max_block_events)
            self._blocks_per_epoch = in_epoch // max(1, min(wanted, in_epoch // FEWEST_IN_EPOCH))
        self._held_blocks.append((steps, block))
        begin = block.step - sum(steps for steps, _ in self._held_blocks)
        # Each merged event covers the same number of steps instead of the same number of blocks.
        # Otherwise, a few blocks left over at the end of an epoch would show as a spike in the
        # curve.
        if (
            block.step * self._blocks_per_epoch // self._steps_per_epoch
            > begin * self._blocks_per_epoch // self._steps_per_epoch
        ):
            self.emit_held_blocks()


def _number_or_nan(value: float | None) -> float:
    return nan if value is None else value
