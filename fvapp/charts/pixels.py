"""Images of a data set for people: their numbers as a grid, and rows of examples."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

GAP = 2  # pixels between the examples of a row
_DARK_TEXT_FROM = 118  # grey value from which black figures have a contrast of 4.5:1; white ones have it to 118

_CSS = (
    ".fvapp-pixels{container-type:inline-size;max-width:100%}"
    ".fvapp-pixels>div{overflow-x:auto}"
    ".fvapp-pixels p{display:none;font-size:.875rem;opacity:.8;margin:.3rem 0 0}"
    ".fvapp-pixels table{border-collapse:collapse;font-size:10px;line-height:1;font-variant-numeric:tabular-nums}"
    ".fvapp-pixels :is(td,th){width:23px;min-width:23px;height:19px;padding:0;text-align:center;border:0}"
    ".fvapp-pixels th{font-weight:400;opacity:.65}"
    ".fvapp-pixels td{color:#fff;background:rgb(var(--v),var(--v),var(--v))}"
    ".fvapp-pixels .l{color:#000}"
    ".fvapp-pixels .z{--v:0;color:#777}"
    ".fvapp-pixels tr:first-child td{background:none}"
    # Where 29 columns of 23 pixels have no room: all of it at once, and as large as before for who asks for it.
    "@container (width < 667px){"
    ".fvapp-pixels p{display:block}"
    ".fvapp-pixels>div:not(.near) table{table-layout:fixed;width:100%;font-size:calc(100cqw / 29 * .47);"
    "text-size-adjust:none;cursor:zoom-in}"
    ".fvapp-pixels>div:not(.near) :is(td,th){width:auto;min-width:0;height:calc(100cqw / 29)}"
    ".fvapp-pixels>.near table{cursor:zoom-out}"
    "}"
)


def pixel_table(image: np.ndarray, label: str, hint: str, divisor: int = 1) -> str:
    """Write the numbers of an image as a table whose cells are as grey as their pixels.

    Args:
        image: `uint8` [rows, columns].
        label: what the table shows, read aloud.
        hint: shown below it where the table is too small to be read; there a class ``near`` makes it large.
        divisor: what each number is divided by, such as 255 to normalise it.

    Returns:
        HTML with its style; as wide as its place, or less.
    """
    rows, columns = image.shape
    head = "".join(f"<th>{column}</th>" for column in range(columns))
    body = "".join(
        f"<tr><th>{row}</th>{''.join(_cell(value, divisor) for value in image[row].tolist())}</tr>"
        for row in range(rows)
    )
    return (
        f"<style>{_CSS}</style>"
        f'<div class="fvapp-pixels"><div role="group" tabindex="0" aria-label="{escape(label)}">'
        f"<table><tr><td></td>{head}</tr>{body}</table></div><p>{escape(hint)}</p></div>"
    )


def example_row(images: Sequence[np.ndarray], scale: int) -> np.ndarray:
    """Put images side by side, each pixel `scale` wide, with transparent gaps.

    Returns:
        `uint8` [height, width, 2]: grey and opacity.
    """
    tiles = []
    for number, image in enumerate(images):
        if number:
            tiles.append(np.zeros((image.shape[0] * scale, GAP * scale, 2), np.uint8))
        grey = np.kron(image, np.ones((scale, scale), np.uint8))
        tiles.append(np.stack([grey, np.full_like(grey, 255)], axis=-1))
    return np.concatenate(tiles, axis=1)


def _cell(value: int, divisor: int) -> str:
    if value == 0:
        return '<td class="z">0</td>'
    light = ' class="l"' if value >= _DARK_TEXT_FROM else ""
    number = value if divisor == 1 else f"{value / divisor:.2f}"
    return f'<td{light} style="--v:{value}">{number}</td>'
