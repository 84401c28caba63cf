"""The dated rules: never edited; the old one ends the day before the new one begins."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions import rulebook
from mingbai.cases.models import Clock, DeadlineRule, RoutingRule
from mingbai.cases.queries import rulebook as read
from mingbai.cases.rules.seeds import DEADLINES
from mingbai.core.actor import SYSTEM
from mingbai.journal.models import Entry
from mingbai.places.actions import end_rule
from tests.cases.factories import NORTH, TOWN, VILLAGE, City, make_case
from tests.cases.test_work import code

TODAY = timezone.localdate()
TERMS = replace(DEADLINES[0], amount=2, source="市司法局〔2026〕1号", valid_from=TODAY)


def test_a_new_rule_ends_the_old_and_holds_from_its_day(city: City):
    before = make_case().clocks.get(rule__code="take_up")
    rule = rulebook.add_deadline_rule(by=city.supervisor.actor, terms=TERMS)
    old = DeadlineRule.objects.get(pk=before.rule_id)
    assert (old.amount, old.valid_to) == (1, TODAY - timedelta(days=1)) and rule.amount == 2
    after = make_case().clocks.get(rule__code="take_up")
    assert after.rule_id == rule.pk and after.due_at > before.due_at
    assert Clock.objects.get(pk=before.pk).due_at == before.due_at
    entry = Entry.objects.get(chain=f"rule:deadline:{rule.pk}")
    assert entry.verb == "rule.added" and "市司法局〔2026〕1号" in entry.data


def test_every_process_hears_of_it(city: City):
    before = read()
    rulebook.add_deadline_rule(by=SYSTEM, terms=TERMS)
    assert read() is not before and len(read().deadlines) == len(before.deadlines) + 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"valid_from": TODAY - timedelta(days=1)}, "rule_past"),
        ({"amount": 0}, "bad_amount"),
        ({"unit": "fortnight"}, "bad_choice"),
        ({"starts_on": "noon"}, "bad_choice"),
        ({"kind": "divorce"}, "unknown_kind"),
        ({"source": " "}, "empty_text"),
        ({"name": ""}, "empty_text"),
        ({"code": "not a slug"}, "bad_rule"),
    ],
)
def test_what_is_no_rule_is_refused(city: City, change, expected):
    assert code(rulebook.add_deadline_rule, by=SYSTEM, terms=replace(TERMS, **change)) == expected
    assert not DeadlineRule.objects.exclude(valid_to=None).exists()


def test_a_rule_of_the_same_day_is_not_added_twice(city: City):
    rulebook.add_deadline_rule(by=SYSTEM, terms=TERMS)
    assert code(rulebook.add_deadline_rule, by=SYSTEM, terms=TERMS) == "rule_past"


def test_a_routing_rule_changes_who_gets_it(city: City):
    adding = {"by": SYSTEM, "channel": "web", "source": "市司法局〔2026〕2号", "valid_from": TODAY}
    rule = rulebook.add_routing_rule(lowest_tier="township_station", **adding)
    assert make_case().station_id == TOWN and make_case(channel="wechat").station_id == NORTH
    assert RoutingRule.objects.filter(channel="web").count() == 2
    assert code(rulebook.add_routing_rule, lowest_tier="moon", **adding) == "bad_choice"
    north = city.regions[NORTH]
    rulebook.add_routing_rule(lowest_tier="village_studio", region=north, **adding)
    assert make_case().station_id == VILLAGE
    end_rule(rule=rule, by=SYSTEM, on=TODAY, reason="试行结束")
    assert code(end_rule, rule=rule, by=SYSTEM, on=TODAY, reason="x") == "rule_ended"


def test_a_rule_does_not_end_in_the_past(city: City):
    rule = DeadlineRule.objects.order_by("id").first()
    ending = {"rule": rule, "by": SYSTEM, "on": TODAY - timedelta(days=9), "reason": "x"}
    assert code(end_rule, **ending) == "rule_past"


def test_preparing_an_emptied_database_writes_the_seeds_once(city: City):
    Clock.objects.all().delete()
    DeadlineRule.objects.all().delete()
    rulebook.prepare(by=SYSTEM)
    rulebook.prepare(by=SYSTEM)
    assert DeadlineRule.objects.count() == len(DEADLINES) == len(read().deadlines)
