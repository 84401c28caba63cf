"""Registers as sheets: the same columns out and in, previewed with the refused rows before anything lands."""

import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.refused import Refused
from mingbai.integrations.ledgers.files import read
from mingbai.people.actions.imports import WORKER_COLUMNS, import_workers, note_export
from mingbai.people.models import Worker
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.places.actions import import_regions, import_stations
from mingbai.places.actions.imports import Imported
from mingbai.places.enums import Line
from mingbai.places.models import Region, Station
from mingbai.places.rules.sheets import STATION_COLUMNS
from mingbai.web.access import staff
from mingbai.web.exports import table_file
from mingbai.web.forms import WordsField, refusals, said
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.manage.ways import action

MOST_BYTES, MOST_KEPT, MOST_SHOWN = 5_000_000, 1_800_000, 100
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Sheet:
    """`needed`: columns without which a file is refused; `place`: those that say where a row lies."""

    code: str
    title: Any
    permission: Permission
    columns: Sequence[str]
    needed: Sequence[str]
    place: Sequence[str]
    land: Callable[..., Imported]
    written: Callable[[Keeper], Iterable[Sequence[str]]]
    city_only: bool = False


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _regions(own: Keeper) -> Iterable[Sequence[str]]:
    living = Region.objects.filter(code__in=own.codes).living(timezone.localdate()).order_by("path")
    return ((row.code, row.name, row.level, row.parent_id or "") for row in living)


def _stations(own: Keeper) -> Iterable[Sequence[str]]:
    found = Station.objects.filter(code__in=own.stations).order_by("code")
    for one in found:
        lines = own.places.stations[one.code].lines
        yield (
            one.region_id,
            one.code,
            one.name,
            one.tier,
            _yes(one.is_built),
            _yes(one.own_premises),
            ";".join(line.value for line in Line if line in lines),
            *(str(count) for count in (one.windows, one.hotline_seats, one.kiosks)),
            one.planned_on.isoformat() if one.planned_on else "",
            _yes(one.takes_matters),
            one.substitute_id or "",
            one.address,
            one.phone,
            *("" if degrees is None else str(degrees) for degrees in (one.latitude, one.longitude)),
        )


def _people(own: Keeper) -> Iterable[Sequence[str]]:
    found = Worker.objects.filter(region__in=own.codes, is_active=True) | Worker.objects.filter(
        station__in=own.stations, is_active=True
    )
    for one in found.prefetch_related("skills").order_by("code"):
        yield (
            one.code,
            one.name,
            one.post,
            "专职" if one.is_full_time else "兼职",
            one.post_type,
            one.region_id,
            one.station_id or "",
            one.licence_no,
            ";".join(sorted({skill.line for skill in one.skills.all()})),
            one.phone,
        )


P = Permission
SHEETS = {
    sheet.code: sheet
    for sheet in (
        Sheet(
            "regions",
            gettext_lazy("行政区划"),
            P.PLACES_EDIT,
            ("区划代码", "名称", "层级", "上级代码"),
            ("区划代码", "名称", "层级"),
            (),
            import_regions,
            _regions,
            city_only=True,
        ),
        Sheet(
            "stations",
            gettext_lazy("站点"),
            P.PLACES_EDIT,
            tuple(STATION_COLUMNS),
            ("区划代码", "名称", "层级", "已建成"),
            ("区划代码", "站点代码", "代办站点"),
            import_stations,
            _stations,
        ),
        Sheet(
            "people",
            gettext_lazy("服务人员"),
            P.PEOPLE_EDIT,
            tuple(WORKER_COLUMNS),
            ("编号", "姓名", "岗位", "所属区划"),
            ("所属区划", "站点代码"),
            import_workers,
            _people,
        ),
    )
}


def _sheet(request: HttpRequest, what: str) -> tuple[Sheet, Keeper]:
    if what not in SHEETS:
        raise Http404
    sheet = SHEETS[what]
    user: Any = request.user
    if not can(user, sheet.permission):
        raise PermissionDenied
    return sheet, keeper(request, sheet.permission)


@staff(Permission.PLACES_EDIT)
def sheets(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    shown = [
        {
            "title": sheet.title,
            "columns": "、".join(sheet.columns),
            "csv": reverse("manage:sheet_out", args=[sheet.code, "csv"]),
            "xlsx": reverse("manage:sheet_out", args=[sheet.code, "xlsx"]),
            "upload": _upload_url(sheet, request),
        }
        for sheet in SHEETS.values()
        if can(user, sheet.permission)
    ]
    return render(request, "manage/sheets.html", {"sheets": shown})


def _upload_url(sheet: Sheet, request: HttpRequest) -> str:
    own = keeper(request, sheet.permission)
    return "" if sheet.city_only and not own.is_city_wide else action("", "sheet_in", sheet.code)["url"]


@staff(Permission.PLACES_EDIT)
def sheet_out(request: HttpRequest, what: str, suffix: str) -> HttpResponse:
    """The register as it stands, of the own part of the tree."""
    sheet, own = _sheet(request, what)
    rows = list(sheet.written(own))
    if what == "people":
        note_export(by=own.user.actor, rows=len(rows))
    return table_file(
        request,
        f"{what}-{timezone.localdate():%Y%m%d}",
        suffix,
        sheet.columns,
        rows,
        is_personal=what == "people",
    )


class SheetForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("文件（CSV 或 XLSX）"))
    source = WordsField(
        label=gettext_lazy("依据"),
        most=200,
        help_text=gettext_lazy("哪份文件、哪次核对；记入每一行的变更记录。"),
    )


