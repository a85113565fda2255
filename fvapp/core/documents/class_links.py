"""Makes a link with a different seed for each pair of students in a school class."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle

from fvapp.core.links import TeacherLink, build_teacher_link
from fvapp.core.settings import SETTINGS
from fvapp.core.wording import Translate

MOST_PAIRS = 40


@dataclass(frozen=True)
class PairLink:
    """The link for one pair of students. Pairs are numbered from 1."""

    pair_number: int
    seed: int
    url: str


def make_pair_links(
    link: TeacherLink, missions: Sequence[str], pairs: int, address: str
) -> tuple[PairLink, ...]:
    """Return a link for each pair of students; the pairs have consecutive seeds.

    Args:
        link: the settings and the first seed.
        missions: ids of the missions that the pairs start with, in turn.
        address: the address at which the app runs, such as ``http://teacher-pc:8501``.
    """
    most = int(SETTINGS["seed"].maximum)
    links = []
    for number, mission in zip(range(pairs), cycle(missions), strict=False):
        seed = (link.settings.seed + number) % (most + 1)
        own = replace(link, mission_id=mission, settings=link.settings.with_values(seed=seed))
        links.append(PairLink(number + 1, seed, build_teacher_link(own, address)))
    return tuple(links)


def pair_links_as_text(links: Sequence[PairLink], t: Translate) -> str:
    """Return the links as text to copy into a message, one line for each pair."""
    return "\n".join(f"{t('teacher.pair', n=link.pair_number)}: {link.url}" for link in links)
