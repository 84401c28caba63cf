"""Lay words and the law's words for them, laws and their other names, and the state of the index."""

from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from mingbai.core import when
from mingbai.core.pagination import page_of
from mingbai.knowledge import actions
from mingbai.knowledge.entries import law_names
from mingbai.knowledge.models import Document, IndexState, Law, Synonym
from mingbai.knowledge.perms import can_edit_words
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.forms import WordsField
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import Ask, FilterForm, Listing, Section, Sheet, Sure

_EDIT = Permission.KNOWLEDGE_EDIT


def _keeper(request: HttpRequest) -> Keeper:
    """Words and names serve the whole city."""
    own = keeper(request, _EDIT)
    if not can_edit_words(own.user):
        raise PermissionDenied
    return own


def _may(request: HttpRequest) -> bool:
    return can_edit_words(request.user)


class WordFilter(FilterForm):
    q = forms.CharField(label=gettext_lazy("词"), required=False, max_length=40)


class SynonymForm(forms.Form):
    lay = WordsField(label=gettext_lazy("群众说法"), most=64, help_text=gettext_lazy("比如：老板不给钱"))
    legal = WordsField(label=gettext_lazy("法律用语"), most=64, help_text=gettext_lazy("比如：拖欠劳动报酬"))


@staff(_EDIT)
def synonyms(request: HttpRequest) -> HttpResponse:
    form, may = WordFilter(request.GET), _may(request)
    found = Synonym.objects.filter(is_active=True)
    if text := form.value("q"):
        found = found.filter(Q(lay__contains=text) | Q(legal__contains=text))
    return Listing(
        title=_("同义词"),
        lead=_("群众怎么说，法律怎么说。加一条，马上就能用群众的话查到法律。"),
        form=form,
        columns=(_("群众说法"), _("法律用语"), *([_("不再用")] if may else [])),
        rows=lambda one: [one.lay, one.legal, *([link(_("去掉"), "synonym_drop", one.pk)] if may else [])],
        page=page_of(found.order_by("lay", "legal"), request.GET, 100),
        actions=[action(_("加一条"), "synonym_new", icon="plus")] if may else [],
        empty=_("没有这样的词。"),
    ).show(request)


@staff(_EDIT)
def synonym_new(request: HttpRequest) -> HttpResponse:
    own = _keeper(request)

    def act(data: dict[str, Any]) -> None:
        actions.add_synonym(by=own.user.actor, **data)

    back = (_("同义词"), reverse("manage:synonyms"))
    return Ask(_("加一条同义词"), SynonymForm, act, back, done=_("已加上，现在就能查到。")).show(request)


@staff(_EDIT)
def synonym_drop(request: HttpRequest, pk: int) -> HttpResponse:
    own, held = _keeper(request), get_object_or_404(Synonym, pk=pk)

    def act(data: dict[str, Any]) -> None:
        actions.drop_synonym(by=own.user.actor, synonym=held)

    back = (_("同义词"), reverse("manage:synonyms"))
    return Ask(_("去掉“%(word)s”") % {"word": held}, Sure, act, back, button=_("去掉"), is_danger=True).show(
        request
    )


@staff(_EDIT)
def laws(request: HttpRequest) -> HttpResponse:
    """The laws, and whether the index is whole."""
    form, today = WordFilter(request.GET), timezone.localdate()
    in_force = Q(articles__valid_to=None) | Q(articles__valid_to__gte=today)
    found = Law.objects.annotate(held=Count("articles", filter=in_force), all=Count("articles"))
    if text := form.value("q"):
        found = found.filter(title__contains=text)
    return Listing(
        title=_("法律"),
        lead=_("法律由管理服务器的人用 import_laws 导入；修改后的条文带着施行日期进来，旧的留着可查。"),
        form=form,
        columns=(_("名称"), "#" + _("现行条数"), "#" + _("历次条文"), _("简称")),
        rows=lambda one: [link(one.title, "law", one.pk), one.held, one.all, "、".join(law_names(one))],
        page=page_of(found.order_by("title"), request.GET, 50),
        actions=[action(_("查询索引"), "search_index", icon="search")],
        empty=_("还没有导入法律。请管理服务器的人运行 import_laws。"),
    ).show(request)


class NamesForm(forms.Form):
    aliases = WordsField(
        label=gettext_lazy("还叫什么"), most=800, rows=4, required=False, help_text=gettext_lazy("一行一个。")
    )


@staff(_EDIT)
def law(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Law, pk=pk)
    past = page_of(
        shown.articles.exclude(valid_to=None).order_by("number", "suffix", "valid_to", "id"), request.GET, 50
    )
    today = timezone.localdate()
    return Sheet(
        title=shown.title,
        facts=[
            (_("通过与修改"), shown.adoption),
            (_("简称"), "、".join(law_names(shown))),
            (_("原文"), {"text": _("看现行条文"), "url": reverse("public:law", args=[pk])}),
        ],
        back=(_("法律"), reverse("manage:laws")),
        chain=f"law:{pk}",
        actions=[action(_("改简称"), "law_name", pk, icon="edit")] if _may(request) else [],
        sections=[
            Section(
                title=_("改过、废止过的条文"),
                columns=(_("条"), _("从哪天起"), _("到哪天为止"), _("原来怎么写")),
                rows=[
                    [row.name, _last(row.valid_from, today), _last(row.valid_to, today), row.text[:120]]
                    for row in past.items
                ],
                page=past,
                empty=_("没有。"),
            )
        ],
    ).show(request)


def _last(day: date | None, today: date) -> str:
    return when.short_day(day, today=today) if day else ""


@staff(_EDIT)
def law_name(request: HttpRequest, pk: int) -> HttpResponse:
    own, held = _keeper(request), get_object_or_404(Law, pk=pk)

    def act(data: dict[str, Any]) -> None:
        actions.name_law(by=own.user.actor, law=held, aliases=data["aliases"].splitlines())

    form = partial(NamesForm, initial={"aliases": "\n".join(held.aliases)})
    back = (held.title, reverse("manage:law", args=[pk]))
    return Ask(_("改简称"), form, act, back).show(request)


@staff(_EDIT)
def index(request: HttpRequest) -> HttpResponse:
    state = IndexState.objects.filter(id=1).first()
    slot = state.slot if state else 0
    counts = Document.objects.filter(slot=slot).values("kind").annotate(n=Count("pk")).order_by("kind")
    damaged = state.damaged_at if state else None
    return Sheet(
        title=_("查询索引"),
        tags=[{"text": _("后台马上重建") if damaged else _("完好"), "tone": "soon" if damaged else "ok"}],
        facts=[
            (_("上次重建"), when.moment(state.built_at) if state and state.built_at else _("还没有重建过")),
            (_("要求重建"), when.moment(damaged) if damaged else ""),
            (_("正在重建"), _("是") if state and state.building else ""),
            *((Document(kind=row["kind"]).get_kind_display(), str(row["n"])) for row in counts),
        ],
        lead=_("新写、改过的内容当时就进索引，不用重建。后台每分钟看一次，坏了会自己重建。"),
        back=(_("法律"), reverse("manage:laws")),
        actions=[{**action(_("现在重建"), "search_rebuild", icon="refresh"), "post": True}]
        if _may(request)
        else [],
    ).show(request)


@staff(_EDIT)
@require_POST
def rebuild(request: HttpRequest) -> HttpResponse:
    """Marked as damaged, so that the worker rebuilds it beside the one in use: no page waits for it."""
    own = _keeper(request)
    actions.note_damage(by=own.user.actor, error="rebuild asked for")
    return redirect("manage:search_index")
