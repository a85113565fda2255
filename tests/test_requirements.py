"""Every import is declared; an unsupported Python or package leads to an error of one sentence."""

import re
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from fvapp import requirements_check
from fvapp.requirements_check import find_unmet_requirement
from our_modules import MODULES, ROOT, imports, parse

APP = ROOT / "requirements.txt"
TESTS = ROOT / "tests" / "requirements.txt"
ABSENT = "no-such-package is not installed"
NOT_IMPORTED = "# Not imported"  # begins the comment on a package that only other packages import


def one_name(package: str) -> str:
    """Return the name that all spellings and builds of a package have in common."""
    return re.sub(r"[-_.]+", "-", package).lower().removesuffix("-cpu")


def declared(file: Path) -> dict[str, str]:
    """Return the packages that a file declares, each with the comment above it."""
    found = {}
    reason = ""
    above = ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if name := re.match(r"[\w.-]+", line):
            found[one_name(name.group())] = reason
        elif line.startswith("#"):
            reason = f"{reason}\n{line}" if above.startswith("#") else line
        above = line
    return found


@cache
def packages() -> dict[str, str]:
    """Return the package that provides each importable name."""
    return {name: one_name(found[0]) for name, found in packages_distributions().items()}


def imported(files: Iterable[Path]) -> set[str]:
    """Return the packages imported anywhere in our files.

    A package that is not installed appears by the name of its module.
    """
    here = {"fvapp", *sys.stdlib_module_names, *(path.stem for path in (ROOT / "tests").iterdir())}
    names = {name.partition(".")[0] for path in files for name in imports(parse(path))} - here
    return {packages().get(name, name) for name in names}


BENCH = {path for name, path in MODULES.items() if name.startswith("fvapp.bench")}
ALL_TESTS = set((ROOT / "tests").rglob("*.py"))
CASES = [
    (APP, set(MODULES.values()) - BENCH, ()),
    (TESTS, ALL_TESTS, (APP,)),
    # Benchmarks measure the app in a browser, so they need the packages of the tests.
    (TESTS, BENCH, (APP,)),
]


@pytest.mark.parametrize(("file", "sources", "and_files"), CASES, ids=["app", "tests", "bench"])
def test_what_is_imported_is_declared(file, sources, and_files):
    found = imported(sources)
    assert "numpy" in found
    assert found <= {name for each in (file, *and_files) for name in declared(each)}


@pytest.mark.parametrize(
    ("file", "sources"), [(APP, set(MODULES.values())), (TESTS, ALL_TESTS | BENCH)]
)
def test_what_is_declared_is_imported_or_says_why_it_stands_there(file, sources):
    reasons = declared(file)
    assert all(reasons.values()) and len(reasons) > 10
    not_imported = {name for name, why in reasons.items() if why.startswith(NOT_IMPORTED)}
    assert not_imported == reasons.keys() - imported(sources)


@pytest.mark.parametrize(
    ("package", "version"),
    {
        "cryptography": "49.0.0",
        "filelock": "3.20.0",
        "jinja2": "3.1.5",
        "pillow": "12.3.0",
        "starlette": "1.3.0",
        "tornado": "6.5.8",
    }.items(),
)
def test_an_environment_from_before_a_published_fix_does_not_pass(
    package, version, monkeypatch, tmp_path
):
    # Each case needs a separate copy of the file, because results are cached per file.
    copy = tmp_path / "requirements.txt"
    copy.write_text(APP.read_text(encoding="utf-8"), encoding="utf-8")
    installed = requirements_check.version
    monkeypatch.setattr(
        requirements_check, "version", lambda name: version if name == package else installed(name)
    )
    said = find_unmet_requirement(requirements=copy)
    assert f"The package {package} is here as version {version}" in said


@pytest.mark.parametrize("python", [(2, 7), (3, 10), (3, 14), (4, 0)])
def test_another_python_is_one_sentence_that_names_those_that_fit(python):
    sentence = find_unmet_requirement(python)
    assert "3.11 to 3.13" in sentence and "\n" not in sentence
    assert ".".join(map(str, python)) in sentence


@pytest.mark.parametrize(
    "python", [(), *(((each),) for each in ((3, 11), (3, 12), (3, 13, 5)))], ids=str
)
def test_what_runs_these_tests_and_these_fit_also_without_the_file(python, tmp_path):
    assert (
        find_unmet_requirement(*python)
        is find_unmet_requirement(*python, requirements=tmp_path / "requirements.txt")
        is None
    )


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ("# why\nnumpy>=2.1,<3\nno-such-package>=1\n", ABSENT),
        ("numpy>=99\n", "numpy is here as version"),
        ("numpy>=0.1,<0.2\n", "numpy is here as version"),
        # TensorFlow may be installed as tensorflow or as tensorflow-cpu.
        ("tensorflow>=2.21,<2.22; sys_platform != 'linux'\n", None),
        ('no-such-package>=1; sys_platform == "no-such-system"\n', None),
        (f'no-such-package>=1; sys_platform == "{sys.platform}"\n', ABSENT),
        (f'no-such-package>=1; sys_platform != "{sys.platform}"\n', None),
        ('no-such-package>=1; sys_platform != "no-such-system"\n', ABSENT),
        ("", None),
    ],
)
def test_a_package_that_does_not_fit_is_named(lines, named, tmp_path):
    file = tmp_path / "requirements.txt"
    file.write_text(lines)
    sentence = find_unmet_requirement(requirements=file)
    assert sentence is None if named is None else named in sentence


def test_it_needs_none_of_the_packages():
    # With -S, Python ignores the folder of installed packages.
    code = "from fvapp.requirements_check import find_unmet_requirement as find; print(find())"
    ended = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert ended.stdout.startswith("The package ") and not ended.stderr


def test_the_command_line_says_it_and_ends(monkeypatch, capsys):
    from fvapp.__main__ import main

    monkeypatch.setattr(
        requirements_check, "find_unmet_requirement", lambda: find_unmet_requirement((3, 14))
    )
    assert main(["data"]) == 2
    output = capsys.readouterr()
    assert output.out == "" and len(output.err.splitlines()) == 1 and "README.md" in output.err
