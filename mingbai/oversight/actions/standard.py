"""Reviews of stations: begun from the data, judged tier by tier, appealed once; model stations."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.oversight.enums import ReviewState
from mingbai.oversight.models import Criterion, Mark, ModelStation, Review, Standard
from mingbai.oversight.queries.measures import measured
from mingbai.oversight.rules.scoring import Line, earned, total
from mingbai.places.models import Region, Station
from mingbai.places.queries import register

_FIELD = {ReviewState.SELF: "by_self", ReviewState.COUNTY: "by_county", ReviewState.CITY: "by_city"}
_NEXT = {
    ReviewState.SELF: ReviewState.COUNTY,
    ReviewState.COUNTY: ReviewState.CITY,
    ReviewState.CITY: ReviewState.FINAL,
}


@transaction.atomic
def begin_reviews(*, by: Actor, region: Region, year: int, at: datetime | None = None) -> int:
    """A review for every built station of a region that has none in that year; what the data earns is set.

    Returns how many began. Raises Refused "bad_year", "no_standard".
    """
    at = at or timezone.now()
    today = timezone.localdate(at)
    if not 2000 <= year <= today.year:
        raise Refused(_("年份不对：%(year)s") % {"year": year}, code="bad_year", field="year")
    standards = _standards(min(today, date(year, 12, 31)))
    there = Station.objects.below(region).filter(is_built=True, closed_on=None, tier__in=standards)
    stations = list(there.exclude(reviews__year=year).select_related("region").order_by("code"))
    if not stations and not there.exists():
        raise Refused(_("这里没有已建成、有标准的站点。"), code="no_standard")
    data, places = measured(stations, year, today), register()
    reviews = Review.objects.bulk_create(
        Review(
            station=station,
            county=places.county_of(station.region_id) or station.region_id,
            year=year,
            standard=standards[station.tier],
            began_at=at,
        )
        for station in stations
    )
    Mark.objects.bulk_create(
        _mark(one, line, data) for one in reviews for line in one.standard.criteria.all()
    )
    write(
        chain=f"region:{region.pk}",
        verb="review.begun",
        by=by,
        at=at,
        data={"year": year, "count": len(reviews)},
    )
    return len(reviews)


def _standards(day: date) -> dict[str, Standard]:
    """Tier → the newest standard that holds on that day, its lines read along."""
    rows = Standard.objects.valid_on(day).prefetch_related("criteria").order_by("valid_from", "id")
    return {row.tier: row for row in rows}


def _mark(review: Review, line: Criterion, data: Mapping[str, Mapping[str, Decimal | None]]) -> Mark:
    value = data[line.measure].get(review.station_id) if line.measure else None
    asked = Line(line.points, line.least, line.full)
    return Mark(review=review, criterion=line, measured=value, by_data=earned(asked, value))


@transaction.atomic
def give_points(
    *,
    by: Actor,
    review: Review,
    step: str,
    points: Mapping[int, Decimal],
    notes: Mapping[int, str] | None = None,
    at: datetime | None = None,
) -> Review:
    """One tier's points (criterion id → points), and on to the next; the city's ends it.

    A criterion without points keeps those of the step before. Raises Refused "wrong_state", "bad_points".
    """
    at = at or timezone.now()
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if review.state != step or step not in _FIELD:
        raise Refused(
            _("这份考评现在是“%(state)s”，请刷新再看。") % {"state": review.get_state_display()},
            code="wrong_state",
        )
    marks = list(review.marks.select_related("criterion").order_by("criterion__number"))
    for mark in marks:
        _give(
            mark,
            _FIELD[ReviewState(step)],
            points.get(mark.criterion_id),
            (notes or {}).get(mark.criterion_id),
        )
    review.state = _NEXT[ReviewState(step)]
    review.total = total(mark.points for mark in marks)
    review.ended_at = at if review.state == ReviewState.FINAL else None
    review.save(update_fields=["state", "total", "ended_at"])
    data = {"step": step, "total": str(review.total)}
    write(chain=review.chain, verb=f"review.{step}", by=by, place=review.station_id, at=at, data=data)
    return review


def _give(mark: Mark, field: str, points: Decimal | None, note: str | None) -> None:
    if points is not None and not 0 <= points <= mark.criterion.points:
        raise Refused(
            _("“%(name)s”得分须在 0 到 %(most)s 之间。")
            % {"name": mark.criterion.name, "most": mark.criterion.points.normalize()},
            code="bad_points",
            field=f"points_{mark.criterion_id}",
        )
    if points is not None:  # a line left empty keeps what was given, also by this tier before an appeal
        setattr(mark, field, points)
    if note:
        mark.note = clean_text(note, most=500, field=f"note_{mark.criterion_id}")
    mark.save(update_fields=[field, "note"])


@transaction.atomic
def appeal(*, by: Actor, review: Review, text: str, at: datetime | None = None) -> Review:
    """A station says it was misjudged, once. Raises Refused "wrong_state", "appealed_already"."""
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if review.state != ReviewState.FINAL:
        raise Refused(_("评定以后才能申诉。"), code="wrong_state")
    if review.appeal:
        raise Refused(_("每份考评只能申诉一次。"), code="appealed_already")
    review.appeal = clean_text(text, most=1000, field="text")
    review.state = ReviewState.APPEALED
    review.save(update_fields=["appeal", "state"])
    write(chain=review.chain, verb="review.appealed", by=by, place=review.station_id, at=at, data={})
    return review


@transaction.atomic
def judge_appeal(
    *, by: Actor, review: Review, answer: str, is_right: bool, at: datetime | None = None
) -> Review:
    """The city answers: right → it judges once more; wrong → it stays. Raises Refused "wrong_state"."""
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if review.state != ReviewState.APPEALED:
        raise Refused(_("没有等答复的申诉。"), code="wrong_state")
    review.appeal_answer = clean_text(answer, most=1000, field="answer")
    review.state = ReviewState.CITY if is_right else ReviewState.FINAL
    review.save(update_fields=["appeal_answer", "state"])
    data = {"is_right": is_right, "why": review.appeal_answer}
    write(chain=review.chain, verb="review.appeal_judged", by=by, place=review.station_id, at=at, data=data)
    return review


@transaction.atomic
def name_model(*, by: Actor, review: Review, reason: str, at: datetime | None = None) -> ModelStation:
    """The model station of its county and year: one each. Raises Refused "not_final", "model_already"."""
    at = at or timezone.now()
    reason = clean_text(reason, most=500, field="reason")
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if review.state != ReviewState.FINAL:
        raise Refused(_("评定以后才能命名标杆站点。"), code="not_final")
    if ModelStation.objects.filter(county_id=review.county, year=review.year).exists():
        raise Refused(_("这个县区这一年已有标杆站点。"), code="model_already")
    model = ModelStation.objects.create(
        county_id=review.county, year=review.year, review=review, reason=reason, named_by=by.name, named_at=at
    )
    write(
        chain=review.chain,
        verb="review.model_named",
        by=by,
        place=review.station_id,
        at=at,
        data={"year": review.year, "why": reason},
    )
    return model
