"""Every indicator equals a slow count; late, merged and corrected rows count where they belong."""

import json
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingbai.cases.actions._clockwork import run_out
from mingbai.cases.actions.doubles import merge_cases
from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.figures.actions import issue_letter, land_peer_month
from mingbai.figures.letter import PARAGRAPHS, figures_of, plain, sentence, worded
from mingbai.figures.models import IssuedLetter, PeerMonth
from mingbai.figures.queries import Counter, by_month, corrections, everything, ranks, rows_of, shown
from mingbai.figures.recount import differences
from mingbai.figures.registry import INDICATORS, MEANS, RATIOS, SUMS
from mingbai.figures.rules import Period
from mingbai.hotline.actions import land_call
from mingbai.hotline.models import Call
from mingbai.hotline.rules import Told
from tests.cases.factories import CITY, NORTH, SOUTH, TOWN, VILLAGE, City, make_case, make_closed

pytestmark = pytest.mark.django_db
YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))


def call(city: City, on: date, answered: bool = True, region: str = TOWN, hour: int = 9) -> Call:
    at = timezone.make_aware(datetime(on.year, on.month, on.day, hour))
    told = Told(
        region=region,
        offered_at=at,
        answered_at=at + timedelta(seconds=9) if answered else None,
        ended_at=at + timedelta(minutes=2),
        text="工钱要不回来" if answered else "",
    )
    return land_call(by=SYSTEM, told=told, source="calls")


def values(period: Period) -> dict[str, Any]:
    return {key: plain(value.value) for key, value in figures_of(period).items()}


def test_one_more_call_makes_it_one_more(city: City):
    call(city, date(2025, 5, 1)), call(city, date(2025, 5, 1), answered=False)
    before = values(YEAR)
    assert (before["calls_answered"], before["calls_offered"], before["answer_rate"]) == (1, 2, 50.0)
    call(city, date(2025, 12, 31), hour=23)
    after = values(YEAR)
    assert {key for key in after if after[key] != before[key]} == {
        "calls_answered", "calls_offered", "answer_rate", "hotline_and_net", "matters", "matters_ended",
        "in_time_rate",
    }  # fmt: skip
    assert (
        after["calls_answered"] == 2
        and values(Period(date(2026, 1, 1), date(2026, 12, 31)))["calls_prev_answered"] == 2
    )


def test_a_year_without_data_says_so_and_is_not_zero_per_cent(city: City):
    found = values(Period(date(2001, 1, 1), date(2001, 12, 31)))
    assert found["calls_answered"] == 0 and found["answer_rate"] is None and found["rank_first"] is None
    said = "".join(sentence(str(one.text), found) for one in PARAGRAPHS)
    assert "接通率 无数据，" in said and "无数据%" not in said and "上年无可比的数" in said


def test_what_nothing_can_be_said_of_is_left_out(city: City):
    assert not [text for text in worded(values(YEAR)) if "rank_first" in text]
    peer(202501, CITY, 100, 80)
    assert [text for text in worded(values(YEAR)) if "rank_first" in text]


def test_a_region_counts_its_subtree(city: City):
    call(city, date(2025, 3, 3), region=VILLAGE), call(city, date(2025, 3, 3), region=SOUTH)

    def answered(region: str) -> int:
        return Counter(Period(YEAR.first, YEAR.last, region)).count("calls_answered")

    assert [answered(code) for code in ("", CITY, NORTH, TOWN, VILLAGE, SOUTH)] == [2, 2, 1, 1, 1, 1]


def test_a_merged_matter_is_two_contacts_and_one_matter(city: City):
    today = timezone.localdate()
    now = Period(date(today.year, 1, 1), date(today.year, 12, 31))
    first, second = (make_case(text=text) for text in ("工钱要不回来", "还是工钱的事"))
    assert (Counter(now).count("work_orders"), Counter(now).count("matters")) == (2, 2)
    merge_cases(case=second, into=first, by=city.alice.actor, reason="同一件事")
    assert (Counter(now).count("work_orders"), Counter(now).count("matters")) == (2, 1)


