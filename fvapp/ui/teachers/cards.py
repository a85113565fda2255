"""Lists the cards on the page for teachers: materials, links, answers and training PCs."""

from collections.abc import Callable
from dataclasses import dataclass

from fvapp.ui.teachers import papers
from fvapp.ui.teachers.pcs import draw_pc_list
from fvapp.ui.visit import Visit


@dataclass(frozen=True)
class TeacherCard:
    """A card on the page for teachers, which a click opens.

    Attributes:
        title_key: translation key of the card's title.
        height_px: approximate height of the card's content, in pixels.
        needs_password: whether the card is hidden until the visitor enters the teacher's
            password, if the teacher has set a password.
    """

    widget_key: str
    title_key: str
    icon: str
    draw_content: Callable[[Visit], None]
    height_px: int = 300
    needs_password: bool = False


CARDS = (
    TeacherCard("card_plan", "teacher.plan", ":material/event_note:", papers.draw_lesson_plan),
    TeacherCard(
        "card_course",
        "teacher.course.title",
        ":material/school:",
        papers.draw_course_plan,
        900,
        needs_password=True,
    ),
    TeacherCard("card_time", "teacher.class_time", ":material/timer:", papers.draw_training_time),
    TeacherCard(
        "card_worksheet", "teacher.worksheet", ":material/edit_note:", papers.draw_worksheet
    ),
    TeacherCard(
        "card_links", "teacher.links", ":material/qr_code_2:", papers.draw_student_pair_links, 600
    ),
    TeacherCard("card_home", "teacher.home.title", ":material/home:", papers.draw_home_lesson, 600),
    TeacherCard(
        "card_unplugged",
        "teacher.unplugged.title",
        ":material/content_cut:",
        papers.draw_unplugged_activities,
        120,
    ),
    TeacherCard(
        "card_answers",
        "teacher.answers",
        ":material/fact_check:",
        papers.draw_answer_sheet,
        900,
        needs_password=True,
    ),
    TeacherCard(
        "card_pcs", "teacher.pcs.title", ":material/lan:", draw_pc_list, 160, needs_password=True
    ),
)
"""All cards on the page for teachers, in order."""
