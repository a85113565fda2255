"""A download button's file stays available for a minute, whatever other pages do meanwhile."""

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from fvapp.ui.compat import media_files


@pytest.fixture
def clock(monkeypatch):
    """Return a list whose last number is the time in seconds."""
    times = [0.0]
    monkeypatch.setattr(media_files, "monotonic", lambda: times[-1])
    return times


@pytest.fixture
def manager(clock):
    with media_files.keeping_downloads():
        yield MediaFileManager(MemoryMediaFileStorage("/media"))


def draw_button(manager: MediaFileManager) -> str:
    """Begin a run of the page's script, which draws the button; return its id."""
    manager.clear_session_refs()
    return manager.add_deferred(lambda: "cards", "text/html", "1.2", "cards.html")


def file_of(manager: MediaFileManager, url: str) -> bytes | None:
    file = manager.read_file(url.rpartition("/")[2].partition(".")[0])
    return file and file.content


def test_a_file_outlives_the_script_runs_of_others_for_a_minute(manager, clock):
    url = manager.execute_deferred(draw_button(manager))
    for now in (0.0, 1.0, 30.0, 59.0):
        clock.append(now)
        manager.remove_orphaned_files()
        assert file_of(manager, url) == b"cards"
    for now in (61.0, 62.0):
        clock.append(now)
        manager.remove_orphaned_files()
    assert file_of(manager, url) is None and not manager._file_metadata


def test_a_click_on_a_button_that_is_just_drawn_again_gives_its_file(manager, clock):
    clicked = draw_button(manager)
    manager.clear_session_refs()
    manager.remove_orphaned_files()  # the script of another session has ended
    drawn_again = draw_button(manager)
    manager.remove_orphaned_files()
    assert file_of(manager, manager.execute_deferred(clicked)) == b"cards"
    clock.append(61.0)
    manager.remove_orphaned_files()
    assert manager._deferred_callables.keys() == {drawn_again}


def test_a_picture_is_deleted_with_the_last_page_that_shows_it(manager):
    url = manager.add(b"pixels", "image/png", "1.3")
    manager.remove_orphaned_files()
    assert file_of(manager, url) == b"pixels"
    manager.clear_session_refs()
    manager.remove_orphaned_files()
    assert file_of(manager, url) is None
