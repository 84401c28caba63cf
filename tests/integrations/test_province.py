"""Work orders in sets: two houses exchange them as files and over an address, whole, once, and again."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.integrations.fakes import FakeServer
from mingbai.integrations.models import Delivery, Endpoint, Order, RecordSet, SetState
from mingbai.integrations.partners.actions import EndpointTerms, give, make_endpoint, new_secret
from mingbai.integrations.partners.deliver import deliver_all
from mingbai.integrations.partners.news import read_on
from mingbai.integrations.records import province
from mingbai.integrations.records.actions import set_code
from mingbai.integrations.records.province import exchange_all, folder, pull, push, repeat, take, trial
from mingbai.integrations.records.rules import Packed, pack, unpack
from mingbai.notices.transports import Unsure
from tests.cases.factories import VILLAGE, City, make_case
from tests.people.factories import make_worker
from tests.web.desk.pages import signed_in, words

pytestmark = pytest.mark.django_db
NET = "province"


@pytest.fixture
def net(city: City, settings: Any, tmp_path: Path) -> Endpoint:
    """The provincial net, which exchanges by files."""
    settings.MINGBAI_DATA = tmp_path
    terms = EndpointTerms(NET, "省公共法律服务网", "", (), city.partner, "sets")
    endpoint = make_endpoint(by=SYSTEM, terms=terms)
    new_secret(by=SYSTEM, endpoint=endpoint)
    set_code(by=SYSTEM, system=NET, table="column", own="their_number", code="GDBH")
    set_code(by=SYSTEM, system=NET, table="verb", own="offer", code="01")
    set_code(by=SYSTEM, system=NET, table="verb", own="accept", code="02")
    set_code(by=SYSTEM, system=NET, table="verb", own="answer", code="05")
    return endpoint


def offered(number: str = "P-1", **changes: str) -> dict[str, str]:
    told = {"verb": "01", "GDBH": number, "text": "工资被拖欠", "region": VILLAGE, "phone": "13987650001"}
    return told | changes


def theirs(number: str, *records: dict[str, str]) -> Packed:
    names = list(dict.fromkeys(name for record in records for name in record))
    return pack(number, NET, [{name: record.get(name, "") for name in names} for record in records])


def put(net: Endpoint, came: Packed) -> None:
    province.write_set(folder(net, "in"), came)


def test_orders_come_in_a_file_and_our_words_go_out_in_theirs(city: City, net: Endpoint) -> None:
    put(net, theirs("S-1", offered("P-1"), offered("P-2", text="另一件")))
    assert [(name, row.counts["new"]) for name, row in pull(by=SYSTEM, endpoint=net)] == [("S-1", 2)]
    order = Order.objects.get(their_number="P-1")
    worker = make_worker(order.case.station, "何律")
    work.take_up(case=order.case, by=SYSTEM, worker=worker)
    work.answer(case=order.case, by=SYSTEM, text="可以申请劳动仲裁。")
    read_on()
    tried = trial(net)
    assert [one["verb"] for one in tried.records] == ["02", "05"] and tried.records[0]["GDBH"] == "P-1"
    assert {gap.value for gaps in tried.gaps for gap in gaps} == {"accepted", "answered"}, (
        "no codes of states yet"
    )
    assert Delivery.objects.filter(state="queued").count() == 2 and not list(folder(net, "out").iterdir())
    [sent] = push(by=SYSTEM, endpoint=net)
    assert sent.state == SetState.SENT and not Delivery.objects.filter(state="queued").exists()
    note = json.loads((folder(net, "out") / f"{sent.number}.json").read_bytes())
    table = (folder(net, "out") / f"{sent.number}.csv").read_bytes()
    assert note["rows"] == 2
    assert [row["verb"] for row in unpack(Packed(sent.number, table, json.dumps(note).encode()))] == [
        "02",
        "05",
    ]
    assert push(by=SYSTEM, endpoint=net) == [] and sorted(p.name for p in folder(net, "done").iterdir()) == [
        "S-1.csv",
        "S-1.json",
    ]


def test_the_single_messages_of_such_a_line_do_not_leave_by_themselves(city: City, net: Endpoint) -> None:
    give(by=SYSTEM, case=make_case(), partner=city.partner, text="请办理")
    assert deliver_all(timezone.now()) == 0 and Delivery.objects.get().state == "queued"
    [row] = push(by=SYSTEM, endpoint=net)
    assert "请办理" in row.table and "01" in row.table


@pytest.mark.parametrize("fault", ["half", "altered", "missing", "nonsense", "other"])
def test_broken_and_half_files_land_nothing_stay_and_land_when_whole(
    city: City, net: Endpoint, fault: str
) -> None:
    whole, place = theirs("S-1", offered("P-1"), offered("P-2", text="另一件")), folder(net, "in")
    put(net, whole)
    table, note = place / "S-1.csv", place / "S-1.json"
    if fault == "half":
        table.write_bytes(whole.table[: len(whole.table) // 2])
    elif fault == "altered":
        table.write_bytes(whole.table.replace(b"P-1", b"P-9"))
    elif fault == "missing":
        table.unlink()
    elif fault == "nonsense":
        note.write_bytes(b"<html>OK</html>")
    else:
        note.rename(place / "S-2.json")
    [(_name, refused)] = pull(by=SYSTEM, endpoint=net)
    assert isinstance(refused, Refused) and refused.code == "broken_set" and not Case.objects.exists()
    (place / "S-2.json").unlink(missing_ok=True)
    put(net, whole)
    [(_name, row)] = pull(by=SYSTEM, endpoint=net)
    assert isinstance(row, RecordSet) and row.counts["new"] == 2 and Case.objects.count() == 2


def test_a_table_that_is_still_being_written_has_no_note_and_is_left_alone(city: City, net: Endpoint) -> None:
    (folder(net, "in") / "S-1.csv").write_bytes(b"verb,GDBH\n01")
    assert pull(by=SYSTEM, endpoint=net) == [] and not RecordSet.objects.exists()


def test_a_set_that_comes_twice_changes_nothing(city: City, net: Endpoint) -> None:
    for _time in range(2):
        put(net, theirs("S-1", offered("P-1")))
        pull(by=SYSTEM, endpoint=net)
    put(net, theirs("S-2", offered("P-1")))  # under another number too
    [(_name, row)] = pull(by=SYSTEM, endpoint=net)
    assert isinstance(row, RecordSet) and row.counts["same"] == 1
    assert Case.objects.count() == 1 and RecordSet.objects.count() == 2
    put(net, theirs("S-1", offered("P-7")))
    [(_name, refused)] = pull(by=SYSTEM, endpoint=net)
    assert isinstance(refused, Refused) and refused.code == "set_reused" and Case.objects.count() == 1


@pytest.mark.parametrize(
    "bad",
    [
        offered(""),
        offered(region="999999999999"),
        offered(text=""),
        offered(kind="magic"),
        offered(phone="12"),
        {"verb": "05", "GDBH": "P-77", "seq": "1", "text": "答复"},
        {"verb": "05", "GDBH": "P-1", "seq": "x", "text": "答复"},
        {"verb": "99", "GDBH": "P-1", "seq": "1"},
        {"verb": "", "GDBH": "P-1"},
    ],
)
def test_a_bad_record_is_named_and_stops_no_other(city: City, net: Endpoint, bad: dict[str, str]) -> None:
    row = take(
        by=SYSTEM, endpoint=net, came=theirs("S-1", offered("P-1"), bad, offered("P-2", text="另一件"))
    )
    assert (row.counts["new"], row.counts["refused"]) == (2, 1) and row.counts["why"][0]["line"] == 2
    assert "13987650001" not in json.dumps(row.counts)


def test_their_words_about_our_orders_come_in_order_and_once(city: City, net: Endpoint) -> None:
    case = make_case()
    give(by=SYSTEM, case=case, partner=city.partner, text="请办理")
    said = [
        {"verb": "02", "number": case.number, "GDBH": "P-5", "seq": "1"},
        {"verb": "05", "number": case.number, "GDBH": "P-5", "seq": "2", "text": "已告知仲裁。"},
    ]
    row = take(by=SYSTEM, endpoint=net, came=theirs("S-1", *said))
    assert row.counts["new"] == 2 and Order.objects.get().state == "answered"
    assert take(by=SYSTEM, endpoint=net, came=theirs("S-2", *said)).counts["same"] == 2
    gap = {"verb": "05", "number": case.number, "GDBH": "P-5", "seq": "4", "text": "又一次"}
    assert take(by=SYSTEM, endpoint=net, came=theirs("S-3", gap)).counts["refused"] == 1


def test_a_set_that_does_not_arrive_goes_first_next_time_under_its_number(city: City, net: Endpoint) -> None:
    give(by=SYSTEM, case=make_case(), partner=city.partner, text="第一件")
    came: list[Packed] = []

    def away(endpoint: Endpoint, packed: Packed) -> None:
        came.append(packed)
        raise Unsure("the receipt was lost")

    [row] = push(by=SYSTEM, endpoint=net, post=away)
    assert row.state == SetState.MADE and Delivery.objects.get().state == "queued"
    give(by=SYSTEM, case=make_case(), partner=city.partner, text="第二件")
    first, second = push(by=SYSTEM, endpoint=net, post=lambda endpoint, packed: came.append(packed))
    assert came[0] == came[1] and came[1].number == first.number and "第二件" in second.table
    assert not Delivery.objects.filter(state="queued").exists()


def test_a_set_is_sent_once_more_as_it_was(city: City, net: Endpoint) -> None:
    give(by=SYSTEM, case=make_case(), partner=city.partner, text="第一件")
    [row] = push(by=SYSTEM, endpoint=net)
    path = folder(net, "out") / f"{row.number}.csv"
    first = path.read_bytes()
    path.unlink()
    assert repeat(by=SYSTEM, endpoint=net, number=row.number).tries == 2 and path.read_bytes() == first
    with pytest.raises(Refused):
        repeat(by=SYSTEM, endpoint=net, number="none")


class House:
    """The province's address: takes sets, gives its own, or fails as it is told."""

    def __init__(self) -> None:
        self.sets: list[Packed] = []
        self.own: list[Packed] = []
        self.faults: list[tuple[int, bytes]] = []
        self.asked: list[str] = []

    def __call__(self, asked: Any) -> tuple[int, bytes]:
        self.asked.append(asked.path)
        if self.faults:
            return self.faults.pop(0)
        if asked.method == "GET":
            own = [{"note": json.loads(one.note), "table": _base64(one.table)} for one in self.own]
            return 200, json.dumps({"sets": own}).encode()
        told = json.loads(asked.body)
        packed = Packed(told["note"]["set"], b64decode(told["table"]), json.dumps(told["note"]).encode())
        self.sets.append(packed)
        return 200, json.dumps({"received": packed.number}).encode()


