"""Rounds on the pages: what the teacher starts, and what students and the projector see."""

from contextlib import nullcontext
from urllib.parse import parse_qsl

import numpy as np
import pytest

from fvapp.core.classroom.hunt import BUDGETS, HuntBudget
from fvapp.core.classroom.kinds import KINDS
from fvapp.core.classroom.results import class_mission_results, result_rows
from fvapp.core.classroom.wall import wall_columns
from fvapp.core.documents.class_results import (
    class_report_html,
    class_results_csv,
    student_names_in_tables,
)
from fvapp.core.errors import FvappError
from fvapp.core.events import RunEnded
from fvapp.core.settings import RunSettings, preset_settings, usual_settings_for_network
from fvapp.core.stack import count_parameters
from fvapp.ui.classroom.kinds import load_round_screens
from ui_pages import (
    FORGED,
    T,
    forge,
    forgeries,
    given,
    html,
    keys,
    messages,
    raw_keys,
    shown,
    texts,
)

FOLDS = ("rounds", "wall", "class_set_delete")


def start(open_page, teacher, kind, **chosen):
    """Start a round, as its teacher does."""
    app = open_page("classroom", token=teacher, folds=FOLDS)
    app.selectbox(key="round_kind").set_value(kind).run()
    for key, value in chosen.items():
        (app.text_input if key == "round_word" else app.selectbox)(key=key).set_value(value)
    app.button(key="round_start").click().run()
    assert not app.exception
    return app


def test_a_poll_is_answered_on_any_page_and_shown_once_it_is_revealed(
    open_page, engine, teacher, join, projector
):
    mia = join("Mia")
    board = start(open_page, teacher, "predict", round_mission="network")
    app = open_page("train", token=mia)
    assert app.radio(key="poll").value is None
    app.radio(key="poll").set_value("not_held").run()
    assert T("classroom.round.student.chosen") in texts(app)
    engine.skip(1.0)
    ask = T("missions.network.ask")
    choice = T("missions.network.predict.not_held")
    shown = html(projector())
    assert ask in shown and "<b>1</b>" in shown and 'class="fvapp-poll"' not in shown
    board.button(key="round_reveal").click().run()
    shown = html(projector())
    assert 'class="fvapp-poll"' in shown and choice in shown
    assert open_page("train", token=mia).radio(key="poll").disabled
    board.button(key="round_end").click().run()
    assert "poll" not in [radio.key for radio in open_page("train", token=mia).radio]
    assert ask not in html(projector())


@pytest.mark.parametrize("kind", ["predict", "seeds", "draw", "hunt"])
def test_a_round_that_nobody_answers_says_so(engine, teacher, class_id, projector, kind):
    subjects = {"predict": "network", "draw": "7", "hunt": "mnist 50000 5"}
    engine.rounds.start_round(teacher, class_id, kind, subjects.get(kind, ""))
    engine.rounds.reveal_round(teacher, class_id)
    words = {
        "predict": "none_answered",
        "seeds": "none_done",
        "hunt": "none_done",
        "draw": "none_drawn",
    }[kind]
    assert T(f"classroom.round.{words}") in html(projector())


def test_dots_fall_into_place_and_the_explanation_waits(
    open_page, engine, teacher, class_id, join, projector
):
    mia = join("Mia")
    start(open_page, teacher, "seeds")
    assert T("classroom.round.none_done") in html(projector())
    assert T("classroom.round.student.trains", n=10) in texts(open_page("data", token=mia))
    engine.finish()
    engine.skip(1.0)
    app = projector()
    (plot,) = (each["svg"] for each in given(app) if "svg" in each)
    assert plot.count("<circle") == 10
    assert T("classroom.round.seeds_ask") in html(app) and T(
        "classroom.round.seeds_why"
    ) not in html(app)
    engine.rounds.reveal_round(teacher, class_id)
    assert T("classroom.round.seeds_why") in html(projector())


