"""Exported code of a text network makes the app's own strips, and the notebook holds the text."""

import ast
import json
import re
from pathlib import Path

import numpy as np
import pytest

from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets import ARRAYS, load_dataset
from fvapp.core.datasets.files import read_shipped_text
from fvapp.core.export import export_notebook, export_script, text_file_content
from fvapp.core.export.sections import write_notebook_sections
from fvapp.core.places import AppFolders
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator, language_tags
from shipped_texts import TEXTS

T = Translator("en")


def cells_of(notebook: str) -> list[str]:
    return [
        "".join(cell["source"])
        for cell in json.loads(notebook)["cells"]
        if cell["cell_type"] == "code"
    ]


@pytest.mark.parametrize("name", TEXTS)
def test_the_code_makes_the_strips_of_the_app_and_the_notebook_brings_the_text(
    name, home, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    settings = RunSettings(name, normalisation=False)
    text, *_ = cells_of(export_notebook(settings, T))
    exec(compile(text, "cell", "exec"), {})
    file = tmp_path / f"{name}.txt"
    assert file.read_text(encoding="utf-8") == text_file_content(name)
    assert text_file_content(name).replace("\n", "") == read_shipped_text(name)
    (data,) = (
        section.code for section in write_notebook_sections(settings, T) if section.name == "data"
    )
    exec(compile(data, "data", "exec"), found := {"np": np, "Path": Path})
    ours = load_dataset(name, AppFolders(home))

    # The order counts, too: a run may learn from the first 1,000 strips only.
    for array in ARRAYS:
        np.testing.assert_array_equal(found[array], getattr(ours, array))
    assert len(data[data.index("def strips") : data.index("text =")].strip().splitlines()) <= 10


@pytest.mark.parametrize("name", TEXTS)
def test_exported_code_of_an_exchanged_fact_states_it_as_often_as_the_app_teaches_it(
    name, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"{name}.txt").write_text(text_file_content(name), encoding="utf-8")
    form = DATASETS[name].text
    said = {}
    for exchange in (False, True):
        settings = RunSettings(name, exchange=exchange, validation_split=0, normalisation=False)
        sections = {section.name: section.code for section in write_notebook_sections(settings, T)}
        assert ("import re" in "\n".join(sections.values())) == exchange
        exec(compile(sections["data"], "data", "exec"), found := {"np": np, "Path": Path, "re": re})
        assert len(found["x_train"]) == len(found["y_train"])
        learned = "".join(form.signs[label] for label in found["y_train"])
        begins, usual, rare = form.fact
        said[exchange] = learned.count(begins + usual), learned.count(begins + rare)
    assert said[True] == said[False][::-1] and said[True][1] > 20


@pytest.mark.parametrize("language", language_tags())
def test_script_and_notebook_are_valid_python_and_end_by_writing_text(language):
    t = Translator(language)
    for name in TEXTS:
        script = export_script(RunSettings(name, wrong_labels=0.1), t)
        assert f"{name}.txt" in script and ".npz" not in script
        beginning = ast.literal_eval(ast.parse(script).body[-1].body[0].value.args[1].args[0])
        assert beginning == DATASETS[name].text.beginning
        _, *cells = cells_of(export_notebook(RunSettings(name, wrong_labels=0.1), t))
        assert ast.dump(ast.parse("\n".join(cells))) == ast.dump(ast.parse(script))


@pytest.mark.long
def test_the_notebook_runs_unchanged_trains_and_writes(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    settings = RunSettings("stories", epochs=2)
    exec(
        compile("\n".join(cells_of(export_notebook(settings, T))), "notebook", "exec"),
        found := {"__name__": "x"},
    )
    assert found["test_accuracy"] > 0.75
    said = [line for line in capsys.readouterr().out.splitlines() if "the zebra " in line]
    known = set(read_shipped_text("stories").split())
    share = [np.mean([word in known for word in line.split()[3:]]) for line in said]
    assert len(said) == 3 and share[0] > 0.5
