"""What the actions of this app share: entries on the journal's chains, plain JSON, texts asked for."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.places.models import Organisation, Region, Station

Subject = Region | Station | Organisation


def enter(subject: Subject, verb: str, by: Actor, **data: Any) -> None:
    """One entry on the subject's chain; `place` is the station's code, so that open pages hear of it."""
    _write(subject, verb, by, data, is_new=False)


def enter_new(subject: Subject, verb: str, by: Actor, **data: Any) -> None:
    """The first entry of a subject that has just been made: its chain cannot exist yet."""
    _write(subject, verb, by, data, is_new=True)


def _write(subject: Subject, verb: str, by: Actor, data: Mapping[str, Any], *, is_new: bool) -> None:
    kind = {Region: "region", Station: "station", Organisation: "organisation"}[type(subject)]
    write(
        chain=f"{kind}:{subject.pk}",
        verb=f"{kind}.{verb}",
        by=by,
        place=subject.code if isinstance(subject, Station) else "",
        data=plain(data),
        is_new=is_new,
    )


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain JSON: dates as ISO text, decimals as text, rows by their key."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return plain(value)
    if isinstance(value, set | frozenset):
        return sorted(value)  # a set's order differs from process to process
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value.pk if isinstance(value, Region | Station | Organisation) else value


def asked(text: str, *, field: str, most: int = 200) -> str:
    """The text without blanks around it; Refused "text_missing" or "text_too_long"."""
    clean = text.strip()
    if not clean:
        raise Refused(_("请写明内容，不能为空。"), code="text_missing", field=field)
    if len(clean) > most:
        raise Refused(_("最多 %(most)d 个字。") % {"most": most}, code="text_too_long", field=field)
    return clean