def test_a_network_that_a_limit_refuses_is_named_on_both_screens(
    open_page, engine, teacher, join, projector
):
    mia = join("Mia")
    runs = [run.id for run in engine.runs.submit_runs(mia, [RunSettings(epochs=1)] * 12, group="x")]
    board = start(open_page, teacher, "seeds")
    assert T("classroom.round.refused", names="Mia") in messages(board)
    assert T("classroom.round.refused_count", n=1) in html(projector())
    app = open_page("data", token=mia)
    assert T("classroom.round.student.refused") in texts(app)
    app.button(key="round_train").click().run()
    with pytest.raises(FvappError) as refused:
        engine.rounds.train_missing_networks(mia, 1)
    assert refused.value.to_sentence(T) in messages(app)
    for run in runs:
        engine.runs.delete_run(mia, run)
    app.button(key="round_train").click().run()
    assert "round_train" not in keys(app) and len(engine.runs.list_runs(mia)) == 10


def test_one_draws_in_the_place_of_any_page_and_the_wall_waits_without_what_the_teacher_takes_off(
    open_page, engine, teacher, join, projector
):
    mia = join("<b>Mia")
    ali = join("Ali")
    eve = join("Eve")
    board = start(open_page, teacher, "draw", round_digit="1")
    engine.rounds.put_drawing_on_wall(eve, 1, np.eye(28, dtype=np.uint8) * 255)
    engine.skip(1.0)
    board.run()
    next(button for button in board.button if button.key.startswith("take_off_")).click().run()
    assert T("classroom.round.student.off") in texts(open_page("data", token=eve))
    app = open_page("compare", token=mia)
    assert [title.value for title in app.title] == [T("classroom.round.title.draw", subject="1")]
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 13:15] = 255
    engine.rounds.put_drawing_on_wall(mia, 1, image)
    engine.skip(1.0)
    assert 'src="data:image/png' not in html(projector()) and 'class="hidden"' in html(projector())
    board.run()
    assert "class='fvapp-tile'" in html(board)
    board.button(key="round_reveal").click().run()
    shown = html(projector())
    assert shown.count('src="data:image/png') == 1
    # Both the drawing's tile and its bar are marked as correct.
    assert shown.count('<li class="right"') == 2 and shown.count('class="empty"') == 2
    app = open_page("compare", token=mia)
    assert T("classroom.round.student.read", digit=1) in texts(app)
    app.button(key="round_take_off").click().run()
    engine.skip(1.0)
    assert T("classroom.round.none_drawn") in html(projector())
    assert T("classroom.round.student.look") in texts(open_page("compare", token=ali))


def test_a_seat_has_its_drawing_and_the_projector_its_curtain_only_from_the_reveal_on(
    open_page, engine, teacher, class_id, join, projector
):
    mia = join("Mia")
    engine.rounds.start_round(teacher, class_id, "draw", "7")
    engine.rounds.put_drawing_on_wall(mia, 1, np.full((28, 28), 200, np.uint8))
    for revealed in (False, True):
        engine.skip(1.0)
        seats = (
            html(open_page("classroom", token=teacher))
            .partition('<ul class="fvapp-seats"')[2]
            .partition("</ul>")[0]
        )
        assert "Mia" in seats and ("<img" in seats) == revealed
        assert ('class="fvapp-reveal"' in html(projector())) == revealed
        engine.rounds.reveal_round(teacher, class_id)


@pytest.mark.parametrize(
    ("frames", "columns"), [(1, 1), (3, 3), (4, 4), (9, 5), (10, 5), (30, 8), (60, 12)]
)
def test_a_wall_has_as_many_columns_as_make_its_drawings_largest(frames, columns):
    assert wall_columns(frames) == columns


