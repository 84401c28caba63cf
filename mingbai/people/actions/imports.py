"""People from the rows of a sheet: good rows land, each bad one is named with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.journal import actions as journal
from mingbai.journal.models import Chain
from mingbai.people.actions.workers import edit_worker, move_worker, register_worker
from mingbai.people.enums import Post, PostType
from mingbai.people.models import Worker
from mingbai.places.actions.imports import Imported, RefusedRow
from mingbai.places.enums import Line
from mingbai.places.models import Region, Station
from mingbai.places.rules.sheets import plain

WORKER_COLUMNS = {
    "编号": "code",
    "姓名": "name",
    "岗位": "post",
    "专兼职": "is_full_time",
    "用工类型": "post_type",
    "所属区划": "region",
    "站点代码": "station",
    "执业证号": "licence_no",
    "专长": "skills",
    "电话": "phone",
}
_FULL_TIME = {"专职": True, "兼职": False}


@transaction.atomic
def import_workers(*, by: Actor, rows: Iterable[Mapping[str, object]], source: str) -> Imported:
    """Register people and change known ones, found by 编号. A column that the sheet lacks is left alone."""
    done = Imported()
    for line, row in enumerate(rows, start=2):
        try:
            with transaction.atomic():
                outcome = _land(_values(row), by, source)
        except Refused as reason:
            done.refused.append(RefusedRow(line, reason.code, str(reason)))
        else:
            setattr(done, outcome, getattr(done, outcome) + 1)
    return done


@transaction.atomic
def note_export(*, by: Actor, rows: int) -> None:
    """Taking the register out, with telephone numbers, is a look that stays in the journal."""
    journal.write(chain="import:people", verb="people.exported", by=by, data={"rows": rows})


def note_taken_out(*, by: Actor, number: str, file: str, digest: str) -> None:
    """A file with personal data left the house: `number` stands in it, `digest` is its SHA-256."""
    data = {"number": number, "file": file[:200], "digest": digest}
    journal.write(chain=f"user:{by.id}", verb="user.took_out", by=by, data=data)


def _refused(column: str, reason: str, code: str = "bad_value") -> Refused:
    return Refused(
        _("%(column)s：%(reason)s") % {"column": column, "reason": reason}, code=code, field=column
    )


def _word(text: str, column: str, choices: Any) -> str:
    """A code or its Chinese word."""
    labels = {str(label): str(code) for code, label in choices.choices}
    found = labels.get(text, text)
    if found not in choices.values:
        raise _refused(column, _("没有“%(text)s”这个选项") % {"text": text[:20]})
    return found


def _full_time(text: str, column: str) -> bool:
    if text not in _FULL_TIME:
        raise _refused(column, _("应为 专职 或 兼职，现为“%(text)s”") % {"text": text[:20]})
    return _FULL_TIME[text]


def _skills(text: str, column: str) -> list[tuple[str, str]]:
    words = [word.strip() for word in text.replace("；", "、").replace(";", "、").split("、") if word.strip()]
    return [(_word(word, column, Line), "") for word in words]


_CLEAN: dict[str, Callable[[str, str], Any]] = {
    "post": lambda text, column: _word(text, column, Post),
    "post_type": lambda text, column: _word(text, column, PostType) if text else "",
    "is_full_time": _full_time,
    "skills": _skills,
}


def _values(row: Mapping[str, object]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column, cell in row.items():
        name = WORKER_COLUMNS.get(column.strip())
        if name:
            text = plain("" if cell is None else str(cell).strip(), column)
            found[name] = _CLEAN[name](text, column) if name in _CLEAN else text
    for name in ("name", "post", "region"):
        if not found.get(name):
            raise _refused(name, _("缺少"), "missing")
    return found


def _land(values: dict[str, Any], by: Actor, source: str) -> str:
    region, station = _place(values)
    code = values.pop("code", "")
    known = Worker.objects.filter(code=code).first() if code else None
    if known is None:
        register_worker(by=by, code=code, region=region, station=station, **values)
        return "created"
    before = _entries(known)
    if (known.region_id, known.station_id) != (region.code, station.code if station else None):
        move_worker(by=by, worker=known, region=region, station=station, why=source)
    skills = values.pop("skills", None)
    held = {skill.line for skill in known.skills.all()}
    if skills is not None and {line for line, _topic in skills} == held:
        skills = None  # topics are not in the sheet: the same lines leave them alone
    edit_worker(by=by, worker=known, skills=skills, **values)
    return "updated" if _entries(known) != before else "same"


def _place(values: dict[str, Any]) -> tuple[Region, Station | None]:
    """The station that the sheet names, else the region's own."""
    region = Region.objects.filter(code=values.pop("region")).first()
    if region is None:
        raise _refused("所属区划", _("没有这个区划"), "unknown_region")
    code = values.pop("station", "")
    station = Station.objects.filter(code=code or region.code).first()
    if code and station is None:
        raise _refused("站点代码", _("没有这个站点"), "unknown_station")
    return region, station


def _entries(worker: Worker) -> int:
    """How long the person's history is: an import that changes nothing adds nothing."""
    return Chain.objects.filter(name=f"worker:{worker.code}").values_list("seq", flat=True).first() or 0
