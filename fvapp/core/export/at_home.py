"""Writes a network into an HTML file to take home, which recognises drawings or writes text.

The file includes a model card like the ones that makers of AI systems publish: Mitchell et al.,
"Model Cards for Model Reporting", 2019, https://arxiv.org/abs/1810.03993.
"""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any
from unicodedata import east_asian_width

import numpy as np

from fvapp.core.activations import ACTIVATIONS
from fvapp.core.augmentation import AUGMENTATION
from fvapp.core.colours import page_colour_rules
from fvapp.core.dataset_table import DATASETS, OWN, SHIPPED, DatasetInfo
from fvapp.core.datasets import Dataset, run_split_sizes
from fvapp.core.errors import CatalogueKey, ModelError
from fvapp.core.export.packing import BITS, array_to_base64, pack_images, pack_network
from fvapp.core.export.scripts import WRITING, read_page_files
from fvapp.core.export.writer import WHOLE, read_learned_text, text_writer_page_data
from fvapp.core.inspection import Network, load_shipped_model, require_teachable_network
from fvapp.core.layer import WeightedStep
from fvapp.core.layers import LAYERS
from fvapp.core.names import clean_name
from fvapp.core.preparation import BRUSHES, Strokes
from fvapp.core.results.by_class import ByClass, recall_by_class, result_sentences
from fvapp.core.runs import RunRecord
from fvapp.core.stack import describe_layers
from fvapp.core.templates import render_template
from fvapp.core.wording import (
    Translate,
    class_names,
    correct_share_words,
    network_phrase,
    setting_value_words,
)
from fvapp.core.wording import join_sentences as join_sentences

MOST_PARAMETERS = 1_000_000
"""Maximum number of parameters of a network that can be taken home as a file.

Messaging apps refuse the files of larger networks, and such networks are slow on phones.
"""

# Bits per weight of the judge, the shipped network that detects drawings unlike the training
# images. Reducing its large kernel to rank 24 was tried: the judge would take 0.54 MB instead of
# 0.84 MB, but would decide differently about 3 of 400 drawn digits and 7 of 288 drawn clothes.
_JUDGE_BITS = 8
# Number of test images that are searched for the network's mistakes, which the page shows. Fewer
# images are searched for networks with convolutions, because these networks are slower.
_ASKED = 1_000
_ASKED_CONVOLUTIONAL = 500
_MOST_MISTAKES = 10
# Number of original training images that the page can mix with newly taught drawings. This number
# is enough, because each training step uses only a few of the images.
_OLD = 1_000
_TESTS = 500  # number of test images on which the page measures the effect of teaching
# Bits per pixel of the training images and of the test images in the page. With more bits for
# training images, the accuracy after teaching is one percentage point higher for clothes, but no
# higher for digits. The rounding of test images changes the measured test accuracy by 0.1
# percentage points for digits and by 0.2 for clothes.
_IMAGE_BITS = {"lines": (1, 2), "areas": (2, 3)}
_IMAGES_MB = {"lines": 0.073, "areas": 0.212}  # size of the images used in teaching, in megabytes
_TEXT_MB = 0.1  # approximate size of a shipped text, in megabytes
_ANSWERING = (
    "elements.js",
    "pen.js",
    "preparation.js",
    "network.js",
    "keys.js",
    "paper.js",
    "lights.js",
)
LEARNING = (*_ANSWERING, "learn.js", "augment.js", "saved.js", "teach.js", "page.js")
"""The scripts of a page on which a visitor draws and a network learns, in the order of loading."""

_TAKEN_HOME = (*LEARNING, "taken_home.js")

VERSION = 1
"""Version of the format in which the page's scripts save data.

``page/saved.js`` contains the same number, and does not open files with a higher number.
"""

_DATA = b'id="data">'


def check_can_be_taken_home(network: Network) -> None:
    """Raise an error for a network that cannot be taken home.

    Raises:
        ModelError: ``at_home_too_large``: the network has too many parameters;
            ``at_home_broken``: its outputs are not numbers; ``at_home_activation``: the page lacks
            its activation function.
    """
    if network.parameter_count > MOST_PARAMETERS:
        raise ModelError(
            "at_home_too_large",
            n=f"{network.parameter_count:,}",
            size=f"{estimate_file_megabytes(network, shipped=False):.1f}",
            most=f"{MOST_PARAMETERS:,}",
        )
    if network.has_diverged:
        raise ModelError("at_home_broken")
    for name in {step.activation for step in network.weighted_steps} - {""}:
        if not ACTIVATIONS[name].javascript:
            raise ModelError(
                "at_home_activation", name=CatalogueKey(f"settings.activation.choices.{name}")
            )


