"""The teacher's papers: the worksheet, the answers, the waiting times and the links of a class."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from fvapp.core.documents.class_links import make_pair_links, pair_links_as_text
from fvapp.core.documents.papers import (
    answer_sheet_html,
    course_html,
    pair_cards_html,
    printable_sheet_html,
    unplugged_activities_html,
    waiting_times_html,
    worksheet_html,
)
from fvapp.core.limits import estimate_training_seconds
from fvapp.core.links import TeacherLink, parse_teacher_link
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.class_time import (
    LESSON,
    class_waiting_seconds,
    estimate_pair_training_seconds,
)
from fvapp.core.missions.course import COURSE
from fvapp.core.missions.typical import typical_results
from fvapp.core.settings import RunSettings
from fvapp.core.wording import duration_words
from fvapp.i18n import Translator, language_tags

EN = Translator("en")
ALL = tuple(MISSIONS.values())


def tables_of(text: str) -> list[list[int]]:
    """Return the number of cells in each row of each table of an HTML document."""
    tables = re.findall(r"(?s)<table.*?</table>", text)
    return [
        [len(re.findall(r"<t[dh]\b", row)) for row in re.findall(r"(?s)<tr.*?</tr>", table)]
        for table in tables
    ]


def test_the_worksheet_has_a_row_for_each_run_and_a_box_for_each_choice(language):
    for mission in ALL:
        t = Translator(language)
        text = worksheet_html([mission], t)
        tables = tables_of(text)
        assert len(tables) == ("table" in mission.shown_views), mission
        for table in tables:
            assert len(table) == 1 + len(mission.run_settings()) and len(set(table)) == 1, mission
        boxes = len(mission.variants) + len(mission.predictions)
        boxes += sum(len(question.choices) for question in mission.questions)
        boxes += (
            len(mission.second_prediction.variants) + len(mission.second_prediction.predictions)
            if mission.second_prediction
            else 0
        )
        assert text.count('class="box"') == boxes, mission
        for variant in mission.variants:
            assert t(f"missions.{mission.id}.variants.{variant}") in text, mission


def test_the_row_of_the_run_that_a_student_chooses_is_left_empty():
    rows = re.findall(r"<tr><td>(.*?)</td>", worksheet_html([MISSIONS["neurons"]], EN))
    assert rows == ["", "128 neurons", "512 neurons", "1,024 neurons"]


def test_the_answers_hold_aim_misconceptions_and_the_right_choices_and_the_worksheet_none(t):
    text = answer_sheet_html(ALL, t, typical_results())
    given_out = worksheet_html(ALL, t)
    words = unescape(re.sub(r"<[^>]*>", "", text))
    assert t("teacher.aim") in text and t("teacher.misconception") in text
    for mission in ALL:
        for question in mission.questions:
            right = t(
                f"missions.{mission.id}.questions.{question.name}.feedback.{question.right_choice}"
            )
            assert right.replace("`", "") in words and right not in given_out
    assert "{" not in text and typical_results().date in text


@pytest.mark.parametrize("missions", [ALL, ALL[:1], ALL[3:9]])
def test_the_answers_add_up_the_training_of_the_missions_that_they_list(missions, t):
    text = answer_sheet_html(missions, t, typical_results())
    times = [
        typical_results().missions[mission.id].training_seconds
        for mission in missions
        if mission.id in typical_results().missions
    ]
    assert t("teacher.total", time=duration_words(sum(times), t)) in text


def test_the_lesson_plan_opens_the_first_three_missions_of_a_lesson_in_turn(t):
    together, in_pairs = t("teacher.a1"), t("teacher.a2")
    named = re.findall(
        r"(?:mission|任務|任务) ?([A-Z]|[0-9]+)\b", f"{together} {in_pairs}", re.ASCII
    )
    assert named == [MISSIONS[mission].short_name for mission in LESSON[:3]]


def test_no_mission_takes_one_pair_longer_than_the_lesson_plan_says():
    assert max(map(estimate_pair_training_seconds, ALL)) <= 90


def test_the_course_and_the_single_lesson_begin_and_end_with_the_same_questions(t):
    think = t("classroom.round.kinds.think")
    lessons = COURSE.lessons
    first, last = (t(f"course.{lesson.id}.steps") for lesson in (lessons[0], lessons[-1]))
    assert think in first.partition("\n")[0] and think in last.rpartition("\n")[2]
    assert not any(think in t(f"course.{lesson.id}.steps") for lesson in lessons[1:-1])
    assert think in t("teacher.a1")


def test_the_waiting_time_is_the_engines_own_estimate_for_all_pairs_over_all_workers():
    mission = MISSIONS["network"]
    one = estimate_training_seconds(mission.run_settings()[0], 60_000)
    assert estimate_pair_training_seconds(mission) == one
    assert class_waiting_seconds([mission], pairs=15, workers=2) == pytest.approx(15 * one / 2)
    # A single worker trains a run, so one pair gains nothing from further workers.
    assert class_waiting_seconds([mission], pairs=1, workers=8) == one
    assert class_waiting_seconds([], pairs=15, workers=2) == 0
    assert "pairs: 15, runs at a time: 2" in waiting_times_html(ALL, 15, 2, EN)


def test_every_pair_has_a_link_of_its_own_that_opens_the_mission_with_its_seed():
    link = TeacherLink("epochs", RunSettings(train_images=10_000, seed=7), "zh-Hant")
    links = make_pair_links(link, ["epochs"], 3, "http://teacher-pc:8501")
    assert [(one.pair_number, one.seed) for one in links] == [(1, 7), (2, 8), (3, 9)]
    for one in links:
        read, errors = parse_teacher_link(dict(parse_qsl(urlsplit(one.url).query)), language_tags())
        assert not errors and not read.uses_own_seed
        assert read.mission_id == "epochs"
        assert read.settings.seed == one.seed
        assert read.settings.train_images == 10_000
    assert pair_links_as_text(links, EN).splitlines()[1] == f"Pair 2: {links[1].url}"


def test_a_card_shows_the_link_as_a_code_and_as_text_and_nothing_of_it_runs():
    links = make_pair_links(TeacherLink("epochs"), ["epochs"], 2, "http://<b>:8501")
    text = printable_sheet_html("Cards", pair_cards_html(links, EN), EN)
    assert text.count("<svg") == 3 and text.count('class="card"') == 2
    assert "<b>:8501" not in text and "&lt;b&gt;" in text


def test_the_activities_without_a_computer_are_short_enough_for_half_a_page_each(language):
    text = unplugged_activities_html(Translator(language))
    activities = text.split("<section>")[1:]
    assert len(activities) == sum(mission.has_unplugged_activity for mission in ALL) == 9
    for activity in activities:
        assert "<ol>" in activity and len(re.sub("<[^>]*>", "", activity)) < 1_500


def test_the_course_leads_once_through_every_mission_in_lessons_of_45_minutes(language):
    assert sorted(id for lesson in COURSE.lessons for id in lesson.missions) == sorted(MISSIONS)
    serves, *lessons = tables_of(course_html(Translator(language), typical_results()))
    assert len(serves) == 1 + len(ALL) and len(lessons) == len(COURSE.lessons)
    for lesson, steps in zip(COURSE.lessons, lessons, strict=True):
        assert sum(lesson.minutes) == 45 and len(steps) == 1 + len(lesson.minutes)
        assert {lesson.unplugged, *filter(None, lesson.measured)} <= set(lesson.missions)
    assert COURSE.serves.keys() == MISSIONS.keys() and all(map(all, COURSE.serves.values()))


@pytest.mark.parametrize("language", language_tags())
def test_what_an_activity_asks_in_the_end_has_its_answer_beside_it(language):
    # Students answer the activity of the mission "missing" from their own experience.
    t = Translator(language)
    personal = ("missing",)
    for mission in MISSIONS.values():
        if mission.has_unplugged_activity and mission.id not in personal:
            assert re.search(r"[(（].+[)）]", t(f"missions.{mission.id}.unplugged.talk")), (
                mission.id
            )
