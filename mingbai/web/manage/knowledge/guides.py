"""Guides: who, what papers, where, how long, what it costs; published, reviewed, withdrawn."""

from functools import partial
from typing import Any

from django import forms
from django.db.models import Case, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core import when
from mingbai.core.pagination import page_of
from mingbai.knowledge import actions
from mingbai.knowledge.actions.guides import REVIEWED_EVERY, TEXTS
from mingbai.knowledge.enums import GuideState
from mingbai.knowledge.models import Guide
from mingbai.knowledge.queries import keepers_of
from mingbai.people.models import User
from mingbai.people.roles import Permission
from mingbai.places.enums import Line
from mingbai.places.models import Region
from mingbai.web.access import staff
from mingbai.web.forms import DayField, WordsField
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import ANY, Ask, FilterForm, Listing, Sheet, Why

_EDIT = Permission.KNOWLEDGE_EDIT


class GuideFilter(FilterForm):
    q = forms.CharField(label=gettext_lazy("事项"), required=False, max_length=40)
    line = forms.ChoiceField(label=gettext_lazy("业务"), required=False, choices=[*ANY, *Line.choices])
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False, choices=[*ANY, *GuideState.choices])


class GuideForm(forms.Form):
    """The words of a guide; what is empty is not shown to residents."""

    title = WordsField(label=gettext_lazy("事项"), most=TEXTS["title"])
    who = WordsField(label=gettext_lazy("谁可以办"), most=TEXTS["who"], rows=2, required=False)
    papers = WordsField(
        label=gettext_lazy("带什么"),
        most=TEXTS["papers"],
        rows=4,
        required=False,
        help_text=gettext_lazy("一行一样。"),
    )
    place = WordsField(label=gettext_lazy("到哪里办"), most=TEXTS["place"], rows=2, required=False)
    steps = WordsField(label=gettext_lazy("怎么办"), most=TEXTS["steps"], rows=5, required=False)
    duration = WordsField(label=gettext_lazy("多久"), most=TEXTS["duration"], required=False)
    cost = WordsField(label=gettext_lazy("多少钱"), most=TEXTS["cost"], required=False)
    basis = WordsField(label=gettext_lazy("依据"), most=TEXTS["basis"], required=False)


