"""The Compare page as a visitor uses it."""

import re
from contextlib import closing
from dataclasses import replace
from functools import partial
from html import unescape
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.proto.WidgetStates_pb2 import WidgetStates

import ui_pages
from fvapp.charts.comparison import shorten_name
from fvapp.core.documents.runfile import write_run_file
from fvapp.core.events import EpochEnded
from fvapp.core.results.statistics import seed_group_key
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.teaching import TeachingRecord
from fvapp.i18n import Translator
from fvapp.ui.compare.comparison import RunComparison
from scripted_engine import ScriptedEngine, by_class, new_visitor
from stored import DONE, other_process
from ui_pages import (
    WORK_FOLDS,
    keep_noise,
    keys,
    notices,
    press,
    query_of,
    send_file,
    set_field,
    widgets_of,
)

t = Translator("en")
NARROW = RunSettings(seed=1)
WIDE = RunSettings(seed=1, hidden=(512,))
UPLOAD = "bring_back_file"


def texts(page):
    return [element.value for element in page.text]


def headline(page):
    (header,) = page.header
    return header.value.replace("\\", "")


def line(page):
    """Return the text of the line below the headline."""
    (html,) = (
        element.proto.body for element in page.get("html") if element.proto.body.startswith("<p>")
    )
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


def overfit(engine, token, record):
    """Replace a run by a run whose validation loss rises after the second epoch."""

    def spoiled(event):
        val_loss = 0.4 + 0.05 * abs(event.epoch - 2)
        return replace(event, loss=0.5 / event.epoch, val_loss=val_loss, val_accuracy=0.8)

    record = engine.runs.get_run(token, record.id)
    events, _ = engine.runs.read_events(token, record.id)
    engine.runs.delete_run(token, record.id)
    events = [spoiled(event) if isinstance(event, EpochEnded) else event for event in events]
    return engine.runs.add_run(token, record, events)


@pytest.fixture
def compare(own_page):
    """Return ``compare(runs="...")``: the page with all expanders open, including the menu's."""
    names = ("choice", "sure", "why", "images", "all")
    folds = (*(f"compare_{name}" for name in names), *WORK_FOLDS)
    return partial(own_page, "compare", folds=folds)


def chosen(page) -> list[str]:
    """Return the ids of the runs that are compared."""
    return page.multiselect[0].value


def test_a_new_visitor_is_told_what_to_do_and_sees_an_example_with_its_sentence(compare):
    page = compare()
    assert len(page.get("plotly_chart")) == 1
    assert "Only one setting changed: training images from 1,000 to All." in texts(page)
    assert t("compare.empty") in ui_pages.texts(page)
    # The menu of the visitor's work has a field for run files.
    assert any("bring_back_file" in name for name in widgets_of(page))


def test_the_table_shows_every_run_with_its_numbers_and_one_that_was_deleted_is_brought_back(
    compare, runs, token, train, engine
):
    first, second = train(NARROW, WIDE)
    page = compare()
    table = page.data_editor[0].value
    assert list(table["name"]) == ["Run 2 · 512", "Run 1 · 128"]
    assert list(table["changed"]) == ["neurons from 128 to 512", ""]
    assert list(table["parameters"]) == [407_050, 101_770]
    accuracies = [100 * run.result.test_accuracy for run in (second, first)]
    assert list(table["test_accuracy"]) == pytest.approx(accuracies)
    assert table["val_loss"].notna().all() and table["seconds"].notna().all()
    press(page, f"delete_run_{second.number}")
    assert [record.id for record in runs()] == [first.id]
    press(page, "undo_delete")
    back = runs()[-1]
    assert (back.settings, back.result) == (second.settings, second.result)
    assert engine.runs.read_events(token, back.id)[0]


def test_the_last_two_runs_are_compared_until_others_are_chosen_whom_a_refresh_finds_again(
    compare, train
):
    first, second, third = train(NARROW, WIDE, replace(NARROW, epochs=3))
    page = compare()
    assert chosen(page) == [second.id, third.id]
    page.multiselect[0].set_value([first.id, third.id]).run()
    again = compare(**query_of(page))
    assert chosen(again) == [first.id, third.id]
    again.multiselect[0].set_value([]).run()
    assert line(again) == t("compare.choose_hint") and len(again.data_editor[0].value) == 3


