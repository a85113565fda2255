"""The diagram of a network's layers."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from fvapp.charts.network import describe_network, network_svg
from fvapp.core.inspection.glimpse import neurons_to_draw, take_weight_glimpse
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.core.stack import count_parameters, describe_layers
from fvapp.core.wording import class_names
from fvapp.i18n import Translator, language_tags
from random_networks import random_weights, varied_networks

SVG = "{http://www.w3.org/2000/svg}"

NETWORKS = [
    *varied_networks(),
    *(RunSettings(network=name, flatten=False) for name in ("dense", "cnn")),
]


def texts(settings: RunSettings, language: str = "en") -> list[str]:
    root = ElementTree.fromstring(network_svg(settings, Translator(language)))
    return [element.text for element in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("settings", NETWORKS, ids=lambda settings: str(settings.to_query()))
def test_the_picture_is_well_formed_described_in_words_and_draws_nothing_outside(settings, t):
    root = ElementTree.fromstring(network_svg(settings, t))
    assert root.find(f"{SVG}title").text == t("network.title")
    assert root.find(f"{SVG}desc").text == describe_network(settings, t)
    assert f"{count_parameters(settings):,}" in describe_network(settings, t)
    for layer in describe_layers(settings):
        assert not layer.drawn_as or t(f"network.{layer.kind}") in describe_network(settings, t)
    assert root.get("role") == "img"
    _, _, width, height = map(float, root.get("viewBox").split())
    for circle in root.iter(f"{SVG}circle"):
        assert 0 < float(circle.get("cx")) < width and 0 < float(circle.get("cy")) < height
    for rect in root.iter(f"{SVG}rect"):
        assert float(rect.get("x")) >= 0
        assert float(rect.get("x")) + float(rect.get("width")) <= width
        assert float(rect.get("y")) >= 0
        assert float(rect.get("y")) + float(rect.get("height")) <= height


def test_numbers_of_neurons_are_true_and_classes_are_named_where_there_is_an_output_for_them():
    assert {"28×28", "784", "512", "256", "10"} <= set(texts(RunSettings(hidden=(512, 256))))
    t = Translator("zh-Hans")
    assert {t(f"datasets.fashion_mnist.classes.{label}") for label in range(10)} <= set(
        texts(RunSettings(), "zh-Hans")
    )
    four = texts(RunSettings(output_units=4))
    assert "Dress" in four and "Coat" not in four
    assert "Dress" not in texts(RunSettings(flatten=False))


def test_a_gap_stands_between_the_first_outputs_and_the_last_each_beside_its_own_name():
    names = class_names("stories", Translator("en"))
    assert texts(RunSettings(dataset="stories"))[-9:] == [*names[:5], *names[-4:]]
    assert neurons_to_draw(len(names)) == [0, 1, 2, 3, 4, 24, 25, 26, 27]


@pytest.mark.parametrize(
    "settings", varied_networks(), ids=lambda settings: str(settings.to_query())
)
def test_there_is_a_weight_for_each_line_that_moves(settings):
    root = ElementTree.fromstring(network_svg(settings, Translator("en")))
    moving = [
        path.get("d").count("M")
        for path in root.iter(f"{SVG}path")
        if path.get("class") == "weights"
    ]
    assert sum(moving) == len(take_weight_glimpse(random_weights(settings)).line_strengths)


@pytest.mark.parametrize("language", language_tags())
@pytest.mark.parametrize("hidden", [(128,), (64, 32), (64, 32, 16), (64, 32, 16, 8)])
def test_dropout_leaves_the_activation_and_runs_into_no_other_label(hidden, language):
    for network in SETTINGS["network"].choices:
        settings = RunSettings(network=network, hidden=hidden, dropout=0.5)
        root = ElementTree.fromstring(network_svg(settings, Translator(language)))
        labels = [label for label in root.iter(f"{SVG}text") if label.get("text-anchor")]
        words = [label.text for label in labels]
        assert ("ReLU" in words) is (network == "dense")
        assert Translator(language)("network.off", percent="50%") in words
        for y in {label.get("y") for label in labels}:
            spans = sorted(label_span(label) for label in labels if label.get("y") == y)
            for (_, end), (begin, _) in pairwise(spans):
                assert end < begin, words


def label_span(label: ElementTree.Element) -> tuple[float, float]:
    """Return where a centred label begins and ends, by the usual widths of its characters."""
    width = sum(1 if ord(sign) > 0x2E7F else 0.5 for sign in label.text)
    half = width * float(label.get("font-size")) / 2
    return float(label.get("x")) - half, float(label.get("x")) + half


def test_dropout_leaves_neurons_hollow():
    def hollow(settings: RunSettings) -> int:
        return network_svg(settings, Translator("en")).count(
            'fill="none" stroke="currentColor" stroke-dasharray'
        )

    assert hollow(RunSettings()) == 0
    assert 0 < hollow(RunSettings(dropout=0.2)) < hollow(RunSettings(dropout=0.7))
