"""The printed page of sign-in slips: a card a person with name, station and code; for a view or a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from mingbai.core.qr import qr_svg
from mingbai.people.actions.slips import PrintedSlip


def slips_page(printed: Iterable[PrintedSlip], *, site_url: str, alone: bool = False) -> str:
    """Return the page; `alone`: with its style inside, as a file that is printed without the server."""
    cards = [_card(one, site_url) for one in printed]
    style = (Path(settings.BASE_DIR) / "static" / "css" / "slips.css").read_text() if alone else ""
    return render_to_string("auth/slips.html", {"cards": cards, "style": style})


def _card(one: PrintedSlip, site_url: str) -> dict[str, object]:
    url = site_url.rstrip("/") + reverse("auth:slip", args=[one.secret])
    station = one.worker.station
    return {
        "name": one.worker.name,
        "code": one.worker.code,
        "place": station.name if station else one.worker.region.name,
        "until": one.slip.expires_at,
        "qr": qr_svg(url, label=url),
        "url": url,
    }
