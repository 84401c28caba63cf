"""Filings on pages: a record to copy, many as a file, that file back again, who may."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.filings.models import Filing, FilingField
from mingbai.journal.models import Entry
from mingbai.legalaid import actions as aid_actions
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, NORTH, City, make_city
from tests.legalaid import factories as aid
from tests.people.factories import make_user, make_worker
from tests.web.desk.pages import errors, queries, signed_in, soup, words

pytestmark = pytest.mark.django_db
AID = "sft0024"


@pytest.fixture
def city(db: None) -> City:
    made = make_city()
    aid_actions.prepare(by=SYSTEM)
    return made


def at(name: str, *args: object) -> str:
    return reverse(f"filings:{name}", args=args)


def test_a_record_in_their_order_and_marked_as_sent(city: City):
    case, clerk = aid.granted(city), signed_in(city.alice)
    page = words(clerk.get(at("record", AID, case.number)))
    assert page.index("申请人姓名") < page.index("证件号码") < page.index("基本案情")
    assert "没有报送" in page and case.text in page
    assert Entry.objects.filter(chain=case.chain, verb="filing.looked").count() == 1
    page = words(clerk.post(at("sent", AID, case.number), follow=True))
    assert "已报送" in page and Filing.objects.get().state == "sent"


def test_out_and_back_again_is_all_the_same(city: City):
    cases, clerk = [aid.granted(city), aid.granted(city)], signed_in(city.alice)
    assert errors(clerk.post(at("out", AID), {"suffix": "exe"}))
    file = clerk.post(at("out", AID), {"suffix": "csv"})
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert {row["办件编号"] for row in rows} == {case.number for case in cases}
    assert {row.state for row in Filing.objects.all()} == {"sent"}
    again = clerk.post(at("out", AID), {"suffix": "csv"})
    assert len(again.content.decode().splitlines()) == 1, "what was sent is not sent twice"
    page = words(clerk.post(at("in", AID), {"file": SimpleUploadedFile("回.csv", file.content)}))
    assert "一致 2" in page and "没有收下 0" in page
    rows[0]["申请人姓名"] = "别人"
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows([rows[0], {**rows[1], "办件编号": "999999999999"}])
    page = words(clerk.post(at("in", AID), {"file": SimpleUploadedFile("回.csv", out.getvalue().encode())}))
    assert "不一致 1" in page and "没有这一件" in page
    assert "别人" in words(clerk.get(at("record", AID, rows[0]["办件编号"])))


@pytest.mark.parametrize(
    ("name", "content"), [("x.exe", b"MZ"), ("x.csv", b"\xff\xfe\x00"), ("x.xlsx", b"no")]
)
def test_a_file_that_is_none_changes_nothing(city: City, name: str, content: bytes):
    response = signed_in(city.alice).post(at("in", AID), {"file": SimpleUploadedFile(name, content)})
    assert errors(response) and not Filing.objects.exists()


def test_columns_are_set_by_who_keeps_rules(city: City):
    keeper = signed_in(make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="keeper"))
    url = at("field", AID, "name")
    page = words(keeper.post(url, {"column": "受援人", "position": 5, "is_used": "on"}, follow=True))
    assert "受援人" in page and FilingField.objects.get().position == 5
    assert errors(keeper.post(url, {"column": "办件编号", "position": 5, "is_used": "on"}))
    assert signed_in(city.bob).get(url).status_code == 403


def test_who_may_not(city: City):
    case = aid.granted(city)
    worker = make_worker(city.stations[NORTH], "律师")
    lawyer = signed_in(make_user(RoleCode.PRACTITIONER, station=city.stations[NORTH], worker=worker))
    assert lawyer.get(at("system", AID)).status_code == 403
    assert signed_in(city.charlie).get(at("record", AID, case.number)).status_code == 404
    assert case.number not in words(signed_in(city.charlie).get(at("system", AID))).replace(" ", "")
    assert signed_in(city.alice).get(at("system", "nothing")).status_code == 404


def test_the_list_takes_the_same_queries_however_long(city: City):
    clerk = signed_in(city.alice)
    aid.granted(city)
    few = queries(clerk, at("system", AID))
    aid.granted(city), aid.granted(city)
    assert queries(clerk, at("system", AID)) == few <= 20


def test_codes_are_written_down_by_who_keeps_the_rules(city: City):
    from mingbai.filings.models import FilingCode

    keeper = signed_in(city.users[RoleCode.SYSTEM_ADMIN])
    url = at("codes", AID, "form")
    assert signed_in(city.alice).get(url).status_code == 403
    for wrong in (at("codes", AID, "name"), at("codes", "moon", "form")):
        assert keeper.get(wrong).status_code == 404
    page = keeper.get(url)
    names = [one["name"] for one in soup(page).select("input[name^=code_]")]
    assert len(names) > 3
    assert errors(keeper.post(url, {names[0]: "01", "source": "", "valid_from": "2026-13-01"}))
    day = timezone.localdate().isoformat()
    good = {names[0]: "01", "source": "省厅代码表", "valid_from": day}
    assert keeper.post(url, good).status_code == 302
    assert FilingCode.objects.get().code == "01"
    text = words(signed_in(city.alice).get(at("system", AID)))
    assert "对方的代码" in text and "还缺" in text and f"1/{len(names)}" in text
