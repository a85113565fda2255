"""Each replacement of a function of Streamlit or uvicorn works, except in unknown versions."""

import inspect
import json
from dataclasses import replace
from pkgutil import resolve_name
from types import SimpleNamespace

import pytest
from streamlit import config, dataframe_util, net_util
from streamlit.components.v2.bidi_component import main as bidi_component
from streamlit.components.v2.bidi_component.serialization import serialize_mixed_data
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import NewSession
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime import Runtime, app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.session_manager import ActiveSessionInfo
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import WStates
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager
from streamlit.web.server.server_util import is_url_from_allowed_origins

from fvapp.core.settings import RunSettings
from fvapp.ui import compat
from fvapp.ui.compat import REPLACED, apply_replacements
from fvapp.ui.compat.messages import session_exists
from fvapp.ui.parts.page_table import PAGES

ENDED = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
EARLY = ForwardMsg.FINISHED_EARLY_FOR_RERUN
SECTIONS = (
    "theme",
    "theme.light",
    "theme.dark",
    "theme.sidebar",
    "theme.light.sidebar",
    "theme.dark.sidebar",
)


@pytest.fixture(autouse=True)
def replaced(monkeypatch):
    """Replace Streamlit's functions as the running app does, and restore them afterwards."""
    for each in REPLACED:
        owner = resolve_name(each.owner_path)
        monkeypatch.setattr(
            owner, each.function_name, inspect.unwrap(getattr(owner, each.function_name))
        )
    apply_replacements.cache_clear()
    apply_replacements()
    yield
    apply_replacements.cache_clear()


# Tests with the versions of Streamlit and uvicorn that the app is known to work with


@pytest.mark.parametrize("each", REPLACED, ids=lambda each: each.function_name)
def test_this_streamlit_is_the_one_that_is_known(each, caplog):
    assert (
        getattr(resolve_name(each.owner_path), each.function_name).__wrapped__
        and each.prepare_replacement()
        and not caplog.records
    )


@pytest.mark.parametrize(
    "change",
    [
        {"owner_path": "streamlit.gone"},
        {"function_name": "gone"},
        {"make_replacement": lambda before: lambda other: None},
    ],
)
def test_what_is_not_known_stays_and_the_log_says_what_that_costs(monkeypatch, caplog, change):
    unknown = replace(REPLACED[0], **change)
    before = inspect.unwrap(app_session._populate_theme_msg)
    monkeypatch.setattr(app_session, "_populate_theme_msg", before)
    monkeypatch.setattr(compat, "REPLACED", (unknown,))
    apply_replacements.cache_clear()
    apply_replacements()
    assert app_session._populate_theme_msg is before
    (record,) = caplog.records
    assert (
        unknown.function_name in record.getMessage()
        and unknown.cost_of_original in record.getMessage()
    )


def test_a_session_whose_connection_is_lost_is_known_by_its_name(monkeypatch):
    runtime = object.__new__(Runtime)
    assert "_session_mgr" in Runtime.__init__.__code__.co_names
    storage = MemorySessionStorage()
    runtime._session_mgr = WebsocketSessionManager(storage, None, None, None)
    storage.save(SimpleNamespace(session=SimpleNamespace(id="lost")))
    monkeypatch.setattr(Runtime, "_instance", runtime)
    assert session_exists("lost") and not session_exists("another") and not session_exists(None)


def test_what_a_session_says_goes_to_the_connection_it_has_now():
    heard = ([], [])
    session = SimpleNamespace(id="one")
    gone, back = (
        ActiveSessionInfo(SimpleNamespace(write_forward_msg=each.append), session) for each in heard
    )
    runtime = object.__new__(Runtime)
    runtime._session_mgr = SimpleNamespace(get_active_session_info={"one": back}.get)
    runtime._send_message(
        gone, said := ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)
    )
    assert heard == ([], [said]) and back.script_run_count == 1


def test_a_session_that_comes_back_watches_no_files():
    app_session.AppSession.register_file_watchers(
        session := SimpleNamespace(_local_sources_watcher=None)
    )
    assert session == SimpleNamespace(_local_sources_watcher=None)


# The theme in a page's first message


def told() -> bytes:
    """Return a session's first message, with the theme that Streamlit fills in."""
    message = NewSession()
    for section in SECTIONS:
        place = message.custom_theme
        for name in section.split(".")[1:]:
            place = getattr(place, name)
        app_session._populate_theme_msg(place, section)
    return message.SerializeToString(deterministic=True)


