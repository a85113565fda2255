"""A network that one takes home: one HTML file that draws, answers, shows how, and says what it is.

The card in it is what makers of real systems publish: Mitchell et al., "Model Cards for Model Reporting", 2019,
https://arxiv.org/abs/1810.03993.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from unicodedata import east_asian_width

import numpy as np

from fvapp.core.activations import ACTIVATIONS
from fvapp.core.dataset_table import DATASETS, SHIPPED
from fvapp.core.datasets import Dataset, split_validation
from fvapp.core.errors import ModelError, Term
from fvapp.core.export.packing import as_base64, pack_network
from fvapp.core.inspection.answering import load_shipped
from fvapp.core.inspection.network import Convolution, Dense, Network
from fvapp.core.names import clean_name
from fvapp.core.preparation import Strokes
from fvapp.core.preparation.brushes import BRUSHES
from fvapp.core.results.by_class import ByClass, recall, result_sentences
from fvapp.core.runs import RunRecord
from fvapp.core.templates import render
from fvapp.core.wording import Translate, class_names, duration, network_phrase, percent, value_words

MOST_PARAMETERS = 1_000_000
"""More would make a file that no messenger sends and that a phone opens late."""

_BITS, _JUDGE_BITS = 16, 8  # of a weight: 8 change the answer to one drawing in fifty, and hardly ever a doubt
# By whether there are convolutions, which take long and much memory:
_ASKED = {False: 1_000, True: 500}  # test images among which the mistakes are looked for
_AT_ONCE = {False: 200, True: 50}  # of these
_MOST_MISTAKES = 10
_SCRIPTS = ("pen.js", "preparation.js", "network.js", "paper.js", "lights.js", "page.js")
_CANVAS_WORDS = ("here", "drawing", "edge", "down", "undone", "cleared")
_DRAW_WORDS = ("perhaps", "said", "said_perhaps", "true_class", "nothing_yet")
# fmt: off
_WORDS = (
    "test_image", "pixels", "pixels_about", "neurons", "neurons_about", "filters", "filters_about", "choose", "neuron",
    "neuron_about", "deep_about", "filter", "filter_about", "class", "class_about", "votes", "votes_part", "votes_all",
)
# fmt: on


@dataclass(frozen=True)
class TestLook:
    """What a network says of the first test images.

    Attributes:
        by_class: how many of each class are recognised, and how many there are.
        mistakes: places of at most ten that are not, of as many classes as there are.
    """

    by_class: ByClass
    mistakes: Sequence[int]


def check_at_home(network: Network) -> None:
    """Check that a network can be taken home.

    Raises:
        ModelError: ``at_home_too_large``, ``at_home_broken``, ``at_home_activation``.
    """
    if network.parameters > MOST_PARAMETERS:
        size = f"{file_megabytes(network, shipped=False):.1f}"
        words = {"n": f"{network.parameters:,}", "size": size, "most": f"{MOST_PARAMETERS:,}"}
        raise ModelError("at_home_too_large", **words)
    if network.broken:
        raise ModelError("at_home_broken")
    for name in {step.activation for step in network.weighted} - {""}:
        if not ACTIVATIONS[name].script:
            raise ModelError("at_home_activation", name=Term(f"settings.activation.choices.{name}"))


def file_megabytes(network: Network, shipped: bool) -> float:
    """Return roughly how large the file of a network is, in MB: its weights, the page, and the judge if it is another.

    Four letters of base64 hold three bytes.
    """
    judge = 0 if shipped else 0.49
    return network.parameters * _BITS / 6e6 + judge + 0.075


def write_at_home(
    network: Network,
    dataset: Dataset,
    t: Translate,
    *,
    record: RunRecord | None,
    name: str = "",
    drawing: Strokes | None = None,
) -> str:
    """Return the page of a network as one HTML document. Every text in it is escaped.

    Args:
        record: the run whose network it is; None for the one that ships.
        name: of who trained it, as typed for this page.
        drawing: with which the page opens.

    Raises:
        ModelError: as :func:`check_at_home`.
    """
    check_at_home(network)
    name, info = clean_name(name), DATASETS[dataset.name]
    title = (
        t("at_home.title_ready") if record is None else t("at_home.title", name=name) if name else t("at_home.nobodys")
    )
    look = _look_at_tests(network, dataset)
    result = record.result if record else None
    by_class = result.by_class if result and result.by_class else look.by_class
    wrong = [1 - share for share in recall(by_class)]
    data = _data(network, dataset, look, t) | {"drawing": _drawing(drawing)}
    data["words"]["whose"] = t("at_home.drew", name=name) if name else t("at_home.drawn")
    judge = _judge(dataset.name) if record is not None and info.ships_model else "null"
    # No text may end the element that it stands in: each "<" is written as an escape.
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    script, style = _page()
    names = class_names(info.name, t)
    return render(
        __package__,
        "at_home.html",
        t=t,
        info=info,
        title=title,
        facts=_facts(network, record, name, by_class, t),
        wrong=[
            (each, f"{100 * share:.1f}", round(100 * share / (max(wrong) or 1), 1))
            for each, share in zip(names, wrong, strict=False)
        ],
        name_width=min(6.5, 0.3 + 0.55 * max(map(_width, names))),
        warnings=[*_altered(record, t), *(t(info.term(f"not_{each}")) for each in "abc")],
        terms=info.terms or info.homepage,
        style=style,
        script=script,
        script_hash=f"sha256-{b64encode(sha256(script.encode()).digest()).decode()}",
        data=f'{plain[:-1]},"judge":{judge}}}',
    )


def _data(network: Network, dataset: Dataset, look: TestLook, t: Translate) -> dict[str, object]:
    """Return what the page's script reads."""
    info = DATASETS[dataset.name]
    brush, ships, lines = BRUSHES[info.way], info.name in SHIPPED, info.way == "lines"
    labels = np.asarray(dataset.y_test[:1_000])
    first = [int(place[0]) for label in range(info.classes) if len(place := np.flatnonzero(labels == label))]
    some = np.asarray(dataset.x_test[:200])
    hidden = [each for each in network.passed(dataset.x_test[first])[:-1] if isinstance(each.step, Dense | Convolution)]
    words = {key: t(f"draw.canvas.{key}", row="{row}", column="{column}") for key in _CANVAS_WORDS}
    words |= {key: t(f"draw.{key}", answer="{answer}") for key in _DRAW_WORDS}
    slots = {key: f"{{{key}}}" for key in ("n", "lit", "layer", "unit", "value", "name")}
    words |= {key: t(f"at_home.{key}", **slots) for key in _WORDS}
    words |= {
        "pens": [t(f"draw.canvas.{key}") for key in ("thin", "medium", "thick")],
        "unlike": t(info.term("unlike"), answer="{answer}") if ships else "",
        "bars": t("draw.bars_alt", best="{best}"),
        "no_bars": t("draw.bars_alt_empty"),
    }
    spread = some.std(axis=0, dtype=np.float32)
    return {
        "lines": lines,
        "names": class_names(info.name, t) + [str(unit) for unit in range(info.classes, network.classes)],
        "network": pack_network(network, _BITS),
        "unlike_below": load_shipped(info.name).unlike_below if ships else None,  # nothing is unlike where none ships
        "pens": brush.widths[1:2] if lines else brush.widths,
        "ink": brush.colour,
        "shade": round(brush.shade * 255),
        "tests": _images(dataset, first),
        "mistakes": _images(dataset, look.mistakes),
        # Lights are as bright for one drawing as for another.
        "brightest": [float(np.abs(each.values).max()) for each in hidden],
        "varies": as_base64(np.rint(255 * spread / max(float(spread.max()), 1.0)).astype(np.uint8)),
        "words": words,
    }


