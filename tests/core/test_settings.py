"""Every hyperparameter is written to and read from addresses, JSON and command-line text."""

import json
import math

import pytest

from fvapp.core import settings
from fvapp.core.dataset_table import DATASETS, make_own_dataset_name
from fvapp.core.errors import SettingsError
from fvapp.core.limits import check_settings_limits
from fvapp.core.seeds import LARGEST, SMALLEST, workspace_seed
from fvapp.core.setting import check_setting_value
from fvapp.core.settings import (
    PRESETS,
    SETTINGS,
    RunSettings,
    preset_settings,
    presets_for_dataset,
    read_setting_value,
    setting_to_text,
)
from setting_values import bad_texts, other_values

DEFAULTS = RunSettings()

CHANGES = [(name, value) for name, row in SETTINGS.items() for value in other_values(row)]
FLAGS = {name for name, row in SETTINGS.items() if row.kind == "flag"}
BAD_TEXTS = [(name, text) for name, row in SETTINGS.items() for text in bad_texts(row)]


def test_the_defaults_are_the_notebooks_network_with_a_tenth_kept_for_validation():
    assert DEFAULTS.dataset == "fashion_mnist"
    assert DEFAULTS.hidden == (128,)
    assert DEFAULTS.activation == "relu"
    assert (DEFAULTS.optimizer, DEFAULTS.learning_rate) == ("adam", 0.001)
    assert (DEFAULTS.batch_size, DEFAULTS.epochs) == (32, 5)
    assert (DEFAULTS.validation_split, DEFAULTS.train_images) == (0.1, None)
    assert preset_settings("notebook", "fashion_mnist") == DEFAULTS.with_values(validation_split=0)


def test_a_setting_comes_back_from_json_from_an_address_that_names_it_alone_and_from_text_with_its_type():
    for name, value in CHANGES:
        settings = DEFAULTS.with_values(**{name: value})
        assert settings != DEFAULTS, (name, value)
        assert RunSettings.from_json(json.loads(json.dumps(settings.to_json()))) == settings, (
            name,
            value,
        )
        query = settings.to_query()
        again = read_setting_value(name, f" {setting_to_text(name, value)} ")
        assert query.keys() == {name} and RunSettings.from_query(query) == (settings, ()), (
            name,
            value,
        )
        assert again == value and type(again) is type(value), (name, value)
    assert DEFAULTS.to_query() == {} and RunSettings.from_query({}) == (DEFAULTS, ())


@pytest.mark.parametrize(
    ("text", "widths"),
    [
        ("128", (128,)),
        *(
            (text, (512, 256))
            for text in ("512,256", "512, 256", "512 256", "512，256", "５１２、２５６")
        ),
        ("", ()),
        ("none", ()),
    ],
)
def test_widths_are_read_as_people_write_them(text, widths):
    assert read_setting_value("hidden", text) == widths


def test_a_bad_text_is_an_error_that_names_the_field_in_every_language(t):
    for name, text in BAD_TEXTS:
        with pytest.raises(SettingsError) as raised:
            read_setting_value(name, text)
        sentence = raised.value.to_sentence(t)
        assert t(f"settings.{name}.label") in sentence, (name, text)
        assert "{" not in sentence and "\n" not in sentence and len(sentence) < 250, (name, text)


def test_a_bad_value_in_an_address_falls_back_to_the_default_and_leaves_the_others():
    for name, text in BAD_TEXTS:
        other = "epochs" if name != "epochs" else "seed"
        settings, errors = RunSettings.from_query({name: text, other: "7", "lang": "en"})
        assert settings == DEFAULTS.with_values(**{other: 7}), (name, text)
        assert len(errors) == 1, (name, text)


def test_json_that_is_not_an_object_of_known_settings_is_refused():
    for bad in ([], "x", None, {"epoch": 5}, {7: 5}):
        with pytest.raises(SettingsError):
            RunSettings.from_json(bad)


