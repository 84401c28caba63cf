"""The division tree: level by level, and its dated changes with their source."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core import when
from mingbai.core.pagination import page_of
from mingbai.people.roles import Permission
from mingbai.places import actions
from mingbai.places.enums import Level
from mingbai.places.models import Region, RegionChange
from mingbai.web.access import staff
from mingbai.web.forms import DayField, WordsField
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import ANY, Ask, FilterForm, Listing, Section, Sheet

_BELOW = {Level.CITY: Level.COUNTY, Level.COUNTY: Level.TOWNSHIP, Level.TOWNSHIP: Level.VILLAGE}


class RegionFilter(FilterForm):
    level = forms.ChoiceField(label=gettext_lazy("层级"), required=False, choices=[*ANY, *Level.choices])
    region = forms.ChoiceField(label=gettext_lazy("地区"), required=False)
    ended = forms.BooleanField(label=gettext_lazy("只看已终止的"), required=False)

    def __init__(self, data: Any, own: Keeper) -> None:
        super().__init__(data)
        self.fields["region"].choices = [*ANY, *own.county_choices()]  # type: ignore[attr-defined]


@staff(Permission.PLACES_EDIT)
def regions(request: HttpRequest) -> HttpResponse:
    own, today = keeper(request, Permission.PLACES_EDIT), timezone.localdate()
    form = RegionFilter(request.GET, own)
    found = Region.objects.filter(code__in=own.codes).select_related("parent").order_by("path")
    if text := form.value("q"):
        found = found.filter(name__contains=text) | found.filter(code__startswith=text)
    if form.value("level"):
        found = found.filter(level=form.value("level"))
    if form.value("region"):
        found = found.filter(code__in=own.places.subtree(form.value("region")))
    found = found.filter(valid_to__lt=today) if form.value("ended") else found.living(today)
    return Listing(
        title=_("行政区划"),
        form=form,
        columns=(_("名称"), _("层级"), _("上级"), _("代码"), "#" + _("下级")),
        rows=lambda one: [
            link(one.name, "region", one.code),
            one.get_level_display(),
            one.parent.name if one.parent else "",
            one.code,
            str(len(own.places.children(one.code, today))),
        ],
        page=page_of(found, request.GET, 50),
    ).show(request)


@staff(Permission.PLACES_EDIT)
def region(request: HttpRequest, code: str) -> HttpResponse:
    own, today = keeper(request, Permission.PLACES_EDIT), timezone.localdate()
    found = own.region(code)
    tags = [{"text": found.get_level_display(), "tone": ""}]
    if found.valid_to:
        tags.append(
            {"text": _("%(day)s终止") % {"day": when.day(found.valid_to, today=today)}, "tone": "late"}
        )
    children = [
        [link(row.name, "region", row.code), Level(row.level).label, row.code]
        for row in own.places.children(code, today)
    ]
    there = [
        [link(row.name, "station", row.code), row.code, _("已建成") if row.is_built else _("未建成")]
        for row in own.places.stations_at(code)
    ]
    return Sheet(
        title=found.name,
        tags=tags,
        facts=[
            (_("区划代码"), code),
            (_("全称"), own.places.path_names(code)),
            (_("上级"), _above(found, own)),
            (_("设立"), when.day(found.valid_from, today=today) if found.valid_from else ""),
        ],
        back=(_("行政区划"), reverse("manage:regions")),
        chain=f"region:{code}",
        actions=_ways(found, own),
        sections=[
            Section(
                _("下级"),
                (_("名称"), _("层级"), _("代码")),
                children,
                note=_("%(n)d 个") % {"n": len(children)},
            ),
            Section(_("站点"), (_("名称"), _("代码"), _("状态")), there),
            _changes(found),
        ],
    ).show(request)


def _above(found: Region, own: Keeper) -> Any:
    """The parent, where it is within the own reach."""
    above = found.parent
    return link(above.name, "region", above.code) if above and above.code in own.codes else ""


def _reaches_above(found: Region, own: Keeper) -> bool:
    """What changes the region above is for who keeps that too: a county founds no county beside it."""
    return found.parent_id in own.codes


def _ways(found: Region, own: Keeper) -> list[dict[str, Any]]:
    if found.valid_to:
        return []
    ways = [action(_("更名"), "region_change", found.code, "rename", icon="edit")]
    if found.level in _BELOW:
        ways.append(action(_("新设下级"), "region_change", found.code, "new", icon="plus"))
    if _reaches_above(found, own):
        ways += [
            action(_("划转"), "region_change", found.code, "move"),
            action(_("合并"), "region_change", found.code, "merge"),
            action(_("分设"), "region_change", found.code, "split"),
            action(_("撤销"), "region_change", found.code, "abolish"),
        ]
    return ways


def _changes(found: Region) -> Section:
    rows = [
        [
            when.day(one.on, today=timezone.localdate()),
            one.get_kind_display(),
            one.new_name or (one.into.name if one.into else ""),
            one.source,
            _("已生效") if one.applied_at else _("到日子自动生效"),
        ]
        for one in RegionChange.objects.filter(region=found).select_related("into").order_by("-on", "-id")
    ]
    head = (_("日期"), _("变更"), _("变为"), _("依据"), _("状态"))
    return Section(_("区划变更"), head, rows, empty=_("没有变更过。"))


class ChangeForm(forms.Form):
    """Every change has its day and its source."""

    on = DayField(label=gettext_lazy("从哪天起"))
    source = WordsField(label=gettext_lazy("依据"), most=200, help_text=gettext_lazy("批复的文号。"))

    def __init__(self, *args: Any, own: Keeper, found: Region, **options: Any) -> None:
        options["initial"] = {"on": timezone.localdate()}
        super().__init__(*args, **options)
        self.own, self.found = own, found
        self.prepare()

    def prepare(self) -> None:
        """Fill the choices."""


class RenameForm(ChangeForm):
    name = WordsField(label=gettext_lazy("新名称"), most=64)
    field_order = ("name",)


class NewForm(ChangeForm):
    code = forms.RegexField(
        r"^[0-9]{12}$",
        label=gettext_lazy("区划代码"),
        error_messages={"invalid": gettext_lazy("区划代码是 12 位数字。")},
    )
    name = WordsField(label=gettext_lazy("名称"), most=64)
    field_order: tuple[str, ...] = ("code", "name")


class SplitForm(NewForm):
    members = forms.MultipleChoiceField(
        label=gettext_lazy("带走哪些下级"), required=False, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("code", "name", "members")

    def prepare(self) -> None:
        rows = self.own.places.children(self.found.code, timezone.localdate())
        direct = [(row.code, row.name) for row in rows if row.parent == self.found.code]
        self.fields["members"].choices = direct  # type: ignore[attr-defined]

    def clean_members(self) -> list[Region]:
        return list(Region.objects.filter(code__in=self.cleaned_data["members"]).order_by("code"))


class MoveForm(ChangeForm):
    parent = forms.ChoiceField(label=gettext_lazy("划归哪里"))
    field_order = ("parent",)

    def prepare(self) -> None:
        above = [level.value for level in list(Level)[: list(Level).index(Level(self.found.level))]]
        groups = self.own.region_choices(*above)
        self.fields["parent"].choices = [("", _("请选择")), *groups]  # type: ignore[attr-defined]

    def clean_parent(self) -> Region:
        return Region.objects.get(code=self.cleaned_data["parent"])


class MergeForm(ChangeForm):
    into = forms.ChoiceField(label=gettext_lazy("并入"))
    field_order = ("into",)

    def prepare(self) -> None:
        groups = self.own.region_choices(self.found.level)
        kept = [(name, [one for one in rows if one[0] != self.found.code]) for name, rows in groups]
        self.fields["into"].choices = [("", _("请选择")), *kept]  # type: ignore[attr-defined]

    def clean_into(self) -> Region:
        return Region.objects.get(code=self.cleaned_data["into"])


def _new(*, by: Any, region: Region, **data: Any) -> Region:
    return actions.create_region(by=by, level=_BELOW[Level(region.level)], parent=region, **data)


CHANGES: dict[str, tuple[Any, type[ChangeForm], Callable[..., Any], Any]] = {
    "rename": (gettext_lazy("更名"), RenameForm, actions.rename_region, gettext_lazy("站点的名称另行修改。")),
    "new": (gettext_lazy("新设下级"), NewForm, _new, gettext_lazy("同时登记它应有的站点。")),
    "move": (
        gettext_lazy("划转"),
        MoveForm,
        actions.move_region,
        gettext_lazy("连同下级一起划到另一个上级。"),
    ),
    "merge": (
        gettext_lazy("合并"),
        MergeForm,
        actions.merge_regions,
        gettext_lazy("旧代码照样能用：填旧地名的办件归到并入的区划。站点随之划过去，要停办的另行停办。"),
    ),
    "split": (gettext_lazy("分设"), SplitForm, actions.split_region, gettext_lazy("分出一个同级的新区划。")),
    "abolish": (
        gettext_lazy("撤销"),
        ChangeForm,
        actions.abolish_region,
        gettext_lazy("没有并入哪里：它的事项往上一级走。还有下级时不能撤销。"),
    ),
}


@staff(Permission.PLACES_EDIT)
def change(request: HttpRequest, code: str, what: str) -> HttpResponse:
    own = keeper(request, Permission.PLACES_EDIT)
    found = own.region(code)
    if what not in CHANGES or (what == "new" and found.level not in _BELOW):
        raise Http404
    if what not in ("rename", "new") and not _reaches_above(found, own):
        raise Http404
    label, form, do, lead = CHANGES[what]

    def act(data: dict[str, Any]) -> None:
        do(by=own.user.actor, region=found, **data)

    title = _("%(name)s：%(what)s") % {"name": found.name, "what": label}
    ask = Ask(
        title,
        partial(form, own=own, found=found),
        act,
        (found.name, reverse("manage:region", args=[code])),
    )
    ask.button, ask.lead, ask.is_danger = label, lead, what == "abolish"
    return ask.show(request)
