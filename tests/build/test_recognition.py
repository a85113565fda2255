"""The command that measures how drawings are read."""

import json

import pytest

from fvapp.__main__ import main

STROKES = {1: [[[250, 60], [250, 440]]], 7: [[[120, 80], [380, 80], [220, 430]]]}


@pytest.mark.slow
def test_every_drawing_of_a_folder_is_answered_and_both_test_sets_are(tmp_path, capsys):
    digits = [{"label": label, "writer": 0, "strokes": strokes} for label, strokes in STROKES.items()]
    (tmp_path / "pen_digits_check.json").write_text(json.dumps(digits))
    main(["build", "recognition", str(tmp_path), "--epochs", "0", "--bitmaps", "2", "--json"])
    said = json.loads(capsys.readouterr().out)
    found = {measure["measure"]: measure["ours"] for measure in said["measures"]}
    assert found["pen digits of other writers, as strokes (of 2)"] == 100
    assert found["mnist, test images (of 10000)"] > 99 and found["fashion_mnist, test images (of 10000)"] > 92
