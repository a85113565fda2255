"""A text that a class writes together: the teacher checks each sentence before others see it."""

import json
import os
import random
import re
import shutil
import signal
from collections.abc import Callable
from itertools import count
from pathlib import Path
from time import monotonic, sleep

import pytest

from fvapp.core.classroom.kinds.write import (
    MOST_SENTENCE_SIGNS,
    min_sentence_length,
    read_typed_sentence,
)
from fvapp.core.errors import FvappError
from fvapp.core.missions import MISSIONS
from fvapp.core.settings import DEFAULTS
from fvapp.engine.singleton import set_engine
from scripted_engine import ScriptedEngine
from ui_pages import T, given, html, keys, messages, shown, texts, trigger, widgets_of

BOARD_FOLDS = ("rounds", "sentences")
CAT = "the grey cat sleeps on our piano."
DOG = "a dog from the next street ate my shoe."
INSULT = "everybody here is a rude word today."


def write(app, *sentences: str):
    """Type into the fields and press the button at once, like somebody in a hurry."""
    for field, sentence in zip(app.text_area, sentences, strict=False):
        field.set_value(sentence)
    return app.button(key="round_send").click().run()


def named(app) -> dict[str, bool]:
    """Return the sentences on the board, and whether each is ticked."""
    return {box.label.replace("\\", ""): box.value for box in app.checkbox if ":" in box.label}


@pytest.fixture
def round_begun(engine, teacher, class_id):
    engine.rounds.start_round(teacher, class_id, "write", "stories")


@pytest.fixture
def board(open_page, teacher, engine):
    """Return ``board()``: the board a second later, with the list of sentences open."""

    def board():
        engine.skip(1.0)
        return open_page("classroom", token=teacher, folds=BOARD_FOLDS)

    return board


@pytest.mark.usefixtures("round_begun")
def test_a_sentence_goes_to_the_teacher_and_only_what_is_accepted_to_the_projector(
    open_page, engine, join, projector, board
):
    mia = join("Mia")
    eve = join("Eve")
    write(open_page("train", token=mia), CAT, DOG)
    write(open_page("data", token=eve), INSULT)
    page = board()
    assert named(page) == {
        f"**Mia**, new: {CAT}": True,
        f"**Mia**, new: {DOG}": True,
        f"**Eve**, new: {INSULT}": True,
    }
    assert "<b>2</b>" in html(projector())
    next(box for box in page.checkbox if INSULT[:9] in box.label).uncheck().run()
    next(button for button in page.button if button.key.startswith("accept_")).click().run()
    assert named(page)[f"**Eve**: {INSULT}"] is False and named(page)[f"**Mia**: {CAT}"]
    assert not [key for key in keys(page) if key.startswith("accept_")]
    assert CAT not in shown(projector()) and DOG not in shown(projector())
    off = T("classroom.write.off", sentence=INSULT)
    assert off in [text.replace("\\", "") for text in texts(open_page("data", token=eve))]
    page.button(key="round_reveal").click().run()
    on_wall = shown(projector())
    assert CAT in on_wall and DOG in on_wall and INSULT not in on_wall and "Mia" not in on_wall
    next(box for box in page.checkbox if INSULT[:9] in box.label).check().run()
    assert INSULT in shown(projector())
    page.button(key="round_end").click().run()
    assert CAT not in shown(projector())


@pytest.mark.usefixtures("round_begun")
def test_what_changes_after_it_was_read_is_unread_and_what_was_sent_stays_in_the_fields(
    open_page, engine, teacher, class_id, join, projector, board
):
    mia = join("Mia")
    app = write(open_page("train", token=mia), CAT)
    page = board()
    engine.rounds.answer_round(mia, 1, INSULT)
    # The teacher meant this click for the sentence that the board showed before.
    page.button(key=next(key for key in keys(page) if key.startswith("accept_"))).click().run()
    engine.rounds.reveal_round(teacher, class_id)
    engine.skip(1.0)
    assert CAT not in shown(projector()) and INSULT not in shown(projector())
    assert f"**Mia**, new: {INSULT}" in named(board())
    with pytest.raises(FvappError, match="round_over"):
        engine.rounds.answer_round(mia, 1, DOG)
    assert not app.exception


