"""What comes along with the app: the licences of the packages, and what the notice says of data and models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fvapp.__main__ import main
from fvapp.bench.licences import Licence

ROOT = Path(__file__).parents[2]


def test_no_package_asks_for_a_licence_that_is_not_ours(capsys):
    assert main(["bench", "licences", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["not_ours"] == []
    assert {"streamlit", "keras", "numpy", "hypothesis"} <= {row["package"] for row in found["licences"]}


@pytest.mark.parametrize(
    "licence", ["GPL-3.0-or-later", "LGPLv2+", "AGPL-3.0-only", "MIT AND GPL-2.0-only", "GNU General Public License v3"]
)
def test_what_would_bind_the_whole_app_may_not_come_along(licence):
    assert not Licence("package", "1", licence).may_come_along


@pytest.mark.parametrize("licence", ["MIT", "MPL-2.0", "Apache-2.0 OR GPL-2.0-only", "BSD License"])
def test_what_asks_for_its_name_only_may_come_along(licence):
    assert Licence("package", "1", licence).may_come_along


def test_a_package_without_a_licence_may_not_come_along():
    assert not Licence("package", "1", "unknown").may_come_along


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
