"""The door: who came to a window, what was handed out, what was said on reception days."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import GRADES
from mingbai.figures.dimensions import about, at_station
from mingbai.figures.enums import Counts, Group, Unit
from mingbai.figures.registry import Indicator, Ratio, Row, add
from mingbai.figures.rules import Period
from mingbai.visits.enums import Material
from mingbai.visits.models import Handout, Opinion, Visit
from mingbai.visits.queries.figures import handouts, opinions, rated_visits, window_visits


def visit_row(row: Visit) -> Row:
    case = row.case.number if row.case else ""
    return Row(at=row.at, place=row.station.name, what=str(row.get_outcome_display()), case=case)


def _rated(row: Visit) -> Row:
    return Row(at=row.on, place=row.station.name, what=str(GRADES[row.grade or 0]))


def handout_row(row: Handout) -> Row:
    return Row(at=row.on, place=row.station.name, what=f"{row.get_material_display()} {row.count}")


def _opinion(row: Opinion) -> Row:
    return Row(at=row.on, place=row.station.name, what=str(row.get_source_display()), case=row.case.number)


def window_visits_of(period: Period) -> QuerySet[Visit]:
    return window_visits(period.first, period.last, period.region)


def handouts_of(period: Period) -> QuerySet[Handout]:
    return handouts(period.first, period.last, period.region)


def _given(code: str, material: Material, name: Any, definition: Any) -> Indicator:
    return Indicator(
        code,
        name,
        Unit.COPIES,
        Counts.CONTACTS,
        definition,
        handouts_of,
        handout_row,
        only=Q(material=material),
        time="on",
        amount="count",
        needs=("station",),
        cut=at_station("station"),
    )


add(
    Group.DOOR,
    Indicator(
        "visits",
        _("窗口接待"),
        Unit.PERSON_TIMES,
        Counts.CONTACTS,
        _("来窗口办成的来访，没有叫号、没有办件的也算。"),
        window_visits_of,
        visit_row,
        time="on",
        needs=("station", "case"),
        cut=at_station("station") | about("case__"),
    ),
    Indicator(
        "visit_ratings",
        _("来访评价"),
        Unit.TIMES,
        Counts.CONTACTS,
        _("来访的人办完以后在窗口屏或自己手机上给的评价，每次一回。"),
        lambda period: rated_visits(period.first, period.last, period.region),
        _rated,
        time="on",
        needs=("station",),
        cut=at_station("station"),
    ),
    Indicator(
        "visit_ratings_content",
        _("满意的来访评价"),
        Unit.TIMES,
        Counts.CONTACTS,
        _("来访评价里不是不满意、非常不满意的。"),
        lambda period: rated_visits(period.first, period.last, period.region, only_content=True),
        _rated,
        time="on",
        needs=("station",),
        cut=at_station("station"),
    ),
    Ratio("visit_rated_rate", _("来访测评率"), "visit_ratings", "visits", _("来访评价 ÷ 窗口接待。")),
    Ratio(
        "visit_content_rate",
        _("来访满意率"),
        "visit_ratings_content",
        "visit_ratings",
        _("满意的来访评价 ÷ 来访评价；评价少的，率说明不了什么。"),
    ),
    _given("guides", Material.GUIDE, _("发放指南"), _("各站点发出去的指南份数之和。")),
    _given("posters", Material.POSTER, _("张贴海报"), _("各站点张贴、发放的海报份数之和。")),
    Indicator(
        "opinions",
        _("收集意见建议"),
        Unit.MATTERS,
        Counts.CONTACTS,
        _("领导接待日等收集的意见、建议，每条都有主办人和时限。"),
        lambda period: opinions(period.first, period.last, period.region),
        _opinion,
        time="on",
        needs=("station", "case"),
        cut=at_station("station") | about("case__"),
    ),
)
