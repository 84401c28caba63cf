"""What the stream asks of the database: new entries of the journal, and what a session may hear of."""

import json
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user
from django.db import connection
from django.db.models import Max
from django.http import HttpRequest

from mingbai.cases.models import Case
from mingbai.cases.perms import own_worker, stations_of
from mingbai.journal.models import Entry
from mingbai.people.models import User, Worker
from mingbai.people.perms import needs_second_factor, scopes
from mingbai.people.roles import Permission
from mingbai.places.queries import register
from mingbai.web.access import has_second_factor

LOOK_BACK = 500
"""On PostgreSQL a lower id may be committed after a higher one; so many ids are looked at again."""
MOST = 5000
_LOOKS = ("_shown", "_seen", "_viewed", "attachment_opened")
"""A look is in the history too, but a page that refreshes because somebody looked would never rest."""


class News(NamedTuple):
    """One entry: its chain, and the codes of stations and workers that it names."""

    id: int
    chain: str
    codes: frozenset[str]

    @property
    def topic(self) -> str:
        """What a page can wait for: "case-2611…" for a matter, else only "work"."""
        kind, _colon, name = self.chain.partition(":")
        return f"case-{name}" if kind == "case" else "work"


@dataclass(frozen=True, slots=True)
class Listener:
    """Who a session belongs to and which codes and chains concern them."""

    user: int
    codes: frozenset[str]
    chains: frozenset[str]
    only: str = ""
    """A kind of chain: the display of a hall hears of visits and of nothing else."""

    def hears(self, news: News) -> bool:
        if self.only and not news.chain.startswith(self.only):
            return False
        return not self.codes.isdisjoint(news.codes) or news.chain in self.chains


def known_now() -> tuple[int, frozenset[int]]:
    """Where a poll begins: the last id, and those before it that are no news."""
    last = Entry.objects.aggregate(last=Max("id"))["last"] or 0
    shortly_before = Entry.objects.filter(id__gt=last - LOOK_BACK, id__lte=last).values_list("id", flat=True)
    return last, frozenset(shortly_before)


def news_after(last: int, known: frozenset[int]) -> list[News]:
    """Entries after `last`, and late ones shortly before it that are not among the `known` ids."""
    after = last - (LOOK_BACK if connection.vendor == "postgresql" else 0)
    ids = Entry.objects.filter(id__gt=after).order_by("-id").values_list("id", flat=True)[:MOST]
    fresh = [number for number in ids if number not in known]
    if not fresh:
        return []
    rows = Entry.objects.filter(id__in=fresh[:MOST]).order_by("id")
    return [_news(*row) for row in rows.values_list("id", "chain", "verb", "place", "data")]


def _news(number: int, chain: str, verb: str, place: str, data: str) -> News:
    if verb.endswith(_LOOKS):
        return News(number, chain, frozenset())
    named = (value for value in json.loads(data).values() if isinstance(value, str))
    return News(number, chain, frozenset({place, *named}) - {""})


def listener_of(session_key: str) -> Listener | None:
    """Who may listen with this session; None when it is signed out, locked, or lacks its second factor."""
    request = _request(session_key)
    user = get_user(request)
    if not isinstance(user, User) or not user.is_active or request.session.get("locked"):
        return None
    request.user = user
    if needs_second_factor(user) and not has_second_factor(request):
        return None
    reach = scopes(user, Permission.CASE_SEE)
    codes, worker = stations_of(reach, whole=True), own_worker(user)
    if worker is None:
        return Listener(user.pk, codes, frozenset())
    mine = Case.objects.filter(owner_id=worker, closed_at=None).order_by("-id")
    chains = frozenset(f"case:{number}" for number in mine.values_list("number", flat=True)[:500])
    named = Worker.objects.filter(pk=worker).values_list("code", flat=True)
    return Listener(user.pk, codes.union(named), chains)


def hall_listener(station: str) -> Listener | None:
    """What the display of a station's hall hears: that a number was given or called there, never whose."""
    if station not in register().stations:
        return None
    return Listener(0, frozenset({station}), frozenset(), only="visit:")


def _request(session_key: str) -> HttpRequest:
    engine: Any = import_module(settings.SESSION_ENGINE)
    request = HttpRequest()
    request.session = engine.SessionStore(session_key)
    return request
