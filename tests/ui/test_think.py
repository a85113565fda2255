"""The quiz "What do you think?" on the pages: in a class, and alone."""

import re

import pytest

from fvapp.core.classroom.kinds.think import PARTS, QUESTIONS, RIGHT, TOPICS
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.progress import MissionProgress
from fvapp.i18n import language_tags
from mission_pages import finished, set_progress
from pairs import pairs
from scripted_engine import new_visitor
from ui_pages import (
    T,
    given,
    html,
    keys,
    links,
    press,
    press_first,
    raw_keys,
    set_field,
    shown,
    texts,
)

FOLDS = ("rounds", "class_results", "think_before", "think_after")


@pytest.fixture
def board(open_board):
    """Return ``board("before")``: the board of a teacher who has started a part of the quiz."""

    def board(part: str):
        app = set_field(open_board(*FOLDS), "round_kind", "think")
        app.selectbox(key="round_part").set_value(part)
        return press(app, "round_start")

    return board


def answer_all(app, choose):
    """Answer each question on a page; `choose` returns an answer, or None to skip the question."""
    for number in range(1, len(TOPICS) + 1):
        (radio,) = (radio for radio in app.radio if re.fullmatch(f"think_.*{number}", radio.key))
        form = radio.key[-2]
        assert len(radio.options) == 4
        choice = choose(QUESTIONS[form][number - 1])
        if choice is not None:
            radio.set_value(choice).run()
        press_first(app, "^think_.*_(next|skip)$")
    return app


def answer_for(engine, tokens, round_number: int, choose) -> None:
    """Answer all questions of a round for several students, without their pages."""
    for token in tokens:
        form = engine.students.find_own_seat(token).round.question_form
        for number, item in enumerate(QUESTIONS[form]):
            engine.rounds.answer_round(token, round_number, f"{number} {choose(item)}")


def wrong(item):
    return next(choice for choice in item.choices if choice != RIGHT)


def pictures(app) -> list[str]:
    """Return the SVG of each picture of counts."""
    return [data["svg"] for data in given(app) if "svg" in data]


def test_a_class_answers_before_and_after_and_its_teacher_gets_counts_alone(
    open_seat, wall, engine, join, projector, board, mia
):
    others = [join(f"Student {number}") for number in range(11)]
    changed = f"{T('think.wrong')} → {T('think.right')}"
    app = board("before")
    seat = answer_all(open_seat(mia), wrong)
    assert T("think.through", n=8, of=8) in texts(seat)
    answer_for(engine, others, 1, wrong)
    screen = projector()
    assert "<b>12</b>" in html(screen) and T("think.ask") in html(screen) and not pictures(screen)
    press(app.run(), "round_reveal")
    assert T("think.answered.before", n=12) in html(app) and "<b>0%</b>" in html(app)
    assert T("think.few", n=5) not in html(app)
    seen = texts(open_seat(mia))
    assert T("think.over") in seen and not {T(f"think.told.{topic}") for topic in TOPICS} & set(
        seen
    )
    press(app, "round_end")

    app = board("after")
    seat = open_seat(mia)
    form = next(each.key[-2] for each in seat.radio if each.key.startswith("think_"))
    answer_all(seat, lambda item: None if item == QUESTIONS[form][0] else RIGHT)
    answer_for(engine, others, 2, lambda item: RIGHT)
    press(app.run(), "round_reveal")
    verdict = T("think.verdict.more", more=12, fewer=0)
    assert verdict in html(app) and "<b>100%</b>" in html(app) and verdict in wall()
    (picture,) = pictures(projector())
    assert picture.count("<circle") == 16
    assert changed in html(open_seat(mia))
    press(app, "round_end")
    assert T("think.answered.after", n=12) in html(app), "what was counted stays among the results"
    set_field(app, "round_kind", "think")
    assert T("errors.round_counted") in texts(app) and app.selectbox(key="round_part").options == []


@pytest.fixture
def mistaken(engine, room, mia) -> str:
    """The token of a student who answers the first question of part After wrongly."""
    room.rounds.start_round("think", "after")
    engine.rounds.answer_round(mia, 1, "0 stores")
    return mia


@pytest.mark.usefixtures("mistaken")
def test_a_wrong_answer_after_is_told_in_one_sentence_with_its_mission(
    room, open_page, mia_opens, join
):
    room.rounds.reveal_round()
    app = mia_opens("train")
    told = [topic for topic in TOPICS if T(f"think.told.{topic}") in texts(app)]
    assert told == ["programmed"]
    assert f"mission={MISSIONS['wrong_labels'].short_name}" in links(app).values()
    assert T("think.nothing_here") in texts(open_page("train", token=join("Ali")))


