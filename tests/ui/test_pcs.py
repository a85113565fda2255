"""The card PCs of the For teachers page: who has joined, what each PC trains, and what is wrong."""

import pytest

from fvapp.core.errors import EngineError
from fvapp.core.settings import RunSettings
from fvapp.engine.inbox import WorkerGone, WorkerRefused
from scripted_engine import new_visitor
from ui_pages import T


@pytest.fixture
def said(open_page, engine):
    """Return a function that opens the teachers' page and returns its texts."""

    def look() -> str:
        app = open_page("teachers", folds=["card_pcs"])
        return "\n".join(each.value for kind in (app.markdown, app.caption) for each in kind)

    return look


def test_where_this_pc_trains_alone_the_page_says_how_others_join_unless_there_is_a_word(
    said, engine, monkeypatch
):
    engine.start()
    text = said()
    assert all(T(f"teacher.pcs.{key}") in text for key in ("alone", "here", "idle"))
    monkeypatch.setenv("FVAPP_TEACHER_WORD", "chalk")
    assert T("teacher.pcs.here") not in said()


def test_each_pc_is_there_with_its_cores_its_speed_and_what_it_trains(said, engine):
    engine.start()
    engine.workers.come("far", pc="lab-2", speed=2.5)
    token = new_visitor(engine)
    engine.runs.submit_runs(token, [RunSettings(hidden=(64,), epochs=20)] * 3)
    text = said()
    assert r"lab\-2" in text and T("teacher.pcs.speed", speed="2.5") in text
    assert text.count(T("teacher.pcs.run", network="64", epoch="1/20")) == 3
    assert text.count(T("teacher.pcs.ready")) == 2


def test_one_that_is_silent_gone_or_turned_away_says_so(said, engine):
    engine.start()
    engine.workers.come("far", pc="lab-2")
    engine.workers.silent["far"] = 5.0
    error = EngineError("pc_other_version", name="Keras", found="3.14.0", needed="3.15.1")
    engine.step(WorkerRefused("tls://192.0.2.7:8787", "<b>*evil*</b>", error))
    engine.workers.come("third", pc="lab-3")
    engine.step(WorkerGone("third"))
    text = said()
    assert T("teacher.pcs.silent", time="5.0 s") in text
    assert T("teacher.pcs.gone", time="").strip() in text
    assert r"\<b\>\*evil\*" in text and "<b>" not in text
    assert T("teacher.pcs.refused") in text and r"3\.14\.0" in text
