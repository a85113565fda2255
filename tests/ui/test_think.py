"""The quiz "What do you think?" on the pages: in a class, and alone."""

import pytest

from fvapp.core.classroom.kinds.think import PARTS, QUESTIONS, RIGHT, TOPICS
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.progress import NOTE, MissionProgress, write_progress
from fvapp.i18n import language_tags
from pairs import pairs
from ui_pages import T, given, html, keys, raw_keys, shown, texts

FOLDS = ("rounds", "class_results", "think_before", "think_after")


@pytest.fixture
def board(open_page, teacher):
    """Return ``board("before")``: the board of a teacher who has started a part of the quiz."""

    def board(part: str):
        app = open_page("classroom", token=teacher, folds=FOLDS)
        app.selectbox(key="round_kind").set_value("think").run()
        app.selectbox(key="round_part").set_value(part)
        app.button(key="round_start").click().run()
        assert not app.exception
        return app

    return board


def answer_all(app, choose):
    """Answer each question on a page; `choose` returns an answer, or None to skip the question."""
    for number in range(1, len(TOPICS) + 1):
        (radio,) = (
            radio
            for radio in app.radio
            if radio.key.startswith("think_") and radio.key[-1] == str(number)
        )
        form = radio.key[-2]
        choice = choose(QUESTIONS[form][number - 1])
        assert len(radio.options) == 4
        if choice is not None:
            radio.set_value(choice).run()
        next(
            button
            for button in app.button
            if button.key.startswith("think_") and button.key.endswith(("_next", "_skip"))
        ).click().run()
        assert not app.exception
    return app


def wrong(item):
    return next(choice for choice in item.choices if choice != RIGHT)


def test_a_class_answers_before_and_after_and_its_teacher_gets_counts_alone(
    open_page, engine, teacher, class_id, join, projector, board
):
    students = [join(f"Student {number}") for number in range(12)]
    mia = students[0]
    app = board("before")
    seat = answer_all(open_page("classroom", token=mia), wrong)
    assert T("think.through", n=8, of=8) in texts(seat)
    for token in students[1:]:
        form = engine.students.find_own_seat(token).round.question_form
        for number, item in enumerate(QUESTIONS[form]):
            engine.rounds.answer_round(token, 1, f"{number} {wrong(item)}")
    engine.skip(1.0)
    assert "<b>12</b>" in html(projector()) and T("think.ask") in html(projector())
    assert not [each for each in given(projector()) if "svg" in each]
    app.run().button(key="round_reveal").click().run()
    assert T("think.answered.before", n=12) in html(app) and "<b>0%</b>" in html(app)
    assert T("think.over") in texts(open_page("classroom", token=mia))
    assert not {T(f"think.told.{thing}") for thing in TOPICS} & set(
        texts(open_page("classroom", token=mia))
    )
    app.button(key="round_end").click().run()

    app = board("after")
    seat = open_page("classroom", token=mia)
    answer_all(seat, lambda item: None if item == QUESTIONS[seat_form(seat)][0] else RIGHT)
    for token in students[1:]:
        for number in range(8):
            engine.rounds.answer_round(token, 2, f"{number} {RIGHT}")
    app.run().button(key="round_reveal").click().run()
    assert T("think.verdict.more", more=12, fewer=0) in html(app) and "<b>100%</b>" in html(app)
    assert T("think.verdict.more", more=12, fewer=0) in html(projector())
    (picture,) = (each["svg"] for each in given(projector()) if "svg" in each)
    assert picture.count("<circle") == 16
    told = open_page("classroom", token=mia)
    assert f"{T('think.wrong')} → {T('think.right')}" in html(told)
    app.button(key="round_end").click().run()
    assert T("think.answered.after", n=12) in html(app), "what was counted stays among the results"
    app.selectbox(key="round_kind").set_value("think").run()
    assert T("errors.round_counted") in texts(app) and app.selectbox(key="round_part").options == []


def seat_form(app) -> str:
    return next(each.key[-2] for each in app.radio if each.key.startswith("think_"))


@pytest.fixture
def mia(engine, teacher, class_id, join):
    """The token of a student who answers the first question of part After wrongly."""
    token = join("Mia")
    engine.rounds.start_round(teacher, class_id, "think", "after")
    engine.rounds.answer_round(token, 1, "0 stores")
    return token


def test_a_wrong_answer_after_is_told_in_one_sentence_with_its_mission(
    open_page, engine, teacher, class_id, join, mia
):
    engine.rounds.reveal_round(teacher, class_id)
    app = open_page("train", token=mia)
    assert T("think.told.programmed") in texts(app)
    links = [link.proto.query_string for link in app.get("page_link")]
    assert f"mission={MISSIONS['wrong_labels'].short_name}" in links
    assert [T(f"think.told.{thing}") in texts(app) for thing in TOPICS].count(True) == 1
    other = open_page("train", token=join("Ali"))
    assert T("think.nothing_here") in texts(other)


def test_what_changed_stays_on_class_and_missions_once_the_round_is_over(
    open_page, engine, teacher, class_id, mia
):
    engine.rounds.end_round(teacher, class_id)
    for page in ("classroom", "missions"):
        app = open_page(page, token=mia, folds=("think_own",))
        assert T("think.told.programmed") in texts(app), page
        assert T("think.told.programmed") not in texts(open_page(page, token=mia)), "it is folded"


