"""The board: every figure is the count of the rows behind it, within the own reach, at a bounded price."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions import clocks, ratings
from mingbai.cases.models import Case, Clock
from mingbai.core.actor import RESIDENT
from mingbai.people import actions as people
from mingbai.people.roles import RoleCode
from mingbai.places import actions as places
from tests.cases.factories import (
    CITY,
    NORTH,
    SOUTH,
    VILLAGE_SOUTH,
    City,
    make_case,
    make_city,
    make_closed,
    make_many,
    make_taken,
)
from tests.people.factories import make_user
from tests.web.desk.pages import HTMX, queries, signed_in, soup, words


@pytest.fixture
def city(db: None) -> City:
    return make_city()


def cards(response: object) -> dict[str, int]:
    """Label → figure of the four cards."""
    found = {}
    for card in soup(response).select(".c-figure"):
        label = card.select_one(".c-figure__head > span").get_text(strip=True)
        value = card.select_one(".c-figure__value")
        value.select_one("small").extract()
        found[label] = int(value.get_text(strip=True).replace(",", ""))
    return found


def rows(response: object) -> list[str]:
    return [row.get_text(" ", strip=True) for row in soup(response).select(".b-rows tbody tr")]


def late(case: Case, days: int = 2) -> Case:
    Case.objects.filter(pk=case.pk).update(due_at=timezone.now() - timedelta(days=days))
    return case


def test_each_figure_opens_as_many_rows_as_it_counts(city: City) -> None:
    late(make_taken(city, text="超期的事"))
    make_case(text="没人接的事")
    make_closed(city, text="办完的事")
    leader = signed_in(city.users[RoleCode.LEADER])
    page = leader.get("/board/")
    assert cards(page) == {"今天收到": 3, "在办": 2, "已超期": 1, "没人接办": 1}
    for card in soup(page).select(".c-figure"):
        opened = leader.get(card.select_one(".c-figure__rows")["href"])
        assert (
            len(rows(opened)) == cards(page)[card.select_one(".c-figure__head > span").get_text(strip=True)]
        )


def test_the_board_ends_at_the_own_reach(city: City) -> None:
    make_case(text="北边的事")
    make_case(text="南边的事", region=VILLAGE_SOUTH)
    north = signed_in(city.supervisor)
    assert cards(north.get("/board/"))["在办"] == 1
    assert cards(north.get(f"/board/?region={SOUTH}"))["在办"] == 1
    assert "南边的事" not in words(north.get(f"/board/rows/?of=open&region={SOUTH}"))
    whole = signed_in(city.users[RoleCode.LEADER])
    assert cards(whole.get("/board/"))["在办"] == 2
    assert cards(whole.get(f"/board/?region={SOUTH}"))["在办"] == 1
    assert "南边的事" not in words(whole.get(f"/board/rows/?of=open&region={NORTH}"))


def test_who_has_no_board_permission_is_refused(city: City) -> None:
    for url in ("/board/", "/board/rows/?of=late"):
        assert signed_in(city.bob).get(url).status_code == 403
    assert signed_in(city.alice).get("/board/").status_code == 200


def test_figures_without_the_right_to_see_matters_show_no_words_and_no_links(city: City) -> None:
    late(make_taken(city, text="邻居打了我"))
    page = signed_in(city.users[RoleCode.FINANCE]).get("/board/")
    assert cards(page)["已超期"] == 1
    assert "邻居打了我" not in words(page)
    assert not soup(page).select('a[href^="/desk/cases/"]')


def test_late_matters_say_whose_they_are_since_when_and_by_station(city: City) -> None:
    late(make_taken(city, text="超期的事"))
    page = words(signed_in(city.supervisor).get("/board/"))
    assert "超期的事" in page
    assert "已超期 2 天" in page
    assert "艾丽" in page
    assert "最早的收到于" in page


def test_the_supervisor_designates_what_was_declined_twice(city: City) -> None:
    case = make_case(text="谁都不要的事")
    Case.objects.filter(pk=case.pk).update(needs_designation=True, declines=2)
    page = signed_in(city.supervisor).get("/board/")
    assert "已被退回 2 次" in words(page)
    assert soup(page).select_one(f'a[href="/desk/cases/{case.number}/designate/"]')
    leader = signed_in(city.users[RoleCode.LEADER]).get("/board/")
    assert "谁都不要的事" in words(leader)
    assert not soup(leader).select_one('a[href$="/designate/"]')


def test_extensions_and_appeals_wait_for_the_supervisor(city: City) -> None:
    asked = make_taken(city, text="要多几天")
    clock = asked.clocks.filter(done_at=None, rule__extension_most__gt=0).order_by("id").first()
    assert clock is not None
    clocks.ask_extension(clock=clock, by=city.alice.actor, amount=1, reason="等鉴定结果")
    rated = make_closed(city, text="评错了的事")
    rating = ratings.rate(case=rated, by=RESIDENT, grade=1)
    ratings.appeal(rating=rating, by=city.alice.actor, reason="群众点错了")
    page = signed_in(city.supervisor).get("/board/")
    assert "等鉴定结果" in words(page)
    assert "群众点错了" in words(page)
    assert soup(page).select_one(f'a[href="/desk/cases/{asked.number}/decide_extension/"]')
    assert soup(page).select_one(f'a[href="/desk/cases/{rated.number}/decide_appeal/"]')
    assert soup(page).select_one(f'a[href="/desk/cases/{rated.number}/call_back/"]')


def test_deadlines_on_an_estimated_calendar_are_said_so(city: City) -> None:
    make_case()
    client = signed_in(city.supervisor)
    Clock.objects.update(is_estimated=False)
    assert "放假安排还没有公布" not in words(client.get("/board/"))
    Clock.objects.update(is_estimated=True)
    assert "放假安排还没有公布" in words(client.get("/board/"))


def test_an_unknown_figure_is_not_found_and_odd_filters_do_no_harm(city: City) -> None:
    client = signed_in(city.supervisor)
    assert client.get("/board/rows/?of=nothing").status_code == 404
    assert client.get("/board/rows/?of=late&region=%00&station=x&page=-1").status_code == 200


def test_a_station_of_the_address_narrows_the_rows(city: City) -> None:
    make_case(text="北边的事")
    client = signed_in(city.users[RoleCode.LEADER])
    assert len(rows(client.get(f"/board/rows/?of=untaken&station={NORTH}"))) == 1
    assert rows(client.get(f"/board/rows/?of=untaken&station={CITY}")) == []


def test_the_live_refresh_takes_its_part_of_the_same_page(city: City) -> None:
    page = soup(signed_in(city.supervisor).get("/board/", **HTMX))
    assert page.select_one("#board")["hx-trigger"] == "live from:body"


@pytest.mark.parametrize("url", ["/board/", "/board/rows/?of=open"])
def test_the_price_is_the_same_with_ten_and_with_a_thousand_matters(city: City, url: str) -> None:
    client = signed_in(make_user(RoleCode.SUPERVISOR, region=city.regions[CITY]))
    make_many(city, 20)
    ratings.rate(case=make_closed(city), by=RESIDENT, grade=1)
    stuck, risky = Case.objects.filter(waiting_on="station").order_by("pk")[:2]
    Case.objects.filter(pk=stuck.pk).update(needs_designation=True, declines=2)
    Case.objects.filter(pk=risky.pk).update(at_risk=True)
    few = queries(client, url)
    make_many(city, 1000)
    assert queries(client, url) == few
    assert few <= 12


def test_who_has_left_counts_as_nobody_and_a_shut_station_waits_for_the_supervisor(city: City) -> None:
    people.deactivate_worker(by=city.supervisor.actor, worker=make_taken(city, text="走了的人的事").owner)
    client = signed_in(city.supervisor)
    assert cards(client.get("/board/"))["没人接办"] == 1
    assert "已离岗" in words(client.get("/board/rows/?of=untaken"))
    places.close_station(
        by=city.supervisor.actor, station=city.stations[NORTH], on=timezone.localdate(), reason="撤并"
    )
    page = client.get("/board/rows/?of=designate")
    assert "站点已停办" in words(page)
    assert len(rows(page)) == 1


def test_a_paused_clock_is_not_about_to_run_out(city: City) -> None:
    case = make_taken(city, text="等材料")
    now = timezone.now()
    Clock.objects.filter(case=case).update(soon_at=now - timedelta(hours=1), due_at=now + timedelta(hours=5))
    Case.objects.filter(pk=case.pk).update(due_at=now + timedelta(hours=5))
    client = signed_in(city.supervisor)
    assert len(rows(client.get("/board/rows/?of=soon"))) == 1
    Clock.objects.filter(case=case).update(is_paused=True)
    assert rows(client.get("/board/rows/?of=soon")) == []


def test_a_return_call_that_is_owed_too_long_is_late_and_says_so(city: City) -> None:
    case = make_closed(city, text="办得不好")
    ratings.rate(case=case, by=RESIDENT, grade=1)
    late(case)
    page = signed_in(city.supervisor).get("/board/rows/?of=late")
    assert "已办结，欠回访" in words(page)
    assert "已超期 2 天" in words(page)
    assert soup(page).select_one(f'a[href="/desk/cases/{case.number}/call_back/"]')


def test_the_manager_of_a_station_assigns_what_nobody_took(city: City) -> None:
    case = make_case()
    page = signed_in(city.alice).get("/board/rows/?of=untaken")
    assert soup(page).select_one(f'a[href="/desk/cases/{case.number}/assign/"]')
    assert not soup(page).select_one('a[href$="/designate/"]')
