"""The outbox: what waits, what failed and is sent again, how transports go out, what templates say."""

from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core import when
from mingbai.core.pagination import page_of, whole
from mingbai.notices import actions
from mingbai.notices.enums import NoticeState, Urgency
from mingbai.notices.models import Notice, Wording
from mingbai.notices.queries import counts, dead_letters, said_by_file, templates, ways
from mingbai.notices.rules import WAYS, Terms, urgency_of
from mingbai.people.models import User
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.forms import WordsField
from mingbai.web.manage.reach import keeper
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import ANY, Ask, FilterForm, Listing, Sheet, Sure

MOST_AT_ONCE = 500
_BACK = gettext_lazy("通知")


def city_keeper(request: HttpRequest) -> User:
    """Notices are the city's: who keeps a county only is shown none. Raises PermissionDenied."""
    own = keeper(request, Permission.RULES_EDIT)
    if not own.is_city_wide:
        raise PermissionDenied
    return own.user


def transport_name(code: str) -> str:
    names = {
        "console": _("演示输出"),
        "email": _("邮件"),
        "sms": _("短信"),
        "wecom": _("企业微信群"),
        "wechat": _("微信公众号"),
    }
    return names.get(code, code)


def _transports() -> list[tuple[str, str]]:
    return [(code, transport_name(code)) for code in settings.NOTICE_TRANSPORTS]


class OutboxFilter(FilterForm):
    q = forms.CharField(label=gettext_lazy("事件"), required=False, max_length=120)
    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[*ANY, *NoticeState.choices]
    )
    transport = forms.ChoiceField(label=gettext_lazy("渠道"), required=False, choices=[])

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["transport"].choices = [*ANY, *_transports()]  # type: ignore[attr-defined]


@staff(Permission.RULES_EDIT)
def outbox(request: HttpRequest) -> HttpResponse:
    city_keeper(request)
    form, number = OutboxFilter(request.GET), counts()
    found = Notice.objects.order_by("-made_at", "-id")
    for name in ("state", "transport"):
        if value := form.value(name):
            found = found.filter(**{name: value})
    if text := form.value("q"):
        found = found.filter(event__startswith=text)
    lead = _("待发送 %(queued)d 条，发送失败 %(failed)d 条。失败的先看原因，网关恢复后再重发。") % {
        "queued": number.get(NoticeState.QUEUED, 0),
        "failed": number.get(NoticeState.FAILED, 0),
    }
    return Listing(
        title=_BACK,
        lead=lead,
        form=form,
        columns=(_("时间"), _("事件"), _("渠道"), _("状态"), _("次数"), _("错误")),
        rows=_row,
        page=page_of(found, request.GET, 50),
        actions=[
            action(_("发送渠道"), "ways", icon="settings"),
            action(_("通知用语"), "wordings"),
            action(_("全部重发"), "resend_all"),
        ],
        empty=_("没有这样的通知。"),
    ).show(request)


def _row(one: Notice) -> list[Any]:
    return [
        when.moment(one.made_at),
        link(one.event, "notice", one.pk),
        transport_name(one.transport),
        one.get_state_display(),
        str(one.tries),
        one.error[:80],
    ]


@staff(Permission.RULES_EDIT)
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    city_keeper(request)
    found = get_object_or_404(Notice.objects.select_related("gathered_in"), pk=pk)
    tags = [{"text": _("可能发过两次"), "tone": "late"}] if found.is_maybe_twice else []
    digest = found.gathered_in
    return Sheet(
        title=found.event,
        tags=tags,
        facts=[
            (_("状态"), found.get_state_display()),
            (_("渠道"), transport_name(found.transport)),
            (_("模板"), link(found.template, "wording", found.template)),
            (_("收件人"), found.to),
            (_("生成"), when.moment(found.made_at)),
            (_("发出"), when.moment(found.sent_at) if found.sent_at else ""),
            (_("尝试次数"), str(found.tries)),
            (_("错误"), found.error),
            (_("并入的汇总"), link(digest.event, "notice", digest.pk) if digest else ""),
        ],
        back=(str(_BACK), reverse("manage:outbox")),
        actions=[action(_("重发"), "resend", pk)] if found.state == NoticeState.FAILED else [],
    ).show(request)


@staff(Permission.RULES_EDIT)
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    by = city_keeper(request)
    found = get_object_or_404(dead_letters(), pk=pk)

    def act(data: dict[str, Any]) -> None:
        actions.resend(by=by.actor, notices=[found])

    back = (found.event, reverse("manage:notice", args=[pk]))
    return Ask(_("重发通知"), Sure, act, back, button=_("重发"), done=_("已放回待发送。")).show(request)


class ResendForm(forms.Form):
    transport = forms.ChoiceField(label=gettext_lazy("哪个渠道的"), choices=[])

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["transport"].choices = _transports()  # type: ignore[attr-defined]


@staff(Permission.RULES_EDIT)
def resend_all(request: HttpRequest) -> HttpResponse:
    by = city_keeper(request)

    def act(data: dict[str, Any]) -> None:
        found = dead_letters().filter(transport=data["transport"])[:MOST_AT_ONCE]
        actions.resend(by=by.actor, notices=list(found))

    lead = _("把这个渠道失败的通知放回待发送，一次最多 %(most)d 条。") % {"most": MOST_AT_ONCE}
    back = (str(_BACK), reverse("manage:outbox"))
    return Ask(_("全部重发"), ResendForm, act, back, button=_("重发"), lead=lead).show(request)


