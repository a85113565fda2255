import json
import os
import shutil
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from fvapp.core.datasets import DATASETS, describe_dataset, load_dataset, split_validation, training_arrays
from fvapp.core.errors import DatasetError, SettingsError
from fvapp.core.places import Places
from fvapp.i18n import Translator, languages

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return Places(tmp_path_factory.mktemp("home"))


def write_npz(folder, train=40, test=20, **changes):
    """Write a small, valid ``mnist.npz``, but for `changes`; None leaves an array out."""
    random = np.random.default_rng(1)
    arrays = {
        "x_train": random.integers(0, 256, (train, 28, 28), np.uint8),
        "y_train": random.integers(0, 10, train, np.uint8),
        "x_test": random.integers(0, 256, (test, 28, 28), np.uint8),
        "y_test": random.integers(0, 10, test, np.uint8),
    } | changes
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "mnist.npz", **{name: array for name, array in arrays.items() if array is not None})
    return arrays


def test_fashion_mnist_is_complete_and_is_fashion_mnist(shared):
    data = load_dataset("fashion_mnist", shared)
    assert data.source == "shipped" and describe_dataset("fashion_mnist", shared).complete
    assert data.x_train.shape == (60_000, 28, 28) and data.x_test.shape == (10_000, 28, 28)
    assert {array.dtype for array in (data.x_train, data.y_train, data.x_test, data.y_test)} == {np.dtype(np.uint8)}
    assert np.bincount(data.y_train).tolist() == [6_000] * 10 and np.bincount(data.y_test).tolist() == [1_000] * 10
    # First labels and the mean and deviation of all training pixels, as published in many tutorials.
    assert data.y_train[:5].tolist() == [9, 0, 0, 3, 0] and data.y_test[:5].tolist() == [9, 2, 1, 1, 6]
    assert data.x_train.mean() / 255 == pytest.approx(0.2860, abs=5e-5)
    assert data.x_train.std() / 255 == pytest.approx(0.3530, abs=5e-5)


def test_the_starter_mnist_has_every_digit_equally_often_in_every_part_of_it(shared):
    data = load_dataset("mnist", shared)
    assert data.source == "starter" and not describe_dataset("mnist", shared).complete
    assert data.x_train.shape == (4_000, 28, 28) and data.x_test.shape == (1_000, 28, 28)
    parts = (data.y_train[:1_000], data.y_train[-400:], data.y_train, data.y_test)
    assert all(len(set(np.bincount(part).tolist())) == 1 and part.max() == 9 for part in parts)
    assert data.x_train.max() == 255 and data.x_train.dtype == np.uint8


@pytest.mark.parametrize("name", DATASETS)
def test_no_test_image_is_among_the_training_images(name, shared):
    data = load_dataset(name, shared)
    train = {image.tobytes() for image in data.x_train}
    assert len(train) == len(data.x_train)
    assert not any(image.tobytes() in train for image in data.x_test)


@pytest.mark.parametrize("name", DATASETS)
def test_the_summary_says_what_loading_gives(name, shared):
    summary, data = describe_dataset(name, shared), load_dataset(name, shared)
    assert (summary.source, summary.train_images, summary.test_images) == (
        data.source,
        len(data.x_train),
        len(data.x_test),
    )


def test_the_summary_unpacks_nothing(tmp_path):
    describe_dataset("fashion_mnist", Places(tmp_path))
    assert not list(tmp_path.iterdir())


def test_loaded_arrays_are_mapped_and_cannot_be_changed(shared):
    data = load_dataset("mnist", shared)
    assert isinstance(data.x_train, np.memmap) and not data.in_memory
    with pytest.raises(ValueError):
        data.x_train[0, 0, 0] = 1


