"""Pages of oversight: a visit in five fields, supervision from the page of a matter to its end, a review."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.oversight import actions
from mingbai.oversight.models import (
    AdviserTerm,
    Evidence,
    ModelStation,
    Review,
    Supervision,
    Training,
    VillageVisit,
)
from mingbai.people.enums import Post
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from tests.cases.factories import NORTH, SOUTH, TOWN, VILLAGE, VILLAGE_SOUTH, City, make_city, make_taken
from tests.people.factories import make_user, make_worker
from tests.web.desk.pages import errors, queries, signed_in, url_of, words
from tests.web.phone import boxed, new_id, sent

HOME = "/desk/oversight/"


@pytest.fixture
def city(db: None) -> City:
    city = make_city()
    actions.prepare(by=SYSTEM)
    return city


@pytest.fixture
def adviser(city: City) -> User:
    """A village lawyer of NORTH's village who signs in."""
    worker = make_worker(city.stations[VILLAGE], "顾问", Post.VILLAGE_LAWYER)
    return make_user(RoleCode.VILLAGE_LAWYER, station=city.stations[TOWN], worker=worker)


@pytest.fixture
def boss(city: City) -> User:
    """Who oversees the whole city."""
    return make_user(RoleCode.SUPERVISOR, region=city.regions["210400000000"])


def trip(**changes: Any) -> dict[str, Any]:
    return {
        "where": VILLAGE,
        "on": timezone.localdate().isoformat(),
        "kind": "duty",
        "hours": "3.5",
        "people": "7",
        "key": "a" * 32,
        **changes,
    }


# ── villages ──


def test_a_visit_is_five_fields_and_stands_on_the_village_page(adviser: User) -> None:
    client = signed_in(adviser)
    assert client.get(f"{HOME}villages/trip/").status_code == 200
    page = client.post(f"{HOME}villages/trip/", trip(), follow=True)
    assert page.redirect_chain == [(f"{HOME}villages/{VILLAGE}/", 302)]
    assert "坐班咨询" in words(page)
    assert "已有 3.5，应有 8" in words(page)
    client.post(f"{HOME}villages/trip/", trip())
    assert VillageVisit.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        {"where": ""},
        {"where": TOWN},
        {"where": "outside"},
        {"on": "2026-02-30"},
        {"on": "2999-01-01"},
        {"hours": "一上午"},
        {"hours": "0"},
        {"people": "-1"},
        {"people": "1e9"},
        {"kind": "party"},
    ],
)
def test_what_is_wrong_is_said_at_its_field(adviser: User, data: dict[str, str]) -> None:
    assert errors(signed_in(adviser).post(f"{HOME}villages/trip/", trip(**data)))
    assert not VillageVisit.objects.exists()


def test_nobody_writes_down_a_visit_elsewhere(adviser: User) -> None:
    away = trip(where=VILLAGE_SOUTH)
    assert signed_in(adviser).post(f"{HOME}villages/trip/", away).status_code == 403
    assert "李石村" not in words(signed_in(adviser).get(f"{HOME}villages/trip/"))
    assert not VillageVisit.objects.exists()


def test_who_is_not_on_the_register_visits_nobody(city: City) -> None:
    user = make_user(RoleCode.STATION_WORKER, station=city.stations[TOWN])
    assert signed_in(user).get(f"{HOME}villages/trip/").status_code == 403


def test_a_mistaken_visit_is_struck_out(adviser: User) -> None:
    client = signed_in(adviser)
    client.post(f"{HOME}villages/trip/", trip())
    pk = VillageVisit.objects.get().pk
    page = client.post(f"{HOME}villages/trip/{pk}/strike/", {"reason": "登错了村"}, follow=True)
    assert "已作废：登错了村" in words(page)


def test_the_list_of_villages_costs_no_more_with_more_visits(city: City, adviser: User) -> None:
    client = signed_in(city.supervisor)
    few = queries(client, HOME)
    signed_in(adviser).post(f"{HOME}villages/trip/", trip())
    assert queries(client, HOME) == few <= 16
    assert "裕民社区" in words(client.get(f"{HOME}?q=裕民&region={TOWN}"))


