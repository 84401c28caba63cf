"""A new matter at the desk: the form, who is known by this phone, who would get it, and the number given."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mingbai.cases.actions import triage, work
from mingbai.cases.actions.intake import Opened, open_case
from mingbai.cases.enums import Channel
from mingbai.cases.kinds import KINDS
from mingbai.cases.models import Case
from mingbai.cases.perms import can_see
from mingbai.cases.queries import Known, books, texts_like
from mingbai.cases.rules.routing import Request, Route
from mingbai.cases.rules.routing import route as route_of
from mingbai.core import when
from mingbai.core.actor import Actor
from mingbai.hotline.actions import write_down
from mingbai.knowledge.queries import proposals
from mingbai.legalaid.line import KIND as AID
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.chips import until
from mingbai.web.desk.case_page import tags_of
from mingbai.web.desk.new_form import ANSWER, KEEP, NewForm, new_key
from mingbai.web.desk.prints import next_steps, receipt_lines
from mingbai.web.desk.reach import Here, given_case, note_given
from mingbai.web.desk.triage import taken, typed_rows
from mingbai.web.desk.verbs.triage import kind_codes
from mingbai.web.desk.verbs.work import lines_of
from mingbai.web.forms import refusals, unjudged, wants_list_only
from mingbai.web.hits import LEAST_TYPED, answered_before, of_use
from mingbai.web.matters import kind_label, title_of

_NAMES = {"region": "where", "laws": "laws"}


@staff(Permission.CASE_OPEN)
def new(request: HttpRequest) -> HttpResponse:
    """The form; buttons that only look something up show it again with what was typed."""
    here = Here(request.user)  # type: ignore[arg-type]
    if request.method != "POST":
        form = NewForm(here=here, initial=_from_address(request))
        return _show(request, form, here)
    form = NewForm(request.POST, here=here)
    if take := request.POST.get("take", ""):
        return _show(request, unjudged(taken(form, take)), here, looked_up=True)
    if wants_list_only(request.POST):
        return _show(request, unjudged(form), here, looked_up=True)
    if form.is_valid():
        with refusals(form, **_NAMES):
            opened = opened_from(form, here)
            note_given(request, opened.case.number)
            return redirect("desk:given", opened.case.number)
        renew(form)
    return _show(request, form, here, looked_up=True)


def _from_address(request: HttpRequest) -> dict[str, str]:
    """The seat and the queue open this page with what they know."""
    return {name: request.GET[name][:64] for name in ("phone", "channel", "kind") if name in request.GET}


@transaction.atomic
def opened_from(form: NewForm, here: Here, *, has_call: bool = False) -> Opened:
    """Open, and answer at once where that was done: all of it, or nothing. `has_call`: its call is a row."""
    data, by = form.cleaned_data, here.user.actor
    opened = open_case(by=by, intake=form.intake())
    if opened.is_new and opened.case.channel == Channel.HOTLINE and not has_call:
        write_down(by=by, case=opened.case, worker=here.worker)
    if opened.is_new:
        _say(opened.case, data["topic"], by)
    if opened.is_new and data["ending"] == ANSWER:
        laws = lines_of(data["laws"])
        work.answer_at_once(case=opened.case, by=by, text=data["answer"], how=data["told"], laws=laws)
    return opened


def _say(case: Case, topic: str, by: Actor) -> None:
    """What the clerk said of topic, kind and urgency, beside what the text proposes."""
    found = proposals(case.text, kind_codes())
    kind, urgency = (one.code if one else "" for one in (found.kind, found.urgency))
    triage.learn_from_intake(case=case, by=by, kind=kind, urgency=urgency)
    if topic:
        first = found.topics[0].code if found.topics else ""
        triage.say_topic(case=case, by=by, topic=topic, proposed=first)


def renew(form: NewForm) -> None:
    """A form that was sent, then altered and sent again, is a new matter: it gets a key of its own."""
    if form.has_error("__all__", code="key_reused"):
        form.data = {**form.data.dict(), "key": new_key()}  # type: ignore[attr-defined]


def _show(request: HttpRequest, form: NewForm, here: Here, *, looked_up: bool = False) -> HttpResponse:
    context = {
        "form": form,
        "post": here.post,
        "known": known_rows(form) if looked_up or form["phone"].value() else [],
        "was_looked_up": looked_up and bool(form["phone"].value()),
        "chosen": str(form["resident"].value() or ""),
        "route": _route_shown(form, here) if looked_up else None,
        "proposed": list(typed_rows(**typed_so_far(form))) if looked_up else None,
        "target": reverse("desk:new"),
    }
    return render(request, "desk/new.html", context)


def typed_so_far(form: NewForm) -> dict[str, str]:
    return {name: str(form[name].value() or "") for name in ("text", "topic", "kind", "is_urgent")}


@staff(Permission.CASE_OPEN)
@require_POST
def known(request: HttpRequest) -> HttpResponse:
    """Known people and their matters, while the phone is typed. A POST: no phone number in an address."""
    here = Here(request.user)  # type: ignore[arg-type]
    form = unjudged(NewForm(request.POST, here=here))
    context = {
        "known": known_rows(form),
        "was_looked_up": bool(form["phone"].value()),
        "chosen": str(form["resident"].value() or ""),
    }
    return render(request, "desk/_known.html", context)


def known_rows(form: NewForm) -> list[dict[str, Any]]:
    return [_known_row(one) for one in form.known()]


def _known_row(one: Known) -> dict[str, Any]:
    by = {"id_number": _("身份证相同"), "phone_and_name": _("电话和姓名相同"), "phone": _("电话相同")}
    facts = [by[one.matched], one.phone]
    if one.elsewhere:
        facts.append(_("另有 %(n)d 件在别的站点") % {"n": one.elsewhere})
    return {
        "pk": str(one.resident.pk),
        "name": one.name or _("未留姓名"),
        "facts": facts,
        "cases": [
            {
                "title": title_of(case),
                "url": reverse("desk:case", args=[case.number]),
                "facts": [kind_label(case), str(case.get_state_display()), when.day(case.opened_at)],
            }
            for case in one.cases[:4]
        ],
    }


@staff(Permission.CASE_OPEN)
@require_POST
def alike(request: HttpRequest) -> HttpResponse:
    """Open matters with much the same words, and answers given before, while the text is written."""
    here, text = Here(request.user), request.POST.get("text", "")  # type: ignore[arg-type]
    rows = [*_cases_like(text, here), *answered_before(text)]
    return render(request, "components/alike.html", {"rows": rows, "title": _("可能有人问过")})


@staff(Permission.CASE_OPEN)
@require_POST
def useful(request: HttpRequest) -> HttpResponse:
    """Articles, guides and answers that follow the text while it is taken down: the seat's side panel too."""
    text = request.POST.get("text", "")
    hits = of_use(text) if len(text.strip()) >= LEAST_TYPED else []
    return render(request, "desk/_useful.html", {"hits": hits})


