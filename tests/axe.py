"""axe-core in a page: what it finds against WCAG 2.2 AA and good practice, but for what is Streamlit's own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

_LOOK = """async ([tags, others]) => {
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: tags },
    resultTypes: ["violations"],
    elementRef: true,
  });
  return found.violations.flatMap((rule) => rule.nodes.map((node) => ({
    rule: rule.id,
    selector: node.target.flat().join(" "),
    html: node.html.slice(0, 300),
    why: [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; "),
    other: others.findIndex(([id, css]) => id === rule.id && node.element?.closest(css)),
  })));
}"""


@dataclass(frozen=True)
class Others:
    """A violation that is not ours: the rule, where it stands (CSS), and who has to mend it, or why it is none."""

    rule: str
    css: str
    reason: str


@dataclass(frozen=True)
class Finding:
    """One element that breaks one rule; `other` is its place in the list of what is not ours, or -1."""

    rule: str
    selector: str
    html: str
    why: str
    other: int

    def __str__(self) -> str:
        return f"{self.rule}: {self.selector}\n    {self.html}\n    {self.why}"


def look(page: Page, others: Sequence[Others]) -> list[Finding]:
    """Return what breaks a rule on the page as it stands."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_source())
    rows = page.evaluate(_LOOK, [list(TAGS), [[other.rule, other.css] for other in others]])
    return [Finding(**row) for row in rows]


@cache
def _source() -> str:
    """The package's axe-core, or another one that ``FVAPP_AXE`` names."""
    named = os.environ.get("FVAPP_AXE")
    file = Path(named) if named else files("axe_playwright_python").joinpath("axe.min.js")
    return file.read_text(encoding="utf-8")
