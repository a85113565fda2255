"""Draws the sources of a picture: canvas, uploaded file, camera, typed text and test images."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from urllib.parse import urlsplit

import numpy as np
import streamlit as st

from fvapp.core.dataset_table import DATASETS
from fvapp.core.errors import FvappError
from fvapp.core.preparation import Photo, Strokes, load_image
from fvapp.core.texts.signs import clean_text
from fvapp.core.texts.strips import strip_of_text_end
from fvapp.engine.processes.machine import ONLY_HERE
from fvapp.ui.browser import request_scroll
from fvapp.ui.parts import dataset_of_model
from fvapp.ui.pictures.canvas import SIDE, draw_canvas, read_canvas_drawing, unmount_canvas
from fvapp.ui.pictures.file_field import draw_picture_field
from fvapp.ui.visit import Visit

_SOURCE = "picture_source"
_TYPED = "typed_before"
_MOST_TYPED = 200
_INDEX = "test_image"  # session key: the index field's number, and the index typed or chosen
_FILE = "picture_file"  # session key: the picture from the latest file, or its error


@dataclass(frozen=True)
class ChosenPicture:
    """A picture that a network is asked to classify.

    Attributes:
        picture_id: identifies the picture's source and content.
        content: strokes, a photo, or a 28 x 28 image that needs no preparation.
        original: the picture before preparation, shown beside the network's input; None for a
            drawing on the canvas.
        true_label: the label of a test image; None for other pictures.
    """

    picture_id: str
    content: Strokes | Photo | np.ndarray
    original: np.ndarray | None = None
    true_label: int | None = None


def draw_canvas_source(visit: Visit, dataset: str, side: int = SIDE) -> None:
    """Draw a page's canvas, whose drawing all pages share.

    Args:
        side: maximum side of the canvas, in CSS pixels.
    """
    draw_canvas(visit, dataset, return_to_canvas, side)
    _draw_picture_error(visit, "canvas", partial(_picture_from_canvas, dataset))


def draw_canvas_or_picture(visit: Visit, dataset: str) -> ChosenPicture | None:
    """Draw the canvas or, in its place, the chosen picture; return the picture to classify."""
    picture = read_chosen_picture(visit, dataset)
    if picture is None or picture.original is None:
        draw_canvas_source(visit, dataset)
        with suppress(FvappError):
            return _picture_from_canvas(dataset)
        return None
    unmount_canvas()
    t = visit.t
    with st.container(key="chosen_picture", width=SIDE):
        st.image(picture.original, width="stretch", alt=t("draw.original"))
        st.button(
            t("draw.back"), key="back_to_drawing", icon=":material/draw:", on_click=return_to_canvas
        )
    return picture


def draw_other_picture_sources(visit: Visit, dataset: str, answer_part: str) -> None:
    """Draw an expander with other sources of pictures: upload, test images and camera.

    Args:
        answer_part: key of the container with the answer, to which the page scrolls after the
            visitor has asked for a random test image.
    """
    with st.expander(
        visit.t("draw.other_ways"), key="other_ways", icon=":material/add_photo_alternate:"
    ):
        draw_picture_upload(visit)
        draw_test_image_picker(visit, dataset, answer_part)
        with st.container(key="camera"):
            _draw_camera_field(visit)


def draw_picture_upload(visit: Visit) -> None:
    """Draw the field that uploads a picture."""
    draw_picture_field(visit, visit.t("draw.upload"), "upload", _open_picture_file)
    _draw_picture_error(visit, "upload", _picture_from_file)


def draw_test_image_picker(visit: Visit, dataset: str, answer_part: str = "") -> None:
    """Draw the field for a test image's index, and a button that chooses a random test image.

    Args:
        answer_part: key of the container to which the page scrolls after the visitor has asked for
            a random image; empty for none.
    """
    t = visit.t
    count = len(dataset_of_model(visit, dataset).x_test)
    if not count:  # the visitor's own data set may have no test images yet
        return

    def choose_random_image() -> None:
        set_test_image(secrets.randbelow(count))
        request_scroll(answer_part)

    _draw_test_image_number(t("draw.test_index", last=f"{count - 1:,}"))
    _draw_picture_error(visit, "test_image", partial(_picture_from_test_images, visit, dataset))
    st.button(
        t("draw.random_image"),
        key="random_image",
        icon=":material/shuffle:",
        on_click=choose_random_image,
    )


def draw_typed_text_field(visit: Visit) -> None:
    """Draw a field for a text, whose last characters become the network's input."""

    def take_typed_text() -> None:
        st.session_state[_TYPED] = st.session_state["typed_text"]
        _set_picture_source("typed")

    st.text_input(
        visit.t("inside.typed"), key="typed_text", max_chars=_MOST_TYPED, on_change=take_typed_text
    )