def test_another_visitors_run_and_a_deleted_one_are_one_sentence(compare, engine, token, train):
    mine, gone = train(NARROW, WIDE)
    engine.runs.delete_run(token, gone.id)
    (theirs,) = engine.runs.submit_runs(new_visitor(engine), [NARROW])
    for run_id in (gone.id, theirs.id, "<script>"):
        page = compare(runs=f"{mine.id},{run_id}")
        assert len(page.error) == 1 and headline(page).startswith("128 neurons: ")


def test_repeats_have_fresh_seeds_for_each_network_and_judge_the_pair_that_was_compared(
    compare, engine, runs, token, train
):
    first, second = train(NARROW, WIDE)
    page = press(compare(), "repeat_seeds_3")
    new = runs()[2:]
    assert len({record.group for record in new}) == 1 and new[0].group
    trained = [(record.settings.hidden, record.settings.seed) for record in new]
    assert trained == [((width,), seed) for width in (128, 512) for seed in (2, 3, 4)]
    engine.finish()
    page.run()
    assert chosen(page) == [first.id, second.id]
    assert query_of(page) == {"runs": f"{first.id},{second.id}"}
    for name in ("128 neurons", "512 neurons"):
        assert any(text.startswith(f"{name}: ") and "over 4 runs" in text for text in texts(page))
    assert headline(page) != "Too early to say" and "chance alone" in line(page)
    # By default, the page compares two different networks, not two repeats of one network.
    hidden = [engine.runs.get_run(token, run).settings.hidden for run in chosen(compare())]
    assert hidden == [(128,), (512,)]


def test_more_repeats_than_allowed_are_refused_in_one_sentence(compare, engine, runs, token, train):
    train(NARROW, WIDE)
    # A mission's runs of the same network do not count as repeats, so the button is offered.
    others = [replace(NARROW, seed=100 + number) for number in range(12)]
    before = [*runs(), *engine.runs.submit_runs(token, others, group="mission-2-1")]
    page = press(compare(), "repeat_seeds_3")
    assert len(page.error) == 1 and len(runs()) == len(before)


def test_a_repeat_stands_with_its_progress_in_the_place_of_its_button(compare, engine, runs, train):
    def progress() -> str:
        (bar,) = page.get("progress")
        return bar.proto.text

    train(NARROW, WIDE)
    page = press(compare(), "repeat_seeds_3")
    assert progress().startswith(t("compare.repeat.under_way_both", done=0, n=6))
    assert "repeat_seeds_3" not in keys(page)
    engine.advance(30)  # five epochs of each of the two runs in training
    page.run()
    assert re.fullmatch("Repeating both: 2 of 6 · about .+ left", progress())
    press(page, "repeat_stop")
    assert not {"queued", "running"} & {record.state for record in runs()}
    assert page.button(key="repeat_seeds_3").label == t("compare.repeat.both", n=3)


def test_a_run_with_own_examples_is_repeated_with_those_it_had(compare, engine, runs, token, train):
    keep_noise(engine, token, "fashion_mnist", 3, 3, 3)
    first, _ = train(replace(NARROW, examples="added"), WIDE)
    keep_noise(engine, token, "fashion_mnist", 3)
    press(compare(), "repeat_seeds_3")
    repeats = [record for record in runs() if record.settings.examples == "added"]
    assert [record.examples.digest for record in repeats] == [first.examples.digest] * 4


