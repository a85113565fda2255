"""What comes along with the app: the licences of the packages, and what the notice says of data and models.

The app is under the MIT licence and is handed on as a whole: what asks for the whole to be under its own terms (GPL,
AGPL) or for a way to exchange a part of it (LGPL) cannot come along.
"""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOT_OURS = re.compile(r"\b[AL]?GPL|General Public License", re.IGNORECASE)
TEXTS = re.compile(r"(^|/)(licen[cs]e|copying)[^/]*$", re.IGNORECASE)
LONG = 80  # characters; what is longer is a licence's text and not its name


def may_come_along(licence: str) -> bool:
    """Return whether there is a choice without GPL, LGPL and AGPL, and a licence at all."""
    return bool(licence) and any(not NOT_OURS.search(choice) for choice in re.split(r"\bOR\b", licence))


def licence_of(package: Distribution) -> str:
    """Return what a package says its licence is: the expression, the field, the classifiers, or the text's beginning.

    In this order: core metadata specification 2.4 prefers the expression.
    """
    metadata = package.metadata
    if expression := metadata.get("License-Expression"):
        return expression
    named = (metadata.get("License") or "").strip()
    names = [named] if named != "UNKNOWN" and "\n" not in named and len(named) <= LONG else []
    names += [each.split(" :: ")[-1] for each in metadata.get_all("Classifier") or () if each.startswith("License")]
    texts = (file.read_text() for file in package.files or () if TEXTS.search(str(file)))
    return ", ".join(filter(None, names)) or " ".join(next(texts, "").split())[:LONG]


def test_no_package_asks_for_a_licence_that_is_not_ours():
    found = {package.name.lower(): licence_of(package) for package in distributions()}
    assert {"streamlit", "keras", "numpy", "hypothesis"} <= found.keys()
    assert {name: licence for name, licence in found.items() if not may_come_along(licence)} == {}


@pytest.mark.parametrize(
    "licence",
    ["GPL-3.0-or-later", "LGPLv2+", "AGPL-3.0-only", "MIT AND GPL-2.0-only", "GNU General Public License v3", ""],
)
def test_what_would_bind_the_whole_app_may_not_come_along(licence):
    assert not may_come_along(licence)


@pytest.mark.parametrize("licence", ["MIT", "MPL-2.0", "Apache-2.0 OR GPL-2.0-only", "BSD License"])
def test_what_asks_for_its_name_only_may_come_along(licence):
    assert may_come_along(licence)


def test_the_notice_names_every_file_of_data_and_models():
    notice = (ROOT / "fvapp" / "data" / "NOTICE.md").read_text(encoding="utf-8")
    for folder in (ROOT / "fvapp" / "data").iterdir():
        if folder.is_dir() and folder.name != "__pycache__":
            assert f"`{folder.name}/`" in notice
    for model in (ROOT / "fvapp" / "models").glob("*.keras"):
        assert f"`{model.name}`" in notice
    ours = {"__init__.py", "NOTICE.md", "manifest.json", "__pycache__"}
    assert {path.name for path in (ROOT / "fvapp" / "data").iterdir() if path.is_file()} <= ours
    allowed = {"MIT", "CC BY-SA 3.0", "CC BY 4.0"}
    assert all(licence in notice for licence in allowed)
