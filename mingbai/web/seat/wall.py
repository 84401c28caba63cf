"""The wall of the line, and how many seats a usual week needs against the roster."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.when import short_day
from mingbai.hotline.queries import wall as looks
from mingbai.hotline.queries.live import line_station
from mingbai.hotline.queries.wall import Sat, Week
from mingbai.hotline.rules.staffing import Half, is_small
from mingbai.hotline.rules.wall import Tally
from mingbai.people.models import User
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.places.enums import Weekday
from mingbai.places.queries import register
from mingbai.web.access import staff
from mingbai.web.pages import columns
from mingbai.web.ways import tab

_MOST = 5


def line_of(request: HttpRequest) -> str:
    """The line's station, for whoever sees its matters. 404 without a centre; raises PermissionDenied."""
    station = line_station()
    if not station:
        raise Http404
    assert isinstance(request.user, User)
    if not can(request.user, Permission.CASE_SEE, station=station):
        raise PermissionDenied
    return station


@staff(Permission.CASE_SEE)
def wall(request: HttpRequest) -> HttpResponse:
    """Asked again by itself every five seconds."""
    shown = looks.wall(line_of(request), timezone.now())
    places = register().regions
    named = {places[code].name if code in places else code: one for code, one in shown.counties.items()}
    context = {
        "strip": shown.strip,
        "has_exchange": bool(settings.PBX_URL),
        "busy": sorted(shown.busy.items()),
        "today": _tiles(shown.today),
        "sats": _sats(shown.sats),
        "tables": [
            _table(_("每半小时"), _("时段"), shown.halves),
            _table(_("每个席位"), _("席位"), shown.seats),
            _table(_("来电地区"), _("地区"), named),
        ],
    }
    name = "seat/_wall.html" if getattr(request, "htmx", False) else "seat/wall.html"
    return render(request, name, context)


def percent(share: float | None) -> str:
    """What nobody measured is said so, never 100 %."""
    return str(_("无数据")) if share is None else f"{share:.1%}"


def seconds(value: float | None) -> str:
    """As people there say it: 45 秒, 3 分 20 秒."""
    if value is None:
        return str(_("无数据"))
    minutes, rest = divmod(round(value), 60)
    if not minutes:
        return _("%(s)d 秒") % {"s": rest}
    return _("%(m)d 分 %(s)d 秒") % {"m": minutes, "s": rest}


def _tiles(one: Tally) -> list[dict[str, str]]:
    pairs = (
        (_("呼入"), str(one.offered)),
        (_("接听"), str(one.answered)),
        (_("接通率"), percent(one.answer_rate)),
        (_("15 秒接听率"), percent(one.in_time_rate)),
        (_("放弃率"), percent(one.abandon_rate)),
        (_("平均等待"), seconds(one.waited)),
        (_("平均处理时长"), seconds(one.handled)),
    )
    return [{"name": str(name), "value": value} for name, value in pairs]


def _sats(sats: list[Sat]) -> dict[str, Any]:
    figures = (_("接听"), _("平均处理时长"), _("占用率"))
    heads = columns(_("席位"), _("谁"), _("状态"), *(f"#{label}" for label in figures))
    return {"columns": heads, "rows": [{"cells": _sat(sat)} for sat in sats]}


def _sat(sat: Sat) -> list[str]:
    seat = sat.seat
    state = seat.get_busy_display() if seat.busy else seat.get_reason_display() or seat.get_state_display()
    answered, handled = str(sat.tally.answered), seconds(sat.tally.handled)
    return [seat.name, str(seat.worker or ""), str(state), answered, handled, percent(sat.occupancy)]


def _table(caption: str, head: str, groups: dict[str, Tally]) -> dict[str, Any]:
    tiles = {name: _tiles(one) for name, one in groups.items()}
    first = next(iter(tiles.values()), [])
    return {
        "caption": caption,
        "columns": columns(head, *(f"#{tile['name']}" for tile in first)),
        "rows": [{"cells": [name, *(tile["value"] for tile in row)]} for name, row in tiles.items()],
    }


@staff(Permission.CASE_SEE)
def seats_needed(request: HttpRequest) -> HttpResponse:
    """A usual week, one weekday at a time: calls, seats the promise asks for, seats on the roster."""
    today = timezone.localdate()
    week = looks.week(line_of(request), today)
    asked = request.GET.get("day", "")
    day = int(asked) if asked in tuple("0123456") else today.weekday()
    context: dict[str, Any] = {"week": week}
    if week:
        context |= {
            "tabs": [_tab(week, n, n == day) for n in range(7)],
            "words": _words(week),
            "read": _read(week),
            "columns": _heads(),
            "rows": [{"cells": _cells(half)} for half in week.halves if half.weekday == day],
        }
    return render(request, "seat/seats_needed.html", context)


def _heads() -> list[dict[str, Any]]:
    figures = (_("每小时来电"), _("需要席位"), _("已排班"), _("还缺"), _("排班能达到"))
    return columns(_("时段"), *(f"#{label}" for label in figures))


def _tab(week: Week, day: int, is_current: bool) -> dict[str, Any]:
    missing = sum(half.missing > 0 for half in week.halves if half.weekday == day)
    return tab(_weekday(day), f"?day={day}", current=is_current, count=missing or "")


def _weekday(day: int) -> str:
    return str(Weekday(str(day)).label)


def _clock(half: Half) -> str:
    return f"{half.slot // 2:02d}:{half.slot % 2 * 30:02d}"


def _cells(half: Half) -> list[str]:
    per_hour, missing = f"{half.traffic.per_hour:.1f}", str(half.missing or "")
    return [_clock(half), per_hour, str(half.seats), str(half.rostered), missing, percent(half.reached)]


def _read(week: Week) -> str:
    """What it was worked out from, in one sentence."""
    today = timezone.localdate()
    said = {
        "first": short_day(week.first, today=today),
        "last": short_day(week.last, today=today),
        "n": week.calls,
        "handling": seconds(week.handling),
    }
    return _("按 %(first)s 至 %(last)s 的 %(n)d 次来电算：每次平均占用席位 %(handling)s。") % said


def _words(week: Week) -> list[str]:
    """What to do, the greatest lack first."""
    short = sorted((one for one in week.halves if one.missing), key=lambda one: -one.missing)
    if is_small(week.halves):
        return [_("来电不多：一个席位，加一个备班，就能做到 15 秒内接听。")]
    if not any(one.rostered for one in week.halves):
        one = max(week.halves, key=lambda each: each.seats)
        said = {"day": _weekday(one.weekday), "at": _clock(one), "seats": one.seats}
        return [_("热线还没有排班。最忙的是%(day)s %(at)s，要 %(seats)d 个席位；先在“设置”里排班。") % said]
    if not short:
        return [_("排班够了：每个半小时都做得到在 15 秒内接听。")]
    most = [
        _("%(day)s %(at)s 要 %(seats)d 个席位，排了 %(rostered)d 个。")
        % {"day": _weekday(one.weekday), "at": _clock(one), "seats": one.seats, "rostered": one.rostered}
        for one in short[:_MOST]
    ]
    return [_("一周里有 %(n)d 个半小时席位不够。最缺的是：") % {"n": len(short)}, *most]
