"""Notes of one workspace, written from many places at once. No processes are started here."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor


def test_no_entry_is_lost_when_forty_tabs_write_at_once(server):
    engine = server()
    token = engine.enter(None).token
    with ThreadPoolExecutor(8) as tabs:
        for number in range(40):
            tabs.submit(engine.change_note, token, "lessons", lambda note, n=number: {**(note or {}), f"{n}": n})
    assert engine.read_note(token, "lessons") == {f"{n}": n for n in range(40)}
    assert len(server().read_note(token, "lessons")) == 40