def _base64(content: bytes) -> str:
    from base64 import b64encode

    return b64encode(content).decode()


def test_over_their_address_both_ways_with_faults(city: City, net: Endpoint) -> None:
    house = House()
    with FakeServer(house) as server:
        Endpoint.objects.filter(pk=net.pk).update(url=f"{server.url}/sets")
        give(by=SYSTEM, case=make_case(), partner=city.partner, text="第一件")
        house.own = [theirs("S-1", offered("P-1"))]
        house.faults = [(503, b""), (200, b"<html>OK</html>"), (200, b'{"received": "other"}'), (200, b"[]")]
        assert exchange_all() == 0 and exchange_all() == 0 and not house.sets
        assert exchange_all() == 2, "one went, one came"
        house.own.append(Packed("S-2", b"half", house.own[0].note))
        assert exchange_all() == 1, "S-1 is known; a set under another's note is refused"
    assert "第一件" in unpack(house.sets[0])[0]["text"] and len(house.sets) == 1
    assert Order.objects.filter(their_number="P-1").count() == 1
    assert "after=S-1" in house.asked[-1]


def test_the_dry_run_the_log_and_the_codes_are_pages(city: City, net: Endpoint) -> None:
    admin = signed_in(city.users["system_admin"])
    give(by=SYSTEM, case=make_case(), partner=city.partner, text="请办理")
    page = words(admin.get(f"/manage/exchange/endpoints/{NET}/sets/"))
    assert "试送" in page and "01" in page and Delivery.objects.get().state == "queued"
    admin.post(f"/manage/exchange/endpoints/{NET}/sets/", {"do": "push"})
    row = RecordSet.objects.get()
    assert row.state == SetState.SENT
    admin.post(f"/manage/exchange/endpoints/{NET}/sets/", {"do": "repeat", "set": row.number})
    row.refresh_from_db()
    assert row.tries == 2
    told = {"table": "state", "own": "answered", "code": "07", "name": "已反馈", "reads": "on"}
    page = words(admin.post(f"/manage/exchange/endpoints/{NET}/codes/", told, follow=True))
    assert "answered" in page and "07" in page
    assert signed_in(city.alice).get(f"/manage/exchange/endpoints/{NET}/sets/").status_code == 403
