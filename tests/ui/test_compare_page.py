"""The Compare page as a visitor uses it."""

import re
from contextlib import closing
from dataclasses import replace
from functools import partial
from html import unescape
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.proto.WidgetStates_pb2 import WidgetStates

from fvapp.charts.comparison import shorten_name
from fvapp.core.documents.runfile import write_run_file
from fvapp.core.events import EpochEnded
from fvapp.core.results.statistics import seed_group_key
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.teaching import TeachingRecord
from fvapp.i18n import Translator
from fvapp.ui.compare.comparison import RunComparison
from scripted_engine import ScriptedEngine
from stored import DONE, other_process
from ui_pages import WORK_FOLDS, messages, send_file, widgets_of

t = Translator("en")
NARROW = RunSettings(seed=1)
WIDE = RunSettings(seed=1, hidden=(512,))


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


def progress(page):
    (bar,) = page.get("progress")
    return bar.proto.text


def overfit(engine, token, record):
    """Replace a run by one whose validation loss rises after the second epoch."""

    def spoiled(event):
        val_loss = 0.4 + 0.05 * abs(event.epoch - 2)
        return replace(event, loss=0.5 / event.epoch, val_loss=val_loss, val_accuracy=0.8)

    record, (events, _) = (
        engine.runs.get_run(token, record.id),
        engine.runs.read_events(token, record.id),
    )
    events = [spoiled(event) if isinstance(event, EpochEnded) else event for event in events]
    engine.runs.delete_run(token, record.id)
    return engine.runs.add_run(token, record, events)


@pytest.fixture
def open_page(open_page):
    """Open pages with all expanders open, on the page and in the menu."""
    folds = (
        "compare_choice",
        "compare_sure",
        "compare_why",
        "compare_images",
        "compare_all",
        *WORK_FOLDS,
    )
    return partial(open_page, folds=folds)


def upload(page, data, number=None):
    send_file(page, "bring_back_file", data, number)
    assert not page.exception
    return page


def test_a_new_visitor_is_told_what_to_do_and_sees_an_example_with_its_sentence(open_page):
    page = open_page("compare")
    assert len(page.get("plotly_chart")) == 1
    assert "Only one setting changed: training images from 1,000 to All." in texts(page)
    assert t("compare.empty") in [element.value for element in page.markdown]
    # the field for a run file, in the menu of the visitor's work
    assert any("bring_back_file" in name for name in widgets_of(page))


def test_the_table_shows_every_run_with_its_numbers_and_one_that_was_deleted_is_brought_back(
    open_page, token, train, engine
):
    first, second = train(NARROW, WIDE)
    page = open_page("compare", token=token)
    table = page.data_editor[0].value
    assert list(table["name"]) == ["Run 2 · 512", "Run 1 · 128"]
    assert list(table["changed"]) == ["neurons from 128 to 512", ""]
    assert list(table["parameters"]) == [407_050, 101_770]
    accuracies = [100 * run.result.test_accuracy for run in (second, first)]
    assert list(table["test_accuracy"]) == pytest.approx(accuracies)
    assert table["val_loss"].notna().all() and table["seconds"].notna().all()
    page.button(key=f"delete_run_{second.number}").click().run()
    assert [record.id for record in engine.runs.list_runs(token)] == [first.id]
    page.button(key="undo_delete").click().run()
    back = engine.runs.list_runs(token)[-1]
    assert (back.settings, back.result) == (second.settings, second.result)
    assert engine.runs.read_events(token, back.id)[0]


def test_the_last_two_runs_are_compared_until_others_are_chosen_whom_a_refresh_finds_again(
    open_page, token, train
):
    first, second, third = train(NARROW, WIDE, replace(NARROW, epochs=3))
    page = open_page("compare", token=token)
    assert page.multiselect[0].value == [second.id, third.id]
    page.multiselect[0].set_value([first.id, third.id]).run()
    address = page.query_params["runs"]
    again = open_page(
        "compare", token=token, runs=address[0] if isinstance(address, list) else address
    )
    assert again.multiselect[0].value == [first.id, third.id]
    again.multiselect[0].set_value([]).run()
    assert line(again) == t("compare.choose_hint") and len(again.data_editor[0].value) == 3


