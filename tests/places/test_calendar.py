"""The calendar: there after migrate, estimated where no notice has come, corrected when it is loaded."""

from collections.abc import Iterator
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.core.registry import Registry
from mingbai.core.workdays import Day
from mingbai.places import actions
from mingbai.places.actions import calendar
from mingbai.places.models import CalendarDay, LineStandard, Revision
from mingbai.places.queries import register
from mingbai.places.rules.notice import read_notice
from tests.places.factories import last_entry, verbs
from tests.places.test_files import NOTICE

pytestmark = pytest.mark.django_db
SOURCE = "国办发明电〔2026〕9号"
Call = tuple[int, frozenset[date], str]


@pytest.fixture
def heard(monkeypatch) -> Iterator[list[Call]]:
    """What a hook of a layer above was told, and with which calendar in force."""
    calls: list[Call] = []
    hooks: Registry[object] = Registry("calendar_changed")
    hooks.register("test", lambda year, changed, by: calls.append((year, changed, register().token)))
    monkeypatch.setattr(calendar, "CALENDAR_CHANGED", hooks)
    yield calls


def load(days: dict[date, Day] | None = None, **more: object) -> frozenset[date]:
    notice = read_notice(NOTICE)
    return actions.load_notice(
        by=SYSTEM, **({"year": 2027, "days": days or notice.days, "source": SOURCE} | more)
    )


def test_migrate_alone_leaves_calendar_standards_and_token():
    workdays = register().workdays
    assert set(range(2018, 2027)) <= workdays.known_years and 2027 not in workdays.known_years
    assert workdays.is_estimated(date(2027, 3, 3)) and not workdays.is_workday(date(2027, 1, 1))
    assert not workdays.is_workday(date(2026, 10, 1)) and workdays.is_workday(date(2026, 10, 10))
    assert LineStandard.objects.count() == 8 and Revision.objects.count() == 1


def test_a_notice_replaces_the_estimate_and_tells_who_computes_deadlines(heard):
    token = register().token
    changed = load()
    workdays = register().workdays
    assert {date(2027, 2, 11), date(2027, 2, 14), date(2027, 10, 6)} <= changed
    assert date(2027, 1, 1) not in changed and date(2027, 1, 2) not in changed
    assert 2027 in workdays.known_years and workdays.is_workday(date(2027, 2, 14))
    assert heard == [(2027, changed, register().token)] and register().token != token
    assert CalendarDay.objects.get(date=date(2027, 2, 14)).source == SOURCE
    assert verbs("calendar:2027") == ["calendar.notice_loaded"]
    assert SOURCE in last_entry("calendar:2027").data


def test_the_same_notice_again_changes_no_day(heard):
    load()
    assert load() == frozenset()
    assert [len(changed) > 0 for _year, changed, _token in heard] == [True, False]


def test_a_notice_reaches_back_into_december_and_leaves_the_rest_of_that_year(heard):
    days = dict(read_notice(NOTICE).days) | {date(2026, 12, 31): Day(False, "元旦")}
    assert date(2026, 12, 31) in load(days)
    workdays = register().workdays
    assert not workdays.is_workday(date(2026, 12, 31)) and not workdays.is_workday(date(2026, 10, 1))
    assert 2026 in workdays.known_years


def test_a_hook_that_fails_takes_the_notice_back(monkeypatch):
    hooks: Registry[object] = Registry("calendar_changed")
    hooks.register("broken", lambda year, changed, by: 1 // 0)
    monkeypatch.setattr(calendar, "CALENDAR_CHANGED", hooks)
    with pytest.raises(ZeroDivisionError):
        load()
    assert 2027 not in register().workdays.known_years


def test_a_notice_without_source_or_with_a_gap_is_refused():
    with pytest.raises(Refused, match="文号"):
        load(source=" ")
    with pytest.raises(Refused, match="不完整"):
        load({date(2027, 1, 1): Day(False, "元旦")})
    assert CalendarDay.objects.filter(date__year=2027, is_estimated=False).count() == 0


def test_seeding_adds_only_the_years_that_are_missing():
    assert actions.seed_calendar(by=SYSTEM, to_year=2030) == []
    assert actions.seed_calendar(by=SYSTEM, from_year=2017, to_year=2031) == [2017, 2031]
    assert CalendarDay.objects.filter(date__year=2031, is_estimated=True).exists()
    assert verbs("calendar:2017") == ["calendar.seeded"]


def test_an_emptied_database_is_prepared_again():
    CalendarDay.objects.all().delete()
    LineStandard.objects.all().delete()
    Revision.objects.all().delete()
    actions.prepare(by=SYSTEM)
    assert 2026 in register().workdays.known_years and len(register().standards) == 8
    token = register().token
    actions.prepare(by=SYSTEM)
    assert register().token == token


def test_the_command_loads_a_file_and_names_the_days_that_changed(tmp_path):
    path, out = tmp_path / "2027.csv", StringIO()
    path.write_text(NOTICE)
    call_command("load_holidays", str(path), "--source", SOURCE, stdout=out)
    assert "2027-02-14 工作日" in out.getvalue() and "2027-10-06 休息日" in out.getvalue()
    with pytest.raises(CommandError, match="文号"):
        call_command("load_holidays", str(path), stdout=out)
    path.write_text(NOTICE[:200])
    with pytest.raises(CommandError, match="什么也没有写入"):
        call_command("load_holidays", str(path), "--source", SOURCE, stdout=out)
    assert 2027 in register().workdays.known_years
