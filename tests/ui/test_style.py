"""What the style sheets may require of a browser."""

import re
from pathlib import Path

import pytest

from fvapp import ui
from fvapp.charts.class_dots import WIDE, WIDTH

UI = Path(ui.__file__).parent
SHEETS = sorted(UI.rglob("*.css"))
WITHOUT_A_NAME = re.compile(r"(?:^|[\s>+~,(])(?<!:not\():has\(|(?:^|[\s>+~,]):not\(:has\(")
OF_THE_PAGE = re.compile(r"(?:body|html|:root|\.stApp):has\(")
PRIVATE = re.compile(r"\.st[A-Z]\w*|data-test[\w-]*(?:=st[\w-]+)?")
EVERYTHING_BELOW = re.compile(r":has\([^,{]*\)[^,{]*[\s>+~]\*")
HIDDEN = re.compile(r"([^{};]+)\{[^}]*(?:visibility: hidden|display: none)")
BUTTON_KEY = re.compile(r'st\.\w*button\((?:[^()]|\([^()]*\))*?key="(\w+)"')


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_no_rule_asks_the_whole_page_what_it_holds(sheet):
    """No rule uses ``:has()`` on the page itself, without a name before it, or followed by ``*``.

    Any of these rules makes Chromium restyle the whole page whenever an element is added. Plotly
    adds an element for each axis label that it measures, which takes 8 to 16 ms per label on the
    train page, instead of 0.13 ms.
    """
    plain = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    for selectors in re.findall(r"[^{};]+(?=\{)", plain):
        for asks in (WITHOUT_A_NAME, OF_THE_PAGE, EVERYTHING_BELOW):
            assert not asks.search(selectors.strip()), selectors


@pytest.mark.parametrize(
    "sheet", [*SHEETS, *(UI.parent / "core/export/page").glob("*.css")], ids=lambda path: path.name
)
def test_nothing_looks_chosen_because_a_finger_has_touched_what_was_there_before(sheet):
    """Touch screens keep `:hover` after a tap, also on what the next screen shows there."""
    plain = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    with_a_mouse = re.compile(r"@media \(hover: hover\) \{(?:[^{}]*\{[^{}]*\})*\s*\}")
    for selectors in re.findall(r"[^{};]+(?=\{)", with_a_mouse.sub("", plain)):
        each = [one.strip() for one in selectors.split(",")]
        hovered = [one for one in each if ":hover" in one.replace(":not(:hover)", "")]
        assert all(one.replace(":hover", "") in each for one in hovered), selectors


def test_the_sentences_below_a_written_text_have_room_for_as_many_lines_as_they_need():
    """A fixed height, or containment of the size, would cut the last line off on a narrow page."""
    sheet = (UI.parent / "core/export/page/writer.css").read_text("utf-8")
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL))
    sentences = [rule for names, rule in rules if re.search(r"\.(?:took|notes|lost)\b", names)]
    assert sum("min-height" in rule for rule in sentences) == 4
    assert not [rule for rule in sentences if re.search(r"(?<!-)height:|strict|size;", rule)]


def test_no_rule_hides_a_button_which_somebody_may_be_about_to_press():
    """To remove or disable a button, the script draws the page again; styles never hide buttons."""
    keys = {key for path in UI.rglob("*.py") for key in BUTTON_KEY.findall(path.read_text("utf-8"))}
    hidden = [rule.strip() for sheet in SHEETS for rule in HIDDEN.findall(sheet.read_text("utf-8"))]
    assert len(keys) > 30
    assert [rule for rule in hidden for key in keys if rule.endswith(f".st-key-{key}")] == []


def test_no_button_covers_what_stands_above_a_picture():
    """After a tap, Streamlit's button to enlarge a picture stays on the line above the picture."""
    hidden = [rule for sheet in SHEETS for rule in HIDDEN.findall(sheet.read_text("utf-8"))]
    assert any('[data-testid="stElementToolbar"]:has(+ .stImage)' in rule for rule in hidden)


def test_what_is_looked_for_in_streamlits_own_page_is_in_one_list():
    """``tests/browser/test_selectors.py`` checks that each element in the list exists."""
    files = [path for kind in ("css", "js", "py") for path in UI.rglob(f"*.{kind}")]
    texts = [path.read_text("utf-8").replace('"', "").replace("'", "") for path in files]
    found = {
        each if each.startswith(".") else f"[{each}]"
        for text in texts
        for each in PRIVATE.findall(text)
    }
    assert sorted(found) == (UI / "style" / "selectors.txt").read_text("utf-8").splitlines()


def test_a_projectors_letters_are_four_centimetres_high_on_a_picture_of_two_metres():
    """An em is at least 1/50 of the picture's width, at 16:9, to be readable from eight metres."""
    sheet = (UI / "style" / "classroom.css").read_text("utf-8")
    sizes = [size for size in re.findall(r"font-size: ([^;}]+)", sheet) if "clamp" not in size]
    lengths = re.findall(r"([\d.]+)(v[wh])", " ".join(size for size in sizes if "vw" in size))
    widths = [float(number) for number, unit in lengths if unit == "vw"]
    heights = [float(number) for number, unit in lengths if unit == "vh"]
    assert len(widths) > 20 and min(widths) >= 2.0
    assert min(heights) * 9 / 16 >= 2.0
    block = 100 - 2 * 3.5  # per cent of the picture's width, between the projector's margins
    assert block * 15 / max(WIDE, WIDTH) >= 2.0


def test_the_picture_of_a_revealed_hunt_fits_below_its_sentences():
    """The heading of two lines and the text of four end at a third of the projector's width."""
    rule = r"st-key-hunt:has\(h2\) \.st-key-hunt_dots \{ width: min\(100%, (\d+)vh - (\d+)vw\)"
    (limits,) = re.findall(rule, (UI / "style" / "classroom.css").read_text("utf-8"))
    of_height, of_width = map(int, limits)
    for height in (100 * 9 / 16, 100 * 10 / 16, 100 * 3 / 4):  # in per cent of the width
        picture = min(4 / 7 * 93, of_height * height / 100 - of_width) * 290 / 460
        assert 12 < picture <= height - 100 / 3
