"""Draws ten training images of each class, as the visitor's settings alter them for training."""

from contextlib import suppress
from functools import lru_cache, partial
from io import BytesIO
from math import ceil
from typing import NamedTuple

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from fvapp.charts.pixels import GAP, image_row
from fvapp.core.colours import VALIDATION
from fvapp.core.datasets import (
    Dataset,
    add_white_mark_to_images,
    alter_training_labels,
    image_text_lines,
    select_training_arrays,
)
from fvapp.core.errors import SettingsError
from fvapp.core.results.shown_classes import choose_classes_to_show
from fvapp.core.settings import SETTINGS, RunSettings, Value
from fvapp.core.templates import render_template
from fvapp.core.wording import class_names, setting_value_words
from fvapp.ui.browser import draw_select
from fvapp.ui.parts import find_page, open_dataset, remarks_on_altered_data
from fvapp.ui.visit import Visit

EXAMPLES = 10  # maximum number of images shown of each class
_LINES = 4  # for a text, maximum number of lines shown of each class (next character)
_SCALE = 2  # side of each pixel of an image, in pixels of the PNG
_SIDE = 56  # side of an image, in pixels of the PNG
_CHOICES = ("rare_class", "rare_share", "marked_class")
_TRIED = "data_tried"
_SHOWN = ("dataset", "train_images", "validation_split", "wrong_labels", *_CHOICES)


class _ExampleRow(NamedTuple):
    """The row of training images that have the same label.

    Attributes:
        picture_png: a PNG of the row's first images; empty for text.
        image_count: number of images in the picture.
        wrong_label_count: number of images in the picture whose label is wrong.
        total_images: number of all training images with this label.
        labelled_lines: for text, the first lines, each with True if its label is wrong.
    """

    picture_png: bytes
    image_count: int
    wrong_label_count: int
    total_images: int
    labelled_lines: tuple[tuple[str, bool], ...] = ()


def draw_class_examples(visit: Visit, dataset: Dataset) -> None:
    """Draw fields that alter the training set, and up to ten resulting images of each class."""
    tried = vars(visit.settings.settings_for_dataset(dataset.name)) | _settings_tried_on_page(visit)
    t = visit.t
    settings = RunSettings.drop_conflicting_values(tried, [])
    st.header(t("data.examples"))
    with st.container(key="data_preview"), visit.messages.showing_errors():
        with st.expander(
            t("data.preview.change"), expanded=settings.alters_training_data, key="data_change"
        ):
            st.markdown(t("data.preview.about"))
            _draw_alteration_fields(visit, settings)
        for remark in remarks_on_altered_data(settings, t):
            st.info(remark)
        rows = _example_rows(_settings_of_example_rows(settings))
        if settings.wrong_labels:
            st.caption(t("data.preview.struck"))
        names = class_names(dataset.name, t)
        with st.container(key="examples"):
            shown = choose_classes_to_show([row.total_images for row in rows])
            for first in range(0, len(shown), 2):
                for label, column in zip(shown[first : first + 2], st.columns(2), strict=False):
                    with column, st.container(gap=None):
                        _draw_example_row(
                            visit, label, names[label], rows[label], settings.alters_training_data
                        )
        altered = settings.alters_training_data or visit.settings.alters_training_data
        if altered and st.button(
            t("data.preview.train"), key="data_train", icon=":material/play_arrow:"
        ):
            visit.store_settings(settings)
            st.switch_page(find_page("train"))


def _settings_tried_on_page(visit: Visit) -> dict[str, Value]:
    """Return the settings tried out on this page, by name.

    The settings are dropped as soon as the visitor's stored settings change.
    """
    settings, values = st.session_state.get(_TRIED, (None, {}))
    return values if settings == visit.settings else {}


def _draw_example_row(visit: Visit, label: int, name: str, row: _ExampleRow, counted: bool) -> None:
    t = visit.t
    title = name if name == str(label) else f"{label} · {name}"
    st.caption(
        f"{title} · {t('data.preview.count', n=f'{row.total_images:,}')}" if counted else title
    )
    if not row.picture_png:
        st.html(render_template("fvapp.ui.data", "lines.html", lines=row.labelled_lines, name=name))
        return

    words = "data.preview.alt" if row.wrong_label_count else "data.examples_alt"
    st.image(
        row.picture_png,
        width="stretch",
        alt=t(words, n=row.image_count, name=name, wrong=row.wrong_label_count),
    )


