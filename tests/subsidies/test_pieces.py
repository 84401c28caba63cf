"""Rates by date and place; pieces promised, earned, settled, dropped; nothing is paid twice."""

import threading
from datetime import date
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.journal.queries import history
from mingbai.people.enums import PostType
from mingbai.people.roles import RoleCode
from mingbai.places.actions import end_rule
from mingbai.subsidies import actions
from mingbai.subsidies.models import Piece, Rate, Sheet
from mingbai.subsidies.perms import can_make_sheet
from mingbai.subsidies.queries import budget, faults_of_table, lines_of, own_pieces, rate_for, unpriced_pieces
from tests.cases.factories import CITY, NORTH, SOUTH, TOWN
from tests.people.factories import make_user
from tests.subsidies.factories import YEAR, make_earned, make_rate, moment


def fee(**asked) -> D | None:
    found = rate_for("aid_case", **{"region": NORTH, "on": date(2026, 6, 1), **asked})
    return found.fee if found else None


# ── rates ──


def test_the_nearest_place_and_the_row_that_says_most(city):
    make_rate(city, fee=D(1000))
    make_rate(city, fee=D(1100), stage="second")
    make_rate(city, fee=D(1300), kind="defence")
    make_rate(city, fee=D(900), region=NORTH)
    assert fee(region=SOUTH) == 1000
    assert fee(region=SOUTH, stage="second") == 1100
    assert fee(region=SOUTH, stage="second", kind="defence") == 1300
    assert fee(region=TOWN, stage="second") == 900, "the county's own table stands before the city's"
    assert fee(on=date(2025, 1, 1)) is None


def test_a_new_rate_ends_the_old_one_the_day_before(city):
    old = make_rate(city, fee=D(1000))
    make_rate(city, fee=D(1200), on=date(2026, 7, 1))
    old.refresh_from_db()
    assert old.valid_to == date(2026, 6, 30)
    assert (fee(), fee(on=date(2026, 7, 1))) == (1000, 1200)
    assert faults_of_table() == []


@pytest.mark.parametrize(
    ("on", "code"), [(date(2026, 6, 30), "rate_overlap"), (date(2026, 7, 2), "rate_gap")]
)
def test_a_table_with_a_gap_or_an_overlap_is_refused(city, on, code):
    rate = make_rate(city)
    end_rule(rule=rate, by=SYSTEM, on=date(2026, 6, 30), reason="停", at=moment(date(2026, 6, 1)))
    with pytest.raises(Refused) as refused:
        make_rate(city, on=on)
    assert (refused.value.code, refused.value.field) == (code, "valid_from")
    assert make_rate(city, on=date(2026, 7, 1)).pk
    assert faults_of_table() == []


def test_a_planted_gap_and_overlap_are_found(city):
    make_rate(city)
    Rate.objects.update(valid_to=date(2026, 3, 31))
    twin = Rate.objects.get()
    twin.pk, twin.valid_from, twin.valid_to = None, date(2026, 3, 1), date(2026, 4, 30)
    twin.save()
    twin.pk, twin.valid_from, twin.valid_to = None, date(2026, 6, 1), None
    twin.save()
    assert [(kind, first, last) for _row, kind, first, last in faults_of_table()] == [
        ("gap", date(2026, 5, 1), date(2026, 5, 31)),
        ("overlap", date(2026, 3, 1), date(2026, 3, 31)),
    ]


def test_nonsense_is_no_rate(city):
    for more, code in (({"fee": D(-1)}, "bad_rule"), ({"stage": "nothing"}, "bad_choice")):
        with pytest.raises(Refused) as refused:
            make_rate(city, **more)
        assert refused.value.code == code


# ── pieces ──


def test_the_rate_is_frozen_when_the_work_is_given(city):
    make_rate(city, fee=D(1000), direct=D(0))
    job = actions.Job(worker=city.owner, work="aid_case", region=NORTH)
    actions.promise(by=SYSTEM, job=job, event="aid:1", on=date(2026, 3, 1))
    make_rate(city, fee=D(2000), direct=D(0), on=date(2026, 4, 1))
    piece = actions.earn(by=SYSTEM, event="aid:1", on=date(2026, 9, 1))
    assert (piece.amount, piece.state) == (1000, "earned")
    assert sum(line.amount for line in lines_of(piece)) == piece.amount


