"""Rules, calendar and the try of an address through their pages."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mingbai.cases.models import Clock, DeadlineRule, RoutingRule
from mingbai.core.statutory import statutory_holidays
from mingbai.journal.models import Entry
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from mingbai.places.models import CalendarDay
from mingbai.places.queries import register
from tests.cases.factories import NORTH, SOUTH, VILLAGE, VILLAGE_EMPTY, City, make_case
from tests.people.factories import make_user
from tests.web.desk.pages import errors, signed_in, soup, words
from tests.web.manage.pages import post, verbs

TERMS = {
    "name": "接办",
    "amount": "2",
    "unit": "working_day",
    "strength": "service",
    "end_moves": "on",
    "extension_most": "0",
    "source": "抚司〔2026〕9号",
}


def take_up() -> DeadlineRule:
    return DeadlineRule.objects.get(
        code="take_up", wage_only=False, urgent_only=False, kind="", valid_to=None
    )


def test_a_rule_is_followed_never_edited(city: City, keeper: User) -> None:
    old = take_up()
    later = timezone.localdate() + timedelta(days=10)
    response = post(keeper, f"deadlines/{old.pk}/next/", **TERMS, valid_from=later)
    assert "抚司〔2026〕9号" in words(response)
    old.refresh_from_db()
    new = take_up()
    assert (old.amount, old.valid_to) == (1, later - timedelta(days=1))
    assert (new.amount, new.valid_from, new.starts_on) == (2, later, "opened")
    assert verbs(f"rule:deadline:{new.pk}") == ["rule.added"]
    again = signed_in(keeper).get(f"/manage/deadlines/{old.pk}/next/")
    assert again.status_code == 404


def test_a_rule_needs_a_source_and_no_day_of_the_past(city: City, keeper: User) -> None:
    old, url = take_up(), f"deadlines/{take_up().pk}/next/"
    assert "依据" in errors(post(keeper, url, **{**TERMS, "source": ""}, valid_from=timezone.localdate()))
    past = timezone.localdate() - timedelta(days=1)
    assert "过去的日期" in errors(post(keeper, url, **TERMS, valid_from=past))
    assert take_up() == old


def test_a_rule_ends_with_a_reason_and_is_still_to_be_read(city: City, keeper: User) -> None:
    rule, today = take_up(), timezone.localdate()
    DeadlineRule.objects.filter(pk=rule.pk).update(valid_from=date(2020, 1, 1))
    post(keeper, f"deadlines/{rule.pk}/end/", on=today - timedelta(days=1), reason="并入新规定")
    rule.refresh_from_db()
    assert rule.valid_to == today - timedelta(days=1)
    client = signed_in(keeper)
    assert f"/manage/deadlines/{rule.pk}/" not in client.get("/manage/deadlines/").content.decode()
    assert f"/manage/deadlines/{rule.pk}/" in client.get("/manage/deadlines/?ended=1").content.decode()


def test_who_keeps_a_county_reads_the_citys_rules_and_changes_none(city: City) -> None:
    county, rule = city.supervisor, take_up()
    assert signed_in(county).get(f"/manage/deadlines/{rule.pk}/").status_code == 200
    for url in (
        "deadlines/new/",
        f"deadlines/{rule.pk}/next/",
        f"deadlines/{rule.pk}/end/",
        "calendar/load/",
    ):
        assert signed_in(county).get(f"/manage/{url}").status_code == 403, url
        assert signed_in(county).post(f"/manage/{url}", TERMS).status_code == 403, url
    values = {"lowest_tier": "township_station", "source": "x", "valid_from": timezone.localdate()}
    assert errors(post(county, "routings/new/", **values))
    assert errors(post(county, "routings/new/", **values, region=SOUTH))
    post(county, "routings/new/", **values, region=NORTH)
    made = RoutingRule.objects.get(region=NORTH)
    other = make_user(RoleCode.SUPERVISOR, region=city.regions[SOUTH])
    assert signed_in(other).get(f"/manage/routings/{made.pk}/end/").status_code == 404


def test_a_new_rule_of_time_is_added(city: City, keeper: User) -> None:
    values = {**TERMS, "code": "visit", "starts_on": "accepted", "stops_on": "closed", "kind": "mediation"}
    post(keeper, "deadlines/new/", **values, valid_from=timezone.localdate())
    assert DeadlineRule.objects.get(code="visit").kind == "mediation"


# ── the calendar ──


def notice(year: int, *extra: str) -> str:
    rows = [f"{day},否,{name}" for day, name in statutory_holidays(year).items()]
    return "\n".join(["date,workday,name", *rows, *extra])


def estimated_year() -> int:
    return min(day.year for day, entry in register().workdays.days.items() if entry.estimated)


def weekday_of(year: int) -> date:
    """A plain Wednesday of the year that is no holiday."""
    days = (date(year, 3, 1) + timedelta(days=n) for n in range(30))
    return next(day for day in days if day.weekday() == 2 and register().workdays.is_workday(day))


def test_the_year_shows_what_is_estimated(city: City, keeper: User) -> None:
    year = estimated_year()
    page = words(signed_in(keeper).get(f"/manage/calendar/{year}/"))
    assert "这一年是推算的" in page
    assert "这一年是推算的" not in words(signed_in(keeper).get("/manage/calendar/2020/"))
    assert signed_in(keeper).get("/manage/calendar/1900/").status_code == 404


def test_a_notice_is_previewed_without_a_trace_then_loaded_and_deadlines_follow(
    city: City, keeper: User
) -> None:
    year = estimated_year()
    off = weekday_of(year)
    case = make_case()
    started = timezone.make_aware(datetime(year, off.month, off.day, 10)) - timedelta(days=1)
    ends = timezone.make_aware(datetime(year, off.month, off.day, 23, 59, 59))
    clock = case.clocks.filter(rule__code="take_up").get()
    Clock.objects.filter(pk=clock.pk).update(started_at=started, due_at=ends, is_estimated=True)
    text, before = notice(year, f"{off},否,全市放假"), CalendarDay.objects.count()
    preview = words(post(keeper, "calendar/load/", text=text, source="国办发明电〔2026〕9号"))
    assert "改为休息，全市放假" in preview
    assert "1 件在办办件的到期日会随之更正" in preview
    assert CalendarDay.objects.count() == before
    assert not Entry.objects.filter(verb="calendar.notice_loaded").exists()
    post(keeper, "calendar/load/", text=text, source="国办发明电〔2026〕9号", confirm="1")
    assert not register().workdays.is_workday(off)
    clock.refresh_from_db()
    assert timezone.localdate(clock.due_at) == off + timedelta(days=1)
    assert not clock.is_estimated


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "请选文件"),
        ("date,workday,name\n2027-13-01,否,元旦", "第 2 行"),
        ("什么也不是", "缺少列"),
        ("date,workday,name\n2027-01-01,否,元旦", "不完整"),
    ],
)
def test_half_a_notice_is_refused_with_its_line(city: City, keeper: User, text: str, said: str) -> None:
    assert said in errors(post(keeper, "calendar/load/", text=text, source="x", confirm="1"))


# ── the try ──


def tried(client: Client, **data: str) -> str:
    asked = {"kind": "consultation", "channel": "web", "county": NORTH, **data}
    return words(client.get("/manage/try/", asked))


def test_a_try_says_who_would_get_it_and_why_and_what_begins_to_run(city: City, keeper: User) -> None:
    client = signed_in(keeper)
    page = tried(client, town=VILLAGE_EMPTY[:9] + "000", village=VILLAGE_EMPTY, channel="village")
    assert "东八路社区" in page
    assert "无人值守" in page
    assert "接办" in page
    assert "依据" in page
    assert "地点不在本市" in tried(client, county="outside")


def test_a_try_at_another_time_and_urgent_tells_the_shorter_clock(city: City, keeper: User) -> None:
    client = signed_in(keeper)
    page = tried(client, at="2026-11-22T23:30", is_urgent="on", town=VILLAGE[:9] + "000", village=VILLAGE)
    assert "接办（紧急）" in page
    assert "11月23日 周一 00:30" in page
    assert "现在不在开放时间" in page


def test_a_try_without_a_place_keeps_what_was_chosen(city: City, keeper: User) -> None:
    client = signed_in(keeper)
    response = client.get("/manage/try/", {"kind": "notary", "channel": "web", "county": ""})
    assert "请选县、区" in errors(response)
    response = client.get("/manage/try/", {"kind": "notary", "county": NORTH, "refresh": "next"})
    assert soup(response).select_one('select[name="town"]')
    assert not errors(response)
