"""Orders between two systems: the way of an order, and what a signature holds for; pure."""

import itertools
import time

import pytest
from hypothesis import given as given_
from hypothesis import strategies as st

from mingbai.core.refused import Refused
from mingbai.integrations.partners.enums import OrderState
from mingbai.integrations.partners.rules import HANDLER, Tracks, given, handled, place_in_line
from mingbai.integrations.partners.signing import BadSignature, headers, sign, verify

# ── rules ──


def test_the_way_of_an_order():
    tracks = handled(Tracks(), "accept", 1)
    assert tracks.state == OrderState.ACCEPTED
    tracks = handled(handled(tracks, "progress", 2), "answer", 3)
    assert tracks.state == OrderState.ANSWERED
    unhappy = given(tracks, "call_back", on=3, happy=False)
    assert unhappy.state == OrderState.WORKING
    again = handled(unhappy, "answer", 4)
    assert again.state == OrderState.ANSWERED
    assert given(again, "call_back", on=4, happy=True).state == OrderState.CLOSED


@pytest.mark.parametrize(
    ("tracks", "verb"),
    [
        (Tracks(), "answer"),
        (Tracks(), "progress"),
        (Tracks("declined"), "accept"),
        (Tracks("accepted"), "decline"),
        (Tracks("answered", 3), "accept"),
        (Tracks(), "none"),
    ],
)
def test_a_handler_that_contradicts_itself_is_refused(tracks, verb):
    with pytest.raises(Refused) as refused:
        handled(tracks, verb, 9)
    assert refused.value.code == "contradiction"


@pytest.mark.parametrize(
    ("tracks", "verb", "on"),
    [
        (Tracks(withdrawn=True), "withdraw", 0),
        (Tracks("answered", 3), "call_back", 4),
        (Tracks("answered", 3, judged=3), "call_back", 3),
        (Tracks("accepted"), "call_back", 0),
        (Tracks("answered", 3, withdrawn=True), "call_back", 3),
        (Tracks(), "answer", 0),
    ],
)
def test_a_giver_that_contradicts_itself_is_refused(tracks, verb, on):
    with pytest.raises(Refused):
        given(tracks, verb, on=on)


WORDS = st.lists(st.sampled_from(["accept", "decline", "progress", "answer"]), max_size=6)
JUDGEMENTS = st.lists(st.tuples(st.sampled_from(["withdraw", "call_back"]), st.booleans()), max_size=3)


@given_(WORDS, JUDGEMENTS, st.randoms(use_true_random=False))
def test_words_that_cross_lead_both_sides_to_the_same(words, judgements, dice):
    """Each side applies its own words at once and the other's later, in order; they end alike."""
    handler = giver = Tracks()
    to_giver, to_handler, seq = [], [], itertools.count(1)
    plan = [("h", word) for word in words] + [("g", word) for word in judgements]
    dice.shuffle(plan)
    for who, word in plan:
        if dice.random() < 0.5 and to_giver:
            giver = handled(giver, *to_giver.pop(0))
        if who == "h" and handler.handler in HANDLER[word]:
            number = next(seq)
            handler = handled(handler, word, number)
            to_giver.append((word, number))
        elif who == "g":
            on = giver.answer
            try:
                giver = given(giver, word[0], on=on, happy=word[1])
            except Refused:
                continue
            to_handler.append((word[0], on, word[1]))
        if dice.random() < 0.5 and to_handler:
            verb, on, happy = to_handler.pop(0)
            handler = given(handler, verb, on=on, happy=happy)
    for said in to_giver:
        giver = handled(giver, *said)
    for verb, on, happy in to_handler:
        handler = given(handler, verb, on=on, happy=happy)
    assert handler == giver and handler.state == giver.state


def test_a_repetition_is_known_and_a_gap_is_refused():
    assert [place_in_line(seq, 3) for seq in (1, 3, 4)] == ["again", "again", "next"]
    with pytest.raises(Refused, match="4"):
        place_in_line(5, 3)


# ── signatures ──


def test_a_signature_holds_for_its_key_time_and_body():
    now = time.time()
    made = headers("k1", "s1", int(now), b"{}", "d-1")
    verify({"k0": "s0", "k1": "s1"}, made, b"{}", now)
    for secrets, given__, sent, at in (
        ({"k0": "s0"}, made, b"{}", now),
        ({"k1": "s2"}, made, b"{}", now),
        ({"k1": "s1"}, made, b"{ }", now),
        ({"k1": "s1"}, made, b"{}", now + 301),
        ({"k1": "s1"}, made, b"{}", now - 301),
        ({"k1": "s1"}, made | {"X-Mingbai-Timestamp": "１"}, b"{}", now),
        ({"k1": "s1"}, {}, b"{}", now),
        ({"k1": "s1"}, made | {"X-Mingbai-Signature": "v1=我"}, b"{}", now),
    ):
        with pytest.raises(BadSignature):
            verify(secrets, given__, sent, at)
    assert sign("s", 1, b"x") != sign("s", 2, b"x")
