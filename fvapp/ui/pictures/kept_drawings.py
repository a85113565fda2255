"""Stores the visitor's drawings in the workspace, for the reports on their runs."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence

import numpy as np

from fvapp.core.answers import Answer
from fvapp.core.documents.report import ReportDrawing
from fvapp.core.runs import RunRecord
from fvapp.core.wording import class_names, share_as_percent
from fvapp.i18n import Translator
from fvapp.ui.visit import Visit

_NOTE = "drawings"
# Maximum number of stored drawings: each takes about 1.2 KB, and all together may take 64 KB.
_MOST = 36


def keep_drawing(visit: Visit, run_id: str, image: np.ndarray, answer: Answer) -> None:
    """Store a drawing and a run's answer to it, for the run's report.

    If there are more than `_MOST` drawings, the oldest are dropped.

    Args:
        image: the drawing as the network's input, uint8 [28, 28].
    """
    row = {
        "run": run_id,
        "pixels": b64encode(image.tobytes()).decode(),
        "label": answer.predicted_label,
        "share": round(answer.confidence, 4),
    }
    visit.engine.notes.change_note(
        visit.token, _NOTE, lambda note: [*_drawing_rows(note), row][-_MOST:]
    )


def drawings_of_run(visit: Visit, run_id: str, dataset: str) -> tuple[ReportDrawing, ...]:
    """Return the stored drawings that a run's network has classified, latest last."""
    rows = _drawing_rows(visit.read_note(_NOTE))
    drawings = (
        _parse_drawing_row(row, dataset, visit.t) for row in rows if row.get("run") == run_id
    )
    return tuple(drawing for drawing in drawings if drawing is not None)


def all_kept_drawings(
    visit: Visit, records: Sequence[RunRecord]
) -> list[tuple[dict[str, object], ReportDrawing]]:
    """Return all stored drawings that can be shown, latest first, each with its stored row.

    If a drawing's run has been deleted, its caption has no class name.
    """
    datasets = {record.id: record.settings.dataset for record in records}
    rows = reversed(_drawing_rows(visit.read_note(_NOTE)))
    drawings = (
        (row, _parse_drawing_row(row, datasets.get(str(row.get("run"))), visit.t)) for row in rows
    )
    return [(row, drawing) for row, drawing in drawings if drawing is not None]


def delete_drawing(visit: Visit, row: object) -> None:
    """Delete the drawing that is stored as `row`, if it still exists."""
    visit.engine.notes.change_note(
        visit.token, _NOTE, lambda note: [kept for kept in _drawing_rows(note) if kept != row]
    )


def count_drawings(visit: Visit) -> int:
    """Return the number of stored drawings of all runs."""
    return len(_drawing_rows(visit.read_note(_NOTE)))


def _drawing_rows(note: object | None) -> list[dict[str, object]]:
    return [row for row in note if isinstance(row, dict)] if isinstance(note, list) else []


def _parse_drawing_row(
    row: dict[str, object], dataset: str | None, t: Translator
) -> ReportDrawing | None:
    """Return a stored row as a drawing; None if the row is invalid."""
    try:
        pixels = b64decode(str(row["pixels"]), validate=True)
        share = share_as_percent(float(str(row["share"])))
        caption = (
            f"{class_names(dataset, t)[int(str(row['label']))]} · {share}" if dataset else share
        )
    except (KeyError, ValueError, IndexError, Base64Error):
        return None
    return ReportDrawing(pixels, caption) if len(pixels) == 28 * 28 else None