def _width(text: str) -> int:
    """Return how wide a text is, in Latin letters: a Chinese character is two."""
    return sum(1 + (east_asian_width(each) == "W") for each in text)


def _look_at_tests(network: Network, dataset: Dataset) -> TestLook:
    asked, size = (of[network.convolutional] for of in (_ASKED, _AT_ONCE))
    labels = np.asarray(dataset.y_test[:asked])
    parts = (dataset.x_test[begin : begin + size] for begin in range(0, len(labels), size))
    answers = np.concatenate([network.logits(part).argmax(axis=1) for part in parts])
    right = answers == labels
    by_class = [
        (int(right[labels == label].sum()), int((labels == label).sum()))
        for label in range(DATASETS[dataset.name].classes)
    ]
    wrong = np.flatnonzero(~right)
    _, first = np.unique(labels[wrong], return_index=True)
    return TestLook(by_class, [*wrong[first].tolist(), *np.delete(wrong, first).tolist()][:_MOST_MISTAKES])


def _images(dataset: Dataset, places: Sequence[int]) -> dict[str, object]:
    places = list(places)
    return {"pixels": as_base64(dataset.x_test[places]), "labels": np.asarray(dataset.y_test)[places].tolist()}


def _drawing(drawing: Strokes | None) -> list[dict[str, object]]:
    if drawing is None:
        return []
    pens = drawing.pens or (drawing.pen,) * len(drawing.strokes)
    each = zip(drawing.strokes, pens, strict=True)
    return [{"points": stroke.round(2).tolist(), "width": pen} for stroke, pen in each]