def test_one_event_is_one_piece_and_earned_once(city):
    make_rate(city)
    first = make_earned(city.owner)
    again = make_earned(city.owner, on=date(2026, 5, 1), grade="failed")
    assert (first.pk, again.done_on, again.amount) == (again.pk, date(2026, 3, 5), first.amount)
    assert Piece.objects.count() == 1
    assert Entry.objects.filter(verb="piece.earned").count() == 1


def test_nothing_is_earned_of_what_nobody_promised(city):
    assert actions.earn(by=SYSTEM, event="aid:9", on=YEAR) is None
    assert actions.grade(by=SYSTEM, event="aid:9", grade="good") is None


def test_public_posts_get_what_it_cost_and_no_fee(city):
    make_rate(city)
    worker = city.owner
    worker.post_type = PostType.ESTABLISHED
    assert make_earned(worker).amount == 200
    assert make_earned(worker, "aid:2", is_public_post=False).amount == 1700


def test_without_a_rate_it_waits_and_is_reckoned_when_there_is_one(city):
    piece = make_earned(city.owner)
    assert (piece.rate, piece.amount) == (None, 0)
    assert list(unpriced_pieces([NORTH])) == [piece]
    make_rate(city)
    piece.refresh_from_db()
    assert piece.amount == 1700
    assert not unpriced_pieces([NORTH])
    assert [entry.verb for entry in history(piece.chain)][-1] == "piece.priced"


def test_quality_changes_the_amount_until_it_is_paid(city):
    make_rate(city, excellent=120)
    make_earned(city.owner)
    assert actions.grade(by=SYSTEM, event="aid:1", grade="excellent").amount == 2000
    with pytest.raises(Refused) as refused:
        actions.grade(by=SYSTEM, event="aid:1", grade="superb")
    assert refused.value.code == "bad_choice"
    actions.make_sheet(by=SYSTEM, region=city.regions[NORTH], month=202603)
    piece = Piece.objects.get()
    with pytest.raises(Refused) as refused:
        actions.settle(by=SYSTEM, piece=piece, share=10, reason="x", on=date(2026, 3, 5))
    assert refused.value.code == "paid_already"


def test_what_ended_otherwise_is_settled_by_a_person(city):
    make_rate(city)
    job = actions.Job(worker=city.owner, work="aid_case", region=NORTH)
    piece = actions.promise(by=SYSTEM, job=job, event="aid:1", on=YEAR)
    with pytest.raises(Refused) as refused:
        actions.settle(by=SYSTEM, piece=piece, share=101, reason="多", on=YEAR)
    assert refused.value.code == "bad_amount"
    settled = actions.settle(by=SYSTEM, piece=piece, share=40, reason="办到一半换人", on=date(2026, 2, 1))
    assert (settled.amount, settled.state) == (800, "earned")
    none = actions.settle(by=SYSTEM, piece=piece, share=0, reason="没有办", on=YEAR)
    assert (none.amount, none.state) == (0, "dropped")
    assert actions.earn(by=SYSTEM, event="aid:1", on=YEAR) is None


def test_who_shares_a_mediation_shares_what_it_costs(city):
    make_rate(city, "mediation", fee=D(100), direct=D(50))
    parts = [
        make_earned(city.owner, f"mediation:1:{n}", work="mediation", parts=3, part=n).amount
        for n in range(3)
    ]
    assert parts == [D("50.01"), D("50.00"), D("49.99")] and sum(parts) == 150


def test_what_is_not_done_yet_comes_first_among_one_s_own(city):
    make_rate(city)
    make_earned(city.owner, "old"), make_earned(city.owner, "new", on=date(2026, 4, 1))
    job = actions.Job(worker=city.owner, work="aid_case", region=NORTH)
    actions.promise(by=SYSTEM, job=job, event="open", on=YEAR)
    assert [one.event for one in own_pieces(city.owner)] == ["open", "new", "old"]


def test_nothing_is_settled_that_was_dropped_nor_for_any_day(city):
    make_rate(city)
    job = actions.Job(worker=city.owner, work="aid_case", region=NORTH)
    piece = actions.promise(by=SYSTEM, job=job, event="aid:1", on=YEAR)

    def code(on: date) -> str:
        with pytest.raises(Refused) as refused:
            actions.settle(by=SYSTEM, piece=piece, share=50, reason="x", on=on, at=moment(date(2026, 3, 1)))
        return refused.value.code

    assert code(date(2025, 12, 31)) == code(date(2026, 3, 2)) == code(date(2062, 11, 30)) == "bad_time"
    actions.drop(by=SYSTEM, event="aid:1", reason="没有接")
    assert code(date(2026, 2, 1)) == "dropped_already"
    assert Piece.objects.get().state == "dropped"