def _draw_alteration_fields(visit: Visit, settings: RunSettings) -> None:
    t = visit.t
    state = st.session_state

    def try_setting_value(name: str, value: Value) -> None:
        values = {**_settings_tried_on_page(visit), name: value}
        settings.with_values(**{name: value})  # raises an error for a forged value
        state[_TRIED] = visit.settings, values

    def try_wrong_label_share() -> None:
        with suppress(SettingsError, TypeError):
            try_setting_value("wrong_labels", state["data_wrong_labels"] / 100)

    with st.container(horizontal=True, key="data_fields"):
        state["data_wrong_labels"] = round(100 * settings.wrong_labels)
        st.slider(
            t("settings.wrong_labels.label"),
            *(0, 90),
            step=10,
            format="%d%%",
            key="data_wrong_labels",
            help=t("settings.wrong_labels.help"),
            width=240,
            on_change=try_wrong_label_share,
        )
        for name in _CHOICES:
            if name == "rare_share" and settings.rare_class == "none":
                continue
            values = SETTINGS[name].choices_for_dataset(settings.dataset)
            words = {value: setting_value_words(name, value, t, settings) for value in values}
            label = t(f"settings.{name}.label")
            held = getattr(settings, name)
            then = partial(try_setting_value, name)
            draw_select(
                st.selectbox,
                label,
                words,
                f"data_{name}",
                held,
                then,
                width=200,
                help=t(f"settings.{name}.help"),
                filter_mode=None,
            )


def _settings_of_example_rows(settings: RunSettings) -> RunSettings:
    """Return settings that differ from the defaults only where they alter the example rows."""
    kept = {name: getattr(settings, name) for name in _SHOWN}
    return RunSettings(**kept, seed=settings.seed if settings.wrong_labels else RunSettings.seed)


@lru_cache(64)
def _example_rows(settings: RunSettings) -> tuple[_ExampleRow, ...]:
    """Return a row of examples for each class, cached for all visitors."""
    dataset = open_dataset(settings.dataset)
    labels = select_training_arrays(dataset, settings).y_train
    kept, taught = alter_training_labels(labels, settings)
    rows = []
    for label in range(settings.class_count):
        rows_of_class = kept[taught == label]
        before = max(1, int(np.count_nonzero(labels == label)))
        # If the settings make a class rare, its row is shortened in proportion.
        shown = rows_of_class[: min(EXAMPLES, ceil(EXAMPLES * len(rows_of_class) / before))]
        images = dataset.x_train[shown]
        wrong = labels[shown] != label
        count = (len(shown), int(wrong.sum()), len(rows_of_class))
        if settings.dataset_info.text:
            lines = zip(image_text_lines(images, dataset.name), wrong.tolist(), strict=True)
            rows.append(_ExampleRow(b"", *count, tuple(lines)[:_LINES]))
            continue
        picture = _example_row_png(
            add_white_mark_to_images(images) if label == settings.marked_class else images, wrong
        )
        rows.append(_ExampleRow(picture, *count))
    return tuple(rows)


def _example_row_png(images: np.ndarray, wrong: np.ndarray) -> bytes:
    """Return a PNG of a row of images, `EXAMPLES` wide; `wrong` marks images to strike through."""
    canvas = Image.new("RGBA", (EXAMPLES * _SIDE + (EXAMPLES - 1) * GAP * _SCALE, _SIDE))
    if len(images):
        canvas.paste(Image.fromarray(image_row(images, _SCALE), "LA").convert("RGBA"))
    draw = ImageDraw.Draw(canvas)
    for place in np.flatnonzero(wrong).tolist():
        left = place * (_SIDE + GAP * _SCALE)
        line = (left + 3, _SIDE - 4, left + _SIDE - 4, 3)
        draw.line(line, "black", 8)
        draw.line(line, VALIDATION, 5)
    file = BytesIO()
    canvas.save(file, "PNG")
    return file.getvalue()