@pytest.mark.parametrize("damage", ["flip", "truncate", "empty", "remove", "no checksums"])
def test_a_damaged_cache_is_noticed_and_unpacked_anew(damage, tmp_path):
    places = Places(tmp_path)
    before = load_dataset("mnist", places)
    image = np.array(before.x_train[17])
    del before
    (file,) = places.cache.glob("mnist-*/x_train.npy")
    content = bytearray(file.read_bytes())
    if damage == "flip":
        content[128 + 17 * 784 + 300] ^= 0xFF
        file.write_bytes(content)
    elif damage == "no checksums":
        (file.parent / "checksums.json").write_text("[]")
    elif damage == "remove":
        file.unlink()
    else:
        file.write_bytes(content[: len(content) // 2] if damage == "truncate" else b"")
    after = load_dataset("mnist", places)
    assert np.array_equal(after.x_train[17], image) and not after.in_memory


def test_many_who_load_at_once_all_get_whole_arrays_and_leave_no_temporary_files(tmp_path):
    code = (
        "import sys; from pathlib import Path; from fvapp.core.datasets import load_dataset; "
        "from fvapp.core.places import Places; d = load_dataset('mnist', Places(Path(sys.argv[1]))); "
        "print(d.in_memory, int(d.x_train.sum()), int(d.x_test.sum()))"
    )
    environ = os.environ | {"PYTHONPATH": str(ROOT)}

    def load(_):
        command = [sys.executable, "-c", code, str(tmp_path)]
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout

    with ThreadPoolExecutor(4) as pool:
        outputs = set(pool.map(load, range(4)))
    assert len(outputs) == 1 and outputs.pop().startswith("False")
    (folder,) = (tmp_path / "cache").iterdir()
    assert {file.name for file in folder.iterdir()} == {
        "x_train.npy",
        "y_train.npy",
        "x_test.npy",
        "y_test.npy",
        "checksums.json",
    }


def test_where_nothing_can_be_written_the_images_are_kept_in_memory(tmp_path, shared):
    (tmp_path / "file").write_text("in the way of the folder, also for an administrator")
    data = load_dataset("mnist", Places(tmp_path / "file" / "home"))
    assert data.in_memory
    assert np.array_equal(data.x_train, load_dataset("mnist", shared).x_train)
    with pytest.raises(ValueError):
        data.x_train[0, 0, 0] = 1


def test_the_folder_of_the_teacher_comes_before_the_download_and_that_before_the_starter(tmp_path):
    places = Places(tmp_path / "home", tmp_path / "teacher")
    downloaded = write_npz(places.cache, train=50)
    (tmp_path / "teacher").mkdir()
    data = load_dataset("mnist", places)
    assert data.source == "downloaded" and np.array_equal(data.x_train, downloaded["x_train"])
    assert data.problem.code == "data_dir_without_mnist"

    mine = write_npz(tmp_path / "teacher")
    data = load_dataset("mnist", places)
    assert data.source == describe_dataset("mnist", places).source == "folder" and data.problem is None
    assert all(np.array_equal(getattr(data, name), mine[name]) for name in mine)

    mine = write_npz(tmp_path / "teacher", train=30)
    assert len(load_dataset("mnist", places).x_train) == 30, "an exchanged file is unpacked anew"


HOSTILE = {
    "an array is missing": {"y_test": None},
    "another shape": {"x_train": np.zeros((40, 32, 32), np.uint8)},
    "another type": {"x_train": np.zeros((40, 28, 28), np.float32)},
    "pickled objects": {"y_train": np.array([{}] * 40, dtype=object)},
    "fewer labels": {"y_train": np.zeros(39, np.uint8)},
    "more images than MNIST has": {
        "x_test": np.zeros((10_001, 28, 28), np.uint8),
        "y_test": np.zeros(10_001, np.uint8),
    },
    "labels that are no digit": {"y_train": np.full(40, 10, np.uint8)},
    "a column-major array": {"x_train": np.asfortranarray(np.zeros((40, 28, 28), np.uint8))},
}


@pytest.mark.parametrize("case", HOSTILE)
def test_an_unusable_npz_is_passed_over_and_named(case, tmp_path):
    write_npz(tmp_path / "teacher", **HOSTILE[case])
    data = load_dataset("mnist", Places(tmp_path / "home", tmp_path / "teacher"))
    assert data.source == "starter" and data.problem.code == "npz_unusable"


@pytest.mark.parametrize("content", [b"", b"not a zip file", b"PK\x03\x04" + bytes(200)])
def test_a_file_that_is_no_npz_is_passed_over_and_named(content, tmp_path):
    (tmp_path / "mnist.npz").write_bytes(content)
    summary = describe_dataset("mnist", Places(tmp_path / "home", tmp_path))
    assert summary.source == "starter" and summary.problem.code == "npz_unusable"


def test_damaged_content_of_an_npz_is_noticed(tmp_path):
    write_npz(tmp_path / "teacher")
    file = tmp_path / "teacher" / "mnist.npz"
    content = bytearray(file.read_bytes())
    content[2_000] ^= 0xFF
    file.write_bytes(content)
    data = load_dataset("mnist", Places(tmp_path / "home", tmp_path / "teacher"))
    assert data.source == "starter" and data.problem.code == "npz_unusable"
    assert len(list((tmp_path / "home").rglob("x_train.npy*"))) == 1, "only that of the starter set"


def test_a_header_that_promises_more_than_the_file_holds_allocates_nothing(tmp_path):
    write_npz(tmp_path / "teacher")
    file = tmp_path / "teacher" / "mnist.npz"
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    promised = members["x_train.npy"].replace(b"(40, 28, 28), }   ", b"(60000, 28, 28), }")
    assert promised != members["x_train.npy"] and len(promised) == len(members["x_train.npy"])
    members["x_train.npy"] = promised
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert describe_dataset("mnist", Places(tmp_path / "home", tmp_path / "teacher")).problem.code == "npz_unusable"


def test_an_unknown_data_set_is_a_named_error(shared):
    for ask in (load_dataset, describe_dataset):
        with pytest.raises(DatasetError) as raised:
            ask("../mnist", shared)
        assert raised.value.code == "unknown_dataset"


def test_the_split_is_that_of_keras():
    """Written out here; compared with Keras itself in tests/learn/test_validation_split.py."""
    assert split_validation(60_000, 0.1) == (54_000, 6_000)
    assert split_validation(60_000, 0) == (60_000, 0)
    assert split_validation(1_000, 0.3) == (700, 300)
    assert split_validation(4_000, 0.123) == (3_508, 492)
    with pytest.raises(SettingsError):
        split_validation(1, 0.5)


def test_training_and_validation_images_are_disjoint_views_of_the_first_images(shared):
    data = load_dataset("fashion_mnist", shared)
    chosen = training_arrays(data, 1_000, 0.1)
    assert [len(array) for array in chosen] == [900, 900, 100, 100]
    assert np.array_equal(np.concatenate([chosen.x_train, chosen.x_validation]), data.x_train[:1_000])
    assert np.array_equal(np.concatenate([chosen.y_train, chosen.y_validation]), data.y_train[:1_000])
    assert np.shares_memory(chosen.x_train, data.x_train) and np.shares_memory(chosen.x_validation, data.x_train)
    assert len(training_arrays(data, None, 0.0).x_validation) == 0


def test_more_images_than_there_are_is_a_named_error(shared):
    with pytest.raises(SettingsError) as raised:
        training_arrays(load_dataset("mnist", shared), 5_000, 0.1)
    assert raised.value.code == "too_few_images"


@pytest.mark.parametrize("language", languages())
def test_every_class_and_source_has_words(language):
    t = Translator(language)
    for info in DATASETS.values():
        assert len({t(key) for key in info.class_names}) == 10 and t(f"datasets.{info.name}.name")
        if language == "en":
            assert tuple(map(t, info.class_names)) == info.english_names
    for source in ("shipped", "starter", "downloaded", "folder"):
        assert t(f"datasets.sources.{source}")


def test_what_ships_is_what_the_manifest_says_and_nothing_else():
    folder = ROOT / "fvapp" / "data"
    manifest = json.loads((folder / "manifest.json").read_text())
    shipped = {file.relative_to(folder).as_posix() for file in folder.rglob("*.xz")}
    assert shipped == {f"{name}/{array}.npy.xz" for name in DATASETS for array in manifest[name]}
    assert sum((folder / file).stat().st_size for file in shipped) < 28_000_000


def test_a_damaged_file_that_ships_is_a_named_error(tmp_path):
    """In a copy of the package, so that the real one stays whole."""
    shutil.copytree(ROOT / "fvapp", tmp_path / "fvapp", ignore=shutil.ignore_patterns("fashion_mnist", "models", "ui"))
    file = tmp_path / "fvapp" / "data" / "mnist" / "x_test.npy.xz"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    code = (
        "from pathlib import Path; from fvapp.core.datasets import load_dataset; from fvapp.core.places import Places\n"
        "from fvapp.core.errors import DatasetError\n"
        "try: load_dataset('mnist', Places(Path('home')))\n"
        "except DatasetError as error: print(error)"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "shipped_data_damaged (file=mnist/x_test.npy.xz)"
