"""Draws the time machine tool: an animation of the network's training, frame by frame."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from fvapp.core.datasets import DATASETS, Dataset
from fvapp.core.documents.take_home import can_draw_gif
from fvapp.core.inspection import (
    MOST_PARAMETERS,
    Network,
    WeightsFrame,
    class_points_on_circle,
    first_hidden_step,
    jitter_positions,
    networks_of_frames,
    order_classes_on_wheel,
    place_images_on_wheel,
    rank_units,
    signed_feature_maps,
    stratified_sample,
    weight_change_pictures,
    weighted_pixel_pictures,
)
from fvapp.core.results.shown_classes import choose_classes_to_show
from fvapp.core.runs import RunRecord
from fvapp.core.wording import join_sentences, share_as_percent
from fvapp.i18n import Translator
from fvapp.ui.browser import array_base64, make_component
from fvapp.ui.inside.card import Card, signed_picture_html
from fvapp.ui.inside.tool import InsideTool
from fvapp.ui.inside.view import InspectedImage, ToolExplanation, read_test_answers
from fvapp.ui.parts import write_markdown_table
from fvapp.ui.taken_home.take_home import draw_learning_gif_download
from fvapp.ui.visit import Visit

# Number of test images in the film, by whether the network has convolutions. With convolutions, the
# network takes 0.15 ms for each image, so the film shows fewer images.
DOTS = {False: 500, True: 200}
TILES = 8
_component = make_component(__file__)
_FULL = 127


@dataclass(frozen=True)
class FilmDots:
    """The film's dots, one for each test image, and the accuracy in each frame.

    Attributes:
        wheel_positions: each dot's position on the class wheel in each frame, int8 [frames, n, 2].
        labels: the images' classes, uint16 [n].
        class_points: positions of the classes on the wheel, [classes, 2].
    """

    wheel_positions: np.ndarray
    labels: np.ndarray
    class_points: np.ndarray
    frame_accuracies: tuple[float, ...]


def draw_training_film(view: InspectedImage) -> ToolExplanation | None:
    """Draw an animation of the network's training, or a sentence on why there is none."""
    visit = view.visit
    model = view.model
    t = view.t
    with st.container(key="time_machine"):
        record = model.run_record
        networks: list[Network] = []
        if record is not None:
            frames = visit.engine.answers.read_frames(visit.token, model.model_id)
            networks = networks_of_frames(record.settings, model.network, frames)
        if record is None or len(networks) < 2:
            st.info(_why_no_film(view))
            return None
        moments = _frame_titles(visit, record, frames)
        # The dots use the order of classes of the class wheel tool, so that both pictures match.
        order = order_classes_on_wheel(read_test_answers(visit, model).confusion_matrix())
        dots = _compute_film_dots(model.weights_version, model.loaded_dataset, networks, order)
        titles = [
            t(
                "inside.film.when",
                when=title,
                n=len(dots.labels),
                accuracy=share_as_percent(accuracy, 0),
            )
            for title, accuracy in zip(moments, dots.frame_accuracies, strict=True)
        ]
        with st.container(key="play"):
            _component(key="film", data=_film_data(view, networks, titles, dots))
        # The GIF contains test images. In a visitor's own data set, the test images are people's
        # drawings, so the GIF cannot be downloaded.
        info = record.settings.dataset_info
        if can_draw_gif(info) and not info.is_own:
            draw_learning_gif_download(visit, record, view.image, key="take_film")

    def draw_moment_table() -> None:
        frame_shares = [network.class_shares(view.image[None])[0] for network in networks]
        rows = [
            (
                title,
                view.class_names[int(shares_now.argmax())],
                share_as_percent(float(shares_now.max())),
            )
            for title, shares_now in zip(titles, frame_shares, strict=True)
        ]
        write_markdown_table(
            [t("inside.film.moment"), t("draw.answer"), t("charts.probability")], rows
        )

    return ToolExplanation(_accuracy_gain_text(dots, moments, t), draw_moment_table)


def _accuracy_gain_text(dots: FilmDots, moments: Sequence[str], t: Translator) -> str:
    """Return what training gained, and when half of the gain was made if that was before the end.

    Args:
        moments: the name of each frame's moment.
    """
    shares = [round(share, 2) for share in dots.frame_accuracies]
    start, *_, end = shares
    half = [2 * share >= start + end for share in shares].index(True)  # 0 if nothing was gained
    about = t(
        "inside.film.about",
        start=share_as_percent(start, 0),
        end=share_as_percent(end, 0),
        n=len(dots.labels),
    )
    if half in (0, len(shares) - 1):
        return about
    return join_sentences(t, about, t("inside.film.half", when=moments[half]))


def _why_no_film(view: InspectedImage) -> str:
    """Return a sentence on why the network's training has no film."""
    t = view.t
    parameters = view.network.parameter_count
    if view.model.run_record is None:
        return t("inside.film.shipped")
    if parameters > MOST_PARAMETERS:
        return t("inside.film.wide", n=f"{parameters:,}", most=f"{MOST_PARAMETERS:,}")
    return t("inside.film.none")


