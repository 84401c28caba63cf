"""Consents are kept by purpose and withdrawn once."""

from mingbai.cases.actions.consents import withdraw_consent
from mingbai.cases.actions.intake import NOTICE_VERSION
from mingbai.core.actor import RESIDENT
from tests.cases.factories import City, make_case
from tests.cases.test_work import code, last


def test_a_consent_is_kept_with_its_notice_and_can_be_withdrawn(city: City):
    case = make_case(consents=("handle", "pass_on", "handle"))
    assert {(c.purpose, c.notice_version) for c in case.consents.all()} == {
        ("handle", NOTICE_VERSION),
        ("pass_on", NOTICE_VERSION),
    }
    withdrawn = withdraw_consent(case=case, by=RESIDENT, purpose="pass_on")
    assert withdrawn.withdrawn_at and last(case) == ("case.consent_withdrawn", {"purpose": "pass_on"})
    assert code(withdraw_consent, case=case, by=RESIDENT, purpose="pass_on") == "no_consent"
    assert code(withdraw_consent, case=case, by=RESIDENT, purpose="sensitive") == "no_consent"
