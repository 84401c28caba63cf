"""Subsidies on pages: one's own and its reckoning, the proof, sheets and budget as files, settling."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook

from mingbai.papers.models import Paper
from mingbai.people.models import Worker
from mingbai.people.roles import RoleCode
from mingbai.subsidies import actions
from mingbai.subsidies.models import Piece, Rate, Sheet
from tests.cases.factories import CITY, NORTH, SOUTH, City, make_city
from tests.people.factories import make_user
from tests.subsidies.factories import make_earned, make_rate
from tests.web.desk.pages import errors, queries, signed_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db: None) -> City:
    made = make_city()
    make_rate(made, per_extra=Decimal(200), most_extra=5)
    return made


@pytest.fixture
def whole(city: City):
    return signed_in(make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="whole"))


def last_month() -> date:
    return timezone.localdate().replace(day=1) - timedelta(days=1)


def code(day: date) -> str:
    return str(day.year * 100 + day.month)


# ── one's own ──


def test_everybody_sees_what_they_did_and_how_it_was_reckoned(city: City):
    piece = make_earned(city.owner, extra=2, on=last_month())
    make_earned(city.workers[SOUTH], "other", region=SOUTH)
    client = signed_in(city.alice)
    said = words(client.get(reverse("pay:mine")))
    assert "法律援助办案" in said and "2,100.00" in said and "待发放" in said
    said = words(client.get(reverse("pay:piece", args=[piece.pk])))
    for part in ("标准 1500.00 元", "2 人 × 200.00 元", "直接费用", "合计 2,100.00", "抚司发〔2026〕3号"):
        assert part in said
    other = Piece.objects.get(event="other")
    assert client.get(reverse("pay:piece", args=[other.pk])).status_code == 404


def test_more_pieces_cost_no_more_queries(city: City):
    client = signed_in(city.alice)
    make_earned(city.owner, "a")
    one = queries(client, reverse("pay:mine"))
    for n in range(12):
        make_earned(city.owner, f"more:{n}")
    assert queries(client, reverse("pay:mine")) <= one


def test_the_proof_is_printed_free_and_is_ones_own(city: City):
    make_earned(city.owner, on=date(2026, 3, 5), stage="second")
    client = signed_in(city.alice)
    response = client.post(reverse("pay:proof_new"), {"first": "2026-01-01", "last": "2026-12-31"})
    paper = Paper.objects.get()
    assert response["Location"] == reverse("pay:proof", args=[paper.pk, "pdf"])
    file = client.get(reverse("pay:proof", args=[paper.pk, "docx"]))
    cells = [cell.text for table in Document(io.BytesIO(file.content)).tables for cell in table._cells]
    assert cells == ["3月5日 周四", "法律援助办案（件） 二审"]
    assert paper.text in words(client.get(reverse("pay:mine")))
    assert signed_in(city.bob).get(reverse("pay:proof", args=[paper.pk, "docx"])).status_code == 404
    assert client.get(reverse("pay:proof", args=[paper.pk, "exe"])).status_code == 404


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [("2026-05-01", "2026-04-01", "不能早于"), ("2020-01-01", "2020-12-31", "没有记录"), ("x", "", "")],
)
def test_a_proof_of_nothing_is_no_proof(city: City, first, last, says):
    make_earned(city.owner)
    response = signed_in(city.alice).post(reverse("pay:proof_new"), {"first": first, "last": last})
    assert response.status_code == 200 and says in errors(response)
    assert not Paper.objects.exists()


def test_a_proof_that_does_not_hold_all_is_no_proof(city: City, monkeypatch):
    monkeypatch.setattr("mingbai.web.pay.proof.MOST", 1)
    make_earned(city.owner, "a"), make_earned(city.owner, "b")
    response = signed_in(city.alice).post(
        reverse("pay:proof_new"), {"first": "2026-01-01", "last": "2026-12-31"}
    )
    assert "分段打印" in errors(response) and not Paper.objects.exists()


# ── who keeps a place ──


def test_a_sheet_is_made_opened_and_downloaded(city: City, whole):
    Worker.objects.filter(pk=city.owner.pk).update(name="=HYPERLINK(1)")
    make_earned(city.owner, "a", on=last_month()), make_earned(city.owner, "b", on=last_month(), share=50)
    whole.post(reverse("pay:sheet_new"), {"region": NORTH, "month": code(last_month())})
    sheet = Sheet.objects.get()
    assert (sheet.count, sheet.total) == (2, Decimal("2650.00"))
    said = words(whole.get(reverse("pay:sheet", args=[sheet.pk])))
    assert "2,650.00" in said and "1,700.00" in said
    file = whole.get(reverse("pay:sheet_file", args=[sheet.pk]))
    book = load_workbook(io.BytesIO(file.content))
    people, pieces = ([list(row) for row in one.iter_rows(values_only=True)] for one in book)
    assert people[-1][3:] == [2, 2650]
    assert people[1][1] == "'=HYPERLINK(1)"
    assert sum(row[12] for row in pieces[1:]) == 2650
    assert "已列入发放表" in words(signed_in(city.alice).get(reverse("pay:mine")))


def test_the_same_month_again_is_refused_at_its_field(city: City, whole):
    make_earned(city.owner, "a", on=last_month())
    data = {"region": NORTH, "month": code(last_month())}
    whole.post(reverse("pay:sheet_new"), data)
    assert "已经做过" in errors(whole.post(reverse("pay:sheet_new"), data))
    assert Sheet.objects.count() == 1
    assert whole.post(reverse("pay:sheet_new"), {"region": "1", "month": "999999"}).status_code == 200


def test_finance_reads_and_downloads_and_makes_nothing(city: City, whole):
    make_earned(city.owner, "a", on=last_month())
    whole.post(reverse("pay:sheet_new"), {"region": NORTH, "month": code(last_month())})
    sheet = Sheet.objects.get()
    finance = signed_in(make_user(RoleCode.FINANCE, region=city.regions[NORTH], username="money"))
    assert "做一个月的发放表" not in words(finance.get(reverse("pay:sheets")))
    assert finance.get(reverse("pay:sheet_file", args=[sheet.pk])).status_code == 200
    assert finance.get(reverse("pay:sheet_new")).status_code == 403
    south = signed_in(make_user(RoleCode.FINANCE, region=city.regions[SOUTH], username="south"))
    assert south.get(reverse("pay:sheet", args=[sheet.pk])).status_code == 404
    assert signed_in(city.alice).get(reverse("pay:sheets")).status_code == 403


def test_the_budget_of_the_next_year(city: City, whole):
    (
        make_earned(city.owner, "a", on=timezone.localdate()),
        make_earned(city.owner, "b", on=timezone.localdate()),
    )
    file = whole.get(reverse("pay:budget"))
    rows = [list(row) for row in load_workbook(io.BytesIO(file.content)).active.iter_rows(values_only=True)]
    assert rows[1:] == [["法律援助办案（件）", 2, 1700, 3400], ["合计", 2, None, 3400]]


def test_what_ended_otherwise_is_settled(city: City, whole):
    job = actions.Job(worker=city.owner, work="aid_case", region=NORTH)
    piece = actions.promise(by=city.alice.actor, job=job, event="aid:1", on=timezone.localdate())
    assert "还在办的" in words(whole.get(reverse("pay:sheets")))
    url = reverse("pay:settle", args=[piece.pk])
    for data in ({"share": "101"}, {"share": ""}, {"reason": ""}, {"on": "nonsense"}):
        good = {"share": "50", "on": timezone.localdate().isoformat(), "reason": "换人"}
        assert whole.post(url, {**good, **data}).status_code == 200
    whole.post(url, {"share": "50", "on": timezone.localdate().isoformat(), "reason": "办到一半"})
    piece.refresh_from_db()
    assert (piece.state, piece.amount) == ("earned", 950)
    assert signed_in(city.alice).get(url).status_code == 403


def test_what_has_no_rate_is_named(city: City, whole):
    make_earned(city.owner, "day:1", work="service_day")
    assert "还没有标准" in words(signed_in(city.alice).get(reverse("pay:mine")))
    said = words(whole.get(reverse("pay:sheets")))
    assert "没有标准的" in said and "公共法律服务日（天）" in said


# ── rates ──


def rate(client, **data):
    known = {
        "region": CITY, "work": "service_day", "kind": "", "stage": "", "area": "", "fee": "150",
        "direct": "0", "per_extra": "0", "most_extra": "0", "excellent": "100", "good": "100",
        "failed": "100",
        "source": "抚司发〔2026〕3号", "valid_from": timezone.localdate().isoformat(),
    }  # fmt: skip
    return client.post(reverse("manage:dated_new", args=["rate"]), {**known, **data}, follow=True)


def test_a_rate_is_entered_and_replaced(city: City, whole):
    assert "公共法律服务日" in words(rate(whole))
    later = timezone.localdate() + timedelta(days=30)
    rate(whole, fee="180", valid_from=later.isoformat())
    old, new = Rate.objects.filter(work="service_day").order_by("valid_from")
    assert (old.valid_to, new.fee) == (later - timedelta(days=1), 180)
    assert "150.00" in words(whole.get(reverse("manage:dated", args=["subsidy"])))


@pytest.mark.parametrize(
    "data",
    [
        {"fee": "-1"}, {"fee": "abc"}, {"fee": "1.234"}, {"excellent": "301"}, {"work": "nothing"},
        {"source": ""}, {"valid_from": "2020-01-01"}, {"region": "999"},
    ],
)  # fmt: skip
def test_nonsense_is_refused(city: City, whole, data):
    response = rate(whole, **data)
    assert response.status_code == 200 and errors(response)
    assert not Rate.objects.filter(work="service_day").exists()


def test_what_was_paid_is_corrected_on_a_page(city: City, whole):
    piece = make_earned(city.owner, on=last_month())
    month = last_month().year * 100 + last_month().month
    sheet = actions.make_sheet(by=city.supervisor.actor, region=city.regions[NORTH], month=month)
    page = words(whole.get(reverse("pay:piece", args=[piece.pk])))
    assert "更正" in page
    url = reverse("pay:correct", args=[piece.pk])
    for change in ({"share": 101}, {"share": ""}, {"reason": ""}, {"share": 100}):
        values = {"share": 50, "grade": "", "extra": 0, "reason": "只办了一半", **change}
        assert errors(whole.post(url, values)), change
    assert Piece.objects.count() == 1
    page = words(whole.post(url, {"share": 50, "grade": "", "extra": 0, "reason": "只办了一半"}, follow=True))
    assert "此前已发放" in page and "-1,700.00" in page and "只办了一半" in page
    made = Piece.objects.get(corrects=piece)
    assert "更正" in words(whole.get(reverse("pay:piece", args=[piece.pk])))
    assert "更正：法律援助办案（件）" in words(signed_in(city.owner.user).get(reverse("pay:mine")))
    assert made.amount == Decimal("-750.00") and sheet.total == Decimal("1700.00")
