"""mypy finds no type errors, and each exception from its rules has a reason."""

import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).parent.parent
IGNORED = re.compile(r"#\s*type:\s*ignore(?P<code>\[[\w-]+\])?(?P<reason>.*)$", re.M)


def test_the_checker_finds_nothing_in_any_module():
    checked = subprocess.run(
        [sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    modules = len(list((ROOT / "fvapp").rglob("*.py")))
    assert f"no issues found in {modules} source files" in checked.stdout


def test_core_and_engine_are_checked_strictly():
    config = ConfigParser()
    config.read(ROOT / ".mypy.ini")
    assert config["mypy"].getboolean("strict")
    named = [name for section in config.sections() for name in section.split("-")[-1].split(",")]
    assert [name for name in named if name.startswith(("fvapp.core", "fvapp.engine"))] == []
    assert "fvapp.*" not in named


def test_few_lines_are_left_out_of_the_check_each_with_its_code_and_reason():
    found = [
        (path, each)
        for path in (ROOT / "fvapp").rglob("*.py")
        for each in IGNORED.finditer(path.read_text(encoding="utf-8"))
    ]
    assert len(found) <= 40
    assert [
        path for path, each in found if not each["code"] or len(each["reason"].split()) < 3
    ] == []
