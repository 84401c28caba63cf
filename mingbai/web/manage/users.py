"""Sign-ins: made, edited, shut by the system administrator; grants by the security administrator."""

from functools import partial
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core import when
from mingbai.core.pagination import page_of
from mingbai.people import actions
from mingbai.people.models import Grant, User, Worker
from mingbai.people.perms import can_edit_user, can_reset_factor
from mingbai.people.roles import Permission, RoleCode
from mingbai.places.models import Region, Station
from mingbai.web.access import staff
from mingbai.web.forms import DayField, WordsField
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import ANY, Ask, FilterForm, Listing, Section, Sheet, Sure, Why

_STATES = [*ANY, ("on", gettext_lazy("在用")), ("off", gettext_lazy("已停用"))]


class UserFilter(FilterForm):
    q = forms.CharField(label=gettext_lazy("姓名或登录名"), required=False, max_length=40)
    role = forms.ChoiceField(label=gettext_lazy("角色"), required=False, choices=[*ANY, *RoleCode.choices])
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False, choices=_STATES)


def _list(request: HttpRequest, title: str, name: str, ways: list[dict[str, Any]]) -> HttpResponse:
    user: Any = request.user
    form, found = UserFilter(request.GET), User.objects.visible_to(user)
    if text := form.value("q"):
        found = found.filter(Q(name__contains=text) | Q(username__icontains=text))
    if role := form.value("role"):
        held = Grant.objects.active(timezone.localdate()).filter(role=role)
        found = found.filter(pk__in=held.values("user_id"))
    if state := form.value("state"):
        found = found.filter(is_active=state == "on")
    held = Grant.objects.active(timezone.localdate()).select_related("region", "station").order_by("id")
    return Listing(
        title=title,
        form=form,
        columns=(_("姓名"), _("登录名"), _("角色"), _("状态")),
        rows=lambda one: [
            link(one.name, name, one.pk),
            one.username,
            _("、").join(_said(grant) for grant in one.held) or _("还没有授权"),
            _("在用") if one.is_active else _("已停用"),
        ],
        page=page_of(
            found.prefetch_related(Prefetch("grants", held, "held")).order_by("username"), request.GET, 50
        ),
        actions=ways,
    ).show(request)


def _said(grant: Grant) -> str:
    place = grant.station.name if grant.station else grant.region.name
    return f"{grant.get_role_display()}（{place}）"


@staff(Permission.USERS_EDIT)
def users(request: HttpRequest) -> HttpResponse:
    return _list(request, _("用户"), "user", [action(_("建立用户"), "user_new", icon="plus")])


@staff(Permission.GRANTS_EDIT)
def grants(request: HttpRequest) -> HttpResponse:
    return _list(request, _("授权"), "granted", [])


def _seen(request: HttpRequest, pk: int) -> tuple[User, User]:
    user: Any = request.user
    found: Any = User.objects.visible_to(user)
    return user, get_object_or_404(found, pk=pk)


def _edited(request: HttpRequest, pk: int) -> tuple[User, User, tuple[str, str]]:
    """To be changed: 404 where it is not theirs to change, as where it does not exist."""
    user, found = _seen(request, pk)
    if user.pk != found.pk and not can_edit_user(user, found):
        raise Http404
    return user, found, (found.name, reverse("manage:user", args=[pk]))


def _sheet(found: User, back: tuple[str, str], ways: list[Any], sections: list[Section]) -> Sheet:
    worker = Worker.objects.filter(user=found).select_related("station").first()
    off = [] if found.is_active else [{"text": _("已停用"), "tone": "late"}]
    facts = [
        (_("登录名"), found.username),
        (_("邮箱"), found.email),
        (_("对应人员"), f"{worker.name}（{worker.code}）" if worker else _("没有")),
        (_("建立于"), when.moment(found.created_at)),
        (_("密码"), _("初始密码，等本人更换") if found.has_initial_password else ""),
    ]
    return Sheet(found.name, facts, back, f"user:{found.pk}", tags=off, actions=ways, sections=sections)