def test_a_taught_run_stands_alone_and_is_not_repeated(compare, engine, runs, token, train):
    first, wide = train(NARROW, WIDE)
    examples = keep_noise(engine, token, "fashion_mnist", 3)
    taught = engine.teaching.teach_network(token, first.id, examples, mixed=False)
    # Repeats of one of two runs would not change a verdict that the other makes impossible.
    for chosen, verdict in (
        (f"{first.id},{taught.id}", "taught"),
        (f"{wide.id},{taught.id}", "alone"),
        (taught.id, "one"),
    ):
        page = compare(runs=chosen)
        assert headline(page) == t(f"compare.headline.{verdict}") or verdict == "one"
        assert "repeat_seeds_3" not in keys(page)
    press(compare(runs=f"{first.id},{wide.id},{taught.id}"), "repeat_seeds_3")
    assert [record.taught for record in runs()[3:]] == [None] * 6


def test_the_curves_of_other_runs_are_not_drawn_where_no_compared_one_has_any(
    compare, engine, token, train
):
    first, _ = train(NARROW, WIDE)
    examples = keep_noise(engine, token, "fashion_mnist", 3)
    alone, mixed = (
        engine.teaching.teach_network(token, first.id, examples, mixed=mixed).id
        for mixed in (False, True)
    )
    engine.finish()
    for runs, is_drawn in ((f"{alone},{mixed}", False), (f"{first.id},{mixed}", True)):
        charts = [chart.proto.spec for chart in compare(runs=runs).get("plotly_chart")]
        assert any(t("charts.test_accuracy") in chart for chart in charts)
        assert any(t("compare.epoch_accuracy") in chart for chart in charts) is is_drawn


def test_different_data_sets_are_not_repeated_because_no_repeat_can_compare_them(compare, train):
    train(NARROW, replace(NARROW, dataset="mnist"))
    page = compare()
    assert headline(page).startswith("No verdict") and "repeat_seeds_3" not in keys(page)


def test_of_one_chosen_run_nothing_is_said_about_differences(compare, train):
    record, _ = train(NARROW, WIDE)
    page = compare(runs=record.id)
    assert headline(page).startswith("128 neurons: ") and line(page) == t("compare.line.one")
    assert "difference" not in " ".join(texts(page))
    assert any(text.startswith("128 neurons: ") for text in texts(page))


def test_a_chart_of_whole_epochs_and_a_result_of_a_single_run_are_called_so(
    compare, train, monkeypatch
):
    # A sentence on the lowest class needs classes of different accuracies.
    monkeypatch.setattr(
        "scripted_engine.by_class", lambda *values: ((700, 1_000), *by_class(*values)[1:])
    )
    narrow = replace(NARROW, validation_split=0.0)
    first, _, second = train(narrow, replace(narrow, seed=2), replace(narrow, hidden=(512,)))
    page = compare(folds=["by_class"], runs=f"{first.id},{second.id}")
    charts = [chart.proto.spec for chart in page.get("plotly_chart")]
    assert any(t("compare.epoch_accuracy") in chart for chart in charts)
    shown = " ".join(ui_pages.texts(page))
    assert "Run 1 · 128: " in shown and "Run 3 · 512: " in shown


def test_overfitting_is_said_with_remedies_that_set_up_the_next_run(compare, engine, token, train):
    (record,) = train(replace(NARROW, epochs=7))
    overfit(engine, token, record)
    page = compare()
    found = "Averaged over three epochs, the validation loss was lowest around epoch 2"
    assert any(f"Signs of overfitting. {found}" in text for text in ui_pages.texts(page))
    press(page, "remedy_fewer_epochs")
    assert page.session_state["settings"] == replace(record.settings, epochs=2)
    assert any("epochs from 7 to 2" in text for text in notices(page))


def test_a_run_file_comes_back_and_once_where_its_message_comes_twice(
    compare, engine, runs, token, train
):
    (record,) = train(WIDE)
    named = replace(record, name="<i>mine</i>")
    data = write_run_file(named, engine.runs.read_events(token, record.id)[0])
    page = send_file(compare(), UPLOAD, data, "1")
    brought = runs()[-1]
    assert brought.id != record.id
    for name in ("name", "settings", "result"):
        assert getattr(brought, name) == getattr(named, name)
    assert not page.error and len(page.info) == 1
    assert "download_model" not in {button.key for button in page.get("download_button")}
    for number, count in (("1", 2), ("2", 3)):
        send_file(page, UPLOAD, data, number)
        assert len(runs()) == count