@pytest.mark.usefixtures("round_begun")
def test_what_is_dropped_is_shown_before_a_sentence_is_sent(open_page, engine, join):
    mia = join("Mia")
    typed = "Our 3 hens 🐔 live behind the school"
    app = write(open_page("train", token=mia), typed)
    assert engine.students.find_own_seat(mia).round.sentences == ()
    read = read_typed_sentence(typed, "stories")
    assert (read.text, read.dropped_characters) == ("our hens live behind the school.", "3🐔")
    words = T(
        "classroom.write.dropped", text="our hens live behind the school\\.", characters="3 🐔"
    )
    assert words in texts(app)
    app.button(key="round_send").click().run()
    assert [each.text for each in engine.students.find_own_seat(mia).round.sentences] == [read.text]
    assert T("classroom.write.sent") in texts(app)
    assert [field.value for field in open_page("data", token=mia).text_area] == [read.text, ""]


@pytest.mark.usefixtures("round_begun")
@pytest.mark.parametrize(
    ("answer", "refused"),
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
    engine, join, answer, refused
):
    mia = join("Mia")
    if refused:
        with pytest.raises(FvappError, match="round_sentence") as error:
            engine.rounds.answer_round(mia, 1, answer)
        assert str(min_sentence_length("stories")) in error.value.to_sentence(T)
    else:
        engine.rounds.answer_round(mia, 1, answer)
    for sentence in engine.students.find_own_seat(mia).round.sentences:
        assert set(sentence.text) <= set(" abcdefghijklmnopqrstuvwxyz.")


@pytest.mark.usefixtures("round_begun")
def test_what_is_accepted_is_given_to_the_class_and_nothing_else(
    open_page, engine, teacher, class_id, join, board, class_now, monkeypatch
):
    students = [join(f"Student {number}") for number in range(8)]
    for number, student in enumerate(students):
        letters = "abcdefgh"[number] * 8
        engine.rounds.answer_round(student, 1, f"{CAT[:-1]} {letters}\n{DOG[:-1]} {letters}")
    page = board()
    next(box for box in page.checkbox if "hhhhhhhh" in box.label).uncheck().run()
    next(button for button in page.button if button.key.startswith("accept_")).click().run()
    engine.rounds.answer_round(students[0], 1, INSULT)
    engine.skip(1.0)
    monkeypatch.setattr("fvapp.ui.classroom.kinds.write.has_other_training_pcs", lambda visit: True)
    assert "give_sentences" not in keys(page.run())
    page.checkbox(key="class_text_pcs").check().run()
    page.button(key="give_sentences").click().run()
    (text,) = engine.examples.kept_examples(students[3], class_now().data)
    assert text.text.count(CAT[:-1]) == 6 and text.text.count(DOG[:-1]) == 7
    assert INSULT not in text.text and "aaaaaaaa" not in text.text
    engine.rounds.end_round(teacher, class_id)
    assert engine.examples.kept_examples(students[3], class_now().data) == (text,)
    engine.students.leave_class(students[3])
    (text,) = engine.examples.kept_examples(students[4], class_now().data)
    assert "dddddddd" not in text.text


def test_a_sentence_that_is_too_short_is_said_where_it_was_sent(
    open_page, join, round_begun, engine
):
    mia = join("Mia")
    app = write(open_page("train", token=mia), "Cat.")
    refusal = T(
        "errors.round_sentence", least=min_sentence_length("stories"), most=MOST_SENTENCE_SIGNS, n=4
    )
    assert refusal in messages(app)


def test_chinese_characters_that_the_stories_lack_are_sent_too():
    typed = "我的妹妹很喜歡在雨天穿黃色的雨鞋踩水。"
    assert read_typed_sentence(typed + "OK 😀", "stories_zh_hant") == (typed, "ok😀")


def test_the_page_write_sends_a_line_of_who_sits_in_a_class(
    open_page, engine, teacher, class_id, join, token
):
    assert not [data for data in given(open_page("draw", dataset="stories")) if data.get("send")]
    mia = join("Mia")
    app = open_page("draw", token=mia, dataset="stories")
    (data,) = (data for data in given(app) if "send" in data)
    assert data["send"] == T("write.send")
    (field,) = (name for name in widgets_of(app) if name.endswith("-writer"))
    for line in ({"typed": 7}, {"typed": "x" * 9_999, "written": ""}, ["the moon"], None):
        app = trigger(app, field, "line", line)
        assert not app.exception and line_of(engine, teacher, class_id) is None
    app = trigger(app, field, "line", {"typed": "the moon ", "written": "is made of cheese"})
    line = line_of(engine, teacher, class_id)
    assert (line.text[: line.typed], line.shown) == ("the moon ", False)
    assert T("write.sent") in messages(app)
    nodes = list(app.main)
    after = nodes[next(at for at, node in enumerate(nodes) if node_id(node) == field) :]
    # the message stands beside its button, not at the top
    assert any(node.type == "info" for node in after)