def test_who_missed_the_time_begins_late_and_a_revealed_wall_is_kept_as_examples_and_its_students_are_told(
    open_page, engine, teacher, join
):
    mia = join("Mia")
    board = start(open_page, teacher, "draw")
    engine.skip(60)
    app = open_page("data", token=mia)
    assert T("classroom.round.student.missed") in texts(app)
    app.button(key="round_draw").click().run()
    assert [title.value for title in app.title] == [T("classroom.round.title.draw", subject="7")]
    engine.rounds.put_drawing_on_wall(mia, 1, np.eye(28, dtype=np.uint8) * 255)
    engine.skip(1.0)
    assert "round_keep" not in keys(board.run())
    board.button(key="round_reveal").click().run()
    assert T("classroom.round.keep_help") in texts(board)
    board.button(key="round_keep").click().run()
    assert [each.label for each in engine.examples.kept_examples(teacher)] == [7]
    links = {link.proto.label: link.proto.query_string for link in board.get("page_link")}
    assert links[T("classroom.round.kept_train")] == "dataset=mnist&examples=added"
    assert T("examples.title") in links and "round_keep" not in keys(board)
    app = open_page("data", token=mia)
    assert T("classroom.round.student.kept") in texts(app)
    app.button(key="round_take_off").click().run()
    assert engine.examples.kept_examples(teacher) == ()


def test_words_that_are_kept_are_given_to_the_class_and_taken_back(
    open_page, engine, teacher, class_id, join, projector, train, class_now
):
    students = [join(name) for name in ("Mia", "Ali", "Bo", "Eve")]
    board = start(open_page, teacher, "word", round_word="<b>")
    assert board.text_input(key="round_word").placeholder == T("classroom.round.such_as")
    assert T("errors.own_class_name", most=16) in messages(board)
    for number, word in enumerate(("fish", "house"), 1):
        board = start(open_page, teacher, "word", round_word=word)
        for seat, token in enumerate(students):
            engine.rounds.put_drawing_on_wall(
                token, number, np.eye(28, k=seat - 9 * number, dtype=np.uint8) * 255
            )
        engine.skip(1.0)
        board.run().button(key="round_reveal").click().run()
        assert html(projector()).count('<li class="drawn"') == 4 and f"Draw: {word}" in html(
            projector()
        )
        board.button(key="round_keep").click().run()
    assert T("classroom.round.student.kept_word") in texts(open_page("data", token=students[0]))
    board.button(key="round_end").click().run()
    assert "**fish** 4 · **house** 4" in texts(board)
    board.button(key="class_set_give").click().run()
    assert T("classroom.set.held", n=1) in texts(board) and "class_set_give" not in keys(board)
    name = class_now().data
    for page in ("train", "draw", "data"):
        for token in (students[0], teacher):
            app = open_page(page, token=token, dataset=name)
            assert name in {field.value for field in app.segmented_control}
    assert {"own_train"} <= set(keys(app)) and not {"example_upload", "download_zip"} & set(
        keys(app)
    )
    seat = open_page("classroom", token=students[3])
    assert T("classroom.set.yours", n=2) in texts(seat)
    links = {link.proto.label: link.proto.query_string for link in seat.get("page_link")}
    settings, errors = RunSettings.from_query(dict(parse_qsl(links[T("classroom.set.train")])))
    assert (
        settings == usual_settings_for_network("dense", name).with_values(seed=settings.seed)
        and not errors
    )
    train(settings.with_values(epochs=1), token=students[0])
    seat.button(key="drawings_back").click().run()
    assert engine.class_drawings.summarize_kept_drawings(teacher, class_id).drawings_by_word == {
        "fish": 3,
        "house": 3,
    }
    assert T("errors.examples_gone") in messages(open_page("inside", token=students[0]))
    board.run().button(key=f"class_set_{b'fish'.hex()}").click().run()
    assert "**house** 3" in texts(board)
    assert T("errors.class_set_gone") in texts(open_page("data", token=students[0], dataset=name))


