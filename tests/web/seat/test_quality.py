"""The pages of quality inspection: who draws, scores, objects, looks again; what each may not."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.hotline.actions import quality
from mingbai.hotline.actions.recordings import keep_recording
from mingbai.hotline.actions.switch import expect_recording
from mingbai.hotline.models import Draw, Inspection, ScoreSheet
from mingbai.journal.models import Entry
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, City, make_city
from tests.hotline.factories import make_call, take_seat
from tests.people.factories import make_user, make_worker
from tests.web.desk.pages import errors, signed_in, soup, words

pytestmark = pytest.mark.django_db
FULL = {"p0": "15", "p1": "20", "p2": "35", "p3": "15", "p4": "15"}


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def agent(city: City) -> Any:
    worker = make_worker(city.stations[CITY], "柳青", post="hotline_agent")
    return make_user(RoleCode.HOTLINE_AGENT, station=city.stations[CITY], worker=worker, name="柳青")


@pytest.fixture
def inspector(city: City) -> Any:
    return make_user(RoleCode.QUALITY, region=city.regions[CITY], username="inspector", name="方质检")


@pytest.fixture
def second(city: City) -> Any:
    return make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="second", name="吴督导")


@pytest.fixture(autouse=True)
def files(tmp_path: Any, settings: Any) -> None:
    settings.FILES_DIR = tmp_path


@pytest.fixture
def one(agent: Any, inspector: Any) -> Inspection:
    """A recorded call of yesterday, drawn through the page."""
    take_seat(agent.worker)
    call = make_call("queued", "answered", seat="seat-1", at=timezone.now() - timedelta(days=1))
    expect_recording(by=SYSTEM, key=call.channel)
    keep_recording(by=SYSTEM, call=call, content=b"RIFF....")
    day = (timezone.localdate() - timedelta(days=1)).isoformat()
    terms = {"station": CITY, "first": day, "last": day, "share": "5"}
    answer = signed_in(inspector).post("/seat/quality/draws/new/", terms, follow=True)
    assert "已抽取" in words(answer) and Draw.objects.get().seed in words(answer)
    assert "已经抽过" in errors(signed_in(inspector).post("/seat/quality/draws/new/", terms))
    return Inspection.objects.get()


def url(one: Inspection, verb: str = "") -> str:
    return f"/seat/quality/{one.pk}/{verb + '/' if verb else ''}"


def test_from_the_draw_to_the_second_look(one: Inspection, agent: Any, inspector: Any, second: Any):
    theirs, mine, other = signed_in(inspector), signed_in(agent), signed_in(second)
    assert "柳青" in words(theirs.get("/seat/quality/")) and mine.get(url(one)).status_code == 404
    page = theirs.post(url(one, "score"), FULL | {"p1": "10", "remark": "没有问清地点"}, follow=True)
    assert "已评分" in words(page) and "90" in words(page)
    assert "1 条没看" in words(mine.get("/seat/"))
    assert "90" in words(mine.get("/seat/quality/mine/"))
    shown = words(mine.get(url(one)))
    assert "没有问清地点" in shown and "提出异议" in shown and "听录音" not in shown
    assert "1 条没看" not in words(mine.get("/seat/"))
    mine.post(url(one, "object"), {"objection": "第三分钟问了"})
    assert theirs.get(url(one, "settle")).status_code == 403  # who scored it
    assert "第三分钟问了" in words(other.get(url(one, "settle")))
    page = other.post(url(one, "settle"), FULL | {"reply": "确实问了"}, follow=True)
    assert "已复核" in words(page) and "异议前总分 90" in words(page)
    assert "提出异议" in words(page) and "quality." not in words(page), "the history is in words"
    figures = words(theirs.get("/seat/quality/figures/"))
    assert "柳青 1 1 100.0 1 1" in figures


def test_playing_from_there_is_in_the_journal(one: Inspection, agent: Any, inspector: Any):
    client = signed_in(inspector)
    assert client.get(url(one, "recording")).status_code == 200
    assert not Entry.objects.filter(verb="call.recording_opened").exists()
    answer = client.post(url(one, "recording"))
    assert answer["Content-Type"] == "audio/wav" and answer.content == b"RIFF...."
    entry = Entry.objects.get(verb="call.recording_opened")
    assert entry.actor == inspector.actor.code
    assert signed_in(agent).post(url(one, "recording")).status_code == 403


@pytest.mark.parametrize(
    "bad",
    [
        {"p0": "16"}, {"p0": "-1"}, {"p0": ""}, {"p0": "x"}, {"p0": "1e9"}, {"remark": ""},
        {"remark": "字" * 1001}, {"remark": "a\x00b"}, {"p0": "9" * 400},
    ],
)  # fmt: skip
def test_a_bad_score_stays_on_the_form(one: Inspection, inspector: Any, bad: dict[str, str]):
    answer = signed_in(inspector).post(url(one, "score"), FULL | {"remark": "好"} | bad)
    one.refresh_from_db()
    assert answer.status_code == 200 and errors(answer) and one.total is None


@pytest.mark.parametrize(
    "bad",
    [
        {"first": "2026-02-30"}, {"last": ""}, {"share": "4"}, {"share": "x"}, {"station": "000000000000"},
        {"first": "2020-01-01"}, {"last": "2099-01-01"}, {"first": "0000-00-00"},
    ],
)  # fmt: skip
def test_a_bad_draw_draws_nothing(inspector: Any, bad: dict[str, str]):
    day = (timezone.localdate() - timedelta(days=1)).isoformat()
    terms = {"station": CITY, "first": day, "last": day, "share": "5"} | bad
    answer = signed_in(inspector).post("/seat/quality/draws/new/", terms)
    assert errors(answer) and not Draw.objects.exists()


def test_a_sheet_is_begun_by_who_inspects_the_whole_city(city: City, inspector: Any):
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    terms = {"lines": "礼貌 | 40 | 有\n答复 | 60 | 对", "source": "市局〔2026〕9号", "valid_from": tomorrow}
    client = signed_in(inspector)
    assert "规范用语 | 15" in soup(client.get("/seat/quality/sheets/new/")).select_one("textarea").text
    for bad in ({"lines": "礼貌 | 40"}, {"lines": ""}, {"source": ""}, {"valid_from": "2020-01-01"}):
        assert errors(client.post("/seat/quality/sheets/new/", terms | bad))
    assert ScoreSheet.objects.count() == 1
    assert "礼貌 40；答复 60" in words(client.post("/seat/quality/sheets/new/", terms, follow=True))
    assert signed_in(city.supervisor).get("/seat/quality/sheets/new/").status_code == 403  # of a county


def test_what_waits_stands_first_on_either_database(one: Inspection, inspector: Any, agent: Any):
    for n in range(3):
        at = timezone.now() - timedelta(days=1, minutes=n)
        Inspection.objects.create(
            draw=one.draw,
            worker=one.worker,
            call=make_call("queued", "answered", "ended", seat="seat-1", at=at),
        )
    rows = list(Inspection.objects.order_by("pk"))
    quality.score(by=inspector.actor, inspection=rows[0], points=[15, 20, 35, 15, 15], remark="好")
    quality.score(by=inspector.actor, inspection=rows[1], points=[15, 20, 35, 15, 15], remark="好")
    quality.object_to(by=agent.actor, inspection=rows[1], objection="不对")
    found = soup(signed_in(inspector).get("/seat/quality/")).select("td a, th a")
    order = [int(link["href"].split("/")[-2]) for link in found if "/seat/quality/" in link["href"]]
    assert set(order[:2]) == {rows[2].pk, rows[3].pk} and order[2:] == [rows[1].pk, rows[0].pk]


def test_a_draw_begins_where_the_last_one_ended(one: Inspection, inspector: Any):
    form = soup(signed_in(inspector).get("/seat/quality/draws/new/"))
    yesterday = timezone.localdate() - timedelta(days=1)
    assert form.select_one("[name=last]")["value"] == yesterday.isoformat()
    assert (
        form.select_one("[name=first]")["value"]
        == min(one.draw.last + timedelta(days=1), yesterday).isoformat()
    )


def test_before_anything_is_drawn_the_way_to_it_is_shown(inspector: Any):
    page = soup(signed_in(inspector).get("/seat/quality/"))
    assert page.select_one(".c-empty a")["href"] == "/seat/quality/draws/new/"
    assert page.select_one(".m-filter") is None
    assert soup(signed_in(inspector).get("/seat/quality/?state=open")).select_one(".m-filter") is not None


def test_without_the_right_there_is_no_door(one: Inspection, city: City, agent: Any):
    for path in ("/seat/quality/", "/seat/quality/draws/", "/seat/quality/figures/", url(one, "score")):
        assert signed_in(agent).get(path).status_code == 403
    for path in (url(one), url(one, "score"), url(one, "recording"), url(one, "settle")):
        assert signed_in(city.supervisor).get(path).status_code == 404  # of a county


def test_lists_ask_little_however_long(one: Inspection, inspector: Any, django_assert_max_num_queries: Any):
    client = signed_in(inspector)
    client.get("/seat/quality/")
    for n in range(20):
        at = timezone.now() - timedelta(days=1, minutes=n)
        call = make_call("queued", "answered", "ended", seat="seat-1", at=at)
        Inspection.objects.create(draw=one.draw, call=call, worker=one.worker)
    for path in ("", "draws/", "figures/?first=x", "mine/"):
        with django_assert_max_num_queries(13):
            assert client.get(f"/seat/quality/{path}").status_code == 200
    assert len(soup(client.get("/seat/quality/?state=open&q=柳")).select("tbody tr")) == 21