def test_what_the_browser_sends_of_a_list_that_is_gone_is_no_choice(
    compare, engine, runs, token, train
):
    _, wide = train(NARROW, WIDE)
    page = compare()
    late = WidgetStates()
    late.widgets.append(page.multiselect[0]._widget_state)
    send_file(page, UPLOAD, write_run_file(wide, engine.runs.read_events(token, wide.id)[0]))
    shown = [wide.id, runs()[-1].id]
    assert chosen(page.run()) == shown
    page._run(late)
    assert chosen(page) == shown


def test_runs_chosen_just_before_a_repeat_are_repeated(compare, runs, train):
    narrow, _ = train(NARROW, WIDE)
    page = compare()
    page.multiselect[0].set_value([narrow.id])
    press(page, "repeat_seeds_3")
    assert {record.settings.hidden for record in runs()[2:]} == {NARROW.hidden}
    assert chosen(page) == [narrow.id]


@pytest.mark.parametrize("data", [b"", b"[" * 10_000, b'{"format": "other"}'])
def test_a_wrong_run_file_is_one_sentence_and_nothing_is_lost(compare, runs, train, data):
    (record,) = train(NARROW)
    page = send_file(compare(), UPLOAD, data)
    assert len(page.error) == 1 and not page.info
    assert runs() == (record,)


def test_downloads_are_made_when_asked_for_the_link_holds_the_settings_alone_and_nothing_is_to_be_remedied(
    compare, engine, train, monkeypatch
):
    train(replace(WIDE, dropout=0.2))
    asked = []
    monkeypatch.setattr(engine.answers, "export_model_file", lambda *args: asked.append(args))
    page = compare()
    downloads = {button.key for button in page.get("download_button")}
    assert {"download_model", "download_report", "download_run"} <= downloads and not asked
    (code,) = page.code
    assert code.value.endswith("/?hidden=512&dropout=0.2&seed=1")
    assert not [key for key in keys(page) if key and key.startswith("remedy")]


def test_two_hundred_runs_are_all_in_the_table_and_networks_beyond_the_rows_are_counted(
    compare, engine, token, train
):
    (record,) = train(NARROW)
    events, _ = engine.runs.read_events(token, record.id)
    for number in range(199):
        settings = RunSettings(seed=number, hidden=(8 + number % 13,))
        engine.runs.add_run(token, replace(record, settings=settings), events)
    page = compare()
    assert t("compare.more_groups", most=12, n=2) in ui_pages.texts(page)
    table = page.data_editor[0].value
    assert len(table) == 200 and table["loss"].notna().all()


def test_a_damaged_run_can_be_had_as_it_is_and_deleted(tmp_path, request):
    with closing(ScriptedEngine(tmp_path)) as before:
        token = new_visitor(before)
        run = before.runs.add_run(token, DONE, [])
    with other_process(tmp_path) as db:
        db.execute("UPDATE runs SET body = '[]'")
    engine, open_page = map(request.getfixturevalue, ("engine", "open_page"))
    page = open_page("compare", token=token, folds=WORK_FOLDS)
    title = f"**{t('workspace.damaged.title')}**"
    assert title in ui_pages.texts(page)
    (download,) = page.get("download_button")
    assert download.proto.label == t("workspace.damaged.download")
    press(page, f"damaged_delete_{run.id}")
    assert engine.runs.damaged_run_ids(token) == () and title not in ui_pages.texts(page)


def test_a_network_trained_twice_with_one_seed_is_compared_by_the_run_that_was_chosen(
    compare, train
):
    train(NARROW, NARROW, WIDE)
    said = " ".join(texts(compare()))
    assert "Only one setting changed: neurons from 128 to 512." in said
    assert t("compare.verdict.one_group") not in said and "Too early to say" in said


