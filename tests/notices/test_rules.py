"""Back-off and plans: pure arithmetic."""

from datetime import UTC, datetime, timedelta

from mingbai.notices.rules import LEASE, MOST_TRIES, is_due, is_free, next_run, next_try

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_delays_double_up_to_six_hours_and_end():
    delays = [next_try(tries, NOW) - NOW for tries in range(1, MOST_TRIES)]
    assert delays[:3] == [MINUTE / 2, MINUTE, 2 * MINUTE]
    assert delays == sorted(delays)
    assert delays[-1] <= timedelta(hours=6)
    assert next_try(MOST_TRIES, NOW) is None


def test_spread_adds_at_most_a_tenth():
    plain, spread = (next_try(3, NOW, spread=share) - NOW for share in (0, 1))
    assert spread == plain * 1.1


def test_a_job_stays_in_step_and_never_catches_up_in_a_burst():
    assert next_run(NOW, MINUTE, NOW + MINUTE / 4) == NOW + MINUTE
    assert next_run(NOW, MINUTE, NOW + 50 * MINUTE) == NOW + 51 * MINUTE
    assert next_run(NOW + 500 * MINUTE, MINUTE, NOW) == NOW + MINUTE, "the clock was set back"


def test_a_job_is_due_at_its_time_or_when_the_clock_was_set_back():
    assert is_due(NOW, MINUTE, NOW)
    assert not is_due(NOW + MINUTE, MINUTE, NOW)
    assert is_due(NOW + timedelta(days=1), MINUTE, NOW)


def test_a_claim_ends_with_its_lease():
    assert is_free(None, NOW)
    assert not is_free(NOW + LEASE, NOW)
    assert is_free(NOW, NOW)
    assert is_free(NOW + timedelta(days=1), NOW), "claimed by a clock that was far ahead"