def test_class_adviser_and_training_are_kept_by_who_keeps_the_register(city: City, adviser: User) -> None:
    savvy = make_worker(city.stations[VILLAGE], "明白人", Post.LAW_SAVVY_VILLAGER)
    client = signed_in(city.supervisor)
    client.post(f"{HOME}villages/{VILLAGE}/class/", {"village_class": "near"})
    worker = adviser.worker
    since = timezone.localdate().isoformat()
    client.post(f"{HOME}villages/{VILLAGE}/adviser/", {"worker": worker.pk, "since": since})
    taught = {"on": since, "topic": "土地承包", "hours": "3", "passed": "1", "certificate": "辽明9"}
    client.post(f"{HOME}savvy/{savvy.code}/teach/", taught)
    assert Training.objects.get().certificate == "辽明9"
    page = words(client.get(f"{HOME}villages/{VILLAGE}/"))
    assert "近郊村" in page
    assert "现任" in page
    assert "辽明9" in page
    term = AdviserTerm.objects.get()
    client.post(f"{HOME}villages/adviser/{term.pk}/end/", {"until": since})
    term.refresh_from_db()
    assert term.until is not None
    assert signed_in(adviser).get(f"{HOME}villages/{VILLAGE}/class/").status_code == 403


# ── visits that waited on a phone ──


def sent_from(user: User, fields: dict[str, Any], key: str = "") -> dict[str, Any]:
    key = key or new_id()
    return dict(sent(signed_in(user), (key, boxed(key, f"{HOME}villages/trip/", user.pk, fields)))[key])


def test_a_visit_that_waited_is_taken_once_with_the_day_it_was_made(adviser: User) -> None:
    key, then = new_id(), timezone.now() - timedelta(days=7)
    for _time in range(3):
        assert sent_from(adviser, trip(on="", at=then.isoformat()), key) == {"taken": True, "said": ""}
    visit = VillageVisit.objects.get()
    assert (visit.on, visit.region_id, visit.worker) == (timezone.localdate(then), VILLAGE, adviser.worker)


def test_a_day_that_was_typed_goes_before_the_clock_of_the_phone(adviser: User) -> None:
    on = timezone.localdate() - timedelta(days=30)
    assert sent_from(adviser, trip(on=on.isoformat(), at=timezone.now().isoformat()))["taken"]
    assert sent_from(adviser, trip(on="", at="gestern"))["taken"]
    assert [visit.on for visit in VillageVisit.objects.order_by("on")] == [on, timezone.localdate()]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"hours": "0"}, "0.5"),
        ({"on": "2999-01-01"}, "还没到的日子"),
        ({"where": TOWN}, "请选本市的村"),
        ({"where": VILLAGE_SOUTH}, "没有权限"),
    ],
)
def test_a_visit_that_cannot_be_stays_on_the_phone(adviser: User, wrong: dict[str, str], said: str) -> None:
    answer = sent_from(adviser, trip(**wrong))
    assert answer["taken"] is False and said in answer["said"]
    assert not VillageVisit.objects.exists()


def test_a_visit_is_sent_by_who_wrote_it_alone(city: City, adviser: User) -> None:
    key = new_id()
    box = boxed(key, f"{HOME}villages/trip/", adviser.pk, trip())
    assert sent(signed_in(city.alice), (key, box))[key]["taken"] is False
    assert not VillageVisit.objects.exists()


def test_a_phone_keeps_the_empty_form_which_names_nobody(city: City, adviser: User) -> None:
    make_taken(city)
    client = signed_in(adviser)
    page = client.get(f"{HOME}villages/trip/")
    assert page.headers["X-Keep-Page"] == "1" and "赵福山" not in page.content.decode()
    assert "X-Keep-Page" not in client.get(f"{HOME}villages/trip/?village={VILLAGE}").headers
    home = client.get("/desk/village/").content.decode()
    assert f"{HOME}villages/trip/" in home.split('data-keep="')[1].split('"')[0].split()


# ── supervision ──


def test_supervision_from_the_page_of_a_matter_to_its_end(city: City) -> None:
    case = make_taken(city)
    boss, owner = signed_in(city.supervisor), signed_in(city.alice)
    assert "发起督办" in words(boss.get(url_of(case)))
    assert "发起督办" not in words(owner.get(url_of(case)))
    boss.post(f"{HOME}supervision/start/{case.number}/", {"reason": "群众催了三次"})
    one = Supervision.objects.get()
    assert "看督办、答复" in words(owner.get(url_of(case)))
    assert "群众催了三次" in words(owner.get(f"{HOME}supervision/"))
    page = owner.post(f"{HOME}supervision/{one.pk}/answer/", {"answer": "在等鉴定"}, follow=True)
    assert "在等鉴定" in words(page)
    boss.post(f"{HOME}supervision/{one.pk}/return/", {"reason": "没说哪天"})
    owner.post(f"{HOME}supervision/{one.pk}/answer/", {"answer": "周五办完"})
    assert owner.post(f"{HOME}supervision/{one.pk}/close/", {"verdict": "行"}).status_code == 403
    page = boss.post(f"{HOME}supervision/{one.pk}/close/", {"verdict": "周五再看"}, follow=True)
    assert "已结束" in words(page)
    assert "督办结束" in words(owner.get(url_of(case)))


