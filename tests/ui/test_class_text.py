"""A text that a class writes together: the teacher checks each sentence before others see it."""

import json
import os
import random
import re
import shutil
import signal
from collections.abc import Callable
from contextlib import nullcontext
from itertools import count
from pathlib import Path
from time import monotonic, sleep

import pytest

from class_room import Room
from fvapp.core.classroom.kinds.write import (
    MOST_SENTENCE_SIGNS,
    min_sentence_length,
)
from fvapp.core.errors import FvappError
from fvapp.core.missions import MISSIONS
from fvapp.core.settings import DEFAULTS
from fvapp.engine.singleton import set_engine
from scripted_engine import ScriptedEngine, refused
from ui_pages import (
    T,
    given,
    html,
    keys,
    messages,
    press,
    press_first,
    set_field,
    shown,
    texts,
    tick,
    trigger,
    widgets_of,
)

BOARD_FOLDS = ("rounds", "sentences")
CAT = "the grey cat sleeps on our piano."
DOG = "a dog from the next street ate my shoe."
INSULT = "everybody here is a rude word today."


def write(app, *sentences: str):
    """Type into the fields and press the button at once, like somebody in a hurry."""
    for field, sentence in zip(app.text_area, sentences, strict=False):
        field.set_value(sentence)
    return press(app, "round_send")


def named(app) -> dict[str, bool]:
    """Return the sentences on the board, and whether each is ticked."""
    return {box.label.replace("\\", ""): box.value for box in app.checkbox if ":" in box.label}


@pytest.fixture
def round_begun(room):
    room.rounds.start_round("write", "stories")


@pytest.mark.usefixtures("round_begun")
def test_a_sentence_goes_to_the_teacher_and_only_what_is_accepted_to_the_projector(
    wall, open_page, mia_opens, join, open_board
):
    eve = join("Eve")
    write(mia_opens("train"), CAT, DOG)
    write(open_page("data", token=eve), INSULT)
    page = open_board(*BOARD_FOLDS)
    sent = {f"**Mia**, new: {CAT}", f"**Mia**, new: {DOG}", f"**Eve**, new: {INSULT}"}
    assert named(page) == dict.fromkeys(sent, True)
    assert "<b>2</b>" in wall()
    tick(page, INSULT[:9], False)
    press_first(page, "accept_")
    assert named(page)[f"**Eve**: {INSULT}"] is False and named(page)[f"**Mia**: {CAT}"]
    assert not [key for key in keys(page) if key.startswith("accept_")]
    on_wall = wall()
    assert CAT not in on_wall and DOG not in on_wall
    button = page.button(key="give_sentences")
    signs = len(f"{CAT} {DOG} ")
    assert button.label == T("classroom.write.give", n=2, signs=signs, least=500)
    assert button.disabled, "the class needs more sentences first"
    off = T("classroom.write.off", sentence=INSULT)
    assert off in [text.replace("\\", "") for text in texts(open_page("data", token=eve))]
    press(page, "round_reveal")
    on_wall = wall()
    assert CAT in on_wall and DOG in on_wall and INSULT not in on_wall and "Mia" not in on_wall
    tick(page, INSULT[:9])
    assert INSULT in wall()
    press(page, "round_end")
    assert CAT not in wall()


@pytest.mark.usefixtures("round_begun")
def test_a_sentence_that_changes_after_it_was_read_is_unread(
    room, wall, mia_opens, engine, mia, open_board
):
    write(mia_opens("train"), CAT)
    page = open_board(*BOARD_FOLDS)
    engine.rounds.answer_round(mia, 1, INSULT)
    # The teacher meant this click for the sentence that the board showed before.
    press_first(page, "accept_")
    room.rounds.reveal_round()
    on_wall = wall()
    assert CAT not in on_wall and INSULT not in on_wall
    assert f"**Mia**, new: {INSULT}" in named(open_board(*BOARD_FOLDS))
    with refused("round_over"):
        engine.rounds.answer_round(mia, 1, DOG)


@pytest.mark.usefixtures("round_begun")
def test_what_is_dropped_is_shown_before_a_sentence_is_sent(room, mia_opens, mia):
    typed = "Our 3 hens 🐔 live behind the school"
    read = "our hens live behind the school."
    app = write(mia_opens("train"), typed)
    assert room.round_of(mia).sentences == ()
    text = read.replace(".", "\\.")
    assert T("classroom.write.dropped", text=text, characters="3 🐔") in texts(app)
    press(app, "round_send")
    assert [each.text for each in room.round_of(mia).sentences] == [read]
    assert T("classroom.write.sent") in texts(app)
    assert [field.value for field in mia_opens("data").text_area] == [read, ""]


