"""A small site for the tests of access: one page of each kind, beside the real sign-in."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from mingbai.people.roles import Permission
from mingbai.web.access import partner, public, staff


@public
def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("home")


@staff(Permission.CASE_OPEN)
def desk(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"saved {request.POST.get('text', '')}" if request.method == "POST" else "desk")


@staff(Permission.JOURNAL_SEE)
def audit(request: HttpRequest) -> HttpResponse:
    return HttpResponse("audit")


@staff(None)
def anybody(request: HttpRequest) -> HttpResponse:
    return HttpResponse("signed in")


@partner
def api(request: HttpRequest) -> HttpResponse:
    return HttpResponse("api")


urlpatterns = [
    path("", home),
    path("desk/", desk),
    path("audit/", audit),
    path("anybody/", anybody),
    path("api/", api),
    path("accounts/", include("mingbai.web.auth.urls")),
]

handler429 = "mingbai.web.auth.views.too_many"