def node_id(node) -> str:
    return str(getattr(getattr(node, "proto", None), "id", ""))


def line_of(engine, teacher, class_id):
    engine.skip(1.0)
    (student,) = engine.teachers.class_snapshot(teacher, class_id).students
    return student.written_line


def test_a_line_of_a_network_goes_to_the_teacher_and_by_a_click_to_the_projector(
    open_page, engine, teacher, class_id, join, projector
):
    mia = join("Mia")
    engine.students.send_line_to_teacher(
        mia, "the moon ", "is <b>made</b> of \u202echeese " + "and rock " * 40
    )
    engine.skip(1.0)
    page = open_page("classroom", token=teacher, folds=("lines",))
    assert "rock" in html(page) and "rock" not in shown(projector())
    assert "rock" not in shown(open_page("classroom", token=teacher, folds=()))
    page.button(key=next(key for key in keys(page) if key.endswith("_show"))).click().run()
    assert html(projector()).count("rock") >= 25 and "Mia" not in shown(projector())
    engine.students.send_line_to_teacher(mia, "the moon ", "is <b>made</b> of sand")
    engine.skip(1.0)
    # The board still shows the previous line, so its buttons do not apply to the new one.
    page.button(key=next(key for key in keys(page) if key.endswith("_away"))).click().run()
    assert not {"rock", "sand"} & set(shown(projector()).split())
    line = (
        '<p class="fvapp-shown-line"><span>the moon </span>is &lt;b&gt;made&lt;/b&gt; of sand</p>'
    )
    page = open_page("classroom", token=teacher, folds=("lines",))
    page.button(key=next(key for key in keys(page) if key.endswith("_show"))).click().run()
    assert line in html(projector())
    engine.teachers.close_class(teacher, class_id)
    engine.teachers.reopen_class(teacher, class_id)
    engine.skip(1.0)
    assert "sand" not in shown(open_page("classroom", token=teacher, folds=("lines",)))


def test_what_a_network_writes_while_it_is_trained_is_not_on_the_projector(
    engine, teacher, class_id, join, projector
):
    mia = join("Mia")
    mission = next(name for name, each in MISSIONS.items() if each.short_name == "D")
    settings = DEFAULTS.settings_for_dataset("stories").with_values(epochs=1)
    for group in (None, MISSIONS[mission].run_group_prefix):
        engine.runs.submit_runs(mia, [settings], group=group)
    engine.finish()
    engine.skip(1.0)
    lines = [
        line.text
        for record in engine.runs.list_runs(mia)
        for line in engine.answers.lines_written_by_network(mia, record.id)
    ]
    assert lines
    engine.teachers.show_mission_results(teacher, class_id, mission, True)
    assert not [line for line in lines if line in shown(projector())]
    for kind, subject in (("seeds", ""), ("hunt", "stories 110000 5")):
        engine.rounds.start_round(teacher, class_id, kind, subject)
        engine.finish()
        engine.rounds.reveal_round(teacher, class_id)
        engine.skip(1.0)
        assert not [line for line in lines if line in shown(projector())]