def _facts(
    network: Network, record: RunRecord | None, name: str, by_class: ByClass, t: Translate
) -> list[tuple[str, str]]:
    """Return heading and sentence of what a card says: by whom, from what, which network, how good."""
    right, tested = (sum(column) for column in zip(*by_class, strict=True))
    which = record.settings.dataset if record else None
    facts = []
    if record is not None:
        facts.append((t("at_home.by"), _by(record, name, t)))
        facts.append((t("at_home.from"), _learned_from(record, t)))
        words = {"network": network_phrase(record.settings, t), "epochs": record.epoch}
        facts.append((t("at_home.network"), t("at_home.network_about", **words, n=f"{network.parameters:,}")))
    else:
        facts.append((t("at_home.network"), t("at_home.ready_about", n=f"{network.parameters:,}")))
    tested_words = t("at_home.tested_about", n=f"{tested:,}", share=percent(right / max(tested, 1)))
    own = result_sentences(record.settings, record.result, record.epoch, t) if which and record.result else []
    return [*facts, (t("at_home.tested"), " ".join([tested_words, *own]))]


def _by(record: RunRecord, name: str, t: Translate) -> str:
    said = [name or t("at_home.somebody")]
    if record.created > 0:
        said.append(datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%d"))
    if record.result:
        said.append(t("at_home.took", time=duration(record.result.seconds, t)))
    return " · ".join(said)


def _learned_from(record: RunRecord, t: Translate) -> str:
    settings = record.settings
    images, _ = split_validation(
        settings.train_images or DATASETS[settings.dataset].train_images, settings.validation_split
    )
    said = [] if settings.examples == "only" else [t(DATASETS[settings.dataset].term("learned"), n=f"{images:,}")]
    if record.examples is not None:
        said.append(t("at_home.own_examples", n=record.examples.learn))
    if record.taught is not None:
        said.append(t("at_home.taught", n=len(record.taught.examples)))
    return " ".join(said)


def _altered(record: RunRecord | None, t: Translate) -> list[str]:
    """Say what was altered in the data on purpose, and what follows from that."""
    if record is None:
        return []
    settings, said = record.settings, []

    def words(field: str) -> str:
        return value_words(field, getattr(settings, field), t, settings.dataset)

    if settings.wrong_labels:
        said.append(t("at_home.altered.wrong_labels", share=words("wrong_labels")))
    if settings.rare_class != "none":
        said.append(t("at_home.altered.rare_class", name=words("rare_class"), share=percent(settings.rare_share, 0)))
    if settings.marked_class != "none":
        said.append(t("at_home.altered.marked_class", name=words("marked_class")))
    if record.examples is not None or record.taught is not None:
        said.append(t("at_home.altered.examples"))
    return said


@cache
def _judge(dataset: str) -> str:
    """Return the network that ships as JSON: it knows what is unlike all training images."""
    return json.dumps(pack_network(load_shipped(dataset).network, _JUDGE_BITS), separators=(",", ":"))


@cache
def _page() -> tuple[str, str]:
    """Return the page's script and its style."""
    folder = Path(__file__).parent / "page"
    script = activations() + "".join((folder / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    return f'"use strict";{{\n{script}}}', (folder / "page.css").read_text(encoding="utf-8")


def activations() -> str:
    """Return the script that begins the page's: the activations by their names."""
    rows = (f"{name}: {row.script}" for name, row in ACTIVATIONS.items() if row.script)
    return f"const ACTIVATE = {{ {', '.join(rows)} }};\n"
