"""The other side of a dispute, on a phone, by their own link: says yes or no, sees the meeting, signs."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.mediation import actions
from mingbai.mediation.actions import Plan
from mingbai.mediation.models import Signature
from mingbai.notices.models import Notice
from tests.cases.factories import City
from tests.e2e.conftest import Opened
from tests.e2e.served import verb
from tests.e2e.test_aid import MOST_PAGES, MOST_TOUCHES, Thumb, patient
from tests.e2e.test_desk import enter
from tests.mediation import factories as made


@pytest.fixture
def ready(city: City) -> City:
    actions.prepare(by=SYSTEM)
    made.mediator(city)
    return city


def path_sent() -> str:
    """What the message to the party's telephone links to."""
    link = str(json.loads(Notice.objects.get(template="mediation_invited").context)["link"])
    return link[link.index("/party/") :]


def code_sent() -> str:
    return str(json.loads(Notice.objects.get(template="mediation_code").context)["code"])


def let_in(page: Page, thumb: Thumb) -> None:
    page.goto(path_sent())
    thumb.does("fill", "input[name=secret]", "2222")
    thumb.does("click", "button.btn-primary[type=submit]")


def test_the_other_side_takes_part_by_a_link_of_their_own(opened: Opened, ready: City) -> None:
    case = made.preparing(ready)
    clerk = patient(enter(opened(1280), ready.alice))
    other = made.parties(case)[1]
    verb(clerk, case.number, "med_invite", party=str(other.pk))
    expect(clerk.locator("#case-mediation")).to_be_visible()
    expect(clerk.locator(".d-aid").first).to_contain_text("还没打开")
    page = patient(opened(360).new_page())
    thumb = Thumb(page)
    let_in(page, thumb)
    expect(page.locator("h1")).to_contain_text("愿不愿意")
    expect(page.locator("main")).not_to_contain_text("赵福山")
    thumb.does("check", "input[name=told_rights]")
    thumb.does("click", "#yes ~ form button.btn-primary")
    expect(page.locator("main [role=status]").first).to_contain_text("您同意调解")
    assert thumb.touches <= MOST_TOUCHES and thumb.pages <= MOST_PAGES, (thumb.touches, thumb.pages)

    by = made.clerk(ready)
    actions.agree_to(case=case, by=by, party=made.parties(case)[0].pk, how="phone", told_rights=True)
    actions.begin(case=made.fresh(case), by=by)
    soon = timezone.now() + timedelta(days=2)
    actions.plan_sitting(case=case, by=by, plan=Plan("room", soon, "裕民社区调解室"))
    page.reload()
    expect(page.locator("main")).to_contain_text("裕民社区调解室")
    actions.draft(case=case, by=by, terms=made.written())
    page.reload()
    expect(page.locator("main")).to_contain_text("界石立回原处")
    page.click("form[action$='/code/'] button")
    page.fill("input[name=code]", code_sent())
    page.check("input[name=agrees]")
    page.click("form[action$='/sign/'] button.btn-primary")
    expect(page.locator("main [role=status]").first).to_contain_text("您签好了")
    assert Signature.objects.get().party_id == other.pk
    assert Case.objects.get(pk=case.pk).stage == "agreed", "one mark is not all"


def test_the_other_side_says_no_and_the_applicant_reads_it_from_the_house(
    opened: Opened, ready: City
) -> None:
    case = made.preparing(ready)
    actions.invite(case=case, by=made.clerk(ready), party=made.parties(case)[1].pk)
    page = patient(opened(360).new_page())
    let_in(page, Thumb(page))
    page.click("a[href$='/no/']")
    page.fill("textarea[name=reason]", "他动手打过人")
    page.click("form button.btn-danger")
    expect(page.locator("main")).to_contain_text("有一方不愿意调解")
    assert Case.objects.get(pk=case.pk).stage == "declined"
