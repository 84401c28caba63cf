"""The dated catalogue: seeded, succeeded, ended; the nearest line up the tree holds."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.legalaid import actions
from mingbai.legalaid.enums import Role
from mingbai.legalaid.models import Belonging, HardshipLine, Matter
from mingbai.legalaid.queries import catalogue_on, line_on
from mingbai.legalaid.rules.catalogue import BELONGINGS, MATTERS, BelongingTerms
from mingbai.places.actions import end_rule
from mingbai.places.queries import one_moment
from tests.cases.factories import CITY, NORTH, TOWN, City

pytestmark = pytest.mark.usefixtures("city")

TODAY = timezone.localdate()
ADDED = replace(
    MATTERS[0], code="farmland", plain="土地被占", source="某省法律援助条例第十条", valid_from=TODAY
)


def code(act, **values) -> str:
    with pytest.raises(Refused) as refused:
        act(by=SYSTEM, **values)
    return refused.value.code


def line(city: City, region: str, amount: str, **more) -> HardshipLine:
    values = {"amount": Decimal(amount), "source": "省司法厅〔2025〕1号", "valid_from": TODAY, **more}
    return actions.set_line(by=SYSTEM, region=city.regions[region], **values)


def test_the_seed_stands_once():
    actions.prepare(by=SYSTEM)
    assert Matter.objects.count() == len(MATTERS) and Belonging.objects.count() == len(BELONGINGS)
    catalogue = catalogue_on(TODAY, region=CITY)
    assert [each.code for each in catalogue.matters if each.group == "work"][0] == "wage"
    assert [each.code for each in catalogue.belongings_of(Role.EXEMPT, "wage")] == [
        "migrant",
        "relieved",
        "no_living",
    ]
    assert "migrant" not in {each.code for each in catalogue.belongings_of(Role.EXEMPT, "traffic")}


def test_a_province_adds_a_matter_and_it_is_written_down():
    row = actions.add_matter(by=SYSTEM, terms=ADDED)
    assert "farmland" in catalogue_on(TODAY, region=CITY).by_code
    assert Entry.objects.get(chain=f"rule:aid_matter:{row.pk}").verb == "rule.added"


def test_a_new_wording_ends_the_old_one_the_day_before():
    later = TODAY + timedelta(days=30)
    actions.add_matter(by=SYSTEM, terms=replace(MATTERS[0], plain="讨工钱", valid_from=later))
    assert catalogue_on(later - timedelta(days=1), region=CITY).by_code["wage"].plain == MATTERS[0].plain
    assert catalogue_on(later, region=CITY).by_code["wage"].plain == "讨工钱"


def test_an_ended_matter_is_not_offered_any_more():
    end_rule(rule=Matter.objects.get(code="wage"), by=SYSTEM, on=TODAY, reason="改由新条例规定")
    assert "wage" in catalogue_on(TODAY, region=CITY).by_code
    assert "wage" not in catalogue_on(TODAY + timedelta(days=1), region=CITY).by_code


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"valid_from": TODAY - timedelta(days=1)}, "rule_past"),
        ({"source": "   "}, "empty_text"),
        ({"ground": "mercy"}, "bad_rule"),
        ({"group": "nobody"}, "bad_rule"),
        ({"code": "带空格 的"}, "bad_rule"),
    ],
)
def test_a_bad_row_is_refused_and_nothing_lands(change: dict, expected: str):
    before = Matter.objects.count()
    assert code(actions.add_matter, terms=replace(ADDED, **change)) == expected
    assert Matter.objects.count() == before


def test_a_group_names_only_matters_that_exist():
    terms = BelongingTerms("veteran", Role.EXEMPT, "退役军人", "当过兵", "某省规定", ("wage", "nothing"))
    assert code(actions.add_belonging, terms=replace(terms, valid_from=TODAY)) == "unknown_matter"
    made = actions.add_belonging(by=SYSTEM, terms=replace(terms, only_for=("wage",), valid_from=TODAY))
    assert made.only_for == ["wage"]


def test_the_nearest_line_up_the_tree_holds(city: City):
    assert line_on(TODAY, region=TOWN) is None
    line(city, CITY, "1000")
    assert line_on(TODAY, region=TOWN).amount == Decimal(1000)
    line(city, NORTH, "1200.50")
    assert line_on(TODAY, region=TOWN).amount == Decimal("1200.50")
    assert line_on(TODAY, region=CITY).amount == Decimal(1000)
    assert line_on(TODAY, region="999") is None


def test_a_line_is_followed_by_another_and_never_twice_on_a_day(city: City):
    line(city, CITY, "1000")
    assert code(
        actions.set_line, region=city.regions[CITY], amount=Decimal(1), source="x", valid_from=TODAY
    ) == ("rule_past")
    later = TODAY + timedelta(days=1)
    line(city, CITY, "1100", valid_from=later)
    assert (line_on(TODAY, region=CITY).amount, line_on(later, region=CITY).amount) == (1000, 1100)


@pytest.mark.parametrize("amount", ["0", "-5", "0.5", "99999999999"])
def test_a_line_that_is_none_is_refused(city: City, amount: str):
    values = {"region": city.regions[CITY], "amount": Decimal(amount), "source": "x", "valid_from": TODAY}
    assert code(actions.set_line, **values) == "bad_rule"


def test_the_catalogue_is_read_in_three_queries(city: City, django_assert_num_queries):
    line(city, CITY, "1000")
    with one_moment():
        catalogue_on(TODAY, region=TOWN)
        with django_assert_num_queries(3):
            catalogue_on(TODAY, region=TOWN)
