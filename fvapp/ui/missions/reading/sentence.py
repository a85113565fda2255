"""Draws text with underlined glossary words; a click on a word shows its explanation."""

import re
from collections.abc import Sequence
from typing import Literal

from fvapp.charts.glossary import glossary_picture
from fvapp.core.glossary import split_glossary_entry
from fvapp.core.wording import Translate
from fvapp.ui.browser import make_component

_component = make_component(__file__)
_MARKUP = re.compile(r"\*\*(?P<strong>.+?)\*\*|`(?P<code>[^`]+)`")

TextPart = dict[str, str]


def draw_text_with_glossary(
    t: Translate,
    text: str,
    words: Sequence[str],
    key: str,
    size: Literal["question", "text"] = "text",
) -> None:
    """Draw a text of one or more paragraphs, with ``**strong**`` and ```code``` as markup.

    Args:
        words: glossary words, each of which is underlined only where it first occurs.
        size: "question" draws the text as the screen's heading.
    """
    left = list(words)
    paragraphs = [_split_paragraph(paragraph, left, t) for paragraph in text.strip().split("\n\n")]
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


def _split_paragraph(text: str, words: list[str], t: Translate) -> list[TextPart]:
    """Split a paragraph at its markup and glossary words; remove found words from `words`."""
    parts = []
    end = 0
    for markup in _MARKUP.finditer(text):
        parts += _split_plain_text(text[end : markup.start()], words, t)
        parts += [{"kind": kind, "text": part} for kind, part in markup.groupdict().items() if part]
        end = markup.end()
    return parts + _split_plain_text(text[end:], words, t)


def _split_plain_text(text: str, words: list[str], t: Translate) -> list[TextPart]:
    # The earliest match counts; of several matches at the same place, the longest match counts.
    matches = [
        (match, word)
        for word in words
        if (match := _find_glossary_word(text, split_glossary_entry(word, t))) is not None
    ]
    if not matches:
        return [{"text": text}] if text else []
    match, word = min(matches, key=lambda pair: (pair[0].start(), -len(pair[0][0])))
    words.remove(word)
    before = [{"text": text[: match.start()]}] if match.start() else []
    after = _split_plain_text(text[match.end() :], words, t)
    return [*before, {"text": match[0], "word": word}, *after]


def _find_glossary_word(text: str, names: Sequence[str]) -> re.Match[str] | None:
    """Find the first occurrence of any of the names as a whole word, singular or plural."""
    any_name = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.search(rf"(?i)(?<![a-z])(?:{any_name})(?:s|es)?(?![a-z])", text)
