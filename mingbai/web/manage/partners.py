"""Other systems and their keys: a key is shown once, and can be revoked."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core import when
from mingbai.core.pagination import page_of
from mingbai.people import actions
from mingbai.people.actions.partners import MOST_A_MINUTE
from mingbai.people.enums import KeyScope, all_scopes
from mingbai.people.models import ApiKey, Partner
from mingbai.people.perms import can_keep_partners
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.forms import WordsField
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import Ask, FilterForm, Listing, Section, Sheet, Sure


def _seen(request: HttpRequest) -> Any:
    user: Any = request.user
    if not can_keep_partners(user):
        raise PermissionDenied
    return Partner.objects.visible_to(user)


@staff(Permission.PARTNERS_EDIT)
def partners(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    found = _seen(request).order_by("code")
    if text := form.value("q"):
        found = found.filter(name__contains=text) | found.filter(code__contains=text.lower())
    return Listing(
        title=_("协作单位"),
        form=form,
        columns=(_("名称"), _("代码"), _("状态")),
        rows=lambda one: [
            link(one.name, "partner", one.code),
            one.code,
            _("在用") if one.is_active else _("已停用"),
        ],
        page=page_of(found, request.GET, 50),
        actions=[action(_("登记协作单位"), "partner_new", icon="plus")],
    ).show(request)


def _one(request: HttpRequest, code: str) -> tuple[Any, Partner, tuple[str, str]]:
    found = get_object_or_404(_seen(request), code=code)
    return request.user, found, (found.name, reverse("manage:partner", args=[code]))


@staff(Permission.PARTNERS_EDIT)
def partner(request: HttpRequest, code: str) -> HttpResponse:
    _by, found, _back = _one(request, code)
    rows = [
        [
            str(key.pk)[:8],
            "、".join(str(KeyScope(scope).label) for scope in key.scopes),
            str(key.a_minute or _("不限")),
            when.moment(key.made_at),
            when.moment(key.revoked_at) if key.revoked_at else "",
            "" if key.revoked_at else link(_("作废"), "key_revoke", code, key.pk),
        ]
        for key in found.keys.order_by("-made_at", "id")
    ]
    keys = Section(
        _("接口密钥"),
        (_("编号"), _("能做什么"), _("每分钟"), _("发出"), _("作废于"), _("变更")),
        rows,
        empty=_("还没有密钥。"),
    )
    ways = []
    if found.is_active:
        ways = [
            action(_("发出密钥"), "key_issue", code, icon="plus"),
            action(_("状态对照"), "partner_states", code),
            action(_("停用"), "partner_off", code, icon="lock"),
        ]
    return Sheet(
        title=found.name,
        tags=[] if found.is_active else [{"text": _("已停用"), "tone": "late"}],
        facts=[(_("代码"), found.code), (_("接口说明"), reverse("api_docs"))],
        back=(_("协作单位"), reverse("manage:partners")),
        chain=f"partner:{code}",
        actions=ways,
        sections=[keys],
    ).show(request)


class PartnerForm(forms.Form):
    name = WordsField(label=gettext_lazy("名称"), most=64)
    code = WordsField(
        label=gettext_lazy("代码"),
        most=32,
        required=False,
        help_text=gettext_lazy("小写字母、数字、横线；空着自动取。"),
    )


@staff(Permission.PARTNERS_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    _seen(request)
    by: Any = request.user

    def act(data: dict[str, Any]) -> str:
        made = actions.make_partner(by=by.actor, **data)
        return reverse("manage:partner", args=[made.code])

    back = (_("协作单位"), reverse("manage:partners"))
    return Ask(_("登记协作单位"), PartnerForm, act, back, button=_("登记")).show(request)


class KeyForm(forms.Form):
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("能做什么"),
        choices=KeyScope.choices,
        initial=all_scopes,
        widget=forms.CheckboxSelectMultiple,
    )
    a_minute = forms.IntegerField(
        label=gettext_lazy("每分钟最多几次"),
        min_value=0,
        max_value=MOST_A_MINUTE,
        initial=600,
        help_text=gettext_lazy("0 是不限。"),
    )


@staff(Permission.PARTNERS_EDIT)
def key_issue(request: HttpRequest, code: str) -> HttpResponse:
    by, found, back = _one(request, code)

    def act(data: dict[str, Any]) -> HttpResponse:
        secret = actions.issue_key(by=by.actor, partner=found, **data)
        lead = _("只显示这一次，请马上交给对方。我们只存它的摘要，丢了就另发一个。")
        context = {"title": _("新的接口密钥"), "secret": secret, "lead": lead, "back": back}
        return render(request, "manage/secret.html", context)

    lead = _("以前发出的密钥仍然有效，直到作废。")
    return Ask(_("发出密钥"), KeyForm, act, back, button=_("发出密钥"), lead=lead).show(request)


@staff(Permission.PARTNERS_EDIT)
def key_revoke(request: HttpRequest, code: str, pk: Any) -> HttpResponse:
    by, found, back = _one(request, code)
    key = get_object_or_404(ApiKey, pk=pk, partner=found)

    def act(data: dict[str, Any]) -> None:
        actions.revoke_key(by=by.actor, key=key)

    lead = _("对方用这个密钥的请求马上被拒绝。")
    return Ask(_("作废密钥"), Sure, act, back, button=_("作废"), lead=lead, is_danger=True).show(request)


@staff(Permission.PARTNERS_EDIT)
def off(request: HttpRequest, code: str) -> HttpResponse:
    by, found, back = _one(request, code)

    def act(data: dict[str, Any]) -> None:
        actions.deactivate_partner(by=by.actor, partner=found)

    lead = _("它的全部密钥不再有效；转来的办件不变。")
    return Ask(_("停用协作单位"), Sure, act, back, button=_("停用"), lead=lead, is_danger=True).show(request)