@staff(Permission.USERS_EDIT)
def user(request: HttpRequest, pk: int) -> HttpResponse:
    by, found, _back = _edited(request, pk)
    ways = [action(_("修改资料"), "user_edit", pk, icon="edit")]
    if by.pk != found.pk:
        ways += [action(_("重置密码"), "user_reset", pk, icon="refresh")]
        label = _("停用") if found.is_active else _("启用")
        ways += [action(label, "user_off" if found.is_active else "user_on", pk, icon="lock")]
    back = (_("用户"), reverse("manage:users"))
    return _sheet(found, back, ways, [_grants(found, with_ways=False)]).show(request)


def _grants(found: User, *, with_ways: bool) -> Section:
    rows = []
    for one in found.grants.select_related("region", "station").order_by("-id"):
        until = when.day(one.valid_to, today=timezone.localdate()) if one.valid_to else _("长期")
        ended = _("已撤销") if one.revoked_at else until
        way = link(_("撤销"), "revoke", found.pk, one.pk) if with_ways and not one.revoked_at else ""
        place = one.station.name if one.station else one.region.name
        rows.append([one.get_role_display(), place, ended, *([way] if with_ways else [])])
    head = (_("角色"), _("范围"), _("有效"), *([_("变更")] if with_ways else []))
    return Section(_("授权"), head, rows, empty=_("还没有授权，登录后什么也看不到。由安全管理员授权。"))


