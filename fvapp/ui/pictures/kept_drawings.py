"""The visitor's drawings that are kept for the reports of their runs, as a note of the
workspace.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence

import numpy as np

from fvapp.core.answers import Answer
from fvapp.core.documents.report import Drawing
from fvapp.core.runs import RunRecord
from fvapp.core.wording import class_names, percent
from fvapp.i18n import Translator
from fvapp.ui.visit import Visit

_NOTE = "drawings"
_MOST = 36  # a note holds 64 KB, a drawing about 1.2 KB


def keep_drawing(visit: Visit, run_id: str, image: np.ndarray, answer: Answer) -> None:
    """Keep what the network saw of a drawing and what it answered; the oldest give way.

    Args:
        image: `uint8` [28, 28].
    """
    row = {
        "run": run_id,
        "pixels": b64encode(image.tobytes()).decode(),
        "label": answer.label,
        "share": round(answer.confidence, 4),
    }
    visit.engine.notes.change(visit.token, _NOTE, lambda note: [*_rows(note), row][-_MOST:])


def kept_drawings(visit: Visit, run_id: str, dataset: str) -> tuple[Drawing, ...]:
    """Return the drawings that were kept while a run's network answered, the latest last."""
    rows = _rows(visit.engine.notes.read(visit.token, _NOTE))
    found = (_drawing(row, dataset, visit.t) for row in rows if row.get("run") == run_id)
    return tuple(drawing for drawing in found if drawing is not None)


def every_drawing(
    visit: Visit, records: Sequence[RunRecord]
) -> list[tuple[dict[str, object], Drawing]]:
    """Return all that is kept and can be shown, the latest first; the words of those whose run is
    gone are lost.
    """
    datasets = {record.id: record.settings.dataset for record in records}
    rows = reversed(_rows(visit.engine.notes.read(visit.token, _NOTE)))
    found = ((row, _drawing(row, datasets.get(str(row.get("run"))), visit.t)) for row in rows)
    return [(row, drawing) for row, drawing in found if drawing is not None]


def delete_drawing(visit: Visit, row: object) -> None:
    """Delete what was kept as `row`; where it is gone already, nothing."""
    visit.engine.notes.change(
        visit.token, _NOTE, lambda note: [each for each in _rows(note) if each != row]
    )


def count_drawings(visit: Visit) -> int:
    """Return how many drawings are kept, of all runs."""
    return len(_rows(visit.engine.notes.read(visit.token, _NOTE)))


def _rows(note: object | None) -> list[dict[str, object]]:
    return [row for row in note if isinstance(row, dict)] if isinstance(note, list) else []


def _drawing(row: dict[str, object], dataset: str | None, t: Translator) -> Drawing | None:
    """Return a kept row as a drawing; None for one written by another version of the app."""
    try:
        pixels = b64decode(str(row["pixels"]), validate=True)
        share = percent(float(row["share"]))
        caption = f"{class_names(dataset, t)[int(row['label'])]} · {share}" if dataset else share
    except (KeyError, ValueError, IndexError, Base64Error):
        return None
    return Drawing(pixels, caption) if len(pixels) == 28 * 28 else None
