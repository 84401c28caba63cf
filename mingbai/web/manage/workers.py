"""The register of people who serve: list, page, and what changes a person, their post, their days."""

from functools import partial
from typing import Any

from django import forms
from django.db.models import Case, IntegerField, Q, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core import when
from mingbai.core.checks import mask_phone
from mingbai.core.pagination import page_of
from mingbai.people import actions
from mingbai.people.enums import AbsenceReason, Post, PostType
from mingbai.people.models import Absence, Worker
from mingbai.people.perms import can_edit_worker
from mingbai.people.roles import Permission
from mingbai.places.enums import Line
from mingbai.places.models import Organisation, Region, Station
from mingbai.places.queries import register
from mingbai.web.access import staff
from mingbai.web.forms import DayField, PhoneField, WordsField
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import ANY, Ask, FilterForm, Listing, Section, Sheet, Sure, Why

_STATES = [("", gettext_lazy("在岗")), ("away", gettext_lazy("今天请假")), ("left", gettext_lazy("已离岗"))]
_TIMES = [*ANY, ("yes", gettext_lazy("专职")), ("no", gettext_lazy("兼职"))]


class WorkerFilter(FilterForm):
    q = forms.CharField(label=gettext_lazy("姓名或编号"), required=False, max_length=40)
    post = forms.ChoiceField(label=gettext_lazy("岗位"), required=False, choices=[*ANY, *Post.choices])
    full = forms.ChoiceField(label=gettext_lazy("专兼职"), required=False, choices=_TIMES)
    region = forms.ChoiceField(label=gettext_lazy("地区"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False, choices=_STATES)

    def __init__(self, data: Any, own: Keeper) -> None:
        super().__init__(data)
        self.fields["region"].choices = [*ANY, *own.county_choices()]  # type: ignore[attr-defined]


@staff(Permission.PEOPLE_EDIT)
def workers(request: HttpRequest) -> HttpResponse:
    own = keeper(request, Permission.PEOPLE_EDIT)
    form = WorkerFilter(request.GET, own)
    return Listing(
        title=_("服务人员"),
        form=form,
        columns=(_("姓名"), _("岗位"), _("专兼职"), _("在哪里"), _("电话"), _("编号")),
        rows=_row,
        page=page_of(_found(form, own), request.GET, 50),
        actions=[action(_("登记人员"), "worker_new", icon="plus")],
    ).show(request)


def _found(form: WorkerFilter, own: Keeper) -> Any:
    found = Worker.objects.visible_to(own.user)
    state, text, region, today = (
        form.value("state"),
        form.value("q"),
        form.value("region"),
        timezone.localdate(),
    )
    found = found.filter(is_active=state != "left")
    if state == "away":
        found = found.filter(absences__starts_on__lte=today, absences__ends_on__gte=today)
    if text:
        found = found.filter(Q(name__contains=text) | Q(code__icontains=text))
    if region:
        found = found.filter(region_id__in=own.places.subtree(region))
    if form.value("post"):
        found = found.filter(post=form.value("post"))
    if form.value("full"):
        found = found.filter(is_full_time=form.value("full") == "yes")
    return found.select_related("station", "region").order_by("code")


def _row(worker: Worker) -> list[Any]:
    return [
        link(worker.name, "worker", worker.code),
        worker.get_post_display(),
        _("专职") if worker.is_full_time else _("兼职"),
        worker.station.name if worker.station else worker.region.name,
        mask_phone(worker.phone) if worker.phone else "",
        worker.code,
    ]


def worker_for(request: HttpRequest, code: str) -> tuple[Any, Worker]:
    """Of the own part of the register; who may only be seen is not found where something is changed."""
    user: Any = request.user
    seen = Worker.objects.visible_to(user).select_related("station", "region", "organisation", "user")
    found = get_object_or_404(seen, code=code)
    if not can_edit_worker(user, found):
        raise Http404
    return user, found


def back_to(worker: Worker) -> tuple[str, str]:
    return worker.name, reverse("manage:worker", args=[worker.code])


@staff(Permission.PEOPLE_EDIT)
def worker(request: HttpRequest, code: str) -> HttpResponse:
    _user, found = worker_for(request, code)
    tags = [{"text": found.get_post_display(), "tone": ""}]
    if not found.is_active:
        tags.append({"text": _("已离岗"), "tone": "late"})
    return Sheet(
        title=found.name,
        tags=tags,
        facts=_facts(found),
        back=(_("服务人员"), reverse("manage:workers")),
        chain=f"worker:{found.code}",
        actions=_actions(found),
        sections=[_duties(found), _absences(found)],
    ).show(request)


def _facts(found: Worker) -> list[tuple[str, Any]]:
    skills = [f"{skill.get_line_display()}{skill.topic}" for skill in found.skills.order_by("line", "topic")]
    return [
        (_("编号"), found.code),
        (_("专兼职"), _("专职") if found.is_full_time else _("兼职")),
        (_("用工类型"), found.get_post_type_display()),
        (_("所属区划"), found.region.name),
        (_("所在站点"), found.station.name if found.station else ""),
        (_("所属机构"), found.organisation.name if found.organisation else ""),
        (_("电话"), mask_phone(found.phone) if found.phone else ""),
        (_("执业证号"), found.licence_no),
        (_("专长"), _("、").join(skills)),
        (_("登录名"), found.user.username if found.user else _("还没有，可印登录条或请系统管理员建立")),
    ]


def _actions(found: Worker) -> list[dict[str, Any]]:
    if not found.is_active:
        return [action(_("恢复在岗"), "worker_activate", found.code, icon="refresh")]
    return [
        action(_("修改资料"), "worker_edit", found.code, icon="edit"),
        action(_("登记请假"), "absence", found.code, icon="calendar-event"),
        action(_("调动"), "worker_move", found.code, icon="arrows-exchange"),
        action(_("离岗"), "worker_leave", found.code, icon="logout"),
    ]


def _duties(found: Worker) -> Section:
    rows = [
        [
            when.day(duty.date) if duty.date else duty.get_weekday_display(),
            f"{duty.starts:%H:%M}–{duty.ends:%H:%M}",
            link(duty.station.name, "roster", duty.station_id),
        ]
        for duty in found.duties.select_related("station").order_by("date", "weekday", "starts", "id")
    ]
    empty = _("没有排班：站点没有排班表时，在岗的人都算在。")
    return Section(_("排班"), (_("哪天"), _("几点"), _("站点")), rows, empty=empty)


def _absences(found: Worker) -> Section:
    since = timezone.localdate()
    coming = found.absences.filter(ends_on__gte=since).select_related("stand_in").order_by("starts_on", "id")
    rows = [
        [
            _("%(a)s 至 %(b)s") % {"a": when.day(one.starts_on), "b": when.day(one.ends_on)},
            one.get_reason_display(),
            one.stand_in.name if one.stand_in else _("没有代班人"),
            link(_("取消"), "absence_cancel", found.code, one.pk),
        ]
        for one in coming
    ]
    return Section(_("请假"), (_("日期"), _("原因"), _("代班人"), _("变更")), rows, empty=_("没有请假。"))


# ── forms ──


class WorkerForm(forms.Form):
    name = WordsField(label=gettext_lazy("姓名"), most=64)
    post = forms.ChoiceField(label=gettext_lazy("岗位"), choices=Post.choices)
    post_type = forms.ChoiceField(
        label=gettext_lazy("用工类型"),
        choices=[("", gettext_lazy("未填")), *PostType.choices],
        required=False,
    )
    is_full_time = forms.BooleanField(label=gettext_lazy("专职"), required=False)
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("所属机构"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=gettext_lazy("没有"),
    )
    licence_no = WordsField(label=gettext_lazy("执业证号"), most=32, required=False)
    phone = PhoneField(label=gettext_lazy("电话"), required=False)
    skills = forms.MultipleChoiceField(
        label=gettext_lazy("专长"), choices=Line.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        able = Organisation.objects.filter(is_active=True).order_by("name")
        self.fields["organisation"].queryset = able  # type: ignore[attr-defined]

    def clean_skills(self) -> list[tuple[str, str]]:
        return [(line, "") for line in self.cleaned_data["skills"]]


class PlaceForm(forms.Form):
    """A station of the own part of the tree, or only a region."""

    station = forms.ChoiceField(label=gettext_lazy("所在站点"), required=False)
    region = forms.ChoiceField(
        label=gettext_lazy("所属区划"), required=False, help_text=gettext_lazy("选了站点就不用选。")
    )

    def __init__(self, *args: Any, own: Keeper, **options: Any) -> None:
        super().__init__(*args, **options)
        none = [("", _("没有固定站点"))]
        self.fields["station"].choices = [*none, *own.station_choices()]  # type: ignore[attr-defined]
        self.fields["region"].choices = [("", _("按站点")), *own.region_choices()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        station = Station.objects.select_related("region").filter(code=data.get("station") or "").first()
        region = station.region if station else Region.objects.filter(code=data.get("region") or "").first()
        if region is None and not self.errors:
            self.add_error("station", _("请选择站点或区划。"))
        return {**data, "station": station, "region": region}


class NewForm(WorkerForm, PlaceForm):
    field_order = ("name", "post", "post_type", "is_full_time", "station", "region")


@staff(Permission.PEOPLE_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    own = keeper(request, Permission.PEOPLE_EDIT)

    def act(data: dict[str, Any]) -> str:
        made = actions.register_worker(by=own.user.actor, **data)
        return reverse("manage:worker", args=[made.code])

    back = (_("服务人员"), reverse("manage:workers"))
    values = {"station": request.GET.get("station", "")}
    form = partial(NewForm, own=own, initial=values)
    return Ask(_("登记人员"), form, act, back, button=_("登记")).show(request)


@staff(Permission.PEOPLE_EDIT)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    user, found = worker_for(request, code)
    names = ("name", "post", "post_type", "is_full_time", "organisation", "licence_no")
    values = {name: getattr(found, name) for name in names}
    known = list(found.skills.order_by("line"))
    values["skills"] = [skill.line for skill in known]

    def act(data: dict[str, Any]) -> None:
        if not data["phone"]:
            data.pop("phone")
        topics = [(skill.line, skill.topic) for skill in known if skill.topic]
        data["skills"] += [pair for pair in topics if (pair[0], "") in data["skills"]]
        actions.edit_worker(by=user.actor, worker=found, **data)

    def form(*args: Any) -> WorkerForm:
        made = WorkerForm(*args, initial=values)
        if found.phone:
            hint = _("现为 %(phone)s，空着就不改。") % {"phone": mask_phone(found.phone)}
            made.fields["phone"].help_text = hint
        return made

    return Ask(_("修改人员资料"), form, act, back_to(found)).show(request)


class MoveForm(PlaceForm):
    why = WordsField(label=gettext_lazy("为什么"), most=200, required=False)


@staff(Permission.PEOPLE_EDIT)
def move(request: HttpRequest, code: str) -> HttpResponse:
    user, found = worker_for(request, code)
    own = keeper(request, Permission.PEOPLE_EDIT)

    def act(data: dict[str, Any]) -> None:
        actions.move_worker(by=user.actor, worker=found, **data)

    lead = _("原站点今后的排班随之取消，手上的办件不变。")
    values = {"station": found.station_id or "", "region": ""}
    form = partial(MoveForm, own=own, initial=values)
    return Ask(_("调动"), form, act, back_to(found), button=_("调动"), lead=lead).show(request)


@staff(Permission.PEOPLE_EDIT)
def leave(request: HttpRequest, code: str) -> HttpResponse:
    user, found = worker_for(request, code)

    def act(data: dict[str, Any]) -> None:
        actions.deactivate_worker(by=user.actor, worker=found, why=data["reason"])

    lead = _("不再分到新办件，排班取消，登录停用；办过的事仍记在名下。")
    ask = Ask(_("离岗"), Why, act, back_to(found), button=_("离岗"), lead=lead, is_danger=True)
    return ask.show(request)


@staff(Permission.PEOPLE_EDIT)
def activate(request: HttpRequest, code: str) -> HttpResponse:
    user, found = worker_for(request, code)

    def act(data: dict[str, Any]) -> None:
        actions.activate_worker(by=user.actor, worker=found)

    lead = _("回到名册上；登录由系统管理员另行启用。")
    return Ask(_("恢复在岗"), Sure, act, back_to(found), button=_("恢复在岗"), lead=lead).show(request)


class StandInField(forms.ModelChoiceField):
    def label_from_instance(self, worker: Worker) -> str:
        return f"{worker.name}（{worker.station.name if worker.station else worker.region.name}）"


class AbsenceForm(forms.Form):
    starts_on = DayField(label=gettext_lazy("从哪天"))
    ends_on = DayField(label=gettext_lazy("到哪天"))
    reason = forms.ChoiceField(label=gettext_lazy("原因"), choices=AbsenceReason.choices)
    stand_in = StandInField(
        label=gettext_lazy("代班人"),
        queryset=Worker.objects.none(),
        required=False,
        empty_label=gettext_lazy("没有"),
        help_text=gettext_lazy("请假期间，分给本人的事由代班人接。"),
    )


def _stand_ins(user: Any, found: Worker) -> QuerySet[Worker]:
    """The colleagues of the same place first, then the county's: who is alone has nobody else."""
    places = register()
    county = places.county_of(found.region_id) or found.region_id
    near = Worker.objects.visible_to(user).filter(is_active=True, region__in=places.subtree(county))
    is_far = Case(
        When(Q(station=found.station_id) if found.station_id else Q(region=found.region_id), then=0),
        default=1,
        output_field=IntegerField(),
    )
    ordered: QuerySet[Worker] = (
        near.exclude(pk=found.pk).select_related("station", "region").order_by(is_far, "code")
    )
    return ordered


@staff(Permission.PEOPLE_EDIT)
def absence(request: HttpRequest, code: str) -> HttpResponse:
    user, found = worker_for(request, code)
    near = _stand_ins(user, found)

    def form(*args: Any) -> AbsenceForm:
        made = AbsenceForm(*args)
        made.initial = {"starts_on": timezone.localdate(), "ends_on": timezone.localdate()}
        made.fields["stand_in"].queryset = near  # type: ignore[attr-defined]
        return made

    def act(data: dict[str, Any]) -> None:
        actions.add_absence(by=user.actor, worker=found, **data)

    return Ask(_("登记请假"), form, act, back_to(found), button=_("登记")).show(request)


class BackForm(forms.Form):
    ends_on = DayField(
        label=gettext_lazy("提前回来的，最后请假到哪天"),
        required=False,
        help_text=gettext_lazy("空着是整段取消：没有请成这个假。"),
    )


@staff(Permission.PEOPLE_EDIT)
def absence_cancel(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Back early, or not away at all."""
    user, found = worker_for(request, code)
    one = get_object_or_404(Absence, pk=pk, worker=found)

    def act(data: dict[str, Any]) -> None:
        if data["ends_on"]:
            actions.end_absence(by=user.actor, absence=one, ends_on=data["ends_on"])
        else:
            actions.cancel_absence(by=user.actor, absence=one)

    return Ask(_("取消请假"), BackForm, act, back_to(found), button=_("取消请假")).show(request)
