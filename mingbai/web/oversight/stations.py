"""Reviews of stations: the ranking of a year, one station's points line by line, the model of each county."""

from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.pagination import page_of
from mingbai.oversight import actions
from mingbai.oversight.enums import ReviewState
from mingbai.oversight.models import Mark, Review
from mingbai.oversight.perms import can_assess_self, can_judge, can_show, may_give
from mingbai.oversight.rules.scoring import Line, lacking
from mingbai.people.models import User
from mingbai.people.perms import reach
from mingbai.people.roles import Permission
from mingbai.places.enums import Level, Tier
from mingbai.places.models import Region
from mingbai.places.queries import register
from mingbai.web.access import staff, user_of
from mingbai.web.forms import WordsField
from mingbai.web.oversight import photos
from mingbai.web.oversight.reach import link, review_for, tabs, way
from mingbai.web.pages import ANY, Ask, FilterForm, Listing, Section, Sheet, Why

FIRST_YEAR = 2019


def _years() -> list[tuple[str, str]]:
    this = timezone.localdate().year
    return [(str(year), str(year)) for year in range(this, max(FIRST_YEAR, this - 8) - 1, -1)]


class RankingFilter(FilterForm):
    q = None  # type: ignore[assignment]
    year = forms.ChoiceField(label=gettext_lazy("年度"), required=False, choices=_years)
    county = forms.ChoiceField(label=gettext_lazy("县区"), required=False)
    tier = forms.ChoiceField(label=gettext_lazy("层级"), required=False, choices=[*ANY, *Tier.choices])
    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[*ANY, *ReviewState.choices]
    )

    def __init__(self, data: Any, counties: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["county"].choices = [*ANY, *counties]  # type: ignore[attr-defined]


def _counties() -> list[tuple[str, str]]:
    rows = register().regions.values()
    return sorted((row.code, row.name) for row in rows if row.level == Level.COUNTY)


@staff(Permission.CASE_SEE)
def ranking(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    form = RankingFilter(request.GET, _counties())
    asked = {name: form.value(name) for name in ("county", "state") if form.value(name)}
    if tier := form.value("tier"):
        asked["station__tier"] = tier
    found = Review.objects.visible_to(user).filter(
        year=form.value("year") or timezone.localdate().year, **asked
    )
    rows = found.select_related("station", "model").order_by(F("total").desc(nulls_last=True), "station_id")
    return Listing(
        title=_("站点考评"),
        lead=_("能从数据算的分自动算，看现场的由站点自评、县区复核、市级评定。"),
        form=form,
        columns=(_("站点"), _("层级"), _("#总分"), _("状态"), _("标杆")),
        rows=_row,
        page=page_of(rows, request.GET, 50),
        actions=[way(_("开始考评"), "begin", icon="plus")] if _may_begin(user) else [],
        empty=_("这一年还没有开始考评。"),
        tabs=tabs("stations"),
    ).show(request)


def _may_begin(user: User) -> bool:
    return bool(_whole(user))


def _whole(user: User) -> list[tuple[str, str]]:
    """The cities and counties that this person oversees."""
    found, places = reach(user, Permission.CASE_DESIGNATE), register()
    return [(code, places.regions[code].name) for code in sorted(found.cities) + sorted(found.counties)]


def _row(review: Review) -> list[Any]:
    model = getattr(review, "model", None)
    return [
        link(review.station.name, "review", review.pk),
        review.station.get_tier_display(),
        "–" if review.total is None else review.total,
        review.get_state_display(),
        _("标杆站点") if model else "",
    ]


class BeginForm(forms.Form):
    region = forms.ChoiceField(label=gettext_lazy("哪里"))
    year = forms.TypedChoiceField(label=gettext_lazy("哪一年"), choices=_years, coerce=int)

    def __init__(self, *args: Any, regions: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["region"].choices = regions  # type: ignore[attr-defined]


@staff(Permission.CASE_DESIGNATE)
def begin(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    regions = _whole(user)
    if not regions:
        raise PermissionDenied

    def act(data: dict[str, Any]) -> None:
        region = Region.objects.get(code=data["region"])
        actions.begin_reviews(by=user.actor, region=region, year=data["year"])

    back = (_("站点考评"), reverse("oversight:stations"))
    lead = _("给每个已建成的站点开一份考评，数据得分按这一年的记录算好。已有的不动。")
    return Ask(_("开始考评"), partial(BeginForm, regions=regions), act, back, lead=lead).show(request)


@staff(Permission.CASE_SEE)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    review, user = review_for(request, pk), user_of(request)
    marks = list(review.marks.select_related("criterion").order_by("criterion__number"))
    return Sheet(
        title=_("%(station)s %(year)d年") % {"station": review.station.name, "year": review.year},
        tags=[{"text": review.get_state_display(), "tone": ""}],
        facts=[
            (_("标准"), review.standard.name),
            (_("依据"), review.standard.source),
            (_("总分"), "" if review.total is None else str(review.total)),
            (_("申诉"), review.appeal),
            (_("申诉答复"), review.appeal_answer),
        ],
        back=(_("站点考评"), reverse("oversight:stations")),
        actions=_ways(review, user),
        sections=[
            Section(
                title=_("逐项得分"),
                columns=(
                    _("内容"),
                    _("#分值"),
                    _("#数据"),
                    _("#数据得分"),
                    _("#自评"),
                    _("#县区"),
                    _("#市级"),
                    _("还差什么"),
                ),
                rows=[_mark(mark) for mark in marks],
            ),
            photos.section(review, may_drop=can_show(user, review)),
        ],
        chain=review.chain,
    ).show(request)


def _mark(mark: Mark) -> list[Any]:
    line = mark.criterion
    shown = [
        "–" if points is None else points
        for points in (mark.measured, mark.by_data, mark.by_self, mark.by_county, mark.by_city)
    ]
    return [f"{line.name}：{line.text}", line.points, *shown, _lacks(mark)]


def _lacks(mark: Mark) -> str:
    line = mark.criterion
    if not line.measure:
        return mark.note
    missing = lacking(Line(line.points, line.least, line.full), mark.measured, mark.points)
    if not missing:
        return mark.note
    said = _("%(what)s还差 %(n)s") % {"what": line.get_measure_display(), "n": f"{missing.normalize():f}"}
    return f"{said}；{mark.note}" if mark.note else said


def _ways(review: Review, user: User) -> list[dict[str, Any]]:
    ways = []
    if may_give(user, review):
        ways.append(way(_STEPS[ReviewState(review.state)], "points", review.pk, icon="check"))
    if review.state == ReviewState.FINAL:
        if can_judge(user) and getattr(review, "model", None) is None:
            ways.append(way(_("命名为标杆站点"), "model", review.pk))
        if can_assess_self(user, review.station) and not review.appeal:
            ways.append(way(_("申诉"), "appeal", review.pk))
    if review.state == ReviewState.APPEALED and can_judge(user):
        ways.append(way(_("答复申诉"), "judge", review.pk))
    if can_show(user, review):
        ways.append(photos.way_in(review))
    return ways


_STEPS = {
    ReviewState.SELF: gettext_lazy("自评"),
    ReviewState.COUNTY: gettext_lazy("县区复核"),
    ReviewState.CITY: gettext_lazy("市级评定"),
}


class PointsForm(forms.Form):
    """Two fields a line: points (empty: as before) and a word why."""

    def __init__(self, *args: Any, marks: list[Mark], **options: Any) -> None:
        super().__init__(*args, **options)
        for mark in marks:
            line, now = mark.criterion, mark.points
            asked = line.text
            if now is not None:
                asked = _("%(text)s；现在 %(now)s 分") % {"text": line.text, "now": now}
            self.fields[f"points_{line.pk}"] = forms.DecimalField(
                label=_("%(n)d. %(name)s（%(points)s 分）")
                % {"n": line.number, "name": line.name, "points": f"{line.points.normalize():f}"},
                help_text=asked,
                min_value=0,
                max_value=line.points,
                decimal_places=1,
                required=False,
            )
            self.fields[f"note_{line.pk}"] = WordsField(label=_("说明"), most=500, required=False)

    def told(self, what: str) -> dict[int, Any]:
        """Criterion → value of one of the two fields, empty ones left out."""
        pairs = ((name, value) for name, value in self.cleaned_data.items() if name.startswith(f"{what}_"))
        return {int(name.rpartition("_")[2]): value for name, value in pairs if value not in ("", None)}


@staff(Permission.CASE_SEE)
def points(request: HttpRequest, pk: int) -> HttpResponse:
    review, user = review_for(request, pk), user_of(request)
    if not may_give(user, review):
        raise PermissionDenied
    marks = list(review.marks.select_related("criterion").order_by("criterion__number"))
    step = review.state
    made: list[PointsForm] = []

    def form(*args: Any) -> PointsForm:
        made.append(PointsForm(*args, marks=marks))
        return made[-1]

    def act(_data: dict[str, Any]) -> None:
        given, notes = made[-1].told("points"), made[-1].told("note")
        actions.give_points(by=user.actor, review=review, step=step, points=given, notes=notes)

    lead = _("没有填的项目，按前一步的分。交了就到下一步。")
    return Ask(_STEPS[ReviewState(step)], form, act, _back(review), lead=lead).show(request)


def _back(review: Review) -> tuple[str, str]:
    return review.station.name, reverse("oversight:review", args=[review.pk])


@staff(Permission.CASE_SEE)
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    review, user = review_for(request, pk), user_of(request)
    if not can_assess_self(user, review.station):
        raise PermissionDenied

    def act(data: dict[str, Any]) -> None:
        actions.appeal(by=user.actor, review=review, text=data["reason"])

    lead = _("每份考评申诉一次，由市级答复。")
    return Ask(_("申诉"), Why, act, _back(review), lead=lead, done=_("已提出申诉。")).show(request)


class JudgeForm(forms.Form):
    is_right = forms.TypedChoiceField(
        label=gettext_lazy("申诉成立吗"),
        choices=[("1", gettext_lazy("成立，重新评定")), ("0", gettext_lazy("不成立，维持原分"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    answer = WordsField(label=gettext_lazy("答复"), most=1000, rows=3)


@staff(Permission.CASE_DESIGNATE)
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    review, user = review_for(request, pk), user_of(request)
    if not can_judge(user):
        raise PermissionDenied

    def act(data: dict[str, Any]) -> None:
        actions.judge_appeal(by=user.actor, review=review, **data)

    return Ask(_("答复申诉"), JudgeForm, act, _back(review), lead=review.appeal).show(request)


@staff(Permission.CASE_DESIGNATE)
def model(request: HttpRequest, pk: int) -> HttpResponse:
    review, user = review_for(request, pk), user_of(request)
    if not can_judge(user):
        raise PermissionDenied

    def act(data: dict[str, Any]) -> None:
        actions.name_model(by=user.actor, review=review, reason=data["reason"])

    lead = _("每个县区每年一个。总分 %(total)s。") % {"total": review.total}
    return Ask(_("命名为标杆站点"), Why, act, _back(review), lead=lead).show(request)