def test_a_value_is_checked_when_it_comes_in_and_not_again(monkeypatch):
    asked = []
    monkeypatch.setattr(
        settings,
        "check_setting_value",
        lambda row, value: asked.append(row.name) or check_setting_value(row, value),
    )
    for name, value in CHANGES:
        changed = RunSettings(**{name: value})
        assert asked == [name], (name, value)
        other = "seed" if name != "seed" else "epochs"
        changed.with_values(**{other: 7})
        assert asked == [name, other], (name, value)
        asked.clear()
    assert RunSettings() == DEFAULTS and asked == []


def test_every_default_is_valid_on_every_data_set():
    for row in SETTINGS.values():
        default = getattr(DEFAULTS, row.name) if row.name != "output_units" else 10
        assert check_setting_value(row, default) == default, row.name
        for dataset in (*DATASETS, make_own_dataset_name(["cat", "dog"])):
            assert row.is_available is None or row.is_available(default, DATASETS[dataset]), (
                row.name,
                dataset,
            )


def test_a_change_of_valid_settings_is_checked_as_they_were():
    own = DEFAULTS.settings_for_dataset(make_own_dataset_name(["cat", "dog", "owl"]))
    for name in SETTINGS:
        for value in (object(), [1], {}, math.nan, -1, True if name not in FLAGS else 1, "?"):
            with pytest.raises(SettingsError):
                own.with_values(**{name: value})
    for wrong in (
        {"rare_class": 3},
        {"marked_class": 3},
        {"train_images": 1_000},
        {"examples": "added"},
    ):
        with pytest.raises(SettingsError):
            own.with_values(**wrong)
    with pytest.raises(SettingsError):
        DEFAULTS.with_values(rare_class=7).with_values(dataset=own.dataset)
    with pytest.raises(SettingsError):
        DEFAULTS.with_values(target_metric="val_loss").with_values(validation_split=0)
    assert own.with_values(rare_class=2, output_units=10).output_units == 3


def test_a_number_may_be_written_without_a_point():
    assert RunSettings(learning_rate=1).learning_rate == 1.0
    assert isinstance(RunSettings(validation_split=0).validation_split, float)


def test_a_target_on_validation_needs_validation_images():
    with pytest.raises(SettingsError):
        RunSettings(validation_split=0, target_metric="val_accuracy")
    settings, errors = RunSettings.from_query(
        {"validation_split": "0", "target_metric": "val_loss", "epochs": "3"}
    )
    assert settings == DEFAULTS.with_values(validation_split=0, epochs=3)
    assert len(errors) == 1
    assert DEFAULTS.monitored_metric == "val_loss"
    assert settings.monitored_metric == "loss"  # early stopping (patience) watches the loss


@pytest.mark.parametrize(
    ("dataset", "preset"),
    [(name, preset) for name in DATASETS for preset in presets_for_dataset(name)],
)
def test_a_preset_keeps_the_data_set_and_is_within_the_limits(preset, dataset):
    settings = preset_settings(preset, dataset)
    check_settings_limits(settings)
    assert settings.dataset == dataset
    assert all(getattr(settings, name) == value for name, value in PRESETS[preset].items())


def test_convolutions_and_intentionally_wrong_networks_are_not_compiled():
    assert DEFAULTS.jit_compile
    for change in ({"network": "cnn"}, {"flatten": False}, {"output_units": 5}):
        assert not DEFAULTS.with_values(**change).jit_compile


def test_a_workspace_always_has_the_same_four_digit_seed():
    assert workspace_seed("a token") == workspace_seed("a token")
    assert all(SMALLEST <= workspace_seed(f"token {number}") <= LARGEST for number in range(1_000))
    assert SETTINGS["seed"].minimum <= SMALLEST and SETTINGS["seed"].maximum >= LARGEST
    # In a class of 30 students, hardly any two have the same seed.
    assert len({workspace_seed(f"token {number}") for number in range(30)}) >= 29
