import gzip
import hashlib
import json
import lzma
from io import BytesIO

import numpy as np
import pytest

from fvapp.__main__ import main
from fvapp.build import data


def build(*arguments) -> int:
    return main(["build", "data", *map(str, arguments), "--lang", "en"])


@pytest.fixture
def published(tmp_path, monkeypatch):
    """Return a folder with the four files of a small data set, in MNIST's published format."""
    random = np.random.default_rng(1)
    folder = tmp_path / "source"
    checksums = {}
    folder.mkdir()
    for array, name in data.IDX_FILES.items():
        shape = (7, 28, 28) if array.startswith("x") else (7,)
        content = (
            bytes([0, 0, 8, len(shape)])
            + np.array(shape, ">i4").tobytes()
            + random.bytes(np.prod(shape))
        )
        (folder / name).write_bytes(content)
        checksums[array] = hashlib.sha256(content).hexdigest()
    monkeypatch.setitem(data.PUBLISHED, "mnist", checksums)
    return folder


def pixels(folder):
    return np.frombuffer((folder / data.IDX_FILES["x_test"]).read_bytes()[16:], np.uint8).reshape(
        7, 28, 28
    )


@pytest.mark.parametrize("packed", [False, True])
def test_the_idx_files_become_arrays_with_a_manifest(packed, published, tmp_path):
    images = pixels(published)
    out = tmp_path / "out"
    for file in list(published.iterdir()) if packed else ():
        published.joinpath(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    assert build(published, "--into", out) == 0
    assert np.array_equal(
        np.load(BytesIO(lzma.decompress((out / "mnist" / "x_test.npy.xz").read_bytes()))), images
    )
    manifest = json.loads((out / "mnist" / "manifest.json").read_text())
    assert manifest["x_train"]["shape"] == [7, 28, 28]


@pytest.mark.parametrize("file", data.IDX_FILES.values())
@pytest.mark.parametrize(
    "damage", ["one byte", "half", "empty", "missing", "no gzip", "half a gzip"]
)
def test_a_file_that_was_not_published_is_one_sentence_and_status_2(
    file, damage, published, tmp_path, capsys
):
    content = (published / file).read_bytes()
    if damage == "missing":
        (published / file).unlink()
    elif damage == "no gzip":
        (published / f"{file}.gz").write_bytes(content)
    elif damage == "half a gzip":
        (published / f"{file}.gz").write_bytes(gzip.compress(content)[: len(content) // 2])
    else:
        damaged = {
            "one byte": content[:-1] + bytes([content[-1] ^ 1]),
            "half": content[: len(content) // 2],
        }
        (published / file).write_bytes(damaged.get(damage, b""))
    assert build(published, "--into", tmp_path / "out") == 2
    (sentence,) = capsys.readouterr().err.splitlines()
    assert file in sentence
    assert not (tmp_path / "out").exists()
