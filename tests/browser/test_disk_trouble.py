"""The disk fails while a visitor watches a run: the page reports the failure and the recovery."""

import sqlite3
from contextlib import closing

import pytest

from fvapp.bench.page_visitor import PageVisitor
from fvapp.bench.served_app import serve_app
from visitor import EN, aside

# Marked long, because these tests keep two cores busy for one to two minutes.
pytestmark = pytest.mark.long

LOCKED = EN("errors.store_locked")


@aside
async def test_a_page_that_ticks_says_when_the_store_is_locked_and_when_it_is_free(tmp_path):
    with serve_app(environ={"FVAPP_HOME": str(tmp_path), "FVAPP_WORKERS": "1"}) as served:
        await lock_while_it_trains(PageVisitor(served.url), tmp_path / "fvapp.sqlite3")


async def lock_while_it_trains(visitor: PageVisitor, database) -> None:
    await visitor.open("", "epochs=100")
    await visitor.press("train_start")
    await visitor.until(lambda: EN("states.running") in visitor.text("run_state"))
    assert message(visitor) == ""
    with closing(sqlite3.connect(database, isolation_level=None)) as other_program:
        other_program.execute("BEGIN IMMEDIATE")
        await visitor.until(lambda: LOCKED in message(visitor))
        assert EN("states.running") in visitor.text("run_state")
    await visitor.until(lambda: LOCKED not in message(visitor))
    await visitor.press("train_stop")
    await visitor.until(lambda: EN("states.stopped") in visitor.text("run_state"))
    await visitor.close()


def message(visitor: PageVisitor) -> str:
    """Return the page's messages without the backslashes that escape their Markdown."""
    return visitor.text("message").replace("\\", "")
