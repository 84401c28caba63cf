"""Quality inspection: what waits for a score, one call or answer with its sheet, draws, figures, sheets."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Max, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.numbers import group_number
from mingbai.core.pagination import page_of
from mingbai.core.when import moment, short_day
from mingbai.hotline.actions import quality as actions
from mingbai.hotline.actions.recordings import play_recording
from mingbai.hotline.enums import InspectionState, Recording
from mingbai.hotline.models import Draw, Inspection, ScoreSheet
from mingbai.hotline.perms import can_object, can_score, can_settle, is_about
from mingbai.hotline.queries import quality as looks
from mingbai.hotline.rules.quality import LEAST_SHARE
from mingbai.people.models import User
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.places.enums import Tier
from mingbai.places.models import Station
from mingbai.places.queries import register
from mingbai.web.access import staff, user_of
from mingbai.web.forms import DayField, WordsField
from mingbai.web.pages import ANY, Ask, FilterForm, Listing, Section, Sheet, Sure
from mingbai.web.seat.reach import link, tabs, way

_TONES = {
    InspectionState.OPEN: "soon", InspectionState.SCORED: "ok",
    InspectionState.OBJECTED: "late", InspectionState.SETTLED: "ok",
}  # fmt: skip


# ── what is drawn ──

_WAITS_FIRST = Case(
    When(state=InspectionState.OPEN, then=0), When(state=InspectionState.OBJECTED, then=1), default=2
)


class StateFilter(FilterForm):
    q = forms.CharField(label=gettext_lazy("谁办的"), required=False, max_length=40)
    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[*ANY, *InspectionState.choices]
    )


@staff(Permission.QUALITY_SEE)
def quality(request: HttpRequest) -> HttpResponse:
    """What waits for a score or a second look first."""
    form = StateFilter(request.GET)
    found = looks.inspections(user_of(request)).filter(draw__in=Draw.objects.visible_to(user_of(request)))
    if state := form.value("state"):
        found = found.filter(state=state)
    if name := form.value("q"):
        found = found.filter(worker__name__contains=name)
    return Listing(
        title=_("质检"),
        lead=_("随机抽出的来电和书面答复。自己办的不能自己评；听录音会记入日志。"),
        form=form,
        columns=(_("抽到的"), _("谁办的"), _("状态"), _("#总分"), _("质检人")),
        rows=_row,
        page=page_of(found.order_by(_WAITS_FIRST, "-scored_at", "id"), request.GET, 50),
        empty=_("抽检抽到的来电和书面答复，在这里评分。先抽一次。"),
        first=way(_("抽一次"), "draw"),
        tabs=tabs("quality"),
    ).show(request)


def _row(one: Inspection) -> list[Any]:
    return [
        link(_what(one), "inspection", one.pk),
        one.worker.name,
        one.get_state_display(),
        "" if one.total is None else one.total,
        one.scored_by,
    ]


def _what(one: Inspection) -> str:
    if one.call is not None:
        return _("来电 %(at)s") % {"at": moment(one.call.offered_at)}
    assert one.case is not None
    return _("答复 %(number)s") % {"number": group_number(one.case.number)}


def _one(request: HttpRequest, pk: int) -> Inspection:
    found: Inspection = get_object_or_404(looks.inspections(user_of(request)), pk=pk)
    return found


@staff(Permission.CASE_SEE)
def inspection(request: HttpRequest, pk: int) -> HttpResponse:
    """For who inspects, and for whom it is about once it is scored."""
    one, user = _one(request, pk), user_of(request)
    is_mine = is_about(user, one)
    if is_mine and one.seen_at is None:
        actions.mark_seen(by=user.actor, inspection=one)
    return Sheet(
        title=_what(one),
        lead=one.draw.station.name,
        tags=[{"text": one.get_state_display(), "tone": _TONES[InspectionState(one.state)]}],
        facts=_facts(one, user),
        back=_back_of(is_mine),
        actions=_ways(one, user),
        sections=[_points(one)] if one.sheet else (),
        chain=one.chain,
    ).show(request)


def _back_of(is_mine: bool) -> tuple[str, str]:
    return (_("我的质检"), reverse("seat:my_quality")) if is_mine else (_("质检"), reverse("seat:quality"))


def _ways(one: Inspection, user: User) -> list[dict[str, Any]]:
    ways = []
    if one.state == InspectionState.OPEN and can_score(user, one):
        ways.append(way(_("评分"), "score", one.pk, icon="check"))
    if one.state == InspectionState.OBJECTED and can_settle(user, one):
        ways.append(way(_("复核"), "settle", one.pk, icon="check"))
    if can_object(user, one):
        ways.append(way(_("提出异议"), "object", one.pk))
    if _can_play(user, one):
        ways.append(way(_("听录音"), "inspection_recording", one.pk, icon="volume"))
    return ways


def _can_play(user: User, one: Inspection) -> bool:
    has = one.call is not None and one.call.recording == Recording.KEPT
    return has and can(user, Permission.QUALITY_SEE, station=one.draw.station_id)


def _facts(one: Inspection, user: User) -> list[tuple[Any, Any]]:
    case = one.case or (one.call.case if one.call else None)
    matter = (
        {"text": group_number(case.number), "url": reverse("desk:case", args=[case.number])} if case else ""
    )
    call = one.call
    return [
        (_("谁办的"), one.worker.name),
        (_("办件"), matter),
        (_("录音"), call.get_recording_display() if call else ""),
        (_("无事项"), call.get_no_matter_display() if call and call.no_matter else ""),
        (_("总分"), "" if one.total is None else str(one.total)),
        (_("异议前总分"), "" if one.first_total is None else str(one.first_total)),
        (_("评语"), one.remark),
        (_("质检人"), f"{one.scored_by} {moment(one.scored_at)}" if one.scored_at else ""),
        (_("异议"), one.objection),
        (_("复核意见"), one.reply),
        (_("复核人"), f"{one.settled_by} {moment(one.settled_at)}" if one.settled_at else ""),
    ]


def _points(one: Inspection) -> Section:
    assert one.sheet is not None
    rows = [
        [line["name"], line["text"], str(got), str(line["points"])]
        for line, got in zip(one.sheet.lines, one.points, strict=True)
    ]
    return Section(_("评分"), (_("项目"), _("要求"), _("#得分"), _("#分值")), rows)


class ScoreForm(forms.Form):
    """One field a line of the sheet, and words."""

    words_name = "remark"
    words_label = gettext_lazy("评语")

    def __init__(self, *args: Any, sheet: ScoreSheet | None, now: Sequence[int] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.lines = sheet.lines if sheet else []
        for n, line in enumerate(self.lines):
            label = _("%(name)s（%(points)d 分）") % line
            self.fields[f"p{n}"] = forms.IntegerField(
                label=label, min_value=0, max_value=line["points"], help_text=line["text"],
                initial=now[n] if n < len(now) else line["points"],
            )  # fmt: skip
        self.fields[self.words_name] = WordsField(label=self.words_label, most=1000, rows=3)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        points = [data.get(f"p{n}", 0) for n in range(len(self.lines))]
        return {"points": points, self.words_name: data.get(self.words_name, "")}


class SettleForm(ScoreForm):
    words_name = "reply"
    words_label = gettext_lazy("复核意见")


@staff(Permission.QUALITY_SEE)
def score(request: HttpRequest, pk: int) -> HttpResponse:
    one, user = _one(request, pk), user_of(request)
    if not can_score(user, one):
        raise PermissionDenied
    sheet = looks.sheet_on(timezone.localdate())

    def act(data: dict[str, Any]) -> None:
        actions.score(by=user.actor, inspection=one, **data)

    def form(*args: Any) -> ScoreForm:
        return ScoreForm(*args, sheet=sheet)

    return _ask(_("评分"), form, act, one).show(request)


@staff(Permission.QUALITY_SEE)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    one, user = _one(request, pk), user_of(request)
    if not can_settle(user, one):
        raise PermissionDenied

    def act(data: dict[str, Any]) -> None:
        actions.settle(by=user.actor, inspection=one, **data)

    def form(*args: Any) -> SettleForm:
        return SettleForm(*args, sheet=one.sheet, now=one.points)

    return _ask(_("复核"), form, act, one, lead=one.objection).show(request)


class ObjectionForm(forms.Form):
    objection = WordsField(
        label=gettext_lazy("异议"), most=1000, rows=4, help_text=gettext_lazy("哪一项，为什么。只能提一次。")
    )


@staff(Permission.CASE_SEE)
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    one, user = _one(request, pk), user_of(request)
    if not is_about(user, one):
        raise PermissionDenied

    def act(data: dict[str, Any]) -> None:
        actions.object_to(by=user.actor, inspection=one, **data)

    return _ask(_("提出异议"), ObjectionForm, act, one, lead=one.remark).show(request)


def _ask(title: str, form: Any, act: Any, one: Inspection, lead: str = "") -> Ask:
    back = (_what(one), reverse("seat:inspection", args=[one.pk]))
    return Ask(title, form, act, back, lead=lead or one.worker.name)


@staff(Permission.QUALITY_SEE)
def recording(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked first, since hearing it is an entry of the journal; then the recording itself."""
    one, user = _one(request, pk), user_of(request)
    if not _can_play(user, one):
        raise PermissionDenied
    call = one.call
    assert call is not None

    def act(_data: dict[str, Any]) -> HttpResponse:
        content = play_recording(by=user.actor, call=call)
        return HttpResponse(content, content_type="audio/wav")

    back = (_what(one), reverse("seat:inspection", args=[pk]))
    lead = _("听录音会记入日志，和在席位上听一样。")
    return Ask(_("听录音"), Sure, act, back, button=_("播放"), lead=lead).show(request)


