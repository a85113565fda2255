"""The pictures on the Look inside page that are drawn as HTML."""

from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from fvapp.charts.images import MOST_CELLS, colour_signed_values, draw_cell_grid, png_data_url
from fvapp.charts.strip import StripData, strip_html


def read(address: str) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(b64decode(address.partition(",")[2]))))


def test_the_address_of_a_picture_holds_it_whole():
    pixels = np.random.default_rng(1).integers(0, 256, (5, 7, 4), np.uint8)
    assert (read(png_data_url(pixels)) == pixels).all()


def test_above_0_is_orange_below_blue_and_at_0_the_paper_or_a_picture_shines_through():
    orange, nothing, blue = colour_signed_values(np.array([[2.0, 0.0, -2.0]]))[0]
    assert orange.tolist() == [213, 94, 0, 255]
    assert blue.tolist() == [0, 114, 178, 255]
    assert nothing[3] == 0
    assert colour_signed_values(np.zeros((2, 2))).max() == 0
    assert colour_signed_values(np.array([[np.nan, 1.0]]))[0, 1, 3] == 255
    assert colour_signed_values(np.array([[0.0, 1.0]]), np.array([[255, 0]], np.uint8))[
        0, 0, 3
    ] == int(255 * 0.35)


@pytest.mark.parametrize("count", [1, 2, 7, 128, 2_000])
def test_cells_are_grey_with_gaps_and_those_that_are_off_are_outlines(count):
    values = np.linspace(0, 1, count, dtype=np.float32)
    cells = draw_cell_grid(values, off=[0, count - 1])
    shown = min(count, MOST_CELLS)
    assert cells.shape[0] * cells.shape[1] >= shown * 36
    assert cells[2, 2, 3] == 0 and cells[0, 0, 3] == 255 and cells[5, :, 3].max() == 0


def a_strip(cells: int, arriving: bool, names: list[str]) -> StripData:
    drawn = np.random.default_rng(2)
    given = drawn.normal(size=(cells or 784, len(names)))
    shares = np.full(len(names), 0.1)
    shares[-1] = 0.9
    image = drawn.integers(0, 256, (28, 28), np.uint8)
    fires = drawn.random(cells)
    comes = drawn.normal(size=(cells, 784)) if arriving else None
    return StripData(image, fires, comes, given, shares, names, names[-1], "90%", "", "<all>")


@pytest.mark.parametrize(
    ("cells", "arriving"), [(0, False), (1, True), (128, True), (96, False), (2_048, True)]
)
def test_a_strip_has_the_image_what_fires_and_a_bar_for_each_class(cells, arriving):
    html = strip_html(a_strip(cells, arriving, ["0", "1", "2"]), is_new=False)
    assert html.count("<img") == (2 if cells else 1)
    assert html.count("<rect") == 3 and html.count('class="fan"') == 1 + arriving
    assert "&lt;all&gt;" in html and "new" not in html


def test_long_names_stand_in_the_answer_alone():
    html = strip_html(a_strip(8, True, ["Shirt", "Ankle boot"]), is_new=True)
    assert html.count("Ankle boot") == 1 and "Shirt" not in html and "strip new" in html
