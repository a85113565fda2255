"""The take-home file: what its card says, and that it runs and loads only what it needs."""

import json
import os
import re
import tracemalloc
from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha256
from html import unescape

import numpy as np
import pytest

from fvapp.core.activations import ACTIVATIONS
from fvapp.core.dataset_table import DATASETS, SHIPPED, make_own_dataset_name
from fvapp.core.datasets import Dataset, load_dataset
from fvapp.core.datasets.own import make_own_dataset
from fvapp.core.errors import ModelError
from fvapp.core.examples import ExampleSet
from fvapp.core.export.at_home import (
    MOST_PARAMETERS,
    check_can_be_taken_home,
    count_shown_drawings,
    estimate_file_megabytes,
    write_take_home_page,
)
from fvapp.core.inspection.answering import load_shipped_model
from fvapp.core.inspection.learning import copy_network
from fvapp.core.places import AppFolders
from fvapp.core.preparation import Strokes
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import RunSettings
from fvapp.core.teaching import OwnExamples, TeachingRecord
from fvapp.core.texts.own import read_own_text
from fvapp.i18n import Translator
from random_networks import random_network

EN = Translator("en")
BY_CLASS = tuple((900 + 10 * label, 1_000) for label in range(10))
RESULT = RunResult(0.3, 0.945, 12.0, by_class=BY_CLASS)


def trained(result=RESULT, **settings) -> RunRecord:
    settings = RunSettings(**{"dataset": "mnist", **settings})
    return RunRecord("secret-id", 1, settings, "done", epoch=5, epochs=5, result=result)


def page(t=EN, name="", drawing=None, record=None, **settings) -> str:
    settings = {"dataset": "mnist", **settings}
    record = record or trained(**settings)
    record = replace(record, created=1.79e9, name="the name of the run")
    dataset = load_dataset(settings["dataset"], AppFolders.from_environ(os.environ))
    return write_take_home_page(
        random_network(**settings), dataset, t, record=record, name=name, drawing=drawing
    ).decode()


def words(text: str) -> str:
    """Return the text of an HTML page that a reader sees without scripts."""
    body = re.sub(r"(?s)<(script|style).*?</\1>", "", text)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def words_of_script(text: str) -> dict:
    return json.loads(
        re.search(r'(?s)<script type="application/json" id="words">(.*?)</script>', text)[1]
    )


def test_the_model_card_names_maker_data_accuracy_and_limits(t):
    said = words(page(t, name="Mia"))
    assert said.count("Mia") == 3  # twice in titles, and once as the person who trained the network
    for key in ("by", "from", "network", "tested", "wrong", "not", "private"):
        assert t(f"at_home.{key}") in said, key
    assert all(
        t(f"datasets.mnist.{key}") in said
        for key in ("lead", "off", "not_a", "not_b", "not_c", "credits", "judge")
    )
    assert "2026-09-21" in said
    assert t("datasets.mnist.learned", n="54,000") in said
    assert "94.5%" in said
    assert [f"{10 - label}.0" in said for label in range(10)] == [True] * 10
    assert "creativecommons.org/licenses/by-sa/3.0" in said


@pytest.mark.parametrize("dataset", SHIPPED)
def test_the_card_names_the_images_from_which_borrowed_filters_learned(dataset):
    lent = EN("at_home.lent", dataset=EN(f"datasets.{DATASETS[dataset].eyes}.name"))
    assert lent in words(page(dataset=dataset, network="borrowed"))
    assert lent not in words(page(dataset=dataset, network="cnn"))


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"wrong_labels": 0.5}, "wrong_labels"),
        ({"rare_class": 3}, "rare_class"),
        ({"marked_class": 3, "dataset": "fashion_mnist"}, "marked_class"),
    ],
)
def test_intentional_alterations_are_stated_on_the_card(settings, key):
    begin = EN(f"at_home.altered.{key}").partition("{")[0]
    assert begin in words(page(**settings)) and begin not in words(page())
    before, after = words(page(**settings)).split(EN("at_home.not"))
    assert begin in before.split(EN("at_home.altered.title"))[1] and begin not in after
    assert EN("at_home.altered.title") not in words(page())


