"""An adviser answers a question of the guidance group by a link of their own, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from mingbai.notices.queries import question_of
from mingbai.web.access import public
from mingbai.web.desk.groups import answer_page


@public
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, token: str) -> HttpResponse:
    """A forged, old or passed-on link of somebody who has left opens nothing."""
    found = question_of(token)
    if found is None:
        return render(request, "public/guidance.html", {"question": None}, status=404)
    question, worker = found
    return answer_page(request, question, worker)
