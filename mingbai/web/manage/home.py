"""Where the registers begin: those that this person keeps, and what waits for an answer."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mingbai.people.models import User
from mingbai.people.perms import can, can_keep_partners
from mingbai.people.roles import Permission as P
from mingbai.places.enums import TransferState
from mingbai.places.models import StationTransfer
from mingbai.web.access import staff
from mingbai.web.manage.reach import keeper

GROUPS: tuple[tuple[Any, tuple[tuple[str, Any, Any, str, P], ...]], ...] = (
    (
        _("地方"),
        (
            ("world", _("行政区划"), _("更名、合并、分设、撤销"), "regions", P.PLACES_EDIT),
            ("building-community", _("站点"), _("业务、开放时间、承办、移交"), "stations", P.PLACES_EDIT),
            ("map-pin", _("服务区"), _("由哪个站点服务"), "areas", P.PLACES_EDIT),
            ("home", _("机构"), _("司法局、律所、公证处……"), "organisations", P.PLACES_EDIT),
        ),
    ),
    (
        _("人"),
        (
            ("users", _("服务人员"), _("登记、调动、离岗、请假"), "workers", P.PEOPLE_EDIT),
            ("calendar-event", _("排班"), _("谁哪天在哪个站点"), "rosters", P.PEOPLE_EDIT),
            ("printer", _("登录条"), _("给没有密码的人印"), "slips", P.PEOPLE_EDIT),
            ("message", _("群"), _("管理群、指导群，谁在里面"), "groups", P.PEOPLE_EDIT),
            ("user", _("用户"), _("登录名、密码、停用"), "users", P.USERS_EDIT),
            ("shield-lock", _("授权"), _("谁在哪里能做什么"), "grants", P.GRANTS_EDIT),
            ("arrows-exchange", _("协作单位"), _("接口密钥"), "partners", P.PARTNERS_EDIT),
            ("external-link", _("往来工单"), _("等谁、推送地址、签名"), "orders", P.PARTNERS_EDIT),
        ),
    ),
    (
        _("规则"),
        (
            ("clock", _("时限规则"), _("几天之内，依据什么"), "deadlines", P.RULES_EDIT),
            ("scale", _("分派规则"), _("最低到哪一级"), "routings", P.RULES_EDIT),
            (
                "heart-handshake",
                _("法律援助条件"),
                _("事项、免核查人员、经济困难标准"),
                "dated/aid",
                P.RULES_EDIT,
            ),
            ("bus", _("服务日规则"), _("提前几天公布、一年几天、最远多少公里"), "dated/days", P.RULES_EDIT),
            ("heart-handshake", _("调委会规则"), _("委员几人、一届几年"), "dated/mediation", P.RULES_EDIT),
            ("table", _("补贴标准"), _("一件、一天多少钱，从哪天起"), "dated/subsidy", P.RULES_EDIT),
            ("flag", _("督办和到村规则"), _("超期几天督办，每类村应有多少"), "dated/oversight", P.RULES_EDIT),
            ("table", _("公开数据规则"), _("少于几个的不公开"), "dated/open", P.RULES_EDIT),
            ("alert-triangle", _("风险找谁"), _("办件提示风险时找的单位和电话"), "dated/help", P.RULES_EDIT),
            ("calendar-due", _("工作日历"), _("放假、调休、推算"), "calendar", P.RULES_EDIT),
            ("file-text", _("文书模板"), _("决定书、通知书怎么写，文号、抬头"), "papers", P.PAPERS_EDIT),
            ("search", _("试分派"), _("这件事会给谁，为什么"), "try_route", P.RULES_EDIT),
        ),
    ),
    (
        _("知识"),
        (
            ("file-text", _("办事指南"), _("谁可以办、带什么、到哪里"), "guides", P.KNOWLEDGE_EDIT),
            ("message-2-question", _("问答审核"), _("提出的问答由律师审核"), "answers", P.ANSWER_REVIEW),
            ("arrows-exchange", _("同义词"), _("群众怎么说，法律怎么说"), "synonyms", P.KNOWLEDGE_EDIT),
            ("scale", _("法律"), _("条文、简称、索引"), "laws", P.KNOWLEDGE_EDIT),
        ),
    ),
    (
        _("数据"),
        (
            ("table", _("表格进出"), _("区划、站点、人员"), "sheets", P.PLACES_EDIT),
            ("bell", _("通知"), _("失败的重发、发送渠道、用语"), "outbox", P.RULES_EDIT),
            ("history", _("审计"), _("谁在什么时候做了什么"), "audit", P.JOURNAL_SEE),
        ),
    ),
)


def _url(name: str) -> str:
    """The address of a register: its name, and after a slash what it is asked for."""
    name, _slash, argument = name.partition("/")
    return reverse(f"manage:{name}", args=[argument] if argument else [])


def entries_for(user: User) -> list[dict[str, Any]]:
    """The tiles of what this person may keep, by group."""
    found = []
    for title, entries in GROUPS:
        tiles = [
            {"icon": icon, "title": label, "sub": sub, "url": _url(name)}
            for icon, label, sub, name, permission in entries
            if can(user, permission) and (permission != P.PARTNERS_EDIT or can_keep_partners(user))
        ]
        if tiles:
            found.append({"title": title, "tiles": tiles})
    return found


@staff(None)
def home(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    context = {"groups": entries_for(user), "transfers": _transfers(request)}
    return render(request, "manage/home.html", context)


def is_keeper(user: User) -> bool:
    """Whether the rail shows the way here."""
    return bool(entries_for(user))


home.shown_to = is_keeper  # type: ignore[attr-defined]


def _transfers(request: HttpRequest) -> list[dict[str, Any]]:
    """Hand-overs of stations that wait for this person's answer."""
    own = keeper(request, P.TRANSFER_ANSWER)
    if not own.scopes:
        return []
    open_ones = StationTransfer.objects.filter(state=TransferState.OFFERED, station__in=own.stations)
    return [
        {
            "station": one.station.name,
            "giver": one.giver.name,
            "taker": one.taker.name,
            "at": one.offered_at,
            "url": reverse("manage:transfer", args=[one.pk]),
        }
        for one in open_ones.select_related("station", "giver", "taker").order_by("offered_at", "id")[:20]
    ]
