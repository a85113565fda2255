"""Pages without a browser: Streamlit's AppTest, and an engine without processes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner import script_runner
from streamlit.testing.v1 import AppTest, local_script_runner
from streamlit.testing.v1.local_script_runner import LocalScriptRunner
from streamlit.util import calc_hash

import mission_pages
from class_room import Room
from fvapp.core.datasets import Dataset, load_dataset
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.class_time import LESSON
from fvapp.core.places import AppFolders
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.engine.runs.tokens import new_token
from fvapp.engine.singleton import set_engine
from fvapp.ui.browser import storage
from fvapp.ui.parts.data_sets import shipped_twelve_images
from fvapp.ui.parts.page_table import PAGES
from fvapp.ui.teachers.cards import CARDS
from fvapp.ui.write.writer import _read_learned_text
from scripted_engine import Clock, ScriptedEngine, new_visitor
from ui_pages import FEW_TEST_IMAGES, shown

APP = Path(__file__).parents[2] / "app.py"

FOLDS = (
    *("topic_network", "topic_training", "topic_data", "workspace_menu"),
    *("compare_choice", "compare_sure", "compare_why", "compare_images", "compare_all"),
    *(card.widget_key for card in CARDS),
)

OpenPage = Callable[..., AppTest]


@dataclass
class Browser:
    """A fake browser, which stores and answers like the script of ``fvapp.ui.browser.storage``."""

    token: str = field(default_factory=new_token)
    language: str | None = None
    available: bool = True

    def look(
        self, question: str, token: str | None, keep: bool, left: str | None, language: str | None
    ) -> None:
        self.token = token if keep and left in (None, self.token) else self.token
        self.language = language or self.language


@pytest.fixture(autouse=True)
def _notices_for_one_page(monkeypatch):
    """Show notices on one page only, because tests draw the next page faster than anybody reads."""
    monkeypatch.setattr("fvapp.ui.messages.SECONDS", 0.0)


@pytest.fixture(scope="session", autouse=True)
def _quick_pages():
    """Speed up AppTest.

    Without this fixture, every AppTest would read the metadata of hundreds of packages in search of
    components, which takes longer than drawing most pages. AppTest would also check every
    millisecond whether the script has ended, which costs processor time; the fixture waits for the
    script's thread instead. If another test had imported Keras, which the app's server never does,
    Streamlit would clear Keras' session after each page, and so delete everything that training has
    compiled.
    """

    def wait(runner: LocalScriptRunner, timeout: float) -> None:
        runner._script_thread.join(timeout)
        if runner._script_thread.is_alive():
            runner.request_stop()
            raise TimeoutError(f"the page was not drawn within {timeout} seconds")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner,
            "scan_component_manifests",
            cache(manifest_scanner.scan_component_manifests),
        )
        patch.setattr(local_script_runner, "require_widgets_deltas", wait)
        patch.setattr(script_runner, "_clean_problem_modules", lambda: None)
        yield


@pytest.fixture(autouse=True)
def browsers(monkeypatch):
    """Give each page the fake browser in its session; a page without a browser gets no answers."""

    def browser() -> Browser | None:
        return st.session_state.get(storage.KEY)

    def read_browser_answer(question: str) -> storage.BrowserStorage | None:
        return browser() and storage.BrowserStorage(
            browser().token, browser().language, browser().available
        )

    monkeypatch.setattr(storage, "read_browser_answer", read_browser_answer)
    monkeypatch.setattr(storage, "ask_browser", lambda *said: browser() and browser().look(*said))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def engine(tmp_path):
    """The engine behind these pages, which trains only when a test calls `advance` or `finish`."""
    engine = ScriptedEngine(tmp_path)
    set_engine(engine)
    yield engine
    set_engine(None)
    engine.close()


@pytest.fixture
def says(engine, monkeypatch):
    """Return ``says(store_error="store_full")``, which makes the engine report this state."""
    status = engine.engine_status

    def says(**state: object) -> None:
        monkeypatch.setattr(engine, "engine_status", lambda: replace(status(), **state))

    return says


@pytest.fixture
def token(engine) -> str:
    """The token of a new visitor."""
    return new_visitor(engine)


@pytest.fixture
def train(engine, token) -> Callable[..., list[RunRecord]]:
    """Return ``train(settings, ...)``, which trains the visitor's runs to completion, in turn."""

    def train(*settings: RunSettings, token: str = token) -> list[RunRecord]:
        engine.start()
        records = [record for one in settings for record in engine.runs.submit_runs(token, [one])]
        engine.finish()
        return [engine.runs.get_run(token, record.id) for record in records]

    return train


