"""Call records of another exchange: its columns, a file tried and landed, the signed webhook, who may."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.hotline.enums import Busy, CallSource
from mingbai.hotline.models import Call, Seat
from mingbai.integrations.models import CallRecord, Endpoint, RecordSource
from mingbai.integrations.partners.actions import EndpointTerms, make_endpoint, new_secret
from mingbai.integrations.partners.signing import headers
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, City, make_city
from tests.hotline.factories import take_seat
from tests.people.factories import make_user
from tests.web.desk.pages import errors, signed_in, words

pytestmark = pytest.mark.django_db
TERMS = {
    "code": "province", "name": "省平台", "measures_wait": "on", "c_uid": "编号", "c_number": "主叫号码",
    "c_offered": "来电时间", "c_answered": "应答时间", "c_ended": "挂机时间", "c_seat": "工号",
}  # fmt: skip
HEAD = "编号,主叫号码,来电时间,应答时间,挂机时间,工号,备注\n"


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def keeper(city: City) -> Any:
    return make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="keeper", name="吴督导")


@pytest.fixture
def source(keeper: Any) -> RecordSource:
    assert "省平台" in words(signed_in(keeper).post("/seat/records/new/", TERMS, follow=True))
    return RecordSource.objects.get()


def line(
    uid: str, minutes: float = -10, number: str = "13987650001", *, answer: int | None = 9, seat: str = ""
) -> str:
    at = timezone.localtime() + timedelta(minutes=minutes)
    cells = [uid, number, f"{at:%Y-%m-%d %H:%M:%S}"]
    cells.append("" if answer is None else f"{at + timedelta(seconds=answer):%Y-%m-%d %H:%M:%S}")
    return ",".join([*cells, f"{at + timedelta(minutes=2):%Y-%m-%d %H:%M:%S}", seat, "x"]) + "\n"


def sent(client: Client, text: str) -> Any:
    file = SimpleUploadedFile("话单.csv", text.encode("gb18030"))
    return client.post("/seat/records/province/file/", {"file": file})


def landed(client: Client, text: str) -> Any:
    preview = sent(client, text)
    rows = preview.context["preview"]["rows"]
    return client.post("/seat/records/province/file/", {"rows": rows, "confirm": "1"}).context["done"]


def test_a_file_is_tried_then_landed_and_the_same_file_again_is_nothing(keeper: Any, source: RecordSource):
    client = signed_in(keeper)
    text = (
        HEAD
        + line("a1")
        + line("a2", -30, answer=None)
        + line("a3", 500)
        + line("", -5)
        + line("a5", answer=-9)
    )
    preview = sent(client, text)
    shown = words(preview)
    assert "还没有写入" in shown and "新增 2" in shown and not Call.objects.exists()
    assert [number for number, _why in preview.context["preview"]["refused"]] == [4, 5, 6]
    done = landed(client, text)
    assert (done["created"], done["refused_count"], Call.objects.count()) == (2, 3, 2)
    again = landed(client, text)
    assert (again["created"], again["updated"], again["same"], Call.objects.count()) == (0, 0, 2, 2)
    assert CallRecord.objects.count() == 2
    call = CallRecord.objects.get(uid="a1").call
    assert (call.source, call.waited) == (CallSource.RECORD, timedelta(seconds=9))
    changed = landed(client, text.replace("13987650001", "13987650002"))
    assert (changed["updated"], Call.objects.count()) == (2, 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "编号,来电时间\n1,2\n",
        "\x00\x01",
        HEAD + "a1,1\n",
        HEAD.replace("编号", "号") + "a1,1,1,1,1,1,1\n",
    ],
)
def test_a_file_that_cannot_be_read_lands_nothing(keeper: Any, source: RecordSource, text: str):
    answer = sent(signed_in(keeper), text)
    assert errors(answer) and not Call.objects.exists()


@pytest.mark.parametrize("rows", ["", "{", "[]", "[[1]]", '[["1", {}]]', '{"a": 1}', "[[1, 2]]", "null"])
def test_kept_rows_that_were_changed_land_nothing(keeper: Any, source: RecordSource, rows: str):
    answer = signed_in(keeper).post("/seat/records/province/file/", {"rows": rows, "confirm": "1"})
    assert answer.status_code == 200 and not Call.objects.exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"code": "省"}, {"code": ""}, {"name": ""}, {"c_uid": ""}, {"c_offered": ""}, {"c_seat": "编号"},
        {"endpoint": "x"},
    ],
)  # fmt: skip
def test_bad_columns_stay_on_the_form(keeper: Any, bad: dict[str, str]):
    answer = signed_in(keeper).post("/seat/records/new/", TERMS | bad)
    assert errors(answer) and not RecordSource.objects.exists()


def test_what_was_not_measured_says_so(keeper: Any, source: RecordSource):
    client = signed_in(keeper)
    terms = {name: value for name, value in TERMS.items() if name not in ("code", "measures_wait")}
    client.post("/seat/records/province/edit/", terms)
    landed(client, HEAD + line("a1"))
    assert Call.objects.get().source == CallSource.BARE
    wall = words(client.get("/seat/wall/"))
    assert "15 秒接听率 无数据" in wall and "平均等待 无数据" in wall and "接通率 100.0%" in wall
    client.post("/seat/records/province/end/")
    source.refresh_from_db()
    assert not source.is_active


def test_only_who_keeps_the_rules_of_the_line(city: City, source: RecordSource):
    for path in ("/seat/records/", "/seat/records/province/", "/seat/records/province/file/"):
        assert signed_in(city.alice).get(path).status_code == 403
        assert signed_in(city.supervisor).get(path).status_code == 403  # of a county


# ── the signed webhook ──


@pytest.fixture
def endpoint(city: City, source: RecordSource) -> Endpoint:
    terms = EndpointTerms("pbx", "省平台", "https://pbx.invalid/", ("case.created",), city.partner)
    made = make_endpoint(by=SYSTEM, terms=terms)
    source.endpoint = made
    source.save()
    return made


def push(endpoint: Endpoint, body: Any, *, stamp: int = 0, secret: str = "", spoil: bytes = b"") -> Any:
    name, good = new_secret(by=SYSTEM, endpoint=endpoint)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = headers(name, secret or good, stamp or int(time.time()), raw, "1")
    kind = signed.pop("Content-Type")
    return Client(headers=signed).post("/api/v1/hooks/pbx/calls/", raw + spoil, content_type=kind)


def row(**more: Any) -> dict[str, Any]:
    return {
        "编号": "w1",
        "主叫号码": "13987650001",
        "来电时间": f"{timezone.localtime():%Y-%m-%d %H:%M:%S}",
    } | more


def test_a_call_that_is_pushed_opens_on_the_second_screen_and_ends_there(city: City, endpoint: Endpoint):
    take_seat(city.owner, "desk-1", "none")
    rings = row(工号=city.owner.code)
    assert push(endpoint, {"records": [rings]}).json() == {
        "created": 1,
        "updated": 0,
        "same": 0,
        "refused": [],
    }
    seat = Seat.objects.get(name="desk-1")
    call = Call.objects.get()
    assert (seat.call, seat.busy) == (call, Busy.RINGING)
    strip = signed_in(city.alice).get("/seat/strip/").content.decode()
    assert f"/seat/calls/{call.pk}/" in strip
    assert push(endpoint, {"records": [rings]}).json()["same"] == 1
    now = f"{timezone.localtime() + timedelta(seconds=1):%Y-%m-%d %H:%M:%S}"
    assert push(endpoint, {"records": [rings | {"应答时间": now, "挂机时间": now}]}).json()["updated"] == 1
    assert push(endpoint, {"records": [rings]}).json()["same"] == 1  # overtaken
    seat.refresh_from_db()
    call.refresh_from_db()
    assert seat.busy == Busy.WRAP and call.ended_at and Call.objects.count() == 1


def test_only_what_is_signed_just_now_is_heard(endpoint: Endpoint):
    body = {"records": [row()]}
    assert push(endpoint, body, stamp=int(time.time()) - 330).status_code == 401
    assert push(endpoint, body, stamp=int(time.time()) + 330).status_code == 401
    assert push(endpoint, body, secret="whsec_other").status_code == 401
    assert push(endpoint, body, spoil=b" ").status_code == 401
    assert Client().post("/api/v1/hooks/pbx/calls/", body, content_type="application/json").status_code == 401
    assert (
        Client().post("/api/v1/hooks/other/calls/", body, content_type="application/json").status_code == 401
    )
    assert not Call.objects.exists()
    assert push(endpoint, {"records": [row(), row(编号="")]}).json()["refused"] == [
        [1, "缺少唯一编号，或者太长"]
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"{}", b'{"records": 1}', b'{"records": [1]}', b'{"records": [{"a": []}]}', b"\xff",
        json.dumps({"records": [{}] * 501}).encode(),
    ],
)  # fmt: skip
def test_a_body_that_is_no_record_is_told_so(endpoint: Endpoint, body: bytes):
    assert push(endpoint, body).status_code == 422 and not Call.objects.exists()


def test_too_much_and_without_a_source(endpoint: Endpoint, source: RecordSource):
    assert push(endpoint, b"x" * 70_000).status_code == 413
    source.endpoint = None
    source.save()
    assert push(endpoint, {"records": []}).status_code == 404
