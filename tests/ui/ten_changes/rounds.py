"""A new kind of round works on all pages of a changed copy of the app.

See ``test_ten_changes.py``.
"""

import pytest

from catalogue_texts import SHIPS
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
    open_page, engine, join, teacher, board
):
    mia = join("Mia")
    ali = join("Ali")
    assert not board.exception and QUESTION in html(board)
    for page in ("train", "data"):
        app = open_page(page, token=mia)
        assert QUESTION in "".join(texts(app)) and app.radio(key="hands").value in (None, "yes")
        set_field(app, "hands", "yes")
    engine.rounds.answer_round(ali, 1, "no")
    engine.rounds.answer_round(ali, 1, "yes")
    engine.skip(1.0)
    projector = html(open_page("classroom", token=teacher, view="projector"))
    assert "<b>2</b>" in projector and "Yes: 2" not in projector
    press(board.run(), "round_reveal")
    assert "Yes: 2" in html(
        open_page("classroom", token=teacher, view="projector")
    ) and "Yes: 2" in html(board)
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
def test_all_screens_have_its_words(open_board, open_page, join, teacher):
    mia = join("Mia")
    for language in SHIPS:
        board = open_board("rounds", lang=language)
        projector = open_page("classroom", token=teacher, lang=language, view="projector")
        for page in (board, projector, open_page("data", token=mia, lang=language)):
            assert not page.exception and QUESTION in shown(page) and not raw_keys(shown(page))


def test_it_is_offered_in_its_place_among_the_kinds(open_board):
    kinds = open_board("rounds").selectbox(key="round_kind").options
    assert (
        kinds == [T(f"classroom.round.kinds.{kind}") for kind in KINDS]
        and list(KINDS).index("hands") == 1
    )
