"""Following a matter: number and last four digits (or code) open it for an hour in this browser."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingbai.cases.actions.files import open_attachment
from mingbai.cases.actions.follow import follow, seen_answer
from mingbai.cases.enums import AuthorKind, MessageKind, State
from mingbai.cases.kinds import KINDS, may_do
from mingbai.cases.models import Attachment, Case, Message
from mingbai.cases.queries import books, clock_views, history_of
from mingbai.core.actor import RESIDENT
from mingbai.core.crypto import new_key, seal, unseal
from mingbai.web.access import public
from mingbai.web.clocks import chip
from mingbai.web.forms import ACCEPT, NumberField, refusals
from mingbai.web.public.aid_words import may_object
from mingbai.web.public.ask import GIVEN_COOKIE, number_of
from mingbai.web.public.follow_forms import HowForm, MessageForm, RateForm
from mingbai.web.public.papers import hears, issued, role_of
from mingbai.web.public.standing import promises, road, sentence, turn
from mingbai.web.public.story import story

SESSION_KEY = "followed"
OPEN_FOR = 3600
_UNSENT = "unsent"
_MOST_OPEN = 8

View = Callable[..., HttpResponse]


class FollowForm(forms.Form):
    """What stands on the slip."""

    number = NumberField(label=_("办件编号"), help_text=_("13 位数字，在小票或短信上"))
    secret = forms.CharField(
        label=_("手机后四位，或查询码"),
        help_text=_("留过电话的写电话后四位，没留的写当时给您的四位查询码"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "20"}),
        error_messages={"required": _("请填写四位数字。")},
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """An unknown number and somebody else's get the same answer, on the same way through the code."""
    if request.method != "POST":
        return _door(request, FollowForm(initial={"number": request.GET.get("number", "")[:40]}))
    if number := number_of(request, request.POST.get("token", "")):
        return _let_in(request, number, "speaker")
    form = FollowForm(request.POST)
    if form.is_valid():
        with refusals(form):
            case = follow(by=RESIDENT, **form.cleaned_data)
            return _let_in(request, case.number, role_of(case))
    return _door(request, form)


def _door(request: HttpRequest, form: FollowForm, **more: Any) -> HttpResponse:
    return render(
        request, "public/follow.html", {"form": form, "kept": [], "to": "", "had_files": False, **more}
    )


def _let_in(request: HttpRequest, number: str, role: str) -> HttpResponse:
    grant(request, number, role)
    return redirect("public:case", number)


def grant(request: HttpRequest, number: str, role: str) -> None:
    """Open the matter in this browser, for an hour, in the role whose secret was known."""
    now = int(timezone.now().timestamp())
    still = {n: (until, as_) for n, (until, as_) in _granted(request).items() if until > now}
    newest = dict(sorted(still.items(), key=lambda pair: pair[1])[-_MOST_OPEN + 1 :])
    request.session.cycle_key()  # a session that somebody planted in this browser opens nothing
    request.session[SESSION_KEY] = {**newest, number: (now + OPEN_FOR, role)}


def _granted(request: HttpRequest) -> dict[str, tuple[int, str]]:
    return dict(request.session.get(SESSION_KEY, {}))


def granted_role(request: HttpRequest, number: str) -> str:
    """The role in which this browser has opened the matter, "" where it has not, or no longer."""
    until, role = _granted(request).get(number, (0, ""))
    return role if until > timezone.now().timestamp() else ""


def followed(view: View) -> View:
    """Give the view its case where this browser has opened it; else ask for the code and keep the text."""

    @public
    @wraps(view)
    def guarded(request: HttpRequest, number: str, **more: Any) -> HttpResponse:
        role = granted_role(request, number)
        if not role:
            return _ask_again(request, number, more)
        case = Case.objects.select_related("station", "merged_into").filter(number=number).first()
        if case is None:
            raise Http404
        case.followed_as = role  # type: ignore[attr-defined]
        return view(request, case, **more)

    return guarded


