"""Mission 15: whether a network reads its visitor better than others, and borrowed filters better than its own."""

import numpy as np
import pytest

from fvapp.core.missions.table.only_me import judge_eyes, judge_hands
from fvapp.core.results.by_class import difference_interval
from fvapp.core.results.significance import sign_p
from fvapp.i18n import Translator, languages
from verdict_sentences import scored, trials

LABELS = np.repeat(np.arange(3), 100)


def judged(judge, claim, mine, *right):
    """The verdict on networks that read so many of the visitor's images, and each these rows of the others'."""
    rows = np.arange(len(LABELS))
    answers = [np.where((rows >= begin) & (rows < end), LABELS, (LABELS + 1) % 3) for begin, end in right]
    result = scored(mine[0] / mine[1], by_class=(mine, (0, 0), (0, 0)))
    verdict = judge(trials("only_me", result, result), answers, LABELS)
    words = {" ".join(verdict.sentences(claim, Translator(language))) for language in languages()}
    assert len(words) == len(languages()) and "{" not in "".join(words)
    return verdict


@pytest.mark.parametrize(
    ("mine", "read", "outcome"),
    [((6, 6), 160, "held"), ((6, 6), 200, "within_noise"), ((90, 180), 290, "not_held"), ((20, 180), 300, "broken")],
)
def test_the_visitors_hand_is_read_better_or_worse_than_others_or_it_cannot_be_told(mine, read, outcome):
    verdict = judged(judge_hands, "only_me", mine, (0, read))
    assert (verdict.outcome, verdict.values.get("others", str(read))) == (outcome, str(read))
    if outcome == "within_noise":
        assert [verdict.judge_guess(each) for each in ("held", outcome)] == ["open", "right"]


@pytest.mark.parametrize(
    ("behind", "ahead", "outcome"), [(5, 20, "held"), (9, 11, "within_noise"), (25, 10, "not_held")]
)
def test_borrowed_eyes_are_compared_by_the_images_that_one_network_reads_alone(behind, ahead, outcome):
    assert judged(judge_eyes, "only_me.eyes", (6, 6), (0, 100), (behind, 100 + ahead)).outcome == outcome


def test_differences_are_tested_as_in_the_books():
    assert difference_interval((56, 70), (48, 80)) == pytest.approx((0.0524, 0.3339), abs=1e-4)  # Newcombe's example
    assert [sign_p(*each) for each in ((5, 0), (1, 8), (0, 0))] == pytest.approx([0.0625, 20 / 512, 1])
