"""The day itself: signing in, records once each, closing; what is missing where; agreements."""

from typing import Any

import pytest

from mingbai.cases.models import Case
from mingbai.servicedays.actions.publishing import cancel_day
from mingbai.servicedays.models import Block, DayRecord, DayRule, Host, Limit, ServiceDay, TeamMember
from tests.cases.factories import CITY, NORTH, TOWN, VILLAGE, City
from tests.people.factories import make_user
from tests.servicedays.factories import make_need, make_published, make_today
from tests.web.desk.pages import errors, signed_in, soup, words

pytestmark = pytest.mark.django_db
PHONE = "13987650001"


@pytest.fixture
def today(city: City, team: dict[str, Any]) -> ServiceDay:
    return make_today(city, team)


def url(day: ServiceDay, what: str = "") -> str:
    return f"/desk/days/{day.pk}/{what + '/' if what else ''}"


def note(**values: Any) -> dict[str, Any]:
    said = {"kind": "consultation", "text": "工钱要不回来", "answer": "先去劳动监察。"}
    return {**said, "key": "a" * 32, **values}


def test_the_team_signs_in(city: City, today: ServiceDay, team: dict[str, Any]):
    client = signed_in(city.alice)
    page = client.post(url(today, "sign-in"), {"worker": team["李律"].pk}, follow=True)
    assert "李律 已签到" in words(page) and today.team.exclude(came_at=None).count() == 1
    page = client.post(url(today, "sign-in"), {"worker": team["王律"].pk}, follow=True)
    assert "不在这一场的队伍里" in words(page)
    assert client.post(url(today, "sign-in"), {"worker": "x"}).status_code == 404
    client.post(url(today, "stand-in"), {"worker": city.owner.pk, "skill": "lawyer"})
    assert today.team.filter(worker=city.owner).exists()


def test_who_stands_in_is_of_this_county_or_of_the_teams(city: City, today: ServiceDay, team: dict[str, Any]):
    def offered() -> str:
        return str(soup(signed_in(city.alice).get(url(today, "stand-in"))).select_one("#id_worker"))

    assert city.owner.name in offered() and "王律" not in offered()
    TeamMember.objects.create(day=today, worker=team["公证孙"], skill="notary")
    assert "王律" in offered()


def test_a_record_sent_three_times_is_one(city: City, today: ServiceDay, team: dict[str, Any]):
    client, sent = signed_in(city.alice), note(phone=PHONE, worker=team["李律"].code)
    for _ in range(3):
        assert client.post(url(today, "stand"), sent, HTTP_X_KEPT="1").json()["taken"] is True
    record = DayRecord.objects.get()
    assert record.case and record.case.state == "closed" and Case.objects.count() == 1
    assert "解答咨询 1" in words(client.get(url(today)))
    again = client.post(url(today, "stand"), {**sent, "answer": "别的话"}, HTTP_X_KEPT="1")
    assert again.status_code == 422 and "内容却不一样" in again.json()["said"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": ""}, "请填写"),
        ({"answer": ""}, "请填写"),
        ({"kind": "magic"}, "magic"),
        ({"phone": "12"}, "电话"),
        ({"kind": "materials"}, "发了几份"),
        ({"kind": "materials", "guides": "-1"}, "0"),
        ({"at": "gestern"}, ""),
        ({"need": "x"}, ""),
    ],
)
def test_bad_records_stay_on_the_form(city: City, today: ServiceDay, wrong: dict[str, str], said: str):
    page = signed_in(city.alice).post(url(today, "stand"), note(**wrong))
    assert page.status_code in (200, 302)
    assert said in words(page) and (DayRecord.objects.exists() is (page.status_code == 302))


def test_the_page_that_a_phone_keeps_names_nobody(city: City, today: ServiceDay):
    make_need(city, phone=PHONE, name="赵大山", text="工钱要不回来")
    page = signed_in(city.alice).get(url(today, "stand")).content.decode()
    assert not [one for one in (PHONE, "赵大山", "工钱要不回来") if one in page]


def test_from_a_need_its_matter_knows_who_it_is(city: City, today: ServiceDay):
    need = make_need(city, phone=PHONE, name="赵大山", text="工钱要不回来")
    client = signed_in(city.alice)
    page = client.get(f"{url(today, 'stand')}?need={need.pk}")
    assert "工钱要不回来" in page.content.decode() and PHONE not in page.content.decode()
    client.post(url(today, "stand"), note(need=need.pk))
    record = DayRecord.objects.get()
    assert record.need == need and record.case and record.case.speaker and record.case.speaker.phone == PHONE


def test_what_was_written_off_line_for_a_cancelled_day_is_kept_and_shown(city: City, today: ServiceDay):
    cancel_day(by=city.supervisor.actor, day=today, reason="大雪封路")
    client = signed_in(city.alice)
    assert client.post(url(today, "stand"), note(), HTTP_X_KEPT="1").json()["taken"] is True
    record = DayRecord.objects.get()
    assert record.flag == "cancelled_day" and "这一天已取消" in words(client.get("/desk/days/"))
    client.post(f"/desk/days/records/{record.pk}/looked-at/")
    record.refresh_from_db()
    assert record.flag == ""