def _frame_titles(visit: Visit, record: RunRecord, frames: tuple[WeightsFrame, ...]) -> list[str]:
    t = visit.t

    def title(frame: WeightsFrame) -> str:
        if not frame.step:
            return t("inside.film.start")
        return t(
            "inside.film.epoch" if frame.epoch else "inside.film.step",
            n=f"{frame.epoch or frame.step:,}",
        )

    return [*map(title, frames), t("inside.film.end", n=record.epoch)]


# Streamlit's cache ignores arguments with a leading underscore; `version` identifies their values.
@st.cache_data(max_entries=24, show_spinner=False)
def _compute_film_dots(
    version: tuple[object, ...], _data: Dataset, _networks: list[Network], _order: np.ndarray
) -> FilmDots:
    sample = stratified_sample(_data.y_test, DOTS[_networks[-1].is_convolutional])
    images = _data.x_test[sample]
    labels = _data.y_test[sample]
    logits = [network.logits(images) for network in _networks]
    temperature = _networks[-1].temperature
    points = class_points_on_circle(_order)
    moved = jitter_positions(len(sample))
    places = [
        place_images_on_wheel(frame_logits, points, temperature) + moved for frame_logits in logits
    ]
    right = tuple(float(np.mean(frame_logits.argmax(axis=1) == labels)) for frame_logits in logits)
    return FilmDots(_to_int8(np.stack(places)), labels.astype("<u2"), points, right)


def _film_data(
    view: InspectedImage, networks: list[Network], titles: list[str], dots: FilmDots
) -> dict[str, object]:
    t = view.t
    image = view.image
    names = view.class_names
    logits = np.concatenate([network.logits(image[None]) for network in networks])
    frame_shares = networks[-1].to_shares(logits)
    kept = choose_classes_to_show(frame_shares.max(axis=0))
    pictures, units = _unit_pictures(networks, image)
    scale = np.abs(pictures).max(axis=(0, 2, 3), initial=1e-9)
    kind = "maps" if networks[-1].is_convolutional else "products"
    return {
        "titles": titles,
        "names": [names[label] for label in kept],
        "all_names": names,
        "shares": array_base64(frame_shares[:, kept].astype(np.float32)),
        "pictures": array_base64(_to_int8(pictures / scale[:, None, None])),
        "tiles": len(units),
        "height": pictures.shape[2],
        "width": pictures.shape[3],
        "tile_labels": [
            t("inside.maps.tile" if kind == "maps" else "inside.neuron.name", unit=unit)
            for unit in units
        ],
        "dots": array_base64(dots.wheel_positions),
        "labels": array_base64(dots.labels),
        "mine": array_base64(
            _to_int8(place_images_on_wheel(logits, dots.class_points, networks[-1].temperature))
        ),
        "points": dots.class_points.round(3).tolist(),
        "colours": DATASETS[view.model.dataset].class_colours,
        "words": {
            **{name: t(f"inside.film.{name}") for name in ("play", "pause", "slider")},
            "tiles": t(f"inside.film.{kind}", n=len(units)),
            "wheel": t("inside.film.wheel", n=len(dots.labels)),
        },
    }


def _unit_pictures(networks: list[Network], image: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Return pictures of a few neurons or filters in each frame, and the indices of these units.

    The array of pictures has the shape [frames, units, rows, columns]. The units are those that
    support the answer most at the end of training. Their pictures are feature maps in a
    convolutional network, and otherwise products of weights and pixels.
    """
    last = networks[-1]
    trace = last.trace_images(image[None])
    place = 0 if last.is_convolutional else first_hidden_step(last)
    if place is None:
        units = list(range(last.class_count))
    else:
        answer = int(trace[-1].sums[0].argmax())
        units = [int(unit) for unit in rank_units(last, trace, answer, place).units_by_help[:TILES]]
    if last.is_convolutional:
        first = [replace(network, steps=network.steps[:1]) for network in networks]
        return np.stack(
            [signed_feature_maps(network.trace_images(image[None])[0])[units] for network in first]
        ), units
    return np.stack([weighted_pixel_pictures(network, image)[units] for network in networks]), units


def _to_int8(values: np.ndarray) -> np.ndarray:
    """Return values from -1 to 1 scaled to int8, from -127 to 127."""
    return np.clip(np.rint(np.nan_to_num(values) * _FULL), -_FULL, _FULL).astype(np.int8)


_SMOOTHED = 1.2  # width in pixels by which weights are smoothed, as raw weights look speckled


def _film_card(view: InspectedImage) -> Card:
    first = view.network.weighted_steps[0]
    if first.shown_as == "neurons":
        most = np.argsort(-np.abs(first.kernel).sum(axis=0))[:3]
        pictures = weight_change_pictures(first.kernel[:, most], np.zeros(1), _SMOOTHED)
    else:
        pictures = first.kernel[:, :, 0, :3].transpose(2, 0, 1)
    is_filmed = view.model.is_training or view.model.has_film
    words = view.t("inside.cards.film" if is_filmed else "inside.cards.own")
    return [signed_picture_html(picture) for picture in pictures], words


TOOL = InsideTool(20, draw_training_film, _film_card)
