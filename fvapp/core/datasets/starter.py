"""Runs of earlier versions, which shipped only 4,000 + 1,000 images of MNIST, in another order."""

from collections.abc import Sequence

from fvapp.core.events import Event, find_start_event
from fvapp.core.settings import RunSettings

STARTER_IMAGES = 4_000


def trained_on_starter_set(settings: RunSettings, events: Sequence[Event]) -> bool:
    """Return whether a run on all images of MNIST trained on the starter set.

    A run on its first 1,000 images cannot be told apart from a run on the first 1,000 of MNIST.
    """
    if settings.dataset != "mnist" or settings.train_images is not None:
        return False
    started = find_start_event(events)
    return (
        started is not None and started.train_images + started.validation_images == STARTER_IMAGES
    )
