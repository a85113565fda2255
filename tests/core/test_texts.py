"""Text as images, on random texts: characters (signs), strips, held-out parts, writing, copies."""

import random
from collections import Counter, defaultdict
from itertools import pairwise
from math import comb

import numpy as np
import pytest

from fvapp.core.dataset_table import DATASETS, MOST_CLASSES
from fvapp.core.datasets import load_dataset
from fvapp.core.datasets.files import read_shipped_text
from fvapp.core.places import AppFolders
from fvapp.core.texts.copies import copied_share_of_text, find_copied_pieces, held_out_copied_share
from fvapp.core.texts.signs import TextForm, clean_text
from fvapp.core.texts.strips import (
    held_out_mask,
    held_out_text_blocks,
    labels_of_text,
    make_packed_strips,
    make_strips,
    pack_images,
    partition_strips,
    strip_of_text_end,
    text_in_strip,
    training_text_blocks,
    unpack_images,
)
from fvapp.core.texts.tables import score_count_tables
from fvapp.core.texts.writing import generate_text, pick_character_label
from shipped_texts import TEXTS

LATIN = TextForm(" abcdefghijklmnopqrstuvwxyz.", "en")
HAN = TextForm("。的月亮是石頭芝士做人", "zh-Hant", whites=2, context=9)


def drawn_form(draw: random.Random) -> TextForm:
    """Return a random text form: its characters (signs), white pixels per row, and rows."""
    whites = draw.choice((1, 2))
    most = comb(28, whites)
    alphabet = " ." + "".join(map(chr, range(0x4E00, 0x4E00 + MOST_CLASSES)))
    return TextForm(alphabet[: draw.randint(2, most)], "en", whites, draw.randint(1, 28))


def drawn_text(draw: random.Random, form: TextForm, count: int) -> str:
    return "".join(draw.choices(form.signs, k=count))


