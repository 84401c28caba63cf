"""One view for every verb of the table: GET asks, POST does; a refusal stands on the form, the text stays."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from mingbai.cases.enums import State
from mingbai.cases.kinds import may_do
from mingbai.cases.perms import can_see
from mingbai.core.refused import Refused
from mingbai.core.when import moment
from mingbai.people.roles import Permission
from mingbai.web.access import HtmxRequest, staff
from mingbai.web.desk.case import render_case
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.reach import Here, case_for
from mingbai.web.desk.turn import act_url
from mingbai.web.desk.verbs import VERBS, Doing, Verb, VerbForm
from mingbai.web.forms import refusals, unjudged
from mingbai.web.matters import kind_label, title_of

_RENAMED = {"station": "to", "task": "reason", "worker": "worker", "as_": "as_"}
"""What an action calls a field, and what the form calls it."""

_LOOKS = frozenset({"case.person_shown", "case.attachment_opened", "case.noted"})
"""Entries that have moved nothing."""


@staff(Permission.CASE_SEE)
def act(request: HtmxRequest, number: int, verb: str) -> HttpResponse:
    """Do one thing with one matter. 404: not visible or no such verb; 403: seen, but not theirs to do."""
    if verb not in VERBS:
        raise Http404
    here = Here(request.user)  # type: ignore[arg-type]
    dossier = Dossier(case_for(here.user, number), here)
    chosen = VERBS[verb]
    if not _is_allowed(chosen, dossier):
        raise PermissionDenied
    if request.method != "POST":
        return _show(request, chosen, dossier, chosen.form(dossier=dossier, initial=_initial(request)))
    form = chosen.form(request.POST, request.FILES, dossier=dossier)
    if "refresh" in request.POST:
        return _show(request, chosen, dossier, unjudged(form))
    if form.is_valid():
        with refusals(form, **_RENAMED):
            return _done(request, chosen, dossier, form)
    return _show(request, chosen, dossier, form)


def _is_allowed(verb: Verb, dossier: Dossier) -> bool:
    """A permission that hangs on an offer or a rating which is gone is judged by the matter itself."""
    if verb.may(dossier):
        return True
    return not verb.is_ready(dossier) and VERBS["note"].may(dossier)


def _initial(request: HtmxRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.GET.items() if len(value) < 200}


def _done(request: HtmxRequest, verb: Verb, dossier: Dossier, form: VerbForm) -> HttpResponse:
    """Do it, and show the matter as it is now (a page and the pane get there the same way)."""
    if not verb.fits(dossier):
        raise _too_late(dossier)
    verb.run(Doing(dossier, form.cleaned_data))
    if dossier.shown:  # the values go to this answer only: no address holds them
        return render_case(request, dossier)
    if verb.done:
        messages.success(request, str(verb.done))
    if can_see(dossier.here.user, dossier.case):
        return redirect("desk:case", dossier.case.number)
    # Declined, or given to another county: the matter has left this person's sight.
    onward = reverse("desk:inbox" if verb.code == "decline_handover" else "desk:home")
    return HttpResponseClientRedirect(onward) if request.htmx else redirect(onward)


def _too_late(dossier: Dossier) -> Refused:
    return Refused(
        _("这一步现在不能做了。%(standing)s") % {"standing": _standing(dossier)},
        code="too_late",
        kept=_("您填写的内容没有丢失。"),
    )


def _show(request: HtmxRequest, verb: Verb, dossier: Dossier, form: VerbForm) -> HttpResponse:
    case = dossier.case
    context: dict[str, Any] = {
        "verb": verb,
        "form": form,
        "head": {
            "number": case.number,
            "title": title_of(case),
            "state": State(case.state).label,
            "kind": kind_label(case),
        },
        "act_url": act_url(dossier, verb.code),
        "case_url": reverse("desk:case", args=[case.number]),
        "blocked": None if form.is_bound or verb.is_ready(dossier) else _blocked(verb, dossier),
        "has_files": form.is_multipart(),
        "lists_again": verb.code == "designate",
        "post": dossier.here.post,
    }
    return render(request, "desk/_act.html" if request.htmx else "desk/act.html", context)


def _blocked(verb: Verb, dossier: Dossier) -> dict[str, str]:
    """Why there is nothing to do: mostly because somebody else was first; who and when stands here."""
    if verb.why_not and (not verb.state or may_do(dossier.case, verb.state)):
        return {"title": _("现在不能做这一步"), "text": str(verb.why_not), "label": _("回到办件看看")}
    return {"title": _("现在不能做这一步"), "text": _standing(dossier), "label": _("回到办件看看")}


def _standing(dossier: Dossier) -> str:
    """Where the matter stands, who brought it there, and when."""
    done = [line for line in dossier.history if line.verb not in _LOOKS]
    last = done[-1] if done else None
    state = State(dossier.case.state).label
    text = _("办件现在是“%(state)s”。") % {"state": state}
    if last:
        text += _("最近一次：%(who)s 于 %(when)s %(what)s。") % {
            "who": last.who,
            "when": moment(last.at),
            "what": last.text,
        }
    return str(text)
