import ast
import json
from dataclasses import replace

import pytest

from fvapp.core.datasets import DATASETS
from fvapp.core.export import export_file_name, export_notebook, export_script, model_code
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings, preset_settings
from fvapp.core.stack import describe_layers
from fvapp.core.teaching import TeachingRecord
from fvapp.i18n import Translator
from random_settings import random_case

UNALTERED = {"wrong_labels": 0.0, "rare_class": "none", "marked_class": "none", "examples": "none"}
CASES = [
    case.settings.with_values(**UNALTERED)
    for case in map(random_case, range(40))
    if not (
        case.settings.dataset_info.is_own
        or case.settings.dataset_info.text
        or case.settings.network == "borrowed"
    )
]
"""Random settings whose exported code is checked here without running it.

The code for other settings is checked by tests that run it: test_altering, test_any_script and
test_borrowed_eyes.
"""
ENGLISH = Translator("en")


def calls(code: str) -> dict[str, list[ast.Call]]:
    """Return the function calls in some code, by the last part of the function's name."""
    found: dict[str, list[ast.Call]] = {}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            found.setdefault(getattr(node.func, "attr", getattr(node.func, "id", "")), []).append(
                node
            )
    return found


def keywords(call: ast.Call) -> dict[str, str]:
    return {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}


def code_cells(notebook: dict) -> list[str]:
    return [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_every_setting_gives_complete_python_in_every_language(t):
    for settings in CASES:
        script = export_script(settings, t)
        steps = {"load_data", "Sequential", "compile", "fit", "evaluate", "predict"} & calls(
            script
        ).keys()
        assert len(steps) == 6 and script.startswith("# ") and "import keras\n" in script, settings
        assert max(map(len, script.splitlines())) <= 125, settings
        ast.parse(model_code(settings, t))


@pytest.mark.parametrize("settings", CASES, ids=lambda settings: str(settings.to_query()))
def test_script_and_notebook_say_what_the_settings_say(settings):
    script = export_script(settings, ENGLISH)
    notebook = json.loads(export_notebook(settings, ENGLISH))
    found = calls(script)
    (fit,), (compiled,) = (list(map(keywords, found[name])) for name in ("fit", "compile"))
    optimizer = keywords(ast.parse(compiled["optimizer"], mode="eval").body)
    assert (fit["epochs"], fit["batch_size"]) == (str(settings.epochs), str(settings.batch_size))
    assert float(fit.get("validation_split", 0)) == settings.validation_split
    assert float(optimizer["learning_rate"]) == settings.learning_rate
    assert ast.unparse(found["load_data"][0].func) == f"keras.datasets.{settings.dataset}.load_data"
    assert ast.unparse(found["set_random_seed"][0].args[0]) == str(settings.seed)
    assert ("/ 255" in script) == settings.normalisation
    # The script mentions bfloat16 only for convolutions, because the app may train them in
    # bfloat16.
    assert ("bfloat16" in script) == (settings.network == "cnn")
    exec(
        "\n".join(line for line in script.splitlines() if line.startswith("class_names")),
        names := {},
    )
    outputs = names["class_names"]
    assert len(outputs) >= 10
    assert outputs[10:] == [str(label) for label in range(10, settings.output_units)]
    # For a network that is wrong on purpose, the script turns XLA off and gives the reason.
    wrong = not settings.flatten or settings.output_units < 10
    lines = script.splitlines()
    assert ("jit_compile" in compiled) == wrong
    assert not wrong or "XLA" in "".join(lines[lines.index("    jit_compile=False,") - 2 :][:2])

    assert ast.dump(ast.parse("\n".join(code_cells(notebook)))) == ast.dump(ast.parse(script))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)

    code = model_code(settings, ENGLISH)
    layers = [
        node
        for node in ast.walk(ast.parse(code.split("model = ")[1]))
        if isinstance(node, ast.Call)
    ]
    called = [ast.unparse(node.func) for node in layers]
    written = [each.split(".")[-1].lower() for each in called if each.startswith("keras.layers")]
    assert code in script
    assert written == [layer.kind.replace("_", "") for layer in describe_layers(settings)]


@pytest.mark.parametrize(
    ("metric", "sign"),
    [("loss", "<="), ("val_loss", "<="), ("accuracy", ">="), ("val_accuracy", ">=")],
)
def test_the_metric_that_the_callback_names_is_the_one_it_tests(metric, sign):
    script = export_script(RunSettings(target_metric=metric, target_value=0.75), ENGLISH)
    assert f'if logs["{metric}"] {sign} 0.75:' in script
    others = {"loss", "val_loss", "accuracy", "val_accuracy"} - {metric}
    assert f"{metric} is {{logs['{metric}']:.4f}}, the target 0.75 is reached" in script
    assert not any(f"logs['{other}']" in script or f'logs["{other}"]' in script for other in others)


def test_comments_and_class_names_are_in_the_chosen_language(language):
    t = Translator(language)
    script = export_script(RunSettings(), t)
    (names,) = (line for line in script.splitlines() if line.startswith("class_names"))
    assert ast.literal_eval(names.split(" = ")[1]) == [
        t(key) for key in DATASETS["fashion_mnist"].class_names
    ]
    comments = [line for line in script.splitlines() if line.lstrip().startswith("#")]
    chinese = [line for line in comments if any("\u4e00" <= letter <= "\u9fff" for letter in line)]
    assert chinese == (comments if language != "en" else [])


def test_the_code_says_which_part_of_a_run_it_does_not_repeat(t):
    record = RunRecord("r", 1, RunSettings(epochs=5), "done", epochs=5)
    longer = replace(record, epochs=8)
    taught = replace(record, taught=TeachingRecord("p", 1, ("a", "b"), False))
    added = t("export.more_epochs", n=8)
    drawings = t("export.taught", n=2)
    for run, said in ((None, ()), (record, ()), (longer, (added,)), (taught, (drawings,))):
        for code in (
            export_script(RunSettings(), t, run),
            json.loads(export_notebook(RunSettings(), t, run)),
        ):
            opening = (
                code.partition("\n\n")[0] if isinstance(code, str) else code["cells"][0]["source"]
            )
            assert [text for text in (added, drawings) if text in opening] == list(said)
            assert t("export.differs").strip().splitlines()[-1] in opening


def test_file_names_tell_data_set_and_network():
    assert export_file_name(RunSettings(hidden=(512, 256))) == "fashion_mnist_dense_512_256"
    assert export_file_name(RunSettings(dataset="mnist", network="cnn")) == "mnist_cnn"
    assert (
        len(
            {
                export_file_name(preset_settings(preset, "mnist"))
                for preset in ("standard", "wide", "cnn")
            }
        )
        == 3
    )