def test_own_examples_and_drawings_taught_are_counted_and_their_danger_is_said():
    record = replace(trained(examples="only"), examples=OwnExamples(37, 5, "digest"))
    learned = words(page(record=record))
    assert EN("at_home.own_examples", n=37) in learned and EN("at_home.altered.examples") in learned
    assert "MNIST: " not in learned
    record = replace(trained(), taught=TeachingRecord("p", 1, ("a", "b"), True))
    taught = words(page(record=record))
    assert EN("at_home.taught", n=2) in taught and "MNIST: 54,000" in taught


def test_only_the_pages_own_script_runs_and_the_page_fetches_nothing_and_holds_no_private_names():
    text = page()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)[1]
    script = re.search(r"(?s)<script>(.*?)</script>", text)[1]
    assert policy.startswith("default-src 'none'; ")
    assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in policy
    assert set(re.findall(r"https?://[^\s\"'<]+", text)) == {
        "https://creativecommons.org/licenses/by-sa/3.0/"
    }
    assert len(re.findall(r"<script", text)) == 3
    assert not re.search(r'<[^>]+\s(src|on\w+)="', text.partition("<script")[0])
    errors = re.findall(r'width: ([\d.]+)%"></b></i><span>([\d.]+)', text)
    assert len(errors) == 10 and all(width == percent for width, percent in errors)
    assert EN("at_home.nobodys") in text and EN("at_home.somebody") in text
    assert "secret-id" not in text and "the name of the run" not in text


def drawn_set(chance: np.random.Generator, of: str, classes: int) -> Dataset:
    """Return a visitor's own data set with one to three random images per class."""
    labels = np.repeat(np.arange(classes), chance.integers(1, 4)).astype(np.uint8)
    images = chance.integers(0, 256, (len(labels), 28, 28), np.uint8)
    return Dataset(
        make_own_dataset_name([f"thing {label}" for label in range(classes)], of),
        images,
        labels,
        images,
        labels,
    )


def file_of(data: Dataset, network, **given) -> str:
    result = replace(RESULT, by_class=((1, 2),) * DATASETS[data.name].class_count)
    examples = OwnExamples(12, len(data.y_test), "digest")
    record = replace(trained(result, dataset=data.name, hidden=(8,)), examples=examples)
    return write_take_home_page(network, data, EN, record=record, **given).decode()


@pytest.mark.parametrize("seed", range(12))
def test_nothing_in_the_file_depends_on_what_children_drew_unless_its_maker_lets_it(seed):
    chance = np.random.default_rng(seed)
    classes = int(chance.integers(2, 7))
    of = ("own", "class")[seed % 2]
    one, other = (drawn_set(np.random.default_rng((seed, n)), of, classes) for n in range(2))
    other = replace(other, y_test=one.y_test, x_test=np.resize(other.x_test, one.x_test.shape))
    network = random_network(dataset=one.name, hidden=(8,))
    strokes = Strokes((np.array([[1.0, 1.0], [9.0, 9.0]]),), 2.0)
    closed = file_of(one, network)
    assert closed == file_of(other, network) == file_of(one, network, drawing=strokes)
    let = file_of(one, network, own_drawings=True, drawing=strokes)
    if of == "class":
        assert let == closed
        return
    data = json.loads(re.search(r'(?s)id="data">(.*?)</script>', let)[1])
    shown = b64decode(data["tests"]["pixels"]) + b64decode(data["mistakes"]["pixels"])
    images = {shown[at : at + 784] for at in range(0, len(shown), 784)}
    assert images <= {image.tobytes() for image in one.x_test} and data["drawing"]
    assert count_shown_drawings(network, one) == len(images) >= classes


@pytest.mark.parametrize("of", ["own", "class"])
def test_the_card_says_of_each_data_set_who_made_its_images_and_whether_they_are_in_the_file(of):
    photos = words(page(dataset="fashion_mnist"))
    assert EN("datasets.fashion_mnist.tested") in photos
    assert EN("datasets.mnist.tested") not in photos and EN("at_home.no_drawings") not in photos
    data = drawn_set(np.random.default_rng(0), of, 3)
    network = random_network(dataset=data.name, hidden=(8,))
    closed = words(file_of(data, network))
    assert EN(f"datasets.{of}.tested") in closed and EN(f"datasets.{of}.learned", n=12) in closed
    assert EN("at_home.own_examples", n=12) not in closed and EN("at_home.no_drawings") in closed
    ticked = words(file_of(data, network, own_drawings=True))
    assert (EN("at_home.no_drawings") in ticked) == (of == "class")