def estimate_file_megabytes(
    network: Network, shipped: bool, info: DatasetInfo | None = None
) -> float:
    """Return the approximate size of a network's take-home file in MB.

    The file of a network that writes text contains the page, the weights and the text that the
    network has read. Other files contain the page, the weights, images for teaching, and a second
    network that judges whether a drawing is unlike the training images. Weights and images are
    stored as base64, which turns three bytes into four characters.

    Args:
        info: row of the data set in the table of data sets; None for a file without images.
    """
    weights = network.parameter_count * BITS / 6e6
    if info and info.text:
        return weights + 0.06 + (0 if info.is_own else _TEXT_MB)
    judge = 0 if shipped else 0.49
    images = (
        0
        if info is None or info.is_own or find_take_home_learning_error(network, info)
        else _IMAGES_MB[info.way]
    )
    return weights + judge + images + 0.12


def write_take_home_page(
    network: Network,
    dataset: Dataset,
    t: Translate,
    *,
    record: RunRecord | None,
    name: str = "",
    drawing: Strokes | None = None,
    own_drawings: bool = False,
) -> bytes:
    """Return the take-home page of a network as one HTML document, with all texts escaped.

    Args:
        record: the run that trained the network; None for a shipped network.
        name: name of the person who trained the network, as typed for this page.
        drawing: the drawing shown when the page opens; ignored if the page shows no drawings.
        own_drawings: whether the page shows drawings of a visitor's own data set; drawings of a
            school class are never shown.

    Raises:
        ModelError: see :func:`check_can_be_taken_home`.
    """
    check_can_be_taken_home(network)
    info = DATASETS[dataset.name]
    settings: Any = record.settings if record else None
    result = record.result if record else None
    counted, mistakes = _count_test_results(network, dataset)
    by_class = result.by_class if result and result.by_class else counted
    names = class_names(info.name, t)
    shows_images = not info.is_own or (own_drawings and not info.is_shared)
    why_not = find_take_home_learning_error(network, info)
    scripts = ("elements.js", *WRITING, "written_home.js") if info.text else _TAKEN_HOME
    script, style = page_script_and_style(*scripts)
    page = render_template(
        __package__,
        "at_home.html",
        t=t,
        info=info,
        shows_images=shows_images,
        name=clean_name(name),
        record=record,
        settings=settings,
        day=datetime.fromtimestamp(record.created, UTC).date()
        if record and record.created > 0
        else "",
        run_split_sizes=run_split_sizes,
        lends=record is not None and any(layer.is_frozen for layer in describe_layers(settings)),
        network_phrase=network_phrase,
        parameters=f"{network.parameter_count:,}",
        counted=[sum(column) for column in zip(*by_class, strict=True)],
        share_words=correct_share_words,
        join_sentences=lambda parts: join_sentences(t, *parts),
        sentences=result_sentences(settings, result, record.epoch, t, record.accuracy)
        if record and result
        else [],
        said=lambda field: setting_value_words(field, getattr(settings, field), t, settings),
        recalls=zip(names, recall_by_class(by_class), strict=False),
        name_width=name_width_rem(names),
        teaches=not why_not,
        why_not=why_not and t(f"at_home.why.{why_not}"),
        home=False,
        hint=t(info.dataset_text_key("hint")),
        unlike=t(info.dataset_text_key("unlike")) if info.name in SHIPPED else "",
        style=style,
        writer_style=read_page_files("writer.css") if info.text else "",
        script=script,
        script_hash=script_hash(script),
    ).encode()
    if info.text:
        learned = (
            None
            if info.is_own
            else read_learned_text(dataset, settings or WHOLE.settings_for_dataset(dataset.name))
        )
        return fill_page_data(page, text_writer_page_data(t, info.text, network, learned))
    data = _page_network_data(network, info, names)
    if not why_not:
        data["teach"] = (
            {"old": None, "tests": None} if info.is_own else pack_teaching_images(dataset, _OLD)
        )
    if shows_images:
        data |= _page_image_data(network, dataset, mistakes) | {"drawing": _stroke_data(drawing)}
    # The page also contains the shipped network, which judges whether a drawing is unlike all
    # training images.
    if record and info.name in SHIPPED:
        data["judge"] = _pack_judge_network(dataset.name)
    return fill_page_data(page, data)


