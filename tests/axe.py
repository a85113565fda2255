"""Runs axe-core in a page, and returns its findings against WCAG 2.2 AA and good practice."""

import os
from functools import cache
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

_LOOK = """async (tags) => {
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: tags }, resultTypes: ["violations"],
  });
  return found.violations.flatMap((rule) => rule.nodes.map((node) => {
    const why = [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; ");
    return `${rule.id}: ${node.target.flat().join(" ")}\\n    ${node.html.slice(0, 300)}\\n    ${why}`;
  }));
}"""


def look(page: Page) -> list[str]:
    """Return every element of the page that breaks a rule, with the rule and the reason."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_source())
    return page.evaluate(_LOOK, list(TAGS))


@cache
def _source() -> str:
    """Return axe-core's source code, from its package or from the file in ``FVAPP_AXE``."""
    named = os.environ.get("FVAPP_AXE")
    file = Path(named) if named else files("axe_playwright_python").joinpath("axe.min.js")
    return file.read_text(encoding="utf-8")
