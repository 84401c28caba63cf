"""Standing pages: how personal information is kept (PIPL Art. 17), accessibility, opinions and complaints."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mingbai.cases.actions.intake import NOTICE_VERSION
from mingbai.web.access import public


@public
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The full notice; a consent names the version that was shown."""
    return render(request, "public/privacy.html", {"version": NOTICE_VERSION})


@public
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "public/accessibility.html")


@public
@require_safe
def opinion(request: HttpRequest) -> HttpResponse:
    """Which of the two: something went wrong, or something could be better."""
    return render(request, "public/opinion.html")
