"""Links for a whole class: one for each pair, with a seed of its own, to be copied, or printed as
cards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle

from fvapp.core.links import TeacherLink, build_link
from fvapp.core.settings import SETTINGS
from fvapp.core.wording import Translate

MOST_PAIRS = 40


@dataclass(frozen=True)
class PairLink:
    """The link of one pair, whose number counts from 1."""

    pair: int
    seed: int
    address: str


def pair_links(
    link: TeacherLink, missions: Sequence[str], pairs: int, address: str
) -> tuple[PairLink, ...]:
    """Return a link for each pair: the seeds follow each other, from that of `link` on.

    Args:
        missions: ids of those that the pairs begin with, in turn.
        address: where the app runs, such as ``http://teacher-pc:8501``.
    """
    most = int(SETTINGS["seed"].maximum)
    links = []
    for number, mission in zip(range(pairs), cycle(missions), strict=False):
        seed = (link.settings.seed + number) % (most + 1)
        own = replace(link, mission=mission, settings=link.settings.with_values(seed=seed))
        links.append(PairLink(number + 1, seed, build_link(own, address)))
    return tuple(links)


def list_of_links(links: Sequence[PairLink], t: Translate) -> str:
    """Return one line a pair, to be copied into a message."""
    return "\n".join(f"{t('teacher.pair', n=link.pair)}: {link.address}" for link in links)
