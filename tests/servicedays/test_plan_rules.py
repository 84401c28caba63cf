"""What a plan is made of and weighed by, without tables: against slow references and the planner's rules."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.servicedays.enums import Skill
from mingbai.servicedays.rules.building import Built, Month, PersonRow, SpotRow, build, left_after
from mingbai.servicedays.rules.coverage import coverage
from mingbai.servicedays.rules.inequality import Covered, gini, inequality
from mingbai.servicedays.rules.needs import Known, Matter, need_of, same_need
from mingbai.servicedays.rules.reasons import why
from mingbai.servicedays.rules.skills import skills_of
from mingbai.servicedays.rules.terms import SEED, RuleTerms, terms_at
from mingbai.servicedays.rules.weighing import Held, breaks, slots_of, weigh
from mingbai.servicedays.solver.greedy import greedy
from mingbai.servicedays.solver.instance import SKILLS
from mingbai.servicedays.solver.objective import faults, score

FIRST = date(2026, 3, 2)
DATES = tuple(FIRST + timedelta(days=n) for n in range(12))


def terms(**changes: int) -> Any:
    return terms_at((), [RuleTerms(code, amount) for code, amount in changes.items()])


def month(seed: int = 1, *, spots: int = 5, people: int = 6, **changes: int) -> Month:
    draw = random.Random(seed)
    rules = {"capacity": 4, "most_days": 2, "gap_days": 2, "most_km": 60, **changes}
    return Month(
        dates=DATES,
        terms=terms(**rules),
        spots=tuple(_spot(draw, n) for n in range(spots)),
        people=tuple(_person(draw, n) for n in range(people)),
    )


def _spot(draw: random.Random, n: int) -> SpotRow:
    needs = {s: (c, c // 3) for s in SKILLS if (c := draw.choice([0, 2, 5, 9]))}
    point = None if n == 0 else (41.5 + draw.random() / 2, 124 + draw.random() / 2)
    shut = frozenset(draw.sample(DATES, 2))
    return SpotRow(f"T{n}", f"第{n}乡", f"C{n % 2}", point, needs, shut)


def _person(draw: random.Random, n: int) -> PersonRow:
    skills = tuple(draw.sample(SKILLS, draw.choice([1, 2])))
    point = None if n == 0 else (41.5 + draw.random() / 2, 124 + draw.random() / 2)
    free = frozenset(day for day in DATES if draw.random() < 0.7)
    return PersonRow(
        f"P{n}", f"某{n}", skills, f"C{n % 2}", f"T{n % 5}", point, free, draw.choice([1, 2, 4]), 4
    )


def random_days(built: Built, draw: random.Random) -> list[Held]:
    """Days as a hurried hand would put them: many break something."""
    slots = {(draw.choice(built.month.spots).code, draw.choice(DATES)) for _n in range(draw.randrange(6))}
    return [
        Held(
            spot,
            on,
            {p.code: draw.choice(SKILLS) for p in draw.sample(built.month.people, draw.randrange(1, 4))},
        )
        for spot, on in slots
    ]


# ── the instance ──


def test_the_planner_knows_the_same_skills():
    assert set(Skill.values) == set(SKILLS)


def test_the_instance_says_what_was_assumed_and_the_planner_can_plan_it():
    built = build(month(3))
    assert [("第0乡" in note, "某0" in note) for note in built.notes] == [(True, False), (False, True)]
    county = [spot for spot in built.month.spots if spot.county == "C0" and spot.point]
    middle = sum(spot.point[0] for spot in county if spot.point) / len(county)
    assert built.instance.places[0].at[0] == pytest.approx(middle)
    assert faults(built.instance, greedy(built.instance)) == []


def test_without_any_point_distance_decides_nothing_and_days_are_planned_all_the_same():
    rows = month(3)
    blind = Month(
        rows.dates,
        rows.terms,
        tuple(SpotRow(s.code, s.name, s.county, None, s.needs) for s in rows.spots),
        tuple(PersonRow(p.code, p.name, p.skills, p.county, p.spot, None, p.free, 4, 4) for p in rows.people),
    )
    built = build(blind)
    assert {km for row in built.instance.km for km in row} == {0.0} and greedy(built.instance)


def test_an_empty_month_is_an_empty_plan():
    built = build(Month((), terms(), (), ()))
    assert greedy(built.instance) == {} and built.notes == ()


def test_nothing_is_held_before_the_place_can_know_of_it():
    rows = month(5)
    early = build(rows, earliest=DATES[6], keep={("T1", DATES[1])})
    t = early.spot("T1")
    assert early.instance.is_open(t, 1) == (DATES[1] not in rows.spots[1].shut)
    assert not any(early.instance.is_open(t, n) for n in (0, 2, 3, 4, 5))
    assert all(day >= 6 for t, day in greedy(early.instance) if t != early.spot("T1"))


def test_a_place_that_has_had_its_days_gets_no_more():
    spots = tuple(SpotRow(s.code, s.name, s.county, s.point, s.needs, s.shut, held=2) for s in month(5).spots)
    assert greedy(build(Month(DATES, terms(most_days=2), spots, month(5).people)).instance) == {}


@given(
    st.dictionaries(st.sampled_from(SKILLS), st.tuples(st.integers(0, 9), st.integers(0, 9))),
    st.dictionaries(st.sampled_from(SKILLS), st.integers(0, 12)),
)
def test_what_is_promised_serves_the_urgent_first(needs: dict, promised: dict):
    needs = {skill: (max(pair), min(pair)) for skill, pair in needs.items()}
    left = left_after(needs, promised)
    for skill, (count, urgent) in needs.items():
        waiting = ["urgent"] * urgent + ["other"] * (count - urgent)
        rest = waiting[promised.get(skill, 0) :]
        assert left.get(skill, (0, 0)) == (len(rest), rest.count("urgent"))


# ── weighing ──


@given(st.integers(0, 10_000))
def test_what_we_call_broken_is_what_the_planner_refuses(seed: int):
    built, draw = build(month(seed)), random.Random(seed)
    days = random_days(built, draw)
    assert bool(breaks(built, days)) == bool(faults(built.instance, slots_of(built, days)))


def test_the_planners_plan_breaks_nothing():
    built = build(month(7))
    plan = greedy(built.instance)
    days = [
        Held(
            built.instance.places[t].code,
            DATES[day],
            {built.instance.people[i].id: s for i, s in team.items()},
        )
        for (t, day), team in plan.items()
    ]
    assert days and breaks(built, days) == [] and slots_of(built, days) == plan


@given(st.integers(0, 2_000))
def test_the_effect_is_the_difference_of_the_planners_scores(seed: int):
    built, draw = build(month(seed)), random.Random(seed + 1)
    before, after = random_days(built, draw), random_days(built, draw)
    effect = weigh(built, before, after)
    first, second = (score(built.instance, slots_of(built, days)).objective for days in (before, after))
    assert effect.cost == pytest.approx(round(second - first, 2))
    assert set(effect.new) == set(breaks(built, after)) - set(breaks(built, before))
    assert weigh(built, before, before).words == () and weigh(built, before, before).new == ()


def test_each_kind_of_break_is_said_with_names_and_days():
    rows = month(1, spots=3, people=3)
    built = build(rows)
    alone = Held("T1", DATES[0], {"P1": "notary", "P9": "lawyer"})
    broken = breaks(built, [alone, Held("T2", DATES[0], {"P1": "notary"})])
    found = {one.code: one for one in reversed(broken)}
    assert {"gone", "twice", "team"} <= set(found)
    assert "第1乡" in found["team"].text and "3月2日" in found["team"].text and "律师" in found["team"].text
    assert found["twice"].is_firm and "某1" in found["twice"].text and not found["team"].is_firm
    elsewhere = breaks(built, [Held("T9", DATES[0], {}), Held("T1", date(2026, 9, 1), {})])
    assert [one.code for one in elsewhere] == ["unknown", "unknown"]


def test_words_say_what_a_person_would_say():
    built = build(month(2, people=14))
    plan = greedy(built.instance)
    days = [
        Held(
            built.instance.places[t].code, DATES[d], {built.instance.people[i].id: s for i, s in team.items()}
        )
        for (t, d), team in plan.items()
    ]
    effect = weigh(built, days, days[1:])
    assert effect.cost > 0 and any("少办 1 场" in words for words in effect.words)
    assert any("需求" in words for words in effect.words)


# ── reasons ──


def test_each_day_says_why():
    built = build(month(2, people=14))
    plan = greedy(built.instance)
    assert len(plan) > 2
    found = why(built, plan, {"T1": FIRST - timedelta(days=41)}, FIRST)
    assert found.keys() == plan.keys()
    for (t, _day), lines in found.items():
        assert "人在等" in lines[0] and any("公里" in line for line in lines)
        assert ("已等 41 天" in lines[0]) == (built.instance.places[t].code == "T1")
    twice = {t for t, _day in plan if sum(one == t for one, _d in plan) > 1}
    assert all(
        any("第 2 场" in line for (t, _d), lines in found.items() if t == one for line in lines)
        for one in twice
    )


# ── inequality and coverage ──


def slow_gini(values: list[float]) -> float:
    mean = sum(values) / len(values)
    if not mean:
        return 0.0
    return sum(abs(a - b) for a in values for b in values) / (2 * len(values) ** 2 * mean)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_gini_is_half_the_mean_difference(values: list[float]):
    assert gini(sorted(values)) == pytest.approx(slow_gini(values), abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=30))
def test_inequality_is_between_nought_and_one_and_equal_places_have_none(rows: list[tuple[int, int]]):
    covered = [Covered(str(n), max(pair), min(pair)) for n, pair in enumerate(rows)]
    found = inequality(covered)
    assert 0 <= found.gini < 1 and 0 <= found.worst <= found.best <= 1
    assert found.places == sum(row.need > 0 for row in covered)
    assert inequality([Covered(str(n), 4, 2) for n in range(7)]).gini == pytest.approx(0)


def test_inequality_is_said_in_words_with_its_figure():
    rows = [Covered("a", 10, 10), Covered("b", 10, 0), *(Covered(str(n), 4, 2) for n in range(8))]
    words = inequality(rows).words
    assert "75%" in words and "25%" in words and "0.18" in words and "10 处里有 1 处" in words
    assert "没有地方在等" in inequality([]).words and "一件也办不到" in inequality(rows[:2]).words


def test_coverage_counts_own_people_and_who_is_sent_once():
    spots = (
        SpotRow("T1", "一乡", "C", None, {"lawyer": (10, 2)}),
        SpotRow("T2", "二乡", "C", None, {"lawyer": (6, 0), "notary": (3, 0)}),
    )
    people = (
        PersonRow("P1", "甲", ("lawyer",), "C", "T1", None, frozenset(DATES[:1]), 4, 6),
        PersonRow("P2", "乙", ("lawyer", "notary"), "C", "", None, frozenset(DATES), 4, 4),
    )
    table = coverage(
        Month(DATES, terms(), spots, people), [Held("T2", DATES[0], {"P2": "notary", "P1": "lawyer"})]
    )
    assert [
        (r.spot, r.skill, r.need, r.own, r.planned, r.before, r.after, r.missing) for r in table.rows
    ] == [
        ("T1", "lawyer", 10, 6, 0, 6, 6, 4),
        ("T2", "lawyer", 6, 0, 6, 0, 6, 0),
        ("T2", "notary", 3, 0, 4, 0, 3, 0),
    ]
    assert table.before.without == 1 and table.after.without == 0 and table.after.gini < table.before.gini


# ── small rules ──


def test_numbers_of_the_office_nearest_first():
    rows = [
        RuleTerms("most_days", 3),
        RuleTerms("most_days", 5, region="C1"),
        RuleTerms("most_days", 9, region="X"),
    ]
    assert terms_at(("T1", "C1", "CITY"), rows)["most_days"] == 5
    assert terms_at(("T1", "C2", "CITY"), rows)["most_days"] == 3
    assert {seed.code for seed in SEED} == set(terms_at((), []).amounts)
    assert terms_at((), []).least_team == {"lawyer": 1, "mediator": 1}


@pytest.mark.parametrize(
    ("post", "lines", "skills"),
    [
        ("lawyer", [], ("lawyer",)),
        ("village_lawyer", ["mediation"], ("lawyer", "mediator")),
        ("mediator", ["legal_aid"], ("mediator", "aid_clerk")),
        ("notary", [], ("notary",)),
        ("window_clerk", ["notary", "counsel"], ()),
        ("manager", ["legal_aid"], ("aid_clerk",)),
    ],
)
def test_a_licence_is_never_made_by_an_entry(post: str, lines: list[str], skills: tuple[str, ...]):
    assert skills_of(post, lines) == skills


@pytest.mark.parametrize(
    ("channel", "waited", "answered", "source"),
    [
        ("web", 4, False, None),
        ("web", 5, False, "unanswered"),
        ("web", 50, True, None),
        ("hotline", 5, False, "hotline"),
        ("home_visit", 0, False, "home_visit"),
        ("home_visit", 0, True, None),
    ],
)
def test_which_matters_ask_for_somebody(channel: str, waited: int, answered: bool, source: str | None):
    assert need_of(Matter("consultation", channel, waited, answered), 5) == source


def test_who_says_another_name_is_somebody_else():
    known = [Known(1, "lawyer", "p", "zhao"), Known(2, "notary", "p", "")]
    assert same_need(known, "lawyer", "p", "zhao") == 1 and same_need(known, "lawyer", "p", "") == 1
    assert same_need(known, "lawyer", "p", "qian") is None and same_need(known, "lawyer", "", "zhao") is None
    assert same_need(known, "notary", "p", "qian") == 2
