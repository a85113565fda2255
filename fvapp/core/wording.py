"""Numbers and networks in the few words that every page uses for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings

Translate = Callable[..., str]


def percent(share: float, digits: int = 1) -> str:
    """Return a share between 0 and 1 as per cent: ``0.8823`` is ``"88.2%"``."""
    return f"{100 * share:.{digits}f}%"


def points(difference: float) -> str:
    """Return the size of a difference of two accuracies in percentage points.

    ``0.0123`` is ``"1.2"``; below one point there are two decimals, ``0.0012`` is ``"0.12"``.
    """
    value = 100 * abs(difference)
    return f"{value:.1f}" if value >= 0.95 or value == 0 else f"{value:.2f}"


def duration(seconds: float, t: Translate) -> str:
    """Return seconds as a duration one reads at a glance: ``"0.4 s"``, ``"12 s"``, ``"3 min 20 s"``."""
    if seconds < 10:
        return t("common.seconds", n=f"{seconds:.1f}")
    if seconds < 60:
        return t("common.seconds", n=f"{seconds:.0f}")
    minutes, rest = divmod(round(seconds), 60)
    return t("common.minutes", m=minutes, s=rest)


def network_words(settings: RunSettings, t: Translate) -> str:
    """Return the network of `settings` in a few words: ``"128"``, ``"512 + 256"``, ``"Small CNN"``."""
    if settings.network == "cnn":
        return t("settings.network.choices.cnn")
    return " + ".join(map(str, settings.hidden)) or t("train.no_hidden")


def run_title(record: RunRecord, t: Translate) -> str:
    """Return what a run is called: its name, or its number and its network."""
    if record.name:
        return record.name
    return t("common.run", n=record.number, network=network_words(record.settings, t))


def run_titles(records: Sequence[RunRecord], t: Translate) -> dict[str, str]:
    """Return what each run is called in a list, by id: runs of the same name have their number behind it."""
    titles = [run_title(record, t) for record in records]
    often = Counter(titles)
    return {
        record.id: title if often[title] == 1 else f"{title} ({record.number})"
        for record, title in zip(records, titles, strict=True)
    }