class UserForm(forms.Form):
    name = WordsField(label=gettext_lazy("姓名"), most=64)
    email = forms.EmailField(label=gettext_lazy("邮箱"), required=False)

    worker = WordsField(
        label=gettext_lazy("人员编号"),
        most=32,
        required=False,
        help_text=gettext_lazy("在名册上的人，填他的编号。"),
    )

    def clean_worker(self) -> Worker | None:
        code = self.cleaned_data["worker"]
        able = Q(is_active=True) | Q(code=self.initial.get("worker", ""))
        found = Worker.objects.filter(able, code=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError(_("名册上没有这个编号。"))
        return found


class NewUserForm(UserForm):
    username = WordsField(
        label=gettext_lazy("登录名"),
        most=64,
        help_text=gettext_lazy("小写字母、数字、点、横线，建立后不改。"),
    )
    field_order = ("username", "name", "email", "worker")


def _shown(request: HttpRequest, title: str, secret: str, lead: str, back: tuple[str, str]) -> HttpResponse:
    """A secret that can be read this once."""
    context = {"title": title, "secret": secret, "lead": lead, "back": back}
    return render(request, "manage/secret.html", context)


@staff(Permission.USERS_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    by: Any = request.user

    def act(data: dict[str, Any]) -> HttpResponse:
        made = actions.make_user(by=by.actor, **data)
        made, password = actions.reset_password(by=by.actor, user=made)
        lead = _("登录名 %(name)s。把密码当面交给本人，第一次登录要换。还要请安全管理员授权。") % {
            "name": made.username
        }
        return _shown(
            request, _("用户已建立"), password, lead, (made.name, reverse("manage:user", args=[made.pk]))
        )

    return Ask(_("建立用户"), NewUserForm, act, (_("用户"), reverse("manage:users")), button=_("建立")).show(
        request
    )


@staff(Permission.USERS_EDIT)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    by, found, back = _edited(request, pk)
    linked = Worker.objects.filter(user=found).first()

    def act(data: dict[str, Any]) -> None:
        worker = data.pop("worker")
        with transaction.atomic():
            actions.edit_user(by=by.actor, user=found, **data)
            if worker != linked:
                actions.link_worker(by=by.actor, user=found, worker=worker)

    values = {"name": found.name, "email": found.email, "worker": linked.code if linked else ""}
    return Ask(_("修改用户资料"), partial(UserForm, initial=values), act, back).show(request)


@staff(Permission.USERS_EDIT)
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    by, found, back = _edited(request, pk)
    if by.pk == found.pk:
        raise Http404

    def act(data: dict[str, Any]) -> HttpResponse:
        _user, password = actions.reset_password(by=by.actor, user=found)
        return _shown(request, _("密码已重置"), password, _("把它当面交给本人，下次登录要换。"), back)

    lead = _("原来的密码马上作废，已登录的会话随之结束。")
    return Ask(_("重置密码"), Sure, act, back, button=_("重置密码"), lead=lead, is_danger=True).show(request)


@staff(Permission.USERS_EDIT)
def off(request: HttpRequest, pk: int) -> HttpResponse:
    by, found, back = _edited(request, pk)

    def act(data: dict[str, Any]) -> None:
        actions.deactivate_user(by=by.actor, user=found, why=data["reason"])

    lead = _("马上不能登录，没用的登录条作废。")
    return Ask(_("停用用户"), Why, act, back, button=_("停用"), lead=lead, is_danger=True).show(request)


@staff(Permission.USERS_EDIT)
def on(request: HttpRequest, pk: int) -> HttpResponse:
    by, found, back = _edited(request, pk)

    def act(data: dict[str, Any]) -> None:
        actions.activate_user(by=by.actor, user=found)

    return Ask(_("启用用户"), Sure, act, back, button=_("启用")).show(request)


# ── grants: the security administrator's ──


@staff(Permission.GRANTS_EDIT)
def granted(request: HttpRequest, pk: int) -> HttpResponse:
    by, found = _seen(request, pk)
    ways = [action(_("授权"), "grant", pk, icon="plus")] if by.pk != found.pk else []
    if can_reset_factor(by, found):
        ways.append(action(_("重置第二因素"), "factor_reset", pk, icon="shield-lock"))
    back = (_("授权"), reverse("manage:grants"))
    return _sheet(found, back, ways, [_grants(found, with_ways=by.pk != found.pk)]).show(request)


class GrantForm(forms.Form):
    role = forms.ChoiceField(label=gettext_lazy("角色"), choices=RoleCode.choices)
    station = forms.ChoiceField(
        label=gettext_lazy("只在一个站点"),
        required=False,
        help_text=gettext_lazy("窗口、热线、站点人员选站点。"),
    )
    region = forms.ChoiceField(
        label=gettext_lazy("或整个地区（连同下级）"),
        required=False,
        help_text=gettext_lazy("监督、领导、管理员选地区。"),
    )
    valid_from = DayField(label=gettext_lazy("从哪天"), required=False)
    valid_to = DayField(label=gettext_lazy("到哪天"), required=False, help_text=gettext_lazy("空着是长期。"))

    def __init__(self, *args: Any, own: Keeper, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["station"].choices = [("", _("不限一个站点")), *own.station_choices()]  # type: ignore[attr-defined]
        self.fields["region"].choices = [("", _("按站点")), *own.region_choices()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["station"] = (
            Station.objects.select_related("region").filter(code=data.get("station") or "").first()
        )
        region = None if data["station"] else data.get("region")
        data["region"] = Region.objects.filter(code=region or "").first()
        return data


def _back(found: User) -> tuple[str, str]:
    return found.name, reverse("manage:granted", args=[found.pk])


@staff(Permission.GRANTS_EDIT)
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    by, found = _seen(request, pk)
    own = keeper(request, Permission.GRANTS_EDIT)

    def act(data: dict[str, Any]) -> None:
        actions.grant(by=by.actor, user=found, **data)

    form = partial(GrantForm, own=own)
    lead = _("系统、安全、审计三类管理员须由三个人分别担任，也不兼业务角色。")
    return Ask(_("授权"), form, act, _back(found), button=_("授权"), lead=lead).show(request)


@staff(Permission.GRANTS_EDIT)
def revoke(request: HttpRequest, pk: int, grant_pk: int) -> HttpResponse:
    by, found = _seen(request, pk)
    seen: Any = Grant.objects.visible_to(by)
    one = get_object_or_404(seen, pk=grant_pk, user=found)

    def act(data: dict[str, Any]) -> None:
        actions.revoke(by=by.actor, grant=one, why=data["reason"])

    lead = _("马上生效。")
    return Ask(_("撤销授权"), Why, act, _back(found), button=_("撤销"), lead=lead, is_danger=True).show(
        request
    )


@staff(Permission.GRANTS_EDIT)
def factor_reset(request: HttpRequest, pk: int) -> HttpResponse:
    by, found = _seen(request, pk)
    if not can_reset_factor(by, found):
        raise Http404

    def act(data: dict[str, Any]) -> None:
        actions.reset_second_factor(by=by.actor, user=found)

    lead = _("手机或密钥丢了时用：下次输入密码后，重新设置第二种登录方式。")
    ask = Ask(_("重置第二因素"), Sure, act, _back(found), button=_("重置"), lead=lead, is_danger=True)
    return ask.show(request)
