"""Defines rounds in which everybody writes sentences, which become the text of the class.

At first, only the teacher sees a sentence, and accepts or rejects it. If the student changes the
sentence later, the teacher has to read it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from fvapp.core.classroom.roster import Classroom
from fvapp.core.classroom.round_kind import GetView, RoundKind
from fvapp.core.classroom.rounds import Round, RoundView, Sentence, StudentRound
from fvapp.core.classroom.student_row import StudentRow
from fvapp.core.dataset_table import DATASETS, PICTURED
from fvapp.core.errors import EngineError
from fvapp.core.texts.own import clean_text_addition, read_own_text
from fvapp.core.texts.signs import CleanText

SENTENCES = 2
"""Maximum number of sentences that each student can send in a round."""

MOST_SENTENCE_SIGNS = 120
MOST_TYPED = 200

STORIES = tuple(name for name in DATASETS if name not in PICTURED)
"""Names of the text data sets with which the text of a school class can be mixed.

The subject of a writing round is one of these names.
"""


def min_sentence_length(subject: str) -> int:
    """Return the minimum length of a sentence, in characters.

    If twelve students each write two sentences of this length, their text is long enough to be
    mixed into the text of the data set.
    """
    return 24 // DATASETS[subject].text_form.whites


def check_sentence_length(text: str, subject: str) -> None:
    """Refuse a sentence that is too short or too long; an empty one is not sent, and passes.

    Raises:
        EngineError: ``round_sentence``: the sentence is too short or too long.
    """
    least = min_sentence_length(subject)
    if text and not least <= len(text) <= MOST_SENTENCE_SIGNS:
        raise EngineError("round_sentence", least=least, most=MOST_SENTENCE_SIGNS, n=len(text))


class StudentSentence(NamedTuple):
    """A sentence with the id of the student who wrote it."""

    student_id: str
    sentence: Sentence


@dataclass(frozen=True)
class WriteRoundView(RoundView):
    """The state of a writing round: all sentences, sorted so that nobody sees who wrote first."""

    sentences: tuple[StudentSentence, ...] = ()

    @property
    def accepted_sentences(self) -> tuple[str, ...]:
        """The sentences that the teacher has accepted and that all students may therefore see."""
        return tuple(sent.sentence.text for sent in self.sentences if sent.sentence.accepted)


@dataclass(frozen=True)
class WriteRound(StudentRound):
    """A writing round as one student sees it, with this student's sentences."""

    sentences: tuple[Sentence, ...] = ()


class WriteRoundKind(RoundKind):
    """A writing round; its subject is the text data set to which students add sentences."""

    menu_position = 45

    def accepts_round_subject(self, subject: str, missions: Sequence[str]) -> bool:
        return subject in STORIES

    def record_answer(self, current: Round, row: StudentRow, answer: str) -> StudentRow:
        """Return a student's row in which the lines of `answer` replace the student's sentences."""
        texts = [
            read_typed_sentence(line, current.subject).text
            for line in answer.split("\n", SENTENCES)[:SENTENCES]
        ]
        for text in texts:
            check_sentence_length(text, current.subject)
        entry = row.student.entry_in(current)
        before = {sentence.text: sentence for sentence in entry.sentences}
        sentences = tuple(before.get(text, Sentence(text)) for text in dict.fromkeys(texts) if text)
        return replace(row, student=replace(row.student, entry=replace(entry, sentences=sentences)))

    def has_answered(self, classroom: Classroom, row: StudentRow) -> bool:
        return bool(row.student.entry_in(classroom.current_round).sentences)

    def class_view(
        self, classroom: Classroom, rows: Sequence[StudentRow], now: float
    ) -> WriteRoundView:
        return WriteRoundView(
            *self.count_answered(classroom, rows, now),
            sentences=tuple(
                StudentSentence(student.id, sentence)
                for student in sorted((row.student for row in rows), key=lambda student: student.id)
                for sentence in student.entry_in(classroom.current_round).sentences
            ),
        )

    def student_view(
        self, classroom: Classroom, row: StudentRow, now: float, get_view: GetView
    ) -> WriteRound:
        current = classroom.current_round
        return WriteRound(
            *current.fields_for_students,
            sentences=row.student.entry_in(current).sentences,
        )


KIND = WriteRoundKind()


def read_typed_sentence(typed: str, base: str) -> CleanText:
    """Return a typed sentence with a full stop, converted to the characters of a text data set.

    The result may be empty. If the data set leaves room for more characters, Chinese characters are
    kept, too. Which Chinese characters the text of the class can finally contain depends on the
    sentences of all students.

    Args:
        base: name of the text data set.
    """
    read = read_own_text(typed[:MOST_TYPED], base)
    return CleanText(
        clean_text_addition(read.dataset_name, read.text).strip(), read.dropped_characters
    )
