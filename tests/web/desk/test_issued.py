"""Papers on the page of a matter: listed, opened as PDF and Word, issued, made void; and for the party."""

import re
import time

import pytest
from django.test import Client
from django.urls import reverse

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.legalaid import actions
from mingbai.papers.actions import void
from mingbai.papers.models import Paper
from mingbai.people.roles import RoleCode
from mingbai.web.public.papers import link_to
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
    client.post(reverse("public:follow"), {"number": case.number, "secret": PHONE[-4:]})
    page = client.get(reverse("public:case", args=[case.number])).content.decode()
    assert "给予法律援助决定书" in page
    url = paper_link(page)
    assert client.get(url).content.startswith(b"%PDF")
    Paper.objects.update(kind="aid_assignment")
    assert client.get(url).status_code == 404
    assert "papers/" not in client.get(reverse("public:case", args=[case.number])).content.decode()


def paper_link(page: str) -> str:
    found = re.search(r'href="(/papers/[^"]+)"', page)
    assert found, "no link to a paper"
    return found[1]


def test_a_link_to_a_paper_is_signed_opens_elsewhere_and_ends(client, city: City, monkeypatch):
    """A chat program hands it to another one, which knows no session."""
    case = made.granted(city)
    client.post(reverse("public:follow"), {"number": case.number, "secret": PHONE[-4:]})
    url = paper_link(client.get(reverse("public:case", args=[case.number])).content.decode())
    opened = Client().get(url)
    assert opened.content.startswith(b"%PDF") and "no-store" in opened["Cache-Control"]
    assert Entry.objects.filter(verb="paper.opened").count() == 1
    for forged in (
        url.replace("/papers/", "/papers/x"),
        f"/papers/{Paper.objects.get().pk}.pdf",
        "/papers/::.pdf",
    ):
        assert Client().get(forged).status_code == 404
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 601)
    ended = Client().get(url)
    assert ended.status_code == 302 and ended["Location"] == reverse("public:case", args=[case.number])
    assert Client().get(ended["Location"])["Location"].startswith(reverse("public:follow"))
    assert client.get(ended["Location"]).status_code == 200, "who has the matter open has new links there"


def test_a_link_is_good_for_its_reader_and_its_paper_only(city: City):
    """What may be read is asked anew: a void paper, and a party that may not be told, have none."""
    case, paper = made.granted(city), Paper.objects.get()
    other = make_case()
    assert Client().get(link_to(paper.pk, number=other.number, role="speaker")).status_code == 404
    assert Client().get(link_to(paper.pk, number="2" * 13, role="speaker")).status_code == 404
    good = link_to(paper.pk, number=case.number, role="speaker")
    assert Client().get(good).status_code == 200
    void(by=SYSTEM, paper=paper, reason="名字写错")
    assert Client().get(good).status_code == 404


def test_a_paper_that_cannot_be_drawn_now_is_said_on_the_page(client, city: City, monkeypatch):
    case, paper = made.granted(city), Paper.objects.get()
    client.post(reverse("public:follow"), {"number": case.number, "secret": PHONE[-4:]})

    def fails(**_more):
        raise Refused("文书现在印不出来。", code="not_drawn")

    monkeypatch.setattr("mingbai.web.public.papers.open_paper", fails)
    page = client.get(link_to(paper.pk, number=case.number, role="speaker"), follow=True)
    assert page.status_code == 200 and "印不出来" in words(page)
