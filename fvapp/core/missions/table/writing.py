"""Mission D: what a network that writes text has learned: words, a false fact, and copying.

The following was measured with the runs of this mission on the text "stories", for seeds 1 to 5.
After the first epoch, most of the words that each network writes occur in the text. After 20
epochs, each network gives the false fact (the moon is made of cheese) a higher probability than its
share in the text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets import Dataset, read_shipped_text, run_split_sizes
from fvapp.core.inspection import MOMENTS, Network
from fvapp.core.missions.mission import CHOOSING, read_mission
from fvapp.core.missions.verdict import OUTCOME_OF_GAIN, MissionVerdict, Outcome, unlearned_verdict
from fvapp.core.tables import read_toml_table
from fvapp.core.texts.lines import TEMPERATURE, next_character_shares, write_network_line
from fvapp.core.texts.signs import SIDE, TextForm
from fvapp.core.texts.strips import strip_of_text_end
from fvapp.core.texts.writing import generate_text
from fvapp.core.wording import share_as_percent

SIGNS = 400
"""Number of characters in the sample of text that a network writes.

Known words and copied passages are counted in this sample.
"""

MOST = 0.5
"""A network counts as writing words if a larger share of its words occurs in its training text."""

CLOSE = 0.03
"""Largest difference at which a probability and a share in the text count as the same."""

TRIES = 40
"""Number of times that a network continues the same beginning of a sentence."""

_SEED = 3


@dataclass(frozen=True)
class TextBeginnings:
    """Beginnings of sentences, which a network completes to show what it learned from a text.

    Attributes:
        guess: beginnings after which the visitor guesses the next character.
        heroes: beginnings of sentences about two heroes, about whom the text tells different
            things.
    """

    guess: tuple[str, ...]
    heroes: tuple[str, ...]


BEGINNINGS = {
    name: TextBeginnings(**beginnings)
    for name, beginnings in read_toml_table(__file__, "writing.toml")["beginnings"].items()
}
"""Name of a text data set -> the beginnings of sentences that its networks continue."""


def write_sample_text(network: Network, form: TextForm, temperature: float = TEMPERATURE) -> str:
    """Return the text that a network writes after the default opening words of its data set."""
    return write_network_line(network, form, SIGNS, temperature)


def known_word_share(text: str, learned: str, form: TextForm) -> float:
    """Return the share of a text's words that occur in another text.

    In scripts without spaces between words, pairs of characters count instead of words.
    """
    if not form.word_gap:
        pairs = [text[place : place + 2] for place in range(len(text) - 1)]
        return sum(pair in learned for pair in pairs) / max(1, len(pairs))
    known = set(_split_words(learned, form))
    words = _split_words(text, form)[:-1]  # without the last word, which may be incomplete
    return sum(word in known for word in words) / max(1, len(words))


def unknown_words(text: str, learned: str, form: TextForm) -> list[str]:
    """Return the words of a text that do not occur in another text, each once.

    The result is empty for scripts without spaces between words.
    """
    if not form.word_gap:
        return []
    known = set(_split_words(learned, form))
    return [word for word in dict.fromkeys(_split_words(text, form)[:-1]) if word not in known]


def _split_words(text: str, form: TextForm) -> list[str]:
    return [
        word for word in text.replace(form.full_stop, form.word_gap).split(form.word_gap) if word
    ]


def count_continuations(network: Network, beginning: str, form: TextForm) -> list[tuple[str, int]]:
    """Return the endings that a network gives a sentence in `TRIES` tries, each with its count."""
    generator = np.random.default_rng(_SEED)
    shares = next_character_shares(network)
    ends = [
        re.split(
            "[.。，]",
            generate_text(shares, beginning, 2 * SIDE // form.whites, TEMPERATURE, generator, form),
        )[0]
        for _ in range(TRIES)
    ]
    counted = {end: ends.count(end) for end in dict.fromkeys(ends)}
    return sorted(counted.items(), key=lambda ending: -ending[1])


def likeliest_next_characters(
    network: Network, beginning: str, form: TextForm, most: int
) -> list[tuple[str, float]]:
    """Return the likeliest next characters with their probabilities, in descending order."""
    shares = next_character_shares(network)(strip_of_text_end(beginning, form))
    return [
        (form.visible_signs[label], float(shares[label])) for label in np.argsort(-shares)[:most]
    ]


def fact_ending_shares(network: Network, form: TextForm) -> tuple[float, float]:
    """Return the probabilities of the first characters of a fact's usual and rare endings."""
    begins, *ends = form.fact
    shares = next_character_shares(network)(strip_of_text_end(begins, form))
    usual, rare = (float(shares[form.label_by_sign[end[0]]]) for end in ends)
    return usual, rare


