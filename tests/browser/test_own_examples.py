"""A drawing is kept, taught to a network of one's own, and given up again: with the real engine."""

import re

import pytest
from playwright.sync_api import expect

from visitor import EN, PERCENT, SEVEN, SHORT


@pytest.mark.long  # with an engine that trains when told to it is shown in tests/ui
def test_a_drawing_is_kept_taught_and_given_up(visit):
    visitor = visit(None)
    visitor.train(f"{SHORT}&dataset=mnist")
    visitor.open("/draw?dataset=mnist").draw(SEVEN).read("answer", PERCENT, timeout=60)
    visitor.press("keep_no").find("keep_label").get_by_role("radio", name="4", exact=True).click()
    visitor.read("keep_example", re.escape(EN("examples.kept", name="4", n=1).replace("**", "")))
    visitor.press("teach").read("taught_after", rf"4: {PERCENT.pattern}", timeout=60)
    visitor.read("answer", "4 · ")
    expect(visitor.find("taught_flips")).to_contain_text(EN("teaching.gained", n="X").partition("X")[0])
    visitor.press("teach_undo")
    expect(visitor.find("taught")).to_have_count(0)
    expect(visitor.find("teach")).to_be_visible()
    visitor.open("/data?dataset=mnist&show=my_examples").read("my_examples", f"{EN('examples.title')} · 1")
    with visitor.page.expect_download() as download:
        visitor.press("download_npz")
    content = download.value.path()
    visitor.find("my_examples").locator("button.tile").click()
    visitor.press("example_delete").read("my_examples", re.escape(EN("examples.empty")))
    visitor.find("example_upload").locator('input[type="file"]').set_input_files(
        {"name": "mine.npz", "mimeType": "application/zip", "buffer": content.read_bytes()}
    )
    visitor.read("my_examples", f"{EN('examples.title')} · 1")