def test_another_visitors_run_and_a_deleted_one_are_one_sentence(open_page, engine, token, train):
    (mine, gone) = train(NARROW, WIDE)
    engine.runs.delete_run(token, gone.id)
    other = engine.workspaces.enter_workspace(None).token
    (theirs,) = engine.runs.submit_runs(other, [NARROW])
    for run_id in (gone.id, theirs.id, "<script>"):
        page = open_page("compare", token=token, runs=f"{mine.id},{run_id}")
        assert [element.value for element in page.error].count(page.error[0].value) == 1
        assert headline(page).startswith("128 neurons: ")
    assert engine.runs.get_run(token, mine.id).state == "done"


def test_repeats_have_fresh_seeds_for_each_network_and_judge_the_pair_that_was_compared(
    open_page, engine, token, train
):
    first, second = train(NARROW, WIDE)
    page = open_page("compare", token=token)
    page.button(key="repeat_seeds_3").click().run()
    new = engine.runs.list_runs(token)[2:]
    assert len({record.group for record in new}) == 1 and new[0].group
    trained = [(record.settings.hidden, record.settings.seed) for record in new]
    assert trained == [((width,), seed) for width in (128, 512) for seed in (2, 3, 4)]
    engine.finish()
    page.run()
    assert page.multiselect[0].value == [first.id, second.id]
    address = page.query_params["runs"]
    assert (address[0] if isinstance(address, list) else address) == f"{first.id},{second.id}"
    for name in ("128 neurons", "512 neurons"):
        assert any(text.startswith(f"{name}: ") and "over 4 runs" in text for text in texts(page))
    assert headline(page) != "Too early to say" and "chance alone" in line(page)
    # by default, the page compares two networks, not repeats of one
    later = open_page("compare", token=token)
    assert [
        engine.runs.get_run(token, run).settings.hidden for run in later.multiselect[0].value
    ] == [
        (128,),
        (512,),
    ]


def test_a_repeat_stands_with_its_progress_in_the_place_of_its_button(
    open_page, engine, token, train
):
    train(NARROW, WIDE)
    page = open_page("compare", token=token)
    page.button(key="repeat_seeds_3").click().run()
    assert progress(page).startswith(t("compare.repeat.under_way_both", done=0, n=6))
    assert not [button for button in page.button if button.key == "repeat_seeds_3"]
    engine.advance(30)  # five epochs of each of the two runs in training
    page.run()
    assert re.fullmatch("Repeating both: 2 of 6 · about .+ left", progress(page))
    page.button(key="repeat_stop").click().run()
    assert not any(record.state in ("queued", "running") for record in engine.runs.list_runs(token))
    assert page.button(key="repeat_seeds_3").label == t("compare.repeat.both", n=3)


def keep(engine, token, count):
    generator = np.random.default_rng(count)
    images = generator.integers(0, 256, (count, 28, 28), np.uint8)
    return [engine.examples.keep_example(token, "fashion_mnist", image, 3).id for image in images]


def test_a_run_with_own_examples_is_repeated_with_those_it_had(open_page, engine, token, train):
    keep(engine, token, 3)
    first, _ = train(replace(NARROW, examples="added"), WIDE)
    keep(engine, token, 5)
    page = open_page("compare", token=token)
    page.button(key="repeat_seeds_3").click().run()
    repeats = [
        record for record in engine.runs.list_runs(token) if record.settings.examples == "added"
    ]
    assert [record.examples.digest for record in repeats] == [first.examples.digest] * 4


