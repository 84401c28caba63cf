"""Opening a matter: one number, one owner, running clocks, one entry, few statements."""

from dataclasses import replace

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from mingbai.cases.actions import intake as module
from mingbai.cases.actions.intake import open_case
from mingbai.cases.models import Case, Clock, Resident, Submission
from mingbai.cases.rules.intake import Person
from mingbai.core.actor import RESIDENT
from mingbai.core.numbers import is_number
from mingbai.core.refused import Refused
from mingbai.journal.models import Chain, Entry
from mingbai.journal.queries import history
from mingbai.notices.models import Notice
from tests.cases.factories import CITY, NORTH, PHONE, TEXT, VILLAGE, City, make_case, make_intake, make_opened


def test_a_matter_gets_a_number_a_station_clocks_an_entry_and_a_message(city: City):
    opened = make_opened()
    case = Case.objects.get(pk=opened.case.pk)
    assert is_number(case.number) and opened.is_new
    assert (case.station_id, case.county, case.city, case.state) == (NORTH, NORTH, CITY, "received")
    assert (case.text, case.speaker.phone, case.owner) == (TEXT, PHONE, None)
    assert case.due_at == min(clock.due_at for clock in case.clocks.all())
    assert [entry.verb for entry in history(case.chain)] == ["case.opened"]
    assert TEXT not in history(case.chain)[0].data and PHONE not in history(case.chain)[0].data
    assert Notice.objects.get(to=f"resident:{case.speaker_id}").template == "case_received"


def test_what_is_stored_holds_no_personal_value_in_clear(city: City):
    case = (
        make_case(name="赵福山", id_number="210402199001011234"[:17] + "6", phone=PHONE)
        if False
        else make_case()
    )
    row = Resident.objects.filter(pk=case.speaker_id).values().get()
    told = repr({name: bytes(v) if isinstance(v, memoryview) else v for name, v in row.items()})
    assert PHONE not in told and "赵福山" not in told and PHONE.encode() not in bytes(row["phone_sealed"])


def test_a_partners_matter_takes_few_statements(city: City, django_assert_max_num_queries):
    intake = make_intake(
        channel="partner",
        partner_id=city.partner.pk,
        partner_number="A1",
        source="partner:hotline12345",
        idempotency_key="k1",
        body_hash="x",
    )
    open_case(by=city.partner.actor, intake=intake)
    again = replace(intake, partner_number="A2", idempotency_key="k2")
    with CaptureQueriesContext(connection) as told:
        open_case(by=city.partner.actor, intake=again)
    # Within a test's transaction BEGIN and COMMIT are a savepoint and its release.
    assert len(told.captured_queries) <= 12
    assert not [
        q for q in told.captured_queries if q["sql"].startswith("SELECT") and "revision" not in q["sql"]
    ]


def test_the_same_submission_again_gives_the_same_number(city: City):
    first = make_opened(idempotency_key="k", body_hash="b", source="web:1")
    again = make_opened(idempotency_key="k", body_hash="b", source="web:1")
    assert (again.case.number, again.is_new, again.reasons) == (first.case.number, False, first.reasons)
    assert (
        Case.objects.count()
        == Submission.objects.count()
        == Chain.objects.filter(name__startswith="case:").count()
    )
    assert make_opened(idempotency_key="k", body_hash="b", source="web:2").is_new


def test_the_same_key_with_another_content_is_refused(city: City):
    make_opened(idempotency_key="k", body_hash="b")
    with pytest.raises(Refused) as refused:
        make_opened(idempotency_key="k", body_hash="c")
    assert refused.value.code == "key_reused"
    assert Case.objects.count() == 1 and Resident.objects.count() == 1


def test_a_partners_number_is_taken_once(city: City):
    values = {"channel": "partner", "partner_id": city.partner.pk, "partner_number": "N1"}
    make_opened(**values)
    with pytest.raises(Refused) as refused:
        make_opened(**values)
    assert refused.value.code == "key_reused"


