"""A new kind of round works on all pages of a changed copy of the app.

See ``test_ten_changes.py``.
"""

import pytest

from fvapp.core.classroom.kinds import KINDS
from fvapp.core.errors import EngineError
from ui_pages import T, html, press, raw_keys, set_field, shown, texts

QUESTION = "Is it a shirt?"


@pytest.fixture
def board(open_board):
    """The board of a teacher who has asked for a show of hands."""
    app = open_board("rounds")
    set_field(app, "round_kind", "hands")
    app.text_input(key="round_question").set_value(QUESTION)
    return press(app, "round_start")


def test_it_is_started_answered_on_any_page_and_shown_once_it_is_revealed(
    open_page, engine, join, projector, board
):
    mia = join("Mia")
    ali = join("Ali")
    assert QUESTION in html(board)
    for page in ("train", "data"):
        app = open_page(page, token=mia)
        assert QUESTION in "".join(texts(app)) and app.radio(key="hands").value in (None, "yes")
        set_field(app, "hands", "yes")
    engine.rounds.answer_round(ali, 1, "no")
    engine.rounds.answer_round(ali, 1, "yes")
    wall = html(projector())
    assert "<b>2</b>" in wall and "Yes: 2" not in wall
    press(board.run(), "round_reveal")
    assert "Yes: 2" in html(projector()) and "Yes: 2" in html(board)
    assert open_page("train", token=mia).radio(key="hands").disabled
    press(board, "round_end")
    assert "hands" not in [radio.key for radio in open_page("train", token=mia).radio]


@pytest.mark.usefixtures("board")
def test_what_cannot_be_answered_is_refused_and_so_is_what_other_kinds_ask_for(engine, join):
    mia = join("Mia")
    for answer in ("perhaps", "", "x" * 1_000):
        with pytest.raises(EngineError, match="round_unknown"):
            engine.rounds.answer_round(mia, 1, answer)
    with pytest.raises(EngineError, match="round_over"):
        engine.rounds.begin_late_drawing(mia, 1)
    engine.rounds.train_missing_networks(mia, 1)
    assert engine.runs.list_runs(mia) == ()


@pytest.mark.usefixtures("board")
def test_all_screens_have_its_words(open_board, open_page, projector, join, language):
    seat = open_page("data", token=join("Mia"), lang=language)
    for page in (seat, open_board("rounds", lang=language), projector(lang=language)):
        assert QUESTION in shown(page) and not raw_keys(shown(page))


def test_it_is_offered_in_its_place_among_the_kinds(open_board):
    kinds = open_board("rounds").selectbox(key="round_kind").options
    assert kinds == [T(f"classroom.round.kinds.{kind}") for kind in KINDS]
    assert list(KINDS).index("hands") == 1