def count_endings_in_text(text: str, form: TextForm) -> tuple[int, int]:
    """Return how often the usual and the rare ending of a fact occur in a text."""
    begins, *ends = form.fact
    usual, rare = (text.count(begins + end) for end in ends)
    return usual, rare


def count_endings_in_strips(
    images: np.ndarray, labels: np.ndarray, form: TextForm
) -> tuple[int, int]:
    """Return how many text strips (images of text) precede a fact's usual and rare endings.

    Args:
        images: the text strips, uint8 [n, 28, 28].
        labels: the label of the character after each strip.
    """
    begins, *ends = form.fact
    rows = slice(SIDE - min(len(begins), form.context), SIDE)
    after = labels[(images[:, rows] == strip_of_text_end(begins, form)[rows]).all(axis=(1, 2))]
    usual, rare = (int(np.count_nonzero(after == form.label_by_sign[end[0]])) for end in ends)
    return usual, rare


def judge_written_words(networks: Sequence[Network], dataset: str) -> MissionVerdict:
    """Judge whether a network writes mostly real words by the end of the first epoch.

    The outcome is ``within_noise`` if the network writes mostly words after only a few steps,
    ``not_held`` if it writes mostly words only after later epochs, and ``neither`` if it never
    writes mostly words.

    Args:
        networks: the network at each of the `MOMENTS` of training.
    """
    form = DATASETS[dataset].text_form
    learned = read_shipped_text(dataset)
    if any(network.has_diverged for network in networks):
        return unlearned_verdict(("learned.broken", {}), "again")
    lines = [write_sample_text(network, form) for network in networks]
    early, epoch, end = (known_word_share(line, learned, form) for line in lines)
    outcomes: dict[Outcome, float] = {"within_noise": early, "held": epoch, "not_held": end}
    enough = (outcome for outcome, share in outcomes.items() if share > MOST)
    values = {
        "early": share_as_percent(early, 0),
        "epoch": share_as_percent(epoch, 0),
        "end": share_as_percent(end, 0),
    }
    return MissionVerdict(next(enough, "neither"), values)


def judge_false_fact(network: Network, data: Dataset, learned: int) -> MissionVerdict:
    """Judge whether the network gives the false fact a higher share than its text does.

    Args:
        learned: how many of the first training strips (images of text) the network learned from.
    """
    form = DATASETS[data.name].text_form
    if network.has_diverged:
        return unlearned_verdict(("learned.broken", {}), "again")

    share, _ = fact_ending_shares(network, form)
    usual, rare = count_endings_in_text(read_shipped_text(data.name), form)
    told = usual / (usual + rare)
    ahead = share - told
    seen, seen_rare = count_endings_in_strips(data.x_train[:learned], data.y_train[:learned], form)
    words = dict(zip(("begins", "usual", "rare"), map(str.strip, form.fact), strict=True))
    numbers = {"times": usual, "times_rare": rare, "seen": seen, "seen_rare": seen_rare}
    shares = {"share": share_as_percent(share), "told": share_as_percent(told, 0)}

    return MissionVerdict(
        OUTCOME_OF_GAIN[(ahead > CLOSE) - (ahead < -CLOSE)],
        words | shares | {name: str(number) for name, number in numbers.items()},
        ("writing.learned",),
    )


def _typical_words_verdict(data: Dataset, *networks: Network) -> MissionVerdict:
    return judge_written_words(networks[: len(MOMENTS)], data.name)


def _typical_fact_verdict(data: Dataset, *networks: Network) -> MissionVerdict:
    settings = MISSION.run_settings()[0].with_values(dataset=data.name)
    return judge_false_fact(networks[len(MOMENTS) - 1], data, run_split_sizes(settings)[0])


_LONG = {**CHOOSING, "epochs": 20}

MISSION = read_mission(
    __file__,
    runs=(_LONG, {**_LONG, "exchange": True}),
    measure=_typical_words_verdict,
    second_measure=_typical_fact_verdict,
)
