"""Sentences with glossary words: each is underlined once, and a click shows its explanation."""

import re
from collections.abc import Sequence
from typing import Literal

from fvapp.charts.glossary import glossary_picture
from fvapp.core.glossary import explained_words
from fvapp.core.wording import Translate
from fvapp.ui.browser.components import make_component

_component = make_component(__file__)
_MARKUP = re.compile(r"\*\*(?P<strong>.+?)\*\*|`(?P<code>[^`]+)`")

Part = dict[str, str]


def draw_sentence(
    t: Translate,
    text: str,
    words: Sequence[str],
    key: str,
    size: Literal["question", "text"] = "text",
) -> None:
    """Draw a text of one or more paragraphs, which may contain ``**strong**`` and ```code```.

    Args:
        words: glossary words to underline where they first occur.
        size: "question" for the heading of a screen.
    """
    left = list(words)
    paragraphs = [_parts(paragraph, left, t) for paragraph in text.strip().split("\n\n")]
    used = [word for word in words if word not in left]
    _component(
        key=key,
        data={
            "tag": "h2" if size == "question" else "p",
            "size": size,
            "paragraphs": paragraphs,
            "words": {
                word: {
                    "name": t(f"glossary.{word}.name"),
                    "text": t(f"glossary.{word}.text"),
                    "picture": glossary_picture(word, t),
                }
                for word in used
            },
            "close": t("train.twelve.close"),
        },
    )


def _parts(text: str, left: list[str], t: Translate) -> list[Part]:
    """Split a paragraph at its markup and glossary words; remove the words found from `left`."""
    parts = []
    done = 0
    for found in _MARKUP.finditer(text):
        parts += _plain_parts(text[done : found.start()], left, t)
        parts.append({"kind": found.lastgroup, "text": found[found.lastgroup]})
        done = found.end()
    return parts + _plain_parts(text[done:], left, t)


def _plain_parts(text: str, left: list[str], t: Translate) -> list[Part]:
    # Prefer the longer name, so that "validation accuracy" is not taken for "accuracy".
    found = [
        (match, word)
        for word in left
        if (match := _find(text, explained_words(word, t))) is not None
    ]
    if not found:
        return [{"text": text}] if text else []
    match, word = min(found, key=lambda each: (each[0].start(), -len(each[0][0])))
    left.remove(word)
    before = [{"text": text[: match.start()]}] if match.start() else []
    return [*before, {"text": match[0], "word": word}, *_plain_parts(text[match.end() :], left, t)]


def _find(text: str, names: Sequence[str]) -> re.Match[str] | None:
    """Find the first of the names as a whole word, singular or plural."""
    any_name = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.search(rf"(?i)(?<![a-z])(?:{any_name})(?:s|es)?(?![a-z])", text)
