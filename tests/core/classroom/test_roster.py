"""Who may join a class, and under which nickname."""

import re
from random import Random

import pytest

from fvapp.core.classroom.roster import (
    CODE_LENGTH,
    CODE_LETTERS,
    Classroom,
    Student,
    TeacherControls,
    check_class_name,
    check_nickname,
    clean_teacher_controls,
    combine_nicknames,
    keep_known_missions,
    make_student_class_view,
    parse_join_code,
    unused_school_classes,
)
from fvapp.core.errors import EngineError
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.class_time import LESSON
from fvapp.core.names import MOST_CHARACTERS, clean_name
from refusal import refused

ROOM = Classroom("c", "teacher", "8b", "en", LESSON, "KTRWPX")


@pytest.mark.parametrize("typed", ["KTRWPX", "ktrwpx", " ktr wpx ", "KTR-WPX"])
def test_a_code_is_read_however_it_is_typed(typed):
    assert parse_join_code(typed) == "KTRWPX"


@pytest.mark.parametrize("typed", ["", "KTRWP", "KTRWPXX", "KTRWPA", "KTRWP1", "<b>", "K" * 10_000])
def test_text_that_is_not_a_join_code_is_rejected(typed):
    assert parse_join_code(typed) is None


def test_no_letter_of_a_code_is_a_vowel_or_reads_like_another():
    assert not set(CODE_LETTERS) & set("AEIOUYLQSZ")
    assert len(CODE_LETTERS) ** CODE_LENGTH > 10_000_000


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        *(
            (same, same)
            for same in (
                "Mia & Ali",
                "<b>Mia</b>",
                "=1+1",
                "$x^2$ Mia",
                "小明",
                "Mia 🦦",
                "Mia ❤\ufe0f",
            )
        ),
        ("  Mia \n Ali ", "Mia Ali"),
        ("Mia\u202eilA", "Mia ilA"),
        ("M\u200bi\u200ba", "M i a"),
        ("Ｍｉａ", "Mia"),
        ("\u3164Mia\u2800Li\ufe0f", "Mia Li\ufe0f"),
    ],
)
def test_a_nickname_is_cleaned_to_one_line_of_visible_characters(typed, kept):
    assert check_nickname(typed, ()) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        *(
            (typed, "nickname_length")
            for typed in ("", "M", "M" * 21, "M" * 10_000, "M\ufe0f", "\u200b\u202e\u200b")
        ),
        *((2 * blank, "nickname_length") for blank in "\u3164\uffa0\u115f\u2800"),
        *((typed, "nickname_letters") for typed in ("🦦🦦", "...", "M" + "\u0335" * 15)),
        *(
            (typed, "nickname_taken")
            for typed in ("quiet  otter", "ＱＵＩＥＴ Otter", "Quіet Оtter", "QUΙΕΤ οTTER")
        ),
    ],
)
def test_a_nickname_that_nobody_can_read_or_tell_apart_is_refused(typed, code):
    with pytest.raises(EngineError, match=code):
        check_nickname(typed, ["Quiet Otter"])


@pytest.mark.parametrize(
    "unseen", "\ufe0f\ufe0e\u034f\u180b\u17b4\U000e0100\u2800\u3164\uffa0\u115f\u200d", ids=ascii
)
def test_invisible_characters_do_not_make_a_nickname_different(unseen):
    for one, other in (("Mié", f"Mie{unseen}\u0301"), ("Mia ❤", f"{unseen}Mia{unseen} ❤{unseen}")):
        for typed, taken in ((one, other), (other, one)):
            with refused("nickname_taken"):
                check_nickname(typed, [taken])


def test_a_class_needs_a_visible_name_and_known_missions():
    assert check_class_name(" 8b\u202e ") == "8b"
    assert keep_known_missions(["network", "look", "made up"]) == ("look", "network")
    blank = [(check_class_name, name) for name in ("\u200b", "\ufe0f\u3164")]
    for check, nothing in (*blank, (keep_known_missions, ["made up"])):
        with pytest.raises(EngineError):
            check(nothing)


def test_unknown_pages_and_missions_are_removed_from_a_teachers_controls():
    wild = TeacherControls(
        "made up", ("draw", "made up"), ("epochs", "made up"), " Look\nhere \u202e"
    )
    assert clean_teacher_controls(wild, ("train", "draw")) == TeacherControls(
        None, ("draw",), ("epochs",), "Look here"
    )
    with refused("sentence_length"):
        clean_teacher_controls(TeacherControls(eyes_up="a" * 121), ())


def test_missions_are_open_up_to_the_last_one():
    ids = list(MISSIONS)
    assert all(map(TeacherControls().allows_mission, ids))
    assert [
        mission for mission in ids if TeacherControls(up_to=ids[2]).allows_mission(mission)
    ] == ids[:3]


def test_a_students_view_of_the_class_holds_no_secrets():
    seat = make_student_class_view(ROOM, Student("m", "w", "Quiet Otter", hand_at=5.0))
    assert (seat.nickname, seat.is_hand_up, seat.class_name) == ("Quiet Otter", True, "8b")
    assert not {"code", "owner", "workspace"} & set(vars(seat))


def test_a_class_is_kept_for_a_number_of_days_after_its_last_use():
    rooms = {each.id: each for each in (Classroom("old", "t", "8a", "en", LESSON), ROOM)}
    assert [each.id for each in unused_school_classes(rooms, 30 * 86_400.0 + 1, 30)] == ["old", "c"]
    assert unused_school_classes(rooms, 30 * 86_400.0, 30) == []


def test_every_suggested_nickname_is_valid(t):
    offered = combine_nicknames(
        t("classroom.nickname.first"),
        t("classroom.nickname.second"),
        t("classroom.nickname.name", first="{first}", second="{second}"),
    )
    assert len(set(offered)) == len(offered) >= 400
    assert all(check_nickname(name, ()) == name for name in offered)


FAMILY = "👨‍👩‍👧‍👦"
KISS = "👩🏻‍❤️‍💋‍👨🏿"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
EMOJI = (FAMILY, KISS, ENGLAND, "🇭🇰", "1️⃣", "👍🏽", "🏳️‍🌈", "👩🏾‍🚀", "❤️", "🙂")


@pytest.mark.parametrize("seed", range(30))
def test_an_emoji_of_several_code_points_stays_whole_or_goes(seed):
    random = Random(seed)
    pieces = random.choices([*EMOJI, *"Mia ", "\u200dM", "\u202e"], k=random.randrange(1, 40))
    name = clean_name("".join(pieces))
    left = re.sub("|".join(sorted(map(re.escape, EMOJI), key=len, reverse=True)), "", name)
    assert set(left) <= set("Mia ") and len(name) <= MOST_CHARACTERS and clean_name(name) == name


def test_a_nickname_of_twenty_characters_may_be_of_emoji_and_one_that_reads_alike_is_taken():
    longest = f"M{KISS * 19}"
    assert check_nickname(longest, []) == longest
    assert check_nickname(f"{ENGLAND}Zoe{FAMILY}", []) == f"{ENGLAND}Zoe{FAMILY}"
    with refused("nickname_length"):
        check_nickname(longest + "🙂", [])
    with refused("nickname_taken"):
        check_nickname(f"Mia{FAMILY}", ["Mia" + FAMILY.replace("\u200d", "")])