@pytest.mark.parametrize("seed", range(20))
def test_the_characters_of_a_strip_can_be_read_back(seed):
    chance = random.Random(seed)
    form = drawn_form(chance)
    text = drawn_text(chance, form, 60)
    places = np.arange(form.context, len(text))
    strips = make_strips(labels_of_text(text, form), places, form)
    for place, image in zip(places, strips, strict=True):
        assert text_in_strip(image, form) == text[place - form.context : place]
        assert (strip_of_text_end(text[:place], form) == image).all()
        assert (image > 0).sum() == form.whites * form.context
    packed = make_packed_strips(labels_of_text(text, form), places, form)
    assert (pack_images(strips) == packed).all() and (unpack_images(packed) == strips).all()
    short = text[: form.context // 2]
    assert text_in_strip(strip_of_text_end(short, form), form) == short


def test_two_pixels_show_the_first_196_characters_as_they_always_did():
    characters = "".join(map(chr, range(0x4E00, 0x4E00 + MOST_CLASSES)))
    columns = TextForm(characters, "zh-Hant", whites=2).white_pixel_columns
    assert columns[:196].tolist() == [[label // 14, 14 + label % 14] for label in range(196)]
    assert len({*map(tuple, columns.tolist())}) == MOST_CLASSES


@pytest.mark.parametrize("seed", range(20))
def test_no_strip_to_train_with_holds_a_tested_sign(seed):
    chance = random.Random(seed)
    count = chance.choice((30, 800, 2_500, 20_000, 90_000))
    tested = held_out_mask(count)
    strips = partition_strips(count, LATIN)
    holds = [tested[strips.train - back].any() for back in range(LATIN.context + 1)]
    assert not any(holds) and tested[strips.test].all()
    assert len(set(strips.train)) == len(strips.train) and len(set(strips.test)) == len(strips.test)
    assert count < 4_000 or 0.07 < len(strips.test) / count < 0.13
    text = drawn_text(chance, LATIN, count)
    parts = training_text_blocks(text) + held_out_text_blocks(text)
    assert sum(map(len, parts)) == count and all(part in text for part in parts)


@pytest.mark.parametrize(
    ("typed", "text", "dropped"),
    [
        ('The Fox said: "Who\'s there?!"  ', "the fox said. whos there. ", ""),
        ("Crème brûlée, ÄÖÜ - Straße", "creme brulee aou stra e", "ß"),
        ("12 cats & 1 dog… 貓", "cats dog. ", "12&1貓"),
        ("... \n\n the zebra ", "the zebra ", ""),
        ("a.b..c", "a. b. c", ""),
    ],
)
def test_typed_text_is_reduced_to_known_characters(typed, text, dropped):
    found = clean_text(typed, LATIN)
    assert (found.text, set(found.dropped_characters)) == (text, set(dropped))


def test_a_text_in_chinese_has_no_gaps_and_keeps_its_own_signs_alone():
    assert clean_text("月亮 是　芝士做的！abc人？。", HAN) == ("月亮是芝士做的。人。", "abc")


@pytest.mark.parametrize("seed", range(20))
def test_cleaning_any_text_leaves_known_characters_and_is_idempotent(seed):
    chance = random.Random(seed)
    typed = "".join(
        chr(chance.choice((chance.randrange(0x20, 0x250), chance.randrange(0x20, 0xD7FF))))
        for _ in "." * 200
    )
    for form in (LATIN, HAN, drawn_form(chance)):
        found = clean_text(typed, form)
        assert set(found.text) <= set(form.signs)
        assert not set(found.dropped_characters) & set(form.signs)
        assert clean_text(found.text, form) == (found.text, "")


def test_a_text_form_that_does_not_fit_into_a_row_is_refused():
    for values in (
        {"signs": "aa"},
        {"signs": "a"},
        {"whites": 3},
        {"context": 29},
        {"signs": LATIN.signs + "ä"},
    ):
        with pytest.raises(ValueError, match="row"):
            TextForm(**{"signs": "ab", "language": "en", **values})


def test_a_random_number_picks_characters_in_proportion_to_their_shares():
    shares = np.array([0.1, 0.6, 0.3])
    drawn = Counter(
        pick_character_label(shares, 1.0, chance)
        for chance in np.linspace(0, 1, 1_000, endpoint=False)
    )
    assert [round(drawn[label], -1) for label in range(3)] == [100, 600, 300]
    assert {pick_character_label(shares, 0.0, chance) for chance in (0, 0.5, 0.999)} == {1}
    sharper = Counter(
        pick_character_label(shares, 0.5, chance)
        for chance in np.linspace(0, 1, 1_000, endpoint=False)
    )
    assert sharper[1] == pytest.approx(1_000 * 0.36 / 0.46, abs=2)
    assert pick_character_label(np.array([np.nan, 0.2, np.nan]), 1.0, 0.9) == 1


def test_the_same_seed_writes_the_same_and_each_sign_follows_those_before_it():
    def alphabet(strip: np.ndarray) -> np.ndarray:
        last = LATIN.label_by_sign[text_in_strip(strip, LATIN)[-1]]
        return np.eye(28)[(last + 1) % 28] * 0.9 + 0.1 / 28

    found = [
        generate_text(alphabet, "a", 40, 1.0, np.random.default_rng(seed), LATIN)
        for seed in (3, 3, 4)
    ]
    assert found[0] == found[1] != found[2]
    assert generate_text(alphabet, "x", 5, 0.0, np.random.default_rng(0), LATIN) == "yz. a"


def counted_by_hand(labels, train, test, context, signs):
    """Compute the scores of tables that predict characters, with plain dictionaries.

    For each sequence of at most `context` characters (signs), the tables count which characters
    follow the sequence in the training text.

    Returns:
        The share of test characters predicted correctly, the loss in bits per character, the share
        predicted correctly from sequences of exactly `context` characters, and the share of such
        sequences that never occurred in training.
    """
    tables = [defaultdict(Counter) for _ in range(context + 1)]
    for place in train:
        for length in range(context + 1):
            tables[length][tuple(labels[place - length : place])][labels[place]] += 1
    right = 0
    bits = 0.0
    plain = 0
    without = 0
    for place in test:
        shares = np.full(signs, 1 / signs)
        for length in range(context + 1):
            line = tables[length].get(tuple(labels[place - length : place]))
            if not line:
                break
            counts = np.array([line[sign] for sign in range(signs)])
            shares = (counts + len(line) * shares) / (counts.sum() + len(line))
        line = tables[context].get(tuple(labels[place - context : place]))
        without += line is None
        plain += line is not None and max(line.values()) == line[labels[place]]
        right += shares.argmax() == labels[place]
        bits -= np.log2(shares[labels[place]])
    return right / len(test), bits / len(test), plain / len(test), without / len(test)


def test_counting_tables_equal_a_count_by_hand():
    text = read_shipped_text("stories")[:4_000]
    labels = labels_of_text(text, LATIN)
    strips = partition_strips(len(text), LATIN)
    found = score_count_tables(labels, strips.train, strips.test, 4, 28)
    _, _, plain, without = counted_by_hand(labels.tolist(), strips.train, strips.test, 4, 28)
    assert found.unseen_strip_share == pytest.approx(without)
    # If two characters (signs) are equally frequent, the plain count accepts either of them.
    assert found.whole_strip_correct_share <= plain
    by_length = [
        counted_by_hand(labels.tolist(), strips.train, strips.test, length, 28)[:2]
        for length in range(5)
    ]
    best = min((bits, right) for right, bits in by_length)
    assert (found.bits_per_character, found.correct_share_with_fallback) == pytest.approx(best)
    assert found.commonest_label == 0
    assert found.commonest_correct_share == pytest.approx(np.mean(labels[strips.test] == 0))


def test_copied_pieces_are_found_exactly_and_not_across_two_parts():
    learned = ["the moon is made of cheese", "the king was sad"]
    text = "xx the moon is made yy of cheese the king was sad"
    pieces = [text[begin:end] for begin, end in find_copied_pieces(text, learned, 8)]
    assert pieces == ["the moon is made ", " of cheese", "the king was sad"]
    assert copied_share_of_text("moon is ", learned, 8) == 1
    assert copied_share_of_text("", learned, 8) == 0
    assert find_copied_pieces("cheesethe king", learned, 8) == [(6, 14)]


@pytest.mark.parametrize("seed", range(10))
def test_copies_are_what_a_search_of_every_piece_finds(seed):
    chance = random.Random(seed)
    learned = ["".join(chance.choices("abc", k=80)) for _ in range(3)]
    text = "".join(chance.choices("abc", k=120))
    least = chance.randint(3, 8)
    covered = {
        place
        for begin in range(len(text) - least + 1)
        if any(text[begin : begin + least] in part for part in learned)
        for place in range(begin, begin + least)
    }
    found = find_copied_pieces(text, learned, least)
    assert {place for begin, end in found for place in range(begin, end)} == covered
    assert all(before.end <= after.begin for before, after in pairwise(found))


@pytest.mark.parametrize("name", TEXTS)
def test_a_shipped_text_is_clean_and_its_strips_are_as_many_as_its_row_says(name, home):
    info = DATASETS[name]
    text = read_shipped_text(name)
    assert clean_text(text, info.text) == (text, "")
    assert set(text) == set(info.text.signs)
    data = load_dataset(name, AppFolders(home))
    assert (len(data.x_train), len(data.x_test)) == (info.train_images, info.test_images)
    assert data.y_train.dtype == np.uint8 and data.y_train.max() < info.class_count
    assert 0 <= held_out_copied_share(text, 40) <= 1
