"""The licences of the packages that come with the app, and the notice on data and models.

The app as a whole is distributed under the MIT licence. It cannot include anything that requires
the whole to be under other terms (GPL, AGPL), or a way to replace a part of it (LGPL). A wheel may
include third-party libraries, whose licence texts are in the wheel. A table lists which of these
libraries may be included.
"""

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

import pytest

from fvapp.core.datasets import DATASETS

ROOT = Path(__file__).parents[1]
NOT_OURS = re.compile(r"\b[AL]?GPL|General Public License", re.IGNORECASE)
TEXTS = re.compile(r"(^|/)(licen[cs]e|copying)[^/]*$", re.IGNORECASE)
LONG = 80  # characters; a longer field is a licence's text, not its name

BUNDLED_TEXTS = re.compile(r"licen[cs]e|copying|notice", re.IGNORECASE)
CODE = {".py", ".pyc", ".h", ".js", ".json"}
SECTIONS = re.compile(r"^[^\w\n]*[-=*]{10,}\W*$|^(?=Name: )", re.MULTILINE)
GRANT = re.compile(
    # Matches the title of a GNU licence's full text.
    r"GNU\s+(?:[A-Z]+\s+)?GENERAL\s+PUBLIC\s+LICENSE\s+Version\s+\d[\d.]*"
    r"|^\s*Licen[cs]e:.*\b[AL]?GPL.*"
    r"|under\s+(?:the\s+)?(?:terms\s+of\s+the\s+)?GNU\s+(?:[AL]?GPL\S*|(?:\w+\s+)?General\s+Public\s+License\s+as\b)",
    re.MULTILINE,
)
"""Pattern of a text that puts something under the GPL, LGPL or AGPL.

A mere name is not enough: other licences name these licences, too, to state how they fit together.
"""

OF_GCC = {
    # libgfortran: by the GCC exception, a program under any licence may include this library.
    ("Name: GCC runtime library", "License: GPL-3.0-or-later WITH GCC-exception-3.1"),
    # libquadmath has no such exception, but is a separate file that anybody may replace.
    ("Name: libquadmath", "License: LGPL-2.1-or-later"),
}
MAY_COME_ALONG = {
    "numpy": OF_GCC,
    "scipy": OF_GCC,
    # The wheel contains the library of XZ, which is in the public domain, but not its tools and
    # scripts.
    "pillow": {
        ("Different licenses apply to different files in this package.", "under GNU LGPLv2.1+.")
    },
    # The first file builds LLVM and is not in the wheel. The second belongs to ducc, which is also
    # available under BSD-3-Clause; its one header under the GPL alone is not compiled in.
    "tensorflow": {
        (
            "License for third_party/llvm/llvm-project/llvm/cmake/config.guess:",
            "GNU GENERAL PUBLIC LICENSE Version 2",
        ),
        ("GNU GENERAL PUBLIC LICENSE", "GNU GENERAL PUBLIC LICENSE Version 2"),
    },
    # TensorFlow requires setuptools, but the app does not use it. The package contains autocommand,
    # a folder of Python files that anybody may replace.
    "setuptools": {
        ("GNU LESSER GENERAL PUBLIC LICENSE", "GNU LESSER GENERAL PUBLIC LICENSE Version 3")
    },
    # Only the tests use Playwright. Both files build a library of its Node.js, and are then under
    # that library's terms.
    "playwright": {
        (
            "File: aclocal.m4 (only for ICU4C)",
            "under the terms of the GNU General Public License as",
        ),
        (
            "File: config.guess (only for ICU4C)",
            "under the terms of the GNU General Public License as",
        ),
    },
}
"""Package -> sections of its licence files that may put something under the GPL or LGPL.

For each section, the beginning of its text and the way in which it names the licence are given.
"""


def may_come_along(licence: str) -> bool:
    """Return whether a licence is stated that can be chosen without GPL, LGPL or AGPL."""
    return bool(licence) and any(
        not NOT_OURS.search(choice) for choice in re.split(r"\bOR\b", licence)
    )


def licence_of(package: Distribution) -> str:
    """Return a package's licence: its expression, field, classifiers or the start of its text.

    The order follows the core metadata specification 2.4, which prefers the expression.
    """
    metadata = package.metadata
    if expression := metadata.get("License-Expression"):
        return expression
    named = (metadata.get("License") or "").strip()
    names = [named] if named != "UNKNOWN" and "\n" not in named and len(named) <= LONG else []
    names += [
        each.split(" :: ")[-1]
        for each in metadata.get_all("Classifier") or ()
        if each.startswith("License")
    ]
    texts = (file.read_text() for file in package.files or () if TEXTS.search(str(file)))
    return ", ".join(filter(None, names)) or " ".join(next(texts, "").split())[:LONG]


