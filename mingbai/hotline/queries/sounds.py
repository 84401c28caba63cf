"""Announcements of a line: all of them for the page, those that the exchange should have for the process."""

from django.db.models import QuerySet

from mingbai.hotline.enums import SoundState
from mingbai.hotline.models import Announcement


def sounds_of(station: str) -> QuerySet[Announcement]:
    return Announcement.objects.filter(station_id=station).order_by("spoken", "-made_at", "-id")


def wanted_sounds(station: str) -> list[Announcement]:
    """Of each announcement the chosen one, else the one in use: what should lie in the exchange."""
    found = sounds_of(station).filter(state__in=(SoundState.CHOSEN, SoundState.USED))
    by_spoken: dict[str, Announcement] = {}
    for one in found:
        if one.spoken not in by_spoken or one.state == SoundState.CHOSEN:
            by_spoken[one.spoken] = one
    return list(by_spoken.values())
