"""The sentences that classes write together in Chinese, and how much of them a network reads."""

from pathlib import Path

import pytest

from fvapp.core.classroom.kinds.write import min_sentence_length, read_typed_sentence
from fvapp.core.dataset_table import DATASETS
from fvapp.core.texts.own import check_text_length, read_own_text

CLASSES = sorted(Path(__file__).with_name("sentences").glob("*.txt"))
"""Files with two sentences of each of thirty students, who write about whatever they like."""


@pytest.fixture(params=CLASSES, ids=lambda file: file.stem)
def written(request) -> tuple[str, list[str]]:
    """Return the stories into which a class's text is mixed, and the sentences of the class."""
    base = "stories_" + request.param.stem[:7].lower().replace("-", "_")
    return base, request.param.read_text(encoding="utf-8").split()


def test_chinese_sentences_are_sent_whole(written):
    base, sentences = written
    assert [read_typed_sentence(sentence, base) for sentence in sentences] == [
        (sentence, "") for sentence in sentences
    ]


def test_sentences_of_any_twelve_students_are_long_enough_to_be_mixed_into_the_stories(written):
    base, sentences = written
    assert min(map(len, sentences)) >= min_sentence_length(base)
    read = read_own_text("".join(sorted(sentences, key=len)[:24]), base)
    check_text_length(read.text, DATASETS[read.dataset_name], alone=False)


def test_nine_in_ten_characters_of_a_class_are_learned(written):
    base, sentences = written
    typed = "".join(sentences)
    read = read_own_text(typed, base)
    kept = sum(sign not in read.dropped_characters for sign in typed) / len(typed)
    assert len(sentences) == 60 and kept > 0.9
