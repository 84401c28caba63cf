"""“Am I entitled to legal aid?”: one question a page, every answer a button; then why, and what to bring.

The answers are posted and kept nowhere: no address, log or table holds them.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingbai.knowledge.queries import named_articles
from mingbai.legalaid.enums import Finding
from mingbai.legalaid.queries import catalogue_on
from mingbai.legalaid.rules.entitlement import Choice, Question, Reason, Walk, judge, walk
from mingbai.web.access import public
from mingbai.web.public.doors import door
from mingbai.web.public.standing import expected
from mingbai.web.public.stations import NEAR_COOKIE

AID = "legal_aid"


@public
@require_http_methods(["GET", "HEAD", "POST"])
def entitled(request: HttpRequest) -> HttpResponse:
    """The next question, or what the answers come to."""
    today = timezone.localdate()
    near = request.COOKIES.get(NEAR_COOKIE, "")
    catalogue = catalogue_on(today, region=near or settings.CITY_CODE)
    told = request.POST
    walked = walk(catalogue, told)
    context: dict[str, Any] = {"question": walked.open, "told": _told(walked), "answers": _answers(walked)}
    if walked.open is None:
        outcome = judge(catalogue, told)
        context |= {
            "outcome": outcome,
            "is_notified": outcome.finding == Finding.NOTIFIED,
            "reasons": [_linked(reason) for reason in outcome.reasons],
            "expected": expected(AID, is_wage=told.get("matter") == "wage", now=timezone.now()),
            "door": door(AID),
            "text": _summary(walked),
        }
    return render(request, "public/entitled.html", context)


@dataclass(frozen=True, slots=True)
class Told:
    """One earlier answer; `before` are those given before it: what is sent to answer it anew."""

    question: Question
    choice: Choice
    before: list[tuple[str, str]]


def _answers(walked: Walk) -> list[tuple[str, str]]:
    return [(question.code, choice.code) for question, choice in walked.answered]


def _told(walked: Walk) -> list[Told]:
    given = _answers(walked)
    return [Told(question, choice, given[:place]) for place, (question, choice) in enumerate(walked.answered)]


def _linked(reason: Reason) -> dict[str, Any]:
    """The article itself where the law has been imported."""
    articles = named_articles(reason.source, on=timezone.localdate())
    source = reason.source.removeprefix("中华人民共和国")
    return {"text": reason.text, "source": source, "article": articles[0].ref if articles else ""}


def _summary(walked: Walk) -> str:
    """What was answered, as the beginning of an application: nobody is asked twice."""
    lines = [f"{question.text}{choice.label}" for question, choice in walked.answered]
    return "\n".join([_("我想申请法律援助。"), *lines, _("事情的经过：")])