def read_chosen_picture(visit: Visit, dataset: str) -> ChosenPicture | None:
    """Return the picture that the visitor last made or chose; None if missing or invalid."""
    source = st.session_state.get(_SOURCE, "canvas")
    with suppress(FvappError):
        if source == "test":
            return _picture_from_test_images(visit, dataset)
        if DATASETS[dataset].text:
            return _picture_from_text(dataset)
        if source == "file":
            return _picture_from_file()
        return _picture_from_canvas(dataset)
    return None


def set_test_image(index: int) -> None:
    """Choose a test image as the picture to classify, as if the visitor had typed its index."""
    number, _ = _index_fields_and_index()
    st.session_state[_INDEX] = (number + 1, index)
    _set_picture_source("test")


def _draw_picture_error(visit: Visit, field: str, read: Callable[[], ChosenPicture | None]) -> None:
    """Draw the error below a field if its content is not a picture."""
    try:
        read()
    except FvappError as error:
        with st.container(key=f"{field}_trouble"):
            visit.messages.show_error_here(error)


def return_to_canvas() -> None:
    """Choose the drawing on the canvas as the picture to classify."""
    _set_picture_source("canvas")


def _set_picture_source(source: str) -> None:
    st.session_state[_SOURCE] = source


def _open_picture_file(data: bytes) -> None:
    """Use the image in a file as the picture, or store an error if the file has no valid image.

    Empty `data` means that the browser refused the file.
    """
    if not data:
        st.session_state.pop(_FILE, None)
        return
    try:
        photo = load_image(data)
        st.session_state[_FILE] = ChosenPicture(
            f"file {_sha256_hex(data)}", photo, original=photo.pixels
        )
    except FvappError as error:
        st.session_state[_FILE] = error
    _set_picture_source("file")


def _index_fields_and_index() -> tuple[int, int | None]:
    """Return the current index field's number, and the index of the chosen test image or None."""
    return st.session_state.get(_INDEX, (0, None))


def _draw_test_image_number(label: str) -> None:
    """Draw the field for the index of a test image.

    When the page chooses an index, the field gets a new key. With the old key, the browser's next
    messages would still contain the earlier index, as if the visitor had just typed that index.
    """
    state = st.session_state
    number, index = _index_fields_and_index()
    key = f"test_index_{number}"
    state[key] = index

    def take_typed_image_number() -> None:
        if _index_fields_and_index()[0] == number:
            state[_INDEX] = (number, state[key])
            _set_picture_source("test")

    with st.container(key="test_index"):
        st.number_input(label, value=None, step=1, key=key, on_change=take_typed_image_number)


def _picture_from_canvas(dataset: str) -> ChosenPicture | None:
    strokes = read_canvas_drawing(dataset)
    if strokes is None:
        return None
    points = b"".join(points.tobytes() for points in strokes.strokes)
    return ChosenPicture(
        f"canvas {_sha256_hex(points + repr(strokes.pen_widths).encode())}", strokes
    )


def _picture_from_file() -> ChosenPicture | None:
    read = st.session_state.get(_FILE)
    if isinstance(read, FvappError):
        raise read.with_traceback(None)
    return read


def _picture_from_text(dataset: str) -> ChosenPicture | None:
    form = DATASETS[dataset].text_form
    text = clean_text(str(st.session_state.get(_TYPED, ""))[:_MOST_TYPED], form).text
    image = strip_of_text_end(text, form)
    return ChosenPicture(f"typed {dataset} {text}", image, original=image) if text else None


def _picture_from_test_images(visit: Visit, dataset: str) -> ChosenPicture | None:
    _, index = _index_fields_and_index()
    if index is None:
        return None
    images = dataset_of_model(visit, dataset)
    if not 0 <= index < len(images.x_test):
        raise FvappError(
            "index_out_of_range", value=f"{index:,}", last=f"{len(images.x_test) - 1:,}"
        )
    image = images.x_test[index]
    return ChosenPicture(
        f"test {dataset} {index}", image, original=image, true_label=int(images.y_test[index])
    )


def _draw_camera_field(visit: Visit) -> None:
    t = visit.t
    address = urlsplit(st.context.url or "")
    if address.scheme != "https" and address.hostname not in ONLY_HERE:
        st.caption(t("draw.no_camera"))
    elif st.toggle(t("draw.use_camera"), key="camera_on"):
        # The camera is drawn only on request, because the browser asks for permission as soon as it
        # appears.
        draw_picture_field(
            visit, t("draw.camera"), "camera_picture", _open_picture_file, camera=True
        )
    else:
        st.caption(t("draw.camera_help"))


def _sha256_hex(data: bytes) -> str:
    return sha256(data).hexdigest()
