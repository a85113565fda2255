"""Write the stories that ship as data sets of text: ``python -m fvapp build stories``.

Each data set has a table in this folder, ``<name>.toml``, whose sentences appear in its stories
about equally often. The stories are the same each time, bit for bit.
"""

import argparse
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fvapp.build.data import SHIPPED
from fvapp.core.tables import read_toml_table

NAMES = ("stories", "stories_zh_hans", "stories_zh_hant")

TEXT = "text.txt"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's argument for the output folder."""
    parser.add_argument(
        "--into", type=Path, default=SHIPPED, metavar="FOLDER", help="default: where the app looks"
    )


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Write each data set's stories into its folder, and return the exit status."""
    for name in NAMES:
        folder = args.into / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / TEXT).write_text(
            write_stories(read_toml_table(__file__, f"{name}.toml")), encoding="utf-8"
        )
    return 0


def write_stories(table: Mapping[str, Any], seed: int | None = None) -> str:
    """Return all stories made from a table, whose format ``stories.toml`` explains, as one text.

    Args:
        seed: a seed that replaces the table's seed.
    """
    rng = random.Random(table["seed"] if seed is None else seed)
    ends = [end for end, times in table["fact"]["ends"].items() for _ in range(times)]
    facts = [table["fact"]["says"].format(end=end) for end in ends]
    facts += [""] * (table["stories"] - len(facts))
    rng.shuffle(facts)
    teller = _StoryTeller(table, rng)
    return "".join(teller.tell_story(fact) + table["gap"] for fact in facts)


class _StoryTeller:
    """Tells stories whose parts are drawn at random from a table."""

    def __init__(self, table: Mapping[str, Any], rng: random.Random) -> None:
        self._sentence_gap = table["gap"]
        self._story_outlines = _deal_cards_forever(table["frames"], rng)
        self._hero_names = _deal_cards_forever(list(table["heroes"]), rng)
        self._traits_by_hero = {
            hero: _deal_cards_forever(traits, rng) for hero, traits in table["heroes"].items()
        }
        self._things_and_lines = _deal_cards_forever(
            [(thing, _deal_cards_forever(thing["lines"], rng)) for thing in table["things"]], rng
        )
        self._choices_by_word = {
            word: _deal_cards_forever(choices, rng) for word, choices in table["words"].items()
        }
        self._sentences_by_part = {
            part: _deal_cards_forever(choices, rng) for part, choices in table["parts"].items()
        }
        self._coin_tosses = _deal_cards_forever([True, False], rng)

    def tell_story(self, fact: str) -> str:
        """Return a story with `fact` inserted before its end, unless `fact` is empty."""
        first = next(self._hero_names)
        second = next(self._hero_names)
        while second == first:
            second = next(self._hero_names)
        words = {word: next(choices) for word, choices in self._choices_by_word.items()}
        words |= {"a": first, "b": second, "trait": next(self._traits_by_hero[first])}
        sentences: list[str] = []
        for part in next(self._story_outlines).split():
            if part.startswith("?") and not next(self._coin_tosses):
                continue
            if part == "find":
                thing, lines = next(self._things_and_lines)
                words["thing"] = thing["a"]
            if part == "end" and fact:
                sentences.append(fact)
            sentences.append(
                next(
                    lines if part == "lines" else self._sentences_by_part[part.strip("?")]
                ).format_map(words)
            )
        return self._sentence_gap.join(sentences)


def _deal_cards_forever(cards: Sequence[Any], rng: random.Random) -> Iterator[Any]:
    """Endlessly yield cards (story parts) in random order, each once before any is repeated."""
    while True:
        yield from rng.sample(cards, len(cards))
