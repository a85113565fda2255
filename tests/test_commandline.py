"""The command line as a user calls it."""

import json
import os
import socket
import subprocess
import sys
from contextlib import closing

import pytest

from fvapp.__main__ import COMMANDS, main
from fvapp.core.missions.class_time import LESSON
from fvapp.i18n import Translator
from fvapp.ui.compat import MISSING
from scripted_engine import ScriptedEngine, new_visitor

SMALL = ["--set", "train_images=1000", "--set", "epochs=2", "--set", "hidden=16"]


def fvapp(*words: str) -> subprocess.CompletedProcess[str]:
    # Leave out the variable that silences TensorFlow in the tests, because users do not set it.
    environ = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    command = [sys.executable, "-m", "fvapp", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environ)


@pytest.mark.parametrize(
    "words",
    [
        *("nonsense", "bench nonsense", "data --lang xx"),
        *("train --nonsense", "train --epochs 0", "train --epochs many", "train --dataset letters"),
        *("train --hidden 128,0", "train --hidden 2048,2048,2048"),
        *("train --set colour=red", "train --set epochs", "train --set examples=added"),
        "train --set target_metric=val_loss --set validation_split=0",
    ],
)
def test_wrong_arguments_are_one_sentence_on_standard_error_and_status_2(words, capsys):
    try:
        status = main(words.split())
    except SystemExit as end:
        status = end.code
    output = capsys.readouterr()
    assert status == 2
    assert output.out == "" and len(output.err.strip().splitlines()) == 1


def test_the_sentence_is_in_the_language_asked_for(capsys):
    assert main(["train", "--lang", "zh-Hans", "--epochs", "0"]) == 2
    assert main(["--lang", "zh-Hans", "train", "--epochs", "0"]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first == second and "训练轮数" in first


@pytest.mark.processes
def test_train_prints_every_event_as_a_line_of_json_and_leaves_a_folder_with_the_run(tmp_path):
    ended = fvapp("train", "--json", "--out", str(tmp_path / "run"), *SMALL)
    assert ended.returncode == 0
    assert ended.stderr == "", "TensorFlow says nothing unless it is asked to"
    started, *events, result = map(json.loads, ended.stdout.splitlines())
    parameters = 784 * 16 + 16 + 16 * 10 + 10
    assert (started["event"], started["parameters"]) == ("started", parameters)
    epochs = [event for event in events if event["event"] == "epoch"]
    assert [event["epoch"] for event in epochs] == [1, 2]
    assert sum(event["event"] == "block" and event["epoch"] == 1 for event in events) >= 5
    assert (result["event"], result["state"]) == ("result", "done")

    settings = json.loads((tmp_path / "run" / "settings.json").read_text())
    assert (settings["hidden"], settings["train_images"]) == ([16], 1000)
    history = json.loads((tmp_path / "run" / "history.json").read_text())
    assert history["loss"] == [event["loss"] for event in epochs]
    assert history["result"]["test_accuracy"] == result["test_accuracy"]


@pytest.mark.long
def test_the_model_in_the_folder_is_the_one_that_was_tested_and_stock_keras_loads_it(tmp_path):
    assert fvapp("train", "--out", str(tmp_path), *SMALL, "--set", "dropout=0.2").returncode == 0
    result = json.loads((tmp_path / "history.json").read_text())["result"]
    stock = """
import json, keras, os, sys
from fvapp.core.datasets import load_dataset
from fvapp.core.places import AppFolders
dataset = load_dataset("fashion_mnist", AppFolders.from_environ(os.environ))
model = keras.models.load_model(sys.argv[1])
print(json.dumps(model.evaluate(dataset.x_test / 255.0, dataset.y_test, verbose=0)))
assert "Dropout" in [type(layer).__name__ for layer in model.layers]
"""
    ended = subprocess.run(
        [sys.executable, "-c", stock, str(tmp_path / "model.keras")],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    loss, accuracy = json.loads(ended.stdout.splitlines()[-1])
    assert accuracy == pytest.approx(result["test_accuracy"], abs=1e-6)
    assert loss == pytest.approx(result["test_loss"], abs=1e-4)


@pytest.mark.long
def test_a_network_that_is_wrong_ends_with_the_error_of_keras():
    ended = fvapp("train", "--json", "--verbose", "--set", "flatten=no", *SMALL)
    assert ended.returncode == 1 and "oneDNN" in ended.stderr
    last = json.loads(ended.stdout.splitlines()[-1])
    assert (last["state"], last["kind"]) == ("failed", "ValueError")
    assert "must have rank" in last["message"]


def test_a_folder_that_cannot_be_made_is_said_before_the_training(tmp_path, capsys):
    file = tmp_path / "file"
    file.write_text("")
    assert main(["train", "--out", str(file)]) == 2 and str(file) in capsys.readouterr().err


def command_names():
    """Yield the words of each subcommand's name."""
    for name, found in COMMANDS.items():
        yield (name,)
        yield from ((name, inner) for inner in found) if isinstance(found, dict) else ()


def test_every_subcommand_says_in_a_line_what_it_does(t, capsys):
    for *group, name in command_names():
        main(["--lang", t.language, *group])
        shown = capsys.readouterr().out
        assert f"{name} " in shown
        assert t(f"commandline.about.{'_'.join((*group, name))}") in shown


def test_the_language_is_that_of_the_locale_unless_another_is_asked_for(monkeypatch, capsys):
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "zh_HK.UTF-8")
    main([])
    assert Translator("zh-Hant")("commandline.about.train") in capsys.readouterr().out
    main(["--lang", "en"])
    assert Translator("en")("commandline.about.train") in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["classify", "--model", "mnist"], "FILE"),
        (["classify", "x.png"], "--model"),
        (["build", "models"], "FOLDER"),
    ],
)
def test_a_missing_argument_names_itself(words, named, capsys):
    with pytest.raises(SystemExit) as end:
        main(words)
    (sentence,) = capsys.readouterr().err.splitlines()
    assert end.value.code == 2 and named in sentence


