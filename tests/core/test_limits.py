"""Settings that are too large only in combination."""

import pytest

from fvapp.core.errors import SettingsError
from fvapp.core.limits import (
    MOST_MINUTES,
    MOST_PARAMETERS,
    check_settings_limits,
    estimate_training_seconds,
)
from fvapp.core.settings import RunSettings
from fvapp.core.stack import count_parameters
from refusal import refused


def test_the_parameter_limit_is_exact():
    # The number of parameters is (784 + 1) * a + (a + 1) * b + (b + 1) * 10.
    allowed = RunSettings(hidden=(2_048, 676))
    large = RunSettings(hidden=(2_048, 677))
    assert count_parameters(allowed) <= MOST_PARAMETERS < count_parameters(large)
    check_settings_limits(allowed.with_values(epochs=1, batch_size=1_024))
    with refused("too_many_parameters"):
        check_settings_limits(large.with_values(epochs=1, batch_size=1_024))


def test_a_training_that_takes_too_long_is_refused_and_a_shorter_one_is_not():
    long = RunSettings(hidden=(2_048,), epochs=100, batch_size=32)
    with refused("too_long"):
        check_settings_limits(long)
    check_settings_limits(long.with_values(epochs=5))
    check_settings_limits(long.with_values(train_images=1_000))


def test_the_estimate_grows_with_images_epochs_and_width_and_shrinks_with_the_batch():
    base = RunSettings()
    seconds = estimate_training_seconds(base, 60_000)
    assert 0 < seconds < 60 * MOST_MINUTES
    assert estimate_training_seconds(base, 30_000) == pytest.approx(seconds / 2, rel=0.01)
    assert estimate_training_seconds(base.with_values(epochs=10), 60_000) == pytest.approx(
        2 * seconds
    )
    assert estimate_training_seconds(base.with_values(hidden=(512,)), 60_000) > seconds
    assert estimate_training_seconds(base.with_values(batch_size=256), 60_000) < seconds


def test_the_refusal_names_the_field_to_make_smaller_in_every_language(t):
    for settings, field in (
        (RunSettings(hidden=(2_048, 2_048)), "hidden"),
        (RunSettings(network="cnn", epochs=100), "epochs"),
    ):
        with pytest.raises(SettingsError) as raised:
            check_settings_limits(settings)
        sentence = raised.value.to_sentence(t)
        assert t(f"settings.{field}.label") in sentence and "{" not in sentence