@staff(Permission.CASE_SEE)
def mine(request: HttpRequest) -> HttpResponse:
    """What was said of my own calls and answers."""
    user = user_of(request)
    worker = getattr(user, "worker", None)
    seat, desk = (_("热线席位"), reverse("seat:home")), (_("办件"), reverse("desk:home"))
    return Listing(
        title=_("我的质检"),
        lead=_("抽到您办的，评过分的都在这里。有不同意见可以提一次异议，由另一位质检人员复核。"),
        columns=(_("抽到的"), _("状态"), _("#总分"), _("质检人"), _("本人看过")),
        rows=lambda one: [
            link(_what(one), "inspection", one.pk),
            one.get_state_display(),
            one.total,
            one.scored_by,
            moment(one.seen_at) if one.seen_at else _("还没有看"),
        ],
        page=page_of(looks.own(worker.pk if worker else None), request.GET, 50),
        empty=_("还没有质检结果。"),
        back=seat if can(user, Permission.CASE_OPEN) else desk,
    ).show(request)


# ── draws ──


@staff(Permission.QUALITY_SEE)
def draws(request: HttpRequest) -> HttpResponse:
    found = Draw.objects.visible_to(user_of(request)).select_related("station")
    return Listing(
        title=_("抽检"),
        lead=_("同一天只能抽一次；种子留在记录里，谁都可以照着重算一遍。"),
        columns=(_("时段"), _("站点"), _("#来电"), _("#答复"), _("#比例"), _("抽检人"), _("种子")),
        rows=lambda one: [
            f"{short_day(one.first)} – {short_day(one.last)}",
            one.station.name,
            one.calls,
            one.answers,
            f"{one.share}%",
            f"{one.drawn_by} {moment(one.drawn_at)}",
            one.seed,
        ],
        page=page_of(found.order_by("-first", "-id"), request.GET, 50),
        actions=[way(_("抽一次"), "draw", icon="plus")],
        empty=_("每月从接通的来电和书面答复里随机抽一次，抽到的到“质检”里评分。"),
        tabs=tabs("draws"),
    ).show(request)


