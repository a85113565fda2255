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
from fvapp.i18n import Translator, language_tags
from fvapp.ui.classroom.kinds import load_round_screens
from ui_pages import (
    FORGED,
    T,
    forge,
    forgeries,
    given,
    html,
    keep_noise,
    keys,
    links,
    messages,
    press,
    press_first,
    raw_keys,
    set_field,
    shown,
    texts,
)

FOLDS = ("rounds", "wall", "class_set_delete")


@pytest.fixture
def start(open_board):
    """Return ``start("draw", round_digit="1")``: start a round, and return the teacher's board.

    Fields for a word hold "fish" unless the test chooses another word.
    """

    def start(kind, **chosen):
        app = set_field(open_board(*FOLDS), "round_kind", kind)
        words = [field.key for field in app.text_input if (field.key or "").startswith("round_")]
        for key, value in (dict.fromkeys(words, "fish") | chosen).items():
            set_field(app, key, value)
        return press(app, "round_start")

    return start


def test_a_poll_is_answered_on_any_page_and_shown_once_it_is_revealed(wall, mia_opens, start):
    app = mia_opens("train")
    board = start("predict", round_mission="network")
    assert app.run().radio(key="poll").value is None
    set_field(app, "poll", "not_held")
    assert T("classroom.round.student.chosen") in texts(app)
    ask = T("missions.network.ask")
    on_wall = wall()
    assert ask in on_wall and "<b>1</b>" in on_wall and 'class="fvapp-poll"' not in on_wall
    press(board, "round_reveal")
    on_wall = wall()
    assert 'class="fvapp-poll"' in on_wall and T("missions.network.predict.not_held") in on_wall
    assert mia_opens("train").radio(key="poll").disabled
    press(board, "round_end")
    assert "poll" not in [radio.key for radio in mia_opens("train").radio]
    assert ask not in wall()


@pytest.mark.parametrize(
    ("kind", "subject", "words"),
    [
        ("predict", "network", "none_answered"),
        ("seeds", "", "none_done"),
        ("draw", "7", "none_drawn"),
        ("hunt", "mnist 50000 5", "none_done"),
    ],
)
def test_a_round_that_nobody_answers_says_so(room, wall, kind, subject, words):
    room.rounds.start_round(kind, subject)
    room.rounds.reveal_round()
    assert T(f"classroom.round.{words}") in wall()


@pytest.mark.parametrize("kind", KINDS)
def test_the_menu_says_of_each_round_what_reveal_does(kind):
    for t in map(Translator, language_tags()):
        reveal = t("classroom.round.reveal").casefold()
        assert reveal in t(f"classroom.round.help.{kind}").casefold()


def test_dots_fall_into_place_and_the_explanation_waits(
    room, wall, mia_opens, engine, start, projector
):
    page = mia_opens("data")
    start("seeds")
    assert T("classroom.round.student.trains", n=10) in texts(page.run())
    engine.finish()
    app = projector()
    (plot,) = (each["svg"] for each in given(app) if "svg" in each)
    assert plot.count("<circle") == 10
    assert T("classroom.round.seeds_ask") in html(app)
    assert T("classroom.round.seeds_why") not in html(app)
    room.rounds.reveal_round()
    assert T("classroom.round.seeds_why") in wall()


def test_a_network_that_a_limit_refuses_is_named_on_both_screens(
    wall, mia_opens, engine, start, mia
):
    runs = engine.runs.submit_runs(mia, [RunSettings(epochs=1)] * 12, group="x")
    board = start("seeds")
    assert T("classroom.round.refused", names="Mia") in messages(board)
    assert T("classroom.round.refused_count", n=1) in wall()
    app = mia_opens("data")
    assert T("classroom.round.student.refused") in texts(app)
    press(app, "round_train")
    with pytest.raises(FvappError) as refused:
        engine.rounds.train_missing_networks(mia, 1)
    assert refused.value.to_sentence(T) in messages(app)
    for run in runs:
        engine.runs.delete_run(mia, run.id)
    press(app, "round_train")
    assert "round_train" not in keys(app) and len(engine.runs.list_runs(mia)) == 10


