"""Limits on combinations of settings, in addition to the range of each setting."""

from collections.abc import Iterator
from functools import lru_cache
from math import ceil

from fvapp.core.errors import CatalogueKey, SettingsError
from fvapp.core.examples import MOST_EXAMPLES
from fvapp.core.settings import RunSettings
from fvapp.core.stack import count_parameters, describe_layers

MOST_PARAMETERS = 3_000_000
MOST_MINUTES = 20

# The training speed used for estimates. Two cores of a school PC are about twice as fast, so a run
# rarely takes longer than estimated. The forward pass and the gradients together take three times
# as many multiply-adds as the forward pass alone. Each training step also takes a fixed time, and a
# time per parameter, because it updates every parameter and the optimizer's slots.
MULTIPLY_ADDS_PER_SECOND = 2e10
SECONDS_PER_STEP = 1e-4
SECONDS_PER_PARAMETER_AND_STEP = 2e-9


@lru_cache(64)
def estimate_training_seconds(settings: RunSettings, images: int | None = None) -> float:
    """Return the estimated training time in seconds on a computer half as fast as a school PC.

    Args:
        images: how many images to train on; None for all images that `settings` use, including
            validation images.
    """
    if images is None:
        images = MOST_EXAMPLES if settings.dataset_info.is_own else settings.image_count
        # Assume the largest number of the visitor's own examples, because the settings do not hold
        # the actual number.
        own = MOST_EXAMPLES * settings.example_weight
        images = {"none": images, "added": images + own, "only": own}[settings.examples]
    layers = describe_layers(settings)
    parameters = count_parameters(settings)
    multiply_adds = sum(
        layer.multiply_add_count * (1 if layer.is_frozen else 3) for layer in layers
    )
    steps = ceil(images / settings.batch_size)
    epoch = multiply_adds * images / MULTIPLY_ADDS_PER_SECOND + steps * (
        SECONDS_PER_STEP + SECONDS_PER_PARAMETER_AND_STEP * parameters
    )
    return settings.epochs * epoch


def check_settings_limits(settings: RunSettings) -> None:
    """Refuse settings whose combination exceeds a limit.

    Raises:
        SettingsError: names the setting to reduce.
    """
    for error in find_exceeded_limits(settings):
        raise error


def find_exceeded_limits(settings: RunSettings) -> Iterator[SettingsError]:
    """Yield an error for each exceeded limit; each error names a setting to reduce."""
    parameters = count_parameters(settings)
    if parameters > MOST_PARAMETERS:
        yield SettingsError(
            "too_many_parameters",
            field=CatalogueKey("settings.hidden.label"),
            parameters=f"{parameters:,}",
            most=f"{MOST_PARAMETERS:,}",
        )
    minutes = estimate_training_seconds(settings) / 60
    if minutes > MOST_MINUTES:
        yield SettingsError(
            "too_long",
            field=CatalogueKey("settings.epochs.label"),
            minutes=f"{ceil(minutes):,}",
            most=MOST_MINUTES,
        )