def test_pages_are_told_the_theme_that_streamlit_would_tell_whose_options_are_read_once(
    monkeypatch,
):
    read = config.get_options_for_section
    asked = []
    monkeypatch.setattr(
        config,
        "get_options_for_section",
        lambda section: asked.append(section) or read(section),
    )
    ours = told()
    assert ours == told() and asked == list(SECTIONS)
    monkeypatch.setattr(
        app_session, "_populate_theme_msg", app_session._populate_theme_msg.__wrapped__
    )
    assert told() == ours


# The check of a stream's origin


def test_nobody_who_asks_has_the_internet_asked(monkeypatch):
    asked = []
    monkeypatch.setattr(net_util, "_external_ip", None)
    monkeypatch.setattr(net_util, "_make_blocking_http_get", lambda url, timeout: asked.append(url))
    assert not is_url_from_allowed_origins("https://evil.example") and not asked


# The queue of messages that wait to be sent to a page


def drawn(fragment: str, body: str, *path: int) -> ForwardMsg:
    msg = ForwardMsg()
    msg.delta.fragment_id = fragment
    msg.delta.new_element.text.body = body
    msg.metadata.delta_path.extend(path)
    return msg


def ended() -> ForwardMsg:
    msg = ForwardMsg()
    msg.script_finished = ENDED
    msg.metadata.run.fragment_ids.append("outer")
    return msg


@pytest.fixture
def queue() -> ForwardMsgQueue:
    """Return a queue with a fragment and a fragment inside it, both drawn but not sent yet."""
    queue = ForwardMsgQueue()
    for msg in (drawn("outer", "before", 0, 0), drawn("inner", "within", 0, 1), ended()):
        queue.enqueue(msg)
    return queue


@pytest.mark.parametrize(
    "begins", [["other"], ["outer"], ["inner"], ["other", "outer"]], ids="+".join
)
def test_all_that_is_unsent_stays_when_a_fragment_begins_and_what_it_draws_comes_behind(
    queue, begins
):
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=begins)
    queue.enqueue(drawn("outer", "after", 0, 0))
    *left, last = queue.flush()
    assert left == [drawn("outer", "before", 0, 0), drawn("inner", "within", 0, 1), ended()]
    assert last == drawn("outer", "after", 0, 0)


def test_what_is_unsent_goes_when_the_whole_page_begins(queue):
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=None)
    (left,) = queue.flush()
    assert left.script_finished == EARLY
    assert queue.is_empty()


# Forged values; `test_forged_values` sends them to whole pages


def number_field(kind: str | None = "int_value") -> WidgetMetadata:
    return WidgetMetadata("field", deserializer=int, serializer=int, value_type=kind)


def test_a_value_that_came_before_its_widget_is_dropped_when_the_widget_cannot_read_it():
    values = WStates()
    values.set_widget_from_proto(WidgetState(id="field", string_value="x"))
    values.set_widget_metadata(number_field())
    assert "field" not in values
    values.set_widget_from_proto(WidgetState(id="field", int_value=3))
    values.set_widget_metadata(number_field())
    assert values["field"] == 3


def test_of_a_widget_that_was_cleared_it_is_known_what_it_takes():
    values = WStates()
    values.set_widget_metadata(number_field())
    values.set_widget_metadata(number_field(None))
    values.set_widget_from_proto(WidgetState(id="field", int_value=3))
    assert values["field"] == 3


# Objects that Streamlit must not take for tables


@pytest.fixture
def looked_at(monkeypatch):
    """The objects that Streamlit checks for being tables; to show a table, it imports pandas."""
    asked = []
    for module in (dataframe_util, bidi_component):
        monkeypatch.setattr(module, "determine_data_format", asked.append)
    return asked


def test_a_list_that_a_component_is_given_is_a_list(looked_at):
    message = BidiComponent()
    data = {"lists": [[1, 2], ["a"]], "by_name": {"a": [1]}, "text": "a"}
    serialize_mixed_data(data, message)
    assert json.loads(message.json) == data and not looked_at


def test_no_page_has_streamlit_look_for_a_table(own_page, train, looked_at):
    train(RunSettings())
    for page in PAGES.values():
        # The expanders are closed, because the list of all runs in one of them is really a table.
        own_page(page.name, folds=())
    assert not looked_at
