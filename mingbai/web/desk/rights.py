"""A person's own data: what is kept of them, who looked at it, what may be erased; a copy to hand out."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.cases.actions.rights import note_copy
from mingbai.cases.models import Case, Resident
from mingbai.cases.perms import can_show_person
from mingbai.cases.queries.rights import Holdings, besides, elsewhere, held_by, holdings
from mingbai.cases.rules.rights import must_stay
from mingbai.core import when
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.reach import Here, case_for
from mingbai.web.desk.turn import act_url
from mingbai.web.desk.verbs import VERBS
from mingbai.web.desk.verbs.people import masked
from mingbai.web.matters import kind_label

_LOOKS = {
    "case.person_shown": gettext_lazy("查看个人信息"),
    "case.person_copied": gettext_lazy("打印个人信息副本"),
    "case.attachment_opened": gettext_lazy("查看附件"),
    "case.person_corrected": gettext_lazy("更正个人信息"),
}


@staff(Permission.CASE_SEE)
def rights(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """What is kept, masked; POST: the copy in clear, with an entry in the history.

    404: not one of this matter's people; 403: the matter is seen, the person not theirs to show.
    """
    here = Here(request.user)  # type: ignore[arg-type]
    dossier = Dossier(case_for(here.user, number), here)
    person = next((one for one in dossier.people if one.pk == pk), None)
    if person is None:
        raise Http404
    if not can_show_person(here.user, dossier.case):
        raise PermissionDenied
    hidden = elsewhere(person, here.user)
    if request.method == "POST" and not hidden:
        note_copy(resident=person, case=dossier.case, by=here.user.actor)
        return render(request, "desk/person_copy.html", _copy(person, dossier.case))
    return render(request, "desk/rights.html", _overview(dossier, person, hidden))


def _overview(dossier: Dossier, person: Resident, hidden: int) -> dict[str, Any]:
    kept = holdings(person)
    seen = [] if hidden else kept.cases
    staying = must_stay(held_by(person), years=settings.CASES_KEPT_YEARS, now=timezone.now())
    links = [
        VERBS[code]
        for code in ("correct_person", "withdraw_consent", "erase_person")
        if VERBS[code].is_open(dossier)
    ]
    return {
        "person": masked(person) or _("未留姓名"),
        "hidden": _("这个人还有 %(count)d 件事在您看不到的站点，请上一级监督人员办理。") % {"count": hidden}
        if hidden
        else "",
        "matters": [_matter(case) for case in seen],
        "consents": [] if hidden else [_consent(consent) for consent in kept.consents],
        "looks": [] if hidden else _looks(kept),
        "staying": [] if hidden else staying,
        "links": [
            {"label": verb.label, "icon": verb.icon, "url": f"{act_url(dossier, verb.code)}?who={person.pk}"}
            for verb in links
        ],
        "case_url": reverse("desk:case", args=[dossier.case.number]),
        "post": dossier.here.post,
    }


def _matter(case: Case) -> dict[str, Any]:
    url = reverse("desk:case", args=[case.number])
    state = case.get_state_display()
    return {
        "cells": [{"text": case.number, "url": url}, kind_label(case), when.moment(case.opened_at), state]
    }


def _consent(consent: Any) -> dict[str, Any]:
    withdrawn = when.moment(consent.withdrawn_at) if consent.withdrawn_at else _("没有撤回")
    purpose = consent.get_purpose_display()
    return {
        "cells": [
            purpose,
            consent.case.number,
            consent.notice_version,
            when.moment(consent.given_at),
            withdrawn,
        ]
    }


def _looks(kept: Holdings) -> list[dict[str, Any]]:
    return [
        {"cells": [when.moment(one.at), one.who, str(_LOOKS[one.verb]), one.number]} for one in kept.looks
    ]


def _copy(person: Resident, printed_for: Case) -> dict[str, Any]:
    """Everything, in clear, by matter; what colleagues wrote among themselves is theirs and stays."""
    kept = holdings(person)
    return {
        "number": printed_for.number,
        "facts": [(_("姓名"), person.name), (_("电话"), person.phone), (_("身份证号"), person.id_number)],
        "matters": [_told(case, kept) for case in kept.cases],
        "besides": besides(person),
        "made": when.moment(timezone.now()),
    }


def _told(case: Case, kept: Holdings) -> dict[str, Any]:
    said = [one for one in kept.messages if one.case_id == case.pk and one.is_public]
    files = [one.name for one in kept.files if one.case_id == case.pk]
    consents = [one for one in kept.consents if one.case_id == case.pk]
    looks = [one for one in kept.looks if one.number == case.number]
    return {
        "number": case.number,
        "kind": kind_label(case),
        "opened": when.moment(case.opened_at),
        "state": case.get_state_display(),
        "station": case.station.name,
        "text": case.text,
        "said": [(one.get_kind_display(), when.moment(one.at), one.text) for one in said],
        "files": files,
        "consents": [_consent(one)["cells"] for one in consents],
        "looks": [f"{when.moment(one.at)} {one.who} {_LOOKS[one.verb]}" for one in looks],
    }
