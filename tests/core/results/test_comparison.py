"""The sentence about the difference between two runs, for every setting in the table."""

from dataclasses import replace

import pytest

from fvapp.core.results.comparison import (
    brief_change_list,
    changes_of_runs,
    changes_of_settings,
    difference_sentence,
    run_names_by_difference,
    settings_as_words,
)
from fvapp.core.runs import RunRecord
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.core.stack import describe_layers
from fvapp.core.teaching import OwnExamples, TeachingRecord
from fvapp.core.wording import setting_value_words, settings_summary
from fvapp.i18n import Translator
from random_settings import random_case
from setting_values import another, other_values

t = Translator("en")
BASE = RunSettings(rare_class=6, examples="added", target_metric="accuracy", target_value=0.9)
OTHER = {name: another(row) for name, row in SETTINGS.items() if other_values(row)}


def alone(name):
    """Return two settings that differ only in `name`, for a network that has this setting."""
    base = BASE.with_values(network=(SETTINGS[name].only_for_networks or [BASE.network])[0])
    return base, base.with_values(**{name: OTHER[name]})


def difference(**values):
    return difference_sentence(changes_of_settings(BASE, BASE.with_values(**values)), t)


def test_every_setting_that_changes_alone_is_named_with_both_values_and_makes_two_names(language):
    words = Translator(language)
    for name in OTHER:
        changes = changes_of_settings(*alone(name))
        assert [change.name for change in changes] == [name], name
        sentence = difference_sentence(changes, words)
        assert setting_value_words(name, getattr(BASE, name), words, BASE) in sentence, name
        assert setting_value_words(name, OTHER[name], words, BASE) in sentence, name
        label = (
            words("compare.difference.neurons")
            if name == "hidden"
            else words(f"settings.{name}.label")
        )
        assert label.lower() in sentence.lower(), name
        if name != "seed":
            one, other = run_names_by_difference(alone(name), words)
            assert one and other and one != other, name


THREE = {"hidden": (512,), "epochs": 15, "learning_rate": 0.01}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"hidden": (512,)}, ("Only one setting changed: neurons from 128 to 512.",)),
        ({"hidden": ()}, ("no hidden layer",)),
        ({"hidden": (512, 256)}, ("hidden layers from 128 to 512 + 256",)),
        # The seeds differ, too, so chance may explain the difference.
        ({"hidden": (512,), "seed": 2}, ("neurons from 128 to 512", "seed")),
        ({"seed": 2}, ("seed", "chance")),
        ({}, (t("compare.difference.nothing"),)),
        ({"dataset": "mnist"}, ("cannot be compared",)),
        (
            THREE,
            (
                "3 settings changed, so you cannot tell which one",
                "128 to 512",
                "at most 5 to at most 15",  # a target may end both earlier
                "0.001 to 0.01",
            ),
        ),
    ],
)
def test_what_changed_is_said(values, words):
    assert [word for word in words if word not in difference(**values)] == []


def test_a_setting_without_effect_is_no_difference():
    assert changes_of_settings(RunSettings(target_value=0.9), RunSettings(target_value=0.5)) == ()
    cnn = RunSettings(network="cnn")
    assert changes_of_settings(cnn, cnn.with_values(hidden=(512,))) == ()
    wide = RunSettings(hidden=(512,))
    assert [change.name for change in changes_of_settings(wide, cnn)] == ["network"]
    assert changes_of_settings(RunSettings(example_weight=1), RunSettings(example_weight=9)) == ()
    mine = RunSettings(examples="only")
    assert (
        changes_of_settings(
            mine, mine.with_values(wrong_labels=0.5, rare_class=3, rare_share=0, marked_class=2)
        )
        == ()
    )
    assert changes_of_settings(RunSettings(patience=5), RunSettings(patience=9)) == ()


@pytest.mark.parametrize("number", range(60))
def test_a_change_of_the_network_is_named_exactly_if_it_changes_the_layers(number):
    before = random_case(number).settings
    for name in ("hidden", "activation", "dropout", "flatten"):
        values = {name: getattr(random_case(number + 105).settings, name)}
        after = before.with_values(**values)
        has_other_layers = describe_layers(before) != describe_layers(after)
        assert bool(changes_of_settings(before, after)) is has_other_layers, (before, values)


