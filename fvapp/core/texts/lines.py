"""Writes lines of text with a network at several moments of its training.

All lines have the same beginning and use the same random numbers. Two lines therefore differ only
because of what the network learned in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fvapp.core.answers import softmax_shares
from fvapp.core.inspection import Network, WeightsFrame
from fvapp.core.texts.signs import TextForm
from fvapp.core.texts.writing import Shares, generate_text

TEMPERATURE = 0.5
# Number of characters in a line. If two white pixels encode a character (as in Chinese), a line has
# half this number of characters, because each character says more.
_SIGNS = 110
_SEED = 3
_LINES_WITHIN_EPOCHS = 4
_LINES_AT_EPOCH_ENDS = 3


@dataclass(frozen=True)
class WrittenLine:
    """A line that a network wrote.

    Attributes:
        step: number of training steps of the network that wrote the line; None for the network's
            current state.
        epoch: number of completed epochs if an epoch had just ended; 0 within an epoch.
    """

    text: str
    step: int | None
    epoch: int

    @property
    def nbytes(self) -> int:
        return len(self.text)


def next_character_shares(network: Network) -> Shares:
    """Return a function from a text strip (image) to the network's uncalibrated class shares."""
    return lambda strip: softmax_shares(
        network.trace_pixels(network.scale_pixels(strip[None]))[-1].values
    )[0]


def write_network_line(
    network: Network, form: TextForm, signs: int = _SIGNS, temperature: float = TEMPERATURE
) -> str:
    """Return a line that a network writes, without the beginning that the network was given.

    A network with 128 hidden neurons takes 5 ms for a line.

    Args:
        signs: number of characters to write. If two white pixels encode a character, half of this
            number is written.
    """
    generator = np.random.default_rng(_SEED)
    return generate_text(
        next_character_shares(network),
        form.beginning,
        signs // form.whites,
        temperature,
        generator,
        form,
    )


def select_spread_frames(frames: Sequence[WeightsFrame]) -> list[WeightsFrame]:
    """Return a few frames (saved weights) spread over a run, including the first and the last."""
    within = [frame for frame in frames if not frame.epoch]
    ends = [frame for frame in frames if frame.epoch]
    return sorted(
        [
            *_select_evenly_spaced_frames(within, _LINES_WITHIN_EPOCHS),
            *_select_evenly_spaced_frames(ends, _LINES_AT_EPOCH_ENDS),
        ],
        key=lambda frame: frame.step,
    )


def _select_evenly_spaced_frames(frames: Sequence[WeightsFrame], most: int) -> list[WeightsFrame]:
    places = np.linspace(0, len(frames) - 1, min(len(frames), most)).round().astype(int)
    return [frames[place] for place in places]