def test_supervision_of_another_county_is_not_there(city: City) -> None:
    one = actions.start_supervision(by=SYSTEM, case=make_taken(city), reason="催")
    client = signed_in(city.charlie)
    for what in ("", "answer/", "return/", "close/"):
        assert client.get(f"{HOME}supervision/{one.pk}/{what}").status_code in (403, 404)


@pytest.mark.parametrize("answer", ["", "  ", "答" * 2001])
def test_an_answer_that_cannot_be_keeps_the_form(city: City, answer: str) -> None:
    one = actions.start_supervision(by=SYSTEM, case=make_taken(city), reason="催")
    page = signed_in(city.alice).post(f"{HOME}supervision/{one.pk}/answer/", {"answer": answer})
    assert errors(page)
    one.refresh_from_db()
    assert one.state == "open"


# ── stations ──


def points(review: Review, share: float) -> dict[str, str]:
    marks = review.marks.select_related("criterion")
    return {f"points_{mark.criterion_id}": f"{float(mark.criterion.points) * share:.1f}" for mark in marks}


def points_lines(review: Review) -> list[int]:
    return list(review.marks.order_by("criterion__number").values_list("criterion_id", flat=True))


def test_a_review_from_its_beginning_to_the_model_station(city: City, boss: User) -> None:
    year = timezone.localdate().year
    county, station, whole = signed_in(city.supervisor), signed_in(city.alice), signed_in(boss)
    county.post(f"{HOME}stations/begin/", {"region": NORTH, "year": year})
    review = Review.objects.get(station=city.stations[NORTH])
    at = f"{HOME}stations/{review.pk}/"
    assert "还差" in words(station.get(at))
    assert "自评" in words(station.get(at))
    station.post(
        f"{at}points/", {**points(review, 1), f"note_{review.marks.first().criterion_id}": "有房产证"}
    )
    assert station.post(f"{at}points/", points(review, 1)).status_code == 403
    county.post(f"{at}points/", {})
    assert county.get(f"{at}points/").status_code == 403  # the city's step
    whole.post(f"{at}points/", points(review, 0.9))
    review.refresh_from_db()
    assert (review.state, float(review.total or 0)) == ("final", 90.0)
    station.post(f"{at}appeal/", {"reason": "少算一个窗口"})
    whole.post(f"{at}judge/", {"is_right": "0", "answer": "没有新材料"})
    page = whole.post(f"{at}model/", {"reason": "分最高"}, follow=True)
    assert "没有新材料" in words(page)
    assert ModelStation.objects.get().review == review
    assert "标杆站点" in words(whole.get(f"{HOME}stations/?county={NORTH}&tier=county_centre"))


@pytest.mark.parametrize("value", ["-1", "101", "十分", "1.25"])
def test_points_that_cannot_be_are_refused_at_their_line(city: City, value: str) -> None:
    actions.begin_reviews(by=SYSTEM, region=city.regions[NORTH], year=timezone.localdate().year)
    review = Review.objects.get(station=city.stations[NORTH])
    line = points_lines(review)[0]
    page = signed_in(city.alice).post(f"{HOME}stations/{review.pk}/points/", {f"points_{line}": value})
    assert errors(page)
    review.refresh_from_db()
    assert review.state == "self"


def test_the_ranking_costs_no_more_with_more_stations(city: City) -> None:
    year = timezone.localdate().year
    client = signed_in(city.supervisor)
    actions.begin_reviews(by=SYSTEM, region=city.regions[VILLAGE], year=year)
    few = queries(client, f"{HOME}stations/")
    actions.begin_reviews(by=SYSTEM, region=city.regions[NORTH], year=year)
    assert queries(client, f"{HOME}stations/") == few <= 14
    assert client.get(f"{HOME}stations/?year=十&tier=x&county=1&state=y").status_code == 200