# ── sheets ──


def test_a_sheet_holds_what_was_earned_to_the_end_of_its_month(city):
    make_rate(city), make_rate(city, "service_day", fee=D(150), direct=D(0))
    make_earned(city.owner, "a"), make_earned(city.owner, "b", on=date(2026, 2, 28), work="service_day")
    make_earned(city.owner, "c", on=date(2026, 4, 1)), make_earned(city.workers[SOUTH], "d", region=SOUTH)
    sheet = actions.make_sheet(by=SYSTEM, region=city.regions[NORTH], month=202603)
    assert (sheet.count, sheet.total) == (2, D("1850.00"))
    later = actions.make_sheet(by=SYSTEM, region=city.regions[NORTH], month=202604)
    assert [piece.event for piece in later.pieces.all()] == ["c"]


def test_what_a_county_has_paid_the_city_does_not_pay_again(city):
    make_rate(city)
    make_earned(city.owner, "a")
    actions.make_sheet(by=SYSTEM, region=city.regions[NORTH], month=202603)
    with pytest.raises(Refused) as refused:
        actions.make_sheet(by=SYSTEM, region=city.regions[CITY], month=202603)
    assert refused.value.code == "nothing_due"


def test_a_month_is_paid_once_and_not_before_it_is_over(city):
    make_rate(city)
    make_earned(city.owner, "a")
    north, today = city.regions[NORTH], timezone.localdate()
    for month, code in ((today.year * 100 + today.month, "month_running"), (202602, "nothing_due")):
        with pytest.raises(Refused) as refused:
            actions.make_sheet(by=SYSTEM, region=north, month=month)
        assert refused.value.code == code
    actions.make_sheet(by=SYSTEM, region=north, month=202603)
    make_earned(city.owner, "late", on=date(2026, 3, 9))
    with pytest.raises(Refused) as refused:
        actions.make_sheet(by=SYSTEM, region=north, month=202603)
    assert refused.value.code == "sheet_made"
    assert actions.make_sheet(by=SYSTEM, region=north, month=202604).count == 1, (
        "what came late is in the next"
    )


def test_the_database_itself_pays_nothing_twice(city):
    make_rate(city)
    piece = make_earned(city.owner)
    for change in ({"state": "sheeted"}, {"state": "earned", "done_on": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Piece.objects.filter(pk=piece.pk).update(**change)


@pytest.mark.django_db(transaction=True)
def test_two_who_make_the_sheet_at_one_moment_make_one(request):
    city = request.getfixturevalue("city")
    make_rate(city)
    for n in range(20):
        make_earned(city.owner, f"aid:{n}")
    codes: list[str] = []

    def work() -> None:
        try:
            actions.make_sheet(by=SYSTEM, region=city.regions[NORTH], month=202603)
            codes.append("made")
        except Refused as refused:
            codes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(codes) == ["made", "sheet_made", "sheet_made"]
    assert Sheet.objects.get().total == 20 * 1700


def test_next_year_needs_what_this_year_cost(city):
    make_rate(city), make_rate(city, "service_day", fee=D(150), direct=D(0))
    (
        make_earned(city.owner, "a"),
        make_earned(city.owner, "b"),
        make_earned(city.owner, "c", work="service_day"),
    )
    make_earned(city.owner, "old", on=date(2025, 5, 5))
    assert [(one.work, one.count, one.amount) for one in budget(CITY, 2026)] == [
        ("aid_case", 2, 3400),
        ("service_day", 1, 150),
    ]


# ── who ──


def test_everybody_sees_their_own_and_who_keeps_a_place_its_all(city):
    make_rate(city)
    make_earned(city.owner, "a"), make_earned(city.workers[SOUTH], "b", region=SOUTH)

    def seen(user) -> list[str]:
        return sorted(Piece.objects.visible_to(user).values_list("event", flat=True))

    assert seen(city.alice) == ["a"]
    assert seen(city.supervisor) == ["a"]
    assert seen(make_user(RoleCode.FINANCE, region=city.regions[CITY])) == ["a", "b"]
    assert seen(city.users[RoleCode.QUALITY]) == []


def test_who_keeps_a_whole_place_makes_its_sheet(city):
    assert can_make_sheet(city.supervisor, NORTH)
    assert not can_make_sheet(city.supervisor, CITY)
    assert not can_make_sheet(city.supervisor, TOWN)
    assert not can_make_sheet(make_user(RoleCode.FINANCE, region=city.regions[CITY]), NORTH)
