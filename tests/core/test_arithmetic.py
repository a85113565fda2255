"""In which numbers convolutions are trained: as the processor says, unless the environment does."""

from itertools import product

import pytest

from fvapp.core import arithmetic
from fvapp.core.arithmetic import VARIABLE, arithmetic_for, arithmetic_of_convolutions, multiplies_bfloat16
from fvapp.core.errors import EngineError
from fvapp.core.settings import PRESETS, RunSettings
from fvapp.i18n import Translator


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("flags\t\t: fpu avx2 avx512f avx512_bf16 avx512_vnni", True),
        ("flags\t\t: fpu avx512f amx_tile amx_bf16", True),
        ("flags\t\t: fpu avx2 avx512f avx512bw", False),
        ("bugs\t\t: avx512_bf16", False),
        ("Features\t: fp asimd bf16", False),  # an ARM processor, whose kernels were not measured
    ],
)
def test_the_processor_is_asked(tmp_path, line, expected):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"processor\t: 0\nmodel name\t: some\n{line}\n\n")
    assert multiplies_bfloat16(cpuinfo) is expected


def test_a_system_that_does_not_say_has_none(tmp_path):
    assert multiplies_bfloat16(tmp_path / "cpuinfo") is False


@pytest.mark.parametrize(("asked", "able"), list(product(["", " ", "float32", " bfloat16 "], [True, False])))
def test_the_environment_decides_and_else_the_processor(monkeypatch, asked, able):
    monkeypatch.setattr(arithmetic, "multiplies_bfloat16", lambda: able)
    expected = asked.strip() or ("bfloat16" if able else "float32")
    assert arithmetic_of_convolutions({VARIABLE: asked}) == expected


def test_any_other_word_is_refused_in_a_sentence(language):
    with pytest.raises(EngineError) as caught:
        arithmetic_of_convolutions({VARIABLE: "float16"})
    sentence = caught.value.sentence(Translator(language))
    assert VARIABLE in sentence and "float16" in sentence and "bfloat16" in sentence


def test_only_convolutions_are_trained_in_bfloat16():
    found = {name: arithmetic_for(RunSettings(**values), "bfloat16") for name, values in PRESETS.items()}
    assert found == dict.fromkeys(PRESETS, "float32") | {"cnn": "bfloat16"}