def test_closing_ends_what_was_seen(city: City, today: ServiceDay, team: dict[str, Any]):
    seen, unseen = make_need(city, count=2), make_need(city, skill="mediator")
    client = signed_in(city.alice)
    page = client.post(url(today, "close"), {f"served-{seen.pk}": "2"}, follow=True)
    assert "已收班" in words(page)
    seen.refresh_from_db()
    unseen.refresh_from_db()
    today.refresh_from_db()
    assert (seen.state, unseen.state, today.state) == ("served", "open", "held")


def test_a_day_on_which_nothing_happened_is_not_closed(city: City, today: ServiceDay):
    page = signed_in(city.alice).post(url(today, "close"), {})
    assert "没有人签到，也没有记录" in words(page)


def test_only_who_plans_cancels(city: City, today: ServiceDay):
    assert signed_in(city.bob).post(url(today, "cancel"), {"reason": "雪"}).status_code == 403
    page = signed_in(city.supervisor).post(url(today, "cancel"), {"reason": "大雪封路"}, follow=True)
    assert "已取消" in words(page) and "大雪封路" in words(page)


def test_a_stranger_is_kept_out(city: City, today: ServiceDay):
    stranger = make_user("practitioner", station=city.stations["210404000000"], name="外人")
    assert signed_in(stranger).get(url(today)).status_code == 403


# ── what is missing where ──


def test_coverage_in_words_and_figures(city: City, team: dict[str, Any]):
    make_need(city, count=9, is_urgent=True)
    page = words(signed_in(city.supervisor).get("/desk/days/coverage/"))
    assert "一件也办不到" in page or "办到需求的" in page
    assert "等得最久的" in page and "一个月最多能接待" in page


def test_coverage_of_a_published_month(city: City, team: dict[str, Any]):
    make_need(city, count=9)
    plan, _day = make_published(city, team)
    asked = {"month": plan.month, "region": CITY}
    page = words(signed_in(city.supervisor).get("/desk/days/coverage/", asked))
    assert "派人去以后" in page


@pytest.mark.parametrize("junk", [{"month": "x"}, {"month": "999999"}, {"region": "1"}, {"skill": "x"}])
def test_junk_in_the_address(city: City, team: dict[str, Any], junk: dict[str, str]):
    assert signed_in(city.supervisor).get("/desk/days/coverage/", junk).status_code == 200


# ── agreements ──


def test_agreements(city: City, team: dict[str, Any]):
    client = signed_in(city.supervisor)
    where = {"county": NORTH, "town": TOWN, "village": VILLAGE}
    client.post("/desk/days/terms/hosts/new/", {**where, "room": "活动室", "since": "2026-01-01"})
    assert Host.objects.get().region_id == VILLAGE
    client.post(f"/desk/days/terms/hosts/{VILLAGE}/end/")
    assert Host.objects.get().until is not None
    span = {"starts_on": "2027-01-05", "ends_on": "2027-01-08", "reason": "修路"}
    client.post("/desk/days/terms/blocks/new/", {**where, **span})
    block = Block.objects.get()
    assert "修路" in words(client.get("/desk/days/terms/"))
    bad = client.post("/desk/days/terms/blocks/new/", {**where, **span, "ends_on": "2027-01-01"})
    assert "结束日期不能早于" in words(bad)
    client.post(f"/desk/days/terms/blocks/{block.pk}/end/")
    assert not Block.objects.exists()
    limit = f"/desk/days/terms/limits/{team['李律'].code}/"
    found = client.post("/desk/days/terms/limits/new/", {"worker": team["李律"].pk})
    assert found.status_code == 302 and found.url == limit
    client.post(limit, {"is_sent": "on", "most_days": "2"})
    assert Limit.objects.get().most_days == 2
    assert errors(client.post(limit, {"most_days": "32"}))


def test_agreements_are_for_who_plans(city: City):
    assert signed_in(city.bob).get("/desk/days/terms/").status_code == 403


def test_a_worker_on_the_spot_sets_the_point(city: City):
    client, url_ = signed_in(city.alice), f"/desk/days/points/{NORTH}/"
    page = client.get(url_)
    assert "geolocation=(self)" in page.headers["Permissions-Policy"] and soup(page).select("[data-locate]")
    client.post(url_, {"latitude": "41.862000", "longitude": "123.912000"})
    city.stations[NORTH].refresh_from_db()
    assert str(city.stations[NORTH].latitude) == "41.862000"


def test_the_numbers_are_dated_rows(city: City):
    client = signed_in(city.supervisor)
    rule = {"code": "notice_days", "region": "", "amount": "10", "source": "抚司发〔2027〕1号"}
    rule["valid_from"] = "2099-01-01"
    page = client.post("/manage/dated/number/new/", rule, follow=True)
    assert DayRule.objects.filter(amount=10).exists(), words(page)