@pytest.mark.usefixtures("round_begun")
@pytest.mark.parametrize(
    ("answer", "is_refused"),
    [
        ("too short.", True),
        ("a" * MOST_SENTENCE_SIGNS + "b", True),
        ("x" * 1_000_000, True),
        ("<script>alert(7)</script> and so on to the end", False),
        ("\u202e\u200bevil texts run from right to left \u0627\u0644\u0644", False),
        ("\n" * 500 + CAT, False),
        ("", False),
    ],
)
def test_a_sentence_of_any_length_and_any_signs_is_refused_in_a_sentence_or_cleaned(
    room, engine, mia, answer, is_refused
):
    with refused("round_sentence") if is_refused else nullcontext():
        engine.rounds.answer_round(mia, 1, answer)
    for sentence in room.round_of(mia).sentences:
        assert set(sentence.text) <= set(" abcdefghijklmnopqrstuvwxyz.")


@pytest.mark.usefixtures("round_begun")
def test_what_is_accepted_is_given_to_the_class_and_nothing_else(
    room, engine, join, open_board, monkeypatch
):
    students = [join(f"Student {number}") for number in range(8)]
    for number, student in enumerate(students):
        letters = "abcdefgh"[number] * 8
        engine.rounds.answer_round(student, 1, f"{CAT[:-1]} {letters}\n{DOG[:-1]} {letters}")
    page = open_board(*BOARD_FOLDS)
    tick(page, f"{DOG[:-1]} hhhhhhhh", False)
    press_first(page, "accept_")
    button = page.button(key="give_sentences")
    text = "".join(f"{CAT[:-1]} {8 * c}. {DOG[:-1]} {8 * c}. " for c in "abcdefgh")
    gone = f"{DOG[:-1]} hhhhhhhh. "
    signs = len(text) - len(gone)
    assert button.label == T("classroom.write.give", n=15, signs=signs, least=500)
    assert not button.disabled
    engine.rounds.answer_round(students[0], 1, INSULT)
    engine.skip(1.0)
    monkeypatch.setattr("fvapp.ui.classroom.kinds.write.has_other_training_pcs", lambda visit: True)
    assert "give_sentences" not in keys(page.run())
    set_field(page, "class_text_pcs", True)
    press(page, "give_sentences")

    def class_text(student: str) -> str:
        (example,) = engine.examples.kept_examples(student, room.classroom.data)
        return example.text

    text = class_text(students[3])
    assert text.count(CAT[:-1]) == 7 and text.count(DOG[:-1]) == 6
    assert INSULT not in text and "aaaaaaaa" not in text
    room.rounds.end_round()
    assert class_text(students[3]) == text
    room.leave(students[3])
    assert "dddddddd" not in class_text(students[4])


@pytest.mark.usefixtures("round_begun")
def test_a_sentence_that_is_too_short_is_refused_below_its_field_and_nowhere_else(
    room, mia_opens, mia
):
    limits = {"least": min_sentence_length("stories"), "most": MOST_SENTENCE_SIGNS}
    app = mia_opens("train")
    assert T("classroom.write.ask", **limits) in texts(app)
    assert {field.proto.max_chars for field in app.text_area} == {MOST_SENTENCE_SIGNS}
    app = write(app, "Cat.")
    assert messages(app).count(T("errors.round_sentence", **limits, n=4)) == 1
    assert not app.session_state["notices"] and room.round_of(mia).sentences == ()


def test_the_page_write_sends_a_line_of_who_sits_in_a_class(room, open_page, mia_opens):
    assert not [data for data in given(open_page("draw", dataset="stories")) if data.get("send")]
    app = mia_opens("draw", dataset="stories")
    assert T("write.send") in [data.get("send") for data in given(app)]
    (field,) = (name for name in widgets_of(app) if name.endswith("-writer"))
    for line in ({"typed": 7}, {"typed": "x" * 9_999, "written": ""}, ["the moon"], None):
        app = trigger(app, field, "line", line)
        assert not app.exception and room.students()["Mia"].written_line is None
    app = trigger(app, field, "line", {"typed": "the moon ", "written": "is made of cheese"})
    line = room.students()["Mia"].written_line
    assert (line.text[: line.typed], line.shown) == ("the moon ", False)
    assert T("write.sent") in messages(app)
    nodes = list(app.main)
    ids = [getattr(getattr(node, "proto", None), "id", "") for node in nodes]
    # The message stands beside the button that caused it, not at the top of the page.
    assert any(node.type == "info" for node in nodes[ids.index(field) :])


