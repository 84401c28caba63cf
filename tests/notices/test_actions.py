"""The outbox: queued once, claimed once, tried again, erased."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from mingbai.core.actor import SYSTEM, Actor
from mingbai.journal.queries import history
from mingbai.notices import actions
from mingbai.notices.enums import NoticeState
from mingbai.notices.models import Notice
from mingbai.notices.rules import LEASE, MOST_TRIES
from mingbai.notices.transports import Undeliverable, idempotency_key, words_of
from mingbai.notices.worker import Worker

pytestmark = pytest.mark.django_db
CONTEXT = {"number": "2611 2345 6789 4", "kind": "法律咨询", "hotline": "12348"}
ONE, OTHER = Actor("system", "one", "一"), Actor("system", "other", "二")


def queue(event="case:1:received", to="resident:1", transport="console", address="13841300001", **more):
    fields = {"template": "case_received", "context": CONTEXT} | more
    with transaction.atomic():
        return actions.notify(by=SYSTEM, event=event, to=to, transport=transport, address=address, **fields)


@pytest.fixture
def gateway(settings):
    def use(name):
        settings.NOTICE_TRANSPORTS = {"console": f"tests.notices.gateways.{name}"}

    return use


def test_one_notice_per_event_person_and_transport():
    assert queue() is not None
    assert queue() is None
    assert queue(to="resident:2") is not None
    assert queue(transport="email", address="a@example.com") is not None
    assert Notice.objects.count() == 3


def test_a_notice_goes_back_with_its_cause():
    with pytest.raises(RuntimeError), transaction.atomic():
        queue()
        raise RuntimeError
    assert not Notice.objects.exists()


def test_address_and_words_are_not_readable_in_the_table():
    queue()
    row = Notice.objects.values_list("address_sealed", "context_sealed").get()
    assert b"13841300001" not in bytes(row[0])
    assert "法律咨询".encode() not in bytes(row[1])
    assert Notice.objects.get().address == "13841300001"


def test_the_words_are_in_the_language_of_the_context():
    queue()
    words = words_of(Notice.objects.get())
    assert words.subject == "已收到您的事项"
    assert "2611 2345 6789 4" in words.body and "12348" in words.body


@pytest.mark.parametrize("template", ["received", "asked", "answered", "closed", "refused", "withdrawn"])
def test_every_template_gives_a_subject_and_one_line(template):
    queue(template=f"case_{template}")
    words = words_of(Notice.objects.get())
    assert words.subject and CONTEXT["number"] in words.body
    assert "\n" not in words.body and "&" not in words.body


def test_the_worker_sends_by_console_with_the_address_masked(capsys):
    queue()
    assert Worker().send() == 1
    out = capsys.readouterr().out
    assert "138****0001" in out and "2611 2345 6789 4" in out
    notice = Notice.objects.get()
    assert (notice.state, notice.claimed_by) == (NoticeState.SENT, "")
    assert Worker().send() == 0


def test_the_worker_sends_by_email_under_a_steady_message_id():
    queue(transport="email", address="a@example.com")
    Worker().send()
    (sent,) = mail.outbox
    assert sent.to == ["a@example.com"]
    assert sent.subject == "已收到您的事项"
    assert idempotency_key(Notice.objects.get()) in sent.extra_headers["Message-ID"]


def test_a_notice_waits_for_its_time():
    queue(due_at=timezone.now() + timedelta(hours=1))
    assert Worker().send() == 0


def test_a_broken_gateway_is_tried_again_later(gateway):
    gateway("broken")
    queue()
    Worker().send()
    notice = Notice.objects.get()
    assert (notice.state, notice.tries) == (NoticeState.QUEUED, 1)
    assert notice.due_at > timezone.now() + timedelta(seconds=25)
    assert "gateway down" in notice.error


def test_the_last_failure_is_final_and_in_the_journal(gateway):
    gateway("broken")
    queue()
    Notice.objects.update(tries=MOST_TRIES - 1)
    Worker().send()
    assert Notice.objects.get().state == NoticeState.FAILED
    (entry,) = history("notice")
    assert entry.verb == "notice.failed" and "13841300001" not in entry.data
    assert actions.retry(notice=Notice.objects.get(), by=SYSTEM)
    gateway("noting")
    assert Notice.objects.get().state == NoticeState.QUEUED


@pytest.mark.parametrize("fields", [{"transport": "pigeon"}, {"template": "none_such"}])
def test_what_cannot_be_delivered_fails_at_once(fields):
    queue(**fields)
    Worker().send()
    assert Notice.objects.get().state == NoticeState.FAILED


def test_a_gateway_that_says_never_is_believed(gateway):
    gateway("hopeless")
    queue()
    Worker().send()
    assert Notice.objects.get().state == NoticeState.FAILED
    with pytest.raises(Undeliverable):
        raise Undeliverable("")


def test_a_notice_that_kills_its_worker_each_time_is_given_up(gateway):
    gateway("broken")
    queue()
    Notice.objects.update(tries=MOST_TRIES)
    Worker().send()
    assert "given up" in Notice.objects.get().error


def test_a_claim_belongs_to_one_until_its_lease_ends():
    queue()
    now = timezone.now()
    (mine,) = actions.claim(by=ONE, now=now)
    assert actions.claim(by=OTHER, now=now) == []
    assert actions.hold(by=ONE, now=now + LEASE / 2) == 1
    assert actions.claim(by=OTHER, now=now + LEASE) == []
    (theirs,) = actions.claim(by=OTHER, now=now + 2 * LEASE)
    assert theirs.tries == 2
    assert not actions.mark_sent(notice=mine, by=ONE, now=now), "the claim was lost"
    assert not actions.mark_failed(notice=mine, by=ONE, now=now, error="late")
    assert actions.mark_sent(notice=theirs, by=OTHER, now=now)


def test_what_was_claimed_and_not_begun_is_given_back():
    queue()
    actions.claim(by=ONE, now=timezone.now())
    assert actions.release(by=ONE) == 1
    notice = Notice.objects.get()
    assert (notice.tries, notice.claimed_until) == (0, None)


def test_an_erased_person_is_told_nothing_more_and_cannot_be_read():
    queue()
    queue(event="case:2:received", to="resident:2")
    actions.forget(by=SYSTEM, to="resident:1")
    erased, kept = Notice.objects.order_by("to")
    assert (erased.state, erased.address, erased.context) == (NoticeState.CANCELLED, "", "")
    assert kept.address


def test_messages_of_a_past_nobody_waits_for_are_not_sent():
    queue()
    assert actions.cancel_queued(by=SYSTEM) == 1
    assert Worker().send() == 0
    assert Notice.objects.get().state == NoticeState.CANCELLED


def test_settled_notices_are_forgotten_after_their_time():
    queue()
    queue(event="case:2:received")
    Notice.objects.filter(event="case:1:received").update(
        state=NoticeState.SENT, error="550 wang@example.com"
    )
    assert actions.forget_old(by=SYSTEM, now=timezone.now()) == 0
    assert actions.forget_old(by=SYSTEM, now=timezone.now() + actions.KEPT) == 1
    assert Notice.objects.get(event="case:1:received").error == ""
    assert Notice.objects.get(event="case:2:received").address