def test_an_ended_matter_and_its_rating(city: City):
    case = make_closed(city)
    today = timezone.localdate()
    now = Counter(Period(date(today.year, 1, 1), date(today.year, 12, 31)))
    assert (now.count("matters_ended"), now.count("matters_in_time")) == (1, 1)
    assert now.value("content_rate").value is None and now.value("rated_rate").denominator == 1
    run_out(case)
    assert Counter(now.period).count("matters_in_time") == 0


def test_every_figure_opens_as_many_rows_as_it_counts(city: City):
    call(city, date(2025, 5, 1)), make_case()
    today = timezone.localdate()
    period = Period(date(2025, 1, 1), date(today.year, 12, 31))
    for indicator in INDICATORS:
        rows = list(shown(indicator, rows_of(indicator, period)))
        if not indicator.amount:
            assert len(rows) == Counter(period).count(indicator.code)
        if indicator.time and rows:
            assert sum(n for _month, n in by_month(indicator, period)) == len(rows)
    assert {item.code for item in everything()} == {one.code for one in (*INDICATORS, *RATIOS, *MEANS, *SUMS)}


def test_ratios_and_sums_are_made_of_what_is_declared():
    for ratio in RATIOS:
        assert all(part in INDICATORS or part in SUMS for part in (ratio.numerator, ratio.denominator))
    assert all(mean.of in INDICATORS for mean in MEANS)
    for one in SUMS:
        assert all(part in INDICATORS for part in one.parts)


def cost() -> int:
    with CaptureQueriesContext(connection) as made:
        figures_of(YEAR)
    return len(made)


def test_the_letter_costs_a_bounded_number_of_queries(city: City):
    call(city, date(2025, 5, 1))
    few = cost()
    for n in range(5):
        call(city, date(2025, 5, 2 + n))
    assert cost() == few <= 12


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["call", "lost", "case"]),
        st.dates(date(2024, 12, 28), date(2025, 1, 5)),
        st.sampled_from([TOWN, VILLAGE, SOUTH, CITY]),
        st.integers(0, 23),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_any_events_count_as_a_slow_count_does(city: City, events: list[tuple[str, date, str, int]]):
    (
        Call.objects.all().delete(),
        Case.objects.all().update(month=190001, opened_at=timezone.make_aware(datetime(1900, 1, 1))),
    )
    for what, on, region, hour in events:
        if what == "case":
            make_case(region=region, opened_at=timezone.make_aware(datetime(on.year, on.month, on.day, hour)))
        else:
            call(city, on, answered=what == "call", region=region, hour=hour)
    for first, last in ((date(2025, 1, 1), date(2025, 12, 31)), (date(2024, 12, 30), date(2025, 1, 2))):
        for region in ("", NORTH, VILLAGE):
            assert differences(Period(first, last, region)) == []


def check(*arguments: str) -> tuple[int, dict[str, Any], str]:
    out, said = StringIO(), StringIO()
    try:
        call_command("figures_check", *arguments, stdout=out, stderr=said)
        code = 0
    except SystemExit as stop:
        code = int(stop.code or 0)
    return code, json.loads(out.getvalue()), said.getvalue()


def test_a_planted_difference_is_found_and_named(city: City):
    year = ("--from", "2025-01-01", "--to", "2025-12-31")
    one = call(city, date(2025, 5, 1))
    assert check(*year) == (0, {"differences": 0}, "")
    Call.objects.filter(pk=one.pk).update(on=date(2024, 5, 1))
    code, found, said = check(*year)
    assert (code, found) == (1, {"differences": 5}) and f"call:{one.pk}" in said
    Call.objects.filter(pk=one.pk).update(on=date(2025, 5, 1))
    Case.objects.filter(pk=one.case_id).update(month=202405)
    code, _found, said = check(*year)
    assert code == 1 and one.case is not None and one.case.number in said


def peer(month: int, city: str, offered: int, answered: int) -> PeerMonth:
    return land_peer_month(
        by=SYSTEM, month=month, city=city, offered=offered, answered=answered, source="省厅月报"
    )