def test_a_taught_run_stands_alone_and_is_not_repeated(open_page, engine, token, train):
    first, _ = train(NARROW, replace(NARROW, seed=2))
    taught = engine.teaching.teach_network(token, first.id, keep(engine, token, 1), mixed=False)
    page = open_page("compare", token=token, runs=f"{first.id},{taught.id}")
    page.button(key="repeat_seeds_3").click().run()
    new = [record for record in engine.runs.list_runs(token) if record.number > taught.number]
    assert len(new) == 3 and all(record.taught is None for record in new)
    page = open_page("compare", token=token, runs=taught.id)
    assert not [button for button in page.button if button.key == "repeat_seeds_3"]


def test_of_one_chosen_run_nothing_is_said_about_differences(open_page, token, train):
    (record, _) = train(NARROW, WIDE)
    page = open_page("compare", token=token, runs=record.id)
    assert headline(page).startswith("128 neurons: ") and line(page) == t("compare.line.one")
    assert "difference" not in " ".join(texts(page))
    assert any(text.startswith("128 neurons: ") for text in texts(page))


def test_a_chart_of_whole_epochs_and_a_result_of_a_single_run_are_called_so(
    open_page, token, train
):
    first, _, second = train(
        replace(NARROW, validation_split=0.0),
        replace(NARROW, validation_split=0.0, seed=2),
        replace(WIDE, validation_split=0.0),
    )
    page = open_page("compare", token=token, folds=["by_class"], runs=f"{first.id},{second.id}")
    charts = [chart.proto.spec for chart in page.get("plotly_chart")]
    assert any(t("compare.epoch_accuracy") in chart for chart in charts)
    by_class = " ".join(element.value for element in page.markdown)
    assert "Run 1 · 128: " in by_class and "Run 3 · 512: " in by_class


def test_more_repeats_than_allowed_are_refused_in_one_sentence(open_page, engine, token, train):
    train(NARROW, WIDE)
    # A mission's runs of the same network do not count as repeats, so the button is offered.
    engine.runs.submit_runs(
        token, [replace(NARROW, seed=100 + number) for number in range(12)], group="mission-2-1"
    )
    before = len(engine.runs.list_runs(token))
    page = open_page("compare", token=token)
    page.button(key="repeat_seeds_3").click().run()
    assert len(page.error) == 1 and len(engine.runs.list_runs(token)) == before


def test_overfitting_is_said_with_remedies_that_set_up_the_next_run(
    open_page, engine, token, train
):
    (record,) = train(replace(NARROW, epochs=7))
    overfit(engine, token, record)
    page = open_page("compare", token=token)
    assert any(
        "Signs of overfitting. Averaged over three epochs, the validation loss was lowest around epoch 2"
        in element.value
        for element in page.markdown
    )
    page.button(key="remedy_fewer_epochs").click().run()
    assert page.session_state["settings"] == replace(record.settings, epochs=2)
    kept = (
        [each.text for each in page.session_state["notices"]]
        if "notices" in page.session_state
        else []
    )
    assert any("epochs from 7 to 2" in text for text in kept + messages(page))


def test_a_run_file_comes_back_and_once_where_its_message_comes_twice(
    open_page, engine, token, train
):
    (record,) = train(WIDE)
    data = write_run_file(
        replace(record, name="<i>mine</i>"), engine.runs.read_events(token, record.id)[0]
    )
    page = upload(open_page("compare", token=token), data, "1")
    brought = engine.runs.list_runs(token)[-1]
    assert brought.id != record.id
    assert (brought.name, brought.settings, brought.result) == (
        "<i>mine</i>",
        record.settings,
        record.result,
    )
    assert not page.error and len(page.info) == 1
    assert "download_model" not in {button.key for button in page.get("download_button")}
    upload(page, data, "1")
    assert len(engine.runs.list_runs(token)) == 2
    upload(page, data, "2")
    assert len(engine.runs.list_runs(token)) == 3


def test_what_the_browser_sends_of_a_list_that_is_gone_is_no_choice(
    open_page, engine, token, train
):
    train(NARROW)
    (wide,) = train(WIDE)
    page = open_page("compare", token=token)
    late = WidgetStates()
    late.widgets.append(page.multiselect[0]._widget_state)
    upload(page, write_run_file(wide, engine.runs.read_events(token, wide.id)[0]))
    shown = [wide.id, engine.runs.list_runs(token)[-1].id]
    assert page.run().multiselect[0].value == shown
    page._run(late)
    assert page.multiselect[0].value == shown


