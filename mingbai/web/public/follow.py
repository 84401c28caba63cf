"""Following a matter: number and last four digits (or code) open it for an hour in this browser."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingbai.cases.actions import follow as actions
from mingbai.cases.actions.files import open_attachment
from mingbai.cases.enums import AuthorKind, MessageKind
from mingbai.cases.kinds import KINDS
from mingbai.cases.models import Case, Clock, Message
from mingbai.cases.rules.states import may
from mingbai.core.actor import RESIDENT
from mingbai.journal.queries import history
from mingbai.web.access import public
from mingbai.web.clocks import chip
from mingbai.web.forms import ACCEPT, NumberField, refusals
from mingbai.web.public.ask import SALT, SHOWN_FOR
from mingbai.web.public.follow_forms import MessageForm, RateForm
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
    if number := _number_of(request.POST.get("token", "")):
        return _let_in(request, number)
    form = FollowForm(request.POST)
    if form.is_valid():
        with refusals(form):
            case = actions.follow(by=RESIDENT, **form.cleaned_data)
            return _let_in(request, case.number)
    return _door(request, form)


def _door(request: HttpRequest, form: FollowForm, **more: Any) -> HttpResponse:
    return render(
        request, "public/follow.html", {"form": form, "kept": [], "to": "", "had_files": False, **more}
    )


def _number_of(token: str) -> str:
    """The number of a page that was just shown with its code (`ask.done`)."""
    try:
        return str(signing.loads(token, salt=SALT, max_age=SHOWN_FOR)) if token else ""
    except signing.BadSignature:
        return ""


def _let_in(request: HttpRequest, number: str) -> HttpResponse:
    grant(request, number)
    return redirect("public:case", number)


def grant(request: HttpRequest, number: str) -> None:
    now = int(timezone.now().timestamp())
    still = {n: until for n, until in request.session.get(SESSION_KEY, {}).items() if until > now}
    newest = dict(sorted(still.items(), key=lambda pair: pair[1])[-_MOST_OPEN + 1 :])
    request.session[SESSION_KEY] = {**newest, number: now + OPEN_FOR}


def is_granted(request: HttpRequest, number: str) -> bool:
    until = request.session.get(SESSION_KEY, {}).get(number, 0)
    return bool(until > timezone.now().timestamp())


def followed(view: View) -> View:
    """Give the view its case where this browser has opened it; else ask for the code and keep the text."""

    @public
    @wraps(view)
    def guarded(request: HttpRequest, number: str, **more: Any) -> HttpResponse:
        if not is_granted(request, number):
            return _ask_again(request, number)
        case = Case.objects.select_related("station", "merged_into").filter(number=number).first()
        if case is None:
            raise Http404
        return view(request, case, **more)

    return guarded


def _ask_again(request: HttpRequest, number: str) -> HttpResponse:
    """For a page: the form with the number. For something that was sent: the same, and the text with it."""
    if request.method != "POST":
        return redirect(f"/follow/?number={number[:40]}")
    form = FollowForm(request.POST if "secret" in request.POST else None, initial={"number": number})
    if form.is_bound and form.is_valid():
        with refusals(form):
            case = actions.follow(by=RESIDENT, **form.cleaned_data)
            grant(request, case.number)
            request.session[_UNSENT] = {"number": case.number, **dict(_typed(request))}
            return redirect(request.path.replace(number, case.number))
    return _door(request, form, kept=_typed(request), to=request.path, had_files=bool(request.FILES))


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The words of the person, to be shown in their box again."""
    return [(name, request.POST[name][:20_000]) for name in ("text", "reason") if request.POST.get(name)]


def unsent(request: HttpRequest, case: Case) -> dict[str, str]:
    """What was typed when the hour had run out; given once."""
    found = request.session.get(_UNSENT)
    if not found or found.get("number") != case.number:
        return {}
    del request.session[_UNSENT]
    return dict(found)


@followed
@require_safe
def page(request: HttpRequest, case: Case) -> HttpResponse:
    """Everything the resident may see; reading the answer here is being told of it."""
    messages = list(case.messages.filter(is_public=True).exclude(kind=MessageKind.NOTE).order_by("at", "id"))
    if case.answered_at and not case.told_at:
        case = actions.seen_answer(case=case, by=RESIDENT)
    return render(request, "public/case.html", case_context(request, case, messages))


def case_context(request: HttpRequest, case: Case, messages: list[Message]) -> dict[str, Any]:
    now = timezone.now()
    clocks: list[Clock] = list(case.clocks.filter(done_at=None).order_by("due_at"))
    told = story(history(case.chain))
    papers = list(case.papers_asked.order_by("id"))
    pending = [paper for paper in papers if not paper.given_at]
    return {
        "case": case,
        "kind": KINDS.get(case.kind),
        "sentence": sentence(case),
        "road": road(case, told),
        "turn": turn(case, clocks),
        "clock": next((chip(clock, now) for clock in clocks if clock.due_at == case.due_at), None),
        "owed": promises(clocks, now),
        "answers": [m for m in messages if m.kind == MessageKind.ANSWER],
        "talk": [_line(m) for m in messages if m.kind != MessageKind.ANSWER],
        "papers": papers,
        "files": list(case.attachments.filter(by_resident=True).order_by("added_at", "id")),
        "story": [each.row() for each in reversed(told)],
        "form": MessageForm(papers=pending, initial=unsent(request, case)),
        "rate_form": RateForm() if _may_rate(case) else None,
        "rating": getattr(case, "rating", None),
        "may_write": may(case.state, "supplement"),
        "may_withdraw": may(case.state, "withdraw"),
        "accept": ACCEPT,
    }


def _line(message: Message) -> dict[str, Any]:
    mine = message.author_kind == AuthorKind.RESIDENT
    return {"mine": mine, "text": message.text, "who": _("您") if mine else message.author, "at": message.at}


def _may_rate(case: Case) -> bool:
    return case.state in ("answered", "closed") and not hasattr(case, "rating")


@followed
@require_safe
def file(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    """The resident's own files, and only of this matter."""
    attachment = case.attachments.filter(pk=pk, by_resident=True).first()
    if attachment is None:
        raise Http404
    response = HttpResponse(open_attachment(attachment=attachment), content_type=attachment.content_type)
    response["Content-Disposition"] = "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@public
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close what this browser has opened: the machine may be shared."""
    request.session.pop(SESSION_KEY, None)
    request.session.pop(_UNSENT, None)
    return redirect("public:home")