def row(output: str, subject: str) -> str:
    (line,) = (line for line in output.splitlines() if line[2:].startswith(subject))
    return line


@pytest.fixture
def port():
    """Return a free port."""
    with socket.socket() as listener:
        listener.bind(("", 0))
        return listener.getsockname()[1]


@pytest.fixture
def doctor(port, capsys):
    """Return ``doctor()``, which runs the command and returns its exit status and its output."""

    def doctor(port: int = port) -> tuple[int, str, str]:
        status = main(["doctor", "--lang", "en", "--port", str(port)])
        return status, *capsys.readouterr()

    return doctor


@pytest.fixture
def whole_data(monkeypatch):
    """Skip doctor's check of the data sets, because it unpacks the data sets each time."""
    monkeypatch.setattr("fvapp.commandline.doctor.unpack_shipped_array", lambda *array: None)


def test_doctor_says_what_is_here_and_that_the_app_can_work(doctor, port, monkeypatch):
    monkeypatch.setenv("FVAPP_WORKERS", "3")
    status, output, _ = doctor()
    assert status == 0 and output.splitlines()[-1] == "The app can work here."
    assert "3; each" in row(output, "Training programs")
    assert f"{port} is free" in row(output, "Port")
    assert "60,000 + 10,000" in row(output, "MNIST")
    assert os.environ["FVAPP_HOME"] in row(output, "Folder")


@pytest.mark.usefixtures("whole_data")
@pytest.mark.parametrize("variable", ["FVAPP_WORKERS", "FVAPP_ARITHMETIC"])
def test_doctor_says_which_variable_keeps_the_app_from_starting(doctor, monkeypatch, variable):
    monkeypatch.setenv(variable, "some")
    status, _, error = doctor()
    assert status == 1 and f'{variable}: "some" is n' in error


@pytest.mark.usefixtures("whole_data")
def test_doctor_says_which_guard_does_not_fit_the_packages_that_are_installed(doctor, monkeypatch):
    monkeypatch.setattr(
        "uvicorn.protocols.http.h11_impl.H11Protocol.connection_made", lambda self: None
    )
    try:
        status, output, _ = doctor()
    finally:
        MISSING.discard("idle")
    assert status == 0 and row(output, "Guards").startswith("!")


@pytest.mark.usefixtures("whole_data")
def test_doctor_says_that_the_processor_lacks_avx(doctor, monkeypatch):
    monkeypatch.setattr("fvapp.core.processor.has_avx", lambda: False)
    status, output, error = doctor()
    assert status == 1 and "AVX" in error
    assert row(output, "Training programs").startswith("✗")


def test_without_avx_training_is_a_sentence_and_keras_is_not_loaded():
    code = (
        "import sys; from fvapp.core import processor; from fvapp.__main__ import main\n"
        "processor.has_avx = lambda: False; status = main(['train', '--lang', 'en'])\n"
        "sys.exit(status if 'keras' not in sys.modules else 'loaded')"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.returncode == 2 and "AVX" in ended.stderr and len(ended.stderr.splitlines()) == 1


@pytest.mark.usefixtures("whole_data")
def test_doctor_ends_with_a_sentence_when_the_app_cannot_work(doctor):
    with socket.create_server(("", 0)) as listener:
        taken = listener.getsockname()[1]
        status, output, error = doctor(taken)
    assert status == 1 and row(output, "Port").startswith("✗")
    assert error.strip() == f"The app cannot work here: Port, {taken} is taken"


@pytest.mark.long
@pytest.mark.usefixtures("whole_data")
def test_doctor_warns_of_a_folder_that_cannot_be_written_to(doctor, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way of the folder, also for an administrator")
    monkeypatch.setenv("FVAPP_HOME", str(tmp_path / "file"))
    status, output, _ = doctor()
    assert status == 0 and row(output, "Folder").startswith("!")


def test_classes_are_listed_and_deleted_unless_the_app_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FVAPP_HOME", str(tmp_path))
    with closing(ScriptedEngine(tmp_path)) as engine:
        kept, gone = (
            engine.teachers.open_class(new_visitor(engine), name, "en", LESSON) for name in "ab"
        )
        assert main(["classes"]) == 2
        assert "The app is running" in capsys.readouterr().err
    assert [main(["classes", "--delete", gone.id]) for _ in range(2)] == [0, 2]
    assert capsys.readouterr().out.split()[:2] == [kept.id, "a"]
    assert (tmp_path / "fvapp.teacher").stat().st_mode & 0o77 == 0