WILD = '</script><script>alert(1)</script><img src=x onerror="alert(2)"> {n} &amp;'


def test_a_name_stays_text():
    text = page(name=WILD)
    assert len(re.findall(r"<script", text)) == 3 and "<img" not in text
    assert words_of_script(text)["whose"].startswith("</script><script>alert(1)")
    assert WILD[:40] in words(text)


def test_a_broken_network_and_one_that_is_too_large_are_refused_in_a_sentence(mnist):
    wide = random_network(hidden=(1024, 512))
    assert wide.parameter_count > MOST_PARAMETERS
    with pytest.raises(ModelError) as refused:
        write_take_home_page(wide, mnist, EN, record=None)
    assert f"{wide.parameter_count:,}" in refused.value.to_sentence(EN)
    broken = copy_network(random_network())
    broken.steps[-1].bias[0] = np.nan
    with pytest.raises(ModelError) as refused:
        write_take_home_page(broken, mnist, EN, record=None)
    assert refused.value.code == "at_home_broken"


def test_a_network_of_an_activation_without_a_script_is_refused_and_all_that_there_are_have_one(
    monkeypatch,
):
    assert all(row.javascript for row in ACTIVATIONS.values())
    monkeypatch.setitem(ACTIVATIONS, "tanh", replace(ACTIVATIONS["tanh"], javascript=""))
    with pytest.raises(ModelError) as refused:
        check_can_be_taken_home(random_network(activation="tanh"))
    assert EN("settings.activation.choices.tanh") in refused.value.to_sentence(EN)


@pytest.mark.parametrize("by_class", [((0, 0),) * 10, ((1, 2),), ((5, 5),) * 20])
def test_forged_results_by_class_do_not_break_the_page(by_class):
    record = trained(replace(RESULT, by_class=by_class))
    assert EN("at_home.wrong") in words(page(record=record))


@pytest.mark.parametrize(
    ("settings", "most"),
    [({}, 0.97), ({"hidden": (512,)}, 1.8), ({"network": "cnn"}, 0.75), (None, 1.1)],
)
def test_the_file_is_small_and_its_size_is_known_before(mnist, settings, most):
    if settings is None:
        network = load_shipped_model("mnist").network
        record = None
    else:
        network = random_network(**settings)
        record = trained(**settings)
    size = len(write_take_home_page(network, mnist, EN, record=record)) / 1e6
    assert size <= most
    assert abs(estimate_file_megabytes(network, record is None, DATASETS["mnist"]) - size) < 0.06


def test_a_page_with_chinese_words_takes_five_megabytes_while_it_is_made():
    page(Translator("zh-Hans"))
    tracemalloc.start()
    page(Translator("zh-Hans"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5e6


def test_a_result_without_classes_of_an_earlier_version_is_counted_anew():
    text = page(record=trained(replace(RESULT, by_class=())))
    assert EN("at_home.tested_about", n="1,000", share="{share}").partition("{")[0] in words(text)


@pytest.mark.parametrize("base", ["stories", "stories_zh_hant"])
@pytest.mark.parametrize("length", [2_100, 9_000])  # the shorter text is too short for a test set
def test_the_file_of_an_own_text_holds_its_signs_and_none_of_the_text(base, length):
    chance = np.random.default_rng(length)
    letters = [sign for sign in DATASETS[base].text.signs if sign.isalpha()]
    typed = " ".join("".join(chance.choice(letters, 5)) for _ in range(length // 5)) + "."
    read = read_own_text(typed, base)
    examples = ExampleSet.from_examples([])._replace(text=read.text)
    data = make_own_dataset(read.dataset_name, examples)
    settings = {"dataset": read.dataset_name, "hidden": (8,)}
    record = replace(trained(None, **settings), examples=OwnExamples(1, 0, "d"))
    file = write_take_home_page(random_network(**settings), data, EN, record=record)
    plain = file.decode()
    assert '"learned":null' in plain
    pieces = {read.text[at : at + 12] for at in range(0, len(read.text) - 12)}
    assert not any(piece in plain or json.dumps(piece)[1:-1] in plain for piece in pieces)
    assert len(file) < 100_000
    assert (EN("at_home.tested") in words(plain)) == bool(len(data.y_test))
