"""Seats for a half hour: against published figures, another computation, and a simulated day."""

from math import exp, inf
from random import Random

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.hotline.rules.staffing import (
    Half,
    Traffic,
    in_time,
    is_small,
    needed,
    patience_of,
    waits,
)
from tests.hotline.simulated import simulated


@pytest.mark.parametrize(
    ("seats", "load", "share"),
    [
        # Erlang C as tables print it: one seat waits with the share of its load; two and more by the formula.
        (1, 0.5, 0.5),
        (2, 1.0, 1 / 3),
        (11, 10.0, 0.6821),  # 200 calls of 3 minutes in an hour, the usual worked example
        (12, 10.0, 0.4494),
        (14, 10.0, 0.1741),
        (5, 0.0, 0.0),
        (3, 3.0, 1.0),
    ],
)
def test_who_waits_is_as_printed(seats: int, load: float, share: float):
    assert waits(seats, load) == pytest.approx(share, abs=6e-5)


def test_the_usual_worked_example():
    """200 calls an hour of 3 minutes: 14 seats answer 88.8 % within 20 s, 13 answer 79.6 %."""
    traffic = Traffic(200, 180)
    assert traffic.load == 10
    assert in_time(traffic, 14, 20) == pytest.approx(0.8884, abs=1e-4)
    assert needed(traffic, 0.80, 20) == 14 and in_time(traffic, 13, 20) < 0.80


def exactly(traffic: Traffic, seats: int, seconds: float) -> float:
    """Erlang A by the matrix exponential of who is before a tagged caller: another way to the same share."""
    from scipy.linalg import expm

    calls, served, leaves = traffic.per_hour / 3600, 1 / traffic.handling, 1 / traffic.patience
    most = seats + 120
    weights = [1.0]
    for k in range(1, most + 1):
        weights.append(weights[-1] * calls / (min(k, seats) * served + max(0, k - seats) * leaves))
    shares = numpy.array(weights) / sum(weights)
    size = most - seats + 1  # how many stand before the tagged one; the last column: answered
    rates = numpy.zeros((size + 1, size + 1))
    for ahead in range(size):
        on = seats * served + ahead * leaves
        rates[ahead, ahead - 1 if ahead else size] += on
        rates[ahead, ahead] -= on + leaves
    answered = expm(rates * seconds)[:size, size]
    return float(shares[:seats].sum() + (shares[seats:] * answered).sum())


@given(
    per_hour=st.floats(1, 600),
    handling=st.floats(30, 900),
    patience=st.floats(20, 1200),
    seats=st.integers(1, 40),
    seconds=st.floats(1, 120),
)
def test_with_patience_as_another_computation_has_it(per_hour, handling, patience, seats, seconds):
    traffic = Traffic(per_hour, handling, patience)
    if traffic.per_hour / 3600 * patience > 60:
        return  # the other way's table ends there
    assert in_time(traffic, seats, seconds) == pytest.approx(exactly(traffic, seats, seconds), abs=1e-6)


@given(per_hour=st.floats(1, 400), handling=st.floats(30, 600), seats=st.integers(1, 60))
def test_endless_patience_is_erlang_c(per_hour, handling, seats):
    plain = Traffic(per_hour, handling)
    if seats - plain.load > 0.3:
        patient = Traffic(per_hour, handling, 1e7)
        assert in_time(patient, seats) == pytest.approx(in_time(plain, seats), abs=2e-3)


@given(per_hour=st.floats(0, 400), handling=st.floats(30, 600), patience=st.floats(30, 900) | st.just(inf))
def test_needed_is_the_least_that_reaches_the_goal(per_hour, handling, patience):
    traffic = Traffic(per_hour, handling, patience)
    seats = needed(traffic)
    assert (seats == 0) == (per_hour <= 0)
    assert in_time(traffic, seats) >= 0.95
    if seats > 1:
        assert in_time(traffic, seats - 1) < 0.95


def test_patience_is_what_was_waited_by_who_gave_up():
    assert patience_of(600, 5) == 120
    assert patience_of(600, 0) == inf and patience_of(0, 3) == inf


@pytest.mark.parametrize("patience", [90.0, inf])
def test_a_simulated_day_keeps_what_the_planner_promises(patience: float):
    """Twenty days of a middling line: within three points of the promise."""
    shape = [40, 80, 140, 180, 170, 120, 60, 90, 150, 160, 130, 70]
    day = [Traffic(calls, 240, patience) for calls in shape for _half in range(2)]
    plan = [(traffic, needed(traffic)) for traffic in day]
    whole = sum(traffic.per_hour for traffic in day)
    promised = sum(traffic.per_hour * in_time(traffic, seats) for traffic, seats in plan) / whole
    seen = [simulated(plan, Random(seed)) for seed in range(20)]
    print(f"promised {promised:.3f}, seen {sum(seen) / 20:.3f} (least {min(seen):.3f})")
    assert abs(sum(seen) / 20 - promised) < 0.03


def test_a_small_line_is_one_seat_and_a_reserve():
    quiet = Half(0, 18, Traffic(3, 200), needed(Traffic(3, 200)), 1)
    busy = Half(0, 19, Traffic(120, 240), needed(Traffic(120, 240)), 5)
    assert is_small([quiet]) and not is_small([quiet, busy])
    assert busy.missing == busy.seats - 5 and busy.reached < 0.95
    assert quiet.reached == pytest.approx(1 - (3 * 200 / 3600) * exp(-(1 - 3 * 200 / 3600) / 200 * 15))
