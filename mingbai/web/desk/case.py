"""The page of one matter, and what is found beside it: earlier matters, doubles, notices."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from mingbai.cases.models import Case
from mingbai.cases.queries import matters_of, texts_like
from mingbai.core import when
from mingbai.notices.models import Notice
from mingbai.people.roles import Permission
from mingbai.web.access import HtmxRequest, staff
from mingbai.web.desk.case_page import CasePage
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.exchange import given_rows
from mingbai.web.desk.reach import Here, case_for
from mingbai.web.desk.triage import rows_of
from mingbai.web.desk.turn import act_url
from mingbai.web.desk.verbs import VERBS
from mingbai.web.desk.worklist import near_name
from mingbai.web.hits import of_use
from mingbai.web.matters import kind_label, title_of

_MOST = 8


@staff(Permission.CASE_SEE)
def case(request: HtmxRequest, number: int) -> HttpResponse:
    """The whole matter; the same address gives the article alone to the pane beside the list."""
    here = Here(request.user)  # type: ignore[arg-type]
    return render_case(request, Dossier(case_for(here.user, number), here))


def render_case(request: HtmxRequest, dossier: Dossier) -> HttpResponse:
    context = {
        "page": CasePage(dossier),
        "post": dossier.here.post,
        "list_url": list_beside(request),
    }
    return render(request, "desk/_case.html" if request.htmx else "desk/case.html", context)


def list_beside(request: HtmxRequest) -> str:
    """The address of the work list in whose pane the matter is shown, "" elsewhere."""
    path = str(request.htmx.current_url_abs_path or "") if request.htmx else ""
    return path if path.partition("?")[0] == reverse("desk:home") else ""


@staff(Permission.CASE_SEE)
def beside(request: HtmxRequest, number: int) -> HttpResponse:
    """Proposals only: that two people or two matters are the same is for a person to decide."""
    here = Here(request.user)  # type: ignore[arg-type]
    dossier = Dossier(case_for(here.user, number), here)
    doubles = [_row(one, dossier, can_merge=True) for one in dossier.doubles[:_MOST]]
    near = {row["number"] for row in doubles} | {dossier.case.number}
    same_words = texts_like(dossier.case.text, here.user, but=dossier.case)
    doubles += [_row(one, dossier, can_merge=True) for one in same_words if one.number not in near]
    near |= {row["number"] for row in doubles}
    context = {
        "post": here.post,
        "case_url": reverse("desk:case", args=[dossier.case.number]),
        "known": [_known(one) for one in dossier.known],
        "known_url": act_url(dossier, "link") if dossier.known and VERBS["link"].is_open(dossier) else "",
        "doubles": doubles,
        "matters": _earlier(dossier, near),
        "notices": _notices(dossier.case),
        "triage": rows_of(dossier),
        "given": given_rows(dossier.case),
        "of_use": of_use(dossier.case.text),
    }
    return render(request, "desk/_beside_found.html" if request.htmx else "desk/beside.html", context)


def _earlier(dossier: Dossier, near: set[str]) -> list[dict[str, Any]]:
    person = dossier.case.speaker or dossier.case.party
    if person is None:
        return []
    found = matters_of(person, dossier.here.user, limit=_MOST + len(near))
    return [_row(one, dossier) for one in found if one.number not in near][:_MOST]


def _row(one: Case, dossier: Dossier, *, can_merge: bool = False) -> dict[str, Any]:
    merge = can_merge and VERBS["merge"].is_open(dossier)
    return {
        "number": one.number,
        "title": title_of(one),
        "url": reverse("desk:case", args=[one.number]),
        "merge_url": f"{act_url(dossier, 'merge')}?into={one.number}" if merge else "",
        "facts": [
            when.day(one.opened_at),
            near_name(one, dossier.here.places),
            kind_label(one),
            str(one.get_state_display()),
        ],
    }


def _known(known: Any) -> dict[str, Any]:
    by = {"id_number": _("身份证相同"), "phone_and_name": _("电话和姓名相同"), "phone": _("电话相同")}
    count = len(known.cases) + known.elsewhere
    return {
        "title": known.name or _("未留姓名"),
        "facts": [by[known.matched], known.phone, _("以前来过 %(n)d 次") % {"n": count}],
    }


def _notices(case: Case) -> list[dict[str, Any]]:
    """What was sent to the resident; the text itself stays in the outbox."""
    sent = Notice.objects.filter(about=case.chain).order_by("-id")[:_MOST]
    return [
        {
            "icon": "message",
            "title": notice_title(notice),
            "facts": [when.moment(notice.made_at), str(notice.get_state_display())],
        }
        for notice in sent
    ]


def notice_title(notice: Notice) -> str:
    titles = {
        "case_received": _("告知编号和查询办法"),
        "case_asked": _("请补充材料"),
        "case_answered": _("告知已有答复"),
        "case_closed": _("告知已办结，请评价"),
        "case_refused": _("告知不予受理"),
        "case_progress": _("告知有新进展"),
        "mediation_invited": _("请对方网上参与"),
        "mediation_news": _("告知参与的各方有新进展"),
        "mediation_code": _("签字验证码"),
    }
    return titles.get(notice.template, _("通知"))
