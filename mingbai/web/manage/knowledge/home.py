"""Where the keeping of the knowledge begins: what this person may keep, and what waits."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.knowledge.models import Answer, Guide
from mingbai.knowledge.perms import is_keeper
from mingbai.people.models import User
from mingbai.people.perms import can
from mingbai.people.roles import Permission as P
from mingbai.web.access import staff
from mingbai.web.manage.knowledge.answers import waiting
from mingbai.web.manage.reach import keeper


@staff(None)
def home(request: HttpRequest) -> HttpResponse:
    """Tiles with what waits; nothing for who keeps nothing."""
    user: Any = request.user
    tiles = [*_editing(request, user), *_reviewing(user)]
    context = {"groups": [{"title": _("知识"), "tiles": tiles}] if tiles else [], "transfers": []}
    return render(request, "manage/home.html", context)


home.shown_to = is_keeper  # type: ignore[attr-defined]


def _tile(icon: str, title: str, sub: str, name: str) -> dict[str, Any]:
    return {"icon": icon, "title": title, "sub": sub, "url": reverse(f"manage:{name}")}


def _editing(request: HttpRequest, user: User) -> list[dict[str, Any]]:
    if not can(user, P.KNOWLEDGE_EDIT):
        return []
    own = keeper(request, P.KNOWLEDGE_EDIT)
    due = Guide.objects.due_for_review(timezone.localdate()).filter(region__in=own.codes).count()
    guides = _("%(n)d 份该复核") % {"n": due} if due else _("谁可以办、带什么、到哪里")
    return [
        _tile("file-text", _("办事指南"), guides, "guides"),
        _tile("arrows-exchange", _("同义词"), _("群众怎么说，法律怎么说"), "synonyms"),
        _tile("list-details", _("主题代码"), _("别的系统叫什么"), "topics"),
        _tile("scale", _("法律"), _("条文、简称、索引"), "laws"),
    ]


def _reviewing(user: User) -> list[dict[str, Any]]:
    if not can(user, P.ANSWER_REVIEW):
        return []
    held = Answer.objects.visible_to(user).exclude(question="")
    count = held.filter(waiting(timezone.localdate())).count()
    sub = _("%(n)d 条等审核、该复核") % {"n": count} if count else _("提出的问答由律师审核")
    return [_tile("message-2-question", _("问答审核"), sub, "answers")]