def test_runs_chosen_just_before_a_repeat_are_repeated(open_page, engine, token, train):
    narrow, _ = train(NARROW, WIDE)
    page = open_page("compare", token=token)
    page.multiselect[0].set_value([narrow.id])
    page.button(key="repeat_seeds_3").click().run()
    assert {record.settings.hidden for record in engine.runs.list_runs(token)[2:]} == {
        NARROW.hidden
    }
    assert page.multiselect[0].value == [narrow.id]


@pytest.mark.parametrize("data", [b"", b"[" * 10_000, b'{"format": "other"}'])
def test_a_wrong_run_file_is_one_sentence_and_nothing_is_lost(
    open_page, engine, token, train, data
):
    (record,) = train(NARROW)
    page = upload(open_page("compare", token=token), data)
    assert len(page.error) == 1 and not page.info
    assert engine.runs.list_runs(token) == (record,)


def test_downloads_are_made_when_asked_for_the_link_holds_the_settings_alone_and_nothing_is_to_be_remedied(
    open_page, engine, token, train, monkeypatch
):
    (record,) = train(replace(WIDE, dropout=0.2))
    asked = []
    monkeypatch.setattr(engine.answers, "export_model_file", lambda *args: asked.append(args))
    page = open_page("compare", token=token)
    keys = {"download_model", "download_report", "download_run"}
    assert keys <= {button.key for button in page.get("download_button")}
    assert not asked
    (code,) = page.code
    assert code.value.endswith("/?hidden=512&dropout=0.2&seed=1")
    assert token not in code.value and record.id not in code.value
    assert not [button for button in page.button if button.key and button.key.startswith("remedy")]


def test_two_hundred_runs_are_all_in_the_table_and_networks_beyond_the_rows_are_counted(
    open_page, engine, token, train
):
    (record,) = train(NARROW)
    events, _ = engine.runs.read_events(token, record.id)
    for number in range(199):
        engine.runs.add_run(
            token,
            replace(record, settings=RunSettings(seed=number, hidden=(8 + number % 13,))),
            events,
        )
    page = open_page("compare", token=token)
    assert t("compare.more_groups", most=12, n=2) in [element.value for element in page.caption]
    table = page.data_editor[0].value
    assert len(table) == 200 and table["loss"].notna().all()


def test_a_damaged_run_can_be_had_as_it_is_and_deleted(tmp_path, request):
    with closing(ScriptedEngine(tmp_path)) as before:
        token = before.workspaces.enter_workspace(None).token
        run = before.runs.add_run(token, DONE, [])
    with other_process(tmp_path) as db:
        db.execute("UPDATE runs SET body = '[]'")
    engine, open_page = map(request.getfixturevalue, ("engine", "open_page"))
    page = open_page("compare", token=token)
    title = f"**{t('workspace.damaged.title')}**"
    assert title in [element.value for element in page.markdown]
    (download,) = page.get("download_button")
    assert download.proto.label == t("workspace.damaged.download")
    page.button(key=f"damaged_delete_{run.id}").click().run()
    assert not page.exception and engine.runs.damaged_run_ids(token) == ()
    assert title not in [element.value for element in page.markdown]


def test_a_network_trained_twice_with_one_seed_is_compared_by_the_run_that_was_chosen(
    open_page, token, train
):
    train(NARROW, NARROW, WIDE)
    said = texts(open_page("compare", token=token))
    assert any("Only one setting changed: neurons from 128 to 512." in text for text in said)
    assert t("compare.verdict.one_group") not in said and any(
        "Too early to say" in text for text in said
    )


