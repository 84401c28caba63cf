"""The wall and the planner of seats: what they say of calls, to whom, with how many queries."""

from datetime import date, datetime, time, timedelta
from math import inf
from typing import Any

import pytest
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.hotline.queries import line_figures
from mingbai.hotline.queries.wall import Week, wall, week
from mingbai.hotline.rules.staffing import Half, Traffic, needed
from mingbai.people import actions as people
from mingbai.people.roles import RoleCode
from mingbai.web.seat.wall import _words
from tests.cases.factories import CITY, NORTH, City, make_city
from tests.hotline.factories import make_call, put_through, take_seat
from tests.people.factories import make_user, make_worker
from tests.web.desk.pages import signed_in, soup, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def agent(city: City) -> Any:
    worker = make_worker(city.stations[CITY], "柳青", post="hotline_agent")
    return make_user(RoleCode.HOTLINE_AGENT, station=city.stations[CITY], worker=worker, name="柳青")


def last_week(weekday: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the last whole week."""
    today = timezone.localdate()
    day = today - timedelta(days=today.isoweekday() - 1 + 7 - weekday)
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def test_the_wall_says_what_the_figures_say(agent: Any):
    today = timezone.localdate()
    seat = take_seat(agent.worker)
    for _n in range(3):
        make_call("queued", "ringing", "answered", "ended", seat="seat-1")
    make_call("queued", "ended", why="caller")
    put_through(make_call("queued", "ringing", "answered", seat="seat-1"), seat)
    make_call("queued")
    shown, counted = wall(CITY, timezone.now()), line_figures(today, today)
    assert (shown.today.offered, shown.today.answered, shown.today.in_time, shown.today.measured) == (
        counted.offered, counted.answered, counted.in_time, counted.measured,
    )  # fmt: skip
    assert (shown.today.abandoned, shown.strip.waiting, shown.busy) == (1, 1, {"通话中": 1})
    [sat] = shown.sats
    assert sat.seat.name == "seat-1"
    page = signed_in(agent).get("/seat/wall/")
    assert all(text in words(page) for text in ("1 人在等", "接通率 66.7%", "柳青", "通话中", "seat-1"))


def test_a_line_where_nothing_was_measured_says_so(agent: Any):
    page = words(signed_in(agent).get("/seat/wall/"))
    assert "无数据" in page and "100" not in page and "没有人签入席位" in page


def test_the_wall_asks_little_however_many_call(agent: Any, django_assert_max_num_queries: Any):
    take_seat(agent.worker)
    client = signed_in(agent)
    client.get("/seat/wall/")
    for _n in range(12):
        make_call("queued", "answered", "ended", seat="seat-1")
    with django_assert_max_num_queries(14):
        assert client.get("/seat/wall/").status_code == 200
    with django_assert_max_num_queries(14):
        assert client.get("/seat/needed/").status_code == 200


def test_it_asks_again_by_itself_for_the_inner_part(agent: Any):
    page = signed_in(agent).get("/seat/wall/", headers={"HX-Request": "true"})
    assert "<html" not in page.content.decode() and soup(page).select_one("#wall")["hx-trigger"] == "every 5s"


def test_who_sees_the_city_sees_the_wall_and_a_county_does_not(city: City, agent: Any):
    whole = make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="whole", name="市里的人")
    for path in ("/seat/wall/", "/seat/needed/"):
        assert signed_in(whole).get(path).status_code == 200
        assert signed_in(city.charlie).get(path).status_code == 403
        assert signed_in(city.supervisor).get(path).status_code == 403  # of a county


def test_without_a_call_there_is_nothing_to_plan(agent: Any):
    assert week(CITY, timezone.localdate()) is None
    assert "还没有来电的记录" in words(signed_in(agent).get("/seat/needed/"))


@pytest.fixture
def busy_monday(agent: Any) -> None:
    """Forty calls between nine and half past of the last Monday, and two at three in the afternoon."""
    for n in range(40):
        make_call(
            "queued", "answered", "ended", seat="seat-1", at=last_week(0, 9) + timedelta(seconds=40 * n)
        )
    for minute in (0, 40):
        make_call("queued", "ended", why="caller", at=last_week(0, 15, minute))


def test_a_week_is_read_by_half_hours_against_the_roster(agent: Any, busy_monday: None):
    for weekday in ("0", "1"):
        terms = {"weekday": weekday, "starts": time(8, 30), "ends": time(12)}
        people.add_duty(by=SYSTEM, worker=agent.worker, station=agent.worker.station, **terms)
    found = week(CITY, timezone.localdate())
    assert found is not None and found.calls == 42
    halves = {(half.weekday, half.slot): half for half in found.halves}
    assert set(halves) == {(0, 18), (0, 30), (0, 31)}
    nine = halves[0, 18]
    assert (nine.traffic.per_hour, nine.rostered) == (80, 1) and nine.seats == needed(nine.traffic) == 1
    assert halves[0, 30].rostered == 0 and halves[0, 30].missing >= 1
    assert found.handling == pytest.approx(1)  # a second each, in this test
    assert found.patience == pytest.approx(42)  # 84 seconds were waited, two gave up


def test_the_page_says_in_words_what_is_missing(agent: Any, busy_monday: None):
    client = signed_in(agent)
    page = client.get("/seat/needed/?day=0")
    assert "来电不多：一个席位" in words(page)
    assert {"09:00", "15:00", "15:30"} <= {cell.text.strip() for cell in soup(page).select("tbody th")}
    for bad in ("7", "x", "-1", "00", "9" * 400):
        assert client.get("/seat/needed/", {"day": bad}).status_code == 200


def planned(*rostered: int) -> Week:
    """Monday's half hours from nine on, each with 120 calls an hour, and so many on the roster."""
    traffic = Traffic(120, 240)
    halves = [Half(0, 18 + n, traffic, needed(traffic), there) for n, there in enumerate(rostered)]
    return Week(date(2026, 11, 2), date(2026, 11, 29), 400, halves, inf, 240)


def test_a_roster_is_enough_or_its_greatest_lack_is_said_first():
    many = needed(Traffic(120, 240))
    assert many > 2 and _words(planned(many, many + 1)) == ["排班够了：每个半小时都做得到在 15 秒内接听。"]
    first, *rest = _words(planned(many, many - 1, 2))
    assert first == "一周里有 2 个半小时席位不够。最缺的是："
    assert rest == [
        f"周一 10:00 要 {many} 个席位，排了 2 个。", f"周一 09:30 要 {many} 个席位，排了 {many - 1} 个。",
    ]  # fmt: skip


def test_where_nobody_is_on_a_roster_that_is_said_first():
    assert _words(planned(0, 0)) == [
        f"热线还没有排班。最忙的是周一 09:00，要 {needed(Traffic(120, 240))} 个席位；先在“设置”里排班。"
    ]


def test_no_other_station_is_read(city: City, agent: Any, busy_monday: None):
    assert week(NORTH, timezone.localdate()) is None
