"""Which backups stay: by day, week and month, and never one that is not ours."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.upkeep.rules.rotation import Keep, date_of, dated_name, to_remove

DAY = datetime(2026, 11, 29, 3, 5)


def names(*days, hour=3):
    return [dated_name(DAY.replace(hour=hour) - timedelta(days=day)) for day in days]


def test_a_name_tells_its_time():
    assert date_of(dated_name(DAY)) == DAY
    for foreign in (
        "mingbai.sqlite3",
        "mingbai-20261399-000000.backup",
        "mingbai-20261129-030000.backup.checked",
    ):
        assert date_of(foreign) is None


def test_the_last_days_stay_and_older_ones_thin_out():
    kept = set(names(*range(400))) - set(to_remove(names(*range(400)), Keep(7, 4, 12)))
    assert set(names(*range(7))) <= kept
    assert 7 + 4 + 12 - 4 <= len(kept) <= 7 + 4 + 12


def test_of_one_day_the_newest_stays():
    early, late = names(0, hour=1), names(0, hour=5)
    assert to_remove([*early, *late], Keep(1, 0, 0)) == early


def test_foreign_files_are_never_removed():
    assert to_remove(["key", "passwords.txt", "mingbai.backup"], Keep(1, 0, 0)) == []


@pytest.mark.parametrize("gap", [1, 30, 400])
def test_after_a_gap_the_old_ones_still_stay(gap):
    found = names(*range(gap, gap + 5))
    assert to_remove(found, Keep(7, 4, 12)) == []


@given(st.sets(st.integers(0, 900), max_size=80), st.integers(1, 9), st.integers(0, 6), st.integers(0, 14))
def test_the_newest_stays_and_no_more_than_asked(days, keep_days, weeks, months):
    found = names(*days)
    removed = to_remove(found, Keep(keep_days, weeks, months))
    kept = set(found) - set(removed)
    assert len(kept) <= keep_days + weeks + months
    assert not found or max(found) in kept
    # Whatever went, a kept one is newer.
    assert all(any(one > gone for one in kept) for gone in removed)
