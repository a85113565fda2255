"""Fixtures shared by all tests, such as a separate home folder, and pytest hooks."""

import gc
import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from catalogue_texts import SHIPS
from fvapp import i18n
from fvapp.core.datasets import Dataset, files, load_dataset
from fvapp.core.places import AppFolders
from fvapp.i18n import Translator

TESTS = Path(__file__).parent
PLACES = {
    "browser": ("browser",),
    "processes": (
        "engine/processes",
        "cloud",
        "learn/test_exported_scripts.py",
        "learn/test_same_as_keras.py",
    ),
    "slow": (
        "learn",
        "ui/server/test_connections.py",
        "ui/test_compare_page.py",
        "ui/test_forged_values.py",
        "ui/test_missions_interactive.py",
        "ui/test_new_data_set.py",
        "ui/test_new_missions.py",
    ),
}
"""Pytest mark -> folders and files whose tests get the mark."""

# Set before TensorFlow is imported, because its messages would bury those of a failing test.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

# Tests run with the niceness of training, because two tests run at once. If one test had niceness
# 0, the other test's training would get only a tenth of a core.
if hasattr(os, "nice"):
    os.nice(max(0, 10 - os.nice(0)))

# Hypothesis tries the same examples each time, and keeps nothing between runs. There is no
# deadline, because a slow machine is not a failure.
settings.register_profile("deterministic", derandomize=True, database=None, deadline=None)
settings.load_profile("deterministic")


_digest = files._file_digest


def _digest_once(path: Path) -> str:
    """Return a file's digest, computed once as long as the file does not change.

    Without this cache, each engine in a test would compute the digests again.
    """
    state = path.stat()
    return _digest_of(path.resolve(), state.st_mtime_ns, state.st_size)


@cache
def _digest_of(path: Path, *state: int) -> str:
    return _digest(path)


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory):
    """Keep tests away from the user's own runs; test processes share one copy of the data sets."""
    folder = tmp_path_factory.mktemp("home")
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    cache = Path(os.environ.get("FVAPP_TESTS_CACHE") or shared / "cache")
    cache.mkdir(exist_ok=True)
    (folder / "cache").symlink_to(cache)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "_file_digest", _digest_once)
        patch.setenv("FVAPP_HOME", str(folder))
        patch.delenv("FVAPP_LAB", raising=False)
        yield folder


@pytest.fixture(scope="session")
def fashion(home) -> Dataset:
    """Return the Fashion-MNIST data set that ships with the app."""
    return load_dataset("fashion_mnist", AppFolders(home))


@pytest.fixture(scope="session")
def mnist(home) -> Dataset:
    """Return the MNIST data set that ships with the app."""
    return load_dataset("mnist", AppFolders(home))


@pytest.fixture(params=SHIPS)
def language(request) -> str:
    """Each language in turn: a test that uses this fixture runs in every language."""
    return request.param


@pytest.fixture
def t(language) -> Translator:
    """The translator of each language in turn."""
    return Translator(language)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Collect tests with garbage collection off, and exempt all imported modules from it later.

    TensorFlow is among the imported modules.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items):
    """Mark tests that need a browser, training processes or stock Keras, and other slow tests.

    A test's folder, or the engine that the test uses, determines its marks. The other slow tests
    are a tenth of the remaining tests, and take a third of their time.
    """

    @cache
    def marks(path: Path) -> list[str]:
        return [
            mark
            for mark, places in PLACES.items()
            if any(path.is_relative_to(TESTS / place) for place in places)
        ]

    for item in items:
        for mark in (
            *marks(item.path),
            *(("processes",) if "real_engine" in item.fixturenames else ()),
        ):
            item.add_marker(mark)


def _skips_are_failures() -> bool:
    return os.environ.get("FVAPP_FORBID_SKIPS") == "1"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if _skips_are_failures() and exitstatus == 0 and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    skipped = len(terminalreporter.stats.get("skipped", ()))
    if _skips_are_failures() and skipped:
        terminalreporter.write_line(
            f"FVAPP_FORBID_SKIPS: the {skipped} skipped above count as failed", red=True
        )


@pytest.fixture
def begin_language(tmp_path, monkeypatch):
    """Return ``begin_language(pages='draw = "ghor"')``, a translator for a new language.

    The keyword arguments are the files of the language.
    """
    (tmp_path / "en").symlink_to(i18n.FOLDER / "en")

    def begin(**files: str) -> Translator:
        (tmp_path / "tlh").mkdir()
        for name, text in files.items():
            (tmp_path / "tlh" / f"{name}.toml").write_text(text, encoding="utf-8")
        return Translator("tlh")

    caches = (i18n.language_tags, i18n.read_catalogue, i18n.find_missing_keys)
    monkeypatch.setattr(i18n, "FOLDER", tmp_path)
    for cached in caches:
        cached.cache_clear()
    yield begin
    monkeypatch.undo()
    for cached in caches:
        cached.cache_clear()