def _cases_like(text: str, here: Here) -> list[dict[str, str]]:
    if len(text.strip()) < LEAST_TYPED:
        return []
    return [
        {
            "title": title_of(case),
            "url": reverse("desk:case", args=[case.number]),
            "note": _("在办，%(station)s，是不是同一件？") % {"station": case.station.name},
        }
        for case in texts_like(text, here.user)
    ]


@staff(Permission.CASE_OPEN)
@require_POST
def route(request: HttpRequest) -> HttpResponse:
    """Who would get it and why, as the routing will decide; a person may decide otherwise."""
    here = Here(request.user)  # type: ignore[arg-type]
    form = NewForm(request.POST, here=here)
    return render(request, "desk/_route.html", {"route": _route_shown(unjudged(form), here)})


def _route_shown(form: NewForm, here: Here) -> dict[str, Any] | None:
    """None until a place is chosen; an own station where the clerk keeps it."""
    ending = form["ending"].value()
    if ending in (KEEP, ANSWER) and here.home:
        return {"station": here.post, "reasons": [_("您自己办理，不转出")]}
    decided = _decided(form)
    if decided is None:
        return None
    return {"station": here.places.stations[decided.station].name, "reasons": list(decided.reasons)}


def _decided(form: NewForm) -> Route | None:
    book, kind = books(), str(form["kind"].value())
    where = form.fields["where"]
    try:
        place = where.clean(where.widget.value_from_datadict(form.data, {}, "where"))
    except ValidationError:
        return None
    if kind not in KINDS:
        return None
    asked = Request(
        kind=kind,
        line=KINDS.get(kind).line,
        channel=str(form["channel"].value()),
        place=place.place,
        region=place.region,
        is_urgent=bool(form["is_urgent"].value()),
        at=timezone.localtime(),
    )
    return route_of(asked, book.places, book.staffing, book.rules.routes, settings.CITY_CODE)


@staff(Permission.CASE_OPEN)
def given(request: HttpRequest, number: int) -> HttpResponse:
    """The number that was just given: read it out, print it, and say what happens next."""
    here = Here(request.user)  # type: ignore[arg-type]
    case = given_case(request, number)
    context = {
        "case": case,
        "can_open": can_see(here.user, case),
        "is_aid": case.kind == AID and can_see(here.user, case),
        "post": here.post,
        "title": title_of(case),
        "state": case.get_state_display(),
        "tags": tags_of(case),
        "lines": receipt_lines(case),
        "steps": next_steps(case),
        "due": until(case.due_at) if case.due_at else "",
    }
    return render(request, "desk/given.html", context)