@pytest.mark.parametrize(
    "size", [4, 5, *(pytest.param(n, marks=pytest.mark.long) for n in (1, 11))]
)
def test_board_and_projector_have_nothing_of_answers_before_a_part_ends_or_below_five(
    open_page, engine, teacher, class_id, join, projector, size
):
    engine.rounds.start_round(teacher, class_id, "think", "before")
    for number in range(size):
        engine.rounds.answer_round(
            join(f"Student {number}"), 1, f"0 {RIGHT if number else 'stores'}"
        )
    engine.skip(1.0)

    def pages() -> str:
        board = open_page("classroom", token=teacher, folds=FOLDS)
        assert size >= 5 or not any(
            "%" in each["svg"] for each in given(projector()) if "svg" in each
        )
        return html(board) + html(projector())

    assert T("think.held_by.stores") not in pages() and T("think.share") not in pages()
    engine.rounds.reveal_round(teacher, class_id)
    engine.skip(1.0)
    assert (T("think.held_by.stores") in pages()) == (T("think.share") in pages()) == (size >= 5)
    assert (T("think.few", n=5) in pages()) == (size < 5)


def test_all_of_it_can_be_skipped_and_gone_back_to(open_page, engine, teacher, class_id, join):
    mia = join("Mia")
    engine.rounds.start_round(teacher, class_id, "think", "before")
    app = open_page("data", token=mia)
    app.button(key="think_1_skip_all").click().run()
    assert T("think.through", n=0, of=8) in texts(app)
    assert not any(each.key.startswith("think_1_") for each in app.radio)
    app.button(key="think_1_back").click().run()
    assert any(each.key.startswith("think_1_") for each in app.radio)
    engine.rounds.reveal_round(teacher, class_id)
    assert engine.teachers.open_classes_of_teacher(teacher)[0].tallies[0].students == 0


def test_who_is_alone_is_asked_before_the_first_mission_and_after_the_last(
    open_page, engine, token
):
    app = answer_all(open_page("missions", token=token, folds=FOLDS), wrong)
    assert T("think.alone.over") in texts(app) and not any(
        T(f"think.told.{each}") in texts(app) for each in TOPICS
    )
    begun = {"look": MissionProgress().with_values(prediction="held", judged=True)}
    engine.notes.write_note(token, NOTE, write_progress(begun))
    assert not any(
        each.key.startswith("think_")
        for each in open_page("missions", token=token, folds=FOLDS).radio
    )
    engine.notes.write_note(
        token, NOTE, write_progress({mission.id: done(mission) for mission in MISSIONS.values()})
    )
    app = answer_all(open_page("missions", token=token, folds=FOLDS), lambda item: RIGHT)
    assert html(app).count(f"{T('think.wrong')} → {T('think.right')}") == 8
    code = engine.workspaces.recovery_code(token)
    elsewhere = engine.workspaces.recover_workspace(
        engine.workspaces.enter_workspace(None).token, code
    ).token
    app = open_page("missions", token=elsewhere, folds=FOLDS)
    assert all(each.value is None for each in app.radio if each.key.startswith("think_"))


def done(mission) -> MissionProgress:
    own = MissionProgress().with_values(
        step="question", prediction=next(iter(mission.predictions)), judged=True
    )
    if mission.second_prediction:
        own = own.with_values(second=next(iter(mission.second_prediction.predictions)))
    for question in mission.questions:
        own = own.with_answer(question.name, question.right_choice)
    return own


def test_in_a_class_the_missions_do_not_ask(open_page, join):
    app = open_page("missions", token=join("Mia"), folds=FOLDS)
    assert not any(each.startswith("think_") for each in keys(app))


def test_the_file_is_on_the_board_once_there_is_something_to_save(
    open_page, engine, teacher, class_id, join
):
    students = [join(f"Student {number}") for number in range(6)]

    def buttons() -> list[str]:
        return [
            each.proto.label
            for each in open_page("classroom", token=teacher, folds=FOLDS).get("download_button")
        ]

    engine.rounds.start_round(teacher, class_id, "think", "before")
    for token in students:
        engine.rounds.answer_round(token, 1, f"0 {RIGHT}")
    assert T("think.csv") not in buttons()
    engine.rounds.end_round(teacher, class_id)
    assert T("think.csv") in buttons()


@pytest.mark.parametrize(("language", "part"), pairs(language_tags(), PARTS))
def test_all_screens_have_their_words_in_every_language(
    open_page, engine, teacher, class_id, join, language, part
):
    students = [join(f"Student {number}") for number in range(6)]
    engine.rounds.start_round(teacher, class_id, "think", part)
    for token in students:
        engine.rounds.answer_round(token, 1, "0 stores")
    for step in (lambda: None, lambda: engine.rounds.reveal_round(teacher, class_id)):
        step()
        engine.skip(1.0)
        board = open_page("classroom", token=teacher, folds=FOLDS, lang=language)
        projector = open_page("classroom", token=teacher, lang=language, view="projector")
        for page in (board, projector, open_page("data", token=students[0], lang=language)):
            assert not page.exception and not raw_keys(shown(page))
