"""Sources of call records and their columns; landing records, each once, however often they come."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.crypto import keyed_hash
from mingbai.core.refused import Refused
from mingbai.hotline.actions.records import land_record, show_record
from mingbai.hotline.rules.records import Record, clean_mapping, read_record
from mingbai.integrations.models import CallRecord, Endpoint, RecordSource
from mingbai.journal.actions import write
from mingbai.places.models import Station


@dataclass(frozen=True, slots=True)
class SourceTerms:
    """What an office says of another exchange; `columns`: our words to its columns."""

    name: str
    columns: Mapping[str, str]
    answered_words: tuple[str, ...] = ()
    measures_wait: bool = True
    endpoint: Endpoint | None = None


@transaction.atomic
def make_source(*, by: Actor, code: str, station: Station, terms: SourceTerms) -> RecordSource:
    """Raises Refused "bad_code", "bad_mapping", "empty_text", "endpoint_taken"."""
    if not re.fullmatch(r"[a-z0-9_-]{1,32}", code) or RecordSource.objects.filter(code=code).exists():
        raise Refused(_("代码用小写字母、数字和横线，不能重复。"), code="bad_code", field="code")
    return _said(RecordSource(code=code, station=station), terms, by, "made")


@transaction.atomic
def edit_source(*, by: Actor, source: RecordSource, terms: SourceTerms) -> RecordSource:
    """Other columns from now on; what has landed stays. Raises as `make_source`."""
    row = RecordSource.objects.select_for_update(of=("self",)).get(pk=source.pk)
    return _said(row, terms, by, "edited")


@transaction.atomic
def end_source(*, by: Actor, source: RecordSource) -> None:
    """Nothing more is taken from it."""
    RecordSource.objects.filter(pk=source.pk).update(is_active=False, endpoint=None)
    write(chain=source.chain, verb="record_source.ended", by=by)


def _said(row: RecordSource, terms: SourceTerms, by: Actor, verb: str) -> RecordSource:
    taken = RecordSource.objects.filter(endpoint=terms.endpoint).exclude(pk=row.pk)
    if terms.endpoint is not None and taken.exists():
        raise Refused(_("这个推送地址已经用于别的话单来源。"), code="endpoint_taken", field="endpoint")
    row.name = clean_text(terms.name, most=64, field="name")
    row.columns = clean_mapping(terms.columns)
    row.answered_words = [word.strip()[:32] for word in terms.answered_words if word.strip()][:20]
    row.measures_wait, row.endpoint = terms.measures_wait, terms.endpoint
    row.save()
    write(chain=row.chain, verb=f"record_source.{verb}", by=by, data={"columns": len(row.columns)})
    return row


_BATCH = 200


@dataclass
class Landed:
    """Counts of one delivery, and its refused rows as (line, reason)."""

    created: int = 0
    updated: int = 0
    same: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def land_records(
    *, by: Actor, source: RecordSource, rows: Iterable[tuple[int, Mapping[str, str]]], live: bool = False
) -> Landed:
    """Every good row once, a refused one alone. `live`: told of as they happen, they open on seats."""
    landed = Landed()
    for line, row in rows:
        try:
            with transaction.atomic():
                _land(source, row, by, landed, live=live)
        except Refused as refused:
            landed.refused.append((line, str(refused.reason)))
    return landed


class _OnlyTried(Exception):
    """Takes the try back."""


def try_records(*, by: Actor, source: RecordSource, rows: Sequence[tuple[int, Mapping[str, str]]]) -> Landed:
    """What landing them would do; nothing is written.

    In batches: a file of thousands must not keep a call from being written meanwhile.
    """
    found = Landed()
    for start in range(0, len(rows), _BATCH):
        try:
            with transaction.atomic():
                one = land_records(by=by, source=source, rows=rows[start : start + _BATCH])
                raise _OnlyTried
        except _OnlyTried:
            found.created += one.created
            found.updated += one.updated
            found.same += one.same
            found.refused += one.refused
    return found


def _land(source: RecordSource, row: Mapping[str, str], by: Actor, landed: Landed, *, live: bool) -> None:
    now = timezone.now()
    zone = timezone.get_current_timezone()
    record = read_record(row, source.columns, source.answered_words, zone, now, measured=source.measures_wait)
    digest = _digest(source, row)
    known = CallRecord.objects.select_for_update(of=("self",)).filter(source=source, uid=record.uid).first()
    if known is not None and known.digest == digest:
        landed.same += 1
        return
    before = known.call if known else None
    if before is not None and before.ended_at and not record.is_over:
        landed.same += 1  # an earlier message that was overtaken
        return
    call = land_record(by=by, station=source.station_id, record=record, call=before)
    if live:
        show_record(by=by, call=call, record=record)
    _kept(source, record, digest, known, call.pk)
    landed.created += known is None
    landed.updated += known is not None


def _kept(source: RecordSource, record: Record, digest: str, known: CallRecord | None, call: int) -> None:
    told = {"digest": digest, "call_id": call, "landed_at": timezone.now()}
    if known is None:
        CallRecord.objects.create(source=source, uid=record.uid, **told)
    else:
        CallRecord.objects.filter(pk=known.pk).update(**told)


def _digest(source: RecordSource, row: Mapping[str, str]) -> str:
    """Of what the mapping reads; keyed, since numbers are few enough to be tried."""
    said = [str(row.get(column, "") or "").strip() for column in source.columns.values()]
    return keyed_hash(json.dumps([sorted(source.columns.items()), said]), what="call_record")
