"""The search of the knowledge at the desk: laws, guides, answers, offices and people."""

from django.http import HttpResponse
from django.shortcuts import render

from mingbai.people.roles import Permission
from mingbai.web.access import HtmxRequest, staff
from mingbai.web.desk.reach import Here
from mingbai.web.hits import found_for
from mingbai.web.manage.knowledge.home import is_keeper


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
        },
    )
