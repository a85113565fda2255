"""A click on the page just painted, and the answer of the browser's storage close upon it or with it."""

from __future__ import annotations

import asyncio

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from fvapp.bench.page_visitor import PageVisitor
from fvapp.i18n import Translator
from visitor import PERCENT

EN = Translator("en")
VISITORS = 12
PATIENCE = 60  # seconds
CLICK_WITH_ANSWER = """
const later = window.setTimeout;
let clicked = false;
window.setTimeout = (callback, ...rest) => {
  if (callback.name !== "answer" || rest.length || clicked) return later(callback, ...rest);
  clicked = true;
  return later(() => {
    document.querySelector(".st-key-%s button").click();
    callback();
  });
};
"""


@pytest.mark.parametrize("at_once", [False, True])
def test_a_click_close_before_the_answer_of_the_browsers_storage_or_with_it_counts(server, at_once):
    asyncio.run(click_and_answer(server.url, at_once))


def test_a_page_without_storage_says_so_once(visit):
    """A click in the moment of an answer goes out with it, as one for the part of the page that has the answer."""
    visitor = visit("/data")
    visitor.page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error(); } })")
    sent = []
    visitor.page.on("websocket", lambda socket: socket.on("framesent", lambda message: sent.append(message)))
    visitor.open("/?train_images=1000&validation_split=0&epochs=1")
    visitor.press("train_start")
    visitor.read("test_result", PERCENT, timeout=90)
    asked = [BackMsg.FromString(message).rerun_script for message in sent]
    assert len([rerun for rerun in asked if rerun.fragment_id and not rerun.is_auto_rerun]) == 1


@pytest.mark.parametrize(
    ("path", "key", "shown"),
    [
        ("/?train_images=1000&validation_split=0&epochs=1", "train_start", "test_result"),
        ("/draw?dataset=fashion_mnist", "random_image", "answer"),  # a button within a part of the page
    ],
)
def test_a_click_in_the_very_turn_of_the_answer_counts(visit, path, key, shown):
    visitor = visit("/data")
    visitor.page.add_init_script(CLICK_WITH_ANSWER % key)
    visitor.open(path)
    visitor.read(shown, PERCENT, timeout=90)


async def click_and_answer(url: str, at_once: bool) -> None:
    for seed in range(VISITORS):
        visitor = SlowBrowser(url)
        await visitor.open("", f"train_images=1000&validation_split=0&epochs=1&seed={seed + 1}")
        await visitor.press_and_answer("train_start", at_once)
        assert EN("train.empty") not in visitor.text("run_state")
        await visitor.close()


class SlowBrowser(PageVisitor):
    """Answers for its storage when told."""

    _slow = True

    def _answer_for_storage(self):
        return None if self._slow else super()._answer_for_storage()

    async def press_and_answer(self, key: str, at_once: bool) -> None:
        """Press a button, and have the storage answer: at once in one message, as a busy browser does, or in two."""
        self._slow = False
        answer, part = self._answer_for_storage()
        click, whole = self._click(key)
        if at_once:
            await self._send([*click, *answer], part)
        else:
            await self._send(click, whole)
            await self._send(answer, part)
        async with asyncio.timeout(PATIENCE):
            while not self._is_settled():
                await self._read()

    def _is_settled(self) -> bool:
        """Whether the page knows whose it is: it then has the list of languages."""
        return any("-language" in delta.new_element.selectbox.id for delta, _ in self._elements.values())
