import hashlib
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from fvapp.build.data import PUBLISHED
from fvapp.core.datasets import DATASETS, PICTURED, files, load_dataset, select_training_arrays
from fvapp.core.datasets.files import shipped_dataset_manifest
from fvapp.core.errors import DatasetError, SettingsError
from fvapp.core.places import AppFolders
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator
from fvapp.ui.parts.data_sets import open_dataset

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return AppFolders(tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize("name", PICTURED)
def test_shipped_data_sets_equal_the_published_files_and_the_table(name, shared):
    info = DATASETS[name]
    data = load_dataset(name, shared)
    assert (info.train_images, info.test_images) == (len(data.x_train), len(data.x_test))
    assert tuple(map(Translator("en"), info.class_names)) == info.english_names
    for array, published in PUBLISHED[name].items():
        values = getattr(data, array)
        header = bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">i4").tobytes()
        assert hashlib.sha256(header + values.tobytes()).hexdigest() == published


def test_loaded_arrays_are_memory_mapped_and_read_only_and_too_many_images_are_refused(shared):
    data = load_dataset("mnist", shared)
    assert type(data.x_train) is np.ndarray
    assert isinstance(data.x_train.base, np.memmap)
    assert not data.is_in_memory
    with pytest.raises(ValueError):
        data.x_train[0, 0, 0] = 1
    few = replace(data, x_train=data.x_train[:4_000], y_train=data.y_train[:4_000])
    with pytest.raises(SettingsError) as raised:
        select_training_arrays(few, RunSettings(train_images=5_000))
    assert raised.value.code == "too_few_images"


@pytest.mark.parametrize("damage", ["flip", "truncate", "remove", "no checksums"])
def test_a_damaged_cache_is_noticed_and_unpacked_anew(damage, shared, tmp_path):
    image = np.array(load_dataset("mnist", shared).x_train[17])
    places = AppFolders(tmp_path)
    shutil.copytree(shared.dataset_cache, places.dataset_cache)
    (file,) = places.dataset_cache.glob("mnist-*/x_train.npy")
    content = bytearray(file.read_bytes())
    if damage == "flip":
        content[128 + 17 * 784 + 300] ^= 0xFF
        file.write_bytes(content)
    elif damage == "no checksums":
        (file.parent / "checksums.json").write_text("[]")
    elif damage == "remove":
        file.unlink()
    else:
        file.write_bytes(content[: len(content) // 2])
    after = load_dataset("mnist", places)
    assert np.array_equal(after.x_train[17], image) and not after.is_in_memory
    assert file.stat().st_size == 128 + 60_000 * 784


def test_processes_that_load_at_once_get_whole_arrays_and_leave_no_temporary_files(tmp_path):
    code = (
        "import sys; from pathlib import Path; from fvapp.core.datasets import load_dataset; "
        "from fvapp.core.places import AppFolders; "
        "d = load_dataset('mnist', AppFolders(Path(sys.argv[1]))); "
        "print(d.is_in_memory, int(d.x_train.sum()), int(d.x_test.sum()))"
    )
    environ = os.environ | {"PYTHONPATH": str(ROOT)}

    def load(_):
        command = [sys.executable, "-c", code, str(tmp_path)]
        return subprocess.run(
            command, env=environ, capture_output=True, text=True, check=True
        ).stdout

    with ThreadPoolExecutor(4) as pool:
        outputs = set(pool.map(load, range(4)))
    assert len(outputs) == 1 and outputs.pop().startswith("False")
    (folder,) = (tmp_path / "cache").glob("mnist-*")
    assert {each.name for each in folder.iterdir()} == {
        *(f"{name}.npy" for name in files.ARRAYS),
        "checksums.json",
    }


def test_a_class_that_arrives_at_once_on_a_new_machine_unpacks_once(tmp_path, monkeypatch):
    unpacked = []
    unpack = files.unpack_shipped_array

    def count(name, array, target):
        unpacked.append(array)
        unpack(name, array, target)

    monkeypatch.setattr(files, "unpack_shipped_array", count)
    monkeypatch.setenv("FVAPP_HOME", str(tmp_path))
    open_dataset.clear()
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: open_dataset("mnist"), range(8)))
    open_dataset.clear()
    assert unpacked == list(files.ARRAYS)
    assert all(each is opened[0] for each in opened)


def test_a_process_that_does_not_wait_for_the_lock_unpacks_by_itself(tmp_path):
    (tmp_path / "cache").mkdir()
    # The test holds the lock, like another process that gets no processor time.
    with FileLock(tmp_path / "cache" / "mnist.lock"):
        data = load_dataset("mnist", AppFolders(tmp_path), patience=0)
    assert not data.is_in_memory and len(data.x_test) == 10_000


def test_where_nothing_can_be_written_the_images_are_kept_in_memory(tmp_path, shared):
    (tmp_path / "file").write_text("in the way of the folder, also for an administrator")
    data = load_dataset("mnist", AppFolders(tmp_path / "file" / "home"))
    assert data.is_in_memory and np.array_equal(data.x_train, load_dataset("mnist", shared).x_train)
    with pytest.raises(ValueError):
        data.x_train[0, 0, 0] = 1


def test_an_unknown_data_set_is_a_named_error(shared):
    with pytest.raises(DatasetError) as raised:
        load_dataset("../mnist", shared)
    assert raised.value.code == "unknown_dataset"


def test_training_and_validation_images_are_disjoint_views_of_the_first_images(shared):
    data = load_dataset("fashion_mnist", shared)
    chosen = select_training_arrays(data, RunSettings(train_images=1_000))
    assert [len(array) for array in chosen[:4]] == [900, 900, 100, 100]
    assert np.array_equal(
        np.concatenate([chosen.x_train, chosen.x_validation]), data.x_train[:1_000]
    )
    assert np.array_equal(
        np.concatenate([chosen.y_train, chosen.y_validation]), data.y_train[:1_000]
    )
    assert np.shares_memory(chosen.x_train, data.x_train)
    assert np.shares_memory(chosen.x_validation, data.x_train)
    assert len(select_training_arrays(data, RunSettings(validation_split=0)).x_validation) == 0


def test_shipped_files_are_exactly_those_of_the_manifests():
    folder = ROOT / "fvapp" / "data"
    shipped = {file.relative_to(folder).as_posix() for file in folder.rglob("*.xz")}
    assert shipped == {
        f"{name}/{array}.npy.xz" for name in PICTURED for array in shipped_dataset_manifest(name)
    }
    assert sum((folder / file).stat().st_size for file in shipped) < 36_000_000


def test_a_damaged_file_that_ships_is_a_named_error(tmp_path):
    """The test damages a copy of the package, so that the real file stays whole."""
    shutil.copytree(
        ROOT / "fvapp", tmp_path / "fvapp", ignore=shutil.ignore_patterns("models", "ui")
    )
    file = tmp_path / "fvapp" / "data" / "mnist" / "x_test.npy.xz"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    code = (
        "from pathlib import Path; from fvapp.core.datasets import load_dataset\n"
        "from fvapp.core.places import AppFolders\n"
        "from fvapp.core.errors import DatasetError\n"
        "try: load_dataset('mnist', AppFolders(Path('home')))\n"
        "except DatasetError as error: print(error)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "shipped_data_damaged (file=mnist/x_test.npy.xz)"
