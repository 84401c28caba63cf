"""The standard's lines through their page, quotas and the ladder through theirs: dated, replaced."""

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.oversight import actions
from mingbai.oversight.actions.rulebook import set_standard
from mingbai.oversight.enums import Measure
from mingbai.oversight.models import ClimbRule, QuotaRule, Review, Standard
from mingbai.oversight.rules.standard import CriterionTerms, line_text, read_line
from mingbai.people.roles import RoleCode
from mingbai.places.enums import Tier
from tests.cases.factories import CITY, NORTH, City, make_city
from tests.people.factories import make_user
from tests.web.desk.pages import errors, signed_in, soup, words

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
LINES = "场所 | 有固定场所 | 60 | premises | 0 | 1\n台账 | 抽查齐全 | 40"


@pytest.fixture
def city(db: None) -> City:
    city = make_city()
    actions.prepare(by=SYSTEM)
    return city


WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)


@given(WORDS, WORDS, st.integers(1, 100), st.sampled_from(["", *Measure.values]))
def test_a_line_is_read_as_it_was_written(name: str, text: str, points: int, measure: str):
    terms = CriterionTerms(name, text, points, measure, "0", "98.5" if measure else "1")
    assert read_line(line_text(terms)) == terms


@pytest.mark.parametrize(
    "text", ["", "a", "a|b", "a|b|x", "a|b|5|moon|0|1", "a|b|5|premises|x|1", "|b|5", "a|b|5|c"]
)
def test_what_is_no_line(text: str):
    assert read_line(text) is None


def test_a_standard_is_replaced_from_a_day_on_and_begun_reviews_keep_theirs(city: City):
    actions.begin_reviews(by=SYSTEM, region=city.regions[NORTH], year=TODAY.year)
    review = Review.objects.get(station=city.stations[NORTH])
    old = review.standard
    boss = signed_in(make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="boss"))
    page = boss.get(f"/desk/oversight/standards/{old.pk}/")
    assert "看现场" in words(page) and "换一份" in words(page)
    at = f"/desk/oversight/standards/{old.pk}/replace/"
    assert "premises" in soup(boss.get(at)).select_one("textarea[name=lines]").text
    sent = {"name": "新标准", "source": "抚司发〔2026〕9号", "valid_from": TODAY, "lines": LINES}
    assert "100" in errors(boss.post(at, {**sent, "lines": "场所 | 有 | 60"}))
    assert "第 2 行看不懂" in errors(boss.post(at, {**sent, "lines": "场所 | 有 | 60\n随便写"}))
    assert "满分线" in errors(boss.post(at, {**sent, "lines": LINES.replace("0 | 1", "1 | 1")}))
    assert Standard.objects.filter(tier=old.tier).count() == 1
    assert boss.post(at, sent).status_code == 302
    made = Standard.objects.get(name="新标准")
    old.refresh_from_db(), review.refresh_from_db()
    assert old.valid_to is not None and review.standard_id == old.pk
    assert [line.name for line in made.criteria.order_by("number")] == ["场所", "台账"]
    assert "新标准" in words(boss.get("/desk/oversight/standards/"))
    assert boss.get(at).status_code == 404


def test_a_county_reads_the_standard_and_changes_nothing(city: City):
    row = Standard.objects.first()
    north = signed_in(city.users[RoleCode.SUPERVISOR])
    assert row is not None and "换一份" not in words(north.get(f"/desk/oversight/standards/{row.pk}/"))
    assert north.post(f"/desk/oversight/standards/{row.pk}/replace/", {}).status_code == 404
    with pytest.raises(Refused):
        set_standard(by=SYSTEM, tier=Tier.CITY_CENTRE, name="少", source="x", valid_from=TODAY, lines=[])


def test_quotas_and_the_ladder_have_a_page(city: City):
    boss = signed_in(make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="boss"))
    assert "超期几天督办" in words(boss.get("/manage/dated/oversight/"))
    quota = {"code": "visits", "village_class": "", "amount": "3", "source": "省厅", "valid_from": TODAY}
    assert boss.post("/manage/dated/quota/new/", quota).status_code == 302
    assert QuotaRule.objects.filter(code="visits", village_class="", valid_to=None).get().amount == 3
    climb = {"rung": "1", "days": "2", "source": "市局", "valid_from": TODAY}
    choice = ClimbRule.objects.order_by("rung").first()
    assert choice is not None
    assert boss.post("/manage/dated/climb/new/", {**climb, "rung": choice.rung}).status_code == 302
    assert ClimbRule.objects.filter(rung=choice.rung, valid_to=None).get().days == 2
    assert errors(boss.post("/manage/dated/climb/new/", {**climb, "rung": "9", "days": "0"}))