def test_dropout_without_hidden_layers_is_neither_counted_nor_in_the_name():
    flat = RunSettings(hidden=(), dropout=0.2)
    names = [change.name for change in changes_of_settings(flat, RunSettings())]
    assert names == ["hidden"]
    assert settings_summary(flat, t) == settings_summary(RunSettings(hidden=()), t)


def test_a_run_that_was_given_more_epochs_differs_from_its_settings():
    run = RunRecord("a", 1, RunSettings(), epochs=5)
    longer = replace(run, epochs=11, settings=RunSettings(seed=3))
    changes = changes_of_runs(run, longer)
    assert [(each.name, each.before, each.after) for each in changes] == [
        ("epochs", 5, 11),
        ("seed", 1, 3),
    ]
    assert (
        brief_change_list(changes_of_runs(run, longer), t)
        == "epochs from 5 to 11; seed from 1 to 3"
    )


OWN = OwnExamples(12, 3, "3f2a9c0011223344", 1e9)


def test_different_own_examples_are_a_difference_named_by_their_digests():
    run = RunRecord("a", 1, RunSettings(examples="added"), epochs=5, examples=OWN)
    other = replace(run, examples=replace(OWN, digest="77aa9c0011223344", until=2e9))
    assert (
        brief_change_list(changes_of_runs(run, other), t)
        == "own examples from 12 (3f2a) to 12 (77aa)"
    )
    assert changes_of_runs(run, replace(run, examples=replace(OWN, until=None))) == ()
    none = replace(run, examples=None, settings=RunSettings())
    assert [change.name for change in changes_of_runs(none, run)] == ["examples"]


def test_what_was_taught_is_a_difference():
    run = RunRecord("a", 5, RunSettings(), "done", epochs=5)
    taught = replace(run, id="b", number=6, taught=TeachingRecord("a", 5, ("x", "y", "z"), True))
    said = "teaching from none to run 5, taught 3 drawings, old ones mixed in"
    assert brief_change_list(changes_of_runs(run, taught), t) == said
    other = replace(taught, id="c", taught=TeachingRecord("b", 6, ("x",), False))
    assert "run 6, taught 1 drawing." in difference_sentence(changes_of_runs(taught, other), t)


def test_a_different_arithmetic_of_the_convolutions_is_a_difference():
    run = RunRecord("a", 1, RunSettings(network="cnn"), "done", epochs=5)
    coarse = replace(run, id="b", arithmetic="bfloat16")
    said = "number format of the convolutions from float32 to bfloat16"
    assert brief_change_list(changes_of_runs(run, coarse), t) == said
    assert changes_of_runs(coarse, replace(coarse, id="c")) == ()
    dense = replace(run, settings=RunSettings())
    assert [change.name for change in changes_of_runs(dense, coarse)] == ["network"]


def test_the_settings_in_words_name_what_has_an_effect(language):
    words = Translator(language)
    rows = dict(settings_as_words(RunSettings(network="cnn", patience=0), words))
    assert words("settings.hidden.label") not in rows
    assert rows[words("settings.patience.label")] == words("compare.values.never")
    assert rows[words("settings.train_images.label")] == words("settings.train_images.choices.all")
    assert rows[words("settings.normalisation.label")] == words("compare.values.on")


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ([{}], ("128 neurons",)),
        ([{}, {"hidden": (512,)}, {"seed": 2}], ("128 neurons", "512 neurons", "128 neurons")),
        (
            [{}, {"hidden": (512, 64)}, {"hidden": ()}],
            ("128 neurons", "512 + 64 neurons", "no hidden layer"),
        ),
        ([{"learning_rate": 0.01}, {}], ("learning rate 0.01", "learning rate 0.001")),
        ([{}, {"network": "cnn", "dropout": 0.2}], ("128 neurons", "Small CNN · dropout 0.2")),
        ([{}, {"normalisation": False}], ("128 neurons", "pixels 0 to 255")),
        (
            [
                {},
                {
                    "hidden": (512,),
                    "validation_split": 0.0,
                    "epochs": 10,
                    "target_metric": "accuracy",
                },
            ],
            (
                "128 neurons",
                "512 neurons · no validation · at most 10 epochs · stops by Training accuracy",
            ),
        ),
        # The names leave out the target value, because neither run has a target metric.
        ([{"target_value": 0.5}, {"epochs": 15}], ("5 epochs", "15 epochs")),
    ],
)
def test_networks_beside_each_other_are_called_by_what_was_changed(settings, names):
    assert run_names_by_difference([RunSettings(**values) for values in settings], t) == names
