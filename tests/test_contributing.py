"""What contributors use works as described: forms, hosted tests, hooks and the change log."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import fvapp

ROOT = Path(__file__).parent.parent
GITHUB = ROOT / ".github"
WORKFLOW = GITHUB / "workflows" / "test.yml"
REPOS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
HOOKS = {hook["id"]: hook for repo in REPOS for hook in repo["hooks"]}
PARTS = {
    "markdown": {"value"},
    "input": {"label"},
    "textarea": {"label"},
    "dropdown": {"label", "options"},
}
"""Type of a part of a GitHub issue form -> attributes that the part must have.

See "Syntax for GitHub's form schema" at https://docs.github.com/communities.
"""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def run_hook(hook: str, *files: Path) -> subprocess.CompletedProcess[str]:
    """Run a hook as pre-commit does, with the tools installed beside this Python."""
    tool, *words = shlex.split(HOOKS[hook]["entry"])
    return run(str(Path(sys.executable).with_name(tool)), *words, *map(str, files))


def test_a_linter_finds_nothing_in_the_hosted_tests_and_is_asked_before_each_commit(tmp_path):
    assert re.search(HOOKS["workflow"]["files"], WORKFLOW.relative_to(ROOT).as_posix())
    looked = run_hook("workflow", WORKFLOW)
    assert looked.returncode == 0, looked.stdout
    broken = tmp_path / "broken.yml"
    broken.write_text(WORKFLOW.read_text(encoding="utf-8").replace("jobs:", "job:"))
    assert run_hook("workflow", broken).returncode


def test_the_hosted_tests_run_the_lines_of_the_first_paper_and_say_that_no_host_has_tried_them():
    text = WORKFLOW.read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    (line,), starts = (
        [step["run"] for step in jobs[name]["steps"] if "run" in step] for name in ("test", "start")
    )
    assert "Untried" in text.partition("\nname:")[0]
    shown = run("bash", "-c", line.replace("bash -c", "printf %s", 1))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert shown.stdout.endswith(re.search(r"^.*-m pytest.*$", readme, re.M).group())
    assert starts == ["python tests/start_line.py"]
    assert (ROOT / "tests" / "start_line.py").is_file()
    assert jobs["start"]["strategy"]["matrix"]["os"] == ["windows-latest", "macos-latest"]


@pytest.mark.parametrize(
    "form", sorted(GITHUB.glob("ISSUE_TEMPLATE/*")), ids=lambda path: path.stem
)
def test_a_form_for_issues_has_what_its_host_asks_for(form):
    content = yaml.safe_load(form.read_text(encoding="utf-8"))
    assert form.suffix == ".yml" and content.keys() >= {"name", "description", "body"}
    parts = content["body"]
    assert all(part["attributes"].keys() >= PARTS[part["type"]] for part in parts)
    ids = [part["id"] for part in parts if part["type"] != "markdown"]
    assert ids and len(ids) == len(set(ids)) and all(re.fullmatch(r"[\w-]+", each) for each in ids)


def test_hooks_and_paper_name_tools_that_the_requirements_of_the_tests_bring():
    paper = (GITHUB / "CONTRIBUTING.md").read_text(encoding="utf-8")
    declared = (ROOT / "tests" / "requirements.txt").read_text(encoding="utf-8")
    tools = {shlex.split(hook["entry"])[0] for hook in HOOKS.values()}
    assert tools >= {"ruff", "mypy"} and {hook["language"] for hook in HOOKS.values()} == {"system"}
    assert {tool for tool in tools if not re.search(rf"^{tool}>=", declared, re.M)} == set()
    for line in ("^ruff check", "^mypy$", "^python -m pytest"):
        assert re.search(line, paper, re.M)
    for hook in ("ruff-check", "ruff-format"):
        assert run_hook(hook, Path(__file__)).returncode == 0


def test_the_change_log_begins_with_1_0_and_has_the_version_that_this_is():
    text = (ROOT / ".readme" / "changelog.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (\d+\.\d+\.\d+) \(\d+ \w+ \d{4}\)$", text, re.M)
    assert versions[0] == fvapp.__version__ and versions[-1] == "1.0.0"
    numbers = [[*map(int, each.split("."))] for each in versions]
    assert numbers == sorted(numbers, reverse=True)
    assert text.index("## To come") < text.index(f"## {versions[0]}")
    assert "`vMAJOR.MINOR.PATCH`" in text


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "SECURITY.md"])
def test_every_file_that_a_paper_for_engineers_names_is_there(name):
    text = (GITHUB / name).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)\)", text) if "://" not in link]
    assert links and [link for link in links if not (GITHUB / link).exists()] == []
    paths = re.findall(r"(?:`| )((?:tests|fvapp|\.github|\.ci)/[\w./-]+\w)", text)
    assert paths and [path for path in paths if not (ROOT / path).exists()] == []