def test_what_students_call_their_own_classes_is_on_no_screen_of_the_class(
    open_page, engine, teacher, class_id, join, projector, class_now
):
    mia = join("Mia")
    words = ("Rudeword", "Otherword")
    own = engine.examples.name_data_set_classes(mia, words)
    for seed in range(8):
        image = np.random.default_rng(seed).integers(0, 256, (28, 28), np.uint8)
        engine.examples.keep_example(mia, own, image, seed % 2)
    engine.runs.submit_runs(mia, [RunSettings(dataset=own, validation_split=0.0, epochs=1)])
    engine.finish()
    engine.teachers.show_mission_results(teacher, class_id, "network", True)
    board = open_page("classroom", token=teacher, folds=(*FOLDS, "students", "class_results"))
    room = class_now()
    rows = engine.teachers.student_rows(teacher, class_id)
    lines = list(result_rows(room, rows))
    names = student_names_in_tables(rows, True, T)
    papers = class_results_csv(lines, names, T).decode() + class_report_html(
        class_mission_results(room, rows), lines, names, T
    )
    shown = html(board) + "".join(texts(board)) + html(projector()) + papers
    assert "Mia" in shown and not [word for word in (*words, own) if word in shown]


def test_a_vote_stands_beside_the_best_and_the_median_once_it_is_revealed(
    open_page, engine, teacher, class_id, join, projector, few_images
):
    mia = join("Mia")
    board = start(open_page, teacher, "vote")
    assert T("errors.round_voters", least=2) in messages(board)
    engine.rounds.start_round(teacher, class_id, "seeds")
    engine.finish()
    engine.rounds.reveal_round(teacher, class_id)
    start(open_page, teacher, "vote")
    shown = html(projector())
    assert T("classroom.round.vote_ask") in shown and 'class="fvapp-vote"' not in shown
    assert T("classroom.round.student.look") in " ".join(texts(open_page("data", token=mia)))
    engine.rounds.reveal_round(teacher, class_id)
    for app in (projector(), open_page("classroom", token=teacher)):
        assert 'class="fvapp-vote"' in html(app) and T("classroom.round.best") in html(app)


@pytest.fixture
def begin(open_page, engine, teacher, class_id, few_images, class_now):
    """Return ``begin(kind)``: start a round with the suggested options, and return the board."""

    def begin(kind):
        if KINDS[kind].fewest_voters:
            engine.rounds.start_round(teacher, class_id, "seeds")
            engine.finish()
            engine.rounds.reveal_round(teacher, class_id)
        app = open_page("classroom", token=teacher, folds=FOLDS)
        app.selectbox(key="round_kind").set_value(kind).run()
        for field in app.text_input:
            if (field.key or "").startswith("round_"):
                field.set_value("fish")
        app.button(key="round_start").click().run()
        assert class_now().round.kind == kind
        return app

    return begin


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_round_stands_on_all_screens_until_it_ends(
    open_page, engine, teacher, class_id, join, projector, begin, kind, class_now
):
    mia = join("Mia")
    board = begin(kind)
    title = load_round_screens(kind).round_title(class_now().round, T)
    for revealed in (False, True):
        if revealed:
            board.button(key="round_reveal").click().run()
        engine.skip(60)
        for app in (projector(), board.run(), open_page("data", token=mia)):
            assert not app.exception and title in shown(app) and not raw_keys(shown(app))
    board.button(key="round_end").click().run()
    assert not board.exception and engine.rounds.round_view(teacher, class_id) is None


@pytest.mark.parametrize(("kind", "forged"), forgeries(*KINDS))
def test_forged_values_change_nothing_of_a_round(
    open_page, teacher, join, begin, kind, forged, class_now
):
    mia = join("Mia")
    begin(kind)
    for token, page in ((mia, "data"), (teacher, "classroom")):
        app = open_page(page, token=token, folds=FOLDS)
        for name in forged:
            forge(app, FORGED[name])
    assert class_now().round.kind == kind


