"""Strokes from the canvas and from strokes files, and how little harm bad strokes can do."""

import json
from copy import deepcopy

import numpy as np
import pytest

from fvapp.bench.drawings import stroke_to_canvas_path
from fvapp.core.errors import StrokesError
from fvapp.core.preparation import (
    Strokes,
    parse_canvas,
    parse_strokes_file,
    prepare_drawing_or_photo,
)
from refusal import refused

# The strokes of a seven: the main stroke, its bar, and a dot.
SEVEN = [[60, 50], [125, 57.5], [190, 55], [180, 100], [120, 230]]
BAR = [[100, 140], [200, 140]]
DOT = [[50, 250]]


def canvas(*strokes: object, pens: object = None) -> list[object]:
    """Return strokes in the canvas's format."""
    widths = [20] * len(strokes) if pens is None else pens
    return [stroke_to_canvas_path(points, pen) for points, pen in zip(strokes, widths, strict=True)]


def file(*drawings: object) -> bytes:
    return json.dumps(list(drawings)).encode()


def test_every_stroke_is_read_where_it_was_drawn_and_the_data_sent_stay_unchanged():
    drawing = parse_canvas(canvas(SEVEN, BAR, DOT))
    assert (drawing.pen_width, drawing.canvas_side) == (20, 280)
    for stroke, points in zip(drawing.strokes, [SEVEN, BAR, DOT * 2], strict=True):
        assert stroke == pytest.approx(np.array(points))
    data = canvas(SEVEN, BAR)
    before = deepcopy(data)
    parse_canvas(data)
    assert data == before


def test_strokes_are_cut_at_the_edge_of_the_canvas():
    leaves = [[10, 10], [20, 10], [300, 10], [300, 50], [270, 50], [260, 50]]
    drawing = parse_canvas(canvas(leaves, [[-9, -9], [-5, -9]]))
    assert [stroke.tolist() for stroke in drawing.strokes] == [
        [[10, 10], [20, 10], [280, 10]],
        [[270, 50], [260, 50]],
    ]
    assert parse_canvas(canvas([[-9, -9], [-5, -9]])) is None


def test_each_stroke_has_the_width_it_was_drawn_with():
    drawing = parse_canvas(canvas(SEVEN, BAR, DOT, pens=[12, 30, 30]))
    assert drawing.pen_widths == pytest.approx((12, 30, 30))
    shirt = [[[140, 40], [140, 240]], [[60, 100], [220, 100]]]

    def ink(*pens: float) -> int:
        image = prepare_drawing_or_photo(
            parse_canvas(canvas(*shirt, pens=list(pens))), "fashion_mnist", {"box", "centre"}
        ).image
        return int(image.astype(int).sum())

    assert ink(16, 16) < ink(16, 50) < ink(50, 50)


def test_an_empty_canvas_is_no_drawing():
    assert parse_canvas(None) is None and parse_canvas(canvas()) is None
    for nothing in ({"strokes": []}, {"strokes": [[], []]}):
        (error,) = parse_strokes_file(file(nothing))
        assert error.code == "blank_drawing"


PATH = stroke_to_canvas_path(BAR, 20)
COMMANDS = ("text", {}, [], [1], [[]], [["M"]], [["M", 1]], [["C", 1, 2]], [[[], 1, 2]])
POINTS = (["0", "0"], [True, 0], [float("nan"), 0], [float("inf"), 0], [1e300, 0], [10**400, 0])


@pytest.mark.parametrize(
    "data",
    [
        "text",
        {"objects": [PATH]},
        ["text"],
        [PATH, {}],
        [PATH, None],
        [{"path": PATH["path"]}],
        *([PATH | {"path": commands}] for commands in COMMANDS),
        *([PATH | {"path": [["M", *point]]}] for point in POINTS),
        *([PATH | {"strokeWidth": width}] for width in ("60", 0, -1, 1121, float("nan"), None)),
    ],
    ids=lambda value: repr(value)[-40:],
)
def test_data_that_is_not_a_canvas_drawing_is_refused(data):
    with pytest.raises(StrokesError) as refused:
        parse_canvas(data)
    assert refused.value.code == "bad_strokes"


def test_more_strokes_or_points_than_allowed_are_refused():
    assert len(parse_canvas(canvas(*[BAR] * 200)).strokes) == 200
    with refused("too_many_strokes"):
        parse_canvas(canvas(*[BAR] * 201))
    long = [[i % 280, 5] for i in range(30_000)]
    with refused("too_many_points"):
        parse_canvas(canvas(long))
    with refused("too_many_points"):
        parse_canvas(canvas(*[long[:4_000]] * 20))
    (points,) = parse_strokes_file(file({"strokes": [[[1, 2]] * 20_001]}))
    (strokes,) = parse_strokes_file(file({"strokes": [[[1, 2]]] * 201}))
    assert (points.code, strokes.code) == ("too_many_points", "too_many_strokes")
    (most,) = parse_strokes_file(file({"strokes": [[[1, 2]] * 10_000] * 2}))
    assert isinstance(most, Strokes)


def test_a_strokes_file_holds_one_drawing_or_many():
    one = {
        "strokes": [[[10, 20], [30, 40]], [[5, 5]]],
        "pen": 12,
        "size": 100,
        "label": 7,
        "writer": "ignored",
    }
    for data in (json.dumps(one).encode(), file(one)):
        (drawing,) = parse_strokes_file(data)
        assert (drawing.pen_width, drawing.canvas_side) == (12, 100)
        assert [stroke.tolist() for stroke in drawing.strokes] == one["strokes"]
    assert len(parse_strokes_file(file(one, one, one))) == 3 and parse_strokes_file(b"[]") == []


def test_pen_and_size_of_a_strokes_file_may_be_missing():
    (drawing,) = parse_strokes_file(file({"strokes": [[[0, 0], [450, 300]]]}))
    assert drawing.canvas_side >= 450 and 0 < drawing.pen_width < drawing.canvas_side / 4
    (same,) = parse_strokes_file(
        file({"strokes": [[[0, 0], [450, 300]]], "pen": None, "size": None})
    )
    assert (same.pen_width, same.canvas_side) == (drawing.pen_width, drawing.canvas_side)


@pytest.mark.parametrize(
    "bad",
    [
        5,
        {"strokes": [[5]]},
        {"strokes": [[[float("nan"), 2]]]},
        *({"strokes": [[[1, 2]]], "size": size, "pen": size} for size in (0, 5e-324, 1e-300)),
    ],
    ids=lambda value: repr(value)[-40:],
)
def test_a_bad_drawing_is_a_line_of_its_own_and_the_others_stay_good(bad):
    good = {"strokes": [[[1, 2], [3, 4]]]}
    first, middle, last = parse_strokes_file(file(good, bad, good))
    assert isinstance(first, Strokes) and isinstance(last, Strokes)
    assert middle.code == "bad_strokes"


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":' * 100_000, b"9" * 10_000], ids=len
)
def test_a_file_that_is_not_json_is_refused_as_a_whole(data):
    with refused("bad_strokes_file"):
        parse_strokes_file(data)


def test_a_strokes_file_of_more_bytes_than_allowed_is_not_even_read():
    with refused("strokes_file_too_large"):
        parse_strokes_file(b"[" + b" " * 30_000_000 + b"]")
