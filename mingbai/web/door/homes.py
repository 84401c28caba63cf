"""Home visits of a day: the tour of each who goes, its order, its sheet on paper; met, or not met."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mingbai.core.when import day as day_words
from mingbai.people.roles import Permission
from mingbai.places.models import Station
from mingbai.places.queries import register
from mingbai.visits.actions.records import not_met, show_visitor
from mingbai.visits.actions.tours import move_stop, order_tour, place_home
from mingbai.visits.enums import VisitState
from mingbai.visits.models import Opening, Visit
from mingbai.visits.perms import can_receive, can_show_visitor
from mingbai.visits.queries.tours import Tour, point_at, told, tour_of, tours_on
from mingbai.visits.rules.tours import Reached
from mingbai.web.access import staff, user_of
from mingbai.web.door.home import row_of
from mingbai.web.door.phone import at_of, kept
from mingbai.web.door.reach import day_of, frame, here, tried, visit_for
from mingbai.web.forms import WordsField, day_typed
from mingbai.web.offline import from_phone, is_from_phone, key_of
from mingbai.web.pages import Ask


@staff(Permission.CASE_SEE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The tours of one day, by who goes; each in its order, with when each home is reached."""
    station, user, on = here(request), user_of(request), day_of(request)
    works = can_receive(user, station)
    context = {
        **frame(request, "homes"),
        "on": on.isoformat(),
        "on_words": day_words(on, today=timezone.localdate()),
        "is_today": on == timezone.localdate(),
        "tours": [_tour(tour, works=works) for tour in tours_on(user, [station], on)],
        "works": works,
    }
    return render(request, "door/homes.html", context)


def _tour(tour: Tour, *, works: bool) -> dict[str, Any]:
    stops = [_stop(visit, tour.reached.get(visit.pk), works=works) for visit in tour.visits]
    for turn, stop in enumerate(stops, start=1):
        stop.update(turn=turn, up=turn - 1 if turn > 1 else 0, down=turn + 1 if turn < len(stops) else 0)
    return {
        "pk": tour.opening.pk,
        "who": tour.opening.receives,
        "visits": stops,
        "km": f"{tour.km:.1f}" if tour.km else "",
        "notes": _notes(tour),
        "may_order": works and any(stop["is_booked"] for stop in stops),
    }


def _notes(tour: Tour) -> list[str]:
    """What the order does not know, said plainly."""
    notes = []
    if tour.start is None:
        notes.append(_("站点没有登记坐标：从第一家算起。"))
    if tour.unplaced:
        notes.append(_("%(n)d 家没有坐标：保持登记的先后，路上的时间没有算。") % {"n": tour.unplaced})
    if tour.is_ordered and tour.km:
        words = {"detour": f"{tour.pace.detour:g}", "kmh": f"{tour.pace.kmh:g}"}
        notes.append(
            _("没有道路数据：直线距离乘 %(detour)s，按每小时 %(kmh)s 公里估计，仅供排顺序。") % words
        )
    return notes


def _stop(visit: Visit, reached: Reached | None, *, works: bool) -> dict[str, Any]:
    is_due = visit.starts_at is not None and visit.starts_at <= timezone.now()
    return {
        **row_of(visit, works=works),
        **_planned(reached),
        "place": visit.place if works else "",
        "text": visit.text if works else "",
        "has_spot": bool(visit.spot),
        "is_booked": visit.state == VisitState.BOOKED,
        "is_new": visit.tour_seq is None,
        "may_miss": works and visit.is_open and is_due,
    }


def _planned(reached: Reached | None) -> dict[str, Any]:
    if reached is None:
        return {"arrives": "", "km": "", "is_late": False}
    return {
        "arrives": f"{timezone.localtime(reached.arrives):%H:%M}",
        "km": f"{reached.km:.1f}" if reached.km is not None else "",
        "is_late": reached.is_late,
    }


# ── the order ──


@staff(Permission.CASE_OPEN)
@require_POST
def order(request: HttpRequest, pk: int, on: str) -> HttpResponse:
    """Propose one; it stands until somebody moves a home or asks again."""
    opening, day = tour_for(request, pk, on)
    done = _("排好了，可以用“往前”“往后”改。")
    tried(request, lambda: order_tour(by=user_of(request).actor, opening=opening, on=day), done)
    return redirect(f"{reverse('door:homes')}?on={day.isoformat()}")


@staff(Permission.CASE_OPEN)
@require_POST
def turn(request: HttpRequest, pk: int) -> HttpResponse:
    """One home to another place of its tour."""
    shown = visit_for(request, pk)
    to = request.POST.get("to", "")
    if to.isascii() and to.isdigit() and len(to) < 4:
        tried(request, lambda: move_stop(by=user_of(request).actor, visit=shown, to=int(to)))
    return redirect(f"{reverse('door:homes')}?on={shown.on.isoformat()}")


