"""What pages of rows share in every room: a list, one row with its history, a form for one act."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.pagination import Page
from mingbai.web.forms import refusals, unjudged, wants_list_only
from mingbai.web.history import entries_of

Text = str | Promise
Cell = Any
"""Text, or a dict with text and url."""

ANY = [("", gettext_lazy("全部"))]


def columns(*labels: Text) -> list[dict[str, Any]]:
    """A label that begins with # heads figures."""
    return [{"label": str(label).lstrip("#"), "num": str(label).startswith("#")} for label in labels]


class FilterForm(forms.Form):
    """Lives in the address; what it does not know is left out, never an error."""

    q = forms.CharField(label=gettext_lazy("名称或代码"), required=False, max_length=40)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")

    def value(self, name: str) -> str:
        self.is_valid()
        return str(self.cleaned_data.get(name) or "").replace("\x00", "").strip()


@dataclass
class Listing:
    """A register as a list: its filters in the address, its rows page by page."""

    title: Text
    columns: Sequence[Text]
    rows: Callable[[Any], Sequence[Cell]]
    page: Page[Any]
    form: FilterForm | None = None
    lead: Text = ""
    actions: Sequence[dict[str, Any]] = ()
    empty: Text = gettext_lazy("登记以后，都列在这里。")
    """What belongs here and what to do first, where nothing is here yet."""
    back: tuple[Text, str] | None = None
    tabs: Sequence[dict[str, Any]] = ()
    """The lists that stand beside this one; the way back is left out where there are some."""
    first: dict[str, Any] | None = None
    """Where nothing is here yet: the way to what has to be done before, unless one of `actions` does it."""

    def show(self, request: HttpRequest) -> HttpResponse:
        chips = _chips(self.form, request) if self.form else []
        is_new = self.first is not None and not chips and not self.page.items
        context = {
            "title": self.title,
            "lead": self.lead,
            "tabs": self.tabs,
            "form": None if is_new else self.form,
            "chips": chips,
            "columns": columns(*self.columns),
            "rows": [{"cells": self.rows(row)} for row in self.page.items],
            "page": self.page,
            "primary": self.actions[0] if self.actions else None,
            "actions": self.actions[1:],
            "empty": self.empty,
            "first": self.first,
            "back": self.back or (_("设置"), reverse("manage:home")),
        }
        return render(request, "manage/list.html", context)


def _chips(form: FilterForm, request: HttpRequest) -> list[dict[str, str]]:
    chips = []
    for name, one in form.fields.items():
        value = form.value(name)
        if value and value != "False":
            said = dict(getattr(one, "choices", ())).get(value, "" if value == "True" else value)
            rest = request.GET.copy()
            rest.pop(name, None)
            rest.pop("page", None)
            label = _("%(name)s：%(what)s") % {"name": one.label, "what": said} if said else str(one.label)
            chips.append({"label": label, "url": f"?{rest.urlencode()}"})
    return chips


@dataclass
class Section:
    """A table on the page of one row."""

    title: Text
    columns: Sequence[Text] = ()
    rows: Sequence[Sequence[Cell]] = ()
    actions: Sequence[dict[str, Any]] = ()
    note: Text = ""
    empty: Text = gettext_lazy("还没有。")
    page: Any = None
    """The `core.pagination.Page` whose rows these are, where there are more than one page holds."""

    def shown(self, number: int) -> dict[str, Any]:
        return {
            "id": f"section-{number}",
            "title": self.title,
            "note": self.note,
            "columns": columns(*self.columns),
            "rows": [{"cells": row} for row in self.rows],
            "actions": self.actions,
            "empty": self.empty,
            "page": self.page,
        }


@dataclass
class Sheet:
    """The page of one row: what is known, what may be done, and all that was done."""

    title: Text
    facts: Sequence[tuple[Text, Cell]]
    back: tuple[Text, str]
    chain: str = ""
    lead: Text = ""
    tags: Sequence[dict[str, str]] = ()
    actions: Sequence[dict[str, Any]] = ()
    sections: Sequence[Section] = field(default_factory=tuple)

    def show(self, request: HttpRequest) -> HttpResponse:
        context = {
            "title": self.title,
            "lead": self.lead,
            "tags": self.tags,
            "facts": [(label, value) for label, value in self.facts if value not in ("", None)],
            "primary": self.actions[0] if self.actions else None,
            "actions": self.actions[1:3],
            "more": self.actions[3:],
            "sections": [section.shown(n) for n, section in enumerate(self.sections, start=1)],
            "chain": self.chain,
            "history": entries_of(self.chain) if self.chain else [],
            "back": self.back,
        }
        return render(request, "manage/page.html", context)


@dataclass
class Ask:
    """A form that does one thing: GET asks, POST does; a refusal stands on the form with what was typed.

    `act` gets the clean values and may return another address to go to than `back`, or a page to show.
    """

    title: Text
    form: Callable[..., forms.Form]
    act: Callable[[dict[str, Any]], Any]
    back: tuple[Text, str]
    button: Text = gettext_lazy("保存")
    done: Text = gettext_lazy("已保存，并记入变更记录。")
    lead: Text = ""
    is_danger: bool = False
    renamed: dict[str, str] = field(default_factory=dict)
    extra: str = ""
    """The name of a template with what stands below the fields."""

    def show(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self._page(request, self.form())
        form = self.form(request.POST, request.FILES)
        if wants_list_only(request.POST):
            return self._page(request, unjudged(form))
        if form.is_valid():
            with refusals(form, **self.renamed):
                then = self.act(form.cleaned_data)
                if isinstance(then, HttpResponse):
                    return then
                messages.success(request, str(self.done))
                return redirect(then if isinstance(then, str) else self.back[1])
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        context = {
            "title": self.title,
            "lead": self.lead,
            "form": form,
            "button": self.button,
            "is_danger": self.is_danger,
            "back": self.back,
            "extra": self.extra,
            "has_files": form.is_multipart(),
        }
        return render(request, "manage/form.html", context)


class Sure(forms.Form):
    """Asks nothing but whether it is meant."""


class Why(forms.Form):
    """Asks for the reason."""

    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )
