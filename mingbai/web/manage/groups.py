"""Groups: which there are, who is in them by the register, what was said, and texts to copy into a chat."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core import when
from mingbai.core.checks import mask_phone
from mingbai.core.pagination import page_of
from mingbai.notices.actions import groups as actions
from mingbai.notices.actions.groups import GroupTerms
from mingbai.notices.enums import GroupKind
from mingbai.notices.models import Group
from mingbai.notices.queries import members
from mingbai.people.roles import Permission
from mingbai.places.enums import Line
from mingbai.web.access import staff
from mingbai.web.forms import WordsField
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import Ask, FilterForm, Listing, Section, Sheet, Sure

_POSTS = 30


@staff(Permission.PEOPLE_EDIT)
def groups(request: HttpRequest) -> HttpResponse:
    own, form = keeper(request, Permission.PEOPLE_EDIT), FilterForm(request.GET)
    found = Group.objects.visible_to(own.user).filter(is_active=True).select_related("region")
    if text := form.value("q"):
        found = found.filter(name__contains=text)
    return Listing(
        title=_("群"),
        lead=_("谁在群里由人员登记决定：调走、离岗的人自动退出。不用拉人。"),
        form=form,
        columns=(_("名称"), _("种类"), _("地区"), _("业务"), _("机器人")),
        rows=lambda one: [
            link(one.name, "group", one.pk),
            one.get_kind_display(),
            one.region.name,
            one.get_topic_display() or _("全部"),
            _("有") if one.robot_secret else _("没有"),
        ],
        page=page_of(found.order_by("region", "kind", "topic", "id"), request.GET, 50),
        actions=[action(_("建群"), "group_new", icon="plus")],
        empty=_("还没有群。"),
    ).show(request)


def _one(request: HttpRequest, pk: int) -> tuple[Keeper, Group, tuple[str, str]]:
    own = keeper(request, Permission.PEOPLE_EDIT)
    found = get_object_or_404(Group.objects.visible_to(own.user).select_related("region"), pk=pk)
    return own, found, (found.name, reverse("manage:group", args=[pk]))


@staff(Permission.PEOPLE_EDIT)
def group(request: HttpRequest, pk: int) -> HttpResponse:
    _own, found, _back = _one(request, pk)
    people = [[one.name, one.email, mask_phone(one.phone)] for one in members(found)]
    posts = [[when.moment(one.made_at), one.text] for one in found.posts.all()[:_POSTS]]
    ways = []
    if found.is_active:
        ways = [
            action(_("设群机器人"), "group_robot", pk, icon="settings"),
            action(_("停用"), "group_end", pk),
        ]
    return Sheet(
        title=found.name,
        tags=[] if found.is_active else [{"text": _("已停用"), "tone": "late"}],
        facts=[
            (_("种类"), found.get_kind_display()),
            (_("地区"), found.region.name),
            (_("业务"), found.get_topic_display() or _("全部")),
            (_("群机器人"), _("已设") if found.robot_secret else _("没有，请复制到群里")),
        ],
        back=(_("群"), reverse("manage:groups")),
        chain=f"group:{pk}",
        actions=ways,
        sections=[
            Section(_("现在的成员"), (_("姓名"), _("邮箱"), _("电话")), people, empty=_("登记里还没有人。")),
            Section(_("发过的通知"), (_("时间"), _("内容")), posts, empty=_("还没有。")),
        ],
    ).show(request)


class GroupForm(forms.Form):
    name = WordsField(label=gettext_lazy("名称"), most=64)
    kind = forms.ChoiceField(label=gettext_lazy("种类"), choices=GroupKind.choices, widget=forms.RadioSelect)
    region = forms.ChoiceField(label=gettext_lazy("哪个地区（连同下级）"))
    topic = forms.ChoiceField(
        label=gettext_lazy("只限哪项业务"),
        required=False,
        choices=[("", gettext_lazy("全部业务")), *Line.choices],
    )
    robot = forms.CharField(
        label=gettext_lazy("企业微信群机器人地址"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("没有就空着：通知可以复制到任何群里。"),
    )

    def __init__(self, *args: Any, own: Keeper, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["region"]
        field.choices = [("", _("请选择")), *own.region_choices("city", "county", "township")]


@staff(Permission.PEOPLE_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    own = keeper(request, Permission.PEOPLE_EDIT)

    def act(data: dict[str, Any]) -> str:
        made = actions.make_group(by=own.user.actor, terms=GroupTerms(**data))
        return reverse("manage:group", args=[made.pk])

    back = (_("群"), reverse("manage:groups"))
    return Ask(_("建群"), partial(GroupForm, own=own), act, back, button=_("建群")).show(request)


class RobotForm(forms.Form):
    robot = forms.CharField(
        label=gettext_lazy("企业微信群机器人地址"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "群设置、群机器人里复制。谁有这个地址都能在群里发言，请不要外传。空着就去掉。"
        ),
    )


@staff(Permission.PEOPLE_EDIT)
def robot(request: HttpRequest, pk: int) -> HttpResponse:
    own, found, back = _one(request, pk)

    def act(data: dict[str, Any]) -> None:
        actions.set_robot(by=own.user.actor, group=found, robot=data["robot"])

    return Ask(_("设群机器人"), RobotForm, act, back).show(request)


@staff(Permission.PEOPLE_EDIT)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    own, found, back = _one(request, pk)

    def act(data: dict[str, Any]) -> None:
        actions.end_group(by=own.user.actor, group=found)

    lead = _("以后不再往这个群发通知，发过的还在。")
    return Ask(_("停用群"), Sure, act, back, button=_("停用"), lead=lead, is_danger=True).show(request)