def _ask_again(request: HttpRequest, number: str, more: dict[str, Any]) -> HttpResponse:
    """For a page: the form with the number. For something that was sent: the same, and the text with it."""
    if request.method != "POST":
        return redirect(f"{reverse('public:follow')}?{urlencode({'number': number[:40]})}")
    form = FollowForm(request.POST if "secret" in request.POST else None, initial={"number": number})
    if form.is_bound and form.is_valid():
        with refusals(form):
            case = follow(by=RESIDENT, **form.cleaned_data)
            grant(request, case.number, role_of(case))
            request.session[_UNSENT] = _sealed({"number": case.number, **dict(_typed(request))})
            here = resolve(request.path).view_name
            return redirect(here, **{**more, "number": case.number})
    return _door(request, form, kept=_typed(request), to=request.path, had_files=bool(request.FILES))


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The words of the person, to be shown in their box again."""
    return [(name, request.POST[name][:20_000]) for name in ("text", "reason") if request.POST.get(name)]


def unsent(request: HttpRequest, case: Case) -> dict[str, str]:
    """What was typed when the hour had run out; given once."""
    kept = request.session.get(_UNSENT)
    found = _unsealed(kept) if kept else {}
    if found.get("number") != case.number:
        return {}
    del request.session[_UNSENT]
    return found


def _sealed(typed: dict[str, str]) -> str:
    """A session is a row in clear: what a resident wrote lies nowhere unencrypted."""
    key = new_key()
    return b64encode(key).decode() + "." + b64encode(seal(key, json.dumps(typed), what=_UNSENT)).decode()


def _unsealed(kept: str) -> dict[str, str]:
    key, blob = (b64decode(part) for part in kept.split("."))
    found: dict[str, str] = json.loads(unseal(key, blob, what=_UNSENT))
    return found


@followed
@require_safe
def page(request: HttpRequest, case: Case) -> HttpResponse:
    """Everything the resident may see; reading the answer here is being told of it."""
    context = case_context(request, case)
    if context["answers"]:
        seen_answer(case=case, by=RESIDENT)
    return render(request, "public/case.html", context)


def _said(case: Case) -> list[Message]:
    if not hears(case):
        return []
    return list(case.messages.filter(is_public=True).order_by("at", "id"))


def case_context(request: HttpRequest, case: Case) -> dict[str, Any]:
    said, now = _said(case), timezone.now()
    views, workdays = clock_views(case, now), books().places.workdays
    first = next((view for view in views if view.is_running and view.due_at == case.due_at), None)
    told = history_of(case, public=True)
    papers = list(case.papers_asked.order_by("id"))
    pending = [paper for paper in papers if not paper.given_at]
    return {
        "case": case,
        "kind": KINDS.get(case.kind),
        "sentence": sentence(case),
        "road": road(case, told),
        "turn": turn(case, views),
        "asked": _asked(case, said),
        "clock": chip(first, now, workdays) if first else None,
        "owed": [promise.shown(now, workdays) for promise in promises(views)],
        "answers": [m for m in said if m.kind == MessageKind.ANSWER],
        "talk": [_line(m) for m in said if m.kind != MessageKind.ANSWER],
        "papers": papers,
        "hears": hears(case),
        "files": _files(case),
        "issued": issued(case),
        "story": story(told),
        "form": MessageForm(papers=pending, initial=unsent(request, case)),
        "rate_form": RateForm() if _may_rate(case) else None,
        "rating": getattr(case, "rating", None),
        "how_form": HowForm() if _may_tell_how(case) else None,
        "may_write": may_do(case, "supplement"),
        "may_withdraw": may_do(case, "withdraw"),
        "may_object": hears(case) and may_object(case),
        "accept": ACCEPT,
    }


def _asked(case: Case, said: list[Message]) -> str:
    """What we last asked for, where the matter waits for it."""
    asks = [message.text for message in said if message.kind == MessageKind.ASK]
    return asks[-1] if asks and case.state == State.WAITING else ""


def _line(message: Message) -> dict[str, Any]:
    mine = message.author_kind == AuthorKind.RESIDENT
    return {"mine": mine, "text": message.text, "who": _("您") if mine else message.author, "at": message.at}


def _may_rate(case: Case) -> bool:
    return may_do(case, "rate") and hears(case) and not hasattr(case, "rating")


def _may_tell_how(case: Case) -> bool:
    rating = getattr(case, "rating", None)
    asked = rating is not None and not rating.heard_from and rating.was_first_choice is None
    return asked and hears(case)


def _files(case: Case) -> list[Attachment]:
    if not hears(case):
        return []
    return list(case.attachments.filter(by_resident=True).order_by("added_at", "id"))


@followed
@require_safe
def file(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    """The resident's own files, and only of this matter."""
    attachment = case.attachments.filter(pk=pk, by_resident=True).select_related("case").first()
    if attachment is None or not hears(case):
        raise Http404
    content = open_attachment(attachment=attachment, by=RESIDENT)
    response = HttpResponse(content, content_type=attachment.content_type)
    response["Content-Disposition"] = "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@public
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close what this browser has opened: the machine may be shared."""
    request.session.pop(SESSION_KEY, None)
    request.session.pop(_UNSENT, None)
    response = redirect("public:home")
    response.delete_cookie(GIVEN_COOKIE)
    return response
