"""The field for a place: county → township → village, not in this city, not known, or a typed name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mingbai.cases.enums import Place
from mingbai.places.enums import Level
from mingbai.places.queries import register
from mingbai.places.rules import Register

_MOST_FOUND = 8
_ELSEWHERE = {"outside": Place.OUTSIDE, "unknown": Place.UNKNOWN}

Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Where:
    """The clean value: `region` is the deepest chosen code, "" outside the city or where nobody knows."""

    place: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class Picked:
    """What the picker sent; each level only where it lies beneath the one above."""

    county: str = ""
    town: str = ""
    village: str = ""
    query: str = ""

    @property
    def deepest(self) -> str:
        return self.village or self.town or self.county


def picked_from(data: Mapping[str, Any], register: Register) -> Picked:
    """From a form or an address; a found place (`place`) sets all three levels."""
    found = str(data.get("place") or "")
    if found in register.regions:
        return picked_at(found, register)
    query = str(data.get("place_q") or "").strip()[:40]
    county = str(data.get("county") or "")
    town = _beneath(str(data.get("town") or ""), county, register)
    return Picked(county, town, _beneath(str(data.get("village") or ""), town, register), query)


def picked_at(code: str, register: Register) -> Picked:
    """The three levels down to this region."""
    if code in _ELSEWHERE:
        return Picked(county=code)
    if code not in register.regions:
        return Picked()
    levels = {row.level: row.code for row in register.ancestors(code)}
    return Picked(levels.get(Level.COUNTY, ""), levels.get(Level.TOWNSHIP, ""), levels.get(Level.VILLAGE, ""))


def _beneath(code: str, parent: str, register: Register) -> str:
    return code if code and code in dict(choices_below(register, parent)) else ""


def choices_below(register: Register, parent: str) -> Choices:
    """What people choose right below a region today; nothing below "" or an unknown code."""
    if parent not in register.regions:
        return []
    return [(row.code, row.name) for row in register.children(parent, timezone.localdate())]


def found_by(register: Register, query: str) -> Choices:
    """Places of the city whose name holds the typed words, the larger first, with their full name."""
    today = timezone.localdate()
    ranks = {Level.COUNTY: 0, Level.TOWNSHIP: 1, Level.VILLAGE: 2}
    rows = (register.regions[code] for code in register.subtree(settings.CITY_CODE))
    hits = [row for row in rows if query and query in row.name and row.level in ranks and row.is_valid(today)]
    hits.sort(key=lambda row: (ranks[Level(row.level)], len(row.name), row.code))
    return [(row.code, full_name(register, row.code)) for row in hits[:_MOST_FOUND]]


def full_name(register: Register, code: str) -> str:
    """抚顺县 石文镇 瓦房村: without the city, which all of them share."""
    return register.path_names(code).removeprefix(register.path_names(settings.CITY_CODE)).strip()


def picker_context(
    picked: Picked, *, id: str, hint: str | Promise = "", errors: list[str] | None = None
) -> dict[str, Any]:
    """What components/region_picker.html needs."""
    places = register()
    return {
        "id": id,
        "url": f"{reverse('public:regions')}?id={id}",
        "counties": choices_below(places, settings.CITY_CODE),
        "towns": choices_below(places, picked.county),
        "villages": choices_below(places, picked.town),
        "county": picked.county,
        "town": picked.town,
        "village": picked.village,
        "query": picked.query,
        "found": found_by(places, picked.query),
        "hint": hint,
        "errors": errors or [],
    }


class RegionWidget(forms.Widget):
    """Draws the component region_picker; its inputs have fixed names, so one of them stands on a form."""

    use_fieldset = True
    hint: str | Promise = ""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.errors: list[str] = []

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Picked:
        return picked_from(data, register())

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return "county" not in data

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-county"

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        picked = value if isinstance(value, Picked) else picked_at(str(value or ""), register())
        id_ = (attrs or {}).get("id") or f"id_{name}"
        context = picker_context(picked, id=id_, hint=self.hint, errors=self.errors)
        return render_to_string("components/region_picker.html", context)


class RegionField(forms.Field):
    """Gives `Where`; `initial`: a region code, "outside" or "unknown". Drawn by `{{ form.where }}`."""

    widget = RegionWidget

    def __init__(self, *, hint: str | Promise = "", **options: Any) -> None:
        super().__init__(**options)
        self.widget.hint = hint

    def clean(self, value: Any) -> Where:
        try:
            return self._where(value)
        except ValidationError as error:
            self.widget.errors = list(error.messages)
            raise

    def _where(self, picked: Picked) -> Where:
        if picked.county in _ELSEWHERE:
            return Where(_ELSEWHERE[picked.county])
        if not picked.county and not self.required:
            return Where(Place.UNKNOWN)
        if not picked.county:
            raise ValidationError(_("请选县、区。不在本市、不清楚的，也在这一栏里选。"), code="required")
        if picked.deepest not in register().regions:
            raise ValidationError(_("没有这个地区。请重新选择，或选“我不清楚”。"), code="unknown_region")
        return Where(Place.KNOWN, picked.deepest)
