import ast
import json

import pytest

from fvapp.core.datasets import DATASETS
from fvapp.core.export import export_name, export_notebook, export_script, model_code
from fvapp.core.layers import describe_layers
from fvapp.core.missions import MISSIONS
from fvapp.core.settings import RunSettings, preset_settings
from fvapp.i18n import Translator

VARIED = {
    "defaults": {},
    "mnist": {"dataset": "mnist"},
    "few images": {"train_images": 5_000},
    "no validation": {"validation_split": 0.0},
    "raw pixels": {"normalisation": False},
    "augmentation": {"augmentation": True},
    "cnn": {"network": "cnn", "dropout": 0.25},
    "four layers": {"hidden": (512, 256, 128, 64), "dropout": 0.5, "activation": "elu"},
    "no hidden layer": {"hidden": ()},
    "no flatten": {"flatten": False},
    "five outputs": {"output_units": 5},
    "sgd": {"optimizer": "sgd", "learning_rate": 0.00001},
    "rmsprop": {"optimizer": "rmsprop"},
    "target loss": {"target_metric": "loss", "target_value": 0.4},
    "target accuracy": {"target_metric": "val_accuracy", "target_value": 0.88},
    "patience": {"patience": 3, "validation_split": 0.0},
    "everything": {
        "dataset": "mnist",
        "train_images": 1_000,
        "augmentation": True,
        "network": "cnn",
        "dropout": 0.3,
        "target_metric": "accuracy",
        "patience": 2,
        "optimizer": "sgd",
    },
}
CASES = {name: RunSettings(**values) for name, values in VARIED.items()}
ENGLISH = Translator("en")


def calls(code: str) -> dict[str, list[ast.Call]]:
    """Return the calls in some code by the last part of what is called."""
    found: dict[str, list[ast.Call]] = {}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            found.setdefault(getattr(node.func, "attr", getattr(node.func, "id", "")), []).append(node)
    return found


def keywords(call: ast.Call) -> dict[str, str]:
    return {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}


def code_cells(notebook: dict) -> list[str]:
    return [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_every_setting_gives_complete_python_in_every_language(language):
    for case in CASES:
        t = Translator(language)
        script = export_script(CASES[case], t)
        steps = [
            name
            for name in ("load_data", "Sequential", "compile", "fit", "evaluate", "predict")
            if calls(script).get(name)
        ]
        assert len(steps) == 6 and script.startswith("# ") and "import keras\n" in script, case
        assert max(map(len, script.splitlines())) <= 125, case
        ast.parse(model_code(CASES[case], t))


def test_the_code_says_what_the_settings_say():
    for case in CASES:
        settings = CASES[case]
        found = calls(export_script(settings, ENGLISH))
        (fit,), (compiled,) = found["fit"], found["compile"]
        assert keywords(fit)["epochs"] == str(settings.epochs), case
        assert keywords(fit)["batch_size"] == str(settings.batch_size), case
        assert float(keywords(fit).get("validation_split", 0)) == settings.validation_split, case
        assert float(keywords(ast.parse(keywords(compiled)["optimizer"], mode="eval").body)["learning_rate"]) == (
            settings.learning_rate
        ), case
        assert ast.unparse(found["load_data"][0].func) == f"keras.datasets.{settings.dataset}.load_data", case
        assert ast.unparse(found["set_random_seed"][0].args[0]) == str(settings.seed), case


def test_the_notebook_has_the_code_of_the_script():
    for case in CASES:
        script, notebook = export_script(CASES[case], ENGLISH), json.loads(export_notebook(CASES[case], ENGLISH))
        assert ast.dump(ast.parse("\n".join(code_cells(notebook)))) == ast.dump(ast.parse(script)), case
        assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5), case
        ids = [cell["id"] for cell in notebook["cells"]]
        assert len(set(ids)) == len(ids), case


def test_the_model_alone_is_the_model_of_the_script():
    for case in CASES:
        code = model_code(CASES[case], ENGLISH)
        assert code in export_script(CASES[case], ENGLISH), case
        names = [layer.kind.replace("_", "") for layer in describe_layers(CASES[case])]
        layers = [node for node in ast.walk(ast.parse(code.split("model = ")[1])) if isinstance(node, ast.Call)]
        called = [ast.unparse(node.func) for node in layers]
        written = [each.split(".")[-1].lower() for each in called if each.startswith("keras.layers")]
        assert written == names, case


def test_of_convolutions_the_code_says_that_the_app_may_train_them_in_bfloat16():
    for case in CASES:
        assert ("bfloat16" in export_script(CASES[case], ENGLISH)) == (CASES[case].network == "cnn"), case


def test_xla_is_ruled_out_with_a_reason_exactly_where_the_network_is_wrong_on_purpose():
    for case in CASES:
        settings = CASES[case]
        script = export_script(settings, ENGLISH)
        wrong = not settings.flatten or settings.output_units < 10
        assert ("jit_compile" in keywords(calls(script)["compile"][0])) == wrong, case
        if wrong:
            lines = script.splitlines()
            assert "XLA" in "".join(lines[lines.index("    jit_compile=False,") - 2 :][:2]), case


@pytest.mark.parametrize(
    ("metric", "sign"), [("loss", "<="), ("val_loss", "<="), ("accuracy", ">="), ("val_accuracy", ">=")]
)
def test_the_metric_that_the_callback_names_is_the_one_it_tests(metric, sign):
    script = export_script(RunSettings(target_metric=metric, target_value=0.75), ENGLISH)
    assert f'if logs["{metric}"] {sign} 0.75:' in script
    others = {"loss", "val_loss", "accuracy", "val_accuracy"} - {metric}
    assert f"{metric} is {{logs['{metric}']:.4f}}, the target 0.75 is reached" in script
    assert not any(f"logs['{other}']" in script or f'logs["{other}"]' in script for other in others)


def test_pixels_are_divided_only_with_normalisation():
    assert "/ 255" in export_script(RunSettings(), ENGLISH)
    assert "/ 255" not in export_script(RunSettings(normalisation=False), ENGLISH)


def test_comments_and_class_names_are_in_the_chosen_language(language):
    t = Translator(language)
    script = export_script(RunSettings(), t)
    (names,) = (line for line in script.splitlines() if line.startswith("class_names"))
    assert ast.literal_eval(names.split(" = ")[1]) == [t(key) for key in DATASETS["fashion_mnist"].class_names]
    comments = [line for line in script.splitlines() if line.lstrip().startswith("#")]
    chinese = [line for line in comments if any("\u4e00" <= letter <= "\u9fff" for letter in line)]
    assert chinese == (comments if language != "en" else [])


def test_every_mission_has_its_code():
    for mission in MISSIONS:
        for settings in MISSIONS[mission].settings():
            ast.parse(export_script(settings, ENGLISH))


def test_file_names_tell_data_set_and_network():
    assert export_name(RunSettings(hidden=(512, 256))) == "fashion_mnist_dense_512_256"
    assert export_name(RunSettings(dataset="mnist", network="cnn")) == "mnist_cnn"
    assert len({export_name(preset_settings(preset, "mnist")) for preset in ("standard", "wide", "cnn")}) == 3