def test_one_draws_in_the_place_of_any_page_and_the_wall_waits_without_what_the_teacher_takes_off(
    wall, open_page, mia_opens, engine, start, join, mia
):
    ali = join("<b>Ali")
    eve = join("Eve")
    board = start("draw", round_digit="1")
    engine.rounds.put_drawing_on_wall(eve, 1, np.eye(28, dtype=np.uint8) * 255)
    engine.skip(1.0)
    press_first(board.run(), "take_off_")
    assert T("classroom.round.student.off") in texts(open_page("data", token=eve))
    assert T("classroom.round.title.draw", subject="1") in texts(mia_opens("compare"))
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 13:15] = 255
    engine.rounds.put_drawing_on_wall(mia, 1, image)
    on_wall = wall()
    assert 'src="data:image/png' not in on_wall and 'class="hidden"' in on_wall
    assert "class='fvapp-tile'" in html(board.run())
    press(board, "round_reveal")
    on_wall = wall()
    assert on_wall.count('src="data:image/png') == 1
    # Both the drawing's tile and its bar are marked as correct.
    assert on_wall.count('<li class="right"') == 2 and on_wall.count('class="empty"') == 2
    app = mia_opens("compare")
    assert T("classroom.round.student.read", digit=1) in texts(app)
    press(app, "round_take_off")
    assert T("classroom.round.none_drawn") in wall()
    assert T("classroom.round.student.look") in texts(open_page("compare", token=ali))


def test_a_seat_has_its_drawing_and_the_projector_its_curtain_only_from_the_reveal_on(
    room, wall, open_board, engine, mia
):
    room.rounds.start_round("draw", "7")
    engine.rounds.put_drawing_on_wall(mia, 1, np.full((28, 28), 200, np.uint8))
    for revealed in (False, True):
        seats = html(open_board()).partition('<ul class="fvapp-seats"')[2].partition("</ul>")[0]
        assert "Mia" in seats and ("<img" in seats) == revealed
        assert ('class="fvapp-reveal"' in wall()) == revealed
        room.rounds.reveal_round()


@pytest.mark.parametrize(
    ("frames", "columns"), [(1, 1), (3, 3), (4, 4), (9, 5), (10, 5), (30, 8), (60, 12)]
)
def test_a_wall_has_as_many_columns_as_make_its_drawings_largest(frames, columns):
    assert wall_columns(frames) == columns


def test_who_missed_the_time_begins_late_and_a_revealed_wall_is_kept_as_examples_and_its_students_are_told(
    room, mia_opens, engine, start, mia
):
    board = start("draw")
    engine.skip(60)
    app = mia_opens("data")
    assert T("classroom.round.student.missed") in texts(app)
    press(app, "round_draw")
    assert T("classroom.round.title.draw", subject="7") in texts(app)
    engine.rounds.put_drawing_on_wall(mia, 1, np.eye(28, dtype=np.uint8) * 255)
    engine.skip(1.0)
    assert "round_keep" not in keys(board.run())
    press(board, "round_reveal")
    assert T("classroom.round.keep_help") in texts(board)
    press(board, "round_keep")
    assert [each.label for each in engine.examples.kept_examples(room.teacher)] == [7]
    assert links(board)[T("classroom.round.kept_train")] == "dataset=mnist&examples=added"
    assert T("examples.title") in links(board) and "round_keep" not in keys(board)
    app = mia_opens("data")
    assert T("classroom.round.student.kept") in texts(app)
    press(app, "round_take_off")
    assert engine.examples.kept_examples(room.teacher) == ()


