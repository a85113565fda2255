"""Retakes the screenshots in README.md.

PYTHONPATH=.:tests .venv/bin/python tests/readme_pictures.py
"""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from fvapp.bench.served_app import serve_app
from visitor import EN, Visitor

FOLDER = Path(__file__).parents[1] / ".readme"
MISSION = "layers"
ABOVE = [(0.3, 0.2), (0.5, 0.12), (0.68, 0.2), (0.66, 0.38), (0.48, 0.46)]
BELOW = [(0.7, 0.58), (0.7, 0.76), (0.5, 0.87), (0.28, 0.78)]


def take_pictures(page: Page, url: str) -> None:
    """Train, draw, look inside and finish a mission, and save a screenshot of each."""
    visitor = Visitor(page, url)
    visitor.train("/")
    keep(page, "train")
    visitor.open("/draw?dataset=mnist").draw([ABOVE + BELOW])
    visitor.read("answer", "3")
    keep(page, "draw")
    visitor.open("/inside?dataset=mnist")
    keep(page, "inside")
    visitor.open(f"/missions?mission={MISSION}")
    visitor.find("predict").get_by_text(EN(f"missions.{MISSION}.predict.held"), exact=True).click()
    visitor.press("mission_run")
    visitor.read("mission_result", r"\d", timeout=300)
    keep(page, "mission")


def keep(page: Page, name: str) -> None:
    """Save a screenshot once every chart is drawn."""
    page.wait_for_function(
        "() => !document.querySelector('.stPlotlyChart:not(:has(.plot-container))')"
    )
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home, serve_app(environ={"FVAPP_HOME": home}) as served:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            take_pictures(
                browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-GB"),
                served.url,
            )
            browser.close()
