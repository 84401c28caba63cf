"""Papers on the page of a matter: listed, opened as PDF and Word, issued, made void; and for the party."""

import pytest
from django.urls import reverse

from mingbai.core.actor import SYSTEM
from mingbai.journal.models import Entry
from mingbai.legalaid import actions
from mingbai.papers.models import Paper
from mingbai.people.roles import RoleCode
from tests.cases.factories import PHONE, SOUTH, City, make_case
from tests.legalaid import factories as made
from tests.legalaid.factories import make_aid
from tests.people.factories import make_user
from tests.web.desk.pages import queries, signed_in, url_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue(city: City) -> None:
    actions.prepare(by=SYSTEM)


def paper_url(paper: Paper, form: str = "docx") -> str:
    return reverse("desk:paper", args=[paper.about.removeprefix("case:"), paper.pk, form])


def test_the_page_lists_what_was_issued_and_offers_what_can_be(city: City):
    case = made.granted(city)
    said = words(signed_in(city.alice).get(url_of(case)))
    assert "给予法律援助决定书" in said and "法援决字第1号" in said and "出具法律援助申请表" in said
    assert "出具不予法律援助决定书" not in said
    seen = signed_in(city.users[RoleCode.LEADER]).get(url_of(case)).content.decode()
    assert paper_url(Paper.objects.get(), "pdf") not in seen


def test_many_papers_cost_no_more_queries_than_one(city: City):
    case = made.granted(city)
    client = signed_in(city.alice)
    one = queries(client, url_of(case))
    for kind in ("aid_application", "aid_receipt"):
        actions.issue_paper(case=case, by=SYSTEM, kind=kind)
    assert queries(client, url_of(case)) <= one


def test_a_paper_opens_as_word_file_and_that_is_in_the_history(city: City):
    case = made.granted(city)
    paper = Paper.objects.get()
    response = signed_in(city.alice).get(paper_url(paper))
    assert response.status_code == 200
    assert response.content[:2] == b"PK"
    assert response["Cache-Control"] == "private, no-store"
    assert Entry.objects.filter(chain=case.chain, verb="paper.opened").count() == 1


def test_a_paper_opens_as_pdf_in_the_browser(city: City):
    made.granted(city)
    response = signed_in(city.alice).get(paper_url(Paper.objects.get(), "pdf"))
    assert response.content.startswith(b"%PDF")
    assert response["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize("role", [RoleCode.LEADER, RoleCode.QUALITY])
def test_who_sees_no_people_opens_no_paper(city: City, role):
    made.granted(city)
    assert signed_in(city.users[role]).get(paper_url(Paper.objects.get())).status_code == 404


def test_of_another_matter_county_or_form_there_is_nothing(city: City):
    case, other = made.granted(city), make_case()
    paper = Paper.objects.get(about=case.chain)
    client = signed_in(city.alice)
    assert client.get(reverse("desk:paper", args=[other.number, paper.pk, "docx"])).status_code == 404
    assert client.get(paper_url(paper, "exe")).status_code == 404
    stranger = make_user(RoleCode.AID_REVIEWER, station=city.stations[SOUTH])
    assert signed_in(stranger).get(paper_url(paper)).status_code == 404


def test_a_paper_is_issued_by_a_button(city: City):
    case = make_aid()
    url = reverse("desk:paper_issue", args=[case.number, "aid_receipt"])
    client = signed_in(city.alice)
    assert client.get(url).status_code == 405
    assert "已出具" in words(client.post(url, follow=True))
    assert Paper.objects.get().kind == "aid_receipt"
    too_early = reverse("desk:paper_issue", args=[case.number, "aid_grant"])
    assert "还没有发生" in words(client.post(too_early, follow=True))
    assert client.post(reverse("desk:paper_issue", args=[case.number, "nothing"])).status_code == 404
    assert client.post(reverse("desk:paper_issue", args=[make_case().number, "aid_grant"])).status_code == 404


def test_void_with_a_reason_then_issued_anew(city: City):
    case = made.granted(city)
    client, paper = signed_in(city.alice), Paper.objects.get()
    url = reverse("desk:paper_void", args=[case.number, paper.pk])
    assert client.post(url, {"reason": " "}).status_code == 200
    client.post(url, {"reason": "名字写错"})
    said = words(client.get(url_of(case)))
    assert "已作废" in said and "出具给予法律援助决定书" in said
    client.post(reverse("desk:paper_issue", args=[case.number, "aid_grant"]))
    assert [one.number for one in Paper.objects.order_by("pk")] == [1, 2]


# ── for the party ──


def test_the_party_reads_the_decision_and_not_the_letter_to_the_firm(client, city: City):
    case = made.granted(city)
    paper = Paper.objects.get()
    client.post(reverse("public:follow"), {"number": case.number, "secret": PHONE[-4:]})
    page = client.get(reverse("public:case", args=[case.number])).content.decode()
    assert "给予法律援助决定书" in page
    url = reverse("public:paper", args=[case.number, paper.pk])
    assert url in page
    assert client.get(url).content.startswith(b"%PDF")
    Paper.objects.update(kind="aid_assignment")
    assert client.get(url).status_code == 404


def test_nobody_reads_it_without_the_code(client, city: City):
    case = made.granted(city)
    response = client.get(reverse("public:paper", args=[case.number, Paper.objects.get().pk]))
    assert response.status_code == 302
