"""Links for a whole class: one for each group, with a seed of its own, to be copied, or printed as cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fvapp.core.links import LessonLink, build_link
from fvapp.core.settings import SETTINGS
from fvapp.core.wording import Translate

MOST_GROUPS = 40


@dataclass(frozen=True)
class GroupLink:
    """The link of one group, whose number counts from 1."""

    group: int
    seed: int
    address: str


def group_links(link: LessonLink, groups: int, address: str) -> tuple[GroupLink, ...]:
    """Return a link for each group: the seeds follow each other, from that of `link` on.

    Args:
        address: where the app runs, such as ``http://teacher-pc:8501``.
    """
    most = int(SETTINGS["seed"].maximum)
    seeds = [(link.settings.seed + group) % (most + 1) for group in range(groups)]
    return tuple(
        GroupLink(group, seed, build_link(replace(link, settings=link.settings.with_values(seed=seed)), address))
        for group, seed in enumerate(seeds, start=1)
    )


def list_of_links(links: Sequence[GroupLink], t: Translate) -> str:
    """Return one line a group, to be copied into a message."""
    return "\n".join(f"{t('teacher.group', n=link.group)}: {link.address}" for link in links)
