"""Retention: what is over ends, by itself or after appraisal, and the proof of the history stays whole."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from mingbai.cases.actions.retention import retire
from mingbai.cases.models import Case, Resident, Submission
from mingbai.cases.queries.retention import due_to_retire
from mingbai.cases.rules.retention import kept_until, new_year
from mingbai.core.retention import forget_all
from mingbai.journal.queries import verify
from mingbai.people.actions import keep_form
from mingbai.people.models import KeptForm
from tests.cases.factories import City, make_case, make_closed
from tests.cases.test_work import code


def old(case: Case) -> Case:
    """As if it had been closed long ago."""
    Case.objects.filter(pk=case.pk).update(closed_at=timezone.now() - timedelta(days=366 * 12))
    return Case.objects.get(pk=case.pk)


def test_what_needs_no_appraisal_ends_by_itself(city: City):
    now = timezone.now()
    keep_form(by=city.alice.actor, user=city.alice, path="/", fields=[("text", "甲")], now=now)
    session = SessionStore()
    session["text"] = "乙"
    session.save()
    forget_all(now)
    assert (KeptForm.objects.count(), Session.objects.count()) == (1, 1)
    forget_all(now + timedelta(days=3))
    assert (KeptForm.objects.count(), Session.objects.count()) == (0, 0)


def test_the_period_counts_from_the_year_after_the_closing():
    closed = timezone.make_aware(timezone.datetime(2026, 12, 31, 23))
    assert kept_until(closed, 10) == new_year(2037)


def test_nothing_is_destroyed_before_its_time(city: City):
    closed = make_closed(city)
    for case in (closed, make_case(text="还在办")):
        assert code(retire, case=case, by=city.supervisor.actor, reason="鉴定1号") == "not_due_yet"
    assert not due_to_retire(timezone.now()).exists()


def test_a_retired_matter_keeps_its_figures_and_its_proof_and_nothing_else(city: City):
    case = old(make_closed(city))
    assert list(due_to_retire(timezone.now())) == [case]
    retire(case=case, by=city.supervisor.actor, reason="鉴定1号")
    case = Case.objects.get(pk=case.pk)
    assert case.text == case.summary == "" and case.state == "closed"
    assert not [m.text for m in case.messages.all() if m.text]
    person = Resident.objects.get(pk=case.speaker_id)
    assert person.erased_at and person.name == "" and person.phone_hash == ""
    assert Submission.objects.get(case=case).body_hash == ""
    assert verify().is_whole
    assert not due_to_retire(timezone.now()).exists()
    assert code(retire, case=case, by=city.supervisor.actor, reason="鉴定1号") == "erased"


def test_a_person_stays_while_another_matter_of_theirs_is_kept(city: City):
    case = old(make_closed(city))
    other = make_case(resident_id=case.speaker_id, text="另一件事")
    retire(case=case, by=city.supervisor.actor, reason="鉴定1号")
    assert Resident.objects.get(pk=case.speaker_id).name and Case.objects.get(pk=other.pk).text


def test_the_command_lists_and_destroys_only_what_the_list_names(city: City, tmp_path, capsys):
    first, second, young = old(make_closed(city)), old(make_closed(city)), make_closed(city)
    call_command("retire_cases")
    listed = capsys.readouterr().out
    assert first.number in listed and second.number in listed and young.number not in listed
    file = tmp_path / "list.txt"
    file.write_text(f"{first.number}\t鉴定销毁\n{young.number}\n")
    with pytest.raises(CommandError):
        call_command("retire_cases", destroy=file)
    with pytest.raises(CommandError):
        call_command("retire_cases", destroy=file, by="王局长", reason="鉴定1号")
    texts = {case.pk: Case.objects.get(pk=case.pk).text for case in (first, second, young)}
    assert texts[first.pk] == "" and texts[second.pk] and texts[young.pk]
