"""Strokes: what the canvas sends and what a strokes file holds, and how little a bad one can do."""

from __future__ import annotations

import json
from copy import deepcopy

import numpy as np
import pytest

from fvapp.core.errors import StrokesError
from fvapp.core.preparation import Strokes, parse_canvas, parse_strokes_file

# Drawn with the mouse on the real component (its Fabric.js is 7.4.0): a seven, its bar, and a dot. Fields that only say
# how it looks are left out.
SEVEN = {
    "type": "Path",
    "originX": "center",
    "originY": "center",
    "left": 128.1138,
    "top": 140,
    "width": 136.2675,
    "height": 180.04,
    "stroke": "#000000",
    "strokeWidth": 20,
    "scaleX": 1,
    "scaleY": 1,
    "angle": 0,
    "path": [
        ["M", 59.98, 49.98],
        ["Q", 60, 50, 80, 52.5],
        ["Q", 100, 55, 125, 57.5],
        ["Q", 150, 60, 175, 55],
        ["Q", 200, 50, 190, 75],
        ["Q", 180, 100, 150, 165],
        ["L", 119.98, 230.02],
    ],
}
BAR = SEVEN | {
    "left": 150,
    "width": 100.04,
    "height": 0,
    "path": [["M", 99.98, 140], ["Q", 100, 140, 150, 140], ["L", 200.02, 140]],
}
DOT = SEVEN | {"left": 50, "top": 250, "width": 0.04, "height": 0, "path": [["M", 49.98, 250], ["L", 50.02, 250]]}


def canvas(*objects: object) -> dict[str, object]:
    return {"version": "7.4.0", "objects": list(objects), "background": ""}


def file(*drawings: object) -> bytes:
    return json.dumps(list(drawings)).encode()


def test_the_canvas_gives_every_stroke_where_it_was_drawn():
    drawing = parse_canvas(canvas(SEVEN, BAR, DOT))
    assert (len(drawing.strokes), drawing.pen, drawing.size) == (3, 20, 280)
    seven, bar, dot = drawing.strokes
    for command in SEVEN["path"]:
        assert np.abs(seven - command[-2:]).sum(axis=1).min() < 0.01, "the end of every curve is on the stroke"
    assert np.allclose(bar[[0, -1]], [(99.98, 140), (200.02, 140)], atol=0.1)
    assert np.allclose(dot.mean(axis=0), (50, 250), atol=0.1)


def test_a_curve_is_followed_and_not_cut_short():
    around = SEVEN | {
        "path": [["M", 0, 0], ["Q", 100, 0, 100, 100]],
        "left": 50,
        "top": 50,
        "width": 100,
        "height": 100,
    }
    (stroke,) = parse_canvas(canvas(around)).strokes
    middle = np.array([75, 25])  # of a quadratic Bezier curve: a quarter of both ends, half of the control point
    assert np.abs(stroke - middle).sum(axis=1).min() < 1


@pytest.mark.parametrize("origin", ["center", "left"])
def test_a_stroke_that_was_moved_turned_and_scaled_is_where_the_visitor_sees_it(origin):
    edited = BAR | {"left": 150, "top": 100, "scaleX": 0.5, "scaleY": 1.5, "angle": 30}
    turn = np.array([np.cos(np.radians(30)), np.sin(np.radians(30))])
    expected = np.array([[150, 100] - 25.01 * turn, [150, 100] + 25.01 * turn])
    if origin == "left":
        # Of the outer box, whose sides are (width + pen) * scale: 60.02 and 30.
        corner = np.array([150, 100]) - 30.01 * turn - 15 * np.array([-turn[1], turn[0]])
        edited |= {"originX": "left", "originY": "top", "left": corner[0], "top": corner[1]}
    (stroke,) = parse_canvas(canvas(edited)).strokes
    assert np.allclose(stroke[[0, -1]], expected, atol=0.1)


def test_a_curve_as_good_as_straight_is_placed_without_a_warning():
    nearly = BAR | {"path": [["M", 0, 0], ["Q", 5e-324, 1e-300, -100, -100]]}
    (stroke,) = parse_canvas(canvas(nearly)).strokes
    assert np.isfinite(stroke).all()


def test_a_stroke_that_was_mirrored_is_mirrored_in_its_own_bounds():
    (stroke,) = parse_canvas(canvas(SEVEN)).strokes
    (across,) = parse_canvas(canvas(SEVEN | {"flipX": True})).strokes
    (down,) = parse_canvas(canvas(SEVEN | {"flipY": True})).strokes
    assert np.allclose(across, [2 * SEVEN["left"], 0] + stroke * [-1, 1])
    assert np.allclose(down, [0, 2 * SEVEN["top"]] + stroke * [1, -1])


def test_an_empty_canvas_is_no_drawing():
    assert parse_canvas(None) is None
    assert parse_canvas(canvas()) is None


def spoiled(**changes: object) -> dict[str, object]:
    return canvas(SEVEN, BAR | changes)


