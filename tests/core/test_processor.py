"""Whether TensorFlow can be loaded, as Linux, Windows and nobody at all says."""

import ctypes
import platform
import sys
from types import SimpleNamespace

import pytest

from fvapp.core.errors import EngineError
from fvapp.core.processor import check_processor, has_avx, instructions


@pytest.fixture
def says(monkeypatch, tmp_path):
    """Return ``says(machine, line)``: Linux on such a machine, whose file has this line."""

    def says(machine, line):
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.setattr(platform, "machine", lambda: machine)
        (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nmodel name\t: avx\n{line}\n\nprocessor\t: 1\n{line}\n")
        return tmp_path / "cpuinfo"

    return says


@pytest.mark.parametrize(
    ("machine", "line", "expected"),
    [
        ("x86_64", "flags\t\t: fpu sse4_1 sse4_2 avx avx2", True),
        ("x86_64", "flags\t\t: fpu sse4_1 sse4_2 popcnt", False),  # Celeron N4505
        ("x86_64", "bugs\t\t: avx", True),  # it does not say what there is
        ("aarch64", "Features\t: fp asimd", True),
    ],
)
def test_linux_lists_what_the_processor_knows(says, machine, line, expected):
    assert has_avx(says(machine, line)) is expected


@pytest.mark.parametrize("answer", [0, 1])
def test_windows_is_asked_for_the_feature(monkeypatch, answer):
    asked = []
    kernel = SimpleNamespace(IsProcessorFeaturePresent=lambda number: asked.append(number) or answer)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(platform, "machine", lambda: "AMD64")
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    assert has_avx() is bool(answer) and asked == [39]


def test_where_nobody_says_keras_is_tried(tmp_path):
    assert has_avx(tmp_path / "cpuinfo") and not instructions(tmp_path / "cpuinfo")


def test_without_avx_there_is_an_error_with_a_name(monkeypatch):
    check_processor()  # Keras is loaded by other tests
    monkeypatch.setattr("fvapp.core.processor.has_avx", lambda: False)
    with pytest.raises(EngineError, match="no_avx"):
        check_processor()
