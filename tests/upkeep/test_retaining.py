"""retain: a dry run that changes nothing, destruction by rule and by appraisal with a protocol, holds."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from mingbai.cases.models import Case, LegalHold
from mingbai.core.actor import SYSTEM, Actor
from mingbai.core.retention import RETENTION
from mingbai.journal.models import Entry
from mingbai.journal.queries import verify
from mingbai.people.actions import keep_form
from mingbai.people.models import KeptForm
from mingbai.upkeep.actions import retaining
from mingbai.upkeep.queries import due
from tests.cases.factories import make_case, make_city, make_closed
from tests.cases.test_retention import old

pytestmark = pytest.mark.django_db
WHO = ("--by", "王档案", "--reason", "鉴定2026-1号")


@pytest.fixture
def city(db):
    return make_city()


def form_of(city):
    keep_form(by=city.alice.actor, user=city.alice, path="/", fields=[("text", "甲")], now=timezone.now())


def test_a_dry_run_counts_every_class_and_changes_nothing(city, capsys):
    form_of(city)
    old(make_closed(city))
    later = timezone.now() + timedelta(days=3)
    before = Entry.objects.count()
    found = {one.code: one for one in due(later)}
    assert set(found) == set(RETENTION.codes()), "every class is told"
    assert (found["kept_form"].rows, found["case"].rows) == (1, 1)
    assert "cases.Resident" in found["case"].models and found["case"].by == "appraisal"
    assert KeptForm.objects.count() == 1 and Entry.objects.count() == before
    call_command("retain")
    said = capsys.readouterr().out
    assert "什么也没有销毁" in said and "case\t1\t待鉴定" in said


def test_by_rule_it_destroys_and_tells(city):
    form_of(city)
    later = timezone.now() + timedelta(days=3)
    protocol = retaining.destroy_due(by=Actor("system", "retain", "王档案"), now=later, reason="到期")
    assert protocol.classes == {"kept_form": 1} and not KeptForm.objects.exists()
    entry = Entry.objects.get(chain="house", verb="retention.destroyed")
    assert json.loads(entry.data)["classes"] == {"kept_form": 1} and entry.actor_name == "王档案"
    assert retaining.destroy_due(by=SYSTEM, now=later, reason="再来").classes == {}


def test_by_appraisal_what_may_go_goes_and_the_rest_is_named(city, tmp_path, capsys):
    gone, held, young = old(make_closed(city)), old(make_closed(city, text="诉讼中")), make_case(text="新")
    call_command("retain", "--hold", held.number, *WHO)
    call_command("retain", "--list", str(tmp_path / "list"))
    assert [line.split("\t")[0] for line in (tmp_path / "list").read_text().splitlines()] == [gone.number]
    (tmp_path / "chosen").write_text(f"{gone.number}\t好\n{held.number}\n{young.number}\n\n9999999999999\n")
    with pytest.raises(CommandError, match="3 件没有销毁"):
        call_command(
            "retain", "--destroy", str(tmp_path / "chosen"), *WHO, "--protocol", str(tmp_path / "protocol")
        )
    told = json.loads((tmp_path / "protocol").read_text())
    assert told["matters"] == [gone.number] and told["by"] == "王档案" and told["held"] == [held.number]
    assert set(told["refused"]) == {held.number, young.number, "9999999999999"}
    assert "暂停销毁" in told["refused"][held.number]
    assert not bytes(Case.objects.get(pk=gone.pk).key) and bytes(Case.objects.get(pk=held.pk).key)
    assert verify().is_whole


def test_a_protocol_is_never_written_over(city, tmp_path):
    (tmp_path / "protocol").write_text("先前的")
    with pytest.raises(CommandError, match="写不了"):
        call_command("retain", "--list", str(tmp_path / "protocol"))
    assert (tmp_path / "protocol").read_text() == "先前的"


def test_a_hold_is_set_shown_and_lifted(city, capsys):
    case = make_closed(city)
    call_command("retain", "--hold", case.number, *WHO)
    call_command("retain")
    assert case.number in capsys.readouterr().out
    call_command("retain", "--release", case.number, *WHO)
    assert LegalHold.objects.get().lifted_by == "王档案"
    with pytest.raises(CommandError, match="没有暂停销毁"):
        call_command("retain", "--release", case.number, *WHO)


@pytest.mark.parametrize(
    "words",
    [
        ("--do",),
        ("--do", "--by", "王"),
        ("--hold", "1", "--reason", "x"),
        ("--do", "--by", " ", "--reason", "x"),
        ("--hold", "abc", *WHO),
        ("--release", "", "--by", "王"),
    ],
)
def test_without_a_person_a_reason_or_a_matter_nothing_happens(city, words):
    if words[0] == "--release":
        call_command("retain", *words)  # an empty number is no wish: a dry run
    else:
        with pytest.raises(CommandError):
            call_command("retain", *words)
    assert not LegalHold.objects.exists() and not Entry.objects.filter(verb="retention.destroyed").exists()
