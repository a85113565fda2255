"""Which visitors have their own share of processor time, and which visitors share one account."""

from fvapp.core.settings import RunSettings
from fvapp.ui.server.shares import ProcessorShares

SCHOOL = "10.0.0.7"
HOME = "2001:db8::/64"


def test_a_seat_a_class_and_a_finished_training_have_accounts_of_their_own(room):
    engine = room.engine
    shares = ProcessorShares(lambda: room.engine)
    student = room.join("Ada")
    trained = room.enter()
    engine.runs.submit_runs(trained, [RunSettings()])
    assert len(shares.find_claimant(SCHOOL, trained)) == 2
    engine.finish()
    own = [shares.find_claimant(SCHOOL, token) for token in (student, trained, room.teacher)]
    assert len(set(own)) == 3 and all(len(each) == 1 for each in own)
    assert shares.find_claimant(HOME, student) not in own


def test_all_others_share_one_for_each_network_and_one_behind_a_proxy(room):
    shares = ProcessorShares(lambda: room.engine)
    strangers = [room.enter(), room.enter(), "a token that nobody has opened", ""]
    for network in (SCHOOL, HOME, ""):
        claimants = [shares.find_claimant(network, token) for token in strangers]
        assert claimants == [(network, token) for token in strangers]


def test_a_student_who_leaves_the_class_shares_again(room):
    shares = ProcessorShares(lambda: room.engine)
    student = room.join("Ada")
    room.leave(student)
    assert shares.find_claimant(SCHOOL, student) == (SCHOOL, student)
