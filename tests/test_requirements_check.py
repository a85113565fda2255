"""One sentence, and no traceback, where Python or a package does not fit."""

import subprocess
import sys
from pathlib import Path

import pytest

from fvapp import requirements_check
from fvapp.requirements_check import find_misfit

ROOT = Path(__file__).parent.parent


def test_what_runs_these_tests_fits():
    assert find_misfit() is None


@pytest.mark.parametrize("python", [(2, 7), (3, 10), (3, 14), (4, 0)])
def test_another_python_is_one_sentence_that_names_those_that_fit(python):
    sentence = find_misfit(python)
    assert "3.11 to 3.13" in sentence and ".".join(map(str, python)) in sentence and "\n" not in sentence


@pytest.mark.parametrize("python", [(3, 11), (3, 12), (3, 13, 5)])
def test_these_fit(python):
    assert find_misfit(python) is None


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ("# why\nnumpy>=2.1,<3\nno-such-package>=1\n", "no-such-package is not installed"),
        ("numpy>=99\n", "numpy is here as version"),
        ("numpy>=0.1,<0.2\n", "numpy is here as version"),
        ("tensorflow>=2.21,<2.22; sys_platform != 'linux'\n", None),  # here under its other name, or this one
        ('no-such-package>=1; sys_platform == "no-such-system"\n', None),
        (f'no-such-package>=1; sys_platform == "{sys.platform}"\n', "no-such-package is not installed"),
        (f'no-such-package>=1; sys_platform != "{sys.platform}"\n', None),
        ('no-such-package>=1; sys_platform != "no-such-system"\n', "no-such-package is not installed"),
        ("", None),
    ],
)
def test_a_package_that_does_not_fit_is_named(lines, named, tmp_path):
    file = tmp_path / "requirements.txt"
    file.write_text(lines)
    sentence = find_misfit(requirements=file)
    assert sentence is None if named is None else named in sentence


def test_without_the_file_the_packages_are_not_looked_at(tmp_path):
    assert find_misfit(requirements=tmp_path / "requirements.txt") is None


def test_it_needs_none_of_the_packages():
    # -S leaves out the folder that packages are installed in.
    code = "from fvapp.requirements_check import find_misfit; print(find_misfit())"
    ended = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ended.stdout.startswith("The package ") and not ended.stderr


def test_the_command_line_says_it_and_ends(monkeypatch, capsys):
    from fvapp.__main__ import main

    monkeypatch.setattr(requirements_check, "find_misfit", lambda: find_misfit((3, 14)))
    assert main(["data"]) == 2
    output = capsys.readouterr()
    assert output.out == "" and len(output.err.splitlines()) == 1 and "README.md" in output.err