@pytest.mark.usefixtures("mistaken")
def test_what_changed_stays_on_class_and_missions_once_the_round_is_over(room, mia_opens):
    room.rounds.end_round()
    for page in ("classroom", "missions"):
        assert T("think.told.programmed") in texts(mia_opens(page, folds=("think_own",))), page
        assert T("think.told.programmed") not in texts(mia_opens(page)), "it is folded"


@pytest.mark.parametrize(
    "size", [4, 5, *(pytest.param(n, marks=pytest.mark.long) for n in (1, 11))]
)
def test_board_and_projector_have_nothing_of_answers_before_a_part_ends_or_below_five(
    room, projector, open_board, engine, join, size
):
    room.rounds.start_round("think", "before")
    for number in range(size):
        answer = f"0 {RIGHT if number else 'stores'}"
        engine.rounds.answer_round(join(f"Student {number}"), 1, answer)

    def screens() -> str:
        screen = projector()
        assert size >= 5 or not [picture for picture in pictures(screen) if "%" in picture]
        return html(open_board(*FOLDS)) + html(screen)

    told = (T("think.held_by.stores"), T("think.share"))
    assert not [text for text in told if text in screens()]
    room.rounds.reveal_round()
    after = screens()
    assert [text in after for text in told] == [size >= 5] * 2
    assert T("think.few", n=5) in after, "seven questions have no answer"
    assert f"<small>{T('think.of', n=size)}</small>" not in after, (
        "which are about each misconception as well"
    )


def test_a_teacher_sees_who_is_through_and_not_who_has_begun(
    room, mia_opens, open_board, projector, engine, join
):
    room.rounds.start_round("think", "before")
    engine.rounds.answer_round(join("Ali"), 1, f"0 {RIGHT}")
    answer_for(engine, [join("Ben")], 1, wrong)
    app = mia_opens("data")
    for button, through in (("skip", 1), ("skip_all", 2), ("back", 2)):
        press(app, f"think_1_{button}")
        words = f"<b>{through}</b> {T('classroom.round.through', of=3, left=3 - through)}"
        assert words in html(open_board(*FOLDS)) and words in html(projector())


def test_all_of_it_can_be_skipped_and_gone_back_to(mia_opens, room, mia):
    def questions() -> list[str]:
        return [radio.key for radio in app.radio if radio.key.startswith("think_1_")]

    room.rounds.start_round("think", "before")
    app = press(mia_opens("data"), "think_1_skip_all")
    assert T("think.through", n=0, of=8) in texts(app) and not questions()
    press(app, "think_1_back")
    assert questions()
    room.rounds.reveal_round()
    assert room.classroom.tallies[0].students == 0


def test_who_is_alone_is_asked_before_the_first_mission_and_after_the_last(
    open_page, engine, token
):
    def missions(token: str = token):
        return open_page("missions", token=token, folds=FOLDS)

    app = answer_all(missions(), wrong)
    assert T("think.alone.over") in texts(app)
    assert not {T(f"think.told.{topic}") for topic in TOPICS} & set(texts(app))
    set_progress(engine, token, look=MissionProgress("held", judged=True))
    assert not [radio.key for radio in missions().radio if radio.key.startswith("think_")]
    set_progress(engine, token, **{name: finished(name) for name in MISSIONS})
    app = answer_all(missions(), lambda item: RIGHT)
    assert html(app).count(f"{T('think.wrong')} → {T('think.right')}") == 8
    code = engine.workspaces.recovery_code(token)
    elsewhere = engine.workspaces.recover_workspace(new_visitor(engine), code).token
    answers = [radio.value for radio in missions(elsewhere).radio if radio.key.startswith("think_")]
    assert set(answers) <= {None}


def test_in_a_class_the_missions_do_not_ask(mia_opens):
    assert not [key for key in keys(mia_opens("missions", folds=FOLDS)) if key.startswith("think_")]


def test_the_file_is_on_the_board_once_there_is_something_to_save(room, open_board, engine, join):
    def downloads() -> list[str]:
        return [each.proto.label for each in open_board(*FOLDS).get("download_button")]

    room.rounds.start_round("think", "before")
    for number in range(6):
        engine.rounds.answer_round(join(f"Student {number}"), 1, f"0 {RIGHT}")
    assert T("classroom.results.think") not in downloads()
    room.rounds.end_round()
    assert T("classroom.results.think") in downloads()


@pytest.mark.parametrize(("language", "part"), pairs(language_tags(), PARTS))
def test_all_screens_have_their_words_in_every_language(
    room, open_board, mia_opens, projector, engine, join, mia, language, part
):
    room.rounds.start_round("think", part)
    for token in (mia, *(join(f"Student {number}") for number in range(5))):
        engine.rounds.answer_round(token, 1, "0 stores")
    for step in (lambda: None, room.rounds.reveal_round):
        step()
        board = open_board(*FOLDS, lang=language)
        for page in (board, projector(lang=language), mia_opens("data", lang=language)):
            assert not raw_keys(shown(page))
