"""What is printed for the resident: the receipt (A4, or an 80 mm slip) and the route card."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from mingbai.cases.enums import MessageKind, State
from mingbai.cases.kinds import KINDS
from mingbai.cases.models import Case
from mingbai.core import when
from mingbai.people.roles import Permission
from mingbai.places.models import Station
from mingbai.web.access import staff
from mingbai.web.chips import until
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.reach import Here, case_for, given_case
from mingbai.web.matters import kind_label


@staff(Permission.CASE_SEE)
def receipt(request: HttpRequest, number: int) -> HttpResponse:
    """`?paper=slip` for the 80 mm printer of a window, else A4."""
    case = given_case(request, number)
    slip = request.GET.get("paper") == "slip"
    context = {
        "title": _("请收好这张小票") if slip else _("受理登记单"),
        "case": case,
        "code": case.follow_code,
        "lines": receipt_lines(case),
        "steps": next_steps(case),
        "slip": slip,
    }
    return render(request, "desk/receipt.html", context)


def receipt_lines(case: Case) -> list[tuple[str, str]]:
    station = case.station
    lines = [
        (_("业务"), kind_label(case)),
        (_("收到"), when.moment(case.opened_at)),
        (_("承办"), station.name),
        *([(_("主办人"), case.owner.name)] if case.owner else []),
        *_address(station),
    ]
    papers = "、".join(str(paper) for paper in KINDS.get(case.kind).papers)
    return [*lines, *([(_("要带的材料"), papers)] if papers else [])]


def _address(station: Station) -> list[tuple[str, str]]:
    pairs = [(_("地址"), station.address), (_("电话"), station.phone)]
    return [(label, text) for label, text in pairs if text]


def next_steps(case: Case) -> list[str]:
    """What happens next and by when; how to follow it."""
    if case.state == State.CLOSED:
        steps = [_("这件事已经答复并办结。")]
    elif case.due_at:
        steps = [
            _("最晚 %(day)s 前有下一步，%(how)s。")
            % {"day": until(case.due_at), "how": _("我们会主动联系您")}
        ]
    else:
        steps = [_("有了结果，我们会按您选的办法告诉您。")]
    if case.follow_code:
        steps.append(_("凭编号和查询码，随时能在网上、查询机上查。"))
    else:
        steps.append(_("凭编号和手机后四位，随时能在网上、查询机上查。"))
    return [*steps, _("有事打 12348。")]


@staff(Permission.CASE_SEE)
def card(request: HttpRequest, number: int) -> HttpResponse:
    """指引卡: where to go, what to bring; 404 where nobody was guided."""
    here = Here(request.user)  # type: ignore[arg-type]
    dossier = Dossier(case_for(here.user, number), here)
    guided = [line for line in dossier.history if line.verb == "case.guided"]
    words: list[Any] = [
        message
        for message in dossier.messages
        if message.kind == MessageKind.ANSWER and guided and message.at == guided[-1].at
    ]
    if not words:
        raise Http404
    context = {
        "case": dossier.case,
        "kind": kind_label(dossier.case),
        "text": words[-1].text,
        "post": here.post,
    }
    return render(request, "desk/card.html", context)