def test_a_run_that_waits_has_a_dash_for_each_number_and_not_the_settings_of_one_with_a_result(
    compare, engine, runs, token, train
):
    train(NARROW)
    engine.runs.submit_runs(token, [WIDE])
    page = compare()
    (table,) = page.data_editor
    assert table.value[["test_accuracy", "loss"]].isna().sum().tolist() == [1, 1]
    assert table.proto.placeholder == "–"
    page.multiselect[0].set_value([record.id for record in runs()]).run()
    assert t("compare.verdict.one_result", title="128 neurons") in texts(page)
    assert headline(page) == t("compare.headline.one_result", title="128 neurons")


def test_runs_with_other_validation_images_are_compared_by_the_test_set(compare, train):
    train(NARROW, replace(NARROW, validation_split=0.2))
    said = texts(compare())
    assert t("compare.by_other_images") in said and t("compare.by_val_accuracy") not in said


def test_a_continued_run_is_repeated_and_changed_with_the_epochs_it_has(
    compare, engine, runs, token, train
):
    (record,) = train(NARROW)
    engine.runs.resume_run(token, record.id, more_epochs=2)
    engine.finish()
    record = overfit(engine, token, record)
    page = press(compare(runs=record.id), "repeat_seeds_3")
    assert [run.settings.epochs for run in runs()[1:]] == [7, 7, 7]
    engine.finish()
    assert any("over 4 runs" in text for text in texts(page.run()))
    press(page, "remedy_dropout")
    assert page.session_state["settings"] == replace(record.settings, epochs=7, dropout=0.3)


def made_up_records(settings) -> list[RunRecord]:
    """Return a finished run for each of the settings."""
    return [RunRecord(f"r{n}", n, values, "done", epochs=5) for n, values in enumerate(settings, 1)]


def colours(records, pair) -> list[int]:
    """Return the place of each compared run's colour among all colours."""
    comparison = RunComparison(t, records, pair, (), (), "test_accuracy", ())
    return [comparison.colour_index(record) for record in pair]


def test_a_network_keeps_its_colour_and_shape_whatever_it_is_compared_with_and_in_which_order():
    # The nine runs are of six networks, three of which were trained twice.
    records = made_up_records(RunSettings(seed=n, hidden=(8 + 8 * (n % 6),)) for n in range(9))
    places = {}
    for pair in [*pairwise(records), *zip(records[2:], records, strict=False)]:
        for record, place in zip(pair, colours(records, pair), strict=True):
            places.setdefault(record.settings.hidden, set()).add(place)
    assert [len(found) for found in places.values()] == [1] * 6


def test_of_more_networks_than_there_are_colours_no_two_beside_each_other_share_one():
    records = made_up_records(RunSettings(hidden=(n + 1,)) for n in range(20))
    for pair in zip(records, records[8:], strict=False):  # the colours repeat after eight networks
        assert len(set(colours(records, pair))) == 2


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_two_networks_have_different_names_even_where_a_chart_cuts_them(data):
    networks = st.builds(
        RunSettings,
        st.sampled_from(["fashion_mnist", "mnist", "stories"]),
        epochs=st.integers(1, 3),
        dropout=st.sampled_from([0.0, 0.25]),
        hidden=st.sampled_from([(128,), (64, 32)]),
    )
    names = st.sampled_from(["", "", "our very best network of today"])
    teachings = st.one_of(
        st.none(),
        st.builds(TeachingRecord, st.just("r0"), st.just(0), st.just(("a",)), st.booleans()),
    )
    records = [
        replace(record, name=data.draw(names), taught=data.draw(teachings))
        for record in made_up_records(data.draw(st.lists(networks, min_size=2, max_size=6)))
    ]
    comparison = RunComparison(t, records, records, (), (), "test_accuracy", ())
    named = {seed_group_key(record): comparison.network_name(record) for record in records}
    assert len(set(map(shorten_name, named.values()))) == len(named)


def test_a_run_is_renamed_without_a_double_click(compare, runs, train):
    (run,) = train(NARROW)
    app = set_field(compare(), "renamed_run", run.id)
    set_field(app, f"new_name_{run.id}", "Mine")
    assert runs()[0].name == "Mine"
