"""Asking: the form of three steps, and the page with the number afterwards."""

import re
import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingbai.cases.actions.intake import Opened, open_case
from mingbai.cases.kinds import KINDS
from mingbai.cases.models import Case
from mingbai.cases.queries import books, clock_views
from mingbai.cases.queries.trail import reasons_of
from mingbai.core.actor import RESIDENT
from mingbai.core.refused import Refused
from mingbai.core.when import moment
from mingbai.legalaid.actions import note_paper
from mingbai.legalaid.line import KIND as AID
from mingbai.mediation.line import KIND as MEDIATION
from mingbai.web.access import public
from mingbai.web.forms import ACCEPT, refusals, unjudged, wants_list_only
from mingbai.web.public.aid_form import AidAskForm, from_guide
from mingbai.web.public.ask_form import AskForm
from mingbai.web.public.doors import FIRST, Door, door
from mingbai.web.public.handing_in import hand_in
from mingbai.web.public.mediation_form import MediationAskForm
from mingbai.web.public.standing import expected, promises

SALT = "public.done"
SHOWN_FOR = 2 * 3600
"""Seconds during which the page with number and code can be opened again."""
GIVEN_COOKIE = "given"
_MOST_GIVEN = 4
_SHAPES: dict[str, type[AskForm]] = {AID: AidAskForm, MEDIATION: MediationAskForm}
_KEY = re.compile(r"[0-9a-f]{32}")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, code: str = FIRST) -> HttpResponse:
    """The same form sent twice gives the same number; whatever is wrong, the text stays."""
    found = door(code)
    if found is None:
        raise Http404
    if found.is_guided:
        return redirect(found.url)
    return asking(request, found, begun={"text": "", "where": request.GET.get("place", "")})


def asking(
    request: HttpRequest,
    found: Door,
    *,
    begun: dict[str, Any],
    opens: Callable[[AskForm, str], Opened] | None = None,
) -> HttpResponse:
    """The form of a door: `begun` is what stands in it at first (a poster's place, a message's words);
    `opens` makes the matter where it comes by another channel than the web."""
    shape = _SHAPES.get(found.kind.code, AskForm)
    if request.method != "POST" or "start" in request.POST:
        typed = {"text": request.POST["text"]} if "text" in request.POST else {}
        return _page(request, shape(door=found, initial={**begun, **typed, **from_guide(request.POST)}))
    form = shape(request.POST, request.FILES, door=found)
    if wants_list_only(request.POST):
        return _page(request, unjudged(form))
    if form.is_valid():
        with refusals(form, region="where", happened_at="happened_on", shown="promise", code="id_number"):
            opened = (opens or _opened)(form, _key(request))
            if opened.is_new or not opened.case.attachments.exists():
                _hand_in(request, opened.case, form)
            return given(request, opened.case.number)
    return _page(request, form)


def given(request: HttpRequest, number: str) -> HttpResponse:
    """Lead to the page with number and code. Its address opens it in this browser alone: addresses stay in
    histories and in a proxy's log, and the page shows the code."""
    response = redirect("public:done", signing.dumps(number, salt=SALT))
    kept = [number, *(one for one in given_here(request) if one != number)][:_MOST_GIVEN]
    response.set_signed_cookie(
        GIVEN_COOKIE,
        ".".join(kept),
        salt=SALT,
        max_age=SHOWN_FOR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def given_here(request: HttpRequest) -> list[str]:
    """The numbers given to this browser within the last two hours."""
    kept = request.get_signed_cookie(GIVEN_COOKIE, default="", salt=SALT, max_age=SHOWN_FOR)
    return kept.split(".") if kept else []


def number_of(request: HttpRequest, token: str) -> str:
    """The number of a page that this browser was just shown, "" for anything else."""
    try:
        number = str(signing.loads(token, salt=SALT, max_age=SHOWN_FOR)) if token else ""
    except signing.BadSignature:
        return ""
    return number if number in given_here(request) else ""


def _hand_in(request: HttpRequest, case: Case, form: AskForm) -> None:
    """Photos of an application are papers by their names: what came is not asked for again."""
    if not isinstance(form, AidAskForm):
        hand_in(request, case, form.cleaned_data["attachments"])
        return
    for name, photos in form.photos():
        hand_in(request, case, photos, note_paper(case=case, by=RESIDENT, name=name))


def _opened(form: AskForm, key: str) -> Opened:
    try:
        if isinstance(form, AidAskForm | MediationAskForm):
            return form.open(key)
        return open_case(by=RESIDENT, intake=form.intake(key=key))
    except Refused as refused:
        if refused.code != "key_reused":
            raise
        raise Refused(
            _("这张表刚才已经交过一次，已经有编号了。"),
            code="key_reused",
            do=_("想改想补，请用那个编号到“查查办到哪了”里写；如果是另一件事，请再点一次“交给我们”。"),
        ) from None


def _key(request: HttpRequest) -> str:
    """The form's key, made by us; anything else that was sent in its place is replaced."""
    sent = request.POST.get("key", "")
    return sent if _KEY.fullmatch(sent) else secrets.token_hex(16)


def _page(request: HttpRequest, form: AskForm) -> HttpResponse:
    found: Door = form.door
    reused = form.has_error("__all__", "key_reused")
    context = {
        "form": form,
        "is_aid": isinstance(form, AidAskForm),
        "is_mediation": isinstance(form, MediationAskForm),
        "door": found,
        "kind": found.kind,
        "key": secrets.token_hex(16) if reused else _key(request),
        "accept": ACCEPT,
        "lost_files": bool(request.FILES),
        "expected": expected(found.kind.code, is_wage=found.is_wage, now=timezone.now()),
    }
    return render(request, "public/ask.html", context)


@public
@require_safe
def done(request: HttpRequest, token: str) -> HttpResponse:
    """The number, large; what happens next and by when; who has it."""
    case = _case_of(request, token)
    if case is None:
        return redirect("public:follow")
    return render(request, "public/done.html", {**told(case), "token": token})


@public
@require_safe
def slip(request: HttpRequest, token: str) -> HttpResponse:
    """The same on paper: A4, or 80 mm with `?paper=receipt`."""
    case = _case_of(request, token)
    if case is None:
        return redirect("public:follow")
    shown = told(case)
    context = {
        **shown,
        "is_receipt": request.GET.get("paper") == "receipt",
        "token": token,
        "lines": [
            (_("业务"), shown["kind"].label),
            (_("承办"), case.station.name),
            (_("电话"), case.station.phone or settings.CITY_HOTLINE),
            (_("收到"), moment(case.opened_at)),
        ],
        "steps": [*shown["steps"], _how_to_follow(case)],
    }
    return render(request, "public/slip.html", context)


def _how_to_follow(case: Case) -> str:
    if case.follow_code:
        return _("凭编号和查询码，随时能查办到哪一步。")
    return _("凭编号和电话后四位，随时能查办到哪一步。")


def _case_of(request: HttpRequest, token: str) -> Case | None:
    number = number_of(request, token)
    return Case.objects.select_related("station").filter(number=number).first() if number else None


def told(case: Case) -> dict[str, Any]:
    """What is said with a number that was just given."""
    now = timezone.now()
    workdays = books().places.workdays
    owed = [promise.shown(now, workdays) for promise in promises(clock_views(case, now))]
    return {
        "case": case,
        "kind": KINDS.get(case.kind),
        "owed": owed,
        "steps": [each["text"] for each in owed],
        "reasons": reasons_of(case),
        "secret": case.follow_code,
    }
