import argparse
import gzip
import json
import lzma
from io import BytesIO

import numpy as np
import pytest

from fvapp.build import data
from fvapp.i18n import Translator


def build(*arguments) -> int:
    parser = argparse.ArgumentParser()
    data.add_arguments(parser)
    return data.run(parser.parse_args(list(map(str, arguments))), Translator("en"))


def write_idx(file, array):
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    file.write_bytes(gzip.compress(header + array.tobytes()))


def unpack(folder, name, array):
    return np.load(BytesIO(lzma.decompress((folder / name / f"{array}.npy.xz").read_bytes())))


def test_the_idx_files_become_arrays_and_an_entry_of_the_manifest(tmp_path):
    random = np.random.default_rng(1)
    images, labels = random.integers(0, 256, (7, 28, 28), np.uint8), random.integers(0, 10, 7, np.uint8)
    for part in ("train", "t10k"):
        write_idx(tmp_path / f"{part}-images-idx3-ubyte.gz", images)
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte.gz", labels)
    assert build(tmp_path, "--into", tmp_path / "out") == 0
    assert np.array_equal(unpack(tmp_path / "out", "fashion_mnist", "x_test"), images)
    assert np.array_equal(unpack(tmp_path / "out", "fashion_mnist", "y_train"), labels)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["fashion_mnist"]["x_train"]["shape"] == [7, 28, 28]


def test_the_five_thousand_digits_are_dealt_out_evenly_and_none_is_lost(tmp_path):
    rows = np.zeros((5_000, 785), int)
    rows[:, 0], rows[:, 1] = np.arange(5_000) % 250, np.arange(5_000) // 250  # tells the rows apart
    rows[:, -1] = np.repeat(np.arange(10), 500)
    lines = "\n".join(",".join(map(str, row)) for row in rows.tolist())
    (tmp_path / "digits.csv.gz").write_bytes(gzip.compress(lines.encode(), 1))
    assert build(tmp_path / "digits.csv.gz", "--into", tmp_path) == 0
    labels = unpack(tmp_path, "mnist", "y_train"), unpack(tmp_path, "mnist", "y_test")
    assert [len(part) for part in labels] == [4_000, 1_000]
    assert all(np.array_equal(part, np.arange(len(part)) % 10) for part in labels)
    images = np.concatenate([unpack(tmp_path, "mnist", "x_train"), unpack(tmp_path, "mnist", "x_test")])
    assert len({image.tobytes() for image in images}) == 5_000


@pytest.mark.parametrize(
    "content", [b"", b"no gzip", gzip.compress(b"\0\0\x08\x01\0\0\0\x05abc"), gzip.compress(b"1,2\n")]
)
def test_a_source_that_is_something_else_is_one_sentence_and_status_2(content, tmp_path, capsys):
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(content)
    (tmp_path / "digits.csv.gz").write_bytes(content)
    for source in (tmp_path, tmp_path / "digits.csv.gz", tmp_path / "not there.gz"):
        assert build(source, "--into", tmp_path / "out") == 2
        assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "out" / "manifest.json").exists()