class Chaos:
    """A class in which teacher and students act at random, on a server that is sometimes killed.

    Attributes:
        allowed, lines: the sentences, and networks' lines, that the teacher's clicks have let the
            projector show.
    """

    def __init__(self, engine, teacher, class_id, tokens, home, seed, dies=True) -> None:
        self.engine = engine
        self.teacher = teacher
        self.room = class_id
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
        return self.engine.teachers.open_classes_of_teacher(self.teacher)[0].rounds

    def begin(self) -> None:
        """Begin a round, which does nothing until the previous round is revealed."""
        before = self._number()
        self.engine.rounds.start_round(self.teacher, self.room, "write", "stories")
        if self._number() != before:
            self.allowed = set()

    def send(self) -> None:
        texts = "\n".join(self._text() for _ in range(self._chance.randint(1, 2)))
        self.engine.rounds.answer_round(self._chance.choice(self.tokens), self._number(), texts)

    def judge(self) -> None:
        """Judge some of the sentences on the board, a few of which may have been replaced."""
        self.engine.skip(1.0)
        seen = getattr(self.engine.rounds.round_view(self.teacher, self.room), "sentences", ())
        some = [sent for sent in seen if self._chance.random() < 0.7]
        if self._chance.random() < 0.3:
            self.send()
        accepted = self._chance.random() < 0.6
        read = [(sent.student_id, sent.sentence.text) for sent in some]
        numbers = {text.split()[2] for _, text in read}
        self.sees_to_it(numbers if accepted else set())
        self.engine.rounds.record_sentence_decision(self.teacher, self.room, read, accepted)
        self.allowed = self.allowed | numbers if accepted else self.allowed - numbers

    def send_line(self) -> None:
        text = self._text()
        self.engine.students.send_line_to_teacher(
            self._chance.choice(self.tokens), text[:3], text[3:]
        )

    def judge_line(self) -> None:
        """Show or delete a student's line, which another line may have replaced."""
        self.engine.skip(1.0)
        seen = self.engine.teachers.class_snapshot(self.teacher, self.room).students
        student = self._chance.choice(seen)
        if student.written_line is None:
            return
        if self._chance.random() < 0.3:
            self.send_line()
        shown = self._chance.random() < 0.6
        number = {student.written_line.text.split()[2]}
        self.sees_to_it(number if shown else set())
        self.engine.teachers.show_or_delete_student_line(
            self.teacher, self.room, student.id, student.written_line, shown
        )
        self.lines = self.lines | number if shown else self.lines - number

    def reveal(self) -> None:
        self.engine.rounds.reveal_round(self.teacher, self.room)

    def end(self) -> None:
        self.engine.rounds.end_round(self.teacher, self.room)
        self.allowed = set()

    def kill(self) -> None:
        """Kill the server, and continue with a new server and what the disk held at that moment."""
        home = next(self._homes)
        shutil.copytree(self._home, home, ignore=shutil.ignore_patterns("after_kill_*", "*.lock"))
        before = self._sentences()
        self.engine.close()
        self.engine = ScriptedEngine(home)
        set_engine(self.engine)
        self.engine.start()
        self._home = home
        assert self._sentences() == before

    def _sentences(self) -> list[object]:
        seats = map(self.engine.students.find_own_seat, self.tokens)
        return [seat and seat.round for seat in seats]


@pytest.mark.parametrize("seed", range(2))
def test_whatever_a_class_does_the_projector_shows_only_what_the_teacher_has_clicked(
    engine, teacher, class_id, join, projector, tmp_path, seed
):
    chaos = Chaos(engine, teacher, class_id, [join("Mia"), join("Ali")], tmp_path, seed)
    chaos.begin()
    seen = set()
    for _ in range(50):
        chaos.step()
        chaos.engine.skip(1.0)
        on_wall = shown(projector())
        found = {number for number in chaos.written if number in on_wall}
        assert found <= chaos.allowed | chaos.lines
        seen |= found
    chaos.engine.close()
    assert seen


SECONDS = float(os.environ.get("FVAPP_TEST_SECONDS", "300"))


def act_until_killed(chaos: Chaos, home: Path, note: Path) -> None:
    """Act in a separate process; note before each step what the projector may show after it."""
    chaos.engine = ScriptedEngine(home)
    chaos.engine.start()
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
    engine, teacher, class_id, join, projector, tmp_path
):
    chance = random.Random(1)
    tokens = [join(name) for name in ("Mia", "Ali", "Bo")]
    engine.rounds.start_round(teacher, class_id, "write", "stories")
    engine.close()
    note = tmp_path / "allowed.txt"
    write_note(note, set(), set())
    until = monotonic() + SECONDS
    kills = 0
    shown_once: set[str] = set()
    while monotonic() < until:
        child = os.fork()
        if not child:
            chaos = Chaos(None, teacher, class_id, tokens, tmp_path, kills, dies=False)
            chaos.allowed, chaos.lines = read_note(note)
            chaos.numbers_from(1_000 * kills)
            act_until_killed(chaos, tmp_path, note)
        sleep(chance.uniform(0.3, 1.5))  # so that the kill may come at any moment
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        kills += 1
        after = ScriptedEngine(tmp_path)
        set_engine(after)
        after.start()
        after.skip(1.0)
        found = set(re.findall(r"sentence ([a-j]{6}) of", shown(projector())))
        assert found <= set.union(*read_note(note))
        shown_once |= found
        after.close()
    assert shown_once and kills > SECONDS / 10