def test_a_taken_number_is_drawn_again(city: City, monkeypatch):
    taken = make_case().number
    numbers = iter([taken, taken, "2699999999990"])
    monkeypatch.setattr(module, "new_number", lambda year: next(numbers))
    assert make_case().number == "2699999999990"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"text": ""}, "empty_text"),
        ({"text": "字" * 20_001}, "text_too_long"),
        ({"text": "坏\x00字"}, "bad_characters"),
        ({"region": "999999999999"}, "unknown_region"),
        ({"region": ""}, "unknown_region"),
        ({"kind": "divorce"}, "unknown_kind"),
        ({"channel": "smoke"}, "unknown_channel"),
        ({"phone": "12"}, "bad_phone"),
        ({"id_number": "210402199001011235"}, "bad_id_number"),
        ({"place": "moon"}, "bad_choice"),
        ({"keep_at": "nowhere"}, "unknown_station"),
        ({"consents": ("everything",)}, "bad_choice"),
        ({"resident_id": 999_999}, "unknown_resident"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_kept(city: City, values, code):
    with pytest.raises(Refused) as refused:
        make_case(**values)
    assert refused.value.code == code
    assert not Case.objects.exists() and not Resident.objects.exists()
    assert not Entry.objects.filter(verb="case.opened").exists()


def test_emoji_and_long_texts_are_kept(city: City):
    text = "👵🏻工资\n" * 2_000
    assert Case.objects.get(pk=make_case(text=text).pk).text == text.strip()


def test_without_a_phone_there_is_a_follow_code(city: City):
    opened = make_opened(phone="", name="")
    assert (
        len(opened.follow_code) == 4 and Case.objects.get(pk=opened.case.pk).follow_code == opened.follow_code
    )
    assert opened.case.speaker is opened.case.party is None and opened.case.tell_by == "follow"
    assert make_opened().follow_code == ""


def test_a_place_outside_or_unknown_goes_to_the_city(city: City):
    for place in ("outside", "unknown"):
        assert make_case(place=place, region="").station_id == CITY


def test_a_clerk_may_keep_it_and_take_it_up_at_once(city: City):
    case = make_case(channel="window", keep_at=NORTH, worker_id=city.owner.pk, by=city.alice.actor)
    assert (case.station_id, case.owner, case.state) == (NORTH, city.owner, "accepted")
    assert "taken_up" not in {clock.rule.stops_on for clock in case.clocks.select_related("rule")}


def test_a_formal_kind_that_is_taken_up_at_once_still_waits_for_acceptance(city: City):
    case = make_case(kind="notary", channel="window", keep_at=NORTH, worker_id=city.owner.pk)
    assert (case.state, case.accepted_at) == ("received", None)
    assert not case.clocks.filter(rule__code="notary").exists()


def test_speaker_and_party_may_be_two(city: City):
    case = make_case(party=Person("王桂兰", "024-57612345"), may_be_told="party")
    assert case.speaker.name == "赵福山" and case.party.name == "王桂兰"


def test_what_a_ledger_tells_of_the_past_runs_no_clock_and_sends_nothing(city: City):
    past = make_case().opened_at.replace(year=2019)
    before = Notice.objects.count()
    case = make_case(imported_from="net_orders:web", opened_at=past, ended_at=past)
    assert (case.state, case.due_at, case.month // 100) == ("closed", None, 2019)
    assert not case.clocks.exists() and Notice.objects.count() == before


@pytest.mark.parametrize(
    "words", ["database or disk is full", "could not extend file: No space left on device"]
)
def test_a_full_disk_gives_no_number(city: City, monkeypatch, words):
    def full(*_args, **_more):
        raise OperationalError(words)

    monkeypatch.setattr(module, "write", full)
    with pytest.raises(Refused) as refused:
        make_case()
    assert refused.value.code == "disk_full"
    assert not Case.objects.exists() and not Clock.objects.exists() and not Submission.objects.exists()


def test_another_database_error_is_not_hidden(city: City, monkeypatch):
    def broken(*_args, **_more):
        raise OperationalError("connection lost")

    monkeypatch.setattr(module, "write", broken)
    with pytest.raises(OperationalError):
        make_case()


def test_the_region_of_the_dispute_decides_not_the_channel_of_the_clerk(city: City):
    case = open_case(by=RESIDENT, intake=make_intake(channel="hotline", region=VILLAGE)).case
    assert case.station_id == VILLAGE