# ── photographs ──

# One grey point.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636800000082008177cd72b60000000049454e44ae426082"
)


def picture(content: bytes = PNG, name: str = "门口.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def review(city: City) -> Review:
    actions.begin_reviews(by=SYSTEM, region=city.regions[NORTH], year=timezone.localdate().year)
    return Review.objects.get(station=city.stations[NORTH])


def test_photographs_go_with_a_line_and_are_seen_by_who_reads_the_review(
    city: City, review: Review, boss: User
) -> None:
    at, mark = f"{HOME}stations/{review.pk}/", review.marks.earliest("pk")
    station, county = signed_in(city.alice), signed_in(city.supervisor)
    sent_files = {"mark": mark.pk, "file": [picture(), picture(PNG + b"2", "牌子.png")]}
    page = station.post(f"{at}photos/", sent_files, follow=True)
    assert "照片已存好" in words(page) and "2 张" in words(page) and "加照片" in words(page)
    one = Evidence.objects.earliest("pk")
    for who in (station, county, signed_in(boss)):
        answer = who.get(f"{at}photos/{one.pk}/")
        assert answer.headers["Content-Type"] == "image/jpeg", "a copy, for looking"
        assert who.get(f"{at}photos/{one.pk}/?download").content == PNG
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Disposition"].startswith("inline")
    station.post(f"{at}photos/{one.pk}/drop/")
    assert Evidence.objects.count() == 1 and "删掉照片" in words(station.get(at))
    actions.give_points(by=SYSTEM, review=review, step="self", points={})
    assert station.get(f"{at}photos/").status_code == 403  # the county's step now
    assert county.post(f"{at}photos/", {"mark": mark.pk, "file": picture(PNG + b"3")}).status_code == 302


def test_photographs_of_another_county_are_not_there(city: City, review: Review) -> None:
    mark = review.marks.earliest("pk")
    signed_in(city.alice).post(f"{HOME}stations/{review.pk}/photos/", {"mark": mark.pk, "file": picture()})
    pk = Evidence.objects.get().pk
    stranger = signed_in(city.charlie)
    for what in ("photos/", f"photos/{pk}/", f"photos/{pk}/drop/"):
        assert stranger.get(f"{HOME}stations/{review.pk}/{what}").status_code == 404
        assert stranger.post(f"{HOME}stations/{review.pk}/{what}").status_code in (404, 405)
    actions.begin_reviews(by=SYSTEM, region=city.regions[SOUTH], year=timezone.localdate().year)
    own = Review.objects.get(station=city.stations[SOUTH])
    assert stranger.get(f"{HOME}stations/{own.pk}/photos/{pk}/").status_code == 404  # of another review
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize(
    "files", [[], [("a.png", b"")], [("a.png", b"<html>")], [("a.pdf", b"%PDF-1.4\n")], [("a.png", PNG)] * 7]
)
def test_files_that_cannot_be_stay_out(city: City, review: Review, files: list[tuple[str, bytes]]) -> None:
    mark = review.marks.earliest("pk")
    told = {"mark": mark.pk, "file": [picture(content, name) for name, content in files]}
    assert errors(signed_in(city.alice).post(f"{HOME}stations/{review.pk}/photos/", told))
    assert errors(
        signed_in(city.alice).post(f"{HOME}stations/{review.pk}/photos/", {"mark": "0", "file": []})
    )
    assert not Evidence.objects.exists()


def test_a_lost_picture_says_so_on_the_page_of_the_review(city: City, review: Review) -> None:
    client, at = signed_in(city.alice), f"{HOME}stations/{review.pk}/"
    client.post(f"{at}photos/", {"mark": review.marks.earliest("pk").pk, "file": picture()})
    one = Evidence.objects.get()
    (Path(settings.FILES_DIR) / one.path).unlink()
    assert "打不开" in words(client.get(f"{at}photos/{one.pk}/", follow=True))


def test_the_page_of_a_review_costs_no_more_with_more_photographs(city: City, review: Review) -> None:
    client, at = signed_in(city.alice), f"{HOME}stations/{review.pk}/"
    few = queries(client, at)
    for n, mark in enumerate(review.marks.order_by("pk")[:5]):
        client.post(f"{at}photos/", {"mark": mark.pk, "file": picture(PNG + bytes([n]))})
    assert queries(client, at) == few <= 20
