"""Two hundred visitors lose their connections while their runs train, and come back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from fvapp.bench.engine_runs import NO_LIMITS
from fvapp.bench.page_visitor import PageVisitor
from fvapp.bench.served_app import serve_app
from visitor import aside

# Marked long, because these tests keep two cores busy for one to two minutes.
pytestmark = pytest.mark.long

AT_ONCE = 20  # visitors who act at the same moment; a class has about thirty
PATIENCE = 300  # seconds within which all runs of all visitors must end
SESSIONS_KEPT = 128  # maximum number of disconnected sessions that Streamlit keeps
ALIVE = "Waiting", "Training", "Done"


@pytest.fixture
def url(tmp_path):
    """A server used only by this test, on which two hundred visitors train."""
    with serve_app(environ={**NO_LIMITS, "FVAPP_HOME": str(tmp_path)}) as served:
        yield served.url


@pytest.mark.parametrize("visitors", [20, pytest.param(200, marks=pytest.mark.long)])
@aside
async def test_everybody_finds_their_run_after_all_connections_were_lost(url, visitors):
    everybody = [PageVisitor(url) for _ in range(visitors)]
    await in_groups(begin_training, everybody, range(visitors))
    sessions = [visitor.session for visitor in everybody]
    assert len(set(sessions)) == visitors

    await asyncio.gather(*(visitor.drop() for visitor in everybody))

    # Half of the visitors reconnect in the old session, as after a Wi-Fi drop. The other half
    # reload the page, which reads what the browser has stored.
    same_tab = everybody[::2]
    new_tab = everybody[1::2]
    await in_groups(PageVisitor.come_back, same_tab)
    await in_groups(PageVisitor.open, new_tab)
    resumed = sum(
        visitor.session == session for visitor, session in zip(everybody, sessions, strict=True)
    )
    assert resumed >= len(same_tab) - max(0, visitors - SESSIONS_KEPT)
    assert not {visitor.session for visitor in new_tab} & set(sessions)
    assert len({visitor.storage.token for visitor in everybody}) == visitors

    await in_groups(
        lambda visitor: visitor.until(lambda: "%" in visitor.text("test_result"), PATIENCE),
        everybody,
    )
    for number, visitor in enumerate(everybody):
        # Successive visitors train for different numbers of epochs, so this check also shows that
        # no visitor sees another visitor's run.
        assert f"{epochs(number)}/{epochs(number)}" in visitor.text("run_state"), visitor.text(
            "run_state"
        )
    await asyncio.gather(*(visitor.close() for visitor in everybody))


def epochs(number: int) -> int:
    return 1 + number % 3


async def begin_training(visitor: PageVisitor, number: int) -> None:
    await visitor.open(
        "", f"train_images=1000&validation_split=0&seed={number + 1}&epochs={epochs(number)}"
    )
    await visitor.press("train_start")
    assert any(word in visitor.text("run_state") for word in ALIVE), visitor.text("run_state")


async def in_groups(do: Callable[..., Awaitable[None]], *arguments: Sequence[object]) -> None:
    """Call an async function for all visitors, in groups of `AT_ONCE`."""
    each = list(zip(*arguments, strict=True))
    for begin in range(0, len(each), AT_ONCE):
        await asyncio.gather(*(do(*values) for values in each[begin : begin + AT_ONCE]))
