"""The verdicts of mission 15 on networks that read one visitor's drawings or borrow filters."""

import numpy as np
import pytest
import scipy.stats

from fvapp.core.missions.table.only_me import judge_borrowed_filters, judge_own_digits
from fvapp.core.results.significance import fisher_p_value, sign_test_p_value
from fvapp.i18n import Translator, language_tags
from verdict_sentences import scored, trials

LABELS = np.repeat(np.arange(3), 100)


def judged(judge, claim, mine, *right):
    """Judge networks by their answers.

    Args:
        mine: how many of the visitor's images are read correctly, and how many there are.
        *right: for each network, the range of rows of other people's images that it reads
            correctly.
    """
    rows = np.arange(len(LABELS))
    answers = [
        np.where((rows >= begin) & (rows < end), LABELS, (LABELS + 1) % 3) for begin, end in right
    ]
    result = scored(mine[0] / mine[1], by_class=(mine, (0, 0), (0, 0)))
    made = trials("only_me", result, result)
    verdict = judge([*made, *made[:1] * 3], answers, LABELS)
    words = {
        " ".join(verdict.verdict_sentences(claim, Translator(language)))
        for language in language_tags()
    }
    assert len(words) == len(language_tags()) and "{" not in "".join(words)
    return verdict


@pytest.mark.parametrize(
    ("mine", "read", "outcome"),
    [
        ((9, 9), 240, "held"),
        ((9, 9), 280, "within_noise"),
        ((25, 45), 290, "not_held"),
        ((20, 180), 300, "broken"),
    ],
)
def test_the_visitors_hand_is_read_better_or_worse_than_others_or_it_cannot_be_told(
    mine, read, outcome
):
    verdict = judged(judge_own_digits, "only_me", mine, (0, read))
    assert (verdict.outcome, verdict.values.get("others", str(read))) == (outcome, str(read))
    if outcome == "within_noise":
        assert verdict.values["mine"] == verdict.values["mine_images"] == "36"
        assert [verdict.judge_prediction(each) for each in ("held", outcome)] == ["open", "right"]


@pytest.mark.parametrize(
    ("behind", "ahead", "outcome"), [(5, 20, "held"), (9, 11, "within_noise"), (25, 10, "not_held")]
)
def test_borrowed_eyes_are_compared_by_the_images_that_one_network_reads_alone(
    behind, ahead, outcome
):
    assert (
        judged(
            judge_borrowed_filters, "only_me.eyes", (6, 6), (0, 100), (behind, 100 + ahead)
        ).outcome
        == outcome
    )


def test_fisher_and_sign_tests_equal_their_textbook_values():
    for first, second in (
        ((8, 10), (1, 6)),
        ((36, 36), (17, 21)),
        ((36, 36), (18, 21)),
        ((3, 9), (7, 7)),
    ):
        table = [[first[0], first[1] - first[0]], [second[0], second[1] - second[0]]]
        assert fisher_p_value(first, second) == pytest.approx(scipy.stats.fisher_exact(table)[1])
    assert [sign_test_p_value(*each) for each in ((5, 0), (1, 8), (0, 0))] == pytest.approx(
        [0.0625, 20 / 512, 1]
    )
