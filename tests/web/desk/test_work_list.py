"""The work list: what it shows to whom, its filters in the address, its groups, its price."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions import handover, work
from mingbai.cases.models import Case
from mingbai.people.roles import RoleCode
from tests.cases.factories import (
    PHONE,
    SOUTH,
    VILLAGE_SOUTH,
    City,
    make_case,
    make_closed,
    make_many,
    make_taken,
)
from tests.web.desk.pages import HTMX, queries, signed_in, soup, words


def titles(response: object) -> list[str]:
    return [row.get_text(strip=True) for row in soup(response).select("a[data-row]")]


def group_names(response: object) -> list[str]:
    return [head.get_text(" ", strip=True).split()[0] for head in soup(response).select(".c-work__group")]


def due(case: Case, at: object) -> None:
    Case.objects.filter(pk=case.pk).update(due_at=at)


def test_my_list_shows_my_matters_and_not_the_neighbours(city: City) -> None:
    make_taken(city, text="我的事")
    make_case(text="没人接的事")
    make_case(text="南边的事", region=VILLAGE_SOUTH)
    assert titles(signed_in(city.alice).get("/desk/")) == ["我的事"]
    assert titles(signed_in(city.alice).get("/desk/?whose=unowned")) == ["没人接的事"]
    assert sorted(titles(signed_in(city.alice).get("/desk/?whose=station"))) == ["我的事", "没人接的事"]
    assert titles(signed_in(city.charlie).get("/desk/?whose=station")) == ["南边的事"]


def test_rows_stand_in_groups_the_most_pressing_first(city: City) -> None:
    now = timezone.now()
    for text, at in (
        ("以后的", now + timedelta(days=20)),
        ("超期的", now - timedelta(days=2)),
        ("今天的", timezone.localtime(now).replace(hour=23, minute=59, second=59)),
    ):
        due(make_taken(city, text=text), at)
    response = signed_in(city.alice).get("/desk/")
    assert group_names(response) == ["已超期", "今天到期", "以后"]
    assert titles(response) == ["超期的", "今天的", "以后的"]
    assert "已超期 2 天" in words(response)


def test_what_waits_for_the_resident_is_one_line_that_opens(city: City) -> None:
    case = make_taken(city, text="等材料的事")
    work.ask(case=case, by=city.alice.actor, text="请补身份证")
    client = signed_in(city.alice)
    first = client.get("/desk/")
    assert titles(first) == []
    link = soup(first).select_one(".d-strip__link")
    assert link is not None
    assert "1 件" in link.get_text()
    assert titles(client.get("/desk/" + str(link["href"]))) == ["等材料的事"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=notary", ["要公证"]),
        ("channel=hotline", ["电话来的"]),
        ("tag=wage", ["讨工资"]),
        ("state=accepted", ["我接的"]),
        ("kind=nonsense&state=x&tag=%00", ["要公证", "电话来的", "讨工资", "我接的"]),
    ],
)
def test_filters_live_in_the_address(city: City, query: str, found: list[str]) -> None:
    make_case(text="要公证", kind="notary")
    make_case(text="电话来的", channel="hotline", keep_at="210402000000")
    make_case(text="讨工资", is_wage=True)
    make_taken(city, text="我接的")
    response = signed_in(city.alice).get(f"/desk/?whose=station&{query}")
    assert sorted(titles(response)) == sorted(found)


def test_a_part_of_the_number_finds_the_row(city: City) -> None:
    case = make_case(text="要找的")
    make_case(text="别的")
    assert titles(signed_in(city.alice).get(f"/desk/?whose=station&q={case.number[:9]}")) == ["要找的"]


def test_ended_matters_are_found_by_their_state(city: City) -> None:
    make_closed(city, text="办完的")
    client = signed_in(city.alice)
    assert titles(client.get("/desk/")) == []
    assert titles(client.get("/desk/?state=closed")) == ["办完的"]


def test_pages_lead_on_and_back(city: City) -> None:
    make_many(city, 70)
    client = signed_in(city.alice)
    first = client.get("/desk/?whose=station")
    assert len(titles(first)) == 50
    second = client.get("/desk/?whose=station&page=2")
    assert len(titles(second)) == 6
    assert 'rel="prev"' in second.content.decode()


def test_the_list_is_the_same_after_a_swap(city: City) -> None:
    make_taken(city)
    client = signed_in(city.alice)
    whole, part = client.get("/desk/"), client.get("/desk/", **HTMX)
    assert str(soup(whole).select_one("#work ul.c-work")) == str(soup(part).select_one("#work ul.c-work"))
    assert "<html" not in part.content.decode()


def test_the_opened_matter_stands_beside_the_list(city: City) -> None:
    case = make_taken(city)
    pane = soup(signed_in(city.alice).get(f"/desk/?open={case.number}")).select_one("#pane #case")
    assert pane is not None
    assert pane["hx-get"] == f"/desk/cases/{case.number}/"


@pytest.mark.parametrize("url", ["/desk/", "/desk/?whose=station", f"/desk/search/?q={PHONE}"])
def test_the_price_does_not_grow_with_the_number_of_matters(city: City, url: str) -> None:
    make_taken(city)
    make_many(city, 10)
    client = signed_in(city.alice)
    few = queries(client, url)
    make_many(city, 400)
    assert queries(client, url) == few <= 12


def test_tabs_count_what_waits_and_what_is_offered(city: City) -> None:
    make_taken(city)
    theirs = make_case(region=VILLAGE_SOUTH)
    handover.offer(case=theirs, by=city.charlie.actor, to=city.stations["210402000000"], reason="归你们管")
    tabs = soup(signed_in(city.alice).get("/desk/")).select_one(".c-tabs")
    assert tabs is not None
    assert [link.get_text(" ", strip=True) for link in tabs.select("a")] == [
        "我的 1",
        "没人接办 0",
        "本站全部 1",
        "待签收 1",
    ]


def test_a_supervisor_begins_with_the_whole_reach(city: City) -> None:
    make_case(text="新抚的事")
    make_case(text="望花的事", region=VILLAGE_SOUTH)
    assert titles(signed_in(city.supervisor).get("/desk/")) == ["新抚的事"]


# ── search ──


def test_search_finds_by_number_phone_and_name_what_is_visible(city: City) -> None:
    case = make_case(text="北边的事", name="赵福山")
    make_case(text="南边的事", name="赵福山", region=VILLAGE_SOUTH)
    client = signed_in(city.alice)
    assert client.get(f"/desk/search/?q={case.number}")["Location"] == f"/desk/cases/{case.number}/"
    for text in (PHONE, "赵福山"):
        assert titles(client.get("/desk/search/", {"q": text})) == ["北边的事"]


def test_what_is_searched_for_stands_in_no_address(city: City) -> None:
    make_case(text="北边的事")
    client = signed_in(city.alice)
    form = soup(client.get("/desk/")).select_one("form.c-search")
    assert form is not None and form["method"] == "post"
    found = client.post("/desk/search/", {"q": PHONE})
    assert titles(found) == ["北边的事"]
    assert not [link["href"] for link in soup(found).select("a[href]") if PHONE in link["href"]]


@pytest.mark.parametrize("text", ["", "2600000000000", "\x00", "不" * 500, "😀", "13800000000"])
def test_search_for_what_is_not_there_says_so(city: City, text: str) -> None:
    response = signed_in(city.alice).get("/desk/search/", {"q": text})
    assert response.status_code == 200
    assert titles(response) == []


def test_somebody_elses_number_is_answered_like_one_that_does_not_exist(city: City) -> None:
    theirs = make_case(region=VILLAGE_SOUTH)
    client = signed_in(city.alice)
    theirs_page = client.get("/desk/search/", {"q": theirs.number})
    nobodys = client.get("/desk/search/", {"q": "2600000000000"})
    strip = lambda page: words(page).replace(theirs.number, "").replace("2600000000000", "")  # noqa: E731
    assert strip(theirs_page) == strip(nobodys)
    assert client.get(f"/desk/cases/{theirs.number}/").status_code == 404


@pytest.mark.parametrize("role", [RoleCode.FINANCE, RoleCode.SYSTEM_ADMIN])
def test_who_has_no_matters_has_no_list(city: City, role: str) -> None:
    assert signed_in(city.users[role]).get("/desk/").status_code == 403


def test_strangers_meet_the_sign_in_page(city: City, client: object) -> None:
    assert SOUTH in city.stations
    assert client.get("/desk/")["Location"].startswith("/accounts/login/")  # type: ignore[attr-defined]