def test_a_line_of_a_network_goes_to_the_teacher_and_by_a_click_to_the_projector(
    room, wall, open_board, open_seat, engine, mia
):
    written = "is <b>made</b> of \u202echeese " + "and rock " * 40
    engine.students.send_line_to_teacher(mia, "the moon ", written)
    page = open_board("lines")
    assert "rock" in html(page) and "rock" not in wall()
    assert "rock" not in shown(open_seat(room.teacher, folds=()))
    press_first(page, "_show$")
    on_wall = wall()
    assert on_wall.count("rock") >= 25 and "Mia" not in on_wall
    engine.students.send_line_to_teacher(mia, "the moon ", "is <b>made</b> of sand")
    engine.skip(1.0)
    # The board still shows the previous line, so its buttons do not apply to the new one.
    press_first(page, "_away$")
    assert not {"rock", "sand"} & set(wall().split())
    press_first(open_board("lines"), "_show$")
    assert "<span>the moon </span>is &lt;b&gt;made&lt;/b&gt; of sand</p>" in wall()
    room.teachers.close_class()
    room.teachers.reopen_class()
    assert "sand" not in shown(open_board("lines"))


def test_what_a_network_writes_while_it_is_trained_is_not_on_the_projector(room, wall, engine, mia):
    settings = DEFAULTS.settings_for_dataset("stories").with_values(epochs=1)
    for group in (None, MISSIONS["writing"].run_group_prefix):
        engine.runs.submit_runs(mia, [settings], group=group)
    engine.finish()
    lines = [
        line.text
        for record in engine.runs.list_runs(mia)
        for line in engine.answers.lines_written_by_network(mia, record.id)
    ]
    assert lines
    room.teachers.show_mission_results("writing", True)
    assert not [line for line in lines if line in wall()]
    for kind, subject in (("seeds", ""), ("hunt", "stories 110000 5")):
        room.rounds.start_round(kind, subject)
        engine.finish()
        room.rounds.reveal_round()
        assert not [line for line in lines if line in wall()]


class Chaos:
    """A class in which teacher and students act at random, on a server that is sometimes killed.

    Attributes:
        allowed, lines: the sentences, and networks' lines, that the teacher's clicks have let the
            projector show.
    """

    def __init__(self, room: Room, tokens, home: Path, seed: int, dies: bool = True) -> None:
        self.room = room
        self.tokens = tokens
        self._homes = (home / f"after_kill_{number}" for number in count())
        self._home = home
        self._chance = random.Random(seed)
        self._texts = count()
        self._dies = dies
        self.sees_to_it = lambda wanted: None  # called before each click
        self.written: set[str] = set()
        self.allowed: set[str] = set()
        self.lines: set[str] = set()

    def numbers_from(self, first: int) -> None:
        self._texts = count(first)

    def actions(self) -> list[Callable[[], None]]:
        often = [self.send, self.judge, self.send_line, self.judge_line] * 5
        dies = [self.kill] if self._dies else []
        return [*often, self.reveal, self.reveal, self.end, self.begin, self.begin, *dies]

    def step(self) -> None:
        try:
            self._chance.choice(self.actions())()
        except FvappError as error:
            assert error.code in {"round_over", "no_round", "round_under_way"}

    def _text(self) -> str:
        number = "".join(chr(ord("a") + int(digit)) for digit in f"{next(self._texts):06d}")
        self.written.add(number)
        return f"unread sentence {number} of the class."

    def _number(self) -> int:
        return self.room.classroom.rounds

    def begin(self) -> None:
        """Begin a round, which does nothing until the previous round is revealed."""
        before = self._number()
        self.room.rounds.start_round("write", "stories")
        if self._number() != before:
            self.allowed = set()

    def send(self) -> None:
        texts = "\n".join(self._text() for _ in range(self._chance.randint(1, 2)))
        self.room.engine.rounds.answer_round(
            self._chance.choice(self.tokens), self._number(), texts
        )

    def judge(self) -> None:
        """Judge some of the sentences on the board, a few of which may have been replaced."""
        self.room.engine.skip(1.0)
        seen = getattr(self.room.rounds.round_view(), "sentences", ())
        some = [sent for sent in seen if self._chance.random() < 0.7]
        if self._chance.random() < 0.3:
            self.send()
        accepted = self._chance.random() < 0.6
        read = [(sent.student_id, sent.sentence.text) for sent in some]
        numbers = {text.split()[2] for _, text in read}
        self.sees_to_it(numbers if accepted else set())
        self.room.rounds.record_sentence_decision(read, accepted)
        self.allowed = self.allowed | numbers if accepted else self.allowed - numbers

    def send_line(self) -> None:
        text = self._text()
        self.room.engine.students.send_line_to_teacher(
            self._chance.choice(self.tokens), text[:3], text[3:]
        )

    def judge_line(self) -> None:
        """Show or delete a student's line, which another line may have replaced."""
        self.room.engine.skip(1.0)
        seen = self.room.teachers.class_snapshot().students
        student = self._chance.choice(seen)
        if student.written_line is None:
            return
        if self._chance.random() < 0.3:
            self.send_line()
        shown = self._chance.random() < 0.6
        number = {student.written_line.text.split()[2]}
        self.sees_to_it(number if shown else set())
        self.room.teachers.show_or_delete_student_line(student.id, student.written_line, shown)
        self.lines = self.lines | number if shown else self.lines - number

    def reveal(self) -> None:
        self.room.rounds.reveal_round()

    def end(self) -> None:
        self.room.rounds.end_round()
        self.allowed = set()

    def kill(self) -> None:
        """Kill the server, and continue with a new server and what the disk held at that moment."""
        home = next(self._homes)
        shutil.copytree(self._home, home, ignore=shutil.ignore_patterns("after_kill_*", "*.lock"))
        before = self._sentences()
        self.room.engine.close()
        serve_again(self.room, home)
        self._home = home
        assert self._sentences() == before

    def _sentences(self) -> list[object]:
        seats = map(self.room.engine.students.find_own_seat, self.tokens)
        return [seat and seat.round for seat in seats]


