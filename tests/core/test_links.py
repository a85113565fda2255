"""A teacher's links: how links are written and read back, and which mistakes in links are found."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from fvapp.core.links import (
    LOCKABLE,
    TeacherLink,
    build_teacher_link,
    parse_teacher_link,
    read_locked_controls,
)
from fvapp.core.missions import MISSIONS
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.i18n import language_tags

LINKS = [
    TeacherLink(),
    TeacherLink(settings=RunSettings(hidden=(512, 256), seed=7, validation_split=0.0)),
    TeacherLink(
        "epochs",
        RunSettings(dataset="mnist", train_images=1_000),
        "zh-Hant",
        frozenset({"epochs", "optimizer"}),
    ),
    TeacherLink(language="en", locked_controls=LOCKABLE),
    *(TeacherLink(mission) for mission in MISSIONS),
]


def read(address):
    return parse_teacher_link(dict(parse_qsl(urlsplit(address).query)), language_tags())


@pytest.mark.parametrize("link", LINKS)
def test_reading_a_link_returns_what_it_was_built_from(link):
    assert read(build_teacher_link(link)) == (link, ())
    assert read(build_teacher_link(link, "http://teacher-pc:8501/")) == (link, ())


def test_a_link_opens_the_page_it_is_about_and_is_short():
    assert (
        build_teacher_link(TeacherLink(uses_own_seed=True), "http://teacher-pc:8501/")
        == "http://teacher-pc:8501/"
    )
    link = TeacherLink("epochs", RunSettings(seed=7), "zh-Hans", frozenset({"optimizer", "epochs"}))
    assert (
        build_teacher_link(link) == "/missions?mission=6&seed=7&lang=zh-Hans&lock=epochs,optimizer"
    )


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("mission=99", "unknown_mission"),
        ("lock=epochs,colour", "unknown_lock"),
        ("lang=tlh", "unknown_language"),
        ("epochs=1000", "not_a_whole_number"),
        ("hidden=x", "bad_widths"),
    ],
)
def test_a_wrong_value_in_an_address_keeps_the_default_and_is_reported(query, code):
    link, errors = read(f"/missions?{query}")
    assert [error.code for error in errors] == [code]
    assert link.mission_id is None and link.language is None and link.settings == RunSettings()


def test_the_error_for_an_unknown_mission_lists_all_missions(t):
    _, [error] = read("/missions?mission=99")
    assert set(re.findall(r"\w+", error.to_sentence(t))) >= {
        mission.short_name for mission in MISSIONS.values()
    }


def test_a_link_sets_the_seed_or_leaves_visitors_their_own_and_ignores_other_parameters():
    assert "seed=1" in build_teacher_link(TeacherLink("layers"))
    assert (
        build_teacher_link(TeacherLink("layers", RunSettings(seed=7), uses_own_seed=True))
        == "/missions?mission=5"
    )
    assert read("/missions?mission=5&seed=1")[0].uses_own_seed is False
    assert read("/?utm_source=mail&token=abc") == (TeacherLink(uses_own_seed=True), ())


def test_locks_hide_settings_and_presets_and_nothing_else():
    assert read_locked_controls({"lock": "epochs, optimizer"}) == {"epochs", "optimizer"}
    assert read_locked_controls({"lock": "preset,train_start,language"}) == {"preset"}
    assert read_locked_controls({}) == read_locked_controls({"lock": ""}) == frozenset()
    assert set(SETTINGS) < LOCKABLE
