"""The command line, called as a user calls it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from fvapp.__main__ import COMMANDS, main

SMALL = ["--set", "train_images=1000", "--set", "epochs=2", "--set", "hidden=16"]


@pytest.fixture(autouse=True)
def _home(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("FVAPP_HOME", str(tmp_path_factory.getbasetemp() / "home"))


def fvapp(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "fvapp", *words], capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["bench", "nonsense"],
        ["train", "--nonsense"],
        ["train", "--epochs", "0"],
        ["train", "--epochs", "many"],
        ["train", "--hidden", "128,0"],
        ["train", "--hidden", "2048,2048,2048"],
        ["train", "--dataset", "letters"],
        ["train", "--set", "colour=red"],
        ["train", "--set", "epochs"],
        ["train", "--set", "target_metric=val_loss", "--set", "validation_split=0"],
        ["data", "--lang", "xx"],
    ],
    ids=" ".join,
)
def test_wrong_arguments_are_one_sentence_on_standard_error_and_status_2(words, capsys):
    try:
        status = main(words)
    except SystemExit as end:
        status = end.code
    output = capsys.readouterr()
    assert status == 2
    assert output.out == ""
    assert len(output.err.strip().splitlines()) == 1


def test_the_sentence_is_in_the_language_asked_for(capsys):
    assert main(["train", "--lang", "zh-Hans", "--epochs", "0"]) == 2
    assert main(["--lang", "zh-Hans", "train", "--epochs", "0"]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first == second
    assert "训练轮数" in first


def test_train_prints_every_event_as_a_line_of_json_and_leaves_a_folder_with_the_run(tmp_path):
    ended = fvapp("train", "--json", "--out", str(tmp_path / "run"), *SMALL)
    assert ended.returncode == 0, ended.stderr
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    assert events[0]["event"] == "started" and events[0]["parameters"] == 784 * 16 + 16 + 16 * 10 + 10
    assert [event["epoch"] for event in events if event["event"] == "epoch"] == [1, 2]
    assert sum(event["event"] == "block" and event["epoch"] == 1 for event in events) >= 5
    assert events[-1]["event"] == "result" and events[-1]["state"] == "done"

    settings = json.loads((tmp_path / "run" / "settings.json").read_text())
    assert (settings["hidden"], settings["train_images"]) == ([16], 1000)
    history = json.loads((tmp_path / "run" / "history.json").read_text())
    assert history["loss"] == [event["loss"] for event in events if event["event"] == "epoch"]
    assert history["result"]["test_accuracy"] == events[-1]["test_accuracy"]


def test_the_model_in_the_folder_is_the_one_that_was_tested_and_stock_keras_loads_it(tmp_path):
    assert fvapp("train", "--out", str(tmp_path), *SMALL, "--set", "dropout=0.2").returncode == 0
    result = json.loads((tmp_path / "history.json").read_text())["result"]
    stock = """
import json, keras, os, sys
from fvapp.core.datasets import load_dataset
from fvapp.core.places import Places
dataset = load_dataset("fashion_mnist", Places.from_environ(os.environ))
model = keras.models.load_model(sys.argv[1])
print(json.dumps(model.evaluate(dataset.x_test / 255.0, dataset.y_test, verbose=0)))
assert "Dropout" in [type(layer).__name__ for layer in model.layers]
"""
    ended = subprocess.run(
        [sys.executable, "-c", stock, str(tmp_path / "model.keras")], capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    loss, accuracy = json.loads(ended.stdout.splitlines()[-1])
    assert accuracy == pytest.approx(result["test_accuracy"], abs=1e-6)
    assert loss == pytest.approx(result["test_loss"], abs=1e-4)


def test_a_network_that_is_wrong_ends_with_the_error_of_keras():
    ended = fvapp("train", "--json", "--set", "flatten=no", *SMALL)
    assert ended.returncode == 1
    last = json.loads(ended.stdout.splitlines()[-1])
    assert (last["state"], last["kind"]) == ("failed", "ValueError")
    assert "must have rank" in last["message"]


def test_a_folder_that_cannot_be_made_is_said_before_the_training(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["train", "--out", str(tmp_path / "file")]) == 2
    assert str(tmp_path / "file") in capsys.readouterr().err


def test_every_subcommand_explains_itself():
    ended = fvapp("--help")
    assert ended.returncode == 0
    assert all(command in ended.stdout for command in COMMANDS)