@pytest.mark.parametrize("seed", range(2))
def test_whatever_a_class_does_the_projector_shows_only_what_the_teacher_has_clicked(
    room, wall, join, tmp_path, seed
):
    chaos = Chaos(room, [join("Mia"), join("Ali")], tmp_path, seed)
    chaos.begin()
    seen = set()
    for _ in range(50):
        chaos.step()
        on_wall = wall()
        found = {number for number in chaos.written if number in on_wall}
        assert found <= chaos.allowed | chaos.lines
        seen |= found
    room.engine.close()
    assert seen


SECONDS = float(os.environ.get("FVAPP_TEST_SECONDS", "300"))


def serve_again(room: Room, home: Path) -> None:
    """Begin a new server with what the last server has written to the disk."""
    room.engine = ScriptedEngine(home)
    set_engine(room.engine)
    room.engine.start()


def act_until_killed(chaos: Chaos, home: Path, note: Path) -> None:
    """Act in a separate process; before each step, note what the projector may show afterwards."""
    serve_again(chaos.room, home)
    while True:
        before = (chaos.allowed, chaos.lines)
        chaos.sees_to_it = lambda wanted, before=before: write_note(
            note, *(numbers | wanted for numbers in before)
        )
        chaos.step()
        write_note(note, chaos.allowed, chaos.lines)


def write_note(note: Path, sentences: set[str], lines: set[str]) -> None:
    note.with_suffix(".new").write_text(json.dumps([sorted(sentences), sorted(lines)]))
    note.with_suffix(".new").replace(note)


def read_note(note: Path) -> tuple[set[str], ...]:
    return tuple(map(set, json.loads(note.read_text())))


@pytest.mark.long
def test_nothing_that_was_not_clicked_is_on_the_projector_after_five_minutes_of_kills(
    room, wall, join, tmp_path
):
    chance = random.Random(1)
    tokens = [join(name) for name in ("Mia", "Ali", "Bo")]
    room.rounds.start_round("write", "stories")
    room.engine.close()
    note = tmp_path / "allowed.txt"
    write_note(note, set(), set())
    until = monotonic() + SECONDS
    kills = 0
    shown_once: set[str] = set()
    while monotonic() < until:
        child = os.fork()
        if not child:
            chaos = Chaos(room, tokens, tmp_path, kills, dies=False)
            chaos.allowed, chaos.lines = read_note(note)
            chaos.numbers_from(1_000 * kills)
            act_until_killed(chaos, tmp_path, note)
        sleep(chance.uniform(0.3, 1.5))  # the kill comes at a random moment
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        kills += 1
        serve_again(room, tmp_path)
        found = set(re.findall(r"sentence ([a-j]{6}) of", wall()))
        assert found <= set.union(*read_note(note))
        shown_once |= found
        room.engine.close()
    assert shown_once and kills > SECONDS / 10
