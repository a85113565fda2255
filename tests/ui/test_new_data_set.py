"""A third data set, made while the tests run: with a folder, a row and texts, everything works."""

import json
import re
import zlib
from pathlib import Path

import nbformat
import numpy as np
import pytest

from catalogue_texts import SHIPS
from fvapp.build.data import write_dataset
from fvapp.charts.network import network_svg
from fvapp.core.answers import softmax_shares
from fvapp.core.dataset_table import CARD_WORDS, DATASETS, WORDS, DatasetInfo
from fvapp.core.datasets import Dataset, files, load_dataset
from fvapp.core.datasets.altering import alter_training_labels, find_alteration_problems
from fvapp.core.datasets.twelve import twelve_image_indices
from fvapp.core.documents.take_home import learning_gif
from fvapp.core.errors import ExampleError, SettingsError
from fvapp.core.examples import make_example
from fvapp.core.export import export_notebook, export_script, image_file_content
from fvapp.core.export.at_home import write_take_home_page
from fvapp.core.inspection.answering import answer_images
from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.inspection.mistakes import answers_from_shares, count_correct_by_class
from fvapp.core.places import AppFolders
from fvapp.core.results.chance import seed_spread
from fvapp.core.results.curves import EpochPoints
from fvapp.core.results.overfitting import diagnose_fit, overfitting_sentences
from fvapp.core.runs import RunRecord
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.core.wording import class_names, setting_value_words
from fvapp.i18n import read_catalogue
from fvapp.ui.inside.tools import tools_for_dataset
from fvapp.ui.parts.page_table import PAGES
from random_networks import random_network
from shipped_sets import load_shipped
from ui_pages import (
    T,
    links,
    messages,
    press,
    raw_keys,
    set_field,
    shown,
    start,
    texts,
    widget,
    widgets,
)

SHAPES = DatasetInfo(
    "shapes", ("ring", "cross", "bars"), 300, 60, "CC0-1.0", "https://example.org/shapes"
)
TEXT = {
    **{word: f"Shapes: {word}" for word in WORDS},
    **{f"classes.{label}": name for label, name in enumerate(("Ring", "Cross", "Bars"))},
}
PARTS = tuple(tools_for_dataset("mnist"))
FALSE = re.compile(
    r"\b(10|ten) (classes|labels|probabilities)|\b0 to 9\b|\b[16]0,000\b", re.IGNORECASE
)


def of_shapes(**values: object) -> RunSettings:
    return RunSettings(**{"dataset": SHAPES.name, "epochs": 8, "batch_size": 16, **values})


def make_shapes(info: DatasetInfo) -> dict[str, np.ndarray]:
    """Return arrays of handwritten digits, with a different digit for each class of shapes."""
    mnist = load_shipped("mnist")
    arrays = {}
    for part, count in (("train", info.train_images), ("test", info.test_images)):
        labels = np.arange(count, dtype=np.uint8) % info.class_count
        places = [
            np.flatnonzero(getattr(mnist, f"y_{part}") == label % 10)[at]
            for at, label in enumerate(labels)
        ]
        arrays |= {f"x_{part}": getattr(mnist, f"x_{part}")[places], f"y_{part}": labels}
    return arrays


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory) -> Path:
    """The folder with all data sets: the shipped data sets, and the new data set."""
    folder = tmp_path_factory.mktemp("data")
    shipped = Path(str(files.files("fvapp.data")))
    for name in DATASETS:
        (folder / name).symlink_to(shipped / name)
    write_dataset(folder / SHAPES.name, make_shapes(SHAPES))
    return folder


@pytest.fixture(autouse=True)
def _shapes(data_folder, monkeypatch):
    monkeypatch.setattr(files, "files", lambda package: data_folder)
    monkeypatch.setitem(DATASETS, SHAPES.name, SHAPES)
    # Tests of languages reload the catalogues, so `T` may hold an older catalogue.
    for catalogue in (*map(read_catalogue, SHIPS), T._texts_by_key):
        for word, text in TEXT.items():
            monkeypatch.setitem(catalogue, f"datasets.{SHAPES.name}.{word}", text)


@pytest.fixture
def shapes(home) -> Dataset:
    return load_dataset(SHAPES.name, AppFolders(home))


def check(app) -> None:
    """Check that a page raises no error, shows no raw key, and does not mention ten classes."""
    assert not app.exception
    text = shown(app).replace(T("compare.example"), "")  # the example on Compare is about clothes
    assert not raw_keys(text)
    assert not FALSE.findall(text), [
        text[max(0, each.start() - 90) : each.end() + 30] for each in FALSE.finditer(text)
    ]


