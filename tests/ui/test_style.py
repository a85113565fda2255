"""What the style sheets may ask of a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fvapp import ui

SHEETS = sorted(Path(ui.__file__).parent.rglob("*.css"))
WITHOUT_A_NAME = re.compile(r"(?:^|[\s>+~,(])(?<!:not\():has\(|(?:^|[\s>+~,]):not\(:has\(")
OF_THE_PAGE = re.compile(r"(?:body|html|:root|\.stApp):has\(")
EVERYTHING_BELOW = re.compile(r":has\([^,{]*\)[^,{]*[\s>+~]\*")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_no_rule_asks_the_whole_page_what_it_holds(sheet):
    """``:has()`` of the page, of no name in particular, or with ``*`` behind it.

    With each element that comes Chromium then styles the page anew, also with each text that Plotly measures for its
    axes: 8 to 16 ms instead of 0.2 ms on the page that trains.
    """
    plain = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    for selectors in re.findall(r"[^{};]+(?=\{)", plain):
        for asks in (WITHOUT_A_NAME, OF_THE_PAGE, EVERYTHING_BELOW):
            assert not asks.search(selectors.strip()), selectors