# ── transports ──


@staff(Permission.RULES_EDIT)
def ways_page(request: HttpRequest) -> HttpResponse:
    city_keeper(request)
    terms = ways().terms

    def row(one: tuple[str, str]) -> list[Any]:
        mine = terms.get(one[0], Terms())
        quiet = f"{mine.quiet_from:%H:%M}–{mine.quiet_to:%H:%M}" if mine.quiet_from and mine.quiet_to else ""
        return [link(one[1], "way", one[0]), str(mine.per_minute or _("不限")), quiet or _("没有")]

    return Listing(
        title=_("发送渠道"),
        lead=_("超过每分钟条数的等下一分钟；安静时段只发紧急的，其余天亮后再发。"),
        columns=(_("渠道"), _("每分钟最多"), _("安静时段")),
        rows=row,
        page=whole(_transports()),
        back=(str(_BACK), reverse("manage:outbox")),
    ).show(request)


class WayForm(forms.Form):
    per_minute = forms.IntegerField(
        label=gettext_lazy("每分钟最多几条"),
        required=False,
        help_text=gettext_lazy("空着就不限。按短信网关、群机器人的规定填。"),
    )
    quiet_from = forms.TimeField(
        label=gettext_lazy("安静时段自"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_to = forms.TimeField(
        label=gettext_lazy("安静时段至"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )


@staff(Permission.RULES_EDIT)
def way(request: HttpRequest, code: str) -> HttpResponse:
    by = city_keeper(request)
    if code not in settings.NOTICE_TRANSPORTS:
        raise Http404
    terms = ways().terms.get(code, WAYS.get(code, Terms()))

    def act(data: dict[str, Any]) -> None:
        actions.set_way(by=by.actor, transport=code, terms=Terms(**data))

    initial = {name: getattr(terms, name) for name in ("per_minute", "quiet_from", "quiet_to")}
    back = (_("发送渠道"), reverse("manage:ways"))
    return Ask(transport_name(code), partial(WayForm, initial=initial), act, back).show(request)


# ── templates ──


@staff(Permission.RULES_EDIT)
def wordings(request: HttpRequest) -> HttpResponse:
    city_keeper(request)
    changed = {one.template: one for one in Wording.objects.order_by("template")}

    def row(template: str) -> list[Any]:
        own = changed.get(template)
        urgency = Urgency(own.urgency) if own and own.urgency else urgency_of(template)
        subject = own.subject if own else said_by_file(template)[0]
        return [link(subject, "wording", template), template, urgency.label, _("已改") if own else ""]

    return Listing(
        title=_("通知用语"),
        lead=_("用群众听得懂的话。短信和群里只写编号，不写姓名、电话和事由。"),
        columns=(_("标题"), _("模板"), _("何时发"), _("用语")),
        rows=row,
        page=whole(list(templates())),
        back=(str(_BACK), reverse("manage:outbox")),
    ).show(request)


class WordingForm(forms.Form):
    subject = WordsField(label=gettext_lazy("标题"), most=100)
    body = WordsField(label=gettext_lazy("内容"), most=500, rows=6)
    urgency = forms.ChoiceField(
        label=gettext_lazy("何时发"),
        required=False,
        choices=[("", gettext_lazy("按原来的")), *Urgency.choices],
    )


@staff(Permission.RULES_EDIT)
def wording(request: HttpRequest, template: str) -> HttpResponse:
    city_keeper(request)
    subject, body, own = _words(template)
    chosen = Urgency(own.urgency) if own and own.urgency else urgency_of(template)
    reset = [action(_("恢复原文"), "wording_reset", template)] if own else []
    return Sheet(
        title=subject or template,
        facts=[
            (_("模板"), template),
            (_("内容"), body),
            (_("何时发"), chosen.label),
            (_("可以用的项"), _known(template)),
        ],
        back=(_("通知用语"), reverse("manage:wordings")),
        chain=f"wording:{template}"[:48],
        actions=[action(_("改用语"), "wording_edit", template, icon="edit"), *reset],
    ).show(request)


def _words(template: str) -> tuple[str, str, Wording | None]:
    if template not in templates():
        raise Http404
    own = Wording.objects.filter(template=template).first()
    return (own.subject, own.body, own) if own else (*said_by_file(template), None)


def _known(template: str) -> str:
    return "、".join(f"{{{{ {name} }}}}" for name in templates()[template])


@staff(Permission.RULES_EDIT)
def wording_edit(request: HttpRequest, template: str) -> HttpResponse:
    by = city_keeper(request)
    subject, body, own = _words(template)

    def act(data: dict[str, Any]) -> None:
        actions.set_wording(by=by.actor, template=template, **data)

    lead = _("可以用的项：%(known)s。写了别的会提示您。") % {"known": _known(template)}
    initial = {"subject": subject, "body": body, "urgency": own.urgency if own else ""}
    back = (subject or template, reverse("manage:wording", args=[template]))
    return Ask(_("改用语"), partial(WordingForm, initial=initial), act, back, lead=lead).show(request)


@staff(Permission.RULES_EDIT)
def wording_reset(request: HttpRequest, template: str) -> HttpResponse:
    by = city_keeper(request)
    get_object_or_404(Wording, template=template)

    def act(data: dict[str, Any]) -> None:
        actions.reset_wording(by=by.actor, template=template)

    back = (template, reverse("manage:wording", args=[template]))
    return Ask(_("恢复原文"), Sure, act, back, button=_("恢复"), is_danger=True).show(request)
