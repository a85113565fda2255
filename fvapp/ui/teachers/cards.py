"""The table of cards: everything for teachers apart from their classes."""

from collections.abc import Callable
from dataclasses import dataclass

from fvapp.ui.teachers import papers
from fvapp.ui.teachers.pcs import draw_pcs
from fvapp.ui.visit import Visit


@dataclass(frozen=True)
class Card:
    """A card, which a click opens.

    Attributes:
        title: key of its text.
        height: rough height of its contents, in pixels.
        behind_curtain: whether it is hidden until the teacher's word is given, if one is set.
    """

    key: str
    title: str
    icon: str
    draw: Callable[[Visit], None]
    height: int = 300
    behind_curtain: bool = False


CARDS = (
    Card("card_plan", "teacher.plan", ":material/event_note:", papers.draw_plan),
    Card(
        "card_course",
        "teacher.course.title",
        ":material/school:",
        papers.draw_course,
        900,
        behind_curtain=True,
    ),
    Card("card_time", "teacher.class_time", ":material/timer:", papers.draw_time),
    Card("card_worksheet", "teacher.worksheet", ":material/edit_note:", papers.draw_worksheet),
    Card("card_links", "teacher.links", ":material/qr_code_2:", papers.draw_links, 600),
    Card("card_home", "teacher.home.title", ":material/home:", papers.draw_home, 600),
    Card(
        "card_unplugged",
        "teacher.unplugged.title",
        ":material/content_cut:",
        papers.draw_unplugged,
        120,
    ),
    Card(
        "card_answers",
        "teacher.answers",
        ":material/fact_check:",
        papers.draw_answers,
        900,
        behind_curtain=True,
    ),
    Card("card_pcs", "teacher.pcs.title", ":material/lan:", draw_pcs, 160, behind_curtain=True),
)
"""All cards, in order."""
