"""The exchange with other systems: what waits on whom, endpoints with keys and log, names of states."""

from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core import when
from mingbai.core.numbers import group_number
from mingbai.core.pagination import page_of
from mingbai.integrations.models import Delivery, Endpoint, EndpointKey, Order, StateName
from mingbai.integrations.partners import actions
from mingbai.integrations.partners.actions import EndpointTerms
from mingbai.integrations.partners.enums import DeliveryState, HookEvent, OrderState, Way
from mingbai.integrations.partners.queries import waiting
from mingbai.people.models import Partner, User
from mingbai.people.perms import can_keep_partners
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.forms import WordsField
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import ANY, Ask, FilterForm, Listing, Section, Sheet, Sure

_LOG = 50


def _user(request: HttpRequest) -> User:
    user: Any = request.user
    if not can_keep_partners(user):
        raise PermissionDenied
    return user


class WaitingFilter(FilterForm):
    q = forms.CharField(label=gettext_lazy("对方编号"), required=False, max_length=64)
    waits_on = forms.ChoiceField(
        label=gettext_lazy("等谁"),
        required=False,
        choices=[*ANY, ("us", gettext_lazy("等我们")), ("them", gettext_lazy("等对方"))],
    )
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False, choices=[*ANY, *OrderState.choices])


@staff(Permission.PARTNERS_EDIT)
def orders(request: HttpRequest) -> HttpResponse:
    """What waits on whom, the longest first."""
    _user(request)
    form = WaitingFilter(request.GET)
    found = Order.objects.select_related("partner", "case").order_by("moved_at", "id")
    for name in ("waits_on", "state"):
        if value := form.value(name):
            found = found.filter(**{name: value})
    if text := form.value("q"):
        found = found.filter(their_number__startswith=text)
    if not any(form.value(name) for name in ("waits_on", "state", "q")):
        found = found.exclude(waits_on="")
    return Listing(
        title=_("往来工单"),
        lead=_lead(),
        form=form,
        columns=(_("对方编号"), _("我们的编号"), _("单位"), _("方向"), _("状态"), _("等谁"), _("自")),
        rows=_row,
        page=page_of(found, request.GET, 50),
        actions=[action(_("推送地址"), "endpoints", icon="settings"), action(_("协作单位"), "partners")],
        empty=_("没有等着的工单。"),
    ).show(request)


def _lead() -> str:
    """One sentence a partner."""
    told = [
        _("%(name)s：等我们 %(us)d 件，等对方 %(them)d 件，过期没接收 %(late)d 件。")
        % {"name": one.name, "us": one.on_us, "them": one.on_them, "late": one.late}  # type: ignore[attr-defined]
        for one in waiting(timezone.now())[:20]
    ]
    return "".join(told)


def _row(one: Order) -> list[Any]:
    """No names and no words: only who keeps the city's partners reads this."""
    who = {"us": _("我们"), "them": _("对方")}
    return [
        one.their_number or _("还没有"),
        group_number(one.case.number),
        one.partner.name,
        one.get_direction_display(),
        one.get_state_display(),
        who.get(one.waits_on, ""),
        when.moment(one.moved_at),
    ]


# ── endpoints ──


@staff(Permission.PARTNERS_EDIT)
def endpoints(request: HttpRequest) -> HttpResponse:
    _user(request)
    form = FilterForm(request.GET)
    found = Endpoint.objects.select_related("partner").order_by("code")
    if text := form.value("q"):
        found = found.filter(name__contains=text) | found.filter(code__contains=text.lower())
    return Listing(
        title=_("推送地址"),
        lead=_("把办件的变化推给市里自己的系统，或与协作单位往来工单。每条都签名，收不到就重发，按先后到。"),
        form=form,
        columns=(_("名称"), _("代码"), _("推什么"), _("状态"), _("上次错误")),
        rows=lambda one: [
            link(one.name, "endpoint", one.code),
            one.code,
            one.partner.name if one.partner else _events_said(one),
            _("在用") if one.is_active else _("已停用"),
            one.error[:60],
        ],
        page=page_of(found, request.GET, 50),
        actions=[action(_("登记推送地址"), "endpoint_new", icon="plus"), action(_("往来工单"), "orders")],
        back=(_("往来工单"), reverse("manage:orders")),
    ).show(request)


