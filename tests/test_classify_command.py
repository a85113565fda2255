"""``classify`` as a user calls it: with images, strokes, bad files, and files without a network."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fvapp.__main__ import main
from fvapp.core.preparation import load_image, prepare_drawing_or_photo
from fvapp.core.runs import RunResult
from fvapp.core.settings import RunSettings
from fvapp.learn.build import build_model, export_keras_file

ONE = {
    "strokes": [[[140, 40], [140, 240]]],
    "pen": 20,
    "size": 280,
    "writer": "unknown names are passed over",
}
SEVEN = {"strokes": [[[60, 50], [220, 50], [120, 240]]]}
ZERO = {
    "strokes": [
        [[140 + 60 * np.cos(a), 140 + 90 * np.sin(a)] for a in np.linspace(0, 2 * np.pi, 40)]
    ]
}


@pytest.fixture
def picture(tmp_path):
    """Return the path of a picture of a seven, dark on light."""
    image = Image.new("L", (280, 280), 255)
    ImageDraw.Draw(image).line([(60, 50), (220, 50), (120, 240)], fill=0, width=24)
    image.save(tmp_path / "seven.png")
    return tmp_path / "seven.png"


def classify(capsys, *words) -> list[dict]:
    assert main(["classify", "--json", *map(str, words)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_strokes_and_pictures_are_answered_by_the_network_that_ships(tmp_path, picture, capsys):
    drawings = tmp_path / "drawings.json"
    drawings.write_text(json.dumps([ONE, SEVEN, ZERO]))
    single = tmp_path / "single.json"
    single.write_text(json.dumps(ONE))
    lines = classify(capsys, "--model", "mnist", drawings, picture, single)
    places = [(drawings, 0), (drawings, 1), (drawings, 2), (picture, 0), (single, 0)]
    assert [(line["file"], line["index"]) for line in lines] == [
        (str(file), index) for file, index in places
    ]
    assert [line["label"] for line in lines] == [1, 7, 0, 7, 1]
    for line in lines:
        shares = line["probabilities"]
        assert line["answer"] == str(line["label"]) and line["sure"] is True
        assert len(shares) == 10 and sum(shares) == pytest.approx(1)
        assert shares[line["label"]] == max(shares)


def test_a_bad_file_or_drawing_is_a_line_and_the_others_go_on(tmp_path, picture, capsys):
    (tmp_path / "text.png").write_text("this is no picture")
    (tmp_path / "broken.json").write_text('{"strokes": [[[1, 2')
    mixed = [ONE, {"strokes": []}, {"strokes": "no"}, SEVEN]
    (tmp_path / "mixed.json").write_text(json.dumps(mixed))
    Image.new("L", (50, 50), 255).save(tmp_path / "blank.png")
    names = ["text.png", "broken.json", "mixed.json", "blank.png", "missing.png"]
    lines = classify(capsys, "--model", "mnist", *(tmp_path / name for name in names), picture)
    assert [line["index"] for line in lines] == [0, 0, 0, 1, 2, 3, 0, 0, 0]
    assert [place for place, line in enumerate(lines) if "error" not in line] == [2, 5, 8]
    errors = [line["error"] for line in lines if "error" in line]
    assert all(error.endswith(".") and "\n" not in error for error in errors)


def test_a_run_of_ones_own_answers_as_stock_keras_does(tmp_path, picture, capsys):
    settings = RunSettings(dataset="mnist", hidden=(12,), normalisation=False, output_units=14)
    model = build_model(settings)
    model.layers[-1].bias.assign(2_000.0 * (np.arange(14) == 13))
    run = tmp_path / "run"
    run.mkdir()
    (run / "settings.json").write_text(json.dumps(settings.to_json()))
    (run / "model.keras").write_bytes(export_keras_file(settings, model.get_weights()))
    (line,) = classify(capsys, "--model", run, picture)
    image = prepare_drawing_or_photo(load_image(picture.read_bytes()), "mnist").image
    expected = model.predict(image[None].astype(float), verbose=0)[0]
    assert (line["label"], line["answer"]) == (13, "13")
    assert np.allclose(line["probabilities"], expected, atol=1e-5)

    result = asdict(RunResult(1.0, 0.5, 1.0, temperature=1000.0))
    (run / "history.json").write_text(json.dumps({"result": result}))
    (line,) = classify(capsys, "--model", run, picture)
    assert max(line["probabilities"]) < max(expected) and line["sure"] is False


def test_clothes_are_named(tmp_path, capsys):
    trousers = [(60, 10), (140, 10), (150, 190), (110, 190), (100, 60), (90, 190), (50, 190)]
    image = Image.new("L", (200, 200), 255)
    ImageDraw.Draw(image).polygon(trousers, fill=60)
    path = tmp_path / "trousers.png"
    image.save(path)
    (line,) = classify(capsys, "--model", "fashion_mnist", path)
    assert (line["label"], line["answer"]) == (1, "Trousers")


def test_without_json_it_is_a_sentence_in_the_language_asked_for(
    tmp_path, picture, capsys, language
):
    files = (str(picture), str(tmp_path / "missing.png"))
    assert main(["classify", "--lang", language, "--model", "mnist", *files]) == 0
    good, bad = capsys.readouterr().out.splitlines()
    assert good.startswith(str(picture)) and "%" in good
    assert "missing.png" in bad


@pytest.mark.parametrize("content", [None, "{}", "nonsense", '{"hidden": "many"}'])
def test_a_folder_without_a_usable_network_is_one_sentence_and_status_2(
    tmp_path, picture, capsys, content
):
    if content is not None:
        (tmp_path / "settings.json").write_text(content)
        (tmp_path / "model.keras").write_bytes(b"no model")
    assert main(["classify", "--model", str(tmp_path), str(picture)]) == 2
    output = capsys.readouterr()
    assert output.out == "" and len(output.err.strip().splitlines()) == 1
