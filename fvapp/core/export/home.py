"""Writes the smallest edition of the app: an HTML file that trains networks in a browser."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from fvapp.core.augmentation import AUGMENTATION
from fvapp.core.dataset_table import DATASETS, OWN, make_own_dataset_name
from fvapp.core.datasets import Dataset
from fvapp.core.export.at_home import (
    LEARNING,
    VERSION,
    drawing_tool_data,
    encode_pixel_spread,
    fill_page_data,
    name_width_rem,
    pack_teaching_images,
    page_script_and_style,
    script_hash,
)
from fvapp.core.templates import render_template
from fvapp.core.wording import Translate, class_names

FILE = "home.html"

HOME_IMAGES: Mapping[str, int] = {"mnist": 4_000, "fashion_mnist": 3_000}
"""Data set -> number of its training images in the HTML file of the app's smallest edition.

This many images are enough to reach an accuracy of 91% on digits and of 80% on clothes.
"""


def write_home_page(datasets: Sequence[Dataset], languages: Sequence[Translate]) -> bytes:
    """Return the smallest edition of the app as one HTML document that contains every language.

    Args:
        datasets: the data sets of `HOME_IMAGES`; the page opens with the first data set.
        languages: one translator per language.
    """
    script, style = page_script_and_style(*LEARNING, "home.js")
    infos = [DATASETS[dataset.name] for dataset in datasets]
    own = DATASETS[make_own_dataset_name(["A", "B"])]  # an example of visitors' own data sets
    names = {t: {info.name: class_names(info.name, t) for info in infos} for t in languages}
    page = render_template(
        __package__,
        "home.html",
        languages=languages,
        sets=[*HOME_IMAGES, OWN],
        names=names,
        hints={
            t: {info.file_stem: t(info.dataset_text_key("hint")) for info in (*infos, own)}
            for t in languages
        },
        terms={info.name: info.terms or info.homepage for info in infos},
        name_width=max(
            name_width_rem(class_labels)
            for by_set in names.values()
            for class_labels in by_set.values()
        ),
        name="",
        hint="",
        unlike="",
        teaches=True,
        home=True,
        style=style,
        script=script,
        script_hash=script_hash(script),
    ).encode()
    sets = {
        dataset.name: {
            **drawing_tool_data(info),
            "classes": info.class_count,
            "varies": encode_pixel_spread(dataset),
            "teach": pack_teaching_images(dataset, HOME_IMAGES[dataset.name]),
        }
        for info, dataset in zip(infos, datasets, strict=True)
    }
    sets[OWN] = {**drawing_tool_data(own), "varies": None, "teach": {"old": None, "tests": None}}
    data = {
        "version": VERSION,
        "set": infos[0].name,
        "names": None,
        "network": None,
        "examples": [],
        "taught": None,
        "unlike_below": None,
        "augmentation": asdict(AUGMENTATION),
        "sets": sets,
    }
    return fill_page_data(page, data)