def _events_said(one: Endpoint) -> str:
    return "、".join(str(HookEvent(event).label) for event in one.events)


def _one(request: HttpRequest, code: str) -> tuple[User, Endpoint, tuple[str, str]]:
    user = _user(request)
    found = get_object_or_404(Endpoint.objects.select_related("partner"), code=code)
    return user, found, (found.name, reverse("manage:endpoint", args=[code]))


@staff(Permission.PARTNERS_EDIT)
def endpoint(request: HttpRequest, code: str) -> HttpResponse:
    _user_, found, _back = _one(request, code)
    keys = [
        [
            key.name,
            when.moment(key.made_at),
            when.moment(key.retired_at) if key.retired_at else "",
            "" if key.retired_at else link(_("停用"), "endpoint_key_retire", code, key.pk),
        ]
        for key in found.keys.order_by("-made_at", "-id")
    ]
    log = [_log_row(one) for one in found.deliveries.order_by("-seq")[:_LOG]]
    return Sheet(
        title=found.name,
        tags=[] if found.is_active else [{"text": _("已停用"), "tone": "late"}],
        facts=[
            (_("代码"), found.code),
            (_("地址"), found.url),
            (_("推什么"), found.partner.name if found.partner else _events_said(found)),
            (_("等着的"), str(found.deliveries.filter(state=DeliveryState.QUEUED).count())),
            (_("下次发送"), when.moment(found.next_at) if found.next_at else ""),
            (_("上次错误"), found.error),
        ],
        back=(_("推送地址"), reverse("manage:endpoints")),
        chain=f"endpoint:{code}",
        actions=_ways(found),
        sections=[
            Section(
                _("签名密钥"), (_("名称"), _("发出"), _("停用于"), _("变更")), keys, empty=_("还没有密钥。")
            ),
            Section(_("推送记录"), (_("序号"), _("事件"), _("时间"), _("状态"), _("次数"), _("回应")), log),
        ],
    ).show(request)


def _ways(found: Endpoint) -> list[dict[str, Any]]:
    ways = []
    if found.way == Way.SETS:
        ways = [action(_("成批交换"), "endpoint_sets", found.code)]
    if found.is_active:
        ways += [
            action(_("新的签名密钥"), "endpoint_key_new", found.code, icon="plus"),
            action(_("重发失败的"), "endpoint_resend", found.code),
            action(_("停用"), "endpoint_end", found.code),
        ]
    return ways


def _log_row(one: Delivery) -> list[Any]:
    answer = f"{one.status or ''} {one.error}".strip()
    return [
        str(one.seq),
        one.event,
        when.moment(one.made_at),
        one.get_state_display(),
        str(one.tries),
        answer[:80],
    ]


