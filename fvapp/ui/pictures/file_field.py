"""Draws a field for a file that the visitor chooses, drops or photographs.

The browser sends the file in a component's message, not as an upload. Photos from phones have 4 MB
or more, but the app needs only 1,024 pixels a side, so the browser scales pictures down before
sending them. If the browser cannot open a file, it shows an error below the field, in the visitor's
language.
"""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from fvapp.core.documents.example_files import MOST_BYTES as MOST_EXAMPLE_BYTES
from fvapp.core.documents.runfile import MOST_BYTES, RunFileError
from fvapp.core.errors import FvappError
from fvapp.core.schema import read_as_type_or_none
from fvapp.ui.browser import make_component
from fvapp.ui.visit import Visit

_component = make_component(__file__)

_PICTURES = ",".join(f"image/{kind}" for kind in ("png", "jpeg", "webp", "bmp", "gif"))
_MOST_OPENED = 60_000_000  # maximum size of a picture file that the browser opens, in bytes

TakeFile = Callable[[bytes], None]


def draw_picture_field(
    visit: Visit, label: str, key: str, take: TakeFile, camera: bool = False
) -> None:
    """Draw a field for a picture from a file or, with `camera`, from the camera.

    Args:
        take: called once for each picture with its bytes, before the page is redrawn. The bytes are
            empty if the browser refused the file, and has already shown the reason.
        camera: whether to draw the camera instead of the file field.
    """
    t = visit.t
    words = {
        "choose": t("draw.field.choose"),
        "drop": t("draw.field.kinds"),
        "photo": t("draw.field.photo"),
        "too_large": t("draw.field.too_large"),
        "unreadable": t("draw.field.no_camera" if camera else "errors.not_an_image"),
    }
    _draw_file_field(
        visit,
        label,
        key,
        take,
        words=words,
        accept=_PICTURES,
        most=_MOST_OPENED,
        picture=True,
        camera=camera,
    )


def draw_run_file_field(visit: Visit, label: str, take: TakeFile) -> None:
    """Draw a field for a run file.

    Only screen readers read `label`, because the page already shows it above the field.
    """
    t = visit.t
    too_large = RunFileError("runfile_too_large", most=f"{MOST_BYTES / 1e6:.1f}")
    words = {
        "choose": t("compare.field.choose"),
        "drop": t("compare.field.drop"),
        "too_large": too_large.to_sentence(t),
        "unreadable": t("errors.runfile_no_json"),
    }
    _draw_file_field(
        visit, label, "bring_back_file", take, words=words, accept=".json", most=MOST_BYTES
    )


def draw_examples_field(visit: Visit, label: str, take: TakeFile) -> None:
    """Draw a field for a file of examples; `label` is for screen readers."""
    t = visit.t
    words = {
        "choose": t("examples.field.choose"),
        "drop": t("compare.field.drop"),
        "too_large": t("errors.examples_file_large", most=f"{MOST_EXAMPLE_BYTES / 1e6:g}"),
        "unreadable": t("errors.examples_file_unusable"),
    }
    _draw_file_field(
        visit,
        label,
        "example_upload",
        take,
        words=words,
        accept=".npz,.zip",
        most=MOST_EXAMPLE_BYTES,
    )


def _draw_file_field(visit: Visit, label: str, key: str, take: TakeFile, **data: object) -> None:
    state = st.session_state
    field = f"{key}_field"
    taken = f"{key}_taken"

    def accept_new_file(result: object) -> bool:
        """Take a newly sent file, and return True; ignore a repeated message, and return False."""
        sent = getattr(result, "sent", None)
        number, content = _read_file_message(sent)
        if sent is None or state.get(taken, "") == number:
            return False
        state[taken] = number
        if content is None:
            visit.messages.queue_error(FvappError("value_not_understood"))
        else:
            take(content)
        return True

    with st.container(key=key):
        result = _component(
            key=field,
            data={"label": label, **data},
            on_sent_change=lambda: accept_new_file(state.get(field)),
        )
    # If the last script run was interrupted, the callback could not read the file, so the file is
    # taken here.
    if accept_new_file(result):
        st.rerun()


@dataclass(frozen=True)
class _FileMessage:
    id: str
    content: str


def _read_file_message(sent: object) -> tuple[str | None, bytes | None]:
    """Return the id and content of a file message; each is None if it cannot be read."""
    message = read_as_type_or_none(_FileMessage, sent)
    try:
        return (
            (message.id[:40], b64decode(message.content, validate=True))
            if message
            else (None, None)
        )
    except ValueError:  # the content is not base64
        return message.id[:40], None