_CENTRES = (Tier.CITY_CENTRE, Tier.COUNTY_CENTRE)


class DrawForm(forms.Form):
    station = forms.ChoiceField(label=gettext_lazy("站点"))
    first = DayField(label=gettext_lazy("从"))
    last = DayField(label=gettext_lazy("到"))
    share = forms.IntegerField(
        label=gettext_lazy("比例（%）"), initial=LEAST_SHARE, min_value=LEAST_SHARE, max_value=100
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = [row for row in register().stations.values() if row.tier in _CENTRES or row.takes_matters]
        mine = [row for row in rows if can(user, Permission.QUALITY_SEE, station=row.code)]
        self.fields["station"].choices = [(row.code, row.name) for row in mine]  # type: ignore[attr-defined]


def _not_drawn(user: User) -> dict[str, date]:
    """From the day after the last draw that this person sees, at most a month back, to yesterday."""
    yesterday = timezone.localdate() - timedelta(days=1)
    drawn = Draw.objects.visible_to(user).aggregate(last=Max("last"))["last"]
    first = max(yesterday - timedelta(days=30), drawn + timedelta(days=1) if drawn else date.min)
    return {"first": min(first, yesterday), "last": yesterday}


@staff(Permission.QUALITY_SEE)
def draw(request: HttpRequest) -> HttpResponse:
    user = user_of(request)

    def act(data: dict[str, Any]) -> None:
        station = Station.objects.get(pk=data.pop("station"))
        actions.draw(by=user.actor, station=station, **data)

    def form(*args: Any) -> DrawForm:
        return DrawForm(*args, user=user, initial=_not_drawn(user))

    back = (_("抽检"), reverse("seat:draws"))
    lead = _("从这段时间接通的来电和书面答复里，各随机抽出至少这个比例。抽到谁由种子决定，不能挑。")
    return Ask(_("抽一次"), form, act, back, button=_("抽取"), lead=lead, done=_("已抽取。")).show(request)
