"""What a resident can do with a matter of theirs: write, hand in, withdraw, rate."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingbai.cases.actions import ratings, work
from mingbai.cases.actions.consents import withdraw_consent
from mingbai.cases.enums import Channel
from mingbai.cases.models import Case, Consent
from mingbai.core.actor import RESIDENT
from mingbai.core.when import moment
from mingbai.legalaid.actions import object_to
from mingbai.web.forms import refusals
from mingbai.web.public.aid_words import may_object
from mingbai.web.public.follow import case_context, followed, unsent
from mingbai.web.public.follow_forms import (
    ConsentForm,
    HowForm,
    MessageForm,
    ObjectionForm,
    RateForm,
    WithdrawForm,
)
from mingbai.web.public.handing_in import hand_in
from mingbai.web.public.papers import hears


@followed
@require_http_methods(["GET", "HEAD", "POST"])
def message(request: HttpRequest, case: Case) -> HttpResponse:
    """Something added; a matter that waited for it goes on."""
    if request.method != "POST":
        return redirect("public:case", case.number)
    form = MessageForm(request.POST, request.FILES, papers=case.papers_asked.filter(given_at=None))
    if form.is_valid():
        with refusals(form):
            _give(request, case, form)
            messages.success(request, _("收到了，已经交给办理人。"))
            return redirect("public:case", case.number)
    return _again(request, case, form=form)


def _give(request: HttpRequest, case: Case, form: MessageForm) -> None:
    """The words first: a file that fails then is named, and nothing that was written is lost."""
    names = form.cleaned_data.get("papers", [])
    work.supplement(case=case, by=RESIDENT, text=form.words(), papers=names, channel=Channel.WEB)
    paper = case.papers_asked.filter(name=names[0]).first() if len(names) == 1 else None
    hand_in(request, case, form.cleaned_data["attachments"], paper)


def _again(request: HttpRequest, case: Case, **forms: object) -> HttpResponse:
    """The page of the matter with what is wrong, and everything that was typed."""
    context = {**case_context(request, case), **forms}
    return render(request, "public/case.html", context, status=422)


@followed
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, case: Case) -> HttpResponse:
    """Asked once more before it is done."""
    form = WithdrawForm(request.POST if request.method == "POST" else None, initial=unsent(request, case))
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            work.withdraw(case=case, by=RESIDENT, reason=form.cleaned_data["reason"])
            messages.success(request, _("已经撤回。以后还想办，打电话或再写一次都行。"))
            return redirect("public:case", case.number)
    return render(request, "public/withdraw.html", {"case": case, "form": form})


@followed
@require_http_methods(["GET", "HEAD", "POST"])
def consents(request: HttpRequest, case: Case) -> HttpResponse:
    """What was agreed to, taken back here as easily as it was given; for the person alone."""
    if not hears(case):
        return redirect("public:case", case.number)
    rows = list(case.consents.order_by("given_at", "pk"))
    given = [one for one in rows if one.withdrawn_at is None]
    form = ConsentForm(request.POST if request.method == "POST" else None, given=given)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            withdraw_consent(case=case, by=RESIDENT, purpose=form.cleaned_data["purpose"])
            messages.success(request, _("已经撤回。"))
            return redirect("public:consents", case.number)
    shown = [_consent(one) for one in rows]
    context = {"case": case, "rows": shown, "form": form if given else None}
    return render(request, "public/consents.html", context, status=422 if form.errors else 200)


def _consent(one: Consent) -> dict[str, str]:
    withdrawn = _("%(at)s 已撤回") % {"at": moment(one.withdrawn_at)} if one.withdrawn_at else ""
    given = _("%(at)s 同意") % {"at": moment(one.given_at)}
    return {"purpose": one.get_purpose_display(), "given": given, "withdrawn": withdrawn}


@followed
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest, case: Case) -> HttpResponse:
    """To the bureau, against a refusal or a termination of legal aid; asked on a page of its own."""
    if not (hears(case) and may_object(case)):
        return redirect("public:case", case.number)
    form = ObjectionForm(request.POST if request.method == "POST" else None, initial=unsent(request, case))
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            object_to(case=case, by=RESIDENT, text=form.cleaned_data["text"])
            messages.success(request, _("异议已经交给司法局，五日内审查。"))
            return redirect("public:case", case.number)
    return render(request, "public/objection.html", {"case": case, "form": form})


@followed
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, case: Case) -> HttpResponse:
    """Five grades, once."""
    if request.method != "POST":
        return redirect("public:case", case.number)
    form = RateForm(request.POST)
    if form.is_valid():
        with refusals(form):
            ratings.rate(
                case=case,
                by=RESIDENT,
                grade=form.cleaned_data["grade"],
                text=form.cleaned_data["text"],
                channel=Channel.WEB,
            )
            messages.success(request, _("谢谢您的评价。不满意的，会有人给您回话。"))
            return redirect("public:case", case.number)
    return _again(request, case, rate_form=form)


@followed
@require_http_methods(["GET", "HEAD", "POST"])
def how(request: HttpRequest, case: Case) -> HttpResponse:
    """How one heard of us and whether we came first to mind: after the rating, once, both may be left out."""
    if request.method != "POST":
        return redirect("public:case", case.number)
    form = HowForm(request.POST)
    if form.is_valid():
        with refusals(form):
            ratings.tell_how(case=case, by=RESIDENT, **form.cleaned_data)
            messages.success(request, _("记下了，谢谢您。"))
            return redirect("public:case", case.number)
    return _again(request, case, how_form=form)