def find_take_home_learning_error(network: Network, info: DatasetInfo) -> str:
    """Return the code of the error that prevents learning in a take-home file, or ""."""
    if info.text:
        return "learning_text"
    if not all(
        ACTIVATIONS[step.activation].javascript_derivative
        for step in network.weighted_steps
        if step.activation
    ):
        return "learning_convolutional"  # the page lacks the derivative of an activation function
    try:
        require_teachable_network(network, info.class_count)
    except ModelError as error:
        return error.code
    return ""


def pack_teaching_images(dataset: Dataset, old: int) -> dict[str, object]:
    """Return random training images and `_TESTS` random test images, packed for a take-home page.

    The test images begin with one image of each class.

    Args:
        old: number of training images to pack.
    """
    chance = np.random.default_rng(64)
    trained = chance.permutation(len(dataset.y_train))[:old]
    tested = chance.permutation(len(dataset.y_test))[:_TESTS]
    _, first = np.unique(dataset.y_test[tested], return_index=True)
    tested = np.concatenate((tested[first], np.delete(tested, first)))
    bits, test_bits = _IMAGE_BITS[DATASETS[dataset.name].way]
    return {
        "old": pack_images(dataset.x_train[trained], dataset.y_train[trained], bits),
        "tests": pack_images(dataset.x_test[tested], dataset.y_test[tested], test_bits),
    }


def fill_page_data(page: bytes, data: Mapping[str, object]) -> bytes:
    """Return a take-home page with the data that its script reads.

    Page and data are joined as bytes to save memory. In a Python string with Chinese characters,
    each character of the base64 weights would take two bytes. Each "<" is escaped, so that no name
    can close the HTML element that contains the data.
    """
    plain = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c").encode()
    head, mark, tail = page.rpartition(_DATA)
    return b"".join((head, mark, plain, tail))


def count_shown_drawings(network: Network, dataset: Dataset) -> int:
    """Return how many drawings of a visitor's own data set the take-home page shows."""
    return len({*_first_of_each_class(dataset), *_count_test_results(network, dataset)[1]})


def _page_network_data(
    network: Network, info: DatasetInfo, names: Sequence[str]
) -> dict[str, object]:
    """Return the part of a take-home page's data that describes the network and its classes."""
    return {
        "version": VERSION,
        "set": OWN if info.is_own else info.name,
        **drawing_tool_data(info),
        "own": info.is_own,
        "classes": info.class_count,
        "names": [*names, *map(str, range(info.class_count, network.class_count))],
        "network": pack_network(network, BITS),
        "examples": [],
        "taught": None,
        "augmentation": asdict(AUGMENTATION),
        "teach": None,
        # Without a shipped model, no drawing counts as unlike the training images.
        "unlike_below": load_shipped_model(info.name).min_familiar_evidence
        if info.name in SHIPPED
        else None,
        "tests": None,
        "mistakes": None,
        "drawing": [],
        "brightest": [0.0] * (len(network.weighted_steps) - 1),
        "varies": None,
    }


def drawing_tool_data(info: DatasetInfo) -> dict[str, object]:
    """Return the data of a page's drawing tool: pen widths, ink, and whether drawings are lines."""
    brush = BRUSHES[info.way]
    lines = info.way == "lines"
    pens = brush.pen_widths[1:2] if lines else brush.pen_widths
    return {
        "lines": lines,
        "pens": pens,
        "ink": brush.colour,
        "shade": round(brush.ink_lightness * 255),
    }


def _page_image_data(
    network: Network, dataset: Dataset, mistakes: Sequence[int]
) -> dict[str, object]:
    """Return the part of the take-home page's data that is computed from test images."""
    first = _first_of_each_class(dataset)
    hidden = [
        step_trace
        for step_trace in network.trace_images(dataset.x_test[first])[:-1]
        if isinstance(step_trace.step, WeightedStep)
    ]
    return {
        "tests": _pack_test_images(dataset, first),
        "mistakes": _pack_test_images(dataset, mistakes),
        # The page draws neurons as lights, whose brightness has the same scale for all drawings.
        "brightest": [float(np.abs(step_trace.values).max()) for step_trace in hidden],
        "varies": encode_pixel_spread(dataset),
    }


