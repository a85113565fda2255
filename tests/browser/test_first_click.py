"""A click on the page just painted, and close upon it the answer of the browser's storage; as Streamlit's protocol."""

from __future__ import annotations

import asyncio

from fvapp.bench.page_visitor import PageVisitor
from fvapp.i18n import Translator

EN = Translator("en")
VISITORS = 12
PATIENCE = 60  # seconds


def test_a_click_close_before_the_answer_of_the_browsers_storage_counts(server):
    asyncio.run(click_and_answer(server.url))


async def click_and_answer(url: str) -> None:
    for seed in range(VISITORS):
        visitor = SlowBrowser(url)
        await visitor.open("", f"train_images=1000&validation_split=0&epochs=1&seed={seed + 1}")
        await visitor.press_and_answer("train_start")
        assert EN("train.empty") not in visitor.text("run_state")
        await visitor.close()


class SlowBrowser(PageVisitor):
    """Answers for its storage when told."""

    _slow = True

    def _answer_for_storage(self):
        return None if self._slow else super()._answer_for_storage()

    async def press_and_answer(self, key: str) -> None:
        self._slow = False
        answer = self._answer_for_storage()
        await self._send(*self._click(key))
        await self._send(*answer)
        async with asyncio.timeout(PATIENCE):
            while not self._is_settled():
                await self._read()

    def _is_settled(self) -> bool:
        """Whether the page knows whose it is: it then has the list of languages."""
        return any("-language" in delta.new_element.selectbox.id for delta, _ in self._elements.values())
