"""Quality inspection: the draw that nobody can choose, the sheet, the score, the objection, the figures."""

from datetime import timedelta
from math import ceil
from random import Random
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.hotline.actions import quality as actions
from mingbai.hotline.enums import InspectionState
from mingbai.hotline.models import Call, Draw, Inspection, ScoreSheet
from mingbai.hotline.queries.quality import answers_of, calls_of, drawn_again, figures, sheet_on, unseen
from mingbai.hotline.rules.quality import SEED, read_lines, sample, total, written
from mingbai.journal.models import Entry
from mingbai.people.models import Worker
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, NORTH, City, make_answered
from tests.hotline.factories import make_call, take_seat
from tests.people.factories import make_user, make_worker

TODAY = timezone.localdate


# ── rules ──


@given(
    keys=st.sets(st.integers(0, 10_000).map(lambda n: f"call:{n}"), max_size=200),
    seed=st.text(min_size=1, max_size=20),
    share=st.integers(5, 100),
)
def test_a_draw_is_large_enough_and_the_same_for_everybody(keys: set[str], seed: str, share: int):
    drawn = sample(keys, seed, share)
    assert set(drawn) <= keys and len(set(drawn)) == len(drawn) == ceil(len(keys) * share / 100)
    shuffled = list(keys)
    Random(1).shuffle(shuffled)
    assert sample(shuffled, seed, share) == drawn


def test_a_sheet_reads_as_it_is_written():
    assert read_lines(written(line.as_json() for line in SEED)) == list(SEED)
    assert sum(line.points for line in SEED) == 100


@pytest.mark.parametrize(
    "text",
    [
        "", "  \n ", "礼貌", "礼貌 | ", "礼貌 | 一百", "礼貌 | 0\n答复 | 100", "礼貌 | 99",
        "礼貌 | -1\n答复 | 101",
        "礼貌 | 50\n礼貌 | 50", "| 100", "字" * 31 + " | 100", f"礼貌 | 100 | {'字' * 201}", "礼貌 | 1000",
        "\n".join(f"项{n} | 4" for n in range(25)), "礼貌 | ¹00",
    ],
)  # fmt: skip
def test_a_bad_sheet_is_refused(text: str):
    with pytest.raises(Refused) as refused:
        read_lines(text)
    assert refused.value.code == "bad_sheet"


@pytest.mark.parametrize("points", [[], [1], [-1, 0], [61, 0], [0, 41], [1, 2, 3]])
def test_points_stay_within_their_lines(points: list[int]):
    lines = [{"points": 60}, {"points": 40}]
    with pytest.raises(Refused) as refused:
        total(lines, points)
    assert refused.value.code == "bad_points"
    assert total(lines, [60, 40]) == 100 and total(lines, [0, 0]) == 0


# ── actions ──

pytest_db = pytest.mark.django_db


@pytest.fixture
def agent(city: City) -> Any:
    worker = make_worker(city.stations[CITY], "柳青", post="hotline_agent")
    return make_user(RoleCode.HOTLINE_AGENT, station=city.stations[CITY], worker=worker, name="柳青")


@pytest.fixture
def inspector(city: City) -> Any:
    return make_user(RoleCode.QUALITY, region=city.regions[CITY], username="inspector", name="方质检")


@pytest.fixture
def second(city: City) -> Any:
    return make_user(RoleCode.QUALITY, region=city.regions[CITY], username="second", name="吴复核")


@pytest.fixture
def drawn(city: City, agent: Any) -> Draw:
    """Thirty answered calls of yesterday and one abandoned, of which two are drawn."""
    take_seat(agent.worker)
    for n in range(30):
        make_call(
            "queued", "answered", "ended", seat="seat-1", at=timezone.now() - timedelta(days=1, minutes=n)
        )
    make_call("queued", "ended", at=timezone.now() - timedelta(days=1), why="caller")
    return draw(city)


def draw(city: City, days: int = 3, **more: Any) -> Draw:
    terms = {"first": TODAY() - timedelta(days=days), "last": TODAY() - timedelta(days=1), "share": 5} | more
    return actions.draw(by=SYSTEM, station=city.stations[CITY], **terms)


def points() -> list[int]:
    sheet = sheet_on(TODAY())
    assert sheet is not None
    return [line["points"] for line in sheet.lines]


@pytest_db
def test_a_draw_is_of_answered_calls_and_can_be_repeated(drawn: Draw):
    keys = {f"call:{one.call_id}" for one in drawn.inspections.order_by("id")}
    assert (drawn.calls, drawn.answers, len(keys)) == (30, 0, 2)
    assert drawn_again(drawn) == keys and len(drawn.seed) == 32
    entry = Entry.objects.get(verb="quality.drawn")
    assert drawn.seed in entry.data and entry.place == CITY


@pytest_db
def test_written_answers_are_drawn_too_and_calls_only_once(city: City):
    case = make_answered(city)
    Call.objects.filter(case=case).delete()
    assert answers_of(NORTH, TODAY(), TODAY()) == {f"case:{case.pk}": case.owner_id}
    assert answers_of(CITY, TODAY(), TODAY()) == {} == calls_of(NORTH, TODAY(), TODAY())
    day = TODAY() + timedelta(days=1)
    assert answers_of(NORTH, day, day) == {}


