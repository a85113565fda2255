"""The benchmark of image files: what became of each, what it cost, and what to say where there is nothing."""

from __future__ import annotations

import json

import numpy as np
from PIL import Image

from core.image_files import encode, image_files
from fvapp.__main__ import main
from fvapp.bench.images import measure_file
from fvapp.i18n import Translator

ENGLISH = Translator("en")


def test_each_file_is_a_picture_or_a_sentence_with_its_time_and_memory(tmp_path, capsys):
    digit = np.full((60, 60), 255, np.uint8)
    digit[10:50, 26:34] = 0
    (tmp_path / "one.png").write_bytes(encode(Image.fromarray(digit), "PNG"))
    (tmp_path / "two.txt").write_bytes(image_files()["PNG that claims 4 billion pixels"].data)
    (tmp_path / "not a file").mkdir()
    assert main(["bench", "images", str(tmp_path), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [measure["verdict"] for measure in report["measures"]] == ["must"] * 3
    one, two = report["measures"][0]["files"]
    assert (one["file"], one["became"], one["detail"]) == ("one.png", "picture", "60 x 60")
    assert (two["file"], two["became"]) == ("two.txt", "sentence")
    assert two["detail"] == ENGLISH("errors.image_too_many_pixels", most="12.5")
    assert all(file["seconds"] >= 0 and file["megabytes"] >= 0 for file in (one, two))


def test_a_process_that_fails_is_neither_picture_nor_sentence(tmp_path):
    outcome = measure_file(tmp_path / "gone.png", ENGLISH)
    assert outcome.became == "nothing"
    assert "gone.png" in outcome.detail


def test_a_folder_without_files_is_one_sentence(tmp_path, capsys):
    for folder in (tmp_path, tmp_path / "gone"):
        assert main(["bench", "images", str(folder)]) == 2
        assert capsys.readouterr().err == f"There are no files in {folder}.\n"
