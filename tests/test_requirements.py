"""What is imported is declared, and what is declared is imported or says why it stands there."""

import re
import sys
from collections.abc import Iterable
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from fvapp import requirements_check
from fvapp.requirements_check import find_misfit
from our_modules import MODULES, ROOT, imports, parse

APP, TESTS = ROOT / "requirements.txt", ROOT / "tests" / "requirements.txt"
NOT_IMPORTED = "# Not imported"  # so begins the reason of a package that only other packages import


def one_name(package: str) -> str:
    """Return the name that all spellings and builds of a package share."""
    return re.sub(r"[-_.]+", "-", package).lower().removesuffix("-cpu")


def declared(file: Path) -> dict[str, str]:
    """Return the packages of a file, each with the comment above it."""
    found, reason, above = {}, "", ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if name := re.match(r"[\w.-]+", line):
            found[one_name(name.group())] = reason
        elif line.startswith("#"):
            reason = f"{reason}\n{line}" if above.startswith("#") else line
        above = line
    return found


@cache
def packages() -> dict[str, str]:
    """Return the installed package behind each name that can be imported."""
    return {name: one_name(found[0]) for name, found in packages_distributions().items()}


def imported(files: Iterable[Path]) -> set[str]:
    """Return the packages that our files import, wherever in the file; of a missing one, the name of its module."""
    here = {"fvapp", *sys.stdlib_module_names, *(path.stem for path in (ROOT / "tests").iterdir())}
    names = {name.partition(".")[0] for path in files for name in imports(parse(path))} - here
    return {packages().get(name, name) for name in names}


BENCH = {path for name, path in MODULES.items() if name.startswith("fvapp.bench")}
ALL_TESTS = set((ROOT / "tests").rglob("*.py"))
CASES = [
    (APP, set(MODULES.values()) - BENCH, ()),
    (TESTS, ALL_TESTS, (APP,)),
    (TESTS, BENCH, (APP,)),  # what measures in a browser needs what the tests need
]


@pytest.mark.parametrize(("file", "sources", "and_files"), CASES, ids=["app", "tests", "bench"])
def test_what_is_imported_is_declared(file, sources, and_files):
    found = imported(sources)
    assert {"numpy"} <= found and found - {name for each in (file, *and_files) for name in declared(each)} == set()


@pytest.mark.parametrize(("file", "sources"), [(APP, set(MODULES.values())), (TESTS, ALL_TESTS | BENCH)])
def test_what_is_declared_is_imported_or_says_why_it_stands_there(file, sources):
    reasons = declared(file)
    assert all(reasons.values()) and len(reasons) > 10
    assert {name for name, why in reasons.items() if why.startswith(NOT_IMPORTED)} == reasons.keys() - imported(sources)


@pytest.mark.parametrize(
    ("package", "version"),
    [
        ("cryptography", "49.0.0"),
        ("filelock", "3.20.0"),
        ("jinja2", "3.1.5"),
        ("pillow", "12.3.0"),
        ("starlette", "1.3.0"),
        ("tornado", "6.5.8"),
    ],
)
def test_an_environment_from_before_a_published_fix_does_not_pass(package, version, monkeypatch, tmp_path):
    copy = tmp_path / "requirements.txt"  # what was found out is kept for each file
    copy.write_text(APP.read_text(encoding="utf-8"), encoding="utf-8")
    installed = requirements_check.version
    monkeypatch.setattr(requirements_check, "version", lambda name: version if name == package else installed(name))
    assert f"The package {package} is here as version {version}" in find_misfit(requirements=copy)