def test_a_hunt_leads_by_validation_and_ends_by_the_test_set(
    open_page, engine, teacher, join, projector
):
    mia = join("Mia")
    board = start(open_page, teacher, "hunt", round_dataset="mnist", round_epochs=1)
    app = open_page("train", token=mia, epochs="5", hidden="256")
    assert app.button(key="train_start").disabled
    refused = T("errors.hunt_parameters", parameters="203,530", most="110,000")
    assert refused in "\n".join(texts(app)).replace("\\", "")
    assert "dataset" not in [each.key for each in app.selectbox]
    app = open_page("train", token=mia, hidden="32", epochs="1")
    app.button(key="train_start").click().run()
    engine.finish()
    engine.skip(1.0)
    page = "\n".join(texts(open_page("train", token=mia)))
    test = T("classroom.hunt.test")
    assert T("classroom.hunt.left", left=2, most=3) in page and T("train.test_accuracy") not in page
    links = [link.proto.label for link in open_page("missions", token=mia).get("page_link")]
    assert T("classroom.hunt.train") in links
    assert T("compare.line.sealed") in html(open_page("compare", token=mia))
    shown = html(projector())
    assert "<b>1</b>" in shown and T("classroom.hunt.validation") in shown and test not in shown
    board.button(key="round_reveal").click().run()
    engine.skip(1.0)
    assert test in html(projector()) and T("train.test_accuracy") in "\n".join(
        texts(open_page("train", token=mia))
    )


def test_no_answers_to_test_images_are_announced_of_a_network_in_a_hunt_until_it_is_revealed(
    open_page, engine, teacher, class_id, join
):
    mia = join("Mia")
    engine.rounds.start_round(teacher, class_id, "hunt", "mnist 50000 1")
    app = open_page("train", token=mia, hidden="32", epochs="1")
    app.button(key="train_start").click().run()

    def shows_answers_or_neurons():
        assert not app.exception
        toggles = [toggle.key for toggle in app.toggle]
        return any("moments" in data for data in given(app)), "run_shows" in toggles

    for go_on in (lambda: None, engine.advance, engine.finish):
        go_on()
        app.run()
        assert shows_answers_or_neurons() == (False, False)
    assert "train_more" not in keys(app)  # the hunt allows one epoch
    engine.rounds.reveal_round(teacher, class_id)
    app.run()
    (record,) = engine.runs.list_runs(mia)
    revealed, _ = engine.runs.read_events(mia, record.id)
    assert app.session_state["kept_events"][1] == revealed and isinstance(revealed[-1], RunEnded)


@pytest.mark.parametrize(
    "budget", ["fashion_mnist 10000 3", "mnist 50000 5", "mnist 100000 5", "fashion_mnist 110000 5"]
)
def test_what_a_hunt_would_refuse_is_grey_with_its_number_and_cannot_be_trained(
    open_page, engine, teacher, class_id, join, budget
):
    """The third budget comes from a round that an earlier version of the app began."""
    mia = join("Mia")
    most = int(budget.split()[1])
    engine.rounds.start_round(teacher, class_id, "hunt", budget)
    app = open_page("train", token=mia)
    (cards,) = (each for each in given(app) if "cards" in each)
    for name, card in cards["cards"].items():
        settings = preset_settings(name, budget.split()[0])
        size = T("train.of_budget", parameters=f"{count_parameters(settings):,}", most=f"{most:,}")
        too_large = count_parameters(settings) > most
        assert (name in cards["off"]) is too_large and (card["short"] == size) is too_large
        with pytest.raises(FvappError, match="hunt_parameters") if too_large else nullcontext():
            BUDGETS[budget].check_within_budget(settings)
    usual = count_parameters(RunSettings())
    assert app.button(key="train_start").disabled is (usual > most) is ("standard" in cards["off"])
    assert any(f"{usual:,}" in text and f"{most:,}" in text for text in texts(app))


def test_a_hunt_begins_with_a_budget_for_the_usual_network():
    assert HuntBudget().check_within_budget(RunSettings()) == RunSettings()
