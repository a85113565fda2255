"""Exported code of random settings, run by stock Keras on a few images."""

import ast
import json
from dataclasses import replace

import keras
import numpy as np
import pytest

from fvapp.core.datasets import Dataset, validation_split_sizes
from fvapp.core.documents.example_files import write_examples_npz
from fvapp.core.examples import make_example
from fvapp.core.export import export_notebook, export_script, image_file_content
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.stack import count_parameters
from fvapp.core.teaching import TeachingRecord
from fvapp.i18n import Translator, language_tags
from random_networks import random_images
from random_settings import ALL, Case, random_case

TRAINING = 500
TEST = 100
EACH = 8


def images_for(settings: RunSettings) -> Dataset:
    """Return random images with labels of every class."""
    classes = settings.class_count
    many = (EACH * classes, 2 * classes) if settings.dataset_info.is_own else (TRAINING, TEST)
    arrays = [
        (random_images(count, count), np.arange(count, dtype=np.uint8) % classes) for count in many
    ]
    return Dataset(settings.dataset, *arrays[0], *arrays[1])


def record_of(case: Case) -> RunRecord:
    record = RunRecord("r", 1, case.settings, "done", epochs=case.settings.epochs)
    if case.history == "resumed":
        return replace(record, epochs=case.settings.epochs + 2)
    return (
        replace(record, taught=TeachingRecord("p", 1, ("a", "b"), False))
        if case.history == "taught"
        else record
    )


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder, in which scripts run and Keras' loaders return images without a download."""
    monkeypatch.chdir(tmp_path)
    for module in (keras.datasets.fashion_mnist, keras.datasets.mnist):
        data = images_for(RunSettings(module.__name__.split(".")[-1]))
        arrays = (data.x_train, data.y_train), (data.x_test, data.y_test)
        monkeypatch.setattr(module, "load_data", lambda arrays=arrays: arrays)
    return tmp_path


def run(code: str) -> dict[str, object]:
    """Run code and return its global names, with any exception that it raised as "error"."""
    names: dict[str, object] = {"__name__": "__main__"}
    try:
        exec(compile(code, "exported.py", "exec"), names)
    except Exception as error:
        names["error"] = error
    return names


def code_of(case: Case) -> str:
    """Return the exported code of a case.

    Even-numbered cases give the script. Odd-numbered cases give the notebook's cells, which contain
    the same code.
    """
    t = Translator(language_tags()[case.number % len(language_tags())])
    record = record_of(case)
    settings = case.settings.with_values(epochs=1)
    script = export_script(settings, t, record)
    notebook = json.loads(export_notebook(settings, t, record))
    cells = "\n\n".join(cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code")
    assert ast.dump(ast.parse(cells)) == ast.dump(ast.parse(script))
    return cells if case.number % 2 else script


USUAL = (1, 3, 6)
"""Numbers of the cases that are always tested; all other cases run only in the long tests.

The cases are a CNN, a visitor's own images, and the images of a school class. A network with
borrowed filters is not among them, because it first trains another network.
"""
CASES = [
    pytest.param(
        case := random_case(number), id=str(case), marks=() if number in USUAL else pytest.mark.long
    )
    for number in range(ALL)
]


@pytest.mark.parametrize("case", CASES)
def test_code_of_any_settings_trains_tests_and_answers(case, folder):
    settings = case.settings
    data = images_for(case.settings)
    (folder / f"{settings.dataset_info.file_stem}.npz").write_bytes(image_file_content(data))
    own = []
    for at, image in enumerate(random_images(12, 3) if settings.examples != "none" else ()):
        own.append(
            make_example(
                settings.dataset, image, at % settings.class_count // 4, "drawing", float(at), own
            )
        )
    (folder / "examples.npz").write_bytes(write_examples_npz(own))
    names = run(code_of(case))
    assert names["model"].count_params() == count_parameters(settings)
    if case.wrong and "error" in names:
        # These settings are wrong on purpose, so Keras refuses to train.
        assert "history" not in names
        return
    assert "error" not in names, names["error"]
    assert settings.flatten and 0 <= names["test_accuracy"] <= 1
    assert names["probabilities"].shape == (settings.output_units,)
    if settings.validation_split:
        images = (
            len(data.x_train)
            if settings.train_images is None
            else min(len(data.x_train), settings.train_images)
        )
        assert (
            len(names["validated"]) == validation_split_sizes(images, settings.validation_split)[1]
        )
    keras.backend.clear_session()