def test_no_package_asks_for_a_licence_that_is_not_ours():
    found = {package.name.lower(): licence_of(package) for package in distributions()}
    assert {"streamlit", "keras", "numpy", "hypothesis"} <= found.keys()
    assert {name: licence for name, licence in found.items() if not may_come_along(licence)} == {}


def grants(text: str) -> Iterator[tuple[str, str]]:
    """Yield the first line of each section under a GPL-like licence, and the words that say so."""
    for section in SECTIONS.split(text):
        if grant := GRANT.search(section):
            first = next(line for line in section.splitlines() if line.strip())
            yield first.strip(), " ".join(grant.group().split())


def not_ours(package: Distribution) -> set[tuple[str, str]]:
    """Return the sections of a package under a GPL-like licence that the table does not allow."""
    known = MAY_COME_ALONG.get(re.sub("[-_]cpu$", "", package.name.lower()), ())
    files = (
        file
        for file in package.files or ()
        if BUNDLED_TEXTS.search(str(file)) and file.suffix not in CODE
    )
    texts = (
        file.locate().read_text(encoding="utf-8", errors="replace")
        for file in files
        if file.locate().is_file()
    )
    found = {grant for text in texts for grant in grants(text)}
    return {
        (first, named)
        for first, named in found
        if not any(first.startswith(a) and named == b for a, b in known)
    }


def test_no_package_brings_a_library_whose_licence_is_not_ours(monkeypatch):
    assert {package.name: more for package in distributions() if (more := not_ours(package))} == {}
    monkeypatch.delitem(MAY_COME_ALONG, "numpy")
    # Without the exemption for NumPy, the check finds a GPL section in NumPy's wheel.
    assert "WITH GCC-exception" in str(not_ours(distribution("numpy")))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "MIT\n\n------------------\nFFmpeg is inside.\n\n   GNU LESSER GENERAL PUBLIC LICENSE\n  Version 2.1, 1999",
            [("FFmpeg is inside.", "GNU LESSER GENERAL PUBLIC LICENSE Version 2.1")],
        ),
        (
            "Name: libx\nLicense: AGPL-3.0-only\nName: liby\nLicense: MIT",
            [("Name: libx", "License: AGPL-3.0-only")],
        ),
        ("A tool.\nIt is under the GNU GPLv2+.", [("A tool.", "under the GNU GPLv2+.")]),
        (
            "This\nmay be changed under the terms of the GNU Library General\nPublic License as published by the",
            [("This", "under the terms of the GNU Library General Public License as")],
        ),
        ('"Secondary License" means either the GNU General Public License, Version 2.0, or', []),
        ("GPL-compatible doesn't mean that we're distributing Python under the GPL.", []),
        ("combined with software that is licensed under the GPLv2", []),
    ],
)
def test_what_puts_a_library_under_such_a_licence_is_seen_and_a_mention_is_not_one(text, found):
    assert list(grants(text)) == found


def test_what_would_bind_the_whole_app_may_not_come_along_and_what_asks_for_its_name_only_may():
    binding = (
        "GPL-3.0-or-later",
        "LGPLv2+",
        "AGPL-3.0-only",
        "MIT AND GPL-2.0-only",
        "GNU General Public License v3",
        "",
    )
    assert not any(map(may_come_along, binding))
    assert all(map(may_come_along, ("MIT", "MPL-2.0", "Apache-2.0 OR GPL-2.0-only", "BSD License")))


def test_the_notice_names_every_file_of_data_and_models():
    notice = (ROOT / "fvapp" / "data" / "NOTICE.md").read_text(encoding="utf-8")
    for info in DATASETS.values():
        about = (ROOT / "fvapp" / "data" / info.name / "NOTICE.md").read_text(encoding="utf-8")
        assert info.licence.replace("-", " ") in about.replace("-", " ") and info.homepage in about
    for model in (ROOT / "fvapp" / "models").glob("*.keras"):
        assert f"`{model.name}`" in notice
    ours = {"__init__.py", "NOTICE.md", "__pycache__"}
    assert {path.name for path in (ROOT / "fvapp" / "data").iterdir() if path.is_file()} <= ours
    assert all(licence in notice for licence in ("MIT", "CC BY-SA 3.0", "CC BY 4.0"))


def test_the_notice_says_where_the_licence_of_mnist_is_stated():
    notice = (ROOT / "fvapp" / "data" / "mnist" / "NOTICE.md").read_text(encoding="utf-8")
    stated = (
        distribution("keras").locate_file("keras/src/datasets/mnist.py").read_text(encoding="utf-8")
    )
    quoted = [line for line in notice.splitlines() if line.startswith("> ")][-2:]
    words = " ".join(line.removeprefix("> ") for line in quoted)
    assert (
        "`keras.datasets.mnist.load_data`" in notice and "MNIST dataset is made available" in words
    )
    assert words in " ".join(stated.replace("[", "").split())