def tour_for(request: HttpRequest, pk: int, on: str) -> tuple[Opening, date]:
    """An opening whose visits the user may receive, and the day; else 404, or 403 for who only looks."""
    day = day_typed(on)
    opening = Opening.objects.visible_to(user_of(request)).filter(pk=pk, kind="home").first()
    if opening is None or day is None:
        raise Http404
    if not can_receive(user_of(request), opening.station_id):
        raise PermissionDenied
    return opening, day


class SpotForm(forms.Form):
    spot = forms.CharField(
        label=gettext_lazy("坐标（纬度,经度）"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("例如 41.873,123.957；不知道的留空，就按登记的先后去。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "decimal"}),
    )
    near = forms.ModelChoiceField(
        label=gettext_lazy("或者：就在哪个站点附近"),
        queryset=Station.objects.none(),
        required=False,
        empty_label="—",
    )

    def __init__(self, *args: Any, shown: Visit, **options: Any) -> None:
        super().__init__(*args, **options)
        places = register()
        county = places.subtree(places.county_of(shown.station.region_id) or shown.station.region_id)
        there = Station.objects.filter(region_id__in=county, latitude__isnull=False)
        self.fields["near"].queryset = there.order_by("name")  # type: ignore[attr-defined]
        self.fields["near"].label_from_instance = lambda one: one.name  # type: ignore[attr-defined]


@staff(Permission.CASE_OPEN)
def spot(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the home is: typed, or near a station that is on the map."""
    shown = visit_for(request, pk)

    def form(*args: Any, **options: Any) -> SpotForm:
        return SpotForm(*args, shown=shown, initial={"spot": shown.spot}, **options)

    def act(data: dict[str, Any]) -> None:
        near = point_at(data["near"]) if data["near"] is not None and not data["spot"] else None
        text = f"{near[0]},{near[1]}" if near else data["spot"]
        place_home(by=user_of(request).actor, visit=shown, spot=text)

    return Ask(_("这一家在哪里"), form, act, _back(shown), done=_("已记下，请重新排一次。")).show(request)


def _back(shown: Visit) -> tuple[str, str]:
    return _("上门"), f"{reverse('door:homes')}?on={shown.on.isoformat()}"


# ── on paper ──


@staff(Permission.CASE_OPEN)
@require_POST
def sheet(request: HttpRequest, pk: int, on: str) -> HttpResponse:
    """The tour on paper, with names and telephones: each look is in the visit's history."""
    opening, day = tour_for(request, pk, on)
    tour = whole_tour(opening, day)
    stops = [paper_row(request, visit, tour.reached.get(visit.pk)) for visit in tour.visits if visit.is_open]
    context = {
        "who": opening.receives,
        "on": day_words(day),
        "stops": stops,
        "notes": _notes(tour),
        "km": f"{tour.km:.1f}" if tour.km else "",
        "back": f"{reverse('door:homes')}?on={day.isoformat()}",
    }
    return render(request, "door/tour_sheet.html", context)


def whole_tour(opening: Opening, day: date) -> Tour:
    rows = list(tour_of(opening, day).select_related("station", "opening", "case", "worker"))
    if not rows:
        raise Http404
    return told(rows, day)


def paper_row(request: HttpRequest, visit: Visit, reached: Reached | None) -> dict[str, Any]:
    """What who goes there must know; name and telephone in clear only for who may see them."""
    name, phone = "", ""
    if can_show_visitor(user_of(request), visit):
        name, phone = show_visitor(by=user_of(request).actor, visit=visit)
    return {
        "pk": visit.pk,
        "promised": _promised(visit),
        **_planned(reached),
        "name": name,
        "phone": phone,
        "place": visit.place,
        "what": visit.get_line_display(),
        "line": visit.line,
        "text": visit.text,
    }


def _promised(visit: Visit) -> str:
    if visit.starts_at is None or visit.ends_at is None:
        return ""
    return f"{timezone.localtime(visit.starts_at):%H:%M}–{timezone.localtime(visit.ends_at):%H:%M}"


# ── not met ──


class MissForm(forms.Form):
    reason = WordsField(label=gettext_lazy("怎么没见到"), most=300, rows=2)


@from_phone
@staff(Permission.CASE_OPEN)
def missed(request: HttpRequest, pk: int) -> HttpResponse:
    """We were there and nobody was."""
    shown = visit_for(request, pk)

    def act(data: dict[str, Any]) -> None:
        at = at_of(request, shown)
        not_met(by=user_of(request).actor, visit=shown, key=key_of(request), at=at, reason=data["reason"])

    if is_from_phone(request):
        return kept(MissForm(request.POST), act)
    done = _("已记下，请打电话和他另约。")
    return Ask(_("没见到人"), MissForm, act, _back(shown), _("记下"), done).show(request)