@staff(Permission.PLACES_EDIT)
def sheet_in(request: HttpRequest, what: str) -> HttpResponse:
    """The file is read and tried without writing; what is confirmed is exactly what was tried."""
    sheet, own = _sheet(request, what)
    if sheet.city_only and not own.is_city_wide:
        raise PermissionDenied
    context: dict[str, Any] = {
        "title": sheet.title,
        "columns": "、".join(sheet.columns),
        "preview": None,
        "done": None,
    }
    form = SheetForm()
    if "confirm" in request.POST:
        rows, source = _kept(request.POST.get("rows", "")), request.POST.get("source", "")[:200]
        context["done"] = _shown(_landed(sheet, own, rows, source))
    elif request.method == "POST":
        form = SheetForm(request.POST, request.FILES)
        if form.is_valid():
            with refusals(form):
                rows = _read(sheet, form.cleaned_data["file"])
                tried = _landed(sheet, own, rows, form.cleaned_data["source"], only_try=True)
                kept = {"rows": json.dumps(rows, ensure_ascii=False), "source": form.cleaned_data["source"]}
                if len(kept["rows"].encode()) > MOST_KEPT:
                    raise Refused(_("行太多，请分成几个文件。"), code="too_long", field="file")
                context["preview"] = {**_shown(tried), **kept}
    return render(request, "manage/sheet_in.html", {**context, "form": form})


def _read(sheet: Sheet, file: Any) -> Rows:
    suffix = ".xlsx" if str(file.name).lower().endswith(".xlsx") else ".csv"
    if file.size > MOST_BYTES:
        raise Refused(_("文件太大，最多 5 MB。"), code="too_long", field="file")
    with tempfile.NamedTemporaryFile(suffix=suffix) as copy:
        copy.write(file.read())
        copy.flush()
        try:
            return [row for _line, row in read(Path(copy.name), sheet.needed)]
        except Refused as refused:
            raise Refused(said(refused), code=refused.code, field="file") from None


def _kept(text: str) -> Rows:
    try:
        rows = json.loads(text)
    except ValueError:
        rows = []
    return [{str(k): str(v) for k, v in row.items()} for row in rows if isinstance(row, dict)]


class _OnlyTried(Exception):
    """Takes the try back."""


def _landed(sheet: Sheet, own: Keeper, rows: Rows, source: str, *, only_try: bool = False) -> Imported:
    """Rows of another part of the tree are refused before the action sees them."""
    found = Imported()
    try:
        with transaction.atomic():
            own_rows = _own_rows(sheet, own, map(partial(_plain, sheet), rows))
            found = sheet.land(by=own.user.actor, rows=own_rows, source=source)
            if only_try:
                raise _OnlyTried
    except _OnlyTried:
        pass
    return found


def _plain(sheet: Sheet, row: dict[str, str]) -> dict[str, str]:
    """The row trimmed; of a sheet whose places are judged only its own columns.

    The actions trim too, and know English columns: through those a row could name a place unjudged.
    """
    trimmed = {column.strip(): cell.strip() for column, cell in row.items()}
    return {name: cell for name, cell in trimmed.items() if name in sheet.columns or not sheet.place}


def _own_rows(sheet: Sheet, own: Keeper, rows: Iterable[dict[str, str]]) -> Iterable[dict[str, str]]:
    """A place that is not this person's to keep stands in the row as one that does not exist."""
    if own.is_city_wide:
        yield from rows
        return
    mine = own.codes | own.stations
    for row in rows:
        strange = [column for column in sheet.place if row.get(column) and row[column] not in mine]
        theirs = sheet.code == "people" and _is_theirs(row.get("编号", ""), own)
        yield {**row, **dict.fromkeys(strange, _FOREIGN), **({"所属区划": _FOREIGN} if theirs else {})}


_FOREIGN = "不在您的范围"


def _is_theirs(code: str, own: Keeper) -> bool:
    """A number that belongs to somebody of another part of the tree."""
    found = Worker.objects.filter(code=code).first() if code and "\x00" not in code else None
    if found is None:
        return False
    return found.station_id not in own.stations if found.station_id else found.region_id not in own.codes


def _shown(found: Imported) -> dict[str, Any]:
    return {
        "created": found.created,
        "updated": found.updated,
        "same": found.same,
        "refused": [(row.line, row.reason) for row in found.refused[:MOST_SHOWN]],
        "refused_count": len(found.refused),
    }