@pytest.mark.parametrize(
    "data",
    [
        "text",
        [],
        {"objects": "text"},
        {"objects": {"0": SEVEN}},
        canvas("text"),
        canvas({}),
        canvas(None),
        spoiled(path=[]),
        spoiled(path="M 0 0"),
        spoiled(path=[["M", 0]]),
        spoiled(path=[["Q", 1, 1, 2, 2]]),
        spoiled(path=[["M", 0, 0], ["C", 1, 1, 2, 2, 3, 3]]),
        spoiled(path=[["M", float("nan"), 0], ["L", 1, 1]]),
        spoiled(path=[["M", float("inf"), 0], ["L", 1, 1]]),
        spoiled(path=[["M", 1e300, 0], ["L", 1, 1]]),
        spoiled(path=[["M", 10**400, 0], ["L", 1, 1]]),
        spoiled(path=[["M", True, 0], ["L", 1, 1]]),
        spoiled(path=[["M", "0", "0"], ["L", 1, 1]]),
        spoiled(left=float("nan")),
        spoiled(scaleX=None),
        spoiled(strokeWidth="wide"),
        spoiled(strokeWidth=float("-inf")),
        spoiled(originX=[]),
        spoiled(originY={}),
        spoiled(originX="middle"),
        spoiled(originX="top"),
        spoiled(originY=None),
    ],
    ids=lambda value: repr(value)[-40:],
)
def test_what_is_no_drawing_of_the_canvas_is_refused(data):
    with pytest.raises(StrokesError) as refused:
        parse_canvas(data)
    assert refused.value.code == "bad_strokes"


def test_more_strokes_or_points_than_allowed_are_refused():
    assert len(parse_canvas(canvas(*[BAR] * 200)).strokes) == 200
    with pytest.raises(StrokesError, match="too_many_strokes"):
        parse_canvas(canvas(*[BAR] * 201))
    long = [["M", 0, 0]] + [["L", i % 280, 5] for i in range(30_000)]
    with pytest.raises(StrokesError, match="too_many_points"):
        parse_canvas(canvas(BAR | {"path": long}))
    with pytest.raises(StrokesError, match="too_many_points"):
        parse_canvas(canvas(*[BAR | {"path": long[:4_000]}] * 20))
    (points,) = parse_strokes_file(file({"strokes": [[[1, 2]] * 20_001]}))
    (strokes,) = parse_strokes_file(file({"strokes": [[[1, 2]]] * 201}))
    assert (points.code, strokes.code) == ("too_many_points", "too_many_strokes")
    (most,) = parse_strokes_file(file({"strokes": [[[1, 2]] * 10_000] * 2}))
    assert isinstance(most, Strokes)


def test_reading_changes_nothing_of_what_was_sent():
    data = canvas(SEVEN, BAR)
    before = deepcopy(data)
    parse_canvas(data)
    assert data == before


def test_a_strokes_file_holds_one_drawing_or_many():
    one = {"strokes": [[[10, 20], [30, 40]], [[5, 5]]], "pen": 12, "size": 100, "label": 7, "writer": "ignored"}
    for data in (json.dumps(one).encode(), file(one)):
        (drawing,) = parse_strokes_file(data)
        assert (drawing.pen, drawing.size) == (12, 100)
        assert [stroke.tolist() for stroke in drawing.strokes] == one["strokes"]
    assert len(parse_strokes_file(file(one, one, one))) == 3
    assert parse_strokes_file(b"[]") == []


def test_pen_and_size_of_a_strokes_file_may_be_missing():
    (drawing,) = parse_strokes_file(file({"strokes": [[[0, 0], [450, 300]]]}))
    assert drawing.size >= 450
    assert 0 < drawing.pen < drawing.size / 4
    (same,) = parse_strokes_file(file({"strokes": [[[0, 0], [450, 300]]], "pen": None, "size": None}))
    assert (same.pen, same.size) == (drawing.pen, drawing.size)


@pytest.mark.parametrize(
    "bad",
    [
        5,
        None,
        {},
        {"strokes": 5},
        {"strokes": [5]},
        {"strokes": [[5]]},
        {"strokes": [[[1]]]},
        {"strokes": [[[1, 2, 3]]]},
        {"strokes": [[["1", "2"]]]},
        {"strokes": [[[float("nan"), 2]]]},
        {"strokes": [[[1, float("-inf")]]]},
        {"strokes": [[[1, 2]]], "pen": 0},
        {"strokes": [[[1, 2]]], "pen": -1},
        {"strokes": [[[1, 2]]], "pen": "wide"},
        {"strokes": [[[1, 2]]], "size": 0},
        {"strokes": [[[1, 2]]], "size": float("nan")},
        {"strokes": [[[1, 2]]], "size": 5e-324},
        {"strokes": [[[1, 2]]], "size": 1e-300, "pen": 1e-300},
    ],
    ids=lambda value: repr(value)[-40:],
)
def test_a_bad_drawing_is_a_line_of_its_own_and_the_others_stay_good(bad):
    good = {"strokes": [[[1, 2], [3, 4]]]}
    first, middle, last = parse_strokes_file(file(good, bad, good))
    assert isinstance(first, Strokes) and isinstance(last, Strokes)
    assert middle.code == "bad_strokes"


def test_a_drawing_without_a_point_is_blank():
    for nothing in ({"strokes": []}, {"strokes": [[], []]}):
        (error,) = parse_strokes_file(file(nothing))
        assert error.code == "blank_drawing"


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":' * 100_000, b"9" * 10_000], ids=len
)
def test_what_is_no_json_is_refused_as_a_whole(data):
    with pytest.raises(StrokesError, match="bad_strokes_file"):
        parse_strokes_file(data)


def test_a_strokes_file_of_more_bytes_than_allowed_is_not_even_read():
    with pytest.raises(StrokesError, match="strokes_file_too_large"):
        parse_strokes_file(b"[" + b" " * 30_000_000 + b"]")