def test_words_that_are_kept_are_given_to_the_class_and_taken_back(
    room, wall, open_page, mia_opens, open_seat, engine, start, join, train, mia
):
    eve = join("Eve")
    students = (mia, join("Ali"), join("Bo"), eve)
    board = start("word", round_word="<b>")
    assert board.text_input(key="round_word").placeholder == T("classroom.round.such_as")
    assert T("errors.own_class_name", most=16) in messages(board)
    for number, word in enumerate(("fish", "house"), 1):
        board = start("word", round_word=word)
        for seat, token in enumerate(students):
            engine.rounds.put_drawing_on_wall(
                token, number, np.eye(28, k=seat - 9 * number, dtype=np.uint8) * 255
            )
        engine.skip(1.0)
        press(board.run(), "round_reveal")
        on_wall = wall()
        assert on_wall.count('<li class="drawn"') == 4 and f"Draw: {word}" in on_wall
        press(board, "round_keep")
        assert board.button(key="class_set_give").disabled == (number < 2)
    assert T("classroom.round.student.kept_word") in texts(mia_opens("data"))
    press(board, "round_end")
    assert "**fish** 4 · **house** 4" in texts(board)
    press(board, "class_set_give")
    assert T("classroom.set.held", n=1) in texts(board) and "class_set_give" not in keys(board)
    name = room.classroom.data
    for page in ("train", "draw", "data"):
        for token in (mia, room.teacher):
            app = open_page(page, token=token, dataset=name)
            assert name in {field.value for field in app.segmented_control}
    assert "own_train" in keys(app) and not {"example_upload", "download_zip"} & keys(app)
    seat = open_seat(eve)
    assert T("classroom.set.yours", n=2) in texts(seat)
    query = dict(parse_qsl(links(seat)[T("classroom.set.train")]))
    settings = usual_settings_for_network("dense", name).with_values(seed=int(query["seed"]))
    assert RunSettings.from_query(query) == (settings, ())
    train(settings.with_values(epochs=1), token=mia)
    press(seat, "drawings_back")
    kept = room.class_drawings.summarize_kept_drawings().drawings_by_word
    assert kept == {"fish": 3, "house": 3}
    assert T("errors.examples_gone") in messages(mia_opens("inside"))
    too_few = T("classroom.set.too_few", words="fish, house")
    missing = T("classroom.set.missing", words="**fish** 1 · **house** 1")
    assert {too_few, missing} <= set(texts(board.run()))
    assert board.button(key="class_set_give").disabled
    press(board, f"class_set_{b'fish'.hex()}")
    assert "**house** 3" in texts(board)
    assert T("errors.class_set_gone") in texts(mia_opens("data", dataset=name))


def test_what_students_call_their_own_classes_is_on_no_screen_of_the_class(
    room, wall, open_board, engine, mia
):
    words = ("Rudeword", "Otherword")
    own = engine.examples.name_data_set_classes(mia, words)
    keep_noise(engine, mia, own, *[0, 1] * 4)
    engine.runs.submit_runs(mia, [RunSettings(dataset=own, validation_split=0.0, epochs=1)])
    engine.finish()
    room.teachers.show_mission_results("network", True)
    rows = room.teachers.student_rows()
    lines = list(result_rows(room.classroom, rows))
    names = student_names_in_tables(rows, True, T)
    results = class_mission_results(room.classroom, rows)
    papers = class_report_html(results, lines, names, T)
    papers += class_results_csv(lines, names, T).decode()
    seen = papers + wall() + shown(open_board(*FOLDS, "students", "class_results"))
    assert "Mia" in seen and not [word for word in (*words, own) if word in seen]


@pytest.mark.usefixtures("few_images")
def test_a_vote_stands_beside_the_best_and_the_median_once_it_is_revealed(
    room, wall, open_board, mia_opens, engine, start, mia
):
    assert T("errors.round_voters", least=2) in messages(start("vote"))
    room.rounds.start_round("seeds")
    engine.finish()
    room.rounds.reveal_round()
    start("vote")
    on_wall = wall()
    assert T("classroom.round.vote_ask") in on_wall and 'class="fvapp-vote"' not in on_wall
    assert T("classroom.round.student.look") in " ".join(texts(mia_opens("data")))
    room.rounds.reveal_round()
    for screen in (wall(), html(open_board())):
        assert 'class="fvapp-vote"' in screen and T("classroom.round.best") in screen