@pytest_db
@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"first": TODAY() - timedelta(days=1)}, "drawn_already"),
        ({"first": TODAY() - timedelta(days=30)}, "drawn_already"),
        ({"last": TODAY()}, "bad_period"),
        ({"first": TODAY() - timedelta(days=500)}, "bad_period"),
        ({"first": TODAY() - timedelta(days=1), "last": TODAY() - timedelta(days=2)}, "bad_period"),
        ({"share": 4}, "bad_share"),
        ({"share": 101}, "bad_share"),
    ],
)
def test_nobody_draws_until_it_pleases(city: City, drawn: Draw, more: dict[str, Any], code: str):
    with pytest.raises(Refused) as refused:
        draw(city, **more)
    assert refused.value.code == code and Draw.objects.count() == 1


@pytest_db
def test_a_score_an_objection_and_a_second_look(drawn: Draw, agent: Any, inspector: Any, second: Any):
    one = drawn.inspections.order_by("id").first()
    assert one is not None and unseen(agent.worker) == 0
    full = points()
    low = [full[0] - 10, *full[1:]]
    actions.score(by=inspector.actor, inspection=one, points=low, remark="没有问清时间")
    one.refresh_from_db()
    assert (one.state, one.total, one.remark) == (InspectionState.SCORED, 90, "没有问清时间")
    assert b"\xe6\xb2\xa1" not in bytes(one.remark_sealed) and unseen(agent.worker) == 1
    refused_of(lambda: actions.score(by=second.actor, inspection=one, points=full, remark="x"), "wrong_state")
    actions.object_to(by=agent.actor, inspection=one, objection="第 40 秒问了")
    refused_of(lambda: actions.object_to(by=agent.actor, inspection=one, objection="再说"), "wrong_state")
    again = {"inspection": one, "points": full, "reply": "核对录音，确实问了"}
    refused_of(lambda: actions.settle(by=inspector.actor, **again), "own_score")
    refused_of(lambda: actions.settle(by=second.actor, **again | {"points": [999]}), "bad_points")
    actions.settle(by=second.actor, **again)
    one.refresh_from_db()
    assert (one.state, one.total, one.first_total) == (InspectionState.SETTLED, 100, 90)
    refused_of(lambda: actions.object_to(by=agent.actor, inspection=one, objection="又"), "wrong_state")
    [row] = figures(inspector, drawn.first, drawn.last)
    assert (row.worker, row.drawn, row.scored, row.mean, row.objected, row.changed) == (
        "柳青",
        2,
        1,
        100,
        1,
        1,
    )
    verbs = Entry.objects.filter(chain=one.chain).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["quality.scored", "quality.objected", "quality.settled"]


def refused_of(act: Any, code: str) -> None:
    with pytest.raises(Refused) as refused:
        act()
    assert refused.value.code == code


@pytest_db
def test_nobody_scores_their_own_work(drawn: Draw, agent: Any):
    one = drawn.inspections.order_by("id").first()
    assert one is not None
    score = {"inspection": one, "points": points(), "remark": "很好"}
    refused_of(lambda: actions.score(by=agent.actor, **score), "own_work")
    Inspection.objects.update(state=InspectionState.OBJECTED, total=1)
    again = {"inspection": one, "points": points(), "reply": "很好"}
    refused_of(lambda: actions.settle(by=agent.actor, **again), "own_work")


@pytest_db
def test_a_sheet_begins_on_a_day_and_what_was_scored_keeps_its_own(drawn: Draw, inspector: Any):
    one = drawn.inspections.order_by("id").first()
    assert one is not None
    actions.score(by=inspector.actor, inspection=one, points=points(), remark="好")
    old = ScoreSheet.objects.get()
    begin = {"lines": "答复 | 100 | 对", "source": "市局文"}
    new = actions.begin_sheet(by=inspector.actor, valid_from=TODAY() + timedelta(days=1), **begin)
    old.refresh_from_db()
    one.refresh_from_db()
    assert old.valid_to == TODAY() and one.sheet == old
    assert sheet_on(TODAY()) == old and sheet_on(TODAY() + timedelta(days=1)) == new
    for day in (TODAY() + timedelta(days=1), TODAY() - timedelta(days=1)):
        refused_of(lambda day=day: actions.begin_sheet(by=SYSTEM, valid_from=day, **begin), "bad_period")


@pytest_db
def test_words_are_destroyed_after_two_years_and_points_stay(drawn: Draw, inspector: Any):
    one = drawn.inspections.order_by("id").first()
    assert one is not None
    actions.score(by=inspector.actor, inspection=one, points=points(), remark="来电人赵玉山没听懂")
    assert actions.forget_inspections(by=SYSTEM, now=timezone.now() + timedelta(days=729)) == 0
    assert actions.forget_inspections(by=SYSTEM, now=timezone.now() + timedelta(days=731)) == 1
    one.refresh_from_db()
    assert (one.remark, one.total, bytes(one.key)) == ("", 100, b"")


@pytest_db
def test_who_sees_inspections(city: City, drawn: Draw, agent: Any, inspector: Any):
    mine, other = drawn.inspections.order_by("id")
    seen = Inspection.objects.visible_to
    assert set(seen(inspector)) == {mine, other} and not seen(agent).exists()
    actions.score(by=inspector.actor, inspection=mine, points=points(), remark="好")
    assert list(seen(agent)) == [mine]
    assert not seen(city.charlie).exists() and not seen(city.supervisor).exists()  # of a county
    Inspection.objects.filter(pk=mine.pk).update(worker=Worker.objects.exclude(pk=agent.worker.pk)[0])
    assert not seen(agent).exists()