def test_ranks_by_rate_then_volume_and_what_was_corrected(city: City):
    for month, answered in ((202501, 80), (202512, 95)):
        land_peer_month(by=SYSTEM, month=month, city=CITY, offered=100, answered=answered, source="省厅月报")
        land_peer_month(
            by=SYSTEM, month=month, city="210900000000", offered=200, answered=180, source="省厅月报"
        )
    assert ranks(CITY, 202501, 202512) == [(202501, 2, 2), (202512, 1, 2)]
    assert (values(YEAR)["rank_first"], values(YEAR)["rank_last"]) == (2, 1)
    peer(202512, CITY, 100, 90)
    assert PeerMonth.objects.count() == 4 and values(YEAR)["rank_last"] == 2
    with pytest.raises(Refused):
        peer(202513, CITY, 1, 1)
    with pytest.raises(Refused):
        peer(202512, CITY, 1, 2)


def issued(city: City, **more: Any) -> IssuedLetter:
    given = {
        "number": "抚司发〔2026〕1号",
        "title": "年报",
        "paragraphs": ["接听 {calls_answered} 人次，{calls_growth}。"],
    }
    return issue_letter(by=SYSTEM, year=2025, period=YEAR, region=city.regions[CITY], **{**given, **more})


def test_an_issued_letter_stays_as_it_was_and_later_records_stand_beside_it(city: City):
    call(city, date(2025, 5, 1))
    letter = issued(city)
    call(city, date(2025, 6, 1))
    letter.refresh_from_db()
    then = {key: figure["value"] for key, figure in letter.figures.items()}
    assert sentence(letter.paragraphs[0], then) == "接听 1 人次，上年无可比的数。"
    changed = {one.code: (one.reported, one.today) for one in corrections(letter, values(YEAR))}
    assert changed["calls_answered"] == (1, 2) and letter.position > 0
    assert letter.definitions["calls_answered"] == "有人接听的来电。"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"paragraphs": ["{secret} 件"]}, "unknown_figure"),
        ({"paragraphs": ["", "  "]}, "empty"),
        ({"number": " "}, "empty_text"),
        ({"number": "抚司发〔2026〕0号"}, "number_taken"),
    ],
)
def test_a_letter_that_cannot_be_issued(city: City, values: dict[str, Any], code: str):
    issued(city, number="抚司发〔2026〕0号")
    with pytest.raises(Refused) as refused:
        issued(city, **values)
    assert refused.value.code == code and IssuedLetter.objects.count() == 1


def letter(*arguments: str) -> str:
    out = StringIO()
    call_command("letter", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_gives_words_and_json_with_the_rows(city: City):
    call(city, date(2025, 5, 1))
    assert "接听咨询 1 人次" in letter("2025") and "answered 1 calls" in letter("2025", "--language", "en")
    found = json.loads(letter("2025", "--json", "--region", NORTH))
    assert (found["year"], found["region"]) == (2025, NORTH)
    answered = found["figures"]["calls_answered"]
    assert answered["value"] == 1 and answered["rows_url"].startswith(
        "/board/figures/calls_answered/?from=2025-01-01"
    )
    rate = found["figures"]["answer_rate"]
    assert (rate["value"], rate["numerator"], rate["denominator"], rate["rows_url"]) == (100.0, 1, 1, None)
    assert "from=2024-01-01" in found["figures"]["calls_prev_answered"]["rows_url"]
    for wrong in (
        ["1800"],
        ["2025", "--region", "9"],
        ["2025", "--from", "2025-03-01", "--to", "2025-01-01"],
    ):
        with pytest.raises(CommandError):
            letter(*wrong)


def test_a_station_that_works_for_elsewhere_has_recorded_something(city: City):
    there = Period(YEAR.first, YEAR.last, SOUTH)
    rows = INDICATORS.get("stations_silent").rows(there)
    assert SOUTH in rows.values_list("pk", flat=True)
    case = make_case(region=TOWN)
    opened = timezone.make_aware(datetime(2025, 5, 1, 9))
    Case.objects.filter(pk=case.pk).update(station_id=SOUTH, opened_at=opened, month=202505)
    assert SOUTH not in rows.all().values_list("pk", flat=True)
    assert SOUTH in INDICATORS.get("stations_silent").rows(there.year_before()).values_list("pk", flat=True)