@pytest.fixture
def begin(room, start, engine, few_images):
    """Return ``begin(kind)``: start a round with the suggested options, and return the board."""

    def begin(kind):
        if KINDS[kind].fewest_voters:
            room.rounds.start_round("seeds")
            engine.finish()
            room.rounds.reveal_round()
        board = start(kind)
        assert room.classroom.round.kind == kind
        return board

    return begin


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_round_stands_on_all_screens_until_it_ends(
    room, mia_opens, engine, mia, projector, begin, kind
):
    board = begin(kind)
    title = load_round_screens(kind).round_title(room.classroom.round, T)
    for revealed in (False, True):
        if revealed:
            press(board, "round_reveal")
        engine.skip(60)
        for app in (projector(), board.run(), mia_opens("data")):
            assert not app.exception and title in shown(app) and not raw_keys(shown(app))
    press(board, "round_end")
    assert room.rounds.round_view() is None


@pytest.mark.parametrize(("kind", "forged"), forgeries(*KINDS))
def test_forged_values_change_nothing_of_a_round(
    room, open_board, mia_opens, mia, begin, kind, forged
):
    begin(kind)
    for app in (mia_opens("data"), open_board(*FOLDS)):
        for name in forged:
            forge(app, FORGED[name])
    assert room.classroom.round.kind == kind


def test_a_hunt_leads_by_validation_and_ends_by_the_test_set(wall, mia_opens, engine, start, mia):
    board = start("hunt", round_dataset="mnist", round_epochs=1)
    app = mia_opens("train", epochs="5", hidden="256")
    assert app.button(key="train_start").disabled
    refused = T("errors.hunt_parameters", parameters="203,530", most="110,000")
    assert refused in "\n".join(texts(app)).replace("\\", "")
    assert "dataset" not in [each.key for each in app.selectbox]
    press(mia_opens("train", hidden="32", epochs="1"), "train_start")
    engine.finish()
    engine.skip(1.0)
    page = "\n".join(texts(mia_opens("train")))
    assert T("classroom.hunt.left", left=2, most=3) in page and T("train.test_accuracy") not in page
    assert T("classroom.hunt.train") in links(mia_opens("missions"))
    assert T("compare.line.sealed") in html(mia_opens("compare"))
    on_wall = wall()
    assert "<b>1</b>" in on_wall and T("classroom.hunt.validation") in on_wall
    assert T("classroom.hunt.test") not in on_wall
    press(board, "round_reveal")
    revealed = wall()
    assert T("classroom.hunt.test") in revealed
    assert T("classroom.hunt.why", n=1) not in revealed  # nobody chose among several runs
    assert T("train.test_accuracy") in "\n".join(texts(mia_opens("train")))


def test_no_answers_to_test_images_are_announced_of_a_network_in_a_hunt_until_it_is_revealed(
    room, mia_opens, engine, mia
):
    room.rounds.start_round("hunt", "mnist 50000 1")
    app = press(mia_opens("train", hidden="32", epochs="1"), "train_start")
    for go_on in (lambda: None, engine.advance, engine.finish):
        go_on()
        assert not app.run().exception
        assert not any("moments" in data for data in given(app))
        assert "run_shows" not in [toggle.key for toggle in app.toggle]
    assert "train_more" not in keys(app)  # the hunt (a contest) allows only one epoch
    room.rounds.reveal_round()
    app.run()
    (record,) = engine.runs.list_runs(mia)
    revealed, _ = engine.runs.read_events(mia, record.id)
    assert app.session_state["kept_events"][1] == revealed and isinstance(revealed[-1], RunEnded)


@pytest.mark.parametrize(
    "budget", ["fashion_mnist 10000 3", "mnist 50000 5", "mnist 100000 5", "fashion_mnist 110000 5"]
)
def test_what_a_hunt_would_refuse_is_grey_with_its_number_and_cannot_be_trained(
    room, mia_opens, mia, budget
):
    """The third of these hunt budgets is from a round that an earlier version of the app began."""
    dataset, parameters, _ = budget.split()
    most = int(parameters)
    room.rounds.start_round("hunt", budget)
    app = mia_opens("train")
    (cards,) = (each for each in given(app) if "cards" in each)
    for name, card in cards["cards"].items():
        settings = preset_settings(name, dataset)
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
