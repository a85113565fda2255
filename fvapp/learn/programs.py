"""Keeps compiled models for later runs, because compiling a model takes longer than an epoch."""

from collections.abc import Iterator
from contextlib import contextmanager

from fvapp.core.arithmetic import Arithmetic
from fvapp.core.settings import RunSettings
from fvapp.core.stack import compiled_program_key
from fvapp.learn.fitting import BlockModel

MOST_PARAMETERS = 3_000_000
"""Maximum number of parameters of all idle models together.

With Adam's slots, this many parameters take 36 MB. They are enough for 30 networks with 128 hidden
neurons, or for one network of the largest size allowed.

Dropping a model frees its weights and a third of its program. The compiled code stays in the
process: about 5 MB per architecture, whatever the size of the network.
"""

_idle: dict[tuple, BlockModel] = {}


@contextmanager
def borrow_compiled_model(
    settings: RunSettings, arithmetic: Arithmetic = "float32"
) -> Iterator[BlockModel]:
    """Lend a model for `settings`, already compiled if possible, with arbitrary weights.

    Concurrent runs never share a model, because atomic operations take a model from the dictionary
    of idle models and put it back.
    """
    key = (*compiled_program_key(settings), arithmetic)
    model = _idle.pop(key, None) or BlockModel(settings, arithmetic)
    yield model
    # If the run raises an exception, the following code is skipped, so that a model in an unknown
    # state is not used again.
    del model.session
    _idle[key] = model
    while sum(kept.count_params() for kept in list(_idle.values())) > MOST_PARAMETERS:
        _idle.pop(next(iter(_idle)), None)
