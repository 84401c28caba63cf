"""Laws, guides, answers, offices and people in one box; what is typed is posted, so no address keeps it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingbai.core.pagination import page_of
from mingbai.knowledge.models import Answer, Article, Guide, Law
from mingbai.web.access import HtmxRequest, face_of, public
from mingbai.web.hits import answered_before, found_for
from mingbai.web.public.stations import NEAR_COOKIE

ARTICLES_A_PAGE, MOST_WORDINGS = 100, 20


@public
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HtmxRequest) -> HttpResponse:
    """The box and what it found; a kind narrows it."""
    near = request.COOKIES.get(NEAR_COOKIE, "")
    context = found_for(request.POST, region=near, typing=bool(request.htmx), face=face_of(request))
    return render(request, "public/find.html", context)


@public
@require_POST
def alike(request: HttpRequest) -> HttpResponse:
    """Answered questions like the one that is being written: a fragment, kept nowhere."""
    rows = answered_before(request.POST.get("text", ""))
    return render(request, "components/alike.html", {"rows": rows, "title": _("也许已经有答案")})


@public
@require_safe
def law(request: HttpRequest, pk: int) -> HttpResponse:
    """A law as it reads today, chapter by chapter, in pages; since when each wording holds."""
    shown = get_object_or_404(Law.objects.visible_to(request.user), pk=pk)
    articles = shown.articles.in_force(timezone.localdate()).order_by("number", "suffix")
    page = page_of(articles, request.GET, ARTICLES_A_PAGE)
    return render(request, "public/law.html", {"law": shown, "page": page})


@public
@require_safe
def article(request: HttpRequest, pk: int) -> HttpResponse:
    """One article, and whether it still reads so."""
    shown = get_object_or_404(Article.objects.visible_to(request.user).select_related("law"), pk=pk)
    today = timezone.localdate()
    context: dict[str, Any] = {
        "article": shown,
        "is_past": bool(shown.valid_to and shown.valid_to < today),
        "wordings": shown.law.articles.filter(number=shown.number, suffix=shown.suffix)
        .exclude(pk=shown.pk)
        .order_by("-valid_from", "-id")[:MOST_WORDINGS],
        "is_coming": bool(shown.valid_from and shown.valid_from > today),
    }
    return render(request, "public/article.html", context)


@public
@require_safe
def howto(request: HttpRequest, pk: int) -> HttpResponse:
    """How one matter is done: who, what papers, where, how long, what it costs."""
    shown = get_object_or_404(Guide.objects.published().select_related("region"), pk=pk)
    return render(request, "public/howto.html", {"guide": shown})


@public
@require_safe
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """A reviewed answer with the articles it rests on; never one that waits for its review."""
    published = Answer.objects.published(timezone.localdate()).prefetch_related("articles__law")
    return render(request, "public/answer.html", {"answer": get_object_or_404(published, pk=pk)})
