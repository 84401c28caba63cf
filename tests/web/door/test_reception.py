"""Reception days and materials on the page: who came, what was said, opinions with owner and clock."""

from calendar import monthrange
from dataclasses import asdict
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from mingbai.cases.actions.clocks import ask_extension, decide_extension
from mingbai.cases.actions.rulebook import add_deadline_rule
from mingbai.cases.models import Case, Clock, DeadlineRule
from mingbai.cases.queries import history_of
from mingbai.cases.rules.seeds import DEADLINES, DeadlineTerms
from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.places.queries import register
from mingbai.visits.actions import reception
from mingbai.visits.actions.materials import hand_out, supply
from mingbai.visits.models import Handout, Opinion, Visit
from mingbai.visits.queries.materials import stocks
from mingbai.visits.rules.materials import stock_of
from mingbai.visits.rules.visits import Visitor
from tests.cases.factories import NORTH, SOUTH, City
from tests.figures.counting import counts
from tests.visits.factories import NAME, PHONE, ahead, make_booking, make_visit, moment_at, on_working_days
from tests.web.desk.pages import errors, signed_in, words

pytestmark = pytest.mark.django_db
HOME, KEY = "/desk/door/", "0" * 32


@pytest.fixture
def visit(city: City) -> Visit:
    opening = on_working_days(city, kind="reception", receives="分管领导", lines=())
    visitor = Visitor(name=NAME, phone=PHONE, text="乡镇公证次数太少")
    return make_booking(opening, moment_at(ahead(), 9), line="", visitor=visitor)


def say(city: City, visit: Visit, **data: Any) -> Any:
    sent = {"said": "领导答应研究", "key": KEY, **data}
    return signed_in(city.bob).post(f"{HOME}visits/{visit.pk}/said/", sent, follow=True)


def test_the_sheet_of_the_day_shows_who_comes_with_what(city: City, visit: Visit):
    page = signed_in(city.bob).get(f"{HOME}reception/", {"on": f"{visit.on}"})
    assert NAME in words(page) and "乡镇公证次数太少" in words(page) and "分管领导" in words(page)
    assert PHONE not in page.content.decode()


def test_an_opinion_is_a_matter_with_owner_clock_and_speaker(city: City, visit: Visit):
    owner = city.owner
    page = say(city, visit, opinion="每月增加一次上门公证", owner=owner.code)
    opinion = Opinion.objects.get()
    case = opinion.case
    assert (case.kind, case.channel, case.owner, case.station_id) == (
        "opinion", "reception_day", owner, NORTH,
    )  # fmt: skip
    assert case.speaker and case.speaker.phone == PHONE and case.due_at and Clock.objects.filter(case=case)
    assert (opinion.leader, opinion.on, opinion.visit) == ("分管领导", visit.on, visit)
    visit.refresh_from_db()
    assert visit.state == "served" and visit.said == "领导答应研究"
    assert "意见立为一件" in words(page) and "每月增加一次上门公证" in words(page)
    assert counts(visit.on, visit.on).opinions == 1 and counts(visit.on, visit.on).visits == 0


def test_a_double_click_is_one_opinion_and_a_second_one_is_another(city: City, visit: Visit):
    for key in (KEY, KEY, "1" * 32):
        say(city, visit, opinion="每月增加一次上门公证", owner=city.owner.code, key=key)
    assert Opinion.objects.count() == 2 == Case.objects.filter(kind="opinion").count()


@pytest.mark.parametrize(
    "data",
    [
        {"said": ""},
        {"said": "谈" * 4001},
        {"opinion": "要办", "owner": ""},
        {"opinion": "要办", "owner": "W-999"},
    ],
)
def test_what_is_missing_is_said(city: City, visit: Visit, data: dict[str, str]):
    assert errors(say(city, visit, **data)) and not Opinion.objects.exists()
    visit.refresh_from_db()
    assert visit.state == "booked"


def test_an_owner_of_another_station_and_a_visit_that_is_no_reception_are_refused(city: City, visit: Visit):
    for what, owner, code in (
        (visit, city.workers[SOUTH], "bad_owner"),
        (make_visit(city), city.owner, "not_reception"),
    ):
        with pytest.raises(Refused) as refused:
            reception.take_opinion(by=SYSTEM, visit=what, text="要办", owner=owner)
        assert refused.value.code == code


def test_a_proposal_is_followed_like_an_opinion(city: City):
    data = {"source": "proposal", "text": "答复里答应：年底前每个乡镇一块屏", "owner": city.owner.code}
    page = signed_in(city.bob).post(f"{HOME}reception/proposal/", data, follow=True)
    assert Opinion.objects.get().source == "proposal" and "建议、提案" in words(page)


PROPOSAL = f"{HOME}reception/proposal/"


