"""Mission D: which words are real, how often a fact is told and learned, and the verdicts."""

from types import SimpleNamespace

import numpy as np
import pytest

from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets import load_dataset, run_split_sizes
from fvapp.core.datasets.files import read_shipped_text
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.table import writing as rules
from fvapp.core.places import AppFolders
from fvapp.i18n import Translator

TEXTS = [name for name, info in DATASETS.items() if info.text and info.text.fact]
NETWORK = SimpleNamespace(has_diverged=False)
STORIES = DATASETS["stories"].text


@pytest.fixture(scope="module", params=TEXTS)
def data(request, tmp_path_factory):
    return load_dataset(request.param, AppFolders(tmp_path_factory.mktemp("home")))


def test_every_text_has_beginnings_of_its_own_signs_that_stand_in_it():
    assert set(rules.BEGINNINGS) == set(TEXTS)
    for name, asked in rules.BEGINNINGS.items():
        assert all(each in read_shipped_text(name) for each in (*asked.guess, *asked.heroes)), name
        assert DATASETS[name].text.fact[0] + DATASETS[name].text.fact[1] in read_shipped_text(name)


def test_words_are_real_when_they_stand_in_the_text():
    # The last word may be cut off, so it does not count.
    assert rules.known_word_share("the fox sxq the fo", "a fox. the cat", STORIES) == 0.75
    assert rules.unknown_words("the fox sxq sxq the fo", "a fox. the cat", STORIES) == ["sxq"]
    han = DATASETS["stories_zh_hant"].text
    assert rules.known_word_share("月亮月", "月亮是", han) == 0.5
    assert rules.unknown_words("月亮月", "月亮是", han) == []


def test_the_fact_is_learned_as_often_as_the_strips_say_it(data, monkeypatch):
    form = DATASETS[data.name].text
    mission = MISSIONS["writing"].with_text_in_language(form.language)
    learned = run_split_sizes(mission.run_settings()[0])[0]
    usual, rare = rules.count_endings_in_text(read_shipped_text(data.name), form)
    assert (usual, rare) == (31, 5)
    seen, seen_rare = rules.count_endings_in_strips(
        data.x_train[:learned], data.y_train[:learned], form
    )
    assert 20 < seen <= usual and 1 <= seen_rare < rare
    everywhere = rules.count_endings_in_strips(
        np.concatenate([data.x_train, data.x_test]),
        np.concatenate([data.y_train, data.y_test]),
        form,
    )
    assert seen <= everywhere[0] <= usual
    monkeypatch.setattr(rules, "fact_ending_shares", lambda network, form: (0.9, 0.1))
    verdict = mission.second_prediction.measure(data, *4 * [NETWORK])
    shown = dict(verdict.values)
    assert (shown["seen"], shown["seen_rare"]) == (str(seen), str(seen_rare))


@pytest.mark.parametrize(
    ("share", "outcome"), [(0.98, "held"), (0.87, "within_noise"), (0.6, "not_held")]
)
def test_the_network_is_surer_than_its_text_or_not(share, outcome, data, monkeypatch):
    monkeypatch.setattr(rules, "fact_ending_shares", lambda network, form: (share, 1 - share))
    verdict = rules.judge_false_fact(NETWORK, data, len(data.x_train))
    assert verdict.outcome == outcome
    t = Translator(DATASETS[data.name].text.language)
    said = " ".join(verdict.verdict_sentences("writing.fact", t))
    assert all(
        number in said
        for number in ("31", "5", "86%", f"{share:.1%}", *DATASETS[data.name].text.fact[1:])
    )


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        ("nnw", "not_held"),
        ("nww", "held"),
        ("www", "within_noise"),
        ("nnn", "neither"),
        ("nwn", "held"),
    ],
)
def test_words_come_early_in_the_first_epoch_late_or_never(lines, outcome, monkeypatch):
    written = {"n": "xq zzk wv jjq vvx kq", "w": read_shipped_text("stories")[:200]}
    networks = [SimpleNamespace(has_diverged=False, line=written[each]) for each in lines]
    monkeypatch.setattr(rules, "write_sample_text", lambda network, form: network.line)
    verdict = rules.judge_written_words(networks, "stories")
    assert verdict.outcome == outcome
    for language in ("en", "zh-Hans", "zh-Hant"):
        assert verdict.verdict_sentences("writing", Translator(language))[0]


def test_a_diverged_network_is_not_judged(data):
    broken = SimpleNamespace(has_diverged=True)
    assert rules.judge_written_words([broken] * 3, data.name).outcome == "broken"
    assert rules.judge_false_fact(broken, data, 10).outcome == "broken"


def test_a_mission_about_a_text_is_about_that_of_the_language_and_others_stay_as_they_are():
    for name in TEXTS:
        assert (
            MISSIONS["writing"].with_text_in_language(DATASETS[name].text.language).dataset == name
        )
    assert MISSIONS["writing"].with_text_in_language("de") is MISSIONS["writing"]
    assert MISSIONS["look"].with_text_in_language("zh-Hant") is MISSIONS["look"]
