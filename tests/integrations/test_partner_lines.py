"""What may leave by a partner's line, who still hears, and that one line stops no other."""

import itertools
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.actions.consents import withdraw_consent
from mingbai.cases.enums import Purpose
from mingbai.cases.models import Consent
from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.integrations import apps
from mingbai.integrations.models import Delivery, Endpoint
from mingbai.integrations.partners import deliver, news
from mingbai.integrations.partners.actions import EndpointTerms, give, make_endpoint, new_secret, resend
from mingbai.integrations.partners.deliver import deliver_all, forget_old
from mingbai.integrations.partners.enums import DeliveryState
from mingbai.journal.queries import history
from mingbai.people import actions as people
from tests.cases.factories import VILLAGE, make_opened
from tests.integrations.test_partners import Receiver, fill, sent_to

pytestmark = pytest.mark.django_db


def test_a_consent_that_was_withdrawn_hands_no_name_on_and_each_handing_on_is_in_the_journal(city, line):
    told = []
    for withdrawn in (False, True):
        case = make_opened(text="拖欠工资", name="孙桂芳", phone="13812345678", region=VILLAGE).case
        Consent.objects.get_or_create(
            case=case, purpose=Purpose.PASS_ON, defaults={"given_at": case.opened_at}
        )
        if withdrawn:
            withdraw_consent(case=case, by=SYSTEM, purpose=Purpose.PASS_ON)
        give(by=SYSTEM, case=case, partner=city.partner, text="请协查")
        [entry] = [one for one in history(case.chain) if one.verb == "case.given"]
        told.append(json.loads(entry.data)["person"])
        assert ("孙桂芳" in Delivery.objects.latest("seq").body) is not withdrawn
    assert told == [True, False]


def test_a_matter_that_is_over_is_not_given(city, line):
    case = make_opened(text="拖欠工资", region=VILLAGE).case
    work.withdraw(case=case, by=SYSTEM, reason="不用了")
    with pytest.raises(Refused) as refused:
        give(by=SYSTEM, case=case, partner=city.partner, text="请协查")
    assert refused.value.code == "wrong_state" and not Delivery.objects.exists()


def test_a_partner_that_is_shut_out_hears_nothing_more(city, line):
    fill(line, 1)
    people.deactivate_partner(by=SYSTEM, partner=city.partner)
    receiver = Receiver()
    assert sent_to(receiver) == []
    case = make_opened(text="别的事", region=VILLAGE).case
    with pytest.raises(Refused) as refused:
        give(by=SYSTEM, case=case, partner=city.partner, text="请协查")
    assert refused.value.code == "no_endpoint"


@pytest.mark.parametrize("broken", [ValueError("port"), UnicodeError("host"), RuntimeError("?")])
def test_whatever_breaks_at_one_endpoint_stays_with_it(city, line, broken):
    other = make_endpoint(by=SYSTEM, terms=EndpointTerms("city", "市", "https://city.invalid/", ("order",)))
    new_secret(by=SYSTEM, endpoint=other)
    fill(line, 1)
    fill(other, 1)
    receiver = Receiver()
    receiver.answers = [broken]
    assert deliver_all(timezone.now(), send=receiver) == 1
    held = Endpoint.objects.get(next_at__isnull=False)
    assert held == line and held.error == type(broken).__name__


def test_one_endpoint_has_its_time_and_no_more(line, monkeypatch):
    fill(line, 3)
    ticks = itertools.count(step=10)
    monkeypatch.setattr(deliver.time, "monotonic", lambda: next(ticks))
    assert deliver_all(timezone.now(), send=Receiver()) == 1


def test_what_breaks_the_reading_does_not_stop_the_sending(line, monkeypatch):
    def broken(now):
        raise RuntimeError("reading")

    sent = []
    monkeypatch.setattr(news, "read_on", broken)
    monkeypatch.setattr(deliver, "deliver_all", lambda now: sent.append(now) or 0)
    with pytest.raises(RuntimeError):
        apps._deliver(timezone.now())
    assert sent


def test_what_waits_for_somebody_who_hears_no_more_is_forgotten_too(city, line):
    fill(line, 1)
    later = timezone.now() + timedelta(days=91)
    assert forget_old(later) == 0, "it may still be sent"
    people.deactivate_partner(by=SYSTEM, partner=city.partner)
    assert forget_old(later) == 1
    row = Delivery.objects.get()
    assert row.body == "" and row.state == DeliveryState.FAILED
    assert resend(by=SYSTEM, endpoint=line, deliveries=[row]) == 0, "there is nothing to send"