def test_each_promise_of_a_reply_is_followed_with_owner_date_and_state(city: City):
    client, today = signed_in(city.bob), timezone.localdate()
    owner = city.owner.code
    asked = {"source": "proposal", "text": "每个乡镇一块屏", "owner": owner, "reference": "市人大 12 号"}
    client.post(PROPOSAL, asked)
    first = Opinion.objects.get()
    assert first.due_on is None and first.reference == "市人大 12 号"
    day = (today + timedelta(days=60)).isoformat()
    for text in ("年底前装好三块", "每月公布一次"):
        sent = {"source": "promise", "text": text, "owner": owner, "part_of": first.pk, "due_on": day}
        client.post(PROPOSAL, sent)
    promises = list(first.promises.select_related("case__owner"))
    assert len(promises) == 2 and {one.case.owner for one in promises} == {city.owner}
    page = words(client.get(f"{HOME}reception/"))
    assert "答复里答应的事" in page and "市人大 12 号" in page and city.owner.name in page
    assert counts(today, today).opinions == 1, "a promise is no new opinion"
    promised = today + timedelta(days=60)
    for one in promises:
        assert one.due_on == promised == due_day(one.case), "one day, the clock's"
    Case.objects.filter(pk=promises[0].case_id).update(due_at=timezone.now() - timedelta(days=1))
    assert "c-tag--late" in client.get(f"{HOME}reception/").content.decode()


def due_day(case: Case) -> date:
    case.refresh_from_db()
    assert case.due_at is not None
    return timezone.localdate(case.due_at)


