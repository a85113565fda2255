"""What a class in Hong Kong writes together, and how much of it a network reads."""

from pathlib import Path

from fvapp.core.classroom.kinds.write import FEWEST_SENTENCE_SIGNS, read_sentence
from fvapp.core.dataset_table import DATASETS
from fvapp.core.texts.own import check_signs, read_own_text

BASE = "stories_zh_hant"
SENTENCES = Path(__file__).with_name("school_sentences.txt").read_text(encoding="utf-8").split()
"""Two of each of thirty students, who write about whatever they like."""


def test_chinese_sentences_are_sent_whole():
    assert [read_sentence(sentence, BASE) for sentence in SENTENCES] == [
        (sentence, "") for sentence in SENTENCES
    ]


def test_those_of_any_twelve_students_are_long_enough_to_be_mixed_into_the_stories():
    sent = [sentence for sentence in SENTENCES if len(sentence) >= FEWEST_SENTENCE_SIGNS]
    read = read_own_text("".join(sorted(sent, key=len)[:24]), BASE)
    check_signs(read.text, DATASETS[read.dataset], alone=False)


def test_the_commonest_characters_of_a_class_fill_the_places_that_the_stories_leave():
    typed = "".join(SENTENCES)
    read = read_own_text(typed, BASE)
    kept = sum(sign not in read.dropped for sign in typed) / len(typed)
    assert kept > 0.75  # 54% without these places; 82% if the stories had none
