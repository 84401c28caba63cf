"""Answers: the queue of a reviewing lawyer, what is published, what is due again; four eyes."""

from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core import when
from mingbai.core.pagination import page_of
from mingbai.knowledge import actions
from mingbai.knowledge.actions.answers import MOST, REVIEWED_EVERY
from mingbai.knowledge.enums import AnswerState
from mingbai.knowledge.models import Answer
from mingbai.knowledge.perms import can_review_answer
from mingbai.people.models import User
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.forms import ArticlesField, DayField, WordsField
from mingbai.web.knowledge_round import tell_declined
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import ANY, Ask, FilterForm, Listing, Sheet, Why

_REVIEW = Permission.ANSWER_REVIEW
_WAITING = "waiting"


class AnswerFilter(FilterForm):
    q = forms.CharField(label=gettext_lazy("问题"), required=False, max_length=40)
    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=[(_WAITING, gettext_lazy("待审核、该复核")), *ANY, *AnswerState.choices],
    )


class ReviewForm(forms.Form):
    """A lawyer mends the words and answers for them."""

    question = WordsField(label=gettext_lazy("问题"), most=MOST["question"], rows=3)
    text = WordsField(
        label=gettext_lazy("答复"),
        most=MOST["answer"],
        rows=10,
        help_text=gettext_lazy("发布后人人能看到：核对法律依据，确认没有姓名、电话、住址。"),
    )
    articles = ArticlesField(label=gettext_lazy("依据哪几条"))
    review_on = DayField(label=gettext_lazy("下次复核"))
    expires_on = DayField(
        label=gettext_lazy("到哪天失效"), required=False, help_text=gettext_lazy("长期有效的不用填。")
    )


@staff(_REVIEW)
def answers(request: HttpRequest) -> HttpResponse:
    """Unless a state is asked for: proposals first, the oldest on top; then what is due for review."""
    form, today = AnswerFilter(request.GET), timezone.localdate()
    found = Answer.objects.visible_to(request.user).select_related("proposed_by", "reviewed_by")
    found = found.exclude(question="")
    if text := form.value("q"):
        found = found.filter(question__contains=text)
    state = form.value("state")
    if state == _WAITING or "state" not in request.GET:  # "all" stands in the address, empty
        found = found.filter(waiting(today))
    elif state:
        found = found.filter(state=state)
    return Listing(
        title=_("问答审核"),
        lead=_("提出人自己不能审核。审核过的，群众在查询里、在提问的时候就能看到。"),
        form=form,
        columns=(_("问题"), _("状态"), _("提出"), _("复核")),
        rows=lambda one: [
            link(str(one), "answer", one.pk),
            one.get_state_display(),
            _("%(who)s，%(at)s")
            % {"who": one.proposed_by.name if one.proposed_by else "—", "at": when.moment(one.proposed_at)},
            _due(one, today),
        ],
        page=page_of(found.order_by("state", "proposed_at", "id"), request.GET, 50),
        empty=_("没有等审核的问答。办结的办件页上，可以一键提出。"),
    ).show(request)


def waiting(today: date) -> Q:
    """What a reviewer is waited for: proposals, and published answers whose day of review has come."""
    due = Q(state=AnswerState.PUBLISHED, review_on__lte=today)
    return Q(state=AnswerState.PROPOSED) | due


def _due(answer: Answer, today: date) -> str:
    if answer.review_on is None:
        return ""
    day = when.short_day(answer.review_on, today=today)
    is_due = answer.state == AnswerState.PUBLISHED and answer.review_on <= today
    return _("%(day)s，该复核了") % {"day": day} if is_due else day


def _answer(request: HttpRequest, pk: int) -> tuple[User, Answer]:
    user: User = request.user  # type: ignore[assignment]
    found = Answer.objects.visible_to(user).select_related("proposed_by", "reviewed_by")
    return user, get_object_or_404(found, pk=pk)


@staff(_REVIEW)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    user, shown = _answer(request, pk)
    return Sheet(
        title=str(shown) or _("（内容已清除）"),
        tags=[{"text": shown.get_state_display(), "tone": ""}],
        facts=[
            (_("问题"), shown.question),
            (_("答复"), shown.answer),
            (_("依据"), "；".join(article.ref for article in shown.articles.select_related("law"))),
            (_("提出人"), shown.proposed_by.name if shown.proposed_by else ""),
            (_("审核人"), shown.reviewed_by.name if shown.reviewed_by else ""),
            (_("理由"), shown.reason),
        ],
        back=(_("问答审核"), reverse("manage:answers")),
        chain=f"answer:{pk}",
        lead="" if can_review_answer(user, shown) else _("这是您自己提出的，由别的律师审核。"),
        actions=_ways(user, shown),
    ).show(request)


def _ways(user: User, shown: Answer) -> list[dict[str, Any]]:
    ways = []
    if can_review_answer(user, shown) and shown.state != AnswerState.DECLINED:
        ways.append(action(_("审核发布"), "answer_publish", shown.pk, icon="check"))
        if shown.state == AnswerState.PROPOSED:
            ways.append(action(_("退回"), "answer_decline", shown.pk, icon="arrow-back-up"))
    if shown.state == AnswerState.PUBLISHED:
        ways.append(action(_("撤下"), "answer_withdraw", shown.pk, icon="x"))
    return ways


@staff(_REVIEW)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    user, held = _answer(request, pk)

    def act(data: dict[str, Any]) -> None:
        actions.publish_answer(by=user.actor, answer=held, **data)

    values = {
        "question": held.question,
        "text": held.answer,
        "articles": "\n".join(article.ref for article in held.articles.select_related("law")),
        "review_on": timezone.localdate() + REVIEWED_EVERY,
        "expires_on": held.expires_on,
    }
    form = partial(ReviewForm, initial=values)
    return Ask(_("审核发布"), form, act, _back(held), button=_("发布"), done=_("已发布。")).show(request)


@staff(_REVIEW)
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    user, held = _answer(request, pk)

    def act(data: dict[str, Any]) -> None:
        with transaction.atomic():
            tell_declined(actions.decline_answer(by=user.actor, answer=held, **data), by=user.actor)

    return Ask(_("退回问答"), Why, act, _back(held), button=_("退回"), is_danger=True).show(request)


@staff(_REVIEW)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    user, held = _answer(request, pk)

    def act(data: dict[str, Any]) -> None:
        actions.withdraw_answer(by=user.actor, answer=held, **data)

    return Ask(_("撤下问答"), Why, act, _back(held), button=_("撤下"), is_danger=True).show(request)


def _back(answer: Answer) -> tuple[str, str]:
    return str(answer), reverse("manage:answer", args=[answer.pk])
