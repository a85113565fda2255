"""Forged canvas messages: the page shows at most an error, logs no traceback, and still works."""

import json

from streamlit.proto.WidgetStates_pb2 import WidgetState

from fvapp.bench.page_visitor import CANVAS, PageVisitor
from visitor import EN, aside

PATH = {"type": "Path", "strokeWidth": 80, "path": [["M", 100, 100], ["L", 300, 900]]}
FORGED = {
    "a text for the drawing": {"drawing": "text"},
    "a list for the drawing": {"drawing": [1]},
    "a text for the library's words": {"drawing": {"raw": "text", "data": None}},
    "objects that are no list": {"drawing": {"raw": {"objects": {"0": PATH}}, "data": None}},
    "not finite": {
        "drawing": {
            "raw": {"objects": [PATH | {"path": [["M", float("nan"), 1e999]]}]},
            "data": None,
        }
    },
    "too many points": {
        "drawing": {"raw": {"objects": [PATH | {"path": [["M", 1, 1]] * 30_000}]}, "data": None}
    },
    "2 MB": {"drawing": {"raw": {"objects": [PATH | {"note": "x" * 2_000_000}] * 1}, "data": "y"}},
    "a text for the background": {
        "drawing": {"raw": {"objects": [PATH]}, "data": None},
        "backgroundFit": "text",
    },
}


@aside
async def test_what_no_canvas_sends_is_a_sentence_or_nothing_and_the_page_goes_on(server):
    read = len(server.log.read_text(errors="replace"))
    visitor = PageVisitor(server.url)
    await visitor.open("draw", "dataset=mnist")
    sentences = [
        EN("errors.bad_strokes"),
        EN("errors.too_many_points", most="20,000"),
        EN("errors.value_not_understood"),
    ]
    for kind, value in FORGED.items():
        await visitor.send_from_canvas(value)
        text = visitor.text().replace("\\", "")  # removes the backslashes that escape Markdown
        assert kind in ("2 MB", "a text for the background") or any(
            each in text for each in sentences
        ), (kind, text)
        await visitor.draw({"objects": [PATH]})
        assert not any(each in visitor.text() for each in sentences), kind
    late, _ = visitor._find_component(CANVAS)
    await visitor.press("random_image")
    drawing = json.dumps({"drawing": {"raw": {"objects": [PATH]}, "data": None}})
    # This drawing was on its way to the server when the random image replaced the canvas.
    await visitor._run_script([WidgetState(id=late.id, json_value=drawing)], "")
    assert visitor.has("back_to_drawing")
    await visitor.close()
    assert "Traceback" not in server.log.read_text(errors="replace")[read:]