# When these pages mention ten classes, they mean the missions' own data sets.
MISSIONS_TOO = (
    "missions",
    "teachers",
)


@pytest.mark.parametrize(
    "page",
    [name for name, row in PAGES.items() if not row.is_for_class_only and name not in MISSIONS_TOO],
)
def test_every_page_speaks_of_it_to_a_new_visitor(open_page, page):
    app = open_page(page, dataset=SHAPES.name)
    check(app)
    sentence = {"train": TEXT["intro"], "data": TEXT["about"]}.get(page, "")
    assert any(sentence in text for text in texts(app))


def test_without_a_network_the_draw_page_shows_the_way_to_one(open_page, t):
    app = open_page("draw", dataset=SHAPES.name, lang=t.language)
    assert t("draw.no_network") in texts(app) and t("teaching.train_first") in links(app)
    press(app, "random_image")
    assert not app.error and not any("%" in each.value for each in app.header)


def test_the_form_offers_what_it_has_and_keeps_of_another_data_set_what_there_is(own_page):
    app = own_page("train", rare_class="7", train_images="1000", hidden="32")
    assert widget(app, "output_units").value == 10
    set_field(app, "dataset", SHAPES.name)
    check(app)
    assert not messages(app)
    values = [widget(app, name).value for name in ("rare_class", "output_units", "hidden")]
    assert values == ["none", 3, "32"]
    names = [T("settings.rare_class.choices.none"), "Ring", "Cross", "Bars"]
    assert widget(app, "rare_class").options == names
    # With a single choice, there is no field for the number of images.
    assert "train_images" not in widgets(app)
    set_field(app, "dataset", "mnist")
    assert widget(app, "output_units").value == 10 and not messages(app)


def test_the_data_page_alters_its_classes(own_page):
    app = own_page("data", dataset=SHAPES.name)
    set_field(app, "data_rare_class", 2)
    check(app)
    assert any(text.startswith("2 · Bars · 9 ") for text in texts(app))
    press(app, "data_train")


def test_one_trains_compares_and_looks_inside(own_page, engine, runs, train):
    engine.start()
    start(own_page("train", dataset=SHAPES.name, epochs="8"))
    engine.finish()
    train(of_shapes(network="cnn", marked_class=2), of_shapes(seed=2))
    assert runs()[0].settings.output_units == 3 and len(runs()[0].result.by_class) == 3
    for page in ("train", "compare"):
        check(own_page(page))
    for run in ("1", "2"):
        for part in ("", *PARTS):
            app = own_page("inside", run=run, part=part)
            check(app)
            assert not app.warning
    assert "Ring" in shown(app)


def test_a_drawing_is_prepared_answered_kept_and_taught(own_page, engine, token, train):
    train(of_shapes())
    lines = ([["M", 200, 200], ["L", 800, 800]], [["M", 800, 200], ["L", 200, 800]])
    drawn = json.dumps([{"path": line, "strokeWidth": 60} for line in lines])
    engine.notes.remember_page_data(token, "drawing_shapes", zlib.compress(drawn.encode()))
    app = own_page("draw", dataset=SHAPES.name)
    check(app)
    (answer,) = (each.value for each in app.header if "%" in each.value)
    assert any(name in answer for name in ("Ring", "Cross", "Bars"))
    check(set_field(app, "keep_label", 2))
    (kept,) = engine.examples.kept_examples(token)
    assert (kept.dataset, kept.label) == (SHAPES.name, 2)
    press(app, "teach")
    for page in ("draw", "data"):
        check(own_page(page, dataset=SHAPES.name))


@pytest.mark.slow
def test_it_is_learned_and_its_script_learns_it_too(shapes, tmp_path, monkeypatch):
    from fvapp.learn.training import train as train_here

    settings = of_shapes(wrong_labels=0.1)
    end = train_here(settings, shapes, emit=lambda event: None)
    assert end.result.test_accuracy > 0.8
    assert [images for _, images in end.result.by_class] == [20] * 3
    (answer,) = answer_images(network_of_run(settings, end.weights), shapes.x_test[:1], SHAPES.name)
    assert len(answer.probabilities) == 3 and not answer.is_unlike_training
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shapes.npz").write_bytes(image_file_content(shapes))
    names: dict[str, object] = {"__name__": "__main__"}
    exec(compile(export_script(settings, T), "exported.py", "exec"), names)
    assert names["class_names"] == ["Ring", "Cross", "Bars"] and names["test_accuracy"] > 0.8
    notebook = json.loads(export_notebook(settings, T))
    nbformat.validate(nbformat.from_dict(notebook))
    code = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    assert 'np.load("shapes.npz")' in code and not FALSE.search(code)