class EndpointForm(forms.Form):
    name = WordsField(label=gettext_lazy("名称"), most=64)
    code = forms.CharField(
        label=gettext_lazy("代码"), max_length=32, help_text=gettext_lazy("小写字母、数字、横线。")
    )
    url = forms.CharField(
        label=gettext_lazy("地址（https）"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("成批交换、用文件的空着。"),
    )
    way = forms.ChoiceField(label=gettext_lazy("方式"), choices=Way.choices, required=False)
    partner = forms.ModelChoiceField(
        label=gettext_lazy("与哪个协作单位往来工单"),
        queryset=Partner.objects.none(),
        required=False,
        empty_label=gettext_lazy("不往来工单，只推下面的事件"),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("推哪些事件"),
        required=False,
        choices=[one for one in HookEvent.choices if one[0] != HookEvent.ORDER],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["partner"]
        field.queryset = Partner.objects.visible_to(user).filter(is_active=True)


@staff(Permission.PARTNERS_EDIT)
def endpoint_new(request: HttpRequest) -> HttpResponse:
    user = _user(request)

    def act(data: dict[str, Any]) -> str:
        data["events"], data["way"] = tuple(data["events"]), data["way"] or Way.HOOK
        made = actions.make_endpoint(by=user.actor, terms=EndpointTerms(**data))
        return reverse("manage:endpoint", args=[made.code])

    back = (_("推送地址"), reverse("manage:endpoints"))
    lead = _("登记以后发出签名密钥，没有密钥什么也不推。")
    return Ask(_("登记推送地址"), partial(EndpointForm, user=user), act, back, lead=lead).show(request)


@staff(Permission.PARTNERS_EDIT)
def endpoint_end(request: HttpRequest, code: str) -> HttpResponse:
    user, found, back = _one(request, code)

    def act(data: dict[str, Any]) -> None:
        actions.end_endpoint(by=user.actor, endpoint=found)

    return Ask(_("停用推送地址"), Sure, act, back, button=_("停用"), is_danger=True).show(request)


@staff(Permission.PARTNERS_EDIT)
def endpoint_resend(request: HttpRequest, code: str) -> HttpResponse:
    user, found, back = _one(request, code)

    def act(data: dict[str, Any]) -> None:
        failed = list(found.deliveries.filter(state=DeliveryState.FAILED).order_by("seq")[:500])
        actions.resend(by=user.actor, endpoint=found, deliveries=failed)

    lead = _("送不到的放回队里原来的位置，马上再送。")
    return Ask(_("重发失败的"), Sure, act, back, button=_("重发"), lead=lead).show(request)


@staff(Permission.PARTNERS_EDIT)
def key_new(request: HttpRequest, code: str) -> HttpResponse:
    user, found, back = _one(request, code)

    def act(data: dict[str, Any]) -> HttpResponse:
        name, secret = actions.new_secret(by=user.actor, endpoint=found)
        lead = _("密钥名 %(name)s。只显示这一次，请马上交给对方。对方认得以后，再停用旧的。") % {"name": name}
        context = {"title": _("新的签名密钥"), "secret": secret, "lead": lead, "back": back}
        return render(request, "manage/secret.html", context)

    lead = _("旧的仍然有效，直到停用；从现在起用新的签名。")
    return Ask(_("新的签名密钥"), Sure, act, back, button=_("发出"), lead=lead).show(request)


@staff(Permission.PARTNERS_EDIT)
def key_retire(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    user, found, back = _one(request, code)
    key = get_object_or_404(EndpointKey, pk=pk, endpoint=found)

    def act(data: dict[str, Any]) -> None:
        actions.retire_key(by=user.actor, key=key)

    lead = _("用它签名的马上被拒绝。")
    return Ask(_("停用签名密钥"), Sure, act, back, button=_("停用"), lead=lead, is_danger=True).show(request)


# ── what partners call the states ──


class StateForm(forms.Form):
    state = forms.ChoiceField(label=gettext_lazy("我们的状态"), choices=OrderState.choices)
    code = forms.CharField(
        label=gettext_lazy("对方代码"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("空着就去掉这一行。"),
    )
    name = forms.CharField(label=gettext_lazy("对方名称"), max_length=64, required=False)


@staff(Permission.PARTNERS_EDIT)
def states(request: HttpRequest, code: str) -> HttpResponse:
    user = _user(request)
    found = get_object_or_404(Partner.objects.visible_to(user), code=code)
    rows = StateName.objects.filter(partner=found).order_by("state")
    known = "；".join(f"{row.get_state_display()} = {row.code} {row.name}".strip() for row in rows)

    def act(data: dict[str, Any]) -> str:
        actions.set_state_name(by=user.actor, partner=found, **data)
        return reverse("manage:partner_states", args=[code])

    lead = _("现在的对照：%(known)s") % {"known": known or _("还没有")}
    back = (found.name, reverse("manage:partner", args=[code]))
    return Ask(_("状态对照"), StateForm, act, back, lead=lead).show(request)