def test_a_run_that_waits_has_a_dash_for_each_number_and_not_the_settings_of_one_with_a_result(
    open_page, engine, token, train
):
    train(NARROW)
    engine.runs.submit_runs(token, [WIDE])
    page = open_page("compare", token=token)
    (table,) = page.data_editor
    assert (
        table.value[["test_accuracy", "loss"]].isna().sum().tolist() == [1, 1]
        and table.proto.placeholder == "–"
    )
    page.multiselect[0].set_value([record.id for record in engine.runs.list_runs(token)]).run()
    assert t("compare.verdict.one_result", title="128 neurons") in texts(page)
    assert headline(page) == t("compare.headline.one_result", title="128 neurons")


def test_runs_with_other_validation_images_are_compared_by_the_test_set(open_page, token, train):
    train(NARROW, replace(NARROW, validation_split=0.2))
    said = texts(open_page("compare", token=token))
    assert t("compare.by_other_images") in said and t("compare.by_val_accuracy") not in said


def test_a_continued_run_is_repeated_and_changed_with_the_epochs_it_has(
    open_page, engine, token, train
):
    (record,) = train(NARROW)
    engine.runs.resume_run(token, record.id, more_epochs=2)
    engine.finish()
    record = overfit(engine, token, record)
    page = open_page("compare", token=token, runs=record.id)
    page.button(key="repeat_seeds_3").click().run()
    assert [run.settings.epochs for run in engine.runs.list_runs(token)[1:]] == [7, 7, 7]
    engine.finish()
    page.run()
    assert any("over 4 runs" in text for text in texts(page))
    page.button(key="remedy_dropout").click().run()
    assert page.session_state["settings"] == replace(record.settings, epochs=7, dropout=0.3)


def test_a_network_keeps_its_colour_and_shape_whatever_it_is_compared_with_and_in_which_order():
    records = [
        RunRecord(
            f"r{number}",
            number + 1,
            RunSettings(seed=number, hidden=(8 * (1 + number % 6),)),
            "done",
            epochs=5,
        )
        for number in range(9)  # six networks, three of them twice
    ]
    shown = {}
    for pair in [*pairwise(records), *zip(records[2:], records, strict=False)]:
        comparison = RunComparison(t, records, pair, (), (), "test_accuracy", ())
        for record in pair:
            shown.setdefault(record.settings.hidden, set()).add(comparison.colour_index(record))
    assert all(len(places) == 1 for places in shown.values()) and len(shown) == 6


def test_of_more_networks_than_there_are_colours_no_two_beside_each_other_share_one():
    records = [
        RunRecord(f"r{n}", n + 1, RunSettings(hidden=(n + 1,)), "done", epochs=5) for n in range(20)
    ]
    for pair in zip(records, records[8:], strict=False):  # the colours repeat after eight networks
        comparison = RunComparison(t, records, pair, (), (), "test_accuracy", ())
        assert len({comparison.colour_index(record) for record in pair}) == 2


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
    long = st.sampled_from(["", "", "our very best network of today"])
    records = [
        RunRecord(
            f"r{n}",
            n,
            data.draw(networks),
            "done",
            epochs=5,
            name=data.draw(long),
            taught=TeachingRecord("r0", 0, ("a",), data.draw(st.booleans()))
            if data.draw(st.booleans())
            else None,
        )
        for n in range(1, data.draw(st.integers(2, 6)) + 1)
    ]
    comparison = RunComparison(t, records, records, (), (), "test_accuracy", ())
    named = {seed_group_key(record): comparison.network_name(record) for record in records}
    assert len(set(map(shorten_name, named.values()))) == len(named)


def test_a_run_is_renamed_without_a_double_click(open_page, engine, token):
    engine.runs.submit_runs(token, [NARROW])
    engine.finish()
    app = open_page("compare", token=token)
    app.selectbox(key="renamed_run").set_value(engine.runs.list_runs(token)[0].id).run()
    app.text_input(key=f"new_name_{engine.runs.list_runs(token)[0].id}").set_value("Mine").run()
    assert engine.runs.list_runs(token)[0].name == "Mine"
