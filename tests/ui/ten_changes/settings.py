"""All that a visitor can do with new settings, tried in a changed copy of the app.

See ``test_ten_changes.py``.
"""

import json
import os
from dataclasses import replace
from math import log

import keras
import numpy as np
import pytest

from catalogue_texts import SHIPS
from fvapp.__main__ import main
from fvapp.core.export import export_notebook, export_script
from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.results.comparison import (
    changes_of_settings,
    difference_sentence,
    settings_as_words,
)
from fvapp.core.settings import RunSettings, read_setting_value, setting_to_text
from fvapp.core.wording import run_titles, settings_summary
from fvapp.i18n import Translator
from fvapp.learn.blocks import epoch_order
from fvapp.learn.build import build_model

TRIED = json.loads(os.environ["FVAPP_TESTS_TRY"])
SMALL = {"train_images": 1_000, "validation_split": 0.0, "epochs": 1, "seed": 3}

tried = pytest.mark.parametrize("texts", TRIED, ids=str)


def settings_of(texts: dict[str, str], **more: object) -> RunSettings:
    return RunSettings(
        **{name: read_setting_value(name, text) for name, text in texts.items()}, **more
    )


@pytest.fixture(scope="module")
def dataset(fashion):
    """Fashion-MNIST with 1,000 training and 500 test images."""
    cut = {"x_train": 1_000, "y_train": 1_000, "x_test": 500, "y_test": 500}
    return replace(fashion, **{part: getattr(fashion, part)[:count] for part, count in cut.items()})


def test_two_runs_that_differ_in_it_are_compared(own_page, train):
    for texts in TRIED:
        settings = settings_of(texts)
        new = {name: text for name, text in texts.items() if name != "network"}
        before = settings_of({name: text for name, text in texts.items() if name not in new})
        records = train(before, settings)
        for t in map(Translator, SHIPS):
            said = difference_sentence(changes_of_settings(before, settings), t)
            told = dict(settings_as_words(settings, t))
            for name in new:
                label = t(f"settings.{name}.label")
                assert label.lower() in said.lower() and label in told
            assert len(set(run_titles(records, t).values())) == 2
            assert settings_summary(before, t) != settings_summary(settings, t)
    for page in ("train", "compare", "inside", "draw"):
        assert not own_page(page).exception


@pytest.mark.usefixtures("few_images")
@pytest.mark.parametrize("part", ["way", "why", "surgery"])
@tried
def test_one_looks_inside_such_a_network(own_page, train, texts, part):
    train(settings_of(texts))
    app = own_page("inside", folds=("inside_maths",), part=part)
    assert not app.warning


@tried
def test_the_command_line_trains_it_as_plain_keras_does_and_numpy_answers_as_the_file_of_the_network(
    tmp_path, capsys, monkeypatch, dataset, texts
):
    monkeypatch.setenv("FVAPP_ARITHMETIC", "float32")  # plain Keras computes in float32
    settings = settings_of(texts, **SMALL)
    given = {name: setting_to_text(name, getattr(settings, name)) for name in (*texts, *SMALL)}
    words = [word for name, text in given.items() for word in ("--set", f"{name}={text}")]
    assert main(["train", "--out", str(tmp_path), *words]) == 0, capsys.readouterr().err
    assert RunSettings.from_json(json.loads((tmp_path / "settings.json").read_text())) == settings
    ours = keras.models.load_model(tmp_path / "model.keras")
    logits = network_of_run(settings, ours.get_weights()).logits(dataset.x_test)
    shares = keras.ops.convert_to_numpy(keras.ops.softmax(logits))
    np.testing.assert_allclose(shares, ours.predict(dataset.x_test / 255.0, verbose=0), atol=1e-4)

    plain = build_model(settings)
    order = epoch_order(settings.seed, 1, SMALL["train_images"])
    images = dataset.x_train[order] / np.float32(255)
    labels = dataset.y_train[order]
    plain.fit(images, labels, batch_size=settings.batch_size, epochs=1, shuffle=False, verbose=0)
    for trained, expected in zip(ours.get_weights(), plain.get_weights(), strict=True):
        assert np.abs(trained - expected).mean() < 1e-4


@tried
def test_script_and_notebook_run_and_build_the_same_network(dataset, monkeypatch, texts):
    arrays = (dataset.x_train, dataset.y_train), (dataset.x_test, dataset.y_test)
    monkeypatch.setattr(keras.datasets.fashion_mnist, "load_data", lambda: arrays)
    settings = settings_of(texts, **SMALL)
    for language in SHIPS:
        compile(export_script(settings, Translator(language)), "exported.py", "exec")
    notebook = json.loads(export_notebook(settings, Translator("zh-Hant")))
    cells = "\n\n".join(cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code")
    names = {"__name__": "__main__"}
    exec(
        compile(
            cells if texts in TRIED[::2] else export_script(settings, Translator("en")),
            "exported.py",
            "exec",
        ),
        names,
    )
    # A network that guesses among ten classes has a loss of log(10).
    assert described(names["model"]) == described(build_model(settings)) and names[
        "test_loss"
    ] < log(10)


def described(model: keras.Model) -> tuple:
    """Return what two models must have in common: layers and optimizer."""
    layers = [
        (type(each).__name__, each.count_params(), getattr(each, "activation", None))
        for each in model.layers
    ]
    return layers, type(model.optimizer), model.optimizer.get_config() | {"name": ""}
