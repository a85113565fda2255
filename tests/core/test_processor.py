"""Whether this processor can load TensorFlow, and whether it makes the app use bfloat16."""

import ctypes
import platform
import sys
from itertools import product
from types import SimpleNamespace

import pytest

from fvapp.core import arithmetic
from fvapp.core.arithmetic import (
    VARIABLE,
    arithmetic_for_network,
    can_multiply_bfloat16,
    choose_convolution_arithmetic,
)
from fvapp.core.errors import EngineError
from fvapp.core.processor import cpu_instructions, has_avx, require_avx
from fvapp.core.settings import PRESETS, RunSettings
from fvapp.i18n import Translator
from refusal import refused


@pytest.fixture
def says(monkeypatch, tmp_path):
    """Return ``says(machine, line)``, which fakes a Linux machine whose cpuinfo has this line."""

    def says(machine, line):
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.setattr(platform, "machine", lambda: machine)
        (tmp_path / "cpuinfo").write_text(
            f"processor\t: 0\nmodel name\t: avx\n{line}\n\nprocessor\t: 1\n{line}\n"
        )
        return tmp_path / "cpuinfo"

    return says


@pytest.mark.parametrize(
    ("machine", "line", "expected"),
    [
        ("x86_64", "flags\t\t: fpu sse4_1 sse4_2 avx avx2", True),
        # This line is from a Celeron N4505, which has no AVX.
        ("x86_64", "flags\t\t: fpu sse4_1 sse4_2 popcnt", False),
        ("x86_64", "bugs\t\t: avx", True),  # this line lists bugs, not features
        ("aarch64", "Features\t: fp asimd", True),
    ],
)
def test_on_linux_the_flags_of_the_processor_decide_about_avx(says, machine, line, expected):
    assert has_avx(says(machine, line)) is expected


@pytest.mark.parametrize("answer", [0, 1])
def test_windows_is_asked_for_avx_by_its_feature_number(monkeypatch, answer):
    asked = []
    kernel = SimpleNamespace(
        IsProcessorFeaturePresent=lambda number: asked.append(number) or answer
    )
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(platform, "machine", lambda: "AMD64")
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    assert has_avx() is bool(answer) and asked == [39]


def test_without_information_about_the_processor_keras_is_tried(tmp_path):
    assert has_avx(tmp_path / "cpuinfo") and not cpu_instructions(tmp_path / "cpuinfo")


def test_a_processor_without_avx_raises_a_named_error(monkeypatch):
    require_avx()  # does not raise: other tests load Keras on this machine
    monkeypatch.setattr("fvapp.core.processor.has_avx", lambda: False)
    with refused("no_avx"):
        require_avx()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("flags\t\t: fpu avx2 avx512f avx512_bf16 avx512_vnni", True),
        ("flags\t\t: fpu avx512f amx_tile amx_bf16", True),
        ("flags\t\t: fpu avx2 avx512f avx512bw", False),
        ("bugs\t\t: avx512_bf16", False),
        ("Features\t: fp asimd bf16", False),  # ARM: its bfloat16 kernels were not measured
    ],
)
def test_bfloat16_is_used_where_the_processor_multiplies_it(tmp_path, line, expected):
    cpuinfo = tmp_path / "cpuinfo"
    # If the file that lists the processor's features is missing, the app does not use bfloat16.
    assert can_multiply_bfloat16(tmp_path / "none") is False
    cpuinfo.write_text(f"processor\t: 0\nmodel name\t: some\n{line}\n\n")
    assert can_multiply_bfloat16(cpuinfo) is expected


@pytest.mark.parametrize(
    ("asked", "able"), list(product(["", " ", "float32", " bfloat16 "], [True, False]))
)
def test_the_environment_variable_decides_before_the_processor(monkeypatch, asked, able):
    monkeypatch.setattr(arithmetic, "can_multiply_bfloat16", lambda: able)
    expected = asked.strip() or ("bfloat16" if able else "float32")
    assert choose_convolution_arithmetic({VARIABLE: asked}) == expected


def test_any_other_arithmetic_is_refused_in_a_sentence(language):
    with pytest.raises(EngineError) as caught:
        choose_convolution_arithmetic({VARIABLE: "float16"})
    sentence = caught.value.to_sentence(Translator(language))
    assert VARIABLE in sentence and "float16" in sentence and "bfloat16" in sentence


def test_only_convolutions_are_trained_in_bfloat16():
    found = {
        name: arithmetic_for_network(RunSettings(**values), "bfloat16")
        for name, values in PRESETS.items()
    }
    assert found == dict.fromkeys(PRESETS, "float32") | {"cnn": "bfloat16"}
