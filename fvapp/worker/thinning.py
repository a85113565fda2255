"""Limits the number of points in a long run's learning curve, without changing what they mean."""

from collections.abc import Callable
from dataclasses import replace
from math import ceil, nan

from fvapp.core.events import BlockEnded, EpochEnded, Event, Guesses, RunStarted

MOST_BLOCKS = 2_000  # maximum number of block events of a run; a chart draws 300 points
FEWEST_IN_EPOCH = 6  # minimum number of block events per epoch, so that the curve grows within it


class Thinner:
    """Passes events on, merging consecutive blocks into one if a run has too many of them.

    A merged block has the step of its last block and the means over all its steps, as `BlockEnded`
    requires. Other events are passed on unchanged. Blocks held back are passed on before them, but
    not before guesses.

    Args:
        step: the step, within its epoch, at which the run resumes.
    """

    def __init__(
        self, emit: Callable[[Event], None], step: int = 0, most: int = MOST_BLOCKS
    ) -> None:
        self._emit = emit
        self._most = most
        self._steps = self._epochs = 1
        self._parts: int | None = None  # blocks passed on per epoch; set at the first block
        self._last_step = step
        self._held: list[tuple[int, BlockEnded]] = []  # (number of steps, block)

    def __call__(self, event: Event) -> None:
        if isinstance(event, BlockEnded):
            self._hold_block(event)
            return
        if isinstance(
            event, Guesses
        ):  # guesses are not points of the curve, so blocks may be held until after them
            self._emit(event)
            return
        self.emit_held_blocks()
        if isinstance(event, RunStarted):
            self._steps = event.steps_per_epoch
            self._epochs = event.epochs
        elif isinstance(event, EpochEnded):
            self._last_step = 0
        self._emit(event)

    def emit_held_blocks(self) -> None:
        """Pass on the blocks held back, merged into one; call this at the end of a run."""
        if not self._held:
            return
        total = sum(steps for steps, _ in self._held)
        joined = self._held[-1][1]
        if len(self._held) > 1:
            joined = replace(
                joined,
                loss=sum(steps * _number_or_nan(block.loss) for steps, block in self._held) / total,
                accuracy=sum(steps * _number_or_nan(block.accuracy) for steps, block in self._held)
                / total,
            )
        self._held.clear()
        self._emit(joined)

    def _hold_block(self, block: BlockEnded) -> None:
        steps = max(1, block.step - self._last_step)
        self._last_step = block.step
        if self._parts is None:
            in_epoch = ceil(self._steps / steps)
            wanted = ceil(in_epoch * self._epochs / self._most)
            self._parts = in_epoch // max(1, min(wanted, in_epoch // FEWEST_IN_EPOCH))
        self._held.append((steps, block))
        begin = block.step - sum(steps for steps, _ in self._held)
        # Split by step, not by number of blocks: a few blocks left over at the end of an epoch
        # would show as a spike in the curve.
        if block.step * self._parts // self._steps > begin * self._parts // self._steps:
            self.emit_held_blocks()


def _number_or_nan(value: float | None) -> float:
    return nan if value is None else value