@pytest.mark.parametrize("classes", [2, 12])
def test_what_a_row_decides_is_decided_for_two_classes_and_for_twelve(monkeypatch, classes):
    names = tuple(f"kind {label}" for label in range(classes))
    info = DatasetInfo("kinds", names, 20 * classes, 3 * classes, "", "", speaks_english=True)
    monkeypatch.setitem(DATASETS, "kinds", info)
    data = Dataset("kinds", **make_shapes(info))
    settings = RunSettings("kinds", wrong_labels=0.5)
    assert class_names("kinds", T) == list(names) and settings.output_units == classes
    assert SETTINGS["rare_class"].choices_for_dataset("kinds") == ("none", *range(classes))
    assert setting_value_words("rare_class", classes - 1, T, settings) == names[-1]
    with pytest.raises(SettingsError, match="not_a_choice"):
        settings.with_values(marked_class=classes)
    _, taught = alter_training_labels(data.y_train, settings)
    assert set(taught) == set(range(classes)) and np.mean(taught != data.y_train) == 0.5
    missing = settings.with_values(rare_class=1, rare_share=0)
    assert ("no_image", 1) in find_alteration_problems(data.y_train, missing)
    numbers = twelve_image_indices(data)
    labels = data.y_test[numbers].tolist()
    assert labels == sorted(labels) and set(labels) == set(range(classes))
    assert len(numbers) == min(12, 3 * classes)
    network = random_network(dataset="kinds")
    shares = softmax_shares(network.logits(data.x_test))
    confusion = answers_from_shares(shares, data.y_test, classes).confusion_matrix()
    assert confusion.shape == (classes, classes)
    assert count_correct_by_class(data.y_test, data.y_test, classes) == ((3, 3),) * classes
    answers = answer_images(network, data.x_test, "kinds")
    assert not any(answer.is_unlike_training for answer in answers)
    assert learning_gif(data.x_test[0], data, [network]).startswith(b"GIF")
    assert names[0] in network_svg(settings, T)
    with pytest.raises(ExampleError, match="example_label"):
        make_example("kinds", data.x_test[0], classes, "drawing", 0.0, [])


def test_its_network_is_taken_home_and_calls_nothing_unlike(shapes):
    record = RunRecord("r", 1, of_shapes(), "done")
    page = write_take_home_page(random_network(dataset="shapes"), shapes, T, record=record).decode()
    assert '"lines":true' in page and '"unlike_below":null' in page and '"judge":' not in page
    assert (
        all(f"Shapes: {word}" in page for word in CARD_WORDS)
        and "https://example.org/shapes" in page
    )
    assert page.count(">Bars<") == 1 and not FALSE.findall(page.partition("<script")[0])


def test_where_chance_was_not_measured_a_run_is_judged_by_its_own_course():
    falling = [0.5 - 0.03 * epoch for epoch in range(14)]
    rising = [0.4 + 0.05 * abs(epoch - 3) for epoch in range(14)]
    fit = diagnose_fit(
        EpochPoints(tuple(range(1, 15)), falling, [0.9] * 14, rising, [0.8] * 14),
        of_shapes(validation_split=0.4),
    )
    assert fit.overfits and fit.best_epoch == 4 and "{" not in overfitting_sentences(fit, T)
    assert seed_spread(of_shapes()).val_accuracy == np.inf


def test_one_output_a_class_stays_that_on_another_data_set_and_in_an_address():
    here = of_shapes()
    assert here.settings_for_dataset("mnist") == RunSettings("mnist", epochs=8, batch_size=16)
    five = RunSettings("mnist", output_units=5)
    assert five.settings_for_dataset("fashion_mnist").output_units == 5
    assert five.settings_for_dataset("shapes").has_one_output_per_class
    assert "output_units" not in here.to_query()
    assert RunSettings.from_query(here.to_query()) == (here, ())
    query = {"dataset": "shapes", "rare_class": "7", "output_units": "10"}
    settings, errors = RunSettings.from_query(query)
    assert (settings, [error.code for error in errors]) == (RunSettings("shapes"), ["not_a_choice"])
    assert RunSettings.from_json(here.to_json()) == here
