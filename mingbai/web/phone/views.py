"""The one address that waiting forms are sent to; each is judged by its own page, as if sent there."""

import json
from io import BytesIO
from typing import Any

import structlog
from django.contrib.messages.storage import default_storage
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.middleware import HtmxDetails

from mingbai.core.box import BadBox
from mingbai.web.access import public, staff
from mingbai.web.phone.boxed import Form, opened

log = structlog.get_logger(__name__)
AT_ONCE = 50
"""Forms in one sending; a phone sends ten."""
TOGETHER = 10
"""Forms that reach the disk at once: a commit for each would take longer than judging it. The phone hears of
none before; whatever goes wrong, it sends them again and their keys are known."""
LATER: dict[str, Any] = {"taken": None, "said": ""}
"""Neither taken nor refused: the phone keeps it and comes again."""


@public
@require_safe
def token(request: HttpRequest) -> JsonResponse:
    """What waiting forms must be sent with (a page that was kept has an old one), and who would send them."""
    locked = bool(request.session.get("locked"))
    return JsonResponse({"token": get_token(request), "who": "" if locked else who(request)})


def who(request: HttpRequest) -> str:
    """The id of who is signed in, "" for nobody."""
    return str(request.user.pk or "")


@public
@require_POST
def send(request: HttpRequest) -> JsonResponse:
    """Take what waited, form by form: {key: {"taken": true, false or null, "said": words}}.

    Sent again it is the same (the form's key). What could not be judged now (`null`) comes again.
    """
    boxes = request.FILES.getlist("box")[:AT_ONCE]
    rows: dict[str, Any] = {}
    for first in range(0, len(boxes), TOGETHER):
        with transaction.atomic():
            rows |= {str(box.name): _one(request, box) for box in boxes[first : first + TOGETHER]}
    return JsonResponse({"rows": rows})


def _one(request: HttpRequest, box: UploadedFile) -> dict[str, Any]:
    try:
        form = opened(str(box.name), box.read())
        return _judged(request, form)
    except BadBox as bad:
        log.warning("phone.bad_box", why=str(bad))
        return _no(_("这张表打不开：不是给本系统存的，或者坏了。"))


def _judged(request: HttpRequest, form: Form) -> dict[str, Any]:
    if form.who != who(request):
        return LATER if not who(request) else _no(_("这张表是别人存的，请他本人登录后送。"))
    match = _match(form)
    if match is None:
        return _no(_("这张表的页面没有了。"))
    try:
        with transaction.atomic():
            response = match.func(_as_if_there(request, form, match), *match.args, **match.kwargs)
    except PermissionDenied:
        return _no(_("您现在没有权限做这件事。"))
    except Http404:
        return _no(_("要记的那一项找不到了。"))
    except (DatabaseError, BadBox):
        raise
    except Exception:  # one form that breaks its page holds up no other
        log.exception("phone.form_broke", url=form.url)
        return _no(_("系统没能收下这张表，请告诉管理员。表还在手机上。"))
    return _told(response)


def _match(form: Form) -> ResolverMatch | None:
    """The page it was filled in on, if that takes forms from phones."""
    try:
        match = resolve(form.url)
    except Resolver404:
        return None
    return match if getattr(match.func, "from_phone", False) else None


def _as_if_there(request: HttpRequest, form: Form, match: ResolverMatch) -> HttpRequest:
    """The request as the browser would have made it on that page, by who is signed in now."""
    environ = {**request.META, "REQUEST_METHOD": "POST", "PATH_INFO": form.url, "QUERY_STRING": ""}
    environ |= {"CONTENT_TYPE": form.type, "CONTENT_LENGTH": str(len(form.body)), "HTTP_X_KEPT": "1"}
    inner: Any = WSGIRequest({**environ, "wsgi.input": BytesIO(form.body)})
    inner._post, inner._files = form.parsed(request)  # noqa: SLF001  read once, here, with its faults told
    inner.user, inner.session, inner.resolver_match = request.user, request.session, match
    inner.known = request.__dict__.setdefault("known", {})  # offline.once
    inner.htmx = HtmxDetails(inner)
    inner._messages = default_storage(inner)  # noqa: SLF001  said to the phone, not on the next page
    return inner


def _told(response: HttpResponse) -> dict[str, Any]:
    """What the page said; a page that wants somebody to sign in first has not judged it."""
    if isinstance(response, JsonResponse):
        said = _read(response)
        if "taken" in said:
            return {"taken": bool(said["taken"]), "said": said.get("said", "")}
    return LATER


def _read(response: JsonResponse) -> dict[str, Any]:
    said = json.loads(response.content)
    return said if isinstance(said, dict) else {}


def _no(said: str) -> dict[str, Any]:
    return {"taken": False, "said": said}


@staff(None)
@require_POST
def unbox(request: HttpRequest) -> JsonResponse:
    """The fields of a form that was refused, for who filled it in, so that it can be put right."""
    box = request.FILES.get("box")
    try:
        if box is None:
            raise BadBox("none")
        form = opened(str(box.name), box.read())
        if form.who != who(request):
            raise PermissionDenied
        fields, files = form.parsed(request)
    except BadBox:
        return JsonResponse({"said": _("这张表打不开：不是给本系统存的，或者坏了。")}, status=400)
    pairs = [[name, value] for name, values in fields.lists() for value in values]
    return JsonResponse({"url": form.url, "fields": pairs, "files": len(files)})


@public
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that opens kept pages without a network."""
    path = finders.find("js/kept-worker.js")
    if not path:
        raise Http404
    with open(path, encoding="utf-8") as file:  # noqa: PTH123  what the finder gives is a path as text
        script = file.read()
    return HttpResponse(
        script, content_type="text/javascript; charset=utf-8", headers={"Service-Worker-Allowed": "/"}
    )


@public
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """The village desk as a phone installs it."""
    icon = {"src": static("img/mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    said = {
        "name": _("明白 村居工作台"),
        "short_name": _("村居工作台"),
        "lang": "zh-CN",
        "start_url": reverse("village:home"),
        "scope": "/desk/",
        "display": "standalone",
        "background_color": "#f6f8fa",
        "theme_color": "#0b5cad",
        "icons": [icon],
    }
    return JsonResponse(said, content_type="application/manifest+json")