@pytest.fixture
def open_page(engine) -> OpenPage:
    """Return ``open_page("data", index="42")``: a page as a visitor sees it.

    Args:
        token: the token in the browser; with "new", the browser makes a token; with None, the
            browser never answers.
        folds: keys of the expanders that the visitor has opened.
        query: the parameters in the address.
    """

    def open_page(
        name: str, token: str | None = "new", folds: Sequence[str] = FOLDS, **query: str
    ) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=120)
        if token is not None:
            app.session_state[storage.KEY] = Browser() if token == "new" else Browser(token)
        for key in folds:
            app.session_state[key] = True
        for key, value in query.items():
            app.query_params[key] = value
        # AppTest can switch only to pages that are files. The app's pages are functions, which
        # Streamlit distinguishes by their paths.
        app._page_hash = calc_hash(PAGES[name].url_path)
        app.run()
        assert not app.exception, app.exception
        return app

    return open_page


@pytest.fixture
def own_page(open_page, token):
    """Return ``own_page("train", epochs="3")``: a page as the visitor with `token` sees it."""
    return lambda name, **query: open_page(name, token=token, **query)


@pytest.fixture
def runs(engine, token):
    """Return ``runs()``: all runs of the visitor with `token`, oldest first."""
    return lambda: engine.runs.list_runs(token)


@pytest.fixture
def open_mission(own_page):
    """Return ``open_mission("network")``: the visitor's page of this mission."""
    return lambda name, **query: own_page("missions", mission=MISSIONS[name].short_name, **query)


@pytest.fixture
def trained_mission(open_mission, engine):
    """Return ``trained_mission("network")``: this mission's page after its runs have ended."""
    return lambda name, **query: mission_pages.train(open_mission(name, **query), engine, name)


@pytest.fixture
def learned(monkeypatch):
    """Let the engine's networks, whose weights are random, count as having learned something."""
    monkeypatch.setattr("fvapp.core.results.learned.least_learned_accuracy", lambda *of: 0)


@pytest.fixture
def answer_as(engine, monkeypatch):
    """Return ``answer_as(is_stale=True)``, which sets this field in all answers of networks."""
    classify = engine.answers.classify_images

    def answer_as(**changes: object) -> None:
        monkeypatch.setattr(
            engine.answers,
            "classify_images",
            lambda *asked: tuple(replace(answer, **changes) for answer in classify(*asked)),
        )

    return answer_as


@pytest.fixture
def few_images(monkeypatch):
    """Let pages and engine load only the first images; other tests use all of them."""

    @cache
    def load_some(name: str, places: object = None) -> Dataset:
        whole = load_dataset(name, AppFolders.from_environ())
        cut = {
            **dict.fromkeys(("x_test", "y_test"), FEW_TEST_IMAGES),
            **dict.fromkeys(("x_train", "y_train"), 1_500),
        }
        return replace(whole, **{part: getattr(whole, part)[:count] for part, count in cut.items()})

    monkeypatch.setattr("fvapp.ui.parts.data_sets.open_dataset", load_some)
    monkeypatch.setattr("fvapp.engine.answers.inspecting.load_dataset", load_some)
    yield
    for of_these_images in (shipped_twelve_images, _read_learned_text):
        of_these_images.cache_clear()


@pytest.fixture
def room(engine, token) -> Room:
    """An open class, of which the visitor with `token` is the teacher."""
    engine.start()
    return Room(engine, token, engine.teachers.open_class(token, "8b", "en", LESSON).id)


@pytest.fixture
def teacher(room) -> str:
    """The token of a teacher with an open class."""
    return room.teacher


@pytest.fixture
def open_board(open_page, room):
    """Return ``open_board("rounds")``: the teacher's board with these expanders open."""

    def open_board(*folds: str, **query: str) -> AppTest:
        room.engine.skip(1.0)
        return open_page("classroom", token=room.teacher, folds=folds or FOLDS, **query)

    return open_board


@pytest.fixture
def open_seat(open_page):
    """Return ``open_seat(student)``: the class's page as a student sees it."""
    return lambda student, **query: open_page("classroom", token=student, **query)


@pytest.fixture
def projector(open_page, room):
    """Return ``projector()``: the page that the projector shows a second later."""

    def projector(**query: str) -> AppTest:
        room.engine.skip(1.0)
        return open_page("classroom", token=room.teacher, view="projector", **query)

    return projector


@pytest.fixture
def wall(projector):
    """Return ``wall()``: all text that the projector shows a second later."""
    return lambda: shown(projector())


@pytest.fixture
def join(room):
    """Return ``join("Mia")``: the token of a new student."""

    def join(nickname: str, offered: bool = False) -> str:
        student = room.join(nickname, offered=offered)
        room.engine.skip(1.0)
        return student

    return join


@pytest.fixture
def mia(join) -> str:
    """The token of a student called Mia."""
    return join("Mia")


@pytest.fixture
def mia_opens(open_page, mia):
    """Return ``mia_opens("train", epochs="3")``: a page as Mia sees it."""
    return lambda name, **query: open_page(name, token=mia, **query)