def encode_pixel_spread(dataset: Dataset) -> str:
    """Return how much each pixel varies over 200 test images, 0 to 255, as base64 text."""
    spread = dataset.x_test[:200].std(axis=0, dtype=np.float32)
    return array_to_base64(np.rint(255 * spread / max(float(spread.max()), 1.0)).astype(np.uint8))


def _first_of_each_class(dataset: Dataset) -> list[int]:
    """Return the index of the first test image of each class."""
    labels = dataset.y_test[:1_000]
    classes = range(DATASETS[dataset.name].class_count)
    return [int(places[0]) for label in classes if len(places := np.flatnonzero(labels == label))]


def name_width_rem(names: Sequence[str]) -> float:
    """Return the width of the widest class name, in the CSS unit rem, up to a limit."""
    return min(6.5, 0.3 + 0.55 * max(map(_width_in_latin_letters, names)))


def script_hash(script: str) -> str:
    """Return the hash by which the content security policy of a page allows a script."""
    return f"sha256-{b64encode(sha256(script.encode()).digest()).decode()}"


def _width_in_latin_letters(text: str) -> int:
    """Return a text's width, measured in Latin letters; a Chinese character is two letters wide."""
    return sum(1 + (east_asian_width(character) == "W") for character in text)


@lru_cache(maxsize=8)
def _count_test_results(network: Network, dataset: Dataset) -> tuple[ByClass, list[int]]:
    """Return the numbers of correct and of all test images per class, and indices of mistakes.

    Each drawing of the window for taking a network home asks for them, and so does its file.
    """
    asked = _ASKED_CONVOLUTIONAL if network.is_convolutional else _ASKED
    labels = dataset.y_test[:asked]
    right = network.logits(dataset.x_test[:asked]).argmax(axis=1) == labels
    by_class = [right[labels == label] for label in range(DATASETS[dataset.name].class_count)]
    wrong = np.flatnonzero(~right)
    _, first = np.unique(labels[wrong], return_index=True)
    mistakes = [*wrong[first].tolist(), *np.delete(wrong, first).tolist()][:_MOST_MISTAKES]
    return [(int(hits.sum()), len(hits)) for hits in by_class], mistakes


def _pack_test_images(dataset: Dataset, places: Sequence[int]) -> dict[str, object]:
    places = list(places)
    return {
        "pixels": array_to_base64(dataset.x_test[places]),
        "labels": dataset.y_test[places].tolist(),
    }


def _stroke_data(drawing: Strokes | None) -> list[dict[str, object]]:
    if drawing is None:
        return []
    strokes = zip(drawing.strokes, drawing.stroke_widths, strict=True)
    return [{"points": stroke.round(2).tolist(), "width": pen} for stroke, pen in strokes]


@cache
def _pack_judge_network(dataset: str) -> dict[str, object]:
    return pack_network(load_shipped_model(dataset).network, _JUDGE_BITS)


@cache
def page_script_and_style(*names: str) -> tuple[str, str]:
    """Return the JavaScript and CSS of a take-home page, joined from files in ``page/``."""
    script = layer_scripts() + read_page_files(*names)
    return f'"use strict";{{\n{script}}}', page_colour_rules() + read_page_files("page.css")


def layer_scripts() -> str:
    """Return the JavaScript of all activations and layers, which begins the script of a page."""
    activations = {name: row.javascript for name, row in ACTIVATIONS.items()}
    slopes = {name: row.javascript_derivative for name, row in ACTIVATIONS.items()}
    steps = {layer.kind: layer.javascript for layer in LAYERS.values()}
    tables = {"ACTIVATE": activations, "SLOPES": slopes, "STEPS": steps}
    return "".join(
        _javascript_function_table(name, functions) for name, functions in tables.items()
    )


def _javascript_function_table(name: str, functions: Mapping[str, str]) -> str:
    rows = (f"{key}: {function}" for key, function in functions.items() if function)
    return f"const {name} = {{ {', '.join(rows)} }};\n"
