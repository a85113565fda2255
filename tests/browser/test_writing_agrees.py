"""The browser reads, continues and compares texts with the same results as the app."""

from __future__ import annotations

import re

import numpy as np
import pytest

from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets.files import read_shipped_text
from fvapp.core.export.packing import pack_network
from fvapp.core.export.scripts import read_page_files
from fvapp.core.export.writer import text_form_page_data
from fvapp.core.texts.copies import find_copied_pieces
from fvapp.core.texts.lines import next_character_shares
from fvapp.core.texts.signs import clean_text
from fvapp.core.texts.strips import held_out_text_blocks, strip_of_text_end, training_text_blocks
from fvapp.core.texts.writing import generate_characters, pick_character_label
from random_networks import random_network
from taught_pages import opened_scripts

SCRIPTS = read_page_files("network.js", "writing.js")
TEXTS = [name for name, info in DATASETS.items() if info.text]
NAMES = "cleanText, stripOf, drawSign, Compared, Network"

# Texts as people type and paste them: accents, punctuation, digits, other scripts, emoji, and all
# kinds of spaces.
TYPED = [
    *"abz ABZ  ..!?;:,'’-–_()…«»“”\"。，！？、「」 éèüñçÅßœø ﬁ ２ 12 \t\n\u00a0\u0301 貓猫龍龙月亮 ж λ 🦓 가 ก"
]


@pytest.fixture(scope="module")
def scripts(optimizing_chromium):
    with opened_scripts(optimizing_chromium, SCRIPTS, NAMES) as page:
        yield page


@pytest.fixture(params=TEXTS)
def name(request) -> str:
    return request.param


def typed_texts(seed: int, count: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(TYPED, rng.integers(0, 25))) for _ in range(count)]


def test_what_is_typed_is_read_as_the_same_signs(scripts, name):
    form = DATASETS[name].text
    typed = typed_texts(61, 300)
    found = scripts.evaluate(
        "([typed, form]) => typed.map((each) => cleanText(each, form))",
        [typed, text_form_page_data(form)],
    )
    assert [(each["text"], each["dropped"]) for each in found] == [
        tuple(clean_text(each, form)) for each in typed
    ]
    assert sum(bool(each["dropped"]) for each in found) > 100


def test_a_text_is_the_same_picture(scripts, name):
    form = DATASETS[name].text
    rng = np.random.default_rng(62)
    labels = [
        rng.integers(0, len(form.signs), length).tolist() for length in (0, 1, 5, form.context, 40)
    ]
    ask = "([all, form]) => all.map((labels) => [...stripOf(labels, form)])"
    found = scripts.evaluate(ask, [labels, text_form_page_data(form)])
    here = [
        strip_of_text_end("".join(form.signs[label] for label in each), form).ravel().tolist()
        for each in labels
    ]
    assert found == here and len({*map(tuple, here)}) == len(here)


def test_the_same_number_draws_the_same_sign_at_every_temperature(scripts):
    rng = np.random.default_rng(63)
    cases = [
        (rng.dirichlet([0.2] * 28).tolist(), round(temperature, 1), float(chance))
        for temperature in np.arange(0, 1.6, 0.1)
        for chance in rng.random(40)
    ]
    found = scripts.evaluate("(cases) => cases.map((each) => drawSign(...each))", cases)
    assert found == [pick_character_label(np.array(shares), *rest) for shares, *rest in cases]


@pytest.mark.parametrize("hidden", [(), (128,), (48, 24)])
def test_a_network_writes_the_same_with_the_same_draws(scripts, name, hidden):
    form = DATASETS[name].text
    network = random_network(dataset=name, hidden=hidden)
    draws = np.random.default_rng(64).random(110)
    chance = iter(draws)
    numbers = type("Numbers", (), {"random": staticmethod(lambda: next(chance))})
    shares = next_character_shares(network)
    written = generate_characters(shares, form.beginning, 0.5, numbers, form)
    text = form.beginning + "".join(next(written) for _ in draws)
    ask = """([packed, form, text, begun, draws]) => {
      const network = new Network(packed), labels = [...text].map((sign) => form.signs.indexOf(sign));
      return draws.map((draw, at) => {
        const sums = network.walk(stripOf(labels.slice(0, begun + at), form)).at(-1).values;
        const shares = network.shares(sums);
        return [drawSign(shares, 0.5, draw), shares];
      });
    }"""
    asked = [
        pack_network(network, 16),
        text_form_page_data(form),
        text,
        len(form.beginning),
        draws.tolist(),
    ]
    found = scripts.evaluate(ask, asked)
    here = [
        shares(strip_of_text_end(text[: len(form.beginning) + at], form))
        for at in range(len(draws))
    ]
    assert np.abs(np.array([each for _, each in found]) - here).max() < 5e-4
    same = [
        form.signs[sign] == text[len(form.beginning) + at] for at, (sign, _) in enumerate(found)
    ]
    # Rounding decides a random draw near the border between the shares of two characters (signs).
    assert np.mean(same) > 0.97


def test_the_same_pieces_count_as_copied_and_what_nobody_wrote_as_never_read(scripts, name):
    form = DATASETS[name].text
    whole = read_shipped_text(name)
    learned = training_text_blocks(whole)
    half = len(learned[0]) // 2
    text = (
        held_out_text_blocks(whole)[0] + form.beginning + learned[0][half : half + 3 * form.piece]
    )
    ask = """([text, learned, form]) => {
      const compared = new Compared(learned, form.piece, form);
      for (const sign of text) compared.add(sign);
      return [compared.copied, [...compared.news], compared.share];
    }"""
    copied, news, share = scripts.evaluate(
        ask, [text, "\n".join(learned), text_form_page_data(form)]
    )
    places = {
        at
        for begin, end in find_copied_pieces(text, learned, form.piece)
        for at in range(begin, end)
    }
    assert {at for at, one in enumerate(copied) if one} == places and 0 < len(places) < len(text)
    assert share == pytest.approx(len(places) / len(text))
    assert any(each in form.beginning for each in news)
    written = [re.findall(r"\w+", block) if form.word_gap else block for block in learned]
    assert all(each not in words for each in news for words in written)


def test_the_word_that_is_typed_in_part_or_comes_first_is_marked_where_it_was_written(
    scripts, name
):
    form = DATASETS[name].text
    asked = """([begun, text, learned, form]) => {
      const compared = new Compared(learned, 9, form, undefined, begun);
      for (const sign of text) compared.add(sign);
      return [[...compared.news], compared.unread.map(Number).join("")];
    }"""
    cases = {
        ("the gon", "dmo is"): (["gondmo"], "111000"),
        ("the ", "softhe cat"): (["softhe"], "1111110000"),
        ("", "zz cat "): (["zz"], "1100000"),
        ("the zz", " cat."): ([], "00000"),
    }
    if not form.word_gap:
        cases = {("一二", "三四"): (["二三", "三四"], "11"), ("", "一二三"): (["二三"], "011")}
    for (begun, text), found in cases.items():
        learned = "the cat is one" if form.word_gap else "一二"
        data = [begun, text, learned, text_form_page_data(form)]
        assert tuple(scripts.evaluate(asked, data)) == found
