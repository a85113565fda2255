"""The Plotly figures on the Look inside page, validated by Plotly itself."""

import numpy as np
import pytest

from charts.drawn import drawn
from fvapp.charts.confusion import confusion_figure
from fvapp.charts.robustness import robustness_figure
from fvapp.charts.signed_bars import signed_bars_figure
from fvapp.charts.wheel import class_wheel_figure
from fvapp.core.colours import CLASSES, TRAINING, VALIDATION
from fvapp.core.inspection.robustness import CHANGES, UNCHANGED
from fvapp.core.inspection.wheel import class_points_on_circle
from fvapp.i18n import Translator

# Class names as visitors may type them; they must not become HTML tags.
NAMES = [f"<b>{label}</b>" for label in range(10)]


def squares_of(numbers, t, **options):
    (squares,) = drawn(confusion_figure(numbers, NAMES, t, **options)).data
    return squares


def test_every_square_of_a_confusion_says_its_cell_and_the_most_frequent_mistake_is_the_strongest(
    t,
):
    numbers = np.diag(np.full(10, 90))
    numbers[6, 0] = 10
    numbers[3, 5] = 4
    squares = squares_of(numbers, t)
    shares = squares_of(numbers, t, as_shares=True)
    assert (squares.text[66], shares.text[66], shares.text[60]) == ("90", "90", "10")
    mistakes = [squares.marker.opacity[place] for place in (60, 35, 1)]
    assert mistakes[0] > mistakes[1] > mistakes[2] > 0
    assert len(squares_of(np.zeros((10, 10), int), t).x) == 100
    ends = np.add(squares.base, squares.y).reshape(10, 10)
    assert (ends[:-1] < np.reshape(squares.base, (10, 10))[1:]).all() and squares.width < 1
    # If no text colour is set, Plotly fails on a click.
    assert squares.selected.textfont.color
    cell = next(data for data in squares.customdata if tuple(data[:2]) == (6, 0))
    assert cell[4] == 10 and "<b>" not in cell[2]
    assert squares.text[60] == "10" and squares.text[61] == ""


@pytest.mark.parametrize("change", CHANGES)
def test_two_curves_of_robustness_differ_in_dash_and_symbol(change):
    strengths = CHANGES[change]
    curves = {"one": [0.9] * 9, "<i>two</i>": [0.5] * 9}
    figure = drawn(
        robustness_figure(strengths, curves, "Title", UNCHANGED[change], Translator("en"))
    )
    first, second = figure.data
    assert first.line.dash != second.line.dash and first.marker.symbol != second.marker.symbol
    assert "<i>" not in second.name and len(first.x) == 9
    assert figure.layout.shapes[0].x0 == strengths.index(UNCHANGED[change])


def test_the_wheel_carries_the_numbers_of_its_images():
    points = class_points_on_circle(np.arange(10))
    labels = np.array([3, 7])
    numbers = np.array([41, 5_000])
    figure = drawn(
        class_wheel_figure(
            points[labels], labels, numbers, points, NAMES, CLASSES, np.zeros(2), Translator("en")
        )
    )
    dots, names, mine = figure.data
    beside = {"left": -1, "center": 0, "right": 1}
    away = [beside[words.split()[1]] for words in names.textposition]
    assert away == [round(across) for across in names.x] and len(set(away)) == 3
    assert [data[0] for data in dots.customdata] == [41, 5_000]
    assert (mine.x, mine.y) == ((0.0,), (0.0,))


def test_bars_to_either_side_of_0_have_the_colours_of_the_small_images_and_room_for_their_numbers():
    figure = drawn(signed_bars_figure(NAMES[:3], [2.5, -1, 0], "Sum", numbers=[17, 4, 9], marked=1))
    (bars,) = figure.data
    assert bars.marker.color[0] == VALIDATION and bars.marker.color[1] == TRAINING
    assert bars.text == ("+2.50", "\N{MINUS SIGN}1.00", "+0.00")
    assert [data[0] for data in bars.customdata] == [17, 4, 9]
    assert "<b>" not in bars.customdata[0][1]
    low, high = figure.layout.xaxis.range
    assert low < -1.5 and high > 3
    assert figure.layout.yaxis.ticktext[1].startswith("<b>&lt;b&gt;")
    assert figure.layout.clickmode == "event+select"


@pytest.mark.parametrize("values", [[0.0], [1.0, 2.0], [-1.0, -3.0]])
def test_bars_of_one_sign_begin_at_0(values):
    figure = drawn(signed_bars_figure(NAMES[: len(values)], values, "Sum", faint=1))
    low, high = figure.layout.xaxis.range
    assert low <= 0 <= high and low < high
    assert figure.layout.clickmode is None and figure.data[0].marker.opacity[-1] < 0.9
