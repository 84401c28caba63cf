"""The ask page that a follower opens from our answer: their words stand in it, place and consent are due."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from mingbai.cases.actions.intake import Opened, open_case
from mingbai.cases.enums import Channel
from mingbai.core.actor import RESIDENT
from mingbai.integrations.wechat.actions import link_case
from mingbai.integrations.wechat.queries import message_of
from mingbai.web.access import public
from mingbai.web.public.ask import asking, given, given_here
from mingbai.web.public.ask_form import AskForm
from mingbai.web.public.doors import FIRST, door


@public
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """An old or forged link leads to the ordinary ask page. A message becomes one matter, however often the
    form is sent; its link shows no text of others: it is signed and goes to its writer alone."""
    message, found = message_of(token), door(FIRST)
    if message is None or found is None:
        return redirect("public:ask")
    if message.case is not None:
        # Sent twice from the same browser: the same page again. The link alone opens it to nobody.
        is_again = request.method == "POST" and message.case.number in given_here(request)
        return given(request, message.case.number) if is_again else redirect("public:follow")
    source = message

    def opens(form: AskForm, key: str) -> Opened:
        intake = replace(form.intake(key=f"wechat:{source.pk}"), channel=Channel.WECHAT, source="wechat")
        opened = open_case(by=RESIDENT, intake=intake)
        link_case(by=RESIDENT, message=source, case=opened.case)
        return opened

    begun = {"text": message.text, "phone": message.follower.phone}
    response = asking(request, found, begun=begun, opens=opens)
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response