class NewGuide(GuideForm):
    line = forms.ChoiceField(label=gettext_lazy("业务"), choices=Line.choices)
    region = forms.ChoiceField(label=gettext_lazy("在哪里适用"))
    field_order = ("title", "line", "region")

    def __init__(self, *args: Any, own: Keeper, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["region"].choices = own.region_choices("city", "county")  # type: ignore[attr-defined]

    def clean_region(self) -> Region:
        return Region.objects.get(code=self.cleaned_data["region"])


class OwnerForm(forms.Form):
    """Whom the guide falls to: those who keep the knowledge of its region."""

    owner = forms.ModelChoiceField(label=gettext_lazy("责任人"), queryset=User.objects.none())

    def __init__(self, *args: Any, keepers: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].queryset = keepers  # type: ignore[attr-defined]
        self.fields["owner"].label_from_instance = lambda user: user.name or user.username  # type: ignore[attr-defined]


class Until(forms.Form):
    review_on = DayField(label=gettext_lazy("下次复核"))


@staff(_EDIT)
def guides(request: HttpRequest) -> HttpResponse:
    """Those due for review stand first."""
    own, today = keeper(request, _EDIT), timezone.localdate()
    form = GuideFilter(request.GET)
    found = Guide.objects.filter(region__in=own.codes).select_related("region", "owner")
    if text := form.value("q"):
        found = found.filter(title__contains=text)
    for name in ("line", "state"):
        if form.value(name):
            found = found.filter(**{name: form.value(name)})
    # A draft and a withdrawn one keep their old day of review: they would stand before what is due.
    published_first = Case(When(state=GuideState.PUBLISHED, then=Value(0)), default=Value(1))
    return Listing(
        title=_("办事指南"),
        form=form,
        columns=(_("事项"), _("业务"), _("适用"), _("状态"), _("责任人"), _("复核")),
        rows=lambda one: [
            link(one.title, "guide", one.pk),
            one.get_line_display(),
            one.region.name,
            one.get_state_display(),
            one.owner.name if one.owner else "",
            _due(one, today),
        ],
        page=page_of(found.order_by(published_first, "review_on", "id"), request.GET, 50),
        actions=[action(_("写一份指南"), "guide_new", icon="plus")],
        empty=_("还没有指南。先写群众问得最多的一件事：谁可以办、带什么、到哪里。"),
    ).show(request)


def _due(guide: Guide, today: Any) -> str:
    day = when.short_day(guide.review_on, today=today)
    is_due = guide.state == GuideState.PUBLISHED and guide.review_on <= today
    return _("%(day)s，该复核了") % {"day": day} if is_due else day


def _guide(request: HttpRequest, pk: int) -> tuple[Keeper, Guide]:
    """404 for what belongs to another part of the tree."""
    own = keeper(request, _EDIT)
    guide = get_object_or_404(Guide.objects.select_related("region", "owner"), pk=pk)
    if guide.region_id not in own.codes:
        raise Http404
    return own, guide


@staff(_EDIT)
def guide(request: HttpRequest, pk: int) -> HttpResponse:
    _own, shown = _guide(request, pk)
    is_out = shown.state == GuideState.PUBLISHED
    labels = {name: field.label for name, field in GuideForm.base_fields.items() if name != "title"}
    ways = [
        action(_("复核，继续有效") if is_out else _("发布"), "guide_publish", pk, icon="check"),
        action(_("修改"), "guide_edit", pk, icon="edit"),
        action(_("换责任人"), "guide_owner", pk, icon="user"),
    ]
    if is_out:
        ways.append(action(_("撤下"), "guide_withdraw", pk, icon="x"))
    return Sheet(
        title=shown.title,
        tags=[{"text": shown.get_state_display(), "tone": "ok" if is_out else ""}],
        facts=[
            (_("业务"), shown.get_line_display()),
            (_("适用"), shown.region.name),
            *((str(label), getattr(shown, name)) for name, label in labels.items()),
            (_("责任人"), shown.owner.name if shown.owner else ""),
            (_("下次复核"), _due(shown, timezone.localdate())),
        ],
        back=(_("办事指南"), reverse("manage:guides")),
        chain=f"guide:{pk}",
        actions=ways,
    ).show(request)


@staff(_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    own = keeper(request, _EDIT)

    def act(data: dict[str, Any]) -> str:
        line, region, title = data.pop("line"), data.pop("region"), data.pop("title")
        made = actions.write_guide(
            by=own.user.actor, title=title, line=line, region=region, texts=data, owner=own.user
        )
        return reverse("manage:guide", args=[made.pk])

    lead = _("写完先是草稿，自己看一遍再发布；发布了群众才看得到。")
    back = (_("办事指南"), reverse("manage:guides"))
    return Ask(_("写一份指南"), partial(NewGuide, own=own), act, back, lead=lead).show(request)


@staff(_EDIT)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    own, held = _guide(request, pk)

    def act(data: dict[str, Any]) -> None:
        actions.edit_guide(by=own.user.actor, guide=held, texts=data)

    form = partial(GuideForm, initial={name: getattr(held, name) for name in GuideForm.base_fields})
    return Ask(_("修改指南"), form, act, _back(held)).show(request)


@staff(_EDIT)
def owner(request: HttpRequest, pk: int) -> HttpResponse:
    own, held = _guide(request, pk)

    def act(data: dict[str, Any]) -> None:
        actions.edit_guide(by=own.user.actor, guide=held, owner=data["owner"])

    form = partial(OwnerForm, keepers=keepers_of(held), initial={"owner": held.owner_id})
    lead = _("到复核日提醒的是责任人。人员变动时在这里交接。")
    return Ask(_("换责任人"), form, act, _back(held), lead=lead).show(request)


@staff(_EDIT)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    own, held = _guide(request, pk)

    def act(data: dict[str, Any]) -> None:
        actions.publish_guide(by=own.user.actor, guide=held, **data)

    form = partial(Until, initial={"review_on": timezone.localdate() + REVIEWED_EVERY})
    lead = _("发布后群众马上能查到；到复核日会提醒责任人。")
    return Ask(_("发布"), form, act, _back(held), button=_("发布"), lead=lead, done=_("已发布。")).show(
        request
    )


@staff(_EDIT)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    own, held = _guide(request, pk)

    def act(data: dict[str, Any]) -> None:
        actions.withdraw_guide(by=own.user.actor, guide=held, **data)

    return Ask(_("撤下指南"), Why, act, _back(held), button=_("撤下"), is_danger=True).show(request)


def _back(guide: Guide) -> tuple[str, str]:
    return guide.title, reverse("manage:guide", args=[guide.pk])
