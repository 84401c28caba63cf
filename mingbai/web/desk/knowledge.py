"""The search of the knowledge at the desk: laws, guides, answers, offices and people."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from mingbai.knowledge.enums import AnswerState
from mingbai.knowledge.models import Answer
from mingbai.knowledge.perms import is_keeper
from mingbai.people.models import User
from mingbai.people.roles import Permission
from mingbai.web.access import HtmxRequest, staff
from mingbai.web.desk.reach import Here
from mingbai.web.hits import found_for

MOST_PROPOSED = 10


def _proposed(user: User) -> list[dict[str, str]]:
    """The latest that this person proposed, with what the reviewer said of those given back."""
    tones: dict[str, str] = {AnswerState.PUBLISHED: "ok", AnswerState.DECLINED: "late"}
    rows = Answer.objects.filter(proposed_by=user).exclude(question="").order_by("-proposed_at", "-id")
    return [
        {
            "title": str(one),
            "url": reverse("public:answer", args=[one.pk]) if one.state == AnswerState.PUBLISHED else "",
            "state": one.get_state_display(),
            "tone": tones.get(one.state, ""),
            "reason": one.reason,
        }
        for one in rows[:MOST_PROPOSED]
    ]


@staff(Permission.CASE_SEE)
def knowledge(request: HtmxRequest) -> HttpResponse:
    """Posted, as every search: what a resident says belongs in no address."""
    here = Here(request.user)  # type: ignore[arg-type]
    return render(
        request,
        "desk/knowledge.html",
        {
            "post": here.post,
            **found_for(request.POST, typing=bool(request.htmx)),
            "keeps": is_keeper(here.user),
            "proposed": None if request.htmx else _proposed(here.user),
        },
    )
