"""What README.md and other documents say about settings, files and lengths is true."""

import re
import subprocess
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest

from fvapp.engine.runs.limits import PREFIX, Limits

ROOT = Path(__file__).parent.parent
PAPERS = ["README.md", "fvapp/README.md", "fvapp/bench/README.md", "fvapp/data/NOTICE.md"]
PAPERS += [f".readme/{path.name}" for path in sorted(ROOT.glob(".readme/*.md"))]
CODE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "fvapp").rglob("*.py"))


def read(paper: str) -> str:
    return (ROOT / paper).read_text(encoding="utf-8")


def section(paper: str, heading: str) -> str:
    """Return the text below a heading, up to the next one."""
    return read(paper).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


TEACHERS = read(".readme/teachers.md")


def test_the_table_for_teachers_has_every_limit_with_its_default():
    rows = dict(re.findall(rf"^\| `({PREFIX}\w+)` \|.*\| ([\d,]+) \|$", TEACHERS, re.M))
    defaults = {f"{PREFIX}{each.name.upper()}": f"{each.default:,}" for each in fields(Limits)}
    assert rows == defaults


def test_the_table_for_teachers_has_every_variable_that_the_app_reads():
    read = set(re.findall(r"""environ(?:\.get\(|\[)"(FVAPP_[A-Z_]+)["]""", CODE))
    assert {"FVAPP_HOME", "FVAPP_LAB", "FVAPP_WORKERS"} <= read
    assert {name for name in read if f"`{name}`" not in TEACHERS} <= {"FVAPP_CHROMIUM"}


def test_each_variable_has_one_meaning_and_five_come_before_the_fold():
    def variables(text: str) -> list[str]:
        return re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", text, re.M)))

    first, fold, _ = TEACHERS.partition("<details>")
    every = variables(TEACHERS)
    assert fold and len(variables(first)) == 5
    assert len(every) == len(set(every)) > 25


@pytest.mark.parametrize("paper", PAPERS)
def test_every_file_that_a_paper_links_to_is_there(paper):
    links = re.findall(r"\]\(([^)#\s]+)\)", read(paper))
    files = [(ROOT / paper).parent / link for link in links if "://" not in link]
    assert not [file for file in files if not file.exists()]


def test_the_first_paper_holds_the_line_that_starts_the_app_and_the_one_that_runs_the_tests():
    start, tests = re.findall(r"^```sh\n(.*)\n```$", read("README.md"), re.M)
    assert start.endswith(" -m fvapp.start streamlit run app.py") and (ROOT / "app.py").is_file()
    assert tests.endswith(".venv/bin/python -m pytest -n 2 --dist loadfile")
    assert "-r tests/requirements.txt" in tests
    # This is the search by which `.ci/run` finds the command in README.md.
    asked = ["grep", "-m", "1", "--", "-m pytest", "README.md"]
    found = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True)
    assert found.stdout.strip() == tests
    assert "$(grep -m 1 -- '-m pytest' README.md)" in read(".ci/run")


def test_the_first_paper_is_short_and_has_few_pictures():
    text = read("README.md")
    assert len(text.splitlines()) <= 90 and len(re.findall(r"^!\[", text, re.M)) <= 3
    assert len(read("fvapp/README.md").splitlines()) <= 245


def figures(text: str) -> dict[str, tuple[Decimal, str]]:
    """Return the figure and unit in each row of a table, by the word with which the row begins."""
    rows = re.findall(r"^\| (\w+)(?:: [^|]*)? \| ([\d.]+)( s|%) \|", text, re.M)
    return {name: (Decimal(figure), unit) for name, figure, unit in rows}


def test_the_numbers_of_the_first_paper_are_the_measured_ones_rounded():
    shown = figures(section("README.md", "Three numbers"))
    measured = figures(section("fvapp/bench/README.md", "README's three numbers"))
    assert shown.keys() == {"training", "waiting", "recognition"}
    assert shown == {
        name: (figure.quantize(shown[name][0]), unit) for name, (figure, unit) in measured.items()
    }


def test_every_thread_is_listed_by_its_name():
    begun = set(re.findall(r'name(?:_prefix)?=f?"(fvapp-[a-z-]+)', CODE))
    listed = section("fvapp/README.md", "Threads")
    assert len(begun) > 15 and {name for name in begun if f"`{name}" not in listed} == set()


def test_the_first_paper_names_the_lowest_of_all_collections_that_recognition_was_measured_on():
    row = re.search(r"^\| recognition: .*$", read("README.md"), re.M)[0]
    collections = r"^\| pen digits of writers .*\n\| another collection .*$"
    figures = re.search(collections, read("fvapp/bench/README.md"), re.M)[0]
    # 94.3% is left out, because it is the accuracy of a network trained on MNIST alone.
    shares = {float(share) for share in re.findall(r"(\d+\.\d)%", figures)} - {94.3}
    assert {float(share) for share in re.findall(r"\d+\.\d", row)} == shares
    assert row.endswith(f"| {min(shares)}% |")
