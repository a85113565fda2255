"""Recognises runs that were trained on the starter set, which the app no longer has.

The starter set of earlier versions consisted of 4,000 training and 1,000 test images of MNIST.
"""

from collections.abc import Sequence

from fvapp.core.events import Event, find_start_event
from fvapp.core.settings import RunSettings

STARTER_IMAGES = 4_000


def was_trained_on_starter_set(settings: RunSettings, events: Sequence[Event]) -> bool:
    """Return whether a run with the setting "all images of MNIST" was trained on the starter set.

    The starter set in earlier versions of the app had 4,000 training images. For a run on 1,000
    images, the result is False, because the images may come from all of MNIST.
    """
    if settings.dataset != "mnist" or settings.train_images is not None:
        return False
    started = find_start_event(events)
    return (
        started is not None and started.train_images + started.validation_images == STARTER_IMAGES
    )
