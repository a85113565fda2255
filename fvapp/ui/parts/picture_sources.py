"""Where a picture comes from: the canvas, an uploaded file, the camera, or the test images."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

import numpy as np
import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.preparation import Photo, Strokes, load_image, parse_canvas
from fvapp.ui.parts.canvas import BRUSHES, clear_canvas, draw_canvas
from fvapp.ui.parts.data_sets import open_dataset
from fvapp.ui.visit import Visit

FILE_TYPES = ("png", "jpg", "jpeg", "webp", "bmp", "gif")
MOST_MEGABYTES = 2
_SOURCE = "picture_source"
_DRAWN = "canvas_dataset"  # of the strokes that are kept
_INDEX = "test_image"  # which field, and what it holds
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Picture:
    """What is to be classified.

    Attributes:
        name: differs when the picture differs.
        source: strokes, a photo, or a ready 28x28 image of the data set.
        original: the picture as it came, to be shown beside what the network sees; None for the canvas.
        label: the true class of a test image.
    """

    name: str
    source: Strokes | Photo | np.ndarray
    original: np.ndarray | None = None
    label: int | None = None


def draw_drawing(visit: Visit, dataset: str, page: str = "") -> None:
    """Draw the canvas and its Clear.

    Args:
        page: name of another page's canvas, which begins with what was drawn before.
    """
    state = st.session_state
    begun = f"canvas_begun_{page}_{dataset}"
    if page and begun not in state:
        known = state.get(_DRAWN) == dataset
        state[begun] = state.get("canvas_strokes") if known else None
    begin = state.get(begun) if page else None
    strokes = draw_canvas(dataset, visit.t("draw.canvas_label"), lambda: _take("canvas"), page and f"{page}_", begin)
    # Before the browser has drawn them, the strokes are those with which the canvas begins.
    state["canvas_strokes"] = begin if strokes is None else strokes
    state[_DRAWN] = dataset
    st.button(visit.t("draw.clear"), key="canvas_clear", icon=":material/restart_alt:", on_click=_clear)


def draw_other_ways(visit: Visit, dataset: str) -> None:
    """Draw the ways without drawing: upload, test images, camera."""
    t = visit.t
    st.subheader(t("draw.other_ways"))
    upload, test, camera = st.columns(3, gap="large")
    with upload:
        st.file_uploader(
            t("draw.upload"),
            type=list(FILE_TYPES),
            max_upload_size=MOST_MEGABYTES,
            key="upload",
            on_change=lambda: _take("upload"),
        )
    with test:
        draw_test_image(visit, dataset)
    with camera, st.container(key="camera"):
        _draw_camera(visit)


def draw_test_image(visit: Visit, dataset: str) -> None:
    """Draw the field for the number of a test image, and a button for any of them."""
    t, count = visit.t, len(open_dataset(dataset).x_test)
    _draw_index(t("draw.test_index", last=f"{count - 1:,}"))
    st.button(t("draw.random_image"), key="random_image", icon=":material/shuffle:", on_click=_random, args=(count,))


def read_picture(visit: Visit, dataset: str) -> Picture | None:
    """Return the picture the visitor last made or chose, or None."""
    try:
        source = st.session_state.get(_SOURCE, "canvas")
        if source == "canvas":
            return _from_canvas(dataset)
        if source == "test":
            return _from_test_images(dataset)
        return _from_file(st.session_state.get("upload" if source == "upload" else "camera_picture"))
    except FvappError as error:
        visit.say_error(error)
        return None


def choose_test_image(index: int) -> None:
    """Take a test image as the picture, as if its number had been typed."""
    number, _ = st.session_state.get(_INDEX, (0, None))
    st.session_state[_INDEX] = (number + 1, index)
    _take("test")


def _take(source: str) -> None:
    st.session_state[_SOURCE] = source


def _clear() -> None:
    clear_canvas()
    for name in [name for name in st.session_state if str(name).startswith("canvas_begun_")]:
        st.session_state[name] = None
    _take("canvas")


def _draw_index(label: str) -> None:
    """Draw the field for the number of a test image.

    A number that the page chose is in a new field: what the browser sends before it has heard of it still holds the
    number of before, or none, as if somebody had just typed it.
    """
    state = st.session_state
    number, index = state.get(_INDEX, (0, None))
    key = f"test_index_{number}"
    state[key] = index

    def typed() -> None:
        if state.get(_INDEX, (0, None))[0] == number:
            state[_INDEX] = (number, state[key])
            _take("test")

    with st.container(key="test_index"):
        st.number_input(label, value=None, step=1, key=key, on_change=typed)


def _random(count: int) -> None:
    choose_test_image(secrets.randbelow(count))


def _from_canvas(dataset: str) -> Picture | None:
    data = st.session_state["canvas_strokes"]
    strokes = parse_canvas(data, BRUSHES[dataset].shade)
    return None if strokes is None else Picture(f"canvas {_digest(repr(data).encode())}", strokes)


def _from_file(file) -> Picture | None:
    if file is None:
        return None
    data = file.getvalue()
    photo = load_image(data)
    return Picture(f"file {_digest(data)}", photo, original=photo.pixels)


def _from_test_images(dataset: str) -> Picture | None:
    _, index = st.session_state.get(_INDEX, (0, None))
    if index is None:
        return None
    images = open_dataset(dataset)
    if not 0 <= index < len(images.x_test):
        raise FvappError("index_out_of_range", value=f"{index:,}", last=f"{len(images.x_test) - 1:,}")
    image = images.x_test[index]
    return Picture(f"test {dataset} {index}", image, original=image, label=int(images.y_test[index]))


def _draw_camera(visit: Visit) -> None:
    t = visit.t
    address = urlsplit(st.context.url or "")
    if address.scheme != "https" and address.hostname not in _LOCAL_HOSTS:
        st.caption(t("draw.no_camera"))
    elif st.toggle(t("draw.use_camera"), key="camera_on"):
        # Only now: the browser asks for permission as soon as the widget is there.
        st.camera_input(
            t("draw.camera"), key="camera_picture", on_change=lambda: _take("camera"), label_visibility="collapsed"
        )
    else:
        st.caption(t("draw.camera_help"))


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