def ends_in_months(case: Case, start: date, months: int) -> bool:
    """On the same day so many months later (the last of a shorter month), or after the days off behind it."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    plain = date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
    ends, works = due_day(case), register().workdays.is_workday
    assert ends == timezone.localdate(answer_clock(case).due_at)
    off = [plain + timedelta(days=n) for n in range((ends - plain).days)]
    return ends >= plain and works(ends) and not any(works(day) for day in off)


def answer_clock(case: Case) -> Clock:
    return case.clocks.get(rule__code="answer", done_at=None)


def proposal(city: City, **more: str) -> Case:
    sent = {"source": "proposal", "text": "每个乡镇一块屏", "owner": city.owner.code, **more}
    assert not errors(signed_in(city.bob).post(PROPOSAL, sent))
    return Opinion.objects.latest("pk").case


def test_the_clock_of_the_matter_is_the_one_deadline_of_a_proposal(city: City):
    case, today = proposal(city), timezone.localdate()
    clock = answer_clock(case)
    assert (clock.rule.name, clock.rule.amount, clock.rule.unit) == ("答复建议提案", 3, "month")
    assert clock.rule.strength == "legal" and "第四十二条" in clock.rule.source
    assert ends_in_months(case, today, 3)
    page = words(signed_in(city.bob).get(f"/desk/cases/{case.number}/"))
    assert "答复建议提案" in page and "答复意见建议" not in page and "proposal" not in page


def test_what_was_handed_over_earlier_counts_from_then(city: City):
    on = timezone.localdate() - timedelta(days=40)
    case = proposal(city, on=f"{on}")
    assert ends_in_months(case, on, 3)
    assert [line.verb for line in history_of(case)].count("case.clock_set") == 1


@pytest.mark.parametrize(("days", "code"), [(30, ""), (91, ""), (150, ""), (200, "bad_day")])
def test_another_day_may_be_set_within_six_months(city: City, days: int, code: str):
    day = timezone.localdate() + timedelta(days=days)
    sent = {"source": "proposal", "text": "每个乡镇一块屏", "owner": city.owner.code, "due_on": f"{day}"}
    page = signed_in(city.bob).post(PROPOSAL, sent)
    if code:
        assert "最迟到" in words(page) and not Opinion.objects.exists() and not Case.objects.exists()
        return
    clock = answer_clock(Opinion.objects.get().case)
    assert timezone.localdate(clock.due_at) == day == clock.until and clock.soon_at < clock.due_at


def test_more_time_takes_the_three_months_to_the_six(city: City):
    case = proposal(city)
    clock, by = answer_clock(case), city.bob.actor
    asked = ask_extension(clock=clock, by=by, amount=3, reason="涉及几个部门，要会商")
    decide_extension(extension=asked, by=SYSTEM, granted=True)
    assert ends_in_months(case, timezone.localdate(), 6)


def test_the_office_changes_the_months_as_a_rule_and_running_ones_stay(city: City):
    before = proposal(city)
    rule = answer_clock(before).rule
    terms = asdict(next(each for each in DEADLINES if each.stage == "proposal"))
    new = {**terms, "amount": 2, "source": "市人大常委会办理办法", "valid_from": timezone.localdate()}
    add_deadline_rule(by=SYSTEM, terms=DeadlineTerms(**new))
    after = proposal(city)
    assert ends_in_months(after, timezone.localdate(), 2)
    assert answer_clock(before).rule == rule and due_day(before) > due_day(after)


def test_days_of_before_move_to_the_clock(city: City):
    """What stood on the opinion while its matter ran the ordinary fifteen days."""
    case, today = proposal(city), timezone.localdate()
    ordinary = DeadlineRule.objects.get(code="answer", kind="opinion", stage="")
    old = {"rule": ordinary, "until": None, "due_at": timezone.now() + timedelta(days=21)}
    Clock.objects.filter(pk=answer_clock(case).pk).update(**old)
    Case.objects.filter(pk=case.pk).update(stage="", due_at=old["due_at"])
    Opinion.objects.update(due_on=today + timedelta(days=90))
    module = import_module("mingbai.visits.migrations.0003_answer_by_clock")
    module.seed(apps, None), module.move(apps, None)
    clock = answer_clock(case)
    assert clock.rule.stage == "proposal" and due_day(case) == today + timedelta(days=90) == clock.until
    assert timezone.localtime(clock.soon_at).date() == today + timedelta(days=89)
    assert Opinion.objects.get().due_on is None and case.stage == "proposal"
    assert DeadlineRule.objects.filter(kind="opinion").count() == 3, "sown once"
    module.back(apps, None)
    assert Opinion.objects.get().due_on == today + timedelta(days=90)


def test_a_proposal_that_is_sent_twice_is_one(city: City):
    sent = {"source": "proposal", "text": "每个乡镇一块屏", "owner": city.owner.code, "key": KEY}
    for _n in range(2):
        signed_in(city.bob).post(PROPOSAL, sent)
    assert Opinion.objects.count() == 1 == Case.objects.filter(kind="opinion").count()


@pytest.mark.parametrize(
    "more",
    [
        {"source": "promise", "due_on": "2099-01-01"},
        {"source": "promise", "part_of": "999999", "due_on": "2099-01-01"},
        {"due_on": "2001-01-01"},
        {"due_on": "2099-01-01"},
        {"on": "x"},
        {"source": "reception"},
        {"reference": "长" * 65},
        {"owner": "W-999"},
    ],
)
def test_a_promise_without_its_proposal_or_day_is_refused(city: City, more: dict[str, str]):
    sent = {"source": "proposal", "text": "每个乡镇一块屏", "owner": city.owner.code, **more}
    assert errors(signed_in(city.bob).post(PROPOSAL, sent)) and not Opinion.objects.exists()


# ── materials ──


def test_what_goes_out_is_counted_and_the_stock_says_when_to_order(city: City):
    client, station = signed_in(city.bob), city.stations[NORTH]
    client.post(f"{HOME}materials/came/", {"material": "guide", "count": "60", "note": "印刷厂"})
    for _n in range(2):
        client.post(f"{HOME}materials/", {"material": "guide", "count": "50", "key": KEY})
    assert Handout.objects.get().count == 50, "a double click is one"
    page = client.get(f"{HOME}materials/")
    assert "该印了" in words(page) and "指南 10" in words(page)
    supply(by=SYSTEM, station=station, material="guide", count=500)
    assert "该印了" not in words(client.get(f"{HOME}materials/"))
    assert counts(timezone.localdate(), timezone.localdate()).guides == 50


@pytest.mark.parametrize(
    "data", [{"count": "0"}, {"count": "x"}, {"count": ""}, {"material": "balloon"}, {"on": "2099-01-01"}]
)
def test_bad_counts_are_said(city: City, data: dict[str, str]):
    sent = {"material": "guide", "count": "5", **data}
    assert errors(signed_in(city.bob).post(f"{HOME}materials/", sent)) and not Handout.objects.exists()


def test_fewer_than_there_should_be_is_said_why(city: City):
    with pytest.raises(Refused) as refused:
        supply(by=SYSTEM, station=city.stations[NORTH], material="guide", count=-3)
    assert refused.value.code == "empty_text"


def test_what_went_out_before_the_first_supply_is_not_taken_off(city: City):
    station, today = city.stations[NORTH], timezone.localdate()
    hand_out(by=SYSTEM, station=station, material="poster", count=9, on=today - timedelta(days=9))
    supply(by=SYSTEM, station=station, material="poster", count=20)
    [stock] = stocks(NORTH, today)
    assert stock.left == 20


@pytest.mark.parametrize(
    ("supplied", "given", "lately", "weeks", "runs_out"),
    [(100, 20, 8, 80, False), (100, 97, 8, 3, True), (10, 10, 0, None, True), (10, 0, 0, None, False)],
)
def test_the_stock(supplied: int, given: int, lately: int, weeks: float | None, runs_out: bool):
    stock = stock_of("guide", supplied, given, lately)
    assert (stock.weeks, stock.runs_out) == (weeks, runs_out)


def test_figures_of_an_empty_year(city: City):
    found = counts(date(2001, 1, 1), date(2001, 12, 31))
    assert (found.visits, found.guides, found.posters, found.opinions) == (0, 0, 0, 0)
