"""Quality review: the sheet and its grades, the lot, who may not review, what a grade pays, objections."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.models import Case
from mingbai.cases.perms import can_see
from mingbai.core.actor import SYSTEM
from mingbai.core.lots import by_lot
from mingbai.journal.models import Entry
from mingbai.journal.queries import verify
from mingbai.legalaid import actions
from mingbai.legalaid.models import Assessment, Criterion
from mingbai.legalaid.perms import can_judge_grade, can_object_to_grade, can_rate
from mingbai.legalaid.queries.quality import unassessed
from mingbai.legalaid.rules.quality import CRITERIA, GRADES, CriterionTerms, GradeTerms, grade_of
from mingbai.notices.models import Notice
from mingbai.people.models import Worker
from mingbai.people.roles import RoleCode
from mingbai.subsidies.models import Piece
from tests.cases.factories import NORTH, City
from tests.legalaid.factories import granted, head, reviewer, running
from tests.legalaid.test_handling import firm, lawyer
from tests.legalaid.test_review import code
from tests.people.factories import make_user
from tests.subsidies.factories import make_rate

FULL = {row.code: row.most for row in CRITERIA}
POOR = dict.fromkeys(FULL, 0)


# ── rules ──


@pytest.mark.parametrize(
    ("points", "grade"),
    [(100, "excellent"), (90, "excellent"), (89, "good"), (80, "good"), (79, "passed"), (60, "passed"),
     (59, "failed"), (0, "failed")],
)  # fmt: skip
def test_grades_by_percent(points: int, grade: str):
    assert grade_of([{"points": points, "most": 100}], GRADES) == grade
    assert grade_of([{"points": points, "most": 50}, {"points": points, "most": 150}], GRADES) == grade


def test_without_lines_everything_fails_and_a_hair_below_is_below():
    assert grade_of([{"points": 10, "most": 10}], []) == "failed"
    assert grade_of([{"points": 899, "most": 1000}], GRADES) == "good"


def test_the_seeded_sheet_has_a_hundred_points_and_sources():
    assert sum(row.most for row in CRITERIA) == 100
    assert all(row.source for row in (*CRITERIA, *GRADES))


# ── actions ──


@pytest.fixture
def people(city: City) -> dict[str, Worker]:
    """The lawyer, one of the same firm, one of another."""
    make_rate(city, fee=Decimal(1000), direct=Decimal(0), excellent=120, failed=50, on=timezone.localdate())
    one, other = firm(city, "甲所"), firm(city, "乙所")
    found = {
        "lawyer": lawyer(city, "甲律师", one),
        "partner": lawyer(city, "甲所合伙人", one),
        "peer": lawyer(city, "乙律师", other),
    }
    for name, worker in found.items():
        station = city.stations[NORTH]
        user = make_user(RoleCode.PRACTITIONER, station=station, worker=worker, email=f"{name}@example.cn")
        found[name] = Worker.objects.select_related("user").get(pk=user.worker.pk)
    return found


def closed(city: City, worker: Worker) -> Case:
    by, today = reviewer(city), timezone.localdate()
    case = actions.assign(case=granted(city), by=by, worker=worker, why="就近")
    actions.report(case=case, by=by, step="result", happened_on=today, text="判了")
    actions.report_closing(case=case, by=by, text="结案")
    actions.finish(case=case, by=by, text="胜诉")
    case.refresh_from_db()
    case = work.tell(case=case, by=city.alice.actor, how="phone")
    return work.close(case=case, by=city.alice.actor)


def picked(city: City, people: dict[str, Worker]) -> Assessment:
    case = closed(city, people["lawyer"])
    return actions.choose_for_review(case=case, by=reviewer(city), reviewer=people["peer"], why="有投诉")


def rated(city: City, people: dict[str, Worker], points: dict[str, int] = FULL) -> Assessment:
    return actions.rate(
        assessment=picked(city, people),
        by=people["peer"].user.actor,
        reviewer=people["peer"],
        points=points,
        text="办得细。",
    )


def test_the_grade_is_told_paid_and_ends_the_reviewer_s_sight(city: City, people):
    made = picked(city, people)
    assert "aid_assess" in running(made.case)
    peer = people["peer"]
    assert can_see(peer.user, made.case) and not can_see(people["lawyer"].user, made.case)
    made = actions.rate(assessment=made, by=peer.user.actor, reviewer=peer, points=FULL, text="办得细。")
    assert (made.grade, made.points, made.state) == ("excellent", 100, "rated")
    assert (Piece.objects.get().grade, Piece.objects.get().amount) == ("excellent", 1200)
    assert not can_see(peer.user, made.case) and "aid_assess" not in running(made.case)
    assert Notice.objects.get(template="aid_assessed").to == f"user:{people['lawyer'].user_id}"
    verbs = set(Entry.objects.filter(chain=made.case.chain).values_list("verb", flat=True))
    assert {"aid.assess_picked", "aid.assess_rated"} <= verbs and not verify().problem_count


def test_a_grade_after_the_money_is_a_correction_in_the_next_sheet(city: City, people):
    made = picked(city, people)
    from mingbai.subsidies.actions import make_sheet

    today = timezone.localdate()
    later = timezone.now() + timedelta(days=40)
    make_sheet(by=SYSTEM, region=city.regions[NORTH], month=today.year * 100 + today.month, at=later)
    peer = people["peer"]
    actions.rate(assessment=made, by=peer.user.actor, reviewer=peer, points=POOR, text="没有阅卷。")
    assert [piece.amount for piece in Piece.objects.order_by("pk")] == [Decimal(1000), Decimal(-500)]


def test_who_may_not_review(city: City, people):
    case = closed(city, people["lawyer"])
    for who in ("lawyer", "partner"):
        with pytest.raises(Exception) as refused:
            actions.choose_for_review(case=case, by=reviewer(city), reviewer=people[who], why="抽")
        assert refused.value.code == "barred"
    made = actions.choose_for_review(case=case, by=reviewer(city), reviewer=people["peer"], why="抽")
    other = people["partner"]
    assert code(
        lambda: actions.rate(
            assessment=made, by=other.user.actor, reviewer=other, points=FULL, text="好"
        )
    ) == "not_reviewer"  # fmt: skip
    Worker.objects.filter(pk=people["peer"].pk).update(organisation=people["lawyer"].organisation)
    moved = Worker.objects.get(pk=people["peer"].pk)
    assert code(
        lambda: actions.rate(assessment=made, by=moved.user.actor, reviewer=moved, points=FULL, text="好")
    ) == "not_reviewer", "moved into the lawyer's firm since"  # fmt: skip


@pytest.mark.parametrize(
    ("points", "expected"),
    [({}, "bad_points"), ({**FULL, "facts": 21}, "bad_points"), ({**FULL, "facts": -1}, "bad_points"),
     ({**FULL, "facts": True}, "bad_points")],
)  # fmt: skip
def test_a_sheet_with_nonsense_is_no_sheet(city: City, people, points, expected):
    assert code(lambda: rated(city, people, points)) == expected
    assert not Assessment.objects.exclude(grade="").exists()


def test_without_a_sheet_nothing_is_rated(city: City, people):
    Criterion.objects.all().delete()
    assert code(lambda: rated(city, people, {})) == "empty_sheet"


def test_once_and_only_what_is_closed(city: City, people):
    made = rated(city, people)
    peer = people["peer"]
    again_ = lambda: actions.choose_for_review(  # noqa: E731
        case=made.case, by=reviewer(city), reviewer=peer, why="再评"
    )
    assert code(again_) == "assessed_already"
    rate = lambda: actions.rate(  # noqa: E731
        assessment=made, by=peer.user.actor, reviewer=peer, points=POOR, text="改"
    )
    assert code(rate) == "wrong_stage"
    open_one = granted(city)
    assert (
        code(lambda: actions.choose_for_review(case=open_one, by=SYSTEM, reviewer=peer, why="x"))
        == "not_closed"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.filter(pk=made.pk).update(grade="")


def test_the_lawyer_objects_in_time_and_another_one_judges(city: City, people):
    made = rated(city, people, POOR)
    own, peer = people["lawyer"], people["peer"]
    assert Piece.objects.get().amount == 500

    def objects(worker: Worker, at: datetime | None = None):
        return actions.object_to_grade(
            assessment=made, by=worker.user.actor, worker=worker, text="阅卷笔录在卷里。", at=at
        )

    assert code(lambda: objects(peer)) == "not_own"
    assert code(lambda: objects(own, timezone.now() + timedelta(days=60))) == "too_late"
    made = objects(own)
    assert made.state == "objected" and "aid_assess_judge" in running(made.case)

    def judge(by, points=None):
        return actions.judge_grade(assessment=made, by=by, answer="补评。", points=points)

    assert code(lambda: judge(peer.user.actor)) == code(lambda: judge(own.user.actor)) == "own_work"
    made = judge(head(city), FULL)
    assert (made.grade, made.grade_before, made.state) == ("excellent", "failed", "settled")
    assert Piece.objects.get().amount == 1200
    assert Notice.objects.filter(template="aid_assessed").count() == 2


def test_a_grade_that_stands_stays_as_it_is(city: City, people):
    made = rated(city, people, POOR)
    own = people["lawyer"]
    made = actions.object_to_grade(assessment=made, by=own.user.actor, worker=own, text="不同意")
    made = actions.judge_grade(assessment=made, by=head(city), answer="维持。")
    assert (made.grade, made.sheet[0]["points"]) == ("failed", 0)


def test_the_lot_among_the_closed_and_in_turn(city: City, people):
    cases = [closed(city, people["lawyer"]) for _n in range(3)]
    first, last = timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1)

    def draw(who: list[Worker], count: int = 2, since: datetime = first):
        return actions.draw_for_review(
            cases=Case.objects.all(), by=reviewer(city), reviewers=who, count=count, seed="2026-11",
            first=since, last=last,
        )  # fmt: skip

    assert code(lambda: draw([people["partner"]])) == "no_reviewer"
    assert code(lambda: draw([people["peer"]], 0)) == "bad_amount"
    assert code(lambda: draw([people["peer"]], since=last)) == "nothing_to_draw"
    made = draw([people["partner"], people["peer"]])
    expected = by_lot([case.number for case in cases], "2026-11")[:2]
    assert [one.case.number for one in made] == expected and {one.reviewer for one in made} == {
        people["peer"]
    }
    assert unassessed(Case.objects.all(), first, last).count() == 1
    assert code(lambda: draw([])) == "no_reviewer"


def test_who_sees_and_does_what(city: City, people):
    made = picked(city, people)
    lawyer_, peer, partner = (people[name].user for name in ("lawyer", "peer", "partner"))
    seen = lambda user: Assessment.objects.visible_to(user).exists()  # noqa: E731
    assert [seen(user) for user in (peer, lawyer_, partner)] == [True, False, False]
    made = actions.rate(assessment=made, by=peer.actor, reviewer=people["peer"], points=FULL, text="好")
    assert [seen(user) for user in (peer, lawyer_, partner)] == [True, True, False]
    assert seen(city.users["aid_reviewer"]) and not seen(city.bob)
    assert can_rate(peer, made) and can_object_to_grade(lawyer_, made)
    assert not can_judge_grade(peer, made) and can_judge_grade(city.users["aid_reviewer"], made)


# ── the dated sheet ──


def test_the_sheet_is_changed_from_a_day_on_and_what_was_rated_stays(city: City, people):
    made = rated(city, people)
    tomorrow = timezone.localdate() + timedelta(days=1)
    new = CriterionTerms("facts", "阅卷", 40, "", "本市规定", valid_from=tomorrow)
    actions.set_criterion(by=SYSTEM, terms=new)
    old = Criterion.objects.get(code="facts", most=20)
    assert old.valid_to == timezone.localdate()
    made.refresh_from_db()
    assert made.most == 100
    actions.set_grade_line(by=SYSTEM, terms=GradeTerms("good", 85, "本市规定", tomorrow))
    wrong = GradeTerms("failed", 10, "x", tomorrow)
    assert code(lambda: actions.set_grade_line(by=SYSTEM, terms=wrong)) == "bad_choice"
    past = GradeTerms("good", 70, "x", date(2020, 1, 1))
    assert code(lambda: actions.set_grade_line(by=SYSTEM, terms=past)) == "rule_past"
