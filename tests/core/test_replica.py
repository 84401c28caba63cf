"""Reads that may be stale go to a standby that keeps up, everything else to the primary."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connections

from mingbai.core import replica
from mingbai.core.replica import MOST_BEHIND, Router, may_be_stale, moment_known

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("is_standby", "seconds", "known"),
    [
        (True, 0.0, NOW),
        (True, 12.5, NOW - timedelta(seconds=12.5)),
        (True, -0.4, NOW),
        (True, 300.0, NOW - MOST_BEHIND),
        (True, 300.1, None),
        (True, None, None),
        (False, None, None),
        (False, 3.0, None),
    ],
    ids=["now", "behind", "clocks differ", "just so", "too far", "never wrote", "primary", "was a standby"],
)
def test_up_to_when_a_standby_knows(is_standby, seconds, known):
    assert moment_known(NOW, is_standby=is_standby, seconds=seconds) == known


def test_without_a_standby_everything_goes_to_the_primary():
    with may_be_stale() as known:
        assert known is None and Router().db_for_read(object) is None


def test_only_reads_inside_may_be_stale(monkeypatch):
    monkeypatch.setitem(connections.settings, "replica", connections.settings["default"])
    monkeypatch.setattr(replica, "known_until", lambda: NOW)
    with may_be_stale() as known:
        assert known == NOW
        assert Router().db_for_read(object) == "replica" and Router().db_for_write(object) == "default"
    assert Router().db_for_read(object) is None
    assert not Router().allow_migrate("replica", "cases") and Router().allow_migrate("default", "cases")


class Silent:
    """A standby that cannot be reached."""

    settings = {"replica": {}}

    def __getitem__(self, name):
        raise OperationalError("connection refused")


def test_a_standby_that_does_not_answer_costs_no_page(monkeypatch):
    monkeypatch.setattr(replica, "connections", Silent())
    with may_be_stale() as known:
        assert known is None and Router().db_for_read(object) is None


def test_an_error_inside_ends_the_staleness(monkeypatch):
    monkeypatch.setitem(connections.settings, "replica", connections.settings["default"])
    monkeypatch.setattr(replica, "known_until", lambda: NOW)
    with pytest.raises(ZeroDivisionError), may_be_stale():
        raise ZeroDivisionError
    assert Router().db_for_read(object) is None
